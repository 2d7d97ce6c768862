//! Bringing indicators onto one scale, each in its direction: more is better afterwards.

use super::moments::{deviation, mean, present, range};
use crate::Error;
use serde::{Deserialize, Serialize};

/// How an indicator is normalised. Missing values stay missing; all methods look at all rows given, so rows of several
/// periods share one scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normalisation {
    /// (x - min) / (max - min), onto `low` to `high`.
    Minmax {
        /// What the worst value becomes.
        low: f64,
        /// What the best value becomes.
        high: f64,
    },
    /// (x - mean) / standard deviation (divisor n - 1), then with this mean and standard deviation.
    Zscore {
        /// The mean afterwards.
        mean: f64,
        /// The standard deviation afterwards.
        deviation: f64,
    },
    /// 100 (x - low) / (high - low) with fixed ends, nothing cut off; 100 minus that for direction -1.
    Scaled {
        /// What becomes 0.
        low: f64,
        /// What becomes 100.
        high: f64,
    },
    /// The rank from below, 1 for the worst; the lowest of tied ranks.
    Rank,
    /// The rank less 1.
    Borda,
    /// The rank less 1, over the number of values less 1.
    PercentRank,
    /// 1 - (max - x) / (max - min).
    DistanceToMaximum,
    /// 1 - (reference - x) / (reference - min), the reference a unit.
    DistanceToReference {
        /// The row of the unit, from 0.
        row: u32,
        /// Whether more than the reference counts as 1.
        cap: bool,
    },
    /// (x - min) / (target - min); (max - x) / (max - target) for direction -1. Needs the target of the indicator.
    DistanceToTarget {
        /// Whether more than the target counts as 1.
        cap: bool,
    },
    /// x / max; min / x for direction -1. Values have to be above 0 for direction -1, and the maximum above 0.
    FractionOfMaximum,
    /// (x - lower) / (upper - lower), or 1 less that for direction -1, times a scale. Needs the goalposts of the
    /// indicator.
    Goalposts {
        /// What lies outside of the goalposts is set to them.
        cut: bool,
        /// What the upper goalpost becomes.
        scale: f64,
    },
    /// Left as it is, times the direction.
    None,
}

impl Default for Normalisation {
    /// Min-max, 0 to 100.
    fn default() -> Self {
        Normalisation::Minmax { low: 0.0, high: 100.0 }
    }
}

/// Which way an indicator is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// More is better.
    #[default]
    Positive,
    /// Less is better.
    Negative,
}

impl Direction {
    /// 1 or -1.
    pub fn sign(self) -> f64 {
        if self == Direction::Positive { 1.0 } else { -1.0 }
    }
}

/// What a normalisation may need to know of an indicator.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Marks {
    /// The target, in the unit of the indicator.
    pub target: Option<f64>,
    /// The lower and the upper goalpost, in the unit of the indicator.
    pub goalposts: Option<[f64; 2]>,
}

/// Rank of each value from below, from 1; the lowest of tied ranks. O(n log n).
fn ranks_from_below(values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut sorted = present(values);
    sorted.sort_by(f64::total_cmp);
    let below = |value: f64| sorted.partition_point(|other| other.total_cmp(&value).is_lt());
    values.iter().map(|value| value.map(|value| below(value) as f64 + 1.0)).collect()
}

