//! `umbel run`: figures, verdicts on claims, progress towards targets.

use super::{claims, figures, open, seen, under, warn_of_networks};
use crate::arguments::{Run, RunFormat};
use crate::output::{Console, Ended, Outcome, Stop, columns, count, json};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use umbel_core::Symbol;
use umbel_study::plan::Draws;
use umbel_study::suggest::nearest;
use umbel_study::{Outlook, Study, View};
use umbel_table::write::write_result;

/// One thing asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Indicator(Symbol),
    Measure(usize),
    Claims,
    Targets,
}

/// Evaluates what is asked and prints or writes it.
pub fn run(arguments: &Run, console: &Console) -> Ended {
    let study = under(open(&arguments.region, console)?, &arguments.under)?;
    let wanted = wanted(&study, &arguments.wanted)?;
    let format = format(arguments.format, arguments.output.as_deref())?;
    let places = places(&study, &arguments.place)?;
    let view = View { as_of: arguments.as_of };
    if arguments.dry {
        return dry(&study, &wanted, arguments, console);
    }
    let verdicts = wanted.iter().any(|one| matches!(one, Wanted::Claims | Wanted::Targets));
    let text = if verdicts {
        let one = match wanted.as_slice() {
            [one] => *one,
            _ => {
                return Err(Stop::Usage(
                    "claims and targets are printed by themselves: ask for one of them".to_owned(),
                ));
            }
        };
        let kept = claims::Filter { places: &places, periods: &arguments.period };
        console
            .while_doing("judging", || match one {
                Wanted::Claims => claims::claims(&study, format, &kept),
                _ => claims::targets(&study, format, &kept),
            })
            .map(|text| vec![text])?
    } else {
        let selection = figures::Selection { places: &places, periods: &arguments.period };
        let evaluate = || {
            let mut parts = Vec::new();
            let mut failures = Vec::new();
            if arguments.wanted.is_empty() {
                failures.extend(study.run_all(view).err().unwrap_or_default());
            }
            for one in &wanted {
                let node = match one {
                    Wanted::Indicator(indicator) => study.node(*indicator, view),
                    Wanted::Measure(measure) => study.measure_node(*measure, view),
                    Wanted::Claims | Wanted::Targets => continue,
                };
                match node {
                    Ok(node) => parts.push((node, if let Wanted::Measure(at) = one { Some(*at) } else { None })),
                    Err(error) if arguments.wanted.is_empty() => drop(error),
                    Err(error) => failures.push(error),
                }
            }
            (parts, failures)
        };
        let (mut parts, failures) = console.while_doing("evaluating", evaluate);
        if let Some(number) = arguments.draws {
            let draws = Draws { number, seed: arguments.seed };
            let nodes: Vec<_> = parts.iter().map(|(node, _)| node.clone()).collect();
            let banded = console.while_doing("drawing", || study.banded(&nodes, &draws, view));
            parts.iter_mut().zip(banded).for_each(|((node, _), banded)| *node = Arc::new(banded));
        }
        if let Some(first) = failures.first() {
            if !arguments.wanted.is_empty() {
                return Err(Stop::Failed(first.to_string()));
            }
            for failure in &failures {
                console.remark(format!("warning: {failure}"));
            }
        }
        if let (RunFormat::Parquet, Some(path)) = (format, &arguments.output) {
            figures::parquet(&study, &parts, path, &selection)?;
            console.remark(format!("wrote {}", path.display()));
            return Ok(Outcome::Fine);
        }
        let everything = arguments.wanted.is_empty() && places.is_empty() && arguments.period.is_empty();
        if everything && format == RunFormat::Table {
            vec![figures::summary(&study, &parts)?]
        } else {
            figures::write(&study, &parts, format, &selection)?
        }
    };
    let as_it_stands = arguments.under.plan.is_none() && arguments.under.with.is_empty();
    if view.as_of.is_none() && !verdicts && as_it_stands {
        seen::note(&study, &arguments.region, measures(&study, &wanted).into_iter());
    }
    study.keep_costs();
    warn_of_networks(&study, &arguments.region, console);
    match &arguments.output {
        Some(path) => {
            write_result(path, &text).map_err(|error| Stop::Failed(error.to_string()))?;
            console.remark(format!("wrote {}", path.display()));
        }
        None => {
            let mut out = console.out();
            text.iter().try_for_each(|part| out.write_all(part))?;
            out.flush()?;
        }
    }
    // The process ends: nothing is gained by giving millions of rows back one column at a time.
    std::mem::forget(study);
    Ok(Outcome::Fine)
}

