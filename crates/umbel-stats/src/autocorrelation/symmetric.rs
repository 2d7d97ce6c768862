//! The symmetric half of weights, and the sums that moments are made of.

use crate::error::length;
use crate::weights::algebra::transpose;
use crate::{Error, Weights};

/// For each pair of places the sum of both weights, held once, and the sums over all weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Symmetric {
    starts: Vec<usize>,
    neighbours: Vec<u32>,
    weights: Vec<f64>,
    /// Row sum plus column sum of each place.
    pub margins: Vec<f64>,
    /// Sum of all weights, S0.
    pub s0: f64,
    /// Half the sum of (w_ij + w_ji)², S1.
    pub s1: f64,
    /// Sum of (row sum + column sum)², S2.
    pub s2: f64,
}

impl Symmetric {
    /// The symmetric half. O(pairs), memory 12 bytes a pair.
    ///
    /// Source of the sums: Cliff, Ord, Spatial Processes, 1981, p. 21.
    ///
    /// # Errors
    /// When a place is its own neighbour, none has a neighbour, or the weights sum to 0.
    pub fn of(weights: &Weights) -> Result<Symmetric, Error> {
        no_self(weights)?;
        if weights.pairs() == 0 {
            return Err(Error::NoNeighbours);
        }
        let across = transpose(weights);
        let n = weights.len();
        let (mut starts, mut neighbours, mut halves) = (Vec::with_capacity(n + 1), Vec::new(), Vec::new());
        starts.push(0);
        for place in 0..n {
            let pairs = |side: &Weights| {
                let row = side.neighbours(place);
                let cut = row.partition_point(|&other| (other as usize) < place);
                row[cut..].iter().copied().zip(side.weights(place)[cut..].iter().copied()).collect::<Vec<_>>()
            };
            let (mut own, mut other) = (pairs(weights).into_iter().peekable(), pairs(&across).into_iter().peekable());
            loop {
                let (neighbour, weight) = match (own.peek().copied(), other.peek().copied()) {
                    (Some(a), Some(b)) if a.0 == b.0 => {
                        own.next();
                        other.next();
                        (a.0, a.1 + b.1)
                    }
                    (Some(a), Some(b)) if a.0 < b.0 => own.next().unwrap_or(a),
                    (Some(a), None) => own.next().unwrap_or(a),
                    (_, Some(b)) => other.next().unwrap_or(b),
                    (None, None) => break,
                };
                neighbours.push(neighbour);
                halves.push(weight);
            }
            starts.push(neighbours.len());
        }
        let mut margins = vec![0.0; n];
        for place in 0..n {
            for at in starts[place]..starts[place + 1] {
                margins[place] += halves[at];
                margins[neighbours[at] as usize] += halves[at];
            }
        }
        let s0: f64 = halves.iter().sum();
        let s1 = halves.iter().map(|half| half * half).sum();
        let s2 = margins.iter().map(|margin| margin * margin).sum();
        sums_to_something(s0, &halves)?;
        Ok(Symmetric { starts, neighbours, weights: halves, margins, s0, s1, s2 })
    }

    /// Number of places.
    pub fn len(&self) -> usize {
        self.margins.len()
    }

    /// Whether there is no place.
    pub fn is_empty(&self) -> bool {
        self.margins.is_empty()
    }

    /// The sum of w_ij x_i x_j over all pairs. O(pairs).
    pub fn cross(&self, values: &[f64]) -> f64 {
        let row = |place: usize| -> f64 {
            let range = self.starts[place]..self.starts[place + 1];
            let pairs = self.neighbours[range.clone()].iter().zip(&self.weights[range]);
            values[place] * pairs.map(|(&other, weight)| weight * values[other as usize]).sum::<f64>()
        };
        (0..self.len()).map(row).sum()
    }

    /// Where the pairs of a place with places of higher number are among all pairs.
    #[inline]
    pub(super) fn range(&self, place: usize) -> std::ops::Range<usize> {
        self.starts[place]..self.starts[place + 1]
    }

    /// The place of higher number in each pair.
    #[inline]
    pub(super) fn neighbours(&self) -> &[u32] {
        &self.neighbours
    }

    /// The weight of each pair.
    pub(super) fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Number of pairs.
    pub(super) fn pairs(&self) -> usize {
        self.weights.len()
    }

