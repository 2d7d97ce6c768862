//! The search over a window of departures.

use super::changes::Changes;
use super::journeys::{Parent, Parents};
use super::labels::{Labels, Marks, NEVER, Planes};
use super::seeds::{Seeds, ridable, slacks, usable};
use super::service::Rules;
use super::{Access, RangeQuery};
use crate::timetable::{Boarding, Timetable, Transfers};

/// Gets the number of a departure, and (stop, earliest arrival by vehicle) for stops where that got better.
pub type Improved<'a> = &'a mut dyn FnMut(u32, &[(u32, u32)]);

/// Buffers of searches: one a thread, used again and again. After the first searches none allocates.
///
/// Memory: 12 + 8 `max_rides` bytes a stop and 4 `max_rides` a position on a pattern.
#[derive(Debug, Default)]
pub struct RangeSearch {
    /// Earliest arrival by vehicle, per stop and rides - 1.
    pub(super) vehicle: Labels,
    /// Earliest time at the stop, by vehicle or walked to from one, per stop and rides.
    pub(super) ready: Labels,
    /// First trip (or start of a service by frequency) that was ridden to a position, per position and rides - 1.
    pub(super) ridden: Planes,
    /// Stops with arrivals by vehicle, and stops where one can be ready.
    pub(super) stops: Vec<u32>,
    stood: Vec<u32>,
    /// Patterns ridden, and where their positions are.
    pub(super) patterns: Marks,
    spans: Vec<(u32, u32)>,
    /// Stops got off at in this round.
    alighted: Marks,
    /// Stops that became ready in this round.
    waiting: Marks,
    /// Stops whose earliest arrival got better at this departure.
    improved: Marks,
    pub(super) access: Vec<Access>,
    seeds: Seeds,
    /// Services by frequency at access stops, with the seconds from departure until one is ready to board.
    services: Vec<(i32, Boarding)>,
    rules: Rules,
    changes: Changes,
    /// Stops got off at in this round from trips whose changes are known.
    changed: Marks,
    pub(super) parents: Parents,
    /// Changes to make in the next round, and those made in this.
    next: Vec<(u32, u32)>,
    now: Vec<(u32, u32)>,
    allowed: Vec<bool>,
    output: Vec<(u32, u32)>,
}

/// What does not change during one search.
#[derive(Debug)]
pub(super) struct Setting<'a> {
    pub(super) timetable: &'a Timetable,
    pub(super) transfers: &'a Transfers,
    /// Wait before boarding.
    pub(super) slack: i32,
    /// Time after getting off: the wait, in a reversed timetable.
    pub(super) after: i32,
    pub(super) wheelchair: bool,
    /// Whether some patterns may not be ridden.
    pub(super) filtered: bool,
    /// Whether to keep how labels come about.
    pub(super) record: bool,
}

impl Setting<'_> {
    /// Whether one may get on and off at a stop.
    #[inline]
    pub(super) fn usable(&self, stop: u32) -> bool {
        self.timetable.accessible.get(stop as usize).is_some_and(|&fit| fit || !self.wheelchair)
    }
}

impl RangeSearch {
    /// Buffers for a timetable. They grow when a larger one is searched.
    pub fn new(timetable: &Timetable) -> RangeSearch {
        let mut search = RangeSearch::default();
        search.make_room(timetable, 4);
        search
    }

