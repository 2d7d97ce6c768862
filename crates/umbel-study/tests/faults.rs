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

/// The folders of tests/NAME that say what is expected of them.
fn folders_of(name: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(name);
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.join("expected.txt").exists()).collect()
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
    // Networks are read beside a region; the tests of their readers hold them against the same folders.
    for case in folders_of("networks").into_iter().chain(folders_of("feeds")) {
        let expected = fs::read_to_string(case.join("expected.txt")).expect("expected.txt");
        shown.extend(expected.lines().filter_map(|line| line.split(' ').next().map(str::to_owned)));
    }
    // Files of neighbours and of instances belong to no region; the tests of their readers show it.
    shown.extend(["F021", "F022"].map(str::to_owned));
    // Timetables (T) have folders of their own, tests/feeds, and a test in umbel-network that says as much of them.
    let codes = CODES.iter().map(|code| code.id).filter(|id| !id.starts_with('T'));
    let missing: Vec<&str> = codes.filter(|id| !shown.contains(*id)).collect();
    assert!(missing.is_empty(), "no folder in tests/faults shows {missing:?}");
}

#[test]
fn too_many_of_one_kind_are_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(&root().join("base"), folder.path());
    let path = folder.path().join("data/targets.csv");
    let mut text = fs::read_to_string(&path).expect("the targets");
    for number in 0..130 {
        text.push_str(&format!("t-{number},,gdp,nowhere-{number},2030,at_least,1,,,,expected,,survey,\n"));
    }
    fs::write(&path, text).expect("written");
    let (study, found) = Study::open(folder.path());
    assert!(found.is_empty());
    let found = check(&study);
    assert_eq!(found.len(), 100);
    let last = found.last().expect("a finding");
    assert!(last.message.ends_with("(and the same in 30 more places of this column)"), "{}", last.message);
}

/// Deterministic noise (the constants of Knuth's MMIX generator).
struct Noise(u64);

impl Noise {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }

    fn one_of(&mut self, bytes: &[u8]) -> u8 {
        bytes[self.below(bytes.len())]
    }

    fn damage(&mut self, text: &mut Vec<u8>) {
        if text.is_empty() {
            return;
        }
        let at = self.below(text.len());
        let line = |at: usize| text[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
        match self.below(5) {
            0 => text[at] = self.one_of(b",\"\n@.-{}[]0a\xff=;:/"),
            1 => {
                text.remove(at);
            }
            2 => text.insert(at, self.one_of(b",\"\n9-{}[]\xc3")),
            3 => text.truncate(at),
            _ => {
                // A line, or a stretch of it, once more somewhere else.
                let (from, to) = (line(at), self.below(text.len()));
                let part = text[from..at.max(from)].to_vec();
                text.splice(to..to, part);
            }
        }
    }
}

/// Whatever is done to the files: no panic, and every finding points at a place that is there.
#[test]
fn damage_anywhere_is_told_in_its_place() {
    let mut files = vec!["datapackage.json", "geo/boundaries.geojson", "measures/measures.toml", "report.toml"]
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    for entry in fs::read_dir(root().join("base/data")).expect("the tables") {
        files.push(format!("data/{}", entry.expect("an entry").file_name().to_string_lossy()));
    }
    files.sort();
    let folder = tempfile::tempdir().expect("a folder");
    copy(&root().join("base"), folder.path());
    let mut noise = Noise(20_261_122);
    let mut told = 0;
    for round in 0..300 {
        let file = &files[noise.below(files.len())];
        let sound = fs::read(root().join("base").join(file)).expect("a file");
        let mut text = sound.clone();
        for _ in 0..=noise.below(3) {
            noise.damage(&mut text);
        }
        fs::write(folder.path().join(file), &text).expect("written");
        let (study, mut findings) = Study::open(folder.path());
        findings.extend(check(&study));
        told += usize::from(!findings.is_empty());
        for finding in findings {
            let place = &finding.location;
            let bytes = fs::read(folder.path().join(&*place.file)).expect("a finding names a file");
            let text = String::from_utf8_lossy(&bytes);
            let line = text.split('\n').nth((place.line as usize).saturating_sub(1));
            let line = line.unwrap_or_else(|| panic!("round {round}, {file}: no such line: {finding:?}"));
            // A byte that is no UTF-8 counts as one character for us, several may be one for the standard library.
            let characters = line.chars().count() + 3;
            assert!(place.column as usize <= characters + 1, "round {round}, {file}: {finding:?}");
        }
        fs::write(folder.path().join(file), &sound).expect("written");
    }
    assert!(told > 100, "only {told} of 300 damages were told");
}
