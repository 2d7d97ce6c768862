//! Ways inside stations: from platform to platform, and between platforms and the entrances to the street.

use super::compile::{Compiled, Options};
use super::feed::Feed;
use super::model::{LocationKind, Pathway};
use super::notice;
use super::project::metres;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use umbel_access::timetable::{Gate, StationWay, Wheelchair};
use umbel_core::Finding;
use umbel_core::problems::Problems;

/// Seconds for a step of stairs, where a pathway states their number and neither time nor length: 0.3 m at 0.5 m/s.
const STEP: f64 = 0.6;

/// The narrowest way, in metres, and the steepest, that a wheelchair passes: clear width and running slope of ramps by the ADA
/// Standards for Accessible Design, 2010, sections 403.5.1 and 405.2.
const NARROWEST: f64 = 0.815;
const STEEPEST: f64 = 1.0 / 12.0;

/// Seconds from a platform to another, with and without steps.
pub(super) type Between = ((u32, u32), u32, Option<u32>);

/// Pathways as a graph of the rows of stops.txt: row reached and milliseconds.
#[derive(Debug, Default)]
struct Ways(FxHashMap<u32, Vec<(u32, u64)>>);

impl Ways {
    fn add(&mut self, from: u32, to: u32, milliseconds: u64) {
        self.0.entry(from).or_default().push((to, milliseconds));
    }

    /// All rows that can be reached from one, with whole seconds, rounded up: the nearest first (Dijkstra).
    fn from(&self, row: u32) -> Vec<(u32, u32)> {
        let mut reached = Vec::new();
        let mut settled = FxHashSet::default();
        let mut queue = BinaryHeap::from([Reverse((0_u64, row))]);
        while let Some(Reverse((cost, at))) = queue.pop() {
            if !settled.insert(at) {
                continue;
            }
            // Hours fit into u32.
            reached.push((at, u32::try_from(cost.div_ceil(1000)).unwrap_or(u32::MAX - 1)));
            for &(next, step) in self.0.get(&at).map_or(&[][..], Vec::as_slice) {
                queue.push(Reverse((cost + step, next)));
            }
        }
        reached
    }
}

/// Seconds on a pathway; `None` when it says nothing and its ends have no coordinates.
fn seconds(feed: &Feed, pathway: &Pathway, options: &Options) -> Option<f64> {
    if let Some(seconds) = pathway.traversal {
        return Some(f64::from(seconds));
    }
    if let Some(length) = pathway.length {
        return Some(length / options.walking_speed);
    }
    if let Some(steps) = pathway.stairs {
        return Some(f64::from(steps.unsigned_abs()) * STEP);
    }
    let point = |stop: u32| feed.stops[stop as usize].point;
    let (from, to) = point(pathway.from).zip(point(pathway.to))?;
    Some(metres(from, to) / options.walking_speed)
}

/// Whether a wheelchair passes: no stairs, no escalator, wide and flat enough where width and slope are stated.
fn step_free(pathway: &Pathway) -> bool {
    !matches!(pathway.mode, 2 | 4)
        && pathway.width.is_none_or(|width| width >= NARROWEST)
        && pathway.slope.is_none_or(|slope| slope.abs() <= STEEPEST)
}

/// The pathways of a feed: all, and those without steps.
fn graphs(feed: &Feed, options: &Options, problems: &mut Problems) -> [Ways; 2] {
    let mut graphs = [Ways::default(), Ways::default()];
    for pathway in &feed.pathways {
        let Some(seconds) = seconds(feed, pathway, options).filter(|seconds| seconds.is_finite()) else {
            let code = &notice::PART_OF_THE_FEED_NOT_USED;
            let message = format!(
                "The pathway {} (line {} of pathways.txt) says neither time nor length",
                pathway.id, pathway.line
            );
            problems.add(code, "pathway", (0, 0), message, code.mend);
            continue;
        };
        let milliseconds = (seconds * 1000.0) as u64;
        let fit = if step_free(pathway) { 2 } else { 1 };
        for graph in &mut graphs[..fit] {
            graph.add(pathway.from, pathway.to, milliseconds);
            if pathway.bidirectional {
                graph.add(pathway.to, pathway.from, milliseconds);
            }
        }
    }
    // Pathways lead to the boarding areas of a platform that has some: they are one place with it.
    for (row, stop) in feed.stops.iter().enumerate() {
        if let (LocationKind::BoardingArea, Some(platform)) = (stop.kind, stop.parent) {
            for graph in &mut graphs {
                graph.add(row as u32, platform, 0);
                graph.add(platform, row as u32, 0);
            }
        }
    }
    graphs
}

