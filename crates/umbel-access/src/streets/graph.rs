//! The street graph: junctions in an order that keeps neighbours together, and segments between them.

use crate::Error;
use crate::streets::boxes::Boxes;
use crate::streets::input::{Passage, Segment, StreetInput};
use crate::streets::sphere::{distance, hilbert};

/// Longest segment allowed, in metres.
pub const LONGEST_SEGMENT: f64 = 1_000_000.0;

/// Streets made ready to be searched. Immutable, to be shared by threads.
///
/// Junctions have numbers of their own here, along Hilbert's curve, so that the searches stay in the cache:
/// [`Streets::junction_of_input`] and [`Streets::input_of_junction`] translate. Segments keep the numbers of the input.
/// Networks across the antimeridian are taken as if the two sides were far apart.
#[derive(Clone, Debug)]
pub struct Streets {
    pub(crate) points: Vec<[f64; 2]>,
    pub(crate) segments: Vec<Segment>,
    shape_start: Vec<u32>,
    shape: Vec<[f64; 2]>,
    classes: Vec<String>,
    /// Segments that no point is joined to, in ascending order.
    pub(crate) apart: Vec<u32>,
    names: Vec<i64>,
    of_input: Vec<u32>,
    to_input: Vec<u32>,
    /// Segments at each junction, each end once: where they begin, then segment and whether the junction is its end.
    at_start: Vec<u32>,
    at: Vec<(u32, bool)>,
    pub(crate) boxes: Boxes,
}

fn wrong<T>(array: &'static str, at: usize, message: impl Into<String>) -> Result<T, Error> {
    Err(Error::Input { array, at, message: message.into() })
}

fn check_point(array: &'static str, at: usize, [longitude, latitude]: [f64; 2]) -> Result<(), Error> {
    if !(-180.0..=180.0).contains(&longitude) {
        return wrong(array, at, format!("longitude {longitude} is not between -180 and 180 degrees"));
    }
    if !(-90.0..=90.0).contains(&latitude) {
        return wrong(array, at, format!("latitude {latitude} is not between -90 and 90 degrees"));
    }
    Ok(())
}

pub(crate) fn check_passage(array: &'static str, at: usize, passage: &Passage) -> Result<(), Error> {
    let numbers =
        [("bike_speed", passage.bike_speed), ("car_speed", passage.car_speed), ("car_delay", passage.car_delay)];
    for (name, number) in numbers {
        if !(0.0..=1e6).contains(&number) {
            return wrong(array, at, format!("{name} {number} is not a number of zero or more"));
        }
    }
    Ok(())
}

fn check(input: &StreetInput) -> Result<(), Error> {
    let junctions = input.longitude.len();
    if junctions >= u32::MAX as usize / 4 || input.segments.len() >= u32::MAX as usize / 4 {
        return wrong("segments", input.segments.len(), "more than a thousand million junctions or segments");
    }
    if input.latitude.len() != junctions {
        return wrong(
            "latitude",
            input.latitude.len(),
            format!("{} latitudes for {junctions} longitudes", input.latitude.len()),
        );
    }
    if input.junction.len() != junctions {
        return wrong(
            "junction",
            input.junction.len(),
            format!("{} numbers for {junctions} junctions", input.junction.len()),
        );
    }
    for (at, (&longitude, &latitude)) in input.longitude.iter().zip(&input.latitude).enumerate() {
        check_point("longitude", at, [longitude, latitude])?;
    }
    for (at, segment) in input.segments.iter().enumerate() {
        for end in [segment.from, segment.to] {
            if end as usize >= junctions {
                return wrong("segments", at, format!("junction {end} does not exist: there are {junctions}"));
            }
        }
        if !(0.0..=LONGEST_SEGMENT).contains(&segment.length) {
            return wrong("segments", at, format!("length {} is not between 0 and 1,000,000 m", segment.length));
        }
        if segment.class as usize >= input.classes.len().max(1) {
            return wrong(
                "segments",
                at,
                format!("class {} does not exist: there are {}", segment.class, input.classes.len()),
            );
        }
        check_passage("segments", at, &segment.forward)?;
        check_passage("segments", at, &segment.backward)?;
    }
    if input.shape_start.len() != input.segments.len() + 1 {
        let message =
            format!("{} starts for {} segments: one more is needed", input.shape_start.len(), input.segments.len());
        return wrong("shape_start", input.shape_start.len(), message);
    }
    for (at, pair) in input.shape_start.windows(2).enumerate() {
        if pair[0] > pair[1] {
            return wrong("shape_start", at + 1, format!("{} after {}: starts must not fall", pair[1], pair[0]));
        }
    }
    if input.shape_start.first() != Some(&0) || input.shape_start.last() != Some(&(input.shape.len() as u32)) {
        return wrong(
            "shape_start",
            0,
            format!("must begin with 0 and end with {}, the number of points", input.shape.len()),
        );
    }
    for (at, &segment) in input.apart.iter().enumerate() {
        if segment as usize >= input.segments.len() {
            let message = format!("segment {segment} does not exist: there are {}", input.segments.len());
            return wrong("apart", at, message);
        }
    }
    for (at, &point) in input.shape.iter().enumerate() {
        check_point("shape", at, point)?;
    }
    Ok(())
}

/// Groups numbers by key: where each group begins, and the numbers, in order within each group.
pub(crate) fn grouped(groups: usize, keys: impl Iterator<Item = u32> + Clone) -> (Vec<u32>, Vec<u32>) {
    let mut start = vec![0_u32; groups + 1];
    for key in keys.clone() {
        start[key as usize + 1] += 1;
    }
    for group in 0..groups {
        start[group + 1] += start[group];
    }
    let mut next = start.clone();
    let mut numbers = vec![0_u32; start[groups] as usize];
    for (number, key) in keys.enumerate() {
        numbers[next[key as usize] as usize] = number as u32;
        next[key as usize] += 1;
    }
    (start, numbers)
}

