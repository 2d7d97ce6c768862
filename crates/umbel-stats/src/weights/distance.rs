//! Weights from distances between points: nearest neighbours, bands, and the search behind them.

use super::Weights;
use super::tree::Tree;
use crate::Error;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;

/// How distances are measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Straight in the plane of the coordinates, in their unit.
    #[default]
    Planar,
    /// Along the sphere, in kilometres; coordinates are longitude and latitude in degrees.
    GreatCircle,
}

/// Mean radius of the earth in kilometres, as in libpysal (`RADIUS_EARTH_KM`).
const EARTH: f64 = 6371.0;

/// Points that can be searched by distance.
pub struct Search {
    points: Vec<[f64; 2]>,
    space: Space,
}

enum Space {
    Plane(Tree<2>),
    /// Points of the unit sphere: the chord grows with the arc, so the nearest are the same.
    Sphere(Tree<3>),
}

fn unit([longitude, latitude]: [f64; 2]) -> [f64; 3] {
    let ((east, north), (up, across)) = (libm::sincos(longitude.to_radians()), libm::sincos(latitude.to_radians()));
    [across * north, across * east, up]
}

impl Search {
    /// Prepares a search. O(n log n).
    ///
    /// # Errors
    /// When a coordinate is not finite, or (great circle) no longitude or latitude.
    pub fn new(points: &[[f64; 2]], metric: Metric) -> Result<Search, Error> {
        if let Some(at) = points.iter().position(|point| !(point[0].is_finite() && point[1].is_finite())) {
            return Err(Error::NotFinite { what: "the coordinates", at });
        }
        let space = match metric {
            Metric::Planar => Space::Plane(Tree::new(points)),
            Metric::GreatCircle => {
                if let Some(at) = points.iter().position(|point| point[1].abs() > 90.0 || point[0].abs() > 360.0) {
                    let point = points[at];
                    let off = if point[1].abs() > 90.0 { point[1] } else { point[0] };
                    let needed = "it must be a longitude from -360 to 360 or a latitude from -90 to 90";
                    return Err(Error::Domain { what: "the coordinates", at, value: off, needed });
                }
                Space::Sphere(Tree::new(&points.iter().map(|&point| unit(point)).collect::<Vec<_>>()))
            }
        };
        Ok(Search { points: points.to_vec(), space })
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Whether there is no point.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    fn numbers(&self) -> &[u32] {
        match &self.space {
            Space::Plane(tree) => tree.numbers(),
            Space::Sphere(tree) => tree.numbers(),
        }
    }

    /// The distance of a squared straight distance.
    fn distance(&self, squared: f64) -> f64 {
        match self.space {
            Space::Plane(_) => squared.sqrt(),
            Space::Sphere(_) => 2.0 * EARTH * libm::asin((squared.sqrt() / 2.0).min(1.0)),
        }
    }

    /// A squared straight distance a little above that of a distance, so that rounding loses no point.
    fn limit(&self, distance: f64) -> f64 {
        let straight = match self.space {
            Space::Plane(_) => distance,
            Space::Sphere(_) => 2.0 * libm::sin((distance / EARTH / 2.0).min(std::f64::consts::FRAC_PI_2)),
        };
        straight * straight * (1.0 + 1e-9) + f64::MIN_POSITIVE
    }

    /// The `k` nearest other points of every point, as (neighbour, distance) in order of distance, equal distances by
    /// number: `k` entries a point. O(n k log n) at most, about O(n (k + log n)) for points that are spread.
    ///
    /// # Errors
    /// When `k` is 0 or there are not `k` other points.
    pub fn nearest(&self, k: usize) -> Result<Vec<(u32, f64)>, Error> {
        if k == 0 || k >= self.len() {
            let message = format!(
                "{k} nearest neighbours among {} places: choose from 1 to {}",
                self.len(),
                self.len().saturating_sub(1)
            );
            return Err(Error::Parameter { parameter: "k", message });
        }
        // Points are asked in the order of the leaves, whose boxes are then still in the cache.
        let numbers = self.numbers();
        let mut ordered = vec![(0_u32, 0.0_f64); k * self.len()];
        let block = 1024;
        ordered.par_chunks_mut(block * k).enumerate().for_each(|(chunk, rows)| {
            let mut found = Vec::with_capacity(k + 1);
            for (row, position) in rows.chunks_mut(k).zip(chunk * block..) {
                let but = numbers[position];
                match &self.space {
                    Space::Plane(tree) => tree.nearest(tree.point(position), but, k, &mut found),
                    Space::Sphere(tree) => tree.nearest(tree.point(position), but, k, &mut found),
                }
                for (slot, &(squared, number)) in row.iter_mut().zip(&found) {
                    *slot = (number, self.distance(squared));
                }
            }
        });
        let mut positions = vec![0_u32; self.len()];
        numbers.iter().zip(0..).for_each(|(&number, position)| positions[number as usize] = position);
        let mut all = Vec::with_capacity(ordered.len());
        for &position in &positions {
            all.extend_from_slice(&ordered[position as usize * k..(position as usize + 1) * k]);
        }
        Ok(all)
    }

    /// The greatest distance from a point to its nearest: the smallest band that leaves no island.
    ///
    /// # Errors
    /// When there are fewer than two points.
    pub fn minimum_threshold(&self) -> Result<f64, Error> {
        Ok(self.nearest(1)?.iter().map(|near| near.1).fold(0.0, f64::max))
    }

    /// For every point the others within its own distance, by number: (neighbour, distance).
    pub(super) fn within(&self, radius: impl Fn(usize) -> f64 + Sync) -> Vec<Vec<(u32, f64)>> {
        let one = |at: usize| {
            let (radius, found) = (radius(at), RefCell::new(Vec::new()));
            let limit = self.limit(radius);
            let visit = |number: u32, squared: f64| {
                let distance = self.distance(squared);
                if number as usize != at && distance <= radius {
                    found.borrow_mut().push((number, distance));
                }
            };
            match &self.space {
                Space::Plane(tree) => tree.within(&self.points[at], limit, visit),
                Space::Sphere(tree) => tree.within(&unit(self.points[at]), limit, visit),
            }
            let mut found = found.into_inner();
            found.sort_unstable_by_key(|pair| pair.0);
            found
        };
        (0..self.len()).into_par_iter().map(one).collect()
    }
}

/// Binary weights of the `k` nearest other points; equal distances are taken in order of number, so that every row has
/// exactly `k`. Coincident points are each other's nearest. Not symmetric. O(n (k + log n)) for points that are spread.
///
/// Source: libpysal, `KNN`.
///
/// # Errors
/// As [`Search::nearest`] and [`Search::new`].
pub fn k_nearest(points: &[[f64; 2]], k: usize, metric: Metric) -> Result<Weights, Error> {
    let search = Search::new(points, metric)?;
    let mut neighbours: Vec<u32> = search.nearest(k)?.into_iter().map(|pair| pair.0).collect();
    neighbours.chunks_mut(k).for_each(<[u32]>::sort_unstable);
    let weights = vec![1.0; neighbours.len()];
    Ok(Weights { starts: (0..=points.len()).map(|at| at * k).collect(), neighbours, weights })
}

/// What a neighbour within a band weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decay {
    /// 1.
    #[default]
    Binary,
    /// The distance to the power of minus this.
    Inverse(f64),
    /// exp(-this times the distance).
    Exponential(f64),
    /// exp(-(distance / this)^2 / 2).
    Gaussian(f64),
}

