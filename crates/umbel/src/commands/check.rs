//! `umbel check`: every finding of a region at once.

use super::read;
use crate::arguments::{Check, CheckFormat};
use crate::output::{Console, Ended, Outcome};
use crate::render::{findings, sarif};
use std::io::Write;
use umbel_core::{Finding, Severity};

/// Prints the findings of reading, of the declared measures and of the rules between the tables.
pub fn run(arguments: &Check, console: &Console) -> Ended {
    let folder = &arguments.region;
    let (study, mut all) = read(folder, console)?;
    all.extend(console.while_doing("checking", || umbel_study::check::check(&study)));
    all.sort_by(Finding::order);
    all.dedup();
    let failed = all.iter().any(|finding| finding.severity == Severity::Error);
    let mut out = console.out();
    match arguments.format {
        CheckFormat::Text if console.quiet && all.is_empty() => {}
        CheckFormat::Text => findings::text(&mut out, &all, folder, folder, findings::colours())?,
        CheckFormat::Json => findings::json(&mut out, &all)?,
        CheckFormat::Sarif => sarif::sarif(&mut out, &all, folder, folder)?,
    }
    out.flush()?;
    Ok(if failed { Outcome::Findings } else { Outcome::Fine })
}
