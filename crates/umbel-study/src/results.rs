//! Results: what a study hands to the report, the command line and other faces.

use serde::Serialize;
use std::sync::Arc;
use umbel_core::{Bound, Comparator, Date, Evidence, Period, Status, Symbol, Text, Unit, Verdict};
use umbel_table::{Origin, Series};

/// Which releases are seen: for every key the latest one not after the day; `None` = the latest of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct View {
    /// The day.
    pub as_of: Option<Date>,
}

/// The rows that stand behind each row of a series.
///
/// Kept as sets that rows share: a rank rests on every place of its period, and all those places share one set.
#[derive(Clone, Debug, Default)]
pub struct Lineage {
    /// For each row of the series its set.
    pub set: Vec<u32>,
    /// Start of each set in `members`, and the end of the last.
    pub starts: Vec<u32>,
    /// Members: the input (index into [`Node::inputs`]) and a row of it.
    pub members: Vec<(u16, u32)>,
}

impl Lineage {
    /// The rows that stand behind a row: input and row of it.
    pub fn members(&self, row: usize) -> &[(u16, u32)] {
        let Some(&set) = self.set.get(row) else { return &[] };
        let bounds = self.starts.get(set as usize).zip(self.starts.get(set as usize + 1));
        bounds.and_then(|(&from, &to)| self.members.get(from as usize..to as usize)).unwrap_or(&[])
    }
}

/// What a node of the graph is.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// Rows of the observations table: for each row of the series where it stands, its source and its vintage.
    Observed {
        /// Where each row stands.
        origin: Vec<Origin>,
        /// Source of each row.
        source: Vec<Symbol>,
        /// Release date of each row as days since 1970-01-01 ([`umbel_table::Rows::UNDATED`] when not known).
        vintage: Vec<i32>,
    },
    /// Rows of a table of objects (places, links, flows, projects, stages), one a row of that table.
    Objects {
        /// Name of the table.
        table: &'static str,
        /// Where each row stands.
        origin: Vec<Origin>,
        /// Source of each row.
        source: Vec<Symbol>,
        /// A short name of each row, for the trace.
        label: Vec<String>,
        /// The row of that table of each row.
        row: Vec<u32>,
    },
    /// Rows that a measure computed.
    Measure {
        /// Index into [`crate::Study::measures`].
        measure: usize,
    },
    /// An indicator: its observed rows, then the rows of the measure that defines it where nothing is observed.
    Indicator,
}

/// An evaluated node of the measure graph: a series, where its rows come from, and its content key.
#[derive(Clone, Debug)]
pub struct Node {
    /// Indicator whose rows these are ([`Symbol::NONE`] for objects).
    pub indicator: Symbol,
    /// What it is.
    pub kind: NodeKind,
    /// Content key: method, version, parameters and the keys of what it reads.
    pub key: [u8; 32],
    /// The figures (empty columns but right length for objects).
    pub series: Series,
    /// What it reads.
    pub inputs: Vec<Arc<Node>>,
    /// Behind each row, rows of `inputs` (empty for observed rows and objects).
    pub lineage: Lineage,
    /// For each row the share (0 to 1) of its parts that it covers, NaN where that makes no sense; empty when no row has one.
    pub coverage: Vec<f64>,
}

/// A figure: one row of an evaluated node.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The node.
    pub node: Arc<Node>,
    /// The row in it.
    pub row: usize,
}

/// A claim judged on one definition in one view.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The measure that defines the indicator here; `None` = the observed rows.
    pub measure: Option<usize>,
    /// What tells this definition from the others, by language.
    pub definition: Text,
    /// The earliest day from which this view shows this figure; `None` when no release is dated.
    pub as_of: Option<Date>,
    /// The figure, in the claim's unit.
    pub value: f64,
    /// How the figure is stated.
    pub bound: Bound,
    /// Whether the claim holds on it; `None` when a bound leaves it open.
    pub holds: Option<bool>,
    /// What it rests on.
    pub evidence: Evidence,
    /// The figure in its node, for the trace.
    pub figure: Figure,
}