    /// The most pairs that are held with one place.
    pub(super) fn most(&self) -> usize {
        self.starts.windows(2).map(|ends| ends[1] - ends[0]).max().unwrap_or(0)
    }

    /// Sum of the sizes of all weights, without their signs.
    pub(super) fn sizes(&self) -> f64 {
        self.weights.iter().map(|weight| weight.abs()).sum()
    }

    /// The margins of the sizes of weights.
    pub(super) fn size_margins(&self) -> Vec<f64> {
        let mut margins = vec![0.0; self.len()];
        for place in 0..self.len() {
            for pair in self.range(place) {
                margins[place] += self.weights[pair].abs();
                margins[self.neighbours[pair] as usize] += self.weights[pair].abs();
            }
        }
        margins
    }

    /// The weight that all pairs have in common.
    pub(super) fn common(&self) -> Option<f64> {
        let first = self.weights.first().copied()?;
        self.weights.iter().all(|&weight| weight == first).then_some(first)
    }
}

/// Checks that no place is its own neighbour.
///
/// # Errors
/// [`Error::Parameter`] with the first that is.
pub fn no_self(weights: &Weights) -> Result<(), Error> {
    let own = |place: &usize| weights.neighbours(*place).binary_search(&(*place as u32)).is_ok();
    match (0..weights.len()).find(own) {
        None => Ok(()),
        Some(place) => Err(Error::Parameter {
            parameter: "weights",
            message: format!("place {place} is its own neighbour; take the weights of places for themselves out first"),
        }),
    }
}

/// Checks that the sum of weights can be divided by, and squares of it too.
pub(super) fn sums_to_something(sum: f64, weights: &[f64]) -> Result<(), Error> {
    let wrong = |message: &str| Err(Error::Parameter { parameter: "weights", message: message.to_owned() });
    let size = weights.iter().map(|weight| weight.abs()).sum::<f64>();
    if size > 1e100 {
        return wrong("the weights are too large; divide all of them by the largest");
    }
    if size < 1e-100 || sum.abs() <= 1e-14 * size {
        return wrong("the weights sum to 0");
    }
    Ok(())
}

/// The weights without those of places for themselves. O(pairs).
pub fn without_self(weights: &Weights) -> Weights {
    let rows = (0..weights.len()).map(|place| {
        let pairs = weights.neighbours(place).iter().copied().zip(weights.weights(place).iter().copied());
        pairs.filter(move |pair| pair.0 as usize != place)
    });
    // A part of sound rows is sound.
    Weights::from_rows(rows).unwrap_or_else(|_| weights.clone())
}

/// Checks what every method of this area needs: one value a place, and enough of them.
pub(super) fn fits(what: &'static str, values: &[f64], weights: &Weights, least: usize) -> Result<(), Error> {
    length(what, weights.len(), values.len())?;
    crate::error::at_least("autocorrelation", least, "places", values.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_definition() {
        let rows = [vec![(1, 1.0), (2, 0.5)], vec![(0, 2.0)], vec![], vec![(0, 0.25), (1, 3.0)]];
        let weights = Weights::from_rows(rows).expect("weights");
        let half = Symmetric::of(&weights).expect("sums");
        let mut dense = [[0.0; 4]; 4];
        for (i, row) in dense.iter_mut().enumerate() {
            for (&j, &w) in weights.neighbours(i).iter().zip(weights.weights(i)) {
                row[j as usize] = w;
            }
        }
        let (mut s1, mut s2, mut cross) = (0.0, 0.0, 0.0);
        let x = [1.0, -2.0, 3.0, 0.5];
        for i in 0..4 {
            let mut margin = 0.0;
            for j in 0..4 {
                s1 += 0.5 * (dense[i][j] + dense[j][i]).powi(2);
                margin += dense[i][j] + dense[j][i];
                cross += dense[i][j] * x[i] * x[j];
            }
            s2 += margin * margin;
        }
        assert_eq!((half.s0, half.s1, half.s2), (6.75, s1, s2));
        assert!((half.cross(&x) - cross).abs() < 1e-14);
        assert!(Symmetric::of(&Weights::from_rows([[(0, 1.0)]]).expect("weights")).is_err());
        assert_eq!(without_self(&Weights::from_rows([vec![(0, 1.0), (1, 2.0)], vec![]]).expect("w")).pairs(), 1);
    }
}
