//! Joining parsed chunks into the rows of each indicator, in the indicator's unit, and finding duplicate keys.

use super::{Chunk, FileChunks};
use crate::rows::{Observations, Origin, Rows};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::hash::{Hash, Hasher};
use umbel_core::{Symbol, Symbols, Unit, unit::Factor};

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

/// The rows and what clashes among them.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    pub observations: Observations,
    /// In the order of the indicators.
    pub clashes: Vec<Clash>,
}

/// A chunk with its texts turned into symbols.
struct Part<'a> {
    chunk: &'a Chunk,
    file: u16,
    /// Lines of the file before it.
    before: u32,
    places: Vec<Symbol>,
    breakdowns: Vec<Symbol>,
    sources: Vec<Symbol>,
    /// `None` for the empty text: the unit of the indicator.
    units: Vec<Option<Unit>>,
}

/// Joins the chunks of all files. `units` are the units of the known indicators; the figures of one that is not known
/// stay in the first unit stated.
pub(crate) fn join(files: &[FileChunks], symbols: &mut Symbols, units: &FxHashMap<Symbol, Unit>) -> Joined {
    let mut parts = Vec::new();
    let mut order: Vec<Symbol> = Vec::new();
    let mut where_from: FxHashMap<Symbol, Vec<(usize, usize)>> = FxHashMap::default();
    for file in files {
        for (chunk, before) in &file.chunks {
            for (local, name) in chunk.indicators.iter().enumerate() {
                let symbol = symbols.intern(name);
                let places = where_from.entry(symbol).or_default();
                if places.is_empty() {
                    order.push(symbol);
                }
                places.push((parts.len(), local));
            }
            let mut all = |texts: &[String]| texts.iter().map(|text| symbols.intern(text)).collect::<Vec<_>>();
            parts.push(Part {
                chunk,
                file: file.file,
                before: *before,
                places: all(&chunk.places),
                breakdowns: all(&chunk.breakdowns),
                sources: all(&chunk.sources),
                units: chunk.units.iter().map(|text| Unit::parse(text).ok().filter(|_| !text.is_empty())).collect(),
            });
        }
    }
    let joined: Vec<(Symbol, Rows, Vec<Clash>)> = order
        .par_iter()
        .map(|&indicator| {
            let from = where_from.get(&indicator).map_or(&[][..], Vec::as_slice);
            let (mut rows, mut clashes) = rows_of(indicator, from, &parts, units.get(&indicator));
            drop_duplicates(&mut rows, &mut clashes);
            (indicator, rows, clashes)
        })
        .collect();
    let mut result = Joined::default();
    for (indicator, rows, clashes) in joined {
        result.clashes.extend(clashes);
        if !rows.is_empty() {
            result.observations.by_indicator.push((indicator, rows));
        }
    }
    for part in &parts {
        for (line, note) in &part.chunk.notes {
            result.observations.notes.insert(Origin { file: part.file, line: part.before + line }, note.clone());
        }
    }
    result
}

fn rows_of(indicator: Symbol, from: &[(usize, usize)], parts: &[Part<'_>], unit: Option<&Unit>) -> (Rows, Vec<Clash>) {
    let range = |chunk: &Chunk, local: usize| chunk.starts[local] as usize..chunk.starts[local + 1] as usize;
    let total = from.iter().map(|&(part, local)| range(parts[part].chunk, local).len()).sum();
    let mut rows = Rows::with_capacity(total);
    let mut clashes = Vec::new();
    let mut unit = unit.cloned();
    for &(part, local) in from {
        let Part { chunk, file, before, places, breakdowns, sources, units } = &parts[part];
        let columns = &chunk.columns;
        // The factor of each unit of the chunk, found when it is first met.
        let mut factors: Vec<Option<Option<Factor>>> = vec![None; units.len()];
        for row in range(chunk, local) {
            let origin = Origin { file: *file, line: before + columns.line[row] };
            let stated = columns.unit[row] as usize;
            let factor = match (&factors[stated], &units[stated]) {
                (Some(factor), _) => *factor,
                (None, None) => None,
                (None, Some(own)) => {
                    let expected = unit.get_or_insert_with(|| own.clone());
                    let factor = own.factor(expected);
                    if factor.is_none() {
                        clashes.push(Clash::Unit {
                            row: origin,
                            indicator,
                            unit: own.text().to_owned(),
                            expected: expected.text().to_owned(),
                        });
                        continue;
                    }
                    let factor = factor.filter(|factor| !factor.is_one());
                    factors[stated] = Some(factor);
                    factor
                }
            };
            let convert = |value: f64| factor.map_or(value, |factor| factor.apply(value));
            rows.place.push(places[columns.place[row] as usize]);
            rows.period.push(columns.period[row]);
            rows.breakdown.push(breakdowns[columns.breakdown[row] as usize]);
            rows.vintage.push(columns.vintage[row]);
            rows.value.push(convert(columns.value[row]));
            rows.status.push(columns.status[row]);
            rows.bound.push(columns.bound[row]);
            let interval = columns.interval.get(row).map(|&(low, high)| (convert(low), convert(high)));
            rows.push_interval(interval.filter(|(low, high)| !(low.is_nan() && high.is_nan())));
            rows.source.push(sources[columns.source[row] as usize]);
            rows.origin.push(origin);
        }
    }
    rows.unit = unit;
    (rows, clashes)
}

/// Leaves out rows that repeat the key of an earlier one, and tells them. Linear time: a hash table of row numbers.
fn drop_duplicates(rows: &mut Rows, clashes: &mut Vec<Clash>) {
    let count = rows.len();
    let size = (count * 2).next_power_of_two().max(2);
    let mask = size - 1;
    // Upper half: hash, lower half: row + 1; zero is free.
    let mut slots = vec![0_u64; size];
    let mut repeated = Vec::new();
    for row in 0..count {
        let hash = hash(rows, row);
        let tag = hash & 0xffff_ffff_0000_0000;
        let mut slot = hash as usize & mask;
        loop {
            let entry = slots[slot];
            if entry == 0 {
                slots[slot] = tag | (row as u64 + 1);
                break;
            }
            let first = (entry as u32 - 1) as usize;
            if entry & 0xffff_ffff_0000_0000 == tag && same_key(rows, first, row) {
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

    /// Adds the interval of the row added last but for it (all other columns are one longer).
    fn push_interval(&mut self, interval: Option<(f64, f64)>) {
        const NONE: (f64, f64) = (f64::NAN, f64::NAN);
        if interval.is_some() && self.interval.is_empty() {
            self.interval.resize(self.place.len() - 1, NONE);
        }
        if interval.is_some() || !self.interval.is_empty() {
            self.interval.push(interval.unwrap_or(NONE));
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
