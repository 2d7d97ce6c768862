//! Getis and Ord's local G and G*.

use super::conditional::{Kind, simulate};
use super::lisa::Cluster;
use super::local_moran::LocalSimulated;
use super::scale::{scaled, standardised};
use super::significance::{Islands, Test, normal_p, z_score};
use super::symmetric::{fits, no_self, without_self};
use crate::{Error, Weights};
use rayon::prelude::*;
use serde::Serialize;

/// Local G or G* of a place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LocalG {
    /// The statistic: the share of its neighbours in the sum of all other values (of all values for G*); none where that
    /// sum is not above 0.
    pub g: Option<f64>,
    /// Expected value if the values are permuted.
    pub expected: Option<f64>,
    /// Variance of it.
    pub variance: Option<f64>,
    /// (G - expected) / standard deviation: above 0 among high values, below among low ones; none where G cannot vary. It
    /// needs no natural zero.
    pub z: Option<f64>,
    /// p-value of it.
    pub p: Option<f64>,
    /// Whether it has no neighbour.
    pub island: bool,
    /// The weighted sum of its neighbours' standardised values, its own with G*.
    pub lag: f64,
    /// What conditional permutation says of G (of the weighted sum of standardised values where G has no value); none
    /// without it.
    pub permutation: Option<LocalSimulated>,
}

impl LocalG {
    /// Its class on a cluster map at a level, by the p-value of permutation, or else by the normal one.
    pub fn cluster(&self, level: f64) -> Cluster {
        Cluster::at(self.class(), self.island, self.p(), level)
    }

    /// Its class if it were significant.
    pub fn class(&self) -> Cluster {
        if self.z.unwrap_or(self.lag) > 0.0 { Cluster::Hot } else { Cluster::Cold }
    }

    /// The p-value of permutation, or else the normal one.
    pub fn p(&self) -> Option<f64> {
        self.permutation.map_or(self.p, |simulated| simulated.p)
    }
}

/// Local G of every place, or G* (`star`), which counts the place among its neighbours. Cost as
/// [`local_moran`](super::local_moran::local_moran).
///
/// G_i = sum w_ij x_j / sum x_j over all j other than i; G*_i over all j. Weights are usually 1 for neighbours
/// ([`Weights::binary`]). For G* the weight of a place for itself is the one given, or else the largest of its row (1
/// without neighbours). Permutation keeps the value of the place, so that G and G* have the same p-value there.
///
/// Source: Getis, Ord, The analysis of spatial association by use of distance statistics, Geographical Analysis 24, 1992;
/// Ord, Getis, Local spatial autocorrelation statistics, Geographical Analysis 27, 1995, equations 1 to 5 (moments for
/// any weights).
///
/// # Errors
/// When a value is not finite, all are the same, there are fewer than three places, none has a neighbour, one is its own
/// without `star`.
pub fn local_g(
    values: &[f64],
    weights: &Weights,
    star: bool,
    islands: Islands,
    test: &Test,
) -> Result<Vec<LocalG>, Error> {
    fits("the values", values, weights, 3)?;
    let z = standardised("the values", values)?;
    let others = if star { &without_self(weights) } else { weights };
    no_self(others)?;
    if others.pairs() == 0 {
        return Err(Error::NoNeighbours);
    }
    let x = scaled(values);
    let n = z.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let deviation = (x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).sqrt();
    let size = x.iter().map(|x| x.abs()).sum::<f64>();
    let around = (test.permutations > 0).then(|| simulate(Kind::Lag, &z, others, test.permutations, test.seed));
    let own_weight = |place: usize| {
        let given = weights.neighbours(place).binary_search(&(place as u32));
        let largest = weights.weights(place).iter().copied().fold(f64::NEG_INFINITY, f64::max);
        given.map_or(if largest.is_finite() { largest } else { 1.0 }, |at| weights.weights(place)[at])
    };
    let one = |place: usize| {
        let (own, island) = (z[place], others.degree(place) == 0);
        let (mut sum, mut squares) = others.weights(place).iter().fold((0.0, 0.0), |s, w| (s.0 + w, s.1 + w * w));
        let mut fixed = 0.0;
        if star {
            let weight = own_weight(place);
            sum += weight;
            squares += weight * weight;
            fixed = weight * own;
        }
        let lag = others.lag_at(place, &z) + fixed;
        // Number, mean and variance (in units of z) of the values that can lie around the place.
        let (m, middle, spread) = match star {
            true => (n, 0.0, 1.0),
            false => (n - 1.0, -own / (n - 1.0), (n - own * own) / (n - 1.0) - own * own / ((n - 1.0) * (n - 1.0))),
        };
        let variance = (spread * (m * squares - sum * sum) / (m - 1.0)).max(0.0);
        let score = z_score(lag, sum * middle, variance, 1e-12 * squares);
        // G in its own scale: x = mean + deviation z.
        let total = if star { n * mean } else { n * mean - x[place] };
        let known = total > 1e-12 * size;
        let share = |sum_of_z: f64| (sum * mean + deviation * sum_of_z) / total;
        let (factor, base) = match known {
            true => (deviation / total, (sum * mean + deviation * fixed) / total),
            false => (1.0, fixed),
        };
        LocalG {
            g: known.then(|| share(lag)),
            expected: known.then(|| share(sum * middle)),
            variance: known.then(|| variance * (deviation / total) * (deviation / total)),
            z: score,
            p: score.map(|z| normal_p(z, test.alternative)),
            island,
            lag,
            permutation: around
                .as_ref()
                .map(|around| LocalSimulated::of(&around[place], factor, base, island, islands, test.alternative)),
        }
    };
    Ok((0..z.len()).into_par_iter().with_min_len(512).map(one).collect())
}
