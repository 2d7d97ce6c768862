//! The rows of the tables, typed: what a region holds once its files are read.
//!
//! A cell that could not be read has already been reported; its row is left out where the row makes no sense without
//! it. References are symbols, known or not: whether they point at something is for the check to say.

use crate::observed::ObservedRows;
use crate::shared::Shared;
use std::collections::BTreeMap;
use std::sync::Arc;
use umbel_core::{Bound, Comparator, Date, Mark, Money, Period, Status, Symbol, Text, Unit};

/// Where a row stands: a file of [`crate::Region::files`] and a line in it (a row number in a Parquet file).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Origin {
    /// Index into [`crate::Region::files`].
    pub file: u16,
    /// Line from 1.
    pub line: u32,
}

/// Cells of columns that the format does not name, by column.
pub type Attributes = BTreeMap<String, String>;

/// A row of `places`.
#[derive(Clone, Debug)]
pub struct Place {
    /// Where the row stands.
    pub origin: Origin,
    /// Id.
    pub id: Symbol,
    /// Main kind first.
    pub kinds: Vec<Symbol>,
    /// Name by language.
    pub name: Text,
    /// Parent, or [`Symbol::NONE`] for the region.
    pub parent: Symbol,
    /// Jurisdictions it straddles.
    pub straddles: Vec<Symbol>,
    /// Longitude and latitude in degrees, WGS84.
    pub point: Option<(f64, f64)>,
    /// First day on which this row holds.
    pub valid_from: Option<Date>,
    /// Last day on which this row holds.
    pub valid_to: Option<Date>,
    /// Source.
    pub source: Symbol,
    /// Note.
    pub note: String,
    /// Further columns.
    pub attributes: Attributes,
}

/// The observations of one indicator, column by column, in the indicator's unit.
///
/// All columns have the same length. A row whose status is missing has no value: use [`Rows::value`].
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Unit of every value: the indicator's, or for one that is not in the table the
    /// alphabetically first that its rows state.
    pub unit: Option<Unit>,
    /// Place of each row.
    pub place: Vec<Symbol>,
    /// Period of each row.
    pub period: Vec<Period>,
    /// Breakdown of each row; [`Symbol::NONE`] = total.
    pub breakdown: Vec<Symbol>,
    /// Release date as days since 1970-01-01, or [`Rows::UNDATED`].
    pub vintage: Vec<i32>,
    /// Value where the status is not missing.
    pub(crate) value: Vec<f64>,
    /// Status.
    pub status: Vec<Status>,
    /// How the figure is stated.
    pub bound: Vec<Bound>,
    /// Interval (`low`, `high`), NaN where not given; empty when no row has one.
    pub interval: Vec<(f64, f64)>,
    /// Source.
    pub source: Vec<Symbol>,
    /// Where the row stands.
    pub origin: Vec<Origin>,
}

impl Rows {
    /// The vintage of a row whose release date is not known: visible in every view, overridden by any dated release.
    pub const UNDATED: i32 = i32::MIN;

    /// No row yet, of figures in a unit.
    pub fn in_unit(unit: Option<Unit>) -> Rows {
        Rows { unit, ..Rows::default() }
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.place.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.place.is_empty()
    }

    /// The value, unless the status says that there is none.
    pub fn value(&self, row: usize) -> Option<f64> {
        (!self.status[row].is_missing()).then(|| self.value[row])
    }

    /// Adds a row; `None` (or a value that is not finite) is kept as missing, with a status that says so.
    #[allow(clippy::too_many_arguments)]
    pub fn push(
        &mut self,
        place: Symbol,
        period: Period,
        breakdown: Symbol,
        vintage: i32,
        value: Option<f64>,
        status: Status,
        bound: Bound,
        source: Symbol,
        origin: Origin,
    ) {
        let value = value.filter(|v| v.is_finite());
        let status = if value.is_none() && !status.is_missing() { Status::Missing } else { status };
        self.place.push(place);
        self.period.push(period);
        self.breakdown.push(breakdown);
        self.vintage.push(vintage);
        self.value.push(value.unwrap_or(0.0));
        self.status.push(status);
        self.bound.push(bound);
        self.source.push(source);
        self.origin.push(origin);
        if !self.interval.is_empty() {
            self.interval.push((f64::NAN, f64::NAN));
        }
    }

