//! A page per jurisdiction, each with the same parts in the same order.

use super::relations;
use super::targets;
use crate::card::{Card, Cell};
use crate::charts;
use crate::parts::{self, anchor};
use maud::{Markup, PreEscaped, html};
use umbel_core::{Symbol, Verdict};
use umbel_study::layout::MapLayout;
use umbel_study::{ClaimResult, Places, TargetResult};
use umbel_table::IndicatorKind;
use umbel_table::rows::Project;

/// All pages of jurisdictions.
pub fn pages(card: &Card<'_>) -> Markup {
    html! { @for place in &card.jurisdictions { (page(card, *place)) } }
}

fn page(card: &Card<'_>, place: Symbol) -> Markup {
    let id = anchor("p", card.region.id(place));
    let heading = anchor("hp", card.region.id(place));
    let claims: Vec<&ClaimResult> = card
        .claims
        .iter()
        .filter(|result| {
            let claim = &card.region.claims[result.claim];
            claim.place.is_some() && card.tree.touches(claim.place, place) && !card.tree.is_within(place, claim.place)
                || claim.place == place
        })
        .collect();
    let targets: Vec<&TargetResult> =
        card.targets.iter().filter(|result| card.region.targets[result.target].place == place).collect();
    let projects: Vec<&Project> =
        card.region.projects.iter().filter(|project| relations::joins(card, project).contains(&place)).collect();
    let other = card.place_other(place);
    let maps: Vec<Markup> =
        shared_maps(card).iter().filter_map(|map| card.choropleth(&inside(card, map, place))).collect();
    let kept = claims.iter().filter(|claim| claim.verdict == Verdict::Kept).count();
    html! {
        section.page.place id=(id) aria-labelledby=(heading) {
            div.place-head {
                div {
                    h2 id=(heading) { (card.place(place)) @if !other.is_empty() { " " span.other { (other) } } }
                    p.lead {
                        (card.f("place_lead", &[
                            ("claims", &claims.len().to_string()), ("kept", &kept.to_string()),
                            ("targets", &targets.len().to_string()), ("projects", &projects.len().to_string()),
                        ]))
                    }
                }
                @if let Some(map) = card.locator(place) { div.locator { (map) } }
            }
            h3 { (card.t("figures")) }
            (profile(card, place))
            @if !maps.is_empty() { h3 { (card.t("on_map")) } div.maps { @for map in &maps { (map) } } }
            @if !targets.is_empty() { h3 { (card.t("targets")) } (targets_table(card, &targets)) }
            @if !claims.is_empty() { h3 { (card.n("place_claims", claims.len(), &[])) } (short_claims(card, &claims)) }
            @if !projects.is_empty() {
                h3 { (card.n("projects_head", projects.len(), &[])) }
                (relations::project_table(card, &projects, Some("place")))
            }
        }
    }
}

/// Maps of the chapters that have something to show inside every jurisdiction: at most three, the same on each page.
fn shared_maps<'c>(card: &'c Card<'_>) -> Vec<&'c MapLayout> {
    let maps = card.study.layout.chapter.iter().flat_map(|chapter| &chapter.maps);
    let everywhere = |map: &&MapLayout| {
        let places = card.places(&map.places);
        let inside = |j: &Symbol| places.iter().filter(|p| *p != j && card.tree.is_within(**p, *j)).count();
        card.jurisdictions.iter().all(|jurisdiction| inside(jurisdiction) > 2)
    };
    maps.filter(everywhere).take(3).collect()
}

/// The map of only those places that lie in a jurisdiction.
fn inside(card: &Card<'_>, map: &MapLayout, jurisdiction: Symbol) -> MapLayout {
    let places = card.places(&map.places).into_iter();
    let places = places.filter(|place| *place != jurisdiction && card.tree.is_within(*place, jurisdiction));
    MapLayout { places: Places::List(places.map(|place| card.region.id(place).to_owned()).collect()), ..map.clone() }
}

/// Targets of a place as short rows that lead to the full ones.
fn targets_table(card: &Card<'_>, results: &[&TargetResult]) -> Markup {
    html! {
        ul.plain {
            @for result in results {
                @let target = &card.region.targets[result.target];
                li.line-item {
                    a href={ "#" (anchor("t", card.region.id(target.id))) } { (targets::title(card, target)) }
                    (parts::status_chip(card, result.status, result.evidence))
                }
            }
        }
    }
}

/// Claims of a place as short rows that lead to the full ones.
fn short_claims(card: &Card<'_>, results: &[&ClaimResult]) -> Markup {
    let mut sorted: Vec<&ClaimResult> = results.to_vec();
    let order = |verdict: Verdict| Verdict::ALL.iter().position(|v| *v == verdict);
    sorted.sort_by_key(|result| (order(result.verdict), std::cmp::Reverse(result.evidence), result.claim));
    html! {
        ul.plain {
            @for result in sorted {
                @let claim = &card.region.claims[result.claim];
                li.line-item {
                    a href={ "#" (anchor("c", card.region.id(claim.id))) } { (card.text(&claim.statement)) }
                    (parts::verdict_chip(card, result.verdict, result.evidence))
                }
            }
        }
    }
}

