//! An analysis as a measure: what it reads, and its results as rows.

use super::sample::Sample;
use super::samples::{Behind, Maker, wants_objects};
use super::{About, Analysis, Figure, Holds, Outcome, Quantity, UnitOf};
use crate::filter::{Condition, Filter, Places, Scalar};
use crate::inputs::Inputs;
use crate::method::Problem;
use crate::output::{Cell, Output, RowSet};
use crate::parameters::{join_rows, read_place, undefined, written_at};
use crate::reads::{Reads, Units};
use crate::select::Table;
use crate::suggest::nearest;
use std::collections::BTreeMap;
use umbel_core::{Bound, Period, Status, Symbol, Unit, code};

/// The whole outcome of an analysis that a measure declares.
#[derive(Clone, Debug)]
pub struct Analysed {
    /// The period; for a panel the interval of all its periods.
    pub period: Period,
    /// The breakdown.
    pub breakdown: Symbol,
    /// The places of the sample, by the positions that the tables of the outcome use.
    pub places: Vec<Symbol>,
    /// The periods of a panel, likewise.
    pub periods: Vec<Period>,
    /// Rows of the sample: position of place and period.
    pub rows: Vec<(u32, u32)>,
    /// The breakdowns over which the indicator is spread, in the order of the columns; empty where it is not.
    pub parts: Vec<Symbol>,
    /// What came out, or why nothing did.
    pub outcome: Result<Outcome, String>,
}

fn quantity<A: Analysis>(analysis: &A) -> Option<&'static Quantity> {
    match analysis.scope().result {
        None => A::RESULTS.first(),
        Some(name) => A::RESULTS.iter().find(|quantity| quantity.name == name),
    }
}

/// The places selected, as a filter on the rows of their table.
fn filter(places: Option<&Places>) -> Filter {
    let text = |id: &String| Scalar::Text(id.clone());
    let condition = match places {
        None => return Filter::default(),
        Some(Places::Filter(filter)) => return filter.clone(),
        Some(Places::One(id)) => Condition::Is(text(id)),
        Some(Places::List(ids)) => Condition::Any(ids.iter().map(text).collect()),
    };
    Filter(BTreeMap::from([("place_id".to_owned(), condition)]))
}

pub(super) fn reads<A: Analysis>(analysis: &A, reads: &mut Reads<'_>) {
    let scope = analysis.scope();
    let columns = Analysis::columns(analysis);
    let selection = match scope.among {
        Some(among) => reads.places(among, "among"),
        None => reads.all_places(),
    };
    for wanted in &columns {
        match wanted.holds {
            Holds::Numbers => {
                reads.indicator_in(&wanted.name, &wanted.parameter, selection);
            }
            Holds::Labels if Table::Places.kind_of(&wanted.name, reads.region()).is_none() => {
                let names = Table::Places.column_names(reads.region());
                let fix = match nearest(&wanted.name, names.iter().copied()) {
                    Some(near) => format!("Did you mean \"{near}\"?"),
                    None => format!("Its columns are {}.", names.join(", ")),
                };
                let message = format!("The table places has no column \"{}\".", wanted.name);
                reads.problem(Problem::new(&code::M002, &wanted.parameter, message, fix));
            }
            Holds::Labels => {}
        }
    }
    if wants_objects::<A>(&columns) {
        reads.places_with_shapes(&filter(scope.among), A::SPATIAL);
    }
    match quantity(analysis) {
        Some(quantity) if matches!(quantity.about, About::Whole | About::Period) => read_place(scope.place, reads),
        Some(_) => {}
        None => {
            let names = A::RESULTS.iter().map(|quantity| quantity.name);
            let named = scope.result.unwrap_or_default();
            let fix = match nearest(named, names.clone()) {
                Some(near) => format!("Did you mean \"{near}\"?"),
                None => format!("Write one of {}.", names.collect::<Vec<_>>().join(", ")),
            };
            let message = format!("{} gives no result \"{named}\".", <A as Analysis>::NAME);
            reads.problem(Problem::new(&code::M002, "result", message, fix));
        }
    }
    for (parameter, message, fix) in Analysis::problems(analysis) {
        reads.problem(Problem::new(&code::M002, &parameter, message, fix));
    }
}

pub(super) fn unit<A: Analysis>(analysis: &A, units: &Units<'_>) -> Result<Unit, Problem> {
    let figures = || match Analysis::columns(analysis).iter().any(|wanted| wanted.holds == Holds::Numbers) {
        true => units.of(0),
        false => Unit::one(),
    };
    Ok(match quantity(analysis).map_or(UnitOf::One, |quantity| quantity.unit) {
        UnitOf::One => Unit::one(),
        UnitOf::Figures => figures(),
        // As people write it, where the unit has a code of its own.
        UnitOf::FiguresPerYear => {
            let figures = figures();
            let exact = figures.per(&Unit::parse("a").unwrap_or_default()).unwrap_or_else(|_| figures.clone());
            let written = Unit::parse(&format!("{}/a", figures.text()));
            written.ok().filter(|written| *written == exact).unwrap_or(exact)
        }
    })
}

pub(super) fn analysed<A: Analysis>(analysis: &A, inputs: &Inputs<'_>) -> Result<Vec<(Analysed, Behind)>, String> {
    let samples = Maker::new(analysis, inputs).samples()?;
    let run = |(mut analysed, sample, behind): (Analysed, Sample, Behind)| {
        analysed.outcome = Analysis::analyse(analysis, &sample);
        (analysed, behind)
    };
    Ok(samples.into_iter().map(run).collect())
}

