//! The cells of an effect: numbers in their units, and what is told of those that make no sense.

use crate::plan::edit::Stated;
use crate::suggest::nearest;
use rustc_hash::FxHashSet;
use umbel_core::{Code, Symbol, Unit, code};
use umbel_table::{Effect, Region, parse_number};

/// Column, code, what is wrong, how to mend it.
pub(in crate::plan) type Wrong = (&'static str, &'static Code, String, String);

/// The column that is meant where none is named.
pub(crate) fn value_column(table: &str) -> &'static str {
    if table == "stages" { "date" } else { "value" }
}

/// The number of an effect, in a unit.
pub(in crate::plan) fn stated(effect: &Effect, unit: Option<&Unit>) -> Result<Stated, Wrong> {
    let Some(value) = parse_number(&effect.value) else {
        let message = match effect.value.as_str() {
            "" => format!("\"{}\" needs a value", effect.operation),
            text => format!("\"{text}\" is no number"),
        };
        return Err(("value", &code::J008, message, "write a plain number, such as 1200 or -0.5".to_owned()));
    };
    let (low, high) = effect.interval;
    if low.is_some_and(|low| low > value) || high.is_some_and(|high| high < value) {
        let message = "low and high do not hold the value between them".to_owned();
        return Err(("low", &code::J008, message, "order them: low, value, high".to_owned()));
    }
    let convert = |value: f64| match (&effect.unit, unit) {
        (Some(from), Some(to)) => from.convert(value, to).ok_or_else(|| {
            let message = format!("{} cannot be converted to {}", from.text(), to.text());
            ("unit", &code::J008, message, "write the unit of the column".to_owned())
        }),
        (Some(from), None) => {
            let message = format!("there is no unit to convert {} to", from.text());
            Err(("unit", &code::J008, message, "leave unit empty, or declare the unit of the column".to_owned()))
        }
        _ => Ok(value),
    };
    let end = |end: Option<f64>| end.map_or(Ok(f64::NAN), convert);
    Ok(Stated { value: convert(value)?, low: end(low)?, high: end(high)? })
}

pub(super) fn unknown_place(region: &Region, known: &FxHashSet<Symbol>, place: &str, column: &'static str) -> Wrong {
    let fix = match nearest(place, known.iter().map(|&id| region.id(id))) {
        Some(near) => format!("write \"{near}\" if that is meant, or add the place first"),
        None => "correct the id, or add the place first".to_owned(),
    };
    (column, &code::J002, format!("there is no place \"{place}\""), fix)
}

/// The cell that an effect writes into a column of a table of objects; lengths and times of links in km and min.
pub(super) fn written(region: &Region, effect: &Effect, column: &str) -> Result<String, Wrong> {
    let held = match (effect.table.as_str(), column) {
        ("links", "length") => Unit::parse("km").ok(),
        ("links", "time") => Unit::parse("min").ok(),
        _ => None,
    };
    let declared = region.column_units.get(&(effect.table.clone(), column.to_owned()));
    let Some(held) = held else {
        return match (&effect.unit, declared) {
            (Some(_), Some(_)) => Ok(stated(effect, declared)?.value.to_string()),
            (Some(unit), None) if column != "value" && !unit.is_dimensionless() => {
                let message = format!("the unit of {column} is not declared, so {} cannot be converted", unit.text());
                Err(("unit", &code::J008, message, "leave unit empty, or declare the unit of the column".to_owned()))
            }
            _ => Ok(effect.value.clone()),
        };
    };
    if effect.value.is_empty() {
        return Ok(String::new());
    }
    let in_unit = Effect { unit: effect.unit.clone().or_else(|| declared.cloned()), ..effect.clone() };
    Ok(stated(&in_unit, Some(&held))?.value.to_string())
}
