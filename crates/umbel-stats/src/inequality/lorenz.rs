//! The Lorenz curve.

use super::sample::{Domain, Sample};
use super::sum::Sum;
use crate::Error;
use serde::Serialize;

/// The Lorenz curve: the poorest `population[i]` of all people have `value[i]` of the whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lorenz {
    /// Cumulative share of the weight, from 0 to 1: one more than there are places.
    pub population: Vec<f64>,
    /// Cumulative share of the value, from 0 to 1.
    pub value: Vec<f64>,
    /// Positions of the places, from the least value to the greatest; places of the same value in their order.
    pub order: Vec<u32>,
}

/// The points of the Lorenz curve, straight in between. O(n log n).
///
/// Source: Lorenz, Methods of measuring the concentration of wealth, Publications of the American Statistical Association
/// 9(70), 1905.
///
/// # Errors
/// No value; a value or weight that is negative or not finite; all values or all weights 0.
pub fn lorenz(values: &[f64], weights: Option<&[f64]>) -> Result<Lorenz, Error> {
    let sample = Sample::new(values, weights, Domain::NotNegative)?;
    let mut order: Vec<u32> = (0..values.len() as u32).collect();
    order.sort_by(|&a, &b| values[a as usize].total_cmp(&values[b as usize]));
    let (mut population, mut value) = (vec![0.0], vec![0.0]);
    let (mut people, mut amount) = (Sum::default(), Sum::default());
    for &at in &order {
        let at = at as usize;
        people.add(sample.weight_at(at));
        amount.add(sample.weight_at(at) * (values[at] / sample.mean));
        population.push((people.value() / sample.weight).min(1.0));
        value.push((amount.value() / sample.weight).min(1.0));
    }
    // The end is the whole, whatever rounding says.
    if let (Some(population), Some(value)) = (population.last_mut(), value.last_mut()) {
        (*population, *value) = (1.0, 1.0);
    }
    Ok(Lorenz { population, value, order })
}

impl Lorenz {
    /// Share of the value that the poorest part of the people have, on the straight line between two points.
    /// O(log n).
    pub fn at(&self, population: f64) -> f64 {
        let to = self.population.partition_point(|&share| share < population);
        if to == 0 {
            return 0.0;
        }
        let Some(&end) = self.population.get(to) else { return 1.0 };
        let (start, low, high) = (self.population[to - 1], self.value[to - 1], self.value[to]);
        low + (high - low) * ((population - start) / (end - start))
    }

    /// The curve at `points + 1` shares of the people, 0 and 1 among them.
    pub fn thinned(&self, points: usize) -> (Vec<f64>, Vec<f64>) {
        let points = points.max(1);
        let shares: Vec<f64> = (0..=points).map(|point| point as f64 / points as f64).collect();
        let values = shares.iter().map(|&share| self.at(share)).collect();
        (shares, values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inequality::gini::{self, gini};
    use crate::inequality::hoover::hoover;
    use proptest::prelude::*;

    #[test]
    fn rises_from_nothing_to_everything() {
        let curve = lorenz(&[3.0, 1.0, 0.0], None).expect("a curve");
        assert_eq!(curve.order, [2, 1, 0]);
        assert_eq!(curve.value, [0.0, 0.0, 0.25, 1.0]);
        assert_eq!((curve.at(0.0), curve.at(1.0), curve.at(2.0)), (0.0, 1.0, 1.0));
        assert!((curve.at(0.5) - 0.125).abs() < 1e-15);
        assert_eq!(curve.thinned(2).0, [0.0, 0.5, 1.0]);
        assert_eq!(lorenz(&[5.0], None).expect("a curve").value, [0.0, 1.0]);
    }

    proptest! {
        #[test]
        fn holds_the_area_of_gini(rows in prop::collection::vec((0.0_f64..1e4, 0.1_f64..9.0), 1..40)) {
            let (values, weights): (Vec<f64>, Vec<f64>) = rows.into_iter().unzip();
            prop_assume!(values.iter().any(|value| *value > 1.0));
            let curve = lorenz(&values, Some(&weights))?;
            let steps = curve.population.windows(2).zip(curve.value.windows(2));
            let twice: f64 = steps.map(|(p, v)| (p[1] - p[0]) * (v[0] + v[1])).sum();
            prop_assert!((1.0 - twice - gini(&values, Some(&weights), gini::Divisor::Population)?).abs() < 1e-12);
            let distance = curve.population.iter().zip(&curve.value).map(|(p, v)| p - v).fold(0.0, f64::max);
            prop_assert!((distance - hoover(&values, Some(&weights))?).abs() < 1e-12);
            prop_assert!(curve.value.is_sorted() && curve.population.is_sorted());
        }
    }
}
