//! Profiles: what each segment costs in a mode, in either direction.
//!
//! All costs are whole numbers of **thousandths**: millimetres on foot, so that seconds at any walking speed are a scale
//! of them, and milliseconds by bicycle and car. Sums of whole numbers do not depend on their order.

use crate::Error;
use crate::streets::edit::Added;
use crate::streets::graph::Streets;
use crate::streets::input::{Mode, Passage};
use crate::streets::islands::{components, small};
use crate::streets::snap::Snap;

/// Thousandths of a metre (on foot) or of a second (by bicycle and car).
pub type Cost = u32;

/// Most that a way can cost: 1,073 km on foot, 12 days otherwise. What costs more is not reached.
pub const MOST: Cost = (1 << 30) - 2;

/// The cost of a direction that is closed.
pub const CLOSED: Cost = Cost::MAX;

/// Components of fewer junctions are removed by R5 (v6.9, `TarjanIslandPruner`), as they mostly are streets cut off by
/// an error of drawing.
pub const SMALL_ISLAND: u32 = 40;

/// Components of fewer junctions are not joined to by car: OSRM (`osrm-extract --small-component-size`) passes over those
/// of fewer than 1,000 nodes, as streets behind gates and one-way streets cut at the edge of an extract make larger
/// islands for cars than drawing does on foot.
pub const SMALL_ISLAND_FOR_CARS: u32 = 1000;

/// Whether ways lead from a point or to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the point to everywhere.
    From,
    /// From everywhere to the point.
    To,
}

/// What a profile takes into account besides the mode. The default changes nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct ProfileOptions {
    /// Points are not joined to components of fewer junctions than this, unless the network has no larger one
    /// ([`SMALL_ISLAND`] for OSM extracts). Components are strong: each of
    /// their junctions can be reached from each other by the mode.
    pub smallest_island: u32,
    /// Factor of the speed by bicycle or car for each class of road; empty = 1 for all.
    pub class_factors: Vec<f64>,
    /// Factors of the speed by bicycle or car by hour of the day, one row a class of road, or one for all; empty = 1.
    pub hourly_factors: Vec<[f64; 24]>,
    /// Hour of the day to take from `hourly_factors`. The speeds of this hour hold for the whole way.
    pub hour: u8,
    /// Height of each junction of the input in metres: on foot, slopes then cost what Tobler's function says. Empty =
    /// flat.
    pub elevation: Vec<f32>,
}

impl Default for ProfileOptions {
    fn default() -> ProfileOptions {
        ProfileOptions {
            smallest_island: 1,
            class_factors: Vec::new(),
            hourly_factors: Vec::new(),
            hour: 0,
            elevation: Vec::new(),
        }
    }
}

/// A way out of a junction (or into it): the junction at its other end, and the cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arc {
    pub head: u32,
    pub cost: Cost,
}

/// The open arcs at each junction.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arcs {
    start: Vec<u32>,
    arcs: Vec<Arc>,
}

impl Arcs {
    fn new(junctions: usize, list: &[(u32, Arc)]) -> Arcs {
        let (start, order) = crate::streets::graph::grouped(junctions, list.iter().map(|&(tail, _)| tail));
        Arcs { start, arcs: order.into_iter().map(|at| list[at as usize].1).collect() }
    }

    #[inline]
    pub fn at(&self, junction: u32) -> &[Arc] {
        let junction = junction as usize;
        &self.arcs[self.start[junction] as usize..self.start[junction + 1] as usize]
    }
}

/// The costs of a mode, made by [`Streets::profile`]. Immutable, to be shared by threads.
#[derive(Clone, Debug)]
pub struct Profile {
    pub(crate) mode: Mode,
    /// Cost of each segment along its length, from start to end and from end to start.
    pub(crate) travel: Vec<[Cost; 2]>,
    /// Cost at the end of each direction; empty = none.
    pub(crate) delay: Vec<[Cost; 2]>,
    /// Whether points can be joined to each segment.
    pub(crate) joinable: Vec<bool>,
    pub(crate) added: Added,
    pub(crate) smallest_island: u32,
    leaving: Arcs,
    /// None where it equals `leaving`.
    entering: Option<Arcs>,
    longest: Cost,
    mean: Cost,
}

/// Walking speed by Tobler's function relative to that on the flat, the other way up: metres on the flat that take as
/// long as a metre at this slope.
///
/// Source: Tobler, Three presentations on geographical analysis and modeling, NCGIA report 93-1, 1993: speed in km/h =
/// 6 exp(-3.5 |slope + 0.05|).
pub fn tobler(slope: f64) -> f64 {
    (3.5 * ((slope + 0.05).abs() - 0.05)).exp()
}