impl Streets {
    /// Checks the input and makes it ready.
    ///
    /// # Errors
    /// [`Error::Input`] names the array and the place in it where it does not fit the others, or holds what is no
    /// coordinate, length or speed.
    ///
    /// # Cost
    /// Linear but for two sorts by position; about 0.3 microseconds a segment. Memory: that of the input again, and
    /// some 60 bytes a segment.
    pub fn new(input: &StreetInput) -> Result<Streets, Error> {
        check(input)?;
        let frame = input.longitude.iter().zip(&input.latitude).fold(
            [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY],
            |[west, south, east, north], (&x, &y)| [west.min(x), south.min(y), east.max(x), north.max(y)],
        );
        let mut order: Vec<(u32, u32)> = (0..input.longitude.len())
            .map(|at| (hilbert([input.longitude[at], input.latitude[at]], frame), at as u32))
            .collect();
        order.sort_unstable();
        let to_input: Vec<u32> = order.into_iter().map(|(_, at)| at).collect();
        let mut of_input = vec![0_u32; to_input.len()];
        for (new, &old) in to_input.iter().enumerate() {
            of_input[old as usize] = new as u32;
        }
        let points = to_input.iter().map(|&at| [input.longitude[at as usize], input.latitude[at as usize]]).collect();
        let segments: Vec<Segment> = input
            .segments
            .iter()
            .map(|segment| Segment {
                from: of_input[segment.from as usize],
                to: of_input[segment.to as usize],
                ..*segment
            })
            .collect();
        let ends = segments.iter().flat_map(|segment| [segment.from, segment.to]);
        let (at_start, ends) = grouped(to_input.len(), ends);
        let mut streets = Streets {
            points,
            segments,
            shape_start: input.shape_start.clone(),
            shape: input.shape.clone(),
            classes: input.classes.clone(),
            apart: input.apart.clone(),
            names: to_input.iter().map(|&at| input.junction[at as usize]).collect(),
            of_input,
            to_input,
            at_start,
            at: ends.into_iter().map(|end| (end / 2, end % 2 == 1)).collect(),
            boxes: Boxes::default(),
        };
        streets.boxes = Boxes::new(streets.segments().map(|segment| frame_of(streets.line(segment))), frame);
        Ok(streets)
    }

    /// Number of junctions.
    pub fn junction_count(&self) -> usize {
        self.points.len()
    }

    /// Number of segments.
    pub fn segment_count(&self) -> usize {
        self.segments.len()
    }

    /// The number here of a junction of the input.
    ///
    /// # Panics
    /// When the input has no such junction.
    pub fn junction_of_input(&self, junction: u32) -> u32 {
        self.of_input[junction as usize]
    }

    /// The number in the input of a junction here.
    ///
    /// # Panics
    /// When there is no such junction.
    pub fn input_of_junction(&self, junction: u32) -> u32 {
        self.to_input[junction as usize]
    }

    /// The number that the source knows a junction by.
    ///
    /// # Panics
    /// When there is no such junction.
    pub fn junction_name(&self, junction: u32) -> i64 {
        self.names[junction as usize]
    }

    /// Longitude and latitude of a junction, in degrees.
    ///
    /// # Panics
    /// When there is no such junction.
    pub fn junction_point(&self, junction: u32) -> [f64; 2] {
        self.points[junction as usize]
    }

    /// A segment, with the numbers of junctions here.
    ///
    /// # Panics
    /// When there is no such segment.
    pub fn segment(&self, segment: u32) -> &Segment {
        &self.segments[segment as usize]
    }

    /// Names of the classes of road.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The points of a segment from its start to its end, both junctions included: longitude and latitude in degrees.
    ///
    /// # Panics
    /// When there is no such segment.
    pub fn line(&self, segment: u32) -> impl Iterator<Item = [f64; 2]> + Clone + '_ {
        let at = segment as usize;
        let between = self.shape_start[at] as usize..self.shape_start[at + 1] as usize;
        let Segment { from, to, .. } = self.segments[at];
        std::iter::once(self.points[from as usize])
            .chain(self.shape[between].iter().copied())
            .chain(std::iter::once(self.points[to as usize]))
    }

    /// The segments at a junction (a loop twice), and whether it is the end of each (rather than the start).
    ///
    /// # Panics
    /// When there is no such junction.
    pub fn at_junction(&self, junction: u32) -> &[(u32, bool)] {
        let at = junction as usize;
        &self.at[self.at_start[at] as usize..self.at_start[at + 1] as usize]
    }

    pub(crate) fn segments(&self) -> std::ops::Range<u32> {
        0..self.segments.len() as u32
    }
}

/// The box around some points: west, south, east, north.
pub(crate) fn frame_of(points: impl Iterator<Item = [f64; 2]>) -> [f64; 4] {
    points.fold(
        [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY],
        |[west, south, east, north], [x, y]| [west.min(x), south.min(y), east.max(x), north.max(y)],
    )
}

/// Length in metres of a line of points in degrees.
pub(crate) fn length_of(line: impl Iterator<Item = [f64; 2]>) -> f64 {
    let mut last = None;
    let mut length = 0.0;
    for point in line {
        if let Some(last) = last {
            length += distance(last, point);
        }
        last = Some(point);
    }
    length
}
