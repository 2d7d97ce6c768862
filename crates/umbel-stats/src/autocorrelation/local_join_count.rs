//! Local join counts.

use super::conditional::{Kind, simulate};
use super::join_count::binary;
use super::local_moran::LocalSimulated;
use super::significance::{Islands, Test};
use super::symmetric::{fits, no_self};
use crate::{Error, Weights};
use serde::Serialize;

/// The joins of a place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LocalJoinCount {
    /// Joins with black neighbours (the sum of their weights); 0 for a white place.
    pub joins: f64,
    /// Whether it has no neighbour.
    pub island: bool,
    /// What conditional permutation says; none without it. Its p-value is that of as many joins or more, and there is
    /// none for a white place or one without joins.
    pub permutation: Option<LocalSimulated>,
}

/// The joins of each black place (1) with black neighbours. Cost as [`local_moran`](super::local_moran::local_moran).
///
/// Source: Anselin, Li, Operational local join count statistics for cluster detection, Journal of Geographical Systems
/// 21, 2019, equation 3. The test is one-sided, as there: `test.alternative` is not looked at.
///
/// # Errors
/// When a value is neither 0 nor 1, all are the same, there are fewer than three places, none has a neighbour, one is
/// its own.
pub fn local_join_count(values: &[f64], weights: &Weights, test: &Test) -> Result<Vec<LocalJoinCount>, Error> {
    fits("the values", values, weights, 3)?;
    binary(values)?;
    no_self(weights)?;
    if weights.pairs() == 0 {
        return Err(Error::NoNeighbours);
    }
    let around = (test.permutations > 0).then(|| simulate(Kind::Lag, values, weights, test.permutations, test.seed));
    let one = |place: usize| {
        let joins = values[place] * weights.lag_at(place, values);
        let island = weights.degree(place) == 0;
        let permutation = around.as_ref().map(|around| {
            let greater = crate::inference::Alternative::Greater;
            let simulated = LocalSimulated::of(&around[place], values[place], 0.0, island, Islands::Undefined, greater);
            LocalSimulated { p: simulated.p.filter(|_| joins != 0.0), ..simulated }
        });
        LocalJoinCount { joins, island, permutation }
    };
    Ok((0..values.len()).map(one).collect())
}
