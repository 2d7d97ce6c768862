//! Least squares with fixed effects of any number of groupings (units, periods, ...).

use crate::linear::{Basis, Estimate, dot, wald};
use crate::panel::covariance::{self, Corrections, Covariance, Errors, Fitted};
use crate::panel::demean::Demeaner;
use crate::panel::groups::{Groups, without_singletons};
use crate::{Error, distribution, error};

/// Weights of rows.
#[derive(Clone, Copy, Debug, Default)]
pub enum Weighting<'a> {
    /// Every row counts the same.
    #[default]
    None,
    /// Weights by precision (population of a place): the number of rows stays.
    Analytic(&'a [f64]),
    /// How often each row is there: the number of rows is their sum.
    Frequency(&'a [f64]),
}

impl<'a> Weighting<'a> {
    fn values(self) -> Option<&'a [f64]> {
        match self {
            Weighting::None => None,
            Weighting::Analytic(weights) | Weighting::Frequency(weights) => Some(weights),
        }
    }

    fn with<'b>(self, values: &'b [f64]) -> Weighting<'b> {
        match self {
            Weighting::None => Weighting::None,
            Weighting::Analytic(_) => Weighting::Analytic(values),
            Weighting::Frequency(_) => Weighting::Frequency(values),
        }
    }
}

/// What is regressed on what. All lists have one entry a row.
#[derive(Clone, Copy, Debug)]
pub struct Regression<'a> {
    /// What is explained.
    pub response: &'a [f64],
    /// The columns that explain it.
    pub explained_by: &'a [&'a [f64]],
    /// Weights of rows, above 0.
    pub weights: Weighting<'a>,
    /// What is assumed of the errors.
    pub errors: Errors<'a>,
    /// Corrections for small samples.
    pub corrections: Corrections,
    /// Level of the intervals, such as 0.95.
    pub confidence: f64,
}

