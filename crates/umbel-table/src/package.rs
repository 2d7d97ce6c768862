//! `datapackage.json`: which files belong to which table, and the units of their columns.

mod describe;

pub use describe::{Description, FileDescription, PackageError, discover, render, write};

use crate::csv;
use crate::problems::{Problems, quoted};
use crate::schema::{TABLES, TableSpec};
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::path::{Component, Path};
use umbel_core::code::*;
use umbel_core::{Finding, Unit};

/// Name of the file.
pub const FILE: &str = "datapackage.json";

/// Table name of boundary files.
pub const BOUNDARIES: &str = "boundaries";

/// One file of the package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// Path with `/`, relative to the region folder.
    pub path: String,
    /// Table (or `boundaries`); empty when the file belongs to none.
    pub table: String,
    /// Source of what it holds, for files that belong to no table; empty when none is named.
    pub source: String,
    /// Line and column at which the resource begins in `datapackage.json`.
    pub place: (u32, u32),
}

/// What a package says.
#[derive(Clone, Debug, Default)]
pub struct Package {
    /// Name.
    pub name: String,
    /// Languages, the one of the plain columns first (`umbel:languages`).
    pub languages: Vec<String>,
    /// Files in the order of the package.
    pub resources: Vec<Resource>,
    /// Units declared for columns.
    pub column_units: FxHashMap<(String, String), Unit>,
}

#[derive(Deserialize)]
struct RawPackage<'a> {
    #[serde(default)]
    name: String,
    #[serde(default, rename = "umbel:languages")]
    languages: Vec<String>,
    #[serde(borrow)]
    resources: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct RawResource<'a> {
    path: Option<Paths>,
    #[serde(rename = "umbel:table")]
    table: Option<String>,
    #[serde(default, rename = "umbel:source")]
    source: String,
    #[serde(borrow)]
    schema: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Paths {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct RawSchema<'a> {
    #[serde(borrow, default)]
    fields: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct RawField {
    name: Option<String>,
    #[serde(rename = "umbel:unit")]
    unit: Option<String>,
}

/// Reads the package of a region folder; `None` when nothing can be read without it.
pub fn read(folder: &Path) -> (Option<Package>, Vec<Finding>) {
    let mut problems = Problems::new(FILE);
    let package = match std::fs::read(folder.join(FILE)) {
        Ok(bytes) => parse(bytes, &mut problems),
        Err(error) => {
            let message = format!("{FILE} cannot be read: {error}");
            problems.add(
                &F002,
                "",
                (0, 0),
                message,
                format!("write a fresh one with `umbel init {}`", folder.display()),
            );
            None
        }
    };
    (package, problems.finish())
}

/// Reads the text of a package.
fn parse(bytes: Vec<u8>, problems: &mut Problems) -> Option<Package> {
    let decoded = csv::decode(bytes);
    let text = decoded.text.as_str();
    if let Some(&at) = decoded.replaced.first() {
        let fix = "save the file as UTF-8";
        problems.add(&F007, "", csv::place(text, (0, 1), at), "the file holds bytes that are not UTF-8", fix);
        return None;
    }
    let body = text.trim_start_matches('\u{feff}');
    let raw: RawPackage<'_> = match serde_json::from_str(body) {
        Ok(raw) => raw,
        Err(error) => {
            let fix = "correct it at this place; a package is an object with a list \"resources\"";
            problems.add(
                &F002,
                "",
                place_of(body, (0, 1), 0, &error),
                format!("the package is not readable: {}", plain(&error)),
                fix,
            );
            return None;
        }
    };
    let mut package = Package { name: raw.name, languages: raw.languages, ..Package::default() };
    for resource in raw.resources {
        add_resource(&mut package, body, resource, problems);
    }
    Some(package)
}

