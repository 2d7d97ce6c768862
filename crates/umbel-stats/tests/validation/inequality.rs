//! Cases of `umbel_stats::inequality`.

use crate::check::Check;

pub fn checks() -> Vec<Check> {
    Vec::new()
}
