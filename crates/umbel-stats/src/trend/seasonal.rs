use super::mann_kendall::level;
use super::ranks::{mean_ranks, median};
use super::score::{Direction, Score, verdict, z_of};
use super::slopes::Merge;
use crate::Error;
use crate::error::{at_least, finite, length};
use serde::{Deserialize, Serialize};

/// Result of a Mann-Kendall test over several series.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeasonalMannKendall {
    /// What the test says at its level; none where it is undefined.
    pub trend: Option<Direction>,
    /// Sum of S over the series.
    pub s: f64,
    /// Variance of S.
    pub variance_s: f64,
    /// S over the number of pairs within series.
    pub tau: f64,
    /// Standardised S: with the correction for continuity in the plain tests, without it in the correlated ones.
    pub z: Option<f64>,
    /// Two-sided p of z from the standard normal.
    pub p_two_sided: Option<f64>,
    /// Median of the slopes between all pairs within a series, per cycle (a year where the seasons are months) or, for
    /// a region, per step of time.
    pub slope: f64,
    /// median(values) - slope * median(steps) / period: the line's value at step 0.
    pub intercept: f64,
    /// Number of values.
    pub n: usize,
}

/// Series of one matrix: for each, its values and the cycles that they belong to.
struct Series {
    columns: Vec<Vec<(u32, f64)>>,
}

/// Seasonal Mann-Kendall test: each season by itself, the scores added up.
///
/// `steps` are the positions of the values in time, ascending; without them they are 0, 1, 2, ... A step's season is
/// step modulo `period`, its cycle step over `period`; missing values are left out. The seasons are taken as
/// independent of each other. O(n log n) for S, O(n² / period) for the slope.
///
/// # Errors
/// No two values in one season, values that are not finite, steps that do not ascend, a period of 0.
///
/// Source: Hirsch, Slack, Smith, Techniques of trend analysis for monthly water quality data, Water Resources Research
/// 18(1), 1982, equations 1 to 8; the slope: Hipel, McLeod, Time Series Modelling, 1994, section 23.3.
pub fn seasonal_mann_kendall(
    values: &[f64],
    steps: Option<&[u32]>,
    period: usize,
    alpha: f64,
) -> Result<SeasonalMannKendall, Error> {
    let (series, steps) = seasons(values, steps, period)?;
    plain(&series, values, &steps, period, alpha)
}

/// The same test where seasons depend on each other: the variance of S is estimated with the covariances between
/// seasons, from those cycles that are complete. O(n²/period).
///
/// # Errors
/// As in [`seasonal_mann_kendall`], and fewer than two complete cycles.
///
/// Source: Hirsch, Slack, A nonparametric trend test for seasonal data with serial dependence, Water Resources Research
/// 20(6), 1984, equations 10 to 13; Libiseller, Grimvall, Performance of partial Mann-Kendall tests, Environmetrics 13,
/// 2002, equation 7.
pub fn correlated_seasonal_mann_kendall(
    values: &[f64],
    steps: Option<&[u32]>,
    period: usize,
    alpha: f64,
) -> Result<SeasonalMannKendall, Error> {
    let (series, steps) = seasons(values, steps, period)?;
    correlated(&series, values, &steps, period, alpha)
}

/// Regional Mann-Kendall test: one series for each place, the scores added up. `series[place][step]` may be missing;
/// `correlated` allows for places that depend on each other (only steps at which every place has a value count then).
/// The slope is per step. O(places n²) for the slope.
///
/// # Errors
/// Series of different lengths, no two values in one place, values that are not finite; with `correlated` fewer than
/// two steps at which every place has a value.
///
/// Source: Helsel, Frans, Regional Kendall test for trend, Environmental Science and Technology 40, 2006; Libiseller,
/// Grimvall, Environmetrics 13, 2002, equation 7.
pub fn regional_mann_kendall(
    series: &[Vec<Option<f64>>],
    correlated_places: bool,
    alpha: f64,
) -> Result<SeasonalMannKendall, Error> {
    at_least("a regional Mann-Kendall test", 1, "places", series.len())?;
    let (mut values, mut steps) = (Vec::new(), Vec::new());
    for step in 0..series[0].len() {
        for (place, all) in series.iter().enumerate() {
            length("a place's series", series[0].len(), all.len())?;
            if let Some(value) = all[step] {
                values.push(value);
                steps.push((step * series.len() + place) as u32);
            }
        }
    }
    let (matrix, steps) = seasons(&values, Some(&steps), series.len())?;
    let test = if correlated_places { correlated } else { plain };
    test(&matrix, &values, &steps, series.len(), alpha)
}

/// Slope and intercept alone, as in [`seasonal_mann_kendall`].
///
/// # Errors
/// As in [`seasonal_mann_kendall`].
pub fn seasonal_sen_slope(values: &[f64], steps: Option<&[u32]>, period: usize) -> Result<(f64, f64), Error> {
    let (series, steps) = seasons(values, steps, period)?;
    line(&series, values, &steps, period)
}

