//! A Lorenz curve.

use super::{Drawn, Parts, number, percent};
use crate::card::Card;
use crate::charts::lorenz::{self, Lorenz};
use crate::parts;
use maud::{PreEscaped, html};

pub(super) fn curve(card: &Card<'_>, drawn: &Drawn<'_>) -> Option<Parts> {
    let gini = drawn.whole("gini")?;
    let points = drawn.outcome.find("curve")?;
    let of = |name: &str| -> Option<Vec<f64>> {
        let cells = points.column(name)?;
        (0..points.len()).map(|row| number(&cells.figure(row))).collect()
    };
    let curve: Vec<(f64, f64)> = of("population_share")?.into_iter().zip(of("value_share")?).collect();
    let half = at(&curve, 0.5);
    let by = drawn.layout.by.as_deref().or_else(|| drawn.parameter("weight")?.as_str());
    let whom = match by {
        Some(by) => card.region.symbols.get(by).map_or_else(|| by.to_owned(), |by| lower(&card.indicator(by))),
        None => card.t("places").to_lowercase(),
    };
    let what = drawn.of.map(|of| lower(&card.indicator(of))).unwrap_or_default();
    let gini_text = card.format.number(gini, Some(3));
    let said = card
        .f("lorenz_said", &[("whom", &whom), ("what", &what), ("share", &percent(card, half)), ("gini", &gini_text)]);
    let note = card.f("lorenz_note", &[("gini", &gini_text)]);
    let x_title = card.f(if by.is_some() { "lorenz_x_of" } else { "lorenz_x" }, &[("whom", &whom)]);
    let y_title = card.t("lorenz_y");
    let form = Lorenz { curve: &curve, note: &note, titles: (&x_title, y_title), size: 340.0, label: &said };
    let tenths: Vec<(String, Vec<String>)> = (1..=10)
        .map(|tenth| {
            let share = f64::from(tenth) / 10.0;
            (percent(card, share), vec![percent(card, at(&curve, share))])
        })
        .collect();
    let list = html! {
        details.data {
            summary { (card.t("as_table")) }
            table.compact {
                caption.hidden { (drawn.title) }
                thead { tr { th scope="col" { (x_title) } th.num scope="col" { (y_title) } } }
                tbody { @for (name, cells) in &tenths { tr { th scope="row" { (name) } @for cell in cells { td.num { (cell) } } } } }
            }
        }
    };
    Some(Parts {
        sub: parts::joined(&[card.format.period(drawn.analysed.period), what.clone()]),
        drawing: html! { div.square { (PreEscaped(lorenz::lorenz(&form))) } },
        said,
        cited: Vec::new(),
        table: list,
    })
}

/// A title within a sentence: its first letter small, unless it begins with an abbreviation.
fn lower(title: &str) -> String {
    let mut letters = title.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().chain([second]).chain(letters).collect()
        }
        _ => title.to_owned(),
    }
}

/// The height of a curve of straight pieces.
fn at(curve: &[(f64, f64)], x: f64) -> f64 {
    let after = curve.partition_point(|point| point.0 < x).min(curve.len().saturating_sub(1));
    let (Some(b), Some(a)) = (curve.get(after), curve.get(after.saturating_sub(1))) else { return 0.0 };
    if b.0 > a.0 { a.1 + (b.1 - a.1) * ((x - a.0) / (b.0 - a.0)).clamp(0.0, 1.0) } else { b.1 }
}

#[cfg(test)]
mod tests {
    use super::{at, lower};

    #[test]
    fn a_title_stands_within_a_sentence() {
        assert_eq!(
            (lower("Output per person"), lower("PM2.5"), lower("人口")),
            ("output per person".into(), "PM2.5".into(), "人口".into())
        );
    }

    #[test]
    fn a_curve_is_read_between_its_points() {
        let curve = [(0.0, 0.0), (0.5, 0.2), (1.0, 1.0)];
        assert!((at(&curve, 0.25) - 0.1).abs() < 1e-12 && (at(&curve, 0.75) - 0.6).abs() < 1e-12);
        assert_eq!((at(&curve, 0.0), at(&curve, 1.0), at(&[], 0.5)), (0.0, 1.0, 0.0));
    }
}
