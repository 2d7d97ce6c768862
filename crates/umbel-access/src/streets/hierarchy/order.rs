//! The order in which junctions are taken out: nested dissection.

use super::flow::Flat;
use crate::streets::graph::Streets;
use crate::streets::profile::{Direction, Profile};

/// The order in which junctions are taken out of the graph, the first first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Junctions without streets in the profile, then the others in their order.
    pub(super) junctions: Vec<u32>,
}

/// Halves larger than this are ordered at the same time.
const PARALLEL: usize = 4_000;

impl Order {
    /// Orders the junctions of a profile: first, over and over, those with at most two neighbours; then halves of what
    /// remains before the junctions that part them (see `flow.rs`).
    ///
    /// The same for any number of threads.
    ///
    /// # Cost
    /// About n log n steps of a maximum flow; parallel. Measured: see docs/performance.md.
    pub fn new(streets: &Streets, profile: &Profile) -> Order {
        let count = profile.junction_count(streets);
        let mut neighbours: Vec<Vec<u32>> = vec![Vec::new(); count];
        let arcs = profile.arcs(Direction::From);
        for tail in 0..count as u32 {
            for arc in arcs.at(tail) {
                if arc.head != tail {
                    neighbours[tail as usize].push(arc.head);
                    neighbours[arc.head as usize].push(tail);
                }
            }
        }
        for list in &mut neighbours {
            list.sort_unstable();
            list.dedup();
        }
        let (mut junctions, connected): (Vec<u32>, Vec<u32>) =
            (0..count as u32).partition(|&junction| neighbours[junction as usize].is_empty());
        let mut gone = vec![false; count];
        take_out_small(&mut neighbours, connected.clone(), &mut gone, &mut junctions);
        let rest: Vec<u32> = connected.into_iter().filter(|&junction| !gone[junction as usize]).collect();
        let core = flat(&neighbours, rest, |junction| profile.point(streets, junction));
        junctions.extend(dissect(core));
        Order { junctions }
    }
}

/// Takes out junctions with at most two neighbours, in rounds of such as are no neighbours of each other, so that long
/// chains become flat trees.
fn take_out_small(neighbours: &mut [Vec<u32>], mut candidates: Vec<u32>, gone: &mut [bool], order: &mut Vec<u32>) {
    let mut blocked = vec![0_u32; gone.len()];
    let mut round = 0;
    while !candidates.is_empty() {
        round += 1;
        let mut next = Vec::new();
        for junction in candidates {
            let at = junction as usize;
            if gone[at] || neighbours[at].len() > 2 {
                continue;
            }
            if blocked[at] == round {
                next.push(junction);
                continue;
            }
            gone[at] = true;
            order.push(junction);
            let beside = std::mem::take(&mut neighbours[at]);
            for &other in &beside {
                neighbours[other as usize].retain(|&junction| junction as usize != at);
                blocked[other as usize] = round;
                next.push(other);
            }
            if let [a, b] = beside[..] {
                for (one, other) in [(a, b), (b, a)] {
                    let list = &mut neighbours[one as usize];
                    if let Err(place) = list.binary_search(&other) {
                        list.insert(place, other);
                    }
                }
            }
        }
        next.sort_unstable();
        next.dedup();
        candidates = next;
    }
}

fn flat(neighbours: &[Vec<u32>], nodes: Vec<u32>, point: impl Fn(u32) -> [f64; 2]) -> Flat {
    let mut number = vec![u32::MAX; neighbours.len()];
    for (new, &old) in nodes.iter().enumerate() {
        number[old as usize] = new as u32;
    }
    let mut graph = Flat { start: vec![0], ..Flat::default() };
    for &node in &nodes {
        graph.head.extend(neighbours[node as usize].iter().map(|&other| number[other as usize]));
        graph.start.push(graph.head.len() as u32);
        let [longitude, latitude] = point(node);
        graph.point.push([(longitude * latitude.to_radians().cos()) as f32, latitude as f32]);
    }
    for node in 0..nodes.len() {
        for edge in graph.edges(node) {
            let head = graph.head[edge] as usize;
            let at_head = &graph.head[graph.edges(head)];
            let place = at_head.partition_point(|&other| other < node as u32);
            graph.reverse.push(graph.start[head] + place as u32);
        }
    }
    graph.id = nodes;
    graph
}

fn dissect(graph: Flat) -> Vec<u32> {
    if graph.len() < 4 {
        return graph.id;
    }
    let first = graph.cut();
    // The ends of the edges cut, on the side where they are fewer, part the graph.
    let mut ends = [Vec::new(), Vec::new()];
    for node in 0..graph.len() {
        if graph.edges(node).any(|edge| first[graph.head[edge] as usize] != first[node]) {
            ends[usize::from(first[node])].push(node as u32);
        }
    }
    let [there, here] = ends;
    let parting = if here.len() < there.len() { here } else { there };
    let mut parts = vec![false; graph.len()];
    parting.iter().for_each(|&node| parts[node as usize] = true);
    let side = |of: bool| -> Vec<u32> {
        (0..graph.len() as u32).filter(|&node| !parts[node as usize] && first[node as usize] == of).collect()
    };
    let (one, other) = (graph.part(&side(true)), graph.part(&side(false)));
    let last: Vec<u32> = parting.iter().map(|&node| graph.id[node as usize]).collect();
    let large = graph.len() > PARALLEL;
    drop(graph);
    let (mut order, rest) =
        if large { rayon::join(|| dissect(one), || dissect(other)) } else { (dissect(one), dissect(other)) };
    order.extend(rest);
    order.extend(last);
    order
}
