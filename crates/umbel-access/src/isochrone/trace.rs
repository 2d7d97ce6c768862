//! Borders between nodes of a grid that lie inside and outside, as rings.

use super::Polygon;

/// No edge, no ring.
const NONE: u32 = u32::MAX;

/// A border crosses an edge at least so far from its nodes, so that rings never touch.
const LEAST_SHARE: f64 = 0.01;

/// Traces rings; holds the memory of a tracing.
///
/// An edge eastward from a node has twice the number of the node, one northward that plus 1.
#[derive(Clone, Debug, Default)]
pub(super) struct Tracer {
    /// The edge to which the border goes on from each edge it crosses, the inside on its left.
    next: Vec<u32>,
    /// The ring of each edge.
    ring: Vec<u32>,
    /// Edges crossed, to be cleared again.
    crossed: Vec<u32>,
    /// Per node, 1 where it lies inside.
    signs: Vec<u8>,
}

/// Nodes looked at together where nothing changes.
const WORD: usize = 8;

/// The signs of some nodes beside each other, as one number; `None` at the end of the row.
#[inline]
fn word(row: &[u8], at: usize) -> Option<u64> {
    row.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}

impl Tracer {
    /// The areas where `inside` (rows of nodes from the south; the nodes at the rim must not be inside) is above 0, in
    /// units of the grid, in the order of their southernmost nodes. Linear in the nodes.
    pub(super) fn trace(&mut self, inside: &[f32], width: usize) -> Vec<Polygon> {
        self.signs.clear();
        self.signs.extend(inside.iter().map(|&inside| u8::from(inside > 0.0)));
        self.link(inside, width);
        let signs = std::mem::take(&mut self.signs);
        let mut polygons: Vec<Polygon> = Vec::new();
        // The polygon of each ring, and whether the ring is its outer one.
        let mut rings: Vec<u32> = Vec::new();
        // Each ring crosses an edge eastward; of those in the southernmost row that it crosses, the first is met first.
        for (first, row) in (0..).step_by(width).zip(signs.chunks_exact(width)) {
            // The ring last crossed on this row.
            let mut before = NONE;
            let mut at = 0;
            while at < width - 1 {
                if word(row, at).is_some_and(|here| word(row, at + 1) == Some(here)) {
                    at += WORD;
                    continue;
                }
                if row[at] == row[at + 1] {
                    at += 1;
                    continue;
                }
                let edge = 2 * (first + at) as u32;
                if self.ring[edge as usize] == NONE {
                    let number = rings.len() as u32;
                    let ring = self.follow(edge, number, inside, width);
                    if row[at] == 1 {
                        // A hole: from the ring crossed before it to here all is inside.
                        let polygon = rings[before as usize];
                        polygons[polygon as usize].holes.push(ring);
                        rings.push(polygon);
                    } else {
                        rings.push(polygons.len() as u32);
                        polygons.push(Polygon { outer: ring, holes: Vec::new() });
                    }
                }
                before = self.ring[edge as usize];
                at += 1;
            }
        }
        self.signs = signs;
        for edge in self.crossed.drain(..) {
            self.next[edge as usize] = NONE;
            self.ring[edge as usize] = NONE;
        }
        polygons
    }

    /// Links the edges that the border crosses, cell by cell.
    fn link(&mut self, inside: &[f32], width: usize) {
        self.next.resize(2 * inside.len(), NONE);
        self.ring.resize(2 * inside.len(), NONE);
        for south in 0..inside.len() / width - 1 {
            let (lower, upper) = (&inside[south * width..][..width], &inside[(south + 1) * width..][..width]);
            let signs = &self.signs[south * width..][..2 * width];
            let (below, above) = signs.split_at(width);
            let mut next = 0;
            while next < width - 1 {
                let same = word(below, next).filter(|&here| {
                    let others = [word(below, next + 1), word(above, next), word(above, next + 1)];
                    others.iter().all(|&other| other == Some(here))
                });
                if same.is_some() {
                    next += WORD;
                    continue;
                }
                let at = next;
                next += 1;
                let corners = [lower[at], lower[at + 1], upper[at + 1], upper[at]];
                let case = below[at] | below[at + 1] << 1 | above[at + 1] << 2 | above[at] << 3;
                if case == 0 || case == 15 {
                    continue;
                }
                let node = (south * width + at) as u32;
                let (bottom, left) = (2 * node, 2 * node + 1);
                let (right, top) = (left + 2, bottom + 2 * width as u32);
                // Two corners across from each other are joined where the middle is inside.
                let middle = || corners.iter().sum::<f32>() > 0.0;
                let (first, second) = match case {
                    1 => ((bottom, left), None),
                    2 => ((right, bottom), None),
                    3 => ((right, left), None),
                    4 => ((top, right), None),
                    5 if middle() => ((bottom, right), Some((top, left))),
                    5 => ((bottom, left), Some((top, right))),
                    6 => ((top, bottom), None),
                    7 => ((top, left), None),
                    8 => ((left, top), None),
                    9 => ((bottom, top), None),
                    10 if middle() => ((left, bottom), Some((right, top))),
                    10 => ((right, bottom), Some((left, top))),
                    11 => ((right, top), None),
                    12 => ((left, right), None),
                    13 => ((bottom, right), None),
                    _ => ((left, bottom), None),
                };
                for (from, to) in [Some(first), second].into_iter().flatten() {
                    self.next[from as usize] = to;
                    self.crossed.push(from);
                }
            }
        }
    }

