//! Sums with a small error, over blocks that do not depend on the number of threads.

use rayon::prelude::*;
use std::ops::Range;

/// Values summed in one go by one thread.
const BLOCK: usize = 1 << 17;

/// A sum that keeps what rounding takes away.
///
/// Source: Ogita, Rump, Oishi, Accurate sum and dot product, SIAM Journal on Scientific Computing 26(6), 2005,
/// algorithm 4.3.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    high: f64,
    low: f64,
}

impl Sum {
    /// Adds a term.
    #[inline]
    pub fn add(&mut self, term: f64) {
        let sum = self.high + term;
        let part = sum - self.high;
        self.low += (self.high - (sum - part)) + (term - part);
        self.high = sum;
    }

    /// Adds another sum.
    #[inline]
    pub fn join(&mut self, other: Sum) {
        self.add(other.high);
        self.low += other.low;
    }

    /// The sum.
    #[inline]
    pub fn value(self) -> f64 {
        let value = self.high + self.low;
        // What is kept back is not a number once the sum is infinite.
        if value.is_nan() { self.high } else { value }
    }
}

/// What a function gives for each block of positions, in order; blocks in parallel. `least` is the least length.
pub(crate) fn blocks<T: Send>(all: usize, least: usize, each: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    let length = BLOCK.max(least);
    let block = |number: usize| each(number * length..all.min((number + 1) * length));
    let count = all.div_ceil(length);
    if count <= 1 { (0..count).map(block).collect() } else { (0..count).into_par_iter().map(block).collect() }
}

/// The sum of a function of positions: short runs are added plainly, their sums with what rounding takes away.
#[inline]
pub(crate) fn run(positions: Range<usize>, term: impl Fn(usize) -> f64) -> Sum {
    let mut sum = Sum::default();
    let mut from = positions.start;
    while from < positions.end {
        let to = positions.end.min(from + 64);
        let mut lanes = [0.0; 4];
        let fours = from + (to - from) / 4 * 4;
        for at in (from..fours).step_by(4) {
            for (lane, sum) in lanes.iter_mut().enumerate() {
                *sum += term(at + lane);
            }
        }
        let rest: f64 = (fours..to).map(&term).sum();
        sum.add((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]) + rest);
        from = to;
    }
    sum
}

/// The sum of a function of all positions, blocks in parallel.
pub(crate) fn total(all: usize, term: impl Fn(usize) -> f64 + Sync) -> f64 {
    let mut sum = Sum::default();
    blocks(all, 0, |positions| run(positions, &term)).into_iter().for_each(|part| sum.join(part));
    sum.value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_rounding_takes_away() {
        let terms = [1e16, 1.0, -1e16, 1.0];
        let mut sum = Sum::default();
        terms.iter().for_each(|&term| sum.add(term));
        assert_eq!(sum.value(), 2.0);
        sum.add(f64::INFINITY);
        assert_eq!(sum.value(), f64::INFINITY);
    }

    #[test]
    fn blocks_cover_everything_once() {
        for all in [0, 1, 3, 64, 65, BLOCK, BLOCK + 1, 3 * BLOCK - 1] {
            assert_eq!(total(all, |_| 1.0), all as f64);
            assert_eq!(total(all, |at| at as f64), (all as f64) * (all as f64 - 1.0).max(0.0) / 2.0);
        }
        assert_eq!(blocks(10, 0, |positions| (positions.start, positions.end)), [(0, 10)]);
        assert!(blocks(0, 0, |positions| positions).is_empty());
    }
}
