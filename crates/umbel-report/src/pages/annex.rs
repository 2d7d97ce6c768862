//! For the auditor: every figure with its derivation, definitions, missing values, sources.

use super::sure::figures_by_source;
use crate::book::State;
use crate::card::Card;
use crate::parts::{self, anchor};
use maud::{Markup, html};
use std::collections::BTreeMap;
use umbel_core::Evidence;
use umbel_study::{NodeKind, TraceStep};

/// Rows listed under one step of a derivation.
const LIMIT: usize = 8;
/// Steps shown of one figure at most.
const STEPS: usize = 80;
/// Steps shown under one another before a derivation is cut.
const DEPTH: usize = 5;

/// The annex. It cites nothing new: it comes last and lists what the other pages cited.
pub fn page(card: &Card<'_>) -> Markup {
    html! {
        section.page #annex aria-labelledby="h-annex" {
            h2 #h-annex { (card.t("annex")) }
            p.lead { (card.t("annex_lead")) }
            h3 { (card.t("annex_places")) }
            (kinds(card))
            h3 { (card.t("annex_figures")) }
            p { (card.n("annex_figures_lead", card.book.borrow().entries.len(), &[])) }
            (figures(card))
            h3 { (card.t("annex_measures")) }
            (measures(card))
            (missing(card))
            (failures(card))
            h3 { (card.t("annex_sources")) }
            (sources(card))
        }
    }
}

/// Kinds of places: title, how many, how many with a boundary.
fn kinds(card: &Card<'_>) -> Markup {
    let mut counts: BTreeMap<u32, (umbel_core::Symbol, usize, usize)> = BTreeMap::new();
    for place in card.tree.places() {
        for kind in card.tree.kinds(*place) {
            let entry = counts.entry(card.ranks[kind.index()]).or_insert((*kind, 0, 0));
            entry.1 += 1;
            entry.2 += usize::from(card.is_drawn(*place));
        }
    }
    let mut rows: Vec<&(umbel_core::Symbol, usize, usize)> = counts.values().collect();
    // Kinds in the order of the register, others after.
    let position = |kind| card.region.kinds.iter().position(|row| row.table == "places" && row.kind == kind);
    rows.sort_by_key(|(kind, _, _)| position(*kind).unwrap_or(usize::MAX));
    let divides = |kind| card.region.kinds.iter().any(|row| row.table == "places" && row.kind == kind && row.divides);
    html! {
        div.scroll {
            table.compact.sortable {
                caption.hidden { (card.t("annex_places")) }
                thead { tr {
                    th scope="col" { (card.t("kind")) } th.num scope="col" { (card.t("places")) }
                    th.num scope="col" { (card.t("with_boundary")) } th scope="col" { (card.t("divides")) }
                } }
                tbody {
                    @for (kind, number, drawn) in rows {
                        tr {
                            th scope="row" { (card.kind("places", *kind)) small { (card.region.id(*kind)) } }
                            td.num { (number) } td.num { (drawn) }
                            td { @if divides(*kind) { (card.t("divides_yes")) } }
                        }
                    }
                }
            }
        }
    }
}

fn figures(card: &Card<'_>) -> Markup {
    let entries = card.book.borrow().entries.clone();
    let numbers: BTreeMap<&str, usize> =
        entries.iter().enumerate().map(|(at, entry)| (entry.id.as_str(), at + 1)).collect();
    let none = BTreeMap::new();
    html! {
        div.derivations {
            @for (at, entry) in entries.iter().enumerate() {
                @let step = card.study_in(&entry.state).trace(&entry.figure, LIMIT);
                // A figure as the tables stand is another one than that under a plan.
                @let known = if entry.state == State::default() { &numbers } else { &none };
                details id={ "f" (at + 1) } {
                    summary {
                        span.n { (card.f("figure_short", &[("n", &(at + 1).to_string())])) }
                        " " (entry.title)
                        @if let Some(day) = entry.as_of { " " span.sub { (card.f("seen_from", &[("date", &card.format.date(day))])) } }
                        @if let Some(value) = step.value { " = " b { (exact(value)) " " (step.unit.text()) } }
                    }
                    div.steps {
                        p.id { code { (entry.id) } (weakness(card, card.evidence(&entry.figure))) }
                        (how(card, &step))
                        @if !step.from.is_empty() { (below(card, &step, known, 1, &mut { STEPS })) }
                    }
                }
            }
        }
    }
}

