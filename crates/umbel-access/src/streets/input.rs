//! Streets as a reader gives them: junctions, segments between them, and who may use each in which direction.

use serde::{Deserialize, Serialize};

/// A way of moving over streets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// On foot.
    Walk,
    /// By bicycle.
    Bike,
    /// By car.
    Car,
}

/// One direction of a segment: who may use it and how fast.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// Open to people on foot (they walk at the speed asked for, everywhere the same).
    pub walk: bool,
    /// Speed by bicycle in kilometres per hour; 0 = closed.
    pub bike_speed: f32,
    /// Speed by car without congestion in kilometres per hour; 0 = closed.
    pub car_speed: f32,
    /// Seconds lost by a car at the end of this direction (signals, crossings), on top of length over speed.
    pub car_delay: f32,
}

impl Passage {
    /// Open to nobody.
    pub const CLOSED: Passage = Passage { walk: false, bike_speed: 0.0, car_speed: 0.0, car_delay: 0.0 };
}

/// A piece of street between two junctions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Junction at its start.
    pub from: u32,
    /// Junction at its end.
    pub to: u32,
    /// Length along its shape, in metres.
    pub length: f64,
    /// From its start to its end.
    pub forward: Passage,
    /// From its end to its start.
    pub backward: Passage,
    /// Number that the source knows it by (the id of an OSM way, the row of a link table): edits name it.
    pub source: i64,
    /// Class of road, an index into [`StreetInput::classes`].
    pub class: u16,
}

/// Streets as arrays.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StreetInput {
    /// Longitude of each junction, in degrees (WGS 84).
    pub longitude: Vec<f64>,
    /// Latitude of each junction, in degrees.
    pub latitude: Vec<f64>,
    /// Number that the source knows each junction by.
    pub junction: Vec<i64>,
    /// The segments.
    pub segments: Vec<Segment>,
    /// Where the shape of each segment begins in `shape`; one more than segments.
    pub shape_start: Vec<u32>,
    /// Points between the two junctions of each segment (these not included): longitude and latitude in degrees.
    pub shape: Vec<[f64; 2]>,
    /// Names of the classes of road (`residential`, `motorway`).
    pub classes: Vec<String>,
    /// Segments that no point is joined to although they are open, as tunnels and motorways that no door stands at: in
    /// ascending order.
    #[serde(default)]
    pub apart: Vec<u32>,
}
