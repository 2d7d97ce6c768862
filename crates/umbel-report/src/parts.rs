//! Small parts that every page uses: chips, numbers of figures, swatches, rows of figures.

use crate::book::State;
use crate::card::{Card, Cell, is_estimate};
use crate::charts::{self, Dot, Track};
use crate::umbel;
use maud::{Markup, PreEscaped, html};
use umbel_core::{Bound, Evidence, Period, Status, Symbol, Verdict};
use umbel_study::{Figure, TargetStatus};

/// Texts joined by a middle dot, empty ones left out.
pub fn joined(parts: &[String]) -> String {
    let held: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    held.join(" · ")
}

/// Sentences in a row: a space between them, but none where the script has none.
pub fn sentences(all: &[String]) -> String {
    let mut out = String::new();
    for sentence in all.iter().filter(|sentence| !sentence.is_empty()) {
        if out.chars().last().is_some_and(|last| !crate::svg::is_wide(last)) {
            out.push(' ');
        }
        out.push_str(sentence);
    }
    out
}

/// An id that is safe in an address and unique by prefix.
pub fn anchor(prefix: &str, id: &str) -> String {
    format!("{prefix}-{id}")
}

/// A colour of a legend.
pub fn swatch(shade: &str) -> Markup {
    html! { svg.key viewBox="0 0 14 14" aria-hidden="true" { rect x="0.5" y="0.5" width="13" height="13" class=(shade) {} } }
}

/// The mark of a verdict and its evidence.
pub fn mark(verdict: Verdict, evidence: Evidence) -> Markup {
    let class = format!("floret {}", umbel::classes(verdict, evidence));
    html! { svg.mark viewBox="-9.5 -9.5 19 19" aria-hidden="true" { g class=(class) { path d=(umbel::outline(verdict)) {} } } }
}

/// A verdict in words with its mark, and what it rests on.
pub fn verdict_chip(card: &Card<'_>, verdict: Verdict, evidence: Evidence) -> Markup {
    let word = format!("verdict_{}", verdict.as_str());
    let rests = format!("evidence_{}", evidence.as_str());
    html! { span.chip { (mark(verdict, evidence)) span { (card.t(&word)) small { (card.t(&rests)) } } } }
}

/// The word of a target's status.
pub fn status_word(status: TargetStatus) -> &'static str {
    match status {
        TargetStatus::Met => "met",
        TargetStatus::OnTrack => "on_track",
        TargetStatus::Slipping => "slipping",
        TargetStatus::OffTrack => "off_track",
        TargetStatus::NoData => "no_data",
    }
}

/// All statuses of targets, best first.
pub const STATUSES: [TargetStatus; 5] =
    [TargetStatus::Met, TargetStatus::OnTrack, TargetStatus::Slipping, TargetStatus::OffTrack, TargetStatus::NoData];

/// The mark of a target's status: an arrow that also tells them apart without colour.
pub fn status_mark(status: TargetStatus) -> Markup {
    let (class, path) = match status {
        TargetStatus::Met => ("kept", "M-6 0L-2 5L7-6"),
        TargetStatus::OnTrack => ("kept", "M-6 5L5-5M-2-6H6V2"),
        TargetStatus::Slipping => ("depends", "M-7 0H6M1-5L6 0L1 5"),
        TargetStatus::OffTrack => ("missed", "M-6-5L5 5M-2 6H6V-2"),
        TargetStatus::NoData => ("undecidable", "M-5 0H5"),
    };
    html! { svg.mark viewBox="-9.5 -9.5 19 19" aria-hidden="true" { path class={ "arrow " (class) } d=(path) {} } }
}

/// A target's status in words with its mark, and what it rests on.
pub fn status_chip(card: &Card<'_>, status: TargetStatus, evidence: Evidence) -> Markup {
    let word = format!("status_{}", status_word(status));
    let rests = format!("evidence_{}", evidence.as_str());
    html! {
        span.chip {
            (status_mark(status))
            span { (card.t(&word)) @if status != TargetStatus::NoData { small { (card.t(&rests)) } } }
        }
    }
}

