//! Pictures of statistics: clusters on a map, trends with their interval, ranges of ranks, convergence, Lorenz curves.

use crate::card::{Card, Cell};
use crate::charts::Frame;
use crate::charts::lorenz::{self, Lorenz};
use crate::charts::ranks::{self, Ranked};
use crate::charts::scatter::{self, Point, Scatter};
use crate::charts::trend::{self, Fit};
use crate::map::draw::{Drawing, Item};
use crate::parts;
use maud::{Markup, PreEscaped, html};
use std::collections::BTreeMap;
use std::sync::Arc;
use umbel_core::{Bound, Period, Symbol, Unit};
use umbel_study::analysis::{Analysed, Figure as Value, Outcome, Table};
use umbel_study::layout::{StatisticForm, StatisticLayout};
use umbel_study::{Figure, Node, View};

/// Width of the pictures, drawing units.
const WIDTH: f64 = 440.0;

/// What is drawn: one outcome of the analysis that a measure declares, and the rows that it writes.
struct Drawn<'a> {
    layout: &'a StatisticLayout,
    analysed: Analysed,
    outcome: Outcome,
    node: Arc<Node>,
    /// The indicator analysed.
    of: Option<Symbol>,
    /// The parameters of the analysis.
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
    Ok(Drawn { layout, analysed, outcome, node, of, parameters, title })
}

/// The first column that is there under one of some names.
fn column<'t>(table: &'t Table, names: &[&str]) -> Option<&'t umbel_study::analysis::Cells> {
    names.iter().find_map(|name| table.column(name))
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(value) => *value,
        Value::Count(value) => Some(*value as f64),
        Value::Flag(value) => Some(f64::from(u8::from(*value))),
        _ => None,
    }
}

