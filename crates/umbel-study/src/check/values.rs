//! V005: shares outside 0 to 100 per cent.

use super::context::Context;
use super::drafts::Drafts;
use rayon::prelude::*;
use umbel_core::{Unit, code};
use umbel_table::{Indicator, IndicatorKind, Origin};

/// All checks of this family.
pub fn check(context: &Context, drafts: &mut Drafts) {
    let shares: Vec<&Indicator> =
        context.region.indicators.iter().filter(|row| row.kind == IndicatorKind::Share).collect();
    let found: Vec<Vec<(Origin, f64, f64)>> = shares.par_iter().map(|share| outside(context, share)).collect();
    for (share, rows) in shares.iter().zip(found) {
        for (origin, value, whole) in rows {
            let message =
                format!("{value} {} of \"{}\" is outside 0 to {whole}", share.unit.text(), context.name(share.id));
            let fix = "correct the value or the unit; a figure that may pass 100% is a rate, not a share";
            drafts.cell(&code::V005, origin, "value", message, fix);
        }
    }
}

/// Rows whose value is outside 0 to the whole, and what the whole is in the unit of the indicator.
fn outside(context: &Context, share: &Indicator) -> Vec<(Origin, f64, f64)> {
    let Some(rows) = context.region.observations.rows(share.id) else { return Vec::new() };
    // A share stated per person or in money has no natural whole.
    let Some(whole) = Unit::one().convert(1.0, &share.unit) else { return Vec::new() };
    let slack = whole.abs() * 1e-9;
    (0..rows.len())
        .filter_map(|row| {
            let value = rows.value(row)?;
            (value < -slack || value > whole + slack).then_some((rows.origin[row], value, whole))
        })
        .collect()
}
