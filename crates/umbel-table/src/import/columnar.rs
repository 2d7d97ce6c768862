//! Parquet: rows of plain columns, whatever their names.

use super::Failure;
use super::grid::{Cell, Form, Grid, Row};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use std::fs::File;
use std::path::Path;
use umbel_core::{Finding, Location, Period, code};

/// Reads a Parquet file; its "lines" are row numbers.
pub(super) fn read(path: &Path, name: &str) -> Result<Grid, Failure> {
    let unreadable = |error: &dyn std::fmt::Display| Failure::Unreadable(format!("{name}: {error}"));
    let file = File::open(path).map_err(|error| unreadable(&error))?;
    let reader = SerializedFileReader::new(file).map_err(|error| unreadable(&error))?;
    let mut grid = Grid::new(name, Form::Text);
    let schema = reader.metadata().file_metadata().schema();
    for (index, field) in schema.get_fields().iter().enumerate() {
        grid.header.push(Cell { text: field.name().to_owned(), line: 0, column: index as u32 + 1, number: false });
        if field.is_group() {
            grid.findings.push(Finding::new(
                &code::F019,
                Location::new(name, 0, index as u32 + 1),
                format!("the column {} is nested", field.name()),
                "write the file with plain columns",
            ));
        }
    }
    if !grid.findings.is_empty() {
        return Ok(grid);
    }
    for (index, row) in reader.get_row_iter(None).map_err(|error| unreadable(&error))?.enumerate() {
        let line = index as u32 + 1;
        let row = row.map_err(|error| unreadable(&error))?;
        let mut cells = Vec::with_capacity(grid.header.len());
        for (column, (_, field)) in row.get_column_iter().enumerate() {
            let (text, number) = shown(field);
            cells.push(Cell { text, line, column: column as u32 + 1, number });
        }
        grid.rows.push(Row { line, cells, geometry: None });
    }
    Ok(grid)
}

/// The date of a day number since 1970-01-01; empty when there is none.
fn day(days: i64) -> String {
    let seconds = days.unsigned_abs().saturating_mul(86_400);
    let span = std::time::Duration::from_secs(seconds);
    let epoch = Period::year(1970).start();
    let date = if days < 0 { epoch.checked_sub(span) } else { epoch.checked_add(span) };
    date.map_or_else(|_| String::new(), |date| date.to_string())
}

fn shown(field: &Field) -> (String, bool) {
    match field {
        Field::Null => (String::new(), false),
        Field::Bool(yes) => (yes.to_string(), false),
        Field::Str(text) => (super::delimited::clean(text), false),
        Field::Byte(n) => (n.to_string(), true),
        Field::Short(n) => (n.to_string(), true),
        Field::Int(n) => (n.to_string(), true),
        Field::Long(n) => (n.to_string(), true),
        Field::UByte(n) => (n.to_string(), true),
        Field::UShort(n) => (n.to_string(), true),
        Field::UInt(n) => (n.to_string(), true),
        Field::ULong(n) => (n.to_string(), true),
        Field::Float(n) => (if n.is_finite() { n.to_string() } else { String::new() }, true),
        Field::Double(n) => (if n.is_finite() { n.to_string() } else { String::new() }, true),
        Field::Date(days) => (day(i64::from(*days)), false),
        Field::TimestampMillis(n) => (day(n.div_euclid(86_400_000)), false),
        Field::TimestampMicros(n) => (day(n.div_euclid(86_400_000_000)), false),
        other => (other.to_string(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_dates() {
        assert_eq!(day(0), "1970-01-01");
        assert_eq!(day(19_000), "2022-01-08");
        assert_eq!(day(-1), "1969-12-31");
        assert_eq!(day(i64::MAX), "");
    }
}
