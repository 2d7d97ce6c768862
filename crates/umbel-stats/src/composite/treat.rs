//! Taming outliers: winsorise while skewness and kurtosis are both too large, else transform.

use super::moments::{kurtosis, present, range, skewness};
use crate::Error;
use serde::{Deserialize, Serialize};

/// How outliers are treated: check; winsorise; check; if that was not enough, transform; check.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Treatment {
    /// An indicator is fine while its absolute skewness is below this ...
    pub skewness: f64,
    /// ... or its kurtosis below this.
    pub kurtosis: f64,
    /// Most points that are winsorised; none: no limit. 0: nothing is winsorised.
    pub winsorise: Option<u32>,
    /// What is done when winsorising was not enough; none: the winsorised values stay.
    pub transform: Option<Transformation>,
    /// Whether the transformation is applied to the winsorised values instead of the original ones.
    pub combine: bool,
}

impl Default for Treatment {
    /// Limits 2 and 3.5, five points, then the logarithm of the COIN Tool, as in COINr.
    fn default() -> Self {
        Treatment {
            skewness: 2.0,
            kurtosis: 3.5,
            winsorise: Some(5),
            transform: Some(Transformation::LogCt),
            combine: false,
        }
    }
}

/// A transformation that makes a long tail shorter.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transformation {
    /// ln(x - min + 0.01 (max - min)).
    LogCt,
    /// The same for a long upper tail, -ln(max + 0.01 (max - min) - x) for a long lower one.
    LogCtPlus,
    /// ln(x - min + 1).
    LogCtOriginal,
    /// ln((max - 1) (x - min) / (max - min) + 1), as in the Global Innovation Index; needs a maximum above 1.
    LogGii,
    /// ((x - min + 1)^lambda - 1) / lambda, the logarithm for lambda 0.
    BoxCox {
        /// The exponent.
        lambda: f64,
    },
}

/// Skewness and kurtosis against the limits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Check {
    /// Skewness of a sample.
    pub skewness: f64,
    /// Excess kurtosis of a sample.
    pub kurtosis: f64,
    /// Whether one of the two is within its limit.
    pub passed: bool,
}

/// What was done to one value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Point {
    /// Nothing, other than the transformation of the whole indicator.
    #[default]
    Untouched,
    /// Lowered to the next smaller value.
    WinsorisedHigh,
    /// Raised to the next larger value.
    WinsorisedLow,
}

/// A treated indicator, with the log of what was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Treated {
    /// The values after the treatment.
    pub values: Vec<Option<f64>>,
    /// The check before, after winsorising, and after the transformation, as far as they were made. Empty when nothing
    /// varies or there are fewer than 4 values: skewness and kurtosis are undefined then, and nothing is done.
    pub checks: Vec<Check>,
    /// Number of points winsorised; ties of the last step count.
    pub winsorised: usize,
    /// What was done to each value; all untouched when the winsorised values were given up for a transformation.
    pub points: Vec<Point>,
    /// The transformation applied.
    pub transformation: Option<Transformation>,
}

impl Treated {
    /// Whether the last check passed; an indicator that could not be checked did not.
    pub fn passed(&self) -> bool {
        self.checks.last().is_some_and(|check| check.passed)
    }
}

fn check(values: &[Option<f64>], limits: &Treatment) -> Option<Check> {
    let there = present(values);
    let (skewness, kurtosis) = (skewness(&there)?, kurtosis(&there)?);
    let passed = skewness.abs() < limits.skewness || kurtosis < limits.kurtosis;
    Some(Check { skewness, kurtosis, passed })
}

