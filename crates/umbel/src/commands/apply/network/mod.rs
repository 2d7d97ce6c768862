//! `umbel apply` on networks: streets and timetables from files, origins and destinations from tables.

mod catchment;
pub mod check_gtfs;
mod data;
mod isochrone;
mod journeys;
mod out;
mod progress;
mod reach;
mod service_level;
mod snaps;
mod times;
mod travel_time;

use super::{dashed, with_parameters};
use crate::output::{Console, Ended, Stop};
use clap::{Arg, ArgAction, ArgMatches, Command};
use data::Data;
use umbel_study::method::Registration;
use umbel_study::methods::METHODS;
use umbel_study::network::IN_REGION;
use umbel_study::reference;

/// What a method reads from files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// A network, origins and destinations.
    Pairs,
    /// The same, or a matrix of times instead of the network.
    PairsOrTimes,
    /// A network and origins.
    Origins,
    /// A network alone.
    Network,
}

/// What runs a method.
type Run = fn(&Data<'_>) -> Ended;

/// The methods, each with what it reads and what runs it.
const RUNS: &[(&str, Reads, Run)] = &[
    ("travel_time", Reads::Pairs, travel_time::run),
    ("isochrone", Reads::Origins, isochrone::run),
    ("reach", Reads::PairsOrTimes, reach::run),
    ("catchment", Reads::PairsOrTimes, catchment::run),
    ("service_level", Reads::Network, service_level::run),
    ("journeys", Reads::Pairs, journeys::run),
];

/// The methods on networks.
pub fn methods() -> impl Iterator<Item = &'static Registration> {
    METHODS.iter().filter(|method| method.network)
}

/// The method of a subcommand.
fn find(name: &str) -> Option<(&'static Registration, Reads, Run)> {
    let method = methods().find(|method| dashed(method.name) == name || method.name == name)?;
    let (_, reads, run) = RUNS.iter().find(|run| run.0 == method.name)?;
    Some((method, *reads, *run))
}

/// Whether a subcommand is one of these.
pub fn knows(name: &str) -> bool {
    find(name).is_some()
}

/// The arguments of a method.
pub fn subcommand(command: Command) -> Command {
    let Some((method, reads, _)) = find(command.get_name()) else { return command };
    let arg = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    let mut command = command.next_help_heading("The network").args([
        arg("streets", "FILE", "Streets: an OpenStreetMap extract (.osm.pbf), or a folder or table of links in the columns of GMNS (link.csv, node.csv)"),
        arg("gtfs", "FILE", "Timetable: a GTFS feed (zip file or folder), or lines at headways (.toml); may be given several times")
            .action(ArgAction::Append),
        arg("street-rules", "FILE", "Which ways of an extract are open to whom and how fast: standard, neutral, or a .toml file")
            .default_value("standard"),
        arg("scenario", "FILE", "Edits of streets and timetables laid over the network (.toml)"),
        arg("cache", "DIR", "Keep prepared networks in this folder, to be loaded at once the next time"),
    ]);
    if reads != Reads::Network {
        command = command.next_help_heading("The places").args([
            arg(
                "origins",
                "FILE",
                "Origins: a table with id, lon and lat (.csv, .parquet, .xlsx), or points (.geojson)",
            ),
            arg("id", "COLUMN", "Column with the ids of the points (default: one named id, place_id, GEOID ...)"),
            arg("longitude", "COLUMN", "Column with longitudes (default: one named lon, longitude, x ...)"),
            arg("latitude", "COLUMN", "Column with latitudes (default: one named lat, latitude, y ...)"),
            arg(
                "snap-report",
                "FILE",
                "Write how far each point is from the street it is joined to (.csv, .parquet, .json)",
            ),
        ]);
    }
    if matches!(reads, Reads::Pairs | Reads::PairsOrTimes) {
        command = command.arg(arg("destinations", "FILE", "Destinations, likewise (default: the origins)"));
    }
    if reads == Reads::PairsOrTimes {
        command = command.args([
            arg("times", "FILE", "Travel times instead of a network: origin, destination and minutes or seconds, a row each pair"),
            arg("time-column", "COLUMN", "Column of --times with the times, in minutes unless its name says otherwise (default: minutes, seconds, p50 ...)"),
        ]);
    }
    if method.name == "reach" {
        command = command.arg(arg(
            "group-report",
            "FILE",
            "Write the figures of --groups: mean, Gini and Palma of each result (.csv, .parquet, .json)",
        ));
    }
    let command = command.next_help_heading("The result").args([
        arg("out", "FILE", "Write to a file; its ending says how").short('o').alias("output"),
        arg("format", "FORMAT", "How to write (default: that of the ending of --out, else csv; isochrone: geojson)"),
        Arg::new("progress").long("progress").action(ArgAction::SetTrue).help("Show on a terminal how far the work is"),
    ]);
    with_parameters(command, &reference::parameters(&(method.schema)().to_value()), IN_REGION)
}

/// Runs a method.
pub fn run(name: &str, matches: &ArgMatches, console: &Console) -> Ended {
    let (method, _, run) = find(name).ok_or_else(|| Stop::Usage(format!("there is no method \"{name}\"")))?;
    run(&Data::new(method, matches, console))
}