    /// Follows the border from an edge until it is there again.
    fn follow(&mut self, start: u32, number: u32, inside: &[f32], width: usize) -> Vec<[f64; 2]> {
        let mut ring = Vec::new();
        let mut edge = start;
        loop {
            self.ring[edge as usize] = number;
            ring.push(crossing(edge, inside, width));
            edge = self.next[edge as usize];
            if edge == start {
                break;
            }
        }
        ring.push(ring[0]);
        ring
    }
}

/// Where the border crosses an edge.
fn crossing(edge: u32, inside: &[f32], width: usize) -> [f64; 2] {
    let node = edge as usize / 2;
    let north = edge % 2 == 1;
    let other = if north { node + width } else { node + 1 };
    let (here, there) = (f64::from(inside[node]), f64::from(inside[other]));
    // Infinitely far outside: beside the node that is inside.
    let share = here / (here - there);
    let share = if share.is_nan() { 1.0 } else { share }.clamp(LEAST_SHARE, 1.0 - LEAST_SHARE);
    let (x, y) = ((node % width) as f64, (node / width) as f64);
    if north { [x, y + share] } else { [x + share, y] }
}

impl Polygon {
    /// Its area, in the square of its units.
    pub(super) fn area(&self) -> f64 {
        // Holes run the other way round.
        signed_area(&self.outer) + self.holes.iter().map(|hole| signed_area(hole)).sum::<f64>()
    }

    /// The same with other coordinates.
    pub(super) fn map(self, to: impl Fn([f64; 2]) -> [f64; 2]) -> Polygon {
        let all = |ring: Vec<[f64; 2]>| ring.into_iter().map(&to).collect();
        Polygon { outer: all(self.outer), holes: self.holes.into_iter().map(all).collect() }
    }
}

