//! Panels.

use divan::Bencher;
use umbel_core::random::Stream;
use umbel_stats::panel::covariance::Errors;
use umbel_stats::panel::fixed_effects::{Regression, fixed_effects};
use umbel_stats::panel::groups::Groups;

struct Panel {
    unit: Groups,
    period: Groups,
    response: Vec<f64>,
    columns: [Vec<f64>; 2],
}

/// Rows at random units and periods: unbalanced, some pairs more than once.
fn panel(rows: usize, units: u64, periods: u64) -> Panel {
    let mut stream = Stream::new(9, 0);
    let mut draw = |count: u64| (0..rows).map(|_| stream.below(count) as u32).collect::<Vec<u32>>();
    let (unit, period) = (draw(units), draw(periods));
    let mut stream = Stream::new(9, 1);
    let mut normal = |count: u64| (0..count).map(|_| stream.normal()).collect::<Vec<f64>>();
    let (of_unit, of_period) = (normal(units), normal(periods));
    let (noise, left) = (normal(rows as u64), normal(rows as u64));
    let x: Vec<f64> = unit.iter().zip(&noise).map(|(&unit, noise)| noise + 0.5 * of_unit[unit as usize]).collect();
    let treated = unit.iter().zip(&period).map(|(unit, &period)| unit % 2 == 1 && u64::from(period) >= periods / 2);
    let d: Vec<f64> = treated.map(|treated| f64::from(u8::from(treated))).collect();
    let response = (0..rows).map(|row| {
        1.5 * x[row] + 0.7 * d[row] + of_unit[unit[row] as usize] + of_period[period[row] as usize] + left[row]
    });
    Panel {
        response: response.collect(),
        unit: Groups::from_codes(&unit),
        period: Groups::from_codes(&period),
        columns: [x, d],
    }
}

/// Two-way fixed effects, clustered by unit: 20,000 units in 50 periods, and as many periods as units.
#[divan::bench(args = [(1_000_000, 20_000, 50), (100_000, 5_000, 50), (100_000, 5_000, 5_000)], sample_count = 5)]
fn two_way(bencher: Bencher, (rows, units, periods): (usize, u64, u64)) {
    let panel = panel(rows, units, periods);
    let columns: Vec<&[f64]> = panel.columns.iter().map(Vec::as_slice).collect();
    bencher.bench_local(|| {
        let clusters = [panel.unit.clone()];
        let regression = Regression::new(&panel.response, &columns).with_errors(Errors::Clustered(&clusters));
        match fixed_effects(&regression, &[panel.unit.clone(), panel.period.clone()]) {
            Ok(fit) => fit.squares,
            Err(error) => panic!("{error}"),
        }
    });
}
