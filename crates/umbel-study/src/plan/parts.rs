//! Whether the parts of networks that effects name are there: lines, stops and streets, on whatever day.
//!
//! An effect is a scenario of one entry ([`super::network`]), so it is laid over the whole network as it would be over that
//! of a day, and what comes out is told of the effect.

use super::edit::{Edit, EffectProblem, Turn, What};
use super::network::NetworkEdit;
use crate::network::scenario::Scenario;
use crate::network::source::{Sources, paths};
use crate::network::{cache, network, timetables};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use umbel_access::streets::{Mode, Profile, ProfileOptions, Streets};
use umbel_core::{Finding, Location, code};
use umbel_network::gtfs::{Compiled, Options};
use umbel_network::osm::Rules;
use umbel_table::{Effect, NetworkFiles, Region};

/// An effect on a network that can be read.
struct Read<'a> {
    /// Row of the effects table: of an addition its first.
    effect: usize,
    edit: &'a NetworkEdit,
    adds: bool,
}

/// What is wrong with effects on networks, by effect. Reads the networks that are edited.
pub(crate) fn problems(region: &Region, edits: &[Edit]) -> Vec<EffectProblem> {
    let mut by_network: BTreeMap<&str, Vec<Read<'_>>> = BTreeMap::new();
    for edit in edits {
        if let What::Network(of, turn) = &edit.what {
            let read = Read { effect: edit.effect, edit: of, adds: *turn == Turn::Add };
            by_network.entry(&of.network).or_default().push(read);
        }
    }
    let mut problems = Vec::new();
    for (name, read) in by_network {
        let Some(files) = region.networks.iter().find(|network| network.name == name) else { continue };
        let (of_streets, of_timetable): (Vec<_>, Vec<_>) = read.into_iter().partition(|read| read.edit.of_streets);
        let mut tell = |read: &Read<'_>, findings: Vec<Finding>| {
            problems.extend(findings.into_iter().take(1).map(|finding| told(region, read, finding)));
        };
        if !of_timetable.is_empty() {
            check_timetable(region, files, &of_timetable, &mut tell);
        }
        if !of_streets.is_empty() {
            check_streets(region, files, &of_streets, &mut tell);
        }
    }
    problems.sort_by_key(|problem| problem.effect);
    problems
}

/// A finding about the entry of an effect as one about the effect, at the cell that is to blame.
fn told(region: &Region, read: &Read<'_>, finding: Finding) -> EffectProblem {
    let first = &region.effects[read.effect];
    // Of what is added the column that names the stops, or says the times.
    let column = match () {
        () if !read.adds => None,
        () if finding.message.contains("stop \"") && !finding.message.contains("already") => Some("stops"),
        () if finding.message.contains("minutes") || finding.message.contains("seconds") => Some("running_time"),
        () if finding.message.contains("vehicle") => Some("vehicle"),
        () => None,
    };
    let same = |other: &Effect| (other.project, &other.table, &other.key) == (first.project, &first.table, &first.key);
    let of = |column: &str| {
        let all = region.effects.iter().enumerate();
        all.filter(|(_, other)| same(other)).find(|(_, other)| other.column == column).map(|(at, _)| at)
    };
    let found = column.and_then(of);
    EffectProblem {
        effect: found.unwrap_or(read.effect),
        column: if found.is_some() { "value" } else { "key" },
        code: finding.code,
        message: finding.message.to_string(),
        fix: finding.fix.to_string(),
    }
}

/// Says of a network that it has not what an effect edits.
fn none(files: &NetworkFiles, what: &str) -> Vec<Finding> {
    let message = format!("the network \"{}\" has no {what}", files.name);
    vec![Finding::new(&code::J002, Location::new("", 0, 0), message, "name another network, or put the files there")]
}

fn scenario(read: &Read<'_>) -> Result<Scenario, Vec<Finding>> {
    Scenario::read("", &read.edit.entry)
}

