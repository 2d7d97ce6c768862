//! Weighted votes: a coalition wins (1) when its weights reach the quota, else it loses (0).
//!
//! The Shapley value of a vote (the index of Shapley and Shubik) is found for many players by counting the coalitions
//! of each size and weight, without looking at each of them.
//!
//! Source: Mann, Shapley, Values of large games VI: evaluating the Electoral College exactly, RM-3158, RAND, 1962
//! (generating function after Cantor).

use super::Mask;
use super::coefficients::Coefficients;
use super::rational::Rational;
use crate::error::Error;
use rayon::prelude::*;

/// The most players: beyond, the weights of the formula exceed 127 bits.
pub const MOST_VOTERS: usize = 88;
/// The most entries of the table of counts (16 bytes each).
const MOST_COUNTS: u64 = 1 << 23;

/// A weighted vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightedVote {
    quota: u64,
    weights: Vec<u64>,
}

impl WeightedVote {
    /// A vote.
    ///
    /// # Errors
    /// No player; a quota of 0 (then nobody would win too); weights that add up to 2^63 or more.
    pub fn new(quota: u64, weights: Vec<u64>) -> Result<WeightedVote, Error> {
        if weights.is_empty() {
            return Err(Error::NoPlayers);
        }
        if quota == 0 {
            let message = "the quota must be above 0".to_owned();
            return Err(Error::Parameter { parameter: "quota", message });
        }
        let sum = weights.iter().try_fold(0_u64, |sum, weight| sum.checked_add(*weight));
        if sum.is_none_or(|sum| sum >> 63 != 0) {
            return Err(Error::Overflow { what: "the sum of the weights", limit: "63 bits" });
        }
        Ok(WeightedVote { quota, weights })
    }

    /// What a coalition needs to win.
    pub fn quota(&self) -> u64 {
        self.quota
    }

    /// The weight of each player.
    pub fn weights(&self) -> &[u64] {
        &self.weights
    }

    /// Number of players.
    pub fn players(&self) -> usize {
        self.weights.len()
    }

    /// Whether a coalition wins, by whether a player is in it.
    pub fn wins(&self, is_in: impl Fn(usize) -> bool) -> bool {
        let inside = self.weights.iter().enumerate().filter(|(player, _)| is_in(*player));
        inside.map(|(_, weight)| weight).sum::<u64>() >= self.quota
    }

    /// The value of a coalition of the first 64 players: 1 when it wins.
    pub fn value(&self, coalition: Mask) -> i128 {
        i128::from(self.wins(|player| player < 64 && coalition >> player & 1 == 1))
    }

    /// Whether the counts of this vote are small enough for [`WeightedVote::shapley`].
    ///
    /// # Errors
    /// More than [`MOST_VOTERS`] players, or a quota times players beyond 8,388,608.
    pub fn countable(&self) -> Result<(), Error> {
        let players = self.players();
        if players > MOST_VOTERS {
            return Err(Error::TooManyPlayers { what: "a weighted vote", limit: MOST_VOTERS, found: players });
        }
        if self.counts() > MOST_COUNTS {
            let limit = "8,388,608 counts (quota times players)";
            return Err(Error::Overflow { what: "a weighted vote", limit });
        }
        Ok(())
    }

    /// Entries of the table of counts: quota times players and one.
    pub fn counts(&self) -> u64 {
        let sum: u64 = self.weights.iter().sum();
        self.quota.min(sum + 1).saturating_mul(self.players() as u64 + 1)
    }

    /// Counts of the coalitions of each size (rows) and each weight below the quota (columns), of some of the players.
    fn counted(&self, players: impl Iterator<Item = usize>) -> Vec<u128> {
        let (quota, sizes) = (self.width(), self.players() + 1);
        let mut counts = vec![0_u128; sizes * quota];
        counts[0] = 1;
        for (before, player) in players.enumerate() {
            let Some(weight) = usize::try_from(self.weights[player]).ok().filter(|&weight| weight < quota) else {
                continue;
            };
            for size in (0..=before).rev() {
                let (from, to) = counts[size * quota..].split_at_mut(quota);
                to[weight..quota].iter_mut().zip(&from[..]).for_each(|(to, from)| *to += from);
            }
        }
        counts
    }

    /// Weights below the quota that occur: columns of the table.
    fn width(&self) -> usize {
        let sum: u64 = self.weights.iter().sum();
        self.quota.min(sum + 1) as usize
    }

    /// The share of a player from the numbers of coalitions without it, by size, that it turns into winning ones.
    fn share(coefficients: &Coefficients, pivots: impl Iterator<Item = u128>) -> Option<Rational> {
        let terms = coefficients.by_size.iter().zip(pivots);
        let above = terms.fold(0_u128, |sum, (weight, pivots)| sum + weight * pivots);
        Rational::new(i128::try_from(above).ok()?, i128::try_from(coefficients.denominator).ok()?)
    }

    fn coefficients(&self) -> Result<Coefficients, Error> {
        self.countable()?;
        let overflow = Error::Overflow { what: "a weighted vote", limit: "127 bits" };
        Coefficients::new(self.players()).ok_or(overflow)
    }

    /// Shapley values as exact fractions: all counts once, and each player taken out of them again.
    /// O(n² quota), players in parallel.
    ///
    /// # Errors
    /// As [`WeightedVote::countable`].
    pub fn shapley(&self) -> Result<Vec<Rational>, Error> {
        let coefficients = self.coefficients()?;
        let (players, width) = (self.players(), self.width());
        if self.weights.iter().sum::<u64>() < self.quota {
            return Ok(vec![Rational::ZERO; players]);
        }
        let counts = self.counted(0..players);
        let share = |player: usize| {
            let weight = self.weights[player].min(width as u64) as usize;
            // Coalitions without the player, one size after the other: without = all - those of one less that it joined.
            let mut without = vec![0_u128; width];
            let pivots = (0..players).map(|size| {
                let joined = std::mem::replace(&mut without, counts[size * width..][..width].to_vec());
                without[weight..].iter_mut().zip(&joined).for_each(|(without, joined)| *without -= joined);
                without[width - weight..].iter().sum::<u128>()
            });
            WeightedVote::share(&coefficients, pivots.collect::<Vec<_>>().into_iter())
        };
        let shares: Option<Vec<Rational>> = (0..players).into_par_iter().map(share).collect();
        shares.ok_or(Error::Overflow { what: "a share", limit: "127 bits" })
    }

    /// The same by counting the coalitions of the others for each player anew, to check. O(n³ quota).
    ///
    /// # Errors
    /// As [`WeightedVote::countable`].
    pub fn recompute(&self) -> Result<Vec<Rational>, Error> {
        let coefficients = self.coefficients()?;
        let (players, width) = (self.players(), self.width());
        if self.weights.iter().sum::<u64>() < self.quota {
            return Ok(vec![Rational::ZERO; players]);
        }
        let share = |player: usize| {
            let counts = self.counted((0..players).filter(|&other| other != player));
            let least = width - self.weights[player].min(width as u64) as usize;
            let pivots = counts.chunks_exact(width).map(|counts| counts[least..].iter().sum());
            WeightedVote::share(&coefficients, pivots)
        };
        let shares: Option<Vec<Rational>> = (0..players).into_par_iter().map(share).collect();
        shares.ok_or(Error::Overflow { what: "a share", limit: "127 bits" })
    }
}
