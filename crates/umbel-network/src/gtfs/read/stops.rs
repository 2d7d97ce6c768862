//! levels.txt, stops.txt, transfers.txt and pathways.txt.

use super::Ids;
use crate::gtfs::feed::Feed;
use crate::gtfs::forms::{TIMEZONE, URL};
use crate::gtfs::model::{Level, LocationKind, Pathway, Stop, Transfer};
use crate::gtfs::notice;
use crate::gtfs::rows::{Reference, Rows};
use umbel_access::timetable::Wheelchair;

pub(super) fn levels(rows: &mut Rows<'_>, feed: &mut Feed, ids: &mut Ids) {
    let [id, index, name] = ["level_id", "level_index", "level_name"].map(|name| rows.column(name));
    while rows.advance() {
        let Some(key) = rows.id(id) else { continue };
        if !ids.levels.insert(&key, Some(feed.levels.len() as u32)) {
            rows.duplicate(id, &key);
            continue;
        }
        rows.demand(&[index]);
        let index = rows.float(index, -1e3, 1e3).unwrap_or(0.0);
        feed.levels.push(Level { id: key.as_ref().into(), index, name: rows.owned(name) });
    }
}

/// What a cell of 0, 1 or 2 says about wheelchairs.
pub(super) fn wheelchair(choice: Option<u8>) -> Wheelchair {
    match choice {
        Some(1) => Wheelchair::Yes,
        Some(2) => Wheelchair::No,
        _ => Wheelchair::Unknown,
    }
}

fn kind(choice: Option<u8>) -> LocationKind {
    match choice {
        Some(1) => LocationKind::Station,
        Some(2) => LocationKind::Entrance,
        Some(3) => LocationKind::GenericNode,
        Some(4) => LocationKind::BoardingArea,
        _ => LocationKind::Stop,
    }
}

pub(super) fn stops(rows: &mut Rows<'_>, feed: &mut Feed, ids: &mut Ids) {
    let [id, name, description, latitude, longitude, zone, url, location, parent] = [
        "stop_id",
        "stop_name",
        "stop_desc",
        "stop_lat",
        "stop_lon",
        "zone_id",
        "stop_url",
        "location_type",
        "parent_station",
    ]
    .map(|name| rows.column(name));
    let [timezone, wheelchairs, level, platform] =
        ["stop_timezone", "wheelchair_boarding", "level_id", "platform_code"].map(|name| rows.column(name));
    // Parents may stand below their children: they are looked up once all are read.
    let mut parents: Vec<(usize, Box<str>, (u32, u32))> = Vec::new();
    while rows.advance() {
        let Some(key) = rows.id(id) else { continue };
        if ids.stops.get(&key).is_some() {
            rows.duplicate(id, &key);
            continue;
        }
        let kind = kind(rows.choice(location, 4));
        let located = !matches!(kind, LocationKind::GenericNode | LocationKind::BoardingArea);
        let given = (rows.filled(longitude), rows.filled(latitude));
        let point = rows.float(longitude, -180.0, 180.0).zip(rows.float(latitude, -90.0, 90.0));
        if located && given != (true, true) {
            let column = if given.1 { longitude } else { latitude };
            rows.problem(&notice::STOP_WITHOUT_LOCATION, column, format!("The stop {key} has no coordinates"));
        }
        if let Some((longitude, latitude_of)) = point {
            near(rows, latitude, longitude, latitude_of);
        }
        rows.formed(timezone, TIMEZONE);
        let stop = Stop {
            name: rows.owned(name),
            description: rows.owned(description),
            point,
            kind,
            parent: None,
            wheelchair: wheelchair(rows.choice(wheelchairs, 2)),
            zone: rows.owned(zone),
            level: rows.reference(level, &ids.levels, "levels.txt").row(),
            platform: rows.owned(platform),
            url: rows.formed(url, URL),
            line: rows.line(),
            id: key.as_ref().into(),
        };
        if located && stop.name.is_empty() {
            rows.problem(&notice::MISSING_STOP_NAME, name, format!("The stop {key} has no name"));
        }
        let parent_id = rows.owned(parent);
        let needs = !matches!(kind, LocationKind::Stop | LocationKind::Station);
        if !parent_id.is_empty() {
            if kind == LocationKind::Station {
                let message = format!("The station {key} names {parent_id} as its parent");
                rows.problem(&notice::STATION_WITH_PARENT_STATION, parent, message);
            } else {
                parents.push((feed.stops.len(), parent_id, rows.position(parent)));
            }
        } else if needs {
            rows.problem(&notice::LOCATION_WITHOUT_PARENT_STATION, parent, format!("{key} belongs to no station"));
        }
        ids.stops.insert(&key, Some(feed.stops.len() as u32));
        feed.stops.push(stop);
    }
    for (child, parent_id, at) in parents {
        let Some(held) = ids.stops.get(&parent_id).flatten() else {
            let code = &notice::FOREIGN_KEY_VIOLATION;
            rows.problems.add(code, parent.name, at, format!("\"{parent_id}\" is not in stops.txt"), code.mend);
            continue;
        };
        let right = match feed.stops[child].kind {
            LocationKind::BoardingArea => LocationKind::Stop,
            _ => LocationKind::Station,
        };
        if feed.stops[held as usize].kind == right {
            feed.stops[child].parent = Some(held);
        } else {
            let code = &notice::WRONG_PARENT_LOCATION_TYPE;
            let message = format!("{parent_id} cannot be the parent of {}", feed.stops[child].id);
            rows.problems.add(code, parent.name, at, message, code.mend);
        }
    }
}

