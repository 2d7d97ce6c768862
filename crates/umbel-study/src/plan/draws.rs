//! Uncertainty: figures and effects drawn from their intervals, and what that does to everything that rests on them.

use super::compare::Comparison;
use super::edit::{Change, Edit, Stated, What};
use super::observations;
use super::state::{Changed, put_rows};
use crate::graph::NodeId;
use crate::key::Keyer;
use crate::measure::Measure;
use crate::method::AnyMethod;
use crate::reads::Indicators;
use crate::results::{Node, View};
use crate::select::days_of;
use crate::study::Study;
use crate::uncertain::between;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use umbel_core::Symbol;
use umbel_core::random::Stream;

/// How often, and from which seed, is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draws {
    /// Number of draws.
    pub number: u32,
    /// Seed.
    pub seed: u64,
}

/// What 95 % of the draws lie within: quantiles at 2.5 and 97.5 % (type 7 of Hyndman and Fan, *The American
/// Statistician* 50, 1996).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Low end.
    pub low: f64,
    /// High end.
    pub high: f64,
}

/// The bands of one difference.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bands {
    /// Of the figure without the plan; `None` where no draw gives one.
    pub base: Option<Band>,
    /// Of the figure with it.
    pub plan: Option<Band>,
    /// Of their difference, each draw taken with itself: what both are unsure of in the same way cancels.
    pub change: Option<Band>,
}

/// A value drawn from a statement: its median is the value, its quantiles at 2.5 and 97.5 % are the ends of the interval,
/// and each side is half of a normal distribution. A side without an end has no spread.
fn drawn(stated: Stated, z: f64) -> f64 {
    between((stated.low, stated.value, stated.high), z)
}

/// The standard normal number of a key in a draw.
fn number(seed: u64, draw: u32, key: &[&str]) -> f64 {
    stream(seed, draw, key).normal()
}

