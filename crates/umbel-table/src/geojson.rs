//! Boundaries from GeoJSON (RFC 7946): features with a property `place_id`, polygons in WGS84.

use crate::csv;
use crate::package::{offset, place_of, plain};
use crate::problems::{Problems, quoted};
use crate::region::{Boundary, Region};
use crate::rows::Origin;
use geo::{Coord, LineString, MultiPolygon, Polygon};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use umbel_core::code::*;

#[derive(Deserialize)]
struct Collection<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow, default)]
    features: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Feature<'a> {
    #[serde(default)]
    properties: Option<Properties>,
    #[serde(borrow, default)]
    geometry: Option<Geometry<'a>>,
}

#[derive(Deserialize)]
struct Properties {
    place_id: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Geometry<'a> {
    #[serde(rename = "type")]
    kind: String,
    #[serde(borrow, default)]
    coordinates: Option<&'a RawValue>,
}

/// A position of which the first two numbers are read.
struct Position(Coord<f64>);

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Numbers;
        impl<'de> Visitor<'de> for Numbers {
            type Value = Position;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a position [longitude, latitude]")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Position, A::Error> {
                let missing = |at| serde::de::Error::invalid_length(at, &self);
                let x = numbers.next_element()?.ok_or_else(|| missing(0))?;
                let y = numbers.next_element()?.ok_or_else(|| missing(1))?;
                while numbers.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Position(Coord { x, y }))
            }
        }
        deserializer.deserialize_seq(Numbers)
    }
}

type Rings = Vec<Vec<Position>>;

/// Reads the boundaries of one file into the region; what cannot be read is told to `problems`.
pub fn read(region: &mut Region, file: u16, bytes: Vec<u8>, problems: &mut Problems) {
    let decoded = csv::decode(bytes);
    let text = decoded.text.trim_start_matches('\u{feff}');
    if !decoded.replaced.is_empty() {
        let at = decoded.replaced[0].saturating_sub(decoded.text.len() - text.len());
        let fix = "save the file as UTF-8";
        return problems.add(&F007, "", csv::place(text, (0, 1), at), "the file holds bytes that are not UTF-8", fix);
    }
    let collection: Collection<'_> = match serde_json::from_str(text) {
        Ok(collection) => collection,
        Err(error) => {
            let message = format!("the file is not GeoJSON: {}", plain(&error));
            let fix = "write a feature collection: {\"type\": \"FeatureCollection\", \"features\": [...]}";
            return problems.add(&F017, "", place_of(text, (0, 1), 0, &error), message, fix);
        }
    };
    if collection.kind != "FeatureCollection" {
        let message = format!("the file is a {}, not a FeatureCollection", quoted(&collection.kind));
        return problems.add(&F017, "", (1, 1), message, "write a feature collection");
    }
    let mut reader = Reader { text, line_start: (0, 1), region, file, problems };
    for feature in collection.features {
        reader.feature(feature);
    }
}

