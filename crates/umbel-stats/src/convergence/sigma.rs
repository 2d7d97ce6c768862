//! Sigma convergence: whether places differ less and less.

use super::periods;
use crate::distribution::student_two_sided;
use crate::inequality::variation::Divisor;
use crate::linear::{Basis, Estimate};
use crate::{Error, error};
use serde::Serialize;

/// Dispersion in each period, and its trend.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sigma {
    /// Standard deviation of the logarithms, period by period.
    pub log_standard_deviation: Vec<f64>,
    /// Standard deviation over the mean, period by period.
    pub coefficient_of_variation: Vec<f64>,
    /// Change of the standard deviation of the logarithms for a unit of time, by least squares over the periods; below 0
    /// where places converge. `None` with fewer than 3 periods.
    pub trend: Option<Estimate>,
    /// Change of the coefficient of variation for a unit of time.
    pub trend_coefficient_of_variation: Option<Estimate>,
    /// Whether the dispersion of the last period differs from that of the first; `None` where a period is constant or
    /// the two are the same but for a factor and a power.
    pub first_last: Option<FirstLast>,
}

/// The test of Pitman and Morgan: the variances of the logarithms in the first and the last period, of the same places.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FirstLast {
    /// Variance of the last period over that of the first: below 1 where places converged.
    pub variance_ratio: f64,
    /// Student's t: above 0 where the first is greater.
    pub t: f64,
    /// Degrees of freedom: places less 2.
    pub degrees_of_freedom: f64,
    /// P of variances as different when they are the same.
    pub p_two_sided: f64,
}

/// The dispersion of places in each period: the standard deviation of the logarithms (divisor n - 1 with
/// [`Divisor::Sample`], as is usual, or n) and the coefficient of variation (same divisor), their trends over the times
/// of the periods, and a test of the first against the last. O(places x periods).
///
/// Source: Barro, Sala-i-Martin, Economic Growth, second edition, 2004, section 11.1 (σ convergence); the test: Pitman,
/// A note on normal correlation, Biometrika 31, 1939.
///
/// # Errors
/// No period; fewer than 2 places; a value that is not finite or not above 0; times that are not as many or do not
/// ascend.
pub fn sigma<P: AsRef<[f64]>>(periods: &[P], times: &[f64], divisor: Divisor, confidence: f64) -> Result<Sigma, Error> {
    let what = "sigma convergence";
    let places = periods::check(what, 1, periods)?;
    error::at_least(what, 2, "places", places)?;
    error::length("the times", periods.len(), times.len())?;
    error::finite("the times", times)?;
    if !times.is_sorted_by(|a, b| a < b) {
        return Err(Error::Parameter { parameter: "times", message: "they do not ascend".to_owned() });
    }
    if !(confidence > 0.0 && confidence < 1.0) {
        let message = format!("it is {confidence}; it must lie between 0 and 1");
        return Err(Error::Parameter { parameter: "confidence", message });
    }
    let mut logs = Vec::with_capacity(periods.len());
    for period in periods {
        periods::above_zero("a period", period.as_ref())?;
        logs.push(period.as_ref().iter().map(|&value| libm::log(value)).collect::<Vec<f64>>());
    }
    let divided = if divisor == Divisor::Sample { places as f64 - 1.0 } else { places as f64 };
    let log_standard_deviation: Vec<f64> = logs.iter().map(|logs| (squares(logs).1 / divided).sqrt()).collect();
    let variation = |period: &P| {
        let (mean, squares) = squares(period.as_ref());
        (squares / divided).sqrt() / mean
    };
    let coefficient_of_variation: Vec<f64> = periods.iter().map(variation).collect();
    Ok(Sigma {
        trend: trend(times, &log_standard_deviation, confidence)?,
        trend_coefficient_of_variation: trend(times, &coefficient_of_variation, confidence)?,
        first_last: first_last(&logs[0], &logs[logs.len() - 1]),
        log_standard_deviation,
        coefficient_of_variation,
    })
}

/// Mean and sum of squared deviations; exactly 0 where all values are the same.
fn squares(values: &[f64]) -> (f64, f64) {
    let (first, count) = (values[0], values.len() as f64);
    let mean = first + values.iter().map(|value| value - first).sum::<f64>() / count;
    (mean, values.iter().map(|value| (value - mean) * (value - mean)).sum())
}

/// The slope of least squares over time.
fn trend(times: &[f64], values: &[f64], confidence: f64) -> Result<Option<Estimate>, Error> {
    if times.len() < 3 {
        return Ok(None);
    }
    let (middle, _) = squares(times);
    let centred: Vec<f64> = times.iter().map(|time| time - middle).collect();
    let basis = Basis::of(vec![vec![1.0; times.len()], centred], None)?;
    let solution = basis.solve(values)?;
    let degrees = times.len() as f64 - 2.0;
    let variance = solution.squares / degrees * basis.inverse_cross_product()[(1, 1)];
    Ok(Some(Estimate::new(solution.coefficients[1], variance, Some(degrees), confidence)))
}

