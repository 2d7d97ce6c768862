//! Effects by time since treatment began.

use crate::linear::Estimate;
use crate::panel::fixed_effects::{Fit, JointTest, Regression, fixed_effects};
use crate::panel::groups::Groups;
use crate::{Error, error};
use serde::Serialize;

/// Which periods around treatment get a coefficient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The period that the others are compared with, counted from the first treated one: -1 is the last before.
    pub reference: i64,
    /// Periods so far before treatment or farther share one coefficient. `None`: each has its own.
    pub leads: Option<u32>,
    /// Periods so far after the first treated one or farther share one coefficient. `None`: each has its own.
    pub lags: Option<u32>,
}

impl Default for Window {
    fn default() -> Window {
        Window { reference: -1, leads: None, lags: None }
    }
}

/// The coefficient of one period around treatment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RelativePeriod {
    /// Periods since treatment began; negative before.
    pub relative: i64,
    /// The effect against the reference period; `None` where it cannot be told from the effects of units and periods.
    pub effect: Option<Estimate>,
    /// Rows of treated units in it.
    pub rows: usize,
}

/// An event study.
#[derive(Clone, Debug)]
pub struct EventStudy {
    /// By time since treatment, ascending; without the reference period.
    pub effects: Vec<RelativePeriod>,
    /// That all coefficients before treatment are zero; `None` where there are none, or they cannot be tested together.
    pub pre_trend: Option<JointTest>,
    /// That all coefficients from the first treated period on are zero.
    pub post: Option<JointTest>,
    /// Units never treated. Without any, one more coefficient before treatment cannot be told from a trend.
    pub never_treated: usize,
    /// The fit: a column for each of `effects`, then those of the regression.
    pub fit: Fit,
}

/// Two-way fixed effects with a dummy for each period around treatment. With staggered adoption and effects that differ
/// between groups these coefficients are mixtures: see [`crate::panel::callaway_santanna`]. O(n k^2) for k coefficients.
///
/// Source: Sun, Abraham, Estimating dynamic treatment effects in event studies with heterogeneous treatment effects,
/// Journal of Econometrics 225(2), 2021, equation 3.
///
/// # Errors
/// As [`fixed_effects`]; no treated unit; no row in the reference period; no period around treatment beside it.
pub fn event_study(
    regression: &Regression,
    unit: &Groups,
    period: &[i64],
    first_treated: &[Option<i64>],
    window: Window,
) -> Result<EventStudy, Error> {
    let rows = regression.response.len();
    error::length("the units", rows, unit.len())?;
    error::length("the periods", rows, period.len())?;
    error::length("the first treated periods", rows, first_treated.len())?;
    let relative = |row: usize| {
        let exact = period[row] - first_treated[row]?;
        let exact = window.leads.map_or(exact, |leads| exact.max(-i64::from(leads)));
        Some(window.lags.map_or(exact, |lags| exact.min(i64::from(lags))))
    };
    let all: Vec<Option<i64>> = (0..rows).map(relative).collect();
    let mut labels: Vec<i64> = all.iter().flatten().copied().collect();
    labels.sort_unstable();
    labels.dedup();
    if labels.is_empty() {
        let message = "no unit is ever treated".to_owned();
        return Err(Error::Parameter { parameter: "first_treated", message });
    }
    if !labels.contains(&window.reference) {
        let message = format!("no treated unit is observed {} periods from its treatment", window.reference);
        return Err(Error::Parameter { parameter: "reference", message });
    }
    labels.retain(|label| *label != window.reference);
    error::at_least("an event study", 1, "periods around treatment beside the reference", labels.len())?;
    let dummy = |label: &i64| -> Vec<f64> {
        all.iter().map(|relative| f64::from(u8::from(*relative == Some(*label)))).collect()
    };
    let dummies: Vec<Vec<f64>> = labels.iter().map(dummy).collect();
    let columns: Vec<&[f64]> =
        dummies.iter().map(Vec::as_slice).chain(regression.explained_by.iter().copied()).collect();
    let effects = [unit.clone(), Groups::sorted(period)];
    let fit = fixed_effects(&Regression { explained_by: &columns, ..*regression }, &effects)?;
    let mut treated = vec![false; unit.count()];
    for (&code, first) in unit.codes().iter().zip(first_treated) {
        treated[code as usize] |= first.is_some();
    }
    let counted = labels.iter().zip(&dummies).enumerate().map(|(at, (&relative, dummy))| RelativePeriod {
        relative,
        effect: fit.coefficients[at],
        rows: dummy.iter().filter(|value| **value > 0.0).count(),
    });
    let counted: Vec<RelativePeriod> = counted.collect();
    let test = |of: &dyn Fn(i64) -> bool| {
        let columns: Vec<usize> = (0..labels.len()).filter(|&at| of(labels[at])).collect();
        fit.joint(&columns).ok()
    };
    Ok(EventStudy {
        pre_trend: test(&|label| label < 0),
        post: test(&|label| label >= 0),
        effects: counted,
        never_treated: treated.iter().filter(|treated| !**treated).count(),
        fit,
    })
}
