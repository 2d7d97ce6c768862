//! What the region holds already: its files as text, and registers in which references are looked up by id, name or code.

use super::delimited::split;
use super::words::{fold, slug};
use super::{Failure, columnar};
use crate::schema::{TableSpec, is_id};
use rustc_hash::FxHashMap;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A region folder, as far as an import needs it.
#[derive(Clone, Debug)]
pub struct Folder {
    /// The folder.
    pub root: PathBuf,
    /// Text of its `datapackage.json`.
    pub package: String,
    /// Languages, the one of the plain columns first.
    pub languages: Vec<String>,
    /// Path and table of its files.
    pub files: Vec<(String, String)>,
}

/// A file of the region as text.
#[derive(Clone, Debug, Default)]
pub struct HeldFile {
    /// Path in the folder.
    pub path: String,
    /// Its text (empty for Parquet).
    pub text: String,
    /// Column names.
    pub header: Vec<String>,
    /// Line and cells of each row.
    pub rows: Vec<(u32, Vec<String>)>,
}

impl Folder {
    /// Reads the package of a region folder.
    ///
    /// # Errors
    /// [`Failure::Unreadable`] when there is no readable `datapackage.json`.
    pub fn open(root: &Path) -> Result<Folder, Failure> {
        let path = root.join(crate::package::FILE);
        let missing = |error: &dyn std::fmt::Display| {
            Failure::Unreadable(format!("{}: {error}; `umbel init {}` makes a region", path.display(), root.display()))
        };
        let package = std::fs::read_to_string(&path).map_err(|error| missing(&error))?;
        let value: Value = serde_json::from_str(&package).map_err(|error| missing(&error))?;
        let texts = |value: Option<&Value>| -> Vec<String> {
            match value {
                Some(Value::String(text)) => vec![text.clone()],
                Some(Value::Array(all)) => all.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect(),
                _ => Vec::new(),
            }
        };
        let mut files = Vec::new();
        for resource in value.get("resources").and_then(Value::as_array).into_iter().flatten() {
            let table = resource.get("umbel:table").and_then(Value::as_str).unwrap_or_default();
            files.extend(texts(resource.get("path")).into_iter().map(|path| (path, table.to_owned())));
        }
        let languages = texts(value.get("umbel:languages"));
        Ok(Folder { root: root.to_owned(), package, languages, files })
    }

    /// The files of a table, in the order of the package; files that are missing or unreadable are passed over (the
    /// check of the region tells of them).
    pub fn table(&self, table: &str) -> Vec<HeldFile> {
        let of_table = self.files.iter().filter(|(_, name)| name == table);
        of_table.filter_map(|(path, _)| HeldFile::read(&self.root, path)).collect()
    }

    /// Ids that measures write, found by their headings; enough to know that a name is not a slip.
    pub fn measured(&self) -> BTreeSet<String> {
        let mut ids = BTreeSet::new();
        let Ok(entries) = std::fs::read_dir(self.root.join("measures")) else { return ids };
        for path in
            entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "toml"))
        {
            for line in std::fs::read_to_string(path).unwrap_or_default().lines().map(str::trim) {
                let heading = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
                let indicator = line.strip_prefix("indicator").and_then(|rest| rest.trim_start().strip_prefix('='));
                ids.extend(heading.or(indicator.map(|text| text.trim().trim_matches('"'))).map(str::to_owned));
            }
        }
        ids
    }
}

