//! Difference-in-differences when units begin treatment at different times.

use crate::distribution::{chi_squared_above, normal_quantile};
use crate::linear::{Basis, Estimate, wald};
use crate::panel::balanced::Balanced;
use crate::panel::fixed_effects::JointTest;
use crate::panel::groups::Groups;
use crate::{Error, error};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use umbel_core::random::Stream;

/// Which units an effect is measured against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Controls {
    /// Units that are never treated.
    #[default]
    NeverTreated,
    /// Also those that are not treated yet, in neither of the two periods.
    NotYetTreated,
}

/// The period that outcomes before treatment are measured against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BasePeriod {
    /// The period before, for periods before treatment.
    #[default]
    Varying,
    /// The last period before treatment for all.
    Universal,
}

/// Standard errors from random multipliers of the influence functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// Number of samples.
    pub samples: u32,
    /// Seed of the multipliers.
    pub seed: u64,
}

/// Staggered adoption: what is observed and how effects are estimated. Lists have one entry a row.
#[derive(Clone, Copy, Debug)]
pub struct Staggered<'a> {
    /// The outcome.
    pub response: &'a [f64],
    /// Units.
    pub unit: &'a Groups,
    /// Periods.
    pub period: &'a [i64],
    /// First treated period of the unit; `None`: never.
    pub first_treated: &'a [Option<i64>],
    /// Columns on which parallel trends depend, taken in the base period. Empty: unconditional.
    pub covariates: &'a [&'a [f64]],
    /// Which units are controls.
    pub controls: Controls,
    /// What periods before treatment are measured against.
    pub base: BasePeriod,
    /// Periods before treatment in which it may be felt already.
    pub anticipation: u32,
    /// Level of the intervals.
    pub confidence: f64,
    /// Multiplier bootstrap: its errors, and bands that hold for all effects at once. `None`: errors from the influence
    /// functions themselves, intervals for one effect each.
    pub bootstrap: Option<Bootstrap>,
}

/// The effect on one group (units first treated in the same period) in one period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct GroupTime {
    /// First treated period of the group.
    pub group: i64,
    /// Period.
    pub period: i64,
    /// Average treatment effect on the treated. In periods before treatment: what parallel trends say is zero.
    pub effect: Estimate,
    /// Units of the group.
    pub treated: usize,
    /// Units that it is compared with.
    pub controls: usize,
}

/// Effects of one group, length of exposure or period, or of all.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Averaged {
    /// Group, length of exposure, or period.
    pub at: i64,
    /// Average effect.
    pub effect: Estimate,
}

/// Averages of the effects.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Aggregate {
    /// The average of all.
    pub overall: Estimate,
    /// The averages it is made of; empty for the simple one.
    pub parts: Vec<Averaged>,
}

/// How group-time effects are averaged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// All effects after treatment, weighted by the size of groups.
    #[default]
    Simple,
    /// By length of exposure; negative before treatment.
    Dynamic,
    /// By group.
    Group,
    /// By period.
    Calendar,
}

/// Group-time effects with what is needed to average them.
#[derive(Clone, Debug)]
pub struct CallawaySantAnna {
    /// One entry for each group and period, groups ascending.
    pub effects: Vec<GroupTime>,
    /// That all effects before treatment are zero; `None` where there are none, or too few units to tell.
    pub pre_trend: Option<JointTest>,
    /// Units used.
    pub units: usize,
    /// Units left out since they miss a period.
    pub left_out_unbalanced: usize,
    /// Units left out since they are treated from the first period on.
    pub left_out_always_treated: usize,
    /// Multiple of the standard error that the bands reach to: for all effects at once where there is a bootstrap.
    pub critical_value: f64,
    influence: Vec<Vec<f64>>,
    group_of: Vec<Option<i64>>,
    confidence: f64,
    bootstrap: Option<Bootstrap>,
}

/// The share of controls' propensity scores above which they are left out, as in DRDID.
const TRIM: f64 = 0.995;

