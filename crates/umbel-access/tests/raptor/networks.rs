//! Small random networks.

use umbel_access::raptor::Access;
use umbel_access::timetable::{Entrance, Frequency, Route, StopEvent, TimetableInput, Transfers, Trip, Wheelchair};
use umbel_core::random::Stream;

/// A network, and where journeys begin.
pub struct Network {
    pub input: TimetableInput,
    pub walks: Vec<(u32, u32, u32)>,
    pub access: Vec<Access>,
    /// First departure of the window.
    pub first: u32,
}

impl Network {
    pub fn transfers(&self) -> Transfers {
        Transfers::new(self.input.stops.len(), self.walks.iter().copied())
    }
}

fn one_in(stream: &mut Stream, n: u64) -> bool {
    stream.below(n) == 0
}

pub fn some_wheelchair(stream: &mut Stream) -> Wheelchair {
    [Wheelchair::Yes, Wheelchair::Yes, Wheelchair::No, Wheelchair::Unknown][stream.below(4) as usize]
}

/// Adds a trip with its events; `sequence` gives its stops.
pub fn add_trip(
    input: &mut TimetableInput,
    stream: &mut Stream,
    route: u32,
    sequence: &[u32],
    (start, grain): (i32, i32),
    source: u32,
) {
    let first = input.events.len() as u32;
    let mut time = start / grain * grain;
    for &stop in sequence {
        let arrival = time;
        let departure = arrival + [0, 0, 30, 120][stream.below(4) as usize] / grain * grain;
        let (board, alight) = (!one_in(stream, 9), !one_in(stream, 9));
        input.events.push(StopEvent { stop, arrival, departure, board, alight });
        time = departure + stream.below(600) as i32 / grain * grain;
    }
    input.trips.push(Trip {
        route,
        first,
        count: sequence.len() as u32,
        wheelchair: some_wheelchair(stream),
        first_frequency: input.frequencies.len() as u32,
        frequency_count: 0,
        source,
    });
}

/// A network of up to 12 stops: lines with many trips each, some of them overtaking, loops, forbidden boardings, walks,
/// trips before midnight and after the next, and frequencies of both kinds.
pub fn network(seed: u64) -> Network {
    let stream = &mut Stream::new(seed, 11);
    let mut input = TimetableInput::default();
    let stops = 4 + stream.below(9) as u32;
    for _ in 0..stops {
        let wheelchair = if one_in(stream, 5) { Wheelchair::No } else { Wheelchair::Yes };
        input.stops.push(Entrance { longitude: 0.0, latitude: 0.0, wheelchair });
    }
    // Windows by day, across the midnight before and the one after.
    let first = [0, 28_800, 84_000][stream.below(3) as usize];
    // In every other all times are stated. In some, times are coarse and lines run there and back, so that much is reached at the same second.
    let grain = [1, 120][stream.below(2) as usize];
    let mut back: Option<Vec<u32>> = None;
    let lines = 2 + stream.below(5) as u32;
    for line in 0..lines {
        input.routes.push(Route { vehicle: [0, 3, 702, 2][stream.below(4) as usize], fare: 0 });
        let length = 2 + stream.below(6) as usize;
        let mut sequence: Vec<u32> = (0..length).map(|_| stream.below(u64::from(stops)) as u32).collect();
        if let Some(back) = back.take() {
            sequence = back;
        } else if grain > 1 {
            back = Some(sequence.iter().rev().copied().collect());
        }
        let length = sequence.len();
        // Trips of one model keep its flags, so that they fall in one pattern and may overtake.
        let model = input.events.len();
        let line_first = input.trips.len() as u64;
        let trips = 1 + stream.below(6);
        for trip in 0..trips {
            let start = first as i32 - 1200 + stream.below(6000) as i32;
            let source = line * 100 + trip as u32;
            let begin = input.events.len();
            add_trip(&mut input, stream, line, &sequence, (start, grain), source);
            let same = !one_in(stream, 4);
            for index in 0..if same { length } else { 0 } {
                let StopEvent { board, alight, .. } = input.events[model + index];
                let event = &mut input.events[begin + index];
                (event.board, event.alight) = (board, alight);
            }
            if one_in(stream, 3) {
                let count = 1 + stream.below(2) as u32;
                for _ in 0..count {
                    let start = first as i32 - 2000 + stream.below(4000) as i32;
                    input.frequencies.push(Frequency {
                        start,
                        end: start + 1 + stream.below(5000) as i32,
                        headway: 1 + stream.below(1500) as u32,
                        exact: one_in(stream, 2) || seed.is_multiple_of(2),
                    });
                }
                input.trips[(line_first + trip) as usize].frequency_count = count;
            }
        }
    }
    let pick = |stream: &mut Stream| stream.below(u64::from(stops)) as u32;
    let walks = (0..stream.below(2 * u64::from(stops)))
        .map(|_| (pick(stream), pick(stream), stream.below(900) as u32))
        .collect();
    let access =
        (0..1 + stream.below(3)).map(|_| Access { stop: pick(stream), seconds: stream.below(700) as u32 }).collect();
    Network { input, walks, access, first }
}
