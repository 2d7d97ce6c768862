//! Writing `datapackage.json` (Frictionless Data Package, version 2).
//!
//! What a file already says and this module does not know is kept, in its place, so that a package stays diffable.

use super::{BOUNDARIES, FILE};
use crate::cells::{Role, roles};
use crate::csv::{Records, decode};
use crate::locate::has_extension;
use crate::parquet_file;
use crate::schema::{ColumnSpec, TABLES, TableSpec, Type};
use crate::write::{WriteError, write_whole};
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use umbel_core::Status;

/// The profile of the packages written.
const PROFILE: &str = "https://datapackage.org/profiles/2.0/datapackage.json";
/// Pattern of an id.
const ID: &str = "[a-z0-9][a-z0-9._-]*";
/// Pattern of a period.
const PERIOD: &str = "ATOM(/ATOM)?";
const ATOM: &str = r"\d{4}(-(S[12]|Q[1-4]|W\d{2}|\d{2}(-\d{2})?))?";

/// A file to be described.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileDescription {
    /// Path with `/`, relative to the region folder.
    pub path: String,
    /// Table, or `boundaries`.
    pub table: String,
    /// Units of columns, as text, by column.
    pub units: BTreeMap<String, String>,
    /// Its columns, for a file that is not written yet; empty = those of the file.
    pub columns: Vec<String>,
}

/// What a package is to say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// Name, in the form of an id; empty keeps the old one, or takes the name of the folder.
    pub name: String,
    /// Title; empty keeps the old one.
    pub title: String,
    /// Languages, the one of the plain columns first; empty keeps the old ones, or says English.
    pub languages: Vec<String>,
    /// Files that are new or have changed.
    pub files: Vec<FileDescription>,
}

/// Why a package could not be written.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The package that is there is no JSON object.
    #[error("{FILE} is not a JSON object: {0}")]
    Unreadable(String),
    /// A file that is to be described cannot be read.
    #[error("{path} cannot be read: {reason}")]
    File {
        /// Path of the file.
        path: String,
        /// Why.
        reason: String,
    },
    /// There is no such table.
    #[error("there is no table \"{0}\"")]
    Table(String),
    /// The package cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Writes the package of a folder: the old one, if any, with the files of `description` added or described anew.
///
/// # Errors
/// [`PackageError`]; then nothing is written.
pub fn write(folder: &Path, description: &Description) -> Result<(), PackageError> {
    let path = folder.join(FILE);
    let old = match std::fs::read(&path) {
        Ok(bytes) => Some(decode(bytes).text),
        Err(_) => None,
    };
    let text = render(folder, old.as_deref(), description)?;
    Ok(write_whole(&path, text.as_bytes())?)
}

/// The files of a folder whose table shows in their name: `data/TABLE.csv`, `data/TABLE-anything.csv` (or `.parquet`)
/// and `geo/*.geojson`, in alphabetical order.
pub fn discover(folder: &Path) -> Vec<FileDescription> {
    let names = |part: &str| -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(folder.join(part)) else { return Vec::new() };
        let mut names: Vec<String> = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
        names.sort();
        names
    };
    let describe = |path: String, table: &str| FileDescription { path, table: table.to_owned(), ..Default::default() };
    let mut files = Vec::new();
    for table in TABLES {
        for name in names("data") {
            let stem = name.strip_suffix(".csv").or_else(|| name.strip_suffix(".parquet"));
            let rest = stem.and_then(|stem| stem.strip_prefix(table.name));
            if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_', '.'])) {
                files.push(describe(format!("data/{name}"), table.name));
            }
        }
    }
    let boundaries = names("geo").into_iter().filter(|name| has_extension(name, "geojson"));
    files.extend(boundaries.map(|name| describe(format!("geo/{name}"), BOUNDARIES)));
    files
}

