//! Parsing the rows of a chunk, from CSV text or a batch of Parquet columns.

use super::chunk::{Chunk, Columns, Layout, at};
use crate::cells::{self, Misfit};
use crate::csv::{Cell, Ending, Record, Records, decode, place};
use crate::number;
use crate::parquet_file::{Batch, Values};
use crate::problems::Problems;
use crate::rows::Rows;
use crate::typed::{day_number, missing_without_reason, present_though_missing};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use umbel_core::code::*;
use umbel_core::{Bound, Code, Date, Period, Status, Unit};

/// Parses the text of a chunk. Lines of the problems count from the start of the chunk.
pub(crate) fn parse_text(bytes: &[u8], layout: &Layout) -> (Chunk, Problems) {
    match std::str::from_utf8(bytes) {
        Ok(text) => lines(text, &[], layout),
        Err(_) => {
            let decoded = decode(bytes.to_vec());
            lines(&decoded.text, &decoded.replaced, layout)
        }
    }
}

fn lines(text: &str, replaced: &[usize], layout: &Layout) -> (Chunk, Problems) {
    let mut parser = Parser::new(layout);
    let (mut records, mut cells) = (Records::new(text, 0, 1), Vec::with_capacity(layout.width));
    let mut replaced = replaced;
    while let Some(record) = records.next_into(&mut cells) {
        let spoiled = replaced.partition_point(|&byte| byte < record.end.max(record.start));
        if let Some(&byte) = replaced[..spoiled].first() {
            let at = place(text, (record.start, record.line), byte);
            parser.problems.add(&F007, "", at, "the row holds bytes that are not UTF-8", "save the file as UTF-8");
            replaced = &replaced[spoiled..];
        } else if sound_record(text, &record, &cells, layout.width, &mut parser.problems) {
            parser.row(&TextRow { text, layout, record: &record, cells: &cells });
        }
    }
    let lines = records.position().1 - 1;
    parser.finish(lines)
}

/// Parses a batch of a Parquet file; the line of a row is its number in the batch, from 1.
pub(crate) fn parse_batch(batch: &Batch, layout: &Layout) -> (Chunk, Problems) {
    let mut parser = Parser::new(layout);
    let mut bad = batch.not_utf8.iter().peekable();
    for row in 0..batch.rows {
        let mut spoiled = false;
        while bad.next_if(|(at, _)| *at == row).is_some() {
            spoiled = true;
        }
        if spoiled {
            let at = (row as u32 + 1, 0);
            parser.problems.add(&F007, "", at, "the row holds bytes that are not UTF-8", "write its text as UTF-8");
        } else {
            parser.row(&BatchRow { batch, layout, row });
        }
    }
    parser.finish(batch.rows as u32)
}

/// The cells of a row, by the columns of the table.
trait RowCells<'a> {
    /// The text of a cell; empty when not given.
    fn text(&self, column: usize) -> Cow<'a, str>;
    /// The number of a cell; its text when it is none.
    fn number(&self, column: usize) -> Result<Option<f64>, Cow<'a, str>> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        number::parse(&text).map(Some).ok_or(text)
    }
    /// Line on which the row begins.
    fn line(&self) -> u32;
    /// Line and column of a cell.
    fn place(&self, column: usize) -> (u32, u32);
}

struct TextRow<'a, 'r> {
    text: &'a str,
    layout: &'r Layout,
    record: &'r Record,
    cells: &'r [Cell],
}

impl<'a> RowCells<'a> for TextRow<'a, '_> {
    fn text(&self, column: usize) -> Cow<'a, str> {
        match self.layout.columns[column].and_then(|at| self.cells.get(at)) {
            Some(cell) => cell.text(self.text),
            None => Cow::Borrowed(""),
        }
    }

    fn line(&self) -> u32 {
        self.record.line
    }

    fn place(&self, column: usize) -> (u32, u32) {
        let cell = self.layout.columns[column].and_then(|at| self.cells.get(at));
        let at = cell.map_or(self.record.start, Cell::opening);
        place(self.text, (self.record.start, self.record.line), at)
    }
}

