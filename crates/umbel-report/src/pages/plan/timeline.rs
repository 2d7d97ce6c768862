//! When: the projects of a plan on a time line.

use crate::card::Card;
use crate::charts::timeline::{Row, Timeline, timeline};
use crate::parts;
use crate::plans::{self, Taken};
use maud::{Markup, PreEscaped, html};
use umbel_core::{Date, Period, Symbol};
use umbel_table::Stage;

/// A day in years.
fn years(day: Date) -> f64 {
    f64::from(day.year()) + (f64::from(day.day_of_year()) - 1.0) / 366.0
}

/// The projects that the plan has and its base has not.
pub fn part(card: &Card<'_>, taken: &Taken) -> Markup {
    let projects = &taken.comparison.projects;
    if projects.is_empty() {
        return html! {};
    }
    let rows: Vec<Row> = projects.iter().map(|project| row(card, taken, *project)).collect();
    let undated: Vec<String> = rows.iter().filter(|row| !row.is_dated()).map(|row| row.name.clone()).collect();
    let horizon = taken.periods.iter().max_by_key(|period| period.end());
    let named = horizon.map(|period| card.f("plan_horizon", &[("period", &card.format.period(*period))]));
    let dated = rows.len() - undated.len();
    let label = card.n("plan_timeline_label", dated, &[]);
    let line = Timeline {
        rows: &rows,
        horizon: horizon
            .zip(named.as_deref())
            .map(|(period, name)| ((years(period.start()) + years(period.end())) / 2.0, name)),
        width: 900.0,
        label: &label,
    };
    let drawing = timeline(&line);
    let has = |part: fn(&Row) -> bool| rows.iter().any(part);
    html! {
        h3 { (card.t("plan_when")) }
        @if !drawing.is_empty() {
            figure.timeline-part {
                div.wide { (PreEscaped(drawing)) }
                ul.legend {
                    @if has(|row| row.span.0.is_some() && row.span.1.is_some()) { li { (parts::swatch("span")) (card.t("plan_span")) } }
                    @if has(|row| row.span.0.is_some() != row.span.1.is_some()) { li { (parts::swatch("span open")) (card.t("plan_span_open")) } }
                    @if has(|row| !row.stages.is_empty()) { li { (key("M7 1.5l5 5.5l-5 5.5l-5-5.5z", "stage")) (card.t("plan_stage")) } }
                    @if has(|row| !row.effects.is_empty()) { li { (key("M7 1V13", "effect")) (card.t("plan_effect")) } }
                }
            }
        }
        @if !undated.is_empty() { p { (card.n("plan_undated", undated.len(), &[("list", &card.list(&undated))])) } }
        (table(card, taken))
    }
}

fn key(path: &str, class: &str) -> Markup {
    html! { svg.key viewBox="0 0 14 14" aria-hidden="true" { path d=(path) class=(class) {} } }
}

fn stage(card: &Card<'_>, stage: Symbol) -> String {
    let scale = card.region.symbols.get("stage").unwrap_or(Symbol::NONE);
    let step = card.region.scales.iter().find(|step| step.scale == scale && step.code == stage);
    step.map_or_else(|| card.region.id(stage).to_owned(), |step| card.text(&step.title).to_owned())
}

/// The log of a project as the plan leaves it, in order of time.
fn stages_of(taken: &Taken, id: Symbol) -> Vec<&Stage> {
    let mut stages: Vec<&Stage> =
        taken.comparison.plan.region.stages.iter().filter(|stage| stage.project == id).collect();
    stages.sort_by_key(|stage| (stage.date.end(), stage.origin));
    stages
}

fn row(card: &Card<'_>, taken: &Taken, id: Symbol) -> Row {
    let project = card.region.projects.iter().find(|project| project.id == id);
    let stages = stages_of(taken, id).into_iter().map(|reached| {
        let title = format!("{} {}", stage(card, reached.stage), card.format.period(reached.date));
        (years(reached.date.end()), title)
    });
    let effects = effects(card, taken, id).into_iter().map(|(period, count)| {
        (years(period.start()), card.n("plan_effects_from", count, &[("period", &card.format.period(period))]))
    });
    Row {
        name: plans::project(card, id),
        span: (
            project.and_then(|project| project.start).map(|period| years(period.start())),
            project.and_then(|project| project.finish).map(|period| years(period.end())),
        ),
        stages: stages.collect(),
        effects: effects.collect(),
    }
}

/// When effects of a project come into force, and how many then.
fn effects(card: &Card<'_>, taken: &Taken, id: Symbol) -> Vec<(Period, usize)> {
    let of = card.region.effects.iter().filter(|effect| effect.project == id);
    let mut days: Vec<Period> = of.filter_map(|effect| taken.comparison.plan.in_force_from(effect)).collect();
    days.sort_by_key(|period| (period.start(), *period));
    let mut counted: Vec<(Period, usize)> = Vec::new();
    for day in days {
        match counted.last_mut() {
            Some((last, count)) if *last == day => *count += 1,
            _ => counted.push((day, 1)),
        }
    }
    counted
}

/// The same as a table.
fn table(card: &Card<'_>, taken: &Taken) -> Markup {
    let projects = &taken.comparison.projects;
    let date = |period: Option<Period>| period.map(|period| card.format.period(period)).unwrap_or_default();
    html! {
        details.data {
            summary { (card.t("as_table")) }
            div.scroll {
                table.compact.sortable {
                    caption.hidden { (card.t("plan_when")) }
                    thead { tr {
                        th scope="col" { (card.t("project")) } th scope="col" { (card.t("plan_start")) } th scope="col" { (card.t("plan_finish")) }
                        th scope="col" { (card.t("stages_log")) } th scope="col" { (card.t("plan_effects")) }
                    } }
                    tbody {
                        @for id in projects {
                            @let project = card.region.projects.iter().find(|project| project.id == *id);
                            @let stages: Vec<String> = stages_of(taken, *id).iter().map(|reached| format!("{} {}", stage(card, reached.stage), card.format.period(reached.date))).collect();
                            @let from: Vec<String> = effects(card, taken, *id).iter().map(|(period, count)| card.n("plan_effects_from", *count, &[("period", &card.format.period(*period))])).collect();
                            @let undated = card.region.effects.iter().filter(|effect| effect.project == *id && taken.comparison.plan.in_force_from(effect).is_none()).count();
                            tr {
                                th.what scope="row" { (plans::project(card, *id)) }
                                td { (date(project.and_then(|project| project.start))) }
                                td { (date(project.and_then(|project| project.finish))) }
                                td { (stages.join(card.t("list_comma"))) }
                                td {
                                    (from.join(card.t("list_comma")))
                                    @if undated > 0 { @if !from.is_empty() { (card.t("list_comma")) } (card.n("plan_effects_undated", undated, &[])) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
