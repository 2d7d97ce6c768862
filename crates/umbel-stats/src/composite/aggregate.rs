//! Making one figure of several.

use crate::Error;
use serde::{Deserialize, Serialize};

/// How the members of a group become one figure. Missing members are left out, with their weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Aggregation {
    /// Sum of w x / sum of w: a weak value is made up for by a strong one.
    #[default]
    Arithmetic,
    /// exp(sum of w ln x / sum of w); values have to be above 0.
    Geometric,
    /// Sum of w / sum of w / x; values have to be above 0.
    Harmonic,
    /// (Sum of w x^p / sum of w)^(1/p), the geometric mean for p = 0; values have to be above 0.
    Generalised {
        /// The exponent p.
        exponent: f64,
    },
    /// Number of units beaten less number of units that beat it, one against one, by the weights of the members in
    /// which it is better (half of those in which both are the same). No strong value makes up for anything.
    Copeland,
}

impl Aggregation {
    /// Whether all values have to be above 0.
    pub fn needs_positive(self) -> bool {
        !matches!(self, Aggregation::Arithmetic | Aggregation::Copeland)
    }
}

/// Aggregates columns (one for each member, missing values none) with their weights. A unit with a smaller share of
/// its members than the threshold has no figure, and none without any member that has a weight. O(units x members);
/// Copeland O(units^2 x members).
///
/// Source: Nardo et al., Handbook on Constructing Composite Indicators, OECD/JRC 2008, step 7; COINr (`a_amean`,
/// `a_gmean`, `a_hmean`, `a_genmean`, `a_copeland`). COINr gives the weight of a member that is
/// missing in one of two units to the later of the two; here both count as the same in it.
///
/// # Errors
/// When lists differ in length, weights are negative or all 0, a value is not finite, or it is not above 0 where that
/// is needed.
pub fn aggregate(
    columns: &[Vec<Option<f64>>],
    weights: &[f64],
    by: Aggregation,
    threshold: Option<f64>,
) -> Result<Vec<Option<f64>>, Error> {
    crate::error::length("the weights", columns.len(), weights.len())?;
    let units = columns.first().map_or(0, Vec::len);
    for column in columns {
        crate::error::length("a column", units, column.len())?;
        crate::error::finite("a column", &super::moments::present(column))?;
    }
    // The checks of weights and positive values are those of the tree and of `group`.
    super::Tree::flat(weights)?;
    let plain: Vec<Vec<f64>> = columns.iter().map(|column| plain(column)).collect();
    let members: Vec<&[f64]> = plain.iter().map(Vec::as_slice).collect();
    Ok(spread(&group(&members, weights, by, threshold)?))
}

/// A column with NaN for what is missing, as it is inside this module.
pub(super) fn plain(column: &[Option<f64>]) -> Vec<f64> {
    column.iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}

pub(super) fn spread(column: &[f64]) -> Vec<Option<f64>> {
    column.iter().map(|&value| (!value.is_nan()).then_some(value)).collect()
}

/// Aggregates columns with NaN for what is missing.
pub(super) fn group(
    members: &[&[f64]],
    weights: &[f64],
    by: Aggregation,
    threshold: Option<f64>,
) -> Result<Vec<f64>, Error> {
    if let Aggregation::Generalised { exponent } = by {
        crate::error::finite("the exponent", &[exponent])?;
    }
    if by.needs_positive() {
        for (member, weight) in members.iter().zip(weights) {
            if *weight > 0.0
                && let Some(at) = member.iter().position(|&value| value <= 0.0)
            {
                let needed = "this mean needs values above 0: normalise to a range above 0, such as 1 to 100";
                return Err(Error::Domain { what: "a group", at, value: member[at], needed });
            }
        }
    }
    let mut found = match by {
        Aggregation::Arithmetic => means(members, weights, |x| x, |mean| mean),
        Aggregation::Geometric | Aggregation::Generalised { exponent: 0.0 } => {
            means(members, weights, f64::ln, f64::exp)
        }
        Aggregation::Harmonic => means(members, weights, f64::recip, f64::recip),
        Aggregation::Generalised { exponent } => {
            means(members, weights, |x| x.powf(exponent), |mean| mean.powf(exponent.recip()))
        }
        Aggregation::Copeland => copeland(members, weights),
    };
    if let Some(threshold) = threshold {
        for (unit, found) in found.iter_mut().enumerate() {
            let there = members.iter().filter(|member| !member[unit].is_nan()).count();
            if (there as f64) < threshold * members.len() as f64 {
                *found = f64::NAN;
            }
        }
    }
    Ok(found)
}

