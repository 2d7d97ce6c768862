use super::mann_kendall::level;
use super::ranks::mean_ranks;
use crate::Error;
use crate::error::{at_least, finite};
use serde::{Deserialize, Serialize};

/// Result of Pettitt's test.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pettitt {
    /// Number of values before the change: the values from this position (from 0) on belong to the second part. The
    /// first such position where several are as extreme.
    pub change: usize,
    /// Largest |U|.
    pub k: f64,
    /// min(1, 2 exp(-6 K² / (n³ + n²))): approximate, good for p below 0.5.
    pub p_two_sided: f64,
    /// Whether p lies below the level.
    pub significant: bool,
    /// Medians before and after the change.
    pub median_before: f64,
    /// See `median_before`.
    pub median_after: f64,
    /// U for each number of values before the change, from 1 to n - 1.
    pub u: Vec<f64>,
}

/// Tests a series for one change of its level at an unknown time.
///
/// The values are taken as independent: autocorrelation and trend make p too small. O(n log n).
///
/// # Errors
/// Fewer than two values, or one that is not finite.
///
/// Source: Pettitt, A non-parametric approach to the change-point problem, Applied Statistics 28(2), 1979, sections 2.1
/// and 2.3.
pub fn pettitt(values: &[f64], alpha: f64) -> Result<Pettitt, Error> {
    level(alpha)?;
    finite("the values", values)?;
    at_least("Pettitt's test", 2, "values", values.len())?;
    let n = values.len() as f64;
    let mut sum = 0.0;
    let mut u: Vec<f64> = Vec::with_capacity(values.len());
    for (at, rank) in mean_ranks(values).into_iter().enumerate() {
        sum += rank;
        u.push(2.0 * sum - (at as f64 + 1.0) * (n + 1.0));
    }
    u.pop();
    let mut best = 0;
    for (at, value) in u.iter().enumerate() {
        if value.abs() > u[best].abs() {
            best = at;
        }
    }
    let (change, k) = (best + 1, u[best].abs());
    let p_two_sided = (2.0 * (-6.0 * k * k / (n.powi(3) + n * n)).exp()).min(1.0);
    let middle = |part: &[f64]| super::ranks::median(&mut part.to_vec()).unwrap_or(0.0);
    let (median_before, median_after) = (middle(&values[..change]), middle(&values[change..]));
    Ok(Pettitt { change, k, p_two_sided, significant: p_two_sided < alpha, median_before, median_after, u })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_step_is_found() {
        let found = pettitt(&[1.0, 2.0, 1.0, 2.0, 1.0, 9.0, 8.0, 9.0, 8.0, 9.0, 8.0, 9.0], 0.05).expect("a test");
        // All 5 x 7 pairs across the step agree.
        assert_eq!((found.change, found.k), (5, 35.0));
        assert!((found.p_two_sided - 2.0 * (-6.0 * 1225.0 / 1872.0_f64).exp()).abs() < 1e-15 && found.significant);
        assert_eq!((found.median_before, found.median_after), (1.0, 9.0));
    }

    #[test]
    fn level_short_and_broken_series() {
        let level = pettitt(&[3.0; 9], 0.05).expect("a test");
        assert_eq!((level.k, level.p_two_sided, level.significant), (0.0, 1.0, false));
        assert_eq!(pettitt(&[1.0, 2.0], 0.05).expect("a test").change, 1);
        assert!(pettitt(&[1.0], 0.05).is_err() && pettitt(&[1.0, f64::NAN], 0.05).is_err());
    }

    proptest! {
        #[test]
        fn u_counts_the_pairs_across(values in prop::collection::vec(-9_i32..9, 2..50)) {
            let plain: Vec<f64> = values.iter().map(|&v| f64::from(v)).collect();
            let found = pettitt(&plain, 0.05).expect("a test");
            for (at, u) in found.u.iter().enumerate() {
                let pairs = (0..=at).flat_map(|i| (at + 1..values.len()).map(move |j| (i, j)));
                let sum: i32 = pairs.map(|(i, j)| (values[i] - values[j]).signum()).sum();
                prop_assert_eq!(*u, f64::from(sum));
            }
        }
    }
}
