//! Local statistics under conditional permutation: each place keeps its value, the others are permuted.
//!
//! The permutations are shared by all places. One is a row of k + 1 different places, k the largest number of
//! neighbours. A place with c neighbours takes the first c of a row; where it is itself among these, the next of the
//! row takes its turn. So the values around it are a random sample of all other places, exactly, and no place needs
//! draws of its own.
//!
//! Where all weights of a row are the same, the simulated lag depends on the number of neighbours alone: the sums are
//! sorted once for each number, and a place costs two binary searches and a correction for the few rows that it is in
//! itself. Otherwise a place costs one product of its weights with the drawn values.
//!
//! Cost, with n places, R permutations and k neighbours: O(R k + n log R) with equal weights, O(n R k) with others;
//! memory O(n + R k), never n R.

use crate::Weights;
use crate::inference::Tails;
use rayon::prelude::*;
use umbel_core::random::Stream;

/// Places that a task takes at once.
const PLACES: usize = 64;
/// Permutations whose drawn values stay close to the processor meanwhile.
const BLOCK: usize = 256;

/// What is simulated for each place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The sum of w_ij v_j.
    Lag,
    /// The sum of w_ij (v_i - v_j)².
    Differences,
}

/// The simulated sums of a place, beside the observed one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Around {
    /// The observed sum.
    pub observed: f64,
    /// How many simulated sums are as great or greater, and as small or smaller.
    pub tails: Tails,
    /// Mean of the simulated sums.
    pub mean: f64,
    /// Their variance (divisor: permutations).
    pub variance: f64,
}

/// Counts and sums while they grow.
#[derive(Clone, Copy, Default)]
struct Tally {
    greater: i64,
    lesser: i64,
    sum: f64,
    squares: f64,
}

impl Tally {
    /// Takes a simulated sum in, or out again.
    #[inline(always)]
    fn count(&mut self, value: f64, low: f64, high: f64, times: i64) {
        self.greater += times * i64::from(value >= low);
        self.lesser += times * i64::from(value <= high);
        self.sum += times as f64 * value;
        self.squares += times as f64 * (value * value);
    }
}

/// Random rows of different places, and where each place is in them.
struct Draws {
    width: usize,
    rows: usize,
    places: Vec<u32>,
    starts: Vec<usize>,
    /// (row, position) of each place, rows ascending; the last position of a row is left out.
    found: Vec<(u32, u32)>,
}

