//! Rows written elsewhere than in the file of a table, such as the entries of a TOML file: cells with their places.
//!
//! They are read as the rows of a table file are, by the same rules for columns, types and keys.

use crate::cells;
use crate::problems::Problems;
use crate::region::{Region, SourceFile};
use crate::row::Row;
use crate::rows::Origin;
use crate::schema::TableSpec;
use crate::typed;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use umbel_core::code::{F001, R001};
use umbel_core::{Finding, Location, Symbol};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Name of its table.
    pub table: &'static str,
    /// Line and column at which it begins.
    pub at: (u32, u32),
    /// Its cells.
    pub cells: Vec<EntryCell>,
}

/// A cell of an [`Entry`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryCell {
    /// Column (`title`, `title_zh`, an attribute).
    pub column: String,
    /// The text that would stand in a table file.
    pub text: String,
    /// Line and column at which it stands.
    pub at: (u32, u32),
}

/// Adds the rows of a file, in order, to the tables of a region; what does not fit is left out and told. `path` is that
/// of the file, relative to the region. A row whose key another row has, in whatever file, is told and left out.
///
/// Only tables whose key is one column of ids, and stages, take entries.
pub fn add_entries(region: &mut Region, path: &str, entries: &[Entry]) -> Vec<Finding> {
    let mut problems = Problems::new(path);
    let Ok(file) = u16::try_from(region.files.len()) else {
        let message = "there are more files than can be told apart";
        return vec![Finding::new(&F001, Location::new(path, 0, 0), message, F001.mend)];
    };
    region.files.push(SourceFile { path: path.to_owned(), table: String::new() });
    let mut keys: FxHashMap<(&str, String), Origin> = held(region);
    for entry in entries {
        let Some(spec) = TableSpec::find(entry.table) else { continue };
        let origin = Origin { file, line: entry.at.0 };
        let names: Vec<Cow<'_, str>> = entry.cells.iter().map(|cell| Cow::Borrowed(cell.column.as_str())).collect();
        let at = |index: Option<usize>| index.and_then(|at| entry.cells.get(at)).map_or(entry.at, |cell| cell.at);
        let roles = cells::roles(spec, &names, &region.languages, |code, name, index, message, fix| {
            let message = message.replace("column", "key");
            problems.add(code, name, at(index), message, fix.replace("column", "key"));
        });
        // A row keeps its line only, so the place of each of its cells is noted for findings to come.
        let column_at = |column: usize| {
            let cell = entry.cells.iter().find(|cell| spec.columns[column].name == cell.column);
            cell.map_or(entry.at, |cell| cell.at)
        };
        let values = entry.cells.iter().map(|cell| Cow::Borrowed(cell.text.as_str()));
        let Some(row) = Row::new(spec, origin, &roles, values, &column_at, &mut problems) else { continue };
        let key = row.key();
        if let Some(first) = keys.get(&(spec.name, key.clone())) {
            let first = format!("{} line {}", region.path(*first), first.line);
            let column = spec.key().next().map_or("", |at| spec.columns[at].name);
            let message = format!("\"{}\" is defined already: {first}", row.cell(column));
            row.problem(&mut problems, &R001, column, message, "remove one of the two, or give it another id");
            continue;
        }
        keys.insert((spec.name, key), origin);
        let id = spec.key().next().map_or("", |at| row.cell(spec.columns[at].name)).to_owned();
        let id = region.symbols.intern(&id);
        for cell in &entry.cells {
            region.placed.insert((origin, cell.column.clone(), id), cell.at);
        }
        typed::add(region, &row, &mut problems);
    }
    problems.finish()
}

/// The keys of the rows that are there, as [`Row::key`] makes them.
fn held(region: &Region) -> FxHashMap<(&'static str, String), Origin> {
    let key = |ids: &[&str]| ids.iter().map(|id| format!("{id}\u{1f}")).collect::<String>();
    let mut keys = FxHashMap::default();
    let mut put = |table: &'static str, id: Symbol, origin: Origin| {
        keys.insert((table, key(&[region.id(id)])), origin);
    };
    region.projects.iter().for_each(|row| put("projects", row.id, row.origin));
    region.plans.iter().for_each(|row| put("plans", row.id, row.origin));
    region.effects.iter().for_each(|row| put("effects", row.id, row.origin));
    for row in &region.stages {
        let date = row.date.to_string();
        keys.insert(("stages", key(&[region.id(row.project), region.id(row.stage), &date])), row.origin);
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(column: &str, text: &str, at: (u32, u32)) -> EntryCell {
        EntryCell { column: column.to_owned(), text: text.to_owned(), at }
    }

    #[test]
    fn entries_are_rows_and_what_is_wrong_with_them_has_its_place() {
        let mut region = Region::default();
        let project = |id: &str, line: u32| Entry {
            table: "projects",
            at: (line, 1),
            cells: vec![
                cell("project_id", id, (line, 11)),
                cell("title", "A line", (line + 1, 9)),
                cell("title_zh", "线路", (line + 1, 30)),
                cell("kind", "rail", (line + 2, 8)),
                cell("source_id", "office", (line + 3, 8)),
                cell("finish", "soon", (line + 4, 10)),
            ],
        };
        let findings = add_entries(&mut region, "plans/a.toml", &[project("line", 3), project("line", 13)]);
        let said: Vec<(&str, u32, u32)> =
            findings.iter().map(|one| (one.code.id, one.location.line, one.location.column)).collect();
        assert_eq!(said, [("F012", 7, 10), ("F012", 17, 10), ("R001", 13, 11)]);
        assert_eq!(region.projects.len(), 1);
        assert_eq!(region.projects[0].title.get("zh"), "线路");
        let place = crate::Locator::new(&region).cell(region.projects[0].origin, "kind");
        assert_eq!((place.line, place.column), (5, 8));
    }
}