/// Group-time average treatment effects; with covariates doubly robust (logistic propensity score, linear outcome).
/// O(n) for each group and period, times k^2 for k covariates, and times the samples of the bootstrap.
///
/// Source: Callaway, Sant'Anna, Difference-in-differences with multiple time periods, Journal of Econometrics 225(2), 2021,
/// equations 2.6 to 2.9 and section 4; Sant'Anna, Zhao, Doubly robust difference-in-differences estimators, Journal of
/// Econometrics 219(1), 2020, equation 3.1.
///
/// # Errors
/// Lists of different length, values that are not finite; no group that is treated after the first period; no controls;
/// covariates that separate treated units from controls.
pub fn callaway_santanna(staggered: &Staggered) -> Result<CallawaySantAnna, Error> {
    let Staggered { response, unit, period, first_treated, covariates, confidence, .. } = *staggered;
    error::length("the units", response.len(), unit.len())?;
    error::length("the first treated periods", response.len(), first_treated.len())?;
    error::finite("the response", response)?;
    for column in covariates {
        error::length("a covariate", response.len(), column.len())?;
        error::finite("a covariate", column)?;
    }
    if !(confidence > 0.0 && confidence < 1.0) {
        let message = format!("{confidence} is not between 0 and 1");
        return Err(Error::Parameter { parameter: "confidence", message });
    }
    if staggered.bootstrap.is_some_and(|bootstrap| bootstrap.samples < 10) {
        let message = "a bootstrap needs at least 10 samples".to_owned();
        return Err(Error::Parameter { parameter: "samples", message });
    }
    let panel = Balanced::of(unit, period)?;
    let periods = &panel.periods;
    error::at_least("difference-in-differences", 2, "periods", periods.len())?;
    let first = panel.first_treated(first_treated)?;
    // Never treated: after the last period as well.
    let last = periods[periods.len() - 1];
    let first: Vec<Option<i64>> = first.into_iter().map(|first| first.filter(|first| *first <= last)).collect();
    let anticipation = i64::from(staggered.anticipation);
    // There must be a period before treatment.
    let always = |first: &Option<i64>| first.is_some_and(|first| first - anticipation <= periods[0]);
    let used: Vec<usize> = (0..first.len()).filter(|&at| !always(&first[at])).collect();
    let group_of: Vec<Option<i64>> = used.iter().map(|&at| first[at]).collect();
    let mut groups: Vec<i64> = group_of.iter().flatten().copied().collect();
    groups.sort_unstable();
    groups.dedup();
    let never = group_of.iter().filter(|group| group.is_none()).count();
    if groups.is_empty() {
        let message = "no unit begins treatment after the first period".to_owned();
        return Err(Error::Parameter { parameter: "first_treated", message });
    }
    if never == 0 && staggered.controls == Controls::NeverTreated {
        let message = "no unit is never treated; take those not yet treated as controls".to_owned();
        return Err(Error::Parameter { parameter: "controls", message });
    }
    let count = periods.len();
    let outcome = panel.take(response);
    let columns: Vec<Vec<f64>> = covariates.iter().map(|column| panel.take(column)).collect();
    let value = |list: &[f64], unit: usize, at: usize| list[used[unit] * count + at];

    let mut cells: Vec<(i64, usize, usize)> = Vec::new();
    for &group in &groups {
        let base = periods.partition_point(|period| *period < group - anticipation) - 1;
        let universal = staggered.base == BasePeriod::Universal;
        for at in usize::from(!universal)..count {
            let before = periods[at] < group - anticipation;
            cells.push((group, at, if before && !universal { at - 1 } else { base }));
        }
    }
    let one = |&(group, at, base): &(i64, usize, usize)| -> Result<Option<Cell>, Error> {
        let later = periods[at.max(base)] + anticipation;
        let control = |of: &Option<i64>| match (of, staggered.controls) {
            (None, _) => true,
            (Some(_), Controls::NeverTreated) => false,
            (Some(other), Controls::NotYetTreated) => *other != group && *other > later,
        };
        let treated: Vec<usize> = (0..group_of.len()).filter(|&unit| group_of[unit] == Some(group)).collect();
        let controls: Vec<usize> = (0..group_of.len()).filter(|&unit| control(&group_of[unit])).collect();
        let sizes = (treated.len(), controls.len());
        if at == base {
            return Ok(Some(Cell { effect: 0.0, influence: vec![0.0; group_of.len()], sizes }));
        }
        if controls.is_empty() {
            return Ok(None);
        }
        let all: Vec<usize> = treated.iter().chain(&controls).copied().collect();
        let change: Vec<f64> =
            all.iter().map(|&unit| value(&outcome, unit, at) - value(&outcome, unit, base)).collect();
        let (effect, parts) = if columns.is_empty() {
            difference_of_means(&change, treated.len())
        } else {
            let design: Vec<Vec<f64>> = std::iter::once(vec![1.0; all.len()])
                .chain(columns.iter().map(|column| all.iter().map(|&unit| value(column, unit, base)).collect()))
                .collect();
            doubly_robust(&change, &design, treated.len())?
        };
        let mut influence = vec![0.0; group_of.len()];
        let scale = group_of.len() as f64 / all.len() as f64;
        all.iter().zip(parts).for_each(|(&unit, part)| influence[unit] = part * scale);
        Ok(Some(Cell { effect, influence, sizes }))
    };
    let computed: Vec<Option<Cell>> = cells.par_iter().map(one).collect::<Result<_, Error>>()?;
    let there: Vec<(&(i64, usize, usize), Cell)> =
        cells.iter().zip(computed).filter_map(|(cell, computed)| Some((cell, computed?))).collect();
    if !there.iter().any(|((group, at, _), _)| periods[*at] >= *group) {
        let message = "no group has controls in a period after its treatment".to_owned();
        return Err(Error::Parameter { parameter: "controls", message });
    }
    let estimates: Vec<f64> = there.iter().map(|(_, cell)| cell.effect).collect();
    let mut labels = Vec::with_capacity(there.len());
    let mut influence = Vec::with_capacity(there.len());
    for ((group, at, base), cell) in there {
        labels.push((*group, periods[*at], at == base, cell.sizes));
        influence.push(cell.influence);
    }
    let (effects, critical_value) = infer(&estimates, &influence, confidence, staggered.bootstrap);
    let number = group_of.len() as f64;
    let before: Vec<usize> =
        (0..labels.len()).filter(|&at| labels[at].1 < labels[at].0 - anticipation && !labels[at].2).collect();
    let pre_trend = (!before.is_empty())
        .then(|| {
            let matrix = faer::Mat::from_fn(before.len(), before.len(), |row, column| {
                crate::linear::dot(&influence[before[row]], &influence[before[column]]) / (number * number)
            });
            let values: Vec<f64> = before.iter().map(|&at| estimates[at]).collect();
            let statistic = wald(&values, &matrix).ok()?;
            let p = chi_squared_above(statistic, before.len() as f64);
            Some(JointTest { statistic, restrictions: before.len(), degrees: None, p })
        })
        .flatten();
    let effects = labels.iter().zip(effects).map(|(&(group, period, _, (treated, controls)), effect)| GroupTime {
        group,
        period,
        effect,
        treated,
        controls,
    });
    Ok(CallawaySantAnna {
        effects: effects.collect(),
        pre_trend,
        units: used.len(),
        left_out_unbalanced: panel.left_out,
        left_out_always_treated: first.len() - used.len(),
        critical_value,
        influence,
        group_of,
        confidence,
        bootstrap: staggered.bootstrap,
    })
}

