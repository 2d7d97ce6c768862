//! Figures about weights: sums, components, numbers of neighbours.

use super::Weights;
use super::algebra::{is_symmetric, transpose};
use serde::{Deserialize, Serialize};

/// Figures about weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Number of places.
    pub places: usize,
    /// Number of pairs (i, j) with j a neighbour of i.
    pub pairs: usize,
    /// Share of all n^2 pairs, from 0 to 1.
    pub density: f64,
    /// Sum of all weights.
    pub s0: f64,
    /// Half the sum of (w_ij + w_ji)^2.
    pub s1: f64,
    /// Sum over places of (sum of row + sum of column)^2.
    pub s2: f64,
    /// Whether every pair weighs the same in both directions.
    pub symmetric: bool,
    /// Places without a neighbour.
    pub islands: usize,
    /// Number of parts that are not connected with each other, an island being one.
    pub components: usize,
    /// Least number of neighbours.
    pub least: usize,
    /// Mean number of neighbours.
    pub mean: f64,
    /// Greatest number of neighbours.
    pub most: usize,
    /// How many places have so many neighbours, for every number from the least to the greatest.
    pub cardinalities: Vec<(usize, usize)>,
}

/// Figures about weights; directions do not matter for components. About linear in the pairs.
///
/// Source of s0, s1, s2: Cliff, Ord, Spatial Processes, 1981, section 1.5.
pub fn summary(weights: &Weights) -> Summary {
    let turned = transpose(weights);
    let (mut s0, mut s1, mut s2) = (0.0, 0.0, 0.0);
    for place in 0..weights.len() {
        let (row, column): (f64, f64) = (weights.weights(place).iter().sum(), turned.weights(place).iter().sum());
        s0 += row;
        s2 += (row + column) * (row + column);
        // Half of (a + b)^2 over both orders of a pair: each row gives its own squares and the product with the way back.
        let (to, back) = (weights.neighbours(place), turned.neighbours(place));
        let mut at = 0;
        for (neighbour, weight) in to.iter().zip(weights.weights(place)) {
            while at < back.len() && back[at] < *neighbour {
                at += 1;
            }
            let other = if back.get(at) == Some(neighbour) { turned.weights(place)[at] } else { 0.0 };
            s1 += weight * weight + weight * other;
        }
    }
    let degrees: Vec<usize> = (0..weights.len()).map(|place| weights.degree(place)).collect();
    let (least, most) = (degrees.iter().copied().min().unwrap_or(0), degrees.iter().copied().max().unwrap_or(0));
    let mut cardinalities: Vec<(usize, usize)> = Vec::new();
    if !weights.is_empty() {
        cardinalities.extend((least..=most).map(|number| (number, 0)));
        degrees.iter().for_each(|degree| cardinalities[degree - least].1 += 1);
    }
    let places = weights.len();
    let per = |total: usize| if places == 0 { 0.0 } else { total as f64 / places as f64 };
    Summary {
        places,
        pairs: weights.pairs(),
        density: if places == 0 { 0.0 } else { per(weights.pairs()) / places as f64 },
        s0,
        s1,
        s2,
        symmetric: is_symmetric(weights),
        islands: degrees.iter().filter(|&&degree| degree == 0).count(),
        components: components(weights).iter().max().map_or(0, |last| *last as usize + 1),
        least,
        mean: per(weights.pairs()),
        most,
        cardinalities,
    }
}

/// The number of the connected part of each place, parts numbered from 0 in order of their first place. About linear.
pub fn components(weights: &Weights) -> Vec<u32> {
    let mut parent: Vec<u32> = (0..weights.len() as u32).collect();
    fn root(parent: &mut [u32], mut at: u32) -> u32 {
        while parent[at as usize] != at {
            parent[at as usize] = parent[parent[at as usize] as usize];
            at = parent[at as usize];
        }
        at
    }
    for place in 0..weights.len() {
        for &other in weights.neighbours(place) {
            let (a, b) = (root(&mut parent, place as u32), root(&mut parent, other));
            // The smaller number is the root, so that parts are met in order.
            parent[a.max(b) as usize] = a.min(b);
        }
    }
    let (mut numbers, mut next) = (vec![0; weights.len()], 0);
    for place in 0..weights.len() as u32 {
        let root = root(&mut parent, place);
        if root == place {
            numbers[place as usize] = next;
            next += 1;
        } else {
            numbers[place as usize] = numbers[root as usize];
        }
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_definition() {
        let rows = [vec![(0, 0.5), (1, 2.0)], vec![(0, 1.0), (2, 3.0)], vec![], vec![(4, 1.0)], vec![], vec![]];
        let weights = Weights::from_rows(rows).expect("weights");
        let dense = |i: usize, j: usize| {
            let at = weights.neighbours(i).binary_search(&(j as u32));
            at.map_or(0.0, |at| weights.weights(i)[at])
        };
        let found = summary(&weights);
        let all = || (0..6).flat_map(|i| (0..6).map(move |j| (i, j)));
        let s1: f64 = all().map(|(i, j)| (dense(i, j) + dense(j, i)).powi(2)).sum::<f64>() / 2.0;
        let s2: f64 = (0..6).map(|i| (0..6).map(|j| dense(i, j) + dense(j, i)).sum::<f64>().powi(2)).sum();
        assert_eq!((found.s0, found.s1, found.s2), (7.5, s1, s2));
        assert_eq!((found.islands, found.components, found.symmetric), (3, 3, false));
        assert_eq!(found.cardinalities, [(0, 3), (1, 1), (2, 2)]);
        assert_eq!(components(&weights), [0, 0, 0, 1, 1, 2]);
    }

    #[test]
    fn no_place_has_a_summary() {
        let none = summary(&Weights::from_rows(Vec::<Vec<(u32, f64)>>::new()).expect("weights"));
        assert_eq!((none.places, none.components, none.density), (0, 0, 0.0));
        assert!(none.cardinalities.is_empty());
    }
}
