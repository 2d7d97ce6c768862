//! GTFS feeds: read with findings, checked, and compiled to the timetable of a day.
//!
//! From a zip file or folder to arrays: `archive.rs` gets the files, `rows.rs` reads cells by the type of their column
//! (`schema.rs` lists the columns), `read/` makes the tables of `model.rs` with ids as numbers, `link.rs` says which
//! trips can be travelled with, `compile.rs` makes of several feeds the timetable of one day, and `fares.rs` what its rides cost.
//!
//! `check.rs` says what is wrong with a feed that can be read, `lines.rs` makes a feed of lines declared by their headways,
//! and `write.rs` writes a feed as text files.
//!
//! Findings have the names of the canonical GTFS Schedule validator (`notice.rs`).

mod archive;
mod calendar;
mod check;
mod clock;
mod compile;
mod fares;
mod feed;
mod forms;
mod interpolate;
mod lines;
mod link;
mod model;
mod notice;
mod pathways;
mod project;
mod read;
mod rows;
mod schema;
mod station;
mod write;

pub use archive::LARGEST;
pub use compile::{Compiled, Named, Options, StayOnBoard};
pub use fares::minor_digits;
pub use feed::{Feed, Feeds};
pub use interpolate::Interpolation;
pub use model::{
    Agency, Fare, FareRule, FeedInfo, Frequency, Level, LocationKind, Pathway, Route, Service, Shape, ShapePoint, Stop,
    StopTime, Transfer, Trip,
};
pub use write::WriteError;
