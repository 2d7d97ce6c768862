//! How sure: what the verdicts rest on, what changes with the release or the definition, what is missing.

use crate::card::{Card, is_estimate};
use crate::parts::{self, anchor};
use maud::{Markup, html};
use std::collections::BTreeMap;
use umbel_core::{Evidence, Mark, Symbol, Verdict};
use umbel_study::{ClaimResult, Judgement, Node, NodeKind};

/// The page.
pub fn page(card: &Card<'_>) -> Markup {
    html! {
        section.page #sure aria-labelledby="h-sure" {
            h2 #h-sure { (card.t("sure")) }
            (evidence(card))
            (vintages(card))
            (definitions(card))
            (unverified(card))
            (gaps(card))
        }
    }
}

fn evidence(card: &Card<'_>) -> Markup {
    if card.claims.is_empty() {
        return html! {};
    }
    let count = |verdict: Option<Verdict>, evidence: Option<Evidence>| {
        card.claims
            .iter()
            .filter(|c| verdict.is_none_or(|v| c.verdict == v) && evidence.is_none_or(|e| c.evidence == e))
            .count()
    };
    html! {
        h3 { (card.t("claims_by_evidence")) }
        p { (card.t("evidence_how")) }
        div.scroll {
            table.compact.cross {
                caption.hidden { (card.t("claims_by_evidence")) }
                thead { tr {
                    th scope="col" { (card.t("evidence")) }
                    @for verdict in Verdict::ALL { @let word = format!("verdict_{}", verdict.as_str()); th.num scope="col" { (card.t(&word)) } }
                    th.num scope="col" { (card.t("all")) }
                } }
                tbody {
                    @for evidence in Evidence::ALL {
                        @let word = format!("evidence_{}", evidence.as_str());
                        tr {
                            th scope="row" { (card.t(&word)) }
                            @for verdict in Verdict::ALL { td.num { (count(Some(verdict), Some(evidence))) } }
                            td.num { (count(None, Some(evidence))) }
                        }
                    }
                }
                tfoot { tr {
                    th scope="row" { (card.t("all")) }
                    @for verdict in Verdict::ALL { td.num { (count(Some(verdict), None)) } }
                    td.num { (card.claims.len()) }
                } }
            }
        }
    }
}

fn holds(card: &Card<'_>, judgement: &Judgement) -> Markup {
    let (class, word) = match judgement.holds {
        Some(true) => ("yes", card.t("holds")),
        Some(false) => ("no", card.t("fails")),
        None => ("open", card.t("open")),
    };
    html! { span class={ "holds " (class) } { (word) } }
}

fn judged<'c>(card: &'c Card<'_>, differs: impl Fn(&Judgement, &Judgement) -> bool) -> Vec<&'c ClaimResult> {
    let several = |result: &&ClaimResult| {
        result.judgements.first().is_some_and(|first| result.judgements.iter().any(|other| differs(first, other)))
    };
    card.claims.iter().filter(several).collect()
}

