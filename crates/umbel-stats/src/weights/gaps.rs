//! Boundaries that nearly touch: pairs that ought perhaps to be neighbours, and what is nearest to islands.
//!
//! Contiguity compares corners exactly. Boundaries digitised apart from each other, or with a corner of one on an edge
//! of the other, then have no neighbours where a map shows some. This finds them by distance between edges.

use super::Weights;
use super::contiguity::{Contiguity, contiguity};
use super::polygons::Polygons;
use crate::Error;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Two boundaries that come near each other.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Near {
    /// One place.
    pub first: u32,
    /// The other, of a higher number.
    pub second: u32,
    /// Least distance of their boundaries, in the unit of the coordinates.
    pub distance: f64,
    /// Diagonal of the box around all corners of one that are within the tolerance of the other: 0 for one point.
    pub extent: f64,
}

/// A place without neighbours, and the boundary nearest to it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Lonely {
    /// The place.
    pub place: u32,
    /// The place whose boundary is nearest.
    pub nearest: u32,
    /// How far, in the unit of the coordinates.
    pub distance: f64,
    /// Whether it is within the tolerance: snapping would join them.
    pub within: bool,
}

/// What is suspicious about contiguity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gaps {
    /// Distance up to which boundaries nearly touch.
    pub tolerance: f64,
    /// Pairs that nearly touch (or overlap) but are no neighbours, nearest first.
    pub pairs: Vec<Near>,
    /// Every place without neighbours.
    pub islands: Vec<Lonely>,
}

/// One thousandth of the median diagonal of the boxes around places: below what is seen on a map of all of them.
pub fn usual_tolerance(polygons: &Polygons) -> f64 {
    let mut diagonals = polygons.diagonals();
    diagonals.sort_unstable_by(f64::total_cmp);
    diagonals.get(diagonals.len() / 2).map_or(0.0, |middle| middle / 1000.0)
}

/// Pairs of places whose boundaries come within a tolerance although `weights`, made by contiguity of this kind, does
/// not have them; and what is nearest to every island. For rook, boundaries must come near along a line (an extent of
/// more than twice the tolerance). O(m log m) for m edges, as long as the tolerance is small against them.
///
/// # Errors
/// As [`near`].
pub fn gaps(polygons: &Polygons, weights: &Weights, kind: Contiguity, tolerance: f64) -> Result<Gaps, Error> {
    crate::error::length("the weights", polygons.len(), weights.len())?;
    let known = |near: &Near| {
        let there = |a: u32, b: u32| weights.neighbours(a as usize).binary_search(&b).is_ok();
        there(near.first, near.second) || there(near.second, near.first)
    };
    let edges = Edges::new(polygons);
    let mut pairs = edges.near(tolerance)?;
    pairs.retain(|near| !known(near) && (kind == Contiguity::Queen || near.extent > 2.0 * tolerance));
    pairs.sort_by(|a, b| a.distance.total_cmp(&b.distance).then((a.first, a.second).cmp(&(b.first, b.second))));
    let lonely = |place: u32| {
        let (nearest, distance) = edges.nearest(place)?;
        Some(Lonely { place, nearest, distance, within: distance <= tolerance })
    };
    Ok(Gaps { tolerance, pairs, islands: weights.islands().into_iter().filter_map(lonely).collect() })
}

/// All pairs of places whose boundaries come within a tolerance (or cross), in order of number. A place that lies inside
/// of another without touching its boundary is not found. O(m log m) for m edges and a tolerance small against them.
///
/// # Errors
/// When the tolerance is below 0 or not finite.
pub fn near(polygons: &Polygons, tolerance: f64) -> Result<Vec<Near>, Error> {
    Edges::new(polygons).near(tolerance)
}

