//! Getis and Ord's general G.

use super::global;
use super::scale::{scaled, standardised};
use super::significance::{Simulated, Test, normal_p, z_score};
use super::symmetric::{Symmetric, fits};
use crate::{Error, Weights};
use serde::Serialize;

/// Getis and Ord's general G: whether high values, or low ones, lie together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GetisOrd {
    /// Number of places.
    pub places: usize,
    /// Places without a neighbour; they count among the places.
    pub islands: usize,
    /// The statistic: above its expected value where high values lie together, below where low ones do.
    pub g: f64,
    /// Its expected value without autocorrelation, S0 / (n (n - 1)).
    pub expected: f64,
    /// Its variance over all permutations of the values; none below four places.
    pub variance: Option<f64>,
    /// (G - expected) / standard deviation.
    pub z: Option<f64>,
    /// p-value of it.
    pub p: Option<f64>,
    /// What random permutations say; none without them.
    pub permutation: Option<Simulated>,
}

/// General G of one value a place. O(permutations (places + pairs)), memory O(places + pairs).
///
/// G = sum w_ij x_i x_j / sum x_i x_j over all i other than j. Weights are usually 1 for neighbours
/// ([`Weights::binary`]). Values count from a natural zero: they must not be negative.
///
/// Source: Getis, Ord, The analysis of spatial association by use of distance statistics, Geographical Analysis 24,
/// 1992, p. 195, with the erratum of 1993.
///
/// # Errors
/// When a value is not finite or negative, all are the same, fewer than two are above 0, there are fewer than three
/// places, none has a neighbour, one is its own.
pub fn getis_ord(values: &[f64], weights: &Weights, test: &Test) -> Result<GetisOrd, Error> {
    fits("the values", values, weights, 3)?;
    standardised("the values", values)?;
    if let Some(at) = values.iter().position(|&value| value < 0.0) {
        let needed = "G compares products of values, which must not be below 0";
        return Err(Error::Domain { what: "the values", at, value: values[at], needed });
    }
    let x = scaled(values);
    let half = Symmetric::of(weights)?;
    let n = x.len() as f64;
    let power = |exponent: i32| x.iter().map(|x| x.powi(exponent)).sum::<f64>();
    let (m1, m2, m3, m4) = (power(1), power(2), power(3), power(4));
    // All products but those with themselves; as sums of what is not negative.
    let mut before = 0.0;
    let products: f64 = x
        .iter()
        .map(|x| {
            let product = 2.0 * before * x;
            before += x;
            product
        })
        .sum();
    if products <= 0.0 {
        return Err(Error::TooFew { what: "G", needed: 2, unit: "values above 0", found: 1 });
    }
    let g = half.cross(&x) / products;
    let expected = half.s0 / (n * (n - 1.0));
    let (s1, s2, s02) = (half.s1, half.s2, half.s0 * half.s0);
    let variance = (x.len() > 3).then(|| {
        let b0 = (n * n - 3.0 * n + 3.0) * s1 - n * s2 + 3.0 * s02;
        let b1 = -((n * n - n) * s1 - 2.0 * n * s2 + 6.0 * s02);
        let b2 = -(2.0 * n * s1 - (n + 3.0) * s2 + 6.0 * s02);
        let b3 = 4.0 * (n - 1.0) * s1 - 2.0 * (n + 1.0) * s2 + 8.0 * s02;
        let b4 = s1 - s2 + s02;
        let squared = b0 * m2 * m2 + b1 * m4 + b2 * m1 * m1 * m2 + b3 * m1 * m3 + b4 * m1.powi(4);
        squared / (products * products * n * (n - 1.0) * (n - 2.0) * (n - 3.0)) - expected * expected
    });
    let z = variance.and_then(|variance| z_score(g, expected, variance, 1e-12 * expected * expected));
    let permuted = global::permuted(&x, &half, test, false);
    let simulated: Vec<f64> = permuted.iter().map(|sums| sums.cross / products).collect();
    Ok(GetisOrd {
        places: x.len(),
        islands: weights.islands().len(),
        g,
        expected,
        variance,
        z,
        p: z.map(|z| normal_p(z, test.alternative)),
        permutation: Simulated::of(g, &simulated, test.alternative),
    })
}
