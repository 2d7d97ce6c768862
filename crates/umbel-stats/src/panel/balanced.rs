//! Panels in which every unit is there once in every period.

use crate::panel::groups::Groups;
use crate::{Error, error};

/// The part of a panel that is balanced: the units that are there in every period.
#[derive(Clone, Debug, PartialEq)]
pub struct Balanced {
    /// Periods, ascending.
    pub periods: Vec<i64>,
    /// Numbers of the units that are there in every period, ascending.
    pub units: Vec<u32>,
    /// Row of each unit and period, unit after unit.
    pub rows: Vec<u32>,
    /// Units left out since they miss a period.
    pub left_out: usize,
}

impl Balanced {
    /// Of rows with their unit and period. O(n log n).
    ///
    /// # Errors
    /// Two rows of a unit in a period; no unit in every period.
    pub fn of(unit: &Groups, period: &[i64]) -> Result<Balanced, Error> {
        error::length("the periods", unit.len(), period.len())?;
        error::at_least("a panel", 1, "rows", unit.len())?;
        let mut periods = period.to_vec();
        periods.sort_unstable();
        periods.dedup();
        let number = |period: i64| periods.partition_point(|other| *other < period);
        let (starts, order) = unit.rows();
        let (mut units, mut rows, mut left_out) = (Vec::new(), Vec::new(), 0);
        let mut row = vec![u32::MAX; periods.len()];
        for (group, pair) in starts.windows(2).enumerate() {
            row.fill(u32::MAX);
            for &at in &order[pair[0]..pair[1]] {
                let slot = &mut row[number(period[at as usize])];
                if *slot != u32::MAX {
                    let message = format!("rows {slot} and {at} are of the same unit and period");
                    return Err(Error::Parameter { parameter: "time", message });
                }
                *slot = at;
            }
            if row.contains(&u32::MAX) {
                left_out += 1;
            } else {
                units.push(group as u32);
                rows.extend_from_slice(&row);
            }
        }
        error::at_least("a balanced panel", 1, "units that are there in every period", units.len())?;
        Ok(Balanced { periods, units, rows, left_out })
    }

    /// Values of rows, unit after unit.
    pub fn take(&self, values: &[f64]) -> Vec<f64> {
        self.rows.iter().map(|&row| values[row as usize]).collect()
    }

    /// The first treated period of each unit, from that of each row.
    ///
    /// # Errors
    /// When it differs between rows of a unit.
    pub fn first_treated(&self, rows: &[Option<i64>]) -> Result<Vec<Option<i64>>, Error> {
        let one = |of: &[u32]| {
            let first = rows[of[0] as usize];
            match of.iter().find(|&&row| rows[row as usize] != first) {
                None => Ok(first),
                Some(row) => Err(Error::Parameter {
                    parameter: "first_treated",
                    message: format!(
                        "rows {} and {row} are of one unit and begin treatment in different periods",
                        of[0]
                    ),
                }),
            }
        };
        self.rows.chunks(self.periods.len()).map(one).collect()
    }
}

/// The first period in which each row's unit is treated, from a mark of treated rows; `None` for units never treated.
///
/// # Errors
/// When a unit is treated and later is not.
pub fn first_treated(unit: &Groups, period: &[i64], treated: &[bool]) -> Result<Vec<Option<i64>>, Error> {
    error::length("the periods", unit.len(), period.len())?;
    error::length("the marks of treatment", unit.len(), treated.len())?;
    let mut first: Vec<Option<i64>> = vec![None; unit.count()];
    for ((&code, &period), &treated) in unit.codes().iter().zip(period).zip(treated) {
        let slot = &mut first[code as usize];
        if treated && slot.is_none_or(|first| period < first) {
            *slot = Some(period);
        }
    }
    for (row, ((&code, &period), &treated)) in unit.codes().iter().zip(period).zip(treated).enumerate() {
        if !treated && first[code as usize].is_some_and(|first| period > first) {
            let message = format!("the unit of row {row} is treated before period {period} and not in it");
            return Err(Error::Parameter { parameter: "treated", message });
        }
    }
    Ok(unit.codes().iter().map(|&code| first[code as usize]).collect())
}
