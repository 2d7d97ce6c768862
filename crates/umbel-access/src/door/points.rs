//! Points between which people travel, joined to the streets.

use crate::streets::{Profile, Snap, Streets};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// How far from a street a point may lie, in metres, as in R5.
pub const SNAP_RADIUS: f64 = 1600.0;

/// Points joined to the streets of a profile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Points {
    /// Where each point meets the street; `None` when no street is near enough.
    pub snaps: Vec<Option<Snap>>,
    /// Metres from each point to the nearest street, however far; `None` when there is no street at all, or the
    /// coordinates are none.
    pub distances: Vec<Option<f64>>,
}

impl Points {
    /// Joins points (longitude, latitude in degrees) to the streets within `radius` metres. A few microseconds each.
    pub fn new(streets: &Streets, profile: &Profile, points: &[[f64; 2]], radius: f64) -> Points {
        let nearest = |&[longitude, latitude]: &[f64; 2]| {
            let near = streets.snap(profile, longitude, latitude, radius);
            near.or_else(|| streets.snap(profile, longitude, latitude, f64::MAX.sqrt()))
        };
        let nearest: Vec<Option<Snap>> = points.par_iter().map(nearest).collect();
        Points {
            snaps: nearest.iter().map(|snap| snap.filter(|snap| snap.distance <= radius)).collect(),
            distances: nearest.iter().map(|snap| snap.map(|snap| snap.distance)).collect(),
        }
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.snaps.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.snaps.is_empty()
    }
}
