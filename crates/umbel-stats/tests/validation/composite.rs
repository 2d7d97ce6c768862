//! Cases of `umbel_stats::composite`.

mod coinr;
mod coupling;
mod decision;

use crate::check::Check;

pub fn checks() -> Vec<Check> {
    [coinr::checks(), decision::checks(), coupling::checks()].into_iter().flatten().collect()
}
