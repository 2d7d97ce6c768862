//! Geary's C.

use super::global;
use super::moran::kurtosis;
use super::scale::standardised;
use super::significance::{Simulated, Test, normal_p, z_score};
use super::symmetric::{Symmetric, fits};
use crate::{Error, Weights};
use serde::Serialize;

/// Global Geary's C: how much neighbours differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Geary {
    /// Number of places.
    pub places: usize,
    /// Places without a neighbour; they count among the places.
    pub islands: usize,
    /// The statistic: below 1 where like values lie together, above where unlike ones do.
    pub c: f64,
    /// Its expected value without autocorrelation, 1.
    pub expected: f64,
    /// Its variance if the values were normal.
    pub variance_normal: f64,
    /// (C - 1) / standard deviation, if the values were normal; none where C cannot vary.
    pub z_normal: Option<f64>,
    /// p-value of it.
    pub p_normal: Option<f64>,
    /// Its variance over all permutations of the values; none below four places.
    pub variance_randomization: Option<f64>,
    /// (C - 1) / standard deviation, over all permutations.
    pub z_randomization: Option<f64>,
    /// p-value of it.
    pub p_randomization: Option<f64>,
    /// What random permutations say; none without them.
    pub permutation: Option<Simulated>,
}

/// Geary's C of one value a place. O(permutations (places + pairs)), memory O(places + pairs).
///
/// C = (n - 1) sum w_ij (x_i - x_j)² / (2 S0 sum z_i²). `Greater` means a greater C, that is negative autocorrelation.
///
/// Source: Cliff, Ord, Spatial Processes, 1981, p. 21 (both variances); Geary, The contiguity ratio and
/// statistical mapping, The Incorporated Statistician 5, 1954.
///
/// # Errors
/// When a value is not finite, all are the same, there are fewer than three places, none has a neighbour, one is its own.
pub fn geary(values: &[f64], weights: &Weights, test: &Test) -> Result<Geary, Error> {
    fits("the values", values, weights, 3)?;
    let z = standardised("the values", values)?;
    let half = Symmetric::of(weights)?;
    let permuted = global::permuted(&z, &half, test, true);
    Ok(from_sums(&z, &half, weights, global::observed(&z, &half), &permuted, test))
}

/// Moran's I and Geary's C from the same permutations, for the price of one.
///
/// # Errors
/// As [`geary`].
pub fn moran_and_geary(values: &[f64], weights: &Weights, test: &Test) -> Result<(super::moran::Moran, Geary), Error> {
    fits("the values", values, weights, 3)?;
    let z = standardised("the values", values)?;
    let half = Symmetric::of(weights)?;
    let (observed, permuted) = (global::observed(&z, &half), global::permuted(&z, &half, test, true));
    let moran = super::moran::from_sums(&z, &half, weights, observed, &permuted, test);
    Ok((moran, from_sums(&z, &half, weights, observed, &permuted, test)))
}

fn from_sums(
    z: &[f64],
    half: &Symmetric,
    weights: &Weights,
    observed: global::Sums,
    permuted: &[global::Sums],
    test: &Test,
) -> Geary {
    let n = z.len() as f64;
    let scale = (n - 1.0) / (2.0 * half.s0 * z.iter().map(|z| z * z).sum::<f64>());
    let c = scale * observed.differences();
    let (s1, s2, s02) = (half.s1, half.s2, half.s0 * half.s0);
    let variance_normal = ((2.0 * s1 + s2) * (n - 1.0) - 4.0 * s02) / (2.0 * (n + 1.0) * s02);
    let variance_randomization = (z.len() > 3).then(|| {
        let k = kurtosis(z);
        let first = (n - 1.0) * s1 * (n * n - 3.0 * n + 3.0 - (n - 1.0) * k);
        let second = 0.25 * (n - 1.0) * s2 * (n * n + 3.0 * n - 6.0 - (n * n - n + 2.0) * k);
        let third = s02 * (n * n - 3.0 - (n - 1.0) * (n - 1.0) * k);
        (first - second + third) / (n * (n - 2.0) * (n - 3.0) * s02)
    });
    let nothing = 1e-10 / ((n - 1.0) * (n - 1.0));
    let z_normal = z_score(c, 1.0, variance_normal, nothing);
    let z_randomization = variance_randomization.and_then(|variance| z_score(c, 1.0, variance, nothing));
    let simulated: Vec<f64> = permuted.iter().map(|sums| scale * sums.differences()).collect();
    Geary {
        places: z.len(),
        islands: weights.islands().len(),
        c,
        expected: 1.0,
        variance_normal,
        z_normal,
        p_normal: z_normal.map(|z| normal_p(z, test.alternative)),
        variance_randomization,
        z_randomization,
        p_randomization: z_randomization.map(|z| normal_p(z, test.alternative)),
        permutation: Simulated::of(c, &simulated, test.alternative),
    }
}
