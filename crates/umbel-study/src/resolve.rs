//! Resolves the declared measures into a graph: what each reads, in which order they can be evaluated, in which units.

use crate::info::IndicatorInfo;
use crate::layout::Layout;
use crate::measure::Measure;
use crate::method::AnyMethod;
use crate::reads::{Indicators, Read, Reads, Units};
use crate::select::Table;
use crate::tree::PlaceTree;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;
use umbel_core::{Finding, Period, Symbol, Unit, code};
use umbel_table::{IndicatorKind, Region, Rows, Shared};

/// What is known of every indicator.
#[derive(Clone, Debug, Default)]
pub struct Infos {
    by_id: FxHashMap<Symbol, IndicatorInfo>,
    ids: Vec<String>,
}

impl Infos {
    /// Indicators of measures that could not be read: known by their id alone, so that whoever names them is not blamed.
    fn forgive(&mut self, unreadable: &[Symbol], region: &Region) {
        for &id in unreadable {
            self.by_id.entry(id).or_insert_with(|| IndicatorInfo {
                title: umbel_core::Text::plain(region.id(id)),
                unit: Unit::one(),
                direction: 0,
                kind: IndicatorKind::Rate,
                decimals: None,
                system: Symbol::NONE,
                scale: Symbol::NONE,
                description: umbel_core::Text::default(),
                measure: None,
                aggregation: "none".to_owned(),
                weight: Symbol::NONE,
                tolerance: 0.005,
            });
        }
    }
}

impl Indicators for Infos {
    fn info(&self, indicator: Symbol) -> Option<&IndicatorInfo> {
        self.by_id.get(&indicator)
    }

    fn ids(&self) -> Vec<&str> {
        self.ids.iter().map(String::as_str).collect()
    }
}

/// A measure with what it reads.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    pub reads: Vec<Read>,
    pub selections: Vec<Arc<[Symbol]>>,
    pub scales: Vec<Symbol>,
    pub whole_tree: bool,
    pub asked_periods: bool,
    /// Whether it reads the years to come that a plan is looked at in.
    pub held_years: bool,
    /// Unit that the method yields.
    pub unit: Unit,
    /// Whether a finding says that it cannot be evaluated.
    pub broken: bool,
    /// Longest way down to rows that are read.
    pub level: u32,
    /// Periods asked for, where it reads them.
    pub periods: Vec<Period>,
    /// Release dates that matter for it, ascending.
    pub vintages: Arc<[i32]>,
}

/// The resolved graph.
#[derive(Clone, Debug, Default)]
pub(crate) struct Graph {
    pub infos: Shared<Infos>,
    pub measures: Vec<Shared<Resolved>>,
    /// The first declared measure of each indicator.
    pub first: Shared<FxHashMap<Symbol, usize>>,
    /// Release dates that matter for each indicator, ascending.
    pub vintages: Shared<FxHashMap<Symbol, Arc<[i32]>>>,
    pub findings: Shared<Vec<Finding>>,
}

impl Graph {
    pub fn new(
        region: &Region,
        tree: &PlaceTree,
        measures: &[Measure],
        unreadable: &[Symbol],
        layout: &Layout,
    ) -> Graph {
        let mut graph = Graph::default();
        for (index, measure) in measures.iter().enumerate() {
            graph.first.entry(measure.indicator).or_insert(index);
        }
        graph.infos = infos(region, measures, &graph.first).into();
        graph.infos.forgive(unreadable, region);
        graph.read_all(region, tree, measures);
        let order = graph.order(measures, region);
        graph.units(region, measures, unreadable, &order);
        graph.collect_vintages(region, &order);
        graph.collect_periods(region, measures, layout, &order);
        graph.findings.sort_by(Finding::order);
        graph
    }

    fn read_all(&mut self, region: &Region, tree: &PlaceTree, measures: &[Measure]) {
        for measure in measures {
            let mut reads = Reads::new(region, tree, &*self.infos, measure.indicator);
            measure.method.reads(&mut reads);
            self.findings.extend(reads.problems.iter().map(|problem| measure.finding(problem)));
            self.measures.push(Shared::from(Resolved {
                broken: !reads.problems.is_empty(),
                reads: reads.inputs,
                selections: reads.selections,
                scales: reads.scales,
                whole_tree: reads.whole_tree,
                asked_periods: reads.asked_periods,
                held_years: reads.held_years,
                unit: Unit::one(),
                level: 1,
                periods: Vec::new(),
                vintages: Arc::new([]),
            }));
        }
    }

