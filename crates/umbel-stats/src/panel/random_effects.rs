//! Random effects of units.

use crate::linear::{Basis, dot, wald};
use crate::panel::demean::Demeaner;
use crate::panel::fixed_effects::{Fit, JointTest, Regression, Weighting, fit};
use crate::panel::groups::Groups;
use crate::{Error, distribution, error};

/// A fit with random effects.
#[derive(Clone, Debug)]
pub struct RandomEffects {
    /// The fit; its first column is the intercept.
    pub fit: Fit,
    /// Variance of the effects of units.
    pub variance_effects: f64,
    /// Variance of what is left.
    pub variance_residual: f64,
    /// Part of the variance that the effects make up.
    pub rho: f64,
    /// For each unit the part of its mean that is taken out: 0 is pooled least squares, 1 fixed effects.
    pub theta: Vec<f64>,
}

/// Random effects of units by feasible generalised least squares, variances as Swamy and Arora, also in unbalanced panels
/// (harmonic mean of the rows of units). The intercept is the first column. O(n k^2).
///
/// Source: Swamy, Arora, The exact finite sample properties of the estimators of coefficients in the error components
/// regression models, Econometrica 40(2), 1972; as linearmodels 7.1 computes it.
///
/// # Errors
/// As [`crate::panel::fixed_effects::fixed_effects`]; weights; too few units or rows for the two variances.
pub fn random_effects(regression: &Regression, unit: &Groups) -> Result<RandomEffects, Error> {
    regression.check()?;
    error::length("the units", regression.response.len(), unit.len())?;
    if !matches!(regression.weights, Weighting::None) {
        let message = "random effects take no weights".to_owned();
        return Err(Error::Parameter { parameter: "weights", message });
    }
    let (rows, units) = (unit.len(), unit.count());
    let columns = regression.explained_by;
    // Within: the variance of what is left.
    let demeaner = Demeaner::new(std::slice::from_ref(unit), None);
    let all: Vec<&[f64]> = columns.iter().copied().chain([regression.response]).collect();
    let mut within = demeaner.demean(&all)?;
    let response = within.pop().unwrap_or_default();
    let lengths: Vec<f64> = columns.iter().map(|column| dot(column, column).sqrt()).collect();
    let (squares, rank) = match Basis::of(within, Some(&lengths)) {
        Ok(basis) => (basis.solve(&response)?.squares, basis.rank()),
        // No column varies within units: allowed, the effects are told from the rest by the intercept alone.
        Err(Error::Singular { .. }) => (dot(&response, &response), 0),
        Err(other) => return Err(other),
    };
    error::at_least("the variance within units", units + rank + 1, "rows", rows)?;
    let variance_residual = squares / (rows - units - rank) as f64;
    // Between: the variance of means of units.
    let ones = vec![1.0; units];
    let means: Vec<Vec<f64>> = std::iter::once(ones).chain(columns.iter().map(|column| unit.means(column))).collect();
    let basis = Basis::of(means, None)?;
    error::at_least("the variance between units", basis.rank() + 1, "units", units)?;
    let response_means = unit.means(regression.response);
    let squares_between = basis.solve(&response_means)?.squares;
    let sizes: Vec<f64> = unit.sizes().into_iter().map(f64::from).collect();
    let harmonic = units as f64 / sizes.iter().map(|size| 1.0 / size).sum::<f64>();
    let variance_between = squares_between / (units - basis.rank()) as f64;
    let variance_effects = (variance_between - variance_residual / harmonic).max(0.0);
    if variance_residual + variance_effects <= 0.0 {
        return Err(Error::Constant { what: "the response around its fit" });
    }
    let part = |size: &f64| 1.0 - (variance_residual / (size * variance_effects + variance_residual)).sqrt();
    let theta: Vec<f64> = sizes.iter().map(part).collect();
    let less = |values: &[f64], means: &[f64]| -> Vec<f64> {
        let pairs = values.iter().zip(unit.codes());
        pairs.map(|(value, &code)| value - theta[code as usize] * means[code as usize]).collect()
    };
    let ones = vec![1.0; rows];
    let transformed: Vec<Vec<f64>> = std::iter::once(&ones[..])
        .chain(columns.iter().copied())
        .map(|column| less(column, &unit.means(column)))
        .collect();
    let response = less(regression.response, &response_means);
    let columns: Vec<&[f64]> = transformed.iter().map(Vec::as_slice).collect();
    let fit = fit(&Regression { response: &response, explained_by: &columns, ..*regression }, &[], true)?;
    let rho = variance_effects / (variance_effects + variance_residual);
    Ok(RandomEffects { fit, variance_effects, variance_residual, rho, theta })
}

/// Whether random effects may be taken for fixed ones: the distance of their coefficients, chi-squared when the effects
/// of units have nothing to do with the columns. Both fits with independent errors; `random` has the intercept as its
/// first column.
///
/// Source: Hausman, Specification tests in econometrics, Econometrica 46(6), 1978, equation 2.12.
///
/// # Errors
/// When the fits share no column, or the difference of their covariance matrices is not positive definite, which
/// happens in small samples.
pub fn hausman(fixed: &Fit, random: &Fit) -> Result<JointTest, Error> {
    let position = |fit: &Fit, column: usize| -> Option<(usize, f64)> {
        let estimate = fit.coefficients.get(column)?.as_ref()?.estimate;
        Some((fit.coefficients[..column].iter().flatten().count(), estimate))
    };
    let shared: Vec<((usize, f64), (usize, f64))> = (0..fixed.coefficients.len())
        .filter_map(|column| Some((position(fixed, column)?, position(random, column + 1)?)))
        .collect();
    error::at_least("Hausman's test", 1, "columns in both fits", shared.len())?;
    let difference: Vec<f64> = shared.iter().map(|(fixed, random)| fixed.1 - random.1).collect();
    let matrix = faer::Mat::from_fn(shared.len(), shared.len(), |row, column| {
        let (a, b) = (&shared[row], &shared[column]);
        fixed.covariance.matrix[(a.0.0, b.0.0)] - random.covariance.matrix[(a.1.0, b.1.0)]
    });
    let statistic = wald(&difference, &matrix)?;
    let p = distribution::chi_squared_above(statistic, shared.len() as f64);
    Ok(JointTest { statistic, restrictions: shared.len(), degrees: None, p })
}