    /// Changes the figure of a row: its value, its interval, where it stands, and its source.
    ///
    /// A missing row that gets a value is estimated from then on; a value that is not finite makes it missing.
    pub fn change(&mut self, row: usize, value: Option<f64>, interval: (f64, f64), origin: Origin, source: Symbol) {
        let value = value.filter(|v| v.is_finite());
        self.value[row] = value.unwrap_or(0.0);
        self.status[row] = match (value.is_some(), self.status[row].is_missing()) {
            (true, true) => Status::Estimated,
            (false, false) => Status::Missing,
            _ => self.status[row],
        };
        if self.interval.is_empty() && !(interval.0.is_nan() && interval.1.is_nan()) {
            self.interval = vec![(f64::NAN, f64::NAN); self.place.len()];
        }
        if let Some(slot) = self.interval.get_mut(row) {
            *slot = interval;
        }
        self.origin[row] = origin;
        self.source[row] = source;
    }

    /// Leaves out the rows for which `keep` is false.
    pub fn retain(&mut self, keep: &[bool]) {
        fn only<T>(column: &mut Vec<T>, keep: &[bool]) {
            let mut row = 0;
            column.retain(|_| {
                row += 1;
                keep.get(row - 1).copied().unwrap_or(true)
            });
        }
        only(&mut self.place, keep);
        only(&mut self.period, keep);
        only(&mut self.breakdown, keep);
        only(&mut self.vintage, keep);
        only(&mut self.value, keep);
        only(&mut self.status, keep);
        only(&mut self.bound, keep);
        only(&mut self.interval, keep);
        only(&mut self.source, keep);
        only(&mut self.origin, keep);
    }

    /// Low and high, where given.
    pub fn interval(&self, row: usize) -> (Option<f64>, Option<f64>) {
        let (low, high) = self.interval.get(row).copied().unwrap_or((f64::NAN, f64::NAN));
        (Some(low).filter(|v| !v.is_nan()), Some(high).filter(|v| !v.is_nan()))
    }
}

/// The observations, by indicator, in the order of first appearance.
#[derive(Clone, Debug, Default)]
pub struct Observations {
    /// Indicator and its rows.
    pub by_indicator: Vec<(Symbol, Arc<ObservedRows>)>,
    /// Notes of rows that have one, by where the row stands.
    pub notes: Shared<BTreeMap<Origin, String>>,
}

impl Observations {
    /// The rows of an indicator.
    pub fn rows(&self, indicator: Symbol) -> Option<&Rows> {
        self.observed(indicator).map(|rows| &**rows)
    }

    /// The rows of an indicator, made only when they are looked at.
    pub fn observed(&self, indicator: Symbol) -> Option<&ObservedRows> {
        self.by_indicator.iter().find(|(id, _)| *id == indicator).map(|(_, rows)| &**rows)
    }

    /// Number of rows in all.
    pub fn len(&self) -> usize {
        self.by_indicator.iter().map(|(_, rows)| rows.len()).sum()
    }

    /// Whether there is no row at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A row of `links`.
#[derive(Clone, Debug)]
pub struct Link {
    /// Where the row stands.
    pub origin: Origin,
    /// Id.
    pub id: Symbol,
    /// Kind.
    pub kind: Symbol,
    /// Name by language.
    pub name: Text,
    /// From.
    pub from: Symbol,
    /// To.
    pub to: Symbol,
    /// Whether it leads one way only.
    pub directed: bool,
    /// Length in kilometres.
    pub length: Option<f64>,
    /// Time in minutes.
    pub time: Option<f64>,
    /// Capacity in the unit that the package declares.
    pub capacity: Option<f64>,
    /// When it opened.
    pub opened: Option<Period>,
    /// When it closed.
    pub closed: Option<Period>,
    /// Source.
    pub source: Symbol,
    /// Note.
    pub note: String,
    /// Further columns.
    pub attributes: Attributes,
}

/// A row of `flows`.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Where the row stands.
    pub row: Origin,
    /// Kind.
    pub kind: Symbol,
    /// Origin of the flow.
    pub from: Symbol,
    /// Destination of the flow.
    pub to: Symbol,
    /// Period.
    pub period: Period,
    /// Release date as days since 1970-01-01, or [`Rows::UNDATED`].
    pub vintage: i32,
    /// Value in `unit`, unless the status says that there is none.
    pub value: Option<f64>,
    /// Unit.
    pub unit: Unit,
    /// Status.
    pub status: Status,
    /// How the figure is stated.
    pub bound: Bound,
    /// Source.
    pub source: Symbol,
    /// Note.
    pub note: String,
    /// Further columns.
    pub attributes: Attributes,
}

