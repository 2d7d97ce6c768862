//! The files of a network: which there are, and how they are read.

use std::path::{Path, PathBuf};
use umbel_access::streets::StreetInput;
use umbel_core::{Date, Finding, Location, Severity, code};
use umbel_network::links::{self, LinkOptions};
use umbel_network::osm::{self, Rules};
use umbel_table::{NetworkFiles, Region};

/// What a file or folder of a network holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// Streets: an OpenStreetMap extract.
    Extract,
    /// Streets: links between junctions (GMNS).
    Links,
    /// A timetable: a GTFS feed, as a zip file or a folder.
    Feed,
    /// A timetable: lines at headways, in TOML.
    Lines,
}

impl SourceKind {
    /// What a path holds, by its name and by the files in a folder.
    pub fn of(path: &Path) -> Option<SourceKind> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        if path.is_dir() {
            let feed = name.ends_with(".gtfs") || path.join("stops.txt").is_file() || path.join("trips.txt").is_file();
            let links = || path.join("link.csv").is_file().then_some(SourceKind::Links);
            return if feed { Some(SourceKind::Feed) } else { links() };
        }
        let by_ending = [
            (".pbf", SourceKind::Extract),
            (".zip", SourceKind::Feed),
            (".gtfs", SourceKind::Feed),
            (".toml", SourceKind::Lines),
            (".csv", SourceKind::Links),
        ];
        by_ending.into_iter().find_map(|(ending, kind)| name.ends_with(ending).then_some(kind))
    }

    /// Whether it holds streets.
    pub fn is_streets(self) -> bool {
        matches!(self, SourceKind::Extract | SourceKind::Links)
    }
}

/// The files of a network of a region that hold streets, or those that hold timetables.
pub(crate) fn paths(region: &Region, network: &NetworkFiles, streets: bool) -> Vec<PathBuf> {
    let paths = network.paths.iter().map(|path| region.root.join(path));
    paths.filter(|path| SourceKind::of(path).is_some_and(|kind| kind.is_streets() == streets)).collect()
}

/// The files of a network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Streets: one extract or table of links.
    pub streets: Option<PathBuf>,
    /// Timetables, in order.
    pub timetables: Vec<PathBuf>,
    /// Which ways of an extract are streets: `standard`, `neutral` or the path of a file.
    pub rules: String,
}

impl Sources {
    /// The rules by which an extract is read.
    ///
    /// # Errors
    /// A sentence when there is no such set, or what is wrong with the file.
    pub fn rules(&self) -> Result<Rules, RulesError> {
        let name = if self.rules.is_empty() { "standard" } else { &self.rules };
        if let Some(rules) = Rules::named(name) {
            return Ok(rules);
        }
        match std::fs::read_to_string(name) {
            Ok(text) => Rules::parse(name, &text).map_err(RulesError::Findings),
            Err(error) => {
                Err(RulesError::Unknown(format!("{name} is neither standard, neutral nor a file of rules: {error}")))
            }
        }
    }
}

impl Sources {
    fn all(&self) -> impl Iterator<Item = &PathBuf> {
        self.streets.iter().chain(&self.timetables)
    }

    /// Findings about the files without the folders that these are in, to be kept with what was made of the files: the same
    /// files may be elsewhere, or be named otherwise, when they are looked at again.
    pub(super) fn without_folders(&self, findings: &[Finding]) -> Vec<Finding> {
        let folders: Vec<String> = self.all().map(|path| folder(path)).collect();
        let mut findings = findings.to_vec();
        for finding in &mut findings {
            let at = &finding.location;
            // In it, or beside it as node.csv is beside link.csv.
            let within = |path: &PathBuf| at.file.starts_with(&*path.to_string_lossy().replace('\\', "/"));
            let beside = || folders.iter().position(|folder| at.file.starts_with(folder.as_str()));
            let inside = self.all().position(within).or_else(beside);
            if let Some(source) = inside {
                let file = format!("{source}:{}", &at.file[folders[source].len()..]);
                finding.location = Location::new(file, at.line, at.column);
            }
        }
        findings
    }

    /// The same with the folders that they are in now.
    pub(super) fn with_folders(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        for finding in &mut findings {
            let at = &finding.location;
            let told = at.file.split_once(':').and_then(|(source, rest)| Some((source.parse::<usize>().ok()?, rest)));
            if let Some((source, rest)) = told
                && let Some(path) = self.all().nth(source)
            {
                finding.location = Location::new(format!("{}{rest}", folder(path)), at.line, at.column);
            }
        }
        findings
    }
}

/// The folder that a file is in, with the `/` after it; empty for a bare name.
fn folder(path: &Path) -> String {
    let folder = path.parent().map(|folder| folder.to_string_lossy().replace('\\', "/")).unwrap_or_default();
    if folder.is_empty() { folder } else { format!("{}/", folder.trim_end_matches('/')) }
}

/// Why there are no rules.
#[derive(Clone, Debug)]
pub enum RulesError {
    /// There is no such set or file.
    Unknown(String),
    /// Something is wrong with the file.
    Findings(Vec<Finding>),
}

