//! The region as one: do its parts come closer, what flows between them, what joins them.

use super::relations;
use crate::card::{Card, Cell};
use crate::charts::{self, Dot, Track};
use crate::parts;
use maud::{Markup, PreEscaped, html};
use std::collections::BTreeMap;
use umbel_core::{Period, Symbol};
use umbel_table::IndicatorKind;
use umbel_table::rows::{Flow, Project};

/// An indicator held for every jurisdiction, over the periods in which all of them have a figure.
struct Compared {
    indicator: Symbol,
    /// By period, one cell a jurisdiction.
    periods: BTreeMap<Period, Vec<Cell>>,
}

/// The page; nothing when there are fewer than two jurisdictions.
pub fn page(card: &Card<'_>) -> Markup {
    if card.jurisdictions.len() < 2 {
        return html! {};
    }
    let compared = compared(card);
    let projects: Vec<&Project> =
        card.region.projects.iter().filter(|project| relations::joins(card, project).len() > 1).collect();
    html! {
        section.page #together aria-labelledby="h-together" {
            h2 #h-together { (card.t("together")) }
            (gap_part(card, &compared))
            (flow_part(card))
            (link_part(card))
            @if !projects.is_empty() {
                h3 { (card.n("joint_projects", projects.len(), &[])) }
                (joint_table(card, &projects))
            }
        }
    }
}

/// Indicators of the report (figures, series, headlines) that are levels of development, not sizes: shares and rates.
fn compared(card: &Card<'_>) -> Vec<Compared> {
    let layout = &card.study.layout;
    let named = layout.headlines.iter().map(String::as_str);
    let chapters = layout.chapter.iter().flat_map(|chapter| {
        let figures = chapter.figures.iter().map(String::as_str);
        figures.chain(chapter.series.iter().map(|series| series.indicator.as_str()))
    });
    let maps = layout.chapter.iter().flat_map(|chapter| chapter.maps.iter().map(|map| map.indicator.as_str()));
    let mut seen: Vec<Symbol> = Vec::new();
    let mut out = Vec::new();
    for text in named.chain(chapters).chain(maps) {
        let id = text.split_once('@').map_or(text, |(indicator, _)| indicator);
        let Some(indicator) = card.region.symbols.get(id) else { continue };
        if seen.contains(&indicator) {
            continue;
        }
        seen.push(indicator);
        let info = card.info(indicator);
        let method = info.measure.and_then(|at| card.study.measures.get(at)).map_or("", |m| m.registration.name);
        let level = matches!(info.kind, IndicatorKind::Share | IndicatorKind::Rate)
            && !matches!(method, "change" | "rank" | "gap" | "share");
        if !level {
            continue;
        }
        let mut periods: BTreeMap<Period, Vec<Cell>> = BTreeMap::new();
        for place in &card.jurisdictions {
            for cell in card.history(indicator, *place).into_iter().filter(|cell| cell.value.is_some()) {
                periods.entry(cell.period).or_default().push(cell);
            }
        }
        periods.retain(|_, cells| cells.len() == card.jurisdictions.len());
        if !periods.is_empty() {
            out.push(Compared { indicator, periods });
        }
    }
    out
}

/// Highest over lowest; `None` unless all are above zero.
fn spread(cells: &[Cell]) -> Option<f64> {
    let values = || cells.iter().filter_map(|cell| cell.value);
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max));
    (low > 0.0).then(|| high / low)
}

