//! What several methods share: kinds of parameters, and groups of rows.

use crate::inputs::Inputs;
use crate::output::{Cell, join_status};
use crate::reads::Reads;
use crate::tree::PlaceTree;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::{Atom, Bound, Date, Period, Status, Symbol};
use umbel_table::Series;

/// Periods: one, a list, or an interval (`"2014/2022"`, not in a list), which stands for every unit in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Periods {
    /// One period, or every unit (year, quarter, month ...) of an interval.
    One(#[schemars(with = "String")] Period),
    /// These periods, as they stand.
    List(#[schemars(with = "Vec<String>")] Vec<Period>),
}

impl Periods {
    /// The periods in order, each once. An interval between units of different length stands for itself.
    pub fn list(&self) -> Vec<Period> {
        let mut list = match self {
            Periods::List(list) => list.clone(),
            Periods::One(period) => match period.atoms() {
                (from, Some(to)) if same_length(Period::from(from), Period::from(to)) => {
                    let first = Period::from(from);
                    let mut units = vec![Period::from(to)];
                    while let Some(before) =
                        units.last().and_then(|unit| unit.previous()).filter(|before| *before >= first)
                    {
                        units.push(before);
                    }
                    units
                }
                _ => vec![*period],
            },
        };
        list.sort_unstable();
        list.dedup();
        list
    }
}

/// One name or several.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Names {
    /// One.
    One(String),
    /// Several.
    Several(Vec<String>),
}

/// Reads one name or several as a list.
///
/// # Errors
/// When it is neither a text nor a list of texts.
pub fn names<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    Ok(match Names::deserialize(from)? {
        Names::One(name) => vec![name],
        Names::Several(names) => names,
    })
}

/// The periods given, else those that are asked of the measure; and the years to come that a plan is looked at in.
pub fn periods(given: Option<&Periods>, inputs: &Inputs<'_>) -> Vec<Period> {
    let mut periods = given.map_or_else(|| inputs.asked_periods().to_vec(), Periods::list);
    let last = periods.iter().map(|period| period.end()).max();
    let later = inputs.held_years().iter().filter(|year| last.is_none_or(|last| year.start() > last));
    periods.extend(later.copied().collect::<Vec<_>>());
    periods
}

/// Declares that the periods asked are read, unless some are given.
pub fn read_periods(given: Option<&Periods>, reads: &mut Reads<'_>) {
    reads.held_years();
    if given.is_none() {
        reads.asked_periods();
    }
}

/// Whether two periods are of one kind, so that their figures can be compared: both years, both quarters ..., or both
/// intervals.
pub fn same_length(a: Period, b: Period) -> bool {
    let kind = |atom: Atom| std::mem::discriminant(&atom);
    match (a.atoms(), b.atoms()) {
        ((a, None), (b, None)) => kind(a) == kind(b),
        ((_, Some(_)), (_, Some(_))) => true,
        _ => false,
    }
}

/// The place without a parent: the region.
pub fn root(tree: &PlaceTree) -> Option<Symbol> {
    tree.places().iter().copied().find(|&place| tree.parent(place).is_none())
}

/// Where a figure of several places is written: the place named, else the region.
pub fn written_at(place: Option<&str>, inputs: &Inputs<'_>) -> Result<Symbol, String> {
    match place {
        Some(id) => inputs.symbol(id).ok_or_else(|| format!("there is no place \"{id}\"")),
        None => root(inputs.tree()?).ok_or_else(|| "there is no place to write to".to_owned()),
    }
}

/// Declares what [`written_at`] reads.
pub fn read_place(place: Option<&str>, reads: &mut Reads<'_>) {
    match place {
        Some(id) => {
            reads.place(id, "place");
        }
        None => reads.tree(),
    }
}

/// When places exist.
#[derive(Clone, Debug)]
pub struct Existence {
    /// For each place the first and last days of its rows.
    spans: Vec<Vec<(Option<Date>, Option<Date>)>>,
    always: bool,
}

impl Existence {
    /// When these places exist, by all their rows. The method must have declared that it reads the tree.
    ///
    /// # Errors
    /// When it did not.
    pub fn of(inputs: &Inputs<'_>, places: &[Symbol]) -> Result<Existence, String> {
        inputs.tree()?;
        let rank = |place: Symbol| inputs.rank(place);
        let mut order: Vec<usize> = (0..places.len()).collect();
        order.sort_by_key(|&at| rank(places[at]));
        let mut spans = vec![Vec::new(); places.len()];
        for row in &inputs.region.places {
            if let Ok(found) = order.binary_search_by_key(&rank(row.id), |&at| rank(places[at])) {
                spans[order[found]].push((row.valid_from, row.valid_to));
            }
        }
        let always = spans.iter().all(|spans| spans.contains(&(None, None)));
        Ok(Existence { spans, always })
    }

