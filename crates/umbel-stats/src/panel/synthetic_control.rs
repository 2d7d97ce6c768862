//! Synthetic control: a weighted mean of untreated units that resembles the treated one before treatment.

use crate::linear::{Basis, dot};
use crate::{Error, error};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How predictors count in the likeness.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PredictorWeights {
    /// Each the same, once divided by its standard deviation among all units.
    #[default]
    Equal,
    /// As given, once divided by its standard deviation among all units.
    Given(Vec<f64>),
    /// Such that outcomes before treatment are met best, by a search (Nelder, Mead) from equal weights and from each
    /// predictor alone.
    Optimised,
}

/// What is observed.
#[derive(Clone, Copy, Debug)]
pub struct Observed<'a> {
    /// Outcomes: all periods of the first unit, then of the second.
    pub outcomes: &'a [f64],
    /// Number of periods.
    pub periods: usize,
    /// Periods before treatment: the first so many.
    pub before: usize,
    /// Predictors: for each a list with one value a unit. Empty: the outcomes of all periods before treatment, as they
    /// are, which makes the error before treatment least.
    pub predictors: &'a [&'a [f64]],
    /// How predictors count.
    pub weights: &'a PredictorWeights,
}

/// A synthetic control.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SyntheticControl {
    /// Weight of each unit; that of the treated one and of units left out is 0. They add up to 1.
    pub weights: Vec<f64>,
    /// Weight of each predictor; they add up to 1.
    pub predictor_weights: Vec<f64>,
    /// The weighted mean of outcomes, for each period.
    pub synthetic: Vec<f64>,
    /// Outcome less synthetic, for each period.
    pub gaps: Vec<f64>,
    /// Mean gap after treatment.
    pub effect: f64,
    /// Root mean squared gap before treatment.
    pub rmspe_before: f64,
    /// Root mean squared gap after treatment.
    pub rmspe_after: f64,
    /// The latter by the former; `None` where the fit before treatment is perfect.
    pub rmspe_ratio: Option<f64>,
}

/// A synthetic control of one unit out of others. The weights are exact: Wolfe's algorithm for the point of least norm
/// in a polytope ends after finitely many steps. O(s d s^2) for d predictors and s units of positive weight, times the
/// steps of the search where predictor weights are optimised.
///
/// Source: Abadie, Diamond, Hainmueller, Synthetic control methods for comparative case studies, JASA 105(490), 2010,
/// sections 2.2 and 2.3; Wolfe, Finding the nearest point in a polytope, Mathematical Programming 11, 1976.
///
/// # Errors
/// Lists of different length, values that are not finite; no period before or after treatment; no other unit; a
/// predictor that does not vary; weights of predictors that are negative.
pub fn synthetic_control(observed: &Observed, treated: usize, donors: &[usize]) -> Result<SyntheticControl, Error> {
    let units = check(observed)?;
    error::at_least("a synthetic control", 1, "donors", donors.len())?;
    if treated >= units || donors.iter().any(|&donor| donor >= units || donor == treated) {
        let message = "the treated unit is among the donors, or a unit is not there".to_owned();
        return Err(Error::Parameter { parameter: "donors", message });
    }
    let Observed { outcomes, periods, before, predictors, weights } = *observed;
    let outcome = |unit: usize, at: usize| outcomes[unit * periods + at];
    let scaled: Vec<Vec<f64>> = if predictors.is_empty() {
        (0..before).map(|at| (0..units).map(|unit| outcome(unit, at)).collect()).collect()
    } else {
        predictors.iter().map(|values| scaled(values, treated, donors)).collect::<Result<_, _>>()?
    };
    let error_before = |donor_weights: &[f64]| -> f64 {
        let gap = |at: usize| {
            let of: f64 = donors.iter().zip(donor_weights).map(|(&donor, weight)| weight * outcome(donor, at)).sum();
            outcome(treated, at) - of
        };
        (0..before).map(|at| gap(at) * gap(at)).sum::<f64>()
    };
    let solve = |v: &[f64]| -> Vec<f64> {
        let roots: Vec<f64> = v.iter().map(|weight| weight.sqrt()).collect();
        let point = |donor: usize| -> Vec<f64> {
            scaled.iter().zip(&roots).map(|(values, root)| (values[donor] - values[treated]) * root).collect()
        };
        nearest(&donors.iter().map(|&donor| point(donor)).collect::<Vec<_>>())
    };
    let count = scaled.len();
    let equal = vec![1.0 / count as f64; count];
    let predictor_weights = match weights {
        PredictorWeights::Optimised if !predictors.is_empty() && count > 1 => {
            search(count, |v| error_before(&solve(v)))
        }
        PredictorWeights::Given(given) if !predictors.is_empty() => {
            error::length("the weights of predictors", count, given.len())?;
            error::finite("the weights of predictors", given)?;
            let sum: f64 = given.iter().sum();
            if sum <= 0.0 || given.iter().any(|weight| *weight < 0.0) {
                let message = "they must not be negative, and one must be above 0".to_owned();
                return Err(Error::Parameter { parameter: "predictor_weights", message });
            }
            given.iter().map(|weight| weight / sum).collect()
        }
        _ => equal,
    };
    let donor_weights = solve(&predictor_weights);
    let mut all = vec![0.0; units];
    donors.iter().zip(&donor_weights).for_each(|(&donor, &weight)| all[donor] = weight);
    let synthetic: Vec<f64> = (0..periods)
        .map(|at| donors.iter().zip(&donor_weights).map(|(&donor, weight)| weight * outcome(donor, at)).sum())
        .collect();
    let gaps: Vec<f64> = (0..periods).map(|at| outcome(treated, at) - synthetic[at]).collect();
    let root = |gaps: &[f64]| (dot(gaps, gaps) / gaps.len() as f64).sqrt();
    let (rmspe_before, rmspe_after) = (root(&gaps[..before]), root(&gaps[before..]));
    let size = (0..before).map(|at| outcome(treated, at).abs()).fold(0.0, f64::max);
    Ok(SyntheticControl {
        weights: all,
        predictor_weights,
        effect: gaps[before..].iter().sum::<f64>() / (periods - before) as f64,
        rmspe_ratio: (rmspe_before > 1e-12 * size).then(|| rmspe_after / rmspe_before),
        synthetic,
        gaps,
        rmspe_before,
        rmspe_after,
    })
}

