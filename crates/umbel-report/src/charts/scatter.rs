//! Points with names and a fitted line.

use super::ticks;
use crate::svg::{Area, Svg, text_width};

/// A named point.
#[derive(Clone, Debug)]
pub struct Point {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub at: (f64, f64),
}

/// What a scatter says besides its points.
pub struct Scatter<'a> {
    /// The points.
    pub points: &'a [Point],
    /// Intercept and slope of the fitted line.
    pub line: Option<(f64, f64)>,
    /// What is said of the line ("p = 0.03"), in the corner that it leaves free.
    pub note: &'a str,
    /// Where the axis across has its marks.
    pub marks: &'a [f64],
    /// What the axes are.
    pub titles: (&'a str, &'a str),
    /// Width and height, drawing units.
    pub size: (f64, f64),
    /// What a screen reader says.
    pub label: &'a str,
}

fn range(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    if !(low.is_finite() && high.is_finite()) {
        return (0.0, 1.0);
    }
    let margin = if high > low { (high - low) * 0.09 } else { low.abs().max(1.0) * 0.1 };
    (low - margin, high + margin)
}

/// Places for the name of a point: the side that is anchored there, and the shift from its middle.
const SIDES: [(&str, f64, f64); 8] = [
    ("name", 0.0, -8.0),
    ("name", 0.0, 16.0),
    ("name start-anchor", 7.0, 4.0),
    ("name end-anchor", -7.0, 4.0),
    ("name start-anchor", 5.0, -6.0),
    ("name end-anchor", -5.0, -6.0),
    ("name start-anchor", 5.0, 14.0),
    ("name end-anchor", -5.0, 14.0),
];

/// The ground that a name takes on one of its sides.
fn ground(name: &str, (x, y): (f64, f64), (anchor, right, down): (&str, f64, f64)) -> Area {
    let wide = text_width(name, 11.0);
    let left = match anchor {
        "name start-anchor" => x + right,
        "name end-anchor" => x + right - wide,
        _ => x - wide / 2.0,
    };
    Area { left, top: y + down - 9.0, right: left + wide, bottom: y + down + 2.0 }
}