impl<'a> Regression<'a> {
    /// With independent errors, the default corrections and intervals of 95 %.
    pub fn new(response: &'a [f64], explained_by: &'a [&'a [f64]]) -> Regression<'a> {
        Regression {
            response,
            explained_by,
            weights: Weighting::None,
            errors: Errors::Iid,
            corrections: Corrections::default(),
            confidence: 0.95,
        }
    }

    /// The same with other errors.
    pub fn with_errors(mut self, errors: Errors<'a>) -> Regression<'a> {
        self.errors = errors;
        self
    }

    /// Checks lengths and values.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let rows = self.response.len();
        error::finite("the response", self.response)?;
        for column in self.explained_by {
            error::length("a column that explains", rows, column.len())?;
            error::finite("a column that explains", column)?;
        }
        if let Some(weights) = self.weights.values() {
            error::length("the weights", rows, weights.len())?;
            error::finite("the weights", weights)?;
            if let Some(at) = weights.iter().position(|weight| *weight <= 0.0) {
                let needed = "it must be above 0";
                return Err(Error::Domain { what: "the weights", at, value: weights[at], needed });
            }
        }
        if !(self.confidence > 0.0 && self.confidence < 1.0) {
            let message = format!("{} is not between 0 and 1", self.confidence);
            return Err(Error::Parameter { parameter: "confidence", message });
        }
        match self.errors {
            Errors::Clustered(groupings) => {
                groupings.iter().try_for_each(|groups| error::length("the clusters", rows, groups.len()))
            }
            Errors::DriscollKraay { periods, .. } => error::length("the periods", rows, periods.len()),
            Errors::Iid | Errors::Hc1 => Ok(()),
        }
    }
}

/// Some rows of a regression.
pub(crate) struct Part {
    response: Vec<f64>,
    columns: Vec<Vec<f64>>,
    weights: Option<Vec<f64>>,
    clusters: Vec<Groups>,
    periods: Option<Groups>,
}

impl Part {
    /// The rows at these positions.
    pub(crate) fn of(regression: &Regression, rows: &[u32]) -> Part {
        let take = |values: &[f64]| rows.iter().map(|&row| values[row as usize]).collect::<Vec<f64>>();
        let (clusters, periods) = match regression.errors {
            Errors::Clustered(groupings) => (groupings.iter().map(|groups| groups.subset(rows)).collect(), None),
            Errors::DriscollKraay { periods, .. } => (Vec::new(), Some(periods.subset(rows))),
            Errors::Iid | Errors::Hc1 => (Vec::new(), None),
        };
        Part {
            response: take(regression.response),
            columns: regression.explained_by.iter().map(|column| take(column)).collect(),
            weights: regression.weights.values().map(take),
            clusters,
            periods,
        }
    }

    /// The columns that explain.
    pub(crate) fn columns(&self) -> Vec<&[f64]> {
        self.columns.iter().map(Vec::as_slice).collect()
    }

    /// The regression on these rows, on columns that may be others than [`Self::columns`].
    pub(crate) fn regression<'a>(&'a self, columns: &'a [&'a [f64]], from: &Regression<'a>) -> Regression<'a> {
        let errors = match (from.errors, &self.periods) {
            (Errors::Clustered(_), _) => Errors::Clustered(&self.clusters),
            (Errors::DriscollKraay { lags, .. }, Some(periods)) => Errors::DriscollKraay { periods, lags },
            (same, _) => same,
        };
        let weights = self.weights.as_ref().map_or(Weighting::None, |weights| from.weights.with(weights));
        Regression { response: &self.response, explained_by: columns, weights, errors, ..*from }
    }
}

/// A fit of least squares.
#[derive(Clone, Debug)]
pub struct Fit {
    /// For each column given: its coefficient; `None` where it depends on the columns before it, or on the effects.
    pub coefficients: Vec<Option<Estimate>>,
    /// Positions of the columns without a coefficient.
    pub collinear: Vec<usize>,
    /// Covariance matrix of the coefficients that are there, and what was counted for it.
    pub covariance: Covariance,
    /// Part of the variance of the response that effects and columns explain together; `None` for a constant response.
    pub r2: Option<f64>,
    /// The same corrected for the number of parameters: 1 - (1 - r2) (N - 1) / (N - K), all effects counted.
    pub r2_adjusted: Option<f64>,
    /// Part of the variance within the effects that the columns explain; `None` where nothing varies within them.
    pub r2_within: Option<f64>,
    /// Sum of squared (weighted) residuals.
    pub squares: f64,
    /// Rows used, or the sum of frequencies.
    pub number: f64,
    /// Positions of the rows used; `None` for all.
    pub rows: Option<Vec<u32>>,
    /// Groups of each grouping among the rows used.
    pub groups: Vec<usize>,
    /// Observed less fitted for each row used, in their order.
    pub residuals: Vec<f64>,
}

impl Fit {
    /// Rows left out since they are alone in a group.
    pub fn singletons(&self, given: usize) -> usize {
        self.rows.as_ref().map_or(0, |rows| given - rows.len())
    }

    /// The joint test that the coefficients of some columns are all zero: Wald's F over the number of those that are
    /// there, or chi-squared where tests are normal.
    ///
    /// # Errors
    /// When none of them has a coefficient, or their covariance matrix cannot be inverted.
    pub fn joint(&self, columns: &[usize]) -> Result<JointTest, Error> {
        // Position of each column among those kept.
        let mut number = vec![None; self.coefficients.len()];
        let kept = self.coefficients.iter().enumerate().filter(|(_, estimate)| estimate.is_some());
        kept.enumerate().for_each(|(at, (column, _))| number[column] = Some(at));
        let tested: Vec<(usize, f64)> = columns
            .iter()
            .filter_map(|&column| Some((*number.get(column)?.as_ref()?, self.coefficients[column]?.estimate)))
            .collect();
        error::at_least("a joint test", 1, "coefficients", tested.len())?;
        let matrix = &self.covariance.matrix;
        let part =
            faer::Mat::from_fn(tested.len(), tested.len(), |row, column| matrix[(tested[row].0, tested[column].0)]);
        let values: Vec<f64> = tested.iter().map(|(_, value)| *value).collect();
        let chi_squared = wald(&values, &part)?;
        let restrictions = tested.len();
        Ok(match self.covariance.degrees {
            Some(degrees) => {
                let statistic = chi_squared / restrictions as f64;
                let p = distribution::fisher_above(statistic, restrictions as f64, degrees);
                JointTest { statistic, restrictions, degrees: Some(degrees), p }
            }
            None => {
                let p = distribution::chi_squared_above(chi_squared, restrictions as f64);
                JointTest { statistic: chi_squared, restrictions, degrees: None, p }
            }
        })
    }
}

/// A joint test of several coefficients.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct JointTest {
    /// F, or chi-squared where `degrees` is `None`.
    pub statistic: f64,
    /// Coefficients tested: degrees of freedom of the numerator.
    pub restrictions: usize,
    /// Degrees of freedom of the denominator.
    pub degrees: Option<f64>,
    /// P of a statistic as great when all coefficients are zero.
    pub p: f64,
}

