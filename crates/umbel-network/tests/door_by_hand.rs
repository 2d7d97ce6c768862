//! Door to door on a street and a line small enough to be reckoned by hand.
//!
//! A street runs ten times 0.009 degrees along the equator; from its second node a bus leaves every ten minutes and takes
//! 15 minutes to the tenth. People walk a metre a second, so that 0.0045 degrees are 500.378 m or 500 s.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod extract;

use extract::{Extract, file};
use std::sync::Arc;
use umbel_access::Seconds;
use umbel_access::door::{Journeys, LinkOptions, Network, SNAP_RADIUS, Travel, Window};
use umbel_access::streets::{Mode, ProfileOptions, Streets};
use umbel_network::gtfs::{Feed, Feeds, Options};
use umbel_network::osm::{self, Rules};

const EIGHT: u32 = 8 * 3600;
const ORIGIN: [f64; 2] = [0.0045, 0.0];
const FAR: [f64; 2] = [0.0855, 0.0];
const NEAR: [f64; 2] = [0.0135, 0.0];
const OFF: [f64; 2] = [0.0, 0.1];

fn streets() -> Streets {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("street.osm.pbf");
    let nodes = (0..11).map(|at| (at + 1, at * 90_000, 0, &[][..])).collect();
    let ways = vec![(7, (1..=11).collect(), &[("highway", "residential")][..])];
    std::fs::write(&path, file(&Extract { nodes, ways })).expect("written");
    let read = osm::read(&path, "street.osm.pbf", &Rules::standard());
    assert!(read.findings.is_empty(), "{:?}", read.findings);
    Streets::new(&read.streets).expect("streets")
}

fn network() -> Network {
    let mut times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n".to_owned();
    let mut trips = "route_id,service_id,trip_id\n".to_owned();
    for run in 0..12 {
        let (leaves, comes) = (EIGHT + 600 * run, EIGHT + 600 * run + 900);
        let clock = |second: u32| format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
        trips.push_str(&format!("line,daily,{run}\n"));
        times.push_str(&format!("{run},{0},{0},a,1\n{run},{1},{1},b,2\n", clock(leaves), clock(comes)));
    }
    let files = [
        ("agency.txt", "agency_id,agency_name,agency_url,agency_timezone\nx,X,https://example.org,UTC\n".to_owned()),
        ("stops.txt", "stop_id,stop_name,stop_lat,stop_lon\na,A,0,0.009\nb,B,0,0.081\n".to_owned()),
        ("routes.txt", "route_id,agency_id,route_short_name,route_type\nline,x,1,3\n".to_owned()),
        ("calendar.txt", "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\ndaily,1,1,1,1,1,1,1,20240101,20241231\n".to_owned()),
        ("trips.txt", trips),
        ("stop_times.txt", times),
    ];
    let files = files.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect();
    let (feed, _) = Feed::from_files("line", files);
    let (compiled, _) =
        Feeds { feeds: vec![feed] }.timetable("2024-03-04".parse().expect("a day"), &Options::default());
    let streets = streets();
    let walk = streets.profile(Mode::Walk, &ProfileOptions::default()).expect("a profile");
    Network::new(Arc::new(streets), Arc::new(walk), &compiled.input, &LinkOptions::default()).expect("a network")
}

fn rows(network: &Network, origins: &[[f64; 2]], to: &[[f64; 2]], travel: &Travel) -> Vec<Vec<Seconds>> {
    let journeys = Journeys::new(network, None, origins, to, SNAP_RADIUS, travel).expect("journeys");
    let mut rows = Vec::new();
    journeys.run(
        |_, times| {
            let mut all = Vec::new();
            times.copy_to(&mut all);
            all
        },
        |_, row| rows.push(row),
    );
    rows
}

fn travel(first: u32, count: u32, step: u32, arrive_by: bool) -> Travel {
    Travel { window: Window { first, count, step, arrive_by }, ..Travel::default() }
}

fn seconds(values: &[u32]) -> Vec<Seconds> {
    values.iter().map(|&value| Seconds(value)).collect()
}

