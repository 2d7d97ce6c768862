//! A map of the classes that a local statistic finds.

use super::{Drawn, Parts, p_text, table, word};
use crate::card::Card;
use crate::map::draw::{Drawing, Item};
use crate::parts;
use maud::{PreEscaped, html};
use std::collections::BTreeMap;
use umbel_core::Symbol;

/// A class of a map of clusters.
struct Class {
    /// The word of the analysis, and what follows `cluster_` in the key of its own word.
    word: &'static str,
    shade: &'static str,
}

const fn class(word: &'static str, shade: &'static str) -> Class {
    Class { word, shade }
}

const NOT_SIGNIFICANT: Class = class("not_significant", "cl-ns");
/// The classes of Moran's I: among the neighbours of a place it, and they, are high or low.
const MORAN: &[Class] = &[
    class("high_high", "cl-hh"),
    class("low_low", "cl-ll"),
    class("high_low", "cl-hl"),
    class("low_high", "cl-lh"),
    NOT_SIGNIFICANT,
];
/// Those of G: places around which figures are high or low.
const G: &[Class] = &[class("hot", "cl-hh"), class("cold", "cl-ll"), NOT_SIGNIFICANT];
/// Those of Geary's C: places like or unlike their neighbours.
const GEARY: &[Class] = &[
    class("high_high", "cl-hh"),
    class("low_low", "cl-ll"),
    class("alike", "cl-hl"),
    class("unlike", "cl-lh"),
    NOT_SIGNIFICANT,
];

/// The classes that a method tells apart, and the sentence that counts them.
fn classes_of(method: &str) -> (&'static [Class], &'static str) {
    match method {
        "local_g" => (G, "clusters_found_g"),
        "local_geary" => (GEARY, "clusters_found_geary"),
        _ => (MORAN, "clusters_found"),
    }
}

pub(super) fn clusters(card: &Card<'_>, drawn: &Drawn<'_>) -> Option<Parts> {
    let (classes, found_key) = classes_of(drawn.method);
    let places_table = drawn.outcome.find("places")?;
    let words = places_table.column("class")?;
    let p_of: BTreeMap<Symbol, f64> = drawn.by_place("p_adjusted").into_iter().collect();
    // Islands, and places without a figure, have none of the classes.
    let mut found: BTreeMap<Symbol, Option<usize>> = drawn.analysed.places.iter().map(|&place| (place, None)).collect();
    for row in 0..places_table.len() {
        let Some(&place) = drawn.analysed.places.get(places_table.position(row)) else { continue };
        let figure = words.figure(row);
        let word = word(&figure).unwrap_or_default();
        found.insert(place, classes.iter().position(|class| class.word == word));
    }
    let mut places: Vec<Symbol> = found.keys().copied().filter(|place| card.is_drawn(*place)).collect();
    places.sort_by_key(|place| card.tree.row(*place));
    if places.is_empty() {
        return None;
    }
    let drawn_over = card.drawn_jurisdictions();
    let filled = drawn_over.iter().filter(|j| places.iter().any(|p| card.tree.is_within(*p, **j))).count();
    let around: Vec<Symbol> = if filled > 1 || drawn_over.len() < 2 { drawn_over.clone() } else { Vec::new() };
    let sheet = card.sheet(&places, &around);
    let few = sheet.places.len() <= 40;
    let outlines = if few || around.is_empty() { Vec::new() } else { vec![card.sheet(&drawn_over, &around)] };
    let outlines: Vec<_> = outlines.iter().map(std::rc::Rc::as_ref).collect();
    let called = |class: Option<usize>| {
        let word = class.map_or("undefined", |class| classes[class].word);
        card.t(&format!("cluster_{word}")).to_owned()
    };
    let items: Vec<Item> = (sheet.places.iter().enumerate())
        .map(|(at, shape)| {
            let place = card.region.symbols.get(&shape.id).unwrap_or(Symbol::NONE);
            let class = found.get(&place).copied().flatten();
            let name = card.place(place);
            let p = p_of.get(&place).map(|p| format!(", {}", p_text(card, *p))).unwrap_or_default();
            Item {
                place: at,
                shade: class.map(|class| classes[class].shade),
                title: format!("{name}{}{}{p}", card.t("colon"), called(class)),
                name,
                other: card.place_other(place),
                ..Item::default()
            }
        })
        .collect();
    let count = |class: Option<usize>| found.values().filter(|of| **of == class).count();
    let said = said(card, drawn, found.len(), found_key, |word| {
        classes.iter().position(|class| class.word == word).map_or(0, |class| count(Some(class)))
    });
    let drawing =
        Drawing { sheet: &sheet, items: &items, outlines: &outlines, arrows: &[], labelled: few, label: &said };
    let legend = html! {
        ul.legend {
            @for (at, class) in classes.iter().enumerate() {
                li { (parts::swatch(class.shade)) (called(Some(at))) span.count { (count(Some(at))) } }
            }
            @if count(None) > 0 { li { (parts::swatch("nodata")) (called(None)) span.count { (count(None)) } } }
        }
    };
    let chance = |class: Option<usize>| class.is_some_and(|class| classes[class].word == NOT_SIGNIFICANT.word);
    let mut listed: Vec<(Symbol, Option<usize>)> = found.into_iter().filter(|(_, class)| !chance(*class)).collect();
    listed.sort_by_key(|(place, class)| (class.unwrap_or(classes.len()), card.tree.row(*place)));
    let rows: Vec<(String, Vec<String>)> = listed
        .iter()
        .map(|(place, class)| {
            (card.place(*place), vec![called(*class), p_of.get(place).map(|p| p_text(card, *p)).unwrap_or_default()])
        })
        .collect();
    let cited = listed.iter().filter(|(_, class)| class.is_some()).map(|(place, _)| *place);
    Some(Parts {
        sub: parts::joined(&[
            card.format.period(drawn.analysed.period),
            drawn.of.map(|of| card.indicator(of)).unwrap_or_default(),
        ]),
        drawing: html! { div.canvas { (PreEscaped(drawing.draw())) } (legend) },
        said,
        cited: cited.take(4).collect(),
        table: table(card, &drawn.title, &[card.t("cluster"), "p"], &rows),
    })
}

