//! Changes from trip to trip that are worth making, found once a trip and used by all searches that ride it.
//!
//! From a trip one can walk to dozens of stops after each of its own and board there what comes; nearly all of that is
//! reached as early by staying on, or by another change. A change is kept only if it brings one somewhere earlier than
//! staying on, or than changes kept at the same and later stops of the trip. What is left out is thus nowhere missed,
//! and the earliest arrivals with any number of rides stay the same.
//!
//! Source: Witt, Trip-based public transit routing, ESA 2015, section 3.1 (transfer reduction), with arrivals by vehicle
//! in place of arrivals on foot, since a walk is not chained to another.

use super::RangeQuery;
use super::labels::NEVER;
use super::search::Setting;
use super::seeds::{ridable, slacks};
use crate::timetable::{Timetable, Transfers, VehicleFilter};
use std::sync::Arc;

/// What the changes of a trip depend on.
#[derive(Debug)]
struct Rules {
    timetable: Arc<()>,
    transfers: Arc<()>,
    slack: u32,
    wheelchair: bool,
    vehicles: VehicleFilter,
}

/// Rides of a trip before its changes are found: to find them costs about as much as to do without so often.
const RIDES: u32 = 12;

/// Changes kept before all are forgotten: 128 MB.
const MOST: usize = 32 << 20;

/// In [`Changes::states`], the trips whose changes are known.
const KNOWN: u32 = 1 << 31;

/// Changes found so far.
#[derive(Debug, Default)]
pub(super) struct Changes {
    rules: Option<Rules>,
    /// Per trip, how often it was ridden; or where its part of `starts` begins, with [`KNOWN`].
    states: Vec<u32>,
    /// Per known trip and position, where its changes begin, and where those begin that the next trip of its pattern
    /// can make there too; and where the last ones end.
    starts: Vec<u32>,
    /// Changes: the position boarded at, among those of all patterns, and in the lowest `bits` the trip of its pattern.
    /// So small because a search reads them all from memory.
    list: Vec<u32>,
    bits: u32,
    /// Those at a position that the next trip cannot make, while they are found.
    own: Vec<u32>,
    /// While the changes of one trip are found: earliest arrival per stop, and the first trip on to each position.
    arrivals: Vec<i32>,
    ridden: Vec<i32>,
    touched_stops: Vec<u32>,
    touched_positions: Vec<u32>,
}

/// Tells the changes of one trip after the other.
#[derive(Debug)]
pub(crate) struct ChangeFinder<'a> {
    setting: Setting<'a>,
    allowed: Vec<bool>,
    changes: Changes,
}

impl<'a> ChangeFinder<'a> {
    /// For a query; nothing where services run by frequency, or there are too many trips to be numbered.
    pub(crate) fn new(
        timetable: &'a Timetable,
        transfers: &'a Transfers,
        query: &RangeQuery,
    ) -> Option<ChangeFinder<'a>> {
        let (mut changes, mut allowed) = (Changes::default(), Vec::new());
        let filtered = ridable(timetable, query, &mut allowed);
        changes.begin(timetable, transfers, query.boarding_slack, query.wheelchair, query.vehicles);
        let (slack, after) = slacks(timetable, query);
        let wheelchair = query.wheelchair;
        let setting = Setting { timetable, transfers, slack, after, wheelchair, filtered, record: false };
        (!changes.states.is_empty()).then_some(ChangeFinder { setting, allowed, changes })
    }

    /// Whether a pattern may be ridden.
    pub(crate) fn may_ride(&self, pattern: u32) -> bool {
        !self.setting.filtered || self.allowed[pattern as usize]
    }

    /// Whether one may get on and off at a stop.
    pub(crate) fn usable(&self, stop: u32) -> bool {
        self.setting.usable(stop)
    }

    /// The wait before boarding, and the time after getting off.
    pub(crate) fn slacks(&self) -> (i32, i32) {
        (self.setting.slack, self.setting.after)
    }

    /// Calls `each` with the changes from a trip that are worth making: the position got off at, from the first of the
    /// pattern; the position boarded at, among those of all patterns; and the trip of its pattern.
    pub(crate) fn find(&mut self, pattern: u32, trip: u32, mut each: impl FnMut(u32, u32, u32)) {
        self.changes.starts.clear();
        self.changes.list.clear();
        self.changes.reduce(&self.setting, &self.allowed, pattern, trip);
        for index in 0..self.setting.timetable.patterns[pattern as usize].count {
            let (from, to) = self.changes.range(0, index as usize, false);
            (from..to).map(|at| self.changes.get(at)).for_each(|(position, trip)| each(index, position, trip));
        }
    }
}

impl Changes {
    /// Keeps what is known if it holds for this search too.
    pub(super) fn begin(
        &mut self,
        timetable: &Timetable,
        transfers: &Transfers,
        slack: u32,
        wheelchair: bool,
        vehicles: VehicleFilter,
    ) {
        let same = self.rules.as_ref().is_some_and(|rules| {
            Arc::ptr_eq(&rules.timetable, &timetable.identity)
                && Arc::ptr_eq(&rules.transfers, transfers.identity())
                && (rules.slack, rules.wheelchair, rules.vehicles) == (slack, wheelchair, vehicles)
        });
        if same && self.list.len() < MOST {
            return;
        }
        self.states.clear();
        self.starts.clear();
        self.list.clear();
        let (timetable_is, transfers_are) = (timetable.identity.clone(), transfers.identity().clone());
        self.rules = Some(Rules { timetable: timetable_is, transfers: transfers_are, slack, wheelchair, vehicles });
        let most = timetable.patterns.iter().map(|pattern| pattern.trips).max().unwrap_or(0);
        self.bits = u32::BITS - most.leading_zeros();
        let positions = timetable.positions.len() as u64;
        if timetable.has_frequencies() || positions << self.bits > 1 << 32 {
            // A service by frequency has no trips to change to; and what does not fit is searched without.
            return;
        }
        self.states.resize(timetable.trips.len(), 0);
        self.arrivals.resize(self.arrivals.len().max(timetable.stops()), NEVER);
        self.ridden.resize(self.ridden.len().max(timetable.positions.len()), NEVER);
    }

