//! Cases of `umbel_stats::regression`.

use crate::check::Check;

pub fn checks() -> Vec<Check> {
    Vec::new()
}
