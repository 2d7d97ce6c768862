//! Edits of observations: figures changed, and the sums above them carried along.

use super::edit::{Cells, Change, Stated};
use crate::tree::PlaceTree;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use umbel_core::{Bound, Date, Period, Status, Symbol};
use umbel_table::{Origin, Rows};

/// One edit of the figures of an indicator, with where it is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FigureEdit {
    pub cells: Cells,
    pub change: Change,
    pub from: Option<Date>,
    pub origin: Origin,
    pub source: Symbol,
}

/// A figure before and after the edits of its own.
struct Touched {
    before: Option<f64>,
    edit: usize,
}

/// Applies edits, in their order, to the rows of one indicator.
///
/// Every release of a figure is edited alike. Where figures of places add up to that of the place above (`adds_up`), the
/// change of a figure is carried to the figures held of the places above, up to one that an edit of its own speaks for:
/// so that sums still hold. A figure that is added or retired carries nothing: what the sums held of it is not known.
///
/// O(edits · rows); the carrying is linear in the rows, the changed ones and the depth of the tree.
pub(crate) fn apply(rows: &mut Rows, edits: &[FigureEdit], tree: &PlaceTree, adds_up: bool) {
    let mut touched: BTreeMap<usize, Touched> = BTreeMap::new();
    let mut retired: Vec<bool> = Vec::new();
    for (at, edit) in edits.iter().enumerate() {
        let cells = &edit.cells;
        let in_force = |period: Period| match cells.period {
            Some(wanted) => wanted == period && edit.from.is_none_or(|from| period.end() >= from),
            None => edit.from.is_none_or(|from| period.start() >= from),
        };
        let mut found = false;
        for row in 0..rows.len() {
            if rows.place[row] != cells.place || rows.breakdown[row] != cells.breakdown || !in_force(rows.period[row]) {
                continue;
            }
            found = true;
            let before = rows.value(row);
            touched.entry(row).or_insert(Touched { before, edit: at }).edit = at;
            let source = if edit.source.is_some() { edit.source } else { rows.source[row] };
            let (low, high) = rows.interval(row);
            let held = (low.unwrap_or(f64::NAN), high.unwrap_or(f64::NAN));
            match edit.change {
                Change::Retire => {
                    retired.resize(rows.len(), true);
                    retired[row] = false;
                }
                Change::Add(to) | Change::Set(to) => {
                    rows.change(row, Some(to.value), (to.low, to.high), edit.origin, source);
                    rows.bound[row] = Bound::Exact;
                }
                Change::Scale(by) => {
                    let ends = if by.value < 0.0 { (held.1, held.0) } else { held };
                    let ends = (ends.0 * by.value, ends.1 * by.value);
                    rows.change(row, before.map(|value| value * by.value), ends, edit.origin, source);
                }
                Change::Shift(by) => {
                    let ends = (held.0 + by.value, held.1 + by.value);
                    rows.change(row, before.map(|value| value + by.value), ends, edit.origin, source);
                }
            }
        }
        if let (Change::Add(to), false, Some(period)) = (edit.change, found, cells.period)
            && in_force(period)
        {
            push(rows, cells, period, to, edit);
            touched.insert(rows.len() - 1, Touched { before: None, edit: at });
        }
    }
    if adds_up {
        carry(rows, edits, &touched, &retired, tree);
    }
    if retired.contains(&false) {
        retired.resize(rows.len(), true);
        rows.retain(&retired);
    }
}

fn push(rows: &mut Rows, cells: &Cells, period: Period, to: Stated, edit: &FigureEdit) {
    let (value, bound) = (Some(to.value), Bound::Exact);
    let (place, breakdown) = (cells.place, cells.breakdown);
    rows.push(place, period, breakdown, Rows::UNDATED, value, Status::Forecast, bound, edit.source, edit.origin);
    if !(to.low.is_nan() && to.high.is_nan()) {
        rows.change(rows.len() - 1, value, (to.low, to.high), edit.origin, edit.source);
    }
}

/// Carries changes that no edit made (`before` holds the changed rows with their values before) to the figures held of the
/// places above, up to one that is changed itself.
pub(crate) fn carry_changes(rows: &mut Rows, before: &BTreeMap<usize, f64>, tree: &PlaceTree) {
    let Some(&first) = before.keys().next() else { return };
    let cells = Cells { indicator: Symbol::NONE, place: Symbol::NONE, period: None, breakdown: Symbol::NONE };
    let origin = rows.origin[first];
    let edit = FigureEdit { cells, change: Change::Retire, from: None, origin, source: Symbol::NONE };
    let touched = before.iter().map(|(&row, &value)| (row, Touched { before: Some(value), edit: 0 })).collect();
    carry(rows, &[edit], &touched, &[], tree);
}

/// A sum that changes: what is added to it, and the first edit that does so.
type Sums = BTreeMap<(Period, Symbol), Vec<(f64, usize)>>;

