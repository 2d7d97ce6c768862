//! The output of a method: rows with what stands behind each.

use crate::results::{Lineage, Node};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use umbel_core::{Bound, Period, Status, Symbol, Unit};
use umbel_table::Series;

/// What a method computed: rows in any order, each with the input rows it rests on.
#[derive(Clone, Debug)]
pub struct Output {
    pub(crate) series: Series,
    pub(crate) lineage: Lineage,
    pub(crate) coverage: Vec<f64>,
}

/// A set of input rows that several output rows may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowSet(u32);

/// A computed cell: a value, how sure it is, and how it is bounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// The value; `None` when it cannot be computed.
    pub value: Option<f64>,
    /// Status.
    pub status: Status,
    /// How the figure is stated.
    pub bound: Bound,
}

impl Cell {
    /// A cell with this value, of normal status and exact.
    pub fn exact(value: f64) -> Cell {
        Cell { value: Some(value), status: Status::Normal, bound: Bound::Exact }
    }

    /// A cell without a value.
    pub fn missing() -> Cell {
        Cell { value: None, status: Status::Missing, bound: Bound::Exact }
    }

    /// The cell of a row of a series.
    pub fn of(series: &Series, row: usize) -> Cell {
        Cell { value: series.value(row), status: series.status[row], bound: series.bound[row] }
    }

    /// The same value, no surer than another cell that it also rests on (see [`join_status`]).
    pub fn with_status_of(mut self, other: Status) -> Cell {
        self.status = join_status(self.status, other);
        self
    }
}

/// The status of a figure that rests on two: the less reliable of them.
///
/// From the most to the least reliable: normal, break, other definition, revision-prone (provisional), not
/// validated, low reliability, imputed, estimated, experimental, forecast; a missing one wins over all.
pub fn join_status(a: Status, b: Status) -> Status {
    let weight = |status: Status| match status {
        Status::Normal => 0,
        Status::Derogation | Status::Category | Status::OtherCategory | Status::NotSignificant | Status::Strike => 1,
        Status::Break => 2,
        Status::DefinitionDiffers => 3,
        Status::Provisional => 4,
        Status::Unvalidated => 5,
        Status::LowReliability => 6,
        Status::Imputed => 7,
        Status::Estimated => 8,
        Status::Experimental => 9,
        Status::Forecast => 10,
        Status::Holiday | Status::NotCollected | Status::CannotExist | Status::Missing | Status::Suppressed => 11,
    };
    if weight(b) > weight(a) { b } else { a }
}

impl Output {
    /// No rows yet, stated in `unit` (which must have the dimension that [`crate::method::Method::unit`] gave).
    pub fn new(unit: Unit) -> Output {
        let lineage = Lineage { starts: vec![0], ..Lineage::default() };
        Output { series: Series::new(unit), lineage, coverage: Vec::new() }
    }

