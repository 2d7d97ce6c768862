//! An edited copy of a timetable that shares with it all that the edits leave alone.

use super::runs::{Run, Runs};
use super::{Call, Edit, Frequency, Position, Schedule, Selection, Service, Timetable, TripName, Vehicle, Wheelchair};
use crate::Error;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// What edits have changed, for telling which searches they can touch ([`crate::raptor::Usage::meets`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Patterns of the timetable before that lost or changed trips, in order.
    pub patterns: Vec<u32>,
    /// Stops where new or changed trips can be boarded, in order.
    pub boarded: Vec<u32>,
    /// Stops from which there are new walks: to be filled in by who changes the walks.
    pub walked: Vec<u32>,
}

/// One trip on its way to another.
struct Events<'a> {
    positions: Vec<Position>,
    arrivals: Vec<i32>,
    departures: Vec<i32>,
    run: Run,
    runs: &'a mut Runs,
}

impl Events<'_> {
    fn push(&mut self, position: Position, arrival: i32, departure: i32) {
        self.positions.push(position);
        self.arrivals.push(arrival);
        self.departures.push(departure);
    }

    /// Adds it to the runs.
    fn keep(mut self) {
        let first = self.runs.positions.len();
        self.runs.positions.append(&mut self.positions);
        self.runs.arrivals.append(&mut self.arrivals);
        self.runs.departures.append(&mut self.departures);
        let count = self.runs.positions.len() - first;
        self.runs.list.push(Run { first, count, ..self.run });
    }
}

impl Timetable {
    /// A copy with edits made, and what they changed. What no edit touches is shared, so that the cost is the patterns
    /// touched, and a few dozen bytes a pattern and a stop. Searches give the same as in a timetable built anew.
    ///
    /// # Errors
    /// The first edit that makes no sense: a stop, route or trip that is not there, a line of fewer than two stops, a
    /// factor or headway that is no number above 0; or when this timetable is a reversed one (edit before reversing).
    pub fn edited(&self, edits: &[Edit]) -> Result<(Timetable, Change), Error> {
        let mut copy = Timetable { identity: Arc::default(), ..self.clone() };
        let mut change = Change::default();
        for (at, edit) in edits.iter().enumerate() {
            let done = match self.mirror {
                Some(_) => Err("the timetable is reversed; edit it before".to_owned()),
                None => copy.edit(edit, &mut change),
            };
            done.map_err(|message| Error::Input { array: "edits", at, message })?;
        }
        change.patterns.retain(|&pattern| (pattern as usize) < self.patterns.len());
        for list in [&mut change.patterns, &mut change.boarded] {
            list.sort_unstable();
            list.dedup();
        }
        Ok((copy, change))
    }

