//! First boardings: which trips can be caught by leaving at which departure, and not by leaving later.

use super::{Access, RangeQuery};
use crate::timetable::{Pattern, Timetable};

/// A trip that becomes possible to catch.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seed {
    /// Pattern.
    pub(crate) pattern: u32,
    /// Position where it is boarded, among those of all patterns.
    pub(crate) position: u32,
    /// Trip of the pattern.
    pub(crate) trip: u32,
}

/// The wait before boarding, and the time after getting off: in a reversed timetable the wait comes then.
pub(super) fn slacks(timetable: &Timetable, query: &RangeQuery) -> (i32, i32) {
    let slack = query.boarding_slack as i32;
    if timetable.mirror.is_none() { (slack, 0) } else { (0, slack) }
}

/// Access stops, each once, that can be used.
pub(super) fn usable(timetable: &Timetable, access: &[Access], query: &RangeQuery, list: &mut Vec<Access>) {
    list.clear();
    let usable = |access: &&Access| {
        let stop = access.stop as usize;
        let fit = stop < timetable.stops() && (!query.wheelchair || timetable.accessible[stop]);
        fit && access.seconds <= query.max_time
    };
    list.extend(access.iter().filter(usable));
    list.sort_unstable_by_key(|access| (access.stop, access.seconds));
    list.dedup_by_key(|access| access.stop);
}

/// Which patterns may be ridden; nothing where all may. Whether it was asked.
pub(super) fn ridable(timetable: &Timetable, query: &RangeQuery, allowed: &mut Vec<bool>) -> bool {
    let filtered = query.wheelchair || query.vehicles != Default::default();
    allowed.clear();
    if filtered {
        let may =
            |pattern: &Pattern| query.vehicles.allows(pattern.vehicle) && (!query.wheelchair || pattern.wheelchair);
        allowed.extend(timetable.patterns.iter().map(may));
    }
    filtered
}

/// First boardings of a window without a search. Holds its memory, to be used again: make one a thread.
#[derive(Debug, Default)]
pub(crate) struct Boardings {
    access: Vec<Access>,
    allowed: Vec<bool>,
    seeds: Seeds,
}

impl Boardings {
    /// Finds the trips to be boarded first, for a query that makes sense. Services by frequency are none.
    pub(crate) fn find(&mut self, timetable: &Timetable, access: &[Access], query: &RangeQuery) {
        usable(timetable, access, query, &mut self.access);
        let filtered = ridable(timetable, query, &mut self.allowed);
        let allowed = |pattern: u32| !filtered || self.allowed[pattern as usize];
        self.seeds.find(timetable, &self.access, query, slacks(timetable, query).0, allowed);
    }

    /// Trips that can be caught by leaving at a departure, and not by leaving later.
    pub(crate) fn of(&self, departure: u32) -> &[Seed] {
        self.seeds.of(departure)
    }
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
