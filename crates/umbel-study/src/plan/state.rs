//! The state of a region under a plan.

use super::edit::{Edit, EffectProblem, Target, What};
use super::network::DatedEdit;
use super::objects::{self, RowEdit};
use super::observations::{self, FigureEdit};
use super::parts;
use crate::graph::{NodeId, Stale};
use crate::key::Keyer;
use crate::method::AnyMethod;
use crate::reads::{Indicators, Read};
use crate::resolve::Graph;
use crate::select::Table;
use crate::study::Study;
use crate::suggest::nearest;
use crate::tree::PlaceTree;
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::{Borrow, Cow};
use std::collections::BTreeMap;
use std::sync::Arc;
use umbel_core::{Date, Period, Symbol};
use umbel_table::{Effect, ObservedRows, Region, Rows, Stage};

/// A plan as asked for: one of the table, with further projects, or without some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// The plan; `None` = the tables as they stand.
    pub plan: Option<String>,
    /// Projects taken in besides, in order.
    pub with: Vec<String>,
    /// Projects left out.
    pub without: Vec<String>,
}

impl Choice {
    /// A plan of the table.
    pub fn plan(id: &str) -> Choice {
        Choice { plan: Some(id.to_owned()), ..Choice::default() }
    }
}

/// Why a plan cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Not in the table of plans.
    #[error("there is no plan \"{id}\"{}", hint(.near))]
    UnknownPlan {
        /// Its id.
        id: String,
        /// The known id that is nearest.
        near: Option<String>,
    },
    /// Not in the table of projects.
    #[error("there is no project \"{id}\"{}", hint(.near))]
    UnknownProject {
        /// Its id.
        id: String,
        /// The known id that is nearest.
        near: Option<String>,
    },
    /// To be left out, but not in the plan.
    #[error("the project \"{id}\" is not in the plan, so it cannot be left out{}", hint(.near))]
    NotInPlan {
        /// Its id.
        id: String,
        /// The project of the plan that is nearest.
        near: Option<String>,
    },
    /// Effects of its projects that cannot be applied.
    #[error("{count} effect{} of the plan cannot be applied, the first: {first}; see the findings of the check", if *.count == 1 { "" } else { "s" })]
    Unsound {
        /// How many.
        count: usize,
        /// What is wrong with the first.
        first: String,
    },
}

fn hint(near: &Option<String>) -> String {
    near.as_ref().map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default()
}

impl Study {
    /// The projects of a choice, in order: those of the plans that it builds on first, each once.
    ///
    /// # Errors
    /// When a plan or project is unknown, or one to be left out is not in it.
    pub fn projects_of(&self, choice: &Choice) -> Result<Vec<Symbol>, PlanError> {
        let region = &self.region;
        let mut line: Vec<&umbel_table::Plan> = Vec::new();
        if let Some(id) = &choice.plan {
            let found = region.plans.iter().find(|plan| region.id(plan.id) == id);
            let near = || nearest(id, region.plans.iter().map(|plan| region.id(plan.id))).map(str::to_owned);
            let mut plan = Some(found.ok_or_else(|| PlanError::UnknownPlan { id: id.clone(), near: near() })?);
            while let Some(next) = plan.filter(|next| !line.iter().any(|held| held.id == next.id)) {
                line.push(next);
                plan = region.plans.iter().find(|plan| next.parent.is_some() && plan.id == next.parent);
            }
        }
        let mut projects: Vec<Symbol> = Vec::new();
        let of_plans: Vec<Symbol> = line.iter().rev().flat_map(|plan| plan.projects.iter().copied()).collect();
        let known = |id: &String| {
            let symbol = region.symbols.get(id).filter(|&id| region.projects.iter().any(|project| project.id == id));
            let near = || nearest(id, region.projects.iter().map(|project| region.id(project.id))).map(str::to_owned);
            symbol.ok_or_else(|| PlanError::UnknownProject { id: id.clone(), near: near() })
        };
        let with = choice.with.iter().map(known).collect::<Result<Vec<_>, _>>()?;
        for project in of_plans.into_iter().chain(with) {
            if !projects.contains(&project) {
                projects.push(project);
            }
        }
        for id in &choice.without {
            let project = known(id)?;
            let Some(at) = projects.iter().position(|&held| held == project) else {
                let near = nearest(id, projects.iter().map(|&held| region.id(held))).map(str::to_owned);
                return Err(PlanError::NotInPlan { id: id.clone(), near });
            };
            projects.remove(at);
        }
        Ok(projects)
    }