impl Drawn<'_> {
    /// A number about the whole, under the first of some names that is there.
    fn whole(&self, names: &[&str]) -> Option<f64> {
        names.iter().find_map(|name| self.outcome.number(name))
    }

    /// The numbers of a column of the table over places, else of the last period of the table over rows.
    fn by_place(&self, names: &[&str]) -> Vec<(Symbol, f64)> {
        let Some((table, cells)) = self.outcome.find("places").and_then(|table| Some((table, column(table, names)?)))
        else {
            return self.by_row(names);
        };
        let row = |row: usize| {
            let place = self.analysed.places.get(table.position(row)).copied()?;
            Some((place, number(&cells.figure(row))?))
        };
        (0..table.len()).filter_map(row).collect()
    }

    fn by_row(&self, names: &[&str]) -> Vec<(Symbol, f64)> {
        let Some(table) = self.outcome.find("rows") else { return Vec::new() };
        let Some(cells) = column(table, names) else { return Vec::new() };
        let last = self.analysed.periods.len().saturating_sub(1) as u32;
        let row = |row: usize| {
            let &(place, period) = self.analysed.rows.get(table.position(row))?;
            let place = self.analysed.places.get(place as usize).copied()?;
            (period == last).then_some(())?;
            Some((place, number(&cells.figure(row))?))
        };
        (0..table.len()).filter_map(row).collect()
    }

    /// The number of a place, else the one about the whole.
    fn of_place(&self, place: Symbol, names: &[&str]) -> Option<f64> {
        let own = self.by_place(names).into_iter().find(|(at, _)| *at == place).map(|(_, value)| value);
        own.or_else(|| self.whole(names))
    }

    /// The rows that the measure writes about what is drawn.
    fn rows(&self) -> Vec<Figure> {
        let series = &self.node.series;
        let of = |row: &usize| {
            series.breakdown[*row] == self.analysed.breakdown
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
        StatisticForm::Clusters => clusters(card, drawn),
        StatisticForm::Trend => trend(card, drawn),
        StatisticForm::Ranks => ranked(card, drawn),
        StatisticForm::Intervals => intervals(card, drawn),
        StatisticForm::Convergence => convergence(card, drawn),
        StatisticForm::Lorenz => curve(card, drawn),
    };
    let Some(made) = made else {
        let why = card.t("statistic_lacks");
        return html! { p.sub { (card.f("statistic_absent", &[("title", &drawn.title), ("why", why)])) } };
    };
    let rows = drawn.rows();
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

/// The classes of a map of clusters: key of the word, shade.
const CLUSTERS: [(&str, &str); 5] = [
    ("cluster_hh", "cl-hh"),
    ("cluster_ll", "cl-ll"),
    ("cluster_hl", "cl-hl"),
    ("cluster_lh", "cl-lh"),
    ("cluster_ns", "cl-ns"),
];

/// The class of a word that an analysis uses: `high_high`, `High-High`, `HH`, `not significant`.
fn class_of(word: &str) -> Option<usize> {
    let mut letters = word.split(|c: char| !c.is_alphanumeric()).filter_map(|part| part.chars().next());
    let short = word.len() == 2;
    let initials: String = if short { word.to_owned() } else { letters.by_ref().collect() };
    match initials.to_lowercase().as_str() {
        "hh" | "h" => Some(0),
        "ll" | "c" => Some(1),
        "hl" => Some(2),
        "lh" => Some(3),
        "ns" => Some(4),
        _ => None,
    }
}

fn clusters(card: &Card<'_>, drawn: &Drawn<'_>) -> Option<Parts> {
    let table_of = drawn.outcome.find("places")?;
    let words = column(table_of, &["cluster", "class", "quadrant"])?;
    let p = column(table_of, &["p_adjusted", "p_permutation", "p", "p_conditional"]);
    let significant_at = drawn.parameters.get("level").and_then(serde_json::Value::as_f64).unwrap_or(0.05);
    // Where the analysis tells the quadrant only, what chance may have made is set apart here, by the level it names.
    let told = matches!(words, umbel_study::analysis::Cells::Words(all) if all.iter().flatten().any(|w| class_of(w) == Some(4)));
    let mut classes: BTreeMap<Symbol, (Option<usize>, Option<f64>)> = BTreeMap::new();
    for row in 0..table_of.len() {
        let Some(&place) = drawn.analysed.places.get(table_of.position(row)) else { continue };
        let p = p.and_then(|cells| number(&cells.figure(row)));
        let class = match words.figure(row) {
            Value::Word(word) => class_of(&word),
            _ => None,
        };
        let class = match (class, p) {
            (Some(class), Some(p)) if !told && p > significant_at => Some(4).filter(|_| class < 4),
            (class, None) if !told => class.filter(|_| false),
            (class, _) => class,
        };
        classes.insert(place, (class, p));
    }
    for &place in &drawn.analysed.places {
        classes.entry(place).or_insert((None, None));
    }
    let mut places: Vec<Symbol> = classes.keys().copied().filter(|place| card.is_drawn(*place)).collect();
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
    let word = |class: Option<usize>| card.t(class.map_or("cluster_undefined", |class| CLUSTERS[class].0)).to_owned();
    let items: Vec<Item> = (sheet.places.iter().enumerate())
        .map(|(at, shape)| {
            let place = card.region.symbols.get(&shape.id).unwrap_or(Symbol::NONE);
            let (class, p) = classes.get(&place).copied().unwrap_or((None, None));
            let name = card.place(place);
            let p = p.map(|p| format!(", {}", p_text(card, p))).unwrap_or_default();
            Item {
                place: at,
                shade: class.map(|class| CLUSTERS[class].1),
                title: format!("{name}{}{}{p}", card.t("colon"), word(class)),
                name,
                other: card.place_other(place),
                ..Item::default()
            }
        })
        .collect();
    let count = |class: Option<usize>| classes.values().filter(|(of, _)| *of == class).count();
    let n = |class: usize| count(Some(class)).to_string();
    let corrected = drawn.parameters.get("correction").and_then(serde_json::Value::as_str);
    let corrected = corrected.is_some_and(|correction| correction != "none");
    let said = card.f(
        if corrected { "clusters_said_corrected" } else { "clusters_said" },
        &[
            ("n", &classes.len().to_string()),
            ("hh", &n(0)),
            ("ll", &n(1)),
            ("odd", &(count(Some(2)) + count(Some(3))).to_string()),
            ("ns", &n(4)),
            ("level", &card.format.number(significant_at, Some(if significant_at < 0.01 { 3 } else { 2 }))),
        ],
    );
    let drawing =
        Drawing { sheet: &sheet, items: &items, outlines: &outlines, arrows: &[], labelled: few, label: &said };
    let legend = html! {
        ul.legend {
            @for (at, (key, shade)) in CLUSTERS.iter().enumerate() {
                li { (parts::swatch(shade)) (card.t(key)) span.count { (count(Some(at))) } }
            }
            @if count(None) > 0 { li { (parts::swatch("nodata")) (card.t("cluster_undefined")) span.count { (count(None)) } } }
        }
    };
    let mut listed: Vec<(Symbol, Option<usize>, Option<f64>)> =
        classes.iter().map(|(place, (class, p))| (*place, *class, *p)).collect();
    listed.sort_by_key(|(place, class, _)| (class.unwrap_or(9), card.tree.row(*place)));
    let rows: Vec<(String, Vec<String>)> = listed
        .iter()
        .filter(|(_, class, _)| *class != Some(4))
        .map(|(place, class, p)| {
            (card.place(*place), vec![word(*class), p.map(|p| p_text(card, p)).unwrap_or_default()])
        })
        .collect();
    let cited = listed.iter().filter(|(_, class, _)| class.is_some_and(|class| class < 4)).map(|(place, ..)| *place);
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

fn trend(card: &Card<'_>, drawn: &Drawn<'_>) -> Option<Parts> {
    let of = drawn.of?;
    let place = match drawn.layout.place.as_deref() {
        Some(id) => card.region.symbols.get(id)?,
        None => *drawn.analysed.places.first()?,
    };
    let slope = drawn.of_place(place, &["slope", "slope_per_year"])?;
    let range = drawn.of_place(place, &["slope_low", "low"]).zip(drawn.of_place(place, &["slope_high", "high"]));
    let p = drawn.of_place(place, &["p", "p_two_sided"]);
    let cells: Vec<Cell> = card
        .history(of, place)
        .into_iter()
        .filter(|cell| drawn.analysed.periods.is_empty() || drawn.analysed.periods.contains(&cell.period))
        .collect();
    let track = parts::track(card, card.place(place), &cells);
    let points: Vec<(f64, f64)> = track.dots.iter().filter_map(|dot| Some((dot.x, dot.y?))).collect();
    let (first, last) = (points.first()?.0, points.last()?.0);
    if points.len() < 3 {
        return None;
    }
    // The line of Theil and Sen goes through the medians of time and value; so do those of the ends of its interval.
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        let middle = values.len() / 2;
        if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
    };
    let (x, y) = (median(points.iter().map(|p| p.0).collect()), median(points.iter().map(|p| p.1).collect()));
    let line = |slope: f64, at: f64| y + slope * (at - x);
    let band = range.map_or(Vec::new(), |(low, high)| {
        [first, x, last]
            .iter()
            .map(|&at| {
                let (a, b) = (line(low, at), line(high, at));
                (at, a.min(b), a.max(b))
            })
            .collect()
    });
    let fit = Fit { line: vec![(first, line(slope, first)), (last, line(slope, last))], band };
    let unit = cells.first()?.unit.clone();
    let span = trend::extent(&track, &fit)?;
    let write = super::chapter::scaled_writer(card, of, &unit, span);
    let show = |value: f64| card.show(of, value, &unit, Bound::Exact).text();
    let signed = |value: f64| {
        let unit_text = card.show(of, value, &unit, Bound::Exact).unit;
        let number = format!("{}{}", if value < 0.0 { "−" } else { "+" }, significant(card, value.abs(), 3));
        if unit_text.is_empty() || unit_text == "%" {
            format!("{number}{unit_text}")
        } else {
            format!("{number} {unit_text}")
        }
    };
    let period = |x: f64| format!("{}", x.floor());
    let mut said = card.f(
        if range.is_some() { "trend_said" } else { "trend_said_plain" },
        &[
            ("place", &card.place(place)),
            ("slope", &signed(slope)),
            ("low", &range.map(|(low, _)| signed(low)).unwrap_or_default()),
            ("high", &range.map(|(_, high)| signed(high)).unwrap_or_default()),
            ("from", &period(first)),
            ("to", &period(last)),
        ],
    );
    if let Some(p) = p {
        said.push_str(&card.f(if p < 0.05 { "trend_sure" } else { "trend_unsure" }, &[("p", &p_text(card, p))]));
    }
    let frame = Frame { label: &said, size: (WIDTH, 230.0), y: span, x: (first, last), scaled: true, level: None };
    card.book.borrow_mut().record_cells(card.study, &cells);
    let top = card.show(of, span.0.abs().max(span.1.abs()), &unit, Bound::Exact).unit;
    let rows: Vec<(String, Vec<String>)> =
        cells.iter().filter_map(|cell| Some((card.format.period(cell.period), vec![show(cell.value?)]))).collect();
    let list = html! {
        details.data {
            summary { (card.t("as_table")) }
            table.compact {
                caption.hidden { (drawn.title) }
                thead { tr { th scope="col" { (card.t("period")) } th.num scope="col" { (card.t("value")) } } }
                tbody { @for (name, cells) in &rows { tr { th scope="row" { (name) } @for cell in cells { td.num { (cell) } } } } }
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
        cited: vec![place, card.home],
        table: list,
    })
}

fn ranked(card: &Card<'_>, drawn: &Drawn<'_>) -> Option<Parts> {
    let of = |names: &[&str]| drawn.by_place(names).into_iter().collect::<BTreeMap<Symbol, f64>>();
    let (rank, low, high) = (
        of(&["rank", "rank_nominal", "rank_median"]),
        of(&["rank_low", "rank_p5", "rank_q05", "rank_5"]),
        of(&["rank_high", "rank_p95", "rank_q95", "rank_95"]),
    );
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
        if still == rows.len() { "ranks_said_sure" } else { "ranks_said" },
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
        drawing: html! { (PreEscaped(ranks::ranks(&pictured, WIDTH, &said))) },
        said,
        cited: vec![rows[0].0],
        table: table(card, &drawn.title, &[card.t("rank"), card.t("rank_best_of"), card.t("rank_worst_of")], &listed),
    })
}

