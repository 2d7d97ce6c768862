//! Foreign cells to cells of our table; whatever does not fit is a finding at its place in the foreign file.

use super::columns::{From, Mapping};
use super::features::{Geometry, inner_point};
use super::figures::{COMMA, Figure, Found, POINT, Style, currency_fits, find_style};
use super::grid::{Cell, Grid};
use super::held::{Folder, Match, Register};
use super::words::{fold, period, slug};
use super::{Failure, Request};
use crate::cells;
use crate::problems::quoted;
use crate::schema::{TableSpec, Type, is_id};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use umbel_core::code::*;
use umbel_core::{Bound, Code, Finding, Status, Unit};

/// A row for our table.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// Line of the foreign file.
    pub line: u32,
    /// Column of the cell by which the row is named in findings.
    pub column: u32,
    /// Cells by column; those that were filled, if only with nothing.
    pub cells: BTreeMap<String, String>,
    /// Its geometry.
    pub geometry: Option<usize>,
}

/// Converts the rows of a grid.
pub struct Converter<'a> {
    grid: &'a Grid,
    spec: &'static TableSpec,
    request: &'a Request,
    mapping: &'a Mapping,
    style: Style,
    registers: FxHashMap<&'static str, Register>,
    factors: BTreeMap<String, (Unit, Unit)>,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What was decided.
    pub remarks: Vec<String>,
    missing: usize,
    flags: usize,
    fixed: BTreeMap<String, String>,
    respelled: BTreeMap<&'static str, (usize, String)>,
}

