//! Shapley values from all coalitions.
//!
//! φ_i = Σ s! (n - s - 1)! / n! (v(S + i) - v(S)) over the coalitions S of s players without i.
//!
//! Source: Shapley, A value for n-person games, Contributions to the Theory of Games II, Annals of Mathematics Studies
//! 28, 1953, section 3, the theorem.

use super::add_up::Shares;
use super::coefficients::Coefficients;
use super::design::{Design, Method};
use super::fixed::{Fixed, MOST};
use super::rational::Rational;
use crate::error::{Error, finite, length};
use rayon::prelude::*;

/// The most players of which all coalitions are looked at: 16,777,216 coalitions.
pub const MOST_EXACT: usize = 24;

/// Number of coalitions of so many players (up to [`MOST_EXACT`]).
pub(crate) fn coalitions(players: usize) -> usize {
    1 << players
}

/// Checks the number of players.
pub(crate) fn limit(what: &'static str, players: usize) -> Result<(), Error> {
    match players {
        0 => Err(Error::NoPlayers),
        1..=MOST_EXACT => Ok(()),
        _ => Err(Error::TooManyPlayers { what, limit: MOST_EXACT, found: players }),
    }
}

/// The coefficients of up to [`MOST_EXACT`] players.
pub(crate) fn coefficients(players: usize) -> Result<(i128, Vec<i128>), Error> {
    let found = Coefficients::new(players);
    let found = found.ok_or(Error::Overflow { what: "the Shapley value", limit: "127 bits" })?;
    let narrow = |number: u128| number as i128;
    Ok((narrow(found.denominator), found.by_size.into_iter().map(narrow).collect()))
}

/// Checks integer values: their number, and that their weighted sums fit.
pub(crate) fn integers(what: &'static str, wanted: usize, values: &[i128]) -> Result<(), Error> {
    length(what, wanted, values.len())?;
    match values.iter().all(|value| value.unsigned_abs() < MOST as u128) {
        true => Ok(()),
        false => Err(Error::Overflow { what: "an exact game", limit: "80 bits" }),
    }
}

/// The weights of coalitions by their size, for [`numerators`].
#[derive(Debug)]
pub(crate) struct Weights {
    /// What a coalition of s players counts for those in it: w(s - 1) + w(s).
    inside: Vec<i128>,
    /// What it counts against everybody: w(s).
    all: Vec<i128>,
}

impl Weights {
    pub(crate) fn new(by_size: &[i128]) -> Weights {
        let weight = |size: usize| by_size.get(size).copied().unwrap_or(0);
        let inside = |size: usize| if size == 0 { 0 } else { weight(size - 1) + weight(size) };
        let sizes = 0..=by_size.len();
        Weights { inside: sizes.clone().map(inside).collect(), all: sizes.map(weight).collect() }
    }
}

/// The sum of integers times their weights, modulo 2^128.
#[inline]
fn weigh(weights: &[i128], sums: impl Iterator<Item = i128>) -> i128 {
    // The weights of 24 players have 33 bits.
    weights
        .iter()
        .zip(sums)
        .fold(0, |sum, (weight, one)| sum.wrapping_add(one.wrapping_mul(i128::from(*weight as i64))))
}

