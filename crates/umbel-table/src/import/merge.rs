//! New rows into a file of the region: appended, or put in the place of rows with the same key.

use super::convert::Made;
use super::grid::Grid;
use super::held::{Folder, HeldFile};
use crate::schema::TableSpec;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use umbel_core::Finding;
use umbel_core::code::R001;

/// A file as it will be written.
#[derive(Clone, Debug, Default)]
pub struct Merged {
    /// Its text.
    pub text: String,
    /// Its columns.
    pub header: Vec<String>,
    /// Rows that are new.
    pub added: usize,
    /// Rows that took the place of others.
    pub replaced: usize,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

fn quoted(cell: &str) -> String {
    let plain = !cell.contains([',', '"', '\n', '\r']) && cell.trim() == cell;
    if plain { cell.to_owned() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
}

/// A line of CSV, without its end. A line of one empty cell is quoted, so that it is not taken for an empty line.
pub fn line(cells: &[&str]) -> String {
    match cells {
        [""] => "\"\"".to_owned(),
        _ => cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(","),
    }
}

/// The columns of a new file: all that the format names, the text columns in every language.
pub fn columns(spec: &TableSpec, languages: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for column in spec.columns {
        all.push(column.name.to_owned());
        if column.multilingual {
            all.extend(languages.iter().skip(1).map(|language| format!("{}_{language}", column.name)));
        }
    }
    all
}

/// Merges rows into the file at `path`; `replace` lets a row take the place of the one with the same key.
pub fn merge(folder: &Folder, spec: &TableSpec, path: &str, grid: &Grid, made: &[Made], replace: bool) -> Merged {
    let keys: Vec<&str> = spec.key().map(|at| spec.columns[at].name).collect();
    let plain =
        |column: &str, text: &str| if column == "breakdown" && text == "_T" { String::new() } else { text.to_owned() };
    let held = HeldFile::read(&folder.root, path);
    let mut merged = Merged::default();
    // Keys of every file of the table: (key) -> file and line, and the row when it is the file that is written.
    let mut taken: FxHashMap<Vec<String>, (String, u32, Option<usize>)> = FxHashMap::default();
    let others = folder.table(spec.name).into_iter().filter(|file| file.path != path);
    for file in held.iter().cloned().chain(others) {
        for (at, (line, row)) in file.rows.iter().enumerate() {
            let key: Vec<String> = keys.iter().map(|column| plain(column, file.cell(row, column))).collect();
            taken.entry(key).or_insert_with(|| (file.path.clone(), *line, (file.path == path).then_some(at)));
        }
    }
    let mut seen: FxHashMap<Vec<String>, (u32, u32)> = FxHashMap::default();
    let mut replacing: FxHashMap<usize, &Made> = FxHashMap::default();
    let mut new: Vec<&Made> = Vec::new();
    for row in made {
        let key: Vec<String> =
            keys.iter().map(|column| plain(column, row.cells.get(*column).map_or("", String::as_str))).collect();
        let here = grid.location(row.line, row.column);
        let named = key.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ");
        // A row whose key could not be read has been told of already.
        let unread =
            |at: usize| spec.columns[at].required && row.cells.get(spec.columns[at].name).is_none_or(String::is_empty);
        if named.is_empty() || spec.key().any(unread) {
            continue;
        }
        if let Some((line, column)) = seen.insert(key.clone(), (row.line, row.column)) {
            let first = grid.location(line, column);
            let first = if first.line > 0 { format!("{}:{}", first.file, first.line) } else { first.file.to_string() };
            let message = format!("{named} is already given at {first}");
            let fix = "remove one of the rows, or tell them apart by a column of the key";
            merged.findings.push(Finding::new(&R001, here, message, format!("{fix} ({})", keys.join(", "))));
            continue;
        }
        match taken.get(&key) {
            None => new.push(row),
            Some((_, _, Some(at))) if replace => {
                replacing.insert(*at, row);
            }
            Some((file, line, at)) => {
                let message = format!("{named} is already in {file}:{line}");
                let fix = match at {
                    Some(_) => "leave it out, or let the new rows take the place of the old: --replace".to_owned(),
                    None => format!("leave it out, or replace it where it stands: --replace --to {file}"),
                };
                merged.findings.push(Finding::new(&R001, here, message, fix));
            }
        }
    }
    let used: BTreeSet<&str> = made
        .iter()
        .flat_map(|row| &row.cells)
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, _)| name.as_str())
        .collect();
    merged.header = held.as_ref().map_or_else(|| columns(spec, &folder.languages), |held| held.header.clone());
    let before = merged.header.len();
    let order = columns(spec, &folder.languages);
    let mut more: Vec<&str> =
        used.into_iter().filter(|name| !merged.header.iter().any(|known| known == name)).collect();
    more.sort_by_key(|name| order.iter().position(|known| known == name).unwrap_or(usize::MAX));
    merged.header.extend(more.into_iter().map(str::to_owned));
    merged.added = new.len();
    merged.replaced = replacing.len();
    merged.text = text(held.as_ref(), &merged.header, before, &replacing, &new);
    merged
}

