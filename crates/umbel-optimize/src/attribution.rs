//! Attribution: the effect of a plan divided among its projects.
//!
//! A plan of n projects is a game of n players. Each set of players (a coalition) is a plan of its own, and its value is
//! the figure that the region has under it. What all projects change together is v(N) - v(∅); the value of the empty
//! coalition need not be 0. Three answers to what one of them does:
//! - [`marginal`]: alone (what it changes as the only project) and leave-one-out (what is lost without it). They are
//!   easy to understand, but do not add up where projects help or hinder each other.
//! - [`shapley`]: its share, the mean of what it changes over all orders in which the projects could come. The shares
//!   add up to the total effect.
//! - [`interaction`]: by how much two projects do more, or less, together than apart.
//!
//! [`Design`] is the way in where a value is costly: it says which coalitions are needed, the caller evaluates them in
//! any way, and it divides what comes back ([`many`] divides thousands of figures of the same plans at once). Up to
//! [`MOST_EXACT`] players every coalition is looked at; beyond, orders are sampled ([`sampled`]). [`weighted_vote`] and
//! [`airport`] have closed forms for games of many players.
//!
//! # Exactness
//! All sums are sums of integers: figures in double precision are integers over a power of two (`fixed.rs`),
//! and the weights of Shapley's formula are integers over the least common multiple of 1 to n. A share is rounded once,
//! at the end, and does not depend on the order of addition or on the number of threads. What rounding takes away is
//! given back by the rule of [`Shares`], so that the shares add up to the total to the last bit.

pub mod add_up;
pub mod airport;
pub mod coefficients;
pub mod design;
pub(crate) mod fixed;
pub mod game;
pub mod interaction;
pub mod many;
pub mod marginal;
#[cfg(test)]
mod properties;
pub mod rational;
pub mod recompute;
pub mod sampled;
pub mod shapley;
pub mod weighted_vote;

pub use add_up::Shares;
pub use design::{Attribution, Design, Method};
pub use game::Game;
pub use many::Many;
pub use rational::Rational;
pub use shapley::MOST_EXACT;

/// A set of players: bit i is set when player i is in it.
pub type Mask = u64;

/// The set of all of so many players (up to 64).
pub fn everyone(players: usize) -> Mask {
    1_u64.checked_shl(players as u32).map_or(Mask::MAX, |bit| bit - 1)
}