/// The mean of `to(x)`, turned back; column by column, so that it runs through memory in order.
fn means(members: &[&[f64]], weights: &[f64], to: impl Fn(f64) -> f64, back: impl Fn(f64) -> f64) -> Vec<f64> {
    let units = members.first().map_or(0, |member| member.len());
    let (mut sums, mut shares) = (vec![0.0; units], vec![0.0; units]);
    for (member, &weight) in members.iter().zip(weights) {
        if weight == 0.0 {
            continue;
        }
        for ((sum, share), &value) in sums.iter_mut().zip(&mut shares).zip(*member) {
            if !value.is_nan() {
                *sum += weight * to(value);
                *share += weight;
            }
        }
    }
    // No member: 0 / 0 is NaN, which is missing.
    sums.iter().zip(&shares).map(|(sum, share)| if *share > 0.0 { back(sum / share) } else { f64::NAN }).collect()
}

fn copeland(members: &[&[f64]], weights: &[f64]) -> Vec<f64> {
    let units = members.first().map_or(0, |member| member.len());
    let mut scores = vec![0.0; units];
    let mut there = vec![false; units];
    for (member, &weight) in members.iter().zip(weights) {
        if weight > 0.0 {
            there.iter_mut().zip(*member).for_each(|(there, value)| *there |= !value.is_nan());
        }
    }
    for one in 0..units {
        for other in 0..one {
            if !(there[one] && there[other]) {
                continue;
            }
            let (mut better, mut worse) = (0.0, 0.0);
            for (member, &weight) in members.iter().zip(weights) {
                if member[one] > member[other] {
                    better += weight;
                } else if member[one] < member[other] {
                    worse += weight;
                }
            }
            // Weights that add up to the same may differ in their last digits.
            if (better - worse).abs() > 1e-12 * (better + worse) {
                let point = if better > worse { 1.0 } else { -1.0 };
                scores[one] += point;
                scores[other] -= point;
            }
        }
    }
    for (score, there) in scores.iter_mut().zip(there) {
        if !there {
            *score = f64::NAN;
        }
    }
    scores
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<Vec<Option<f64>>> {
        vec![vec![Some(1.0), Some(4.0), None, None], vec![Some(4.0), Some(4.0), Some(3.0), None]]
    }

    #[test]
    fn each_mean_by_hand() {
        let of = |by, weights: &[f64]| aggregate(&columns(), weights, by, None).expect("values");
        assert_eq!(of(Aggregation::Arithmetic, &[1.0, 1.0]), [Some(2.5), Some(4.0), Some(3.0), None]);
        assert_eq!(of(Aggregation::Arithmetic, &[3.0, 1.0])[0], Some(1.75));
        let near = |found: Option<f64>, wanted: f64| (found.expect("a value") - wanted).abs() < 1e-14;
        assert!(near(of(Aggregation::Geometric, &[1.0, 1.0])[0], 2.0));
        assert!(near(of(Aggregation::Harmonic, &[1.0, 1.0])[0], 1.6));
        assert!(near(of(Aggregation::Generalised { exponent: -1.0 }, &[1.0, 1.0])[0], 1.6));
        assert!(near(of(Aggregation::Generalised { exponent: 2.0 }, &[1.0, 1.0])[0], 8.5_f64.sqrt()));
        assert!(near(of(Aggregation::Generalised { exponent: 0.0 }, &[1.0, 1.0])[0], 2.0));
        let most = aggregate(&columns(), &[1.0, 1.0], Aggregation::Arithmetic, Some(0.6));
        assert_eq!(most, Ok(vec![Some(2.5), Some(4.0), None, None]));
        // A member without weight says nothing, and its values may be what they like.
        assert_eq!(of(Aggregation::Arithmetic, &[1.0, 0.0]), [Some(1.0), Some(4.0), None, None]);
    }

    #[test]
    fn copeland_counts_victories() {
        let columns = [vec![Some(3.0), Some(2.0), Some(1.0)], vec![Some(1.0), Some(2.0), Some(3.0)]];
        let of = |weights: &[f64]| aggregate(&columns, weights, Aggregation::Copeland, None).expect("values");
        assert_eq!(of(&[2.0, 1.0]), [Some(2.0), Some(0.0), Some(-2.0)]);
        assert_eq!(of(&[1.0, 1.0]), [Some(0.0); 3]);
    }

    #[test]
    fn refuses_what_the_mean_is_not_defined_for() {
        let zero = [vec![Some(0.0), Some(1.0)]];
        for by in [Aggregation::Geometric, Aggregation::Harmonic, Aggregation::Generalised { exponent: 2.0 }] {
            let wrong = aggregate(&zero, &[1.0], by, None).expect_err("zero").to_string();
            assert!(wrong.contains("1 to 100"), "{wrong}");
        }
        assert!(aggregate(&zero, &[1.0], Aggregation::Generalised { exponent: f64::NAN }, None).is_err());
        assert!(aggregate(&zero, &[0.0], Aggregation::Arithmetic, None).is_err());
        assert!(aggregate(&zero, &[-1.0], Aggregation::Arithmetic, None).is_err());
        assert!(aggregate(&zero, &[1.0, 1.0], Aggregation::Arithmetic, None).is_err());
        assert!(aggregate(&[], &[], Aggregation::Arithmetic, None).is_err());
        assert!(aggregate(&[vec![Some(f64::NAN)]], &[1.0], Aggregation::Arithmetic, None).is_err());
    }
}
