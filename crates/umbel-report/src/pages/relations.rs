//! Flows, links and projects: tables and maps of what joins places.

use crate::card::Card;
use crate::maps::Curve;
use crate::parts::{self, anchor};
use maud::{Markup, html};
use std::collections::BTreeMap;
use umbel_core::{Bound, Period, Symbol, Unit};
use umbel_study::layout::KindLayout;
use umbel_study::select::{self, Table};
use umbel_study::{Filter, format::Look};
use umbel_table::rows::{Flow, Link, Project, Stage};

/// Where a row stands.
pub fn origin(card: &Card<'_>, origin: umbel_table::Origin) -> String {
    format!("{}:{}", card.region.path(origin), origin.line)
}

fn heading(card: &Card<'_>, layout: &KindLayout, table: &str, kind: Symbol) -> String {
    if layout.title.is_empty() { card.kind(table, kind) } else { card.text(&layout.title).to_owned() }
}

/// The flows of one kind, latest release of each.
fn flows_of<'c>(card: &'c Card<'_>, kind: Symbol) -> Vec<&'c Flow> {
    let mut latest: BTreeMap<(u32, u32, Period), &Flow> = BTreeMap::new();
    let rank = |place: Symbol| card.ranks.get(place.index()).copied().unwrap_or(u32::MAX);
    for flow in card.region.flows.iter().filter(|flow| flow.kind == kind) {
        let key = (rank(flow.from), rank(flow.to), flow.period);
        let newer = latest.get(&key).is_none_or(|known| flow.vintage > known.vintage);
        if newer {
            latest.insert(key, flow);
        }
    }
    latest.into_values().collect()
}

fn amount(card: &Card<'_>, flow: &Flow) -> String {
    flow.value.map_or_else(|| "–".to_owned(), |value| shown(card, value, &flow.unit, flow.bound))
}

fn shown(card: &Card<'_>, value: f64, unit: &Unit, bound: Bound) -> String {
    let decimals = if value.fract() == 0.0 { Some(0) } else { Some(2) };
    card.format.value(value, unit, Look { decimals, ..Look::default() }, bound).text()
}

/// A chapter's part on flows of one kind.
pub fn flow(card: &Card<'_>, layout: &KindLayout) -> Markup {
    let Some(kind) = card.region.symbols.get(&layout.kind) else { return html! {} };
    let flows = flows_of(card, kind);
    if flows.is_empty() {
        return html! {};
    }
    let title = heading(card, layout, "flows", kind);
    flow_part(card, &title, &flows, layout.period.or(card.period))
}

