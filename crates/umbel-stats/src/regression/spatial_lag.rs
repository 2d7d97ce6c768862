//! The spatial lag model y = rho W y + X b + e and Durbin's model by maximum likelihood.

use super::design::{Design, squared_correlation};
pub use super::impacts::{Impact, Impacts};
use super::impacts::{Multiplier, impacts};
use super::least_squares::rows;
use super::likelihood::{Peak, Squares, Traces, peak};
use super::log_determinant::{LogDeterminant, Method};
use super::spatial_filter::SpatialFilter;
use crate::distribution::chi_squared_above;
use crate::linear::{Estimate, dot, symmetric_inverse};
use crate::{Error, error};
use faer::Mat;
use serde::{Deserialize, Serialize};

use super::residual_tests::Test;

/// What is asked of a spatial lag model beyond its design.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// How the log-determinant is computed.
    pub method: Method,
    /// Draws of the coefficients from which the errors of impacts are computed; 0 for none.
    pub draws: u32,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options { method: Method::Automatic, draws: 1_000, seed: 1 }
    }
}

/// A spatial lag or Durbin model by maximum likelihood.
#[derive(Clone, Debug, Serialize)]
pub struct SpatialLag {
    /// Coefficients of the columns, the constant first (then, in Durbin's model, of their lags), tested by the normal
    /// distribution.
    pub coefficients: Vec<Estimate>,
    /// The coefficient of W y.
    pub rho: Estimate,
    /// The rho that the likelihood ratio does not reject, with 95 %.
    pub rho_likelihood_interval: (f64, f64),
    /// The bounds of rho.
    pub rho_bounds: (f64, f64),
    /// Covariance matrix of coefficients and rho, row by row, from the information matrix.
    pub covariance: Vec<Vec<f64>>,
    /// Variance of the errors, divisor n.
    pub variance: f64,
    /// Logarithm of the likelihood.
    pub log_likelihood: f64,
    /// Akaike's criterion; coefficients and rho count.
    pub akaike: f64,
    /// Schwarz' criterion; coefficients and rho count.
    pub schwarz: f64,
    /// Twice the gain of log-likelihood over least squares with the same columns.
    pub likelihood_ratio: Test,
    /// Squared correlation of observed and fitted.
    pub pseudo_r_squared: Option<f64>,
    /// Squared correlation of observed and expected.
    pub pseudo_r_squared_expected: Option<f64>,
    /// rho W y + X b for each place.
    pub fitted: Vec<f64>,
    /// (I - rho W)^-1 X b for each place: expected from the columns alone.
    pub expected: Vec<f64>,
    /// Observed less fitted.
    pub residuals: Vec<f64>,
    /// Effects of the columns.
    pub impacts: Impacts,
    /// How the log-determinant was computed.
    pub method: Method,
    /// Standard error of the log-determinant at rho: 0 where it is exact.
    pub log_determinant_error: f64,
    /// Relative standard error of the trace in the information matrix: 0 up to 2,000 places.
    pub trace_error: f64,
}

/// The squares of e0 - rho e1, the residuals of y and W y on the columns.
struct LagSquares([f64; 3]);

impl Squares for LagSquares {
    fn at(&self, rho: f64) -> Result<(f64, f64), Error> {
        let [plain, mixed, lagged] = self.0;
        Ok((plain - 2.0 * rho * mixed + rho * rho * lagged, 2.0 * (rho * lagged - mixed)))
    }
}

/// The spatial lag model by maximum likelihood: the concentrated likelihood is searched for rho, the errors come from
/// the information matrix. O(n k^2) and about 30 log-determinants.
///
/// Sources: Anselin, Spatial Econometrics: Methods and Models, 1988, equations 12.1 to 12.7 (likelihood), section 6.2.4
/// (information matrix); Ord, Estimation methods for models of spatial interaction, JASA 70, 1975.
///
/// # Errors
/// Weights of another length, without neighbours, or with a place that is its own neighbour; a likelihood that rises
/// up to a bound of rho; a W y that depends on the columns.
pub fn spatial_lag(design: &Design, filter: &SpatialFilter, options: Options) -> Result<SpatialLag, Error> {
    fit(design, design.width() - 1, false, filter, options)
}

/// Durbin's model y = rho W y + X b + W X g + e by maximum likelihood: the spatial lag model with the lags of the columns
/// behind the columns.
///
/// Source: LeSage, Pace, Introduction to Spatial Econometrics, 2009, equations 2.34 and 3.1.
///
/// # Errors
/// As [`spatial_lag`]; lags that depend on the columns.
pub fn spatial_durbin(design: &Design, filter: &SpatialFilter, options: Options) -> Result<SpatialLag, Error> {
    error::length("the weights", design.places(), filter.weights().len())?;
    fit(&design.with_lags(filter.weights())?, design.width() - 1, true, filter, options)
}

