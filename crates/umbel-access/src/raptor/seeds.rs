//! First boardings: which trips can be caught by leaving at which departure, and not by leaving later.

use super::{Access, RangeQuery};
use crate::timetable::Timetable;

/// A trip that becomes possible to catch.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seed {
    /// Pattern.
    pub(super) pattern: u32,
    /// Position where it is boarded, among those of all patterns.
    pub(super) position: u32,
    /// Trip of the pattern.
    pub(super) trip: u32,
}

/// Seeds of a window, by departure.
#[derive(Debug, Default)]
pub(super) struct Seeds {
    unsorted: Vec<(u32, Seed)>,
    sorted: Vec<Seed>,
    starts: Vec<u32>,
}

impl Seeds {
    /// Finds all seeds from the stops that can be reached. `allowed` tells which patterns may be ridden.
    pub(super) fn find(
        &mut self,
        timetable: &Timetable,
        access: &[Access],
        query: &RangeQuery,
        slack: i32,
        allowed: impl Fn(u32) -> bool,
    ) {
        self.unsorted.clear();
        let (first, step) = (query.first_departure as i32, query.step.max(1) as i32);
        let last = query.last_departure() as i32;
        for access in access {
            let lead = access.seconds as i32 + slack;
            for boarding in timetable.boardings(access.stop) {
                if boarding.trips == 0 || !allowed(boarding.pattern) {
                    continue;
                }
                let column = timetable.departures.block(boarding.column as usize, boarding.trips as usize);
                // Who leaves last catches the first trip from then on.
                let mut trip = column.partition_point(|&time| time < last + lead);
                let mut push = |departure: i32, trip: usize| {
                    let seed = Seed { pattern: boarding.pattern, position: boarding.position, trip: trip as u32 };
                    self.unsorted.push((departure as u32, seed));
                };
                if trip < column.len() && column[trip] <= last + query.max_time as i32 {
                    push(query.departures as i32 - 1, trip);
                }
                // Of the trips that one departure is the last to catch, the first one is best.
                while trip > 0 && column[trip - 1] >= first + lead {
                    let departure = (column[trip - 1] - lead - first) / step;
                    while trip > 0 && column[trip - 1] - lead - first >= departure * step {
                        trip -= 1;
                    }
                    push(departure, trip);
                }
            }
        }
        self.sort(query.departures as usize);
    }

    /// By departure, then by pattern position: trips boarded early on leave less to be ridden later.
    fn sort(&mut self, departures: usize) {
        self.starts.clear();
        self.starts.resize(departures + 1, 0);
        self.unsorted.iter().for_each(|(departure, _)| self.starts[*departure as usize + 1] += 1);
        (0..departures).for_each(|at| self.starts[at + 1] += self.starts[at]);
        self.sorted.clear();
        self.sorted.resize(self.unsorted.len(), Seed::default());
        for (departure, seed) in self.unsorted.iter().rev() {
            let end = &mut self.starts[*departure as usize + 1];
            *end -= 1;
            self.sorted[*end as usize] = *seed;
        }
    }

    /// The seeds of a departure.
    pub(super) fn of(&self, departure: u32) -> &[Seed] {
        let at = departure as usize + 1;
        let end = self.starts.get(at + 1).map_or(self.sorted.len(), |&end| end as usize);
        &self.sorted[self.starts[at] as usize..end]
    }
}
