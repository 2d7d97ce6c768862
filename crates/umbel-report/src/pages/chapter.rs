//! A chapter per system: claims, figures, small multiples, maps, relations, projects.

use super::front::claims_of;
use super::relations;
use crate::card::{Card, Cell};
use crate::charts::{self, Frame, Track};
use crate::parts::{self, anchor};
use maud::{Markup, PreEscaped, html};
use umbel_core::{Bound, Symbol, Unit, Verdict};
use umbel_study::layout::{Chapter, SeriesLayout};
use umbel_study::{ClaimResult, Judgement, Undecidable};

/// All chapters.
pub fn pages(card: &Card<'_>) -> Markup {
    let layout = &card.study.layout;
    let others: Vec<String> =
        super::front::chapters(card).into_iter().filter(|id| !layout.chapter.iter().any(|c| c.id == *id)).collect();
    html! {
        @for chapter in &layout.chapter { (page(card, chapter)) }
        @for id in &others {
            section.page.chapter id=(anchor("ch", id)) {
                h2 { (card.chapter(id)) }
                (claims(card, id))
            }
        }
    }
}

fn page(card: &Card<'_>, chapter: &Chapter) -> Markup {
    let title = card.chapter(&chapter.id);
    let id = anchor("ch", &chapter.id);
    let heading = anchor("h", &chapter.id);
    let figures = parts::figure_table(card, &chapter.figures, &title);
    let maps: Vec<Markup> = chapter.maps.iter().filter_map(|map| card.choropleth(map)).collect();
    let series: Vec<Markup> = chapter.series.iter().filter_map(|series| multiples(card, series)).collect();
    html! {
        section.page.chapter id=(id) aria-labelledby=(heading) {
            h2 id=(heading) { (title) }
            p.lead { (card.text(&chapter.summary)) }
            @if !chapter.circles.is_empty() {
                h3 { (card.t("within_reach")) }
                @for circle in &chapter.circles { (super::circles::circle(card, circle)) }
            }
            @if !chapter.matrices.is_empty() {
                h3 { (card.t("place_by_place")) }
                div.matrices { @for matrix in &chapter.matrices { (super::matrix::matrix(card, matrix)) } }
            }
            (claims(card, &chapter.id))
            @if !chapter.figures.is_empty() { h3 { (card.t("figures")) } (figures) }
            @if !series.is_empty() { h3 { (card.t("over_time")) } div.serieses { @for part in &series { (part) } } }
            (super::statistics::figures(card, &chapter.statistics))
            @if !maps.is_empty() { h3 { (card.t("on_map")) } div class=(if maps.len() == 1 { "maps one" } else { "maps" }) { @for map in &maps { (map) } } }
            @for flow in &chapter.flows { (relations::flow(card, flow)) }
            @for link in &chapter.links { (relations::link(card, link)) }
            @if let Some(filter) = &chapter.projects { (relations::projects(card, filter)) }
        }
    }
}

/// Claims of a chapter as rows.
pub fn claims(card: &Card<'_>, chapter: &str) -> Markup {
    let results = claims_of(card, chapter);
    if results.is_empty() {
        return html! {};
    }
    let decided = results.iter().filter(|result| result.verdict != Verdict::Undecidable).count();
    html! {
        h3 { (card.n("claims_head", results.len(), &[("decided", &decided.to_string())])) }
        (claim_table(card, &results, card.t("claims")))
    }
}

/// A table of claims.
pub fn claim_table(card: &Card<'_>, results: &[&ClaimResult], caption: &str) -> Markup {
    html! {
        div.scroll {
            table.claims.cards.sortable {
                caption.hidden { (caption) }
                thead { tr {
                    th scope="col" { (card.t("statement")) }
                    th scope="col" { (card.t("verdict")) }
                    th.num scope="col" { (card.t("published")) }
                    th scope="col" { (card.t("computed")) }
                } }
                tbody { @for result in results { (claim_row(card, result)) } }
            }
        }
    }
}

