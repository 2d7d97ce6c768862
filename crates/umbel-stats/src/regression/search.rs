//! Functions of rho between two bounds: their roots, and polynomials that stand for them.

use crate::Error;
use rayon::prelude::*;

/// A root between two ends where the function has different signs, to the last digits.
///
/// Source: Brent, Algorithms for Minimization without Derivatives, 1973, chapter 4 (zero).
pub(crate) fn root(function: impl Fn(f64) -> Result<f64, Error>, from: f64, to: f64) -> Result<f64, Error> {
    let (mut a, mut b) = (from, to);
    let (mut fa, mut fb) = (function(a)?, function(b)?);
    if fa == 0.0 {
        return Ok(a);
    }
    let (mut c, mut fc) = (a, fa);
    let (mut step, mut before) = (b - a, b - a);
    for _ in 0..200 {
        if (fb > 0.0) == (fc > 0.0) {
            (c, fc) = (a, fa);
            step = b - a;
            before = step;
        }
        if fc.abs() < fb.abs() {
            (a, b, c) = (b, c, b);
            (fa, fb, fc) = (fb, fc, fb);
        }
        let tolerance = 2.0 * f64::EPSILON * b.abs() + 1e-18;
        let half = 0.5 * (c - b);
        if half.abs() <= tolerance || fb == 0.0 {
            return Ok(b);
        }
        if before.abs() >= tolerance && fa.abs() > fb.abs() {
            let s = fb / fa;
            let (mut p, mut q) = if a == c {
                (2.0 * half * s, 1.0 - s)
            } else {
                let (q, r) = (fa / fc, fb / fc);
                (s * (2.0 * half * q * (q - r) - (b - a) * (r - 1.0)), (q - 1.0) * (r - 1.0) * (s - 1.0))
            };
            if p > 0.0 {
                q = -q
            } else {
                p = -p
            }
            if 2.0 * p < (3.0 * half * q - (tolerance * q).abs()).min((before * q).abs()) {
                before = step;
                step = p / q;
            } else {
                step = half;
                before = half;
            }
        } else {
            step = half;
            before = half;
        }
        (a, fa) = (b, fb);
        b += if step.abs() > tolerance { step } else { tolerance.copysign(half) };
        fb = function(b)?;
    }
    Err(Error::NotConverged { what: "the search for rho", rounds: 200 })
}

/// A polynomial that stands for a function of rho between its bounds.
///
/// In u = ln((rho - lower) / (upper - rho)) the log-determinant is analytic in the strip |Im u| < pi, so that the
/// error of Chebyshev's interpolation over 2h falls by (pi + sqrt(pi^2 + h^2)) / h with every node: the number of nodes
/// is chosen for 13 digits.
///
/// Source: Trefethen, Approximation Theory and Approximation Practice, 2013, theorem 8.2.
#[derive(Clone, Debug)]
pub(crate) struct Curve {
    bounds: (f64, f64),
    centre: f64,
    half: f64,
    coefficients: [Vec<f64>; 3],
}

/// Where a rho lies on the scale that puts its bounds at the infinities.
pub(crate) fn to_scale((lower, upper): (f64, f64), rho: f64) -> f64 {
    ((rho - lower) / (upper - rho)).ln()
}

/// The rho at a place of that scale.
pub(crate) fn from_scale((lower, upper): (f64, f64), u: f64) -> f64 {
    if u > 0.0 { upper - (upper - lower) / (1.0 + u.exp()) } else { lower + (upper - lower) / (1.0 + (-u).exp()) }
}

impl Curve {
    /// From values at the nodes between two places of the scale, computed in parallel; `most` nodes at most.
    pub(crate) fn new(
        bounds: (f64, f64),
        (from, to): (f64, f64),
        most: usize,
        function: impl Fn(f64) -> Result<f64, Error> + Sync,
    ) -> Result<Curve, Error> {
        let (centre, half) = (0.5 * (from + to), 0.5 * (to - from));
        let ratio = std::f64::consts::PI / half;
        let nodes = ((31.0 / (ratio + ratio.hypot(1.0)).ln()).ceil() as usize + 2).clamp(7, most);
        let angle = |node: usize| std::f64::consts::PI * (node as f64 + 0.5) / nodes as f64;
        let value = |node: usize| function(from_scale(bounds, centre + half * angle(node).cos()));
        let values: Vec<f64> = (0..nodes).into_par_iter().map(value).collect::<Result<_, Error>>()?;
        let coefficient = |order: usize| {
            let terms = values.iter().enumerate().map(|(node, value)| value * (order as f64 * angle(node)).cos());
            terms.sum::<f64>() * if order == 0 { 1.0 } else { 2.0 } / nodes as f64
        };
        let plain: Vec<f64> = (0..nodes).map(coefficient).collect();
        let first = differentiate(&plain);
        let second = differentiate(&first);
        Ok(Curve { bounds, centre, half, coefficients: [plain, first, second] })
    }

    fn at(&self, order: usize, rho: f64) -> f64 {
        let x = (to_scale(self.bounds, rho) - self.centre) / self.half;
        clenshaw(&self.coefficients[order], x) / self.half.powi(order as i32)
    }

    /// The value.
    pub(crate) fn value(&self, rho: f64) -> f64 {
        self.at(0, rho)
    }

    /// The derivative.
    pub(crate) fn slope(&self, rho: f64) -> f64 {
        let (low, high) = (1.0 / (rho - self.bounds.0), 1.0 / (self.bounds.1 - rho));
        self.at(1, rho) * (low + high)
    }

    /// The second derivative.
    pub(crate) fn bend(&self, rho: f64) -> f64 {
        let (low, high) = (1.0 / (rho - self.bounds.0), 1.0 / (self.bounds.1 - rho));
        self.at(2, rho) * (low + high) * (low + high) + self.at(1, rho) * (high * high - low * low)
    }

    /// The places of the scale between which it stands.
    pub(crate) fn scale(&self) -> (f64, f64) {
        (self.centre - self.half, self.centre + self.half)
    }

    /// The rho between which it stands.
    pub(crate) fn range(&self) -> (f64, f64) {
        (from_scale(self.bounds, self.centre - self.half), from_scale(self.bounds, self.centre + self.half))
    }
}

/// The series of the derivative of a series of Chebyshev's polynomials (DLMF 18.9.21 summed).
fn differentiate(series: &[f64]) -> Vec<f64> {
    let size = series.len();
    let mut found = vec![0.0; size + 1];
    for order in (1..size).rev() {
        found[order - 1] = found.get(order + 1).copied().unwrap_or(0.0) + 2.0 * order as f64 * series[order];
    }
    found[0] *= 0.5;
    found.truncate(size.max(1));
    found
}

/// The sum of a series of Chebyshev's polynomials (DLMF 3.11.15).
fn clenshaw(series: &[f64], x: f64) -> f64 {
    let (mut next, mut after) = (0.0, 0.0);
    for coefficient in series.iter().skip(1).rev() {
        (next, after) = (coefficient + 2.0 * x * next - after, next);
    }
    series.first().copied().unwrap_or(0.0) + x * next - after
}
