//! Timetables: stops, trips and transfers, made ready to be searched for one day.

pub mod input;

pub use input::{Entrance, Frequency, Route, StopEvent, TimetableInput, Transfer, Trip, Wheelchair};