fn fit(
    design: &Design,
    columns: usize,
    lagged: bool,
    filter: &SpatialFilter,
    options: Options,
) -> Result<SpatialLag, Error> {
    let (places, width) = (design.places(), design.width());
    error::length("the weights", places, filter.weights().len())?;
    error::at_least("a spatial model with these columns", width + 2, "places", places)?;
    let y = design.response();
    let lag = filter.weights().lag(y);
    let (own, other) = (design.basis().solve(y)?, design.basis().solve(&lag)?);
    if !(other.squares > 1e-20 * dot(&lag, &lag)) || !(own.squares > 1e-28 * dot(y, y)) {
        let why = "the columns explain the response or its lag without a residual".to_owned();
        return Err(Error::Singular { what: "the spatial lag model", why });
    }
    let squares = LagSquares([own.squares, dot(&own.residuals, &other.residuals), other.squares]);
    let determinant = LogDeterminant::new(filter, options.method)?;
    let Peak { rho, log_likelihood, interval, determinant: curve, determinant_error } =
        peak(places, &determinant, &squares)?;
    let pairs = own.coefficients.iter().zip(&other.coefficients);
    let betas: Vec<f64> = pairs.map(|(own, other)| own - rho * other).collect();
    let residuals: Vec<f64> =
        own.residuals.iter().zip(&other.residuals).map(|(own, other)| own - rho * other).collect();
    let fitted: Vec<f64> = y.iter().zip(&residuals).map(|(y, residual)| y - residual).collect();
    let variance = dot(&residuals, &residuals) / places as f64;
    let expected = filter.solve(rho, &design.fitted(&betas))?;
    let traces = Traces::new(filter, &curve, rho)?;

    // The information matrix of (R b, rho, variance) with X = Q R: better conditioned than that of b.
    let lag_expected = filter.weights().lag(&expected);
    let mut information = Mat::zeros(width + 2, width + 2);
    for row in 0..width {
        information[(row, row)] = 1.0 / variance;
        let mixed = dot(&design.basis().q()[row], &lag_expected) / variance;
        (information[(row, width)], information[(width, row)]) = (mixed, mixed);
    }
    information[(width, width)] = traces.square + traces.product + dot(&lag_expected, &lag_expected) / variance;
    let mixed = traces.plain / variance;
    (information[(width, width + 1)], information[(width + 1, width)]) = (mixed, mixed);
    information[(width + 1, width + 1)] = places as f64 / (2.0 * variance * variance);
    let inverse = symmetric_inverse("the spatial lag model", &information)?;
    let covariance = back(design, &inverse);

    let theta: Vec<f64> = betas.iter().copied().chain([rho]).collect();
    let mut estimates = Estimate::all(&theta, &covariance, None, 0.95);
    let rho_estimate = estimates.remove(width);
    let multiplier = Multiplier::new(filter, &curve, rho, options.draws > 0)?;
    let impacts = impacts(&multiplier, &theta, &covariance, columns, lagged, options.draws, options.seed)?;
    let parameters = (width + 1) as f64;
    let gain = (2.0 * (log_likelihood - super::least_squares::log_likelihood(own.squares, places))).max(0.0);
    Ok(SpatialLag {
        coefficients: estimates,
        rho: rho_estimate,
        rho_likelihood_interval: interval,
        rho_bounds: filter.interval(),
        covariance: rows(&covariance),
        variance,
        log_likelihood,
        akaike: 2.0 * parameters - 2.0 * log_likelihood,
        schwarz: parameters * (places as f64).ln() - 2.0 * log_likelihood,
        likelihood_ratio: Test { statistic: gain, degrees: 1, p: chi_squared_above(gain, 1.0) },
        pseudo_r_squared: squared_correlation(y, &fitted),
        pseudo_r_squared_expected: squared_correlation(y, &expected),
        fitted,
        expected,
        residuals,
        impacts,
        method: determinant.method(),
        log_determinant_error: determinant_error,
        trace_error: traces.product_error / traces.product,
    })
}

/// The covariance matrix of (b, rho) from that of (R b, rho).
fn back(design: &Design, inverse: &Mat<f64>) -> Mat<f64> {
    let (width, r) = (design.width(), design.basis().r());
    let inner = design.basis().sandwich(&Mat::from_fn(width, width, |row, column| inverse[(row, column)]));
    let mut mixed = vec![0.0; width];
    for row in (0..width).rev() {
        let known: f64 = (row + 1..width).map(|at| r[(row, at)] * mixed[at]).sum();
        mixed[row] = (inverse[(row, width)] - known) / r[(row, row)];
    }
    Mat::from_fn(width + 1, width + 1, |row, column| match (row == width, column == width) {
        (false, false) => inner[(row, column)],
        (false, true) => mixed[row],
        (true, false) => mixed[column],
        (true, true) => inverse[(width, width)],
    })
}
