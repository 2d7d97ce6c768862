//! Cases of `umbel_stats::trend`.

use crate::check::Check;

pub fn checks() -> Vec<Check> {
    Vec::new()
}
