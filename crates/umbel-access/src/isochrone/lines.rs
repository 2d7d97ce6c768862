//! The streets reached within a time, as lines.

use super::streets::{AtJunctions, between, flat};
use crate::streets::{CLOSED, Profile, Streets};

/// Lines of longitude and latitude of all that is reached of each segment within `limit` seconds, in the order of the
/// segments: whole ones, and parts from either end. `scale` is that of
/// [`Samples::arrivals`](super::streets::Samples::arrivals). Linear in the points.
pub fn reached(streets: &Streets, profile: &Profile, times: AtJunctions, scale: f64, limit: f64) -> Vec<Vec<[f64; 2]>> {
    let mut lines = Vec::new();
    let mut line = Vec::new();
    for segment in 0..profile.segment_count(streets) as u32 {
        let (from, to) = profile.ends(streets, segment);
        let travel = profile.travel(segment);
        // Shares of the segment that can be made from its start and from its end.
        let shares = [(from, travel[0]), (to, travel[1])].map(|(junction, cost)| {
            let (seconds, left) = (times.seconds[junction as usize], times.left[junction as usize]);
            let left = (limit - f64::from(seconds)).min(f64::from(left)) * scale;
            if cost == CLOSED || left <= 0.0 { 0.0 } else { (left / f64::from(cost.max(1))).min(1.0) }
        });
        if shares == [0.0, 0.0] {
            continue;
        }
        profile.line(streets, segment, &mut line);
        if shares[0] + shares[1] >= 1.0 {
            lines.push(line.clone());
            continue;
        }
        if shares[0] > 0.0 {
            lines.push(first_part(&line, shares[0]));
        }
        if shares[1] > 0.0 {
            line.reverse();
            let mut part = first_part(&line, shares[1]);
            part.reverse();
            lines.push(part);
        }
    }
    lines
}

/// The first part of a line, by a share of its length.
fn first_part(line: &[[f64; 2]], share: f64) -> Vec<[f64; 2]> {
    let length = |two: &[[f64; 2]]| flat(two[0], two[1]);
    let mut left = share * line.windows(2).map(length).sum::<f64>();
    let mut part = vec![line[0]];
    for two in line.windows(2) {
        let length = length(two);
        if left < length {
            part.push(between(two[0], two[1], left / length));
            break;
        }
        part.push(two[1]);
        left -= length;
    }
    part
}
