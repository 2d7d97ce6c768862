//! An edited timetable against one built anew from edited arrays, and the test of which searches an edit can touch.

use crate::brute::arrivals;
use crate::networks::{network, some_wheelchair};
use crate::window::{searched, some_query};
use umbel_access::Error;
use umbel_access::raptor::RangeSearch;
use umbel_access::timetable::{
    Call, Edit, Entrance, Frequency, Route, Schedule, Selection, StopEvent, Timetable, TimetableInput, Trip, Wheelchair,
};
use umbel_core::random::Stream;

fn some_calls(stream: &mut Stream, stops: u64, least: u64) -> Vec<Call> {
    let call = |stream: &mut Stream| Call {
        stop: stream.below(stops) as u32,
        run: stream.below(500) as u32,
        dwell: stream.below(60) as u32,
        board: stream.below(9) > 0,
        alight: stream.below(9) > 0,
    };
    (0..least + stream.below(4)).map(|_| call(stream)).collect()
}

fn some_frequency(stream: &mut Stream, first: u32) -> Frequency {
    let start = first as i32 - 1000 + stream.below(3000) as i32;
    Frequency {
        start,
        end: start + 1 + stream.below(5000) as i32,
        headway: 60 + stream.below(1500) as u32,
        exact: stream.below(2) == 0,
    }
}

fn some_selection(stream: &mut Stream, input: &TimetableInput) -> Selection {
    if input.trips.is_empty() || stream.below(3) == 0 {
        return Selection::Routes(vec![stream.below(input.routes.len() as u64) as u32]);
    }
    let pick = |stream: &mut Stream| input.trips[stream.below(input.trips.len() as u64) as usize].source;
    Selection::Trips((0..1 + stream.below(3)).map(|_| pick(stream)).collect())
}

fn some_edit(stream: &mut Stream, input: &TimetableInput, first: u32, number: u32) -> Edit {
    let stops = input.stops.len() as u64;
    let trips = some_selection(stream, input);
    match stream.below(6) {
        0 => Edit::AddStop { wheelchair: some_wheelchair(stream) },
        1 => {
            let schedule = match stream.below(2) {
                0 => Schedule::Every(some_frequency(stream, first)),
                _ => Schedule::Departures((0..4).map(|_| (first + stream.below(4000) as u32) as i32).collect()),
            };
            let route = Route { vehicle: 3, fare: 0 };
            let (wheelchair, calls) = (some_wheelchair(stream), some_calls(stream, stops, 2));
            Edit::AddLine { route, wheelchair, calls, schedule, source: 9000 + number }
        }
        2 => Edit::Remove { trips },
        3 if !input.trips.is_empty() => {
            let model = input.trips[stream.below(input.trips.len() as u64) as usize].source;
            let services = (0..1 + stream.below(2)).map(|_| (model, some_frequency(stream, first))).collect();
            Edit::Headway { trips, services }
        }
        4 => Edit::Pace { trips, run: stream.uniform() * 2.0, dwell: stream.uniform() * 2.0 },
        _ => {
            let calls = some_calls(stream, stops, 0);
            let (from, to) = (stream.below(stops) as u32, stream.below(stops) as u32);
            Edit::Reroute { trips, from, to, calls, run: stream.below(600) as u32 }
        }
    }
}