    /// Looks up anew which rows of tables the measures read, in an edited region. What is wrong has been told of the
    /// region itself; a measure that finds nothing any more is broken here only.
    pub fn reread<'a>(
        &mut self,
        region: &Region,
        tree: &PlaceTree,
        measures: &[Measure],
        method: impl Fn(usize) -> &'a dyn AnyMethod,
        which: impl Fn(usize, &Resolved) -> bool,
    ) {
        for (index, measure) in measures.iter().enumerate() {
            if self.measures[index].broken || !which(index, &self.measures[index]) {
                continue;
            }
            let mut reads = Reads::new(region, tree, &*self.infos, measure.indicator);
            method(index).reads(&mut reads);
            let resolved = &mut *self.measures[index];
            resolved.broken = !reads.problems.is_empty();
            (resolved.reads, resolved.selections) = (reads.inputs, reads.selections);
        }
    }

    /// Measures that a measure reads from, in the order of its inputs.
    pub fn below(&self, measure: usize) -> impl Iterator<Item = usize> {
        self.measures[measure].reads.iter().filter_map(|read| match read {
            Read::Indicator { indicator, observed: false, .. } => self.first.get(indicator).copied(),
            _ => None,
        })
    }

    /// An order in which every measure comes after those it reads from; measures on a cycle are reported and broken.
    fn order(&mut self, measures: &[Measure], region: &Region) -> Vec<usize> {
        let mut walk =
            Components { graph: self, state: vec![None; measures.len()], stack: Vec::new(), found: Vec::new() };
        for measure in 0..measures.len() {
            walk.visit(measure);
        }
        let found = walk.found;
        let mut order = Vec::new();
        for mut component in found {
            component.sort_unstable();
            let ring = component.len() > 1 || self.below(component[0]).any(|below| below == component[0]);
            if ring {
                let names: Vec<&str> = component.iter().map(|&m| region.id(measures[m].id)).collect();
                let at = measures[component[0]].location.clone();
                let message = match names.as_slice() {
                    [one] => format!("The measure \"{one}\" reads, through others, what it writes."),
                    many => format!("The measures {} read one another in a circle.", many.join(", ")),
                };
                self.findings.push(Finding::new(&code::M004, at, message, code::M004.mend));
                component.iter().for_each(|&m| self.measures[m].broken = true);
            }
            for &measure in &component {
                let level = self.below(measure).map(|below| self.measures[below].level + 1).max().unwrap_or(1);
                self.measures[measure].level = if ring { 1 } else { level };
            }
            order.extend(component);
        }
        order
    }

    fn units(&mut self, region: &Region, measures: &[Measure], unreadable: &[Symbol], order: &[usize]) {
        let registered = |indicator: Symbol| region.indicator(indicator).is_some();
        // Whether the unit of an indicator could not be found because its measure is broken.
        let mut unknown: FxHashSet<Symbol> = unreadable.iter().copied().filter(|&id| !registered(id)).collect();
        unknown.retain(|id| !self.first.contains_key(id));
        for &index in order {
            let (measure, resolved) = (&measures[index], &self.measures[index]);
            let is_first = self.first.get(&measure.indicator) == Some(&index);
            let own_unit = is_first && !registered(measure.indicator);
            let reads_unknown = resolved.reads.iter().any(|read| match read {
                Read::Indicator { indicator, .. } => unknown.contains(indicator),
                Read::Objects { .. } | Read::Network { .. } => false,
            });
            let declared = measure.unit.clone();
            let table = region.indicator(measure.indicator).map(|indicator| &indicator.unit);
            let found = match resolved.broken || reads_unknown {
                true => None,
                false => {
                    let units = Units {
                        region,
                        indicators: &*self.infos,
                        inputs: &resolved.reads,
                        own: measure.indicator,
                        declared: declared.as_ref().or(table),
                    };
                    match measure.method.unit(&units) {
                        Ok(unit) => Some(unit),
                        Err(problem) => {
                            self.findings.push(measure.finding(&problem));
                            None
                        }
                    }
                }
            };
            let Some(unit) = found else {
                self.measures[index].broken = true;
                if own_unit && declared.is_none() {
                    unknown.insert(measure.indicator);
                }
                continue;
            };
            if let Some(declared) = declared.as_ref().filter(|declared| !declared.same_dimension(&unit)) {
                let message = format!("The result is in {unit}, which is not a {declared}.");
                let at = measure.positions.value("unit").unwrap_or_else(|| measure.location.clone());
                self.findings.push(Finding::new(&code::M006, at, message, code::M006.mend));
                self.measures[index].broken = true;
                continue;
            }
            if own_unit && let Some(info) = self.infos.by_id.get_mut(&measure.indicator) {
                info.unit = declared.unwrap_or_else(|| unit.clone());
            }
            self.measures[index].unit = unit;
        }
        self.units_agree(region, measures);
    }

    /// Every measure of an indicator has its dimension.
    fn units_agree(&mut self, region: &Region, measures: &[Measure]) {
        for (index, measure) in measures.iter().enumerate() {
            let Some(info) = self.infos.by_id.get(&measure.indicator) else { continue };
            if self.measures[index].broken || info.unit.same_dimension(&self.measures[index].unit) {
                continue;
            }
            let first = self.first.get(&measure.indicator).is_some_and(|&first| self.measures[first].broken);
            let registered = region.indicator(measure.indicator).is_some();
            if registered || !first {
                let (id, unit) = (region.id(measure.indicator), &self.measures[index].unit);
                let message = format!("The result is in {unit}, but the indicator \"{id}\" is in {}.", info.unit);
                self.findings.push(Finding::new(&code::M006, measure.location.clone(), message, code::M006.mend));
            }
            self.measures[index].broken = true;
        }
    }

    fn collect_vintages(&mut self, region: &Region, order: &[usize]) {
        let mut observed: FxHashMap<Symbol, Arc<[i32]>> = FxHashMap::default();
        for (indicator, rows) in &region.observations.by_indicator {
            observed.insert(*indicator, distinct(rows.vintages().iter().copied()));
        }
        self.vintages = observed.clone().into();
        let none: Arc<[i32]> = Arc::new([]);
        for &index in order {
            let mut all: Vec<i32> = Vec::new();
            for read in &self.measures[index].reads {
                match read {
                    Read::Indicator { indicator, observed: only, .. } => {
                        let from = if *only { &observed } else { &self.vintages };
                        all.extend_from_slice(from.get(indicator).unwrap_or(&none));
                    }
                    Read::Objects { table: Table::Flows, rows, .. } => {
                        all.extend(rows.iter().map(|&row| region.flows[row as usize].vintage));
                    }
                    Read::Objects { .. } | Read::Network { .. } => {}
                }
            }
            let all = distinct(all.into_iter());
            self.measures[index].vintages = all.clone();
            let writes = self.first.iter().find(|(_, measure)| **measure == index).map(|(indicator, _)| *indicator);
            if let Some(indicator) = writes {
                let merged = observed.get(&indicator).unwrap_or(&none).iter().chain(all.iter()).copied();
                self.vintages.insert(indicator, distinct(merged));
            }
        }
    }

    fn collect_periods(&mut self, region: &Region, measures: &[Measure], layout: &Layout, order: &[usize]) {
        let general: Vec<Period> = layout.period.into_iter().chain(layout.base_period).collect();
        let mut asked: FxHashMap<Symbol, Vec<Period>> = FxHashMap::default();
        for claim in region.claims.iter().filter(|claim| claim.indicator.is_some()) {
            asked.entry(claim.indicator).or_default().extend(claim.period.into_iter().chain(claim.baseline));
        }
        for target in &region.targets {
            asked.entry(target.indicator).or_default().extend(target.baseline);
            asked.entry(target.indicator).or_default().push(target.period);
        }
        let maps = layout.front_map.iter().chain(layout.chapter.iter().flat_map(|chapter| &chapter.maps));
        for map in maps {
            if let (Some(indicator), Some(period)) = (region.symbols.get(&map.indicator), map.period) {
                asked.entry(indicator).or_default().push(period);
            }
        }
        for circle in layout.chapter.iter().flat_map(|chapter| &chapter.circles) {
            for indicator in [Some(&circle.indicator), circle.share.as_ref()].into_iter().flatten() {
                let indicator = region.symbols.get(indicator);
                indicator.into_iter().for_each(|id| asked.entry(id).or_default().extend(&circle.periods));
            }
        }
        for column in layout.chapter.iter().flat_map(|chapter| &chapter.matrices).flat_map(|matrix| &matrix.columns) {
            if let (Some(indicator), Some(period)) = (region.symbols.get(&column.indicator), column.period) {
                asked.entry(indicator).or_default().push(period);
            }
        }
        // From what is shown down to what it is computed from.
        for &index in order.iter().rev() {
            let mut periods = asked.get(&measures[index].indicator).cloned().unwrap_or_default();
            periods.extend_from_slice(&general);
            periods.sort_unstable();
            periods.dedup();
            for read in &self.measures[index].reads {
                if let Read::Indicator { indicator, .. } = read {
                    asked.entry(*indicator).or_default().extend_from_slice(&periods);
                }
            }
            if self.measures[index].asked_periods {
                self.measures[index].periods = periods;
            }
        }
    }
}

