//! Tables: sweeps over no more than what lies above the destinations.

use super::customise::{Above, FAR, Hierarchy};
use super::sweep::{Climb, LANES, Lanes, relax};
use crate::streets::graph::Streets;
use crate::streets::profile::{CLOSED, Cost, Direction, MOST, Profile};
use crate::streets::snap::Snap;
use rayon::prelude::*;

/// The part of a search graph from which some vertices can be reached downward.
struct Selection {
    /// Vertices, falling.
    vertices: Vec<u32>,
    /// Place of each vertex among them; `u32::MAX` = none.
    place: Vec<u32>,
    start: Vec<u32>,
    /// Places above, all before the vertex's own, and costs.
    arcs: Vec<(u32, i32)>,
}

impl Selection {
    fn new(below: &Above, count: usize, targets: impl Iterator<Item = u32>) -> Selection {
        let mut place = vec![u32::MAX; count];
        let mut vertices: Vec<u32> = Vec::new();
        let mut add = |vertex: u32, vertices: &mut Vec<u32>| {
            if std::mem::replace(&mut place[vertex as usize], 0) == u32::MAX {
                vertices.push(vertex);
            }
        };
        targets.for_each(|vertex| add(vertex, &mut vertices));
        let mut next = 0;
        while let Some(&vertex) = vertices.get(next) {
            next += 1;
            below.at(vertex).iter().for_each(|&(above, _)| add(above, &mut vertices));
        }
        vertices.sort_unstable_by(|a, b| b.cmp(a));
        let (mut start, mut arcs) = (vec![0], Vec::new());
        for (at, &vertex) in vertices.iter().enumerate() {
            place[vertex as usize] = at as u32;
            arcs.extend(below.at(vertex).iter().map(|&(above, cost)| (place[above as usize], cost)));
            start.push(arcs.len() as u32);
        }
        Selection { vertices, place, start, arcs }
    }
}

/// A destination: the places of the vertices beside it and the costs to it.
struct Target<'a> {
    point: &'a Snap,
    column: usize,
    beside: [Option<(u32, i32)>; 2],
}

impl Hierarchy {
    /// Least costs from each point of `from` to each of `to`, one row an origin; [`CLOSED`] where there is no way or a
    /// point is not joined to the streets. Equal to [`table`](crate::streets::table()) without a limit. The profile is
    /// the one that the hierarchy was customised for.
    ///
    /// Parallel over groups of [`LANES`] origins, and the same for any number of threads.
    ///
    /// # Cost
    /// An origin costs a way up and a sixteenth of a sweep over what lies above the destinations.
    pub fn table(&self, streets: &Streets, profile: &Profile, from: &[Option<Snap>], to: &[Option<Snap>]) -> Vec<Cost> {
        let mut table = vec![CLOSED; from.len() * to.len()];
        if table.is_empty() {
            return table;
        }
        let (above, below) = self.ways(Direction::From);
        let targets: Vec<(usize, &Snap)> =
            to.iter().enumerate().filter_map(|(column, point)| Some((column, point.as_ref()?))).collect();
        let beside = |point| self.seeds(streets, profile, point, Direction::To);
        let selection = Selection::new(
            below,
            self.skeleton.vertex.len(),
            targets.iter().flat_map(|&(_, point)| beside(point)).map(|(vertex, _)| vertex),
        );
        let targets: Vec<Target> = targets
            .iter()
            .map(|&(column, point)| {
                let mut places = beside(point).map(|(vertex, cost)| (selection.place[vertex as usize], cost as i32));
                Target { point, column, beside: [places.next(), places.next()] }
            })
            .collect();
        table.par_chunks_mut(to.len() * LANES).zip(from.par_chunks(LANES)).for_each_init(
            || (Climb::default(), Vec::new()),
            |(climb, costs), (rows, points)| {
                costs.clear();
                costs.resize(selection.vertices.len(), [FAR; LANES]);
                for (lane, point) in points.iter().enumerate() {
                    let Some(point) = point else { continue };
                    let seeds = self.seeds(streets, profile, point, Direction::From);
                    climb.run(&self.skeleton.parent, above, seeds, |vertex, cost| {
                        if let Some(lanes) = costs.get_mut(selection.place[vertex as usize] as usize) {
                            lanes[lane] = cost;
                        }
                    });
                }
                selection.sweep(costs);
                for target in &targets {
                    let mut least = [FAR; LANES];
                    for &(place, cost) in target.beside.iter().flatten() {
                        relax(&mut least, &costs[place as usize], cost);
                    }
                    for (lane, point) in points.iter().enumerate() {
                        let Some(point) = point else { continue };
                        let along = profile.along(point, target.point).unwrap_or(CLOSED);
                        let cost = along.min(least[lane] as Cost);
                        if cost <= MOST {
                            rows[lane * to.len() + target.column] = cost;
                        }
                    }
                }
            },
        );
        table
    }
}

impl Selection {
    fn sweep(&self, costs: &mut [Lanes]) {
        for at in 0..costs.len() {
            let (before, rest) = costs.split_at_mut(at);
            let here = &mut rest[0];
            for &(place, more) in &self.arcs[self.start[at] as usize..self.start[at + 1] as usize] {
                relax(here, &before[place as usize], more);
            }
        }
    }
}
