//! The brute force: every state that can be reached, one after the other, for one departure. No patterns, no order of
//! trips, no labels but the set of states seen.

use std::collections::HashSet;
use umbel_access::raptor::{Access, Frequencies, RangeQuery};
use umbel_access::timetable::{TimetableInput, Vehicle, Wheelchair};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum State {
    /// At a stop after so many rides; whether one may still walk from it.
    Stop { stop: u32, time: i64, rides: u32, walk: bool },
    /// In a vehicle that arrives at an event of a trip, so many seconds after its stated time.
    Vehicle { trip: usize, event: usize, shift: i64, rides: u32 },
}

/// Earliest arrival by vehicle, per most rides (from 0) and stop, for one departure.
pub fn arrivals(
    input: &TimetableInput,
    walks: &[(u32, u32, u32)],
    access: &[Access],
    query: &RangeQuery,
    departure: u32,
) -> Vec<Vec<Option<u32>>> {
    assert_eq!(query.frequencies, Frequencies::HalfHeadway);
    let (slack, limit) = (i64::from(query.boarding_slack), i64::from(departure + query.max_time));
    let most = u32::from(query.max_rides);
    let fit = |wheelchair: Wheelchair| !query.wheelchair || wheelchair == Wheelchair::Yes;
    let stop_fit = |stop: u32| fit(input.stops[stop as usize].wheelchair);
    let mut best = vec![vec![None::<u32>; input.stops.len()]; most as usize + 1];
    let mut seen = HashSet::new();
    let mut open: Vec<State> = Vec::new();
    for one in access {
        let time = i64::from(departure + one.seconds);
        open.push(State::Stop { stop: one.stop, time, rides: 0, walk: false });
    }
    while let Some(state) = open.pop() {
        if !seen.insert(state) {
            continue;
        }
        match state {
            State::Stop { stop, time, rides, walk } => {
                if walk {
                    for &(_, to, seconds) in walks.iter().filter(|walk| walk.0 == stop) {
                        open.push(State::Stop { stop: to, time: time + i64::from(seconds), rides, walk: false });
                    }
                }
                if rides == most || !stop_fit(stop) {
                    continue;
                }
                let ready = time + slack;
                for (number, trip) in input.trips.iter().enumerate() {
                    let vehicle = Vehicle::of(input.routes[trip.route as usize].vehicle);
                    if !query.vehicles.allows(vehicle) || !fit(trip.wheelchair) {
                        continue;
                    }
                    let events = &input.events[trip.first as usize..(trip.first + trip.count) as usize];
                    for (index, event) in events.iter().enumerate() {
                        if event.stop != stop || !event.board {
                            continue;
                        }
                        let mut board = |shift: i64| {
                            if i64::from(event.departure) + shift >= ready {
                                let event = index + 1;
                                open.push(State::Vehicle { trip: number, event, shift, rides: rides + 1 });
                            }
                        };
                        if trip.frequency_count == 0 {
                            board(0);
                        }
                        let begin = i64::from(events[0].departure);
                        let offset = i64::from(event.departure) - begin;
                        for n in 0..trip.frequency_count {
                            let frequency = input.frequencies[(trip.first_frequency + n) as usize];
                            let (start, end) = (i64::from(frequency.start), i64::from(frequency.end));
                            if frequency.exact {
                                let starts = (start..end).step_by(frequency.headway as usize);
                                starts.for_each(|start| board(start - begin));
                            } else {
                                if ready < end + offset {
                                    let departs = ready.max(start + offset) + i64::from(frequency.headway / 2);
                                    board(departs - i64::from(event.departure));
                                }
                            }
                        }
                    }
                }
            }
            State::Vehicle { trip, event, shift, rides } => {
                if event == input.trips[trip].count as usize {
                    continue;
                }
                let at = input.events[input.trips[trip].first as usize + event];
                let time = i64::from(at.arrival) + shift;
                if time > limit {
                    continue;
                }
                if at.alight && stop_fit(at.stop) {
                    open.push(State::Stop { stop: at.stop, time, rides, walk: true });
                    for best in &mut best[rides as usize..] {
                        let best = &mut best[at.stop as usize];
                        *best = Some(best.map_or(time as u32, |best| best.min(time as u32)));
                    }
                }
                open.push(State::Vehicle { trip, event: event + 1, shift, rides });
            }
        }
    }
    best
}
