//! Trips on their way into patterns.

use super::{Boarding, Pattern, Position, Service, Span, Timetable, TripName, Vehicle};
use rustc_hash::FxHashMap;
use std::cmp::Ordering;

/// One trip, or one service by frequency.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Run {
    /// First of its events in [`Runs`].
    pub(crate) first: usize,
    /// Number of events.
    pub(crate) count: usize,
    /// Seconds to add to their times.
    pub(crate) shift: i32,
    pub(crate) name: TripName,
    pub(crate) vehicle: Vehicle,
    pub(crate) wheelchair: bool,
    pub(crate) service: Option<Service>,
}

/// Trips to be put together to patterns.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    pub(crate) positions: Vec<Position>,
    pub(crate) arrivals: Vec<i32>,
    pub(crate) departures: Vec<i32>,
    pub(crate) list: Vec<Run>,
}

impl Runs {
    fn events(&self, run: &Run) -> impl Iterator<Item = (i32, i32)> + '_ {
        let range = run.first..run.first + run.count;
        let shift = run.shift;
        let times = self.arrivals[range.clone()].iter().zip(&self.departures[range]);
        times.map(move |(arrival, departure)| (arrival + shift, departure + shift))
    }

    fn positions(&self, run: &Run) -> &[Position] {
        &self.positions[run.first..run.first + run.count]
    }

    /// By time of leaving the first stop, then by all other times, then by name.
    fn order(&self, a: &Run, b: &Run) -> Ordering {
        let start = |run: &Run| self.departures[run.first] + run.shift;
        let times = || self.events(a).cmp(self.events(b));
        start(a).cmp(&start(b)).then_with(times).then_with(|| a.name.source.cmp(&b.name.source))
    }

    /// Whether a trip is nowhere later than another over the same stops.
    fn precedes(&self, a: &Run, b: &Run) -> bool {
        self.events(a).zip(self.events(b)).all(|(a, b)| a.0 <= b.0 && a.1 <= b.1)
    }

    /// Groups of runs in which none overtakes another. Runs over the same positions, in order, each go to the first group
    /// whose last run they follow everywhere; services by frequency stand alone.
    fn groups(&self) -> Vec<Vec<u32>> {
        let mut same: FxHashMap<(Vehicle, bool, &[Position]), usize> = FxHashMap::default();
        let mut sets: Vec<Vec<u32>> = Vec::new();
        for (at, run) in self.list.iter().enumerate() {
            let set = match run.service {
                Some(_) => sets.len(),
                None => *same.entry((run.vehicle, run.wheelchair, self.positions(run))).or_insert(sets.len()),
            };
            if set == sets.len() {
                sets.push(Vec::new());
            }
            sets[set].push(at as u32);
        }
        let run = |at: u32| &self.list[at as usize];
        let mut groups = Vec::new();
        for mut set in sets {
            set.sort_by(|&a, &b| self.order(run(a), run(b)));
            let begin = groups.len();
            for at in set {
                let fits = |group: &Vec<u32>| group.last().is_some_and(|&last| self.precedes(run(last), run(at)));
                match groups[begin..].iter().position(fits) {
                    Some(found) => groups[begin + found].push(at),
                    None => groups.push(vec![at]),
                }
            }
        }
        groups
    }

    /// Adds all runs to a timetable as new patterns, and where they can be boarded.
    pub(crate) fn add_to(&self, timetable: &mut Timetable) {
        let begin = timetable.patterns.len();
        for group in self.groups() {
            let runs = || group.iter().map(|&at| &self.list[at as usize]);
            let Some(model) = runs().next() else { continue };
            let first = timetable.positions.push(self.positions(model).iter().copied());
            let number = timetable.patterns.len() as u32;
            timetable.owners.push(std::iter::repeat_n(number, model.count));
            let column = |index: usize| runs().map(move |run| self.departures[run.first + index] + run.shift);
            let departures = timetable.departures.push((0..model.count).flat_map(column));
            let arrivals = timetable.arrivals.push(runs().flat_map(|run| self.events(run).map(|event| event.0)));
            let first_trip = timetable.trips.push(runs().map(|run| run.name));
            timetable.patterns.push(Pattern {
                first: first as u32,
                count: model.count as u32,
                trips: group.len() as u32,
                departures: departures as u32,
                arrivals: arrivals as u32,
                first_trip: first_trip as u32,
                vehicle: model.vehicle,
                wheelchair: model.wheelchair,
                service: model.service,
            });
        }
        let mut stops: Vec<u32> = self.list.iter().flat_map(|run| self.positions(run)).map(|p| p.stop()).collect();
        stops.sort_unstable();
        stops.dedup();
        timetable.link(begin, &stops);
    }
}

impl Timetable {
    /// Writes the boardings of these stops anew: those of patterns that still run, and of all patterns from `begin` on.
    pub(crate) fn link(&mut self, begin: usize, stops: &[u32]) {
        let mut added: Vec<(u32, Boarding)> = Vec::new();
        for (number, pattern) in self.patterns.iter().enumerate().skip(begin) {
            let positions = self.positions(pattern);
            let last = positions.iter().rposition(|position| position.alights()).unwrap_or(0);
            for (index, position) in positions[..last].iter().enumerate().filter(|(_, position)| position.boards()) {
                added.push((
                    position.stop(),
                    Boarding {
                        position: pattern.first + index as u32,
                        column: pattern.departures + index as u32 * pattern.trips,
                        trips: if pattern.service.is_some() { 0 } else { pattern.trips },
                        pattern: number as u32,
                    },
                ));
            }
        }
        added.sort_by_key(|(stop, _)| *stop);
        let mut added = added.into_iter().peekable();
        self.spans.resize(self.accessible.len(), Span::default());
        for &stop in stops {
            let runs = |boarding: &Boarding| self.patterns[boarding.pattern as usize].trips > 0;
            let mut list: Vec<Boarding> = self.boardings(stop).iter().copied().filter(runs).collect();
            while let Some((_, boarding)) = added.next_if(|(of, _)| *of == stop) {
                list.push(boarding);
            }
            let length = list.len() as u32;
            self.spans[stop as usize] = Span { start: self.boardings.push(list) as u32, length };
        }
    }
}