/// Tells of a point where coordinates lie that were never known.
pub(super) fn near(rows: &mut Rows<'_>, column: crate::gtfs::rows::Column, longitude: f64, latitude: f64) {
    if longitude.abs() <= 1.0 && latitude.abs() <= 1.0 {
        let message = format!("The point {latitude}, {longitude} lies at the origin");
        rows.problem(&notice::POINT_NEAR_ORIGIN, column, message);
    } else if latitude.abs() >= 89.0 {
        rows.problem(&notice::POINT_NEAR_POLE, column, format!("The point {latitude}, {longitude} lies at a pole"));
    }
}

pub(super) fn transfers(rows: &mut Rows<'_>, feed: &mut Feed, ids: &mut Ids) {
    let [from_stop, to_stop, from_route, to_route, from_trip, to_trip, kind, seconds] = [
        "from_stop_id",
        "to_stop_id",
        "from_route_id",
        "to_route_id",
        "from_trip_id",
        "to_trip_id",
        "transfer_type",
        "min_transfer_time",
    ]
    .map(|name| rows.column(name));
    let mut seen = rustc_hash::FxHashSet::default();
    while rows.advance() {
        let stops = [from_stop, to_stop].map(|column| rows.reference(column, &ids.stops, "stops.txt"));
        let routes = [from_route, to_route].map(|column| rows.reference(column, &ids.routes, "routes.txt"));
        let trips = [from_trip, to_trip].map(|column| rows.reference(column, &ids.trips, "trips.txt"));
        let kind_of = rows.choice(kind, 5).unwrap_or(0);
        let minimum = rows.count(seconds);
        let all = [stops, routes, trips];
        if all.iter().flatten().any(|&reference| reference == Reference::Broken) {
            continue;
        }
        let seated = kind_of >= 4;
        for (reference, column) in stops.into_iter().zip([from_stop, to_stop]) {
            if reference == Reference::Empty && !seated {
                rows.missing(column);
            }
        }
        for (reference, column) in trips.into_iter().zip([from_trip, to_trip]) {
            if reference == Reference::Empty && seated {
                rows.missing(column);
            }
        }
        if kind_of == 2 && minimum.is_none() {
            rows.problem(&notice::MISSING_RECOMMENDED_FIELD, seconds, "A transfer of type 2 says no min_transfer_time");
        }
        let [[from_stop_row, to_stop_row], [from_route, to_route], [from_trip, to_trip]] =
            all.map(|pair| pair.map(Reference::row));
        let transfer = Transfer {
            from_stop: from_stop_row,
            to_stop: to_stop_row,
            from_route,
            to_route,
            from_trip,
            to_trip,
            kind: kind_of,
            seconds: minimum,
            line: rows.line(),
        };
        let key = (from_stop_row, to_stop_row, from_route, to_route, from_trip, to_trip);
        if !seen.insert(key) {
            let message = "A transfer between the same stops, routes and trips stands in the file already";
            rows.problem(&notice::DUPLICATE_KEY, from_stop, message);
            continue;
        }
        feed.transfers.push(transfer);
    }
}

pub(super) fn pathways(rows: &mut Rows<'_>, feed: &mut Feed, ids: &mut Ids) {
    let [id, from, to, mode, bidirectional, length, traversal, stairs, max_slope, min_width] = [
        "pathway_id",
        "from_stop_id",
        "to_stop_id",
        "pathway_mode",
        "is_bidirectional",
        "length",
        "traversal_time",
        "stair_count",
        "max_slope",
        "min_width",
    ]
    .map(|name| rows.column(name));
    let mut seen = rustc_hash::FxHashSet::default();
    while rows.advance() {
        let Some(key) = rows.id(id) else { continue };
        if !seen.insert(key.clone()) {
            rows.duplicate(id, &key);
            continue;
        }
        let ends = [from, to].map(|column| rows.required_reference(column, &ids.stops, "stops.txt").row());
        rows.demand(&[mode, bidirectional]);
        let number = rows.choice(mode, 7);
        let both = rows.choice(bidirectional, 1) == Some(1);
        let metres = rows.float(length, 0.0, 1e5);
        let seconds = rows.count(traversal);
        let slope = rows.float(max_slope, -10.0, 10.0);
        let width = rows.float(min_width, 0.0, 1000.0);
        let steps = rows.integer(stairs, -10_000, 10_000).map(|steps| steps as i32);
        if number == Some(7) && both {
            let message = format!("The exit gate {key} is marked as usable in both directions");
            rows.problem(&notice::BIDIRECTIONAL_EXIT_GATE, bidirectional, message);
        }
        let ([Some(from), Some(to)], Some(mode)) = (ends, number) else { continue };
        feed.pathways.push(Pathway {
            id: key.as_ref().into(),
            from,
            to,
            mode,
            bidirectional: both && mode != 7,
            length: metres,
            traversal: seconds,
            stairs: steps,
            slope,
            width,
            line: rows.line(),
        });
    }
}
