//! People: how many are better and worse off, and the figures that the lower tenth, the middle and the upper tenth have.

use super::ticks;
use crate::svg::{Svg, fit, text_width};

/// The people of one figure, in three parts.
#[derive(Clone, Debug)]
pub struct Split {
    /// What it is about.
    pub name: String,
    /// People better off, as before, worse off.
    pub people: [f64; 3],
    /// Said beside the bar.
    pub text: String,
}

const SIZE: f64 = 12.0;

/// Bars of equal length, each cut into better, as before and worse.
pub fn splits(rows: &[Split], width: f64, label: &str) -> String {
    let names: Vec<Vec<String>> = rows.iter().map(|row| fit(&row.name, SIZE, width * 0.36, 2)).collect();
    let widest = names.iter().flatten().map(|name| text_width(name, SIZE)).fold(0.0, f64::max);
    let room = rows.iter().map(|row| text_width(&row.text, SIZE)).fold(0.0, f64::max);
    let left = widest + 14.0;
    let right = (width - room - 12.0).max(left + 80.0);
    let mut svg = Svg::new();
    let mut top = 4.0;
    for (row, lines) in rows.iter().zip(&names) {
        let height = if lines.len() > 1 { 36.0 } else { 26.0 };
        let middle = top + height / 2.0;
        for (at, text) in lines.iter().enumerate() {
            let shift = (at as f64 - (lines.len() as f64 - 1.0) / 2.0) * 13.5;
            svg.text(left - 10.0, middle + shift + 4.0, "endv end-anchor", text);
        }
        let all: f64 = row.people.iter().sum();
        let mut x = left;
        for (people, class) in row.people.iter().zip(["gain", "same", "loss"]) {
            let long = if all > 0.0 { people / all * (right - left) } else { 0.0 };
            if long > 0.0 {
                svg.rect(x, middle - 7.0, long, 14.0, class);
                // Told apart without colour too.
                if class == "loss" {
                    svg.rect(x, middle - 7.0, long, 14.0, "striped");
                }
            }
            x += long;
        }
        svg.text(right + 8.0, middle + 4.0, "endv", &row.text);
        top += height;
    }
    svg.finish((0.0, 0.0, width, top + 4.0), &[("class", "lines splits"), ("role", "img"), ("aria-label", label)])
}

/// The figures of the people without a plan and with it: at 10, 50 and 90 %, with a name.
pub struct Spread<'a> {
    /// A row each: name and the three figures.
    pub rows: &'a [(&'a str, [f64; 3])],
    /// Width, drawing units.
    pub width: f64,
    /// What a screen reader says.
    pub label: &'a str,
}

/// A line from the 10th to the 90th of a hundred people for each row, with the middle one as a dot.
pub fn spread(spread: &Spread<'_>, show: &dyn Fn(f64) -> String) -> String {
    let all = || spread.rows.iter().flat_map(|(_, figures)| *figures).filter(|value| value.is_finite());
    let (low, high) = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    let (low, high) =
        if high > low { (low, high) } else { (all().next().unwrap_or(0.0) - 1.0, all().next().unwrap_or(0.0) + 1.0) };
    let margin = (high - low) * 0.04;
    let low = if low >= 0.0 && low < (high - low) * 0.7 { 0.0 } else { low - margin };
    let high = high + margin;
    let names = spread.rows.iter().map(|(name, _)| text_width(name, SIZE)).fold(0.0, f64::max);
    let (left, right) = (names.min(spread.width * 0.4) + 18.0, spread.width - 26.0);
    let at = |value: f64| left + (value - low) / (high - low) * (right - left);
    let bottom = 8.0 + spread.rows.len() as f64 * 26.0;
    let mut svg = Svg::new();
    for value in ticks(low, high, 4) {
        svg.line((at(value), 4.0), (at(value), bottom), if value == 0.0 { "zero" } else { "grid" });
        svg.text(at(value), bottom + 14.0, "tick mid-anchor", &show(value));
    }
    for (row, (name, [tenth, middle, ninetieth])) in spread.rows.iter().enumerate() {
        let y = 8.0 + (row as f64 + 0.5) * 26.0;
        svg.text(left - 14.0, y + 4.0, "endv end-anchor", name);
        svg.rect(at(*tenth), y - 4.5, (at(*ninetieth) - at(*tenth)).max(2.0), 9.0, "range");
        svg.circle(at(*middle), y, 4.6, if row == 0 { "end weak" } else { "end" });
    }
    svg.finish(
        (0.0, 0.0, spread.width, bottom + 20.0),
        &[("class", "lines"), ("role", "img"), ("aria-label", spread.label)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_cut_by_people() {
        let row = |people| Split { name: "Minutes <".into(), people, text: "10 % better".into() };
        let text = splits(&[row([10.0, 80.0, 10.0]), row([0.0, 0.0, 0.0])], 560.0, "x");
        assert_eq!((text.matches("class=\"gain\"").count(), text.matches("class=\"loss\"").count()), (1, 1));
        assert!(text.contains("Minutes &lt;") && !text.contains("NaN"));
        assert!(splits(&[], 560.0, "x").contains("</svg>"));
    }

    #[test]
    fn a_spread_shows_the_middle() {
        let form =
            Spread { rows: &[("Base", [10.0, 20.0, 90.0]), ("Plan", [10.0, 15.0, 80.0])], width: 420.0, label: "x" };
        let text = spread(&form, &|value| format!("{value}"));
        assert_eq!(text.matches("class=\"range\"").count(), 2);
        for rows in [&[][..], &[("Base", [3.0; 3])][..]] {
            assert!(!spread(&Spread { rows, ..form }, &|value| format!("{value}")).contains("NaN"));
        }
    }
}
