//! `umbel apply`: an analysis on a plain file, or a method on an instance.

mod instance;
mod network;
mod parameters;
mod written;

use crate::output::{Console, Ended, Outcome as End, Stop};
use crate::render::findings;
use clap::{Arg, ArgAction, ArgMatches, Command};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use umbel_core::Finding;
use umbel_stats::Weights;
use umbel_study::analysis::files::{Layout, sample};
use umbel_study::analysis::{AnyAnalysis, IN_REGION, Outcome, Sample};
use umbel_study::instance::INSTANCES;
use umbel_study::method::Registration;
use umbel_study::methods::METHODS;
use umbel_study::reference::{self, Parameter};
use umbel_table::import::Reading;
use umbel_table::import::plain::Plain;
use umbel_table::neighbours::{self, Format};

/// What every analysis takes on the command line, beside its parameters: name, value name, help.
const COMMON: &[(&str, &str, &str)] = &[
    (
        "values",
        "FILE[:FIELD,..]",
        "File with the figures (.csv, .geojson, .parquet, .xlsx) and the columns analysed; a range of columns is written FIRST..LAST",
    ),
    (
        "id",
        "COLUMN",
        "Column with the ids of the places (default: one named id, place_id, GEOID ..., else the number of the row)",
    ),
    ("time", "COLUMN", "Column with the periods (default: one named period, time, year, date ...)"),
    (
        "periods",
        "PERIODS",
        "The periods analysed, of a file with several: one, several with commas, or an interval (default: all)",
    ),
    ("format", "FORMAT", "How to print: text, json, csv (one table)"),
    ("table", "NAME", "The table printed as csv (default: the first)"),
    ("output", "FILE", "Write to a file instead; of `weights` a .gal or .gwt file writes the neighbours"),
];

/// What analyses that look at where places are take besides.
const SPATIAL: &[(&str, &str, &str)] = &[
    ("longitude", "COLUMN", "Column with the first coordinate of points"),
    ("latitude", "COLUMN", "Column with the second coordinate of points"),
];

/// The analyses.
fn analyses() -> impl Iterator<Item = &'static Registration> {
    METHODS.iter().filter(|method| method.analysis.is_some())
}

/// The subcommand of each analysis, made from its parameters.
pub fn augment(command: Command) -> Command {
    let command = command.subcommand_required(true).arg_required_else_help(true).subcommand_value_name("METHOD");
    let of_files = analyses().map(|method| (method.name, method.summary, subcommand as fn(Command) -> Command));
    let of_instances = INSTANCES.iter().map(|method| (method.name, method.summary, instance::subcommand as _));
    let on_networks = network::methods().map(|method| (method.name, method.summary, network::subcommand as _));
    let checks = std::iter::once(("check_gtfs", network::check_gtfs::ABOUT, network::check_gtfs::subcommand as _));
    let mut all: Vec<_> = of_files.chain(of_instances).chain(on_networks).chain(checks).collect();
    all.sort_by_key(|method| method.0);
    all.into_iter().fold(command, |command, (name, summary, subcommand)| {
        let short = Command::new(dashed(name)).about(summary);
        let short = if name.contains('_') { short.alias(name) } else { short };
        // Made only when it is needed: the parameters of all methods are many.
        command.subcommand(short.defer(subcommand))
    })
}

/// A name as the command line writes it.
fn dashed(name: &str) -> String {
    name.replace('_', "-")
}

fn subcommand(command: Command) -> Command {
    let Some(method) = analyses().find(|method| dashed(method.name) == command.get_name()) else { return command };
    let spatial = method.analysis.is_some_and(|analysis| analysis.spatial);
    let own = reference::parameters(&(method.schema)().to_value());
    let mut command = command.next_help_heading("The data");
    let further = if spatial { SPATIAL } else { &[] };
    for (name, value, help) in COMMON.iter().chain(further) {
        let taken = |parameter: &reference::Parameter| dashed(&parameter.name) == *name;
        if own.iter().any(|parameter| taken(parameter) && !IN_REGION.contains(&parameter.name.as_str())) {
            continue;
        }
        let arg = Arg::new(*name).long(*name).value_name(*value).help(*help);
        command = command.arg(match *name {
            "format" => arg.value_parser(["text", "json", "csv"]).default_value("text"),
            "output" => arg.short('o'),
            _ => arg,
        });
    }
    with_parameters(command, &own, IN_REGION)
}

