//! Covariance matrices of coefficients: independent errors, robust, clustered, Driscoll-Kraay, and the corrections for
//! small samples by which programs differ.

use crate::linear::{Basis, cross_product};
use crate::panel::groups::Groups;
use crate::{Error, error};
use faer::Mat;
use serde::{Deserialize, Serialize};

/// What is assumed of the errors.
#[derive(Clone, Copy, Debug)]
pub enum Errors<'a> {
    /// Independent, of one variance.
    Iid,
    /// Independent, each of its own variance (White; HC1 with the correction of [`Corrections`]).
    ///
    /// Source: MacKinnon, White, Some heteroskedasticity-consistent covariance matrix estimators with improved finite
    /// sample properties, Journal of Econometrics 29, 1985.
    Hc1,
    /// Correlated within groups of one grouping, or of either of two (CRV1).
    ///
    /// Source: Cameron, Gelbach, Miller, Robust inference with multiway clustering, Journal of Business & Economic
    /// Statistics 29(2), 2011, equations 2.4 and 2.11.
    Clustered(&'a [Groups]),
    /// Correlated between units of a period in any way, and over so many periods, with weights that fall with the lag
    /// (Bartlett).
    ///
    /// Source: Driscoll, Kraay, Consistent covariance matrix estimation with spatially dependent panel data, Review of
    /// Economics and Statistics 80(4), 1998; Newey, West, Econometrica 55, 1987.
    DriscollKraay {
        /// Periods, numbered in time ([`Groups::sorted`]).
        periods: &'a Groups,
        /// Number of lags; the whole part of 4 (T / 100)^(2/9) when `None`.
        lags: Option<usize>,
    },
}

/// Which effects count as estimated parameters in the corrections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectsCounted {
    /// None.
    None,
    /// Only the constant that they hold: as though every grouping lay within the clusters.
    Constant,
    /// Those that do not lie within clusters.
    #[default]
    NotNested,
    /// All.
    All,
}

/// Corrections for small samples. With N rows, K parameters counted and G clusters a covariance matrix is multiplied by
/// N / (N - K), or (N - 1) / (N - K) for clusters and Driscoll-Kraay, and G / (G - 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Corrections {
    /// Slopes count in K.
    pub slopes: bool,
    /// Fixed effects that count in K; each grouping after the first counts one less than it has groups.
    pub effects: EffectsCounted,
    /// The numerator is N - 1 rather than N for clusters and Driscoll-Kraay.
    pub less_one: bool,
    /// The factor G / (G - 1).
    pub clusters: bool,
    /// With two groupings, G is the smaller number of clusters for every part.
    pub fewest_clusters: bool,
    /// The distribution of tests and intervals.
    pub tests: Tests,
}

/// The distribution that tests and intervals are taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tests {
    /// Student's t with N - K degrees of freedom, or one less than there are clusters or periods where errors are
    /// clustered.
    #[default]
    StudentClusters,
    /// Student's t with as many degrees of freedom as rows less all coefficients and effects.
    StudentRows,
    /// The normal distribution.
    Normal,
}

impl Default for Corrections {
    /// As pyfixest and fixest do by default.
    fn default() -> Corrections {
        Corrections {
            slopes: true,
            effects: EffectsCounted::NotNested,
            less_one: true,
            clusters: true,
            fewest_clusters: true,
            tests: Tests::StudentClusters,
        }
    }
}

impl Corrections {
    /// As the panel models of linearmodels do by default: slopes and all effects count, clusters do not. (It counts no
    /// effects where errors are clustered by the only grouping: give [`EffectsCounted::Constant`] then.)
    pub fn linearmodels() -> Corrections {
        Corrections {
            slopes: true,
            effects: EffectsCounted::All,
            less_one: false,
            clusters: false,
            fewest_clusters: false,
            tests: Tests::StudentRows,
        }
    }
}

/// A covariance matrix with what was counted.
#[derive(Clone, Debug)]
pub struct Covariance {
    /// Of the coefficients kept.
    pub matrix: Mat<f64>,
    /// Degrees of freedom for Student's t; `None` for the normal distribution.
    pub degrees: Option<f64>,
    /// Parameters counted, K.
    pub parameters: usize,
    /// Clusters of each grouping (of two groupings also of their intersections), or periods; empty for independent
    /// errors.
    pub clusters: Vec<usize>,
    /// Lags, for Driscoll-Kraay.
    pub lags: Option<usize>,
}

/// What a fit has: rows in one order for all.
pub(crate) struct Fitted<'a> {
    pub basis: &'a Basis,
    /// Times the square roots of weights.
    pub residuals: &'a [f64],
    /// Frequencies; robust errors of single rows need them.
    pub frequencies: Option<&'a [f64]>,
    /// Rows, or the sum of frequencies.
    pub number: f64,
    pub effects: &'a [Groups],
}

