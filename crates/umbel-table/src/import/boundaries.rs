//! Boundaries of imported places into the region's boundary file.

use super::Failure;
use super::convert::Made;
use super::features::Geometry;
use super::grid::Grid;
use super::held::Folder;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The boundary file with the areas of the new rows in it: path, text, number of areas. `None` when no row has an area.
///
/// A boundary of the same place is replaced; one feature a line, the old ones first.
///
/// # Errors
/// [`Failure::Unreadable`] when the file held is no feature collection.
pub fn merge(folder: &Folder, grid: &Grid, made: &[Made]) -> Result<Option<(String, String, usize)>, Failure> {
    let mut areas: BTreeMap<&str, &Vec<Vec<Vec<[f64; 2]>>>> = BTreeMap::new();
    let mut order: Vec<&str> = Vec::new();
    for row in made {
        let id = row.cells.get("place_id").map_or("", String::as_str);
        if let Some(Geometry::Polygons(polygons)) = row.geometry.and_then(|at| grid.geometries.get(at))
            && !id.is_empty()
            && areas.insert(id, polygons).is_none()
        {
            order.push(id);
        }
    }
    if areas.is_empty() {
        return Ok(None);
    }
    let held = folder.files.iter().find(|(_, table)| table == crate::package::BOUNDARIES);
    let path = held.map_or("geo/boundaries.geojson", |(path, _)| path).to_owned();
    let full = folder.root.join(&path);
    let mut features: Vec<Value> = Vec::new();
    if full.exists() {
        let wrong = |error: &dyn std::fmt::Display| Failure::Unreadable(format!("{}: {error}", full.display()));
        let text = std::fs::read_to_string(&full).map_err(|error| wrong(&error))?;
        let value: Value = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
        let old = value.get("features").and_then(Value::as_array).ok_or_else(|| wrong(&"no feature collection"))?;
        let id = |feature: &Value| feature.pointer("/properties/place_id").and_then(Value::as_str).map(str::to_owned);
        features.extend(
            old.iter().filter(|feature| id(feature).is_none_or(|id| !areas.contains_key(id.as_str()))).cloned(),
        );
    }
    for id in order {
        let Some(polygons) = areas.get(id) else { continue };
        let geometry = match polygons.as_slice() {
            [one] => json!({ "type": "Polygon", "coordinates": one }),
            _ => json!({ "type": "MultiPolygon", "coordinates": polygons }),
        };
        features.push(json!({ "type": "Feature", "properties": { "place_id": id }, "geometry": geometry }));
    }
    let lines: Vec<String> = features.iter().map(Value::to_string).collect();
    let text = format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n", lines.join(",\n"));
    Ok(Some((path, text, areas.len())))
}