    fn edit(&mut self, edit: &Edit, change: &mut Change) -> Result<(), String> {
        match edit {
            Edit::AddStop { wheelchair } => {
                self.accessible.push(*wheelchair == Wheelchair::Yes);
                self.spans.push(Default::default());
                Ok(())
            }
            Edit::AddLine { route, wheelchair, calls, schedule, source } => {
                self.check_calls(calls)?;
                if calls.len() < 2 {
                    return Err(format!("the line has {} stops; it needs two", calls.len()));
                }
                let name = TripName { source: *source, route: self.routes.len() as u32 };
                let mut runs = Runs::default();
                let run = Run {
                    first: 0,
                    count: calls.len(),
                    shift: 0,
                    name,
                    vehicle: Vehicle::of(route.vehicle),
                    wheelchair: *wheelchair == Wheelchair::Yes,
                    service: None,
                };
                let mut time = 0;
                for (index, call) in calls.iter().enumerate() {
                    let arrival = if index == 0 { -seconds(call.dwell)? } else { time + seconds(call.run)? };
                    time = arrival + seconds(call.dwell)?;
                    runs.positions.push(Position::new(call.stop, call.board, call.alight));
                    runs.arrivals.push(arrival);
                    runs.departures.push(time);
                }
                match schedule {
                    Schedule::Departures(times) => {
                        runs.list.extend(times.iter().map(|&time| Run { shift: time, ..run }));
                    }
                    Schedule::Every(frequency) => at_headway(&mut runs, run, frequency, 0)?,
                }
                self.routes.push(*route);
                self.add(&runs, Some(change));
                Ok(())
            }
            Edit::Remove { trips } => self.replace(trips, change, |_| Ok(())),
            Edit::Headway { trips, services } => {
                let mut runs = Runs::default();
                for (ordinal, (source, frequency)) in services.iter().enumerate() {
                    let (pattern, trip) = self.find(*source).ok_or(format!("there is no trip {source}"))?;
                    self.export(pattern, trip, &mut runs).keep();
                    let model = runs.list.pop().ok_or("the model is empty")?;
                    let shift = -runs.departures[model.first];
                    at_headway(&mut runs, Run { shift, service: None, ..model }, frequency, ordinal as u32)?;
                }
                self.replace(trips, change, |_| Ok(()))?;
                self.add(&runs, Some(change));
                Ok(())
            }
            Edit::Pace { trips, run, dwell } => {
                if !(run.is_finite() && *run >= 0.0 && dwell.is_finite() && *dwell >= 0.0) {
                    return Err(format!("the factors are {run} and {dwell}; they must be 0 or more"));
                }
                let scaled = |seconds: i32, factor: f64| (f64::from(seconds) * factor + 0.5).floor() as i32;
                self.replace(trips, change, |mut events| {
                    let (arrivals, departures) = (events.arrivals.clone(), events.departures.clone());
                    let mut time = departures[0];
                    events.arrivals[0] = time - scaled(time - arrivals[0], *dwell);
                    for index in 1..arrivals.len() {
                        time += scaled(arrivals[index] - departures[index - 1], *run);
                        events.arrivals[index] = time;
                        time += scaled(departures[index] - arrivals[index], *dwell);
                        events.departures[index] = time;
                        if time > 1 << 28 {
                            return Err("a trip would take years".to_owned());
                        }
                    }
                    events.keep();
                    Ok(())
                })
            }
            Edit::Reroute { trips, from, to, calls, run } => {
                self.check_calls(calls)?;
                self.replace(trips, change, |mut events| {
                    let at = |stop: u32| move |position: &Position| position.stop() == stop;
                    let begin = events.positions.iter().position(at(*from));
                    let end = begin.and_then(|begin| {
                        events.positions[begin + 1..].iter().position(at(*to)).map(|index| begin + 1 + index)
                    });
                    let (Some(begin), Some(end)) = (begin, end) else {
                        events.keep();
                        return Ok(());
                    };
                    let rest: Vec<(Position, i32, i32)> = (end..events.positions.len())
                        .map(|index| (events.positions[index], events.arrivals[index], events.departures[index]))
                        .collect();
                    events.positions.truncate(begin + 1);
                    events.arrivals.truncate(begin + 1);
                    events.departures.truncate(begin + 1);
                    let mut time = events.departures[begin];
                    for call in calls {
                        let arrival = time + seconds(call.run)?;
                        time = arrival + seconds(call.dwell)?;
                        events.push(Position::new(call.stop, call.board, call.alight), arrival, time);
                    }
                    let shift = time + seconds(*run)? - rest[0].1;
                    rest.into_iter().for_each(|(position, a, d)| events.push(position, a + shift, d + shift));
                    events.keep();
                    Ok(())
                })
            }
        }
    }

    fn check_calls(&self, calls: &[Call]) -> Result<(), String> {
        match calls.iter().find(|call| call.stop as usize >= self.stops()) {
            Some(call) => Err(format!("its stop {} is not among the {} stops", call.stop, self.stops())),
            None => Ok(()),
        }
    }

    /// The first trip of this number.
    fn find(&self, source: u32) -> Option<(u32, u32)> {
        (0..).zip(&self.patterns).find_map(|(number, pattern)| {
            let names = self.trips.block(pattern.first_trip as usize, pattern.trips as usize);
            names.iter().position(|name| name.source == source).map(|trip| (number, trip as u32))
        })
    }

