//! OpenStreetMap extracts: read from PBF, and made a graph of junctions.
//!
//! Two passes. The first decodes all blocks and keeps the ways that are streets by the rules ([`rules`]); the second keeps
//! where their nodes are, in eight bytes each. Blocks are decoded side by side and put together in the order of the file,
//! so that the graph does not depend on the number of threads.

mod geometry;
mod graph;
mod nodes;
mod pbf;
pub mod rules;
pub mod speed;
mod way;
mod ways;

pub use geometry::{EARTH_RADIUS, haversine};
pub use rules::Rules;

use nodes::{Found, Nodes};
use pbf::{Blocks, Fault, Place};
use rayon::prelude::*;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use umbel_access::streets::StreetInput;
use umbel_core::code::{F001, G005, N001, N002, N003, N004, N005, N006, N009};
use umbel_core::{Code, Finding, Location, Severity};
use way::Table;
use ways::Ways;

/// Files up to so many bytes keep their decoded nodes between the passes instead of decoding them twice.
const KEEP_LIMIT: u64 = 16 * 1024 * 1024;
/// How many ids a finding names as examples.
const EXAMPLES: usize = 5;

/// What an extract holds.
#[derive(Debug, Default)]
pub struct Extract {
    /// The streets that somebody may use. Only part of them when a finding is an error.
    pub streets: StreetInput,
    /// What is wrong with the file.
    pub findings: Vec<Finding>,
    /// Ways that are streets.
    pub ways: usize,
    /// Nodes that they name.
    pub nodes: usize,
}

/// Reads the streets of a PBF file; `name` is what findings call it.
///
/// Junctions are in the order of their ids, segments in that of the ways in the file; lengths are haversine sums. Takes
/// time and memory with the size of the file: about 8 bytes a node of a street and 12 a place in a way on top of the
/// result.
///
/// Findings: the file is not there (F001), is no PBF (N001), is cut (N002), has a block that cannot be decoded (N003),
/// demands something unknown (N004), lacks nodes of ways (N005, a warning: most extracts are clipped), holds no street
/// (N006), a street with fewer than two nodes (N009, a warning), nodes out of range (G005).
pub fn read(path: &Path, name: &str, rules: &Rules) -> Extract {
    let table = Table::new(rules);
    let (blocks, faults) = Blocks::find(path);
    let mut report = Report { file: name.into(), findings: Vec::new() };
    // Whoever demands what is unknown must not be read as if it were known.
    let fatal = faults.iter().any(|fault| [&F001, &N001, &N004].contains(&fault.code));
    report.faults(faults);
    if fatal {
        return Extract { findings: report.findings, ..Extract::default() };
    }

    let keep = path.metadata().is_ok_and(|metadata| metadata.len() <= KEEP_LIMIT);
    let first = blocks.each(&blocks.places, |block| {
        let ways = Ways::of(&block, &table);
        let holds = nodes::has_nodes(&block);
        (ways, holds, (keep && holds).then_some(block))
    });
    let (mut ways, mut kept, mut again, mut faults) = (Ways::default(), Vec::new(), Vec::new(), Vec::new());
    for (result, &place) in first.into_iter().zip(&blocks.places) {
        match result {
            Ok(Some((of_block, holds, block))) => {
                ways.append(of_block);
                if holds && block.is_none() {
                    again.push(place);
                }
                kept.extend(block);
            }
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
    }

    let (ids, numbers) = ways.numbered();
    let mut nodes = Nodes::unknown(ids.len());
    let mut astray = Vec::new();
    let from_kept: Vec<Found> = kept.par_iter().map(|block| Found::of(block, &ids, &table)).collect();
    drop(kept);
    let decoded = blocks.each(&again, |block| Found::of(&block, &ids, &table));
    for found in from_kept.into_iter().map(|found| Ok(Some(found))).chain(decoded) {
        match found {
            Ok(Some(found)) => {
                nodes.fill(&found);
                astray.extend(found.astray);
            }
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
    }
    report.faults(faults);

    let (streets, gaps) = graph::build(&ways, &ids, &numbers, &nodes, &table);
    report.examples(
        &G005,
        "nodes that lie nowhere on Earth",
        &astray,
        "correct the coordinates, or write the extract again",
    );
    let lacking = format!("streets that lack nodes ({} in all) and are cut there", gaps.nodes);
    let fix =
        "take a larger extract if streets near its edge matter (whole ways: osmium extract --strategy=complete_ways)";
    report.examples(&N005, &lacking, &gaps.ways, fix);
    let fix = "mend them in OpenStreetMap, or ignore this";
    report.examples(&N009, "streets with fewer than two nodes, left out", &ways.short, fix);
    let sound = report.findings.iter().all(|finding| finding.severity != Severity::Error);
    if streets.segments.is_empty() && sound {
        let message = format!("no street that anybody may use by the rules \"{}\" was found", rules.name);
        report.add(
            &N006,
            message,
            "check that the extract holds ways with highway tags, their nodes too, and that the rules open some",
        );
    }
    Extract { streets, findings: report.findings, ways: ways.ids.len(), nodes: ids.len() }
}

impl Blocks {
    /// Decodes blocks side by side; results in the order of `places`.
    fn each<T: Send>(
        &self,
        places: &[Place],
        work: impl Fn(osmpbf::PrimitiveBlock) -> T + Sync,
    ) -> Vec<Result<Option<T>, Fault>> {
        let decode = |file: &mut Option<File>, place: &Place| {
            if file.is_none() {
                *file = Some(self.open()?);
            }
            match file {
                Some(file) => Ok(self.data(file, *place)?.map(&work)),
                None => Ok(None),
            }
        };
        places.par_iter().map_init(|| None, decode).collect()
    }
}

struct Report {
    file: Arc<str>,
    findings: Vec<Finding>,
}

impl Report {
    fn add(&mut self, code: &'static Code, message: String, fix: &str) {
        self.findings.push(Finding::new(code, Location::new(self.file.clone(), 0, 0), message, fix));
    }

    fn faults(&mut self, faults: Vec<Fault>) {
        for fault in faults {
            let fix = match fault.code.id {
                _ if fault.code == &F001 => "check the path",
                _ if fault.code == &N001 => "give an OpenStreetMap extract in the PBF format (.osm.pbf)",
                _ if fault.code == &N002 || fault.code == &N003 => "fetch or write the file again",
                _ => "write the file with zlib compression and without history, for example by osmium cat",
            };
            self.add(fault.code, fault.message, fix);
        }
    }

    /// One finding about many elements, some of them named.
    fn examples(&mut self, code: &'static Code, what: &str, ids: &[i64], fix: &str) {
        if ids.is_empty() {
            return;
        }
        let named: Vec<String> = ids.iter().take(EXAMPLES).map(i64::to_string).collect();
        let more = if ids.len() > EXAMPLES { ", ..." } else { "" };
        self.add(code, format!("{what}: {} (ids {}{more})", ids.len(), named.join(", ")), fix);
    }
}
