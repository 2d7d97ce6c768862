//! A foreign table as it stands in its file: a header and rows of text, every cell with its place.

use super::Failure;
use std::path::Path;
use umbel_core::{Finding, Location};

/// How positions in the file are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// Text: line and column.
    Text,
    /// A worksheet: `file:Sheet!C7`.
    Sheet(String),
}

/// A cell with its place: line (row) and column from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// What stands in it, without spaces around it.
    pub text: String,
    /// Line or row.
    pub line: u32,
    /// Column.
    pub column: u32,
    /// Whether the file itself says that it is a number, so that no separators have to be guessed.
    pub number: bool,
}

/// A row.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Where it begins.
    pub line: u32,
    /// As many cells as the header.
    pub cells: Vec<Cell>,
    /// Its geometry (index into [`Grid::geometries`]), for files that have one.
    pub geometry: Option<usize>,
}

/// The whole table.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Name of the file, as findings name it.
    pub file: String,
    /// How positions are named.
    pub form: Form,
    /// The header; columns without a name are called `column 3`.
    pub header: Vec<Cell>,
    /// The rows.
    pub rows: Vec<Row>,
    /// Geometries of the rows.
    pub geometries: Vec<super::features::Geometry>,
    /// What reading had to decide.
    pub remarks: Vec<String>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// How the file is to be read.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// Cell separator of a text file; found out when not given.
    pub delimiter: Option<char>,
    /// Encoding of a text file (a WHATWG label); UTF-8 when not given.
    pub encoding: Option<String>,
    /// Worksheet; the first when not given.
    pub sheet: Option<String>,
    /// Row of the header; found out when not given.
    pub header_row: Option<u32>,
    /// Coordinates may be in any system, not only WGS84.
    pub any_coordinates: bool,
}

impl Grid {
    /// Reads a file: `.xlsx .xlsm .xls .ods`, `.geojson .json`, `.parquet`, and anything else as delimited text.
    ///
    /// # Errors
    /// [`Failure::Unreadable`] when the file cannot be opened or is no such file; [`Failure::Usage`] for a sheet, header
    /// row or encoding that is not there. Problems inside the file are findings of the grid.
    pub fn read(path: &Path, name: &str, reading: &Reading) -> Result<Grid, Failure> {
        let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
        match extension.as_str() {
            "xlsx" | "xlsm" | "xls" | "ods" => super::sheet::read(path, name, reading),
            "geojson" | "json" => super::features::read(&bytes(path, name)?, name, reading.any_coordinates),
            "parquet" => super::columnar::read(path, name),
            _ => super::delimited::read(&bytes(path, name)?, name, reading),
        }
    }

    /// An empty grid.
    pub(super) fn new(name: &str, form: Form) -> Grid {
        Grid {
            file: name.to_owned(),
            form,
            header: Vec::new(),
            rows: Vec::new(),
            geometries: Vec::new(),
            remarks: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// A place in the file, as findings name it.
    pub fn location(&self, line: u32, column: u32) -> Location {
        match &self.form {
            Form::Text => Location::new(self.file.as_str(), line, column),
            Form::Sheet(sheet) if line > 0 => {
                Location::new(format!("{}:{sheet}!{}{line}", self.file, letters(column)), 0, 0)
            }
            Form::Sheet(sheet) => Location::new(format!("{}:{sheet}", self.file), 0, 0),
        }
    }

    /// Takes the header and rows from a sheet of text: finds the header row below title lines, leaves out empty rows and
    /// remarks under the table, and makes every row as long as the header.
    pub(super) fn arrange(&mut self, rows: Vec<Vec<Cell>>, header_row: Option<u32>) -> Result<(), Failure> {
        let filled = |row: &[Cell]| row.iter().filter(|cell| !cell.text.is_empty()).count();
        let widest = rows.iter().map(|row| filled(row)).max().unwrap_or(0);
        let line = |row: &[Cell]| row.first().map_or(0, |cell| cell.line);
        let at = match header_row {
            Some(wanted) => rows.iter().position(|row| line(row) == wanted && filled(row) > 0).ok_or_else(|| {
                Failure::Usage(format!("{}: row {wanted} is empty or not there, so it cannot be the header", self.file))
            })?,
            None => rows
                .iter()
                .position(|row| filled(row) > 0 && filled(row) * 10 >= widest * 6)
                .ok_or_else(|| Failure::Unreadable(format!("{}: the file holds no table", self.file)))?,
        };
        if header_row.is_none() && rows[..at].iter().any(|row| filled(row) > 0) {
            self.remarks.push(format!("the header is row {}; what stands above it was left out", line(&rows[at])));
        }
        let width = rows[at].iter().rposition(|cell| !cell.text.is_empty()).map_or(0, |last| last + 1);
        self.header = rows[at][..width].to_vec();
        for (index, cell) in self.header.iter_mut().enumerate() {
            cell.text = cell.text.split_whitespace().collect::<Vec<_>>().join(" ");
            if cell.text.is_empty() {
                cell.text = format!("column {}", index + 1);
            }
        }
        let mut body: Vec<Vec<Cell>> = rows.into_iter().skip(at + 1).filter(|row| filled(row) > 0).collect();
        let mut notes = Vec::new();
        while width > 1 && body.last().is_some_and(|row| filled(row) == 1 && !row[0].text.is_empty()) {
            // A lone text in the first column under the table is a remark ("Source: ...").
            notes.extend(body.pop().map(|row| line(&row)));
        }
        if let (Some(last), Some(first)) = (notes.first(), notes.last()) {
            let which = if first == last { format!("row {first}") } else { format!("rows {first} to {last}") };
            self.remarks.push(format!("{which} below the table, only a remark, left out"));
        }
        for mut cells in body {
            let line = line(&cells);
            if let Some(extra) = cells.iter().skip(width).find(|cell| !cell.text.is_empty()) {
                let location = self.location(extra.line, extra.column);
                self.findings.push(Finding::new(
                    &umbel_core::code::F006,
                    location,
                    format!("the row goes on beyond the last column of the header (\"{}\")", extra.text),
                    "quote cells that hold the separator, or name the column in the header",
                ));
            }
            let end = cells.last().map_or(0, |cell| cell.column);
            cells.truncate(width);
            while cells.len() < width {
                cells.push(Cell { line, column: end + 1, ..Cell::default() });
            }
            self.rows.push(Row { line, cells, geometry: None });
        }
        Ok(())
    }
}

/// The letters of a worksheet column (1 = A, 27 = AA).
pub(super) fn letters(mut column: u32) -> String {
    let mut text = Vec::new();
    while column > 0 {
        column -= 1;
        text.push(char::from(b'A' + (column % 26) as u8));
        column /= 26;
    }
    text.iter().rev().collect()
}

fn bytes(path: &Path, name: &str) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::Unreadable(format!("{name}: {error}")))
}
