//! From many origins to many destinations.

use super::approach::{Approach, Egress};
use super::lanes::{Lane, padded, relax, width};
use super::network::Network;
use super::percentile::network as sorting_network;
use super::places::Around;
use super::points::Points;
use super::stops::Rows;
use super::times::{Times, Values};
use super::travel::Travel;
use crate::Error;
use crate::raptor::{Access, RangeQuery, RangeSearch};
use crate::streets::{Profile, Search};
use crate::timetable::{Timetable, Transfers};
use rayon::prelude::*;
use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

/// Origins whose results wait for their turn, per thread.
const AHEAD: usize = 16;

/// A question about many origins and destinations, made ready: [`Journeys::run`] answers it origin by origin.
///
/// Memory: 6 bytes for each pair of a destination and a stop within a walk; each thread has the buffers of its searches
/// and one row of times (2 bytes a destination and departure; 4 when the longest time is above nine hours).
#[derive(Debug)]
pub struct Journeys<'a> {
    network: &'a Network,
    travel: Travel,
    query: RangeQuery,
    timetable: Cow<'a, Timetable>,
    transfers: Transfers,
    /// Where the origins are joined to streets.
    pub origins: Points,
    /// Where the destinations are.
    pub destinations: Points,
    approach: Approach<'a>,
    egress: Egress,
    sorting: Arc<Vec<(u16, u16)>>,
    workers: Mutex<Vec<Worker>>,
}

/// Buffers of one thread.
#[derive(Debug)]
struct Worker {
    search: Search,
    around: Around,
    range: RangeSearch,
    access: Vec<Access>,
    short: Rows<i16>,
    long: Rows<i32>,
    times: Times,
}

