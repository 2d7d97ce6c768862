//! U004: flows of one kind stated in units that cannot be added.

use super::context::Context;
use super::drafts::Drafts;
use rustc_hash::FxHashMap;
use umbel_core::{Symbol, Unit, code};
use umbel_table::Flow;

/// All checks of this family: the rows whose unit has another dimension than most rows of their kind.
pub fn check(context: &Context, drafts: &mut Drafts) {
    let mut kinds: FxHashMap<Symbol, Vec<(&Unit, Vec<&Flow>)>> = FxHashMap::default();
    for flow in &context.region.flows {
        let groups = kinds.entry(flow.kind).or_default();
        match groups.iter_mut().find(|(unit, _)| unit.same_dimension(&flow.unit)) {
            Some((_, rows)) => rows.push(flow),
            None => groups.push((&flow.unit, vec![flow])),
        }
    }
    for (kind, groups) in kinds.iter().filter(|(_, groups)| groups.len() > 1) {
        let most = groups.iter().map(|(_, rows)| rows.len()).max().unwrap_or(0);
        let Some(usual) = groups.iter().position(|(_, rows)| rows.len() == most) else { continue };
        for (at, (_, rows)) in groups.iter().enumerate() {
            for flow in rows.iter().filter(|_| at != usual) {
                let message = format!(
                    "\"{}\" does not add up with \"{}\", the unit of other flows of kind \"{}\"",
                    flow.unit.text(),
                    groups[usual].0.text(),
                    context.name(*kind)
                );
                drafts.cell(&code::U004, flow.row, "unit", message, "use units of one dimension, or another kind");
            }
        }
    }
}