/// The number of a figure, which opens its derivation.
pub fn number(card: &Card<'_>, number: usize) -> Markup {
    let n = number.to_string();
    let label = card.f("figure_link", &[("n", &n)]);
    html! { a.fig href={ "#f" (n) } aria-label=(label) { (card.f("figure_short", &[("n", &n)])) } }
}

/// Cites a figure and gives its number.
pub fn cite(card: &Card<'_>, figure: &Figure, as_of: Option<umbel_core::Date>) -> Markup {
    let title = || title(card, figure);
    let found = card.book.borrow_mut().cite(card.study, figure, as_of, &State::default(), title);
    number(card, found)
}

/// Cites a figure of a state of the region that has a name.
pub fn cite_in(card: &Card<'_>, figure: &Figure, state: &State, name: &str) -> Markup {
    let title = || format!("{}{}{name}{}", title(card, figure), card.t("open_paren"), card.t("close_paren"));
    let found = card.book.borrow_mut().cite(card.study, figure, None, state, title);
    number(card, found)
}

/// What a figure is, in words: indicator, place, period.
pub fn title(card: &Card<'_>, figure: &Figure) -> String {
    let (series, row) = (&figure.node.series, figure.row);
    let breakdown = card.breakdown(series.breakdown[row]);
    let parts = [
        card.indicator(figure.node.indicator),
        breakdown,
        card.place(series.place[row]),
        card.format.period(series.period[row]),
    ];
    let held: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    held.join(card.t("title_comma"))
}

/// A value with its unit under it.
pub fn value(card: &Card<'_>, cell: &Cell) -> Markup {
    let shown = card.shown(cell);
    stacked(&shown, "")
}

/// A number with its unit under it (a percent sign beside it), and a note.
pub fn stacked(shown: &umbel_study::format::Shown, note: &str) -> Markup {
    let (number, unit) =
        if shown.unit == "%" { (shown.text(), "") } else { (shown.number.clone(), shown.unit.as_str()) };
    let below = joined(&[unit.to_owned(), note.to_owned()]);
    html! { span.v { (number) } @if !below.is_empty() { small { (below) } } }
}

/// The word for a status that people should see; empty for a plain observation.
pub fn status_text<'c>(card: &'c Card<'_>, status: Status) -> &'c str {
    match status {
        Status::Normal => "",
        Status::Provisional => card.t("obs_provisional"),
        Status::Break => card.t("obs_break"),
        Status::DefinitionDiffers => card.t("obs_definition"),
        Status::Forecast => card.t("obs_forecast"),
        status if status.is_missing() => card.t("obs_missing"),
        status if is_estimate(status) => card.t("obs_estimated"),
        _ => card.t("obs_other"),
    }
}

/// Status and evidence of a cell in words, empty for a plain figure of a named source.
pub fn cell_status(card: &Card<'_>, cell: &Cell) -> String {
    let status = status_text(card, cell.status).to_owned();
    let evidence = if cell.value.is_some() && card.evidence(&cell.figure) == Evidence::Unverified {
        card.t("evidence_unverified").to_owned()
    } else {
        String::new()
    };
    joined(&[status, evidence])
}

/// Cells over time as a line; a year without a figure breaks it.
pub fn track(card: &Card<'_>, name: String, cells: &[Cell]) -> Track {
    let mut cells: Vec<&Cell> = cells.iter().filter(|cell| !cell.period.is_interval()).collect();
    let yearly = cells.iter().all(|cell| cell.period.as_year().is_some());
    cells.sort_by_key(|cell| (cell.period.end(), cell.period.start()));
    // Beside days and months a year stands where it ends, as they do; years alone stand at their numbers.
    let place = |period: Period| match period.as_year().filter(|_| yearly) {
        Some(year) => f64::from(year),
        None => {
            let end = period.end();
            f64::from(end.year()) + (f64::from(end.day_of_year()) - 1.0) / 366.0
        }
    };
    let mut dots: Vec<Dot> = Vec::new();
    for &cell in &cells {
        let x = place(cell.period);
        let gap = dots.last().is_some_and(|last| x - last.x > 1.5 && last.y.is_some());
        // Censuses stand ten years apart: points without a line would say nothing, so only yearly series break.
        if gap && cells.len() > 6 {
            dots.push(Dot { x: x - 1.0, y: None, weak: false });
        }
        dots.push(Dot { x, y: cell.value, weak: is_estimate(cell.status) || card.is_weak(cell) });
    }
    Track { name, dots }
}