fn gap_part(card: &Card<'_>, compared: &[Compared]) -> Markup {
    let mut closer = 0;
    let mut apart = 0;
    let rows: Vec<Markup> = compared
        .iter()
        .filter_map(|item| {
            let period = card.period.filter(|p| item.periods.contains_key(p)).or_else(|| {
                let before = item.periods.keys().rev().find(|p| card.period.is_none_or(|c| p.end() <= c.end()));
                before.or(item.periods.keys().next()).copied()
            })?;
            let now = &item.periods[&period];
            let first =
                card.base.filter(|base| item.periods.contains_key(base)).or(item.periods.keys().next().copied());
            let base = first.filter(|first| *first < period);
            let (ratio, before) = (spread(now), base.and_then(|base| spread(&item.periods[&base])));
            let trend = ratio
                .zip(before)
                .map(|(now, before)| if now < before * 0.995 { -1 } else { i32::from(now > before * 1.005) });
            match trend {
                Some(-1) => closer += 1,
                Some(1) => apart += 1,
                _ => {}
            }
            card.book.borrow_mut().record_cells(card.study, item.periods.values().flatten());
            Some(gap_row(card, item, period, base, ratio, before, trend))
        })
        .collect();
    if rows.is_empty() {
        return html! {};
    }
    let lead = card.n("together_lead", rows.len(), &[("closer", &closer.to_string()), ("apart", &apart.to_string())]);
    html! {
        h3 { (card.t("closer_or_apart")) }
        p { (lead) " " (card.t("together_how")) }
        div.scroll {
            table.compare.cards.sortable {
                caption.hidden { (card.t("closer_or_apart")) }
                thead { tr {
                    th scope="col" { (card.t("indicator")) }
                    @for place in &card.jurisdictions { th.num scope="col" { (card.place(*place)) } }
                    th.num scope="col" { (card.t("high_over_low")) }
                    th.line scope="col" { (card.t("over_time")) }
                    th scope="col" { (card.t("gap")) }
                } }
                tbody { @for row in &rows { (row) } }
            }
        }
    }
}

fn gap_row(
    card: &Card<'_>,
    item: &Compared,
    period: Period,
    base: Option<Period>,
    ratio: Option<f64>,
    before: Option<f64>,
    trend: Option<i32>,
) -> Markup {
    let cells = &item.periods[&period];
    let dots = item.periods.iter().filter_map(|(period, cells)| {
        Some(Dot { x: f64::from(period.end().year()), y: Some(spread(cells)?), weak: false })
    });
    let line = charts::sparkline(&Track { name: String::new(), dots: dots.collect() });
    let number = |value: f64| card.format.number(value, Some(2));
    html! {
        tr {
            th.what scope="row" { (card.indicator(item.indicator)) small { (parts::joined(&[card.shown(&cells[0]).unit, card.format.period(period)])) } }
            @for place in &card.jurisdictions {
                td.num data-label=(card.place(*place)) {
                    @if let Some(cell) = cells.iter().find(|cell| cell.place == *place) {
                        span.v { (card.shown(cell).number) } small { (parts::cite(card, &cell.figure, None)) }
                    }
                }
            }
            td.num data-label=(card.t("high_over_low")) {
                @if let Some(ratio) = ratio { span.v { (number(ratio)) } }
                @if let (Some(before), Some(base)) = (before, base) { small { (card.f("was", &[("value", &number(before)), ("period", &card.format.period(base))])) } }
            }
            td.line { (PreEscaped(line)) }
            td data-value=[trend] {
                @match trend { Some(-1) => (card.t("gap_closer")), Some(1) => (card.t("gap_apart")), Some(_) => (card.t("gap_same")), None => "" }
            }
        }
    }
}

