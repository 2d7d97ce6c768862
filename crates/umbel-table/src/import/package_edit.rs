//! `datapackage.json` kept in step with the files: what is written by hand in it stays as it is.

use super::Failure;
use super::held::Folder;
use crate::package::BOUNDARIES;
use crate::schema::{ColumnSpec, TableSpec, Type};
use serde_json::{Map, Value, json};
use umbel_core::Status;

const ID: &str = "[a-z0-9][a-z0-9._-]*";
const PERIOD: &str = "[0-9]{4}(-([0-9]{2}(-[0-9]{2})?|Q[1-4]|S[12]|W[0-9]{2}))?(/[0-9]{4}(-([0-9]{2}(-[0-9]{2})?|Q[1-4]|S[12]|W[0-9]{2}))?)?";
const BREAKDOWN: &str = "(_T|[^;=]+=[^;=]+(;[^;=]+=[^;=]+)*)";

/// A data package being edited.
#[derive(Clone, Debug)]
pub struct Package {
    /// The package, its resources taken out.
    value: Value,
    resources: Vec<Value>,
    before: String,
}

impl Package {
    /// A new package without files. `languages`: the one of the plain columns first.
    pub fn fresh(name: &str, title: &str, languages: &[String]) -> Package {
        let value = json!({
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": name,
            "title": title,
            "umbel:languages": languages,
            "resources": null,
        });
        Package { value, resources: Vec::new(), before: String::new() }
    }

    /// The package of a region folder.
    pub(super) fn new(folder: &Folder) -> Result<Package, Failure> {
        let mut value: Value = serde_json::from_str(&folder.package)
            .map_err(|error| Failure::Unreadable(format!("{}: {error}", crate::package::FILE)))?;
        match value.get_mut("resources").map(Value::take) {
            Some(Value::Array(resources)) => Ok(Package { value, resources, before: folder.package.clone() }),
            _ => Err(Failure::Unreadable(format!("{}: it has no list \"resources\"", crate::package::FILE))),
        }
    }

    /// A resource name that is not taken yet, made of the file's name.
    fn name_for(&mut self, path: &str) -> String {
        let stem = path.rsplit('/').next().unwrap_or(path).split('.').next().unwrap_or_default();
        let base = super::words::slug(stem).unwrap_or_else(|| "table".to_owned());
        let taken: Vec<String> = self.resources.iter().filter_map(|r| r["name"].as_str().map(str::to_owned)).collect();
        let numbered = (2..).map(|n| format!("{base}-{n}"));
        let mut names = std::iter::once(base.clone()).chain(numbered);
        names.find(|name| !taken.contains(name)).unwrap_or(base)
    }

    /// Makes the package name a file of a table with these columns; columns it describes already stay as described.
    pub fn table(&mut self, spec: &TableSpec, path: &str, header: &[String], units: &[(String, String)]) {
        let described = |column: &String| {
            let mut field = field(spec, column);
            if let Some((_, unit)) = units.iter().find(|(name, _)| name == column) {
                let fixed = spec.columns.iter().any(|known| known.name == column && !known.unit.is_empty());
                if !fixed && let Value::Object(object) = &mut field {
                    object.insert("type".to_owned(), json!("number"));
                    object.insert("umbel:unit".to_owned(), json!(unit));
                }
            }
            field
        };
        let at = self.resources.iter().position(|resource| resource["path"] == json!(path));
        if let Some(resource) = at.and_then(|at| self.resources.get_mut(at)) {
            if let Some(Value::Array(fields)) = resource.pointer_mut("/schema/fields") {
                for column in header {
                    let known = fields.iter_mut().find(|field| field["name"] == json!(column));
                    let declared = units.iter().find(|(name, _)| name == column);
                    match (known, declared) {
                        (None, _) => fields.push(described(column)),
                        (Some(field), Some(_)) => {
                            if let Some(unit) = described(column).get("umbel:unit") {
                                field["umbel:unit"] = unit.clone();
                                field["type"] = json!("number");
                            }
                        }
                        (Some(_), None) => {}
                    }
                }
            }
            return;
        }
        let key: Vec<&str> =
            spec.key().map(|at| spec.columns[at].name).filter(|name| header.iter().any(|h| h == name)).collect();
        let mut schema = Map::new();
        schema.insert("fields".to_owned(), header.iter().map(described).collect());
        schema.insert("primaryKey".to_owned(), json!(key));
        schema.insert("missingValues".to_owned(), json!([""]));
        let foreign: Vec<Value> = header.iter().filter_map(|column| self.foreign_key(spec, column)).collect();
        if !foreign.is_empty() {
            schema.insert("foreignKeys".to_owned(), json!(foreign));
        }
        let resource = json!({
            "name": self.name_for(path),
            "path": path,
            "type": "table",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "umbel:table": spec.name,
            "schema": schema,
        });
        self.resources.push(resource);
    }

