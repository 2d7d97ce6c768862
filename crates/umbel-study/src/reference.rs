//! The reference of the methods, made from their code: pages for people, in Markdown.

use crate::analysis::{About, Quantity};
use crate::instance::{self, INSTANCES};
use crate::method::{Description, Registration};
use crate::methods::METHODS;
use serde_json::{Map, Value};
use std::fmt::Write;
use std::ops::Deref;

/// A parameter of a method, as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Name.
    pub name: String,
    /// What may be given: a type, or the words allowed.
    pub takes: String,
    /// Whether it must be given.
    pub required: bool,
    /// The value when it is left out, as in TOML.
    pub default: Option<String>,
    /// What it means.
    pub meaning: String,
}

/// A page of the reference.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// What it says.
    pub description: Description,
    /// The method of instances of this page.
    pub instance: Option<&'static instance::Registration>,
    registration: Option<&'static Registration>,
}

/// Methods that judge tables and write no rows, so that no measure declares them.
static JUDGING: &[Page] = &[
    Page {
        description: Description {
            name: "progress",
            summary: "How every target stands: pace achieved, pace needed, status.",
            formula: "achieved = (latest − baseline) / years between; needed = (target − latest) / years left; met when the latest \
                figure satisfies the target, on track when achieved ≥ needed, slipping when it moves the right way but too \
                slowly, off track otherwise",
            assumptions: "The pace needed is constant from the latest figure to the date of the target. Only figures not after \
                that date count. Without a figure, or with one figure only that does not satisfy the target, there is no data.",
            not_for: "Targets whose way is not meant to be even (a project that pays off at its end).",
            citation: "The even pace follows the Anticipated Progress Index: United Nations ESCAP, Asia and the Pacific SDG Progress Report, technical notes.",
            example: "",
        },
        instance: None,
        registration: None,
    },
    Page {
        description: Description {
            name: "verdict",
            summary: "What became of every claim: kept, missed, depends or undecidable, and on whose evidence.",
            formula: "kept when it holds on every definition and in every view that changes the figure, missed when on none, depends \
                in between, undecidable where no figure is held or only a bound that leaves it open; evidence = the weakest \
                source at the end of the trace",
            assumptions: "A figure is compared with the tolerance of the claim, else with half a unit of its last published \
                digit. All measures that define the claim's indicator are definitions, beside the observed rows. A view in \
                which the figure is missing judges nothing. Evidence is independent only if no source behind the figure is \
                the claim's own, repeats it, or is unverified.",
            not_for: "Statements without a measurable figure: they stay undecidable.",
            citation: "Vintages: Croushore and Stark, A real-time data set for macroeconomists, Journal of Econometrics 105, 2001, 111-130.",
            example: "",
        },
        instance: None,
        registration: None,
    },
];

/// Every page: the methods of measures in the order of their list, those of instances, then those that judge.
pub fn pages() -> Vec<Page> {
    let of = |method: &'static Registration| Page {
        description: method.description,
        instance: None,
        registration: Some(method),
    };
    let of_instance = |method: &'static instance::Registration| Page {
        description: method.description,
        instance: Some(method),
        registration: None,
    };
    METHODS.iter().map(of).chain(INSTANCES.iter().map(of_instance)).chain(JUDGING.iter().copied()).collect()
}

/// The page with this name.
pub fn page(name: &str) -> Option<Page> {
    pages().into_iter().find(|page| page.name == name)
}

impl Deref for Page {
    type Target = Description;

    fn deref(&self) -> &Description {
        &self.description
    }
}

impl Page {
    /// The parameters, in the order of the struct.
    pub fn parameters(&self) -> Vec<Parameter> {
        self.schema().map_or_else(Vec::new, |schema| parameters(&schema))
    }

    /// JSON Schema of the parameters; `None` for what takes none.
    pub fn schema(&self) -> Option<Value> {
        let schema = self.registration.map(|method| method.schema).or(self.instance.map(|method| method.schema))?;
        Some(schema().to_value())
    }

