//! Ranks and figures of places with the range that they keep.

use super::{Drawn, Parts, table};
use crate::card::Card;
use crate::charts::ranks::{self, Ranked};
use crate::parts;
use maud::{PreEscaped, html};
use std::collections::BTreeMap;
use umbel_core::{Bound, Symbol};
use umbel_study::Figure;

pub(super) fn ranked(card: &Card<'_>, drawn: &Drawn<'_>) -> Option<Parts> {
    let of = |name: &str| drawn.by_place(name).into_iter().collect::<BTreeMap<Symbol, f64>>();
    let (rank, low, high) = (of("rank"), of("rank_low"), of("rank_high"));
    let mut rows: Vec<(Symbol, Ranked)> = rank
        .iter()
        .map(|(&place, &rank)| {
            let (a, b) = (low.get(&place).copied().unwrap_or(rank), high.get(&place).copied().unwrap_or(rank));
            (place, Ranked { name: card.place(place), rank, range: (a.min(b).min(rank), a.max(b).max(rank)) })
        })
        .collect();
    if rows.len() < 2 {
        return None;
    }
    rows.sort_by(|a, b| a.1.rank.total_cmp(&b.1.rank).then_with(|| card.tree.row(a.0).cmp(&card.tree.row(b.0))));
    let whole = |value: f64| card.format.number(value, Some(if value.fract() == 0.0 { 0 } else { 1 }));
    let width = |row: &Ranked| row.range.1 - row.range.0;
    let still = rows.iter().filter(|row| width(&row.1) < 1.0).count();
    let widest = rows.iter().map(|row| &row.1).reduce(|a, b| if width(b) > width(a) { b } else { a })?;
    let said = card.f(
        match still {
            still if still == rows.len() => "ranks_said_sure",
            0 => "ranks_said_none",
            1 => "ranks_said_one",
            _ => "ranks_said",
        },
        &[
            ("n", &rows.len().to_string()),
            ("still", &still.to_string()),
            ("first", &rows[0].1.name),
            ("place", &widest.name),
            ("low", &whole(widest.range.0)),
            ("high", &whole(widest.range.1)),
        ],
    );
    let pictured: Vec<Ranked> = rows.iter().map(|row| row.1.clone()).collect();
    let listed: Vec<(String, Vec<String>)> = pictured
        .iter()
        .map(|row| (row.name.clone(), vec![whole(row.rank), whole(row.range.0), whole(row.range.1)]))
        .collect();
    Some(Parts {
        sub: parts::joined(&[card.format.period(drawn.analysed.period), card.t("ranks_band").to_owned()]),
        drawing: html! { (PreEscaped(ranks::ranks(&pictured, super::WIDTH, &said))) },
        said,
        cited: vec![rows[0].0],
        table: table(card, &drawn.title, &[card.t("rank"), card.t("rank_best_of"), card.t("rank_worst_of")], &listed),
    })
}

pub(super) fn intervals(card: &Card<'_>, drawn: &Drawn<'_>) -> Option<Parts> {
    let series = &drawn.node.series;
    let last = drawn.layout.period.or_else(|| drawn.rows().last().map(|figure| series.period[figure.row]))?;
    let held = |figure: &Figure| {
        let (row, place) = (figure.row, series.place[figure.row]);
        let value = series.value(row).filter(|_| series.period[row] == last)?;
        let (low, high) = series.interval(row);
        Some((place, value, (low.unwrap_or(value), high.unwrap_or(value))))
    };
    let found: Vec<(Symbol, f64, (f64, f64))> = drawn.rows().iter().filter_map(held).collect();
    if found.len() < 2 {
        return None;
    }
    let (unit, indicator) = (&series.unit, drawn.node.indicator);
    let show = |value: f64| card.show(indicator, value, unit, Bound::Exact);
    let number = |value: f64| show(value).number;
    let highest = found.iter().copied().reduce(|a, b| if b.1 > a.1 { b } else { a })?;
    let lowest = found.iter().copied().reduce(|a, b| if b.1 < a.1 { b } else { a })?;
    // Whoever's interval reaches that of the highest may be the highest.
    let near = found.iter().filter(|one| one.0 != highest.0 && one.2.1 >= highest.2.0).count();
    let said = card.f(
        "intervals_said",
        &[
            ("highest", &card.place(highest.0)),
            ("high", &show(highest.1).text()),
            ("lowest", &card.place(lowest.0)),
            ("low", &show(lowest.1).text()),
        ],
    );
    let among = [("highest", &card.place(highest.0)[..])];
    let order = match near {
        0 => card.f("intervals_near_none", &among),
        near => card.n("intervals_near", near, &among),
    };
    let said = said + &order;
    let rows: Vec<Ranked> =
        found.iter().map(|&(place, value, range)| Ranked { name: card.place(place), rank: value, range }).collect();
    let mut listed: Vec<&(Symbol, f64, (f64, f64))> = found.iter().collect();
    listed.sort_by(|a, b| b.1.total_cmp(&a.1));
    let listed: Vec<(String, Vec<String>)> = listed
        .iter()
        .map(|(place, value, range)| (card.place(*place), vec![number(*value), number(range.0), number(range.1)]))
        .collect();
    Some(Parts {
        sub: parts::joined(&[card.format.period(last), show(highest.1).unit, card.t("intervals_band").to_owned()]),
        drawing: html! { (PreEscaped(ranks::intervals(&rows, super::WIDTH, &said, &number))) },
        said,
        cited: vec![highest.0, lowest.0],
        table: table(card, &drawn.title, &[card.t("value"), card.t("from"), card.t("to")], &listed),
    })
}
