//! Edits of a profile: what a plan closes, slows or adds, laid over the streets without making them again.

use crate::Error;
use crate::streets::graph::{Streets, check_passage, frame_of, length_of};
use crate::streets::input::{Mode, Passage};
use crate::streets::polygon::share_inside;
use crate::streets::profile::{CLOSED, Cost, Profile, cost_of, slowed};
use crate::streets::snap::Snap;
use rustc_hash::FxHashMap;

/// Segments that an edit speaks of.
#[derive(Clone, Debug, PartialEq)]
pub enum Which {
    /// Those that the source knows by a number (all pieces of an OSM way).
    Source(i64),
    /// Those of a class of road.
    Class(u16),
    /// Those of these numbers.
    Segments(Vec<u32>),
    /// All.
    All,
}

/// Where a new road begins or ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    /// At a junction.
    Junction(u32),
    /// On a segment, which gets a junction there.
    Point(Snap),
}

/// A new road.
#[derive(Clone, Debug, PartialEq)]
pub struct Road {
    /// Where it begins.
    pub from: End,
    /// Where it ends.
    pub to: End,
    /// Points between: longitude and latitude in degrees.
    pub shape: Vec<[f64; 2]>,
    /// Its length in metres; `None` = that of its shape.
    pub length: Option<f64>,
    /// From its beginning to its end.
    pub forward: Passage,
    /// From its end to its beginning.
    pub backward: Passage,
    /// Number by which later edits can name it.
    pub source: i64,
    /// Its class of road.
    pub class: u16,
}

/// An edit of a profile. It concerns the mode of that profile only, and all segments there are at its turn, roads added
/// by edits before it among them.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    /// Closes segments in both directions.
    Close(Which),
    /// Multiplies the speed of vehicles on segments. Walking is as fast everywhere.
    Speed(Which, f64),
    /// Multiplies the speed of vehicles inside a polygon (longitude and latitude of its corners, in order): on each
    /// segment for the part of its length that lies inside.
    Congestion(Vec<[f64; 2]>, f64),
    /// Adds a road. Points can be joined to it; no factors of class and hour are applied to its speed.
    Add(Road),
}

/// A road added by an edit.
#[derive(Clone, Debug)]
pub(crate) struct AddedRoad {
    pub ends: (u32, u32),
    pub line: Vec<[f64; 2]>,
    source: i64,
    class: u16,
}

/// What edits add to the streets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Added {
    /// Points of the junctions added; their numbers follow those of the streets.
    pub junctions: Vec<[f64; 2]>,
    /// Roads added; their numbers follow the segments of the streets.
    pub roads: Vec<AddedRoad>,
    /// Junctions added on segments, by the share of the segment before them.
    stops: FxHashMap<u32, Vec<(f64, u32)>>,
}

impl Added {
    /// The junctions added on a segment, from its start to its end.
    #[inline]
    pub fn stops_on(&self, segment: u32) -> &[(f64, u32)] {
        if self.stops.is_empty() {
            return &[];
        }
        self.stops.get(&segment).map_or(&[], |stops| stops.as_slice())
    }
}

/// A profile being edited.
struct Draft<'a> {
    streets: &'a Streets,
    mode: Mode,
    travel: Vec<[Cost; 2]>,
    delay: Vec<[Cost; 2]>,
    added: Added,
}

impl Profile {
    /// The profile after some edits, one after the other. The streets stay as they are: points joined to them before
    /// stay valid.
    ///
    /// # Errors
    /// [`Error::Input`] with the number of the edit that names what does not exist, or holds what is no factor, speed,
    /// polygon or place.
    ///
    /// # Cost
    /// As much as making the profile; nothing is sought or sorted again.
    pub fn edited(&self, streets: &Streets, edits: &[Edit]) -> Result<Profile, Error> {
        let mut draft = Draft {
            streets,
            mode: self.mode,
            travel: self.travel.clone(),
            delay: self.delay.clone(),
            added: self.added.clone(),
        };
        for (at, edit) in edits.iter().enumerate() {
            draft.apply(edit).map_err(|message| match message {
                Fault::Message(message) => Error::Input { array: "edits", at, message },
                Fault::Passage(Error::Input { message, .. }) => Error::Input { array: "edits", at, message },
                Fault::Passage(other) => other,
            })?;
        }
        let Draft { travel, delay, added, .. } = draft;
        Ok(Profile::from_costs(streets, self.mode, travel, delay, added, self.smallest_island))
    }
}

/// Why an edit cannot be made.
enum Fault {
    Message(String),
    Passage(Error),
}

fn wrong<T>(message: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::Message(message.into()))
}

fn check_factor(factor: f64) -> Result<(), Fault> {
    if factor > 0.0 && factor <= 1000.0 {
        return Ok(());
    }
    wrong(format!("{factor} is not a factor above 0 and up to 1,000"))
}

fn check_points(points: &[[f64; 2]]) -> Result<(), Fault> {
    match points.iter().find(|[x, y]| !(x.abs() <= 180.0 && y.abs() <= 90.0)) {
        Some([x, y]) => wrong(format!("({x}, {y}) is no longitude and latitude in degrees")),
        None => Ok(()),
    }
}