struct Reader<'a> {
    text: &'a str,
    /// A byte already passed that begins a line, and its line: features come in order, so lines are counted once.
    line_start: (usize, u32),
    region: &'a mut Region,
    file: u16,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    fn place(&mut self, at: usize) -> (u32, u32) {
        let place = csv::place(self.text, self.line_start, at);
        let start = memchr::memrchr(b'\n', &self.text.as_bytes()[..at.min(self.text.len())]).map_or(0, |n| n + 1);
        self.line_start = (start, place.0);
        place
    }

    fn feature(&mut self, raw: &serde_json::value::RawValue) {
        let start = offset(self.text, raw.get());
        let place = self.place(start);
        let mut tell = |at, message: String, fix: &str| self.problems.add(&F017, "", at, message, fix);
        let feature: Feature<'_> = match serde_json::from_str(raw.get()) {
            Ok(feature) => feature,
            Err(error) => {
                let message = format!("the feature is not readable: {}", plain(&error));
                return tell(
                    place_of(self.text, self.line_start, start, &error),
                    message,
                    "write a feature with properties and geometry",
                );
            }
        };
        let id = match feature.properties.and_then(|properties| properties.place_id) {
            Some(serde_json::Value::String(id)) if !id.is_empty() => id,
            Some(serde_json::Value::Number(id)) => id.to_string(),
            _ => {
                let fix = "give the feature the property place_id, the id of its place";
                return tell(place, "the feature has no place_id".to_owned(), fix);
            }
        };
        let coordinates = match feature.geometry {
            Some(Geometry { kind, coordinates: Some(coordinates) }) if kind == "Polygon" => {
                serde_json::from_str::<Rings>(coordinates.get())
                    .map(|polygon| vec![polygon])
                    .map_err(|e| (coordinates, e))
            }
            Some(Geometry { kind, coordinates: Some(coordinates) }) if kind == "MultiPolygon" => {
                serde_json::from_str::<Vec<Rings>>(coordinates.get()).map_err(|e| (coordinates, e))
            }
            Some(Geometry { kind, .. }) => {
                let message = format!("the boundary of {} is a {}", quoted(&id), quoted(&kind));
                return tell(place, message, "write a Polygon or MultiPolygon with coordinates");
            }
            None => {
                let message = format!("the feature of {} has no geometry", quoted(&id));
                return tell(place, message, "give it a Polygon or MultiPolygon");
            }
        };
        let polygons = match coordinates {
            Ok(polygons) => polygons,
            Err((raw, error)) => {
                let message = format!("the coordinates of {} are not readable: {}", quoted(&id), plain(&error));
                let at = place_of(self.text, self.line_start, offset(self.text, raw.get()), &error);
                return tell(at, message, "write rings of [longitude, latitude] pairs");
            }
        };
        let Some(polygons) = self.polygons(&id, place, polygons) else { return };
        let origin = Origin { file: self.file, line: place.0 };
        let symbol = self.region.symbols.intern(&id);
        if let Some(first) = self.region.boundaries.get(&symbol) {
            let message = format!(
                "the boundary of {} is there twice: first in {} line {}",
                quoted(&id),
                self.region.path(first.origin),
                first.origin.line
            );
            return self.problems.add(&R001, "", place, message, "remove one of the two features");
        }
        self.region.boundaries.insert(symbol, Boundary { origin, column: place.1, polygons });
    }

    /// The polygons, rings closed; a ring that has too few points is told and the boundary left out.
    fn polygons(&mut self, id: &str, place: (u32, u32), polygons: Vec<Rings>) -> Option<MultiPolygon<f64>> {
        let mut all = Vec::with_capacity(polygons.len());
        let mut sound = true;
        for rings in polygons {
            let mut lines = Vec::with_capacity(rings.len());
            for ring in rings {
                let mut points: Vec<Coord<f64>> = ring.into_iter().map(|position| position.0).collect();
                if points.first() != points.last() {
                    let message = format!("a ring of the boundary of {} is not closed", quoted(id));
                    self.problems.add(&G001, "", place, message, "end the ring with the point at which it begins");
                    points.extend(points.first().copied());
                }
                if points.len() < 4 {
                    let message = format!("a ring of the boundary of {} has fewer than three corners", quoted(id));
                    self.problems.add(
                        &G001,
                        "",
                        place,
                        message,
                        "give the ring at least four positions, the last like the first",
                    );
                    sound = false;
                }
                lines.push(LineString::new(points));
            }
            let mut lines = lines.into_iter();
            match lines.next() {
                Some(exterior) => all.push(Polygon::new(exterior, lines.collect())),
                None => sound = false,
            }
        }
        if all.is_empty() && sound {
            let message = format!("the boundary of {} has no polygon", quoted(id));
            self.problems.add(&G001, "", place, message, "give it at least one ring");
        }
        (sound && !all.is_empty()).then(|| MultiPolygon::new(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> (Region, Vec<(&'static str, u32, u32)>) {
        let (mut region, mut problems) = (Region::default(), Problems::new("geo/a.geojson"));
        read(&mut region, 0, text.as_bytes().to_vec(), &mut problems);
        (region, problems.finish().into_iter().map(|f| (f.code.id, f.location.line, f.location.column)).collect())
    }

    #[test]
    fn reads_polygons_with_their_place() {
        let (region, told) = told(
            "{\"type\":\"FeatureCollection\",\"features\":[\n  {\"type\":\"Feature\",\"properties\":{\"place_id\":\"a\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0,9],[1,0,9],[1,1,9],[0,0,9]]]}},\n{\"type\":\"Feature\",\"properties\":{\"place_id\":7},\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[[[[0,0],[1,0],[1,1],[0,0]]]]}}]}",
        );
        assert!(told.is_empty(), "{told:?}");
        let id = region.symbols.get("a").expect("known");
        let boundary = &region.boundaries[&id];
        assert_eq!((boundary.origin.line, boundary.column, boundary.polygons.0.len()), (2, 3, 1));
        assert!(region.symbols.get("7").is_some());
    }

    #[test]
    fn tells_each_broken_feature() {
        let text = "{\"type\":\"FeatureCollection\",\"features\":[\n{\"properties\":{}},\n{\"properties\":{\"place_id\":\"a\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[1,2]}},\n {\"properties\":{\"place_id\":\"b\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,\"x\"]]]}},\n{\"properties\":{\"place_id\":\"c\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1]]]}},\n{\"properties\":{\"place_id\":\"c\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}}\n]}";
        let (region, told) = told(text);
        let lines: Vec<_> = told.iter().map(|(code, line, _)| (*code, *line)).collect();
        assert_eq!(lines, [("F017", 2), ("F017", 3), ("F017", 4), ("G001", 5), ("R001", 6)]);
        assert_eq!(region.boundaries.len(), 1);
    }

    #[test]
    fn a_file_that_is_no_json_has_one_finding() {
        assert_eq!(told("{\n \"type\": }").1, [("F017", 2, 10)]);
        assert_eq!(told("{\"type\":\"Feature\"}").1, [("F017", 1, 1)]);
    }
}
