//! Composite indices: the steps of the OECD/JRC handbook, coupling coordination, sensitivity of ranks.
//!
//! `pipeline` makes an index of its indicators in one go; each step is a module of its own. Ranks come from
//! `uncertainty` (and `ranking`, for scores made otherwise) and always with their bands.

pub mod aggregate;
pub mod components;
pub mod coupling;
pub mod denominate;
pub mod grades;
pub mod impute;
pub mod moments;
pub mod normalise;
pub mod pipeline;
pub mod ranking;
pub mod screen;
pub mod topsis;
pub mod treat;
pub mod tree;
pub mod uncertainty;
pub mod weigh;

pub use tree::Tree;
