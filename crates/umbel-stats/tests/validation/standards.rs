//! Cases of `umbel_stats::standards`.

use crate::check::Check;

pub fn checks() -> Vec<Check> {
    Vec::new()
}