/// The release dates in a column, ascending, each once.
pub(crate) fn distinct(days: impl Iterator<Item = i32>) -> Arc<[i32]> {
    let mut last = Rows::UNDATED;
    let mut all: FxHashSet<i32> = FxHashSet::default();
    for day in days {
        if day != last && day != Rows::UNDATED {
            all.insert(day);
            last = day;
        }
    }
    let mut all: Vec<i32> = all.into_iter().collect();
    all.sort_unstable();
    all.into()
}

fn infos(region: &Region, measures: &[Measure], first: &FxHashMap<Symbol, usize>) -> Infos {
    let mut infos = Infos::default();
    for row in &region.indicators {
        infos.by_id.entry(row.id).or_insert_with(|| IndicatorInfo {
            title: row.title.clone(),
            unit: row.unit.clone(),
            direction: row.direction,
            kind: row.kind,
            decimals: row.decimals,
            system: row.system,
            scale: row.scale,
            description: row.description.clone(),
            measure: first.get(&row.id).copied(),
            aggregation: row.aggregation.clone(),
            weight: row.weight,
            tolerance: row.tolerance,
        });
    }
    for (index, measure) in measures.iter().enumerate() {
        if first.get(&measure.indicator) != Some(&index) {
            continue;
        }
        infos.by_id.entry(measure.indicator).or_insert_with(|| IndicatorInfo {
            title: measure.title.clone(),
            unit: measure.unit.clone().unwrap_or_default(),
            direction: measure.direction.unwrap_or(0),
            kind: measure.kind.unwrap_or(IndicatorKind::Rate),
            decimals: measure.decimals,
            system: measure.system,
            scale: measure.scale,
            description: measure.description.clone(),
            measure: Some(index),
            aggregation: measure.aggregation.clone().unwrap_or_else(|| "none".to_owned()),
            weight: Symbol::NONE,
            tolerance: 0.005,
        });
    }
    infos.ids = infos.by_id.keys().map(|&id| region.id(id).to_owned()).collect();
    infos.ids.sort_unstable();
    infos
}

