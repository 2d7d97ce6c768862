//! Pictures of statistics: clusters on a map, trends with their interval, ranges of ranks, convergence, Lorenz curves,
//! what places are specialised in.

mod clusters;
mod convergence;
mod lorenz;
mod ranks;
mod specialised;
mod trend;

use crate::card::{Card, Cell};
use crate::parts;
use maud::{Markup, html};
use std::sync::Arc;
use umbel_core::Symbol;
use umbel_study::analysis::{Analysed, Figure as Value, Outcome};
use umbel_study::layout::{StatisticForm, StatisticLayout};
use umbel_study::{Figure, Node, View};

/// Width of the pictures, drawing units.
const WIDTH: f64 = 390.0;

/// What is drawn: one outcome of the analysis that a measure declares, and the rows that it writes.
struct Drawn<'a> {
    layout: &'a StatisticLayout,
    analysed: Analysed,
    outcome: Outcome,
    node: Arc<Node>,
    /// The indicator analysed.
    of: Option<Symbol>,
    /// The analysis and its parameters.
    method: &'static str,
    parameters: serde_json::Value,
    title: String,
}

/// The pictures of a chapter, each with what it says in a sentence.
pub fn figures(card: &Card<'_>, layouts: &[StatisticLayout]) -> Markup {
    let parts: Vec<(bool, Markup)> = layouts
        .iter()
        .map(|layout| match drawn(card, layout) {
            Ok(drawn) => (layout.form == StatisticForm::Clusters, figure(card, &drawn)),
            Err(why) => (false, html! { p.sub { (why) } }),
        })
        .collect();
    html! {
        @if !parts.is_empty() {
            h3 { (card.t("statistics")) }
            div.statistics { @for (wide, part) in &parts { div class=(if *wide { "statistic all" } else { "statistic" }) { (part) } } }
        }
    }
}

/// The outcome that a layout asks for.
fn drawn<'a>(card: &Card<'_>, layout: &'a StatisticLayout) -> Result<Drawn<'a>, String> {
    let region = card.region;
    let id = region.symbols.get(&layout.measure);
    let measure = card.study.measures.iter().position(|measure| Some(measure.id) == id);
    let absent = |why: String| card.f("statistic_absent", &[("title", &layout.measure), ("why", &why)]);
    let measure = measure.ok_or_else(|| absent(card.t("no_data").to_owned()))?;
    let declared = &card.study.measures[measure];
    let failed = |why: String| {
        card.failures.borrow_mut().insert(layout.measure.clone(), why.clone());
        absent(why)
    };
    let all = card.study.analysed(measure, View::default()).map_err(|error| failed(error.to_string()))?;
    let all = all.ok_or_else(|| failed(format!("{} is no analysis", declared.registration.name)))?;
    let wanted = |analysed: &&Analysed| layout.period.is_none_or(|period| analysed.period == period);
    let totals = || all.iter().filter(|analysed| !analysed.breakdown.is_some());
    let chosen = match layout.breakdown.as_deref() {
        Some(breakdown) => {
            let breakdown = region.symbols.get(breakdown);
            all.iter().filter(|analysed| Some(analysed.breakdown) == breakdown).rfind(wanted)
        }
        None => totals().rfind(wanted).or_else(|| all.iter().rfind(wanted)),
    };
    let analysed = chosen.cloned().ok_or_else(|| failed(card.t("no_data").to_owned()))?;
    let outcome = analysed.outcome.clone().map_err(failed)?;
    let node = card.study.measure_node(measure, View::default()).map_err(|error| failed(error.to_string()))?;
    let parameters = declared.method.parameters();
    let of = parameters.get("of").and_then(|of| of.as_str().or_else(|| of.get(0)?.as_str()));
    let of = of.and_then(|of| region.symbols.get(of));
    let title = match card.text(&layout.title) {
        "" => card.indicator(declared.indicator),
        title => title.to_owned(),
    };
    let method = declared.registration.name;
    Ok(Drawn { layout, analysed, outcome, node, of, method, parameters, title })
}

/// A figure as a number.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(value) => *value,
        Value::Count(value) => Some(*value as f64),
        Value::Flag(value) => Some(f64::from(u8::from(*value))),
        _ => None,
    }
}

/// A figure as a word.
fn word(value: &Value) -> Option<&str> {
    match value {
        Value::Word(word) => Some(word),
        _ => None,
    }
}

