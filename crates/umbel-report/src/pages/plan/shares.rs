//! Which project does it: a difference of each indicator divided among the projects.

use crate::card::Card;
use crate::charts::waterfall::{Step, Waterfall, waterfall};
use crate::parts;
use crate::plans::{self, Pair, Taken, Topic, signed};
use maud::{Markup, PreEscaped, html};
use umbel_core::Unit;
use umbel_study::plan::{Difference, Divided, Part};

/// Projects drawn one by one; those that do least are drawn together.
const DRAWN: usize = 12;
/// Interaction below this share of the change is said to be none.
const SLIGHT: f64 = 0.005;

/// The shares of every indicator told in full.
pub fn part(card: &Card<'_>, taken: &Taken) -> Markup {
    let players = taken.comparison.projects.len() + taken.comparison.dropped.len();
    if taken.topics.is_empty() || players == 0 {
        return html! {};
    }
    html! {
        h3 { (card.t("plan_who")) }
        p { (card.t("plan_who_how")) }
        div.shares { @for topic in &taken.topics { (divided(card, taken, topic)) } }
    }
}

fn divided(card: &Card<'_>, taken: &Taken, topic: &Topic) -> Markup {
    let Some((one, pair)) = taken.figures(card, topic.example) else { return html! {} };
    let title = parts::joined(&[card.indicator(one.indicator), card.place(one.place), card.format.period(one.period)]);
    let unit = pair.plan.as_ref().or(pair.base.as_ref()).map(|cell| cell.unit.clone()).unwrap_or_default();
    html! {
        figure.share {
            figcaption { h4 { (title) } }
            @match &topic.divided {
                Ok(Some(divided)) if !divided.parts.is_empty() => (shares(card, taken, one, &pair, divided, &unit, &title)),
                Ok(_) => p.sub { (card.t("plan_undivided")) },
                Err(why) => p.sub { (card.f("plan_undivided_why", &[("why", why)])) },
            }
        }
    }
}

fn shares(
    card: &Card<'_>,
    taken: &Taken,
    one: &Difference,
    pair: &Pair,
    divided: &Divided,
    unit: &Unit,
    title: &str,
) -> Markup {
    let say = |amount: f64| signed(card, one.indicator, amount, unit);
    let mut order: Vec<&Part> = divided.parts.iter().collect();
    // The largest first; the order of the plan among equals.
    order.sort_by(|a, b| b.share.abs().total_cmp(&a.share.abs()));
    let direction = card.info(one.indicator).direction;
    let class = |amount: f64| match (direction, amount > 0.0) {
        (0, true) => "rise",
        (0, false) => "fall",
        (up, rises) if (up > 0) == rises => "gain",
        _ => "loss",
    };
    let moving: Vec<&Part> = order.iter().copied().filter(|part| !is_nothing(part.share, one)).collect();
    let drawn = if moving.len() > DRAWN { DRAWN - 1 } else { moving.len() };
    let mut steps: Vec<Step> = moving[..drawn]
        .iter()
        .map(|part| Step {
            name: plans::project(card, part.project),
            amount: part.share,
            error: part.standard_error,
            class: class(part.share),
            text: say(part.share),
        })
        .collect();
    if drawn < moving.len() {
        let amount: f64 = moving[drawn..].iter().map(|part| part.share).sum();
        let name = card.n("plan_others", moving.len() - drawn, &[]);
        steps.push(Step { name, amount, error: None, class: class(amount), text: say(amount) });
    }
    let (base_name, plan_name) = (card.t("plan_base").to_owned(), card.t("plan").to_owned());
    let (base_text, plan_text) = (Pair::shown(card, &pair.base), Pair::shown(card, &pair.plan));
    let (Some(base), Some(plan)) = (one.base, one.plan) else { return html! {} };
    let label = card.f("plan_waterfall_label", &[("title", title), ("base", &base_text), ("plan", &plan_text)]);
    let fall = Waterfall {
        from: (&base_name, base, &base_text),
        steps: &steps,
        to: (&plan_name, plan, &plan_text),
        width: 560.0,
        label: &label,
    };
    let sampled = divided.parts.iter().any(|part| part.standard_error.is_some());
    let note = if sampled { card.t("plan_sampled").to_owned() } else { String::new() };
    html! {
        p.find { (parts::sentences(&[in_words(card, one, divided, &order, &say), note])) }
        div.wide { (PreEscaped(waterfall(&fall))) }
        (table(card, taken, one, divided, &order, title, &say))
    }
}

