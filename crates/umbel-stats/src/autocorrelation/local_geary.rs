//! Local Geary's C.

use super::conditional::{Kind, simulate};
use super::lisa::{Cluster, Quadrant};
use super::local_moran::{Divisor, LocalSimulated};
use super::scale::standardised;
use super::significance::{Islands, Test, normal_p, z_score};
use super::symmetric::{fits, no_self};
use crate::{Error, Weights};
use rayon::prelude::*;
use serde::Serialize;

/// Local Geary's C of a place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LocalGeary {
    /// Its value, standardised (divisor n).
    pub standardised: f64,
    /// The weighted sum of its neighbours' standardised values.
    pub lag: f64,
    /// The statistic; 0 without neighbours.
    pub c: f64,
    /// Whether it has no neighbour.
    pub island: bool,
    /// Expected value if the values of all other places are permuted.
    pub expected_conditional: f64,
    /// Variance of it.
    pub variance_conditional: f64,
    /// (C - expected) / standard deviation; none where C cannot vary.
    pub z_conditional: Option<f64>,
    /// p-value of it.
    pub p_conditional: Option<f64>,
    /// What conditional permutation says; none without it.
    pub permutation: Option<LocalSimulated>,
}

impl LocalGeary {
    /// Its class on a cluster map at a level, by the p-value of permutation, or else by the conditional one: where C is
    /// smaller than expected high-high, low-low or alike (on different sides of the mean, or close to it), where it is
    /// greater unlike.
    pub fn cluster(&self, level: f64) -> Cluster {
        Cluster::at(self.class(), self.island, self.p(), level)
    }

    /// Its class if it were significant.
    pub fn class(&self) -> Cluster {
        match Quadrant::of(self.standardised, self.lag) {
            _ if self.c > self.expected_conditional => Cluster::Unlike,
            Quadrant::HighHigh => Cluster::HighHigh,
            Quadrant::LowLow => Cluster::LowLow,
            _ => Cluster::Alike,
        }
    }

    /// The p-value of permutation, or else the conditional one.
    pub fn p(&self) -> Option<f64> {
        self.permutation.map_or(self.p_conditional, |simulated| simulated.p)
    }
}

/// Local Geary's C of every place. O(places permutations + pairs) with equal weights in each row, else
/// O(pairs permutations); memory O(places + permutations neighbours).
///
/// C_i = sum w_ij (z_i - z_j)², z standardised with the divisor n (as in esda) or n - 1 (as in GeoDa). `Greater` means a
/// greater C, that is unlike neighbours.
///
/// Source: Anselin, A local indicator of multivariate spatial association: extending Geary's C, Geographical Analysis 51,
/// 2019, equation 3; moments: those of a sample of (z_i - z_j)² without replacement, as Sokal, Oden, Thomson 1998.
///
/// # Errors
/// When a value is not finite, all are the same, there are fewer than three places, none has a neighbour, one is its own.
pub fn local_geary(
    values: &[f64],
    weights: &Weights,
    divisor: Divisor,
    islands: Islands,
    test: &Test,
) -> Result<Vec<LocalGeary>, Error> {
    fits("the values", values, weights, 3)?;
    let z = standardised("the values", values)?;
    no_self(weights)?;
    if weights.pairs() == 0 {
        return Err(Error::NoNeighbours);
    }
    let n = z.len() as f64;
    let scale = match divisor {
        Divisor::Places => 1.0,
        Divisor::PlacesLessOne => (n - 1.0) / n,
    };
    let power = |exponent: i32| z.iter().map(|z| z.powi(exponent)).sum::<f64>();
    let (m2, m3, m4) = (power(2), power(3), power(4));
    let kind = Kind::Differences;
    let around = (test.permutations > 0).then(|| simulate(kind, &z, weights, test.permutations, test.seed));
    let one = |place: usize| {
        let own = z[place];
        let pairs = weights.neighbours(place).iter().zip(weights.weights(place));
        let c = scale * pairs.map(|(&other, w)| w * (own - z[other as usize]) * (own - z[other as usize])).sum::<f64>();
        let (sum, squares) = weights.weights(place).iter().fold((0.0, 0.0), |s, w| (s.0 + w, s.1 + w * w));
        let island = weights.degree(place) == 0;
        // Mean and mean square of (z_i - z_j)² over all other places; its own is 0. The sum of z is 0.
        let own2 = own * own;
        let mean = (n * own2 + m2) / (n - 1.0);
        let square = (n * own2 * own2 + 6.0 * own2 * m2 - 4.0 * own * m3 + m4) / (n - 1.0);
        let expected_conditional = scale * sum * mean;
        let spread = (square - mean * mean) * ((n - 1.0) * squares - sum * sum) / (n - 2.0);
        let variance_conditional = scale * scale * spread;
        let nothing = 1e-12 * scale * scale * squares * square;
        let z_conditional = z_score(c, expected_conditional, variance_conditional, nothing);
        LocalGeary {
            standardised: own,
            lag: weights.lag_at(place, &z),
            c,
            island,
            expected_conditional,
            variance_conditional: variance_conditional.max(0.0),
            z_conditional,
            p_conditional: z_conditional.map(|z| normal_p(z, test.alternative)),
            permutation: around
                .as_ref()
                .map(|around| LocalSimulated::of(&around[place], scale, 0.0, island, islands, test.alternative)),
        }
    };
    Ok((0..z.len()).into_par_iter().with_min_len(512).map(one).collect())
}