struct Cell {
    effect: f64,
    influence: Vec<f64>,
    sizes: (usize, usize),
}

/// Difference of means; treated units come first. With the influence of each unit among these units.
fn difference_of_means(change: &[f64], treated: usize) -> (f64, Vec<f64>) {
    let number = change.len() as f64;
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    let (of_treated, of_controls) = (mean(&change[..treated]), mean(&change[treated..]));
    let (share, rest) = (treated as f64 / number, (change.len() - treated) as f64 / number);
    let influence = change
        .iter()
        .enumerate()
        .map(|(at, change)| if at < treated { (change - of_treated) / share } else { -(change - of_controls) / rest });
    (of_treated - of_controls, influence.collect())
}

/// The doubly robust difference; treated units come first. With the influence of each unit among these units.
fn doubly_robust(change: &[f64], design: &[Vec<f64>], treated: usize) -> Result<(f64, Vec<f64>), Error> {
    let (number, width) = (change.len(), design.len());
    let is_treated = |at: usize| f64::from(u8::from(at < treated));
    let what = "an effect with covariates";
    if number - treated <= width || treated == 0 {
        return Err(Error::TooFew { what, needed: width + 1, unit: "controls", found: number - treated });
    }
    let controls: Vec<Vec<f64>> = design.iter().map(|column| column[treated..].to_vec()).collect();
    let basis = Basis::of(controls, None)?;
    if let Some(&column) = basis.collinear().first() {
        let why = format!("covariate {} does not vary by itself among controls", column.max(1) - 1);
        return Err(Error::Singular { what, why });
    }
    let outcome = basis.solve(&change[treated..])?.coefficients;
    let fitted = |at: usize| (0..width).map(|column| design[column][at] * outcome[column]).sum::<f64>();
    let left: Vec<f64> = (0..number).map(|at| change[at] - fitted(at)).collect();
    let (score, hessian) = logit(design, treated)?;
    let share = number as f64;
    let weight = |at: usize| {
        if at < treated || score[at] >= TRIM { 0.0 } else { score[at] / (1.0 - score[at]) }
    };
    let weights: Vec<f64> = (0..number).map(weight).collect();
    let mean = |of: &dyn Fn(usize) -> f64| (0..number).map(of).sum::<f64>() / share;
    let (mean_treated, mean_controls) = (treated as f64 / share, mean(&|at| weights[at]));
    if mean_controls <= 0.0 {
        let why = "no control resembles the treated units".to_owned();
        return Err(Error::Singular { what, why });
    }
    let of_treated = mean(&|at| is_treated(at) * left[at]) / mean_treated;
    let of_controls = mean(&|at| weights[at] * left[at]) / mean_controls;
    let means = |of: &dyn Fn(usize) -> f64| -> Vec<f64> {
        design.iter().map(|column| mean(&|at| of(at) * column[at])).collect()
    };
    let first = means(&is_treated);
    let second = means(&|at| weights[at] * (left[at] - of_controls));
    let third = means(&|at| weights[at]);
    // (X'X / n)^-1 over controls, and the inverse information of the score, times what they are multiplied with.
    let inverse = basis.inverse_cross_product();
    let times = |matrix: &faer::Mat<f64>, vector: &[f64]| -> Vec<f64> {
        (0..width).map(|row| (0..width).map(|at| matrix[(row, at)] * vector[at]).sum::<f64>() * share).collect()
    };
    let (outcome_first, outcome_third) = (times(&inverse, &first), times(&inverse, &third));
    let score_second = times(&hessian, &second);
    let influence = (0..number).map(|at| {
        let along = |vector: &[f64]| (0..width).map(|column| design[column][at] * vector[column]).sum::<f64>();
        let control = 1.0 - is_treated(at);
        let regression = |vector: &[f64]| control * left[at] * along(vector);
        let one = is_treated(at) * (left[at] - of_treated) - regression(&outcome_first);
        let two = weights[at] * (left[at] - of_controls) + (is_treated(at) - score[at]) * along(&score_second)
            - regression(&outcome_third);
        one / mean_treated - two / mean_controls
    });
    Ok((of_treated - of_controls, influence.collect()))
}

