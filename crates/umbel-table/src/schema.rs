//! The one definition of the tables and their columns: readers, writers, `datapackage.json` and the page on the region
//! format are made from it.

pub mod docs;
mod tables;

pub use tables::TABLES;

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// An id: `[a-z0-9][a-z0-9._-]*`.
    Id,
    /// Ids with `;` between.
    IdList,
    /// Any text.
    Text,
    /// A finite decimal number.
    Number,
    /// A number, or a percentage such as `0.5%`.
    NumberOrPercent,
    /// A whole number.
    Integer,
    /// A calendar date `2022-07-29`.
    Date,
    /// A period.
    Period,
    /// `true` or `false`.
    Bool,
    /// A unit.
    Unit,
    /// A letter of the SDMX list of observation statuses.
    Status,
    /// Empty or `_T`, else `dimension=code`, several with `;`.
    Breakdown,
    /// One of these words.
    Word(&'static [&'static str]),
    /// The id of a row of the table named.
    Reference(&'static str),
    /// Ids of rows of the table named, with `;` between.
    ReferenceList(&'static str),
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct ColumnSpec {
    /// Name in the header line.
    pub name: &'static str,
    /// What its cells hold.
    pub kind: Type,
    /// Whether every row must have it (and so every file the column).
    pub required: bool,
    /// Whether it is part of the key.
    pub key: bool,
    /// Whether there is one column a language (`title`, `title_zh` ...).
    pub multilingual: bool,
    /// Unit of its numbers, where the format fixes it (empty = not fixed).
    pub unit: &'static str,
    /// What it means.
    pub doc: &'static str,
}

/// A table.
#[derive(Clone, Copy, Debug)]
pub struct TableSpec {
    /// Name, as in `umbel:table`.
    pub name: &'static str,
    /// Its columns, in the order in which they are written.
    pub columns: &'static [ColumnSpec],
    /// Whether further columns are kept as attributes of the row.
    pub attributes: bool,
    /// What a row is.
    pub doc: &'static str,
}

impl TableSpec {
    /// The table of this name.
    pub fn find(name: &str) -> Option<&'static TableSpec> {
        TABLES.iter().find(|table| table.name == name)
    }

    /// The position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// Positions of the columns of the key.
    pub fn key(&self) -> impl Iterator<Item = usize> + '_ {
        self.columns.iter().enumerate().filter(|(_, column)| column.key).map(|(at, _)| at)
    }
}

impl ColumnSpec {
    const fn new(name: &'static str, kind: Type, doc: &'static str) -> ColumnSpec {
        ColumnSpec { name, kind, required: false, key: false, multilingual: false, unit: "", doc }
    }

    const fn required(mut self) -> ColumnSpec {
        self.required = true;
        self
    }

    const fn key(mut self) -> ColumnSpec {
        self.key = true;
        self
    }

    const fn languages(mut self) -> ColumnSpec {
        self.multilingual = true;
        self
    }

    const fn in_unit(mut self, unit: &'static str) -> ColumnSpec {
        self.unit = unit;
        self
    }
}

/// Whether a text has the form of an id: `[a-z0-9][a-z0-9._-]*`.
pub fn is_id(text: &str) -> bool {
    let letter_or_digit = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.first().is_some_and(|&b| letter_or_digit(b))
        && bytes.iter().all(|&b| letter_or_digit(b) || matches!(b, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_a_key_and_known_references() {
        for table in TABLES {
            assert!(table.key().next().is_some(), "{}", table.name);
            for column in table.columns {
                if let Type::Reference(target) | Type::ReferenceList(target) = column.kind {
                    assert!(TableSpec::find(target).is_some(), "{}.{}", table.name, column.name);
                }
                assert_eq!(table.columns.iter().filter(|other| other.name == column.name).count(), 1);
            }
        }
    }

    #[test]
    fn knows_an_id() {
        for id in ["beijing", "110000", "a.b-c_d", "china-division"] {
            assert!(is_id(id), "{id}");
        }
        for text in ["", "Beijing", "-a", "_t", "a b", "京", "a/b"] {
            assert!(!is_id(text), "{text}");
        }
    }
}
