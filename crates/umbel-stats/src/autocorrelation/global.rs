//! Global statistics under random permutation: what all of them are made of, in one pass over the pairs.
//!
//! Moran's I, Geary's C, Getis and Ord's G and join counts are functions of three sums over the permuted values. Eight
//! permutations go side by side through each pair, and each pair of places is looked at once. Long lists are permuted and
//! summed in single precision, which halves what has to come from memory; a permutation whose sums come so close to the
//! observed ones that rounding could turn the comparison is done again in double precision. So every count of
//! permutations is exact, and only the mean and variance over permutations are those of rounded sums.

use super::shuffle::{Draws, Fast};
use super::significance::Test;
use super::symmetric::Symmetric;
use rayon::prelude::*;
use std::ops::{Add, Mul};

/// Permutations that go through the pairs side by side.
const LANES: usize = 8;

/// Lists up to this length stay in double precision: they are close to the processor anyway.
const SHORT: usize = 1 << 15;

/// Places whose products are added up before they go to the sum in double precision.
const RUN: usize = 32;

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

    /// What permutations are compared by: the cross products, the differences, and joins of what is not x.
    fn compared(&self) -> [f64; 3] {
        [self.cross, self.differences(), self.cross - self.squares]
    }
}

/// The sums of the values as they are.
pub(super) fn observed(values: &[f64], half: &Symmetric) -> Sums {
    Sums { cross: half.cross(values), squares: squares(values, &half.margins) }
}

/// The sum of m_i x_i².
fn squares(values: &[f64], margins: &[f64]) -> f64 {
    values.iter().zip(margins).map(|(x, margin)| margin * (x * x)).sum()
}

/// The sums for each random permutation of the values; those of squares only where they are asked for (else 0).
/// O(permutations (places + pairs)); memory: 128 bytes a place and thread up to 32,768 places, 64 above. A permutation is
/// a function of seed and number alone.
pub(super) fn permuted(values: &[f64], half: &Symmetric, test: &Test, squares: bool) -> Vec<Sums> {
    if values.len() <= SHORT {
        return Pairs::<f64>::new(half, 1.0)
            .permuted(values, test, squares)
            .into_iter()
            .map(|sums| sums.plain())
            .collect();
    }
    let line = Line::of(values);
    let z: Vec<f32> = values.iter().map(|x| ((x - line.mean) / line.deviation) as f32).collect();
    let size = half.sizes();
    let scale = size / half.pairs() as f64;
    let rough = Pairs::<f32>::new(half, scale).permuted(&z, test, squares || line.mean != 0.0);
    let mut sums: Vec<Sums> = rough.iter().map(|sums| line.back(sums, half)).collect();
    let (observed, slack) = (observed(values, half).compared(), line.slack(&z, half));
    let kinds = if squares { 3 } else { 1 };
    let near = |sums: &Sums| (0..kinds).any(|kind| (sums.compared()[kind] - observed[kind]).abs() <= slack[kind]);
    sums.par_iter_mut().enumerate().filter(|(_, sums)| near(sums)).for_each(|(number, sums)| {
        let mut list = values.to_vec();
        Fast::new(test.seed, number as u64).permute(&mut list, &mut Draws::default());
        *sums = self::observed(&list, half);
        if !squares {
            sums.squares = 0.0;
        }
    });
    if !squares {
        sums.iter_mut().for_each(|sums| sums.squares = 0.0);
    }
    sums
}

/// Values on a common scale: x = mean + deviation z.
struct Line {
    mean: f64,
    deviation: f64,
}

impl Line {
    fn of(values: &[f64]) -> Line {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let deviation = (values.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n).sqrt();
        match deviation > 0.0 {
            // What is as good as standardised already needs no line.
            true if mean.abs() <= 1e-9 * deviation => Line { mean: 0.0, deviation },
            true => Line { mean, deviation },
            false => Line { mean, deviation: 1.0 },
        }
    }

