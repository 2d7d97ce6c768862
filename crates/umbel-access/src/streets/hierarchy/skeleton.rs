//! The shortcuts that an order of junctions can ever need, whatever the costs.

use super::order::Order;
use crate::streets::graph::{Streets, grouped};
use crate::streets::profile::{Direction, Profile};

/// The graph of all shortcuts: when a junction is taken out, its neighbours that remain are joined to each other.
///
/// Vertices are junctions in the order of taking out, changed so that whatever hangs below a vertex stands right before
/// it (a postorder of the elimination tree), which changes no shortcut.
#[derive(Clone, Debug)]
pub struct Skeleton {
    /// Vertex of each junction.
    pub(super) vertex: Vec<u32>,
    /// The first vertex with streets.
    pub(super) first: u32,
    /// The least neighbour above; `u32::MAX` at the top.
    pub(super) parent: Vec<u32>,
    /// Where the edges of each vertex to those above begin.
    pub(super) start: Vec<u32>,
    /// The upper ends, rising.
    pub(super) upper: Vec<u32>,
    /// Edges from below by upper end: where those of each vertex begin, and the edges, rising.
    pub(super) below_start: Vec<u32>,
    pub(super) below: Vec<u32>,
    /// The lower end of each edge.
    pub(super) lower: Vec<u32>,
}

const NONE: u32 = u32::MAX;

impl Skeleton {
    /// The shortcuts for an order; the profile says which streets there are at all.
    ///
    /// # Cost
    /// Linear in the number of shortcuts, some three times the streets; 20 bytes each.
    pub fn new(order: &Order, streets: &Streets, profile: &Profile) -> Skeleton {
        let count = profile.junction_count(streets);
        // Junctions added by edits since the order was made are taken out first.
        let ordered = order.junctions.len() as u32;
        let mut sequence: Vec<u32> = (ordered..count as u32).collect();
        sequence.extend(order.junctions.iter().copied().filter(|&junction| (junction as usize) < count));
        let mut rank = vec![0; count];
        for (at, &junction) in sequence.iter().enumerate() {
            rank[junction as usize] = at as u32;
        }
        let parent = parents(&edges_up(streets, profile, &rank));
        let place = postorder(&parent);
        for (at, &junction) in sequence.iter().enumerate() {
            rank[junction as usize] = place[at];
        }
        let own = edges_up(streets, profile, &rank);
        let parent = parents(&own);
        let children = grouped(count, parent.iter().map(|&above| if above == NONE { 0 } else { above }));
        let (mut start, mut upper) = (Vec::with_capacity(count + 1), Vec::new());
        start.push(0);
        let mut seen = vec![NONE; count];
        for vertex in 0..count as u32 {
            let from = upper.len();
            let add = |heads: &[u32], upper: &mut Vec<u32>, seen: &mut [u32]| {
                for &head in heads {
                    if head > vertex && seen[head as usize] != vertex {
                        seen[head as usize] = vertex;
                        upper.push(head);
                    }
                }
            };
            add(own.of(vertex), &mut upper, &mut seen);
            for &child in &children.1[children.0[vertex as usize] as usize..children.0[vertex as usize + 1] as usize] {
                if parent[child as usize] == vertex {
                    let heads = start[child as usize] as usize..start[child as usize + 1] as usize;
                    let heads: Vec<u32> = upper[heads].to_vec();
                    add(&heads, &mut upper, &mut seen);
                }
            }
            upper[from..].sort_unstable();
            start.push(upper.len() as u32);
        }
        let (below_start, below) = grouped(count, upper.iter().copied());
        let mut lower = vec![0; upper.len()];
        for vertex in 0..count {
            lower[start[vertex] as usize..start[vertex + 1] as usize].fill(vertex as u32);
        }
        let first = (0..count).find(|&vertex| start[vertex + 1] > 0).unwrap_or(count) as u32;
        Skeleton { vertex: rank, first, parent, start, upper, below_start, below, lower }
    }

    /// Number of shortcuts, streets among them.
    pub fn edge_count(&self) -> usize {
        self.upper.len()
    }

    pub(super) fn edges(&self, vertex: u32) -> std::ops::Range<usize> {
        self.start[vertex as usize] as usize..self.start[vertex as usize + 1] as usize
    }

