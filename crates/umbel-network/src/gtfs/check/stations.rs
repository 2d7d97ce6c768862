//! Transfers and pathways.

use super::About;
use crate::gtfs::feed::Feed;
use crate::gtfs::model::{LocationKind, Transfer};
use crate::gtfs::notice;
use crate::gtfs::project::metres;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use umbel_core::Finding;

pub(super) fn check(feed: &Feed) -> Vec<Finding> {
    let mut findings = transfers(feed);
    findings.extend(pathways(feed));
    findings.extend(reachable(feed));
    findings
}

fn transfers(feed: &Feed) -> Vec<Finding> {
    let mut about = About::new(feed, "transfers.txt");
    for transfer in &feed.transfers {
        let ends = [
            (transfer.from_stop, transfer.from_route, transfer.from_trip),
            (transfer.to_stop, transfer.to_route, transfer.to_trip),
        ];
        for (stop, route, trip) in ends {
            let place = stop.and_then(|stop| feed.stops.get(stop as usize));
            let meant = |kind| matches!(kind, LocationKind::Stop | LocationKind::Station);
            if let Some(place) = place.filter(|place| !meant(place.kind)) {
                let message = format!("{} is neither a stop nor a station", place.id);
                about.row(&notice::TRANSFER_WITH_INVALID_STOP_LOCATION_TYPE, transfer.line, message);
            }
            let Some(trip) = trip.and_then(|trip| feed.trips.get(trip as usize)) else { continue };
            if route.is_some_and(|route| route != trip.route) {
                let message = format!("The trip {} is of another route", trip.id);
                about.row(&notice::TRANSFER_WITH_INVALID_TRIP_AND_ROUTE, transfer.line, message);
            }
            if let Some(stop) = stop {
                let calls = feed.times(trip).iter().any(|time| is_or_holds(feed, stop, time.stop));
                if !calls {
                    let message = format!("The trip {} does not call at {}", trip.id, feed.stops[stop as usize].id);
                    about.row(&notice::TRANSFER_WITH_INVALID_TRIP_AND_STOP, transfer.line, message);
                }
            }
        }
        distance(feed, &mut about, transfer);
        in_seat(feed, &mut about, transfer);
    }
    about.finish()
}

/// Whether `inner` is the place, or a platform of the station, `outer`.
fn is_or_holds(feed: &Feed, outer: u32, inner: u32) -> bool {
    outer == inner || feed.stops[inner as usize].parent == Some(outer)
}

fn distance(feed: &Feed, about: &mut About, transfer: &Transfer) {
    let point = |stop: Option<u32>| stop.and_then(|stop| feed.stops[stop as usize].point);
    let Some((from, to)) = point(transfer.from_stop).zip(point(transfer.to_stop)) else { return };
    let kilometres = metres(from, to) / 1000.0;
    let message = format!("The stops of the transfer are {kilometres:.1} km apart");
    if kilometres > 10.0 {
        about.row(&notice::TRANSFER_DISTANCE_TOO_LARGE, transfer.line, message);
    } else if kilometres > 2.0 {
        about.row(&notice::TRANSFER_DISTANCE_ABOVE_2_KM, transfer.line, message);
    }
}

fn in_seat(feed: &Feed, about: &mut About, transfer: &Transfer) {
    if transfer.kind < 4 {
        return;
    }
    let edge = |trip: Option<u32>, last: bool| {
        let times = feed.times(feed.trips.get(trip? as usize)?);
        if last { times.last() } else { times.first() }.map(|time| time.stop)
    };
    let ends = [
        (transfer.from_stop, edge(transfer.from_trip, true), "last stop of the trip that ends"),
        (transfer.to_stop, edge(transfer.to_trip, false), "first stop of the trip that begins"),
    ];
    for (stop, edge, what) in ends {
        let elsewhere = stop.zip(edge).filter(|&(stop, edge)| !is_or_holds(feed, stop, edge));
        if let Some((stop, _)) = elsewhere {
            let message = format!("{} is not the {what}", feed.stops[stop as usize].id);
            about.row(&notice::TRANSFER_WITH_SUSPICIOUS_MID_TRIP_IN_SEAT, transfer.line, message);
        }
    }
}

/// Platforms that have boarding areas.
fn with_areas(feed: &Feed) -> FxHashSet<u32> {
    let areas = feed.stops.iter().filter(|stop| stop.kind == LocationKind::BoardingArea);
    areas.filter_map(|stop| stop.parent).collect()
}

