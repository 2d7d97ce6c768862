//! Many tests at once: p-values that allow for their number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How p-values of many places are corrected for their number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Correction {
    /// Not at all.
    #[default]
    None,
    /// False discovery rate, of Benjamini and Hochberg.
    BenjaminiHochberg,
    /// False discovery rate under any dependence, of Benjamini and Yekutieli.
    BenjaminiYekutieli,
    /// Family-wise error, of Bonferroni.
    Bonferroni,
}

/// p-values corrected for their number; undefined ones stay undefined and are not counted. O(n log n).
///
/// Source: Benjamini, Hochberg, Controlling the false discovery rate, Journal of the Royal Statistical Society B 57,
/// 1995, equation 1; Benjamini, Yekutieli, The control of the false discovery rate in multiple testing under
/// dependency, Annals of Statistics 29, 2001, theorem 1.3.
pub fn adjusted(p: &[Option<f64>], correction: Correction) -> Vec<Option<f64>> {
    let mut order: Vec<(f64, usize)> = p.iter().enumerate().filter_map(|(at, p)| p.map(|p| (p, at))).collect();
    let m = order.len() as f64;
    let factor = match correction {
        Correction::None => return p.to_vec(),
        Correction::Bonferroni => return p.iter().map(|p| p.map(|p| (p * m).min(1.0))).collect(),
        Correction::BenjaminiHochberg => 1.0,
        Correction::BenjaminiYekutieli => (1..=order.len()).map(|k| 1.0 / k as f64).sum(),
    };
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut results = vec![None; p.len()];
    let mut least: f64 = 1.0;
    for (rank, &(p, at)) in order.iter().enumerate().rev() {
        least = least.min(p * m * factor / (rank + 1) as f64);
        results[at] = Some(least);
    }
    results
}

/// The largest p-value that still counts as significant when the false discovery rate is held at `level`: the greatest
/// rank k of n with p below k level / n, and that bound; `level` / n when there is none. O(n log n).
///
/// Source: Caldas de Castro, Singer, Controlling the false discovery rate: a new application to account for multiple
/// and dependent tests in local statistics of spatial association, Geographical Analysis 38, 2006.
pub fn threshold(p: &[Option<f64>], level: f64) -> Option<f64> {
    let mut sorted: Vec<f64> = p.iter().copied().flatten().collect();
    sorted.sort_by(f64::total_cmp);
    let m = sorted.len() as f64;
    let bound = |rank: usize| (rank + 1) as f64 * level / m;
    let rank = (0..sorted.len()).rev().find(|&rank| sorted[rank] < bound(rank));
    (!sorted.is_empty()).then(|| bound(rank.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn figures_are_right() {
        // By hand: p times 6 over its rank, the least of those above; times 1 + 1/2 + ... + 1/6 = 2.45; times 6.
        let p: Vec<Option<f64>> = [0.01, 0.02, 0.03, 0.04, 0.5, 0.005].into_iter().map(Some).collect();
        let near = |found: Vec<Option<f64>>, wanted: [f64; 6]| {
            let found: Vec<f64> = found.into_iter().flatten().collect();
            assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?} {wanted:?}");
        };
        near(adjusted(&p, Correction::BenjaminiHochberg), [0.03, 0.04, 0.045, 0.048, 0.5, 0.03]);
        near(adjusted(&p, Correction::BenjaminiYekutieli), [0.0735, 0.098, 0.11025, 0.1176, 1.0, 0.0735]);
        near(adjusted(&p, Correction::Bonferroni), [0.06, 0.12, 0.18, 0.24, 1.0, 0.03]);
        // esda 2.8.2, fdr.
        let close = |found: Option<f64>, wanted: f64| assert!((found.expect("p") - wanted).abs() < 1e-15);
        close(threshold(&p, 0.05), 5.0 * 0.05 / 6.0);
        close(threshold(&p, 0.01), 0.01 / 6.0);
        assert_eq!(threshold(&[None], 0.05), None);
        assert_eq!(adjusted(&[None, Some(0.2)], Correction::Bonferroni), [None, Some(0.2)]);
    }

    proptest! {
        #[test]
        fn adjusted_keep_their_order_and_are_not_smaller(p in prop::collection::vec(0.0..=1.0_f64, 1..60)) {
            let given: Vec<Option<f64>> = p.iter().copied().map(Some).collect();
            for correction in [Correction::BenjaminiHochberg, Correction::BenjaminiYekutieli, Correction::Bonferroni] {
                let found: Vec<f64> = adjusted(&given, correction).into_iter().flatten().collect();
                for (a, q) in p.iter().zip(&found) {
                    prop_assert!(*q >= *a - 1e-12 && *q <= 1.0);
                    prop_assert!(p.iter().zip(&found).all(|(b, r)| a > b || q <= r));
                }
            }
        }
    }
}