    /// The edge between two vertices.
    pub(super) fn edge(&self, lower: u32, upper: u32) -> Option<usize> {
        let edges = self.edges(lower);
        self.upper[edges.clone()].binary_search(&upper).ok().map(|at| edges.start + at)
    }

    /// The edges from below to a vertex, rising.
    pub(super) fn edges_below(&self, vertex: u32) -> &[u32] {
        &self.below[self.below_start[vertex as usize] as usize..self.below_start[vertex as usize + 1] as usize]
    }

    /// Number of vertices below each, itself included.
    pub(super) fn sizes(&self) -> Vec<u32> {
        let mut size = vec![1; self.parent.len()];
        for (vertex, &above) in self.parent.iter().enumerate() {
            if above != NONE {
                size[above as usize] += size[vertex];
            }
        }
        size
    }
}

/// Streets as edges from the lower rank to the higher.
struct Upward {
    start: Vec<u32>,
    heads: Vec<u32>,
}

impl Upward {
    fn of(&self, vertex: u32) -> &[u32] {
        &self.heads[self.start[vertex as usize] as usize..self.start[vertex as usize + 1] as usize]
    }
}

fn edges_up(streets: &Streets, profile: &Profile, rank: &[u32]) -> Upward {
    let arcs = profile.arcs(Direction::From);
    let mut pairs = Vec::new();
    for tail in 0..rank.len() as u32 {
        for arc in arcs.at(tail) {
            let (a, b) = (rank[tail as usize], rank[arc.head as usize]);
            if a != b {
                pairs.push((a.min(b), a.max(b)));
            }
        }
    }
    debug_assert_eq!(rank.len(), profile.junction_count(streets));
    let (start, order) = grouped(rank.len(), pairs.iter().map(|&(low, _)| low));
    Upward { start, heads: order.into_iter().map(|at| pairs[at as usize].1).collect() }
}

/// The elimination tree.
///
/// Source: Liu, The role of elimination trees in sparse factorization, SIAM J. Matrix Anal. Appl. 11(1), 1990, with
/// compressed paths.
fn parents(upward: &Upward) -> Vec<u32> {
    let count = upward.start.len() - 1;
    let tails: Vec<u32> = (0..count as u32).flat_map(|low| upward.of(low).iter().map(move |_| low)).collect();
    let (start, edges) = grouped(count, upward.heads.iter().copied());
    let (mut parent, mut top) = (vec![NONE; count], vec![NONE; count]);
    for vertex in 0..count as u32 {
        for &edge in &edges[start[vertex as usize] as usize..start[vertex as usize + 1] as usize] {
            let mut at = tails[edge as usize];
            while top[at as usize] != NONE && top[at as usize] != vertex {
                at = std::mem::replace(&mut top[at as usize], vertex);
            }
            if top[at as usize] == NONE && at != vertex {
                top[at as usize] = vertex;
                parent[at as usize] = vertex;
            }
        }
    }
    parent
}

/// The place of each vertex in a postorder of the tree; vertices without anything above or below come first.
fn postorder(parent: &[u32]) -> Vec<u32> {
    let count = parent.len();
    let mut has_child = vec![false; count];
    parent.iter().filter(|&&above| above != NONE).for_each(|&above| has_child[above as usize] = true);
    let (start, children) =
        grouped(count + 1, parent.iter().map(|&above| if above == NONE { count as u32 } else { above }));
    let of = |vertex: usize| &children[start[vertex] as usize..start[vertex + 1] as usize];
    let mut place = vec![0; count];
    let mut next = 0;
    let (alone, roots): (Vec<u32>, Vec<u32>) = of(count).iter().copied().partition(|&root| !has_child[root as usize]);
    for vertex in alone {
        place[vertex as usize] = next;
        next += 1;
    }
    let mut stack: Vec<(u32, usize)> = Vec::new();
    for root in roots {
        stack.push((root, 0));
        while let Some((vertex, done)) = stack.last_mut() {
            if let Some(&child) = of(*vertex as usize).get(*done) {
                *done += 1;
                stack.push((child, 0));
            } else {
                place[*vertex as usize] = next;
                next += 1;
                stack.pop();
            }
        }
    }
    place
}
