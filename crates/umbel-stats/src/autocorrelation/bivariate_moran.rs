//! Moran's I between two variables.

use super::global;
use super::scale::standardised;
use super::significance::{Simulated, Test, normal_p, z_score};
use super::symmetric::{fits, no_self, sums_to_something};
use crate::error::length;
use crate::{Error, Weights};
use serde::Serialize;

/// Bivariate Moran's I: whether places where one variable is high lie beside places where another is high.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BivariateMoran {
    /// Number of places.
    pub places: usize,
    /// Places without a neighbour; they count among the places.
    pub islands: usize,
    /// The statistic.
    pub i: f64,
    /// Its expected value over all permutations of the second variable, 0.
    pub expected: f64,
    /// Its variance over all permutations of the second variable.
    pub variance: f64,
    /// I / standard deviation.
    pub z: Option<f64>,
    /// p-value of it.
    pub p: Option<f64>,
    /// What random permutations of the second variable say; none without them.
    pub permutation: Option<Simulated>,
    /// The correlation of both variables in the same places: it is part of what I shows, and not spatial.
    pub correlation: f64,
}

/// Moran's I between a variable and its neighbours' second variable. O(pairs + permutations places).
///
/// I = n / S0 * sum w_ij x_i y_j / sqrt(sum x_i² sum y_i²), both as deviations from their means. The second variable is
/// permuted, the first stays; mean and variance over all permutations are exact.
///
/// Source: Wartenberg, Multivariate spatial correlation, Geographical Analysis 17, 1985; Anselin, Syabri, Smirnov,
/// Visualizing multivariate spatial correlation with dynamically linked windows, 2002. Moments of a linear permutation
/// statistic: Hoeffding, A combinatorial central limit theorem, Annals of Mathematical Statistics 22, 1951.
///
/// # Errors
/// When a value is not finite, all of one variable are the same, there are fewer than three places, none has a
/// neighbour, one is its own, or weights sum to 0.
pub fn bivariate_moran(first: &[f64], second: &[f64], weights: &Weights, test: &Test) -> Result<BivariateMoran, Error> {
    fits("the first values", first, weights, 3)?;
    length("the second values", weights.len(), second.len())?;
    let (x, y) = (standardised("the first values", first)?, standardised("the second values", second)?);
    no_self(weights)?;
    if weights.pairs() == 0 {
        return Err(Error::NoNeighbours);
    }
    let s0: f64 = weights.all_weights().iter().sum();
    sums_to_something(s0, weights.all_weights())?;
    let n = x.len() as f64;
    let norm = |values: &[f64]| values.iter().map(|value| value * value).sum::<f64>();
    let size = (norm(&x) * norm(&y)).sqrt();
    // How much the second value of each place counts.
    let mut coefficients = vec![0.0; x.len()];
    for (place, own) in x.iter().enumerate() {
        for (&neighbour, weight) in weights.neighbours(place).iter().zip(weights.weights(place)) {
            coefficients[neighbour as usize] += weight * own;
        }
    }
    coefficients.iter_mut().for_each(|c| *c *= n / (s0 * size));
    let i: f64 = coefficients.iter().zip(&y).map(|(c, y)| c * y).sum();
    let mean = coefficients.iter().sum::<f64>() / n;
    let spread: f64 = coefficients.iter().map(|c| (c - mean) * (c - mean)).sum();
    let variance = spread * norm(&y) / (n - 1.0);
    let z = z_score(i, 0.0, variance, 1e-28);
    let simulated = global::permuted_linear(&coefficients, &y, test);
    Ok(BivariateMoran {
        places: x.len(),
        islands: weights.islands().len(),
        i,
        expected: 0.0,
        variance,
        z,
        p: z.map(|z| normal_p(z, test.alternative)),
        permutation: Simulated::of(i, &simulated, test.alternative),
        correlation: x.iter().zip(&y).map(|(x, y)| x * y).sum::<f64>() / size,
    })
}
