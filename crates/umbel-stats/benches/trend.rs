//! Trends of many series.

use divan::Bencher;
use umbel_core::random::Stream;
use umbel_stats::trend::mann_kendall::{Options, Variant, mann_kendall, mann_kendall_all};
use umbel_stats::trend::theil_sen::theil_sen;

fn series(number: u64, length: usize) -> Vec<Vec<f64>> {
    let one = |series| {
        let mut stream = Stream::new(5, series);
        (0..length).map(|t| stream.normal() + 0.001 * t as f64).collect()
    };
    (0..number).map(one).collect()
}

#[divan::bench(sample_count = 10)]
fn a_thousand_series_of_500(bencher: Bencher) {
    let series = series(1_000, 500);
    bencher.bench(|| mann_kendall_all(&series, &Options::default()));
}

#[divan::bench(sample_count = 10)]
fn a_thousand_series_of_500_on_one_thread(bencher: Bencher) {
    let series = series(1_000, 500);
    bencher.bench(|| {
        let tests = series.iter().map(|values| mann_kendall(values, None, &Options::default()));
        tests.filter(Result::is_ok).count()
    });
}

#[divan::bench(sample_count = 10)]
fn a_hundred_series_of_500_hamed_rao(bencher: Bencher) {
    let series = series(100, 500);
    let options = Options { variant: Variant::HamedRao, ..Options::default() };
    bencher.bench(|| mann_kendall_all(&series, &options));
}

#[divan::bench(args = [1_000, 10_000, 100_000], sample_count = 5)]
fn slope_and_interval(bencher: Bencher, length: usize) {
    let values = series(1, length).remove(0);
    bencher.bench(|| theil_sen(&values, None, 0.95));
}
