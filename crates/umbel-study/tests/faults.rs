//! Broken regions: each folder of tests/faults holds one fault and what `check` must say of it, neither more nor less.
//! How to add one: tests/faults/README.md.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use umbel_core::CODES;
use umbel_study::Study;
use umbel_study::check::check;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/faults")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

/// The findings of a region as `CODE file:line:column`, and the same with their messages.
fn findings(folder: &Path) -> (Vec<String>, String) {
    let (study, mut findings) = Study::open(folder);
    findings.extend(check(&study));
    findings.sort_by(umbel_core::Finding::order);
    let mut messages = String::new();
    let mut lines = Vec::new();
    for finding in findings {
        let place = &finding.location;
        let line = format!("{} {}:{}:{}", finding.code.id, place.file, place.line, place.column);
        messages.push_str(&format!("    {line} {} | {}\n", finding.message, finding.fix));
        assert!(!finding.message.is_empty() && !finding.fix.is_empty(), "{line} lacks words");
        lines.push(line);
    }
    (lines, messages)
}

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(root()).expect("tests/faults").map(|entry| entry.expect("an entry").path());
    let mut cases: Vec<PathBuf> = entries.filter(|path| path.is_dir() && !path.ends_with("base")).collect();
    cases.sort();
    cases
}

#[test]
fn the_base_has_no_finding() {
    let (lines, messages) = findings(&root().join("base"));
    assert!(lines.is_empty(), "\n{messages}");
}

#[test]
fn each_fault_is_found_where_it_is_and_nothing_else() {
    let mut wrong = String::new();
    for case in cases() {
        let name = case.file_name().expect("a name").to_string_lossy().into_owned();
        let folder = tempfile::tempdir().expect("a folder");
        copy(&root().join("base"), folder.path());
        copy(&case, folder.path());
        let expected = fs::read_to_string(case.join("expected.txt")).expect("expected.txt");
        let expected: Vec<&str> = expected.lines().collect();
        let (found, messages) = findings(folder.path());
        if found != expected {
            wrong.push_str(&format!("{name}\n  expected {expected:?}\n  found\n{messages}"));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Every code is shown by a fault, so that none is promised and never given.
#[test]
fn every_code_has_a_fault() {
    let mut shown = BTreeSet::new();
    for case in cases() {
        let expected = fs::read_to_string(case.join("expected.txt")).expect("expected.txt");
        shown.extend(expected.lines().filter_map(|line| line.split(' ').next().map(str::to_owned)));
    }
    let missing: Vec<&str> = CODES.iter().map(|code| code.id).filter(|id| !shown.contains(*id)).collect();
    assert!(missing.is_empty(), "no folder in tests/faults shows {missing:?}");
}
