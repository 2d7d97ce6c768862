//! Journeys with their legs: for each pair the best of a window, by departure, arrival and rides.

use super::fares::Price;
use super::network::Network;
use super::points::Sites;
use super::snaps::Snaps;
use super::travel::{Linked, rules};
use super::trip::Frequencies;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeMap;
use umbel_access::door::Through;
use umbel_access::raptor::{Access, Fares, Journey, Leg, PricedJourney, PricedTrace, RangeQuery, RangeSearch};
use umbel_access::streets::{Cost, Direction, MOST, Mode, Profile, Search, Snap};
use umbel_access::timetable::{Transfers, Vehicle};

/// Where a leg begins or ends.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LegEnd {
    /// Id of the stop in its feed; nothing at the origin and the destination.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop: Option<String>,
    /// Name of the stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Longitude and latitude.
    pub point: [f64; 2],
}

/// A vehicle ridden.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ridden {
    /// Id of the route in its feed.
    pub route: String,
    /// Its name.
    pub line: String,
    /// Id of the trip.
    pub trip: String,
    /// Kind of vehicle.
    pub vehicle: Vehicle,
}

/// A part of a journey.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ItineraryLeg {
    /// `walk`, `bike`, `car` or `ride`.
    pub mode: &'static str,
    /// Where it begins.
    pub from: LegEnd,
    /// Where it ends.
    pub to: LegEnd,
    /// Seconds from midnight.
    pub departure: i64,
    /// Seconds from midnight.
    pub arrival: i64,
    /// The vehicle of a ride.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ride: Option<Ridden>,
    /// Points of the stops along a ride.
    #[serde(skip)]
    pub way: Vec<[f64; 2]>,
}

/// A journey.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Itinerary {
    /// Seconds from midnight.
    pub departure: i64,
    /// Seconds from midnight.
    pub arrival: i64,
    /// Seconds from door to door.
    pub seconds: i64,
    /// Vehicles ridden.
    pub rides: u32,
    /// Seconds over streets: on foot, by bicycle or car.
    pub walking: i64,
    /// What it costs, where prices were asked for and all of them are known.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// Its parts.
    pub legs: Vec<ItineraryLeg>,
}

impl Itinerary {
    /// For comparing: what is not known is dearer than all that is.
    pub(super) fn cost(&self) -> u32 {
        self.price.as_ref().and_then(|price| price.minor).unwrap_or(u32::MAX)
    }
}

/// Journeys between points, made ready to be told.
#[derive(Debug)]
pub struct Itineraries<'l> {
    linked: &'l Linked,
    network: &'l Network,
    /// The modes of the first mile, with where the origins, the destinations and the stops are joined.
    first_mile: Vec<FirstMile<'l>>,
    transfers: Transfers,
    query: RangeQuery,
    origins: Snaps,
    destinations: Snaps,
    points: (Vec<[f64; 2]>, Vec<[f64; 2]>),
    /// What rides cost and in which currency, where that is asked for.
    fares: Option<(&'l Fares, &'l str)>,
}

/// A mode of the first mile, and of ways without any vehicle.
#[derive(Debug)]
struct FirstMile<'l> {
    profile: &'l Profile,
    origins: Snaps,
    destinations: Snaps,
    stops: Cow<'l, [Option<Snap>]>,
}

/// What one mode finds at a place: the quickest counts.
type Found = BTreeMap<u32, (u32, &'static str)>;

fn name(mode: Mode) -> &'static str {
    match mode {
        Mode::Walk => "walk",
        Mode::Bike => "bike",
        Mode::Car => "car",
    }
}

