//! Shares of projects in the store: dividing differences evaluates hundreds of plans, and asks the same again each time a
//! report is written.

use super::attribution::{Divided, Division, Part};
use super::compare::{Comparison, Difference};
use crate::key::{Key, Keyer};
use crate::leaf;
use crate::reads::Read;
use crate::select::{Table, days_of};
use rustc_hash::FxHashSet;
use umbel_core::Symbol;

/// Raised when the same comparison may be divided otherwise.
const VERSION: u64 = 1;

impl Comparison {
    /// The content that shares rest on: everything that the figures could read in any company of the projects, and what
    /// the projects do. Wider than what is read in one of them, so that a key is never that of other shares; `None` when
    /// a figure cannot be evaluated.
    pub(super) fn shares_key(&self, differences: &[Difference], how: &Division) -> Option<Key> {
        let (ground, region) = (&self.ground, &self.ground.region);
        let mut keyer = Keyer::new("shares");
        keyer.number(VERSION);
        keyer.number(how.exact_up_to as u64);
        keyer.number(u64::from(how.permutations));
        keyer.number(how.seed);
        keyer.text(&self.view.as_of.map(|day| day.to_string()).unwrap_or_default());
        let mut indicators: Vec<Symbol> = Vec::new();
        for one in differences {
            keyer.symbols(&[one.indicator, one.place, one.breakdown], &region.symbols);
            keyer.number(one.period.to_bits());
            if indicators.last() != Some(&one.indicator) {
                indicators.push(one.indicator);
                keyer.key(&self.base.node(one.indicator, self.view).ok()?.key);
                keyer.key(&self.plan.node(one.indicator, self.view).ok()?.key);
            }
        }
        for projects in [&self.of_base, &self.projects, &self.dropped] {
            keyer.symbols(projects, &region.symbols);
        }
        let chosen: FxHashSet<Symbol> = self.of_base.iter().chain(&self.projects).copied().collect();
        for effect in region.effects.iter().filter(|effect| chosen.contains(&effect.project)) {
            keyer.symbols(&[effect.id, effect.project, effect.stage, effect.source], &region.symbols);
            for text in [&effect.operation, &effect.table, &effect.key, &effect.column, &effect.value] {
                keyer.text(text);
            }
            keyer.number(effect.from.map_or(0, |from| from.to_bits()));
            keyer.text(effect.unit.as_ref().map_or("", |unit| unit.text()));
        }
        // All rows of what the figures rest on, read or not: an effect may let more of them be read.
        let (mut observed, mut tables): (FxHashSet<Symbol>, Vec<Table>) = Default::default();
        observed.extend(&indicators);
        let mut todo: Vec<usize> = indicators.iter().filter_map(|id| ground.graph.first.get(id).copied()).collect();
        let (mut seen, mut shapes): (FxHashSet<usize>, bool) = Default::default();
        while let Some(measure) = todo.pop() {
            if !seen.insert(measure) {
                continue;
            }
            for read in &ground.graph.measures[measure].reads {
                match read {
                    Read::Indicator { indicator, .. } => drop(observed.insert(*indicator)),
                    // The edits stand among the effects, so that what the files hold is enough here.
                    Read::Network { network } => {
                        if let Ok(node) = crate::leaf::network(region, *network, &[]) {
                            keyer.key(&node.key);
                        }
                    }
                    Read::Objects { table, shapes: also, .. } => {
                        shapes |= also;
                        if !tables.contains(table) {
                            tables.push(*table);
                        }
                    }
                }
            }
            todo.extend(ground.graph.below(measure));
        }
        let mut observed: Vec<Symbol> = observed.into_iter().collect();
        observed.sort_by_key(|id| ground.ranks.get(id.index()).copied());
        for indicator in observed {
            keyer.text(region.id(indicator));
            keyer.key(&region.digest(indicator));
        }
        // The log of stages dates effects, the tree carries sums.
        for table in [Table::Stages, Table::Places] {
            if !tables.contains(&table) {
                tables.push(table);
            }
        }
        tables.sort_by_key(|table| table.name());
        for table in tables {
            let all: Vec<u32> = (0..table.len(region) as u32).collect();
            keyer.key(&leaf::objects(region, table, &all, shapes, self.view.as_of.map(days_of)).key);
        }
        Some(keyer.finish())
    }

    /// The shares kept under a key, one entry for each of so many differences.
    pub(super) fn kept_shares(&self, key: &Key, differences: usize) -> Option<Vec<Option<Divided>>> {
        let content = self.ground.store.as_ref()?.content(key)?;
        let mut numbers = content.chunks_exact(8).map(|chunk| u64::from_le_bytes(chunk.try_into().unwrap_or_default()));
        let players: Vec<Symbol> = self.projects.iter().chain(&self.dropped).copied().collect();
        let mut all = Vec::with_capacity(differences);
        for _ in 0..differences {
            let count = numbers.next()?;
            if count == NOT_DIVIDED {
                all.push(None);
                continue;
            }
            let mut parts = Vec::new();
            for _ in 0..count {
                let project = *players.get(usize::try_from(numbers.next()?).ok()?)?;
                let mut figure = || numbers.next().map(f64::from_bits);
                let (share, alone, leave_one_out, error) = (figure()?, figure()?, figure()?, figure()?);
                let standard_error = Some(error).filter(|error| !error.is_nan());
                parts.push(Part { project, share, alone, leave_one_out, standard_error });
            }
            all.push(Some(Divided { parts, interaction: f64::from_bits(numbers.next()?) }));
        }
        numbers.next().is_none().then_some(all)
    }

    /// Keeps shares under a key.
    pub(super) fn keep_shares(&self, key: &Key, shares: &[Option<Divided>]) {
        let Some(store) = &self.ground.store else { return };
        let players: Vec<Symbol> = self.projects.iter().chain(&self.dropped).copied().collect();
        let mut content: Vec<u8> = Vec::new();
        let mut put = |number: u64| content.extend_from_slice(&number.to_le_bytes());
        for divided in shares {
            let Some(divided) = divided else {
                put(NOT_DIVIDED);
                continue;
            };
            put(divided.parts.len() as u64);
            for part in &divided.parts {
                put(players.iter().position(|player| *player == part.project).map_or(u64::MAX, |at| at as u64));
                let error = part.standard_error.unwrap_or(f64::NAN);
                [part.share, part.alone, part.leave_one_out, error].iter().for_each(|figure| put(figure.to_bits()));
            }
            put(divided.interaction.to_bits());
        }
        store.keep(key, &content);
    }
}

/// Stands for the number of parts of a difference that is not divided.
const NOT_DIVIDED: u64 = u64::MAX;
