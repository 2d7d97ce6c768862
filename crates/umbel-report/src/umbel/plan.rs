//! Where the parts of an umbel go: computed, deterministic, clear of each other whatever their number.

use crate::svg::{Area, text_width, wrap_even};

/// Where one stalk and its florets are put.
#[derive(Clone, Debug)]
pub struct Placed {
    /// Middle of the cluster of florets.
    pub centre: (f64, f64),
    /// Radius of the cluster.
    pub radius: f64,
    /// Middle of each floret.
    pub florets: Vec<(f64, f64)>,
    /// Lines of the label.
    pub lines: Vec<String>,
    /// Ground of the label.
    pub label: Area,
}

/// The whole layout; the heart is at (0, 0), up is negative.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Stalks, in the order given.
    pub stalks: Vec<Placed>,
    /// Ground of everything.
    pub area: Area,
    /// Radius of a floret.
    pub floret: f64,
}

/// Letter size of labels, drawing units.
pub(super) const LABEL: f64 = 16.0;
/// Distance of their lines.
pub(super) const LEADING: f64 = 18.5;
/// Radius of a floret, drawing units.
const FLORET: f64 = 8.5;
/// Measure of the spiral of florets: keeps their middles at least 2 radii apart.
const SPACING: f64 = 11.6;
/// Least distance of what belongs to different chapters.
const GAP: f64 = 7.0;
/// 180 (3 - sqrt 5) degrees: the angle between neighbours in a sunflower.
const GOLDEN: f64 = 2.399_963_229_728_653;
/// Shares of the dome's radius that a stalk may reach, outermost first.
const RINGS: [f64; 9] = [1.0, 0.93, 0.86, 0.79, 0.72, 0.65, 0.58, 0.51, 0.44];

/// Florets of a cluster around (0, 0), and its radius: a sunflower, after Vogel, *Mathematical Biosciences* 44 (1979).
fn spiral(count: usize) -> (Vec<(f64, f64)>, f64) {
    let at = |i: usize| {
        let (radius, angle) = (SPACING * (i as f64 + 0.5).sqrt(), i as f64 * GOLDEN);
        (radius * angle.cos(), radius * angle.sin())
    };
    let points: Vec<_> = (0..count).map(at).collect();
    let mean = |pick: fn(&(f64, f64)) -> f64| points.iter().map(pick).sum::<f64>() / points.len().max(1) as f64;
    // Small clusters are centred on their middle.
    let (x, y) = if count < 6 { (mean(|p| p.0), mean(|p| p.1)) } else { (0.0, 0.0) };
    let points: Vec<_> = points.iter().map(|p| (p.0 - x, p.1 - y)).collect();
    let radius = points.iter().map(|p| p.0.hypot(p.1)).fold(0.0, f64::max) + FLORET;
    (points, radius)
}

/// Control point of a stalk: a quadratic curve that leaves the heart steeply and leans outward.
pub(super) fn control(end: (f64, f64)) -> (f64, f64) {
    (end.0 * 0.24, end.1 * 0.62)
}

fn stalk_point(end: (f64, f64), t: f64) -> (f64, f64) {
    let (cx, cy) = control(end);
    let (a, b) = (2.0 * t * (1.0 - t), t * t);
    (a * cx + b * end.0, a * cy + b * end.1)
}

/// What a chapter needs: its florets around (0, 0), the radius of their cluster, its label and the label's size.
struct Need {
    florets: Vec<(f64, f64)>,
    radius: f64,
    lines: Vec<String>,
    label: (f64, f64),
}

/// A place tried for a chapter.
#[derive(Clone)]
struct Spot {
    centre: (f64, f64),
    radius: f64,
    label: Area,
}

impl Spot {
    fn disc(&self) -> Area {
        Area::around(self.centre.0, self.centre.1, 2.0 * self.radius, 2.0 * self.radius)
    }

    fn ground(&self) -> Area {
        self.disc().joined(&self.label)
    }

    /// Whether florets and labels of the two keep their distance.
    fn clear_of(&self, other: &Spot) -> bool {
        let distance = (self.centre.0 - other.centre.0).hypot(self.centre.1 - other.centre.1);
        distance >= self.radius + other.radius + GAP
            && !self.label.grown(GAP / 2.0).meets(&other.label)
            && !self.disc().grown(3.0).meets(&other.label)
            && !other.disc().grown(3.0).meets(&self.label)
    }

