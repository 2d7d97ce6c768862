//! The commands, one a file.

pub mod add;
pub mod apply;
pub mod check;
pub mod claims;
pub mod compare;
pub mod explain;
pub mod figures;
pub mod init;
pub mod list;
pub mod methods;
pub mod report;
pub mod run;
pub mod seen;
pub mod trace;
pub mod verify;

use crate::arguments::UnderPlan;
use crate::output::{Console, Stop, count};
use std::path::Path;
use umbel_core::{Finding, Severity};
use umbel_study::Study;
use umbel_study::plan::{Choice, PlanError};

/// Opens a region for evaluation. What is wrong in it does not stop the work on the rest: one line counts the findings.
pub fn open(folder: &Path, console: &Console) -> Result<Study, Stop> {
    let (study, findings) = read(folder, console)?;
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    if errors > 0 {
        let folder = folder.display();
        console.remark(format!(
            "warning: {} in {folder}; what they touch is left out (umbel check {folder})",
            count(errors, "error")
        ));
    }
    Ok(study)
}

/// Says of the networks on which rests what was evaluated how much is wrong with their files.
pub fn warn_of_networks(study: &Study, folder: &Path, console: &Console) {
    // Nobody would hear of it.
    if console.quiet {
        return;
    }
    for (network, errors) in console.while_doing("checking the networks", || study.faulty_networks()) {
        let folder = folder.display();
        console.remark(format!(
            "warning: {} in the files of the network {network}; what they touch is left out (umbel check {folder})",
            count(errors, "error")
        ));
    }
}

/// The region under a plan, where one is asked for.
pub fn under(study: Study, plan: &UnderPlan) -> Result<Study, Stop> {
    if plan.plan.is_none() && plan.with.is_empty() && plan.without.is_empty() {
        return Ok(study);
    }
    let choice = Choice {
        plan: plan_named(&study, plan.plan.as_deref()),
        with: plan.with.clone(),
        without: plan.without.clone(),
    };
    study.seen_under(&choice).map_err(wrong_plan)
}

/// A plan of the table; `base` is the tables as they stand where no plan is called so.
pub fn plan_named(study: &Study, id: Option<&str>) -> Option<String> {
    let known = |id: &str| study.region.plans.iter().any(|plan| study.region.id(plan.id) == id);
    id.filter(|id| *id != "base" || known(id)).map(str::to_owned)
}

/// What the command line says wrong of a plan, and what the plan says wrong itself.
pub fn wrong_plan(error: PlanError) -> Stop {
    match error {
        PlanError::Unsound { .. } => Stop::Failed(error.to_string()),
        _ => Stop::Usage(error.to_string()),
    }
}

/// Opens a region with all findings of reading it; fails only when there is no region.
pub fn read(folder: &Path, console: &Console) -> Result<(Study, Vec<Finding>), Stop> {
    if !folder.is_dir() {
        return Err(Stop::Failed(format!("there is no folder {}", folder.display())));
    }
    if !folder.join(umbel_table::package::FILE).is_file() {
        let folder = folder.display();
        return Err(Stop::Failed(format!(
            "{folder} is no region: it has no datapackage.json (umbel init {folder} makes one)"
        )));
    }
    Ok(console.while_doing("reading the region", || Study::open(folder)))
}
