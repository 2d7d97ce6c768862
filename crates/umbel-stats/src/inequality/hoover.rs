//! The Hoover index, or Schutz coefficient, also called the Robin Hood index.

use super::sample::{Domain, Sample};
use crate::Error;

/// The Hoover index ½ Σ |pᵢ yᵢ / Y - pᵢ / P|, Y = Σ pᵢ yᵢ: the part of the whole that would have to change hands for
/// everybody to have the mean; the greatest distance of the Lorenz curve from the diagonal. From 0 to below 1. O(n).
///
/// Source: Hoover, The measurement of industrial localization, Review of Economics and Statistics 18(4), 1936; Schutz,
/// On the measurement of income inequality, American Economic Review 41(1), 1951.
///
/// # Errors
/// No value; a value or weight that is negative or not finite; all values or all weights 0.
pub fn hoover(values: &[f64], weights: Option<&[f64]>) -> Result<f64, Error> {
    let sample = Sample::new(values, weights, Domain::NotNegative)?;
    if sample.constant() {
        return Ok(0.0);
    }
    Ok(0.5 * sample.mean_of(|at| ((values[at] - sample.mean) / sample.mean).abs()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inequality::gini::{self, gini};
    use proptest::prelude::*;

    #[test]
    fn has_its_ends() {
        assert_eq!(hoover(&[0.0, 0.0, 0.0, 1.0], None), Ok(0.75));
        assert_eq!(hoover(&[0.0, 1.0], Some(&[3.0, 1.0])), Ok(0.75));
        assert_eq!((hoover(&[0.1; 3], None), hoover(&[2.0], None)), (Ok(0.0), Ok(0.0)));
        assert!(hoover(&[1.0, -1.0], None).is_err() && hoover(&[0.0], None).is_err());
    }

    proptest! {
        #[test]
        fn lies_below_gini(rows in prop::collection::vec((0.1_f64..1e4, 0.1_f64..9.0), 1..40)) {
            let (values, weights): (Vec<f64>, Vec<f64>) = rows.into_iter().unzip();
            let found = hoover(&values, Some(&weights))?;
            prop_assert!(found <= gini(&values, Some(&weights), gini::Divisor::Population)? + 1e-12);
            let scaled: Vec<f64> = values.iter().rev().map(|value| value * 512.0).collect();
            let turned: Vec<f64> = weights.iter().rev().map(|weight| weight * 3.0).collect();
            prop_assert!((hoover(&scaled, Some(&turned))? - found).abs() < 1e-12);
        }
    }
}
