//! Names on maps: where a shape has most room for a name, and how names keep clear of each other.

use super::arcs::{Point, area, to_segment_squared};
use crate::svg::{Area, text_width};

/// How exactly the point with most room is found, as a part of the longer side of the shape.
const EXACTNESS: f64 = 0.01;

/// A square of the search: its middle, half its side, the room at its middle, and the most that any point in it can have.
struct Square {
    middle: Point,
    half: f64,
    room: f64,
    most: f64,
}

/// The point of a shape with most room for a name: far from its border, with rooms wider than high preferred.
///
/// `None` for a shape without a ring. The pole of inaccessibility of the largest ring, by branch and bound: the square
/// that may hold the most room is quartered until none can hold more than what was found. A few dozen distances to the
/// border a shape, whatever its form.
pub fn anchor(rings: &[Vec<Point>]) -> Option<Point> {
    let ring = rings.iter().max_by(|a, b| area(a).abs().total_cmp(&area(b).abs()))?;
    // A name is about twice as wide as it is high: distances count in a plane stretched upwards.
    let border: Vec<Point> = ring.iter().map(|point| (point.0, point.1 * 2.0)).collect();
    let bounds = |pick: fn(&Point) -> f64| {
        border.iter().map(pick).fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
    };
    let ((left, right), (top, bottom)) = (bounds(|p| p.0), bounds(|p| p.1));
    let (width, height) = (right - left, bottom - top);
    let square = |middle: Point, half: f64| {
        let next = border.iter().cycle().skip(1);
        let nearest =
            border.iter().zip(next).map(|(a, b)| to_segment_squared(middle, *a, *b)).fold(f64::INFINITY, f64::min);
        let room = if inside(middle, &border) { nearest.sqrt() } else { -nearest.sqrt() };
        Square { middle, half, room, most: room + half * std::f64::consts::SQRT_2 }
    };
    // A sliver is searched in squares wider than it, or there would be no end of them.
    let half = (width.min(height) / 2.0).max(width.max(height) / 128.0);
    let mut best = square((left + width / 2.0, top + height / 2.0), 0.0);
    // A shape without width or height has no room anywhere: its middle will do.
    if half > 0.0 && half.is_finite() {
        let exactness = width.max(height) * EXACTNESS;
        let mut squares: Vec<Square> = Vec::new();
        for i in 0..(width / half / 2.0).ceil() as u32 {
            for j in 0..(height / half / 2.0).ceil() as u32 {
                let middle = (left + half * f64::from(2 * i + 1), top + half * f64::from(2 * j + 1));
                squares.push(square(middle, half));
            }
        }
        // Few squares are open at a time: looking through them costs less than keeping a heap.
        while let Some(at) = (0..squares.len()).max_by(|&a, &b| squares[a].most.total_cmp(&squares[b].most)) {
            let next = squares.swap_remove(at);
            if next.room > best.room {
                best = Square { ..next };
            }
            if next.most - best.room <= exactness {
                break;
            }
            let half = next.half / 2.0;
            for (x, y) in [(-half, -half), (half, -half), (-half, half), (half, half)] {
                squares.push(square((next.middle.0 + x, next.middle.1 + y), half));
            }
        }
    }
    Some((best.middle.0, best.middle.1 / 2.0))
}

/// Whether a point lies in a ring (even-odd rule).
pub fn inside(point: Point, ring: &[Point]) -> bool {
    let next = ring.iter().cycle().skip(1);
    let crossings = ring.iter().zip(next).filter(|(a, b)| {
        (a.1 > point.1) != (b.1 > point.1) && point.0 < (b.0 - a.0) * (point.1 - a.1) / (b.1 - a.1) + a.0
    });
    crossings.count() % 2 == 1
}

/// A line of a label: its text and the size of its letters.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The text.
    pub text: String,
    /// Letter size, drawing units.
    pub size: f64,
    /// Class.
    pub class: &'static str,
}

