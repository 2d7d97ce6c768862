//! The tables of objects, seen column by column: places, links, flows, projects, stages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::{Atom, Period, Symbol, Unit};
use umbel_table::{Region, Rows};

/// A table of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Table {
    /// Places.
    Places,
    /// Links.
    Links,
    /// Flows.
    Flows,
    /// Projects.
    Projects,
    /// Stages of projects.
    Stages,
}

/// A cell of a table of objects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing is given.
    Empty,
    /// An id.
    Id(Symbol),
    /// A list of ids.
    Ids(&'a [Symbol]),
    /// A number.
    Number(f64),
    /// A text.
    Text(&'a str),
    /// A period or date.
    Period(Period),
    /// True or false.
    Flag(bool),
}

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    Place,
    Id,
    Number,
    Text,
    Period,
    Flag,
}

impl Table {
    /// Name of the table.
    pub fn name(self) -> &'static str {
        match self {
            Table::Places => "places",
            Table::Links => "links",
            Table::Flows => "flows",
            Table::Projects => "projects",
            Table::Stages => "stages",
        }
    }

    /// Number of rows it has.
    pub fn len(self, region: &Region) -> usize {
        match self {
            Table::Places => region.places.len(),
            Table::Links => region.links.len(),
            Table::Flows => region.flows.len(),
            Table::Projects => region.projects.len(),
            Table::Stages => region.stages.len(),
        }
    }

    fn columns(self) -> &'static [(&'static str, ColumnKind)] {
        match self {
            Table::Places => &[
                ("place_id", ColumnKind::Place),
                ("within", ColumnKind::Place),
                ("kind", ColumnKind::Id),
                ("parent_id", ColumnKind::Place),
                ("straddles", ColumnKind::Place),
                ("lon", ColumnKind::Number),
                ("lat", ColumnKind::Number),
                ("valid_from", ColumnKind::Period),
                ("valid_to", ColumnKind::Period),
                ("source_id", ColumnKind::Id),
            ],
            Table::Links => &[
                ("link_id", ColumnKind::Id),
                ("kind", ColumnKind::Id),
                ("from_place_id", ColumnKind::Place),
                ("to_place_id", ColumnKind::Place),
                ("directed", ColumnKind::Flag),
                ("length", ColumnKind::Number),
                ("time", ColumnKind::Number),
                ("capacity", ColumnKind::Number),
                ("opened", ColumnKind::Period),
                ("closed", ColumnKind::Period),
                ("source_id", ColumnKind::Id),
            ],
            Table::Flows => &[
                ("kind", ColumnKind::Id),
                ("origin_id", ColumnKind::Place),
                ("destination_id", ColumnKind::Place),
                ("period", ColumnKind::Period),
                ("vintage", ColumnKind::Period),
                ("value", ColumnKind::Number),
                ("unit", ColumnKind::Text),
                ("status", ColumnKind::Text),
                ("bound", ColumnKind::Text),
                ("source_id", ColumnKind::Id),
            ],
            Table::Projects => &[
                ("project_id", ColumnKind::Id),
                ("kind", ColumnKind::Id),
                ("lead_place_id", ColumnKind::Place),
                ("partner_ids", ColumnKind::Place),
                ("place_id", ColumnKind::Place),
                ("origin_id", ColumnKind::Place),
                ("start", ColumnKind::Period),
                ("finish", ColumnKind::Period),
                ("cost", ColumnKind::Number),
                ("source_id", ColumnKind::Id),
            ],
            Table::Stages => &[
                ("project_id", ColumnKind::Id),
                ("stage", ColumnKind::Id),
                ("date", ColumnKind::Period),
                ("source_id", ColumnKind::Id),
            ],
        }
    }

    fn attribute_names(self, region: &Region) -> Vec<&str> {
        fn names<'a>(rows: impl Iterator<Item = &'a umbel_table::Attributes>) -> Vec<&'a str> {
            let mut all: Vec<&str> = rows.flat_map(|row| row.keys().map(String::as_str)).collect();
            all.sort_unstable();
            all.dedup();
            all
        }
        match self {
            Table::Places => names(region.places.iter().map(|row| &row.attributes)),
            Table::Links => names(region.links.iter().map(|row| &row.attributes)),
            Table::Flows => names(region.flows.iter().map(|row| &row.attributes)),
            Table::Projects => names(region.projects.iter().map(|row| &row.attributes)),
            Table::Stages => Vec::new(),
        }
    }

    pub(crate) fn kind_of(self, column: &str, region: &Region) -> Option<ColumnKind> {
        let named = self.columns().iter().find(|(name, _)| *name == column).map(|(_, is)| *is);
        named.or_else(|| self.attribute_names(region).binary_search(&column).is_ok().then_some(ColumnKind::Text))
    }

    /// Names of the columns that a filter may name: those of the format, then the attributes in use.
    pub fn column_names(self, region: &Region) -> Vec<&str> {
        self.columns().iter().map(|(name, _)| *name).chain(self.attribute_names(region)).collect()
    }
}

