//! Distances on the sphere.

/// Mean radius of the Earth in metres (IUGG R1).
pub const EARTH_RADIUS: f64 = 6_371_008.8;

/// Metres between two points (longitude, latitude in degrees) along a great circle of a sphere of radius
/// [`EARTH_RADIUS`] (haversine).
pub fn haversine(a: [f64; 2], b: [f64; 2]) -> f64 {
    let [lambda_a, phi_a] = a.map(f64::to_radians);
    let [lambda_b, phi_b] = b.map(f64::to_radians);
    let (sine_phi, sine_lambda) = (((phi_b - phi_a) / 2.0).sin(), ((lambda_b - lambda_a) / 2.0).sin());
    let h = sine_phi * sine_phi + phi_a.cos() * phi_b.cos() * sine_lambda * sine_lambda;
    2.0 * EARTH_RADIUS * h.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_of_latitude_and_a_quarter_of_the_globe() {
        assert!((haversine([10.0, 0.0], [10.0, 1.0]) - EARTH_RADIUS.to_radians()).abs() < 1e-6);
        let quarter = EARTH_RADIUS * std::f64::consts::FRAC_PI_2;
        assert!((haversine([0.0, 0.0], [0.0, 90.0]) - quarter).abs() < 1e-6);
        assert!((haversine([-90.0, 0.0], [90.0, 0.0]) - 2.0 * quarter).abs() < 1e-6);
    }
}