fn thousandths(amount: f64) -> Cost {
    let rounded = (amount * 1000.0).round();
    if rounded <= f64::from(MOST) { rounded as Cost } else { CLOSED }
}

/// A share of a cost.
#[inline]
pub(crate) fn part(cost: Cost, share: f64) -> Cost {
    (f64::from(cost) * share).round() as Cost
}

/// A cost times a factor; what is closed stays closed.
pub(crate) fn slowed(cost: Cost, times: f64) -> Cost {
    if cost == CLOSED { CLOSED } else { thousandths(f64::from(cost) / 1000.0 * times) }
}

/// Cost of a direction of a mode: along the length, and at the end.
pub(crate) fn cost_of(mode: Mode, passage: &Passage, length: f64, factor: f64) -> (Cost, Cost) {
    let timed = |speed: f32| {
        let speed = f64::from(speed) * factor / 3.6;
        if speed > 0.0 { thousandths(length / speed) } else { CLOSED }
    };
    match mode {
        Mode::Walk if passage.walk => (thousandths(length), 0),
        Mode::Walk => (CLOSED, 0),
        Mode::Bike => (timed(passage.bike_speed), 0),
        Mode::Car => (timed(passage.car_speed), thousandths(f64::from(passage.car_delay)).min(MOST)),
    }
}

impl ProfileOptions {
    fn check(&self, streets: &Streets) -> Result<(), Error> {
        let wrong = |parameter, message| Err(Error::Parameter { parameter, message });
        let classes = streets.classes().len();
        let positive = |factor: &f64| *factor > 0.0 && *factor <= 1000.0;
        if !self.class_factors.is_empty() && self.class_factors.len() != classes {
            let message = format!("has {} factors for {classes} classes of road", self.class_factors.len());
            return wrong("class_factors", message);
        }
        if let Some(factor) = self.class_factors.iter().find(|factor| !positive(factor)) {
            return wrong("class_factors", format!("{factor} is not a factor above 0 and up to 1,000"));
        }
        if self.hourly_factors.len() > 1 && self.hourly_factors.len() != classes {
            let message = format!(
                "has {} rows for {classes} classes of road: give one a class, or one for all",
                self.hourly_factors.len()
            );
            return wrong("hourly_factors", message);
        }
        if let Some(factor) = self.hourly_factors.iter().flatten().find(|factor| !positive(factor)) {
            return wrong("hourly_factors", format!("{factor} is not a factor above 0 and up to 1,000"));
        }
        if self.hour > 23 {
            return wrong("hour", format!("{} is not an hour from 0 to 23", self.hour));
        }
        if !self.elevation.is_empty() && self.elevation.len() != streets.junction_count() {
            let message = format!("has {} heights for {} junctions", self.elevation.len(), streets.junction_count());
            return wrong("elevation", message);
        }
        if let Some(height) = self.elevation.iter().find(|height| !(-1e4..=1e4).contains(*height)) {
            return wrong("elevation", format!("{height} is not a height between -10,000 and 10,000 m"));
        }
        Ok(())
    }

    /// The factor of the speed by vehicle on a class of road.
    fn factor(&self, class: u16) -> f64 {
        let class = class as usize;
        let hourly = match self.hourly_factors.len() {
            0 => 1.0,
            1 => self.hourly_factors[0][self.hour as usize],
            _ => self.hourly_factors[class][self.hour as usize],
        };
        self.class_factors.get(class).copied().unwrap_or(1.0) * hourly
    }
}