/// Shapley values as integers over the denominator of the coefficients, from integers smaller than 2^80. Players from
/// 1 to [`MOST_EXACT`].
///
/// φ_i is the sum of (w(s - 1) + w(s)) v(S) over the coalitions with i, less that of w(s) v(S) over all. The coalitions
/// with i are needed by size only, so the players are halved: values are added up for each set of the first half and
/// number of the second, and the other way round. O(2^n) additions and O(2^(n/2) n) multiplications.
///
/// Sums may wrap on the way: the results are below 2^127, and wrapping sums are exact modulo 2^128.
pub(crate) fn numerators(players: usize, weights: &Weights, value: impl Fn(usize) -> i128 + Sync) -> Vec<i128> {
    let low = players / 2;
    let high = players - low;
    let (lows, highs) = (1_usize << low, 1_usize << high);
    // The sets of the first half, by size.
    let mut by_size: Vec<u32> = (0..lows as u32).collect();
    by_size.sort_by_key(|set| set.count_ones());
    let groups: Vec<&[u32]> = by_size.chunk_by(|a, b| a.count_ones() == b.count_ones()).collect();
    // By size in the second half and set of the first; by set of the second half and size in the first.
    let block = |first: usize, last: usize| {
        let mut of_low = vec![0_i128; (high + 1) * lows];
        let mut of_high = Vec::with_capacity((last - first) * (low + 1));
        let mut row = vec![0_i128; lows];
        for above in first..last {
            row.iter_mut().enumerate().for_each(|(below, cell)| *cell = value(above << low | below));
            let sums = &mut of_low[above.count_ones() as usize * lows..][..lows];
            sums.iter_mut().zip(&row).for_each(|(sum, cell)| *sum = sum.wrapping_add(*cell));
            of_high
                .extend(groups.iter().map(|sets| sets.iter().fold(0, |sum, &set| row[set as usize].wrapping_add(sum))));
        }
        (of_low, of_high)
    };
    let blocks = if players < 14 { 1 } else { 16 };
    let each = highs.div_ceil(blocks);
    let parts: Vec<(Vec<i128>, Vec<i128>)> = match blocks {
        1 => vec![block(0, highs)],
        _ => (0..blocks).into_par_iter().map(|at| block(at * each, (at + 1) * each)).collect(),
    };
    let mut of_low = vec![0_i128; (high + 1) * lows];
    for (part, _) in &parts {
        of_low.iter_mut().zip(part).for_each(|(sum, part)| *sum = sum.wrapping_add(*part));
    }
    let mut found = vec![0_i128; players];
    let mut against = 0_i128;
    let mut give = |first: usize, set: usize, inside: i128| {
        let mut members = set;
        while members != 0 {
            let player = &mut found[first + members.trailing_zeros() as usize];
            *player = player.wrapping_add(inside);
            members &= members - 1;
        }
    };
    for set in 0..lows {
        let (size, sums) = (set.count_ones() as usize, of_low[set..].iter().step_by(lows).copied());
        give(0, set, weigh(&weights.inside[size..], sums.clone()));
        against = against.wrapping_add(weigh(&weights.all[size..], sums));
    }
    let of_high = parts.iter().flat_map(|(_, part)| part.chunks_exact(low + 1));
    for (set, sums) in of_high.enumerate() {
        give(low, set, weigh(&weights.inside[set.count_ones() as usize..], sums.iter().copied()));
    }
    found.iter().map(|sum| sum.wrapping_sub(against)).collect()
}

/// Shapley values of a game of integers, as exact fractions, from the values of its 2^n coalitions in the order of
/// their masks. They add up to v(N) - v(∅). O(2^n).
///
/// # Errors
/// No player or more than [`MOST_EXACT`], another number of values, values of 80 bits and more.
pub fn exact(players: usize, values: &[i128]) -> Result<Vec<Rational>, Error> {
    limit("the exact Shapley value", players)?;
    integers("the list of values", coalitions(players), values)?;
    let (denominator, by_size) = coefficients(players)?;
    let found = numerators(players, &Weights::new(&by_size), |coalition| values[coalition]);
    fractions(&found, denominator)
}

/// Integers over one denominator as fractions.
pub(crate) fn fractions(numerators: &[i128], denominator: i128) -> Result<Vec<Rational>, Error> {
    let overflow = Error::Overflow { what: "a share", limit: "127 bits" };
    numerators.iter().map(|&above| Rational::new(above, denominator).ok_or(overflow.clone())).collect()
}

/// Shapley values of a game in double precision, from the values of its 2^n coalitions in the order of their masks:
/// each share is the double nearest to the exact one, and they add up to v(N) - v(∅) by the rule of [`Shares`]. O(2^n).
///
/// # Errors
/// No player or more than [`MOST_EXACT`], another number of values, a value or share that is not finite.
pub fn shapley(players: usize, values: &[f64]) -> Result<Shares, Error> {
    Ok(Design::new(players, Method::Exact)?.attribute(values)?.shares)
}

/// For each player the double nearest to its exact share.
pub(crate) fn nearest(fixed: &Fixed, players: usize, slices: &[Vec<i128>], denominator: u64) -> Vec<f64> {
    let of = |player: usize| {
        let parts: Vec<i128> = slices.iter().map(|slice| slice[player]).collect();
        fixed.ratio(&parts, denominator)
    };
    (0..players).map(of).collect()
}

/// Finite shares that add up.
pub(crate) fn shares(nearest: Vec<f64>, total: f64) -> Result<Shares, Error> {
    finite("the shares", &nearest)?;
    finite("the total", &[total])?;
    Ok(Shares::of(nearest, total))
}
