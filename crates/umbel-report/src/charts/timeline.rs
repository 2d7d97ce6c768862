//! A time line: one row a project, with its stages and the days from which its effects are in force.

use crate::svg::{Svg, fit, number, text_width};

/// One project.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Start and finish, in years; one that is not known is `None`.
    pub span: (Option<f64>, Option<f64>),
    /// Stages: when reached, and what is said when pointed at.
    pub stages: Vec<(f64, String)>,
    /// When effects come into force, and what is said when pointed at.
    pub effects: Vec<(f64, String)>,
}

impl Row {
    /// Every day of the row.
    fn days(&self) -> impl Iterator<Item = f64> {
        let points = self.stages.iter().chain(&self.effects).map(|(x, _)| *x);
        self.span.0.into_iter().chain(self.span.1).chain(points)
    }

    /// Whether it has any day at all, and so a place on the line.
    pub fn is_dated(&self) -> bool {
        self.days().next().is_some()
    }
}

/// What a time line says.
pub struct Timeline<'a> {
    /// The projects, in the order in which they are drawn.
    pub rows: &'a [Row],
    /// The moment that the plan is judged at, with its name.
    pub horizon: Option<(f64, &'a str)>,
    /// Width, drawing units.
    pub width: f64,
    /// What a screen reader says.
    pub label: &'a str,
}

const SIZE: f64 = 12.5;
const TOP: f64 = 24.0;

