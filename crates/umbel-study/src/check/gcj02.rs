//! GCJ-02, the shifted datum of Chinese web maps, after its published approximation.
//!
//! The shift of a point is a fixed sum of sines of its longitude and latitude, scaled by the curvature radii of the
//! Krasovsky 1940 ellipsoid; it moves a point by 100 to 700 metres. The formula is known from the open "eviltransform"
//! code (public test pairs: see the tests below). Its inverse has no closed form and is found here by fixed-point
//! iteration, which converges fast because the shift varies slowly.

use std::f64::consts::PI;

/// Semi-major axis of the Krasovsky 1940 ellipsoid in metres.
const SEMI_MAJOR_AXIS: f64 = 6_378_245.0;
/// First eccentricity squared of the Krasovsky 1940 ellipsoid.
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;

/// Whether the shift is applied to this WGS84 or GCJ-02 point (degrees): the rectangle of the published code.
pub fn applies(longitude: f64, latitude: f64) -> bool {
    (72.004..=137.8347).contains(&longitude) && (0.8293..=55.8271).contains(&latitude)
}

/// WGS84 to GCJ-02, in degrees; a point where the shift does not apply is returned as it is.
pub fn to_gcj02(longitude: f64, latitude: f64) -> (f64, f64) {
    if !applies(longitude, latitude) {
        return (longitude, latitude);
    }
    let (east, north) = shift(longitude, latitude);
    (longitude + east, latitude + north)
}

/// GCJ-02 to WGS84, in degrees, to better than 1e-9 degrees (0.1 mm): the inverse of [`to_gcj02`].
pub fn to_wgs84(longitude: f64, latitude: f64) -> (f64, f64) {
    if !applies(longitude, latitude) {
        return (longitude, latitude);
    }
    let (mut x, mut y) = (longitude, latitude);
    for _ in 0..10 {
        let (east, north) = shift(x, y);
        let (next_x, next_y) = (longitude - east, latitude - north);
        let step = (next_x - x).abs().max((next_y - y).abs());
        (x, y) = (next_x, next_y);
        if step < 1e-11 {
            break;
        }
    }
    (x, y)
}

/// The shift in degrees of longitude and latitude.
fn shift(longitude: f64, latitude: f64) -> (f64, f64) {
    let (x, y) = (longitude - 105.0, latitude - 35.0);
    let root = x.abs().sqrt();
    let waves = |of: f64, weights: [(f64, f64); 2]| -> f64 {
        weights.iter().map(|(weight, divisor)| weight * (of / divisor * PI).sin()).sum()
    };
    // The term in 6x and 2x is common to both shifts.
    let common = (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    let metres_north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + common
        + waves(y, [(20.0, 1.0), (40.0, 3.0)]) * 2.0 / 3.0
        + waves(y, [(160.0, 12.0), (320.0, 30.0)]) * 2.0 / 3.0;
    let metres_east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + common
        + waves(x, [(20.0, 1.0), (40.0, 3.0)]) * 2.0 / 3.0
        + waves(x, [(150.0, 12.0), (300.0, 30.0)]) * 2.0 / 3.0;
    let angle = latitude.to_radians();
    let flattening = 1.0 - ECCENTRICITY_SQUARED * angle.sin().powi(2);
    let meridian_radius = SEMI_MAJOR_AXIS * (1.0 - ECCENTRICITY_SQUARED) / flattening.powf(1.5);
    let parallel_radius = SEMI_MAJOR_AXIS / flattening.sqrt() * angle.cos();
    ((metres_east / parallel_radius).to_degrees(), (metres_north / meridian_radius).to_degrees())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Pairs published with the eviltransform test suite (`TESTS` in its test files): WGS84 and GCJ-02.
    #[test]
    fn agrees_with_published_pairs() {
        for (wgs_latitude, wgs_longitude, gcj_latitude, gcj_longitude) in [
            (31.1774276, 121.5272106, 31.17530398364597, 121.531541859215),
            (22.543847, 113.912316, 22.540796131694766, 113.9171764808363),
            (39.911954, 116.377817, 39.91334545536069, 116.38404722455657),
        ] {
            let (longitude, latitude) = to_gcj02(wgs_longitude, wgs_latitude);
            assert!((longitude - gcj_longitude).abs() < 1e-9, "{longitude} {gcj_longitude}");
            assert!((latitude - gcj_latitude).abs() < 1e-9, "{latitude} {gcj_latitude}");
        }
    }

    #[test]
    fn elsewhere_nothing_moves() {
        assert_eq!(to_gcj02(2.35, 48.86), (2.35, 48.86));
        assert_eq!(to_wgs84(-74.0, 40.7), (-74.0, 40.7));
    }

    proptest! {
        #[test]
        fn there_and_back(longitude in 72.1..137.7f64, latitude in 0.9..55.7f64) {
            let (shifted_longitude, shifted_latitude) = to_gcj02(longitude, latitude);
            let (back_longitude, back_latitude) = to_wgs84(shifted_longitude, shifted_latitude);
            prop_assert!((back_longitude - longitude).abs() < 1e-9);
            prop_assert!((back_latitude - latitude).abs() < 1e-9);
        }
    }
}
