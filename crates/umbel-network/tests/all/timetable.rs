//! From feeds to the timetable of a day: midnight, clocks, zones, headways, transfers and times that are not given.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use umbel_access::timetable::{StationWay, Transfer, Wheelchair};
use umbel_core::Date;
use umbel_network::gtfs::{Compiled, Feed, Feeds, Interpolation, Options};

type Files = BTreeMap<String, String>;

fn base() -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/feeds/base");
    let entries = fs::read_dir(folder).expect("the base").map(|entry| entry.expect("an entry").path());
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    entries.map(|path| (name(&path), fs::read_to_string(&path).expect("a file"))).collect()
}

/// The base with texts of one file replaced.
fn edited(edits: &[(&str, &str, &str)]) -> Feed {
    let mut files = base();
    for (file, old, new) in edits {
        let text = files.get_mut(*file).expect("a file");
        assert!(text.contains(old), "{old}");
        *text = text.replace(old, new);
    }
    let files = files.into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
    let (feed, findings) = Feed::from_files("feed", files);
    assert!(findings.is_empty(), "{findings:#?}");
    feed
}

fn date(month: i8, day: i8) -> Date {
    Date::new(2024, month, day).expect("a date")
}

fn compile(feeds: Vec<Feed>, date: Date, options: &Options) -> Compiled {
    let (compiled, findings) = Feeds { feeds }.timetable(date, options);
    assert!(findings.is_empty(), "{findings:#?}");
    compiled
}

/// First departures of the trips with this id, in the order of the arrays.
fn departures(compiled: &Compiled, id: &str) -> Vec<i32> {
    let trips = compiled.input.trips.iter().filter(|trip| &*compiled.trips[trip.source as usize].id == id);
    trips.map(|trip| compiled.input.events[trip.first as usize].departure).collect()
}

/// Times of all events of the first trip with this id.
fn times(compiled: &Compiled, id: &str) -> Vec<(i32, i32)> {
    let mut trips = compiled.input.trips.iter();
    let trip = trips.find(|trip| &*compiled.trips[trip.source as usize].id == id).expect("a trip");
    let events = &compiled.input.events[trip.first as usize..(trip.first + trip.count) as usize];
    events.iter().map(|event| (event.arrival, event.departure)).collect()
}

const HOUR: i32 = 3600;

#[test]
fn trips_of_the_day_before_run_into_the_day() {
    // 24:50 to 25:00 on Mondays to Fridays: on a Tuesday at 00:50 from the Monday, and at 24:50 of its own.
    let late = 24 * HOUR + 50 * 60;
    let tuesday = compile(vec![edited(&[])], date(5, 14), &Options::default());
    assert_eq!(departures(&tuesday, "night"), [50 * 60, late]);
    // On a Monday nothing comes from the Sunday.
    let monday = compile(vec![edited(&[])], date(5, 13), &Options::default());
    assert_eq!(departures(&monday, "night"), [late]);
    // On a Saturday the trip of the Friday is all there is of it.
    let saturday = compile(vec![edited(&[])], date(5, 18), &Options::default());
    assert_eq!(departures(&saturday, "night"), [50 * 60]);
}

#[test]
fn trips_of_the_next_day_run_until_the_horizon() {
    let eight = 8 * HOUR;
    let day = |horizon| compile(vec![edited(&[])], date(5, 14), &Options { horizon, ..Options::default() });
    assert_eq!(departures(&day(36 * HOUR), "b1"), [eight, eight + 24 * HOUR]);
    assert_eq!(departures(&day(32 * HOUR), "b1"), [eight]);
    // Trips of the day itself are kept whatever the horizon.
    assert_eq!(departures(&day(0), "night").last(), Some(&(24 * HOUR + 50 * 60)));
    assert_eq!(day(0).running, day(36 * HOUR).running);
}

