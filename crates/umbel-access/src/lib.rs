//! Travel times over streets and timetables, and what can be reached in them, from arrays to arrays.
//!
//! Streets ([`streets`]) and timetables ([`timetable`]) are given as arrays; [`raptor`] searches a timetable over a window
//! of departures; [`door`] joins both from door to door. What can be reached is measured by [`opportunities`] and drawn by
//! [`isochrone`]; [`service`] says how often something runs. None reads a file or knows the name of a place.

pub mod door;
pub mod error;
pub mod isochrone;
pub mod opportunities;
pub mod raptor;
pub mod seconds;
pub mod service;
pub mod streets;
pub mod timetable;

pub use error::Error;
pub use seconds::Seconds;
