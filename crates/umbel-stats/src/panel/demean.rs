//! Taking fixed effects out of columns.
//!
//! The largest grouping is taken out exactly, by its means. What is left is a small system for the effects of all other
//! groups together: the normal equations after elimination of the largest grouping. With few other groups (years) the
//! system is solved directly, which gives the closed form in balanced and unbalanced panels alike; with many it is solved
//! by conjugate gradients.

use crate::Error;
use crate::panel::groups::Groups;
use rayon::prelude::*;

/// Up to so many groups beside the largest grouping the system is solved directly.
const DIRECT: usize = 800;
/// Squared numbers of groups met in each group of the largest grouping, added up: above it the system is not set up.
const DIRECT_COST: f64 = 4e9;
/// Relative size of what is left of group means at which conjugate gradients stop, and with which they may end.
const CLOSE: f64 = 1e-13;
const CLOSE_ENOUGH: f64 = 1e-10;
/// Rounds of conjugate gradients at most.
const ROUNDS: usize = 20_000;

/// Fixed effects, ready to be taken out of columns. Rows are kept in the order of the largest grouping.
pub struct Demeaner {
    /// Row at each position; `None` where rows are in order already.
    order: Option<Vec<u32>>,
    /// Where each group of the largest grouping starts.
    starts: Vec<usize>,
    /// Weights of rows, in order.
    weights: Option<Vec<f64>>,
    /// One over the sum of weights of each group of the largest grouping.
    inverse: Vec<f64>,
    /// Numbers of the other groups, in order: for each row as many as there are other groupings.
    others: Vec<u32>,
    groupings: usize,
    levels: usize,
    system: System,
}

enum System {
    /// Only one grouping.
    None,
    /// Rows of Cholesky's lower factor; a group whose effect follows from others has a row of zeros.
    Direct(Vec<Vec<f64>>),
    /// Weighted sizes of the other groups, to precondition with.
    Iterative(Vec<f64>),
}

impl Demeaner {
    /// Prepares the groupings. Positive weights, or none. O(n) plus, where the system is solved directly, the squared
    /// numbers of other groups that each group of the largest grouping meets, added up, and their number cubed.
    pub fn new(effects: &[Groups], weights: Option<&[f64]>) -> Demeaner {
        let rows = effects.first().map_or(0, Groups::len);
        let largest = (0..effects.len()).max_by_key(|&at| (effects[at].count(), effects.len() - at)).unwrap_or(0);
        let Some(main) = effects.get(largest) else {
            return Demeaner {
                order: None,
                starts: vec![0, rows],
                weights: weights.map(<[f64]>::to_vec),
                inverse: Vec::new(),
                others: Vec::new(),
                groupings: 0,
                levels: 0,
                system: System::None,
            };
        };
        let (starts, order) = main.rows();
        let order = (!main.codes().is_sorted()).then_some(order);
        let gathered = |from: &[f64]| match &order {
            Some(order) => order.iter().map(|&row| from[row as usize]).collect(),
            None => from.to_vec(),
        };
        let weights: Option<Vec<f64>> = weights.map(gathered);
        let weight = |rows: std::ops::Range<usize>| match &weights {
            Some(weights) => weights[rows].iter().sum(),
            None => rows.len() as f64,
        };
        let inverse = starts.windows(2).map(|pair| 1.0 / weight(pair[0]..pair[1])).collect();
        let other: Vec<&Groups> = (0..effects.len()).filter(|&at| at != largest).map(|at| &effects[at]).collect();
        let mut first = 0;
        let mut offsets = Vec::new();
        for groups in &other {
            offsets.push(first);
            first += groups.count() as u32;
        }
        let mut others = Vec::with_capacity(rows * other.len());
        let mut push = |row: usize| others.extend(other.iter().zip(&offsets).map(|(g, first)| g.codes()[row] + first));
        match &order {
            Some(order) => order.iter().for_each(|&row| push(row as usize)),
            None => (0..rows).for_each(&mut push),
        }
        let groupings = other.len();
        let levels = first as usize;
        let mut demeaner =
            Demeaner { order, starts, weights, inverse, others, groupings, levels, system: System::None };
        if groupings > 0 {
            demeaner.system = demeaner.set_up();
        }
        demeaner
    }