/// Placebos in space.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlaceboInSpace {
    /// The treated unit's.
    pub treated: SyntheticControl,
    /// For each donor, as though it had been treated, from the other donors; in the order of donors.
    pub placebos: Vec<SyntheticControl>,
    /// Units compared, the treated one among them.
    pub compared: usize,
    /// Place of the treated unit by the ratio of errors after and before treatment, from the largest.
    pub rank: Option<usize>,
    /// Share of units with a ratio as large: the p-value of a treatment that fell on a unit at random.
    pub p_placebo: Option<f64>,
}

/// The synthetic control of the treated unit and of each donor. `most_times`: donors whose error before treatment is more
/// than so many times that of the treated unit are not compared. Donors in parallel.
///
/// Source: Abadie, Diamond, Hainmueller, 2010, section 3.4.
///
/// # Errors
/// As [`synthetic_control`]; fewer than two donors.
pub fn placebo_in_space(
    observed: &Observed,
    treated: usize,
    donors: &[usize],
    most_times: Option<f64>,
) -> Result<PlaceboInSpace, Error> {
    error::at_least("a placebo test", 2, "donors", donors.len())?;
    let own = synthetic_control(observed, treated, donors)?;
    let one = |&unit: &usize| {
        let others: Vec<usize> = donors.iter().copied().filter(|&donor| donor != unit).collect();
        synthetic_control(observed, unit, &others)
    };
    let placebos: Vec<SyntheticControl> = donors.par_iter().map(one).collect::<Result<_, Error>>()?;
    let near =
        |placebo: &&SyntheticControl| most_times.is_none_or(|most| placebo.rmspe_before <= most * own.rmspe_before);
    // A perfect fit before and a gap after is an infinite ratio.
    let ratio = |control: &SyntheticControl| match control.rmspe_ratio {
        Some(ratio) => ratio,
        None if control.rmspe_after > 0.0 => f64::INFINITY,
        None => 0.0,
    };
    let compared: Vec<f64> = placebos.iter().filter(near).map(ratio).collect();
    let above = own.rmspe_ratio.map(|own| compared.iter().filter(|ratio| **ratio >= own).count());
    let number = compared.len() + 1;
    Ok(PlaceboInSpace {
        treated: own,
        placebos,
        compared: number,
        rank: above.map(|above| above + 1),
        p_placebo: above.map(|above| (above + 1) as f64 / number as f64),
    })
}

