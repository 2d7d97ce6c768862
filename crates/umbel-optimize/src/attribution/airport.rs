//! The airport cost game: a runway must be as long as the largest aircraft among its users needs, so that a coalition
//! costs what its dearest member costs.
//!
//! Each step of cost is divided equally among those who need it. With costs in ascending order and c_0 = 0:
//! φ_i = Σ (c_k - c_(k-1)) / (n - k + 1) over k from 1 to i.
//!
//! Source: Littlechild, Owen, A simple expression for the Shapley value in a special case, Management Science 20(3),
//! 1973, the theorem, with one aircraft of each type.

use super::add_up::Shares;
use super::rational::Rational;
use crate::error::{Error, finite};

/// Players by ascending cost.
fn ascending<T: PartialOrd>(costs: &[T]) -> Result<Vec<usize>, Error> {
    if costs.is_empty() {
        return Err(Error::NoPlayers);
    }
    let mut order: Vec<usize> = (0..costs.len()).collect();
    order.sort_by(|&a, &b| costs[a].partial_cmp(&costs[b]).unwrap_or(std::cmp::Ordering::Equal));
    Ok(order)
}

fn negative(at: usize, value: String) -> Error {
    Error::Domain { what: "the costs", at, value, needed: "a cost must not be negative" }
}

/// Shares of the largest cost as exact fractions, for integer costs. O(n log n).
///
/// # Errors
/// No player, a negative cost, fractions beyond 127 bits (not below 89 different costs of up to 2^40; [`airport`] has no
/// such limit).
pub fn exact(costs: &[i128]) -> Result<Vec<Rational>, Error> {
    if let Some(at) = costs.iter().position(|&cost| cost < 0) {
        return Err(negative(at, costs[at].to_string()));
    }
    let order = ascending(costs)?;
    let mut shares = vec![Rational::ZERO; costs.len()];
    let (mut share, mut before) = (Some(Rational::ZERO), 0);
    for (at, &player) in order.iter().enumerate() {
        let step = Rational::new(costs[player] - before, (costs.len() - at) as i128);
        share = share.zip(step).and_then(|(share, step)| share.checked_add(step));
        let overflow = Error::Overflow { what: "a share of an airport's cost", limit: "127 bits" };
        shares[player] = share.ok_or(overflow)?;
        before = costs[player];
    }
    Ok(shares)
}

/// A number in two doubles, about 106 bits.
#[derive(Clone, Copy, Default)]
struct Double {
    high: f64,
    low: f64,
}

impl Double {
    /// a + b without error.
    fn sum(a: f64, b: f64) -> Double {
        let high = a + b;
        let part = high - a;
        Double { high, low: (a - (high - part)) + (b - part) }
    }

    fn plus(self, other: Double) -> Double {
        let sum = Double::sum(self.high, other.high);
        Double::sum(sum.high, sum.low + self.low + other.low)
    }

    /// Divided by a whole number.
    fn over(self, divisor: f64) -> Double {
        let high = self.high / divisor;
        let rest = high.mul_add(-divisor, self.high) + self.low;
        Double::sum(high, rest / divisor)
    }
}

/// Shares of the largest cost in double precision, for any number of players; they add up to it by the rule of
/// [`Shares`]. Computed in about 106 bits. O(n log n).
///
/// # Errors
/// No player, a cost that is not finite or negative.
pub fn airport(costs: &[f64]) -> Result<Shares, Error> {
    finite("the costs", costs)?;
    if let Some(at) = costs.iter().position(|&cost| cost < 0.0) {
        return Err(negative(at, costs[at].to_string()));
    }
    let order = ascending(costs)?;
    let mut shares = vec![0.0; costs.len()];
    let (mut share, mut before) = (Double::default(), 0.0);
    for (at, &player) in order.iter().enumerate() {
        share = share.plus(Double::sum(costs[player], -before).over((costs.len() - at) as f64));
        shares[player] = share.high + share.low;
        before = costs[player];
    }
    Ok(Shares::of(shares, before))
}