fn first_last(first: &[f64], last: &[f64]) -> Option<FirstLast> {
    let degrees = first.len() as f64 - 2.0;
    let sums: Vec<f64> = first.iter().zip(last).map(|(a, b)| a + b).collect();
    let differences: Vec<f64> = first.iter().zip(last).map(|(a, b)| a - b).collect();
    let ((sum, sum_squares), (difference, difference_squares)) = (squares(&sums), squares(&differences));
    let (first_squares, last_squares) = (squares(first).1, squares(last).1);
    // The variances differ as far as sums and differences go together.
    let products = sums.iter().zip(&differences).map(|(a, b)| (a - sum) * (b - difference)).sum::<f64>();
    let part = products / (sum_squares * difference_squares).sqrt();
    let t = part * (degrees / ((1.0 - part) * (1.0 + part))).sqrt();
    let defined = degrees > 0.0 && first_squares > 0.0 && last_squares > 0.0 && part.abs() < 1.0 - 1e-12;
    (defined && t.is_finite()).then(|| FirstLast {
        variance_ratio: last_squares / first_squares,
        t,
        degrees_of_freedom: degrees,
        p_two_sided: student_two_sided(t, degrees),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PITMAN_P: f64 = 0.0015663835519129988;

    fn of(periods: &[Vec<f64>]) -> Result<Sigma, Error> {
        let times: Vec<f64> = (0..periods.len()).map(|time| time as f64).collect();
        sigma(periods, &times, Divisor::Sample, 0.95)
    }

    #[test]
    fn finds_the_halving_of_distances() {
        let base: [f64; 4] = [-1.0, -0.2, 0.3, 0.9];
        let periods: Vec<Vec<f64>> =
            (0..5).map(|time| base.iter().map(|log| (log * 0.5_f64.powi(time)).exp()).collect()).collect();
        let found = of(&periods).expect("a dispersion");
        for pair in found.log_standard_deviation.windows(2) {
            assert!((pair[1] / pair[0] - 0.5).abs() < 1e-12);
        }
        assert!(found.trend.is_some_and(|trend| trend.estimate < 0.0));
        // The same places at the same distances but for a factor: nothing to test by chance.
        assert_eq!(found.first_last, None);
    }

    #[test]
    fn the_test_is_that_of_pitman() {
        // scipy 1.17.1: stats.pearsonr(a + b, a - b) for the logarithms below.
        let a: [f64; 6] = [1.0, 2.0, 4.0, 8.0, 9.0, 20.0];
        let b: [f64; 6] = [2.0, 2.5, 4.0, 6.0, 7.0, 8.0];
        let found = of(&[a.to_vec(), b.to_vec()]).expect("a dispersion");
        let test = found.first_last.expect("a test");
        assert!((test.p_two_sided / PITMAN_P - 1.0).abs() < 1e-10, "{test:?}");
        assert!(test.t > 0.0 && test.variance_ratio < 1.0);
        assert_eq!(found.trend, None);
    }

    #[test]
    fn degenerate_periods_are_defined_or_refused() {
        let constant = of(&[vec![2.0, 2.0, 2.0], vec![1.0, 2.0, 3.0], vec![5.0; 3]]).expect("a dispersion");
        assert_eq!((constant.log_standard_deviation[0], constant.coefficient_of_variation[2]), (0.0, 0.0));
        assert_eq!(constant.first_last, None);
        assert!(of(&[vec![1.0, 0.0]]).is_err() && of(&[vec![1.0]]).is_err() && of(&[]).is_err());
        assert!(of(&[vec![1.0, 2.0], vec![1.0]]).is_err() && of(&[vec![1.0, f64::NAN]]).is_err());
        assert!(sigma(&[[1.0, 2.0], [1.0, 3.0]], &[2.0, 2.0], Divisor::Sample, 0.95).is_err());
        assert!(sigma(&[[1.0, 2.0]], &[2.0], Divisor::Sample, 1.0).is_err());
    }

    proptest! {
        #[test]
        fn unit_and_order_do_not_matter(rows in prop::collection::vec((0.1_f64..1e3, 0.1_f64..1e3, 0.1_f64..1e3), 3..20)) {
            let column = |rows: &[(f64, f64, f64)], factor: f64| {
                vec![
                    rows.iter().map(|row| row.0 * factor).collect::<Vec<f64>>(),
                    rows.iter().map(|row| row.1 * factor).collect(),
                    rows.iter().map(|row| row.2 * factor).collect(),
                ]
            };
            let plain = of(&column(&rows, 1.0))?;
            let turned: Vec<_> = rows.iter().rev().copied().collect();
            let other = of(&column(&turned, 256.0))?;
            for (a, b) in plain.log_standard_deviation.iter().zip(&other.log_standard_deviation) {
                prop_assert!((a - b).abs() < 1e-12);
            }
            for (a, b) in plain.coefficient_of_variation.iter().zip(&other.coefficient_of_variation) {
                prop_assert!((a - b).abs() < 1e-12);
            }
        }
    }
}