    fn weight(&self, at: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[at])
    }

    fn others(&self, at: usize) -> &[u32] {
        &self.others[at * self.groupings..(at + 1) * self.groupings]
    }

    fn set_up(&self) -> System {
        let square = |size: f64| size * size;
        let met = |pair: &[usize]| ((pair[1] - pair[0]) * self.groupings).min(self.levels) as f64;
        let cost: f64 = self.starts.windows(2).map(|pair| square(met(pair))).sum();
        if self.levels > DIRECT || cost > DIRECT_COST {
            let mut sizes = vec![0.0; self.levels];
            for at in 0..self.others.len() / self.groupings {
                self.others(at).iter().for_each(|&other| sizes[other as usize] += self.weight(at));
            }
            return System::Iterative(sizes);
        }
        // S = D'WD - sum over groups of (D'w)(D'w)' / sum of weights; the lower triangle.
        let levels = self.levels;
        let mut matrix = vec![0.0; levels * levels];
        let (mut sums, mut met) = (vec![0.0; levels], Vec::new());
        for (group, pair) in self.starts.windows(2).enumerate() {
            for at in pair[0]..pair[1] {
                let (weight, others) = (self.weight(at), self.others(at));
                for (number, &other) in others.iter().enumerate() {
                    let other = other as usize;
                    if sums[other] == 0.0 {
                        met.push(other);
                    }
                    sums[other] += weight;
                    for &before in &others[..=number] {
                        matrix[other * levels + before as usize] += weight;
                    }
                }
            }
            // Ascending, so that the row's entries lie on the left.
            met.sort_unstable();
            for (number, &row) in met.iter().enumerate() {
                let share = sums[row] * self.inverse[group];
                let line = &mut matrix[row * levels..(row + 1) * levels];
                for &column in &met[..=number] {
                    line[column] -= share * sums[column];
                }
            }
            met.iter().for_each(|&at| sums[at] = 0.0);
            met.clear();
        }
        System::Direct(semidefinite_factor(&matrix, levels))
    }

    /// Puts a column in the order of the demeaner. Linear.
    pub fn sorted<T: Copy>(&self, column: &[T]) -> Vec<T> {
        match &self.order {
            Some(order) => order.iter().map(|&row| column[row as usize]).collect(),
            None => column.to_vec(),
        }
    }

    /// Puts a column back in the order of rows. Linear.
    pub fn unsorted(&self, column: &[f64]) -> Vec<f64> {
        let Some(order) = &self.order else { return column.to_vec() };
        let mut rows = vec![0.0; column.len()];
        order.iter().zip(column).for_each(|(&row, &value)| rows[row as usize] = value);
        rows
    }

    /// Weights in the order of the demeaner.
    pub fn weights(&self) -> Option<&[f64]> {
        self.weights.as_deref()
    }

    /// Takes the effects out of columns, in parallel; the results are in the order of the demeaner ([`Self::unsorted`]).
    /// O(n) a column where the system is solved directly, O(n) a round otherwise.
    ///
    /// # Errors
    /// [`Error::NotConverged`] when conjugate gradients do not come to 1e-10 of a column's length.
    pub fn demean(&self, columns: &[&[f64]]) -> Result<Vec<Vec<f64>>, Error> {
        columns.par_iter().map(|column| self.demean_one(column)).collect()
    }

    fn demean_one(&self, column: &[f64]) -> Result<Vec<f64>, Error> {
        let mut values = self.sorted(column);
        if self.inverse.is_empty() {
            return Ok(values);
        }
        let size = self.length(&values);
        let mut right = vec![0.0; self.levels];
        let first = self.take_means(&mut values, &mut right);
        match &self.system {
            System::None => {
                // Means of rounded differences: only where the level dwarfs what varies.
                if first > 0.0 && self.length(&values) < 1e-6 * size {
                    self.take_means(&mut values, &mut right);
                }
            }
            System::Direct(factor) => {
                // Solving a second time for what is left takes the rounding of the first out.
                for round in 0..2 {
                    let effects = semidefinite_solve(factor, &right);
                    self.subtract(&mut values, &effects);
                    right.fill(0.0);
                    if round == 0 {
                        self.take_means(&mut values, &mut right);
                        let left = right.iter().map(|value| value * value).sum::<f64>().sqrt();
                        if left <= CLOSE * size {
                            break;
                        }
                    }
                }
            }
            System::Iterative(sizes) => {
                let effects = self.gradients(sizes, right, size)?;
                self.subtract(&mut values, &effects);
            }
        }
        Ok(values)
    }

    fn length(&self, values: &[f64]) -> f64 {
        let weighted = values.iter().enumerate().map(|(at, value)| self.weight(at) * value * value);
        weighted.sum::<f64>().sqrt()
    }

    /// Takes the means of the largest grouping out, and adds what is left to the sums of the other groups. Gives the
    /// largest mean.
    fn take_means(&self, values: &mut [f64], sums: &mut [f64]) -> f64 {
        let mut most: f64 = 0.0;
        for (group, pair) in self.starts.windows(2).enumerate() {
            let values = &mut values[pair[0]..pair[1]];
            let sum: f64 = match &self.weights {
                Some(weights) => {
                    values.iter().zip(&weights[pair[0]..pair[1]]).map(|(value, weight)| value * weight).sum()
                }
                None => values.iter().sum(),
            };
            let mean = sum * self.inverse[group];
            most = most.max(mean.abs());
            values.iter_mut().for_each(|value| *value -= mean);
            if self.groupings == 1 {
                let others = &self.others[pair[0]..pair[1]];
                match &self.weights {
                    None => values.iter().zip(others).for_each(|(value, &other)| sums[other as usize] += value),
                    Some(weights) => {
                        let weighted = values.iter().zip(&weights[pair[0]..pair[1]]).zip(others);
                        weighted.for_each(|((value, weight), &other)| sums[other as usize] += value * weight);
                    }
                }
            } else if self.groupings > 1 {
                for (at, value) in (pair[0]..pair[1]).zip(values) {
                    let weighted = *value * self.weight(at);
                    self.others(at).iter().for_each(|&other| sums[other as usize] += weighted);
                }
            }
        }
        most
    }

    /// Takes effects of the other groups out, and the means of the largest grouping that come with them.
    fn subtract(&self, values: &mut [f64], effects: &[f64]) {
        for (group, pair) in self.starts.windows(2).enumerate() {
            let effect = |at: usize| -> f64 { self.others(at).iter().map(|&other| effects[other as usize]).sum() };
            let sum: f64 = (pair[0]..pair[1]).map(|at| effect(at) * self.weight(at)).sum();
            let mean = sum * self.inverse[group];
            for (at, value) in (pair[0]..pair[1]).zip(&mut values[pair[0]..pair[1]]) {
                *value -= effect(at) - mean;
            }
        }
    }

    /// S v, without setting S up.
    fn apply(&self, vector: &[f64], result: &mut [f64]) {
        result.fill(0.0);
        for (group, pair) in self.starts.windows(2).enumerate() {
            let effect = |at: usize| -> f64 { self.others(at).iter().map(|&other| vector[other as usize]).sum() };
            let sum: f64 = (pair[0]..pair[1]).map(|at| effect(at) * self.weight(at)).sum();
            let mean = sum * self.inverse[group];
            for at in pair[0]..pair[1] {
                let weighted = (effect(at) - mean) * self.weight(at);
                self.others(at).iter().for_each(|&other| result[other as usize] += weighted);
            }
        }
    }

    /// Conjugate gradients, preconditioned by the sizes of groups.
    ///
    /// Source: Hestenes, Stiefel, Methods of conjugate gradients for solving linear systems, J. Res. NBS 49, 1952; for
    /// fixed effects: Gaure, OLS with multiple high dimensional category variables, CSDA 66, 2013.
    fn gradients(&self, sizes: &[f64], right: Vec<f64>, size: f64) -> Result<Vec<f64>, Error> {
        let mut solution = vec![0.0; self.levels];
        let mut left = right;
        let scaled = |left: &[f64]| left.iter().zip(sizes).map(|(value, size)| value / size).collect::<Vec<f64>>();
        let inner = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let mut direction = scaled(&left);
        let mut squares = inner(&left, &direction);
        let (mut image, mut best, mut since) = (vec![0.0; self.levels], f64::INFINITY, 0);
        for _ in 0..ROUNDS {
            let close = squares.max(0.0).sqrt();
            if close <= CLOSE * size {
                return Ok(solution);
            }
            // Rounding ends the descent: good enough, or not.
            since = if close < 0.5 * best { 0 } else { since + 1 };
            best = best.min(close);
            if since > 400 && best <= CLOSE_ENOUGH * size {
                return Ok(solution);
            }
            self.apply(&direction, &mut image);
            let curve = inner(&direction, &image);
            if curve <= 0.0 {
                break;
            }
            let step = squares / curve;
            for at in 0..self.levels {
                solution[at] += step * direction[at];
                left[at] -= step * image[at];
            }
            let next = scaled(&left);
            let after = inner(&left, &next);
            let part = after / squares;
            squares = after;
            direction.iter_mut().zip(&next).for_each(|(value, next)| *value = next + part * *value);
        }
        if squares.max(0.0).sqrt() <= CLOSE_ENOUGH * size {
            return Ok(solution);
        }
        Err(Error::NotConverged { what: "taking the fixed effects out", rounds: ROUNDS })
    }
}

