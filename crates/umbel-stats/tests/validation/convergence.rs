//! Cases of `umbel_stats::convergence`.

use crate::check::Check;

pub fn checks() -> Vec<Check> {
    Vec::new()
}
