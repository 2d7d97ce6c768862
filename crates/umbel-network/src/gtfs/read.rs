//! From the files of a feed to its tables: each file once, in an order in which what is named is known.

mod calendar;
mod fares;
mod network;
mod stops;
mod times;
mod trips;

pub(super) use network::is_vehicle;

use super::archive::Source;
use super::feed::Feed;
use super::rows::{Index, Rows};
use super::schema::{self, Presence, Schema};
use super::{link, notice};
use umbel_core::{Finding, Location};

/// Ids that other files name.
#[derive(Debug, Default)]
pub(super) struct Ids {
    agencies: Index,
    levels: Index,
    stops: Index,
    routes: Index,
    services: Index,
    shapes: Index,
    trips: Index,
    fares: Index,
}

/// Reads all files of a feed.
pub(super) fn feed(name: String, sources: Vec<Source>, findings: &mut Vec<Finding>) -> Feed {
    let mut feed = Feed { name, ..Feed::default() };
    let mut ids = Ids::default();
    files(&feed.name, &sources, findings);
    let held = |file: &str| sources.iter().any(|source| source.name == file);
    ids.agencies.absent = !held("agency.txt");
    ids.stops.absent = !held("stops.txt");
    ids.routes.absent = !held("routes.txt");
    ids.trips.absent = !held("trips.txt");
    ids.services.absent = !held("calendar.txt") && !held("calendar_dates.txt");
    let find = |schema: &'static Schema| {
        let source = sources.iter().find(|source| source.name == schema.name)?;
        Some(Rows::open(source, schema))
    };
    let mut take = |mut rows: Rows<'_>, schema: &'static Schema| {
        if schema.presence == Presence::Required && rows.seen() == 0 && rows.problems.is_empty() {
            let code = &notice::EMPTY_FILE;
            rows.problems.add(code, "", (0, 0), format!("{} has no row", schema.name), code.mend);
        }
        findings.extend(rows.finish());
    };
    macro_rules! read {
        ($schema:ident, $read:path) => {
            if let Some(mut rows) = find(&schema::$schema) {
                $read(&mut rows, &mut feed, &mut ids);
                take(rows, &schema::$schema);
            }
        };
    }
    read!(AGENCY, network::agencies);
    read!(LEVELS, stops::levels);
    read!(STOPS, stops::stops);
    read!(ROUTES, network::routes);
    read!(CALENDAR, calendar::calendar);
    read!(CALENDAR_DATES, calendar::calendar_dates);
    read!(SHAPES, times::shapes);
    read!(TRIPS, trips::trips);
    read!(STOP_TIMES, times::stop_times);
    read!(FREQUENCIES, trips::frequencies);
    read!(TRANSFERS, stops::transfers);
    read!(PATHWAYS, stops::pathways);
    read!(FARE_ATTRIBUTES, fares::fares);
    read!(FARE_RULES, fares::rules);
    read!(FEED_INFO, fares::info);
    findings.extend(link::trips(&mut feed));
    feed
}

/// What is wrong with the list of files.
fn files(name: &str, sources: &[Source], findings: &mut Vec<Finding>) {
    let held = |file: &str| sources.iter().any(|source| source.name == file);
    let mut tell = |code, file: &str, message: String| {
        let code: &'static umbel_core::Code = code;
        findings.push(Finding::new(code, Location::new(format!("{name}/{file}"), 0, 0), message, code.mend));
    };
    for schema in schema::FILES {
        // A feed of flexible services may have locations instead of stops; here nothing can be done without stops.
        if schema.presence == Presence::Required && !held(schema.name) {
            tell(&notice::MISSING_REQUIRED_FILE, schema.name, format!("The feed has no {}", schema.name));
        }
    }
    if !held("calendar.txt") && !held("calendar_dates.txt") {
        let message = "The feed has neither calendar.txt nor calendar_dates.txt".to_owned();
        tell(&notice::MISSING_CALENDAR_AND_CALENDAR_DATE_FILES, "calendar.txt", message);
    }
    if !held("feed_info.txt") {
        let message = "The feed has no feed_info.txt".to_owned();
        tell(&notice::MISSING_RECOMMENDED_FILE, "feed_info.txt", message);
    }
    for source in sources {
        let known = schema::FILES.iter().any(|schema| schema.name == source.name);
        if !known && !schema::UNREAD.contains(&source.name.as_str()) {
            tell(&notice::UNKNOWN_FILE, &source.name, format!("The standard knows no file {}", source.name));
        }
    }
}
