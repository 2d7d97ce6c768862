//! Spatial weights: which places are neighbours, and how much each counts.

pub mod algebra;
pub mod contiguity;
pub mod costs;
pub mod distance;
pub mod gaps;
pub mod islands;
pub mod kernel;
pub mod polygons;
pub mod rule;
pub mod summary;
pub mod transform;
mod tree;

pub use islands::{IslandReport, Islands};
pub use polygons::Polygons;
pub use rule::{Places, Rule};
pub use transform::{Transform, transform};

use crate::Error;

/// Spatial weights in compressed sparse rows: place `i` has the neighbours `neighbours(i)` with `weights(i)`.
///
/// Neighbours of a row ascend and are there once; weights are finite. A place without neighbours is an island: it has
/// an empty row. A place may be its own neighbour (kernels, G*). Memory: 12 bytes a pair and 8 a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    starts: Vec<usize>,
    neighbours: Vec<u32>,
    weights: Vec<f64>,
}

impl Weights {
    /// From rows of (neighbour, weight) in any order; a neighbour named twice is there once, weights added.
    ///
    /// # Errors
    /// When a neighbour is not among the places, or a weight is not finite.
    pub fn from_rows<R: IntoIterator<Item = (u32, f64)>>(rows: impl IntoIterator<Item = R>) -> Result<Weights, Error> {
        let (mut starts, mut neighbours, mut weights) = (vec![0], Vec::new(), Vec::new());
        let mut row: Vec<(u32, f64)> = Vec::new();
        for pairs in rows {
            row.clear();
            row.extend(pairs);
            row.sort_by_key(|pair| pair.0);
            for &(neighbour, weight) in &row {
                if neighbours.len() > starts[starts.len() - 1] && neighbours.last() == Some(&neighbour) {
                    if let Some(last) = weights.last_mut() {
                        *last += weight;
                    }
                    continue;
                }
                neighbours.push(neighbour);
                weights.push(weight);
            }
            starts.push(neighbours.len());
        }
        Weights::from_parts(starts, neighbours, weights)
    }

    /// From compressed sparse rows, neighbours ascending in each.
    ///
    /// # Errors
    /// When the parts do not fit together.
    pub fn from_parts(starts: Vec<usize>, neighbours: Vec<u32>, weights: Vec<f64>) -> Result<Weights, Error> {
        let wrong = |message: &str| Err(Error::Parameter { parameter: "weights", message: message.to_owned() });
        let places = starts.len().saturating_sub(1);
        if starts.first() != Some(&0) || starts.last() != Some(&neighbours.len()) || !starts.is_sorted() {
            return wrong("the rows do not cover the neighbours");
        }
        if neighbours.len() != weights.len() {
            return wrong("neighbours and weights differ in number");
        }
        if neighbours.iter().any(|&neighbour| neighbour as usize >= places) {
            return wrong("a neighbour is not among the places");
        }
        if !starts.windows(2).all(|pair| neighbours[pair[0]..pair[1]].is_sorted_by(|a, b| a < b)) {
            return wrong("the neighbours of a place do not ascend");
        }
        if let Some(at) = weights.iter().position(|weight| !weight.is_finite()) {
            return Err(Error::NotFinite { what: "the weights", at });
        }
        Ok(Weights { starts, neighbours, weights })
    }

    /// Number of places.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no place.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of pairs.
    pub fn pairs(&self) -> usize {
        self.neighbours.len()
    }

    /// Where the row of each place begins among all pairs, and the end.
    pub fn starts(&self) -> &[usize] {
        &self.starts
    }

    /// Neighbours of all places, row after row.
    pub fn all_neighbours(&self) -> &[u32] {
        &self.neighbours
    }

    /// Weights of all pairs, row after row.
    pub fn all_weights(&self) -> &[f64] {
        &self.weights
    }

    /// Neighbours of a place, ascending.
    #[inline]
    pub fn neighbours(&self, place: usize) -> &[u32] {
        &self.neighbours[self.starts[place]..self.starts[place + 1]]
    }

