//! Lambert's azimuthal equal-area projection on the sphere, centred on what is drawn.
//!
//! Equal areas at every extent, from a town to a continent; over a small one it cannot be told from a plane chart.
//! Source: Snyder, *Map Projections: A Working Manual*, USGS Professional Paper 1395 (1987), equations 24-2 to 24-4.

/// The projection; lengths in radii of the sphere, y grows northwards.
#[derive(Clone, Copy, Debug)]
pub struct Projection {
    longitude: f64,
    sine: f64,
    cosine: f64,
}

impl Projection {
    /// Centred on points given as longitude and latitude in degrees: on the middle of their extent, also across the
    /// date line. Without points the centre is (0, 0).
    pub fn centred(points: impl Iterator<Item = (f64, f64)> + Clone) -> Projection {
        let (mut x, mut y, mut low, mut high) = (0.0, 0.0, f64::INFINITY, f64::NEG_INFINITY);
        for (longitude, latitude) in points.clone() {
            let longitude = longitude.to_radians();
            x += longitude.cos();
            y += longitude.sin();
            low = latitude.min(low);
            high = latitude.max(high);
        }
        if !low.is_finite() {
            return Projection { longitude: 0.0, sine: 0.0, cosine: 1.0 };
        }
        // The mean direction is a first guess; the middle of the extent around it is the centre.
        let guess = y.atan2(x).to_degrees();
        let (mut west, mut east) = (0.0_f64, 0.0_f64);
        for (longitude, _) in points {
            let turn = (longitude - guess + 540.0).rem_euclid(360.0) - 180.0;
            west = west.min(turn);
            east = east.max(turn);
        }
        let latitude = ((low + high) / 2.0).to_radians();
        Projection {
            longitude: (guess + (west + east) / 2.0).to_radians(),
            sine: latitude.sin(),
            cosine: latitude.cos(),
        }
    }

    /// Longitude and latitude in degrees to the plane.
    pub fn project(&self, longitude: f64, latitude: f64) -> (f64, f64) {
        let (turn, latitude) = (longitude.to_radians() - self.longitude, latitude.to_radians());
        let (sine, cosine) = (latitude.sin(), latitude.cos());
        let depth = 1.0 + self.sine * sine + self.cosine * cosine * turn.cos();
        // The antipode of the centre has no place; the guard keeps it finite.
        let k = (2.0 / depth.max(1e-9)).sqrt();
        (k * cosine * turn.sin(), k * (self.cosine * sine - self.sine * cosine * turn.cos()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_equal_everywhere() {
        let points = [(110.0, 30.0), (124.0, 44.0)];
        let projection = Projection::centred(points.iter().copied());
        // A cell of 0.1 by 0.1 degrees against the exact area of the zone on the sphere.
        for (west, south) in [(110.0, 30.0_f64), (117.0, 37.0), (123.9, 43.9)] {
            let corners: Vec<_> = [(0.0, 0.0), (0.1, 0.0), (0.1, 0.1), (0.0, 0.1)]
                .iter()
                .map(|(x, y)| projection.project(west + x, south + y))
                .collect();
            let area: f64 = (0..4)
                .map(|i| corners[i].0 * corners[(i + 1) % 4].1 - corners[(i + 1) % 4].0 * corners[i].1)
                .sum::<f64>()
                / 2.0;
            let exact = 0.1_f64.to_radians() * ((south + 0.1).to_radians().sin() - south.to_radians().sin());
            assert!((area / exact - 1.0).abs() < 1e-4, "{area} {exact}");
        }
    }

    #[test]
    fn the_date_line_is_no_border() {
        let projection = Projection::centred([(179.0, -18.0), (-179.0, -16.0)].into_iter());
        let (x, _) = projection.project(-179.0, -17.0);
        assert!(x > 0.0 && x < 0.02, "{x}");
    }
}
