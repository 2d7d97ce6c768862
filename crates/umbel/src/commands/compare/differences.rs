//! The differences between two plans as a table, CSV, JSON, Parquet or GeoJSON.

use crate::arguments::RunFormat;
use crate::commands::figures::{features_of, look};
use crate::output::{Stop, columns};
use serde_json::{Map, Value, json};
use std::path::Path;
use umbel_core::{Bound, Unit};
use umbel_study::format::Format;
use umbel_study::plan::{Comparison, Difference};
use umbel_table::export::write_rows;
use umbel_table::schema::TableSpec;
use umbel_table::write::CsvText;

/// Columns of the CSV and Parquet forms.
const COLUMNS: [&str; 8] = ["indicator_id", "place_id", "period", "breakdown", "base", "plan", "difference", "unit"];

/// The differences in one form.
pub fn write(comparison: &Comparison, format: RunFormat) -> Result<Vec<u8>, Stop> {
    let all = &comparison.differences;
    let text = |value: &Value| {
        let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
        text.push(b'\n');
        text
    };
    match format {
        RunFormat::Table => table(comparison),
        RunFormat::Csv => {
            let mut csv = CsvText::new(&COLUMNS);
            all.iter().for_each(|one| csv.row(&cells(comparison, one)));
            Ok(csv.finish().into_bytes())
        }
        RunFormat::Json => {
            Ok(text(&Value::Array(all.iter().map(|one| Value::Object(object(comparison, one))).collect())))
        }
        RunFormat::Geojson => {
            let rows = all.iter().map(|one| (one.place, object(comparison, one)));
            Ok(text(&features_of(&comparison.plan.region, rows)))
        }
        RunFormat::Parquet => Err(Stop::Usage("parquet goes to a file: give --output FILE.parquet".to_owned())),
    }
}

/// Writes the differences to a Parquet file with the columns of the CSV form.
pub fn parquet(comparison: &Comparison, path: &Path) -> Result<(), Stop> {
    if path.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("parquet")) {
        return Err(Stop::Usage(format!("--output {}: the name of a Parquet file ends in .parquet", path.display())));
    }
    let table =
        TableSpec::find("observations").ok_or_else(|| Stop::Failed("there is no table observations".to_owned()))?;
    let header: Vec<String> = COLUMNS.iter().map(|name| (*name).to_owned()).collect();
    let written = write_rows(path, table, &header, |put| {
        for one in &comparison.differences {
            put(&cells(comparison, one).each_ref().map(String::as_str));
        }
    });
    written.map_err(|error| Stop::Failed(error.to_string()))
}

/// The unit of the indicator that differs.
pub fn unit(comparison: &Comparison, one: &Difference) -> Unit {
    comparison.plan.indicator_info(one.indicator).map(|info| info.unit.clone()).unwrap_or_default()
}

fn cells(comparison: &Comparison, one: &Difference) -> [String; 8] {
    let region = &comparison.plan.region;
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    [
        region.id(one.indicator).to_owned(),
        region.id(one.place).to_owned(),
        one.period.to_string(),
        region.id(one.breakdown).to_owned(),
        number(one.base),
        number(one.plan),
        number(one.change()),
        unit(comparison, one).text().to_owned(),
    ]
}

/// A difference for programs.
pub fn object(comparison: &Comparison, one: &Difference) -> Map<String, Value> {
    let region = &comparison.plan.region;
    let mut object = Map::new();
    object.insert("indicator".into(), json!(region.id(one.indicator)));
    object.insert("place".into(), json!(region.id(one.place)));
    object.insert("period".into(), json!(one.period));
    let breakdown = region.id(one.breakdown);
    object.insert("breakdown".into(), if breakdown.is_empty() { Value::Null } else { json!(breakdown) });
    object.insert("base".into(), json!(one.base));
    object.insert("plan".into(), json!(one.plan));
    object.insert("difference".into(), json!(one.change()));
    object.insert("unit".into(), json!(unit(comparison, one).text()));
    object.insert("better".into(), json!(comparison.is_better(one)));
    object
}

fn table(comparison: &Comparison) -> Result<Vec<u8>, Stop> {
    let region = &comparison.plan.region;
    let language = region.languages.first().map_or("en", String::as_str);
    let format = Format::new(region, language);
    let header = ["indicator", "place", "period", "breakdown", "base", "plan", "difference", ""];
    let mut lines = vec![header.map(str::to_owned).to_vec()];
    lines.extend(comparison.differences.iter().map(|one| line(comparison, one, &format)));
    if lines.iter().skip(1).all(|line| line[3].is_empty()) {
        lines.iter_mut().for_each(|line| drop(line.remove(3)));
    }
    let figures = lines[0].iter().position(|name| name == "base").unwrap_or_default();
    let mut text = Vec::new();
    columns(&mut text, &lines, &[figures, figures + 1, figures + 2], "")?;
    Ok(text)
}

/// A difference as the cells of a line.
pub fn line(comparison: &Comparison, one: &Difference, format: &Format<'_>) -> Vec<String> {
    let region = &comparison.plan.region;
    let (unit, info) = (unit(comparison, one), comparison.plan.indicator_info(one.indicator));
    let text = |value: f64| format.value(value, &unit, look(info), Bound::Exact).text();
    let shown = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), text);
    let change = one.change().map_or_else(
        || "-".to_owned(),
        |change| if change > 0.0 { format!("+{}", text(change)) } else { text(change) },
    );
    let better = match comparison.is_better(one) {
        Some(true) => "better",
        Some(false) => "worse",
        None => "",
    };
    vec![
        region.id(one.indicator).to_owned(),
        region.id(one.place).to_owned(),
        one.period.to_string(),
        region.id(one.breakdown).to_owned(),
        shown(one.base),
        shown(one.plan),
        change,
        better.to_owned(),
    ]
}