/// Binary weights of places whose boundaries come within a tolerance or cross, wherever their corners are. Slower than
/// [`contiguity`], which it contains.
///
/// Source: libpysal, `Graph.build_fuzzy_contiguity`.
///
/// # Errors
/// As [`near`].
pub fn fuzzy_contiguity(polygons: &Polygons, tolerance: f64) -> Result<Weights, Error> {
    let pairs = near(polygons, tolerance)?;
    let mut rows = vec![Vec::new(); polygons.len()];
    for pair in pairs {
        rows[pair.first as usize].push((pair.second, 1.0));
        rows[pair.second as usize].push((pair.first, 1.0));
    }
    // Exactly shared corners are neighbours without any arithmetic.
    let exact = contiguity(polygons, Contiguity::Queen);
    for (place, row) in rows.iter_mut().enumerate() {
        row.extend(exact.neighbours(place).iter().map(|&other| (other, 1.0)));
    }
    Ok(Weights::from_rows(rows)?.binary())
}

type Point = [f64; 2];

#[derive(Clone, Copy)]
struct Edge {
    place: u32,
    from: Point,
    to: Point,
}

#[derive(Clone, Copy)]
struct Frame {
    low: Point,
    high: Point,
}

impl Frame {
    const NONE: Frame = Frame { low: [f64::INFINITY; 2], high: [f64::NEG_INFINITY; 2] };

    fn of(edge: &Edge) -> Frame {
        Frame::NONE.with(&edge.from).with(&edge.to)
    }

    fn with(self, point: &Point) -> Frame {
        Frame {
            low: [self.low[0].min(point[0]), self.low[1].min(point[1])],
            high: [self.high[0].max(point[0]), self.high[1].max(point[1])],
        }
    }

    fn around(self, other: &Frame) -> Frame {
        self.with(&other.low).with(&other.high)
    }

    /// How far two frames are apart; 0 where they meet.
    fn apart(&self, other: &Frame) -> f64 {
        let along = |axis: usize| (self.low[axis] - other.high[axis]).max(other.low[axis] - self.high[axis]).max(0.0);
        let (x, y) = (along(0), along(1));
        if x == 0.0 || y == 0.0 { x.max(y) } else { (x * x + y * y).sqrt() }
    }

    fn diagonal(&self) -> f64 {
        if self.low[0] > self.high[0] {
            0.0
        } else {
            libm::hypot(self.high[0] - self.low[0], self.high[1] - self.low[1])
        }
    }
}

/// Children of a node of the tree of frames.
const WIDTH: usize = 8;

/// All edges in order along a curve that fills the plane, under a packed tree of frames.
struct Edges {
    edges: Vec<Edge>,
    /// From the leaves (one frame for every `WIDTH` edges) to the root.
    levels: Vec<Vec<Frame>>,
    /// Edges of each place.
    of: Vec<Vec<u32>>,
}

impl Edges {
    fn new(polygons: &Polygons) -> Edges {
        let corners = polygons.corners();
        let edge = |(place, from, to): (u32, usize, usize)| Edge { place, from: corners[from], to: corners[to] };
        let mut edges: Vec<Edge> = polygons.edges().map(edge).collect();
        let all = edges.iter().fold(Frame::NONE, |frame, edge| frame.around(&Frame::of(edge)));
        let scale = |value: f64, axis: usize| {
            let size = all.high[axis] - all.low[axis];
            if size > 0.0 { ((value - all.low[axis]) / size * 65_535.0) as u32 } else { 0 }
        };
        edges.sort_by_cached_key(|edge| {
            let middle = [edge.from[0] / 2.0 + edge.to[0] / 2.0, edge.from[1] / 2.0 + edge.to[1] / 2.0];
            (interleave(scale(middle[0], 0)) | interleave(scale(middle[1], 1)) << 1, edge.place)
        });
        let mut levels: Vec<Vec<Frame>> = Vec::new();
        let group = |frames: &[Frame]| frames.iter().fold(Frame::NONE, |frame, other| frame.around(other));
        let leaves: Vec<Frame> = edges.iter().map(Frame::of).collect();
        let mut level: Vec<Frame> = leaves.chunks(WIDTH).map(group).collect();
        while level.len() > 1 {
            let above = level.chunks(WIDTH).map(group).collect();
            levels.push(std::mem::replace(&mut level, above));
        }
        levels.push(level);
        let mut of = vec![Vec::new(); polygons.len()];
        edges.iter().zip(0..).for_each(|(edge, at)| of[edge.place as usize].push(at));
        Edges { edges, levels, of }
    }

