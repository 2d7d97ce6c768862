//! Cases of `umbel_stats::structure`.

use crate::check::Check;

pub fn checks() -> Vec<Check> {
    Vec::new()
}
