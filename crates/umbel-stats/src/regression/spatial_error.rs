//! The spatial error model y = X b + u, u = lambda W u + e by maximum likelihood.

use super::design::{Design, squared_correlation};
use super::least_squares::rows;
use super::likelihood::{Peak, Squares, Traces, peak};
use super::log_determinant::{LogDeterminant, Method};
use super::residual_tests::Test;
use super::spatial_filter::SpatialFilter;
use crate::distribution::chi_squared_above;
use crate::linear::{Basis, Estimate, dot};
use crate::{Error, error};
use faer::Mat;
use serde::Serialize;

/// A spatial error model by maximum likelihood.
#[derive(Clone, Debug, Serialize)]
pub struct SpatialError {
    /// Coefficients, the constant first, tested by the normal distribution.
    pub coefficients: Vec<Estimate>,
    /// The coefficient of W u.
    pub lambda: Estimate,
    /// The lambda that the likelihood ratio does not reject, with 95 %.
    pub lambda_likelihood_interval: (f64, f64),
    /// The bounds of lambda.
    pub lambda_bounds: (f64, f64),
    /// Covariance matrix of coefficients and lambda, row by row, from the information matrix.
    pub covariance: Vec<Vec<f64>>,
    /// Variance of the errors e, divisor n.
    pub variance: f64,
    /// Logarithm of the likelihood.
    pub log_likelihood: f64,
    /// Akaike's criterion; only the coefficients count, as in least squares, to which it is compared.
    pub akaike: f64,
    /// Schwarz' criterion; only the coefficients count.
    pub schwarz: f64,
    /// Twice the gain of log-likelihood over least squares with the same columns.
    pub likelihood_ratio: Test,
    /// Squared correlation of observed and fitted.
    pub pseudo_r_squared: Option<f64>,
    /// X b for each place.
    pub fitted: Vec<f64>,
    /// u: observed less fitted.
    pub residuals: Vec<f64>,
    /// e = u - lambda W u.
    pub residuals_filtered: Vec<f64>,
    /// How the log-determinant was computed.
    pub method: Method,
    /// Standard error of the log-determinant at lambda: 0 where it is exact.
    pub log_determinant_error: f64,
    /// Relative standard error of the trace in the information matrix: 0 up to 2,000 places.
    pub trace_error: f64,
}

/// Columns and response and their spatial lags, in the coordinates of one orthonormal basis of them all: generalised
/// least squares at a lambda then costs O(k^3), whatever the number of places.
pub(crate) struct Filtered {
    columns: Vec<Vec<f64>>,
    lags: Vec<Vec<f64>>,
    response: Vec<f64>,
    lag: Vec<f64>,
}

/// Generalised least squares at a lambda, in those coordinates.
pub(crate) struct FilteredSolution {
    pub basis: Basis,
    pub betas: Vec<f64>,
    residuals: Vec<f64>,
    squares: f64,
}

impl Filtered {
    pub(crate) fn new(design: &Design, filter: &SpatialFilter) -> Result<Filtered, Error> {
        let weights = filter.weights();
        let lags: Vec<Vec<f64>> = design.columns().iter().map(|column| weights.lag(column)).collect();
        let lag = weights.lag(design.response());
        let mut all = design.columns().to_vec();
        all.extend(lags.iter().cloned());
        all.push(design.response().to_vec());
        all.push(lag.clone());
        let basis = Basis::of(all, None)?;
        let inside = |values: &[f64]| -> Vec<f64> { basis.q().iter().map(|base| dot(base, values)).collect() };
        Ok(Filtered {
            columns: design.columns().iter().map(|column| inside(column)).collect(),
            lags: lags.iter().map(|column| inside(column)).collect(),
            response: inside(design.response()),
            lag: inside(&lag),
        })
    }

    pub(crate) fn solve(&self, lambda: f64) -> Result<FilteredSolution, Error> {
        let filtered = |plain: &[f64], lag: &[f64]| -> Vec<f64> {
            plain.iter().zip(lag).map(|(plain, lag)| plain - lambda * lag).collect()
        };
        let columns = self.columns.iter().zip(&self.lags).map(|(column, lag)| filtered(column, lag)).collect();
        // The constant of row-standardised weights shrinks with 1 - lambda without being collinear.
        let lengths: Vec<f64> = self.columns.iter().map(|column| 1e-3 * dot(column, column).sqrt()).collect();
        let basis = Basis::of(columns, Some(&lengths))?;
        if basis.rank() < self.columns.len() {
            let why = "the filtered columns depend on each other".to_owned();
            return Err(Error::Singular { what: "the spatial error model", why });
        }
        let solution = basis.solve(&filtered(&self.response, &self.lag))?;
        let (betas, residuals, squares) = (solution.coefficients, solution.residuals, solution.squares);
        Ok(FilteredSolution { basis, betas, residuals, squares })
    }
}

