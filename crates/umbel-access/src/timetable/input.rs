//! A timetable as a reader gives it: everything that runs around one day, in seconds from the midnight of that day.

use serde::{Deserialize, Serialize};

/// Whether a wheelchair can be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wheelchair {
    /// Nothing is said.
    #[default]
    Unknown,
    /// Yes.
    Yes,
    /// No.
    No,
}

/// A stop: a platform or post where vehicles are boarded.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entrance {
    /// Longitude, in degrees (WGS 84).
    pub longitude: f64,
    /// Latitude, in degrees.
    pub latitude: f64,
    /// Whether it can be used with a wheelchair.
    pub wheelchair: Wheelchair,
}

/// A route: what trips have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Type of vehicle: the number of GTFS `route_type` (0 tram, 1 metro, 2 rail, 3 bus, 4 ferry ..., 100-1799 extended).
    pub vehicle: u16,
    /// Fare group (an index of the caller's), for fares.
    pub fare: u32,
}

/// A trip at one stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StopEvent {
    /// Stop, an index into [`TimetableInput::stops`].
    pub stop: u32,
    /// Arrival, in seconds from the midnight of the day searched: below 0 for what runs before it.
    pub arrival: i32,
    /// Departure, likewise.
    pub departure: i32,
    /// Whether people may get on here.
    pub board: bool,
    /// Whether people may get off here.
    pub alight: bool,
}

/// A trip repeated at a headway instead of at stated times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frequency {
    /// First departure from the first stop, in seconds from the midnight of the day searched.
    pub start: i32,
    /// No departure at or after this.
    pub end: i32,
    /// Seconds between departures.
    pub headway: u32,
    /// Whether departures are exactly at `start + n headway` (GTFS `exact_times` = 1).
    pub exact: bool,
}

/// A trip: its events, in the order of travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trip {
    /// Route, an index into [`TimetableInput::routes`].
    pub route: u32,
    /// First event in [`TimetableInput::events`].
    pub first: u32,
    /// Number of events, at least 2.
    pub count: u32,
    /// Whether a wheelchair can be taken along.
    pub wheelchair: Wheelchair,
    /// First frequency in [`TimetableInput::frequencies`].
    pub first_frequency: u32,
    /// Number of frequencies; 0 for a trip that runs once at its stated times. With frequencies the times of the events
    /// only say how long it takes from the first departure.
    pub frequency_count: u32,
    /// Number that the caller knows the trip by; edits and legs name it.
    pub source: u32,
}

/// A transfer between stops that the timetable states, beside those on foot over streets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Stop left.
    pub from: u32,
    /// Stop reached.
    pub to: u32,
    /// Seconds it takes; `None` = it is forbidden.
    pub seconds: Option<u32>,
    /// Seconds it takes without steps; `None` = there is no such way.
    pub step_free: Option<u32>,
}

/// A place at which a station is entered from the street and left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// Longitude, in degrees (WGS 84).
    pub longitude: f64,
    /// Latitude, in degrees.
    pub latitude: f64,
}

/// A way inside a station between a gate and a stop, in one direction. A stop that has any is reached from the street,
/// and left, through its gates alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StationWay {
    /// Gate, an index into [`TimetableInput::gates`].
    pub gate: u32,
    /// Stop, an index into [`TimetableInput::stops`].
    pub stop: u32,
    /// Whether it leads from the stop to the gate.
    pub outward: bool,
    /// Seconds it takes.
    pub seconds: u32,
    /// Seconds it takes without steps; `None` = there is no such way.
    pub step_free: Option<u32>,
}

/// A timetable as arrays: all trips that run on the day searched, with those of the day before that run past midnight
/// and those of the day after, shifted to the midnight of the day searched.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimetableInput {
    /// Stops.
    pub stops: Vec<Entrance>,
    /// Routes.
    pub routes: Vec<Route>,
    /// Trips.
    pub trips: Vec<Trip>,
    /// Events of all trips, trip by trip.
    pub events: Vec<StopEvent>,
    /// Frequencies of all trips, trip by trip.
    pub frequencies: Vec<Frequency>,
    /// Stated transfers.
    pub transfers: Vec<Transfer>,
    /// Gates of stations.
    #[serde(default)]
    pub gates: Vec<Gate>,
    /// Ways between gates and stops.
    #[serde(default)]
    pub station_ways: Vec<StationWay>,
}
