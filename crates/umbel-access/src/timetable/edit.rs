//! What a plan changes in a timetable.

use super::{Frequency, Route, Wheelchair};
use serde::{Deserialize, Serialize};

/// Which trips an edit is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// Those of these numbers (`source` of [`super::Trip`]).
    Trips(Vec<u32>),
    /// All of these routes.
    Routes(Vec<u32>),
}

/// A stop made on a new way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The stop.
    pub stop: u32,
    /// Seconds from leaving the stop before; of no meaning at the first stop of a line.
    pub run: u32,
    /// Seconds spent there.
    pub dwell: u32,
    /// Whether people may get on.
    pub board: bool,
    /// Whether people may get off.
    pub alight: bool,
}

/// When the vehicles of a new line leave its first stop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// At these seconds from midnight.
    Departures(Vec<i32>),
    /// At a headway.
    Every(Frequency),
}

/// One change of a timetable. Edits are made one after the other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// A new stop: it gets the next free number. Walks to and from it are added to the [`super::Transfers`].
    AddStop {
        /// Whether it can be used with a wheelchair.
        wheelchair: Wheelchair,
    },
    /// A new line, in one direction. Its route gets the next free number.
    AddLine {
        /// What its trips have in common.
        route: Route,
        /// Whether a wheelchair can be taken along.
        wheelchair: Wheelchair,
        /// Its stops.
        calls: Vec<Call>,
        /// When it leaves.
        schedule: Schedule,
        /// Number its trips are known by.
        source: u32,
    },
    /// Trips that no longer run.
    Remove {
        /// Which.
        trips: Selection,
    },
    /// Trips that run at headways instead: those selected go, and for each model a service comes that takes the stops,
    /// times between stops and name of the trip that is its model.
    Headway {
        /// Which go. The models need not be among them.
        trips: Selection,
        /// A trip (`source`), and when its like run from now on.
        services: Vec<(u32, Frequency)>,
    },
    /// Other times between stops. Times at the first stop stay; seconds are rounded, half a second up.
    Pace {
        /// Which trips.
        trips: Selection,
        /// What seconds from stop to stop are multiplied by: 0.5 is twice as fast.
        run: f64,
        /// What seconds at stops are multiplied by.
        dwell: f64,
    },
    /// Another way between two stops. Times up to the first stay, those from the second on shift. Trips that do not make
    /// both stops in this order stay as they are.
    Reroute {
        /// Which trips.
        trips: Selection,
        /// Stop (at its first call) from which the way is new.
        from: u32,
        /// Stop (at its first call after that) where it ends.
        to: u32,
        /// Stops between; may be none.
        calls: Vec<Call>,
        /// Seconds from leaving the last of them to arriving at `to`.
        run: u32,
    },
}
