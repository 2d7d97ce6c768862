//! `umbel compare`: what a plan changes, for whom, and which of its projects does it.

mod differences;
mod gains;
mod projects;

use super::run::{format, places};
use super::{open, plan_named, warn_of_networks, wrong_plan};
use crate::arguments::{Compare, RunFormat};
use crate::output::{Console, Ended, Outcome, Stop, count};
use std::io::Write;
use umbel_core::Symbol;
use umbel_study::plan::{Choice, CompareError, Comparison, Division, Draws};
use umbel_study::suggest::nearest;
use umbel_study::{Study, View};
use umbel_table::write::write_result;

/// Compares two plans and prints or writes what differs.
pub fn run(arguments: &Compare, console: &Console) -> Ended {
    let study = open(&arguments.region, console)?;
    let format = format(arguments.format, arguments.output.as_deref())?;
    let kept =
        Kept { places: places(&study, &arguments.place)?, indicators: indicators(&study, &arguments.indicator)? };
    let base = Choice { plan: plan_named(&study, Some(&arguments.base)), ..Choice::default() };
    let plan = Choice {
        plan: plan_named(&study, Some(&arguments.plan)),
        with: arguments.with.clone(),
        without: arguments.without.clone(),
    };
    let view = View { as_of: arguments.as_of };
    let periods = if arguments.period.is_empty() { study.horizon(&plan) } else { arguments.period.clone() };
    let only = if arguments.period.is_empty() { &[][..] } else { &periods };
    let compared = console.while_doing("comparing", || study.compare(&base, &plan, &periods, only, view));
    let mut comparison = compared.map_err(|error| match error {
        CompareError::Plan(error) => wrong_plan(error),
    })?;
    comparison.differences.retain(|one| kept.keeps(one.indicator, one.place));
    for (_, error) in &comparison.failed {
        console.remark(format!("warning: {error}"));
    }
    let bands = arguments.draws.map(|number| {
        let draws = Draws { number, seed: arguments.seed };
        console.while_doing("drawing", || comparison.bands(0..comparison.differences.len(), &draws))
    });
    let bands = bands.as_deref();
    if let (RunFormat::Parquet, Some(path), false, false) =
        (format, &arguments.output, arguments.people, arguments.by_project)
    {
        differences::parquet(&comparison, bands, path)?;
        console.remark(format!("wrote {}", path.display()));
        return Ok(Outcome::Fine);
    }
    let text = if arguments.people {
        let people = gains::population(&study, arguments.population.as_deref())?;
        let limits = gains::limits(&study, &arguments.within)?;
        let found = comparison.gains(people, &limits).map_err(|error| Stop::Failed(error.to_string()))?;
        gains::write(&comparison, &found, format)?
    } else if arguments.by_project {
        let how =
            Division { exact_up_to: arguments.exact_up_to, permutations: arguments.permutations, seed: arguments.seed };
        let all = 0..comparison.differences.len();
        let divided = console.while_doing("dividing among the projects", || comparison.divide(all, &how));
        projects::write(&comparison, &divided.map_err(|error| Stop::Usage(error.to_string()))?, format)?
    } else {
        differences::write(&comparison, bands, format)?
    };
    match &arguments.output {
        Some(path) => {
            write_result(path, &[text]).map_err(|error| Stop::Failed(error.to_string()))?;
            console.remark(format!("wrote {}", path.display()));
        }
        None => {
            let mut out = console.out();
            out.write_all(&text)?;
            out.flush()?;
        }
    }
    study.keep_costs();
    warn_of_networks(&comparison.plan, &arguments.region, console);
    remark(&study, &comparison, arguments, console);
    Ok(Outcome::Fine)
}

/// What is kept of a comparison.
struct Kept {
    places: Vec<Symbol>,
    indicators: Vec<Symbol>,
}

impl Kept {
    fn keeps(&self, indicator: Symbol, place: Symbol) -> bool {
        (self.places.is_empty() || self.places.contains(&place))
            && (self.indicators.is_empty() || self.indicators.contains(&indicator))
    }
}

fn indicators(study: &Study, ids: &[String]) -> Result<Vec<Symbol>, Stop> {
    let known = |id: &String| {
        let symbol = study.region.symbols.get(id).filter(|symbol| study.indicator_info(*symbol).is_some());
        symbol.ok_or_else(|| {
            let hint = nearest(id, study.indicator_ids()).map_or(String::new(), |near| format!("; is it {near}?"));
            Stop::Usage(format!("there is no indicator \"{id}\"{hint}"))
        })
    };
    ids.iter().map(known).collect()
}

/// How much differs, on a line of its own.
fn remark(study: &Study, comparison: &Comparison, arguments: &Compare, console: &Console) {
    let all = &comparison.differences;
    let mut indicators: Vec<Symbol> = all.iter().map(|one| one.indicator).collect();
    indicators.dedup();
    let named = |projects: &[Symbol]| projects.iter().map(|&id| study.region.id(id)).collect::<Vec<_>>().join(", ");
    let mut text = format!(
        "{} of {} between {} and {}",
        count(all.len(), "difference"),
        count(indicators.len(), "indicator"),
        arguments.base,
        arguments.plan
    );
    if !comparison.projects.is_empty() {
        text.push_str(&format!("; due to {}", named(&comparison.projects)));
    }
    if !comparison.dropped.is_empty() {
        text.push_str(&format!("; without {}", named(&comparison.dropped)));
    }
    console.remark(text);
}
