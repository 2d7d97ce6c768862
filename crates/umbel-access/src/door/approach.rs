//! Ways over streets between the points of a journey and its stops, by one mode or the best of several.
//!
//! The first mile, from where a journey begins to its first stop, is gone by any of the modes given; the last one, from the
//! last stop, on foot. Searches begin at the places left, or at those arrived at for a window of arrivals: the first mile
//! is then looked for from the other side.

use super::gates::Through;
use super::network::{Network, seconds};
use super::places::{Around, Places};
use super::points::Points;
use super::travel::Travel;
use crate::raptor::Access;
use crate::streets::{Cost, Direction, MOST, Mode, Profile, Search, Snap, Streets};
use rayon::prelude::*;

/// One way of going, and the limits it has.
#[derive(Debug)]
struct Way<'a> {
    profile: &'a Profile,
    /// Where the points it is searched from are joined.
    starts: Vec<Option<Snap>>,
    /// Stops found, how far over streets, and within how many seconds in all.
    stops: Option<(Places, Cost, u32)>,
    /// Points at the other end found without any vehicle, and how far.
    direct: Option<(Places, Cost)>,
}

/// What is found from each origin by street: stops, and destinations that no vehicle is needed for.
#[derive(Debug)]
pub(super) struct Approach<'a> {
    ways: Vec<Way<'a>>,
    direction: Direction,
    walk_speed: f64,
    step_free: bool,
}

/// From which stops each destination is gone to by street: nearest first.
#[derive(Debug, Default)]
pub(super) struct Egress {
    pub start: Vec<u32>,
    pub stops: Vec<u32>,
    pub seconds: Vec<u16>,
}

/// Origins, or destinations, joined to the streets of each mode.
#[derive(Debug)]
struct Joined<'a> {
    profile: &'a Profile,
    points: Points,
}

fn joined<'a>(streets: &Streets, profiles: &[&'a Profile], points: &[[f64; 2]], radius: f64) -> Vec<Joined<'a>> {
    let one = |&profile| Joined { profile, points: Points::new(streets, profile, points, radius) };
    profiles.iter().map(one).collect()
}

/// How points are joined by the best of several modes: the nearest street that one can take counts.
fn nearest(all: Vec<Joined>) -> Points {
    let mut all = all.into_iter().map(|joined| joined.points);
    let mut points = all.next().unwrap_or_default();
    for other in all {
        for (own, other) in points.snaps.iter_mut().zip(other.snaps) {
            let nearer = other.is_some_and(|other| own.is_none_or(|own| other.distance < own.distance));
            *own = if nearer { other } else { *own };
        }
        for (own, other) in points.distances.iter_mut().zip(other.distances) {
            *own = match (*own, other) {
                (Some(own), Some(other)) => Some(own.min(other)),
                (own, other) => own.or(other),
            };
        }
    }
    points
}

/// Thousandths of a profile's unit that a metre off the street costs.
fn leg(profile: &Profile, walk_speed: f64) -> f64 {
    if profile.mode() == Mode::Walk { 1000.0 } else { 1000.0 / walk_speed }
}

/// The cost, in the unit of a profile, of so many seconds.
fn cost(profile: &Profile, walk_speed: f64, seconds: u32) -> Cost {
    let unit = if profile.mode() == Mode::Walk { 1000.0 * walk_speed } else { 1000.0 };
    (f64::from(seconds) * unit).min(f64::from(MOST)) as Cost
}

fn seconds_of(profile: &Profile, walk_speed: f64, cost: Cost) -> u32 {
    if profile.mode() == Mode::Walk { seconds(cost, walk_speed) } else { cost / 1000 }
}

/// How the stations around the points searched from are gone through.
fn passed(direction: Direction) -> Through {
    match direction {
        Direction::From => Through::In,
        Direction::To => Through::Out,
    }
}

/// How those around the points at the other end are.
fn turned_passage(direction: Direction) -> Through {
    passed(turned(direction))
}

fn turned(direction: Direction) -> Direction {
    match direction {
        Direction::From => Direction::To,
        Direction::To => Direction::From,
    }
}

