//! What is computed about plans against the papers and programs of others.
//!
//! The inputs and expected figures are in ../cases; further files of the same form are taken from the folder `plan` in
//! the folder that the variable UMBEL_CASES names. The deviations are published in docs/validation.md.

#![allow(clippy::expect_used)]

mod attribution;
mod cases;
#[path = "../../../../tests/support/check.rs"]
mod check;

use check::Check;
use std::path::Path;

/// One module for each area, each with `pub fn checks() -> Vec<Check>`.
const AREAS: &[fn() -> Vec<Check>] = &[attribution::checks];

#[test]
fn everything_agrees_with_its_references() {
    let checks: Vec<Check> = AREAS.iter().flat_map(|area| area()).collect();
    let rows = check::rows(&checks.iter().collect::<Vec<_>>());
    // Further cases are checked, but change nothing that is published.
    if std::env::var_os("UMBEL_CASES").is_none() {
        check::section(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."), "plan", &rows);
    }
}
