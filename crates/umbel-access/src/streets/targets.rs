//! Points that many searches look for, by the junctions beside them.

use crate::streets::graph::{Streets, grouped};
use crate::streets::profile::{CLOSED, Cost, Direction, Profile};
use crate::streets::search::Search;
use crate::streets::snap::Snap;

/// Points made ready to be found: a search then costs what it reaches of them, not their number.
#[derive(Clone, Debug)]
pub struct Targets {
    points: Vec<Option<Snap>>,
    /// Direction of the searches that look for them.
    direction: Direction,
    /// Points at each junction: where they begin, then the point and the cost between the two.
    start: Vec<u32>,
    at: Vec<(u32, Cost)>,
    /// Points by segment: (segment, point), sorted.
    on: Vec<(u32, u32)>,
}

/// Costs of targets in a search, to be used again.
#[derive(Clone, Debug, Default)]
pub struct TargetCosts {
    costs: Vec<Cost>,
    reached: Vec<u32>,
}

impl TargetCosts {
    /// No costs yet.
    pub fn new() -> TargetCosts {
        TargetCosts::default()
    }

    /// The cost of a target in the last search; `None` when it is not reached within the limit.
    pub fn get(&self, target: usize) -> Option<Cost> {
        self.costs.get(target).copied().filter(|&cost| cost != CLOSED)
    }

    /// The targets reached, each once, in an order that depends on the network and the targets alone.
    pub fn reached(&self) -> &[u32] {
        &self.reached
    }

    pub(crate) fn clear(&mut self, targets: usize) {
        if self.costs.len() == targets {
            for &target in &self.reached {
                self.costs[target as usize] = CLOSED;
            }
        } else {
            self.costs.clear();
            self.costs.resize(targets, CLOSED);
        }
        self.reached.clear();
    }

    #[inline]
    pub(crate) fn offer(&mut self, target: u32, cost: Cost) {
        let least = &mut self.costs[target as usize];
        if *least == CLOSED {
            self.reached.push(target);
        }
        *least = (*least).min(cost);
    }
}

impl Targets {
    /// Makes points ready for searches in a direction: [`Direction::From`] when the searches begin at origins and these
    /// are destinations. Points that are not joined (`None`) are never reached.
    ///
    /// # Cost
    /// Linear in points and junctions: 4 bytes a junction, 80 a point.
    pub fn new(streets: &Streets, profile: &Profile, points: &[Option<Snap>], direction: Direction) -> Targets {
        let other = match direction {
            Direction::From => Direction::To,
            Direction::To => Direction::From,
        };
        let (mut beside, mut on) = (Vec::new(), Vec::new());
        for (number, point) in points.iter().enumerate() {
            let Some(point) = point else { continue };
            on.push((point.segment, number as u32));
            for (junction, cost) in profile.beside(streets, point, other).into_iter().flatten() {
                beside.push((junction, (number as u32, cost)));
            }
        }
        on.sort_unstable();
        let (start, order) = grouped(profile.junction_count(streets), beside.iter().map(|&(junction, _)| junction));
        let at = order.into_iter().map(|entry| beside[entry as usize].1).collect();
        Targets { points: points.to_vec(), direction, start, at, on }
    }

    /// The points.
    pub fn points(&self) -> &[Option<Snap>] {
        &self.points
    }

    fn at(&self, junction: u32) -> &[(u32, Cost)] {
        &self.at[self.start[junction as usize] as usize..self.start[junction as usize + 1] as usize]
    }

    /// Offers the targets on the segment of a point at what the way along it costs.
    pub(crate) fn along(&self, profile: &Profile, start: &Snap, limit: Cost, costs: &mut TargetCosts) {
        let first = self.on.partition_point(|&(segment, _)| segment < start.segment);
        for &(_, target) in self.on[first..].iter().take_while(|&&(segment, _)| segment == start.segment) {
            let along = self.points[target as usize].as_ref().and_then(|point| match self.direction {
                Direction::From => profile.along(start, point),
                Direction::To => profile.along(point, start),
            });
            if let Some(cost) = along.filter(|&cost| cost <= limit) {
                costs.offer(target, cost);
            }
        }
    }
}

impl Search {
    /// The costs of the targets that the last search reached within its limit: what [`Search::to_snap`] says of each.
    ///
    /// # Panics
    /// When the targets were made for the other direction.
    pub fn to_targets(&self, profile: &Profile, targets: &Targets, costs: &mut TargetCosts) {
        assert_eq!(self.direction(), targets.direction, "the direction of the search and that of the targets");
        costs.clear(targets.points.len());
        let limit = self.limit();
        for &junction in self.reached() {
            let here = targets.at(junction);
            if here.is_empty() {
                continue;
            }
            let Some(before) = self.to_junction(junction) else { continue };
            for &(target, more) in here {
                if before + more <= limit {
                    costs.offer(target, before + more);
                }
            }
        }
        if let Some(start) = self.start() {
            targets.along(profile, start, limit, costs);
        }
    }
}
