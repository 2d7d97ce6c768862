//! Plans: a region with dated edits, which shares with its base all that the edits leave alone.

mod attribution;
mod compare;
mod draws;
mod edit;
mod objects;
mod observations;
mod people;
mod read;
mod state;

pub use attribution::{Divided, Division, Part};
pub use compare::{CompareError, Comparison, Difference};
pub use draws::{Band, Bands, Draws};
pub(crate) use edit::Edits;
pub use people::{Gains, Limit};
pub use state::{Choice, PlanError};