/// A row of `projects`.
#[derive(Clone, Debug)]
pub struct Project {
    /// Where the row stands.
    pub origin: Origin,
    /// Id.
    pub id: Symbol,
    /// Title by language.
    pub title: Text,
    /// Kind.
    pub kind: Symbol,
    /// Jurisdiction in the lead.
    pub lead: Symbol,
    /// Jurisdictions taking part.
    pub partners: Vec<Symbol>,
    /// Where it is.
    pub place: Symbol,
    /// Where it moves from.
    pub moved_from: Symbol,
    /// Start.
    pub start: Option<Period>,
    /// Finish.
    pub finish: Option<Period>,
    /// Cost.
    pub cost: Option<Money>,
    /// Source.
    pub source: Symbol,
    /// Note.
    pub note: String,
    /// Further columns.
    pub attributes: Attributes,
}

/// A row of `stages`: a project reached a stage by the end of a period.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Where the row stands.
    pub origin: Origin,
    /// Project.
    pub project: Symbol,
    /// Code of the scale `stage`.
    pub stage: Symbol,
    /// Reached at the end of this period.
    pub date: Period,
    /// Source.
    pub source: Symbol,
    /// Note.
    pub note: String,
}

/// A row of `effects`: a dated edit of a row of another table.
#[derive(Clone, Debug)]
pub struct Effect {
    /// Where the row stands.
    pub origin: Origin,
    /// Id.
    pub id: Symbol,
    /// Project it belongs to.
    pub project: Symbol,
    /// `add`, `set`, `scale`, `shift` or `retire`.
    pub operation: String,
    /// Table.
    pub table: String,
    /// Id of the row, or `indicator@place@period`.
    pub key: String,
    /// Column.
    pub column: String,
    /// In force from the start of this period.
    pub from: Option<Period>,
    /// In force from the start of the period in which its project reaches this stage, where there is no `from`.
    pub stage: Symbol,
    /// Value as written.
    pub value: String,
    /// Unit of the value.
    pub unit: Option<Unit>,
    /// Low and high end of the 95 % interval of the value, in its unit.
    pub interval: (Option<f64>, Option<f64>),
    /// Source.
    pub source: Symbol,
    /// Note.
    pub note: String,
}

/// A row of `plans`.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where the row stands.
    pub origin: Origin,
    /// Id.
    pub id: Symbol,
    /// Title by language.
    pub title: Text,
    /// Plan it builds on.
    pub parent: Symbol,
    /// Projects, in order.
    pub projects: Vec<Symbol>,
    /// The year it is judged in.
    pub horizon: Option<Period>,
    /// What its projects may cost together.
    pub budget: Option<Money>,
    /// Note.
    pub note: String,
}

/// What an indicator counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IndicatorKind {
    /// An amount at a moment.
    Stock,
    /// An amount over a period.
    Flow,
    /// A part of a whole.
    Share,
    /// One amount over another.
    Rate,
    /// A running total.
    Cumulative,
    /// A rank on a scale.
    Class,
}

impl IndicatorKind {
    /// As written in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            IndicatorKind::Stock => "stock",
            IndicatorKind::Flow => "flow",
            IndicatorKind::Share => "share",
            IndicatorKind::Rate => "rate",
            IndicatorKind::Cumulative => "cumulative",
            IndicatorKind::Class => "class",
        }
    }
}