    /// Calls `visit` for every edge whose leaf is within a distance of a frame; `visit` gives the distance from there on.
    fn search(
        &self,
        frame: &Frame,
        mut limit: f64,
        stack: &mut Vec<(u8, u32)>,
        mut visit: impl FnMut(usize, f64) -> f64,
    ) {
        stack.clear();
        let top = self.levels.len() - 1;
        if !self.levels[top].is_empty() {
            stack.push((top as u8, 0));
        }
        while let Some((level, at)) = stack.pop() {
            if self.levels[level as usize][at as usize].apart(frame) > limit {
                continue;
            }
            let begin = at as usize * WIDTH;
            if level == 0 {
                for edge in begin..(begin + WIDTH).min(self.edges.len()) {
                    limit = visit(edge, limit);
                }
            } else {
                let below = level - 1;
                let end = (begin + WIDTH).min(self.levels[below as usize].len());
                stack.extend((begin as u32..end as u32).map(|child| (below, child)));
            }
        }
    }

    fn near(&self, tolerance: f64) -> Result<Vec<Near>, Error> {
        if !(tolerance >= 0.0 && tolerance.is_finite()) {
            let message = format!("the tolerance is {tolerance}; it must be 0 or more");
            return Err(Error::Parameter { parameter: "tolerance", message });
        }
        let block = |(block, edges): (usize, &[Edge])| {
            let (mut found, mut stack) = (Vec::new(), Vec::new());
            for (edge, number) in edges.iter().zip(block * 4096..) {
                let frame = Frame::of(edge);
                self.search(&frame, tolerance, &mut stack, |other, limit| {
                    let second = &self.edges[other];
                    if other > number && second.place != edge.place && Frame::of(second).apart(&frame) <= tolerance {
                        let (distance, touched) = meet(edge, second, tolerance);
                        if distance <= tolerance {
                            let places = (edge.place.min(second.place), edge.place.max(second.place));
                            found.push((places, distance, touched));
                        }
                    }
                    limit
                });
            }
            merged(found)
        };
        let blocks: Vec<_> = self.edges.par_chunks(4096).enumerate().map(block).collect();
        let near = |((first, second), distance, touched): ((u32, u32), f64, Frame)| Near {
            first,
            second,
            distance,
            extent: touched.diagonal(),
        };
        Ok(merged(blocks.concat()).into_iter().map(near).collect())
    }

    /// The place with the boundary nearest to that of a place, of equals the lower number.
    fn nearest(&self, place: u32) -> Option<(u32, f64)> {
        let (mut best, mut stack) = ((f64::INFINITY, u32::MAX), Vec::new());
        for &at in &self.of[place as usize] {
            let edge = &self.edges[at as usize];
            self.search(&Frame::of(edge), best.0, &mut stack, |other, limit| {
                let second = &self.edges[other];
                if second.place == place {
                    return limit;
                }
                let (distance, _) = meet(edge, second, 0.0);
                if (distance, second.place) < best {
                    best = (distance, second.place);
                }
                best.0
            });
        }
        (best.1 != u32::MAX).then_some((best.1, best.0))
    }
}

/// One entry for each pair of places: the least distance, all points touched.
fn merged(mut found: Vec<((u32, u32), f64, Frame)>) -> Vec<((u32, u32), f64, Frame)> {
    found.sort_by_key(|one| one.0);
    found.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 = kept.1.min(next.1);
            if next.2.low[0] <= next.2.high[0] {
                kept.2 = kept.2.around(&next.2);
            }
        }
        same
    });
    found
}

