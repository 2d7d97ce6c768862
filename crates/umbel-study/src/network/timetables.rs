//! Timetables of a day from feeds and tables of lines.

use super::source::SourceKind;
use super::values::Day;
use rayon::prelude::*;
use std::path::Path;
use umbel_core::{Finding, Location, code};
use umbel_network::gtfs::{Compiled, Feed, Feeds, Options};

/// Reads feeds and declared lines, in the order given; findings name files as the paths given do.
pub fn read(paths: &[&Path]) -> (Feeds, Vec<Finding>) {
    let is_lines = |path: &Path| SourceKind::of(path) == Some(SourceKind::Lines);
    let feeds: Vec<Option<(Feed, Vec<Finding>)>> =
        paths.par_iter().map(|path| (!is_lines(path)).then(|| Feed::read(path))).collect();
    // Lines may call at stops of a feed beside them.
    let beside = feeds.iter().flatten().map(|(feed, _)| feed).next().cloned();
    let (mut read, mut all) = (Feeds::default(), Vec::new());
    for (feed, path) in feeds.into_iter().zip(paths) {
        let (feed, findings) = match feed {
            Some((feed, findings)) => (feed, findings.into_iter().map(|finding| placed(finding, path)).collect()),
            None => lines(path, beside.as_ref()),
        };
        all.extend(findings);
        read.feeds.push(feed);
    }
    (read, all)
}

fn lines(path: &Path, beside: Option<&Feed>) -> (Feed, Vec<Finding>) {
    let name = path.to_string_lossy().replace('\\', "/");
    match std::fs::read_to_string(path) {
        Ok(text) => Feed::from_lines(&name, &text, beside),
        Err(error) => {
            let message = format!("the file cannot be read: {error}");
            let finding = Finding::new(&code::F018, Location::new(name, 0, 0), message, "save it as UTF-8 text");
            (Feed::default(), vec![finding])
        }
    }
}

/// A finding whose file begins with the name of a feed, with the path of the feed instead.
fn placed(mut finding: Finding, path: &Path) -> Finding {
    let folder = path.parent().map(|folder| folder.to_string_lossy().replace('\\', "/")).unwrap_or_default();
    if !folder.is_empty() {
        let at = &finding.location;
        let file = format!("{}/{}", folder.trim_end_matches('/'), at.file);
        finding.location = Location::new(file, at.line, at.column);
    }
    finding
}

/// Everything that is wrong with feeds; with a day also whether they are out of date then, and whether trips run.
pub fn check(paths: &[&Path], date: Option<Day>) -> Vec<Finding> {
    let (feeds, mut findings) = read(paths);
    for (feed, path) in feeds.feeds.iter().zip(paths) {
        findings.extend(feed.check(date.map(|day| day.0)).into_iter().map(|finding| placed(finding, path)));
    }
    if let Some(Day(date)) = date {
        findings.extend(feeds.timetable(date, &Options::default()).1);
    }
    findings
}

/// The timetable of a day; without one when no trip of any feed runs.
pub fn compile(feeds: &Feeds, Day(date): Day) -> (Option<Compiled>, Vec<Finding>) {
    let (compiled, findings) = feeds.timetable(date, &Options::default());
    // Trips of the day after alone would answer for a day on which nothing runs.
    ((compiled.running > 0).then_some(compiled), findings)
}
