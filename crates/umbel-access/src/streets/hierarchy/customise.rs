//! The costs of shortcuts in a profile.

use super::skeleton::Skeleton;
use crate::Error;
use crate::streets::graph::Streets;
use crate::streets::profile::{Direction, MOST, Profile};
use rayon::prelude::*;
use std::ops::Range;
use std::sync::Arc;

/// No way: one above the most that a way can cost, so that twice it still fits.
pub(super) const FAR: i32 = MOST as i32 + 1;

/// Arcs of a search graph: at each vertex those to the vertices above.
#[derive(Clone, Debug)]
pub(super) struct Above {
    pub start: Vec<u32>,
    pub arcs: Vec<(u32, i32)>,
}

impl Above {
    #[inline]
    pub fn at(&self, vertex: u32) -> &[(u32, i32)] {
        &self.arcs[self.start[vertex as usize] as usize..self.start[vertex as usize + 1] as usize]
    }
}

/// A skeleton with the costs of a profile.
#[derive(Clone, Debug)]
pub struct Hierarchy {
    pub(super) skeleton: Arc<Skeleton>,
    /// Ways from a vertex up.
    pub(super) up: Above,
    /// Ways from above down to a vertex.
    pub(super) down: Above,
}

/// Costs of the edges of some vertices, upward and downward; `first` is the number of the first edge.
struct Costs<'a> {
    up: &'a mut [i32],
    down: &'a mut [i32],
    first: usize,
}

/// Where the edges of a vertex are, by upper end.
struct Places {
    at: Vec<u32>,
}

impl Places {
    fn new(skeleton: &Skeleton) -> Places {
        Places { at: vec![0; skeleton.vertex.len()] }
    }

    fn set(&mut self, skeleton: &Skeleton, vertex: u32) {
        for edge in skeleton.edges(vertex) {
            self.at[skeleton.upper[edge] as usize] = edge as u32;
        }
    }
}

impl Hierarchy {
    /// Gives the shortcuts their costs: each the least over the ways through lower vertices (basic customisation), then
    /// the least over all ways (perfect customisation), after which shortcuts that are not the best way are left out.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the profile has an open street that the skeleton was not made for.
    ///
    /// # Cost
    /// Linear in the triangles of the skeleton, twice; parallel, and the same for any number of threads.
    pub fn customise(skeleton: &Arc<Skeleton>, streets: &Streets, profile: &Profile) -> Result<Hierarchy, Error> {
        let edges = skeleton.edge_count();
        let (mut up, mut down) = (vec![FAR; edges], vec![FAR; edges]);
        let wrong = || Error::Parameter {
            parameter: "profile",
            message: "has an open street that is not in the skeleton: make a skeleton for this profile".to_owned(),
        };
        let junctions = profile.junction_count(streets);
        if junctions > skeleton.vertex.len() {
            return Err(wrong());
        }
        let arcs = profile.arcs(Direction::From);
        for junction in 0..junctions as u32 {
            let tail = skeleton.vertex[junction as usize];
            for arc in arcs.at(junction) {
                let head = skeleton.vertex[arc.head as usize];
                if tail != head {
                    let edge = skeleton.edge(tail.min(head), tail.max(head)).ok_or_else(wrong)?;
                    let cost = if tail < head { &mut up[edge] } else { &mut down[edge] };
                    *cost = (*cost).min(arc.cost as i32);
                }
            }
        }
        let trees = separate_trees(skeleton);
        basic(skeleton, &trees, &mut up, &mut down);
        let (before_up, before_down) = (up.clone(), down.clone());
        perfect(skeleton, &trees, &mut up, &mut down);
        Ok(Hierarchy {
            skeleton: Arc::clone(skeleton),
            up: kept(skeleton, &before_up, &up),
            down: kept(skeleton, &before_down, &down),
        })
    }

    /// Number of shortcuts kept upward and downward.
    pub fn arc_count(&self) -> usize {
        self.up.arcs.len() + self.down.arcs.len()
    }
}

/// Trees of the elimination forest that have nothing to do with each other, as ranges of vertices: whole parts of the
/// network below the large separators.
fn separate_trees(skeleton: &Skeleton) -> Vec<Range<u32>> {
    let size = skeleton.sizes();
    let most = (skeleton.vertex.len() as u32 / 16).max(256);
    let above = |vertex: u32| skeleton.parent[vertex as usize];
    (skeleton.first..size.len() as u32)
        .filter(|&vertex| size[vertex as usize] <= most)
        .filter(|&vertex| above(vertex) == u32::MAX || size[above(vertex) as usize] > most)
        .map(|vertex| vertex + 1 - size[vertex as usize]..vertex + 1)
        .collect()
}

/// Calls `task` for the costs of the edges of each tree, in parallel.
fn for_trees(
    skeleton: &Skeleton,
    trees: &[Range<u32>],
    mut up: &mut [i32],
    mut down: &mut [i32],
    task: impl Fn(&Range<u32>, Costs, &mut Places) + Sync,
) {
    let mut parts = Vec::with_capacity(trees.len());
    let mut cut = 0;
    for tree in trees {
        let edges = skeleton.start[tree.start as usize] as usize..skeleton.start[tree.end as usize] as usize;
        let rest = up.split_at_mut(edges.start - cut).1.split_at_mut(edges.len());
        up = rest.1;
        let own_up = rest.0;
        let rest = down.split_at_mut(edges.start - cut).1.split_at_mut(edges.len());
        down = rest.1;
        parts.push((tree, Costs { up: own_up, down: rest.0, first: edges.start }));
        cut = edges.end;
    }
    parts.into_par_iter().for_each_init(|| Places::new(skeleton), |places, (tree, costs)| task(tree, costs, places));
}

