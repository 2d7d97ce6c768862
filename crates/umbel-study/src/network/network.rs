//! A network made ready to be travelled: streets, and the timetable of a day.

use super::packed::Packed;
use super::scenario::{OfTimetable, Scenario};
use super::source::{self, RulesError, SourceKind, Sources};
use super::times::TimesAtHand;
use super::trip::Trip;
use super::{cache as kept_networks, timetables};
use crate::key::{Key, Keyer};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use umbel_access::door::{self, LinkOptions, Links};
use umbel_access::streets::{StreetInput, Streets};
use umbel_core::{Date, Finding, Severity};
use umbel_network::gtfs::Compiled;
use umbel_network::osm::Rules;

/// Networks that stay at hand: every period of a region has its own.
const AT_HAND_MOST: usize = 16;
/// Street segments and calls of vehicles that the networks at hand may have together.
const AT_HAND_SIZE: usize = 8_000_000;

/// What is kept of files in a cache, or made of them and then kept, with all that is wrong with them and with the key.
fn kept<T: Packed>(
    cache: Option<&Path>,
    sources: &Sources,
    rules: &Rules,
    what: &str,
    make: impl FnOnce() -> (Option<T>, Vec<Finding>),
) -> (Option<T>, Vec<Finding>, Option<Key>) {
    let key = cache.and_then(|folder| Some((folder, kept_networks::key(sources, rules, what).ok()?)));
    if let Some((folder, key)) = key
        && let Some((findings, held)) = kept_networks::load::<(Vec<Finding>, T)>(folder, &key)
    {
        return (Some(held), sources.with_folders(findings), Some(key));
    }
    let (made, findings) = make();
    match (key, made) {
        (Some((folder, key)), Some(content)) => {
            let held = (sources.without_folders(&findings), content);
            kept_networks::keep(folder, &key, &held);
            (Some(held.1), findings, Some(key))
        }
        (_, made) => (made, findings, None),
    }
}

/// Where it is kept how the stops of a network are joined: the folder, and the keys of its streets and timetable.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    folder: PathBuf,
    keys: [Key; 2],
}

impl Kept {
    /// How the stops are joined by some options at an hour, made only if it is not kept.
    ///
    /// # Errors
    /// Those of `make`.
    pub(super) fn links<E>(
        &self,
        options: &LinkOptions,
        hour: u8,
        make: impl FnOnce() -> Result<Links, E>,
    ) -> Result<Links, E> {
        let mut keyer = Keyer::new("stops joined to streets");
        self.keys.iter().for_each(|key| keyer.key(key));
        keyer.text(&format!("{options:?}"));
        keyer.number(u64::from(hour));
        let key = keyer.finish();
        if let Some(links) = kept_networks::load(&self.folder, &key) {
            return Ok(links);
        }
        let links = make()?;
        kept_networks::keep(&self.folder, &key, &links);
        Ok(links)
    }
}

/// The streets of a network as they are on a day (`None`: all that there ever are), what is wrong with their file, and the key
/// under which they are kept; `None` where there is none.
pub(crate) fn streets(
    sources: &Sources,
    rules: &Rules,
    day: Option<Date>,
    cache: Option<&Path>,
) -> Option<(Option<StreetInput>, Vec<Finding>, Option<Key>)> {
    let path = sources.streets.as_ref()?;
    let only = Sources { timetables: Vec::new(), ..sources.clone() };
    let dated = day.filter(|_| SourceKind::of(path) == Some(SourceKind::Links));
    let what = dated.map_or_else(|| "streets".to_owned(), |day| format!("streets of {day}"));
    Some(kept(cache, &only, rules, &what, || source::streets(path, rules, day)))
}

/// Streets and timetable of a day.
#[derive(Debug, Default)]
pub struct Network {
    /// Streets, if any.
    pub streets: Option<Arc<Streets>>,
    /// Whether the streets are those of an OpenStreetMap extract, whose small islands are mostly faults of drawing.
    pub from_extract: bool,
    /// What runs on the day of the trip.
    pub service: Option<Compiled>,
    /// Edits laid over both, and what they come to for the timetable.
    pub(super) scenario: Option<(Scenario, OfTimetable)>,
    /// Streets and timetable as read, joined for some lengths of transfer; networks with edits share them.
    doors: Arc<Doors>,
    /// Times found over it, with edits and without.
    pub(super) times: Arc<TimesAtHand>,
    /// Where it is kept how its stops are joined, if it is made of files that can be told by their content alone.
    pub(super) kept: Option<Kept>,
}