/// A claim with its verdict.
#[derive(Clone, Debug)]
pub struct ClaimResult {
    /// Index into the claims of the region.
    pub claim: usize,
    /// The verdict.
    pub verdict: Verdict,
    /// The weakest of the evidence of the judgements.
    pub evidence: Evidence,
    /// Unit in which published and computed figures are stated.
    pub unit: Unit,
    /// Comparator and tolerance (absolute, in the unit) used.
    pub comparator: Option<Comparator>,
    /// Absolute tolerance in the unit.
    pub tolerance: f64,
    /// Every definition and every view that changes the figure: latest view first, definitions in order of declaration.
    pub judgements: Vec<Judgement>,
    /// Whether the verdict depends on the vintage, and whether on the definition.
    pub depends_on: (bool, bool),
    /// Why it cannot be decided.
    pub reason: Option<Undecidable>,
}

/// Why a claim cannot be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Undecidable {
    /// Nothing measurable was said.
    NoFigure,
    /// No row is held for its indicator, place and period.
    NoData,
    /// Only a bound is known and it leaves the question open.
    BoundOnly,
}

/// How a target stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetStatus {
    /// Reached.
    Met,
    /// Achieved pace is at least the needed pace.
    OnTrack,
    /// Moving the right way, too slowly.
    Slipping,
    /// Not moving, moving the wrong way, or past its date and not met.
    OffTrack,
    /// Nothing to judge it on.
    NoData,
}

/// A target with its progress.
#[derive(Clone, Debug)]
pub struct TargetResult {
    /// Index into the targets of the region.
    pub target: usize,
    /// How it stands.
    pub status: TargetStatus,
    /// Unit in which all figures here are stated.
    pub unit: Unit,
    /// Target value (`at_least`, `at_most`, `exactly`), or low and high end.
    pub wanted: (Option<f64>, Option<f64>),
    /// Baseline figure and its period.
    pub baseline: Option<(f64, Period)>,
    /// Latest figure not after the target's period, and its period.
    pub latest: Option<(f64, Period)>,
    /// Change a year since the baseline.
    pub pace_achieved: Option<f64>,
    /// Change a year from the latest figure to the target.
    pub pace_needed: Option<f64>,
    /// What it rests on (relative to the target's own source).
    pub evidence: Evidence,
    /// The latest figure in its node, for the trace.
    pub figure: Option<Figure>,
}

/// One step of a derivation, with what stands behind it.
#[derive(Clone, Debug)]
pub struct TraceStep {
    /// `indicator@place@period`, or the name of an object.
    pub label: String,
    /// The measure and its method, when computed.
    pub measure: Option<usize>,
    /// Formula or one-line statement of what was computed.
    pub how: String,
    /// Citation of the method.
    pub citation: String,
    /// Value and unit as stored.
    pub value: Option<f64>,
    /// Unit.
    pub unit: Unit,
    /// Status.
    pub status: Status,
    /// How the figure is stated.
    pub bound: Bound,
    /// Where the row stands and its source and vintage, for rows read from files.
    pub row: Option<(Origin, Symbol, Option<Date>)>,
    /// What it was computed from; long lists are cut, see `more`.
    pub from: Vec<TraceStep>,
    /// How many further rows were left out of `from`.
    pub more: usize,
}

/// Why something asked for cannot be given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunError {
    /// In no table, and no measure writes it.
    #[error("there is no indicator \"{0}\"")]
    UnknownIndicator(String),
    /// No such measure.
    #[error("there is no measure \"{0}\"")]
    UnknownMeasure(String),
    /// The key of a figure is not understood.
    #[error("\"{key}\" is not a figure: {why}; write indicator@place@period")]
    BadFigure {
        /// The key.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// Nothing is held under the key of a figure.
    #[error("no figure is held for \"{key}\"")]
    NoFigure {
        /// The key.
        key: String,
    },
    /// A finding says that the measure cannot be evaluated.
    #[error("the measure \"{measure}\" cannot be evaluated: see the findings of the check")]
    Broken {
        /// Id of the measure.
        measure: String,
    },
    /// The measure failed.
    #[error("the measure \"{measure}\" failed: {message}")]
    Failed {
        /// Id of the measure.
        measure: String,
        /// Why.
        message: String,
    },
    /// Measures read one another in a circle.
    #[error("measures read one another in a circle")]
    Cycle,
}
