//! Least costs from a point, or to it, within a limit.

use crate::streets::buckets::Buckets;
use crate::streets::graph::Streets;
use crate::streets::profile::{Cost, Direction, MOST, Profile};
use crate::streets::snap::Snap;

/// Dijkstra's search with a queue of buckets. Holds the memory of a search, to be used again: make one a thread.
///
/// Source: Dijkstra, A note on two problems in connexion with graphs, Numerische Mathematik 1, 1959.
#[derive(Clone, Debug)]
pub struct Search {
    /// Cost of each junction, valid where its stamp is that of the search.
    labels: Vec<Label>,
    stamp: u32,
    buckets: Buckets,
    reached: Vec<u32>,
    start: Option<Snap>,
    direction: Direction,
    limit: Cost,
}

#[derive(Clone, Copy, Debug, Default)]
struct Label {
    stamp: u32,
    cost: Cost,
}

impl Search {
    /// A search over streets; 8 bytes a junction.
    pub fn new(streets: &Streets) -> Search {
        Search {
            labels: vec![Label::default(); streets.junction_count()],
            stamp: 0,
            buckets: Buckets::default(),
            reached: Vec::new(),
            start: None,
            direction: Direction::From,
            limit: 0,
        }
    }

    /// Finds the least cost from a point (or to it) for all junctions whose cost is not above `limit`, in thousandths
    /// of the unit of the profile. The way between the point and the street is not part of it.
    ///
    /// # Cost
    /// About 30 ns a junction reached, and nothing for the others.
    pub fn run(&mut self, streets: &Streets, profile: &Profile, from: &Snap, direction: Direction, limit: Cost) {
        let seeds = profile.beside(streets, from, direction);
        self.run_from(streets, profile, seeds.into_iter().flatten(), direction, limit);
        self.start = Some(*from);
    }

    /// The same from junctions that have a cost at the start.
    pub fn run_from(
        &mut self,
        streets: &Streets,
        profile: &Profile,
        seeds: impl Iterator<Item = (u32, Cost)> + Clone,
        direction: Direction,
        limit: Cost,
    ) {
        self.begin(profile.junction_count(streets), direction, limit.min(MOST));
        let limit = self.limit;
        let seeds = seeds.filter(|&(_, cost)| cost <= limit);
        let least = seeds.clone().map(|(_, cost)| cost).min().unwrap_or(0);
        let most = seeds.clone().map(|(_, cost)| cost).max().unwrap_or(0);
        let (longest, mean) = profile.arc_costs();
        self.buckets.clear(least, longest.max(most - least), mean / 4);
        for (junction, cost) in seeds {
            self.offer(junction, cost);
        }
        let arcs = profile.arcs(direction);
        while let Some((cost, junction)) = self.buckets.pop() {
            if self.labels[junction as usize].cost != cost {
                continue;
            }
            self.reached.push(junction);
            for arc in arcs.at(junction) {
                self.offer(arc.head, cost + arc.cost);
            }
        }
    }

    fn begin(&mut self, junctions: usize, direction: Direction, limit: Cost) {
        if self.labels.len() < junctions {
            self.labels.resize(junctions, Label::default());
        }
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            self.labels.fill(Label::default());
            self.stamp = 1;
        }
        self.reached.clear();
        self.start = None;
        self.direction = direction;
        self.limit = limit;
    }

    #[inline]
    fn offer(&mut self, junction: u32, cost: Cost) {
        let label = &mut self.labels[junction as usize];
        if cost <= self.limit && (label.stamp != self.stamp || cost < label.cost) {
            *label = Label { stamp: self.stamp, cost };
            self.buckets.push(cost, junction);
        }
    }

    /// The cost of a junction in the last search; `None` when it is not reached within the limit.
    #[inline]
    pub fn to_junction(&self, junction: u32) -> Option<Cost> {
        self.labels
            .get(junction as usize)
            .filter(|label| label.stamp == self.stamp && self.stamp > 0)
            .map(|label| label.cost)
    }

    /// The cost of a point in the last search, also on the segment where that began; `None` when it is not reached
    /// within the limit. The way between the point and the street is not part of it.
    pub fn to_snap(&self, streets: &Streets, profile: &Profile, to: &Snap) -> Option<Cost> {
        let other = match self.direction {
            Direction::From => Direction::To,
            Direction::To => Direction::From,
        };
        let beside = profile.beside(streets, to, other).into_iter().flatten();
        let by_junction = beside.filter_map(|(junction, cost)| self.to_junction(junction).map(|before| before + cost));
        let along = self.start.as_ref().and_then(|start| match self.direction {
            Direction::From => profile.along(start, to),
            Direction::To => profile.along(to, start),
        });
        by_junction.chain(along).min().filter(|&cost| cost <= self.limit)
    }

    /// The junctions reached, in order of their cost; the order of those of equal cost depends on the network alone.
    pub fn reached(&self) -> &[u32] {
        &self.reached
    }

    /// The point where the last search began, if it began at one.
    pub(crate) fn start(&self) -> Option<&Snap> {
        self.start.as_ref()
    }

    pub(crate) fn direction(&self) -> Direction {
        self.direction
    }

    pub(crate) fn limit(&self) -> Cost {
        self.limit
    }
}
