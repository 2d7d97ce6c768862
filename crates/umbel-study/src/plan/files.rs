//! Plans in TOML, `plans/*.toml`: projects with their stages and effects, and plans, each written where it is read.
//!
//! An entry has the columns of its table as keys, so that it says what rows of the tables would say, and is read as those
//! are. `[projects.ID]` is a row of `projects`, `[[projects.ID.stages]]` one of `stages`, `[[projects.ID.effects]]` one of
//! `effects`, `[plans.ID]` one of `plans`. What follows from the place of an entry is not repeated: the project of an
//! effect, its source where it has none of its own, its id (that of the project with a number). An effect that adds a row,
//! or sets several of its columns, has them in a table `columns`; each becomes a row of `effects`.

use crate::document::{Positions, toml_findings};
use crate::suggest::nearest;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use umbel_core::{Finding, Location, code};
use umbel_table::Region;
use umbel_table::entries::{Entry, EntryCell, add_entries};
use umbel_table::schema::TableSpec;

/// Adds what a file says to the tables of a region; what cannot be read is left out and told.
pub fn read(file: &str, text: &str, region: &mut Region) -> Vec<Finding> {
    let positions = Positions::new(file, text);
    let (document, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader {
        positions: &positions,
        languages: region.languages.to_vec(),
        entries: Vec::new(),
        findings: Vec::new(),
    };
    reader.findings.extend(toml_findings(&errors, &positions));
    if errors.is_empty() {
        reader.document(document.into_inner());
    }
    let (entries, mut findings) = (reader.entries, reader.findings);
    findings.extend(add_entries(region, file, &entries));
    findings
}

type Key<'i> = Spanned<std::borrow::Cow<'i, str>>;
type Value<'i> = Spanned<DeValue<'i>>;

struct Reader<'a> {
    positions: &'a Positions,
    languages: Vec<String>,
    entries: Vec<Entry>,
    findings: Vec<Finding>,
}

/// In the order in which they are written.
fn in_order<'i>(table: DeTable<'i>) -> Vec<(Key<'i>, Value<'i>)> {
    let mut all: Vec<_> = table.into_iter().collect();
    all.sort_by_key(|(key, _)| key.span().start);
    all
}

