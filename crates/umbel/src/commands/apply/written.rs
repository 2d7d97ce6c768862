//! What an analysis gives, written as JSON, as CSV or for people.

use crate::output::{Stop, columns};
use serde_json::Value;
use std::io::Write;
use umbel_study::analysis::{Figure, Key, Outcome, Sample, Table};
use umbel_study::instance::{self, Solved};
use umbel_study::method::Registration;

/// The outcome as JSON: figures by name, tables as arrays of objects.
pub fn json(
    out: &mut Vec<u8>,
    method: &Registration,
    parameters: &Value,
    sample: &Sample,
    outcome: &Outcome,
) -> Result<(), Stop> {
    debug_assert!(has_unique_names(outcome), "two results of {} have one name", method.name);
    let failed = |error: serde_json::Error| Stop::Failed(format!("the result cannot be written as JSON: {error}"));
    let mut entry = |name: &str, value: &dyn erased::Json, first: bool| -> Result<(), Stop> {
        out.extend_from_slice(if first { b"{\n  " } else { b",\n  " });
        serde_json::to_writer(&mut *out, name).map_err(failed)?;
        out.extend_from_slice(b": ");
        value.write(out).map_err(failed)
    };
    entry("method", &method.name, true)?;
    entry("version", &method.version, false)?;
    entry("parameters", parameters, false)?;
    // Whatever a method calls its first result about the whole, programs find it as `statistic` too.
    let figure = |name: &str| outcome.figures.iter().find(|(known, _)| known == name).map(|(_, figure)| figure);
    let first = method.analysis.and_then(|analysis| analysis.results.first()).map_or("", |result| result.name);
    if let (None, Some(value)) = (figure("statistic"), figure(first)) {
        entry("statistic", value, false)?;
    }
    for (name, figure) in &outcome.figures {
        entry(name, figure, false)?;
    }
    for (name, table) in &outcome.tables {
        entry(name, &Rows { table, sample }, false)?;
    }
    entry("notes", &outcome.notes, false)?;
    out.extend_from_slice(b"\n}\n");
    Ok(())
}

/// Whether no two figures or tables share a name: they stand side by side in one JSON object.
fn has_unique_names(outcome: &Outcome) -> bool {
    let figures = outcome.figures.iter().map(|(name, _)| &**name);
    let mut names: Vec<&str> = figures.chain(outcome.tables.iter().map(|(name, _)| &**name)).collect();
    names.extend(["method", "version", "parameters", "notes"]);
    names.sort_unstable();
    names.windows(2).all(|pair| pair[0] != pair[1])
}

/// Values that can be written as JSON, whatever their type.
mod erased {
    /// A value that can be written as JSON.
    pub trait Json {
        /// Writes it.
        fn write(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error>;
    }

    impl<T: serde::Serialize> Json for T {
        fn write(&self, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
            serde_json::to_writer(out, self)
        }
    }
}

/// Heads of the rows of a table: what each is about.
fn heads(table: &Table, sample: &Sample) -> Vec<(&'static str, Vec<String>)> {
    let rows = || (0..table.len()).map(|row| table.position(row));
    let place = |at: usize| sample.places.get(at).cloned().unwrap_or_default();
    let period = |at: usize| sample.periods.get(at).cloned().unwrap_or_default();
    match table.key {
        Key::Place => vec![("id", rows().map(place).collect())],
        Key::Period => vec![("period", rows().map(period).collect())],
        Key::Row => {
            let id = rows().map(|row| sample.place.get(row).map_or_else(String::new, |&at| place(at as usize)));
            let mut heads = vec![("id", id.collect())];
            if !sample.period.is_empty() {
                heads.push(("period", rows().map(|row| period(sample.period[row] as usize)).collect()));
            }
            heads
        }
        Key::Name => vec![("name", table.names.clone())],
    }
}

/// The rows of a table as objects.
struct Rows<'a> {
    table: &'a Table,
    sample: &'a Sample,
}

impl serde::Serialize for Rows<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::{SerializeMap, SerializeSeq};
        struct Row<'a>(&'a [(&'static str, Vec<String>)], &'a Table, usize);
        impl serde::Serialize for Row<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                for (name, texts) in self.0 {
                    map.serialize_entry(name, texts.get(self.2).map_or("", String::as_str))?;
                }
                for (name, cells) in &self.1.columns {
                    map.serialize_entry(name.as_ref(), &cells.figure(self.2))?;
                }
                map.end()
            }
        }
        let heads = heads(self.table, self.sample);
        let mut rows = serializer.serialize_seq(Some(self.table.len()))?;
        for row in 0..self.table.len() {
            rows.serialize_element(&Row(&heads, self.table, row))?;
        }
        rows.end()
    }
}

