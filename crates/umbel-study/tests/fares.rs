//! Journeys by what they cost: a small feed with two zones, whose prices are worked out by hand.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod small;

use small::{list, open};
use std::path::Path;
use umbel_core::Severity;
use umbel_study::methods::journeys::Journeys;
use umbel_study::network::itineraries::{Itineraries, Itinerary};
use umbel_study::network::{Linked, Network, OnNetwork, Sites, SourceKind, Sources};
use umbel_study::{RunError, View};

/// Along one road, seven kilometres apart: A and B in the inner zone, C, D and E in the outer one. The bus goes from A to C
/// by B, the train straight from A to C, the ferry from B to C and D, the tram from C to E.
const STOPS: &str = "\
stop_id,stop_name,stop_lat,stop_lon,zone_id
a,A,50,8.0,in
b,B,50,8.1,in
c,C,50,8.2,out
d,D,50,8.3,out
e,E,50,8.4,out
";
const ROUTES: &str = "\
route_id,agency_id,route_short_name,route_type
bus,x,Bus,3
train,x,Train,2
ferry,x,Ferry,4
tram,x,Tram,0
";
const TRIPS: &str = "\
route_id,service_id,trip_id
bus,day,bus
train,day,train
ferry,day,ferry
tram,day,tram
";
const TIMES: &str = "\
trip_id,arrival_time,departure_time,stop_id,stop_sequence
bus,08:00:00,08:00:00,a,1
bus,08:20:00,08:20:00,b,2
bus,08:50:00,08:50:00,c,3
train,08:00:00,08:00:00,a,1
train,08:25:00,08:25:00,c,2
ferry,08:25:00,08:25:00,b,1
ferry,08:40:00,08:40:00,c,2
ferry,08:45:00,08:45:00,d,3
tram,08:55:00,08:55:00,c,1
tram,09:05:00,09:05:00,e,2
";
/// Bus and tram by zones, with one change within ninety minutes; the train has a price of its own, the ferry states none.
const FARES: &str = "\
fare_id,price,currency_type,payment_method,transfers,transfer_duration
one,2,CNY,0,1,5400
two,3.5,CNY,0,1,5400
fast,9,CNY,0,0,
";
const RULES: &str = "\
fare_id,route_id,origin_id,destination_id
one,bus,in,in
one,tram,in,in
two,bus,in,out
two,tram,in,out
fast,train,,
";

fn files(fares: &str) -> Vec<(&'static str, String)> {
    [
        ("agency.txt", "agency_id,agency_name,agency_url,agency_timezone\nx,X,https://x.example,Etc/UTC\n"),
        ("calendar.txt", "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\nday,1,1,1,1,1,1,1,20240101,20241231\n"),
        ("stops.txt", STOPS),
        ("routes.txt", ROUTES),
        ("trips.txt", TRIPS),
        ("stop_times.txt", TIMES),
        ("fare_attributes.txt", fares),
        ("fare_rules.txt", RULES),
    ]
    .map(|(name, text)| (name, text.to_owned()))
    .to_vec()
}

/// What journeys are from one stop to another at eight: minutes past eight of arrival, rides, price.
fn journeys(folder: &Path, from: f64, to: f64) -> Result<Vec<(i64, u32, Option<u32>)>, String> {
    let parameters = serde_json::json!({
        "date": "2024-05-14", "departure": "07:55", "window": "1min", "max_walk": "5min", "boarding_slack": "0s", "fares": true,
    });
    let method: Journeys = serde_json::from_value(parameters).expect("parameters");
    let trip = method.trip();
    assert_eq!(SourceKind::of(folder), Some(SourceKind::Feed));
    let sources = Sources { timetables: vec![folder.to_owned()], ..Sources::default() };
    let (network, findings) = Network::open(&sources, &trip, None).expect("a feed");
    assert!(findings.iter().all(|finding| finding.severity != Severity::Error), "{}", list(&findings));
    let network = network.expect("usable");
    let (start, end) = (Sites { longitude: &[from], latitude: &[50.0] }, Sites { longitude: &[to], latitude: &[50.0] });
    let linked = Linked::new(&network, &trip, start, end).expect("linked");
    let found = Itineraries::new(&network, &linked, start, end, true)?.of(0)?;
    let told = |one: &Itinerary| {
        let price = one.price.as_ref().expect("asked for");
        assert_eq!(price.currency, "CNY");
        ((one.arrival - 8 * 3600) / 60, one.rides, price.minor)
    };
    Ok(found[0].iter().map(told).collect())
}

