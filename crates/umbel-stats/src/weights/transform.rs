//! Transforms of weights, and sums over them.

use super::Weights;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How weights are standardised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    /// As they are ("O").
    Original,
    /// Every weight 1 ("B").
    Binary,
    /// Every row sums to 1 ("R"): the lag is a mean of the neighbours.
    #[default]
    Row,
    /// Rows divided by their length sqrt(sum of squares), then all scaled to the sum n ("V"): places on the edge, with
    /// few neighbours, have less say than under `row`.
    VarianceStabilising,
    /// All weights divided by their sum ("D").
    Double,
}

/// The weights, standardised. Rows that sum to 0 (islands) stay as they are. Linear.
///
/// Source: Tiefelsdorf, Griffith, Boots, A variance-stabilizing coding scheme for spatial link matrices, Environment and
/// Planning A 31, 1999, equations 8 and 9 (S scheme, there for "V"); libpysal, `W.set_transform`.
pub fn transform(weights: &Weights, how: Transform) -> Weights {
    match how {
        Transform::Original => weights.clone(),
        Transform::Binary => weights.binary(),
        Transform::Row => weights.row_standardised(),
        Transform::VarianceStabilising => {
            let scaled = weights.map_rows(|_, old, row| {
                let size = old.iter().map(|weight| weight * weight).sum::<f64>().sqrt();
                if size != 0.0 {
                    row.iter_mut().for_each(|weight| *weight /= size);
                }
            });
            let sum: f64 = scaled.weights.iter().sum();
            let factor = weights.len() as f64 / sum;
            if sum == 0.0 {
                scaled
            } else {
                scaled.map_rows(|_, _, row| row.iter_mut().for_each(|weight| *weight *= factor))
            }
        }
        Transform::Double => {
            let sum: f64 = weights.weights.iter().sum();
            if sum == 0.0 {
                return weights.clone();
            }
            weights.map_rows(|_, _, row| row.iter_mut().for_each(|weight| *weight /= sum))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transforms_have_their_sums() {
        let rows = [vec![(1, 2.0), (2, 4.0)], vec![(0, 1.0)], vec![]];
        let weights = Weights::from_rows(rows).expect("weights");
        let sum = |how| transform(&weights, how).all_weights().iter().sum::<f64>();
        assert_eq!((sum(Transform::Original), sum(Transform::Binary), sum(Transform::Row)), (7.0, 3.0, 2.0));
        assert!((sum(Transform::VarianceStabilising) - 3.0).abs() < 1e-15);
        assert!((sum(Transform::Double) - 1.0).abs() < 1e-15);
        let none = Weights::from_rows([[], []] as [[(u32, f64); 0]; 2]).expect("weights");
        for how in [Transform::Row, Transform::VarianceStabilising, Transform::Double] {
            assert_eq!(transform(&none, how), none);
        }
    }
}