fn table(
    card: &Card<'_>,
    results: &[&ClaimResult],
    caption: &str,
    by: &str,
    name: impl Fn(&Judgement) -> String,
) -> Markup {
    html! {
        div.scroll {
            table.compact {
                caption.hidden { (caption) }
                thead { tr {
                    th scope="col" { (card.t("claim")) } th scope="col" { (by) }
                    th.num scope="col" { (card.t("computed")) } th scope="col" { (card.t("claim_then")) } th scope="col" { (card.t("number")) }
                } }
                @for result in results {
                    @let claim = &card.region.claims[result.claim];
                    tbody {
                        @for (at, judgement) in result.judgements.iter().enumerate() {
                            tr {
                                @if at == 0 {
                                    th.what scope="rowgroup" rowspan=(result.judgements.len()) {
                                        a href={ "#" (anchor("c", card.region.id(claim.id))) } { (card.text(&claim.statement)) }
                                    }
                                }
                                td { (name(judgement)) }
                                td.num { (card.show(claim.indicator, judgement.value, &result.unit, judgement.bound).text()) }
                                td { (holds(card, judgement)) }
                                td { (parts::cite(card, &judgement.figure, judgement.as_of)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn definition(card: &Card<'_>, judgement: &Judgement) -> String {
    let text = card.text(&judgement.definition);
    match (text.is_empty(), judgement.measure.and_then(|at| card.study.measures.get(at))) {
        (false, _) => text.to_owned(),
        (true, Some(measure)) => card.region.id(measure.id).replace('_', " "),
        (true, None) => card.t("as_observed").to_owned(),
    }
}

fn release(card: &Card<'_>, judgement: &Judgement) -> String {
    match judgement.as_of {
        Some(day) => card.f("seen_from", &[("date", &card.format.date(day))]),
        None => card.t("undated").to_owned(),
    }
}

fn vintages(card: &Card<'_>) -> Markup {
    let results = judged(card, |a, b| a.as_of != b.as_of);
    html! {
        h3 { (card.t("by_release")) }
        @if results.is_empty() { p { (card.t("by_release_none")) } }
        @else {
            p { (card.n("by_release_lead", results.len(), &[])) }
            (table(card, &results, card.t("by_release"), card.t("release"), |judgement| {
                let several = results.iter().any(|r| r.judgements.iter().any(|j| j.measure != judgement.measure));
                if several { parts::joined(&[release(card, judgement), definition(card, judgement)]) } else { release(card, judgement) }
            }))
        }
    }
}

fn definitions(card: &Card<'_>) -> Markup {
    let results = judged(card, |a, b| a.measure != b.measure);
    html! {
        h3 { (card.t("by_definition")) }
        @if results.is_empty() { p { (card.t("by_definition_none")) } }
        @else {
            p { (card.n("by_definition_lead", results.len(), &[])) }
            (table(card, &results, card.t("by_definition"), card.t("definition"), |judgement| definition(card, judgement)))
        }
    }
}

/// Sources at the end of a figure's trace, each once.
fn sources_of(node: &Node, row: usize, seen: &mut BTreeMap<([u8; 32], usize), ()>, found: &mut Vec<Symbol>) {
    if seen.insert((node.key, row), ()).is_some() {
        return;
    }
    if let NodeKind::Observed { source, .. } | NodeKind::Objects { source, .. } = &node.kind
        && let Some(source) = source.get(row)
        && !found.contains(source)
    {
        found.push(*source);
    }
    let lineage = &node.lineage;
    let Some(set) = lineage.set.get(row).map(|set| *set as usize) else { return };
    let (Some(from), Some(to)) = (lineage.starts.get(set), lineage.starts.get(set + 1)) else { return };
    for (input, row) in lineage.members.get(*from as usize..*to as usize).unwrap_or_default() {
        if let Some(input) = node.inputs.get(usize::from(*input)) {
            sources_of(input, *row as usize, seen, found);
        }
    }
}

/// Figures of the report by the sources at the end of their traces: all, and those that are numbered.
pub fn figures_by_source(card: &Card<'_>) -> BTreeMap<u32, (Symbol, usize)> {
    let mut out: BTreeMap<u32, (Symbol, usize)> = BTreeMap::new();
    for entry in &card.book.borrow().entries {
        let mut found = Vec::new();
        sources_of(&entry.figure.node, entry.figure.row, &mut BTreeMap::new(), &mut found);
        for source in found {
            let rank = card.ranks.get(source.index()).copied().unwrap_or(u32::MAX);
            out.entry(rank).or_insert((source, 0)).1 += 1;
        }
    }
    out
}

fn unverified(card: &Card<'_>) -> Markup {
    let by_source = figures_by_source(card);
    let mut rows: Vec<(&umbel_table::rows::Source, usize)> = card
        .region
        .sources
        .iter()
        .filter(|source| source.mark != Mark::Sourced)
        .map(|source| (source, by_source.values().find(|(id, _)| *id == source.id).map_or(0, |(_, n)| *n)))
        .collect();
    rows.sort_by_key(|(_, figures)| std::cmp::Reverse(*figures));
    let all = card.book.borrow().entries.len();
    html! {
        h3 { (card.t("unverified_sources")) }
        @if rows.is_empty() { p { (card.t("unverified_none")) } }
        @else {
            p { (card.n("unverified_lead", all, &[])) }
            div.scroll {
                table.compact {
                    caption.hidden { (card.t("unverified_sources")) }
                    thead { tr { th scope="col" { (card.t("source")) } th scope="col" { (card.t("mark")) } th.num scope="col" { (card.t("figures")) } th scope="col" { (card.t("obtained")) } } }
                    tbody {
                        @for (source, figures) in rows {
                            @let word = format!("mark_{}", source.mark.as_str());
                            tr {
                                th.what scope="row" { a href={ "#" (anchor("s", card.region.id(source.id))) } { (source.title) } }
                                td { (card.t(&word)) } td.num { (figures) } td { (source.obtained) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Rows of the tables and figures of the report that are missing or estimated.
fn gaps(card: &Card<'_>) -> Markup {
    let (mut rows, mut missing, mut estimated) = (0, 0, 0);
    for (_, observed) in &card.region.observations.by_indicator {
        rows += observed.len();
        missing += observed.status.iter().filter(|status| status.is_missing()).count();
        estimated += observed.status.iter().filter(|status| is_estimate(**status)).count();
    }
    let (mut shown, mut weak) = (0, 0);
    let figures: Vec<umbel_study::Figure> =
        card.book.borrow().rows.values().flat_map(|rows| rows.values().cloned()).collect();
    for figure in &figures {
        let status = figure.node.series.status[figure.row];
        if status.is_missing() {
            continue;
        }
        shown += 1;
        weak += usize::from(is_estimate(status) || card.evidence(figure) == Evidence::Unverified);
    }
    let number = |n: usize| card.format.number(n as f64, Some(0));
    html! {
        h3 { (card.t("missing_estimated")) }
        p {
            (card.f("rows_lead", &[("rows", &number(rows)), ("missing", &number(missing)), ("estimated", &number(estimated))]))
            " "
            (card.f("shown_lead", &[("shown", &number(shown)), ("weak", &number(weak))]))
        }
    }
}