/// The command with an argument for each parameter of its method but some.
fn with_parameters(command: Command, own: &[Parameter], without: &[&str]) -> Command {
    let mut command = command.next_help_heading("The method");
    for parameter in own.iter().filter(|parameter| !without.contains(&parameter.name.as_str())) {
        let default = parameter.default.as_ref().map(|d| format!(" (default: {d})")).unwrap_or_default();
        let takes = parameter.takes.replace('`', "");
        let arg = Arg::new(parameter.name.clone())
            .long(dashed(&parameter.name))
            .value_name(if takes.len() > 24 { "VALUE".to_owned() } else { takes.to_uppercase() })
            .help(format!("{}{default}", parameter.meaning))
            .allow_hyphen_values(true)
            .action(ArgAction::Set);
        command = command.arg(if takes == "true false" {
            arg.num_args(0..=1).default_missing_value("true").require_equals(false)
        } else {
            arg
        });
    }
    command
}

/// Applies an analysis and prints what it gives.
pub fn run(matches: &ArgMatches, console: &Console) -> Ended {
    let Some((name, matches)) = matches.subcommand() else {
        return Err(Stop::Usage("name a method; `umbel apply --help` lists them".to_owned()));
    };
    if let Some(method) = INSTANCES.iter().find(|method| dashed(method.name) == name || method.name == name) {
        return instance::run(method, matches, console);
    }
    if name == network::check_gtfs::NAME {
        return network::check_gtfs::run(matches, console);
    }
    if network::knows(name) {
        return network::run(name, matches, console);
    }
    let method = analyses().find(|method| dashed(method.name) == name || method.name == name);
    let Some((method, analysis)) = method.and_then(|method| Some((method, method.analysis?))) else {
        return Err(Stop::Usage(format!("there is no method \"{name}\"")));
    };
    let text = |name: &str| matches.try_get_one::<String>(name).ok().flatten().map(String::as_str);
    let values = text("values").ok_or_else(|| Stop::Usage("--values FILE:FIELD names the file to read".to_owned()))?;
    let (path, fields) = file_and_fields(values);
    if !path.exists() {
        return Err(Stop::Failed(format!("{}: there is no such file", path.display())));
    }
    let plain = console.while_doing("reading the file", || Plain::read(&path, &Reading::default()))?;
    let fields = expanded(&fields, &plain)?;
    let (json, wide) = parameters::given(&(method.schema)().to_value(), matches, fields)?;
    let texts = json.clone();
    let wrong = |error: &dyn std::fmt::Display| {
        let (mut text, help) =
            (error.to_string(), format!("`umbel apply {name} --help` says what each parameter takes"));
        if let Some(field) = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
            text = match field {
                "of" => "name the column after the file: --values FILE:COLUMN".to_owned(),
                _ => format!("--{} is needed", dashed(field)),
            };
        }
        Stop::Usage(format!("{text}; {help}"))
    };
    let analysed: Box<dyn AnyAnalysis> = (analysis.from_json)(Value::Object(json)).map_err(|error| wrong(&error))?;
    let problems = analysed.problems();
    if !problems.is_empty() {
        let told = problems.iter().map(|(parameter, message, fix)| format!("--{}: {message} {fix}", dashed(parameter)));
        return Err(Stop::Usage(told.collect::<Vec<_>>().join("; ")));
    }
    let rule = texts.get("weights").and_then(Value::as_str).unwrap_or_default();
    let layout = Layout {
        id: text("id").map(str::to_owned),
        time: text("time").map(str::to_owned),
        periods: text("periods").into_iter().flat_map(|all| all.split(',')).map(|one| one.trim().to_owned()).collect(),
        coordinates: text("longitude").zip(text("latitude")).map(|(x, y)| (x.to_owned(), y.to_owned())),
        wide,
        groups: rule.strip_prefix("block:").map(str::to_owned),
    };
    let read = sample(&plain, &analysed.columns(), analysis.over, &layout);
    let mut sample = match read {
        Ok(sample) => sample,
        Err(found) => {
            tell(&found)?;
            return Ok(End::Findings);
        }
    };
    if analysis.spatial && Format::of(rule).is_some() {
        match weights_of(rule, &sample)? {
            Some(weights) => sample.space.given = Some(weights),
            None => return Ok(End::Findings),
        }
    }
    let outcome = console.while_doing("computing", || analysed.analyse(&sample));
    let outcome = outcome.map_err(|error| Stop::Failed(format!("{name}: {error}")))?;
    let mut bytes = Vec::new();
    let lists = neighbours_as(text("output"), &sample, &outcome)?;
    match text("format") {
        _ if lists.is_some() => bytes.extend(lists.unwrap_or_default().into_bytes()),
        Some("json") => written::json(&mut bytes, method, &analysed.parameters(), &sample, &outcome)?,
        Some("csv") => written::csv(&mut bytes, &sample, &outcome, text("table"))?,
        _ => written::text(&mut bytes, method, &sample, &outcome)?,
    }
    give(text("output"), &bytes, console)?;
    Ok(End::Fine)
}