impl<'a> Converter<'a> {
    /// Prepares the conversion: loads the registers that references point into and finds how numbers are written.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a unit that is none, or declared for a column without one.
    pub fn new(
        grid: &'a Grid,
        spec: &'static TableSpec,
        request: &'a Request,
        mapping: &'a Mapping,
        folder: &Folder,
    ) -> Result<Converter<'a>, Failure> {
        let mut registers = FxHashMap::default();
        for column in spec.columns {
            if let Type::Reference(table) | Type::ReferenceList(table) = column.kind
                && let Some(target) = TableSpec::find(table)
            {
                registers.entry(target.name).or_insert_with(|| Register::of(folder, target));
            }
        }
        let mut converter = Converter {
            grid,
            spec,
            request,
            mapping,
            style: POINT,
            registers,
            factors: BTreeMap::new(),
            findings: Vec::new(),
            remarks: Vec::new(),
            missing: 0,
            flags: 0,
            fixed: BTreeMap::new(),
            respelled: BTreeMap::new(),
        };
        for (column, unit) in &request.column_units {
            let unit = Unit::parse(unit).map_err(|error| Failure::Usage(format!("--unit {column}={unit}: {error}")))?;
            if let Some(fixed) = super::fixed_unit(spec, column) {
                let own = Unit::parse(fixed).unwrap_or_default();
                if !unit.same_dimension(&own) {
                    return Err(Failure::Usage(format!("--unit {column}={unit}: {column} is in {own}")));
                }
                converter.factors.insert(column.clone(), (unit, own));
            }
        }
        converter.style = converter.style_of_numbers();
        Ok(converter)
    }

    fn kind(&self, target: &str) -> Type {
        self.spec.columns.iter().find(|column| column.name == target).map_or(Type::Text, |column| column.kind)
    }

    fn problem(&mut self, code: &'static Code, cell: (u32, u32), message: impl Into<String>, fix: impl Into<String>) {
        self.findings.push(Finding::new(code, self.grid.location(cell.0, cell.1), message, fix));
    }

    /// Columns of the file whose cells are figures.
    fn figures(&self) -> Vec<usize> {
        let numeric = |target: &str| {
            matches!(self.kind(target), Type::Number | Type::NumberOrPercent)
                || self.request.column_units.iter().any(|(column, _)| column == target)
        };
        let columns = self.mapping.columns.iter().filter(|(target, _)| numeric(target));
        columns.filter_map(|(_, from)| if let From::Column(at) = from { Some(*at) } else { None }).collect()
    }

    fn style_of_numbers(&mut self) -> Style {
        match (self.request.decimal, self.request.thousands) {
            (None, None) => {}
            (Some(decimal), None) => return if decimal == ',' { COMMA } else { Style { decimal, ..POINT } },
            (None, Some(thousands)) => return if thousands == '.' { COMMA } else { Style { thousands, ..POINT } },
            (Some(decimal), Some(thousands)) => return Style { decimal, thousands },
        }
        let columns = self.figures();
        let texts: Vec<&Cell> = self
            .grid
            .rows
            .iter()
            .flat_map(|row| columns.iter().map(move |&at| &row.cells[at]))
            .filter(|cell| !cell.number && !cell.text.is_empty() && !self.request.is_missing(&cell.text))
            .collect();
        match find_style(texts.iter().map(|cell| cell.text.as_str())) {
            Found::Style(style) => {
                if style == COMMA {
                    self.remarks.push("numbers are written 1.234,5".to_owned());
                }
                style
            }
            Found::Either(at) => {
                let (text, place) = (texts[at].text.clone(), (texts[at].line, texts[at].column));
                let read = |style| Figure::read(&text, style).map_or_else(String::new, |figure| figure.number);
                let message = format!(
                    "{} may be {} or {}, and no other figure tells which",
                    quoted(&text),
                    read(POINT),
                    read(COMMA)
                );
                self.problem(&F011, place, message, "say how decimals are written: --decimal . or --decimal ,");
                POINT
            }
        }
    }

    /// Converts every row; rows that say nothing (no value, no reason) are left out.
    pub fn rows(&mut self) -> Vec<Made> {
        let grid = self.grid;
        let key =
            self.spec.columns.first().filter(|column| column.kind == Type::Id && column.key).map(|column| column.name);
        let mut ids = Vec::new();
        if let Some(key) = key {
            ids = grid.rows.iter().enumerate().map(|(at, _)| self.own_id(key, at)).collect();
            self.announce(key, &ids);
        }
        let (mut made, mut empty) = (Vec::with_capacity(grid.rows.len()), 0);
        for (at, row) in grid.rows.iter().enumerate() {
            let mut out = Made { line: row.line, column: 1, geometry: row.geometry, ..Made::default() };
            if let Some(cell) = self.mapping.columns.iter().find_map(|(_, from)| match from {
                From::Column(at) | From::Slug(at) => row.cells.get(*at),
                _ => None,
            }) {
                (out.line, out.column) = (cell.line, cell.column);
            }
            if let (Some(key), Some(id)) = (key, ids.get(at)) {
                out.cells.insert(key.to_owned(), id.clone());
            }
            if self.says_nothing(at) {
                empty += 1;
                continue;
            }
            for (target, from) in &self.mapping.columns {
                if Some(target.as_str()) != key {
                    self.cell(&mut out, target, from, at);
                }
            }
            self.finish(&mut out);
            made.push(out);
        }
        if empty > 0 {
            self.remarks.push(format!("{empty} rows without a value were left out"));
        }
        if self.missing > 0 {
            self.remarks.push(format!("{} cells say that there is no figure: status O, no value", self.missing));
        }
        if self.flags > 0 {
            self.remarks.push(format!("{} flags and signs beside figures became status or bound", self.flags));
        }
        for (what, (count, example)) in &self.respelled {
            self.remarks.push(format!("{count} {what}, such as {example}"));
        }
        made
    }

    /// Whether a row of figures has an empty value and no status that says why.
    fn says_nothing(&self, at: usize) -> bool {
        let text = |target: &str| match self.mapping.from(target) {
            Some(From::Column(column)) => self.grid.rows[at].cells[*column].text.as_str(),
            Some(From::Fixed(text)) => text.as_str(),
            _ => "",
        };
        self.spec.column("status").is_some()
            && self.mapping.from("value").is_some()
            && text("value").is_empty()
            && text("status").is_empty()
    }

    /// The id of a row.
    fn own_id(&mut self, key: &'static str, at: usize) -> String {
        let (text, place) = match self.mapping.from(key) {
            Some(From::Column(column) | From::Slug(column)) => {
                let cell = &self.grid.rows[at].cells[*column];
                (cell.text.clone(), (cell.line, cell.column))
            }
            Some(From::Fixed(text)) => (text.clone(), (self.grid.rows[at].line, 1)),
            _ => return String::new(),
        };
        self.id(key, &text, place)
    }

    fn id(&mut self, target: &str, text: &str, place: (u32, u32)) -> String {
        if text.is_empty() || is_id(text) {
            return text.to_owned();
        }
        match slug(text) {
            Some(id) => {
                let entry = self.respelled.entry("ids were made of other spellings").or_insert((0, String::new()));
                if entry.0 == 0 {
                    entry.1 = format!("{id} of {}", quoted(text));
                }
                entry.0 += 1;
                id
            }
            None => {
                let message = format!("{target}: no id can be made of {}", quoted(text));
                self.problem(
                    &F010,
                    place,
                    message,
                    "take the ids from a column of codes or Latin names: --id-from COLUMN",
                );
                String::new()
            }
        }
    }

    /// Makes the new rows known to the register of their own table, so that they can refer to one another.
    fn announce(&mut self, key: &str, ids: &[String]) {
        let Some(register) = self.registers.get_mut(self.spec.name) else { return };
        for (row, id) in self.grid.rows.iter().zip(ids) {
            let cells: Vec<(&str, &str)> = self
                .mapping
                .columns
                .iter()
                .filter_map(|(target, from)| match from {
                    From::Column(at) => Some((target.as_str(), row.cells[*at].text.as_str())),
                    _ => None,
                })
                .filter(|(target, _)| *target != key)
                .chain([(key, id.as_str())])
                .collect();
            register.add(self.spec, cells.iter().copied());
        }
    }

    fn cell(&mut self, out: &mut Made, target: &str, from: &From, at: usize) {
        let row = &self.grid.rows[at];
        let (text, place, number) = match from {
            // What is the same in every row is converted, and told of, once.
            From::Fixed(_) if self.fixed.contains_key(target) => {
                out.cells.insert(target.to_owned(), self.fixed[target].clone());
                return;
            }
            From::Fixed(text) => (text.clone(), (0, 0), false),
            From::Column(column) | From::Slug(column) => {
                let cell = &row.cells[*column];
                (cell.text.clone(), (cell.line, cell.column), cell.number)
            }
            From::Geometry => {
                let point = row.geometry.and_then(|at| match self.grid.geometries.get(at)? {
                    Geometry::Point(lon, lat) => Some((*lon, *lat)),
                    Geometry::Polygons(polygons) => inner_point(polygons),
                });
                let text =
                    point.map_or_else(String::new, |(lon, lat)| if target == "lon" { lon } else { lat }.to_string());
                out.cells.insert(target.to_owned(), text);
                return;
            }
        };
        let made = if text.is_empty() { String::new() } else { self.convert(out, target, &text, place, number) };
        let required = self.spec.columns.iter().any(|column| column.name == target && column.required);
        if required && text.is_empty() {
            self.problem(
                &F009,
                place,
                format!("{target} is empty and every row must have one"),
                format!("fill it, or give the same for all rows: --set {target}=..."),
            );
        }
        if matches!(from, From::Fixed(_)) && !matches!(self.kind(target), Type::Number | Type::NumberOrPercent) {
            self.fixed.insert(target.to_owned(), made.clone());
        }
        out.cells.insert(target.to_owned(), made);
    }

    fn convert(&mut self, out: &mut Made, target: &str, text: &str, place: (u32, u32), number: bool) -> String {
        let kind = self.kind(target);
        let made = match kind {
            Type::Number | Type::NumberOrPercent => return self.figure(out, target, text, place, number),
            Type::Text if self.request.column_units.iter().any(|(column, _)| column == target) => {
                return self.figure(out, target, text, place, number);
            }
            Type::Integer => Figure::read(text, if number { POINT } else { self.style })
                .map_or_else(|| text.to_owned(), |f| f.number),
            Type::Id => self.id(target, text, place),
            Type::IdList => {
                let ids: Vec<String> = text.split([';', ',']).map(|part| self.id(target, part.trim(), place)).collect();
                ids.into_iter().filter(|id| !id.is_empty()).collect::<Vec<_>>().join(";")
            }
            Type::Reference(table) => return self.reference(target, table, text, place),
            Type::ReferenceList(table) => {
                let parts: Vec<&str> = text.split([';', ',']).map(str::trim).filter(|part| !part.is_empty()).collect();
                let found: Vec<String> =
                    parts.into_iter().map(|part| self.reference(target, table, part, place)).collect();
                return found.join(";");
            }
            Type::Period => period(text).unwrap_or_else(|| text.to_owned()),
            Type::Date => period(text.split('T').next().unwrap_or(text)).unwrap_or_else(|| text.to_owned()),
            Type::Bool => match fold(text).as_str() {
                "true" | "yes" | "y" | "1" | "x" | "ja" | "oui" | "si" | "是" => "true".to_owned(),
                "false" | "no" | "n" | "0" | "nein" | "non" | "nee" | "否" => "false".to_owned(),
                _ => text.to_owned(),
            },
            Type::Word(words) => words
                .iter()
                .find(|word| !fold(word).is_empty() && fold(word) == fold(text))
                .map_or_else(|| text.to_owned(), |word| (*word).to_owned()),
            Type::Status => text.to_uppercase(),
            Type::Text | Type::Unit | Type::Breakdown => text.to_owned(),
        };
        if !made.is_empty()
            && let Some(misfit) = cells::check(kind, &made, target)
        {
            self.problem(misfit.code, place, misfit.message, misfit.fix);
        }
        made
    }

    fn reference(&mut self, target: &str, table: &'static str, text: &str, place: (u32, u32)) -> String {
        let Some(register) = self.registers.get(table) else { return text.to_owned() };
        let code = match table {
            "places" => &R002,
            "indicators" => &R003,
            "sources" => &R004,
            "projects" => &R005,
            _ => &R006,
        };
        let one = table.strip_suffix('s').unwrap_or(table);
        match register.find(text) {
            Match::Id(id) => {
                if id != text {
                    let entry = self
                        .respelled
                        .entry("names and codes were found among the rows held")
                        .or_insert((0, String::new()));
                    if entry.0 == 0 {
                        entry.1 = format!("{} for {}", id, quoted(text));
                    }
                    entry.0 += 1;
                }
                id
            }
            Match::Several(ids) => {
                let message = format!("{target}: {} may be {}", quoted(text), ids.join(" or "));
                self.problem(code, place, message, "use the id, or a column of codes");
                String::new()
            }
            Match::Unknown(near) => {
                let fix = match near {
                    Some(near) => format!("write {near} if that is meant, or add the {one} to the table {table}"),
                    None => format!("add the {one} to the table {table} first, or correct it"),
                };
                self.problem(code, place, format!("{target}: there is no {one} {}", quoted(text)), fix);
                String::new()
            }
        }
    }

    /// Reads a figure and puts what stands beside it (per cent, flag, bound) where it belongs.
    fn figure(&mut self, out: &mut Made, target: &str, text: &str, place: (u32, u32), number: bool) -> String {
        let beside = |name: &str| self.spec.column(name).is_some() && self.mapping.from(name).is_none();
        let (has_status, has_bound) = (target == "value" && beside("status"), target == "value" && beside("bound"));
        if self.request.is_missing(text) {
            self.missing += 1;
            if has_status {
                out.cells.insert("status".to_owned(), Status::Missing.letter().to_owned());
            }
            return String::new();
        }
        let figure = Figure::read(text, if number { POINT } else { self.style });
        let misplaced =
            |figure: &Figure| (figure.status.is_some() && !has_status) || (figure.bound != Bound::Exact && !has_bound);
        let Some(figure) = figure.filter(|figure| !misplaced(figure)) else {
            let message = format!("{target}: {} is not a number", quoted(text));
            let fix = "correct it, leave the cell empty, or name the text as one that means no figure: --missing TEXT";
            self.problem(&F011, place, message, fix);
            return String::new();
        };
        if let Some(status) = figure.status {
            self.flags += 1;
            out.cells.insert("status".to_owned(), status.to_owned());
        }
        if figure.bound != Bound::Exact {
            self.flags += 1;
            out.cells.insert("bound".to_owned(), figure.bound.as_str().to_owned());
        }
        if let Some(sign) = &figure.currency {
            out.cells.insert(format!("\u{0}currency {target}"), sign.clone());
        }
        if figure.percent && self.kind(target) == Type::NumberOrPercent {
            return format!("{}%", figure.number);
        }
        if figure.percent {
            out.cells.insert(format!("\u{0}percent {target}"), String::new());
        }
        match self.factors.get(target) {
            Some((from, to)) => match figure.number.parse().ok().and_then(|value: f64| from.convert(value, to)) {
                Some(value) => super::sheet::decimal(value),
                None => figure.number,
            },
            None => figure.number,
        }
    }

    /// Settles the unit of a row, once all its cells are known.
    fn finish(&mut self, out: &mut Made) {
        let place = (out.line, out.column);
        let column = if self.spec.column("cost_unit").is_some() { "cost_unit" } else { "unit" };
        let figure = if column == "cost_unit" { "cost" } else { "value" };
        let sign = out.cells.remove(&format!("\u{0}currency {figure}"));
        let percent = out.cells.remove(&format!("\u{0}percent {figure}")).is_some();
        out.cells.retain(|name, _| !name.starts_with('\u{0}'));
        let indicator = out.cells.get("indicator_id").cloned().unwrap_or_default();
        let own = self.registers.get("indicators").and_then(|register| register.units.get(&indicator));
        let own = own.and_then(|text| Unit::parse(text).ok());
        if self.spec.column(column).is_none() || !out.cells.contains_key(figure) {
            return;
        }
        let mut written = out.cells.get(column).cloned().unwrap_or_default();
        if percent && written.is_empty() {
            written = "%".to_owned();
            out.cells.insert(column.to_owned(), written.clone());
        }
        let given = if written.is_empty() { None } else { Unit::parse(&written).ok() };
        if let (Some(given), Some(own)) = (&given, &own)
            && !given.same_dimension(own)
        {
            let what = if percent { "the figure is in per cent".to_owned() } else { format!("the unit is {given}") };
            self.problem(
                &U001,
                place,
                format!("{what}, but {indicator} is in {own}"),
                "correct the unit or the indicator",
            );
            return;
        }
        let Some(unit) = given.or(own) else { return };
        if percent && unit != Unit::percent() {
            let message = format!("the figure is in per cent, but the unit is {unit}");
            self.problem(&U001, place, message, "leave --unit out, so that rows with a per cent sign get the unit %");
        }
        if let Some(sign) = sign
            && currency_fits(&sign, &unit) != Some(true)
        {
            let message = format!("the figure is in {sign}, but the unit is {unit}");
            self.problem(
                &U001,
                place,
                message,
                "declare its unit, for example --unit {EUR}, and the indicator in the same currency",
            );
        }
    }
}
