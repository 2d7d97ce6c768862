//! Streets of a town of blocks: made ready, joined, searched, and swept over a hierarchy.

#![allow(clippy::expect_used, reason = "a benchmark fails by panicking")]

use divan::Bencher;
use divan::counter::ItemsCount;
use std::sync::Arc;
use town::town;
use umbel_access::streets::edit::{Edit, Which};
use umbel_access::streets::hierarchy::{Hierarchy, LANES, Order, Skeleton, Sweep};
use umbel_access::streets::{Direction, MOST, Mode, Profile, ProfileOptions, Search, Snap, Streets};
use umbel_core::random::Stream;

mod town;

fn main() {
    divan::main();
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