#[test]
fn exceptions_change_the_day() {
    // 1 May 2024, a Wednesday, runs as a weekend.
    let holiday = compile(vec![edited(&[])], date(5, 1), &Options { horizon: 0, ..Options::default() });
    assert_eq!(departures(&holiday, "b3"), [8 * HOUR]);
    assert!(departures(&holiday, "b1").is_empty());
}

#[test]
fn the_first_feed_sets_the_clock() {
    let (here, there) = (edited(&[]), edited(&[("agency.txt", "Asia/Shanghai", "Asia/Tokyo")]));
    // 08:00 in Tokyo is 07:00 in Shanghai.
    let options = Options { horizon: 24 * HOUR, ..Options::default() };
    let both = compile(vec![here.clone(), there.clone()], date(5, 14), &options);
    assert_eq!(departures(&both, "b1"), [8 * HOUR, 7 * HOUR]);
    let other = compile(vec![there, here], date(5, 14), &options);
    assert_eq!(departures(&other, "b1"), [8 * HOUR, 9 * HOUR]);
    // Rows are told apart by feed.
    assert_eq!(both.stops.iter().filter(|stop| &*stop.id == "a").map(|stop| stop.feed).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(both.trips.len(), 12);
    let routes: Vec<u32> = both.input.trips.iter().map(|trip| trip.route).collect();
    assert_eq!((routes.iter().min(), routes.iter().max()), (Some(&0), Some(&3)));
}

#[test]
fn days_on_which_clocks_change_count_from_noon() {
    // In Berlin clocks go forward in the night to Sunday, 31 March 2024. Times of the Saturday's service that pass its
    // midnight run on the old clock: 24:50 is 00:50 by the clock of the Sunday, whose times begin an hour earlier, so
    // that it stands at 01:50 there.
    let berlin = [("agency.txt", "Asia/Shanghai", "Europe/Berlin"), ("trips.txt", "bus,wd,night", "bus,we,night")];
    let sunday = compile(vec![edited(&berlin)], date(3, 31), &Options { horizon: 24 * HOUR, ..Options::default() });
    assert_eq!(departures(&sunday, "night"), [HOUR + 50 * 60, 24 * HOUR + 50 * 60]);
    assert_eq!(departures(&sunday, "b3"), [8 * HOUR]);
    // And back in the night to 27 October.
    let sunday = compile(vec![edited(&berlin)], date(10, 27), &Options { horizon: 24 * HOUR, ..Options::default() });
    assert_eq!(departures(&sunday, "night"), [-10 * 60, 24 * HOUR + 50 * 60]);
}

#[test]
fn headways_are_those_of_the_day_searched() {
    let shifted = [("frequencies.txt", "m1,09:00:00,22:00:00", "m1,09:00:00,26:00:00")];
    let tuesday = compile(vec![edited(&shifted)], date(5, 14), &Options { horizon: 24 * HOUR, ..Options::default() });
    let of = |id: &str| {
        let trips = tuesday.input.trips.iter().filter(|trip| &*tuesday.trips[trip.source as usize].id == id);
        let all = trips.map(|trip| {
            let first = trip.first_frequency as usize;
            let list = &tuesday.input.frequencies[first..first + trip.frequency_count as usize];
            list.iter().map(|held| (held.start / 60, held.end / 60, held.headway, held.exact)).collect::<Vec<_>>()
        });
        all.collect::<Vec<_>>()
    };
    let own = vec![(360, 540, 300, false), (540, 1560, 600, false)];
    // The evening before runs until 02:00.
    let before = vec![(360 - 1440, 540 - 1440, 300, false), (540 - 1440, 120, 600, false)];
    assert_eq!(of("m1"), [before, own]);
    assert_eq!(of("m2"), [vec![(360, 1320, 450, true)]]);
}

#[test]
fn empty_times_are_filled_as_asked() {
    // Stop b moved to a quarter of the way; the shape still knows where it lies.
    let moved = [
        ("stops.txt", "39.1000,117.2100", "39.1000,117.2050"),
        ("shapes.txt", "117.2100,2,862", "117.2050,2,431"),
        ("stop_times.txt", "b,2,,,862", "b,2,,,431"),
    ];
    let filled = |edits: &[(&str, &str, &str)], interpolation| {
        let options = Options { interpolation, ..Options::default() };
        times(&compile(vec![edited(edits)], date(5, 14), &options), "b1")[1]
    };
    let eight = 8 * HOUR;
    let at = |seconds| (eight + seconds, eight + seconds);
    assert_eq!(filled(&moved, Interpolation::Even), at(300));
    // A quarter of ten minutes, cut to whole seconds: the share of the straight line is a hair below a quarter.
    assert!([at(149), at(150)].contains(&filled(&moved, Interpolation::Straight)));
    // 431 of 1725 metres travelled.
    assert_eq!(filled(&moved, Interpolation::Shape), at(149));
    // Without distances the stop is looked for along the shape, here one that makes a way round before it.
    let round = [
        ("stops.txt", "39.1000,117.2100", "39.1000,117.2050"),
        ("shapes.txt", "out,39.1000,117.2100,2,862", "out,39.1100,117.2025,2,"),
        ("shapes.txt", "out,39.1000,117.2200,3,1725", "out,39.1000,117.2050,3,\nout,39.1000,117.2200,4,"),
        ("shapes.txt", "117.2000,1,0", "117.2000,1,"),
        ("stop_times.txt", "862", ""),
        ("stop_times.txt", "1725", ""),
        ("stop_times.txt", ",,,0,1", ",,,,1"),
    ];
    // Up and down 2 x 1,132.7 m, then 1,294.4 m: 2265.5 of 3559.9 of ten minutes.
    let (arrival, _) = filled(&round, Interpolation::Shape);
    assert!((arrival - eight - 382).abs() <= 1, "{}", arrival - eight);
}

#[test]
fn transfers_hold_between_platforms_and_ways_through_stations_fill_in() {
    let compiled = compile(vec![edited(&[])], date(5, 14), &Options { walking_speed: 1.0, ..Options::default() });
    let id = |stop: u32| &*compiled.stops[stop as usize].id;
    let all: BTreeMap<(&str, &str), Option<u32>> = compiled
        .input
        .transfers
        .iter()
        .map(|&Transfer { from, to, seconds, .. }| ((id(from), id(to)), seconds))
        .collect();
    let expected = BTreeMap::from([
        // From the stop to the station: to each of its platforms, and back; the one between stops wins.
        (("c", "p1"), Some(120)),
        (("c", "p2"), Some(120)),
        (("p1", "c"), Some(90)),
        (("p2", "c"), Some(150)),
        // Forbidden.
        (("b", "c"), None),
        // 30 steps of 0.6 s and an elevator of 25 s.
        (("p1", "p2"), Some(43)),
        (("p2", "p1"), Some(43)),
    ]);
    assert_eq!(all, expected);
    // Wheelchairs take what transfers.txt says, and no stairs.
    let flat = compiled.input.transfers.iter().filter(|transfer| transfer.step_free.is_none());
    let flat: Vec<(&str, &str)> = flat.map(|transfer| (id(transfer.from), id(transfer.to))).collect();
    assert_eq!(flat, [("b", "c"), ("p1", "p2"), ("p2", "p1")]);
    let stays: Vec<(&str, &str)> = compiled
        .stays
        .iter()
        .map(|stay| (&*compiled.trips[stay.from as usize].id, &*compiled.trips[stay.to as usize].id))
        .collect();
    assert_eq!(stays, [("b1", "b2")]);
}

/// Ways between gates and platforms: gate, platform, whether outward, seconds, and seconds without steps.
type Inside<'a> = (u32, &'a str, bool, u32, Option<u32>);

