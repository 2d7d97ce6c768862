//! Travel over a network from many points to many: rows of times, one origin after the other.

use super::network::{Kept, Network};
use super::points::Sites;
use super::rows::in_order;
use super::scenario::OfTimetable;
use super::snaps::Snaps;
use super::trip::{Frequencies, TravelMode, Trip};
use rustc_hash::FxHashMap;
use std::sync::Arc;
use umbel_access::Seconds;
use umbel_access::door::{self, Journeys, LinkOptions, Times, Window};
use umbel_access::raptor;
use umbel_access::streets::hierarchy::{Hierarchy, LANES, Order, Skeleton};
use umbel_access::streets::{
    CLOSED, Cost, Mode, Profile, ProfileOptions, SMALL_ISLAND, SMALL_ISLAND_FOR_CARS, Snap, Streets,
};
use umbel_access::timetable::{TimetableInput, VehicleFilter};

/// Origins from which a hierarchy of the streets is quicker to make and sweep than to search from each.
const MANY: usize = 256;
/// Most origins swept together, and most pairs, so that memory does not grow with origins.
const BLOCK: (usize, usize) = (512, 1 << 22);

/// A network joined for a trip: the streets with what they cost, and the stops on them.
#[derive(Debug)]
pub struct Linked {
    pub(super) streets: Arc<Streets>,
    /// Whether there are no streets, and people walk in straight lines.
    pub(super) straight: bool,
    /// Streets, walking and timetable, where people walk or ride.
    pub(super) door: Option<door::Network>,
    /// How stops are reached, or the way goes, by bicycle.
    pub(super) bike: Option<Profile>,
    /// The same by car; who rides vehicles too leaves it at the first stop.
    pub(super) car: Option<Profile>,
    pub(super) trip: Trip,
}

impl Linked {
    /// The modes of the first mile, or of the way on foot and by bicycle where nothing is ridden: those of the trip that go
    /// over streets, and on foot where it names none.
    pub(super) fn first_mile<'l>(&'l self, door: &'l door::Network) -> Vec<&'l Profile> {
        let car = self.car.as_ref().filter(|_| self.trip.rides());
        let others: Vec<&Profile> = self.bike.iter().chain(car).collect();
        let walk = (self.trip.has(TravelMode::Walk) || others.is_empty()).then_some(&*door.walk);
        walk.into_iter().chain(others).collect()
    }
}

