//! The timetable backwards, so that one search answers "leave at" and "arrive by" alike.

use super::runs::{Run, Runs};
use super::{Position, Timetable};

impl Timetable {
    /// All trips backwards, with times mirrored: what is at second t of this timetable is at `mirror - t` of that one.
    ///
    /// A search in it from a place, with `first_departure = mirror - latest arrival`, gives for every stop the latest
    /// second at which one may stand there and still be in time: `mirror` less the time found. It takes the walks
    /// backwards ([`super::Transfers::reversed`]); the wait before a boarding, and half a headway where phases are not
    /// known, then come after getting off, so that a journey takes the same seconds in both directions. A timetable
    /// reversed twice at one second is itself, but for the order of patterns. Linear in the events.
    pub fn reversed(&self, mirror: u32) -> Timetable {
        let second = mirror.min(1 << 28) as i32;
        let mut runs = Runs::default();
        for pattern in self.patterns.iter().filter(|pattern| pattern.trips > 0) {
            let about = if pattern.service.is_some() { 0 } else { second };
            for trip in 0..pattern.trips {
                let first = runs.positions.len();
                for (index, position) in self.positions(pattern).iter().enumerate().rev() {
                    runs.positions.push(Position::new(position.stop(), position.alights(), position.boards()));
                    runs.arrivals.push(about - self.departures(pattern, index)[trip as usize]);
                    runs.departures.push(about - self.arrivals(pattern, trip)[index]);
                }
                runs.list.push(Run {
                    first,
                    count: pattern.count as usize,
                    shift: 0,
                    name: *self.trips.at((pattern.first_trip + trip) as usize),
                    vehicle: pattern.vehicle,
                    wheelchair: pattern.wheelchair,
                    service: pattern.service,
                });
            }
        }
        let mut timetable = Timetable {
            accessible: self.accessible.clone(),
            routes: self.routes.clone(),
            mirror: if self.mirror.is_none() { Some(second) } else { None },
            ..Timetable::default()
        };
        runs.add_to(&mut timetable);
        timetable.link(timetable.patterns.len(), &[]);
        timetable.share();
        timetable
    }
}
