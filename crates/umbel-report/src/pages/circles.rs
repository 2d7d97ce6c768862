//! A map of when places came within a limit: inside which circle, since when, and what opened by then.

use super::relations::stages_of;
use crate::card::{Card, Cell};
use crate::map::classes::earliest_darkest;
use crate::map::draw::{Drawing, Item};
use crate::parts;
use maud::{Markup, PreEscaped, html};
use umbel_core::{Bound, Period, Symbol};
use umbel_study::layout::CircleLayout;
use umbel_study::select::{self, Table};

/// The stage from which a project is of use.
const OPERATING: &str = "operating";

/// A place of the map: its figures in the periods looked at, and the first of them in which it is inside.
struct Held {
    place: Symbol,
    cells: Vec<Option<Cell>>,
    first: Option<usize>,
}

/// The map with the table beside it; nothing when no place has a figure.
pub fn circle(card: &Card<'_>, layout: &CircleLayout) -> Markup {
    let Some(indicator) = card.region.symbols.get(&layout.indicator) else { return html! {} };
    let held: Vec<Held> =
        card.places(&layout.places).into_iter().map(|place| hold(card, layout, indicator, place)).collect();
    let known = held.iter().filter(|one| one.cells.iter().flatten().any(|cell| cell.value.is_some())).count();
    if known == 0 || layout.periods.is_empty() {
        return html! {};
    }
    let cells = || held.iter().flat_map(|one| one.cells.iter().flatten());
    card.book.borrow_mut().record_cells(card.study, cells());
    let unit = cells().next().map(|cell| cell.unit.clone()).unwrap_or_default();
    let limit = card.show(indicator, layout.within, &unit, Bound::Exact).text();
    let title = if layout.title.is_empty() { card.indicator(indicator) } else { card.text(&layout.title).to_owned() };
    // Only periods by which something came inside have a shade.
    let joined = |at: usize| held.iter().filter(|one| one.first == Some(at)).count();
    let came: Vec<usize> = (0..layout.periods.len()).filter(|at| joined(*at) > 0).collect();
    let shades = earliest_darkest(came.len());
    let shade = |first: usize| came.iter().position(|at| *at == first).and_then(|rank| shades.get(rank).copied());
    let inside = |by: usize| held.iter().filter(|one| one.first.is_some_and(|first| first <= by)).count();
    let last = layout.periods.len() - 1;
    let said = card.f(
        "circle_said",
        &[
            ("limit", &limit),
            ("n", &known.to_string()),
            ("a", &inside(0).to_string()),
            ("from", &card.format.period(layout.periods[0])),
            ("b", &inside(last).to_string()),
            ("to", &card.format.period(layout.periods[last])),
        ],
    );
    html! {
        figure.circle {
            div.canvas { (PreEscaped(map(card, layout, &held, &shade, &said))) }
            div {
                figcaption { h4 { (title) } p.sub { (said) } }
                (table(card, layout, &held, &shade))
                (listed(card, layout, indicator, &held))
            }
        }
    }
}

fn hold(card: &Card<'_>, layout: &CircleLayout, indicator: Symbol, place: Symbol) -> Held {
    let history = card.history(indicator, place);
    let of = |period: &Period| history.iter().find(|cell| cell.period == *period).cloned();
    let cells: Vec<Option<Cell>> = layout.periods.iter().map(of).collect();
    let within = |cell: &Option<Cell>| {
        let cell = cell.as_ref()?;
        // "More than two hours" is not within two hours.
        Some(cell.value? <= layout.within && cell.bound != Bound::Above)
    };
    let first = cells.iter().position(|cell| within(cell) == Some(true));
    Held { place, cells, first }
}

fn map<'s>(
    card: &Card<'_>,
    layout: &CircleLayout,
    held: &[Held],
    shade: &impl Fn(usize) -> Option<&'s str>,
    label: &str,
) -> String
where
    's: 'static,
{
    let drawn = card.drawn_jurisdictions();
    let places: Vec<Symbol> = held.iter().map(|one| one.place).collect();
    let sheet = card.sheet(&places, &drawn);
    let item = |(at, shape): (usize, &crate::map::base::Drawn)| {
        let place = card.region.symbols.get(&shape.id).unwrap_or(Symbol::NONE);
        let one = held.iter().find(|one| one.place == place);
        let name = card.place(place);
        let since = one.and_then(|one| one.first).map(|first| (first, layout.periods[first]));
        let last = one.and_then(|one| one.cells.iter().flatten().rfind(|cell| cell.value.is_some()));
        let value = last.map(|cell| card.shown(cell).text());
        let said = match (since, &value) {
            (Some((_, period)), Some(value)) => {
                card.f("circle_since", &[("period", &card.format.period(period)), ("value", value)])
            }
            (None, Some(value)) => value.clone(),
            _ => card.t("no_data").to_owned(),
        };
        Item {
            place: at,
            shade: if value.is_none() {
                None
            } else {
                Some(since.and_then(|(first, _)| shade(first)).unwrap_or("land"))
            },
            hatched: false,
            title: format!("{name}{}{said}", card.t("colon")),
            name,
            other: card.place_other(place),
            value: since.map(|(_, period)| card.format.period(period)).unwrap_or_default(),
        }
    };
    let items: Vec<Item> = sheet.places.iter().enumerate().map(item).collect();
    let few = places.len() <= 40;
    let outline = (!few && !drawn.is_empty()).then(|| card.sheet(&drawn, &drawn));
    let outlines: Vec<&crate::map::base::Sheet> = outline.iter().map(std::rc::Rc::as_ref).collect();
    Drawing { sheet: &sheet, items: &items, outlines: &outlines, arrows: &[], labelled: few, label }.draw()
}

