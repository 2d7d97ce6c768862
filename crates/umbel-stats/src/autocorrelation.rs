//! Spatial autocorrelation: global and local, analytic and by permutation.
//!
//! Weights may be asymmetric and of any scale; no place may be its own neighbour ([`local_g`](mod@local_g) with
//! `star` adds the place itself). Islands count among the places, not in the sum of weights. Values are scaled before
//! anything is computed, so that rescaling them changes nothing.

pub mod bivariate_moran;
mod conditional;
pub mod discovery;
pub mod geary;
pub mod getis_ord;
mod global;
pub mod join_count;
pub mod lisa;
pub mod local_bivariate_moran;
pub mod local_g;
pub mod local_geary;
pub mod local_join_count;
pub mod local_moran;
pub mod moran;
pub mod moran_rate;
mod scale;
mod shuffle;
pub mod significance;
pub mod symmetric;

#[cfg(test)]
mod tests;