/// Metres in the unit in which lengths of links are stated, to be known by comparing them with the straight lines between
/// their ends: no road is shorter than these, and few are twice as long.
fn unit_of_length(streets: &StreetInput) -> f64 {
    let mut ratios: Vec<f64> = streets
        .segments
        .iter()
        .filter_map(|segment| {
            let at = |junction: u32| [streets.longitude[junction as usize], streets.latitude[junction as usize]];
            let straight = osm::haversine(at(segment.from), at(segment.to));
            (straight > 1.0).then(|| segment.length / straight)
        })
        .collect();
    if ratios.is_empty() {
        return 1.0;
    }
    let middle = ratios.len() / 2;
    let median = *ratios.select_nth_unstable_by(middle, f64::total_cmp).1;
    // Feet, metres, kilometres, miles.
    let units = [0.3048, 1.0, 1000.0, 1609.344];
    units.into_iter().find(|unit| median * unit >= 0.9).unwrap_or(1.0)
}

/// Streets from a file or folder as they are on a day, and what is wrong with it; `None` when nothing can be used.
pub fn streets(path: &Path, rules: &Rules, day: Option<Date>) -> (Option<StreetInput>, Vec<Finding>) {
    let shown = |path: &Path| path.to_string_lossy().replace('\\', "/");
    let name = shown(path);
    if SourceKind::of(path) == Some(SourceKind::Links) {
        let (nodes, links) = match path.is_dir() {
            true => (path.join("node.csv"), path.join("link.csv")),
            false => (path.with_file_name("node.csv"), path.to_owned()),
        };
        let read = |length_unit: f64| {
            let options = LinkOptions { length_unit, day, ..LinkOptions::default() };
            links::read(&nodes, &links, [&shown(&nodes), &shown(&links)], &options)
        };
        let mut read_in_metres = read(1.0);
        let unit = unit_of_length(&read_in_metres.streets);
        if unit != 1.0 {
            read_in_metres = read(unit);
        }
        let read = read_in_metres;
        return ((!read.streets.segments.is_empty()).then_some(read.streets), read.findings);
    }
    let extract = osm::read(path, &name, rules);
    // A clipped extract is a warning; one that is cut short or unreadable is no network to rely on.
    let broken =
        extract.findings.iter().any(|finding| finding.severity == Severity::Error && finding.code != &code::G005);
    ((!broken && !extract.streets.segments.is_empty()).then_some(extract.streets), extract.findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(rows: &str, day: Option<Date>) -> (Option<StreetInput>, Vec<Finding>) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(
            folder.path().join("node.csv"),
            "node_id,x_coord,y_coord\na,8.0,50.0\nb,8.0,50.01\nc,8.0,50.02\n",
        )
        .expect("written");
        std::fs::write(folder.path().join("link.csv"), rows).expect("written");
        assert_eq!(SourceKind::of(folder.path()), Some(SourceKind::Links));
        streets(folder.path(), &Rules::standard(), day)
    }

    #[test]
    fn the_unit_of_lengths_is_found_out() {
        // 1,112 m each as the crow flies.
        for (length, metres) in [("1200", 1200.0), ("1.2", 1200.0), ("0.75", 1207.008), ("3900", 1188.72)] {
            let rows = format!("from_node_id,to_node_id,length\na,b,{length}\nb,c,{length}\n");
            let (streets, findings) = links(&rows, None);
            assert!(findings.is_empty(), "{findings:?}");
            assert!((streets.expect("streets").segments[0].length - metres).abs() < 1e-6, "{length}");
        }
    }

    #[test]
    fn links_open_and_close() {
        let rows = "from_node_id,to_node_id,opened,closed\na,b,,2020\nb,c,2018-08,\n";
        let count = |day: &str| links(rows, day.parse().ok()).0.map_or(0, |streets| streets.segments.len());
        assert_eq!([count("2018-08-30"), count("2018-08-31"), count("2020-12-31")], [1, 2, 1]);
        let (streets, findings) = links("from_node_id,to_node_id,opened\na,b,soon\nb,c,\n", None);
        assert_eq!(streets.map(|streets| streets.segments.len()), Some(1));
        assert_eq!((findings[0].code.id, findings[0].location.line, findings[0].location.column), ("F012", 2, 5));
    }

    #[test]
    fn kept_findings_follow_the_files() {
        let at = |file: &str| Finding::new(&code::T010, Location::new(file, 3, 1), "a row is too long", "shorten it");
        let sources = |streets: &str, feed: &str| Sources {
            streets: Some(PathBuf::from(streets)),
            timetables: vec![PathBuf::from(feed)],
            ..Sources::default()
        };
        let first = sources("here/roads", "there/a.zip");
        let found = [at("here/roads/link.csv"), at("there/a.zip/stops.txt"), at("elsewhere: far")];
        let kept = first.without_folders(&found);
        assert_eq!(first.with_folders(kept.clone()), found);
        let moved = sources("roads", "/data/a.zip").with_folders(kept);
        assert_eq!(moved, [at("roads/link.csv"), at("/data/a.zip/stops.txt"), at("elsewhere: far")]);
        let bare = sources("roads", "a.zip");
        let kept = bare.without_folders(&[at("a.zip/stops.txt"), at("roads/link.csv")]);
        assert_eq!(first.with_folders(kept), [at("there/a.zip/stops.txt"), at("here/roads/link.csv")]);
    }
}
