//! Streets: a graph of junctions, points joined to it, and least travel over it.
//!
//! [`Streets::new`] makes a graph of the arrays of a reader. A [`Profile`] holds what each segment costs in a mode, in
//! thousandths of a metre on foot and of a second otherwise. [`Streets::snap`] joins points to the nearest segment;
//! [`Search`] finds the least cost from such a point to all junctions around, [`Nodes`] gives that of all points between
//! them, and [`table()`] that between many points.

mod boxes;
mod buckets;
pub mod edit;
#[cfg(test)]
mod edits_test;
pub mod graph;
pub mod hierarchy;
pub mod input;
pub mod islands;
pub mod nodes;
mod polygon;
pub mod profile;
#[cfg(test)]
mod properties;
pub mod search;
pub mod sharing;
pub mod snap;
pub mod sphere;
pub mod table;
pub mod targets;

pub use graph::Streets;
pub use input::{Mode, Passage, Segment, StreetInput};
pub use nodes::Nodes;
pub use profile::{CLOSED, Cost, Direction, MOST, Profile, ProfileOptions, SMALL_ISLAND, SMALL_ISLAND_FOR_CARS};
pub use search::Search;
pub use snap::Snap;
pub use table::table;
pub use targets::{TargetCosts, Targets};
