//! What is true of every network: searches against a plain Dijkstra over a graph in which points are junctions.

use crate::Error;
use crate::streets::sphere::{METRES_PER_DEGREE, distance};
use crate::streets::{
    CLOSED, Cost, Direction, MOST, Mode, Passage, Profile, ProfileOptions, Search, Segment, Snap, StreetInput, Streets,
    table,
};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use umbel_core::random::Stream;

pub(crate) const MODES: [Mode; 3] = [Mode::Walk, Mode::Bike, Mode::Car];

fn passage(stream: &mut Stream) -> Passage {
    let speed = |stream: &mut Stream| [0.0, 3.6, 7.2, 18.0, 36.0][stream.below(5) as usize];
    Passage {
        walk: stream.below(4) > 0,
        bike_speed: speed(stream),
        car_speed: speed(stream),
        car_delay: stream.below(3) as f32,
    }
}

/// A random network: one-way streets, parallel ones, loops, lengths of zero, parts that do not hang together. Lengths
/// are multiples of 64 m, so that quarters of a segment cost whole numbers.
pub(crate) fn network(seed: u64, junctions: u64, segments: u64) -> StreetInput {
    let mut stream = Stream::new(seed, 11);
    let mut input = StreetInput { classes: vec!["a".into(), "b".into()], ..StreetInput::default() };
    for junction in 0..junctions {
        input.longitude.push(10.0 + stream.uniform() * 0.02);
        input.latitude.push(45.0 + stream.uniform() * 0.02);
        input.junction.push(1000 + junction as i64);
    }
    input.shape_start.push(0);
    for number in 0..segments {
        let from = stream.below(junctions) as u32;
        let near = (u64::from(from) + stream.below(9)) % junctions;
        let to = if stream.below(3) > 0 { near as u32 } else { stream.below(junctions) as u32 };
        let forward = passage(&mut stream);
        let backward = if stream.below(2) > 0 { forward } else { passage(&mut stream) };
        let length = 64.0 * stream.below(20) as f64;
        let class = stream.below(2) as u16;
        input.segments.push(Segment { from, to, length, forward, backward, source: number as i64 / 2, class });
        for _ in 0..stream.below(3) {
            input.shape.push([10.0 + stream.uniform() * 0.02, 45.0 + stream.uniform() * 0.02]);
        }
        input.shape_start.push(input.shape.len() as u32);
    }
    input
}

/// Points on quarters of random segments.
pub(crate) fn points(stream: &mut Stream, profile: &Profile, segments: usize, count: usize) -> Vec<Option<Snap>> {
    let mut points = Vec::new();
    for _ in 0..count {
        let segment = stream.below(segments as u64) as u32;
        let fraction = stream.below(5) as f64 / 4.0;
        let snap = Snap { segment, fraction, distance: 0.0, longitude: 0.0, latitude: 0.0 };
        points.push(profile.is_joinable(segment).then_some(snap));
    }
    points
}

/// Least costs from a node by arcs (tail, head, cost), with a binary heap.
pub(crate) fn plain(nodes: usize, arcs: &[(usize, usize, Cost)], from: usize) -> Vec<Cost> {
    let mut leaving = vec![Vec::new(); nodes];
    for &(tail, head, cost) in arcs {
        leaving[tail].push((head, cost));
    }
    let mut best = vec![CLOSED; nodes];
    let mut heap = BinaryHeap::from([Reverse((0, from))]);
    best[from] = 0;
    while let Some(Reverse((cost, node))) = heap.pop() {
        if cost > best[node] {
            continue;
        }
        for &(head, more) in &leaving[node] {
            if cost + more < best[head] {
                best[head] = cost + more;
                heap.push(Reverse((cost + more, head)));
            }
        }
    }
    best
}

