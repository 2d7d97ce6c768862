//! How much ranks depend on the choices behind an index: bands, leave-one-out, Sobol indices.

use super::aggregate::Aggregation;
use super::impute::Imputation;
use super::normalise::Normalisation;
use super::pipeline::{Data, Indicator, Prepared, Specification, Steps, Weighting, index, prepared, scores, without};
use super::treat::Treatment;
use super::tree::Tree;
use crate::Error;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use umbel_core::random::Stream;

/// The choices that could have been made otherwise. Each draw takes one of the choices of the specification and its
/// alternatives, all as likely; combinations that are not defined for the data are left out, and counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Uncertainty {
    /// Number of draws.
    pub draws: u32,
    /// Seed of the random streams; draw i uses stream i.
    pub seed: u64,
    /// Other normalisations.
    pub normalisations: Vec<Normalisation>,
    /// Other aggregations, used at all levels.
    pub aggregations: Vec<Aggregation>,
    /// Other ways to fill in.
    pub imputations: Vec<Imputation>,
    /// Other treatments of outliers; none: no treatment.
    pub treatments: Vec<Option<Treatment>>,
    /// Other weights.
    pub weightings: Vec<Weighting>,
    /// Each weight is multiplied by a number between 1 less this and 1 plus this, evenly distributed.
    pub weight_noise: f64,
    /// Whether one of the indicators, or none, is left out, each as likely.
    pub leave_one_out: bool,
}

impl Default for Uncertainty {
    /// 1,000 draws, weights 25 % up or down, at most one indicator left out.
    fn default() -> Self {
        Uncertainty {
            draws: 1000,
            seed: 1,
            normalisations: Vec::new(),
            aggregations: Vec::new(),
            imputations: Vec::new(),
            treatments: Vec::new(),
            weightings: Vec::new(),
            weight_noise: 0.25,
            leave_one_out: true,
        }
    }
}

/// A score and its rank, with what becomes of the rank under other choices. There is no rank without its band.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ranked {
    /// The score under the specification itself.
    pub score: f64,
    /// Its rank, 1 for the highest score; units with the very same score share the best of their ranks.
    pub rank: u32,
    /// Median of the ranks over all draws.
    pub rank_median: f64,
    /// Rank that 5 % of the draws are at or below; never above the rank itself.
    pub rank_low: u32,
    /// Rank that 95 % of the draws are at or below; never below the rank itself.
    pub rank_high: u32,
    /// Whether the rank itself lies outside of the middle 90 % of the draws, and the band was widened to it: the
    /// specification is then an unusual choice for this unit.
    pub outside: bool,
}

/// An index with bands.
#[derive(Clone, Debug, PartialEq)]
pub struct Banded {
    /// The index under the specification itself.
    pub steps: Steps,
    /// For each node asked for, its units in the order of `steps.rows`; none without a score.
    pub ranked: Vec<Vec<Option<Ranked>>>,
    /// Combinations of choices that were drawn from.
    pub combinations: usize,
    /// Combinations left out because they are not defined for the data (a geometric mean of zeros).
    pub undefined: usize,
    /// Mean over the draws of the mean absolute shift of the index's ranks.
    pub mean_shift: f64,
}

/// What becomes of the ranks when an indicator is left out.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftOut {
    /// The indicator.
    pub indicator: u32,
    /// Mean absolute shift of the ranks.
    pub mean_shift: f64,
    /// Largest absolute shift.
    pub largest_shift: u32,
    /// Rank with it less rank without it, for each row: above 0, the unit gains from its absence. None without a rank.
    pub shifts: Vec<Option<i32>>,
}

/// What can be chosen otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// How missing values are filled in.
    Imputation,
    /// How outliers are treated.
    Treatment,
    /// How indicators are normalised.
    Normalisation,
    /// Where weights come from.
    Weighting,
    /// How groups are aggregated.
    Aggregation,
    /// Chance changes of the weights.
    WeightNoise,
    /// Which indicator is left out.
    LeaveOneOut,
}

