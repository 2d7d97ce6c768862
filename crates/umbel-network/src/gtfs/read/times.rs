//! stop_times.txt and shapes.txt, the long files.

use super::Ids;
use crate::gtfs::feed::Feed;
use crate::gtfs::model::{LocationKind, Shape, ShapePoint, Stop, StopTime};
use crate::gtfs::notice;
use crate::gtfs::rows::{Reference, Rows};
use rayon::prelude::*;

pub(super) fn shapes(rows: &mut Rows<'_>, feed: &mut Feed, ids: &mut Ids) {
    let [id, latitude, longitude, sequence, distance] =
        ["shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence", "shape_dist_traveled"]
            .map(|name| rows.column(name));
    let mut last: (Box<str>, u32) = ("".into(), 0);
    while rows.advance() {
        let Some(key) = rows.id(id) else { continue };
        if *key != *last.0 || feed.shapes.is_empty() {
            let row = ids.shapes.get(&key).flatten().unwrap_or_else(|| {
                let row = feed.shapes.len() as u32;
                ids.shapes.insert(&key, Some(row));
                feed.shapes.push(Shape { id: key.as_ref().into(), first: 0, count: 0, line: rows.line() });
                row
            });
            last = (key.as_ref().into(), row);
        }
        rows.demand(&[latitude, longitude, sequence]);
        let point = rows.float(longitude, -180.0, 180.0).zip(rows.float(latitude, -90.0, 90.0));
        let (Some((longitude_of, latitude_of)), Some(sequence)) = (point, rows.count(sequence)) else { continue };
        super::stops::near(rows, latitude, longitude_of, latitude_of);
        let distance = rows.float(distance, 0.0, 1e9).map(|distance| distance as f32);
        feed.points.push(ShapePoint {
            shape: last.1,
            sequence,
            longitude: longitude_of,
            latitude: latitude_of,
            distance,
            line: rows.line(),
        });
    }
    let order = |point: &ShapePoint| (point.shape, point.sequence);
    if !feed.points.is_sorted_by_key(order) {
        feed.points.sort_by_key(order);
    }
    let mut problems = Vec::new();
    feed.points.dedup_by(|later, earlier| {
        let same = (later.shape, later.sequence) == (earlier.shape, earlier.sequence);
        if same {
            problems.push((later.line, later.sequence));
        }
        same
    });
    for (line, number) in problems {
        let code = &notice::DUPLICATE_KEY;
        let message = format!("shape_pt_sequence {number} of this shape stands in the file already");
        rows.problems.add(code, sequence.name, (line, 0), message, code.mend);
    }
    let mut first = 0;
    for run in feed.points.chunk_by(|a, b| a.shape == b.shape) {
        let shape = &mut feed.shapes[run[0].shape as usize];
        (shape.first, shape.count) = (first, run.len() as u32);
        first += run.len() as u32;
    }
}

/// Bytes of a part of stop_times.txt that one thread reads: large enough that what is done once a part does not count.
const PART: usize = 4 << 20;

pub(super) fn stop_times(rows: &mut Rows<'_>, feed: &mut Feed, ids: &mut Ids) {
    feed.has.timepoint = rows.column("timepoint").exists();
    let sequence = rows.column("stop_sequence");
    let stops = &feed.stops;
    let parts: Vec<_> =
        rows.parts(PART).into_par_iter().map(|mut part| (part_of_stop_times(&mut part, stops, ids), part)).collect();
    for (list, part) in parts {
        feed.stop_times.extend(list);
        rows.absorb(part);
    }
    let order = |time: &StopTime| (time.trip, time.sequence);
    if !feed.stop_times.is_sorted_by_key(order) {
        feed.stop_times.sort_by_key(order);
    }
    let mut doubles = Vec::new();
    feed.stop_times.dedup_by(|later, earlier| {
        let same = (later.trip, later.sequence) == (earlier.trip, earlier.sequence);
        if same {
            doubles.push((later.line, later.sequence));
        }
        same
    });
    for (line, number) in doubles {
        let code = &notice::DUPLICATE_KEY;
        let message = format!("stop_sequence {number} of this trip stands in the file already");
        rows.problems.add(code, sequence.name, (line, 0), message, code.mend);
    }
    let mut first = 0;
    for run in feed.stop_times.chunk_by(|a, b| a.trip == b.trip) {
        let trip = &mut feed.trips[run[0].trip as usize];
        (trip.first, trip.count) = (first, run.len() as u32);
        first += run.len() as u32;
    }
}

