//! All nodes of the streets: junctions, and the points between them.
//!
//! A search goes from junction to junction. What it costs to a point between two of them follows from these, in one pass
//! over all points, which is far less than a search in which each point is a junction.

use crate::streets::graph::{Streets, length_of};
use crate::streets::profile::{CLOSED, Cost, Direction, Profile};
use crate::streets::search::Search;
use crate::streets::snap::Snap;
use crate::streets::sphere::distance;

/// The points between junctions, by the junctions beside them. Immutable, to be shared by threads.
#[derive(Clone, Debug)]
pub struct Nodes {
    direction: Direction,
    junctions: usize,
    /// Per point, the junctions beside it and the costs between; what is closed has cost [`CLOSED`].
    beside: Vec<[(u32, Cost); 2]>,
    /// Per point, the share of its segment before it.
    shares: Vec<f64>,
    /// Where the points of each segment begin; one more than segments.
    start: Vec<u32>,
}

impl Nodes {
    /// The nodes of streets, for searches in a direction. Linear in the points; 24 bytes each.
    pub fn new(streets: &Streets, profile: &Profile, direction: Direction) -> Nodes {
        let other = match direction {
            Direction::From => Direction::To,
            Direction::To => Direction::From,
        };
        let (mut beside, mut shares, mut start) = (Vec::new(), Vec::new(), vec![0]);
        for segment in streets.segments() {
            let line = streets.line(segment);
            let length = length_of(line.clone());
            let (mut before, mut last) = (0.0, None);
            let points = line.clone().count() - 2;
            for (at, point) in line.enumerate() {
                before += last.replace(point).map_or(0.0, |last| distance(last, point));
                if at == 0 || at > points {
                    continue;
                }
                let fraction = if length > 0.0 { (before / length).min(1.0) } else { 0.0 };
                let [longitude, latitude] = point;
                let snap = Snap { segment, fraction, distance: 0.0, longitude, latitude };
                beside.push(profile.beside(streets, &snap, other).map(|way| way.unwrap_or((0, CLOSED))));
                shares.push(fraction);
            }
            start.push(beside.len() as u32);
        }
        Nodes { direction, junctions: streets.junction_count(), beside, shares, start }
    }

