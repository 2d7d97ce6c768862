//! The tables of a region as rows of text again, and written as CSV or Parquet.

use crate::parquet_file::{ParquetSink, failed};
use crate::region::Region;
use crate::rows::*;
use crate::schema::TableSpec;
use crate::typed::date_of_day;
use crate::write::{CsvText, WriteError, write_whole};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::path::Path;
use umbel_core::{Date, Money, Period, Symbol, Text, Unit};

/// Takes the rows of a file.
enum Sink {
    Csv(CsvText),
    Parquet(Box<ParquetSink>),
}

/// Writes rows of a table as CSV, or as Parquet when the path ends in `.parquet`; whole or not at all.
///
/// `rows` is called with a function that takes one row (a cell for each name of `header`, empty = not given).
///
/// # Errors
/// [`WriteError`]; then the old file, if any, is as it was.
pub fn write_rows(
    path: &Path,
    table: &TableSpec,
    header: &[String],
    rows: impl FnOnce(&mut dyn FnMut(&[&str])),
) -> Result<(), WriteError> {
    let mut sink = if path.extension().is_some_and(|own| own.eq_ignore_ascii_case("parquet")) {
        Sink::Parquet(Box::new(ParquetSink::new(table, header).map_err(|error| failed(path, error))?))
    } else {
        Sink::Csv(CsvText::new(header))
    };
    let mut outcome = Ok(());
    rows(&mut |cells| match &mut sink {
        Sink::Csv(csv) => csv.row(cells),
        Sink::Parquet(parquet) if outcome.is_ok() => outcome = parquet.row(cells),
        Sink::Parquet(_) => {}
    });
    outcome.map_err(|error| failed(path, error))?;
    let bytes = match sink {
        Sink::Csv(csv) => csv.finish().into_bytes(),
        Sink::Parquet(parquet) => parquet.finish().map_err(|error| failed(path, error))?,
    };
    write_whole(path, &bytes)
}

/// Writes a table of a region to one file, see [`write_rows`].
///
/// # Errors
/// As [`write_rows`].
pub fn write_table(region: &Region, table: &TableSpec, path: &Path) -> Result<(), WriteError> {
    let header = header(region, table);
    write_rows(path, table, &header, |put| {
        each_row(region, table, &header, |cells| put(&cells.iter().map(String::as_str).collect::<Vec<_>>()));
    })
}

/// The columns of a table of a region: those of the format, each with its versions in further languages, then the
/// attributes in alphabetical order.
pub fn header(region: &Region, table: &TableSpec) -> Vec<String> {
    let mut languages: FxHashMap<&'static str, BTreeSet<String>> = FxHashMap::default();
    let mut attributes = BTreeSet::new();
    each(region, table, |row| {
        for (column, text) in &row.texts {
            let of_column = languages.entry(column).or_default();
            of_column.extend(text.iter().map(|(language, _)| language.to_owned()).filter(|l| !l.is_empty()));
        }
        attributes.extend(row.attributes.into_iter().flat_map(|all| all.keys().cloned()));
    });
    let mut header = Vec::new();
    for column in table.columns {
        header.push(column.name.to_owned());
        let versions = languages.get(column.name).into_iter().flatten();
        header.extend(versions.map(|language| format!("{}_{language}", column.name)));
    }
    header.extend(attributes);
    header
}

/// Gives every row of a table as the texts of these columns.
pub fn each_row(region: &Region, table: &TableSpec, header: &[String], mut put: impl FnMut(&[String])) {
    let mut cells = vec![String::new(); header.len()];
    each(region, table, |row| {
        for (cell, name) in cells.iter_mut().zip(header) {
            cell.clear();
            cell.push_str(row.cell(name));
        }
        put(&cells);
    });
}

/// A row on the way to its texts.
#[derive(Default)]
struct Out<'a> {
    cells: Vec<(&'static str, String)>,
    texts: Vec<(&'static str, &'a Text)>,
    attributes: Option<&'a Attributes>,
}

impl<'a> Out<'a> {
    fn cell(&self, name: &str) -> &str {
        if let Some((_, text)) = self.cells.iter().find(|(column, _)| *column == name) {
            return text;
        }
        for (column, text) in &self.texts {
            if let Some(rest) = name.strip_prefix(column)
                && (rest.is_empty() || rest.starts_with('_'))
            {
                return text.exact(rest.trim_start_matches('_')).unwrap_or("");
            }
        }
        self.attributes.and_then(|all| all.get(name)).map_or("", String::as_str)
    }

    fn set(mut self, column: &'static str, text: impl Into<String>) -> Self {
        let text: String = text.into();
        if !text.is_empty() {
            self.cells.push((column, text));
        }
        self
    }

    fn number(self, column: &'static str, value: Option<f64>) -> Self {
        self.set(column, value.map_or_else(String::new, |value| value.to_string()))
    }

