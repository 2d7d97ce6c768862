//! The pages of the report, one file each.

pub mod annex;
pub mod chapter;
pub mod circles;
pub mod front;
pub mod matrix;
pub mod place;
pub mod plan;
pub mod relations;
pub mod statistics;
pub mod sure;
pub mod targets;
pub mod together;
