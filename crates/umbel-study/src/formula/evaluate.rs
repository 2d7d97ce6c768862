//! Working out a program, column by column.

use super::Program;
use super::compile::{Change, Step};
use rayon::prelude::*;
use umbel_core::Bound;

/// Rows worked out at a time: a few columns of this length stay in the nearest cache.
const CHUNK: usize = 1024;

fn changed(value: f64, change: &Change) -> f64 {
    change.map_or(value, |factor| factor.apply(value))
}

/// What cannot be computed becomes NaN at once, so that no later step turns an infinity into a figure.
fn settle(value: f64) -> f64 {
    if value.is_finite() { value } else { f64::NAN }
}

fn power(base: f64, exponent: f64) -> f64 {
    if base.is_nan() || exponent.is_nan() {
        return f64::NAN;
    }
    // Whole powers by squaring: the same on every machine, and exact where the products are.
    if exponent.fract() == 0.0 && exponent.abs() <= 64.0 {
        let (mut left, mut square, mut result) = (exponent.abs() as u32, base, 1.0);
        while left > 0 {
            if left % 2 == 1 {
                result *= square;
            }
            square *= square;
            left /= 2;
        }
        return settle(if exponent < 0.0 { 1.0 / result } else { result });
    }
    settle(base.powf(exponent))
}

fn extreme(values: impl Iterator<Item = f64>, better: fn(f64, f64) -> bool) -> f64 {
    let pick = |kept: f64, next: f64| {
        if kept.is_nan() || next.is_nan() {
            f64::NAN
        } else if better(next, kept) {
            next
        } else {
            kept
        }
    };
    values.reduce(pick).unwrap_or(f64::NAN)
}

/// Combines the two topmost columns into the lower one.
fn combine(stack: &mut Vec<Vec<f64>>, spare: &mut Vec<Vec<f64>>, operation: impl Fn(f64, f64) -> f64) {
    if let (Some(right), Some(left)) = (stack.pop(), stack.last_mut()) {
        left.iter_mut().zip(&right).for_each(|(l, r)| *l = operation(*l, *r));
        spare.push(right);
    }
}

fn each(stack: &mut [Vec<f64>], operation: impl Fn(f64) -> f64) {
    if let Some(top) = stack.last_mut() {
        top.iter_mut().for_each(|value| *value = operation(*value));
    }
}