/// The picture; `show` writes values of the two axes. A logarithmic axis holds the logarithms, its writer takes them back.
pub fn scatter(scatter: &Scatter<'_>, show: (&dyn Fn(f64) -> String, &dyn Fn(f64) -> String)) -> String {
    let (x, y) = (range(scatter.points.iter().map(|p| p.at.0)), range(scatter.points.iter().map(|p| p.at.1)));
    let (width, height) = scatter.size;
    let across = scatter.marks.iter().copied().filter(|mark| (x.0..=x.1).contains(mark));
    let marks = (across.collect::<Vec<f64>>(), ticks(y.0, y.1, 4));
    let scale = marks.1.iter().map(|v| text_width(&(show.1)(*v), 11.0)).fold(0.0, f64::max) + 8.0;
    let plane =
        super::Plane { area: Area { left: scale, top: 24.0, right: width - 12.0, bottom: height - 38.0 }, x, y };
    let area = plane.area;
    let mut svg = Svg::new();
    for value in &marks.1 {
        let at = plane.at(x.0, *value).1;
        svg.line((area.left, at), (area.right, at), if *value == 0.0 { "zero" } else { "grid" });
        svg.text(area.left - 5.0, at + 4.0, "tick end-anchor", &(show.1)(*value));
    }
    for value in &marks.0 {
        let at = plane.at(*value, y.0).0;
        svg.line((at, area.bottom), (at, area.bottom + 4.0), "grid");
        svg.text(at, area.bottom + 16.0, "tick mid-anchor", &(show.0)(*value));
    }
    svg.text(0.0, 11.0, "tick", scatter.titles.1);
    svg.text(area.right, height - 5.0, "tick end-anchor", scatter.titles.0);
    let mut blocked: Vec<Area> = Vec::new();
    let spots: Vec<(f64, f64)> = scatter.points.iter().map(|point| plane.at(point.at.0, point.at.1)).collect();
    blocked.extend(spots.iter().map(|&(x, y)| Area::around(x, y, 9.0, 9.0)));
    let mut beside: Vec<Area> = Vec::new();
    if let Some((intercept, slope)) = scatter.line {
        let low = scatter.points.iter().map(|p| p.at.0).fold(f64::INFINITY, f64::min);
        let high = scatter.points.iter().map(|p| p.at.0).fold(f64::NEG_INFINITY, f64::max);
        if low < high {
            let end = |x: f64| plane.at(x, (intercept + slope * x).clamp(y.0, y.1));
            svg.line(end(low), end(high), "fit");
            let step = (high - low) / 60.0;
            beside
                .extend((0..=60).map(|at| end(low + f64::from(at) * step)).map(|(x, y)| Area::around(x, y, 5.0, 3.0)));
            if !scatter.note.is_empty() {
                let wide = text_width(scatter.note, 12.0) * 1.1;
                let right = if slope <= 0.0 { area.right } else { area.left + 6.0 + wide };
                svg.text(right, area.top + 12.0, "endv strong end-anchor", scatter.note);
                blocked.push(Area { left: right - wide, top: area.top, right, bottom: area.top + 16.0 });
            }
        }
    }
    for (point, &(x, y)) in scatter.points.iter().zip(&spots) {
        svg.open("g", &[]).text_element("title", &[], &point.name);
        svg.circle(x, y, 4.0, "end").close("g");
    }
    // Crowded points first: those alone find room anyway. A name that has none is told by the tooltip and the table.
    let crowd = |at: usize| {
        spots.iter().filter(|spot| Area::around(spots[at].0, spots[at].1, 90.0, 60.0).holds(spot.0, spot.1)).count()
    };
    let mut order: Vec<usize> = (0..spots.len()).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse(crowd(at)), at));
    for at in order {
        let name = &scatter.points[at].name;
        let inside = |taken: &Area| taken.left >= area.left && taken.right <= width && taken.bottom <= area.bottom;
        let free = |taken: &Area| inside(taken) && !blocked.iter().any(|other| other.meets(taken));
        let side = SIDES.iter().map(|side| (side, ground(name, spots[at], *side)));
        let clear = |taken: &Area| free(taken) && !beside.iter().any(|other| other.meets(taken));
        let found =
            side.clone().find(|(_, taken)| clear(taken)).or_else(|| side.clone().find(|(_, taken)| free(taken)));
        if let Some((&(anchor, right, down), taken)) = found {
            svg.text(spots[at].0 + right, spots[at].1 + down, anchor, name);
            blocked.push(taken);
        }
    }
    svg.finish((0.0, 0.0, width, height), &[("class", "lines"), ("role", "img"), ("aria-label", scatter.label)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_is_drawn_and_the_line_ends_at_them() {
        let point = |name: &str, x, y| Point { name: name.into(), at: (x, y) };
        let points = [point("A", 1.0, 5.0), point("B", 2.0, 4.0), point("C", 3.0, 1.0)];
        let form = Scatter {
            points: &points,
            line: Some((7.0, -2.0)),
            note: "p = 0.1",
            marks: &[1.0, 2.0, 9.0],
            titles: ("start", "growth"),
            size: (440.0, 300.0),
            label: "x",
        };
        let show = |v: f64| format!("{v}");
        let text = scatter(&form, (&show, &show));
        assert_eq!((text.matches("<circle").count(), text.matches("class=\"fit\"").count()), (3, 1));
        // A mark beyond the points is none.
        assert!(text.contains(">2</text>") && !text.contains(">9</text>"));
        assert!(["A", "B", "C"].iter().all(|name| text.contains(&format!("<title>{name}</title>"))));
        let one = Scatter { points: &points[..1], ..form };
        assert!(!scatter(&one, (&show, &show)).contains("NaN"));
        assert!(scatter(&Scatter { points: &[], ..one }, (&show, &show)).contains("</svg>"));
    }
}
