//! Games: players, and the value of each of their coalitions.

use super::Mask;
use super::shapley::{coalitions, limit};
use crate::error::{Error, length};
use rayon::prelude::*;

/// A game of which every coalition has its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Game<T> {
    players: usize,
    values: Vec<T>,
}

impl<T> Game<T> {
    /// A game from the values of its 2^n coalitions, value m that of the players whose bits are set in m.
    ///
    /// # Errors
    /// No player, more than [`super::MOST_EXACT`], or another number of values.
    pub fn new(players: usize, values: Vec<T>) -> Result<Game<T>, Error> {
        limit("a game", players)?;
        length("the list of values", coalitions(players), values.len())?;
        Ok(Game { players, values })
    }

    /// Number of players.
    pub fn players(&self) -> usize {
        self.players
    }

    /// Values of the coalitions, in the order of their masks.
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// The value of a coalition; `None` when it names players that are not there.
    pub fn value(&self, coalition: Mask) -> Option<&T> {
        self.values.get(usize::try_from(coalition).ok()?)
    }
}

impl<T: Send> Game<T> {
    /// A game from a function that values a coalition, which may be costly: each coalition is asked for once, in
    /// parallel.
    ///
    /// # Errors
    /// No player, or more than [`super::MOST_EXACT`].
    pub fn evaluate(players: usize, value: impl Fn(Mask) -> T + Send + Sync) -> Result<Game<T>, Error> {
        limit("a game", players)?;
        let values = (0..coalitions(players) as Mask).into_par_iter().map(value).collect();
        Ok(Game { players, values })
    }
}
