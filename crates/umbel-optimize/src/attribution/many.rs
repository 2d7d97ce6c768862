//! Many figures of the same plans, each divided among the same players.

use super::Shares;
use super::add_up::add_up;
use super::design::{Attribution, Design, Kind};
use crate::error::{Error, length};
use rayon::prelude::*;

/// Figures that are gathered from the rows at once: a few lines of the cache from each row.
const TOGETHER: usize = 16;

/// Many figures divided among the players.
#[derive(Clone, Debug, PartialEq)]
pub struct Many {
    players: usize,
    figures: Vec<Figure>,
    /// For each figure: shares, changes alone, changes of leaving one out, and standard errors where sampled.
    numbers: Vec<f64>,
    sampled: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Figure {
    total: f64,
    state: State,
}

/// What became of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its shares add up to its total to the last bit.
    AddsUp,
    /// Its shares are the nearest doubles, but do not add up to the last bit (see [`Shares`]).
    Nearest,
    /// It has no value in at least one coalition, or values too large for doubles: there are no shares.
    Missing,
}

/// One figure of many.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Divided<'a> {
    /// v(N) - v(∅).
    pub total: f64,
    /// Whether the shares add up to the total to the last bit.
    pub adds_up: bool,
    /// Shapley values.
    pub shares: &'a [f64],
    /// What each player changes alone.
    pub alone: &'a [f64],
    /// What is lost without each player.
    pub leave_one_out: &'a [f64],
    /// Standard errors of the shares where orders were sampled.
    pub standard_errors: Option<&'a [f64]>,
}

impl Many {
    /// Number of figures.
    pub fn len(&self) -> usize {
        self.figures.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.figures.is_empty()
    }

    /// What became of a figure.
    pub fn state(&self, figure: usize) -> State {
        self.figures.get(figure).map_or(State::Missing, |figure| figure.state)
    }

    /// A figure, divided; `None` when it is missing in a coalition.
    pub fn figure(&self, figure: usize) -> Option<Divided<'_>> {
        let &Figure { total, state } = self.figures.get(figure).filter(|figure| figure.state != State::Missing)?;
        let lists = if self.sampled { 4 } else { 3 };
        let numbers = &self.numbers[figure * lists * self.players..];
        let list = |number: usize| &numbers[number * self.players..][..self.players];
        Some(Divided {
            total,
            adds_up: state == State::AddsUp,
            shares: list(0),
            alone: list(1),
            leave_one_out: list(2),
            standard_errors: self.sampled.then(|| list(3)),
        })
    }

    /// A figure by itself, as [`Design::attribute`] gives it.
    pub fn attribution(&self, figure: usize) -> Option<Attribution> {
        let found = self.figure(figure)?;
        Some(Attribution {
            shares: Shares { values: found.shares.to_vec(), total: found.total, adds_up: found.adds_up },
            alone: found.alone.to_vec(),
            leave_one_out: found.leave_one_out.to_vec(),
            standard_errors: found.standard_errors.map(<[f64]>::to_vec),
        })
    }
}

impl Design {
    /// Divides many figures, from a row for each of [`Design::masks`] that holds the value of every figure under that
    /// plan, NaN where it has none. Each figure is divided as by [`Design::attribute`]; one that is missing in any row
    /// has no attribution. Figures in parallel: O(2^n) each when exact.
    ///
    /// # Errors
    /// Another number of rows than of masks, or rows of different lengths.
    pub fn attribute_many<R: AsRef<[f64]> + Sync>(&self, rows: &[R]) -> Result<Many, Error> {
        length("the list of plans", self.masks().len(), rows.len())?;
        let figures = rows[0].as_ref().len();
        rows.iter().try_for_each(|row| length("the row of a plan", figures, row.as_ref().len()))?;
        let (players, ends) = (self.players(), self.ends());
        let sampled = matches!(self.kind, Kind::Sampled(_));
        let lists = if sampled { 4 } else { 3 };
        let mut found = vec![Figure { total: f64::NAN, state: State::Missing }; figures];
        let mut numbers = vec![f64::NAN; figures * lists * players];
        let blocks = found.par_chunks_mut(TOGETHER).zip(numbers.par_chunks_mut(TOGETHER * lists * players));
        blocks.enumerate().for_each(|(block, (found, numbers))| {
            // Columns whose distance is a power of two would fall into the same lines of the cache.
            let distance = rows.len() + 8;
            let mut columns = vec![0.0; found.len() * distance];
            for (at, row) in rows.iter().enumerate() {
                let cells = &row.as_ref()[block * TOGETHER..][..found.len()];
                cells.iter().enumerate().for_each(|(figure, value)| columns[figure * distance + at] = *value);
            }
            let columns = columns.chunks_exact(distance).map(|column| &column[..rows.len()]);
            let figures = found.iter_mut().zip(numbers.chunks_exact_mut(lists * players)).zip(columns);
            figures.for_each(|((found, numbers), values)| *found = self.divide(values, &ends, numbers));
        });
        Ok(Many { players, figures: found, numbers, sampled })
    }

    /// Divides one figure into its lists of numbers.
    fn divide(&self, values: &[f64], ends: &[(usize, usize)], numbers: &mut [f64]) -> Figure {
        let missing = Figure { total: f64::NAN, state: State::Missing };
        if !values.iter().all(|value| value.is_finite()) {
            return missing;
        }
        let (nobody, all) = (values[0], values[values.len() - 1]);
        let total = all - nobody;
        let (shares, rest) = numbers.split_at_mut(self.players());
        // Most figures of a region do not feel a plan at all.
        if values.iter().all(|&value| value == nobody) {
            shares.fill(0.0);
            rest.fill(0.0);
            return Figure { total, state: State::AddsUp };
        }
        shares.copy_from_slice(&self.nearest(values));
        let (alone, rest) = rest.split_at_mut(self.players());
        let (leave_one_out, errors) = rest.split_at_mut(self.players());
        for (player, &(first, without)) in ends.iter().enumerate() {
            alone[player] = values[first] - nobody;
            leave_one_out[player] = all - values[without];
        }
        if let Kind::Sampled(orders) = &self.kind {
            errors.copy_from_slice(&orders.standard_errors(values));
        }
        let finite = |list: &[f64]| list.iter().all(|number| number.is_finite());
        if !(total.is_finite() && finite(shares) && finite(alone) && finite(leave_one_out)) {
            return missing;
        }
        Figure { total, state: if add_up(shares, total) { State::AddsUp } else { State::Nearest } }
    }
}
