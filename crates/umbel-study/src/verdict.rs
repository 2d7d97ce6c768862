//! The method `verdict`: judges every claim on every definition and every release.
//!
//! A claim is judged on the observed rows of its indicator and on every measure that defines it, in every view that
//! shows another figure. It is *kept* when it holds on all of them, *missed* when it holds on none, and *depends* in
//! between; where nothing is held or only a bound is known that leaves it open, it is *undecidable*. A view in which
//! the figure is missing (not all parts released yet) judges nothing.

use crate::graph::NodeId;
use crate::judge::{self, Statement};
use crate::reads::Indicators;
use crate::results::{ClaimResult, Figure, Judgement, Undecidable};
use crate::select::date_of;
use crate::study::Study;
use std::collections::BTreeMap;
use std::sync::Arc;
use umbel_core::{Evidence, Period, Symbol, Text, Unit, Verdict};
use umbel_table::Claim;

/// What is needed to judge a claim.
struct Case<'a> {
    claim: &'a Claim,
    unit: Unit,
    statement: Statement,
    period: Period,
    definitions: Vec<NodeId>,
}

impl Study {
    /// Judges every claim, in the order of the table.
    pub fn claims(&self) -> Vec<ClaimResult> {
        let cases: Vec<Result<Case<'_>, Undecidable>> =
            self.region.claims.iter().map(|claim| self.case(claim)).collect();
        // Everything that is needed is evaluated first, so that independent parts run side by side.
        let mut wanted: BTreeMap<Option<i32>, Vec<NodeId>> = BTreeMap::new();
        for id in cases.iter().flatten().flat_map(|case| &case.definitions) {
            for day in self.days(*id) {
                wanted.entry(day).or_default().push(*id);
            }
        }
        wanted.iter().for_each(|(day, nodes)| self.evaluate(nodes, *day));
        let judged = cases.into_iter().enumerate().map(|(index, case)| match case {
            Ok(case) => self.judge(index, &case),
            Err(reason) => self.undecidable(index, reason),
        });
        judged.collect()
    }

    fn case<'a>(&'a self, claim: &'a Claim) -> Result<Case<'a>, Undecidable> {
        if !claim.indicator.is_some() {
            return Err(Undecidable::NoFigure);
        }
        let (Some(comparator), Some(value), Some(period)) = (claim.comparator, claim.value, claim.period) else {
            return Err(Undecidable::NoFigure);
        };
        let info = self.graph.infos.info(claim.indicator).ok_or(Undecidable::NoData)?;
        let unit = claim.unit.clone().unwrap_or_else(|| info.unit.clone());
        if !unit.same_dimension(&info.unit) {
            return Err(Undecidable::NoData);
        }
        let tolerance = judge::tolerance(&claim.tolerance, comparator, value, &claim.value_text);
        let statement = Statement { comparator, value, high: claim.high, tolerance };
        let observed = self.region.observations.observed(claim.indicator).is_some_and(|rows| !rows.is_empty());
        let measures = self.definitions(claim.indicator).filter(|&measure| !self.is_broken(measure));
        let observed = observed.then_some(NodeId::Observed(claim.indicator));
        let definitions = observed.into_iter().chain(measures.map(NodeId::Measure)).collect();
        Ok(Case { claim, unit, statement, period, definitions })
    }

    /// A day for each view of a node that shows other rows, ascending; the first sees only rows without a date.
    fn days(&self, id: NodeId) -> Vec<Option<i32>> {
        let observed;
        let vintages: &[i32] = match id {
            NodeId::Measure(measure) => &self.graph.measures[measure].vintages,
            NodeId::Observed(indicator) | NodeId::Indicator(indicator) => {
                let rows = self.region.observations.observed(indicator).map_or(&[][..], |rows| rows.vintages());
                observed = crate::resolve::distinct(rows.iter().copied());
                &observed
            }
        };
        match vintages {
            [] => vec![None],
            [first, ..] => std::iter::once(first.saturating_sub(1)).chain(vintages.iter().copied()).map(Some).collect(),
        }
    }

