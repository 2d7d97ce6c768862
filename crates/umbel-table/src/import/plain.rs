//! A file taken as it is: columns of figures or words under their own names, and geometries, with findings at their
//! places.

use super::features::Geometry;
use super::grid::{Grid, Reading};
use super::{Failure, MISSING};
use std::path::Path;
use umbel_core::{Finding, Location, Severity, code};

/// A table of a file under its own column names.
#[derive(Clone, Debug)]
pub struct Plain {
    grid: Grid,
}

/// At most so many findings are given for one column.
const LIMIT: usize = 20;

impl Plain {
    /// Reads a file (CSV and other delimited text, GeoJSON, Parquet, workbooks); coordinates may be in any system.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read at all; [`Plain::findings`] tells what is wrong inside.
    pub fn read(path: &Path, reading: &Reading) -> Result<Plain, Failure> {
        let name = path.to_string_lossy().replace('\\', "/");
        let reading = Reading { any_coordinates: true, ..reading.clone() };
        Ok(Plain { grid: Grid::read(path, &name, &reading)? })
    }

    /// What is wrong with the file as a whole, as errors.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.grid.findings.iter().filter(|finding| finding.severity == Severity::Error)
    }

    /// Name of the file.
    pub fn file(&self) -> &str {
        &self.grid.file
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.grid.rows.len()
    }

    /// Names of the columns.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        self.grid.header.iter().map(|cell| cell.text.as_str())
    }

    /// Position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.grid.header.iter().position(|cell| cell.text == name)
    }

    /// Where the row stands.
    pub fn row_location(&self, row: usize) -> Location {
        self.grid.rows.get(row).map_or_else(|| self.grid.location(0, 0), |row| self.grid.location(row.line, 0))
    }

    /// Where a cell stands.
    pub fn location(&self, row: usize, column: usize) -> Location {
        match self.grid.rows.get(row).and_then(|row| row.cells.get(column)) {
            Some(cell) => self.grid.location(cell.line, cell.column),
            None => self.grid.location(0, 0),
        }
    }

    /// Where the header of a column stands.
    pub fn header_location(&self, column: usize) -> Location {
        self.grid.header.get(column).map_or_else(|| self.grid.location(0, 0), |c| self.grid.location(c.line, c.column))
    }

    /// Text of a cell; empty where nothing stands or a word that means so.
    pub fn text(&self, row: usize, column: usize) -> &str {
        match self.grid.rows.get(row).and_then(|row| row.cells.get(column)) {
            Some(cell) if !MISSING.contains(&cell.text.as_str()) => &cell.text,
            _ => "",
        }
    }

    /// The figures of a column, `None` where a cell is empty; a finding for every cell that is no number.
    ///
    /// # Errors
    /// The findings.
    pub fn numbers(&self, column: usize) -> Result<Vec<Option<f64>>, Vec<Finding>> {
        let (values, findings) = self.readable_numbers(column);
        if findings.is_empty() { Ok(values) } else { Err(findings) }
    }

    /// The figures of a column, `None` where a cell is empty or no number, with a finding for every cell of the latter kind.
    pub fn readable_numbers(&self, column: usize) -> (Vec<Option<f64>>, Vec<Finding>) {
        let (mut values, mut findings, mut wrong) = (Vec::with_capacity(self.rows()), Vec::new(), 0_usize);
        for row in 0..self.rows() {
            let text = self.text(row, column);
            let value = if text.is_empty() { None } else { number(text) };
            if value.is_none() && !text.is_empty() {
                wrong += 1;
                if findings.len() < LIMIT {
                    let message = format!("\"{text}\" in the column {} is no number", self.name(column));
                    findings.push(Finding::new(&code::F011, self.location(row, column), message, code::F011.mend));
                }
            }
            values.push(value);
        }
        if wrong > findings.len() {
            let message = format!("{} further cells of {} are no numbers", wrong - findings.len(), self.name(column));
            findings.push(Finding::new(&code::F011, self.header_location(column), message, code::F011.mend));
        }
        (values, findings)
    }

    /// Name of a column.
    pub fn name(&self, column: usize) -> &str {
        self.grid.header.get(column).map_or("", |cell| cell.text.as_str())
    }

    /// The geometry of a row.
    pub fn geometry(&self, row: usize) -> Option<&Geometry> {
        self.grid.geometries.get(self.grid.rows.get(row)?.geometry?)
    }

    /// Whether any row has a geometry.
    pub fn has_geometry(&self) -> bool {
        !self.grid.geometries.is_empty()
    }
}

/// A number as files of other programs write it; truth values count as 1 and 0.
fn number(text: &str) -> Option<f64> {
    crate::number::parse(text.strip_prefix('+').unwrap_or(text)).or(match text {
        "true" | "TRUE" | "True" => Some(1.0),
        "false" | "FALSE" | "False" => Some(0.0),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_keep_their_names_and_places() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "name,x,y\na,1.5,\nb,NA,oops\n").expect("written");
        let plain = Plain::read(&path, &Reading::default()).expect("read");
        assert_eq!(plain.columns().collect::<Vec<_>>(), ["name", "x", "y"]);
        assert_eq!(plain.numbers(1).expect("numbers"), [Some(1.5), None]);
        let findings = plain.numbers(2).expect_err("a finding");
        assert_eq!((findings[0].code.id, findings[0].location.line, findings[0].location.column), ("F011", 3, 6));
        assert_eq!((plain.text(1, 1), plain.column("y"), plain.has_geometry()), ("", Some(2), false));
    }

    #[test]
    fn coordinates_may_be_projected() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.geojson");
        let text = r#"{"type":"FeatureCollection","crs":{"properties":{"name":"EPSG:25832"}},"features":[
            {"type":"Feature","properties":{"v":1},"geometry":{"type":"Point","coordinates":[500000,5600000]}}]}"#;
        std::fs::write(&path, text).expect("written");
        let plain = Plain::read(&path, &Reading::default()).expect("read");
        assert_eq!(plain.findings().count(), 0);
        assert_eq!(plain.geometry(0), Some(&Geometry::Point(500_000.0, 5_600_000.0)));
    }
}
