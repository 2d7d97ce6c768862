//! How points are joined to a network, and how far they are from it.

use super::points::Sites;
use rayon::prelude::*;
use umbel_access::streets::{Profile, Snap, Streets};

/// Points that are not joined are looked for as far as this, in metres, so that it can be said how far they are.
const FAR: f64 = 200_000.0;

/// Where a point is joined, or would be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Snapped {
    /// Metres to the nearest street (or stop); `None` = none within 200 km.
    pub distance: Option<f64>,
    /// Longitude and latitude there.
    pub place: Option<[f64; 2]>,
    /// Whether it is near enough to be joined.
    pub joined: bool,
}

/// How points are joined to a network.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Snaps {
    /// For each point.
    pub all: Vec<Snapped>,
    pub(super) snaps: Vec<Option<Snap>>,
}

impl Snaps {
    /// Joins points to streets within `radius` metres.
    pub(super) fn of(streets: &Streets, profile: &Profile, points: Sites<'_>, radius: f64) -> Snaps {
        let one = |at: usize| {
            let snap = |radius: f64| streets.snap(profile, points.longitude[at], points.latitude[at], radius);
            let near = snap(radius);
            let found = near.or_else(|| snap(FAR.max(radius)));
            let snapped = Snapped {
                distance: found.map(|snap| snap.distance),
                place: found.map(|snap| [snap.longitude, snap.latitude]),
                joined: near.is_some(),
            };
            (snapped, near)
        };
        let (all, snaps) = (0..points.len()).into_par_iter().map(one).unzip();
        Snaps { all, snaps }
    }

    /// How the engine joined them.
    pub(super) fn from(points: &umbel_access::door::Points) -> Snaps {
        let one = |(snap, distance): (&Option<Snap>, &Option<f64>)| Snapped {
            distance: *distance,
            place: snap.as_ref().map(|snap| [snap.longitude, snap.latitude]),
            joined: snap.is_some(),
        };
        Snaps { all: points.snaps.iter().zip(&points.distances).map(one).collect(), snaps: points.snaps.clone() }
    }

    /// Takes up how the same points are joined in another way: the nearer counts.
    pub(super) fn join(&mut self, other: Snaps) {
        if self.all.is_empty() {
            *self = other;
            return;
        }
        for (own, other) in self.all.iter_mut().zip(other.all) {
            let key = |snapped: &Snapped| (!snapped.joined, snapped.distance.unwrap_or(f64::INFINITY));
            if key(&other) < key(own) {
                *own = other;
            }
        }
    }

    /// The points that are not joined, with their distance in metres.
    pub fn off(&self) -> Vec<(usize, Option<f64>)> {
        let off = self.all.iter().enumerate().filter(|(_, snapped)| !snapped.joined);
        off.map(|(at, snapped)| (at, snapped.distance)).collect()
    }
}