    /// Searches all departures of a window, from the last to the first. After each, `improved` gets its number and the
    /// stops whose earliest arrival by vehicle (getting off, before any walk) is better than at all later departures,
    /// with that arrival in seconds from midnight, in an order that says nothing. The earliest
    /// arrival of a departure is thus the last one told of a stop, as far as it is within `max_time` of the departure.
    ///
    /// Access stops may come in any order, more than once. Stops that the timetable does not know are left out.
    /// A query that makes no sense ([`RangeQuery::check`]) has no journeys.
    ///
    /// ```
    /// # use umbel_access::{raptor::*, timetable::*};
    /// // A bus leaves stop 0 at 10, 20 and 30 minutes past midnight, calls at stop 1 five minutes later and ends at stop 2
    /// // after five more.
    /// let mut input = TimetableInput::default();
    /// let stop = Entrance { longitude: 0.0, latitude: 0.0, wheelchair: Wheelchair::Unknown };
    /// input.stops = vec![stop; 4];
    /// input.routes.push(Route { vehicle: 3, fare: 0 });
    /// for (source, start) in [(0, 600), (1, 1200), (2, 1800)] {
    ///     let first = input.events.len() as u32;
    ///     for (stop, time) in [(0, start), (1, start + 300), (2, start + 600)] {
    ///         input.events.push(StopEvent { stop, arrival: time, departure: time, board: true, alight: true });
    ///     }
    ///     let (wheelchair, first_frequency, frequency_count) = (Wheelchair::Unknown, 0, 0);
    ///     input.trips.push(Trip { route: 0, first, count: 3, wheelchair, first_frequency, frequency_count, source });
    /// }
    /// let timetable = Timetable::new(&input)?;
    /// // Stop 0 is 4 minutes away. One must be there a minute before the bus: the bus at 10 minutes is caught by leaving
    /// // at 5 minutes at the latest.
    /// let access = [Access { stop: 0, seconds: 240 }];
    /// let query = RangeQuery { first_departure: 240, departures: 3, ..RangeQuery::default() };
    /// let mut told = Vec::new();
    /// RangeSearch::new(&timetable).run(&timetable, &Transfers::default(), &access, &query, &mut |departure, improved| {
    ///     told.push((departure, improved.to_vec()));
    /// });
    /// // Leaving at 6, 5 and 4 minutes: the last departure comes first.
    /// assert_eq!(told[0], (2, vec![(1, 1500), (2, 1800)]));
    /// assert_eq!(told[1], (1, vec![(1, 900), (2, 1200)]));
    /// assert_eq!(told[2], (0, vec![]));
    /// # Ok::<(), umbel_access::Error>(())
    /// ```
    ///
    /// Cost: at each departure only trips that can be caught from then and not later are looked at, and no part of a
    /// trip is ridden twice with the same number of rides: about `max_rides` x the events of the window within reach,
    /// and the walks from where they improve an arrival.
    pub fn run(
        &mut self,
        timetable: &Timetable,
        transfers: &Transfers,
        access: &[Access],
        query: &RangeQuery,
        improved: Improved<'_>,
    ) {
        self.search(timetable, transfers, access, query, false, improved);
    }

    /// [`RangeSearch::run`], and with `record` how labels came about; that holds for a single departure.
    pub(super) fn search(
        &mut self,
        timetable: &Timetable,
        transfers: &Transfers,
        access: &[Access],
        query: &RangeQuery,
        record: bool,
        improved: Improved<'_>,
    ) {
        let rounds = usize::from(query.max_rides);
        self.make_room(timetable, rounds);
        if query.check().is_err() {
            return;
        }
        if rounds == 0 {
            return (0..query.departures).rev().for_each(|departure| improved(departure, &[]));
        }
        if record {
            self.parents.make_room(timetable.stops() * rounds);
        }
        usable(timetable, access, query, &mut self.access);
        let setting = self.prepare_rules(timetable, transfers, query, record);
        let allowed = std::mem::take(&mut self.allowed);
        let may_ride = |pattern: u32| !setting.filtered || allowed[pattern as usize];
        self.seeds.find(timetable, &self.access, query, setting.slack, may_ride);
        self.services.clear();
        for access in &self.access {
            let lead = access.seconds as i32 + setting.slack;
            let services = timetable.boardings(access.stop).iter().filter(|b| b.trips == 0 && may_ride(b.pattern));
            self.services.extend(services.map(|boarding| (lead, *boarding)));
        }
        self.allowed = allowed;
        for departure in (0..query.departures).rev() {
            let time = (query.first_departure + departure * query.step) as i32;
            self.depart(&setting, departure, time, time + query.max_time as i32);
            self.output.clear();
            let arrivals = self.improved.list.iter().map(|&stop| (stop, self.vehicle.least(stop as usize) as u32));
            self.output.extend(arrivals);
            improved(departure, &self.output);
        }
    }

    /// Forgets the search before, and makes room for another.
    fn make_room(&mut self, timetable: &Timetable, rounds: usize) {
        self.stops.drain(..).for_each(|stop| self.vehicle.clear(stop as usize, 1));
        self.stood.drain(..).for_each(|stop| self.ready.clear(stop as usize, 1));
        for (first, count) in self.spans.drain(..) {
            self.ridden.clear(first as usize, count as usize);
        }
        let stops = timetable.stops();
        self.vehicle.reset(stops, rounds);
        self.ready.reset(stops, rounds);
        self.ridden.reset(timetable.positions.len(), rounds);
        self.patterns.begin(timetable.patterns.len());
        self.next.clear();
    }