impl HeldFile {
    /// Reads a file of the region; `None` when it is not there or not readable as a table.
    pub fn read(root: &Path, path: &str) -> Option<HeldFile> {
        let full = root.join(path);
        if path.ends_with(".parquet") {
            let grid = columnar::read(&full, path).ok()?;
            return Some(HeldFile {
                path: path.to_owned(),
                text: String::new(),
                header: grid.header.into_iter().map(|cell| cell.text).collect(),
                rows: grid
                    .rows
                    .into_iter()
                    .map(|row| (row.line, row.cells.into_iter().map(|c| c.text).collect()))
                    .collect(),
            });
        }
        let text = String::from_utf8(std::fs::read(full).ok()?).ok()?;
        let (rows, open) = split(&text, ',');
        let mut rows = rows.into_iter().filter(|row| row.len() > 1 || !row[0].text.is_empty()).map(|row| {
            let line = row.first().map_or(0, |cell| cell.line);
            (line, row.into_iter().map(|cell| cell.text).collect::<Vec<_>>())
        });
        let (_, header) = rows.next().filter(|_| open.is_none())?;
        Some(HeldFile { path: path.to_owned(), header, rows: rows.collect(), text })
    }

    /// The cell of a row under a column; empty when there is none.
    pub fn cell<'a>(&self, row: &'a [String], column: &str) -> &'a str {
        self.header.iter().position(|name| name == column).and_then(|at| row.get(at)).map_or("", String::as_str)
    }
}

/// The ids of a table and what else its rows are called.
#[derive(Clone, Debug, Default)]
pub struct Register {
    ids: BTreeSet<String>,
    names: FxHashMap<String, BTreeSet<String>>,
    codes: FxHashMap<String, BTreeSet<String>>,
    /// Units of indicators.
    pub units: BTreeMap<String, String>,
}

/// What a reference points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// One row.
    Id(String),
    /// Several rows are called so.
    Several(Vec<String>),
    /// None; perhaps this one is meant.
    Unknown(Option<String>),
}

impl Register {
    /// The register of a table of the region.
    pub fn of(folder: &Folder, spec: &TableSpec) -> Register {
        let mut register = Register::default();
        for file in folder.table(spec.name) {
            for (_, row) in &file.rows {
                register.add(spec, file.header.iter().map(String::as_str).zip(row.iter().map(String::as_str)));
            }
        }
        if spec.name == "indicators" {
            register.ids.extend(folder.measured());
        }
        register
    }

    /// Adds a row: its id, its names and titles, and the further columns that tell it from others.
    pub fn add<'a>(&mut self, spec: &TableSpec, cells: impl Iterator<Item = (&'a str, &'a str)> + Clone) {
        let Some(key) = spec.key().next().map(|at| spec.columns[at].name) else { return };
        let Some((_, id)) = cells.clone().find(|(name, id)| *name == key && !id.is_empty()) else { return };
        self.ids.insert(id.to_owned());
        for (name, text) in cells.filter(|(_, text)| !text.is_empty()) {
            let stem = name.split('_').next().unwrap_or(name);
            if matches!(stem, "name" | "title") && name != "name_id" {
                self.names.entry(fold(text)).or_default().insert(id.to_owned());
            } else if spec.column(name).is_none() {
                self.codes.entry(text.to_owned()).or_default().insert(id.to_owned());
            } else if name == "unit" {
                self.units.insert(id.to_owned(), text.to_owned());
            }
        }
    }

    /// Looks a reference up: as an id, as an id in another spelling, by name, by a code in one of the further columns.
    pub fn find(&self, text: &str) -> Match {
        if self.ids.contains(text) {
            return Match::Id(text.to_owned());
        }
        if let Some(id) = slug(text).filter(|id| self.ids.contains(id)) {
            return Match::Id(id);
        }
        let folded = fold(text);
        if let Some(found) = self.names.get(&folded).or_else(|| self.codes.get(text)) {
            return match found.first() {
                Some(id) if found.len() == 1 => Match::Id(id.clone()),
                _ => Match::Several(found.iter().cloned().collect()),
            };
        }
        let known: Vec<&str> = self.ids.iter().map(String::as_str).collect();
        let names: Vec<&str> = self.names.keys().map(String::as_str).collect();
        let near = crate::cells::nearest(&slug(text).unwrap_or_default(), &known).map(str::to_owned);
        let by_name = || crate::cells::nearest(&folded, &names).and_then(|name| self.names[name].first().cloned());
        Match::Unknown(near.or_else(by_name).filter(|id| is_id(id)))
    }
}
