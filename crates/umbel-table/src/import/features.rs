//! GeoJSON with properties of any name: one row a feature, its geometry beside it.

use super::Failure;
use super::delimited::clean;
use super::grid::{Cell, Form, Grid, Row};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use umbel_core::{Finding, Location, code};

/// The geometry of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Geometry {
    /// A point: longitude, latitude.
    Point(f64, f64),
    /// Polygons of rings of positions, as in a GeoJSON MultiPolygon.
    Polygons(Vec<Vec<Vec<[f64; 2]>>>),
}

#[derive(Deserialize)]
struct Collection<'a> {
    #[serde(borrow)]
    features: Vec<&'a RawValue>,
    crs: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Feature<'a> {
    #[serde(borrow, default)]
    properties: Option<Properties<'a>>,
    #[serde(borrow)]
    geometry: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
}

/// Names and values in the order of the file.
struct Properties<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Properties<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor<'a>(std::marker::PhantomData<&'a ()>);
        impl<'de: 'a, 'a> serde::de::Visitor<'de> for Visitor<'a> {
            type Value = Properties<'a>;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("an object of properties")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry::<String, &'de RawValue>()? {
                    all.push(entry);
                }
                Ok(Properties(all))
            }
        }
        deserializer.deserialize_map(Visitor(std::marker::PhantomData))
    }
}

#[derive(Deserialize)]
struct Shape<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow, default)]
    coordinates: Option<&'a RawValue>,
}

/// The first two numbers of a position.
struct Position([f64; 2]);

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Numbers;
        impl<'de> serde::de::Visitor<'de> for Numbers {
            type Value = Position;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a position of at least two numbers")
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut numbers: A) -> Result<Position, A::Error> {
                let missing = |at| serde::de::Error::invalid_length(at, &"a position of at least two numbers");
                let x = numbers.next_element()?.ok_or_else(|| missing(0))?;
                let y = numbers.next_element()?.ok_or_else(|| missing(1))?;
                while numbers.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                Ok(Position([x, y]))
            }
        }
        deserializer.deserialize_seq(Numbers)
    }
}

/// Reads a feature collection. Each property becomes a column; a feature's own `id` becomes the column `id` when no
/// property is called that.
pub(super) fn read(bytes: &[u8], name: &str, any_coordinates: bool) -> Result<Grid, Failure> {
    let mut grid = Grid::new(name, Form::Text);
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(_) => {
            let location = Location::new(name, 0, 0);
            grid.findings.push(Finding::new(&code::F007, location, "the text is not UTF-8", "save the file as UTF-8"));
            return Ok(grid);
        }
    };
    let collection: Collection = match serde_json::from_str(text) {
        Ok(collection) => collection,
        Err(error) => {
            grid.findings.push(Finding::new(
                &code::F017,
                Location::new(name, error.line() as u32, error.column() as u32),
                format!("the file is no GeoJSON feature collection: {error}"),
                "write it as {\"type\": \"FeatureCollection\", \"features\": [...]}",
            ));
            return Ok(grid);
        }
    };
    if let Some(crs) = collection.crs.as_ref().map(ToString::to_string) {
        let known = ["CRS84", "EPSG::4326", "EPSG:4326", "WGS84", "EPSG::4490"];
        if !any_coordinates && crs != "null" && !known.iter().any(|system| crs.contains(system)) {
            grid.findings.push(Finding::new(
                &code::G005,
                Location::new(name, 0, 0),
                format!("the coordinates are in another system than WGS84: {crs}"),
                "convert the file first, for example: ogr2ogr -t_srs EPSG:4326 out.geojson in.geojson",
            ));
            return Ok(grid);
        }
    }
    let positions = Positions::new(text);
    let mut columns: BTreeMap<String, usize> = BTreeMap::new();
    let mut features = Vec::new();
    for raw in collection.features {
        let (line, column) = positions.of(raw.get());
        match serde_json::from_str::<Feature>(raw.get()) {
            Ok(feature) => features.push((line, column, feature)),
            Err(error) => grid.findings.push(Finding::new(
                &code::F017,
                Location::new(name, line, column),
                format!("the feature that begins here cannot be read: {error}"),
                "correct the feature",
            )),
        }
    }
    let mut head = |name: &str, grid: &mut Grid| {
        let next = grid.header.len();
        *columns.entry(name.to_owned()).or_insert_with(|| {
            grid.header.push(Cell { text: name.to_owned(), line: 1, column: 1, number: false });
            next
        })
    };
    let mut rows = Vec::new();
    for (line, column, feature) in features {
        let mut cells: Vec<(usize, Cell)> = Vec::new();
        let properties = feature.properties.map_or_else(Vec::new, |properties| properties.0);
        let own_id =
            feature.id.filter(|_| !properties.iter().any(|(name, _)| name == "id")).map(|raw| ("id".to_owned(), raw));
        for (name, raw) in own_id.into_iter().chain(properties) {
            let (line, column) = positions.of(raw.get());
            let (text, number) = scalar(raw.get());
            cells.push((head(&name, &mut grid), Cell { text, line, column, number }));
        }
        let geometry = feature.geometry.filter(|raw| raw.get() != "null").and_then(|raw| {
            let at = positions.of(raw.get());
            match shape(raw.get(), any_coordinates) {
                Ok(geometry) => {
                    grid.geometries.push(geometry);
                    Some(grid.geometries.len() - 1)
                }
                Err((code, message, fix)) => {
                    grid.findings.push(Finding::new(code, Location::new(name, at.0, at.1), message, fix));
                    None
                }
            }
        });
        rows.push((line, column, cells, geometry));
    }
    for (line, column, cells, geometry) in rows {
        let mut row = vec![Cell { line, column, ..Cell::default() }; grid.header.len()];
        for (at, cell) in cells {
            row[at] = cell;
        }
        grid.rows.push(Row { line, cells: row, geometry });
    }
    Ok(grid)
}

