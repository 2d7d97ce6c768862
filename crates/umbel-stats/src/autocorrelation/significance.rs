//! What the tests of this area share: how a test is made, and what permutations say.

use crate::distribution::{normal_above, normal_below, normal_two_sided};
use crate::inference::{Alternative, Tails};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How significance is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// Which statistics count as at least as extreme: for the p-values of the normal approximation and of permutation.
    pub alternative: Alternative,
    /// Number of random permutations; 0 for none.
    pub permutations: u32,
    /// Seed of the permutations.
    pub seed: u64,
}

impl Default for Test {
    /// Two-sided, 999 permutations, seed 1.
    fn default() -> Test {
        Test { alternative: Alternative::TwoSided, permutations: 999, seed: 1 }
    }
}

/// What to say about a place without neighbours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Islands {
    /// Its statistic is 0 and its p-value is undefined.
    #[default]
    Undefined,
    /// Its statistic is 0, and its p-value the smallest possible, 1 / (permutations + 1); for comparison with esda 2.8
    /// alone, which counts its simulated zeros as less extreme.
    Smallest,
}

/// The p-value of a standard normal statistic.
pub fn normal_p(z: f64, alternative: Alternative) -> f64 {
    match alternative {
        Alternative::TwoSided => normal_two_sided(z),
        Alternative::Greater => normal_above(z),
        Alternative::Lesser => normal_below(z),
        Alternative::Directed => normal_above(z.abs()),
    }
}

/// A statistic under random permutation of the values over the places.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Simulated {
    /// Number of permutations.
    pub permutations: u32,
    /// Mean of the simulated statistics.
    pub mean: f64,
    /// Their variance (divisor: number of permutations).
    pub variance: f64,
    /// (observed - mean) / standard deviation; none when the simulated ones do not vary.
    pub z: Option<f64>,
    /// Simulated statistics as great as the observed one, or greater.
    pub greater: u32,
    /// Simulated statistics as small as the observed one, or smaller.
    pub lesser: u32,
    /// Pseudo p-value of the alternative asked for.
    pub p: f64,
}

impl Simulated {
    /// Sums up simulated statistics. None when there are none. Linear.
    ///
    /// Statistics that differ by less than rounding can explain (1e-12 of the largest) count as equal, so that ties of
    /// data with few distinct values do not hang on the order of a sum.
    pub fn of(observed: f64, simulated: &[f64], alternative: Alternative) -> Option<Simulated> {
        if simulated.is_empty() {
            return None;
        }
        let largest = simulated.iter().fold(observed.abs(), |most, value| most.max(value.abs()));
        let slack = 1e-12 * largest;
        let (mut greater, mut lesser, mut sum) = (0, 0, 0.0);
        for &value in simulated {
            greater += u32::from(value >= observed - slack);
            lesser += u32::from(value <= observed + slack);
            sum += value;
        }
        let all = simulated.len() as f64;
        let mean = sum / all;
        let variance = simulated.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / all;
        let tails = Tails { greater, lesser, all: simulated.len() as u32 };
        Some(Simulated {
            permutations: tails.all,
            mean,
            variance,
            z: z_score(observed, mean, variance, slack * slack),
            greater,
            lesser,
            p: tails.p(alternative),
        })
    }
}

/// The standard score; none where the variance is not above `nothing` (what rounding leaves of 0).
pub(super) fn z_score(observed: f64, expected: f64, variance: f64, nothing: f64) -> Option<f64> {
    (variance > nothing).then(|| (observed - expected) / variance.sqrt())
}
