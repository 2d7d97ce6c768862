//! The plan: when it does what, what it changes where, which project does it, and for whom it is good.

mod changes;
mod differences;
mod gains;
mod shares;
mod timeline;

use crate::card::Card;
use crate::parts;
use crate::plans::{self, Case, Pair, Taken};
use maud::{Markup, html};
use umbel_study::plan::Difference;

/// The chapter: a page for each plan of the layout; nothing without one.
pub fn pages(card: &Card<'_>) -> Markup {
    html! {
        @if !card.plans.is_empty() {
            div #plan { @for (at, case) in card.plans.iter().enumerate() { (page(card, case, at + 1)) } }
        }
    }
}

fn page(card: &Card<'_>, case: &Case<'_>, number: usize) -> Markup {
    let id = format!("plan-{number}");
    let heading = format!("h-plan-{number}");
    let title = plans::title(card, &case.layout.id);
    html! {
        section.page.plan id=(id) aria-labelledby=(heading) {
            p.kicker { (card.t("plan")) }
            h2 id=(heading) { (title) }
            @if !case.layout.summary.is_empty() { p.lead { (card.text(&case.layout.summary)) } }
            @match &case.taken {
                Err(why) => p.note { (card.f("plan_untaken", &[("why", why)])) },
                Ok(taken) => (chapter(card, case, taken)),
            }
        }
    }
}

fn chapter(card: &Card<'_>, case: &Case<'_>, taken: &Taken) -> Markup {
    let comparison = &taken.comparison;
    let places = {
        let mut places: Vec<_> = comparison.differences.iter().map(|one| one.place).collect();
        places.sort_unstable_by_key(|place| card.ranks.get(place.index()).copied());
        places.dedup();
        places.len()
    };
    let indicators = {
        let mut indicators: Vec<_> = comparison.differences.iter().map(|one| one.indicator).collect();
        indicators.dedup();
        indicators.len()
    };
    let against = match &case.layout.base {
        Some(base) => card.f("plan_against", &[("base", &plans::title(card, base))]),
        None => card.t("plan_against_tables").to_owned(),
    };
    let periods: Vec<String> = taken.periods.iter().map(|period| card.format.period(*period)).collect();
    let told =
        if periods.is_empty() { String::new() } else { card.f("plan_held", &[("periods", &card.list(&periods))]) };
    let all = comparison.differences.len().to_string();
    let moved = [("all", all.as_str()), ("indicators", &indicators.to_string()), ("places", &places.to_string())];
    let dropped = match comparison.dropped.len() {
        0 => String::new(),
        left => card.n("plan_dropped", left, &[("list", &dropped(card, taken))]),
    };
    let differ = match comparison.differences.len() {
        0 => card.t("plan_no_difference").to_owned(),
        _ => card.f("plan_moves", &moved),
    };
    let projects = card.n("plan_projects", comparison.projects.len(), &[]);
    html! {
        p { (parts::sentences(&[projects, dropped, against, differ, told])) }
        @if !comparison.failed.is_empty() {
            div.note {
                p { (card.n("plan_failed", comparison.failed.len(), &[])) }
                ul { @for (indicator, why) in &comparison.failed { li { (card.indicator(*indicator)) (card.t("colon")) (why) } } }
            }
        }
        (timeline::part(card, taken))
        (differences::part(card, taken))
        (changes::part(card, taken))
        (shares::part(card, taken))
        (gains::part(card, taken))
    }
}

fn dropped(card: &Card<'_>, taken: &Taken) -> String {
    let names: Vec<String> = taken.comparison.dropped.iter().map(|id| plans::project(card, *id)).collect();
    card.list(&names)
}

/// The front page: what each plan changes most, in a few lines that lead to its page.
pub fn headlines(card: &Card<'_>) -> Markup {
    let several = card.plans.len() > 1;
    html! {
        @if !card.plans.is_empty() {
            section.headline-part aria-labelledby="h-plan" {
                h2 #h-plan { @if several { (card.t("plan_changes_most_several")) } @else { (card.t("plan_changes_most")) } }
                @for (at, case) in card.plans.iter().enumerate() {
                    @let href = format!("#plan-{}", at + 1);
                    h3.plan-name { a href=(href) { (plans::title(card, &case.layout.id)) } }
                    @match &case.taken {
                        Err(_) => p.sub { (card.t("plan_not_taken")) },
                        Ok(taken) => (most(card, case, taken, if several { 2 } else { 3 })),
                    }
                }
            }
        }
    }
}

/// What a plan changes most: the indicators that the layout names first, or the largest changes relative to the base.
fn most(card: &Card<'_>, case: &Case<'_>, taken: &Taken, lines: usize) -> Markup {
    let mut found: Vec<(f64, &Difference, Pair)> = Vec::new();
    for topic in &taken.topics {
        let Some((one, pair)) = taken.figures(card, topic.example) else { continue };
        // What is nothing without the plan must not drown all else.
        let size = one.change().map_or(0.0, |change| change.abs() / one.base.unwrap_or(0.0).abs().max(1e-9));
        found.push((size.min(10.0), one, pair));
    }
    if case.layout.indicators.is_empty() {
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
    }
    found.truncate(lines);
    html! {
        @if found.is_empty() { p.sub { (card.t("plan_changes_nothing")) } }
        @else {
            ul.plain.plan-lines {
                @for (_, one, pair) in &found {
                    @let said = [
                        ("indicator", card.indicator(one.indicator)),
                        ("place", card.place(one.place)),
                        ("base", Pair::shown(card, &pair.base)),
                        ("plan", Pair::shown(card, &pair.plan)),
                        ("period", card.format.period(one.period)),
                    ];
                    @let said: Vec<(&str, &str)> = said.iter().map(|(key, value)| (*key, value.as_str())).collect();
                    li {
                        (card.f("plan_headline", &said))
                        @if let Some((text, relative)) = pair.change(card) { " " span.sub { (parts::joined(&[text, relative])) } }
                        " " (verdict(card, taken.comparison.is_better(one)))
                    }
                }
            }
        }
    }
}

/// Better or worse, in a word that also has its colour; nothing where neither way is.
fn verdict(card: &Card<'_>, better: Option<bool>) -> Markup {
    match better {
        Some(true) => html! { span.holds.yes { (card.t("plan_better")) } },
        Some(false) => html! { span.holds.no { (card.t("plan_worse")) } },
        None => html! {},
    }
}
