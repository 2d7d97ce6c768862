//! Where: a map of the change for each indicator told in full.

use crate::card::Card;
use crate::map::base::{Drawn, Sheet};
use crate::map::classes::Classes;
use crate::map::draw::{Drawing, Item};
use crate::parts;
use crate::plans::{Pair, Taken, Topic, signed, signed_number};
use maud::{Markup, PreEscaped, html};
use std::collections::BTreeMap;
use std::rc::Rc;
use umbel_core::{Evidence, Status, Symbol, Unit};
use umbel_study::plan::Difference;

/// Maps of one plan at most.
const MAPS: usize = 6;

/// The maps; nothing when no place that changes can be drawn.
pub fn part(card: &Card<'_>, taken: &Taken) -> Markup {
    let maps: Vec<Markup> = taken.topics.iter().filter_map(|topic| map(card, taken, topic)).take(MAPS).collect();
    html! {
        @if !maps.is_empty() {
            h3 { (card.t("plan_where")) }
            div.maps { @for map in &maps { (map) } }
        }
    }
}

/// What is drawn of one place.
struct Shade {
    change: Option<f64>,
    weak: bool,
    text: String,
    /// Written on the map, where the unit stands in the heading; empty for no change.
    number: String,
}

/// The places shown: those of the kind that most of the changed places are of.
fn places(card: &Card<'_>, taken: &Taken, topic: &Topic) -> Vec<Symbol> {
    let can = |place: Symbol| {
        card.is_drawn(place) || card.tree.row(place).is_some_and(|row| card.region.places[row].point.is_some())
    };
    let mut kinds: BTreeMap<u32, (usize, Symbol)> = BTreeMap::new();
    for at in &topic.rows {
        let place = taken.comparison.differences[*at].place;
        if let Some(kind) = card.tree.kinds(place).first().filter(|_| can(place)) {
            kinds.entry(card.ranks[kind.index()]).or_insert((0, *kind)).0 += 1;
        }
    }
    let most = kinds.values().copied().reduce(|best, one| if one.0 > best.0 { one } else { best });
    let Some((_, kind)) = most else { return Vec::new() };
    let all = card.tree.places().iter().copied();
    let mut places: Vec<Symbol> =
        all.filter(|place| card.tree.kinds(*place).first() == Some(&kind) && can(*place)).collect();
    places.sort_by_key(|place| card.tree.row(*place));
    places
}

fn map(card: &Card<'_>, taken: &Taken, topic: &Topic) -> Option<Markup> {
    let places = places(card, taken, topic);
    // One place is no map.
    if places.len() < 2 {
        return None;
    }
    let indicator = topic.indicator;
    let nodes = taken.nodes(indicator);
    let unit = nodes.iter().flatten().next().map(|node| node.series.unit.clone())?;
    let mut shades: BTreeMap<Symbol, Shade> = BTreeMap::new();
    for place in &places {
        let one = Difference {
            indicator,
            place: *place,
            period: topic.period,
            breakdown: Symbol::NONE,
            base: None,
            plan: None,
        };
        let pair = taken.pair(card, &nodes, &one);
        if pair.base.is_none() && pair.plan.is_none() {
            continue;
        }
        taken.record(card, &pair);
        shades.insert(*place, shade(card, taken, &pair, indicator, &unit));
    }
    let drawn = card.drawn_jurisdictions();
    let filled = drawn.iter().filter(|j| places.iter().any(|p| card.tree.is_within(*p, **j))).count();
    let around: Vec<Symbol> = if filled > 1 || drawn.len() < 2 { drawn.clone() } else { Vec::new() };
    let sheet = card.sheet(&places, &around);
    let values: Vec<f64> = shades.values().filter_map(|shade| shade.change).collect();
    let moved: Vec<f64> = values.iter().copied().filter(|change| *change != 0.0).collect();
    if moved.is_empty() {
        return None;
    }
    let falling_is_good = card.info(indicator).direction < 0;
    let classes = Classes::changes(&moved, falling_is_good);
    let items = items(card, &sheet, &shades, &classes);
    let few = sheet.places.len() <= 40;
    let outlines: Vec<Rc<Sheet>> =
        if few || around.is_empty() { Vec::new() } else { vec![card.sheet(&drawn, &around)] };
    let outlines: Vec<&Sheet> = outlines.iter().map(Rc::as_ref).collect();
    let label = summary(card, topic, &shades, &unit);
    let drawing =
        Drawing { sheet: &sheet, items: &items, outlines: &outlines, arrows: &[], labelled: few, label: &label };
    let missing = items.iter().filter(|item| item.shade.is_none()).count();
    let hatched = items.iter().filter(|item| item.hatched).count();
    let still = values.len() - moved.len();
    let colours = match card.info(indicator).direction {
        0 => "plan_colours_sign",
        _ => "plan_colours_way",
    };
    let sub = parts::joined(&[
        card.f("plan_change_in", &[("period", &card.format.period(topic.period))]),
        card.map_unit(indicator, &unit, &moved),
    ]);
    Some(html! {
        figure.mapfig {
            figcaption { h4 { (card.indicator(indicator)) } p.sub { (sub) } }
            div.canvas { (PreEscaped(drawing.draw())) }
            (card.legend(&classes, indicator, &unit, &moved, missing, hatched))
            ul.legend {
                @if still > 0 { li { (parts::swatch("land")) (card.t("plan_unchanged")) span.count { (still) } } }
                li { (if colours == "plan_colours_sign" { card.t("plan_colours_sign") } else { card.t("plan_colours_way") }) }
            }
            div.find { p { (label) } }
        }
    })
}

