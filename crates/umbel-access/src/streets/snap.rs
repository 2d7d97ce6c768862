//! Joining points to streets.

use crate::streets::graph::{Streets, length_of};
use crate::streets::profile::Profile;
use crate::streets::sphere::{Local, distance, nearest_on_piece};
use serde::{Deserialize, Serialize};

/// A point joined to a street.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snap {
    /// The segment.
    pub segment: u32,
    /// The share of the segment's length that lies before the place, from 0 at its start to 1 at its end.
    pub fraction: f64,
    /// Metres from the point to the place on the street, as the crow flies.
    pub distance: f64,
    /// Longitude of the place on the street, in degrees.
    pub longitude: f64,
    /// Latitude of the place, in degrees.
    pub latitude: f64,
}

/// The best place found so far.
struct Best {
    square: f64,
    segment: u32,
    piece: usize,
    share: f64,
}

impl Streets {
    /// The nearest place on a segment that the profile can use, within `radius` metres; `None` when there is none, or
    /// when the coordinates are none.
    ///
    /// Of segments equally near (at a junction, say) it takes the one of the lowest number. Distances are compared on an
    /// equirectangular map around the point, and the one reported is that of the great circle.
    ///
    /// # Cost
    /// A few microseconds: a search in a packed tree of boxes.
    pub fn snap(&self, profile: &Profile, longitude: f64, latitude: f64, radius: f64) -> Option<Snap> {
        let point = [longitude, latitude];
        if !(longitude.abs() <= 180.0 && latitude.abs() <= 90.0 && radius >= 0.0) {
            return None;
        }
        let local = Local::around(point);
        let mut best = Best { square: radius * radius, segment: u32::MAX, piece: 0, share: 0.0 };
        let mut look = |segment: u32, line: &mut dyn Iterator<Item = [f64; 2]>| {
            let mut last = None;
            for (piece, point) in line.map(|point| local.metres(point)).enumerate() {
                if let Some(before) = last.replace(point) {
                    let (share, square) = nearest_on_piece(before, point);
                    if square < best.square || (square == best.square && segment < best.segment) {
                        best = Best { square, segment, piece: piece - 1, share };
                    }
                }
            }
            best.square
        };
        self.boxes.nearest_first(&local, radius * radius, |segment| {
            if profile.joinable[segment as usize] {
                look(segment, &mut self.line(segment))
            } else {
                look(segment, &mut std::iter::empty())
            }
        });
        for (number, road) in profile.added.roads.iter().enumerate() {
            let segment = (self.segments.len() + number) as u32;
            if profile.joinable[segment as usize] {
                look(segment, &mut road.line.iter().copied());
            }
        }
        if best.segment == u32::MAX {
            return None;
        }
        let line: Vec<[f64; 2]> =
            match profile.added.roads.get((best.segment as usize).wrapping_sub(self.segments.len())) {
                Some(road) => road.line.clone(),
                None => self.line(best.segment).collect(),
            };
        let (a, b) = (line[best.piece], line[best.piece + 1]);
        let place = match best.share {
            0.0 => a,
            1.0 => b,
            share => [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])],
        };
        let before = length_of(line[..=best.piece].iter().copied());
        let after = length_of(line[best.piece + 1..].iter().copied());
        let piece = distance(a, b);
        let length = before + piece + after;
        let fraction = if best.piece + 2 == line.len() && best.share == 1.0 {
            1.0
        } else if length > 0.0 {
            ((before + best.share * piece) / length).min(1.0)
        } else {
            0.0
        };
        let [longitude, latitude] = place;
        Some(Snap { segment: best.segment, fraction, distance: distance(point, place), longitude, latitude })
    }

    /// A junction as a point on a segment that the profile can use there; `None` when there is none.
    ///
    /// # Panics
    /// When there is no such junction.
    pub fn snap_junction(&self, profile: &Profile, junction: u32) -> Option<Snap> {
        let usable = |&&(segment, _): &&(u32, bool)| profile.is_joinable(segment);
        let &(segment, at_end) = self.at_junction(junction).iter().find(usable)?;
        let [longitude, latitude] = self.junction_point(junction);
        Some(Snap { segment, fraction: if at_end { 1.0 } else { 0.0 }, distance: 0.0, longitude, latitude })
    }
}