/// Fitted probabilities of being among the first `treated` units, and the inverse of the information matrix, by
/// iteratively reweighted least squares.
fn logit(design: &[Vec<f64>], treated: usize) -> Result<(Vec<f64>, faer::Mat<f64>), Error> {
    const ROUNDS: usize = 100;
    let (number, width) = (design[0].len(), design.len());
    // On an orthonormal basis of the columns: their units do not matter to the rounding.
    let basis = Basis::of(design.to_vec(), None)?;
    if basis.rank() < width {
        let why = "a covariate does not vary, or depends on the others".to_owned();
        return Err(Error::Singular { what: "the propensity score", why });
    }
    let q = basis.q();
    let mut coefficients = vec![0.0; width];
    for _ in 0..ROUNDS {
        let eta = |at: usize| (0..width).map(|column| q[column][at] * coefficients[column]).sum::<f64>();
        let score: Vec<f64> = (0..number).map(|at| 1.0 / (1.0 + libm::exp(-eta(at)))).collect();
        let information = faer::Mat::from_fn(width, width, |row, column| {
            (0..number).map(|at| score[at] * (1.0 - score[at]) * q[row][at] * q[column][at]).sum::<f64>()
        });
        let gradient: Vec<f64> = q
            .iter()
            .map(|column| {
                (0..number).map(|at| (f64::from(u8::from(at < treated)) - score[at]) * column[at]).sum::<f64>()
            })
            .collect();
        let separated = |_| Error::Singular {
            what: "the propensity score",
            why: "the covariates tell treated units from controls with certainty".to_owned(),
        };
        let inverse = crate::linear::symmetric_inverse("the propensity score", &information).map_err(separated)?;
        let step: Vec<f64> =
            (0..width).map(|row| (0..width).map(|at| inverse[(row, at)] * gradient[at]).sum()).collect();
        coefficients.iter_mut().zip(&step).for_each(|(value, step)| *value += step);
        let size = coefficients.iter().map(|value| value.abs()).fold(1.0, f64::max);
        if step.iter().all(|step| step.abs() <= 1e-13 * size) {
            return Ok((score, basis.sandwich(&inverse)));
        }
    }
    Err(Error::NotConverged {
        what: "the propensity score (are treated units told from controls with certainty?)",
        rounds: ROUNDS,
    })
}

