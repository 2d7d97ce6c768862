//! Splitting CSV text into records and cells (RFC 4180, with LF or CR LF), and finding the exact place of a cell.
//!
//! Cells are ranges of the text, so that nothing is copied; lines are counted on the way, columns only when a finding
//! needs them.

use memchr::{memchr, memchr_iter, memrchr};
use std::borrow::Cow;

/// A cell: a range of the text, the quotes not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// First byte of the content.
    pub start: usize,
    /// Byte after the content.
    pub end: usize,
    /// Whether it stands in quotes.
    pub quoted: bool,
    /// Whether it holds doubled quotes.
    pub escaped: bool,
}

impl Cell {
    /// The content, quotes undone.
    pub fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let content = text.get(self.start..self.end).unwrap_or("");
        if self.escaped { Cow::Owned(content.replace("\"\"", "\"")) } else { Cow::Borrowed(content) }
    }

    /// The byte at which it begins, the opening quote included.
    pub fn opening(&self) -> usize {
        self.start - usize::from(self.quoted)
    }
}

/// How a record ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// At a line end or the end of the text.
    Clean,
    /// A quote at this byte was never closed, or stands where none may.
    Quote(usize),
}

/// A record: the line on which it begins, its bytes and how it ended.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    /// Line from 1 on which it begins.
    pub line: u32,
    /// First byte.
    pub start: usize,
    /// Byte after its content, the line end not included.
    pub end: usize,
    /// How it ended.
    pub ending: Ending,
}

/// The records of a text, one after the other. Empty lines are passed over.
#[derive(Debug)]
pub struct Records<'a> {
    text: &'a str,
    separator: u8,
    at: usize,
    line: u32,
}

impl<'a> Records<'a> {
    /// The records of `text` from byte `at`, which stands on `line`.
    pub fn new(text: &'a str, at: usize, line: u32) -> Records<'a> {
        Records::separated(text, b',', at, line)
    }

    /// As [`Records::new`] with another separator (an ASCII character such as `;` or a tab).
    pub fn separated(text: &'a str, separator: u8, at: usize, line: u32) -> Records<'a> {
        Records { text, separator, at, line }
    }

    /// The byte and line at which the next record begins.
    pub fn position(&self) -> (usize, u32) {
        (self.at, self.line)
    }

    /// Splits the next record into `cells`; `None` at the end of the text.
    ///
    /// After a misplaced quote the record ends at the next line end, so that the rows after it are still read.
    pub fn next_into(&mut self, cells: &mut Vec<Cell>) -> Option<Record> {
        let bytes = self.text.as_bytes();
        while let Some(&b) = bytes.get(self.at) {
            match b {
                b'\n' => self.line += 1,
                b'\r' if bytes.get(self.at + 1) == Some(&b'\n') => {}
                _ => break,
            }
            self.at += 1;
        }
        if self.at >= bytes.len() {
            return None;
        }
        cells.clear();
        let (first, line) = (self.at, self.line);
        let record = |end, ending| Some(Record { line, start: first, end, ending });
        let mut start = self.at;
        loop {
            if bytes.get(start) == Some(&b'"') {
                let Some((end, escaped)) = closing_quote(bytes, start + 1) else {
                    // Not closed: this line only is given up.
                    let end = self.skip_line(start);
                    return record(end, Ending::Quote(start));
                };
                let lines = memchr_iter(b'\n', &bytes[start..end]).count() as u32;
                let follows = bytes.get(end + 1);
                let ends = follows.is_none_or(|&b| b == self.separator || b == b'\n')
                    || follows == Some(&b'\r') && bytes.get(end + 2) == Some(&b'\n');
                if !ends && lines > 0 {
                    // The quote that seems to close it opens a later cell: this line only is given up.
                    let end = self.skip_line(start);
                    return record(end, Ending::Quote(start));
                }
                self.line += lines;
                cells.push(Cell { start: start + 1, end, quoted: true, escaped });
                match bytes.get(end + 1) {
                    Some(&b) if b == self.separator => start = end + 2,
                    None => {
                        self.at = bytes.len();
                        return record(end + 1, Ending::Clean);
                    }
                    Some(b'\n') => {
                        self.next_line(end + 1);
                        return record(end + 1, Ending::Clean);
                    }
                    Some(b'\r') if bytes.get(end + 2) == Some(&b'\n') => {
                        self.next_line(end + 2);
                        return record(end + 1, Ending::Clean);
                    }
                    Some(_) => {
                        let line_end = self.skip_line(end + 1);
                        return record(line_end, Ending::Quote(end));
                    }
                }
                continue;
            }
            let mut end = start;
            while end < bytes.len() && !(bytes[end] == self.separator || bytes[end] == b'\n' || bytes[end] == b'"') {
                end += 1;
            }
            match bytes.get(end) {
                Some(b'"') => {
                    let line_end = self.skip_line(end);
                    return record(line_end, Ending::Quote(end));
                }
                Some(b'\n') | None => {
                    let content = if end > start && bytes[end - 1] == b'\r' { end - 1 } else { end };
                    cells.push(Cell { start, end: content, quoted: false, escaped: false });
                    if end < bytes.len() {
                        self.next_line(end);
                    } else {
                        self.at = end;
                    }
                    return record(content, Ending::Clean);
                }
                Some(_) => {
                    cells.push(Cell { start, end, quoted: false, escaped: false });
                    start = end + 1;
                }
            }
        }
    }

    /// Goes to the line after the line end at `at`.
    fn next_line(&mut self, at: usize) {
        self.at = at + 1;
        self.line += 1;
    }

    /// Gives up the rest of the line of byte `from`; returns its end.
    fn skip_line(&mut self, from: usize) -> usize {
        let bytes = self.text.as_bytes();
        match memchr(b'\n', &bytes[from..]) {
            Some(length) => {
                self.next_line(from + length);
                from + length
            }
            None => {
                self.at = bytes.len();
                bytes.len()
            }
        }
    }
}

/// The closing quote of a cell whose content begins at `at`, and whether quotes are doubled before it.
fn closing_quote(bytes: &[u8], at: usize) -> Option<(usize, bool)> {
    let (mut at, mut escaped) = (at, false);
    loop {
        let quote = at + memchr(b'"', bytes.get(at..)?)?;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some((quote, escaped));
        }
        escaped = true;
        at = quote + 2;
    }
}

/// Line and column (from 1, in characters) of byte `at`, which stands in a record that begins at byte `start` of
/// line `line`.
pub fn place(text: &str, (start, line): (usize, u32), at: usize) -> (u32, u32) {
    let bytes = text.as_bytes();
    let at = at.min(bytes.len());
    let before = &bytes[start.min(at)..at];
    let lines = memchr_iter(b'\n', before).count() as u32;
    let line_start = memrchr(b'\n', &bytes[..at]).map_or(0, |newline| newline + 1);
    let characters = text.get(line_start..at).map_or(0, |part| part.trim_start_matches('\u{feff}').chars().count());
    (line + lines, characters as u32 + 1)
}

/// The text of a file: UTF-8, a byte-order mark passed over, and where bytes had to be replaced because they are none.
#[derive(Debug)]
pub struct Decoded {
    /// The text; every byte that is not UTF-8 has become `?`.
    pub text: String,
    /// The bytes replaced, in order.
    pub replaced: Vec<usize>,
}

/// Decodes bytes as UTF-8.
pub fn decode(bytes: Vec<u8>) -> Decoded {
    let mut bytes = bytes;
    let mut replaced = Vec::new();
    let mut from = 0;
    while let Some(Err(error)) = bytes.get(from..).map(std::str::from_utf8) {
        let start = from + error.valid_up_to();
        let end = error.error_len().map_or(bytes.len(), |length| start + length);
        replaced.extend(start..end);
        bytes[start..end].fill(b'?');
        from = end;
    }
    // Every byte that was no UTF-8 has been replaced, so nothing is lost here.
    let text = String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
    Decoded { text, replaced }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str) -> Vec<(u32, Vec<String>)> {
        let (mut records, mut cells, mut rows) = (Records::new(text, 0, 1), Vec::new(), Vec::new());
        while let Some(record) = records.next_into(&mut cells) {
            assert_eq!(record.ending, Ending::Clean);
            rows.push((record.line, cells.iter().map(|cell| cell.text(text).into_owned()).collect()));
        }
        rows
    }

