//! The rows of a file of a feed, cell by cell, with a finding for every cell that is not what its column asks for.

use super::archive::Source;
use super::forms::{Form, parse_date, parse_time};
use super::notice;
use super::schema::{self, Presence, Schema};
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use umbel_core::csv::{Cell, Ending, Record, Records, place};
use umbel_core::problems::{Problems, quoted};
use umbel_core::{Code, Finding};

/// A column of a file, found by its name once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    /// Number of the cell; `None` when the header has no such column.
    index: Option<usize>,
    /// Name in the standard.
    pub name: &'static str,
}

impl Column {
    /// Whether the header has the column.
    pub fn exists(self) -> bool {
        self.index.is_some()
    }
}

/// What a cell refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reference {
    /// The cell is empty.
    Empty,
    /// The row with this number.
    Row(u32),
    /// Something that is not there, or that was left out; the finding was given.
    Broken,
}

impl Reference {
    /// The number of the row, if any.
    pub fn row(self) -> Option<u32> {
        match self {
            Reference::Row(row) => Some(row),
            _ => None,
        }
    }
}

/// The rows of a table by their id; `None` for one that is written but was left out.
#[derive(Debug, Default)]
pub(super) struct Index {
    rows: FxHashMap<Box<str>, Option<u32>>,
    /// The whole file is missing: that is told once, not for every row that names something of it.
    pub absent: bool,
}

impl Index {
    /// The row of an id: outer `None` when it is not written.
    pub fn get(&self, id: &str) -> Option<Option<u32>> {
        self.rows.get(id).copied()
    }

    /// Whether the id is new; it then names `row`.
    pub fn insert(&mut self, id: &str, row: Option<u32>) -> bool {
        if self.rows.contains_key(id) {
            return false;
        }
        self.rows.insert(id.into(), row);
        true
    }
}

/// The rows of a file, one after the other.
#[derive(Debug)]
pub(super) struct Rows<'a> {
    text: &'a str,
    path: &'a str,
    records: Records<'a>,
    cells: Vec<Cell>,
    record: Record,
    width: usize,
    header: Vec<(String, usize)>,
    seen: usize,
    /// What was found so far.
    pub problems: Problems,
}

