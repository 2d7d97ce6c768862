//! Rules that make one figure out of the figures of parts.

use super::sum::exact_sum;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How parts make a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Sum.
    Sum,
    /// Mean.
    Mean,
    /// Mean weighted by another indicator.
    WeightedMean,
    /// Greatest.
    Max,
    /// Least.
    Min,
    /// Median: the middle figure, or the mean of the two middle ones.
    Median,
}

impl Rule {
    /// Reads a cell of the column `aggregation`; `None` for `none` and for anything else.
    pub fn parse(text: &str) -> Option<Rule> {
        Some(match text {
            "sum" => Rule::Sum,
            "mean" => Rule::Mean,
            "weighted_mean" => Rule::WeightedMean,
            "max" => Rule::Max,
            "min" => Rule::Min,
            "median" => Rule::Median,
            _ => return None,
        })
    }
}

/// The figure of the whole. `weights` (one a value) is used by [`Rule::WeightedMean`] alone.
///
/// `None` when there is no value, or when the weights of a weighted mean do not add up to more than zero.
pub fn combine(rule: Rule, values: &[f64], weights: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let count = values.len() as f64;
    let result = match rule {
        Rule::Sum => exact_sum(values.iter().copied()),
        Rule::Mean => exact_sum(values.iter().copied()) / count,
        Rule::WeightedMean => {
            let total = exact_sum(weights.iter().copied());
            if weights.len() != values.len() || total <= 0.0 {
                return None;
            }
            exact_sum(values.iter().zip(weights).map(|(value, weight)| value * weight)) / total
        }
        Rule::Max => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        Rule::Min => values.iter().copied().fold(f64::INFINITY, f64::min),
        Rule::Median => {
            let mut sorted = values.to_vec();
            sorted.sort_by(f64::total_cmp);
            let middle = sorted.len() / 2;
            if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
        }
    };
    Some(result).filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_rule() {
        let (values, weights) = ([4.0, 1.0, 7.0, 2.0], [1.0, 1.0, 2.0, 0.0]);
        let results = [Rule::Sum, Rule::Mean, Rule::WeightedMean, Rule::Max, Rule::Min, Rule::Median]
            .map(|rule| combine(rule, &values, &weights));
        assert_eq!(results, [14.0, 3.5, 4.75, 7.0, 1.0, 3.0].map(Some));
        assert_eq!(combine(Rule::Median, &[3.0, 9.0, 1.0], &[]), Some(3.0));
        assert_eq!(combine(Rule::Sum, &[], &[]), None);
        assert_eq!(combine(Rule::WeightedMean, &[1.0], &[0.0]), None);
        assert_eq!(combine(Rule::WeightedMean, &[1.0], &[]), None);
    }
}
