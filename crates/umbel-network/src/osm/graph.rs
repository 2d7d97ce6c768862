//! From ways and nodes to junctions and segments.
//!
//! A junction is a node at which a way begins or ends, which streets share, or at which somebody cannot pass. Streets
//! between two junctions are one segment; the nodes between are its shape.

use super::geometry::haversine;
use super::nodes::Nodes;
use super::way::{Mark, Table, Usage};
use super::ways::Ways;
use umbel_access::streets::{Passage, Segment, StreetInput};

const NONE: u32 = u32::MAX;

/// Name of the class of the joints at barriers.
pub const BARRIER: &str = "barrier";

/// What is missing for a whole graph.
#[derive(Debug, Default)]
pub struct Gaps {
    /// Ways of which nodes are missing.
    pub ways: Vec<i64>,
    /// Nodes missing.
    pub nodes: usize,
}

struct Builder<'a> {
    streets: StreetInput,
    nodes: &'a Nodes,
    /// Junction of each node, or `NONE`.
    junction: Vec<u32>,
    /// Class of the joints at barriers.
    barrier_class: u16,
    /// Segments without length at barriers.
    joints: Vec<Segment>,
}

/// Makes the graph. `ids` are those of the nodes, `numbers` the number of the node at each place of the ways.
pub fn build(ways: &Ways, ids: &[i64], numbers: &[u32], nodes: &Nodes, table: &Table) -> (StreetInput, Gaps) {
    let mut gaps = Gaps { ways: Vec::new(), nodes: (0..ids.len() as u32).filter(|&n| !nodes.holds(n)).count() };
    let mut junction = vec![NONE; ids.len()];
    let mut uses = vec![0_u8; ids.len()];
    for (way, stretch) in stretches(ways, numbers) {
        if gaps.nodes > 0 && stretch.iter().any(|&n| !nodes.holds(n)) {
            gaps.ways.push(ways.ids[way]);
        }
        for run in runs(stretch, nodes) {
            for &node in run {
                uses[node as usize] = uses[node as usize].saturating_add(1);
            }
            uses[run[0] as usize] = 2;
            uses[run[run.len() - 1] as usize] = 2;
        }
    }
    let blocks = |mark: &Mark| mark.blocked != 0;
    for (&node, _) in nodes.marks.iter().filter(|(_, mark)| blocks(mark)) {
        if uses[node as usize] > 0 {
            uses[node as usize] = 2;
        }
    }
    let mut streets = StreetInput { classes: table.classes.clone(), ..StreetInput::default() };
    for (node, _) in uses.iter().enumerate().filter(|(_, uses)| **uses > 1) {
        let Some([longitude, latitude]) = nodes.get(node as u32) else { continue };
        junction[node] = streets.junction.len() as u32;
        streets.longitude.push(longitude);
        streets.latitude.push(latitude);
        streets.junction.push(ids[node]);
    }
    drop(uses);
    let barrier_class = streets.classes.len() as u16;
    streets.shape_start.push(0);
    let mut builder = Builder { streets, nodes, junction, barrier_class, joints: Vec::new() };
    let mut first_at_barrier = vec![true; builder.streets.junction.len()];
    for (way, stretch) in stretches(ways, numbers) {
        for run in runs(stretch, nodes) {
            let mut start = 0;
            for at in 1..run.len() {
                if builder.junction[run[at] as usize] != NONE {
                    builder.segment(ways.ids[way], &ways.usage[way], &run[start..=at], &mut first_at_barrier);
                    start = at;
                }
            }
        }
    }
    let Builder { mut streets, joints, .. } = builder;
    if !joints.is_empty() {
        streets.classes.push(BARRIER.to_owned());
    }
    streets.shape_start.resize(streets.shape_start.len() + joints.len(), streets.shape.len() as u32);
    streets.segments.extend(joints);
    (streets, gaps)
}

/// Each way with the numbers of its nodes.
fn stretches<'a>(ways: &'a Ways, numbers: &'a [u32]) -> impl Iterator<Item = (usize, &'a [u32])> {
    let mut start = 0;
    ways.counts.iter().enumerate().map(move |(way, &count)| {
        let end = start + count as usize;
        let stretch = &numbers[start..end];
        start = end;
        (way, stretch)
    })
}

/// The longest parts of a way of which all nodes are there; at least two nodes each.
fn runs<'a>(stretch: &'a [u32], nodes: &'a Nodes) -> impl Iterator<Item = &'a [u32]> {
    stretch.split(|&node| !nodes.holds(node)).filter(|run| run.len() > 1)
}

impl Builder<'_> {
    fn segment(&mut self, way: i64, usage: &Usage, run: &[u32], first: &mut [bool]) {
        let (mut length, mut last) = (0.0, None);
        let (mut forward, mut backward) = (usage.forward, usage.backward);
        for (at, &node) in run.iter().enumerate() {
            // All nodes of a run are there.
            let Some(here) = self.nodes.get(node) else { continue };
            if let Some(last) = last {
                length += haversine(last, here);
            }
            last = Some(here);
            if at > 0 && at + 1 < run.len() {
                self.streets.shape.push(here);
            }
            let delay = self.nodes.marks.get(&node).map_or(0.0, |mark| mark.delay);
            // What stands at the node from which a direction sets out has been waited for before.
            forward.car_delay += if at > 0 { delay } else { 0.0 };
            backward.car_delay += if at + 1 < run.len() { delay } else { 0.0 };
        }
        if forward.car_speed <= 0.0 {
            forward.car_delay = 0.0;
        }
        if backward.car_speed <= 0.0 {
            backward.car_delay = 0.0;
        }
        self.streets.shape_start.push(self.streets.shape.len() as u32);
        let from = self.end(way, run[0], first);
        let to = self.end(way, run[run.len() - 1], first);
        let class = usage.class;
        if usage.apart {
            self.streets.apart.push(self.streets.segments.len() as u32);
        }
        self.streets.segments.push(Segment { from, to, length, forward, backward, source: way, class });
    }

    /// The junction of a segment's end. At a node that somebody cannot pass every end but the first has one of its own,
    /// joined to the first by a segment without length that is open to those who pass.
    fn end(&mut self, way: i64, node: u32, first: &mut [bool]) -> u32 {
        let junction = self.junction[node as usize];
        let blocked = self.nodes.marks.get(&node).map_or(0, |mark| mark.blocked);
        if blocked == 0 || std::mem::replace(&mut first[junction as usize], false) {
            return junction;
        }
        let own = self.streets.junction.len() as u32;
        self.streets.longitude.push(self.streets.longitude[junction as usize]);
        self.streets.latitude.push(self.streets.latitude[junction as usize]);
        self.streets.junction.push(self.streets.junction[junction as usize]);
        // Any speed will do where there is no length.
        let speed = |bit: u8| if blocked & bit == 0 { 10.0 } else { 0.0 };
        let passage = Passage { walk: blocked & 1 == 0, bike_speed: speed(2), car_speed: speed(4), car_delay: 0.0 };
        if passage != Passage::CLOSED {
            let (length, class) = (0.0, self.barrier_class);
            let joint =
                Segment { from: junction, to: own, length, forward: passage, backward: passage, source: way, class };
            self.joints.push(joint);
        }
        own
    }
}
