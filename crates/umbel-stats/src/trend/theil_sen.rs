use super::ranks::median;
use super::score::Score;
use super::slopes::{Merge, Points};
use crate::Error;
use crate::distribution::normal_quantile;
use serde::{Deserialize, Serialize};

/// Slope of Theil and Sen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TheilSen {
    /// Median of the slopes between all pairs of points, in units of the values per unit of time.
    pub slope: f64,
    /// Lower and upper end of its interval (Sen 1968, equation 2.6, with the correction for ties).
    pub slope_low: f64,
    /// See `slope_low`.
    pub slope_high: f64,
    /// median(values) - slope * median(times): the line's value at time 0.
    pub intercept: f64,
    /// Number of values.
    pub n: usize,
}

/// The slope of Theil and Sen, and its interval at a confidence such as 0.95.
///
/// `times` are the times of the values, in any order and unit, evenly spaced or not; without them the values are taken
/// at 0, 1, 2, ... Pairs at one time have no slope and are left out. Exact: it equals the median of all n (n - 1) / 2
/// slopes, of which only a few are made. O(n log n), memory O(n).
///
/// # Errors
/// Fewer than two values, no two different times, a value that is not finite, or a confidence not between 0.5 and 1.
///
/// Source: Theil, A rank-invariant method of linear and polynomial regression analysis, Proc. Kon. Ned. Akad. Wetensch.
/// 53, 1950; Sen, Estimates of the regression coefficient based on Kendall's tau, JASA 63, 1968, equations 2.6 and 6.1;
/// the intercept: Conover, Practical Nonparametric Statistics, 2nd edition, 1980, section 5.5.
pub fn theil_sen(values: &[f64], times: Option<&[f64]>, confidence: f64) -> Result<TheilSen, Error> {
    let mut merge = Merge::default();
    let mut points = Points::new("the slope of Theil and Sen", values, times)?;
    estimate(&mut points, confidence, &mut merge)
}

/// The slope, its interval and the intercept of points.
pub(crate) fn estimate(points: &mut Points, confidence: f64, merge: &mut Merge) -> Result<TheilSen, Error> {
    if !(confidence > 0.5 && confidence < 1.0) {
        let message = format!("it is {confidence}; it must lie between 0.5 and 1, as 0.95 does");
        return Err(Error::Parameter { parameter: "confidence", message });
    }
    let slope = points.median(merge);
    let n = points.values().len() as f64;
    let mut score = Score::of(points.values(), merge);
    if points.times().windows(2).all(|pair| pair[0] < pair[1]) {
        points.counted(&score);
    } else {
        for group in points.times().chunk_by(|a, b| a == b) {
            let t = group.len() as f64;
            score.ties += t * (t - 1.0) * (2.0 * t + 5.0);
        }
    }
    let variance = (n * (n - 1.0) * (2.0 * n + 5.0) - score.ties) / 18.0;
    let half = -normal_quantile((1.0 - confidence) / 2.0) * variance.max(0.0).sqrt();
    let pairs = points.pairs() as f64;
    // Ranks from 0; halves are rounded to the even one.
    let lower = (((pairs - half) / 2.0).round_ties_even() - 1.0).max(0.0) as u64;
    let upper = (((pairs + half) / 2.0).round_ties_even() as u64).min(points.pairs() - 1);
    let slope_low = points.at_ranks(lower, lower, merge).0;
    let slope_high = points.at_ranks(upper, upper, merge).0;
    let intercept = intercept(points, slope)?;
    Ok(TheilSen { slope, slope_low, slope_high, intercept, n: points.values().len() })
}

/// median(values) - slope * median(times).
pub(crate) fn intercept(points: &Points, slope: f64) -> Result<f64, Error> {
    let middle = |values: &[f64]| median(&mut values.to_vec()).unwrap_or(0.0);
    let times = points.times();
    let half = times.len() / 2;
    let time = if times.len() % 2 == 1 { times[half] } else { (times[half - 1] + times[half]) / 2.0 };
    let intercept = middle(points.values()) - time * slope;
    if intercept.is_finite() {
        return Ok(intercept);
    }
    let message = "the line's value at time 0 is too large; count the times from a later one".to_owned();
    Err(Error::Parameter { parameter: "times", message })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn agrees_with_the_peer() {
        // scipy 1.17.1: theilslopes(y, x, 0.9).
        let (y, x) = ([2.0, 1.0, 4.0, 3.0, 7.5, 6.0, 9.0], [1990.0, 1991.0, 1991.0, 1995.0, 1996.0, 2000.0, 2000.0]);
        let found = theil_sen(&y, Some(&x), 0.9).expect("a slope");
        let wanted = [0.5555555555555556, -1104.3333333333335, 0.2, 1.2];
        for (found, wanted) in [found.slope, found.intercept, found.slope_low, found.slope_high].iter().zip(wanted) {
            assert!((found - wanted).abs() <= 1e-12 * wanted.abs(), "{found} is not {wanted}");
        }
    }

    #[test]
    fn two_points_and_level_ones() {
        let two = theil_sen(&[1.0, 3.0], None, 0.95).expect("a slope");
        assert_eq!((two.slope, two.intercept, two.slope_low, two.slope_high), (2.0, 1.0, 2.0, 2.0));
        let level = theil_sen(&[4.0; 200], None, 0.95).expect("a slope");
        assert_eq!((level.slope, level.intercept, level.slope_low, level.slope_high), (0.0, 4.0, 0.0, 0.0));
        assert!(theil_sen(&[4.0], None, 0.95).is_err());
        assert!(theil_sen(&[4.0, 5.0], None, 1.0).is_err());
        assert!(theil_sen(&[4.0, f64::INFINITY], None, 0.95).is_err());
        assert!(theil_sen(&[4.0, 5.0], Some(&[1e300, 1.1e300]), 0.95).is_ok());
    }

    proptest! {
        #[test]
        fn a_line_added_shifts_the_slope(values in prop::collection::vec(-100_i32..100, 3..160), more in -8_i32..8) {
            // Whole numbers and a whole slope: nothing is rounded but the divisions.
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let tilted: Vec<f64> = values.iter().enumerate().map(|(t, v)| v + f64::from(more) * t as f64).collect();
            let before = theil_sen(&values, None, 0.95).expect("a slope");
            let after = theil_sen(&tilted, None, 0.95).expect("a slope");
            prop_assert!((after.slope - before.slope - f64::from(more)).abs() < 1e-12);
        }

        #[test]
        fn reversed_time_reverses_the_slope(values in prop::collection::vec(-1e3..1e3, 2..300)) {
            let forward = theil_sen(&values, None, 0.9).expect("a slope");
            let times: Vec<f64> = (0..values.len()).map(|at| -(at as f64)).collect();
            let back = theil_sen(&values, Some(&times), 0.9).expect("a slope");
            prop_assert_eq!(forward.slope, -back.slope);
            prop_assert!(forward.slope_low <= forward.slope && forward.slope <= forward.slope_high);
        }
    }
}
