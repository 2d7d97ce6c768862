//! Transfers that a feed states: those of transfers.txt, and ways through stations where it states none.

use super::compile::{Compiled, Options};
use super::feed::Feed;
use super::model::{LocationKind, Transfer};
use super::notice;
use super::pathways::through_stations;
use std::collections::BTreeMap;
use umbel_access::timetable;
use umbel_core::Finding;
use umbel_core::problems::Problems;

/// Rank of what states a transfer (the lowest holds), and its seconds, with and without steps.
type Stated = (u8, Option<u32>, Option<u32>);

/// Adds the transfers of a feed; `stops` are the numbers of its rows in the timetable. Transfers between stations hold
/// between all their platforms, those between stops win over them, and stated ones over ways through the station.
pub(super) fn transfers(
    feed: &Feed,
    stops: &[Option<u32>],
    compiled: &mut Compiled,
    options: &Options,
) -> Vec<Finding> {
    let mut stated: BTreeMap<(u32, u32), Stated> = BTreeMap::new();
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
                let held = stated.entry((from, to)).or_insert((rank, seconds, seconds));
                if rank < held.0 {
                    *held = (rank, seconds, seconds);
                }
            }
        }
    }
    let (between, cut_off) = through_stations(feed, stops, compiled, options, &mut problems);
    for (pair, seconds, step_free) in between {
        stated.entry(pair).or_insert((u8::MAX, Some(seconds), step_free));
    }
    let transfer = |((from, to), (_, seconds, step_free))| timetable::Transfer { from, to, seconds, step_free };
    let all = stated.into_iter().map(transfer);
    compiled.input.transfers.extend(all);
    let mut findings = problems.finish();
    findings.extend(cut_off);
    findings
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