/// Tarjan's strongly connected components, each after those it leads to.
struct Components<'a> {
    graph: &'a Graph,
    /// Number of the visit and the lowest number reached; the flag says whether it is still on the stack.
    state: Vec<Option<(usize, usize, bool)>>,
    stack: Vec<usize>,
    found: Vec<Vec<usize>>,
}

impl Components<'_> {
    fn visit(&mut self, start: usize) {
        if self.state[start].is_some() {
            return;
        }
        let mut next = self.state.iter().flatten().count();
        let mut calls: Vec<(usize, Vec<usize>)> = Vec::new();
        let mut open = |walk: &mut Self, measure: usize| {
            walk.state[measure] = Some((next, next, true));
            next += 1;
            walk.stack.push(measure);
            (measure, walk.graph.below(measure).collect::<Vec<_>>())
        };
        let first = open(self, start);
        calls.push(first);
        while let Some((measure, todo)) = calls.last_mut() {
            let measure = *measure;
            if let Some(below) = todo.pop() {
                match self.state[below] {
                    None => {
                        let call = open(self, below);
                        calls.push(call);
                    }
                    Some((number, _, true)) => self.lower(measure, number),
                    Some(_) => {}
                }
                continue;
            }
            calls.pop();
            let Some((number, lowest, _)) = self.state[measure] else { continue };
            if let Some((above, _)) = calls.last() {
                self.lower(*above, lowest);
            }
            if number == lowest {
                let from = self.stack.iter().rposition(|&m| m == measure).unwrap_or(0);
                let component = self.stack.split_off(from);
                for &member in &component {
                    if let Some(state) = &mut self.state[member] {
                        state.2 = false;
                    }
                }
                self.found.push(component);
            }
        }
    }

    fn lower(&mut self, measure: usize, to: usize) {
        if let Some(state) = &mut self.state[measure] {
            state.1 = state.1.min(to);
        }
    }
}
