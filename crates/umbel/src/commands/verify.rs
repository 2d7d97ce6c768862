//! `umbel verify`: the figures of a report, computed again.

use super::open;
use crate::arguments::{TextOrJson, Verify};
use crate::output::{Console, Ended, Outcome, Stop, columns, count, json};
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

/// Prints the figures that differ.
pub fn run(arguments: &Verify, console: &Console) -> Ended {
    let report = &arguments.report;
    let html =
        std::fs::read_to_string(report).map_err(|error| Stop::Failed(format!("{}: {error}", report.display())))?;
    let folder = region(arguments)?;
    let study = open(&folder, console)?;
    let done = console.while_doing("computing again", || umbel_report::verify(&html, &study));
    let done = done.map_err(|error| Stop::Failed(format!("{}: {error}", report.display())))?;
    let fine = done.differ.is_empty() && done.gone.is_empty();
    let mut out = console.out();
    if arguments.format == TextOrJson::Json {
        let differ = done.differ.iter().map(
            |one| json!({ "figure": one.id, "number": one.number, "old": one.old, "new": one.new, "unit": one.unit }),
        );
        let gone = done.gone.iter().map(|id| json!({ "figure": id, "gone": true }));
        json(&mut out, &differ.chain(gone).collect::<Vec<_>>())?;
        return Ok(if fine { Outcome::Fine } else { Outcome::Findings });
    }
    let value = |value: Option<f64>| value.map_or_else(|| "missing".to_owned(), |value| value.to_string());
    if !done.differ.is_empty() {
        let mut rows = vec![["figure", "in the report", "now", "unit"].map(str::to_owned).to_vec()];
        rows.extend(
            done.differ.iter().map(|one| vec![one.id.clone(), value(one.old), value(one.new), one.unit.clone()]),
        );
        columns(&mut out, &rows, &[1, 2], "")?;
    }
    for id in &done.gone {
        writeln!(out, "{id} is not there any more")?;
    }
    if !console.quiet {
        for file in &done.changed_files {
            writeln!(out, "changed since the report: {file}")?;
        }
        let all = done.same + done.differ.len() + done.gone.len();
        writeln!(
            out,
            "{}: {} the same, {} differ, {} gone",
            count(all, "figure"),
            done.same,
            done.differ.len(),
            done.gone.len()
        )?;
    }
    out.flush()?;
    Ok(if fine { Outcome::Fine } else { Outcome::Findings })
}

/// The region of a report: the folder given, else one named as the report.
fn region(arguments: &Verify) -> Result<PathBuf, Stop> {
    if let Some(folder) = &arguments.region {
        return Ok(folder.clone());
    }
    let name = arguments.report.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = name.split('.').next().unwrap_or_default().to_owned();
    let beside = arguments.report.parent().map(|parent| parent.join(&name));
    let candidates = [Some(PathBuf::from(&name)), Some(PathBuf::from("regions").join(&name)), beside];
    let found = candidates.into_iter().flatten().find(|folder| folder.join(umbel_table::package::FILE).is_file());
    found.ok_or_else(|| Stop::Usage(format!("which region is {} of? say --region DIR", arguments.report.display())))
}
