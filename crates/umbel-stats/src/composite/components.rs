//! Correlations and principal components.

use super::moments::{deviation, mean};
use crate::Error;
use faer::{Mat, Side};
use serde::{Deserialize, Serialize};

/// Pearson correlation; none when one of the two does not vary or there are fewer than 2 pairs.
pub fn correlation(one: &[f64], other: &[f64]) -> Option<f64> {
    if one.len() != other.len() || one.len() < 2 {
        return None;
    }
    let constant = |values: &[f64]| values.iter().all(|value| *value == values[0]);
    if constant(one) || constant(other) {
        return None;
    }
    let (of_one, of_other) = (mean(one), mean(other));
    let (mut both, mut first, mut second) = (0.0, 0.0, 0.0);
    for (x, y) in one.iter().zip(other) {
        let (x, y) = (x - of_one, y - of_other);
        both += x * y;
        first += x * x;
        second += y * y;
    }
    let r = both / (first.sqrt() * second.sqrt());
    r.is_finite().then(|| r.clamp(-1.0, 1.0))
}

/// Correlations of all pairs of complete columns.
pub(super) fn correlation_matrix(columns: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, Error> {
    let row = |one: &Vec<f64>| {
        let each = |other: &Vec<f64>| correlation(one, other).ok_or(Error::Constant { what: "an indicator" });
        columns.iter().map(each).collect::<Result<Vec<f64>, Error>>()
    };
    columns.iter().map(row).collect()
}

/// Correlation of each column of one list with each of another, over the units that have both. None where it is
/// undefined. O(units x pairs).
///
/// # Errors
/// When columns differ in length.
pub fn correlations(columns: &[Vec<Option<f64>>], others: &[Vec<Option<f64>>]) -> Result<Vec<Vec<Option<f64>>>, Error> {
    let units = columns.first().map_or(0, Vec::len);
    for column in columns.iter().chain(others) {
        crate::error::length("a column", units, column.len())?;
    }
    let pair = |one: &[Option<f64>], other: &[Option<f64>]| {
        let (one, other): (Vec<f64>, Vec<f64>) = one.iter().zip(other).filter_map(|(x, y)| x.zip(*y)).unzip();
        correlation(&one, &other)
    };
    Ok(columns.iter().map(|one| others.iter().map(|other| pair(one, other)).collect()).collect())
}

/// What components are taken of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standardise {
    /// The correlations: each column counts the same.
    #[default]
    Yes,
    /// The covariances: what varies more counts more.
    No,
}

/// Principal components of complete columns.
#[derive(Clone, Debug, PartialEq)]
pub struct Components {
    /// Variance along each component, largest first.
    pub eigenvalues: Vec<f64>,
    /// Share of each in the whole variance.
    pub explained: Vec<f64>,
    /// The loadings: for each component a list over the columns, of length 1. The sign is chosen so that they add up
    /// to 0 or more.
    pub loadings: Vec<Vec<f64>>,
    /// Columns with a negative loading on the first component, although others load positively: they point against the
    /// common direction, and the loadings make no weights.
    pub against: Vec<u32>,
}

/// Principal components. O(units x columns^2 + columns^3).
///
/// Source: Jolliffe, Principal Component Analysis, 2002, section 2; Nardo et al. 2008, step 4.
///
/// # Errors
/// With fewer than 2 units or columns, or a column that does not vary.
pub fn components(columns: &[Vec<f64>], standardise: Standardise) -> Result<Components, Error> {
    crate::error::at_least("principal components", 2, "columns", columns.len())?;
    let units = super::weigh::table(columns, 2)?;
    let matrix = match standardise {
        Standardise::Yes => correlation_matrix(columns)?,
        Standardise::No => {
            let middles: Vec<f64> = columns.iter().map(|column| mean(column)).collect();
            let covariance = |i: usize, j: usize| {
                let pairs = columns[i].iter().zip(&columns[j]);
                pairs.map(|(x, y)| (x - middles[i]) * (y - middles[j])).sum::<f64>() / (units as f64 - 1.0)
            };
            (0..columns.len()).map(|i| (0..columns.len()).map(|j| covariance(i, j)).collect()).collect()
        }
    };
    if columns.iter().all(|column| deviation(column) == 0.0) {
        return Err(Error::Constant { what: "the columns" });
    }
    let count = columns.len();
    let symmetric = Mat::from_fn(count, count, |i, j| 0.5 * (matrix[i][j] + matrix[j][i]));
    let solved = symmetric.self_adjoint_eigen(Side::Lower).map_err(|_| Error::Singular {
        what: "principal components",
        why: "the eigenvalues did not converge".to_owned(),
    })?;
    let (values, vectors) = (solved.S(), solved.U());
    // Ascending there, descending here.
    let eigenvalues: Vec<f64> = (0..count).rev().map(|at| values[at].max(0.0)).collect();
    let whole: f64 = eigenvalues.iter().sum();
    let loadings: Vec<Vec<f64>> = (0..count)
        .rev()
        .map(|at| {
            let sum: f64 = (0..count).map(|row| vectors[(row, at)]).sum();
            let sign = if sum < 0.0 { -1.0 } else { 1.0 };
            (0..count).map(|row| sign * vectors[(row, at)]).collect()
        })
        .collect();
    let negative = |(at, &loading): (usize, &f64)| (loading < -1e-12).then_some(at as u32);
    let against = loadings[0].iter().enumerate().filter_map(negative).collect();
    let explained = eigenvalues.iter().map(|value| value / whole).collect();
    Ok(Components { eigenvalues, explained, loadings, against })
}