    fn period(self, column: &'static str, value: Option<Period>) -> Self {
        self.set(column, value.map_or_else(String::new, |value| value.to_string()))
    }

    fn date(self, column: &'static str, value: Option<Date>) -> Self {
        self.set(column, value.map_or_else(String::new, |value| value.to_string()))
    }

    fn vintage(self, day: i32) -> Self {
        self.date("vintage", (day != Rows::UNDATED).then(|| date_of_day(day)))
    }

    fn unit(self, column: &'static str, value: Option<&Unit>) -> Self {
        self.set(column, value.map_or_else(String::new, |unit| unit.text().to_owned()))
    }

    fn money(self, column: &'static str, unit: &'static str, value: Option<&Money>) -> Self {
        let Some(value) = value else { return self };
        let text = value.to_string();
        let amount = text.split(' ').next().unwrap_or_default();
        self.set(column, amount).set(unit, format!("{{{}}}", value.currency))
    }

    fn flag(self, column: &'static str, value: bool) -> Self {
        self.set(column, if value { "true" } else { "" })
    }

    fn text(mut self, column: &'static str, text: &'a Text) -> Self {
        self.texts.push((column, text));
        self
    }

    fn attributes(mut self, attributes: &'a Attributes) -> Self {
        self.attributes = Some(attributes);
        self
    }
}

/// Ids with `;` between.
fn list(region: &Region, ids: &[Symbol]) -> String {
    ids.iter().map(|&id| region.id(id)).collect::<Vec<_>>().join(";")
}

fn each<'a>(region: &'a Region, table: &TableSpec, mut put: impl FnMut(Out<'a>)) {
    let id = |symbol: Symbol| region.id(symbol);
    let new = Out::default;
    match table.name {
        "observations" => observations(region, put),
        "places" => region.places.iter().for_each(|row| {
            put(new()
                .set("place_id", id(row.id))
                .set("kind", list(region, &row.kinds))
                .text("name", &row.name)
                .set("parent_id", id(row.parent))
                .set("straddles", list(region, &row.straddles))
                .number("lon", row.point.map(|point| point.0))
                .number("lat", row.point.map(|point| point.1))
                .date("valid_from", row.valid_from)
                .date("valid_to", row.valid_to)
                .set("source_id", id(row.source))
                .set("note", &row.note)
                .attributes(&row.attributes));
        }),
        "links" => region.links.iter().for_each(|row| {
            put(new()
                .set("link_id", id(row.id))
                .set("kind", id(row.kind))
                .text("name", &row.name)
                .set("from_place_id", id(row.from))
                .set("to_place_id", id(row.to))
                .flag("directed", row.directed)
                .number("length", row.length)
                .number("time", row.time)
                .number("capacity", row.capacity)
                .period("opened", row.opened)
                .period("closed", row.closed)
                .set("source_id", id(row.source))
                .set("note", &row.note)
                .attributes(&row.attributes));
        }),
        "flows" => region.flows.iter().for_each(|row| {
            put(new()
                .set("kind", id(row.kind))
                .set("origin_id", id(row.from))
                .set("destination_id", id(row.to))
                .period("period", Some(row.period))
                .vintage(row.vintage)
                .number("value", row.value)
                .unit("unit", Some(&row.unit))
                .set("status", row.status.letter())
                .set("bound", row.bound.as_str())
                .set("source_id", id(row.source))
                .set("note", &row.note)
                .attributes(&row.attributes));
        }),
        "projects" => region.projects.iter().for_each(|row| {
            put(new()
                .set("project_id", id(row.id))
                .text("title", &row.title)
                .set("kind", id(row.kind))
                .set("lead_place_id", id(row.lead))
                .set("partner_ids", list(region, &row.partners))
                .set("place_id", id(row.place))
                .set("origin_id", id(row.moved_from))
                .period("start", row.start)
                .period("finish", row.finish)
                .money("cost", "cost_unit", row.cost.as_ref())
                .set("source_id", id(row.source))
                .set("note", &row.note)
                .attributes(&row.attributes));
        }),
        "stages" => region.stages.iter().for_each(|row| {
            put(new()
                .set("project_id", id(row.project))
                .set("stage", id(row.stage))
                .period("date", Some(row.date))
                .set("source_id", id(row.source))
                .set("note", &row.note));
        }),
        "effects" => region.effects.iter().for_each(|row| {
            put(new()
                .set("effect_id", id(row.id))
                .set("project_id", id(row.project))
                .set("op", &row.operation)
                .set("table", &row.table)
                .set("key", &row.key)
                .set("column", &row.column)
                .period("from", row.from)
                .set("stage", id(row.stage))
                .set("value", &row.value)
                .unit("unit", row.unit.as_ref())
                .number("low", row.interval.0)
                .number("high", row.interval.1)
                .set("source_id", id(row.source))
                .set("note", &row.note));
        }),
        "plans" => region.plans.iter().for_each(|row| {
            put(new()
                .set("plan_id", id(row.id))
                .text("title", &row.title)
                .set("parent_id", id(row.parent))
                .set("projects", list(region, &row.projects))
                .period("horizon", row.horizon)
                .money("budget", "budget_unit", row.budget.as_ref())
                .set("note", &row.note));
        }),
        _ => registers(region, table, put),
    }
}

