//! Leaving out units with too few values, or too many zeros.

use crate::Error;
use serde::{Deserialize, Serialize};

/// Which units stay.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Screening {
    /// Least share of the indicators that have a value; none: no matter.
    pub available: Option<f64>,
    /// Least share of the values that are not zero; none: no matter.
    pub non_zero: Option<f64>,
    /// Whether the units are screened before missing values are filled in.
    pub before_imputation: bool,
}

impl Default for Screening {
    /// Two thirds of the indicators, before anything is filled in.
    fn default() -> Self {
        Screening { available: Some(2.0 / 3.0), non_zero: None, before_imputation: true }
    }
}

/// The availability of one unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Availability {
    /// Share of the indicators that have a value.
    pub available: f64,
    /// Share of the values that are not zero; none without values.
    pub non_zero: Option<f64>,
    /// Whether the unit stays.
    pub stays: bool,
}

/// Screens the units of a table of indicators (one list for each). O(units x indicators).
///
/// Source: COINr (`Screen`).
///
/// # Errors
/// When a threshold is not between 0 and 1, or lists differ in length.
pub fn screen(columns: &[Vec<Option<f64>>], by: Screening) -> Result<Vec<Availability>, Error> {
    for threshold in [by.available, by.non_zero].into_iter().flatten() {
        if !(0.0..=1.0).contains(&threshold) {
            let message = format!("a share is between 0 and 1, not {threshold}");
            return Err(Error::Parameter { parameter: "screen", message });
        }
    }
    let units = columns.first().map_or(0, Vec::len);
    columns.iter().try_for_each(|column| crate::error::length("an indicator", units, column.len()))?;
    let of_unit = |unit: usize| {
        let values = columns.iter().filter_map(|column| column[unit]);
        let (there, zeros) = values.fold((0_u32, 0_u32), |(n, zeros), value| (n + 1, zeros + u32::from(value == 0.0)));
        let available = f64::from(there) / columns.len() as f64;
        let non_zero = (there > 0).then(|| 1.0 - f64::from(zeros) / f64::from(there));
        let enough = by.available.is_none_or(|least| available >= least);
        let not_zero = by.non_zero.is_none_or(|least| non_zero.is_some_and(|share| share >= least));
        Availability { available, non_zero, stays: enough && not_zero }
    };
    Ok((0..units).map(of_unit).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_out_by_values_and_by_zeros() {
        let columns =
            [vec![Some(1.0), None, Some(0.0)], vec![Some(2.0), None, Some(0.0)], vec![Some(0.0), Some(3.0), Some(1.0)]];
        let stays = |available, non_zero| {
            let by = Screening { available, non_zero, before_imputation: true };
            screen(&columns, by).expect("shares").iter().map(|unit| unit.stays).collect::<Vec<_>>()
        };
        assert_eq!(stays(Some(0.5), None), [true, false, true]);
        assert_eq!(stays(None, Some(0.5)), [true, true, false]);
        assert_eq!(stays(Some(0.5), Some(0.5)), [true, false, false]);
        assert_eq!(stays(None, None), [true; 3]);
        let wrong = Screening { available: Some(1.5), ..Screening::default() };
        assert!(screen(&columns, wrong).is_err());
        assert_eq!(screen(&[], Screening::default()), Ok(Vec::new()));
    }
}
