//! A series with its fitted line and the band between the lines that the interval of its slope allows.

use super::{Frame, Plane, Track, axes, ticks};
use crate::svg::{Area, Svg, number, text_width};

/// A fitted line over time.
#[derive(Clone, Debug, Default)]
pub struct Fit {
    /// Points of the line: time and value.
    pub line: Vec<(f64, f64)>,
    /// The band around it: time, lower and upper end.
    pub band: Vec<(f64, f64, f64)>,
}

/// Range of values of a series with its fit.
pub fn extent(track: &Track, fit: &Fit) -> Option<(f64, f64)> {
    let values = track.dots.iter().filter_map(|dot| dot.y);
    let fitted = fit.line.iter().map(|point| point.1);
    let band = fit.band.iter().flat_map(|point| [point.1, point.2]);
    let all: Vec<f64> = values.chain(fitted).chain(band).filter(|value| value.is_finite()).collect();
    let dots = all.iter().map(|value| super::Dot { x: 0.0, y: Some(*value), weak: false }).collect();
    super::extent(&[Track { name: String::new(), dots }])
}

/// The picture: band, fitted line (dashed), values as dots, the level that matters.
pub fn trend(track: &Track, fit: &Fit, frame: &Frame<'_>, show: &dyn Fn(f64) -> String) -> String {
    let marks = ticks(frame.y.0, frame.y.1, 4);
    let scale = marks.iter().map(|value| text_width(&show(*value), 11.0)).fold(0.0, f64::max) + 8.0;
    let area = Area { left: scale, top: 12.0, right: frame.size.0 - 14.0, bottom: frame.size.1 - 20.0 };
    let plane = Plane { area, x: frame.x, y: frame.y };
    let mut svg = Svg::new();
    if fit.band.len() > 1 {
        let at = |x: f64, y: f64| {
            let (x, y) = plane.at(x, y.clamp(frame.y.0, frame.y.1));
            format!("{} {}", number(x), number(y))
        };
        let there = fit.band.iter().map(|&(x, low, _)| at(x, low));
        let back = fit.band.iter().rev().map(|&(x, _, high)| at(x, high));
        let path = there.chain(back).collect::<Vec<_>>().join("L");
        svg.path(&format!("M{path}Z"), "band");
    }
    axes(&mut svg, &plane, &marks, &Frame { scaled: true, ..frame.clone() }, show);
    svg.path(&plane.line(track), "faint");
    let fitted = fit.line.iter().map(|&(x, y)| super::Dot { x, y: Some(y), weak: false }).collect();
    svg.path(&plane.line(&Track { name: String::new(), dots: fitted }), "fit");
    for dot in &track.dots {
        let Some(value) = dot.y else { continue };
        let (x, y) = plane.at(dot.x, value);
        svg.circle(x, y, 3.2, if dot.weak { "end weak" } else { "end" });
    }
    svg.finish(
        (0.0, 0.0, frame.size.0, frame.size.1),
        &[("class", "lines"), ("role", "img"), ("aria-label", frame.label)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::Dot;

    #[test]
    fn the_band_lies_behind_and_inside() {
        let dots = (0..5).map(|i| Dot { x: 2013.0 + f64::from(i), y: Some(90.0 - 12.0 * f64::from(i)), weak: i == 2 });
        let track = Track { name: "a".into(), dots: dots.collect() };
        let fit =
            Fit { line: vec![(2013.0, 90.0), (2017.0, 42.0)], band: vec![(2013.0, 85.0, 95.0), (2017.0, 30.0, 50.0)] };
        let y = extent(&track, &fit).expect("a range");
        assert!(y.0 <= 30.0 && y.1 >= 95.0);
        let frame = Frame { label: "x", size: (440.0, 220.0), y, x: (2013.0, 2017.0), scaled: true, level: None };
        let text = trend(&track, &fit, &frame, &|v| format!("{v}"));
        assert!(text.find("class=\"band\"") < text.find("class=\"fit\""));
        assert_eq!((text.matches("<circle").count(), text.matches("end weak").count()), (5, 1));
        assert!(
            !text.contains("NaN") && extent(&Track { name: String::new(), dots: vec![] }, &Fit::default()).is_none()
        );
    }
}
