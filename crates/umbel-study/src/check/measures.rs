//! M007: measures that find no rows to work on. (What is wrong with a declaration is found when a study is opened.)

use super::drafts::Drafts;
use crate::reads::Read;
use crate::study::Study;
use umbel_core::{Finding, code};

/// Measures of which, before anything is evaluated, it is sure that they yield nothing: all that they read is empty; of a
/// formula, any indicator.
pub fn check(study: &Study, drafts: &mut Drafts) {
    let region = &study.region;
    for (index, measure) in study.measures.iter().enumerate() {
        let Some(resolved) = study.graph.measures.get(index).filter(|resolved| !resolved.broken) else { continue };
        let empty = |read: &&Read| match read {
            Read::Objects { rows, .. } => rows.is_empty(),
            Read::Network { .. } => false,
            Read::Indicator { places: Some(places), .. } if places.is_empty() => true,
            Read::Indicator { indicator, observed, .. } => {
                let computed = !observed && study.definitions(*indicator).any(|other| other != index);
                !computed && region.observations.rows(*indicator).is_none_or(umbel_table::Rows::is_empty)
            }
        };
        let count = resolved.reads.iter().filter(empty).count();
        let nothing = match measure.registration.name {
            "formula" => count > 0,
            _ => count > 0 && count == resolved.reads.len(),
        };
        if !nothing {
            continue;
        }
        let of: Vec<&str> = resolved
            .reads
            .iter()
            .filter(empty)
            .map(|read| match read {
                Read::Indicator { indicator, .. } => region.id(*indicator),
                Read::Objects { table, .. } => table.name(),
                Read::Network { .. } => umbel_table::networks::TABLE,
            })
            .collect();
        let message =
            format!("the measure \"{}\" yields nothing: there are no rows of {}", region.id(measure.id), of.join(", "));
        let fix = "check its filters and what it reads, or remove it";
        drafts.placed(Finding::new(&code::M007, measure.location.clone(), message, fix));
    }
}
