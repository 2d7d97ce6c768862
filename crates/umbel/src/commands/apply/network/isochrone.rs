//! `umbel apply isochrone`: areas within reach, as GeoJSON.

use super::data::{Data, Halt};
use super::progress::Progress;
use crate::commands::apply::give;
use crate::output::{Ended, Outcome, Stop};
use serde_json::json;
use std::io::Write;
use umbel_study::methods::isochrone::Isochrone;
use umbel_study::network::areas::Areas;
use umbel_study::network::values::Duration;
use umbel_study::network::{OnNetwork, Sites};

/// Draws the areas and writes a feature for each origin and cutoff.
pub fn run(data: &Data<'_>) -> Ended {
    match areas(data) {
        Ok(()) => Ok(Outcome::Fine),
        Err(halt) => halt.ended(),
    }
}

fn areas(data: &Data<'_>) -> Result<(), Halt> {
    let method: Isochrone = data.parameters()?;
    let trip = method.trip();
    data.check(&trip)?;
    if let Some(format) = data.text("format").filter(|format| !matches!(*format, "geojson" | "json")) {
        return Err(Stop::Usage(format!("--format {format}: areas are written as geojson")).into());
    }
    if let Some(path) = data.text("out").filter(|_| data.text("format").is_none()) {
        let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
        if !matches!(ending, "geojson" | "json") {
            let told =
                format!("--out {path}: areas are written as .geojson (--format geojson writes them to any file)");
            return Err(Stop::Usage(told).into());
        }
    }
    if let Some(cutoff) = method.cutoffs.iter().find(|cutoff| cutoff.0 > trip.max_time) {
        let most = Duration(trip.max_time);
        return Err(Stop::Usage(format!("--cutoffs {cutoff} lies beyond --max-time {most}: raise that")).into());
    }
    let origins = data.points("origins")?;
    let network = data.network(&trip)?;
    let nowhere = Sites { longitude: &[], latitude: &[] };
    let linked = data.linked_sites(&network, &trip, origins.sites(), nowhere)?;
    let cutoffs: Vec<u32> = method.cutoffs.iter().map(|cutoff| cutoff.0).collect();
    let areas = Areas::new(&linked, origins.sites(), &cutoffs, method.resolution).map_err(Stop::Usage)?;
    data.report(&[(&origins, areas.origins())])?;
    let progress = Progress::new(data, origins.len(), "origins");
    let mut out = b"{\"type\":\"FeatureCollection\",\"features\":[".to_vec();
    let mut first = true;
    areas.each(
        |origin, drawn| -> Result<(), Stop> {
            progress.advance();
            for area in drawn {
                out.extend_from_slice(if first { b"\n" } else { b",\n" });
                first = false;
                let polygons: Vec<_> = area
                    .polygons
                    .iter()
                    .map(|polygon| {
                        std::iter::once(&polygon.outer)
                            .chain(&polygon.holes)
                            .map(|points| ring(points))
                            .collect::<Vec<_>>()
                    })
                    .collect();
                let feature = json!({
                    "type": "Feature",
                    "properties": {
                        "id": origins.ids[origin],
                        "cutoff": Duration(area.cutoff).to_string(),
                        "seconds": area.cutoff,
                        "area_km2": area.area.round() / 1e6,
                    },
                    "geometry": {"type": "MultiPolygon", "coordinates": polygons},
                });
                // Writing to memory cannot fail, and features are always valid JSON.
                let _ = write!(out, "{feature}");
            }
            Ok(())
        },
        Stop::Failed,
    )?;
    progress.done();
    out.extend_from_slice(b"\n]}\n");
    Ok(give(data.text("out"), &out, data.console)?)
}

/// A ring with coordinates to the tenth of a metre.
fn ring(ring: &[[f64; 2]]) -> Vec<[f64; 2]> {
    ring.iter().map(|point| point.map(|degrees| (degrees * 1e6).round() / 1e6)).collect()
}
