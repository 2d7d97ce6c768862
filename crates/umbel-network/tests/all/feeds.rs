//! Broken feeds: each folder of tests/feeds holds one fault and what must be said of it, neither more nor less. How to
//! add one: tests/feeds/README.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use umbel_core::{CODES, Date, Finding};
use umbel_network::gtfs::{Feed, Feeds, Options};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/feeds")
}

fn today() -> Date {
    Date::new(2024, 5, 13).expect("a date")
}

type Files = BTreeMap<String, Vec<u8>>;

fn read(folder: &Path) -> Files {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    entries.map(|path| (name(&path), fs::read(&path).expect("a file"))).collect()
}

/// The base with the files of a case laid over it.
fn files(case: &Path) -> Files {
    let mut files = read(&root().join("base"));
    for (name, content) in read(case) {
        match name.as_str() {
            "expected.txt" => {}
            "without" => {
                for name in String::from_utf8(content).expect("text").lines() {
                    files.remove(name).expect("a file of the base");
                }
            }
            _ => {
                files.insert(name, content);
            }
        }
    }
    files
}

/// All that is said of a feed: read, checked and compiled.
fn findings(files: Files) -> Vec<Finding> {
    let (feed, mut findings) = Feed::from_files("feed", files.into_iter().collect());
    findings.extend(feed.check(Some(today())));
    let feeds = Feeds { feeds: vec![feed] };
    let (compiled, more) = feeds.timetable(today(), &Options::default());
    sound(&compiled.input);
    findings.extend(more);
    findings.sort_by(Finding::order);
    findings
}

/// Whatever was wrong with a feed, the timetable made of it holds together.
fn sound(input: &umbel_access::timetable::TimetableInput) {
    let stops = input.stops.len() as u32;
    for stop in &input.stops {
        assert!(stop.longitude.abs() <= 180.0 && stop.latitude.abs() <= 90.0);
    }
    for trip in &input.trips {
        assert!(trip.count >= 2 && (trip.route as usize) < input.routes.len());
        let events = &input.events[trip.first as usize..(trip.first + trip.count) as usize];
        let times: Vec<i32> = events.iter().flat_map(|event| [event.arrival, event.departure]).collect();
        assert!(times.is_sorted(), "{times:?}");
        assert!(events.iter().all(|event| event.stop < stops));
        let first = trip.first_frequency as usize;
        for frequency in &input.frequencies[first..first + trip.frequency_count as usize] {
            assert!(frequency.headway > 0 && frequency.start < frequency.end);
        }
    }
    assert!(input.transfers.iter().all(|transfer| transfer.from < stops && transfer.to < stops));
}

fn lines(findings: &[Finding]) -> Vec<String> {
    let line = |finding: &Finding| {
        let place = &finding.location;
        assert!(!finding.message.is_empty() && !finding.fix.is_empty(), "{finding:?} lacks words");
        format!("{} {}:{}:{} {}", finding.code.id, place.file, place.line, place.column, finding.code.title)
    };
    findings.iter().map(line).collect()
}

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(root()).expect("tests/feeds").map(|entry| entry.expect("an entry").path());
    let mut cases: Vec<PathBuf> = entries.filter(|path| path.is_dir() && !path.ends_with("base")).collect();
    cases.sort();
    cases
}

#[test]
fn the_base_has_no_finding() {
    let found = findings(read(&root().join("base")));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn each_fault_is_found_where_it_is_and_nothing_else() {
    let mut wrong = String::new();
    for case in cases() {
        let found = findings(files(&case));
        let expected = fs::read_to_string(case.join("expected.txt")).unwrap_or_default();
        if lines(&found) != expected.lines().collect::<Vec<_>>() {
            let messages: Vec<String> =
                found.iter().zip(lines(&found)).map(|(finding, line)| format!("{line}: {}", finding.message)).collect();
            wrong.push_str(&format!("{}\n  expected {expected}\n  found {messages:#?}\n", case.display()));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// Every code is shown by a feed, so that none is promised and never given.
#[test]
fn every_code_of_timetables_has_a_feed() {
    let mut shown = BTreeSet::new();
    for case in cases() {
        let expected = fs::read_to_string(case.join("expected.txt")).expect("expected.txt");
        shown.extend(expected.lines().filter_map(|line| line.split(' ').next().map(str::to_owned)));
    }
    // Zip files and declared lines have tests of their own (zips.rs, lines.rs).
    shown.extend(["T001", "T002", "T003", "T112", "T113"].map(str::to_owned));
    let codes = CODES.iter().filter(|code| code.id.starts_with('T'));
    let missing: Vec<&str> = codes.filter(|code| !shown.contains(code.id)).map(|code| code.title).collect();
    assert!(missing.is_empty(), "no folder in tests/feeds shows {missing:?}");
}
