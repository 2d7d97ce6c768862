//! Effects on native networks: lines and streets that a plan opens, closes, quickens or slows.
//!
//! The key is `network@route@ID`, `network@stop@ID`, `network@street@NUMBER` (all pieces of a way of an extract, or a link of
//! a table of links) or `network@class@NAME`. Each effect becomes an entry of a scenario ([`crate::network::scenario`]),
//! which is laid over the network when a measure travels on it; whether what they name is there, [`super::parts`] asks.

use super::edit::Stated;
use super::read::{Wrong, stated};
use crate::network::scenario::Scenario;
use crate::suggest::nearest;
use toml::{Table, Value};
use umbel_core::{Date, Symbol, Unit, code};
use umbel_table::{Effect, Origin, Region, parse_number};

/// An effect on a network.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NetworkEdit {
    /// Name of the network.
    pub network: String,
    /// Whether it edits streets, not a timetable.
    pub of_streets: bool,
    /// The entry of a scenario that says the same, in TOML.
    pub entry: String,
}

/// An effect on a network, with from when it is in force and where it is written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DatedEdit {
    pub from: Option<Date>,
    pub edit: NetworkEdit,
    pub origin: Origin,
    pub source: Symbol,
}

const FORM: &str = "write it as network@route@ID, network@stop@ID, network@street@NUMBER or network@class@NAME";

/// The network, the kind of the part and its id that a key names.
fn key<'e>(region: &Region, effect: &'e Effect) -> Result<(&'e str, &'e str, &'e str), Wrong> {
    let bad = |message: String| ("key", &code::J002, message, FORM.to_owned());
    let mut parts = effect.key.splitn(3, '@');
    let (Some(network), Some(kind), Some(id)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(bad(format!("\"{}\" is no key of a part of a network", effect.key)));
    };
    let known = || region.networks.iter().map(|network| network.name.as_str());
    if !known().any(|name| name == network) {
        let fix = match nearest(network, known()) {
            Some(near) => format!("write \"{near}\" if that is meant"),
            None => "correct the name, or put the network into the folder network/".to_owned(),
        };
        return Err(("key", &code::J002, format!("there is no network \"{network}\""), fix));
    }
    match kind {
        "street" if id.parse::<i64>().is_err() => Err(bad(format!("\"{id}\" is no number of a street"))),
        "route" | "stop" | "street" | "class" => Ok((network, kind, id)),
        _ => Err(bad(format!("a network has no part \"{kind}\""))),
    }
}

/// A table that says what is done.
fn doing(what: &str) -> Table {
    Table::from_iter([("do".to_owned(), Value::from(what))])
}

fn road(kind: &str, id: &str) -> (&'static str, Value) {
    match id.parse::<i64>() {
        Ok(number) if kind == "street" => ("road", Value::from(number)),
        _ => ("class", Value::from(id)),
    }
}

/// An effect that changes or retires a part of a network.
pub(super) fn change(region: &Region, effect: &Effect) -> Result<NetworkEdit, Wrong> {
    let (network, kind, id) = key(region, effect)?;
    let factor = || {
        let by = stated(effect, Some(&Unit::one()))?.value;
        let fix = "write a factor, such as 0.8".to_owned();
        match by > 0.0 && by <= 100.0 {
            true => Ok(by),
            false => Err(("value", &code::J008, "the factor is not between 0 and 100".to_owned(), fix)),
        }
    };
    let mut entry;
    match (effect.operation.as_str(), effect.column.as_str(), kind) {
        ("retire", "", "route") => {
            entry = doing("remove_line");
            entry.insert("line".to_owned(), Value::from(id));
        }
        ("set", "headway", "route") => {
            entry = doing("headway");
            entry.insert("line".to_owned(), Value::from(id));
            entry.insert("headway".to_owned(), duration(effect)?);
        }
        ("scale", "running_time", "route") => {
            entry = doing("speed");
            entry.insert("line".to_owned(), Value::from(id));
            entry.insert("factor".to_owned(), Value::from(1.0 / factor()?));
        }
        ("retire", "", "street" | "class") => {
            entry = doing("close_road");
            let (name, value) = road(kind, id);
            entry.insert(name.to_owned(), value);
        }
        ("scale", "speed", "street" | "class") => {
            entry = doing("road_speed");
            let (name, value) = road(kind, id);
            entry.insert(name.to_owned(), value);
            entry.insert("factor".to_owned(), Value::from(factor()?));
        }
        (operation, column, kind) => {
            let may = match kind {
                "route" => "set headway, scale running_time, or retire it",
                "stop" => "stops are only added",
                _ => "scale speed, or retire it",
            };
            let message = match column {
                "" => format!("\"{operation}\" of a {kind} does not say which column"),
                column => format!("\"{operation}\" does not change {column} of a {kind}"),
            };
            return Err(("column", &code::J002, message, may.to_owned()));
        }
    }
    finished(network, kind, entry).map_err(|message| ("value", &code::J008, message, "correct the value".to_owned()))
}

