//! The plans of the layout, each compared with its base once: what the chapter and the front page tell of them.

use crate::book::State;
use crate::card::{Card, Cell};
use crate::parts;
use maud::Markup;
use std::cmp::Reverse;
use std::sync::Arc;
use umbel_core::{Bound, Period, Symbol, Unit};
use umbel_study::format::Shown;
use umbel_study::layout::PlanLayout;
use umbel_study::plan::{Choice, Comparison, Difference, Divided, Division, Gains};
use umbel_study::{Figure, Node, Study, View};
use umbel_table::IndicatorKind;

/// Indicators told in full when the layout names none.
const TOPICS: usize = 10;

/// How differences are divided: orders are drawn where a figure depends on many projects, so that the report is written
/// in seconds; the error that this leaves is told beside the share.
const DIVISION: Division = Division { exact_up_to: 10, permutations: 128, seed: 1 };

/// A plan of the layout.
#[derive(Debug)]
pub struct Case<'a> {
    /// What the layout says of it.
    pub layout: &'a PlanLayout,
    /// The plan beside its base, or why it cannot be taken.
    pub taken: Result<Taken, String>,
}

/// A plan beside its base.
#[derive(Debug)]
pub struct Taken {
    /// What differs.
    pub comparison: Comparison,
    /// The periods told, empty for all; last figures are held up to them.
    pub periods: Vec<Period>,
    /// The states of the base and of the plan, as a manifest names them.
    pub states: [State; 2],
    /// Id of the plan.
    pub plan: String,
    /// The indicators told in full.
    pub topics: Vec<Topic>,
    /// Indicators of the layout that the plan leaves as they are, or that nobody provides.
    pub unmoved: Vec<String>,
    /// Who gains, with the indicator that counts the people; `None` when the layout names none.
    pub gains: Option<(Symbol, Result<Vec<Gains>, String>)>,
}

/// An indicator that a plan changes.
#[derive(Debug)]
pub struct Topic {
    /// The indicator.
    pub indicator: Symbol,
    /// The period told.
    pub period: Period,
    /// Its differences in that period, totals only (positions among all differences), in the order of the places.
    pub rows: Vec<usize>,
    /// The one that is divided among the projects: that of the whole region, else the largest.
    pub example: usize,
    /// The example divided; `None` when a figure is missing with some of the projects.
    pub divided: Result<Option<Divided>, String>,
}

/// Compares the plans of the layout with their bases.
pub fn cases<'a>(study: &'a Study, home: Symbol) -> Vec<Case<'a>> {
    study.layout.plan.iter().map(|layout| Case { layout, taken: take(study, layout, home) }).collect()
}

fn take(study: &Study, layout: &PlanLayout, home: Symbol) -> Result<Taken, String> {
    let plan = Choice::plan(&layout.id);
    let base = layout.base.as_deref().map(Choice::plan).unwrap_or_default();
    let periods = if layout.periods.is_empty() { study.horizon(&plan) } else { layout.periods.clone() };
    let compared = study.compare(&base, &plan, &periods, &periods, View::default());
    let comparison = compared.map_err(|error| error.to_string())?;
    let found = |id: &String| {
        study.region.symbols.get(id).and_then(|indicator| topic(study, &comparison, indicator, &periods, home))
    };
    let (topics, unmoved) = if layout.indicators.is_empty() {
        (most(study, &comparison, &periods, home), Vec::new())
    } else {
        let unmoved = layout.indicators.iter().filter(|id| found(id).is_none()).cloned().collect();
        (layout.indicators.iter().filter_map(found).collect(), unmoved)
    };
    let held: Vec<String> = periods.iter().map(Period::to_string).collect();
    let state = |plan: &str| State { plan: plan.to_owned(), held: held.join(";") };
    let states = [state(layout.base.as_deref().unwrap_or_default()), state(&layout.id)];
    let mut taken = Taken { comparison, periods, states, plan: layout.id.clone(), topics, unmoved, gains: None };
    for at in 0..taken.topics.len() {
        let example = taken.topics[at].example;
        let divided = taken.comparison.divide(example..example + 1, &DIVISION);
        taken.topics[at].divided = divided.map(|mut all| all.pop().flatten()).map_err(|error| error.to_string());
    }
    let population = study.layout.population.as_ref().and_then(|id| study.region.symbols.get(id));
    taken.gains = population
        .map(|population| (population, taken.comparison.gains(population, &[]).map_err(|error| error.to_string())));
    Ok(taken)
}

