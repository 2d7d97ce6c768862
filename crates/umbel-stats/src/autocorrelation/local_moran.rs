//! Local Moran's I.

use super::conditional::{Kind, simulate};
use super::lisa::{Cluster, Quadrant};
use super::moran::kurtosis;
use super::scale::standardised;
use super::significance::{Islands, Test, normal_p, z_score};
use super::symmetric::{fits, no_self};
use crate::inference::{Alternative, Tails};
use crate::{Error, Weights};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the sum of squares is divided by in the scale of local I.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Divisor {
    /// n - 1, as in esda and GeoDa.
    #[default]
    PlacesLessOne,
    /// n, as in Anselin 1995 and spdep: n / (n - 1) times the other.
    Places,
}

/// Local Moran's I of a place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LocalMoran {
    /// Its value, standardised (divisor n).
    pub standardised: f64,
    /// The weighted sum of its neighbours' standardised values.
    pub lag: f64,
    /// The statistic; 0 without neighbours.
    pub i: f64,
    /// Where it lies in the scatterplot.
    pub quadrant: Quadrant,
    /// Whether it has no neighbour.
    pub island: bool,
    /// Expected value if the values of all other places are permuted.
    pub expected_conditional: f64,
    /// Variance of it.
    pub variance_conditional: f64,
    /// (I - expected) / standard deviation; none where I cannot vary.
    pub z_conditional: Option<f64>,
    /// p-value of it.
    pub p_conditional: Option<f64>,
    /// Expected value if the values of all places are permuted, its own too.
    pub expected_total: f64,
    /// Variance of it.
    pub variance_total: f64,
    /// (I - expected) / standard deviation.
    pub z_total: Option<f64>,
    /// p-value of it.
    pub p_total: Option<f64>,
    /// What conditional permutation says; none without it.
    pub permutation: Option<LocalSimulated>,
}

/// A local statistic under conditional permutation.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LocalSimulated {
    /// Mean of the simulated statistics.
    pub mean: f64,
    /// Their variance (divisor: number of permutations).
    pub variance: f64,
    /// Simulated statistics as great as the observed one, or greater.
    pub greater: u32,
    /// Simulated statistics as small as the observed one, or smaller.
    pub lesser: u32,
    /// Pseudo p-value of the alternative asked for; none without neighbours.
    pub p: Option<f64>,
}

impl LocalSimulated {
    /// From a simulated sum that the statistic is `factor` times of, plus something fixed.
    pub(super) fn of(
        around: &super::conditional::Around,
        factor: f64,
        fixed: f64,
        island: bool,
        islands: Islands,
        alternative: Alternative,
    ) -> LocalSimulated {
        let all = around.tails.all;
        let tails = if factor > 0.0 {
            around.tails
        } else if factor < 0.0 {
            Tails { greater: around.tails.lesser, lesser: around.tails.greater, all }
        } else {
            Tails { greater: all, lesser: all, all }
        };
        let p = match (island, islands) {
            (false, _) => Some(tails.p(alternative)),
            (true, Islands::Undefined) => None,
            (true, Islands::Smallest) => Some(1.0 / (f64::from(all) + 1.0)),
        };
        let (mean, variance) = (fixed + factor * around.mean, factor * factor * around.variance);
        LocalSimulated { mean, variance, greater: tails.greater, lesser: tails.lesser, p }
    }
}

impl LocalMoran {
    /// Its class on a cluster map at a level, by the p-value of permutation, or else by the conditional one.
    pub fn cluster(&self, level: f64) -> Cluster {
        Cluster::at(self.quadrant.into(), self.island, self.p(), level)
    }

    /// The p-value of permutation, or else the conditional one.
    pub fn p(&self) -> Option<f64> {
        self.permutation.map_or(self.p_conditional, |simulated| simulated.p)
    }
}

/// Local Moran's I of every place. With equal weights in each row O(permutations neighbours + places log permutations),
/// else O(pairs permutations); memory O(places + permutations neighbours).
///
/// I_i = z_i / m2 * sum w_ij z_j, m2 = sum z_i² / (n - 1) or / n.
///
/// Source: Anselin, Local indicators of spatial association, Geographical Analysis 27, 1995, equations 7 and 12 (with the
/// divisor n); moments: Sokal, Oden, Thomson, Local spatial autocorrelation in a biological model, Geographical Analysis
/// 30, 1998, equations A3, A4 (total), A7, A8 (conditional).
///
/// # Errors
/// When a value is not finite, all are the same, there are fewer than three places, none has a neighbour, one is its own.
pub fn local_moran(
    values: &[f64],
    weights: &Weights,
    divisor: Divisor,
    islands: Islands,
    test: &Test,
) -> Result<Vec<LocalMoran>, Error> {
    fits("the values", values, weights, 3)?;
    let z = standardised("the values", values)?;
    no_self(weights)?;
    if weights.pairs() == 0 {
        return Err(Error::NoNeighbours);
    }
    let n = z.len() as f64;
    let m2 = z.iter().map(|z| z * z).sum::<f64>() / n;
    let b2 = kurtosis(&z);
    let scale = match divisor {
        Divisor::Places => 1.0,
        Divisor::PlacesLessOne => (n - 1.0) / n,
    };
    let around = (test.permutations > 0).then(|| simulate(Kind::Lag, &z, weights, test.permutations, test.seed));
    let one = |place: usize| {
        let (own, lag) = (z[place], weights.lag_at(place, &z));
        let (sum, squares) = weights.weights(place).iter().fold((0.0, 0.0), |s, w| (s.0 + w, s.1 + w * w));
        let factor = scale * own / m2;
        let i = factor * lag;
        let island = weights.degree(place) == 0;
        let expected_conditional = -factor * own * sum / (n - 1.0);
        let variance_conditional =
            factor * factor * n / (n - 2.0) * (squares - sum * sum / (n - 1.0)) * (m2 - own * own / (n - 1.0));
        let expected_total = -scale * sum / (n - 1.0);
        let within = squares * (n - b2) / (n - 1.0);
        let between = (sum * sum - squares) * (2.0 * b2 - n) / ((n - 1.0) * (n - 2.0));
        let variance_total = scale * scale * (within + between) - expected_total * expected_total;
        // What rounding leaves where the lag is the same in every permutation.
        let z_conditional =
            z_score(i, expected_conditional, variance_conditional, 1e-12 * factor * factor * squares * m2);
        let z_total = z_score(i, expected_total, variance_total, 1e-12 * scale * scale * squares);
        LocalMoran {
            standardised: own,
            lag,
            i,
            quadrant: Quadrant::of(own, lag),
            island,
            expected_conditional,
            variance_conditional: variance_conditional.max(0.0),
            z_conditional,
            p_conditional: z_conditional.map(|z| normal_p(z, test.alternative)),
            expected_total,
            variance_total: variance_total.max(0.0),
            z_total,
            p_total: z_total.map(|z| normal_p(z, test.alternative)),
            permutation: around
                .as_ref()
                .map(|around| LocalSimulated::of(&around[place], factor, 0.0, island, islands, test.alternative)),
        }
    };
    Ok((0..z.len()).into_par_iter().with_min_len(512).map(one).collect())
}
