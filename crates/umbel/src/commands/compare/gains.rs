//! Who gains and who loses, as a table, CSV or JSON.

use crate::arguments::RunFormat;
use crate::commands::figures::look;
use crate::output::{Stop, columns};
use serde_json::{Value, json};
use umbel_core::{Bound, Symbol, Unit};
use umbel_study::Study;
use umbel_study::format::Format;
use umbel_study::plan::{Comparison, Gains, Limit};
use umbel_study::suggest::nearest;
use umbel_table::write::CsvText;

/// The indicator that counts people: the one given, or that of the report layout.
pub fn population(study: &Study, given: Option<&str>) -> Result<Symbol, Stop> {
    match given.or(study.layout.population.as_deref()) {
        Some(id) => indicator(study, id),
        None => Err(Stop::Usage(
            "which indicator counts the people? Give --population ID, or write population = \"ID\" in report.toml"
                .to_owned(),
        )),
    }
}

fn indicator(study: &Study, id: &str) -> Result<Symbol, Stop> {
    let symbol = study.region.symbols.get(id).filter(|symbol| study.indicator_info(*symbol).is_some());
    symbol.ok_or_else(|| {
        let hint = nearest(id, study.indicator_ids()).map_or(String::new(), |near| format!("; is it {near}?"));
        Stop::Usage(format!("there is no indicator \"{id}\"{hint}"))
    })
}

/// Limits such as `minutes<=60`; values in the indicator's unit.
pub fn limits(study: &Study, texts: &[String]) -> Result<Vec<Limit>, Stop> {
    let read = |text: &String| {
        let wrong = || Stop::Usage(format!("--within {text}: write it as INDICATOR<=VALUE or INDICATOR>=VALUE"));
        let (id, value, at_most) = match (text.split_once("<="), text.split_once(">=")) {
            (Some((id, value)), _) => (id, value, true),
            (None, Some((id, value))) => (id, value, false),
            _ => return Err(wrong()),
        };
        let value = umbel_table::parse_number(value.trim()).ok_or_else(wrong)?;
        Ok(Limit { indicator: indicator(study, id.trim())?, value, at_most })
    };
    texts.iter().map(read).collect()
}

/// Who gains, in one form.
pub fn write(comparison: &Comparison, gains: &[Gains], format: RunFormat) -> Result<Vec<u8>, Stop> {
    match format {
        RunFormat::Table => table(comparison, gains),
        RunFormat::Csv => Ok(csv(comparison, gains)),
        RunFormat::Json => {
            let all: Vec<Value> = gains.iter().map(|one| object(comparison, one)).collect();
            let mut text = serde_json::to_vec_pretty(&all).unwrap_or_default();
            text.push(b'\n');
            Ok(text)
        }
        RunFormat::Parquet | RunFormat::Geojson => {
            Err(Stop::Usage("who gains is written as table, csv or json".to_owned()))
        }
    }
}

fn unit(comparison: &Comparison, one: &Gains) -> Unit {
    comparison.plan.indicator_info(one.indicator).map(|info| info.unit.clone()).unwrap_or_default()
}

fn object(comparison: &Comparison, one: &Gains) -> Value {
    let region = &comparison.plan.region;
    let counts = |of: [Value; 3]| {
        let [better, worse, same] = of;
        json!({ "better": better, "worse": worse, "same": same })
    };
    let quantiles =
        |of: Option<[f64; 3]>| of.map(|[low, middle, high]| json!({ "p10": low, "p50": middle, "p90": high }));
    json!({
        "indicator": region.id(one.indicator), "period": one.period, "kind": region.id(one.kind),
        "places": counts(one.places.map(|n| json!(n))), "people": counts(one.people.map(|n| json!(n))),
        "uncounted": one.uncounted, "figure_gained": one.gained_lost[0], "figure_lost": one.gained_lost[1], "base": quantiles(one.base), "plan": quantiles(one.plan),
        "within": one.within.map(|(base, plan)| json!({ "base": base, "plan": plan })),
        "unit": unit(comparison, one).text(),
    })
}

fn csv(comparison: &Comparison, gains: &[Gains]) -> Vec<u8> {
    let mut csv = CsvText::new(&[
        "indicator_id",
        "period",
        "kind",
        "places_better",
        "places_worse",
        "places_same",
        "people_better",
        "people_worse",
        "people_same",
        "base_p10",
        "base_p50",
        "base_p90",
        "plan_p10",
        "plan_p50",
        "plan_p90",
        "base_within",
        "plan_within",
        "unit",
    ]);
    let region = &comparison.plan.region;
    for one in gains {
        let mut cells =
            vec![region.id(one.indicator).to_owned(), one.period.to_string(), region.id(one.kind).to_owned()];
        cells.extend(one.places.iter().map(usize::to_string));
        cells.extend(one.people.iter().map(f64::to_string));
        for quantiles in [one.base, one.plan] {
            match quantiles {
                Some(of) => cells.extend(of.iter().map(f64::to_string)),
                None => cells.extend(vec![String::new(); 3]),
            }
        }
        let within =
            one.within.map_or([String::new(), String::new()], |(base, plan)| [base, plan].map(|v| v.to_string()));
        cells.extend(within);
        cells.push(unit(comparison, one).text().to_owned());
        csv.row(&cells);
    }
    csv.finish().into_bytes()
}

fn table(comparison: &Comparison, gains: &[Gains]) -> Result<Vec<u8>, Stop> {
    let region = &comparison.plan.region;
    let language = region.languages.first().map_or("en", String::as_str);
    let format = Format::new(region, language);
    let header = [
        "indicator",
        "period",
        "kind",
        "better",
        "worse",
        "people better",
        "people worse",
        "median person",
        "figure lost",
        "within",
    ];
    let mut lines = vec![header.map(str::to_owned).to_vec()];
    for one in gains {
        let (unit, info) = (unit(comparison, one), comparison.plan.indicator_info(one.indicator));
        let shown = |value: f64| format.value(value, &unit, look(info), Bound::Exact).text();
        let median = match (one.base, one.plan) {
            (Some(base), Some(plan)) => format!("{} -> {}", shown(base[1]), shown(plan[1])),
            _ => "-".to_owned(),
        };
        let people = |number: f64| format.number(number, Some(0));
        let within = one.within.map_or_else(String::new, |(base, plan)| {
            format!("{} % -> {} %", format.number(base * 100.0, Some(1)), format.number(plan * 100.0, Some(1)))
        });
        lines.push(vec![
            region.id(one.indicator).to_owned(),
            one.period.to_string(),
            region.id(one.kind).to_owned(),
            one.places[0].to_string(),
            one.places[1].to_string(),
            people(one.people[0]),
            people(one.people[1]),
            median,
            if one.gained_lost[1] == 0 { String::new() } else { one.gained_lost[1].to_string() },
            within,
        ]);
    }
    // A column that says nothing is not shown.
    for at in [9, 8] {
        if lines.iter().skip(1).all(|line| line[at].is_empty()) {
            lines.iter_mut().for_each(|line| drop(line.remove(at)));
        }
    }
    let mut text = Vec::new();
    columns(&mut text, &lines, &[3, 4, 5, 6, 7, 8, 9], "")?;
    Ok(text)
}
