//! Cases of `umbel_stats::weights`.

use crate::check::Check;

pub fn checks() -> Vec<Check> {
    Vec::new()
}