impl Decay {
    /// The weight at a distance (0 or more); infinite where the inverse of 0 is asked for.
    pub fn weight(self, distance: f64) -> f64 {
        match self {
            Decay::Binary => 1.0,
            Decay::Inverse(1.0) => 1.0 / distance,
            Decay::Inverse(power) => libm::pow(distance, -power),
            Decay::Exponential(rate) => libm::exp(-rate * distance),
            Decay::Gaussian(scale) => libm::exp(-(distance / scale) * (distance / scale) / 2.0),
        }
    }

    /// # Errors
    /// When the parameter is not above 0.
    pub(super) fn check(self) -> Result<(), Error> {
        match self {
            Decay::Inverse(value) | Decay::Exponential(value) | Decay::Gaussian(value)
                if !(value > 0.0 && value.is_finite()) =>
            {
                let message = format!("the power, rate or scale of the decay is {value}; it must be above 0");
                Err(Error::Parameter { parameter: "decay", message })
            }
            _ => Ok(()),
        }
    }

    /// The weight of a pair.
    ///
    /// # Errors
    /// When the two places coincide and the weight would be infinite.
    pub(super) fn of_pair(self, from: usize, to: usize, distance: f64) -> Result<f64, Error> {
        let weight = self.weight(distance);
        if weight.is_finite() {
            return Ok(weight);
        }
        let message = format!("places {from} and {to} are at distance {distance}, whose inverse is infinite");
        Err(Error::Parameter { parameter: "decay", message })
    }
}