/// Least costs over lower triangles, from the bottom up.
fn basic(skeleton: &Skeleton, trees: &[Range<u32>], up: &mut [i32], down: &mut [i32]) {
    let one = |vertex: u32, costs: &mut Costs, places: &mut Places| {
        places.set(skeleton, vertex);
        for &edge in skeleton.edges_below(vertex) {
            let edge = edge as usize;
            let (here_up, here_down) = (costs.up[edge - costs.first], costs.down[edge - costs.first]);
            let end = skeleton.start[skeleton.lower[edge] as usize + 1] as usize;
            for other in edge + 1..end {
                let third = places.at[skeleton.upper[other] as usize] as usize - costs.first;
                let (other_up, other_down) = (costs.up[other - costs.first], costs.down[other - costs.first]);
                costs.up[third] = costs.up[third].min(here_down + other_up);
                costs.down[third] = costs.down[third].min(other_down + here_up);
            }
        }
    };
    for_trees(skeleton, trees, up, down, |tree, mut costs, places| {
        for vertex in tree.clone() {
            one(vertex, &mut costs, places);
        }
    });
    let mut costs = Costs { up, down, first: 0 };
    let mut places = Places::new(skeleton);
    for vertex in remaining(skeleton, trees) {
        one(vertex, &mut costs, &mut places);
    }
}

/// The vertices in none of the trees, rising.
fn remaining(skeleton: &Skeleton, trees: &[Range<u32>]) -> Vec<u32> {
    let mut vertices = Vec::new();
    let mut next = skeleton.first;
    for tree in trees {
        vertices.extend(next..tree.start);
        next = tree.end;
    }
    vertices.extend(next..skeleton.vertex.len() as u32);
    vertices
}

/// Least costs over all triangles, from the top down.
fn perfect(skeleton: &Skeleton, trees: &[Range<u32>], up: &mut [i32], down: &mut [i32]) {
    let top = remaining(skeleton, trees);
    let mut is_top = vec![false; skeleton.vertex.len()];
    top.iter().for_each(|&vertex| is_top[vertex as usize] = true);
    let mut costs = Costs { up, down, first: 0 };
    let mut places = Places::new(skeleton);
    for &middle in top.iter().rev() {
        places.set(skeleton, middle);
        for &edge in skeleton.edges_below(middle) {
            if is_top[skeleton.lower[edge as usize] as usize] {
                costs.settle(skeleton, edge as usize, &places, None);
            }
        }
    }
    let final_above = (costs.up.to_vec(), costs.down.to_vec());
    for_trees(skeleton, trees, up, down, |tree, mut costs, places| {
        let edges = skeleton.start[tree.start as usize]..skeleton.start[tree.end as usize];
        let mut above = Vec::new();
        let mut vertex = skeleton.parent[tree.end as usize - 1];
        while vertex != u32::MAX {
            above.push(vertex);
            vertex = skeleton.parent[vertex as usize];
        }
        for &middle in above.iter().rev() {
            let edges_below = skeleton.edges_below(middle);
            let first = edges_below.partition_point(|&edge| edge < edges.start);
            let end = edges_below.partition_point(|&edge| edge < edges.end);
            if first < end {
                places.set(skeleton, middle);
            }
            for &edge in &edges_below[first..end] {
                costs.settle(skeleton, edge as usize, places, Some((&final_above.0, &final_above.1)));
            }
        }
        for middle in tree.clone().rev() {
            places.set(skeleton, middle);
            for &edge in skeleton.edges_below(middle) {
                costs.settle(skeleton, edge as usize, places, None);
            }
        }
    });
}

impl Costs<'_> {
    /// For all triangles low < middle < high on the edge from low to middle, whose edge from middle to high has its
    /// final cost (in `above` or here): the least costs of the other two over it.
    fn settle(&mut self, skeleton: &Skeleton, edge: usize, places: &Places, above: Option<(&[i32], &[i32])>) {
        let end = skeleton.start[skeleton.lower[edge] as usize + 1] as usize;
        let here = edge - self.first;
        for other in edge + 1..end {
            let third = places.at[skeleton.upper[other] as usize] as usize;
            let (third_up, third_down) = match above {
                Some((up, down)) => (up[third], down[third]),
                None => (self.up[third - self.first], self.down[third - self.first]),
            };
            let other = other - self.first;
            self.up[other] = self.up[other].min(self.up[here] + third_up);
            self.down[other] = self.down[other].min(third_down + self.down[here]);
            self.up[here] = self.up[here].min(self.up[other] + third_down);
            self.down[here] = self.down[here].min(third_up + self.down[other]);
        }
    }
}

/// The arcs whose cost is still that of before, and that lead somewhere.
fn kept(skeleton: &Skeleton, before: &[i32], after: &[i32]) -> Above {
    let mut start = Vec::with_capacity(skeleton.start.len());
    start.push(0);
    let mut arcs = Vec::new();
    for vertex in 0..skeleton.vertex.len() as u32 {
        for edge in skeleton.edges(vertex) {
            if after[edge] < FAR && after[edge] == before[edge] {
                arcs.push((skeleton.upper[edge], after[edge]));
            }
        }
        start.push(arcs.len() as u32);
    }
    Above { start, arcs }
}