/// The edit made in the arrays of a reader.
fn edit(input: &mut TimetableInput, edit: &Edit) {
    let mut trips: Vec<(Trip, Vec<StopEvent>, Vec<Frequency>)> = Vec::new();
    for trip in &input.trips {
        let (first, frequency) = (trip.first as usize, trip.first_frequency as usize);
        let events = input.events[first..first + trip.count as usize].to_vec();
        trips.push((*trip, events, input.frequencies[frequency..frequency + trip.frequency_count as usize].to_vec()));
    }
    let is = |selection: &Selection, trip: &Trip| match selection {
        Selection::Trips(sources) => sources.contains(&trip.source),
        Selection::Routes(routes) => routes.contains(&trip.route),
    };
    let half_up = |seconds: i32, factor: f64| (f64::from(seconds) * factor + 0.5).floor() as i32;
    match edit {
        Edit::AddStop { wheelchair } => {
            input.stops.push(Entrance { longitude: 0.0, latitude: 0.0, wheelchair: *wheelchair });
        }
        Edit::AddLine { route, wheelchair, calls, schedule, source } => {
            let mut events: Vec<StopEvent> = Vec::new();
            for call in calls {
                let arrival = events.last().map_or(-(call.dwell as i32), |last| last.departure + call.run as i32);
                let departure = arrival + call.dwell as i32;
                events.push(StopEvent { stop: call.stop, arrival, departure, board: call.board, alight: call.alight });
            }
            let (route_number, wheelchair) = (input.routes.len() as u32, *wheelchair);
            input.routes.push(*route);
            let trip = Trip {
                route: route_number,
                first: 0,
                count: 0,
                wheelchair,
                first_frequency: 0,
                frequency_count: 0,
                source: *source,
            };
            match schedule {
                Schedule::Every(frequency) => trips.push((trip, events, vec![*frequency])),
                Schedule::Departures(times) => trips.extend(times.iter().map(|time| {
                    let at =
                        |e: &StopEvent| StopEvent { arrival: e.arrival + time, departure: e.departure + time, ..*e };
                    (trip, events.iter().map(at).collect(), Vec::new())
                })),
            }
        }
        Edit::Remove { trips: selection } => trips.retain(|trip| !is(selection, &trip.0)),
        Edit::Headway { trips: selection, services } => {
            let model = |source: u32| trips.iter().find(move |trip| trip.0.source == source).cloned();
            let added = services.iter().map(|(source, frequency)| model(*source).map(|model| (model, *frequency)));
            let added: Vec<_> = added.flatten().collect();
            trips.retain(|trip| !is(selection, &trip.0));
            trips.extend(added.into_iter().map(|((trip, events, _), frequency)| (trip, events, vec![frequency])));
        }
        Edit::Pace { trips: selection, run, dwell } => {
            for (_, events, _) in trips.iter_mut().filter(|trip| is(selection, &trip.0)) {
                let old = events.clone();
                events[0].arrival = old[0].departure - half_up(old[0].departure - old[0].arrival, *dwell);
                for index in 1..events.len() {
                    let hop = half_up(old[index].arrival - old[index - 1].departure, *run);
                    events[index].arrival = events[index - 1].departure + hop;
                    let stay = half_up(old[index].departure - old[index].arrival, *dwell);
                    events[index].departure = events[index].arrival + stay;
                }
            }
        }
        Edit::Reroute { trips: selection, from, to, calls, run } => {
            for (_, events, _) in trips.iter_mut().filter(|trip| is(selection, &trip.0)) {
                let Some(begin) = events.iter().position(|event| event.stop == *from) else { continue };
                let Some(end) = (begin + 1..events.len()).find(|&index| events[index].stop == *to) else { continue };
                let mut new = events[..=begin].to_vec();
                for call in calls {
                    let arrival = new[new.len() - 1].departure + call.run as i32;
                    let departure = arrival + call.dwell as i32;
                    new.push(StopEvent { stop: call.stop, arrival, departure, board: call.board, alight: call.alight });
                }
                let shift = new[new.len() - 1].departure + *run as i32 - events[end].arrival;
                new.extend(events[end..].iter().map(|event| StopEvent {
                    arrival: event.arrival + shift,
                    departure: event.departure + shift,
                    ..*event
                }));
                *events = new;
            }
        }
    }
    (input.trips, input.events, input.frequencies) = Default::default();
    for (trip, events, frequencies) in trips {
        input.trips.push(Trip {
            first: input.events.len() as u32,
            count: events.len() as u32,
            first_frequency: input.frequencies.len() as u32,
            frequency_count: frequencies.len() as u32,
            ..trip
        });
        input.events.extend(events);
        input.frequencies.extend(frequencies);
    }
}

#[test]
fn an_edited_timetable_equals_one_built_anew() {
    let mut search = RangeSearch::default();
    let (mut touched, mut same, mut untouched) = (0, 0, 0);
    for seed in 0..300 {
        let mut network = network(seed);
        let stream = &mut Stream::new(seed, 77);
        let query = some_query(&network, stream);
        let base = Timetable::new(&network.input).unwrap();
        let transfers = network.transfers();
        let before = searched(&mut search, &base, &transfers, &network, &query);
        // A search used often rides less, and must still tell all that can touch it.
        for _ in 0..seed / 100 % 2 * 13 {
            searched(&mut search, &base, &transfers, &network, &query);
        }
        let usage = search.usage(&base, &transfers, &query);
        // Small edits leave some searches alone, so one is made often.
        let mut edits = Vec::new();
        for number in 0..[1, 1, 2, 4][stream.below(4) as usize] {
            let one = some_edit(stream, &network.input, network.first, number);
            edit(&mut network.input, &one);
            edits.push(one);
        }
        let (edited, change) = base.edited(&edits).unwrap();
        let anew = Timetable::new(&network.input).unwrap();
        assert_eq!((edited.stops(), edited.trips(), edited.events()), (anew.stops(), anew.trips(), anew.events()));
        let found = searched(&mut search, &edited, &transfers, &network, &query);
        assert_eq!(found, searched(&mut search, &anew, &transfers, &network, &query), "network {seed}, {edits:?}");
        let best = arrivals(&network.input, &network.walks, &network.access, &query, query.first_departure);
        assert_eq!(found[0], best[usize::from(query.max_rides)], "network {seed}, {edits:?}");
        let stops = before[0].len();
        let equal = found.iter().zip(&before).all(|(found, before)| found[..stops] == before[..]);
        match usage.meets(&change, &network.access) {
            true if equal => same += 1,
            true => touched += 1,
            false => {
                assert!(equal, "network {seed}, {edits:?}, {change:?}, {usage:?}");
                untouched += 1;
            }
        }
    }
    // All three happen, and most that are searched again do change.
    assert!(touched > 30 && untouched > 30 && same > 0, "{touched} {same} {untouched}");
}

