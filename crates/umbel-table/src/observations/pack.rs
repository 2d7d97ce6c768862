//! Parsed chunks as compact bytes: kept in memory until their rows are wanted, and on disk from one run to the next.
//!
//! Numbers of a column of one indicator take no byte when they are all the same, else one, two or four.

use super::chunk::Chunk;
use super::digest::{Sum, sums, vintages};
use umbel_core::Period;

/// A chunk as bytes, with what is wanted before its rows are.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Packed {
    /// Number of line ends in it.
    pub lines: u32,
    /// Its indicators.
    pub sections: Vec<Section>,
    /// Ids of its places.
    pub places: Vec<String>,
    /// Its periods.
    pub periods: Vec<Option<Period>>,
    /// Its breakdowns.
    pub breakdowns: Vec<String>,
    /// Its vintages.
    pub vintages: Vec<i32>,
    /// Its units as written.
    pub units: Vec<String>,
    /// Ids of its sources.
    pub sources: Vec<String>,
    /// Notes by line.
    pub notes: Vec<(u32, String)>,
    bytes: Vec<u8>,
}

/// The rows of one indicator in a chunk.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Section {
    /// Id of the indicator.
    pub indicator: String,
    /// Number of rows.
    pub rows: u32,
    /// Sum of the hashes of the rows.
    pub sum: Sum,
    /// Distinct vintages, sorted.
    pub vintages: Vec<i32>,
    start: u64,
}

/// A column of whole numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Numbers<'a> {
    /// The same in every row.
    Same(u32),
    /// One, two or four bytes a row, the lowest first.
    Wide(&'a [u8], usize),
}

impl Numbers<'_> {
    /// The number of a row.
    pub fn get(&self, row: usize) -> u32 {
        match *self {
            Numbers::Same(number) => number,
            Numbers::Wide(bytes, width) => {
                let part = bytes.get(row * width..(row + 1) * width).unwrap_or(&[]);
                part.iter().rev().fold(0, |all, &b| all << 8 | u32::from(b))
            }
        }
    }
}

/// The columns of a section.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SectionColumns<'a> {
    pub place: Numbers<'a>,
    pub period: Numbers<'a>,
    pub breakdown: Numbers<'a>,
    pub vintage: Numbers<'a>,
    pub unit: Numbers<'a>,
    pub status: Numbers<'a>,
    pub bound: Numbers<'a>,
    pub source: Numbers<'a>,
    pub line: Numbers<'a>,
    value: &'a [u8],
    interval: &'a [u8],
}

impl SectionColumns<'_> {
    /// The value of a row, as written.
    pub fn value(&self, row: usize) -> f64 {
        float(self.value, row)
    }

    /// Whether some row has an interval.
    pub fn has_intervals(&self) -> bool {
        !self.interval.is_empty()
    }

    /// The interval of a row, NaN where not given.
    pub fn interval(&self, row: usize) -> (f64, f64) {
        (float(self.interval, 2 * row), float(self.interval, 2 * row + 1))
    }
}

fn float(bytes: &[u8], at: usize) -> f64 {
    match bytes.get(at * 8..at * 8 + 8).and_then(|part| part.try_into().ok()) {
        Some(part) => f64::from_le_bytes(part),
        None => f64::NAN,
    }
}

impl Packed {
    /// Packs a chunk.
    pub fn new(chunk: Chunk) -> Packed {
        let (sums, vintages) = (sums(&chunk), vintages(&chunk));
        let mut bytes = Vec::new();
        let mut sections = Vec::with_capacity(chunk.indicators.len());
        let columns = &chunk.columns;
        for (at, ((indicator, sum), vintages)) in chunk.indicators.into_iter().zip(sums).zip(vintages).enumerate() {
            let rows = chunk.starts[at] as usize..chunk.starts[at + 1] as usize;
            let section = Section { indicator, rows: rows.len() as u32, sum, vintages, start: bytes.len() as u64 };
            for column in [&columns.place, &columns.period, &columns.breakdown, &columns.vintage, &columns.unit] {
                put_numbers(&mut bytes, column[rows.clone()].iter().copied());
            }
            put_numbers(&mut bytes, columns.status[rows.clone()].iter().map(|&status| status as u32));
            put_numbers(&mut bytes, columns.bound[rows.clone()].iter().map(|&bound| bound as u32));
            put_numbers(&mut bytes, columns.source[rows.clone()].iter().copied());
            put_numbers(&mut bytes, columns.line[rows.clone()].iter().copied());
            columns.value[rows.clone()].iter().for_each(|value| bytes.extend(value.to_le_bytes()));
            let intervals = columns.interval.get(rows).unwrap_or(&[]);
            let has = intervals.iter().any(|(low, high)| !(low.is_nan() && high.is_nan()));
            bytes.push(u8::from(has));
            if has {
                for (low, high) in intervals {
                    bytes.extend(low.to_le_bytes());
                    bytes.extend(high.to_le_bytes());
                }
            }
            sections.push(section);
        }
        bytes.shrink_to_fit();
        Packed {
            lines: chunk.lines,
            sections,
            places: chunk.places,
            periods: chunk.periods,
            breakdowns: chunk.breakdowns,
            vintages: chunk.vintages,
            units: chunk.units,
            sources: chunk.sources,
            notes: chunk.notes,
            bytes,
        }
    }