impl Streets {
    /// The costs of a mode.
    ///
    /// On foot a segment costs its length (by slope, where heights are given: [`tobler`]); by bicycle and car its length
    /// over its speed times the factors, and a car also loses the delay at the end of the direction. What would cost
    /// more than [`MOST`] is closed.
    ///
    /// # Errors
    /// [`Error::Parameter`] when factors or heights do not fit the streets.
    ///
    /// # Cost
    /// Linear: about 30 ns a segment; 16 to 40 bytes of memory a segment.
    pub fn profile(&self, mode: Mode, options: &ProfileOptions) -> Result<Profile, Error> {
        options.check(self)?;
        let mut travel = Vec::with_capacity(self.segments.len());
        let mut delay = Vec::new();
        let delayed = |passage: &Passage| mode == Mode::Car && passage.car_delay > 0.0;
        let any_delay = self.segments.iter().any(|segment| delayed(&segment.forward) || delayed(&segment.backward));
        for segment in &self.segments {
            let factor = options.factor(segment.class);
            let mut lengths = [segment.length; 2];
            if mode == Mode::Walk && !options.elevation.is_empty() && segment.length > 0.0 {
                let height = |junction: u32| f64::from(options.elevation[self.input_of_junction(junction) as usize]);
                let slope = (height(segment.to) - height(segment.from)) / segment.length;
                lengths = [segment.length * tobler(slope), segment.length * tobler(-slope)];
            }
            let forward = cost_of(mode, &segment.forward, lengths[0], factor);
            let backward = cost_of(mode, &segment.backward, lengths[1], factor);
            travel.push([forward.0, backward.0]);
            if any_delay {
                delay.push([forward.1, backward.1]);
            }
        }
        Ok(Profile::from_costs(self, mode, travel, delay, Added::default(), options.smallest_island))
    }
}

impl Profile {
    /// Joins costs to arcs; `travel` and `delay` hold the segments of the streets, then those added.
    pub(crate) fn from_costs(
        streets: &Streets,
        mode: Mode,
        travel: Vec<[Cost; 2]>,
        delay: Vec<[Cost; 2]>,
        added: Added,
        smallest_island: u32,
    ) -> Profile {
        let mut profile = Profile {
            mode,
            joinable: travel.iter().map(|&costs| costs != [CLOSED; 2]).collect(),
            travel,
            delay,
            added,
            smallest_island,
            leaving: Arcs::default(),
            entering: None,
            longest: 0,
            mean: 1,
        };
        streets.apart.iter().for_each(|&segment| profile.joinable[segment as usize] = false);
        profile.join(streets);
        profile
    }

    fn join(&mut self, streets: &Streets) {
        let mut leaving = Vec::with_capacity(2 * self.travel.len());
        let mut symmetric = true;
        for segment in 0..self.travel.len() as u32 {
            let [forward, backward] = self.travel[segment as usize];
            let delay = self.delay_of(segment);
            symmetric &= forward == backward && delay[0] == delay[1];
            let whole = 1.0;
            let mut last = (0.0, self.ends(streets, segment).0);
            let stops = self.added.stops_on(segment).iter().copied();
            for (share, junction) in stops.chain([(whole, self.ends(streets, segment).1)]) {
                if junction != last.1 {
                    let end = |at_end: bool, delay: Cost| if at_end { delay } else { 0 };
                    if forward != CLOSED {
                        let cost = (part(forward, share - last.0) + end(share == whole, delay[0])).min(MOST);
                        leaving.push((last.1, Arc { head: junction, cost }));
                    }
                    if backward != CLOSED {
                        let cost = (part(backward, share - last.0) + end(last.0 == 0.0, delay[1])).min(MOST);
                        leaving.push((junction, Arc { head: last.1, cost }));
                    }
                }
                last = (share, junction);
            }
        }
        let junctions = self.junction_count(streets);
        self.longest = leaving.iter().map(|(_, arc)| arc.cost).max().unwrap_or(0);
        let total: u64 = leaving.iter().map(|(_, arc)| u64::from(arc.cost)).sum();
        self.mean = (total / leaving.len().max(1) as u64) as Cost;
        self.entering = (!symmetric).then(|| {
            let turned: Vec<(u32, Arc)> =
                leaving.iter().map(|&(tail, Arc { head, cost })| (head, Arc { head: tail, cost })).collect();
            Arcs::new(junctions, &turned)
        });
        self.leaving = Arcs::new(junctions, &leaving);
        if self.smallest_island > 1 {
            let component = components(junctions, |junction| self.leaving.at(junction).iter().map(|arc| arc.head));
            let dropped = small(&component, self.smallest_island);
            for segment in 0..self.travel.len() {
                let (from, to) = self.ends(streets, segment as u32);
                let dropped = |end: u32| dropped[component[end as usize] as usize];
                self.joinable[segment] &= !dropped(from) && !dropped(to);
            }
        }
    }

    /// The mode.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Number of junctions: those of the streets, and those added by edits.
    pub fn junction_count(&self, streets: &Streets) -> usize {
        streets.junction_count() + self.added.junctions.len()
    }

    /// Longitude and latitude of a junction, in degrees.
    pub(crate) fn point(&self, streets: &Streets, junction: u32) -> [f64; 2] {
        match streets.points.get(junction as usize) {
            Some(point) => *point,
            None => self.added.junctions[junction as usize - streets.points.len()],
        }
    }

