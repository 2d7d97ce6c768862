//! Points along streets and when they are reached.

use super::Arrival;
use crate::streets::{CLOSED, Profile, Snap, Streets};

/// When junctions are reached.
#[derive(Clone, Copy, Debug)]
pub struct AtJunctions<'a> {
    /// Seconds from the beginning of the journey; infinite where not reached.
    pub seconds: &'a [f32],
    /// Seconds that one may go on from there over the streets.
    pub left: &'a [f32],
}

/// Points between the junctions, evenly along each segment. Immutable, to be shared by threads.
#[derive(Clone, Debug)]
pub struct Samples {
    /// Where those of each segment begin; one more than segments.
    start: Vec<u32>,
    points: Vec<[f64; 2]>,
}

impl Samples {
    /// Points at most `spacing` metres apart along all segments, those that the edits of a profile add included. Linear
    /// in the points: 16 bytes each.
    pub fn new(streets: &Streets, profile: &Profile, spacing: f64) -> Samples {
        let mut samples = Samples { start: vec![0], points: Vec::new() };
        let mut line = Vec::new();
        for segment in 0..profile.segment_count(streets) as u32 {
            profile.line(streets, segment, &mut line);
            let lengths: Vec<f64> = line.windows(2).map(|two| flat(two[0], two[1])).collect();
            let length: f64 = lengths.iter().sum();
            let pieces = (length / spacing).ceil().clamp(1.0, 1e6) as usize;
            let (mut at, mut before) = (0, 0.0);
            for number in 1..pieces {
                let wanted = length * number as f64 / pieces as f64;
                while at + 1 < lengths.len() && before + lengths[at] < wanted {
                    before += lengths[at];
                    at += 1;
                }
                samples.points.push(between(line[at], line[at + 1], (wanted - before) / lengths[at]));
            }
            samples.start.push(samples.points.len() as u32);
        }
        samples
    }

    /// Adds the junctions and the points on segments that are reached. `scale` says how many thousandths of the unit of
    /// the profile are made in a second (1000 by bicycle and car, 1000 times the metres a second on foot). `start` is the
    /// place where the journey begins, with the seconds until then and the most until one has stopped on that segment.
    ///
    /// # Cost
    /// Some 10 ns a point.
    pub fn arrivals(
        &self,
        streets: &Streets,
        profile: &Profile,
        times: AtJunctions,
        scale: f64,
        start: Option<(&Snap, f64, f64)>,
        arrivals: &mut Vec<Arrival>,
    ) {
        for (junction, &seconds) in times.seconds.iter().enumerate() {
            if seconds.is_finite() {
                arrivals.push(Arrival { point: profile.point(streets, junction as u32), seconds: f64::from(seconds) });
            }
        }
        for segment in 0..(self.start.len() - 1) as u32 {
            let points = &self.points[self.start[segment as usize] as usize..self.start[segment as usize + 1] as usize];
            let (from, to) = profile.ends(streets, segment);
            let seconds = [from, to].map(|junction| f64::from(times.seconds[junction as usize]));
            let begun = start.filter(|start| start.0.segment == segment);
            if points.is_empty() || (seconds.iter().all(|seconds| seconds.is_infinite()) && begun.is_none()) {
                continue;
            }
            let left = [from, to].map(|junction| f64::from(times.left[junction as usize]));
            let travel = profile.travel(segment);
            let travel = travel.map(|cost| if cost == CLOSED { f64::INFINITY } else { f64::from(cost) / scale });
            for (at, &point) in points.iter().enumerate() {
                let share = (at + 1) as f64 / (points.len() + 1) as f64;
                let mut best = f64::INFINITY;
                for (end, share) in [share, 1.0 - share].into_iter().enumerate() {
                    let more = share * travel[end];
                    if more <= left[end] {
                        best = best.min(seconds[end] + more);
                    }
                }
                if let Some((snap, before, most)) = begun {
                    let apart = share - snap.fraction;
                    let seconds = before + apart.abs() * travel[usize::from(apart < 0.0)];
                    if seconds <= most {
                        best = best.min(seconds);
                    }
                }
                if best.is_finite() {
                    arrivals.push(Arrival { point, seconds: best });
                }
            }
        }
    }
}

/// Points on the straight way from a point to the place where it joins the streets, at most `spacing` metres apart.
pub fn way_to_street(point: [f64; 2], snap: &Snap, speed: f64, spacing: f64, arrivals: &mut Vec<Arrival>) {
    let pieces = (snap.distance / spacing).ceil().clamp(1.0, 1e4);
    for number in 0..=pieces as u32 {
        let share = f64::from(number) / pieces;
        let there = between(point, [snap.longitude, snap.latitude], share);
        arrivals.push(Arrival { point: there, seconds: share * snap.distance / speed });
    }
}

/// A point between two.
pub(super) fn between(a: [f64; 2], b: [f64; 2], share: f64) -> [f64; 2] {
    [0, 1].map(|axis| a[axis] + share * (b[axis] - a[axis]))
}

/// Metres between two points that are near.
pub(super) fn flat(a: [f64; 2], b: [f64; 2]) -> f64 {
    let [x, y] = crate::streets::sphere::Local::around(a).metres(b);
    x.hypot(y)
}
