//! Convergence and mobility: sigma, beta, Markov chains, ranks.
//!
//! Values of several periods come period by period: each list has all places, in the same order.

pub mod beta;
pub mod chain;
pub mod classes;
pub mod homogeneity;
pub mod lisa_markov;
mod periods;
pub mod rank_mobility;
pub mod sigma;
pub mod spatial_markov;