const FACTORS: [Factor; 7] = [
    Factor::Imputation,
    Factor::Treatment,
    Factor::Normalisation,
    Factor::Weighting,
    Factor::Aggregation,
    Factor::WeightNoise,
    Factor::LeaveOneOut,
];

/// How much a choice matters for the ranks.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Sensitivity {
    /// The choice.
    pub factor: Factor,
    /// Share of the variance that it explains alone.
    pub first_order: f64,
    /// 5 % and 95 % of bootstrap samples of it.
    pub first_order_interval: [f64; 2],
    /// Share of the variance that it takes part in, with others.
    pub total_order: f64,
    /// 5 % and 95 % of bootstrap samples of it.
    pub total_order_interval: [f64; 2],
}

/// Ranks from above within each period, the best of tied ranks; 0 without a score.
pub(super) fn ranks(scores: &[f64], periods: &[u32]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..scores.len() as u32).filter(|&at| !scores[at as usize].is_nan()).collect();
    let period = |at: u32| periods.get(at as usize).copied().unwrap_or(0);
    order.sort_unstable_by(|&a, &b| {
        period(a).cmp(&period(b)).then(scores[b as usize].total_cmp(&scores[a as usize])).then(a.cmp(&b))
    });
    let mut ranks = vec![0; scores.len()];
    let (mut first, mut before): (usize, Option<u32>) = (0, None);
    for (at, &unit) in order.iter().enumerate() {
        let same_period = before.is_some_and(|before| period(before) == period(unit));
        if !same_period {
            first = at;
        }
        let tied = before.filter(|&before| same_period && scores[before as usize] == scores[unit as usize]);
        ranks[unit as usize] = tied.map_or((at - first) as u32 + 1, |before| ranks[before as usize]);
        before = Some(unit);
    }
    ranks
}

/// Bands of ranks from the ranks of each draw.
pub(super) fn bands(scores: &[f64], ranks: &[u32], draws: &[&[u32]]) -> Vec<Option<Ranked>> {
    let one = |unit: usize| {
        if scores[unit].is_nan() {
            return None;
        }
        let rank = ranks[unit];
        let mut all: Vec<u32> = draws.iter().map(|draw| draw[unit]).filter(|&rank| rank > 0).collect();
        if all.is_empty() {
            all.push(rank);
        }
        all.sort_unstable();
        // The smallest rank that a share of the draws is at or below.
        let at = |share: f64| all[((share * all.len() as f64).ceil() as usize).clamp(1, all.len()) - 1];
        let (low, high) = (at(0.05), at(0.95));
        let middle = all.len() / 2;
        let rank_median =
            if all.len() % 2 == 1 { f64::from(all[middle]) } else { 0.5 * f64::from(all[middle - 1] + all[middle]) };
        let outside = rank < low || rank > high;
        let (rank_low, rank_high) = (low.min(rank), high.max(rank));
        Some(Ranked { score: scores[unit], rank, rank_median, rank_low, rank_high, outside })
    };
    (0..scores.len()).into_par_iter().map(one).collect()
}

/// Mean absolute difference of ranks, over the units that have both.
fn mean_shift(ranks: &[u32], others: &[u32]) -> f64 {
    let both = ranks.iter().zip(others).filter(|(a, b)| **a > 0 && **b > 0);
    let (sum, count) = both.fold((0_u64, 0_u64), |(sum, n), (a, b)| (sum + u64::from(a.abs_diff(*b)), n + 1));
    if count == 0 { 0.0 } else { sum as f64 / count as f64 }
}

/// The choices of a factor: that of the specification first, then the others, each once.
fn options<T: Clone + PartialEq>(base: T, others: &[T]) -> Vec<T> {
    let mut all = vec![base];
    for other in others {
        if !all.contains(other) {
            all.push(other.clone());
        }
    }
    all
}

