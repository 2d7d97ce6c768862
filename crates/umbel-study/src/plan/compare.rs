//! What a plan changes: every figure that differs from its base.

use super::state::{Choice, PlanError};
use crate::graph::NodeId;
use crate::reads::Indicators;
use crate::results::{Node, RunError, View};
use crate::select::days_of;
use crate::study::Study;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use std::cmp::Ordering;
use std::sync::Arc;
use umbel_core::{Period, Symbol};

/// Figures closer than this, relative to the larger, are the same: sums carried along differ in their last bits.
const SAME: f64 = 1e-12;

/// A figure that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Indicator.
    pub indicator: Symbol,
    /// Place.
    pub place: Symbol,
    /// Period.
    pub period: Period,
    /// Breakdown ([`Symbol::NONE`] = total).
    pub breakdown: Symbol,
    /// The figure without the plan, in the indicator's unit; `None` where none is known.
    pub base: Option<f64>,
    /// The figure with it.
    pub plan: Option<f64>,
}

impl Difference {
    /// Plan less base; `None` unless both are known.
    pub fn change(&self) -> Option<f64> {
        Some(self.plan? - self.base?)
    }
}

/// A plan beside its base.
#[derive(Debug)]
pub struct Comparison {
    /// The region that both are edits of.
    pub(crate) ground: Study,
    /// The projects of the base.
    pub(crate) of_base: Vec<Symbol>,
    /// The region without the plan.
    pub base: Study,
    /// The region with it.
    pub plan: Study,
    /// The projects of the plan that are not in the base, in order: those that the differences are due to.
    pub projects: Vec<Symbol>,
    /// The projects of the base that are not in the plan.
    pub dropped: Vec<Symbol>,
    /// Which releases are seen.
    pub view: View,
    /// Every figure that differs: by id of the indicator, then place, period and breakdown.
    pub differences: Vec<Difference>,
    /// Measures that cannot be evaluated under one of the two, and why.
    pub failed: Vec<(Symbol, RunError)>,
}

impl Comparison {
    /// Whether a difference is for the better, by the direction of the indicator; `None` where neither way is, or the
    /// figure is not known on both sides.
    pub fn is_better(&self, difference: &Difference) -> Option<bool> {
        let direction = self.plan.indicator_info(difference.indicator)?.direction;
        let change = difference.change()?;
        match direction {
            0 => None,
            up => Some((change > 0.0) == (up > 0)),
        }
    }
}

/// Why a comparison cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompareError {
    /// One of the plans cannot be taken.
    #[error(transparent)]
    Plan(#[from] PlanError),
}

impl Study {
    /// The figures that differ between two plans. The last figures held are carried on to those of `periods` that are
    /// years to come, in the base as in the plan ([`Study::held`]); only figures of periods within one of `only` are told
    /// (of any when it is empty).
    ///
    /// Evaluates just the measures that the edits of either can touch.
    ///
    /// # Errors
    /// When a plan is unknown, or an effect of it cannot be applied.
    pub fn compare(
        &self,
        base: &Choice,
        plan: &Choice,
        periods: &[Period],
        only: &[Period],
        view: View,
    ) -> Result<Comparison, CompareError> {
        let (of_base, of_plan) = (self.projects_of(base)?, self.projects_of(plan)?);
        let ground = self.held(periods);
        let (before, after) = (ground.with_projects(&of_base)?, ground.with_projects(&of_plan)?);
        let (differences, failed) = differences(&before, &after, only, view);
        let apart = |here: &[Symbol], there: &[Symbol]| {
            here.iter().copied().filter(|project| !there.contains(project)).collect::<Vec<_>>()
        };
        Ok(Comparison {
            projects: apart(&of_plan, &of_base),
            dropped: apart(&of_base, &of_plan),
            ground,
            of_base,
            base: before,
            plan: after,
            view,
            differences,
            failed,
        })
    }

    /// The horizon of a plan, or of the nearest plan that it builds on which has one; empty when none has.
    pub fn horizon(&self, choice: &Choice) -> Vec<Period> {
        let plans = &self.region.plans;
        let named = |id: Symbol| plans.iter().find(|plan| id.is_some() && plan.id == id);
        let mut plan = choice.plan.as_deref().and_then(|id| self.region.symbols.get(id)).and_then(named);
        for _ in 0..plans.len() {
            match plan {
                Some(found) if found.horizon.is_none() => plan = named(found.parent),
                _ => break,
            }
        }
        plan.and_then(|plan| plan.horizon).into_iter().collect()
    }

