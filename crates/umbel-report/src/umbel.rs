//! The umbel: one heart, a stalk per chapter, a floret per claim.
//!
//! Colour is the verdict, filling the evidence; the shape repeats the verdict, so that grey print tells them apart.
//! The layout is computed, deterministic, and keeps florets and labels clear of each other whatever their number.

mod plan;

pub use plan::{Placed, Plan, plan};

use crate::svg::{Svg, number};
use plan::{LABEL, LEADING, control};
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
            let text =
                if row + 1 < placed.lines.len() && !line.ends_with(crate::svg::is_wide) { &spaced } else { line };
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
    let mut area = plan.area;
    // A small umbel is not blown up to the width of a large one.
    let margin = ((620.0 - (area.right - area.left)) / 2.0).max(0.0);
    (area.left, area.right) = (area.left - margin, area.right + margin);
    let view = (area.left, area.top, area.right - area.left, area.bottom - area.top);
    svg.finish(view, &[("class", "umbel"), ("role", "group"), ("aria-label", label)])
}

#[cfg(test)]
mod tests {
    use super::*;

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