/// Puts a zero bit between all bits of 16.
fn interleave(value: u32) -> u32 {
    let value = (value | value << 8) & 0x00FF_00FF;
    let value = (value | value << 4) & 0x0F0F_0F0F;
    let value = (value | value << 2) & 0x3333_3333;
    (value | value << 1) & 0x5555_5555
}

/// Distance of two edges, and a frame around their ends that are within the tolerance of the other.
fn meet(a: &Edge, b: &Edge, tolerance: f64) -> (f64, Frame) {
    let mut touched = Frame::NONE;
    let mut least = if cross(a, b) { 0.0 } else { f64::INFINITY };
    for (point, edge) in [(&a.from, b), (&a.to, b), (&b.from, a), (&b.to, a)] {
        let distance = from_edge(point, edge);
        least = least.min(distance);
        if distance <= tolerance {
            touched = touched.with(point);
        }
    }
    (least, touched)
}

fn from_edge(point: &Point, edge: &Edge) -> f64 {
    let (x, y) = (edge.to[0] - edge.from[0], edge.to[1] - edge.from[1]);
    let (px, py) = (point[0] - edge.from[0], point[1] - edge.from[1]);
    let square = x * x + y * y;
    // The square of a tiny edge may be 0: then its beginning stands for all of it.
    let along = if square > 0.0 { ((px * x + py * y) / square).clamp(0.0, 1.0) } else { 0.0 };
    if along == 1.0 {
        return libm::hypot(point[0] - edge.to[0], point[1] - edge.to[1]);
    }
    libm::hypot(px - along * x, py - along * y)
}

/// Whether two edges cross within both. Those that only touch are found by the distance of their ends.
fn cross(a: &Edge, b: &Edge) -> bool {
    let side = |edge: &Edge, point: &Point| {
        (edge.to[0] - edge.from[0]) * (point[1] - edge.from[1])
            - (edge.to[1] - edge.from[1]) * (point[0] - edge.from[0])
    };
    let apart = |x: f64, y: f64| (x > 0.0 && y < 0.0) || (x < 0.0 && y > 0.0);
    apart(side(a, &b.from), side(a, &b.to)) && apart(side(b, &a.from), side(b, &a.to))
}

#[cfg(test)]
mod tests {
    use super::super::polygons::tests::squares;
    use super::*;
    use proptest::prelude::*;

    fn boxes(boxes: &[[f64; 4]]) -> Polygons {
        let mut polygons = Polygons::new();
        for &[x, y, width, height] in boxes {
            polygons.place();
            let ring = [[x, y], [x + width, y], [x + width, y + height], [x, y + height]];
            polygons.ring(&ring, false).expect("a ring");
        }
        polygons
    }

    fn found(polygons: &Polygons, kind: Contiguity, tolerance: f64) -> Gaps {
        gaps(polygons, &contiguity(polygons, kind), kind, tolerance).expect("gaps")
    }

    #[test]
    fn a_sound_lattice_has_no_gaps() {
        let polygons = squares(20, 20);
        for kind in [Contiguity::Queen, Contiguity::Rook] {
            let gaps = found(&polygons, kind, usual_tolerance(&polygons));
            assert!(gaps.pairs.is_empty() && gaps.islands.is_empty(), "{kind:?}: {gaps:?}");
        }
        assert!(found(&Polygons::new(), Contiguity::Queen, 0.1).pairs.is_empty());
    }

