//! How far apart figures are.

use super::sum::exact_sum;

/// Difference between the greatest and the least; `None` without values.
pub fn range(values: &[f64]) -> Option<f64> {
    let (least, greatest) = extremes(values)?;
    Some(greatest - least)
}

/// The greatest over the least; `None` unless the least is above zero.
pub fn ratio(values: &[f64]) -> Option<f64> {
    let (least, greatest) = extremes(values)?;
    (least > 0.0).then(|| greatest / least).filter(|ratio| ratio.is_finite())
}

fn extremes(values: &[f64]) -> Option<(f64, f64)> {
    let first = *values.first()?;
    Some(values.iter().fold((first, first), |(least, greatest), &value| (least.min(value), greatest.max(value))))
}

/// Coefficient of variation: standard deviation over the mean, both of the whole population (divisor n).
///
/// With weights (one a value) both are weighted: sqrt(sum w (x - m)^2 / sum w) / m with m = sum w x / sum w, which is
/// Williamson's Vw when the values are incomes per person and the weights are people. `None` without values, with
/// weights that do not add up to more than zero, or with a mean that is not above zero.
///
/// Source: Williamson, Regional inequality and the process of national development, Economic Development and Cultural
/// Change 13 (4, part 2), 1965, p. 11: Vw, and Vuw without weights.
pub fn coefficient_of_variation(values: &[f64], weights: Option<&[f64]>) -> Option<f64> {
    if weights.is_some_and(|weights| weights.len() != values.len() || weights.iter().any(|weight| *weight < 0.0)) {
        return None;
    }
    let weight = |at: usize| weights.map_or(1.0, |weights| weights[at]);
    let total = exact_sum((0..values.len()).map(weight));
    if total <= 0.0 {
        return None;
    }
    let mean = exact_sum(values.iter().enumerate().map(|(at, value)| weight(at) * value)) / total;
    if mean <= 0.0 {
        return None;
    }
    let squares = exact_sum(values.iter().enumerate().map(|(at, value)| weight(at) * (value - mean) * (value - mean)));
    Some((squares / total).sqrt() / mean).filter(|result| result.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn measures_the_spread() {
        assert_eq!(range(&[3.0, 1.0, 7.0]), Some(6.0));
        assert_eq!(ratio(&[3.0, 1.5, 6.0]), Some(4.0));
        assert_eq!(ratio(&[3.0, 0.0]), None);
        assert_eq!(range(&[]), None);
        // Values 2, 4, 4, 4, 5, 5, 7, 9 have mean 5 and population standard deviation 2.
        assert_eq!(coefficient_of_variation(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0], None), Some(0.4));
        assert_eq!(coefficient_of_variation(&[2.0, 4.0, 5.0, 7.0, 9.0], Some(&[1.0, 3.0, 2.0, 1.0, 1.0])), Some(0.4));
        assert_eq!(coefficient_of_variation(&[-1.0, 1.0], None), None);
        assert_eq!(coefficient_of_variation(&[1.0], Some(&[])), None);
    }

    proptest! {
        #[test]
        fn does_not_depend_on_the_unit(values in prop::collection::vec(1.0_f64..1e6, 2..30)) {
            let scaled: Vec<f64> = values.iter().map(|value| value * 1024.0).collect();
            prop_assert_eq!(coefficient_of_variation(&values, None), coefficient_of_variation(&scaled, None));
            prop_assert_eq!(ratio(&values), ratio(&scaled));
        }

        #[test]
        fn equal_weights_are_no_weights(values in prop::collection::vec(1.0_f64..1e6, 1..30)) {
            let weights = vec![4.0; values.len()];
            let (with, without) =
                (coefficient_of_variation(&values, Some(&weights)), coefficient_of_variation(&values, None));
            prop_assert!((with.expect("defined") - without.expect("defined")).abs() < 1e-12);
        }
    }
}