impl Squares for Filtered {
    fn at(&self, lambda: f64) -> Result<(f64, f64), Error> {
        let found = self.solve(lambda)?;
        // Since e is at its least in b, the squares change with lambda as -2 e'Wu.
        let mut lag = self.lag.clone();
        for (beta, column) in found.betas.iter().zip(&self.lags) {
            crate::linear::add_scaled(&mut lag, -beta, column);
        }
        Ok((found.squares, -2.0 * dot(&found.residuals, &lag)))
    }
}

/// The spatial error model by maximum likelihood. O(n k^2) once, and about 30 log-determinants.
///
/// Source: Anselin, Spatial Econometrics: Methods and Models, 1988, section 8.1 (likelihood), section 6.2.5 (information
/// matrix).
///
/// # Errors
/// Weights of another length, without neighbours, or with a place that is its own neighbour; a likelihood that rises
/// up to a bound of lambda; a response that is explained without a residual.
pub fn spatial_error(design: &Design, filter: &SpatialFilter, method: Method) -> Result<SpatialError, Error> {
    let (places, width) = (design.places(), design.width());
    error::length("the weights", places, filter.weights().len())?;
    let y = design.response();
    let own = design.basis().solve(y)?;
    if !(own.squares > 1e-28 * dot(y, y)) {
        let why = "the columns explain the response without a residual".to_owned();
        return Err(Error::Singular { what: "the spatial error model", why });
    }
    let determinant = LogDeterminant::new(filter, method)?;
    let filtered = Filtered::new(design, filter)?;
    let Peak { rho: lambda, log_likelihood, interval, determinant: curve, determinant_error } =
        peak(places, &determinant, &filtered)?;
    let FilteredSolution { basis, betas, .. } = filtered.solve(lambda)?;
    let fitted = design.fitted(&betas);
    let residuals: Vec<f64> = y.iter().zip(&fitted).map(|(y, fitted)| y - fitted).collect();
    let errors = filter.apply(lambda, &residuals);
    let variance = dot(&errors, &errors) / places as f64;
    let traces = Traces::new(filter, &curve, lambda)?;
    // Of (lambda, variance), apart from the coefficients.
    let corner = traces.square + traces.product - 2.0 * traces.plain * traces.plain / places as f64;
    if !(corner > 0.0) {
        let why = "its information matrix is not positive definite".to_owned();
        return Err(Error::Singular { what: "the spatial error model", why });
    }
    let inverse = basis.inverse_cross_product();
    let covariance = Mat::from_fn(width + 1, width + 1, |row, column| match (row == width, column == width) {
        (false, false) => variance * inverse[(row, column)],
        (true, true) => 1.0 / corner,
        _ => 0.0,
    });
    let theta: Vec<f64> = betas.iter().copied().chain([lambda]).collect();
    let mut estimates = Estimate::all(&theta, &covariance, None, 0.95);
    let lambda = estimates.remove(width);
    let gain = (2.0 * (log_likelihood - super::least_squares::log_likelihood(own.squares, places))).max(0.0);
    Ok(SpatialError {
        coefficients: estimates,
        lambda,
        lambda_likelihood_interval: interval,
        lambda_bounds: filter.interval(),
        covariance: rows(&covariance),
        variance,
        log_likelihood,
        akaike: 2.0 * width as f64 - 2.0 * log_likelihood,
        schwarz: width as f64 * (places as f64).ln() - 2.0 * log_likelihood,
        likelihood_ratio: Test { statistic: gain, degrees: 1, p: chi_squared_above(gain, 1.0) },
        pseudo_r_squared: squared_correlation(y, &fitted),
        residuals,
        residuals_filtered: errors,
        fitted,
        method: determinant.method(),
        log_determinant_error: determinant_error,
        trace_error: traces.product_error / traces.product,
    })
}
