//! Difference-in-differences of two groups.

use crate::panel::fixed_effects::{Fit, Regression, fit, fixed_effects};
use crate::panel::groups::Groups;
use crate::{Error, error};
use serde::Serialize;

/// Means of the four cells, and the fit.
#[derive(Clone, Debug)]
pub struct TwoByTwo {
    /// Columns: intercept, treated, post, treated and post; then the other columns.
    pub fit: Fit,
    /// (Weighted) means of the response.
    pub means: Means,
}

/// Means of the response in the four cells.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Means {
    /// Of treated units, before.
    pub treated_before: f64,
    /// Of treated units, after.
    pub treated_after: f64,
    /// Of controls, before.
    pub control_before: f64,
    /// Of controls, after.
    pub control_after: f64,
}

/// Position of the effect among the columns of [`TwoByTwo::fit`].
pub const EFFECT: usize = 3;

/// The classic two-by-two comparison as a regression on treated, post and their product; further columns of the
/// regression are added. O(n k^2).
///
/// Source: Angrist, Pischke, Mostly Harmless Econometrics, 2009, equation 5.2.4.
///
/// # Errors
/// As [`crate::panel::fixed_effects::pooled`]; one of the four cells is empty.
pub fn two_by_two(regression: &Regression, treated: &[bool], post: &[bool]) -> Result<TwoByTwo, Error> {
    let rows = regression.response.len();
    error::length("the marks of treated rows", rows, treated.len())?;
    error::length("the marks of rows after treatment", rows, post.len())?;
    let cell = |is_treated: bool, is_post: bool, name: &str| {
        let all = (0..rows).filter(|&row| treated[row] == is_treated && post[row] == is_post);
        let (mut sum, mut count) = (0.0, 0_usize);
        all.for_each(|row| {
            sum += regression.response[row];
            count += 1;
        });
        if count == 0 {
            return Err(Error::Parameter { parameter: "treated", message: format!("there are no rows of {name}") });
        }
        Ok(sum / count as f64)
    };
    let means = Means {
        treated_before: cell(true, false, "treated units before treatment")?,
        treated_after: cell(true, true, "treated units after treatment")?,
        control_before: cell(false, false, "controls before treatment")?,
        control_after: cell(false, true, "controls after treatment")?,
    };
    let column = |of: &dyn Fn(usize) -> bool| (0..rows).map(|row| f64::from(u8::from(of(row)))).collect::<Vec<f64>>();
    let own = [
        column(&|_| true),
        column(&|row| treated[row]),
        column(&|row| post[row]),
        column(&|row| treated[row] && post[row]),
    ];
    let columns: Vec<&[f64]> = own.iter().map(Vec::as_slice).chain(regression.explained_by.iter().copied()).collect();
    let regression = Regression { explained_by: &columns, ..*regression };
    regression.check()?;
    Ok(TwoByTwo { fit: fit(&regression, &[], true)?, means })
}

/// Difference-in-differences with effects of units and periods: the first column is whether a row is treated, the columns
/// of the regression follow. With staggered adoption its coefficient mixes comparisons with units treated earlier:
/// [`crate::panel::goodman_bacon`] shows how much.
///
/// # Errors
/// As [`fixed_effects`].
pub fn two_way(regression: &Regression, treated: &[bool], unit: &Groups, period: &Groups) -> Result<Fit, Error> {
    error::length("the marks of treated rows", regression.response.len(), treated.len())?;
    let treated: Vec<f64> = treated.iter().map(|&treated| f64::from(u8::from(treated))).collect();
    let columns: Vec<&[f64]> = std::iter::once(&treated[..]).chain(regression.explained_by.iter().copied()).collect();
    let fitted = fixed_effects(&Regression { explained_by: &columns, ..*regression }, &[unit.clone(), period.clone()])?;
    if fitted.coefficients[0].is_none() {
        let why = "treatment does not vary within units and periods".to_owned();
        return Err(Error::Singular { what: "difference-in-differences", why });
    }
    Ok(fitted)
}
