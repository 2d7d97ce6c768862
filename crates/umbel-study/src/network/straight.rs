//! Walking without streets: in straight lines between points and stops.
//!
//! A segment joins every two of them that are within the longest walk, so that the engine of streets serves here too.

use super::points::Sites;
use super::trip::Trip;
use rustc_hash::FxHashMap;
use umbel_access::streets::{Passage, Segment, StreetInput, Streets};
use umbel_access::timetable::TimetableInput;

/// Metres in a degree of latitude.
const DEGREE: f64 = 111_194.9;

/// The straight ways of a trip: between stops as far as a transfer, between points and stops, and between points, as far as
/// the longest walk.
///
/// # Errors
/// A sentence when coordinates are none.
pub fn streets(
    timetable: &TimetableInput,
    origins: Sites<'_>,
    destinations: Sites<'_>,
    trip: &Trip,
) -> Result<Streets, String> {
    let mut input = StreetInput { classes: vec!["straight".to_owned()], ..StreetInput::default() };
    // Points at one place are one junction; whether a stop is there decides how far it is joined.
    let mut known: FxHashMap<(u64, u64), usize> = FxHashMap::default();
    let mut is_stop: Vec<bool> = Vec::new();
    let mut add = |longitude: f64, latitude: f64, stop: bool| {
        let at = *known.entry((longitude.to_bits(), latitude.to_bits())).or_insert_with(|| {
            input.longitude.push(longitude);
            input.latitude.push(latitude);
            input.junction.push(input.junction.len() as i64);
            is_stop.push(false);
            is_stop.len() - 1
        });
        is_stop[at] |= stop;
    };
    timetable.stops.iter().for_each(|stop| add(stop.longitude, stop.latitude, true));
    timetable.gates.iter().for_each(|gate| add(gate.longitude, gate.latitude, true));
    for sites in [origins, destinations] {
        sites.longitude.iter().zip(sites.latitude).for_each(|(&longitude, &latitude)| add(longitude, latitude, false));
    }
    let walk = f64::from(trip.max_walk) * trip.walk_speed;
    let reach = walk.max(trip.max_transfer);
    let passage = Passage { walk: true, bike_speed: 15.0, ..Passage::CLOSED };
    let grid = Grid::new(&input, reach.max(1.0));
    for from in 0..input.junction.len() {
        let mut joined = false;
        for to in grid.around(&input, from) {
            let metres = haversine(&input, from, to);
            let limit = if is_stop[from] && is_stop[to] { reach } else { walk };
            if metres <= limit {
                joined = true;
                if from < to {
                    input.segments.push(segment(from, to, metres, passage));
                }
            }
        }
        if !joined {
            // A place of its own, so that the point is on the network although nothing is near.
            input.segments.push(segment(from, from, 0.0, passage));
        }
    }
    input.shape_start = vec![0; input.segments.len() + 1];
    Streets::new(&input).map_err(|error| error.to_string())
}

fn segment(from: usize, to: usize, length: f64, passage: Passage) -> Segment {
    Segment { from: from as u32, to: to as u32, length, forward: passage, backward: passage, source: 0, class: 0 }
}

fn haversine(input: &StreetInput, a: usize, b: usize) -> f64 {
    let at = |junction: usize| [input.longitude[junction], input.latitude[junction]];
    umbel_network::osm::haversine(at(a), at(b))
}

/// Junctions by squares as wide as the longest walk.
struct Grid {
    squares: FxHashMap<(i64, i64), Vec<usize>>,
    height: f64,
}

impl Grid {
    fn new(input: &StreetInput, reach: f64) -> Grid {
        let mut grid = Grid { squares: FxHashMap::default(), height: reach / DEGREE };
        for at in 0..input.junction.len() {
            let square = grid.square(input.longitude[at], input.latitude[at]);
            grid.squares.entry(square).or_default().push(at);
        }
        grid
    }

    fn square(&self, longitude: f64, latitude: f64) -> (i64, i64) {
        ((longitude / self.height).floor() as i64, (latitude / self.height).floor() as i64)
    }

    /// The junctions in the squares within reach, in order, but for the one itself.
    fn around(&self, input: &StreetInput, from: usize) -> Vec<usize> {
        let (longitude, latitude) = (input.longitude[from], input.latitude[from]);
        let (x, y) = self.square(longitude, latitude);
        // Degrees of longitude shrink towards the poles.
        let across = (1.0 / (latitude.abs() + self.height).min(89.0).to_radians().cos()).ceil() as i64;
        let squares = (-1..=1).flat_map(|dy| (-across..=across).map(move |dx| (x + dx, y + dy)));
        let mut found: Vec<usize> = squares.filter_map(|square| self.squares.get(&square)).flatten().copied().collect();
        found.retain(|&to| to != from);
        found.sort_unstable();
        found
    }
}