/// Joined networks, each with the longest transfer, the hour, and whether vehicles are ridden.
type Doors = Mutex<Vec<((u64, u8, bool), door::Network)>>;

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
        if let Some((folder, (streets, timetable))) = cache.zip(
            streets.as_ref().and_then(|streets| streets.2).zip(timetable.as_ref().and_then(|timetable| timetable.2)),
        ) {
            network.kept = Some(Kept { folder: folder.to_owned(), keys: [streets, timetable] });
        }
        if let Some((input, found, _)) = streets {
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
        if let Some((compiled, found, _)) = timetable {
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
            doors: Arc::clone(&self.doors),
            times: Arc::clone(&self.times),
            kept: self.kept.clone(),
        }
    }

    /// The network as read, before any edit, joined for transfers of so many metres and walking at an hour; `make` joins it when
    /// it was not joined so before. Without streets, and where stops were added, it is joined anew.
    pub(super) fn door(
        &self,
        (transfer, hour, rides): (f64, u8, bool),
        make: impl FnOnce() -> Result<door::Network, String>,
    ) -> Result<door::Network, String> {
        let adds_stops = self.scenario.as_ref().is_some_and(|(scenario, _)| scenario.adds_stops());
        if self.streets.is_none() || adds_stops {
            return make();
        }
        let key = (transfer.to_bits(), hour, rides);
        let lock = || self.doors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, door)) = lock().iter().find(|(held, _)| *held == key) {
            return Ok(door.clone());
        }
        // Not under the lock: a thread that waits for others takes up another measure, which asks for the same.
        let door = make()?;
        let mut doors = lock();
        if doors.iter().all(|(held, _)| *held != key) {
            doors.push((key, door.clone()));
        }
        Ok(door)
    }

    /// What was edited, as text: equal for equal edits.
    pub(super) fn edits(&self) -> String {
        self.scenario.as_ref().map(|(scenario, _)| format!("{scenario:?}")).unwrap_or_default()
    }

    /// Street segments and calls of vehicles.
    fn size(&self) -> usize {
        let segments = self.streets.as_ref().map_or(0, |streets| streets.segment_count());
        segments + self.service.as_ref().map_or(0, |service| service.input.events.len())
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
        // Stops that no file has; roads that are edited are joined anew without being kept.
        if scenario.adds_stops() {
            self.kept = None;
        }
        self.scenario = Some((scenario, edits));
        Ok(())
    }

    /// The network that files make, ready for a trip; `content` is the hash of the files.
    ///
    /// # Errors
    /// The first thing wrong, when nothing can be used.
    pub fn shared(
        sources: &Sources,
        trip: &Trip,
        cache: Option<&Path>,
        content: &[Key],
    ) -> Result<Arc<Network>, String> {
        // Several measures, periods and plans look at one network: the last ones stay at hand, the one used last at the end.
        static AT_HAND: Mutex<Vec<(Key, Arc<Network>)>> = Mutex::new(Vec::new());
        let lock = || AT_HAND.lock().unwrap_or_else(PoisonError::into_inner);
        let mut keyer = Keyer::new("network at hand");
        content.iter().for_each(|key| keyer.key(key));
        keyer.text(&trip.date.map(|day| day.to_string()).unwrap_or_default());
        keyer.text(&format!("{} {}", trip.rides(), sources.rules));
        let key = keyer.finish();
        {
            let mut held = lock();
            if let Some(at) = held.iter().position(|one| one.0 == key) {
                let found = held.remove(at);
                held.push(found.clone());
                return Ok(found.1);
            }
        }
        let (network, findings) = Network::open(sources, trip, cache)?;
        let network = network.map(Arc::new);
        if let Some(network) = &network {
            let mut held = lock();
            held.retain(|one| one.0 != key);
            held.push((key, Arc::clone(network)));
            let size = |held: &[(Key, Arc<Network>)]| held.iter().map(|one| one.1.size()).sum::<usize>();
            while held.len() > 1 && (held.len() > AT_HAND_MOST || size(&held) > AT_HAND_SIZE) {
                held.remove(0);
            }
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
