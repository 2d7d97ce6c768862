//! Polygons as flat arrays of corners, and their centroids.

use crate::Error;
use crate::error::length;

/// The polygons of places: corners of all rings one after the other, where each ring begins, where the rings of each
/// place begin. A place may have several parts and holes.
///
/// Rings are kept without their closing corner. Memory: 16 bytes a corner, 9 a ring, 8 a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Polygons {
    corners: Vec<[f64; 2]>,
    rings: Vec<usize>,
    holes: Vec<bool>,
    places: Vec<usize>,
}

impl Default for Polygons {
    fn default() -> Polygons {
        Polygons { corners: Vec::new(), rings: vec![0], holes: Vec::new(), places: vec![0] }
    }
}

impl Polygons {
    /// No place yet: add places with [`Polygons::place`] and their rings with [`Polygons::ring`].
    pub fn new() -> Polygons {
        Polygons::default()
    }

    /// From flat arrays: `rings` says where each ring begins among the corners (and the end), `holes` which rings are
    /// holes, `places` where the rings of each place begin (and the end). Linear.
    ///
    /// # Errors
    /// When the parts do not fit together, a coordinate is not finite or a ring has fewer than three corners.
    pub fn from_parts(
        corners: &[[f64; 2]],
        rings: &[usize],
        holes: &[bool],
        places: &[usize],
    ) -> Result<Polygons, Error> {
        let covers =
            |starts: &[usize], end| starts.first() == Some(&0) && starts.last() == Some(&end) && starts.is_sorted();
        if !covers(rings, corners.len()) || !covers(places, rings.len().saturating_sub(1)) {
            let message = "the rings do not cover the corners, or the places do not cover the rings".to_owned();
            return Err(Error::Parameter { parameter: "polygons", message });
        }
        length("the holes", rings.len() - 1, holes.len())?;
        let mut polygons = Polygons::new();
        polygons.corners.reserve(corners.len());
        for place in places.windows(2) {
            polygons.place();
            for ring in place[0]..place[1] {
                polygons.ring(&corners[rings[ring]..rings[ring + 1]], holes[ring])?;
            }
        }
        Ok(polygons)
    }

    /// Begins the next place.
    pub fn place(&mut self) {
        self.places.push(self.holes.len());
    }

    /// Adds a ring to the last place. It may or may not be closed; corners that repeat the one before are left out.
    ///
    /// # Errors
    /// When no place has begun, a coordinate is not finite or the ring has fewer than three corners.
    pub fn ring(&mut self, corners: &[[f64; 2]], hole: bool) -> Result<(), Error> {
        let wrong = |message: String| Err(Error::Parameter { parameter: "polygons", message });
        let place = self.places.len() - 1;
        if place == 0 {
            return wrong("a ring was added before its place".to_owned());
        }
        let begin = self.corners.len();
        for corner in corners {
            if !(corner[0].is_finite() && corner[1].is_finite()) {
                self.corners.truncate(begin);
                return Err(Error::NotFinite { what: "the corners of polygons", at: place - 1 });
            }
            // Negative zero is zero, so that equal corners have equal bits.
            let corner = [corner[0] + 0.0, corner[1] + 0.0];
            if self.corners.len() == begin || self.corners.last() != Some(&corner) {
                self.corners.push(corner);
            }
        }
        if self.corners.len() > begin + 1 && self.corners.last() == self.corners.get(begin) {
            self.corners.pop();
        }
        if self.corners.len() < begin + 3 {
            self.corners.truncate(begin);
            return wrong(format!("a ring of polygon {} has fewer than three corners", place - 1));
        }
        self.rings.push(self.corners.len());
        self.holes.push(hole);
        if let Some(end) = self.places.last_mut() {
            *end = self.holes.len();
        }
        Ok(())
    }

    /// Number of places.
    pub fn len(&self) -> usize {
        self.places.len() - 1
    }

    /// Whether there is no place.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All corners, place after place.
    pub fn corners(&self) -> &[[f64; 2]] {
        &self.corners
    }

    /// The rings of a place, with whether each is a hole.
    pub fn rings(&self, place: usize) -> impl Iterator<Item = (&[[f64; 2]], bool)> {
        let rings = self.places[place]..self.places[place + 1];
        rings.map(|ring| (&self.corners[self.rings[ring]..self.rings[ring + 1]], self.holes[ring]))
    }

    /// Range of the corners of a place among all.
    pub(super) fn corners_of(&self, place: usize) -> std::ops::Range<usize> {
        self.rings[self.places[place]]..self.rings[self.places[place + 1]]
    }