    /// The sums of x from those of z.
    fn back(&self, sums: &Rough, half: &Symmetric) -> Sums {
        let (mean, deviation) = (self.mean, self.deviation);
        let (around, tilt) = (mean * mean * half.s0, mean * deviation * sums.linear);
        Sums {
            cross: around + tilt + deviation * deviation * sums.cross,
            squares: 2.0 * (around + tilt) + deviation * deviation * sums.squares,
        }
    }

    /// By how much what is compared can be wrong: a bound on all roundings of single precision.
    ///
    /// With u the unit roundoff and d the most neighbours held with a place, a product of a weight and two values passes
    /// at most d + RUN + 6 roundings. The sum of |w_ij z_i z_j| is at most half the sum of |m_i| z_i², which is greatest
    /// with the greatest of both together (rearrangement).
    fn slack(&self, z: &[f32], half: &Symmetric) -> [f64; 3] {
        let (mut sizes, mut squares) =
            (half.size_margins(), z.iter().map(|&z| f64::from(z).powi(2)).collect::<Vec<_>>());
        let most = sizes.iter().copied().fold(0.0, f64::max);
        let bound = match most * sizes.len() as f64 <= 4.0 * sizes.iter().sum::<f64>() {
            true => most * squares.iter().sum::<f64>(),
            false => {
                sizes.par_sort_unstable_by(f64::total_cmp);
                squares.par_sort_unstable_by(f64::total_cmp);
                sizes.iter().zip(&squares).map(|(size, square)| size * square).sum()
            }
        };
        let unit = f64::from(f32::EPSILON) / 2.0;
        let (cross, rest) = ((half.most() + RUN + 6) as f64 * unit * 0.5 * bound, 4.0 * unit * bound);
        // |z| is at most (z² + 1) / 2.
        let linear = 4.0 * unit * 0.5 * (bound + 2.0 * half.sizes());
        let (square, tilt) = (self.deviation * self.deviation, (self.mean * self.deviation).abs());
        // Double precision, with room to spare.
        let double = 1e-10 * (square * bound + self.mean * self.mean * half.sizes() + tilt * bound);
        let (cross, squares) = (square * cross + tilt * linear + double, square * rest + 2.0 * tilt * linear + double);
        [cross, squares + 2.0 * cross, squares + cross]
    }
}

/// Sums of a permutation, in the precision of its values.
#[derive(Clone, Copy, Debug, Default)]
struct Rough {
    cross: f64,
    squares: f64,
    /// The sum of (w_i. + w_.i) x_i.
    linear: f64,
}

impl Rough {
    fn plain(self) -> Sums {
        Sums { cross: self.cross, squares: self.squares }
    }
}

/// A number of either precision.
trait Real: Copy + Default + Send + Sync + Add<Output = Self> + Mul<Output = Self> + Into<f64> {
    const ONE: Self;
    fn rounded(value: f64) -> Self;
}

impl Real for f64 {
    const ONE: f64 = 1.0;
    fn rounded(value: f64) -> f64 {
        value
    }
}

impl Real for f32 {
    const ONE: f32 = 1.0;
    fn rounded(value: f64) -> f32 {
        value as f32
    }
}

/// The pairs with their weights in the precision of the values.
struct Pairs<'a, T> {
    half: &'a Symmetric,
    /// Weights over the scale; none where all are the same.
    weights: Vec<T>,
    /// What a sum is multiplied by at its end.
    scale: f64,
}

