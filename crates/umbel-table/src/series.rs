//! Series: the figures of one indicator in one view, one row a place, period and breakdown.

use crate::rows::Rows;
use umbel_core::{Bound, Period, Status, Symbol, Unit};

/// The figures of one indicator, sorted by place (in the alphabetical order of the ids), period and breakdown, each key once.
///
/// Observed and computed figures have the same form. A row whose status is missing has no value.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// Unit of every value.
    pub unit: Unit,
    /// Place of each row.
    pub place: Vec<Symbol>,
    /// Period of each row.
    pub period: Vec<Period>,
    /// Breakdown of each row; [`Symbol::NONE`] = total.
    pub breakdown: Vec<Symbol>,
    value: Vec<f64>,
    /// Status of each row.
    pub status: Vec<Status>,
    /// How the figure is stated.
    pub bound: Vec<Bound>,
    /// Interval, NaN where not known; empty when no row has one.
    pub interval: Vec<(f64, f64)>,
}

impl Series {
    /// An empty series.
    pub fn new(unit: Unit) -> Series {
        Series { unit, ..Series::default() }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.place.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.place.is_empty()
    }

    /// The value, unless the status says that there is none.
    pub fn value(&self, row: usize) -> Option<f64> {
        (!self.status[row].is_missing()).then(|| self.value[row])
    }

    /// Adds a figure; `None` (or a value that is not finite) is stored as missing, with a status that says so.
    pub fn push(
        &mut self,
        place: Symbol,
        period: Period,
        breakdown: Symbol,
        value: Option<f64>,
        status: Status,
        bound: Bound,
    ) {
        let value = value.filter(|v| v.is_finite());
        let status = match value {
            None if !status.is_missing() => Status::Missing,
            Some(_) if status.is_missing() => Status::Normal,
            _ => status,
        };
        self.place.push(place);
        self.period.push(period);
        self.breakdown.push(breakdown);
        self.value.push(value.unwrap_or(0.0));
        self.status.push(status);
        self.bound.push(bound);
        if !self.interval.is_empty() {
            self.interval.push((f64::NAN, f64::NAN));
        }
    }

    /// Low and high of a row, where known.
    pub fn interval(&self, row: usize) -> (Option<f64>, Option<f64>) {
        let (low, high) = self.interval.get(row).copied().unwrap_or((f64::NAN, f64::NAN));
        (Some(low).filter(|v| !v.is_nan()), Some(high).filter(|v| !v.is_nan()))
    }

    /// The view of observed rows as of a day: for every key the latest release not after it (`None` = the latest of all).
    ///
    /// `ranks` is [`umbel_core::Symbols::ranks`]. Returns the series and, for each of its rows, the row of `rows` it came from.
    /// Cost: a sort of the rows; linear when they stand in that order already, each key once.
    pub fn view(rows: &Rows, unit: Unit, as_of: Option<i32>, ranks: &[u32]) -> (Series, Vec<u32>) {
        let rank = |symbol: Symbol| ranks.get(symbol.index()).copied().unwrap_or(u32::MAX);
        let ascends = |row: usize| {
            let (a, b) = (row - 1, row);
            if rows.place[a] == rows.place[b] && rows.breakdown[a] == rows.breakdown[b] {
                return rows.period[a] < rows.period[b];
            }
            let key = |row: usize| (rank(rows.place[row]), rows.period[row], rank(rows.breakdown[row]));
            key(a) < key(b)
        };
        let all_seen = as_of.is_none_or(|day| rows.vintage.iter().all(|&vintage| vintage <= day));
        if all_seen && (1..rows.len()).all(ascends) {
            let series = Series {
                unit,
                place: rows.place.clone(),
                period: rows.period.clone(),
                breakdown: rows.breakdown.clone(),
                value: rows.value.clone(),
                status: rows.status.clone(),
                bound: rows.bound.clone(),
                interval: rows.interval.clone(),
            };
            return (series, (0..rows.len() as u32).collect());
        }
        let mut order: Vec<u32> =
            (0..rows.len() as u32).filter(|&row| as_of.is_none_or(|day| rows.vintage[row as usize] <= day)).collect();
        let key = |row: u32| {
            let row = row as usize;
            (rank(rows.place[row]), rows.period[row], rank(rows.breakdown[row]))
        };
        let compare = |&a: &u32, &b: &u32| {
            key(a).cmp(&key(b)).then(rows.vintage[b as usize].cmp(&rows.vintage[a as usize])).then(a.cmp(&b))
        };
        // Files are mostly written in this order already.
        if !order.is_sorted_by(|a, b| compare(a, b).is_le()) {
            order.sort_unstable_by(compare);
        }
        order.dedup_by(|next, kept| key(*next) == key(*kept));
        let pick = |row: &u32| *row as usize;
        let series = Series {
            unit,
            place: order.iter().map(|row| rows.place[pick(row)]).collect(),
            period: order.iter().map(|row| rows.period[pick(row)]).collect(),
            breakdown: order.iter().map(|row| rows.breakdown[pick(row)]).collect(),
            value: order.iter().map(|row| rows.value[pick(row)]).collect(),
            status: order.iter().map(|row| rows.status[pick(row)]).collect(),
            bound: order.iter().map(|row| rows.bound[pick(row)]).collect(),
            interval: if rows.interval.is_empty() {
                Vec::new()
            } else {
                order.iter().map(|row| rows.interval[pick(row)]).collect()
            },
        };
        (series, order)
    }