/// Area of a closed ring, above 0 if it runs counter-clockwise.
fn signed_area(ring: &[[f64; 2]]) -> f64 {
    let Some(&[x, y]) = ring.first() else { return 0.0 };
    let cross = |two: &[[f64; 2]]| (two[0][0] - x) * (two[1][1] - y) - (two[1][0] - x) * (two[0][1] - y);
    ring.windows(2).map(cross).sum::<f64>() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn closed(ring: &[[f64; 2]]) -> bool {
        ring.len() >= 4 && ring.first() == ring.last()
    }

    /// Whether a point is within a ring, by a ray eastward.
    fn within(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
        let crosses = |two: &&[[f64; 2]]| {
            let ([ax, ay], [bx, by]) = (two[0], two[1]);
            (ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax)
        };
        ring.windows(2).filter(|two| crosses(two)).count() % 2 == 1
    }

    fn covers(polygons: &[Polygon], point: [f64; 2]) -> bool {
        let of = |polygon: &Polygon| within(&polygon.outer, point) && !polygon.holes.iter().any(|h| within(h, point));
        polygons.iter().filter(|polygon| of(polygon)).count() == 1
    }

    /// Whether two pieces meet other than at ends that they share.
    fn meet(a: &[[f64; 2]], b: &[[f64; 2]]) -> bool {
        let side = |p: [f64; 2], q: [f64; 2], r: [f64; 2]| {
            ((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])).partial_cmp(&0.0)
        };
        let apart = |a: &[[f64; 2]], b: &[[f64; 2]]| side(a[0], a[1], b[0]) != side(a[0], a[1], b[1]);
        // Pieces of one straight line are apart when their frames are.
        let range = |two: &[[f64; 2]], axis: usize| (two[0][axis].min(two[1][axis]), two[0][axis].max(two[1][axis]));
        let framed = (0..2).all(|axis| range(a, axis).0 <= range(b, axis).1 && range(b, axis).0 <= range(a, axis).1);
        framed && apart(a, b) && apart(b, a)
    }

    /// A grid with a rim outside.
    fn grid(values: &[i8], width: usize) -> (Vec<f32>, usize) {
        let height = values.len() / width;
        let mut inside = vec![-1.0; (width + 2) * (height + 2)];
        for (at, &value) in values.iter().enumerate().take(width * height) {
            inside[(at / width + 1) * (width + 2) + at % width + 1] = f32::from(value);
        }
        (inside, width + 2)
    }

    #[test]
    fn a_ring_around_a_hole_around_an_island() {
        #[rustfmt::skip]
        let values = [
            1, 1, 1, 1, 1,
            1, -1, -1, -1, 1,
            1, -1, 1, -1, 1,
            1, -1, -1, -1, 1,
            1, 1, 1, 1, 1_i8,
        ];
        let (inside, width) = grid(&values, 5);
        let polygons = Tracer::default().trace(&inside, width);
        assert_eq!(polygons.len(), 2);
        assert_eq!((polygons[0].holes.len(), polygons[1].holes.len()), (1, 0));
        // A square of 5 by 5 without its corners (each a triangle of 1/8), less one of 3 by 3 likewise, half a square.
        assert_eq!(polygons[0].area(), 25.0 - 0.5 - (9.0 - 0.5));
        assert_eq!(polygons[1].area(), 0.5);
        assert!(signed_area(&polygons[0].holes[0]) < 0.0);
    }

    #[test]
    fn edges_far_outside_are_crossed_beside_the_node_inside() {
        let mut inside = vec![f32::NEG_INFINITY; 9];
        inside[4] = 3.0;
        let polygons = Tracer::default().trace(&inside, 3);
        assert!((polygons[0].area() - 2.0 * LEAST_SHARE * LEAST_SHARE).abs() < 1e-12, "{polygons:?}");
    }

    proptest! {
        #[test]
        fn rings_are_closed_simple_and_around_what_is_inside(values in prop::collection::vec(-4_i8..5, 1..64), width in 1_usize..9) {
            let width = width.min(values.len());
            let (inside, width) = grid(&values, width);
            let mut tracer = Tracer::default();
            let polygons = tracer.trace(&inside, width);
            prop_assert_eq!(&polygons, &tracer.trace(&inside, width));
            for (node, &value) in inside.iter().enumerate() {
                let point = [(node % width) as f64, (node / width) as f64];
                prop_assert_eq!(covers(&polygons, point), value > 0.0, "{:?}", point);
            }
            let rings: Vec<&Vec<[f64; 2]>> =
                polygons.iter().flat_map(|polygon| std::iter::once(&polygon.outer).chain(&polygon.holes)).collect();
            for polygon in &polygons {
                prop_assert!(signed_area(&polygon.outer) > 0.0 && polygon.area() > 0.0);
                for hole in &polygon.holes {
                    prop_assert!(signed_area(hole) < 0.0 && within(&polygon.outer, hole[0]));
                }
            }
            let pieces: Vec<&[[f64; 2]]> = rings.iter().flat_map(|ring| ring.windows(2)).collect();
            prop_assert!(rings.iter().all(|ring| closed(ring)));
            for (at, a) in pieces.iter().enumerate() {
                for b in &pieces[at + 1..] {
                    let joined = a[0] == b[1] || a[1] == b[0];
                    prop_assert!(joined || !meet(a, b), "{:?} {:?}", a, b);
                }
            }
        }

        #[test]
        fn higher_fields_hold_lower_ones(
            values in prop::collection::vec((-4_i8..5, 0_i8..4), 1..64),
            width in 1_usize..9,
        ) {
            let width = width.min(values.len());
            let low: Vec<i8> = values.iter().map(|pair| pair.0).collect();
            let high: Vec<i8> = values.iter().map(|pair| pair.0 + pair.1).collect();
            let (low, wide) = grid(&low, width);
            let (high, _) = grid(&high, width);
            let mut tracer = Tracer::default();
            let (low, high) = (tracer.trace(&low, wide), tracer.trace(&high, wide));
            let area = |polygons: &[Polygon]| polygons.iter().map(Polygon::area).sum::<f64>();
            prop_assert!(area(&low) <= area(&high) + 1e-12);
            // Points off the lines of the grid and its diagonals.
            for x in 0..4 * wide {
                for y in 0..4 * (values.len() / width + 2) {
                    let point = [x as f64 / 4.0 + 0.113, y as f64 / 4.0 + 0.037];
                    prop_assert!(!covers(&low, point) || covers(&high, point), "{:?}", point);
                }
            }
        }
    }
}