/// How many places are of which class, and what the level of significance means.
fn said(card: &Card<'_>, drawn: &Drawn<'_>, n: usize, key: &str, count: impl Fn(&str) -> usize) -> String {
    let text = |word: &str| count(word).to_string();
    let odd = (count("high_low") + count("low_high")).to_string();
    let found = [
        ("n", &n.to_string()[..]),
        ("high", &text("high_high")),
        ("low", &text("low_low")),
        ("odd", &odd),
        ("hot", &text("hot")),
        ("cold", &text("cold")),
        ("alike", &text("alike")),
        ("unlike", &text("unlike")),
    ];
    let level = drawn.parameter("level").and_then(serde_json::Value::as_f64).unwrap_or(0.05);
    let level = card.format.number(level, Some(if level < 0.01 { 3 } else { 2 }));
    let corrected = drawn.parameter("correction").and_then(serde_json::Value::as_str);
    let chance = match corrected {
        Some("none") | None => "clusters_chance",
        Some(_) => "clusters_chance_corrected",
    };
    card.f(key, &found) + &card.f(chance, &[("ns", &text(NOT_SIGNIFICANT.word)), ("level", &level)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::Locale;
    use umbel_study::analysis::neighbours::CLASSES;

    #[test]
    fn every_word_of_the_analyses_is_a_class_or_none() {
        let without = ["island", "undefined"];
        let known: Vec<&str> = MORAN.iter().chain(G).chain(GEARY).map(|class| class.word).chain(without).collect();
        assert!(CLASSES.iter().all(|word| known.contains(word)), "{known:?}");
        assert!(known.iter().all(|word| CLASSES.contains(word)), "{known:?}");
    }

    #[test]
    fn every_class_has_words() {
        for language in Locale::languages() {
            let locale = Locale::find(language).expect("a language");
            for method in ["local_moran", "local_geary", "local_g"] {
                let (classes, sentence) = classes_of(method);
                let keys = classes.iter().map(|class| format!("cluster_{}", class.word)).chain([sentence.to_owned()]);
                keys.for_each(|key| assert_ne!(locale.get(&key), key, "{language}"));
            }
        }
    }

    #[test]
    fn no_two_classes_of_a_map_look_alike() {
        for classes in [MORAN, G, GEARY] {
            let shades: std::collections::BTreeSet<&str> = classes.iter().map(|class| class.shade).collect();
            assert_eq!(shades.len(), classes.len());
        }
    }
}