struct BatchRow<'a, 'r> {
    batch: &'a Batch,
    layout: &'r Layout,
    row: usize,
}

impl<'a> BatchRow<'a, '_> {
    fn values(&self, column: usize) -> Option<&'a Values> {
        self.batch.columns.get(self.layout.columns[column]?)?.as_ref()
    }
}

impl<'a> RowCells<'a> for BatchRow<'a, '_> {
    fn text(&self, column: usize) -> Cow<'a, str> {
        self.values(column).map_or(Cow::Borrowed(""), |values| values.text(self.row))
    }

    fn number(&self, column: usize) -> Result<Option<f64>, Cow<'a, str>> {
        match self.values(column) {
            Some(Values::Float(all)) => match all.get(self.row).copied().flatten() {
                Some(value) if !value.is_finite() => Err(Cow::Owned(value.to_string())),
                value => Ok(value),
            },
            Some(Values::Integer(all)) => Ok(all.get(self.row).copied().flatten().map(|value| value as f64)),
            _ => {
                let text = self.text(column);
                if text.is_empty() { Ok(None) } else { number::parse(&text).map(Some).ok_or(text) }
            }
        }
    }

    fn line(&self) -> u32 {
        self.row as u32 + 1
    }

    fn place(&self, _column: usize) -> (u32, u32) {
        (self.line(), 0)
    }
}

/// Texts of one column, each kept and parsed once.
struct Dictionary<'a, T> {
    index: FxHashMap<Cow<'a, str>, u32>,
    values: Vec<T>,
    last: (&'a str, u32),
}

impl<'a, T> Dictionary<'a, T> {
    fn new() -> Self {
        Dictionary { index: FxHashMap::default(), values: Vec::new(), last: ("", u32::MAX) }
    }

    /// The number of a text, made by `parse` when new.
    fn number(&mut self, text: Cow<'a, str>, parse: impl FnOnce(&str) -> T) -> u32 {
        if self.last.0 == text && self.last.1 != u32::MAX {
            return self.last.1;
        }
        let number = match self.index.get(&*text) {
            Some(&number) => number,
            None => {
                let number = self.values.len() as u32;
                self.values.push(parse(&text));
                self.index.insert(text.clone(), number);
                number
            }
        };
        if let Cow::Borrowed(text) = text {
            self.last = (text, number);
        }
        number
    }

    /// The texts in the order of their numbers.
    fn texts(self) -> Vec<String> {
        let mut texts = vec![String::new(); self.values.len()];
        for (text, number) in self.index {
            texts[number as usize] = text.into_owned();
        }
        texts
    }
}

struct Parser<'a> {
    layout: &'a Layout,
    problems: Problems,
    indicators: Dictionary<'a, ()>,
    places: Dictionary<'a, ()>,
    periods: Dictionary<'a, Option<Period>>,
    breakdowns: Dictionary<'a, Option<String>>,
    vintages: Dictionary<'a, Option<i32>>,
    units: Dictionary<'a, Option<String>>,
    sources: Dictionary<'a, ()>,
    indicator: Vec<u32>,
    columns: Columns,
    notes: Vec<(u32, String)>,
}

impl<'a> Parser<'a> {
    fn new(layout: &'a Layout) -> Parser<'a> {
        Parser {
            layout,
            problems: Problems::new(""),
            indicators: Dictionary::new(),
            places: Dictionary::new(),
            periods: Dictionary::new(),
            breakdowns: Dictionary::new(),
            vintages: Dictionary::new(),
            units: Dictionary::new(),
            sources: Dictionary::new(),
            indicator: Vec::new(),
            columns: Columns::default(),
            notes: Vec::new(),
        }
    }

    fn name(&self, column: usize) -> &'static str {
        self.layout.table.columns[column].name
    }

    fn tell(
        &mut self,
        row: &impl RowCells<'a>,
        column: usize,
        misfit: impl FnOnce(&str) -> Misfit,
        code: &'static Code,
    ) {
        let name = self.name(column);
        if !self.problems.has_room(code, name) {
            return self.problems.count_more(code, name, 1);
        }
        let Misfit { code, message, fix } = misfit(name);
        self.problems.add(code, name, row.place(column), message, fix);
    }

