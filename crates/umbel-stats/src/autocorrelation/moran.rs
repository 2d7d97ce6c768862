//! Moran's I.

use super::global;
use super::scale::standardised;
use super::significance::{Simulated, Test, normal_p, z_score};
use super::symmetric::{Symmetric, fits};
use crate::{Error, Weights};
use serde::Serialize;

/// Global Moran's I: whether places that are alike lie together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Moran {
    /// Number of places.
    pub places: usize,
    /// Places without a neighbour; they count among the places.
    pub islands: usize,
    /// The statistic: above its expected value where like values lie together, below where unlike ones do.
    pub i: f64,
    /// Its expected value without autocorrelation, -1 / (n - 1).
    pub expected: f64,
    /// Its variance if the values were normal.
    pub variance_normal: f64,
    /// (I - expected) / standard deviation, if the values were normal; none where I cannot vary.
    pub z_normal: Option<f64>,
    /// p-value of it.
    pub p_normal: Option<f64>,
    /// Its variance over all permutations of the values; none below four places.
    pub variance_randomization: Option<f64>,
    /// (I - expected) / standard deviation, over all permutations.
    pub z_randomization: Option<f64>,
    /// p-value of it.
    pub p_randomization: Option<f64>,
    /// What random permutations say; none without them.
    pub permutation: Option<Simulated>,
}

/// Moran's I of one value a place. O(permutations (places + pairs)), memory O(places + pairs).
///
/// I = n / S0 * sum w_ij z_i z_j / sum z_i², z the deviations from the mean.
///
/// Source: Cliff, Ord, Spatial Processes, 1981, p. 21 (both variances); Moran, Notes on continuous stochastic phenomena,
/// Biometrika 37, 1950.
///
/// # Errors
/// When a value is not finite, all are the same, there are fewer than three places, none has a neighbour, one is its own.
pub fn moran(values: &[f64], weights: &Weights, test: &Test) -> Result<Moran, Error> {
    fits("the values", values, weights, 3)?;
    let z = standardised("the values", values)?;
    let half = Symmetric::of(weights)?;
    let permuted = global::permuted(&z, &half, test, false);
    Ok(from_sums(&z, &half, weights, global::observed(&z, &half), &permuted, test))
}

/// Moran's I from its sums.
pub(super) fn from_sums(
    z: &[f64],
    half: &Symmetric,
    weights: &Weights,
    observed: global::Sums,
    permuted: &[global::Sums],
    test: &Test,
) -> Moran {
    let n = z.len() as f64;
    let scale = n / (half.s0 * z.iter().map(|z| z * z).sum::<f64>());
    let i = scale * observed.cross;
    let expected = -1.0 / (n - 1.0);
    let (s1, s2, s02) = (half.s1, half.s2, half.s0 * half.s0);
    let variance_normal = (n * n * s1 - n * s2 + 3.0 * s02) / ((n - 1.0) * (n + 1.0) * s02) - expected * expected;
    let variance_randomization = (z.len() > 3).then(|| {
        let kurtosis = kurtosis(z);
        let first = n * ((n * n - 3.0 * n + 3.0) * s1 - n * s2 + 3.0 * s02);
        let second = kurtosis * ((n * n - n) * s1 - 2.0 * n * s2 + 6.0 * s02);
        (first - second) / ((n - 1.0) * (n - 2.0) * (n - 3.0) * s02) - expected * expected
    });
    let nothing = 1e-10 * expected * expected;
    let z_normal = z_score(i, expected, variance_normal, nothing);
    let z_randomization = variance_randomization.and_then(|variance| z_score(i, expected, variance, nothing));
    let simulated: Vec<f64> = permuted.iter().map(|sums| scale * sums.cross).collect();
    Moran {
        places: z.len(),
        islands: weights.islands().len(),
        i,
        expected,
        variance_normal,
        z_normal,
        p_normal: z_normal.map(|z| normal_p(z, test.alternative)),
        variance_randomization,
        z_randomization,
        p_randomization: z_randomization.map(|z| normal_p(z, test.alternative)),
        permutation: Simulated::of(i, &simulated, test.alternative),
    }
}

/// Fourth moment over the square of the second, b2.
pub(super) fn kurtosis(z: &[f64]) -> f64 {
    let n = z.len() as f64;
    let (second, fourth) = z.iter().fold((0.0, 0.0), |sums, z| (sums.0 + z * z, sums.1 + (z * z) * (z * z)));
    (fourth / n) / ((second / n) * (second / n))
}
