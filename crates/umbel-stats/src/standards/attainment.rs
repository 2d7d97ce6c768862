//! Concentrations against limits: the share of days that keep a limit, and a year against its limits.
//!
//! Source: HJ 663-2013, Technical regulation for ambient air quality assessment (on trial), section 5: a
//! pollutant attains in a year when its mean and its percentile of days both keep their limits.

use super::air_limits::AirLimits;
use super::data_capture::percentile;
use super::pollutant::{Averaging, Item, Pollutant};
use crate::Error;
use serde::Serialize;

/// How often a limit is kept.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Exceedance {
    /// The limit, in the unit of the values.
    pub limit: f64,
    /// Number of values.
    pub count: usize,
    /// Values above the limit; one that equals it keeps it.
    pub above: usize,
    /// Share of the values that keep it, 0 to 1.
    pub share_attaining: f64,
    /// The largest value over the limit.
    pub largest_over_limit: f64,
}

/// How often values keep a limit. Linear.
///
/// # Errors
/// When there is no value, one is negative or not finite, or the limit is not above 0.
pub fn exceedance(limit: f64, values: &[f64]) -> Result<Exceedance, Error> {
    crate::error::at_least("a share of days", 1, "values", values.len())?;
    crate::error::finite("the values", values)?;
    if let Some(at) = values.iter().position(|&value| value < 0.0) {
        let value = values[at];
        return Err(Error::Domain { what: "the values", at, value, needed: "it must not be negative" });
    }
    if !(limit > 0.0 && limit.is_finite()) {
        return Err(Error::Parameter { parameter: "limit", message: format!("{limit} is not above 0") });
    }
    let above = values.iter().filter(|&&value| value > limit).count();
    let count = values.len();
    let largest = values.iter().copied().fold(0.0, f64::max);
    Ok(Exceedance {
        limit,
        count,
        above,
        share_attaining: (count - above) as f64 / count as f64,
        largest_over_limit: largest / limit,
    })
}

/// A figure against a limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The figure.
    pub value: f64,
    /// The limit.
    pub limit: f64,
    /// The figure over the limit.
    pub ratio: f64,
    /// Whether the figure is at most the limit.
    pub attains: bool,
}

impl Comparison {
    /// Compares a figure with a limit above 0.
    pub fn of(value: f64, limit: f64) -> Comparison {
        Comparison { value, limit, ratio: value / limit, attains: value <= limit }
    }
}

/// A pollutant over a year against its limits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attainment {
    /// The mean of the year against the limit of the year; `None` where the standard has no such limit.
    pub annual: Option<Comparison>,
    /// The percentile of the days against the limit of a day; `None` where the standard has no such limit.
    pub daily: Option<Comparison>,
    /// Which percentile that is, as a share.
    pub percentile: Option<f64>,
    /// Whether all there are keep their limits.
    pub attains: bool,
}

/// The percentile of days that a year is judged by, and their averaging time (HJ 663-2013, section 5).
pub fn yearly_percentile(pollutant: Pollutant) -> Option<(f64, Averaging)> {
    match pollutant {
        Pollutant::So2 | Pollutant::No2 | Pollutant::Nox => Some((0.98, Averaging::Day)),
        Pollutant::Pm10 | Pollutant::Pm25 | Pollutant::Co | Pollutant::Tsp => Some((0.95, Averaging::Day)),
        Pollutant::O3 => Some((0.90, Averaging::EightHours)),
        Pollutant::Pb | Pollutant::Bap => None,
    }
}

/// Judges a year by the means of its days (ozone: the largest mean of eight hours of each). O(n log n).
///
/// `mean` is the mean of the year, as far as the year has enough days for one.
///
/// # Errors
/// When the standard holds neither limit, there is no value, or one is not finite.
pub fn year(
    limits: &AirLimits,
    level: &str,
    pollutant: Pollutant,
    mean: Option<f64>,
    days: &[f64],
) -> Result<Attainment, Error> {
    let of_year = limits.limit(Item::new(pollutant, Averaging::Year), level);
    let by = yearly_percentile(pollutant);
    let of_day = by.map(|(_, averaging)| limits.limit(Item::new(pollutant, averaging), level)).transpose();
    let (of_year, of_day) = match (of_year, of_day) {
        (Err(error), Err(_) | Ok(None)) => return Err(error),
        (of_year, of_day) => (of_year.ok(), of_day.ok().flatten()),
    };
    let annual = of_year.zip(mean).map(|(limit, mean)| Comparison::of(mean, limit));
    let share = by.filter(|_| of_day.is_some()).map(|(share, _)| share);
    let daily = match (of_day, share) {
        (Some(limit), Some(share)) => Some(Comparison::of(percentile(days, share)?, limit)),
        _ => None,
    };
    if annual.is_none() && daily.is_none() {
        return Err(Error::TooFew { what: "the mean of a year", needed: 1, unit: "valid years", found: 0 });
    }
    let attains = annual.iter().chain(&daily).all(|one| one.attains);
    Ok(Attainment { annual, daily, percentile: share, attains })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standards::air_limits::named;
    use proptest::prelude::*;

    #[test]
    fn a_value_at_the_limit_keeps_it() {
        let found = exceedance(75.0, &[74.0, 75.0, 75.1, 150.0]).expect("a share");
        assert_eq!((found.above, found.share_attaining, found.largest_over_limit), (2, 0.5, 2.0));
        assert!(exceedance(75.0, &[]).is_err() && exceedance(0.0, &[1.0]).is_err());
        assert!(exceedance(75.0, &[-1.0]).is_err() && exceedance(75.0, &[f64::NAN]).is_err());
    }

    #[test]
    fn a_year_is_judged_twice() {
        let limits = named("gb_3095_2012").expect("an edition");
        // A mean below the limit, but more than one day in twenty above 75.
        let mut days = vec![20.0; 340];
        days.extend([90.0; 25]);
        let found = year(limits, "II", Pollutant::Pm25, Some(24.8), &days).expect("a year");
        assert!(found.annual.is_some_and(|one| one.attains) && !found.attains);
        assert_eq!(found.daily.map(|one| one.value), Some(90.0));
        let found = year(limits, "II", Pollutant::O3, None, &days).expect("a year");
        assert_eq!((found.annual, found.percentile, found.attains), (None, Some(0.9), true));
        // PM10 of the new standard is not held: nothing is said.
        assert!(year(named("gb_3095_2026").expect("an edition"), "II", Pollutant::Pm10, Some(1.0), &days).is_err());
        assert!(year(limits, "II", Pollutant::Pb, None, &days).is_err());
    }

    proptest! {
        #[test]
        fn a_stricter_limit_is_kept_less_often(
            values in prop::collection::vec(0.0..300.0_f64, 1..400), limit in 1.0..300.0_f64, less in 0.0..1.0_f64
        ) {
            let loose = exceedance(limit, &values).expect("a share");
            let strict = exceedance(limit * (1.0 - less).max(0.01), &values).expect("a share");
            prop_assert!(strict.share_attaining <= loose.share_attaining);
            let twice: Vec<f64> = values.iter().map(|value| 2.0 * value).collect();
            prop_assert_eq!(exceedance(2.0 * limit, &twice).expect("a share").above, loose.above);
        }
    }
}
