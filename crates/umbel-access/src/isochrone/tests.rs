use super::search::{IsochroneSearch, StopTimes, StreetTimes, StreetTravel};
use super::streets::Samples;
use super::*;
use crate::Seconds;
use crate::raptor::{Access, RangeQuery};
use crate::streets::{Mode, Passage, ProfileOptions, Segment, StreetInput, Streets};
use crate::timetable::{Entrance, Route, StopEvent, Timetable, TimetableInput, Transfers, Trip, Wheelchair};
use proptest::prelude::*;
use std::f64::consts::PI;

const ORIGIN: [f64; 2] = [116.4, 39.9];

/// A point so many metres east and north of the origin.
fn at(east: f64, north: f64) -> [f64; 2] {
    let across = METRES_PER_DEGREE * ORIGIN[1].to_radians().cos();
    [ORIGIN[0] + east / across, ORIGIN[1] + north / METRES_PER_DEGREE]
}

fn options(cell: f64, buffer: f64) -> DrawOptions {
    DrawOptions { cell, buffer, speed: 1.0 }
}

fn within(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let crosses = |two: &&[[f64; 2]]| {
        let ([ax, ay], [bx, by]) = (two[0], two[1]);
        (ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax)
    };
    ring.windows(2).filter(|two| crosses(two)).count() % 2 == 1
}

fn covers(isochrone: &Isochrone, point: [f64; 2]) -> bool {
    isochrone.polygons.iter().any(|p| within(&p.outer, point) && !p.holes.iter().any(|hole| within(hole, point)))
}

#[test]
fn a_single_point_gives_a_circle() {
    let mut canvas = Canvas::new();
    for radius in [200.0, 500.0_f64] {
        let drawn = canvas.draw(ORIGIN, &[], &[radius as u32], &options(20.0, 1000.0)).expect("a circle");
        let (found, wanted) = (drawn[0].area, PI * radius * radius);
        assert!((found / wanted - 1.0).abs() < 0.005, "{found} {wanted}");
        for corner in 0..60 {
            let angle = f64::from(corner) * PI / 30.0;
            assert!(covers(&drawn[0], at(radius * 0.99 * angle.cos(), radius * 0.99 * angle.sin())));
            assert!(!covers(&drawn[0], at(radius * 1.01 * angle.cos(), radius * 1.01 * angle.sin())));
        }
    }
}

#[test]
fn a_dense_grid_of_points_gives_a_circle_with_a_seam() {
    // Reached at 2 m/s as the crow flies, from where one walks on at 1 m/s, at most 60 m.
    let mut arrivals = Vec::new();
    for x in -60..=60 {
        for y in -60..=60 {
            let (x, y) = (f64::from(x) * 25.0, f64::from(y) * 25.0);
            arrivals.push(Arrival { point: at(x, y), seconds: x.hypot(y) / 2.0 });
        }
    }
    let drawn = Canvas::new().draw(ORIGIN, &arrivals, &[500], &options(25.0, 60.0)).expect("a circle");
    let wanted = PI * 1000.0 * 1000.0;
    assert!((drawn[0].area / wanted - 1.0).abs() < 0.02, "{} {wanted}", drawn[0].area);
    assert_eq!((drawn[0].polygons.len(), drawn[0].polygons[0].holes.len()), (1, 0));
}

#[test]
fn a_square_of_streets_has_a_hole() {
    let mut arrivals = Vec::new();
    for step in 0..=80 {
        let along = f64::from(step) * 25.0;
        for point in [at(along, 0.0), at(along, 2000.0), at(0.0, along), at(2000.0, along)] {
            arrivals.push(Arrival { point, seconds: 100.0 });
        }
    }
    let drawn = Canvas::new().draw(ORIGIN, &arrivals, &[600, 50], &options(25.0, 100.0)).expect("a square");
    assert_eq!((drawn[0].polygons.len(), drawn[0].polygons[0].holes.len()), (1, 1));
    // A frame of 200 m with rounded corners.
    let wanted = 2200.0 * 2200.0 - 1800.0 * 1800.0 - (4.0 - PI) * 100.0 * 100.0;
    assert!((drawn[0].area / wanted - 1.0).abs() < 0.01, "{} {wanted}", drawn[0].area);
    // Within 50 seconds only the point itself, and what is 50 m off.
    assert_eq!(drawn[1].cutoff, 50);
    assert!((drawn[1].area / (PI * 2500.0) - 1.0).abs() < 0.1, "{}", drawn[1].area);
}

