//! The umbel: one heart, a stalk per chapter, a floret per claim.
//!
//! Colour is the verdict, filling the evidence; the shape repeats the verdict, so that grey print tells them apart.
//! The layout is computed, deterministic, and keeps florets and labels clear of each other whatever their number.

use crate::svg::{Area, Svg, number, text_width, wrap_even};
use umbel_core::{Evidence, Verdict};

/// A floret: one claim.
#[derive(Clone, Debug)]
pub struct Floret {
    /// Address it leads to (`#c-...`).
    pub href: String,
    /// What is said when it is pointed at or focused.
    pub title: String,
    /// Verdict.
    pub verdict: Verdict,
    /// Evidence.
    pub evidence: Evidence,
}

/// A stalk: one chapter.
#[derive(Clone, Debug)]
pub struct Stalk {
    /// Address of the chapter.
    pub href: String,
    /// Its name.
    pub label: String,
    /// Its claims.
    pub florets: Vec<Floret>,
}

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

/// Radius of a floret, drawing units.
const FLORET: f64 = 8.5;
/// Distance of neighbouring florets in the spiral, in the spiral's own measure; keeps centres at least 2.2 radii apart.
const SPACING: f64 = 11.6;
const LABEL: f64 = 16.0;
const LEADING: f64 = 18.5;
const GAP: f64 = 7.0;
/// 180 (3 - sqrt 5) degrees: the angle between neighbours in a sunflower.
const GOLDEN: f64 = 2.399_963_229_728_653;
/// Shares of the dome's radius, outermost first.
const RINGS: [f64; 9] = [1.0, 0.93, 0.86, 0.79, 0.72, 0.65, 0.58, 0.51, 0.44];

fn spiral(count: usize) -> (Vec<(f64, f64)>, f64) {
    let at = |i: usize| {
        let (radius, angle) = (SPACING * (i as f64 + 0.5).sqrt(), i as f64 * GOLDEN);
        (radius * angle.cos(), radius * angle.sin())
    };
    let points: Vec<_> = (0..count).map(at).collect();
    let mean = |pick: fn(&(f64, f64)) -> f64| points.iter().map(pick).sum::<f64>() / points.len().max(1) as f64;
    let (x, y) = if count < 6 { (mean(|p| p.0), mean(|p| p.1)) } else { (0.0, 0.0) };
    let points: Vec<_> = points.iter().map(|p| (p.0 - x, p.1 - y)).collect();
    let radius = points.iter().map(|p| p.0.hypot(p.1)).fold(0.0, f64::max) + FLORET;
    (points, radius)
}

/// A point of the stalk: a quadratic curve that leaves the heart steeply and leans outward.
fn stalk_point(end: (f64, f64), t: f64) -> (f64, f64) {
    let (cx, cy) = control(end);
    let (a, b) = (2.0 * t * (1.0 - t), t * t);
    (a * cx + b * end.0, a * cy + b * end.1)
}

fn control(end: (f64, f64)) -> (f64, f64) {
    (end.0 * 0.24, end.1 * 0.62)
}

struct Candidate {
    centre: (f64, f64),
    label: Area,
    ground: Area,
}

