//! Local Moran's I between two variables.

use super::conditional::{Kind, simulate};
use super::lisa::{Cluster, Quadrant};
use super::local_moran::{Divisor, LocalSimulated};
use super::scale::standardised;
use super::significance::{Islands, Test, normal_p, z_score};
use super::symmetric::{fits, no_self};
use crate::error::length;
use crate::{Error, Weights};
use rayon::prelude::*;
use serde::Serialize;

/// Local bivariate Moran's I of a place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LocalBivariateMoran {
    /// Its first value, standardised (divisor n).
    pub standardised: f64,
    /// The weighted sum of its neighbours' standardised second values.
    pub lag: f64,
    /// The statistic; 0 without neighbours.
    pub i: f64,
    /// Where it lies in the scatterplot: itself by the first variable, its neighbours by the second.
    pub quadrant: Quadrant,
    /// Whether it has no neighbour.
    pub island: bool,
    /// Expected value if the second values of all other places are permuted.
    pub expected_conditional: f64,
    /// Variance of it.
    pub variance_conditional: f64,
    /// (I - expected) / standard deviation; none where I cannot vary.
    pub z_conditional: Option<f64>,
    /// p-value of it.
    pub p_conditional: Option<f64>,
    /// What conditional permutation says; none without it.
    pub permutation: Option<LocalSimulated>,
}

impl LocalBivariateMoran {
    /// Its class on a cluster map at a level, by the p-value of permutation, or else by the conditional one.
    pub fn cluster(&self, level: f64) -> Cluster {
        Cluster::at(self.quadrant.into(), self.island, self.p(), level)
    }

    /// The p-value of permutation, or else the conditional one.
    pub fn p(&self) -> Option<f64> {
        self.permutation.map_or(self.p_conditional, |simulated| simulated.p)
    }
}

/// Local Moran's I between the value of a place and its neighbours' second values. Cost as
/// [`local_moran`](super::local_moran::local_moran).
///
/// I_i = x_i sum w_ij y_j, both standardised, times (n - 1) / n with the divisor n - 1.
///
/// Source: Anselin, Syabri, Smirnov, Visualizing multivariate spatial correlation with dynamically linked windows, 2002;
/// moments: those of a sample without replacement, as Sokal, Oden, Thomson 1998, equations A7 and A8.
///
/// # Errors
/// When a value is not finite, all of one variable are the same, there are fewer than three places, none has a
/// neighbour, one is its own.
pub fn local_bivariate_moran(
    first: &[f64],
    second: &[f64],
    weights: &Weights,
    divisor: Divisor,
    islands: Islands,
    test: &Test,
) -> Result<Vec<LocalBivariateMoran>, Error> {
    fits("the first values", first, weights, 3)?;
    length("the second values", weights.len(), second.len())?;
    let (x, y) = (standardised("the first values", first)?, standardised("the second values", second)?);
    no_self(weights)?;
    if weights.pairs() == 0 {
        return Err(Error::NoNeighbours);
    }
    let n = x.len() as f64;
    let scale = match divisor {
        Divisor::Places => 1.0,
        Divisor::PlacesLessOne => (n - 1.0) / n,
    };
    let around = (test.permutations > 0).then(|| simulate(Kind::Lag, &y, weights, test.permutations, test.seed));
    let one = |place: usize| {
        let (lag, factor) = (weights.lag_at(place, &y), scale * x[place]);
        let (sum, squares) = weights.weights(place).iter().fold((0.0, 0.0), |s, w| (s.0 + w, s.1 + w * w));
        let i = factor * lag;
        let island = weights.degree(place) == 0;
        let own = y[place];
        let expected_conditional = -factor * own * sum / (n - 1.0);
        let variance_conditional =
            factor * factor * n / (n - 2.0) * (squares - sum * sum / (n - 1.0)) * (1.0 - own * own / (n - 1.0));
        let z_conditional = z_score(i, expected_conditional, variance_conditional, 1e-12 * factor * factor * squares);
        LocalBivariateMoran {
            standardised: x[place],
            lag,
            i,
            quadrant: Quadrant::of(x[place], lag),
            island,
            expected_conditional,
            variance_conditional: variance_conditional.max(0.0),
            z_conditional,
            p_conditional: z_conditional.map(|z| normal_p(z, test.alternative)),
            permutation: around
                .as_ref()
                .map(|around| LocalSimulated::of(&around[place], factor, 0.0, island, islands, test.alternative)),
        }
    };
    Ok((0..x.len()).into_par_iter().with_min_len(512).map(one).collect())
}
