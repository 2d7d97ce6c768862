//! From checked cells to the typed rows of each table (observations have their own, faster way).

use crate::cells;
use crate::problems::{Problems, quoted};
use crate::region::Region;
use crate::row::Row;
use crate::rows::*;
use umbel_core::code::*;
use umbel_core::money::is_currency;
use umbel_core::unit::Dimension;
use umbel_core::{Bound, Comparator, Date, Mark, Money, Period, Unit};

/// Days from 1970-01-01 to a date.
pub fn day_number(date: Date) -> i32 {
    (date - EPOCH).get_days()
}

/// The date so many days after 1970-01-01, held within the years that dates can have.
pub fn date_of_day(day: i32) -> Date {
    let span = std::time::Duration::from_secs(u64::from(day.unsigned_abs()) * 86_400);
    if day < 0 { EPOCH.saturating_sub(span) } else { EPOCH.saturating_add(span) }
}

const EPOCH: Date = Date::constant(1970, 1, 1);

/// Adds a row to its table. Problems that concern more than one cell are told to `problems`.
pub fn add(region: &mut Region, row: &Row<'_>, problems: &mut Problems) {
    match row.table.name {
        "places" => place(region, row),
        "links" => link(region, row),
        "flows" => flow(region, row, problems),
        "projects" => project(region, row, problems),
        "stages" => stage(region, row),
        "effects" => effect(region, row),
        "plans" => plan(region, row, problems),
        "indicators" => indicator(region, row),
        "targets" => target(region, row, problems),
        "claims" => claim(region, row, problems),
        "sources" => source(region, row),
        "kinds" => kind(region, row),
        "scales" => scale(region, row),
        "units" => {
            region.units.push(UnitLabel { origin: row.origin, unit: row.text("unit"), label: row.languages("label") });
        }
        _ => {}
    }
}

fn place(region: &mut Region, row: &Row<'_>) {
    let symbols = &mut region.symbols;
    region.places.push(Place {
        origin: row.origin,
        id: row.symbol("place_id", symbols),
        kinds: row.symbols("kind", symbols),
        name: row.languages("name"),
        parent: row.symbol("parent_id", symbols),
        straddles: row.symbols("straddles", symbols),
        point: row.number("lon").zip(row.number("lat")),
        valid_from: row.date("valid_from"),
        valid_to: row.date("valid_to"),
        source: row.symbol("source_id", symbols),
        note: row.text("note"),
        attributes: row.attributes(),
    });
}

fn link(region: &mut Region, row: &Row<'_>) {
    // Lengths and times are held in kilometres and minutes, whatever unit the package declares.
    let in_unit = |column: &str| {
        let value = row.number(column)?;
        let fixed = row.table.columns.iter().find(|spec| spec.name == column).map_or("", |spec| spec.unit);
        match (region.column_units.get(&("links".to_owned(), column.to_owned())), Unit::parse(fixed)) {
            (Some(declared), Ok(fixed)) => Some(declared.convert(value, &fixed).unwrap_or(value)),
            _ => Some(value),
        }
    };
    let (length, time) = (in_unit("length"), in_unit("time"));
    let symbols = &mut region.symbols;
    region.links.push(Link {
        origin: row.origin,
        id: row.symbol("link_id", symbols),
        kind: row.symbol("kind", symbols),
        name: row.languages("name"),
        from: row.symbol("from_place_id", symbols),
        to: row.symbol("to_place_id", symbols),
        directed: row.flag("directed"),
        length,
        time,
        capacity: row.number("capacity"),
        opened: row.period("opened"),
        closed: row.period("closed"),
        source: row.symbol("source_id", symbols),
        note: row.text("note"),
        attributes: row.attributes(),
    });
}

fn flow(region: &mut Region, row: &Row<'_>, problems: &mut Problems) {
    if row.is_spoiled("value") || row.is_spoiled("status") {
        return;
    }
    let (status, mut value) = (row.status("status"), row.number("value"));
    if value.is_some() && status.is_missing() {
        let (message, fix) = present_though_missing(status);
        row.problem(problems, &V003, "value", message, fix);
        value = None;
    }
    if value.is_none() && !status.is_missing() {
        let (message, fix) = missing_without_reason();
        return row.problem(problems, &V002, "value", message, fix);
    }
    let (Some(period), Some(unit)) = (row.period("period"), row.unit("unit")) else { return };
    let symbols = &mut region.symbols;
    region.flows.push(Flow {
        row: row.origin,
        kind: row.symbol("kind", symbols),
        from: row.symbol("origin_id", symbols),
        to: row.symbol("destination_id", symbols),
        period,
        vintage: row.date("vintage").map_or(Rows::UNDATED, day_number),
        value,
        unit,
        status,
        bound: Bound::parse(row.cell("bound")).unwrap_or_default(),
        source: row.symbol("source_id", symbols),
        note: row.text("note"),
        attributes: row.attributes(),
    });
}

