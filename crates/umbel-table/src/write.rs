//! Writing files: whole or not at all, and rows as CSV.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{path} cannot be written: {source}")]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub source: std::io::Error,
}

/// Writes a file whole or not at all: into a temporary file beside it, which is then renamed. Missing folders are made.
///
/// # Errors
/// [`WriteError`]; then the old file, if any, is as it was.
pub fn write_whole(path: &Path, content: &[u8]) -> Result<(), WriteError> {
    write_and_rename(path, &[content], true)
}

/// As [`write_whole`], for what can be computed again, given in parts that follow each other: it is not forced onto the disk before it takes its name, so a
/// power cut (not a kill) may lose it.
///
/// # Errors
/// As there.
pub fn write_result<P: AsRef<[u8]>>(path: &Path, parts: &[P]) -> Result<(), WriteError> {
    write_and_rename(path, parts, false)
}

fn write_and_rename<P: AsRef<[u8]>>(path: &Path, parts: &[P], force: bool) -> Result<(), WriteError> {
    let failed = |source| WriteError { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let temporary = temporary_beside(path);
    let written = fs::File::create(&temporary)
        .and_then(|mut file| {
            parts.iter().try_for_each(|part| file.write_all(part.as_ref()))?;
            if force { file.sync_all() } else { Ok(()) }
        })
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|source| {
        // The first error is the one to tell.
        let _ = fs::remove_file(&temporary);
        failed(source)
    })
}

/// Writes several files as one: each into a temporary file beside it, and all are renamed once all are on the disk.
///
/// # Errors
/// [`WriteError`]; then no file has changed, unless the system fails between two renames.
pub fn write_together(files: &[(PathBuf, Vec<u8>)]) -> Result<(), WriteError> {
    let mut written: Vec<(PathBuf, &Path)> = Vec::with_capacity(files.len());
    let result = files.iter().try_for_each(|(path, content)| {
        let failed = |source| WriteError { path: path.clone(), source };
        if path.is_dir() {
            return Err(failed(std::io::ErrorKind::IsADirectory.into()));
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let temporary = temporary_beside(path);
        let mut file = fs::File::create(&temporary).map_err(failed)?;
        written.push((temporary, path));
        file.write_all(content).and_then(|()| file.sync_all()).map_err(failed)
    });
    let result = result.and_then(|()| {
        let moved = |(temporary, path): &(PathBuf, &Path)| {
            fs::rename(temporary, path).map_err(|source| WriteError { path: path.to_path_buf(), source })
        };
        written.iter().try_for_each(moved)
    });
    if result.is_err() {
        for (temporary, _) in &written {
            // What was renamed already is not there any more; the first error is the one to tell.
            let _ = fs::remove_file(temporary);
        }
    }
    result
}

/// A name for the temporary file: the process keeps two runs apart.
pub(crate) fn temporary_beside(path: &Path) -> PathBuf {
    let name = path.file_name().map_or_else(|| "file".into(), |name| name.to_string_lossy().into_owned());
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

/// Rows as CSV text: comma, LF, quotes only where needed.
#[derive(Clone, Debug, Default)]
pub struct CsvText {
    text: String,
    first: bool,
    cells: usize,
}

impl CsvText {
    /// A text that begins with a header line.
    pub fn new<S: AsRef<str>>(header: &[S]) -> CsvText {
        let mut csv = CsvText { text: String::new(), first: true, cells: 0 };
        csv.row(header);
        csv
    }

    /// A text without a header line, to follow one that has it.
    pub fn headless() -> CsvText {
        CsvText { text: String::new(), first: true, cells: 0 }
    }

    /// Adds a row.
    pub fn row<S: AsRef<str>>(&mut self, cells: &[S]) {
        for cell in cells {
            self.cell(cell.as_ref());
        }
        self.end_row();
    }

    /// Adds a cell to the row at hand.
    pub fn cell(&mut self, cell: &str) {
        if !self.first {
            self.text.push(',');
        }
        self.first = false;
        self.cells += 1;
        let quote = |b: u8| matches!(b, b',' | b'"' | b'\n' | b'\r');
        if cell.bytes().any(quote) || cell.starts_with('\u{feff}') {
            self.text.push('"');
            self.text.push_str(&cell.replace('"', "\"\""));
            self.text.push('"');
        } else {
            self.text.push_str(cell);
        }
    }

    /// Ends the row at hand.
    pub fn end_row(&mut self) {
        // A row of one empty cell would be an empty line, which readers pass over.
        if self.cells == 1 && (self.text.is_empty() || self.text.ends_with('\n')) {
            self.text.push_str("\"\"");
        }
        self.text.push('\n');
        self.first = true;
        self.cells = 0;
    }

    /// The text.
    pub fn finish(self) -> String {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::{Ending, Records};
    use proptest::prelude::*;

    #[test]
    fn leaves_the_old_file_when_it_fails() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a").join("b.csv");
        write_whole(&path, b"one").expect("written");
        assert!(write_whole(&path.join("c"), b"two").is_err());
        assert_eq!(fs::read(&path).expect("there"), b"one");
        assert_eq!(fs::read_dir(folder.path().join("a")).expect("there").count(), 1);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(rows in proptest::collection::vec(proptest::collection::vec("[a,\"\n\r\u{feff}é ]{0,6}", 3), 1..8)) {
            let mut csv = CsvText::new(&["x", "y", "z"]);
            rows.iter().for_each(|row| csv.row(row));
            let text = csv.finish();
            let (mut records, mut cells, mut read) = (Records::new(&text, 0, 1), Vec::new(), Vec::new());
            while let Some(record) = records.next_into(&mut cells) {
                prop_assert_eq!(record.ending, Ending::Clean);
                read.push(cells.iter().map(|cell| cell.text(&text).into_owned()).collect::<Vec<_>>());
            }
            prop_assert_eq!(&read[1..], &rows[..]);
        }
    }

    #[test]
    fn files_are_written_together_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let good = folder.path().join("data/a.csv");
        write_together(&[(good.clone(), b"old".to_vec())]).expect("written");
        fs::create_dir(folder.path().join("taken")).expect("made");
        for bad in ["data/a.csv/b.csv", "taken"] {
            let files = [(good.clone(), b"new".to_vec()), (folder.path().join(bad), b"x".to_vec())];
            let error = write_together(&files).expect_err("nowhere to write to");
            assert!(error.to_string().contains(bad), "{error}");
            assert_eq!(fs::read(&good).expect("still there"), b"old");
            assert_eq!(fs::read_dir(folder.path().join("data")).expect("a folder").count(), 1);
        }
    }
}
