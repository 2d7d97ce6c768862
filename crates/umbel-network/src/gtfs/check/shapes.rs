//! Shapes, and how the stops of trips lie along them.

use super::About;
use crate::gtfs::feed::Feed;
use crate::gtfs::notice;
use crate::gtfs::project::{Line, metres};
use rustc_hash::{FxHashMap, FxHashSet};
use umbel_core::Finding;

/// Metres that a stop may lie from the shape of its trip.
const NEAR: f64 = 100.0;

/// Places of one shape that a stop may be near to before it is unclear where it belongs.
const MATCHES: usize = 20;

pub(super) fn check(feed: &Feed) -> Vec<Finding> {
    let mut findings = by_themselves(feed);
    findings.extend(with_stops(feed));
    findings
}

fn by_themselves(feed: &Feed) -> Vec<Finding> {
    let mut about = About::new(feed, "shapes.txt");
    let mut used = vec![false; feed.shapes.len()];
    for shape in feed.trips.iter().filter_map(|trip| trip.shape) {
        used[shape as usize] = true;
    }
    for (shape, used) in feed.shapes.iter().zip(used) {
        let points = feed.shape(shape);
        if !used && !feed.trips.is_empty() {
            about.row(&notice::UNUSED_SHAPE, shape.line, format!("No trip follows the shape {}", shape.id));
        }
        if points.len() == 1 {
            about.row(&notice::SINGLE_SHAPE_POINT, shape.line, format!("The shape {} has one point", shape.id));
        }
        for pair in points.windows(2) {
            let Some((before, distance)) = pair[0].distance.zip(pair[1].distance) else { continue };
            let apart = metres((pair[0].longitude, pair[0].latitude), (pair[1].longitude, pair[1].latitude));
            let line = pair[1].line;
            if distance < before {
                let message = format!("shape_dist_traveled is {distance} after {before}");
                about.row(&notice::DECREASING_SHAPE_DISTANCE, line, message);
            } else if distance == before && apart == 0.0 {
                about.row(&notice::EQUAL_SHAPE_DISTANCE_SAME_COORDINATES, line, "The point is that of the row before");
            } else if distance == before && apart > 1.11 {
                let message = format!("shape_dist_traveled is that of a point {apart:.1} m before");
                about.row(&notice::EQUAL_SHAPE_DISTANCE_DIFF_COORDINATES, line, message);
            }
        }
    }
    about.finish()
}

fn with_stops(feed: &Feed) -> Vec<Finding> {
    let (mut about, mut of_trips) = (About::new(feed, "stop_times.txt"), About::new(feed, "trips.txt"));
    let mut lines: FxHashMap<u32, Line> = FxHashMap::default();
    let mut patterns: FxHashSet<(u32, Vec<u32>)> = FxHashSet::default();
    let mut told: FxHashSet<(u32, u32)> = FxHashSet::default();
    for trip in &feed.trips {
        let (Some(number), times) = (trip.shape, feed.times(trip)) else { continue };
        let shape = &feed.shapes[number as usize];
        let points = feed.shape(shape);
        let point = |row: usize| points.get(row).map(|point| (point.longitude, point.latitude));
        let reach = |stop: u32| feed.stops[stop as usize].point;
        let travelled = times.iter().filter_map(|time| time.distance).reduce(f32::max);
        let whole = points.iter().filter_map(|point| point.distance).reduce(f32::max);
        if let Some((travelled, whole)) = travelled.zip(whole).filter(|(travelled, whole)| travelled > whole) {
            let ends = times.last().and_then(|time| reach(time.stop)).zip(points.len().checked_sub(1).and_then(point));
            if ends.is_some_and(|(stop, end)| metres(stop, end) >= 11.1) {
                let message = format!("The trip {} travels {travelled} along a shape of {whole}", trip.id);
                of_trips.row(&notice::TRIP_DISTANCE_EXCEEDS_SHAPE_DISTANCE, trip.line, message);
            }
        }
        let stops: Vec<u32> = times.iter().map(|time| time.stop).collect();
        if points.len() < 2 || !patterns.insert((number, stops.clone())) {
            continue;
        }
        let line = lines.entry(number).or_insert_with(|| {
            Line::new(&points.iter().map(|point| (point.longitude, point.latitude)).collect::<Vec<_>>())
        });
        let mut all_near = true;
        for time in times {
            let Some(place) = reach(time.stop) else { continue };
            let Some(nearest) = line.closest(place) else { continue };
            if nearest.away > NEAR {
                all_near = false;
                if told.insert((number, time.stop)) {
                    let (stop, away) = (&feed.stops[time.stop as usize].id, nearest.away);
                    let message = format!("The stop {stop} lies {away:.0} m from the shape {}", shape.id);
                    about.row(&notice::STOP_TOO_FAR_FROM_SHAPE, time.line, message);
                }
            } else if matches(line, place) > MATCHES && told.insert((number, time.stop)) {
                let stop = &feed.stops[time.stop as usize].id;
                let message = format!("The shape {} passes the stop {stop} more than {MATCHES} times", shape.id);
                about.row(&notice::STOP_HAS_TOO_MANY_MATCHES_FOR_SHAPE, time.line, message);
            }
        }
        let places: Option<Vec<(f64, f64)>> = stops.iter().map(|&stop| reach(stop)).collect();
        let found = places.filter(|_| all_near).and_then(|places| line.in_order(&places));
        // The stop that is left furthest from the shape is as a rule the one to blame.
        let furthest = found.and_then(|found| {
            let away = found.iter().map(|along| along.away).enumerate();
            away.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).filter(|&(_, away)| away > NEAR)
        });
        if let Some((at, _)) = furthest {
            let stop = &feed.stops[times[at].stop as usize].id;
            let message = format!("The shape {} does not reach the stops of {} in their order", shape.id, trip.id);
            about.row(&notice::STOPS_MATCH_SHAPE_OUT_OF_ORDER, times[at].line, format!("{message} (at {stop})"));
        }
    }
    let mut findings = about.finish();
    findings.extend(of_trips.finish());
    findings
}

/// How often a shape comes near a place: runs of segments within reach of it.
fn matches(line: &Line, place: (f64, f64)) -> usize {
    let mut inside = false;
    let mut count = 0;
    for along in line.nearest(place) {
        let near = along.away <= NEAR;
        count += usize::from(near && !inside);
        inside = near;
    }
    count
}
