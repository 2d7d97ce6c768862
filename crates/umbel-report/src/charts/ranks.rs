//! Ranks with the range that they keep when the way of counting is varied.

use crate::svg::{Svg, text_width};

/// A place among the others.
#[derive(Clone, Debug)]
pub struct Ranked {
    /// Its name.
    pub name: String,
    /// Its rank, 1 first.
    pub rank: f64,
    /// The best and the worst rank of the range.
    pub range: (f64, f64),
}

/// The picture: a row each, best first; the range as a bar, the rank as a dot.
pub fn ranks(rows: &[Ranked], width: f64, label: &str) -> String {
    let worst = rows.iter().map(|row| row.range.1.max(row.rank)).fold(rows.len() as f64, f64::max);
    let step = if worst > 40.0 {
        10.0
    } else if worst > 16.0 {
        5.0
    } else {
        2.0
    };
    let marks = std::iter::once(1.0).chain((1..).map(|n| f64::from(n) * step).skip_while(|n| *n < 2.0));
    let marks: Vec<(f64, String)> =
        marks.take_while(|rank| *rank <= worst).map(|rank| (rank, format!("{rank}"))).collect();
    let mut order: Vec<&Ranked> = rows.iter().collect();
    order.sort_by(|a, b| a.rank.total_cmp(&b.rank).then_with(|| a.name.cmp(&b.name)));
    bands(&order, (1.0, worst), &marks, width, label)
}

/// The picture of values with their intervals, highest first; `show` writes the ticks.
pub fn intervals(rows: &[Ranked], width: f64, label: &str, show: &dyn Fn(f64) -> String) -> String {
    let low = rows.iter().map(|row| row.range.0.min(row.rank)).fold(f64::INFINITY, f64::min);
    let high = rows.iter().map(|row| row.range.1.max(row.rank)).fold(f64::NEG_INFINITY, f64::max);
    let (low, high) = if low < high { (low, high) } else { (low - 1.0, low + 1.0) };
    let margin = (high - low) * 0.04;
    let (low, high) = (low - margin, high + margin);
    let marks: Vec<(f64, String)> = super::ticks(low, high, 4).into_iter().map(|value| (value, show(value))).collect();
    let mut order: Vec<&Ranked> = rows.iter().collect();
    order.sort_by(|a, b| b.rank.total_cmp(&a.rank).then_with(|| a.name.cmp(&b.name)));
    bands(&order, (low, high), &marks, width, label)
}

fn bands(order: &[&Ranked], (low, high): (f64, f64), marks: &[(f64, String)], width: f64, label: &str) -> String {
    const ROW: f64 = 23.0;
    let names = order.iter().map(|row| text_width(&row.name, 12.0)).fold(0.0, f64::max).min(width * 0.42);
    let (left, right) = (names + 16.0, width - 14.0);
    let at = |value: f64| if high > low { left + (value - low) / (high - low) * (right - left) } else { left };
    let bottom = 10.0 + order.len() as f64 * ROW;
    let mut svg = Svg::new();
    for (value, text) in marks {
        svg.line((at(*value), 6.0), (at(*value), bottom), if *value == 0.0 { "zero" } else { "grid" });
        svg.text(at(*value), bottom + 14.0, "tick mid-anchor", text);
    }
    for (row, ranked) in order.iter().enumerate() {
        let y = 10.0 + (row as f64 + 0.5) * ROW;
        svg.text(names + 4.0, y + 4.0, "endv end-anchor", &ranked.name);
        let (from, to) = (at(ranked.range.0), at(ranked.range.1));
        svg.rect(from - 4.0, y - 4.5, to - from + 8.0, 9.0, "range");
        svg.circle(at(ranked.rank), y, 4.2, "end");
    }
    svg.finish((0.0, 0.0, width, bottom + 20.0), &[("class", "lines"), ("role", "img"), ("aria-label", label)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_stands_first() {
        let row = |name: &str, rank, low, high| Ranked { name: name.into(), rank, range: (low, high) };
        let rows = [row("Second", 2.0, 1.0, 3.0), row("First <", 1.0, 1.0, 1.0), row("Third", 3.0, 2.0, 3.0)];
        let text = ranks(&rows, 440.0, "x");
        assert!(text.find("First &lt;") < text.find("Second") && text.find("Second") < text.find("Third"));
        assert_eq!(text.matches("class=\"range\"").count(), 3);
        assert!(!ranks(&rows[1..2], 440.0, "x").contains("NaN") && ranks(&[], 440.0, "x").contains("</svg>"));
    }

    #[test]
    fn the_highest_value_stands_first() {
        let row = |name: &str, rank, low, high| Ranked { name: name.into(), rank, range: (low, high) };
        let rows = [row("Falls", -7.0, -8.0, -6.0), row("Rises", 0.5, -0.5, 1.0)];
        let text = intervals(&rows, 440.0, "x", &|value| format!("{value}"));
        assert!(text.find("Rises") < text.find("Falls") && text.contains("class=\"zero\""));
        assert!(!intervals(&rows[..1], 440.0, "x", &|value| format!("{value}")).contains("NaN"));
        assert!(intervals(&[], 440.0, "x", &|value| format!("{value}")).contains("</svg>"));
    }
}
