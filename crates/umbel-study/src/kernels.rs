//! The arithmetic of the methods as plain functions of slices: no table, no place, no period.

pub mod change;
pub mod combine;
pub mod geodesic;
pub mod industries;
pub mod paths;
pub mod periods;
pub mod rank;
pub mod spread;
pub use umbel_core::sum;
pub mod tiles;