impl<'a> Approach<'a> {
    /// Joins points to the streets: `profiles` are those of the first mile, and of ways without any vehicle. Also gives
    /// the walks (or rides) at the other end, and how origins and destinations are joined.
    pub(super) fn new(
        network: &'a Network,
        profiles: &[&'a Profile],
        (origins, destinations): (&[[f64; 2]], &[[f64; 2]]),
        radius: f64,
        travel: &Travel,
    ) -> (Approach<'a>, Egress, Points, Points) {
        let (streets, speed) = (&*network.streets, travel.walk_speed);
        let arrive_by = travel.window.arrive_by;
        let direction = if arrive_by { Direction::To } else { Direction::From };
        let last_mile: &'a Profile = &network.walk;
        // The first mile, direct ways, and the last mile, each with its limit.
        let (first_most, last_most) = (travel.max_access.min(travel.max_time), travel.max_egress.min(travel.max_time));
        let first = |profile: &Profile| cost(profile, speed, first_most);
        let all_the_way = |profile: &Profile| {
            // Who drives to a vehicle parks there; to drive all the way is another journey.
            let counts = !travel.transit || profile.mode() != Mode::Car;
            counts.then(|| cost(profile, speed, travel.max_direct.min(travel.max_time)))
        };
        let last = |profile: &Profile| {
            let distance = (travel.egress_distance * 1000.0).min(f64::from(MOST)) as Cost;
            cost(profile, speed, last_most).min(distance)
        };
        let from = joined(streets, profiles, origins, radius);
        let to = joined(streets, profiles, destinations, radius);
        let found = |profile: &Profile, snaps: &[Option<Snap>]| {
            Places::new(streets, profile, snaps, direction, leg(profile, speed))
        };
        let mut ways: Vec<Way> = Vec::new();
        for (from, to) in from.iter().zip(&to) {
            let profile = from.profile;
            let stops = (travel.transit && !arrive_by)
                .then(|| (found(profile, &network.stops_by(profile)), first(profile), first_most));
            let direct = all_the_way(profile).map(|limit| (found(profile, &to.points.snaps), limit));
            ways.push(Way { profile, starts: from.points.snaps.clone(), stops, direct });
        }
        if travel.transit && arrive_by {
            let stops = Some((found(last_mile, &network.stops.snaps), last(last_mile), last_most));
            match ways.iter_mut().find(|way| std::ptr::eq(way.profile, last_mile)) {
                Some(way) => way.stops = stops,
                None => {
                    let starts = Points::new(streets, last_mile, origins, radius).snaps;
                    ways.push(Way { profile: last_mile, starts, stops, direct: None });
                }
            }
        }
        let mut pairs = Vec::new();
        let mut ends = Vec::new();
        if travel.transit && arrive_by {
            for joined in &to {
                let stops = network.stops_by(joined.profile);
                let limit = (first(joined.profile), first_most);
                pairs.extend(between(
                    network,
                    joined.profile,
                    &stops,
                    &joined.points.snaps,
                    (direction, limit),
                    travel,
                ));
            }
        } else if travel.transit {
            let walking = to.iter().find(|joined| std::ptr::eq(joined.profile, last_mile));
            if walking.is_none() {
                ends = joined(streets, &[last_mile], destinations, radius);
            }
            if let Some(Joined { points, .. }) = walking.or(ends.first()) {
                let (stops, limit) = (&network.stops.snaps, (last(last_mile), last_most));
                pairs = between(network, last_mile, stops, &points.snaps, (direction, limit), travel);
            }
        }
        let egress = Egress::of(destinations.len(), pairs, profiles.len() > 1 || !network.gates().is_empty());
        ends.extend(to);
        let approach = Approach { ways, direction, walk_speed: speed, step_free: travel.wheelchair };
        (approach, egress, nearest(from), nearest(ends))
    }

    /// The stops found from an origin, each once in ascending order, and through `direct` the seconds to destinations that
    /// no vehicle is needed for; a destination may come once a mode.
    pub(super) fn of(
        &self,
        network: &Network,
        origin: usize,
        (search, around): (&mut Search, &mut Around),
        access: &mut Vec<Access>,
        mut direct: impl FnMut(u32, u32),
    ) {
        access.clear();
        let (gates, through) = (network.gates(), passed(self.direction));
        for way in &self.ways {
            let Some(start) = way.starts[origin].as_ref() else { continue };
            let to_stops = way.stops.as_ref().map_or(0, |&(_, limit, _)| limit);
            let all_the_way = way.direct.as_ref().map_or(0, |&(_, limit)| limit);
            search.run(&network.streets, way.profile, start, self.direction, to_stops.max(all_the_way));
            if let Some((places, limit)) = &way.direct {
                places.around(way.profile, search, start, self.direction, *limit, around);
                let seconds = |cost| seconds_of(way.profile, self.walk_speed, cost);
                around.found.iter().for_each(|&(destination, cost)| direct(destination, seconds(cost)));
            }
            if let Some((places, limit, most)) = &way.stops {
                places.around(way.profile, search, start, self.direction, *limit, around);
                let seconds = |cost| seconds_of(way.profile, self.walk_speed, cost);
                let found = around.found.iter().map(|&(stop, cost)| Access { stop, seconds: seconds(cost) });
                if gates.is_empty() {
                    access.extend(found);
                } else {
                    let mut found = found.collect();
                    gates.pass(&mut found, through, self.step_free, *most);
                    access.append(&mut found);
                }
            }
        }
        if self.ways.len() > 1 {
            access.sort_unstable_by_key(|access| (access.stop, access.seconds));
            access.dedup_by_key(|access| access.stop);
        }
    }
}

/// Destination, seconds and stop of each way between the two within a limit.
fn between(
    network: &Network,
    profile: &Profile,
    stops: &[Option<Snap>],
    destinations: &[Option<Snap>],
    (direction, (limit, most)): (Direction, (Cost, u32)),
    travel: &Travel,
) -> Vec<(u32, u32, u32)> {
    let speed = travel.walk_speed;
    let streets = &*network.streets;
    let count = |snaps: &[Option<Snap>]| snaps.iter().flatten().count();
    let from_stops = count(stops) < count(destinations);
    // At the end where the timetable was got off, or boarded when it is turned.
    let through = turned_passage(direction);
    // From the side with fewer points; the way goes from the stop, or to it when the timetable is turned.
    let (starts, ends) = if from_stops { (stops, destinations) } else { (destinations, stops) };
    let direction = if from_stops { direction } else { turned(direction) };
    let places = Places::new(streets, profile, ends, direction, leg(profile, speed));
    let around = |(search, around): &mut (Search, Around), (start, snap): (usize, &Option<Snap>)| {
        let Some(snap) = snap else { return Vec::new() };
        search.run(streets, profile, snap, direction, limit);
        places.around(profile, search, snap, direction, limit, around);
        let pair = |&(end, cost): &(u32, Cost)| {
            let (destination, stop) = if from_stops { (end, start as u32) } else { (start as u32, end) };
            (destination, seconds_of(profile, speed, cost), stop)
        };
        around.found.iter().map(pair).filter(|pair| pair.1 < u32::from(u16::MAX)).collect()
    };
    let rows: Vec<Vec<(u32, u32, u32)>> = starts
        .par_iter()
        .enumerate()
        .with_min_len(64)
        .map_init(|| (Search::new(streets), Around::default()), around)
        .collect();
    let gates = network.gates();
    if gates.is_empty() {
        return rows.concat();
    }
    let stops = |&(destination, seconds, place): &(u32, u32, u32)| {
        let stops = gates.of(place, through, travel.wheelchair);
        stops.map(move |(stop, more)| (destination, seconds.saturating_add(more), stop))
    };
    rows.iter().flatten().flat_map(stops).filter(|pair| pair.1 <= most && pair.1 < u32::from(u16::MAX)).collect()
}

impl Egress {
    /// Destination, seconds and stop of each way.
    pub(super) fn walks(&self) -> impl Iterator<Item = (u32, u16, u32)> + Clone + '_ {
        self.start.windows(2).enumerate().flat_map(|(destination, range)| {
            let range = range[0] as usize..range[1] as usize;
            let walks = self.seconds[range.clone()].iter().zip(&self.stops[range]);
            walks.map(move |(&seconds, &stop)| (destination as u32, seconds, stop))
        })
    }

    /// Of ways between destinations and stops, several of a pair where there are `several` modes.
    fn of(destinations: usize, mut pairs: Vec<(u32, u32, u32)>, several: bool) -> Egress {
        if several {
            pairs.sort_unstable_by_key(|&(destination, seconds, stop)| (destination, stop, seconds));
            pairs.dedup_by_key(|pair| (pair.0, pair.2));
        }
        pairs.sort_unstable();
        let mut egress = Egress { start: vec![0; destinations + 1], ..Egress::default() };
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
}