#[test]
fn nonsense_is_refused() {
    let mut canvas = Canvas::new();
    let mut draw = |arrivals: &[Arrival], options: DrawOptions| canvas.draw(ORIGIN, arrivals, &[600], &options);
    assert!(draw(&[], options(0.0, 100.0)).is_err());
    assert!(draw(&[], options(50.0, 40.0)).is_err());
    assert!(draw(&[], DrawOptions { speed: f64::NAN, ..options(50.0, 100.0) }).is_err());
    assert!(draw(&[Arrival { point: [0.0, 91.0], seconds: 1.0 }], options(50.0, 100.0)).is_err());
    assert!(draw(&[Arrival { point: ORIGIN, seconds: -1.0 }], options(50.0, 100.0)).is_err());
    // Half the world at 50 m.
    let error = draw(&[Arrival { point: [-60.0, -20.0], seconds: 1.0 }], options(50.0, 100.0)).expect_err("too large");
    assert!(error.to_string().contains("cell larger"), "{error}");
    assert!(canvas.draw([0.0, 90.0], &[], &[600], &DrawOptions::default()).is_err());
    let none = canvas.draw(ORIGIN, &[], &[0], &DrawOptions::default()).expect("nothing");
    assert_eq!((none[0].polygons.len(), none[0].area), (0, 0.0));
}

/// A square mesh of streets, 100 m apart, around the origin: `2 half + 1` junctions a side.
fn mesh(half: i32) -> StreetInput {
    let mut input = StreetInput::default();
    let side = 2 * half + 1;
    let walk = Passage { walk: true, ..Passage::CLOSED };
    for y in -half..=half {
        for x in -half..=half {
            let [longitude, latitude] = at(f64::from(x) * 100.0, f64::from(y) * 100.0);
            let number = input.longitude.len() as u32;
            input.longitude.push(longitude);
            input.latitude.push(latitude);
            input.junction.push(i64::from(number));
            let mut street = |to| {
                let (source, class) = (i64::from(number), 0);
                let segment = Segment { from: number, to, length: 100.0, forward: walk, backward: walk, source, class };
                input.segments.push(segment);
            };
            if x < half {
                street(number + 1);
            }
            if y < half {
                street(number + side as u32);
            }
        }
    }
    input.shape_start = vec![0; input.segments.len() + 1];
    input.classes = vec!["residential".to_owned()];
    input
}

#[test]
fn a_mesh_of_streets_gives_a_diamond() {
    let streets = Streets::new(&mesh(15)).expect("streets");
    let profile = streets.profile(Mode::Walk, &ProfileOptions::default()).expect("a profile");
    let samples = Samples::new(&streets, &profile, 25.0);
    let snap = streets.snap(&profile, ORIGIN[0], ORIGIN[1], 50.0).expect("a street");
    let mut search = IsochroneSearch::new(&streets);
    let draw = options(25.0, 75.0);
    let mut run = |travel: &StreetTravel, stops: (&[Option<crate::streets::Snap>], &[Seconds]), cutoffs: &[u32]| {
        search.run(&streets, &profile, &samples, travel, (ORIGIN, Some(&snap)), stops, cutoffs, &draw).expect("areas")
    };
    let travel = StreetTravel::default();
    let drawn = run(&travel, (&[], &[]), &[400, 800, 1200]);
    for (isochrone, radius) in drawn.iter().zip([400.0, 800.0, 1200.0]) {
        // |x| + |y| <= radius, and up to 29 m gained by cutting across a block.
        let (wanted, gained) = (2.0 * radius * radius, (1.0_f64 + 30.0 / radius).powi(2));
        let share = isochrone.area / wanted;
        assert!(share > 0.98 && share < gained, "{share} {gained}");
        assert!(covers(isochrone, ORIGIN));
    }
    // A stop 1 km to the east after 300 s, from where nobody walks farther than 100 m.
    let stop = at(1000.0, 0.0);
    let stops = [streets.snap(&profile, stop[0], stop[1], 50.0), None];
    let near = StreetTravel { max_egress: 100, ..travel };
    let drawn = run(&near, (&stops, &[Seconds(300), Seconds(10)]), &[350, 700]);
    assert!(covers(&drawn[0], at(1030.0, 0.0)) && !covers(&drawn[0], at(1080.0, 0.0)), "{drawn:?}");
    assert_eq!(drawn[0].polygons.len(), 2);
    assert!(covers(&drawn[1], at(1100.0, 20.0)) && !covers(&drawn[1], at(1000.0, 300.0)));
    // Whoever may not walk at all reaches the point where he stands, and the way to the street.
    let drawn = run(&StreetTravel { max_access: 0, ..travel }, (&[], &[]), &[600]);
    assert!(drawn[0].area < 4.0 * 100.0 * 100.0, "{}", drawn[0].area);

    let mut times = StreetTimes::new(&streets);
    let far = [streets.snap(&profile, at(1000.0, 0.0)[0], at(1000.0, 0.0)[1], 50.0), None, Some(snap)];
    let access = |travel: &StreetTravel| StreetTimes::new(&streets).access(&streets, &profile, travel, &snap, &far);
    assert_eq!(access(&travel).iter().map(|access| access.stop).collect::<Vec<_>>(), [0, 2]);
    assert!(access(&travel)[0].seconds.abs_diff(1000) <= 1);
    assert_eq!(access(&StreetTravel { max_access: 900, ..travel }).len(), 1);
    let seconds = times.run(&streets, &profile, &travel, Some(&snap), (&[], &[]), 250).expect("seconds");
    let lines = lines::reached(&streets, &profile, seconds, 1000.0, 250.0);
    let length: f64 = lines.iter().flat_map(|line| line.windows(2)).map(|two| streets::flat(two[0], two[1])).sum();
    // Of the pieces that begin 0, 100 and 200 m off there are 4, 12 and 20, the last half reached.
    assert!((length - (4.0 + 12.0 + 20.0 * 0.5) * 100.0).abs() < 5.0, "{length}");
    assert!(times.run(&streets, &profile, &travel, None, (&[None], &[]), 250).is_err());
    let still = StreetTravel { speed: 0.0, ..travel };
    assert!(times.run(&streets, &profile, &still, Some(&snap), (&[], &[]), 250).is_err());
}