/// The text of a package, from the old text if there is one.
///
/// # Errors
/// As [`write()`].
pub fn render(folder: &Path, old: Option<&str>, description: &Description) -> Result<String, PackageError> {
    let old: Map<String, Value> = match old {
        Some(text) => serde_json::from_str(text).map_err(|error| PackageError::Unreadable(error.to_string()))?,
        None => Map::new(),
    };
    let mut package = Map::new();
    let keep = |key: &str, new: Value, is_empty: bool, default: Value| match old.get(key) {
        Some(old) if is_empty => old.clone(),
        None if is_empty => default,
        _ => new,
    };
    package.insert("$schema".to_owned(), old.get("$schema").cloned().unwrap_or_else(|| json!(PROFILE)));
    let name = json!(package_name(folder));
    package.insert("name".to_owned(), keep("name", json!(description.name), description.name.is_empty(), name));
    let title = keep("title", json!(description.title), description.title.is_empty(), Value::Null);
    if !title.is_null() {
        package.insert("title".to_owned(), title);
    }
    let languages =
        keep("umbel:languages", json!(description.languages), description.languages.is_empty(), json!(["en"]));
    let known: Vec<String> = serde_json::from_value(languages.clone()).unwrap_or_default();
    package.insert("umbel:languages".to_owned(), languages);
    for (key, value) in old.iter().filter(|(key, _)| *key != "resources") {
        package.entry(key.clone()).or_insert_with(|| value.clone());
    }
    let mut resources: Vec<Value> = old.get("resources").and_then(Value::as_array).cloned().unwrap_or_default();
    for file in &description.files {
        let is_it = |value: &&mut Value| value.get("path").and_then(Value::as_str) == Some(&file.path);
        match resources.iter_mut().find(is_it) {
            Some(place) => *place = resource(folder, place.as_object(), file, &known)?,
            None => {
                let new = resource(folder, None, file, &known)?;
                resources.push(new);
            }
        }
    }
    name_uniquely(&mut resources);
    add_foreign_keys(&mut resources);
    package.insert("resources".to_owned(), Value::Array(resources));
    let mut text =
        serde_json::to_string_pretty(&package).map_err(|error| PackageError::Unreadable(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

/// The name of the folder in the form of an id.
fn package_name(folder: &Path) -> String {
    let name = folder.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_string_lossy().to_lowercase()));
    let name: String =
        name.unwrap_or_default().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "region".to_owned() } else { name.to_owned() }
}

/// The description of one file, over its old one.
fn resource(
    folder: &Path,
    old: Option<&Map<String, Value>>,
    file: &FileDescription,
    languages: &[String],
) -> Result<Value, PackageError> {
    let mut new = Map::new();
    let stem = Path::new(&file.path).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().to_lowercase());
    let name: String =
        stem.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' }).collect();
    new.insert("name".to_owned(), old.and_then(|old| old.get("name")).cloned().unwrap_or_else(|| json!(name)));
    new.insert("path".to_owned(), json!(file.path));
    if file.table == BOUNDARIES {
        new.insert("format".to_owned(), json!("geojson"));
        new.insert("mediatype".to_owned(), json!("application/geo+json"));
        new.insert("encoding".to_owned(), json!("utf-8"));
        new.insert("umbel:table".to_owned(), json!(BOUNDARIES));
    } else {
        let table = TableSpec::find(&file.table).ok_or_else(|| PackageError::Table(file.table.clone()))?;
        let columns = if file.columns.is_empty() { columns(folder, &file.path)? } else { file.columns.clone() };
        new.insert("type".to_owned(), json!("table"));
        if has_extension(&file.path, "parquet") {
            new.insert("format".to_owned(), json!("parquet"));
            new.insert("mediatype".to_owned(), json!("application/vnd.apache.parquet"));
        } else {
            new.insert("format".to_owned(), json!("csv"));
            new.insert("mediatype".to_owned(), json!("text/csv"));
            new.insert("encoding".to_owned(), json!("utf-8"));
        }
        new.insert("umbel:table".to_owned(), json!(table.name));
        let old_schema = old.and_then(|old| old.get("schema")).and_then(Value::as_object);
        new.insert("schema".to_owned(), Value::Object(schema(table, &columns, &file.units, languages, old_schema)));
    }
    for (key, value) in old.into_iter().flatten() {
        new.entry(key.clone()).or_insert_with(|| value.clone());
    }
    Ok(Value::Object(new))
}

