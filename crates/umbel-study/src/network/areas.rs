//! The area within reach of a point, as polygons.

use super::points::Sites;
use super::rows::in_order;
use super::snaps::Snaps;
use super::travel::{Linked, rules};
use super::trip::{Frequencies, TravelMode};
use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};
use umbel_access::Seconds;
use umbel_access::door::{Network, Through};
use umbel_access::isochrone::search::{IsochroneSearch, StopTimes, StreetTravel};
use umbel_access::isochrone::streets::Samples;
use umbel_access::isochrone::{Arrival, Canvas, DrawOptions, Isochrone};
use umbel_access::raptor::{Access, RangeQuery};
use umbel_access::streets::{Cost, Direction, MOST, Mode, Profile, Search, Snap};
use umbel_access::timetable::Transfers;

/// How areas are drawn by default: metres between the nodes of the grid on foot, and by bicycle or car.
const CELLS: [f64; 2] = [50.0, 100.0];

/// Areas within reach, from one origin after the other.
#[derive(Debug)]
pub struct Areas<'l> {
    linked: &'l Linked,
    profile: &'l Profile,
    samples: Samples,
    draw: DrawOptions,
    travel: StreetTravel,
    ride: Option<Ride<'l>>,
    cutoffs: Vec<u32>,
    snaps: Snaps,
    points: Vec<[f64; 2]>,
    workers: Mutex<Vec<Worker>>,
}

/// What the way by vehicle needs.
#[derive(Debug)]
struct Ride<'l> {
    network: &'l Network,
    transfers: Transfers,
    query: RangeQuery,
    percentile: f64,
}

#[derive(Debug)]
struct Worker {
    drawing: IsochroneSearch,
    canvas: Canvas,
    search: Search,
    stops: Option<StopTimes>,
}