impl Draws {
    fn new(n: usize, width: usize, rows: usize, seed: u64) -> Draws {
        let mut places = vec![0; width * rows];
        places.par_chunks_mut(width).enumerate().for_each_init(Vec::new, |order, (row, places)| {
            different(&mut Stream::new(seed, row as u64), n, places, order);
        });
        let mut starts = vec![0; n + 1];
        let taken = || places.chunks(width).map(|row| &row[..width - 1]);
        taken().flatten().for_each(|&place| starts[place as usize + 1] += 1);
        for at in 0..n {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut found = vec![(0, 0); starts[n]];
        for (row, places) in taken().enumerate() {
            for (position, &place) in places.iter().enumerate() {
                found[next[place as usize]] = (row as u32, position as u32);
                next[place as usize] += 1;
            }
        }
        Draws { width, rows, places, starts, found }
    }

    fn row(&self, row: usize) -> &[u32] {
        &self.places[row * self.width..(row + 1) * self.width]
    }

    /// Rows that have the place among the first `count`, and where.
    fn found(&self, place: usize, count: usize) -> impl Iterator<Item = (usize, usize)> {
        let found = &self.found[self.starts[place]..self.starts[place + 1]];
        found.iter().map(|&(row, at)| (row as usize, at as usize)).filter(move |&(_, at)| at < count)
    }
}

/// Draws different places, each row of them as likely.
fn different(stream: &mut Stream, n: usize, places: &mut [u32], order: &mut Vec<u32>) {
    let count = places.len();
    if count <= 32 && n > 2 * count {
        for at in 0..count {
            places[at] = loop {
                let drawn = stream.below(n as u64) as u32;
                if !places[..at].contains(&drawn) {
                    break drawn;
                }
            };
        }
        return;
    }
    // The beginning of a shuffle; afterwards the order is put back, which is cheaper than beginning anew.
    if order.len() != n {
        order.clear();
        order.extend(0..n as u32);
    }
    let mut swaps = Vec::with_capacity(count);
    for (at, place) in places.iter_mut().enumerate() {
        let other = at + stream.below((n - at) as u64) as usize;
        order.swap(at, other);
        swaps.push(other);
        *place = order[at];
    }
    for (at, other) in swaps.into_iter().enumerate().rev() {
        order.swap(at, other);
    }
}

/// The weight that all neighbours of a place have in common.
fn common(weights: &[f64]) -> Option<f64> {
    let first = *weights.first()?;
    weights.iter().all(|&weight| weight == first).then_some(first)
}

/// Sums over the first c drawn values of each row, for each number of neighbours c that occurs with equal weights.
struct Columns {
    /// The column of each number of neighbours, or none.
    of: Vec<Option<usize>>,
    /// The sums of values, and of squared values for [`Kind::Differences`], column after column.
    sums: Vec<f64>,
    squares: Vec<f64>,
    /// The sums in order (for [`Kind::Lag`]), and in the whole.
    sorted: Vec<f64>,
    totals: Vec<(f64, f64)>,
}

impl Columns {
    fn new(kind: Kind, values: &[f64], weights: &Weights, draws: &Draws) -> Columns {
        let mut of = vec![None; draws.width];
        for place in 0..weights.len() {
            let slot = &mut of[weights.degree(place)];
            if slot.is_none() && common(weights.weights(place)).is_some() {
                *slot = Some(0);
            }
        }
        let mut counts = Vec::new();
        for (count, column) in of.iter_mut().enumerate() {
            if column.is_some() {
                *column = Some(counts.len());
                counts.push(count);
            }
        }
        let (wide, rows) = (counts.len(), draws.rows);
        // Row after row first, so that each row is summed up once.
        let prefix = |power: fn(f64) -> f64| {
            let mut by_row = vec![0.0; wide * rows];
            if wide > 0 {
                by_row.par_chunks_mut(wide).enumerate().for_each(|(row, sums)| {
                    let (mut sum, mut taken) = (0.0, 0);
                    for (&count, to) in counts.iter().zip(sums) {
                        for &place in &draws.row(row)[taken..count] {
                            sum += power(values[place as usize]);
                        }
                        taken = count;
                        *to = sum;
                    }
                });
            }
            let mut columns = vec![0.0; wide * rows];
            columns.par_chunks_mut(rows.max(1)).enumerate().for_each(|(column, to)| {
                for (row, to) in to.iter_mut().enumerate() {
                    *to = by_row[row * wide + column];
                }
            });
            columns
        };
        let sums = prefix(|value| value);
        let (mut squares, mut sorted) = (Vec::new(), Vec::new());
        if kind == Kind::Differences {
            squares = prefix(|value| value * value);
        } else {
            sorted.clone_from(&sums);
            sorted.par_chunks_mut(rows.max(1)).for_each(|column| column.sort_unstable_by(f64::total_cmp));
        }
        let total = |column: &[f64]| (column.iter().sum(), column.iter().map(|sum| sum * sum).sum());
        let totals = sums.par_chunks(rows.max(1)).map(total).collect();
        Columns { of, sums, squares, sorted, totals }
    }
}

/// The simulated sums around each place. The values should be standardised: sums of squares are taken of them.
pub(super) fn simulate(kind: Kind, values: &[f64], weights: &Weights, permutations: u32, seed: u64) -> Vec<Around> {
    let (n, rows) = (values.len(), permutations as usize);
    let most = (0..n).map(|place| weights.degree(place)).max().unwrap_or(0);
    let width = (most + 1).min(n);
    let draws = Draws::new(n, width, rows, seed);
    let columns = Columns::new(kind, values, weights, &draws);
    let largest = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    let equal = |place: usize| common(weights.weights(place)).is_some();
    // The drawn values, position after position; only where weights of a row differ.
    let drawn = if (0..n).all(|place| weights.degree(place) == 0 || equal(place)) {
        Vec::new()
    } else {
        let mut drawn = vec![0.0; rows * width];
        drawn.par_chunks_mut(rows).enumerate().for_each(|(position, to)| {
            for (row, to) in to.iter_mut().enumerate() {
                *to = values[draws.row(row)[position] as usize];
            }
        });
        drawn
    };
    let engine = Engine { kind, values, weights, draws, columns, drawn, largest };
    let mut around = vec![Around::default(); n];
    around.par_chunks_mut(PLACES).enumerate().for_each(|(chunk, places)| {
        engine.differing(chunk * PLACES, places);
        for (at, slot) in places.iter_mut().enumerate() {
            let place = chunk * PLACES + at;
            match (weights.degree(place), common(weights.weights(place))) {
                (0, _) => slot.tails = Tails { greater: permutations, lesser: permutations, all: permutations },
                (_, Some(weight)) => *slot = engine.equal(place, weight),
                _ => {}
            }
        }
    });
    around
}

struct Engine<'a> {
    kind: Kind,
    values: &'a [f64],
    weights: &'a Weights,
    draws: Draws,
    columns: Columns,
    drawn: Vec<f64>,
    largest: f64,
}

