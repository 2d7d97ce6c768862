//! Inequality: how unevenly something is spread over places and people.
//!
//! Values are amounts for one person (income per person), weights are people; without weights every place counts the
//! same. All measures are free of the unit: values in another unit give the same figures.

pub mod atkinson;
pub mod bootstrap;
pub mod concentration;
pub mod gini;
pub mod hoover;
pub mod lorenz;
mod order;
pub mod percentiles;
mod sample;
pub mod shares;
pub mod spatial_gini;
mod sum;
pub mod theil;
pub mod variation;