/// The indicators with most differences.
fn most(study: &Study, comparison: &Comparison, periods: &[Period], home: Symbol) -> Vec<Topic> {
    let mut counted: Vec<(usize, Symbol)> = Vec::new();
    for one in &comparison.differences {
        match counted.last_mut() {
            Some((count, indicator)) if *indicator == one.indicator => *count += 1,
            _ => counted.push((1, one.indicator)),
        }
    }
    // Differences stand by the id of their indicator, and the sort is stable.
    counted.sort_by_key(|(count, _)| Reverse(*count));
    let topics = counted.into_iter().filter_map(|(_, indicator)| topic(study, comparison, indicator, periods, home));
    topics.take(TOPICS).collect()
}

/// An indicator in the last period that is told of it; `None` when no total of it differs.
fn topic(study: &Study, comparison: &Comparison, indicator: Symbol, periods: &[Period], home: Symbol) -> Option<Topic> {
    let totals = || {
        let all = comparison.differences.iter().enumerate();
        all.filter(move |(_, one)| one.indicator == indicator && !one.breakdown.is_some())
    };
    let asked = periods.iter().copied().filter(|period| totals().any(|(_, one)| one.period == *period));
    let last = |periods: &mut dyn Iterator<Item = Period>| periods.max_by_key(|period| (period.end(), period.start()));
    let period = last(&mut asked.into_iter()).or_else(|| last(&mut totals().map(|(_, one)| one.period)))?;
    let mut rows: Vec<usize> = totals().filter(|(_, one)| one.period == period).map(|(at, _)| at).collect();
    let place = |at: &usize| comparison.differences[*at].place;
    let by_change = |at: &usize| comparison.differences[*at].change().map_or(-1.0, f64::abs);
    let largest = rows.iter().copied().reduce(|best, at| if by_change(&at) > by_change(&best) { at } else { best })?;
    let own = rows.iter().copied().find(|at| place(at) == home && comparison.differences[*at].change().is_some());
    rows.sort_by_key(|at| (place(at) != home, study.tree().row(place(at))));
    Some(Topic { indicator, period, rows, example: own.unwrap_or(largest), divided: Ok(None) })
}

/// The series of an indicator without a plan and with it.
pub type Sides = [Option<Arc<Node>>; 2];

/// A figure without a plan and with it.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Without; `None` where there is no row.
    pub base: Option<Cell>,
    /// With.
    pub plan: Option<Cell>,
}

impl Pair {
    /// What is shown of one side; a dash where nothing is held.
    pub fn shown(card: &Card<'_>, side: &Option<Cell>) -> String {
        side.as_ref().filter(|cell| cell.value.is_some()).map_or_else(|| "–".into(), |cell| card.shown(cell).text())
    }

    /// The change in the indicator's unit with its sign, and relative to the base where that says more; `None` when one
    /// side is not known.
    pub fn change(&self, card: &Card<'_>) -> Option<(String, String)> {
        let (base, plan) = (self.base.as_ref()?, self.plan.as_ref()?);
        let (before, after) = (base.value?, plan.value?);
        let relative = card.change(base, plan).unwrap_or_default();
        let stepped =
            card.look(plan.indicator).scale.is_some() || card.info(plan.indicator).kind == IndicatorKind::Class;
        if stepped && !relative.is_empty() {
            return Some((relative, String::new()));
        }
        let amount = signed(card, plan.indicator, after - before, &plan.unit);
        // A change in points says it all; so does one from nothing, or through it.
        let all = is_in_points(card, plan.indicator, &plan.unit) || relative == amount;
        Some((amount, if all { String::new() } else { relative }))
    }
}

/// Whether changes of an indicator are told in points of per cent.
fn is_in_points(card: &Card<'_>, indicator: Symbol, unit: &Unit) -> bool {
    unit.is_dimensionless() && (card.info(indicator).kind == IndicatorKind::Share || *unit == Unit::percent())
}

