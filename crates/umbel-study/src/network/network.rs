//! A network made ready to be travelled: streets, and the timetable of a day.

use super::packed::Packed;
use super::scenario::{OfTimetable, Scenario};
use super::source::{self, RulesError, SourceKind, Sources};
use super::trip::Trip;
use super::{cache as kept_networks, timetables};
use crate::key::Key;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use umbel_access::streets::Streets;
use umbel_core::{Finding, Severity};
use umbel_network::gtfs::Compiled;
use umbel_network::osm::Rules;

/// Networks that stay at hand.
const AT_HAND_MOST: usize = 4;

/// What is kept of files in a cache, or made of them and then kept. What has errors is told each time, so it is not kept.
fn kept<T: Packed>(
    cache: Option<&Path>,
    sources: &Sources,
    rules: &Rules,
    what: &str,
    make: impl FnOnce() -> (Option<T>, Vec<Finding>),
) -> (Option<T>, Vec<Finding>) {
    let key = cache.and_then(|folder| Some((folder, kept_networks::key(sources, rules, what).ok()?)));
    if let Some(held) = key.as_ref().and_then(|(folder, key)| kept_networks::load(folder, key)) {
        return (Some(held), Vec::new());
    }
    let (made, findings) = make();
    let sound = findings.iter().all(|finding| finding.severity != Severity::Error);
    if let (Some((folder, key)), Some(made), true) = (&key, &made, sound) {
        kept_networks::keep(folder, key, made);
    }
    (made, findings)
}

/// Streets and timetable of a day.
#[derive(Debug, Default)]
pub struct Network {
/// The streets of a network as they are on a day (`None`: all that there ever are), and what is wrong with their file;
/// `None` where there is none.
pub(crate) fn streets(
    sources: &Sources,
    rules: &Rules,
    day: Option<Date>,
    cache: Option<&Path>,
) -> Option<(Option<StreetInput>, Vec<Finding>)> {
    let path = sources.streets.as_ref()?;
    let only = Sources { timetables: Vec::new(), ..sources.clone() };
    let dated = day.filter(|_| SourceKind::of(path) == Some(SourceKind::Links));
    let what = dated.map_or_else(|| "streets".to_owned(), |day| format!("streets of {day}"));
    Some(kept(cache, &only, rules, &what, || source::streets(path, rules, day)))
}

    /// Streets, if any.
    pub streets: Option<Arc<Streets>>,
    /// Whether the streets are those of an OpenStreetMap extract, whose small islands are mostly faults of drawing.
    pub from_extract: bool,
    /// What runs on the day of the trip.
    pub service: Option<Compiled>,
    /// Edits laid over both, and what they come to for the timetable.
    pub(super) scenario: Option<(Scenario, OfTimetable)>,
}

impl Network {
    /// Reads the files of a network and makes it ready; with everything that is wrong with them, and no network when nothing
    /// can be used.
    ///
    /// # Errors
    /// A sentence when the files named cannot be meant.
    pub fn open(
        sources: &Sources,
        trip: &Trip,
        cache: Option<&Path>,
    ) -> Result<(Option<Network>, Vec<Finding>), String> {
        let rules = match sources.rules() {
            Ok(rules) => rules,
            Err(RulesError::Unknown(message)) => return Err(message),
            Err(RulesError::Findings(findings)) => return Ok((None, findings)),
        };
        let streets = || streets(sources, &rules, trip.date.map(|day| day.0), cache);
        let timetable = || {
            let date = trip.date.filter(|_| trip.rides() && !sources.timetables.is_empty())?;
            let paths: Vec<&Path> = sources.timetables.iter().map(|path| path.as_path()).collect();
            let only = Sources { streets: None, ..sources.clone() };
            Some(kept(cache, &only, &rules, &date.to_string(), || {
                let (feeds, mut findings) = timetables::read(&paths);
                let (compiled, found) = timetables::compile(&feeds, date);
                findings.extend(found);
                (compiled, findings)
            }))
        };
        let (streets, timetable) = rayon::join(streets, timetable);
        let (mut network, mut findings, mut usable) = (Network::default(), Vec::new(), true);
        if let Some((input, found)) = streets {
            findings.extend(found);
            match input {
                Some(input) => {
                    network.streets = Some(Arc::new(Streets::new(&input).map_err(|error| error.to_string())?));
                    network.from_extract =
                        sources.streets.as_deref().and_then(SourceKind::of) == Some(SourceKind::Extract);
                }
                None => usable = false,
            }
        }
        if let Some((compiled, found)) = timetable {
            findings.extend(found);
            usable &= compiled.is_some();
            network.service = compiled;
        }
        Ok((usable.then_some(network), findings))
    }

    /// A network that shares the streets with this one, to be edited.
    pub(super) fn copied(&self) -> Network {
        Network {
            streets: self.streets.clone(),
            from_extract: self.from_extract,
            service: self.service.clone(),
            scenario: self.scenario.clone(),
        }
    }

    /// Lays the edits of a scenario over the network.
    ///
    /// # Errors
    /// Everything in it that names what is not there.
    pub fn edit(&mut self, scenario: Scenario) -> Result<(), Vec<Finding>> {
        let edits = match &mut self.service {
            Some(day) => scenario.of_timetable(day)?,
            None => scenario.of_timetable(&mut Compiled::default())?,
        };
        self.scenario = Some((scenario, edits));
        Ok(())
    }

    /// The network that files make, ready for a trip.
    ///
    /// # Errors
    /// The first thing wrong, when nothing can be used.
    pub fn shared(sources: &Sources, trip: &Trip, cache: Option<&Path>) -> Result<Arc<Network>, String> {
        // Several measures and periods look at one network: the last few stay at hand, by their content.
        static AT_HAND: Mutex<Vec<(Key, Arc<Network>)>> = Mutex::new(Vec::new());
        let lock = || AT_HAND.lock().unwrap_or_else(PoisonError::into_inner);
        let what = format!("{} {}", trip.date.map(|day| day.to_string()).unwrap_or_default(), trip.rides());
        let key = sources.rules().ok().and_then(|rules| kept_networks::key(sources, &rules, &what).ok());
        if let Some((_, network)) = key.and_then(|key| lock().iter().find(|held| held.0 == key).cloned()) {
            return Ok(network);
        }
        let (network, findings) = Network::open(sources, trip, cache)?;
        let network = network.map(Arc::new);
        if let (Some(key), Some(network)) = (key, &network) {
            let mut held = lock();
            if held.len() >= AT_HAND_MOST {
                held.remove(0);
            }
            held.push((key, Arc::clone(network)));
        }
        network.ok_or_else(|| {
            let first = findings.iter().find(|finding| finding.severity == Severity::Error).or(findings.first());
            first.map_or_else(
                || "nothing in its files can be used".to_owned(),
                |finding| format!("{}:{}: {}", finding.location.file, finding.location.line, finding.message),
            )
        })
    }
}
