//! Spatial models on lattices of queen neighbours, three columns.

#![allow(clippy::expect_used)]

use divan::Bencher;
use umbel_core::random::Stream;
use umbel_stats::Weights;
use umbel_stats::regression::design::Design;
use umbel_stats::regression::log_determinant::Method;
use umbel_stats::regression::moments::{Options as MomentOptions, lag_by_moments};
use umbel_stats::regression::moments_error::{ErrorMoments, error_by_moments};
use umbel_stats::regression::spatial_error::spatial_error;
use umbel_stats::regression::spatial_filter::SpatialFilter;
use umbel_stats::regression::spatial_lag::{Options, spatial_lag};

fn lattice(side: usize) -> (Weights, Design) {
    let rows = (0..side * side).map(|place| {
        let (row, column) = (place / side, place % side);
        let near = move |at: usize| at.saturating_sub(1)..(at + 2).min(side);
        let all = near(row).flat_map(move |row| near(column).map(move |column| (row * side + column) as u32));
        all.filter(|&other| other as usize != place).map(|other| (other, 1.0)).collect::<Vec<_>>()
    });
    let weights = Weights::from_rows(rows).expect("weights").row_standardised();
    let filter = SpatialFilter::new(&weights).expect("a filter");
    let mut stream = Stream::new(7, 0);
    let columns: Vec<Vec<f64>> = (0..3).map(|_| (0..weights.len()).map(|_| stream.normal()).collect()).collect();
    let signal: Vec<f64> = (0..weights.len())
        .map(|at| 1.0 + columns[0][at] - columns[1][at] + 0.5 * columns[2][at] + stream.normal())
        .collect();
    let y = filter.solve(0.5, &signal).expect("a response");
    (weights, Design::new(&y, &columns).expect("a design"))
}

/// Weights to model, impacts with 1,000 draws among it.
#[divan::bench(args = [55, 174, 265], sample_count = 3)]
fn ml_lag(bencher: Bencher, side: usize) {
    let (weights, design) = lattice(side);
    bencher.bench_local(|| {
        let filter = SpatialFilter::new(&weights).expect("a filter");
        spatial_lag(&design, &filter, Options::default()).expect("a model")
    });
}

#[divan::bench(args = [55, 174, 265], sample_count = 3)]
fn ml_error(bencher: Bencher, side: usize) {
    let (weights, design) = lattice(side);
    bencher.bench_local(|| {
        let filter = SpatialFilter::new(&weights).expect("a filter");
        spatial_error(&design, &filter, Method::Automatic).expect("a model")
    });
}

/// The log-determinant estimated from random vectors.
#[divan::bench(args = [265], sample_count = 3)]
fn ml_lag_estimated(bencher: Bencher, side: usize) {
    let (weights, design) = lattice(side);
    bencher.bench_local(|| {
        let filter = SpatialFilter::new(&weights).expect("a filter");
        let options = Options { method: Method::Estimate, ..Options::default() };
        spatial_lag(&design, &filter, options).expect("a model")
    });
}

/// Without impacts.
#[divan::bench(args = [55, 265], sample_count = 5)]
fn gm_lag(bencher: Bencher, side: usize) {
    let (weights, design) = lattice(side);
    let filter = SpatialFilter::new(&weights).expect("a filter");
    let options = MomentOptions { draws: None, ..MomentOptions::default() };
    bencher.bench_local(|| lag_by_moments(&design, &filter, false, options).expect("a model"));
}

#[divan::bench(args = [55, 265], sample_count = 5)]
fn gm_error_heteroskedastic(bencher: Bencher, side: usize) {
    let (weights, design) = lattice(side);
    let filter = SpatialFilter::new(&weights).expect("a filter");
    bencher.bench_local(|| error_by_moments(&design, &filter, ErrorMoments::Heteroskedastic).expect("a model"));
}