    /// Weights of the neighbours of a place, in their order.
    #[inline]
    pub fn weights(&self, place: usize) -> &[f64] {
        &self.weights[self.starts[place]..self.starts[place + 1]]
    }

    /// Number of neighbours of a place.
    #[inline]
    pub fn degree(&self, place: usize) -> usize {
        self.starts[place + 1] - self.starts[place]
    }

    /// The places without a neighbour.
    pub fn islands(&self) -> Vec<u32> {
        (0..self.len() as u32).filter(|&place| self.degree(place as usize) == 0).collect()
    }

    /// The spatial lag: for each place the weighted sum of the values of its neighbours, 0 for an island. O(pairs).
    pub fn lag(&self, values: &[f64]) -> Vec<f64> {
        (0..self.len()).map(|place| self.lag_at(place, values)).collect()
    }

    /// The spatial lag at one place.
    #[inline]
    pub fn lag_at(&self, place: usize, values: &[f64]) -> f64 {
        let pairs = self.neighbours(place).iter().zip(self.weights(place));
        pairs.map(|(&neighbour, weight)| weight * values[neighbour as usize]).sum()
    }

    /// The weights between some places (ascending positions), which are numbered anew in their order. Weights stay as
    /// they are: standardise again where that is meant.
    pub fn subset(&self, kept: &[u32]) -> Weights {
        let mut number = vec![u32::MAX; self.len()];
        for (new, &old) in kept.iter().enumerate() {
            number[old as usize] = new as u32;
        }
        let (mut starts, mut neighbours, mut weights) = (vec![0], Vec::new(), Vec::new());
        for &old in kept {
            for (&neighbour, &weight) in self.neighbours(old as usize).iter().zip(self.weights(old as usize)) {
                if number[neighbour as usize] != u32::MAX {
                    neighbours.push(number[neighbour as usize]);
                    weights.push(weight);
                }
            }
            starts.push(neighbours.len());
        }
        Weights { starts, neighbours, weights }
    }

    /// The same pairs with weights of another kind, computed for each row from its weights.
    pub fn map_rows(&self, mut change: impl FnMut(usize, &[f64], &mut [f64])) -> Weights {
        let mut weights = self.weights.clone();
        for place in 0..self.len() {
            let range = self.starts[place]..self.starts[place + 1];
            change(place, &self.weights[range.clone()], &mut weights[range]);
        }
        Weights { starts: self.starts.clone(), neighbours: self.neighbours.clone(), weights }
    }

    /// Every weight 1.
    pub fn binary(&self) -> Weights {
        self.map_rows(|_, _, row| row.fill(1.0))
    }

    /// Every row divided by its sum ("row-standardised", R); a row whose sum is 0 stays.
    pub fn row_standardised(&self) -> Weights {
        self.map_rows(|_, old, row| {
            let sum: f64 = old.iter().sum();
            if sum != 0.0 {
                row.iter_mut().for_each(|weight| *weight /= sum);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_and_merged() {
        let weights =
            Weights::from_rows([vec![(2, 1.0), (1, 0.5), (2, 1.0)], vec![], vec![(0, 4.0)]]).expect("weights");
        assert_eq!((weights.neighbours(0), weights.weights(0)), (&[1, 2][..], &[0.5, 2.0][..]));
        assert_eq!(weights.islands(), [1]);
        assert_eq!(weights.lag(&[1.0, 10.0, 100.0]), [205.0, 0.0, 4.0]);
        assert_eq!(weights.row_standardised().weights(0), [0.2, 0.8]);
        let two = weights.subset(&[0, 2]);
        assert_eq!((two.neighbours(0), two.weights(1)), (&[1][..], &[4.0][..]));
        assert!(Weights::from_rows([[(3, 1.0)]]).is_err());
        assert!(Weights::from_rows([[(0, f64::NAN)]]).is_err());
    }
}