fn inside(compiled: &Compiled) -> Vec<Inside<'_>> {
    let ways = compiled.input.station_ways.iter();
    let named = |way: &StationWay| &*compiled.stops[way.stop as usize].id;
    ways.map(|way| (way.gate, named(way), way.outward, way.seconds, way.step_free)).collect()
}

#[test]
fn platforms_are_reached_from_the_street_through_entrances() {
    let options = Options { walking_speed: 1.0, ..Options::default() };
    let compiled = compile(vec![edited(&[])], date(5, 14), &options);
    let gates: Vec<(f64, f64)> = compiled.input.gates.iter().map(|gate| (gate.longitude, gate.latitude)).collect();
    assert_eq!(gates, [(117.2204, 39.1003)]);
    // 40 m, then 30 steps of 0.6 s, or the elevator of 25 s.
    let ways = [
        (0, "p1", false, 58, None),
        (0, "p1", true, 58, None),
        (0, "p2", false, 65, Some(65)),
        (0, "p2", true, 65, Some(65)),
    ];
    assert_eq!(inside(&compiled), ways);
    // A second entrance beyond an exit gate, in a circle of ways: out only, and the nearer one into the street wins where it is
    // nearer. Steep or narrow ways, and an entrance that says so, are none for wheelchairs.
    let columns = [
        ("pathways.txt", ",stair_count\n", ",stair_count,max_slope,min_width\n"),
        ("pathways.txt", ",1,,,30\n", ",1,,,30,,\n"),
        ("pathways.txt", ",1,,25,\n", ",1,,25,,,\n"),
    ];
    let more = |ways: &'static str, wheelchair: &str| {
        let entrance = format!("f,South entrance,,39.1007,117.2206,,,2,s,{wheelchair},l0,\nd,Depot");
        let edits = [
            columns[0],
            columns[1],
            columns[2],
            ("stops.txt", "d,Depot", entrance.as_str()),
            ("pathways.txt", "en,e,n,1,1,40,,\n", ways),
        ];
        compile(vec![edited(&edits)], date(5, 14), &options)
    };
    let circle = more("en,e,n,1,1,40,,,,\nx,p2,f,7,0,,10,,,\ny,f,e,1,0,,5,,,\nz,n,e,1,0,,30,,,\n", "");
    let out: Vec<Inside> = inside(&circle).into_iter().filter(|way| way.2).collect();
    let both = [
        (0, "p1", true, 48, None),
        (0, "p2", true, 15, Some(15)),
        (1, "p1", true, 53, None),
        (1, "p2", true, 10, Some(10)),
    ];
    assert_eq!(out, both);
    // In by the way of f to e as well.
    assert!(inside(&circle).contains(&(1, "p2", false, 70, Some(70))));
    for (ways, wheelchair) in [
        ("en,e,n,1,1,40,,,,\nx,f,p2,1,1,20,,,-0.1,\n", ""),
        ("en,e,n,1,1,40,,,,\nx,f,p2,1,1,20,,,0.05,0.7\n", ""),
        ("en,e,n,1,1,40,,,,\nx,f,p2,4,1,20,,,,\n", ""),
        ("en,e,n,1,1,40,,,,\nx,f,p2,1,1,20,,,,\n", "2"),
    ] {
        let compiled = more(ways, wheelchair);
        assert!(inside(&compiled).contains(&(1, "p2", false, 20, None)), "{ways}");
        let free = more("en,e,n,1,1,40,,,,\nx,f,p2,1,1,20,,,0.05,0.9\n", "");
        assert!(inside(&free).contains(&(1, "p2", false, 20, Some(20))));
    }
}

