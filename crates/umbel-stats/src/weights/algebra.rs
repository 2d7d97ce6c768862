//! Weights from weights: unions, intersections, differences, higher order, symmetry, and groups.

use super::Weights;
use crate::Error;
use crate::error::length;
use serde::{Deserialize, Serialize};

/// Binary weights of the places of the same group: all pairs of it, so O(sum of squared group sizes).
///
/// Source: libpysal, `block_weights`.
pub fn block(groups: &[u32]) -> Weights {
    let mut ordered: Vec<(u32, u32)> = groups.iter().copied().zip(0..).collect();
    ordered.sort_unstable();
    let mut members: Vec<&[(u32, u32)]> = vec![&[]; groups.len()];
    for run in ordered.chunk_by(|a, b| a.0 == b.0) {
        run.iter().for_each(|one| members[one.1 as usize] = run);
    }
    let (mut starts, mut neighbours) = (vec![0], Vec::new());
    for (run, place) in members.into_iter().zip(0..) {
        neighbours.extend(run.iter().map(|one| one.1).filter(|&other| other != place));
        starts.push(neighbours.len());
    }
    let weights = vec![1.0; neighbours.len()];
    Weights { starts, neighbours, weights }
}

/// How two sets of pairs are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combination {
    /// Pairs of the first or the second.
    Union,
    /// Pairs of both.
    Intersection,
    /// Pairs of the first that are not in the second.
    Difference,
}

/// Binary weights of the pairs of two weights put together. Linear in the pairs.
///
/// Source: libpysal, `w_union`, `w_intersection`, `w_difference`.
///
/// # Errors
/// When they differ in the number of places.
pub fn combine(first: &Weights, second: &Weights, how: Combination) -> Result<Weights, Error> {
    length("the second weights", first.len(), second.len())?;
    let (mut starts, mut neighbours) = (vec![0], Vec::new());
    for place in 0..first.len() {
        let (mut a, mut b) = (first.neighbours(place), second.neighbours(place));
        loop {
            let (take, in_first, in_second) = match (a.first(), b.first()) {
                (Some(&x), Some(&y)) => (x.min(y), x <= y, y <= x),
                (Some(&x), None) => (x, true, false),
                (None, Some(&y)) => (y, false, true),
                (None, None) => break,
            };
            a = &a[usize::from(in_first)..];
            b = &b[usize::from(in_second)..];
            let kept = match how {
                Combination::Union => true,
                Combination::Intersection => in_first && in_second,
                Combination::Difference => in_first && !in_second,
            };
            if kept {
                neighbours.push(take);
            }
        }
        starts.push(neighbours.len());
    }
    let weights = vec![1.0; neighbours.len()];
    Ok(Weights { starts, neighbours, weights })
}

/// Binary weights of the places that are reached in `order` steps and not in fewer; with `lower`, in at most `order`
/// steps. A place is not its own neighbour. O(n times the places within reach).
///
/// Source: Anselin, Smirnov, Efficient algorithms for constructing proper higher order spatial lag operators, Journal
/// of Regional Science 36(1), 1996; libpysal, `higher_order`.
///
/// # Errors
/// When `order` is 0.
pub fn higher_order(weights: &Weights, order: usize, lower: bool) -> Result<Weights, Error> {
    if order == 0 {
        let message = "the order is 0; it must be 1 or more".to_owned();
        return Err(Error::Parameter { parameter: "order", message });
    }
    let (mut starts, mut neighbours) = (vec![0], Vec::new());
    // The place for which each was seen last: no list is cleared.
    let mut seen = vec![u32::MAX; weights.len()];
    let mut reached: Vec<u32> = Vec::new();
    for place in 0..weights.len() as u32 {
        reached.clear();
        reached.push(place);
        seen[place as usize] = place;
        // Where the places of the last step begin.
        let (mut step, mut last) = (0, 0);
        while step < order && last < reached.len() {
            let end = reached.len();
            for at in last..end {
                for &next in weights.neighbours(reached[at] as usize) {
                    if seen[next as usize] != place {
                        seen[next as usize] = place;
                        reached.push(next);
                    }
                }
            }
            last = end;
            step += 1;
        }
        let begin = neighbours.len();
        let kept = if lower { 1 } else { last };
        neighbours.extend_from_slice(&reached[kept..]);
        neighbours[begin..].sort_unstable();
        starts.push(neighbours.len());
    }
    let weights = vec![1.0; neighbours.len()];
    Ok(Weights { starts, neighbours, weights })
}

/// The weights turned around: row i has what column i had. Linear.
pub fn transpose(weights: &Weights) -> Weights {
    let mut starts = vec![0_usize; weights.len() + 1];
    weights.neighbours.iter().for_each(|&to| starts[to as usize + 1] += 1);
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut next = starts.clone();
    let (mut neighbours, mut values) = (vec![0; weights.pairs()], vec![0.0; weights.pairs()]);
    for place in 0..weights.len() {
        for (&to, &weight) in weights.neighbours(place).iter().zip(weights.weights(place)) {
            let slot = &mut next[to as usize];
            (neighbours[*slot], values[*slot]) = (place as u32, weight);
            *slot += 1;
        }
    }
    Weights { starts, neighbours, weights: values }
}