    #[test]
    fn corners_on_edges_and_slits_are_found() {
        // A wide box below two narrow ones that touch it between its corners, and one with a slit to the right.
        let polygons =
            boxes(&[[0.0, 0.0, 4.0, 1.0], [1.0, 1.0, 1.0, 1.0], [2.0, 1.0, 1.0, 1.0], [4.001, 0.0, 1.0, 1.0]]);
        let queen = found(&polygons, Contiguity::Queen, 0.01);
        let pairs: Vec<_> = queen.pairs.iter().map(|near| (near.first, near.second)).collect();
        assert_eq!(pairs, [(0, 1), (0, 2), (0, 3)]);
        assert_eq!((queen.pairs[0].distance, queen.pairs[0].extent), (0.0, 1.0));
        assert!((queen.pairs[2].distance - 0.001).abs() < 1e-12);
        let islands: Vec<_> = queen.islands.iter().map(|one| (one.place, one.nearest, one.within)).collect();
        assert_eq!(islands, [(0, 1, true), (3, 0, true)]);
        let near = found(&polygons, Contiguity::Queen, 0.0001);
        assert_eq!(near.pairs.len(), 2);
        assert!(!near.islands[1].within);
        let fuzzy = fuzzy_contiguity(&polygons, 0.01).expect("weights");
        assert_eq!((fuzzy.neighbours(0), fuzzy.neighbours(1)), (&[1, 2, 3][..], &[0, 2][..]));
        assert!(fuzzy_contiguity(&polygons, f64::NAN).is_err());
    }

    #[test]
    fn rook_wants_a_line() {
        // The first two share two corners but no edge: one has a corner in between. The third touches in one point.
        let mut polygons = Polygons::new();
        for ring in [
            &[[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]][..],
            &[[2.0, 0.0], [4.0, 0.0], [4.0, 2.0], [2.0, 2.0], [2.0, 1.0]],
            &[[4.0, 2.0], [5.0, 2.0], [5.0, 3.0]],
        ] {
            polygons.place();
            polygons.ring(ring, false).expect("a ring");
        }
        let rook = found(&polygons, Contiguity::Rook, 1e-6);
        assert_eq!(rook.pairs.iter().map(|near| (near.first, near.second)).collect::<Vec<_>>(), [(0, 1)]);
        assert!(found(&polygons, Contiguity::Queen, 1e-6).pairs.is_empty());
    }

    #[test]
    fn boundaries_that_cross_are_found() {
        let polygons = boxes(&[[0.0, 1.0, 3.0, 1.0], [1.0, 0.0, 1.0, 3.0], [10.0, 10.0, 1.0, 1.0]]);
        let gaps = found(&polygons, Contiguity::Queen, 0.0);
        assert_eq!((gaps.pairs.len(), gaps.pairs[0].distance), (1, 0.0));
        let far = gaps.islands.iter().find(|one| one.place == 2).expect("an island");
        assert!((far.distance - libm::hypot(8.0, 7.0).min(libm::hypot(7.0, 8.0))).abs() < 1e-12 && !far.within);
        let one = boxes(&[[0.0, 0.0, 1.0, 1.0]]);
        assert!(found(&one, Contiguity::Queen, 1.0).islands.is_empty());
    }

    proptest! {
        #[test]
        fn near_pairs_are_those_of_a_scan(
            shapes in proptest::collection::vec([0.0..9.0, 0.0..9.0, 0.1..2.0, 0.1..2.0], 1..40),
            tolerance in 0.0..0.5,
        ) {
            let polygons = boxes(&shapes);
            let edges: Vec<Vec<Edge>> = (0..polygons.len()).map(|place| {
                let ring = polygons.rings(place).next().expect("a ring").0;
                (0..4).map(|at| Edge { place: place as u32, from: ring[at], to: ring[(at + 1) % 4] }).collect()
            }).collect();
            let mut wanted = Vec::new();
            for first in 0..polygons.len() {
                for second in first + 1..polygons.len() {
                    let all = edges[first].iter().flat_map(|a| edges[second].iter().map(move |b| meet(a, b, 0.0).0));
                    let least = all.fold(f64::INFINITY, f64::min);
                    if least <= tolerance {
                        wanted.push((first as u32, second as u32, least));
                    }
                }
            }
            let found = near(&polygons, tolerance).expect("pairs");
            prop_assert_eq!(found.iter().map(|near| (near.first, near.second, near.distance)).collect::<Vec<_>>(), wanted);
        }
    }
}
