use super::ranks::median;
use crate::Error;
use crate::error::{at_least, finite};
use serde::{Deserialize, Serialize};

/// How the seasons may change from one cycle to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seasonal {
    /// They are smoothed over this many cycles: an odd number from 3.
    Window(usize),
    /// They are the same in every cycle.
    Periodic,
}

/// Parameters of the decomposition. Windows are numbers of values and odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Number of seasons in a cycle, such as 12 months in a year.
    pub period: usize,
    /// Smoothing of the seasons.
    pub seasonal: Seasonal,
    /// Window of the trend; none: the smallest odd number from 1.5 period / (1 - 1.5 / seasonal window).
    pub trend: Option<usize>,
    /// Window of the low-pass filter; none: the smallest odd number above the period.
    pub low_pass: Option<usize>,
    /// Whether each smoothing fits a line (true) or a constant.
    pub seasonal_line: bool,
    /// See `seasonal_line`.
    pub trend_line: bool,
    /// See `seasonal_line`.
    pub low_pass_line: bool,
    /// Whether values far from the fit lose weight.
    pub robust: bool,
    /// Rounds of the inner loop; none: 2 when robust, else 5.
    pub inner: Option<usize>,
    /// Rounds of the outer loop; none: 15 when robust, else 0.
    pub outer: Option<usize>,
}

impl Options {
    /// The usual options: seasons smoothed over 7 cycles, lines everywhere, not robust.
    pub fn new(period: usize) -> Options {
        Options {
            period,
            seasonal: Seasonal::Window(7),
            trend: None,
            low_pass: None,
            seasonal_line: true,
            trend_line: true,
            low_pass_line: true,
            robust: false,
            inner: None,
            outer: None,
        }
    }
}

/// A series as the sum of three.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decomposition {
    /// The seasons, around 0.
    pub seasonal: Vec<f64>,
    /// The slow part.
    pub trend: Vec<f64>,
    /// What is left.
    pub remainder: Vec<f64>,
    /// Weight of each value in the last round: 1, less for outliers when robust.
    pub weights: Vec<f64>,
}

/// Splits an evenly spaced series without gaps into seasons, trend and remainder by loess.
///
/// O(n (seasonal + trend + low-pass windows)) a round, memory O(n).
///
/// # Errors
/// Less than two cycles, a period below 2, a window that is even or below 3, or values that are not finite.
///
/// Source: Cleveland, Cleveland, McRae, Terpenning, STL: a seasonal-trend decomposition procedure based on loess,
/// Journal of Official Statistics 6(1), 1990, sections 2 and 3.
pub fn stl(values: &[f64], options: &Options) -> Result<Decomposition, Error> {
    weighted(values, None, options)
}

/// The same where some values are known to be fill-ins: they have no weight in any smoothing.
pub(crate) fn weighted(values: &[f64], known: Option<&[bool]>, options: &Options) -> Result<Decomposition, Error> {
    finite("the values", values)?;
    let period = options.period;
    if period < 2 {
        let message = format!("it is {period}; a series has seasons when there are at least 2 in a cycle");
        return Err(Error::Parameter { parameter: "period", message });
    }
    at_least("a seasonal decomposition", 2 * period, "values (two cycles)", values.len())?;
    let n = values.len();
    let (window, line) = match options.seasonal {
        Seasonal::Window(window) => (window, options.seasonal_line),
        Seasonal::Periodic => (10 * n + 1, false),
    };
    odd("seasonal", window)?;
    let next_odd = |window: usize| window | 1;
    let trend_window = (1.5 * period as f64 / (1.0 - 1.5 / window as f64)).ceil().clamp(3.0, 1e9) as usize;
    let trend_window = options.trend.unwrap_or(next_odd(trend_window));
    odd("trend", trend_window)?;
    let low_pass = options.low_pass.unwrap_or(next_odd(period + 1));
    odd("low_pass", low_pass)?;
    let prior: Vec<f64> =
        known.map_or_else(|| vec![1.0; n], |known| known.iter().map(|&k| f64::from(u8::from(k))).collect());
    let (inner, outer) = (
        options.inner.unwrap_or(if options.robust { 2 } else { 5 }),
        options.outer.unwrap_or(if options.robust { 15 } else { 0 }),
    );
    let mut weights = prior.clone();
    let (mut seasonal, mut trend) = (vec![0.0; n], vec![0.0; n]);
    let mut room = Vec::new();
    let mut cycles = vec![0.0; n + 2 * period];
    for round in 0..=outer {
        let used = (round > 0 || known.is_some()).then_some(&weights[..]);
        for _ in 0..inner.max(1) {
            let detrended: Vec<f64> = values.iter().zip(&trend).map(|(value, trend)| value - trend).collect();
            seasons(&detrended, period, (window, line), used, &mut cycles, &mut room);
            let level = moving_average(&moving_average(&moving_average(&cycles, period), period), 3);
            let mut low = vec![0.0; n];
            smooth(&level, low_pass, options.low_pass_line, None, &mut low, &mut room);
            for (at, season) in seasonal.iter_mut().enumerate() {
                *season = cycles[period + at] - low[at];
            }
            let rest: Vec<f64> = values.iter().zip(&seasonal).map(|(value, season)| value - season).collect();
            smooth(&rest, trend_window, options.trend_line, used, &mut trend, &mut room);
        }
        if round < outer {
            let rest: Vec<f64> = (0..n).map(|at| (values[at] - seasonal[at] - trend[at]).abs()).collect();
            weights = bisquare(&rest, &prior);
        }
    }
    if options.seasonal == Seasonal::Periodic {
        for season in 0..period {
            let of: Vec<f64> = seasonal.iter().skip(season).step_by(period).copied().collect();
            let mean = of.iter().sum::<f64>() / of.len() as f64;
            seasonal.iter_mut().skip(season).step_by(period).for_each(|value| *value = mean);
        }
    }
    let remainder = (0..n).map(|at| values[at] - seasonal[at] - trend[at]).collect();
    Ok(Decomposition { seasonal, trend, remainder, weights })
}