/// The graph in which every point is a node after the junctions (0 at the start of a segment and at its end): arcs from
/// the input itself, in thousandths.
pub(crate) fn with_points(
    input: &StreetInput,
    streets: &Streets,
    mode: Mode,
    points: &[Option<Snap>],
) -> Vec<(usize, usize, Cost)> {
    let junctions = input.longitude.len();
    let mut arcs = Vec::new();
    for (number, segment) in input.segments.iter().enumerate() {
        let mut stops = vec![(0.0, streets.junction_of_input(segment.from) as usize)];
        for (at, point) in points.iter().enumerate() {
            if let Some(point) = point.as_ref().filter(|point| point.segment as usize == number) {
                stops.push((point.fraction, junctions + at));
            }
        }
        stops.push((1.0, streets.junction_of_input(segment.to) as usize));
        stops.sort_by(|a, b| a.0.total_cmp(&b.0));
        for at in 0..stops.len() - 1 {
            let share = stops[at + 1].0 - stops[at].0;
            let cost = |passage: &Passage, at_end: bool| {
                let length = segment.length * share;
                let seconds = |speed: f32| (speed > 0.0).then(|| length / (f64::from(speed) / 3.6));
                let amount = match mode {
                    Mode::Walk => passage.walk.then_some(length),
                    Mode::Bike => seconds(passage.bike_speed),
                    Mode::Car => seconds(passage.car_speed)
                        .map(|seconds| seconds + if at_end { f64::from(passage.car_delay) } else { 0.0 }),
                };
                amount.map(|amount| (amount * 1000.0).round() as Cost)
            };
            if share == 0.0 {
                // One place: no way is needed.
                arcs.extend([(stops[at].1, stops[at + 1].1, 0), (stops[at + 1].1, stops[at].1, 0)]);
                continue;
            }
            if let Some(cost) = cost(&segment.forward, stops[at + 1].0 == 1.0) {
                arcs.push((stops[at].1, stops[at + 1].1, cost));
            }
            if let Some(cost) = cost(&segment.backward, stops[at].0 == 0.0) {
                arcs.push((stops[at + 1].1, stops[at].1, cost));
            }
        }
    }
    arcs
}

#[test]
fn searches_equal_a_plain_dijkstra() {
    for seed in 0..60 {
        let junctions = 3 + seed % 40;
        let input = network(seed, junctions, junctions * (1 + seed % 3));
        let streets = Streets::new(&input).expect("streets");
        let mode = MODES[seed as usize % 3];
        let profile = streets.profile(mode, &ProfileOptions::default()).expect("profile");
        let mut stream = Stream::new(seed, 12);
        let points = points(&mut stream, &profile, input.segments.len(), 12);
        let arcs = with_points(&input, &streets, mode, &points);
        let turned: Vec<_> = arcs.iter().map(|&(tail, head, cost)| (head, tail, cost)).collect();
        let limit = [MOST, 200_000, 30_000][seed as usize / 3 % 3];
        let all = table(&streets, &profile, &points, &points, limit);
        let few = table(&streets, &profile, &points, &points[..5], limit);
        let mut search = Search::new(&streets);
        let nodes = junctions as usize + points.len();
        for (at, point) in points.iter().enumerate() {
            let Some(point) = point else {
                assert!(all[at * points.len()..][..points.len()].iter().all(|&cost| cost == CLOSED));
                continue;
            };
            for (direction, arcs) in [(Direction::From, &arcs), (Direction::To, &turned)] {
                let mut expected = plain(nodes, arcs, junctions as usize + at);
                expected.iter_mut().for_each(|cost| *cost = if *cost > limit { CLOSED } else { *cost });
                search.run(&streets, &profile, point, direction, limit);
                for junction in 0..junctions as u32 {
                    let cost = search.to_junction(junction).unwrap_or(CLOSED);
                    assert_eq!(cost, expected[junction as usize], "seed {seed}, {direction:?}, {junction}");
                }
                let costs: Vec<_> = search.reached().iter().map(|&at| search.to_junction(at)).collect();
                assert!(costs.is_sorted(), "seed {seed}");
                assert_eq!(costs.len(), expected[..junctions as usize].iter().filter(|&&cost| cost != CLOSED).count());
                for (other, to) in points.iter().enumerate() {
                    let Some(to) = to else { continue };
                    let cost = search.to_snap(&streets, &profile, to).unwrap_or(CLOSED);
                    assert_eq!(cost, expected[junctions as usize + other], "seed {seed}, {direction:?}, {at} {other}");
                    if direction == Direction::From {
                        assert_eq!(all[at * points.len() + other], cost);
                        assert!(other >= 5 || few[at * 5 + other] == cost);
                    }
                }
            }
        }
    }
}

#[test]
fn tables_are_the_same_with_one_and_two_threads() {
    let input = network(5, 300, 700);
    let streets = Streets::new(&input).expect("streets");
    let profile = streets.profile(Mode::Car, &ProfileOptions::default()).expect("profile");
    let points = points(&mut Stream::new(5, 12), &profile, input.segments.len(), 60);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
        pool.install(|| table(&streets, &profile, &points, &points, MOST))
    };
    assert_eq!(with(1), with(2));
}

