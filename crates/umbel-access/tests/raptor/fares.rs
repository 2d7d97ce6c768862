//! Prices: all ways to ride and pay, tried one by one.

use crate::journeys::check;
use crate::networks::{Network, network};
use crate::window::some_query;
use std::collections::{BTreeSet, HashSet};
use umbel_access::Error;
use umbel_access::raptor::{Access, Discount, Fare, FareRule, Fares, PricedTrace, RangeQuery};
use umbel_access::timetable::{Timetable, Vehicle, Wheelchair};
use umbel_core::random::Stream;

/// A ticket in the hand: its fare, rides left and last second, and what was ridden with it: fare group of the last ride, where
/// the first began, where the last ended, and all stops called at.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Held {
    fare: u32,
    left: u32,
    until: i64,
    group: u32,
    from: u32,
    to: u32,
    stops: BTreeSet<u32>,
}

type Ticket = Option<Held>;

#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    stop: u32,
    time: i64,
    rides: u32,
    price: Option<u32>,
    ticket: Ticket,
    walk: bool,
}

fn zone(fares: &Fares, stop: u32) -> Option<u32> {
    fares.zones.get(stop as usize).copied().flatten()
}

/// Whether a ticket is good for what was ridden with it.
fn is_good(fares: &Fares, held: &Held) -> bool {
    let mut rules = fares.rules.iter().filter(|rule| rule.ticket == held.fare).peekable();
    let zones: BTreeSet<u32> = held.stops.iter().filter_map(|&stop| zone(fares, stop)).collect();
    let through = |mask: u128| {
        let named = (0..).zip(&fares.passed).filter(|(bit, _)| mask >> bit & 1 == 1).map(|(_, &zone)| zone);
        mask == 0 || named.collect::<BTreeSet<u32>>() == zones
    };
    let is = |wanted: Option<u32>, stop: u32| wanted.is_none_or(|wanted| zone(fares, stop) == Some(wanted));
    rules.peek().is_none()
        || rules.any(|rule| {
            let of_group = rule.group.is_none_or(|group| group == held.group);
            of_group && is(rule.origin, held.from) && is(rule.destination, held.to) && through(rule.through)
        })
}

/// The ways to pay for a ride over some stops: what is paid, and the ticket then; not whether it is good for it.
fn pay(fares: &Fares, group: u32, ticket: &Ticket, stops: &[u32], time: i64) -> Vec<(Option<u32>, Ticket)> {
    let tickets = fares.groups.get(group as usize).map_or(&[][..], Vec::as_slice);
    if tickets.is_empty() {
        return vec![(Some(0), ticket.clone())];
    }
    let (from, to) = (stops[0], stops[stops.len() - 1]);
    let good = ticket.as_ref().filter(|held| held.left > 0 && time <= held.until);
    let mut ways = Vec::new();
    if let Some(held) = good.filter(|held| tickets.contains(&held.fare)) {
        let all = held.stops.iter().chain(stops).copied().collect();
        ways.push((Some(0), Some(Held { left: held.left - 1, group, to, stops: all, ..held.clone() })));
    }
    if ticket.as_ref().is_some_and(|held| !is_good(fares, held)) {
        return ways;
    }
    for &fare in tickets {
        let Fare { price, transfers, duration } = fares.tickets[fare as usize];
        let until = duration.map_or(i64::MAX, |duration| time + i64::from(duration));
        let left = transfers.unwrap_or(99);
        let bought = Held { fare, left, until, group, from, to, stops: stops.iter().copied().collect() };
        ways.push((price, Some(bought.clone())));
        if let Some(held) = good {
            let cheaper = fares.discounts.iter().filter(|discount| (discount.from, discount.to) == (held.fare, fare));
            ways.extend(cheaper.map(|discount| (Some(discount.price), Some(bought.clone()))));
        }
    }
    ways
}

/// A price that sorts after all that are known where it is not.
fn sorted(price: Option<u32>) -> u32 {
    price.unwrap_or(u32::MAX)
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
        price: Some(0),
        ticket: None,
        walk: false,
    };
    let mut open: Vec<State> = network.access.iter().map(begin).collect();
    while let Some(state) = open.pop() {
        if state.time > limit || !seen.insert(state.clone()) {
            continue;
        }
        if state.walk {
            for walk in network.walks.iter().filter(|walk| walk.0 == state.stop) {
                let time = state.time + i64::from(walk.2);
                open.push(State { stop: walk.1, time, walk: false, ..state.clone() });
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
                for last in index + 1..events.len() {
                    let event = &events[last];
                    if !event.alight || !stop_fit(event.stop) || i64::from(event.arrival) > limit {
                        continue;
                    }
                    let stops: Vec<u32> = events[index..=last].iter().map(|event| event.stop).collect();
                    for (price, ticket) in pay(fares, route.fare, &state.ticket, &stops, time) {
                        let (stop, time, rides) = (event.stop, i64::from(event.arrival), state.rides + 1);
                        let price = price.and_then(|price| Some(price + state.price?));
                        if ticket.as_ref().is_none_or(|held| is_good(fares, held)) {
                            found[stop as usize].insert((rides, time, sorted(price)));
                        }
                        open.push(State { stop, time, rides, price, ticket, walk: true });
                    }
                }
            }
        }
    }
    found
}

