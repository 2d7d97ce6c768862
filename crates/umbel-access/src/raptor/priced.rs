//! Journeys that differ in arrival, rides and price (McRAPTOR).
//!
//! A stop has a bag of labels none of which is better in all of arrival, rides, price and the ticket in the hand.
//!
//! Source: Delling, Pajor, Werneck, Round-based public transit routing, ALENEX 2012, section 4.1.

use super::fares::{Fares, Ticket, UNKNOWN, covers, settled, sum};
use super::journeys::{Journey, Leg, Ride};
use super::labels::NEVER;
use super::service::Rules;
use super::{Access, RangeQuery};
use crate::Error;
use crate::timetable::{Boarding, Timetable, Transfers};
use serde::{Deserialize, Serialize};

/// A journey and its price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedJourney {
    /// What all tickets cost, in the smallest unit of the currency; `None` where the price of one is not known.
    pub price: Option<u32>,
    /// The journey.
    pub journey: Journey,
}

/// How one came to be at a stop.
#[derive(Clone, Copy, Debug)]
enum Way {
    Access,
    Ride { pattern: u32, trip: i32, board: u32, alight: u32 },
    Walk { from: u32 },
    Stay,
}

#[derive(Clone, Copy, Debug)]
struct Label {
    stop: u32,
    time: i32,
    rides: u32,
    price: u32,
    ticket: Option<Ticket>,
    way: Way,
    /// Label it comes from; itself for access.
    parent: u32,
}

impl Label {
    /// Whether it is nowhere worse than another with as many rides or more.
    fn beats(&self, other: &Label) -> bool {
        self.time <= other.time && self.price <= other.price && covers(self.ticket, other.ticket)
    }
}

/// The labels at each stop that none beats.
#[derive(Debug)]
struct Bags(Vec<Vec<u32>>);

impl Bags {
    /// Puts a label in, unless one there beats it; rounds come in order, so that all there have no more rides.
    fn put(&mut self, labels: &mut Vec<Label>, label: Label) -> bool {
        let bag = &mut self.0[label.stop as usize];
        if bag.iter().any(|&other| labels[other as usize].beats(&label)) {
            return false;
        }
        bag.retain(|&other| labels[other as usize].rides < label.rides || !label.beats(&labels[other as usize]));
        bag.push(labels.len() as u32);
        labels.push(label);
        true
    }

    fn has(&self, stop: u32, label: u32) -> bool {
        self.0[stop as usize].contains(&label)
    }
}

/// One departure searched for all journeys that none beats in arrival, rides and price.
#[derive(Debug)]
pub struct PricedTrace<'a> {
    timetable: &'a Timetable,
    departure: u32,
    labels: Vec<Label>,
    /// Labels of getting off.
    alighted: Bags,
}

