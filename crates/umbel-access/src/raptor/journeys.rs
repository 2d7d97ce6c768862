//! Journeys with their legs.

use super::labels::NEVER;
use super::{Access, RangeQuery, RangeSearch};
use crate::timetable::{Timetable, Transfers};
use serde::{Deserialize, Serialize};

/// A ride: from getting on a vehicle to getting off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ride {
    /// Number of the trip (`source` of [`crate::timetable::Trip`]).
    pub source: u32,
    /// Its route.
    pub route: u32,
    /// Stop where one gets on.
    pub board: u32,
    /// Which event of the trip that is, from 0.
    pub board_index: u32,
    /// When the vehicle leaves it, in seconds from midnight. For a service by frequency: when it is expected to.
    pub departure: i64,
    /// Stop where one gets off.
    pub alight: u32,
    /// Which event of the trip that is.
    pub alight_index: u32,
    /// When the vehicle arrives there.
    pub arrival: i64,
}

/// A part of a journey. Between the end of one and the beginning of the next one waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leg {
    /// To the first stop.
    Access {
        /// The stop.
        stop: u32,
        /// Seconds from midnight.
        departure: i64,
        /// Seconds from midnight.
        arrival: i64,
    },
    /// In a vehicle.
    Ride(Ride),
    /// From stop to stop.
    Walk {
        /// Stop left.
        from: u32,
        /// Stop reached.
        to: u32,
        /// Seconds from midnight.
        departure: i64,
        /// Seconds from midnight.
        arrival: i64,
    },
    /// From the last stop.
    Egress {
        /// The stop.
        stop: u32,
        /// Seconds from midnight.
        departure: i64,
        /// Seconds from midnight.
        arrival: i64,
    },
}

/// A way from an origin to a destination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journey {
    /// When it begins, in seconds from midnight.
    pub departure: i64,
    /// When it ends.
    pub arrival: i64,
    /// Number of rides.
    pub rides: u32,
    /// Its parts, in order.
    pub legs: Vec<Leg>,
}

impl Leg {
    /// The same leg backwards, at times mirrored; `events` are those of its trip.
    fn reversed(self, mirror: i64, events: u32) -> Leg {
        match self {
            Leg::Access { stop, departure, arrival } => {
                Leg::Egress { stop, departure: mirror - arrival, arrival: mirror - departure }
            }
            Leg::Egress { stop, departure, arrival } => {
                Leg::Access { stop, departure: mirror - arrival, arrival: mirror - departure }
            }
            Leg::Walk { from, to, departure, arrival } => {
                Leg::Walk { from: to, to: from, departure: mirror - arrival, arrival: mirror - departure }
            }
            Leg::Ride(ride) => Leg::Ride(Ride {
                board: ride.alight,
                board_index: events - 1 - ride.alight_index,
                departure: mirror - ride.arrival,
                alight: ride.board,
                alight_index: events - 1 - ride.board_index,
                arrival: mirror - ride.departure,
                ..ride
            }),
        }
    }
}

/// How a label came about.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parent {
    pub(super) pattern: u32,
    /// Trip, or the start of a service by frequency.
    pub(super) trip: i32,
    /// Position boarded at, among those of all patterns.
    pub(super) board: u32,
    /// Position got off at, from the first of the pattern.
    pub(super) alight: u32,
}

/// How all labels of a search came about; only kept when asked for.
#[derive(Debug, Default)]
pub(super) struct Parents {
    /// Per stop and rides - 1.
    pub(super) rides: Vec<Parent>,
    /// Per stop and rides: the stop one came from, by walking or by staying.
    pub(super) walks: Vec<u32>,
}

impl Parents {
    pub(super) fn make_room(&mut self, cells: usize) {
        if self.rides.len() < cells {
            self.rides.resize(cells, Parent::default());
            self.walks.resize(cells, 0);
        }
    }
}

/// One departure searched, with what is needed to tell the legs of any journey.
#[derive(Debug)]
pub struct Trace<'a> {
    search: &'a RangeSearch,
    timetable: &'a Timetable,
    departure: u32,
}

impl RangeSearch {
    /// Searches one departure (seconds from midnight; those of the query are not looked at), keeping how each stop was
    /// reached. In a reversed timetable it is the mirrored time of arrival.
    ///
    /// Cost: as a search of one departure, and 20 `max_rides` bytes a stop.
    pub fn trace<'a>(
        &'a mut self,
        timetable: &'a Timetable,
        transfers: &Transfers,
        access: &[Access],
        query: &RangeQuery,
        departure: u32,
    ) -> Trace<'a> {
        let query = RangeQuery { first_departure: departure, departures: 1, ..*query };
        self.search(timetable, transfers, access, &query, true, &mut |_, _| ());
        Trace { search: self, timetable, departure }
    }
}

