//! Cutting a graph in two by few edges: inertial flow.
//!
//! Junctions are sorted along a line; the first quarter are sources, the last quarter sinks, and the least cut between
//! them is found by a maximum flow of unit capacities. Of four lines the one with the best cut for its balance is kept.
//!
//! Sources: Schild, Sommer, On balanced separators in road networks, SEA 2015; Dinic, Algorithm for solution of a problem
//! of maximum flow in networks with power estimation, Soviet Math. Doklady 11, 1970.

use rayon::prelude::*;

/// An undirected graph: each edge stands at both ends.
#[derive(Clone, Debug, Default)]
pub(super) struct Flat {
    pub start: Vec<u32>,
    pub head: Vec<u32>,
    /// The same edge at its other end.
    pub reverse: Vec<u32>,
    /// Number of each node outside.
    pub id: Vec<u32>,
    pub point: Vec<[f32; 2]>,
}

/// Graphs smaller than this are cut along one line after the other.
const PARALLEL: usize = 20_000;

/// A cut: the side of each node, and how good it is (edges cut a node of the smaller side).
struct Cut {
    first: Vec<bool>,
    cost: f64,
}

impl Flat {
    pub fn len(&self) -> usize {
        self.id.len()
    }

    pub fn edges(&self, node: usize) -> std::ops::Range<usize> {
        self.start[node] as usize..self.start[node + 1] as usize
    }

    /// The graph of some of the nodes, given by their numbers here in rising order.
    pub fn part(&self, nodes: &[u32]) -> Flat {
        let mut number = vec![u32::MAX; self.len()];
        for (new, &old) in nodes.iter().enumerate() {
            number[old as usize] = new as u32;
        }
        let mut part = Flat { start: vec![0], ..Flat::default() };
        let mut place = vec![u32::MAX; self.head.len()];
        for &node in nodes {
            for edge in self.edges(node as usize) {
                let head = number[self.head[edge] as usize];
                if head != u32::MAX {
                    place[edge] = part.head.len() as u32;
                    part.head.push(head);
                    part.reverse.push(self.reverse[edge]);
                }
            }
            part.start.push(part.head.len() as u32);
            part.id.push(self.id[node as usize]);
            part.point.push(self.point[node as usize]);
        }
        part.reverse.iter_mut().for_each(|edge| *edge = place[*edge as usize]);
        part
    }

    /// The side of each node after a cut, at least a quarter of the nodes on each.
    pub fn cut(&self) -> Vec<bool> {
        let lines = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, -1.0]];
        let best = |a: Cut, b: Cut| if b.cost < a.cost { b } else { a };
        let cut = if self.len() >= PARALLEL {
            lines
                .par_iter()
                .filter_map(|line| self.along(*line, f64::INFINITY))
                .collect::<Vec<_>>()
                .into_iter()
                .reduce(best)
        } else {
            lines.iter().fold(None, |least: Option<Cut>, line| {
                let bound = least.as_ref().map_or(f64::INFINITY, |cut| cut.cost);
                self.along(*line, bound).or(least)
            })
        };
        cut.map_or_else(|| (0..self.len()).map(|node| node < self.len() / 2).collect(), |cut| cut.first)
    }

    /// The cut along a line, if it is better than the bound.
    fn along(&self, line: [f32; 2], bound: f64) -> Option<Cut> {
        let count = self.len();
        let key = |node: u32| self.point[node as usize][0] * line[0] + self.point[node as usize][1] * line[1];
        let mut order: Vec<u32> = (0..count as u32).collect();
        order.sort_unstable_by(|&a, &b| key(a).total_cmp(&key(b)).then(a.cmp(&b)));
        let quarter = (count / 4).max(1);
        let mut flow = Flow {
            graph: self,
            used: vec![0; self.head.len()],
            level: vec![0; count],
            cursor: vec![0; count],
            is_sink: vec![false; count],
            queue: Vec::with_capacity(count),
        };
        let (sources, sinks) = (&order[..quarter], &order[count - quarter..]);
        sinks.iter().for_each(|&node| flow.is_sink[node as usize] = true);
        let mut total = 0;
        while flow.levels(sources) {
            total += sources.iter().map(|&source| flow.push_from(source)).sum::<usize>();
            if total as f64 / (count / 2) as f64 >= bound {
                return None;
            }
        }
        // What sources reach, or all but what reaches sinks: the better balanced of the two.
        let near: Vec<bool> = flow.level.iter().map(|&level| level > 0).collect();
        let far = flow.not_reaching(sinks);
        let smaller = |side: &[bool]| {
            let first = side.iter().filter(|&&first| first).count();
            first.min(count - first)
        };
        let first = if smaller(&far) > smaller(&near) { far } else { near };
        let cost = total as f64 / smaller(&first) as f64;
        (cost < bound).then_some(Cut { first, cost })
    }
}