/// Sorts values into seasons.
fn seasons(values: &[f64], steps: Option<&[u32]>, period: usize) -> Result<(Series, Vec<u32>), Error> {
    if period == 0 {
        let message = "it is 0; it must be the number of seasons in a cycle, such as 12 months in a year".to_owned();
        return Err(Error::Parameter { parameter: "period", message });
    }
    finite("the values", values)?;
    at_least("a seasonal Mann-Kendall test", 2, "values", values.len())?;
    let steps = match steps {
        None => (0..values.len() as u32).collect(),
        Some(steps) => {
            length("the steps", values.len(), steps.len())?;
            if !steps.is_sorted_by(|a, b| a < b) {
                let message = "they must ascend, each once".to_owned();
                return Err(Error::Parameter { parameter: "steps", message });
            }
            steps.to_vec()
        }
    };
    let mut columns = vec![Vec::new(); period];
    for (&step, &value) in steps.iter().zip(values) {
        columns[step as usize % period].push((step / period as u32, value + 0.0));
    }
    if columns.iter().all(|column| column.len() < 2) {
        let found = columns.iter().map(Vec::len).max().unwrap_or(0);
        return Err(Error::TooFew {
            what: "a seasonal Mann-Kendall test",
            needed: 2,
            unit: "values in a season",
            found,
        });
    }
    Ok((Series { columns }, steps))
}

/// Slope and intercept.
fn line(series: &Series, values: &[f64], steps: &[u32], period: usize) -> Result<(f64, f64), Error> {
    let mut slopes = Vec::new();
    for column in &series.columns {
        for (at, &(cycle, value)) in column.iter().enumerate() {
            slopes.extend(column[at + 1..].iter().map(|&(later, next)| (next - value) / f64::from(later - cycle)));
        }
    }
    let slope = median(&mut slopes).unwrap_or(0.0) + 0.0;
    let mut at: Vec<f64> = steps.iter().map(|&step| f64::from(step)).collect();
    let middle = median(&mut values.to_vec()).unwrap_or(0.0);
    let intercept = middle - median(&mut at).unwrap_or(0.0) / period as f64 * slope;
    if slope.is_finite() && intercept.is_finite() {
        return Ok((slope, intercept));
    }
    let message = "they lie too far apart to be subtracted; use a larger unit".to_owned();
    Err(Error::Parameter { parameter: "values", message })
}

fn plain(
    series: &Series,
    values: &[f64],
    steps: &[u32],
    period: usize,
    alpha: f64,
) -> Result<SeasonalMannKendall, Error> {
    level(alpha)?;
    let mut merge = Merge::default();
    let (mut s, mut variance_s, mut pairs) = (0.0, 0.0, 0.0);
    for column in &series.columns {
        let column: Vec<f64> = column.iter().map(|pair| pair.1).collect();
        let score = Score::of(&column, &mut merge);
        s += score.s();
        variance_s += score.variance();
        pairs += score.pairs() as f64;
    }
    let z = z_of(s, variance_s);
    finish(s, variance_s, pairs, z, line(series, values, steps, period)?, values.len(), alpha)
}

fn correlated(
    series: &Series,
    values: &[f64],
    steps: &[u32],
    period: usize,
    alpha: f64,
) -> Result<SeasonalMannKendall, Error> {
    level(alpha)?;
    // Cycles that every season has.
    let cycles = series.columns.iter().flatten().map(|pair| pair.0 as usize + 1).max().unwrap_or(0);
    let mut present = vec![0_usize; cycles];
    series.columns.iter().flatten().for_each(|pair| present[pair.0 as usize] += 1);
    let complete = |cycle: u32| present[cycle as usize] == period;
    let columns: Vec<Vec<f64>> = series
        .columns
        .iter()
        .map(|column| column.iter().filter(|pair| complete(pair.0)).map(|pair| pair.1).collect())
        .collect();
    let n = columns[0].len();
    at_least("a Mann-Kendall test of correlated series", 2, "complete cycles", n)?;
    let mut merge = Merge::default();
    let (mut s, mut ranks) = (0.0, vec![0.0; n]);
    for column in &columns {
        s += Score::of(column, &mut merge).s();
        mean_ranks(column).iter().zip(&mut ranks).for_each(|(rank, sum)| *sum += rank);
    }
    // The sum of K over all pairs of series is the sum of squares of what all series say about each pair of cycles, and
    // likewise with ranks: no matrix of covariances is needed.
    let mut k = 0.0;
    for a in 0..n {
        for b in a + 1..n {
            let signs = columns
                .iter()
                .map(|column| f64::from(u8::from(column[b] > column[a])) - f64::from(u8::from(column[b] < column[a])));
            k += signs.sum::<f64>().powi(2);
        }
    }
    let squares: f64 = ranks.iter().map(|sum| sum * sum).sum();
    let (number, n) = (columns.len() as f64, n as f64);
    let variance_s = (k + 4.0 * squares - number * number * n * (n + 1.0).powi(2)) / 3.0;
    let z = if s == 0.0 { Some(0.0) } else { (variance_s > 0.0).then(|| s / variance_s.sqrt()) };
    let pairs = number * n * (n - 1.0) / 2.0;
    finish(s, variance_s, pairs, z, line(series, values, steps, period)?, values.len(), alpha)
}

