//! Services by frequency: half a headway, and drawn phases.

use crate::networks::network;
use crate::window::{searched, some_query};
use umbel_access::raptor::{Access, Frequencies, RangeQuery, RangeSearch};
use umbel_access::timetable::{
    Entrance, Frequency, Route, StopEvent, Timetable, TimetableInput, Transfers, Trip, Wheelchair,
};
use umbel_core::random::Stream;

/// One line from stop 0 to stop 1 in 300 s, leaving at a headway.
fn line(frequencies: Vec<Frequency>, source: u32) -> TimetableInput {
    let stop = Entrance { longitude: 0.0, latitude: 0.0, wheelchair: Wheelchair::Yes };
    let event = |stop, time| StopEvent { stop, arrival: time, departure: time, board: true, alight: true };
    let trip = Trip {
        route: 0,
        first: 0,
        count: 2,
        wheelchair: Wheelchair::Yes,
        first_frequency: 0,
        frequency_count: frequencies.len() as u32,
        source,
    };
    TimetableInput {
        stops: vec![stop; 2],
        routes: vec![Route { vehicle: 1, fare: 0 }],
        trips: vec![trip],
        events: vec![event(0, 40), event(1, 340)],
        frequencies,
        ..TimetableInput::default()
    }
}

/// Arrival at stop 1 of who is at stop 0 at a time.
fn arrival(timetable: &Timetable, time: u32, frequencies: Frequencies) -> Option<u32> {
    let query =
        RangeQuery { first_departure: time, departures: 1, max_time: 30_000, frequencies, ..Default::default() };
    let mut found = None;
    let access = [Access { stop: 0, seconds: 0 }];
    let transfers = Transfers::default();
    RangeSearch::new(timetable).run(timetable, &transfers, &access, &query, &mut |_, improved| {
        found = improved.first().map(|&(_, time)| time);
    });
    found
}

#[test]
fn half_a_headway_is_waited() {
    let frequency = Frequency { start: 1000, end: 5000, headway: 601, exact: false };
    let timetable = Timetable::new(&line(vec![frequency], 0)).unwrap();
    let at = |time| arrival(&timetable, time, Frequencies::HalfHeadway);
    // Before the first departure: 1000 + 300 of 601 + 300 s of travel.
    assert_eq!(at(0), Some(1600));
    // Ready at 2060 after the wait of 60 s.
    assert_eq!(at(2000), Some(2660));
    // Ready at 4999, the last second of the service.
    assert_eq!(at(4939), Some(5599));
    assert_eq!(at(4940), None);
}

#[test]
fn services_one_after_the_other_are_met_as_one() {
    // As feeds write them that have an entry for each hour: the wait never grows at the seam.
    let entry = |start, end| Frequency { start, end, headway: 600, exact: false };
    let timetable = Timetable::new(&line(vec![entry(0, 3600), entry(3600, 7200)], 0)).unwrap();
    for time in (0..7140).step_by(7) {
        assert_eq!(arrival(&timetable, time, Frequencies::HalfHeadway), Some(time + 660));
    }
}

#[test]
fn draws_are_spread_over_the_headway() {
    let frequency = Frequency { start: 0, end: 20_000, headway: 600, exact: false };
    let of = 20;
    let waits = |source: u32, seed: u64| -> Vec<u32> {
        let timetable = Timetable::new(&line(vec![frequency], source)).unwrap();
        let wait = |draw| arrival(&timetable, 6000 - 60, Frequencies::Drawn { seed, draw, of }).unwrap() - 6300;
        (0..of).map(wait).collect()
    };
    let (some, other) = (waits(1, 1), waits(2, 1));
    assert_eq!(some, waits(1, 1));
    assert!(some != other && some != waits(1, 2));
    for mut waits in [some, other] {
        waits.sort_unstable();
        // One in each half minute.
        assert!(waits.iter().enumerate().all(|(at, wait)| wait / 30 == at as u32), "{waits:?}");
    }
}

#[test]
fn a_draw_equals_the_timetable_it_stands_for() {
    let mut search = RangeSearch::default();
    let mut services = 0;
    for seed in 0..150 {
        let network = network(seed);
        let timetable = Timetable::new(&network.input).unwrap();
        let frequencies = Frequencies::Drawn { seed: 9, draw: seed as u32 % 7, of: 7 };
        let query = RangeQuery { frequencies, ..some_query(&network, &mut Stream::new(seed, 5)) };
        let found = searched(&mut search, &timetable, &network.transfers(), &network, &query);
        // The same departures, stated. The phase of a service is seen when it runs alone, for long enough.
        let mut stated = network.input.clone();
        for trip in &network.input.trips {
            let range = trip.first_frequency as usize..(trip.first_frequency + trip.frequency_count) as usize;
            let kept = network.input.frequencies[range.clone()].to_vec();
            for (ordinal, at) in range.enumerate().filter(|(_, at)| !network.input.frequencies[*at].exact) {
                let headway = kept[ordinal].headway;
                // Those before it in its trip stand in far future.
                let mut alone: Vec<Frequency> =
                    kept.iter().map(|one| Frequency { start: 90_000, end: 90_001, exact: false, ..*one }).collect();
                alone[ordinal] = Frequency { start: 10_000, end: 10_000 + 2 * headway as i32, headway, exact: false };
                let timetable = Timetable::new(&line(alone, trip.source)).unwrap();
                let phase = arrival(&timetable, 0, frequencies).unwrap() - 10_300;
                assert!(phase < headway);
                let one = &mut stated.frequencies[at];
                one.start += phase as i32;
                one.exact = true;
                if one.start >= one.end {
                    // None leaves before the end: a departure that nobody can board stands for it.
                    (one.start, one.end) = (-90_000, -89_999);
                }
                services += 1;
            }
        }
        let stated = Timetable::new(&stated).unwrap();
        assert!(!stated.has_frequencies());
        assert_eq!(found, searched(&mut search, &stated, &network.transfers(), &network, &query), "network {seed}");
    }
    assert!(services > 50, "{services}");
}
