//! Many places on streets, to be found by a search from one.

use crate::streets::{Cost, Direction, Profile, Search, Snap, Streets};

/// Places on the streets, by the junctions beside them.
#[derive(Debug, Default)]
pub struct Places {
    /// Where the entries of each junction begin.
    start: Vec<u32>,
    /// Place, and the cost between it and the junction, the leg between the point and the street included.
    entries: Vec<(u32, Cost)>,
    /// Segment and place, in ascending order.
    on: Vec<(u32, u32)>,
    snaps: Vec<Option<Snap>>,
    /// Thousandths of the profile's unit that a metre between a point and the street costs.
    leg: f64,
    count: usize,
}

/// Costs of the places that one search reaches. To be used again: make one a thread.
#[derive(Debug, Default)]
pub struct Around {
    best: Vec<Cost>,
    /// Places reached, in ascending order, with their cost.
    pub found: Vec<(u32, Cost)>,
    touched: Vec<u32>,
}

impl Places {
    /// Places for searches in `direction`. `leg` is what a metre between a point and the street costs, in thousandths
    /// of the unit of the profile.
    pub fn new(streets: &Streets, profile: &Profile, snaps: &[Option<Snap>], direction: Direction, leg: f64) -> Places {
        let other = match direction {
            Direction::From => Direction::To,
            Direction::To => Direction::From,
        };
        let mut list: Vec<(u32, u32, Cost)> = Vec::with_capacity(2 * snaps.len());
        let mut on = Vec::with_capacity(snaps.len());
        for (place, snap) in (0..).zip(snaps).filter_map(|(place, snap)| snap.as_ref().map(|snap| (place, snap))) {
            let between = legs(snap, leg);
            let beside = profile.beside(streets, snap, other).into_iter().flatten();
            list.extend(beside.map(|(junction, cost)| (junction, place, cost.saturating_add(between))));
            on.push((snap.segment, place));
        }
        on.sort_unstable();
        list.sort_unstable();
        let mut start = vec![0_u32; profile.junction_count(streets) + 1];
        for (junction, ..) in &list {
            start[*junction as usize + 1] += 1;
        }
        for at in 1..start.len() {
            start[at] += start[at - 1];
        }
        let entries = list.into_iter().map(|(_, place, cost)| (place, cost)).collect();
        Places { start, entries, on, snaps: snaps.to_vec(), leg, count: snaps.len() }
    }

    /// The places within `limit` of a point, by the search that was last run from it (or to it) and went at least as far.
    pub fn around(
        &self,
        profile: &Profile,
        search: &Search,
        from: &Snap,
        direction: Direction,
        limit: Cost,
        around: &mut Around,
    ) {
        around.found.clear();
        around.best.resize(self.count, Cost::MAX);
        let first = legs(from, self.leg);
        let Some(rest) = limit.checked_sub(first) else { return };
        for &junction in search.reached() {
            let entries =
                &self.entries[self.start[junction as usize] as usize..self.start[junction as usize + 1] as usize];
            if entries.is_empty() {
                continue;
            }
            let Some(cost) = search.to_junction(junction).filter(|&cost| cost <= rest) else { break };
            for &(place, more) in entries {
                around.offer(place, cost.saturating_add(more), rest);
            }
        }
        let at = self.on.partition_point(|(segment, _)| *segment < from.segment);
        for &(_, place) in self.on[at..].iter().take_while(|(segment, _)| *segment == from.segment) {
            let Some(to) = &self.snaps[place as usize] else { continue };
            let along = match direction {
                Direction::From => profile.along(from, to),
                Direction::To => profile.along(to, from),
            };
            if let Some(cost) = along {
                around.offer(place, cost.saturating_add(legs(to, self.leg)), rest);
            }
        }
        around.touched.sort_unstable();
        for place in around.touched.drain(..) {
            let cost = std::mem::replace(&mut around.best[place as usize], Cost::MAX);
            around.found.push((place, cost + first));
        }
    }
}

impl Around {
    #[inline]
    fn offer(&mut self, place: u32, cost: Cost, limit: Cost) {
        let best = &mut self.best[place as usize];
        if cost <= limit && cost < *best {
            if *best == Cost::MAX {
                self.touched.push(place);
            }
            *best = cost;
        }
    }
}

fn legs(snap: &Snap, leg: f64) -> Cost {
    (snap.distance * leg).round() as Cost
}
