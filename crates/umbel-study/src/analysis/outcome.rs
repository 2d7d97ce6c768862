//! What an analysis gives: figures about the whole, and tables over its places, periods or parts.

use serde::ser::{Serialize, SerializeMap, Serializer};
use std::borrow::Cow;

/// A name of a figure or column: fixed for most, made of ids for some.
pub type Name = Cow<'static, str>;

/// A figure about the whole sample.
#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    /// A number; `None` when it is not defined.
    Number(Option<f64>),
    /// A whole number.
    Count(i64),
    /// A word.
    Word(String),
    /// Yes or no.
    Flag(bool),
    /// Several figures in order.
    List(Vec<Figure>),
    /// Several figures by name.
    Group(Vec<(Name, Figure)>),
}

impl From<f64> for Figure {
    fn from(value: f64) -> Figure {
        Figure::Number(Some(value).filter(|value| value.is_finite()))
    }
}
impl From<Option<f64>> for Figure {
    fn from(value: Option<f64>) -> Figure {
        Figure::Number(value.filter(|value| value.is_finite()))
    }
}
impl From<usize> for Figure {
    fn from(value: usize) -> Figure {
        Figure::Count(value as i64)
    }
}
impl From<u32> for Figure {
    fn from(value: u32) -> Figure {
        Figure::Count(i64::from(value))
    }
}
impl From<i64> for Figure {
    fn from(value: i64) -> Figure {
        Figure::Count(value)
    }
}
impl From<u64> for Figure {
    fn from(value: u64) -> Figure {
        Figure::Count(value as i64)
    }
}
impl From<bool> for Figure {
    fn from(value: bool) -> Figure {
        Figure::Flag(value)
    }
}
impl From<&str> for Figure {
    fn from(value: &str) -> Figure {
        Figure::Word(value.to_owned())
    }
}
impl From<String> for Figure {
    fn from(value: String) -> Figure {
        Figure::Word(value)
    }
}
impl<T: Into<Figure>> From<Vec<T>> for Figure {
    fn from(values: Vec<T>) -> Figure {
        Figure::List(values.into_iter().map(Into::into).collect())
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Figure::Number(value) => value.serialize(serializer),
            Figure::Count(value) => value.serialize(serializer),
            Figure::Word(value) => value.serialize(serializer),
            Figure::Flag(value) => value.serialize(serializer),
            Figure::List(values) => values.serialize(serializer),
            Figure::Group(values) => {
                let mut map = serializer.serialize_map(Some(values.len()))?;
                for (name, value) in values {
                    map.serialize_entry(name.as_ref(), value)?;
                }
                map.end()
            }
        }
    }
}

/// What a row of a table is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// A place of the sample; shown as `id`.
    Place,
    /// A row of the sample: a place, in a panel with its period; shown as `id` and `period`.
    Row,
    /// A period of the sample; shown as `period`.
    Period,
    /// A thing that the analysis names itself (a coefficient, a group, a step); shown as `name`.
    Name,
}

/// Cells of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Cells {
    /// Numbers.
    Numbers(Vec<Option<f64>>),
    /// Whole numbers.
    Counts(Vec<Option<i64>>),
    /// Words.
    Words(Vec<Option<Name>>),
    /// Figures of any kind, also lists.
    Figures(Vec<Figure>),
}

impl Cells {
    /// Number of cells.
    pub fn len(&self) -> usize {
        match self {
            Cells::Numbers(cells) => cells.len(),
            Cells::Counts(cells) => cells.len(),
            Cells::Words(cells) => cells.len(),
            Cells::Figures(cells) => cells.len(),
        }
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A cell.
    pub fn figure(&self, row: usize) -> Figure {
        match self {
            Cells::Numbers(cells) => cells[row].into(),
            Cells::Counts(cells) => cells[row].map_or(Figure::Number(None), Figure::Count),
            Cells::Words(cells) => {
                cells[row].as_ref().map_or(Figure::Number(None), |word| Figure::Word(word.clone().into_owned()))
            }
            Cells::Figures(cells) => cells[row].clone(),
        }
    }
}

/// A table of results.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What its rows are about.
    pub key: Key,
    /// For places, rows and periods: the position in the sample; empty for a table of all of them in order.
    pub at: Vec<u32>,
    /// For [`Key::Name`]: the name of each row.
    pub names: Vec<String>,
    /// Columns by name.
    pub columns: Vec<(Name, Cells)>,
}

