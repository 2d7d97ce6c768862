//! The logarithm of the determinant of I - rho W, which the likelihood of spatial models needs for many rho.

use super::spatial_filter::{SMALL, SpatialFilter, dense, lanczos, symmetric_eigenvalues, transpose};
use crate::Error;
#[cfg(test)]
use crate::Weights;
use crate::linear::dot;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::LltRegularization;
use faer::sparse::linalg::cholesky::{
    SymbolicCholesky, SymbolicCholeskyRaw, SymmetricOrdering, factorize_symbolic_cholesky, supernodal,
};
use faer::sparse::{SparseColMatRef, SymbolicSparseColMatRef};
use faer::{Par, Side};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use umbel_core::random::Stream;

/// Entries of Cholesky's factor beyond which the automatic choice estimates: 0.6 GB, two of them at a time.
const LARGEST_FACTOR: usize = 80_000_000;

/// Vectors of random signs of an estimate.
const PROBES: u64 = 48;

/// Rounds of Lanczos for each.
const ROUNDS: usize = 60;

/// Powers of W of an estimate for weights that are not similar to symmetric ones.
const POWERS: usize = 400;

/// How the log-determinant is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Eigenvalues up to 500 places, factorisation beyond, an estimate where the factor would not fit into memory
    /// (more than some 700,000 places of a contiguity).
    #[default]
    Automatic,
    /// From all eigenvalues of W. Exact; O(n^3) once, then O(n) for each rho.
    Eigenvalues,
    /// From Cholesky's factors of the sparse matrix, in the order of approximate minimum degree, which is found once.
    /// Exact; for a contiguity about O(n^1.5) for each rho.
    Factorisation,
    /// From random vectors, with a standard error. O(pairs) once, then O(1) for each rho.
    Estimate,
}

/// ln |I - rho W| as a function of rho.
///
/// Weights that are similar to a symmetric S (all contiguities, bands and kernels, row-standardised or not) are treated
/// as S, so that I - rho S is positive definite between the bounds of rho. Else ln |A| is half of ln |A'A|; the factor
/// of A'A is never smaller than what partial pivoting of A may need.
///
/// Sources: Ord, Estimation methods for models of spatial interaction, JASA 70, 1975, equation 2.10 (eigenvalues);
/// Pace, Barry, Sparse spatial autoregressions, Statistics & Probability Letters 33, 1997 (factors); Ubaru, Chen, Saad,
/// Fast estimation of tr(f(A)) via stochastic Lanczos quadrature, SIAM J. Matrix Anal. Appl. 38(4), 2017, algorithm 1,
/// and Barry, Pace, Monte Carlo estimates of the log determinant of large sparse matrices, Linear Algebra and its
/// Applications 289, 1999 (estimates).
#[derive(Debug)]
pub struct LogDeterminant {
    interval: (f64, f64),
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Real(Vec<f64>),
    Complex(Vec<(f64, f64)>),
    Factors(Box<Factors>),
    Estimate(Estimate),
}

/// The lower triangle of c0 + c1 rho + c2 rho^2 by columns, and the structure of its factor.
#[derive(Debug)]
struct Factors {
    starts: Vec<usize>,
    rows: Vec<usize>,
    values: Vec<[f64; 3]>,
    symbolic: SymbolicCholesky<usize>,
    /// 1 for S, one half for A'A.
    share: f64,
}

#[derive(Debug)]
struct Estimate {
    places: f64,
    /// tr(W^2).
    square: f64,
    kind: EstimateKind,
}

#[derive(Debug)]
enum EstimateKind {
    /// For each vector: nodes, weights.
    Quadrature(Vec<(Vec<f64>, Vec<f64>)>),
    /// For each vector: z'(W / r)^k z for k = 1, 2, ..., and r, the bound of the spectral radius.
    Powers(Vec<Vec<f64>>, f64),
}

impl LogDeterminant {
    /// Prepares the function.
    ///
    /// # Errors
    /// When eigenvalues are not found, or there is no memory.
    pub fn new(filter: &SpatialFilter, method: Method) -> Result<LogDeterminant, Error> {
        let places = filter.weights().len();
        let kind = match method {
            Method::Eigenvalues => eigenvalues(filter)?,
            Method::Factorisation => Kind::Factors(Box::new(factors(filter)?)),
            Method::Estimate => Kind::Estimate(estimate(filter)?),
            Method::Automatic if places <= SMALL => eigenvalues(filter)?,
            Method::Automatic => match factors(filter)? {
                factors if factors.symbolic.len_val() <= LARGEST_FACTOR => Kind::Factors(Box::new(factors)),
                _ => Kind::Estimate(estimate(filter)?),
            },
        };
        Ok(LogDeterminant { interval: filter.interval(), kind })
    }

    /// The way taken.
    pub fn method(&self) -> Method {
        match self.kind {
            Kind::Real(_) | Kind::Complex(_) => Method::Eigenvalues,
            Kind::Factors(_) => Method::Factorisation,
            Kind::Estimate(_) => Method::Estimate,
        }
    }

    /// The open interval of rho.
    pub fn interval(&self) -> (f64, f64) {
        self.interval
    }