fn spend(budget: &mut usize, steps: usize) -> bool {
    let enough = *budget >= steps;
    *budget = budget.saturating_sub(steps);
    enough
}

fn weakness(card: &Card<'_>, evidence: Evidence) -> Markup {
    html! { @if evidence == Evidence::Unverified { " " span.sub { (card.t("evidence_unverified")) } } }
}

/// A value with all its digits.
fn exact(value: f64) -> String {
    let text = format!("{value}");
    if text.len() > 14 { crate::svg::decimals(value, 6) } else { text }
}

/// What was computed: formula, method, citation; or the row it was read from.
fn how(card: &Card<'_>, step: &TraceStep) -> Markup {
    let measure = step.measure.and_then(|at| card.study.measures.get(at));
    html! {
        @if let Some(measure) = measure {
            p {
                code { (step.how) }
                " " span.sub {
                    (card.f("by_measure", &[("measure", card.region.id(measure.id)), ("method", measure.registration.name)]))
                    " · " (measure.location.file) ":" (measure.location.line)
                    @if !step.citation.is_empty() { " · " (step.citation) }
                }
            }
        } @else if step.row.is_none() && !step.how.is_empty() { p { (step.how) } }
        @if step.row.is_some() { p { (row(card, step)) } }
    }
}

/// File, line, release, source of a row that was read.
fn row(card: &Card<'_>, step: &TraceStep) -> Markup {
    let Some((origin, source, vintage)) = &step.row else { return html! {} };
    html! {
        span.row { (card.region.path(*origin)) ":" (origin.line) }
        @if let Some(day) = vintage { " " span.sub { (card.f("released", &[("date", &day.to_string())])) } }
        " " a.src href={ "#" (anchor("s", card.region.id(*source))) } { (card.region.id(*source)) }
    }
}

/// Steps below a step, as long as the `budget` of the figure lasts: a deep graph must not fill the file.
fn below(
    card: &Card<'_>,
    step: &TraceStep,
    numbers: &BTreeMap<&str, usize>,
    depth: usize,
    budget: &mut usize,
) -> Markup {
    html! {
        ul {
            @for part in &step.from {
                li {
                    code { (part.label) }
                    @if let Some(value) = part.value { " = " (part.bound.sign()) (exact(value)) " " (part.unit.text()) }
                    @else if part.status.is_missing() { " – " (parts::status_text(card, part.status)) }
                    " "
                    @if part.row.is_some() { (row(card, part)) }
                    @else if let Some(number) = numbers.get(part.label.as_str()) { (parts::number(card, *number)) }
                    @else {
                        @if part.measure.is_some() { span.sub { (part.how) } }
                        @if !part.from.is_empty() {
                            @if depth < DEPTH && spend(budget, part.from.len()) { (below(card, part, numbers, depth + 1, budget)) }
                            @else { span.sub { (card.t("trace_deeper")) } }
                        }
                    }
                }
            }
            @if step.more > 0 { li.sub { (card.n("trace_more", step.more, &[])) } }
        }
    }
}

/// The measures behind the figures shown: title, method, formula, where declared.
fn measures(card: &Card<'_>) -> Markup {
    let mut used: Vec<usize> = Vec::new();
    let mut nodes: BTreeMap<[u8; 32], ()> = BTreeMap::new();
    let mut queue: Vec<std::sync::Arc<umbel_study::Node>> =
        card.book.borrow().rows.values().flat_map(|rows| rows.values()).map(|figure| figure.node.clone()).collect();
    while let Some(node) = queue.pop() {
        if nodes.insert(node.key, ()).is_some() {
            continue;
        }
        if let NodeKind::Measure { measure } = node.kind
            && !used.contains(&measure)
        {
            used.push(measure);
        }
        queue.extend(node.inputs.iter().cloned());
    }
    used.sort_unstable();
    let rows = used.iter().filter_map(|at| card.study.measures.get(*at));
    html! {
        div.scroll {
            table.compact.sortable {
                caption.hidden { (card.t("annex_measures")) }
                thead { tr {
                    th scope="col" { (card.t("measure")) } th scope="col" { (card.t("method")) } th scope="col" { (card.t("definition")) } th scope="col" { (card.t("row")) }
                } }
                tbody {
                    @for measure in rows {
                        @let title = card.indicator(measure.indicator);
                        @let description = card.info(measure.indicator);
                        tr {
                            th.what scope="row" { (title) small { (card.region.id(measure.id)) } }
                            td { (measure.registration.name) small { (measure.registration.formula) } }
                            td {
                                (parts::joined(&[card.text(&measure.definition).to_owned(), card.text(&description.description).to_owned()]))
                            }
                            td.row { (measure.location.file) ":" (measure.location.line) }
                        }
                    }
                }
            }
        }
    }
}