    fn owned(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|&cell| cell.to_owned()).collect()
    }

    #[test]
    fn splits_quotes_line_ends_and_empty_cells() {
        let text = "a,b,c\r\n1,\"x, \"\"y\"\"\nz\",\n\n,,\"\"\nlast";
        let rows = split(text);
        assert_eq!(
            rows,
            [
                (1, owned(&["a", "b", "c"])),
                (2, owned(&["1", "x, \"y\"\nz", ""])),
                (5, owned(&["", "", ""])),
                (6, owned(&["last"])),
            ]
        );
    }

    #[test]
    fn goes_on_after_a_misplaced_quote() {
        let text = "a\"b,c\nd,e\n\"x\"y,z\nf,\"g\nh,\"i\"\n";
        let (mut records, mut cells) = (Records::new(text, 0, 1), Vec::new());
        let endings: Vec<_> =
            std::iter::from_fn(|| records.next_into(&mut cells)).map(|r| (r.line, r.ending)).collect();
        assert_eq!(
            endings,
            [
                (1, Ending::Quote(1)),
                (2, Ending::Clean),
                (3, Ending::Quote(12)),
                (4, Ending::Quote(19)),
                (5, Ending::Clean)
            ]
        );
    }

    #[test]
    fn counts_columns_in_characters() {
        let text = "\u{feff}名称,x\n\"a\nb\",京津,y\n";
        let at = text.find('y').expect("there");
        let record = text.find('"').expect("there");
        assert_eq!(place(text, (record, 2), at), (3, 7));
        assert_eq!(place(text, (3, 1), text.find('x').expect("there")), (1, 4));
    }

    #[test]
    fn replaces_what_is_no_utf8() {
        let decoded = decode(b"a,\xff\xfeb\n\xe4\xba".to_vec());
        assert_eq!((decoded.text.as_str(), decoded.replaced), ("a,??b\n??", vec![2, 3, 6, 7]));
    }

    proptest! {
        #[test]
        fn never_loses_a_byte_or_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let decoded = decode(bytes);
            let (mut records, mut cells) = (Records::new(&decoded.text, 0, 1), Vec::new());
            let mut last = 0;
            while let Some(record) = records.next_into(&mut cells) {
                prop_assert!(record.start >= last && record.end >= record.start);
                last = record.end;
                for cell in &cells {
                    prop_assert!(decoded.text.get(cell.start..cell.end).is_some());
                    place(&decoded.text, (record.start, record.line), cell.opening());
                }
            }
        }
    }
}
