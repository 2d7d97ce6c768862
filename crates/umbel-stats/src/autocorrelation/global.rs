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

/// The sums for each random permutation of the values; those of squares only where they are asked for (else 0).
/// O(permutations (places + pairs)); memory: 65 bytes a place and thread. A permutation is a function of seed and number
/// alone.
pub(super) fn permuted(values: &[f64], half: &Symmetric, test: &Test, squares: bool) -> Vec<Sums> {
    let (n, all) = (values.len(), test.permutations as usize);
    let common = half.common();
    let batch = |scratch: &mut (Vec<f64>, Vec<u8>), first: usize| {
        let (lanes, dealt) = scratch;
        let count = LANES.min(all - first);
        for (lane, to) in lanes.chunks_exact_mut(n).take(count).enumerate() {
            Fast::new(test.seed, (first + lane) as u64).permute(values, to, dealt);
        }
        let lanes: [&[f64]; LANES] = std::array::from_fn(|lane| &lanes[lane * n..(lane + 1) * n]);
        let cross = match common {
            Some(weight) => cross(half, lanes, |_| 1.0).map(|sum| weight * sum),
            None => cross(half, lanes, |weight| weight),
        };
        let square = |lane: &[f64]| lane.iter().zip(&half.margins).map(|(x, margin)| margin * (x * x)).sum();
        let sums = (0..count).map(|lane| {
            let squares = if squares { square(lanes[lane]) } else { 0.0 };
            Sums { cross: cross[lane], squares }
        });
        sums.collect::<Vec<_>>()
    };
    let batches: Vec<usize> = (0..all).step_by(LANES).collect();
    let scratch = || (vec![0.0; LANES * n], Vec::new());
    let sums: Vec<Vec<Sums>> = batches.into_par_iter().map_init(scratch, batch).collect();
    sums.into_iter().flatten().collect()
}

/// The sum of w_ij x_i x_j in each lane.
#[inline(always)]
fn cross(half: &Symmetric, lanes: [&[f64]; LANES], weigh: impl Fn(f64) -> f64) -> [f64; LANES] {
    let mut sums = [0.0; LANES];
    let n = half.len();
    // The same length for all, so that one check of a position serves every lane.
    let lanes = lanes.map(|lane| &lane[..n]);
    for place in 0..n {
        let (neighbours, weights) = half.row(place);
        let mut lag = [0.0; LANES];
        for (&neighbour, &weight) in neighbours.iter().zip(weights) {
            for lane in 0..LANES {
                lag[lane] += weigh(weight) * lanes[lane][neighbour as usize];
            }
        }
        for lane in 0..LANES {
            sums[lane] += lanes[lane][place] * lag[lane];
        }
    }
    sums
}

/// The sum of c_i x_i for each random permutation of the values x. O(permutations places).
pub(super) fn permuted_linear(coefficients: &[f64], values: &[f64], test: &Test) -> Vec<f64> {
    let numbers: Vec<u64> = (0..u64::from(test.permutations)).collect();
    let one = |scratch: &mut (Vec<f64>, Vec<u8>), number: u64| {
        let (shuffled, dealt) = scratch;
        shuffled.resize(values.len(), 0.0);
        Fast::new(test.seed, number).permute(values, shuffled, dealt);
        coefficients.iter().zip(shuffled.iter()).map(|(c, x)| c * x).sum()
    };
    numbers.into_par_iter().map_init(Default::default, one).collect()
}