/// The columns of a file.
fn columns(folder: &Path, path: &str) -> Result<Vec<String>, PackageError> {
    let unreadable = |reason: String| PackageError::File { path: path.to_owned(), reason };
    if has_extension(path, "parquet") {
        return parquet_file::columns(&folder.join(path)).map_err(unreadable);
    }
    let bytes = std::fs::read(folder.join(path)).map_err(|error| unreadable(error.to_string()))?;
    let text = decode(bytes).text;
    let text = text.trim_start_matches('\u{feff}');
    let mut cells = Vec::new();
    Records::new(text, 0, 1).next_into(&mut cells).ok_or_else(|| unreadable("it has no header line".to_owned()))?;
    Ok(cells.iter().map(|cell| cell.text(text).into_owned()).collect())
}

/// The schema of a file of a table with these columns.
fn schema(
    table: &TableSpec,
    columns: &[String],
    units: &BTreeMap<String, String>,
    languages: &[String],
    old: Option<&Map<String, Value>>,
) -> Map<String, Value> {
    let old_fields = old.and_then(|old| old.get("fields")).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let names: Vec<Cow<'_, str>> = columns.iter().map(|name| Cow::Borrowed(name.as_str())).collect();
    let roles = roles(table, &names, languages, |_, _, _, _, _| {});
    let mut fields = Vec::new();
    for (name, role) in columns.iter().zip(&roles) {
        let old = old_fields.iter().find(|field| field.get("name").and_then(Value::as_str) == Some(name));
        let unit = units.get(name).map(|unit| json!(unit)).or_else(|| old?.get("umbel:unit").cloned());
        let mut field = match role {
            Role::Column(at) => field(&table.columns[*at]),
            Role::Attribute(_) if unit.is_some() => plain_field(name, "number"),
            _ => plain_field(name, "string"),
        };
        field.insert("name".to_owned(), json!(name));
        if let Some(unit) = unit {
            field.insert("umbel:unit".to_owned(), unit);
        }
        for (key, value) in old.and_then(Value::as_object).into_iter().flatten() {
            field.entry(key.clone()).or_insert_with(|| value.clone());
        }
        fields.push(Value::Object(field));
    }
    let mut schema = Map::new();
    schema.insert("fields".to_owned(), Value::Array(fields));
    schema.insert("missingValues".to_owned(), json!([""]));
    let key: Vec<&str> =
        table.key().map(|at| table.columns[at].name).filter(|name| columns.iter().any(|c| c == name)).collect();
    if !key.is_empty() {
        schema.insert("primaryKey".to_owned(), json!(key));
    }
    for (key, value) in old.into_iter().flatten() {
        schema.entry(key.clone()).or_insert_with(|| value.clone());
    }
    schema
}

fn plain_field(name: &str, kind: &str) -> Map<String, Value> {
    let mut field = Map::new();
    field.insert("name".to_owned(), json!(name));
    field.insert("type".to_owned(), json!(kind));
    field
}

