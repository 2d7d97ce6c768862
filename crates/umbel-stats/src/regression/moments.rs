//! Spatial lag and combined models by generalised moments: spatial two-stage least squares.

use super::design::{Design, squared_correlation};
use super::impacts::{Impacts, Multiplier, impacts};
use super::least_squares::rows;
use super::likelihood::around;
use super::log_determinant::{LogDeterminant, Method};
use super::moments_error::{Moments, lowest};
use super::spatial_filter::SpatialFilter;
use crate::linear::{Basis, Estimate, add_scaled, dot};
use crate::{Error, Weights, error};
use faer::Mat;
use serde::{Deserialize, Serialize};

/// What the sum of squared residuals is divided by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Divisor {
    /// Number of places.
    #[default]
    N,
    /// Number of places less number of coefficients.
    NMinusK,
}

/// What is asked of a lag model by moments.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// Highest power of W by which the columns are lagged to serve as instruments of W y.
    pub instrument_lags: usize,
    /// Divisor of the variance of the errors.
    pub divisor: Divisor,
    /// White's errors, which allow for unequal variances.
    pub robust: bool,
    /// Draws for the errors of impacts; `None` leaves out the impacts, which need log-determinants.
    pub draws: Option<u32>,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Options {
        Options { instrument_lags: 1, divisor: Divisor::N, robust: false, draws: Some(1_000), seed: 1 }
    }
}

/// A spatial lag model by spatial two-stage least squares; with `lambda` a combined model.
#[derive(Clone, Debug, Serialize)]
pub struct LagByMoments {
    /// Coefficients of the columns, the constant first, tested by the normal distribution.
    pub coefficients: Vec<Estimate>,
    /// The coefficient of W y.
    pub rho: Estimate,
    /// The coefficient of W u in the combined model, without an error (its distribution is not derived).
    pub lambda: Option<f64>,
    /// Covariance matrix of coefficients and rho, row by row.
    pub covariance: Vec<Vec<f64>>,
    /// Variance of the errors.
    pub variance: f64,
    /// Squared correlation of observed and fitted.
    pub pseudo_r_squared: Option<f64>,
    /// Squared correlation of observed and expected.
    pub pseudo_r_squared_expected: Option<f64>,
    /// rho W y + X b for each place.
    pub fitted: Vec<f64>,
    /// (I - rho W)^-1 X b for each place; `None` where rho lies outside of its bounds.
    pub expected: Option<Vec<f64>>,
    /// Observed less fitted.
    pub residuals: Vec<f64>,
    /// Number of instruments, the columns among them, less those that depend on others.
    pub instruments: usize,
    /// Effects of the columns; `None` where rho lies outside of its bounds, or they are not asked for.
    pub impacts: Option<Impacts>,
}

/// Two-stage least squares: coefficients, residuals, and the basis of the columns projected on the instruments.
struct TwoStage {
    betas: Vec<f64>,
    residuals: Vec<f64>,
    basis: Basis,
}

fn two_stage(y: &[f64], columns: &[Vec<f64>], instruments: &Basis) -> Result<TwoStage, Error> {
    let projected = |column: &Vec<f64>| {
        let mut fitted = vec![0.0; column.len()];
        for base in instruments.q() {
            add_scaled(&mut fitted, dot(base, column), base);
        }
        fitted
    };
    let lengths: Vec<f64> = columns.iter().map(|column| dot(column, column).sqrt()).collect();
    let basis = Basis::of(columns.iter().map(projected).collect(), Some(&lengths))?;
    if basis.rank() < columns.len() {
        let why = "the instruments do not tell the lag of the response from the columns".to_owned();
        return Err(Error::Singular { what: "two-stage least squares", why });
    }
    let betas = basis.solve(y)?.coefficients;
    let mut residuals = y.to_vec();
    for (column, beta) in columns.iter().zip(&betas) {
        add_scaled(&mut residuals, -beta, column);
    }
    Ok(TwoStage { betas, residuals, basis })
}

/// The columns, and their lags of the orders `from` to `to`, as instruments.
fn instruments(design: &Design, columns: usize, weights: &Weights, from: usize, to: usize) -> Result<Basis, Error> {
    let mut all = design.columns().to_vec();
    let mut lagged = design.columns()[1..=columns].to_vec();
    for order in 1..=to {
        lagged = lagged.iter().map(|column| weights.lag(column)).collect();
        if order >= from {
            all.extend(lagged.iter().cloned());
        }
    }
    Basis::of(all, None)
}

/// The spatial lag model by spatial two-stage least squares: the columns and their lags are the instruments of W y.
/// With `durbin` the lags of the columns are columns too, and lags of higher order the instruments. O(n k^2), and some
/// 15 log-determinants for the impacts.
///
/// Source: Kelejian, Prucha, A generalized spatial two-stage least squares procedure, Journal of Real Estate Finance and
/// Economics 17, 1998, equations 3 and 8; Anselin, Spatial Econometrics: Methods and Models, 1988, section 7.1.2.
///
/// # Errors
/// Weights of another length or without neighbours; instruments that depend on the columns.
pub fn lag_by_moments(
    design: &Design,
    filter: &SpatialFilter,
    durbin: bool,
    options: Options,
) -> Result<LagByMoments, Error> {
    fit(design, filter, durbin, false, options)
}