/// Flows between jurisdictions, by kind.
fn flow_part(card: &Card<'_>) -> Markup {
    let mut kinds: Vec<Symbol> = card.region.flows.iter().map(|flow| flow.kind).collect();
    kinds.sort_by_key(|kind| card.ranks[kind.index()]);
    kinds.dedup();
    let mut rows = Vec::new();
    for kind in kinds {
        let crossing: Vec<&Flow> = card
            .region
            .flows
            .iter()
            .filter(|flow| flow.kind == kind && flow.value.is_some())
            .filter(|flow| {
                let (from, to) = (card.jurisdiction(flow.from), card.jurisdiction(flow.to));
                from.is_some() && to.is_some() && from != to
            })
            .collect();
        let Some(last) = crossing.iter().map(|flow| flow.period).max() else { continue };
        let period = card.period.filter(|p| crossing.iter().any(|flow| flow.period == *p)).unwrap_or(last);
        for flow in crossing.into_iter().filter(|flow| flow.period == period) {
            rows.push((kind, flow));
        }
    }
    if rows.is_empty() {
        return html! {};
    }
    html! {
        h3 { (card.t("flows_between")) }
        div.scroll {
            table.compact.sortable {
                caption.hidden { (card.t("flows_between")) }
                thead { tr {
                    th scope="col" { (card.t("kind")) } th scope="col" { (card.t("from")) } th scope="col" { (card.t("to")) }
                    th scope="col" { (card.t("period")) } th.num scope="col" { (card.t("value")) } th scope="col" { (card.t("row")) }
                } }
                tbody {
                    @for (kind, flow) in &rows {
                        tr {
                            td { (card.kind("flows", *kind)) } td { (card.place(flow.from)) } td { (card.place(flow.to)) }
                            td { (card.format.period(flow.period)) }
                            td.num data-value=[flow.value] { (relations_amount(card, flow)) }
                            td.row { (relations::origin(card, flow.row)) }
                        }
                    }
                }
            }
        }
    }
}

fn relations_amount(card: &Card<'_>, flow: &Flow) -> String {
    let look = umbel_study::format::Look {
        decimals: Some(if flow.value.is_some_and(|v| v.fract() == 0.0) { 0 } else { 2 }),
        ..Default::default()
    };
    flow.value.map_or_else(|| "–".to_owned(), |value| card.format.value(value, &flow.unit, look, flow.bound).text())
}

/// Links that cross from one jurisdiction to another, counted by kind.
fn link_part(card: &Card<'_>) -> Markup {
    let mut kinds: BTreeMap<u32, (Symbol, usize, usize, usize)> = BTreeMap::new();
    for link in &card.region.links {
        let (from, to) = (card.jurisdictions_of(link.from), card.jurisdictions_of(link.to));
        let crosses = !from.is_empty() && !to.is_empty() && from != to;
        let entry = kinds.entry(card.ranks[link.kind.index()]).or_insert((link.kind, 0, 0, 0));
        entry.1 += 1;
        entry.2 += usize::from(crosses);
        let new = card.base.zip(link.opened).is_some_and(|(base, opened)| opened.end() > base.end());
        entry.3 += usize::from(crosses && new);
    }
    let rows: Vec<&(Symbol, usize, usize, usize)> =
        kinds.values().filter(|(_, _, crossing, _)| *crossing > 0).collect();
    if rows.is_empty() {
        return html! {};
    }
    html! {
        h3 { (card.t("links_between")) }
        div.scroll {
            table.compact.sortable {
                caption.hidden { (card.t("links_between")) }
                thead { tr {
                    th scope="col" { (card.t("kind")) } th.num scope="col" { (card.t("links_held")) }
                    th.num scope="col" { (card.t("links_crossing")) }
                    @if let Some(base) = card.base { th.num scope="col" { (card.f("opened_after", &[("period", &card.format.period(base))])) } }
                } }
                tbody {
                    @for (kind, all, crossing, new) in rows {
                        tr {
                            th scope="row" { (card.kind("links", *kind)) }
                            td.num { (all) } td.num { (crossing) }
                            @if card.base.is_some() { td.num { (new) } }
                        }
                    }
                }
            }
        }
    }
}

/// Projects that join two jurisdictions or more.
fn joint_table(card: &Card<'_>, projects: &[&Project]) -> Markup {
    let mut by_pair: BTreeMap<Vec<Option<usize>>, Vec<&Project>> = BTreeMap::new();
    for project in projects {
        let key = relations::joins(card, project).iter().map(|place| card.tree.row(*place)).collect();
        by_pair.entry(key).or_default().push(project);
    }
    html! {
        @for group in by_pair.values() {
            @let names: Vec<String> = relations::joins(card, group[0]).iter().map(|place| card.place(*place)).collect();
            details.group {
                summary { (card.list(&names)) " " span.count { (group.len()) } }
                (relations::project_table(card, group, Some("joint")))
            }
        }
    }
}
