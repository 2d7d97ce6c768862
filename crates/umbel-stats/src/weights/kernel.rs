//! Kernel weights: neighbours weigh less the further they are, the place itself most.

use super::Weights;
use super::distance::{Metric, Search};
use crate::Error;
use serde::{Deserialize, Serialize};

/// The form of a kernel, a function of z = distance / bandwidth from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kernel {
    /// 1/2.
    Uniform,
    /// 1 - z.
    Triangular,
    /// 3/4 (1 - z^2).
    Epanechnikov,
    /// 15/16 (1 - z^2)^2.
    Quartic,
    /// exp(-z^2 / 2) / sqrt(2 pi), cut at z = 1.
    Gaussian,
}

impl Kernel {
    /// All of them, with their names.
    pub const ALL: [(&'static str, Kernel); 5] = [
        ("uniform", Kernel::Uniform),
        ("triangular", Kernel::Triangular),
        ("epanechnikov", Kernel::Epanechnikov),
        ("quartic", Kernel::Quartic),
        ("gaussian", Kernel::Gaussian),
    ];

    /// The weight at z from 0 to 1.
    pub fn weight(self, z: f64) -> f64 {
        let rest = 1.0 - z * z;
        match self {
            Kernel::Uniform => 0.5,
            Kernel::Triangular => 1.0 - z,
            Kernel::Epanechnikov => 0.75 * rest,
            Kernel::Quartic => 0.9375 * rest * rest,
            Kernel::Gaussian => libm::exp(-z * z / 2.0) / (2.0 * std::f64::consts::PI).sqrt(),
        }
    }
}

/// How far a kernel reaches.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bandwidth {
    /// A distance.
    Distance(f64),
    /// For all places the greatest distance to a k-th nearest neighbour, times 1.0000001.
    Fixed(usize),
    /// For each place the distance to its k-th nearest neighbour, times 1.0000001.
    Adaptive(usize),
}

/// What is added to a bandwidth from nearest neighbours, so that the k-th is within it.
const WIDER: f64 = 1.000_000_1;

/// Kernel weights, with every place its own neighbour at the full weight; and the bandwidth of each place. With an
/// adaptive bandwidth they are not symmetric. O(n log n + pairs).
///
/// Source: libpysal, `Kernel` (`fixed`, `k`, `eps = 1.0000001`, `diagonal = False`); kernels as in Silverman, Density
/// Estimation for Statistics and Data Analysis, 1986, table 3.1.
///
/// # Errors
/// As [`Search::new`] and [`Search::nearest`]; when a bandwidth is 0 or not finite.
pub fn kernel_weights(
    points: &[[f64; 2]],
    kernel: Kernel,
    bandwidth: Bandwidth,
    metric: Metric,
) -> Result<(Weights, Vec<f64>), Error> {
    let search = Search::new(points, metric)?;
    let farthest = |k: usize| -> Result<Vec<f64>, Error> {
        let nearest = search.nearest(k)?;
        Ok(nearest.chunks(k).map(|row| row[k - 1].1 * WIDER).collect())
    };
    let bandwidths = match bandwidth {
        Bandwidth::Distance(distance) => vec![distance; points.len()],
        Bandwidth::Fixed(k) => vec![farthest(k)?.into_iter().fold(0.0, f64::max); points.len()],
        Bandwidth::Adaptive(k) => farthest(k)?,
    };
    if let Some(at) = bandwidths.iter().position(|&width| !(width > 0.0 && width.is_finite())) {
        let message =
            format!("the bandwidth of place {at} is {}; it must be above 0: take more neighbours", bandwidths[at]);
        return Err(Error::Parameter { parameter: "bandwidth", message });
    }
    let rows = search.within(|at| bandwidths[at]);
    let weights = Weights::from_rows(rows.into_iter().enumerate().map(|(at, row)| {
        let width = bandwidths[at];
        let others = row.into_iter().map(move |(to, distance)| (to, kernel.weight(distance / width)));
        others.chain([(at as u32, kernel.weight(0.0))]).collect::<Vec<_>>()
    }))?;
    Ok((weights, bandwidths))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_fall_from_their_middle() {
        let points = [[0.0, 0.0], [1.0, 0.0], [3.0, 0.0]];
        for (name, kernel) in Kernel::ALL {
            let (weights, widths) =
                kernel_weights(&points, kernel, Bandwidth::Distance(2.0), Metric::Planar).expect("weights");
            assert_eq!((weights.neighbours(0), weights.neighbours(1)), (&[0, 1][..], &[0, 1, 2][..]), "{name}");
            assert_eq!(weights.weights(0), [kernel.weight(0.0), kernel.weight(0.5)], "{name}");
            assert_eq!(widths, [2.0; 3]);
        }
        assert_eq!(Kernel::Quartic.weight(0.5), 0.9375 * 0.5625);
    }

    #[test]
    fn a_bandwidth_of_zero_is_an_error() {
        let points = [[0.0, 0.0], [0.0, 0.0], [3.0, 0.0]];
        for bandwidth in
            [Bandwidth::Adaptive(1), Bandwidth::Distance(0.0), Bandwidth::Distance(f64::NAN), Bandwidth::Fixed(3)]
        {
            assert!(kernel_weights(&points, Kernel::Triangular, bandwidth, Metric::Planar).is_err());
        }
    }
}