fn intervals(card: &Card<'_>, drawn: &Drawn<'_>) -> Option<Parts> {
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
        drawing: html! { (PreEscaped(ranks::intervals(&rows, WIDTH, &said, &number))) },
        said,
        cited: vec![highest.0, lowest.0],
        table: table(card, &drawn.title, &[card.t("value"), card.t("from"), card.t("to")], &listed),
    })
}

fn convergence(card: &Card<'_>, drawn: &Drawn<'_>) -> Option<Parts> {
    let of = drawn.of?;
    let slope = drawn.whole(&["slope", "beta", "coefficient"])?;
    let p = drawn.whole(&["slope_p_two_sided", "p_slope", "p", "p_two_sided"]);
    let start = drawn.by_place(&["log_initial", "initial_log", "log_start", "initial"]);
    let growth: BTreeMap<Symbol, f64> =
        drawn.by_place(&["growth", "growth_per_year", "growth_a_year"]).into_iter().collect();
    let points: Vec<(Symbol, f64, f64)> = if start.is_empty() || growth.is_empty() {
        let (first, last) = (*drawn.analysed.periods.first()?, *drawn.analysed.periods.last()?);
        let years = first.years_until(last);
        let one = |&place: &Symbol| {
            let value = |period: Period| card.exactly(of, place, period)?.value.filter(|value| *value > 0.0);
            let (from, to) = (value(first)?, value(last)?);
            Some((place, from.ln(), (to / from).ln() / years))
        };
        drawn.analysed.places.iter().filter_map(one).collect()
    } else {
        start.into_iter().filter_map(|(place, x)| Some((place, x, *growth.get(&place)?))).collect()
    };
    if points.len() < 3 {
        return None;
    }
    // The fitted line goes through the means.
    let mean = |pick: fn(&(Symbol, f64, f64)) -> f64| points.iter().map(pick).sum::<f64>() / points.len() as f64;
    let constant = drawn.whole(&["constant", "intercept"]).unwrap_or_else(|| mean(|p| p.2) - slope * mean(|p| p.1));
    let unit = card.info(of).unit.clone();
    let show_level = |x: f64| significant_level(card, of, x.exp(), &unit);
    let show_growth = |y: f64| format!("{}%", card.format.number(y * 100.0, Some(if y.abs() < 0.1 { 1 } else { 0 })));
    let key = match p {
        Some(p) if p < 0.05 && slope < 0.0 => "convergence_said",
        Some(p) if p < 0.05 => "divergence_said",
        _ => "convergence_none",
    };
    let p_said = p.map(|p| p_text(card, p)).unwrap_or_default();
    let said = card
        .f(key, &[("n", &points.len().to_string()), ("slope", &card.format.signed(slope, Some(4))), ("p", &p_said)]);
    let named: Vec<Point> = points.iter().map(|&(place, x, y)| Point { name: card.place(place), at: (x, y) }).collect();
    let unit_text = card.show(of, points[0].1.exp(), &unit, Bound::Exact).unit;
    let from = drawn.analysed.periods.first().map_or(String::new(), |period| card.format.period(*period));
    let x_title = card.f("convergence_x", &[("period", &from), ("unit", &unit_text)]);
    let form = Scatter {
        points: &named,
        line: Some((constant, slope)),
        note: &p_said,
        titles: (&x_title, card.t("convergence_y")),
        size: (WIDTH, 320.0),
        label: &said,
    };
    let rows: Vec<(String, Vec<String>)> =
        points.iter().map(|&(place, x, y)| (card.place(place), vec![show_level(x), show_growth(y)])).collect();
    Some(Parts {
        sub: parts::joined(&[card.indicator(of), card.format.period(drawn.analysed.period)]),
        drawing: html! { (PreEscaped(scatter::scatter(&form, (&show_level, &show_growth)))) },
        said,
        cited: Vec::new(),
        table: table(card, &drawn.title, &[&x_title, card.t("convergence_y")], &rows),
    })
}