    /// Number of nodes: junctions (by their numbers in the streets), then the points of the shapes of all segments, in the
    /// order of the input.
    pub fn len(&self) -> usize {
        self.junctions + self.beside.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Search {
    /// The costs of all nodes in the last search; [`CLOSED`] where they are not reached within its limit.
    ///
    /// # Panics
    /// When the nodes were made for the other direction.
    ///
    /// # Cost
    /// Linear in the nodes, about 2 ns each.
    pub fn to_nodes(&self, profile: &Profile, nodes: &Nodes, costs: &mut Vec<Cost>) {
        assert_eq!(self.direction(), nodes.direction, "the direction of the search and that of the nodes");
        costs.clear();
        costs.reserve(nodes.len());
        costs.extend((0..nodes.junctions as u32).map(|junction| self.to_junction(junction).unwrap_or(CLOSED)));
        let (limit, from) = (self.limit(), nodes.junctions);
        costs.extend(nodes.beside.iter().map(|ways| {
            let by = |(junction, more): (u32, Cost)| self.to_junction(junction).unwrap_or(CLOSED).saturating_add(more);
            let cost = by(ways[0]).min(by(ways[1]));
            if cost <= limit { cost } else { CLOSED }
        }));
        let Some(start) = self.start() else { return };
        let Some(range) = nodes.start.get(start.segment as usize..start.segment as usize + 2) else { return };
        for at in range[0] as usize..range[1] as usize {
            let point = Snap { fraction: nodes.shares[at], ..*start };
            let along = match nodes.direction {
                Direction::From => profile.along(start, &point),
                Direction::To => profile.along(&point, start),
            };
            if let Some(cost) = along.filter(|&cost| cost <= limit) {
                costs[from + at] = costs[from + at].min(cost);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::streets::properties::{MODES, network};
    use crate::streets::{MOST, Passage, ProfileOptions, Segment, StreetInput};

    /// The network near the equator, with points at some quarters of its segments (loops have none): there a quarter of a
    /// straight line is one of its length. Also the share of each point.
    fn with_quarters(seed: u64) -> (StreetInput, Vec<f64>) {
        let mut input = network(seed, 20 + seed % 20, 50);
        input.latitude.iter_mut().for_each(|latitude| *latitude -= 45.0);
        (input.shape, input.shape_start) = (Vec::new(), vec![0]);
        let mut shares = Vec::new();
        for (number, segment) in (0..).zip(&input.segments) {
            let ends = [segment.from, segment.to].map(|at| [input.longitude[at as usize], input.latitude[at as usize]]);
            for quarter in (1..4).filter(|quarter| segment.from != segment.to && (number + seed) >> quarter & 1 == 1) {
                let share = quarter as f64 / 4.0;
                input.shape.push([0, 1].map(|axis| ends[0][axis] + share * (ends[1][axis] - ends[0][axis])));
                shares.push(share);
            }
            input.shape_start.push(input.shape.len() as u32);
        }
        (input, shares)
    }

    /// The same streets with every point a junction, after the others.
    fn every_node(input: &StreetInput, shares: &[f64]) -> StreetInput {
        let mut all = StreetInput { shape: Vec::new(), shape_start: vec![0], segments: Vec::new(), ..input.clone() };
        for point in &input.shape {
            all.longitude.push(point[0]);
            all.latitude.push(point[1]);
            all.junction.push(-1);
        }
        for (number, segment) in input.segments.iter().enumerate() {
            let points = input.shape_start[number] as usize..input.shape_start[number + 1] as usize;
            let inner = points.map(|point| (shares[point], (input.longitude.len() + point) as u32));
            let mut last = (0.0, segment.from);
            for (share, node) in inner.chain([(1.0, segment.to)]) {
                let delayed = |passage: Passage, at_end: bool| Passage {
                    car_delay: if at_end { passage.car_delay } else { 0.0 },
                    ..passage
                };
                all.segments.push(Segment {
                    from: last.1,
                    to: node,
                    length: segment.length * (share - last.0),
                    forward: delayed(segment.forward, share == 1.0),
                    backward: delayed(segment.backward, last.0 == 0.0),
                    ..*segment
                });
                all.shape_start.push(0);
                last = (share, node);
            }
        }
        all
    }

    #[test]
    fn nodes_are_as_far_as_if_each_were_a_junction() {
        let mut between = 0;
        for seed in 0..60 {
            let (input, shares) = with_quarters(seed);
            let (streets, all) = (Streets::new(&input), Streets::new(&every_node(&input, &shares)));
            let (streets, all) = (streets.expect("streets"), all.expect("streets"));
            let mode = MODES[seed as usize % 3];
            let profile = |of: &Streets| of.profile(mode, &ProfileOptions::default()).expect("a profile");
            let (few, many) = (profile(&streets), profile(&all));
            let limit = [MOST, 300_000][seed as usize % 2];
            // Numbers in the other graph: those of the input, junctions first, then points.
            let junctions = streets.junction_count();
            let other = |node: usize| {
                let of_input = if node < junctions { streets.input_of_junction(node as u32) } else { node as u32 };
                all.junction_of_input(of_input)
            };
            let (mut search, mut plain) = (Search::new(&streets), Search::new(&all));
            let mut costs = Vec::new();
            for direction in [Direction::From, Direction::To] {
                let nodes = Nodes::new(&streets, &few, direction);
                assert_eq!(nodes.len(), all.junction_count());
                let starts = (0..streets.segment_count() as u32).flat_map(|segment| {
                    let points = input.shape_start[segment as usize]..input.shape_start[segment as usize + 1];
                    points.map(move |point| (segment, point as usize))
                });
                for (segment, point) in starts.step_by(7) {
                    let fraction = nodes.shares[point];
                    assert!((fraction - shares[point]).abs() < 1e-6);
                    let start = Snap { segment, fraction, distance: 0.0, longitude: 0.0, latitude: 0.0 };
                    search.run(&streets, &few, &start, direction, limit);
                    search.to_nodes(&few, &nodes, &mut costs);
                    let seed_node = std::iter::once((other(junctions + point), 0));
                    plain.run_from(&all, &many, seed_node, direction, limit);
                    for (node, &cost) in costs.iter().enumerate() {
                        let expected = plain.to_junction(other(node)).unwrap_or(CLOSED);
                        assert_eq!(cost, expected, "seed {seed}, {direction:?}, from {point} to {node}");
                        between += usize::from(node >= junctions && cost != CLOSED && cost > 0);
                    }
                }
            }
        }
        assert!(between > 1000, "{between} points reached");
    }
}
