//! What places are specialised in: the location quotients of each part of an indicator.

use super::{Drawn, Parts, number};
use crate::card::Card;
use crate::charts::strips::{self, Strip};
use crate::parts;
use maud::{PreEscaped, html};
use umbel_core::Symbol;

/// Places named in the table for each part.
const NAMED: usize = 5;
/// A quotient that makes a place stand out.
const MANY_TIMES: f64 = 3.0;

pub(super) fn specialised(card: &Card<'_>, drawn: &Drawn<'_>) -> Option<Parts> {
    let table = drawn.outcome.find("parts")?;
    let place = |row: usize| drawn.analysed.places.get(table.position(row)).copied();
    // For each part its quotients, highest first.
    let mut all: Vec<(Symbol, Vec<(Symbol, f64)>)> = (drawn.analysed.parts.iter().zip(&table.columns))
        .map(|(&part, (_, cells))| {
            let figure = |row: usize| Some((place(row)?, number(&cells.figure(row))?));
            let mut found: Vec<(Symbol, f64)> = (0..table.len()).filter_map(figure).collect();
            found.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| card.tree.row(a.0).cmp(&card.tree.row(b.0))));
            (part, found)
        })
        .filter(|(_, found)| !found.is_empty())
        .collect();
    // The parts in which places differ most stand first.
    all.sort_by(|a, b| b.1[0].1.total_cmp(&a.1[0].1));
    let (part, found) = all.first()?;
    let (first, times) = found[0];
    let stands_out = |row: &usize| {
        table.columns.iter().any(|(_, cells)| number(&cells.figure(*row)).is_some_and(|times| times >= MANY_TIMES))
    };
    let written = |times: f64| card.format.number(times, Some(if times < 9.95 { 1 } else { 0 }));
    let mut said = card.f(
        "specialised_said",
        &[
            ("place", &card.place(first)),
            ("part", &card.breakdown(*part)),
            ("times", &written(times)),
            ("n", &table.len().to_string()),
            ("several", &(0..table.len()).filter(stands_out).count().to_string()),
        ],
    );
    let missing = drawn.analysed.places.len().saturating_sub(table.len());
    if missing > 0 {
        said.push_str(&card.n("specialised_missing", missing, &[]));
    }
    let strips: Vec<Strip> = all
        .iter()
        .map(|(part, found)| Strip {
            name: card.breakdown(*part),
            values: found.iter().map(|(_, times)| *times).collect(),
            label: format!("{} {}", card.place(found[0].0), written(found[0].1)),
        })
        .collect();
    let rows: Vec<(String, String)> = all
        .iter()
        .map(|(part, found)| {
            let named =
                found.iter().take(NAMED).map(|(place, times)| format!("{} {}", card.place(*place), written(*times)));
            (card.breakdown(*part), named.collect::<Vec<_>>().join(card.t("list_comma")))
        })
        .collect();
    let list = html! {
        details.data {
            summary { (card.t("as_table")) }
            div.scroll {
                table.compact {
                    caption.hidden { (drawn.title) }
                    thead { tr { th scope="col" { (card.t("part")) } th scope="col" { (card.t("specialised_highest")) } } }
                    tbody { @for (name, places) in &rows { tr { th scope="row" { (name) } td { (places) } } } }
                }
            }
        }
    };
    Some(Parts {
        sub: parts::joined(&[card.format.period(drawn.analysed.period), card.t("specialised_strokes").to_owned()]),
        drawing: html! { (PreEscaped(strips::strips(&strips, super::WIDTH, &said))) },
        said,
        cited: vec![first],
        table: list,
    })
}