    /// The study of the region under a plan. What the plan does not change is shared with this study, evaluated or not.
    ///
    /// # Errors
    /// When the plan is unknown, or an effect of its projects cannot be applied.
    pub fn planned(&self, choice: &Choice) -> Result<Study, PlanError> {
        self.with_projects(&self.projects_of(choice)?)
    }

    /// The study of the region with the effects of these projects.
    ///
    /// # Errors
    /// When an effect of them cannot be applied.
    pub fn with_projects(&self, projects: &[Symbol]) -> Result<Study, PlanError> {
        let chosen: FxHashSet<Symbol> = projects.iter().copied().collect();
        let of_chosen = |effect: usize| chosen.contains(&self.region.effects[effect].project);
        let on_networks = self.edits.all.iter().any(|edit| edit.is_on_network() && chosen.contains(&edit.project));
        let parts = if on_networks { self.unknown_parts() } else { &[] };
        let wrong: Vec<_> =
            self.edits.problems.iter().chain(parts).filter(|problem| of_chosen(problem.effect)).collect();
        if let Some(first) = wrong.first() {
            let id = self.region.id(self.region.effects[first.effect].id);
            let first = format!("\"{id}\": {}", first.message);
            return Err(PlanError::Unsound { count: wrong.len(), first });
        }
        Ok(self.edited(&self.edits_of(&chosen), false))
    }

    /// What is wrong with effects on networks. The networks are read when it is first asked for, once for all plans.
    pub(crate) fn unknown_parts(&self) -> &[EffectProblem] {
        self.parts.get_or_init(|| parts::problems(&self.region, &self.edits.all))
    }