#[test]
fn departures_of_ten_minutes() {
    let network = network();
    let travel = travel(EIGHT, 10, 60, false);
    let journeys =
        Journeys::new(&network, None, &[ORIGIN, OFF], &[FAR, NEAR, OFF], SNAP_RADIUS, &travel).expect("journeys");
    // At the stop after 500 s, on board 60 s later at the earliest: the bus of 8:10 is caught at 8:00 only.
    let far = seconds(&[2000, 2540, 2480, 2420, 2360, 2300, 2240, 2180, 2120, 2060]);
    journeys.of(0, |_, times| {
        for (departure, expected) in far.iter().enumerate() {
            assert_eq!(times.get(0, departure), *expected);
            assert_eq!(times.get(1, departure), Seconds(1000));
            assert_eq!(times.get(2, departure), Seconds::UNREACHED);
        }
        let percentiles = times.percentiles(&[10.0, 50.0, 95.0]);
        assert_eq!(percentiles[..6], seconds(&[2000, 2240, 2540, 1000, 1000, 1000]));
        assert_eq!(percentiles[6..], [Seconds::UNREACHED; 3]);
        assert_eq!(times.means(), [(Some(2270.0), 1.0), (Some(1000.0), 1.0), (None, 0.0)]);
    });
    journeys.of(1, |_, times| assert_eq!(times.percentiles(&[50.0]), [Seconds::UNREACHED; 3]));
    // Who is off the network learns how far.
    let away = journeys.origins.distances[1].expect("a distance");
    assert!((away - 11_119.5).abs() < 1.0, "{away}");
    assert!(journeys.origins.snaps[1].is_none());
}

#[test]
fn arrivals_at_two_times() {
    // To be there at 8:33:20 one takes the bus of 8:10 and leaves 560 s before it; five minutes later still that one.
    let rows = rows(&network(), &[FAR], &[ORIGIN], &travel(EIGHT + 2000, 2, 300, true));
    assert_eq!(rows, [seconds(&[1960, 2260])]);
}

#[test]
fn limits_are_kept() {
    let network = network();
    let rows = |change: &dyn Fn(&mut Travel)| {
        let mut travel = travel(EIGHT, 1, 60, false);
        change(&mut travel);
        rows(&network, &[ORIGIN], &[FAR, NEAR], &travel)[0].clone()
    };
    let none = Seconds::UNREACHED;
    assert_eq!(rows(&|_| {}), [Seconds(2000), Seconds(1000)]);
    assert_eq!(rows(&|travel| travel.max_time = 1999), [none, Seconds(1000)]);
    assert_eq!(rows(&|travel| travel.max_access = 499), [none, Seconds(1000)]);
    assert_eq!(rows(&|travel| travel.max_egress = 499), [none, Seconds(1000)]);
    assert_eq!(rows(&|travel| travel.egress_distance = 500.0), [none, Seconds(1000)]);
    assert_eq!(rows(&|travel| travel.max_rides = 0), [none, Seconds(1000)]);
    assert_eq!(rows(&|travel| travel.transit = false), [none, Seconds(1000)]);
    assert_eq!(rows(&|travel| travel.max_direct = 999), [Seconds(2000), none]);
    // Twice as fast on foot: 250 s at each end.
    assert_eq!(rows(&|travel| travel.walk_speed = 2.0), [Seconds(1750), Seconds(500)]);
    // Long windows and times do not fit small numbers, and are the same.
    assert_eq!(rows(&|travel| travel.max_time = 40_000), [Seconds(2000), Seconds(1000)]);
}

#[test]
fn a_car_drives_all_the_way() {
    let network = network();
    let car = network.streets.profile(Mode::Car, &ProfileOptions::default()).expect("a profile");
    let travel = Travel { transit: false, max_direct: 7200, ..travel(EIGHT, 1, 60, false) };
    let journeys = Journeys::new(&network, Some(&car), &[ORIGIN], &[FAR], SNAP_RADIUS, &travel).expect("journeys");
    let rules = Rules::standard();
    let speed = f64::from(rules.class["residential"].car * rules.car.urban_factor) / 3.6;
    let expected = osm::haversine(ORIGIN, FAR) / speed;
    let found = journeys.of(0, |_, times| times.get(0, 0)).get().expect("reached");
    assert!((f64::from(found) - expected).abs() <= 1.0, "{found} {expected}");
}

#[test]
fn threads_do_not_matter() {
    let network = network();
    let points: Vec<[f64; 2]> = (0..90).map(|at| [f64::from(at) * 0.001, 0.0002]).collect();
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| rows(&network, &points, &points, &travel(EIGHT, 70, 60, false)))
    };
    assert_eq!(on(1), on(2));
}

#[test]
fn rules_that_make_no_sense_are_told() {
    let network = network();
    for wrong in [
        Travel { walk_speed: 0.0, ..Travel::default() },
        Travel { egress_distance: f64::NAN, ..Travel::default() },
        travel(EIGHT, 0, 60, false),
        travel(EIGHT, 20_000, 1, false),
    ] {
        assert!(Journeys::new(&network, None, &[ORIGIN], &[FAR], SNAP_RADIUS, &wrong).is_err(), "{wrong:?}");
    }
}
