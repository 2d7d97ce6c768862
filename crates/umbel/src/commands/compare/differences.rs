//! The differences between two plans as a table, CSV, JSON, Parquet or GeoJSON.

use crate::arguments::RunFormat;
use crate::commands::figures::{features_of, look};
use crate::output::{Stop, columns};
use serde_json::{Map, Value, json};
use std::path::Path;
use umbel_core::{Bound, Unit};
use umbel_study::format::Format;
use umbel_study::plan::{Band, Bands, Comparison, Difference};
use umbel_table::export::write_rows;
use umbel_table::schema::TableSpec;
use umbel_table::write::CsvText;

/// Columns of the CSV and Parquet forms.
const COLUMNS: [&str; 8] = ["indicator_id", "place_id", "period", "breakdown", "base", "plan", "difference", "unit"];

/// Further columns when bands are drawn.
const BANDS: [&str; 6] = ["base_low", "base_high", "plan_low", "plan_high", "difference_low", "difference_high"];

/// The differences in one form, with their bands where they were drawn.
pub fn write(comparison: &Comparison, bands: Option<&[Bands]>, format: RunFormat) -> Result<Vec<u8>, Stop> {
    let all = &comparison.differences;
    let text = |value: &Value| {
        let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
        text.push(b'\n');
        text
    };
    let objects = || {
        all.iter().enumerate().map(|(at, one)| {
            let mut object = object(comparison, one);
            if let Some(bands) = bands.and_then(|bands| bands.get(at)) {
                let ends = |band: Option<Band>| json!(band.map(|band| [band.low, band.high]));
                object.insert("base_band".into(), ends(bands.base));
                object.insert("plan_band".into(), ends(bands.plan));
                object.insert("difference_band".into(), ends(bands.change));
            }
            (one.place, object)
        })
    };
    match format {
        RunFormat::Table => table(comparison, bands),
        RunFormat::Csv => {
            let mut csv = CsvText::new(&header(bands));
            (0..all.len()).for_each(|at| csv.row(&cells(comparison, bands, at)));
            Ok(csv.finish().into_bytes())
        }
        RunFormat::Json => Ok(text(&Value::Array(objects().map(|(_, object)| Value::Object(object)).collect()))),
        RunFormat::Geojson => Ok(text(&features_of(&comparison.plan.region, objects()))),
        RunFormat::Parquet => Err(Stop::Usage("parquet goes to a file: give --output FILE.parquet".to_owned())),
    }
}

fn header(bands: Option<&[Bands]>) -> Vec<&'static str> {
    COLUMNS.iter().chain(BANDS.iter().filter(|_| bands.is_some())).copied().collect()
}

/// Writes the differences to a Parquet file with the columns of the CSV form.
pub fn parquet(comparison: &Comparison, bands: Option<&[Bands]>, path: &Path) -> Result<(), Stop> {
    if path.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("parquet")) {
        return Err(Stop::Usage(format!("--output {}: the name of a Parquet file ends in .parquet", path.display())));
    }
    let table =
        TableSpec::find("observations").ok_or_else(|| Stop::Failed("there is no table observations".to_owned()))?;
    let header: Vec<String> = header(bands).iter().map(|name| (*name).to_owned()).collect();
    let written = write_rows(path, table, &header, |put| {
        for at in 0..comparison.differences.len() {
            let cells = cells(comparison, bands, at);
            put(&cells.iter().map(String::as_str).collect::<Vec<_>>());
        }
    });
    written.map_err(|error| Stop::Failed(error.to_string()))
}

/// The unit of the indicator that differs.
pub fn unit(comparison: &Comparison, one: &Difference) -> Unit {
    comparison.plan.indicator_info(one.indicator).map(|info| info.unit.clone()).unwrap_or_default()
}

fn cells(comparison: &Comparison, bands: Option<&[Bands]>, at: usize) -> Vec<String> {
    let (region, one) = (&comparison.plan.region, &comparison.differences[at]);
    let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
    let mut cells = vec![
        region.id(one.indicator).to_owned(),
        region.id(one.place).to_owned(),
        one.period.to_string(),
        region.id(one.breakdown).to_owned(),
        number(one.base),
        number(one.plan),
        number(one.change()),
        unit(comparison, one).text().to_owned(),
    ];
    if let Some(bands) = bands.and_then(|bands| bands.get(at)) {
        for band in [bands.base, bands.plan, bands.change] {
            cells.extend([number(band.map(|band| band.low)), number(band.map(|band| band.high))]);
        }
    }
    cells
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

fn table(comparison: &Comparison, bands: Option<&[Bands]>) -> Result<Vec<u8>, Stop> {
    let region = &comparison.plan.region;
    let language = region.languages.first().map_or("en", String::as_str);
    let format = Format::new(region, language);
    let header = ["indicator", "place", "period", "breakdown", "base", "plan", "difference", ""];
    let mut lines = vec![header.map(str::to_owned).to_vec()];
    lines.extend(comparison.differences.iter().map(|one| line(comparison, one, &format)));
    for ((at, one), cells) in comparison.differences.iter().enumerate().zip(lines.iter_mut().skip(1)) {
        let Some(Bands { change: Some(band), .. }) = bands.and_then(|bands| bands.get(at)) else { continue };
        let (unit, info) = (unit(comparison, one), comparison.plan.indicator_info(one.indicator));
        let text = |value: f64| format.value(value, &unit, look(info), Bound::Exact).number;
        if band.low != band.high {
            cells[6].push_str(&format!(" ({} to {})", text(band.low), text(band.high)));
        }
    }
    if lines.iter().skip(1).all(|line| line[3].is_empty()) {
        lines.iter_mut().for_each(|line| drop(line.remove(3)));
    }
    let figures = lines[0].iter().position(|name| name == "base").unwrap_or_default();
    let mut text = Vec::new();
    columns(&mut text, &lines, &[figures, figures + 1, figures + 2], "")?;
    Ok(text)
}

/// A difference with its sign; that of two percentages in percentage points.
pub fn signed(text: &str, change: f64) -> String {
    let text = text.strip_suffix('%').map_or_else(|| text.to_owned(), |number| format!("{} pp", number.trim_end()));
    if change > 0.0 { format!("+{text}") } else { text }
}

/// A difference as the cells of a line.
pub fn line(comparison: &Comparison, one: &Difference, format: &Format<'_>) -> Vec<String> {
    let region = &comparison.plan.region;
    let (unit, info) = (unit(comparison, one), comparison.plan.indicator_info(one.indicator));
    let text = |value: f64| format.value(value, &unit, look(info), Bound::Exact).text();
    let shown = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), text);
    let change = one.change().map_or_else(|| "-".to_owned(), |change| signed(&text(change), change));
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
