//! Ordinary least squares with figures of fit.

use super::design::Design;
use super::residual_tests::{Test, breusch_pagan, jarque_bera, koenker_bassett, white};
use crate::distribution::fisher_above;
use crate::linear::{Estimate, dot};
use crate::{Error, Weights, error};
use faer::Mat;
use serde::{Deserialize, Serialize};

/// How the variance of coefficients is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Errors {
    /// One variance for all residuals, with the divisor n - k.
    #[default]
    Classical,
    /// White's errors (HC0).
    Hc0,
    /// White's errors times n / (n - k).
    Hc1,
    /// Squared residuals over 1 - leverage.
    Hc2,
    /// Squared residuals over (1 - leverage)^2.
    Hc3,
}

/// A regression by ordinary least squares.
#[derive(Clone, Debug, Serialize)]
pub struct LeastSquares {
    /// Coefficients, the constant first, tested by Student's t with n - k degrees of freedom.
    pub coefficients: Vec<Estimate>,
    /// Their covariance matrix, row by row.
    pub covariance: Vec<Vec<f64>>,
    /// X b for each place.
    pub fitted: Vec<f64>,
    /// Observed less fitted.
    pub residuals: Vec<f64>,
    /// Number of places n.
    pub observations: usize,
    /// Number of coefficients k.
    pub parameters: usize,
    /// Sum of squared residuals.
    pub residual_squares: f64,
    /// Variance of the residuals, divisor n - k.
    pub variance: f64,
    /// Variance of the residuals, divisor n (maximum likelihood).
    pub variance_likelihood: f64,
    /// Part of the variation that is explained.
    pub r_squared: f64,
    /// The same, adjusted for the number of coefficients.
    pub r_squared_adjusted: f64,
    /// F of the hypothesis that all coefficients but the constant are zero.
    pub f: f64,
    /// Its probability.
    pub f_p: f64,
    /// Logarithm of the likelihood with normal errors.
    pub log_likelihood: f64,
    /// Akaike's criterion, 2 k - 2 log L.
    pub akaike: f64,
    /// Schwarz' criterion, k ln n - 2 log L.
    pub schwarz: f64,
    /// Condition number of the columns scaled to length 1; above 30 they are nearly collinear.
    pub condition_number: f64,
    /// Normal residuals.
    pub jarque_bera: Test,
    /// Equal variance, normal residuals presumed.
    pub breusch_pagan: Test,
    /// Equal variance, normal residuals not presumed.
    pub koenker_bassett: Test,
    /// Equal variance against any form; `None` where there are fewer places than products of columns.
    pub white: Option<Test>,
}

/// Logarithm of the normal likelihood at its peak, from the sum of squared residuals.
pub(crate) fn log_likelihood(squares: f64, places: usize) -> f64 {
    let count = places as f64;
    -0.5 * count * ((2.0 * std::f64::consts::PI).ln() + (squares / count).ln() + 1.0)
}

/// A covariance matrix as rows.
pub(crate) fn rows(matrix: &Mat<f64>) -> Vec<Vec<f64>> {
    (0..matrix.nrows()).map(|row| (0..matrix.ncols()).map(|column| matrix[(row, column)]).collect()).collect()
}

