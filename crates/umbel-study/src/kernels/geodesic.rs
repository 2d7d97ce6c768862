//! Distances on the WGS84 ellipsoid.

use geo::{Distance, Geodesic, Haversine, Point};

/// A point in degrees, WGS84.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Site {
    /// Longitude in degrees.
    pub longitude: f64,
    /// Latitude in degrees.
    pub latitude: f64,
}

impl Site {
    fn point(self) -> Point<f64> {
        Point::new(self.longitude, self.latitude)
    }
}

/// Length of the geodesic between two points, in metres.
///
/// Source: Karney, Algorithms for geodesics, Journal of Geodesy 87, 2013.
pub fn geodesic(from: Site, to: Site) -> f64 {
    if from == to {
        return 0.0;
    }
    Geodesic.distance(from.point(), to.point())
}

/// The nearest of several points, and the distance to it in metres; ties go to the first. `None` without any.
///
/// The sphere tells which points can be the nearest (lengths on it and on the ellipsoid differ by less than 0.6 per
/// cent), so only few geodesics are worked out.
pub fn nearest(from: Site, to: &[Site]) -> Option<(usize, f64)> {
    let rough: Vec<f64> = to.iter().map(|site| Haversine.distance(from.point(), site.point())).collect();
    let reach = rough.iter().copied().fold(f64::INFINITY, f64::min) * 1.02 + 1.0;
    let candidates = (0..to.len()).filter(|&at| rough[at] <= reach);
    let mut best: Option<(usize, f64)> = None;
    for at in candidates {
        let metres = geodesic(from, to[at]);
        if metres.is_finite() && best.is_none_or(|(_, least)| metres < least) {
            best = Some((at, metres));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn is_the_length_on_the_ellipsoid() {
        // One degree of longitude on the equator, and the length of a quarter meridian.
        let at = |longitude, latitude| Site { longitude, latitude };
        assert!((geodesic(at(0.0, 0.0), at(1.0, 0.0)) - 111_319.490_793).abs() < 1e-5);
        assert!((geodesic(at(0.0, 0.0), at(0.0, 90.0)) - 10_001_965.729_31).abs() < 1e-4);
        assert_eq!(nearest(at(0.0, 0.0), &[]), None);
    }

    proptest! {
        #[test]
        fn the_nearest_is_the_least_of_all(
            from in (-180.0_f64..180.0, -90.0_f64..90.0),
            to in prop::collection::vec((-180.0_f64..180.0, -90.0_f64..90.0), 1..20),
        ) {
            let from = Site { longitude: from.0, latitude: from.1 };
            let to: Vec<Site> = to.iter().map(|&(longitude, latitude)| Site { longitude, latitude }).collect();
            let least = to.iter().map(|&site| geodesic(from, site)).fold(f64::INFINITY, f64::min);
            prop_assert_eq!(nearest(from, &to).map(|found| found.1), Some(least));
        }
    }
}
