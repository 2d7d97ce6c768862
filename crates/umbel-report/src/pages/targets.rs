//! Targets against actual, with the pace achieved and needed.

use crate::card::Card;
use crate::charts;
use crate::parts::{self, anchor};
use maud::{Markup, PreEscaped, html};
use umbel_core::{Bound, Unit};
use umbel_study::format::Shown;
use umbel_study::{TargetResult, TargetStatus};
use umbel_table::rows::Target;

/// Title of a target: its own, else indicator and place.
pub fn title(card: &Card<'_>, target: &Target) -> String {
    let own = card.text(&target.title);
    if own.is_empty() {
        format!("{}{}{}", card.indicator(target.indicator), card.t("title_comma"), card.place(target.place))
    } else {
        own.to_owned()
    }
}

fn force_rank(force: &str) -> usize {
    ["binding", "expected", "advisory"].iter().position(|known| *known == force).unwrap_or(3)
}

/// The page of targets; nothing when the region has none.
pub fn page(card: &Card<'_>) -> Markup {
    if card.targets.is_empty() {
        return html! {};
    }
    let mut results: Vec<&TargetResult> = card.targets.iter().collect();
    results.sort_by_key(|result| (force_rank(&card.region.targets[result.target].force), result.target));
    let held = results.iter().filter(|result| result.status != TargetStatus::NoData).count();
    let good = results.iter().filter(|r| matches!(r.status, TargetStatus::Met | TargetStatus::OnTrack)).count();
    html! {
        section.page #targets aria-labelledby="h-targets" {
            h2 #h-targets { (card.t("targets")) }
            p.lead { (card.n("targets_lead", results.len(), &[("held", &held.to_string()), ("good", &good.to_string())])) }
            (table(card, &results))
        }
    }
}

/// A table of targets.
pub fn table(card: &Card<'_>, results: &[&TargetResult]) -> Markup {
    html! {
        div.scroll {
            table.targets.cards.sortable {
                caption.hidden { (card.t("targets")) }
                thead { tr {
                    th scope="col" { (card.t("target")) }
                    th.num scope="col" { (card.t("baseline")) }
                    th.num scope="col" { (card.t("actual")) }
                    th.num scope="col" { (card.t("wanted")) }
                    th.line scope="col" { (card.t("way")) }
                    th.num scope="col" { (card.t("pace")) }
                    th scope="col" { (card.t("status")) }
                    th.fixed scope="col" { span.hidden { (card.t("number")) } }
                } }
                tbody { @for result in results { (row(card, result)) } }
            }
        }
    }
}

fn row(card: &Card<'_>, result: &TargetResult) -> Markup {
    let target = &card.region.targets[result.target];
    let show = |value: f64| card.show(target.indicator, value, &result.unit, Bound::Exact);
    let at = |pair: Option<(f64, umbel_core::Period)>| match pair {
        Some((value, period)) => html! { (parts::stacked(&show(value), "")) small { (card.format.period(period)) } },
        None => html! { span.v { "–" } },
    };
    let wanted = match result.wanted {
        (Some(low), Some(high)) if low != high => {
            let shown = show(high);
            Some(Shown { number: format!("{}–{}", show(low).number, shown.number), unit: shown.unit })
        }
        (Some(value), _) | (None, Some(value)) => {
            let shown = show(value);
            let sign = match target.direction.as_str() {
                "at_least" => "≥\u{a0}",
                "at_most" => "≤\u{a0}",
                _ => "",
            };
            Some(Shown { number: format!("{sign}{}", shown.number), unit: shown.unit })
        }
        _ => None,
    };
    let class = match result.status {
        TargetStatus::Met | TargetStatus::OnTrack => "kept",
        TargetStatus::Slipping => "depends",
        TargetStatus::OffTrack => "missed",
        TargetStatus::NoData => "undecidable",
    };
    let goal = match target.direction.as_str() {
        "at_most" => result.wanted.1.or(result.wanted.0),
        _ => result.wanted.0.or(result.wanted.1),
    };
    let progress = goal.map_or_else(String::new, |goal| {
        charts::progress(result.baseline.map(|b| b.0), result.latest.map(|l| l.0), goal, class)
    });
    let pace = |value: Option<f64>| value.map(|value| pace(card, target, result, value));
    let mark = if result.status == TargetStatus::Met { None } else { pace(result.pace_needed) };
    let force = format!("force_{}", target.force);
    let rank = parts::STATUSES.iter().position(|status| *status == result.status).unwrap_or(0);
    html! {
        tr id=(anchor("t", card.region.id(target.id))) {
            th.what scope="row" {
                (title(card, target))
                small { (parts::joined(&[
                    card.place(target.place),
                    card.f("by_period", &[("period", &card.format.period(target.period))]),
                    if target.force.is_empty() { String::new() } else { card.t(&force).to_owned() },
                ])) }
            }
            td.num data-label=(card.t("baseline")) { (at(result.baseline)) }
            td.num data-label=(card.t("actual")) { (at(result.latest)) }
            td.num data-label=(card.t("wanted")) { @if let Some(wanted) = &wanted { (parts::stacked(wanted, "")) } @else { "–" } }
            td.line { (PreEscaped(progress)) }
            td.num data-label=(card.t("pace")) {
                @if let Some(text) = pace(result.pace_achieved) { span { (text) } }
                @if let Some(text) = mark { small { (card.f("pace_needed", &[("pace", &text)])) } }
            }
            td.verdict data-value=(rank) { (parts::status_chip(card, result.status, result.evidence)) }
            td.figcol { @if let Some(figure) = &result.figure { (parts::cite(card, figure, None)) } }
        }
    }
}

/// A change a year, signed, with the unit that fits it.
fn pace(card: &Card<'_>, target: &Target, result: &TargetResult, value: f64) -> String {
    let sign = match value {
        v if v > 0.0 => "+",
        v if v < 0.0 => "−",
        _ => "",
    };
    if card.look(target.indicator).scale.is_some() {
        let steps = card.format.number(value.abs(), Some(1));
        return card.f("a_year", &[("value", &card.f("classes", &[("n", &format!("{sign}{steps}"))]))]);
    }
    if result.unit == Unit::percent() {
        let points = card.f("change_points", &[("n", &format!("{sign}{}", card.format.number(value.abs(), Some(1))))]);
        return card.f("a_year", &[("value", &points)]);
    }
    let shown = card.show(target.indicator, value.abs(), &result.unit, Bound::Exact);
    // A pace is finer than the level: when the level's digits hide it, three significant ones are shown.
    let hidden = !shown.number.bytes().any(|b| (b'1'..=b'9').contains(&b)) && value != 0.0;
    let shown = if hidden {
        let look = umbel_study::format::Look { decimals: None, ..card.look(target.indicator) };
        card.format.value(value.abs(), &result.unit, look, Bound::Exact)
    } else {
        shown
    };
    card.f("a_year", &[("value", &format!("{sign}{}", shown.text()))])
}