/// Checks a window.
fn odd(parameter: &'static str, window: usize) -> Result<(), Error> {
    if window >= 3 && window % 2 == 1 {
        return Ok(());
    }
    let message = format!("the window is {window}; it must be an odd number from 3");
    Err(Error::Parameter { parameter, message })
}

/// Smooths each season over the cycles, one cycle further on either side.
fn seasons(
    detrended: &[f64],
    period: usize,
    (window, line): (usize, bool),
    weights: Option<&[f64]>,
    cycles: &mut [f64],
    room: &mut Vec<f64>,
) {
    let (mut own, mut own_weights) = (Vec::new(), Vec::new());
    for season in 0..period {
        own.clear();
        own.extend(detrended.iter().skip(season).step_by(period));
        own_weights.clear();
        own_weights.extend(weights.unwrap_or_default().iter().skip(season).step_by(period));
        let used = weights.map(|_| &own_weights[..]);
        let k = own.len();
        let mut smoothed = vec![0.0; k + 2];
        smooth(&own, window, line, used, &mut smoothed[1..=k], room);
        let before = at_point(&own, 0, (1, window.min(k)), window, line, used, room);
        smoothed[0] = before.unwrap_or(smoothed[1]);
        let after = at_point(&own, k + 1, ((k + 1).saturating_sub(window).max(1), k), window, line, used, room);
        smoothed[k + 1] = after.unwrap_or(smoothed[k]);
        for (cycle, value) in smoothed.into_iter().enumerate() {
            cycles[cycle * period + season] = value;
        }
    }
}

/// Loess at every position.
fn smooth(
    values: &[f64],
    window: usize,
    line: bool,
    weights: Option<&[f64]>,
    smoothed: &mut [f64],
    room: &mut Vec<f64>,
) {
    let n = values.len();
    if n < 2 {
        smoothed[..n].copy_from_slice(values);
        return;
    }
    for (at, slot) in smoothed.iter_mut().enumerate().take(n) {
        let first = if window >= n { 1 } else { (at + 1).saturating_sub((window - 1) / 2).clamp(1, n - window + 1) };
        let last = (first + window - 1).min(n);
        *slot = at_point(values, at + 1, (first, last), window, line, weights, room).unwrap_or(values[at]);
    }
}