    /// A trip with its events.
    fn export<'a>(&self, number: u32, trip: u32, runs: &'a mut Runs) -> Events<'a> {
        let pattern = &self.patterns[number as usize];
        let departures = (0..pattern.count as usize).map(|index| self.departures(pattern, index)[trip as usize]);
        Events {
            positions: self.positions(pattern).to_vec(),
            arrivals: self.arrivals(pattern, trip).to_vec(),
            departures: departures.collect(),
            run: Run {
                first: 0,
                count: pattern.count as usize,
                shift: 0,
                name: *self.trips.at((pattern.first_trip + trip) as usize),
                vehicle: pattern.vehicle,
                wheelchair: pattern.wheelchair,
                service: pattern.service,
            },
            runs,
        }
    }

    /// Cuts all patterns with selected trips; the selected ones go to `rewrite`, which may keep them in another form, the
    /// others stay as they are.
    fn replace(
        &mut self,
        trips: &Selection,
        change: &mut Change,
        mut rewrite: impl FnMut(Events) -> Result<(), String>,
    ) -> Result<(), String> {
        let (by_route, numbers) = match trips {
            Selection::Trips(sources) => (false, sources),
            Selection::Routes(routes) => (true, routes),
        };
        if let Some(route) = numbers.iter().find(|&&route| by_route && route as usize >= self.routes.len()) {
            return Err(format!("there is no route {route}"));
        }
        let wanted: FxHashSet<u32> = numbers.iter().copied().collect();
        let selected = |name: &TripName| wanted.contains(if by_route { &name.route } else { &name.source });
        let (mut stay, mut go) = (Runs::default(), Runs::default());
        let (mut cut, mut stops, mut found) = (Vec::new(), Vec::new(), FxHashSet::default());
        for (number, pattern) in (0..).zip(&self.patterns) {
            let names = self.trips.block(pattern.first_trip as usize, pattern.trips as usize);
            if !names.iter().any(selected) {
                continue;
            }
            cut.push(number);
            stops.extend(self.positions(pattern).iter().map(|position| position.stop()));
            for (trip, name) in (0..).zip(names) {
                if selected(name) {
                    found.insert(name.source);
                    rewrite(self.export(number, trip, &mut go))?;
                } else {
                    self.export(number, trip, &mut stay).keep();
                }
            }
        }
        if let Some(source) = numbers.iter().find(|source| !by_route && !found.contains(source)) {
            return Err(format!("there is no trip {source}"));
        }
        for &number in &cut {
            self.patterns[number as usize].trips = 0;
        }
        stops.sort_unstable();
        stops.dedup();
        self.link(self.patterns.len(), &stops);
        change.patterns.extend(cut);
        // Trips that stay as they are bring nobody anywhere new.
        self.add(&stay, None);
        self.add(&go, Some(change));
        Ok(())
    }

    /// Adds trips, and notes where they can be boarded.
    fn add(&mut self, runs: &Runs, change: Option<&mut Change>) {
        let begin = self.patterns.len();
        runs.add_to(self);
        let Some(change) = change else { return };
        for pattern in &self.patterns[begin..] {
            let positions = self.positions(pattern).iter().filter(|position| position.boards());
            change.boarded.extend(positions.map(|position| position.stop()));
        }
    }
}

fn seconds(seconds: u32) -> Result<i32, String> {
    match i32::try_from(seconds) {
        Ok(seconds) if seconds < 1 << 24 => Ok(seconds),
        _ => Err(format!("{seconds} s between two stops, or at one, is no time of travel")),
    }
}

/// Adds a run at a headway: trips if its times are exact, else one service. Its events begin with departure at 0 after
/// the shift that it has.
fn at_headway(runs: &mut Runs, run: Run, frequency: &Frequency, ordinal: u32) -> Result<(), String> {
    let Frequency { start, end, headway, exact } = *frequency;
    let headway = seconds(headway)?;
    if headway == 0 || end <= start {
        return Err(format!("from {start} to {end} every {headway} s is no service"));
    }
    if exact {
        let starts = (start..end).step_by(headway as usize);
        if starts.len() > super::build::MOST_TRIPS as usize {
            return Err(format!("from {start} to {end} every {headway} s is too many trips"));
        }
        runs.list.extend(starts.map(|start| Run { shift: run.shift + start, ..run }));
    } else {
        runs.list.push(Run { service: Some(Service { start, end, headway, ordinal }), ..run });
    }
    Ok(())
}