/// A level for an axis, at three digits.
fn significant_level(card: &Card<'_>, of: Symbol, value: f64, unit: &Unit) -> String {
    let magnitude = 10f64.powf(value.abs().log10().floor() - 2.0);
    let rounded = if magnitude > 0.0 { (value / magnitude).round() * magnitude } else { value };
    card.show(of, rounded, unit, Bound::Exact).number
}

fn curve(card: &Card<'_>, drawn: &Drawn<'_>) -> Option<Parts> {
    let gini = drawn.whole(&["gini", "gini_coefficient"])?;
    let points = drawn.outcome.find("lorenz").or_else(|| drawn.outcome.find("curve"))?;
    let of = |names: &[&str]| -> Option<Vec<f64>> {
        let cells = column(points, names)?;
        (0..points.len()).map(|row| number(&cells.figure(row))).collect()
    };
    let x = of(&["population", "population_share", "share_of_population", "places"])?;
    let y = of(&["value", "value_share", "share_of_value", "share"])?;
    let mut curve: Vec<(f64, f64)> = x.into_iter().zip(y).collect();
    if curve.first().is_none_or(|first| first.0 > 0.0) {
        curve.insert(0, (0.0, 0.0));
    }
    let half = at(&curve, 0.5);
    let weighted = drawn.layout.by.is_some();
    let whom = match &drawn.layout.by {
        Some(by) => card.region.symbols.get(by).map_or_else(|| by.clone(), |by| card.indicator(by)),
        None => card.t("places").to_lowercase(),
    };
    let what = drawn.of.map(|of| card.indicator(of)).unwrap_or_default();
    let gini_text = card.format.number(gini, Some(3));
    let said = card
        .f("lorenz_said", &[("whom", &whom), ("what", &what), ("share", &percent(card, half)), ("gini", &gini_text)]);
    let note = card.f("lorenz_note", &[("gini", &gini_text)]);
    let x_title = card.f(if weighted { "lorenz_x_of" } else { "lorenz_x" }, &[("whom", &whom)]);
    let form = Lorenz { curve: &curve, note: &note, titles: (&x_title, &what), size: 340.0, label: &said };
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
                thead { tr { th scope="col" { (x_title) } th.num scope="col" { (what) } } }
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

/// The height of a curve of straight pieces.
fn at(curve: &[(f64, f64)], x: f64) -> f64 {
    let after = curve.partition_point(|point| point.0 < x).min(curve.len().saturating_sub(1));
    let (Some(b), Some(a)) = (curve.get(after), curve.get(after.saturating_sub(1))) else { return 0.0 };
    if b.0 > a.0 { a.1 + (b.1 - a.1) * ((x - a.0) / (b.0 - a.0)).clamp(0.0, 1.0) } else { b.1 }
}

/// Whether the values of some charts can be drawn at all.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_analyses_are_known() {
        for (word, class) in [
            ("high_high", Some(0)),
            ("High-High", Some(0)),
            ("LL", Some(1)),
            ("high low", Some(2)),
            ("lh", Some(3)),
            ("not significant", Some(4)),
            ("not_significant", Some(4)),
            ("hot", Some(0)),
            ("cold", Some(1)),
            ("island", None),
            ("undefined", None),
        ] {
            assert_eq!(class_of(word), class, "{word}");
        }
    }

    #[test]
    fn a_curve_is_read_between_its_points() {
        let curve = [(0.0, 0.0), (0.5, 0.2), (1.0, 1.0)];
        assert!((at(&curve, 0.25) - 0.1).abs() < 1e-12 && (at(&curve, 0.75) - 0.6).abs() < 1e-12);
        assert_eq!((at(&curve, 0.0), at(&curve, 1.0), at(&[], 0.5)), (0.0, 1.0, 0.0));
    }
}