/// A row of `indicators`.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Where the row stands.
    pub origin: Origin,
    /// Id.
    pub id: Symbol,
    /// Title by language.
    pub title: Text,
    /// Unit.
    pub unit: Unit,
    /// +1 when up is better, -1 when down is better, 0 when neither.
    pub direction: i8,
    /// What it counts.
    pub kind: IndicatorKind,
    /// `sum`, `mean`, `weighted_mean`, `max`, `min` or `none`.
    pub aggregation: String,
    /// Indicator that weighs a weighted mean.
    pub weight: Symbol,
    /// Scale of a class.
    pub scale: Symbol,
    /// Chapter of the report.
    pub system: Symbol,
    /// Decimals shown.
    pub decimals: Option<u8>,
    /// Relative difference allowed between a parent and the sum of its children.
    pub tolerance: f64,
    /// Definition by language.
    pub description: Text,
}

/// A row of `targets`.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where the row stands.
    pub origin: Origin,
    /// Id.
    pub id: Symbol,
    /// Title by language.
    pub title: Text,
    /// Indicator.
    pub indicator: Symbol,
    /// Place.
    pub place: Symbol,
    /// Period by which it is to be met.
    pub period: Period,
    /// `at_least`, `at_most`, `within` or `exactly`.
    pub direction: String,
    /// Value in `unit`.
    pub value: Option<f64>,
    /// Low end for `within`.
    pub low: Option<f64>,
    /// High end for `within`.
    pub high: Option<f64>,
    /// Unit; `None` = the indicator's.
    pub unit: Option<Unit>,
    /// `binding`, `expected` or `advisory`.
    pub force: String,
    /// Period from which the pace is counted.
    pub baseline: Option<Period>,
    /// Source.
    pub source: Symbol,
    /// Note.
    pub note: String,
}

/// A row of `claims`.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Where the row stands.
    pub origin: Origin,
    /// Id.
    pub id: Symbol,
    /// Chapter.
    pub system: Symbol,
    /// What was said, by language.
    pub statement: Text,
    /// Indicator, or [`Symbol::NONE`] when nothing measurable was said.
    pub indicator: Symbol,
    /// Place.
    pub place: Symbol,
    /// Period.
    pub period: Option<Period>,
    /// Comparator.
    pub comparator: Option<Comparator>,
    /// Published figure in `unit`.
    pub value: Option<f64>,
    /// The published figure as written: its last digit gives the default tolerance.
    pub value_text: String,
    /// High end for `between`.
    pub high: Option<f64>,
    /// Unit; `None` = the indicator's.
    pub unit: Option<Unit>,
    /// Baseline of a change.
    pub baseline: Option<Period>,
    /// Tolerance as written: a number in `unit`, or a percentage.
    pub tolerance: String,
    /// Kind of statement.
    pub kind: String,
    /// Who published it.
    pub source: Symbol,
    /// Note by language.
    pub note: Text,
}

/// A row of `sources`.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where the row stands.
    pub origin: Origin,
    /// Id.
    pub id: Symbol,
    /// Title.
    pub title: String,
    /// Publisher.
    pub publisher: String,
    /// When it was published.
    pub published: Option<Period>,
    /// When it was retrieved.
    pub retrieved: Option<Period>,
    /// Licence.
    pub licence: String,
    /// Address.
    pub url: String,
    /// How the figures came from there into the table.
    pub obtained: String,
    /// Mark.
    pub mark: Mark,
    /// Sources that this one only repeats.
    pub derived_from: Vec<Symbol>,
    /// Note.
    pub note: String,
}

/// A row of `kinds`.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Where the row stands.
    pub origin: Origin,
    /// Table whose rows it is a kind of.
    pub table: String,
    /// Kind.
    pub kind: Symbol,
    /// Title by language.
    pub title: Text,
    /// Whether the children of this kind divide their parent without gap or overlap.
    pub divides: bool,
}

/// A row of `scales`: one step of an ordinal scale.
#[derive(Clone, Debug)]
pub struct Scale {
    /// Where the row stands.
    pub origin: Origin,
    /// Scale.
    pub scale: Symbol,
    /// Rank on it.
    pub rank: i32,
    /// Code of the step.
    pub code: Symbol,
    /// Title by language.
    pub title: Text,
}

/// A row of `units`: how a unit is shown.
#[derive(Clone, Debug)]
pub struct UnitLabel {
    /// Where the row stands.
    pub origin: Origin,
    /// The unit as written in the tables.
    pub unit: String,
    /// Label by language.
    pub label: Text,
}