    /// ln |I - rho W|.
    ///
    /// # Errors
    /// A rho outside of the interval.
    pub fn value(&self, rho: f64) -> Result<f64, Error> {
        self.check(rho)?;
        match &self.kind {
            Kind::Real(values) => Ok(values.iter().map(|value| (-rho * value).ln_1p()).sum()),
            Kind::Complex(values) => Ok(values
                .iter()
                .map(|(real, imaginary)| {
                    0.5 * (rho * ((real * real + imaginary * imaginary) * rho - 2.0 * real)).ln_1p()
                })
                .sum()),
            Kind::Factors(factors) => factors.value(rho),
            Kind::Estimate(estimate) => Ok(estimate.value(rho).0),
        }
    }

    /// The standard error of the value: 0 where it is exact.
    ///
    /// # Errors
    /// A rho outside of the interval.
    pub fn standard_error(&self, rho: f64) -> Result<f64, Error> {
        self.check(rho)?;
        match &self.kind {
            Kind::Estimate(estimate) => Ok(estimate.value(rho).1),
            _ => Ok(0.0),
        }
    }

    fn check(&self, rho: f64) -> Result<(), Error> {
        if rho > self.interval.0 && rho < self.interval.1 {
            return Ok(());
        }
        let needed = "it must lie between the reciprocals of the extreme eigenvalues of the weights";
        Err(Error::Domain { what: "rho", at: 0, value: rho, needed })
    }
}

fn eigenvalues(filter: &SpatialFilter) -> Result<Kind, Error> {
    if let Some(symmetric) = filter.symmetric() {
        return Ok(Kind::Real(symmetric_eigenvalues(&dense(symmetric))?));
    }
    let failed = |_| Error::NotConverged { what: "the eigenvalues of the weights", rounds: 30 };
    let values = dense(filter.weights()).eigenvalues().map_err(failed)?;
    Ok(Kind::Complex(values.iter().map(|value| (value.re, value.im)).collect()))
}

/// The lower triangle of A (of S) or A'A, by columns.
fn triangle(filter: &SpatialFilter) -> (Vec<usize>, Vec<usize>, Vec<[f64; 3]>, f64) {
    let places = filter.weights().len();
    let (mut starts, mut rows, mut values) = (vec![0], Vec::new(), Vec::new());
    if let Some(symmetric) = filter.symmetric() {
        for column in 0..places {
            rows.push(column);
            values.push([1.0, 0.0, 0.0]);
            for (&row, &weight) in symmetric.neighbours(column).iter().zip(symmetric.weights(column)) {
                if row as usize > column {
                    rows.push(row as usize);
                    values.push([0.0, -weight, 0.0]);
                }
            }
            starts.push(rows.len());
        }
        return (starts, rows, values, 1.0);
    }
    let weights = filter.weights();
    let turned = transpose(weights);
    let mut sums = vec![[0.0; 3]; places];
    let mut marked = vec![false; places];
    let mut found: Vec<usize> = Vec::new();
    for column in 0..places {
        let mut add = |row: usize, power: usize, value: f64| {
            if row >= column {
                if !marked[row] {
                    marked[row] = true;
                    found.push(row);
                }
                sums[row][power] += value;
            }
        };
        add(column, 0, 1.0);
        for matrix in [weights, &turned] {
            let pairs = matrix.neighbours(column).iter().zip(matrix.weights(column));
            pairs.for_each(|(&row, &weight)| add(row as usize, 1, -weight));
        }
        // Entry (row, column) of W'W: the sum over places of w(place, row) w(place, column).
        for (&place, &there) in turned.neighbours(column).iter().zip(turned.weights(column)) {
            let pairs = weights.neighbours(place as usize).iter().zip(weights.weights(place as usize));
            pairs.for_each(|(&row, &weight)| add(row as usize, 2, weight * there));
        }
        found.sort_unstable();
        for row in found.drain(..) {
            rows.push(row);
            values.push(std::mem::take(&mut sums[row]));
            marked[row] = false;
        }
        starts.push(rows.len());
    }
    (starts, rows, values, 0.5)
}

fn factors(filter: &SpatialFilter) -> Result<Factors, Error> {
    let (starts, rows, values, share) = triangle(filter);
    let places = starts.len() - 1;
    let structure = SymbolicSparseColMatRef::new_checked(places, places, &starts, None, &rows);
    let failed = |why| Error::Singular { what: "the log-determinant", why };
    let symbolic = factorize_symbolic_cholesky(structure, Side::Lower, SymmetricOrdering::Amd, Default::default());
    let symbolic = symbolic.map_err(|error| failed(format!("{error:?}")))?;
    Ok(Factors { starts, rows, values, symbolic, share })
}

