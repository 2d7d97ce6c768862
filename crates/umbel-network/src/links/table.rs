//! A CSV table of which columns go by several names, with findings at the cells.

use std::fs;
use std::path::Path;
use umbel_core::Code;
use umbel_core::code::{F001, F004, F006, F007, F008, F009, F011, R001};
use umbel_core::csv::{Cell, Ending, Records, decode, place};
use umbel_core::problems::{Problems, quoted};

/// A table that is read row by row.
#[derive(Debug)]
pub struct Table {
    text: String,
    /// What is wrong so far.
    pub problems: Problems,
    header: Vec<String>,
    position: (usize, u32),
}

/// A row: its cells and where it begins.
#[derive(Debug)]
pub struct Row {
    /// Line from 1.
    pub line: u32,
    start: usize,
    cells: Vec<Cell>,
}

impl Table {
    /// Opens a file and reads its header; without a file or header there is no row, and a finding.
    pub fn open(path: &Path, name: &str) -> Table {
        let mut problems = Problems::new(name);
        let bytes = fs::read(path).unwrap_or_else(|error| {
            problems.add(&F001, "", (0, 0), format!("the file cannot be read: {error}"), "check the path");
            Vec::new()
        });
        let decoded = decode(bytes);
        let mut table = Table { text: decoded.text, problems, header: Vec::new(), position: (0, 1) };
        if let Some(&at) = decoded.replaced.first() {
            let at = place(&table.text, (0, 1), at);
            table.problems.add(&F007, "", at, "the file holds bytes that are not UTF-8", "save the file as UTF-8");
        }
        let from = if table.text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        table.position = (from, 1);
        if let Some(row) = table.record() {
            table.header = row.cells.iter().map(|cell| cell.text(&table.text).trim().to_ascii_lowercase()).collect();
            for at in 1..table.header.len() {
                let name = table.header[at].clone();
                if !name.is_empty() && table.header[..at].contains(&name) {
                    let at = place(&table.text, (row.start, row.line), row.cells[at].opening());
                    table.problems.add(&R001, &name, at, format!("column {name} is there twice"), "remove one of them");
                }
            }
        }
        table
    }

    fn record(&mut self) -> Option<Row> {
        loop {
            let (mut records, mut cells) = (Records::new(&self.text, self.position.0, self.position.1), Vec::new());
            let record = records.next_into(&mut cells)?;
            self.position = records.position();
            let Ending::Quote(at) = record.ending else {
                return Some(Row { line: record.line, start: record.start, cells });
            };
            let at = place(&self.text, (record.start, record.line), at);
            self.problems.add(
                &F008,
                "",
                at,
                "a quote is not closed, or stands where none may",
                "double quotes inside of a cell",
            );
        }
    }

    /// Checks that for each list one of its names is a column. Without, there are no rows.
    pub fn require(&mut self, columns: &[&[&str]]) {
        for names in columns {
            if self.column(names).is_some() {
                continue;
            }
            // Of a file that is not there nothing more needs to be said.
            if self.problems.is_empty() || !self.header.is_empty() {
                let message = format!("column {} is missing", names[0]);
                self.problems.add(&F004, names[0], (1, 0), message, format!("add a column {}", names.join(" or ")));
            }
            self.position.0 = self.text.len();
        }
    }

    /// The next row with as many cells as there are columns.
    pub fn next(&mut self) -> Option<Row> {
        loop {
            let row = self.record()?;
            if row.cells.len() == self.header.len() {
                return Some(row);
            }
            let message = format!("{} cells instead of {}", row.cells.len(), self.header.len());
            self.problems.add(
                &F006,
                "",
                (row.line, 0),
                message,
                "quote cells that contain a comma; add or remove cells",
            );
        }
    }

    fn column(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.header.iter().position(|column| column == name))
    }

    /// Adds a finding about a cell of a row.
    pub fn add(&mut self, row: &Row, names: &[&str], code: &'static Code, message: impl Into<String>, fix: &str) {
        let cell = self.column(names).and_then(|at| row.cells.get(at));
        let at = cell.map_or((row.line, 0), |cell| place(&self.text, (row.start, row.line), cell.opening()));
        self.problems.add(code, names.first().copied().unwrap_or(""), at, message, fix);
    }

    /// The text of a cell; `None` when it is empty or there is no such column.
    pub fn text(&self, row: &Row, names: &[&str]) -> Option<String> {
        let text = row.cells.get(self.column(names)?)?.text(&self.text);
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The text of a cell that must not be empty.
    pub fn needed(&mut self, row: &Row, names: &[&str]) -> Option<String> {
        let text = self.text(row, names);
        if text.is_none() {
            self.add(row, names, &F009, format!("{} is empty", names[0]), "fill the cell");
        }
        text
    }

    /// The number in a cell; an empty one is a finding where it is needed.
    pub fn number(&mut self, row: &Row, names: &[&str], needed: bool) -> Option<f64> {
        let text = if needed { self.needed(row, names)? } else { self.text(row, names)? };
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
        if number.is_none() {
            let fix = "write a plain number such as 1234.5";
            self.add(row, names, &F011, format!("{} is no number", quoted(&text)), fix);
        }
        number
    }
}