/// The covariance matrix of the coefficients. O(n k^2 + g k^2).
pub(crate) fn covariance(fitted: &Fitted, errors: Errors, corrections: &Corrections) -> Result<Covariance, Error> {
    let (basis, number) = (fitted.basis, fitted.number);
    let slopes = basis.rank();
    let groups = fitted.effects.iter().map(Groups::count).sum::<usize>();
    // Each grouping after the first repeats the constant.
    let all = groups - fitted.effects.len().saturating_sub(1);
    let clusters: &[Groups] = match errors {
        Errors::Clustered(clusters) => clusters,
        _ => &[],
    };
    let effects = match corrections.effects {
        EffectsCounted::None => 0,
        EffectsCounted::Constant => usize::from(all > 0),
        EffectsCounted::All => all,
        EffectsCounted::NotNested => {
            let nested =
                fitted.effects.iter().filter(|effect| clusters.iter().any(|cluster| effect.nested_in(cluster)));
            let nested: Vec<usize> = nested.map(Groups::count).collect();
            all + nested.len() - nested.iter().sum::<usize>()
        }
    };
    let parameters = effects + if corrections.slopes { slopes } else { 0 };
    if number <= (all + slopes) as f64 && !matches!(errors, Errors::Clustered(_)) || number <= parameters as f64 {
        return Err(Error::TooFew {
            what: "a standard error",
            needed: (all + slopes).max(parameters) + 1,
            unit: "rows, one more than coefficients and effects",
            found: number as usize,
        });
    }
    let free = number - parameters as f64;
    let student = |degrees: f64| match corrections.tests {
        Tests::StudentClusters => Some(degrees),
        Tests::StudentRows => Some(number - (all + slopes) as f64),
        Tests::Normal => None,
    };
    let mut result =
        Covariance { matrix: Mat::zeros(0, 0), degrees: student(free), parameters, clusters: Vec::new(), lags: None };
    let numerator = if corrections.less_one { number - 1.0 } else { number };
    match errors {
        Errors::Iid => {
            let squares: f64 = crate::linear::dot(fitted.residuals, fitted.residuals);
            let variance = squares / free;
            result.matrix = basis.inverse_cross_product() * faer::Scale(variance);
        }
        Errors::Hc1 => {
            let meat = match fitted.frequencies {
                None => basis.meat_rows(fitted.residuals),
                Some(weights) => {
                    let rows = fitted.residuals.iter().zip(weights);
                    basis.meat_rows(&rows.map(|(value, weight)| value / weight.sqrt()).collect::<Vec<f64>>())
                }
            };
            result.matrix = basis.sandwich(&meat) * faer::Scale(number / free);
        }
        Errors::Clustered(groupings) => {
            if !(1..=2).contains(&groupings.len()) {
                let message = format!("there are {} groupings of clusters; give one or two", groupings.len());
                return Err(Error::Parameter { parameter: "clusters", message });
            }
            let crossed = (groupings.len() == 2).then(|| groupings[0].crossed(&groupings[1]));
            let parts: Vec<(&Groups, f64)> = groupings
                .iter()
                .map(|groups| (groups, 1.0))
                .chain(crossed.iter().map(|groups| (groups, -1.0)))
                .collect();
            for groups in groupings {
                error::length("the clusters", basis.rows(), groups.len())?;
                error::at_least("a clustered error", 2, "clusters", groups.count())?;
            }
            result.clusters = parts.iter().map(|(groups, _)| groups.count()).collect();
            let fewest = result.clusters.iter().copied().min().unwrap_or(0) as f64;
            let mut meat = Mat::<f64>::zeros(slopes, slopes);
            for (groups, sign) in &parts {
                let scores = basis.group_scores(fitted.residuals, groups.codes(), groups.count());
                let clusters = if corrections.fewest_clusters { fewest } else { groups.count() as f64 };
                let factor = if corrections.clusters { clusters / (clusters - 1.0) } else { 1.0 };
                meat += cross_product(&scores) * faer::Scale(sign * factor);
            }
            result.matrix = basis.sandwich(&meat) * faer::Scale(numerator / free);
            result.degrees = student(fewest - 1.0);
        }
        Errors::DriscollKraay { periods, lags } => {
            error::length("the periods", basis.rows(), periods.len())?;
            let count = periods.count();
            error::at_least("a Driscoll-Kraay error", 2, "periods", count)?;
            let lags = lags.unwrap_or((4.0 * (count as f64 / 100.0).powf(2.0 / 9.0)).floor() as usize);
            if lags >= count {
                let message = format!("there are {lags} lags and {count} periods; lags must be fewer");
                return Err(Error::Parameter { parameter: "lags", message });
            }
            let scores = basis.group_scores(fitted.residuals, periods.codes(), count);
            let mut meat = cross_product(&scores);
            for lag in 1..=lags {
                let weight = 1.0 - lag as f64 / (lags as f64 + 1.0);
                let gamma = Mat::from_fn(slopes, slopes, |row, column| {
                    crate::linear::dot(&scores[row][lag..], &scores[column][..count - lag])
                });
                meat += (&gamma + gamma.transpose()) * faer::Scale(weight);
            }
            let clusters = count as f64;
            let factor = if corrections.clusters { clusters / (clusters - 1.0) } else { 1.0 };
            result.matrix = basis.sandwich(&meat) * faer::Scale(numerator / free * factor);
            result.degrees = student(clusters - 1.0);
            result.clusters = vec![count];
            result.lags = Some(lags);
        }
    }
    Ok(result)
}
