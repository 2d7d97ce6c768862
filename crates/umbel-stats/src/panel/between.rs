//! The between regression: means of units on means of units.

use crate::panel::covariance::Errors;
use crate::panel::fixed_effects::{Fit, Regression, Weighting, pooled};
use crate::panel::groups::Groups;
use crate::{Error, error};

/// Least squares of the means of units, with an intercept as the first column; each unit counts once. Errors of the
/// regression must be independent ones: a unit is a row. O(n k + u k^2) for u units.
///
/// Source: Wooldridge, Econometric Analysis of Cross Section and Panel Data, 2nd edition, 2010, equation 10.58.
///
/// # Errors
/// As [`pooled`]; weights; clustered errors.
pub fn between(regression: &Regression, unit: &Groups) -> Result<Fit, Error> {
    regression.check()?;
    error::length("the units", regression.response.len(), unit.len())?;
    if !matches!(regression.errors, Errors::Iid | Errors::Hc1) {
        let message = "the between regression has one row a unit; take iid or hc1".to_owned();
        return Err(Error::Parameter { parameter: "errors", message });
    }
    if !matches!(regression.weights, Weighting::None) {
        let message = "the between regression takes no weights".to_owned();
        return Err(Error::Parameter { parameter: "weights", message });
    }
    let response = unit.means(regression.response);
    let columns: Vec<Vec<f64>> = regression.explained_by.iter().map(|column| unit.means(column)).collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    pooled(&Regression { response: &response, explained_by: &columns, ..*regression })
}