/// A change with its sign, in the unit of the indicator.
pub fn signed(card: &Card<'_>, indicator: Symbol, change: f64, unit: &Unit) -> String {
    let (number, unit) = parts_of(card, indicator, change, unit);
    match unit {
        Some(unit) => Shown { number, unit }.text(),
        None => card.f("change_points", &[("n", &number)]),
    }
}

/// A change with its sign and without its unit.
pub fn signed_number(card: &Card<'_>, indicator: Symbol, change: f64, unit: &Unit) -> String {
    parts_of(card, indicator, change, unit).0
}

/// Number and unit of a change; no unit where it is told in points.
fn parts_of(card: &Card<'_>, indicator: Symbol, change: f64, unit: &Unit) -> (String, Option<String>) {
    if is_in_points(card, indicator, unit) {
        let points = if *unit == Unit::percent() { change } else { change * 100.0 };
        // Enough decimals to tell a small change from none.
        let decimals = match points.abs() {
            size if size >= 0.095 || size == 0.0 => Some(1),
            size if size >= 0.005 => Some(2),
            _ => None,
        };
        return (card.format.signed(points, decimals), None);
    }
    let mut shown = card.show(indicator, change, unit, Bound::Exact);
    if change != 0.0 && !shown.number.bytes().any(|b| (b'1'..=b'9').contains(&b)) {
        // Less than the indicator's decimals show: the digits that matter.
        shown = Shown { number: card.format.number(change, None), unit: card.format.unit(unit) };
    }
    let number = if change > 0.0 { format!("+{}", shown.number) } else { shown.number };
    (number, Some(shown.unit))
}

impl Taken {
    /// The series of an indicator without the plan and with it.
    pub fn nodes(&self, indicator: Symbol) -> Sides {
        let view = self.comparison.view;
        [self.comparison.base.node(indicator, view).ok(), self.comparison.plan.node(indicator, view).ok()]
    }

    /// Both figures of a place, period and breakdown.
    pub fn pair(&self, card: &Card<'_>, nodes: &Sides, one: &Difference) -> Pair {
        let of = |study: &Study, node: &Option<Arc<Node>>| {
            let node = node.as_ref()?;
            let row = node.series.find(one.place, one.period, one.breakdown, study.ranks())?;
            Some(card.cell(node, row))
        };
        Pair { base: of(&self.comparison.base, &nodes[0]), plan: of(&self.comparison.plan, &nodes[1]) }
    }

    /// Numbers a figure with the plan.
    pub fn cite(&self, card: &Card<'_>, figure: &Figure) -> Markup {
        parts::cite_in(card, figure, &self.states[1], &title(card, &self.plan))
    }

    /// Notes both figures for the manifest.
    pub fn record(&self, card: &Card<'_>, pair: &Pair) {
        let mut book = card.book.borrow_mut();
        for (side, state) in [&pair.base, &pair.plan].into_iter().zip(&self.states) {
            if let Some(cell) = side {
                book.record(card.study, &cell.figure, None, state);
            }
        }
    }

    /// Both figures of a difference.
    pub fn figures(&self, card: &Card<'_>, at: usize) -> Option<(&Difference, Pair)> {
        let one = self.comparison.differences.get(at)?;
        Some((one, self.pair(card, &self.nodes(one.indicator), one)))
    }
}

/// Title of a plan of the table; its id when it has none or is not there.
pub fn title(card: &Card<'_>, id: &str) -> String {
    let plan = card.region.plans.iter().find(|plan| card.region.id(plan.id) == id);
    let title = plan.map(|plan| card.text(&plan.title)).filter(|title| !title.is_empty());
    title.unwrap_or(id).to_owned()
}

/// Title of a project; its id when it has none.
pub fn project(card: &Card<'_>, id: Symbol) -> String {
    let project = card.region.projects.iter().find(|project| project.id == id);
    let title = project.map(|project| card.text(&project.title)).filter(|title| !title.is_empty());
    title.unwrap_or_else(|| card.region.id(id)).to_owned()
}