    /// Its version, if it has one.
    pub fn version(&self) -> Option<u32> {
        self.registration.map(|method| method.version).or(self.instance.map(|method| method.version))
    }

    /// The results that a measure may write, the first when `result` is left out; empty for a method with one result.
    pub fn results(&self) -> &'static [Quantity] {
        let analysis = self.registration.and_then(|method| method.analysis.as_ref());
        analysis.map_or(&[], |analysis| analysis.results)
    }

    /// Whether `umbel apply` knows it.
    pub fn applies_to_files(&self) -> bool {
        self.instance.is_some() || self.registration.is_some_and(|method| method.analysis.is_some() || method.network)
    }

    /// The page in Markdown.
    pub fn markdown(&self) -> String {
        let mut text = format!("## {}\n{}\n\n", self.name, self.summary);
        // Writing to a text cannot fail.
        let mut part = |title: &str, body: &str| {
            if !body.is_empty() {
                let _ = writeln!(text, "**{title}** {body}\n");
            }
        };
        part("Formula.", self.formula);
        part("Assumes.", self.assumptions);
        part("Not for.", self.not_for);
        part("Source.", self.citation);
        let parameters = self.parameters();
        if !parameters.is_empty() {
            text += "| parameter | takes | meaning |\n| --- | --- | --- |\n";
            for parameter in &parameters {
                let name = if parameter.required {
                    format!("`{}`, required", parameter.name)
                } else {
                    match &parameter.default {
                        Some(default) => format!("`{}` = {default}", parameter.name),
                        None => format!("`{}`", parameter.name),
                    }
                };
                let cell = |text: &str| text.replace('|', "\\|");
                let _ = writeln!(text, "| {name} | {} | {} |", cell(&parameter.takes), cell(&parameter.meaning));
            }
            text.push('\n');
        }
        if !self.results().is_empty() {
            text += "| result | of | meaning |\n| --- | --- | --- |\n";
            for result in self.results() {
                let _ = writeln!(
                    text,
                    "| `{}` | {} | {} |",
                    result.name,
                    about(result),
                    result.meaning.replace('|', "\\|")
                );
            }
            text.push('\n');
        }
        if !self.example.is_empty() {
            let language = if self.instance.is_some() { "json" } else { "toml" };
            let _ = writeln!(text, "```{language}\n{}\n```\n", self.example);
        }
        text
    }
}

/// What a result is about, in words.
pub fn about(result: &Quantity) -> &'static str {
    match result.about {
        About::Whole => "all places",
        About::Place => "each place",
        About::Row => "each place and period",
        About::Period => "each period",
    }
}