    /// The columns of a section; `None` when the bytes are not those of a chunk.
    pub fn columns(&self, section: usize) -> Option<SectionColumns<'_>> {
        let section = self.sections.get(section)?;
        let mut input = Input(self.bytes.get(usize::try_from(section.start).ok()?..)?);
        let rows = section.rows as usize;
        Some(SectionColumns {
            place: input.numbers(rows)?,
            period: input.numbers(rows)?,
            breakdown: input.numbers(rows)?,
            vintage: input.numbers(rows)?,
            unit: input.numbers(rows)?,
            status: input.numbers(rows)?,
            bound: input.numbers(rows)?,
            source: input.numbers(rows)?,
            line: input.numbers(rows)?,
            value: input.take(rows.checked_mul(8)?)?,
            interval: match input.take(1)?[0] {
                0 => &[],
                _ => input.take(rows.checked_mul(16)?)?,
            },
        })
    }

    /// The bytes of the whole.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes.len() + 4096);
        put_u32(&mut out, self.lines);
        for texts in [&self.places, &self.breakdowns, &self.units, &self.sources] {
            put_u32(&mut out, texts.len() as u32);
            texts.iter().for_each(|text| put_text(&mut out, text));
        }
        put_u32(&mut out, self.periods.len() as u32);
        for period in &self.periods {
            put_text(&mut out, &period.map_or_else(String::new, |period| period.to_string()));
        }
        put_days(&mut out, &self.vintages);
        put_u32(&mut out, self.notes.len() as u32);
        for (line, note) in &self.notes {
            put_u32(&mut out, *line);
            put_text(&mut out, note);
        }
        put_u32(&mut out, self.sections.len() as u32);
        for section in &self.sections {
            put_text(&mut out, &section.indicator);
            put_u32(&mut out, section.rows);
            section.sum.iter().for_each(|lane| out.extend(lane.to_le_bytes()));
            put_days(&mut out, &section.vintages);
            out.extend(section.start.to_le_bytes());
        }
        out.extend(&self.bytes);
        out
    }

    /// Reads the bytes of [`Packed::to_bytes`]; `None` when they are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Packed> {
        let mut input = Input(bytes);
        let lines = input.u32()?;
        let mut lists = [const { Vec::new() }; 4];
        for list in &mut lists {
            *list = input.texts()?;
        }
        let [places, breakdowns, units, sources] = lists;
        let periods = input.texts()?.iter().map(|text| Period::parse(text)).collect();
        let vintages = input.days()?;
        let mut notes = Vec::new();
        for _ in 0..input.u32()? {
            notes.push((input.u32()?, input.text()?));
        }
        let mut sections = Vec::new();
        for _ in 0..input.u32()? {
            sections.push(Section {
                indicator: input.text()?,
                rows: input.u32()?,
                sum: [input.u64()?, input.u64()?, input.u64()?, input.u64()?],
                vintages: input.days()?,
                start: input.u64()?,
            });
        }
        let bytes = input.0.to_vec();
        Some(Packed { lines, sections, places, periods, breakdowns, vintages, units, sources, notes, bytes })
    }
}

fn put_u32(out: &mut Vec<u8>, number: u32) {
    out.extend(number.to_le_bytes());
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_u32(out, text.len() as u32);
    out.extend(text.as_bytes());
}

fn put_days(out: &mut Vec<u8>, days: &[i32]) {
    put_u32(out, days.len() as u32);
    days.iter().for_each(|day| out.extend(day.to_le_bytes()));
}

fn put_numbers(out: &mut Vec<u8>, numbers: impl Iterator<Item = u32> + Clone) {
    let first = numbers.clone().next().unwrap_or(0);
    if numbers.clone().all(|number| number == first) {
        out.push(0);
        return put_u32(out, first);
    }
    match numbers.clone().max().unwrap_or(0) {
        0..=0xff => {
            out.push(1);
            out.extend(numbers.map(|number| number as u8));
        }
        0x100..=0xffff => {
            out.push(2);
            numbers.for_each(|number| out.extend((number as u16).to_le_bytes()));
        }
        _ => {
            out.push(4);
            numbers.for_each(|number| out.extend(number.to_le_bytes()));
        }
    }
}

/// Bytes that are read from the front; every step says when there are too few.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (part, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(part)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    fn text(&mut self) -> Option<String> {
        let length = self.u32()? as usize;
        String::from_utf8(self.take(length)?.to_vec()).ok()
    }

    fn texts(&mut self) -> Option<Vec<String>> {
        (0..self.u32()?).map(|_| self.text()).collect()
    }

    fn days(&mut self) -> Option<Vec<i32>> {
        (0..self.u32()?).map(|_| self.u32().map(|day| day as i32)).collect()
    }

    fn numbers(&mut self, rows: usize) -> Option<Numbers<'a>> {
        match self.take(1)?[0] {
            0 => Some(Numbers::Same(self.u32()?)),
            width @ (1 | 2 | 4) => {
                let width = usize::from(width);
                Some(Numbers::Wide(self.take(rows.checked_mul(width)?)?, width))
            }
            _ => None,
        }
    }
}