fn check_timetable(
    region: &Region,
    files: &NetworkFiles,
    effects: &[Read<'_>],
    tell: &mut impl FnMut(&Read<'_>, Vec<Finding>),
) {
    let paths = paths(region, files, false);
    if paths.is_empty() {
        return effects.iter().for_each(|read| tell(read, none(files, "timetable")));
    }
    let (feeds, _) = timetables::read(&paths.iter().map(PathBuf::as_path).collect::<Vec<&Path>>());
    // Lines and stops are those of all days; on which of them trips run does not matter here.
    let day = feeds.feeds.iter().filter_map(|feed| feed.days()).map(|days| days.0).min();
    let Some(day) = day else { return effects.iter().for_each(|read| tell(read, none(files, "service on any day"))) };
    let mut whole = feeds.timetable(day, &Options::default()).0;
    let laid = |read: &Read<'_>, whole: &mut Compiled| scenario(read)?.on_any_day().of_timetable(whole);
    let size = |whole: &Compiled| (whole.stops.len(), whole.routes.len(), whole.trips.len());
    let cut = |whole: &mut Compiled, (stops, routes, trips): (usize, usize, usize)| {
        whole.stops.truncate(stops);
        whole.input.stops.truncate(stops);
        whole.routes.truncate(routes);
        whole.trips.truncate(trips);
    };
    // Stops first, since lines name them. Alternatives may add the same one, so each is laid over the files alone.
    let (adds, changes): (Vec<_>, Vec<_>) = effects.iter().partition(|read| read.adds);
    let is_stop = |read: &&&Read<'_>| region.effects[read.effect].key.split('@').nth(1) == Some("stop");
    let (stops, lines): (Vec<_>, Vec<_>) = adds.into_iter().partition(|read| is_stop(&read));
    let plain = size(&whole);
    let mut sound = Vec::new();
    for read in stops {
        match laid(read, &mut whole) {
            Ok(_) => sound.push(read),
            Err(findings) => tell(read, findings),
        }
        cut(&mut whole, plain);
    }
    for read in sound {
        // A second of the same id is refused, which is as well: it is there.
        let _ = laid(read, &mut whole);
    }
    for read in lines {
        let id = region.effects[read.effect].key.splitn(3, '@').nth(2).unwrap_or_default();
        if whole.routes[..plain.1].iter().any(|route| *route.id == *id) {
            let message = format!("there is a line \"{id}\" already");
            let fix = "give the new line another id, or change the one that is there";
            tell(read, vec![Finding::new(&code::J002, Location::new("", 0, 0), message, fix)]);
            continue;
        }
        if let Err(findings) = laid(read, &mut whole) {
            tell(read, findings);
        }
    }
    let with_added = size(&whole);
    for read in changes {
        if let Err(findings) = laid(read, &mut whole) {
            tell(read, findings);
        }
        cut(&mut whole, with_added);
    }
}

fn check_streets(
    region: &Region,
    files: &NetworkFiles,
    effects: &[Read<'_>],
    tell: &mut impl FnMut(&Read<'_>, Vec<Finding>),
) {
    let Some(path) = paths(region, files, true).into_iter().next() else {
        return effects.iter().for_each(|read| tell(read, none(files, "streets")));
    };
    let sources = Sources { streets: Some(path), ..Sources::default() };
    let cache = cache::folder(&region.root);
    let read = network::streets(&sources, &Rules::standard(), None, Some(&cache));
    let streets = read.and_then(|(input, ..)| Streets::new(&input?).ok());
    let Some(streets) = streets else {
        return effects.iter().for_each(|read| tell(read, none(files, "usable streets")));
    };
    let profiles: Vec<(Mode, Profile)> = [Mode::Walk, Mode::Bike, Mode::Car]
        .into_iter()
        .filter_map(|mode| Some((mode, streets.profile(mode, &ProfileOptions::default()).ok()?)))
        .collect();
    // Roads are changed once they are added, by whatever project.
    let mut added = String::new();
    let (adds, changes): (Vec<_>, Vec<_>) = effects.iter().partition(|read| read.adds);
    for (read, is_added) in adds.into_iter().map(|read| (read, true)).chain(changes.into_iter().map(|r| (r, false))) {
        let text = if is_added { read.edit.entry.clone() } else { format!("{added}\n{}", read.edit.entry) };
        let laid = |scenario: &Scenario| {
            let wrong = profiles.iter().find_map(|(mode, profile)| {
                let edits = match scenario.of_streets(&streets, profile, *mode) {
                    Ok(edits) => edits,
                    Err(findings) => return Some(findings),
                };
                let made = is_added.then(|| profile.edited(&streets, &edits).err()).flatten();
                made.map(|error| vec![scenario.refused(&error)])
            });
            wrong.map_or(Ok(()), Err)
        };
        match Scenario::read("", &text).and_then(|scenario| laid(&scenario)) {
            Ok(()) if is_added => added.push_str(&format!("{}\n", read.edit.entry)),
            Ok(()) => {}
            Err(findings) => tell(read, findings),
        }
    }
}