/// The model that draws run through: choices in, ranks out.
struct Model<'a> {
    tree: &'a Tree,
    /// Period of each row that is ranked.
    periods: Vec<u32>,
    threshold: Option<f64>,
    /// Number of choices for imputation, treatment, normalisation, weighting.
    sizes: [usize; 4],
    /// One for each combination of these, the last choice fastest; none where it is not defined.
    prepared: Vec<Option<Prepared>>,
    aggregations: Vec<Vec<Aggregation>>,
    noise: f64,
    leave_one_out: bool,
    seed: u64,
}

impl<'a> Model<'a> {
    fn new(
        data: &Data,
        indicators: &[Indicator],
        tree: &'a Tree,
        specification: &Specification,
        by: &Uncertainty,
        rows: &[u32],
    ) -> Result<Model<'a>, Error> {
        if !(0.0..1.0).contains(&by.weight_noise) {
            let message = format!("it is 0 or above and below 1, not {}", by.weight_noise);
            return Err(Error::Parameter { parameter: "weight_noise", message });
        }
        if by.leave_one_out && tree.indicators() < 2 {
            let message = "there is only one indicator".to_owned();
            return Err(Error::Parameter { parameter: "leave_one_out", message });
        }
        let imputations = options(specification.impute, &by.imputations);
        let treatments = options(specification.treat, &by.treatments);
        let normalisations = options(specification.normalise, &by.normalisations);
        let weightings = options(specification.weigh, &by.weightings);
        let aggregations = by.aggregations.iter().map(|&other| vec![other]).collect::<Vec<_>>();
        let aggregations = options(specification.aggregate.clone(), &aggregations);
        let sizes = [imputations.len(), treatments.len(), normalisations.len(), weightings.len()];
        let all: usize = sizes.iter().product();
        if all * aggregations.len() > 10_000 {
            let message = format!("there are {} combinations; 10000 are the most", all * aggregations.len());
            return Err(Error::Parameter { parameter: "uncertainty", message });
        }
        let logarithms = aggregations.iter().flatten().any(|by| by.needs_positive());
        let one = |at: usize| {
            let [imputation, treatment, normalisation, weighting] = places(at, sizes);
            let specification = Specification {
                impute: imputations[imputation],
                treat: treatments[treatment],
                normalise: normalisations[normalisation],
                weigh: weightings[weighting],
                ..specification.clone()
            };
            prepared(data, rows, indicators, tree, &specification, logarithms).ok()
        };
        let prepared = (0..all).into_par_iter().map(one).collect();
        let (threshold, noise, seed) = (specification.data_threshold, by.weight_noise, by.seed);
        let (leave_one_out, periods) = (by.leave_one_out, data.subset(rows).periods);
        Ok(Model { tree, periods, threshold, sizes, prepared, aggregations, noise, leave_one_out, seed })
    }

    /// Whether a combination of the choices of data and of an aggregation is defined.
    fn defined(&self, combination: usize, aggregation: usize) -> bool {
        self.prepared[combination].as_ref().is_some_and(|prepared| {
            let by = &self.aggregations[aggregation];
            // Copeland and arithmetic means are defined for all values; no need to wait for the former.
            !by.iter().any(|by| by.needs_positive())
                || scores(prepared, &prepared.weights, self.tree, by, self.threshold).is_ok()
        })
    }

    /// Scores of all nodes; none where the combination is not defined.
    fn run(
        &self,
        combination: usize,
        aggregation: usize,
        noise: Option<&mut Stream>,
        left: u32,
    ) -> Option<Vec<Vec<f64>>> {
        let prepared = self.prepared[combination].as_ref()?;
        let mut weights = prepared.weights.clone();
        if let Some(stream) = noise {
            weights.iter_mut().for_each(|weight| *weight *= 1.0 + self.noise * (2.0 * stream.uniform() - 1.0));
        }
        if left > 0 {
            without(self.tree, &mut weights, left - 1);
        }
        scores(prepared, &weights, self.tree, &self.aggregations[aggregation], self.threshold).ok()
    }

    /// How many choices a factor has; none: it is continuous.
    fn choices(&self, factor: Factor) -> Option<usize> {
        match factor {
            Factor::Imputation => Some(self.sizes[0]),
            Factor::Treatment => Some(self.sizes[1]),
            Factor::Normalisation => Some(self.sizes[2]),
            Factor::Weighting => Some(self.sizes[3]),
            Factor::Aggregation => Some(self.aggregations.len()),
            Factor::WeightNoise if self.noise > 0.0 => None,
            Factor::LeaveOneOut if self.leave_one_out => Some(self.tree.indicators() + 1),
            _ => Some(1),
        }
    }

    /// The ranks of the index at a point of the unit cube, one number for each factor.
    fn at(&self, point: &[f64; 7]) -> Option<Vec<u32>> {
        let choice = |factor: usize| {
            let choices = self.choices(FACTORS[factor]).unwrap_or(1);
            ((point[factor] * choices as f64) as usize).min(choices - 1)
        };
        let combination = (0..4).fold(0, |at, factor| at * self.sizes[factor] + choice(factor));
        // The number names a sample of weights, as in COINr: its bits are those of the stream.
        let mut noise = Stream::new(self.seed, point[5].to_bits());
        let noise = (self.noise > 0.0).then_some(&mut noise);
        let all = self.run(combination, choice(4), noise, choice(6) as u32)?;
        Some(ranks(&all[self.tree.index() as usize], &self.periods))
    }
}