fn is_nothing(amount: f64, one: &Difference) -> bool {
    amount.abs() <= one.change().unwrap_or(0.0).abs().max(one.base.unwrap_or(0.0).abs()) * 1e-9
}

/// Who does most of it, and what the projects do only together.
fn in_words(
    card: &Card<'_>,
    one: &Difference,
    divided: &Divided,
    order: &[&Part],
    say: &dyn Fn(f64) -> String,
) -> String {
    let change = one.change().unwrap_or(0.0);
    let others = order.iter().skip(1).all(|part| is_nothing(part.share, one) && is_nothing(part.alone, one));
    let first = match order {
        [first, ..] if others && order.len() > 1 => {
            return card
                .f("plan_all_of_it", &[("project", &plans::project(card, first.project)), ("all", &say(change))]);
        }
        [first, ..] if order.len() > 1 && !is_nothing(change, one) && !is_nothing(first.share, one) => {
            let name = plans::project(card, first.project);
            let share = first.share / change;
            let percent = card.format.number(share * 100.0, Some(0));
            let said = [
                ("project", name.as_str()),
                ("share", &say(first.share)),
                ("percent", &percent),
                ("all", &say(change)),
            ];
            // Where projects work against each other, per cent of what is left would mislead.
            let against = order.iter().any(|part| part.share * change < 0.0 && !is_nothing(part.share, one));
            if against { card.f("plan_most_against", &said) } else { card.f("plan_most", &said) }
        }
        [only, ..] => card.f("plan_only", &[("project", &plans::project(card, only.project)), ("all", &say(change))]),
        [] => String::new(),
    };
    if order.len() < 2 {
        return first;
    }
    let alone: f64 = order.iter().map(|part| part.alone).sum();
    let together = divided.interaction;
    let interaction = if together.abs() <= change.abs().max(alone.abs()) * SLIGHT {
        card.t("plan_interaction_none").to_owned()
    } else {
        let said = [("alone", say(alone)), ("together", say(together)), ("all", say(change))];
        let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
        // More than the parts in the same way, or less.
        if together * change > 0.0 {
            card.f("plan_interaction_more", &said)
        } else {
            card.f("plan_interaction_less", &said)
        }
    };
    parts::sentences(&[first, interaction])
}

fn table(
    card: &Card<'_>,
    taken: &Taken,
    one: &Difference,
    divided: &Divided,
    order: &[&Part],
    title: &str,
    say: &dyn Fn(f64) -> String,
) -> Markup {
    let sampled = divided.parts.iter().any(|part| part.standard_error.is_some());
    let dropped = |part: &Part| taken.comparison.dropped.contains(&part.project);
    let still =
        |part: &Part| [part.share, part.alone, part.leave_one_out].iter().all(|amount| is_nothing(*amount, one));
    let moving: Vec<&Part> = order.iter().copied().filter(|part| !still(part)).collect();
    let rest = order.len() - moving.len();
    html! {
        details.data {
            summary { (card.t("as_table")) }
            div.scroll {
                table.compact.sortable {
                    caption.hidden { (title) }
                    thead { tr {
                        th scope="col" { (card.t("project")) } th.num scope="col" { (card.t("plan_share")) }
                        @if sampled { th.num scope="col" { (card.t("plan_error")) } }
                        th.num scope="col" { (card.t("plan_alone")) } th.num scope="col" { (card.t("plan_without")) }
                    } }
                    tbody {
                        @for part in &moving {
                            tr {
                                th scope="row" { (plans::project(card, part.project)) @if dropped(part) { small { (card.t("plan_left_out")) } } }
                                td.num { (say(part.share)) }
                                @if sampled { td.num { @if let Some(error) = part.standard_error { "±" (say(error).trim_start_matches('+')) } } }
                                td.num { (say(part.alone)) } td.num { (say(part.leave_one_out)) }
                            }
                        }
                    }
                    tfoot { tr {
                        th scope="row" { (card.t("all")) }
                        td.num { (say(divided.parts.iter().map(|part| part.share).sum())) }
                        @if sampled { td {} }
                        td.num { (say(divided.parts.iter().map(|part| part.alone).sum())) } td {}
                    } }
                }
            }
            @if rest > 0 { p.sub { (card.n("plan_still", rest, &[])) } }
        }
    }
}
