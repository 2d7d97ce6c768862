//! `umbel apply check-gtfs`: what is wrong with timetables.

use crate::output::{Console, Ended, Outcome, Stop};
use crate::render::{findings, sarif};
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::io::Write;
use std::path::Path;
use umbel_core::{Finding, Severity};
use umbel_study::network::timetables;

/// Name of the command.
pub const NAME: &str = "check-gtfs";
/// What it does, in one line.
pub const ABOUT: &str =
    "Check GTFS feeds: every finding with its file, line and column, by the names of the canonical validator.";

/// The arguments.
pub fn subcommand(command: Command) -> Command {
    command.args([
        Arg::new("feeds").value_name("FEED").action(ArgAction::Append).help("Feeds: zip files or folders"),
        Arg::new("gtfs").long("gtfs").value_name("FEED").action(ArgAction::Append).help("The same"),
        Arg::new("date")
            .long("date")
            .value_name("DAY")
            .help("Check too that trips run on this day")
            .value_parser(|text: &str| text.parse::<umbel_study::network::values::Day>()),
        Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .help("How to print: text, json (an array of objects with code, severity, file, line, column, message, fix) or sarif")
            .value_parser(["text", "json", "sarif"])
            .default_value("text"),
    ])
}

/// Prints the findings of all feeds.
pub fn run(matches: &ArgMatches, console: &Console) -> Ended {
    let named = |id: &str| matches.get_many::<String>(id).into_iter().flatten();
    let paths: Vec<&Path> = named("feeds").chain(named("gtfs")).map(Path::new).collect();
    if paths.is_empty() {
        return Err(Stop::Usage("name a feed: a zip file or a folder".to_owned()));
    }
    if let Some(path) = paths.iter().find(|path| !path.exists()) {
        return Err(Stop::Failed(format!("{}: there is no such file", path.display())));
    }
    let date = matches.get_one::<umbel_study::network::values::Day>("date").copied();
    let mut all: Vec<Finding> = console.while_doing("reading the feeds", || timetables::check(&paths, date));
    all.sort_by(Finding::order);
    all.dedup();
    let failed = all.iter().any(|finding| finding.severity == Severity::Error);
    let none = Path::new("");
    let mut out = console.out();
    match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => findings::json(&mut out, &all)?,
        Some("sarif") => sarif::sarif(&mut out, &all, none, none)?,
        _ if console.quiet && all.is_empty() => {}
        _ => findings::text(&mut out, &all, none, none, findings::colours())?,
    }
    out.flush()?;
    Ok(if failed { Outcome::Findings } else { Outcome::Fine })
}