#[test]
fn times_at_stops_over_a_window() {
    let stop = Entrance { longitude: 0.0, latitude: 0.0, wheelchair: Wheelchair::Unknown };
    let trip = |first| Trip {
        route: 0,
        first,
        count: 2,
        wheelchair: Wheelchair::Unknown,
        first_frequency: 0,
        frequency_count: 0,
        source: first / 2,
    };
    let event = |stop, at| StopEvent { stop, arrival: at, departure: at, board: true, alight: true };
    let timetable = Timetable::new(&TimetableInput {
        stops: vec![stop; 3],
        routes: vec![Route { vehicle: 3, fare: 0 }],
        trips: vec![trip(0), trip(2)],
        events: vec![event(0, 600), event(1, 1200), event(0, 1800), event(1, 2400)],
        ..TimetableInput::default()
    })
    .expect("a timetable");
    let transfers = Transfers::new(3, std::iter::empty());
    let access = [Access { stop: 0, seconds: 0 }];
    let mut times = StopTimes::new(&timetable);
    let mut run = |max_time, percentile| {
        let query = RangeQuery { first_departure: 0, departures: 3, step: 600, max_time, ..RangeQuery::default() };
        times.run(&timetable, &transfers, &access, &query, percentile).map(|times| times[1]).ok()
    };
    // Leaving at 0 one catches the first, at 600 (with a minute to wait) and 1200 the second: 1200, 1800 and 1200 s.
    assert_eq!([0.0, 50.0, 67.0, 100.0].map(|p| run(7200, p)), [1200, 1200, 1800, 1800].map(|at| Some(Seconds(at))));
    assert_eq!([66.0, 67.0].map(|p| run(1500, p)), [Some(Seconds(1200)), Some(Seconds::UNREACHED)]);
    assert_eq!(run(7200, 101.0), None);
    let query = RangeQuery { first_departure: 0, departures: 3, step: 600, ..RangeQuery::default() };
    let all = times.run(&timetable, &transfers, &access, &query, 50.0).expect("times");
    assert_eq!(all[2], Seconds::UNREACHED);
}

proptest! {
    #[test]
    fn areas_hold_the_origin_and_each_other(
        points in prop::collection::vec((-900.0_f64..900.0, -900.0_f64..900.0, 0_u32..1500), 0..40),
        probes in prop::collection::vec((-1000.0_f64..1000.0, -1000.0_f64..1000.0), 30),
    ) {
        let arrivals: Vec<Arrival> =
            points.iter().map(|&(x, y, seconds)| Arrival { point: at(x, y), seconds: f64::from(seconds) }).collect();
        let draw = options(40.0, 120.0);
        let mut canvas = Canvas::new();
        let drawn = canvas.draw(ORIGIN, &arrivals, &[1200, 300, 600], &draw).expect("areas");
        prop_assert_eq!(&drawn, &canvas.draw(ORIGIN, &arrivals, &[1200, 300, 600], &draw).expect("areas"));
        let [long, short, middle] = &drawn[..] else { panic!("three areas") };
        prop_assert!(short.area <= middle.area && middle.area <= long.area);
        for isochrone in &drawn {
            prop_assert!(covers(isochrone, ORIGIN));
        }
        for &(x, y) in &probes {
            let point = at(x, y);
            prop_assert!(!covers(short, point) || covers(middle, point));
            prop_assert!(!covers(middle, point) || covers(long, point));
            // Not beyond the discs by more than a border drawn straight between two nodes, and all that is deep inside.
            let all = points.iter().map(|p| (p.0, p.1, f64::from(p.2))).chain([(0.0, 0.0, 0.0)]);
            let depth = |p: (f64, f64, f64)| (1200.0 - p.2).min(120.0) - (p.0 - x).hypot(p.1 - y);
            let depth = all.filter(|p| p.2 <= 1200.0).map(depth).fold(f64::NEG_INFINITY, f64::max);
            prop_assert!(!covers(long, point) || depth > -15.0, "{}", depth);
            prop_assert!(covers(long, point) || depth < 60.0, "{}", depth);
        }
    }
}