struct Flow<'a> {
    graph: &'a Flat,
    /// Flow along each edge from this end: -1, 0 or 1.
    used: Vec<i8>,
    /// Steps from the sources, plus one; 0 = not reached.
    level: Vec<u32>,
    cursor: Vec<u32>,
    is_sink: Vec<bool>,
    queue: Vec<u32>,
}

impl Flow<'_> {
    /// Levels of the nodes that sources reach; whether a sink is among them.
    fn levels(&mut self, sources: &[u32]) -> bool {
        self.level.fill(0);
        self.queue.clear();
        self.queue.extend_from_slice(sources);
        sources.iter().for_each(|&source| self.level[source as usize] = 1);
        let mut found = false;
        let mut next = 0;
        while next < self.queue.len() {
            let node = self.queue[next] as usize;
            next += 1;
            self.cursor[node] = self.graph.start[node];
            if self.is_sink[node] {
                found = true;
                continue;
            }
            for edge in self.graph.edges(node) {
                let head = self.graph.head[edge] as usize;
                if self.used[edge] < 1 && self.level[head] == 0 {
                    self.level[head] = self.level[node] + 1;
                    self.queue.push(head as u32);
                }
            }
        }
        found
    }

    /// Pushes flow from a source along rising levels as long as it goes; how much.
    fn push_from(&mut self, source: u32) -> usize {
        let mut pushed = 0;
        let mut path: Vec<usize> = Vec::new();
        let mut node = source as usize;
        loop {
            if self.is_sink[node] {
                pushed += 1;
                for &edge in &path {
                    self.used[edge] += 1;
                    self.used[self.graph.reverse[edge] as usize] -= 1;
                }
                path.clear();
                node = source as usize;
                continue;
            }
            let end = self.graph.start[node + 1];
            let mut stepped = false;
            while self.cursor[node] < end {
                let edge = self.cursor[node] as usize;
                let head = self.graph.head[edge] as usize;
                if self.used[edge] < 1 && self.level[head] == self.level[node] + 1 {
                    path.push(edge);
                    node = head;
                    stepped = true;
                    break;
                }
                self.cursor[node] += 1;
            }
            if stepped {
                continue;
            }
            let Some(edge) = path.pop() else { return pushed };
            node = self.graph.head[self.graph.reverse[edge] as usize] as usize;
            self.cursor[node] += 1;
        }
    }

    /// The nodes from which no sink can be reached any more.
    fn not_reaching(&mut self, sinks: &[u32]) -> Vec<bool> {
        let mut first = vec![true; self.graph.len()];
        self.queue.clear();
        self.queue.extend_from_slice(sinks);
        sinks.iter().for_each(|&sink| first[sink as usize] = false);
        while let Some(node) = self.queue.pop() {
            for edge in self.graph.edges(node as usize) {
                let tail = self.graph.head[edge] as usize;
                if first[tail] && self.used[self.graph.reverse[edge] as usize] < 1 {
                    first[tail] = false;
                    self.queue.push(tail as u32);
                }
            }
        }
        first
    }
}
