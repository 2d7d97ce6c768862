//! Stations entered through gates: what lies between the street and their platforms.
//!
//! Places are the stops, then the gates. A stop with ways to gates is reached through these alone; where no stop has any,
//! places are stops and nothing here costs a thing.

use super::network::seconds;
use crate::raptor::Access;
use crate::streets::Cost;
use crate::timetable::TimetableInput;
use crate::{Error, Seconds};
use std::borrow::Cow;

/// A way between a gate and a stop, in one direction.
#[derive(Clone, Copy, Debug)]
struct Inside {
    stop: u32,
    seconds: u32,
    step_free: Option<u32>,
}

/// The ways of all gates.
#[derive(Clone, Debug, Default)]
pub(super) struct Gates {
    stops: u32,
    /// Where each gate is.
    points: Vec<[f64; 2]>,
    /// By gate, to its stops, then from them.
    ways: Vec<[Vec<Inside>; 2]>,
    /// Whether each stop is reached through gates; empty without any.
    behind: Vec<bool>,
}

/// Whether one enters a station or leaves it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// From the street to a platform.
    In,
    /// From a platform to the street.
    Out,
}

/// A walk between stops: from, to, millimetres of street, and seconds inside stations.
type Walk = (u32, u32, Cost, u32);

impl Gates {
    pub(super) fn new(timetable: &TimetableInput) -> Result<Gates, Error> {
        let stops = timetable.stops.len();
        let points = timetable.gates.iter().map(|gate| [gate.longitude, gate.latitude]).collect();
        let mut gates = Gates { stops: stops as u32, points, ..Gates::default() };
        gates.ways.resize(gates.points.len(), [Vec::new(), Vec::new()]);
        if !timetable.station_ways.is_empty() {
            gates.behind.resize(stops, false);
        }
        for (at, way) in timetable.station_ways.iter().enumerate() {
            let of_gate = gates.ways.get_mut(way.gate as usize);
            let (Some(of_gate), Some(behind)) = (of_gate, gates.behind.get_mut(way.stop as usize)) else {
                let message = format!("gate {} or stop {} does not exist", way.gate, way.stop);
                return Err(Error::Input { array: "station_ways", at, message });
            };
            *behind = true;
            let inside = Inside { stop: way.stop, seconds: way.seconds, step_free: way.step_free };
            of_gate[usize::from(way.outward)].push(inside);
        }
        Ok(gates)
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.behind.is_empty()
    }

    /// Where the gates are.
    pub(super) fn points(&self) -> &[[f64; 2]] {
        &self.points
    }

    /// Takes away what is at the stops behind gates.
    pub(super) fn close<T>(&self, at_places: &mut [Option<T>]) {
        let behind = self.behind.iter().zip(at_places).filter(|(behind, _)| **behind);
        behind.for_each(|(_, at)| *at = None);
    }

    /// The stops that a place stands for, and the seconds between: itself, or those behind a gate.
    pub(super) fn of(
        &self,
        place: u32,
        through: Through,
        step_free: bool,
    ) -> impl Iterator<Item = (u32, u32)> + Clone + '_ {
        let itself = (place < self.stops).then_some((place, 0));
        let gate = place.checked_sub(self.stops).and_then(|gate| self.ways.get(gate as usize));
        let ways = gate.map_or(&[][..], |ways| &ways[usize::from(through == Through::Out)]);
        let of_way = move |way: &Inside| {
            let seconds = if step_free { way.step_free } else { Some(way.seconds) };
            seconds.map(|seconds| (way.stop, seconds))
        };
        itself.into_iter().chain(ways.iter().filter_map(of_way))
    }

    /// Makes of the places that were found the stops that they stand for, within `most` seconds; each once, in ascending
    /// order.
    pub(super) fn pass(&self, access: &mut Vec<Access>, through: Through, step_free: bool, most: u32) {
        if self.is_empty() {
            return;
        }
        let places = std::mem::take(access);
        for Access { stop: place, seconds } in places {
            let stops = self.of(place, through, step_free);
            let reached = stops.map(|(stop, more)| Access { stop, seconds: seconds.saturating_add(more) });
            access.extend(reached.filter(|reached| reached.seconds <= most));
        }
        access.sort_unstable_by_key(|access| (access.stop, access.seconds));
        access.dedup_by_key(|access| access.stop);
    }

    /// The walks between stops that walks between places make; of those between two stops the quickest.
    pub(super) fn walks(&self, walks: &[(u32, u32, Cost)], speed: f64, step_free: bool) -> Vec<Walk> {
        if self.is_empty() {
            return walks.iter().map(|&(from, to, cost)| (from, to, cost, 0)).collect();
        }
        let mut all: Vec<Walk> = Vec::with_capacity(walks.len());
        for &(from, to, cost) in walks {
            for (from, out) in self.of(from, Through::Out, step_free) {
                let inside = self.of(to, Through::In, step_free).filter(|&(to, _)| to != from);
                all.extend(inside.map(|(to, into)| (from, to, cost, out.saturating_add(into))));
            }
        }
        all.sort_unstable_by_key(|&walk| (walk.0, walk.1, order(walk, speed), walk.2));
        all.dedup_by_key(|walk| (walk.0, walk.1));
        all
    }

    /// The seconds at which each place is reached, by those at the stops; nothing at stops behind gates changes.
    pub(super) fn times<'t>(&self, times: &'t [Seconds], step_free: bool) -> Cow<'t, [Seconds]> {
        if self.is_empty() {
            return Cow::Borrowed(times);
        }
        let mut all = times.to_vec();
        all.resize(self.stops as usize, Seconds::UNREACHED);
        for gate in 0..self.points.len() as u32 {
            let stops = self.of(self.stops + gate, Through::Out, step_free);
            let left = stops.filter_map(|(stop, more)| Some(times.get(stop as usize)?.get()?.saturating_add(more)));
            all.push(left.min().map_or(Seconds::UNREACHED, Seconds));
        }
        Cow::Owned(all)
    }
}

/// What walks are compared by: microseconds, so that no two lengths of street are alike.
pub(super) fn order((_, _, cost, inside): Walk, speed: f64) -> u64 {
    (f64::from(cost) / speed * 1000.0) as u64 + u64::from(inside) * 1_000_000
}

/// Seconds that a walk takes, its street rounded down.
pub(super) fn seconds_of((_, _, cost, inside): Walk, speed: f64) -> u32 {
    seconds(cost, speed).saturating_add(inside)
}