impl Factors {
    fn value(&self, rho: f64) -> Result<f64, Error> {
        let places = self.starts.len() - 1;
        let values: Vec<f64> = self.values.iter().map(|[c0, c1, c2]| c0 + rho * (c1 + rho * c2)).collect();
        let structure = SymbolicSparseColMatRef::new_checked(places, places, &self.starts, None, &self.rows);
        let matrix = SparseColMatRef::new(structure, &values);
        let singular = |why: &str| Error::Singular { what: "the log-determinant", why: why.to_owned() };
        let scratch = self.symbolic.factorize_numeric_llt_scratch::<f64>(Par::Seq, Default::default());
        let mut memory = MemBuffer::try_new(scratch).map_err(|_| singular("there is not enough memory"))?;
        let mut lower = vec![0.0; self.symbolic.len_val()];
        self.symbolic
            .factorize_numeric_llt(
                &mut lower,
                matrix,
                Side::Lower,
                LltRegularization::default(),
                Par::Seq,
                MemStack::new(&mut memory),
                Default::default(),
            )
            .map_err(|_| singular("rho lies outside of its bounds"))?;
        let sum: f64 = match self.symbolic.raw() {
            // The diagonal comes first in each column.
            SymbolicCholeskyRaw::Simplicial(simplicial) => {
                simplicial.col_ptr()[..places].iter().map(|&start| lower[start].ln()).sum()
            }
            SymbolicCholeskyRaw::Supernodal(symbolic) => {
                let factor = supernodal::SupernodalLltRef::new(symbolic, &lower);
                let block = |number: usize| {
                    let block = factor.supernode(number).val();
                    (0..block.ncols()).map(|at| block[(at, at)].ln()).sum::<f64>()
                };
                (0..symbolic.n_supernodes()).map(block).sum()
            }
        };
        Ok(2.0 * self.share * sum)
    }
}

fn estimate(filter: &SpatialFilter) -> Result<Estimate, Error> {
    let weights = filter.weights();
    let places = weights.len();
    let turned = transpose(weights);
    // Rows of both name the same pairs only where weights go both ways.
    let both = |place: usize| {
        let back = (turned.neighbours(place), turned.weights(place));
        let pairs = weights.neighbours(place).iter().zip(weights.weights(place));
        pairs.map(|(to, there)| back.0.binary_search(to).map_or(0.0, |at| there * back.1[at])).sum::<f64>()
    };
    let square = (0..places).map(both).sum();
    let signs = |number: u64| -> Vec<f64> {
        let mut stream = Stream::new(0x10_6de7, number);
        (0..places).map(|_| if stream.bits() & 1 == 0 { 1.0 } else { -1.0 }).collect()
    };
    let kind = if let Some(symmetric) = filter.symmetric() {
        let probe = |number: u64| {
            let ritz = lanczos(symmetric, ROUNDS, |_| signs(number))?;
            Ok((ritz.values, ritz.first))
        };
        EstimateKind::Quadrature((0..PROBES).into_par_iter().map(probe).collect::<Result<_, Error>>()?)
    } else {
        let radius = 1.0 / filter.interval().1;
        let probe = |number: u64| {
            let start = signs(number);
            let mut vector = start.clone();
            let power = |_| {
                vector = weights.lag(&vector);
                vector.iter_mut().for_each(|value| *value /= radius);
                dot(&start, &vector)
            };
            (0..POWERS).map(power).collect()
        };
        EstimateKind::Powers((0..PROBES).into_par_iter().map(probe).collect(), radius)
    };
    Ok(Estimate { places: places as f64, square, kind })
}

impl Estimate {
    /// Value and standard error. The first two terms of the series are exact, the vectors give what is beyond.
    fn value(&self, rho: f64) -> (f64, f64) {
        let beyond: Vec<f64> = match &self.kind {
            EstimateKind::Quadrature(vectors) => {
                let one = |(nodes, weights): &(Vec<f64>, Vec<f64>)| {
                    let terms = nodes.iter().zip(weights).map(|(node, weight)| {
                        let x = rho * node;
                        // The nodes of rounding may touch the bound.
                        weight * ((-x).max(-1.0 + 1e-15).ln_1p() + x + 0.5 * x * x)
                    });
                    self.places * terms.sum::<f64>()
                };
                vectors.iter().map(one).collect()
            }
            EstimateKind::Powers(vectors, radius) => {
                let one = |powers: &Vec<f64>| {
                    let terms = powers.iter().enumerate().skip(2);
                    -terms.map(|(at, power)| power * (rho * radius).powi(at as i32 + 1) / (at + 1) as f64).sum::<f64>()
                };
                vectors.iter().map(one).collect()
            }
        };
        let count = beyond.len() as f64;
        let mean = beyond.iter().sum::<f64>() / count;
        let squares: f64 = beyond.iter().map(|value| (value - mean) * (value - mean)).sum();
        (mean - 0.5 * rho * rho * self.square, (squares / (count * (count - 1.0))).sqrt())
    }
}

/// A queen lattice.
#[cfg(test)]
pub(crate) fn lattice(side: usize) -> Weights {
    let rows = (0..side * side).map(|place| {
        let (row, column) = (place / side, place % side);
        let near = move |at: usize| at.saturating_sub(1)..(at + 2).min(side);
        let all = near(row).flat_map(move |row| near(column).map(move |column| (row * side + column) as u32));
        all.filter(|&other| other as usize != place).map(|other| (other, 1.0)).collect::<Vec<_>>()
    });
    Weights::from_rows(rows).unwrap_or_else(|error| panic!("{error}"))
}
