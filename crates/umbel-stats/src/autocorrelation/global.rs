//! Global statistics under random permutation: what all of them are made of, in one pass over the pairs.
//!
//! Moran's I, Geary's C, Getis and Ord's G and join counts are functions of three sums over the permuted values. Eight
//! permutations go side by side through each pair, and each pair of places is looked at once.

use super::shuffle::Fast;
use super::significance::Test;
use super::symmetric::Symmetric;
use rayon::prelude::*;

/// Permutations that go through the pairs side by side.
const LANES: usize = 8;

/// Sums over the values x as they lie on the places.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sums {
    /// The sum of w_ij x_i x_j.
    pub cross: f64,
    /// The sum of (w_i. + w_.i) x_i².
    pub squares: f64,
}

impl Sums {
    /// The sum of w_ij (x_i - x_j)².
    pub(super) fn differences(&self) -> f64 {
        self.squares - 2.0 * self.cross
    }
}

/// The sums of the values as they are.
pub(super) fn observed(values: &[f64], half: &Symmetric) -> Sums {
    let squares = values.iter().zip(&half.margins).map(|(x, margin)| margin * x * x).sum();
    Sums { cross: half.cross(values), squares }
}

/// The sums for each random permutation of the values. O(permutations (places + pairs)); memory: 72 bytes a place and
/// thread. A permutation is a function of seed and number alone.
pub(super) fn permuted(values: &[f64], half: &Symmetric, test: &Test) -> Vec<Sums> {
    let all = test.permutations as usize;
    let common = half.common();
    let batch = |scratch: &mut (Vec<f64>, Vec<[f64; LANES]>), first: usize| {
        let (shuffled, lanes) = scratch;
        shuffled.clear();
        shuffled.extend_from_slice(values);
        let count = LANES.min(all - first);
        for lane in 0..count {
            // Shuffling what is shuffled already is as good as beginning anew.
            Fast::new(test.seed, (first + lane) as u64).shuffle(shuffled);
            for (to, &value) in lanes.iter_mut().zip(shuffled.iter()) {
                to[lane] = value;
            }
        }
        let cross = match common {
            Some(weight) => cross(half, lanes, |_| 1.0).map(|sum| weight * sum),
            None => cross(half, lanes, |weight| weight),
        };
        let mut squares = [0.0; LANES];
        for (x, margin) in lanes.iter().zip(&half.margins) {
            for lane in 0..LANES {
                squares[lane] += margin * (x[lane] * x[lane]);
            }
        }
        (0..count).map(|lane| Sums { cross: cross[lane], squares: squares[lane] }).collect::<Vec<_>>()
    };
    let batches: Vec<usize> = (0..all).step_by(LANES).collect();
    let scratch = || (Vec::with_capacity(values.len()), vec![[0.0; LANES]; values.len()]);
    let sums: Vec<Vec<Sums>> = batches.into_par_iter().map_init(scratch, batch).collect();
    sums.into_iter().flatten().collect()
}

/// The sum of w_ij x_i x_j in each lane.
#[inline(always)]
fn cross(half: &Symmetric, lanes: &[[f64; LANES]], weigh: impl Fn(f64) -> f64) -> [f64; LANES] {
    let mut sums = [0.0; LANES];
    for (place, own) in lanes.iter().enumerate() {
        let (neighbours, weights) = half.row(place);
        let mut lag = [0.0; LANES];
        for (&neighbour, &weight) in neighbours.iter().zip(weights) {
            let other = &lanes[neighbour as usize];
            for lane in 0..LANES {
                lag[lane] += weigh(weight) * other[lane];
            }
        }
        for lane in 0..LANES {
            sums[lane] += own[lane] * lag[lane];
        }
    }
    sums
}

/// The sum of c_i x_i for each random permutation of the values x. O(permutations places).
pub(super) fn permuted_linear(coefficients: &[f64], values: &[f64], test: &Test) -> Vec<f64> {
    let numbers: Vec<u64> = (0..u64::from(test.permutations)).collect();
    let one = |shuffled: &mut Vec<f64>, number: u64| {
        shuffled.clear();
        shuffled.extend_from_slice(values);
        Fast::new(test.seed, number).shuffle(shuffled);
        coefficients.iter().zip(shuffled.iter()).map(|(c, x)| c * x).sum()
    };
    numbers.into_par_iter().map_init(Vec::new, one).collect()
}