fn shade(card: &Card<'_>, taken: &Taken, pair: &Pair, indicator: Symbol, unit: &Unit) -> Shade {
    let both = pair.base.as_ref().and_then(|cell| cell.value).zip(pair.plan.as_ref().and_then(|cell| cell.value));
    let Some((base, plan)) = both else {
        let text = card.t("no_data").to_owned();
        return Shade { change: None, weak: false, text, number: String::new() };
    };
    let change = plan - base;
    // Sums carried along differ in their last bits.
    let change = if change.abs() <= 1e-12 * base.abs().max(plan.abs()) { 0.0 } else { change };
    // Every figure of a year to come is a forecast: hatched is what is estimated or unverified beside that.
    let is_weak = |cell: &crate::card::Cell| {
        (crate::card::is_estimate(cell.status) && cell.status != Status::Forecast)
            || taken.comparison.plan.evidence(&cell.figure, Symbol::NONE) == Evidence::Unverified
    };
    let weak = change != 0.0 && pair.plan.as_ref().is_some_and(is_weak);
    let text = if change == 0.0 { card.t("plan_unchanged").to_owned() } else { signed(card, indicator, change, unit) };
    let number = if change == 0.0 { String::new() } else { signed_number(card, indicator, change, unit) };
    Shade { change: Some(change), weak, text, number }
}

fn items(card: &Card<'_>, sheet: &Sheet, shades: &BTreeMap<Symbol, Shade>, classes: &Classes) -> Vec<Item> {
    let item = |(at, drawn): (usize, &Drawn)| {
        let place = card.region.symbols.get(&drawn.id).unwrap_or(Symbol::NONE);
        let name = card.place(place);
        let held = shades.get(&place);
        let text = held.map_or_else(|| card.t("no_data").to_owned(), |shade| shade.text.clone());
        let change = held.and_then(|shade| shade.change);
        let weak = held.is_some_and(|shade| shade.weak);
        let mut title = format!("{name}{}{text}", card.t("colon"));
        if weak {
            title.push_str(card.t("weak_suffix"));
        }
        Item {
            place: at,
            shade: change.map(|change| if change == 0.0 { "land" } else { classes.shade(change) }),
            hatched: weak,
            title,
            name,
            other: card.place_other(place),
            value: held.map(|shade| shade.number.clone()).unwrap_or_default(),
        }
    };
    sheet.places.iter().enumerate().map(item).collect()
}

/// What the map says: how many places rise and fall, and where it changes most.
fn summary(card: &Card<'_>, topic: &Topic, shades: &BTreeMap<Symbol, Shade>, unit: &Unit) -> String {
    let mut held: Vec<(f64, Symbol)> =
        shades.iter().filter_map(|(place, shade)| Some((shade.change?, *place))).collect();
    held.sort_by(|a, b| {
        b.0.abs().total_cmp(&a.0.abs()).then_with(|| card.ranks[a.1.index()].cmp(&card.ranks[b.1.index()]))
    });
    let up = held.iter().filter(|(change, _)| *change > 0.0).count();
    let down = held.iter().filter(|(change, _)| *change < 0.0).count();
    let Some((change, place)) = held.first() else { return String::new() };
    card.f(
        "plan_map_said",
        &[
            ("indicator", &card.indicator(topic.indicator)),
            ("up", &up.to_string()),
            ("down", &down.to_string()),
            ("n", &held.len().to_string()),
            ("place", &card.place(*place)),
            ("change", &signed(card, topic.indicator, *change, unit)),
        ],
    )
}
