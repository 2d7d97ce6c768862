//! Autocorrelation on queen lattices, row-standardised, 999 permutations.

use divan::Bencher;
use umbel_core::random::Stream;
use umbel_stats::Weights;
use umbel_stats::autocorrelation::geary::moran_and_geary;
use umbel_stats::autocorrelation::local_g::local_g;
use umbel_stats::autocorrelation::local_geary::local_geary;
use umbel_stats::autocorrelation::local_moran::{Divisor, local_moran};
use umbel_stats::autocorrelation::moran::moran;
use umbel_stats::autocorrelation::significance::{Islands, Test};

/// Places of a square lattice, each with up to eight neighbours, and values that resemble their neighbours a little.
fn lattice(side: i64) -> (Weights, Vec<f64>) {
    let row = |at: i64| {
        let (x, y) = (at % side, at / side);
        let around = (-1..=1).flat_map(move |dy| (-1..=1).map(move |dx| (x + dx, y + dy)));
        let inside = around.filter(move |&(a, b)| (a, b) != (x, y) && a >= 0 && b >= 0 && a < side && b < side);
        inside.map(move |(a, b)| ((b * side + a) as u32, 1.0)).collect::<Vec<_>>()
    };
    let binary = Weights::from_rows((0..side * side).map(row)).expect("weights");
    let mut stream = Stream::new(7, 0);
    let noise: Vec<f64> = (0..side * side).map(|_| stream.normal()).collect();
    let lag = binary.lag(&noise);
    let values = noise.iter().zip(&lag).map(|(own, lag)| own + 0.5 * lag / 8.0).collect();
    (binary.row_standardised(), values)
}

#[divan::bench(args = [174, 548], sample_count = 5)]
fn local_moran_999(bencher: Bencher, side: i64) {
    let (weights, values) = lattice(side);
    let test = Test::default();
    bencher.bench(|| local_moran(&values, &weights, Divisor::PlacesLessOne, Islands::Undefined, &test));
}

#[divan::bench(args = [174], sample_count = 5)]
fn local_moran_999_unequal_weights(bencher: Bencher, side: i64) {
    let (weights, values) = lattice(side);
    let weights = weights.map_rows(|_, _, row| row.iter_mut().enumerate().for_each(|(k, w)| *w /= 1.0 + k as f64));
    let test = Test::default();
    bencher.bench(|| local_moran(&values, &weights, Divisor::PlacesLessOne, Islands::Undefined, &test));
}

#[divan::bench(args = [174], sample_count = 5)]
fn local_g_star_999(bencher: Bencher, side: i64) {
    let (weights, values) = lattice(side);
    let test = Test::default();
    bencher.bench(|| local_g(&values, &weights.binary(), true, Islands::Undefined, &test));
}

#[divan::bench(args = [174], sample_count = 5)]
fn local_geary_999(bencher: Bencher, side: i64) {
    let (weights, values) = lattice(side);
    let test = Test::default();
    bencher.bench(|| local_geary(&values, &weights, Divisor::Places, Islands::Undefined, &test));
}

#[divan::bench(args = [55, 174, 548], sample_count = 3)]
fn moran_999(bencher: Bencher, side: i64) {
    let (weights, values) = lattice(side);
    let test = Test::default();
    bencher.bench(|| moran(&values, &weights, &test));
}

#[divan::bench(args = [174], sample_count = 5)]
fn moran_and_geary_999(bencher: Bencher, side: i64) {
    let (weights, values) = lattice(side);
    let test = Test::default();
    bencher.bench(|| moran_and_geary(&values, &weights, &test));
}

#[divan::bench(args = [548], sample_count = 5)]
fn moran_analytic(bencher: Bencher, side: i64) {
    let (weights, values) = lattice(side);
    let test = Test { permutations: 0, ..Test::default() };
    bencher.bench(|| moran(&values, &weights, &test));
}
