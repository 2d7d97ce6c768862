//! One chunk of an observation file, parsed into columns.

use crate::cells::{self, Misfit, Role};
use crate::csv::{Cell, Ending, Record, Records, decode, place};
use crate::number;
use crate::problems::Problems;
use crate::rows::Rows;
use crate::schema::TableSpec;
use crate::typed::{day_number, missing_without_reason, present_though_missing};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use umbel_core::code::*;
use umbel_core::{Bound, Code, Date, Period, Status, Unit};

/// Positions of the columns of the table `observations`.
pub(crate) mod at {
    pub const INDICATOR: usize = 0;
    pub const PLACE: usize = 1;
    pub const PERIOD: usize = 2;
    pub const BREAKDOWN: usize = 3;
    pub const VINTAGE: usize = 4;
    pub const VALUE: usize = 5;
    pub const UNIT: usize = 6;
    pub const STATUS: usize = 7;
    pub const BOUND: usize = 8;
    pub const LOW: usize = 9;
    pub const HIGH: usize = 10;
    pub const SOURCE: usize = 11;
    pub const NOTE: usize = 12;
    pub const COUNT: usize = 13;
}

/// Which column of the file holds which column of the table.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    /// The table.
    pub table: &'static TableSpec,
    /// For each column of the table the column of the file.
    pub columns: [Option<usize>; at::COUNT],
    /// Number of columns of the file.
    pub width: usize,
}

impl Layout {
    /// The layout of a file, unless a column is missing without which no row makes sense.
    pub fn new(table: &'static TableSpec, roles: &[Role]) -> Option<Layout> {
        let mut columns = [None; at::COUNT];
        for (position, role) in roles.iter().enumerate() {
            if let Role::Column(column) = role
                && let Some(slot) = columns.get_mut(*column)
            {
                *slot = Some(position);
            }
        }
        let complete = [at::INDICATOR, at::PLACE, at::PERIOD].iter().all(|&column| columns[column].is_some());
        complete.then_some(Layout { table, columns, width: roles.len() })
    }
}

/// The columns of parsed rows, sorted by indicator (in the order of first appearance), else in the order of the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    pub place: Vec<u32>,
    pub period: Vec<Period>,
    pub breakdown: Vec<u32>,
    pub vintage: Vec<i32>,
    pub value: Vec<f64>,
    pub unit: Vec<u32>,
    pub status: Vec<Status>,
    pub bound: Vec<Bound>,
    /// Low and high; empty when no row has one.
    pub interval: Vec<(f64, f64)>,
    pub source: Vec<u32>,
    /// Line in the chunk, from 1.
    pub line: Vec<u32>,
}

