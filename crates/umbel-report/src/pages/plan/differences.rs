//! What: base against plan, by indicator and place.

use super::verdict;
use crate::card::Card;
use crate::parts;
use crate::plans::{Pair, Sides, Taken, Topic};
use maud::{Markup, html};
use umbel_study::plan::Difference;

/// Places told of one indicator; the others are folded with the rest.
const PLACES: usize = 12;
/// Figures under a plan that get a number, of one indicator: a plan changes more than anyone will look up.
const NUMBERED: usize = 2;
/// Folded differences at most; the command line tells them all.
const FOLDED: usize = 250;

/// The table of the indicators told in full, and all other differences folded below it.
pub fn part(card: &Card<'_>, taken: &Taken) -> Markup {
    if taken.comparison.differences.is_empty() {
        return html! {};
    }
    let told: Vec<Vec<usize>> = taken.topics.iter().map(|topic| first(taken, topic)).collect();
    let mut seen = vec![false; taken.comparison.differences.len()];
    told.iter().flatten().for_each(|at| seen[*at] = true);
    let rest: Vec<usize> = (0..seen.len()).filter(|at| !seen[*at]).collect();
    let unmoved: Vec<String> = taken
        .unmoved
        .iter()
        .map(|id| card.region.symbols.get(id).map_or_else(|| id.clone(), |indicator| card.indicator(indicator)))
        .collect();
    html! {
        h3 { (card.t("plan_what")) }
        @if !taken.topics.is_empty() {
            div.scroll {
                table.compact.cards.differences {
                    caption.hidden { (card.t("plan_what")) }
                    thead { tr {
                        th scope="col" { (card.t("place")) } th.num scope="col" { (card.t("plan_base")) } th.num scope="col" { (card.t("plan")) }
                        th.num scope="col" { (card.t("change")) } th scope="col" { (card.t("plan_way")) } th.figcol scope="col" { (card.t("number")) }
                    } }
                    @for (topic, rows) in taken.topics.iter().zip(&told) { (topic_rows(card, taken, topic, rows)) }
                }
            }
        }
        @if !unmoved.is_empty() { p.sub { (card.f("plan_unmoved", &[("list", &card.list(&unmoved))])) } }
        @if !rest.is_empty() { (folded(card, taken, &rest)) }
    }
}

/// The rows told of an indicator: all when few, else those that change most, in the order of the places.
fn first(taken: &Taken, topic: &Topic) -> Vec<usize> {
    // Folding a row or two saves nothing.
    if topic.rows.len() <= PLACES + 3 {
        return topic.rows.clone();
    }
    let size = |at: &usize| taken.comparison.differences[*at].change().map_or(f64::INFINITY, f64::abs);
    let mut order: Vec<usize> = topic.rows.clone();
    order.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.cmp(b)));
    order.truncate(PLACES);
    topic.rows.iter().copied().filter(|at| order.contains(at) || *at == topic.example).collect()
}

fn topic_rows(card: &Card<'_>, taken: &Taken, topic: &Topic, rows: &[usize]) -> Markup {
    let nodes = taken.nodes(topic.indicator);
    let mut pairs: Vec<(&Difference, Pair)> = Vec::with_capacity(rows.len());
    for at in rows {
        let one = &taken.comparison.differences[*at];
        pairs.push((one, recorded(card, taken, &nodes, one)));
    }
    let measure = card.info(topic.indicator).measure.and_then(|at| card.study.measures.get(at));
    let how = measure.map(|measure| measure.method.statement()).unwrap_or_default();
    let more = topic.rows.len() - rows.len();
    html! {
        tbody {
            tr {
                th.group colspan="6" scope="rowgroup" {
                    (card.indicator(topic.indicator))
                    small {
                        (parts::joined(&[card.format.period(topic.period), if more > 0 { card.n("plan_more_places", more, &[]) } else { String::new() }]))
                        @if !how.is_empty() { " · " code { (how) } }
                    }
                }
            }
            @for (at, (one, pair)) in pairs.iter().enumerate() {
                tr {
                    th.what scope="row" { (card.place(one.place)) }
                    td.num data-label=(card.t("plan_base")) { (Pair::shown(card, &pair.base)) }
                    td.num data-label=(card.t("plan")) { b { (Pair::shown(card, &pair.plan)) } }
                    td.num data-label=(card.t("change")) { (change(card, one, pair)) }
                    td.way data-label=(card.t("plan_way")) { (verdict(card, taken.comparison.is_better(one))) }
                    td.figcol { @if at < NUMBERED && let Some(cell) = &pair.plan { (taken.cite(card, &cell.figure)) } }
                }
            }
        }
    }
}

fn change(card: &Card<'_>, one: &Difference, pair: &Pair) -> Markup {
    match pair.change(card) {
        Some((text, relative)) => html! { (text) @if !relative.is_empty() { small { (relative) } } },
        None if one.base.is_none() => html! { (card.t("plan_new")) },
        None => html! { (card.t("plan_gone")) },
    }
}

/// Both figures, noted for the manifest.
fn recorded(card: &Card<'_>, taken: &Taken, nodes: &Sides, one: &Difference) -> Pair {
    let pair = taken.pair(card, nodes, one);
    taken.record(card, &pair);
    pair
}

fn folded(card: &Card<'_>, taken: &Taken, rest: &[usize]) -> Markup {
    let shown = &rest[..rest.len().min(FOLDED)];
    // Differences stand by indicator: one look-up of the series for each.
    let mut groups: Vec<(Vec<usize>, Sides)> = Vec::new();
    for at in shown {
        let indicator = taken.comparison.differences[*at].indicator;
        match groups.last_mut() {
            Some((rows, _)) if taken.comparison.differences[rows[0]].indicator == indicator => rows.push(*at),
            _ => groups.push((vec![*at], taken.nodes(indicator))),
        }
    }
    html! {
        details.data {
            summary { (card.n("plan_all_others", rest.len(), &[])) }
            @if rest.len() > shown.len() { p.sub { (card.n("plan_cut", shown.len(), &[])) } }
            div.scroll {
                table.compact.sortable {
                    caption.hidden { (card.n("plan_all_others", rest.len(), &[])) }
                    thead { tr {
                        th scope="col" { (card.t("indicator")) } th scope="col" { (card.t("place")) } th scope="col" { (card.t("period")) }
                        th.num scope="col" { (card.t("plan_base")) } th.num scope="col" { (card.t("plan")) } th.num scope="col" { (card.t("change")) }
                    } }
                    tbody {
                        @for (rows, nodes) in &groups {
                            @for at in rows {
                                @let one = &taken.comparison.differences[*at];
                                @let pair = recorded(card, taken, nodes, one);
                                tr {
                                    td { (card.indicator(one.indicator)) @if one.breakdown.is_some() { small { (card.region.id(one.breakdown)) } } }
                                    td { (card.place(one.place)) } td { (card.format.period(one.period)) }
                                    td.num { (Pair::shown(card, &pair.base)) } td.num { (Pair::shown(card, &pair.plan)) }
                                    td.num { (change(card, one, &pair)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