/// Errors of estimates from their influence functions.
fn infer(
    estimates: &[f64],
    influence: &[Vec<f64>],
    confidence: f64,
    bootstrap: Option<Bootstrap>,
) -> (Vec<Estimate>, f64) {
    let number = influence.first().map_or(1, Vec::len) as f64;
    let normal = normal_quantile(0.5 + confidence / 2.0);
    let Some(Bootstrap { samples, seed }) = bootstrap else {
        let error = |values: &Vec<f64>| values.iter().map(|value| value * value).sum::<f64>() / (number * number);
        let all = estimates.iter().zip(influence);
        return (all.map(|(&value, of)| Estimate::new(value, error(of), None, confidence)).collect(), normal);
    };
    // Mammen's two points: mean 0, variance and third moment 1.
    let root = 5.0_f64.sqrt();
    let (low, high, chance) = ((1.0 - root) / 2.0, (1.0 + root) / 2.0, (root + 1.0) / (2.0 * root));
    let draw = |sample: u32| -> Vec<f64> {
        let mut stream = Stream::new(seed, u64::from(sample));
        let multipliers: Vec<f64> =
            (0..number as usize).map(|_| if stream.uniform() < chance { low } else { high }).collect();
        let mean = |values: &Vec<f64>| values.iter().zip(&multipliers).map(|(a, b)| a * b).sum::<f64>() / number;
        influence.iter().map(mean).collect()
    };
    let draws: Vec<Vec<f64>> = (0..samples).into_par_iter().map(draw).collect();
    let quantile = |sorted: &[f64], at: f64| {
        let place = at * (sorted.len() - 1) as f64;
        let below = place.floor() as usize;
        let above = (below + 1).min(sorted.len() - 1);
        sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
    };
    let spread = normal_quantile(0.75) - normal_quantile(0.25);
    let error = |at: usize| {
        let mut values: Vec<f64> = draws.iter().map(|draw| draw[at]).collect();
        values.sort_unstable_by(f64::total_cmp);
        (quantile(&values, 0.75) - quantile(&values, 0.25)) / spread
    };
    let errors: Vec<f64> = (0..estimates.len()).map(error).collect();
    let largest = |draw: &Vec<f64>| {
        let scaled = draw.iter().zip(&errors).filter(|(_, error)| **error > 0.0);
        scaled.map(|(value, error)| (value / error).abs()).fold(0.0, f64::max)
    };
    let mut most: Vec<f64> = draws.iter().map(largest).collect();
    most.sort_unstable_by(f64::total_cmp);
    let critical = quantile(&most, confidence).max(normal);
    let all = estimates.iter().zip(&errors).map(|(&value, &error)| Estimate {
        lower: value - critical * error,
        upper: value + critical * error,
        ..Estimate::new(value, error * error, None, confidence)
    });
    (all.collect(), critical)
}