/// A parsed chunk: what its bytes say, wherever they stand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chunk {
    /// Number of line ends in it.
    pub lines: u32,
    /// Ids of its indicators.
    pub indicators: Vec<String>,
    /// Where the rows of each indicator begin; one more at the end.
    pub starts: Vec<u32>,
    /// Ids of its places.
    pub places: Vec<String>,
    /// Its breakdowns, in their one form.
    pub breakdowns: Vec<String>,
    /// Its units as written.
    pub units: Vec<String>,
    /// Ids of its sources.
    pub sources: Vec<String>,
    /// The rows.
    pub columns: Columns,
    /// Notes by line.
    pub notes: Vec<(u32, String)>,
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

    /// What was parsed from a text.
    fn parsed(&mut self, text: Cow<'a, str>, parse: impl FnOnce(&str) -> T) -> &T {
        let number = self.number(text, parse);
        &self.values[number as usize]
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

impl Chunk {
    /// Parses a chunk. Lines of the problems count from the start of the chunk.
    pub fn parse(bytes: &[u8], layout: &Layout) -> (Chunk, Problems) {
        match std::str::from_utf8(bytes) {
            Ok(text) => Parser::new(text, &[], layout).run(),
            Err(_) => {
                let decoded = decode(bytes.to_vec());
                Parser::new(&decoded.text, &decoded.replaced, layout).run()
            }
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    replaced: &'a [usize],
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

/// A cell of the row at hand.
struct Place<'r> {
    record: &'r Record,
    cells: &'r [Cell],
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, replaced: &'a [usize], layout: &'a Layout) -> Parser<'a> {
        Parser {
            text,
            replaced,
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

    fn run(mut self) -> (Chunk, Problems) {
        let (mut records, mut cells) = (Records::new(self.text, 0, 1), Vec::with_capacity(self.layout.width));
        let mut replaced = self.replaced;
        while let Some(record) = records.next_into(&mut cells) {
            let spoiled = replaced.partition_point(|&byte| byte < record.end.max(record.start));
            if let Some(&byte) = replaced[..spoiled].first() {
                let at = place(self.text, (record.start, record.line), byte);
                self.problems.add(&F007, "", at, "the row holds bytes that are not UTF-8", "save the file as UTF-8");
                replaced = &replaced[spoiled..];
            } else if sound_record(self.text, &record, &cells, self.layout.width, &mut self.problems) {
                self.row(&record, &cells);
            }
        }
        let lines = records.position().1 - 1;
        self.finish(lines)
    }

    fn cell(&self, cells: &[Cell], column: usize) -> Cow<'a, str> {
        match self.layout.columns[column].and_then(|at| cells.get(at)) {
            Some(cell) => cell.text(self.text),
            None => Cow::Borrowed(""),
        }
    }

    fn name(&self, column: usize) -> &'static str {
        self.layout.table.columns[column].name
    }

    fn tell(&mut self, row: &Place<'_>, column: usize, misfit: impl FnOnce(&str) -> Misfit, code: &'static Code) {
        let name = self.name(column);
        if !self.problems.has_room(code, name) {
            return self.problems.count_more(code, name, 1);
        }
        let cell = self.layout.columns[column].and_then(|at| row.cells.get(at));
        let at = cell.map_or(row.record.start, Cell::opening);
        let Misfit { code, message, fix } = misfit(name);
        self.problems.add(code, name, place(self.text, (row.record.start, row.record.line), at), message, fix);
    }

    /// A number cell: `Err` when it does not parse (told).
    fn number(&mut self, row: &Place<'_>, column: usize) -> Result<Option<f64>, ()> {
        let text = self.cell(row.cells, column);
        if text.is_empty() {
            return Ok(None);
        }
        number::parse(&text).map(Some).ok_or_else(|| {
            self.tell(row, column, |name| cells::malformed_number(&text, name), &F011);
        })
    }

    fn row(&mut self, record: &Record, cells: &[Cell]) {
        let row = Place { record, cells };
        let mut sound = true;
        for column in [at::INDICATOR, at::PLACE, at::PERIOD, at::SOURCE] {
            if self.layout.columns[column].is_some() && self.cell(cells, column).is_empty() {
                self.tell(&row, column, cells::required_empty, &F009);
                sound = false;
            }
        }
        let text = self.cell(cells, at::PERIOD);
        let period = *self.periods.parsed(text.clone(), Period::parse);
        if period.is_none() && !text.is_empty() {
            self.tell(&row, at::PERIOD, |name| cells::malformed_period(&text, name), &F012);
        }
        let text = self.cell(cells, at::BREAKDOWN);
        let breakdown = self.breakdowns.number(text.clone(), |text| cells::breakdown(text).map(Cow::into_owned));
        if self.breakdowns.values[breakdown as usize].is_none() {
            self.tell(&row, at::BREAKDOWN, |name| cells::malformed_breakdown(&text, name), &F015);
            sound = false;
        }
        let text = self.cell(cells, at::VINTAGE);
        let vintage = *self.vintages.parsed(text.clone(), vintage);
        if vintage.is_none() {
            self.tell(&row, at::VINTAGE, |name| cells::malformed_date(&text, name), &F013);
        }
        let text = self.cell(cells, at::UNIT);
        let unit = self.units.number(text, |text| Unit::parse(text).err().map(|error| error.to_string()));
        if let Some(error) = self.units.values[unit as usize].clone() {
            self.tell(&row, at::UNIT, |name| cells::malformed_unit(&error, name), &F016);
            sound = false;
        }
        let text = self.cell(cells, at::STATUS);
        let status = Status::parse(&text);
        if status.is_none() {
            self.tell(&row, at::STATUS, |name| cells::malformed_status(&text, name), &F015);
        }
        let text = self.cell(cells, at::BOUND);
        let bound = Bound::parse(&text);
        if bound.is_none() {
            let misfit = |name: &str| cells::word_not_allowed(&text, name, &["above", "below", "about"]);
            self.tell(&row, at::BOUND, misfit, &F015);
        }
        let value = self.number(&row, at::VALUE);
        let (low, high) = (self.number(&row, at::LOW), self.number(&row, at::HIGH));
        let (Some(period), Some(vintage), Some(status), Some(bound), Ok(value)) =
            (period, vintage, status, bound, value)
        else {
            return;
        };
        let value = match value {
            Some(_) if status.is_missing() => {
                let (message, fix) = present_though_missing(status);
                self.tell(&row, at::VALUE, |_| Misfit { code: &V003, message, fix }, &V003);
                None
            }
            None if !status.is_missing() => {
                let (message, fix) = missing_without_reason();
                self.tell(&row, at::VALUE, |_| Misfit { code: &V002, message, fix }, &V002);
                return;
            }
            value => value,
        };
        if !sound {
            return;
        }
        let interval = self.interval(&row, low.ok().flatten(), value, high.ok().flatten());
        let (indicator, place) = (self.cell(cells, at::INDICATOR), self.cell(cells, at::PLACE));
        let source = self.cell(cells, at::SOURCE);
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
        columns.line.push(record.line);
        let note = self.cell(cells, at::NOTE);
        if !note.is_empty() {
            self.notes.push((record.line, note.into_owned()));
        }
    }

    /// The interval of a row, NaN where not given; told and left out when out of order.
    fn interval(
        &mut self,
        row: &Place<'_>,
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
            breakdowns,
            units: self.units.texts(),
            sources: self.sources.texts(),
            columns,
            notes: self.notes,
        };
        (chunk, self.problems)
    }
}

impl Columns {
    /// The rows in another order.
    fn in_order(self, order: &[u32]) -> Columns {
        fn pick<T: Copy>(column: Vec<T>, order: &[u32]) -> Vec<T> {
            if column.is_empty() { column } else { order.iter().map(|&row| column[row as usize]).collect() }
        }
        Columns {
            place: pick(self.place, order),
            period: pick(self.period, order),
            breakdown: pick(self.breakdown, order),
            vintage: pick(self.vintage, order),
            value: pick(self.value, order),
            unit: pick(self.unit, order),
            status: pick(self.status, order),
            bound: pick(self.bound, order),
            interval: pick(self.interval, order),
            source: pick(self.source, order),
            line: pick(self.line, order),
        }
    }
}

/// A release date as a day number; `None` when it is no date.
fn vintage(text: &str) -> Option<i32> {
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
