//! Legs of journeys, checked against the arrays the timetable was made from.

use crate::brute::arrivals;
use crate::networks::{Network, network};
use crate::window::some_query;
use umbel_access::raptor::{Access, Journey, Leg, RangeQuery, RangeSearch, Ride};
use umbel_access::timetable::{Timetable, Trip};
use umbel_core::random::Stream;

/// Whether a trip of the arrays makes this ride.
fn runs(network: &Network, ride: &Ride) -> bool {
    let input = &network.input;
    let made = |trip: &Trip| {
        let events = &input.events[trip.first as usize..(trip.first + trip.count) as usize];
        let (board, alight) = (&events[ride.board_index as usize], &events[ride.alight_index as usize]);
        let shift = ride.departure - i64::from(board.departure);
        let start = i64::from(events[0].departure) + shift;
        let first = trip.first_frequency as usize;
        let mut frequencies = input.frequencies[first..first + trip.frequency_count as usize].iter();
        let leaves = match trip.frequency_count {
            0 => shift == 0,
            _ => frequencies.any(|frequency| {
                // Half a headway after one was ready, where departures are not stated.
                let waited = if frequency.exact { 0 } else { i64::from(frequency.headway / 2) };
                let late = start - waited - i64::from(frequency.start);
                let within = late >= 0 && start - waited < i64::from(frequency.end);
                within && (!frequency.exact || late % i64::from(frequency.headway) == 0)
            }),
        };
        leaves
            && ride.board_index < ride.alight_index
            && (board.stop, board.board, alight.stop, alight.alight) == (ride.board, true, ride.alight, true)
            && ride.arrival == i64::from(alight.arrival) + shift
    };
    input.trips.iter().any(|trip| (trip.source, trip.route) == (ride.source, ride.route) && made(trip))
}

/// Checks that every leg is possible and that each begins where and not before the one before it ends.
pub fn check(network: &Network, journey: &Journey, access: &[Access], egress: &[Access], slack: i64) {
    let (mut place, mut time, mut rides) = (None, journey.departure, 0);
    let is = |list: &[Access], stop: u32, seconds: i64| {
        list.iter().any(|access| (access.stop, i64::from(access.seconds)) == (stop, seconds))
    };
    for (index, leg) in journey.legs.iter().enumerate() {
        let (from, to, departure, arrival) = match *leg {
            Leg::Access { stop, departure, arrival } => {
                assert!(index == 0 && is(access, stop, arrival - departure), "{journey:?}");
                (None, Some(stop), departure, arrival)
            }
            Leg::Egress { stop, departure, arrival } => {
                assert!(index + 1 == journey.legs.len() && is(egress, stop, arrival - departure), "{journey:?}");
                (Some(stop), None, departure, arrival)
            }
            Leg::Walk { from, to, departure, arrival } => {
                let walk = (from, to, (arrival - departure) as u32);
                assert!(network.transfers().iter().any(|one| one == walk), "{journey:?}");
                (Some(from), Some(to), departure, arrival)
            }
            Leg::Ride(ride) => {
                assert!(runs(network, &ride), "{journey:?}");
                assert!(ride.departure - time >= slack, "{journey:?}");
                rides += 1;
                (Some(ride.board), Some(ride.alight), ride.departure, ride.arrival)
            }
        };
        assert!(from == place && departure >= time && arrival >= departure, "{journey:?}");
        (place, time) = (to, arrival);
    }
    assert!(place.is_none() && time <= journey.arrival && rides == journey.rides, "{journey:?}");
}