/// Observed rows without a value and estimates, by indicator.
fn missing(card: &Card<'_>) -> Markup {
    let mut rows = Vec::new();
    for (indicator, observed) in &card.region.observations.by_indicator {
        let missing = observed.status.iter().filter(|status| status.is_missing()).count();
        let estimated = observed.status.iter().filter(|status| crate::card::is_estimate(**status)).count();
        let recalled = observed
            .source
            .iter()
            .filter(|source| card.region.source(**source).is_none_or(|s| s.mark != umbel_core::Mark::Sourced))
            .count();
        if missing + estimated + recalled > 0 {
            rows.push((*indicator, observed.len(), missing, estimated, recalled));
        }
    }
    if rows.is_empty() {
        return html! {};
    }
    let dash = |n: usize| if n == 0 { "·".to_owned() } else { n.to_string() };
    html! {
        h3 { (card.t("annex_missing")) }
        div.scroll {
            table.compact.sortable {
                caption.hidden { (card.t("annex_missing")) }
                thead { tr {
                    th scope="col" { (card.t("indicator")) } th.num scope="col" { (card.t("rows")) } th.num scope="col" { (card.t("obs_missing")) }
                    th.num scope="col" { (card.t("obs_estimated")) } th.num scope="col" { (card.t("evidence_unverified")) }
                } }
                tbody {
                    @for (indicator, all, missing, estimated, recalled) in rows {
                        tr {
                            th.what scope="row" { (card.indicator(indicator)) }
                            td.num { (all) } td.num data-value=(missing) { (dash(missing)) } td.num data-value=(estimated) { (dash(estimated)) } td.num data-value=(recalled) { (dash(recalled)) }
                        }
                    }
                }
            }
        }
    }
}

fn failures(card: &Card<'_>) -> Markup {
    let failures = card.failures.borrow();
    if failures.is_empty() {
        return html! {};
    }
    html! {
        h3 { (card.t("annex_failures")) }
        ul { @for (indicator, why) in failures.iter() { li { code { (indicator) } " " (why) } } }
    }
}

fn sources(card: &Card<'_>) -> Markup {
    let by_source = figures_by_source(card);
    let figures = |id| by_source.values().find(|(source, _)| *source == id).map_or(0, |(_, n)| *n);
    html! {
        div.scroll {
            table.compact.sortable {
                caption.hidden { (card.t("annex_sources")) }
                thead { tr {
                    th scope="col" { (card.t("source")) } th scope="col" { (card.t("mark")) } th scope="col" { (card.t("licence")) }
                    th scope="col" { (card.t("obtained")) } th.num scope="col" { (card.t("figures")) }
                } }
                tbody {
                    @for source in &card.region.sources {
                        @let word = format!("mark_{}", source.mark.as_str());
                        tr id=(anchor("s", card.region.id(source.id))) {
                            th.what scope="row" {
                                (source.title)
                                small { (parts::joined(&[
                                    card.region.id(source.id).to_owned(), source.publisher.clone(),
                                    source.published.map(|period| card.format.period(period)).unwrap_or_default(),
                                ])) }
                                @if !source.url.is_empty() { small.url { (source.url) } }
                                @if !source.derived_from.is_empty() {
                                    small { (card.f("repeats", &[("list", &source.derived_from.iter().map(|id| card.region.id(*id)).collect::<Vec<_>>().join(", "))])) }
                                }
                            }
                            td { (card.t(&word)) } td { (source.licence) }
                            td { (source.obtained) @if !source.note.is_empty() { small { (source.note) } } }
                            td.num { (figures(source.id)) }
                        }
                    }
                }
            }
        }
    }
}
