//! Atkinson's index.

use super::sample::{Domain, Sample};
use crate::Error;
use serde::Serialize;

/// Atkinson's index.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Atkinson {
    /// The index, from 0 (all the same) to 1.
    pub index: f64,
    /// The value that, if everybody had it, would be worth as much as the values there are: (1 - index) times the mean.
    pub equally_distributed_equivalent: f64,
}

/// Atkinson's index A = 1 - (Σ pᵢ (yᵢ/μ)^(1-ε) / P)^(1/(1-ε)), for ε = 1 the limit 1 - exp (Σ pᵢ ln (yᵢ/μ) / P):
/// the part of the whole that could be given up without loss if the rest were shared evenly. ε says how much inequality
/// is minded: 0 not at all (A is 0), the more the higher. With ε of 1 and above a value of 0 makes it 1.
///
/// Powers are taken of yᵢ/μ less 1, so that small inequality and ε close to 1 keep their digits. O(n).
///
/// Source: Atkinson, On the measurement of inequality, Journal of Economic Theory 2, 1970, p. 257.
///
/// # Errors
/// No value; a value or weight that is negative or not finite; all values or all weights 0; ε negative or not finite.
pub fn atkinson(values: &[f64], weights: Option<&[f64]>, epsilon: f64) -> Result<Atkinson, Error> {
    if !(epsilon >= 0.0 && epsilon.is_finite()) {
        let message = format!("it is {epsilon}; it must be 0 or above");
        return Err(Error::Parameter { parameter: "epsilon", message });
    }
    let sample = Sample::new(values, weights, Domain::NotNegative)?;
    let index = of(&sample, epsilon);
    Ok(Atkinson { index, equally_distributed_equivalent: (1.0 - index) * sample.mean })
}

