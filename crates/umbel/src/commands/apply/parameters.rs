//! The parameters of a method from the texts of the command line, by the schema of its struct.

use super::dashed;
use crate::output::Stop;
use clap::ArgMatches;
use serde_json::{Map, Value};
use umbel_study::analysis::IN_REGION;
use umbel_study::reference::parameters;

/// Parameters as JSON from the command line; and the columns of a wide panel, where `of` takes one name and several
/// fields are given.
pub fn given(
    schema: &Value,
    matches: &ArgMatches,
    fields: Vec<String>,
) -> Result<(Map<String, Value>, Vec<String>), Stop> {
    let definitions = schema.get("$defs").cloned().unwrap_or_default();
    let (mut json, mut wide) = (Map::new(), Vec::new());
    for parameter in parameters(schema) {
        let name = parameter.name.as_str();
        if IN_REGION.contains(&name) {
            continue;
        }
        let Some(text) = matches.try_get_one::<String>(name).ok().flatten() else { continue };
        let property = &schema["properties"][name];
        json.insert(
            name.to_owned(),
            typed(text, property, &definitions)
                .map_err(|message| Stop::Usage(format!("--{}: {message}", dashed(name))))?,
        );
    }
    if let Some(of) = schema["properties"].get("of").filter(|_| !fields.is_empty() && !json.contains_key("of")) {
        let takes_list = takes_list(of, &definitions);
        let value = match (takes_list, fields.len()) {
            (true, _) => Value::from(fields),
            (false, 1) => Value::from(fields[0].clone()),
            (false, _) => {
                wide = fields;
                Value::from(wide.join(","))
            }
        };
        json.insert("of".to_owned(), value);
    }
    Ok((json, wide))
}

/// Whether a parameter takes a list, alone or beside other shapes.
fn takes_list(schema: &Value, definitions: &Value) -> bool {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        return takes_list(&definitions[name], definitions);
    }
    match ["anyOf", "oneOf"].iter().find_map(|key| schema.get(*key)?.as_array()) {
        Some(choices) => choices.iter().any(|choice| takes_list(choice, definitions)),
        None => matches!(shape(schema, definitions), Shape::List),
    }
}

/// What a parameter takes, as far as reading it from a text needs to know.
enum Shape {
    Number,
    Flag,
    Text,
    List,
    /// A table, or several shapes: tried in turn.
    Any,
}

fn shape(schema: &Value, definitions: &Value) -> Shape {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        return shape(&definitions[name], definitions);
    }
    if schema.get("enum").is_some() {
        return Shape::Text;
    }
    let kinds: Vec<&str> = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect(),
        _ => Vec::new(),
    };
    match kinds[..] {
        ["number" | "integer"] => Shape::Number,
        ["boolean"] => Shape::Flag,
        ["string"] => Shape::Text,
        ["array"] => Shape::List,
        [] => {
            let choices = ["anyOf", "oneOf"].iter().find_map(|key| schema.get(*key)?.as_array());
            let mut choices: Vec<&Value> = choices.into_iter().flatten().collect();
            choices.retain(|choice| choice.get("type").and_then(Value::as_str) != Some("null"));
            match choices[..] {
                [only] => shape(only, definitions),
                _ if choices
                    .iter()
                    .all(|c| matches!(shape(c, definitions), Shape::Text) || c.get("const").is_some()) =>
                {
                    Shape::Text
                }
                _ => Shape::Any,
            }
        }
        _ => Shape::Any,
    }
}

/// The value that a text stands for.
fn typed(text: &str, schema: &Value, definitions: &Value) -> Result<Value, String> {
    let number = |text: &str| -> Option<Value> {
        let whole = text.parse::<i64>().ok().map(Value::from);
        whole.or_else(|| text.parse::<f64>().ok().filter(|number| number.is_finite()).map(Value::from))
    };
    let json = |text: &str| text.starts_with(['{', '[']).then(|| serde_json::from_str(text).ok()).flatten();
    match shape(schema, definitions) {
        Shape::Number => number(text).ok_or_else(|| format!("\"{text}\" is no number")),
        Shape::Flag => {
            text.parse::<bool>().map(Value::from).map_err(|_| format!("\"{text}\" is neither true nor false"))
        }
        Shape::Text => Ok(Value::from(text)),
        Shape::List => {
            if let Some(value) = json(text) {
                return Ok(value);
            }
            let (empty, target) = (Value::Null, resolved(schema, definitions));
            let items = target.get("items").unwrap_or(&empty);
            let cells = text.split(',').map(|cell| typed(cell.trim(), items, definitions));
            cells.collect::<Result<Vec<_>, _>>().map(Value::from)
        }
        Shape::Any => {
            let several = || {
                text.contains(',').then(|| {
                    Value::from(
                        text.split(',')
                            .map(|cell| number(cell.trim()).unwrap_or_else(|| Value::from(cell.trim())))
                            .collect::<Vec<_>>(),
                    )
                })
            };
            Ok(json(text).or_else(|| number(text)).or_else(several).unwrap_or_else(|| Value::from(text)))
        }
    }
}

/// The schema behind references and "or null".
fn resolved<'a>(schema: &'a Value, definitions: &'a Value) -> &'a Value {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next()) {
        return resolved(&definitions[name], definitions);
    }
    let choices = ["anyOf", "oneOf"].iter().find_map(|key| schema.get(*key)?.as_array());
    let only = choices.into_iter().flatten().find(|choice| choice.get("type").and_then(Value::as_str) != Some("null"));
    only.map_or(schema, |only| resolved(only, definitions))
}