    /// Cost along a segment from its start to its end and from its end to its start, without the delay at the end;
    /// [`CLOSED`] where it cannot be used.
    ///
    /// # Panics
    /// When there is no such segment.
    pub fn travel(&self, segment: u32) -> [Cost; 2] {
        self.travel[segment as usize]
    }

    /// Whether points can be joined to a segment: it is open in a direction, no part of a small island, and not
    /// [apart](crate::streets::StreetInput::apart).
    ///
    /// # Panics
    /// When there is no such segment.
    pub fn is_joinable(&self, segment: u32) -> bool {
        self.joinable[segment as usize]
    }

    #[inline]
    pub(crate) fn delay_of(&self, segment: u32) -> [Cost; 2] {
        self.delay.get(segment as usize).copied().unwrap_or([0; 2])
    }

    /// Number of segments: those of the streets, and those added by edits.
    pub(crate) fn segment_count(&self, streets: &Streets) -> usize {
        streets.segment_count() + self.added.roads.len()
    }

    /// The points of a segment from its start to its end, in degrees.
    pub(crate) fn line(&self, streets: &Streets, segment: u32, line: &mut Vec<[f64; 2]>) {
        line.clear();
        match self.added.roads.get((segment as usize).wrapping_sub(streets.segments.len())) {
            Some(road) => line.extend(&road.line),
            None => line.extend(streets.line(segment)),
        }
    }

    /// Junctions at the start and at the end of a segment.
    #[inline]
    pub(crate) fn ends(&self, streets: &Streets, segment: u32) -> (u32, u32) {
        match streets.segments.get(segment as usize) {
            Some(segment) => (segment.from, segment.to),
            None => self.added.roads[segment as usize - streets.segments.len()].ends,
        }
    }

    /// Arcs out of each junction, or into it.
    #[inline]
    pub(crate) fn arcs(&self, direction: Direction) -> &Arcs {
        match direction {
            Direction::From => &self.leaving,
            Direction::To => self.entering.as_ref().unwrap_or(&self.leaving),
        }
    }

    /// The cost of the costliest arc, and of the mean one.
    pub(crate) fn arc_costs(&self) -> (Cost, Cost) {
        (self.longest, self.mean)
    }

    /// The junctions beside a point on a segment, and the cost from the point to each (or from each to the point). A
    /// point at a junction is there, whatever is open on the segment.
    pub(crate) fn beside(&self, streets: &Streets, snap: &Snap, direction: Direction) -> [Option<(u32, Cost)>; 2] {
        let [forward, backward] = self.travel[snap.segment as usize];
        let delay = self.delay_of(snap.segment);
        let (from, to) = self.ends(streets, snap.segment);
        let (mut before, mut after) = ((0.0, from), (1.0, to));
        for &(share, junction) in self.added.stops_on(snap.segment) {
            if share <= snap.fraction {
                before = (share, junction);
            } else {
                after = (share, junction);
                break;
            }
        }
        for (share, junction) in [before, after] {
            if share == snap.fraction {
                return [Some((junction, 0)), None];
            }
        }
        let whole = |at_end: bool, delay: Cost| if at_end { delay } else { 0 };
        let way = |cost: Cost, share: f64, delay: Cost, junction: u32| {
            (cost != CLOSED).then(|| (junction, (part(cost, share) + delay).min(MOST)))
        };
        let (back, ahead) = (snap.fraction - before.0, after.0 - snap.fraction);
        match direction {
            Direction::From => [
                way(backward, back, whole(before.0 == 0.0, delay[1]), before.1),
                way(forward, ahead, whole(after.0 == 1.0, delay[0]), after.1),
            ],
            Direction::To => [way(forward, back, 0, before.1), way(backward, ahead, 0, after.1)],
        }
    }

    /// Cost along the segment from one point to another on it, if they are on one, neither is at its ends, and its
    /// direction is open.
    pub(crate) fn along(&self, from: &Snap, to: &Snap) -> Option<Cost> {
        if from.segment != to.segment {
            return None;
        }
        let [forward, backward] = self.travel[from.segment as usize];
        let share = to.fraction - from.fraction;
        if share == 0.0 {
            return Some(0);
        }
        let inside = |snap: &Snap| snap.fraction > 0.0 && snap.fraction < 1.0;
        if !inside(from) || !inside(to) {
            return None;
        }
        let cost = if share > 0.0 { forward } else { backward };
        (cost != CLOSED).then(|| part(cost, share.abs()))
    }
}
