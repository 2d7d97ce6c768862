//! Figures as a table, CSV, JSON, Parquet or GeoJSON.

use crate::arguments::RunFormat;
use crate::output::{Stop, columns};
use rayon::prelude::*;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::Arc;
use umbel_core::{Bound, Period, Symbol, Unit};
use umbel_study::format::{Format, Look};
use umbel_study::{IndicatorInfo, Node, Study};
use umbel_table::IndicatorKind;
use umbel_table::export::write_rows;
use umbel_table::schema::TableSpec;
use umbel_table::write::CsvText;

/// Which figures are kept.
pub struct Selection<'a> {
    /// Only these places; all when empty.
    pub places: &'a [Symbol],
    /// Only periods within one of these; all when empty.
    pub periods: &'a [Period],
}

impl Selection<'_> {
    fn keeps(&self, place: Symbol, period: Period) -> bool {
        (self.places.is_empty() || self.places.contains(&place))
            && (self.periods.is_empty() || self.periods.iter().any(|wanted| wanted.contains(period)))
    }
}

/// A node with the measure that computed it, when one was asked for.
pub type Part = (Arc<Node>, Option<usize>);

/// How the figures of an indicator are shown.
pub fn look(info: Option<&IndicatorInfo>) -> Look {
    info.map_or_else(Look::default, |info| Look {
        decimals: info.decimals,
        share: info.kind == IndicatorKind::Share,
        scale: info.scale,
    })
}

/// The figures in one form.
pub fn write(study: &Study, parts: &[Part], format: RunFormat, selection: &Selection<'_>) -> Result<Vec<u8>, Stop> {
    let rows = rows(study, parts, selection);
    let json_text = |value: &Value| {
        let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
        text.push(b'\n');
        text
    };
    match format {
        RunFormat::Table => table(study, &rows),
        RunFormat::Csv => Ok(csv(&rows).into_bytes()),
        RunFormat::Json => Ok(json_text(&Value::Array(rows.iter().map(|row| Value::Object(row.object())).collect()))),
        RunFormat::Geojson => Ok(json_text(&features(study, &rows))),
        RunFormat::Parquet => Err(Stop::Usage("parquet goes to a file: give --output FILE.parquet".to_owned())),
    }
}

fn rows<'a>(study: &'a Study, parts: &'a [Part], selection: &Selection<'_>) -> Vec<Row<'a>> {
    let of = |(node, measure): &'a Part| {
        let series = &node.series;
        let kept = (0..series.len()).filter(|&row| selection.keeps(series.place[row], series.period[row]));
        kept.map(|row| Row { study, node, measure: *measure, row }).collect::<Vec<_>>()
    };
    parts.iter().flat_map(of).collect()
}

/// Writes figures to a Parquet file with the columns of the CSV form.
pub fn parquet(study: &Study, parts: &[Part], path: &Path, selection: &Selection<'_>) -> Result<(), Stop> {
    if path.extension().is_none_or(|ending| !ending.eq_ignore_ascii_case("parquet")) {
        return Err(Stop::Usage(format!("--output {}: the name of a Parquet file ends in .parquet", path.display())));
    }
    let table =
        TableSpec::find("observations").ok_or_else(|| Stop::Failed("there is no table observations".to_owned()))?;
    let header: Vec<String> = COLUMNS.iter().map(|name| (*name).to_owned()).collect();
    let rows = rows(study, parts, selection);
    let written = write_rows(path, table, &header, |put| {
        for row in &rows {
            let cells = row.cells();
            put(&cells.each_ref().map(String::as_str));
        }
    });
    written.map_err(|error| Stop::Failed(error.to_string()))
}

/// One figure.
pub struct Row<'a> {
    study: &'a Study,
    node: &'a Arc<Node>,
    measure: Option<usize>,
    row: usize,
}

