//! How much of the variance within units, between units and overall a set of coefficients explains.

use crate::panel::groups::Groups;
use serde::Serialize;

/// Parts of variance that coefficients explain: 1 less squared errors over squared deviations. They can be negative,
/// since the coefficients need not be those that fit best there. `None` where nothing varies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Goodness {
    /// Of deviations from the means of units.
    pub r2_within: Option<f64>,
    /// Of the means of units.
    pub r2_between: Option<f64>,
    /// Of all values.
    pub r2_overall: Option<f64>,
}

/// Of `intercept` (about the mean where there is one, about zero otherwise) and the coefficients of columns; columns
/// without a coefficient are left out. O(n k).
///
/// Source: as linearmodels 7.1 defines them for all its panel models.
pub fn goodness(
    response: &[f64],
    columns: &[&[f64]],
    unit: &Groups,
    intercept: Option<f64>,
    coefficients: &[Option<f64>],
) -> Goodness {
    let mut fitted = vec![intercept.unwrap_or(0.0); response.len()];
    for (column, coefficient) in columns.iter().zip(coefficients) {
        if let Some(coefficient) = coefficient {
            fitted.iter_mut().zip(*column).for_each(|(sum, value)| *sum += coefficient * value);
        }
    }
    let part = |response: &[f64], fitted: &[f64], centred: bool| {
        let mean = if centred { response.iter().sum::<f64>() / response.len() as f64 } else { 0.0 };
        let whole: f64 = response.iter().map(|y| (y - mean) * (y - mean)).sum();
        let left: f64 = response.iter().zip(fitted).map(|(y, f)| (y - f) * (y - f)).sum();
        let size: f64 = response.iter().map(|y| y * y).sum();
        (whole > 1e-24 * size && whole > 0.0).then(|| 1.0 - left / whole)
    };
    let centred = intercept.is_some();
    let (means, fitted_means) = (unit.means(response), unit.means(&fitted));
    let within = |values: &[f64], means: &[f64]| -> Vec<f64> {
        values.iter().zip(unit.codes()).map(|(value, &code)| value - means[code as usize]).collect()
    };
    let inner = within(response, &means);
    let size: f64 = response.iter().map(|y| y * y).sum();
    let varies = inner.iter().map(|y| y * y).sum::<f64>() > 1e-24 * size;
    Goodness {
        r2_within: if varies { part(&inner, &within(&fitted, &fitted_means), false) } else { None },
        r2_between: part(&means, &fitted_means, centred),
        r2_overall: part(response, &fitted, centred),
    }
}