    /// A reference as a foreign key. Indicators are left out outside the observations, for measures define them too.
    fn foreign_key(&mut self, spec: &TableSpec, column: &str) -> Option<Value> {
        let Type::Reference(table) = spec.columns.iter().find(|known| known.name == column)?.kind else { return None };
        if table == "indicators" && spec.name != "observations" {
            return None;
        }
        let target = TableSpec::find(table)?.columns.first()?.name;
        if table == spec.name {
            return Some(json!({ "fields": [column], "reference": { "resource": "", "fields": [target] } }));
        }
        let mut named = self.resources.iter().filter(|resource| resource["umbel:table"] == json!(table));
        match (named.next(), named.next()) {
            (Some(one), None) => {
                Some(json!({ "fields": [column], "reference": { "resource": one["name"], "fields": [target] } }))
            }
            _ => None,
        }
    }

    /// Makes the package name the boundary file.
    pub fn boundaries(&mut self, path: &str) {
        if self.resources.iter().any(|resource| resource["path"] == json!(path)) {
            return;
        }
        let resource = json!({
            "name": self.name_for(path),
            "path": path,
            "format": "geojson",
            "mediatype": "application/geo+json",
            "encoding": "utf-8",
            "umbel:table": BOUNDARIES,
        });
        self.resources.push(resource);
    }

    /// The text of the package; `None` when nothing in it changed.
    pub fn finish(mut self) -> Option<String> {
        self.value["resources"] = Value::Array(self.resources);
        let same = serde_json::from_str::<Value>(&self.before).is_ok_and(|before| before == self.value);
        let text = serde_json::to_string_pretty(&self.value).ok()?;
        (!same).then(|| text + "\n")
    }
}

/// A column as Table Schema describes it.
fn field(spec: &TableSpec, name: &str) -> Value {
    let own = spec.columns.iter().find(|column| column.name == name);
    let (kind, constraints) = own.map_or(("string", Map::new()), constrained);
    let mut field = Map::new();
    field.insert("name".to_owned(), json!(name));
    field.insert("type".to_owned(), json!(kind));
    if let Some(doc) = own.map(|column| column.doc).filter(|doc| !doc.is_empty()) {
        field.insert("description".to_owned(), json!(doc));
    }
    if let Some(unit) = own.map(|column| column.unit).filter(|unit| !unit.is_empty()) {
        field.insert("umbel:unit".to_owned(), json!(unit));
    }
    if !constraints.is_empty() {
        field.insert("constraints".to_owned(), Value::Object(constraints));
    }
    Value::Object(field)
}

fn constrained(column: &ColumnSpec) -> (&'static str, Map<String, Value>) {
    let mut constraints = Map::new();
    if column.required {
        constraints.insert("required".to_owned(), json!(true));
    }
    let mut pattern = |text: &str| constraints.insert("pattern".to_owned(), json!(text));
    let kind = match column.kind {
        Type::Id | Type::Reference(_) => {
            pattern(ID);
            "string"
        }
        Type::IdList | Type::ReferenceList(_) => {
            pattern(&format!("{ID}(;{ID})*"));
            "string"
        }
        Type::Period => {
            pattern(PERIOD);
            "string"
        }
        Type::Breakdown => {
            pattern(BREAKDOWN);
            "string"
        }
        Type::NumberOrPercent => {
            pattern("[0-9.]+([eE]-?[0-9]+)?%?");
            "string"
        }
        Type::Word(words) => {
            constraints.insert("enum".to_owned(), json!(words));
            "string"
        }
        Type::Status => {
            let letters: Vec<&str> = Status::ALL.iter().map(|status| status.letter()).collect();
            constraints.insert("enum".to_owned(), json!(letters));
            "string"
        }
        Type::Text | Type::Unit => "string",
        Type::Number => {
            let range = if column.name == "lon" { Some(180) } else { Some(90).filter(|_| column.name == "lat") };
            if let Some(range) = range {
                constraints.insert("minimum".to_owned(), json!(-range));
                constraints.insert("maximum".to_owned(), json!(range));
            }
            "number"
        }
        Type::Integer => "integer",
        Type::Date => "date",
        Type::Bool => "boolean",
    };
    (kind, constraints)
}
