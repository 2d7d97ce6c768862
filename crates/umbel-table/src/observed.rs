//! The rows of an indicator, made when they are first asked for.

use crate::observations::{Clash, Sections};
use crate::rows::Rows;
use std::ops::Deref;
use std::sync::OnceLock;

/// The rows of one indicator; [`Deref`] gives them, and makes them when they are first asked for.
///
/// The number of rows, their vintages and their digest are known without that.
#[derive(Clone, Debug)]
pub struct ObservedRows {
    sections: Option<Sections>,
    rows: OnceLock<Rows>,
    length: usize,
    vintages: Vec<i32>,
    digest: [u8; 32],
}

impl ObservedRows {
    /// Rows that are known to clash with none; they are not made yet.
    pub(crate) fn later(sections: Sections) -> ObservedRows {
        let (length, vintages, digest) = (sections.written(), sections.vintages(), sections.digest());
        ObservedRows { sections: Some(sections), rows: OnceLock::new(), length, vintages, digest }
    }

    /// The rows, made at once, and what clashes among them.
    pub(crate) fn now(sections: Sections) -> (ObservedRows, Vec<Clash>) {
        let (rows, clashes) = sections.rows();
        let mut observed = ObservedRows::later(sections);
        observed.length = rows.len();
        observed.rows = OnceLock::from(rows);
        (observed, clashes)
    }

    /// Rows that an edit made of others; the digest is that of the others and the edit.
    pub fn edited(rows: Rows, digest: [u8; 32]) -> ObservedRows {
        let mut vintages = rows.vintage.clone();
        vintages.sort_unstable();
        vintages.dedup();
        let length = rows.len();
        ObservedRows { sections: None, rows: OnceLock::from(rows), length, vintages, digest }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// The distinct vintages of the rows, sorted ([`Rows::UNDATED`] first).
    pub fn vintages(&self) -> &[i32] {
        &self.vintages
    }

    /// The digest of the rows, see [`crate::Region::digest`].
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }
}

impl Deref for ObservedRows {
    type Target = Rows;

    fn deref(&self) -> &Rows {
        self.rows.get_or_init(|| self.sections.as_ref().map(|sections| sections.rows().0).unwrap_or_default())
    }
}