impl Reader<'_> {
    fn at(&self, byte: usize) -> (u32, u32) {
        let location = self.positions.location(byte);
        (location.line, location.column)
    }

    fn tell(&mut self, byte: usize, message: String, fix: impl Into<String>) {
        let location: Location = self.positions.location(byte);
        self.findings.push(Finding::new(&code::F005, location, message, fix));
    }

    /// The table that an entry must be.
    fn table<'i>(&mut self, name: &str, value: Value<'i>) -> Option<DeTable<'i>> {
        let start = value.span().start;
        match value.into_inner() {
            DeValue::Table(table) => Some(table),
            _ => {
                self.tell(
                    start,
                    format!("\"{name}\" is no table of keys"),
                    "write its keys below its name in brackets",
                );
                None
            }
        }
    }

    /// The tables of a list of them.
    fn tables<'i>(&mut self, name: &str, value: Value<'i>) -> Vec<(usize, DeTable<'i>)> {
        let start = value.span().start;
        let items = match value.into_inner() {
            DeValue::Array(items) => items,
            _ => {
                self.tell(
                    start,
                    format!("\"{name}\" is no list"),
                    format!("begin each of them with [[projects.ID.{name}]]"),
                );
                return Vec::new();
            }
        };
        let items = items.into_iter().map(|item| (item.span().start, item));
        items.filter_map(|(start, item)| Some((start, self.table(name, item)?))).collect()
    }

    fn document(&mut self, document: DeTable<'_>) {
        for (part, value) in in_order(document) {
            let name = part.get_ref().to_string();
            let table: fn(&mut Self, Key<'_>, DeTable<'_>) = match name.as_str() {
                "projects" => Self::project,
                "plans" => Self::plan,
                _ => {
                    let fix = match nearest(&name, ["projects", "plans"]) {
                        Some(near) => format!("write \"{near}\" if that is meant"),
                        None => "use projects and plans".to_owned(),
                    };
                    self.tell(part.span().start, format!("a file of plans has no part \"{name}\""), fix);
                    continue;
                }
            };
            let Some(all) = self.table(&name, value) else { continue };
            for (id, value) in in_order(all) {
                if let Some(entry) = self.table(id.get_ref(), value) {
                    table(self, id, entry);
                }
            }
        }
    }

    fn plan(&mut self, id: Key<'_>, table: DeTable<'_>) {
        let mut cells = vec![self.id_cell("plan_id", &id)];
        for (key, value) in in_order(table) {
            self.cell("plans", &key, value, &mut cells);
        }
        self.entries.push(Entry { table: "plans", at: self.at(id.span().start), cells });
    }

    fn id_cell(&self, column: &str, id: &Key<'_>) -> EntryCell {
        EntryCell { column: column.to_owned(), text: id.get_ref().to_string(), at: self.at(id.span().start) }
    }

    fn project(&mut self, id: Key<'_>, table: DeTable<'_>) {
        let mut cells = vec![self.id_cell("project_id", &id)];
        let (mut stages, mut effects) = (Vec::new(), Vec::new());
        for (key, value) in in_order(table) {
            match key.get_ref().as_ref() {
                "stages" => stages = self.tables("stages", value),
                "effects" => effects = self.tables("effects", value),
                _ => self.cell("projects", &key, value, &mut cells),
            }
        }
        let source = cells.iter().find(|cell| cell.column == "source_id").cloned();
        let project = cells[0].clone();
        self.entries.push(Entry { table: "projects", at: project.at, cells });
        for (start, table) in stages {
            let mut cells = vec![project.clone()];
            for (key, value) in in_order(table) {
                self.cell("stages", &key, value, &mut cells);
            }
            own(&mut cells, source.as_ref());
            self.entries.push(Entry { table: "stages", at: self.at(start), cells });
        }
        for (number, (start, table)) in effects.into_iter().enumerate() {
            self.effect(&project, source.as_ref(), number + 1, start, table);
        }
    }

    fn effect(
        &mut self,
        project: &EntryCell,
        source: Option<&EntryCell>,
        number: usize,
        start: usize,
        table: DeTable<'_>,
    ) {
        let at = self.at(start);
        let mut cells = vec![project.clone()];
        let mut columns: Option<Vec<(Key<'_>, Value<'_>)>> = None;
        for (key, value) in in_order(table) {
            match key.get_ref().as_ref() {
                "columns" => columns = self.table("columns", value).map(in_order),
                _ => self.cell("effects", &key, value, &mut cells),
            }
        }
        if !cells.iter().any(|cell| cell.column == "effect_id") {
            cells.push(EntryCell { column: "effect_id".to_owned(), text: format!("{}.{number}", project.text), at });
        }
        own(&mut cells, source);
        let Some(columns) = columns else {
            return self.entries.push(Entry { table: "effects", at, cells });
        };
        for (key, value) in columns {
            let (name, start) = (key.get_ref().to_string(), key.span().start);
            let mut row = cells.clone();
            for cell in row.iter_mut().filter(|cell| cell.column == "effect_id") {
                cell.text = format!("{}.{name}", cell.text);
            }
            row.push(EntryCell { column: "column".to_owned(), text: name.clone(), at: self.at(start) });
            match value.get_ref() {
                // A value with its unit, or its interval.
                DeValue::Table(_) => {
                    for (key, value) in self.table(&name, value).map(in_order).unwrap_or_default() {
                        self.cell("effects", &key, value, &mut row);
                    }
                }
                _ => {
                    let at = self.at(value.span().start);
                    let text = self.text(&name, value);
                    row.push(EntryCell { column: "value".to_owned(), text, at });
                }
            }
            self.entries.push(Entry { table: "effects", at: self.at(start), cells: row });
        }
    }

    /// A cell, or one for each language.
    fn cell(&mut self, table: &str, key: &Key<'_>, value: Value<'_>, cells: &mut Vec<EntryCell>) {
        let name = key.get_ref().to_string();
        let spec = TableSpec::find(table).and_then(|table| Some(&table.columns[table.column(&name)?]));
        if let DeValue::Table(_) = value.get_ref()
            && spec.is_some_and(|spec| spec.multilingual)
        {
            for (language, version) in self.table(&name, value).map(in_order).unwrap_or_default() {
                let plain = self.languages.first().is_none_or(|first| first == language.get_ref().as_ref());
                let column = if plain { name.clone() } else { format!("{name}_{}", language.get_ref()) };
                let at = self.at(version.span().start);
                let text = self.text(&name, version);
                cells.push(EntryCell { column, text, at });
            }
            return;
        }
        // A key that the table does not have is told where it stands, a value that does not fit where that does.
        let known = spec.is_some();
        let at = self.at(if known { value.span().start } else { key.span().start });
        let text = self.text(&name, value);
        cells.push(EntryCell { column: name, text, at });
    }

    /// The text that a value would be in a table.
    fn text(&mut self, name: &str, value: Value<'_>) -> String {
        let start = value.span().start;
        match value.into_inner() {
            DeValue::String(text) => text.into_owned(),
            DeValue::Integer(number) => number.as_str().replace('_', ""),
            DeValue::Float(number) => number.as_str().replace('_', ""),
            DeValue::Boolean(flag) => flag.to_string(),
            DeValue::Datetime(day) => day.to_string(),
            DeValue::Array(items) => {
                let items: Vec<String> = items.into_iter().map(|item| self.text(name, item)).collect();
                items.join(";")
            }
            DeValue::Table(_) => {
                self.tell(start, format!("\"{name}\" takes one value, no table"), "write a text or a number");
                String::new()
            }
        }
    }
}

/// Gives a row the source of its project, unless it has one of its own.
fn own(cells: &mut Vec<EntryCell>, source: Option<&EntryCell>) {
    if let Some(source) = source
        && !cells.iter().any(|cell| cell.column == "source_id")
    {
        cells.push(source.clone());
    }
}