/// For each period: how many places came inside, the share of the people, and what opened since the period before.
fn table(
    card: &Card<'_>,
    layout: &CircleLayout,
    held: &[Held],
    shade: &impl Fn(usize) -> Option<&'static str>,
) -> Markup {
    let share = layout.share.as_deref().and_then(|share| card.region.symbols.get(share));
    let shares: Vec<Option<Cell>> = layout
        .periods
        .iter()
        .map(|period| {
            share.and_then(|share| card.exactly(share, card.home, *period)).filter(|cell| cell.value.is_some())
        })
        .collect();
    let shared = shares.iter().any(Option::is_some);
    let opened: Vec<Vec<String>> = (0..layout.periods.len()).map(|at| opened(card, layout, at)).collect();
    let named = opened.iter().any(|names| !names.is_empty());
    let outside =
        held.iter().filter(|one| one.first.is_none() && one.cells.iter().flatten().any(|c| c.value.is_some()));
    html! {
        div.scroll {
            table.compact.since {
                caption.hidden { (card.t("circle_table")) }
                thead { tr {
                    th scope="col" { (card.t("circle_from")) }
                    th.num scope="col" { (card.t("circle_places")) }
                    @if shared { th.num scope="col" { (card.t("circle_people")) } }
                    @if named { th scope="col" { (card.t("circle_opened")) } }
                } }
                tbody {
                    @for (at, period) in layout.periods.iter().enumerate() {
                        @let count = held.iter().filter(|one| one.first == Some(at)).count();
                        tr {
                            th scope="row" { span.stage-of { @if let Some(shade) = shade(at) { (parts::swatch(shade)) } (card.format.period(*period)) } }
                            td.num { @if count > 0 { @if at > 0 { "+" } (count) } }
                            @if shared { td.num {
                                @if let Some(cell) = &shares[at] { (card.shown(cell).text()) " " (parts::cite(card, &cell.figure, None)) }
                            } }
                            @if named { td { (opened[at].join(card.t("list_comma"))) } }
                        }
                    }
                    tr {
                        th scope="row" { span.stage-of { (parts::swatch("land")) (card.t("circle_outside")) } }
                        td.num { (outside.count()) }
                        @if shared { td {} }
                        @if named { td {} }
                    }
                }
            }
        }
    }
}

/// Projects that were operating by the end of a period and not by the end of the one before.
fn opened(card: &Card<'_>, layout: &CircleLayout, at: usize) -> Vec<String> {
    let (Some(filter), Some(before)) = (&layout.projects, at.checked_sub(1)) else { return Vec::new() };
    let (after, until) = (layout.periods[before].end(), layout.periods[at].end());
    let Some(operating) = card.region.symbols.get(OPERATING) else { return Vec::new() };
    let rows = select::rows(Table::Projects, filter, card.region, card.tree, "projects").0;
    let mut found: Vec<_> = rows
        .iter()
        .filter_map(|row| card.region.projects.get(*row as usize))
        .filter_map(|project| {
            let stages = stages_of(card, project.id);
            let day = stages.iter().find(|stage| stage.stage == operating)?.date.end();
            (after < day && day <= until).then(|| (day, card.text(&project.title).to_owned()))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, title)| title).collect()
}

/// The figures of each place, behind a summary.
fn listed(card: &Card<'_>, layout: &CircleLayout, indicator: Symbol, held: &[Held]) -> Markup {
    html! {
        details.data {
            summary { (card.t("as_table")) }
            div.scroll {
                table.compact {
                    caption.hidden { (card.indicator(indicator)) }
                    thead { tr { th scope="col" { (card.t("place")) } @for period in &layout.periods { th.num scope="col" { (card.format.period(*period)) } } } }
                    tbody {
                        @for one in held {
                            tr {
                                th scope="row" { (card.place(one.place)) }
                                @for cell in &one.cells { td.num { @if let Some(cell) = cell { (card.shown(cell).number) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}
