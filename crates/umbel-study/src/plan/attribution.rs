//! Which project does what: every difference between two plans divided among the projects that make it.

use super::compare::{Comparison, Difference};
use super::edit::{Edit, Target, What};
use super::state::Changed;
use crate::graph::NodeId;
use crate::select::days_of;
use crate::study::Study;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;
use umbel_core::Symbol;
use umbel_optimize::Error;
use umbel_optimize::attribution::{Design, Mask, Method};

/// How differences are divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Division {
    /// Shares are exact up to so many projects that touch a figure, and sampled beyond.
    pub exact_up_to: usize,
    /// Orders of the projects drawn beyond that, their reverses among them.
    pub permutations: u32,
    /// Seed of the draws.
    pub seed: u64,
}

impl Default for Division {
    fn default() -> Division {
        Division { exact_up_to: 12, permutations: 512, seed: 1 }
    }
}

/// The part of one project in a difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// The project.
    pub project: Symbol,
    /// Its Shapley value: parts add up to the difference.
    pub share: f64,
    /// What it changes alone.
    pub alone: f64,
    /// What is lost without it.
    pub leave_one_out: f64,
    /// Standard error of the share, where it was sampled.
    pub standard_error: Option<f64>,
}

/// A difference, divided.
#[derive(Clone, Debug, PartialEq)]
pub struct Divided {
    /// The parts of the projects that touch it, in the order of the plan.
    pub parts: Vec<Part>,
    /// The difference less what the projects change alone: what they do only together (or undo of each other).
    pub interaction: f64,
}

impl Comparison {
    /// Divides the differences in a range among the projects that the two plans differ by; `None` for a figure that is
    /// missing with some of them.
    ///
    /// Only projects that can touch a figure are looked at: 2^n plans are evaluated for n of them when exact, and of those
    /// just the measures that the figure rests on. A project that is dropped acts by being left out. With a store, shares
    /// of the same content are computed once.
    ///
    /// # Errors
    /// When the projects that touch one figure are more than can be sampled.
    pub fn divide(&self, range: Range<usize>, how: &Division) -> Result<Vec<Option<Divided>>, Error> {
        let differences = self.differences.get(range).unwrap_or_default();
        let key = self.ground.store.as_ref().and_then(|_| self.shares_key(differences, how));
        if let Some(kept) = key.and_then(|key| self.kept_shares(&key, differences.len())) {
            return Ok(kept);
        }
        let shares = self.divide_anew(differences, how)?;
        if let Some(key) = key {
            self.keep_shares(&key, &shares);
        }
        Ok(shares)
    }

    fn divide_anew(&self, differences: &[Difference], how: &Division) -> Result<Vec<Option<Divided>>, Error> {
        let players: Vec<Symbol> = self.projects.iter().chain(&self.dropped).copied().collect();
        let mut indicators: Vec<Symbol> = differences.iter().map(|one| one.indicator).collect();
        indicators.dedup();
        let relevant = self.relevance(&players, &indicators);
        // Indicators that the same projects touch are evaluated together.
        let mut groups: BTreeMap<Vec<usize>, Vec<Symbol>> = BTreeMap::new();
        for (indicator, of) in indicators.iter().zip(&relevant) {
            groups.entry(of.clone()).or_default().push(*indicator);
        }
        let mut found: Vec<Option<Divided>> = vec![None; differences.len()];
        for (of, indicators) in groups {
            if of.is_empty() {
                continue;
            }
            let cells: Vec<usize> =
                (0..differences.len()).filter(|&at| indicators.contains(&differences[at].indicator)).collect();
            let design =
                Design::new(of.len(), Method::automatic(of.len(), how.exact_up_to, how.permutations, how.seed))?;
            let wanted: Vec<&Difference> = cells.iter().map(|&at| &differences[at]).collect();
            let of_group: Vec<Symbol> = of.iter().map(|&player| players[player]).collect();
            let rows: Vec<Vec<f64>> =
                design.masks().par_iter().map(|&mask| self.figures(&of_group, mask, &indicators, &wanted)).collect();
            let many = design.attribute_many(&rows)?;
            for (figure, &at) in cells.iter().enumerate() {
                let Some(divided) = many.figure(figure) else { continue };
                let part = |player: usize| Part {
                    project: of_group[player],
                    share: divided.shares[player],
                    alone: divided.alone[player],
                    leave_one_out: divided.leave_one_out[player],
                    standard_error: divided.standard_errors.map(|errors| errors[player]),
                };
                let interaction = divided.total - divided.alone.iter().sum::<f64>();
                found[at] = Some(Divided { parts: (0..of_group.len()).map(part).collect(), interaction });
            }
        }
        Ok(found)
    }

    /// The base with some of the projects that the plans differ by.
    fn with_some(&self, some: impl Fn(Symbol) -> bool) -> Study {
        let kept = self.of_base.iter().filter(|project| !(self.dropped.contains(project) && some(**project)));
        let added = self.projects.iter().filter(|project| some(**project));
        let chosen: FxHashSet<Symbol> = kept.chain(added).copied().collect();
        self.ground.edited(&self.ground.edits_of(&chosen), false)
    }

