//! Points with names and a fitted line.

use super::ticks;
use crate::map::labels::{self, Line, Wanted};
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
    /// What is written at the line ("p = 0.03").
    pub note: &'a str,
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

/// The picture; `show` writes values of the two axes. A logarithmic axis holds the logarithms, its writer takes them back.
pub fn scatter(scatter: &Scatter<'_>, show: (&dyn Fn(f64) -> String, &dyn Fn(f64) -> String)) -> String {
    let (x, y) = (range(scatter.points.iter().map(|p| p.at.0)), range(scatter.points.iter().map(|p| p.at.1)));
    let (width, height) = scatter.size;
    let marks = (ticks(x.0, x.1, 4), ticks(y.0, y.1, 4));
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
    if let Some((intercept, slope)) = scatter.line {
        let low = scatter.points.iter().map(|p| p.at.0).fold(f64::INFINITY, f64::min);
        let high = scatter.points.iter().map(|p| p.at.0).fold(f64::NEG_INFINITY, f64::max);
        if low < high {
            let end = |x: f64| plane.at(x, (intercept + slope * x).clamp(y.0, y.1));
            svg.line(end(low), end(high), "fit");
            if !scatter.note.is_empty() {
                let (x, y) = end(high);
                let y = if slope <= 0.0 { y - 7.0 } else { y + 15.0 };
                let wide = text_width(scatter.note, 12.0);
                svg.text(x.min(area.right), y, "endv strong end-anchor", scatter.note);
                blocked.push(Area { left: x - wide, top: y - 11.0, right: x, bottom: y + 3.0 });
            }
        }
    }
    let spots: Vec<(f64, f64)> = scatter.points.iter().map(|point| plane.at(point.at.0, point.at.1)).collect();
    for (point, &(x, y)) in scatter.points.iter().zip(&spots) {
        svg.open("g", &[]).text_element("title", &[], &point.name);
        svg.circle(x, y, 4.0, "end").close("g");
        blocked.push(Area::around(x, y, 9.0, 9.0));
    }
    let wanted: Vec<Wanted> = scatter
        .points
        .iter()
        .zip(&spots)
        .map(|(point, &(x, y))| Wanted {
            at: (x, y - 11.0),
            forms: vec![vec![Line { text: point.name.clone(), size: 11.0, class: "name" }]],
        })
        .collect();
    let ground = Area { left: area.left, top: 14.0, right: width, bottom: area.bottom };
    for (want, set) in wanted.iter().zip(labels::place(&wanted, ground, &blocked, 26.0)) {
        if let Some(set) = set {
            let line = &want.forms[set.form][0];
            let middle = (set.area.left + set.area.right) / 2.0;
            svg.text(middle, set.area.top + line.size * 0.93, "name", &line.text);
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
            titles: ("start", "growth"),
            size: (440.0, 300.0),
            label: "x",
        };
        let show = |v: f64| format!("{v}");
        let text = scatter(&form, (&show, &show));
        assert_eq!((text.matches("<circle").count(), text.matches("class=\"fit\"").count()), (3, 1));
        assert!(["A", "B", "C"].iter().all(|name| text.contains(&format!("<title>{name}</title>"))));
        let one = Scatter { points: &points[..1], ..form };
        assert!(!scatter(&one, (&show, &show)).contains("NaN"));
        assert!(scatter(&Scatter { points: &[], ..one }, (&show, &show)).contains("</svg>"));
    }
}
