//! The Gini coefficient.

use super::order::{self, Weighed, in_order};
use super::sample::{Domain, Sample};
use super::sum::Sum;
use crate::Error;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the mean difference is divided by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Divisor {
    /// By all n² pairs, each place with itself among them: the places are all there are.
    #[default]
    Population,
    /// By the n (n - 1) pairs of two different places: the places are a sample. n / (n - 1) times the other; without
    /// weights only.
    Sample,
}

/// The Gini coefficient: half the mean absolute difference between two people over the mean,
/// G = Σᵢ Σⱼ pᵢ pⱼ |yᵢ - yⱼ| / (2 P² μ), where yᵢ is the value of place i, pᵢ its weight (1 where none is given),
/// P = Σ pᵢ and μ = Σ pᵢ yᵢ / P. From 0 (all the same) to below 1.
///
/// It is summed up from the sorted values less their mean, so that little is lost where they are close to each other.
/// O(n): a radix sort (O(n log n) at worst); memory: 8 bytes a value, 16 with weights.
///
/// Source: Cowell, Measuring Inequality, third edition, 2011, Table A.1 (Gini); the sum over sorted values: Sen, On
/// Economic Inequality, 1973, equation 2.8.3, each place there as often as its weight says.
///
/// # Errors
/// No value; a value or weight that is negative or not finite; all values or all weights 0; [`Divisor::Sample`] with
/// weights or for one place.
pub fn gini(values: &[f64], weights: Option<&[f64]>, divisor: Divisor) -> Result<f64, Error> {
    let sample = Sample::new(values, weights, Domain::NotNegative)?;
    let places = values.len() as f64;
    let factor = match divisor {
        Divisor::Population => 1.0,
        Divisor::Sample => {
            if weights.is_some() {
                let message = "\"sample\" is defined without weights only; use \"population\"".to_owned();
                return Err(Error::Parameter { parameter: "divisor", message });
            }
            crate::error::at_least("the Gini coefficient of a sample", 2, "places", values.len())?;
            places / (places - 1.0)
        }
    };
    Ok(factor * of(&sample))
}

