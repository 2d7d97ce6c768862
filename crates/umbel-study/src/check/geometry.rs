//! G001 to G006: boundaries, and points against boundaries.

use super::context::Context;
use super::drafts::Drafts;
use super::gcj02;
use super::validity::{Fault, fault};
use geo::coordinate_position::{CoordPos, CoordinatePosition};
use geo::{BoundingRect, Coord, CoordsIter, MultiPolygon, Rect};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use umbel_core::{Code, Finding, Location, Symbol, code};
use umbel_table::Place;
use umbel_table::region::Boundary;

/// Least distance in metres between a point and its boundary at which they are called far apart.
const FAR: f64 = 500.0;
/// The same, as a share of the diagonal of the boundary's bounding box.
const FAR_SHARE: f64 = 0.02;
/// By how many metres a point must lie outside, and its shifted point inside, to look like GCJ-02: more than boundaries
/// lose when they are simplified for a map.
const CLEAR: f64 = 100.0;

/// All checks of this family.
pub fn check(context: &Context, drafts: &mut Drafts) {
    boundaries(context, drafts);
    points(context, drafts);
}

fn boundaries(context: &Context, drafts: &mut Drafts) {
    let region = context.region;
    let mut all: Vec<(Symbol, &Boundary)> = region.boundaries.iter().map(|(id, boundary)| (*id, boundary)).collect();
    all.sort_by_key(|(_, boundary)| (boundary.origin, boundary.column));
    let faults: Vec<Vec<Finding>> = all.par_iter().map(|(id, boundary)| of_boundary(context, *id, boundary)).collect();
    faults.into_iter().flatten().for_each(|finding| drafts.placed(finding));
}

fn of_boundary(context: &Context, id: Symbol, boundary: &Boundary) -> Vec<Finding> {
    let location = Location::new(context.region.path(boundary.origin), boundary.origin.line, boundary.column);
    let name = context.name(id);
    let mut findings = Vec::new();
    let mut add = |code: &'static Code, message: String, fix: &str| {
        findings.push(Finding::new(code, location.clone(), message, fix));
    };
    if !context.places.has(id) {
        let (_, fix) = context.places.unknown(context.region, name);
        add(&code::G006, format!("the boundary of \"{name}\" belongs to no place"), &fix);
    }
    if let Some(at) = boundary.polygons.coords_iter().find(|c| !in_range(c.x, c.y)) {
        let message = format!("the boundary of \"{name}\" has the coordinate {}, {}", at.x, at.y);
        add(&code::G005, message, "write longitude, then latitude, in degrees (WGS84)");
        return findings;
    }
    if let Some(fault) = fault(&boundary.polygons) {
        let what = match fault {
            Fault::TooFewPoints => "has a ring of fewer than three points".to_owned(),
            Fault::NotFinite => "has a coordinate that is not a number".to_owned(),
            Fault::CrossesItself(at) => format!("crosses or touches itself at {}", shown(at)),
            Fault::RingsCross(at) => format!("has rings that cross or run along each other at {}", shown(at)),
            Fault::HoleMisplaced(at) => {
                format!("has a hole that is not inside it, or overlaps another, at {}", shown(at))
            }
            Fault::PartsOverlap(at) => format!("has parts that overlap at {}", shown(at)),
        };
        add(
            &code::G001,
            format!("the boundary of \"{name}\" {what}"),
            "repair the geometry, for example with the \"fix geometries\" tool of a GIS",
        );
    }
    findings
}

fn shown(at: Coord<f64>) -> String {
    format!("{:.4}, {:.4}", at.x, at.y)
}

fn in_range(longitude: f64, latitude: f64) -> bool {
    (-180.0..=180.0).contains(&longitude) && (-90.0..=90.0).contains(&latitude)
}

/// A boundary with its bounding box.
#[derive(Clone, Copy)]
struct Area<'a> {
    polygons: &'a MultiPolygon<f64>,
    bounds: Rect<f64>,
}

impl Area<'_> {
    fn holds(&self, (x, y): (f64, f64)) -> bool {
        within(&self.bounds, (x, y)) && self.polygons.coordinate_position(&Coord { x, y }) != CoordPos::Outside
    }

    /// Metres from a point to the nearest line of the boundary, on a plane tangent at the point.
    fn distance(&self, (x, y): (f64, f64)) -> f64 {
        let per_degree = 6_371_008.8_f64.to_radians();
        let narrow = y.to_radians().cos();
        let local = |c: Coord<f64>| Coord { x: (c.x - x) * per_degree * narrow, y: (c.y - y) * per_degree };
        let mut least = f64::INFINITY;
        for polygon in self.polygons {
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                for line in ring.lines() {
                    let (a, b) = (local(line.start), local(line.end));
                    let d = b - a;
                    let length = d.x * d.x + d.y * d.y;
                    let share = if length > 0.0 { (-(a.x * d.x + a.y * d.y) / length).clamp(0.0, 1.0) } else { 0.0 };
                    let near = a + d * share;
                    least = least.min(near.x.hypot(near.y));
                }
            }
        }
        least
    }

    /// Metres along the diagonal of the bounding box.
    fn diagonal(&self) -> f64 {
        let per_degree = 6_371_008.8_f64.to_radians();
        let narrow = self.bounds.center().y.to_radians().cos();
        (self.bounds.width() * per_degree * narrow).hypot(self.bounds.height() * per_degree)
    }
}

fn within(bounds: &Rect<f64>, (x, y): (f64, f64)) -> bool {
    bounds.min().x <= x && x <= bounds.max().x && bounds.min().y <= y && y <= bounds.max().y
}

