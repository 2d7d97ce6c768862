//! Cases of `umbel_stats::composite`.

use crate::check::Check;

pub fn checks() -> Vec<Check> {
    Vec::new()
}