impl<'a> PricedTrace<'a> {
    /// Searches one departure (seconds from midnight; those of the query are not looked at).
    ///
    /// Where a ticket is good for a time, later trips of a pattern are tried too, since a ticket bought later is good
    /// until later; of a service by frequency only the first. Cost: that of a search times the square of the labels at
    /// a stop, which are few where there are few kinds of ticket: for single journeys, not for matrices.
    ///
    /// # Errors
    /// A query or fares that make no sense, or a reversed timetable: what is paid depends on what was ridden before.
    pub fn new(
        timetable: &'a Timetable,
        transfers: &Transfers,
        access: &[Access],
        query: &RangeQuery,
        departure: u32,
        fares: &Fares,
    ) -> Result<PricedTrace<'a>, Error> {
        let query = RangeQuery { first_departure: departure, departures: 1, ..*query };
        query.check()?;
        fares.check()?;
        if timetable.mirror.is_some() {
            let message = "fares need the timetable forwards; this one is reversed".to_owned();
            return Err(Error::Parameter { parameter: "timetable", message });
        }
        let mut rules = Rules::default();
        rules.prepare(timetable, query.frequencies);
        let limit = (departure + query.max_time) as i32;
        let bags = || Bags(vec![Vec::new(); timetable.stops()]);
        let trace = PricedTrace { timetable, departure, labels: Vec::new(), alighted: bags() };
        let mut search = PricedSearch { trace, fares, rules, query, limit, ready: bags() };
        search.run(transfers, access);
        Ok(search.trace)
    }

    /// The journeys to a place that is `seconds` away from the stops in `egress`, of which none is better in arrival,
    /// rides and price: by rides, then by arrival. A price that is not known is worse than any that is.
    pub fn journeys(&self, egress: &[Access]) -> Vec<PricedJourney> {
        let mut found: Vec<(u32, i64, u32, u32, u32)> = Vec::new();
        for access in egress.iter().filter(|access| (access.stop as usize) < self.timetable.stops()) {
            for &number in &self.alighted.0[access.stop as usize] {
                let label = &self.labels[number as usize];
                if !settled(label.ticket) {
                    continue;
                }
                let end = i64::from(label.time) + i64::from(access.seconds);
                found.push((label.rides, end, label.price, access.seconds, number));
            }
        }
        found.sort_unstable();
        let mut kept: Vec<(u32, i64, u32, u32, u32)> = Vec::new();
        for one in found {
            if !kept.iter().any(|better| better.1 <= one.1 && better.2 <= one.2) {
                kept.push(one);
            }
        }
        kept.into_iter().map(|(_, end, _, _, number)| self.told(number, end)).collect()
    }

    fn told(&self, number: u32, end: i64) -> PricedJourney {
        let mut label = &self.labels[number as usize];
        let (price, rides) = (Some(label.price).filter(|&price| price < UNKNOWN), label.rides);
        let mut legs = vec![Leg::Egress { stop: label.stop, departure: i64::from(label.time), arrival: end }];
        loop {
            let parent = &self.labels[label.parent as usize];
            let (departure, arrival) = (i64::from(parent.time), i64::from(label.time));
            match label.way {
                Way::Access => {
                    let departure = i64::from(self.departure);
                    legs.push(Leg::Access { stop: label.stop, departure, arrival });
                    break;
                }
                Way::Walk { from } => legs.push(Leg::Walk { from, to: label.stop, departure, arrival }),
                Way::Stay => (),
                Way::Ride { pattern, trip, board, alight } => {
                    let pattern = &self.timetable.patterns[pattern as usize];
                    let (trip, shift) = if pattern.service.is_some() { (0, i64::from(trip)) } else { (trip as u32, 0) };
                    let name = self.timetable.trips.at((pattern.first_trip + trip) as usize);
                    let departures = self.timetable.departures(pattern, board as usize);
                    legs.push(Leg::Ride(Ride {
                        source: name.source,
                        route: name.route,
                        board: parent.stop,
                        board_index: board,
                        departure: i64::from(departures[trip as usize]) + shift,
                        alight: label.stop,
                        alight_index: alight,
                        arrival,
                    }));
                }
            }
            label = parent;
        }
        legs.reverse();
        let departure = i64::from(self.departure);
        PricedJourney { price, journey: Journey { departure, arrival: end, rides, legs } }
    }
}

struct PricedSearch<'a, 'f> {
    trace: PricedTrace<'a>,
    fares: &'f Fares,
    rules: Rules,
    query: RangeQuery,
    limit: i32,
    /// Labels of being ready to board.
    ready: Bags,
}

impl PricedSearch<'_, '_> {
    fn usable(&self, stop: u32) -> bool {
        let fit = self.trace.timetable.accessible.get(stop as usize);
        fit.is_some_and(|&fit| fit || !self.query.wheelchair)
    }