fn pathways(feed: &Feed) -> Vec<Finding> {
    let mut about = About::new(feed, "pathways.txt");
    let areas = with_areas(feed);
    let mut lifts = BTreeSet::new();
    for pathway in &feed.pathways {
        for end in [pathway.from, pathway.to] {
            let place = &feed.stops[end as usize];
            if place.kind == LocationKind::Station {
                let message = format!("The pathway {} leads to the station {}", pathway.id, place.id);
                about.row(&notice::PATHWAY_TO_WRONG_LOCATION_TYPE, pathway.line, message);
            } else if areas.contains(&end) {
                let message = format!("The pathway {} leads to {}, which has boarding areas", pathway.id, place.id);
                about.row(&notice::PATHWAY_TO_PLATFORM_WITH_BOARDING_AREAS, pathway.line, message);
            }
            if pathway.mode == 5 && place.level.is_none() {
                lifts.insert(end);
            }
        }
        if pathway.from == pathway.to {
            let message = format!("The pathway {} begins where it ends", pathway.id);
            about.row(&notice::PATHWAY_LOOP, pathway.line, message);
        }
    }
    let mut findings = about.finish();
    let mut of_stops = About::new(feed, "stops.txt");
    for stop in lifts {
        let stop = &feed.stops[stop as usize];
        let message = format!("{} is reached by an elevator and has no level", stop.id);
        of_stops.row(&notice::MISSING_LEVEL_ID, stop.line, message);
    }
    findings.extend(of_stops.finish());
    findings
}

/// Whether all of a station with pathways can be reached from an entrance and left by one.
fn reachable(feed: &Feed) -> Vec<Finding> {
    let mut about = About::new(feed, "stops.txt");
    let mut forward: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    let mut backward: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    let mut neighbours: FxHashMap<u32, BTreeSet<u32>> = FxHashMap::default();
    for pathway in &feed.pathways {
        let ways: &[(u32, u32)] = match pathway.bidirectional {
            true => &[(pathway.from, pathway.to), (pathway.to, pathway.from)],
            false => &[(pathway.from, pathway.to)],
        };
        for &(from, to) in ways {
            forward.entry(from).or_default().push(to);
            backward.entry(to).or_default().push(from);
        }
        if pathway.from != pathway.to {
            neighbours.entry(pathway.from).or_default().insert(pathway.to);
            neighbours.entry(pathway.to).or_default().insert(pathway.from);
        }
    }
    if feed.pathways.is_empty() {
        return Vec::new();
    }
    let entrances = feed.stops.iter().enumerate().filter(|(_, stop)| stop.kind == LocationKind::Entrance);
    let entrances: Vec<u32> = entrances.map(|(row, _)| row as u32).collect();
    let (entered, left) = (spread(&entrances, &forward), spread(&entrances, &backward));
    let stations: FxHashSet<u32> = feed
        .pathways
        .iter()
        .flat_map(|pathway| [pathway.from, pathway.to])
        .filter_map(|end| feed.station(end))
        .collect();
    let areas = with_areas(feed);
    for (row, stop) in feed.stops.iter().enumerate() {
        let row = row as u32;
        if feed.station(row).is_none_or(|station| !stations.contains(&station)) {
            continue;
        }
        let counts = match stop.kind {
            LocationKind::Stop => !areas.contains(&row),
            LocationKind::GenericNode | LocationKind::BoardingArea => true,
            LocationKind::Station | LocationKind::Entrance => false,
        };
        if counts && !(entered.contains(&row) && left.contains(&row)) {
            let what = if entered.contains(&row) { "left by any exit" } else { "reached from any entrance" };
            let message = format!("{} cannot be {what} of its station", stop.id);
            about.row(&notice::PATHWAY_UNREACHABLE_LOCATION, stop.line, message);
        }
        if stop.kind == LocationKind::GenericNode && neighbours.get(&row).is_some_and(|near| near.len() == 1) {
            let message = format!("The node {} has one neighbour only", stop.id);
            about.row(&notice::PATHWAY_DANGLING_GENERIC_NODE, stop.line, message);
        }
    }
    about.finish()
}

/// All that can be reached from some places.
fn spread(from: &[u32], ways: &FxHashMap<u32, Vec<u32>>) -> FxHashSet<u32> {
    let mut reached: FxHashSet<u32> = from.iter().copied().collect();
    let mut open = from.to_vec();
    while let Some(at) = open.pop() {
        for &next in ways.get(&at).map_or(&[][..], Vec::as_slice) {
            if reached.insert(next) {
                open.push(next);
            }
        }
    }
    reached
}