/// The date of a number of days since 1970-01-01; `None` for [`Rows::UNDATED`] and beyond the calendar.
pub fn date_of(days: i32) -> Option<umbel_core::Date> {
    let epoch = umbel_core::Date::constant(1970, 1, 1);
    if days == Rows::UNDATED {
        return None;
    }
    epoch.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// Days since 1970-01-01 of a date.
pub fn days_of(date: umbel_core::Date) -> i32 {
    let epoch = umbel_core::Date::constant(1970, 1, 1);
    (date - epoch).get_days()
}

fn day(days: i32) -> Value<'static> {
    if days == Rows::UNDATED {
        return Value::Empty;
    }
    date_of(days).map_or(Value::Empty, |date| Value::Period(Period::from(Atom::Day(date))))
}

/// A cell of a row of a table; [`Value::Empty`] for an unknown column.
pub fn value<'a>(table: Table, row: usize, column: &str, region: &'a Region) -> Value<'a> {
    let id = |symbol: Symbol| if symbol.is_some() { Value::Id(symbol) } else { Value::Empty };
    let number = |number: Option<f64>| number.map_or(Value::Empty, Value::Number);
    let period = |period: Option<Period>| period.map_or(Value::Empty, Value::Period);
    let date = |date: Option<umbel_core::Date>| period(date.map(|date| Period::from(Atom::Day(date))));
    fn attribute<'a>(attributes: &'a umbel_table::Attributes, column: &str) -> Value<'a> {
        attributes
            .get(column)
            .map_or(Value::Empty, |text| if text.is_empty() { Value::Empty } else { Value::Text(text) })
    }
    match table {
        Table::Places => {
            let Some(place) = region.places.get(row) else { return Value::Empty };
            match column {
                "place_id" | "within" => id(place.id),
                "kind" => Value::Ids(&place.kinds),
                "parent_id" => id(place.parent),
                "straddles" => Value::Ids(&place.straddles),
                "lon" => number(place.point.map(|point| point.0)),
                "lat" => number(place.point.map(|point| point.1)),
                "valid_from" => date(place.valid_from),
                "valid_to" => date(place.valid_to),
                "source_id" => id(place.source),
                _ => attribute(&place.attributes, column),
            }
        }
        Table::Links => {
            let Some(link) = region.links.get(row) else { return Value::Empty };
            match column {
                "link_id" => id(link.id),
                "kind" => id(link.kind),
                "from_place_id" => id(link.from),
                "to_place_id" => id(link.to),
                "directed" => Value::Flag(link.directed),
                "length" => number(link.length),
                "time" => number(link.time),
                "capacity" => number(link.capacity),
                "opened" => period(link.opened),
                "closed" => period(link.closed),
                "source_id" => id(link.source),
                _ => attribute(&link.attributes, column),
            }
        }
        Table::Flows => {
            let Some(flow) = region.flows.get(row) else { return Value::Empty };
            match column {
                "kind" => id(flow.kind),
                "origin_id" => id(flow.from),
                "destination_id" => id(flow.to),
                "period" => Value::Period(flow.period),
                "vintage" => day(flow.vintage),
                "value" => number(flow.value),
                "unit" => Value::Text(flow.unit.text()),
                "status" => Value::Text(flow.status.letter()),
                "bound" => Value::Text(flow.bound.as_str()),
                "source_id" => id(flow.source),
                _ => attribute(&flow.attributes, column),
            }
        }
        Table::Projects => {
            let Some(project) = region.projects.get(row) else { return Value::Empty };
            match column {
                "project_id" => id(project.id),
                "kind" => id(project.kind),
                "lead_place_id" => id(project.lead),
                "partner_ids" => Value::Ids(&project.partners),
                "place_id" => id(project.place),
                "origin_id" => id(project.moved_from),
                "start" => period(project.start),
                "finish" => period(project.finish),
                "cost" => number(project.cost.as_ref().map(|cost| cost.minor as f64 / 100.0)),
                "source_id" => id(project.source),
                _ => attribute(&project.attributes, column),
            }
        }
        Table::Stages => {
            let Some(stage) = region.stages.get(row) else { return Value::Empty };
            match column {
                "project_id" => id(stage.project),
                "stage" => id(stage.stage),
                "date" => Value::Period(stage.date),
                "source_id" => id(stage.source),
                _ => Value::Empty,
            }
        }
    }
}