impl Linked {
    /// Joins a network for a trip between points. Without streets people walk in straight lines: `origins` and `destinations`
    /// are joined to the stops around.
    ///
    /// # Errors
    /// A sentence when the network has not what the trip needs.
    pub fn new(network: &Network, trip: &Trip, origins: Sites<'_>, destinations: Sites<'_>) -> Result<Linked, String> {
        let rides = trip.rides();
        if rides && network.service.is_none() {
            return Err(
                "the trip rides vehicles, but there is no timetable: name a feed, or leave transit out of the modes"
                    .to_owned(),
            );
        }
        if network.streets.is_none() && !rides {
            return Err(
                "the trip goes over streets, but there are none: name an extract or a table of links".to_owned()
            );
        }
        if network.streets.is_none() && trip.has(TravelMode::Car) {
            return Err("cars drive over streets, but there are none: name an extract or a table of links".to_owned());
        }
        let none = TimetableInput::default();
        let timetable = network.service.as_ref().filter(|_| rides).map_or(&none, |service| &service.input);
        let streets = match &network.streets {
            Some(streets) => Arc::clone(streets),
            None => Arc::new(super::straight::streets(timetable, origins, destinations, trip)?),
        };
        let hour = (trip.departure / 3600 % 24) as u8;
        let plain = |mode: Mode, factor: f64| -> Result<Profile, String> {
            let options = ProfileOptions {
                smallest_island: match mode {
                    _ if !network.from_extract => 1,
                    Mode::Car => SMALL_ISLAND_FOR_CARS,
                    Mode::Walk | Mode::Bike => SMALL_ISLAND,
                },
                class_factors: if factor == 1.0 { Vec::new() } else { vec![factor; streets.classes().len()] },
                hour,
                ..ProfileOptions::default()
            };
            streets.profile(mode, &options).map_err(|error| error.to_string())
        };
        // The profile with the edits of a scenario laid over it, where there are any.
        let edited = |profile: &Profile, mode: Mode| -> Result<Option<Profile>, String> {
            let Some((scenario, _)) = &network.scenario else { return Ok(None) };
            let told = |findings: Vec<umbel_core::Finding>| {
                let one = |f: &umbel_core::Finding| {
                    format!("{}:{}: {}. {}", f.location.file, f.location.line, f.message, f.fix)
                };
                findings.iter().map(one).collect::<Vec<_>>().join("\n")
            };
            let edits = scenario.of_streets(&streets, profile, mode).map_err(told)?;
            if edits.is_empty() {
                return Ok(None);
            }
            profile.edited(&streets, &edits).map(Some).map_err(|error| told(vec![scenario.refused(&error)]))
        };
        let profile = |mode: Mode, factor: f64| -> Result<Profile, String> {
            let plain = plain(mode, factor)?;
            Ok(edited(&plain, mode)?.unwrap_or(plain))
        };
        let on_foot = trip.has(TravelMode::Walk) || rides;
        let door = match on_foot || trip.has(TravelMode::Bike) {
            true => {
                let options = LinkOptions { transfer: trip.max_transfer, ..LinkOptions::default() };
                let join = |walk: Profile, kept: Option<&Kept>| {
                    let links = || door::Links::new(&streets, &walk, timetable, &options);
                    let links = match kept {
                        Some(kept) => kept.links(&options, hour, links),
                        None => links(),
                    };
                    let joined = links.and_then(|links| {
                        door::Network::linked(Arc::clone(&streets), Arc::new(walk), timetable, &options, links)
                    });
                    joined.map_err(|error| error.to_string())
                };
                let kept = network.kept.as_ref().filter(|_| rides);
                let as_read = network.door((trip.max_transfer, hour, rides), || join(plain(Mode::Walk, 1.0)?, kept))?;
                let joined = match edited(&as_read.walk, Mode::Walk)? {
                    Some(walk) => join(walk, None)?,
                    None => as_read,
                };
                Some(match &network.scenario {
                    Some((scenario, OfTimetable { edits })) if rides && !edits.is_empty() => {
                        let edited =
                            joined.timetable.edited(edits).map_err(|error| scenario.refused(&error).message)?;
                        joined.with_timetable(edited.0)
                    }
                    _ => joined,
                })
            }
            false => None,
        };
        let bike = trip.has(TravelMode::Bike).then(|| profile(Mode::Bike, trip.bike_factor)).transpose()?;
        let car = trip.has(TravelMode::Car).then(|| profile(Mode::Car, trip.car_factor)).transpose()?;
        Ok(Linked { streets, straight: network.streets.is_none(), door, bike, car, trip: trip.clone() })
    }
}

/// The rules of the engine that a trip means; `draw` is the number of the timetable drawn.
pub(super) fn rules(trip: &Trip, draw: u32) -> door::Travel {
    let rides = trip.rides();
    door::Travel {
        window: Window { first: trip.departure, count: trip.departures(), step: trip.step, arrive_by: trip.arrive_by },
        transit: rides,
        max_rides: trip.max_rides,
        max_time: trip.max_time,
        walk_speed: trip.walk_speed,
        max_access: trip.max_walk,
        max_direct: if rides { trip.max_walk } else { trip.max_time },
        max_egress: trip.max_walk,
        egress_distance: trip.max_egress,
        boarding_slack: trip.boarding_slack,
        vehicles: vehicles(trip),
        wheelchair: trip.wheelchair,
        frequencies: match trip.frequencies {
            Frequencies::HalfHeadway => raptor::Frequencies::HalfHeadway,
            Frequencies::Draws => raptor::Frequencies::Drawn { seed: trip.seed, draw, of: trip.draws },
        },
    }
}

/// The vehicles that a trip rides.
fn vehicles(trip: &Trip) -> VehicleFilter {
    if trip.has(TravelMode::Transit) {
        return VehicleFilter::ALL;
    }
    VehicleFilter::only(&trip.modes.iter().filter_map(|mode| mode.vehicle()).collect::<Vec<_>>())
}

/// Times of one origin that are the same at every departure: by car.
#[derive(Debug)]
struct Car<'l> {
    profile: &'l Profile,
    hierarchy: Option<Hierarchy>,
    from: Vec<Option<Snap>>,
    to: Vec<Option<Snap>>,
}

/// Journeys between points: made once, then asked row by row.
#[derive(Debug)]
pub struct Travel<'l> {
    linked: &'l Linked,
    /// One for each timetable drawn.
    journeys: Vec<Journeys<'l>>,
    car: Option<Car<'l>>,
    percentiles: Vec<f64>,
    origins: Snaps,
    destinations: Snaps,
    /// For each origin the destinations at the very same point.
    same: Vec<Vec<u32>>,
}