    fn judge(&self, index: usize, case: &Case<'_>) -> ClaimResult {
        let mut judgements: Vec<Judgement> = Vec::new();
        for &id in &case.definitions {
            let mut views: Vec<Judgement> = Vec::new();
            for (view, day) in self.days(id).into_iter().enumerate() {
                // The first view has no release before it: what it shows has no date.
                let dated = day.filter(|_| view > 0);
                let Some(judgement) = self.judge_view(case, id, day, dated) else { continue };
                match views.last_mut() {
                    // The same figure, released again: known from the earlier day, resting on the later release.
                    Some(last) if last.value == judgement.value && last.bound == judgement.bound => {
                        *last = Judgement { as_of: last.as_of, ..judgement };
                    }
                    _ => views.push(judgement),
                }
            }
            judgements.extend(views.into_iter().rev());
        }
        let kept = judgements.iter().any(|judgement| judgement.holds == Some(true));
        let missed = judgements.iter().any(|judgement| judgement.holds == Some(false));
        let (verdict, reason) = match (kept, missed) {
            (true, true) => (Verdict::Depends, None),
            (true, false) => (Verdict::Kept, None),
            (false, true) => (Verdict::Missed, None),
            (false, false) if judgements.is_empty() => (Verdict::Undecidable, Some(Undecidable::NoData)),
            (false, false) => (Verdict::Undecidable, Some(Undecidable::BoundOnly)),
        };
        ClaimResult {
            claim: index,
            verdict,
            evidence: judgements.iter().map(|judgement| judgement.evidence).min().unwrap_or(Evidence::None),
            unit: case.unit.clone(),
            comparator: Some(case.statement.comparator),
            tolerance: case.statement.tolerance,
            depends_on: if verdict == Verdict::Depends { depends_on(&judgements) } else { (false, false) },
            judgements,
            reason,
        }
    }

    fn judge_view(&self, case: &Case<'_>, id: NodeId, day: Option<i32>, dated: Option<i32>) -> Option<Judgement> {
        let node = self.get(id, day).ok()?;
        let row = node.series.find(case.claim.place, case.period, Symbol::NONE, &self.ranks)?;
        let value = node.series.unit.convert(node.series.value(row)?, &case.unit)?;
        let bound = node.series.bound[row];
        let measure = if let NodeId::Measure(measure) = id { Some(measure) } else { None };
        let figure = Figure { node: Arc::clone(&node), row };
        Some(Judgement {
            measure,
            definition: measure.map_or_else(Text::default, |measure| self.measures[measure].definition.clone()),
            as_of: dated.and_then(date_of),
            value,
            bound,
            holds: judge::holds(&case.statement, value, bound),
            evidence: self.evidence(&figure, case.claim.source),
            figure,
        })
    }

    fn undecidable(&self, index: usize, reason: Undecidable) -> ClaimResult {
        let claim = &self.region.claims[index];
        ClaimResult {
            claim: index,
            verdict: Verdict::Undecidable,
            evidence: Evidence::None,
            unit: claim.unit.clone().unwrap_or_default(),
            comparator: claim.comparator,
            tolerance: 0.0,
            judgements: Vec::new(),
            depends_on: (false, false),
            reason: Some(reason),
        }
    }
}

/// Whether one definition alone gives both answers (vintage), and whether the definitions disagree in their latest view.
fn depends_on(judgements: &[Judgement]) -> (bool, bool) {
    let groups: Vec<&[Judgement]> = judgements.chunk_by(|a, b| a.measure == b.measure).collect();
    let both = |group: &&[Judgement]| {
        let says = |answer| group.iter().any(|judgement| judgement.holds == Some(answer));
        says(true) && says(false)
    };
    let vintage = groups.iter().any(both);
    let latest: Vec<bool> = groups.iter().filter_map(|group| group.iter().find_map(|j| j.holds)).collect();
    let definition = latest.windows(2).any(|pair| pair[0] != pair[1]);
    (vintage, definition || !vintage)
}
