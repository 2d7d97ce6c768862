//! Plans: a region with dated edits, which shares with its base all that the edits leave alone.

mod compare;
mod edit;
mod objects;
mod observations;
mod state;

pub use compare::{CompareError, Comparison, Difference};
pub(crate) use edit::Edits;
pub use state::{Choice, PlanError};