    /// A number cell: `Err` when it does not parse (told).
    fn number(&mut self, row: &impl RowCells<'a>, column: usize) -> Result<Option<f64>, ()> {
        row.number(column).map_err(|text| self.tell(row, column, |name| cells::malformed_number(&text, name), &F011))
    }

    fn row(&mut self, row: &impl RowCells<'a>) {
        let mut sound = true;
        for column in [at::INDICATOR, at::PLACE, at::PERIOD, at::SOURCE] {
            if self.layout.columns[column].is_some() && row.text(column).is_empty() {
                self.tell(row, column, cells::required_empty, &F009);
                sound = false;
            }
        }
        let text = row.text(at::PERIOD);
        let period = self.periods.number(text.clone(), Period::parse);
        let has_period = self.periods.values[period as usize].is_some();
        if !has_period && !text.is_empty() {
            self.tell(row, at::PERIOD, |name| cells::malformed_period(&text, name), &F012);
        }
        let text = row.text(at::BREAKDOWN);
        let breakdown = self.breakdowns.number(text.clone(), |text| cells::breakdown(text).map(Cow::into_owned));
        if self.breakdowns.values[breakdown as usize].is_none() {
            self.tell(row, at::BREAKDOWN, |name| cells::malformed_breakdown(&text, name), &F015);
            sound = false;
        }
        let text = row.text(at::VINTAGE);
        let vintage = self.vintages.number(text.clone(), vintage_day);
        let has_vintage = self.vintages.values[vintage as usize].is_some();
        if !has_vintage {
            self.tell(row, at::VINTAGE, |name| cells::malformed_date(&text, name), &F013);
        }
        let text = row.text(at::UNIT);
        let unit = self.units.number(text, |text| Unit::parse(text).err().map(|error| error.to_string()));
        if let Some(error) = self.units.values[unit as usize].clone() {
            self.tell(row, at::UNIT, |name| cells::malformed_unit(&error, name), &F016);
            sound = false;
        }
        let text = row.text(at::STATUS);
        let status = Status::parse(&text);
        if status.is_none() {
            self.tell(row, at::STATUS, |name| cells::malformed_status(&text, name), &F015);
        }
        let text = row.text(at::BOUND);
        let bound = Bound::parse(&text);
        if bound.is_none() {
            let misfit = |name: &str| cells::word_not_allowed(&text, name, &["above", "below", "about"]);
            self.tell(row, at::BOUND, misfit, &F015);
        }
        let value = self.number(row, at::VALUE);
        let (low, high) = (self.number(row, at::LOW), self.number(row, at::HIGH));
        let (Some(status), Some(bound), Ok(value)) = (status, bound, value) else { return };
        if !has_period || !has_vintage {
            return;
        }
        let value = match value {
            Some(_) if status.is_missing() => {
                let (message, fix) = present_though_missing(status);
                self.tell(row, at::VALUE, |_| Misfit { code: &V003, message, fix }, &V003);
                None
            }
            None if !status.is_missing() => {
                let (message, fix) = missing_without_reason();
                self.tell(row, at::VALUE, |_| Misfit { code: &V002, message, fix }, &V002);
                return;
            }
            value => value,
        };
        if !sound {
            return;
        }
        let interval = self.interval(row, low.ok().flatten(), value, high.ok().flatten());
        let (indicator, place) = (row.text(at::INDICATOR), row.text(at::PLACE));
        let source = row.text(at::SOURCE);
        self.indicator.push(self.indicators.number(indicator, |_| ()));
        let columns = &mut self.columns;
        columns.place.push(self.places.number(place, |_| ()));
        columns.period.push(period);
        columns.breakdown.push(breakdown);
        columns.vintage.push(vintage);
        columns.value.push(value.unwrap_or(0.0));
        columns.unit.push(unit);
        columns.status.push(status);
        columns.bound.push(bound);
        if interval.is_some() && columns.interval.is_empty() {
            columns.interval.resize(columns.place.len() - 1, (f64::NAN, f64::NAN));
        }
        if interval.is_some() || !columns.interval.is_empty() {
            columns.interval.push(interval.unwrap_or((f64::NAN, f64::NAN)));
        }
        columns.source.push(self.sources.number(source, |_| ()));
        columns.line.push(row.line());
        let note = row.text(at::NOTE);
        if !note.is_empty() {
            self.notes.push((row.line(), note.into_owned()));
        }
    }