/// A figure as people read it.
fn shown(figure: &Figure) -> String {
    match figure {
        Figure::Number(None) => "-".to_owned(),
        Figure::Number(Some(value)) => readable(*value),
        Figure::Count(value) => value.to_string(),
        Figure::Word(word) => word.clone(),
        Figure::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Figure::List(list) => list.iter().map(shown).collect::<Vec<_>>().join(" "),
        Figure::Group(group) => {
            group.iter().map(|(name, value)| format!("{name} {}", shown(value))).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Rows of a table shown to people.
const SHOWN: usize = 20;

/// Six significant digits.
fn readable(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor();
    if !(-4.0..15.0).contains(&magnitude) {
        return format!("{value:.5e}");
    }
    let decimals = (5.0 - magnitude).clamp(0.0, 10.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// What methods of instances give, as JSON: an object for each instance, in a list when the file holds a list. Tables
/// are left out: they show to people what stands in the lists of figures.
pub fn instances(
    out: &mut Vec<u8>,
    method: &instance::Registration,
    parameters: &Value,
    solved: &Solved,
) -> Result<(), Stop> {
    let failed = |error: serde_json::Error| Stop::Failed(format!("the result cannot be written as JSON: {error}"));
    out.extend_from_slice(if solved.list { b"[" } else { b"" });
    for (at, outcome) in solved.outcomes.iter().enumerate() {
        out.extend_from_slice(if at > 0 { b",\n" } else { b"" });
        let figures = outcome.figures.iter().map(|(name, figure)| (name.as_ref(), figure as &dyn erased::Json));
        let head: [(&str, &dyn erased::Json); 3] =
            [("method", &method.name), ("version", &method.version), ("parameters", parameters)];
        let tail: [(&str, &dyn erased::Json); 1] = [("notes", &outcome.notes)];
        for (at, (name, value)) in head.into_iter().chain(figures).chain(tail).enumerate() {
            out.extend_from_slice(if at > 0 { b",\n  " } else { b"{\n  " });
            serde_json::to_writer(&mut *out, name).map_err(failed)?;
            out.extend_from_slice(b": ");
            value.write(out).map_err(failed)?;
        }
        out.extend_from_slice(b"\n}");
    }
    out.extend_from_slice(if solved.list { b"]\n" } else { b"\n" });
    Ok(())
}

/// The outcome for people.
pub fn text(out: &mut Vec<u8>, method: &Registration, sample: &Sample, outcome: &Outcome) -> Result<(), Stop> {
    writeln!(out, "{}: {}", method.name, method.summary)?;
    body(out, sample, outcome)
}

/// The outcome for people, without a heading.
pub fn body(out: &mut Vec<u8>, sample: &Sample, outcome: &Outcome) -> Result<(), Stop> {
    let simple =
        |figure: &Figure| !matches!(figure, Figure::List(list) if list.iter().any(|f| matches!(f, Figure::List(_))));
    let rows: Vec<Vec<String>> = outcome
        .figures
        .iter()
        .filter(|(_, figure)| simple(figure))
        .map(|(name, figure)| vec![name.replace('_', " "), shown(figure)])
        .collect();
    columns(out, &rows, &[], "  ")?;
    for (name, figure) in outcome.figures.iter().filter(|(_, figure)| !simple(figure)) {
        writeln!(out, "\n{}", name.replace('_', " "))?;
        if let Figure::List(list) = figure {
            let rows: Vec<Vec<String>> = list
                .iter()
                .map(|row| match row {
                    Figure::List(cells) => cells.iter().map(shown).collect(),
                    other => vec![shown(other)],
                })
                .collect();
            let right: Vec<usize> = (0..rows.iter().map(Vec::len).max().unwrap_or(0)).collect();
            columns(out, &rows, &right, "  ")?;
        }
    }
    for (name, table) in &outcome.tables {
        writeln!(out, "\n{}", name.replace('_', " "))?;
        let heads = heads(table, sample);
        let mut rows = vec![
            heads
                .iter()
                .map(|(name, _)| (*name).to_owned())
                .chain(table.columns.iter().map(|(name, _)| name.replace('_', " ")))
                .collect::<Vec<_>>(),
        ];
        let shown_rows = if table.len() > SHOWN + 5 { SHOWN } else { table.len() };
        for row in 0..shown_rows {
            let head = heads.iter().map(|(_, texts)| texts.get(row).cloned().unwrap_or_default());
            rows.push(head.chain(table.columns.iter().map(|(_, cells)| shown(&cells.figure(row)))).collect());
        }
        let right: Vec<usize> = (heads.len()..heads.len() + table.columns.len()).collect();
        columns(out, &rows, &right, "  ")?;
        if shown_rows < table.len() {
            writeln!(out, "  ... {} more; --format csv --table {name} gives all", table.len() - shown_rows)?;
        }
    }
    for note in &outcome.notes {
        writeln!(out, "note: {note}")?;
    }
    Ok(())
}

/// One table as CSV.
pub fn csv(out: &mut Vec<u8>, sample: &Sample, outcome: &Outcome, name: Option<&str>) -> Result<(), Stop> {
    let table = match name {
        Some(name) => outcome.find(name).ok_or_else(|| {
            let names: Vec<&str> = outcome.tables.iter().map(|(name, _)| name.as_ref()).collect();
            Stop::Usage(format!("there is no table \"{name}\"; there are: {}", names.join(", ")))
        })?,
        None => {
            let Some((_, table)) = outcome.tables.first() else {
                // Only figures about the whole: they are the table.
                writeln!(out, "name,value")?;
                for (name, figure) in &outcome.figures {
                    writeln!(out, "{name},{}", cell(figure))?;
                }
                return Ok(());
            };
            table
        }
    };
    let heads = heads(table, sample);
    let names =
        heads.iter().map(|(name, _)| (*name).to_owned()).chain(table.columns.iter().map(|(name, _)| quoted(name)));
    writeln!(out, "{}", names.collect::<Vec<_>>().join(","))?;
    for row in 0..table.len() {
        let head = heads.iter().map(|(_, texts)| quoted(texts.get(row).map_or("", String::as_str)));
        let cells = table.columns.iter().map(|(_, cells)| cell(&cells.figure(row)));
        writeln!(out, "{}", head.chain(cells).collect::<Vec<_>>().join(","))?;
    }
    Ok(())
}

/// A figure as a cell of CSV, with all its digits.
fn cell(figure: &Figure) -> String {
    match figure {
        Figure::Number(None) => String::new(),
        Figure::Number(Some(value)) => value.to_string(),
        Figure::Flag(flag) => flag.to_string(),
        Figure::List(_) | Figure::Group(_) => quoted(&serde_json::to_string(figure).unwrap_or_default()),
        other => quoted(&shown(other)),
    }
}

fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}
