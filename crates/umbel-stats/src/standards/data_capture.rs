//! Whether there are enough days for the mean of a year.
//!
//! Source: GB 3095-2012, table 4 (validity of data); HJ 663-2013, Technical regulation for ambient air
//! quality assessment (on trial), annex A (percentiles).

use super::pollutant::Pollutant;
use crate::Error;
use serde::Serialize;
use std::fmt;
use umbel_core::Date;

/// How many means of days a mean of a year needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CaptureRule {
    /// In the year.
    pub year: u32,
    /// In each month.
    pub month: u32,
    /// In February.
    pub february: u32,
}

impl CaptureRule {
    /// The rule of GB 3095-2012 for a pollutant.
    pub fn of(pollutant: Pollutant) -> CaptureRule {
        match pollutant {
            Pollutant::Tsp | Pollutant::Pb | Pollutant::Bap => CaptureRule { year: 60, month: 5, february: 5 },
            _ => CaptureRule { year: 324, month: 27, february: 25 },
        }
    }

    /// Days needed in a month, 1 to 12.
    pub fn in_month(&self, month: u8) -> u32 {
        if month == 2 { self.february } else { self.month }
    }
}

/// Where days are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "in")]
pub enum Shortfall {
    /// In the year.
    Year {
        /// Days there are.
        found: u32,
        /// Days needed.
        needed: u32,
    },
    /// In a month.
    Month {
        /// The month, 1 to 12.
        month: u8,
        /// Days there are.
        found: u32,
        /// Days needed.
        needed: u32,
    },
}

impl fmt::Display for Shortfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shortfall::Year { found, needed } => write!(f, "{found} days in the year, {needed} needed"),
            Shortfall::Month { month, found, needed } => write!(f, "{found} days in month {month}, {needed} needed"),
        }
    }
}

/// The mean of a year, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnnualMean {
    /// The mean; `None` when the rule is not kept.
    pub mean: Option<f64>,
    /// Where days are missing: empty when the rule is kept.
    pub shortfalls: Vec<Shortfall>,
    /// Number of days.
    pub days: u32,
    /// Days in each month.
    pub days_by_month: [u32; 12],
    /// The mean of the days there are, for looking only: it is not the mean of the year unless `mean` says so.
    pub mean_of_days: Option<f64>,
}

/// The mean of a year from means of its days. Linear.
///
/// # Errors
/// When the lists differ in length, a value is not finite, a day is of another year, or one is there twice.
pub fn annual_mean(rule: CaptureRule, year: i16, days: &[Date], values: &[f64]) -> Result<AnnualMean, Error> {
    crate::error::length("the values", days.len(), values.len())?;
    crate::error::finite("the values", values)?;
    let mut seen = [false; 367];
    let mut days_by_month = [0; 12];
    for day in days {
        let wrong = |message: String| Err(Error::Parameter { parameter: "days", message });
        if day.year() != year {
            return wrong(format!("{day} is not in {year}"));
        }
        if std::mem::replace(&mut seen[day.day_of_year() as usize], true) {
            return wrong(format!("{day} is there twice"));
        }
        days_by_month[day.month() as usize - 1] += 1;
    }
    let count = days.len() as u32;
    let mut shortfalls = Vec::new();
    if count < rule.year {
        shortfalls.push(Shortfall::Year { found: count, needed: rule.year });
    }
    for (month, &found) in (1..).zip(&days_by_month) {
        let needed = rule.in_month(month);
        if found < needed {
            shortfalls.push(Shortfall::Month { month, found, needed });
        }
    }
    let mean_of_days = (count > 0).then(|| mean(values));
    let mean = mean_of_days.filter(|_| shortfalls.is_empty());
    Ok(AnnualMean { mean, shortfalls, days: count, days_by_month, mean_of_days })
}

/// The mean, such that huge values do not overflow.
fn mean(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let sum: f64 = values.iter().sum();
    if sum.is_finite() { sum / count } else { values.iter().map(|value| value / count).sum() }
}