impl Program {
    /// The result for every row: `columns[r][i]` is the figure of reference `r` in row `i`, NaN where it is missing.
    ///
    /// A row in which a figure is missing, or which cannot be computed (a division by zero, the root of a negative
    /// number), is NaN. All columns have the same length, else the result is as long as the shortest.
    pub fn evaluate(&self, columns: &[&[f64]]) -> Vec<f64> {
        let rows = columns.iter().map(|column| column.len()).min().unwrap_or(0);
        let mut result = vec![0.0; rows];
        result.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, result)| {
            let start = chunk * CHUNK;
            self.chunk(columns, start, result);
        });
        result
    }

    fn chunk(&self, columns: &[&[f64]], start: usize, result: &mut [f64]) {
        let length = result.len();
        let mut stack: Vec<Vec<f64>> = Vec::with_capacity(8);
        let mut spare: Vec<Vec<f64>> = Vec::new();
        for step in &self.steps {
            match step {
                Step::Number(value) => {
                    let mut column = spare.pop().unwrap_or_default();
                    column.clear();
                    column.resize(length, *value);
                    stack.push(column);
                }
                Step::Reference(index) => {
                    let mut column = spare.pop().unwrap_or_default();
                    column.clear();
                    match columns.get(*index) {
                        Some(source) => column.extend_from_slice(&source[start..start + length]),
                        None => column.resize(length, f64::NAN),
                    }
                    stack.push(column);
                }
                Step::Negate => each(&mut stack, |v| -v),
                Step::Abs => each(&mut stack, f64::abs),
                Step::Sqrt(change) => each(&mut stack, |v| settle(changed(v, change).sqrt())),
                Step::Ln(change) => each(&mut stack, |v| settle(changed(v, change).ln())),
                Step::Exp(change) => each(&mut stack, |v| settle(changed(v, change).exp())),
                Step::Add(change) => combine(&mut stack, &mut spare, |l, r| settle(l + changed(r, change))),
                Step::Subtract(change) => combine(&mut stack, &mut spare, |l, r| settle(l - changed(r, change))),
                Step::Multiply => combine(&mut stack, &mut spare, |l, r| settle(l * r)),
                Step::Divide => combine(&mut stack, &mut spare, |l, r| settle(l / r)),
                Step::Power(base, exponent) => {
                    combine(&mut stack, &mut spare, |l, r| power(changed(l, base), changed(r, exponent)));
                }
                Step::Least(changes) => extremes(&mut stack, &mut spare, changes, |a, b| a < b),
                Step::Greatest(changes) => extremes(&mut stack, &mut spare, changes, |a, b| a > b),
            }
        }
        match stack.pop() {
            Some(column) => result.copy_from_slice(&column),
            None => result.fill(f64::NAN),
        }
    }

    /// How the result of one row is stated, from the figures and how they are stated.
    ///
    /// A figure known only to lie above its value keeps that through everything that grows with it and turns it round
    /// through everything that falls with it; two that point different ways leave "about".
    pub fn bound(&self, values: &[f64], bounds: &[Bound]) -> Bound {
        let mut stack: Vec<(f64, Bound)> = Vec::with_capacity(8);
        for step in &self.steps {
            let mut pop = || stack.pop().unwrap_or((f64::NAN, Bound::Exact));
            let next = match step {
                Step::Number(value) => (*value, Bound::Exact),
                Step::Reference(index) => {
                    let value = values.get(*index).copied().unwrap_or(f64::NAN);
                    (value, bounds.get(*index).copied().unwrap_or_default())
                }
                Step::Negate => {
                    let (value, bound) = pop();
                    (-value, bound.flip())
                }
                Step::Abs => {
                    let (value, bound) = pop();
                    (value.abs(), rising(bound, value))
                }
                Step::Sqrt(change) => {
                    let (value, bound) = pop();
                    (changed(value, change).sqrt(), bound)
                }
                Step::Ln(change) => {
                    let (value, bound) = pop();
                    (changed(value, change).ln(), bound)
                }
                Step::Exp(change) => {
                    let (value, bound) = pop();
                    (changed(value, change).exp(), bound)
                }
                Step::Add(change) => {
                    let (right, left) = (pop(), pop());
                    (left.0 + changed(right.0, change), left.1.join(right.1))
                }
                Step::Subtract(change) => {
                    let (right, left) = (pop(), pop());
                    (left.0 - changed(right.0, change), left.1.join(right.1.flip()))
                }
                Step::Multiply => {
                    let (right, left) = (pop(), pop());
                    (left.0 * right.0, rising(left.1, right.0).join(rising(right.1, left.0)))
                }
                Step::Divide => {
                    let (right, left) = (pop(), pop());
                    (left.0 / right.0, rising(left.1, right.0).join(rising(right.1.flip(), left.0)))
                }
                Step::Power(base, exponent) => {
                    let (right, left) = (pop(), pop());
                    let (b, e) = (changed(left.0, base), changed(right.0, exponent));
                    let of_base = match left.1 {
                        Bound::Exact => Bound::Exact,
                        bound if b > 0.0 => rising(bound, e),
                        _ => Bound::About,
                    };
                    let of_exponent = match right.1 {
                        Bound::Exact => Bound::Exact,
                        bound if b > 0.0 => rising(bound, b.ln()),
                        _ => Bound::About,
                    };
                    (power(b, e), of_base.join(of_exponent))
                }
                Step::Least(changes) | Step::Greatest(changes) => {
                    let operands = stack.split_off(stack.len().saturating_sub(changes.len()));
                    let bound = operands.iter().fold(Bound::Exact, |bound, operand| bound.join(operand.1));
                    let values = operands.iter().zip(changes).map(|(operand, change)| changed(operand.0, change));
                    let least = matches!(step, Step::Least(_));
                    (extreme(values, if least { |a, b| a < b } else { |a, b| a > b }), bound)
                }
            };
            stack.push(next);
        }
        stack.pop().map_or(Bound::Exact, |top| top.1)
    }

    /// Number of references it reads.
    pub fn references(&self) -> usize {
        self.references
    }
}

/// The bound of something that grows with a figure when `slope` is positive and falls with it when it is negative.
fn rising(bound: Bound, slope: f64) -> Bound {
    if slope > 0.0 {
        bound
    } else if slope < 0.0 {
        bound.flip()
    } else if bound == Bound::Exact || slope == 0.0 {
        Bound::Exact
    } else {
        Bound::About
    }
}

fn extremes(stack: &mut Vec<Vec<f64>>, spare: &mut Vec<Vec<f64>>, changes: &[Change], better: fn(f64, f64) -> bool) {
    let operands = stack.split_off(stack.len().saturating_sub(changes.len()));
    let length = operands.first().map_or(0, Vec::len);
    let mut result = spare.pop().unwrap_or_default();
    result.clear();
    let values = |row: usize| operands.iter().zip(changes).map(move |(operand, change)| changed(operand[row], change));
    result.extend((0..length).map(|row| extreme(values(row), better)));
    spare.extend(operands);
    stack.push(result);
}