/// The choices of a combination.
fn places(mut at: usize, sizes: [usize; 4]) -> [usize; 4] {
    let mut places = [0; 4];
    for (place, size) in places.iter_mut().zip(sizes).rev() {
        *place = at % size;
        at /= size;
    }
    places
}

/// Makes an index, and the bands of its ranks, and of those of the other nodes asked for (an empty list: the index
/// alone). The band is that of 5 to 95 % of the draws, widened to the rank itself where that lies outside.
///
/// O(draws x rows x nodes), and once for each combination of choices what [`index`] costs; in parallel, with the same
/// result for any number of threads. Copeland costs O(rows^2 x indicators) a draw.
///
/// Source: Saisana, Saltelli, Tarantola, Uncertainty and sensitivity analysis techniques as tools for the quality
/// assessment of composite indicators, Journal of the Royal Statistical Society A 168(2), 2005, section 3; Nardo et al.
/// 2008, step 8; COINr (`get_sensitivity`, `get_noisy_weights`).
///
/// # Errors
/// As [`index`]; with fewer than 20 draws; when noise is not below 1, or a node is not there.
pub fn uncertainty(
    data: &Data,
    indicators: &[Indicator],
    tree: &Tree,
    specification: &Specification,
    by: &Uncertainty,
    nodes: &[u32],
) -> Result<Banded, Error> {
    let steps = index(data, indicators, tree, specification)?;
    crate::error::at_least("a band", 20, "draws", by.draws as usize)?;
    let model = Model::new(data, indicators, tree, specification, by, &steps.rows)?;
    let nodes = if nodes.is_empty() { vec![tree.index()] } else { nodes.to_vec() };
    if let Some(node) = nodes.iter().find(|&&node| node as usize >= tree.len()) {
        return Err(Error::Parameter { parameter: "nodes", message: format!("there is no node {node}") });
    }
    let pairs: Vec<(usize, usize)> = (0..model.prepared.len())
        .flat_map(|combination| (0..model.aggregations.len()).map(move |aggregation| (combination, aggregation)))
        .collect();
    let defined: Vec<(usize, usize)> = pairs.par_iter().copied().filter(|&(c, a)| model.defined(c, a)).collect();
    let periods = &model.periods;
    let draw = |number: u32| {
        let mut stream = Stream::new(by.seed, u64::from(number));
        let (combination, aggregation) = defined[stream.below(defined.len() as u64) as usize];
        let left = if by.leave_one_out { stream.below(tree.indicators() as u64 + 1) as u32 } else { 0 };
        let noise = (by.weight_noise > 0.0).then_some(&mut stream);
        let all = model.run(combination, aggregation, noise, left)?;
        let of_nodes: Vec<Vec<u32>> = nodes.iter().map(|&node| ranks(&all[node as usize], periods)).collect();
        let of_index = ranks(&all[tree.index() as usize], periods);
        Some((of_nodes, of_index))
    };
    let plain = |node: u32| super::aggregate::plain(&steps.scores[node as usize]);
    let base = ranks(&plain(tree.index()), periods);
    let drawn: Vec<(Vec<Vec<u32>>, f64)> = if defined.is_empty() {
        Vec::new()
    } else {
        let shifted = |number| draw(number).map(|(of_nodes, of_index)| (of_nodes, mean_shift(&base, &of_index)));
        (0..by.draws).into_par_iter().filter_map(shifted).collect()
    };
    crate::error::at_least("a band", 20, "draws that are defined for the data", drawn.len())?;
    let of_node = |(at, &node): (usize, &u32)| {
        let all: Vec<&[u32]> = drawn.iter().map(|(of_nodes, _)| of_nodes[at].as_slice()).collect();
        let scores = plain(node);
        bands(&scores, &ranks(&scores, periods), &all)
    };
    let ranked = nodes.iter().enumerate().map(of_node).collect();
    let mean_shift = drawn.iter().map(|(_, shift)| shift).sum::<f64>() / drawn.len() as f64;
    let (combinations, undefined) = (defined.len(), pairs.len() - defined.len());
    Ok(Banded { steps, ranked, combinations, undefined, mean_shift })
}