/// The percentile of HJ 663: straight lines between the values at the positions 1 + (n - 1) p, in ascending order. O(n
/// log n).
///
/// # Errors
/// When there is no value, one is not finite, or `share` is not between 0 and 1.
pub fn percentile(values: &[f64], share: f64) -> Result<f64, Error> {
    crate::error::at_least("a percentile", 1, "values", values.len())?;
    crate::error::finite("the values", values)?;
    if !(0.0..=1.0).contains(&share) {
        let message = format!("{share} is not between 0 and 1");
        return Err(Error::Parameter { parameter: "share", message });
    }
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let position = (sorted.len() - 1) as f64 * share;
    let low = sorted[position.floor() as usize];
    let high = sorted[position.ceil() as usize];
    Ok(low + (position - position.floor()) * (high - low))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn days_of(year: i16) -> Vec<Date> {
        let first = Date::constant(year, 1, 1);
        std::iter::successors(Some(first), |day| day.tomorrow().ok()).take_while(|day| day.year() == year).collect()
    }

    const RULE: CaptureRule = CaptureRule { year: 324, month: 27, february: 25 };

    #[test]
    fn a_full_year_has_a_mean() {
        assert_eq!(CaptureRule::of(Pollutant::Pm25), RULE);
        let days = days_of(2015);
        let values: Vec<f64> = (1..=365).map(f64::from).collect();
        let found = annual_mean(RULE, 2015, &days, &values).expect("a year");
        assert_eq!((found.mean, found.days), (Some(183.0), 365));
        assert!(found.shortfalls.is_empty());
    }

    #[test]
    fn a_thin_month_or_year_is_refused() {
        let all = days_of(2016);
        let without = |lost: &dyn Fn(&Date) -> bool| {
            let days: Vec<Date> = all.iter().copied().filter(|day| !lost(day)).collect();
            annual_mean(RULE, 2016, &days, &vec![1.0; days.len()]).expect("a year")
        };
        // 29 days of a leap year's February less 4 are enough, less 5 are not.
        assert_eq!(without(&|day| day.month() == 2 && day.day() > 25).mean, Some(1.0));
        let found = without(&|day| day.month() == 2 && day.day() > 24);
        assert_eq!(found.shortfalls, [Shortfall::Month { month: 2, found: 24, needed: 25 }]);
        assert_eq!((found.mean, found.mean_of_days), (None, Some(1.0)));
        // 27 or 25 days in every month are only 322.
        let found = without(&|day| day.day() > if day.month() == 2 { 25 } else { 27 });
        assert_eq!(found.shortfalls, [Shortfall::Year { found: 322, needed: 324 }]);
        assert_eq!(found.shortfalls[0].to_string(), "322 days in the year, 324 needed");
        let found = annual_mean(RULE, 2016, &[], &[]).expect("a year");
        assert_eq!((found.shortfalls.len(), found.mean_of_days), (13, None));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let day = Date::constant(2015, 6, 1);
        assert!(annual_mean(RULE, 2015, &[day], &[]).is_err());
        assert!(annual_mean(RULE, 2015, &[day], &[f64::NAN]).is_err());
        assert!(annual_mean(RULE, 2014, &[day], &[1.0]).is_err());
        assert!(annual_mean(RULE, 2015, &[day, day], &[1.0, 1.0]).is_err());
        assert!(percentile(&[], 0.5).is_err() && percentile(&[1.0], 1.5).is_err());
        assert!(percentile(&[f64::INFINITY], 0.5).is_err() && percentile(&[1.0], f64::NAN).is_err());
    }

    #[test]
    fn percentiles_lie_between_their_neighbours() {
        let values: Vec<f64> = (1..=365).rev().map(f64::from).collect();
        // Position 1 + 364 * 0.9 = 328.6.
        assert!((percentile(&values, 0.9).expect("a percentile") - 328.6).abs() < 1e-9);
        assert_eq!(percentile(&[7.0], 0.98), Ok(7.0));
    }

    proptest! {
        #[test]
        fn a_percentile_is_among_its_values(values in prop::collection::vec(0.0..900.0_f64, 1..400), share in 0.0..1.0_f64) {
            let found = percentile(&values, share).expect("a percentile");
            let (low, high) = values.iter().fold((f64::MAX, 0.0_f64), |(low, high), &v| (low.min(v), high.max(v)));
            prop_assert!((low..=high).contains(&found));
            let doubled: Vec<f64> = values.iter().map(|value| 2.0 * value).collect();
            prop_assert_eq!(percentile(&doubled, share), Ok(2.0 * found));
        }
    }
}