fn claim_row(card: &Card<'_>, result: &ClaimResult) -> Markup {
    let claim = &card.region.claims[result.claim];
    let id = card.region.id(claim.id);
    let when = claim.period.map(|period| card.format.period(period)).unwrap_or_default();
    let since =
        claim.baseline.map(|base| card.f("since", &[("period", &card.format.period(base))])).unwrap_or_default();
    let place = if claim.place.is_some() { card.place(claim.place) } else { String::new() };
    let note = card.text(&claim.note);
    let rank = Verdict::ALL.iter().position(|verdict| *verdict == result.verdict).unwrap_or(0);
    html! {
        tr id=(anchor("c", id)) {
            th.what scope="row" {
                (card.text(&claim.statement))
                small { (parts::joined(&[id.to_owned(), place, when, since])) }
                @if !note.is_empty() { small.remark { (note) } }
            }
            td.verdict data-value=(rank) { (parts::verdict_chip(card, result.verdict, result.evidence)) }
            td.num data-label=(card.t("published")) { @if let Some(text) = parts::published(card, claim) { (text) } }
            td.computed data-label=(card.t("computed")) { (computed(card, result)) }
        }
    }
}

/// What was computed, on which definition and vintage; or why nothing can be said.
fn computed(card: &Card<'_>, result: &ClaimResult) -> Markup {
    if result.judgements.is_empty() {
        let key = match result.reason {
            Some(Undecidable::NoFigure) => "why_no_figure",
            Some(Undecidable::BoundOnly) => "why_bound",
            _ => "why_no_data",
        };
        return html! { span.sub { (card.t(key)) } };
    }
    let claim = &card.region.claims[result.claim];
    let several = result.judgements.len() > 1;
    let (by_vintage, by_definition) = varies(&result.judgements);
    html! {
        ul.judgements {
            @for judgement in &result.judgements {
                li {
                    @if several {
                        span class={ "holds " (match judgement.holds { Some(true) => "yes", Some(false) => "no", None => "open" }) } {
                            (match judgement.holds { Some(true) => card.t("holds"), Some(false) => card.t("fails"), None => card.t("open") })
                        }
                    }
                    span.v { (card.show(claim.indicator, judgement.value, &result.unit, judgement.bound).text()) }
                    " " span.sub { (on(card, judgement, by_vintage, by_definition)) }
                    " " (parts::cite(card, &judgement.figure, judgement.as_of))
                }
            }
        }
        @if result.reason == Some(Undecidable::BoundOnly) { span.sub { (card.t("why_bound")) } }
    }
}

fn varies(judgements: &[Judgement]) -> (bool, bool) {
    let first = &judgements[0];
    (
        judgements.iter().any(|judgement| judgement.as_of != first.as_of),
        judgements.iter().any(|judgement| judgement.measure != first.measure),
    )
}

/// On which definition and release a judgement stands, where that tells it from the others.
fn on(card: &Card<'_>, judgement: &Judgement, by_vintage: bool, by_definition: bool) -> String {
    let definition = if by_definition {
        let text = card.text(&judgement.definition);
        match (text.is_empty(), judgement.measure) {
            (false, _) => text.to_owned(),
            (true, Some(measure)) => {
                card.study.measures.get(measure).map(|m| card.region.id(m.id).replace('_', " ")).unwrap_or_default()
            }
            (true, None) => card.t("as_observed").to_owned(),
        }
    } else {
        String::new()
    };
    let release = match (by_vintage, judgement.as_of) {
        (false, _) => String::new(),
        (true, Some(day)) => card.f("seen_from", &[("date", &card.format.date(day))]),
        (true, None) => card.t("undated").to_owned(),
    };
    parts::joined(&[definition, release])
}