impl Draft<'_> {
    fn apply(&mut self, edit: &Edit) -> Result<(), Fault> {
        match edit {
            Edit::Close(which) => {
                for segment in self.segments(which)? {
                    self.travel[segment as usize] = [CLOSED; 2];
                }
            }
            Edit::Speed(which, factor) => {
                check_factor(*factor)?;
                for segment in self.segments(which)? {
                    self.slow(segment, 1.0 / factor);
                }
            }
            Edit::Congestion(polygon, factor) => {
                check_factor(*factor)?;
                check_points(polygon)?;
                if polygon.len() < 3 {
                    return wrong(format!("a polygon has at least three corners, not {}", polygon.len()));
                }
                let frame = frame_of(polygon.iter().copied());
                for segment in 0..self.travel.len() as u32 {
                    let inside = match self.road(segment) {
                        Some(road) => share_inside(road.line.iter().copied(), polygon, frame),
                        None => share_inside(self.streets.line(segment), polygon, frame),
                    };
                    if inside > 0.0 {
                        self.slow(segment, 1.0 - inside + inside / factor);
                    }
                }
            }
            Edit::Add(road) => self.add(road)?,
        }
        Ok(())
    }

    fn road(&self, segment: u32) -> Option<&AddedRoad> {
        self.added.roads.get((segment as usize).checked_sub(self.streets.segment_count())?)
    }

    fn slow(&mut self, segment: u32, times: f64) {
        if self.mode != Mode::Walk {
            let costs = &mut self.travel[segment as usize];
            *costs = costs.map(|cost| slowed(cost, times));
        }
    }

    fn segments(&self, which: &Which) -> Result<Vec<u32>, Fault> {
        let all = 0..self.travel.len() as u32;
        let known = |segment: u32| match self.road(segment) {
            Some(road) => (road.source, road.class),
            None => (self.streets.segment(segment).source, self.streets.segment(segment).class),
        };
        match which {
            Which::All => Ok(all.collect()),
            Which::Class(class) if usize::from(*class) >= self.streets.classes().len().max(1) => {
                wrong(format!("class {class} does not exist: there are {}", self.streets.classes().len()))
            }
            Which::Class(class) => Ok(all.filter(|&segment| known(segment).1 == *class).collect()),
            Which::Source(source) => {
                let segments: Vec<u32> = all.filter(|&segment| known(segment).0 == *source).collect();
                if segments.is_empty() {
                    return wrong(format!("no segment has the number {source} in its source"));
                }
                Ok(segments)
            }
            Which::Segments(segments) => match segments.iter().find(|&&segment| segment >= all.end) {
                Some(segment) => wrong(format!("segment {segment} does not exist: there are {}", all.end)),
                None => Ok(segments.clone()),
            },
        }
    }

    fn add(&mut self, road: &Road) -> Result<(), Fault> {
        check_points(&road.shape)?;
        for passage in [&road.forward, &road.backward] {
            check_passage("edits", 0, passage).map_err(Fault::Passage)?;
        }
        if usize::from(road.class) >= self.streets.classes().len().max(1) {
            return wrong(format!("class {} does not exist: there are {}", road.class, self.streets.classes().len()));
        }
        if let Some(length) =
            road.length.filter(|length| !(0.0..=crate::streets::graph::LONGEST_SEGMENT).contains(length))
        {
            return wrong(format!("length {length} is not between 0 and 1,000,000 m"));
        }
        let (from, first) = self.end(&road.from)?;
        let (to, last) = self.end(&road.to)?;
        let line: Vec<[f64; 2]> =
            std::iter::once(first).chain(road.shape.iter().copied()).chain(std::iter::once(last)).collect();
        let length = road.length.unwrap_or_else(|| length_of(line.iter().copied()));
        let costs = [&road.forward, &road.backward].map(|passage| cost_of(self.mode, passage, length, 1.0));
        self.travel.push(costs.map(|(travel, _)| travel));
        let delays = costs.map(|(_, delay)| delay);
        if !self.delay.is_empty() || delays != [0; 2] {
            self.delay.resize(self.travel.len() - 1, [0; 2]);
            self.delay.push(delays);
        }
        self.added.roads.push(AddedRoad { ends: (from, to), line, source: road.source, class: road.class });
        Ok(())
    }

    /// The junction at an end of a new road, made if needed, and its point.
    fn end(&mut self, end: &End) -> Result<(u32, [f64; 2]), Fault> {
        let count = self.streets.junction_count() + self.added.junctions.len();
        let point = |junction: u32, added: &Added| match self.streets.points.get(junction as usize) {
            Some(point) => *point,
            None => added.junctions[junction as usize - self.streets.points.len()],
        };
        let snap = match end {
            End::Junction(junction) if *junction as usize >= count => {
                return wrong(format!("junction {junction} does not exist: there are {count}"));
            }
            End::Junction(junction) => return Ok((*junction, point(*junction, &self.added))),
            End::Point(snap) => snap,
        };
        if snap.segment as usize >= self.travel.len() {
            return wrong(format!("segment {} does not exist: there are {}", snap.segment, self.travel.len()));
        }
        if !(0.0..=1.0).contains(&snap.fraction) {
            return wrong(format!("fraction {} is not between 0 and 1", snap.fraction));
        }
        check_points(&[[snap.longitude, snap.latitude]])?;
        let (from, to) = match self.road(snap.segment) {
            Some(road) => road.ends,
            None => (self.streets.segment(snap.segment).from, self.streets.segment(snap.segment).to),
        };
        let ends = [(0.0, from), (1.0, to)];
        let there = ends.iter().chain(self.added.stops_on(snap.segment)).find(|(share, _)| *share == snap.fraction);
        if let Some(&(_, junction)) = there {
            return Ok((junction, point(junction, &self.added)));
        }
        let place = [snap.longitude, snap.latitude];
        self.added.junctions.push(place);
        let stops = self.added.stops.entry(snap.segment).or_default();
        let at = stops.partition_point(|(share, _)| *share < snap.fraction);
        stops.insert(at, (snap.fraction, count as u32));
        Ok((count as u32, place))
    }
}