/// Ordinary least squares. O(n k^2), and O(n k^4) for White's test.
///
/// Sources: Greene, Econometric Analysis, 5th edition, 2003, chapters 3 and 4, equation 11-13 (HC0); MacKinnon, White,
/// Some heteroskedasticity-consistent covariance matrix estimators, Journal of Econometrics 29, 1985 (HC1, HC2, HC3);
/// Belsley, Kuh, Welsch, Regression Diagnostics, 1980, section 3.2 (condition number).
///
/// # Errors
/// A response that is explained without a residual.
pub fn least_squares(design: &Design, errors: Errors) -> Result<LeastSquares, Error> {
    let basis = design.basis();
    let solution = basis.solve(design.response())?;
    let residuals = solution.residuals;
    let (places, width) = (design.places(), design.width());
    let degrees = (places - width) as f64;
    let jarque_bera = jarque_bera(design, &residuals)?;
    let variance = solution.squares / degrees;
    let leverages = basis.leverages();
    let adjusted = |part: &dyn Fn(f64) -> f64| -> Vec<f64> {
        residuals.iter().zip(&leverages).map(|(residual, leverage)| residual * part(1.0 - leverage)).collect()
    };
    if matches!(errors, Errors::Hc2 | Errors::Hc3)
        && let Some(at) = leverages.iter().position(|leverage| *leverage > 1.0 - 1e-12)
    {
        let needed = "a place that decides a coefficient alone has no residual to estimate it from: use hc0 or hc1";
        return Err(Error::Domain { what: "the leverages", at, value: leverages[at], needed });
    }
    let covariance = match errors {
        Errors::Classical => basis.inverse_cross_product() * faer::Scale(variance),
        Errors::Hc0 => basis.sandwich(&basis.meat_rows(&residuals)),
        Errors::Hc1 => basis.sandwich(&basis.meat_rows(&residuals)) * faer::Scale(places as f64 / degrees),
        Errors::Hc2 => basis.sandwich(&basis.meat_rows(&adjusted(&|left| 1.0 / left.sqrt()))),
        Errors::Hc3 => basis.sandwich(&basis.meat_rows(&adjusted(&|left| 1.0 / left))),
    };
    let mean = design.response().iter().sum::<f64>() / places as f64;
    let centred: Vec<f64> = design.response().iter().map(|value| value - mean).collect();
    let total = dot(&centred, &centred);
    let explained = total - solution.squares;
    let f = explained / (width - 1) as f64 / variance;
    let log_likelihood = log_likelihood(solution.squares, places);
    let r_squared = explained / total;
    Ok(LeastSquares {
        coefficients: Estimate::all(&solution.coefficients, &covariance, Some(degrees), 0.95),
        covariance: rows(&covariance),
        fitted: design.response().iter().zip(&residuals).map(|(observed, residual)| observed - residual).collect(),
        observations: places,
        parameters: width,
        residual_squares: solution.squares,
        variance,
        variance_likelihood: solution.squares / places as f64,
        r_squared,
        r_squared_adjusted: 1.0 - (1.0 - r_squared) * (places - 1) as f64 / degrees,
        f,
        f_p: fisher_above(f, (width - 1) as f64, degrees),
        log_likelihood,
        akaike: 2.0 * width as f64 - 2.0 * log_likelihood,
        schwarz: width as f64 * (places as f64).ln() - 2.0 * log_likelihood,
        condition_number: condition_number(design)?,
        jarque_bera,
        breusch_pagan: breusch_pagan(design, &residuals)?,
        koenker_bassett: koenker_bassett(design, &residuals)?,
        white: match white(design, &residuals) {
            Err(Error::TooFew { .. }) => None,
            test => Some(test?),
        },
        residuals,
    })
}

/// Largest over smallest singular value of the columns scaled to length 1.
fn condition_number(design: &Design) -> Result<f64, Error> {
    let r = design.basis().r();
    let size = r.nrows();
    let length = |column: usize| (0..=column).map(|row| r[(row, column)].powi(2)).sum::<f64>().sqrt();
    let scaled = Mat::from_fn(size, size, |row, column| r[(row, column)] / length(column));
    let failed = |_| Error::NotConverged { what: "the condition number", rounds: 30 };
    let values = scaled.singular_values().map_err(failed)?;
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    Ok(values.iter().copied().fold(0.0, f64::max) / least)
}

/// The covariance matrix of the coefficients when residuals of places that are near each other go together, by a
/// kernel: `kernel` holds K(distance) of the pairs within the bandwidth, not standardised; the weight of a place on
/// itself is 1, whether it is there or not. O(k^2 pairs).
///
/// Sources: Conley, GMM estimation with cross sectional dependence, Journal of Econometrics 92, 1999; Kelejian, Prucha,
/// HAC estimation in a spatial framework, Journal of Econometrics 140, 2007, equation 9.
///
/// # Errors
/// A kernel of another length; one that gives a negative variance (it must fall with distance: Bartlett's triangle or
/// Epanechnikov's do, a flat one may not).
pub fn spatial_covariance(design: &Design, residuals: &[f64], kernel: &Weights) -> Result<Vec<Vec<f64>>, Error> {
    error::length("the kernel", design.places(), kernel.len())?;
    error::length("the residuals", design.places(), residuals.len())?;
    let scores: Vec<Vec<f64>> =
        design.basis().q().iter().map(|base| base.iter().zip(residuals).map(|(a, b)| a * b).collect()).collect();
    let smoothed: Vec<Vec<f64>> = scores
        .iter()
        .map(|scores| {
            let at = |place: usize| {
                let pairs = kernel.neighbours(place).iter().zip(kernel.weights(place));
                let others = pairs.filter(|(other, _)| **other as usize != place);
                scores[place] + others.map(|(&other, weight)| weight * scores[other as usize]).sum::<f64>()
            };
            (0..kernel.len()).map(at).collect()
        })
        .collect();
    let size = scores.len();
    let entry = |row: usize, column: usize| dot(&scores[row], &smoothed[column]);
    let meat = Mat::from_fn(size, size, |row, column| 0.5 * (entry(row, column) + entry(column, row)));
    let covariance = design.basis().sandwich(&meat);
    if (0..size).any(|at| !(covariance[(at, at)] > 0.0)) {
        let message = "it gives a negative variance; take one that falls with distance".to_owned();
        return Err(Error::Parameter { parameter: "kernel", message });
    }
    Ok(rows(&covariance))
}
