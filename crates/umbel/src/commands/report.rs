//! `umbel report`: the report card.

use super::{open, seen, warn_of_networks};
use crate::arguments::Report;
use crate::output::{Console, Ended, Outcome, Stop, count};
use std::io::Write;
use std::path::PathBuf;
use umbel_core::Verdict;
use umbel_report::{ReportError, ReportOptions};
use umbel_study::Study;
use umbel_table::write::write_whole;

/// Writes the report and says where, with the verdicts counted.
pub fn run(arguments: &Report, console: &Console) -> Ended {
    let study = open(&arguments.region, console)?;
    let options = ReportOptions { language: arguments.lang.clone() };
    let html = console.while_doing("writing the report", || umbel_report::report(&study, &options));
    let html = html.map_err(|error| match error {
        ReportError::Language(_) => Stop::Usage(error.to_string()),
        other => Stop::Failed(other.to_string()),
    })?;
    let path = arguments.output.clone().unwrap_or_else(|| usual_path(&study, arguments));
    write_whole(&path, html.as_bytes()).map_err(|error| Stop::Failed(error.to_string()))?;
    seen::note(&study, &arguments.region, 0..study.measures.len());
    study.keep_costs();
    warn_of_networks(&study, &arguments.region, console);
    let mut out = console.out();
    writeln!(out, "{}", path.display())?;
    if !console.quiet {
        writeln!(out, "{}", verdicts(&study))?;
        if !study.region.targets.is_empty() {
            writeln!(out, "{}", targets(&study))?;
        }
    }
    out.flush()?;
    Ok(Outcome::Fine)
}

/// `NAME.html`, or `NAME.LANG.html` for a language that is not the first of the report.
fn usual_path(study: &Study, arguments: &Report) -> PathBuf {
    let name = if study.region.name.is_empty() { "report" } else { &study.region.name };
    let first = study.layout.languages.first().or(study.region.languages.first());
    match &arguments.lang {
        Some(language) if Some(language) != first => PathBuf::from(format!("{name}.{language}.html")),
        _ => PathBuf::from(format!("{name}.html")),
    }
}

fn verdicts(study: &Study) -> String {
    let claims = study.claims();
    let parts: Vec<String> = Verdict::ALL
        .into_iter()
        .map(|verdict| (claims.iter().filter(|claim| claim.verdict == verdict).count(), verdict))
        .filter(|(number, _)| *number > 0)
        .map(|(number, verdict)| format!("{number} {}", verdict.as_str()))
        .collect();
    if parts.is_empty() {
        "no claims".to_owned()
    } else {
        format!("{}: {}", count(claims.len(), "claim"), parts.join(", "))
    }
}

fn targets(study: &Study) -> String {
    use umbel_study::TargetStatus::{Met, NoData, OffTrack, OnTrack, Slipping};
    let all = study.targets();
    let names = [
        (Met, "met"),
        (OnTrack, "on track"),
        (Slipping, "slipping"),
        (OffTrack, "off track"),
        (NoData, "without data"),
    ];
    let parts: Vec<String> = names
        .into_iter()
        .map(|(status, name)| (all.iter().filter(|target| target.status == status).count(), name))
        .filter(|(number, _)| *number > 0)
        .map(|(number, name)| format!("{number} {name}"))
        .collect();
    format!("{}: {}", count(all.len(), "target"), parts.join(", "))
}