impl<'a> Journeys<'a> {
    /// Makes a question ready. Points are longitude and latitude in degrees; those farther than `radius` metres from a
    /// street are not reached. `profile` is how people come to the first stop, or all the way: `None` = on foot.
    ///
    /// For a window of arrivals ([`super::Window::arrive_by`]) origins are the places arrived at, and destinations those
    /// left: the times are then from each destination to the origin.
    ///
    /// # Errors
    /// Rules that make no sense ([`Travel::check`]).
    ///
    /// # Cost
    /// One bounded search a destination or stop, whichever are fewer.
    pub fn new(
        network: &'a Network,
        profile: Option<&'a Profile>,
        origins: &[[f64; 2]],
        destinations: &[[f64; 2]],
        radius: f64,
        travel: &Travel,
    ) -> Result<Journeys<'a>, Error> {
        Journeys::by_any(network, &[profile.unwrap_or(&network.walk)], origins, destinations, radius, travel)
    }

    /// The same where people come to the first stop, or all the way, by the quickest of several modes. Who comes to a
    /// vehicle by car leaves that there; in journeys that may ride vehicles nobody drives all the way. From the last stop
    /// people walk.
    ///
    /// # Errors
    /// Rules that make no sense ([`Travel::check`]).
    ///
    /// # Cost
    /// As [`Journeys::new`], and one search an origin for each mode.
    pub fn by_any(
        network: &'a Network,
        profiles: &[&'a Profile],
        origins: &[[f64; 2]],
        destinations: &[[f64; 2]],
        radius: f64,
        travel: &Travel,
    ) -> Result<Journeys<'a>, Error> {
        travel.check()?;
        let mut query = travel.query();
        let (timetable, mut transfers) = (&*network.timetable, network.transfers(travel.walk_speed));
        let timetable = if travel.window.arrive_by {
            let last = query.last_departure();
            query.first_departure = 0;
            transfers = transfers.reversed();
            Cow::Owned(timetable.reversed(last))
        } else {
            Cow::Borrowed(timetable)
        };
        let (approach, egress, origins, destinations) =
            Approach::new(network, profiles, (origins, destinations), radius, travel);
        Ok(Journeys {
            network,
            travel: travel.clone(),
            query,
            timetable,
            transfers,
            approach,
            origins,
            destinations,
            egress,
            sorting: Arc::new(sorting_network(travel.window.count as usize)),
            workers: Mutex::new(Vec::new()),
        })
    }

    /// Pairs of a destination and a stop within a walk.
    pub fn egress_pairs(&self) -> usize {
        self.egress.stops.len()
    }

    /// Answers for every origin. `work` gets the times of one origin, on any thread; what it makes of them goes to `each`,
    /// in the order of origins. Only some origins a thread wait for their turn, so that memory does not grow with them.
    pub fn run<R: Send>(&self, work: impl Fn(usize, &Times) -> R + Sync, mut each: impl FnMut(usize, R)) {
        let ahead = AHEAD * rayon::current_num_threads();
        for first in (0..self.origins.len()).step_by(ahead) {
            let last = (first + ahead).min(self.origins.len());
            let done: Vec<R> = (first..last).into_par_iter().map(|origin| self.of(origin, &work)).collect();
            for (origin, result) in (first..last).zip(done) {
                each(origin, result);
            }
        }
    }

    /// Answers for one origin.
    ///
    /// # Panics
    /// When there is no such origin.
    pub fn of<R>(&self, origin: usize, work: impl Fn(usize, &Times) -> R) -> R {
        let spare = self.workers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut worker = spare.unwrap_or_else(|| self.worker());
        self.compute(&mut worker, origin);
        let result = work(origin, &worker.times);
        self.workers.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
        result
    }

    fn worker(&self) -> Worker {
        Worker {
            search: Search::new(&self.network.streets),
            around: Around::default(),
            range: RangeSearch::new(&self.timetable),
            access: Vec::new(),
            short: Rows::new(),
            long: Rows::new(),
            times: Times {
                destinations: self.destinations.len(),
                departures: self.travel.window.count as usize,
                values: Values::Short(Vec::new()),
                network: self.sorting.clone(),
            },
        }
    }

    fn compute(&self, worker: &mut Worker, origin: usize) {
        let Worker { search, around, range, access, short, long, times } = worker;
        times.values.fit(self.travel.max_time);
        let count = self.destinations.len() * padded(times.departures);
        let searches = (search, around, range, access);
        match &mut times.values {
            Values::Short(values) => {
                values.clear();
                values.resize(count, i16::MAX);
                self.fill(searches, origin, short, values);
            }
            Values::Long(values) => {
                values.clear();
                values.resize(count, i32::MAX);
                self.fill(searches, origin, long, values);
            }
        }
    }

    fn fill<T: Lane>(
        &self,
        (search, around, range, access): (&mut Search, &mut Around, &mut RangeSearch, &mut Vec<Access>),
        origin: usize,
        rows: &mut Rows<T>,
        values: &mut [T],
    ) {
        let travel = &self.travel;
        let lanes = padded(travel.window.count as usize);
        self.approach.of(self.network, origin, (search, around), access, |destination, seconds| {
            let row = &mut values[destination as usize * lanes..][..lanes];
            row.fill(row[0].min(T::of(seconds)));
        });
        if !travel.transit {
            return;
        }
        rows.begin(self.timetable.stops(), travel, self.query.first_departure);
        range.run(&self.timetable, &self.transfers, access, &self.query, &mut |departure, improved| {
            for &(stop, arrival) in improved {
                rows.improve(departure, stop, arrival);
            }
        });
        rows.finish();
        match width(travel.window.count as usize) {
            8 => self.join::<T, 8>(rows, values),
            16 => self.join::<T, 16>(rows, values),
            32 => self.join::<T, 32>(rows, values),
            _ => self.join::<T, 64>(rows, values),
        }
    }

    /// The earliest of the ways from all stops to each destination.
    fn join<T: Lane, const WIDTH: usize>(&self, rows: &Rows<T>, values: &mut [T]) {
        let departures = self.travel.window.count as usize;
        let lanes = padded(departures);
        let longest = T::of(self.travel.max_time);
        let mut near: Vec<(u32, T, T)> = Vec::new();
        for (destination, values) in values.chunks_exact_mut(lanes).enumerate() {
            let range = self.egress.start[destination] as usize..self.egress.start[destination + 1] as usize;
            near.clear();
            for (&stop, &walk) in self.egress.stops[range.clone()].iter().zip(&self.egress.seconds[range]) {
                if let Some((row, least)) = rows.get(stop) {
                    let walk = T::of(u32::from(walk));
                    near.push((row, walk, least.plus(walk)));
                }
            }
            for (chunk, values) in values.chunks_exact_mut(WIDTH).enumerate() {
                let Some(values) = values.first_chunk_mut::<WIDTH>() else { continue };
                let real = (departures - chunk * WIDTH).min(WIDTH);
                let mut best = *values;
                let mut worst = longest;
                for group in near.chunks(8) {
                    for &(row, walk, least) in group {
                        if least <= worst
                            && let Some(row) = rows.lanes::<WIDTH>(row, chunk)
                        {
                            relax(&mut best, row, walk);
                        }
                    }
                    let most = best[..real].iter().copied().max().unwrap_or(longest);
                    worst = most.min(longest);
                }
                for (value, &best) in values.iter_mut().zip(&best) {
                    *value = if best > longest { T::MAX } else { best };
                }
            }
        }
    }
}
