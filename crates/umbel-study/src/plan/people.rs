//! For whom: places that gain and lose, and the people who live in them.

use super::compare::{Comparison, Difference};
use crate::results::{Node, RunError};
use crate::study::Study;
use std::collections::BTreeMap;
use umbel_core::{Period, Symbol};

/// A limit that people's figures are held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// Indicator.
    pub indicator: Symbol,
    /// Value, in the indicator's unit.
    pub value: f64,
    /// Whether figures at most the value are counted, or those at least.
    pub at_most: bool,
}

/// Who gains and who loses by one indicator in one period, among the places of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Gains {
    /// Indicator.
    pub indicator: Symbol,
    /// Period.
    pub period: Period,
    /// Kind of the places.
    pub kind: Symbol,
    /// Places whose figure is better, worse, and the same or not known on both sides.
    pub places: [usize; 3],
    /// People who live in them; a place whose people are not known counts for none.
    pub people: [f64; 3],
    /// Places whose people are not known.
    pub uncounted: usize,
    /// Places that have a figure only with the plan, and only without it.
    pub gained_lost: [usize; 2],
    /// The figure of the person at 10, 50 and 90 % of all people, in ascending order of the figure: without the plan.
    pub base: Option<[f64; 3]>,
    /// The same with the plan.
    pub plan: Option<[f64; 3]>,
    /// Share of the people within the limit of the indicator, without the plan and with it.
    pub within: Option<(f64, f64)>,
}

/// Shares of the people at which the distribution is told.
const QUANTILES: [f64; 3] = [0.1, 0.5, 0.9];

/// A place with its people and figures.
struct Row {
    people: f64,
    base: Option<f64>,
    plan: Option<f64>,
    better: Option<bool>,
}

impl Comparison {
    /// Who gains and who loses: for every indicator and period with a difference, and every kind of place that has one.
    ///
    /// All places of the kind count, those without a difference too. People are those of the last period not after the
    /// figure's, of the base. Only totals are looked at, not breakdowns. O(rows · log rows).
    ///
    /// # Errors
    /// When the indicator of the people, or one that differs, cannot be evaluated.
    pub fn gains(&self, population: Symbol, limits: &[Limit]) -> Result<Vec<Gains>, RunError> {
        let people = People::of(&self.base, &*self.base.node(population, self.view)?);
        let mut wanted: BTreeMap<(u32, Period, u32), (Symbol, Symbol)> = BTreeMap::new();
        let rank = |symbol: Symbol| self.base.ranks().get(symbol.index()).copied().unwrap_or(u32::MAX);
        for one in self.differences.iter().filter(|one| one.breakdown == Symbol::NONE) {
            let Some(&kind) = self.base.tree().kinds(one.place).first() else { continue };
            wanted.insert((rank(one.indicator), one.period, rank(kind)), (one.indicator, kind));
        }
        let mut found = Vec::new();
        for ((_, period, _), (indicator, kind)) in wanted {
            let (before, after) = (self.base.node(indicator, self.view)?, self.plan.node(indicator, self.view)?);
            let mut rows: Vec<Row> = Vec::new();
            let (mut uncounted, mut gained_lost) = (0, [0; 2]);
            for &place in self.base.tree().places() {
                if self.base.tree().kinds(place).first() != Some(&kind) {
                    continue;
                }
                let of = |study: &Study, node: &Node| {
                    let row = node.series.find(place, period, Symbol::NONE, study.ranks())?;
                    node.series.value(row)
                };
                let (base, plan) = (of(&self.base, &before), of(&self.plan, &after));
                if base.is_none() && plan.is_none() {
                    continue;
                }
                gained_lost[0] += usize::from(base.is_none() && plan.is_some());
                gained_lost[1] += usize::from(base.is_some() && plan.is_none());
                let living = people.at(place, period);
                uncounted += usize::from(living.is_none());
                let one = Difference { indicator, place, period, breakdown: Symbol::NONE, base, plan };
                let better = if base == plan { None } else { self.is_better(&one) };
                rows.push(Row { people: living.unwrap_or(0.0), base, plan, better });
            }
            let mut gains = Gains {
                indicator,
                period,
                kind,
                places: [0; 3],
                people: [0.0; 3],
                uncounted,
                gained_lost,
                base: quantiles(rows.iter().map(|row| (row.base, row.people))),
                plan: quantiles(rows.iter().map(|row| (row.plan, row.people))),
                within: None,
            };
            for row in &rows {
                let at = match row.better {
                    Some(true) => 0,
                    Some(false) => 1,
                    None => 2,
                };
                gains.places[at] += 1;
                gains.people[at] += row.people;
            }
            if let Some(limit) = limits.iter().find(|limit| limit.indicator == indicator) {
                let share = |value: fn(&Row) -> Option<f64>| {
                    let inside = |row: &&Row| {
                        value(row).is_some_and(|v| if limit.at_most { v <= limit.value } else { v >= limit.value })
                    };
                    let of = |rows: &mut dyn Iterator<Item = &Row>| rows.map(|row| row.people).sum::<f64>();
                    let all = of(&mut rows.iter());
                    (all > 0.0).then(|| of(&mut rows.iter().filter(inside)) / all)
                };
                gains.within = share(|row| row.base).zip(share(|row| row.plan));
            }
            found.push(gains);
        }
        Ok(found)
    }
}

/// The people of each place, by period.
struct People(BTreeMap<Symbol, Vec<(Period, f64)>>);

impl People {
    fn of(study: &Study, node: &Node) -> People {
        let mut people: BTreeMap<Symbol, Vec<(Period, f64)>> = BTreeMap::new();
        let series = &node.series;
        for row in (0..series.len()).filter(|&row| series.breakdown[row] == Symbol::NONE) {
            if let Some(value) = series.value(row).filter(|_| study.tree().contains(series.place[row])) {
                people.entry(series.place[row]).or_default().push((series.period[row], value));
            }
        }
        people.values_mut().for_each(|of| of.sort_by_key(|(period, _)| (period.end(), period.start())));
        People(people)
    }

    /// Those of the last period that ends not after this one; of the first where all are later.
    fn at(&self, place: Symbol, period: Period) -> Option<f64> {
        let of = self.0.get(&place)?;
        let later = of.partition_point(|(held, _)| held.end() <= period.end());
        of.get(later.saturating_sub(1)).map(|(_, people)| *people)
    }
}

/// The figures of the people at [`QUANTILES`]; `None` when nobody has a figure.
fn quantiles(rows: impl Iterator<Item = (Option<f64>, f64)>) -> Option<[f64; 3]> {
    let known = rows.filter_map(|(value, people)| Some((value?, people)).filter(|(_, people)| *people > 0.0));
    let mut known: Vec<(f64, f64)> = known.collect();
    known.sort_by(|a, b| a.0.total_cmp(&b.0));
    let all: f64 = known.iter().map(|(_, people)| people).sum();
    let last = known.last()?.0;
    let at = |share: f64| {
        let mut below = 0.0;
        let reached = known.iter().find(|(_, people)| {
            below += people;
            below >= share * all
        });
        reached.map_or(last, |(value, _)| *value)
    };
    Some(QUANTILES.map(at))
}