impl<'l> Itineraries<'l> {
    /// Joins the points to the network; with `priced` a journey is also better when it is cheaper.
    ///
    /// # Errors
    /// A sentence when the trip rides nothing, or is none that journeys are told of, or no one currency holds for it.
    pub fn new(
        network: &'l Network,
        linked: &'l Linked,
        origins: Sites<'_>,
        destinations: Sites<'_>,
        priced: bool,
    ) -> Result<Itineraries<'l>, String> {
        let trip = &linked.trip;
        let door = linked.door.as_ref().filter(|_| trip.rides());
        let Some(door) = door else {
            return Err("journeys are told of trips by vehicle: add transit to the modes".to_owned());
        };
        if trip.arrive_by || trip.frequencies == Frequencies::Draws {
            return Err("journeys are told for departures, with half headways".to_owned());
        }
        let rules = rules(trip, 0);
        let points = |sites: Sites<'_>| -> Vec<[f64; 2]> {
            sites.longitude.iter().zip(sites.latitude).map(|(&x, &y)| [x, y]).collect()
        };
        let joined = |profile: &Profile, sites| Snaps::of(&linked.streets, profile, sites, trip.max_snap);
        let first_mile: Vec<FirstMile> = (linked.first_mile(door).into_iter())
            .map(|profile| FirstMile {
                profile,
                origins: joined(profile, origins),
                destinations: joined(profile, destinations),
                stops: match profile.mode() {
                    Mode::Walk => Cow::Borrowed(&door.stops.snaps),
                    _ => Cow::Owned(door.stops_by(profile)),
                },
            })
            .collect();
        let mut nearest = Snaps::default();
        first_mile.iter().for_each(|way| nearest.join(way.origins.clone()));
        Ok(Itineraries {
            linked,
            network,
            first_mile,
            transfers: door.transfers(trip.walk_speed, rules.wheelchair),
            query: RangeQuery {
                first_departure: rules.window.first,
                departures: rules.window.count,
                step: rules.window.step,
                max_rides: rules.max_rides,
                max_time: rules.max_time,
                boarding_slack: rules.boarding_slack,
                vehicles: rules.vehicles,
                wheelchair: rules.wheelchair,
                frequencies: rules.frequencies,
            },
            origins: nearest,
            destinations: joined(&door.walk, destinations),
            points: (points(origins), points(destinations)),
            fares: priced.then(|| super::fares::of(network)).transpose()?,
        })
    }

    /// The currency of prices, where they are asked for.
    pub fn currency(&self) -> Option<&str> {
        self.fares.map(|(_, currency)| currency)
    }

    /// How the origins are joined to the network.
    pub fn origins(&self) -> &Snaps {
        &self.origins
    }

    /// How the destinations are.
    pub fn destinations(&self) -> &Snaps {
        &self.destinations
    }

    /// The journeys from an origin to each destination, by departure; of two that leave, arrive, ride and cost alike the first
    /// found. None is there that another beats or equals in leaving later, arriving earlier, riding fewer vehicles and, where
    /// prices are asked for, costing less.
    ///
    /// # Errors
    /// What the engine says of the fares.
    pub fn of(&self, origin: usize) -> Result<Vec<Vec<Itinerary>>, String> {
        let mut found: Vec<Vec<PricedJourney>> = vec![Vec::new(); self.destinations.snaps.len()];
        let Some(door) = &self.linked.door else { return Ok(found.into_iter().map(|_| Vec::new()).collect()) };
        let trip = &self.linked.trip;
        let mut search = Search::new(&self.linked.streets);
        let most = trip.max_walk.min(trip.max_time);
        let (mut by_stop, mut direct) = (Found::new(), Found::new());
        for way in &self.first_mile {
            let Some(start) = way.origins.snaps[origin].as_ref() else { continue };
            let mut take = |places: &[Option<Snap>], stops: bool, into: &mut Found| {
                let mut found = self.around(&mut search, way.profile, start, places, Direction::From, f64::from(most));
                if stops {
                    door.through_gates(&mut found, Through::In, self.query.wheelchair, most);
                }
                for place in found {
                    let new = (place.seconds, name(way.profile.mode()));
                    let best = into.entry(place.stop).or_insert(new);
                    *best = if new.0 < best.0 { new } else { *best };
                }
            };
            take(&way.stops, true, &mut by_stop);
            if way.profile.mode() != Mode::Car {
                take(&way.destinations.snaps, false, &mut direct);
            }
        }
        let access: Vec<Access> = by_stop.iter().map(|(&stop, &(seconds, _))| Access { stop, seconds }).collect();
        let egress: Vec<Vec<Access>> = (self.destinations.snaps.iter())
            .map(|snap| {
                let Some(snap) = snap else { return Vec::new() };
                let nearest = f64::from(most).min(trip.max_egress / trip.walk_speed);
                let mut found = self.around(&mut search, &door.walk, snap, &door.stops.snaps, Direction::To, nearest);
                door.through_gates(&mut found, Through::Out, self.query.wheelchair, most);
                found
            })
            .collect();
        let mut range = RangeSearch::new(&door.timetable);
        for departure in (0..self.query.departures).rev() {
            let time = self.query.first_departure + departure * self.query.step;
            let latest = i64::from(time) + i64::from(trip.max_time);
            match self.fares {
                None => {
                    let trace = range.trace(&door.timetable, &self.transfers, &access, &self.query, time);
                    for (found, egress) in found.iter_mut().zip(&egress) {
                        let journeys = trace.journeys(egress).into_iter();
                        let journeys = journeys.map(|journey| PricedJourney { price: None, journey });
                        journeys.filter(|one| one.journey.arrival <= latest).for_each(|one| add(found, one));
                    }
                }
                Some((fares, _)) => {
                    let (timetable, transfers) = (&door.timetable, &self.transfers);
                    let trace = PricedTrace::new(timetable, transfers, &access, &self.query, time, fares);
                    let trace = trace.map_err(|error| error.to_string())?;
                    for (found, egress) in found.iter_mut().zip(&egress) {
                        let journeys = trace.journeys(egress).into_iter();
                        journeys.filter(|one| one.journey.arrival <= latest).for_each(|one| add(found, one));
                    }
                }
            }
        }
        for (&destination, &(seconds, _)) in &direct {
            let departure = i64::from(self.query.last_departure());
            let arrival = departure + i64::from(seconds);
            let journey = Journey { departure, arrival, rides: 0, legs: Vec::new() };
            add(&mut found[destination as usize], PricedJourney { price: self.fares.map(|_| 0), journey });
        }
        for journeys in &mut found {
            journeys.sort_by_key(|PricedJourney { price, journey }| {
                (journey.departure, journey.arrival, journey.rides, price.unwrap_or(u32::MAX))
            });
        }
        let tell = |(destination, journeys): (usize, Vec<PricedJourney>)| {
            let mode = |found: &Found, place: u32| found.get(&place).map_or("walk", |&(_, mode)| mode);
            let told = |journey: PricedJourney| {
                let first = match journey.journey.legs.first() {
                    Some(&Leg::Access { stop, .. }) => mode(&by_stop, stop),
                    _ => mode(&direct, destination as u32),
                };
                self.told(origin, destination, journey, first)
            };
            journeys.into_iter().map(told).collect()
        };
        Ok(found.into_iter().enumerate().map(tell).collect())
    }

    /// Places within so many seconds of a point, over the streets.
    fn around(
        &self,
        search: &mut Search,
        profile: &Profile,
        start: &Snap,
        places: &[Option<Snap>],
        direction: Direction,
        most: f64,
    ) -> Vec<Access> {
        let speed = self.linked.trip.walk_speed;
        let scale = if profile.mode() == Mode::Walk { 1000.0 * speed } else { 1000.0 };
        let left = most - start.distance / speed;
        if left < 0.0 {
            return Vec::new();
        }
        search.run(&self.linked.streets, profile, start, direction, (left * scale).min(f64::from(MOST)) as Cost);
        let place = |(stop, snap): (u32, &Option<Snap>)| {
            let snap = snap.as_ref()?;
            let cost = search.to_snap(&self.linked.streets, profile, snap)?;
            let seconds = f64::from(cost) / scale + (start.distance + snap.distance) / speed;
            (seconds <= most).then_some(Access { stop, seconds: seconds as u32 })
        };
        (0..).zip(places).filter_map(place).collect()
    }

    fn told(
        &self,
        origin: usize,
        destination: usize,
        PricedJourney { price, journey }: PricedJourney,
        mode: &'static str,
    ) -> Itinerary {
        let (start, end) = (LegEnd::at(self.points.0[origin]), LegEnd::at(self.points.1[destination]));
        let walk = |mode, from, to, departure, arrival| ItineraryLeg {
            mode,
            from,
            to,
            departure,
            arrival,
            ride: None,
            way: Vec::new(),
        };
        let mut legs: Vec<ItineraryLeg> = journey
            .legs
            .iter()
            .map(|leg| match *leg {
                Leg::Access { stop, departure, arrival } => {
                    walk(mode, start.clone(), self.stop(stop), departure, arrival)
                }
                Leg::Walk { from, to, departure, arrival } => {
                    walk("walk", self.stop(from), self.stop(to), departure, arrival)
                }
                Leg::Egress { stop, departure, arrival } => {
                    walk("walk", self.stop(stop), end.clone(), departure, arrival)
                }
                Leg::Ride(ride) => ItineraryLeg {
                    ride: self.ridden(ride.route, ride.source),
                    way: self.way(ride.source, ride.board_index, ride.alight_index),
                    ..walk("ride", self.stop(ride.board), self.stop(ride.alight), ride.departure, ride.arrival)
                },
            })
            .collect();
        if legs.is_empty() {
            legs.push(walk(mode, start, end, journey.departure, journey.arrival));
        }
        let on_foot = legs.iter().filter(|leg| leg.ride.is_none());
        Itinerary {
            departure: journey.departure,
            arrival: journey.arrival,
            seconds: journey.arrival - journey.departure,
            rides: journey.rides,
            walking: on_foot.map(|leg| leg.arrival - leg.departure).sum(),
            price: self.fares.map(|(_, currency)| Price::new(price, currency)),
            legs,
        }
    }

    fn stop(&self, stop: u32) -> LegEnd {
        let service = self.network.service.as_ref();
        let named = service.and_then(|service| service.stops.get(stop as usize));
        let point = service.and_then(|service| service.input.stops.get(stop as usize));
        LegEnd {
            stop: named.map(|named| named.id.to_string()),
            name: named.map(|named| named.name.to_string()),
            point: point.map_or([f64::NAN; 2], |stop| [stop.longitude, stop.latitude]),
        }
    }

    fn ridden(&self, route: u32, trip: u32) -> Option<Ridden> {
        let service = self.network.service.as_ref()?;
        let named = service.routes.get(route as usize)?;
        Some(Ridden {
            route: named.id.to_string(),
            line: named.name.to_string(),
            trip: service.trips.get(trip as usize).map(|trip| trip.id.to_string()).unwrap_or_default(),
            vehicle: Vehicle::of(service.input.routes.get(route as usize)?.vehicle),
        })
    }

    /// The points of the stops that a trip calls at between two of its events.
    fn way(&self, source: u32, from: u32, to: u32) -> Vec<[f64; 2]> {
        let Some(input) = self.network.service.as_ref().map(|service| &service.input) else { return Vec::new() };
        let Some(trip) = input.trips.iter().find(|trip| trip.source == source) else { return Vec::new() };
        let events = input.events.get((trip.first + from) as usize..=(trip.first + to) as usize).unwrap_or(&[]);
        let point = |stop: u32| input.stops.get(stop as usize).map(|stop| [stop.longitude, stop.latitude]);
        events.iter().filter_map(|event| point(event.stop)).collect()
    }
}