    /// The interval of a row, NaN where not given; told and left out when out of order.
    fn interval(
        &mut self,
        row: &impl RowCells<'a>,
        low: Option<f64>,
        value: Option<f64>,
        high: Option<f64>,
    ) -> Option<(f64, f64)> {
        let pairs = [(low, value), (value, high), (low, high)];
        if pairs.iter().any(|(a, b)| a.zip(*b).is_some_and(|(a, b)| a > b)) {
            let shown = |value: Option<f64>| value.map_or("none".to_owned(), |value| value.to_string());
            let message =
                format!("low {}, value {} and high {} are out of order", shown(low), shown(value), shown(high));
            let column = if low.zip(value.or(high)).is_some_and(|(a, b)| a > b) { at::LOW } else { at::HIGH };
            let fix = "correct them so that low <= value <= high".to_owned();
            self.tell(row, column, |_| Misfit { code: &V001, message, fix }, &V001);
            return None;
        }
        (low.is_some() || high.is_some()).then(|| (low.unwrap_or(f64::NAN), high.unwrap_or(f64::NAN)))
    }

    /// Sorts the rows by indicator, else keeping their order.
    fn finish(self, lines: u32) -> (Chunk, Problems) {
        let indicators = self.indicators.texts();
        let mut starts = vec![0_u32; indicators.len() + 1];
        for &indicator in &self.indicator {
            starts[indicator as usize + 1] += 1;
        }
        for at in 0..indicators.len() {
            starts[at + 1] += starts[at];
        }
        let mut columns = self.columns;
        if !self.indicator.is_sorted() {
            let mut next = starts.clone();
            let mut order = vec![0_u32; self.indicator.len()];
            for (row, &indicator) in self.indicator.iter().enumerate() {
                order[next[indicator as usize] as usize] = row as u32;
                next[indicator as usize] += 1;
            }
            columns = columns.in_order(&order);
        }
        let breakdowns = self.breakdowns.values.into_iter().map(Option::unwrap_or_default).collect();
        let chunk = Chunk {
            lines,
            indicators,
            starts,
            places: self.places.texts(),
            periods: self.periods.values,
            breakdowns,
            vintages: self.vintages.values.into_iter().map(|day| day.unwrap_or(Rows::UNDATED)).collect(),
            units: self.units.texts(),
            sources: self.sources.texts(),
            columns,
            notes: self.notes,
        };
        (chunk, self.problems)
    }
}

/// A release date as a day number; `None` when it is no date.
fn vintage_day(text: &str) -> Option<i32> {
    if text.is_empty() {
        return Some(Rows::UNDATED);
    }
    text.parse::<Date>().ok().filter(|_| text.len() == 10).map(day_number)
}

/// Whether a record ended well and has as many cells as the header; told when not.
pub(crate) fn sound_record(text: &str, record: &Record, cells: &[Cell], width: usize, problems: &mut Problems) -> bool {
    let anchor = (record.start, record.line);
    if let Ending::Quote(at) = record.ending {
        let message = "a quote is misplaced or never closed, so the row cannot be read";
        let fix = "put the whole cell in quotes, double the quotes inside it, and close it";
        problems.add(&F008, "", place(text, anchor, at), message, fix);
        return false;
    }
    if cells.len() != width {
        let at = cells.get(width).map_or(record.end, Cell::opening);
        let message = format!("the row has {} cells, the header {width}", cells.len());
        let fix = if cells.len() > width {
            "put cells that hold a comma in quotes, or remove the surplus cells"
        } else {
            "add the missing cells, or their commas"
        };
        problems.add(&F006, "", place(text, anchor, at), message, fix);
        return false;
    }
    true
}
