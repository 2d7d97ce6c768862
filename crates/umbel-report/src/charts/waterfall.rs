//! A waterfall: how a figure gets from one value to another, step by step.

use crate::svg::{Svg, fit, number, text_width};

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// What it adds.
    pub amount: f64,
    /// Standard error of the amount, where it was sampled.
    pub error: Option<f64>,
    /// Class of its colour.
    pub class: &'static str,
    /// The amount as shown, with its sign.
    pub text: String,
}

/// What a waterfall says.
pub struct Waterfall<'a> {
    /// Where it begins: name, value, value as shown.
    pub from: (&'a str, f64, &'a str),
    /// The steps; with them it ends at `to`.
    pub steps: &'a [Step],
    /// Where it ends.
    pub to: (&'a str, f64, &'a str),
    /// Width, drawing units.
    pub width: f64,
    /// What a screen reader says.
    pub label: &'a str,
}

const SIZE: f64 = 12.0;

/// The picture: a row for the beginning, each step and the end. The scale covers what is passed through and need not
/// begin at zero; so the ends are marks, not bars.
pub fn waterfall(fall: &Waterfall<'_>) -> String {
    let mut level = fall.from.1;
    let mut ends: Vec<(f64, f64)> = Vec::with_capacity(fall.steps.len());
    for step in fall.steps {
        ends.push((level, level + step.amount));
        level += step.amount;
    }
    let reach = |step: &Step, end: f64| [end - step.error.unwrap_or(0.0), end + step.error.unwrap_or(0.0)];
    let passed = fall.steps.iter().zip(&ends).flat_map(|(step, (_, end))| reach(step, *end));
    let all: Vec<f64> = passed.chain([fall.from.1, fall.to.1]).filter(|value| value.is_finite()).collect();
    let low = all.iter().copied().fold(f64::INFINITY, f64::min);
    let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (low, high) = if high > low { (low, high) } else { (low - 1.0, low + 1.0) };
    let names: Vec<Vec<String>> = std::iter::once(fall.from.0)
        .chain(fall.steps.iter().map(|step| step.name.as_str()))
        .chain([fall.to.0])
        .map(|name| fit(name, SIZE, fall.width * 0.38, 3))
        .collect();
    let widest = names.iter().flatten().map(|name| text_width(name, SIZE)).fold(0.0, f64::max);
    let texts = fall.steps.iter().map(|step| text_width(&step.text, SIZE));
    // The ends are written bold, and stand off their mark.
    let ends_wide = [fall.from.2, fall.to.2].map(|text| text_width(text, SIZE) * 1.08 + 4.0);
    let room = texts.chain(ends_wide).fold(0.0, f64::max);
    let left = widest + 16.0;
    let right = (fall.width - room - 14.0).max(left + 60.0);
    let at = |value: f64| left + 6.0 + (value - low) / (high - low) * (right - left - 12.0);
    let mut svg = Svg::new();
    let mut top = 6.0;
    let mut link: Option<(f64, f64)> = None;
    for (row, lines) in names.iter().enumerate() {
        let height = 24.0 + (lines.len().max(1) as f64 - 1.0) * 12.0;
        let middle = top + height / 2.0;
        let outer = row == 0 || row + 1 == names.len();
        for (at, text) in lines.iter().enumerate() {
            let shift = (at as f64 - (lines.len() as f64 - 1.0) / 2.0) * 13.5;
            let class = if outer { "endv strong end-anchor" } else { "endv end-anchor" };
            svg.text(left - 12.0, middle + shift + 4.0, class, text);
        }
        let (begin, end) = match row.checked_sub(1).and_then(|step| ends.get(step)) {
            Some(&(begin, end)) => (begin, end),
            None if row == 0 => (fall.from.1, fall.from.1),
            None => (fall.to.1, fall.to.1),
        };
        if let Some((x, from)) = link {
            svg.line((x, from), (x, middle - 6.0), "level");
        }
        let edge = match row.checked_sub(1).and_then(|step| fall.steps.get(step)) {
            Some(step) => {
                let (a, b) = (at(begin), at(end));
                svg.rect(a.min(b), middle - 7.0, (b - a).abs().max(1.5), 14.0, step.class);
                let mut edge = a.max(b);
                if let Some(error) = step.error.filter(|error| *error > 0.0) {
                    let (from, to) = (at(end - error), at(end + error));
                    let (y, up, down) = (number(middle), number(middle - 4.0), number(middle + 4.0));
                    let (from_x, to_x) = (number(from), number(to));
                    let path = format!("M{from_x} {up}V{down}M{from_x} {y}H{to_x}M{to_x} {up}V{down}");
                    svg.path(&path, "error");
                    edge = edge.max(to);
                }
                svg.text(edge + 7.0, middle + 4.0, "endv", &step.text);
                edge
            }
            None => {
                svg.circle(at(begin), middle, 4.6, "end");
                let text = if row == 0 { fall.from.2 } else { fall.to.2 };
                svg.text(at(begin) + 9.0, middle + 4.0, "endv strong", text);
                at(begin)
            }
        };
        debug_assert!(edge.is_finite());
        link = Some((at(end), middle + 6.0));
        top += height;
    }
    svg.finish(
        (0.0, 0.0, fall.width, top + 6.0),
        &[("class", "lines waterfall"), ("role", "img"), ("aria-label", fall.label)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(name: &str, amount: f64) -> Step {
        Step { name: name.into(), amount, error: None, class: "gain", text: format!("{amount}") }
    }

    #[test]
    fn steps_hang_together() {
        let steps = [step("a < b", -30.0), step("c", 10.0)];
        let fall = Waterfall {
            from: ("Base", 100.0, "100"),
            steps: &steps,
            to: ("Plan", 80.0, "80"),
            width: 560.0,
            label: "x",
        };
        let text = waterfall(&fall);
        assert_eq!(text.matches("class=\"gain\"").count(), 2);
        assert!(text.contains("a &lt; b") && text.contains(">Base<") && text.contains(">Plan<"));
        // The second step begins where the first ends: both have the left edge of the lowest value.
        let lefts: Vec<&str> = text.split("<rect x=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(lefts[0], lefts[1]);
    }

    #[test]
    fn nothing_breaks_it() {
        let fall = |steps: &[Step]| {
            let text = waterfall(&Waterfall {
                from: ("Base", 5.0, "5"),
                steps,
                to: ("Plan", 5.0, "5"),
                width: 560.0,
                label: "x",
            });
            assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
            text
        };
        fall(&[]);
        fall(&[step("a", 0.0)]);
        let sampled = Step { error: Some(0.5), ..step("a", 1.0) };
        assert!(fall(&[sampled]).contains("class=\"error\""));
    }
}
