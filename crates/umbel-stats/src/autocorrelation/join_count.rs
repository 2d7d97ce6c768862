//! Join counts of a yes or no.

use super::global;
use super::significance::{Simulated, Test, normal_p, z_score};
use super::symmetric::{Symmetric, fits};
use crate::error::finite;
use crate::{Error, Weights};
use serde::Serialize;

/// Joins of one kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Joins {
    /// Number of joins (half the sum of their weights).
    pub joins: f64,
    /// Expected number without autocorrelation.
    pub expected: f64,
    /// Variance over all permutations of the values; none below four places.
    pub variance: Option<f64>,
    /// (joins - expected) / standard deviation.
    pub z: Option<f64>,
    /// p-value of it.
    pub p: Option<f64>,
    /// What random permutations say; none without them.
    pub permutation: Option<Simulated>,
}

/// Join counts: how often neighbours are both black (1), both white (0), or one of each.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JoinCounts {
    /// Number of places.
    pub places: usize,
    /// Places with a 1.
    pub black: usize,
    /// Places without a neighbour; they count among the places.
    pub islands: usize,
    /// All joins.
    pub all: f64,
    /// Black with black.
    pub black_black: Joins,
    /// White with white.
    pub white_white: Joins,
    /// Black with white.
    pub black_white: Joins,
}

/// Join counts of values 0 and 1. O(permutations (places + pairs)), memory O(places + pairs).
///
/// BB = 1/2 sum w_ij x_i x_j; BW = 1/2 sum w_ij (x_i - x_j)²; WW is the rest. With weights of 1 they count joins.
///
/// Source: Cliff, Ord, Spatial Processes, 1981, pp. 19-20: nonfree sampling, that is the numbers of black and white places
/// are given.
///
/// # Errors
/// When a value is neither 0 nor 1, all are the same, there are fewer than three places, none has a neighbour, one is
/// its own.
pub fn join_count(values: &[f64], weights: &Weights, test: &Test) -> Result<JoinCounts, Error> {
    fits("the values", values, weights, 3)?;
    binary(values)?;
    let half = Symmetric::of(weights)?;
    let black = values.iter().filter(|&&value| value == 1.0).count();
    let (n, b) = (values.len() as f64, black as f64);
    let w = n - b;
    let all = half.s0 / 2.0;
    let counts = |sums: &global::Sums| {
        let (bb, bw) = (0.5 * sums.cross, 0.5 * sums.differences());
        [bb, all - bb - bw, bw]
    };
    let observed = counts(&global::observed(values, &half));
    let permuted: Vec<[f64; 3]> = global::permuted(values, &half, test, true).iter().map(counts).collect();
    // n (n - 1) ... with so many factors.
    let falling = |x: f64, factors: u32| (0..factors).map(|k| x - f64::from(k)).product::<f64>();
    let (s0, s1, s2) = (half.s0, half.s1, half.s2);
    let same = |x: f64| {
        let expected = 0.5 * s0 * falling(x, 2) / falling(n, 2);
        let variance = (values.len() > 3).then(|| {
            let part = |factors| falling(x, factors) / falling(n, factors);
            0.25 * (s1 * part(2) + (s2 - 2.0 * s1) * part(3) + (s0 * s0 + s1 - s2) * part(4)) - expected * expected
        });
        (expected, variance)
    };
    let expected = s0 * b * w / falling(n, 2);
    let variance = (values.len() > 3).then(|| {
        let first = 2.0 * s1 * b * w / falling(n, 2);
        let second = (s2 - 2.0 * s1) * b * w * (b + w - 2.0) / falling(n, 3);
        let third = 4.0 * (s0 * s0 + s1 - s2) * falling(b, 2) * falling(w, 2) / falling(n, 4);
        0.25 * (first + second + third) - expected * expected
    });
    let joins = |kind: usize, (expected, variance): (f64, Option<f64>)| {
        let z = variance.and_then(|variance| z_score(observed[kind], expected, variance, 1e-12 * all * all));
        let simulated: Vec<f64> = permuted.iter().map(|counts| counts[kind]).collect();
        Joins {
            joins: observed[kind],
            expected,
            variance,
            z,
            p: z.map(|z| normal_p(z, test.alternative)),
            permutation: Simulated::of(observed[kind], &simulated, test.alternative),
        }
    };
    Ok(JoinCounts {
        places: values.len(),
        black,
        islands: weights.islands().len(),
        all,
        black_black: joins(0, same(b)),
        white_white: joins(1, same(w)),
        black_white: joins(2, (expected, variance)),
    })
}

/// Checks that values are 0 or 1, and both are there.
pub(super) fn binary(values: &[f64]) -> Result<(), Error> {
    finite("the values", values)?;
    if let Some(at) = values.iter().position(|&value| value != 0.0 && value != 1.0) {
        let needed = "joins are counted of 0 and 1";
        return Err(Error::Domain { what: "the values", at, value: values[at], needed });
    }
    match values.iter().all(|value| Some(value) == values.first()) {
        true => Err(Error::Constant { what: "the values" }),
        false => Ok(()),
    }
}