/// The random numbers of a key in a draw: the same whatever else is drawn, in whatever order.
fn stream(seed: u64, draw: u32, key: &[&str]) -> Stream {
    let mut hasher = blake3::Hasher::new();
    for part in key {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.update(&draw.to_le_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    Stream::new(seed, u64::from_le_bytes(first))
}

impl Study {
    /// The indicators that have a figure with an interval.
    fn uncertain(&self) -> Vec<Symbol> {
        let has = |indicator: &Symbol| {
            self.region.observations.rows(*indicator).is_some_and(|rows| !rows.interval.is_empty())
        };
        self.region.observations.by_indicator.iter().map(|(id, _)| *id).filter(has).collect()
    }

    /// The methods of the measures that have a parameter with an interval, each drawn from it.
    fn drawn_parameters(&self, draws: &Draws, draw: u32) -> FxHashMap<usize, Arc<dyn AnyMethod>> {
        let uncertain = self.measures.iter().enumerate().filter(|(_, measure)| !measure.uncertain.is_empty());
        let drawn = |(at, measure): (usize, &Measure)| {
            let mut parameters = measure.method.parameters();
            for one in &measure.uncertain {
                let key = ["parameter", self.region.id(measure.id), &one.name()];
                let number = one.distribution.draw(one.numbers, &mut stream(draws.seed, draw, &key));
                one.put(&mut parameters, number);
            }
            Some((at, (measure.registration.from_json)(parameters).ok()?.into()))
        };
        uncertain.filter_map(drawn).collect()
    }

    /// The study with every figure and every parameter that has an interval drawn from it. All releases of a figure are
    /// moved by the same number of their standard deviations. Where figures add up, those above that have no interval of
    /// their own move with those below.
    pub(crate) fn drawn(&self, draws: &Draws, draw: u32) -> Study {
        let (mut region, mut changed) = (self.region.clone(), Changed::default());
        let methods = self.drawn_parameters(draws, draw);
        if !methods.is_empty() {
            changed.methods = Some(Arc::new(methods));
        }
        for indicator in self.uncertain() {
            let Some(held) = self.region.observations.rows(indicator) else { continue };
            let mut rows = held.clone();
            let id = self.region.id(indicator);
            let mut before: BTreeMap<usize, f64> = BTreeMap::new();
            for row in 0..rows.len() {
                let (low, high) = rows.interval(row);
                let Some(value) = rows.value(row).filter(|_| low.is_some() || high.is_some()) else { continue };
                let (place, breakdown) = (self.region.id(rows.place[row]), self.region.id(rows.breakdown[row]));
                let z = number(draws.seed, draw, &[id, place, &rows.period[row].to_string(), breakdown]);
                let stated = Stated { value, low: low.unwrap_or(f64::NAN), high: high.unwrap_or(f64::NAN) };
                let (origin, source) = (rows.origin[row], rows.source[row]);
                before.insert(row, value);
                rows.change(row, Some(drawn(stated, z)), (f64::NAN, f64::NAN), origin, source);
            }
            if self.graph.infos.info(indicator).is_some_and(|info| info.aggregation == "sum") {
                observations::carry_changes(&mut rows, &before, &self.tree);
            }
            rows.interval = Vec::new();
            let mut keyer = Keyer::new("drawn");
            keyer.number(draws.seed);
            keyer.number(u64::from(draw));
            keyer.key(&self.region.digest(indicator));
            put_rows(&mut region, indicator, rows, keyer.finish());
            changed.observed.insert(indicator);
        }
        self.variant(region, &changed, true)
    }

    /// Edits with every value that has an interval drawn from it. The edits of a project are drawn together, it does more
    /// or less of everything: what leaves one place arrives at another.
    fn drawn_edits(&self, edits: &[Cow<'_, Edit>], draws: &Draws, draw: u32) -> Vec<Edit> {
        let of = |edit: &Cow<'_, Edit>| {
            let mut edit = Edit::clone(edit);
            let scales = matches!(&edit.what, What::Observation(_, Change::Scale(_)));
            if let What::Observation(_, Change::Add(to) | Change::Set(to) | Change::Scale(to) | Change::Shift(to)) =
                &mut edit.what
            {
                // More of an effect is farther from what changes nothing.
                let nothing = if scales { 1.0 } else { 0.0 };
                let more = if to.value < nothing { -1.0 } else { 1.0 };
                let z = number(draws.seed, draw, &["project", self.region.id(edit.project)]);
                let value = drawn(*to, more * z);
                *to = Stated { value, low: f64::NAN, high: f64::NAN };
            }
            edit
        };
        edits.iter().map(of).collect()
    }

    /// The same figures with bands: of every figure that rests on something uncertain, the interval of its draws. Others
    /// keep their own. Each draw evaluates what rests on something uncertain, draws in parallel.
    pub fn banded(&self, nodes: &[Arc<Node>], draws: &Draws, view: View) -> Vec<Node> {
        let indicators: FxHashSet<Symbol> = nodes.iter().map(|node| node.indicator).collect();
        let mut wanted: Vec<NodeId> = indicators.into_iter().map(NodeId::Indicator).collect();
        wanted.sort_unstable();
        let sample = |draw: u32| -> Vec<Vec<f64>> {
            let study = self.drawn(draws, draw);
            study.evaluate(&wanted, view.as_of.map(days_of));
            let of = |node: &Arc<Node>| {
                let found = match node.kind {
                    crate::results::NodeKind::Measure { measure } => study.measure_node(measure, view),
                    _ => study.node(node.indicator, view),
                };
                let series = &node.series;
                let figure = |row: usize| {
                    let found = &found.as_ref().ok()?.series;
                    found.value(found.find(
                        series.place[row],
                        series.period[row],
                        series.breakdown[row],
                        study.ranks(),
                    )?)
                };
                (0..series.len()).map(|row| figure(row).unwrap_or(f64::NAN)).collect()
            };
            nodes.iter().map(of).collect()
        };
        let samples: Vec<Vec<Vec<f64>>> = (0..draws.number).into_par_iter().map(sample).collect();
        let banded = |(at, node): (usize, &Arc<Node>)| {
            let mut node = (**node).clone();
            for row in 0..node.series.len() {
                let band = band(samples.iter().map(|sample| sample[at][row]));
                if let Some(band) = band.filter(|band| band.low != band.high) {
                    if node.series.interval.is_empty() {
                        node.series.interval = vec![(f64::NAN, f64::NAN); node.series.len()];
                    }
                    node.series.interval[row] = (band.low, band.high);
                }
            }
            node
        };
        nodes.iter().enumerate().map(banded).collect()
    }
}

impl Comparison {
    /// The bands of the differences in a range. Base and plan are drawn with the same numbers, and share what the plan
    /// leaves alone. Draws in parallel, each evaluates the measures that the differing figures rest on.
    pub fn bands(&self, range: Range<usize>, draws: &Draws) -> Vec<Bands> {
        let differences = self.differences.get(range).unwrap_or_default();
        let mut indicators: Vec<Symbol> = differences.iter().map(|one| one.indicator).collect();
        indicators.dedup();
        let nodes: Vec<NodeId> = indicators.iter().map(|&indicator| NodeId::Indicator(indicator)).collect();
        let as_of = self.view.as_of.map(days_of);
        let chosen = |projects: &[Symbol]| projects.iter().copied().collect::<FxHashSet<Symbol>>();
        let mut of_plan = chosen(&self.of_base);
        of_plan.retain(|project| !self.dropped.contains(project));
        of_plan.extend(&self.projects);
        let sides = [self.ground.edits_of(&chosen(&self.of_base)), self.ground.edits_of(&of_plan)];
        let sample = |draw: u32| -> [Vec<f64>; 2] {
            let ground = self.ground.drawn(draws, draw);
            sides.each_ref().map(|edits| {
                let edits = self.ground.drawn_edits(edits, draws, draw);
                let study = ground.edited(&edits, true);
                study.evaluate(&nodes, as_of);
                let figures = indicators.iter().flat_map(|&indicator| {
                    let node = study.node(indicator, self.view).ok();
                    let of = differences.iter().filter(move |one| one.indicator == indicator);
                    let ranks = study.ranks();
                    of.map(move |one| {
                        let series = &node.as_ref()?.series;
                        series.value(series.find(one.place, one.period, one.breakdown, ranks)?)
                    })
                    .collect::<Vec<_>>()
                });
                figures.map(|figure: Option<f64>| figure.unwrap_or(f64::NAN)).collect()
            })
        };
        let samples: Vec<[Vec<f64>; 2]> = (0..draws.number).into_par_iter().map(sample).collect();
        let bands = |at: usize| Bands {
            base: band(samples.iter().map(|[base, _]| base[at])),
            plan: band(samples.iter().map(|[_, plan]| plan[at])),
            change: band(samples.iter().map(|[base, plan]| plan[at] - base[at])),
        };
        (0..differences.len()).map(bands).collect()
    }
}

/// The band of some figures; those that are missing (NaN) are left out.
fn band(figures: impl Iterator<Item = f64>) -> Option<Band> {
    let mut known: Vec<f64> = figures.filter(|figure| !figure.is_nan()).collect();
    known.sort_by(f64::total_cmp);
    let last = known.len().checked_sub(1)?;
    let quantile = |p: f64| {
        let at = p * last as f64;
        let (below, part) = (at.floor() as usize, at.fract());
        let next = known.get(below + 1).copied().unwrap_or(known[below]);
        known[below] + part * (next - known[below])
    };
    Some(Band { low: quantile(0.025), high: quantile(0.975) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_a_key_do_not_depend_on_what_else_is_drawn() {
        assert_eq!(number(7, 3, &["a", "b"]), number(7, 3, &["a", "b"]));
        assert_ne!(number(7, 3, &["a", "b"]), number(7, 3, &["ab", ""]));
        assert_ne!(number(7, 3, &["a", "b"]), number(8, 3, &["a", "b"]));
    }

    #[test]
    fn draws_have_the_quantiles_of_the_statement() {
        let stated = Stated { value: 10.0, low: 7.0, high: 18.0 };
        let all: Vec<f64> = (0..40_000).map(|draw| drawn(stated, number(1, draw, &["a"]))).collect();
        let share = |below: f64| all.iter().filter(|value| **value < below).count() as f64 / all.len() as f64;
        for (at, expected) in [(7.0, 0.025), (10.0, 0.5), (18.0, 0.975)] {
            // Four standard errors of a share.
            let error = 4.0 * (expected * (1.0 - expected) / all.len() as f64).sqrt();
            assert!((share(at) - expected).abs() < error, "{at}: {}", share(at));
        }
        assert_eq!(drawn(Stated { value: 10.0, low: f64::NAN, high: 12.0 }, -2.0), 10.0);
    }

    #[test]
    fn quantiles_are_interpolated() {
        let found = band((0..=40).map(f64::from)).expect("figures");
        assert_eq!((found.low, found.high), (1.0, 39.0));
        assert_eq!(band([f64::NAN].into_iter()), None);
    }
}
