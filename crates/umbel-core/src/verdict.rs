//! Verdicts on claims: comparators, evidence, marks of sources.

use serde::{Deserialize, Serialize};

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Holds on every definition and vintage held.
    Kept,
    /// Fails on every definition and vintage held.
    Missed,
    /// Holds on some and fails on others.
    Depends,
    /// Cannot be decided with the data held.
    Undecidable,
}

impl Verdict {
    /// All four, in the order in which they are shown.
    pub const ALL: [Verdict; 4] = [Verdict::Kept, Verdict::Depends, Verdict::Missed, Verdict::Undecidable];

    /// The word used in files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Kept => "kept",
            Verdict::Missed => "missed",
            Verdict::Depends => "depends",
            Verdict::Undecidable => "undecidable",
        }
    }
}

/// What a verdict rests on: the weakest source at the end of its trace.
///
/// The order is from weak to strong, so that the weakest of several is their minimum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Nothing at all.
    None,
    /// The source of the claim itself, or one that only repeats it.
    OwnSource,
    /// General knowledge or made-up rows.
    Unverified,
    /// Sources that are neither the claim's nor derived from it.
    Independent,
}

impl Evidence {
    /// All four, strongest first.
    pub const ALL: [Evidence; 4] = [Evidence::Independent, Evidence::Unverified, Evidence::OwnSource, Evidence::None];

    /// The word used in files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Evidence::None => "none",
            Evidence::OwnSource => "own_source",
            Evidence::Unverified => "unverified",
            Evidence::Independent => "independent",
        }
    }
}

/// How a source's figures came to be held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Made for illustration.
    Synthetic,
    /// From general knowledge.
    Unverified,
    /// Seen in the source named.
    Sourced,
}

impl Mark {
    /// Reads a cell of the column `mark`.
    pub fn parse(text: &str) -> Option<Mark> {
        Some(match text {
            "sourced" => Mark::Sourced,
            "unverified" => Mark::Unverified,
            "synthetic" => Mark::Synthetic,
            _ => return None,
        })
    }

    /// As written in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Mark::Sourced => "sourced",
            Mark::Unverified => "unverified",
            Mark::Synthetic => "synthetic",
        }
    }
}

/// How a claim's figure is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Comparator {
    /// Equal within the tolerance.
    #[serde(rename = "=")]
    Equal,
    /// Below.
    #[serde(rename = "<")]
    Less,
    /// At most.
    #[serde(rename = "<=")]
    LessEqual,
    /// Above.
    #[serde(rename = ">")]
    Greater,
    /// At least.
    #[serde(rename = ">=")]
    GreaterEqual,
    /// Equal within a wide tolerance ("about", "nearly").
    #[serde(rename = "about")]
    About,
    /// Between value and high, both included.
    #[serde(rename = "between")]
    Between,
}

impl Comparator {
    /// Reads a cell of the column `comparator`.
    pub fn parse(text: &str) -> Option<Comparator> {
        Some(match text {
            "=" => Comparator::Equal,
            "<" => Comparator::Less,
            "<=" => Comparator::LessEqual,
            ">" => Comparator::Greater,
            ">=" => Comparator::GreaterEqual,
            "about" => Comparator::About,
            "between" => Comparator::Between,
            _ => return None,
        })
    }

    /// As written in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Comparator::Equal => "=",
            Comparator::Less => "<",
            Comparator::LessEqual => "<=",
            Comparator::Greater => ">",
            Comparator::GreaterEqual => ">=",
            Comparator::About => "about",
            Comparator::Between => "between",
        }
    }
}
