//! Leaving out what is missing.

use crate::Weights;

/// The values that are there, and their positions among all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Present {
    /// The values.
    pub values: Vec<f64>,
    /// Position of each among all, ascending.
    pub at: Vec<u32>,
}

impl Present {
    /// The values that are there. Linear.
    pub fn of(values: impl IntoIterator<Item = Option<f64>>) -> Present {
        let mut present = Present::default();
        for (at, value) in values.into_iter().enumerate() {
            if let Some(value) = value {
                present.values.push(value);
                present.at.push(at as u32);
            }
        }
        present
    }

    /// The weights between the places whose values are there: rows and columns of the others are taken out, nothing is
    /// standardised again.
    pub fn weights(&self, weights: &Weights) -> Weights {
        if self.at.len() == weights.len() { weights.clone() } else { weights.subset(&self.at) }
    }

    /// A result for all positions: `None` where the value is missing.
    pub fn spread<T: Clone>(&self, all: usize, results: &[T]) -> Vec<Option<T>> {
        let mut spread = vec![None; all];
        for (&at, result) in self.at.iter().zip(results) {
            if let Some(slot) = spread.get_mut(at as usize) {
                *slot = Some(result.clone());
            }
        }
        spread
    }
}