#[test]
fn a_platform_that_no_entrance_leads_to_keeps_its_place_on_the_street() {
    let cut = [("pathways.txt", "n2,n,p2,5,1,,25,\n", "n2,n,p2,5,0,,25,\n")];
    let feeds = |edits: &[(&str, &str, &str)]| Feeds { feeds: vec![edited(edits)] };
    let (compiled, findings) = feeds(&cut).timetable(date(5, 14), &Options::default());
    let platforms: Vec<&str> = inside(&compiled).iter().map(|way| way.1).collect();
    assert_eq!(platforms, ["p1", "p1"]);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert!(findings[0].message.contains("p2 cannot be left through any entrance"), "{findings:#?}");
    // Without any way to an entrance there is nothing to miss.
    let none = [("pathways.txt", "en,e,n,1,1,40,,\n", "")];
    let (compiled, findings) = feeds(&none).timetable(date(5, 14), &Options::default());
    assert!(compiled.input.gates.is_empty() && inside(&compiled).is_empty() && findings.is_empty(), "{findings:#?}");
    assert!(!compiled.input.transfers.is_empty());
}

#[test]
fn platforms_ask_their_station_about_wheelchairs() {
    let compiled = compile(vec![edited(&[])], date(5, 14), &Options::default());
    let of = |id: &str| {
        let stop = compiled.stops.iter().position(|stop| &*stop.id == id).expect("a stop");
        compiled.input.stops[stop].wheelchair
    };
    assert_eq!(
        [of("a"), of("b"), of("c"), of("p1")],
        [Wheelchair::Yes, Wheelchair::No, Wheelchair::Unknown, Wheelchair::Yes]
    );
    // Stations, entrances and nodes are no places to board.
    assert_eq!(compiled.stops.iter().map(|stop| &*stop.id).collect::<Vec<_>>(), ["a", "b", "c", "p1", "p2", "d"]);
}

