//! Cases of `umbel_stats::panel`.

use crate::check::Check;

pub fn checks() -> Vec<Check> {
    Vec::new()
}
