//! What is wrong with a region although each of its files can be read: references, the place tree, sums, geometry,
//! plans, claims, measures. One family of findings a file.

mod claims;
mod context;
mod drafts;
mod flows;
pub mod gcj02;
mod geometry;
mod places;
mod projects;
mod references;
mod sums;
mod validity;
mod values;

use context::Context;
use drafts::Drafts;
use umbel_core::{Finding, Symbol, Unit};
use umbel_table::Region;

/// The findings about the tables of a region, in the order of [`Finding::order`].
///
/// `computed` are the indicators that measures write, with their unit where it is known. Work is linear in the number of
/// observations and parallel over indicators; a file is read again only when a finding points into it.
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