    /// No rows yet, with room for `rows` rows of `members` input rows each.
    pub fn with_capacity(unit: Unit, rows: usize, members: usize) -> Output {
        let mut output = Output::new(unit);
        output.lineage.set.reserve(rows);
        output.lineage.starts.reserve(rows);
        output.lineage.members.reserve(rows * members);
        output.series.place.reserve(rows);
        output.series.period.reserve(rows);
        output.series.breakdown.reserve(rows);
        output.series.status.reserve(rows);
        output.series.bound.reserve(rows);
        output
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.series.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    /// A set of input rows, each named by input and row of it; it can be given to several rows.
    pub fn set(&mut self, members: impl IntoIterator<Item = (usize, usize)>) -> RowSet {
        let set = self.lineage.starts.len() as u32 - 1;
        self.lineage.members.extend(members.into_iter().map(|(input, row)| (input as u16, row as u32)));
        self.lineage.starts.push(self.lineage.members.len() as u32);
        RowSet(set)
    }

    /// Adds a row that rests on a set made before. Gives its number.
    pub fn push_shared(&mut self, place: Symbol, period: Period, breakdown: Symbol, cell: Cell, set: RowSet) -> usize {
        self.series.push(place, period, breakdown, cell.value, cell.status, cell.bound);
        self.lineage.set.push(set.0);
        if !self.coverage.is_empty() {
            self.coverage.push(f64::NAN);
        }
        self.len() - 1
    }

    /// Adds a row that rests on these input rows. Gives its number.
    pub fn push(
        &mut self,
        place: Symbol,
        period: Period,
        breakdown: Symbol,
        cell: Cell,
        members: impl IntoIterator<Item = (usize, usize)>,
    ) -> usize {
        let set = self.set(members);
        self.push_shared(place, period, breakdown, cell, set)
    }

    /// Says which share (0 to 1) of its parts a row covers.
    pub fn cover(&mut self, row: usize, share: f64) {
        self.coverage.resize(self.len(), f64::NAN);
        if let Some(slot) = self.coverage.get_mut(row) {
            *slot = share;
        }
    }

    /// Gives a row an interval.
    pub fn interval(&mut self, row: usize, low: f64, high: f64) {
        self.series.interval.resize(self.series.place.len(), (f64::NAN, f64::NAN));
        if let Some(slot) = self.series.interval.get_mut(row) {
            *slot = (low, high);
        }
    }

    /// Checks that every row rests on input rows that are there.
    ///
    /// # Errors
    /// A sentence when one does not.
    pub(crate) fn check(&self, inputs: &[Arc<Node>]) -> Result<(), String> {
        let sets = self.lineage.starts.len().saturating_sub(1) as u32;
        let there = |&(input, row): &(u16, u32)| {
            inputs.get(usize::from(input)).is_some_and(|node| (row as usize) < node.series.len())
        };
        let sound = self.lineage.set.len() == self.len()
            && self.lineage.set.iter().all(|&set| set < sets)
            && self.lineage.members.iter().all(there);
        if sound { Ok(()) } else { Err("it names input rows that are not there".to_owned()) }
    }

    /// Sorts the rows as a [`Series`] must be; `ranks` is [`umbel_core::Symbols::ranks`].
    ///
    /// # Errors
    /// A sentence when a key occurs twice. Linear when the rows are in order already, else a sort.
    pub(crate) fn sorted(self, ranks: &[u32], name: impl Fn(Symbol) -> String) -> Result<Output, String> {
        let rank = |symbol: Symbol| ranks.get(symbol.index()).copied().unwrap_or(u32::MAX);
        let series = &self.series;
        let key = |row: usize| (rank(series.place[row]), series.period[row], rank(series.breakdown[row]));
        let in_order = (1..self.len()).all(|row| key(row - 1) < key(row));
        if in_order {
            return Ok(self);
        }
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        order.sort_unstable_by_key(|&row| (key(row as usize), row));
        if let Some(pair) = order.windows(2).find(|pair| key(pair[0] as usize) == key(pair[1] as usize)) {
            let row = pair[0] as usize;
            return Err(format!(
                "it gives two figures for {} in {}{}",
                name(series.place[row]),
                series.period[row],
                if series.breakdown[row].is_some() {
                    format!(" ({})", name(series.breakdown[row]))
                } else {
                    String::new()
                }
            ));
        }
        let mut sorted = Series::new(series.unit.clone());
        for &row in &order {
            let row = row as usize;
            let (status, bound) = (series.status[row], series.bound[row]);
            sorted.push(series.place[row], series.period[row], series.breakdown[row], series.value(row), status, bound);
        }
        if !series.interval.is_empty() {
            sorted.interval = order.iter().map(|&row| series.interval[row as usize]).collect();
        }
        let set = order.iter().map(|&row| self.lineage.set[row as usize]).collect();
        let coverage = match self.coverage.is_empty() {
            true => Vec::new(),
            false => order.iter().map(|&row| self.coverage[row as usize]).collect(),
        };
        let lineage = Lineage { set, ..self.lineage };
        Ok(Output { series: sorted, lineage, coverage })
    }
}

/// Makes equal sets of input rows one, where a method meets them in no particular order.
#[derive(Debug, Default)]
pub struct SharedSets(FxHashMap<Vec<(usize, usize)>, RowSet>);

impl SharedSets {
    /// The set of these members in `output`, made when it is new.
    pub fn get(&mut self, output: &mut Output, members: Vec<(usize, usize)>) -> RowSet {
        if let Some(&set) = self.0.get(&members) {
            return set;
        }
        let set = output.set(members.iter().copied());
        self.0.insert(members, set);
        set
    }
}