/// A title up to its colon: enough where room is short.
pub fn short(title: &str) -> &str {
    title.split([':', '：']).next().unwrap_or(title).trim()
}

/// A row of a table of figures: what, value, change, line, verdict, number.
pub fn figure_row(card: &Card<'_>, indicator: Symbol, place: Symbol, period: Option<Period>) -> Option<Markup> {
    let history = card.history(indicator, place);
    let cell = crate::card::pick(&history, period)?.clone();
    let base = card.base.and_then(|base| history.iter().find(|c| c.period == base && c.value.is_some()));
    let base = base.or_else(|| history.iter().find(|c| c.value.is_some())).filter(|c| c.period < cell.period);
    let change = base.and_then(|base| card.change(base, &cell).map(|text| (text, base.period)));
    // A change of a change says nothing: leave it out for indicators that are themselves changes.
    let change = change.filter(|_| !is_change(card, indicator));
    let place_name = if place == card.home { String::new() } else { card.place(place) };
    let note = joined(&[place_name, card.format.period(cell.period), cell_status(card, &cell)]);
    card.book.borrow_mut().record_cells(card.study, &history);
    let line = charts::sparkline(&track(card, String::new(), &history));
    Some(html! {
        tr {
            th.what scope="row" { (card.indicator(indicator)) small { (note) } }
            td.num data-label=(card.t("value")) { (value(card, &cell)) }
            td.num data-label=(card.t("change")) {
                @if let Some((text, since)) = &change { span.v { (text) } small { (card.f("since", &[("period", &card.format.period(*since))])) } }
            }
            td.line { (PreEscaped(line)) }
            td.verdict { (verdict_of(card, indicator, place)) }
            td.figcol { (cite(card, &cell.figure, None)) }
        }
    })
}

fn is_change(card: &Card<'_>, indicator: Symbol) -> bool {
    let measure = card.info(indicator).measure.and_then(|at| card.study.measures.get(at));
    measure.is_some_and(|measure| matches!(measure.registration.name, "change" | "rank" | "gap"))
        && measure.is_some_and(|measure| measure.registration.name != "gap")
}

/// The claim about an indicator at a place that was checked: its chip with a link to its row.
pub fn verdict_of(card: &Card<'_>, indicator: Symbol, place: Symbol) -> Markup {
    let found = card.claims.iter().find(|result| {
        let claim = &card.region.claims[result.claim];
        claim.indicator == indicator && claim.place == place
    });
    match found {
        Some(result) => {
            let claim = &card.region.claims[result.claim];
            html! { a.chip-link href={ "#" (anchor("c", card.region.id(claim.id))) } { (verdict_chip(card, result.verdict, result.evidence)) } }
        }
        None => html! {},
    }
}

