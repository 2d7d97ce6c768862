//! Transfers that a feed states: those of transfers.txt, and the ways through stations of pathways.txt.

use super::compile::{Compiled, Options};
use super::feed::Feed;
use super::model::{LocationKind, Pathway, Transfer};
use super::notice;
use super::project::metres;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use umbel_access::timetable;
use umbel_core::Finding;
use umbel_core::problems::Problems;

/// Seconds for a step of stairs, where a pathway states their number and neither time nor length: 0.3 m at 0.5 m/s.
const STEP: f64 = 0.6;

/// Adds the transfers of a feed; `stops` are the numbers of its rows in the timetable. Transfers between stations hold
/// between all their platforms, those between stops win over them, and stated ones over ways through the station.
pub(super) fn transfers(
    feed: &Feed,
    stops: &[Option<u32>],
    compiled: &mut Compiled,
    options: &Options,
) -> Vec<Finding> {
    let mut stated: BTreeMap<(u32, u32), (u8, Option<u32>)> = BTreeMap::new();
    let mut problems = Problems::new(&format!("{}/transfers.txt", feed.name));
    let platforms = platforms(feed, stops);
    let expand = |stop: u32| -> &[u32] { platforms.get(stop as usize).map_or(&[], Vec::as_slice) };
    for transfer in &feed.transfers {
        let Some(seconds) = seconds_of(transfer, &mut problems) else { continue };
        let (Some(from), Some(to)) = (transfer.from_stop, transfer.to_stop) else { continue };
        let rank = |stop: u32| u8::from(feed.stops[stop as usize].kind == LocationKind::Station);
        let rank = rank(from) + rank(to);
        for &from in expand(from) {
            for &to in expand(to) {
                let held = stated.entry((from, to)).or_insert((rank, seconds));
                if rank < held.0 {
                    *held = (rank, seconds);
                }
            }
        }
    }
    for ((from, to), seconds) in through_stations(feed, stops, options, &mut problems) {
        stated.entry((from, to)).or_insert((u8::MAX, Some(seconds)));
    }
    let all = stated.into_iter().map(|((from, to), (_, seconds))| timetable::Transfer { from, to, seconds });
    compiled.input.transfers.extend(all);
    problems.finish()
}

/// Outer `None`: the transfer says nothing about seconds between stops. Inner `None`: it is impossible.
#[allow(clippy::option_option, reason = "the outer one is whether, the inner one what")]
fn seconds_of(transfer: &Transfer, problems: &mut Problems) -> Option<Option<u32>> {
    if transfer.kind >= 4 {
        return None;
    }
    let narrow = [transfer.from_route, transfer.to_route, transfer.from_trip, transfer.to_trip];
    if narrow.iter().any(Option::is_some) {
        let code = &notice::PART_OF_THE_FEED_NOT_USED;
        let message = "A transfer that holds for single routes or trips is not taken into account";
        problems.add(code, "transfer_type", (transfer.line, 0), message, code.mend);
        return None;
    }
    match (transfer.kind, transfer.seconds) {
        (3, _) => Some(None),
        // Vehicles wait for each other.
        (1, seconds) => Some(Some(seconds.unwrap_or(0))),
        (_, Some(seconds)) => Some(Some(seconds)),
        _ => None,
    }
}

/// By row of stops.txt: the numbers of the stops it stands for, of a station those of its platforms.
fn platforms(feed: &Feed, stops: &[Option<u32>]) -> Vec<Vec<u32>> {
    let mut platforms: Vec<Vec<u32>> = stops.iter().map(|stop| stop.iter().copied().collect()).collect();
    for (row, stop) in feed.stops.iter().enumerate() {
        if let (LocationKind::Stop, Some(number), Some(parent)) = (stop.kind, stops[row], stop.parent) {
            platforms[parent as usize].push(number);
        }
    }
    platforms
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

/// The shortest ways between platforms over pathways (Dijkstra from each platform, over its station).
fn through_stations(
    feed: &Feed,
    stops: &[Option<u32>],
    options: &Options,
    problems: &mut Problems,
) -> Vec<((u32, u32), u32)> {
    let mut ways: FxHashMap<u32, Vec<(u32, u64)>> = FxHashMap::default();
    let mut add = |from: u32, to: u32, milliseconds: u64| ways.entry(from).or_default().push((to, milliseconds));
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
        add(pathway.from, pathway.to, milliseconds);
        if pathway.bidirectional {
            add(pathway.to, pathway.from, milliseconds);
        }
    }
    // Pathways lead to the boarding areas of a platform that has some: they are one place with it.
    for (row, stop) in feed.stops.iter().enumerate() {
        if let (LocationKind::BoardingArea, Some(platform)) = (stop.kind, stop.parent) {
            add(row as u32, platform, 0);
            add(platform, row as u32, 0);
        }
    }
    let mut found = Vec::new();
    for (row, number) in stops.iter().enumerate() {
        let (row, Some(number)) = (row as u32, number) else { continue };
        if !ways.contains_key(&row) {
            continue;
        }
        let mut settled = FxHashSet::default();
        let mut queue = BinaryHeap::from([Reverse((0_u64, row))]);
        while let Some(Reverse((cost, at))) = queue.pop() {
            if !settled.insert(at) {
                continue;
            }
            if let Some(other) = stops[at as usize].filter(|_| at != row) {
                // Hours fit into u32.
                found.push(((*number, other), u32::try_from(cost.div_ceil(1000)).unwrap_or(u32::MAX - 1)));
            }
            for &(next, step) in ways.get(&at).map_or(&[][..], Vec::as_slice) {
                queue.push(Reverse((cost + step, next)));
            }
        }
    }
    found
}
