//! Content keys: what a node is made from, and nothing else (no line number, no time, no path).

use umbel_core::{Bound, Symbol, Symbols, Unit};
use umbel_table::Series;

/// A content key.
pub type Key = [u8; 32];

/// Raised when the meaning of keys changes.
const VERSION: &str = "umbel key 1";

/// Collects content into a key. Every part is written with its length, so that no two contents look alike.
pub struct Keyer {
    hasher: blake3::Hasher,
    buffer: Vec<u8>,
}

const BUFFER: usize = 64 * 1024;

impl Keyer {
    /// A key for one kind of content.
    pub fn new(kind: &str) -> Keyer {
        let mut keyer = Keyer { hasher: blake3::Hasher::new(), buffer: Vec::with_capacity(BUFFER) };
        keyer.text(VERSION);
        keyer.text(kind);
        keyer
    }

    fn flush_if_full(&mut self) {
        if self.buffer.len() >= BUFFER {
            self.hasher.update(&self.buffer);
            self.buffer.clear();
        }
    }

    /// Adds a number.
    pub fn number(&mut self, number: u64) {
        self.buffer.extend_from_slice(&number.to_le_bytes());
        self.flush_if_full();
    }

    /// Adds a value, by its bits.
    pub fn float(&mut self, value: f64) {
        self.number(value.to_bits());
    }

    /// Adds a value that may not be there.
    pub fn maybe(&mut self, value: Option<f64>) {
        match value {
            Some(value) => {
                self.byte(1);
                self.float(value);
            }
            None => self.byte(0),
        }
    }

    /// Adds a byte.
    pub fn byte(&mut self, byte: u8) {
        self.buffer.push(byte);
        self.flush_if_full();
    }

    /// Adds a text.
    pub fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.buffer.extend_from_slice(text.as_bytes());
        self.flush_if_full();
    }

    /// Adds another key.
    pub fn key(&mut self, key: &Key) {
        self.buffer.extend_from_slice(key);
        self.flush_if_full();
    }

    /// Adds a unit: what it is, not how it is written.
    pub fn unit(&mut self, unit: &Unit) {
        let (numerator, denominator) = unit.scale();
        self.text(&format!("{numerator}/{denominator} {:?}", unit.dimensions()));
    }

    /// Adds a column of symbols by their texts, each run of equal ones once.
    pub fn symbols(&mut self, column: &[Symbol], symbols: &Symbols) {
        self.number(column.len() as u64);
        for run in column.chunk_by(|a, b| a == b) {
            self.number(run.len() as u64);
            self.text(symbols.name(run[0]));
        }
    }

    /// Adds a column of small numbers, each run of equal ones once.
    pub fn runs(&mut self, column: impl Iterator<Item = u64>) {
        let mut last: Option<(u64, u64)> = None;
        for number in column {
            match &mut last {
                Some((value, length)) if *value == number => *length += 1,
                _ => {
                    if let Some((value, length)) = last.replace((number, 1)) {
                        self.number(value);
                        self.number(length);
                    }
                }
            }
        }
        if let Some((value, length)) = last {
            self.number(value);
            self.number(length);
        }
        self.byte(255);
    }

    /// Adds the rows of a series.
    pub fn series(&mut self, series: &Series, symbols: &Symbols) {
        self.unit(&series.unit);
        self.symbols(&series.place, symbols);
        series.period.iter().for_each(|period| self.number(period.to_bits()));
        self.symbols(&series.breakdown, symbols);
        series.stored_values().iter().for_each(|&value| self.float(value));
        self.runs(series.status.iter().map(|&status| status as u64));
        self.runs(series.bound.iter().map(|&bound| bound_number(bound)));
        self.number(series.interval.len() as u64);
        for &(low, high) in &series.interval {
            self.maybe(Some(low).filter(|v| !v.is_nan()));
            self.maybe(Some(high).filter(|v| !v.is_nan()));
        }
    }

    /// The key.
    pub fn finish(mut self) -> Key {
        self.hasher.update(&self.buffer);
        *self.hasher.finalize().as_bytes()
    }
}

/// A stable number for a bound.
pub fn bound_number(bound: Bound) -> u64 {
    match bound {
        Bound::Exact => 0,
        Bound::Above => 1,
        Bound::Below => 2,
        Bound::About => 3,
    }
}

/// A key as hexadecimal text.
pub fn hex(key: &Key) -> String {
    key.iter().map(|byte| format!("{byte:02x}")).collect()
}