#[test]
fn snapping_finds_the_nearest_of_all_segments() {
    for seed in 0..20 {
        let input = network(seed, 40, 80);
        let streets = Streets::new(&input).expect("streets");
        let profile = streets.profile(Mode::Car, &ProfileOptions::default()).expect("profile");
        let mut stream = Stream::new(seed, 13);
        for _ in 0..20 {
            let point = [10.0 + (stream.uniform() - 0.2) * 0.03, 45.0 + (stream.uniform() - 0.2) * 0.03];
            let mut least = f64::INFINITY;
            for segment in (0..80).filter(|&segment| profile.is_joinable(segment)) {
                let line: Vec<[f64; 2]> = streets.line(segment).collect();
                for piece in line.windows(2) {
                    for step in 0..=200 {
                        let share = f64::from(step) / 200.0;
                        let place = [0, 1].map(|axis| piece[0][axis] + share * (piece[1][axis] - piece[0][axis]));
                        least = least.min(distance(point, place));
                    }
                }
            }
            let snap = streets.snap(&profile, point[0], point[1], 10_000.0).expect("in reach");
            assert!(profile.is_joinable(snap.segment));
            assert!((0.0..=1.0).contains(&snap.fraction));
            assert!(snap.distance <= least + 1e-3 && snap.distance > least - 8.0, "{} {least}", snap.distance);
            assert!((distance(point, [snap.longitude, snap.latitude]) - snap.distance).abs() < 1e-9);
            assert_eq!(streets.snap(&profile, point[0], point[1], snap.distance * 0.999), None);
            let again = streets.snap(&profile, snap.longitude, snap.latitude, 1.0).expect("on the street");
            assert!(again.distance < 1e-6);
        }
    }
}

#[test]
fn a_junction_is_a_point() {
    for seed in 0..20 {
        let input = network(seed, 30, 50);
        let streets = Streets::new(&input).expect("streets");
        let profile = streets.profile(Mode::Bike, &ProfileOptions::default()).expect("profile");
        let (mut one, mut other) = (Search::new(&streets), Search::new(&streets));
        for junction in 0..30 {
            assert_eq!(streets.junction_of_input(streets.input_of_junction(junction)), junction);
            assert_eq!(streets.junction_name(junction), 1000 + i64::from(streets.input_of_junction(junction)));
            let Some(snap) = streets.snap_junction(&profile, junction) else { continue };
            for direction in [Direction::From, Direction::To] {
                one.run(&streets, &profile, &snap, direction, MOST);
                other.run_from(&streets, &profile, [(junction, 0)].into_iter(), direction, MOST);
                assert!((0..30).all(|at| one.to_junction(at) == other.to_junction(at)), "seed {seed}, {junction}");
            }
        }
    }
}

fn straight() -> StreetInput {
    let both = Passage { walk: true, bike_speed: 18.0, car_speed: 36.0, car_delay: 0.0 };
    let east = 100.0 / METRES_PER_DEGREE;
    let segment =
        |from, to, backward| Segment { from, to, length: 100.0, forward: both, backward, source: 7, class: 0 };
    StreetInput {
        longitude: vec![0.0, east, 5.0, 5.0 + east],
        latitude: vec![0.0; 4],
        junction: vec![10, 11, 12, 13],
        segments: vec![segment(0, 1, Passage::CLOSED), segment(0, 1, both), segment(2, 3, both)],
        shape_start: vec![0, 1, 2, 2],
        shape: vec![[east / 4.0, 0.0], [east / 2.0, 0.001]],
        classes: vec!["street".into()],
        apart: Vec::new(),
    }
}

#[test]
fn two_points_on_a_one_way_street() {
    let streets = Streets::new(&straight()).expect("streets");
    let profile = streets.profile(Mode::Walk, &ProfileOptions::default()).expect("profile");
    let at = |metres: f64| {
        let snap = streets.snap(&profile, metres / METRES_PER_DEGREE, -3.0 / METRES_PER_DEGREE, 50.0).expect("near");
        assert_eq!(snap.segment, 0);
        assert!((snap.fraction - metres / 100.0).abs() < 1e-9);
        assert!((snap.distance - 3.0).abs() < 1e-6);
        Some(snap)
    };
    let points = [at(20.0), at(70.0), None];
    let costs = table(&streets, &profile, &points, &points, MOST);
    assert_eq!(costs, [0, 50_000, CLOSED, 150_000, 0, CLOSED, CLOSED, CLOSED, CLOSED]);
}

#[test]
fn small_islands_are_passed_over() {
    let streets = Streets::new(&straight()).expect("streets");
    let all = streets.profile(Mode::Walk, &ProfileOptions::default()).expect("profile");
    let options = ProfileOptions { smallest_island: 3, ..ProfileOptions::default() };
    let large = streets.profile(Mode::Walk, &options).expect("profile");
    assert_eq!(streets.snap(&all, 5.0, 0.0, 50.0).map(|snap| snap.segment), Some(2));
    assert_eq!(streets.snap(&large, 5.0, 0.0, 50.0), None);
    assert_eq!(streets.snap(&large, 0.0, 0.0, 50.0).map(|snap| snap.segment), Some(0), "the largest is kept");
    assert_eq!(streets.snap(&all, f64::NAN, 0.0, 50.0), None);
    assert_eq!(streets.snap(&all, 0.0, 91.0, 50.0), None);
}