/// Writes to a file, or to the standard output.
fn give(output: Option<&str>, bytes: &[u8], console: &Console) -> Result<(), Stop> {
    match output {
        Some(path) => {
            umbel_table::write::write_whole(Path::new(path), bytes).map_err(|e| Stop::Failed(e.to_string()))?
        }
        None => {
            let mut out = console.out();
            out.write_all(bytes)?;
            out.flush()?;
        }
    }
    Ok(())
}

/// `FILE:A,B` as a file and its fields. A file whose name holds a colon is taken whole when it is there.
fn file_and_fields(values: &str) -> (PathBuf, Vec<String>) {
    match values.rsplit_once(':') {
        Some((file, fields)) if !Path::new(values).exists() && !file.is_empty() => {
            let fields = fields.split(',').map(|field| field.trim().to_owned()).filter(|field| !field.is_empty());
            (PathBuf::from(file), fields.collect())
        }
        _ => (PathBuf::from(values), Vec::new()),
    }
}

/// Ranges `FIRST..LAST` as all columns between them.
fn expanded(fields: &[String], plain: &Plain) -> Result<Vec<String>, Stop> {
    let mut all = Vec::new();
    for field in fields {
        let ends = field.split_once("..").filter(|_| plain.column(field).is_none());
        let Some((first, last)) = ends else {
            all.push(field.clone());
            continue;
        };
        match (plain.column(first), plain.column(last)) {
            (Some(from), Some(to)) if from <= to => all.extend((from..=to).map(|at| plain.name(at).to_owned())),
            _ => {
                let names = plain.columns().collect::<Vec<_>>().join(", ");
                return Err(Stop::Usage(format!("{field}: no such range of columns in {}: {names}", plain.file())));
            }
        }
    }
    Ok(all)
}

/// The weights that a file holds, in the order of the places; `None` when something in it is wrong, which is told.
fn weights_of(path: &str, sample: &Sample) -> Result<Option<Weights>, Stop> {
    let Some(format) = Format::of(path) else {
        return Err(Stop::Usage(format!("{path}: weights are read from .gal, .gwt and .json files")));
    };
    let bytes = std::fs::read(path).map_err(|error| Stop::Failed(format!("{path}: {error}")))?;
    match neighbours::read(path, format, bytes) {
        Ok(found) => {
            let rows = found.in_order_of(&sample.places).map_err(|error| Stop::Failed(format!("{path}: {error}")))?;
            let weights = Weights::from_rows(rows).map_err(|error| Stop::Failed(format!("{path}: {error}")))?;
            Ok(Some(weights))
        }
        Err(found) => {
            tell(&found)?;
            Ok(None)
        }
    }
}

/// The text of a file of neighbours, when the output is to be one.
fn neighbours_as(output: Option<&str>, sample: &Sample, outcome: &Outcome) -> Result<Option<String>, Stop> {
    let format = match output.and_then(Format::of) {
        Some(format @ (Format::Gal | Format::Gwt)) => format,
        _ => return Ok(None),
    };
    let Some(weights) = &outcome.weights else {
        return Err(Stop::Usage("only `umbel apply weights` writes .gal and .gwt files".to_owned()));
    };
    let name = output.map(Path::new).and_then(Path::file_stem).map_or("places".into(), |stem| stem.to_string_lossy());
    Ok(Some(match format {
        Format::Gwt => {
            neighbours::to_gwt(&name, "id", &sample.places, |at| (weights.neighbours(at), weights.weights(at)))
        }
        _ => neighbours::to_gal(&name, "id", &sample.places, |at| weights.neighbours(at)),
    }))
}

/// Prints findings for people.
fn tell(found: &[Finding]) -> Result<(), Stop> {
    let mut out = std::io::stderr().lock();
    Ok(findings::text(&mut out, found, Path::new(""), Path::new(""), findings::colours())?)
}
