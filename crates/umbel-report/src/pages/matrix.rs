//! A table of places by columns, coloured by classes: times from city to city, a figure year by year.

use crate::card::{Card, Cell};
use crate::map::classes::Classes;
use crate::parts;
use maud::{Markup, html};
use umbel_core::unit::Dimension;
use umbel_core::{Bound, Symbol};
use umbel_study::layout::{ColumnLayout, MatrixLayout};

/// With more columns than these their heads stand upright.
const UPRIGHT: usize = 7;

/// The table with its legend; nothing when no cell is held.
pub fn matrix(card: &Card<'_>, layout: &MatrixLayout) -> Markup {
    let rows: Vec<(Symbol, Vec<Option<Cell>>)> = card
        .places(&layout.places)
        .into_iter()
        .map(|place| (place, layout.columns.iter().map(|column| cell(card, column, place)).collect()))
        .collect();
    let held: Vec<&Cell> = rows.iter().flat_map(|(_, cells)| cells.iter().flatten()).collect();
    let Some(first) = held.first() else { return html! {} };
    let (indicator, unit) = (first.indicator, first.unit.clone());
    // A place is at no distance from itself: such a cell says nothing.
    let values: Vec<f64> = held.iter().filter_map(|cell| cell.value).filter(|value| *value != 0.0).collect();
    let near =
        matches!(unit.dimensions(), [(Dimension::Second | Dimension::Metre, 1)]) && card.info(indicator).direction < 0;
    let classes =
        if layout.classes.is_empty() { Classes::of(&values, near) } else { Classes::given(&layout.classes, near) };
    card.book.borrow_mut().record_cells(card.study, held.iter().copied());
    let marks: Vec<Markup> = held
        .iter()
        .filter(|cell| cell.value.is_some_and(|value| value != 0.0))
        .take(3)
        .map(|cell| parts::cite(card, &cell.figure, None))
        .collect();
    let title = if layout.title.is_empty() { card.indicator(indicator) } else { card.text(&layout.title).to_owned() };
    let class = if layout.columns.len() > UPRIGHT { "matrix upright" } else { "matrix" };
    let missing =
        rows.iter().flat_map(|(_, cells)| cells).filter(|cell| cell.as_ref().is_none_or(|c| c.value.is_none()));
    html! {
        figure class=(class) {
            figcaption {
                h4 { (title) }
                p.sub { (parts::joined(&[card.text(&layout.summary).to_owned(), card.map_unit(indicator, &unit, &values)])) }
            }
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table {
                    caption.hidden { (title) }
                    thead { tr { th scope="col" { span.hidden { (card.t("place")) } } @for column in &layout.columns { th.num scope="col" { span { (head(card, column)) } } } } }
                    tbody {
                        @for (place, cells) in &rows {
                            tr {
                                th scope="row" { (card.place(*place)) }
                                @for cell in cells { (shaded(card, cell.as_ref(), &classes)) }
                            }
                        }
                    }
                }
            }
            (card.legend(&classes, indicator, &unit, &values, missing.count(), 0))
            p.sub.numbers { (card.t("derived_in")) " " @for (at, mark) in marks.iter().enumerate() { @if at > 0 { ", " } (mark) } }
        }
    }
}

fn cell(card: &Card<'_>, column: &ColumnLayout, place: Symbol) -> Option<Cell> {
    let indicator = card.region.symbols.get(&column.indicator)?;
    match column.period {
        Some(period) => card.exactly(indicator, place, period),
        None => card.at(indicator, place, card.period),
    }
}

fn head(card: &Card<'_>, column: &ColumnLayout) -> String {
    match (card.text(&column.title), column.period, card.region.symbols.get(&column.indicator)) {
        ("", Some(period), _) => card.format.period(period),
        ("", None, Some(indicator)) => card.indicator(indicator),
        (title, ..) => title.to_owned(),
    }
}

fn shaded(card: &Card<'_>, cell: Option<&Cell>, classes: &Classes) -> Markup {
    match cell.and_then(|cell| Some((cell, cell.value?))) {
        Some((_, 0.0)) => html! { td.num.self { "·" } },
        Some((cell, value)) => {
            let shown = card.show(cell.indicator, value, &cell.unit, Bound::Exact).number;
            let shade = classes.shade(if cell.bound == Bound::Above { f64::INFINITY } else { value });
            html! { td class={ "num " (shade) } { @if cell.bound == Bound::Above { ">" } (shown) } }
        }
        None => html! { td.num.nodata { "–" } },
    }
}
