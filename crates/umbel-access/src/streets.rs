//! Streets: a graph of junctions, points joined to it, and least travel over it.

pub mod input;

pub use input::{Mode, Passage, Segment, StreetInput};
