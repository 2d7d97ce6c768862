//! Collecting what is wrong in one file: everything at once, but no flood of one kind.

use crate::{Code, Finding, Location};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// How many findings of one code in one column of a file are listed; of the others only the number is told.
pub const LIMIT: usize = 100;

/// The findings of one file.
#[derive(Debug)]
pub struct Problems {
    path: Arc<str>,
    findings: Vec<Finding>,
    /// The column each finding is about.
    columns: Vec<String>,
    seen: FxHashMap<(&'static str, String), Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    listed: usize,
    last: usize,
    more: u64,
}

impl Problems {
    /// No finding yet in the file of this path (relative to the region, with `/`).
    pub fn new(path: &str) -> Problems {
        Problems { path: path.into(), findings: Vec::new(), columns: Vec::new(), seen: FxHashMap::default() }
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.findings.is_empty()
    }

    /// Whether a further finding of this code in this column would still be listed.
    pub fn has_room(&self, code: &'static Code, column: &str) -> bool {
        self.seen.get(&(code.id, column.to_owned())).is_none_or(|seen| seen.listed < LIMIT)
    }

    /// Adds the findings of a part of the file that begins after `lines` lines.
    pub fn absorb(&mut self, part: Problems, lines: u32) {
        for (finding, column) in part.findings.into_iter().zip(&part.columns) {
            let place = (finding.location.line + lines, finding.location.column);
            self.add(finding.code, column, place, finding.message, finding.fix);
        }
        for ((id, column), seen) in part.seen.into_iter().filter(|(_, seen)| seen.more > 0) {
            self.seen.entry((id, column)).or_default().more += seen.more;
        }
    }

    /// Counts a finding that is not listed.
    pub fn count_more(&mut self, code: &'static Code, column: &str, more: u64) {
        self.seen.entry((code.id, column.to_owned())).or_default().more += more;
    }

    /// Adds a finding at a line and a column of the text; `column` names the table's column it is about (or is empty).
    pub fn add(
        &mut self,
        code: &'static Code,
        column: &str,
        (line, character): (u32, u32),
        message: impl Into<String>,
        fix: impl Into<String>,
    ) {
        let seen = self.seen.entry((code.id, column.to_owned())).or_default();
        if seen.listed >= LIMIT {
            seen.more += 1;
            return;
        }
        seen.listed += 1;
        seen.last = self.findings.len();
        self.columns.push(column.to_owned());
        self.findings.push(Finding::new(code, Location::new(self.path.clone(), line, character), message, fix));
    }

    /// All findings; the last of a kind of which there were too many says how many more there are.
    pub fn finish(mut self) -> Vec<Finding> {
        for seen in self.seen.values().filter(|seen| seen.more > 0) {
            if let Some(finding) = self.findings.get_mut(seen.last) {
                let cells = if seen.more == 1 { "place" } else { "places" };
                finding.message.push_str(&format!(" (and the same in {} more {cells} of this column)", seen.more));
            }
        }
        self.findings
    }
}

/// A text as it is quoted in a message: short, on one line.
pub fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(40).flat_map(|c| c.escape_debug()).collect();
    if text.chars().nth(40).is_some() {
        shown.push('…');
    }
    format!("\"{shown}\"")
}
