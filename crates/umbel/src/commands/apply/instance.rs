//! `umbel apply` on instances: a method that reads a problem from a JSON file.

use super::{dashed, give, parameters, tell, with_parameters, written};
use crate::output::{Console, Ended, Outcome as End, Stop};
use clap::{Arg, ArgMatches, Command};
use serde_json::Value;
use std::io::Write;
use umbel_study::analysis::{Figure, IN_REGION, Outcome, Sample};
use umbel_study::instance::{INSTANCES, Registration};
use umbel_study::reference;

/// The arguments of a method.
pub fn subcommand(command: Command) -> Command {
    let Some(method) = INSTANCES.iter().find(|method| dashed(method.name) == command.get_name()) else {
        return command;
    };
    let arg = |name, value, help| Arg::new(name).long(name).value_name(value).help(help);
    let data = [
        arg("instance", "FILE", "JSON file with an instance, or a list of them"),
        arg("format", "FORMAT", "How to print: text, json, csv (one table of one instance)")
            .value_parser(["text", "json", "csv"])
            .default_value("text"),
        arg("table", "NAME", "The table printed as csv (default: the first)"),
        arg("output", "FILE", "Write to a file instead").short('o'),
    ];
    let command = command.next_help_heading("The data").args(data);
    with_parameters(command, &reference::parameters(&(method.schema)().to_value()), IN_REGION)
}

/// Solves the instances of a file and prints what comes out.
pub fn run(method: &Registration, matches: &ArgMatches, console: &Console) -> Ended {
    let name = dashed(method.name);
    let text = |name: &str| matches.try_get_one::<String>(name).ok().flatten().map(String::as_str);
    let path = text("instance").ok_or_else(|| Stop::Usage("--instance FILE names the file to read".to_owned()))?;
    let (json, _) = parameters::given(&(method.schema)().to_value(), matches, Vec::new())?;
    let wrong = |error: &dyn std::fmt::Display| {
        Stop::Usage(format!("{error}; `umbel apply {name} --help` says what each parameter takes"))
    };
    let solver = (method.from_json)(Value::Object(json)).map_err(|error| wrong(&error))?;
    let problems = solver.problems();
    if !problems.is_empty() {
        let told = problems.iter().map(|(parameter, message)| format!("--{}: {message}", dashed(parameter)));
        return Err(Stop::Usage(told.collect::<Vec<_>>().join("; ")));
    }
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Stop::Failed(format!("{path}: there is no such file")),
        _ => Stop::Failed(format!("{path}: {error}")),
    })?;
    let solved = match console.while_doing("computing", || solver.solve(path, bytes)) {
        Ok(solved) => solved,
        Err(found) => {
            tell(&found)?;
            return Ok(End::Findings);
        }
    };
    let (mut out, sample) = (Vec::new(), Sample::default());
    match (text("format"), &solved.outcomes[..]) {
        (Some("json"), _) => written::instances(&mut out, method, &solver.parameters(), &solved)?,
        (Some("csv"), [outcome]) => written::csv(&mut out, &sample, outcome, text("table"))?,
        (Some("csv"), _) => {
            return Err(Stop::Usage("csv prints one instance; use json, or one instance a file".to_owned()));
        }
        (_, outcomes) => {
            writeln!(out, "{}: {}", method.name, method.summary)?;
            for outcome in outcomes {
                if outcomes.len() > 1 {
                    writeln!(out)?;
                }
                written::body(&mut out, &sample, &for_people(outcome))?;
            }
        }
    }
    give(text("output"), &out, console)?;
    Ok(End::Fine)
}

/// The outcome without the lists, which its tables show.
fn for_people(outcome: &Outcome) -> Outcome {
    let mut short = outcome.clone();
    short.figures.retain(|(_, figure)| !matches!(figure, Figure::List(_)));
    short
}
