//! Figures of one indicator: moments, and how much of it is there, zero, or the same.

use crate::Error;

/// What one indicator looks like.
#[derive(Clone, Debug, PartialEq)]
pub struct Description {
    /// Smallest value.
    pub minimum: f64,
    /// Largest value.
    pub maximum: f64,
    /// Arithmetic mean.
    pub mean: f64,
    /// Median.
    pub median: f64,
    /// Standard deviation, divided by n - 1; none below 2 values.
    pub standard_deviation: Option<f64>,
    /// Skewness of a sample ([`skewness`]).
    pub skewness: Option<f64>,
    /// Excess kurtosis of a sample ([`kurtosis`]).
    pub kurtosis: Option<f64>,
    /// Number of values that are there.
    pub available: usize,
    /// Number that is not zero.
    pub non_zero: usize,
    /// Number of different values.
    pub unique: usize,
    /// How often the most frequent value is there.
    pub same: usize,
    /// Share of the units that have a value.
    pub share_available: f64,
}

/// Mean; the values are not empty.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Median of sorted values that are not empty.
pub(super) fn median_sorted(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { 0.5 * (sorted[middle - 1] + sorted[middle]) }
}

/// Standard deviation with divisor n - 1.
pub(super) fn deviation(values: &[f64]) -> f64 {
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (squares / (values.len() as f64 - 1.0)).sqrt()
}

pub(super) fn present(values: &[Option<f64>]) -> Vec<f64> {
    values.iter().filter_map(|&value| value).collect()
}

/// Least and greatest value; not finite when there is none.
pub(super) fn range(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
    values
        .into_iter()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(value), most.max(value)))
}

/// Sums of the second, third and fourth power of the distance from the mean, the distances in units of the largest: so
/// nothing overflows, and skewness and kurtosis do not depend on the unit. None when nothing varies.
fn powers(values: &[f64]) -> Option<[f64; 3]> {
    let mean = mean(values);
    let most = values.iter().map(|value| (value - mean).abs()).fold(0.0, f64::max);
    let (least, greatest) = range(values.iter().copied());
    if least == greatest || most == 0.0 || !most.is_finite() {
        return None;
    }
    let mut sums = [0.0; 3];
    for value in values {
        let distance = (value - mean) / most;
        let square = distance * distance;
        sums[0] += square;
        sums[1] += square * distance;
        sums[2] += square * square;
    }
    Some(sums)
}

/// Skewness of a sample; none below 3 values or where nothing varies. Linear.
///
/// Source: Joanes, Gill, Comparing measures of sample skewness and kurtosis, The Statistician 47(1), 1998, G1; the form
/// of COINr and of spreadsheets.
pub fn skewness(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    if values.len() < 3 {
        return None;
    }
    let [squares, cubes, _] = powers(values)?;
    Some(n.sqrt() * cubes / squares.powf(1.5) * (n * (n - 1.0)).sqrt() / (n - 2.0))
}

/// Excess kurtosis of a sample; none below 4 values or where nothing varies. Linear.
///
/// Source: Joanes, Gill 1998, G2.
pub fn kurtosis(values: &[f64]) -> Option<f64> {
    let n = values.len() as f64;
    if values.len() < 4 {
        return None;
    }
    let [squares, _, fourths] = powers(values)?;
    let ratio = n * fourths / (squares * squares);
    Some(((n + 1.0) * (ratio - 3.0) + 6.0) * (n - 1.0) / ((n - 2.0) * (n - 3.0)))
}

/// Describes one indicator. O(n log n).
///
/// # Errors
/// When no value is there, or one is not finite.
pub fn describe(values: &[Option<f64>]) -> Result<Description, Error> {
    let mut there = present(values);
    crate::error::at_least("the description of an indicator", 1, "values", there.len())?;
    crate::error::finite("the indicator", &there)?;
    // Moments before sorting: the order of a sum is the order of the units.
    let (mean, skewness, kurtosis) = (mean(&there), skewness(&there), kurtosis(&there));
    let standard_deviation = (there.len() > 1).then(|| deviation(&there));
    there.sort_by(f64::total_cmp);
    let runs: Vec<usize> = there.chunk_by(|a, b| a == b).map(<[f64]>::len).collect();
    Ok(Description {
        minimum: there[0],
        maximum: there[there.len() - 1],
        mean,
        median: median_sorted(&there),
        standard_deviation,
        skewness,
        kurtosis,
        available: there.len(),
        non_zero: there.iter().filter(|&&value| value != 0.0).count(),
        unique: runs.len(),
        same: runs.into_iter().max().unwrap_or(0),
        share_available: there.len() as f64 / values.len() as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn describes_what_is_there() {
        let found = describe(&[Some(2.0), None, Some(0.0), Some(2.0), Some(4.0)]).expect("values");
        assert_eq!((found.minimum, found.maximum, found.mean, found.median), (0.0, 4.0, 2.0, 2.0));
        assert_eq!((found.available, found.non_zero, found.unique, found.same), (4, 3, 3, 2));
        assert_eq!(found.share_available, 0.8);
        assert_eq!(found.skewness, Some(0.0));
        assert!(describe(&[None, None]).is_err());
    }

    #[test]
    fn moments_of_few_or_equal_values_are_undefined() {
        assert_eq!(skewness(&[1.0, 2.0]), None);
        assert_eq!(kurtosis(&[1.0, 2.0, 4.0]), None);
        assert_eq!(skewness(&[0.1; 9]), None);
        assert_eq!(kurtosis(&[0.1; 9]), None);
        // 1, 2, 3, 10: sum of cubes 180, of squares 50; by hand.
        let wanted = 2.0 * 180.0 / 50_f64.powf(1.5) * 12_f64.sqrt() / 2.0;
        assert!((skewness(&[1.0, 2.0, 3.0, 10.0]).expect("four values") - wanted).abs() < 1e-14);
        let large = skewness(&[1e200, 2e200, 3e200, 1e201]).expect("four values");
        assert!((large - wanted).abs() < 1e-13);
    }
}