/// Map of the period and table of all flows.
pub fn flow_part(card: &Card<'_>, title: &str, flows: &[&Flow], period: Option<Period>) -> Markup {
    // The card's period when flows are held for it, else the last one.
    let at = period.filter(|p| flows.iter().any(|f| f.period == *p)).or_else(|| flows.iter().map(|f| f.period).max());
    let now: Vec<&&Flow> = flows.iter().filter(|flow| Some(flow.period) == at && flow.value.is_some()).collect();
    let curves: Vec<Curve> = now
        .iter()
        .filter(|flow| flow.from != flow.to)
        .map(|flow| {
            let value = amount(card, flow);
            Curve {
                from: flow.from,
                to: flow.to,
                amount: flow.value,
                directed: true,
                class: "flows".into(),
                title: card.f(
                    "from_to_value",
                    &[("from", &card.place(flow.from)), ("to", &card.place(flow.to)), ("value", &value)],
                ),
                value,
            }
        })
        .collect();
    let when = at.map(|period| card.format.period(period)).unwrap_or_default();
    let label = card.f("flow_map", &[("title", title), ("period", &when)]);
    let map = card.curves(&curves, &label);
    html! {
        h3 { (title) }
        div.two.relation {
            @if let Some(map) = map { figure.mapfig { div.canvas { (map) } figcaption { p.sub { (label) } } } }
            div.scroll {
                table.compact.sortable {
                    caption.hidden { (title) }
                    thead { tr {
                        th scope="col" { (card.t("from")) } th scope="col" { (card.t("to")) } th scope="col" { (card.t("period")) }
                        th.num scope="col" { (card.t("value")) } th scope="col" { (card.t("row")) }
                    } }
                    tbody {
                        @for flow in flows {
                            tr {
                                td { (card.place(flow.from)) } td { (card.place(flow.to)) }
                                td data-value=(flow.period) { (card.format.period(flow.period)) }
                                td.num data-value=[flow.value] { (amount(card, flow)) }
                                td.row { (origin(card, flow.row)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn links_of<'c>(card: &'c Card<'_>, kind: Symbol) -> Vec<&'c Link> {
    card.region.links.iter().filter(|link| link.kind == kind).collect()
}

/// A chapter's part on links of one kind.
pub fn link(card: &Card<'_>, layout: &KindLayout) -> Markup {
    let Some(kind) = card.region.symbols.get(&layout.kind) else { return html! {} };
    let links = links_of(card, kind);
    if links.is_empty() {
        return html! {};
    }
    let title = heading(card, layout, "links", kind);
    // Long registers (hundreds of rail services) are drawn and counted; the table shows those opened last.
    let opened = |link: &Link| link.opened.map(|period| period.end());
    let base = card.base.map(|base| base.end());
    let since = links.iter().filter(|link| base.is_some_and(|base| opened(link).is_some_and(|day| day > base))).count();
    let mut listed: Vec<&Link> = links.clone();
    listed.sort_by_key(|link| std::cmp::Reverse(opened(link)));
    let all = listed.len();
    listed.truncate(40);
    let curves: Vec<Curve> = links
        .iter()
        .filter(|link| link.closed.is_none())
        .map(|link| {
            let new = base.is_some_and(|base| opened(link).is_some_and(|day| day > base));
            let name = card.text(&link.name).to_owned();
            let ends = card.f("from_to", &[("from", &card.place(link.from)), ("to", &card.place(link.to))]);
            Curve {
                from: link.from,
                to: link.to,
                amount: None,
                directed: link.directed,
                class: if new { "links new".into() } else { "links".into() },
                title: parts::joined(&[name, ends]),
                value: String::new(),
            }
        })
        .collect();
    let lead = match card.base {
        Some(base) => card.n("links_since", all, &[("since", &since.to_string()), ("base", &base.to_string())]),
        None => card.n("links_all", all, &[]),
    };
    let (has_length, has_time) = (listed.iter().any(|l| l.length.is_some()), listed.iter().any(|l| l.time.is_some()));
    let map = card.curves(&curves, &card.f("link_map", &[("title", &title)]));
    html! {
        h3 { (title) }
        p { (lead) @if all > listed.len() { " " (card.n("links_cut", listed.len(), &[])) } }
        div.two.relation {
            @if let Some(map) = map {
                figure.mapfig {
                    div.canvas { (map) }
                    @if since > 0 { figcaption { ul.legend { li { (parts::swatch("line-new")) (card.t("line_new")) } li { (parts::swatch("line-old")) (card.t("line_old")) } } } }
                }
            }
            div.scroll {
                table.compact.sortable {
                    caption.hidden { (title) }
                    thead { tr {
                        th scope="col" { (card.t("name")) } th scope="col" { (card.t("from")) } th scope="col" { (card.t("to")) }
                        @if has_length { th.num scope="col" { "km" } }
                        @if has_time { th.num scope="col" { (card.t("minutes")) } }
                        th scope="col" { (card.t("opened")) } th scope="col" { (card.t("row")) }
                    } }
                    tbody {
                        @for link in &listed {
                            tr {
                                td { (card.text(&link.name)) } td { (card.place(link.from)) } td { (card.place(link.to)) }
                                @if has_length { td.num { @if let Some(v) = link.length { (card.format.number(v, Some(0))) } } }
                                @if has_time { td.num { @if let Some(v) = link.time { (card.format.number(v, Some(0))) } } }
                                td data-value=[link.opened] { @if let Some(period) = link.opened { (card.format.period(period)) } }
                                td.row { (origin(card, link.origin)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A chapter's part on projects: those that pass a filter, with their last stage by the end of the card's period.
pub fn projects(card: &Card<'_>, filter: &Filter) -> Markup {
    let rows = select::rows(Table::Projects, filter, card.region, card.tree, "projects").0;
    let projects: Vec<&Project> = rows.iter().filter_map(|row| card.region.projects.get(*row as usize)).collect();
    if projects.is_empty() {
        return html! {};
    }
    html! {
        h3 { (card.n("projects_head", projects.len(), &[])) }
        (project_table(card, &projects, None))
    }
}

/// A table of projects. Ids are anchors only where the table is at home (`prefix` = `None`).
pub fn project_table(card: &Card<'_>, projects: &[&Project], prefix: Option<&str>) -> Markup {
    let scale = card.region.symbols.get("stage").unwrap_or(Symbol::NONE);
    let rank = |stage: Symbol| card.region.scales.iter().find(|s| s.scale == scale && s.code == stage);
    let is_later = |stage: &Stage| card.period.is_some_and(|period| stage.date.end() > period.end());
    let later = projects.iter().any(|project| stages_of(card, project.id).iter().any(|stage| is_later(stage)));
    let costed = projects.iter().any(|project| project.cost.is_some());
    html! {
        @if later && let Some(period) = card.period {
            p.sub { (card.f("stages_later", &[("period", &card.format.period(period))])) }
        }
        div.scroll {
            table.compact.projects.sortable {
                caption.hidden { (card.t("projects")) }
                thead { tr {
                    th scope="col" { (card.t("project")) }
                    th scope="col" { (card.t("from")) }
                    th scope="col" { (card.t("where")) }
                    th scope="col" { (card.t("stage")) }
                    th scope="col" { (card.t("stages_log")) }
                    @if costed { th.num scope="col" { (card.t("cost")) } }
                } }
                tbody {
                    @for project in projects {
                        @let stages = stages_of(card, project.id);
                        @let last = stages.iter().rev().find(|stage| card.period.is_none_or(|p| stage.date.end() <= p.end()));
                        tr id=[prefix.is_none().then(|| anchor("pr", card.region.id(project.id)))] {
                            th.what scope="row" { (card.text(&project.title)) small { (card.kind("projects", project.kind)) } }
                            td { @if project.moved_from.is_some() { (card.place(project.moved_from)) } }
                            td { @if project.place.is_some() { (card.place(project.place)) } }
                            td data-value=[last.and_then(|stage| rank(stage.stage)).map(|step| step.rank)] {
                                @match last {
                                    Some(stage) => {
                                        (rank(stage.stage).map_or_else(|| card.region.id(stage.stage).to_owned(), |step| card.text(&step.title).to_owned()))
                                        small { (card.format.period(stage.date)) }
                                    }
                                    None => { span.sub { (card.t("no_stage")) } }
                                }
                            }
                            td.log {
                                @for (at, stage) in stages.iter().enumerate() {
                                    @if at > 0 { (card.t("list_comma")) }
                                    span class=[is_later(stage).then_some("later")] {
                                        (rank(stage.stage).map_or_else(|| card.region.id(stage.stage).to_owned(), |step| card.text(&step.title).to_owned()))
                                        " " (card.format.period(stage.date))
                                    }
                                }
                            }
                            @if costed { td.num { @if let Some(cost) = &project.cost { (cost_text(card, cost)) } } }
                        }
                    }
                }
            }
        }
    }
}

fn cost_text(card: &Card<'_>, cost: &umbel_core::Money) -> String {
    let unit = Unit::parse(&format!("{{{}}}", cost.currency)).unwrap_or_default();
    shown(card, cost.minor as f64 / 100.0, &unit, Bound::Exact)
}

/// The stages of a project by date.
pub fn stages_of<'c>(card: &'c Card<'_>, project: Symbol) -> Vec<&'c Stage> {
    let mut stages: Vec<_> = card.region.stages.iter().filter(|stage| stage.project == project).collect();
    stages.sort_by_key(|stage| (stage.date.end(), stage.origin));
    stages
}

/// Jurisdictions that a project joins: the lead's, the partners', where it moves from and to.
pub fn joins(card: &Card<'_>, project: &Project) -> Vec<Symbol> {
    let places = [project.lead, project.place, project.moved_from].into_iter().chain(project.partners.iter().copied());
    let mut found: Vec<Symbol> =
        places.filter(|place| place.is_some()).flat_map(|place| card.jurisdictions_of(place)).collect();
    found.sort_by_key(|place| card.tree.row(*place));
    found.dedup();
    found
}