/// The registers: what the figures are figures of, what is wanted, said and cited.
fn registers<'a>(region: &'a Region, table: &TableSpec, mut put: impl FnMut(Out<'a>)) {
    let id = |symbol: Symbol| region.id(symbol);
    let new = Out::default;
    match table.name {
        "indicators" => region.indicators.iter().for_each(|row| {
            put(new()
                .set("indicator_id", id(row.id))
                .text("title", &row.title)
                .unit("unit", Some(&row.unit))
                .set("direction", ["down", "none", "up"][usize::from(row.direction.clamp(-1, 1).wrapping_add(1) as u8)])
                .set("kind", row.kind.as_str())
                .set("aggregation", &row.aggregation)
                .set("weight", id(row.weight))
                .set("scale", id(row.scale))
                .set("system", id(row.system))
                .set("decimals", row.decimals.map_or_else(String::new, |n| n.to_string()))
                .set("tolerance", if row.tolerance == 0.005 { String::new() } else { row.tolerance.to_string() })
                .text("description", &row.description));
        }),
        "targets" => region.targets.iter().for_each(|row| {
            put(new()
                .set("target_id", id(row.id))
                .text("title", &row.title)
                .set("indicator_id", id(row.indicator))
                .set("place_id", id(row.place))
                .period("period", Some(row.period))
                .set("direction", &row.direction)
                .number("value", row.value)
                .number("low", row.low)
                .number("high", row.high)
                .unit("unit", row.unit.as_ref())
                .set("force", &row.force)
                .period("baseline", row.baseline)
                .set("source_id", id(row.source))
                .set("note", &row.note));
        }),
        "claims" => region.claims.iter().for_each(|row| {
            put(new()
                .set("claim_id", id(row.id))
                .set("system", id(row.system))
                .text("statement", &row.statement)
                .set("indicator_id", id(row.indicator))
                .set("place_id", id(row.place))
                .period("period", row.period)
                .set("comparator", row.comparator.map_or("", |comparator| comparator.as_str()))
                .set("value", &row.value_text)
                .number("high", row.high)
                .unit("unit", row.unit.as_ref())
                .period("baseline", row.baseline)
                .set("tolerance", &row.tolerance)
                .set("kind", &row.kind)
                .set("source_id", id(row.source))
                .text("note", &row.note));
        }),
        "sources" => region.sources.iter().for_each(|row| {
            put(new()
                .set("source_id", id(row.id))
                .set("title", &row.title)
                .set("publisher", &row.publisher)
                .period("published", row.published)
                .period("retrieved", row.retrieved)
                .set("licence", &row.licence)
                .set("url", &row.url)
                .set("obtained", &row.obtained)
                .set("mark", row.mark.as_str())
                .set("derived_from", list(region, &row.derived_from))
                .set("note", &row.note));
        }),
        "kinds" => region.kinds.iter().for_each(|row| {
            put(new()
                .set("table", &row.table)
                .set("kind", id(row.kind))
                .text("title", &row.title)
                .flag("divides", row.divides));
        }),
        "scales" => region.scales.iter().for_each(|row| {
            put(new()
                .set("scale", id(row.scale))
                .set("rank", row.rank.to_string())
                .set("code", id(row.code))
                .text("title", &row.title));
        }),
        "units" => {
            region.units.iter().for_each(|row| put(new().set("unit", &row.unit).text("label", &row.label)));
        }
        _ => {}
    }
}

/// The observations by indicator, each figure in the unit of its indicator (stated where the indicator is not in the
/// table).
fn observations<'a>(region: &'a Region, mut put: impl FnMut(Out<'a>)) {
    for (indicator, rows) in &region.observations.by_indicator {
        let unit = rows.unit.as_ref().filter(|_| region.indicator(*indicator).is_none());
        for row in 0..rows.len() {
            let (low, high) = rows.interval(row);
            let status = rows.status[row];
            put(Out::default()
                .set("indicator_id", region.id(*indicator))
                .set("place_id", region.id(rows.place[row]))
                .period("period", Some(rows.period[row]))
                .set("breakdown", region.id(rows.breakdown[row]))
                .vintage(rows.vintage[row])
                .number("value", rows.value(row))
                .unit("unit", unit)
                .set("status", if status == umbel_core::Status::Normal { "" } else { status.letter() })
                .set("bound", rows.bound[row].as_str())
                .number("low", low)
                .number("high", high)
                .set("source_id", region.id(rows.source[row]))
                .set("note", region.observations.notes.get(&rows.origin[row]).map_or("", String::as_str)));
        }
    }
}