/// A duration that the value of an effect states: in minutes where it has no unit.
fn duration(effect: &Effect) -> Result<Value, Wrong> {
    let in_unit = Effect { unit: effect.unit.clone().or_else(|| Unit::parse("min").ok()), ..effect.clone() };
    let Stated { value, .. } = stated(&in_unit, Unit::parse("s").ok().as_ref())?;
    let fix = "write minutes, such as 10".to_owned();
    match (1.0..=86_400.0).contains(&value) {
        true => Ok(Value::from(format!("{}s", value.round()))),
        false => Err(("value", &code::J008, "the time is not between a second and a day".to_owned(), fix)),
    }
}

/// The columns that say what is added.
fn columns(kind: &str) -> &'static [&'static str] {
    match kind {
        "route" => &["vehicle", "stops", "running_time", "headway", "from", "to"],
        "stop" => &["name", "lon", "lat"],
        _ => &["from", "to", "speed", "walk", "bike", "length"],
    }
}

/// What the columns of some effects add to a network; else what is wrong, with its effect.
pub(super) fn add(region: &Region, effects: &[Effect], lines: &[usize]) -> Result<NetworkEdit, (usize, Wrong)> {
    let first = lines.first().copied().unwrap_or_default();
    let (network, kind, id) = key(region, &effects[first]).map_err(|wrong| (first, wrong))?;
    if kind == "class" {
        let message = "a class of streets is not added".to_owned();
        return Err((first, ("key", &code::J002, message, "add streets by their numbers".to_owned())));
    }
    let mut entry = doing(match kind {
        "route" => "add_line",
        "stop" => "add_stop",
        _ => "add_road",
    });
    match id.parse::<i64>() {
        Ok(number) if kind == "street" => entry.insert("road".to_owned(), Value::from(number)),
        _ => entry.insert("id".to_owned(), Value::from(id)),
    };
    for &line in lines {
        let effect = &effects[line];
        let column = effect.column.as_str();
        let known = columns(kind);
        if !known.contains(&column) {
            let fix = match nearest(column, known.iter().copied()) {
                Some(near) => format!("write \"{near}\" if that is meant"),
                None => format!("use {}", known.join(", ")),
            };
            let message = format!("a {kind} of a network has no column \"{column}\"");
            return Err((line, ("column", &code::J002, message, fix)));
        }
        let wrong = |message: &str, fix: &str| (line, ("value", &code::J008, message.to_owned(), fix.to_owned()));
        let (name, value) = match column {
            "stops" => {
                ("stops", effect.value.split(';').map(|stop| Value::from(stop.trim())).collect::<Vec<_>>().into())
            }
            "running_time" => {
                let times = effect.value.split(';').map(|time| parse_number(time.trim()).map(Value::from));
                let times: Option<Vec<Value>> = times.collect();
                let fix = "write minutes from stop to stop with ; between";
                ("minutes", times.ok_or_else(|| wrong("these are no running times", fix))?.into())
            }
            "headway" => ("headway", duration(effect).map_err(|wrong| (line, wrong))?),
            "from" | "to" if kind == "street" => {
                let point: Option<Vec<Value>> =
                    effect.value.split_whitespace().map(|number| parse_number(number).map(Value::from)).collect();
                let point = point.filter(|point| point.len() == 2);
                let fix = "write longitude and latitude, such as 116.39 39.9";
                (column, point.ok_or_else(|| wrong("this is no point", fix))?.into())
            }
            "walk" => ("walk", Value::from(effect.value == "true")),
            "lon" | "lat" | "speed" | "bike" | "length" => {
                let unit = match (column, &effect.unit) {
                    ("length", Some(_)) => Unit::parse("m").ok(),
                    (_, Some(_)) => Unit::parse("km/h").ok(),
                    (_, None) => None,
                };
                (column, Value::from(stated(effect, unit.as_ref()).map_err(|wrong| (line, wrong))?.value))
            }
            _ => (column, Value::from(effect.value.as_str())),
        };
        if entry.insert(name.to_owned(), value).is_some() {
            let message = format!("{column} is given twice");
            return Err((line, ("column", &code::J002, message, "remove one of the two".to_owned())));
        }
    }
    finished(network, kind, entry).map_err(|message| {
        let fix = format!("add an effect for each column: {}", columns(kind).join(", "));
        (first, ("key", &code::J008, message, fix))
    })
}

/// The edit, once the scenario that it makes can be read.
fn finished(network: &str, kind: &str, entry: Table) -> Result<NetworkEdit, String> {
    let text = toml::to_string(&entry).map_err(|error| error.to_string())?;
    let entry = format!("[[edit]]\n{text}");
    match Scenario::read("", &entry) {
        Ok(_) => {
            let of_streets = matches!(kind, "street" | "class");
            Ok(NetworkEdit { network: network.to_owned(), of_streets, entry })
        }
        Err(findings) => Err(findings.first().map_or_else(String::new, |finding| finding.message.trim().to_owned())),
    }
}
