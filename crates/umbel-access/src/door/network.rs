//! Streets, walking and a timetable, joined at the stops.

use crate::door::gates::{Gates, Through, order, seconds_of};
use crate::door::places::{Around, Places};
use crate::door::points::Points;
use crate::raptor::Access;
use crate::streets::{Cost, Direction, Mode, Profile, Search, Snap, Streets};
use crate::timetable::{TimetableInput, Transfer, Transfers};
use crate::{Error, Seconds, timetable::Timetable};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::sync::Arc;

/// How stops are joined to streets and to each other.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LinkOptions {
    /// How far from a street a stop may lie, in metres. Stops farther away, as those outside of an extract, cannot be
    /// walked to.
    pub radius: f64,
    /// Longest walk between two stops, in metres, over streets.
    pub transfer: f64,
    /// Whether, of the stops of a pattern (trips over the same stops), people change only to the nearest, and to none of
    /// the patterns that stop where they are. As R5 has it; a walk farther along a line is then never worth its while.
    pub nearest_only: bool,
}

impl Default for LinkOptions {
    fn default() -> LinkOptions {
        LinkOptions { radius: 300.0, transfer: 1000.0, nearest_only: true }
    }
}

/// Streets and a timetable, joined. Immutable; parts are shared with copies that have another timetable.
#[derive(Clone, Debug)]
pub struct Network {
    /// The streets.
    pub streets: Arc<Streets>,
    /// What they cost on foot, in millimetres.
    pub walk: Arc<Profile>,
    /// The timetable.
    pub timetable: Arc<Timetable>,
    /// Where stops meet the street, then where gates of stations do; `None` for those too far away, and for stops that are
    /// reached through gates.
    pub stops: Arc<Points>,
    gates: Arc<Gates>,
    /// Walks between stops and gates: place left, place reached, millimetres.
    walks: Arc<Vec<(u32, u32, Cost)>>,
    options: LinkOptions,
    /// Where each stop is, then each gate.
    at: Arc<Vec<[f64; 2]>>,
    /// Transfers that the timetable states.
    stated: Arc<Vec<Transfer>>,
}

/// How stops are joined to streets and to each other over them: what takes longest of making a network, to be kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Links {
    /// Where each stop meets the street, then each gate of a station.
    pub stops: Points,
    /// Walks between them: stop or gate left, stop or gate reached, millimetres.
    pub walks: Vec<(u32, u32, Cost)>,
}

impl Links {
    /// Joins the stops of a timetable to streets.
    ///
    /// One bounded search a stop; about 30 ns a junction within the longest walk of each, spread over threads.
    ///
    /// # Errors
    /// An option out of its range.
    pub fn new(
        streets: &Streets,
        walk: &Profile,
        timetable: &TimetableInput,
        options: &LinkOptions,
    ) -> Result<Links, Error> {
        for (parameter, value) in [("radius", options.radius), ("transfer", options.transfer)] {
            if !(0.0..=100_000.0).contains(&value) {
                let message = format!("{value} lies outside of 0 to 100,000 m");
                return Err(Error::Parameter { parameter, message });
            }
        }
        let gates = Gates::new(timetable)?;
        let mut stops = Points::new(streets, walk, &places(timetable, &gates), options.radius);
        gates.close(&mut stops.snaps);
        let walks = walks(streets, walk, &stops, (options.transfer * 1000.0) as Cost);
        Ok(Links { stops, walks })
    }

    /// Whether they can be those of so many stops and segments.
    fn check(&self, stops: usize, segments: usize) -> Result<(), Error> {
        let wrong = |at, message| Err(Error::Input { array: "links", at, message });
        if self.stops.snaps.len() != stops || self.stops.distances.len() != stops {
            return wrong(self.stops.snaps.len(), format!("they are not those of {stops} stops"));
        }
        let known = |snap: &Option<Snap>| snap.is_none_or(|snap| (snap.segment as usize) < segments);
        if let Some(at) = self.stops.snaps.iter().position(|snap| !known(snap)) {
            return wrong(at, format!("its segment is not among the {segments} segments"));
        }
        let ends = |walk: &(u32, u32, Cost)| (walk.0.max(walk.1) as usize) < stops;
        if let Some(at) = self.walks.iter().position(|walk| !ends(walk)) {
            return wrong(at, format!("its stops are not among the {stops} stops"));
        }
        Ok(())
    }
}

fn places(timetable: &TimetableInput, gates: &Gates) -> Vec<[f64; 2]> {
    let stops = timetable.stops.iter().map(|stop| [stop.longitude, stop.latitude]);
    stops.chain(gates.points().iter().copied()).collect()
}

impl Network {
    /// Joins streets and a timetable.
    ///
    /// # Errors
    /// What is wrong with the timetable, or an option out of its range.
    ///
    /// # Cost
    /// That of [`Links::new`], mostly.
    pub fn new(
        streets: Arc<Streets>,
        walk: Arc<Profile>,
        timetable: &TimetableInput,
        options: &LinkOptions,
    ) -> Result<Network, Error> {
        let links = Links::new(&streets, &walk, timetable, options)?;
        Network::linked(streets, walk, timetable, options, links)
    }

    /// Streets and a timetable whose stops have been joined to these streets by these options before.
    ///
    /// # Errors
    /// What is wrong with the timetable, or links that cannot be those of it.
    pub fn linked(
        streets: Arc<Streets>,
        walk: Arc<Profile>,
        timetable: &TimetableInput,
        options: &LinkOptions,
        links: Links,
    ) -> Result<Network, Error> {
        let gates = Gates::new(timetable)?;
        links.check(timetable.stops.len() + gates.points().len(), walk.segment_count(&streets))?;
        Ok(Network {
            streets,
            walk,
            timetable: Arc::new(Timetable::new(timetable)?),
            stops: Arc::new(links.stops),
            walks: Arc::new(links.walks),
            options: *options,
            at: Arc::new(places(timetable, &gates)),
            gates: Arc::new(gates),
            stated: Arc::new(timetable.transfers.clone()),
        })
    }

