//! For whom: places and people better and worse off, and what the lower tenth, the middle and the upper tenth have.

use crate::card::Card;
use crate::charts::people::{Split, Spread, splits, spread};
use crate::pages::chapter::scaled_writer;
use crate::plans::{Taken, Topic};
use maud::{Markup, PreEscaped, html};
use umbel_core::{Bound, Symbol};
use umbel_study::plan::Gains;

/// Who gains and who loses by the indicators told in full.
pub fn part(card: &Card<'_>, taken: &Taken) -> Markup {
    let Some((population, gains)) = &taken.gains else { return html! {} };
    if taken.topics.is_empty() {
        return html! {};
    }
    let gains = match gains {
        Ok(gains) => gains,
        Err(why) => {
            return html! { h3 { (card.t("plan_for_whom")) } p.note { (card.f("plan_gains_failed", &[("why", why)])) } };
        }
    };
    let told: Vec<&Gains> = taken.topics.iter().filter_map(|topic| of(card, gains, topic)).collect();
    html! {
        h3 { (card.t("plan_for_whom")) }
        @if told.is_empty() { p { (card.t("plan_gains_none")) } }
        @else {
            p { (card.f("plan_gains_how", &[("population", &card.indicator(*population))])) }
            (people(card, *population, &told))
            @if told.iter().any(|gains| gains.gained_lost != [0, 0]) { ul.plain.sub { @for gains in &told { (come_and_gone(card, gains)) } } }
            div.serieses { @for gains in &told { (distribution(card, gains)) } }
            (table(card, *population, &told))
        }
    }
}

/// The kind of places that tells most of the people: the finest one whose people are known.
fn of<'g>(card: &Card<'_>, gains: &'g [Gains], topic: &Topic) -> Option<&'g Gains> {
    // Neither way is better: nobody gains by it.
    if card.info(topic.indicator).direction == 0 {
        return None;
    }
    let all = gains.iter().filter(|one| one.indicator == topic.indicator && one.period == topic.period);
    let places = |one: &Gains| one.places.iter().sum::<usize>();
    let held = all.filter(|one| places(one) > 1 && one.people.iter().sum::<f64>() > 0.0);
    held.reduce(|best, one| if places(one) > places(best) { one } else { best })
}

fn shown(card: &Card<'_>, population: Symbol, people: f64) -> String {
    card.show(population, people, &card.info(population).unit.clone(), Bound::Exact).text()
}

fn percent(card: &Card<'_>, part: f64, all: f64) -> String {
    let share = if all > 0.0 { part / all * 100.0 } else { 0.0 };
    let text = card.format.number(share, Some(0));
    // Few are not nobody.
    if part > 0.0 && text == "0" { "<1%".to_owned() } else { format!("{text}%") }
}

fn people(card: &Card<'_>, population: Symbol, told: &[&Gains]) -> Markup {
    let rows: Vec<Split> = told
        .iter()
        .map(|gains| {
            let all: f64 = gains.people.iter().sum();
            Split {
                name: card.indicator(gains.indicator),
                people: [gains.people[0], gains.people[2], gains.people[1]],
                text: card.f(
                    "plan_split",
                    &[
                        ("better", &percent(card, gains.people[0], all)),
                        ("worse", &percent(card, gains.people[1], all)),
                    ],
                ),
            }
        })
        .collect();
    let said: Vec<String> = rows.iter().map(|row| format!("{}{}{}", row.name, card.t("colon"), row.text)).collect();
    let label = card.f("plan_people_label", &[("list", &said.join("; "))]);
    let most = told.iter().copied().reduce(|best, one| if one.people[0] > best.people[0] { one } else { best });
    html! {
        figure {
            @if let Some(most) = most { figcaption { p.find { (sentence(card, population, most)) } } }
            div.wide { (PreEscaped(splits(&rows, 760.0, &label))) }
            ul.legend {
                li { (crate::parts::swatch("gain")) (card.t("plan_better")) }
                li { (crate::parts::swatch("same")) (card.t("plan_same")) }
                li {
                    svg.key viewBox="0 0 14 14" aria-hidden="true" { rect x="0.5" y="0.5" width="13" height="13" class="loss" {} rect x="0.5" y="0.5" width="13" height="13" class="striped" {} }
                    (card.t("plan_worse"))
                }
            }
        }
    }
}