/// A row for an indicator that is held at many places but not at the one asked for: its range.
pub fn range_row(card: &Card<'_>, indicator: Symbol) -> Option<Markup> {
    let node = card.node(indicator)?;
    let mut places: Vec<Symbol> = node.series.place.clone();
    places.dedup();
    let cells: Vec<Cell> = places.iter().filter_map(|place| card.at(indicator, *place, card.period)).collect();
    let mut held: Vec<&Cell> = cells.iter().filter(|cell| cell.value.is_some()).collect();
    held.sort_by(|a, b| a.value.unwrap_or(0.0).total_cmp(&b.value.unwrap_or(0.0)));
    let (low, high) = (held.first()?, held.last()?);
    card.book.borrow_mut().record_cells(card.study, cells.iter());
    if held.len() == 1 {
        return figure_row(card, indicator, low.place, card.period);
    }
    let (low_text, high_text) = (card.shown(low), card.shown(high));
    let note = card.f(
        "range_note",
        &[("n", &held.len().to_string()), ("lowest", &card.place(low.place)), ("highest", &card.place(high.place))],
    );
    Some(html! {
        tr {
            th.what scope="row" { (card.indicator(indicator)) small { (note) } }
            td.num data-label=(card.t("value")) { (stacked(&umbel_study::format::Shown { number: format!("{}–{}", low_text.number, high_text.number), unit: high_text.unit.clone() }, "")) }
            td.num {}
            td.line {}
            td.verdict {}
            td.figcol { (cite(card, &low.figure, None)) " " (cite(card, &high.figure, None)) }
        }
    })
}

/// A table of figures of the layout (see [`Card::resolve`]); what is not held is said below it.
pub fn figure_table(card: &Card<'_>, figures: &[String], caption: &str) -> Markup {
    let mut rows = Vec::new();
    let mut absent = Vec::new();
    for text in figures {
        let row = card.resolve(text).and_then(|(indicator, place, period)| {
            figure_row(card, indicator, place, period)
                .or_else(|| if text.contains('@') { None } else { range_row(card, indicator) })
        });
        match row {
            Some(row) => rows.push(row),
            None => absent.push(absent_name(card, text)),
        }
    }
    html! {
        @if !rows.is_empty() {
            div.scroll {
                table.figures.cards {
                    caption.hidden { (caption) }
                    thead.hidden-head { tr {
                        th scope="col" { (card.t("figure")) } th scope="col" { (card.t("value")) } th scope="col" { (card.t("change")) }
                        th scope="col" { (card.t("over_time")) } th scope="col" { (card.t("claim")) } th scope="col" { (card.t("number")) }
                    } }
                    tbody { @for row in &rows { (row) } }
                }
            }
        }
        @if !absent.is_empty() { p.sub { (card.f("not_held", &[("list", &card.list(&absent))])) } }
    }
}

fn absent_name(card: &Card<'_>, text: &str) -> String {
    let mut parts = text.splitn(3, '@');
    let (indicator, place) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let title =
        card.region.symbols.get(indicator).map_or_else(|| indicator.to_owned(), |symbol| card.indicator(symbol));
    match card.region.symbols.get(place).filter(|place| place.is_some()) {
        Some(place) => format!("{title}{}{}{}", card.t("open_paren"), card.place(place), card.t("close_paren")),
        None => title,
    }
}

/// A published figure: comparator in words, value, unit.
pub fn published(card: &Card<'_>, claim: &umbel_table::rows::Claim) -> Option<String> {
    let value = claim.value?;
    let info = card.info(claim.indicator);
    let unit = claim.unit.clone().unwrap_or_else(|| info.unit.clone());
    let own = umbel_core::Unit::one();
    let look =
        umbel_study::format::Look { decimals: written_decimals(&claim.value_text), ..card.look(claim.indicator) };
    // A figure that was published as a plain share keeps its own digits.
    let look = if unit == own { look } else { umbel_study::format::Look { share: false, ..look } };
    let text = card.format.value(value, &unit, look, Bound::Exact).text();
    let text = match claim.high {
        Some(high) => {
            card.f("between", &[("a", &text), ("b", &card.format.value(high, &unit, look, Bound::Exact).text())])
        }
        None => text,
    };
    let word = match claim.comparator.map(umbel_core::Comparator::as_str) {
        Some("<") => "comparator_less",
        Some("<=") => "comparator_at_most",
        Some(">") => "comparator_more",
        Some(">=") => "comparator_at_least",
        Some("about") => "comparator_about",
        _ => return Some(text),
    };
    Some(card.f(word, &[("value", &text)]))
}

/// Decimals of a number as written.
fn written_decimals(text: &str) -> Option<u8> {
    let decimals = text.split_once('.').map_or(0, |(_, rest)| rest.len());
    u8::try_from(decimals).ok()
}
