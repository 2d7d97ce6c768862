//! Finding the cell of a row again: rows remember their line only, findings want the column too.

use crate::cells::Role;
use crate::csv::{Cell, Records, decode, place};
use crate::observations::header;
use crate::problems::Problems;
use crate::region::Region;
use crate::rows::Origin;
use crate::schema::TableSpec;
use rustc_hash::FxHashMap;
use std::path::Path;
use umbel_core::Location;

/// Finds cells in the files of a region; each file is read once, when first asked for.
#[derive(Debug)]
pub struct Locator<'a> {
    region: &'a Region,
    files: FxHashMap<u16, Option<File>>,
}

#[derive(Debug)]
struct File {
    text: String,
    /// Byte at which each line begins.
    lines: Vec<usize>,
    table: &'static TableSpec,
    roles: Vec<Role>,
}

impl<'a> Locator<'a> {
    /// A locator for the files of a region.
    pub fn new(region: &'a Region) -> Locator<'a> {
        Locator { region, files: FxHashMap::default() }
    }

    /// The location of the cell of a column (`"place_id"`, `"title_zh"`, an attribute) in a row. The column is 0 when
    /// the file has no such cell, or is no CSV file.
    pub fn cell(&mut self, row: Origin, column: &str) -> Location {
        let path = self.region.path(row);
        if let Some(&(line, column)) = self.placed(row, column) {
            return Location::new(path, line, column);
        }
        let file = self.files.entry(row.file).or_insert_with(|| {
            let source = self.region.files.get(usize::from(row.file))?;
            File::read(&self.region.root, &source.path, &source.table, &self.region.languages)
        });
        match file.as_ref().and_then(|file| file.place(row.line, column)) {
            Some((line, column)) => Location::new(path, line, column),
            None => Location::new(path, row.line, 0),
        }
    }

    /// The place of a cell that stands in no table file; of the first of the rows that stand in one line.
    fn placed(&self, row: Origin, column: &str) -> Option<&(u32, u32)> {
        let from = (row, column.to_owned(), umbel_core::Symbol(0));
        let (key, place) = self.region.placed.range(from..).next()?;
        (key.0 == row && key.1 == column).then_some(place)
    }
}

impl File {
    fn read(root: &Path, path: &str, table: &str, languages: &[String]) -> Option<File> {
        let table = TableSpec::find(table).filter(|_| !has_extension(path, "parquet"))?;
        let bytes = std::fs::read(root.join(path)).ok()?;
        let (roles, _, _) = header(table, &bytes, languages, &mut Problems::new(path));
        let text = decode(bytes).text;
        let lines = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1)).collect();
        Some(File { text, lines, table, roles })
    }

    fn place(&self, line: u32, column: &str) -> Option<(u32, u32)> {
        let start = *self.lines.get((line as usize).checked_sub(1)?)?;
        let at = self.roles.iter().position(|role| match role {
            Role::Column(at) => self.table.columns[*at].name == column,
            Role::Language(at, language) => {
                column.strip_prefix(self.table.columns[*at].name).and_then(|rest| rest.strip_prefix('_'))
                    == Some(language)
            }
            Role::Attribute(name) => name == column,
            Role::Ignored => false,
        })?;
        let mut cells: Vec<Cell> = Vec::new();
        Records::new(&self.text, start, line).next_into(&mut cells)?;
        Some(place(&self.text, (start, line), cells.get(at)?.opening()))
    }
}

/// Whether the name of a file ends so, whatever the case.
pub(crate) fn has_extension(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|own| own.eq_ignore_ascii_case(extension))
}