    /// The rows named, in the order given; rows that are not there are left out.
    pub fn take(&self, rows: &[u32]) -> Series {
        let rows: Vec<usize> = rows.iter().map(|&row| row as usize).filter(|&row| row < self.len()).collect();
        fn pick<T: Copy>(column: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().filter_map(|&row| column.get(row).copied()).collect()
        }
        Series {
            unit: self.unit.clone(),
            place: pick(&self.place, &rows),
            period: pick(&self.period, &rows),
            breakdown: pick(&self.breakdown, &rows),
            value: pick(&self.value, &rows),
            status: pick(&self.status, &rows),
            bound: pick(&self.bound, &rows),
            interval: pick(&self.interval, &rows),
        }
    }

    /// Adds a row of another series of the same unit.
    pub fn push_from(&mut self, other: &Series, row: usize) {
        let (low, high) = other.interval.get(row).copied().unwrap_or((f64::NAN, f64::NAN));
        let (place, period, breakdown) = (other.place[row], other.period[row], other.breakdown[row]);
        self.push(place, period, breakdown, other.value(row), other.status[row], other.bound[row]);
        if !low.is_nan() || !high.is_nan() {
            self.interval.resize(self.len(), (f64::NAN, f64::NAN));
            self.interval[self.place.len() - 1] = (low, high);
        }
    }

    /// States every figure in another unit. Says whether the dimension allows it; else nothing is changed.
    pub fn convert(&mut self, unit: &Unit) -> bool {
        let Some(factor) = self.unit.factor(unit) else { return false };
        if !factor.is_one() {
            self.value.iter_mut().for_each(|value| *value = factor.apply(*value));
            self.interval.iter_mut().for_each(|(low, high)| (*low, *high) = (factor.apply(*low), factor.apply(*high)));
        }
        self.unit = unit.clone();
        true
    }

    /// The column of values, 0 where the status says that there is none: for storing, never for computing.
    pub fn stored_values(&self) -> &[f64] {
        &self.value
    }

    /// A series from its columns; `None` when their lengths differ. `interval` may be empty.
    #[allow(clippy::too_many_arguments)]
    pub fn from_columns(
        unit: Unit,
        place: Vec<Symbol>,
        period: Vec<Period>,
        breakdown: Vec<Symbol>,
        value: Vec<f64>,
        status: Vec<Status>,
        bound: Vec<Bound>,
        interval: Vec<(f64, f64)>,
    ) -> Option<Series> {
        let rows = place.len();
        let lengths = [period.len(), breakdown.len(), value.len(), status.len(), bound.len()];
        let fits = lengths.iter().all(|&length| length == rows) && (interval.is_empty() || interval.len() == rows);
        fits.then_some(Series { unit, place, period, breakdown, value, status, bound, interval })
    }

    /// The row of a key, by binary search; `ranks` as in [`Series::view`].
    pub fn find(&self, place: Symbol, period: Period, breakdown: Symbol, ranks: &[u32]) -> Option<usize> {
        let rank = |symbol: Symbol| ranks.get(symbol.index()).copied().unwrap_or(u32::MAX);
        let wanted = (rank(place), period, rank(breakdown));
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let key = (rank(self.place[middle]), self.period[middle], rank(self.breakdown[middle]));
            match key.cmp(&wanted) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::Origin;
    use proptest::prelude::*;
    use umbel_core::Symbols;

    proptest! {
        /// However the rows stand, the view of a day shows for every key the latest release not after it, sorted.
        #[test]
        fn a_view_shows_the_latest_release_of_every_key(
            raw in proptest::collection::vec((0_u32..3, 2000_i16..2004, 0_u32..2, 0_i32..4, -5_i32..5), 0..40),
            sorted in any::<bool>(),
            day in proptest::option::of(0_i32..4),
        ) {
            let mut symbols = Symbols::default();
            let places = ["c", "a", "b"].map(|id| symbols.intern(id));
            let parts = [Symbol::NONE, symbols.intern("sex=F")];
            let ranks = symbols.ranks();
            let mut raw = raw;
            let key = |r: &(u32, i16, u32, i32, i32)| {
                (symbols.name(places[r.0 as usize]).to_owned(), r.1, symbols.name(parts[r.2 as usize]).to_owned())
            };
            if sorted {
                raw.sort_by_key(key);
                raw.dedup_by_key(|r| key(r));
            }
            let mut rows = Rows::default();
            let mut expected: std::collections::BTreeMap<_, (i32, f64)> = std::collections::BTreeMap::new();
            for r in &raw {
                let (place, period, part) = (places[r.0 as usize], Period::year(r.1), parts[r.2 as usize]);
                let value = f64::from(r.4);
                let (status, bound) = (Status::Normal, Bound::Exact);
                rows.push(place, period, part, r.3, Some(value), status, bound, Symbol::NONE, Origin::default());
                if day.is_none_or(|day| r.3 <= day) {
                    let held = expected.entry(key(r)).or_insert((r.3, value));
                    if r.3 > held.0 {
                        *held = (r.3, value);
                    }
                }
            }
            let (series, order) = Series::view(&rows, Unit::one(), day, &ranks);
            let name = |symbol: Symbol| symbols.name(symbol).to_owned();
            let shown: Vec<_> = (0..series.len())
                .map(|row| {
                    let year = series.period[row].as_year().unwrap_or_default();
                    let key = (name(series.place[row]), year, name(series.breakdown[row]));
                    (key, (rows.vintage[order[row] as usize], series.value(row).unwrap_or(f64::NAN)))
                })
                .collect();
            prop_assert_eq!(shown, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
