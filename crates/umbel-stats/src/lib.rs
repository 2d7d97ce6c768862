//! Statistics of regions: spatial weights, autocorrelation, inequality, indices, trends, effects, regression.
//!
//! Every method takes arrays and returns arrays or a struct of figures; none reads a file, knows the name of a place
//! or draws from anything but a seeded stream ([`umbel_core::random::Stream`]). Values are finite numbers: whoever has
//! missing ones leaves them out first ([`present`]) and says so.

#![allow(clippy::neg_cmp_op_on_partial_ord, reason = "a test that is negated catches what is no number as well")]
#![allow(clippy::needless_range_loop, reason = "several arrays are walked by one position")]

pub mod autocorrelation;
pub mod composite;
pub mod convergence;
pub mod distribution;
pub mod error;
pub mod inequality;
pub mod inference;
pub mod linear;
pub mod panel;
pub mod present;
pub mod regression;
pub mod standards;
pub mod structure;
pub mod trend;
pub mod weights;

pub use error::Error;
pub use weights::Weights;
