//! The typed tables of a region: readers and writers with exact positions.

pub mod region;
pub mod rows;
pub mod series;

pub use region::{Region, SourceFile};
pub use rows::{
    Attributes, Claim, Effect, Flow, Indicator, IndicatorKind, Kind, Link, Observations, Origin, Place, Plan, Project,
    Rows, Scale, Source, Stage, Target, UnitLabel,
};
pub use series::Series;
