//! Panels: fixed effects, event studies, difference-in-differences, synthetic control.

pub mod balanced;
pub mod between;
pub mod callaway_santanna;
pub mod covariance;
pub mod demean;
pub mod difference;
pub mod event_study;
pub mod first_difference;
pub mod fixed_effects;
pub mod goodman_bacon;
pub mod goodness;
pub mod groups;
pub mod placebo;
pub mod random_effects;
pub mod synthetic_control;

#[cfg(test)]
mod properties;