    /// The edits of these projects in the order in which they are applied: by day, then added, set, scaled, shifted,
    /// retired, then by id; so that the order of projects and of rows does not matter.
    ///
    /// An effect that waits for a stage is dated by the log of stages as these projects leave it; one whose project does
    /// not reach the stage is left out.
    pub(crate) fn edits_of(&self, chosen: &FxHashSet<Symbol>) -> Vec<Cow<'_, Edit>> {
        let of = self.edits.all.iter().filter(|edit| chosen.contains(&edit.project));
        let mut edits: Vec<Cow<'_, Edit>> = of.clone().filter(|edit| edit.stage.is_none()).map(Cow::Borrowed).collect();
        let mut waiting = of.filter_map(|edit| Some((edit, edit.stage?))).peekable();
        if waiting.peek().is_some() {
            let log = self.stages_with(chosen);
            let mut reached: FxHashMap<(Symbol, Symbol), Date> = FxHashMap::default();
            for row in log.iter() {
                let day = reached.entry((row.project, row.stage)).or_insert(row.date.start());
                *day = row.date.start().min(*day);
            }
            for (edit, stage) in waiting {
                if let Some(&day) = reached.get(&(edit.project, stage)) {
                    edits.push(Cow::Owned(Edit { from: Some(day), ..edit.clone() }));
                }
            }
        }
        edits.sort_by_key(|edit| (edit.from, edit.order(), self.rank(edit)));
        edits
    }

    /// Its place in the order of the ids of effects.
    fn rank(&self, edit: &Edit) -> u32 {
        let id = self.region.effects[edit.effect].id;
        self.ranks.get(id.index()).copied().unwrap_or(u32::MAX)
    }

    /// The log of stages with the effects of these projects on it.
    pub(crate) fn stages_with(&self, chosen: &FxHashSet<Symbol>) -> Cow<'_, [Stage]> {
        let of_stages =
            |edit: &&Edit| chosen.contains(&edit.project) && matches!(edit.what, What::Object(Target::Stage(..), _));
        let mut edits: Vec<&Edit> = self.edits.all.iter().filter(of_stages).collect();
        if edits.is_empty() {
            return Cow::Borrowed(&self.region.stages);
        }
        edits.sort_by_key(|edit| (edit.from, edit.order(), self.rank(edit)));
        let mut stages = self.region.stages.to_vec();
        for edit in edits {
            let Effect { origin, source, .. } = self.region.effects[edit.effect];
            if let What::Object(target, change) = &edit.what {
                objects::apply_to_stages(&mut stages, &RowEdit { target: *target, change, from: None, origin, source });
            }
        }
        Cow::Owned(stages)
    }

    /// From when an effect is in force in the region as it is here: `from`, or the period in which its project reaches
    /// the stage that it waits for. `None` = always was, or (with a stage) never is.
    pub fn in_force_from(&self, effect: &Effect) -> Option<Period> {
        match effect.stage.is_some() {
            false => effect.from,
            true => {
                let of = |row: &&Stage| row.project == effect.project && row.stage == effect.stage;
                self.region.stages.iter().filter(of).map(|row| row.date).min_by_key(|date| date.start())
            }
        }
    }

    /// The study of the region with these edits; `forgetting` = its nodes are of no use to other studies.
    pub(crate) fn edited<E: Borrow<Edit>>(&self, edits: &[E], forgetting: bool) -> Study {
        let mut region = self.region.clone();
        let mut changed = Changed::default();
        let mut figures: BTreeMap<u32, (Symbol, Vec<FigureEdit>, Keyer)> = BTreeMap::new();
        for edit in edits {
            let edit: &Edit = edit.borrow();
            let effect = &self.region.effects[edit.effect];
            let (origin, source) = (effect.origin, effect.source);
            match &edit.what {
                What::Observation(cells, change) => {
                    let rank = self.ranks.get(cells.indicator.index()).copied().unwrap_or(u32::MAX);
                    let (_, all, keyer) =
                        figures.entry(rank).or_insert_with(|| (cells.indicator, Vec::new(), Keyer::new("edited")));
                    keyer.text(self.region.id(effect.id));
                    keyer.text(&format!("{change:?} {:?} {:?}", edit.from, cells.period));
                    keyer.text(self.region.id(cells.place));
                    keyer.text(self.region.id(cells.breakdown));
                    all.push(FigureEdit { cells: *cells, change: *change, from: edit.from, origin, source });
                }
                What::Network(edit_of, _) => {
                    let edit = DatedEdit { from: edit.from, edit: edit_of.clone(), origin, source };
                    changed.networks.get_or_insert_default().push(edit);
                }
                What::Object(target, change) => {
                    objects::apply(&mut region, &RowEdit { target: *target, change, from: edit.from, origin, source });
                    changed.table(*target);
                }
            }
        }
        for (indicator, edits, mut keyer) in figures.into_values() {
            keyer.key(&self.region.digest(indicator));
            let adds_up = self.graph.infos.info(indicator).is_some_and(|info| info.aggregation == "sum");
            let mut rows = self.rows_of(indicator);
            observations::apply(&mut rows, &edits, &self.tree, adds_up);
            put_rows(&mut region, indicator, rows, keyer.finish());
            changed.observed.insert(indicator);
        }
        self.variant(region, &changed, forgetting)
    }

    /// The rows of an indicator, to be changed.
    fn rows_of(&self, indicator: Symbol) -> Rows {
        match self.region.observations.rows(indicator) {
            Some(rows) => rows.clone(),
            None => Rows::in_unit(self.graph.infos.info(indicator).map(|info| info.unit.clone())),
        }
    }

    /// The study of the region in which the last figure of every year series is held for later years: what would be if
    /// nothing changed. Periods that are no years are left alone. The figures so added are forecasts (status F).
    pub fn held(&self, periods: &[Period]) -> Study {
        let mut years: Vec<Period> = periods.iter().copied().filter(|period| period.as_year().is_some()).collect();
        years.sort_unstable();
        years.dedup();
        if years.is_empty() {
            return self.edited::<Edit>(&[], false);
        }
        let (mut region, mut changed) = (self.region.clone(), Changed::default());
        let indicators: Vec<Symbol> = self.region.observations.by_indicator.iter().map(|(id, _)| *id).collect();
        for indicator in indicators {
            let Some(rows) = self.region.observations.rows(indicator) else { continue };
            let mut held = rows.clone();
            observations::hold(&mut held, &years);
            if held.len() != rows.len() {
                let mut keyer = Keyer::new("held");
                years.iter().for_each(|year| keyer.number(year.to_bits()));
                keyer.key(&self.region.digest(indicator));
                put_rows(&mut region, indicator, held, keyer.finish());
                changed.observed.insert(indicator);
            }
        }
        changed.held = Some(years.into());
        self.variant(region, &changed, false)
    }

    /// The study of an edited region: `changed` says which tables differ from those of this study.
    pub(crate) fn variant(&self, region: Region, changed: &Changed, forgetting: bool) -> Study {
        let drawn_methods = changed.methods.clone().unwrap_or_else(|| self.drawn_methods.clone());
        let method = |measure: usize| -> &dyn AnyMethod {
            &**drawn_methods.get(&measure).unwrap_or(&self.measures[measure].method)
        };
        let is_drawn = |measure: usize| changed.methods.as_ref().is_some_and(|drawn| drawn.contains_key(&measure));
        let mut tree = self.tree.clone();
        if changed.places {
            tree = Arc::new(PlaceTree::new(&region, &self.ranks));
        }
        let mut graph = self.graph.clone();
        if changed.places || changed.links || changed.flows || changed.stages || changed.methods.is_some() {
            graph.reread(&region, &tree, &self.measures, method, |index, resolved| {
                changed.places || is_drawn(index) || resolved.reads.iter().any(|read| changed.is_read(read))
            });
        }
        let stale = self.stale(&graph, changed);
        Study {
            region,
            measures: self.measures.clone(),
            layout: self.layout.clone(),
            ranks: self.ranks.clone(),
            tree,
            graph,
            memo: Arc::new(self.memo.edited(stale, forgetting)),
            store: self.store.clone().filter(|_| !forgetting),
            edits: self.edits.clone(),
            parts: self.parts.clone(),
            costs: self.costs.clone(),
            drawn_methods: drawn_methods.clone(),
            network_edits: changed.networks.clone().map_or_else(|| self.network_edits.clone(), Arc::new),
            held: changed.held.clone().unwrap_or_else(|| self.held.clone()),
        }
    }

    /// The nodes that a change may touch. Linear in the graph.
    pub(crate) fn stale(&self, graph: &Graph, changed: &Changed) -> Stale {
        let mut order: Vec<usize> = (0..graph.measures.len()).collect();
        order.sort_by_key(|&measure| graph.measures[measure].level);
        let mut stale = Stale {
            observed: changed.observed.clone(),
            indicators: changed.observed.clone(),
            measures: vec![changed.places; graph.measures.len()],
            tree: changed.places,
        };
        for index in order {
            let resolved = &graph.measures[index];
            let touched = resolved.reads.iter().any(|read| match read {
                Read::Indicator { indicator, observed: true, .. } => stale.observed.contains(indicator),
                Read::Indicator { indicator, .. } => stale.indicators.contains(indicator),
                Read::Objects { .. } => changed.is_read(read),
                Read::Network { network } => changed.is_edited(&self.region, *network),
            });
            let drawn = changed.methods.as_ref().is_some_and(|drawn| drawn.contains_key(&index));
            stale.measures[index] |= touched || drawn || (changed.held.is_some() && resolved.held_years);
            let writes = self.measures[index].indicator;
            if stale.measures[index] && graph.first.get(&writes) == Some(&index) {
                stale.indicators.insert(writes);
            }
        }
        stale
    }

    /// Whether an indicator, or a measure that writes it, may differ from that of the study that this one is an edit of.
    pub(crate) fn may_differ(&self, indicator: Symbol) -> bool {
        self.memo.is_stale(NodeId::Indicator(indicator))
    }
}