/// Carries changes up the tree, from the deepest places.
fn carry(
    rows: &mut Rows,
    edits: &[FigureEdit],
    touched: &BTreeMap<usize, Touched>,
    retired: &[bool],
    tree: &PlaceTree,
) {
    // The change of a figure is that of its latest release.
    let mut latest: BTreeMap<(Symbol, Period, Symbol), (i32, usize)> = BTreeMap::new();
    for &row in touched.keys() {
        let held = latest.entry((rows.place[row], rows.period[row], rows.breakdown[row])).or_insert((i32::MIN, row));
        if rows.vintage[row] >= held.0 {
            *held = (rows.vintage[row], row);
        }
    }
    let own: FxHashSet<(Symbol, Period, Symbol)> = latest.keys().copied().collect();
    let mut by_depth: BTreeMap<usize, BTreeMap<Symbol, Sums>> = BTreeMap::new();
    let add = |by_depth: &mut BTreeMap<usize, BTreeMap<Symbol, Sums>>, place, key, change, edit| {
        by_depth
            .entry(tree.depth(place))
            .or_default()
            .entry(place)
            .or_default()
            .entry(key)
            .or_default()
            .push((change, edit));
    };
    for (&(place, period, breakdown), &(_, row)) in &latest {
        let known = touched.get(&row).and_then(|touched| Some((touched.before?, touched.edit)));
        let (Some((before, edit)), Some(after)) = (known, rows.value(row)) else { continue };
        if retired.get(row) != Some(&false)
            && before != after
            && let Some(parent) = tree.parent(place)
        {
            add(&mut by_depth, parent, (period, breakdown), after - before, edit);
        }
    }
    // Only rows of places above a change are looked up: of a country with one edited place, a few hundred.
    let mut above: FxHashSet<Symbol> = FxHashSet::default();
    for &place in by_depth.values().flat_map(BTreeMap::keys) {
        let mut next = Some(place);
        while let Some(place) = next.filter(|&place| above.insert(place)) {
            next = tree.parent(place);
        }
    }
    let mut at: FxHashMap<(Symbol, Period, Symbol), Vec<usize>> = FxHashMap::default();
    if !by_depth.is_empty() {
        for row in (0..rows.len()).filter(|&row| above.contains(&rows.place[row])) {
            at.entry((rows.place[row], rows.period[row], rows.breakdown[row])).or_default().push(row);
        }
    }
    while let Some((_, places)) = by_depth.pop_last() {
        for (place, sums) in places {
            for ((period, breakdown), mut changes) in sums {
                if own.contains(&(place, period, breakdown)) {
                    continue;
                }
                // The same changes give the same sum, whichever place they come from first.
                changes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
                let change: f64 = changes.iter().map(|(change, _)| change).sum();
                let edit = changes.iter().map(|(_, edit)| *edit).min().unwrap_or_default();
                for &row in at.get(&(place, period, breakdown)).into_iter().flatten() {
                    let (low, high) = rows.interval(row);
                    let ends = (low.unwrap_or(f64::NAN) + change, high.unwrap_or(f64::NAN) + change);
                    let (value, source) = (rows.value(row).map(|value| value + change), edits[edit].source);
                    let source = if source.is_some() { source } else { rows.source[row] };
                    if value.is_some() && change != 0.0 {
                        rows.change(row, value, ends, edits[edit].origin, source);
                    }
                }
                if change != 0.0
                    && let Some(parent) = tree.parent(place)
                {
                    add(&mut by_depth, parent, (period, breakdown), change, edit);
                }
            }
        }
    }
}

/// Adds the figures of periods for which none is held: the last one before, as a forecast that nothing changes.
///
/// Only years are held, of every place and breakdown that has a year before; O(rows · log).
pub(crate) fn hold(rows: &mut Rows, years: &[Period]) {
    let mut last: BTreeMap<(Symbol, Symbol), (Period, i32, usize)> = BTreeMap::new();
    let mut there: FxHashSet<(Symbol, Symbol, Period)> = FxHashSet::default();
    for row in 0..rows.len() {
        let (place, breakdown, period) = (rows.place[row], rows.breakdown[row], rows.period[row]);
        if period.as_year().is_none() {
            continue;
        }
        there.insert((place, breakdown, period));
        if rows.value(row).is_none() {
            continue;
        }
        let new = (period, rows.vintage[row], row);
        let held = last.entry((place, breakdown)).or_insert(new);
        if (new.0, new.1) >= (held.0, held.1) {
            *held = new;
        }
    }
    for (&(place, breakdown), &(period, _, row)) in &last {
        for &year in years {
            if year.start() <= period.end() || there.contains(&(place, breakdown, year)) {
                continue;
            }
            let (value, bound) = (rows.value(row), rows.bound[row]);
            let (source, origin, (low, high)) = (rows.source[row], rows.origin[row], rows.interval(row));
            rows.push(place, year, breakdown, Rows::UNDATED, value, Status::Forecast, bound, source, origin);
            if low.is_some() || high.is_some() {
                let ends = (low.unwrap_or(f64::NAN), high.unwrap_or(f64::NAN));
                rows.change(rows.len() - 1, value, ends, origin, source);
            }
        }
    }
}
