//! Whether polygons are valid (OGC Simple Features): rings are simple, holes lie inside, parts do not overlap.
//!
//! The rules are those of `geo::Validation`, against which the tests below compare, and a spike (two neighbouring segments
//! that run along each other) is a fault too. That one compares every pair of segments of a ring, which takes minutes on a
//! detailed coast, and may panic on rings that are not simple; the sweep here sorts them and takes milliseconds.

use geo::algorithm::kernels::{Kernel, Orientation, RobustKernel};
use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{BoundingRect, Coord, LineString, MultiPolygon, Polygon, Rect};
use rustc_hash::FxHashSet;

/// What is wrong with a geometry, and where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    /// A ring has fewer than three distinct points.
    TooFewPoints,
    /// A coordinate is not a finite number.
    NotFinite,
    /// A ring crosses or touches itself here.
    CrossesItself(Coord<f64>),
    /// Two rings cross, or run along each other, here.
    RingsCross(Coord<f64>),
    /// This point of a hole is not inside its polygon, or lies in another hole.
    HoleMisplaced(Coord<f64>),
    /// Two parts overlap at this point.
    PartsOverlap(Coord<f64>),
}

struct Ring {
    polygon: usize,
    points: Vec<Coord<f64>>,
    area: Polygon<f64>,
    bounds: Rect<f64>,
}

#[derive(Clone, Copy)]
struct Segment {
    ring: usize,
    start: Coord<f64>,
    end: Coord<f64>,
}

/// The first fault found, if any. Empty rings are passed over. Time: about `n log n` in the number of points.
pub fn fault(polygons: &MultiPolygon<f64>) -> Option<Fault> {
    let mut rings: Vec<Ring> = Vec::new();
    // Rings of each polygon: the outer one first.
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); polygons.0.len()];
    for (polygon, shape) in polygons.iter().enumerate() {
        for line in std::iter::once(shape.exterior()).chain(shape.interiors()) {
            if line.0.is_empty() {
                continue;
            }
            if line.0.iter().any(|c| !c.x.is_finite() || !c.y.is_finite()) {
                return Some(Fault::NotFinite);
            }
            let mut points = line.0.clone();
            points.dedup();
            if points.len() < 4 {
                return Some(Fault::TooFewPoints);
            }
            let area = Polygon::new(LineString(points.clone()), Vec::new());
            let bounds = area.bounding_rect()?;
            members[polygon].push(rings.len());
            rings.push(Ring { polygon, points, area, bounds });
        }
    }
    let touching = match sweep(&rings) {
        Ok(touching) => touching,
        Err(fault) => return Some(fault),
    };
    let touch = |a: usize, b: usize| touching.contains(&(a.min(b), a.max(b)));
    for of in &members {
        let Some((&outer, holes)) = of.split_first() else { continue };
        for (at, &hole) in holes.iter().enumerate() {
            if let Some(point) =
                probe(&rings[hole], touch(outer, hole), |p| position(&rings[outer], p) == CoordPos::Outside)
            {
                return Some(Fault::HoleMisplaced(point));
            }
            for &other in holes[..at].iter().filter(|other| meet(&rings[**other], &rings[hole])) {
                let both = touch(other, hole);
                let inside = |ring: &Ring, of: &Ring| probe(ring, both, |p| position(of, p) == CoordPos::Inside);
                let found = inside(&rings[hole], &rings[other]).or_else(|| inside(&rings[other], &rings[hole]));
                if let Some(point) = found {
                    return Some(Fault::HoleMisplaced(point));
                }
            }
        }
    }
    let outers: Vec<usize> = members.iter().filter_map(|of| of.first().copied()).collect();
    for (at, &a) in outers.iter().enumerate() {
        for &b in outers[..at].iter().filter(|b| meet(&rings[**b], &rings[a])) {
            // The holes of one may touch the outer ring of the other, too.
            let near = |outer: usize, with: usize| members[rings[with].polygon].iter().any(|ring| touch(outer, *ring));
            let inside = |outer: usize, with: usize| {
                let polygon = &polygons.0[rings[with].polygon];
                probe(&rings[outer], near(outer, with), |p| polygon.coordinate_position(&p) == CoordPos::Inside)
            };
            if let Some(point) = inside(a, b).or_else(|| inside(b, a)) {
                return Some(Fault::PartsOverlap(point));
            }
        }
    }
    None
}

fn meet(a: &Ring, b: &Ring) -> bool {
    let (a, b) = (a.bounds, b.bounds);
    a.min().x <= b.max().x && b.min().x <= a.max().x && a.min().y <= b.max().y && b.min().y <= a.max().y
}

