//! Measures of inequality on ten million values.

use divan::{Bencher, black_box};
use umbel_core::random::Stream;
use umbel_stats::Weights;
use umbel_stats::inequality::gini::{Divisor, gini};
use umbel_stats::inequality::spatial_gini::spatial_gini;
use umbel_stats::inequality::theil::{Measure, theil};
use umbel_stats::inference::Alternative;

const MANY: usize = 10_000_000;

fn incomes(places: usize) -> Vec<f64> {
    let mut stream = Stream::new(3, 0);
    (0..places).map(|_| (10.0 + stream.normal()).exp()).collect()
}

fn labels(groups: u64) -> Vec<u32> {
    let mut stream = Stream::new(3, 1);
    (0..MANY).map(|_| stream.below(groups) as u32).collect()
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn gini_of_ten_million(bencher: Bencher) {
    let values = incomes(MANY);
    bencher.bench_local(|| gini(black_box(&values), None, Divisor::Population));
}

#[divan::bench(sample_count = 3, sample_size = 1)]
fn gini_of_ten_million_weighted(bencher: Bencher) {
    let (values, weights) = (incomes(MANY), labels(1_000_000).into_iter().map(f64::from).collect::<Vec<_>>());
    bencher.bench_local(|| gini(black_box(&values), Some(&weights), Divisor::Population));
}

#[divan::bench(sample_count = 5, sample_size = 1, args = [31, 1000])]
fn theil_of_ten_million(bencher: Bencher, groups: u64) {
    let (values, labels) = (incomes(MANY), labels(groups));
    bencher.bench_local(|| theil(black_box(&values), None, &[&labels], Measure::T));
}

#[divan::bench(sample_count = 5, sample_size = 1)]
fn spatial_gini_of_3025_with_999_permutations(bencher: Bencher) {
    let side = 55_u32;
    let row = |at: u32| {
        let (x, y) = (at % side, at / side);
        let near = |a: u32| a.saturating_sub(1)..(a + 2).min(side);
        near(y).flat_map(move |y| near(x).map(move |x| (y * side + x, 1.0))).filter(move |pair| pair.0 != at).collect()
    };
    let weights = Weights::from_rows((0..side * side).map(|at| -> Vec<(u32, f64)> { row(at) })).expect("weights");
    let values = incomes((side * side) as usize);
    bencher.bench_local(|| spatial_gini(black_box(&values), &weights, 999, Alternative::TwoSided, 1));
}
