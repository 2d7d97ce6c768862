//! Searches of timetables against a brute force, and against figures worked by hand.

mod brute;
mod door;
mod fares;
mod frequencies;
mod gates;
mod journeys;
mod networks;
mod overlay;
mod window;
