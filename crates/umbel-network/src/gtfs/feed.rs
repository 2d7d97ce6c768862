//! A feed, and several of them together.

use super::model::{
    Agency, Fare, FareRule, FeedInfo, Frequency, Level, LocationKind, Pathway, Route, Service, Shape, ShapePoint, Stop,
    StopTime, Transfer, Trip,
};
use super::{archive, read};
use rayon::prelude::*;
use std::path::Path;
use umbel_access::timetable::Wheelchair;
use umbel_core::Finding;

/// A feed in memory. Numbers in one table are places in another; rows left out are told by findings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Feed {
    /// Name of its file or folder, with which findings begin.
    pub name: String,
    /// Agencies.
    pub agencies: Vec<Agency>,
    /// Stops, stations, entrances and nodes.
    pub stops: Vec<Stop>,
    /// Routes.
    pub routes: Vec<Route>,
    /// Services.
    pub services: Vec<Service>,
    /// Trips.
    pub trips: Vec<Trip>,
    /// Stop times, by trip and sequence.
    pub stop_times: Vec<StopTime>,
    /// Headways, by trip and start.
    pub frequencies: Vec<Frequency>,
    /// Transfers.
    pub transfers: Vec<Transfer>,
    /// Pathways.
    pub pathways: Vec<Pathway>,
    /// Levels.
    pub levels: Vec<Level>,
    /// Shapes.
    pub shapes: Vec<Shape>,
    /// Points of the shapes, by shape and sequence.
    pub points: Vec<ShapePoint>,
    /// Fares.
    pub fares: Vec<Fare>,
    /// Where fares hold.
    pub fare_rules: Vec<FareRule>,
    /// About the feed.
    pub info: Option<FeedInfo>,
    /// Which columns that checks ask about the files have.
    pub(super) has: Has,
}

/// Columns and files that a feed has, where their absence says something of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Has {
    /// `timepoint` of stop_times.txt.
    pub timepoint: bool,
}

impl Feed {
    /// Reads a feed from a zip file or a folder. What can be read is read; the findings tell the rest.
    pub fn read(path: &Path) -> (Feed, Vec<Finding>) {
        let name = path.file_name().map_or_else(|| "feed".to_owned(), |name| name.to_string_lossy().into_owned());
        let (sources, mut findings) = archive::open(path, &name);
        if sources.is_empty() && findings.iter().any(|finding| finding.location.file.as_ref() == name.as_str()) {
            return (Feed { name, ..Feed::default() }, findings);
        }
        let feed = read::feed(name, sources, &mut findings);
        (feed, findings)
    }

    /// Reads a feed from the bytes of a zip file; `name` stands for its path in findings.
    pub fn from_zip(name: &str, bytes: &[u8]) -> (Feed, Vec<Finding>) {
        let mut findings = Vec::new();
        match archive::unpack(bytes, name, &mut findings) {
            Ok(files) => {
                let feed = read::feed(name.to_owned(), archive::sources(name, files), &mut findings);
                (feed, findings)
            }
            Err(finding) => (Feed { name: name.to_owned(), ..Feed::default() }, vec![finding]),
        }
    }

    /// Reads a feed from files given by name and content.
    pub fn from_files(name: &str, files: Vec<(String, Vec<u8>)>) -> (Feed, Vec<Finding>) {
        let mut findings = Vec::new();
        let feed = read::feed(name.to_owned(), archive::sources(name, files), &mut findings);
        (feed, findings)
    }

    /// The stop times of a trip.
    pub fn times(&self, trip: &Trip) -> &[StopTime] {
        self.stop_times.get(trip.first as usize..(trip.first + trip.count) as usize).unwrap_or(&[])
    }

    /// The headways of a trip.
    pub fn headways(&self, trip: &Trip) -> &[Frequency] {
        let first = trip.first_frequency as usize;
        self.frequencies.get(first..first + trip.frequency_count as usize).unwrap_or(&[])
    }

    /// The points of a shape.
    pub fn shape(&self, shape: &Shape) -> &[ShapePoint] {
        self.points.get(shape.first as usize..(shape.first + shape.count) as usize).unwrap_or(&[])
    }

    /// The station that a stop belongs to, or is; `None` for a stop that stands alone.
    pub fn station(&self, stop: u32) -> Option<u32> {
        let mut at = stop;
        // A boarding area belongs to a platform, that to a station; a ring of parents ends here too.
        for _ in 0..3 {
            let place = self.stops.get(at as usize)?;
            if place.kind == LocationKind::Station {
                return Some(at);
            }
            at = place.parent?;
        }
        None
    }

    /// Whether a stop can be used with a wheelchair: what it says itself, else what its parent says.
    pub fn wheelchair(&self, stop: u32) -> Wheelchair {
        let mut at = Some(stop);
        for _ in 0..3 {
            let Some(place) = at.and_then(|at| self.stops.get(at as usize)) else { break };
            if place.wheelchair != Wheelchair::Unknown {
                return place.wheelchair;
            }
            at = place.parent;
        }
        Wheelchair::Unknown
    }
}

/// Several feeds, whose ids are told apart by feed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Feeds {
    /// The feeds, in the order given. The time zone of the first is that of the clock.
    pub feeds: Vec<Feed>,
}

impl Feeds {
    /// Reads feeds from zip files or folders, in parallel.
    pub fn read<P: AsRef<Path> + Sync>(paths: &[P]) -> (Feeds, Vec<Finding>) {
        let read: Vec<_> = paths.par_iter().map(|path| Feed::read(path.as_ref())).collect();
        let (feeds, findings): (Vec<_>, Vec<_>) = read.into_iter().unzip();
        (Feeds { feeds }, findings.concat())
    }
}
