//! Which projects do what, and which to choose.
//!
//! [`attribution`] divides the effect of a plan among its projects. Everything takes numbers and gives numbers: a
//! project is a position, a plan is the set of the projects that are carried out ([`attribution::Mask`]). Nothing here
//! reads a file or knows the name of a project, and every random draw is from [`umbel_core::random::Stream`].

pub mod attribution;
pub mod error;

pub use error::Error;
