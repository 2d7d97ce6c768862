//! Evaluation: just the nodes that are asked for, each content once, independent ones in parallel.

use crate::analysis::Analysed;
use crate::inputs::Inputs;
use crate::key::{Key, Keyer};
use crate::leaf;
use crate::method::AnyMethod;
use crate::reads::{Indicators, Read};
use crate::results::{Lineage, Node, NodeKind, RunError};
use crate::study::Study;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use umbel_core::Symbol;
use umbel_table::Series;

/// A node by what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum NodeId {
    /// Observed rows of an indicator.
    Observed(Symbol),
    /// Rows of a measure.
    Measure(usize),
    /// An indicator: observed rows, and those of its first measure.
    Indicator(Symbol),
}

type Outcome = Result<Arc<Node>, RunError>;

/// What has been evaluated so far.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    /// By node and number of the releases seen.
    slots: Mutex<FxHashMap<(NodeId, usize), Outcome>>,
    /// By content: views and plans that show the same rows share a node.
    by_key: Arc<Mutex<FxHashMap<Key, Arc<Node>>>>,
    tree: Arc<OnceLock<Key>>,
    /// The memo of the study that this one is an edit of, which holds every node that the edit cannot change.
    base: Option<(Arc<Memo>, Stale)>,
}

/// The nodes that an edit may change.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stale {
    /// Indicators whose observed rows it changes.
    pub observed: FxHashSet<Symbol>,
    /// Indicators whose rows it may change.
    pub indicators: FxHashSet<Symbol>,
    /// For each measure whether it reads, through others too, what it changes.
    pub measures: Vec<bool>,
    /// Whether it changes the tree of places.
    pub tree: bool,
}

impl Stale {
    pub(crate) fn contains(&self, id: NodeId) -> bool {
        match id {
            NodeId::Observed(indicator) => self.observed.contains(&indicator),
            NodeId::Indicator(indicator) => self.indicators.contains(&indicator),
            NodeId::Measure(measure) => self.measures.get(measure).copied().unwrap_or(true),
        }
    }
}

impl Memo {
    /// The memo of an edit of the study that has this one; `forgetting` = its nodes are of no use to other edits.
    pub(crate) fn edited(self: &Arc<Memo>, stale: Stale, forgetting: bool) -> Memo {
        Memo {
            slots: Mutex::default(),
            by_key: if forgetting { Arc::default() } else { self.by_key.clone() },
            tree: if stale.tree { Arc::default() } else { self.tree.clone() },
            base: Some((self.clone(), stale)),
        }
    }

    /// Whether a node may differ from that of the base; without a base every node may.
    pub(crate) fn is_stale(&self, id: NodeId) -> bool {
        self.base.as_ref().is_none_or(|(_, stale)| stale.contains(id))
    }

