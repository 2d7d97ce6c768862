//! Tests of difference-in-differences by pretending: treatment at another time, and of other units.

use crate::inference::{Alternative, Tails};
use crate::linear::{Basis, dot};
use crate::panel::demean::Demeaner;
use crate::panel::difference::two_way;
use crate::panel::fixed_effects::{Fit, Part, Regression, Weighting};
use crate::panel::groups::Groups;
use crate::{Error, error};
use rayon::prelude::*;
use umbel_core::random::Stream;

/// Difference-in-differences with two-way fixed effects as though treatment had begun so many periods earlier, on rows
/// before the true treatment alone: an effect here speaks against parallel trends. Periods are counted among those that
/// occur.
///
/// # Errors
/// As [`two_way`]; nothing is left to compare before treatment.
pub fn placebo_in_time(
    regression: &Regression,
    unit: &Groups,
    period: &[i64],
    first_treated: &[Option<i64>],
    earlier: u32,
) -> Result<Fit, Error> {
    let rows = regression.response.len();
    error::length("the units", rows, unit.len())?;
    error::length("the periods", rows, period.len())?;
    error::length("the first treated periods", rows, first_treated.len())?;
    if earlier == 0 {
        let message = "0 periods earlier is the treatment itself; give at least 1".to_owned();
        return Err(Error::Parameter { parameter: "placebo_periods", message });
    }
    let mut periods = period.to_vec();
    periods.sort_unstable();
    periods.dedup();
    let number = |period: i64| periods.partition_point(|other| *other < period);
    let kept: Vec<u32> = (0..rows as u32)
        .filter(|&row| first_treated[row as usize].is_none_or(|first| period[row as usize] < first))
        .collect();
    let pretended = |row: u32| {
        let Some(first) = first_treated[row as usize] else { return false };
        number(period[row as usize]) + earlier as usize >= number(first)
    };
    let treated: Vec<bool> = kept.iter().map(|&row| pretended(row)).collect();
    if !treated.contains(&true) {
        let message = "no treated unit is observed before its treatment".to_owned();
        return Err(Error::Parameter { parameter: "placebo_periods", message });
    }
    let part = Part::of(regression, &kept);
    let columns = part.columns();
    let period = Groups::sorted(&kept.iter().map(|&row| period[row as usize]).collect::<Vec<i64>>());
    two_way(&part.regression(&columns, regression), &treated, &unit.subset(&kept), &period)
}

/// The result of a permutation test of treatment.
#[derive(Clone, Debug, PartialEq)]
pub struct Randomisation {
    /// The coefficient of treatment.
    pub coefficient: f64,
    /// The same after each random assignment.
    pub permuted: Vec<f64>,
    /// How many are as great, and as small.
    pub tails: Tails,
    /// P by the alternative asked for.
    pub p_permutation: f64,
}

/// Randomisation inference: the beginnings of treatment are dealt to the units anew, as many of each as there are, and
/// the coefficient of two-way fixed effects is computed each time. Valid by itself where treatment was random among units,
/// whatever the distribution of the errors. Two-sided: how often the coefficient is as far from zero. O(n) a permutation
/// beside the demeaning.
///
/// Source: Fisher, The Design of Experiments, 1935, section 21; Young, Channeling Fisher, QJE 134(2), 2019.
///
/// # Errors
/// As [`two_way`]; fewer than 2 units of which one is treated; weights.
#[allow(clippy::too_many_arguments)]
pub fn randomisation(
    regression: &Regression,
    unit: &Groups,
    period: &[i64],
    first_treated: &[Option<i64>],
    permutations: u32,
    seed: u64,
    alternative: Alternative,
) -> Result<Randomisation, Error> {
    let rows = regression.response.len();
    regression_without_columns(regression)?;
    error::length("the units", rows, unit.len())?;
    error::length("the periods", rows, period.len())?;
    error::length("the first treated periods", rows, first_treated.len())?;
    if permutations == 0 {
        let message = "there must be at least 1".to_owned();
        return Err(Error::Parameter { parameter: "permutations", message });
    }
    let mut first: Vec<Option<i64>> = vec![None; unit.count()];
    for (&code, &of_row) in unit.codes().iter().zip(first_treated) {
        first[code as usize] = of_row;
    }
    let effects = [unit.clone(), Groups::sorted(period)];
    let demeaner = Demeaner::new(&effects, None);
    let all: Vec<&[f64]> = regression.explained_by.iter().copied().chain([regression.response]).collect();
    let mut demeaned = demeaner.demean(&all)?;
    let response = demeaned.pop().unwrap_or_default();
    // Other columns are taken out of the response and of treatment (Frisch, Waugh).
    let others = if demeaned.is_empty() { None } else { Basis::of(demeaned, None).ok() };
    let response = match &others {
        Some(basis) => basis.solve(&response)?.residuals,
        None => response,
    };
    let coefficient = |first: &[Option<i64>]| -> Result<Option<f64>, Error> {
        let treated = |row: usize| first[unit.codes()[row] as usize].is_some_and(|first| period[row] >= first);
        let column: Vec<f64> = (0..rows).map(|row| f64::from(u8::from(treated(row)))).collect();
        let mut within = demeaner.demean(&[&column])?.pop().unwrap_or_default();
        if let Some(basis) = &others {
            within = basis.solve(&within)?.residuals;
        }
        let squares = dot(&within, &within);
        Ok((squares > 1e-16 * dot(&column, &column)).then(|| dot(&within, &response) / squares))
    };
    let Some(observed) = coefficient(&first)? else {
        let why = "treatment does not vary within units and periods".to_owned();
        return Err(Error::Singular { what: "difference-in-differences", why });
    };
    let one = |permutation: u32| -> Result<Option<f64>, Error> {
        let mut first = first.clone();
        Stream::new(seed, u64::from(permutation)).shuffle(&mut first);
        coefficient(&first)
    };
    let permuted: Vec<Option<f64>> = (0..permutations).into_par_iter().map(one).collect::<Result<_, _>>()?;
    let permuted: Vec<f64> = permuted.into_iter().flatten().collect();
    // As far from zero counts as equal when only rounding tells them apart.
    let near = |value: f64| if (value - observed).abs() <= 1e-12 * observed.abs() { observed } else { value };
    let permuted: Vec<f64> = permuted.into_iter().map(near).collect();
    let tails = Tails::of(observed, &permuted);
    let p_permutation = match alternative {
        Alternative::TwoSided => {
            let far = permuted.iter().filter(|value| value.abs() >= observed.abs() * (1.0 - 1e-12)).count();
            (far as f64 + 1.0) / (permuted.len() as f64 + 1.0)
        }
        other => tails.p(other),
    };
    Ok(Randomisation { coefficient: observed, permuted, tails, p_permutation })
}

fn regression_without_columns(regression: &Regression) -> Result<(), Error> {
    if !matches!(regression.weights, Weighting::None) {
        let message = "permutations take no weights".to_owned();
        return Err(Error::Parameter { parameter: "weights", message });
    }
    error::finite("the response", regression.response)?;
    for column in regression.explained_by {
        error::length("a column that explains", regression.response.len(), column.len())?;
        error::finite("a column that explains", column)?;
    }
    Ok(())
}
