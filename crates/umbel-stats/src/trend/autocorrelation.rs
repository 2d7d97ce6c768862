//! Autocorrelation of a series.

/// Autocorrelations at lags 0 to `lags`, covariances divided by n; `None` when the values do not vary (beyond the
/// rounding of `size`, their magnitude before anything was taken from them). O(n lags).
///
/// Source: Box, Jenkins, Time Series Analysis, 1970, equation 2.1.12.
pub(crate) fn autocorrelations(values: &[f64], lags: usize, size: f64) -> Option<Vec<f64>> {
    let n = values.len();
    let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
    if n < 2 || high - low <= 1e-14 * size {
        return None;
    }
    let mean = values.iter().sum::<f64>() / n as f64;
    // Scaled, so that no square overflows or vanishes.
    let scale = (high - mean).max(mean - low);
    let y: Vec<f64> = values.iter().map(|value| (value - mean) / scale).collect();
    let at = |lag: usize| y[lag..].iter().zip(&y).map(|(a, b)| a * b).sum::<f64>();
    let own = at(0);
    Some((0..=lags.min(n - 1)).map(|lag| at(lag) / own).collect())
}