#[test]
fn journeys_are_possible_and_the_best() {
    let mut search = RangeSearch::default();
    let mut told = [0; 5];
    for seed in 0..300 {
        let network = network(seed);
        let timetable = Timetable::new(&network.input).unwrap();
        let stream = &mut Stream::new(seed, 21);
        let query = some_query(&network, stream);
        let departure = query.first_departure + stream.below(900) as u32;
        let transfers = network.transfers();
        let best = arrivals(&network.input, &network.walks, &network.access, &query, departure);
        let trace = search.trace(&timetable, &transfers, &network.access, &query, departure);
        for _ in 0..4 {
            let stop = |stream: &mut Stream| stream.below(timetable.stops() as u64) as u32;
            let egress: Vec<Access> =
                (0..2).map(|_| Access { stop: stop(stream), seconds: stream.below(600) as u32 }).collect();
            let journeys = trace.journeys(&egress);
            let mut earliest = i64::MAX;
            let mut wanted = Vec::new();
            for (rides, best) in (0_u32..).zip(&best).skip(1) {
                let at = |egress: &Access| best[egress.stop as usize].map(|time| i64::from(time + egress.seconds));
                if let Some(time) = egress.iter().filter_map(at).min().filter(|&time| time < earliest) {
                    earliest = time;
                    wanted.push((rides, time));
                }
            }
            let found: Vec<(u32, i64)> = journeys.iter().map(|journey| (journey.rides, journey.arrival)).collect();
            assert_eq!(found, wanted, "network {seed}");
            for journey in &journeys {
                assert_eq!(journey.departure, i64::from(departure));
                check(&network, journey, &network.access, &egress, i64::from(query.boarding_slack));
                told[journey.rides as usize] += 1;
            }
        }
    }
    assert!(told[1] > 100 && told[2] > 50 && told[3] > 5, "{told:?}");
}

/// Seconds of whoever stands at a stop at a time until the destination, by brute force.
fn arrival(network: &Network, query: &RangeQuery, stop: u32, time: u32, egress: &[Access]) -> Option<u32> {
    let access = [Access { stop, seconds: 0 }];
    let best = arrivals(&network.input, &network.walks, &access, query, time);
    let best = &best[usize::from(query.max_rides)];
    egress.iter().filter_map(|egress| best[egress.stop as usize].map(|time| time + egress.seconds)).min()
}

#[test]
fn the_reversed_timetable_gives_the_latest_time_to_be_in_time() {
    let mut search = RangeSearch::default();
    let (mut reached, mut told) = (0, 0);
    for seed in 0..150 {
        let network = network(seed);
        let mirror = 200_000;
        let timetable = Timetable::new(&network.input).unwrap().reversed(mirror);
        let transfers = network.transfers().reversed();
        let stream = &mut Stream::new(seed, 31);
        let query = RangeQuery { max_time: 20_000, departures: 2, ..some_query(&network, stream) };
        let last = network.first + 3000 + stream.below(3000) as u32;
        // The destination is near these stops.
        let egress = &network.access;
        let mut latest = vec![None; timetable.stops()];
        let backwards = RangeQuery { first_departure: mirror - last - query.step, ..query };
        let mut tables = Vec::new();
        search.run(&timetable, &transfers, egress, &backwards, &mut |_, improved| {
            improved.iter().for_each(|&(stop, time)| latest[stop as usize] = mirror.checked_sub(time));
            tables.push(latest.clone());
        });
        for (by, latest) in [last, last + query.step].into_iter().zip(&tables) {
            for (stop, latest) in (0..).zip(latest) {
                // Nobody stands anywhere before midnight in this test.
                let Some(latest) = latest.filter(|&time| time < by) else {
                    continue;
                };
                let too_late = arrival(&network, &query, stop, latest + 1, egress);
                assert!(too_late.is_none_or(|time| time > by), "network {seed}, stop {stop}, by {by}");
                assert!(arrival(&network, &query, stop, latest, egress).is_some_and(|time| time <= by), "{seed}");
                reached += 1;
            }
            // Where no time was found, none is good: tried at the beginning of the window.
            for (stop, _) in (0..).zip(latest).filter(|(_, latest)| latest.is_none()) {
                let early = arrival(&network, &query, stop, network.first, egress);
                assert!(early.is_none_or(|time| time > by), "network {seed}, stop {stop}");
            }
        }
        // Journeys come out forwards.
        let trace = search.trace(&timetable, &transfers, egress, &backwards, mirror - last);
        for stop in 0..timetable.stops() as u32 {
            let from = [Access { stop, seconds: 45 }];
            for journey in trace.journeys(&from) {
                assert_eq!(journey.arrival, i64::from(last));
                check(&network, &journey, &from, egress, i64::from(query.boarding_slack));
                told += 1;
            }
        }
    }
    assert!(reached > 300 && told > 300, "{reached} {told}");
}