/// Rows of Cholesky's lower factor of a positive semidefinite matrix (lower triangle, row by row): a row that depends on
/// those before it becomes zero. O(m^3 / 3).
fn semidefinite_factor(matrix: &[f64], size: usize) -> Vec<Vec<f64>> {
    let mut factor: Vec<Vec<f64>> = Vec::with_capacity(size);
    for row in 0..size {
        let mut line = matrix[row * size..row * size + row + 1].to_vec();
        let whole = line[row];
        for column in 0..row {
            let above = &factor[column];
            if above[column] == 0.0 {
                line[column] = 0.0;
                continue;
            }
            let known: f64 = line[..column].iter().zip(&above[..column]).map(|(a, b)| a * b).sum();
            line[column] = (line[column] - known) / above[column];
        }
        let known: f64 = line[..row].iter().map(|value| value * value).sum();
        let pivot = line[row] - known;
        if pivot <= 1e-11 * whole.max(known) {
            line.fill(0.0);
        } else {
            line[row] = pivot.sqrt();
        }
        factor.push(line);
    }
    factor
}

/// A solution of the system for a right side that lies in its range; effects of dependent groups are zero.
fn semidefinite_solve(factor: &[Vec<f64>], right: &[f64]) -> Vec<f64> {
    let size = factor.len();
    let mut solution = right.to_vec();
    for row in 0..size {
        let line = &factor[row];
        if line[row] == 0.0 {
            solution[row] = 0.0;
            continue;
        }
        let known: f64 = line[..row].iter().zip(&solution[..row]).map(|(a, b)| a * b).sum();
        solution[row] = (solution[row] - known) / line[row];
    }
    for row in (0..size).rev() {
        if factor[row][row] == 0.0 {
            continue;
        }
        solution[row] /= factor[row][row];
        let value = solution[row];
        for (to, entry) in solution[..row].iter_mut().zip(&factor[row]) {
            *to -= value * entry;
        }
    }
    solution
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linear::Basis;
    use umbel_core::random::Stream;

    fn panel(seed: u64, rows: usize, counts: &[u64]) -> (Vec<Groups>, Vec<f64>, Vec<f64>) {
        let mut stream = Stream::new(seed, 0);
        let groups = counts
            .iter()
            .map(|&count| Groups::from_codes(&(0..rows).map(|_| stream.below(count) as u32).collect::<Vec<u32>>()));
        let groups: Vec<Groups> = groups.collect();
        let column = (0..rows).map(|_| 100.0 + stream.normal()).collect();
        let weights = (0..rows).map(|_| 0.2 + stream.uniform()).collect();
        (groups, column, weights)
    }

    /// What dummy-variable least squares leaves over.
    fn brute(groups: &[Groups], column: &[f64], weights: &[f64]) -> Vec<f64> {
        let root: Vec<f64> = weights.iter().map(|weight| weight.sqrt()).collect();
        let mut columns = Vec::new();
        for group in groups {
            for level in 0..group.count() as u32 {
                let dummy =
                    group.codes().iter().zip(&root).map(|(&code, root)| if code == level { *root } else { 0.0 });
                columns.push(dummy.collect::<Vec<f64>>());
            }
        }
        let response: Vec<f64> = column.iter().zip(&root).map(|(value, root)| value * root).collect();
        let residuals = Basis::of(columns, None).expect("a basis").solve(&response).expect("a solution").residuals;
        residuals.iter().zip(&root).map(|(value, root)| value / root).collect()
    }

    #[test]
    fn equals_dummy_variables() {
        for (seed, rows, counts) in
            [(1, 60, &[9][..]), (2, 80, &[12, 5]), (3, 90, &[10, 6, 4]), (4, 40, &[15, 14]), (5, 30, &[1, 1])]
        {
            let (groups, column, weights) = panel(seed, rows, counts);
            for weights in [None, Some(&weights[..])] {
                let wanted = brute(&groups, &column, weights.unwrap_or(&vec![1.0; rows]));
                let mut demeaner = Demeaner::new(&groups, weights);
                for iterative in [false, true] {
                    if iterative && counts.len() > 1 {
                        let mut sizes = vec![0.0; demeaner.levels];
                        for at in 0..rows {
                            let weight = demeaner.weight(at);
                            demeaner.others(at).to_vec().iter().for_each(|&other| sizes[other as usize] += weight);
                        }
                        demeaner.system = System::Iterative(sizes);
                    }
                    let found = demeaner.demean(&[&column]).expect("demeaned");
                    let found = demeaner.unsorted(&found[0]);
                    for (found, wanted) in found.iter().zip(&wanted) {
                        assert!((found - wanted).abs() < 1e-11, "{seed} {iterative} {found} {wanted}");
                    }
                }
            }
        }
    }

    #[test]
    fn panels_that_fall_apart_are_solved() {
        // Two sets of units and periods with nothing in common.
        let units = Groups::from_codes(&[0, 0, 1, 1, 2, 2, 3, 3]);
        let periods = Groups::from_codes(&[0, 1, 0, 1, 2, 3, 2, 3]);
        let column = [1.0, 5.0, 2.0, 9.0, 1e6, 3.0, 4.0, 4.0];
        let groups = [units, periods];
        let wanted = brute(&groups, &column, &[1.0; 8]);
        let found = &Demeaner::new(&groups, None).demean(&[&column]).expect("demeaned")[0];
        for (found, wanted) in found.iter().zip(&wanted) {
            assert!((found - wanted).abs() < 1e-8, "{found} {wanted}");
        }
    }

    #[test]
    fn many_periods_are_solved_by_gradients() {
        let (groups, column, _) = panel(6, 30_000, &[3000, 2500]);
        let demeaner = Demeaner::new(&groups, None);
        assert!(matches!(demeaner.system, System::Iterative(_)));
        let found = demeaner.unsorted(&demeaner.demean(&[&column]).expect("demeaned")[0]);
        for group in &groups {
            assert!(group.means(&found).iter().all(|mean| mean.abs() < 1e-10));
        }
    }
}
