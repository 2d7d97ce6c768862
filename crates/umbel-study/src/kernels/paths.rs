//! Least totals along the links of a network.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// A link from one node to another, with what passing it costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edge {
    /// From this node.
    pub from: u32,
    /// To this node.
    pub to: u32,
    /// Cost, at least zero.
    pub cost: f64,
    /// What it stands for, handed back with a path.
    pub link: u32,
}

/// Edges by the node at which they end.
#[derive(Clone, Debug)]
pub struct Network {
    starts: Vec<u32>,
    edges: Vec<Edge>,
}

/// From every node the least total to the nearest goal, and the first edge of the way there.
#[derive(Clone, Debug)]
pub struct Reach {
    /// Least total, infinite where no way leads to a goal.
    pub total: Vec<f64>,
    next: Vec<u32>,
}

const NONE: u32 = u32::MAX;

struct Entry {
    total: f64,
    node: u32,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Entry {}
impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Entry {
    /// The least total is the greatest entry, so that it leaves the heap first; ties by node.
    fn cmp(&self, other: &Self) -> Ordering {
        other.total.total_cmp(&self.total).then(other.node.cmp(&self.node))
    }
}

impl Network {
    /// A network of nodes `0..nodes`. Edges to or from other nodes, or whose cost is negative or no number, are left out.
    pub fn new(nodes: usize, edges: impl IntoIterator<Item = Edge>) -> Network {
        let usable = |edge: &Edge| {
            edge.cost >= 0.0 && edge.cost.is_finite() && (edge.from as usize) < nodes && (edge.to as usize) < nodes
        };
        let mut edges: Vec<Edge> = edges.into_iter().filter(usable).collect();
        // A stable sort: among edges of equal cost the first given is taken.
        edges.sort_by_key(|edge| edge.to);
        let mut starts = vec![0_u32; nodes + 1];
        edges.iter().for_each(|edge| starts[edge.to as usize + 1] += 1);
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        Network { starts, edges }
    }

    /// The least totals from every node to the nearest of the goals.
    ///
    /// Source: Dijkstra, A note on two problems in connexion with graphs, Numerische Mathematik 1 (1959), from all
    /// goals at once against the direction of the edges. Cost: O((nodes + edges) log nodes).
    pub fn to_nearest(&self, goals: &[u32]) -> Reach {
        let nodes = self.starts.len() - 1;
        let mut reach = Reach { total: vec![f64::INFINITY; nodes], next: vec![NONE; nodes] };
        let mut heap = BinaryHeap::new();
        for &goal in goals.iter().filter(|&&goal| (goal as usize) < nodes) {
            reach.total[goal as usize] = 0.0;
            heap.push(Entry { total: 0.0, node: goal });
        }
        while let Some(Entry { total, node }) = heap.pop() {
            if total > reach.total[node as usize] {
                continue;
            }
            for at in self.starts[node as usize]..self.starts[node as usize + 1] {
                let edge = self.edges[at as usize];
                let longer = total + edge.cost;
                if longer < reach.total[edge.from as usize] {
                    reach.total[edge.from as usize] = longer;
                    reach.next[edge.from as usize] = at;
                    heap.push(Entry { total: longer, node: edge.from });
                }
            }
        }
        reach
    }

    /// The links of the way from a node to its nearest goal, in order; empty from a goal and where there is no way.
    pub fn way<'a>(&'a self, reach: &'a Reach, node: u32) -> impl Iterator<Item = u32> + 'a {
        let edge = move |node: u32| reach.next.get(node as usize).and_then(|&at| self.edges.get(at as usize)).copied();
        std::iter::successors(edge(node), move |last| edge(last.to)).map(|edge| edge.link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn edge(from: u32, to: u32, cost: f64, link: u32) -> Edge {
        Edge { from, to, cost, link }
    }

    #[test]
    fn finds_the_least_total() {
        let network =
            Network::new(5, [edge(0, 1, 4.0, 10), edge(0, 2, 1.0, 11), edge(2, 1, 2.0, 12), edge(1, 3, 5.0, 13)]);
        let reach = network.to_nearest(&[3]);
        assert_eq!(reach.total, [8.0, 5.0, 7.0, 0.0, f64::INFINITY]);
        assert_eq!(network.way(&reach, 0).collect::<Vec<_>>(), [11, 12, 13]);
        assert_eq!(network.way(&reach, 3).count() + network.way(&reach, 4).count(), 0);
        assert_eq!(network.to_nearest(&[3, 1]).total[0], 3.0);
    }

    #[test]
    fn leaves_out_what_is_no_edge() {
        let network =
            Network::new(2, [edge(0, 1, -1.0, 0), edge(0, 1, f64::NAN, 1), edge(0, 9, 1.0, 2), edge(0, 0, 0.0, 3)]);
        assert!(network.to_nearest(&[1, 7]).total[0].is_infinite());
        assert_eq!(Network::new(0, []).to_nearest(&[]).total.len(), 0);
    }

    proptest! {
        /// Against relaxing every edge until nothing changes (Bellman 1958, Ford 1956).
        #[test]
        fn agrees_with_bellman_and_ford(
            edges in prop::collection::vec((0_u32..12, 0_u32..12, 0_u8..20), 0..60),
            goals in prop::collection::vec(0_u32..12, 1..4),
        ) {
            let edges: Vec<Edge> =
                edges.iter().enumerate().map(|(at, &(a, b, cost))| edge(a, b, f64::from(cost), at as u32)).collect();
            let mut best = [f64::INFINITY; 12];
            goals.iter().for_each(|&goal| best[goal as usize] = 0.0);
            for _ in 0..12 {
                for edge in &edges {
                    best[edge.from as usize] = best[edge.from as usize].min(best[edge.to as usize] + edge.cost);
                }
            }
            let network = Network::new(12, edges.iter().copied());
            let reach = network.to_nearest(&goals);
            prop_assert_eq!(&reach.total[..], &best[..]);
            for node in 0..12 {
                let way: f64 = network.way(&reach, node).map(|link| edges[link as usize].cost).sum();
                if best[node as usize].is_finite() {
                    prop_assert_eq!(way, best[node as usize]);
                }
            }
        }
    }
}
