//! Distances on the sphere, and a flat map that is right near a point.

/// Mean radius of the Earth in metres (R1 of WGS 84; Moritz, Geodetic Reference System 1980, 2000).
pub const EARTH_RADIUS: f64 = 6_371_008.8;

/// Metres of one degree along a meridian.
pub const METRES_PER_DEGREE: f64 = EARTH_RADIUS * std::f64::consts::PI / 180.0;

/// Great-circle distance in metres between two points in degrees (longitude, latitude), by the haversine formula.
pub fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    let half_latitude = ((b[1] - a[1]).to_radians() / 2.0).sin();
    let half_longitude = ((b[0] - a[0]).to_radians() / 2.0).sin();
    let across = a[1].to_radians().cos() * b[1].to_radians().cos();
    let square = half_latitude * half_latitude + across * half_longitude * half_longitude;
    2.0 * EARTH_RADIUS * square.sqrt().min(1.0).asin()
}

/// An equirectangular map around a point: metres east and north of it.
#[derive(Clone, Copy, Debug)]
pub struct Local {
    origin: [f64; 2],
    east: f64,
}

impl Local {
    /// The map around a point in degrees.
    pub fn around(origin: [f64; 2]) -> Local {
        Local { origin, east: METRES_PER_DEGREE * origin[1].to_radians().cos() }
    }

    /// Metres east and north of the origin.
    pub fn metres(&self, point: [f64; 2]) -> [f64; 2] {
        [(point[0] - self.origin[0]) * self.east, (point[1] - self.origin[1]) * METRES_PER_DEGREE]
    }

    /// Square of the least distance from the origin to a box of degrees (west, south, east, north).
    pub fn square_to_box(&self, [west, south, east, north]: [f64; 4]) -> f64 {
        let x = (west - self.origin[0]).max(self.origin[0] - east).max(0.0) * self.east;
        let y = (south - self.origin[1]).max(self.origin[1] - north).max(0.0) * METRES_PER_DEGREE;
        x * x + y * y
    }
}

/// Where on the straight piece from `a` to `b` the origin of the map is nearest: the share of the piece before it, and
/// the square of the distance.
pub fn nearest_on_piece(a: [f64; 2], b: [f64; 2]) -> (f64, f64) {
    let along = [b[0] - a[0], b[1] - a[1]];
    let square = along[0] * along[0] + along[1] * along[1];
    let share = if square > 0.0 { (-(a[0] * along[0] + a[1] * along[1]) / square).clamp(0.0, 1.0) } else { 0.0 };
    let at = [a[0] + share * along[0], a[1] + share * along[1]];
    (share, at[0] * at[0] + at[1] * at[1])
}

/// Place of a point on Hilbert's curve of order 16, from its position in a box of degrees (west, south, east, north).
///
/// Source: Hilbert, Über die stetige Abbildung einer Linie auf ein Flächenstück, Mathematische Annalen 38, 1891.
pub fn hilbert(point: [f64; 2], [west, south, east, north]: [f64; 4]) -> u32 {
    let cell = |value: f64, low: f64, high: f64| {
        let share = if high > low { (value - low) / (high - low) } else { 0.0 };
        (share * 65_535.0).clamp(0.0, 65_535.0) as u32
    };
    let (mut x, mut y) = (cell(point[0], west, east), cell(point[1], south, north));
    let mut place = 0;
    for bit in (0..16).rev() {
        let (right, up) = (x >> bit & 1, y >> bit & 1);
        place = place << 2 | (3 * right) ^ up;
        if up == 0 {
            if right == 1 {
                (x, y) = (!x & 0xFFFF, !y & 0xFFFF);
            }
            (x, y) = (y, x);
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_of_the_meridian() {
        assert!((distance([10.0, 0.0], [10.0, 1.0]) - METRES_PER_DEGREE).abs() < 1e-6);
        assert!((distance([0.0, 0.0], [180.0, 0.0]) - EARTH_RADIUS * std::f64::consts::PI).abs() < 1e-6);
        assert_eq!(distance([3.0, 4.0], [3.0, 4.0]), 0.0);
    }

    #[test]
    fn the_curve_visits_each_cell_once_and_only_steps_to_a_neighbour() {
        let side = 16_u32;
        let frame = [0.0, 0.0, f64::from(side - 1), f64::from(side - 1)];
        let mut cells: Vec<(u32, (i64, i64))> = (0..side * side)
            .map(|at| (i64::from(at % side), i64::from(at / side)))
            .map(|(x, y)| (hilbert([x as f64, y as f64], frame), (x, y)))
            .collect();
        cells.sort_unstable();
        for pair in cells.windows(2) {
            assert_ne!(pair[0].0, pair[1].0);
            let ((a, b), (c, d)) = (pair[0].1, pair[1].1);
            assert_eq!((a - c).abs() + (b - d).abs(), 1, "{pair:?}");
        }
    }
}