fn check(observed: &Observed) -> Result<usize, Error> {
    let Observed { outcomes, periods, before, predictors, .. } = *observed;
    error::finite("the outcomes", outcomes)?;
    error::at_least("a synthetic control", 2, "periods", periods)?;
    if before == 0 || before >= periods {
        let message =
            format!("{before} of {periods} periods lie before treatment; there must be one before and one after");
        return Err(Error::Parameter { parameter: "before", message });
    }
    let units = outcomes.len() / periods;
    error::length("the outcomes", units * periods, outcomes.len())?;
    for values in predictors {
        error::length("a predictor", units, values.len())?;
        error::finite("a predictor", values)?;
    }
    Ok(units)
}

/// A predictor by its standard deviation among the treated unit and the donors (n - 1).
fn scaled(values: &[f64], treated: usize, donors: &[usize]) -> Result<Vec<f64>, Error> {
    let used: Vec<f64> = donors.iter().chain([&treated]).map(|&unit| values[unit]).collect();
    let mean = used.iter().sum::<f64>() / used.len() as f64;
    let squares: f64 = used.iter().map(|value| (value - mean) * (value - mean)).sum();
    let deviation = (squares / (used.len() as f64 - 1.0)).sqrt();
    if deviation <= 1e-14 * mean.abs() || deviation == 0.0 {
        return Err(Error::Constant { what: "a predictor" });
    }
    Ok(values.iter().map(|value| value / deviation).collect())
}

/// Weights, not negative and adding up to 1, with which the mean of points lies nearest to the origin: Wolfe's algorithm.
fn nearest(points: &[Vec<f64>]) -> Vec<f64> {
    let dimension = points[0].len();
    let norms: Vec<f64> = points.iter().map(|point| dot(point, point)).collect();
    let largest = norms.iter().copied().fold(0.0, f64::max);
    let first = (0..points.len()).min_by(|&a, &b| norms[a].total_cmp(&norms[b])).unwrap_or(0);
    let mut support = vec![first];
    let mut weights = vec![1.0];
    let combine = |support: &[usize], weights: &[f64]| -> Vec<f64> {
        let mut sum = vec![0.0; dimension];
        for (&at, weight) in support.iter().zip(weights) {
            sum.iter_mut().zip(&points[at]).for_each(|(sum, value)| *sum += weight * value);
        }
        sum
    };
    // Each round lowers the norm: no support comes twice. The bound only guards against rounding.
    for _ in 0..50 * (points.len() + dimension) {
        let current = combine(&support, &weights);
        let square = dot(&current, &current);
        let entering = (0..points.len()).map(|at| (at, dot(&current, &points[at]))).min_by(|a, b| a.1.total_cmp(&b.1));
        let Some((entering, least)) = entering else { break };
        if square - least <= 1e-14 * largest.max(square) || support.contains(&entering) || square <= 1e-30 * largest {
            break;
        }
        support.push(entering);
        weights.push(0.0);
        loop {
            let Some(affine) = affine_nearest(points, &support) else {
                // The new point depends on the others: nothing is gained by it.
                support.pop();
                weights.pop();
                break;
            };
            if affine.iter().all(|weight| *weight > 1e-14) {
                weights = affine;
                break;
            }
            let mut step = 1.0_f64;
            for (weight, to) in weights.iter().zip(&affine) {
                if *to <= 1e-14 && weight > to {
                    step = step.min(weight / (weight - to));
                }
            }
            weights.iter_mut().zip(&affine).for_each(|(weight, to)| *weight += step * (to - *weight));
            let smallest = weights.iter().copied().fold(f64::INFINITY, f64::min);
            let keep: Vec<bool> = weights.iter().map(|weight| *weight > smallest.max(1e-14)).collect();
            let mut kept = keep.iter();
            support.retain(|_| *kept.next().unwrap_or(&false));
            let mut kept = keep.iter();
            weights.retain(|_| *kept.next().unwrap_or(&false));
            if support.is_empty() {
                support.push(first);
                weights.push(1.0);
                break;
            }
        }
    }
    let sum: f64 = weights.iter().sum();
    let mut all = vec![0.0; points.len()];
    support.iter().zip(&weights).for_each(|(&at, weight)| all[at] = weight / sum);
    all
}

