//! Isochrones: the area, or the streets, within given times.
//!
//! A place counts as reached within a time if some point of the streets is, with enough time left to walk from there, and
//! no farther off than a buffer. So the area is a union of discs: [`Canvas`] draws how far inside of it each node of a
//! grid lies and traces the border between the nodes. [`streets`] gives the points from the costs at junctions, [`lines`]
//! the streets themselves, [`search`] joins walking and stops reached by timetable.

pub mod lines;
pub mod search;
pub mod streets;
mod trace;

use crate::Error;
use crate::streets::sphere::{Local, METRES_PER_DEGREE};
use serde::{Deserialize, Serialize};
use trace::Tracer;

/// How areas are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DrawOptions {
    /// Metres between the nodes of the grid.
    pub cell: f64,
    /// Metres from the streets beyond which nothing is reached; at least the cell.
    pub buffer: f64,
    /// Metres a second off the streets.
    pub speed: f64,
}

impl Default for DrawOptions {
    fn default() -> DrawOptions {
        DrawOptions { cell: 50.0, buffer: 100.0, speed: 1.0 }
    }
}

/// A point of the streets and when it is reached.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Arrival {
    /// Longitude and latitude, in degrees.
    pub point: [f64; 2],
    /// Seconds of travel.
    pub seconds: f64,
}

/// A polygon: rings of longitude and latitude in degrees, the last point of each being the first again. The outer ring
/// runs counter-clockwise, holes clockwise (RFC 7946).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Polygon {
    /// Outer ring.
    pub outer: Vec<[f64; 2]>,
    /// Holes.
    pub holes: Vec<Vec<[f64; 2]>>,
}

/// The area within a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Isochrone {
    /// The time in seconds.
    pub cutoff: u32,
    /// Its parts, from the south.
    pub polygons: Vec<Polygon>,
    /// Its size in square metres.
    pub area: f64,
}

/// Most nodes of a grid.
const MOST_NODES: f64 = 16e6;

/// What a grid holds: nodes in rows from the south, the origin of the map at a node.
#[derive(Clone, Copy, Debug)]
struct Frame {
    /// Position of the first node, in cells from the origin.
    west: i64,
    south: i64,
    width: usize,
    height: usize,
}

/// Draws isochrones. Holds the memory of a drawing, to be used again: make one a thread.
#[derive(Clone, Debug, Default)]
pub struct Canvas {
    /// For each cutoff the square of the distance from each node to the nearest point with time left for the whole buffer.
    squares: Vec<Vec<f32>>,
    /// For each cutoff how far inside of the discs of the other points each node lies.
    partial: Vec<Vec<f32>>,
    tracer: Tracer,
}

impl Canvas {
    /// Nothing drawn.
    pub fn new() -> Canvas {
        Canvas::default()
    }

    /// The areas within each cutoff, in the order given, from points of the streets (those along them as well: none
    /// farther from the next than a cell, or there are gaps). The area of a longer time holds that of a shorter one, and
    /// all hold the origin. Distances are those on an equirectangular map around the origin.
    ///
    /// # Errors
    /// Options that are not above 0, a buffer below the cell, coordinates or times that are none, or a grid of more than
    /// 16 million nodes.
    ///
    /// # Cost
    /// About 50 ns a point, and 10 ns a node of the grid and cutoff; 8 bytes a node and cutoff.
    ///
    /// Source: marching squares, the plane case of Lorensen and Cline, Marching cubes, Computer Graphics 21(4), 1987.
    pub fn draw(
        &mut self,
        origin: [f64; 2],
        arrivals: &[Arrival],
        cutoffs: &[u32],
        options: &DrawOptions,
    ) -> Result<Vec<Isochrone>, Error> {
        check(origin, options)?;
        let local = Local::around(origin);
        let mut ascending = cutoffs.to_vec();
        ascending.sort_unstable();
        ascending.dedup();
        let last = ascending.last().map_or(0.0, |&cutoff| f64::from(cutoff));
        // In cells from the origin, with the seconds; the origin is reached at once.
        let mut places = vec![([0.0, 0.0], 0.0)];
        for (at, Arrival { point, seconds }) in arrivals.iter().enumerate() {
            if !(point[0].abs() <= 180.0 && point[1].abs() <= 90.0 && *seconds >= 0.0) {
                let message = format!("{seconds} seconds at {point:?} are no time at a longitude and latitude");
                return Err(Error::Input { array: "arrivals", at, message });
            }
            if *seconds <= last {
                places.push((local.metres(*point).map(|metres| metres / options.cell), *seconds));
            }
        }
        let frame = frame(&places, options.buffer / options.cell)?;
        self.stamp(&places, &ascending, &frame, options);
        let degrees = |[x, y]: [f64; 2]| {
            let east = METRES_PER_DEGREE * origin[1].to_radians().cos();
            let (x, y) = ((x + frame.west as f64) * options.cell, (y + frame.south as f64) * options.cell);
            [origin[0] + x / east, origin[1] + y / METRES_PER_DEGREE]
        };
        let mut drawn = Vec::with_capacity(ascending.len());
        for (layer, &cutoff) in ascending.iter().enumerate() {
            let mut area = 0.0;
            let traced = self.tracer.trace(&self.partial[layer], frame.width);
            let polygons = traced.into_iter().map(|polygon| {
                area += polygon.area() * options.cell * options.cell;
                polygon.map(degrees)
            });
            let polygons = polygons.collect();
            drawn.push(Isochrone { cutoff, polygons, area });
        }
        let find = |cutoff: &u32| drawn[ascending.partition_point(|other| other < cutoff)].clone();
        Ok(cutoffs.iter().map(find).collect())
    }

