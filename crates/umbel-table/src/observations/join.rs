//! Joining the chunks of all files into the rows of each indicator, in the indicator's unit, when they are wanted.

use super::digest::{self, Sum};
use super::pack::{Packed, SectionColumns};
use crate::rows::{Origin, Rows};
use rustc_hash::FxHashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use umbel_core::{Bound, Period, Status, Symbol, Symbols, Unit, unit::Factor};

/// Two rows of one key, or a unit that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Clash {
    /// The row repeats the key of an earlier one.
    Duplicate { row: Origin, first: Origin },
    /// The unit of the row measures something else than the indicator's.
    Unit { row: Origin, indicator: Symbol, unit: String, expected: String },
}

impl Clash {
    /// The row it is about.
    pub fn row(&self) -> Origin {
        match self {
            Clash::Duplicate { row, .. } | Clash::Unit { row, .. } => *row,
        }
    }
}

/// A chunk with its texts turned into symbols.
#[derive(Debug)]
pub(crate) struct Part {
    packed: Packed,
    file: u16,
    /// Lines of the file before it.
    before: u32,
    places: Vec<Symbol>,
    breakdowns: Vec<Symbol>,
    sources: Vec<Symbol>,
    /// `None` for the empty text: the unit of the indicator.
    units: Vec<Option<Unit>>,
}

impl Part {
    /// A chunk of a file, `before` lines of which come before it. Symbols are made in the order of the texts.
    pub fn new(packed: Packed, file: u16, before: u32, symbols: &mut Symbols) -> Part {
        let mut all = |texts: &[String]| texts.iter().map(|text| symbols.intern(text)).collect::<Vec<_>>();
        let (places, breakdowns, sources) = (all(&packed.places), all(&packed.breakdowns), all(&packed.sources));
        let units = packed.units.iter().map(|text| Unit::parse(text).ok().filter(|_| !text.is_empty())).collect();
        Part { packed, file, before, places, breakdowns, sources, units }
    }

    /// Notes with the rows they belong to.
    pub fn notes(&self) -> impl Iterator<Item = (Origin, &str)> {
        self.packed.notes.iter().map(|(line, note)| (self.origin(*line), note.as_str()))
    }

    fn origin(&self, line: u32) -> Origin {
        Origin { file: self.file, line: self.before + line }
    }
}

/// Where the rows of one indicator are: sections of chunks, in order.
#[derive(Clone, Debug)]
pub(crate) struct Sections {
    indicator: Symbol,
    unit: Option<Unit>,
    parts: Arc<Vec<Part>>,
    places: Vec<(u32, u32)>,
}

/// The sections of every indicator, in the order of first appearance. `units` are the units of the known indicators;
/// the figures of one that is not known are held in the alphabetically first unit that its rows state.
pub(crate) fn sections(parts: Vec<Part>, symbols: &mut Symbols, units: &FxHashMap<Symbol, Unit>) -> Vec<Sections> {
    let mut index: FxHashMap<Symbol, usize> = FxHashMap::default();
    let mut found: Vec<(Symbol, Vec<(u32, u32)>)> = Vec::new();
    for (part, Part { packed, .. }) in parts.iter().enumerate() {
        for (section, of) in packed.sections.iter().enumerate() {
            let symbol = symbols.intern(&of.indicator);
            let at = *index.entry(symbol).or_insert(found.len());
            if at == found.len() {
                found.push((symbol, Vec::new()));
            }
            found[at].1.push((part as u32, section as u32));
        }
    }
    let parts = Arc::new(parts);
    let join = |(indicator, places)| Sections {
        indicator,
        unit: units.get(&indicator).cloned(),
        parts: Arc::clone(&parts),
        places,
    };
    found.into_iter().map(join).collect()
}

impl Sections {
    /// The indicator.
    pub fn indicator(&self) -> Symbol {
        self.indicator
    }

    fn each(&self) -> impl Iterator<Item = (&Part, usize)> {
        self.places.iter().map(|&(part, section)| (&self.parts[part as usize], section as usize))
    }

    /// Number of rows written, those that clash with others included.
    pub fn written(&self) -> usize {
        self.each().map(|(part, section)| part.packed.sections[section].rows as usize).sum()
    }