/// The text of the file: old rows as they were, byte for byte, unless a column was added or the row was replaced.
fn text(
    held: Option<&HeldFile>,
    header: &[String],
    before: usize,
    replacing: &FxHashMap<usize, &Made>,
    new: &[&Made],
) -> String {
    let names: Vec<&str> = header.iter().map(String::as_str).collect();
    let mut out = String::new();
    if let Some(held) = held.filter(|held| header.len() == before && !held.text.is_empty()) {
        // The lines of each row: from its own to the next row's.
        let lines: Vec<&str> = held.text.split_inclusive('\n').collect();
        let start = |at: usize| held.rows.get(at).map_or(lines.len(), |(line, _)| *line as usize - 1);
        out.push_str(&lines[..start(0).min(lines.len())].concat());
        for (at, (_, row)) in held.rows.iter().enumerate() {
            match replacing.get(&at) {
                Some(made) => out.push_str(&replaced(&names, held, row, made)),
                None => out.push_str(&lines[start(at).min(lines.len())..start(at + 1).min(lines.len())].concat()),
            }
        }
        if !out.ends_with('\n') {
            out.push('\n');
        }
    } else {
        out.push_str(&line(&names));
        out.push('\n');
        if let Some(held) = held {
            for (at, (_, row)) in held.rows.iter().enumerate() {
                match replacing.get(&at) {
                    Some(made) => out.push_str(&replaced(&names, held, row, made)),
                    None => {
                        let cells: Vec<&str> = names.iter().map(|name| held.cell(row, name)).collect();
                        out.push_str(&line(&cells));
                        out.push('\n');
                    }
                }
            }
        }
    }
    for made in new {
        let cells: Vec<&str> = names.iter().map(|name| made.cells.get(*name).map_or("", String::as_str)).collect();
        out.push_str(&line(&cells));
        out.push('\n');
    }
    out
}

/// A replaced row: what the import fills is new, what it does not know stays.
fn replaced(names: &[&str], held: &HeldFile, row: &[String], made: &Made) -> String {
    // A figure is replaced with all that belongs to it.
    let belongs = |name: &str| made.cells.contains_key("value") && matches!(name, "status" | "bound" | "low" | "high");
    let cells: Vec<&str> = names
        .iter()
        .map(|name| match made.cells.get(*name) {
            Some(text) => text.as_str(),
            None if belongs(name) => "",
            None => held.cell(row, name),
        })
        .collect();
    line(&cells) + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_quoted_where_they_must() {
        assert_eq!(line(&["a", "b,c", "d\"e", "", " f"]), "a,\"b,c\",\"d\"\"e\",,\" f\"");
        assert_eq!(line(&[""]), "\"\"");
    }
}
