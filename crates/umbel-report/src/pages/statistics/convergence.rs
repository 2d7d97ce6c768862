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
    let conditional = drawn.parameter("covariates").and_then(|list| list.as_array()).is_some_and(|list| !list.is_empty());
    let mean = |pick: fn(&(Symbol, f64, f64)) -> f64| points.iter().map(pick).sum::<f64>() / points.len() as f64;
    let constant = if conditional { mean(|p| p.2) - slope * mean(|p| p.1) } else { constant };
    let unit = card.info(of).unit.clone();
    let show_level = |x: f64| significant_level(card, of, x.exp(), &unit);
    let show_growth = |y: f64| format!("{}%", card.format.number(y * 100.0, Some(if y.abs() < 0.1 { 1 } else { 0 })));
    let key = match p {
        Some(p) if p < 0.05 && slope < 0.0 => "convergence_said",
        Some(p) if p < 0.05 => "divergence_said",
        _ => "convergence_none",
    };
    let p_said = p.map(|p| p_text(card, p)).unwrap_or_default();
    let mut said = card
        .f(key, &[("n", &points.len().to_string()), ("slope", &card.format.signed(slope, Some(4))), ("p", &p_said)]);
    if let Some(years) = drawn.whole("half_life").filter(|years| key == "convergence_said" && *years > 0.0) {
        said.push_str(&card.f("convergence_half", &[("years", &card.format.number(years, Some(1)))]));
    }
    let named: Vec<Point> = points.iter().map(|&(place, x, y)| Point { name: card.place(place), at: (x, y) }).collect();
    let unit_text = card.show(of, points[0].1.exp(), &unit, Bound::Exact).unit;
    let x_title = card.f("convergence_x", &[("period", &card.format.period(first)), ("unit", &unit_text)]);
    let form = Scatter {
        points: &named,
        line: Some((constant, slope)),
        note: &p_said,
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

/// A level for an axis, at three digits.
fn significant_level(card: &Card<'_>, of: Symbol, value: f64, unit: &Unit) -> String {
    let magnitude = 10f64.powf(value.abs().log10().floor() - 2.0);
    let rounded = if magnitude > 0.0 { (value / magnitude).round() * magnitude } else { value };
    card.show(of, rounded, unit, Bound::Exact).number
}
