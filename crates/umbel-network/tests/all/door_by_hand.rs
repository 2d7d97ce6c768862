//! Door to door on a street and a line small enough to be reckoned by hand.
//!
//! A street runs ten times 0.009 degrees along the equator; from its second node a bus leaves every ten minutes and takes
//! 15 minutes to the tenth. People walk a metre a second, so that 0.0045 degrees are 500.378 m or 500 s. Half a kilometre
//! north of that second node another street ends, that one comes to by the first node, and a footway leads down from it.

use crate::extract::{Extract, file};
use std::sync::Arc;
use umbel_access::Seconds;
use umbel_access::door::{Journeys, LinkOptions, Network, SNAP_RADIUS, Travel, Window};
use umbel_access::streets::{Mode, Profile, ProfileOptions, Streets};
use umbel_network::gtfs::{Feed, Feeds, Options};
use umbel_network::osm::{self, Rules};

const EIGHT: u32 = 8 * 3600;
const ORIGIN: [f64; 2] = [0.0045, 0.0];
const FAR: [f64; 2] = [0.0855, 0.0];
const NEAR: [f64; 2] = [0.0135, 0.0];
const OFF: [f64; 2] = [0.0, -0.1];
/// Where the other street ends.
const ABOVE: [f64; 2] = [0.009, 0.0045];

fn streets() -> Streets {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("street.osm.pbf");
    let mut nodes: Vec<_> = (0..11).map(|at| (at + 1, at * 90_000, 0, &[][..])).collect();
    nodes.extend([(12, 90_000, 45_000, &[][..]), (13, 0, 45_000, &[][..])]);
    let street = &[("highway", "residential")][..];
    let ways = vec![
        (7, (1..=11).collect(), street),
        (8, vec![12, 13, 1], street),
        (9, vec![12, 2], &[("highway", "footway")][..]),
    ];
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
    rows_by(network, &[&network.walk], origins, to, travel)
}

fn rows_by(
    network: &Network,
    profiles: &[&Profile],
    origins: &[[f64; 2]],
    to: &[[f64; 2]],
    travel: &Travel,
) -> Vec<Vec<Seconds>> {
    let journeys = Journeys::by_any(network, profiles, origins, to, SNAP_RADIUS, travel).expect("journeys");
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

fn by(network: &Network, mode: Mode) -> Profile {
    network.streets.profile(mode, &ProfileOptions::default()).expect("a profile")
}

#[test]
fn the_first_stop_is_reached_by_the_better_mode() {
    let network = network();
    let bike = by(&network, Mode::Bike);
    let travel = travel(EIGHT, 2, 60, false);
    let times = |profiles: &[&Profile]| rows_by(&network, profiles, &[ORIGIN, ABOVE], &[FAR], &travel);
    let walk: &Profile = &network.walk;
    // On foot at the stop after 500 s from both: the bus of 8:10 is caught at 8:00, and missed at 8:01.
    assert_eq!(times(&[walk]), [seconds(&[2000, 2540]), seconds(&[2000, 2540])]);
    // At 16 km/h: after 112 s, and after 563 s by the way round that is open to bicycles.
    assert_eq!(times(&[&bike]), [seconds(&[2000, 1940]), seconds(&[2600, 2540])]);
    assert_eq!(times(&[walk, &bike]), [seconds(&[2000, 1940]), seconds(&[2000, 2540])]);
    assert_eq!(times(&[&bike, walk]), times(&[walk, &bike]));
    // From the last stop people walk.
    let last = Travel { max_egress: 499, ..travel.clone() };
    assert_eq!(rows_by(&network, &[walk, &bike], &[ORIGIN], &[FAR], &last), [vec![Seconds::UNREACHED; 2]]);
}

#[test]
fn cars_are_parked_at_the_first_stop() {
    let network = network();
    let car = by(&network, Mode::Car);
    let travel = travel(EIGHT, 2, 60, false);
    let times = |profiles: &[&Profile]| rows_by(&network, profiles, &[ORIGIN], &[FAR, NEAR], &travel);
    let none = Seconds::UNREACHED;
    // At the stop after 74 s, and never all the way, which would take 1,334 s.
    assert_eq!(times(&[&car]), [[Seconds(2000), Seconds(1940), none, none]]);
    assert_eq!(times(&[&car, &network.walk]), [seconds(&[2000, 1940, 1000, 1000])]);
    let drive = Travel { max_access: 73, ..travel.clone() };
    assert_eq!(rows_by(&network, &[&car], &[ORIGIN], &[FAR], &drive), [[none; 2]]);
}

#[test]
fn arrivals_have_the_sides_of_departures() {
    let network = network();
    let (bike, car) = (by(&network, Mode::Bike), by(&network, Mode::Car));
    // 200 m from the last stop.
    let beside = [0.0828, 0.0];
    for arrive_by in [false, true] {
        let times = |profiles: &[&Profile], change: &dyn Fn(&mut Travel)| {
            let mut travel = travel(EIGHT + if arrive_by { 1760 } else { 0 }, 1, 60, arrive_by);
            change(&mut travel);
            let (from, to) = if arrive_by { (beside, ORIGIN) } else { (ORIGIN, beside) };
            rows_by(&network, profiles, &[from], &[to], &travel)[0][0]
        };
        let none = Seconds::UNREACHED;
        let (walk, reached) = (&*network.walk, if arrive_by { Seconds(1720) } else { Seconds(1700) });
        assert_eq!(times(&[walk], &|_| {}), reached);
        assert_eq!(times(&[walk], &|travel| travel.max_egress = 300), reached);
        assert_eq!(times(&[walk], &|travel| travel.egress_distance = 300.0), reached);
        assert_eq!(times(&[walk], &|travel| travel.max_access = 300), none);
        assert_eq!(times(&[walk], &|travel| travel.max_egress = 199), none);
        // One leaves later by bicycle or car, and comes on foot either way.
        let later = |seconds: u32| if arrive_by { Seconds(1720 - 500 + seconds) } else { Seconds(1700) };
        assert_eq!(times(&[&bike], &|_| {}), later(112));
        assert_eq!(times(&[&car], &|travel| travel.max_access = 300), later(74));
        assert_eq!(times(&[walk, &bike], &|travel| travel.max_access = 113), later(112));
        assert_eq!(times(&[&bike], &|travel| travel.max_egress = 199), none);
    }
}

#[test]
fn who_arrives_in_time_left_then_and_not_later() {
    let network = network();
    let bike = by(&network, Mode::Bike);
    let points = [ORIGIN, NEAR, FAR, ABOVE, [0.03, 0.001], [0.0828, -0.0004], [0.072, 0.0]];
    for profiles in [&[&*network.walk][..], &[&*network.walk, &bike]] {
        for arrival in [EIGHT + 1000, EIGHT + 2345, EIGHT + 5000] {
            let by_then = rows_by(&network, profiles, &points, &points, &travel(arrival, 1, 60, true));
            for (to, row) in by_then.iter().enumerate() {
                for (from, time) in row.iter().enumerate() {
                    let Some(time) = time.get() else { continue };
                    let leaving = |second: u32| {
                        let travel = travel(second, 1, 60, false);
                        rows_by(&network, profiles, &[points[from]], &[points[to]], &travel)[0][0].get()
                    };
                    let (leaves, limit) = (arrival - time, Travel::default().max_time);
                    assert!(leaving(leaves).is_some_and(|takes| takes <= time), "{from} {to} {arrival}");
                    let later = leaving(leaves + 1).is_none_or(|takes| takes + 1 > time || takes > limit);
                    assert!(later, "{from} {to} {arrival}");
                }
            }
        }
    }
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
