//! A TOML file with positions: where every key and value stands, and what a schema says against it.

use crate::suggest::nearest;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use umbel_core::{Finding, Location, code};

/// Where the parts of a TOML file stand, by path (`where.kind`, `chapter.0.figures.1`).
#[derive(Clone, Debug, Default)]
pub struct Positions {
    file: Arc<str>,
    text: Arc<str>,
    /// First byte of each line.
    lines: Arc<[usize]>,
    keys: BTreeMap<String, Range<usize>>,
    values: BTreeMap<String, Range<usize>>,
}

impl Positions {
    /// The positions of a file, of which no part is known yet.
    pub fn new(file: &str, text: &str) -> Positions {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1));
        Positions { file: file.into(), text: text.into(), lines: starts.collect(), ..Positions::default() }
    }

    /// The same file, with the parts of a table, whose paths begin after `prefix`.
    pub fn with(&self, table: &DeTable<'_>) -> Positions {
        let mut all = Positions { keys: BTreeMap::new(), values: BTreeMap::new(), ..self.clone() };
        all.enter(table, "");
        all
    }

    fn enter(&mut self, table: &DeTable<'_>, path: &str) {
        for (key, value) in table {
            let path = join(path, key.get_ref());
            self.keys.insert(path.clone(), key.span());
            self.enter_value(value, path);
        }
    }

    fn enter_value(&mut self, value: &Spanned<DeValue<'_>>, path: String) {
        match value.get_ref() {
            DeValue::Table(table) => self.enter(table, &path),
            DeValue::Array(list) => {
                for (at, item) in list.iter().enumerate() {
                    self.enter_value(item, join(&path, &at.to_string()));
                }
            }
            _ => {}
        }
        self.values.insert(path, value.span());
    }

    /// Line and column of a byte.
    pub fn location(&self, byte: usize) -> Location {
        let byte = (0..=byte.min(self.text.len())).rev().find(|&b| self.text.is_char_boundary(b)).unwrap_or(0);
        let line = self.lines.partition_point(|&start| start <= byte).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let column = self.text.get(start..byte).map_or(0, |before| before.chars().count()) + 1;
        Location::new(self.file.clone(), line as u32, column as u32)
    }

    /// Where the key of a part stands; the nearest part above it when it is not there.
    pub fn key(&self, path: &str) -> Option<Location> {
        self.nearest(&self.keys, path).map(|span| self.location(span.start))
    }

    /// Where the value of a part stands; the nearest part above it when it is not there.
    pub fn value(&self, path: &str) -> Option<Location> {
        self.nearest(&self.values, path).map(|span| self.location(span.start))
    }

    /// Where a byte of a text value stands, counted from its first character after the quote.
    pub fn within(&self, path: &str, offset: usize) -> Option<Location> {
        let span = self.values.get(path)?;
        let written = self.text.get(span.clone())?;
        let quote = if written.starts_with("\"\"\"") || written.starts_with("'''") { 3 } else { 1 };
        Some(self.location((span.start + quote + offset).min(span.end.saturating_sub(quote))))
    }

    fn nearest<'a>(&self, parts: &'a BTreeMap<String, Range<usize>>, path: &str) -> Option<&'a Range<usize>> {
        let mut path = path;
        loop {
            if let Some(span) = parts.get(path) {
                return Some(span);
            }
            path = &path[..path.rfind('.')?];
        }
    }
}

fn join(path: &str, part: &str) -> String {
    if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") }
}

/// A finding for an error of the TOML reader.
pub fn toml_finding(code: &'static umbel_core::Code, error: &toml::de::Error, positions: &Positions) -> Finding {
    let location = positions.location(error.span().map_or(0, |span| span.start));
    let message = error.message().trim().replace('\n', "; ");
    Finding::new(code, location, format!("{}.", capital(message.trim_end_matches('.'))), code.mend)
}