fn part_of_stop_times(rows: &mut Rows<'_>, stops: &[Stop], ids: &Ids) -> Vec<StopTime> {
    let mut list = Vec::new();
    let [trip, arrival, departure, stop, sequence, pickup, drop_off, distance, timepoint] = [
        "trip_id",
        "arrival_time",
        "departure_time",
        "stop_id",
        "stop_sequence",
        "pickup_type",
        "drop_off_type",
        "shape_dist_traveled",
        "timepoint",
    ]
    .map(|name| rows.column(name));
    let [group, area] = ["location_group_id", "location_id"].map(|name| rows.column(name));
    // Rows of a trip stand together as a rule: its id is looked up once.
    let mut last = (String::new(), Reference::Empty);
    while rows.advance() {
        let Some(key) = rows.required(trip) else { continue };
        if *key != *last.0 {
            last = (key.clone().into_owned(), rows.reference(trip, &ids.trips, "trips.txt"));
        } else if last.1 == Reference::Broken {
            // An id that is nowhere is told once a row, as the other references are.
            rows.reference(trip, &ids.trips, "trips.txt");
        }
        let place = rows.reference(stop, &ids.stops, "stops.txt");
        if place == Reference::Empty {
            if rows.filled(group) || rows.filled(area) {
                let message = "A place where vehicles come on demand is not taken into account";
                rows.problem(&notice::PART_OF_THE_FEED_NOT_USED, if group.exists() { group } else { area }, message);
            } else {
                rows.missing(stop);
            }
        }
        rows.demand(&[sequence]);
        let mut times = (rows.time(arrival), rows.time(departure));
        let given = (rows.filled(arrival), rows.filled(departure));
        if given.0 != given.1 {
            let column = if given.0 { departure } else { arrival };
            let message = format!("{} is empty, though its fellow is given", column.name);
            rows.problem(&notice::STOP_TIME_WITH_ONLY_ARRIVAL_OR_DEPARTURE_TIME, column, message);
        }
        times = (times.0.or(times.1), times.1.or(times.0));
        if times.0.zip(times.1).is_some_and(|(arrives, departs)| arrives > departs) {
            let message = "The trip departs before it arrives";
            rows.problem(&notice::START_AND_END_RANGE_OUT_OF_ORDER, departure, message);
        }
        let exact = rows.choice(timepoint, 1).map(|choice| choice == 1);
        if exact == Some(true) && given == (false, false) {
            let message = "timepoint is 1, and there are no times";
            rows.problem(&notice::STOP_TIME_TIMEPOINT_WITHOUT_TIMES, timepoint, message);
        }
        let number = rows.count(sequence);
        let (get_on, get_off) = (rows.choice(pickup, 3).unwrap_or(0), rows.choice(drop_off, 3).unwrap_or(0));
        let travelled = rows.float(distance, 0.0, 1e9).map(|distance| distance as f32);
        let (Some(trip), Some(place), Some(number)) = (last.1.row(), place.row(), number) else { continue };
        if !matches!(stops[place as usize].kind, LocationKind::Stop) {
            let message = format!("{} is not a stop or platform", stops[place as usize].id);
            rows.problem(&notice::LOCATION_WITH_UNEXPECTED_STOP_TIME, stop, message);
        }
        list.push(StopTime {
            trip,
            stop: place,
            sequence: number,
            arrival: times.0,
            departure: times.1,
            distance: travelled,
            pickup: get_on,
            drop_off: get_off,
            timepoint: exact,
            line: rows.line(),
        });
    }
    list
}
