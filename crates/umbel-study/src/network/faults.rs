//! What is wrong with the files of the networks of a region.

use super::source::{self, Sources};
use super::{cache, network, timetables};
use crate::key::Keyer;
use crate::reads::Read;
use crate::study::Study;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use umbel_core::{Finding, Location, Severity};
use umbel_network::osm::Rules;
use umbel_table::{NetworkFiles, Region};

/// What is wrong with the files of a network: errors, for what they touch is not on the network or not as it is meant, and of
/// streets also what is doubtful. Files are named by their paths in the region.
///
/// Feeds are read and checked as by `umbel apply check-gtfs`, which tells as well what is doubtful in them: of a large feed
/// that is much, and rarely the planner's to mend. Streets are read as they are for travelling, and kept.
pub(crate) fn findings(region: &Region, network: &NetworkFiles) -> Vec<Finding> {
    let feeds = source::paths(region, network, false);
    let of_feeds = || timetables::check(&feeds.iter().map(PathBuf::as_path).collect::<Vec<&Path>>(), None);
    let of_streets = || -> Vec<Finding> {
        let cache = cache::folder(&region.root);
        let all = source::paths(region, network, true).into_iter().filter_map(|path| {
            let sources = Sources { streets: Some(path), ..Sources::default() };
            network::streets(&sources, &Rules::standard(), None, Some(&cache))
        });
        all.flat_map(|(_, findings, _)| findings).collect()
    };
    let (mut findings, streets) = rayon::join(of_feeds, of_streets);
    findings.retain(|finding| finding.severity == Severity::Error);
    findings.extend(streets);
    let root = region.root.to_string_lossy().replace('\\', "/");
    for finding in &mut findings {
        let at = &finding.location;
        if let Some(inside) = at.file.strip_prefix(root.as_str()) {
            finding.location = Location::new(inside.trim_start_matches('/'), at.line, at.column);
        }
    }
    findings
}

impl Study {
    /// The networks on which rests what was evaluated, each with the number of errors in its files: what these touch was left
    /// out. Counted once for files of a content, where the region has a store.
    pub fn faulty_networks(&self) -> Vec<(&str, usize)> {
        let measures = self.evaluated().into_iter().filter_map(|measure| self.graph.measures.get(measure));
        let networks: BTreeSet<usize> = measures
            .flat_map(|resolved| &resolved.reads)
            .filter_map(|read| if let Read::Network { network } = read { Some(*network) } else { None })
            .collect();
        let networks = networks.into_iter().filter_map(|at| self.region.networks.get(at));
        let counted = networks.map(|network| (network.name.as_str(), self.count_of_errors(network)));
        counted.filter(|(_, count)| *count > 0).collect()
    }

    fn count_of_errors(&self, network: &NetworkFiles) -> usize {
        let region = &self.region;
        let is_error = |finding: &&Finding| finding.severity == Severity::Error;
        let count = || findings(region, network).iter().filter(is_error).count() as u32;
        let digest = network.digest(&region.root, &region.files);
        let Some(digest) = self.store.as_ref().and(digest.ok()) else { return count() as usize };
        let mut keyer = Keyer::new("errors in a network");
        keyer.text(env!("CARGO_PKG_VERSION"));
        keyer.key(&digest);
        let (folder, key) = (cache::folder(&region.root), keyer.finish());
        let counted = cache::load::<u32>(&folder, &key).unwrap_or_else(|| {
            let counted = count();
            cache::keep(&folder, &key, &counted);
            counted
        });
        counted as usize
    }
}