/// Message and fix of a value that a missing status denies.
pub fn present_though_missing(status: umbel_core::Status) -> (String, String) {
    let message = format!("there is a value although status {} says \"{}\"", status.letter(), status.meaning());
    (message, "remove the value, or give a status that has one".to_owned())
}

/// Message and fix of a missing value that no status explains.
pub fn missing_without_reason() -> (String, String) {
    let message = "the value is empty and the status does not say why".to_owned();
    (message, "give the value, or one of the statuses H, L, M, O, Q".to_owned())
}

fn project(region: &mut Region, row: &Row<'_>, problems: &mut Problems) {
    let cost = money(row, "cost", "cost_unit", problems);
    let symbols = &mut region.symbols;
    region.projects.push(Project {
        origin: row.origin,
        id: row.symbol("project_id", symbols),
        title: row.languages("title"),
        kind: row.symbol("kind", symbols),
        lead: row.symbol("lead_place_id", symbols),
        partners: row.symbols("partner_ids", symbols),
        place: row.symbol("place_id", symbols),
        moved_from: row.symbol("origin_id", symbols),
        start: row.period("start"),
        finish: row.period("finish"),
        cost,
        source: row.symbol("source_id", symbols),
        note: row.text("note"),
        attributes: row.attributes(),
    });
}

/// An amount of money in a column, its unit in another.
fn money(row: &Row<'_>, amount: &str, unit: &str, problems: &mut Problems) -> Option<Money> {
    let text = row.cell(amount);
    if text.is_empty() {
        return None;
    }
    if row.is_spoiled(unit) {
        return None;
    }
    let Some(of) = row.unit(unit) else {
        let message = format!("there is a {amount} but no unit of it");
        row.problem(problems, &F009, unit, message, format!("write the unit of the {amount}, such as 10*8.{{CNY}}"));
        return None;
    };
    let is_money = matches!(of.dimensions(), [(Dimension::Annotation(name), 1)] if is_currency(name));
    if !is_money {
        let message = format!("{unit}: {} is not a unit of money", quoted(of.text()));
        row.problem(problems, &F016, unit, message, "write a currency such as {CNY} or 10*8.{CNY_2022}");
        return None;
    }
    let money = Money::parse(text, &of);
    if money.is_none() {
        let message = format!("{amount}: {} is not an exact amount of money", quoted(text));
        let fix = "write a plain decimal number that is a whole number of hundredths of the currency";
        row.problem(problems, &F011, amount, message, fix);
    }
    money
}

fn stage(region: &mut Region, row: &Row<'_>) {
    let Some(date) = row.period("date") else { return };
    let symbols = &mut region.symbols;
    region.stages.push(Stage {
        origin: row.origin,
        project: row.symbol("project_id", symbols),
        stage: row.symbol("stage", symbols),
        date,
        source: row.symbol("source_id", symbols),
        note: row.text("note"),
    });
}

fn effect(region: &mut Region, row: &Row<'_>) {
    let symbols = &mut region.symbols;
    region.effects.push(Effect {
        origin: row.origin,
        id: row.symbol("effect_id", symbols),
        project: row.symbol("project_id", symbols),
        operation: row.text("op"),
        table: row.text("table"),
        key: row.text("key"),
        column: row.text("column"),
        from: row.period("from"),
        stage: row.symbol("stage", symbols),
        value: row.text("value"),
        unit: row.unit("unit"),
        interval: (row.number("low"), row.number("high")),
        source: row.symbol("source_id", symbols),
        note: row.text("note"),
    });
}

fn plan(region: &mut Region, row: &Row<'_>, problems: &mut Problems) {
    let budget = money(row, "budget", "budget_unit", problems);
    let symbols = &mut region.symbols;
    region.plans.push(Plan {
        origin: row.origin,
        id: row.symbol("plan_id", symbols),
        title: row.languages("title"),
        parent: row.symbol("parent_id", symbols),
        projects: row.symbols("projects", symbols),
        horizon: row.period("horizon"),
        budget,
        note: row.text("note"),
    });
}