/// Cronbach's alpha: k^2 c / s, with c the mean covariance of two different ones of k columns and s the sum of all
/// covariances, each over the units that have both. Below 0 when the columns contradict each other. O(units x k^2).
///
/// Source: Cronbach, Coefficient alpha and the internal structure of tests, Psychometrika 16(3), 1951, equation 2; in
/// the form of COINr (`get_cronbach`).
///
/// # Errors
/// With fewer than 2 columns, a pair with fewer than 2 common units, or when the sum of the columns does not vary.
pub fn cronbach_alpha(columns: &[Vec<Option<f64>>]) -> Result<f64, Error> {
    crate::error::at_least("Cronbach's alpha", 2, "columns", columns.len())?;
    let (mut all, mut own) = (0.0, 0.0);
    for (i, one) in columns.iter().enumerate() {
        for (j, other) in columns.iter().enumerate() {
            crate::error::length("a column", columns[0].len(), other.len())?;
            let (one, other): (Vec<f64>, Vec<f64>) = one.iter().zip(other).filter_map(|(x, y)| x.zip(*y)).unzip();
            crate::error::at_least("a covariance", 2, "units", one.len())?;
            crate::error::finite("a column", &one)?;
            let (of_one, of_other) = (mean(&one), mean(&other));
            let sum: f64 = one.iter().zip(&other).map(|(x, y)| (x - of_one) * (y - of_other)).sum();
            let covariance = sum / (one.len() as f64 - 1.0);
            all += covariance;
            own += if i == j { covariance } else { 0.0 };
        }
    }
    if all.abs() <= 1e-14 * own || all == 0.0 {
        return Err(Error::Constant { what: "the sums of the columns" });
    }
    let count = columns.len() as f64;
    Ok(count * count * (all - own) / (count * (count - 1.0)) / all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_columns_by_hand() {
        let columns = [vec![1.0, 2.0, 3.0, 4.0], vec![2.0, 1.0, 4.0, 3.0]];
        let found = components(&columns, Standardise::Yes).expect("components");
        // r = 0.6: eigenvalues 1.6 and 0.4.
        assert!((found.eigenvalues[0] - 1.6).abs() < 1e-14 && (found.explained[1] - 0.2).abs() < 1e-14);
        assert!((found.loadings[0][0] - 0.5_f64.sqrt()).abs() < 1e-14 && found.against.is_empty());
        let turned = [columns[0].clone(), columns[1].iter().map(|value| -value).collect(), vec![1.0, 2.0, 4.0, 3.0]];
        assert_eq!(components(&turned, Standardise::Yes).expect("components").against, [1]);
        let plain = components(&columns, Standardise::No).expect("components");
        assert!((plain.eigenvalues.iter().sum::<f64>() - 10.0 / 3.0).abs() < 1e-13);
    }

    #[test]
    fn degenerate_columns_are_errors() {
        assert!(components(&[vec![1.0, 2.0]], Standardise::Yes).is_err());
        assert!(components(&[vec![1.0, 1.0], vec![1.0, 2.0]], Standardise::Yes).is_err());
        assert!(components(&[vec![1.0, 1.0], vec![2.0, 2.0]], Standardise::No).is_err());
        assert_eq!(correlation(&[1.0, 1.0], &[1.0, 2.0]), None);
        assert_eq!(correlation(&[1.0], &[1.0]), None);
    }

    #[test]
    fn alpha_of_equal_and_of_opposite_columns() {
        let some = |values: [f64; 4]| values.map(Some).to_vec();
        let one = some([1.0, 2.0, 3.0, 5.0]);
        assert!((cronbach_alpha(&[one.clone(), one.clone()]).expect("alpha") - 1.0).abs() < 1e-14);
        assert!(cronbach_alpha(&[one.clone(), some([5.0, 4.0, 3.0, 1.0])]).is_err());
        assert!(cronbach_alpha(std::slice::from_ref(&one)).is_err());
        assert!(cronbach_alpha(&[one, vec![Some(1.0), None, None, None]]).is_err());
    }
}
