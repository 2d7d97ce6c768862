//! Tests of the residuals of least squares.

use super::design::Design;
use crate::distribution::chi_squared_above;
use crate::linear::{Basis, dot};
use crate::{Error, error};
use serde::Serialize;

/// A statistic that has a chi-squared distribution under its hypothesis.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Test {
    /// The statistic.
    pub statistic: f64,
    /// Its degrees of freedom.
    pub degrees: usize,
    /// The probability of one as large under the hypothesis.
    pub p: f64,
}

impl Test {
    pub(crate) fn new(statistic: f64, degrees: usize) -> Test {
        Test { statistic, degrees, p: chi_squared_above(statistic, degrees as f64) }
    }
}

fn squares(design: &Design, residuals: &[f64]) -> Result<(Vec<f64>, f64), Error> {
    error::length("the residuals", design.places(), residuals.len())?;
    let sum = dot(residuals, residuals);
    if !(sum > 1e-28 * dot(design.response(), design.response())) {
        let why = "the columns explain the response without a residual".to_owned();
        return Err(Error::Singular { what: "a test of residuals", why });
    }
    Ok((residuals.iter().map(|value| value * value).collect(), sum / residuals.len() as f64))
}

/// Jarque and Bera's test of normal residuals: n (S^2 / 6 + (K - 3)^2 / 24) with the skewness S and kurtosis K of the
/// residuals, moments with divisor n. Linear.
///
/// Source: Jarque, Bera, Efficient tests for normality, homoscedasticity and serial independence of regression
/// residuals, Economics Letters 6, 1980, equation 2.
///
/// # Errors
/// Residuals that are all zero.
pub fn jarque_bera(design: &Design, residuals: &[f64]) -> Result<Test, Error> {
    let (squares, variance) = squares(design, residuals)?;
    let count = residuals.len() as f64;
    let third = dot(&squares, residuals) / count;
    let fourth = dot(&squares, &squares) / count;
    let skewness = third / variance.powf(1.5);
    let kurtosis = fourth / (variance * variance);
    Ok(Test::new(count * (skewness * skewness / 6.0 + (kurtosis - 3.0).powi(2) / 24.0), 2))
}

/// The basis of the squared columns, by which the variance is explained.
fn squared_columns(design: &Design) -> Result<Basis, Error> {
    Basis::of(design.columns().iter().map(|column| column.iter().map(|x| x * x).collect()).collect(), None)
}

/// What a basis explains of the variation of centred values.
fn explained(basis: &Basis, values: &[f64]) -> f64 {
    basis.q().iter().map(|base| dot(base, values).powi(2)).sum()
}

/// Breusch and Pagan's test of equal variance against a variance that follows the squares of the columns: half the
/// explained sum of squares of u^2 / mean(u^2). It presumes normal residuals. Squares that are collinear (of columns of
/// 0 and 1) are left out. O(n k^2).
///
/// Source: Breusch, Pagan, A simple test for heteroscedasticity and random coefficient variation, Econometrica 47, 1979,
/// equation 5.
///
/// # Errors
/// Residuals that are all zero; squares that do not vary.
pub fn breusch_pagan(design: &Design, residuals: &[f64]) -> Result<Test, Error> {
    let (squares, variance) = squares(design, residuals)?;
    let basis = varying(squared_columns(design)?)?;
    let values: Vec<f64> = squares.iter().map(|square| square / variance - 1.0).collect();
    Ok(Test::new(0.5 * explained(&basis, &values), basis.rank() - 1))
}

/// Koenker and Bassett's form of the test of Breusch and Pagan, which does not presume normal residuals: n times the
/// part that is explained of the variation of u^2. O(n k^2).
///
/// Source: Koenker, Bassett, Robust tests for heteroscedasticity based on regression quantiles, Econometrica 50, 1982.
///
/// # Errors
/// As [`breusch_pagan`]; squared residuals that do not vary.
pub fn koenker_bassett(design: &Design, residuals: &[f64]) -> Result<Test, Error> {
    let (squares, variance) = squares(design, residuals)?;
    let basis = varying(squared_columns(design)?)?;
    let values: Vec<f64> = squares.iter().map(|square| square - variance).collect();
    let all = dot(&values, &values);
    if !(all > 1e-28 * dot(&squares, &squares)) {
        return Err(Error::Constant { what: "the squared residuals" });
    }
    Ok(Test::new(explained(&basis, &values) / all * residuals.len() as f64, basis.rank() - 1))
}

fn varying(basis: Basis) -> Result<Basis, Error> {
    if basis.rank() < 2 { Err(Error::Constant { what: "the squares of the columns" }) } else { Ok(basis) }
}

/// White's general test of equal variance: n R^2 of the squared residuals by all columns, their squares and products;
/// those that depend on others are left out and do not count as degrees of freedom. O(n k^4).
///
/// Source: White, A heteroskedasticity-consistent covariance matrix estimator and a direct test for
/// heteroskedasticity, Econometrica 48, 1980, corollary 1.
///
/// # Errors
/// Residuals that are all zero; fewer places than products of columns.
pub fn white(design: &Design, residuals: &[f64]) -> Result<Test, Error> {
    let (squares, variance) = squares(design, residuals)?;
    let columns = design.columns();
    let products = columns.len() * (columns.len() + 1) / 2;
    error::at_least("White's test with these columns", products + 1, "places", design.places())?;
    let mut all = columns.to_vec();
    for (at, first) in columns.iter().enumerate().skip(1) {
        let product = |second: &Vec<f64>| first.iter().zip(second).map(|(a, b)| a * b).collect();
        all.extend(columns[at..].iter().map(product));
    }
    let basis = Basis::of(all, None)?;
    let values: Vec<f64> = squares.iter().map(|square| square - variance).collect();
    let sum = dot(&values, &values);
    if !(sum > 1e-28 * dot(&squares, &squares)) {
        return Err(Error::Constant { what: "the squared residuals" });
    }
    Ok(Test::new(explained(&basis, &values) / sum * residuals.len() as f64, basis.rank() - 1))
}
