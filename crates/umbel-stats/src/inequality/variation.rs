//! The coefficient of variation, Williamson's where it is weighted by people.

use super::sample::{Domain, Sample};
use crate::{Error, error};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the squares are divided by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Divisor {
    /// The sum of the weights, n without weights: the places are all there are.
    #[default]
    Population,
    /// n - 1: the places are a sample; without weights only.
    Sample,
}

/// The coefficient of variation √(Σ pᵢ (yᵢ - μ)² / P) / μ, the standard deviation over the mean. With people as weights
/// and values per person it is Williamson's Vw, without weights his Vuw. O(n).
///
/// Source: Williamson, Regional inequality and the process of national development, Economic Development and Cultural
/// Change 13 (4, part 2), 1965, p. 11.
///
/// # Errors
/// No value; values or weights that are not finite; negative weights; a mean that is not above 0; [`Divisor::Sample`]
/// with weights or for one place.
pub fn coefficient_of_variation(values: &[f64], weights: Option<&[f64]>, divisor: Divisor) -> Result<f64, Error> {
    let sample = Sample::new(values, weights, Domain::Any)?;
    let factor = match (divisor, weights) {
        (Divisor::Population, _) => 1.0,
        (Divisor::Sample, Some(_)) => {
            let message = "\"sample\" is defined without weights only; use \"population\"".to_owned();
            return Err(Error::Parameter { parameter: "divisor", message });
        }
        (Divisor::Sample, None) => {
            error::at_least("the coefficient of variation of a sample", 2, "places", values.len())?;
            sample.weight / (sample.weight - 1.0)
        }
    };
    if sample.constant() {
        return Ok(0.0);
    }
    let square = sample.mean_of(|at| {
        let over = (values[at] - sample.mean) / sample.mean;
        over * over
    });
    Ok((factor * square).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn has_its_ends() {
        let of = |values: &[f64]| coefficient_of_variation(values, None, Divisor::Population);
        // Mean 5 and population standard deviation 2.
        assert_eq!(of(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]), Ok(0.4));
        assert_eq!((of(&[0.1; 7]), of(&[3.0])), (Ok(0.0), Ok(0.0)));
        assert!((of(&[-1.0, 3.0]).expect("defined") - 2.0).abs() < 1e-15);
        assert!(of(&[-1.0, 1.0]).is_err() && of(&[]).is_err());
        let sample = coefficient_of_variation(&[1.0, 3.0], None, Divisor::Sample).expect("defined");
        assert!((sample - 0.5_f64.sqrt()).abs() < 1e-15);
        assert!(coefficient_of_variation(&[1.0], None, Divisor::Sample).is_err());
        assert!(coefficient_of_variation(&[1.0, 2.0], Some(&[1.0, 2.0]), Divisor::Sample).is_err());
    }

    proptest! {
        #[test]
        fn unit_order_and_replication_do_not_matter(rows in prop::collection::vec((0.1_f64..1e4, 0.1_f64..9.0), 1..40)) {
            let (values, weights): (Vec<f64>, Vec<f64>) = rows.into_iter().unzip();
            let of = |values: &[f64], weights: &[f64]| {
                coefficient_of_variation(values, Some(weights), Divisor::Population).expect("defined")
            };
            let found = of(&values, &weights);
            let scaled: Vec<f64> = values.iter().rev().map(|value| value * 512.0).collect();
            let turned: Vec<f64> = weights.iter().rev().map(|weight| weight * 3.0).collect();
            prop_assert!((of(&scaled, &turned) - found).abs() < 1e-12);
            let double = |list: &[f64]| list.iter().chain(list).copied().collect::<Vec<_>>();
            prop_assert!((of(&double(&values), &double(&weights)) - found).abs() < 1e-12);
        }
    }
}