/// The text of a JSON value, and whether it is a number.
fn scalar(raw: &str) -> (String, bool) {
    match serde_json::from_str::<serde_json::Value>(raw) {
        Ok(serde_json::Value::Null) | Err(_) => (String::new(), false),
        Ok(serde_json::Value::String(text)) => (clean(&text), false),
        Ok(serde_json::Value::Number(number)) => (
            if raw.contains(['e', 'E']) {
                number.as_f64().map_or_else(String::new, |n| n.to_string())
            } else {
                raw.to_owned()
            },
            true,
        ),
        Ok(other) => (other.to_string(), false),
    }
}

type Wrong = (&'static umbel_core::Code, String, &'static str);

fn shape(raw: &str, any_coordinates: bool) -> Result<Geometry, Wrong> {
    let wrong = |message: String| (&code::F017, message, "correct the geometry");
    let shape: Shape =
        serde_json::from_str(raw).map_err(|error| wrong(format!("the geometry cannot be read: {error}")))?;
    let coordinates = shape.coordinates.map_or("null", RawValue::get);
    let polygons: Vec<Vec<Vec<Position>>> = match shape.kind.as_str() {
        "Point" => {
            let position: Position = serde_json::from_str(coordinates)
                .map_err(|error| wrong(format!("the point cannot be read: {error}")))?;
            let [lon, lat] = position_of(&position.0, any_coordinates)?;
            return Ok(Geometry::Point(lon, lat));
        }
        "Polygon" => vec![
            serde_json::from_str(coordinates).map_err(|error| wrong(format!("the polygon cannot be read: {error}")))?,
        ],
        "MultiPolygon" => {
            serde_json::from_str(coordinates).map_err(|error| wrong(format!("the polygons cannot be read: {error}")))?
        }
        other => {
            return Err((
                &code::F017,
                format!("a place has a point or an area, not a {other}"),
                "leave the feature out, or give it a Point, Polygon or MultiPolygon",
            ));
        }
    };
    let mut all = Vec::with_capacity(polygons.len());
    for polygon in polygons {
        let mut rings = Vec::with_capacity(polygon.len());
        for ring in polygon {
            let ring =
                ring.iter().map(|position| position_of(&position.0, any_coordinates)).collect::<Result<Vec<_>, _>>()?;
            if ring.len() < 4 || ring.first() != ring.last() {
                return Err((
                    &code::G001,
                    "a ring of the boundary is not closed or has fewer than four positions".into(),
                    "repair the geometry",
                ));
            }
            rings.push(ring);
        }
        all.push(rings);
    }
    Ok(Geometry::Polygons(all))
}

