//! The samples of an analysis from the rows that a measure reads.

use super::in_region::Analysed;
use super::sample::{Column, Labels, Numbers, Sample};
use super::space::{Boundary, Space};
use super::{Analysis, Holds, Over, Wanted};
use crate::inputs::Inputs;
use crate::parameters::{Group, groups, same_length};
use crate::select::Value;
use std::collections::{BTreeMap, BTreeSet};
use umbel_core::{Period, Symbol};

/// Rows of the inputs behind each row of a sample, and what is known of them together.
pub(super) struct Behind {
    /// For each row of the sample the rows it rests on: input and row.
    pub members: Vec<Vec<(usize, usize)>>,
    /// Rows of the places table, read for labels or space.
    pub objects: Vec<(usize, usize)>,
}

/// Whether an analysis reads the places table.
pub(super) fn wants_objects<A: Analysis>(columns: &[Wanted]) -> bool {
    A::SPATIAL || columns.iter().any(|wanted| wanted.holds == Holds::Labels)
}

/// A column of a sample before its rows are chosen.
struct Source {
    /// The parameter that asked for it.
    parameter: String,
    input: usize,
    /// Whether it is what is analysed, rather than a weight or another companion.
    leads: bool,
    /// The breakdown, where the indicator is spread over several.
    part: Option<Symbol>,
    /// Its rows by period and rank of the breakdown.
    groups: BTreeMap<(Period, u32), Group>,
}

impl Source {
    /// Rows (position of place, row of input) in a period; those of the total where the breakdown has none.
    fn rows(&self, period: Period, rank: u32, total: u32) -> &[(usize, usize)] {
        let group = self.groups.get(&(period, rank)).or_else(|| self.groups.get(&(period, total)));
        group.map_or(&[], |group| &group.rows)
    }
}

/// Samples, one for each period and breakdown of a cross-section, one for each breakdown of a panel.
pub(super) type Samples = Vec<(Analysed, Sample, Behind)>;

/// Makes the samples of a measure.
pub(super) struct Maker<'a, 'i, A> {
    analysis: std::marker::PhantomData<&'a A>,
    inputs: &'a Inputs<'i>,
    /// The numeric columns by input.
    pub numbers: Vec<Wanted>,
    labels: Vec<Wanted>,
    /// The input with rows of the places table.
    objects: Option<usize>,
    wanted_periods: Option<BTreeSet<Period>>,
}

impl<'a, 'i, A: Analysis> Maker<'a, 'i, A> {
    pub fn new(analysis: &'a A, inputs: &'a Inputs<'i>) -> Maker<'a, 'i, A> {
        let columns = Analysis::columns(analysis);
        let objects = wants_objects::<A>(&columns);
        let (numbers, labels): (Vec<_>, Vec<_>) = columns.into_iter().partition(|w| w.holds == Holds::Numbers);
        let objects = objects.then_some(numbers.len());
        let wanted_periods = analysis.scope().periods.map(|periods| periods.list().into_iter().collect());
        Maker { analysis: std::marker::PhantomData, inputs, numbers, labels, objects, wanted_periods }
    }

    /// The columns with their rows by period and breakdown.
    fn sources(&self, places: &[Symbol]) -> Vec<Source> {
        let total = self.inputs.rank(Symbol::NONE);
        let mut sources = Vec::new();
        for (input, wanted) in self.numbers.iter().enumerate() {
            let groups = groups(self.inputs, input, places).into_iter();
            let kept = groups.filter(|group| self.wanted_periods.as_ref().is_none_or(|p| p.contains(&group.period)));
            let leads = wanted.parameter == "of" || wanted.parameter.starts_with("of.");
            let source = |parameter: String, part, groups| Source { parameter, input, leads, part, groups };
            let Some(dimension) = &wanted.spread else {
                let groups = kept.map(|group| ((group.period, self.inputs.rank(group.breakdown)), group)).collect();
                sources.push(source(wanted.parameter.clone(), None, groups));
                continue;
            };
            let mut parts: BTreeMap<u32, (Symbol, BTreeMap<_, _>)> = BTreeMap::new();
            for group in kept.filter(|group| code(self.inputs.id(group.breakdown), dimension).is_some()) {
                let part = parts.entry(self.inputs.rank(group.breakdown));
                part.or_insert_with(|| (group.breakdown, BTreeMap::new())).1.insert((group.period, total), group);
            }
            let spread = parts.into_values().map(|(part, groups)| source(wanted.parameter.clone(), Some(part), groups));
            sources.extend(spread);
        }
        // Where nothing leads everything does.
        if !sources.iter().any(|source| source.leads) {
            sources.iter_mut().for_each(|source| source.leads = true);
        }
        sources
    }