fn points(sites: Sites<'_>) -> Vec<[f64; 2]> {
    sites.longitude.iter().zip(sites.latitude).map(|(&longitude, &latitude)| [longitude, latitude]).collect()
}

impl<'l> Travel<'l> {
    /// Makes the journeys of a linked network ready.
    ///
    /// # Errors
    /// A sentence when the trip makes no sense.
    pub fn new(linked: &'l Linked, origins: Sites<'_>, destinations: Sites<'_>) -> Result<Travel<'l>, String> {
        let trip = &linked.trip;
        let mut travel = Travel {
            linked,
            journeys: Vec::new(),
            car: None,
            percentiles: trip.percentiles.iter().map(|&percentile| f64::from(percentile)).collect(),
            origins: Snaps::default(),
            destinations: Snaps::default(),
            same: same(origins, destinations),
        };
        // A window of arrivals is searched from the places arrived at.
        let (from, to) = if trip.arrive_by { (destinations, origins) } else { (origins, destinations) };
        let (from, to) = (points(from), points(to));
        if let Some(network) = &linked.door {
            let draws = if trip.rides() && trip.frequencies == Frequencies::Draws { trip.draws } else { 1 };
            for draw in 0..draws {
                let modes = linked.first_mile(network);
                let journeys = Journeys::by_any(network, &modes, &from, &to, trip.max_snap, &rules(trip, draw));
                travel.journeys.push(journeys.map_err(|error| error.to_string())?);
            }
        }
        for journeys in &travel.journeys {
            let (from, to) = (Snaps::from(&journeys.origins), Snaps::from(&journeys.destinations));
            let (from, to) = if trip.arrive_by { (to, from) } else { (from, to) };
            travel.origins.join(from);
            travel.destinations.join(to);
        }
        if let Some(profile) = linked.car.as_ref().filter(|_| !trip.rides()) {
            let radius = trip.max_snap;
            let from = Snaps::of(&linked.streets, profile, origins, radius);
            let to = Snaps::of(&linked.streets, profile, destinations, radius);
            let hierarchy = (origins.len() > MANY).then(|| hierarchy(&linked.streets, profile)).transpose()?;
            travel.car = Some(Car { profile, hierarchy, from: from.snaps.clone(), to: to.snaps.clone() });
            travel.origins.join(from);
            travel.destinations.join(to);
        }
        Ok(travel)
    }

    /// How the origins are joined to the network.
    pub fn origins(&self) -> &Snaps {
        &self.origins
    }

    /// How the destinations are.
    pub fn destinations(&self) -> &Snaps {
        &self.destinations
    }

    /// Computes the times of every origin, in order: those to each destination, percentile after percentile.
    ///
    /// Memory: the rows of some origins a thread. A window of arrivals is searched from the destinations and needs all rows.
    ///
    /// # Errors
    /// The first error of `sink`.
    pub fn rows<E>(&self, mut sink: impl FnMut(usize, &[Seconds]) -> Result<(), E>) -> Result<(), E> {
        let count = self.origins.all.len();
        let turned = if self.linked.trip.arrive_by && !self.journeys.is_empty() { Some(self.turned()) } else { None };
        let block = block(self.destinations.all.len());
        for first in (0..count).step_by(block) {
            let last = count.min(first + block);
            let driven = self.driven(first, last);
            let row = |at: usize| {
                let origin = first + at;
                let mut times = match &turned {
                    Some(turned) => self.of_turned(turned, origin),
                    None => self.ridden(origin),
                };
                if let Some(driven) = &driven {
                    let row = &driven[at * self.destinations.all.len()..][..self.destinations.all.len()];
                    self.take(&mut times, row);
                }
                for &same in &self.same[origin] {
                    times[same as usize * self.percentiles.len()..][..self.percentiles.len()].fill(Seconds::ZERO);
                }
                times
            };
            in_order(last - first, row, |at, row| sink(first + at, &row))?;
        }
        Ok(())
    }

    /// Takes up times that are the same at every departure.
    fn take(&self, times: &mut [Seconds], constant: &[Seconds]) {
        for (cells, &time) in times.chunks_exact_mut(self.percentiles.len()).zip(constant) {
            cells.iter_mut().for_each(|cell| *cell = (*cell).min(time));
        }
    }

    /// The times of an origin on foot, by bicycle and by vehicle.
    fn ridden(&self, origin: usize) -> Vec<Seconds> {
        let width = self.percentiles.len();
        match &self.journeys[..] {
            [] => vec![Seconds::UNREACHED; self.destinations.all.len() * width],
            [only] => only.of(origin, |_, times: &Times| times.percentiles(&self.percentiles)),
            several => self.over_draws(several, origin),
        }
    }

    /// Percentiles over all departures of all timetables drawn.
    fn over_draws(&self, draws: &[Journeys<'l>], origin: usize) -> Vec<Seconds> {
        let departures = self.linked.trip.departures() as usize;
        let destinations = draws[0].destinations.len();
        let count = departures * draws.len();
        let mut all = vec![Seconds::UNREACHED; destinations * count];
        for (number, draw) in draws.iter().enumerate() {
            let times = draw.of(origin, |_, times: &Times| {
                let mut copy = Vec::new();
                times.copy_to(&mut copy);
                copy
            });
            for (cells, row) in times.chunks_exact(departures).zip(all.chunks_exact_mut(count)) {
                row[number * departures..][..departures].copy_from_slice(cells);
            }
        }
        let ranks: Vec<usize> = self.percentiles.iter().map(|&percentile| door::rank(percentile, count)).collect();
        let mut out = Vec::with_capacity(destinations * ranks.len());
        for row in all.chunks_exact_mut(count) {
            row.sort_unstable();
            out.extend(ranks.iter().map(|&rank| row[rank]));
        }
        out
    }

    /// Of a window of arrivals: a row of times from every origin for each destination.
    fn turned(&self) -> Vec<Vec<Seconds>> {
        use rayon::prelude::*;
        (0..self.destinations.all.len()).into_par_iter().map(|destination| self.ridden(destination)).collect()
    }

    fn of_turned(&self, turned: &[Vec<Seconds>], origin: usize) -> Vec<Seconds> {
        let width = self.percentiles.len();
        turned.iter().flat_map(|row| row[origin * width..][..width].iter().copied()).collect()
    }

    /// Times by car from a block of origins: a row of destinations each.
    fn driven(&self, first: usize, last: usize) -> Option<Vec<Seconds>> {
        let car = self.car.as_ref()?;
        let (trip, from) = (&self.linked.trip, &car.from[first..last]);
        let costs: Vec<Cost> = match &car.hierarchy {
            Some(hierarchy) => hierarchy.table(&self.linked.streets, car.profile, from, &car.to),
            None => {
                let limit = trip.max_time.saturating_mul(1000);
                umbel_access::streets::table(&self.linked.streets, car.profile, from, &car.to, limit)
            }
        };
        let mut times = Vec::with_capacity(costs.len());
        for (row, from) in costs.chunks(car.to.len().max(1)).zip(from) {
            for (&cost, to) in row.iter().zip(&car.to) {
                let (Some(from), Some(to)) = (from, to) else {
                    times.push(Seconds::UNREACHED);
                    continue;
                };
                let walked = (from.distance + to.distance) / trip.walk_speed;
                let seconds = f64::from(cost) / 1000.0 + walked;
                let reached = cost != CLOSED && seconds < f64::from(trip.max_time) + 1.0;
                times.push(if reached { Seconds(seconds as u32) } else { Seconds::UNREACHED });
            }
        }
        Some(times)
    }
}

/// Origins swept together to so many destinations: whole groups of those that a sweep takes at once.
fn block(destinations: usize) -> usize {
    (BLOCK.1 / destinations.max(1)).clamp(LANES, BLOCK.0) / LANES * LANES
}

fn hierarchy(streets: &Streets, profile: &Profile) -> Result<Hierarchy, String> {
    let skeleton = Arc::new(Skeleton::new(&Order::new(streets, profile), streets, profile));
    Hierarchy::customise(&skeleton, streets, profile).map_err(|error| error.to_string())
}

/// For each origin the destinations at its very coordinates: nobody has to go anywhere, whatever the network says.
fn same(origins: Sites<'_>, destinations: Sites<'_>) -> Vec<Vec<u32>> {
    let key = |sites: Sites<'_>, at: usize| (sites.longitude[at].to_bits(), sites.latitude[at].to_bits());
    let mut at: FxHashMap<(u64, u64), Vec<u32>> = FxHashMap::default();
    (0..destinations.len()).for_each(|to| at.entry(key(destinations, to)).or_default().push(to as u32));
    (0..origins.len()).map(|from| at.get(&key(origins, from)).cloned().unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_hold_no_more_pairs_than_fit() {
        assert_eq!((block(0), block(1_000), block(100_000), block(10_000_000)), (512, 512, 32, 16));
    }
}