/// A label to be placed: the point it belongs to and its forms, fullest first.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Where it should be.
    pub at: Point,
    /// Forms to try, fullest first.
    pub forms: Vec<Vec<Line>>,
}

/// A placed label: which form, and its ground. `leader` is true when it stands apart from its point.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    /// Index into [`Wanted::forms`].
    pub form: usize,
    /// Ground.
    pub area: Area,
    /// Whether a line to its point is needed.
    pub leader: bool,
}

/// Ground that the lines of a form take around a point.
pub fn ground(form: &[Line], at: Point) -> Area {
    let width = form.iter().map(|line| text_width(&line.text, line.size)).fold(0.0, f64::max);
    let height: f64 = form.iter().map(|line| line.size * 1.16).sum();
    Area::around(at.0, at.1, width + 2.0, height)
}

/// Places labels in their order, each at the nearest clear spot, shorter forms when the full one finds none within
/// `reach`; a label that finds no spot at all is left out (`None`).
pub fn place(wanted: &[Wanted], frame: Area, blocked: &[Area], reach: f64) -> Vec<Option<Set>> {
    let mut taken: Vec<Area> = blocked.to_vec();
    let mut out = Vec::with_capacity(wanted.len());
    for label in wanted {
        let mut found = None;
        'forms: for (index, form) in label.forms.iter().enumerate() {
            let last = index + 1 == label.forms.len();
            // The fullest form stays near its point; shorter ones may move further.
            let rings = if last { reach } else { reach.min(if index == 0 { 9.0 } else { 27.0 }) } / 3.0;
            for ring in 0..=rings as u32 {
                let radius = f64::from(ring) * 3.0;
                let steps = if ring == 0 { 1 } else { 8 + ring * 2 };
                for step in 0..steps {
                    let angle = std::f64::consts::TAU * f64::from(step) / f64::from(steps);
                    let at = (label.at.0 + radius * angle.cos() * 1.25, label.at.1 + radius * angle.sin());
                    let area = ground(form, at);
                    let framed = area.left >= frame.left
                        && area.right <= frame.right
                        && area.top >= frame.top
                        && area.bottom <= frame.bottom;
                    if framed && !taken.iter().any(|other| other.meets(&area.grown(0.8))) {
                        let leader = !area.grown(5.0).holds(label.at.0, label.at.1);
                        found = Some(Set { form: index, area, leader });
                        break 'forms;
                    }
                }
            }
        }
        if let Some(set) = &found {
            taken.push(set.area);
        }
        out.push(found);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn labels_never_meet(points in proptest::collection::vec((0.0..400.0_f64, 0.0..300.0_f64), 1..60)) {
            let form = |text: &str| vec![Line { text: text.into(), size: 12.0, class: "" }];
            let wanted: Vec<_> =
                points.iter().map(|at| Wanted { at: *at, forms: vec![form("A long name"), form("Name")] }).collect();
            let frame = Area { left: 0.0, top: 0.0, right: 400.0, bottom: 300.0 };
            let set: Vec<Set> = place(&wanted, frame, &[], 40.0).into_iter().flatten().collect();
            for (i, a) in set.iter().enumerate() {
                prop_assert!(a.area.left >= 0.0 && a.area.bottom <= 300.0);
                for b in &set[i + 1..] {
                    prop_assert!(!a.area.meets(&b.area));
                }
            }
        }
    }

    #[test]
    fn the_anchor_lies_inside() {
        let horseshoe = vec![
            (0.0, 0.0),
            (90.0, 0.0),
            (90.0, 60.0),
            (60.0, 60.0),
            (60.0, 10.0),
            (20.0, 10.0),
            (20.0, 60.0),
            (0.0, 60.0),
        ];
        let point = anchor(std::slice::from_ref(&horseshoe)).unwrap();
        assert!(inside(point, &horseshoe));
        assert_eq!(anchor(&[]), None);
    }
}
