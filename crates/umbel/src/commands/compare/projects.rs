//! Which project does what, as a table, CSV or JSON.

use super::differences::{line, object, signed, unit};
use crate::arguments::RunFormat;
use crate::commands::figures::look;
use crate::output::{Stop, columns};
use serde_json::{Value, json};
use umbel_core::Bound;
use umbel_study::format::Format;
use umbel_study::plan::{Comparison, Difference, Divided};
use umbel_table::write::CsvText;

/// Columns of the CSV form: one line for each project that touches a difference.
const COLUMNS: [&str; 11] = [
    "indicator_id",
    "place_id",
    "period",
    "breakdown",
    "difference",
    "project_id",
    "share",
    "alone",
    "leave_one_out",
    "standard_error",
    "unit",
];

/// The differences with the parts of the projects, in one form.
pub fn write(comparison: &Comparison, divided: &[Option<Divided>], format: RunFormat) -> Result<Vec<u8>, Stop> {
    match format {
        RunFormat::Table => table(comparison, divided),
        RunFormat::Csv => Ok(csv(comparison, divided)),
        RunFormat::Json => {
            let region = &comparison.plan.region;
            let all = comparison.differences.iter().zip(divided).map(|(one, divided)| {
                let mut object = object(comparison, one);
                let parts = divided.as_ref().map(|divided| {
                    let part = |part: &umbel_study::plan::Part| {
                        json!({
                            "project": region.id(part.project), "share": part.share, "alone": part.alone,
                            "leave_one_out": part.leave_one_out, "standard_error": part.standard_error,
                        })
                    };
                    divided.parts.iter().map(part).collect::<Vec<_>>()
                });
                object.insert("projects".into(), json!(parts));
                object.insert("undivided".into(), json!(divided.is_none().then(|| why(one))));
                object.insert("interaction".into(), json!(divided.as_ref().map(|divided| divided.interaction)));
                Value::Object(object)
            });
            let mut text = serde_json::to_vec_pretty(&Value::Array(all.collect())).unwrap_or_default();
            text.push(b'\n');
            Ok(text)
        }
        RunFormat::Parquet | RunFormat::Geojson => {
            Err(Stop::Usage("shares of projects are written as table, csv or json".to_owned()))
        }
    }
}

/// Why a difference has no shares: what a project adds to a figure that is not there is not known, and nothing is put in
/// its place.
fn why(one: &Difference) -> &'static str {
    match one.change() {
        None => "missing on one side",
        Some(_) => "missing with some projects",
    }
}

fn csv(comparison: &Comparison, divided: &[Option<Divided>]) -> Vec<u8> {
    let region = &comparison.plan.region;
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let mut csv = CsvText::new(&COLUMNS);
    for (one, divided) in comparison.differences.iter().zip(divided) {
        let row = |project: &str, figures: [Option<f64>; 4]| {
            let [share, alone, last, error] = figures.map(number);
            [
                region.id(one.indicator).to_owned(),
                region.id(one.place).to_owned(),
                one.period.to_string(),
                region.id(one.breakdown).to_owned(),
                number(one.change()),
                project.to_owned(),
                share,
                alone,
                last,
                error,
                unit(comparison, one).text().to_owned(),
            ]
        };
        match divided {
            Some(divided) => divided.parts.iter().for_each(|part| {
                let figures = [Some(part.share), Some(part.alone), Some(part.leave_one_out), part.standard_error];
                csv.row(&row(region.id(part.project), figures));
            }),
            None => csv.row(&row("", [None; 4])),
        }
    }
    csv.finish().into_bytes()
}

fn table(comparison: &Comparison, divided: &[Option<Divided>]) -> Result<Vec<u8>, Stop> {
    let region = &comparison.plan.region;
    let language = region.languages.first().map_or("en", String::as_str);
    let format = Format::new(region, language);
    let header = ["indicator / project", "place", "period", "breakdown", "base", "plan", "difference", "alone", "last"];
    let mut lines = vec![header.map(str::to_owned).to_vec()];
    for (one, divided) in comparison.differences.iter().zip(divided) {
        let mut cells = line(comparison, one, &format);
        cells.truncate(7);
        cells.extend([String::new(), String::new()]);
        lines.push(cells);
        let (unit, info) = (unit(comparison, one), comparison.plan.indicator_info(one.indicator));
        let signed = |value: f64| signed(&format.value(value, &unit, look(info), Bound::Exact).text(), value);
        let Some(divided) = divided else {
            let mut cells = vec![format!("  not divided: {}", why(one))];
            cells.extend(vec![String::new(); 8]);
            lines.push(cells);
            continue;
        };
        let mut parts: Vec<_> = divided.parts.iter().filter(|part| part.share != 0.0 || part.alone != 0.0).collect();
        parts.sort_by(|a, b| b.share.abs().total_cmp(&a.share.abs()));
        for part in parts {
            let error = part.standard_error.map_or_else(String::new, |error| {
                format!(" ± {}", format.value(error, &unit, look(info), Bound::Exact).text())
            });
            let mut cells = vec![format!("  {}", region.id(part.project))];
            cells.extend(vec![String::new(); 5]);
            cells.extend([format!("{}{error}", signed(part.share)), signed(part.alone), signed(part.leave_one_out)]);
            lines.push(cells);
        }
    }
    if lines.iter().skip(1).all(|line| line[3].is_empty()) {
        lines.iter_mut().for_each(|line| drop(line.remove(3)));
    }
    let figures = lines[0].iter().position(|name| name == "base").unwrap_or_default();
    let mut text = Vec::new();
    columns(&mut text, &lines, &[figures, figures + 1, figures + 2, figures + 3, figures + 4], "")?;
    Ok(text)
}