    /// One for each period and breakdown, or of a panel one for each breakdown.
    ///
    /// # Errors
    /// When nothing is named, or the periods chosen do not go together.
    pub fn samples(&self) -> Result<Samples, String> {
        if self.numbers.is_empty() {
            return Err("name an indicator (`of`): its places and periods are analysed".to_owned());
        }
        let places = self.inputs.selection(0);
        let sources = self.sources(places);
        if let Some((wanted, dimension)) = self.numbers.iter().find_map(|w| Some((w, w.spread.as_ref()?)))
            && sources.iter().all(|source| source.part.is_none())
        {
            return Err(format!("no figure of {} is broken down by {dimension} alone", wanted.name));
        }
        let leading: Vec<&Source> = sources.iter().filter(|source| source.leads).collect();
        let mut keys: BTreeSet<(Period, u32)> =
            leading.first().map(|source| source.groups.keys().copied().collect()).unwrap_or_default();
        let spread = leading.iter().any(|source| source.part.is_some());
        match A::OVER {
            Over::Places if !spread => {
                keys.retain(|key| leading.iter().all(|source| source.groups.contains_key(key)));
            }
            _ => leading.iter().for_each(|source| keys.extend(source.groups.keys().copied())),
        }
        let total = self.inputs.rank(Symbol::NONE);
        let breakdown = |rank: u32| {
            let mut all = sources.iter().flat_map(|source| source.groups.iter()).filter(|_| rank != total);
            all.find(|((_, at), _)| *at == rank).map_or(Symbol::NONE, |(_, group)| group.breakdown)
        };
        let mut samples = Vec::new();
        match A::OVER {
            Over::Places => {
                for (period, rank) in keys {
                    samples.push(self.sample(places, breakdown(rank), rank, &[period], &sources));
                }
            }
            Over::Panel => {
                let ranks: BTreeSet<u32> = keys.iter().map(|key| key.1).collect();
                for rank in ranks {
                    let all: Vec<Period> = keys.iter().filter(|key| key.1 == rank).map(|key| key.0).collect();
                    let periods = one_kind(all, self.wanted_periods.is_some())?;
                    samples.push(self.sample(places, breakdown(rank), rank, &periods, &sources));
                }
            }
        }
        Ok(samples)
    }

    /// The sample of some periods and one breakdown.
    fn sample(
        &self,
        places: &[Symbol],
        breakdown: Symbol,
        rank: u32,
        periods: &[Period],
        sources: &[Source],
    ) -> (Analysed, Sample, Behind) {
        let total = self.inputs.rank(Symbol::NONE);
        // A part of which these periods have no row is none of theirs.
        let there = |source: &&Source| {
            source.part.is_none() || periods.iter().any(|&period| !source.rows(period, rank, total).is_empty())
        };
        let sources: Vec<&Source> = sources.iter().filter(there).collect();
        // Rows of the sample: every place that has a row in any column that leads.
        let mut keys: BTreeSet<(usize, usize)> = BTreeSet::new();
        for source in sources.iter().filter(|source| source.leads) {
            for (at, &period) in periods.iter().enumerate() {
                keys.extend(source.rows(period, rank, total).iter().map(|&(place, _)| (place, at)));
            }
        }
        let mut number = BTreeMap::new();
        keys.iter().for_each(|&(place, _)| {
            let next = number.len() as u32;
            number.entry(place).or_insert(next);
        });
        let used: Vec<Symbol> = number.keys().map(|&place| places[place]).collect();
        let rows: Vec<(u32, u32)> = keys.iter().map(|&(place, period)| (number[&place], period as u32)).collect();
        let mut members: Vec<Vec<(usize, usize)>> = vec![Vec::new(); keys.len()];
        let (mut columns, mut parts) = (Vec::new(), Vec::new());
        let order: BTreeMap<(usize, usize), usize> = keys.iter().enumerate().map(|(row, &key)| (key, row)).collect();
        for source in &sources {
            let series = self.inputs.series(source.input);
            let mut values = vec![None; keys.len()];
            for (at, &period) in periods.iter().enumerate() {
                for &(place, row) in source.rows(period, rank, total) {
                    if let Some(&to) = order.get(&(place, at)) {
                        values[to] = series.value(row);
                        members[to].push((source.input, row));
                    }
                }
            }
            let parameter = match source.part {
                Some(part) => {
                    parts.push(part);
                    format!("{}.{}", source.parameter, parts.len() - 1)
                }
                None => source.parameter.clone(),
            };
            columns.push((parameter, Column::Numbers(values.into_iter().collect::<Numbers>())));
        }
        let mut space = Space { geographic: true, ..Space::default() };
        let mut objects = Vec::new();
        if let Some(input) = self.objects {
            let mut row_of: BTreeMap<Symbol, usize> = BTreeMap::new();
            for (row, place) in self.inputs.places(input) {
                row_of.insert(place.id, row);
            }
            objects.extend(used.iter().filter_map(|place| row_of.get(place)).map(|&row| (input, row)));
            for wanted in &self.labels {
                let mut labels = Labels::default();
                for &(place, _) in &rows {
                    let row = row_of.get(&used[place as usize]);
                    let cell = row.map_or(Value::Empty, |&row| self.inputs.column(input, row, &wanted.name));
                    labels.push(&text(cell, self.inputs));
                }
                columns.push((wanted.parameter.clone(), Column::Labels(labels)));
            }
            if A::SPATIAL {
                let by_row: BTreeMap<Symbol, Option<[f64; 2]>> =
                    self.inputs.places(input).map(|(_, place)| (place.id, place.point.map(|(x, y)| [x, y]))).collect();
                space.points = used.iter().map(|place| by_row.get(place).copied().flatten()).collect();
                space.boundaries = used.iter().map(|&place| self.inputs.boundary(place).map(boundary)).collect();
            }
        }
        let panel = A::OVER == Over::Panel;
        let sample = Sample {
            places: used.iter().map(|&place| self.inputs.id(place).to_owned()).collect(),
            place: rows.iter().map(|row| row.0).collect(),
            periods: if panel { periods.iter().map(ToString::to_string).collect() } else { Vec::new() },
            times: if panel { periods.iter().map(|&period| time(period)).collect() } else { Vec::new() },
            period: if panel { rows.iter().map(|row| row.1).collect() } else { Vec::new() },
            columns,
            parts: parts.iter().map(|&part| part_name(self.inputs.id(part)).to_owned()).collect(),
            space,
        };
        let analysed = Analysed {
            period: span(periods),
            breakdown,
            places: used,
            periods: periods.to_vec(),
            rows,
            parts,
            outcome: Err("not yet".to_owned()),
        };
        (analysed, sample, Behind { members, objects })
    }
}