fn position(ring: &Ring, point: Coord<f64>) -> CoordPos {
    ring.area.coordinate_position(&point)
}

/// A point of the ring for which the test holds. Rings that have no point in common lie wholly on one side of each other,
/// so that one point decides; of others every point and every middle of a segment is tried.
fn probe(ring: &Ring, touching: bool, test: impl Fn(Coord<f64>) -> bool) -> Option<Coord<f64>> {
    if !touching {
        return ring.points.first().copied().filter(|point| test(*point));
    }
    let middles = ring.points.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0);
    ring.points.iter().copied().chain(middles).find(|point| test(*point))
}

/// Compares all segments whose bounding boxes meet. Returns the pairs of rings that touch at points only.
fn sweep(rings: &[Ring]) -> Result<FxHashSet<(usize, usize)>, Fault> {
    let mut segments: Vec<Segment> = rings
        .iter()
        .enumerate()
        .flat_map(|(ring, of)| of.points.windows(2).map(move |pair| Segment { ring, start: pair[0], end: pair[1] }))
        .collect();
    let left = |s: &Segment| s.start.x.min(s.end.x);
    let right = |s: &Segment| s.start.x.max(s.end.x);
    let low = |s: &Segment| s.start.y.min(s.end.y);
    let high = |s: &Segment| s.start.y.max(s.end.y);
    segments.sort_by(|a, b| left(a).total_cmp(&left(b)));
    let mut touching = FxHashSet::default();
    let mut open: Vec<Segment> = Vec::new();
    for segment in segments {
        open.retain(|other| right(other) >= left(&segment));
        for other in &open {
            if low(other) > high(&segment) || low(&segment) > high(other) {
                continue;
            }
            let Some(contact) = contact(&segment, other) else { continue };
            if segment.ring == other.ring {
                // Neighbours share a point, and no more: a spike runs back along itself.
                let neighbours = segment.start == other.end || segment.end == other.start;
                if !neighbours || matches!(contact, Contact::Stretch(_)) {
                    return Err(Fault::CrossesItself(contact.at()));
                }
            } else if let Contact::Point(_) = contact {
                touching.insert((segment.ring.min(other.ring), segment.ring.max(other.ring)));
            } else {
                return Err(Fault::RingsCross(contact.at()));
            }
        }
        open.push(segment);
    }
    Ok(touching)
}

/// How two segments meet.
#[derive(Clone, Copy)]
enum Contact {
    /// At a point that is an end of at least one.
    Point(Coord<f64>),
    /// At a point inside both.
    Crossing(Coord<f64>),
    /// Along a stretch.
    Stretch(Coord<f64>),
}

impl Contact {
    fn at(self) -> Coord<f64> {
        match self {
            Contact::Point(at) | Contact::Crossing(at) | Contact::Stretch(at) => at,
        }
    }
}

fn contact(s: &Segment, t: &Segment) -> Option<Contact> {
    let turn = |a: Coord<f64>, b: Coord<f64>, c: Coord<f64>| RobustKernel::orient2d(a, b, c);
    let (t1, t2) = (turn(s.start, s.end, t.start), turn(s.start, s.end, t.end));
    let (s1, s2) = (turn(t.start, t.end, s.start), turn(t.start, t.end, s.end));
    use Orientation::Collinear;
    if t1 == Collinear && t2 == Collinear {
        // On one line: compare along the longer axis.
        let wide = (s.end.x - s.start.x).abs() >= (s.end.y - s.start.y).abs();
        let along = |c: Coord<f64>| if wide { c.x } else { c.y };
        let (s_low, s_high) = ordered(s, along);
        let (t_low, t_high) = ordered(t, along);
        let from = if along(s_low) >= along(t_low) { s_low } else { t_low };
        let to = if along(s_high) <= along(t_high) { s_high } else { t_high };
        return match along(from).total_cmp(&along(to)) {
            std::cmp::Ordering::Less => Some(Contact::Stretch(from)),
            std::cmp::Ordering::Equal => Some(Contact::Point(from)),
            std::cmp::Ordering::Greater => None,
        };
    }
    if t1 == t2 || s1 == s2 {
        return None;
    }
    let ends = [(t1, t.start), (t2, t.end), (s1, s.start), (s2, s.end)];
    if let Some((_, at)) = ends.iter().find(|(turn, _)| *turn == Collinear) {
        return Some(Contact::Point(*at));
    }
    let (d, e) = (s.end - s.start, t.end - t.start);
    let across = d.x * e.y - d.y * e.x;
    let offset = t.start - s.start;
    let share = if across == 0.0 { 0.5 } else { ((offset.x * e.y - offset.y * e.x) / across).clamp(0.0, 1.0) };
    Some(Contact::Crossing(s.start + d * share))
}