impl CallawaySantAnna {
    /// Averages of the group-time effects. O(n) for each effect.
    ///
    /// Source: Callaway, Sant'Anna, 2021, table 1 and equations 3.1 to 3.11; errors as in the package did.
    ///
    /// # Errors
    /// When no effect lies after treatment.
    pub fn aggregate(&self, how: Aggregation) -> Result<Aggregate, Error> {
        let number = self.group_of.len() as f64;
        let share = |group: i64| self.group_of.iter().filter(|of| **of == Some(group)).count() as f64 / number;
        let shares: Vec<f64> = self.effects.iter().map(|cell| share(cell.group)).collect();
        let after: Vec<usize> =
            (0..self.effects.len()).filter(|&at| self.effects[at].period >= self.effects[at].group).collect();
        error::at_least("an average effect", 1, "effects after treatment", after.len())?;
        let labels = |of: &dyn Fn(&GroupTime) -> i64, among: &[usize]| -> Vec<i64> {
            let mut labels: Vec<i64> = among.iter().map(|&at| of(&self.effects[at])).collect();
            labels.sort_unstable();
            labels.dedup();
            labels
        };
        let all: Vec<usize> = (0..self.effects.len()).collect();
        let weighted = |cells: &[usize]| self.weighted(cells, &shares);
        type KeyOf = fn(&GroupTime) -> i64;
        let (keys, among, of): (Vec<i64>, &[usize], KeyOf) = match how {
            Aggregation::Simple => {
                let (estimate, influence) = weighted(&after);
                let (effects, _) = infer(&[estimate], &[influence], self.confidence, self.bootstrap);
                return Ok(Aggregate { overall: effects[0], parts: Vec::new() });
            }
            Aggregation::Dynamic => {
                (labels(&|cell| cell.period - cell.group, &all), &all, |cell| cell.period - cell.group)
            }
            Aggregation::Group => (labels(&|cell| cell.group, &after), &after, |cell| cell.group),
            Aggregation::Calendar => (labels(&|cell| cell.period, &after), &after, |cell| cell.period),
        };
        let parts: Vec<(f64, Vec<f64>)> = keys
            .iter()
            .map(|&key| {
                let cells: Vec<usize> = among.iter().copied().filter(|&at| of(&self.effects[at]) == key).collect();
                if how == Aggregation::Group { self.mean(&cells) } else { weighted(&cells) }
            })
            .collect();
        let overall = match how {
            Aggregation::Group => {
                // Groups weighted by their estimated sizes.
                let estimates: Vec<f64> = parts.iter().map(|part| part.0).collect();
                let shares: Vec<f64> = keys.iter().map(|&group| share(group)).collect();
                let influence: Vec<&Vec<f64>> = parts.iter().map(|part| &part.1).collect();
                self.weigh(&estimates, &influence, &keys, &shares)
            }
            _ => {
                let kept: Vec<usize> =
                    (0..keys.len()).filter(|&at| how != Aggregation::Dynamic || keys[at] >= 0).collect();
                let count = kept.len() as f64;
                let estimate = kept.iter().map(|&at| parts[at].0).sum::<f64>() / count;
                let influence = (0..self.group_of.len())
                    .map(|unit| kept.iter().map(|&at| parts[at].1[unit]).sum::<f64>() / count)
                    .collect();
                (estimate, influence)
            }
        };
        let (overall, _) = infer(&[overall.0], &[overall.1], self.confidence, self.bootstrap);
        let (estimates, influence): (Vec<f64>, Vec<Vec<f64>>) = parts.into_iter().unzip();
        let (effects, _) = infer(&estimates, &influence, self.confidence, self.bootstrap);
        let parts = keys.iter().zip(effects).map(|(&at, effect)| Averaged { at, effect }).collect();
        Ok(Aggregate { overall: overall[0], parts })
    }

    fn mean(&self, cells: &[usize]) -> (f64, Vec<f64>) {
        let count = cells.len() as f64;
        let estimate = cells.iter().map(|&at| self.effects[at].effect.estimate).sum::<f64>() / count;
        let influence = (0..self.group_of.len())
            .map(|unit| cells.iter().map(|&at| self.influence[at][unit]).sum::<f64>() / count)
            .collect();
        (estimate, influence)
    }

    fn weighted(&self, cells: &[usize], shares: &[f64]) -> (f64, Vec<f64>) {
        let estimates: Vec<f64> = cells.iter().map(|&at| self.effects[at].effect.estimate).collect();
        let influence: Vec<&Vec<f64>> = cells.iter().map(|&at| &self.influence[at]).collect();
        let groups: Vec<i64> = cells.iter().map(|&at| self.effects[at].group).collect();
        let shares: Vec<f64> = cells.iter().map(|&at| shares[at]).collect();
        self.weigh(&estimates, &influence, &groups, &shares)
    }

    /// The mean weighted by the shares of groups; the shares are estimates too, which adds to the influence.
    fn weigh(&self, estimates: &[f64], influence: &[&Vec<f64>], groups: &[i64], shares: &[f64]) -> (f64, Vec<f64>) {
        let sum: f64 = shares.iter().sum();
        let estimate = estimates.iter().zip(shares).map(|(value, share)| value * share / sum).sum::<f64>();
        let of_unit = |unit: usize| {
            let own = |at: usize| f64::from(u8::from(self.group_of[unit] == Some(groups[at]))) - shares[at];
            let all: f64 = (0..shares.len()).map(own).sum();
            let parts = (0..shares.len()).map(|at| {
                influence[at][unit] * shares[at] / sum
                    + estimates[at] * (own(at) / sum - all * shares[at] / (sum * sum))
            });
            parts.sum::<f64>()
        };
        (estimate, (0..self.group_of.len()).map(of_unit).collect())
    }
}