    /// Whether the stalk that leads here passes over the florets or the label of another.
    fn crosses(&self, other: &Spot) -> bool {
        (6..40).any(|step| {
            let (x, y) = stalk_point(self.centre, f64::from(step) / 40.0);
            let near = (x - other.centre.0).hypot(y - other.centre.1) < other.radius + 2.0;
            near || other.label.grown(2.0).holds(x, y)
        })
    }
}

/// A way to fan out, of which several are tried.
#[derive(Clone, Copy)]
struct Fan {
    /// Largest angle from the vertical.
    spread: f64,
    /// Radius of the dome.
    dome: f64,
    /// At which ring the chapters of each turn start to look for room.
    starts: [usize; 3],
}

/// Lays the stalks out: labels and number of florets, from left to right.
///
/// Every chapter has a ray. It takes the first place along it where its florets and its label are clear of all that is
/// placed, if there is one where no stalk passes over another's florets or label; rays without a clear place inside the
/// dome go beyond it. Of several spreads and domes the one that gives the smallest, least tangled figure is taken.
pub fn plan(stalks: &[(&str, usize)]) -> Plan {
    let needs: Vec<Need> = stalks
        .iter()
        .map(|(label, count)| {
            let (florets, radius) = spiral(*count);
            let lines = wrap_even(label, LABEL, 118.0, 3);
            let width = lines.iter().map(|line| text_width(line, LABEL)).fold(0.0, f64::max);
            let label = (width + 4.0, lines.len() as f64 * LEADING);
            Need { florets, radius, lines, label }
        })
        .collect();
    let room: Vec<f64> = needs.iter().map(|need| (2.0 * need.radius).max(need.label.0 * 0.62) + GAP).collect();
    let all: f64 = room.iter().sum::<f64>().max(1.0);
    let widest = needs.iter().map(|need| need.radius).fold(0.0, f64::max);
    let limit = 0.42 + 0.11 * stalks.len() as f64;
    let mut best: Option<(f64, Vec<Spot>)> = None;
    for spread in [1.0, 1.12, 1.24, 1.36] {
        let spread = if stalks.len() < 2 { 0.0 } else { limit.min(spread) };
        // Many chapters fill any dome: fewer ways are worth trying.
        for &size in if stalks.len() > 18 { &[0.9, 1.0][..] } else { &[0.8, 0.9, 1.0, 1.15] } {
            let dome = (all / (spread.max(0.6) * 2.9) * size).max(250.0 * size).max(widest * 3.0);
            for starts in [[0, 4, 2], [0, 3, 5], [0, 4, 1], [1, 4, 0], [0, 2, 4], [2, 5, 0]] {
                let spots = fan_out(&needs, &room, all, Fan { spread, dome, starts });
                let cost = cost(&spots);
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    best = Some((cost, spots));
                }
            }
        }
        // Few chapters all fan out by the same angle: no need to try again.
        if limit <= spread {
            break;
        }
    }
    let spots = best.map(|(_, spots)| spots).unwrap_or_default();
    let mut area = Area { left: -40.0, top: -60.0, right: 40.0, bottom: 52.0 };
    let mut out = Vec::with_capacity(needs.len());
    for (need, spot) in needs.into_iter().zip(spots) {
        area = area.joined(&spot.ground().grown(4.0));
        let (x, y) = spot.centre;
        let florets = need.florets.iter().map(|p| (x + p.0, y + p.1)).collect();
        out.push(Placed { centre: spot.centre, radius: spot.radius, florets, lines: need.lines, label: spot.label });
    }
    Plan { stalks: out, area, floret: FLORET }
}

/// How good a layout is, less is better: small (it is drawn to a given width), balanced, not tangled.
fn cost(spots: &[Spot]) -> f64 {
    let mut area = Area { left: -40.0, top: -60.0, right: 40.0, bottom: 52.0 };
    let mut tangles = 0;
    for (at, spot) in spots.iter().enumerate() {
        area = area.joined(&spot.ground());
        tangles += spots.iter().enumerate().filter(|(other, place)| *other != at && spot.crosses(place)).count();
    }
    let (width, height) = (area.right - area.left, area.bottom - area.top);
    width.max(height * 1.15) + height * 0.5 + (area.right + area.left).abs() * 0.5 + tangles as f64 * 90.0
}

