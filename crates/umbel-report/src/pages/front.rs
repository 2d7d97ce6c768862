//! The front page: what a reader should know after a minute.

use crate::card::Card;
use crate::parts::{self, anchor};
use crate::umbel::{self, Floret, Stalk};
use maud::{Markup, PreEscaped, html};
use umbel_core::{Evidence, Verdict};
use umbel_study::{ClaimResult, TargetStatus};

/// The front page.
pub fn page(card: &Card<'_>) -> Markup {
    let layout = &card.study.layout;
    let place = card.place(card.home);
    let title = card.text(&layout.title);
    let title = if title.is_empty() { place.clone() } else { title.to_owned() };
    let years = match (card.base, card.period) {
        (Some(base), Some(period)) => format!("{base}–{period}"),
        (_, Some(period)) => period.to_string(),
        _ => String::new(),
    };
    html! {
        header.front {
            p.kicker { (parts::joined(&[place, card.t("report_card").to_owned(), years])) }
            h1 { (title) }
            p.lead { (card.text(&layout.subtitle)) }
        }
        section #findings aria-labelledby="h-findings" {
            h2.hidden #h-findings { (card.t("findings")) }
            (verdicts(card))
            (targets(card))
        }
        @if !card.claims.is_empty() {
            section.two.umbel-part aria-labelledby="h-umbel" {
                figure {
                    figcaption {
                        h2 #h-umbel { (card.n("umbel_title", card.claims.len(), &[])) }
                        p.sub { (card.t("umbel_how")) }
                    }
                    div.umbel-box { (PreEscaped(draw_umbel(card))) }
                    (marks_legend(card))
                }
                (chapter_table(card))
            }
        }
        @if !layout.headlines.is_empty() {
            section.headline-part aria-labelledby="h-headlines" {
                h2 #h-headlines { (card.t("headlines")) }
                (parts::figure_table(card, &layout.headlines, card.t("headlines")))
            }
        }
        (super::plan::headlines(card))
        section.two.map-part {
            div { (honesty(card)) (gaps(card)) }
            @if let Some(map) = layout.front_map.as_ref().and_then(|map| card.choropleth(map)) { div.frontmap { (map) } }
        }
    }
}

fn of<'c>(card: &'c Card<'_>, verdict: Verdict) -> impl Iterator<Item = &'c ClaimResult> {
    card.claims.iter().filter(move |claim| claim.verdict == verdict)
}

fn verdicts(card: &Card<'_>) -> Markup {
    if card.claims.is_empty() {
        return html! {};
    }
    let independent = of(card, Verdict::Kept).filter(|claim| claim.evidence == Evidence::Independent).count();
    let kept = of(card, Verdict::Kept).count();
    let depends = of(card, Verdict::Depends).count();
    let missed: Vec<&ClaimResult> = of(card, Verdict::Missed).collect();
    let open: Vec<&ClaimResult> = of(card, Verdict::Undecidable).collect();
    let vintage = of(card, Verdict::Depends).filter(|claim| claim.depends_on.0).count();
    let definition = of(card, Verdict::Depends).filter(|claim| claim.depends_on.1).count();
    let nothing = open.iter().filter(|claim| claim.reason == Some(umbel_study::Undecidable::NoFigure)).count();
    let missed_text = match missed.as_slice() {
        few @ ([_] | [_, _]) => {
            let names: Vec<String> =
                few.iter().map(|claim| card.indicator(card.region.claims[claim.claim].indicator)).collect();
            card.f("found_missed_named", &[("list", &card.list(&names))])
        }
        [] => card.t("found_missed_none").to_owned(),
        _ => card.t("found_missed").to_owned(),
    };
    let depends_text = match depends {
        0 => card.t("found_depends_none").to_owned(),
        _ => card.n(
            "found_depends",
            depends,
            &[("vintage", &vintage.to_string()), ("definition", &definition.to_string())],
        ),
    };
    let open_text = match (open.len(), nothing) {
        (0, _) => card.t("found_open_none").to_owned(),
        (_, 0) => card.t("found_open_no_data").to_owned(),
        (all, nothing) if all == nothing => card.t("found_open_nothing").to_owned(),
        (all, nothing) => card.n("found_open", all, &[("nothing", &nothing.to_string())]),
    };
    let items = [
        (kept, card.n("found_kept", kept, &[("independent", &independent.to_string())]), Verdict::Kept),
        (depends, depends_text, Verdict::Depends),
        (missed.len(), missed_text, Verdict::Missed),
        (open.len(), open_text, Verdict::Undecidable),
    ];
    html! {
        ul.findings {
            @for (number, text, verdict) in &items {
                li { b { (number) (parts::mark(*verdict, Evidence::Independent)) } span { (text) } }
            }
        }
    }
}

