//! Filling in missing values, openly: what was filled in is returned with it.

use super::moments::{mean, median_sorted, present};
use crate::Error;
use serde::{Deserialize, Serialize};

/// How missing values are filled in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Imputation {
    /// They stay missing; an aggregate is made of what is there.
    #[default]
    None,
    /// The mean of the indicator.
    Mean,
    /// The median of the indicator.
    Median,
    /// The mean of the units of the same group.
    GroupMean,
    /// The median of the units of the same group.
    GroupMedian,
    /// The last earlier value of the same unit.
    LastValue,
}

/// The rows of a table of units: which group, unit and period each belongs to. Empty lists: all the same, or each its
/// own unit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rows<'a> {
    /// Group of each row; a row without one is not filled in by its group.
    pub groups: &'a [Option<u32>],
    /// Unit of each row.
    pub units: &'a [u32],
    /// Period of each row, in order of time.
    pub periods: &'a [u32],
}

/// Fills in one indicator. A group without any value stays missing. O(n log n).
///
/// Source: Nardo et al., Handbook on Constructing Composite Indicators, OECD/JRC 2008, step 3; COINr (`i_mean`,
/// `i_median`, `i_mean_grp`, `i_median_grp`, `impute_panel`).
///
/// # Errors
/// When the lists of rows do not fit, a value is not finite, or the indicator has no value at all and should be filled in.
pub fn impute(values: &[Option<f64>], rows: Rows<'_>, by: Imputation) -> Result<Vec<Option<f64>>, Error> {
    let there = present(values);
    crate::error::finite("the indicator", &there)?;
    if by == Imputation::None || there.len() == values.len() {
        return Ok(values.to_vec());
    }
    crate::error::at_least("filling in an indicator", 1, "values", there.len())?;
    let one_group: Vec<Option<u32>>;
    let groups = match by {
        Imputation::Mean | Imputation::Median => {
            one_group = vec![Some(0); values.len()];
            one_group.as_slice()
        }
        Imputation::GroupMean | Imputation::GroupMedian => {
            crate::error::length("the groups", values.len(), rows.groups.len())?;
            rows.groups
        }
        Imputation::LastValue => return last_value(values, rows),
        Imputation::None => return Ok(values.to_vec()),
    };
    let middle = |members: &mut Vec<f64>| match by {
        Imputation::Median | Imputation::GroupMedian => {
            members.sort_by(f64::total_cmp);
            median_sorted(members)
        }
        _ => mean(members),
    };
    let mut of_group: std::collections::BTreeMap<u32, Vec<f64>> = std::collections::BTreeMap::new();
    for (value, group) in values.iter().zip(groups) {
        if let (Some(value), Some(group)) = (value, group) {
            of_group.entry(*group).or_default().push(*value);
        }
    }
    let fills: std::collections::BTreeMap<u32, f64> =
        of_group.into_iter().map(|(group, mut members)| (group, middle(&mut members))).collect();
    let fill = |group: &Option<u32>| group.and_then(|group| fills.get(&group).copied());
    Ok(values.iter().zip(groups).map(|(value, group)| value.or_else(|| fill(group))).collect())
}

fn last_value(values: &[Option<f64>], rows: Rows<'_>) -> Result<Vec<Option<f64>>, Error> {
    crate::error::length("the units", values.len(), rows.units.len())?;
    crate::error::length("the periods", values.len(), rows.periods.len())?;
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by_key(|&at| (rows.units[at], rows.periods[at]));
    let mut filled = values.to_vec();
    let mut last: Option<(u32, f64)> = None;
    for at in order {
        let unit = rows.units[at];
        match values[at] {
            Some(value) => last = Some((unit, value)),
            None => filled[at] = last.filter(|last| last.0 == unit).map(|last| last.1),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: [Option<f64>; 6] = [Some(1.0), None, Some(3.0), Some(10.0), Some(20.0), None];

    #[test]
    fn fills_in_by_all_or_by_group() {
        let groups = [Some(0), Some(0), Some(0), Some(1), Some(1), Some(1)];
        let rows = Rows { groups: &groups, ..Rows::default() };
        let filled = |by| {
            let found = impute(&VALUES, rows, by).expect("values");
            (found[1], found[5])
        };
        assert_eq!(filled(Imputation::None), (None, None));
        assert_eq!(filled(Imputation::Mean), (Some(8.5), Some(8.5)));
        assert_eq!(filled(Imputation::Median), (Some(6.5), Some(6.5)));
        assert_eq!(filled(Imputation::GroupMean), (Some(2.0), Some(15.0)));
        assert_eq!(filled(Imputation::GroupMedian), (Some(2.0), Some(15.0)));
    }

    #[test]
    fn a_group_without_values_and_a_row_without_group_stay_missing() {
        let groups = [Some(0), None, Some(0), Some(0), Some(0), Some(7)];
        let found = impute(&VALUES, Rows { groups: &groups, ..Rows::default() }, Imputation::GroupMean);
        assert_eq!(found, Ok(VALUES.to_vec()));
    }

    #[test]
    fn takes_the_last_earlier_value_of_the_same_unit() {
        let rows = Rows { groups: &[], units: &[5, 5, 5, 2, 2, 2], periods: &[3, 1, 2, 1, 2, 3] };
        let found = impute(&VALUES, rows, Imputation::LastValue).expect("values");
        assert_eq!(found, [Some(1.0), None, Some(3.0), Some(10.0), Some(20.0), Some(20.0)]);
    }

    #[test]
    fn nothing_can_be_made_of_nothing() {
        assert!(impute(&[None, None], Rows::default(), Imputation::Mean).is_err());
        assert!(impute(&VALUES, Rows::default(), Imputation::GroupMean).is_err());
        assert!(impute(&[Some(f64::NAN)], Rows::default(), Imputation::Mean).is_err());
    }
}