/// Normalises one indicator. Linear; O(n log n) for ranks.
///
/// Source: Nardo et al., Handbook on Constructing Composite Indicators, OECD/JRC 2008, step 5; COINr (`n_minmax` and so
/// on). Direction -1 multiplies by -1 first, as there; `scaled` and `fraction_of_maximum`, which would not turn around
/// by that, have a form of their own.
///
/// # Errors
/// When nothing varies, fewer than 2 values are there, a value is not finite, or a parameter makes no sense.
pub fn normalise(
    values: &[Option<f64>],
    direction: Direction,
    by: Normalisation,
    marks: Marks,
) -> Result<Vec<Option<f64>>, Error> {
    let there = present(values);
    crate::error::finite("the indicator", &there)?;
    crate::error::at_least("a normalisation", 2, "values", there.len())?;
    let negative = direction == Direction::Negative;
    let sign = direction.sign();
    let (least, most) = range(there.iter().map(|value| sign * value));
    let varies = || if least < most { Ok(()) } else { Err(Error::Constant { what: "an indicator" }) };
    let wrong = |message: String| Error::Parameter { parameter: "normalise", message };
    let each = |one: &dyn Fn(f64) -> f64| values.iter().map(|value| value.map(one)).collect::<Vec<_>>();
    let capped = |value: f64, cap: bool| if cap { value.min(1.0) } else { value };
    let normalised = match by {
        Normalisation::Minmax { low, high } => {
            varies()?;
            if !(low.is_finite() && high.is_finite() && low < high) {
                return Err(wrong(format!("the range {low} to {high} is empty")));
            }
            each(&|x| (sign * x - least) / (most - least) * (high - low) + low)
        }
        Normalisation::Zscore { mean: wanted, deviation: spread } => {
            varies()?;
            if !(wanted.is_finite() && spread.is_finite() && spread > 0.0) {
                return Err(wrong(format!("the standard deviation has to be above 0, not {spread}")));
            }
            let turned: Vec<f64> = there.iter().map(|value| sign * value).collect();
            let (middle, scale) = (mean(&turned), deviation(&turned));
            each(&|x| (sign * x - middle) / scale * spread + wanted)
        }
        Normalisation::Scaled { low, high } => {
            if !(low.is_finite() && high.is_finite() && low != high) {
                return Err(wrong(format!("the range {low} to {high} is empty")));
            }
            let one = |x: f64| (x - low) / (high - low) * 100.0;
            each(&|x| if negative { 100.0 - one(x) } else { one(x) })
        }
        Normalisation::Rank | Normalisation::Borda | Normalisation::PercentRank => {
            let ranks = ranks_from_below(&each(&|x| sign * x));
            let last = there.len() as f64 - 1.0;
            let one = |rank: f64| match by {
                Normalisation::Borda => rank - 1.0,
                Normalisation::PercentRank => (rank - 1.0) / last,
                _ => rank,
            };
            ranks.into_iter().map(|rank| rank.map(one)).collect()
        }
        Normalisation::DistanceToMaximum => {
            varies()?;
            each(&|x| 1.0 - (most - sign * x) / (most - least))
        }
        Normalisation::DistanceToReference { row, cap } => {
            let Some(reference) = values.get(row as usize).copied().flatten() else {
                return Err(wrong(format!("the reference, row {row}, has no value")));
            };
            let reference = sign * reference;
            if reference <= least {
                return Err(wrong(format!("the reference, row {row}, is the worst of all: no distance is defined")));
            }
            each(&|x| capped(1.0 - (reference - sign * x) / (reference - least), cap))
        }
        Normalisation::DistanceToTarget { cap } => {
            let Some(target) = marks.target.filter(|target| target.is_finite()) else {
                return Err(wrong("an indicator has no target".to_owned()));
            };
            if sign * target <= least {
                let message =
                    format!("the target {target} is not better than the worst value: every score would be negative");
                return Err(wrong(message));
            }
            each(&|x| capped((sign * x - least) / (sign * target - least), cap))
        }
        Normalisation::FractionOfMaximum if negative => {
            // min / x: the mirror of x / max for what should be small.
            if let Some(at) = values.iter().position(|value| value.is_some_and(|value| value <= 0.0)) {
                let value = values[at].unwrap_or_default();
                let needed = "a fraction of the best of what should be small needs values above 0";
                return Err(Error::Domain { what: "an indicator", at, value, needed });
            }
            each(&|x| -most / x)
        }
        Normalisation::FractionOfMaximum => {
            if most <= 0.0 {
                return Err(wrong(format!("the maximum is {most}; a fraction of it needs one above 0")));
            }
            each(&|x| x / most)
        }
        Normalisation::Goalposts { cut, scale } => {
            let Some([lower, upper]) = marks.goalposts.filter(|[lower, upper]| lower < upper) else {
                return Err(wrong("an indicator has no goalposts, a lower and a higher number".to_owned()));
            };
            if !(scale.is_finite() && scale > 0.0) {
                return Err(wrong(format!("the scale of the goalposts has to be above 0, not {scale}")));
            }
            let one = |x: f64| if negative { (upper - x) / (upper - lower) } else { (x - lower) / (upper - lower) };
            each(&|x| scale * if cut { one(x).clamp(0.0, 1.0) } else { one(x) })
        }
        Normalisation::None => each(&|x| sign * x),
    };
    crate::error::finite("the normalised indicator", &present(&normalised))?;
    Ok(normalised)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VALUES: [Option<f64>; 5] = [Some(2.0), Some(4.0), None, Some(10.0), Some(4.0)];

    fn by(by: Normalisation, direction: Direction) -> Vec<f64> {
        let marks = Marks { target: Some(8.0), goalposts: Some([3.0, 8.0]) };
        present(&normalise(&VALUES, direction, by, marks).expect("values"))
    }

    #[test]
    fn each_method_by_hand() {
        use Direction::{Negative, Positive};
        use Normalisation as N;
        assert_eq!(by(N::default(), Positive), [0.0, 25.0, 100.0, 25.0]);
        assert_eq!(by(N::default(), Negative), [100.0, 75.0, 0.0, 75.0]);
        assert_eq!(by(N::Minmax { low: 1.0, high: 9.0 }, Positive), [1.0, 3.0, 9.0, 3.0]);
        assert_eq!(by(N::Scaled { low: 0.0, high: 20.0 }, Negative), [90.0, 80.0, 50.0, 80.0]);
        assert_eq!(by(N::Rank, Positive), [1.0, 2.0, 4.0, 2.0]);
        assert_eq!(by(N::Rank, Negative), [4.0, 2.0, 1.0, 2.0]);
        assert_eq!(by(N::Borda, Positive), [0.0, 1.0, 3.0, 1.0]);
        assert_eq!(by(N::PercentRank, Positive), [0.0, 1.0 / 3.0, 1.0, 1.0 / 3.0]);
        assert_eq!(by(N::DistanceToMaximum, Positive), [0.0, 0.25, 1.0, 0.25]);
        assert_eq!(by(N::DistanceToReference { row: 1, cap: false }, Positive), [0.0, 1.0, 4.0, 1.0]);
        assert_eq!(by(N::DistanceToReference { row: 1, cap: true }, Positive), [0.0, 1.0, 1.0, 1.0]);
        assert_eq!(by(N::DistanceToTarget { cap: false }, Positive), [0.0, 1.0 / 3.0, 8.0 / 6.0, 1.0 / 3.0]);
        assert_eq!(by(N::DistanceToTarget { cap: true }, Negative), [1.0, 1.0, 0.0, 1.0]);
        assert_eq!(by(N::FractionOfMaximum, Positive), [0.2, 0.4, 1.0, 0.4]);
        assert_eq!(by(N::FractionOfMaximum, Negative), [1.0, 0.5, 0.2, 0.5]);
        assert_eq!(by(N::Goalposts { cut: true, scale: 10.0 }, Positive), [0.0, 2.0, 10.0, 2.0]);
        assert_eq!(by(N::Goalposts { cut: false, scale: 1.0 }, Negative), [1.2, 0.8, -0.4, 0.8]);
        assert_eq!(by(N::None, Negative), [-2.0, -4.0, -10.0, -4.0]);
        let scores = by(N::Zscore { mean: 100.0, deviation: 10.0 }, Positive);
        assert!((mean(&scores) - 100.0).abs() < 1e-12 && (deviation(&scores) - 10.0).abs() < 1e-12);
    }

    #[test]
    fn refuses_what_has_no_answer() {
        let no = |values: &[Option<f64>], by, direction| {
            normalise(values, direction, by, Marks::default()).expect_err("no answer").to_string()
        };
        let same = [Some(0.3), Some(0.3), Some(0.3)];
        assert!(no(&same, Normalisation::default(), Direction::Positive).contains("the same"));
        assert!(no(&same, Normalisation::Zscore { mean: 0.0, deviation: 1.0 }, Direction::Positive).contains("same"));
        assert!(no(&[Some(1.0)], Normalisation::default(), Direction::Positive).contains("at least 2"));
        assert!(no(&VALUES, Normalisation::DistanceToTarget { cap: true }, Direction::Positive).contains("target"));
        assert!(no(&VALUES, Normalisation::Goalposts { cut: true, scale: 1.0 }, Direction::Positive).contains("posts"));
        let reference = |row| Normalisation::DistanceToReference { row, cap: true };
        assert!(no(&VALUES, reference(2), Direction::Positive).contains("no value"));
        assert!(no(&VALUES, reference(99), Direction::Positive).contains("no value"));
        assert!(no(&VALUES, reference(0), Direction::Positive).contains("worst"));
        assert!(no(&[Some(0.0), Some(1.0)], Normalisation::FractionOfMaximum, Direction::Negative).contains("above 0"));
        assert!(no(&[Some(f64::INFINITY), Some(1.0)], Normalisation::Rank, Direction::Positive).contains("finite"));
        assert!(no(&[Some(1e308), Some(-1e308)], Normalisation::default(), Direction::Positive).contains("finite"));
    }

    proptest! {
        #[test]
        fn a_positive_affine_change_of_the_unit_changes_nothing(
            values in proptest::collection::vec(-1e3..1e3_f64, 3..30),
            scale in 0.01..100.0_f64,
            shift in -1e3..1e3_f64,
            negative: bool,
        ) {
            let direction = if negative { Direction::Negative } else { Direction::Positive };
            let before: Vec<Option<f64>> = values.iter().map(|&value| Some(value)).collect();
            let after: Vec<Option<f64>> = values.iter().map(|&value| Some(scale * value + shift)).collect();
            for by in [Normalisation::default(), Normalisation::Zscore { mean: 0.0, deviation: 1.0 }] {
                let before = normalise(&before, direction, by, Marks::default()).expect("values");
                let after = normalise(&after, direction, by, Marks::default()).expect("values");
                for (before, after) in before.iter().zip(&after) {
                    prop_assert!((before.expect("there") - after.expect("there")).abs() < 1e-6);
                }
            }
        }
    }
}
