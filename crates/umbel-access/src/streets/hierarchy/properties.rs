//! What is true of every hierarchy: its costs are those of the searches.

use super::{Hierarchy, LANES, Order, Skeleton, Sweep};
use crate::Error;
use crate::streets::properties::{MODES, network, points};
use crate::streets::{Direction, MOST, Mode, ProfileOptions, Search, Snap, StreetInput, Streets, table};
use std::sync::Arc;
use umbel_core::random::Stream;

/// A town of blocks, some streets one-way, some missing.
fn blocks(side: u64, seed: u64) -> StreetInput {
    let mut input = network(seed, side * side, 0);
    let (mut stream, pattern) = (Stream::new(seed, 21), network(seed, 50, 400));
    for junction in 0..side * side {
        input.longitude[junction as usize] = 10.0 + 0.001 * (junction % side) as f64;
        input.latitude[junction as usize] = 45.0 + 0.001 * (junction / side) as f64;
        for step in [1, side] {
            if stream.below(8) == 0 || junction + step >= side * side || (step == 1 && (junction + 1) % side == 0) {
                continue;
            }
            let mut segment = pattern.segments[stream.below(400) as usize];
            (segment.from, segment.to) = (junction as u32, (junction + step) as u32);
            input.segments.push(segment);
            input.shape_start.push(0);
        }
    }
    input
}

fn agree(input: &StreetInput, mode: Mode, seed: u64) {
    let streets = Streets::new(input).expect("streets");
    let profile = streets.profile(mode, &ProfileOptions::default()).expect("profile");
    let skeleton = Arc::new(Skeleton::new(&Order::new(&streets, &profile), &streets, &profile));
    let hierarchy = Hierarchy::customise(&skeleton, &streets, &profile).expect("hierarchy");
    let points = points(&mut Stream::new(seed, 22), &profile, input.segments.len(), 40);
    let expected = table(&streets, &profile, &points, &points, MOST);
    assert_eq!(hierarchy.table(&streets, &profile, &points, &points), expected, "seed {seed}");
    let some: Vec<Snap> = points.iter().flatten().copied().take(LANES).collect();
    let (mut search, mut sweep) = (Search::new(&streets), Sweep::new());
    for direction in [Direction::From, Direction::To] {
        hierarchy.sweep(&streets, &profile, &some, direction, &mut sweep);
        for (lane, point) in some.iter().enumerate() {
            search.run(&streets, &profile, point, direction, MOST);
            for junction in 0..streets.junction_count() as u32 {
                assert_eq!(sweep.to_junction(lane, junction), search.to_junction(junction), "seed {seed}");
            }
        }
    }
    // The same skeleton serves another hour.
    let hours = ProfileOptions { class_factors: vec![0.5, 1.0], ..ProfileOptions::default() };
    let slower = streets.profile(mode, &hours).expect("profile");
    let again = Hierarchy::customise(&skeleton, &streets, &slower).expect("hierarchy");
    let expected = table(&streets, &slower, &points, &points, MOST);
    assert_eq!(again.table(&streets, &slower, &points, &points), expected, "seed {seed}");
}

#[test]
fn hierarchies_equal_searches_on_random_networks() {
    for seed in 0..40 {
        let junctions = 1 + seed * 3;
        agree(&network(seed, junctions, junctions * (1 + seed % 3)), MODES[seed as usize % 3], seed);
    }
}

#[test]
fn hierarchies_equal_searches_on_blocks() {
    for seed in 0..6 {
        agree(&blocks(4 + seed * 9, seed), MODES[seed as usize % 3], seed);
    }
}

#[test]
fn hierarchies_are_the_same_with_one_and_two_threads() {
    let streets = Streets::new(&blocks(80, 3)).expect("streets");
    let profile = streets.profile(Mode::Car, &ProfileOptions::default()).expect("profile");
    let points = points(&mut Stream::new(3, 23), &profile, streets.segment_count(), 50);
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("pool");
        pool.install(|| {
            let order = Order::new(&streets, &profile);
            let skeleton = Arc::new(Skeleton::new(&order, &streets, &profile));
            let hierarchy = Hierarchy::customise(&skeleton, &streets, &profile).expect("hierarchy");
            let table = hierarchy.table(&streets, &profile, &points, &points);
            (order, hierarchy.up.arcs, hierarchy.down.arcs, table)
        })
    };
    assert_eq!(with(1), with(2));
}

#[test]
fn separators_keep_the_shortcuts_few() {
    let side = 64;
    let mut input = blocks(side, 1);
    let open = |segment: &mut crate::streets::Segment| {
        segment.forward.walk = true;
        segment.backward.walk = true;
    };
    input.segments.iter_mut().for_each(open);
    let streets = Streets::new(&input).expect("streets");
    let profile = streets.profile(Mode::Walk, &ProfileOptions::default()).expect("profile");
    let skeleton = Skeleton::new(&Order::new(&streets, &profile), &streets, &profile);
    // Nested dissection of a square grid fills in no more than 31/4 n log2 n (George, SIAM J. Numer. Anal. 10(2), 1973).
    let junctions = (side * side) as f64;
    assert!(
        (skeleton.edge_count() as f64) < 31.0 / 4.0 * junctions * junctions.log2() / 4.0,
        "{}",
        skeleton.edge_count()
    );
}

#[test]
fn a_street_that_the_skeleton_does_not_know_is_an_error() {
    let mut input = blocks(5, 2);
    let streets = Streets::new(&input).expect("streets");
    let car = streets.profile(Mode::Car, &ProfileOptions::default()).expect("profile");
    input.segments.iter_mut().for_each(|segment| segment.forward.car_speed = 0.0);
    input.segments.iter_mut().for_each(|segment| segment.backward.car_speed = 0.0);
    let closed = Streets::new(&input).expect("streets");
    let none = closed.profile(Mode::Car, &ProfileOptions::default()).expect("profile");
    let skeleton = Arc::new(Skeleton::new(&Order::new(&closed, &none), &closed, &none));
    let result = Hierarchy::customise(&skeleton, &streets, &car);
    assert!(matches!(result, Err(Error::Parameter { parameter: "profile", .. })));
}