/// Lines over time: a few places in one chart, many as small multiples.
fn multiples(card: &Card<'_>, layout: &SeriesLayout) -> Option<Markup> {
    let indicator = card.region.symbols.get(&layout.indicator)?;
    let places = layout.places.as_ref().map_or_else(|| card.jurisdictions.clone(), |places| card.places(places));
    let held: Vec<(Symbol, Vec<Cell>)> = places
        .iter()
        .map(|place| (*place, card.history(indicator, *place)))
        .filter(|(_, cells)| cells.iter().any(|cell| cell.value.is_some() && !cell.period.is_interval()))
        .collect();
    let tracks: Vec<Track> = held.iter().map(|(place, cells)| parts::track(card, card.place(*place), cells)).collect();
    let points = tracks.iter().map(|track| track.dots.iter().filter(|dot| dot.y.is_some()).count()).max()?;
    if points < 2 {
        return None;
    }
    let (y, x) = (charts::extent(&tracks)?, charts::time_range(&tracks));
    let unit = held.iter().flat_map(|(_, cells)| cells).next()?.unit.clone();
    let top = card.show(indicator, y.0.abs().max(y.1.abs()), &unit, Bound::Exact);
    let write = scaled_writer(card, indicator, &unit, y);
    card.book.borrow_mut().record_cells(card.study, held.iter().flat_map(|(_, cells)| cells));
    let title = if layout.title.is_empty() { card.indicator(indicator) } else { card.text(&layout.title).to_owned() };
    let weak = tracks.iter().any(|track| track.dots.iter().any(|dot| dot.weak));
    let last: Vec<Markup> = held
        .iter()
        .filter_map(|(_, cells)| crate::card::pick(cells, card.period))
        .map(|cell| parts::cite(card, &cell.figure, None))
        .collect();
    let drawing = if tracks.len() <= 4 {
        let label = card.f("lines_label", &[("title", &title), ("list", &card.list(&sayings(card, &held)))]);
        let frame = Frame { label: &label, size: (540.0, 210.0), y, x, scaled: true, level: None };
        html! { div.wide { (PreEscaped(charts::lines(&tracks, &frame, &write))) } }
    } else {
        let said = sayings(card, &held);
        html! {
            div.multiples {
                @for (at, track) in tracks.iter().enumerate() {
                    @let frame = Frame { label: &said[at], size: (210.0, 120.0), y, x, scaled: true, level: None };
                    div.small-multiple { p { (track.name) } (PreEscaped(charts::panel(&tracks, at, &frame, &write))) }
                }
            }
        }
    };
    let class = if tracks.len() <= 4 { "series" } else { "series many" };
    Some(html! {
        figure class=(class) {
            figcaption {
                h4 { (title) }
                p.sub { (parts::joined(&[top.unit, if weak { card.t("hollow_points").to_owned() } else { String::new() }])) }
            }
            (drawing)
            p.sub.numbers { (card.t("latest_figures")) " " @for (at, mark) in last.iter().enumerate() { @if at > 0 { ", " } (mark) } }
        }
    })
}

/// `place: from value (period) to value (period)` for each line.
fn sayings(card: &Card<'_>, held: &[(Symbol, Vec<Cell>)]) -> Vec<String> {
    held.iter()
        .map(|(place, cells)| {
            let known: Vec<&Cell> = cells.iter().filter(|cell| cell.value.is_some()).collect();
            let say = |cell: &Cell| (card.shown(cell).text(), card.format.period(cell.period));
            match known.as_slice() {
                [] => card.place(*place),
                [one] => {
                    let (value, period) = say(one);
                    card.f("said_one", &[("place", &card.place(*place)), ("value", &value), ("period", &period)])
                }
                [first, .., last] => {
                    let ((a, from), (b, to)) = (say(first), say(last));
                    card.f(
                        "said",
                        &[("place", &card.place(*place)), ("a", &a), ("from", &from), ("b", &b), ("to", &to)],
                    )
                }
            }
        })
        .collect()
}

/// Writes values of an axis in the scale word of its largest value, so that `0.5` and `1.5 trillion` do not mix.
pub fn scaled_writer<'c>(
    card: &'c Card<'_>,
    indicator: Symbol,
    unit: &'c Unit,
    range: (f64, f64),
) -> impl Fn(f64) -> String + 'c {
    let highest = range.0.abs().max(range.1.abs());
    let top = card.show(indicator, highest, unit, Bound::Exact);
    move |value: f64| {
        if value == 0.0 {
            return "0".to_owned();
        }
        let shown = card.show(indicator, value, unit, Bound::Exact);
        if shown.unit == top.unit {
            return trimmed(&shown.number);
        }
        // Another scale word: state it in that of the largest value.
        let steps = [1e12, 1e9, 1e8, 1e6, 1e4];
        let (numerator, denominator) = unit.scale();
        let base = highest * numerator as f64 / denominator as f64;
        let words: [f64; 3] = if card.language.starts_with("zh") { [1e12, 1e8, 1e4] } else { [1e12, 1e9, 1e6] };
        let step = words.iter().copied().find(|step| base >= *step * 0.999_95 && steps.contains(step)).unwrap_or(1.0);
        card.format.number(value * numerator as f64 / denominator as f64 / step, None)
    }
}

fn trimmed(number: &str) -> String {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.').to_owned() } else { number.to_owned() }
}
