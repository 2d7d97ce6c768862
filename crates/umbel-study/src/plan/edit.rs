//! Effects as typed edits: what they change and how.

use super::network::NetworkEdit;
use umbel_core::{Code, Date, Period, Symbol};
use umbel_table::edit::Object;

/// One effect, ready to be applied.
#[derive(Clone, Debug)]
pub(crate) struct Edit {
    /// Row of the effects table.
    pub effect: usize,
    /// Project it belongs to.
    pub project: Symbol,
    /// Day from which it is in force; `None` = always was.
    pub from: Option<Date>,
    /// Stage that its project must have reached; `from` is then the day on which it does in the tables as they stand.
    pub stage: Option<Symbol>,
    /// What it changes.
    pub what: What,
}

/// What an edit changes.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// Figures of an indicator at a place.
    Observation(Cells, Change),
    /// A row of a table of objects.
    Object(Target, ObjectChange),
    /// A part of a native network.
    Network(NetworkEdit, Turn),
}

/// When an edit of a network has its turn on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    Add,
    Set,
    Scale,
    Retire,
}

/// Figures: of one period, or (`None`) of every period from the start of the edit on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Cells {
    pub indicator: Symbol,
    pub place: Symbol,
    pub period: Option<Period>,
    pub breakdown: Symbol,
}

/// How a figure changes; values are in the unit of the indicator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Change {
    /// Stated where none was.
    Add(Stated),
    /// Stated anew.
    Set(Stated),
    /// Multiplied.
    Scale(Stated),
    /// Added to.
    Shift(Stated),
    /// No longer there.
    Retire,
}

/// A value with its 95 % interval (NaN where not given).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stated {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

/// Which row of a table of objects: by its id, or a flow by its kind, ends and period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Target {
    Place(Symbol),
    Link(Symbol),
    Wanted(Symbol),
    Flow(Symbol, Symbol, Symbol, Option<Period>),
    /// Project, stage, and its date where only that row is meant.
    Stage(Symbol, Symbol, Option<Period>),
}

/// How a row changes.
#[derive(Clone, Debug)]
pub(crate) enum ObjectChange {
    Add(Box<Object>),
    /// One column, as it stands in this row.
    Set(String, Box<Object>),
    Scale(String, f64),
    Shift(String, f64),
    /// The date of a stage, so many months later.
    Later(i32),
    Retire,
}

/// Something wrong with an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EffectProblem {
    /// Row of the effects table.
    pub effect: usize,
    /// Column that is wrong.
    pub column: &'static str,
    pub code: &'static Code,
    pub message: String,
    pub fix: String,
}

/// Every effect of a region, read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edits {
    /// In order of the table.
    pub all: Vec<Edit>,
    pub problems: Vec<EffectProblem>,
}

impl Edits {
    /// The places that effects add.
    pub fn added_places(&self) -> impl Iterator<Item = Symbol> {
        self.all.iter().filter_map(|edit| match edit.what {
            What::Object(Target::Place(place), ObjectChange::Add(_)) => Some(place),
            _ => None,
        })
    }
}

impl Edit {
    /// Whether it edits a network.
    pub fn is_on_network(&self) -> bool {
        matches!(self.what, What::Network(..))
    }

    /// Its turn among the edits of one day.
    pub fn order(&self) -> u8 {
        match &self.what {
            What::Network(_, turn) => [0, 1, 2, 4][*turn as usize],
            What::Observation(_, Change::Add(_)) | What::Object(_, ObjectChange::Add(_)) => 0,
            What::Observation(_, Change::Set(_)) | What::Object(_, ObjectChange::Set(..)) => 1,
            What::Observation(_, Change::Scale(_)) | What::Object(_, ObjectChange::Scale(..)) => 2,
            What::Observation(_, Change::Shift(_))
            | What::Object(_, ObjectChange::Shift(..) | ObjectChange::Later(_)) => 3,
            What::Observation(_, Change::Retire) | What::Object(_, ObjectChange::Retire) => 4,
        }
    }
}
