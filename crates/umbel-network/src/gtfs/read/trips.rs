//! trips.txt and frequencies.txt.

use super::Ids;
use super::stops::wheelchair;
use crate::gtfs::feed::Feed;
use crate::gtfs::model::{Frequency, Trip};
use crate::gtfs::notice;
use crate::gtfs::rows::{Reference, Rows};

pub(super) fn trips(rows: &mut Rows<'_>, feed: &mut Feed, ids: &mut Ids) {
    let [id, route, service, headsign, short_name, direction, block, shape, wheelchairs, bikes] = [
        "trip_id",
        "route_id",
        "service_id",
        "trip_headsign",
        "trip_short_name",
        "direction_id",
        "block_id",
        "shape_id",
        "wheelchair_accessible",
        "bikes_allowed",
    ]
    .map(|name| rows.column(name));
    while rows.advance() {
        let Some(key) = rows.id(id) else { continue };
        if ids.trips.get(&key).is_some() {
            rows.duplicate(id, &key);
            continue;
        }
        let route = rows.required_reference(route, &ids.routes, "routes.txt");
        let service = rows.required_reference(service, &ids.services, "calendar.txt or calendar_dates.txt");
        rows.choice(bikes, 2);
        let trip = Trip {
            headsign: rows.owned(headsign),
            short_name: rows.owned(short_name),
            direction: rows.choice(direction, 1),
            block: rows.owned(block),
            shape: rows.reference(shape, &ids.shapes, "shapes.txt").row(),
            wheelchair: wheelchair(rows.choice(wheelchairs, 2)),
            line: rows.line(),
            id: key.as_ref().into(),
            ..Trip::default()
        };
        let (Reference::Row(route), Reference::Row(service)) = (route, service) else {
            // Its stop times are no fault of their own.
            ids.trips.insert(&key, None);
            continue;
        };
        ids.trips.insert(&key, Some(feed.trips.len() as u32));
        feed.trips.push(Trip { route, service, ..trip });
    }
}

pub(super) fn frequencies(rows: &mut Rows<'_>, feed: &mut Feed, ids: &mut Ids) {
    let [trip, start, end, headway, exact] =
        ["trip_id", "start_time", "end_time", "headway_secs", "exact_times"].map(|name| rows.column(name));
    while rows.advance() {
        let row = rows.required_reference(trip, &ids.trips, "trips.txt").row();
        rows.demand(&[start, end, headway]);
        let (from, to) = (rows.time(start), rows.time(end));
        let seconds = rows.integer(headway, 1, 86_400 * 7);
        let exact = rows.choice(exact, 1) == Some(1);
        let (Some(row), Some(from), Some(to), Some(seconds)) = (row, from, to, seconds) else { continue };
        if from >= to {
            let code =
                if from == to { &notice::START_AND_END_RANGE_EQUAL } else { &notice::START_AND_END_RANGE_OUT_OF_ORDER };
            rows.problem(code, end, "The headway ends at or before its start; it was not read");
            continue;
        }
        // In range by the check above.
        let headway = seconds as u32;
        feed.frequencies.push(Frequency { trip: row, start: from, end: to, headway, exact, line: rows.line() });
    }
    feed.frequencies.sort_by_key(|frequency| (frequency.trip, frequency.start, frequency.line));
    let mut kept: Vec<Frequency> = Vec::with_capacity(feed.frequencies.len());
    for &frequency in &feed.frequencies {
        if let Some(before) = kept.last().filter(|before| before.trip == frequency.trip && before.end > frequency.start)
        {
            let (code, same) = if before.start == frequency.start {
                (&notice::DUPLICATE_KEY, "begins at the same time as")
            } else {
                (&notice::OVERLAPPING_FREQUENCY, "begins before the end of")
            };
            let message = format!("The headway {same} the one on line {}", before.line);
            rows.problems.add(code, start.name, (frequency.line, 0), message, code.mend);
            if before.start == frequency.start {
                continue;
            }
        }
        kept.push(frequency);
    }
    feed.frequencies = kept;
    let mut first = 0;
    for run in feed.frequencies.chunk_by(|a, b| a.trip == b.trip) {
        let trip = &mut feed.trips[run[0].trip as usize];
        (trip.first_frequency, trip.frequency_count) = (first, run.len() as u32);
        first += run.len() as u32;
    }
}
