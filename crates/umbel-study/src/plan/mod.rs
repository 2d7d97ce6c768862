//! Plans: a region with dated edits, which shares with its base all that the edits leave alone.

mod attribution;
mod compare;
mod draws;
mod edit;
pub(crate) mod files;
mod network;
mod objects;
mod observations;
mod parts;
mod people;
mod read;
mod shares;
mod state;

pub use attribution::{Divided, Division, Part};
pub use compare::{CompareError, Comparison, Difference};
pub use draws::{Band, Bands, Draws};
pub(crate) use edit::{Edits, EffectProblem};
pub(crate) use network::DatedEdit;
pub use people::{Gains, Limit};
pub(crate) use read::value_column;
pub use state::{Choice, PlanError};