/// What the words of the command line mean; without any, every measure that can be evaluated.
fn wanted(study: &Study, words: &[String]) -> Result<Vec<Wanted>, Stop> {
    if words.is_empty() {
        return Ok((0..study.measures.len()).filter(|&at| !study.is_broken(at)).map(Wanted::Measure).collect());
    }
    let mut all = Vec::new();
    for word in words {
        let symbol = study.region.symbols.get(word).filter(|symbol| symbol.is_some());
        let measure = study.measures.iter().position(|measure| study.region.id(measure.id) == word);
        let indicator = symbol.filter(|symbol| study.indicator_info(*symbol).is_some());
        all.push(match (word.as_str(), indicator, measure) {
            (_, Some(indicator), _) => Wanted::Indicator(indicator),
            (_, None, Some(measure)) => Wanted::Measure(measure),
            ("claims", None, None) => Wanted::Claims,
            ("targets", None, None) => Wanted::Targets,
            _ => {
                let measures = study.measures.iter().map(|measure| study.region.id(measure.id));
                let known = measures.chain(study.indicator_ids()).chain(["claims", "targets"]);
                let hint = nearest(word, known).map_or(String::new(), |near| format!("; is it {near}?"));
                return Err(Stop::Usage(format!("there is no measure or indicator \"{word}\"{hint}")));
            }
        });
    }
    Ok(all)
}

/// The places with these ids.
pub fn places(study: &Study, ids: &[String]) -> Result<Vec<Symbol>, Stop> {
    let known = |id: &String| {
        let symbol = study.region.symbols.get(id).filter(|symbol| study.tree().contains(*symbol));
        symbol.ok_or_else(|| {
            let all = study.tree().places().iter().map(|place| study.region.id(*place));
            let hint = nearest(id, all).map_or(String::new(), |near| format!("; is it {near}?"));
            Stop::Usage(format!("there is no place \"{id}\"{hint}"))
        })
    };
    ids.iter().map(known).collect()
}

/// The form asked for, or that of the ending of the file.
pub fn format(given: Option<RunFormat>, output: Option<&Path>) -> Result<RunFormat, Stop> {
    if let Some(format) = given {
        return Ok(format);
    }
    let Some(path) = output else { return Ok(RunFormat::Table) };
    match path.extension().and_then(|e| e.to_str()).map(str::to_lowercase).as_deref() {
        Some("csv") => Ok(RunFormat::Csv),
        Some("json") => Ok(RunFormat::Json),
        Some("parquet") => Ok(RunFormat::Parquet),
        Some("geojson") => Ok(RunFormat::Geojson),
        Some("txt") => Ok(RunFormat::Table),
        _ => Err(Stop::Usage(format!("--output {}: say the form with --format", path.display()))),
    }
}

/// The measures that are asked for, by name, through the indicator they write, or because verdicts may need any.
fn measures(study: &Study, wanted: &[Wanted]) -> Vec<usize> {
    let all = wanted.iter().any(|one| matches!(one, Wanted::Claims | Wanted::Targets));
    let asked = |at: usize| {
        let writes = study.measures[at].indicator;
        all || wanted.iter().any(|one| *one == Wanted::Measure(at) || *one == Wanted::Indicator(writes))
    };
    (0..study.measures.len()).filter(|&at| asked(at)).collect()
}

/// Says which of the measures asked for are stale, because something they read has changed since they were last run, and
/// what it will cost to compute them, and all that they rest on, by what that took before. Nothing that takes long is
/// computed for it.
fn dry(study: &Study, wanted: &[Wanted], arguments: &Run, console: &Console) -> Ended {
    let last = seen::load(&arguments.region);
    let asked = measures(study, wanted);
    let view = View { as_of: arguments.as_of };
    let is_known = |at: usize, key: &[u8; 32]| seen::is_known(study, at, key, &last);
    let ahead = console.while_doing("comparing", || study.outlook(&asked, view, &is_known));
    let mut stale: Vec<&Outlook> =
        ahead.iter().filter(|one| one.stale == Some(true) && asked.contains(&one.measure)).collect();
    stale.sort_by_key(|one| one.measure);
    let id = |one: &Outlook| study.region.id(study.measures[one.measure].id);
    let mut out = console.out();
    if arguments.format == Some(RunFormat::Json) {
        let object = |one: &&Outlook| serde_json::json!({ "measure": id(one), "seconds": one.cost.map(|cost| cost.as_secs_f64()) });
        json(&mut out, &stale.iter().map(object).collect::<Vec<_>>())?;
        return Ok(Outcome::Fine);
    }
    let lines: Vec<Vec<String>> = stale.iter().map(|one| vec![id(one).to_owned(), cost(one.cost)]).collect();
    columns(&mut out, &lines, &[1], "")?;
    out.flush()?;
    let total: Duration = ahead.iter().filter_map(|one| one.cost).sum();
    let unknown = ahead.iter().filter(|one| one.cost.is_none()).count();
    let mut text = format!("{} of {} stale", stale.len(), count(asked.len(), "measure"));
    if !total.is_zero() {
        text.push_str(&format!("; {} with all they rest on", cost(Some(total))));
    }
    if unknown > 0 {
        text.push_str(&format!("; the cost of {unknown} is unknown"));
    }
    console.remark(text);
    Ok(Outcome::Fine)
}

/// A time to come, as far as a guess goes.
fn cost(time: Option<Duration>) -> String {
    match time.map(|time| time.as_secs_f64()) {
        None => "unknown".to_owned(),
        Some(0.0) => "kept".to_owned(),
        Some(seconds) if seconds < 0.0095 => "under 0.01 s".to_owned(),
        Some(seconds) if seconds < 9.5 => format!("{seconds:.2} s"),
        Some(seconds) => format!("{seconds:.0} s"),
    }
}
