//! Panels: fixed effects, event studies, difference-in-differences, synthetic control.

pub mod between;
pub mod covariance;
pub mod demean;
pub mod first_difference;
pub mod fixed_effects;
pub mod goodness;
pub mod groups;
pub mod random_effects;