impl Row<'_> {
    fn id(&self, symbol: Symbol) -> &str {
        self.study.region.id(symbol)
    }

    /// Id of the indicator.
    pub fn indicator(&self) -> &str {
        self.id(self.node.indicator)
    }

    /// Id of the place.
    pub fn place(&self) -> &str {
        self.id(self.node.series.place[self.row])
    }

    /// Period.
    pub fn period(&self) -> Period {
        self.node.series.period[self.row]
    }

    /// Breakdown; empty for the total.
    pub fn breakdown(&self) -> &str {
        self.id(self.node.series.breakdown[self.row])
    }

    /// Value, unless there is none.
    pub fn value(&self) -> Option<f64> {
        self.node.series.value(self.row)
    }

    /// Unit.
    pub fn unit(&self) -> &Unit {
        &self.node.series.unit
    }

    /// Letter of the status; empty for a normal figure.
    pub fn status(&self) -> &'static str {
        match self.node.series.status[self.row].letter() {
            "A" => "",
            letter => letter,
        }
    }

    /// How the figure is stated.
    pub fn bound(&self) -> Bound {
        self.node.series.bound[self.row]
    }

    /// Low and high end, where known.
    pub fn interval(&self) -> (Option<f64>, Option<f64>) {
        self.node.series.interval(self.row)
    }

    /// Share of its parts that the figure covers.
    pub fn coverage(&self) -> Option<f64> {
        self.node.coverage.get(self.row).copied().filter(|share| !share.is_nan())
    }

    /// The measure asked for.
    pub fn measure(&self) -> &str {
        self.measure.map_or("", |at| self.id(self.study.measures[at].id))
    }

    /// The cells under [`COLUMNS`].
    fn cells(&self) -> [String; 11] {
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        let (low, high) = self.interval();
        [
            self.indicator().to_owned(),
            self.place().to_owned(),
            self.period().to_string(),
            self.breakdown().to_owned(),
            number(self.value()),
            self.unit().text().to_owned(),
            self.status().to_owned(),
            self.bound().as_str().to_owned(),
            number(low),
            number(high),
            self.measure().to_owned(),
        ]
    }

    /// Adds the cells under [`COLUMNS`] to a CSV text.
    fn write(&self, text: &mut CsvText) {
        let number = |text: &mut CsvText, value: Option<f64>| match value {
            Some(value) => text.plain(value),
            None => text.plain(""),
        };
        let (low, high) = self.interval();
        text.cell(self.indicator());
        text.cell(self.place());
        text.plain(self.period());
        text.cell(self.breakdown());
        number(text, self.value());
        text.cell(self.unit().text());
        text.plain(self.status());
        text.plain(self.bound().as_str());
        number(text, low);
        number(text, high);
        text.cell(self.measure());
        text.end_row();
    }

    fn object(&self) -> Map<String, Value> {
        let some = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
        let (low, high) = self.interval();
        let mut object = Map::new();
        object.insert("indicator".into(), json!(self.indicator()));
        object.insert("place".into(), json!(self.place()));
        object.insert("period".into(), json!(self.period()));
        object.insert("breakdown".into(), some(self.breakdown()));
        object.insert("value".into(), json!(self.value()));
        object.insert("unit".into(), json!(self.unit().text()));
        object.insert("status".into(), json!(self.node.series.status[self.row].letter()));
        object.insert("bound".into(), some(self.bound().as_str()));
        object.insert("low".into(), json!(low));
        object.insert("high".into(), json!(high));
        object.insert("coverage".into(), json!(self.coverage()));
        object.insert("measure".into(), some(self.measure()));
        object
    }
}

/// Rows that one thread writes at a time.
const ROWS_AT_ONCE: usize = 1 << 14;

/// Columns of the CSV form: those of the observations table, with the measure as the source of its rows.
const COLUMNS: [&str; 11] =
    ["indicator_id", "place_id", "period", "breakdown", "value", "unit", "status", "bound", "low", "high", "measure"];

fn csv(rows: &[Row<'_>]) -> String {
    let part = |rows: &[Row<'_>]| {
        let mut text = CsvText::headless();
        rows.iter().for_each(|row| row.write(&mut text));
        text.finish()
    };
    let header = CsvText::new(&COLUMNS).finish();
    let parts: Vec<String> = rows.par_chunks(ROWS_AT_ONCE).map(part).collect();
    std::iter::once(header).chain(parts).collect::<Vec<_>>().concat()
}

fn table(study: &Study, rows: &[Row<'_>]) -> Result<Vec<u8>, Stop> {
    let language = study.region.languages.first().map_or("en", String::as_str);
    let format = Format::new(&study.region, language);
    let mut lines = vec![["indicator", "place", "period", "breakdown", "figure", "status"].map(str::to_owned).to_vec()];
    for row in rows {
        let info = study.indicator_info(row.node.indicator);
        let figure = row
            .value()
            .map_or_else(|| "-".to_owned(), |value| format.value(value, row.unit(), look(info), row.bound()).text());
        lines.push(vec![
            if row.measure().is_empty() || row.measure() == row.indicator() {
                row.indicator().to_owned()
            } else {
                format!("{} ({})", row.indicator(), row.measure())
            },
            row.place().to_owned(),
            row.period().to_string(),
            row.breakdown().to_owned(),
            figure,
            row.status().to_owned(),
        ]);
    }
    // A column that says nothing is not shown.
    for at in [5, 3] {
        if lines.iter().skip(1).all(|line| line[at].is_empty()) {
            lines.iter_mut().for_each(|line| drop(line.remove(at)));
        }
    }
    let figure = lines[0].iter().position(|name| name == "figure").unwrap_or_default();
    let mut text = Vec::new();
    columns(&mut text, &lines, &[figure], "")?;
    Ok(text)
}

/// A feature a figure, with the boundary of its place, or its point, or no geometry.
fn features(study: &Study, rows: &[Row<'_>]) -> Value {
    let features = rows.iter().map(|row| {
        let place = row.node.series.place[row.row];
        let geometry = match study.region.boundaries.get(&place) {
            Some(boundary) => areas(&boundary.polygons),
            None => match study.region.place(place).and_then(|place| place.point) {
                Some((lon, lat)) => json!({ "type": "Point", "coordinates": [lon, lat] }),
                None => Value::Null,
            },
        };
        let mut properties = row.object();
        properties.insert("name".into(), json!(study.region.place(place).map(|place| place.name.get(""))));
        json!({ "type": "Feature", "properties": properties, "geometry": geometry })
    });
    json!({ "type": "FeatureCollection", "features": features.collect::<Vec<_>>() })
}

fn areas<'a>(polygons: impl IntoIterator<Item = &'a geo::Polygon<f64>>) -> Value {
    let ring = |ring: &geo::LineString<f64>| ring.0.iter().map(|c| json!([c.x, c.y])).collect::<Vec<_>>();
    let all: Vec<Value> = polygons
        .into_iter()
        .map(|polygon| {
            Value::Array(
                std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(|r| Value::Array(ring(r))).collect(),
            )
        })
        .collect();
    json!({ "type": "MultiPolygon", "coordinates": all })
}
