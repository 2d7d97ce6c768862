//! Findings on the way: those about a cell know its row and column name, and learn its exact place at the end, when each
//! file that is pointed at is read once more.

use rustc_hash::FxHashMap;
use umbel_core::{Code, Finding};
use umbel_table::{Locator, Origin, Region};

/// How many findings of one code in one column of a file are listed; of the others only the number is told.
const LIMIT: usize = 100;

/// A finding about a cell.
#[derive(Debug)]
struct Draft {
    origin: Origin,
    column: &'static str,
    code: &'static Code,
    message: String,
    fix: String,
}

/// Findings being collected.
#[derive(Debug, Default)]
pub struct Drafts {
    cells: Vec<Draft>,
    placed: Vec<Finding>,
}

impl Drafts {
    /// Adds a finding about the cell of a row; `column` is the name in the header.
    pub fn cell(
        &mut self,
        code: &'static Code,
        origin: Origin,
        column: &'static str,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.cells.push(Draft { origin, column, code, message: message.into(), fix: fix.into() });
    }

    /// Adds a finding whose place is known.
    pub fn placed(&mut self, finding: Finding) {
        self.placed.push(finding);
    }

    /// All findings, each with its place; too many of one kind in one column of a file are counted, not listed.
    pub fn finish(mut self, region: &Region) -> Vec<Finding> {
        self.cells.sort_by(|a, b| {
            (a.origin, a.column, a.code.id, &a.message).cmp(&(b.origin, b.column, b.code.id, &b.message))
        });
        let mut counts: FxHashMap<(u16, &str, &str), (usize, usize)> = FxHashMap::default();
        let mut kept: Vec<Draft> = Vec::new();
        let mut last: FxHashMap<(u16, &str, &str), usize> = FxHashMap::default();
        for draft in self.cells {
            let key = (draft.origin.file, draft.column, draft.code.id);
            let (listed, more) = counts.entry(key).or_default();
            if *listed == LIMIT {
                *more += 1;
                continue;
            }
            *listed += 1;
            last.insert(key, kept.len());
            kept.push(draft);
        }
        for (key, (_, more)) in &counts {
            if *more > 0
                && let Some(draft) = last.get(key).and_then(|at| kept.get_mut(*at))
            {
                let places = if *more == 1 { "place" } else { "places" };
                draft.message.push_str(&format!(" (and the same in {more} more {places} of this column)"));
            }
        }
        let mut locator = Locator::new(region);
        let mut findings = self.placed;
        for draft in kept {
            let place = locator.cell(draft.origin, draft.column);
            findings.push(Finding::new(draft.code, place, draft.message, draft.fix));
        }
        findings
    }
}