/// The picture; empty when no project has a date. As high as it has rows.
pub fn timeline(line: &Timeline<'_>) -> String {
    let rows: Vec<&Row> = line.rows.iter().filter(|row| row.is_dated()).collect();
    if rows.is_empty() {
        return String::new();
    }
    let days = || rows.iter().flat_map(|row| row.days()).chain(line.horizon.map(|(x, _)| x));
    let from = days().fold(f64::INFINITY, f64::min).floor();
    let to = (days().fold(f64::NEG_INFINITY, f64::max) + 0.2).ceil().max(from + 1.0);
    let names: Vec<Vec<String>> = rows.iter().map(|row| fit(&row.name, SIZE, line.width * 0.36, 2)).collect();
    let widest = names.iter().flatten().map(|text| text_width(text, SIZE)).fold(0.0, f64::max);
    let left = widest + 16.0;
    let right = line.width - 18.0;
    let at = |x: f64| left + (x - from) / (to - from) * (right - left);
    let heights: Vec<f64> = names.iter().map(|lines| if lines.len() > 1 { 36.0 } else { 25.0 }).collect();
    let bottom = TOP + heights.iter().sum::<f64>() + 4.0;
    let mut svg = Svg::new();
    let step = [1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0].into_iter();
    let step = step.clone().find(|step| step / (to - from) * (right - left) >= 44.0).unwrap_or(500.0);
    let mut year = (from / step).ceil() * step;
    while year <= to {
        svg.line((at(year), TOP - 18.0), (at(year), bottom), "grid");
        if at(year) + 32.0 > line.width {
            break;
        }
        // A year reaches from its line to the next one: its name stands within it.
        svg.text(at(year) + 3.0, TOP - 9.0, "tick", &number(year));
        // Far below the first scale a second one saves the eye the way.
        if rows.len() > 12 {
            svg.text(at(year) + 3.0, bottom + 14.0, "tick", &number(year));
        }
        year += step;
    }
    let mut top = TOP;
    for ((row, lines), height) in rows.iter().zip(&names).zip(&heights) {
        let middle = top + height / 2.0;
        for (at, text) in lines.iter().enumerate() {
            let shift = (at as f64 - (lines.len() as f64 - 1.0) / 2.0) * 14.0;
            svg.text(left - 12.0, middle + shift + 4.0, "endv end-anchor", text);
        }
        svg.line((left, top + height), (right, top + height), "faint");
        let (first, last) = (row.days().fold(f64::INFINITY, f64::min), row.days().fold(f64::NEG_INFINITY, f64::max));
        match row.span {
            (Some(start), Some(finish)) => {
                svg.rect(at(start.min(finish)), middle - 5.5, (at(finish) - at(start)).abs().max(3.0), 11.0, "span");
            }
            // Where one end is not known the bar is open there.
            (Some(start), None) => {
                svg.rect(at(start), middle - 5.5, (at(last.max(start)) - at(start)).max(14.0), 11.0, "span open");
            }
            (None, Some(finish)) => {
                let long = (at(finish) - at(first.min(finish))).max(14.0);
                svg.rect(at(finish) - long, middle - 5.5, long, 11.0, "span open");
            }
            (None, None) => {
                svg.line((at(first), middle), (at(last), middle), "level");
            }
        }
        for (x, title) in &row.effects {
            svg.open("g", &[]).text_element("title", &[], title);
            svg.line((at(*x), middle - 9.5), (at(*x), middle + 9.5), "effect").close("g");
        }
        for (x, title) in &row.stages {
            let (x, y) = (number(at(*x)), number(middle - 5.0));
            svg.open("g", &[]).text_element("title", &[], title);
            svg.path(&format!("M{x} {y}l5 5l-5 5l-5-5z"), "stage").close("g");
        }
        top += height;
    }
    if let Some((x, name)) = line.horizon {
        svg.line((at(x), TOP - 4.0), (at(x), bottom), "horizon");
        let (class, shift) =
            if at(x) > right - text_width(name, 11.0) { ("tick end-anchor", -4.0) } else { ("tick", 4.0) };
        svg.text(at(x) + shift, bottom + if rows.len() > 12 { 28.0 } else { 13.0 }, class, name);
    }
    let height = bottom + if rows.len() > 12 { 34.0 } else { 19.0 };
    svg.finish(
        (0.0, 0.0, line.width, height),
        &[("class", "lines timeline"), ("role", "img"), ("aria-label", line.label)],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize) -> Vec<Row> {
        let row = |at: usize| Row {
            name: format!("Project <{at}> with a name that takes more than a line of the picture"),
            span: (Some(2024.0 + at as f64 * 0.25), Some(2026.0 + at as f64 * 0.5)),
            stages: vec![(2025.0, "started".into())],
            effects: vec![(2027.0, "in force".into())],
        };
        (0..count).map(row).collect()
    }

    fn draw(rows: &[Row]) -> String {
        timeline(&Timeline { rows, horizon: Some((2035.5, "2035")), width: 900.0, label: "x" })
    }

    #[test]
    fn each_project_has_a_row_however_many() {
        for count in [1, 2, 30, 40] {
            let text = draw(&rows(count));
            assert_eq!(text.matches("class=\"span\"").count(), count);
            assert_eq!(text.matches("class=\"stage\"").count(), count);
            assert_eq!(text.matches("class=\"effect\"").count(), count);
            assert!(text.contains("Project &lt;0&gt;") && !text.contains("NaN") && !text.contains("inf"));
        }
        // Rows do not overlap: the picture grows with them.
        let height = |text: &str| -> f64 {
            text.split("viewBox=\"0 0 900 ").nth(1).unwrap().split('"').next().unwrap().parse().unwrap()
        };
        assert!(height(&draw(&rows(40))) >= height(&draw(&rows(2))) + 38.0 * 25.0);
    }

    #[test]
    fn without_dates_there_is_no_line() {
        assert_eq!(draw(&[Row { name: "a".into(), ..Row::default() }]), "");
        assert_eq!(draw(&[]), "");
        let open = [
            Row { name: "a".into(), span: (Some(2024.0), None), ..Row::default() },
            Row { name: "b".into(), span: (None, Some(2026.0)), ..Row::default() },
        ];
        assert_eq!(draw(&open).matches("span open").count(), 2);
    }
}