    /// Distinct vintages, sorted.
    pub fn vintages(&self) -> Vec<i32> {
        let mut all: Vec<i32> =
            self.each().flat_map(|(part, section)| part.packed.sections[section].vintages.iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The digest of the rows, see [`crate::Region::digest`].
    pub fn digest(&self) -> [u8; 32] {
        let sum = self
            .each()
            .fold(Sum::default(), |sum, (part, section)| digest::add(sum, part.packed.sections[section].sum));
        digest::finish(self.unit.as_ref().map_or("", |unit| unit.text()), self.written(), sum)
    }

    /// The alphabetically first unit that the rows state: it depends on the set of rows only, as their digest does.
    fn first_unit(&self) -> Option<Unit> {
        let mut first: Option<&Unit> = None;
        for (part, section) in self.each() {
            let Some(columns) = part.packed.columns(section) else { continue };
            let mut last = None;
            for row in 0..part.packed.sections[section].rows as usize {
                let number = columns.unit.get(row);
                if last == Some(number) {
                    continue;
                }
                last = Some(number);
                let stated = part.units.get(number as usize).and_then(Option::as_ref);
                first = match (first, stated) {
                    (Some(first), Some(stated)) if first.text() <= stated.text() => Some(first),
                    (first, None) => first,
                    (_, stated) => stated,
                };
            }
        }
        first.cloned()
    }

    /// The rows, and what clashes among them.
    pub fn rows(&self) -> (Rows, Vec<Clash>) {
        let mut rows = Rows::with_capacity(self.written());
        let mut clashes = Vec::new();
        let mut unit = self.unit.clone().or_else(|| self.first_unit());
        for (part, section) in self.each() {
            // Bytes that are no chunk have been refused when they were read.
            let Some(columns) = part.packed.columns(section) else { continue };
            let count = part.packed.sections[section].rows as usize;
            add_section(&mut rows, &mut clashes, &mut unit, self.indicator, part, &columns, count);
        }
        rows.unit = unit;
        drop_duplicates(&mut rows, &mut clashes);
        (rows, clashes)
    }
}

fn add_section(
    rows: &mut Rows,
    clashes: &mut Vec<Clash>,
    unit: &mut Option<Unit>,
    indicator: Symbol,
    part: &Part,
    columns: &SectionColumns<'_>,
    count: usize,
) {
    let origin = |row: usize| part.origin(columns.line.get(row));
    // The factor of each unit of the chunk: found when first met, `Some(None)` when none is needed.
    let mut factors: Vec<Option<Option<Factor>>> = vec![None; part.units.len()];
    let mut refused: Vec<usize> = Vec::new();
    let mut factor_of: Vec<Option<Factor>> = Vec::new();
    for row in 0..count {
        let stated = columns.unit.get(row) as usize;
        let factor = match (factors.get(stated).copied().flatten(), part.units.get(stated).and_then(Option::as_ref)) {
            (Some(factor), _) => factor,
            (None, None) => None,
            (None, Some(own)) => {
                let expected = unit.get_or_insert_with(|| own.clone());
                match own.factor(expected) {
                    Some(factor) => {
                        let factor = Some(factor).filter(|factor| !factor.is_one());
                        factors[stated] = Some(factor);
                        factor
                    }
                    None => {
                        let (unit, expected) = (own.text().to_owned(), expected.text().to_owned());
                        clashes.push(Clash::Unit { row: origin(row), indicator, unit, expected });
                        refused.push(row);
                        None
                    }
                }
            }
        };
        if factor.is_some() && factor_of.is_empty() {
            factor_of.resize(count, None);
        }
        if let Some(slot) = factor_of.get_mut(row) {
            *slot = factor;
        }
    }
    let convert = |row: usize, value: f64| match factor_of.get(row).copied().flatten() {
        Some(factor) => factor.apply(value),
        None => value,
    };
    let symbol = |all: &[Symbol], number: u32| all.get(number as usize).copied().unwrap_or(Symbol::NONE);
    let wanted = || (0..count).filter(|row| refused.is_empty() || refused.binary_search(row).is_err());
    let periods = &part.packed.periods;
    let period = |number: u32| periods.get(number as usize).copied().flatten().unwrap_or(Period::year(0));
    let vintage = |number: u32| part.packed.vintages.get(number as usize).copied().unwrap_or(Rows::UNDATED);
    let before = rows.place.len();
    rows.place.extend(wanted().map(|row| symbol(&part.places, columns.place.get(row))));
    rows.period.extend(wanted().map(|row| period(columns.period.get(row))));
    rows.breakdown.extend(wanted().map(|row| symbol(&part.breakdowns, columns.breakdown.get(row))));
    rows.vintage.extend(wanted().map(|row| vintage(columns.vintage.get(row))));
    rows.value.extend(wanted().map(|row| convert(row, columns.value(row))));
    rows.status.extend(wanted().map(|row| Status::from_index(columns.status.get(row) as u8).unwrap_or_default()));
    rows.bound.extend(wanted().map(|row| bound(columns.bound.get(row))));
    rows.source.extend(wanted().map(|row| symbol(&part.sources, columns.source.get(row))));
    rows.origin.extend(wanted().map(origin));
    const NONE: (f64, f64) = (f64::NAN, f64::NAN);
    if columns.has_intervals() {
        rows.interval.resize(before, NONE);
        rows.interval.extend(wanted().map(|row| {
            let (low, high) = columns.interval(row);
            (convert(row, low), convert(row, high))
        }));
    } else if !rows.interval.is_empty() {
        rows.interval.resize(rows.place.len(), NONE);
    }
}

/// The bound with this place in the order of its definition.
fn bound(number: u32) -> Bound {
    match number {
        1 => Bound::Above,
        2 => Bound::Below,
        3 => Bound::About,
        _ => Bound::Exact,
    }
}

/// Leaves out rows that repeat the key of an earlier one, and tells them. Linear time: a hash table of row numbers.
fn drop_duplicates(rows: &mut Rows, clashes: &mut Vec<Clash>) {
    const TAG: u64 = 0xffff_ffff_0000_0000;
    let size = (rows.len() * 2).next_power_of_two().max(2);
    let mask = size - 1;
    // Upper half: hash, lower half: row + 1; zero is free.
    let mut slots = vec![0_u64; size];
    let mut repeated = Vec::new();
    for row in 0..rows.len() {
        let hash = hash(rows, row);
        let mut slot = hash as usize & mask;
        loop {
            let entry = slots[slot];
            if entry == 0 {
                slots[slot] = (hash & TAG) | (row as u64 + 1);
                break;
            }
            let first = (entry as u32 - 1) as usize;
            if entry & TAG == hash & TAG && same_key(rows, first, row) {
                clashes.push(Clash::Duplicate { row: rows.origin[row], first: rows.origin[first] });
                repeated.push(row);
                break;
            }
            slot = (slot + 1) & mask;
        }
    }
    if !repeated.is_empty() {
        rows.remove(&repeated);
    }
}

fn hash(rows: &Rows, row: usize) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    rows.place[row].hash(&mut hasher);
    rows.period[row].hash(&mut hasher);
    rows.breakdown[row].hash(&mut hasher);
    rows.vintage[row].hash(&mut hasher);
    hasher.finish()
}

fn same_key(rows: &Rows, a: usize, b: usize) -> bool {
    rows.place[a] == rows.place[b]
        && rows.period[a] == rows.period[b]
        && rows.breakdown[a] == rows.breakdown[b]
        && rows.vintage[a] == rows.vintage[b]
}

impl Rows {
    fn with_capacity(rows: usize) -> Rows {
        Rows {
            unit: None,
            place: Vec::with_capacity(rows),
            period: Vec::with_capacity(rows),
            breakdown: Vec::with_capacity(rows),
            vintage: Vec::with_capacity(rows),
            value: Vec::with_capacity(rows),
            status: Vec::with_capacity(rows),
            bound: Vec::with_capacity(rows),
            interval: Vec::new(),
            source: Vec::with_capacity(rows),
            origin: Vec::with_capacity(rows),
        }
    }

    /// Removes rows by their sorted numbers.
    fn remove(&mut self, rows: &[usize]) {
        fn keep<T>(column: &mut Vec<T>, rows: &[usize]) {
            let (mut at, mut next) = (0, 0);
            column.retain(|_| {
                let drop = rows.get(next) == Some(&at);
                at += 1;
                next += usize::from(drop);
                !drop
            });
        }
        keep(&mut self.place, rows);
        keep(&mut self.period, rows);
        keep(&mut self.breakdown, rows);
        keep(&mut self.vintage, rows);
        keep(&mut self.value, rows);
        keep(&mut self.status, rows);
        keep(&mut self.bound, rows);
        keep(&mut self.interval, rows);
        keep(&mut self.source, rows);
        keep(&mut self.origin, rows);
    }
}
