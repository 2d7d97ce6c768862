//! Orders of the players at random, for games with too many players for all coalitions.
//!
//! A share is the mean of what a player changes over the orders drawn. Every order comes with its reverse: a player that
//! comes early in one comes late in the other, which takes away much of the error (antithetic pairs). Along an order the
//! changes telescope to v(N) - v(∅), so the shares add up to the total whatever orders are drawn. The standard error is
//! that of the mean over the pairs, which are independent.
//!
//! Sources: Castro, Gómez, Tejada, Polynomial calculation of the Shapley value based on sampling, Computers & Operations
//! Research 36(5), 2009, section 3; antithetic pairs: Mitchell, Cooper, Frank, Holmes, Sampling permutations for Shapley
//! value estimation, Journal of Machine Learning Research 23, 2022, section 3.1.

use super::fixed::Fixed;
use super::{Mask, everyone};
use crate::error::Error;
use umbel_core::random::Stream;

/// The most players of whom orders are drawn.
pub const MOST_SAMPLED: usize = 64;

/// Orders drawn, and the coalitions along them.
#[derive(Clone, Debug)]
pub(crate) struct Orders {
    players: usize,
    /// The coalitions, each once, in ascending order.
    pub masks: Vec<Mask>,
    /// The orders, one after the other, a reverse after each order.
    orders: Vec<u8>,
    /// For each order the positions of its n + 1 coalitions among the masks.
    paths: Vec<u32>,
}

impl Orders {
    /// Draws pairs of orders, pair k from stream k. O(pairs n log(pairs n)).
    ///
    /// # Errors
    /// No player, more than [`MOST_SAMPLED`], fewer than two pairs, an odd number of permutations or more than 2^20.
    pub fn draw(players: usize, permutations: u32, seed: u64) -> Result<Orders, Error> {
        match players {
            0 => return Err(Error::NoPlayers),
            1..=MOST_SAMPLED => (),
            _ => {
                let what = "the sampled Shapley value";
                return Err(Error::TooManyPlayers { what, limit: MOST_SAMPLED, found: players });
            }
        }
        if permutations % 2 == 1 || !(4..=1 << 20).contains(&permutations) {
            let message =
                format!("{permutations} is not an even number from 4 to 1,048,576 (each order has its reverse)");
            return Err(Error::Parameter { parameter: "permutations", message });
        }
        let mut orders: Vec<u8> = Vec::with_capacity(permutations as usize * players);
        for pair in 0..permutations / 2 {
            let mut order: Vec<u8> = (0..players as u8).collect();
            Stream::new(seed, u64::from(pair)).shuffle(&mut order);
            orders.extend(&order);
            orders.extend(order.iter().rev());
        }
        let along = |order: &[u8]| {
            let sets = order.iter().scan(0, |set, player| {
                *set |= 1 << player;
                Some(*set)
            });
            std::iter::once(0).chain(sets).collect::<Vec<Mask>>()
        };
        let sets: Vec<Mask> = orders.chunks_exact(players).flat_map(along).collect();
        let all = everyone(players);
        // One player alone and all but one are wanted whatever the orders.
        let ends = (0..players).flat_map(|player| [1 << player, all & !(1 << player)]);
        let mut masks: Vec<Mask> = sets.iter().copied().chain(ends).collect();
        masks.sort_unstable();
        masks.dedup();
        let at = |set: &Mask| masks.binary_search(set).unwrap_or_default() as u32;
        let paths = sets.iter().map(at).collect();
        Ok(Orders { players, masks, orders, paths })
    }

    /// Number of orders.
    pub fn len(&self) -> usize {
        self.orders.len() / self.players
    }

    /// For each order its players and the positions of its coalitions.
    fn each(&self) -> impl Iterator<Item = (&[u8], &[u32])> {
        self.orders.chunks_exact(self.players).zip(self.paths.chunks_exact(self.players + 1))
    }

    /// Shares as integers over the number of orders, from integers smaller than 2^80 at the positions of the masks.
    pub fn numerators(&self, value: impl Fn(usize) -> i128) -> Vec<i128> {
        let mut found = vec![0_i128; self.players];
        for (order, path) in self.each() {
            let mut before = value(path[0] as usize);
            for (&player, &at) in order.iter().zip(&path[1..]) {
                let after = value(at as usize);
                found[usize::from(player)] += after - before;
                before = after;
            }
        }
        found
    }

    /// Shares as the nearest doubles, before they are made to add up.
    pub fn nearest(&self, values: &[f64]) -> Vec<f64> {
        let fixed = Fixed::of(values);
        let slice = |slice| {
            let digits: Vec<i128> = values.iter().map(|&value| fixed.digit(value, slice)).collect();
            self.numerators(|at| digits[at])
        };
        let slices: Vec<Vec<i128>> = (0..fixed.slices).map(slice).collect();
        super::shapley::nearest(&fixed, self.players, &slices, self.len() as u64)
    }

    /// Standard error of each share: the standard deviation of its means over pairs of orders, divided by the square
    /// root of their number.
    pub fn standard_errors(&self, values: &[f64]) -> Vec<f64> {
        let (mut mean, mut squares) = (vec![0.0; self.players], vec![0.0; self.players]);
        let mut of_pair = vec![0.0; self.players];
        for (number, (order, path)) in self.each().enumerate() {
            for (&player, step) in order.iter().zip(path.windows(2)) {
                of_pair[usize::from(player)] += (values[step[1] as usize] - values[step[0] as usize]) / 2.0;
            }
            if number % 2 == 1 {
                // Welford's update.
                let pairs = (number / 2 + 1) as f64;
                for (player, change) in of_pair.iter_mut().enumerate() {
                    let off = *change - mean[player];
                    mean[player] += off / pairs;
                    squares[player] += off * (*change - mean[player]);
                    *change = 0.0;
                }
            }
        }
        let pairs = (self.len() / 2) as f64;
        squares.into_iter().map(|squares| (squares / (pairs - 1.0) / pairs).sqrt()).collect()
    }
}
