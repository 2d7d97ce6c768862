//! The Lorenz curve: how much of the whole the poorest share has.

use super::Plane;
use crate::svg::{Area, Svg, number};

/// What a Lorenz curve says.
pub struct Lorenz<'a> {
    /// Shares of places (or people) and of the whole, from (0, 0) to (1, 1).
    pub curve: &'a [(f64, f64)],
    /// What is written in the area ("Gini 0.31").
    pub note: &'a str,
    /// What the axes are.
    pub titles: (&'a str, &'a str),
    /// Width, drawing units; it is as high as wide.
    pub size: f64,
    /// What a screen reader says.
    pub label: &'a str,
}

/// The picture: the line of equality, the curve, and the area between them.
pub fn lorenz(lorenz: &Lorenz<'_>) -> String {
    let size = lorenz.size;
    let area = Area { left: 40.0, top: 24.0, right: size - 20.0, bottom: size - 38.0 };
    let plane = Plane { area, x: (0.0, 1.0), y: (0.0, 1.0) };
    let at = |x: f64, y: f64| plane.at(x.clamp(0.0, 1.0), y.clamp(0.0, 1.0));
    let mut svg = Svg::new();
    for quarter in 0..=4 {
        let share = f64::from(quarter) / 4.0;
        let text = format!("{}%", quarter * 25);
        let (x, y) = at(share, share);
        svg.line((area.left, y), (area.right, y), if quarter == 0 { "zero" } else { "grid" });
        svg.text(area.left - 5.0, y + 4.0, "tick end-anchor", &text);
        svg.text(x, area.bottom + 16.0, "tick mid-anchor", &text);
    }
    svg.text(0.0, 11.0, "tick", lorenz.titles.1);
    svg.text(area.right, size - 5.0, "tick end-anchor", lorenz.titles.0);
    let point = |&(x, y): &(f64, f64)| {
        let (x, y) = at(x, y);
        format!("{} {}", number(x), number(y))
    };
    let path = lorenz.curve.iter().map(point).collect::<Vec<_>>().join("L");
    if !path.is_empty() {
        svg.path(&format!("M{path}Z"), "band");
    }
    svg.line(at(0.0, 0.0), at(1.0, 1.0), "level");
    if !path.is_empty() {
        svg.path(&format!("M{path}"), "trend");
    }
    let (x, y) = at(0.24, 0.78);
    svg.text(x, y, "endv strong", lorenz.note);
    svg.finish((0.0, 0.0, size, size), &[("class", "lines"), ("role", "img"), ("aria-label", lorenz.label)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_hangs_below_the_line() {
        let form = Lorenz {
            curve: &[(0.0, 0.0), (0.5, 0.2), (1.0, 1.0)],
            note: "Gini 0.3",
            titles: ("places", "output"),
            size: 340.0,
            label: "x",
        };
        let text = lorenz(&form);
        assert!(text.contains("Gini 0.3") && text.contains("class=\"band\"") && text.contains("class=\"level\""));
        assert!(lorenz(&Lorenz { curve: &[], ..form }).contains("</svg>"));
    }
}