impl<'l> Areas<'l> {
    /// Makes ready for areas within `cutoffs` seconds; `cell` is the distance between the nodes of the grid in metres.
    ///
    /// # Errors
    /// A sentence when the trip is none that areas can be drawn of.
    pub fn new(
        linked: &'l Linked,
        origins: Sites<'_>,
        cutoffs: &[u32],
        cell: Option<f64>,
    ) -> Result<Areas<'l>, String> {
        let trip = &linked.trip;
        if trip.arrive_by {
            return Err("areas are drawn for departures, not for arrivals".to_owned());
        }
        if trip.frequencies == Frequencies::Draws {
            return Err("areas are drawn with half headways, not with timetables drawn at random".to_owned());
        }
        let of_streets = [TravelMode::Walk, TravelMode::Bike, TravelMode::Car];
        if of_streets.iter().filter(|mode| trip.has(**mode)).count() > 1 {
            return Err("areas are drawn for one mode over streets at a time".to_owned());
        }
        if trip.rides() && trip.has(TravelMode::Car) {
            return Err("areas are not drawn for cars that are left at a stop".to_owned());
        }
        let profile = match (&linked.car, &linked.bike, &linked.door) {
            (Some(car), ..) => car,
            (_, Some(bike), _) => bike,
            (_, _, Some(door)) => &*door.walk,
            _ => return Err("no mode is named that goes over streets".to_owned()),
        };
        let cell = cell.unwrap_or(CELLS[usize::from(profile.mode() != Mode::Walk)]);
        // Without streets people walk in a straight line as far as they will.
        let walk = f64::from(trip.max_walk) * trip.walk_speed;
        let (cell, buffer) =
            if linked.straight { (cell.max(walk / 40.0), walk) } else { (cell, (2.0 * cell).max(100.0)) };
        let rules = rules(trip, 0);
        let query = RangeQuery {
            first_departure: rules.window.first,
            departures: rules.window.count,
            step: rules.window.step,
            max_rides: rules.max_rides,
            max_time: rules.max_time,
            boarding_slack: rules.boarding_slack,
            vehicles: rules.vehicles,
            wheelchair: rules.wheelchair,
            frequencies: rules.frequencies,
        };
        let ride = linked.door.as_ref().filter(|_| trip.rides()).map(|network| Ride {
            network,
            transfers: network.transfers(trip.walk_speed, rules.wheelchair),
            query,
            percentile: f64::from(trip.percentiles[super::region::middle(trip)]),
        });
        Ok(Areas {
            linked,
            profile,
            samples: Samples::new(&linked.streets, profile, cell),
            draw: DrawOptions { cell, buffer, speed: trip.walk_speed },
            travel: StreetTravel {
                speed: trip.walk_speed,
                max_access: if trip.rides() { trip.max_walk } else { trip.max_time },
                max_egress: trip.max_walk.min((trip.max_egress / trip.walk_speed) as u32),
            },
            ride,
            cutoffs: cutoffs.to_vec(),
            snaps: Snaps::of(&linked.streets, profile, origins, trip.max_snap),
            points: origins.longitude.iter().zip(origins.latitude).map(|(&x, &y)| [x, y]).collect(),
            workers: Mutex::new(Vec::new()),
        })
    }

    /// How the origins are joined to the network.
    pub fn origins(&self) -> &Snaps {
        &self.snaps
    }

    /// Draws the areas of every origin, in order: one for each cutoff.
    ///
    /// # Errors
    /// The first error of `sink`, or of the drawing through `wrong`.
    pub fn each<E>(
        &self,
        mut sink: impl FnMut(usize, &[Isochrone]) -> Result<(), E>,
        wrong: impl Fn(String) -> E,
    ) -> Result<(), E> {
        in_order(self.points.len(), |origin| self.of(origin), |origin, drawn| sink(origin, &drawn.map_err(&wrong)?))
    }

    fn of(&self, origin: usize) -> Result<Vec<Isochrone>, String> {
        // The list is never left half-changed.
        let taken = self.workers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut worker = taken.unwrap_or_else(|| Worker {
            drawing: IsochroneSearch::new(&self.linked.streets),
            canvas: Canvas::new(),
            search: Search::new(&self.linked.streets),
            stops: self.ride.as_ref().map(|ride| StopTimes::new(&ride.network.timetable)),
        });
        let drawn = self.draw(&mut worker, self.points[origin], self.snaps.snaps[origin].as_ref());
        self.workers.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        drawn.map_err(|error| error.to_string())
    }

    fn draw(
        &self,
        worker: &mut Worker,
        point: [f64; 2],
        start: Option<&Snap>,
    ) -> Result<Vec<Isochrone>, umbel_access::Error> {
        let Worker { drawing, canvas, search, stops } = worker;
        let (snaps, times): (&[Option<Snap>], Cow<'_, [Seconds]>) = match (&self.ride, stops.as_mut(), start) {
            (Some(ride), Some(stops), Some(start)) => {
                let access = self.access(search, ride.network, start, ride.query.wheelchair);
                let times =
                    stops.run(&ride.network.timetable, &ride.transfers, &access, &ride.query, ride.percentile)?;
                let times = ride.network.times_at_gates(times, ride.query.wheelchair);
                (&ride.network.stops.snaps, times)
            }
            _ => (&[], Cow::Borrowed(&[])),
        };
        if self.linked.straight {
            let reached = snaps.iter().zip(&*times).filter_map(|(snap, time)| Some((snap.as_ref()?, time.get()?)));
            let arrivals: Vec<Arrival> = reached
                .map(|(snap, time)| Arrival { point: [snap.longitude, snap.latitude], seconds: f64::from(time) })
                .collect();
            return canvas.draw(point, &arrivals, &self.cutoffs, &self.draw);
        }
        let (streets, from) = (&self.linked.streets, (point, start));
        let stops = (snaps, &*times);
        drawing.run(streets, self.profile, &self.samples, &self.travel, from, stops, &self.cutoffs, &self.draw)
    }

    /// The stops within the longest walk (or ride by bicycle).
    fn access(&self, search: &mut Search, network: &Network, start: &Snap, wheelchair: bool) -> Vec<Access> {
        let scale = if self.profile.mode() == Mode::Walk { 1000.0 * self.travel.speed } else { 1000.0 };
        let left = f64::from(self.travel.max_access) - start.distance / self.travel.speed;
        if left < 0.0 {
            return Vec::new();
        }
        let limit = (left * scale).min(f64::from(MOST)) as Cost;
        search.run(&self.linked.streets, self.profile, start, Direction::From, limit);
        let stop = |(stop, snap): (u32, &Option<Snap>)| {
            let snap = snap.as_ref()?;
            let cost = search.to_snap(&self.linked.streets, self.profile, snap)?;
            let seconds = f64::from(cost) / scale + (start.distance + snap.distance) / self.travel.speed;
            (seconds <= f64::from(self.travel.max_access)).then_some(Access { stop, seconds: seconds as u32 })
        };
        let mut found = (0..).zip(&network.stops.snaps).filter_map(stop).collect();
        network.through_gates(&mut found, Through::In, wheelchair, self.travel.max_access);
        found
    }
}
