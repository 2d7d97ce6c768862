//! What a method on a network is given: its parameters, the files of the network, the points.

use crate::commands::apply::{dashed, parameters, tell};
use crate::output::{Console, Outcome, Stop, count};
use clap::ArgMatches;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use umbel_core::{Finding, Severity};
use umbel_study::method::Registration;
use umbel_study::network::{
    Linked, Network, PointColumns, Points, Scenario, Sites, Snaps, SourceKind, Sources, Travel, Trip,
};
use umbel_table::import::Reading;
use umbel_table::import::plain::Plain;

/// The command line of a method.
pub struct Data<'a> {
    /// The method.
    pub method: &'static Registration,
    matches: &'a ArgMatches,
    /// Where to print.
    pub console: &'a Console,
}

/// Something is wrong with the data, and has been told.
pub enum Halt {
    /// Findings have been printed: exit code 1.
    Told,
    /// As [`Stop`].
    Stop(Stop),
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Halt {
        Halt::Stop(stop)
    }
}

impl Halt {
    /// How the command ends.
    pub fn ended(self) -> Result<Outcome, Stop> {
        match self {
            Halt::Told => Ok(Outcome::Findings),
            Halt::Stop(stop) => Err(stop),
        }
    }
}

impl<'a> Data<'a> {
    /// From what was matched.
    pub fn new(method: &'static Registration, matches: &'a ArgMatches, console: &'a Console) -> Data<'a> {
        Data { method, matches, console }
    }

    /// An option, if given or of a default value.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.matches.try_get_one::<String>(name).ok().flatten().map(String::as_str)
    }

    /// Whether an option was written on the command line.
    pub fn is_given(&self, name: &str) -> bool {
        let from =
            self.matches.try_contains_id(name).unwrap_or(false).then(|| self.matches.value_source(name)).flatten();
        from == Some(clap::parser::ValueSource::CommandLine)
    }

    /// Whether a switch was set.
    pub fn switch(&self, name: &str) -> bool {
        self.matches.try_get_one::<bool>(name).ok().flatten().copied().unwrap_or(false)
    }

