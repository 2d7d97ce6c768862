//! What a player changes alone, and what is lost without it.

use super::shapley::{coalitions, limit};
use crate::error::{Error, length};

/// What each player changes first and last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marginal<T> {
    /// v(i) - v(∅): what it changes alone, as the first one in.
    pub alone: Vec<T>,
    /// v(N) - v(N - i): what is lost when it is left out, as the last one in.
    pub leave_one_out: Vec<T>,
}

/// What each player changes first and last, from the values of the 2^n coalitions in the order of their masks. O(n).
///
/// # Errors
/// No player, too many, or another number of values.
pub fn marginal<T: Copy + std::ops::Sub<Output = T>>(players: usize, values: &[T]) -> Result<Marginal<T>, Error> {
    limit("the game", players)?;
    length("the list of values", coalitions(players), values.len())?;
    let all = values.len() - 1;
    let alone = (0..players).map(|player| values[1 << player] - values[0]);
    let leave_one_out = (0..players).map(|player| values[all] - values[all & !(1 << player)]);
    Ok(Marginal { alone: alone.collect(), leave_one_out: leave_one_out.collect() })
}