    /// The memo that holds a node: its own, or that of the base which the edits leave alone.
    fn of(&self, id: NodeId) -> &Memo {
        let mut memo = self;
        while let Some((base, stale)) = &memo.base {
            if stale.contains(id) {
                break;
            }
            memo = base;
        }
        memo
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A map is never left half-changed, so one whose holder panicked is still good.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Study {
    /// Number of the releases that a node sees on a day: views with the same number show the same rows.
    fn epoch(&self, id: NodeId, as_of: Option<i32>) -> usize {
        let vintages = match id {
            NodeId::Observed(indicator) | NodeId::Indicator(indicator) => self.graph.vintages.get(&indicator),
            NodeId::Measure(measure) => self.graph.measures.get(measure).map(|resolved| &resolved.vintages),
        };
        let vintages: &[i32] = vintages.map_or(&[], |all| all);
        as_of.map_or(vintages.len(), |day| vintages.partition_point(|&vintage| vintage <= day))
    }

    fn remembered(&self, id: NodeId, as_of: Option<i32>) -> Option<Outcome> {
        lock(&self.memo.of(id).slots).get(&(id, self.epoch(id, as_of))).cloned()
    }

    /// The measures evaluated so far, under this plan and those that it is an edit of.
    pub(crate) fn evaluated(&self) -> BTreeSet<usize> {
        let mut measures = BTreeSet::new();
        let mut memo = Some(&*self.memo);
        while let Some(held) = memo {
            let measure = |(id, _): &(NodeId, usize)| if let NodeId::Measure(at) = id { Some(*at) } else { None };
            measures.extend(lock(&held.slots).keys().filter_map(measure));
            memo = held.base.as_ref().map(|(base, _)| &**base);
        }
        measures
    }

    fn has_rows(&self, indicator: Symbol) -> bool {
        self.region.observations.observed(indicator).is_some_and(|rows| !rows.is_empty())
    }

    /// The first measure of an indicator, unless a finding says that it cannot be evaluated.
    fn provider(&self, indicator: Symbol) -> Option<usize> {
        self.graph.first.get(&indicator).copied().filter(|&measure| !self.graph.measures[measure].broken)
    }

    fn read_id(&self, read: &Read) -> Option<NodeId> {
        match read {
            Read::Indicator { indicator, observed: true, .. } => Some(NodeId::Observed(*indicator)),
            Read::Indicator { indicator, .. } => Some(NodeId::Indicator(*indicator)),
            Read::Objects { .. } | Read::Network { .. } => None,
        }
    }

    /// Nodes that a node is made from, and its level.
    fn parts(&self, id: NodeId) -> (Vec<NodeId>, u32) {
        match id {
            NodeId::Observed(_) => (Vec::new(), 0),
            NodeId::Measure(measure) => {
                let resolved = &self.graph.measures[measure];
                if resolved.broken {
                    return (Vec::new(), 0);
                }
                (resolved.reads.iter().filter_map(|read| self.read_id(read)).collect(), 2 * resolved.level)
            }
            NodeId::Indicator(indicator) => {
                let measure = self.provider(indicator);
                let level = measure.map_or(1, |measure| 2 * self.graph.measures[measure].level + 1);
                let observed = NodeId::Observed(indicator);
                (std::iter::once(observed).chain(measure.map(NodeId::Measure)).collect(), level)
            }
        }
    }

    /// Evaluates nodes and all that they are made from, level by level.
    pub(crate) fn evaluate(&self, wanted: &[NodeId], as_of: Option<i32>) {
        let mut levels: Vec<Vec<NodeId>> = Vec::new();
        let mut seen: FxHashSet<NodeId> = FxHashSet::default();
        let mut todo: Vec<NodeId> = wanted.to_vec();
        while let Some(id) = todo.pop() {
            if !seen.insert(id) || self.remembered(id, as_of).is_some() {
                continue;
            }
            let (parts, level) = self.parts(id);
            let level = level as usize;
            if levels.len() <= level {
                levels.resize(level + 1, Vec::new());
            }
            levels[level].push(id);
            todo.extend(parts);
        }
        for level in &mut levels {
            level.sort_unstable();
            let outcomes: Vec<(NodeId, Outcome)> =
                level.par_iter().map(|&id| (id, self.evaluate_one(id, as_of))).collect();
            for (id, outcome) in outcomes {
                lock(&self.memo.of(id).slots).entry((id, self.epoch(id, as_of))).or_insert(outcome);
            }
        }
    }

    /// A node in a view.
    pub(crate) fn get(&self, id: NodeId, as_of: Option<i32>) -> Outcome {
        if let Some(outcome) = self.remembered(id, as_of) {
            return outcome;
        }
        self.evaluate(&[id], as_of);
        self.remembered(id, as_of).unwrap_or(Err(RunError::Cycle))
    }

    /// The node with this content, or the one given, which then becomes it.
    fn shared(&self, node: Node) -> Arc<Node> {
        lock(&self.memo.by_key).entry(node.key).or_insert_with(|| Arc::new(node)).clone()
    }

    fn known(&self, key: &Key) -> Option<Arc<Node>> {
        lock(&self.memo.by_key).get(key).cloned()
    }

    /// A node whose parts are evaluated.
    fn evaluate_one(&self, id: NodeId, as_of: Option<i32>) -> Outcome {
        match id {
            NodeId::Observed(indicator) => {
                let info = self.graph.infos.info(indicator);
                let unit = info.map(|info| info.unit.clone()).unwrap_or_default();
                Ok(self.shared(leaf::observed(&self.region, indicator, &unit, as_of, &self.ranks)))
            }
            NodeId::Measure(measure) => self.evaluate_measure(measure, as_of),
            NodeId::Indicator(indicator) => {
                let observed = self.get(NodeId::Observed(indicator), as_of)?;
                match self.provider(indicator) {
                    None => Ok(observed),
                    Some(measure) => {
                        let computed = self.get(NodeId::Measure(measure), as_of)?;
                        if !self.has_rows(indicator) { Ok(computed) } else { Ok(self.merge(&observed, &computed)) }
                    }
                }
            }
        }
    }

    fn evaluate_measure(&self, index: usize, as_of: Option<i32>) -> Outcome {
        let (measure, resolved) = (&self.measures[index], &self.graph.measures[index]);
        let name = || self.region.id(measure.id).to_owned();
        if resolved.broken {
            return Err(RunError::Broken { measure: name() });
        }
        let inputs = self.inputs_of(index, as_of)?;
        let key = self.measure_key(index, &inputs);
        if let Some(node) = self.known(&key) {
            return Ok(node);
        }
        let info = self.graph.infos.info(measure.indicator);
        let unit = info.map_or_else(|| resolved.unit.clone(), |info| info.unit.clone());
        if let Some((series, lineage, coverage)) = self.stored(&key, &inputs, &unit) {
            let kind = NodeKind::Measure { measure: index };
            return Ok(self.shared(Node {
                indicator: measure.indicator,
                kind,
                key,
                series,
                inputs,
                lineage,
                coverage,
            }));
        }
        let begun = std::time::Instant::now();
        let failed = |message: String| RunError::Failed { measure: name(), message };
        let given = self.given(index, &inputs);
        let output = AnyMethod::evaluate(self.method(index), &given).map_err(failed)?;
        let mut output = output.sorted(&self.ranks, |symbol| self.region.id(symbol).to_owned()).map_err(failed)?;
        output.check(&inputs).map_err(failed)?;
        let computed = output.series.unit.clone();
        if !output.series.convert(&unit) {
            return Err(failed(format!("the result is in {computed}, which is not a {unit}")));
        }
        let node = Node {
            indicator: measure.indicator,
            kind: NodeKind::Measure { measure: index },
            key,
            series: output.series,
            inputs,
            lineage: output.lineage,
            coverage: output.coverage,
        };
        let took = begun.elapsed();
        self.took(index, took);
        // Quick only where somebody else has travelled just before.
        let travels = resolved.reads.iter().any(|read| matches!(read, Read::Network { .. }));
        self.keep(&node, took, travels);
        Ok(self.shared(node))
    }

    /// The nodes that a measure reads.
    fn inputs_of(&self, index: usize, as_of: Option<i32>) -> Result<Vec<Arc<Node>>, RunError> {
        let resolved = &self.graph.measures[index];
        let measure_name = || self.region.id(self.measures[index].id).to_owned();
        let mut inputs = Vec::with_capacity(resolved.reads.len());
        for read in &resolved.reads {
            inputs.push(match read {
                Read::Objects { table, rows, shapes } => {
                    // Not shared with plans that hold the same rows: they may stand elsewhere in their table.
                    Arc::new(leaf::objects(&self.region, *table, rows, *shapes, as_of))
                }
                Read::Network { network } => {
                    let leaf = leaf::network(&self.region, *network, &self.network_edits);
                    Arc::new(leaf.map_err(|message| RunError::Failed { measure: measure_name(), message })?)
                }
                Read::Indicator { places, .. } => {
                    let id = self.read_id(read).ok_or(RunError::Cycle)?;
                    let node = self.get(id, as_of)?;
                    match places {
                        Some(places) => self.part(&node, places),
                        None => node,
                    }
                }
            });
        }
        Ok(inputs)
    }

    /// What a measure is given when it is evaluated.
    fn given<'a>(&'a self, index: usize, inputs: &'a [Arc<Node>]) -> Inputs<'a> {
        let (measure, resolved) = (&self.measures[index], &self.graph.measures[index]);
        Inputs {
            region: &self.region,
            network_edits: &self.network_edits,
            ranks: &self.ranks,
            tree: &self.tree,
            indicators: &*self.graph.infos,
            own: measure.indicator,
            reads: &resolved.reads,
            nodes: inputs,
            selections: &resolved.selections,
            scales: &resolved.scales,
            periods: &resolved.periods,
            held: if resolved.held_years { &self.held } else { &[] },
            whole_tree: resolved.whole_tree,
            unit: resolved.unit.clone(),
        }
    }

    /// Everything that the analysis of a measure gives in a view; `None` when its method is none.
    ///
    /// # Errors
    /// When the measure, or one that it reads, cannot be run.
    pub(crate) fn analysed_in(&self, index: usize, as_of: Option<i32>) -> Result<Option<Vec<Analysed>>, RunError> {
        let measure = &self.measures[index];
        let name = || self.region.id(measure.id).to_owned();
        if self.graph.measures[index].broken {
            return Err(RunError::Broken { measure: name() });
        }
        let inputs = self.inputs_of(index, as_of)?;
        let given = self.given(index, &inputs);
        let analysed = AnyMethod::analysed(self.method(index), &given).transpose();
        analysed.map_err(|message| RunError::Failed { measure: name(), message })
    }

    /// The content of a measure whose inputs are evaluated, or are now.
    pub(crate) fn key_of(&self, index: usize, as_of: Option<i32>) -> Result<Key, RunError> {
        Ok(self.measure_key(index, &self.inputs_of(index, as_of)?))
    }

    /// Whether the rows of this content are at hand or in the store.
    pub(crate) fn is_kept(&self, key: &Key) -> bool {
        self.known(key).is_some() || self.store.as_ref().is_some_and(|store| store.has(key))
    }

    fn measure_key(&self, index: usize, inputs: &[Arc<Node>]) -> Key {
        let (measure, resolved) = (&self.measures[index], &self.graph.measures[index]);
        let mut keyer = Keyer::new("measure");
        keyer.text(self.region.id(measure.id));
        keyer.text(self.region.id(measure.indicator));
        keyer.text(measure.registration.name);
        keyer.number(u64::from(measure.registration.version));
        keyer.text(&self.method(index).parameters().to_string());
        keyer.unit(&resolved.unit);
        let read = resolved.reads.iter().filter_map(|read| match read {
            Read::Indicator { indicator, .. } => Some(*indicator),
            Read::Objects { .. } | Read::Network { .. } => None,
        });
        for indicator in read.chain([measure.indicator]) {
            if let Some(info) = self.graph.infos.info(indicator) {
                keyer.text(self.region.id(indicator));
                keyer.unit(&info.unit);
                keyer.byte(info.direction as u8);
                keyer.text(&format!("{:?}", info.kind));
                keyer.text(&info.aggregation);
                keyer.text(self.region.id(info.weight));
                keyer.text(self.region.id(info.scale));
            }
        }
        keyer.number(resolved.selections.len() as u64);
        resolved.selections.iter().for_each(|places| keyer.symbols(places, &self.region.symbols));
        keyer.number(resolved.periods.len() as u64);
        resolved.periods.iter().for_each(|period| keyer.number(period.to_bits()));
        if resolved.held_years && !self.held.is_empty() {
            keyer.text("held");
            self.held.iter().for_each(|year| keyer.number(year.to_bits()));
        }
        for &scale in &resolved.scales {
            keyer.text(self.region.id(scale));
            for step in self.region.scales.iter().filter(|step| step.scale == scale) {
                keyer.text(self.region.id(step.code));
                keyer.number(step.rank as u64);
            }
        }
        if resolved.whole_tree {
            keyer.key(self.memo.tree.get_or_init(|| leaf::tree_key(&self.region)));
        }
        keyer.number(inputs.len() as u64);
        inputs.iter().for_each(|input| keyer.key(&input.key));
        keyer.finish()
    }

    /// The rows of a node at some places (sorted by id).
    fn part(&self, node: &Arc<Node>, places: &[Symbol]) -> Arc<Node> {
        let rank = |symbol: Symbol| self.ranks.get(symbol.index()).copied().unwrap_or(u32::MAX);
        let column = &node.series.place;
        let mut rows: Vec<u32> = Vec::new();
        for &place in places {
            let start = column.partition_point(|&p| rank(p) < rank(place));
            let length = column[start..].partition_point(|&p| p == place);
            rows.extend(start as u32..(start + length) as u32);
        }
        if rows.len() == node.series.len() {
            return node.clone();
        }
        if let Some(part) = leaf::observed_part(&self.region, node, &rows) {
            return self.shared(part);
        }
        let mut keyer = Keyer::new("part");
        match node.kind {
            NodeKind::Indicator => node.inputs.iter().for_each(|input| keyer.key(&self.part(input, places).key)),
            _ => {
                keyer.key(&node.key);
                keyer.symbols(places, &self.region.symbols);
            }
        }
        let lineage = Lineage {
            set: (0..rows.len() as u32).collect(),
            starts: (0..=rows.len() as u32).collect(),
            members: rows.iter().map(|&row| (0, row)).collect(),
        };
        let coverage = match node.coverage.is_empty() {
            true => Vec::new(),
            false => rows.iter().map(|&row| node.coverage[row as usize]).collect(),
        };
        let (kind, inputs) = (NodeKind::Indicator, vec![node.clone()]);
        let series = node.series.take(&rows);
        self.shared(Node { indicator: node.indicator, kind, key: keyer.finish(), series, inputs, lineage, coverage })
    }

    /// Observed rows, and computed ones where nothing is observed (no row, or one without a value).
    fn merge(&self, observed: &Arc<Node>, computed: &Arc<Node>) -> Arc<Node> {
        let mut keyer = Keyer::new("indicator");
        keyer.key(&observed.key);
        keyer.key(&computed.key);
        let key = keyer.finish();
        if let Some(node) = self.known(&key) {
            return node;
        }
        let rank = |symbol: Symbol| self.ranks.get(symbol.index()).copied().unwrap_or(u32::MAX);
        let order =
            |series: &Series, row: usize| (rank(series.place[row]), series.period[row], rank(series.breakdown[row]));
        let (a, b) = (&observed.series, &computed.series);
        let mut series = Series::new(a.unit.clone());
        let (mut members, mut coverage) = (Vec::with_capacity(a.len() + b.len()), Vec::new());
        let (mut i, mut j) = (0, 0);
        while i < a.len() || j < b.len() {
            let side = match (i < a.len(), j < b.len()) {
                (true, true) => order(a, i).cmp(&order(b, j)),
                (true, false) => std::cmp::Ordering::Less,
                _ => std::cmp::Ordering::Greater,
            };
            let take_observed = match side {
                std::cmp::Ordering::Less => true,
                std::cmp::Ordering::Greater => false,
                std::cmp::Ordering::Equal => a.value(i).is_some() || b.value(j).is_none(),
            };
            if take_observed {
                series.push_from(a, i);
                members.push((0_u16, i as u32));
                coverage.push(f64::NAN);
            } else {
                series.push_from(b, j);
                members.push((1_u16, j as u32));
                coverage.push(computed.coverage.get(j).copied().unwrap_or(f64::NAN));
            }
            i += usize::from(side.is_le());
            j += usize::from(side.is_ge());
        }
        if computed.coverage.is_empty() {
            coverage.clear();
        }
        let rows = members.len() as u32;
        self.shared(Node {
            indicator: observed.indicator,
            kind: NodeKind::Indicator,
            key,
            series,
            inputs: vec![observed.clone(), computed.clone()],
            lineage: Lineage { set: (0..rows).collect(), starts: (0..=rows).collect(), members },
            coverage,
        })
    }
}