/// Leaves out each indicator in turn. O(indicators x rows x nodes).
///
/// Source: COINr (`remove_elements`); Nardo et al. 2008, step 8.
///
/// # Errors
/// As [`index`], and with one indicator only.
pub fn leave_one_out(
    data: &Data,
    indicators: &[Indicator],
    tree: &Tree,
    specification: &Specification,
) -> Result<Vec<LeftOut>, Error> {
    let steps = index(data, indicators, tree, specification)?;
    let by = Uncertainty { weight_noise: 0.0, ..Uncertainty::default() };
    let model = Model::new(data, indicators, tree, specification, &by, &steps.rows)?;
    let periods = &model.periods;
    let base = ranks(&super::aggregate::plain(&steps.scores[tree.index() as usize]), periods);
    let one = |indicator: u32| {
        let undefined = || Error::Parameter {
            parameter: "indicators",
            message: format!("the index is not defined without indicator {}", indicator + 1),
        };
        let all = model.run(0, 0, None, indicator + 1).ok_or_else(undefined)?;
        let left = ranks(&all[tree.index() as usize], periods);
        let shift = |(&with, &without): (&u32, &u32)| (with > 0 && without > 0).then(|| with as i32 - without as i32);
        let shifts: Vec<Option<i32>> = base.iter().zip(&left).map(shift).collect();
        let largest_shift = shifts.iter().flatten().map(|shift| shift.unsigned_abs()).max().unwrap_or(0);
        Ok(LeftOut { indicator, mean_shift: mean_shift(&base, &left), largest_shift, shifts })
    };
    (0..tree.indicators() as u32).into_par_iter().map(one).collect()
}

