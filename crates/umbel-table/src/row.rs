//! One row of a small table, its cells checked, on the way to its typed form.

use crate::cells::{self, Misfit, Role};
use crate::number;
use crate::problems::Problems;
use crate::rows::{Attributes, Origin};
use crate::schema::{TableSpec, Type};
use std::borrow::Cow;
use umbel_core::{Code, Date, Period, Status, Symbol, Symbols, Text, Unit};

/// The cells of one row, by the columns of its table.
pub struct Row<'a> {
    /// The table.
    pub table: &'static TableSpec,
    /// Where it stands.
    pub origin: Origin,
    cells: Vec<Cow<'a, str>>,
    translations: Vec<(usize, &'a str, Cow<'a, str>)>,
    attributes: Attributes,
    spoiled: Vec<usize>,
    /// Line and column of the cell of a column of the table.
    place: &'a dyn Fn(usize) -> (u32, u32),
}

impl<'a> Row<'a> {
    /// Puts the cells of a file under the columns of the table and checks each. A cell that does not fit is told to
    /// `problems`; `None` when the row makes no sense without it.
    pub fn new(
        table: &'static TableSpec,
        origin: Origin,
        roles: &'a [Role],
        values: impl Iterator<Item = Cow<'a, str>>,
        place: &'a dyn Fn(usize) -> (u32, u32),
        problems: &mut Problems,
    ) -> Option<Row<'a>> {
        let mut row = Row {
            table,
            origin,
            cells: vec![Cow::Borrowed(""); table.columns.len()],
            translations: Vec::new(),
            attributes: Attributes::new(),
            spoiled: Vec::new(),
            place,
        };
        for (role, value) in roles.iter().zip(values) {
            match role {
                Role::Column(at) => row.cells[*at] = value,
                Role::Language(at, language) => row.translations.push((*at, language, value)),
                Role::Attribute(name) if !value.is_empty() => {
                    row.attributes.insert(name.clone(), value.into_owned());
                }
                Role::Attribute(_) | Role::Ignored => {}
            }
        }
        let mut sound = true;
        for (at, column) in table.columns.iter().enumerate() {
            // A missing column has been told once, for the file.
            let present = roles.contains(&Role::Column(at));
            let misfit = match &*row.cells[at] {
                "" if column.required && present => Some(cells::required_empty(column.name)),
                "" => {
                    sound &= present || !column.required;
                    None
                }
                text => cells::check(column.kind, text, column.name),
            };
            if let Some(misfit) = misfit {
                row.tell(problems, at, misfit);
                sound &= !column.required && !column.key;
                row.cells[at] = Cow::Borrowed("");
                row.spoiled.push(at);
            }
        }
        sound.then_some(row)
    }

    fn tell(&self, problems: &mut Problems, at: usize, misfit: Misfit) {
        let column = self.table.columns[at].name;
        if problems.has_room(misfit.code, column) {
            problems.add(misfit.code, column, (self.place)(at), misfit.message, misfit.fix);
        } else {
            problems.count_more(misfit.code, column, 1);
        }
    }

    /// Tells a finding about the cell of a column.
    pub fn problem(
        &self,
        problems: &mut Problems,
        code: &'static Code,
        column: &str,
        message: String,
        fix: impl Into<String>,
    ) {
        if let Some(at) = self.table.column(column) {
            self.tell(problems, at, Misfit { code, message, fix: fix.into() });
        }
    }

    /// Whether the cell did not fit its column (it then counts as empty, and has been told).
    pub fn is_spoiled(&self, column: &str) -> bool {
        self.spoiled.iter().any(|&at| self.table.columns[at].name == column)
    }

    /// The text of a cell.
    pub fn cell(&self, column: &str) -> &str {
        self.table.column(column).and_then(|at| self.cells.get(at)).map_or("", |text| text)
    }

    /// The texts of the columns of the key, in one form.
    pub fn key(&self) -> String {
        let mut key = String::new();
        for at in self.table.key() {
            match self.table.columns[at].kind {
                Type::Breakdown => key.push_str(&cells::breakdown(&self.cells[at]).unwrap_or_default()),
                Type::Integer => key.push_str(&self.cells[at].parse::<i32>().unwrap_or_default().to_string()),
                _ => key.push_str(&self.cells[at]),
            }
            key.push('\u{1f}');
        }
        key
    }

    /// The text of a cell, owned.
    pub fn text(&self, column: &str) -> String {
        self.cell(column).to_owned()
    }

    /// The versions of a text column.
    pub fn languages(&self, column: &str) -> Text {
        let mut text = Text::plain(self.cell(column));
        for (at, language, version) in &self.translations {
            if self.table.columns[*at].name == column {
                text.set(language, version);
            }
        }
        text
    }

    /// The symbol of a cell ([`Symbol::NONE`] when empty).
    pub fn symbol(&self, column: &str, symbols: &mut Symbols) -> Symbol {
        symbols.intern(self.cell(column))
    }

    /// The symbols of a list cell.
    pub fn symbols(&self, column: &str, symbols: &mut Symbols) -> Vec<Symbol> {
        cells::list(self.cell(column)).map(|id| symbols.intern(id)).collect()
    }

    /// The number of a cell.
    pub fn number(&self, column: &str) -> Option<f64> {
        number::parse(self.cell(column))
    }

    /// The period of a cell.
    pub fn period(&self, column: &str) -> Option<Period> {
        Period::parse(self.cell(column))
    }

    /// The date of a cell.
    pub fn date(&self, column: &str) -> Option<Date> {
        self.cell(column).parse().ok()
    }

    /// The unit of a cell that is not empty.
    pub fn unit(&self, column: &str) -> Option<Unit> {
        Some(self.cell(column)).filter(|text| !text.is_empty()).and_then(|text| Unit::parse(text).ok())
    }

    /// The status of a cell (normal when empty).
    pub fn status(&self, column: &str) -> Status {
        Status::parse(self.cell(column)).unwrap_or_default()
    }

    /// Whether a cell says `true`.
    pub fn flag(&self, column: &str) -> bool {
        self.cell(column) == "true"
    }

    /// The cells of columns that the format does not name.
    pub fn attributes(&self) -> Attributes {
        self.attributes.clone()
    }
}
