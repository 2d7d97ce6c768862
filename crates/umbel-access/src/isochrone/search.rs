//! Isochrones over streets, and over streets and a timetable.

use super::streets::{AtJunctions, Samples, way_to_street};
use super::{Arrival, Canvas, DrawOptions, Isochrone};
use crate::door::lanes::Lane;
use crate::door::percentile::{self, TOGETHER};
use crate::raptor::{Access, RangeQuery, RangeSearch};
use crate::streets::{Cost, Direction, MOST, Mode, Profile, Search, Snap, Streets};
use crate::timetable::{Timetable, Transfers};
use crate::{Error, Seconds};

/// How people move over the streets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StreetTravel {
    /// Metres a second on foot; by bicycle and car the profile says how fast, and this holds off the streets.
    pub speed: f64,
    /// Most seconds on the streets from where the journey begins.
    pub max_access: u32,
    /// Most seconds on foot from a stop.
    pub max_egress: u32,
}

impl Default for StreetTravel {
    fn default() -> StreetTravel {
        StreetTravel { speed: 1.0, max_access: u32::MAX, max_egress: 1800 }
    }
}

/// Seconds at all junctions from one place. Holds the memory of a search, to be used again: make one a thread.
#[derive(Clone, Debug)]
pub struct StreetTimes {
    search: Search,
    near: Search,
    seconds: Vec<f32>,
    left: Vec<f32>,
    seeds: Vec<(u32, Cost)>,
}

impl StreetTimes {
    /// A search over streets; 24 bytes a junction.
    pub fn new(streets: &Streets) -> StreetTimes {
        let (search, near) = (Search::new(streets), Search::new(streets));
        StreetTimes { search, near, seconds: Vec::new(), left: Vec::new(), seeds: Vec::new() }
    }

    /// Thousandths of the unit of a profile that are made in a second.
    pub fn scale(profile: &Profile, travel: &StreetTravel) -> f64 {
        if profile.mode() == Mode::Walk { 1000.0 * travel.speed } else { 1000.0 }
    }

    /// The stops that can be walked to from where a journey begins within the longest access, in whole seconds rounded
    /// down, the ways to and from the street included.
    ///
    /// # Cost
    /// A bounded search, and some 10 ns a stop.
    pub fn access(
        &mut self,
        streets: &Streets,
        profile: &Profile,
        travel: &StreetTravel,
        start: &Snap,
        stops: &[Option<Snap>],
    ) -> Vec<Access> {
        let scale = StreetTimes::scale(profile, travel);
        let most = f64::from(travel.max_access);
        let limit = (most * scale).clamp(0.0, f64::from(MOST)) as Cost;
        self.search.run(streets, profile, start, Direction::From, limit);
        let reached = stops.iter().enumerate().filter_map(|(stop, snap)| {
            let snap = snap.as_ref()?;
            let along = f64::from(self.search.to_snap(streets, profile, snap)?) / scale;
            let seconds = along + (start.distance + snap.distance) / travel.speed;
            (seconds <= most).then_some(Access { stop: stop as u32, seconds: seconds as u32 })
        });
        reached.collect()
    }

