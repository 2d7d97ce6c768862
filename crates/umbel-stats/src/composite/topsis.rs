//! TOPSIS: how near a unit is to the best, and how far from the worst.

use super::moments::range;
use super::normalise::Direction;
use crate::Error;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the indicators are brought onto one scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// x / square root of the sum of squares; 1 less that for direction -1.
    #[default]
    Vector,
    /// (x - min) / (max - min); 1 less that for direction -1.
    Minmax,
}

/// Distances and scores, one for each unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Topsis {
    /// d- / (d+ + d-), 0 to 1; 1 is best in everything.
    pub scores: Vec<f64>,
    /// Distance d+ to the best value of every indicator.
    pub to_best: Vec<f64>,
    /// Distance d- to the worst.
    pub to_worst: Vec<f64>,
}

/// Scales complete columns. Linear.
///
/// # Errors
/// When an indicator is 0 everywhere (vector) or the same everywhere (min-max).
pub fn scale(columns: &[Vec<f64>], directions: &[Direction], by: Scale) -> Result<Vec<Vec<f64>>, Error> {
    super::weigh::table(columns, 2)?;
    crate::error::length("the directions", columns.len(), directions.len())?;
    let one = |(column, direction): (&Vec<f64>, &Direction)| {
        let negative = *direction == Direction::Negative;
        let (least, most) = range(column.iter().copied());
        let constant = Error::Constant { what: "an indicator" };
        let scaled: Vec<f64> = match by {
            Scale::Vector => {
                let length = column.iter().map(|value| value * value).sum::<f64>().sqrt();
                if length == 0.0 {
                    return Err(constant);
                }
                column.iter().map(|value| value / length).collect()
            }
            Scale::Minmax if least == most => return Err(constant),
            Scale::Minmax if negative => {
                return Ok(column.iter().map(|value| (most - value) / (most - least)).collect());
            }
            Scale::Minmax => column.iter().map(|value| (value - least) / (most - least)).collect(),
        };
        Ok(if negative { scaled.into_iter().map(|value| 1.0 - value).collect() } else { scaled })
    };
    let scaled: Vec<Vec<f64>> = columns.iter().zip(directions).map(one).collect::<Result<_, Error>>()?;
    scaled.iter().try_for_each(|column| crate::error::finite("a scaled indicator", column))?;
    Ok(scaled)
}

/// Scores complete columns; weights count relative to their sum. Linear.
///
/// Source: Hwang, Yoon, Multiple Attribute Decision Making, 1981, pages 128 to 140.
///
/// # Errors
/// As [`scale`]; when weights are negative or all 0; when all units are the same in what has a weight.
pub fn topsis(columns: &[Vec<f64>], directions: &[Direction], weights: &[f64], by: Scale) -> Result<Topsis, Error> {
    let scaled = scale(columns, directions, by)?;
    of_scaled(&scaled, weights)
}

/// Scores scaled columns.
pub(super) fn of_scaled(scaled: &[Vec<f64>], weights: &[f64]) -> Result<Topsis, Error> {
    crate::error::length("the weights", scaled.len(), weights.len())?;
    super::Tree::flat(weights)?;
    let sum: f64 = weights.iter().sum();
    let units = scaled[0].len();
    let (mut to_best, mut to_worst) = (vec![0.0; units], vec![0.0; units]);
    for (column, weight) in scaled.iter().zip(weights) {
        let weight = weight / sum;
        let (least, most) = range(column.iter().copied());
        for (unit, value) in column.iter().enumerate() {
            to_best[unit] += (weight * (value - most)) * (weight * (value - most));
            to_worst[unit] += (weight * (value - least)) * (weight * (value - least));
        }
    }
    let root = |squares: Vec<f64>| squares.into_iter().map(f64::sqrt).collect::<Vec<_>>();
    let (to_best, to_worst) = (root(to_best), root(to_worst));
    let scores: Vec<f64> = to_best.iter().zip(&to_worst).map(|(best, worst)| worst / (best + worst)).collect();
    if scores.iter().any(|score| score.is_nan()) {
        return Err(Error::Constant { what: "the indicators" });
    }
    Ok(Topsis { scores, to_best, to_worst })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn best_in_everything_is_one_and_worst_is_zero() {
        let columns = [vec![1.0, 2.0, 3.0], vec![9.0, 8.0, 1.0]];
        let directions = [Direction::Positive, Direction::Negative];
        for by in [Scale::Vector, Scale::Minmax] {
            let found = topsis(&columns, &directions, &[1.0, 1.0], by).expect("scores");
            assert_eq!((found.scores[2], found.scores[0]), (1.0, 0.0));
            let more = topsis(&columns, &directions, &[7.0, 7.0], by).expect("scores");
            assert!(found.scores.iter().zip(&more.scores).all(|(a, b)| (a - b).abs() < 1e-15));
        }
    }

    #[test]
    fn degenerate_tables_are_errors() {
        let up = [Direction::Positive];
        assert!(topsis(&[vec![0.0, 0.0]], &up, &[1.0], Scale::Vector).is_err());
        assert!(topsis(&[vec![3.0, 3.0]], &up, &[1.0], Scale::Vector).is_err());
        assert!(topsis(&[vec![3.0, 3.0]], &up, &[1.0], Scale::Minmax).is_err());
        assert!(topsis(&[vec![3.0, 4.0]], &up, &[0.0], Scale::Minmax).is_err());
        assert!(topsis(&[vec![3.0, 4.0]], &up, &[-1.0], Scale::Minmax).is_err());
        assert!(topsis(&[vec![1e200, 2e200]], &up, &[1.0], Scale::Vector).is_err());
        assert!(topsis(&[vec![3.0]], &up, &[1.0], Scale::Minmax).is_err());
    }
}
