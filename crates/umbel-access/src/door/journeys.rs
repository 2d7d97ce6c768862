//! From many origins to many destinations.

use super::lanes::{Lane, padded, relax, width};
use super::network::{Network, seconds};
use super::percentile::network as sorting_network;
use super::places::{Around, Places};
use super::points::Points;
use super::stops::Rows;
use super::times::{Times, Values};
use super::travel::Travel;
use crate::Error;
use crate::raptor::{Access, RangeQuery, RangeSearch};
use crate::streets::{Cost, Direction, MOST, Mode, Profile, Search, Snap};
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
    /// Costs of the way to the first stop, and of a way without any vehicle.
    profile: &'a Profile,
    travel: Travel,
    query: RangeQuery,
    timetable: Cow<'a, Timetable>,
    transfers: Transfers,
    /// Origins joined to the streets of the way to the first stop.
    pub origins: Points,
    /// Destinations joined to the streets of walking.
    pub destinations: Points,
    /// Stops, and destinations, as places found from an origin.
    near_stops: Places,
    near_destinations: Places,
    egress: Egress,
    sorting: Arc<Vec<(u16, u16)>>,
    workers: Mutex<Vec<Worker>>,
}

/// From which stops each destination is walked to: nearest first.
#[derive(Debug, Default)]
struct Egress {
    start: Vec<u32>,
    stops: Vec<u32>,
    seconds: Vec<u16>,
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
        travel.check()?;
        let streets = &*network.streets;
        let on_foot = profile.is_none_or(|profile| profile.mode() == Mode::Walk);
        let profile = profile.unwrap_or(&network.walk);
        let leg = if on_foot { 1000.0 } else { 1000.0 / travel.walk_speed };
        let direction = if travel.window.arrive_by { Direction::To } else { Direction::From };
        let origins = Points::new(streets, profile, origins, radius);
        let by_profile = |points: &[[f64; 2]], radius| Points::new(streets, profile, points, radius).snaps;
        let walked_to = Points::new(streets, &network.walk, destinations, radius);
        let (stop_snaps, direct_snaps) = if on_foot {
            (network.stops.snaps.clone(), walked_to.snaps.clone())
        } else {
            (by_profile(&network.at, network.options.radius), by_profile(destinations, radius))
        };
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
        let egress = if travel.transit { egress(network, &walked_to, travel, direction) } else { Egress::default() };
        Ok(Journeys {
            network,
            profile,
            travel: travel.clone(),
            query,
            timetable,
            transfers,
            near_stops: Places::new(streets, profile, &stop_snaps, direction, leg),
            near_destinations: Places::new(streets, profile, &direct_snaps, direction, leg),
            origins,
            destinations: walked_to,
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
        self.compute(&mut worker, self.origins.snaps[origin].as_ref());
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

    fn compute(&self, worker: &mut Worker, origin: Option<&Snap>) {
        let Worker { search, around, range, access, short, long, times } = worker;
        times.values.fit(self.travel.max_time);
        let count = self.destinations.len() * padded(times.departures);
        let searches = (search, around, range, access);
        match &mut times.values {
            Values::Short(values) => {
                values.clear();
                values.resize(count, i16::MAX);
                if let Some(origin) = origin {
                    self.fill(searches, origin, short, values);
                }
            }
            Values::Long(values) => {
                values.clear();
                values.resize(count, i32::MAX);
                if let Some(origin) = origin {
                    self.fill(searches, origin, long, values);
                }
            }
        }
    }

    fn fill<T: Lane>(
        &self,
        (search, around, range, access): (&mut Search, &mut Around, &mut RangeSearch, &mut Vec<Access>),
        origin: &Snap,
        rows: &mut Rows<T>,
        values: &mut [T],
    ) {
        let (travel, streets) = (&self.travel, &*self.network.streets);
        let direction = if travel.window.arrive_by { Direction::To } else { Direction::From };
        let (direct_limit, access_limit) =
            (travel.max_direct.min(travel.max_time), travel.max_access.min(travel.max_time));
        let farthest = if travel.transit { direct_limit.max(access_limit) } else { direct_limit };
        search.run(streets, self.profile, origin, direction, self.cost(farthest));
        let lanes = padded(travel.window.count as usize);
        self.near_destinations.around(self.profile, search, origin, direction, self.cost(direct_limit), around);
        for &(destination, cost) in &around.found {
            values[destination as usize * lanes..][..lanes].fill(T::of(self.seconds(cost)));
        }
        if !travel.transit {
            return;
        }
        self.near_stops.around(self.profile, search, origin, direction, self.cost(access_limit), around);
        access.clear();
        access.extend(around.found.iter().map(|&(stop, cost)| Access { stop, seconds: self.seconds(cost) }));
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

    /// The cost, in the unit of the profile, of so many seconds.
    fn cost(&self, seconds: u32) -> Cost {
        let unit = if self.profile.mode() == Mode::Walk { 1000.0 * self.travel.walk_speed } else { 1000.0 };
        (f64::from(seconds) * unit).min(f64::from(MOST)) as Cost
    }

    fn seconds(&self, cost: Cost) -> u32 {
        if self.profile.mode() == Mode::Walk { seconds(cost, self.travel.walk_speed) } else { cost / 1000 }
    }
}

/// From which stops destinations are walked to.
fn egress(network: &Network, destinations: &Points, travel: &Travel, direction: Direction) -> Egress {
    let (streets, walk) = (&*network.streets, &*network.walk);
    let longest = travel.max_egress.min(travel.max_time);
    let limit = travel.egress_distance.min(f64::from(longest) * travel.walk_speed) * 1000.0;
    let limit = limit.min(f64::from(MOST)) as Cost;
    let linked = |snaps: &[Option<Snap>]| snaps.iter().flatten().count();
    let from_stops = linked(&network.stops.snaps) < linked(&destinations.snaps);
    // From the side with fewer points; walking goes from the stop, or to it when the timetable is turned.
    let (starts, ends) = if from_stops { (&*network.stops, destinations) } else { (destinations, &*network.stops) };
    let turned = match direction {
        Direction::From => Direction::To,
        Direction::To => Direction::From,
    };
    let direction = if from_stops { direction } else { turned };
    let places = Places::new(streets, walk, &ends.snaps, direction, 1000.0);
    let around = |(search, around): &mut (Search, Around), (start, snap): (usize, &Option<Snap>)| {
        let Some(snap) = snap else { return Vec::new() };
        search.run(streets, walk, snap, direction, limit);
        places.around(walk, search, snap, direction, limit, around);
        let pair = |&(end, cost): &(u32, Cost)| {
            let (destination, stop) = if from_stops { (end, start as u32) } else { (start as u32, end) };
            (destination, seconds(cost, travel.walk_speed), stop)
        };
        around.found.iter().map(pair).filter(|pair| pair.1 < u32::from(u16::MAX)).collect()
    };
    let rows: Vec<Vec<(u32, u32, u32)>> = starts
        .snaps
        .par_iter()
        .enumerate()
        .with_min_len(64)
        .map_init(|| (Search::new(streets), Around::default()), around)
        .collect();
    let mut pairs = rows.concat();
    pairs.sort_unstable();
    let mut egress = Egress { start: vec![0; destinations.len() + 1], ..Egress::default() };
    for (destination, ..) in &pairs {
        egress.start[*destination as usize + 1] += 1;
    }
    for at in 1..egress.start.len() {
        egress.start[at] += egress.start[at - 1];
    }
    egress.stops = pairs.iter().map(|pair| pair.2).collect();
    egress.seconds = pairs.iter().map(|pair| pair.1 as u16).collect();
    egress
}