impl Trace<'_> {
    /// The best journeys to a place that is `seconds` away from the stops in `egress`: for each number of rides the
    /// earliest arrival, if it is earlier than with fewer. From a reversed timetable, the latest departures, told forwards
    /// in the times of the timetable it was made from.
    pub fn journeys(&self, egress: &[Access]) -> Vec<Journey> {
        let labels = &self.search.vehicle;
        let mut journeys = Vec::new();
        let mut best = i64::MAX;
        for round in 0..labels.rounds {
            let known = egress.iter().filter(|egress| (egress.stop as usize) < self.timetable.stops());
            let arrivals = known.map(|egress| (labels.get(egress.stop as usize, round), egress));
            let reached = arrivals.filter(|&(arrival, _)| arrival != NEVER);
            let at = |&(arrival, egress): &(i32, &Access)| {
                (i64::from(arrival) + i64::from(egress.seconds), egress.seconds, egress.stop)
            };
            let Some((arrival, egress)) = reached.min_by_key(at) else { continue };
            let end = i64::from(arrival) + i64::from(egress.seconds);
            if end >= best {
                continue;
            }
            best = end;
            let mut legs = vec![Leg::Egress { stop: egress.stop, departure: i64::from(arrival), arrival: end }];
            let mut events = vec![0];
            let mut place = Some((egress.stop, round));
            while let Some((stop, round)) = place {
                place = self.back(stop, round, &mut legs, &mut events);
            }
            journeys.push(self.told(legs, &events, end));
        }
        journeys
    }

    /// Adds the legs that led to getting off at a stop, the last first; where the ride before was got off.
    fn back(&self, stop: u32, round: usize, legs: &mut Vec<Leg>, events: &mut Vec<u32>) -> Option<(u32, usize)> {
        let search = self.search;
        let rounds = search.vehicle.rounds;
        // The label may stem from fewer rides.
        let label = search.vehicle.get(stop as usize, round);
        let round = (0..round).find(|&fewer| search.vehicle.get(stop as usize, fewer) == label).unwrap_or(round);
        let parent = search.parents.rides[stop as usize * rounds + round];
        let pattern = &self.timetable.patterns[parent.pattern as usize];
        let index = (parent.board - pattern.first) as usize;
        let (trip, shift) = match pattern.service {
            Some(_) => (0, i64::from(parent.trip)),
            None => (parent.trip as u32, 0),
        };
        let name = self.timetable.trips.at((pattern.first_trip + trip) as usize);
        let board = self.timetable.positions(pattern)[index].stop();
        legs.push(Leg::Ride(Ride {
            source: name.source,
            route: name.route,
            board,
            board_index: index as u32,
            departure: i64::from(self.timetable.departures(pattern, index)[trip as usize]) + shift,
            alight: stop,
            alight_index: parent.alight,
            arrival: i64::from(self.timetable.arrivals(pattern, trip)[parent.alight as usize]) + shift,
        }));
        events.push(pattern.count);
        let ready = i64::from(search.ready.get(board as usize, round));
        if round == 0 {
            legs.push(Leg::Access { stop: board, departure: i64::from(self.departure), arrival: ready });
            events.push(0);
            return None;
        }
        let from = search.parents.walks[board as usize * rounds + round];
        if from != board {
            let departure = i64::from(search.vehicle.get(from as usize, round - 1));
            legs.push(Leg::Walk { from, to: board, departure, arrival: ready });
            events.push(0);
        }
        Some((from, round - 1))
    }

    /// A journey from its legs, the last first; forwards, if the timetable is reversed.
    fn told(&self, mut legs: Vec<Leg>, events: &[u32], end: i64) -> Journey {
        let rides = legs.iter().filter(|leg| matches!(leg, Leg::Ride(_))).count() as u32;
        let departure = i64::from(self.departure);
        match self.timetable.mirror {
            None => {
                legs.reverse();
                Journey { departure, arrival: end, rides, legs }
            }
            Some(mirror) => {
                let mirror = i64::from(mirror);
                let legs = legs.into_iter().zip(events).map(|(leg, &events)| leg.reversed(mirror, events)).collect();
                Journey { departure: mirror - end, arrival: mirror - departure, rides, legs }
            }
        }
    }
}
