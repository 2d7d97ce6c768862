//! Names, colours and addresses: agencies, stops and routes.

use super::About;
use crate::gtfs::feed::Feed;
use crate::gtfs::model::LocationKind;
use crate::gtfs::notice;
use rustc_hash::{FxHashMap, FxHashSet};
use umbel_core::Finding;

pub(super) fn check(feed: &Feed) -> Vec<Finding> {
    let mut findings = language(feed);
    findings.extend(stops(feed));
    findings.extend(routes(feed));
    findings
}

fn language(feed: &Feed) -> Vec<Finding> {
    let mut about = About::new(feed, "feed_info.txt");
    if let Some(info) = feed.info.as_ref().filter(|info| !info.language.is_empty() && &*info.language != "mul") {
        let other = |language: &str| !language.is_empty() && !language.eq_ignore_ascii_case(&info.language);
        if let Some(agency) = feed.agencies.iter().find(|agency| other(&agency.language)) {
            let message =
                format!("The feed is in {}, its agency {} in {}", info.language, agency.name, agency.language);
            about.row(&notice::FEED_INFO_LANG_AND_AGENCY_LANG_MISMATCH, info.line, message);
        }
    }
    about.finish()
}

fn stops(feed: &Feed) -> Vec<Finding> {
    let mut about = About::new(feed, "stops.txt");
    let of_agencies: FxHashSet<&str> = feed.agencies.iter().map(|agency| &*agency.url).collect();
    let of_routes: FxHashSet<&str> = feed.routes.iter().map(|route| &*route.url).collect();
    let (mut called, mut parents) = (vec![false; feed.stops.len()], vec![false; feed.stops.len()]);
    for time in &feed.stop_times {
        called[time.stop as usize] = true;
    }
    for parent in feed.stops.iter().filter_map(|stop| stop.parent) {
        parents[parent as usize] = true;
    }
    let zoned = zoned_stops(feed);
    for (row, stop) in feed.stops.iter().enumerate() {
        if !stop.name.is_empty() && stop.name == stop.description {
            let message = format!("stop_desc of {} repeats its name", stop.id);
            about.row(&notice::SAME_NAME_AND_DESCRIPTION_FOR_STOP, stop.line, message);
        }
        if !stop.url.is_empty() && of_agencies.contains(&*stop.url) {
            let message = format!("stop_url of {} is the address of an agency", stop.id);
            about.row(&notice::SAME_STOP_AND_AGENCY_URL, stop.line, message);
        }
        if !stop.url.is_empty() && of_routes.contains(&*stop.url) {
            let message = format!("stop_url of {} is the address of a route", stop.id);
            about.row(&notice::SAME_STOP_AND_ROUTE_URL, stop.line, message);
        }
        match stop.kind {
            LocationKind::Stop => {
                if !stop.platform.is_empty() && stop.parent.is_none() {
                    let message = format!("{} is platform {} of no station", stop.id, stop.platform);
                    about.row(&notice::PLATFORM_WITHOUT_PARENT_STATION, stop.line, message);
                }
                if !called[row] && !feed.stop_times.is_empty() {
                    about.row(&notice::STOP_WITHOUT_STOP_TIME, stop.line, format!("No trip calls at {}", stop.id));
                }
                if zoned[row] && stop.zone.is_empty() {
                    let message = format!("{} has no zone, and fares of its routes depend on zones", stop.id);
                    about.row(&notice::STOP_WITHOUT_ZONE_ID, stop.line, message);
                }
            }
            LocationKind::Station if !parents[row] => {
                about.row(&notice::UNUSED_STATION, stop.line, format!("No stop belongs to the station {}", stop.id));
            }
            _ => {}
        }
    }
    about.finish()
}

/// Stops that are called at by routes whose fares depend on zones.
fn zoned_stops(feed: &Feed) -> Vec<bool> {
    let mut zoned = vec![false; feed.stops.len()];
    let zones = |rule: &&crate::gtfs::FareRule| {
        [&rule.origin, &rule.destination, &rule.contains].iter().any(|zone| !zone.is_empty())
    };
    let routes: Vec<Option<u32>> = feed.fare_rules.iter().filter(zones).map(|rule| rule.route).collect();
    if routes.is_empty() {
        return zoned;
    }
    for trip in &feed.trips {
        if routes.iter().any(|route| route.is_none_or(|route| route == trip.route)) {
            feed.times(trip).iter().for_each(|time| zoned[time.stop as usize] = true);
        }
    }
    zoned
}

/// Brightness of a colour, 0 to 255 (ITU-R BT.601).
fn luma(color: u32) -> f64 {
    let part = |shift: u32| f64::from((color >> shift) & 0xff);
    0.299 * part(16) + 0.587 * part(8) + 0.114 * part(0)
}

fn routes(feed: &Feed) -> Vec<Finding> {
    let mut about = About::new(feed, "routes.txt");
    let mut names: FxHashMap<(&str, &str, u16, Option<u32>), u32> = FxHashMap::default();
    for route in &feed.routes {
        let (short, long) = (&*route.short_name, &*route.long_name);
        if short.chars().count() > 12 {
            about.row(&notice::ROUTE_SHORT_NAME_TOO_LONG, route.line, format!("The short name \"{short}\" is long"));
        }
        if !short.is_empty() && contains(long, short) {
            let message = format!("\"{long}\" begins with the short name \"{short}\"");
            about.row(&notice::ROUTE_LONG_NAME_CONTAINS_SHORT_NAME, route.line, message);
        }
        if !route.description.is_empty() && [short, long].contains(&&*route.description) {
            let message = format!("route_desc of {} repeats a name", route.id);
            about.row(&notice::SAME_NAME_AND_DESCRIPTION_FOR_ROUTE, route.line, message);
        }
        if let Some((color, text)) = route.color.zip(route.text_color) {
            // The threshold of the canonical validator.
            if (luma(color) - luma(text)).abs() < 72.0 {
                let message = format!("{text:06X} upon {color:06X} can hardly be read");
                about.row(&notice::ROUTE_COLOR_CONTRAST, route.line, message);
            }
        }
        let agency = route.agency.and_then(|agency| feed.agencies.get(agency as usize));
        if agency.is_some_and(|agency| !route.url.is_empty() && agency.url == route.url) {
            let message = format!("route_url of {} is the address of its agency", route.id);
            about.row(&notice::SAME_ROUTE_AND_AGENCY_URL, route.line, message);
        }
        let line = *names.entry((short, long, route.vehicle, route.agency)).or_insert(route.line);
        if line != route.line {
            let message = format!("{} has the names of the route on line {line}", route.id);
            about.row(&notice::DUPLICATE_ROUTE_NAME, route.line, message);
        }
    }
    about.finish()
}

/// Whether a long name begins with the short one as a word of its own.
fn contains(long: &str, short: &str) -> bool {
    let (long, short) = (long.to_lowercase(), short.to_lowercase());
    long.strip_prefix(&short)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace) || rest.starts_with(['-', '(']))
}