    /// The figures of some differences with a coalition of the players, NaN where there is none.
    fn figures(&self, players: &[Symbol], mask: Mask, indicators: &[Symbol], wanted: &[&Difference]) -> Vec<f64> {
        let is_in = |project: Symbol| {
            players.iter().position(|&player| player == project).is_some_and(|at| mask >> at & 1 == 1)
        };
        let study = self.with_some(is_in);
        let nodes: Vec<NodeId> = indicators.iter().map(|&indicator| NodeId::Indicator(indicator)).collect();
        study.evaluate(&nodes, self.view.as_of.map(days_of));
        let mut held: Option<(Symbol, Option<std::sync::Arc<crate::results::Node>>)> = None;
        let mut value = |one: &Difference| {
            if held.as_ref().is_none_or(|(indicator, _)| *indicator != one.indicator) {
                held = Some((one.indicator, study.node(one.indicator, self.view).ok()));
            }
            let (_, node) = held.as_ref()?;
            let series = &node.as_ref()?.series;
            let row = series.find(one.place, one.period, one.breakdown, study.ranks())?;
            series.value(row)
        };
        wanted.iter().map(|one| value(one).unwrap_or(f64::NAN)).collect()
    }

    /// For each indicator the players (by position) that can change it in any company, in order.
    ///
    /// A project can change an indicator when it edits observed rows that it rests on, or when with it alone an input of
    /// the indicator has other content. Rows of tables of objects that two projects edit both tie the two together: what
    /// one does to them may show only after the other. Rows that one project edits have two states, so looking at it alone
    /// is enough.
    fn relevance(&self, players: &[Symbol], indicators: &[Symbol]) -> Vec<Vec<usize>> {
        let before = self.with_some(|_| false);
        let nodes: Vec<NodeId> = indicators.iter().map(|&indicator| NodeId::Indicator(indicator)).collect();
        let as_of = self.view.as_of.map(days_of);
        before.evaluate(&nodes, as_of);
        let key = |study: &Study, indicator: Symbol| study.node(indicator, self.view).ok().map(|node| node.key);
        let touches: Vec<Vec<bool>> = players
            .par_iter()
            .map(|&player| {
                let alone = self.with_some(|project| project == player);
                alone.evaluate(&nodes, as_of);
                let edited = self.ground.observed_by(player);
                let stale = self.ground.stale(&self.ground.graph, &Changed { observed: edited, ..Changed::default() });
                let can = |&indicator: &Symbol| {
                    stale.contains(NodeId::Indicator(indicator)) || key(&before, indicator) != key(&alone, indicator)
                };
                indicators.iter().map(can).collect()
            })
            .collect();
        let tied = self.tied(players);
        let of = |indicator: usize| {
            let mut of: Vec<usize> = (0..players.len()).filter(|&player| touches[player][indicator]).collect();
            loop {
                let more =
                    |player: &usize| !of.contains(player) && of.iter().any(|&held| tied.contains(&(held, *player)));
                let Some(player) = (0..players.len()).find(more) else { break };
                of.push(player);
            }
            of.sort_unstable();
            of
        };
        (0..indicators.len()).map(of).collect()
    }

    /// Pairs of players that edit a row of a table of objects both.
    fn tied(&self, players: &[Symbol]) -> FxHashSet<(usize, usize)> {
        let mut by_target: FxHashMap<Target, Vec<usize>> = FxHashMap::default();
        for edit in &self.ground.edits.all {
            if let (What::Object(target, _), Some(at)) =
                (&edit.what, players.iter().position(|&player| player == edit.project))
            {
                // A flow may be meant with its period or without.
                let target = match *target {
                    Target::Flow(kind, from, to, _) => Target::Flow(kind, from, to, None),
                    // What waits for the stage of a project acts only with that project.
                    Target::Stage(project, stage, _) => {
                        let tied = by_target.entry(Target::Stage(project, stage, None)).or_default();
                        tied.extend(players.iter().position(|&player| player == project));
                        Target::Stage(project, stage, None)
                    }
                    other => other,
                };
                by_target.entry(target).or_default().push(at);
            }
        }
        let mut by_network: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        for edit in &self.ground.edits.all {
            if let (What::Network(of, _), Some(at)) =
                (&edit.what, players.iter().position(|&player| player == edit.project))
            {
                by_network.entry(&of.network).or_default().push(at);
            }
        }
        let mut tied = FxHashSet::default();
        for of in by_target.values().chain(by_network.values()) {
            tied.extend(of.iter().flat_map(|&a| of.iter().filter(move |&&b| b != a).map(move |&b| (a, b))));
        }
        tied
    }
}

impl Study {
    /// The indicators whose observed rows a project edits, those of effects that wait for a stage it changes included.
    fn observed_by(&self, project: Symbol) -> FxHashSet<Symbol> {
        let own = |edit: &&Edit| edit.project == project;
        let moved = self.edits.all.iter().filter(own).filter_map(|edit| match edit.what {
            What::Object(Target::Stage(project, stage, _), _) => Some((project, stage)),
            _ => None,
        });
        let moved: FxHashSet<(Symbol, Symbol)> = moved.collect();
        let waits = |edit: &&Edit| edit.stage.is_some_and(|stage| moved.contains(&(edit.project, stage)));
        let of = self.edits.all.iter().filter(|edit| own(edit) || waits(edit));
        of.filter_map(|edit| match &edit.what {
            What::Observation(cells, _) => Some(cells.indicator),
            What::Object(..) | What::Network(..) => None,
        })
        .collect()
    }
}