impl Engine<'_> {
    /// What one neighbour adds.
    #[inline(always)]
    fn term(&self, own: f64, other: f64) -> f64 {
        match self.kind {
            Kind::Lag => other,
            Kind::Differences => (own - other) * (own - other),
        }
    }

    /// Below this, two sums differ by rounding alone, when their weights add up to `weight`.
    fn slack(&self, weight: f64) -> f64 {
        1e-13 * (weight + 1.0) * if self.kind == Kind::Lag { self.largest } else { self.largest * self.largest }
    }

    /// The sums around a place whose neighbours all have the same weight.
    fn equal(&self, place: usize, weight: f64) -> Around {
        let (count, own, rows) = (self.weights.degree(place), self.values[place], self.draws.rows);
        let neighbours = self.weights.neighbours(place);
        let observed: f64 = neighbours.iter().map(|&other| self.term(own, self.values[other as usize])).sum();
        let slack = self.slack(count as f64);
        let (low, high) = (observed - slack, observed + slack);
        let mut tally = Tally::default();
        let column = self.columns.of[count].unwrap_or(0);
        let range = column * rows..(column + 1) * rows;
        let sums = &self.columns.sums[range.clone()];
        // The sum of a row as if the place were not in it, and with the next value instead of its own.
        let of = |row: usize| match self.kind {
            Kind::Lag => sums[row],
            Kind::Differences => {
                let squares = self.columns.squares[column * rows + row];
                count as f64 * own * own - 2.0 * own * sums[row] + squares
            }
        };
        match self.kind {
            Kind::Lag => {
                let sorted = &self.columns.sorted[range];
                tally.greater = (rows - sorted.partition_point(|&sum| sum < low)) as i64;
                tally.lesser = sorted.partition_point(|&sum| sum <= high) as i64;
                (tally.sum, tally.squares) = self.columns.totals[column];
            }
            Kind::Differences => (0..rows).for_each(|row| tally.count(of(row), low, high, 1)),
        }
        for (row, _) in self.draws.found(place, count) {
            let next = self.values[self.draws.row(row)[count] as usize];
            let before = of(row);
            tally.count(before, low, high, -1);
            tally.count(before - self.term(own, own) + self.term(own, next), low, high, 1);
        }
        self.finish(observed, tally, weight)
    }

    /// Fills in those of some places, one after the other from `first`, whose weights differ.
    fn differing(&self, first: usize, slots: &mut [Around]) {
        if self.drawn.is_empty() {
            return;
        }
        let rows = self.draws.rows;
        let mut tallies = vec![Tally::default(); slots.len()];
        let mut bounds = vec![(0.0, 0.0, 0.0); slots.len()];
        let differ = |place: usize| self.weights.degree(place) > 0 && common(self.weights.weights(place)).is_none();
        for (at, bound) in bounds.iter_mut().enumerate() {
            let (own, place) = (self.values[first + at], first + at);
            let pairs = self.weights.neighbours(place).iter().zip(self.weights.weights(place));
            let observed = pairs.map(|(&other, w)| w * self.term(own, self.values[other as usize])).sum::<f64>();
            let slack = self.slack(self.weights.weights(place).iter().map(|weight| weight.abs()).sum());
            *bound = (observed, observed - slack, observed + slack);
        }
        for begin in (0..rows).step_by(BLOCK) {
            let end = (begin + BLOCK).min(rows);
            for (at, tally) in tallies.iter_mut().enumerate() {
                let place = first + at;
                if !differ(place) {
                    continue;
                }
                let (own, weights) = (self.values[place], self.weights.weights(place));
                let mut sums = [0.0; BLOCK];
                for (position, &weight) in weights.iter().enumerate() {
                    let drawn = &self.drawn[position * rows + begin..position * rows + end];
                    for (sum, &value) in sums.iter_mut().zip(drawn) {
                        *sum += weight * self.term(own, value);
                    }
                }
                for (row, position) in self.draws.found(place, weights.len()) {
                    if (begin..end).contains(&row) {
                        let next = self.values[self.draws.row(row)[weights.len()] as usize];
                        sums[row - begin] += weights[position] * (self.term(own, next) - self.term(own, own));
                    }
                }
                let (_, low, high) = bounds[at];
                sums[..end - begin].iter().for_each(|&sum| tally.count(sum, low, high, 1));
            }
        }
        for (at, slot) in slots.iter_mut().enumerate() {
            if differ(first + at) {
                *slot = self.finish(bounds[at].0, tallies[at], 1.0);
            }
        }
    }

    /// The figures, each sum times a weight.
    fn finish(&self, observed: f64, tally: Tally, weight: f64) -> Around {
        let rows = self.draws.rows as f64;
        let (greater, lesser) =
            if weight < 0.0 { (tally.lesser, tally.greater) } else { (tally.greater, tally.lesser) };
        let mean = tally.sum / rows;
        let all = self.draws.rows as u32;
        let tails = match weight == 0.0 {
            true => Tails { greater: all, lesser: all, all },
            false => Tails { greater: greater.max(0) as u32, lesser: lesser.max(0) as u32, all },
        };
        Around {
            observed: observed * weight,
            tails,
            mean: mean * weight,
            variance: (tally.squares / rows - mean * mean).max(0.0) * weight * weight,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every sample of `count` places other than `place`, all as likely: mean and variance of the sums.
    fn exact(values: &[f64], place: usize, weights: &[f64]) -> (f64, f64) {
        let others: Vec<f64> = (0..values.len()).filter(|&at| at != place).map(|at| values[at]).collect();
        let m = others.len() as f64;
        let mean = others.iter().sum::<f64>() / m;
        let spread = others.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / m;
        let (sum, squares): (f64, f64) = (weights.iter().sum(), weights.iter().map(|w| w * w).sum());
        (sum * mean, spread * (m * squares - sum * sum) / (m - 1.0))
    }

    #[test]
    fn simulated_moments_are_those_of_samples_without_the_place() {
        let values = [1.7, -0.4, 0.2, -1.2, 0.9, -0.1, -1.1];
        for differing in [0.0, 0.3] {
            let w = |j: u32| 1.0 + differing * f64::from(j);
            let rows = (0..7_u32).map(|i| (0..7).filter(|&j| j != i && j <= 5).map(|j| (j, w(j))).collect::<Vec<_>>());
            let weights = Weights::from_rows(rows).expect("weights");
            let around = simulate(Kind::Lag, &values, &weights, 60_000, 3);
            for (place, around) in around.iter().enumerate() {
                let (mean, variance) = exact(&values, place, weights.weights(place));
                let error = (variance / 60_000.0).sqrt();
                assert!((around.mean - mean).abs() < 5.0 * error + 1e-9, "{around:?} {mean}");
                assert!((around.variance - variance).abs() < 0.03 * variance + 1e-9, "{around:?} {variance}");
                assert_eq!(around.tails.all, 60_000);
            }
        }
    }

    #[test]
    fn weights_that_hardly_differ_give_the_same_counts() {
        let n = 40_u32;
        let values: Vec<f64> = (0..n).map(|i| f64::from(i * i % 17) - 8.0 + 0.01 * f64::from(i)).collect();
        let ring = |tilt: f64| {
            let row = |i: u32| vec![((i + 1) % n, 1.0), ((i + 2) % n, 1.0), ((i + n - 1) % n, 1.0 + tilt)];
            Weights::from_rows((0..n).map(row)).expect("weights")
        };
        for kind in [Kind::Lag, Kind::Differences] {
            let (equal, other) = (ring(0.0), ring(1e-15));
            let equal = simulate(kind, &values, &equal, 999, 8);
            let other = simulate(kind, &values, &other, 999, 8);
            for (a, b) in equal.iter().zip(&other) {
                assert_eq!(a.tails, b.tails);
                assert!((a.mean - b.mean).abs() < 1e-9 && (a.variance - b.variance).abs() < 1e-7 * (1.0 + a.variance));
            }
        }
    }

    #[test]
    fn drawn_places_differ_and_are_as_likely() {
        for (n, count) in [(100, 5), (12, 12), (90, 60)] {
            let (mut counts, mut order) = (vec![0_u32; n], Vec::new());
            for number in 0..20_000 {
                let mut row = vec![0; count];
                different(&mut Stream::new(4, number), n, &mut row, &mut order);
                let mut sorted = row.clone();
                sorted.sort_unstable();
                sorted.dedup();
                assert_eq!(sorted.len(), count);
                counts[row[count - 1] as usize] += 1;
            }
            let expected = 20_000.0 / n as f64;
            let chi: f64 = counts.iter().map(|&c| (f64::from(c) - expected).powi(2) / expected).sum();
            assert!(chi < n as f64 + 5.0 * (2.0 * n as f64).sqrt(), "{n} {count}: {chi}");
        }
    }
}