fn targets(card: &Card<'_>) -> Markup {
    if card.targets.is_empty() {
        return html! {};
    }
    html! {
        ul.findings.five {
            @for status in parts::STATUSES {
                @let number = card.targets.iter().filter(|target| target.status == status).count();
                @let word = format!("status_{}_n", parts::status_word(status));
                li { b { (number) (parts::status_mark(status)) } span { (card.n(&word, number, &[])) } }
            }
        }
    }
}

/// Chapters that claims name: those of the layout in its order, then any others.
pub fn chapters(card: &Card<'_>) -> Vec<String> {
    let mut ids: Vec<String> = card.study.layout.chapter.iter().map(|chapter| chapter.id.clone()).collect();
    for claim in &card.region.claims {
        let id = card.region.id(claim.system);
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    ids
}

/// Claims of a chapter: by verdict, then evidence, then order in the table.
pub fn claims_of<'c>(card: &'c Card<'_>, chapter: &str) -> Vec<&'c ClaimResult> {
    let mut claims: Vec<&ClaimResult> = card
        .claims
        .iter()
        .filter(|result| card.region.id(card.region.claims[result.claim].system) == chapter)
        .collect();
    let order = |verdict: Verdict| Verdict::ALL.iter().position(|v| *v == verdict);
    claims.sort_by_key(|result| (order(result.verdict), std::cmp::Reverse(result.evidence), result.claim));
    claims
}

fn draw_umbel(card: &Card<'_>) -> String {
    let stalks: Vec<Stalk> = chapters(card)
        .iter()
        .map(|id| {
            let florets = claims_of(card, id).into_iter().map(|result| {
                let claim = &card.region.claims[result.claim];
                let id = card.region.id(claim.id);
                let verdict = card.t(&format!("verdict_{}", result.verdict.as_str())).to_owned();
                let evidence = card.t(&format!("evidence_{}", result.evidence.as_str())).to_owned();
                let statement = card.text(&claim.statement);
                Floret {
                    href: format!("#{}", anchor("c", id)),
                    title: card.f(
                        "floret",
                        &[("id", id), ("statement", statement), ("verdict", &verdict), ("evidence", &evidence)],
                    ),
                    verdict: result.verdict,
                    evidence: result.evidence,
                }
            });
            Stalk {
                href: format!("#{}", anchor("ch", id)),
                label: parts::short(&card.chapter(id)).to_owned(),
                florets: florets.collect(),
            }
        })
        .filter(|stalk| !stalk.florets.is_empty())
        .collect();
    let label = card.n("umbel_label", card.claims.len(), &[]);
    umbel::draw(&stalks, &label)
}

fn marks_legend(card: &Card<'_>) -> Markup {
    html! {
        ul.legend.marks {
            @for verdict in Verdict::ALL {
                @let word = format!("verdict_{}", verdict.as_str());
                li { (parts::mark(verdict, Evidence::Independent)) (card.t(&word)) }
            }
            li.gap { (parts::mark(Verdict::Kept, Evidence::Independent)) (card.t("shape_solid")) }
            li { (parts::mark(Verdict::Kept, Evidence::Unverified)) (card.t("shape_tint")) }
            li { (parts::mark(Verdict::Kept, Evidence::OwnSource)) (card.t("shape_hollow")) }
        }
    }
}

fn chapter_table(card: &Card<'_>) -> Markup {
    let rows: Vec<(String, Vec<&ClaimResult>)> = chapters(card)
        .into_iter()
        .map(|id| {
            let claims = claims_of(card, &id);
            (id, claims)
        })
        .filter(|(_, claims)| !claims.is_empty())
        .collect();
    let count = |claims: &[&ClaimResult], verdict: Verdict| claims.iter().filter(|c| c.verdict == verdict).count();
    let independent = |claims: &[&ClaimResult]| claims.iter().filter(|c| c.evidence == Evidence::Independent).count();
    let all: Vec<&ClaimResult> = card.claims.iter().collect();
    let dash = |number: usize| if number == 0 { "·".to_owned() } else { number.to_string() };
    html! {
        div.scroll {
            table.chapters.sortable {
                caption { (card.t("umbel_table")) }
                thead { tr {
                    th scope="col" { (card.t("chapter")) }
                    @for verdict in Verdict::ALL { @let word = format!("verdict_{}", verdict.as_str()); th.num scope="col" { (parts::mark(verdict, Evidence::Independent)) span.hidden { (card.t(&word)) } } }
                    th.num scope="col" { (card.t("evidence_independent")) }
                } }
                tbody {
                    @for (id, claims) in &rows {
                        tr {
                            th scope="row" { a href={ "#" (anchor("ch", id)) } { (parts::short(&card.chapter(id))) } }
                            @for verdict in Verdict::ALL { @let n = count(claims, verdict); td.num data-value=(n) { (dash(n)) } }
                            @let n = independent(claims);
                            td.num data-value=(n) { (dash(n)) }
                        }
                    }
                }
                tfoot { tr {
                    th scope="row" { (card.t("all")) }
                    @for verdict in Verdict::ALL { td.num { (count(&all, verdict)) } }
                    td.num { (independent(&all)) }
                } }
            }
        }
    }
}

/// How many verdicts rest on the source itself, in a sentence.
fn honesty(card: &Card<'_>) -> Markup {
    let decided: Vec<&ClaimResult> = card.claims.iter().filter(|claim| claim.verdict != Verdict::Undecidable).collect();
    if card.claims.is_empty() {
        return html! {};
    }
    let by = |evidence: Evidence| decided.iter().filter(|claim| claim.evidence == evidence).count();
    let (own, unverified, independent) = (by(Evidence::OwnSource), by(Evidence::Unverified), by(Evidence::Independent));
    let text = card.n(
        "honesty",
        decided.len(),
        &[
            ("own", &own.to_string()),
            ("unverified", &unverified.to_string()),
            ("independent", &independent.to_string()),
        ],
    );
    html! { p.note { (text) " " (card.t("honesty_trace")) } }
}

/// Where claims and data part furthest, and the targets furthest from their mark.
fn gaps(card: &Card<'_>) -> Markup {
    let mut claims: Vec<(f64, Markup)> = Vec::new();
    for result in card.claims.iter().filter(|c| matches!(c.verdict, Verdict::Missed | Verdict::Depends)) {
        let claim = &card.region.claims[result.claim];
        let Some(value) = claim.value else { continue };
        let failing = result.judgements.iter().filter(|judgement| judgement.holds == Some(false));
        let worst = failing.max_by(|a, b| (a.value - value).abs().total_cmp(&(b.value - value).abs()));
        let Some(worst) = worst else { continue };
        let relative = (worst.value - value).abs() / value.abs().max(1e-9);
        let computed = card.show(claim.indicator, worst.value, &result.unit, worst.bound).text();
        let published = parts::published(card, claim).unwrap_or_default();
        let id = anchor("c", card.region.id(claim.id));
        claims.push((
            relative,
            html! {
                li {
                    a href={ "#" (id) } { (card.text(&claim.statement)) }
                    " " span.sub { (card.f("gap_claim", &[("published", &published), ("computed", &computed)])) } " "
                    (parts::cite(card, &worst.figure, worst.as_of.filter(|_| worst.as_of.is_some())))
                }
            },
        ));
    }
    claims.sort_by(|a, b| b.0.total_cmp(&a.0));
    claims.truncate(5);
    let mut targets: Vec<(f64, Markup)> = Vec::new();
    for result in card.targets.iter().filter(|t| matches!(t.status, TargetStatus::OffTrack | TargetStatus::Slipping)) {
        let target = &card.region.targets[result.target];
        let (Some(wanted), Some((latest, period))) = (result.wanted.0.or(result.wanted.1), result.latest) else {
            continue;
        };
        let relative = (latest - wanted).abs() / wanted.abs().max(1e-9);
        let show = |value: f64| card.show(target.indicator, value, &result.unit, umbel_core::Bound::Exact).text();
        let id = anchor("t", card.region.id(target.id));
        targets.push((relative, html! {
            li {
                a href={ "#" (id) } { (crate::pages::targets::title(card, target)) }
                " " span.sub { (card.f("gap_target", &[("latest", &show(latest)), ("period", &card.format.period(period)), ("wanted", &show(wanted))])) }
            }
        }));
    }
    targets.sort_by(|a, b| b.0.total_cmp(&a.0));
    targets.truncate(5);
    html! {
        @if !claims.is_empty() || !targets.is_empty() {
            div.gaps {
                h2 { (card.t("gaps")) }
                @if !claims.is_empty() { h3 { (card.t("gaps_claims")) } ol { @for (_, item) in &claims { (item) } } }
                @if !targets.is_empty() { h3 { (card.t("gaps_targets")) } ol { @for (_, item) in &targets { (item) } } }
            }
        }
    }
}