/// What a point is compared with.
struct Frame<'a> {
    areas: FxHashMap<Symbol, Area<'a>>,
    parent: FxHashMap<Symbol, Symbol>,
    /// Bounding box of all boundaries; without any, of all points that are in range.
    region: Option<Rect<f64>>,
    /// Whether `region` comes from boundaries.
    drawn: bool,
}

impl<'a> Frame<'a> {
    fn new(context: &Context<'a>) -> Frame<'a> {
        let region = context.region;
        let areas: FxHashMap<Symbol, Area> = region
            .boundaries
            .iter()
            .filter_map(|(id, boundary)| {
                let bounds = boundary.polygons.bounding_rect()?;
                let valid = in_range(bounds.min().x, bounds.min().y) && in_range(bounds.max().x, bounds.max().y);
                valid.then_some((*id, Area { polygons: &boundary.polygons, bounds }))
            })
            .collect();
        let drawn = !areas.is_empty();
        let points = region.places.iter().filter_map(|place| place.point).filter(|(x, y)| !drawn && in_range(*x, *y));
        let boxes = areas.values().map(|area| area.bounds).chain(points.map(|at| Rect::new(at, at)));
        let region_box = boxes.reduce(|a, b| {
            let (low, high) = (a.min(), a.max());
            Rect::new(
                Coord { x: low.x.min(b.min().x), y: low.y.min(b.min().y) },
                Coord { x: high.x.max(b.max().x), y: high.y.max(b.max().y) },
            )
        });
        let parent = region.places.iter().map(|place| (place.id, place.parent)).collect();
        Frame { areas, parent, region: region_box, drawn }
    }

    /// The boundary of the nearest ancestor that has one.
    fn above(&self, id: Symbol) -> Option<Area<'a>> {
        let mut at = *self.parent.get(&id)?;
        // No tree is deeper than it has places; a longer path runs in a cycle.
        for _ in 0..self.parent.len() {
            if let Some(area) = self.areas.get(&at) {
                return Some(*area);
            }
            at = *self.parent.get(&at)?;
        }
        None
    }

    /// Whether the region's bounding box holds one point and not the other.
    fn prefers(&self, point: (f64, f64), to: (f64, f64)) -> bool {
        self.region.is_some_and(|bounds| within(&bounds, point) && !within(&bounds, to))
    }
}

struct Judged {
    code: &'static Code,
    column: &'static str,
    message: String,
    fix: String,
}

fn points(context: &Context, drafts: &mut Drafts) {
    let frame = Frame::new(context);
    let places = &context.region.places;
    let found: Vec<Option<Judged>> = places.par_iter().map(|place| judge(context, &frame, place)).collect();
    for (place, judged) in places.iter().zip(found) {
        if let Some(Judged { code, column, message, fix }) = judged {
            drafts.cell(code, place.origin, column, message, fix);
        }
    }
}

/// The one thing that is most likely wrong with a point.
fn judge(context: &Context, frame: &Frame, place: &Place) -> Option<Judged> {
    let point @ (longitude, latitude) = place.point?;
    let name = context.name(place.id);
    let own = frame.areas.get(&place.id).copied();
    let near = own.or_else(|| frame.above(place.id));
    let swapped = (latitude, longitude);
    let swap = |reason: &str| {
        Some(Judged {
            code: &code::G003,
            column: "lon",
            message: format!("the point {longitude}, {latitude} of \"{name}\" {reason}; the other way round it fits"),
            fix: format!("write lon {latitude} and lat {longitude}"),
        })
    };
    if !in_range(longitude, latitude) {
        let fits = near.is_some_and(|area| area.holds(swapped)) || frame.prefers(swapped, point);
        if in_range(latitude, longitude) && fits {
            return swap("is out of range");
        }
        let (column, value, limit) =
            if latitude.abs() > 90.0 { ("lat", latitude, 90) } else { ("lon", longitude, 180) };
        return Some(Judged {
            code: &code::G005,
            column,
            message: format!("{column} {value} of \"{name}\" is outside -{limit} to {limit}"),
            fix: "write degrees (WGS84)".to_owned(),
        });
    }
    let area = near?;
    if area.holds(point) {
        return None;
    }
    if in_range(latitude, longitude) && (area.holds(swapped) || (frame.drawn && frame.prefers(swapped, point))) {
        return swap("lies outside the region");
    }
    let outside = area.distance(point);
    if gcj02::applies(longitude, latitude) && outside >= CLEAR && fine(longitude) && fine(latitude) {
        let back = gcj02::to_wgs84(longitude, latitude);
        if area.holds(back) && area.distance(back) >= CLEAR {
            let whose = if own.is_some() { "its boundary" } else { "the boundary of its parent" };
            return Some(Judged {
                code: &code::G004,
                column: "lon",
                message: format!(
                    "the point of \"{name}\" lies {outside:.0} m outside {whose}; read as GCJ-02 it lies inside"
                ),
                fix: format!("if it comes from a Chinese web map, write lon {:.6} and lat {:.6}", back.0, back.1),
            });
        }
    }
    (own.is_some() && outside > FAR.max(FAR_SHARE * area.diagonal())).then(|| Judged {
        code: &code::G002,
        column: "lon",
        message: format!("the point of \"{name}\" lies {} outside its boundary", length(outside)),
        fix: "correct the point or the boundary".to_owned(),
    })
}

fn length(metres: f64) -> String {
    if metres < 10_000.0 { format!("{metres:.0} m") } else { format!("{:.0} km", metres / 1000.0) }
}

/// Whether a coordinate is written with more than three decimals: a coarser one says nothing about a shift of 500 m.
fn fine(degrees: f64) -> bool {
    (degrees * 1000.0 - (degrees * 1000.0).round()).abs() > 1e-6
}