/// Least squares after the effects of all groupings are taken out. Rows that are alone in a group are left out first, in
/// rounds. Without groupings it is plain least squares on the columns as they are ([`pooled`] adds the intercept).
///
/// O(n k^2), and what [`Demeaner`] costs.
///
/// Source: Frisch, Waugh, Econometrica 1, 1933; Wooldridge, Econometric Analysis of Cross Section and Panel Data, 2nd
/// edition, 2010, section 10.5.
///
/// # Errors
/// Lists of different length, values that are not finite, weights not above 0; no column that varies within the effects;
/// no more rows than parameters; fewer than two clusters.
pub fn fixed_effects(regression: &Regression, effects: &[Groups]) -> Result<Fit, Error> {
    regression.check()?;
    for groups in effects {
        error::length("a grouping of fixed effects", regression.response.len(), groups.len())?;
    }
    let Some(rows) = without_singletons(effects) else { return fit(regression, effects, !effects.is_empty()) };
    if rows.is_empty() {
        let why = "every row is alone in its unit or period".to_owned();
        return Err(Error::Singular { what: "a regression with fixed effects", why });
    }
    let part = Part::of(regression, &rows);
    let columns = part.columns();
    let effects: Vec<Groups> = effects.iter().map(|groups| groups.subset(&rows)).collect();
    let fitted = fit(&part.regression(&columns, regression), &effects, true)?;
    Ok(Fit { rows: Some(rows), ..fitted })
}

/// Least squares on all rows together, with an intercept as the first column. O(n k^2).
///
/// # Errors
/// As [`fixed_effects`].
pub fn pooled(regression: &Regression) -> Result<Fit, Error> {
    regression.check()?;
    let ones = vec![1.0; regression.response.len()];
    let columns: Vec<&[f64]> = std::iter::once(&ones[..]).chain(regression.explained_by.iter().copied()).collect();
    fit(&Regression { explained_by: &columns, ..*regression }, &[], true)
}