    /// Seconds from the beginning of a journey to each junction, infinite where it takes longer than `limit`: over the
    /// streets, and on foot from stops that are reached at given times (a stop without a street leads nowhere). What lies
    /// within the longest walk of any stop reached is reached; its time is that from the best stop, also where that lies
    /// farther off. The ways from the point and from the stops to the street count at the speed of walking.
    ///
    /// # Errors
    /// A speed that is not above 0, or as many times as stops are not there.
    ///
    /// # Cost
    /// Three bounded searches, about 30 ns a junction reached each.
    pub fn run(
        &mut self,
        streets: &Streets,
        profile: &Profile,
        travel: &StreetTravel,
        start: Option<&Snap>,
        stops: (&[Option<Snap>], &[Seconds]),
        limit: u32,
    ) -> Result<AtJunctions<'_>, Error> {
        if !(travel.speed > 0.0 && travel.speed.is_finite()) {
            let message = format!("it is {}; it must be above 0", travel.speed);
            return Err(Error::Parameter { parameter: "speed", message });
        }
        if stops.0.len() != stops.1.len() {
            let message = format!("there are {} times of {} stops", stops.1.len(), stops.0.len());
            return Err(Error::Parameter { parameter: "stops", message });
        }
        let scale = StreetTimes::scale(profile, travel);
        let cost = |seconds: f64| (seconds * scale).clamp(0.0, f64::from(MOST)) as Cost;
        self.seconds.clear();
        self.seconds.resize(profile.junction_count(streets), f32::INFINITY);
        self.left.clear();
        self.left.resize(self.seconds.len(), 0.0);
        if let Some(start) = start {
            let before = start.distance / travel.speed;
            let most = f64::from(limit.min(travel.max_access));
            let left = most - before;
            if left >= 0.0 {
                self.search.run(streets, profile, start, Direction::From, cost(left));
                for &junction in self.search.reached() {
                    if let Some(cost) = self.search.to_junction(junction) {
                        let seconds = before + f64::from(cost) / scale;
                        self.seconds[junction as usize] = seconds as f32;
                        self.left[junction as usize] = (most - seconds) as f32;
                    }
                }
            }
        }
        self.seeds.clear();
        let mut late = Vec::new();
        for (snap, time) in stops.0.iter().zip(stops.1) {
            let (Some(snap), Some(time)) = (snap, time.get().filter(|&time| time <= limit)) else { continue };
            let off = snap.distance / travel.speed;
            for (junction, along) in profile.beside(streets, snap, Direction::From).into_iter().flatten() {
                self.seeds.push((junction, cost(off).saturating_add(along)));
                late.push((junction, cost(f64::from(time) + off).saturating_add(along)));
            }
        }
        if !self.seeds.is_empty() {
            let egress = cost(f64::from(travel.max_egress));
            self.near.run_from(streets, profile, self.seeds.iter().copied(), Direction::From, egress);
            self.search.run_from(streets, profile, late.iter().copied(), Direction::From, cost(f64::from(limit)));
            for &junction in self.near.reached() {
                let costs = self.search.to_junction(junction).zip(self.near.to_junction(junction));
                if let Some((cost, walked)) = costs {
                    let (seconds, left) = (&mut self.seconds[junction as usize], &mut self.left[junction as usize]);
                    *seconds = seconds.min((f64::from(cost) / scale) as f32);
                    let more = f64::from(travel.max_egress) - f64::from(walked) / scale;
                    *left = left.max(more.min(f64::from(limit) - f64::from(*seconds)) as f32);
                }
            }
        }
        Ok(AtJunctions { seconds: &self.seconds, left: &self.left })
    }
}

/// Isochrones from one place after the other. Holds all memory, to be used again: make one a thread.
#[derive(Clone, Debug)]
pub struct IsochroneSearch {
    times: StreetTimes,
    canvas: Canvas,
    arrivals: Vec<Arrival>,
}

impl IsochroneSearch {
    /// A search over streets.
    pub fn new(streets: &Streets) -> IsochroneSearch {
        IsochroneSearch { times: StreetTimes::new(streets), canvas: Canvas::new(), arrivals: Vec::new() }
    }

    /// The areas within each cutoff, from a point that joins the streets at `start` (if it does), and from stops reached
    /// at given times ([`StopTimes::run`]); with no stops over the streets alone. `samples` must be those of the profile,
    /// no farther apart than a cell.
    ///
    /// # Errors
    /// Those of [`StreetTimes::run`] and [`Canvas::draw`].
    #[allow(clippy::too_many_arguments)]
    pub fn run(
        &mut self,
        streets: &Streets,
        profile: &Profile,
        samples: &Samples,
        travel: &StreetTravel,
        from: ([f64; 2], Option<&Snap>),
        stops: (&[Option<Snap>], &[Seconds]),
        cutoffs: &[u32],
        draw: &DrawOptions,
    ) -> Result<Vec<Isochrone>, Error> {
        let (origin, start) = from;
        let limit = cutoffs.iter().copied().max().unwrap_or(0);
        let times = self.times.run(streets, profile, travel, start, stops, limit)?;
        let scale = StreetTimes::scale(profile, travel);
        self.arrivals.clear();
        let most = f64::from(limit.min(travel.max_access));
        let begun = start.map(|snap| (snap, snap.distance / travel.speed, most));
        samples.arrivals(streets, profile, times, scale, begun, &mut self.arrivals);
        if let Some(snap) = start {
            way_to_street(origin, snap, travel.speed, draw.cell, &mut self.arrivals);
        }
        self.canvas.draw(origin, &self.arrivals, cutoffs, draw)
    }
}