impl<'a, T: Real> Pairs<'a, T> {
    fn new(half: &'a Symmetric, scale: f64) -> Pairs<'a, T> {
        match half.common() {
            Some(scale) => Pairs { half, weights: Vec::new(), scale },
            None => Pairs { half, weights: half.weights().iter().map(|w| T::rounded(w / scale)).collect(), scale },
        }
    }

    fn permuted(&self, values: &[T], test: &Test, squares: bool) -> Vec<Rough> {
        let (n, all) = (values.len(), test.permutations as usize);
        let batch = |scratch: &mut Scratch<T>, first: usize| {
            let Scratch { lists, side_by_side, draws } = scratch;
            let count = LANES.min(all - first);
            let mut sums = [Rough::default(); LANES];
            for (lane, list) in lists.iter_mut().take(count).enumerate() {
                list.copy_from_slice(values);
                Fast::new(test.seed, (first + lane) as u64).permute(list, draws);
                if squares {
                    for (x, margin) in list.iter().zip(&self.half.margins) {
                        let x: f64 = (*x).into();
                        sums[lane].squares += margin * (x * x);
                        sums[lane].linear += margin * x;
                    }
                }
            }
            interleave(lists, side_by_side);
            let cross = if self.weights.is_empty() {
                self.cross(side_by_side, |_| T::ONE)
            } else {
                self.cross(side_by_side, |pair| self.weights[pair])
            };
            sums.iter_mut().zip(cross).for_each(|(sums, cross)| sums.cross = self.scale * cross);
            sums[..count].to_vec()
        };
        let batches: Vec<usize> = (0..all).step_by(LANES).collect();
        let scratch = || Scratch {
            lists: std::array::from_fn(|_| vec![T::default(); n]),
            side_by_side: vec![[T::default(); LANES]; n],
            draws: Draws::default(),
        };
        let sums: Vec<Vec<Rough>> = batches.into_par_iter().map_init(scratch, batch).collect();
        sums.into_iter().flatten().collect()
    }

    /// The sum of w_ij x_i x_j in each lane.
    #[inline(always)]
    fn cross(&self, values: &[[T; LANES]], weigh: impl Fn(usize) -> T) -> [f64; LANES] {
        let mut sums = [0.0; LANES];
        for (number, run) in values.chunks(RUN).enumerate() {
            let mut part = [T::default(); LANES];
            for (at, own) in run.iter().enumerate() {
                let range = self.half.range(number * RUN + at);
                let mut lag = [T::default(); LANES];
                for (&neighbour, pair) in self.half.neighbours()[range.clone()].iter().zip(range) {
                    let (weight, other) = (weigh(pair), &values[neighbour as usize]);
                    for lane in 0..LANES {
                        lag[lane] = lag[lane] + weight * other[lane];
                    }
                }
                for lane in 0..LANES {
                    part[lane] = part[lane] + own[lane] * lag[lane];
                }
            }
            for lane in 0..LANES {
                sums[lane] += part[lane].into();
            }
        }
        sums
    }
}

/// What a thread works with.
struct Scratch<T> {
    lists: [Vec<T>; LANES],
    side_by_side: Vec<[T; LANES]>,
    draws: Draws,
}

/// Puts the values that lie on a place side by side.
fn interleave<T: Real>(lists: &[Vec<T>; LANES], to: &mut [[T; LANES]]) {
    const ROWS: usize = 4;
    let lists: [&[T]; LANES] = std::array::from_fn(|lane| &lists[lane][..to.len()]);
    let whole: [&[[T; ROWS]]; LANES] = lists.map(|list| list.as_chunks().0);
    let (rows, rest) = to.as_chunks_mut::<ROWS>();
    let done = rows.len();
    for (at, rows) in rows.iter_mut().enumerate() {
        let from: [[T; ROWS]; LANES] = std::array::from_fn(|lane| whole[lane][at]);
        for (row, to) in rows.iter_mut().enumerate() {
            *to = std::array::from_fn(|lane| from[lane][row]);
        }
    }
    for (at, to) in rest.iter_mut().enumerate() {
        *to = std::array::from_fn(|lane| lists[lane][done * ROWS + at]);
    }
}

/// The sum of c_i x_i for each random permutation of the values x. O(permutations places).
pub(super) fn permuted_linear(coefficients: &[f64], values: &[f64], test: &Test) -> Vec<f64> {
    let numbers: Vec<u64> = (0..u64::from(test.permutations)).collect();
    let one = |scratch: &mut (Vec<f64>, Draws), number: u64| {
        let (list, draws) = scratch;
        list.clear();
        list.extend_from_slice(values);
        Fast::new(test.seed, number).permute(list, draws);
        // Eight sums side by side.
        crate::linear::dot(coefficients, list)
    };
    numbers.into_par_iter().map_init(Default::default, one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Weights;

    /// A square lattice of queen neighbours with weights that are all alike, differ, or differ much; and its values.
    fn lattice(side: i64, weigh: impl Fn(i64, i64) -> f64, value: impl Fn(i64) -> f64) -> (Symmetric, Vec<f64>) {
        let row = |at: i64| {
            let (x, y) = (at % side, at / side);
            let around = (-1..=1).flat_map(move |dy| (-1..=1).map(move |dx| (x + dx, y + dy)));
            let inside = around.filter(move |&(a, b)| (a, b) != (x, y) && a.min(b) >= 0 && a.max(b) < side);
            inside.map(|(a, b)| ((b * side + a) as u32, weigh(at, b * side + a))).collect::<Vec<_>>()
        };
        let weights = Weights::from_rows((0..side * side).map(row)).expect("weights");
        (Symmetric::of(&weights).expect("pairs"), (0..side * side).map(value).collect())
    }

    #[test]
    fn counts_in_single_precision_are_those_in_double() {
        let noise = |at: i64| umbel_core::random::Stream::new(4, at as u64).normal();
        let cases = [
            lattice(190, |_, _| 1.0, |at| 30.0 + noise(at)),
            lattice(190, |from, to| 1.0 / (1 + (from * 7 + to) % 5) as f64, noise),
            // A few places weigh a thousand times as much, and a few values are far out.
            lattice(190, |from, _| if from % 5000 == 7 { 1e3 } else { 1.0 }, |at| (3.0 * noise(at)).exp()),
            // Joins: whole numbers, with ties.
            lattice(190, |_, _| 1.0, |at| f64::from(noise(at) > 2.0)),
        ];
        let test = Test { permutations: 99, ..Test::default() };
        for (case, (half, values)) in cases.iter().enumerate() {
            assert!(values.len() > SHORT);
            let found = permuted(values, half, &test, true);
            let exact = Pairs::<f64>::new(half, 1.0).permuted(values, &test, true);
            let own = observed(values, half).compared();
            let slack = Line::of(values);
            let z: Vec<f32> = values.iter().map(|x| ((x - slack.mean) / slack.deviation) as f32).collect();
            let slack = slack.slack(&z, half);
            for kind in 0..3 {
                let pairs =
                    || found.iter().map(|s| s.compared()[kind]).zip(exact.iter().map(|s| s.plain().compared()[kind]));
                let mean = exact.iter().map(|s| s.plain().compared()[kind]).sum::<f64>() / 99.0;
                let spread = (pairs().map(|(_, s)| (s - mean) * (s - mean)).sum::<f64>() / 99.0).sqrt();
                for (found, exact) in pairs() {
                    let off = (found - exact).abs();
                    assert!(off <= slack[kind] && off <= 1e-4 * spread, "{case} {kind}: {found} is not {exact}");
                    let tie = 1e-12 * exact.abs();
                    assert_eq!(found >= own[kind] - tie, exact >= own[kind] - tie, "{case} {kind}");
                    assert_eq!(found <= own[kind] + tie, exact <= own[kind] + tie, "{case} {kind}");
                }
            }
            // Without squares the cross products are the same.
            let near = |(a, b): (&Sums, &Sums)| (a.cross - b.cross).abs() <= slack[0] && a.squares == 0.0;
            assert!(permuted(values, half, &test, false).iter().zip(&found).all(near), "{case}");
        }
    }
}