/// How weights become symmetric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Symmetry {
    /// (W + W') / 2: Moran's I and every quadratic form stay as they are.
    #[default]
    Mean,
    /// The larger of the two: a neighbour in one direction is one in both.
    Larger,
    /// The smaller of the two: only mutual neighbours stay.
    Smaller,
}

/// Weights that are the same in both directions. Linear in the pairs.
pub fn symmetrise(weights: &Weights, how: Symmetry) -> Weights {
    let turned = transpose(weights);
    let (mut starts, mut neighbours, mut values) = (vec![0], Vec::new(), Vec::new());
    for place in 0..weights.len() {
        let (mut a, mut b) = (0, 0);
        let (row, column) = (weights.neighbours(place), turned.neighbours(place));
        while a < row.len() || b < column.len() {
            let (x, y) = (row.get(a).copied().unwrap_or(u32::MAX), column.get(b).copied().unwrap_or(u32::MAX));
            let to = x.min(y);
            let there = if x == to { weights.weights(place)[a] } else { 0.0 };
            let back = if y == to { turned.weights(place)[b] } else { 0.0 };
            a += usize::from(x == to);
            b += usize::from(y == to);
            let value = match how {
                Symmetry::Mean => (there + back) / 2.0,
                Symmetry::Larger => there.max(back),
                Symmetry::Smaller if x == y => there.min(back),
                Symmetry::Smaller => continue,
            };
            neighbours.push(to);
            values.push(value);
        }
        starts.push(neighbours.len());
    }
    Weights { starts, neighbours, weights: values }
}

/// Whether every pair weighs the same in both directions, exactly. Linear.
pub fn is_symmetric(weights: &Weights) -> bool {
    transpose(weights) == *weights
}

#[cfg(test)]
mod tests {
    use super::super::contiguity::{Contiguity, contiguity};
    use super::super::polygons::tests::squares;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn groups_are_complete() {
        let weights = block(&[3, 1, 3, 3, 2]);
        assert_eq!(weights.neighbours(0), [2, 3]);
        assert_eq!(weights.neighbours(3), [0, 2]);
        assert_eq!(weights.islands(), [1, 4]);
        assert!(block(&[]).is_empty());
    }

    #[test]
    fn queen_is_rook_and_the_corners() {
        let polygons = squares(4, 4);
        let (queen, rook) = (contiguity(&polygons, Contiguity::Queen), contiguity(&polygons, Contiguity::Rook));
        let corners = combine(&queen, &rook, Combination::Difference).expect("corners");
        assert_eq!(corners.neighbours(5), [0, 2, 8, 10]);
        assert_eq!(combine(&corners, &rook, Combination::Union).expect("all"), queen);
        assert_eq!(combine(&queen, &rook, Combination::Intersection).expect("edges"), rook);
        assert!(combine(&queen, &block(&[1]), Combination::Union).is_err());
    }

    #[test]
    fn higher_orders_are_rings() {
        let rook = contiguity(&squares(5, 5), Contiguity::Rook);
        let second = higher_order(&rook, 2, false).expect("second order");
        assert_eq!(second.neighbours(12), [2, 6, 8, 10, 14, 16, 18, 22]);
        let both = higher_order(&rook, 2, true).expect("first and second order");
        assert_eq!(both, combine(&rook, &second, Combination::Union).expect("union"));
        assert_eq!(higher_order(&rook, 8, false).expect("order 8").neighbours(0), [24]);
        assert_eq!(higher_order(&rook, 9, false).expect("order 9").pairs(), 0);
        assert_eq!(higher_order(&rook, 1, false).expect("order 1"), rook);
        assert!(higher_order(&rook, 0, true).is_err());
    }

    proptest! {
        #[test]
        fn symmetry_keeps_every_quadratic_form(
            rows in proptest::collection::vec(proptest::collection::vec((0_u32..8, -3_i8..4), 0..6), 8),
            values in proptest::collection::vec(-9_i8..9, 8),
        ) {
            let rows = rows.into_iter().map(|row| row.into_iter().map(|(to, weight)| (to, f64::from(weight))));
            let weights = Weights::from_rows(rows).expect("weights");
            let values: Vec<f64> = values.into_iter().map(f64::from).collect();
            let form = |weights: &Weights| -> f64 { weights.lag(&values).iter().zip(&values).map(|(a, b)| a * b).sum() };
            let mean = symmetrise(&weights, Symmetry::Mean);
            prop_assert!(is_symmetric(&mean));
            prop_assert!((form(&mean) - form(&weights)).abs() < 1e-9);
            prop_assert!(is_symmetric(&symmetrise(&weights, Symmetry::Larger)));
            prop_assert!(is_symmetric(&symmetrise(&weights, Symmetry::Smaller)));
            prop_assert_eq!(transpose(&transpose(&weights)), weights);
        }
    }
}
