//! Targets of many points, which share the searches from the junctions beside them.
//!
//! What is reached from a point is reached through the junctions beside it. Where there are more points than junctions, as
//! when each node of a network is asked, it is quicker to search from the junctions and to put together what these reach.

use crate::streets::graph::Streets;
use crate::streets::profile::{Cost, Direction, Profile};
use crate::streets::search::Search;
use crate::streets::snap::Snap;
use crate::streets::targets::{TargetCosts, Targets};
use rayon::prelude::*;

/// Points whose junctions are searched from before those of the next: as many rows of costs are held.
const TOGETHER: usize = 8192;

/// The costs of targets within `limit` of each of many points: `work` gets the number of a point and the costs, those that
/// a search from it would give ([`Search::to_targets`]), and what it makes of them comes back in the order of the points.
/// From points that are not joined (`None`) nothing is reached.
///
/// # Cost
/// A search from each junction beside a point, and about 2 ns a target reached from each point; 8 bytes a target reached
/// from each junction beside the 8,192 points that are looked at together.
///
/// # Panics
/// When the targets were made for searches in the other direction.
pub fn each_to_targets<R: Send>(
    streets: &Streets,
    profile: &Profile,
    points: &[Option<Snap>],
    targets: &Targets,
    direction: Direction,
    limit: Cost,
    work: impl Fn(usize, &TargetCosts) -> R + Sync,
) -> Vec<R> {
    let beside = |point: &Snap| profile.beside(streets, point, direction).into_iter().flatten();
    // Neighbours come together: junctions are numbered along Hilbert's curve.
    let mut order: Vec<(u32, u32)> = (0..)
        .zip(points)
        .map(|(number, point)| {
            let junction = point.as_ref().and_then(|point| beside(point).map(|(junction, _)| junction).min());
            (junction.unwrap_or(u32::MAX), number)
        })
        .collect();
    order.sort_unstable();
    let mut results: Vec<Option<R>> = Vec::new();
    results.resize_with(points.len(), || None);
    let mut rows: Vec<Vec<(u32, Cost)>> = vec![Vec::new(); profile.junction_count(streets)];
    for part in order.chunks(TOGETHER) {
        let part = || part.iter().map(|&(_, number)| number as usize);
        let mut junctions: Vec<u32> = part()
            .filter_map(|number| points[number].as_ref())
            .flat_map(|point| beside(point).map(|(junction, _)| junction))
            .collect();
        junctions.sort_unstable();
        junctions.dedup();
        let searched: Vec<Vec<(u32, Cost)>> = junctions
            .par_iter()
            .map_init(
                || (Search::new(streets), TargetCosts::new()),
                |(search, costs), &junction| {
                    search.run_from(streets, profile, std::iter::once((junction, 0)), direction, limit);
                    search.to_targets(profile, targets, costs);
                    let reached = costs.reached().iter();
                    reached.filter_map(|&target| Some((target, costs.get(target as usize)?))).collect()
                },
            )
            .collect();
        junctions.iter().zip(searched).for_each(|(&junction, row)| rows[junction as usize] = row);
        let numbers: Vec<usize> = part().collect();
        let answers: Vec<R> = numbers
            .par_iter()
            .map_init(TargetCosts::new, |costs, &number| {
                costs.clear(targets.points().len());
                if let Some(point) = &points[number] {
                    for (junction, before) in beside(point) {
                        for &(target, cost) in &rows[junction as usize] {
                            if before + cost <= limit {
                                costs.offer(target, before + cost);
                            }
                        }
                    }
                    targets.along(profile, point, limit, costs);
                }
                work(number, costs)
            })
            .collect();
        numbers.into_iter().zip(answers).for_each(|(number, answer)| results[number] = Some(answer));
        junctions.iter().for_each(|&junction| rows[junction as usize] = Vec::new());
    }
    results.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streets::properties::{MODES, network, points};
    use crate::streets::{MOST, ProfileOptions};
    use umbel_core::random::Stream;

    #[test]
    fn shared_searches_give_what_each_would() {
        for seed in 0..60 {
            let junctions = 3 + seed % 40;
            let input = network(seed, junctions, junctions * (1 + seed % 3));
            let streets = Streets::new(&input).expect("streets");
            let profile = streets.profile(MODES[seed as usize % 3], &ProfileOptions::default()).expect("a profile");
            let mut stream = Stream::new(seed, 17);
            let from = points(&mut stream, &profile, input.segments.len(), 40);
            let to = points(&mut stream, &profile, input.segments.len(), 15);
            let limit = [MOST, 200_000, 30_000][seed as usize / 3 % 3];
            let mut search = Search::new(&streets);
            let mut expected = TargetCosts::new();
            for direction in [Direction::From, Direction::To] {
                let targets = Targets::new(&streets, &profile, &to, direction);
                let row = |costs: &TargetCosts| (0..to.len()).map(|target| costs.get(target)).collect::<Vec<_>>();
                let rows = each_to_targets(&streets, &profile, &from, &targets, direction, limit, |number, costs| {
                    assert_eq!(costs.reached().len(), row(costs).iter().flatten().count());
                    (number, row(costs))
                });
                assert_eq!(rows.len(), from.len());
                for (at, (point, found)) in from.iter().zip(&rows).enumerate() {
                    let wanted = match point {
                        Some(point) => {
                            search.run(&streets, &profile, point, direction, limit);
                            search.to_targets(&profile, &targets, &mut expected);
                            row(&expected)
                        }
                        None => vec![None; to.len()],
                    };
                    assert_eq!(found, &(at, wanted), "seed {seed}, {direction:?}, point {at}");
                }
            }
        }
    }
}