fn some_fares(stream: &mut Stream, stops: usize) -> Fares {
    let fare = |stream: &mut Stream| Fare {
        price: Some(stream.below(5) as u32 * 100).filter(|_| stream.below(8) > 0),
        transfers: [Some(0), Some(1), Some(2), None][stream.below(4) as usize],
        duration: [Some(900), Some(3600), None][stream.below(3) as usize],
    };
    let tickets: Vec<Fare> = (0..3).map(|_| fare(stream)).collect();
    let some = |stream: &mut Stream| (0..3).filter(|_| stream.below(2) > 0).collect();
    let groups: Vec<Vec<u32>> = (0..3).map(|_| some(stream)).collect();
    let discount = |stream: &mut Stream| Discount {
        from: stream.below(3) as u32,
        to: stream.below(3) as u32,
        price: stream.below(3) as u32 * 50,
    };
    let discounts = (0..stream.below(3)).map(|_| discount(stream)).collect();
    let zone = |stream: &mut Stream| Some(stream.below(3) as u32).filter(|_| stream.below(3) > 0);
    let passed = vec![2, 0];
    let mut rules: Vec<FareRule> = Vec::new();
    for _ in 0..[0, 2, 5][stream.below(3) as usize] {
        rules.push(FareRule {
            ticket: stream.below(3) as u32,
            group: Some(stream.below(3) as u32).filter(|_| stream.below(3) == 0),
            origin: zone(stream),
            destination: zone(stream),
            through: if stream.below(3) == 0 { u128::from(stream.below(4)) } else { 0 },
        });
    }
    rules.sort_by_key(|rule| rule.ticket);
    let zones = (0..stops).map(|_| zone(stream)).collect();
    Fares { tickets, groups, discounts, rules, zones, passed }
}

#[test]
fn priced_journeys_are_all_that_none_beats() {
    let (mut told, mut several, mut unknown, mut zoned) = (0, 0, 0, 0);
    for seed in 0..300 {
        let mut network = network(seed);
        let stream = &mut Stream::new(seed, 41);
        network.input.trips.iter_mut().for_each(|trip| trip.frequency_count = 0);
        network.input.routes.iter_mut().for_each(|route| route.fare = stream.below(4) as u32);
        let fares = some_fares(stream, network.input.stops.len());
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
                journeys.iter().map(|one| (one.journey.rides, one.journey.arrival, sorted(one.price))).collect();
            assert_eq!(found, best, "network {seed}, stop {stop}, {fares:?}");
            for one in &journeys {
                check(&network, &one.journey, &network.access, &egress, i64::from(query.boarding_slack));
            }
            told += found.len();
            several += usize::from(found.len() > 1);
            unknown += found.iter().filter(|one| one.2 == u32::MAX).count();
            zoned += if fares.rules.is_empty() { 0 } else { found.len() };
        }
    }
    assert!(told > 300 && several > 40 && unknown > 10 && zoned > 100, "{told} {several} {unknown} {zoned}");
}

#[test]
fn fares_that_name_no_ticket_are_refused() {
    let fares = Fares { groups: vec![vec![], vec![3]], ..Fares::default() };
    assert!(matches!(fares.check(), Err(Error::Input { array: "groups", at: 1, .. })));
    let discounts = vec![Discount { from: 0, to: 9, price: 0 }];
    let fares = Fares { discounts, ..Fares::default() };
    assert!(matches!(fares.check(), Err(Error::Input { array: "discounts", at: 0, .. })));
    let rules = vec![FareRule { ticket: 0, ..FareRule::default() }];
    assert!(matches!(Fares { rules, ..Fares::default() }.check(), Err(Error::Input { array: "rules", at: 0, .. })));
    let tickets = vec![Fare { price: Some(1 << 30), transfers: None, duration: None }];
    assert!(matches!(Fares { tickets, ..Fares::default() }.check(), Err(Error::Input { array: "tickets", at: 0, .. })));
    let network = network(0);
    let timetable = Timetable::new(&network.input).unwrap().reversed(100_000);
    let query = RangeQuery::default();
    let trace = PricedTrace::new(&timetable, &network.transfers(), &[], &query, 0, &Fares::default());
    assert!(matches!(trace, Err(Error::Parameter { parameter: "timetable", .. })));
}
