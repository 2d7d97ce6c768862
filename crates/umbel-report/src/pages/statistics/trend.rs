//! A series with its fitted line.

use super::{Drawn, Parts, p_text, significant};
use crate::card::{Card, Cell};
use crate::charts::Frame;
use crate::charts::trend::{self, Fit};
use crate::parts;
use maud::{PreEscaped, html};
use umbel_core::Bound;
use umbel_study::format::Shown;

pub(super) fn trend(card: &Card<'_>, drawn: &Drawn<'_>) -> Option<Parts> {
    let of = drawn.of?;
    let place = match drawn.layout.place.as_deref() {
        Some(id) => card.region.symbols.get(id)?,
        None => *drawn.analysed.places.first()?,
    };
    let found = |name: &str| drawn.by_place(name).into_iter().find(|(at, _)| *at == place).map(|(_, value)| value);
    let (slope, intercept) = (found("slope")?, found("intercept")?);
    let range = found("slope_low").zip(found("slope_high"));
    let p = found("p_two_sided");
    let periods = &drawn.analysed.periods;
    let cells: Vec<Cell> = card.history(of, place).into_iter().filter(|cell| periods.contains(&cell.period)).collect();
    let track = parts::track(card, card.place(place), &cells);
    let points: Vec<(f64, f64)> = track.dots.iter().filter_map(|dot| Some((dot.x, dot.y?))).collect();
    if points.len() < 3 {
        return None;
    }
    let (first, last) = (points[0], points[points.len() - 1]);
    // The intercept is the line's value at the first period of the sample, which this place may lack.
    let start = first.0 - periods.first()?.years_until(cells.iter().find(|cell| cell.value.is_some())?.period);
    let line = |at: f64| intercept + slope * (at - start);
    // Lines of other slopes go through the medians, as the fitted one does.
    let x = median(points.iter().map(|point| point.0).collect());
    let band = range.map_or(Vec::new(), |(low, high)| {
        [first.0, x, last.0]
            .iter()
            .map(|&at| {
                let (a, b) = (line(x) + low * (at - x), line(x) + high * (at - x));
                (at, a.min(b), a.max(b))
            })
            .collect()
    });
    let fit = Fit { line: [first.0, last.0].map(|at| (at, line(at))).to_vec(), band };
    let unit = cells.first()?.unit.clone();
    let span = trend::extent(&track, &fit)?;
    let write = crate::pages::chapter::scaled_writer(card, of, &unit, span);
    let show = |value: f64| card.show(of, value, &unit, Bound::Exact).text();
    let signed = |value: f64| {
        let unit_text = card.show(of, value, &unit, Bound::Exact).unit;
        let number = format!("{}{}", if value < 0.0 { "−" } else { "+" }, significant(card, value.abs(), 3));
        Shown { number, unit: unit_text }.text()
    };
    let number = |name: &str| drawn.parameter(name).and_then(serde_json::Value::as_f64);
    let level = number("alpha").or_else(|| number("confidence").map(|confidence| 1.0 - confidence)).unwrap_or(0.05);
    let period = |x: f64| format!("{}", x.floor());
    let mut said = card.f(
        if range.is_some() { "trend_said" } else { "trend_said_plain" },
        &[
            ("place", &card.place(place)),
            ("slope", &signed(slope)),
            ("low", &range.map(|(low, _)| signed(low)).unwrap_or_default()),
            ("high", &range.map(|(_, high)| signed(high)).unwrap_or_default()),
            ("confidence", &card.format.number((1.0 - level) * 100.0, None)),
            ("from", &period(first.0)),
            ("to", &period(last.0)),
        ],
    );
    if let Some(p) = p {
        said.push_str(&card.f(if p < level { "trend_sure" } else { "trend_unsure" }, &[("p", &p_text(card, p))]));
    }
    let percent = |from: f64, to: f64| {
        let change = (from > 0.0 && to > 0.0).then(|| (to / from - 1.0) * 100.0)?;
        Some(format!("{}%", card.format.signed(change, Some(1))))
    };
    if let Some((ends, fitted)) = percent(first.1, last.1).zip(percent(line(first.0), line(last.0))) {
        said.push_str(&card.f("trend_change", &[("ends", &ends), ("line", &fitted)]));
    }
    let frame =
        Frame { label: &said, size: (super::WIDTH, 230.0), y: span, x: (first.0, last.0), scaled: true, level: None };
    card.book.borrow_mut().record_cells(card.study, &cells);
    let top = card.show(of, span.0.abs().max(span.1.abs()), &unit, Bound::Exact).unit;
    let rows: Vec<(String, String)> =
        cells.iter().filter_map(|cell| Some((card.format.period(cell.period), show(cell.value?)))).collect();
    let list = html! {
        details.data {
            summary { (card.t("as_table")) }
            table.compact {
                caption.hidden { (drawn.title) }
                thead { tr { th scope="col" { (card.t("period")) } th.num scope="col" { (card.t("value")) } } }
                tbody { @for (name, value) in &rows { tr { th scope="row" { (name) } td.num { (value) } } } }
            }
        }
    };
    let weak = track.dots.iter().any(|dot| dot.weak);
    Some(Parts {
        sub: parts::joined(&[
            card.place(place),
            top,
            card.t(if range.is_some() { "trend_band" } else { "trend_line" }).to_owned(),
            if weak { card.t("hollow_points").to_owned() } else { String::new() },
        ]),
        drawing: html! { (PreEscaped(trend::trend(&track, &fit, &frame, &write))) },
        said,
        cited: vec![place],
        table: list,
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}
