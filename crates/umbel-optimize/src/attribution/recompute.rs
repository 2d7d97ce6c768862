//! The same shares by another way, to check them.
//!
//! Up to [`MOST_ORDERED`] players: the mean of what a player changes over all n! orders, each walked through (Shapley
//! 1953, section 6). Beyond: from the dividends of the coalitions, d(S) = Σ (-1)^(s - t) v(T) over T in S, of which
//! each member gets an equal part (Harsanyi, A simplified bargaining model for the n-person cooperative game,
//! International Economic Review 4(2), 1963).

use super::fixed::Fixed;
use super::rational::Rational;
use super::shapley::{Weights, coalitions, coefficients, fractions, integers, limit, numerators};
use crate::error::{Error, finite, length};

/// The most players whose orders are walked through: 40,320 orders.
pub const MOST_ORDERED: usize = 8;

/// Sums over all orders of the players: each share times n!.
fn by_orders(players: usize, value: &impl Fn(usize) -> i128) -> (Vec<i128>, i128) {
    /// Heap's algorithm: each order once.
    fn walk(order: &mut [usize], left: usize, visit: &mut impl FnMut(&[usize])) {
        if left <= 1 {
            return visit(order);
        }
        for at in 0..left {
            walk(order, left - 1, visit);
            let other = if left.is_multiple_of(2) { at } else { 0 };
            order.swap(other, left - 1);
        }
    }
    let mut found = vec![0_i128; players];
    let mut orders = 0;
    walk(&mut (0..players).collect::<Vec<_>>(), players, &mut |order| {
        orders += 1;
        let mut set = 0;
        for &player in order {
            found[player] += value(set | 1 << player) - value(set);
            set |= 1 << player;
        }
    });
    (found, orders)
}

/// Dividends of all coalitions, in place: the Möbius transform. O(n 2^n), modulo 2^128.
pub fn dividends(players: usize, values: &mut [i128]) {
    for player in 0..players {
        for set in (0..values.len()).filter(|set| set & (1 << player) != 0) {
            values[set] = values[set].wrapping_sub(values[set & !(1 << player)]);
        }
    }
}

/// Sums of equal parts of the dividends: each share times the least common multiple of 1 to n.
fn by_dividends(players: usize, value: &impl Fn(usize) -> i128, denominator: i128) -> Vec<i128> {
    let mut values: Vec<i128> = (0..coalitions(players)).map(value).collect();
    dividends(players, &mut values);
    let mut found = vec![0_i128; players];
    for (set, dividend) in values.into_iter().enumerate().skip(1) {
        let part = dividend.wrapping_mul(denominator / i128::from(set.count_ones()));
        for player in (0..players).filter(|player| set & (1 << player) != 0) {
            found[player] = found[player].wrapping_add(part);
        }
    }
    found
}

/// Shares as integers over a denominator, by the other way.
fn otherwise(players: usize, value: impl Fn(usize) -> i128) -> Result<(Vec<i128>, i128), Error> {
    if players <= MOST_ORDERED {
        return Ok(by_orders(players, &value));
    }
    let (denominator, _) = coefficients(players)?;
    Ok((by_dividends(players, &value, denominator), denominator))
}

/// Shapley values of a game of integers as exact fractions, by the other way. O(n! n) up to [`MOST_ORDERED`] players,
/// else O(n 2^n).
///
/// # Errors
/// As [`super::shapley::exact`].
pub fn exact(players: usize, values: &[i128]) -> Result<Vec<Rational>, Error> {
    limit("the exact Shapley value", players)?;
    integers("the list of values", coalitions(players), values)?;
    let (found, denominator) = otherwise(players, |set| values[set])?;
    fractions(&found, denominator)
}

/// Whether the exact shares of a game in double precision, before they are rounded, are the same by the other way.
///
/// # Errors
/// As [`super::shapley::shapley`].
pub fn agrees(players: usize, values: &[f64]) -> Result<bool, Error> {
    limit("the exact Shapley value", players)?;
    length("the list of values", coalitions(players), values.len())?;
    finite("the list of values", values)?;
    let (denominator, by_size) = coefficients(players)?;
    let weights = Weights::new(&by_size);
    let fixed = Fixed::of(values);
    for slice in 0..fixed.slices {
        let value = |set: usize| fixed.digit(values[set], slice);
        let (found, over) = otherwise(players, value)?;
        // Both denominators divide n!, and n! is at most 40,320 where they differ.
        let same = numerators(players, &weights, value).into_iter().zip(found);
        if !same.into_iter().all(|(one, other)| one * (over / denominator) == other) {
            return Ok(false);
        }
    }
    Ok(true)
}
