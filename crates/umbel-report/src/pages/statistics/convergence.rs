//! Growth against the level at the start.

use super::{Drawn, Parts, p_text, table};
use crate::card::Card;
use crate::charts::scatter::{self, Point, Scatter};
use crate::parts;
use maud::{PreEscaped, html};
use std::collections::BTreeMap;
use umbel_core::{Bound, Symbol, Unit};

pub(super) fn convergence(card: &Card<'_>, drawn: &Drawn<'_>) -> Option<Parts> {
    let of = drawn.of?;
    let (slope, constant) = (drawn.whole("slope")?, drawn.whole("constant")?);
    let p = drawn.whole("slope_p_two_sided");
    let growth: BTreeMap<Symbol, f64> = drawn.by_place("growth").into_iter().collect();
    let first = *drawn.analysed.periods.first()?;
    let level = |place: Symbol| card.exactly(of, place, first)?.value.filter(|value| *value > 0.0);
    let points: Vec<(Symbol, f64, f64)> =
        growth.into_iter().filter_map(|(place, growth)| Some((place, level(place)?.ln(), growth))).collect();
    if points.len() < 3 {
        return None;
    }
    // Where steady states differ by covariates the line holds at their means, and goes through those of the points.
    let conditional =
        drawn.parameter("covariates").and_then(|list| list.as_array()).is_some_and(|list| !list.is_empty());
    let mean = |pick: fn(&(Symbol, f64, f64)) -> f64| points.iter().map(pick).sum::<f64>() / points.len() as f64;
    let constant = if conditional { mean(|p| p.2) - slope * mean(|p| p.1) } else { constant };
    let unit = card.info(of).unit.clone();
    let show_level = |x: f64| significant_level(card, of, x.exp(), &unit);
    let show_growth = |y: f64| {
        let percent = card.format.number(y * 100.0, Some(1));
        format!("{}%", percent.strip_suffix(".0").unwrap_or(&percent))
    };
    let falling = points.iter().filter(|point| point.2 < 0.0).count() * 2 > points.len();
    let converges = p.is_some_and(|p| p < 0.05) && slope < 0.0;
    let key = match p {
        Some(p) if p < 0.05 => match (converges, falling) {
            (true, false) => "convergence_said",
            (true, true) => "convergence_said_falling",
            (false, false) => "divergence_said",
            (false, true) => "divergence_said_falling",
        },
        _ => "convergence_none",
    };
    let p_said = p.map(|p| p_text(card, p)).unwrap_or_default();
    let mut said = card
        .f(key, &[("n", &points.len().to_string()), ("slope", &card.format.signed(slope, Some(4))), ("p", &p_said)]);
    if let Some(years) = drawn.whole("half_life").filter(|years| converges && *years > 0.0) {
        said.push_str(&card.f("convergence_half", &[("years", &card.format.number(years, Some(1)))]));
    }
    let named: Vec<Point> = points.iter().map(|&(place, x, y)| Point { name: card.place(place), at: (x, y) }).collect();
    let unit_text = card.show(of, points[0].1.exp(), &unit, Bound::Exact).unit;
    let x_title = card.f("convergence_x", &[("period", &card.format.period(first)), ("unit", &unit_text)]);
    let levels = || points.iter().map(|point| point.1.exp());
    let (low, high) = (levels().fold(f64::INFINITY, f64::min), levels().fold(0.0, f64::max));
    let marks: Vec<f64> = round_levels(low, high).into_iter().map(f64::ln).collect();
    let form = Scatter {
        points: &named,
        line: Some((constant, slope)),
        note: &p_said,
        marks: &marks,
        titles: (&x_title, card.t("convergence_y")),
        size: (super::WIDTH, 320.0),
        label: &said,
    };
    let rows: Vec<(String, Vec<String>)> =
        points.iter().map(|&(place, x, y)| (card.place(place), vec![show_level(x), show_growth(y)])).collect();
    Some(Parts {
        sub: parts::joined(&[card.indicator(of), card.format.period(drawn.analysed.period)]),
        drawing: html! { (PreEscaped(scatter::scatter(&form, (&show_level, &show_growth)))) },
        said,
        cited: Vec::new(),
        table: table(card, &drawn.title, &[&x_title, card.t("convergence_y")], &rows),
    })
}

/// Round levels of a logarithmic axis over a range: as many of a decade as leave about five.
fn round_levels(low: f64, high: f64) -> Vec<f64> {
    let held = |of_decade: &[f64]| -> Vec<f64> {
        let (first, last) = (low.log10().floor() as i32 - 1, high.log10().ceil() as i32 + 1);
        let all = (first..=last).flat_map(|decade| of_decade.iter().map(move |step| step * 10f64.powi(decade)));
        all.filter(|level| (low * 0.9..=high * 1.1).contains(level)).collect()
    };
    let steps: [&[f64]; 4] = [
        &[1.0],
        &[1.0, 2.0, 5.0],
        &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0],
        &[1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0],
    ];
    steps.iter().map(|steps| held(steps)).find(|levels| levels.len() >= 3).unwrap_or_else(|| held(steps[3]))
}

/// A level for an axis, at three digits.
fn significant_level(card: &Card<'_>, of: Symbol, value: f64, unit: &Unit) -> String {
    let magnitude = 10f64.powf(value.abs().log10().floor() - 2.0);
    let rounded = if magnitude > 0.0 { (value / magnitude).round() * magnitude } else { value };
    let text = card.show(of, rounded, unit, Bound::Exact).number;
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::round_levels;

    #[test]
    fn an_axis_has_a_few_round_levels() {
        assert_eq!(round_levels(36.0, 170.0), [50.0, 70.0, 100.0, 150.0]);
        assert_eq!(round_levels(10.0, 9000.0), [10.0, 100.0, 1000.0]);
        assert!((3..=9).contains(&round_levels(41_000.0, 52_000.0).len()));
    }
}
