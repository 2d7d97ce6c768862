//! Arrival at stops: a row of seconds of travel a stop, a lane a departure.

use super::lanes::{Lane, padded};
use super::travel::Travel;

const NONE: u32 = u32::MAX;

/// Seconds from departure until one gets off at each stop reached.
#[derive(Debug)]
pub struct Rows<T> {
    /// Row of each stop, or `NONE`.
    row: Vec<u32>,
    values: Vec<T>,
    /// Per row, the last departure at which it got better, the arrival then, and the stop.
    last: Vec<(u32, u32, u32)>,
    /// Per row, the shortest time of all departures.
    least: Vec<T>,
    lanes: usize,
    window: Departures,
}

/// What lanes mean.
#[derive(Clone, Copy, Debug, Default)]
struct Departures {
    first: u32,
    count: u32,
    step: u32,
    max_time: u32,
    /// Lanes in the opposite order, for arrivals.
    turned: bool,
}

impl<T: Lane> Rows<T> {
    /// No stop reached yet.
    pub fn new() -> Rows<T> {
        let (row, values, last, least) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Rows { row, values, last, least, lanes: 0, window: Departures::default() }
    }

    /// Forgets what was; `first` is the first departure of the search.
    pub fn begin(&mut self, stops: usize, travel: &Travel, first: u32) {
        for &(_, _, stop) in &self.last {
            self.row[stop as usize] = NONE;
        }
        self.row.resize(stops, NONE);
        self.values.clear();
        self.last.clear();
        self.least.clear();
        self.lanes = padded(travel.window.count as usize);
        let (count, step, max_time) = (travel.window.count, travel.window.step, travel.max_time);
        self.window = Departures { first, count, step, max_time, turned: travel.window.arrive_by };
    }

    /// From this departure on (and at all earlier ones, until it gets better again) one gets off at `stop` at `arrival`.
    #[inline]
    pub fn improve(&mut self, departure: u32, stop: u32, arrival: u32) {
        let row = self.row[stop as usize];
        if row == NONE {
            self.row[stop as usize] = self.last.len() as u32;
            self.last.push((departure, arrival, stop));
            self.values.resize(self.values.len() + self.lanes, T::MAX);
            return;
        }
        let (before, was, _) = self.last[row as usize];
        self.fill(row as usize, departure + 1..before + 1, was);
        self.last[row as usize] = (departure, arrival, stop);
    }

    /// After the earliest departure.
    pub fn finish(&mut self) {
        for row in 0..self.last.len() {
            let (before, was, _) = self.last[row];
            self.fill(row, 0..before + 1, was);
            let values = &self.values[row * self.lanes..(row + 1) * self.lanes];
            self.least.push(values.iter().copied().min().unwrap_or(T::MAX));
        }
    }

    #[inline]
    fn fill(&mut self, row: usize, departures: std::ops::Range<u32>, arrival: u32) {
        let window = self.window;
        let values = &mut self.values[row * self.lanes..(row + 1) * self.lanes];
        for departure in departures {
            let time = arrival.saturating_sub(window.first + departure * window.step);
            if time <= window.max_time {
                let lane = if window.turned { window.count - 1 - departure } else { departure };
                values[lane as usize] = T::of(time);
            }
        }
    }

    /// The row of a stop with its shortest time, if it is reached.
    #[inline]
    pub fn get(&self, stop: u32) -> Option<(u32, T)> {
        let row = self.row[stop as usize];
        (row != NONE).then(|| (row, self.least[row as usize]))
    }

    /// `WIDTH` lanes of a row, from the `chunk`-th on; `None` beyond the last.
    #[inline]
    pub fn lanes<const WIDTH: usize>(&self, row: u32, chunk: usize) -> Option<&[T; WIDTH]> {
        self.values.get(row as usize * self.lanes + chunk * WIDTH..)?.first_chunk()
    }
}
