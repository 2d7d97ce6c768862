//! Simplification that keeps neighbours together: a border shared by two shapes is simplified once.
//!
//! Rings are cut where borders meet, each piece is simplified in a direction that does not depend on whose it is
//! (Douglas and Peucker, *Cartographica* 10, 1973), and put together again.

use rustc_hash::{FxHashMap, FxHashSet};

/// A point of the plane.
pub type Point = (f64, f64);
type Key = (i64, i64);

fn key(point: Point) -> Key {
    ((point.0 * 1e4).round() as i64, (point.1 * 1e4).round() as i64)
}

/// Simplifies the rings of all shapes of one map to within `tolerance` (in the unit of the points).
///
/// Rings are closed implicitly; a closing point that repeats the first is dropped. Points of neighbours must agree to
/// 1e-4 units to count as shared. Rings that shrink below three points or `least` area are left out, but the largest
/// of a shape stays.
pub fn simplify(shapes: &[Vec<Vec<Point>>], tolerance: f64, least: f64) -> Vec<Vec<Vec<Point>>> {
    let rings: Vec<Vec<(usize, Vec<Point>)>> =
        shapes.iter().enumerate().map(|(at, shape)| shape.iter().map(|ring| (at, open(ring))).collect()).collect();
    let junctions = junctions(rings.iter().flatten().map(|(_, ring)| ring.as_slice()));
    rings
        .iter()
        .map(|shape| {
            let mut out: Vec<(f64, Vec<Point>)> = shape
                .iter()
                .map(|(_, ring)| simplify_ring(ring, &junctions, tolerance))
                .filter(|ring| ring.len() >= 3)
                .map(|ring| (area(&ring).abs(), ring))
                .collect();
            let largest = out.iter().map(|(area, _)| *area).fold(0.0, f64::max);
            out.retain(|(area, _)| *area >= least || *area >= largest);
            out.into_iter().map(|(_, ring)| ring).collect()
        })
        .collect()
}

/// Signed area of a ring.
pub fn area(ring: &[Point]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum::<f64>() / 2.0
}

fn open(ring: &[Point]) -> Vec<Point> {
    let mut out: Vec<Point> = Vec::with_capacity(ring.len());
    for &point in ring {
        if out.last().is_none_or(|&last| key(last) != key(point)) {
            out.push(point);
        }
    }
    while out.len() > 1 && key(out[0]) == key(out[out.len() - 1]) {
        out.pop();
    }
    out
}

/// Points where borders meet: those that have other neighbours in another ring.
fn junctions<'a>(rings: impl Iterator<Item = &'a [Point]>) -> FxHashSet<Key> {
    let mut neighbours: FxHashMap<Key, (Key, Key)> = FxHashMap::default();
    let mut found = FxHashSet::default();
    for ring in rings {
        for at in 0..ring.len() {
            let (a, b) = (key(ring[(at + ring.len() - 1) % ring.len()]), key(ring[(at + 1) % ring.len()]));
            let pair = (a.min(b), a.max(b));
            match neighbours.get(&key(ring[at])) {
                None => {
                    neighbours.insert(key(ring[at]), pair);
                }
                Some(known) if *known == pair => {}
                Some(_) => {
                    found.insert(key(ring[at]));
                }
            }
        }
    }
    found
}

