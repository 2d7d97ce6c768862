//! `umbel methods`: what measures are made of.

use crate::arguments::{Methods, TextOrJson};
use crate::output::{Console, Ended, Outcome, Stop, columns, json};
use serde_json::{Value, json};
use std::io::{self, Write};
use umbel_study::reference::{Page, about, page, pages};
use umbel_study::suggest::nearest;

/// Prints one method or all.
pub fn run(arguments: &Methods, console: &Console) -> Ended {
    let mut out = console.out();
    let chosen = match &arguments.name {
        None => None,
        Some(name) => Some(page(name).ok_or_else(|| {
            let hint = nearest(name, pages().iter().map(|page| page.name));
            let hint =
                hint.map_or_else(|| "; `umbel methods` lists them".to_owned(), |near| format!("; is it {near}?"));
            Stop::Usage(format!("there is no method \"{name}\"{hint}"))
        })?),
    };
    match (chosen, arguments.format) {
        (Some(page), TextOrJson::Text) => text(&mut out, &page)?,
        (Some(page), TextOrJson::Json) => json(&mut out, &object(&page))?,
        (None, TextOrJson::Json) => json(&mut out, &pages().iter().map(object).collect::<Vec<_>>())?,
        (None, TextOrJson::Text) => {
            let rows: Vec<Vec<String>> =
                pages().iter().map(|page| vec![page.name.to_owned(), page.summary.to_owned()]).collect();
            columns(&mut out, &rows, &[], "")?;
        }
    }
    out.flush()?;
    Ok(Outcome::Fine)
}

/// A method for programs; `parameters` is the JSON Schema, null for those that judge a table and take none.
fn object(page: &Page) -> Value {
    json!({
        "method": page.name,
        "version": page.version(),
        "summary": page.summary,
        "formula": page.formula,
        "assumptions": page.assumptions,
        "not_for": page.not_for,
        "citation": page.citation,
        "example": page.example,
        "results": page.results().iter().map(|result| json!({
            "name": result.name, "of": about(result), "meaning": result.meaning,
        })).collect::<Vec<_>>(),
        "parameters": page.schema(),
    })
}

/// Widest line of running text.
const WIDTH: usize = 100;

/// A paragraph with a heading before its first line, broken between words.
fn paragraph(out: &mut dyn Write, heading: &str, body: &str, indent: usize) -> io::Result<()> {
    if body.is_empty() {
        return Ok(());
    }
    let hang = if heading.is_empty() { indent } else { indent + 2 };
    let (mut line, mut empty) = (format!("{}{heading}", " ".repeat(indent)), heading.is_empty());
    for word in body.split_whitespace() {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(out, "{line}")?;
            (line, empty) = (" ".repeat(hang), true);
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    writeln!(out, "{line}")
}

fn text(out: &mut dyn Write, page: &Page) -> io::Result<()> {
    match page.version() {
        Some(version) => writeln!(out, "{} (version {version})", page.name)?,
        None => writeln!(out, "{}", page.name)?,
    }
    paragraph(out, "", page.summary, 2)?;
    paragraph(out, "formula:", page.formula, 2)?;
    paragraph(out, "takes for granted:", page.assumptions, 2)?;
    paragraph(out, "not for:", page.not_for, 2)?;
    paragraph(out, "source:", page.citation, 2)?;
    let parameters = page.parameters();
    if !parameters.is_empty() {
        writeln!(out, "\nparameters")?;
    }
    for parameter in parameters {
        let given = match parameter.default {
            _ if parameter.required => "required".to_owned(),
            Some(default) => format!("default {default}"),
            None => "may be left out".to_owned(),
        };
        paragraph(out, &format!("{}:", parameter.name), &format!("{}; {given}", parameter.takes), 2)?;
        paragraph(out, "", &parameter.meaning, 4)?;
    }
    if !page.results().is_empty() {
        writeln!(out, "\nresults (a measure writes the first unless `result` names another; `umbel apply` gives all)")?;
    }
    for result in page.results() {
        paragraph(out, &format!("{}:", result.name), about(result), 2)?;
        paragraph(out, "", result.meaning, 4)?;
    }
    if !page.example.is_empty() {
        writeln!(out, "\nexample")?;
        page.example.trim().lines().try_for_each(|line| writeln!(out, "  {line}"))?;
    }
    Ok(())
}
