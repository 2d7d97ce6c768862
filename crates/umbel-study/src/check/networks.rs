//! Codes of feeds, links and extracts: networks whose files hold what cannot be used.

use crate::network::faults::findings;
use crate::study::Study;
use rayon::prelude::*;
use umbel_core::Finding;

/// What is wrong with the files of every network. What is only doubtful in a feed `umbel apply check-gtfs` tells.
pub fn check(study: &Study) -> Vec<Finding> {
    study.region.networks.par_iter().flat_map(|network| findings(&study.region, network)).collect()
}