/// The combined model y = rho W y + X b + u, u = lambda W u + e by generalised spatial two-stage least squares: lambda
/// from the moments of the residuals of the lag model, then two-stage least squares of the filtered columns with the
/// same instruments. O(n k^2).
///
/// Source: Kelejian, Prucha 1998, section 3 (steps 1 to 3).
///
/// # Errors
/// As [`lag_by_moments`]; moments that are lowest at a bound of lambda.
pub fn combined_by_moments(design: &Design, filter: &SpatialFilter, options: Options) -> Result<LagByMoments, Error> {
    fit(design, filter, false, true, options)
}

fn fit(
    plain: &Design,
    filter: &SpatialFilter,
    durbin: bool,
    combined: bool,
    options: Options,
) -> Result<LagByMoments, Error> {
    let weights = filter.weights();
    error::length("the weights", plain.places(), weights.len())?;
    if !(1..=10).contains(&options.instrument_lags) {
        let message = "it must be from 1 to 10; 1 or 2 are usual".to_owned();
        return Err(Error::Parameter { parameter: "instrument_lags", message });
    }
    let with_lags;
    let design = if durbin {
        with_lags = plain.with_lags(weights)?;
        &with_lags
    } else {
        plain
    };
    let (places, width, first) = (design.places(), design.width(), 1 + usize::from(durbin));
    error::at_least("a spatial model with these columns", width + 2, "places", places)?;
    let instruments = instruments(design, plain.width() - 1, weights, first, first + options.instrument_lags - 1)?;
    let y = design.response();
    let mut columns = design.columns().to_vec();
    columns.push(weights.lag(y));
    let mut found = two_stage(y, &columns, &instruments)?;
    let (mut lambda, mut errors) = (None, found.residuals.clone());
    if combined {
        let value = lowest(&Moments::kelejian_prucha(weights, &found.residuals), filter.interval())?;
        let columns: Vec<Vec<f64>> = columns.iter().map(|column| filter.apply(value, column)).collect();
        found = two_stage(&filter.apply(value, y), &columns, &instruments)?;
        errors = found.residuals.clone();
        lambda = Some(value);
    }
    let squares = dot(&errors, &errors);
    if !(squares > 1e-28 * dot(y, y)) {
        let why = "the columns explain the response without a residual".to_owned();
        return Err(Error::Singular { what: "two-stage least squares", why });
    }
    let divisor = match options.divisor {
        Divisor::N => places,
        Divisor::NMinusK => places - width - 1,
    } as f64;
    let variance = squares / divisor;
    let covariance = if options.robust {
        found.basis.sandwich(&found.basis.meat_rows(&errors)) * faer::Scale(places as f64 / divisor)
    } else {
        found.basis.inverse_cross_product() * faer::Scale(variance)
    };
    let mut residuals = y.to_vec();
    for (column, beta) in columns.iter().zip(&found.betas) {
        add_scaled(&mut residuals, -beta, column);
    }
    let fitted: Vec<f64> = y.iter().zip(&residuals).map(|(y, residual)| y - residual).collect();
    let rho = found.betas[width];
    let inside = rho > filter.interval().0 && rho < filter.interval().1;
    let expected = if inside { Some(filter.solve(rho, &design.fitted(&found.betas[..width]))?) } else { None };
    let impacts = match options.draws {
        Some(draws) if inside => {
            Some(effects(filter, &found.betas, &covariance, plain.width() - 1, durbin, draws, options.seed)?)
        }
        _ => None,
    };
    let mut coefficients = Estimate::all(&found.betas, &covariance, None, 0.95);
    Ok(LagByMoments {
        rho: coefficients.remove(width),
        coefficients,
        lambda,
        covariance: rows(&covariance),
        variance,
        pseudo_r_squared: squared_correlation(y, &fitted),
        pseudo_r_squared_expected: expected.as_ref().and_then(|expected| squared_correlation(y, expected)),
        fitted,
        expected,
        residuals,
        instruments: instruments.rank(),
        impacts,
    })
}

fn effects(
    filter: &SpatialFilter,
    theta: &[f64],
    covariance: &Mat<f64>,
    columns: usize,
    lagged: bool,
    draws: u32,
    seed: u64,
) -> Result<Impacts, Error> {
    let last = theta.len() - 1;
    let error = if draws > 0 { covariance[(last, last)].sqrt() } else { 0.0 };
    let curve = around(&LogDeterminant::new(filter, Method::Automatic)?, theta[last], error)?;
    let multiplier = Multiplier::new(filter, &curve, theta[last], draws > 0)?;
    impacts(&multiplier, theta, covariance, columns, lagged, draws, seed)
}