    /// How its stops are joined, to be kept for [`Network::linked`].
    pub fn links(&self) -> Links {
        Links { stops: (*self.stops).clone(), walks: (*self.walks).clone() }
    }

    /// The walks between stops at a speed, in metres a second: those over streets and through gates, then what the
    /// timetable states of a pair instead. Seconds over streets are rounded down, as in R5. With `step_free` ways inside
    /// stations have no steps.
    pub fn transfers(&self, speed: f64, step_free: bool) -> Transfers {
        // Where the stated way has steps, one without them may lead over the street.
        let holds = |stated: &&Transfer| !step_free || stated.step_free.is_some() || stated.seconds.is_none();
        let stated: FxHashSet<(u32, u32)> = self.stated.iter().filter(holds).map(|t| (t.from, t.to)).collect();
        let walks = self.gates.walks(&self.walks, speed, step_free);
        let nearest = self.options.nearest_only.then(|| self.nearest(&walks, speed));
        let walked = walks.iter().enumerate().filter(|(at, walk)| {
            !stated.contains(&(walk.0, walk.1)) && nearest.as_ref().is_none_or(|nearest| nearest[*at])
        });
        let walked = walked.map(|(_, &walk)| (walk.0, walk.1, seconds_of(walk, speed)));
        let by_timetable = self.stated.iter().filter_map(|stated| {
            let seconds = if step_free { stated.step_free } else { stated.seconds };
            seconds.map(|seconds| (stated.from, stated.to, seconds))
        });
        Transfers::new(self.timetable.stops(), walked.chain(by_timetable))
    }

    /// For each walk, whether it leads to the nearest stop of a pattern that does not stop where it begins.
    fn nearest(&self, walks: &[(u32, u32, Cost, u32)], speed: f64) -> Vec<bool> {
        let mut keep = vec![false; walks.len()];
        let mut best: FxHashMap<u32, (u64, usize)> = FxHashMap::default();
        let mut start = 0;
        for row in walks.chunk_by(|a, b| a.0 == b.0) {
            best.clear();
            for (at, &walk) in row.iter().enumerate() {
                let cost = order(walk, speed);
                for boarding in self.timetable.boardings(walk.1) {
                    let nearest = best.entry(boarding.pattern).or_insert((cost, at));
                    *nearest = (*nearest).min((cost, at));
                }
            }
            for boarding in self.timetable.boardings(row[0].0) {
                best.remove(&boarding.pattern);
            }
            for &(_, at) in best.values() {
                keep[start + at] = true;
            }
            start += row.len();
        }
        keep
    }

    /// Where the stops meet the streets of a mode, then where the gates of stations do; `None` as in [`Network::stops`].
    pub fn stops_by(&self, profile: &Profile) -> Vec<Option<Snap>> {
        match profile.mode() {
            Mode::Walk => self.stops.snaps.clone(),
            _ => {
                let mut snaps = Points::new(&self.streets, profile, &self.at, self.options.radius).snaps;
                self.gates.close(&mut snaps);
                snaps
            }
        }
    }

    /// Makes of the places of [`Network::stops`] that were found over streets the stops of the timetable that they stand
    /// for, within `most` seconds, the ways inside stations included: each once, in ascending order. Without gates they
    /// are left as they are.
    pub fn through_gates(&self, access: &mut Vec<Access>, through: Through, step_free: bool, most: u32) {
        self.gates.pass(access, through, step_free, most);
    }

    /// The seconds at which the places of [`Network::stops`] are reached, by those at which the stops are.
    pub fn times_at_gates<'t>(&self, times: &'t [Seconds], step_free: bool) -> Cow<'t, [Seconds]> {
        self.gates.times(times, step_free)
    }

    pub(super) fn gates(&self) -> &Gates {
        &self.gates
    }

    /// Number of walks between stops (and gates) over streets.
    pub fn walks(&self) -> usize {
        self.walks.len()
    }

    /// The same network with another timetable over the same stops.
    pub fn with_timetable(&self, timetable: Timetable) -> Network {
        Network { timetable: Arc::new(timetable), ..self.clone() }
    }
}

/// Whole seconds that a walk of so many millimetres takes.
pub fn seconds(millimetres: Cost, speed: f64) -> u32 {
    (f64::from(millimetres) / (speed * 1000.0)) as u32
}

fn walks(streets: &Streets, walk: &Profile, stops: &Points, limit: Cost) -> Vec<(u32, u32, Cost)> {
    let places = Places::new(streets, walk, &stops.snaps, Direction::From, 1000.0);
    let from = |(search, around): &mut (Search, Around), (stop, snap): (usize, &Option<_>)| {
        let Some(snap) = snap else { return Vec::new() };
        search.run(streets, walk, snap, Direction::From, limit);
        places.around(walk, search, snap, Direction::From, limit, around);
        let stop = stop as u32;
        around.found.iter().filter(|found| found.0 != stop).map(|&(to, cost)| (stop, to, cost)).collect()
    };
    let rows: Vec<Vec<_>> = stops
        .snaps
        .par_iter()
        .enumerate()
        .with_min_len(64)
        .map_init(|| (Search::new(streets), Around::default()), from)
        .collect();
    rows.concat()
}
