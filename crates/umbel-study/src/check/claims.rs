//! U002, U003, K001, K002: targets and claims that cannot be compared with their indicator.

use super::context::Context;
use super::drafts::Drafts;
use umbel_core::{Code, Comparator, Symbol, Unit, code};
use umbel_table::{Claim, Origin, Target};

/// All checks of this family.
pub fn check(context: &Context, drafts: &mut Drafts) {
    for row in &context.region.targets {
        unit(context, drafts, &code::U002, row.origin, row.indicator, row.unit.as_ref());
        target_cells(context, drafts, row);
    }
    for row in &context.region.claims {
        unit(context, drafts, &code::U003, row.origin, row.indicator, row.unit.as_ref());
        claim_cells(context, drafts, row);
    }
}

fn unit(
    context: &Context,
    drafts: &mut Drafts,
    code: &'static Code,
    origin: Origin,
    indicator: Symbol,
    stated: Option<&Unit>,
) {
    let (Some(stated), Some(held)) = (stated, context.unit(indicator)) else { return };
    if !stated.same_dimension(held) {
        let name = context.name(indicator);
        let message =
            format!("\"{}\" cannot be compared with \"{}\", the unit of \"{name}\"", stated.text(), held.text());
        let fix = format!("state it in a unit that converts to \"{}\", or name another indicator", held.text());
        drafts.cell(code, origin, "unit", message, fix);
    }
}

fn target_cells(context: &Context, drafts: &mut Drafts, row: &Target) {
    let mut missing: Vec<&'static str> = Vec::new();
    if row.direction == "within" {
        missing
            .extend([("low", row.low), ("high", row.high)].iter().filter(|cell| cell.1.is_none()).map(|cell| cell.0));
    } else if row.value.is_none() {
        missing.push("value");
    }
    if let Some(first) = missing.first() {
        let message = format!(
            "target \"{}\" is \"{}\" but has no {}",
            context.name(row.id),
            row.direction,
            missing.join(" and no ")
        );
        drafts.cell(&code::K002, row.origin, first, message, format!("fill {}", missing.join(" and ")));
    }
}

fn claim_cells(context: &Context, drafts: &mut Drafts, row: &Claim) {
    if !row.indicator.is_some() {
        return;
    }
    let between = row.comparator == Some(Comparator::Between);
    let cells = [
        ("place_id", row.place.is_some()),
        ("period", row.period.is_some()),
        ("comparator", row.comparator.is_some()),
        ("value", row.value.is_some()),
        ("high", !between || row.high.is_some()),
    ];
    let missing: Vec<&'static str> = cells.iter().filter(|cell| !cell.1).map(|cell| cell.0).collect();
    if let Some(first) = missing.first() {
        let message = format!(
            "claim \"{}\" names the indicator \"{}\" but no {}",
            context.name(row.id),
            context.name(row.indicator),
            missing.join(", no ")
        );
        let fix = format!("fill {}, or leave indicator_id empty when nothing measurable was said", missing.join(", "));
        drafts.cell(&code::K001, row.origin, first, message, fix);
    }
}