impl Drawn<'_> {
    /// A parameter of the analysis.
    fn parameter(&self, name: &str) -> Option<&serde_json::Value> {
        self.parameters.get(name)
    }

    /// A number about the whole.
    fn whole(&self, name: &str) -> Option<f64> {
        self.outcome.number(name)
    }

    /// The numbers of a column of the table over places, else of the last period of the table over rows.
    fn by_place(&self, name: &str) -> Vec<(Symbol, f64)> {
        let Some((table, cells)) = self.outcome.find("places").and_then(|table| Some((table, table.column(name)?)))
        else {
            return self.by_row(name);
        };
        let row = |row: usize| {
            let place = self.analysed.places.get(table.position(row)).copied()?;
            Some((place, number(&cells.figure(row))?))
        };
        (0..table.len()).filter_map(row).collect()
    }

    fn by_row(&self, name: &str) -> Vec<(Symbol, f64)> {
        let Some(table) = self.outcome.find("rows") else { return Vec::new() };
        let Some(cells) = table.column(name) else { return Vec::new() };
        let last = self.analysed.periods.len().saturating_sub(1) as u32;
        let row = |row: usize| {
            let &(place, period) = self.analysed.rows.get(table.position(row))?;
            let place = self.analysed.places.get(place as usize).copied()?;
            (period == last).then_some(())?;
            Some((place, number(&cells.figure(row))?))
        };
        (0..table.len()).filter_map(row).collect()
    }

    /// The rows that the measure writes about what is drawn.
    fn rows(&self) -> Vec<Figure> {
        let series = &self.node.series;
        let of = |row: &usize| {
            let breakdown = series.breakdown[*row];
            (breakdown == self.analysed.breakdown || self.analysed.parts.contains(&breakdown))
                && (series.period[*row] == self.analysed.period || self.analysed.periods.contains(&series.period[*row]))
        };
        (0..series.len()).filter(of).map(|row| Figure { node: self.node.clone(), row }).collect()
    }
}

/// A picture with its heading, its sentence, the numbers of its figures and its table.
struct Parts {
    sub: String,
    drawing: Markup,
    said: String,
    /// Places whose figures are numbered; empty: all that are written.
    cited: Vec<Symbol>,
    table: Markup,
}

fn figure(card: &Card<'_>, drawn: &Drawn<'_>) -> Markup {
    let made = match drawn.layout.form {
        StatisticForm::Clusters => clusters::clusters(card, drawn),
        StatisticForm::Trend => trend::trend(card, drawn),
        StatisticForm::Ranks => ranks::ranked(card, drawn),
        StatisticForm::Intervals => ranks::intervals(card, drawn),
        StatisticForm::Convergence => convergence::convergence(card, drawn),
        StatisticForm::Lorenz => lorenz::curve(card, drawn),
        StatisticForm::Specialised => specialised::specialised(card, drawn),
    };
    let Some(made) = made else {
        let why = card.t("statistic_lacks");
        return html! { p.sub { (card.f("statistic_absent", &[("title", &drawn.title), ("why", why)])) } };
    };
    let mut rows = drawn.rows();
    if !drawn.analysed.parts.is_empty() {
        // Of what is written for each place and part only what is named is shown.
        rows.retain(|figure| made.cited.contains(&figure.node.series.place[figure.row]));
    }
    let cells: Vec<Cell> = rows.iter().map(|figure| card.cell(&figure.node, figure.row)).collect();
    card.book.borrow_mut().record_cells(card.study, &cells);
    let of = |figure: &&Figure| {
        let place = figure.node.series.place[figure.row];
        made.cited.is_empty() || made.cited.contains(&place)
    };
    let marks: Vec<Markup> = rows.iter().filter(of).take(4).map(|figure| parts::cite(card, figure, None)).collect();
    let numbers = html! {
        @if !marks.is_empty() {
            p.sub.numbers { (card.t("derived_in")) " " @for (at, mark) in marks.iter().enumerate() { @if at > 0 { ", " } (mark) } }
        }
    };
    let clusters = drawn.layout.form == StatisticForm::Clusters;
    html! {
        figure class=(if clusters { "mapfig" } else { "series" }) {
            figcaption { h4 { (drawn.title) } @if !made.sub.is_empty() { p.sub { (made.sub) } } }
            (made.drawing)
            div.find { p { (made.said) } (numbers) (made.table) }
        }
    }
}

/// A table behind a summary: heads, then rows with a place first.
fn table(card: &Card<'_>, caption: &str, heads: &[&str], rows: &[(String, Vec<String>)]) -> Markup {
    html! {
        details.data {
            summary { (card.t("as_table")) }
            div.scroll {
                table.compact {
                    caption.hidden { (caption) }
                    thead { tr { th scope="col" { (card.t("place")) } @for head in heads { th.num scope="col" { (head) } } } }
                    tbody { @for (name, cells) in rows { tr { th scope="row" { (name) } @for cell in cells { td.num { (cell) } } } } }
                }
            }
        }
    }
}

/// A number with so many significant digits, as people read it.
fn significant(card: &Card<'_>, value: f64, digits: i32) -> String {
    if value == 0.0 || !value.is_finite() {
        return card.format.number(0.0, Some(0));
    }
    let decimals = (digits - 1 - value.abs().log10().floor() as i32).clamp(0, 9);
    card.format.number(value, Some(decimals as u8))
}

/// `p = 0.03`, `p < 0.001`.
fn p_text(card: &Card<'_>, p: f64) -> String {
    if p < 0.001 {
        "p < 0.001".to_owned()
    } else {
        format!("p = {}", card.format.number(p, Some(if p < 0.1 { 3 } else { 2 })))
    }
}

fn percent(card: &Card<'_>, share: f64) -> String {
    format!("{}%", card.format.number(share * 100.0, Some(0)))
}