    /// For each place whether it exists on the last day of a period.
    pub fn at(&self, period: Period) -> Vec<bool> {
        if self.always {
            return vec![true; self.spans.len()];
        }
        let day = period.end();
        let holds = |&(from, to): &(Option<Date>, Option<Date>)| {
            from.is_none_or(|from| from <= day) && to.is_none_or(|to| day <= to)
        };
        self.spans.iter().map(|spans| spans.iter().any(holds)).collect()
    }
}

/// The rows of one period and breakdown at several places.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The period.
    pub period: Period,
    /// The breakdown.
    pub breakdown: Symbol,
    /// Position in the list of places and row of the input, in the order of the places.
    pub rows: Vec<(usize, usize)>,
}

/// The rows of an input at these places, by period and breakdown, in order. Cost: a sort of the rows.
pub fn groups(inputs: &Inputs<'_>, input: usize, places: &[Symbol]) -> Vec<Group> {
    let series = inputs.series(input);
    let mut entries: Vec<(Period, u32, u32, u32)> = Vec::new();
    for (at, &place) in places.iter().enumerate() {
        for row in inputs.rows_of(input, place) {
            entries.push((series.period[row], inputs.rank(series.breakdown[row]), at as u32, row as u32));
        }
    }
    entries.sort_unstable();
    let chunks = entries.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
    chunks
        .map(|chunk| Group {
            period: chunk[0].0,
            breakdown: series.breakdown[chunk[0].3 as usize],
            rows: chunk.iter().map(|entry| (entry.2 as usize, entry.3 as usize)).collect(),
        })
        .collect()
}

/// Status and bound of a figure that grows with every one of these rows.
pub fn join_rows(series: &Series, rows: impl IntoIterator<Item = usize>) -> (Status, Bound) {
    rows.into_iter().fold((Status::Normal, Bound::Exact), |(status, bound), row| {
        (join_status(status, series.status[row]), bound.join(series.bound[row]))
    })
}

/// A cell that cannot be computed though everything it needs is there: no such figure exists.
pub fn undefined() -> Cell {
    Cell { value: None, status: Status::CannotExist, bound: Bound::Exact }
}

/// One, where serde needs a function.
pub fn one() -> f64 {
    1.0
}

/// Weights of places: an indicator, read at the period of what is weighed or at a fixed one.
#[derive(Clone, Copy, Debug)]
pub struct Weights {
    /// The input.
    pub input: usize,
    /// The fixed period.
    pub period: Option<Period>,
}

impl Weights {
    /// The row with the weight of a place: that of the total. `None` when there is none, or it is missing or negative.
    pub fn row(&self, inputs: &Inputs<'_>, place: Symbol, period: Period) -> Option<(usize, f64)> {
        let row = inputs.find(self.input, place, self.period.unwrap_or(period), Symbol::NONE)?;
        let weight = inputs.series(self.input).value(row).filter(|weight| *weight >= 0.0)?;
        Some((row, weight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_stands_for_its_units() {
        let list = |text: &str| {
            let periods = Periods::One(Period::parse(text).expect("a period"));
            periods.list().iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(list("2019/2022"), ["2019", "2020", "2021", "2022"]);
        assert_eq!(list("2021-Q3/2022-Q1"), ["2021-Q3", "2021-Q4", "2022-Q1"]);
        assert_eq!(list("2022"), ["2022"]);
        assert_eq!(list("2014-02/2022"), ["2014-02/2022"]);
        let kept: Periods = serde_json::from_str("[\"2014/2022\", \"2013\"]").expect("periods");
        assert_eq!(kept.list().iter().map(ToString::to_string).collect::<Vec<_>>(), ["2013", "2014/2022"]);
    }

    #[test]
    fn compares_only_periods_of_one_kind() {
        let same =
            |a: &str, b: &str| same_length(Period::parse(a).expect("a period"), Period::parse(b).expect("a period"));
        assert!(same("2013", "2022") && same("2013-Q1", "2022-Q4") && same("2013/2014", "2014/2022"));
        assert!(!same("2013", "2022-Q4") && !same("2013", "2014/2022") && !same("2013-01", "2013-01-31"));
    }
}
