use super::mann_kendall::level;
use crate::Error;
use crate::distribution::{student_critical, student_two_sided};
use crate::error::{at_least, finite, length};
use serde::{Deserialize, Serialize};

/// Linear trend by least squares.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinearTrend {
    /// Slope per unit of time.
    pub slope: f64,
    /// The line's value at time 0.
    pub intercept: f64,
    /// Standard error of the slope, with heteroskedasticity and autocorrelation up to `lags` allowed for.
    pub standard_error: f64,
    /// Slope over its standard error; none when that is 0 (every value lies on the line).
    pub t: Option<f64>,
    /// Two-sided p of t with n - 2 degrees of freedom.
    pub p_two_sided: Option<f64>,
    /// Lower and upper end of the slope's interval at 1 - alpha.
    pub slope_low: f64,
    /// See `slope_low`.
    pub slope_high: f64,
    /// Lags used.
    pub lags: usize,
    /// Share of the variance that the line explains; none when the values do not vary.
    pub r_squared: Option<f64>,
    /// Number of values.
    pub n: usize,
}

/// Linear trend by least squares with standard errors of Newey and West (Bartlett kernel).
///
/// `times` ascend; without them the values are at 0, 1, 2, ... A lag goes from each value to the next. `lags` none: floor(4
/// (n / 100)^(2/9)). `small_sample` multiplies the variance by n / (n - 2). O(n lags).
///
/// # Errors
/// Fewer than three values, values or times that are not finite, times that do not ascend, `lags` of n or more.
///
/// Source: Newey, West, A simple, positive semi-definite, heteroskedasticity and autocorrelation consistent covariance
/// matrix, Econometrica 55, 1987, equation 5; the number of lags: Newey, West, Review of Economic Studies 61, 1994.
pub fn linear_trend(
    values: &[f64],
    times: Option<&[f64]>,
    lags: Option<usize>,
    small_sample: bool,
    alpha: f64,
) -> Result<LinearTrend, Error> {
    level(alpha)?;
    finite("the values", values)?;
    at_least("a linear trend", 3, "values", values.len())?;
    let n = values.len();
    let counted: Vec<f64>;
    let times = match times {
        Some(times) => {
            length("the times", n, times.len())?;
            finite("the times", times)?;
            if !times.is_sorted_by(|a, b| a < b) {
                let message = "they must ascend, each once".to_owned();
                return Err(Error::Parameter { parameter: "times", message });
            }
            times
        }
        None => {
            counted = (0..n).map(|at| at as f64).collect();
            &counted
        }
    };
    let lags = lags.unwrap_or((4.0 * (n as f64 / 100.0).powf(2.0 / 9.0)) as usize);
    if lags >= n {
        let message = format!("they are {lags}; they must be fewer than the {n} values");
        return Err(Error::Parameter { parameter: "lags", message });
    }
    let count = n as f64;
    let mean = |list: &[f64]| {
        let first = list[0];
        first + list.iter().map(|value| value - first).sum::<f64>() / count
    };
    let (mean_time, mean_value) = (mean(times), mean(values));
    let t: Vec<f64> = times.iter().map(|time| time - mean_time).collect();
    let y: Vec<f64> = values.iter().map(|value| value - mean_value).collect();
    let squares: f64 = t.iter().map(|t| t * t).sum();
    let slope = t.iter().zip(&y).map(|(t, y)| t * y).sum::<f64>() / squares;
    let residuals: Vec<f64> = t.iter().zip(&y).map(|(t, y)| y - slope * t).collect();
    let total: f64 = y.iter().map(|y| y * y).sum();
    let rest: f64 = residuals.iter().map(|e| e * e).sum();
    if !(squares.is_finite() && total.is_finite() && slope.is_finite()) || squares == 0.0 {
        let message =
            "values or times lie too far apart, or too close together, to be squared; use another unit".to_owned();
        return Err(Error::Parameter { parameter: "values", message });
    }
    // With the times around their mean the slope's row of the sandwich stands by itself.
    let score: Vec<f64> = t.iter().zip(&residuals).map(|(t, e)| t * e).collect();
    let at = |lag: usize| score[lag..].iter().zip(&score).map(|(a, b)| a * b).sum::<f64>();
    let sum: f64 = (1..=lags).map(|lag| 2.0 * (1.0 - lag as f64 / (lags as f64 + 1.0)) * at(lag)).sum();
    let correction = if small_sample { count / (count - 2.0) } else { 1.0 };
    // The Bartlett kernel keeps the sum from falling below 0, rounding apart; a line without rest has no error.
    let exact = rest <= 1e-26 * (total + count * mean_value * mean_value);
    let variance = if exact { 0.0 } else { (at(0) + sum).max(0.0) * correction / (squares * squares) };
    let standard_error = variance.sqrt();
    let statistic = (standard_error > 0.0).then(|| slope / standard_error);
    let half = student_critical(alpha, count - 2.0) * standard_error;
    Ok(LinearTrend {
        slope,
        intercept: mean_value - slope * mean_time,
        standard_error,
        t: statistic,
        p_two_sided: statistic.map(|t| student_two_sided(t, count - 2.0)),
        slope_low: slope - half,
        slope_high: slope + half,
        lags,
        r_squared: (total > 0.0).then(|| 1.0 - rest / total),
        n,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_and_level_series() {
        let line = linear_trend(&[1.0, 3.0, 5.0, 7.0], None, Some(1), false, 0.05).expect("a trend");
        assert_eq!((line.slope, line.intercept, line.standard_error, line.t), (2.0, 1.0, 0.0, None));
        let level = linear_trend(&[0.1; 9], None, None, true, 0.05).expect("a trend");
        assert_eq!((level.slope, level.t, level.r_squared), (0.0, None, None));
        assert!(linear_trend(&[1.0, 2.0], None, None, true, 0.05).is_err());
        assert!(linear_trend(&[1.0, 2.0, 4.0], None, Some(3), true, 0.05).is_err());
        assert!(linear_trend(&[1.0, 2.0, 4.0], Some(&[1.0, 1.0, 2.0]), None, true, 0.05).is_err());
        assert!(linear_trend(&[1.0, f64::NAN, 4.0], None, None, true, 0.05).is_err());
    }

    proptest! {
        #[test]
        fn units_of_time_and_value_scale_it(values in prop::collection::vec(-50_i32..50, 5..60)) {
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let scaled: Vec<f64> = values.iter().map(|value| value * 1024.0).collect();
            let times: Vec<f64> = (0..values.len()).map(|at| 4.0 * at as f64 + 2000.0).collect();
            let one = linear_trend(&values, None, None, true, 0.1).expect("a trend");
            let other = linear_trend(&scaled, Some(&times), None, true, 0.1).expect("a trend");
            prop_assert!((other.slope - one.slope * 256.0).abs() <= 1e-9 * (1.0 + other.slope.abs()));
            prop_assert!((other.standard_error - one.standard_error * 256.0).abs() <= 1e-8 * (1.0 + other.standard_error));
            prop_assert!(one.slope_low <= one.slope && one.slope <= one.slope_high);
        }
    }
}
