//! What the coefficient of two-way fixed effects is made of when units begin treatment at different times.

use crate::panel::balanced::Balanced;
use crate::panel::groups::Groups;
use crate::{Error, error};
use serde::Serialize;

/// The kind of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// Treated against never treated units.
    NeverTreated,
    /// Units treated earlier against units that are treated later, before these are.
    LaterAsControl,
    /// Units treated later against units that are treated already: wrong where effects change with time.
    EarlierAsControl,
    /// Units treated later against units that are treated in all periods: wrong where effects change with time.
    AlwaysAsControl,
}

/// One of the two-by-two comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Part {
    /// First treated period of the units whose treatment begins.
    pub treated: i64,
    /// First treated period of the units that they are compared with; `None`: never.
    pub control: Option<i64>,
    /// Its kind.
    pub comparison: Comparison,
    /// Its weight; weights add up to 1.
    pub weight: f64,
    /// Its difference-in-differences.
    pub estimate: f64,
}

/// The decomposition.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GoodmanBacon {
    /// The coefficient of two-way fixed effects: the weighted sum of the parts.
    pub coefficient: f64,
    /// The comparisons.
    pub parts: Vec<Part>,
    /// Weight of comparisons with units that are treated already.
    pub weight_already_treated: f64,
    /// Weighted mean of the comparisons with units that are not (yet) treated; `None` where there are none.
    pub estimate_clean: Option<f64>,
    /// Units left out since they miss a period.
    pub left_out: usize,
}

/// The coefficient of two-way fixed effects without other columns as a weighted mean of all comparisons of two groups in
/// two spans. Units that miss a period are left out. O(n + g^2 t) for g groups and t periods.
///
/// Source: Goodman-Bacon, Difference-in-differences with variation in treatment timing, Journal of Econometrics 225(2),
/// 2021, theorem 1, equations 10a to 10g.
///
/// # Errors
/// No variation of treatment; values that are not finite; lists of different length.
pub fn goodman_bacon(
    response: &[f64],
    unit: &Groups,
    period: &[i64],
    first_treated: &[Option<i64>],
) -> Result<GoodmanBacon, Error> {
    error::length("the units", response.len(), unit.len())?;
    error::length("the first treated periods", response.len(), first_treated.len())?;
    error::finite("the response", response)?;
    let panel = Balanced::of(unit, period)?;
    let (periods, count) = (&panel.periods, panel.periods.len());
    let (start, end) = (periods[0], periods[count - 1]);
    // Never treated also means: after the last period; always: in the first or before it.
    let first = panel.first_treated(first_treated)?;
    let first: Vec<Option<i64>> =
        first.into_iter().map(|first| first.filter(|first| *first <= end).map(|first| first.max(start))).collect();
    let mut labels: Vec<Option<i64>> = first.clone();
    labels.sort_unstable_by_key(|label| label.unwrap_or(i64::MAX));
    labels.dedup();
    if labels.len() < 2 {
        let message =
            "all units begin treatment in the same period, or none does: there is nothing to compare".to_owned();
        return Err(Error::Parameter { parameter: "first_treated", message });
    }
    let values = panel.take(response);
    let units = first.len() as f64;
    let mut size = vec![0.0; labels.len()];
    let mut sums = vec![vec![0.0; count]; labels.len()];
    for (unit, label) in first.iter().enumerate() {
        let group = labels.iter().position(|other| other == label).unwrap_or(0);
        size[group] += 1.0;
        for (sum, value) in sums[group].iter_mut().zip(&values[unit * count..(unit + 1) * count]) {
            *sum += value;
        }
    }
    // Number of the first treated period of each group; the number of periods for never.
    let begin: Vec<usize> = labels
        .iter()
        .map(|label| label.map_or(count, |first| periods.partition_point(|period| *period < first)))
        .collect();
    let mean = |group: usize, span: std::ops::Range<usize>| {
        let length = span.len() as f64;
        sums[group][span].iter().sum::<f64>() / length / size[group]
    };
    let share = |group: usize| (count - begin[group]) as f64 / count as f64;
    let mut parts: Vec<Part> = Vec::new();
    for early in 0..labels.len() {
        for late in early + 1..labels.len() {
            let together = (size[early] + size[late]) / units;
            let part = size[early] / (size[early] + size[late]);
            let variance = part * (1.0 - part);
            let (early_share, late_share) = (share(early), share(late));
            let (one, two) = (begin[early], begin[late]);
            // The earlier group begins, the later one (or never treated) is its control.
            if let Some(treated) = labels[early].filter(|_| one > 0) {
                let change = |group: usize| mean(group, one..two) - mean(group, 0..one);
                let rest = 1.0 - late_share;
                let inner = (early_share - late_share) / rest * ((1.0 - early_share) / rest);
                parts.push(Part {
                    treated,
                    control: labels[late],
                    comparison: if labels[late].is_none() {
                        Comparison::NeverTreated
                    } else {
                        Comparison::LaterAsControl
                    },
                    weight: (together * rest).powi(2) * variance * inner,
                    estimate: change(early) - change(late),
                });
            }
            // The later group begins, the earlier one is treated already.
            if let (Some(treated), Some(control)) = (labels[late], labels[early]) {
                let change = |group: usize| mean(group, two..count) - mean(group, one..two);
                let inner = late_share / early_share * ((early_share - late_share) / early_share);
                parts.push(Part {
                    treated,
                    control: Some(control),
                    comparison: if one == 0 { Comparison::AlwaysAsControl } else { Comparison::EarlierAsControl },
                    weight: (together * early_share).powi(2) * variance * inner,
                    estimate: change(late) - change(early),
                });
            }
        }
    }
    let whole: f64 = parts.iter().map(|part| part.weight).sum();
    if parts.is_empty() || whole <= 0.0 {
        let message = "no unit begins treatment after the first period".to_owned();
        return Err(Error::Parameter { parameter: "first_treated", message });
    }
    parts.iter_mut().for_each(|part| part.weight /= whole);
    let clean = |part: &&Part| matches!(part.comparison, Comparison::NeverTreated | Comparison::LaterAsControl);
    let weight_clean: f64 = parts.iter().filter(clean).map(|part| part.weight).sum();
    let sum_clean: f64 = parts.iter().filter(clean).map(|part| part.weight * part.estimate).sum();
    Ok(GoodmanBacon {
        coefficient: parts.iter().map(|part| part.weight * part.estimate).sum(),
        weight_already_treated: 1.0 - weight_clean,
        estimate_clean: (weight_clean > 0.0).then(|| sum_clean / weight_clean),
        parts,
        left_out: panel.left_out,
    })
}
