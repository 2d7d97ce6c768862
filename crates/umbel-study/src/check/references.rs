//! R002 to R007: ids that no table defines, and classes and stages that are not on their scale.

use super::context::{Context, Register};
use super::drafts::Drafts;
use crate::suggest::nearest;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use umbel_core::{Symbol, code};
use umbel_table::{IndicatorKind, Origin, Rows};

/// All checks of this family.
pub fn check(context: &Context, drafts: &mut Drafts) {
    observations(context, drafts);
    small_tables(context, drafts);
    steps(context, drafts);
}

/// Observations: one finding for each unknown id in a file, at its first row, which says how many rows there are.
fn observations(context: &Context, drafts: &mut Drafts) {
    let all = &context.region.observations.by_indicator;
    let found: Vec<(Unknown, Unknown)> = all
        .par_iter()
        .map(|(_, rows)| (unknown(&context.places, &rows.place, rows), unknown(&context.sources, &rows.source, rows)))
        .collect();
    let (mut places, mut sources, mut indicators) = (Unknown::new(), Unknown::new(), Unknown::new());
    for (of_places, of_sources) in found {
        merge(&mut places, of_places);
        merge(&mut sources, of_sources);
    }
    for (indicator, rows) in all.iter().filter(|(indicator, _)| !context.indicators.has(*indicator)) {
        for origin in &rows.origin {
            note(&mut indicators, origin.file, *indicator, *origin);
        }
    }
    report(context, drafts, &context.places, "place_id", &places);
    report(context, drafts, &context.sources, "source_id", &sources);
    report(context, drafts, &context.indicators, "indicator_id", &indicators);
}

/// Unknown ids by file: the first row that has them and how many do.
type Unknown = BTreeMap<(u16, Symbol), (Origin, u64)>;

fn unknown(register: &Register, column: &[Symbol], rows: &Rows) -> Unknown {
    let mut found = Unknown::new();
    for (row, id) in column.iter().enumerate().filter(|(_, id)| !register.has(**id)) {
        let origin = rows.origin[row];
        note(&mut found, origin.file, *id, origin);
    }
    found
}

fn note(found: &mut Unknown, file: u16, id: Symbol, origin: Origin) {
    let (first, count) = found.entry((file, id)).or_insert((origin, 0));
    *first = origin.min(*first);
    *count += 1;
}

fn merge(all: &mut Unknown, part: Unknown) {
    for (key, (origin, count)) in part {
        let (first, total) = all.entry(key).or_insert((origin, 0));
        *first = origin.min(*first);
        *total += count;
    }
}

fn report(context: &Context, drafts: &mut Drafts, register: &Register, column: &'static str, found: &Unknown) {
    for ((_, id), (origin, count)) in found {
        let (mut message, fix) = register.unknown(context.region, context.name(*id));
        match count {
            1 => {}
            2 => message.push_str(" (and so in 1 more row of this file)"),
            more => message.push_str(&format!(" (and so in {} more rows of this file)", more - 1)),
        }
        drafts.cell(register.code, *origin, column, message, fix);
    }
}

