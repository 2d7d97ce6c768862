//! Which edits of a timetable can touch a search.

use super::labels::NEVER;
use super::{Access, RangeQuery, RangeSearch};
use crate::timetable::{Change, Timetable, Transfers};

/// A set of numbers, one bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Bits(Vec<u64>);

impl Bits {
    fn insert(&mut self, number: u32) {
        let word = number as usize / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (number % 64);
    }

    fn has(&self, number: u32) -> bool {
        self.0.get(number as usize / 64).is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
}

/// What a search made use of: the patterns it rode, the stops where it could board and those where it got off. One bit
/// each, so that it can be kept for every origin: 1.1 KB for 4,000 stops, 110 KB for 400,000.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    patterns: Bits,
    ready: Bits,
    alighted: Bits,
}

impl Usage {
    /// Whether a change of the timetable can change what this search gives. If not, the search gives the same for every
    /// departure; if so, it may. `access` are the stops that journeys can begin at now (with new ones).
    ///
    /// Trips lost matter where they were ridden; new ones where one can stand when they can be boarded; new walks where
    /// one got off with a ride left.
    pub fn meets(&self, change: &Change, access: &[Access]) -> bool {
        let boarded = |stop: u32| change.boarded.binary_search(&stop).is_ok();
        change.patterns.iter().any(|&pattern| self.patterns.has(pattern))
            || change.boarded.iter().any(|&stop| self.ready.has(stop))
            || change.walked.iter().any(|&stop| self.alighted.has(stop))
            || access.iter().any(|access| boarded(access.stop))
    }
}

impl RangeSearch {
    /// What the search made last has used; `timetable`, `transfers` and `query` must be those of it. O(walks from stops
    /// reached).
    pub fn usage(&self, timetable: &Timetable, transfers: &Transfers, query: &RangeQuery) -> Usage {
        let mut usage = Usage::default();
        self.patterns.list.iter().for_each(|&pattern| usage.patterns.insert(pattern));
        self.access.iter().for_each(|access| usage.ready.insert(access.stop));
        if self.vehicle.rounds < 2 {
            return usage;
        }
        let last = self.vehicle.rounds - 2;
        let limit = query.last_departure() as i32 + query.max_time as i32 - query.boarding_slack as i32;
        for &stop in &self.stops {
            let arrival = self.vehicle.get(stop as usize, last);
            if arrival == NEVER || arrival > limit {
                continue;
            }
            usage.alighted.insert(stop);
            usage.ready.insert(stop);
            let within = transfers.from(stop).iter().take_while(|walk| arrival.saturating_add(walk.1 as i32) <= limit);
            within.filter(|walk| (walk.0 as usize) < timetable.stops()).for_each(|walk| usage.ready.insert(walk.0));
        }
        usage
    }
}