/// A figure as the number that is written: a word is its number in the list of words, from 1.
fn number(figure: &Figure, quantity: &Quantity) -> Option<f64> {
    match figure {
        Figure::Number(value) => *value,
        Figure::Count(value) => Some(*value as f64),
        Figure::Flag(value) => Some(f64::from(u8::from(*value))),
        Figure::Word(word) => quantity.words.iter().position(|known| known == word).map(|at| at as f64 + 1.0),
        Figure::List(_) | Figure::Group(_) => None,
    }
}

/// What several rows of the inputs say together of how reliable and exact they are.
fn joined(inputs: &Inputs<'_>, members: &[(usize, usize)], numbers: usize) -> (Status, Bound) {
    let mut all = (Status::Normal, Bound::Exact);
    for input in 0..numbers {
        let rows = members.iter().filter(|member| member.0 == input).map(|member| member.1);
        let series = inputs.series(input);
        let (status, bound) = join_rows(series, rows.filter(|&row| series.value(row).is_some()));
        all = (crate::output::join_status(all.0, status), if bound == Bound::Exact { all.1 } else { Bound::About });
    }
    all
}

pub(super) fn evaluate<A: Analysis>(analysis: &A, inputs: &Inputs<'_>) -> Result<Output, String> {
    let quantity = quantity(analysis).ok_or_else(|| "there is no such result".to_owned())?;
    let mut output = Output::new(inputs.unit().clone());
    let numbers = Maker::new(analysis, inputs).numbers.len();
    let at = match quantity.about {
        About::Whole | About::Period => Some(written_at(analysis.scope().place, inputs)?),
        About::Place | About::Row => None,
    };
    for (analysed, behind) in analysed(analysis, inputs)? {
        let everything: Vec<(usize, usize)> = behind.members.iter().flatten().chain(&behind.objects).copied().collect();
        let (status, bound) = joined(inputs, &everything, numbers);
        let total = analysed.breakdown;
        let whole: RowSet = output.set(everything.iter().copied());
        type Band = (Option<f64>, Option<f64>);
        let mut push = |place: Symbol, period: Period, breakdown: Symbol, value: Option<f64>, band: Band, set| {
            let cell = value.map_or_else(undefined, |value| Cell { value: Some(value), status, bound });
            let row = output.push_shared(place, period, breakdown, cell, set);
            if let (Some(_), (Some(low), Some(high))) = (value, band) {
                output.interval(row, low, high);
            }
        };
        let outcome = match &analysed.outcome {
            Ok(outcome) => outcome,
            Err(_) => {
                // Nothing can be computed: such figures do not exist, and the places say so.
                match (quantity.about, at) {
                    (About::Whole, Some(at)) => push(at, analysed.period, total, None, (None, None), whole),
                    (About::Period, Some(at)) => {
                        analysed.periods.iter().for_each(|&period| push(at, period, total, None, (None, None), whole));
                    }
                    (About::Place, _) => {
                        analysed
                            .places
                            .iter()
                            .for_each(|&at| push(at, analysed.period, total, None, (None, None), whole));
                    }
                    _ => analysed.rows.iter().for_each(|&(place, period)| {
                        let (place, period) = (analysed.places[place as usize], analysed.periods[period as usize]);
                        push(place, period, total, None, (None, None), whole);
                    }),
                }
                continue;
            }
        };
        if let (About::Whole, Some(at)) = (quantity.about, at) {
            let figure = outcome.figures.iter().find(|(name, _)| name == quantity.name);
            let value = figure.and_then(|(_, figure)| number(figure, quantity));
            let band = quantity.band.map_or((None, None), |(low, high)| (outcome.number(low), outcome.number(high)));
            push(at, analysed.period, total, value, band, whole);
            continue;
        }
        if quantity.by_part && !analysed.parts.is_empty() {
            let table = outcome.find("parts").ok_or_else(|| "the analysis gave no table \"parts\"".to_owned())?;
            for (&part, (_, cells)) in analysed.parts.iter().zip(&table.columns) {
                for row in 0..table.len() {
                    let place = analysed.places.get(table.position(row)).copied();
                    let place =
                        place.ok_or_else(|| "the analysis gave a row about nothing in the sample".to_owned())?;
                    push(place, analysed.period, part, number(&cells.figure(row), quantity), (None, None), whole);
                }
            }
            continue;
        }
        let name = match quantity.about {
            About::Place => "places",
            About::Row => "rows",
            _ => "periods",
        };
        let Some(table) = outcome.find(name) else {
            return Err(format!("the analysis gave no table \"{name}\""));
        };
        let Some(column) = table.column(quantity.name) else {
            return Err(format!("the analysis gave no column \"{}\"", quantity.name));
        };
        for row in 0..table.len() {
            let position = table.position(row);
            let cell = |name: &str| table.column(name).and_then(|cells| number(&cells.figure(row), quantity));
            let band = quantity.band.map_or((None, None), |(low, high)| (cell(low), cell(high)));
            let value = number(&column.figure(row), quantity);
            let (place, period) = match (quantity.about, at) {
                (About::Place, _) => (analysed.places.get(position).copied(), Some(analysed.period)),
                (About::Period, at) => (at, analysed.periods.get(position).copied()),
                _ => match analysed.rows.get(position) {
                    Some(&(place, period)) => {
                        (Some(analysed.places[place as usize]), Some(analysed.periods[period as usize]))
                    }
                    None => (None, None),
                },
            };
            let (Some(place), Some(period)) = (place, period) else {
                return Err("the analysis gave a row about nothing in the sample".to_owned());
            };
            push(place, period, total, value, band, whole);
        }
    }
    Ok(output)
}
