//! The costs of attribution.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use divan::{Bencher, black_box};
use umbel_core::random::Stream;
use umbel_optimize::attribution::weighted_vote::WeightedVote;
use umbel_optimize::attribution::{Design, Method, shapley};

fn main() {
    divan::main();
}

fn values(players: usize) -> Vec<f64> {
    let mut stream = Stream::new(1, 0);
    (0..1_usize << players).map(|_| 1e6 * stream.normal()).collect()
}

#[divan::bench(args = [12, 15, 20, 24], sample_count = 10)]
fn exact_doubles(bencher: Bencher, players: usize) {
    let values = values(players);
    bencher.bench(|| shapley::shapley(players, black_box(&values)).unwrap());
}

#[divan::bench(args = [12, 15, 20, 24], sample_count = 10)]
fn exact_integers(bencher: Bencher, players: usize) {
    let values: Vec<i128> = values(players).into_iter().map(|value| value as i128).collect();
    bencher.bench(|| shapley::exact(players, black_box(&values)).unwrap());
}

/// Ten projects, as many figures as a region has cells.
#[divan::bench(args = [1_000, 10_000], sample_count = 10)]
fn many_figures_of_ten_players(bencher: Bencher, figures: usize) {
    let mut stream = Stream::new(1, 0);
    let rows: Vec<Vec<f64>> = (0..1024).map(|_| (0..figures).map(|_| 1e6 * stream.normal()).collect()).collect();
    let design = Design::new(10, Method::Exact).unwrap();
    bencher.bench(|| design.attribute_many(black_box(&rows)).unwrap());
}

#[divan::bench(args = [30, 60], sample_count = 10)]
fn a_thousand_orders(bencher: Bencher, players: usize) {
    bencher.bench(|| {
        let design = Design::new(players, Method::Sampled { permutations: 1000, seed: 1 }).unwrap();
        let values: Vec<f64> = design.masks().iter().map(|mask| f64::from(mask.count_ones()).sqrt()).collect();
        design.attribute(&values).unwrap()
    });
}

/// As many voters and votes as an electoral college has.
#[divan::bench(sample_count = 10)]
fn a_vote_of_51_players(bencher: Bencher) {
    let mut stream = Stream::new(2, 0);
    let weights: Vec<u64> = (0..51).map(|_| 3 + stream.below(16)).collect();
    let vote = WeightedVote::new(weights.iter().sum::<u64>() / 2 + 1, weights).unwrap();
    bencher.bench(|| vote.shapley().unwrap());
}
