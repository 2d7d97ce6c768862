//! From some points to all junctions at once.

use super::customise::{Above, FAR, Hierarchy};
use crate::streets::graph::Streets;
use crate::streets::profile::{Cost, Direction, Profile};
use crate::streets::snap::Snap;

/// Points of a sweep.
pub const LANES: usize = 16;

/// Costs of all lanes at a vertex.
pub(super) type Lanes = [i32; LANES];

/// The memory of a sweep, to be used again: make one a thread. 64 bytes a junction.
#[derive(Clone, Debug, Default)]
pub struct Sweep {
    costs: Vec<Lanes>,
    climb: Climb,
    vertex: Vec<u32>,
}

/// The way up from the start of a search, to be used again.
#[derive(Clone, Debug, Default)]
pub(super) struct Climb {
    costs: Vec<i32>,
    visited: Vec<u32>,
}

impl Climb {
    /// Calls `found` with the cost of each vertex on the way up from the seeds.
    pub fn run(
        &mut self,
        parent: &[u32],
        above: &Above,
        seeds: impl Iterator<Item = (u32, Cost)>,
        mut found: impl FnMut(u32, i32),
    ) {
        if self.costs.len() < parent.len() {
            self.costs.resize(parent.len(), FAR);
        }
        for (seed, cost) in seeds {
            let at = &mut self.costs[seed as usize];
            *at = (*at).min(cost as i32);
            let mut vertex = seed;
            while vertex != u32::MAX {
                let cost = self.costs[vertex as usize];
                if cost < FAR {
                    self.visited.push(vertex);
                    for &(upper, more) in above.at(vertex) {
                        let at = &mut self.costs[upper as usize];
                        *at = (*at).min(cost + more);
                    }
                }
                vertex = parent[vertex as usize];
            }
        }
        for vertex in self.visited.drain(..) {
            let cost = std::mem::replace(&mut self.costs[vertex as usize], FAR);
            if cost < FAR {
                found(vertex, cost);
            }
        }
    }
}

/// The least of the costs there and those of another vertex and an arc from it.
#[inline]
pub(super) fn relax(here: &mut Lanes, there: &Lanes, more: i32) {
    for (cost, from) in here.iter_mut().zip(there) {
        let through = from + more;
        *cost = if through < *cost { through } else { *cost };
    }
}

impl Hierarchy {
    /// The graphs to climb in and to sweep over.
    pub(super) fn ways(&self, direction: Direction) -> (&Above, &Above) {
        match direction {
            Direction::From => (&self.up, &self.down),
            Direction::To => (&self.down, &self.up),
        }
    }

    /// The vertices beside a point and the costs to them (or from them).
    pub(super) fn seeds<'a>(
        &'a self,
        streets: &Streets,
        profile: &Profile,
        point: &Snap,
        direction: Direction,
    ) -> impl Iterator<Item = (u32, Cost)> + 'a {
        let beside = profile.beside(streets, point, direction);
        beside.into_iter().flatten().map(|(junction, cost)| (self.skeleton.vertex[junction as usize], cost))
    }

    /// Finds the costs from each of up to [`LANES`] points to all junctions (or to the points from all); read them with
    /// [`Sweep::to_junction`]. The profile is the one that the hierarchy was customised for.
    ///
    /// # Panics
    /// When there are more than [`LANES`] points.
    ///
    /// # Cost
    /// About 1 ns a point and arc of the hierarchy.
    pub fn sweep(
        &self,
        streets: &Streets,
        profile: &Profile,
        points: &[Snap],
        direction: Direction,
        sweep: &mut Sweep,
    ) {
        assert!(points.len() <= LANES, "{} points for {LANES} lanes", points.len());
        let (above, below) = self.ways(direction);
        let count = self.skeleton.vertex.len();
        sweep.costs.clear();
        sweep.costs.resize(count, [FAR; LANES]);
        sweep.vertex.clone_from(&self.skeleton.vertex);
        for (lane, point) in points.iter().enumerate() {
            let seeds = self.seeds(streets, profile, point, direction);
            let costs = &mut sweep.costs;
            sweep.climb.run(&self.skeleton.parent, above, seeds, |vertex, cost| costs[vertex as usize][lane] = cost);
        }
        for vertex in (self.skeleton.first..count as u32).rev() {
            let (lower, upper) = sweep.costs.split_at_mut(vertex as usize + 1);
            let here = &mut lower[vertex as usize];
            for &(from, more) in below.at(vertex) {
                relax(here, &upper[(from - vertex) as usize - 1], more);
            }
        }
    }
}

impl Sweep {
    /// Memory for sweeps.
    pub fn new() -> Sweep {
        Sweep::default()
    }

    /// The cost between a point of the last sweep and a junction; `None` when there is no way.
    ///
    /// # Panics
    /// When there is no such lane.
    #[inline]
    pub fn to_junction(&self, lane: usize, junction: u32) -> Option<Cost> {
        let vertex = *self.vertex.get(junction as usize)?;
        let cost = self.costs[vertex as usize][lane];
        (cost < FAR).then_some(cost as Cost)
    }
}