    /// The study under a plan as it is looked at by itself: last figures are held up to its horizon, and in the years of
    /// targets until then, so that they are judged on what the plan does by then.
    ///
    /// # Errors
    /// As [`Study::planned`].
    pub fn seen_under(&self, choice: &Choice) -> Result<Study, PlanError> {
        let mut years = self.horizon(choice);
        if let Some(end) = years.first().map(|horizon| horizon.end()) {
            let targets = self.region.targets.iter().map(|target| target.period);
            years.extend(targets.filter(|period| period.end() <= end));
        }
        self.held(&years).planned(choice)
    }

    /// The indicators that an edit may have changed in one of two studies of the same region, by id.
    fn touched(&self, other: &Study) -> Vec<Symbol> {
        let ids = self.indicator_ids().into_iter().filter_map(|id| self.region.symbols.get(id));
        ids.filter(|&id| self.may_differ(id) || other.may_differ(id)).collect()
    }
}

fn differences(
    base: &Study,
    plan: &Study,
    periods: &[Period],
    view: View,
) -> (Vec<Difference>, Vec<(Symbol, RunError)>) {
    let indicators = base.touched(plan);
    let as_of = view.as_of.map(days_of);
    let nodes: Vec<NodeId> = indicators.iter().map(|&indicator| NodeId::Indicator(indicator)).collect();
    rayon::join(|| base.evaluate(&nodes, as_of), || plan.evaluate(&nodes, as_of));
    let found: Vec<Result<Vec<Difference>, RunError>> = indicators
        .par_iter()
        .map(|&indicator| {
            let (before, after) = (base.node(indicator, view)?, plan.node(indicator, view)?);
            Ok(between(&before, &after, indicator, base.ranks(), periods))
        })
        .collect();
    let (mut all, mut failed) = (Vec::new(), Vec::new());
    let mut told: FxHashSet<String> = FxHashSet::default();
    for (indicator, found) in indicators.into_iter().zip(found) {
        match found {
            Ok(rows) => all.extend(rows),
            // A measure that is broken without any plan is for the check to tell.
            Err(error) => {
                let broken = base.graph.infos.info(indicator).and_then(|info| info.measure);
                if broken.is_none_or(|measure| !base.is_broken(measure)) && told.insert(error.to_string()) {
                    failed.push((indicator, error));
                }
            }
        }
    }
    (all, failed)
}

/// The rows of two nodes of one indicator that differ. Linear in their rows.
fn between(
    before: &Arc<Node>,
    after: &Arc<Node>,
    indicator: Symbol,
    ranks: &[u32],
    periods: &[Period],
) -> Vec<Difference> {
    if before.key == after.key {
        return Vec::new();
    }
    let rank = |symbol: Symbol| ranks.get(symbol.index()).copied().unwrap_or(u32::MAX);
    let (a, b) = (&before.series, &after.series);
    let key = |series: &umbel_table::Series, row: usize| {
        (rank(series.place[row]), series.period[row], rank(series.breakdown[row]))
    };
    let mut found = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let side = match (i < a.len(), j < b.len()) {
            (true, true) => key(a, i).cmp(&key(b, j)),
            (true, false) => Ordering::Less,
            _ => Ordering::Greater,
        };
        let (series, row) = if side.is_le() { (a, i) } else { (b, j) };
        let (base, plan) = (a.value_at(i, side.is_le()), b.value_at(j, side.is_ge()));
        let (place, period, breakdown) = (series.place[row], series.period[row], series.breakdown[row]);
        if !is_same(base, plan) && (periods.is_empty() || periods.iter().any(|wanted| wanted.contains(period))) {
            found.push(Difference { indicator, place, period, breakdown, base, plan });
        }
        i += usize::from(side.is_le());
        j += usize::from(side.is_ge());
    }
    found
}

fn is_same(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b || (a - b).abs() <= SAME * a.abs().max(b.abs()),
        (None, None) => true,
        _ => false,
    }
}

/// The value of a row, where there is such a row.
trait ValueAt {
    fn value_at(&self, row: usize, there: bool) -> Option<f64>;
}

impl ValueAt for umbel_table::Series {
    fn value_at(&self, row: usize, there: bool) -> Option<f64> {
        if there { self.value(row) } else { None }
    }
}