    fn run(&mut self, transfers: &Transfers, access: &[Access]) {
        for access in access.iter().filter(|access| access.seconds <= self.query.max_time) {
            if self.usable(access.stop) {
                let parent = self.trace.labels.len() as u32;
                let time = (self.trace.departure + access.seconds) as i32;
                let (stop, ticket, way) = (access.stop, None, Way::Access);
                let label = Label { stop, time, rides: 0, price: 0, ticket, way, parent };
                self.ready.put(&mut self.trace.labels, label);
            }
        }
        let mut begin = 0;
        for rides in 1..=u32::from(self.query.max_rides) {
            let end = self.trace.labels.len();
            for number in begin..end {
                let label = self.trace.labels[number];
                if self.ready.has(label.stop, number as u32) {
                    let timetable = self.trace.timetable;
                    for boarding in timetable.boardings(label.stop) {
                        self.board(number as u32, &label, boarding, rides);
                    }
                }
            }
            let got_off = self.trace.labels.len();
            for number in end..got_off {
                let label = self.trace.labels[number];
                if self.trace.alighted.has(label.stop, number as u32) {
                    let parent = number as u32;
                    self.ready.put(&mut self.trace.labels, Label { way: Way::Stay, parent, ..label });
                    for &(stop, seconds) in transfers.from(label.stop) {
                        let time = label.time.saturating_add_unsigned(seconds);
                        if time > self.limit {
                            break;
                        }
                        if self.usable(stop) {
                            let way = Way::Walk { from: label.stop };
                            self.ready.put(&mut self.trace.labels, Label { stop, time, way, parent, ..label });
                        }
                    }
                }
            }
            begin = got_off;
        }
    }

    /// Boards what can be ridden at one place.
    fn board(&mut self, number: u32, label: &Label, boarding: &Boarding, rides: u32) {
        let timetable = self.trace.timetable;
        let pattern = &timetable.patterns[boarding.pattern as usize];
        let fit = pattern.wheelchair || !self.query.wheelchair;
        if !fit || !self.query.vehicles.allows(pattern.vehicle) {
            return;
        }
        let time = label.time + self.query.boarding_slack as i32;
        let index = (boarding.position - pattern.first) as usize;
        if let Some(rule) = self.rules.of[boarding.pattern as usize] {
            let offset = timetable.departures(pattern, index)[0];
            let start = rule.start(time, offset);
            if start != NEVER {
                let route = timetable.trips.at(pattern.first_trip as usize).route;
                self.ride(number, label, boarding, (start, 0, start), (route, start + offset), rides);
            }
            return;
        }
        let column = timetable.departures(pattern, index);
        for trip in column.partition_point(|&departure| departure < time)..column.len() {
            if column[trip] > self.limit {
                break;
            }
            let route = timetable.trips.at(pattern.first_trip as usize + trip).route;
            self.ride(number, label, boarding, (trip as i32, trip as u32, 0), (route, column[trip]), rides);
            // Trips of a pattern may be of several routes, and so of several prices.
            let group = |trip: usize| {
                let route = timetable.trips.at(pattern.first_trip as usize + trip).route;
                timetable.routes[route as usize].fare
            };
            let rest = trip..column.len();
            if !rest.clone().any(|later| self.fares.later_helps(group(later)) || group(later) != group(trip)) {
                break;
            }
        }
    }

    /// Rides a trip to its end, for each way to pay. (`trip`, its row of arrivals, seconds to add to them.)
    fn ride(
        &mut self,
        number: u32,
        label: &Label,
        boarding: &Boarding,
        (trip, row, shift): (i32, u32, i32),
        (route, departure): (u32, i32),
        rides: u32,
    ) {
        let timetable = self.trace.timetable;
        let pattern = &timetable.patterns[boarding.pattern as usize];
        let (positions, arrivals) = (timetable.positions(pattern), timetable.arrivals(pattern, row));
        let group = timetable.routes[route as usize].fare;
        let board = boarding.position - pattern.first;
        for (price, ticket) in self.fares.pay(group, label.ticket, (label.stop, departure)) {
            let price = sum(label.price, price);
            let mut held = self.fares.called(ticket, group, label.stop);
            for index in board as usize + 1..positions.len() {
                let time = arrivals[index] + shift;
                if time > self.limit {
                    break;
                }
                let stop = positions[index].stop();
                held = self.fares.called(held, group, stop);
                if positions[index].alights() && self.usable(stop) {
                    let Some(ticket) = self.fares.alight(held, group, stop) else { continue };
                    let way = Way::Ride { pattern: boarding.pattern, trip, board, alight: index as u32 };
                    let label = Label { stop, time, rides, price, ticket, way, parent: number };
                    self.trace.alighted.put(&mut self.trace.labels, label);
                }
            }
        }
    }
}