#[test]
fn nobody_is_joined_to_what_stands_apart() {
    let mut input = straight();
    let near = |input: &StreetInput| {
        let streets = Streets::new(input).expect("streets");
        let profile = streets.profile(Mode::Walk, &ProfileOptions::default()).expect("profile");
        let snap = streets.snap(&profile, 0.0005, 0.0, 200.0).map(|snap| snap.segment);
        let one = streets.snap_junction(&profile, streets.junction_of_input(0)).expect("on a street");
        let mut search = Search::new(&streets);
        search.run(&streets, &profile, &one, Direction::From, MOST);
        (snap, search.to_junction(streets.junction_of_input(1)))
    };
    let before = near(&input);
    assert_eq!(before, (Some(0), Some(100_000)));
    input.apart = vec![0];
    assert_eq!(near(&input), (Some(1), Some(100_000)), "the next street, and one still passes");
}

#[test]
fn speeds_follow_class_and_hour_and_walking_the_slope() {
    let streets = Streets::new(&straight()).expect("streets");
    let mut hours = [1.0; 24];
    hours[8] = 0.5;
    let options =
        ProfileOptions { class_factors: vec![0.8], hourly_factors: vec![hours], hour: 8, ..Default::default() };
    let car = streets.profile(Mode::Car, &options).expect("profile");
    assert_eq!(car.travel(0), [25_000, CLOSED]);
    let options = ProfileOptions { elevation: vec![0.0, 10.0, 0.0, 0.0], ..Default::default() };
    let walk = streets.profile(Mode::Walk, &options).expect("profile");
    let up = 100_000.0 * (3.5_f64 * 0.1).exp();
    assert_eq!(walk.travel(1), [up.round() as Cost, 100_000], "Tobler: 10 % up, and 10 % down as on the flat");
    assert_eq!(walk.travel(2), [100_000, 100_000]);
    for wrong in [
        ProfileOptions { class_factors: vec![1.0, 1.0], ..Default::default() },
        ProfileOptions { class_factors: vec![0.0], ..Default::default() },
        ProfileOptions { class_factors: vec![f64::NAN], ..Default::default() },
        ProfileOptions { hourly_factors: vec![[1.0; 24]; 2], ..Default::default() },
        ProfileOptions { hourly_factors: vec![[-1.0; 24]], ..Default::default() },
        ProfileOptions { hour: 24, ..Default::default() },
        ProfileOptions { elevation: vec![0.0], ..Default::default() },
        ProfileOptions { elevation: vec![f32::NAN; 4], ..Default::default() },
    ] {
        assert!(matches!(streets.profile(Mode::Car, &wrong), Err(Error::Parameter { .. })), "{wrong:?}");
    }
}

#[test]
fn wrong_arrays_are_named() {
    type Spoil = fn(&mut StreetInput);
    let cases: [(&str, usize, Spoil); 15] = [
        ("latitude", 3, |input| input.latitude.truncate(3)),
        ("junction", 5, |input| input.junction.push(1)),
        ("longitude", 1, |input| input.longitude[1] = f64::NAN),
        ("longitude", 2, |input| input.latitude[2] = -90.5),
        ("segments", 1, |input| input.segments[1].to = 4),
        ("segments", 0, |input| input.segments[0].length = -1.0),
        ("segments", 0, |input| input.segments[0].length = f64::INFINITY),
        ("segments", 2, |input| input.segments[2].class = 1),
        ("segments", 2, |input| input.segments[2].forward.car_speed = f32::NAN),
        ("segments", 2, |input| input.segments[2].backward.car_delay = -1.0),
        ("shape_start", 3, |input| input.shape_start.truncate(3)),
        ("shape_start", 2, |input| input.shape_start[2] = 0),
        ("shape_start", 0, |input| input.shape.truncate(1)),
        ("shape", 1, |input| input.shape[1] = [181.0, 0.0]),
        ("apart", 1, |input| input.apart = vec![0, 3]),
    ];
    for (name, place, spoil) in cases {
        let mut input = straight();
        spoil(&mut input);
        match Streets::new(&input) {
            Err(Error::Input { array, at, .. }) => assert_eq!((array, at), (name, place)),
            other => panic!("{name} {place}: {:?}", other.map(|_| ())),
        }
    }
    let empty = StreetInput { shape_start: vec![0], ..StreetInput::default() };
    let streets = Streets::new(&empty).expect("nothing is a network too");
    let profile = streets.profile(Mode::Walk, &ProfileOptions::default()).expect("profile");
    assert_eq!(streets.snap(&profile, 0.0, 0.0, 1e6), None);
}