    fn prepare_rules<'a>(
        &mut self,
        timetable: &'a Timetable,
        transfers: &'a Transfers,
        query: &RangeQuery,
        record: bool,
    ) -> Setting<'a> {
        let filtered = ridable(timetable, query, &mut self.allowed);
        self.rules.prepare(timetable, query.frequencies);
        self.changes.begin(timetable, transfers, query.boarding_slack, query.wheelchair, query.vehicles);
        let (slack, after) = slacks(timetable, query);
        Setting { timetable, transfers, slack, after, wheelchair: query.wheelchair, filtered, record }
    }

    /// One departure: all rounds.
    fn depart(&mut self, setting: &Setting, departure: u32, time: i32, limit: i32) {
        self.improved.begin(setting.timetable.stops());
        for at in 0..self.access.len() {
            let Access { stop, seconds } = self.access[at];
            self.be_ready(stop, 0, time + seconds as i32);
        }
        let rounds = self.vehicle.rounds;
        for round in 0..rounds {
            self.alighted.begin(setting.timetable.stops());
            self.changed.begin(setting.timetable.stops());
            if round == 0 {
                self.board_first(setting, departure, time, limit);
            } else {
                self.change(setting, round, limit);
                self.board_waiting(setting, round, limit);
            }
            if round + 1 < rounds {
                self.walk(setting, round + 1, limit);
            }
        }
    }

    /// Boards what can be caught by leaving now and not later.
    fn board_first(&mut self, setting: &Setting, departure: u32, time: i32, limit: i32) {
        let seeds = std::mem::take(&mut self.seeds);
        for seed in seeds.of(departure) {
            self.ride(setting, seed.pattern, seed.position, seed.trip as i32, 0, limit);
        }
        self.seeds = seeds;
        for at in 0..self.services.len() {
            let (lead, boarding) = self.services[at];
            self.board_service(setting, &boarding, time + lead, 0, limit);
        }
    }

    /// Makes the changes from the trips of the round before whose changes are known.
    fn change(&mut self, setting: &Setting, round: usize, limit: i32) {
        std::mem::swap(&mut self.next, &mut self.now);
        for range in 0..self.now.len() {
            let (from, to) = self.now[range];
            for at in from..to {
                let (position, trip) = self.changes.get(at);
                if (trip as i32) < self.ridden.get(position as usize + 1, round) {
                    let pattern = *setting.timetable.owners.at(position as usize);
                    self.ride(setting, pattern, position, trip as i32, round, limit);
                }
            }
        }
        self.now.clear();
    }

    /// Boards at the stops that became ready after `round` rides.
    fn board_waiting(&mut self, setting: &Setting, round: usize, limit: i32) {
        let timetable = setting.timetable;
        let waiting = std::mem::take(&mut self.waiting);
        for &stop in &waiting.list {
            let time = self.ready.get(stop as usize, round) + setting.slack;
            for boarding in timetable.boardings(stop) {
                if setting.filtered && !self.allowed[boarding.pattern as usize] {
                    continue;
                }
                if boarding.trips == 0 {
                    self.board_service(setting, boarding, time, round, limit);
                    continue;
                }
                // Only a trip before the one that goes on from here already is worth riding.
                let ridden = self.ridden.get(boarding.position as usize + 1, round);
                let before = ridden.min(boarding.trips as i32) as usize;
                let column = timetable.departures.block(boarding.column as usize, before);
                if column.last().is_none_or(|&last| last < time) {
                    continue;
                }
                let trip = column.iter().rposition(|&departure| departure < time).map_or(0, |at| at + 1);
                self.ride(setting, boarding.pattern, boarding.position, trip as i32, round, limit);
            }
        }
        self.waiting = waiting;
    }

    /// Boards a service by frequency, by one who is ready at a time.
    fn board_service(&mut self, setting: &Setting, boarding: &Boarding, time: i32, round: usize, limit: i32) {
        let Some(rule) = self.rules.of[boarding.pattern as usize] else { return };
        let offset = *setting.timetable.departures.at(boarding.column as usize);
        let start = rule.start(time, offset);
        if start < self.ridden.get(boarding.position as usize + 1, round) {
            self.ride(setting, boarding.pattern, boarding.position, start, round, limit);
        }
    }

    /// Rides from a position on, until the trip or an earlier one was ridden before, or there is no time left.
    ///
    /// `trip` is the number of the trip; for a service by frequency, the second at which it leaves its first stop.
    fn ride(&mut self, setting: &Setting, number: u32, board: u32, trip: i32, round: usize, limit: i32) {
        let timetable = setting.timetable;
        let pattern = &timetable.patterns[number as usize];
        let rule = if pattern.service.is_some() { self.rules.of[number as usize] } else { None };
        let (arrivals, shift) = match rule {
            Some(rule) => (timetable.arrivals(pattern, 0), trip + rule.after + setting.after),
            None => (timetable.arrivals(pattern, trip as u32), setting.after),
        };
        let positions = timetable.positions(pattern);
        if self.patterns.mark(number) {
            self.spans.push((pattern.first, pattern.count));
        }
        let lasts = round + 1 < self.vehicle.rounds;
        let changes = if lasts && rule.is_none() && !setting.record {
            self.changes.find(setting, &self.allowed, number, trip as u32)
        } else {
            None
        };
        for at in (board - pattern.first) as usize + 1..positions.len() {
            let position = pattern.first as usize + at;
            let arrival = arrivals[at] + shift;
            let before = self.ridden.get(position, round);
            if arrival > limit || before <= trip {
                break;
            }
            self.ridden.lower(position, round, trip);
            let stop = positions[at].stop();
            if !positions[at].alights() || !setting.usable(stop) {
                continue;
            }
            let better = arrival < self.vehicle.get(stop as usize, round);
            if better {
                let least = self.vehicle.least(stop as usize);
                if arrival < least {
                    self.improved.mark(stop);
                }
                if least == NEVER {
                    self.stops.push(stop);
                }
                self.vehicle.lower(stop as usize, round, arrival);
                if setting.record {
                    let cell = stop as usize * self.vehicle.rounds + round;
                    self.parents.rides[cell] = Parent { pattern: number, trip, board, alight: at as u32 };
                }
            }
            // Who came earlier by an earlier departure or with fewer rides has gone on to wherever this ride leads. Who
            // did so in this round may have left out a change for one made further on: this one, where a trip calls at a
            // stop twice.
            match changes {
                None if better => _ = self.alighted.mark(stop),
                Some(changes) if better || self.changed.has(stop) => {
                    self.changed.mark(stop);
                    // What the next trip could change to was changed to when that one was ridden.
                    let range = self.changes.range(changes, at, before == trip + 1);
                    match self.next.last_mut() {
                        Some(last) if last.1 == range.0 => last.1 = range.1,
                        _ => self.next.push(range),
                    }
                }
                _ => (),
            }
        }
    }

    /// Walks from the stops got off at in this round, and stays there.
    fn walk(&mut self, setting: &Setting, rides: usize, limit: i32) {
        self.waiting.begin(setting.timetable.stops());
        let alighted = std::mem::take(&mut self.alighted);
        for &stop in &alighted.list {
            let arrival = self.vehicle.get(stop as usize, rides - 1);
            self.wait(setting, stop, stop, rides, arrival);
            for &(to, seconds) in setting.transfers.from(stop) {
                let time = arrival + seconds as i32;
                if time + setting.slack > limit {
                    break;
                }
                if setting.usable(to) {
                    self.wait(setting, stop, to, rides, time);
                }
            }
        }
        self.alighted = alighted;
    }

    /// One is at a stop after so many rides.
    #[inline]
    fn wait(&mut self, setting: &Setting, from: u32, stop: u32, rides: usize, time: i32) {
        if time < self.ready.get(stop as usize, rides) {
            self.be_ready(stop, rides, time);
            self.waiting.mark(stop);
            if setting.record {
                self.parents.walks[stop as usize * self.ready.rounds + rides] = from;
            }
        }
    }

    #[inline]
    fn be_ready(&mut self, stop: u32, rides: usize, time: i32) {
        if self.ready.least(stop as usize) == NEVER {
            self.stood.push(stop);
        }
        self.ready.lower(stop as usize, rides, time);
    }
}
