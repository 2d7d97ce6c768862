//! The Shapley interaction index: by how much two players do more, or less, together than apart.
//!
//! I_ij = Σ s! (n - s - 2)! / (n - 1)! (v(S + i + j) - v(S + i) - v(S + j) + v(S)) over the coalitions S of s players
//! without i and j. It is 0 when neither helps nor hinders the other, whoever else is there.
//!
//! Source: Grabisch, Roubens, An axiomatic approach to the concept of interaction among players in cooperative games,
//! International Journal of Game Theory 28, 1999, the Shapley interaction index I(v, S) for S = ij; of pairs first in
//! Murofushi, Soneda, Techniques for reading fuzzy measures (III): interaction index, 9th Fuzzy System Symposium, 1993.

use super::fixed::Fixed;
use super::rational::Rational;
use super::shapley::{coalitions, coefficients, fractions, integers};
use crate::error::{Error, finite, length};

/// The most players whose pairs are looked at.
pub const MOST_PAIRED: usize = 12;

/// Pairs of players in the order of the results: (0, 1), (0, 2), ..., (1, 2), ...
pub fn pairs(players: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..players).flat_map(move |first| (first + 1..players).map(move |second| (first, second)))
}

fn checked(players: usize) -> Result<(), Error> {
    match players {
        0 => Err(Error::NoPlayers),
        1..=MOST_PAIRED => Ok(()),
        _ => Err(Error::TooManyPlayers { what: "the interaction of pairs", limit: MOST_PAIRED, found: players }),
    }
}

/// Indices as integers over a denominator, which is given too.
fn numerators(players: usize, value: impl Fn(usize) -> i128) -> Result<(Vec<i128>, i128), Error> {
    let (denominator, by_size) = coefficients(players - 1)?;
    let of = |(first, second): (usize, usize)| {
        let (first, second) = (1_usize << first, 1_usize << second);
        let without = (0..coalitions(players)).filter(|set| set & (first | second) == 0);
        let terms = without.map(|set| {
            let both = value(set | first | second).wrapping_add(value(set));
            let difference = both.wrapping_sub(value(set | first)).wrapping_sub(value(set | second));
            difference.wrapping_mul(by_size[set.count_ones() as usize])
        });
        terms.fold(0, i128::wrapping_add)
    };
    Ok((pairs(players).map(of).collect(), denominator))
}

/// The index of every pair ([`pairs`]) of a game of integers, as exact fractions, from the values of its 2^n coalitions
/// in the order of their masks. O(n² 2^n).
///
/// # Errors
/// No player or more than [`MOST_PAIRED`], another number of values, values of 80 bits and more.
pub fn exact(players: usize, values: &[i128]) -> Result<Vec<Rational>, Error> {
    checked(players)?;
    integers("the list of values", coalitions(players), values)?;
    let (found, denominator) = numerators(players, |set| values[set])?;
    fractions(&found, denominator)
}

/// The same in double precision: the doubles nearest to the exact indices.
///
/// # Errors
/// No player or more than [`MOST_PAIRED`], another number of values, a value or index that is not finite.
pub fn interaction(players: usize, values: &[f64]) -> Result<Vec<f64>, Error> {
    checked(players)?;
    length("the list of values", coalitions(players), values.len())?;
    finite("the list of values", values)?;
    let fixed = Fixed::of(values);
    let slice = |slice| numerators(players, |set| fixed.digit(values[set], slice));
    let slices = (0..fixed.slices).map(slice).collect::<Result<Vec<_>, _>>()?;
    let denominator = slices.first().map_or(1, |(_, denominator)| *denominator as u64);
    let of = |pair: usize| {
        let parts: Vec<i128> = slices.iter().map(|(found, _)| found[pair]).collect();
        fixed.ratio(&parts, denominator)
    };
    let found: Vec<f64> = (0..pairs(players).count()).map(of).collect();
    finite("the interactions", &found)?;
    Ok(found)
}