/// The coefficient of a checked sample.
pub(crate) fn of(sample: &Sample<'_>) -> f64 {
    if sample.constant() {
        return 0.0;
    }
    let (least, greatest) = (order::key(sample.least), order::key(sample.greatest));
    let (all, mean) = (sample.values.len(), sample.mean);
    // Σ pᵢ (2 P_before + pᵢ - P) (yᵢ - μ) over the sorted values: for each run (sum of weights, the sum with P_before
    // counted from the run's own beginning, Σ pᵢ (yᵢ - μ)).
    let parts = match sample.weights {
        None => in_order(
            all,
            least,
            greatest,
            |at| order::key(sample.values[at]),
            |run, _| {
                let (mut first, mut second) = (Sum::default(), Sum::default());
                for (number, some) in run.chunks(64).enumerate() {
                    let mut rank = (128 * number + 1) as f64;
                    let (mut ranked, mut plain) = (0.0, 0.0);
                    for &key in some {
                        let value = order::value(key) - mean;
                        ranked += rank * value;
                        plain += value;
                        rank += 2.0;
                    }
                    first.add(ranked);
                    second.add(plain);
                }
                let mut weight = Sum::default();
                weight.add(run.len() as f64);
                (weight, first, second)
            },
        ),
        Some(weights) => in_order(
            all,
            least,
            greatest,
            |at| Weighed { key: order::key(sample.values[at]), weight: weights[at] },
            |run, _| {
                let (mut weight, mut first, mut second) = (Sum::default(), Sum::default(), Sum::default());
                for item in run {
                    let value = item.weight * (order::value(item.key) - mean);
                    first.add((2.0 * weight.value() + item.weight) * value);
                    second.add(value);
                    weight.add(item.weight);
                }
                (weight, first, second)
            },
        ),
    };
    let (mut before, mut sum) = (Sum::default(), Sum::default());
    for (weight, first, second) in parts {
        sum.join(first);
        sum.add((2.0 * before.value() - sample.weight) * second.value());
        before.join(weight);
    }
    (sum.value() / (sample.weight * sample.weight * mean)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use umbel_core::random::Stream;

    fn plain(values: &[f64]) -> f64 {
        gini(values, None, Divisor::Population).expect("a coefficient")
    }

    /// By the definition: all pairs.
    fn pairs(values: &[f64], weights: &[f64]) -> f64 {
        let (mut sum, mut weight, mut total) = (0.0, 0.0, 0.0);
        for (y, p) in values.iter().zip(weights) {
            weight += p;
            total += p * y;
            sum += values.iter().zip(weights).map(|(x, q)| p * q * (x - y).abs()).sum::<f64>();
        }
        sum / (2.0 * weight * total)
    }

    #[test]
    fn has_its_ends() {
        assert_eq!(plain(&[5.0]), 0.0);
        assert_eq!(plain(&[3.0; 10]), 0.0);
        assert_eq!(plain(&[0.0, 1.0]), 0.5);
        assert_eq!(gini(&[0.0, 1.0], None, Divisor::Sample), Ok(1.0));
        assert_eq!(gini(&[0.0, 4.0], Some(&[3.0, 1.0]), Divisor::Population), Ok(0.75));
        assert!(gini(&[1.0], None, Divisor::Sample).is_err());
        assert!(gini(&[1.0, 2.0], Some(&[1.0, 1.0]), Divisor::Sample).is_err());
        assert!(gini(&[1.0, -2.0], None, Divisor::Population).is_err());
        // A difference in the tenth digit is there in full.
        let nearly = plain(&[1.0, 1.0 + 1e-10]);
        let wanted = 0.25 * (1.0_f64 + 1e-10 - 1.0);
        assert!((nearly / wanted - 1.0).abs() < 1e-9, "{nearly}");
    }

    #[test]
    fn is_the_definition_also_for_many() {
        let mut stream = Stream::new(2, 0);
        let values: Vec<f64> = (0..3000).map(|_| stream.normal().exp().max(0.2)).collect();
        let weights: Vec<f64> = (0..3000).map(|_| stream.uniform() * 1e6).collect();
        let (found, wanted) = (plain(&values), pairs(&values, &[1.0; 3000]));
        assert!((found / wanted - 1.0).abs() < 1e-13, "{found} {wanted}");
        let found = gini(&values, Some(&weights), Divisor::Population).expect("a coefficient");
        let wanted = pairs(&values, &weights);
        assert!((found / wanted - 1.0).abs() < 1e-12, "{found} {wanted}");
    }

    #[test]
    fn threads_give_the_same_bits() {
        let mut stream = Stream::new(3, 0);
        let values: Vec<f64> = (0..700_000).map(|_| stream.normal().exp()).collect();
        let weights: Vec<f64> = values.iter().map(|_| stream.uniform()).collect();
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| (plain(&values), gini(&values, Some(&weights), Divisor::Population)))
        };
        assert_eq!(run(1), run(2));
    }

    proptest! {
        #[test]
        fn is_the_mean_difference(rows in prop::collection::vec((0.0_f64..1e6, 0.01_f64..100.0), 1..40)) {
            let (values, weights): (Vec<f64>, Vec<f64>) = rows.into_iter().unzip();
            prop_assume!(values.iter().any(|&value| value > 0.0));
            let found = gini(&values, Some(&weights), Divisor::Population)?;
            prop_assert!((found - pairs(&values, &weights)).abs() < 1e-12);
            // Twice everybody is the same, as is another unit and another order.
            let twice: Vec<f64> = values.iter().chain(&values).copied().collect();
            prop_assert!((plain(&twice) - plain(&values)).abs() < 1e-12);
            let scaled: Vec<f64> = values.iter().rev().map(|value| value * 1024.0).collect();
            prop_assert!((plain(&scaled) - plain(&values)).abs() < 1e-13);
            // A weight of two is two places.
            let two = gini(&values, Some(&vec![2.0; values.len()]), Divisor::Population)?;
            prop_assert!((two - plain(&values)).abs() < 1e-13);
        }

        #[test]
        fn falls_when_the_rich_give_to_the_poor(mut values in prop::collection::vec(1.0_f64..1e3, 2..30), part in 0.01_f64..0.49) {
            values.sort_unstable_by(f64::total_cmp);
            let last = values.len() - 1;
            let gift = (values[last] - values[0]) * part;
            prop_assume!(gift > 1e-6);
            let before = plain(&values);
            values[0] += gift;
            values[last] -= gift;
            prop_assert!(plain(&values) < before);
        }
    }
}