    /// Fills `partial` with how far, in cells, each node lies inside of the area of each cutoff.
    fn stamp(&mut self, places: &[([f64; 2], f64)], cutoffs: &[u32], frame: &Frame, options: &DrawOptions) {
        let nodes = frame.width * frame.height;
        let renew = |layers: &mut Vec<Vec<f32>>, value: f32| {
            layers.resize_with(cutoffs.len(), Vec::new);
            for layer in layers {
                layer.clear();
                layer.resize(nodes, value);
            }
        };
        renew(&mut self.squares, f32::INFINITY);
        renew(&mut self.partial, f32::NEG_INFINITY);
        let buffer = options.buffer / options.cell;
        for &([x, y], seconds) in places {
            let (x, y) = (x - frame.west as f64, y - frame.south as f64);
            for (layer, &cutoff) in cutoffs.iter().enumerate() {
                let left = (f64::from(cutoff) - seconds) * options.speed / options.cell;
                if left >= buffer {
                    // It looks the same to all longer times.
                    each_node(&mut self.squares[layer], [x, y], buffer + 1.0, frame, |least, square| {
                        if square < least { square } else { least }
                    });
                    break;
                }
                if left > 0.0 {
                    let radius = left as f32;
                    each_node(&mut self.partial[layer], [x, y], left + 1.0, frame, |most, square| {
                        let inside = radius - square.sqrt();
                        if inside > most { inside } else { most }
                    });
                }
            }
        }
        for layer in 0..cutoffs.len() {
            if let [shorter, longer] = &mut self.squares[layer.saturating_sub(1)..=layer] {
                longer.iter_mut().zip(shorter).for_each(|(least, before)| *least = least.min(*before));
            }
            let inside = self.partial[layer].iter_mut().zip(&self.squares[layer]);
            inside.for_each(|(most, square)| *most = most.max(buffer as f32 - square.sqrt()));
        }
    }
}

/// Nodes taken together: two vectors of the least processors.
const LANES: usize = 8;

/// Joins, to each node around a point, the square of its distance from the point. Rows are as long as a multiple of the
/// lanes, so somewhat too long to the east.
#[inline]
fn each_node(layer: &mut [f32], [x, y]: [f64; 2], radius: f64, frame: &Frame, join: impl Fn(f32, f32) -> f32) {
    let above = |value: f64| {
        let whole = value.max(0.0) as usize;
        whole + usize::from((whole as f64) < value)
    };
    let (west, south) = (above(x - radius), above(y - radius));
    let wide = ((x + radius) as usize + 1 - west).next_multiple_of(LANES);
    let north = ((y + radius) as usize).min(frame.height - 1);
    for begin in (west..west + wide).step_by(LANES) {
        let squares: [f32; LANES] = std::array::from_fn(|lane| {
            let apart = ((begin + lane) as f64 - x) as f32;
            apart * apart
        });
        for row in south..=north {
            let apart = (row as f64 - y) as f32;
            let Some(nodes) = layer[row * frame.width + begin..].first_chunk_mut::<LANES>() else { continue };
            for lane in 0..LANES {
                nodes[lane] = join(nodes[lane], squares[lane] + apart * apart);
            }
        }
    }
}

fn check(origin: [f64; 2], options: &DrawOptions) -> Result<(), Error> {
    let refuse = |parameter, message: String| Err(Error::Parameter { parameter, message });
    let above_zero = |value: f64| value > 0.0 && value.is_finite();
    if !(origin[0].abs() <= 180.0 && origin[1].abs() < 89.9) {
        return refuse("origin", format!("{origin:?} is no longitude and latitude, or too near a pole"));
    }
    if !above_zero(options.cell) || !above_zero(options.speed) || !above_zero(options.buffer) {
        return refuse("cell", "cell, buffer and speed must be above 0".to_owned());
    }
    if options.buffer < options.cell {
        let message = format!("it is {}, less than a cell of {}; make the cell smaller", options.buffer, options.cell);
        return refuse("buffer", message);
    }
    Ok(())
}

/// A frame around all that is drawn, with nodes outside of it on every side, and room for whole rows of lanes.
fn frame(places: &[([f64; 2], f64)], buffer: f64) -> Result<Frame, Error> {
    let mut most = [0.0_f64; 4];
    for ([x, y], _) in places {
        most = [most[0].min(*x), most[1].min(*y), most[2].max(*x), most[3].max(*y)];
    }
    let low = |value: f64| (value - buffer).floor() - 2.0;
    let high = |value: f64| (value + buffer).ceil() + 2.0;
    let (width, height) = (high(most[2]) - low(most[0]) + 1.0 + LANES as f64, high(most[3]) - low(most[1]) + 1.0);
    if width * height > MOST_NODES {
        let message = format!("the area needs a grid of {width} by {height} nodes; make the cell larger");
        return Err(Error::Parameter { parameter: "cell", message });
    }
    Ok(Frame { west: low(most[0]) as i64, south: low(most[1]) as i64, width: width as usize, height: height as usize })
}

#[cfg(test)]
mod tests;