/// The whole reference: `docs/methods.md`.
pub fn markdown() -> String {
    let mut text =
        "# Methods\n\nMade from the code (`UMBEL_BLESS=1 cargo test -p umbel-study --test reference` writes it \
        again). What a measure is, and how places\nand rows are selected: [measures.md](measures.md). How each method \
        was checked: [validation.md](validation.md). Methods with a table of results, and those whose example is \
        an instance in JSON, can be applied to plain files: [apply.md](apply.md).\n\n| method | computes |\n| --- | --- |\n"
            .to_owned();
    let pages = pages();
    for page in &pages {
        let _ = writeln!(text, "| [{0}](#{0}) | {1} |", page.name, page.summary);
    }
    text.push('\n');
    pages.iter().for_each(|page| text += &page.markdown());
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// The parameters of a method, from the JSON Schema of its struct.
pub fn parameters(schema: &Value) -> Vec<Parameter> {
    let empty = Map::new();
    let object = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
    let definitions = object(schema.get("$defs"));
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    object(schema.get("properties"))
        .iter()
        .map(|(name, property)| {
            let fields = property.as_object().unwrap_or(&empty);
            let description = fields.get("description").and_then(Value::as_str).unwrap_or_default();
            let default = fields.get("default").filter(|default| !default.is_null() && **default != empty_object());
            Parameter {
                name: name.clone(),
                takes: takes(name, property, &definitions),
                required: required.contains(&name.as_str()),
                default: default.map(ToString::to_string),
                meaning: description.split_whitespace().collect::<Vec<_>>().join(" "),
            }
        })
        .collect()
}

fn empty_object() -> Value {
    Value::Object(Map::new())
}

/// What a parameter takes, in words.
fn takes(name: &str, schema: &Value, definitions: &Map<String, Value>) -> String {
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    if let Some(name) = text("$ref").and_then(|path| path.rsplit('/').next()) {
        return match name {
            "Places" => "places".to_owned(),
            "Filter" => "filter".to_owned(),
            "Periods" => "period, periods or interval".to_owned(),
            _ => definitions.get(name).map_or_else(String::new, |schema| takes(name, schema, definitions)),
        };
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return words.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect::<Vec<_>>().join(" ");
    }
    if let Some(choices) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array) {
        let words = choices.iter().filter(|choice| choice.get("type").and_then(Value::as_str) != Some("null"));
        return words.map(|choice| takes(name, choice, definitions)).collect::<Vec<_>>().join(" ");
    }
    if let Some(word) = text("const") {
        return format!("`{word}`");
    }
    let types: Vec<&str> = match schema.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).filter(|one| *one != "null").collect(),
        _ => Vec::new(),
    };
    if let Some(format) = text("format").filter(|_| types.contains(&"string")) {
        return match format {
            "duration" => "duration".to_owned(),
            "time" => "time of day".to_owned(),
            other => other.to_owned(),
        };
    }
    let word = |kind: &str| match (kind, name) {
        ("string", "base" | "start" | "weight_period") => "period",
        ("string", "of" | "weight" | "whole" | "indicator") => "indicator",
        ("string", "to") => "indicator",
        ("string", "place" | "to_place") => "place",
        ("string", "distinct" | "by" | "column") => "column",
        ("string", "stage") => "stage",
        ("string", "formula") => "formula",
        ("string", "within") => "word or place",
        ("string", _) => "text",
        ("number" | "integer", _) => "number",
        ("boolean", _) => "`true` `false`",
        ("object", _) => "table",
        _ => "",
    };
    if types[..] == ["array"] {
        let items = schema.get("items").map(|items| takes(name, items, definitions)).unwrap_or_default();
        return format!("list of {}", if items.is_empty() { "values" } else { &items });
    }
    types.into_iter().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::COMMON_KEYS;

    #[test]
    fn every_page_is_complete() {
        for page in pages() {
            for (what, text) in [
                ("summary", page.summary),
                ("formula", page.formula),
                ("assumptions", page.assumptions),
                ("not for", page.not_for),
                ("citation", page.citation),
            ] {
                assert!(text.len() > 9, "{}: {what}", page.name);
            }
            for parameter in page.parameters() {
                assert!(!parameter.takes.is_empty(), "{}: {}", page.name, parameter.name);
                assert!(parameter.meaning.len() > 9, "{}: {}", page.name, parameter.name);
            }
        }
    }

    #[test]
    fn every_example_is_a_measure_of_its_method() {
        for page in pages() {
            let Some(method) = page.registration else { continue };
            let table: toml::Table = page.example.parse().expect(page.name);
            let (_, measure) = table.into_iter().next().expect("a measure");
            let toml::Value::Table(mut measure) = measure else { panic!("{}: no table", page.name) };
            let named = measure.get("method").map_or("formula", |name| name.as_str().expect("a text"));
            assert_eq!(named, method.name);
            let own = method.parameter_names();
            measure.retain(|key, _| own.iter().any(|name| name == key) || !COMMON_KEYS.contains(&key));
            let parameters = serde_json::to_value(&measure).expect("as JSON");
            (method.from_json)(parameters).expect(page.name);
        }
    }
}
