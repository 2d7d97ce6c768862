//! Strips: a stroke for each place on a logarithmic axis of multiples, a row for each part.

use crate::svg::{Svg, number, text_width};

/// A row.
#[derive(Clone, Debug)]
pub struct Strip {
    /// Its name.
    pub name: String,
    /// The multiples, highest first; 1 is what all places together have.
    pub values: Vec<f64>,
    /// What is written at the highest.
    pub label: String,
}

/// Multiples below this stand at the left end.
const LEAST: f64 = 0.125;

/// The picture: the strokes of each row, the label of the highest above it, a line at 1.
pub fn strips(rows: &[Strip], width: f64, label: &str) -> String {
    const ROW: f64 = 31.0;
    let highest = rows.iter().filter_map(|row| row.values.first()).copied().fold(2.0, f64::max);
    let names = rows.iter().map(|row| text_width(&row.name, 12.0)).fold(0.0, f64::max).min(width * 0.5);
    let (left, right) = (names + 16.0, width - 10.0);
    let share = |value: f64| (value.max(LEAST) / LEAST).ln() / (highest / LEAST).ln();
    let at = |value: f64| left + share(value) * (right - left);
    let bottom = 4.0 + rows.len() as f64 * ROW;
    let mut svg = Svg::new();
    let marks = std::iter::successors(Some(LEAST), |mark| Some(mark * 2.0)).take_while(|mark| *mark <= highest);
    for mark in marks {
        svg.line((at(mark), 4.0), (at(mark), bottom), if mark == 1.0 { "zero" } else { "grid" });
        let text = match mark {
            _ if mark == LEAST => "≤⅛".to_owned(),
            _ if mark == 0.25 => "¼".to_owned(),
            _ if mark == 0.5 => "½".to_owned(),
            whole => format!("{whole}"),
        };
        svg.text(at(mark), bottom + 14.0, "tick mid-anchor", &text);
    }
    for (row, strip) in rows.iter().enumerate() {
        let y = 4.0 + row as f64 * ROW;
        svg.text(names + 4.0, y + 24.0, "endv end-anchor", &strip.name);
        let stroke = |value: &f64| format!("M{} {}v10", number(at(*value)), number(y + 15.0));
        svg.path(&strip.values.iter().map(stroke).collect::<String>(), "strokes");
        if let Some(first) = strip.values.first() {
            // Above its stroke, within the picture.
            let end = (at(*first) + text_width(&strip.label, 11.0) / 2.0).min(width - 2.0);
            svg.text(end, y + 12.0, "name end-anchor", &strip.label);
        }
    }
    svg.finish((0.0, 0.0, width, bottom + 20.0), &[("class", "lines"), ("role", "img"), ("aria-label", label)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_a_stroke_inside_the_picture() {
        let row =
            |name: &str, values: &[f64]| Strip { name: name.into(), values: values.into(), label: "Here 9".into() };
        let text = strips(&[row("Mining", &[9.0, 1.0, 0.0]), row("Trade <", &[1.2])], 440.0, "x");
        assert_eq!(text.matches("v10").count(), 4);
        assert!(text.contains("Trade &lt;") && text.contains("class=\"zero\"") && !text.contains("NaN"));
        let strokes = text.split("class=\"strokes\"").next().expect("a path");
        let places = strokes.split('M').skip(1).filter_map(|part| part.split(' ').next()?.parse::<f64>().ok());
        assert!(places.into_iter().all(|x| (0.0..=440.0).contains(&x)));
        assert!(strips(&[], 440.0, "x").contains("</svg>"));
    }
}