impl LegEnd {
    fn at(point: [f64; 2]) -> LegEnd {
        LegEnd { stop: None, name: None, point }
    }
}

/// Adds a journey unless one that is there is as good in everything; those that it beats go. A price that is not known is
/// worse than any that is.
fn add(all: &mut Vec<PricedJourney>, new: PricedJourney) {
    let beats = |a: &PricedJourney, b: &PricedJourney| {
        let (first, second) = (&a.journey, &b.journey);
        first.departure >= second.departure
            && first.arrival <= second.arrival
            && first.rides <= second.rides
            && a.price.unwrap_or(u32::MAX) <= b.price.unwrap_or(u32::MAX)
    };
    if all.iter().any(|old| beats(old, &new)) {
        return;
    }
    all.retain(|old| !beats(&new, old));
    all.push(new);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(journeys: &[(i64, i64, u32, Option<u32>)]) -> Vec<(i64, i64, u32, Option<u32>)> {
        let mut all = Vec::new();
        for &(departure, arrival, rides, price) in journeys {
            let journey = Journey { departure, arrival, rides, legs: Vec::new() };
            add(&mut all, PricedJourney { price, journey });
        }
        all.iter().map(|one| (one.journey.departure, one.journey.arrival, one.journey.rides, one.price)).collect()
    }

    #[test]
    fn only_journeys_that_none_beats_are_kept() {
        let journeys = [(10, 50, 1), (8, 50, 1), (12, 50, 1), (12, 45, 2), (12, 60, 0), (14, 45, 3)];
        let without = |(departure, arrival, rides)| (departure, arrival, rides, None);
        let found = kept(&journeys.map(without));
        assert_eq!(found, [(12, 50, 1), (12, 45, 2), (12, 60, 0), (14, 45, 3)].map(without));
    }

    #[test]
    fn the_cheaper_and_slower_is_kept_and_the_unknown_only_where_it_is_quicker() {
        let (quick, cheap, unknown) = ((10, 30, 1, Some(500)), (10, 50, 1, Some(200)), (10, 40, 1, None));
        assert_eq!(kept(&[quick, cheap, unknown, (9, 50, 1, Some(300))]), [quick, cheap]);
        assert_eq!(kept(&[cheap, unknown]), [cheap, unknown]);
        assert_eq!(kept(&[cheap, unknown, (10, 40, 1, Some(900))]), [cheap, (10, 40, 1, Some(900))]);
    }
}