fn feed(fares: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files(fares) {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    folder
}

#[test]
fn journeys_differ_in_arrival_rides_and_price() {
    let folder = feed(FARES);
    let between = |from, to| journeys(folder.path(), from, to).expect("journeys");
    // The inner zone alone.
    assert_eq!(between(8.0, 8.1), [(20, 1, Some(200))]);
    // Two zones: slow and cheap, quick and dear. Bus and ferry are between them, but nobody knows at what price.
    assert_eq!(between(8.0, 8.2), [(25, 1, Some(900)), (50, 1, Some(350))]);
    // Bus and tram with one ticket, since both together go from the inner zone to the outer; the train and the tram are no quicker
    // and cost more.
    assert_eq!(between(8.0, 8.4), [(65, 2, Some(350))]);
    // Without a price stated for the ferry none is known of the whole journey, and it is not nothing.
    assert_eq!(between(8.0, 8.3), [(45, 2, None)]);
    // No rule names a ride within the outer zone.
    assert_eq!(between(8.2, 8.4), [(65, 1, None)]);
}

#[test]
fn a_ticket_ends_with_its_time() {
    // An hour after the bus was boarded the tram is still caught; with 54 minutes it is not, and nothing is stated for it alone.
    let in_time = feed(&FARES.replace("two,3.5,CNY,0,1,5400", "two,3.5,CNY,0,1,3600"));
    assert_eq!(journeys(in_time.path(), 8.0, 8.4).expect("journeys"), [(65, 2, Some(350))]);
    let late = feed(&FARES.replace("two,3.5,CNY,0,1,5400", "two,3.5,CNY,0,1,3240"));
    // Who gets off at B and on again begins a second ticket there, in time for the tram.
    let found = journeys(late.path(), 8.0, 8.4).expect("journeys");
    assert_eq!(found, [(65, 2, None), (65, 3, Some(200 + 350))]);
}

#[test]
fn prices_of_several_currencies_do_not_add() {
    let two = feed(&FARES.replace("fast,9,CNY", "fast,9,EUR"));
    let error = journeys(two.path(), 8.0, 8.2).expect_err("two currencies");
    assert!(error.contains("CNY") && error.contains("EUR"), "{error}");
    let none = feed("fare_id,price,currency_type,payment_method,transfers,transfer_duration\n");
    std::fs::remove_file(none.path().join("fare_rules.txt")).expect("removed");
    let error = journeys(none.path(), 8.0, 8.2).expect_err("no fares");
    assert!(error.contains("fare_attributes.txt"), "{error}");
}

const PLACES: &str = "\
place_id,kind,name,parent_id,lon,lat,source_id
region,region,Region,,8.2,50,office
a,town,A,region,8.0,50,office
b,town,B,region,8.1,50,office
c,town,C,region,8.2,50,office
d,town,D,region,8.3,50,office
";

const MEASURE: &str = r#"
[fare_from_c]
method = "journeys"
network = "feed"
from = ["a", "b", "c", "d"]
to = ["c"]
date = "2024-05-14"
departure = "07:55"
window = "60min"
max_walk = "5min"
boarding_slack = "0s"
fares = true
result = "cheapest"
periods = ["2024"]
unit = "{CNY}"
title = "Fare"
"#;

fn region(measure: &str) -> (tempfile::TempDir, umbel_study::Study, Vec<umbel_core::Finding>) {
    let folder = tempfile::tempdir().expect("a folder");
    let feed: Vec<(String, String)> =
        files(FARES).into_iter().map(|(name, text)| (format!("network/feed.gtfs/{name}"), text)).collect();
    let mut all: Vec<(&str, &str)> = feed.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    all.extend([("data/places.csv", PLACES), ("measures/fare.toml", measure)]);
    let (study, findings) = open(folder.path(), &all);
    (folder, study, findings)
}

#[test]
fn a_measure_tells_the_cheapest_journey() {
    let (_folder, study, findings) = region(MEASURE);
    assert_eq!(list(&findings), "");
    let fare = |place: &str| {
        let figure = study.figure(&format!("fare_from_c@{place}@2024"), View::default()).expect("a figure");
        figure.node.series.value(figure.row)
    };
    // From B the bus costs as from A. No way leads from D.
    assert_eq!(["a", "b", "c", "d"].map(fare), [Some(3.5), Some(3.5), Some(0.0), None]);
    let (_folder, study, _) = region(&MEASURE.replace("{CNY}", "{EUR}"));
    let indicator = study.region.symbols.get("fare_from_c").expect("known");
    let error: RunError = study.node(indicator, View::default()).expect_err("another currency");
    assert!(error.to_string().contains("CNY"), "{error}");
    let (_folder, _, findings) = region(&MEASURE.replace("fares = true", ""));
    assert!(list(&findings).contains("fares = true"), "{}", list(&findings));
}