/// Lays the stalks out.
///
/// Chapters fan out in their order from left to right. Each takes the first place along its ray where its florets and
/// its label are clear of all that is already placed; rays that have no clear place inside the dome go beyond it.
pub fn plan(stalks: &[(&str, usize)]) -> Plan {
    let count = stalks.len();
    let shapes: Vec<_> = stalks.iter().map(|(_, florets)| spiral(*florets)).collect();
    let lines: Vec<_> = stalks.iter().map(|(label, _)| wrap_even(label, LABEL, 118.0, 3)).collect();
    let boxes: Vec<(f64, f64)> = lines
        .iter()
        .map(|lines| {
            let width = lines.iter().map(|line| text_width(line, LABEL)).fold(0.0, f64::max);
            (width + 4.0, lines.len() as f64 * LEADING)
        })
        .collect();
    // Angles from the vertical, each chapter taking room by the width of what it carries.
    let room: Vec<f64> = shapes.iter().zip(&boxes).map(|((_, r), b)| (2.0 * r).max(b.0 * 0.62) + GAP).collect();
    let all: f64 = room.iter().sum::<f64>().max(1.0);
    let spread = if count < 2 { 0.0 } else { (0.42 + 0.11 * count as f64).min(1.25) };
    let mut passed = 0.0;
    let angles: Vec<f64> = room
        .iter()
        .map(|r| {
            let middle = (passed + r / 2.0) / all * 2.0 - 1.0;
            passed += r;
            middle * spread
        })
        .collect();
    let deepest = shapes.iter().map(|(_, r)| *r).fold(0.0, f64::max);
    let dome = (all / (spread.max(0.6) * 2.9)).max(300.0).max(deepest * 3.0);
    let candidate = |i: usize, share: f64| {
        let (angle, radius) = (angles[i], dome * share);
        let centre = (radius * angle.sin() * 1.04, -radius * angle.cos());
        let (width, height) = boxes[i];
        let r = shapes[i].1;
        let label = Area::around(centre.0, centre.1 - r - 4.0 - height / 2.0, width, height);
        let ground = Area::around(centre.0, centre.1, 2.0 * r, 2.0 * r).joined(&label);
        Candidate { centre, label, ground }
    };
    let clear = |a: &Candidate, ra: f64, b: &Candidate, rb: f64| {
        let apart = (a.centre.0 - b.centre.0).hypot(a.centre.1 - b.centre.1) >= ra + rb + GAP;
        let disc = |c: &Candidate, r: f64| Area::around(c.centre.0, c.centre.1, 2.0 * r, 2.0 * r).grown(3.0);
        apart
            && !a.label.grown(GAP / 2.0).meets(&b.label)
            && !disc(a, ra).meets(&b.label)
            && !disc(b, rb).meets(&a.label)
    };
    let crosses = |stalk: &Candidate, other: &Candidate, r: f64| {
        (6..40).any(|step| {
            let (x, y) = stalk_point(stalk.centre, f64::from(step) / 40.0);
            other.label.grown(2.0).holds(x, y) || (x - other.centre.0).hypot(y - other.centre.1) < r + 2.0
        })
    };
    // From the rim inwards on both sides: the outer rays have least freedom.
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|&i| (i.min(count - 1 - i), i));
    let mut placed: Vec<Option<Candidate>> = (0..count).map(|_| None).collect();
    for (turn, &i) in order.iter().enumerate() {
        let shift = [0, 4, 2][(i.min(count - 1 - i) + turn % 2) % 3];
        let inside = (0..RINGS.len()).map(|k| RINGS[(k + shift) % RINGS.len()]);
        let beyond = (1..).map(|k| 1.0 + f64::from(k) * 0.07);
        let mut fallback = None;
        let mut best = None;
        for share in inside.clone() {
            let here = candidate(i, share);
            let others = || placed.iter().enumerate().filter_map(|(j, other)| other.as_ref().map(|o| (j, o)));
            if others().all(|(j, other)| clear(&here, shapes[i].1, other, shapes[j].1))
                && here.ground.bottom < -40.0_f64.min(dome * 0.12)
            {
                let tangled =
                    others().any(|(j, other)| crosses(&here, other, shapes[j].1) || crosses(other, &here, shapes[i].1));
                if !tangled {
                    best = Some(here);
                    break;
                }
                fallback.get_or_insert(here);
            }
        }
        // Beyond the dome there is always room: the loop ends when the radius exceeds the sum of all that is placed.
        let found = best.or(fallback).or_else(|| {
            beyond.map(|share| candidate(i, share)).find(|here| {
                placed
                    .iter()
                    .enumerate()
                    .all(|(j, other)| other.as_ref().is_none_or(|other| clear(here, shapes[i].1, other, shapes[j].1)))
            })
        });
        placed[i] = found;
    }
    let mut area = Area { left: -40.0, top: -60.0, right: 40.0, bottom: 52.0 };
    let mut out = Vec::with_capacity(count);
    for (i, place) in placed.into_iter().enumerate() {
        let place = place.unwrap_or_else(|| candidate(i, 1.0));
        area = area.joined(&place.ground.grown(4.0));
        out.push(Placed {
            florets: shapes[i].0.iter().map(|p| (place.centre.0 + p.0, place.centre.1 + p.1)).collect(),
            centre: place.centre,
            radius: shapes[i].1,
            lines: lines[i].clone(),
            label: place.label,
        });
    }
    Plan { stalks: out, area, floret: FLORET }
}

