//! The typed tables of a region: readers and writers with exact positions.

mod cells;
pub mod edit;
pub mod entries;
pub mod export;
mod geojson;
pub mod import;
pub mod instance;
mod locate;
pub mod neighbours;
pub mod networks;
mod number;
mod observations;
mod observed;
pub mod package;
mod parquet_file;
mod read;
pub mod region;
mod row;
pub mod rows;
pub mod schema;
pub mod series;
mod shared;
pub mod stream;
mod typed;
pub mod write;

use umbel_core::problems;

pub use locate::Locator;
pub use networks::NetworkFiles;
pub use number::parse as parse_number;
pub use observed::ObservedRows;
pub use region::{Boundary, Region, SourceFile};
pub use rows::{
    Attributes, Claim, Effect, Flow, Indicator, IndicatorKind, Kind, Link, Observations, Origin, Place, Plan, Project,
    Rows, Scale, Source, Stage, Target, UnitLabel,
};
pub use series::Series;
pub use shared::Shared;
pub use typed::{date_of_day, day_number};
pub use umbel_core::csv;