pub(crate) fn put_rows(region: &mut Region, indicator: Symbol, rows: Rows, digest: [u8; 32]) {
    let rows = Arc::new(ObservedRows::edited(rows, digest));
    let all = &mut region.observations.by_indicator;
    match all.iter_mut().find(|(id, _)| *id == indicator) {
        Some((_, held)) => *held = rows,
        None => all.push((indicator, rows)),
    }
}

/// Which tables an edit changed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changed {
    pub observed: FxHashSet<Symbol>,
    /// The years that figures are held for, where they are new.
    pub held: Option<Arc<[Period]>>,
    /// The methods of measures whose parameters are drawn, where they are.
    pub methods: Option<Arc<FxHashMap<usize, Arc<dyn AnyMethod>>>>,
    /// The edits of networks, where there are any.
    pub networks: Option<Vec<DatedEdit>>,
    pub places: bool,
    pub links: bool,
    pub flows: bool,
    pub stages: bool,
}

impl Changed {
    fn table(&mut self, target: Target) {
        match target {
            Target::Place(_) => self.places = true,
            Target::Link(_) => self.links = true,
            Target::Flow(..) => self.flows = true,
            Target::Stage(..) => self.stages = true,
            // Targets are judged, no measure reads them.
            Target::Wanted(_) => {}
        }
    }

    /// Whether an edit changes a network.
    fn is_edited(&self, region: &Region, network: usize) -> bool {
        let name = region.networks.get(network).map(|network| &network.name);
        self.networks.iter().flatten().any(|edit| Some(&edit.edit.network) == name)
    }

    fn is_read(&self, read: &Read) -> bool {
        match read {
            Read::Objects { table: Table::Places, .. } => self.places,
            Read::Objects { table: Table::Links, .. } => self.links,
            Read::Objects { table: Table::Flows, .. } => self.flows,
            Read::Objects { table: Table::Stages, .. } => self.stages,
            _ => false,
        }
    }
}