/// Loess at position `x` (from 1, which may lie one outside) from the values `first` to `last`. `None` when none has any
/// weight.
fn at_point(
    values: &[f64],
    x: usize,
    (first, last): (usize, usize),
    window: usize,
    line: bool,
    weights: Option<&[f64]>,
    room: &mut Vec<f64>,
) -> Option<f64> {
    let n = values.len();
    let mut reach = x.abs_diff(first).max(last.abs_diff(x)) as f64;
    if window > n {
        reach += ((window - n) / 2) as f64;
    }
    let (far, near) = (0.999 * reach, 0.001 * reach);
    room.clear();
    room.extend((first..=last).map(|at| {
        let distance = at.abs_diff(x) as f64;
        let tricube = if distance > far {
            0.0
        } else if distance <= near {
            1.0
        } else {
            let part = distance / reach;
            let rest = 1.0 - part * part * part;
            rest * rest * rest
        };
        tricube * weights.map_or(1.0, |weights| weights[at - 1])
    }));
    let sum: f64 = room.iter().sum();
    if sum <= 0.0 {
        return None;
    }
    room.iter_mut().for_each(|weight| *weight /= sum);
    if reach > 0.0 && line {
        let places = || (first..=last).map(|at| at as f64);
        let mean: f64 = room.iter().zip(places()).map(|(weight, at)| weight * at).sum();
        let variance: f64 = room.iter().zip(places()).map(|(weight, at)| weight * (at - mean) * (at - mean)).sum();
        if variance.sqrt() > 0.001 * (n as f64 - 1.0) {
            let slope = (x as f64 - mean) / variance;
            room.iter_mut().zip(places()).for_each(|(weight, at)| *weight *= slope * (at - mean) + 1.0);
        }
    }
    Some(room.iter().zip(&values[first - 1..last]).map(|(weight, value)| weight * value).sum())
}

/// Means of `length` values in a row.
fn moving_average(values: &[f64], length: usize) -> Vec<f64> {
    let mut sum: f64 = values[..length].iter().sum();
    let mut means = vec![sum / length as f64];
    for at in length..values.len() {
        sum += values[at] - values[at - length];
        means.push(sum / length as f64);
    }
    means
}

/// Weights from distances to the fit: bisquare over six times their median.
fn bisquare(rest: &[f64], prior: &[f64]) -> Vec<f64> {
    let mut known: Vec<f64> = rest.iter().zip(prior).filter(|pair| *pair.1 > 0.0).map(|pair| *pair.0).collect();
    let reach = 6.0 * median(&mut known).unwrap_or(0.0);
    if reach == 0.0 {
        return prior.to_vec();
    }
    let weight = |distance: f64| {
        if distance <= 0.001 * reach {
            1.0
        } else if distance <= 0.999 * reach {
            (1.0 - (distance / reach).powi(2)).powi(2)
        } else {
            0.0
        }
    };
    rest.iter().zip(prior).map(|(&distance, prior)| prior * weight(distance)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_exact_pattern_is_found() {
        let season = [3.0, -1.0, 0.0, -2.0];
        let values: Vec<f64> = (0..40).map(|t| 0.5 * f64::from(t) + season[t as usize % 4]).collect();
        for seasonal in [Seasonal::Window(7), Seasonal::Periodic] {
            let parts = stl(&values, &Options { seasonal, inner: Some(60), ..Options::new(4) }).expect("parts");
            for t in 0..40 {
                assert!((parts.seasonal[t] - season[t % 4]).abs() < 1e-6, "{}", parts.seasonal[t]);
                assert!((parts.trend[t] - 0.5 * t as f64).abs() < 1e-6 && parts.remainder[t].abs() < 1e-6);
            }
        }
    }

    #[test]
    fn an_outlier_loses_its_weight() {
        let mut values: Vec<f64> = (0..48).map(|t| f64::from(t % 4) + 0.01 * f64::from(t * 7 % 5)).collect();
        values[21] += 50.0;
        let parts = stl(&values, &Options { robust: true, ..Options::new(4) }).expect("parts");
        assert_eq!(parts.weights[21], 0.0);
        assert!(parts.trend.iter().all(|level| (level - 1.52).abs() < 0.2), "{:?}", parts.trend);
    }

    #[test]
    fn what_has_no_seasons_is_refused() {
        assert!(stl(&[1.0; 7], &Options::new(4)).is_err());
        assert!(stl(&[1.0; 8], &Options::new(1)).is_err());
        assert!(stl(&[1.0; 8], &Options { seasonal: Seasonal::Window(4), ..Options::new(4) }).is_err());
        assert!(stl(&[f64::NAN; 8], &Options::new(4)).is_err());
        let level = stl(&[5.0; 8], &Options { robust: true, ..Options::new(4) }).expect("parts");
        assert!(level.trend.iter().all(|value| (value - 5.0).abs() < 1e-12));
    }

    proptest! {
        #[test]
        fn parts_add_up(values in prop::collection::vec(-1e3..1e3, 8..60), robust in any::<bool>()) {
            let parts = stl(&values, &Options { robust, ..Options::new(4) }).expect("parts");
            for (at, value) in values.iter().enumerate() {
                let sum = parts.seasonal[at] + parts.trend[at] + parts.remainder[at];
                prop_assert!((sum - value).abs() < 1e-9);
            }
        }
    }
}