/// The fit proper; `centred`: whether effects or columns hold a constant.
pub(crate) fn fit(regression: &Regression, effects: &[Groups], centred: bool) -> Result<Fit, Error> {
    let Regression { response, explained_by, weights, errors, corrections, confidence } = *regression;
    let demeaner = Demeaner::new(effects, weights.values());
    if explained_by.is_empty() {
        let message = "there is no column; give at least one".to_owned();
        return Err(Error::Parameter { parameter: "explained_by", message });
    }
    let all: Vec<&[f64]> = explained_by.iter().copied().chain([response]).collect();
    let mut columns = demeaner.demean(&all)?;
    // Rounding leaves 1e-13 or so of a column's length: columns that do not vary within the effects are found by that.
    let lengths: Vec<f64> = match weights.values() {
        None => explained_by.iter().map(|column| dot(column, column).sqrt()).collect(),
        Some(weights) => {
            let length = |column: &&[f64]| column.iter().zip(weights).map(|(x, w)| x * x * w).sum::<f64>().sqrt();
            explained_by.iter().map(length).collect()
        }
    };
    let roots: Option<Vec<f64>> =
        demeaner.weights().map(|weights| weights.iter().map(|weight| weight.sqrt()).collect());
    if let Some(roots) = &roots {
        for column in &mut columns {
            column.iter_mut().zip(roots).for_each(|(value, root)| *value *= root);
        }
    }
    let demeaned = columns.pop().unwrap_or_default();
    let basis = Basis::of(columns, Some(&lengths)).map_err(|error| match error {
        Error::Singular { .. } if !effects.is_empty() => Error::Singular {
            what: "a regression with fixed effects",
            why: "no column that explains varies within the effects".to_owned(),
        },
        other => other,
    })?;
    let solution = basis.solve(&demeaned)?;
    let number = match weights {
        Weighting::Frequency(weights) => weights.iter().sum(),
        _ => response.len() as f64,
    };
    let sorted = |groups: &Groups| Groups::from_codes(&demeaner.sorted(groups.codes()));
    let (clusters, in_order);
    let errors = match errors {
        Errors::Clustered(groupings) => {
            clusters = groupings.iter().map(sorted).collect::<Vec<Groups>>();
            Errors::Clustered(&clusters)
        }
        Errors::DriscollKraay { periods, lags } => {
            in_order = sorted(periods);
            Errors::DriscollKraay { periods: &in_order, lags }
        }
        same => same,
    };
    let needs_effects = matches!(errors, Errors::Clustered(_));
    let effects_sorted: Vec<Groups> =
        if needs_effects { effects.iter().map(sorted).collect() } else { effects.to_vec() };
    let frequencies = if matches!(weights, Weighting::Frequency(_)) { demeaner.weights() } else { None };
    let fitted =
        Fitted { basis: &basis, residuals: &solution.residuals, frequencies, number, effects: &effects_sorted };
    let covariance = covariance::covariance(&fitted, errors, &corrections)?;
    let estimates = Estimate::all(&solution.coefficients, &covariance.matrix, covariance.degrees, confidence);

    let whole = spread(response, weights.values(), centred);
    let size: f64 = match weights.values() {
        None => dot(response, response),
        Some(weights) => response.iter().zip(weights).map(|(y, w)| y * y * w).sum(),
    };
    let within = dot(&demeaned, &demeaned);
    // Rounding of a constant response is no variation.
    let part = |whole: f64| (whole > 1e-24 * size).then(|| 1.0 - solution.squares / whole);
    let r2 = part(whole);
    let groups: Vec<usize> = effects.iter().map(Groups::count).collect();
    let parameters = basis.rank() + groups.iter().sum::<usize>() - groups.len().saturating_sub(1);
    let free = number - parameters as f64;
    let r2_adjusted = r2.filter(|_| free > 0.0).map(|r2| {
        let less = if centred { number - 1.0 } else { number };
        1.0 - (1.0 - r2) * less / free
    });
    let mut residuals = solution.residuals;
    if let Some(roots) = &roots {
        residuals.iter_mut().zip(roots).for_each(|(value, root)| *value /= root);
    }
    Ok(Fit {
        coefficients: basis.spread(&estimates),
        collinear: basis.collinear().to_vec(),
        covariance,
        r2,
        r2_adjusted,
        r2_within: part(within),
        squares: solution.squares,
        number,
        rows: None,
        groups,
        residuals: demeaner.unsorted(&residuals),
    })
}

/// Weighted sum of squares, about the mean where `centred`.
pub(crate) fn spread(values: &[f64], weights: Option<&[f64]>, centred: bool) -> f64 {
    let weight = |at: usize| weights.map_or(1.0, |weights| weights[at]);
    let all: f64 = (0..values.len()).map(weight).sum();
    let mean = if centred { values.iter().enumerate().map(|(at, y)| weight(at) * y).sum::<f64>() / all } else { 0.0 };
    values.iter().enumerate().map(|(at, value)| weight(at) * (value - mean) * (value - mean)).sum()
}