    /// Where the starts of the changes of a trip are, once it has been ridden often enough.
    #[inline]
    pub(super) fn find(&mut self, setting: &Setting, allowed: &[bool], pattern: u32, trip: u32) -> Option<usize> {
        let number = (setting.timetable.patterns[pattern as usize].first_trip + trip) as usize;
        let state = self.states.get_mut(number)?;
        if *state & KNOWN != 0 {
            return Some((*state & !KNOWN) as usize);
        }
        *state += 1;
        if *state < RIDES {
            return None;
        }
        let at = self.starts.len();
        self.reduce(setting, allowed, pattern, trip);
        self.states[number] = at as u32 | KNOWN;
        Some(at)
    }

    /// The changes at a position of a trip whose starts are at `at`, as a range of [`Changes::get`]; or only those that
    /// the next trip of its pattern cannot make.
    #[inline]
    pub(super) fn range(&self, at: usize, index: usize, not_by_next: bool) -> (u32, u32) {
        (self.starts[at + 2 * index], self.starts[at + 2 * index + if not_by_next { 1 } else { 2 }])
    }

    /// A change: the position boarded at, and the trip.
    #[inline]
    pub(super) fn get(&self, at: u32) -> (u32, u32) {
        let change = self.list[at as usize];
        (change >> self.bits, change & !(u32::MAX << self.bits))
    }

    /// Finds the changes of a trip: positions from the last to the first, so that staying on comes first.
    fn reduce(&mut self, setting: &Setting, allowed: &[bool], number: u32, trip: u32) {
        let timetable = setting.timetable;
        let pattern = &timetable.patterns[number as usize];
        let (positions, own) = (timetable.positions(pattern), timetable.arrivals(pattern, trip));
        let begin = self.list.len();
        let first_start = self.starts.len();
        self.starts.resize(first_start + 2 * positions.len() + 1, begin as u32);
        let next = (trip + 1 < pattern.trips).then(|| timetable.arrivals(pattern, trip + 1));
        for index in (0..positions.len()).rev() {
            // Found backwards; turned round below.
            self.starts[first_start + 2 * index + 2] = self.list.len() as u32;
            let stop = positions[index].stop();
            if index > 0 && positions[index].alights() && setting.usable(stop) {
                let arrival = own[index] + setting.after;
                let later = next.map_or(NEVER, |next| next[index] - own[index]);
                self.lower(stop, arrival);
                self.board(setting, allowed, stop, arrival + setting.slack, later);
                for &(to, seconds) in setting.transfers.from(stop) {
                    if setting.usable(to) {
                        self.board(setting, allowed, to, arrival + seconds as i32 + setting.slack, later);
                    }
                }
            }
            self.starts[first_start + 2 * index + 1] = self.list.len() as u32;
            self.list.append(&mut self.own);
            let position = pattern.first + index as u32;
            self.touched_positions.push(position);
            self.ridden[position as usize] = self.ridden[position as usize].min(trip as i32);
        }
        self.starts[first_start] = self.list.len() as u32;
        // Now the changes of a position lie from the start behind it to its own: mirror the list to have them forwards.
        let end = self.list.len() as u32;
        self.list[begin..].reverse();
        for start in &mut self.starts[first_start..] {
            *start = end - (*start - begin as u32);
        }
        self.touched_stops.drain(..).for_each(|stop| self.arrivals[stop as usize] = NEVER);
        self.touched_positions.drain(..).for_each(|position| self.ridden[position as usize] = NEVER);
    }

    fn lower(&mut self, stop: u32, arrival: i32) -> bool {
        let best = &mut self.arrivals[stop as usize];
        let better = arrival < *best;
        if better {
            *best = arrival;
            self.touched_stops.push(stop);
        }
        better
    }

    /// Tries all that can be boarded at a stop from a time on, and keeps what gets one anywhere earlier. `later` is by
    /// how much the next trip comes later.
    fn board(&mut self, setting: &Setting, allowed: &[bool], stop: u32, time: i32, later: i32) {
        let timetable = setting.timetable;
        for boarding in timetable.boardings(stop) {
            let before = self.ridden[boarding.position as usize + 1].min(boarding.trips as i32) as usize;
            let column = timetable.departures.block(boarding.column as usize, before);
            if column.last().is_none_or(|&last| last < time) {
                continue;
            }
            if setting.filtered && !allowed[boarding.pattern as usize] {
                continue;
            }
            let trip = column.partition_point(|&departure| departure < time) as u32;
            let pattern = &timetable.patterns[boarding.pattern as usize];
            let (positions, arrivals) = (timetable.positions(pattern), timetable.arrivals(pattern, trip));
            let mut better = false;
            for index in (boarding.position - pattern.first) as usize + 1..positions.len() {
                let position = pattern.first as usize + index;
                if self.ridden[position] <= trip as i32 {
                    break;
                }
                self.ridden[position] = trip as i32;
                self.touched_positions.push(position as u32);
                let stop = positions[index].stop();
                if positions[index].alights() && setting.usable(stop) {
                    better |= self.lower(stop, arrivals[index] + setting.after);
                }
            }
            if better {
                let by_next = column[trip as usize] >= time.saturating_add(later);
                let list = if by_next { &mut self.list } else { &mut self.own };
                list.push(boarding.position << self.bits | trip);
            }
        }
    }
}
