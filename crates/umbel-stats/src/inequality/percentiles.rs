//! Percentiles and their ratios.

use super::sample::check_weights;
use super::sum::Sum;
use crate::{Error, error};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What lies between two values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interpolation {
    /// The least value that the part of all weight lies at or below; where the part ends exactly with a value, the mean
    /// of that value and the next. Definition 2 of Hyndman and Fan; the one for weights.
    #[default]
    Averaged,
    /// Straight between the values at (n - 1) times the part: definition 7 of Hyndman and Fan, that of numpy and R;
    /// without weights only.
    Linear,
}

/// The values below which the given parts of all weight lie. Linear in values and parts, after sorting.
///
/// Source: Hyndman, Fan, Sample quantiles in statistical packages, American Statistician 50(4), 1996, definitions 2 and 7.
///
/// # Errors
/// No value; values or weights that are not finite; negative weights or all 0; parts outside of 0 to 1;
/// [`Interpolation::Linear`] with weights.
pub fn percentiles(
    values: &[f64],
    weights: Option<&[f64]>,
    parts: &[f64],
    interpolation: Interpolation,
) -> Result<Vec<f64>, Error> {
    error::at_least("a percentile", 1, "places", values.len())?;
    error::finite("the values", values)?;
    if let Some(weights) = weights {
        error::length("the weights", values.len(), weights.len())?;
        check_weights(Some(weights))?;
        if interpolation == Interpolation::Linear {
            let message = "\"linear\" is defined without weights only; use \"averaged\"".to_owned();
            return Err(Error::Parameter { parameter: "interpolation", message });
        }
    }
    if let Some(part) = parts.iter().find(|part| !(0.0..=1.0).contains(*part)) {
        let message = format!("{part} is not between 0 and 1");
        return Err(Error::Parameter { parameter: "percentiles", message });
    }
    if interpolation == Interpolation::Linear {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        return Ok(parts.iter().map(|&part| linear(&sorted, part)).collect());
    }
    let mut order: Vec<usize> =
        (0..values.len()).filter(|&at| weights.is_none_or(|weights| weights[at] > 0.0)).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut sum = Sum::default();
    let mut ends = Vec::with_capacity(order.len());
    for &at in &order {
        sum.add(weights.map_or(1.0, |weights| weights[at]));
        ends.push(sum.value());
    }
    let Some(&whole) = ends.last() else {
        return Err(Error::Parameter { parameter: "weights", message: "all of them are 0".to_owned() });
    };
    if !whole.is_finite() {
        return Err(Error::Parameter { parameter: "weights", message: "they are too large to be added up".to_owned() });
    }
    let one = |&part: &f64| {
        // Rounding must not decide whether a part ends with a value: a few last digits count as the same.
        let target = part * whole;
        let same = 1e-12 * whole;
        let at = ends.partition_point(|&end| end < target - same).min(order.len() - 1);
        let here = values[order[at]];
        match order.get(at + 1) {
            Some(&next) if (ends[at] - target).abs() <= same => here + (values[next] - here) * 0.5,
            _ => here,
        }
    };
    Ok(parts.iter().map(one).collect())
}

/// The value at (n - 1) times the part of a sorted list.
pub(crate) fn linear(sorted: &[f64], part: f64) -> f64 {
    let position = part * (sorted.len() - 1) as f64;
    let (low, high) = (position.floor() as usize, position.ceil() as usize);
    sorted[low] + (sorted[high.min(sorted.len() - 1)] - sorted[low]) * (position - low as f64)
}

/// The ratio of two percentiles, such as P90/P10 with parts of 0.9 and 0.1; `None` where the lower is 0.
///
/// # Errors
/// As [`percentiles`]; negative values.
pub fn percentile_ratio(
    values: &[f64],
    weights: Option<&[f64]>,
    upper: f64,
    lower: f64,
    interpolation: Interpolation,
) -> Result<Option<f64>, Error> {
    let found = percentiles(values, weights, &[upper, lower], interpolation)?;
    if let Some(at) = values.iter().position(|value| *value < 0.0) {
        let needed = "it must be 0 or above";
        return Err(Error::Domain { what: "the values", at, value: values[at], needed });
    }
    Ok((found[1] > 0.0).then(|| found[0] / found[1]).filter(|ratio| ratio.is_finite()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn are_those_of_the_definitions() {
        let values = [15.0, 20.0, 35.0, 40.0, 50.0];
        // numpy 2.4.6: np.percentile(values, [0, 10, 40, 90, 100]), method "linear" and "averaged_inverted_cdf".
        let parts = [0.0, 0.1, 0.4, 0.9, 1.0];
        let linear = percentiles(&values, None, &parts, Interpolation::Linear).expect("percentiles");
        for (found, wanted) in linear.into_iter().zip([15.0, 17.0, 29.0, 46.0, 50.0]) {
            assert!((found - wanted).abs() < 1e-13);
        }
        let averaged = percentiles(&values, None, &parts, Interpolation::Averaged).expect("percentiles");
        assert_eq!(averaged, [15.0, 15.0, 27.5, 50.0, 50.0]);
        let ratio = percentile_ratio(&values, None, 0.9, 0.1, Interpolation::Averaged).expect("a ratio");
        assert_eq!(ratio, Some(50.0 / 15.0));
        assert_eq!(percentile_ratio(&[0.0, 1.0], None, 0.9, 0.1, Interpolation::Averaged), Ok(None));
        assert!(percentile_ratio(&[-1.0, 1.0], None, 0.9, 0.1, Interpolation::Averaged).is_err());
        assert!(percentiles(&values, Some(&[1.0; 5]), &[0.5], Interpolation::Linear).is_err());
        assert!(percentiles(&values, Some(&[0.0; 5]), &[0.5], Interpolation::Averaged).is_err());
        assert!(percentiles(&values, None, &[1.5], Interpolation::Averaged).is_err());
        assert!(percentiles(&[], None, &[0.5], Interpolation::Averaged).is_err());
    }

    proptest! {
        #[test]
        fn weights_are_places_of_the_same_value(rows in prop::collection::vec((0.0_f64..100.0, 1_u32..5), 1..20), part in 0.0_f64..=1.0) {
            let values: Vec<f64> = rows.iter().map(|row| row.0).collect();
            let weights: Vec<f64> = rows.iter().map(|row| f64::from(row.1)).collect();
            let many: Vec<f64> = rows.iter().flat_map(|row| vec![row.0; row.1 as usize]).collect();
            let found = percentiles(&values, Some(&weights), &[part], Interpolation::Averaged)?;
            prop_assert_eq!(found, percentiles(&many, None, &[part], Interpolation::Averaged)?);
        }
    }
}