fn indicator(region: &mut Region, row: &Row<'_>) {
    let kind = match row.cell("kind") {
        "stock" => IndicatorKind::Stock,
        "flow" => IndicatorKind::Flow,
        "share" => IndicatorKind::Share,
        "rate" => IndicatorKind::Rate,
        "cumulative" => IndicatorKind::Cumulative,
        "class" => IndicatorKind::Class,
        _ => return,
    };
    let direction = match row.cell("direction") {
        "up" => 1,
        "down" => -1,
        _ => 0,
    };
    let Some(unit) = row.unit("unit") else { return };
    let symbols = &mut region.symbols;
    region.indicators.push(Indicator {
        origin: row.origin,
        id: row.symbol("indicator_id", symbols),
        title: row.languages("title"),
        unit,
        direction,
        kind,
        aggregation: row.text("aggregation"),
        weight: row.symbol("weight", symbols),
        scale: row.symbol("scale", symbols),
        system: row.symbol("system", symbols),
        decimals: row.cell("decimals").parse().ok(),
        tolerance: cells::number_or_percent(row.cell("tolerance")).unwrap_or(0.005),
        description: row.languages("description"),
    });
}

fn target(region: &mut Region, row: &Row<'_>, problems: &mut Problems) {
    let Some(period) = row.period("period") else { return };
    let (value, low, high) = (row.number("value"), row.number("low"), row.number("high"));
    if low.zip(high).is_some_and(|(low, high)| low > high) {
        let message = format!("low {} lies above high {}", row.cell("low"), row.cell("high"));
        row.problem(problems, &V001, "low", message, "exchange or correct low and high");
    }
    let symbols = &mut region.symbols;
    region.targets.push(Target {
        origin: row.origin,
        id: row.symbol("target_id", symbols),
        title: row.languages("title"),
        indicator: row.symbol("indicator_id", symbols),
        place: row.symbol("place_id", symbols),
        period,
        direction: row.text("direction"),
        value,
        low,
        high,
        unit: row.unit("unit"),
        force: row.text("force"),
        baseline: row.period("baseline"),
        source: row.symbol("source_id", symbols),
        note: row.text("note"),
    });
}

fn claim(region: &mut Region, row: &Row<'_>, problems: &mut Problems) {
    let (value, high) = (row.number("value"), row.number("high"));
    if value.zip(high).is_some_and(|(value, high)| value > high) {
        let message = format!("value {} lies above high {}", row.cell("value"), row.cell("high"));
        row.problem(problems, &V001, "value", message, "exchange or correct value and high");
    }
    let symbols = &mut region.symbols;
    region.claims.push(Claim {
        origin: row.origin,
        id: row.symbol("claim_id", symbols),
        system: row.symbol("system", symbols),
        statement: row.languages("statement"),
        indicator: row.symbol("indicator_id", symbols),
        place: row.symbol("place_id", symbols),
        period: row.period("period"),
        comparator: Comparator::parse(row.cell("comparator")),
        value,
        value_text: row.text("value"),
        high,
        unit: row.unit("unit"),
        baseline: row.period("baseline"),
        tolerance: row.text("tolerance"),
        kind: row.text("kind"),
        source: row.symbol("source_id", symbols),
        note: row.languages("note"),
    });
}

fn source(region: &mut Region, row: &Row<'_>) {
    let Some(mark) = Mark::parse(row.cell("mark")) else { return };
    let period = |column: &str| Period::parse(row.cell(column));
    let symbols = &mut region.symbols;
    region.sources.push(Source {
        origin: row.origin,
        id: row.symbol("source_id", symbols),
        title: row.text("title"),
        publisher: row.text("publisher"),
        published: period("published"),
        retrieved: period("retrieved"),
        licence: row.text("licence"),
        url: row.text("url"),
        obtained: row.text("obtained"),
        mark,
        derived_from: row.symbols("derived_from", symbols),
        note: row.text("note"),
    });
}

fn kind(region: &mut Region, row: &Row<'_>) {
    region.kinds.push(Kind {
        origin: row.origin,
        table: row.text("table"),
        kind: row.symbol("kind", &mut region.symbols),
        title: row.languages("title"),
        divides: row.flag("divides"),
    });
}

fn scale(region: &mut Region, row: &Row<'_>) {
    let Ok(rank) = row.cell("rank").parse() else { return };
    region.scales.push(Scale {
        origin: row.origin,
        scale: row.symbol("scale", &mut region.symbols),
        rank,
        code: row.symbol("code", &mut region.symbols),
        title: row.languages("title"),
    });
}