/// The indicator by which most people gain, in a sentence.
fn sentence(card: &Card<'_>, population: Symbol, gains: &Gains) -> String {
    let all: f64 = gains.people.iter().sum();
    let said = [
        ("indicator", card.indicator(gains.indicator)),
        ("better", shown(card, population, gains.people[0])),
        ("share", percent(card, gains.people[0], all)),
        ("worse", shown(card, population, gains.people[1])),
        ("places", gains.places.iter().sum::<usize>().to_string()),
    ];
    let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let [better, worse, _] = gains.people.map(|people| people > 0.0);
    match (better, worse) {
        (false, false) => card.f("plan_said_nobody", &said),
        (false, true) => card.f("plan_said_worse", &said),
        (true, false) => card.f("plan_said_better", &said),
        (true, true) => card.f("plan_said_both", &said),
    }
}

/// Places that have a figure on one side only: a connection made or lost is no better or worse figure.
fn come_and_gone(card: &Card<'_>, gains: &Gains) -> Markup {
    let [come, gone] = gains.gained_lost;
    let name = card.indicator(gains.indicator);
    let said = [("indicator", name.as_str())];
    html! {
        @if come > 0 { li { (card.n("plan_places_come", come, &said)) } }
        @if gone > 0 { li { (card.n("plan_places_gone", gone, &said)) } }
    }
}

fn distribution(card: &Card<'_>, gains: &Gains) -> Markup {
    let (Some(base), Some(plan)) = (gains.base, gains.plan) else { return html! {} };
    let unit = card.node(gains.indicator).map(|node| node.series.unit.clone());
    let unit = unit.unwrap_or_else(|| card.info(gains.indicator).unit.clone());
    let say = |value: f64| card.show(gains.indicator, value, &unit, Bound::Exact).text();
    let high = base.iter().chain(&plan).copied().fold(f64::NEG_INFINITY, f64::max);
    let low = base.iter().chain(&plan).copied().fold(f64::INFINITY, f64::min);
    let write = scaled_writer(card, gains.indicator, &unit, (low, high));
    let said = [("base", say(base[1])), ("plan", say(plan[1])), ("indicator", card.indicator(gains.indicator))];
    let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let text =
        if say(base[1]) == say(plan[1]) { card.f("plan_median_same", &said) } else { card.f("plan_median", &said) };
    let form = Spread {
        rows: &[(card.t("plan_base"), base), (card.t("plan"), plan)],
        width: 540.0,
        label: &card.f("plan_spread_label", &said),
    };
    html! {
        figure.series {
            figcaption {
                h4 { (card.indicator(gains.indicator)) }
                p.sub { (crate::parts::sentences(&[text, card.t("plan_spread_how").to_owned()])) }
            }
            div.wide { (PreEscaped(spread(&form, &write))) }
        }
    }
}

fn table(card: &Card<'_>, population: Symbol, told: &[&Gains]) -> Markup {
    let uncounted: usize = told.iter().map(|gains| gains.uncounted).sum();
    html! {
        details.data {
            summary { (card.t("as_table")) }
            div.scroll {
                table.compact.sortable {
                    caption.hidden { (card.t("plan_for_whom")) }
                    thead { tr {
                        th scope="col" { (card.t("indicator")) } th scope="col" { (card.t("kind")) }
                        th.num scope="col" { (card.t("plan_places_better")) } th.num scope="col" { (card.t("plan_places_worse")) } th.num scope="col" { (card.t("plan_places_same")) }
                        th.num scope="col" { (card.t("plan_people_better")) } th.num scope="col" { (card.t("plan_people_worse")) } th.num scope="col" { (card.t("plan_people_same")) }
                        th.num scope="col" { (card.t("plan_quantiles_base")) } th.num scope="col" { (card.t("plan_quantiles_plan")) }
                    } }
                    tbody {
                        @for gains in told {
                            tr {
                                th.what scope="row" { (card.indicator(gains.indicator)) small { (card.format.period(gains.period)) } }
                                td { (card.kind("places", gains.kind)) }
                                @for places in gains.places { td.num { (places) } }
                                @for people in gains.people { td.num { (shown(card, population, people)) } }
                                @for figures in [gains.base, gains.plan] { td.num { @if let Some(figures) = figures { (quantiles(card, gains, figures)) } } }
                            }
                        }
                    }
                }
            }
            @if uncounted > 0 { p.sub { (card.n("plan_uncounted", uncounted, &[])) } }
        }
    }
}

fn quantiles(card: &Card<'_>, gains: &Gains, figures: [f64; 3]) -> String {
    let unit = card.node(gains.indicator).map(|node| node.series.unit.clone());
    let unit = unit.unwrap_or_else(|| card.info(gains.indicator).unit.clone());
    let shown = figures.map(|value| card.show(gains.indicator, value, &unit, Bound::Exact));
    let numbers: Vec<&str> = shown.iter().map(|shown| shown.number.as_str()).collect();
    let text = numbers.join(" · ");
    umbel_study::format::Shown { number: text, unit: shown[0].unit.clone() }.text()
}