/// The other tables: a finding for each cell.
fn small_tables(context: &Context, drafts: &mut Drafts) {
    let region = context.region;
    let mut one = |register: &Register, origin: Origin, column: &'static str, id: Symbol| {
        if !register.has(id) {
            let (message, fix) = register.unknown(region, context.name(id));
            drafts.cell(register.code, origin, column, message, fix);
        }
    };
    let (places, sources, indicators) = (&context.places, &context.sources, &context.indicators);
    for row in &region.places {
        // parent_id has a code of its own: see the place tree.
        row.straddles.iter().for_each(|id| one(places, row.origin, "straddles", *id));
        one(sources, row.origin, "source_id", row.source);
    }
    for row in &region.links {
        one(places, row.origin, "from_place_id", row.from);
        one(places, row.origin, "to_place_id", row.to);
        one(sources, row.origin, "source_id", row.source);
    }
    for row in &region.flows {
        one(places, row.row, "origin_id", row.from);
        one(places, row.row, "destination_id", row.to);
        one(sources, row.row, "source_id", row.source);
    }
    for row in &region.projects {
        one(places, row.origin, "lead_place_id", row.lead);
        row.partners.iter().for_each(|id| one(places, row.origin, "partner_ids", *id));
        one(places, row.origin, "place_id", row.place);
        one(places, row.origin, "origin_id", row.moved_from);
        one(sources, row.origin, "source_id", row.source);
    }
    for row in &region.stages {
        one(&context.projects, row.origin, "project_id", row.project);
        one(sources, row.origin, "source_id", row.source);
    }
    for row in &region.effects {
        one(&context.projects, row.origin, "project_id", row.project);
        one(sources, row.origin, "source_id", row.source);
    }
    for row in &region.plans {
        one(&context.plans, row.origin, "parent_id", row.parent);
        row.projects.iter().for_each(|id| one(&context.projects, row.origin, "projects", *id));
    }
    for row in &region.indicators {
        one(indicators, row.origin, "weight", row.weight);
    }
    for row in &region.targets {
        one(indicators, row.origin, "indicator_id", row.indicator);
        one(places, row.origin, "place_id", row.place);
        one(sources, row.origin, "source_id", row.source);
    }
    for row in &region.claims {
        one(indicators, row.origin, "indicator_id", row.indicator);
        one(places, row.origin, "place_id", row.place);
        one(sources, row.origin, "source_id", row.source);
    }
    for row in &region.sources {
        row.derived_from.iter().for_each(|id| one(sources, row.origin, "derived_from", *id));
    }
}

/// Scales: stages on the scale `stage`, classes on the scale of their indicator.
fn steps(context: &Context, drafts: &mut Drafts) {
    let region = context.region;
    let mut ranks: FxHashMap<Symbol, Vec<i32>> = FxHashMap::default();
    for step in &region.scales {
        ranks.entry(step.scale).or_default().push(step.rank);
    }
    let stage_scale = region.symbols.get("stage");
    let steps: Vec<Symbol> =
        region.scales.iter().filter(|step| Some(step.scale) == stage_scale).map(|step| step.code).collect();
    for row in &region.stages {
        if !steps.contains(&row.stage) {
            let name = context.name(row.stage);
            let fix = match nearest(name, steps.iter().map(|step| context.name(*step))) {
                Some(close) => format!("write \"{close}\" if that is meant, or add \"{name}\" to the scale in scales"),
                None => format!("use a code of the scale, or add \"{name}\" to it in scales"),
            };
            drafts.cell(&code::R007, row.origin, "stage", format!("\"{name}\" is no step of the scale \"stage\""), fix);
        }
    }
    for row in &region.indicators {
        let scale = context.name(row.scale);
        if row.scale.is_some() && !ranks.contains_key(&row.scale) {
            let names = region.scales.iter().map(|step| context.name(step.scale));
            let fix = match nearest(scale, names) {
                Some(close) => format!("write \"{close}\" if that is meant, or add the scale to scales"),
                None => "correct the id, or add the scale to scales".to_owned(),
            };
            drafts.cell(&code::R007, row.origin, "scale", format!("scale \"{scale}\" is not in the scales table"), fix);
        } else if row.kind == IndicatorKind::Class && !row.scale.is_some() {
            let message = format!("the class \"{}\" names no scale", context.name(row.id));
            drafts.cell(&code::R007, row.origin, "scale", message, "name the scale on which its values are ranks");
        }
        let (IndicatorKind::Class, Some(known)) = (row.kind, ranks.get(&row.scale)) else { continue };
        let Some(rows) = region.observations.rows(row.id) else { continue };
        for at in 0..rows.len() {
            let Some(value) = rows.value(at) else { continue };
            if !known.iter().any(|rank| f64::from(*rank) == value) {
                let message = format!("{value} is no rank of the scale \"{scale}\"");
                let fix = "write the rank of a step of the scale, or add the step to scales";
                drafts.cell(&code::R007, rows.origin[at], "value", message, fix);
            }
        }
    }
}