impl Table {
    /// A table with a row for every place, row or period of the sample, in order.
    pub fn all(key: Key) -> Table {
        Table { key, at: Vec::new(), names: Vec::new(), columns: Vec::new() }
    }

    /// A table about some places, rows or periods of the sample.
    pub fn some(key: Key, at: Vec<u32>) -> Table {
        Table { at, ..Table::all(key) }
    }

    /// A table about things that the analysis names itself.
    pub fn named(names: Vec<String>) -> Table {
        Table { names, ..Table::all(Key::Name) }
    }

    /// Adds a column of numbers.
    pub fn numbers(mut self, name: impl Into<Name>, cells: impl IntoIterator<Item = Option<f64>>) -> Table {
        let cells = cells.into_iter().map(|cell| cell.filter(|cell| cell.is_finite())).collect();
        self.columns.push((name.into(), Cells::Numbers(cells)));
        self
    }

    /// Adds a column of numbers of which none is missing (one that is not finite is).
    pub fn values(self, name: impl Into<Name>, cells: &[f64]) -> Table {
        self.numbers(name, cells.iter().map(|&cell| Some(cell)))
    }

    /// Adds a column of whole numbers.
    pub fn counts(mut self, name: impl Into<Name>, cells: impl IntoIterator<Item = Option<i64>>) -> Table {
        self.columns.push((name.into(), Cells::Counts(cells.into_iter().collect())));
        self
    }

    /// Adds a column of words.
    pub fn words(mut self, name: impl Into<Name>, cells: impl IntoIterator<Item = Option<Name>>) -> Table {
        self.columns.push((name.into(), Cells::Words(cells.into_iter().collect())));
        self
    }

    /// Adds a column of figures of any kind.
    pub fn figures(mut self, name: impl Into<Name>, cells: impl IntoIterator<Item = Figure>) -> Table {
        self.columns.push((name.into(), Cells::Figures(cells.into_iter().collect())));
        self
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Cells> {
        self.columns.iter().find(|(column, _)| column == name).map(|(_, cells)| cells)
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(self.names.len(), |(_, cells)| cells.len())
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Position in the sample of what a row is about.
    pub fn position(&self, row: usize) -> usize {
        self.at.get(row).map_or(row, |&at| at as usize)
    }
}

/// What an analysis gives.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Figures about the whole, in the order in which they are shown.
    pub figures: Vec<(Name, Figure)>,
    /// Tables by name (`places`, `coefficients`).
    pub tables: Vec<(Name, Table)>,
    /// What a reader must know: places left out, islands, ties, approximations.
    pub notes: Vec<String>,
    /// Spatial weights that can be written as a file, between the places of the sample.
    pub weights: Option<umbel_stats::Weights>,
}

impl Outcome {
    /// Nothing yet.
    pub fn new() -> Outcome {
        Outcome::default()
    }

    /// Adds a figure about the whole.
    pub fn figure(&mut self, name: impl Into<Name>, value: impl Into<Figure>) -> &mut Outcome {
        self.figures.push((name.into(), value.into()));
        self
    }

    /// Adds a table.
    pub fn table(&mut self, name: impl Into<Name>, table: Table) -> &mut Outcome {
        self.tables.push((name.into(), table));
        self
    }

    /// Adds a note.
    pub fn note(&mut self, text: impl Into<String>) -> &mut Outcome {
        self.notes.push(text.into());
        self
    }

    /// The number of this name about the whole.
    pub fn number(&self, name: &str) -> Option<f64> {
        match self.figures.iter().find(|(figure, _)| figure == name)?.1 {
            Figure::Number(value) => value,
            Figure::Count(value) => Some(value as f64),
            Figure::Flag(value) => Some(f64::from(u8::from(value))),
            _ => None,
        }
    }

    /// The table of this name.
    pub fn find(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|(table, _)| table == name).map(|(_, table)| table)
    }
}
