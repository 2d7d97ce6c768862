//! Which coalitions are needed, and what their values say: for games whose values are costly.
//!
//! ```
//! use umbel_optimize::attribution::{Design, Method};
//! // Two projects that bring 3 and 5, and 2 more together.
//! let design = Design::new(2, Method::Exact)?;
//! let values: Vec<f64> = design.masks().iter().map(|plan| [0.0, 3.0, 5.0, 10.0][*plan as usize]).collect();
//! let found = design.attribute(&values)?;
//! assert_eq!(found.shares.values, [4.0, 6.0]);
//! assert_eq!(found.leave_one_out, [5.0, 7.0]);
//! # Ok::<(), umbel_optimize::Error>(())
//! ```

use super::add_up::Shares;
use super::fixed::Fixed;
use super::rational::Rational;
use super::sampled::Orders;
use super::shapley::{MOST_EXACT, Weights, coalitions, coefficients, fractions, integers, limit, nearest, numerators};
use super::{Mask, everyone};
use crate::error::{Error, finite, length};

/// How shares are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// From all 2^n coalitions.
    Exact,
    /// From orders drawn at random, each with its reverse.
    Sampled {
        /// Number of orders, the reverses among them: even, 4 or more.
        permutations: u32,
        /// Seed of the draws.
        seed: u64,
    },
}

impl Method {
    /// [`Method::Exact`] up to so many players (never more than [`MOST_EXACT`]), else sampled.
    pub fn automatic(players: usize, exact_up_to: usize, permutations: u32, seed: u64) -> Method {
        if players <= exact_up_to.min(MOST_EXACT) { Method::Exact } else { Method::Sampled { permutations, seed } }
    }
}

/// The coalitions that a method needs.
#[derive(Debug)]
pub struct Design {
    players: usize,
    method: Method,
    masks: Vec<Mask>,
    pub(crate) kind: Kind,
}

/// What is needed to make shares of values.
#[derive(Debug)]
pub(crate) enum Kind {
    Exact { weights: Weights, denominator: i128 },
    Sampled(Orders),
}

/// What the values of coalitions say about the players.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    /// Shapley values; their total is v(N) - v(∅).
    pub shares: Shares,
    /// v(i) - v(∅) of each player: what it changes alone.
    pub alone: Vec<f64>,
    /// v(N) - v(N - i) of each player: what is lost without it.
    pub leave_one_out: Vec<f64>,
    /// Standard errors of the shares where orders were sampled.
    pub standard_errors: Option<Vec<f64>>,
}

impl Design {
    /// The coalitions that a method needs for so many players.
    ///
    /// # Errors
    /// No player, more than the method takes ([`MOST_EXACT`], [`super::sampled::MOST_SAMPLED`]), or a number of
    /// permutations that is odd, below 4 or beyond 2^20.
    pub fn new(players: usize, method: Method) -> Result<Design, Error> {
        match method {
            Method::Exact => {
                limit("the exact Shapley value", players)?;
                let (denominator, by_size) = coefficients(players)?;
                let kind = Kind::Exact { weights: Weights::new(&by_size), denominator };
                Ok(Design { players, method, masks: (0..coalitions(players) as Mask).collect(), kind })
            }
            Method::Sampled { permutations, seed } => {
                let mut orders = Orders::draw(players, permutations, seed)?;
                let masks = std::mem::take(&mut orders.masks);
                Ok(Design { players, method, masks, kind: Kind::Sampled(orders) })
            }
        }
    }

    /// Number of players.
    pub fn players(&self) -> usize {
        self.players
    }

    /// The method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The coalitions to evaluate, each once, in ascending order of their masks: the empty one first, that of all
    /// players last.
    pub fn masks(&self) -> &[Mask] {
        &self.masks
    }

    /// Position of a coalition among the masks, if it is needed.
    pub fn position(&self, coalition: Mask) -> Option<usize> {
        self.masks.binary_search(&coalition).ok()
    }

    /// Positions of each player alone, and of all without it.
    pub(crate) fn ends(&self) -> Vec<(usize, usize)> {
        let all = everyone(self.players);
        let at = |mask| self.position(mask).unwrap_or_default();
        (0..self.players).map(|player| (at(1 << player), at(all & !(1 << player)))).collect()
    }

    /// For each player the double nearest to its share; values are finite and as many as masks.
    pub(crate) fn nearest(&self, values: &[f64]) -> Vec<f64> {
        match &self.kind {
            Kind::Exact { weights, denominator } => {
                let fixed = Fixed::of(values);
                let slices: Vec<Vec<i128>> = if fixed.is_plain() {
                    vec![numerators(self.players, weights, |coalition| fixed.whole(values[coalition]))]
                } else {
                    let digits = |slice| move |coalition: usize| fixed.digit(values[coalition], slice);
                    (0..fixed.slices).map(|slice| numerators(self.players, weights, digits(slice))).collect()
                };
                nearest(&fixed, self.players, &slices, *denominator as u64)
            }
            Kind::Sampled(orders) => orders.nearest(values),
        }
    }

    /// Divides v(N) - v(∅) among the players, from the value of each of [`Design::masks`]. v(∅) need not be 0. O(2^n)
    /// when exact, O(permutations n) when sampled.
    ///
    /// # Errors
    /// Another number of values than of masks; a value, the total or a share that is not finite.
    pub fn attribute(&self, values: &[f64]) -> Result<Attribution, Error> {
        length("the list of values", self.masks.len(), values.len())?;
        finite("the list of values", values)?;
        let (nobody, all) = (values[0], values[values.len() - 1]);
        let shares = super::shapley::shares(self.nearest(values), all - nobody)?;
        let (alone, leave_one_out): (Vec<f64>, Vec<f64>) =
            self.ends().into_iter().map(|(alone, without)| (values[alone] - nobody, all - values[without])).unzip();
        finite("the changes alone", &alone)?;
        finite("the changes of leaving one out", &leave_one_out)?;
        let standard_errors = match &self.kind {
            Kind::Exact { .. } => None,
            Kind::Sampled(orders) => Some(orders.standard_errors(values)),
        };
        Ok(Attribution { shares, alone, leave_one_out, standard_errors })
    }

    /// Shares of a game of integers as exact fractions (when sampled: the exact means over the orders drawn). They add
    /// up to v(N) - v(∅).
    ///
    /// # Errors
    /// Another number of values than of masks; values of 80 bits and more.
    pub fn fractions(&self, values: &[i128]) -> Result<Vec<Rational>, Error> {
        integers("the list of values", self.masks.len(), values)?;
        match &self.kind {
            Kind::Exact { weights, denominator } => {
                fractions(&numerators(self.players, weights, |coalition| values[coalition]), *denominator)
            }
            Kind::Sampled(orders) => fractions(&orders.numerators(|at| values[at]), orders.len() as i128),
        }
    }
}
