//! Findings: what is wrong, where, and how to mend it.

use crate::Code;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::sync::Arc;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Results would be wrong or missing: exit code 1.
    Error,
    /// Results may be wrong.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The word used in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// A place in a file: path relative to the region folder, line and column from 1 in characters (0 = the whole file or line).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// Path with `/`, relative to the region folder.
    pub file: Arc<str>,
    /// Line from 1; 0 when the finding is about the whole file.
    pub line: u32,
    /// Column from 1, counted in characters; 0 when it is about the whole line.
    pub column: u32,
}

impl Location {
    /// A place in a file.
    pub fn new(file: impl Into<Arc<str>>, line: u32, column: u32) -> Location {
        Location { file: file.into(), line, column }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its kind; `umbel explain` prints what stands behind it.
    pub code: &'static Code,
    /// As a rule the severity of the code.
    pub severity: Severity,
    /// Where.
    pub location: Location,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// How to mend it, in one sentence without a full stop.
    pub fix: String,
}

impl Finding {
    /// A finding with the severity of its code. A full stop at the end of a sentence is dropped.
    pub fn new(code: &'static Code, location: Location, message: impl Into<String>, fix: impl Into<String>) -> Finding {
        let (message, fix) = (without_stop(message.into()), without_stop(fix.into()));
        Finding { code, severity: code.severity, location, message, fix }
    }

    /// The order of output: file, line, column, code, message.
    pub fn order(&self, other: &Finding) -> Ordering {
        (&self.location, self.code.id, &self.message).cmp(&(&other.location, other.code.id, &other.message))
    }
}

fn without_stop(mut sentence: String) -> String {
    if sentence.ends_with('.') && !sentence.ends_with("..") {
        sentence.pop();
    }
    sentence
}

impl Serialize for Finding {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut object = serializer.serialize_struct("Finding", 7)?;
        object.serialize_field("code", self.code.id)?;
        object.serialize_field("severity", &self.severity)?;
        object.serialize_field("file", &*self.location.file)?;
        object.serialize_field("line", &self.location.line)?;
        object.serialize_field("column", &self.location.column)?;
        object.serialize_field("message", &self.message)?;
        object.serialize_field("fix", &self.fix)?;
        object.end()
    }
}