/// Treats the outliers of one indicator. O(n) a winsorised point.
///
/// While the check fails, the highest values (the lowest, when the skewness is negative) are set to the next lower
/// (higher) one; tied ones together. So up to the limit, which the last step may pass by the ties. An indicator that
/// would become constant is left as it was: its last check failed then.
///
/// Source: COINr (`Treat`, `qTreat`, `winsorise`, `log_CT`, `boxcox`); Nardo et al. 2008, step 4. COINr 1.1.14 returns the
/// values unchanged from `log_GII`; here its formula is applied.
///
/// # Errors
/// When a value is not finite, a limit is not a number, or the transformation is not defined for the values.
pub fn treat(values: &[Option<f64>], by: &Treatment) -> Result<Treated, Error> {
    crate::error::finite("the indicator", &present(values))?;
    crate::error::finite("the limits of skewness and kurtosis", &[by.skewness, by.kurtosis])?;
    let mut treated = Treated {
        values: values.to_vec(),
        checks: Vec::new(),
        winsorised: 0,
        points: vec![Point::Untouched; values.len()],
        transformation: None,
    };
    let Some(first) = check(values, by) else { return Ok(treated) };
    treated.checks.push(first);
    if first.passed {
        return Ok(treated);
    }
    if !winsorise(&mut treated, by, first) {
        treated.values = values.to_vec();
        treated.winsorised = 0;
        return Ok(treated);
    }
    let Some(transformation) = by.transform.filter(|_| !treated.passed()) else { return Ok(treated) };
    if !by.combine {
        treated.values = values.to_vec();
        treated.points.fill(Point::Untouched);
    }
    transform(&mut treated.values, transformation)?;
    treated.transformation = Some(transformation);
    treated.checks.extend(check(&treated.values, by));
    Ok(treated)
}

/// Winsorises until the check passes or the limit is reached; false when nothing would vary any more.
fn winsorise(treated: &mut Treated, by: &Treatment, first: Check) -> bool {
    let (mut high, mut low): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut now = first;
    while !now.passed && by.winsorise.is_none_or(|most| treated.winsorised < most as usize) {
        let upper = now.skewness >= 0.0;
        let (least, most) = range(treated.values.iter().filter_map(|&value| value));
        let extreme = if upper { most } else { least };
        let others = treated.values.iter().filter_map(|&value| value).filter(|&value| value != extreme);
        let (next_low, next_high) = range(others);
        let next = if upper { next_high } else { next_low };
        let ends = if upper { &mut high } else { &mut low };
        ends.clear();
        for (at, value) in treated.values.iter_mut().enumerate() {
            if *value == Some(extreme) {
                *value = Some(next);
                ends.push(at);
            }
        }
        treated.winsorised = high.len() + low.len();
        let Some(check) = check(&treated.values, by) else { return false };
        now = check;
    }
    high.iter().for_each(|&at| treated.points[at] = Point::WinsorisedHigh);
    low.iter().for_each(|&at| treated.points[at] = Point::WinsorisedLow);
    if by.winsorise != Some(0) {
        treated.checks.push(now);
    }
    true
}