fn ordered(s: &Segment, along: impl Fn(Coord<f64>) -> f64) -> (Coord<f64>, Coord<f64>) {
    if along(s.start) <= along(s.end) { (s.start, s.end) } else { (s.end, s.start) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Validation;
    use proptest::prelude::*;

    fn square(x: f64, y: f64, side: f64) -> LineString<f64> {
        LineString::from(vec![(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)])
    }

    fn one(outer: LineString<f64>, holes: Vec<LineString<f64>>) -> MultiPolygon<f64> {
        MultiPolygon(vec![Polygon::new(outer, holes)])
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        assert_eq!(fault(&one(square(0.0, 0.0, 4.0), vec![square(1.0, 1.0, 1.0)])), None);
        let bow = LineString::from(vec![(0.0, 0.0), (2.0, 2.0), (2.0, 0.0), (0.0, 2.0), (0.0, 0.0)]);
        assert_eq!(fault(&one(bow, vec![])), Some(Fault::CrossesItself(Coord { x: 1.0, y: 1.0 })));
        let line = LineString::from(vec![(0.0, 0.0), (2.0, 2.0), (0.0, 0.0)]);
        assert_eq!(fault(&one(line, vec![])), Some(Fault::TooFewPoints));
        let hole = fault(&one(square(0.0, 0.0, 4.0), vec![square(5.0, 5.0, 1.0)]));
        assert!(matches!(hole, Some(Fault::HoleMisplaced(_))), "{hole:?}");
        let nested = MultiPolygon(vec![
            Polygon::new(square(0.0, 0.0, 4.0), vec![]),
            Polygon::new(square(1.0, 1.0, 1.0), vec![]),
        ]);
        assert!(matches!(fault(&nested), Some(Fault::PartsOverlap(_))));
        let island_in_lake = MultiPolygon(vec![
            Polygon::new(square(0.0, 0.0, 9.0), vec![square(1.0, 1.0, 7.0)]),
            Polygon::new(square(2.0, 2.0, 2.0), vec![]),
        ]);
        assert_eq!(fault(&island_in_lake), None);
    }

    #[test]
    fn a_detailed_ring_is_quick() {
        let points: Vec<(f64, f64)> = (0..200_000)
            .map(|step| {
                let angle = f64::from(step) / 200_000.0 * std::f64::consts::TAU;
                let radius = 1.0 + 0.01 * (angle * 997.0).sin();
                (radius * angle.cos(), radius * angle.sin())
            })
            .collect();
        assert_eq!(fault(&one(LineString::from(points), vec![])), None);
    }

    fn ring() -> impl Strategy<Value = LineString<f64>> {
        prop::collection::vec((0..6i32, 0..6i32), 3..8).prop_map(|points| {
            LineString(points.into_iter().map(|(x, y)| Coord { x: f64::from(x), y: f64::from(y) }).collect())
        })
    }

    fn shape() -> impl Strategy<Value = MultiPolygon<f64>> {
        prop::collection::vec((ring(), prop::collection::vec(ring(), 0..2)), 1..3).prop_map(|parts| {
            MultiPolygon(parts.into_iter().map(|(outer, holes)| Polygon::new(outer, holes)).collect())
        })
    }

    /// Whether neighbouring segments of a ring run back along each other: `geo::Validation` lets that pass.
    fn has_spike(shape: &MultiPolygon<f64>) -> bool {
        shape.iter().flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors())).any(|ring| {
            let mut points = ring.0.clone();
            points.dedup();
            let count = points.len() - 1;
            (0..count).any(|at| {
                let (a, b, c) = (points[at], points[at + 1], points[(at + 1) % count + 1]);
                let (d, e) = (b - a, c - b);
                d.x * e.y == d.y * e.x && d.x * e.x + d.y * e.y < 0.0
            })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8000))]
        #[test]
        fn agrees_with_geo(shape in shape()) {
            // On rings that are not simple the relation of geo may panic: each is asked about alone first.
            let mut rings = shape.iter().flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors()));
            let simple = !has_spike(&shape) && rings.all(|ring| Polygon::new(ring.clone(), vec![]).is_valid());
            prop_assert_eq!(fault(&shape).is_none(), simple && shape.is_valid(), "{:?}", fault(&shape));
        }
    }
}
