//! Streets of a town of blocks: made ready, joined, searched, and swept over a hierarchy.

#![allow(clippy::expect_used, reason = "a benchmark fails by panicking")]

use divan::Bencher;
use divan::counter::ItemsCount;
use std::sync::Arc;
use umbel_access::streets::edit::{Edit, Which};
use umbel_access::streets::hierarchy::{Hierarchy, LANES, Order, Skeleton, Sweep};
use umbel_access::streets::{
    Direction, MOST, Mode, Passage, Profile, ProfileOptions, Search, Segment, Snap, StreetInput, Streets,
};
use umbel_core::random::Stream;

fn main() {
    divan::main();
}

/// Blocks of about 100 m, every fifth street wide, some streets missing.
fn town(side: u32) -> StreetInput {
    let mut stream = Stream::new(1, 0);
    let mut input = StreetInput { shape_start: vec![0], classes: vec!["street".into()], ..StreetInput::default() };
    let mut jitter = || stream.uniform() * 0.0004;
    for junction in 0..side * side {
        input.longitude.push(f64::from(junction % side) * 0.001 + jitter());
        input.latitude.push(f64::from(junction / side) * 0.001 + jitter());
        input.junction.push(i64::from(junction));
    }
    for from in 0..side * side {
        for (to, wide, inside) in [
            (from + 1, (from / side).is_multiple_of(5), !(from + 1).is_multiple_of(side)),
            (from + side, (from % side).is_multiple_of(5), from + side < side * side),
        ] {
            if !inside || (!wide && stream.below(10) == 0) {
                continue;
            }
            let car_speed = if wide { 50.0 } else { 25.0 };
            let passage = Passage { walk: true, bike_speed: 15.0, car_speed, car_delay: 2.0 };
            let length = 80.0 + stream.uniform() * 50.0;
            input.segments.push(Segment { from, to, length, forward: passage, backward: passage, source: 0, class: 0 });
            input.shape_start.push(0);
        }
    }
    input
}

fn ready(side: u32, mode: Mode) -> (Streets, Profile) {
    let streets = Streets::new(&town(side)).expect("streets");
    let profile = streets.profile(mode, &ProfileOptions::default()).expect("profile");
    (streets, profile)
}

fn places(streets: &Streets, profile: &Profile, count: usize) -> Vec<Snap> {
    let mut stream = Stream::new(2, 0);
    let junctions = streets.junction_count() as u64;
    (0..count)
        .map(|_| streets.junction_point(stream.below(junctions) as u32))
        .filter_map(|[longitude, latitude]| streets.snap(profile, longitude + 0.0003, latitude, 1000.0))
        .collect()
}

#[divan::bench(args = [190, 550], sample_count = 10)]
fn new(bencher: Bencher, side: u32) {
    let input = town(side);
    bencher.bench(|| Streets::new(&input));
}

#[divan::bench(args = [190, 550], sample_count = 10)]
fn profile(bencher: Bencher, side: u32) {
    let (streets, _) = ready(side, Mode::Car);
    bencher.bench(|| streets.profile(Mode::Car, &ProfileOptions::default()));
}

#[divan::bench(args = [190, 550])]
fn snap(bencher: Bencher, side: u32) {
    let (streets, profile) = ready(side, Mode::Walk);
    let mut stream = Stream::new(3, 0);
    bencher.bench_local(|| {
        let place = [0, 1].map(|_| stream.uniform() * f64::from(side) * 0.001);
        streets.snap(&profile, place[0], place[1], 1000.0)
    });
}

#[divan::bench(args = [(190, MOST), (550, MOST), (190, 3_600_000), (550, 3_600_000)])]
fn search(bencher: Bencher, (side, limit): (u32, u32)) {
    let (streets, profile) = ready(side, Mode::Walk);
    let starts = places(&streets, &profile, 50);
    let (mut search, mut turn) = (Search::new(&streets), 0);
    bencher.bench_local(|| {
        turn += 1;
        search.run(&streets, &profile, &starts[turn % starts.len()], Direction::From, limit);
        search.reached().len()
    });
}

#[divan::bench(args = [190], sample_count = 3)]
fn order(bencher: Bencher, side: u32) {
    let (streets, profile) = ready(side, Mode::Car);
    bencher.bench(|| Order::new(&streets, &profile));
}

fn hierarchy(side: u32) -> (Streets, Profile, Arc<Skeleton>) {
    let (streets, profile) = ready(side, Mode::Car);
    let skeleton = Arc::new(Skeleton::new(&Order::new(&streets, &profile), &streets, &profile));
    (streets, profile, skeleton)
}

#[divan::bench(args = [190], sample_count = 5)]
fn customise(bencher: Bencher, side: u32) {
    let (streets, profile, skeleton) = hierarchy(side);
    bencher.bench(|| Hierarchy::customise(&skeleton, &streets, &profile));
}

#[divan::bench(args = [190], sample_count = 10)]
fn sweep(bencher: Bencher, side: u32) {
    let (streets, profile, skeleton) = hierarchy(side);
    let hierarchy = Hierarchy::customise(&skeleton, &streets, &profile).expect("hierarchy");
    let starts = places(&streets, &profile, LANES);
    let mut sweep = Sweep::new();
    bencher
        .counter(ItemsCount::new(LANES))
        .bench_local(|| hierarchy.sweep(&streets, &profile, &starts, Direction::From, &mut sweep));
}

#[divan::bench(args = [190], sample_count = 10)]
fn table(bencher: Bencher, side: u32) {
    let (streets, profile, skeleton) = hierarchy(side);
    let hierarchy = Hierarchy::customise(&skeleton, &streets, &profile).expect("hierarchy");
    let places: Vec<Option<Snap>> = places(&streets, &profile, 208).into_iter().map(Some).collect();
    bencher.counter(ItemsCount::new(places.len())).bench(|| hierarchy.table(&streets, &profile, &places, &places));
}

#[divan::bench(args = [190], sample_count = 10)]
fn edited(bencher: Bencher, side: u32) {
    let (streets, profile) = ready(side, Mode::Car);
    let edits = [Edit::Close(Which::Segments(vec![100, 2000])), Edit::Speed(Which::All, 0.8)];
    bencher.bench(|| profile.edited(&streets, &edits));
}
