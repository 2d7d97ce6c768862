//! Trends of a series: Theil-Sen and the Mann-Kendall family.

mod autocorrelation;
/// Trend of a series without its seasons, with a block-bootstrap interval.
pub mod deseasonalised;
/// The Mann-Kendall test and its corrections for autocorrelation.
pub mod mann_kendall;
/// Linear trend by least squares with an interval that allows for autocorrelation.
pub mod newey_west;
/// Change-point test of Pettitt.
pub mod pettitt;
mod ranks;
mod score;
/// Mann-Kendall over seasons or places: seasonal, regional, correlated.
pub mod seasonal;
mod slopes;
/// Seasonal-trend decomposition by loess.
pub mod stl;
/// Slope of Theil and Sen with its interval.
pub mod theil_sen;

pub use score::Direction;
