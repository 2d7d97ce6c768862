//! A made-up nation: cities in a row, each with the stops and trips of a city of a million and a half (Porto Alegre), and
//! trains between neighbours.

use umbel_access::raptor::Access;
use umbel_access::timetable::{Entrance, Route, StopEvent, TimetableInput, Transfers, Trip, Wheelchair};
use umbel_core::random::Stream;

/// Stops along a side of a city.
const SIDE: u32 = 64;
/// Metres of street between neighbours.
const STREET: u32 = 325;
/// Lines of a city, each in both directions.
const LINES: u32 = 112;
/// Trips of a line and direction.
const TRIPS: u32 = 13;

/// Stops of a city.
pub const STOPS: u32 = SIDE * SIDE;

/// Stops within so many metres of a stop, with their seconds at 1 m/s.
fn near(stop: u32, metres: u32) -> impl Iterator<Item = (u32, u32)> {
    let (city, x, y) = (stop / STOPS, (stop % STOPS / SIDE) as i32, (stop % SIDE) as i32);
    let reach = (metres / STREET) as i32;
    let square = (-reach..=reach).flat_map(move |dx| (-reach..=reach).map(move |dy| (dx, dy)));
    square.filter_map(move |(dx, dy)| {
        let inside = |at: i32| (0..SIDE as i32).contains(&at);
        let seconds = f64::from(dx * dx + dy * dy).sqrt() * f64::from(STREET);
        let fits = inside(x + dx) && inside(y + dy) && seconds <= f64::from(metres);
        fits.then(|| (city * STOPS + (x + dx) as u32 * SIDE + (y + dy) as u32, seconds as u32))
    })
}

/// Stops within half an hour on foot of a place at a stop.
pub fn access(stop: u32) -> Vec<Access> {
    near(stop, 1800).map(|(stop, seconds)| Access { stop, seconds }).collect()
}

/// Walks of at most a kilometre.
pub fn transfers(cities: u32) -> Transfers {
    let stops = cities * STOPS;
    let walks = (0..stops).flat_map(|from| near(from, 1000).map(move |(to, seconds)| (from, to, seconds)));
    Transfers::new(stops as usize, walks)
}

fn add_line(input: &mut TimetableInput, stops: &[u32], hops: &[i32], starts: impl Iterator<Item = i32>, vehicle: u16) {
    let route = input.routes.len() as u32;
    input.routes.push(Route { vehicle, fare: 0 });
    for start in starts {
        let first = input.events.len() as u32;
        let mut time = start;
        for (&stop, hop) in stops.iter().zip(hops) {
            input.events.push(StopEvent { stop, arrival: time, departure: time, board: true, alight: true });
            time += hop;
        }
        input.trips.push(Trip {
            route,
            first,
            count: stops.len() as u32,
            wheelchair: Wheelchair::Unknown,
            first_frequency: 0,
            frequency_count: 0,
            source: input.trips.len() as u32,
        });
    }
}

/// The timetable: 4,096 stops, 226 lines and directions and 3,000 trips a city, from 5 to 23 hours.
pub fn timetable(cities: u32) -> TimetableInput {
    let stop = Entrance { longitude: 0.0, latitude: 0.0, wheelchair: Wheelchair::Unknown };
    let mut input = TimetableInput { stops: vec![stop; (cities * STOPS) as usize], ..TimetableInput::default() };
    for city in 0..cities {
        let stream = &mut Stream::new(1, u64::from(city));
        for _ in 0..LINES {
            // To the middle along one axis, then across it along the other: 36 stops, most lines near the centre.
            let mut below = |bound: u32| stream.below(u64::from(bound)) as i32;
            let (mut x, mut y) = (below(SIDE), below(SIDE));
            let (dx, dy) = (if x < 32 { 1 } else { -1 }, if y < 32 { 1 } else { -1 });
            let turn = (24 + below(16)).abs_diff(x) as i32;
            let turn = turn.min(26);
            let mut stops = Vec::new();
            let mut hops = Vec::new();
            for index in 0..36 {
                let (a, b) = if index < turn { (dx, 0) } else { (0, dy) };
                (x, y) = ((x + a).clamp(0, SIDE as i32 - 1), (y + b).clamp(0, SIDE as i32 - 1));
                stops.push(city * STOPS + x as u32 * SIDE + y as u32);
                hops.push(55 + below(40));
            }
            stops.dedup();
            let offset = below(3600);
            for _ in 0..2 {
                let starts = (0..TRIPS as i32).map(|trip| 18_000 + offset + trip * 64_800 / TRIPS as i32);
                add_line(&mut input, &stops, &hops, starts, 3);
                stops.reverse();
            }
        }
        if city > 0 {
            let centre = |city: u32| city * STOPS + STOPS / 2 + SIDE / 2;
            for stops in [[centre(city - 1), centre(city)], [centre(city), centre(city - 1)]] {
                add_line(&mut input, &stops, &[2400, 0], (0..36).map(|trip| 18_000 + trip * 1800), 2);
            }
        }
    }
    input
}