/// Applies a transformation to all values.
fn transform(values: &mut [Option<f64>], by: Transformation) -> Result<(), Error> {
    let (least, most) = range(values.iter().filter_map(|&value| value));
    let margin = 0.01 * (most - least);
    let skewed_low = skewness(&present(values)).is_some_and(|skewness| skewness <= 0.0);
    let wrong = |message: String| Err(Error::Parameter { parameter: "treat", message });
    match by {
        Transformation::LogGii if most <= 1.0 => {
            return wrong(format!("log_gii needs a maximum above 1, not {most}: below, it turns the indicator around"));
        }
        Transformation::BoxCox { lambda } if !lambda.is_finite() => {
            return wrong("lambda has to be a finite number".to_owned());
        }
        _ => {}
    }
    let one = |x: f64| match by {
        Transformation::LogCtPlus if skewed_low => -(most + margin - x).ln(),
        Transformation::LogCt | Transformation::LogCtPlus => (x - least + margin).ln(),
        Transformation::LogCtOriginal => (x - least + 1.0).ln(),
        Transformation::LogGii => ((most - 1.0) * (x - least) / (most - least) + 1.0).ln(),
        Transformation::BoxCox { lambda: 0.0 } => (x - least + 1.0).ln(),
        Transformation::BoxCox { lambda } => ((x - least + 1.0).powf(lambda) - 1.0) / lambda,
    };
    for (at, value) in values.iter_mut().enumerate() {
        *value = value.map(one);
        if value.is_some_and(|value| !value.is_finite()) {
            return Err(Error::NotFinite { what: "the transformed indicator", at });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().map(|&value| Some(value)).collect()
    }

    #[test]
    fn leaves_alone_what_is_fine_or_cannot_be_checked() {
        for values in [vec![1.0, 2.0, 3.0, 4.0, 5.0], vec![7.0; 6], vec![1.0, 100.0]] {
            let found = treat(&some(&values), &Treatment::default()).expect("values");
            assert_eq!((found.values, found.winsorised), (some(&values), 0));
        }
    }

    #[test]
    fn winsorises_one_point_and_says_so() {
        let mut values: Vec<f64> = (1..=12).map(f64::from).collect();
        values.push(100.0);
        let found = treat(&some(&values), &Treatment::default()).expect("values");
        assert_eq!((found.winsorised, found.values[12], found.points[12]), (1, Some(12.0), Point::WinsorisedHigh));
        assert!(found.passed() && found.checks.len() == 2 && found.transformation.is_none());
        let turned: Vec<f64> = values.iter().map(|value| -value).collect();
        let found = treat(&some(&turned), &Treatment::default()).expect("values");
        assert_eq!((found.values[12], found.points[12]), (Some(-12.0), Point::WinsorisedLow));
    }

    #[test]
    fn transforms_the_original_when_winsorising_is_not_enough() {
        let values: Vec<f64> = (0..30).map(|n| f64::from(n).mul_add(0.5, 0.0).exp()).collect();
        let by = Treatment { winsorise: Some(1), ..Treatment::default() };
        let found = treat(&some(&values), &by).expect("values");
        assert_eq!(found.transformation, Some(Transformation::LogCt));
        assert!(found.checks.len() == 3 && found.points.iter().all(|&point| point == Point::Untouched));
        let wanted = (0.01 * (values[29] - values[0])).ln();
        assert!((found.values[0].expect("a value") - wanted).abs() < 1e-12);
        let combined = treat(&some(&values), &Treatment { combine: true, ..by }).expect("values");
        assert_eq!(combined.points[29], Point::WinsorisedHigh);
        assert_eq!(combined.values[29], combined.values[28]);
    }

    #[test]
    fn every_transformation_keeps_the_order() {
        let values: Vec<f64> = (0..20).map(|n| f64::from(n * n * n) + 2.0).collect();
        let all = [
            Transformation::LogCt,
            Transformation::LogCtPlus,
            Transformation::LogCtOriginal,
            Transformation::LogGii,
            Transformation::BoxCox { lambda: 0.0 },
            Transformation::BoxCox { lambda: 0.5 },
        ];
        for by in all {
            for sign in [1.0, -1.0] {
                let mut changed = some(&values.iter().map(|value| 9e3 + sign * value).collect::<Vec<_>>());
                transform(&mut changed, by).expect("values");
                let mut there = present(&changed);
                if sign < 0.0 {
                    there.reverse();
                }
                assert!(there.is_sorted_by(|a, b| a < b), "{by:?} {there:?}");
            }
        }
        assert!(transform(&mut some(&[0.1, 0.2]), Transformation::LogGii).is_err());
    }

    #[test]
    fn never_flattens_an_indicator() {
        let mut values = vec![0.0; 30];
        values[29] = 1.0;
        for winsorise in [None, Some(5)] {
            let found = treat(&some(&values), &Treatment { winsorise, ..Treatment::default() }).expect("values");
            assert_eq!((found.values.clone(), found.winsorised), (some(&values), 0));
            assert!(!found.passed());
        }
    }
}