fn position_of(position: &[f64], any_coordinates: bool) -> Result<[f64; 2], Wrong> {
    match position {
        [x, y, ..] if any_coordinates => Ok([*x, *y]),
        [lon, lat, ..] if lon.abs() <= 180.0 && lat.abs() <= 90.0 => Ok([*lon, *lat]),
        [lon, lat, ..] => Err((
            &code::G005,
            format!("{lon}, {lat} is no longitude and latitude"),
            "convert the file to WGS84 first, for example: ogr2ogr -t_srs EPSG:4326 out.geojson in.geojson",
        )),
        _ => Err((&code::F017, "a position has fewer than two numbers".into(), "correct the geometry")),
    }
}

/// Lines and columns of parts of a text.
struct Positions<'a> {
    text: &'a str,
    lines: Vec<usize>,
}

impl<'a> Positions<'a> {
    fn new(text: &'a str) -> Positions<'a> {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Positions { text, lines }
    }

    /// Line and column (in characters) at which a part of the text begins.
    fn of(&self, part: &str) -> (u32, u32) {
        let offset = (part.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        if offset > self.text.len() {
            return (0, 0);
        }
        let line = self.lines.partition_point(|&start| start <= offset);
        let start = self.lines.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..offset).map_or(0, |text| text.chars().count());
        (line as u32, before as u32 + 1)
    }
}

/// A point inside the area, rounded to five decimals.
pub(super) fn inner_point(polygons: &[Vec<Vec<[f64; 2]>>]) -> Option<(f64, f64)> {
    use geo::InteriorPoint;
    let ring = |ring: &Vec<[f64; 2]>| geo::LineString::from_iter(ring.iter().map(|p| (p[0], p[1])));
    let shape: geo::MultiPolygon<f64> = polygons
        .iter()
        .filter_map(|rings| {
            let (outer, holes) = rings.split_first()?;
            Some(geo::Polygon::new(ring(outer), holes.iter().map(ring).collect()))
        })
        .collect();
    let point = shape.interior_point()?;
    let rounded = |degrees: f64| (degrees * 1e5).round() / 1e5;
    (point.x().is_finite() && point.y().is_finite()).then(|| (rounded(point.x()), rounded(point.y())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_columns_with_their_places() {
        let text = r#"{"type":"FeatureCollection","features":[
  {"type":"Feature","id":7,"properties":{"NAME":" Maine ","ALAND":79888000000},"geometry":{"type":"Point","coordinates":[-69.2,45.3,1]}},
  {"type":"Feature","properties":{"STUSPS":"VT","NAME":null},
   "geometry":{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,0]]]}}]}"#;
        let grid = read(text.as_bytes(), "s.geojson", false).expect("a grid");
        assert_eq!(grid.findings, []);
        let header: Vec<&str> = grid.header.iter().map(|cell| cell.text.as_str()).collect();
        assert_eq!(header, ["id", "NAME", "ALAND", "STUSPS"]);
        assert_eq!(grid.rows[0].cells[1], Cell { text: "Maine".into(), line: 2, column: 49, number: false });
        assert!(grid.rows[0].cells[2].number);
        assert_eq!(grid.rows[1].cells[3].text, "VT");
        assert_eq!(grid.rows[1].line, 3);
        assert_eq!(grid.geometries[0], Geometry::Point(-69.2, 45.3));
        let Geometry::Polygons(polygons) = &grid.geometries[1] else { panic!("an area") };
        let (lon, lat) = inner_point(polygons).expect("a point");
        assert!(lon > lat && lat > 0.0 && lon < 2.0);
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        for (text, code, line) in [
            ("{\"features\":[\n{\"geometry\":{\"type\":\"Point\",\"coordinates\":[500000,4000000]}}]}", "G005", 2),
            ("{\"features\":[{\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[0,0],[1,1]]}}]}", "F017", 1),
            (
                "{\"features\":[{\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,1],[1,0],[0,1]]]}}]}",
                "G001",
                1,
            ),
            ("{\"features\":[\n7]}", "F017", 2),
            ("{\"features\":\n7}", "F017", 2),
            ("[]", "F017", 1),
            ("{\"crs\":{\"properties\":{\"name\":\"EPSG:25832\"}},\"features\":[]}", "G005", 0),
        ] {
            let grid = read(text.as_bytes(), "s.geojson", false).expect("a grid");
            let found: Vec<_> = grid.findings.iter().map(|finding| (finding.code.id, finding.location.line)).collect();
            assert_eq!(found, [(code, line)], "{text}");
        }
    }
}
