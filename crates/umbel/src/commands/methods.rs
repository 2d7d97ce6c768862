//! `umbel methods`: what measures are made of.

use crate::arguments::{Methods, TextOrJson};
use crate::output::{Console, Ended, Outcome, Stop, columns, json};
use serde_json::{Value, json};
use std::io::{self, Write};
use umbel_study::Registration;
use umbel_study::methods::{METHODS, find};

/// Prints one method or all.
pub fn run(arguments: &Methods, console: &Console) -> Ended {
    let mut out = console.out();
    let object = |method: &Registration| {
        json!({
            "method": method.name, "version": method.version, "summary": method.summary, "formula": method.formula,
            "citation": method.citation, "parameters": (method.schema)().to_value(),
        })
    };
    let chosen = match &arguments.name {
        None => None,
        Some(name) => Some(find(name).ok_or_else(|| {
            let known: Vec<&str> = METHODS.iter().map(|method| method.name).collect();
            Stop::Usage(format!("there is no method \"{name}\"; the methods are: {}", known.join(", ")))
        })?),
    };
    match (chosen, arguments.format) {
        (Some(method), TextOrJson::Text) => page(&mut out, method)?,
        (Some(method), TextOrJson::Json) => json(&mut out, &object(method))?,
        (None, TextOrJson::Json) => json(&mut out, &METHODS.iter().map(object).collect::<Vec<_>>())?,
        (None, TextOrJson::Text) => {
            let rows: Vec<Vec<String>> =
                METHODS.iter().map(|method| vec![method.name.to_owned(), method.summary.to_owned()]).collect();
            columns(&mut out, &rows, &[], "")?;
        }
    }
    out.flush()?;
    Ok(Outcome::Fine)
}

/// One method in full: its formula, its source and its parameters from their JSON Schema.
fn page(out: &mut dyn Write, method: &Registration) -> io::Result<()> {
    writeln!(out, "{} (version {})", method.name, method.version)?;
    writeln!(out, "  {}", method.summary)?;
    writeln!(out, "  formula: {}", method.formula)?;
    writeln!(out, "  source:  {}", method.citation)?;
    let schema = (method.schema)().to_value();
    let required: Vec<&str> =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
    let Some(properties) = schema.get("properties").and_then(Value::as_object).filter(|all| !all.is_empty()) else {
        return Ok(());
    };
    writeln!(out, "  parameters:")?;
    for (name, property) in properties {
        let default = match property.get("default") {
            _ if required.contains(&name.as_str()) => " (required)".to_owned(),
            Some(default) if !default.is_null() => format!(" (default {default})"),
            _ => String::new(),
        };
        let text = property.get("description").and_then(Value::as_str).unwrap_or_default();
        writeln!(out, "    {name}{default}")?;
        for line in text.lines() {
            writeln!(out, "      {line}")?;
        }
    }
    Ok(())
}
