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
use umbel_table::export::write_rows;
use umbel_table::schema::TableSpec;
use umbel_table::write::CsvText;
use umbel_table::{IndicatorKind, Region};

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

/// The figures in one form, as parts of a text that follow each other.
pub fn write(
    study: &Study,
    parts: &[Part],
    format: RunFormat,
    selection: &Selection<'_>,
) -> Result<Vec<Vec<u8>>, Stop> {
    let rows = rows(study, parts, selection);
    let json_text = |value: &Value| {
        let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
        text.push(b'\n');
        text
    };
    match format {
        RunFormat::Table => Ok(vec![table(study, &rows)?]),
        RunFormat::Csv => Ok(csv(&rows)),
        RunFormat::Json => {
            Ok(vec![json_text(&Value::Array(rows.iter().map(|row| Value::Object(row.object())).collect()))])
        }
        RunFormat::Geojson => Ok(vec![json_text(&features(study, &rows))]),
        RunFormat::Parquet => Err(Stop::Usage("parquet goes to a file: give --output FILE.parquet".to_owned())),
    }
}

/// One line a measure: what a run of everything gave, for a terminal that could not take millions of rows.
pub fn summary(study: &Study, parts: &[Part]) -> Result<Vec<u8>, Stop> {
    let mut lines =
        vec![["measure", "method", "figures", "missing", "places", "from", "to", "unit"].map(str::to_owned).to_vec()];
    let line = |(node, measure): &Part| {
        let series = &node.series;
        let missing = series.status.iter().filter(|status| status.is_missing()).count();
        // Rows are sorted by place, so a place begins where it differs from the one before.
        let places = series.place.chunk_by(|a, b| a == b).count();
        let period = |found: Option<&Period>| found.map_or_else(String::new, Period::to_string);
        let (name, method) = measure
            .map_or(("", ""), |at| (study.region.id(study.measures[at].id), study.measures[at].registration.name));
        vec![
            name.to_owned(),
            method.to_owned(),
            (series.len() - missing).to_string(),
            missing.to_string(),
            places.to_string(),
            period(series.period.iter().min()),
            period(series.period.iter().max()),
            series.unit.text().to_owned(),
        ]
    };
    lines.extend(parts.par_iter().map(line).collect::<Vec<_>>());
    let mut out = Vec::new();
    columns(&mut out, &lines, &[2, 3, 4], "")?;
    Ok(out)
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

fn csv(rows: &[Row<'_>]) -> Vec<Vec<u8>> {
    let header = CsvText::new(&COLUMNS).finish().into_bytes();
    let parts: Vec<Vec<u8>> = rows.par_chunks(ROWS_AT_ONCE).map(|rows| csv_part(rows).into_bytes()).collect();
    std::iter::once(header).chain(parts).collect()
}

/// Rows as CSV without a header. What neighbours have in common (place, unit, periods) is put into text once.
fn csv_part(rows: &[Row<'_>]) -> String {
    let cells = |cells: &[&str]| {
        let mut text = CsvText::headless();
        text.row(cells);
        text.finish().trim_end_matches('\n').to_owned()
    };
    let mut text = String::with_capacity(rows.len() * 96);
    let mut periods: Vec<(Period, String)> = Vec::new();
    let (mut before, mut after) = (String::new(), String::new());
    let mut last: Option<&Row<'_>> = None;
    for row in rows {
        let series = &row.node.series;
        let same_node = last.is_some_and(|last| Arc::ptr_eq(last.node, row.node) && last.measure == row.measure);
        if !same_node || last.is_some_and(|last| series.place[last.row] != series.place[row.row]) {
            before = cells(&[row.indicator(), row.place()]);
        }
        let period = row.period();
        // Few periods recur; where they are many, searching would cost more than it saves.
        if periods.len() > 64 {
            periods.clear();
        }
        let at = periods.iter().position(|(known, _)| *known == period).unwrap_or_else(|| {
            periods.push((period, period.to_string()));
            periods.len() - 1
        });
        text.extend([before.as_str(), ",", &periods[at].1, ","]);
        text.push_str(&cells_or_nothing(row.breakdown(), cells));
        text.push(',');
        put(&mut text, row.value());
        let alike = |last: &Row<'_>| last.status() == row.status() && last.bound() == row.bound();
        let plain = series.interval.is_empty();
        if !same_node || !plain || !last.is_some_and(alike) {
            let (low, high) = row.interval();
            let mut ends = [String::new(), String::new()];
            put(&mut ends[0], low);
            put(&mut ends[1], high);
            after = cells(&[
                row.unit().text(),
                row.status(),
                row.bound().as_str(),
                ends[0].as_str(),
                ends[1].as_str(),
                row.measure(),
            ]);
        }
        text.extend([",", after.as_str(), "\n"]);
        last = Some(row);
    }
    text
}

/// An empty cell costs nothing; another one goes through `cells`, which puts quotes where they are needed.
fn cells_or_nothing(cell: &str, cells: impl Fn(&[&str]) -> String) -> String {
    if cell.is_empty() { String::new() } else { cells(&[cell]) }
}

/// A number in its shortest form, or nothing.
fn put(text: &mut String, value: Option<f64>) {
    use std::fmt::Write as _;
    if let Some(value) = value {
        // Writing into a string cannot fail.
        let _ = write!(text, "{value}");
    }
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
    features_of(&study.region, rows.iter().map(|row| (row.node.series.place[row.row], row.object())))
}

/// A feature for each of these properties, with the boundary of its place, or its point, or no geometry.
pub fn features_of(region: &Region, rows: impl Iterator<Item = (Symbol, Map<String, Value>)>) -> Value {
    let features = rows.map(|(place, mut properties)| {
        let geometry = match region.boundaries.get(&place) {
            Some(boundary) => areas(&boundary.polygons),
            None => match region.place(place).and_then(|place| place.point) {
                Some((lon, lat)) => json!({ "type": "Point", "coordinates": [lon, lat] }),
                None => Value::Null,
            },
        };
        properties.insert("name".into(), json!(region.place(place).map(|place| place.name.get(""))));
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

#[cfg(test)]
mod tests {
    use super::*;
    use umbel_core::Status;
    use umbel_study::{Lineage, NodeKind};
    use umbel_table::Series;

    #[test]
    fn rows_written_together_are_as_if_written_one_by_one() {
        let mut region = Region::default();
        let names = ["density", "a place, quoted", "b", "sex=F"].map(|name| region.symbols.intern(name));
        let mut nodes = Vec::new();
        for unit in ["{person}/km2", "%"] {
            let mut series = Series::new(Unit::parse(unit).expect("a unit"));
            for (row, place) in [names[1], names[1], names[2], names[2], names[2]].into_iter().enumerate() {
                let status = [Status::Normal, Status::Estimated, Status::Missing][row % 3];
                let bound = if row == 3 { Bound::Above } else { Bound::Exact };
                let part = if row == 4 { names[3] } else { Symbol::NONE };
                series.push(place, Period::year(2000 + row as i16), part, Some(row as f64 / 3.0), status, bound);
            }
            if unit == "%" {
                series.interval = vec![(f64::NAN, f64::NAN), (0.1, 0.5), (1.0, f64::NAN), (0.0, 2.0), (1.0, 2.0)];
            }
            nodes.push(Arc::new(Node {
                indicator: names[0],
                kind: NodeKind::Indicator,
                key: [0; 32],
                series,
                inputs: Vec::new(),
                lineage: Lineage::default(),
                coverage: Vec::new(),
            }));
        }
        let (study, _) = Study::new(region, &[], None);
        let rows: Vec<Row<'_>> =
            nodes.iter().flat_map(|node| (0..5).map(|row| Row { study: &study, node, measure: None, row })).collect();
        let mut one_by_one = CsvText::new(&COLUMNS);
        rows.iter().for_each(|row| one_by_one.row(&row.cells()));
        assert_eq!(csv(&rows).concat(), one_by_one.finish().into_bytes());
    }
}