fn fan_out(needs: &[Need], room: &[f64], all: f64, fan: Fan) -> Vec<Spot> {
    let count = needs.len();
    // Angles from the vertical, each chapter taking room by the width of what it carries.
    let mut passed = 0.0;
    let angles: Vec<f64> = room
        .iter()
        .map(|room| {
            let middle = (passed + room / 2.0) / all * 2.0 - 1.0;
            passed += room;
            middle * fan.spread
        })
        .collect();
    let spot = |i: usize, share: f64| {
        let (angle, reach) = (angles[i], fan.dome * share);
        let centre = (reach * angle.sin() * 1.04, -reach * angle.cos());
        let (need, radius) = (&needs[i], needs[i].radius);
        let label = Area::around(centre.0, centre.1 - radius - 4.0 - need.label.1 / 2.0, need.label.0, need.label.1);
        Spot { centre, radius, label }
    };
    // From the rim inwards on both sides: the outer rays have least freedom.
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&i| (i.min(count - 1 - i), i));
    let mut placed: Vec<Option<Spot>> = vec![None; count];
    for (turn, &i) in order.iter().enumerate() {
        let start = fan.starts[(i.min(count - 1 - i) + turn % 2) % 3];
        let others: Vec<Spot> = placed.iter().flatten().cloned().collect();
        let clear = |here: &Spot| others.iter().all(|other| here.clear_of(other));
        let mut tangled = None;
        let mut found = None;
        for k in 0..RINGS.len() {
            let here = spot(i, RINGS[(k + start) % RINGS.len()]);
            if !clear(&here) || here.ground().bottom > -40.0 {
                continue;
            }
            if !others.iter().any(|other| here.crosses(other) || other.crosses(&here)) {
                found = Some(here);
                break;
            }
            tangled.get_or_insert(here);
        }
        // Beyond the dome there is always room: the search ends when the reach exceeds that of all that is placed.
        placed[i] = found.or(tangled).or_else(|| (1..).map(|k| spot(i, 1.0 + f64::from(k) * 0.07)).find(clear));
    }
    (0..count).map(|i| placed[i].take().unwrap_or_else(|| spot(i, 1.0))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assert_clear(plan: &Plan) {
        let florets: Vec<(usize, (f64, f64))> =
            plan.stalks.iter().enumerate().flat_map(|(i, s)| s.florets.iter().map(move |p| (i, *p))).collect();
        for (at, (_, a)) in florets.iter().enumerate() {
            for (_, b) in &florets[at + 1..] {
                let distance = (a.0 - b.0).hypot(a.1 - b.1);
                assert!(distance >= 2.0 * plan.floret, "florets {a:?} and {b:?} are {distance} apart");
            }
            for stalk in &plan.stalks {
                let near =
                    (a.0.clamp(stalk.label.left, stalk.label.right), a.1.clamp(stalk.label.top, stalk.label.bottom));
                assert!((a.0 - near.0).hypot(a.1 - near.1) >= plan.floret * 0.4, "floret {a:?} on {:?}", stalk.lines);
            }
        }
        for (at, a) in plan.stalks.iter().enumerate() {
            for b in &plan.stalks[at + 1..] {
                assert!(!a.label.meets(&b.label), "labels {:?} and {:?}", a.lines, b.lines);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]
        #[test]
        fn nothing_overlaps(stalks in proptest::collection::vec(("[A-Z][a-z]{2,9}( [a-z]{3,12}){0,3}", 1usize..60), 3..30)) {
            let shape: Vec<(&str, usize)> = stalks.iter().map(|(label, n)| (label.as_str(), *n)).collect();
            assert_clear(&plan(&shape));
        }
    }

    #[test]
    fn ends_hold() {
        assert_eq!(plan(&[]).stalks.len(), 0);
        assert_clear(&plan(&[("One", 1)]));
        assert_clear(&plan(&[("第一章节的名称很长", 0), ("B", 1)]));
        let many = vec![("A chapter with a long name", 60); 30];
        assert_clear(&plan(&many));
    }
}