/// Times at stops over a window of departures. Holds the memory of a search, to be used again: make one a thread.
#[derive(Debug)]
pub struct StopTimes {
    search: RangeSearch,
    /// What was told of stops: departure, arrival, and what was told of the stop before (from 1 on; 0 = nothing).
    told: Vec<(u32, u32, u32)>,
    /// Per stop, what was told last.
    last: Vec<u32>,
    times: Vec<Seconds>,
    short: Vec<[i16; TOGETHER]>,
    long: Vec<[i32; TOGETHER]>,
    /// The comparisons that sort so many departures.
    network: (usize, Vec<(u16, u16)>),
}

impl StopTimes {
    /// A search over a timetable.
    pub fn new(timetable: &Timetable) -> StopTimes {
        StopTimes {
            search: RangeSearch::new(timetable),
            told: Vec::new(),
            last: Vec::new(),
            times: Vec::new(),
            short: Vec::new(),
            long: Vec::new(),
            network: (0, Vec::new()),
        }
    }

    /// The percentile, over the departures of the window, of the seconds until one gets off at each stop: element
    /// ceil(p / 100 n) of the sorted times counted from 1, not reached where that element is not; 0 = the fastest of the
    /// window.
    ///
    /// # Errors
    /// A query that makes no sense, or a percentile below 0 or above 100.
    ///
    /// # Cost
    /// The search, and about a nanosecond a stop reached and departure.
    pub fn run(
        &mut self,
        timetable: &Timetable,
        transfers: &Transfers,
        access: &[Access],
        query: &RangeQuery,
        percent: f64,
    ) -> Result<&[Seconds], Error> {
        query.check()?;
        if !(0.0..=100.0).contains(&percent) {
            let message = format!("it is {percent}; it must lie between 0 and 100");
            return Err(Error::Parameter { parameter: "percentile", message });
        }
        let (stops, departures) = (timetable.stops(), query.departures as usize);
        self.told.clear();
        self.last.clear();
        self.last.resize(stops, 0);
        let (told, last) = (&mut self.told, &mut self.last);
        self.search.run(timetable, transfers, access, query, &mut |departure, improved| {
            for &(stop, arrival) in improved {
                told.push((departure, arrival, last[stop as usize]));
                last[stop as usize] = told.len() as u32;
            }
        });
        if self.network.0 != departures {
            self.network = (departures, percentile::network(departures));
        }
        let element = percentile::rank(percent, departures);
        self.times.clear();
        self.times.resize(stops, Seconds::UNREACHED);
        let reached: Vec<u32> = (0..stops as u32).filter(|&stop| self.last[stop as usize] > 0).collect();
        for stops in reached.chunks(TOGETHER) {
            let told = Told { list: &self.told, last: &self.last, query };
            let to = (&self.network.1[..], element, &mut self.times[..]);
            if query.max_time < i16::MAX as u32 {
                told.ranked(stops, &mut self.short, to);
            } else {
                told.ranked(stops, &mut self.long, to);
            }
        }
        Ok(&self.times)
    }
}

/// What a search told of stops.
struct Told<'a> {
    list: &'a [(u32, u32, u32)],
    last: &'a [u32],
    query: &'a RangeQuery,
}

impl Told<'_> {
    /// One element of the sorted times of some stops.
    fn ranked<T: Lane>(
        &self,
        stops: &[u32],
        lines: &mut Vec<[T; TOGETHER]>,
        (network, element, times): (&[(u16, u16)], usize, &mut [Seconds]),
    ) {
        let query = self.query;
        lines.clear();
        lines.resize(query.departures as usize, [T::MAX; TOGETHER]);
        for (column, &stop) in stops.iter().enumerate() {
            // What is caught later can be caught from earlier: an arrival holds from the departure it was told of down to
            // the next one told of.
            let (mut at, mut from) = (self.last[stop as usize], 0);
            while let Some(&(departure, arrival, before)) = self.list.get((at as usize).wrapping_sub(1)) {
                for departure in from..=departure {
                    let time = arrival.saturating_sub(query.first_departure + departure * query.step);
                    if time <= query.max_time {
                        lines[departure as usize][column] = T::of(time);
                    }
                }
                (at, from) = (before, departure + 1);
            }
        }
        percentile::sort(network, lines);
        for (column, &stop) in stops.iter().enumerate() {
            let time = lines[element][column];
            if time != T::MAX {
                times[stop as usize] = Seconds(time.seconds());
            }
        }
    }
}
