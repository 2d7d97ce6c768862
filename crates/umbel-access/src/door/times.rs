//! The times from one origin.

use super::lanes::Lane;
use super::percentile::{TOGETHER, rank, sort};
use crate::Seconds;
use std::sync::Arc;

/// Seconds from one origin to each destination, for each departure of the window (or to the place arrived at, from each
/// place left, when the window is one of arrivals).
#[derive(Clone, Debug)]
pub struct Times {
    pub(super) destinations: usize,
    pub(super) departures: usize,
    pub(super) values: Values,
    pub(super) network: Arc<Vec<(u16, u16)>>,
}

/// Times of [`TOGETHER`] destinations at a departure.
pub(super) type Line<T> = [T; TOGETHER];

/// Block of destinations by block, a line for each departure. Small where the longest time fits.
#[derive(Clone, Debug)]
pub(super) enum Values {
    Short(Vec<Line<i16>>),
    Long(Vec<Line<i32>>),
}

impl Values {
    /// Empties them and makes them fit for times up to `longest`.
    pub fn fit(&mut self, longest: u32) {
        *self = match std::mem::replace(self, Values::Short(Vec::new())) {
            Values::Short(values) if fits(longest) => Values::Short(values),
            Values::Long(values) if !fits(longest) => Values::Long(values),
            _ if fits(longest) => Values::Short(Vec::new()),
            _ => Values::Long(Vec::new()),
        };
    }
}

/// Whether times up to `longest`, and one more walk, fit into 16 bits.
pub(super) fn fits(longest: u32) -> bool {
    longest < i16::MAX as u32
}

fn time<T: Lane>(value: T) -> Seconds {
    if value == T::MAX { Seconds::UNREACHED } else { Seconds(value.seconds()) }
}

/// The times to a destination, in the order of departures.
fn row<T: Lane>(values: &[Line<T>], departures: usize, destination: usize) -> impl Iterator<Item = T> + Clone + '_ {
    let (block, column) = (destination / TOGETHER, destination % TOGETHER);
    values[block * departures..(block + 1) * departures].iter().map(move |line| line[column])
}

impl Times {
    /// Number of destinations.
    pub fn destinations(&self) -> usize {
        self.destinations
    }

    /// Number of departures.
    pub fn departures(&self) -> usize {
        self.departures
    }

    /// Seconds to a destination at a departure (0 is the first).
    ///
    /// # Panics
    /// When there is no such destination or departure.
    pub fn get(&self, destination: usize, departure: usize) -> Seconds {
        assert!(departure < self.departures, "there is no departure {departure}");
        assert!(destination < self.destinations, "there is no destination {destination}");
        let (at, column) = (destination / TOGETHER * self.departures + departure, destination % TOGETHER);
        match &self.values {
            Values::Short(values) => time(values[at][column]),
            Values::Long(values) => time(values[at][column]),
        }
    }

    /// All times, destination by destination, each in the order of departures.
    pub fn copy_to(&self, times: &mut Vec<Seconds>) {
        fn copy<T: Lane>(values: &[Line<T>], of: &Times, times: &mut Vec<Seconds>) {
            (0..of.destinations).for_each(|at| times.extend(row(values, of.departures, at).map(time)));
        }
        times.clear();
        times.reserve(self.destinations * self.departures);
        match &self.values {
            Values::Short(values) => copy(values, self, times),
            Values::Long(values) => copy(values, self, times),
        }
    }

    /// The percentiles (0 to 100) of the times to each destination: destination by destination, each in the order of
    /// `percentiles`. [`rank`] says which element each is.
    ///
    /// Cost: about 0.1 microseconds a destination for 60 departures.
    pub fn percentiles(&self, percentiles: &[f64]) -> Vec<Seconds> {
        let ranks: Vec<usize> = percentiles.iter().map(|&p| rank(p, self.departures)).collect();
        match &self.values {
            Values::Short(values) => self.ranked(values, &ranks),
            Values::Long(values) => self.ranked(values, &ranks),
        }
    }

    fn ranked<T: Lane>(&self, values: &[Line<T>], ranks: &[usize]) -> Vec<Seconds> {
        let mut out = vec![Seconds::UNREACHED; self.destinations * ranks.len()];
        if ranks.is_empty() {
            return out;
        }
        let mut columns = vec![[T::MAX; TOGETHER]; self.departures];
        for (block, out) in values.chunks_exact(self.departures).zip(out.chunks_mut(ranks.len() * TOGETHER)) {
            columns.copy_from_slice(block);
            sort(&self.network, &mut columns);
            for (column, out) in out.chunks_exact_mut(ranks.len()).enumerate() {
                for (out, &rank) in out.iter_mut().zip(ranks) {
                    *out = time(columns[rank][column]);
                }
            }
        }
        out
    }

    /// Per destination, the mean of the times at the departures that reach it (`None` when none does), and the share of
    /// departures that do.
    pub fn means(&self) -> Vec<(Option<f64>, f64)> {
        fn means<T: Lane>(values: &[Line<T>], of: &Times) -> Vec<(Option<f64>, f64)> {
            let mean = |destination: usize| {
                let reached = || row(values, of.departures, destination).filter(|&value| value != T::MAX);
                let (count, sum) = (reached().count(), reached().map(|value| u64::from(value.seconds())).sum::<u64>());
                ((count > 0).then(|| sum as f64 / count as f64), count as f64 / of.departures.max(1) as f64)
            };
            (0..of.destinations).map(mean).collect()
        }
        match &self.values {
            Values::Short(values) => means(values, self),
            Values::Long(values) => means(values, self),
        }
    }
}
