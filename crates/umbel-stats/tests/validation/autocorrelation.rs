//! Cases of `umbel_stats::autocorrelation`.

use crate::check::Check;

pub fn checks() -> Vec<Check> {
    Vec::new()
}