impl<'a> Rows<'a> {
    /// Reads the header of a file.
    pub fn open(source: &'a Source, schema: &'static Schema) -> Rows<'a> {
        let text: &str = &source.text;
        let record = Record { line: 1, start: 0, end: 0, ending: Ending::Clean };
        let mut rows = Rows {
            text,
            path: &source.path,
            records: Records::new(text, 0, 1),
            cells: Vec::new(),
            record,
            width: 0,
            header: Vec::new(),
            seen: 0,
            problems: Problems::new(&source.path),
        };
        rows.tell_replaced(&source.replaced);
        rows.read_header(schema);
        rows
    }

    /// The rows that follow, in parts of about `size` bytes that may be read at the same time. Parts end at line ends
    /// outside of quotes, by the number of quotes before them, and do not depend on the number of threads.
    pub fn parts(&self, size: usize) -> Vec<Rows<'a>> {
        let text = self.text;
        let bytes = text.as_bytes();
        let count = |byte: u8, from: usize, to: usize| memchr::memchr_iter(byte, &bytes[from..to]).count();
        let (mut at, mut line) = self.records.position();
        let mut parts = Vec::new();
        while at < bytes.len() {
            let mut end = (at + size).min(bytes.len());
            let mut quotes = count(b'"', at, end);
            while let Some(newline) = memchr::memchr(b'\n', &bytes[end..]) {
                quotes += count(b'"', end, end + newline);
                end += newline + 1;
                if quotes % 2 == 0 {
                    break;
                }
            }
            if quotes % 2 == 1 || memchr::memchr(b'\n', &bytes[end..]).is_none() {
                end = bytes.len();
            }
            // After a line end, so between characters.
            let part = text.get(..end).unwrap_or(text);
            parts.push(Rows {
                text: part,
                path: self.path,
                records: Records::new(part, at, line),
                cells: Vec::new(),
                record: self.record,
                width: self.width,
                header: self.header.clone(),
                seen: 0,
                problems: Problems::new(self.path),
            });
            line += count(b'\n', at, end) as u32;
            at = end;
        }
        parts
    }

    /// Takes up what was found in a part.
    pub fn absorb(&mut self, part: Rows<'_>) {
        self.seen += part.seen;
        self.problems.absorb(part.problems, 0);
    }

    fn tell_replaced(&mut self, replaced: &[usize]) {
        let (mut line, mut from) = (1, 0);
        for &at in replaced {
            let before = &self.text[from..at];
            line += memchr::memchr_iter(b'\n', before.as_bytes()).count() as u32;
            from = at;
            let start = memchr::memrchr(b'\n', &self.text.as_bytes()[..at]).map_or(0, |newline| newline + 1);
            let code = &notice::INVALID_CHARACTER;
            let at = place(self.text, (start, line), at);
            self.problems.add(code, "", at, "A byte here is not UTF-8; it was read as \"?\"", code.mend);
        }
    }

    fn read_header(&mut self, schema: &'static Schema) {
        let mut cells = Vec::new();
        let Some(record) = self.records.next_into(&mut cells) else {
            let code = &notice::EMPTY_FILE;
            self.problems.add(code, "", (0, 0), "The file has no header line", code.mend);
            return;
        };
        (self.record, self.width) = (record, cells.len());
        if let Ending::Quote(at) = record.ending {
            self.misplaced_quote(at);
        }
        for (index, cell) in cells.iter().enumerate() {
            let at = place(self.text, (record.start, record.line), cell.opening());
            let name = cell.text(self.text);
            let name = name.trim();
            if name.is_empty() {
                let code = &notice::EMPTY_COLUMN_NAME;
                self.problems.add(code, "", at, format!("Column {} has no name", index + 1), code.mend);
            } else if self.header.iter().any(|(held, _)| held == name) {
                let code = &notice::DUPLICATED_COLUMN;
                self.problems.add(code, "", at, format!("The column {} stands here again", quoted(name)), code.mend);
            } else {
                if !schema.columns.iter().any(|column| column.name == name) {
                    let code = &notice::UNKNOWN_COLUMN;
                    let message = format!("{} has no column {}", schema.name, quoted(name));
                    self.problems.add(code, "", at, message, code.mend);
                }
                self.header.push((name.to_owned(), index));
            }
        }
        for column in schema.columns {
            let exists = self.header.iter().any(|(name, _)| name == column.name);
            if column.presence == Presence::Required && !exists {
                let code = &notice::MISSING_REQUIRED_COLUMN;
                let message = format!("The header lacks the column {}", column.name);
                self.problems.add(code, "", (record.line, 0), message, code.mend);
            }
        }
    }

    /// The column of this name.
    pub fn column(&self, name: &'static str) -> Column {
        debug_assert!(schema::knows_column(name), "{name}");
        let index = self.header.iter().find(|(held, _)| held == name).map(|&(_, index)| index);
        Column { index, name }
    }

    /// Goes to the next row that can be read.
    pub fn advance(&mut self) -> bool {
        while let Some(record) = self.records.next_into(&mut self.cells) {
            self.record = record;
            if let Ending::Quote(at) = record.ending {
                self.misplaced_quote(at);
                continue;
            }
            if self.cells.len() == self.width {
                if self.width > 1 || !self.text[record.start..record.end].trim().is_empty() {
                    self.seen += 1;
                    return true;
                }
                self.empty_row(record);
            } else if self.text[record.start..record.end].trim().is_empty() {
                self.empty_row(record);
            } else {
                let code = &notice::INVALID_ROW_LENGTH;
                let message = format!("The row has {} cells, the header {}", self.cells.len(), self.width);
                self.problems.add(code, "", (record.line, 0), message, code.mend);
            }
        }
        false
    }

    fn empty_row(&mut self, record: Record) {
        let code = &notice::EMPTY_ROW;
        self.problems.add(code, "", (record.line, 0), "The row holds only spaces", code.mend);
    }

    fn misplaced_quote(&mut self, at: usize) {
        let code = &notice::CSV_PARSING_FAILED;
        let at = place(self.text, (self.record.start, self.record.line), at);
        self.problems.add(code, "", at, "A quote is not closed, or stands where none may", code.mend);
    }

    /// How many rows were read.
    pub fn seen(&self) -> usize {
        self.seen
    }

    /// The line of the row.
    pub fn line(&self) -> u32 {
        self.record.line
    }

    /// Line and column of a cell of the row.
    pub fn position(&self, column: Column) -> (u32, u32) {
        match column.index.and_then(|index| self.cells.get(index)) {
            Some(cell) => place(self.text, (self.record.start, self.record.line), cell.opening()),
            None => (self.record.line, 0),
        }
    }

    /// Adds a finding about a cell of the row.
    pub fn problem(&mut self, code: &'static Code, column: Column, message: impl Into<String>) {
        self.problem_with(code, column, message, code.mend);
    }

    /// As [`Rows::problem`], with a way to mend it of its own.
    pub fn problem_with(
        &mut self,
        code: &'static Code,
        column: Column,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        let at = self.position(column);
        self.problems.add(code, column.name, at, message, fix);
    }

    /// The content of a cell without the spaces around it; `None` when it is empty or its column is not there.
    pub fn text(&mut self, column: Column) -> Option<Cow<'a, str>> {
        let cell = *self.cells.get(column.index?)?;
        let text = self.text;
        let raw = text.get(cell.start..cell.end).unwrap_or("");
        let trimmed = raw.trim();
        if trimmed.len() != raw.len() {
            if trimmed.is_empty() {
                return None;
            }
            let message = format!("There are spaces around {}", quoted(trimmed));
            self.problem(&notice::LEADING_OR_TRAILING_WHITESPACES, column, message);
        }
        if trimmed.is_empty() {
            return None;
        }
        if cell.quoted && trimmed.contains(['\n', '\r']) {
            self.problem(&notice::NEW_LINE_IN_VALUE, column, format!("The value {} holds a line end", quoted(trimmed)));
        }
        Some(if cell.escaped { Cow::Owned(trimmed.replace("\"\"", "\"")) } else { Cow::Borrowed(trimmed) })
    }

    /// As [`Rows::text`] as an owned text, empty when there is none.
    pub fn owned(&mut self, column: Column) -> Box<str> {
        self.text(column).map_or_else(|| "".into(), |text| text.as_ref().into())
    }

    /// As [`Rows::text`]; an empty cell is a finding.
    pub fn required(&mut self, column: Column) -> Option<Cow<'a, str>> {
        let text = self.text(column);
        if text.is_none() {
            self.missing(column);
        }
        text
    }

    /// Whether a cell holds anything but spaces.
    pub fn filled(&self, column: Column) -> bool {
        let cell = column.index.and_then(|index| self.cells.get(index));
        cell.and_then(|cell| self.text.get(cell.start..cell.end)).is_some_and(|raw| !raw.trim().is_empty())
    }

    /// Tells of each of these cells if it is empty.
    pub fn demand(&mut self, columns: &[Column]) {
        for &column in columns {
            if !self.filled(column) {
                self.missing(column);
            }
        }
    }

    /// Tells that a cell that must be filled is empty. Columns that are not there were told once.
    pub fn missing(&mut self, column: Column) {
        if column.exists() {
            self.problem(&notice::MISSING_REQUIRED_FIELD, column, format!("{} is empty", column.name));
        }
    }

    /// An id, which must be there.
    pub fn id(&mut self, column: Column) -> Option<Cow<'a, str>> {
        let text = self.required(column)?;
        if !text.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            let message = format!("The id {} has characters other than printable ASCII", quoted(&text));
            self.problem(&notice::NON_ASCII_OR_NON_PRINTABLE_CHAR, column, message);
        }
        Some(text)
    }

    /// What a cell refers to in another file.
    pub fn reference(&mut self, column: Column, index: &Index, file: &str) -> Reference {
        let Some(id) = self.text(column) else { return Reference::Empty };
        match index.get(&id) {
            Some(Some(row)) => Reference::Row(row),
            Some(None) => Reference::Broken,
            None if index.absent => Reference::Broken,
            None => {
                let message = format!("{} is not in {file}", quoted(&id));
                self.problem(&notice::FOREIGN_KEY_VIOLATION, column, message);
                Reference::Broken
            }
        }
    }

    /// As [`Rows::reference`]; an empty cell is a finding.
    pub fn required_reference(&mut self, column: Column, index: &Index, file: &str) -> Reference {
        match self.reference(column, index, file) {
            Reference::Empty => {
                self.missing(column);
                Reference::Broken
            }
            reference => reference,
        }
    }

    /// Tells that the key of the row is taken.
    pub fn duplicate(&mut self, column: Column, key: &str) {
        let message = format!("{} {} stands in the file already", column.name, quoted(key));
        self.problem(&notice::DUPLICATE_KEY, column, message);
    }

    /// A whole number within a range.
    pub fn integer(&mut self, column: Column, low: i64, high: i64) -> Option<i64> {
        let text = self.text(column)?;
        let Ok(number) = text.parse::<i64>() else {
            self.problem(&notice::INVALID_INTEGER, column, format!("{} is not a whole number", quoted(&text)));
            return None;
        };
        if number < low || number > high {
            self.out_of_range(column, &text, low, high);
            return None;
        }
        Some(number)
    }

    /// A whole number that is not negative.
    pub fn count(&mut self, column: Column) -> Option<u32> {
        // Within u32 by the range.
        self.integer(column, 0, i64::from(i32::MAX)).map(|number| number as u32)
    }

    /// A decimal number within a range.
    pub fn float(&mut self, column: Column, low: f64, high: f64) -> Option<f64> {
        let text = self.text(column)?;
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+' | b'e' | b'E'));
        let Some(number) = text.parse::<f64>().ok().filter(|number| plain && number.is_finite()) else {
            self.problem(&notice::INVALID_FLOAT, column, format!("{} is not a decimal number", quoted(&text)));
            return None;
        };
        if number < low || number > high {
            self.out_of_range(column, &text, low, high);
            return None;
        }
        Some(number)
    }

    fn out_of_range(&mut self, column: Column, text: &str, low: impl ToString, high: impl ToString) {
        let (low, high) = (low.to_string(), high.to_string());
        let message = format!("{} {} lies outside {low} to {high}", column.name, quoted(text));
        self.problem(&notice::NUMBER_OUT_OF_RANGE, column, message);
    }

    /// One of the numbers 0 to `last`.
    pub fn choice(&mut self, column: Column, last: u8) -> Option<u8> {
        let index = column.index?;
        // The common case, by itself because stop times have several such cells a row.
        let cell = *self.cells.get(index)?;
        if cell.end == cell.start {
            return None;
        }
        let bytes = self.text.as_bytes();
        if cell.end - cell.start == 1 && (b'0'..=b'0' + last.min(9)).contains(&bytes[cell.start]) {
            return Some(bytes[cell.start] - b'0');
        }
        let number = self.integer(column, i64::MIN, i64::MAX)?;
        if let Some(number) = u8::try_from(number).ok().filter(|&number| number <= last) {
            return Some(number);
        }
        let message = format!("{} takes the numbers 0 to {last}, not {number}", column.name);
        self.problem(&notice::UNEXPECTED_ENUM_VALUE, column, message);
        None
    }

    /// A time of the day of service, in seconds; it may pass 24 hours.
    pub fn time(&mut self, column: Column) -> Option<i32> {
        let text = self.text(column)?;
        let time = parse_time(text.as_bytes());
        if time.is_none() {
            self.problem(
                &notice::INVALID_TIME,
                column,
                format!("{} is not a time of the form HH:MM:SS", quoted(&text)),
            );
        }
        time
    }

    /// A calendar date.
    pub fn date(&mut self, column: Column) -> Option<Date> {
        let text = self.text(column)?;
        let date = parse_date(&text);
        if date.is_none() {
            self.problem(
                &notice::INVALID_DATE,
                column,
                format!("{} is not a date of the form YYYYMMDD", quoted(&text)),
            );
        }
        date
    }

    /// A colour of six hexadecimal digits.
    pub fn color(&mut self, column: Column) -> Option<u32> {
        let text = self.text(column)?;
        let color = (text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
            .then(|| u32::from_str_radix(&text, 16).ok())
            .flatten();
        if color.is_none() {
            let message = format!("{} is not a colour of six hexadecimal digits", quoted(&text));
            self.problem(&notice::INVALID_COLOR, column, message);
        }
        color
    }

    /// A text of a certain form; empty when it has another.
    pub fn formed(&mut self, column: Column, form: Form) -> Box<str> {
        let Some(text) = self.text(column) else { return "".into() };
        if !(form.test)(&text) {
            self.problem(form.code, column, format!("{} is {}", quoted(&text), form.complaint));
            return "".into();
        }
        text.as_ref().into()
    }

    /// What was found.
    pub fn finish(self) -> Vec<Finding> {
        self.problems.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_the_whole() {
        let mut text = String::from("trip_id,service_id,route_id\r\n");
        for row in 0..40 {
            text.push_str(&format!("t{row},\"a\n{row}, \"\"b\"\"\",\n\nu{row},é{row},x\r\n"));
        }
        text.push_str("last,,");
        let source = Source { name: "trips.txt".into(), path: "f/trips.txt".into(), text, replaced: Vec::new() };
        let all = |rows: &mut Rows<'_>| {
            let columns = ["trip_id", "service_id", "route_id"].map(|name| rows.column(name));
            let mut found = Vec::new();
            while rows.advance() {
                found.push((rows.line(), columns.map(|column| rows.owned(column))));
            }
            found
        };
        let mut whole = Rows::open(&source, &schema::TRIPS);
        let expected = all(&mut Rows::open(&source, &schema::TRIPS));
        assert_eq!(expected.len(), 81);
        for size in [1, 7, 50, 1000, 100_000] {
            let mut parts = whole.parts(size);
            assert_eq!(parts.len() > 1, size < 1000 + 1, "{size}");
            let found: Vec<_> = parts.iter_mut().flat_map(all).collect();
            assert_eq!(found, expected, "{size}");
        }
        for part in whole.parts(60) {
            let mut part = part;
            all(&mut part);
            whole.absorb(part);
        }
        assert_eq!(whole.seen(), 81);
        // Each of the 40 line ends within quotes is told once.
        assert_eq!(whole.finish().len(), 40);
    }
}