/// The Frictionless field of a column of a table.
fn field(column: &ColumnSpec) -> Map<String, Value> {
    let period = PERIOD.replace("ATOM", ATOM);
    let mut constraints = Map::new();
    let kind = match column.kind {
        Type::Number => "number",
        Type::Integer => "integer",
        Type::Date => "date",
        Type::Bool => "boolean",
        _ => "string",
    };
    if column.required {
        constraints.insert("required".to_owned(), json!(true));
    }
    match column.kind {
        Type::Id => {
            constraints.insert("pattern".to_owned(), json!(ID));
        }
        Type::IdList => {
            constraints.insert("pattern".to_owned(), json!(format!("{ID}(;{ID})*")));
        }
        Type::NumberOrPercent => {
            constraints.insert("pattern".to_owned(), json!(r"-?\d*\.?\d+([eE][+-]?\d+)?%?"));
        }
        Type::Period => {
            constraints.insert("pattern".to_owned(), json!(period));
        }
        Type::Word(words) => {
            constraints.insert("enum".to_owned(), json!(words));
        }
        Type::Status => {
            let letters: Vec<&str> = Status::ALL.iter().map(|status| status.letter()).collect();
            constraints.insert("enum".to_owned(), json!(letters));
        }
        _ => {}
    }
    let mut field = plain_field(column.name, kind);
    if column.kind == Type::Bool {
        field.insert("trueValues".to_owned(), json!(["true"]));
        field.insert("falseValues".to_owned(), json!(["false"]));
    }
    if !column.doc.is_empty() {
        field.insert("description".to_owned(), json!(column.doc));
    }
    if !constraints.is_empty() {
        field.insert("constraints".to_owned(), Value::Object(constraints));
    }
    if !column.unit.is_empty() {
        field.insert("umbel:unit".to_owned(), json!(column.unit));
    }
    field
}

/// Gives resources of one name a number each.
fn name_uniquely(resources: &mut [Value]) {
    let mut seen: Vec<String> = Vec::new();
    for resource in resources {
        let Some(name) = resource.get("name").and_then(Value::as_str).map(str::to_owned) else { continue };
        let mut unique = name.clone();
        let mut number = 2;
        while seen.contains(&unique) {
            unique = format!("{name}-{number}");
            number += 1;
        }
        if let Some(object) = resource.as_object_mut().filter(|_| unique != name) {
            object.insert("name".to_owned(), json!(unique));
        }
        seen.push(unique);
    }
}

/// Foreign keys to the tables that are one resource. Indicators are left out: a measure may define one too.
fn add_foreign_keys(resources: &mut [Value]) {
    let table_of = |resource: &Value| resource.get("umbel:table").and_then(Value::as_str).map(str::to_owned);
    let name_of = |resource: &Value| resource.get("name").and_then(Value::as_str).map(str::to_owned);
    let mut single: BTreeMap<String, Option<String>> = BTreeMap::new();
    for resource in resources.iter() {
        if let (Some(table), Some(name)) = (table_of(resource), name_of(resource)) {
            single.entry(table).and_modify(|only| *only = None).or_insert(Some(name));
        }
    }
    for resource in resources {
        let Some(table) = table_of(resource).and_then(|name| TableSpec::find(&name)) else { continue };
        let own = name_of(resource);
        let Some(schema) = resource.get_mut("schema").and_then(Value::as_object_mut) else { continue };
        let fields = schema.get("fields").and_then(Value::as_array).cloned().unwrap_or_default();
        let has = |column: &str| fields.iter().any(|field| field.get("name").and_then(Value::as_str) == Some(column));
        let mut keys = Vec::new();
        for column in table.columns.iter().filter(|column| has(column.name)) {
            let Type::Reference(target) = column.kind else { continue };
            let Some(Some(name)) = single.get(target).filter(|_| target != "indicators") else { continue };
            let Some(id) = TableSpec::find(target).and_then(|table| table.columns.first()) else { continue };
            let reference = if Some(name) == own.as_ref() { "" } else { name };
            keys.push(json!({"fields": [column.name], "reference": {"resource": reference, "fields": [id.name]}}));
        }
        if keys.is_empty() {
            schema.remove("foreignKeys");
        } else {
            schema.insert("foreignKeys".to_owned(), Value::Array(keys));
        }
    }
}