/// The quickest ways between platforms, to be transfers; those between platforms and entrances become gates of the
/// timetable. A platform that cannot be both reached from an entrance and left by one keeps its own place on the street,
/// and where its station has entrances that is told.
///
/// Cost: a search over its station for each platform and entrance; nothing without pathways.
pub(super) fn through_stations(
    feed: &Feed,
    stops: &[Option<u32>],
    compiled: &mut Compiled,
    options: &Options,
    problems: &mut Problems,
) -> (Vec<Between>, Vec<Finding>) {
    if feed.pathways.is_empty() {
        return (Vec::new(), Vec::new());
    }
    let [any, flat] = graphs(feed, options, problems);
    let mut between = Vec::new();
    // Entrance, platform, whether outward, and the seconds with and without steps.
    let mut ways: Vec<(u32, u32, bool, u32, Option<u32>)> = Vec::new();
    let entrance = |row: u32| {
        let stop = &feed.stops[row as usize];
        stop.kind == LocationKind::Entrance && stop.point.is_some()
    };
    let mut starts: Vec<u32> = any.0.keys().copied().collect();
    starts.sort_unstable();
    for row in starts {
        let platform = stops[row as usize].filter(|_| !entrance(row));
        if platform.is_none() && !entrance(row) {
            continue;
        }
        let without: FxHashMap<u32, u32> = flat.from(row).into_iter().collect();
        for (other, seconds) in any.from(row).into_iter().filter(|&(other, _)| other != row) {
            let step_free = without.get(&other).copied();
            match (platform, stops[other as usize].filter(|_| !entrance(other))) {
                (Some(from), Some(to)) => between.push(((from, to), seconds, step_free)),
                (Some(from), None) if entrance(other) => ways.push((other, from, true, seconds, step_free)),
                (None, Some(to)) => ways.push((row, to, false, seconds, step_free)),
                _ => {}
            }
        }
    }
    let side =
        |outward: bool| -> FxHashSet<u32> { ways.iter().filter(|way| way.2 == outward).map(|way| way.1).collect() };
    let (entered, left) = (side(false), side(true));
    let findings = cut_off(feed, stops, (&entered, &left));
    let mut gates: FxHashMap<u32, u32> = FxHashMap::default();
    ways.retain(|way| entered.contains(&way.1) && left.contains(&way.1));
    ways.sort_unstable();
    let input = &mut compiled.input;
    for (row, stop, outward, seconds, step_free) in ways {
        let Some((longitude, latitude)) = feed.stops[row as usize].point else { continue };
        let gate = *gates.entry(row).or_insert_with(|| {
            input.gates.push(Gate { longitude, latitude });
            input.gates.len() as u32 - 1
        });
        // An entrance that says so is none for wheelchairs, whatever lies behind it.
        let step_free = step_free.filter(|_| feed.wheelchair(row) != Wheelchair::No);
        input.station_ways.push(StationWay { gate, stop, outward, seconds, step_free });
    }
    (between, findings)
}

/// What is said of platforms in stations entered by pathways that cannot themselves be reached and left by them.
fn cut_off(feed: &Feed, stops: &[Option<u32>], (entered, left): (&FxHashSet<u32>, &FxHashSet<u32>)) -> Vec<Finding> {
    let mut problems = Problems::new(&format!("{}/stops.txt", feed.name));
    let ends = feed.pathways.iter().flat_map(|pathway| [pathway.from, pathway.to]);
    let entrances = ends.filter(|&end| feed.stops[end as usize].kind == LocationKind::Entrance);
    let stations: FxHashSet<u32> = entrances.filter_map(|end| feed.station(end)).collect();
    for (row, stop) in feed.stops.iter().enumerate() {
        let (LocationKind::Stop, Some(number)) = (stop.kind, stops[row]) else { continue };
        let ways = (entered.contains(&number), left.contains(&number));
        if ways != (true, true) && feed.station(row as u32).is_some_and(|station| stations.contains(&station)) {
            let cannot = if ways.0 { "left" } else { "reached" };
            let message = format!(
                "{} cannot be {cannot} through any entrance by pathways; it is joined to the street where it stands",
                stop.id
            );
            let code = &notice::PART_OF_THE_FEED_NOT_USED;
            problems.add(code, "pathway", (stop.line, 0), message, code.mend);
        }
    }
    problems.finish()
}
