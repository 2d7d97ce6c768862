//! Door to door: many origins at once, which share what follows from on board, against one origin at a time, each of which
//! searches the timetable itself.

use super::networks::network;
use std::sync::Arc;
use umbel_access::Seconds;
use umbel_access::door::{Journeys, LinkOptions, Network, Travel, Window};
use umbel_access::streets::{Mode, Passage, ProfileOptions, Segment, StreetInput, Streets};
use umbel_access::timetable::{Vehicle, VehicleFilter};
use umbel_core::random::Stream;

/// Degrees between crossings: 111 m at the equator.
const STEP: f64 = 0.001;
const SIDE: u32 = 6;

/// Streets in a square of crossings, some missing.
pub fn streets(stream: &mut Stream) -> StreetInput {
    let mut input = StreetInput { shape_start: vec![0], classes: vec!["street".into()], ..StreetInput::default() };
    for at in 0..SIDE * SIDE {
        input.longitude.push(f64::from(at % SIDE) * STEP);
        input.latitude.push(f64::from(at / SIDE) * STEP);
        input.junction.push(i64::from(at));
    }
    let passage = Passage { walk: true, ..Passage::CLOSED };
    for from in 0..SIDE * SIDE {
        for (to, inside) in [(from + 1, !(from + 1).is_multiple_of(SIDE)), (from + SIDE, from + SIDE < SIDE * SIDE)] {
            if inside && stream.below(6) > 0 {
                let length = 100.0 + stream.uniform() * 100.0;
                let (forward, backward) = (passage, passage);
                input.segments.push(Segment { from, to, length, forward, backward, source: 0, class: 0 });
                input.shape_start.push(0);
            }
        }
    }
    input
}

fn point(stream: &mut Stream) -> [f64; 2] {
    [0; 2].map(|_| stream.uniform() * STEP * f64::from(SIDE - 1))
}

fn travel(stream: &mut Stream, first: u32) -> Travel {
    let mut pick = |of: &[u32]| of[stream.below(of.len() as u64) as usize];
    let (count, step) = (1 + pick(&[0, 5, 19, 40]), pick(&[1, 60, 97]));
    Travel {
        window: Window { first, count, step, arrive_by: pick(&[0, 0, 1]) == 1 },
        max_rides: pick(&[1, 2, 3, 4]) as u8,
        max_time: pick(&[900, 2400, 7200, 14_000]),
        max_access: pick(&[100, 400, 1800]),
        max_direct: pick(&[0, 300, 1800]),
        max_egress: pick(&[100, 400, 1800]),
        boarding_slack: pick(&[0, 60]),
        wheelchair: pick(&[0, 0, 0, 1]) == 1,
        vehicles: if pick(&[0, 0, 0, 1]) == 1 { VehicleFilter::only(&[Vehicle::Bus]) } else { VehicleFilter::ALL },
        ..Travel::default()
    }
}

fn all(journeys: &Journeys) -> Vec<Vec<Seconds>> {
    let mut rows = Vec::new();
    let work = |_: usize, times: &umbel_access::door::Times| {
        let mut row = Vec::new();
        times.copy_to(&mut row);
        let ranked = times.percentiles(&[0.0, 30.0, 100.0]);
        let departures = times.departures();
        for (sorted, ranked) in row.chunks(departures).zip(ranked.chunks(3)) {
            let mut sorted = sorted.to_vec();
            sorted.sort_unstable();
            assert_eq!((ranked[0], ranked[2]), (sorted[0], sorted[departures - 1]));
        }
        row
    };
    journeys.run(work, |_, row| rows.push(row));
    rows
}

#[test]
fn origins_together_are_as_each_by_itself() {
    let (mut shared, mut reached) = (0, 0);
    for seed in 0..60 {
        let mut made = network(2 * seed);
        let stream = &mut Stream::new(seed, 5);
        let streets = Streets::new(&streets(stream)).expect("streets");
        for stop in &mut made.input.stops {
            [stop.longitude, stop.latitude] = point(stream);
        }
        if seed % 3 == 0 {
            super::gates::add(&mut made.input, stream, point);
        }
        let walk = streets.profile(Mode::Walk, &ProfileOptions::default()).expect("a profile");
        let options = LinkOptions { nearest_only: stream.below(2) == 0, ..LinkOptions::default() };
        let network = Network::new(Arc::new(streets), Arc::new(walk), &made.input, &options).expect("a network");
        let travel = travel(stream, made.first);
        let points: Vec<[f64; 2]> = (0..70).map(|_| point(stream)).collect();
        let of = |origins: &[[f64; 2]]| Journeys::new(&network, None, origins, &points, 300.0, &travel).expect("rules");
        let together = of(&points);
        shared += usize::from(together.shares_trips());
        let rows = all(&together);
        reached += rows.iter().flatten().filter(|time| time.is_reached()).count();
        for (origin, row) in rows.iter().enumerate() {
            let alone = of(&points[origin..=origin]);
            assert!(!alone.shares_trips());
            assert_eq!(&all(&alone)[0], row, "seed {seed}, origin {origin}, {travel:?}");
        }
    }
    assert!(shared > 30 && reached > 500_000, "{shared} networks, {reached} times");
}