/// Weights of the points within a distance (and at it): 1, or decaying. Without a threshold it is the smallest one that
/// leaves no island ([`Search::minimum_threshold`]). O(n log n + pairs).
///
/// Source: libpysal, `DistanceBand` (with `alpha = -power`), `min_threshold_distance`.
///
/// # Errors
/// As [`Search::new`]; when the threshold is not above 0, or coincident points would weigh infinitely.
pub fn distance_band(
    points: &[[f64; 2]],
    threshold: Option<f64>,
    decay: Decay,
    metric: Metric,
) -> Result<Weights, Error> {
    decay.check()?;
    let search = Search::new(points, metric)?;
    let threshold = match threshold {
        Some(threshold) if threshold > 0.0 && threshold.is_finite() => threshold,
        Some(threshold) => {
            let message = format!("the threshold is {threshold}; it must be above 0");
            return Err(Error::Parameter { parameter: "threshold", message });
        }
        None => search.minimum_threshold()?,
    };
    let mut rows = search.within(|_| threshold);
    for (from, row) in rows.iter_mut().enumerate() {
        for pair in row {
            pair.1 = decay.of_pair(from, pair.0 as usize, pair.1)?;
        }
    }
    Weights::from_rows(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_lower_number() {
        let points: Vec<[f64; 2]> = (0..9).map(|at| [f64::from(at % 3), f64::from(at / 3)]).collect();
        let weights = k_nearest(&points, 2, Metric::Planar).expect("weights");
        assert_eq!(weights.neighbours(4), [1, 3]);
        assert_eq!(weights.neighbours(8), [5, 7]);
        assert!(k_nearest(&points, 9, Metric::Planar).is_err());
        assert!(k_nearest(&points, 0, Metric::Planar).is_err());
        assert!(k_nearest(&[], 1, Metric::Planar).is_err());
        assert!(k_nearest(&[[0.0, f64::NAN], [1.0, 1.0]], 1, Metric::Planar).is_err());
    }

    #[test]
    fn great_circles_pass_the_date_line() {
        let points = [[179.5, 0.0], [-179.5, 0.0], [178.0, 0.0], [0.0, 90.0]];
        let search = Search::new(&points, Metric::GreatCircle).expect("a search");
        let nearest = search.nearest(1).expect("nearest");
        assert_eq!((nearest[0].0, nearest[1].0), (1, 0));
        let degree = EARTH * std::f64::consts::PI / 180.0;
        assert!((nearest[0].1 - degree).abs() < 1e-9);
        assert!((nearest[3].1 - 90.0 * degree).abs() < 1e-9);
        assert!(Search::new(&[[0.0, 91.0]], Metric::GreatCircle).is_err());
    }

    #[test]
    fn the_smallest_band_holds_its_own_distance() {
        let points = [[0.1, 0.2], [0.7, 0.3], [5.1, 7.3], [0.2, 0.3]];
        for metric in [Metric::Planar, Metric::GreatCircle] {
            let weights = distance_band(&points, None, Decay::Binary, metric).expect("weights");
            assert!(weights.islands().is_empty());
            assert_eq!(weights.neighbours(2), [1]);
        }
    }

    #[test]
    fn coincident_points_have_no_inverse() {
        let points = [[1.0, 1.0], [1.0, 1.0], [2.0, 2.0]];
        assert!(distance_band(&points, Some(5.0), Decay::Inverse(1.0), Metric::Planar).is_err());
        let binary = distance_band(&points, Some(5.0), Decay::Binary, Metric::Planar).expect("weights");
        assert_eq!(binary.neighbours(0), [1, 2]);
        assert!(distance_band(&points, Some(0.0), Decay::Binary, Metric::Planar).is_err());
        assert!(distance_band(&points, Some(1.0), Decay::Exponential(-1.0), Metric::Planar).is_err());
    }

    #[test]
    fn threads_change_nothing() {
        let mut stream = umbel_core::random::Stream::new(1, 0);
        let points: Vec<[f64; 2]> = (0..5000).map(|_| [stream.uniform(), stream.uniform()]).collect();
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| distance_band(&points, Some(0.03), Decay::Inverse(1.0), Metric::Planar).expect("weights"))
        };
        assert_eq!(run(1), run(2));
    }
}
