//! Trips in time and space: speeds, distances and blocks.

use super::About;
use crate::gtfs::feed::Feed;
use crate::gtfs::model::{StopTime, Trip};
use crate::gtfs::notice;
use crate::gtfs::project::metres;
use jiff::ToSpan;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use umbel_core::Finding;

/// Stops further apart than this, in km, are far.
const FAR: f64 = 10.0;

pub(super) fn check(feed: &Feed) -> Vec<Finding> {
    let mut about = About::new(feed, "stop_times.txt");
    for trip in &feed.trips {
        let times = feed.times(trip);
        distances(&mut about, times);
        timepoints(feed, &mut about, times);
        if trip.usable {
            speeds(feed, &mut about, trip, times);
        }
    }
    let mut findings = about.finish();
    findings.extend(blocks(feed));
    findings
}

fn distances(about: &mut About, times: &[StopTime]) {
    let known = times.iter().filter_map(|time| time.distance.map(|distance| (distance, time.line)));
    let known: Vec<(f32, u32)> = known.collect();
    for pair in known.windows(2) {
        let [(before, _), (distance, line)] = [pair[0], pair[1]];
        if distance <= before {
            let message = format!("shape_dist_traveled is {distance} after {before} at the stop before");
            about.row(&notice::DECREASING_OR_EQUAL_STOP_TIME_DISTANCE, line, message);
        }
    }
}

fn timepoints(feed: &Feed, about: &mut About, times: &[StopTime]) {
    let silent = times.iter().filter(|time| time.arrival.is_some() && time.timepoint.is_none());
    for time in silent.filter(|_| feed.has.timepoint) {
        about.row(&notice::MISSING_TIMEPOINT_VALUE, time.line, "timepoint is empty beside times");
    }
}

/// Kilometres an hour that a vehicle can reach, by the thresholds of the canonical validator; extended types have those
/// of the type they belong to.
fn fastest(vehicle: u16) -> f64 {
    match vehicle {
        0 | 900..=906 => 100.0,
        2 | 100..=117 => 500.0,
        1 | 3 | 11 | 12 | 200..=209 | 400..=405 | 500 | 600 | 700..=716 | 800 => 150.0,
        4 | 1000..=1021 | 1200 => 80.0,
        5 => 30.0,
        6 | 7 | 1300..=1307 | 1400..=1402 => 50.0,
        // An aeroplane.
        1100..=1114 => 1_200.0,
        _ => 200.0,
    }
}

/// Seconds between two stops as speeds are judged: times in whole minutes may be a minute off.
fn seconds(leaves: i32, arrives: i32) -> f64 {
    let between = arrives - leaves;
    if between <= 0 {
        60.0
    } else if leaves % 60 == 0 && arrives % 60 == 0 {
        f64::from(between + 60)
    } else {
        f64::from(between)
    }
}

fn speeds(feed: &Feed, about: &mut About, trip: &Trip, times: &[StopTime]) {
    let limit = fastest(feed.routes[trip.route as usize].vehicle);
    let point = |time: &StopTime| feed.stops[time.stop as usize].point;
    let name = |time: &StopTime| &feed.stops[time.stop as usize].id;
    for pair in times.windows(2) {
        let (Some(leaves), Some(arrives)) = (pair[0].departure, pair[1].arrival) else { continue };
        let Some((from, to)) = point(&pair[0]).zip(point(&pair[1])) else { continue };
        let kilometres = metres(from, to) / 1000.0;
        let speed = kilometres * 3600.0 / seconds(leaves, arrives);
        if speed > limit {
            let message =
                format!("The trip {} covers {kilometres:.1} km from {} at {speed:.0} km/h", trip.id, name(&pair[0]));
            about.row(&notice::FAST_TRAVEL_BETWEEN_CONSECUTIVE_STOPS, pair[1].line, message);
        }
    }
    // Between far stops once a trip, as the canonical rule has it: the first stop that is reached too fast, from the
    // nearest far stop before it.
    let timed: Vec<(usize, f64)> = {
        let mut total = 0.0;
        let mut before = None;
        let place = |(index, time): (usize, &StopTime)| {
            if let Some((from, to)) = before.zip(point(time)) {
                total += metres(from, to) / 1000.0;
            }
            before = point(time).or(before);
            (index, total)
        };
        times.iter().enumerate().map(place).filter(|&(index, _)| times[index].arrival.is_some()).collect()
    };
    for (end, &(to, reached)) in timed.iter().enumerate() {
        for &(from, left) in timed[..end].iter().rev() {
            let (Some(leaves), Some(arrives)) = (times[from].departure, times[to].arrival) else { continue };
            let kilometres = reached - left;
            let speed = kilometres * 3600.0 / seconds(leaves, arrives);
            if speed > limit && kilometres > FAR {
                let message = format!(
                    "The trip {} covers {kilometres:.1} km from {} at {speed:.0} km/h",
                    trip.id,
                    name(&times[from])
                );
                about.row(&notice::FAST_TRAVEL_BETWEEN_FAR_STOPS, times[to].line, message);
                return;
            }
        }
    }
}

fn blocks(feed: &Feed) -> Vec<Finding> {
    let mut about = About::new(feed, "trips.txt");
    let mut blocks: BTreeMap<&str, Vec<(i32, i32, &Trip)>> = BTreeMap::new();
    let once = feed.trips.iter().filter(|trip| trip.usable && !trip.block.is_empty() && trip.frequency_count == 0);
    for trip in once {
        let times = feed.times(trip);
        let ends = times.first().and_then(|time| time.departure).zip(times.last().and_then(|time| time.arrival));
        if let Some((begin, end)) = ends {
            blocks.entry(&trip.block).or_default().push((begin, end, trip));
        }
    }
    let mut together: FxHashMap<(u32, u32), bool> = FxHashMap::default();
    for trips in blocks.values_mut() {
        trips.sort_by_key(|&(begin, end, trip)| (begin, end, trip.line));
        for (index, &(_, end, first)) in trips.iter().enumerate() {
            for &(begin, _, second) in trips[index + 1..].iter().take_while(|(begin, _, _)| *begin < end) {
                let (a, b) = (first.service.min(second.service), first.service.max(second.service));
                if *together.entry((a, b)).or_insert_with(|| share_a_day(feed, a, b)) {
                    let message = format!(
                        "The trip {} begins {} s before the end of {} (line {}) of the same block",
                        second.id,
                        end - begin,
                        first.id,
                        first.line
                    );
                    about.row(&notice::BLOCK_TRIPS_WITH_OVERLAPPING_STOP_TIMES, second.line, message);
                }
            }
        }
    }
    about.finish()
}

/// Whether two services run on a common day.
fn share_a_day(feed: &Feed, a: u32, b: u32) -> bool {
    let (a, b) = (&feed.services[a as usize], &feed.services[b as usize]);
    let Some(((first, last), (other_first, other_last))) = a.days().zip(b.days()) else { return false };
    let (first, last) = (first.max(other_first), last.min(other_last));
    // Weekly patterns repeat: two years of days are enough to meet one they share.
    first.series(1.day()).take(800).take_while(|&date| date <= last).any(|date| a.runs_on(date) && b.runs_on(date))
}
