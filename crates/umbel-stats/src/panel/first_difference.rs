//! Regression of changes on changes.

use crate::panel::covariance::Errors;
use crate::panel::fixed_effects::{Fit, Regression, Weighting, fit};
use crate::panel::groups::Groups;
use crate::{Error, error};

/// Pairs of rows of the same unit in neighbouring periods: (earlier, later), by unit and period. Neighbouring among the
/// periods that occur at all; over a gap there is no pair. O(n log n).
///
/// # Errors
/// When a unit has two rows in a period.
pub fn neighbours(unit: &Groups, period: &Groups) -> Result<Vec<(u32, u32)>, Error> {
    error::length("the periods", unit.len(), period.len())?;
    let mut rows: Vec<u32> = (0..unit.len() as u32).collect();
    let key = |row: u32| (unit.codes()[row as usize], period.codes()[row as usize]);
    rows.sort_unstable_by_key(|&row| key(row));
    let mut pairs = Vec::with_capacity(rows.len());
    for two in rows.windows(2) {
        let (before, after) = (key(two[0]), key(two[1]));
        if before == after {
            let message = format!("rows {} and {} are of the same unit and period", two[0], two[1]);
            return Err(Error::Parameter { parameter: "time", message });
        }
        if before.0 == after.0 && before.1 + 1 == after.1 {
            pairs.push((two[0], two[1]));
        }
    }
    Ok(pairs)
}

/// Least squares of changes from period to period within units, without an intercept. Clusters are those of the later
/// row. O(n log n + n k^2).
///
/// Source: Wooldridge, Econometric Analysis of Cross Section and Panel Data, 2nd edition, 2010, section 10.6.
///
/// # Errors
/// As [`crate::panel::fixed_effects::fixed_effects`]; weights; two rows of a unit in a period; no neighbouring periods.
pub fn first_difference(regression: &Regression, unit: &Groups, period: &Groups) -> Result<Fit, Error> {
    regression.check()?;
    error::length("the units", regression.response.len(), unit.len())?;
    if !matches!(regression.weights, Weighting::None) {
        let message = "the regression of changes takes no weights".to_owned();
        return Err(Error::Parameter { parameter: "weights", message });
    }
    let pairs = neighbours(unit, period)?;
    error::at_least("a regression of changes", 1, "pairs of neighbouring periods", pairs.len())?;
    let change = |values: &[f64]| -> Vec<f64> {
        pairs.iter().map(|&(before, after)| values[after as usize] - values[before as usize]).collect()
    };
    let response = change(regression.response);
    let columns: Vec<Vec<f64>> = regression.explained_by.iter().map(|column| change(column)).collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let later: Vec<u32> = pairs.iter().map(|pair| pair.1).collect();
    let (clusters, periods);
    let errors = match regression.errors {
        Errors::Clustered(groupings) => {
            clusters = groupings.iter().map(|groups| groups.subset(&later)).collect::<Vec<Groups>>();
            Errors::Clustered(&clusters)
        }
        Errors::DriscollKraay { periods: given, lags } => {
            periods = given.subset(&later);
            Errors::DriscollKraay { periods: &periods, lags }
        }
        same => same,
    };
    let fitted = fit(&Regression { response: &response, explained_by: &columns, errors, ..*regression }, &[], false)?;
    Ok(Fit { rows: Some(later), ..fitted })
}