/// Every indicator of the report that is held for at least two jurisdictions, so that the pages are alike: value,
/// change, line, share of the region or rank among the jurisdictions.
fn profile(card: &Card<'_>, place: Symbol) -> Markup {
    let mut groups: Vec<(String, Vec<Symbol>)> = Vec::new();
    for indicator in shared_indicators(card) {
        let chapter = card.region.id(card.info(indicator).system).to_owned();
        match groups.last_mut().filter(|(last, _)| *last == chapter) {
            Some((_, list)) => list.push(indicator),
            None => groups.push((chapter, vec![indicator])),
        }
    }
    html! {
        div.scroll {
            table.profile.cards {
                caption.hidden { (card.place(place)) }
                thead { tr {
                    th scope="col" { (card.t("indicator")) }
                    th.num scope="col" { (card.t("value")) }
                    th.num scope="col" { (card.t("change")) }
                    th.line scope="col" { (card.t("over_time")) }
                    th scope="col" { (card.t("standing")) }
                    th.fixed scope="col" { span.hidden { (card.t("number")) } }
                } }
                @for (chapter, indicators) in &groups {
                    tbody {
                        @if !chapter.is_empty() { tr { th.group scope="rowgroup" colspan="6" { (parts::short(&card.chapter(chapter))) } } }
                        @for indicator in indicators { (profile_row(card, *indicator, place)) }
                    }
                }
            }
        }
    }
}

/// Indicators held for two jurisdictions or more, in the order of the chapters, then of their ids.
fn shared_indicators(card: &Card<'_>) -> Vec<Symbol> {
    let mut all: Vec<(usize, Symbol)> = Vec::new();
    let chapters: Vec<&str> = card.study.layout.chapter.iter().map(|chapter| chapter.id.as_str()).collect();
    for id in card.study.indicator_ids() {
        let Some(indicator) = card.region.symbols.get(id) else { continue };
        let info = card.info(indicator);
        let method = info.measure.and_then(|at| card.study.measures.get(at)).map_or("", |m| m.registration.name);
        if matches!(method, "rank" | "change") {
            continue;
        }
        let held = card
            .jurisdictions
            .iter()
            .filter(|place| card.at(indicator, **place, card.period).is_some_and(|cell| cell.value.is_some()))
            .count();
        if held >= 2 || (held == 1 && card.jurisdictions.len() == 1) {
            let system = card.region.id(info.system);
            let chapter = chapters.iter().position(|chapter| *chapter == system).unwrap_or(chapters.len());
            all.push((chapter, indicator));
        }
    }
    all.sort_by_key(|(chapter, _)| *chapter);
    all.into_iter().map(|(_, indicator)| indicator).collect()
}

fn profile_row(card: &Card<'_>, indicator: Symbol, place: Symbol) -> Markup {
    let history = card.history(indicator, place);
    let Some(cell) = crate::card::pick(&history, card.period).filter(|cell| cell.value.is_some()) else {
        return html! {
            tr.absent {
                th.what scope="row" { (card.indicator(indicator)) }
                td.num { "–" } td.num {} td.line {} td { span.sub { (card.t("no_data")) } } td {}
            }
        };
    };
    let base = card.base.and_then(|base| history.iter().find(|c| c.period == base && c.value.is_some()));
    let base = base.or_else(|| history.iter().find(|c| c.value.is_some())).filter(|base| base.period < cell.period);
    let change = base.and_then(|base| card.change(base, cell).map(|text| (text, base.period)));
    card.book.borrow_mut().record_cells(card.study, &history);
    let line = charts::sparkline(&parts::track(card, String::new(), &history));
    html! {
        tr {
            th.what scope="row" { (card.indicator(indicator)) small { (parts::joined(&[card.format.period(cell.period), parts::cell_status(card, cell)])) } }
            td.num data-label=(card.t("value")) data-value=[cell.value] { (parts::value(card, cell)) }
            td.num data-label=(card.t("change")) { @if let Some((text, since)) = &change { span.v { (text) } small { (card.f("since", &[("period", &card.format.period(*since))])) } } }
            td.line { (PreEscaped(line)) }
            td data-label=(card.t("standing")) { (standing(card, cell)) }
            td.figcol { (parts::cite(card, &cell.figure, None)) }
        }
    }
}

/// Share of the region for amounts that add up, else the rank among the jurisdictions of the same period.
fn standing(card: &Card<'_>, cell: &Cell) -> String {
    let info = card.info(cell.indicator);
    let Some(value) = cell.value else { return String::new() };
    let peers: Vec<(Symbol, f64)> = card
        .jurisdictions
        .iter()
        .filter_map(|place| {
            let peer = card.exactly(cell.indicator, *place, cell.period)?;
            peer.value.map(|value| (*place, value))
        })
        .collect();
    if peers.len() < 2 {
        return String::new();
    }
    let adds = info.aggregation == "sum"
        && matches!(info.kind, IndicatorKind::Stock | IndicatorKind::Flow | IndicatorKind::Cumulative);
    let total: f64 = peers.iter().map(|(_, value)| *value).sum();
    if adds && peers.len() == card.jurisdictions.len() && total > 0.0 && peers.iter().all(|(_, v)| *v >= 0.0) {
        let share = card.format.number(value / total * 100.0, Some(0));
        return card.f("share_of_all", &[("n", &share)]);
    }
    if info.direction != 0 {
        let better =
            peers.iter().filter(|(_, other)| if info.direction > 0 { *other > value } else { *other < value }).count();
        return card.f("rank_best", &[("n", &(better + 1).to_string()), ("of", &peers.len().to_string())]);
    }
    let above = peers.iter().filter(|(_, other)| *other > value).count();
    card.f("rank_high", &[("n", &(above + 1).to_string()), ("of", &peers.len().to_string())])
}
