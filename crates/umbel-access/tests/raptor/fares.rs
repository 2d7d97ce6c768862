//! Prices: all ways to ride and pay, tried one by one.

use crate::journeys::check;
use crate::networks::{Network, network};
use crate::window::some_query;
use std::collections::{BTreeSet, HashSet};
use umbel_access::Error;
use umbel_access::raptor::{Access, Discount, Fare, Fares, PricedTrace, RangeQuery};
use umbel_access::timetable::{Timetable, Vehicle, Wheelchair};
use umbel_core::random::Stream;

/// A ticket in the hand: its fare, rides left and last second.
type Ticket = Option<(u32, u32, i64)>;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct State {
    stop: u32,
    time: i64,
    rides: u32,
    price: u32,
    ticket: Ticket,
    walk: bool,
}

/// The ways to pay for a ride.
fn pay(fares: &Fares, group: u32, ticket: Ticket, time: i64) -> Vec<(u32, Ticket)> {
    let Some(Some(fare)) = fares.groups.get(group as usize).copied() else { return vec![(0, ticket)] };
    let good = ticket.filter(|&(_, left, until)| left > 0 && time <= until);
    let Fare { price, transfers, duration } = fares.tickets[fare as usize];
    let until = duration.map_or(i64::MAX, |duration| time + i64::from(duration));
    let bought = Some((fare, transfers.unwrap_or(99), until));
    let mut ways = vec![(price, bought)];
    if let Some((held, left, until)) = good {
        let cheaper = fares.discounts.iter().filter(|discount| (discount.from, discount.to) == (held, fare));
        ways.extend(cheaper.map(|discount| (discount.price, bought)));
        if held == fare {
            ways.push((0, Some((held, left - 1, until))));
        }
    }
    ways
}

/// All (rides, arrival, price) at each stop.
fn brute(network: &Network, query: &RangeQuery, departure: u32, fares: &Fares) -> Vec<BTreeSet<(u32, i64, u32)>> {
    let input = &network.input;
    let limit = i64::from(departure + query.max_time);
    let fit = |wheelchair: Wheelchair| !query.wheelchair || wheelchair == Wheelchair::Yes;
    let stop_fit = |stop: u32| fit(input.stops[stop as usize].wheelchair);
    let mut found = vec![BTreeSet::new(); input.stops.len()];
    let mut seen = HashSet::new();
    let begin = |access: &Access| State {
        stop: access.stop,
        time: i64::from(departure + access.seconds),
        rides: 0,
        price: 0,
        ticket: None,
        walk: false,
    };
    let mut open: Vec<State> = network.access.iter().map(begin).collect();
    while let Some(state) = open.pop() {
        if state.time > limit || !seen.insert(state) {
            continue;
        }
        if state.walk {
            for walk in network.walks.iter().filter(|walk| walk.0 == state.stop) {
                open.push(State { stop: walk.1, time: state.time + i64::from(walk.2), walk: false, ..state });
            }
        }
        if state.rides == u32::from(query.max_rides) || !stop_fit(state.stop) {
            continue;
        }
        for trip in &input.trips {
            let route = input.routes[trip.route as usize];
            if !fit(trip.wheelchair) || !query.vehicles.allows(Vehicle::of(route.vehicle)) {
                continue;
            }
            let events = &input.events[trip.first as usize..(trip.first + trip.count) as usize];
            for (index, event) in events.iter().enumerate().filter(|(_, event)| event.stop == state.stop && event.board)
            {
                let time = i64::from(event.departure);
                if time < state.time + i64::from(query.boarding_slack) {
                    continue;
                }
                for (price, ticket) in pay(fares, route.fare, state.ticket, time) {
                    for event in events[index + 1..].iter().filter(|event| event.alight && stop_fit(event.stop)) {
                        let time = i64::from(event.arrival);
                        let (rides, price) = (state.rides + 1, state.price + price);
                        if time <= limit {
                            found[event.stop as usize].insert((rides, time, price));
                            open.push(State { stop: event.stop, time, rides, price, ticket, walk: true });
                        }
                    }
                }
            }
        }
    }
    found
}

fn some_fares(stream: &mut Stream) -> Fares {
    let fare = |stream: &mut Stream| Fare {
        price: stream.below(5) as u32 * 100,
        transfers: [Some(0), Some(1), Some(2), None][stream.below(4) as usize],
        duration: [Some(900), Some(3600), None][stream.below(3) as usize],
    };
    let tickets: Vec<Fare> = (0..3).map(|_| fare(stream)).collect();
    let groups = (0..3).map(|_| Some(stream.below(3) as u32).filter(|_| stream.below(5) > 0)).collect();
    let discount = |stream: &mut Stream| Discount {
        from: stream.below(3) as u32,
        to: stream.below(3) as u32,
        price: stream.below(3) as u32 * 50,
    };
    let discounts = (0..stream.below(3)).map(|_| discount(stream)).collect();
    Fares { tickets, groups, discounts }
}

#[test]
fn priced_journeys_are_all_that_none_beats() {
    let (mut told, mut several) = (0, 0);
    for seed in 0..200 {
        let mut network = network(seed);
        let stream = &mut Stream::new(seed, 41);
        network.input.trips.iter_mut().for_each(|trip| trip.frequency_count = 0);
        network.input.routes.iter_mut().for_each(|route| route.fare = stream.below(4) as u32);
        let fares = some_fares(stream);
        let query = RangeQuery { max_rides: 3, ..some_query(&network, stream) };
        let departure = network.first;
        let timetable = Timetable::new(&network.input).unwrap();
        let transfers = network.transfers();
        let trace = PricedTrace::new(&timetable, &transfers, &network.access, &query, departure, &fares).unwrap();
        let all = brute(&network, &query, departure, &fares);
        for (stop, all) in (0..).zip(&all) {
            let beaten = |one: &(u32, i64, u32)| {
                all.iter().any(|other| other != one && other.0 <= one.0 && other.1 <= one.1 && other.2 <= one.2)
            };
            let best: Vec<_> = all.iter().filter(|one| !beaten(one)).map(|one| (one.0, one.1 + 7, one.2)).collect();
            let egress = [Access { stop, seconds: 7 }];
            let journeys = trace.journeys(&egress);
            let found: Vec<_> =
                journeys.iter().map(|one| (one.journey.rides, one.journey.arrival, one.price)).collect();
            assert_eq!(found, best, "network {seed}, stop {stop}, {fares:?}");
            for one in &journeys {
                check(&network, &one.journey, &network.access, &egress, i64::from(query.boarding_slack));
            }
            told += found.len();
            several += usize::from(found.len() > 1);
        }
    }
    assert!(told > 300 && several > 40, "{told} {several}");
}

#[test]
fn fares_that_name_no_ticket_are_refused() {
    let fares = Fares { groups: vec![None, Some(3)], ..Fares::default() };
    assert!(matches!(fares.check(), Err(Error::Input { array: "groups", at: 1, .. })));
    let discounts = vec![Discount { from: 0, to: 9, price: 0 }];
    let fares = Fares { discounts, ..Fares::default() };
    assert!(matches!(fares.check(), Err(Error::Input { array: "discounts", at: 0, .. })));
    let network = network(0);
    let timetable = Timetable::new(&network.input).unwrap().reversed(100_000);
    let query = RangeQuery::default();
    let trace = PricedTrace::new(&timetable, &network.transfers(), &[], &query, 0, &Fares::default());
    assert!(matches!(trace, Err(Error::Parameter { parameter: "timetable", .. })));
}