#[test]
fn the_timetable_edited_stays_as_it_was() {
    let network = network(3);
    let base = Timetable::new(&network.input).unwrap();
    let events = base.events();
    let (edited, _) = base.edited(&[Edit::Remove { trips: Selection::Routes(vec![0, 1]) }]).unwrap();
    assert!(edited.events() < events && base.events() == events);
    // Of two edits of one copy each sees the same.
    let (again, _) = base.edited(&[Edit::Remove { trips: Selection::Routes(vec![0, 1]) }]).unwrap();
    assert_eq!(edited.events(), again.events());
}

#[test]
fn a_new_stop_is_reached_over_new_walks() {
    let mut network = network(5);
    network.walks.clear();
    let base = Timetable::new(&network.input).unwrap();
    let stop = base.stops() as u32;
    let from = network.access[0].stop;
    let call = |stop, run| Call { stop, run, dwell: 0, board: true, alight: true };
    let line = Edit::AddLine {
        route: Route { vehicle: 1, fare: 0 },
        wheelchair: Wheelchair::Yes,
        calls: vec![call(from, 0), call(stop, 100)],
        schedule: Schedule::Departures(vec![network.first as i32 + 2000]),
        source: 1,
    };
    let (edited, mut change) = base.edited(&[Edit::AddStop { wheelchair: Wheelchair::Yes }, line]).unwrap();
    change.walked.push(from);
    let transfers = network.transfers().with(edited.stops(), &[(from, stop, 5)]);
    let query =
        umbel_access::raptor::RangeQuery { first_departure: network.first, departures: 1, ..Default::default() };
    let found = searched(&mut RangeSearch::default(), &edited, &transfers, &network, &query);
    assert_eq!(found[0][stop as usize], Some(network.first + 2100));
    assert_eq!(change.boarded, [from, stop]);
}

#[test]
fn edits_that_make_no_sense_are_refused() {
    let base = Timetable::new(&network(1).input).unwrap();
    let refused = |edit: Edit| match base.edited(&[Edit::AddStop { wheelchair: Wheelchair::Yes }, edit]) {
        Err(Error::Input { array: "edits", at: 1, message }) => message,
        other => panic!("{other:?}"),
    };
    let trips = Selection::Trips(vec![4_000_000]);
    assert_eq!(refused(Edit::Remove { trips: trips.clone() }), "there is no trip 4000000");
    assert_eq!(refused(Edit::Remove { trips: Selection::Routes(vec![99]) }), "there is no route 99");
    let pace = Edit::Pace { trips: Selection::Routes(vec![0]), run: f64::NAN, dwell: 1.0 };
    assert!(refused(pace).contains("must be 0 or more"));
    let call = Call { stop: 99, run: 0, dwell: 0, board: true, alight: true };
    let reroute = Edit::Reroute { trips, from: 0, to: 1, calls: vec![call], run: 0 };
    assert!(refused(reroute).contains("stop 99"));
    let frequency = Frequency { start: 0, end: 0, headway: 60, exact: false };
    let line = |calls: Vec<Call>, schedule| Edit::AddLine {
        route: Route { vehicle: 3, fare: 0 },
        wheelchair: Wheelchair::No,
        calls,
        schedule,
        source: 0,
    };
    let calls = vec![Call { stop: 0, ..call }, Call { stop: 1, ..call }];
    assert!(refused(line(calls.clone(), Schedule::Every(frequency))).contains("no service"));
    assert!(refused(line(calls[..1].to_vec(), Schedule::Departures(Vec::new()))).contains("needs two"));
    let far = vec![calls[0], Call { run: u32::MAX, ..calls[1] }];
    assert!(refused(line(far, Schedule::Departures(vec![0]))).contains("no time of travel"));
    let reversed = base.reversed(90_000);
    assert!(reversed.edited(&[Edit::AddStop { wheelchair: Wheelchair::Yes }]).is_err());
}