/// Weights that add up to 1, of any sign, with which the mean of some points lies nearest to the origin; `None` when the
/// points depend on each other.
fn affine_nearest(points: &[Vec<f64>], support: &[usize]) -> Option<Vec<f64>> {
    let (&base, others) = support.split_first()?;
    if others.is_empty() {
        return Some(vec![1.0]);
    }
    let difference = |&at: &usize| points[at].iter().zip(&points[base]).map(|(a, b)| a - b).collect::<Vec<f64>>();
    let basis = Basis::of(others.iter().map(difference).collect(), None).ok()?;
    if !basis.collinear().is_empty() {
        return None;
    }
    let towards: Vec<f64> = points[base].iter().map(|value| -value).collect();
    let rest = basis.solve(&towards).ok()?.coefficients;
    Some(std::iter::once(1.0 - rest.iter().sum::<f64>()).chain(rest).collect())
}

/// Weights of predictors that make an error least: Nelder and Mead's search over logarithms, from several starts.
///
/// Source: Nelder, Mead, A simplex method for function minimization, Computer Journal 7, 1965.
fn search(count: usize, error: impl Fn(&[f64]) -> f64 + Sync) -> Vec<f64> {
    let weights = |point: &[f64]| -> Vec<f64> {
        let most = point.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let raw: Vec<f64> = point.iter().map(|value| libm::exp((value - most).max(-40.0))).collect();
        let sum: f64 = raw.iter().sum();
        raw.iter().map(|value| value / sum).collect()
    };
    let value = |point: &[f64]| error(&weights(point));
    let one = |start: Vec<f64>| -> (f64, Vec<f64>) {
        let mut simplex: Vec<(f64, Vec<f64>)> = vec![(value(&start), start.clone())];
        for at in 0..count {
            let mut point = start.clone();
            point[at] += 2.0;
            simplex.push((value(&point), point));
        }
        for _ in 0..200 * count {
            simplex.sort_by(|a, b| a.0.total_cmp(&b.0));
            let (best, worst) = (simplex[0].0, simplex[count].0);
            if worst - best <= 1e-12 * best.abs() {
                break;
            }
            let centre: Vec<f64> = (0..count)
                .map(|at| simplex[..count].iter().map(|(_, point)| point[at]).sum::<f64>() / count as f64)
                .collect();
            let along = |part: f64| -> (f64, Vec<f64>) {
                let point: Vec<f64> = centre
                    .iter()
                    .zip(&simplex[count].1)
                    .map(|(centre, worst)| centre + part * (centre - worst))
                    .collect();
                (value(&point), point)
            };
            let reflected = along(1.0);
            let next = if reflected.0 < best {
                let expanded = along(2.0);
                if expanded.0 < reflected.0 { expanded } else { reflected }
            } else if reflected.0 < simplex[count - 1].0 {
                reflected
            } else {
                along(if reflected.0 < worst { 0.5 } else { -0.5 })
            };
            if next.0 < worst {
                simplex[count] = next;
                continue;
            }
            let best = simplex[0].1.clone();
            for (held, point) in simplex.iter_mut().skip(1) {
                point.iter_mut().zip(&best).for_each(|(value, best)| *value = 0.5 * (*value + best));
                *held = value(point);
            }
        }
        simplex.sort_by(|a, b| a.0.total_cmp(&b.0));
        simplex.swap_remove(0)
    };
    let mut starts = vec![vec![0.0; count]];
    starts.extend((0..count).map(|alone| (0..count).map(|at| if at == alone { 4.0 } else { 0.0 }).collect()));
    let found: Vec<(f64, Vec<f64>)> = starts.into_par_iter().map(one).collect();
    let best = found.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
    best.map_or_else(|| vec![1.0 / count as f64; count], |(_, point)| weights(&point))
}
