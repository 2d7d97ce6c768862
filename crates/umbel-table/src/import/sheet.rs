//! Workbooks: `.xlsx`, `.xlsm`, `.xls`, `.ods`.

use super::Failure;
use super::delimited::clean;
use super::grid::{Cell, Form, Grid, Reading};
use calamine::{Data, Reader, Sheets, open_workbook_auto};
use std::path::Path;

/// Reads a worksheet; merged cells all hold the value of the first, titles above the header are passed over.
pub(super) fn read(path: &Path, name: &str, reading: &Reading) -> Result<Grid, Failure> {
    let unreadable = |error: &dyn std::fmt::Display| Failure::Unreadable(format!("{name}: {error}"));
    let mut book = open_workbook_auto(path).map_err(|error| unreadable(&error))?;
    let sheets = book.sheet_names();
    let sheet = match &reading.sheet {
        Some(sheet) => sheets.iter().find(|known| *known == sheet).cloned().ok_or_else(|| {
            Failure::Usage(format!("{name} has no sheet \"{sheet}\"; its sheets are: {}", sheets.join(", ")))
        })?,
        None => sheets.first().cloned().ok_or_else(|| unreadable(&"the workbook has no sheet"))?,
    };
    let mut grid = Grid::new(name, Form::Sheet(sheet.clone()));
    if reading.sheet.is_none() && sheets.len() > 1 {
        grid.remarks.push(format!("sheet \"{sheet}\" was read; the others are: {} (--sheet)", sheets[1..].join(", ")));
    }
    let range = book.worksheet_range(&sheet).map_err(|error| unreadable(&error))?;
    let (top, left) = range.start().unwrap_or((0, 0));
    let mut rows: Vec<Vec<Cell>> = Vec::with_capacity(range.height());
    for (down, cells) in range.rows().enumerate() {
        let line = top + down as u32 + 1;
        let text = |(across, data): (usize, &Data)| {
            let (text, number) = shown(data);
            Cell { text, line, column: left + across as u32 + 1, number }
        };
        rows.push(cells.iter().enumerate().map(text).collect());
    }
    if let Sheets::Xlsx(workbook) = &mut book {
        for region in workbook.merge_cells_by_sheet_name(&sheet).unwrap_or_default() {
            spread(&mut rows, (top, left), region.start, region.end);
        }
    }
    grid.arrange(rows, reading.header_row)?;
    Ok(grid)
}

/// Gives every cell of a merged region its value; one that spans whole rows of a title is left as it is.
fn spread(rows: &mut [Vec<Cell>], (top, left): (u32, u32), start: (u32, u32), end: (u32, u32)) {
    let index = |row: u32, column: u32| Some((row.checked_sub(top)? as usize, column.checked_sub(left)? as usize));
    let Some((row, column)) = index(start.0, start.1) else { return };
    let Some(first) = rows.get(row).and_then(|cells| cells.get(column)).cloned() else { return };
    let width = rows[row].len();
    if start.0 == end.0 && rows[row].iter().filter(|cell| !cell.text.is_empty()).count() == 1 && width > 1 {
        return;
    }
    for down in start.0..=end.0 {
        for across in start.1..=end.1 {
            let target = index(down, across).and_then(|(r, c)| rows.get_mut(r)?.get_mut(c));
            if let Some(cell) = target {
                cell.text.clone_from(&first.text);
                cell.number = first.number;
            }
        }
    }
}

/// The text of a cell, and whether it is a number.
fn shown(data: &Data) -> (String, bool) {
    match data {
        Data::Empty => (String::new(), false),
        Data::String(text) => (clean(text), false),
        Data::Int(number) => (number.to_string(), true),
        Data::Float(number) => (decimal(*number), true),
        Data::Bool(yes) => (yes.to_string(), false),
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
            let mut text = format!("{year:04}-{month:02}-{day:02}");
            if (hour, minute, second) != (0, 0, 0) {
                text.push_str(&format!("T{hour:02}:{minute:02}:{second:02}"));
            }
            (text, false)
        }
        Data::DateTime(span) => (decimal(span.as_f64()), true),
        Data::DateTimeIso(text) => (text.strip_suffix("T00:00:00").unwrap_or(text).to_owned(), false),
        Data::DurationIso(text) => (text.clone(), false),
        Data::Error(error) => (error.to_string(), false),
    }
}

/// A number as spreadsheets show it: to 15 significant digits, without an exponent.
pub(super) fn decimal(number: f64) -> String {
    if !number.is_finite() {
        return number.to_string();
    }
    format!("{number:.14e}").parse::<f64>().unwrap_or(number).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_in_the_sheet() {
        assert_eq!(decimal(0.1 + 0.2), "0.3");
        assert_eq!(decimal(2020.0), "2020");
        assert_eq!(decimal(1_362_359.0), "1362359");
        assert_eq!(decimal(1e21), "1000000000000000000000");
    }

    #[test]
    fn merged_cells_share_their_value_but_titles_do_not() {
        let cell = |text: &str, line, column| Cell { text: text.into(), line, column, number: false };
        let mut rows = vec![
            vec![cell("Title", 1, 1), cell("", 1, 2)],
            vec![cell("Maine", 2, 1), cell("1", 2, 2)],
            vec![cell("", 3, 1), cell("2", 3, 2)],
        ];
        spread(&mut rows, (0, 0), (0, 0), (0, 1));
        spread(&mut rows, (0, 0), (1, 0), (2, 0));
        assert_eq!(rows[0][1].text, "");
        assert_eq!(rows[2][0].text, "Maine");
        spread(&mut rows, (1, 0), (0, 0), (0, 1));
    }
}
