//! `coverage`: the share of places that are reached.

use crate::filter::{Filter, Places};
use crate::inputs::Inputs;
use crate::kernels::sum::exact_sum;
use crate::method::{Method, Problem};
use crate::output::{Cell, Output, join_status};
use crate::parameters::{Existence, Periods, Weights, groups, one, periods, read_periods, read_place, written_at};
use crate::reads::{Reads, Units};
use crate::select::Table;
use crate::time::open_at;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::{Bound, Period, Status, Symbol, Unit, code};

/// Parameters of `coverage`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The places of which a share is taken.
    pub of: Places,
    /// Which links reach a place: a filter on the links table. A link reaches a place when it ends there or below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Filter>,
    /// Instead of links: the indicator whose figure says whether a place is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indicator: Option<String>,
    /// Reached when the figure is at most this, in the unit of the indicator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// Reached when the figure is at least this, in the unit of the indicator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// The indicator that weighs the places (people, as a rule); left out: each counts the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
    /// The period of the weights; left out: the period of the figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub weight_period: Option<Period>,
    /// The least share of the places whose figure must be known; below it the result is missing.
    #[serde(default = "one")]
    pub min_coverage: f64,
    /// The periods at whose end links are looked at; left out: those that are asked for. With an indicator: only these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub periods: Option<Periods>,
    /// The place where the share is written; left out: the region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

/// What is known of one place.
#[derive(Clone, Copy, PartialEq)]
enum Reached {
    Yes,
    No,
    Unknown,
    /// There is no such place at that time.
    Gone,
}

impl Reached {
    /// What is known before anything was looked at.
    fn before(exists: bool, state: Reached) -> Reached {
        if exists { state } else { Reached::Gone }
    }
}

impl Method for Coverage {
    const NAME: &'static str = "coverage";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Share of places, or of people, that a link reaches or whose figure passes a test.";
    const FORMULA: &'static str = "Σ wᵢ [reached i] / Σ wᵢ";
    const CITATION: &'static str = "United Nations, Global indicator framework for the Sustainable Development Goals, metadata of 11.2.1 (share of population with convenient access).";
    const ASSUMPTIONS: &'static str = "Only places that exist on the last day of the period count. A link that is open on that day and ends at a place, or below \
        it in the tree, reaches it. A figure that cannot exist (M, as where no way leads) is not reached; a place whose \
        figure is not known makes the result missing unless min_coverage allows it, and then the share is what is \
        reached at least (bound above) and an estimate (E).";
    const NOT_FOR: &'static str = "How well a place is served (a link a week and one every ten minutes both reach \
        it); places that contain each other.";
    const EXAMPLE: &'static str = r#"[people_on_the_railway]
method = "coverage"
of = { kind = "city" }
link = { kind = "high_speed_railway" }
weight = "population"
weight_period = "2020"
title = { en = "Share of people in cities on a high-speed line" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        let of = reads.places(&self.of, "of");
        match (&self.link, &self.indicator) {
            (Some(link), None) => {
                reads.objects(Table::Links, link, "link");
                read_periods(self.periods.as_ref(), reads);
                if self.at_most.is_some() || self.at_least.is_some() {
                    let message = "at_most and at_least test an indicator, not a link";
                    reads.problem(Problem::new(&code::M002, "", message, "Remove them, or give an indicator"));
                }
            }
            (None, Some(indicator)) => {
                reads.indicator_in(indicator, "indicator", of);
                reads.held_years();
                if self.at_most.is_none() && self.at_least.is_none() {
                    let message = "Nothing says which figures count as reached";
                    reads.problem(Problem::new(&code::M002, "indicator", message, "Give at_most or at_least"));
                }
            }
            _ => reads.problem(Problem::new(
                &code::M002,
                "",
                "Coverage is by a link or by an indicator, one of them",
                "Give link = { kind = \"...\" }, or indicator = \"...\" with at_most or at_least",
            )),
        }
        if let Some(weight) = &self.weight {
            reads.indicator_in(weight, "weight", of);
        }
        read_place(self.place.as_deref(), reads);
        reads.tree();
    }

    fn unit(&self, _: &Units<'_>) -> Result<Unit, Problem> {
        Ok(Unit::one())
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        let mut output = Output::new(Unit::one());
        let at = written_at(self.place.as_deref(), inputs)?;
        let existence = Existence::of(inputs, inputs.selection(0))?;
        match self.link {
            Some(_) => self.by_link(inputs, at, &existence, &mut output)?,
            None => self.by_indicator(inputs, at, &existence, &mut output),
        }
        Ok(output)
    }
}