    /// The parameters of the method.
    pub fn parameters<M: DeserializeOwned>(&self) -> Result<M, Stop> {
        let (json, _): (Map<String, Value>, _) =
            parameters::given(&(self.method.schema)().to_value(), self.matches, Vec::new())?;
        serde_json::from_value(Value::Object(json.clone())).map_err(|error| {
            let mut text = error.to_string();
            if let Some(field) = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
                text = format!("--{} is needed", dashed(field));
            } else if let Some(option) = culprit::<M>(&json, &text) {
                text = format!("--{}: {text}", dashed(option));
            }
            let name = dashed(self.method.name);
            Stop::Usage(format!("{text}; `umbel apply {name} --help` says what each parameter takes"))
        })
    }

    /// Whether the parameters of a trip make sense.
    pub fn check(&self, trip: &Trip) -> Result<(), Stop> {
        let problems = trip.problems();
        if problems.is_empty() {
            return Ok(());
        }
        let told =
            problems.iter().map(|(parameter, message, fix)| format!("--{}: {message}. {fix}", dashed(parameter)));
        Err(Stop::Usage(told.collect::<Vec<_>>().join("; ")))
    }

    /// The points of a file.
    pub fn points(&self, option: &str) -> Result<Points, Halt> {
        let path = self.text(option).ok_or_else(|| Stop::Usage(format!("--{option} FILE names the points")))?;
        let path = existing(path)?;
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        if path.is_dir() || matches!(ending, "pbf" | "zip" | "toml") {
            let told = format!("--{option} {}: points are a table (.csv, .parquet, .xlsx) or .geojson", path.display());
            return Err(Stop::Usage(told).into());
        }
        let plain = self.console.while_doing("reading the points", || Plain::read(&path, &Reading::default()));
        let plain = plain.map_err(Stop::from)?;
        let named = |name: &str| self.text(name).map(str::to_owned);
        let columns = PointColumns { id: named("id"), longitude: named("longitude"), latitude: named("latitude") };
        self.sound(Points::of(plain, &columns))
    }

    /// Origins and destinations; the destinations are the origins when none are given.
    pub fn pairs(&self) -> Result<(Points, Points), Halt> {
        let origins = self.points("origins")?;
        let destinations = match self.text("destinations") {
            Some(_) => self.points("destinations")?,
            None => origins.clone(),
        };
        Ok((origins, destinations))
    }

    /// What was read, or its findings told.
    pub fn sound<T>(&self, read: Result<T, Vec<Finding>>) -> Result<T, Halt> {
        read.or_else(|findings| {
            tell(&findings)?;
            Err(Halt::Told)
        })
    }

    /// The files of the network.
    pub fn sources(&self) -> Result<Sources, Stop> {
        let mut sources = Sources::default();
        if let Some(path) = self.text("streets") {
            let path = existing(path)?;
            match SourceKind::of(&path) {
                Some(kind) if kind.is_streets() => sources.streets = Some(path),
                _ => {
                    return Err(Stop::Usage(format!(
                        "--streets {}: give an extract (.osm.pbf), or a folder or table of links (link.csv)",
                        path.display()
                    )));
                }
            }
        }
        for path in self.matches.try_get_many::<String>("gtfs").ok().flatten().into_iter().flatten() {
            let path = existing(path)?;
            match SourceKind::of(&path) {
                Some(kind) if !kind.is_streets() => sources.timetables.push(path),
                _ => {
                    return Err(Stop::Usage(format!(
                        "--gtfs {}: give a feed (zip file or folder), or lines in a .toml file",
                        path.display()
                    )));
                }
            }
        }
        if sources.streets.is_none() && sources.timetables.is_empty() {
            return Err(Stop::Usage("--streets FILE, --gtfs FILE or both name the network".to_owned()));
        }
        sources.rules = self.text("street-rules").unwrap_or("standard").to_owned();
        Ok(sources)
    }

    /// The network, made ready for a trip.
    pub fn network(&self, trip: &Trip) -> Result<Network, Halt> {
        let sources = self.sources()?;
        if trip.rides() && !sources.timetables.is_empty() && trip.date.is_none() {
            return Err(Stop::Usage("--date DAY says which day of the timetable is searched".to_owned()).into());
        }
        let cache = self.text("cache").map(PathBuf::from);
        let opened =
            self.console.while_doing("reading the network", || Network::open(&sources, trip, cache.as_deref()));
        let (network, findings) = opened.map_err(Stop::Usage)?;
        let Some(mut network) = network else {
            tell(&findings)?;
            return Err(Halt::Told);
        };
        self.remark_on(&findings);
        if let Some(path) = self.text("scenario") {
            let text = std::fs::read_to_string(path).map_err(|error| Stop::Failed(format!("{path}: {error}")))?;
            let scenario = self.sound(Scenario::read(path, &text))?;
            self.sound(network.edit(scenario))?;
        }
        Ok(network)
    }

    /// The network joined for a trip between points.
    pub fn linked(&self, network: &Network, trip: &Trip, pairs: (&Points, &Points)) -> Result<Linked, Halt> {
        self.linked_sites(network, trip, pairs.0.sites(), pairs.1.sites())
    }

    /// The same between sites.
    pub fn linked_sites(&self, network: &Network, trip: &Trip, from: Sites<'_>, to: Sites<'_>) -> Result<Linked, Halt> {
        let link = || Linked::new(network, trip, from, to);
        Ok(self.console.while_doing("joining stops to streets", link).map_err(Stop::Failed)?)
    }

    /// Journeys between points, ready to be asked; tells which points are off the network.
    pub fn travel<'l>(&self, linked: &'l Linked, pairs: (&Points, &Points)) -> Result<Travel<'l>, Halt> {
        let join = || Travel::new(linked, pairs.0.sites(), pairs.1.sites());
        let travel = self.console.while_doing("joining points to the network", join).map_err(Stop::Failed)?;
        self.report(&[(pairs.0, travel.origins()), (pairs.1, travel.destinations())])?;
        Ok(travel)
    }

    /// Says in a line what is wrong with the files of a network that can be used all the same.
    fn remark_on(&self, findings: &[Finding]) {
        let of = |severity: Severity| findings.iter().filter(move |finding| finding.severity == severity);
        let (errors, warnings) = (of(Severity::Error).count(), of(Severity::Warning).count());
        if errors + warnings == 0 {
            return;
        }
        let first = of(Severity::Error).next();
        let told = match first.map(|first| (&first.location, &first.message)) {
            Some((at, message)) => format!(
                "warning: {} in the files of the network; what they touch is left out (first: {}:{}: {message})",
                count(errors, "error"),
                at.file,
                at.line
            ),
            None => format!("{} about the files of the network", count(warnings, "warning")),
        };
        self.console.remark(format!("{told}; umbel apply check-gtfs shows those of feeds"));
    }

    /// Warns of points that are not joined to any street, and writes the report that is asked for.
    pub fn report(&self, points: &[(&Points, &Snaps)]) -> Result<(), Stop> {
        let mut told = Vec::new();
        for (points, snaps) in points {
            let off = snaps.off();
            // Where origins are destinations too, once is enough.
            if told.contains(&(points.file(), off.clone())) {
                continue;
            }
            told.push((points.file(), off.clone()));
            if let Some((first, distance)) = off.first() {
                let at = points.location(*first);
                let far = match distance {
                    Some(metres) => format!("{metres:.0} m from the nearest street"),
                    None => "nowhere near a street".to_owned(),
                };
                let more = if off.len() > 1 { format!(" and {} more", off.len() - 1) } else { String::new() };
                self.console.remark(format!(
                    "warning: {}:{}: {}{more}: off the network, {far}; not reached (--snap-report FILE tells all, --max-snap METRES joins farther)",
                    points.file(),
                    at.line,
                    points.ids[*first],
                ));
            }
        }
        match self.text("snap-report") {
            Some(path) => super::snaps::write(path, points, self.console),
            None => Ok(()),
        }
    }
}

/// The parameter that an error is about: the one without which it is gone.
fn culprit<'a, M: DeserializeOwned>(json: &'a Map<String, Value>, error: &str) -> Option<&'a str> {
    let without = |name: &str| {
        let rest = json.iter().filter(|(other, _)| *other != name).map(|(name, value)| (name.clone(), value.clone()));
        serde_json::from_value::<M>(Value::Object(rest.collect()))
    };
    json.keys().map(String::as_str).find(|name| without(name).map_or_else(|other| other.to_string() != error, |_| true))
}

/// A path that is there.
fn existing(path: &str) -> Result<PathBuf, Stop> {
    let path = Path::new(path);
    match path.exists() {
        true => Ok(path.to_owned()),
        false => Err(Stop::Failed(format!("{}: there is no such file", path.display()))),
    }
}