fn of(sample: &Sample<'_>, epsilon: f64) -> f64 {
    if epsilon == 0.0 || sample.constant() {
        return 0.0;
    }
    // Values of 0 with a weight.
    let zero = sample.least == 0.0
        && (0..sample.values.len()).any(|at| sample.values[at] == 0.0 && sample.weight_at(at) > 0.0);
    if zero && epsilon >= 1.0 {
        return 1.0;
    }
    let mean = sample.mean;
    let over = |at: usize| (sample.values[at] - mean) / mean;
    let weighed = |at: usize| sample.weight_at(at) > 0.0;
    if epsilon == 1.0 {
        let l = sample.mean_of(|at| if weighed(at) { over(at) - libm::log1p(over(at)) } else { 0.0 });
        return (-libm::expm1(-l)).clamp(0.0, 1.0);
    }
    let power = 1.0 - epsilon;
    let log = |at: usize| libm::log(sample.values[at]) - libm::log(mean);
    // The least value with a weight has the greatest power where the power is negative.
    let least =
        (0..sample.values.len()).filter(|&at| weighed(at)).map(|at| sample.values[at]).fold(f64::INFINITY, f64::min);
    let greatest = power * (libm::log(least) - libm::log(mean));
    if power < 0.0 && greatest > 30.0 {
        // Powers that would leave the numbers there are: divided by the greatest.
        let rest = sample.mean_of(|at| if weighed(at) { libm::exp(power * log(at) - greatest) } else { 0.0 });
        return (-libm::expm1((greatest + libm::log(rest)) / power)).clamp(0.0, 1.0);
    }
    let term = |at: usize| {
        if !weighed(at) {
            return 0.0;
        }
        let over = over(at);
        // 0 to a power above 0 is 0.
        let raised = if over <= -1.0 { -1.0 } else { libm::expm1(power * libm::log1p(over)) };
        raised - power * over
    };
    (-libm::expm1(libm::log1p(sample.mean_of(term)) / power)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn index(values: &[f64], weights: Option<&[f64]>, epsilon: f64) -> f64 {
        atkinson(values, weights, epsilon).expect("an index").index
    }

    #[test]
    fn has_its_ends() {
        assert_eq!(index(&[1.0, 5.0], None, 0.0), 0.0);
        assert_eq!(index(&[4.0; 5], None, 2.0), 0.0);
        assert_eq!(index(&[4.0], None, 1.0), 0.0);
        assert_eq!((index(&[0.0, 2.0], None, 1.0), index(&[0.0, 2.0], None, 3.0)), (1.0, 1.0));
        assert!((index(&[0.0, 2.0], None, 0.5) - 0.5).abs() < 1e-15);
        assert_eq!(index(&[0.0, 2.0, 2.0], Some(&[0.0, 1.0, 1.0]), 2.0), 0.0);
        let found = atkinson(&[1.0, 4.0], None, 1.0).expect("an index");
        assert!((found.equally_distributed_equivalent - 2.0).abs() < 1e-15);
        for epsilon in [-0.1, f64::NAN, f64::INFINITY] {
            assert!(atkinson(&[1.0], None, epsilon).is_err());
        }
        // Towards 1 less the least over the mean.
        assert!((index(&[1.0, 3.0], None, 5000.0) - 0.5).abs() < 1e-3);
        assert!((index(&[1e-9, 2.0], None, 80.0) - (1.0 - 1e-9)).abs() < 1e-9);
    }

    #[test]
    fn is_smooth_at_one() {
        let values = [1.0, 2.0, 4.0, 8.0];
        let (one, near) = (index(&values, None, 1.0), index(&values, None, 1.0 + 1e-9));
        assert!((one - near).abs() < 1e-9, "{one} {near}");
        // A small spread: ε σ² / 2.
        let small = index(&[1.0 - 1e-6, 1.0 + 1e-6], None, 2.0);
        assert!((small / 1e-12 - 1.0).abs() < 1e-6, "{small}");
    }

    proptest! {
        #[test]
        fn is_the_definition(
            rows in prop::collection::vec((0.1_f64..1e4, 0.1_f64..9.0), 1..40),
            epsilon in prop_oneof![0.01_f64..0.99, 1.01_f64..6.0, Just(1.0)],
        ) {
            let (values, weights): (Vec<f64>, Vec<f64>) = rows.into_iter().unzip();
            let weight: f64 = weights.iter().sum();
            let mean_of = |f: &dyn Fn(f64) -> f64| values.iter().zip(&weights).map(|(y, p)| p * f(*y)).sum::<f64>() / weight;
            let mean = mean_of(&|y| y);
            let wanted = if epsilon == 1.0 {
                1.0 - mean_of(&f64::ln).exp() / mean
            } else {
                1.0 - mean_of(&|y| (y / mean).powf(1.0 - epsilon)).powf(1.0 / (1.0 - epsilon))
            };
            let found = index(&values, Some(&weights), epsilon);
            prop_assert!((found - wanted).abs() < 1e-10, "{found} {wanted}");
            let scaled: Vec<f64> = values.iter().rev().map(|value| value * 512.0).collect();
            let turned: Vec<f64> = weights.iter().rev().copied().collect();
            prop_assert!((index(&scaled, Some(&turned), epsilon) - found).abs() < 1e-12);
            let twice: Vec<f64> = values.iter().chain(&values).copied().collect();
            prop_assert!((index(&twice, None, epsilon) - index(&values, None, epsilon)).abs() < 1e-12);
        }

        #[test]
        fn grows_with_aversion_and_falls_with_gifts(mut values in prop::collection::vec(1.0_f64..1e3, 2..30), epsilon in 0.1_f64..4.0) {
            values.sort_unstable_by(f64::total_cmp);
            let last = values.len() - 1;
            prop_assume!(values[last] - values[0] > 1.0);
            let before = index(&values, None, epsilon);
            prop_assert!(index(&values, None, epsilon + 0.5) >= before);
            values[0] += 0.3;
            values[last] -= 0.3;
            prop_assert!(index(&values, None, epsilon) < before);
        }
    }
}
