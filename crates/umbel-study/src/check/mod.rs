//! What is wrong with a region although each of its files can be read: references, the place tree, sums, geometry,
//! plans, claims, measures, networks. One family of findings a file.

mod claims;
mod context;
mod drafts;
mod flows;
pub mod gcj02;
mod geometry;
mod layout;
mod measures;
mod networks;
mod places;
mod projects;
mod references;
mod sums;
mod validity;
mod values;

use crate::study::Study;
use context::Context;
use drafts::Drafts;
use umbel_core::{Finding, Symbol, Unit};
use umbel_table::Region;

/// What is wrong with a study although each of its files can be read, in the order of [`Finding::order`].
///
/// What is wrong with the tables as files, and with the declarations of measures, [`Study::open`] has said. Nothing is
/// evaluated: work is linear in the number of observations and parallel over indicators, and a file of a table is read again
/// only when a finding points into it. The files of networks, which are read by whoever travels on them, are read here.
pub fn check(study: &Study) -> Vec<Finding> {
    let region = &study.region;
    // Without a package there is nothing that could be compared with anything.
    if region.files.is_empty() {
        return Vec::new();
    }
    let mut findings = check_region(region, &computed(study));
    let mut drafts = Drafts::default();
    measures::check(study, &mut drafts);
    layout::check(study, &mut drafts);
    projects::effects(study, &mut drafts);
    findings.extend(drafts.finish(region));
    findings.extend(networks::check(study));
    findings.sort_by(Finding::order);
    findings
}

/// The indicators that only measures write, with their unit unless it could not be found.
fn computed(study: &Study) -> Vec<(Symbol, Option<Unit>)> {
    let ids = study.indicator_ids().into_iter().filter_map(|id| study.region.symbols.get(id));
    ids.map(|id| {
        let info = study.indicator_info(id);
        let sound = info.and_then(|info| info.measure).is_some_and(|measure| !study.is_broken(measure));
        (id, info.filter(|_| sound).map(|info| info.unit.clone()))
    })
    .collect()
}

/// The findings about the tables of a region, in the order of [`Finding::order`]; `computed` are the indicators that
/// measures write, with their unit where it is known.
pub fn check_region(region: &Region, computed: &[(Symbol, Option<Unit>)]) -> Vec<Finding> {
    let context = Context::new(region, computed);
    let mut drafts = Drafts::default();
    references::check(&context, &mut drafts);
    places::check(&context, &mut drafts);
    geometry::check(&context, &mut drafts);
    values::check(&context, &mut drafts);
    sums::check(&context, &mut drafts);
    flows::check(&context, &mut drafts);
    projects::check(&context, &mut drafts);
    claims::check(&context, &mut drafts);
    let mut findings = drafts.finish(region);
    findings.sort_by(Finding::order);
    findings
}
