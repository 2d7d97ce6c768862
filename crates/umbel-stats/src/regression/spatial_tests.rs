//! Tests of the residuals of least squares for spatial dependence.

use super::design::Design;
use super::residual_tests::Test;
use super::spatial_filter::transpose;
use crate::distribution::normal_two_sided;
use crate::linear::dot;
use crate::{Error, Weights, error};
use faer::Mat;
use serde::Serialize;

/// Moran's I of the residuals of least squares.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MoranOfResiduals {
    /// I = n / S0 u'Wu / u'u.
    pub moran_i: f64,
    /// Its expectation under independent normal errors.
    pub expected: f64,
    /// Its variance under independent normal errors.
    pub variance: f64,
    /// The standardised I; `None` where the variance is zero.
    pub z: Option<f64>,
    /// From the normal distribution.
    pub p_two_sided: Option<f64>,
}

/// Lagrange multiplier tests and Moran's I of residuals.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SpatialTests {
    /// No spatial error, against one.
    pub lm_error: Test,
    /// No spatial lag, against one.
    pub lm_lag: Test,
    /// No spatial error where a lag may be present; `None` where the two cannot be told apart.
    pub robust_lm_error: Option<Test>,
    /// No spatial lag where an error may be present; `None` where the two cannot be told apart.
    pub robust_lm_lag: Option<Test>,
    /// Neither, against either or both.
    pub lm_sarma: Option<Test>,
    /// Moran's I of the residuals.
    pub moran: MoranOfResiduals,
}

/// Tests of least squares for spatial dependence. O(k pairs).
///
/// Sources: Anselin, Bera, Florax, Yoon, Simple diagnostic tests for spatial dependence, Regional Science and Urban
/// Economics 26, 1996, equations 9, 13, 8, 12 and 15; Cliff, Ord, Spatial Processes, 1981, section 8.3 (Moran's I).
///
/// # Errors
/// [`Error::NoNeighbours`]; lists that do not fit together; residuals that are all zero; fewer than k + 3 places.
pub fn spatial_tests(design: &Design, residuals: &[f64], weights: &Weights) -> Result<SpatialTests, Error> {
    let (places, width) = (design.places(), design.width());
    error::length("the weights", places, weights.len())?;
    error::length("the residuals", places, residuals.len())?;
    if weights.all_weights().iter().all(|&weight| weight == 0.0) {
        return Err(Error::NoNeighbours);
    }
    let squares = dot(residuals, residuals);
    if !(squares > 1e-28 * dot(design.response(), design.response())) {
        let why = "the columns explain the response without a residual".to_owned();
        return Err(Error::Singular { what: "a test of residuals", why });
    }
    let count = places as f64;
    let variance = squares / count;
    let turned = transpose(weights);
    let mut sums = PairSums::default();
    for place in 0..places {
        sums.add(weights, &turned, place);
    }
    // T = tr((W' + W) W).
    let trace = sums.squares + sums.products;
    let lag = weights.lag(residuals);
    let inner = dot(residuals, &lag);
    let error_score = inner / variance;
    let lag_score = dot(residuals, &weights.lag(design.response())) / variance;
    let fitted: Vec<f64> = design.response().iter().zip(residuals).map(|(y, u)| y - u).collect();
    let lag_fitted = weights.lag(&fitted);
    let left = design.basis().solve(&lag_fitted)?.squares;
    // n J of the source.
    let both = left / variance + trace;
    let apart = both - trace;
    let test = |statistic: f64, degrees: usize| Test::new(statistic, degrees);
    let told_apart = apart > 1e-12 * both && trace > 0.0;
    let (lm_error, lm_lag) = (error_score * error_score / trace, lag_score * lag_score / both);
    let share = trace / both;
    let robust_lag = (lag_score - error_score).powi(2) / apart;
    let robust_error = (error_score - share * lag_score).powi(2) / (trace * (1.0 - share));
    Ok(SpatialTests {
        lm_error: test(lm_error, 1),
        lm_lag: test(lm_lag, 1),
        robust_lm_error: told_apart.then(|| test(robust_error, 1)),
        robust_lm_lag: told_apart.then(|| test(robust_lag, 1)),
        lm_sarma: told_apart.then(|| test(lm_error + robust_lag, 2)),
        moran: moran(design, weights, &turned, &sums, inner / squares, width)?,
    })
}

/// Sums over all pairs.
#[derive(Default)]
struct PairSums {
    /// Of weights.
    all: f64,
    /// Of squared weights.
    squares: f64,
    /// Of products of the weights there and back.
    products: f64,
}

impl PairSums {
    fn add(&mut self, weights: &Weights, turned: &Weights, place: usize) {
        let back = (turned.neighbours(place), turned.weights(place));
        for (to, there) in weights.neighbours(place).iter().zip(weights.weights(place)) {
            self.all += there;
            self.squares += there * there;
            self.products += back.0.binary_search(to).map_or(0.0, |at| there * back.1[at]);
        }
    }
}

fn moran(
    design: &Design,
    weights: &Weights,
    turned: &Weights,
    sums: &PairSums,
    ratio: f64,
    width: usize,
) -> Result<MoranOfResiduals, Error> {
    let count = design.places() as f64;
    let degrees = count - width as f64;
    if sums.all.abs() < 1e-300 {
        let message = "their sum is zero".to_owned();
        return Err(Error::Parameter { parameter: "weights", message });
    }
    // In terms of the orthonormal basis: A = Q'UQ and tr(Q'UUQ) with U = (W + W') / 2.
    let q = design.basis().q();
    let halves: Vec<Vec<f64>> = q
        .iter()
        .map(|base| weights.lag(base).iter().zip(turned.lag(base)).map(|(a, b)| 0.5 * (a + b)).collect())
        .collect();
    let a = Mat::from_fn(width, width, |row, column| dot(&q[row], &halves[column]));
    let trace: f64 = (0..width).map(|at| a[(at, at)]).sum();
    let square: f64 =
        (0..width).flat_map(|row| (0..width).map(move |column| (row, column))).map(|at| a[at].powi(2)).sum();
    let b: f64 = halves.iter().map(|half| dot(half, half)).sum();
    // S1 = 1/2 sum (w_ij + w_ji)^2.
    let s1 = sums.squares + sums.products;
    let factor = count * count / (sums.all * sums.all * degrees * (degrees + 2.0));
    let variance = factor * (s1 + 2.0 * square - 4.0 * b - 2.0 * trace * trace / degrees);
    let expected = -count * trace / (sums.all * degrees);
    let moran_i = count / sums.all * ratio;
    let z = (variance > 1e-14 * factor * s1).then(|| (moran_i - expected) / variance.sqrt());
    Ok(MoranOfResiduals { moran_i, expected, variance: variance.max(0.0), z, p_two_sided: z.map(normal_two_sided) })
}