impl Coverage {
    fn by_link(
        &self,
        inputs: &Inputs<'_>,
        at: Symbol,
        existence: &Existence,
        output: &mut Output,
    ) -> Result<(), String> {
        let (tree, places) = (inputs.tree()?, inputs.selection(0));
        for period in periods(self.periods.as_ref(), inputs) {
            let exists = existence.at(period);
            let mut reached: Vec<Reached> = exists.iter().map(|&exists| Reached::before(exists, Reached::No)).collect();
            let mut members = Vec::new();
            for (row, link) in inputs.links(0).filter(|(_, link)| open_at(link, period)) {
                let mut used = false;
                for end in [link.from, link.to] {
                    for place in std::iter::once(end).chain(tree.ancestors(end)) {
                        let found = places.binary_search_by_key(&inputs.rank(place), |&p| inputs.rank(p));
                        if let Some(found) = found.ok().filter(|&found| exists[found]) {
                            reached[found] = Reached::Yes;
                            used = true;
                        }
                    }
                }
                if used {
                    members.push((0, row));
                }
            }
            self.write(inputs, at, (period, Symbol::NONE), &reached, (Status::Normal, Bound::Exact), members, output);
        }
        Ok(())
    }

    fn by_indicator(&self, inputs: &Inputs<'_>, at: Symbol, existence: &Existence, output: &mut Output) {
        let (series, places) = (inputs.series(0), inputs.selection(0));
        let wanted = self.periods.as_ref().map(Periods::list);
        for group in groups(inputs, 0, places) {
            let held = inputs.held_years().contains(&group.period);
            if !held && wanted.as_ref().is_some_and(|wanted| wanted.binary_search(&group.period).is_err()) {
                continue;
            }
            let exists = existence.at(group.period);
            let mut reached: Vec<Reached> =
                exists.iter().map(|&exists| Reached::before(exists, Reached::Unknown)).collect();
            let (mut status, mut bound, mut members) = (Status::Normal, Bound::Exact, Vec::new());
            for &(place, row) in group.rows.iter().filter(|(place, _)| exists[*place]) {
                members.push((0, row));
                reached[place] = match series.value(row) {
                    Some(value) => {
                        status = join_status(status, series.status[row]);
                        let passes = self.at_most.is_none_or(|most| value <= most)
                            && self.at_least.is_none_or(|least| value >= least);
                        if !self.certain(value, series.bound[row]) {
                            bound = Bound::About;
                        }
                        if passes { Reached::Yes } else { Reached::No }
                    }
                    None if series.status[row] == Status::CannotExist => Reached::No,
                    None => Reached::Unknown,
                };
            }
            self.write(inputs, at, (group.period, group.breakdown), &reached, (status, bound), members, output);
        }
    }

    /// Whether a bound leaves no doubt about the test.
    fn certain(&self, value: f64, bound: Bound) -> bool {
        match bound {
            Bound::Exact => true,
            Bound::Above => {
                self.at_most.is_none_or(|most| value > most) && self.at_least.is_none_or(|least| value >= least)
            }
            Bound::Below => {
                self.at_most.is_none_or(|most| value <= most) && self.at_least.is_none_or(|least| value < least)
            }
            Bound::About => false,
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn write(
        &self,
        inputs: &Inputs<'_>,
        at: Symbol,
        (period, breakdown): (Period, Symbol),
        reached: &[Reached],
        (mut status, mut bound): (Status, Bound),
        mut members: Vec<(usize, usize)>,
        output: &mut Output,
    ) {
        let places = inputs.selection(0);
        let mut weight = vec![1.0; places.len()];
        let mut weighed = true;
        if self.weight.is_some() {
            let weights = Weights { input: 1, period: self.weight_period };
            for (at, place) in places.iter().enumerate().filter(|(at, _)| reached[*at] != Reached::Gone) {
                match weights.row(inputs, *place, period) {
                    Some((row, value)) => {
                        weight[at] = value;
                        members.push((1, row));
                        status = join_status(status, inputs.series(1).status[row]);
                        if inputs.series(1).bound[row] != Bound::Exact {
                            bound = Bound::About;
                        }
                    }
                    None => weighed = false,
                }
            }
        }
        let total_of = |which: Reached| {
            exact_sum(reached.iter().zip(&weight).filter(|(state, _)| **state == which).map(|(_, weight)| *weight))
        };
        let there = reached.iter().zip(&weight).filter(|(state, _)| **state != Reached::Gone);
        let total = exact_sum(there.map(|(_, weight)| *weight));
        let known = if total > 0.0 { 1.0 - total_of(Reached::Unknown) / total } else { 0.0 };
        let cell = if !weighed || total <= 0.0 || known + 1e-12 < self.min_coverage {
            Cell::missing()
        } else {
            if known < 1.0 {
                status = join_status(status, Status::Estimated);
                bound = bound.join(Bound::Above);
            }
            Cell { value: Some(total_of(Reached::Yes) / total), status, bound }
        };
        let row = output.push(at, period, breakdown, cell, members);
        output.cover(row, known);
    }
}
