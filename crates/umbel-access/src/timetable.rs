//! Timetables: stops, trips and transfers, made ready to be searched for one day.
//!
//! Trips over the same stops are put together to patterns in which no trip overtakes another ([`Timetable::new`]), so that
//! the earliest trip one can board is always the best one of its pattern.

mod build;
mod edit;
pub mod input;
mod overlay;
mod pool;
mod reversed;
mod runs;
mod transfers;
mod vehicle;

pub use edit::{Call, Edit, Schedule, Selection};
pub use input::{Entrance, Frequency, Gate, Route, StationWay, StopEvent, TimetableInput, Transfer, Trip, Wheelchair};
pub use overlay::Change;
pub use transfers::Transfers;
pub use vehicle::{Vehicle, VehicleFilter};

use pool::Pool;
use std::sync::Arc;

/// A stop on a pattern, and whether people may get on and off there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Position(u32);

impl Position {
    /// Stops that a position can name.
    pub(crate) const STOPS: u32 = 1 << 30;

    pub(crate) fn new(stop: u32, board: bool, alight: bool) -> Position {
        Position(stop << 2 | u32::from(board) << 1 | u32::from(alight))
    }

    #[inline]
    pub(crate) fn stop(self) -> u32 {
        self.0 >> 2
    }

    #[inline]
    pub(crate) fn boards(self) -> bool {
        self.0 & 2 != 0
    }

    #[inline]
    pub(crate) fn alights(self) -> bool {
        self.0 & 1 != 0
    }
}

/// Departures at a headway whose phase is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Service {
    /// First second at which the vehicle may leave the first stop.
    pub(crate) start: i32,
    /// It leaves before this.
    pub(crate) end: i32,
    /// Seconds between departures.
    pub(crate) headway: i32,
    /// Which of the frequencies of its trip.
    pub(crate) ordinal: u32,
}

/// Trips over the same positions that do not overtake each other, or one service by frequency.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    /// First of its positions.
    pub(crate) first: u32,
    /// Number of positions.
    pub(crate) count: u32,
    /// Number of trips; 1 for a service by frequency, 0 for a pattern that was cut.
    pub(crate) trips: u32,
    /// Its departures: position by position, each in the order of trips.
    pub(crate) departures: u32,
    /// Its arrivals: trip by trip, each in the order of positions.
    pub(crate) arrivals: u32,
    /// First of its trips.
    pub(crate) first_trip: u32,
    /// Class of its vehicles.
    pub(crate) vehicle: Vehicle,
    /// Whether wheelchairs can be taken along.
    pub(crate) wheelchair: bool,
    /// Frequency, if it runs by one: its times are then seconds after leaving the first stop.
    pub(crate) service: Option<Service>,
}

/// What is known of a trip besides its times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TripName {
    /// Number that the caller knows it by.
    pub(crate) source: u32,
    /// Its route.
    pub(crate) route: u32,
}

/// A place where a pattern can be boarded, with what a search needs first beside each other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Boarding {
    /// Position among those of all patterns.
    pub(crate) position: u32,
    /// Departures of the pattern at this position.
    pub(crate) column: u32,
    /// Number of trips; 0 for a service by frequency.
    pub(crate) trips: u32,
    /// Pattern.
    pub(crate) pattern: u32,
}

/// Where the boardings of a stop are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Span {
    pub(crate) start: u32,
    pub(crate) length: u32,
}

/// A timetable made ready for searches: patterns whose trips never overtake, and per stop where they can be boarded.
///
/// Memory: 8 bytes an event, 8 a trip, 24 a position on a pattern, 9 a stop. Edited copies share what they do not change.
#[derive(Clone, Debug, Default)]
pub struct Timetable {
    /// Per stop, whether it can be used with a wheelchair.
    pub(crate) accessible: Vec<bool>,
    pub(crate) routes: Vec<Route>,
    pub(crate) patterns: Vec<Pattern>,
    pub(crate) positions: Pool<Position>,
    /// Per position, its pattern.
    pub(crate) owners: Pool<u32>,
    pub(crate) departures: Pool<i32>,
    pub(crate) arrivals: Pool<i32>,
    pub(crate) trips: Pool<TripName>,
    pub(crate) spans: Vec<Span>,
    pub(crate) boardings: Pool<Boarding>,
    /// For a reversed timetable: the second that times were mirrored at.
    pub(crate) mirror: Option<i32>,
    /// The same in all copies that differ in nothing.
    pub(crate) identity: Arc<()>,
}

impl Timetable {
    /// Number of stops.
    pub fn stops(&self) -> usize {
        self.accessible.len()
    }

    /// Number of patterns, with those that edits have cut.
    pub fn patterns(&self) -> usize {
        self.patterns.len()
    }

    /// Number of trips; a service by frequency counts as one.
    pub fn trips(&self) -> usize {
        self.patterns.iter().map(|pattern| pattern.trips as usize).sum()
    }

    /// Number of events of all trips.
    pub fn events(&self) -> usize {
        self.patterns.iter().map(|pattern| pattern.trips as usize * pattern.count as usize).sum()
    }

    /// Whether any service runs by frequency, with times that are not stated.
    pub fn has_frequencies(&self) -> bool {
        self.patterns.iter().any(|pattern| pattern.trips > 0 && pattern.service.is_some())
    }

    /// Where patterns can be boarded at a stop.
    #[inline]
    pub(crate) fn boardings(&self, stop: u32) -> &[Boarding] {
        let span = self.spans[stop as usize];
        match span.length {
            0 => &[],
            length => self.boardings.block(span.start as usize, length as usize),
        }
    }

    /// The positions of a pattern.
    #[inline]
    pub(crate) fn positions(&self, pattern: &Pattern) -> &[Position] {
        self.positions.block(pattern.first as usize, pattern.count as usize)
    }

    /// The arrivals of a trip of a pattern; for a service by frequency, seconds after leaving the first stop.
    #[inline]
    pub(crate) fn arrivals(&self, pattern: &Pattern, trip: u32) -> &[i32] {
        self.arrivals.block(pattern.arrivals as usize + (trip * pattern.count) as usize, pattern.count as usize)
    }

    /// The departures of all trips of a pattern at one of its positions.
    #[inline]
    pub(crate) fn departures(&self, pattern: &Pattern, index: usize) -> &[i32] {
        let trips = pattern.trips as usize;
        self.departures.block(pattern.departures as usize + index * trips, trips)
    }
}
