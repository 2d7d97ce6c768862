//! The concentration index.

use super::sample::{Domain, Sample};
use super::sum::Sum;
use crate::{Error, error};
use serde::Serialize;

/// The concentration index and curve.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Concentration {
    /// The index: above 0 where the value is found with those ranked high, below 0 with those ranked low.
    pub index: f64,
    /// Cumulative share of the weight by rank, from 0 to 1: one point after each group of the same rank.
    pub population: Vec<f64>,
    /// Cumulative share of the value.
    pub value: Vec<f64>,
}

/// The concentration index C = Σ pᵢ yᵢ (2 Rᵢ - 1) / (P μ) of values by the rank of another figure (hospital beds by
/// income): Rᵢ is the part of all weight ranked below place i and half of that ranked the same. Ranked by itself it is the
/// Gini coefficient. O(n log n).
///
/// Source: Kakwani, Wagstaff, van Doorslaer, Socioeconomic inequalities in health: measurement, computation, and
/// statistical inference, Journal of Econometrics 77, 1997, with weights; places of the same rank share the
/// middle one.
///
/// # Errors
/// No value; values, ranks or weights that are not finite or of another number; negative weights; a mean not above 0.
pub fn concentration(values: &[f64], ranked_by: &[f64], weights: Option<&[f64]>) -> Result<Concentration, Error> {
    error::length("the figures that places are ranked by", values.len(), ranked_by.len())?;
    error::finite("the figures that places are ranked by", ranked_by)?;
    let sample = Sample::new(values, weights, Domain::Any)?;
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_by(|&a, &b| ranked_by[a as usize].total_cmp(&ranked_by[b as usize]));
    let (mut before, mut sum, mut amount) = (Sum::default(), Sum::default(), Sum::default());
    let (mut population, mut value) = (vec![0.0], vec![0.0]);
    for same in order.chunk_by(|&a, &b| ranked_by[a as usize] == ranked_by[b as usize]) {
        let mut weight = Sum::default();
        let mut over = Sum::default();
        for &at in same {
            let at = at as usize;
            weight.add(sample.weight_at(at));
            over.add(sample.weight_at(at) * ((values[at] - sample.mean) / sample.mean));
            amount.add(sample.weight_at(at) * (values[at] / sample.mean));
        }
        sum.add((2.0 * before.value() + weight.value() - sample.weight) * over.value());
        before.join(weight);
        population.push(before.value() / sample.weight);
        value.push(amount.value() / sample.weight);
    }
    if let (Some(population), Some(value)) = (population.last_mut(), value.last_mut()) {
        (*population, *value) = (1.0, 1.0);
    }
    let index = if sample.constant() { 0.0 } else { sum.value() / (sample.weight * sample.weight) };
    Ok(Concentration { index, population, value })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inequality::gini::{self, gini};
    use proptest::prelude::*;

    #[test]
    fn turns_with_the_ranks() {
        let values = [1.0, 2.0, 5.0];
        let index = |ranks: &[f64]| concentration(&values, ranks, None).expect("an index").index;
        let up = index(&[1.0, 2.0, 3.0]);
        assert!((up + index(&[3.0, 2.0, 1.0])).abs() < 1e-15 && up > 0.0);
        assert_eq!(index(&[4.0; 3]), 0.0);
        assert_eq!(concentration(&[2.0; 3], &[1.0, 2.0, 3.0], None).expect("an index").index, 0.0);
        assert!(concentration(&values, &[1.0], None).is_err());
        assert!(concentration(&values, &[1.0, f64::NAN, 2.0], None).is_err());
        assert!(concentration(&[], &[], None).is_err());
    }

    proptest! {
        #[test]
        fn is_gini_by_itself(rows in prop::collection::vec((0.1_f64..1e4, 0.1_f64..9.0), 1..40)) {
            let (values, weights): (Vec<f64>, Vec<f64>) = rows.into_iter().unzip();
            let found = concentration(&values, &values, Some(&weights))?.index;
            prop_assert!((found - gini(&values, Some(&weights), gini::Divisor::Population)?).abs() < 1e-12);
            // And twice the area between the diagonal and the curve, ranked by anything.
            let ranks: Vec<f64> = weights.iter().map(|weight| weight.round()).collect();
            let curve = concentration(&values, &ranks, Some(&weights))?;
            let steps = curve.population.windows(2).zip(curve.value.windows(2));
            let twice: f64 = steps.map(|(p, v)| (p[1] - p[0]) * (v[0] + v[1])).sum();
            prop_assert!((1.0 - twice - curve.index).abs() < 1e-12);
        }
    }
}
