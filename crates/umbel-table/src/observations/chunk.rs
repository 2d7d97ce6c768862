//! One chunk of an observation file: its rows as columns of small numbers.

use crate::cells::Role;
use crate::schema::TableSpec;
use umbel_core::{Bound, Period, Status};

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
///
/// Texts are numbers into the lists of the [`Chunk`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Columns {
    pub place: Vec<u32>,
    pub period: Vec<u32>,
    pub breakdown: Vec<u32>,
    pub vintage: Vec<u32>,
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
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Chunk {
    /// Number of line ends in it.
    pub lines: u32,
    /// Ids of its indicators.
    pub indicators: Vec<String>,
    /// Where the rows of each indicator begin; one more at the end.
    pub starts: Vec<u32>,
    /// Ids of its places.
    pub places: Vec<String>,
    /// Its periods; `None` for texts that are none and that no row has.
    pub periods: Vec<Option<Period>>,
    /// Its breakdowns, in their one form.
    pub breakdowns: Vec<String>,
    /// Its vintages as day numbers.
    pub vintages: Vec<i32>,
    /// Its units as written.
    pub units: Vec<String>,
    /// Ids of its sources.
    pub sources: Vec<String>,
    /// The rows.
    pub columns: Columns,
    /// Notes by line.
    pub notes: Vec<(u32, String)>,
}

impl Columns {
    /// The rows in another order.
    pub fn in_order(self, order: &[u32]) -> Columns {
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