/// Unit of a numeric column for these rows of a table; `None` when none is known.
///
/// Flows: of the first row. Links: kilometres and minutes, and for the capacity what the package declares. Projects:
/// the currency of the first cost. Attributes: what the package declares.
pub fn column_unit(table: Table, rows: &[u32], column: &str, region: &Region) -> Option<Unit> {
    match (table, column) {
        (Table::Flows, "value") => rows.first().and_then(|&row| region.flows.get(row as usize)).map(|f| f.unit.clone()),
        (Table::Links, "length") => Unit::parse("km").ok(),
        (Table::Links, "time") => Unit::parse("min").ok(),
        (Table::Projects, "cost") => {
            let costs = rows.iter().filter_map(|&row| region.projects.get(row as usize)?.cost.as_ref());
            costs.map(|cost| Unit::parse(&format!("{{{}}}", cost.currency)).ok()).next().flatten()
        }
        _ => region.column_units.get(&(table.name().to_owned(), column.to_owned())).cloned(),
    }
}

/// A cell as a number: numbers, and texts that are one.
pub fn number_of(cell: Value<'_>) -> Option<f64> {
    match cell {
        Value::Number(number) => Some(number),
        Value::Text(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
        _ => None,
    }
}

/// Whether an id occurs in a column, or is registered as a kind of the table.
pub(crate) fn occurs(table: Table, column: &str, symbol: Option<Symbol>, region: &Region) -> bool {
    let Some(symbol) = symbol else { return false };
    if column == "kind" && region.kinds.iter().any(|kind| kind.kind == symbol && kind.table == table.name()) {
        return true;
    }
    if column == "stage" && region.scales.iter().any(|step| step.code == symbol) {
        return true;
    }
    (0..table.len(region)).any(|row| match value(table, row, column, region) {
        Value::Id(id) => id == symbol,
        Value::Ids(ids) => ids.contains(&symbol),
        _ => false,
    })
}

/// Ids in use in a column, and those registered as kinds of the table, in alphabetical order.
pub(crate) fn ids_of<'a>(table: Table, column: &str, region: &'a Region) -> Vec<&'a str> {
    let mut ids: Vec<&str> = Vec::new();
    for row in 0..table.len(region) {
        match value(table, row, column, region) {
            Value::Id(id) => ids.push(region.symbols.name(id)),
            Value::Ids(all) => ids.extend(all.iter().map(|&id| region.symbols.name(id))),
            _ => {}
        }
    }
    if column == "kind" {
        let registered = region.kinds.iter().filter(|kind| kind.table == table.name());
        ids.extend(registered.map(|kind| region.symbols.name(kind.kind)));
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}
