//! `umbel add`: other people's files into a table.

use crate::arguments::{Add, TextOrJson};
use crate::output::{Console, Ended, Outcome, Stop, columns, count, json};
use crate::render::findings;
use serde_json::json;
use std::io::Write;
use std::path::Path;
use umbel_core::Severity;
use umbel_table::import::{self, Failure, Melt, Reading, Request};

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Stop {
        match failure {
            Failure::Usage(text) => Stop::Usage(text),
            other => Stop::Failed(other.to_string()),
        }
    }
}

fn request(arguments: &Add) -> Request {
    let unit = |text: &String| match text.split_once('=') {
        Some((column, unit)) => (column.trim().to_owned(), unit.trim().to_owned()),
        None => (String::new(), text.trim().to_owned()),
    };
    Request {
        file: arguments.file.clone(),
        table: arguments.table.clone(),
        region: arguments.into.clone(),
        reading: Reading {
            delimiter: arguments.delimiter,
            encoding: arguments.encoding.clone(),
            sheet: arguments.sheet.clone(),
            header_row: arguments.header_row,
            any_coordinates: false,
        },
        map: arguments.map.clone(),
        set: arguments.set.clone(),
        column_units: arguments.unit.iter().map(unit).collect(),
        decimal: arguments.decimal,
        thousands: arguments.thousands,
        id_from: arguments.id_from.clone(),
        melt: arguments.melt.clone().map(|(columns, name, value)| Melt { columns, name, value }),
        wide: arguments.wide.clone(),
        keep: arguments.keep.clone(),
        missing: arguments.missing.clone(),
        replace: arguments.replace,
        to: arguments.to.clone(),
        dry: arguments.dry,
    }
}

/// Brings the file in and prints what went where.
pub fn run(arguments: &Add, console: &Console) -> Ended {
    let request = request(arguments);
    let done = console.while_doing("reading the file", || import::import(&request))?;
    let failed = done.findings.iter().any(|finding| finding.severity == Severity::Error);
    let mut out = console.out();
    if arguments.format == TextOrJson::Json {
        json(
            &mut out,
            &json!({
                "written": done.written, "file": done.to, "rows": done.rows, "added": done.added, "replaced": done.replaced,
                "boundaries": done.boundaries, "left_out": done.left_out, "remarks": done.remarks, "findings": done.findings,
                "columns": done.mapping.iter().map(|(ours, theirs)| json!({ "column": ours, "from": theirs })).collect::<Vec<_>>(),
            }),
        )?;
        return Ok(if failed { Outcome::Findings } else { Outcome::Fine });
    }
    if !console.quiet {
        writeln!(out, "{}: {}", arguments.file.display(), count(done.rows, "row"))?;
        let rows: Vec<Vec<String>> =
            done.mapping.iter().map(|(ours, theirs)| vec![ours.clone(), format!("<- {theirs}")]).collect();
        columns(&mut out, &rows, &[], "  ")?;
        if !done.left_out.is_empty() {
            writeln!(out, "  left out: {}", done.left_out.join(", "))?;
        }
        for remark in &done.remarks {
            writeln!(out, "  {remark}")?;
        }
    }
    if !done.findings.is_empty() {
        // The places are in the foreign file, which is named as the user wrote it.
        findings::text(&mut out, &done.findings, Path::new(""), Path::new(""), findings::colours())?;
    }
    let target = arguments.into.join(&done.to);
    let what = match (done.added, done.replaced) {
        (added, 0) => count(added, "row"),
        (0, replaced) => format!("{} in place of old ones", count(replaced, "row")),
        (added, replaced) => format!("{} and {replaced} in place of old ones", count(added, "row")),
    };
    if failed {
        writeln!(out, "nothing was written")?;
    } else if !console.quiet {
        let verb = if done.written { "wrote" } else { "would write" };
        let areas = if done.boundaries > 0 { format!(", {}", boundaries(done.boundaries)) } else { String::new() };
        writeln!(out, "{verb} {what} to {}{areas}", target.display())?;
    }
    out.flush()?;
    Ok(if failed { Outcome::Findings } else { Outcome::Fine })
}

fn boundaries(number: usize) -> String {
    if number == 1 { "1 boundary".to_owned() } else { format!("{number} boundaries") }
}