fn add_resource(package: &mut Package, text: &str, raw: &RawValue, problems: &mut Problems) {
    let start = offset(text, raw.get());
    let place = csv::place(text, (0, 1), start);
    let resource: RawResource<'_> = match serde_json::from_str(raw.get()) {
        Ok(resource) => resource,
        Err(error) => {
            let fix = "a resource is an object with \"name\", \"path\" and \"umbel:table\"";
            let message = format!("the resource is not readable: {}", plain(&error));
            return problems.add(&F002, "", place_of(text, (0, 1), start, &error), message, fix);
        }
    };
    let paths = match resource.path {
        Some(Paths::One(path)) => vec![path],
        Some(Paths::Many(paths)) => paths,
        None => {
            let fix = "give the \"path\" of its file, relative to the region folder";
            return problems.add(&F002, "", place, "the resource names no file", fix);
        }
    };
    let table = resource.table.unwrap_or_default();
    if !table.is_empty() && table != BOUNDARIES && TableSpec::find(&table).is_none() {
        let mut names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
        names.push(BOUNDARIES);
        let at = raw.get().find("\"umbel:table\"").map_or(place, |at| csv::place(text, (0, 1), start + at));
        let message = format!("there is no table {}", quoted(&table));
        return problems.add(&F003, "", at, message, format!("use one of: {}", names.join(", ")));
    }
    for path in paths {
        if !is_inside(&path) {
            let message = format!("{} is not a path inside the region folder", quoted(&path));
            problems.add(&F002, "", place, message, "use a relative path with \"/\", without \"..\"");
            continue;
        }
        package.resources.push(Resource { path, table: table.clone(), source: resource.source.clone(), place });
    }
    if let Some(schema) = resource.schema {
        add_units(package, text, &table, schema, problems);
    }
}

/// The units that a resource declares for its columns.
fn add_units(package: &mut Package, text: &str, table: &str, schema: &RawValue, problems: &mut Problems) {
    // A schema may also be the path of a file, which declares no units of ours.
    let Ok(schema) = serde_json::from_str::<RawSchema<'_>>(schema.get()) else { return };
    for raw in schema.fields {
        let Ok(RawField { name: Some(name), unit: Some(unit) }) = serde_json::from_str(raw.get()) else { continue };
        match Unit::parse(&unit) {
            Ok(unit) => {
                package.column_units.insert((table.to_owned(), name), unit);
            }
            Err(error) => {
                let place = csv::place(text, (0, 1), offset(text, raw.get()));
                problems.add(&F016, "", place, format!("{name}: {error}"), "write a unit such as km2 or 10*8.{CNY}");
            }
        }
    }
}

/// Whether a path is relative and stays in the folder.
fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['\\', ':', '\0'])
        && Path::new(path).components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// Byte at which a part of `text` begins.
pub(crate) fn offset(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len())
}

/// Line and column of a JSON error in a part of `text` that begins at byte `start`.
///
/// `anchor` is a byte at or before `start` and its line.
pub(crate) fn place_of(text: &str, anchor: (usize, u32), start: usize, error: &serde_json::Error) -> (u32, u32) {
    if error.line() == 0 {
        return csv::place(text, anchor, start);
    }
    // serde_json counts the bytes of a line; they are turned into a byte of the whole text and then into characters.
    let part = text.get(start..).unwrap_or("");
    let line_start = part.match_indices('\n').nth(error.line().wrapping_sub(2)).map_or(0, |(at, _)| at + 1);
    let mut at = start + line_start + error.column().saturating_sub(1);
    while !text.is_char_boundary(at.min(text.len())) {
        at -= 1;
    }
    csv::place(text, anchor, at)
}

/// The message of a JSON error without its place.
pub(crate) fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> (Option<Package>, Vec<(String, u32, u32)>) {
        let mut problems = Problems::new(FILE);
        let package = parse(text.as_bytes().to_vec(), &mut problems);
        let all = problems.finish().into_iter();
        (package, all.map(|f| (f.code.id.to_owned(), f.location.line, f.location.column)).collect())
    }

    #[test]
    fn reads_resources_and_units() {
        let (package, told) = findings(
            r#"{"name":"r","umbel:languages":["en","zh"],"resources":[
                {"name":"a","path":"data/a.csv","umbel:table":"links","schema":{"fields":[{"name":"capacity","umbel:unit":"{person}/h"}]}},
                {"name":"b","path":["x.csv","y.csv"]}]}"#,
        );
        let package = package.expect("a package");
        assert!(told.is_empty());
        assert_eq!(package.resources.len(), 3);
        assert_eq!(package.resources[0].place, (2, 17));
        assert_eq!(package.column_units[&("links".into(), "capacity".into())].text(), "{person}/h");
    }

    #[test]
    fn tells_the_place_of_what_is_wrong() {
        assert_eq!(findings("{\n  \"resources\": [,]\n}").1, [("F002".into(), 2, 17)]);
        assert_eq!(findings("{}").1.len(), 1);
        let (_, told) = findings(
            "{\"resources\": [\n  {\"path\": \"a.csv\", \"umbel:table\": \"observation\"},\n  {\"path\": \"../a.csv\"},\n {}, 7]}",
        );
        let expected = [("F003", 2, 21), ("F002", 3, 3), ("F002", 4, 2), ("F002", 4, 6)];
        assert_eq!(told, expected.map(|(code, line, column)| (code.to_owned(), line, column)));
    }
}
