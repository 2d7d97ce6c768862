//! Tables of costs: from many points to many.

use crate::streets::graph::Streets;
use crate::streets::profile::{CLOSED, Cost, Direction, Profile};
use crate::streets::search::Search;
use crate::streets::snap::Snap;
use crate::streets::targets::{TargetCosts, Targets};
use rayon::prelude::*;

/// Least costs from each point of `from` to each of `to`, within `limit`: one row an origin. [`CLOSED`] stands where
/// there is no way within the limit, or one of the points is not joined to the streets.
///
/// One search an origin, spread over the threads of rayon's current pool; the table is the same for any number of them.
/// When there are fewer destinations than origins, the searches begin at these.
pub fn table(
    streets: &Streets,
    profile: &Profile,
    from: &[Option<Snap>],
    to: &[Option<Snap>],
    limit: Cost,
) -> Vec<Cost> {
    if to.len() < from.len() {
        let turned = rows(streets, profile, to, from, Direction::To, limit);
        let mut table = Vec::with_capacity(turned.len());
        for row in 0..from.len() {
            table.extend((0..to.len()).map(|column| turned[column * from.len() + row]));
        }
        return table;
    }
    rows(streets, profile, from, to, Direction::From, limit)
}

fn rows(
    streets: &Streets,
    profile: &Profile,
    starts: &[Option<Snap>],
    ends: &[Option<Snap>],
    direction: Direction,
    limit: Cost,
) -> Vec<Cost> {
    let mut table = vec![CLOSED; starts.len() * ends.len()];
    if ends.is_empty() {
        return table;
    }
    let targets = Targets::new(streets, profile, ends, direction);
    table.par_chunks_mut(ends.len()).zip(starts).for_each_init(
        || (Search::new(streets), TargetCosts::new()),
        |(search, costs), (row, start)| {
            let Some(start) = start else { return };
            search.run(streets, profile, start, direction, limit);
            search.to_targets(profile, &targets, costs);
            for &target in costs.reached() {
                row[target as usize] = costs.get(target as usize).unwrap_or(CLOSED);
            }
        },
    );
    table
}
