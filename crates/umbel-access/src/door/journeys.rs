//! From many origins to many destinations.

use super::approach::{Approach, Egress};
use super::lanes::{Lane, relax, width};
use super::network::Network;
use super::onward::{Boarded, Onward};
use super::percentile::{TOGETHER, network as sorting_network};
use super::places::Around;
use super::points::Points;
use super::stops::Rows;
use super::times::{Line, Times, Values};
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
/// Where origins are many, what follows the first boarding of a trip is found once for all of them.
///
/// Memory: 6 bytes for each pair of a destination and a stop within a walk; each thread has the buffers of its searches
/// and one row of times (2 bytes a destination and departure; 4 when the longest time is above nine hours). What follows
/// first boardings takes up to 256 MB, or is not kept.
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
    onward: Option<Onward>,
    sorting: Arc<Vec<(u16, u16)>>,
    workers: Mutex<Vec<Worker>>,
}

/// Buffers of one thread.
#[derive(Debug)]
struct Worker {
    search: Search,
    around: Around,
    range: RangeSearch,
    /// Stops around the origin.
    access: Vec<Access>,
    short: Rows<i16>,
    long: Rows<i32>,
    boarded: Boarded,
    /// Seconds to destinations without any vehicle.
    direct: Vec<u32>,
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
        let (timetable, mut transfers) = (&*network.timetable, network.transfers(travel.walk_speed, travel.wheelchair));
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
        let onward = if travel.transit {
            let of = (origins.len(), travel.max_access.max(travel.max_egress).min(travel.max_time));
            Onward::new((&timetable, &transfers), &query, of, destinations.len(), egress.walks())
        } else {
            None
        };
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
            onward,
            sorting: Arc::new(sorting_network(travel.window.count as usize)),
            workers: Mutex::new(Vec::new()),
        })
    }

    /// Pairs of a destination and a stop within a walk.
    pub fn egress_pairs(&self) -> usize {
        self.egress.stops.len()
    }

    /// Whether what follows the first boarding of a trip is found once for all origins. The times are the same.
    pub fn shares_trips(&self) -> bool {
        self.onward.is_some()
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
            boarded: Boarded::default(),
            direct: Vec::new(),
            times: Times {
                destinations: self.destinations.len(),
                departures: self.travel.window.count as usize,
                values: Values::Short(Vec::new()),
                network: self.sorting.clone(),
            },
        }
    }

    fn compute(&self, worker: &mut Worker, origin: usize) {
        let Worker { search, around, range, access, short, long, boarded, direct, times } = worker;
        direct.clear();
        direct.resize(self.destinations.len().next_multiple_of(TOGETHER), u32::MAX);
        self.approach.of(self.network, origin, (search, around), access, |destination, seconds| {
            let least = &mut direct[destination as usize];
            *least = seconds.min(*least);
        });
        times.values.fit(self.travel.max_time);
        let rides = self.travel.transit;
        match (&mut times.values, &self.onward) {
            (Values::Short(values), Some(onward)) if rides => {
                self.begin(direct, values);
                self.ride_on(onward, access, boarded, values);
            }
            (Values::Short(values), _) => {
                self.begin(direct, values);
                if rides {
                    self.ride(range, access, direct, short, values);
                }
            }
            (Values::Long(values), _) => {
                self.begin(direct, values);
                if rides {
                    self.ride(range, access, direct, long, values);
                }
            }
        }
    }

    /// At every departure one can go without any vehicle.
    fn begin<T: Lane>(&self, direct: &[u32], values: &mut Vec<Line<T>>) {
        let departures = self.travel.window.count as usize;
        values.clear();
        for block in direct.as_chunks::<TOGETHER>().0 {
            let line = block.map(|seconds| if seconds == u32::MAX { T::MAX } else { T::of(seconds) });
            values.extend(std::iter::repeat_n(line, departures));
        }
    }

    /// By what is known from on board the trips that can be caught.
    fn ride_on(&self, onward: &Onward, access: &[Access], boarded: &mut Boarded, values: &mut [Line<i16>]) {
        let window = self.travel.window;
        let longest = self.travel.max_time as i16;
        onward.run(&self.timetable, &self.query, access, boarded, |departure, arrivals| {
            let lane = if window.arrive_by { window.count - 1 - departure } else { departure };
            let left = (departure * window.step) as i16;
            let lines = values.iter_mut().skip(lane as usize).step_by(window.count as usize);
            for (line, arrivals) in lines.zip(arrivals) {
                for column in 0..TOGETHER {
                    // Not reached stays far above the longest time.
                    let time = (arrivals[column] - left).min(line[column]);
                    line[column] = if time > longest { i16::MAX } else { time };
                }
            }
        });
    }

    /// By a search over the timetable.
    fn ride<T: Lane>(
        &self,
        range: &mut RangeSearch,
        access: &[Access],
        direct: &[u32],
        rows: &mut Rows<T>,
        values: &mut [Line<T>],
    ) {
        rows.begin(self.timetable.stops(), &self.travel, self.query.first_departure);
        range.run(&self.timetable, &self.transfers, access, &self.query, &mut |departure, improved| {
            for &(stop, arrival) in improved {
                rows.improve(departure, stop, arrival);
            }
        });
        rows.finish();
        match width(self.travel.window.count as usize) {
            8 => self.join::<T, 8>(rows, direct, values),
            16 => self.join::<T, 16>(rows, direct, values),
            32 => self.join::<T, 32>(rows, direct, values),
            _ => self.join::<T, 64>(rows, direct, values),
        }
    }

    /// The earliest of the ways from all stops to each destination.
    fn join<T: Lane, const WIDTH: usize>(&self, rows: &Rows<T>, direct: &[u32], values: &mut [Line<T>]) {
        let departures = self.travel.window.count as usize;
        let longest = T::of(self.travel.max_time);
        let mut near: Vec<(u32, T, T)> = Vec::new();
        for (destination, &direct) in direct[..self.destinations.len()].iter().enumerate() {
            let range = self.egress.start[destination] as usize..self.egress.start[destination + 1] as usize;
            near.clear();
            for (&stop, &walk) in self.egress.stops[range.clone()].iter().zip(&self.egress.seconds[range]) {
                if let Some((row, least)) = rows.get(stop) {
                    let walk = T::of(u32::from(walk));
                    near.push((row, walk, least.plus(walk)));
                }
            }
            let direct = if direct == u32::MAX { T::MAX } else { T::of(direct) };
            let (block, column) = (destination / TOGETHER, destination % TOGETHER);
            let lines = &mut values[block * departures..(block + 1) * departures];
            for (chunk, lines) in lines.chunks_mut(WIDTH).enumerate() {
                let mut best = [direct; WIDTH];
                let mut worst = longest;
                for group in near.chunks(8) {
                    for &(row, walk, least) in group {
                        if least <= worst
                            && let Some(row) = rows.lanes::<WIDTH>(row, chunk)
                        {
                            relax(&mut best, row, walk);
                        }
                    }
                    let most = best[..lines.len()].iter().copied().max().unwrap_or(longest);
                    worst = most.min(longest);
                }
                for (line, &best) in lines.iter_mut().zip(&best) {
                    line[column] = if best > longest { T::MAX } else { best };
                }
            }
        }
    }
}