/// First-order and total-order Sobol indices of the mean absolute shift of ranks, for each choice that has
/// alternatives. Each takes `samples` runs, and two times as many are shared: O(samples x (choices + 2) x rows x
/// nodes).
///
/// Source: Saltelli et al., Variance based sensitivity analysis of model output, Computer Physics Communications 181,
/// 2010, table 2, (b) for the first order, with the mean taken off, and (f) for the total order; COINr (`SA_sample`,
/// `SA_estimate`), with 500 bootstrap samples of the intervals.
///
/// # Errors
/// As [`index`]; with fewer than 50 samples; when no choice has alternatives, a combination of choices is not defined
/// for the data, or no choice moves any rank.
pub fn sensitivity(
    data: &Data,
    indicators: &[Indicator],
    tree: &Tree,
    specification: &Specification,
    by: &Uncertainty,
    samples: u32,
) -> Result<Vec<Sensitivity>, Error> {
    let steps = index(data, indicators, tree, specification)?;
    crate::error::at_least("sensitivity indices", 50, "samples", samples as usize)?;
    let model = Model::new(data, indicators, tree, specification, by, &steps.rows)?;
    let varying: Vec<usize> = (0..7).filter(|&factor| model.choices(FACTORS[factor]) != Some(1)).collect();
    if varying.is_empty() {
        let message = "no choice has alternatives".to_owned();
        return Err(Error::Parameter { parameter: "uncertainty", message });
    }
    let undefined = (0..model.prepared.len()).find_map(|combination| {
        let undefined = (0..model.aggregations.len()).find(|&aggregation| !model.defined(combination, aggregation))?;
        Some((combination, undefined))
    });
    if let Some((combination, aggregation)) = undefined {
        let message = format!(
            "normalisation {} with aggregation {} is not defined for the data; sensitivity indices need all combinations: \
             a geometric or harmonic mean needs a range above 0, such as min-max from 1 to 100",
            places(combination, model.sizes)[2] + 1,
            aggregation + 1
        );
        return Err(Error::Parameter { parameter: "uncertainty", message });
    }
    let base = ranks(&super::aggregate::plain(&steps.scores[tree.index() as usize]), &model.periods);
    let output = |point: &[f64; 7]| model.at(point).map_or(0.0, |ranks| mean_shift(&base, &ranks));
    let rows: Vec<Vec<f64>> = (0..samples)
        .into_par_iter()
        .map(|number| {
            let mut stream = Stream::new(by.seed, u64::from(number));
            let first: [f64; 7] = std::array::from_fn(|_| stream.uniform());
            let second: [f64; 7] = std::array::from_fn(|_| stream.uniform());
            let mut outputs = vec![output(&first), output(&second)];
            for &factor in &varying {
                let mut mixed = first;
                mixed[factor] = second[factor];
                outputs.push(output(&mixed));
            }
            outputs
        })
        .collect();
    let count = rows.len() as f64;
    let mean = rows.iter().map(|row| row[0] + row[1]).sum::<f64>() / (2.0 * count);
    let squares: f64 = rows.iter().flat_map(|row| &row[..2]).map(|y| (y - mean) * (y - mean)).sum();
    let variance = squares / (2.0 * count - 1.0);
    if variance == 0.0 {
        return Err(Error::Constant { what: "the shifts of the ranks" });
    }
    let of_factor = |(at, &factor): (usize, &usize)| {
        let first: Vec<f64> = rows.iter().map(|row| (row[1] - mean) * (row[at + 2] - row[0]) / variance).collect();
        let total: Vec<f64> = rows.iter().map(|row| (row[0] - row[at + 2]).powi(2) / (2.0 * variance)).collect();
        let stream = |which: u64| Stream::new(by.seed ^ 0x5eed, 2 * factor as u64 + which);
        let (first_order, first_order_interval) = mean_with_interval(&first, stream(0));
        let (total_order, total_order_interval) = mean_with_interval(&total, stream(1));
        let factor = FACTORS[factor];
        Sensitivity { factor, first_order, first_order_interval, total_order, total_order_interval }
    };
    Ok(varying.iter().enumerate().map(of_factor).collect())
}

/// The mean, and 5 % and 95 % of its bootstrap samples.
fn mean_with_interval(values: &[f64], mut stream: Stream) -> (f64, [f64; 2]) {
    let count = values.len();
    let mut means: Vec<f64> = (0..500)
        .map(|_| (0..count).map(|_| values[stream.below(count as u64) as usize]).sum::<f64>() / count as f64)
        .collect();
    means.sort_by(f64::total_cmp);
    (values.iter().sum::<f64>() / count as f64, [means[24], means[474]])
}

#[cfg(test)]
mod tests;