#[test]
fn boarding_and_alighting_can_be_barred() {
    let compiled = compile(vec![edited(&[])], date(5, 18), &Options { horizon: 0, ..Options::default() });
    let trip = compiled.input.trips.iter().find(|trip| &*compiled.trips[trip.source as usize].id == "b3");
    let events = &compiled.input.events[trip.expect("a trip").first as usize..][..2];
    assert_eq!(
        events.iter().map(|event| (event.board, event.alight)).collect::<Vec<_>>(),
        [(true, false), (false, true)]
    );
}

#[test]
fn fares_are_those_of_the_routes() {
    let compiled = compile(vec![edited(&[])], date(5, 14), &Options::default());
    let (fares, group) = (&compiled.fares, |route: usize| compiled.input.routes[route].fare);
    let prices = |route: usize| -> Vec<Option<u32>> {
        fares.groups[group(route) as usize].iter().map(|&ticket| fares.tickets[ticket as usize].price).collect()
    };
    // Between other zones than those named the price of the metro is not known.
    assert_eq!((prices(0), prices(1)), (vec![Some(200)], vec![Some(300), None]));
    assert_eq!(compiled.currencies, ["CNY".into()]);
    // The metro only from the one zone to the other.
    let zoned = fares.rules.iter().find(|rule| rule.group == Some(group(1))).expect("a rule");
    let zone = |stop: &str| fares.zones[compiled.stops.iter().position(|named| &*named.id == stop).expect("a stop")];
    assert_eq!((zoned.origin, zoned.destination), (zone("p1"), zone("d")));
    assert!(zone("p1").is_some() && zone("d").is_some() && zone("p1") != zone("d"));
    // Without fares no price is known, which is not nothing.
    let kept = base().into_iter().filter(|(name, _)| !name.starts_with("fare_"));
    let (plain, _) = Feed::from_files("feed", kept.map(|(name, text)| (name, text.into_bytes())).collect());
    let plain = compile(vec![plain], date(5, 14), &Options::default());
    let ticket = plain.fares.groups[plain.input.routes[0].fare as usize][0];
    assert_eq!((plain.fares.tickets[ticket as usize].price, plain.currencies.len()), (None, 0));
}

#[test]
fn the_same_arrays_from_any_number_of_threads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/feeds/base");
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        pool.install(|| {
            let (feeds, _) = Feeds::read(&[&folder, &folder]);
            (feeds.timetable(date(5, 14), &Options::default()).0, feeds.feeds[0].check(Some(date(12, 30))))
        })
    };
    assert_eq!(run(1), run(3));
}