/// The findings for the errors of the TOML reader: of several in one line the first, from which the others follow.
pub fn toml_findings(errors: &[toml::de::Error], positions: &Positions) -> Vec<Finding> {
    let mut findings: Vec<Finding> = errors.iter().map(|error| toml_finding(&code::F018, error, positions)).collect();
    findings.sort_by(Finding::order);
    findings.dedup_by_key(|finding| finding.location.line);
    findings
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Says which keys of a table its schema does not know and which required ones are missing, at every depth, and
/// removes the unknown ones. `also` are further words for "did you mean". Says whether all required ones are there.
pub fn against_schema(
    table: &mut Spanned<DeTable<'_>>,
    schema: &Json,
    also: &[&str],
    positions: &Positions,
    subject: &str,
    findings: &mut Vec<Finding>,
) -> bool {
    let span = table.span();
    let mut walk = Walk { root: schema, positions, subject, findings, complete: true };
    walk.table(table.get_mut(), span, schema, also, true);
    walk.complete
}

struct Walk<'a> {
    root: &'a Json,
    positions: &'a Positions,
    subject: &'a str,
    findings: &'a mut Vec<Finding>,
    complete: bool,
}

impl<'a> Walk<'a> {
    fn resolve(&self, mut schema: &'a Json) -> &'a Json {
        for _ in 0..8 {
            if let Some(name) = schema.get("$ref").and_then(Json::as_str).and_then(|path| path.strip_prefix("#/$defs/"))
            {
                schema = &self.root["$defs"][name];
            } else if let Some(all) = schema.get("anyOf").and_then(Json::as_array) {
                // An optional part is a part or null.
                let mut parts = all.iter().filter(|part| part.get("type").and_then(Json::as_str) != Some("null"));
                match (parts.next(), parts.next()) {
                    (Some(only), None) => schema = only,
                    _ => return schema,
                }
            } else {
                return schema;
            }
        }
        schema
    }

    fn table(&mut self, table: &mut DeTable<'_>, span: Range<usize>, schema: &'a Json, also: &[&str], top: bool) {
        let schema = self.resolve(schema);
        let Some(properties) = schema.get("properties").and_then(Json::as_object) else { return };
        let closed = schema.get("additionalProperties") == Some(&Json::Bool(false));
        let known: Vec<&str> = properties.keys().map(String::as_str).chain(also.iter().copied()).collect();
        let unknown = |name: &str| closed && !properties.contains_key(name);
        let mut strangers: Vec<(String, Range<usize>)> = Vec::new();
        for key in table.keys().filter(|key| unknown(key.get_ref())) {
            strangers.push((key.get_ref().to_string(), key.span()));
        }
        // A misspelt key is not also a missing one.
        let mut meant: Vec<&str> = Vec::new();
        for (name, span) in strangers {
            table.remove(name.as_str());
            let fix = match nearest(&name, known.iter().copied()) {
                Some(near) => {
                    meant.push(near);
                    format!("Did you mean `{near}`?")
                }
                None => format!("Known are {}.", known.join(", ")),
            };
            let message = format!("{} has no key `{name}`.", capital(self.subject));
            self.findings.push(Finding::new(&code::M002, self.positions.location(span.start), message, fix));
        }
        let required = schema.get("required").and_then(Json::as_array).into_iter().flatten();
        for name in required.filter_map(Json::as_str).filter(|name| !table.contains_key(*name)) {
            self.complete = false;
            if !meant.contains(&name) {
                let location = self.positions.location(span.start);
                let message = format!("{} needs the key `{name}`.", capital(self.subject));
                let doc = properties.get(name).and_then(|p| p.get("description")).and_then(Json::as_str).unwrap_or("");
                let doc = doc.lines().next().unwrap_or("").trim();
                let fix = if doc.is_empty() { format!("Add `{name}`.") } else { format!("Add `{name}`: {doc}") };
                self.findings.push(Finding::new(&code::M002, location, message, fix));
            }
        }
        if top || closed {
            for (key, value) in table.iter_mut() {
                if let Some(schema) = properties.get::<str>(key.get_ref()) {
                    self.value(value, schema);
                }
            }
        }
    }

    fn value(&mut self, value: &mut Spanned<DeValue<'_>>, schema: &'a Json) {
        let schema = self.resolve(schema);
        let span = value.span();
        match value.get_mut() {
            DeValue::Table(table) => self.table(table, span, schema, &[], false),
            DeValue::Array(list) => {
                if let Some(items) = schema.get("items") {
                    for item in list.iter_mut() {
                        self.value(item, items);
                    }
                }
            }
            _ => {}
        }
    }
}