fn finish(
    s: f64,
    variance_s: f64,
    pairs: f64,
    z: Option<f64>,
    (slope, intercept): (f64, f64),
    n: usize,
    alpha: f64,
) -> Result<SeasonalMannKendall, Error> {
    let (p_two_sided, trend) = verdict(z, alpha);
    Ok(SeasonalMannKendall { trend, s, variance_s, tau: s / pairs, z, p_two_sided, slope, intercept, n })
}

#[cfg(test)]
mod tests {
    use super::super::mann_kendall::{Options, mann_kendall};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn agrees_with_the_peer_where_values_are_missing() {
        // pymannkendall 1.4.3: seasonal_test and correlated_seasonal_test(x, 4), regional_test(x.reshape(-1, 4)).
        let x = [
            3.0, 7.0, 2.0, 9.0, 4.0, 7.0, 1.0, 8.0, 6.0, 9.0, 3.0, 7.0, 5.0, 12.0, 4.0, 9.0, 8.0, 11.0, 3.0, 14.0, 9.0,
            10.0,
        ];
        let gone = [5_u32, 10];
        let steps: Vec<u32> = (0..22).filter(|step| !gone.contains(step)).collect();
        let values: Vec<f64> = steps.iter().map(|&step| x[step as usize]).collect();
        let plain = seasonal_mann_kendall(&values, Some(&steps), 4, 0.05).expect("a test");
        let tied = correlated_seasonal_mann_kendall(&values, Some(&steps), 4, 0.05).expect("a test");
        let wanted: [[f64; 7]; 2] = [
            [22.0, 69.33333333333333, 0.5365853658536586, 2.5220184224301225, 0.011668359719976262, 1.0, 4.625],
            [7.0, 33.0, 0.5833333333333334, 1.2185435916898848, 0.22301746994661498, 1.0, 4.625],
        ];
        for (found, wanted) in [plain, tied].iter().zip(wanted) {
            let z = found.z.expect("z");
            let p = found.p_two_sided.expect("p");
            let found = [found.s, found.variance_s, found.tau, z, p, found.slope, found.intercept];
            for (found, wanted) in found.iter().zip(wanted) {
                assert!((found - wanted).abs() <= 1e-12 * wanted.abs().max(1.0), "{found} is not {wanted}");
            }
        }
        let region: Vec<Vec<Option<f64>>> = (0..4)
            .map(|season| {
                (0..6).map(|cycle| steps.iter().position(|&s| s == cycle * 4 + season).map(|at| values[at])).collect()
            })
            .collect();
        assert_eq!(regional_mann_kendall(&region, false, 0.05).expect("a test").s, plain.s);
        assert_eq!(regional_mann_kendall(&region, true, 0.05).expect("a test"), tied);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(seasonal_mann_kendall(&[1.0, 2.0, 3.0], None, 12, 0.05).is_err());
        assert!(seasonal_mann_kendall(&[1.0, 2.0, 3.0], None, 0, 0.05).is_err());
        assert!(seasonal_mann_kendall(&[1.0, 2.0, 3.0], Some(&[0, 2, 2]), 1, 0.05).is_err());
        assert!(correlated_seasonal_mann_kendall(&[1.0, 2.0, 3.0], None, 2, 0.05).is_err());
        let level = seasonal_mann_kendall(&[4.0; 24], None, 12, 0.05).expect("a test");
        assert_eq!((level.s, level.p_two_sided, level.slope), (0.0, Some(1.0), 0.0));
    }

    proptest! {
        #[test]
        fn one_season_is_the_plain_test(values in prop::collection::vec(-20_i32..20, 2..80)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let plain = mann_kendall(&values, None, &Options::default()).expect("a test");
            let one = seasonal_mann_kendall(&values, None, 1, 0.05).expect("a test");
            prop_assert_eq!((plain.s, plain.variance_s, plain.z, plain.slope), (one.s, one.variance_s, one.z, one.slope));
            // With one season nothing is correlated with anything: the variance is Kendall's again.
            let tied = correlated_seasonal_mann_kendall(&values, None, 1, 0.05).expect("a test");
            prop_assert!((tied.variance_s - plain.variance_s).abs() < 1e-6);
        }
    }
}