/// The code that a breakdown of one dimension has in it (`mining` of `industry=mining`).
fn code<'t>(breakdown: &'t str, dimension: &str) -> Option<&'t str> {
    breakdown.strip_prefix(dimension)?.strip_prefix('=').filter(|code| !code.contains(';'))
}

/// The code of a breakdown of one dimension.
fn part_name(breakdown: &str) -> &str {
    breakdown.split_once('=').map_or(breakdown, |(_, code)| code)
}

/// Text of a cell.
fn text(cell: Value<'_>, inputs: &Inputs<'_>) -> String {
    match cell {
        Value::Empty => String::new(),
        Value::Id(symbol) => inputs.id(symbol).to_owned(),
        Value::Ids(symbols) => symbols.first().map_or_else(String::new, |&symbol| inputs.id(symbol).to_owned()),
        Value::Text(text) => text.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Period(period) => period.to_string(),
    }
}

fn boundary(polygons: &geo::MultiPolygon<f64>) -> Boundary {
    let ring = |ring: &geo::LineString<f64>| ring.0.iter().map(|at| [at.x, at.y]).collect();
    let polygon = |polygon: &geo::Polygon<f64>| {
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect::<Vec<_>>()
    };
    polygons.0.iter().map(polygon).collect()
}

/// When a period begins, in years.
pub(super) fn time(period: Period) -> f64 {
    let day = period.start();
    match day.day() {
        1 => f64::from(day.year()) + f64::from(day.month() - 1) / 12.0,
        _ => f64::from(day.year()) + f64::from(day.day_of_year() - 1) / f64::from(day.days_in_year()),
    }
}

/// The periods of the kind that most have, unless they were chosen.
fn one_kind(periods: Vec<Period>, chosen: bool) -> Result<Vec<Period>, String> {
    let count = |period: &Period| periods.iter().filter(|other| same_length(*period, **other)).count();
    let Some(kind) = periods.iter().copied().rev().max_by_key(count) else { return Ok(periods) };
    let kept: Vec<Period> = periods.iter().copied().filter(|period| same_length(kind, *period)).collect();
    if chosen && kept.len() < periods.len() {
        return Err("the periods chosen are of different lengths; choose years, quarters or months".to_owned());
    }
    Ok(kept)
}

/// The interval from the first to the last.
fn span(periods: &[Period]) -> Period {
    match (periods.first(), periods.last()) {
        (Some(&first), Some(&last)) if first != last => Period::parse(&format!("{first}/{last}")).unwrap_or(last),
        (Some(&first), _) => first,
        _ => Period::year(0),
    }
}
