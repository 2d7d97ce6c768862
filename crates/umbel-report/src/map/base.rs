//! The base of maps: shapes and points of places on one sheet, defined once and used by every map of the sheet.

use super::arcs::{self, Point};
use super::labels;
use super::projection::Projection;
use crate::svg::{Area, escape};
use rayon::prelude::*;
use std::fmt::Write;

/// A place to be drawn, in degrees.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// Id, unique on its sheet.
    pub id: String,
    /// Rings of its polygons (holes included), longitude and latitude.
    pub rings: Vec<Vec<Point>>,
    /// Its point.
    pub point: Option<Point>,
}

/// How degrees become drawing units.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    projection: Projection,
    scale: f64,
    shift: Point,
    /// Width of the drawing.
    pub width: f64,
    /// Height of the drawing.
    pub height: f64,
}

/// Room around the shapes.
const MARGIN: f64 = 14.0;

impl Frame {
    /// A frame `width` units wide, at most `tallest` times as high, around all points and rings of the shapes.
    pub fn around(shapes: &[Shape], width: f64, tallest: f64) -> Frame {
        let points = || shapes.iter().flat_map(|shape| shape.rings.iter().flatten().chain(&shape.point).copied());
        let projection = Projection::centred(points());
        let mut box_: Option<Area> = None;
        for (longitude, latitude) in points() {
            let (x, y) = projection.project(longitude, latitude);
            let here = Area { left: x, top: -y, right: x, bottom: -y };
            box_ = Some(box_.map_or(here, |b| b.joined(&here)));
        }
        let area = box_.unwrap_or(Area { left: -1.0, top: -1.0, right: 1.0, bottom: 1.0 });
        // A single point still gets a neighbourhood: about ten kilometres.
        let across = (area.right - area.left).max(0.0016);
        let down = (area.bottom - area.top).max(0.0016);
        let scale = ((width - 2.0 * MARGIN) / across).min((width * tallest - 2.0 * MARGIN) / down);
        let height = (down * scale + 2.0 * MARGIN).max(width * 0.45);
        let middle = ((area.left + area.right) / 2.0, (area.top + area.bottom) / 2.0);
        let shift = (width / 2.0 - middle.0 * scale, height / 2.0 - middle.1 * scale);
        Frame { projection, scale, shift, width, height }
    }

    /// Longitude and latitude to the drawing.
    pub fn locate(&self, (longitude, latitude): Point) -> Point {
        let (x, y) = self.projection.project(longitude, latitude);
        (x * self.scale + self.shift.0, -y * self.scale + self.shift.1)
    }

    /// The whole drawing.
    pub fn area(&self) -> Area {
        Area { left: 1.0, top: 1.0, right: self.width - 1.0, bottom: self.height - 1.0 }
    }
}

/// A place on a sheet.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Id.
    pub id: String,
    /// Simplified rings, drawing units; empty for a place that is only a point.
    pub rings: Vec<Vec<Point>>,
    /// Where its name goes.
    pub anchor: Point,
}

/// Places on one frame.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Begins the ids of its definitions.
    pub prefix: String,
    /// The frame.
    pub frame: Frame,
    /// The places that have a boundary or a point, in the order given.
    pub places: Vec<Drawn>,
}

impl Sheet {
    /// Puts shapes on a frame, simplified to what can be seen.
    pub fn new(prefix: &str, shapes: &[Shape], frame: Frame) -> Sheet {
        let located: Vec<Vec<Vec<Point>>> = shapes
            .iter()
            .map(|shape| shape.rings.iter().map(|ring| ring.iter().map(|p| frame.locate(*p)).collect()).collect())
            .collect();
        let simple = arcs::simplify(&located, 0.45, 1.2);
        // Looking for room costs the most of a map; shapes do not wait for each other.
        let anchors: Vec<Option<Point>> = simple.par_iter().map(|rings| labels::anchor(rings)).collect();
        let places = shapes.iter().zip(simple).zip(anchors).filter_map(|((shape, rings), anchor)| {
            let anchor = anchor.or_else(|| shape.point.map(|p| frame.locate(p)))?;
            Some(Drawn { id: shape.id.clone(), rings, anchor })
        });
        Sheet { prefix: prefix.to_owned(), frame, places: places.collect() }
    }

    /// The shapes as definitions for `<use>`, named by [`Sheet::reference`].
    pub fn definitions(&self) -> String {
        let mut out = String::new();
        for place in self.places.iter().filter(|place| !place.rings.is_empty()) {
            let _ = write!(out, "<path id=\"{}-{}\" d=\"{}\"/>", self.prefix, escape(&place.id), path(&place.rings));
        }
        out
    }

    /// Name of the definition of a place.
    pub fn reference(&self, place: &Drawn) -> String {
        format!("#{}-{}", self.prefix, place.id)
    }
}

/// Rings as a path with relative steps in tenths of a unit; steps never add up to an error.
pub fn path(rings: &[Vec<Point>]) -> String {
    let tenth = |value: f64| (value * 10.0).round() as i64;
    let mut out = String::new();
    for ring in rings {
        let mut at: Option<(i64, i64)> = None;
        for point in ring {
            let here = (tenth(point.0), tenth(point.1));
            match at {
                None => {
                    out.push('M');
                    push_tenths(&mut out, here.0);
                    push_tenths(&mut out, here.1);
                    out.push('l');
                }
                Some(last) if last == here => continue,
                Some(last) => {
                    push_tenths(&mut out, here.0 - last.0);
                    push_tenths(&mut out, here.1 - last.1);
                }
            }
            at = Some(here);
        }
        if at.is_some() {
            if out.ends_with('l') {
                out.push_str("0 0");
            }
            out.push('z');
        }
    }
    out
}

/// Tenths as a decimal, with a space before it where one is needed.
fn push_tenths(out: &mut String, tenths: i64) {
    if tenths >= 0 && out.ends_with(|c: char| c.is_ascii_digit()) {
        out.push(' ');
    }
    if tenths < 0 {
        out.push('-');
    }
    let (whole, rest) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    if whole > 0 || rest == 0 {
        let _ = write!(out, "{whole}");
    }
    if rest > 0 {
        let _ = write!(out, ".{rest}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_short_and_exact() {
        let ring = vec![(0.04, 1.0), (10.0, 1.26), (10.01, 1.27), (9.5, -0.2)];
        assert_eq!(path(&[ring]), "M0 1l10 .3-.5-1.5z");
        assert_eq!(path(&[vec![(1.0, 2.0)]]), "M1 2l0 0z");
        assert_eq!(path(&[vec![]]), "");
    }

    #[test]
    fn a_frame_holds_its_shapes() {
        let shape = Shape {
            id: "a".into(),
            rings: vec![vec![(113.0, 36.0), (120.0, 36.0), (120.0, 43.0), (113.0, 43.0)]],
            point: None,
        };
        let frame = Frame::around(std::slice::from_ref(&shape), 400.0, 1.2);
        for corner in &shape.rings[0] {
            let (x, y) = frame.locate(*corner);
            assert!(frame.area().holds(x, y), "{x} {y}");
        }
        assert!(frame.height <= 480.0);
        let alone = Frame::around(&[Shape { point: Some((1.0, 2.0)), ..Shape::default() }], 400.0, 1.2);
        let (x, y) = alone.locate((1.0, 2.0));
        assert!((x - 200.0).abs() < 1e-6 && (y - alone.height / 2.0).abs() < 1e-6);
    }
}