/// Class names of a floret, shared with chips and legends: the verdict, then how the mark is filled.
pub fn classes(verdict: Verdict, evidence: Evidence) -> String {
    let filling = match evidence {
        Evidence::Independent => "solid",
        Evidence::Unverified => "tint",
        Evidence::OwnSource | Evidence::None => "hollow",
    };
    format!("{} {filling}", verdict.as_str())
}

/// The outline of a verdict's mark around (0, 0) with radius 8.5: circle, diamond, square, small circle.
pub fn outline(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Kept => "M-7.6 0a7.6 7.6 0 1 0 15.2 0a7.6 7.6 0 1 0-15.2 0z",
        Verdict::Depends => "M0-8.4L8.4 0L0 8.4L-8.4 0z",
        Verdict::Missed => "M-6.6-6.6H6.6V6.6H-6.6z",
        Verdict::Undecidable => "M-4.9 0a4.9 4.9 0 1 0 9.8 0a4.9 4.9 0 1 0-9.8 0z",
    }
}

/// The four marks as shared definitions, `#m-kept` and so on.
pub fn definitions() -> String {
    let mut svg = Svg::new();
    for verdict in Verdict::ALL {
        svg.element("path", &[("id", &format!("m-{}", verdict.as_str())), ("d", outline(verdict))]);
    }
    svg.body().to_owned()
}

/// Draws the umbel; `label` is what a screen reader says of the whole. Needs [`definitions`] in the page.
pub fn draw(stalks: &[Stalk], label: &str) -> String {
    let shape: Vec<(&str, usize)> = stalks.iter().map(|stalk| (stalk.label.as_str(), stalk.florets.len())).collect();
    let plan = plan(&shape);
    let mut svg = Svg::new();
    svg.open("g", &[("class", "stems")]);
    for placed in &plan.stalks {
        let (end, middle) = (placed.centre, control(placed.centre));
        let path = format!("M0 0Q{} {} {} {}", number(middle.0), number(middle.1), number(end.0), number(end.1));
        svg.path(&path, "stalk");
        let rays: String = placed
            .florets
            .iter()
            .map(|p| format!("M{} {}L{} {}", number(end.0), number(end.1), number(p.0), number(p.1)))
            .collect();
        svg.path(&rays, "ray");
    }
    svg.path("M0 0V46", "stem").circle(0.0, 0.0, 6.5, "heart").close("g");
    for (stalk, placed) in stalks.iter().zip(&plan.stalks) {
        svg.open("a", &[("href", &stalk.href), ("class", "stalk-label")]);
        let top = placed.label.top + LABEL - 2.0;
        for (row, line) in placed.lines.iter().enumerate() {
            // Read aloud the lines are one name: a line that ends a word ends with a space.
            let spaced = format!("{line} ");
            let text = if row + 1 < placed.lines.len() && !line.ends_with(crate::svg::is_wide) { &spaced } else { line };
            svg.text(placed.centre.0, top + row as f64 * LEADING, "lab", text);
        }
        svg.close("a");
        for (floret, (x, y)) in stalk.florets.iter().zip(&placed.florets) {
            let class = format!("floret {}", classes(floret.verdict, floret.evidence));
            svg.open("a", &[("href", &floret.href), ("class", &class), ("aria-label", &floret.title)]);
            svg.text_element("title", &[], &floret.title);
            let mark = format!("#m-{}", floret.verdict.as_str());
            svg.element("use", &[("href", &mark), ("x", &number(*x)), ("y", &number(*y))]);
            svg.close("a");
        }
    }
    let area = plan.area;
    let view = (area.left, area.top, area.right - area.left, area.bottom - area.top);
    svg.finish(view, &[("class", "umbel"), ("role", "group"), ("aria-label", label)])
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
        #![proptest_config(ProptestConfig::with_cases(48))]
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

    #[test]
    fn marks_differ_without_colour() {
        let mut seen: Vec<String> = Vec::new();
        for verdict in Verdict::ALL {
            for evidence in [Evidence::Independent, Evidence::Unverified, Evidence::OwnSource] {
                let filling = classes(verdict, evidence);
                let look = format!("{} {}", outline(verdict), filling.split(' ').nth(1).unwrap_or(""));
                assert!(!seen.contains(&look));
                seen.push(look);
            }
        }
    }
}