    /// Every corner with its place.
    pub(super) fn owners(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.len()).flat_map(|place| self.corners_of(place).map(move |_| place as u32))
    }

    /// Every edge as (place, number of its first corner, number of its second corner).
    pub(super) fn edges(&self) -> impl Iterator<Item = (u32, usize, usize)> + '_ {
        (0..self.len()).flat_map(move |place| {
            (self.places[place]..self.places[place + 1]).flat_map(move |ring| {
                let (begin, end) = (self.rings[ring], self.rings[ring + 1]);
                (begin..end).map(move |at| (place as u32, at, if at + 1 == end { begin } else { at + 1 }))
            })
        })
    }

    /// The centroid of the area of each place in the plane of its coordinates, holes taken out; where the area is 0, of
    /// its outline. Linear.
    ///
    /// Source: as in GEOS, `Centroid`: signed triangles from the first corner, each ring turned to count as area or hole.
    ///
    /// # Errors
    /// When a place has no ring.
    pub fn centroids(&self) -> Result<Vec<[f64; 2]>, Error> {
        (0..self.len()).map(|place| self.centroid(place)).collect()
    }

    fn centroid(&self, place: usize) -> Result<[f64; 2], Error> {
        let Some((first, _)) = self.rings(place).next() else {
            let message = format!("polygon {place} has no ring, so it has no centroid");
            return Err(Error::Parameter { parameter: "polygons", message });
        };
        let base = first[0];
        let (mut area, mut moment) = (0.0, [0.0; 2]);
        let (mut outline, mut middle) = (0.0, [0.0; 2]);
        for (ring, hole) in self.rings(place) {
            let (mut ring_area, mut ring_moment) = (0.0, [0.0; 2]);
            for (at, from) in ring.iter().enumerate() {
                let to = ring[if at + 1 == ring.len() { 0 } else { at + 1 }];
                let (from, to) = ([from[0] - base[0], from[1] - base[1]], [to[0] - base[0], to[1] - base[1]]);
                let twice = from[0] * to[1] - from[1] * to[0];
                let edge = libm::hypot(to[0] - from[0], to[1] - from[1]);
                ring_area += twice;
                outline += edge;
                for axis in 0..2 {
                    ring_moment[axis] += twice * (from[axis] + to[axis]);
                    middle[axis] += edge * (from[axis] + to[axis]) / 2.0;
                }
            }
            let sign = if (ring_area < 0.0) == hole { 1.0 } else { -1.0 };
            area += sign * ring_area;
            (0..2).for_each(|axis| moment[axis] += sign * ring_moment[axis]);
        }
        if area != 0.0 {
            return Ok([base[0] + moment[0] / (3.0 * area), base[1] + moment[1] / (3.0 * area)]);
        }
        Ok([base[0] + middle[0] / outline, base[1] + middle[1] / outline])
    }

    /// The diagonal of the box around each place: its size, whatever its form. Linear.
    pub fn diagonals(&self) -> Vec<f64> {
        let diagonal = |place| {
            let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
            for corner in &self.corners[self.corners_of(place)] {
                for axis in 0..2 {
                    low[axis] = low[axis].min(corner[axis]);
                    high[axis] = high[axis].max(corner[axis]);
                }
            }
            if low[0] > high[0] { 0.0 } else { libm::hypot(high[0] - low[0], high[1] - low[1]) }
        };
        (0..self.len()).map(diagonal).collect()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A lattice of squares of side 1, `columns` by `rows`, place 0 at the origin.
    pub fn squares(columns: usize, rows: usize) -> Polygons {
        let mut polygons = Polygons::new();
        for at in 0..columns * rows {
            let (x, y) = ((at % columns) as f64, (at / columns) as f64);
            polygons.place();
            polygons.ring(&[[x, y], [x + 1.0, y], [x + 1.0, y + 1.0], [x, y + 1.0], [x, y]], false).expect("a ring");
        }
        polygons
    }

    #[test]
    fn centroids_leave_out_holes_whatever_the_direction_of_rings() {
        let outer = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]];
        let hole = [[2.0, 0.0], [4.0, 0.0], [4.0, 4.0], [2.0, 4.0]];
        let back: Vec<_> = hole.iter().rev().copied().collect();
        for hole in [&hole[..], &back[..]] {
            let mut polygons = Polygons::new();
            polygons.place();
            polygons.ring(&outer, false).expect("a ring");
            polygons.ring(hole, true).expect("a hole");
            assert_eq!(polygons.centroids().expect("centroids"), [[1.0, 2.0]]);
        }
    }

    #[test]
    fn a_polygon_without_area_has_the_middle_of_its_outline() {
        let mut polygons = Polygons::new();
        polygons.place();
        polygons.ring(&[[1.0, 1.0], [3.0, 1.0], [2.0, 1.0]], false).expect("a ring");
        assert_eq!(polygons.centroids().expect("centroids"), [[2.0, 1.0]]);
    }

    #[test]
    fn bad_rings_are_errors() {
        let mut polygons = Polygons::new();
        assert!(polygons.ring(&[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]], false).is_err());
        polygons.place();
        assert!(polygons.ring(&[[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]], false).is_err());
        assert!(polygons.ring(&[[0.0, 0.0], [1.0, f64::NAN], [0.0, 1.0]], false).is_err());
        assert!(polygons.corners().is_empty());
        assert!(polygons.centroids().is_err());
        assert!(Polygons::from_parts(&[[0.0; 2]; 3], &[0, 2], &[false], &[0, 1]).is_err());
    }
}