fn simplify_ring(ring: &[Point], junctions: &FxHashSet<Key>, tolerance: f64) -> Vec<Point> {
    if ring.len() < 3 {
        return Vec::new();
    }
    let mut cuts: Vec<usize> = (0..ring.len()).filter(|&at| junctions.contains(&key(ring[at]))).collect();
    if cuts.len() < 2 {
        // An island, or a ring with one junction: cut at a point that does not depend on where the ring starts, and
        // at the point farthest from it.
        let first =
            cuts.first().copied().unwrap_or_else(|| (0..ring.len()).min_by_key(|&at| key(ring[at])).unwrap_or(0));
        let distance = |at: usize| (ring[at].0 - ring[first].0).hypot(ring[at].1 - ring[first].1);
        let far = (0..ring.len())
            .max_by(|&a, &b| distance(a).total_cmp(&distance(b)).then_with(|| key(ring[b]).cmp(&key(ring[a]))))
            .unwrap_or(0);
        cuts = vec![first.min(far), first.max(far)];
        cuts.dedup();
    }
    let mut out = Vec::new();
    for (i, &from) in cuts.iter().enumerate() {
        let to = cuts[(i + 1) % cuts.len()];
        let length = (to + ring.len() - from - 1) % ring.len() + 1;
        let mut piece: Vec<Point> = (0..=length).map(|step| ring[(from + step) % ring.len()]).collect();
        let last = piece.len() - 1;
        let forwards = (key(piece[0]), key(piece[1])) <= (key(piece[last]), key(piece[last - 1]));
        if !forwards {
            piece.reverse();
        }
        let mut kept = douglas_peucker(&piece, tolerance);
        if !forwards {
            kept.reverse();
        }
        kept.pop();
        out.extend(kept);
    }
    out
}

fn douglas_peucker(line: &[Point], tolerance: f64) -> Vec<Point> {
    let mut keep = vec![false; line.len()];
    let mut stack = vec![(0, line.len() - 1)];
    keep[0] = true;
    keep[line.len() - 1] = true;
    while let Some((from, to)) = stack.pop() {
        let mut worst = (0.0, from);
        for at in from + 1..to {
            let distance = to_segment_squared(line[at], line[from], line[to]);
            if distance > worst.0 {
                worst = (distance, at);
            }
        }
        if worst.0 > tolerance * tolerance {
            keep[worst.1] = true;
            stack.push((from, worst.1));
            stack.push((worst.1, to));
        }
    }
    line.iter().zip(keep).filter(|(_, keep)| *keep).map(|(point, _)| *point).collect()
}

/// Square of the distance of a point to a segment.
pub fn to_segment_squared(point: Point, from: Point, to: Point) -> f64 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx * dx + dy * dy;
    let along = if length > 0.0 { ((point.0 - from.0) * dx + (point.1 - from.1) * dy) / length } else { 0.0 };
    let along = along.clamp(0.0, 1.0);
    let (x, y) = (point.0 - from.0 - along * dx, point.1 - from.1 - along * dy);
    x * x + y * y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_border_is_simplified_once() {
        // Two squares with a wavy border between them, the second ring started elsewhere and turned round.
        let wave: Vec<Point> =
            (0..=40).map(|i| (50.0 + 3.0 * (f64::from(i) * 0.9).sin(), f64::from(i) * 2.5)).collect();
        let mut left = vec![(0.0, 100.0), (0.0, 0.0)];
        left.extend(&wave);
        let mut right = wave.clone();
        right.extend([(100.0, 100.0), (100.0, 0.0)]);
        right.rotate_left(17);
        right.reverse();
        let out = simplify(&[vec![left], vec![right]], 1.5, 0.0);
        let points = |shape: usize| -> FxHashSet<Key> {
            out[shape][0].iter().filter(|p| p.0 > 1.0 && p.0 < 99.0).map(|p| key(*p)).collect()
        };
        assert_eq!(points(0), points(1));
        assert!(points(0).len() < 41 && points(0).len() > 4, "{}", points(0).len());
        let total = area(&out[0][0]).abs() + area(&out[1][0]).abs();
        assert!((total - 10_000.0).abs() < 1e-6, "no gap and no overlap: {total}");
    }

    #[test]
    fn odd_rings_do_not_break() {
        let shapes = [vec![vec![]], vec![vec![(0.0, 0.0)]], vec![vec![(0.0, 0.0), (1.0, 0.0), (0.0, 0.0)]], vec![]];
        assert!(simplify(&shapes, 1.0, 0.0).iter().all(Vec::is_empty));
    }

    #[test]
    fn specks_go_but_the_largest_stays() {
        let square = |size: f64| vec![(0.0, 0.0), (size, 0.0), (size, size), (0.0, size)];
        let out = simplify(&[vec![square(10.0), square(0.5)], vec![square(0.5)]], 0.1, 1.0);
        assert_eq!((out[0].len(), out[1].len()), (1, 1));
    }
}
