//! Solving with A = I - rho W, and where rho may lie.

use crate::linear::{add_scaled, dot};
use crate::{Error, Weights, error};
use faer::{Mat, Side};
use rayon::prelude::*;
use umbel_core::random::Stream;

/// Up to here eigenvalues and traces are computed from the whole matrix.
pub(crate) const SMALL: usize = 500;

/// Up to here tr(G'G) is computed column by column.
const EXACT_TRACE: usize = 2_000;

/// Random signs that estimate a trace beyond.
const PROBES: u64 = 64;

/// Rounds of Lanczos for the extreme eigenvalues.
const ROUNDS: usize = 120;

/// Relative residual at which a solution is taken.
const TIGHT: f64 = 1e-14;

/// Weights W prepared for the filter A = I - rho W: W is similar to a symmetric matrix S = R W R^-1, R diagonal, where
/// that is possible (contiguity, distance bands and kernels, row-standardised or not), so that S has real eigenvalues
/// and A can be treated as positive definite.
#[derive(Clone, Debug)]
pub struct SpatialFilter {
    weights: Weights,
    /// The diagonal of R, and S.
    symmetric: Option<(Vec<f64>, Weights)>,
    interval: (f64, f64),
}

/// The weights with rows and columns exchanged. O(pairs).
pub(crate) fn transpose(weights: &Weights) -> Weights {
    let mut starts = vec![0; weights.len() + 1];
    weights.all_neighbours().iter().for_each(|&to| starts[to as usize + 1] += 1);
    (0..weights.len()).for_each(|at| starts[at + 1] += starts[at]);
    let mut next = starts.clone();
    let (mut neighbours, mut values) = (vec![0; weights.pairs()], vec![0.0; weights.pairs()]);
    for from in 0..weights.len() {
        for (&to, &weight) in weights.neighbours(from).iter().zip(weights.weights(from)) {
            let slot = &mut next[to as usize];
            (neighbours[*slot], values[*slot]) = (from as u32, weight);
            *slot += 1;
        }
    }
    // Rows ascend since places are visited in their order.
    Weights::from_parts(starts, neighbours, values).unwrap_or_else(|_| weights.clone())
}

/// The diagonal of R and S = R W R^-1 symmetric, when there is such an R.
fn symmetrise(weights: &Weights, turned: &Weights) -> Option<(Vec<f64>, Weights)> {
    if weights.all_neighbours() != turned.all_neighbours() || weights.starts() != turned.starts() {
        return None;
    }
    let pairs = || weights.all_weights().iter().zip(turned.all_weights());
    if pairs().any(|(there, back)| there * back <= 0.0) {
        return None;
    }
    // The squares d of R: d_i w_ij = d_j w_ji along every pair.
    let mut squares = vec![0.0; weights.len()];
    let mut queue = Vec::new();
    for start in 0..weights.len() {
        if squares[start] != 0.0 {
            continue;
        }
        squares[start] = 1.0;
        queue.push(start);
        while let Some(from) = queue.pop() {
            let ratios = weights.weights(from).iter().zip(turned.weights(from));
            for (&to, (there, back)) in weights.neighbours(from).iter().zip(ratios) {
                let square = squares[from] * there / back;
                if squares[to as usize] == 0.0 {
                    squares[to as usize] = square;
                    queue.push(to as usize);
                } else if (squares[to as usize] - square).abs() > 1e-10 * square {
                    return None;
                }
            }
        }
    }
    let root: Vec<f64> = squares.iter().map(|square| square.sqrt()).collect();
    if !root.iter().all(|root| root.is_finite() && *root > 0.0) {
        return None;
    }
    let values = pairs().map(|(there, back)| there.signum() * (there * back).sqrt()).collect();
    let symmetric = Weights::from_parts(weights.starts().to_vec(), weights.all_neighbours().to_vec(), values).ok()?;
    Some((root, symmetric))
}

/// The smallest and largest eigenvalue of symmetric weights: exactly for few places, else by Lanczos' method with full
/// orthogonalisation, moved outwards by the bound of its error.
fn extremes(symmetric: &Weights) -> Result<(f64, f64), Error> {
    let places = symmetric.len();
    if places <= SMALL {
        let values = symmetric_eigenvalues(&dense(symmetric))?;
        return Ok((values[0], values[places - 1]));
    }
    let ritz = lanczos(symmetric, ROUNDS, |number| {
        let mut stream = Stream::new(0x5eed, number);
        (0..places).map(|_| stream.normal()).collect()
    })?;
    let bound = |at: usize| ritz.values[at].abs() * 1e-14 + ritz.last[at].abs() * ritz.beta;
    let most = ritz.values.len() - 1;
    Ok((ritz.values[0] - bound(0), ritz.values[most] + bound(most)))
}

/// The dense matrix of weights.
pub(crate) fn dense(weights: &Weights) -> Mat<f64> {
    let mut matrix = Mat::zeros(weights.len(), weights.len());
    for from in 0..weights.len() {
        for (&to, &weight) in weights.neighbours(from).iter().zip(weights.weights(from)) {
            matrix[(from, to as usize)] = weight;
        }
    }
    matrix
}

/// Eigenvalues of a symmetric matrix, ascending. O(n^3).
pub(crate) fn symmetric_eigenvalues(matrix: &Mat<f64>) -> Result<Vec<f64>, Error> {
    let failed = |_| Error::NotConverged { what: "the eigenvalues of the weights", rounds: 30 };
    let mut values = matrix.self_adjoint_eigenvalues(Side::Lower).map_err(failed)?;
    values.sort_by(f64::total_cmp);
    Ok(values)
}

/// What Lanczos' method finds: eigenvalues of the small matrix, the squared first and the last entries of its
/// eigenvectors, and the length of what is left.
pub(crate) struct Ritz {
    pub values: Vec<f64>,
    pub first: Vec<f64>,
    pub last: Vec<f64>,
    pub beta: f64,
}

/// Lanczos' method with full orthogonalisation from a start; `starts(number)` gives further starts, number after
/// number, when the space is exhausted at once.
pub(crate) fn lanczos(symmetric: &Weights, rounds: usize, start: impl Fn(u64) -> Vec<f64>) -> Result<Ritz, Error> {
    let rounds = rounds.min(symmetric.len());
    let mut vector = start(0);
    let length = dot(&vector, &vector).sqrt();
    vector.iter_mut().for_each(|value| *value /= length);
    let (mut basis, mut alphas, mut betas) = (vec![vector], Vec::new(), Vec::new());
    loop {
        let last = &basis[basis.len() - 1];
        let mut next = symmetric.lag(last);
        alphas.push(dot(last, &next));
        let before = dot(&next, &next).sqrt();
        for _ in 0..2 {
            for vector in &basis {
                let inner = dot(vector, &next);
                add_scaled(&mut next, -inner, vector);
            }
        }
        let beta = dot(&next, &next).sqrt();
        betas.push(beta);
        if alphas.len() >= rounds || beta <= 1e-12 * before.max(1e-300) {
            break;
        }
        next.iter_mut().for_each(|value| *value /= beta);
        basis.push(next);
    }
    let size = alphas.len();
    let mut small: Mat<f64> = Mat::zeros(size, size);
    for at in 0..size {
        small[(at, at)] = alphas[at];
        if at + 1 < size {
            (small[(at, at + 1)], small[(at + 1, at)]) = (betas[at], betas[at]);
        }
    }
    let failed = |_| Error::NotConverged { what: "the eigenvalues of the weights", rounds: 30 };
    let eigen = small.self_adjoint_eigen(Side::Lower).map_err(failed)?;
    let (values, vectors) = (eigen.S(), eigen.U());
    Ok(Ritz {
        values: (0..size).map(|at| values[at]).collect(),
        first: (0..size).map(|at| vectors[(0, at)] * vectors[(0, at)]).collect(),
        last: (0..size).map(|at| vectors[(size - 1, at)]).collect(),
        beta: betas[size - 1],
    })
}

/// An upper bound of the spectral radius: the smallest of the largest row sum, the largest column sum, and the bound
/// of Collatz and Wielandt after some rounds of the power method.
///
/// Source: Horn, Johnson, Matrix Analysis, 2nd edition, corollary 8.1.31.
fn radius(weights: &Weights, turned: &Weights) -> f64 {
    let sums = |weights: &Weights| {
        let row = |place| weights.weights(place).iter().map(|weight| weight.abs()).sum::<f64>();
        (0..weights.len()).map(row).fold(0.0, f64::max)
    };
    let rows = sums(weights);
    let mut bound = rows.min(sums(turned));
    let sizes = weights.map_rows(|_, old, row| row.iter_mut().zip(old).for_each(|(to, from)| *to = from.abs()));
    let mut vector = vec![1.0; weights.len()];
    for _ in 0..50 {
        // Half a step keeps every entry above zero.
        let next: Vec<f64> = sizes.lag(&vector).iter().zip(&vector).map(|(lag, value)| lag + rows * value).collect();
        let ratio = next.iter().zip(&vector).map(|(next, value)| next / value - rows).fold(0.0, f64::max);
        bound = bound.min(ratio);
        let most = next.iter().copied().fold(0.0, f64::max);
        vector = next.iter().map(|value| value / most).collect();
        if vector.iter().any(|&value| value < 1e-200) {
            break;
        }
    }
    bound
}

impl SpatialFilter {
    /// Prepares weights. O(pairs), and 120 products with W for more than 500 places.
    ///
    /// # Errors
    /// [`Error::NoNeighbours`]; a place that is its own neighbour.
    pub fn new(weights: &Weights) -> Result<SpatialFilter, Error> {
        error::at_least("a spatial model", 3, "places", weights.len())?;
        if weights.all_weights().iter().all(|&weight| weight == 0.0) {
            return Err(Error::NoNeighbours);
        }
        if (0..weights.len()).any(|place| weights.neighbours(place).binary_search(&(place as u32)).is_ok()) {
            let message = "a place is its own neighbour; a spatial model needs weights without such pairs".to_owned();
            return Err(Error::Parameter { parameter: "weights", message });
        }
        let turned = transpose(weights);
        let symmetric = symmetrise(weights, &turned);
        let radius = radius(weights, &turned);
        let interval = match &symmetric {
            // The largest eigenvalue is at most the bound of the radius, often exactly so (1 when row-standardised).
            Some((_, symmetric)) => {
                let (least, most) = extremes(symmetric)?;
                let most = if weights.len() > SMALL && most > radius * (1.0 - 1e-4) { radius } else { most };
                (1.0 / least.max(-radius), 1.0 / most)
            }
            None => (-1.0 / radius, 1.0 / radius),
        };
        if !(interval.0.is_finite() && interval.1.is_finite() && interval.0 < 0.0 && interval.1 > 0.0) {
            let message = "they have no cycles, so that rho has no bounds".to_owned();
            return Err(Error::Parameter { parameter: "weights", message });
        }
        Ok(SpatialFilter { weights: weights.clone(), symmetric, interval })
    }

    /// The weights.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The open interval around 0 in which A can be inverted: from the reciprocal of the smallest eigenvalue of W to
    /// that of the largest; the reciprocal of a bound of the spectral radius, on both sides, where W is not similar to
    /// a symmetric matrix.
    pub fn interval(&self) -> (f64, f64) {
        self.interval
    }

    /// S, where W is similar to a symmetric matrix.
    pub(crate) fn symmetric(&self) -> Option<&Weights> {
        self.symmetric.as_ref().map(|(_, symmetric)| symmetric)
    }

    /// A x = x - rho W x.
    pub fn apply(&self, rho: f64, values: &[f64]) -> Vec<f64> {
        let lag = self.weights.lag(values);
        values.iter().zip(lag).map(|(value, lag)| value - rho * lag).collect()
    }

    /// Solves A x = b by conjugate gradients where W is similar to a symmetric matrix, else by stabilised
    /// bi-conjugate gradients. O(pairs) a round; rounds grow with 1 / (1 - |rho|).
    ///
    /// # Errors
    /// [`Error::NotConverged`] when rho is too near to its bound.
    pub fn solve(&self, rho: f64, b: &[f64]) -> Result<Vec<f64>, Error> {
        self.solve_to(rho, b, TIGHT)
    }

    fn solve_to(&self, rho: f64, b: &[f64], tolerance: f64) -> Result<Vec<f64>, Error> {
        error::length("the right side", self.weights.len(), b.len())?;
        let Some((root, symmetric)) = &self.symmetric else {
            return self.stabilised(rho, b, tolerance);
        };
        let scaled: Vec<f64> = b.iter().zip(root).map(|(b, root)| b * root).collect();
        let solved = conjugate_gradients(symmetric, rho, &scaled, tolerance)?;
        Ok(solved.iter().zip(root).map(|(x, root)| x / root).collect())
    }

    /// Source: van der Vorst, Bi-CGSTAB, SIAM Journal on Scientific and Statistical Computing 13(2), 1992; restarted
    /// where it breaks down.
    fn stabilised(&self, rho: f64, b: &[f64], tolerance: f64) -> Result<Vec<f64>, Error> {
        let goal = tolerance * dot(b, b).sqrt();
        let mut x = b.to_vec();
        let (mut best, mut stalled) = (f64::INFINITY, 0);
        for _ in 0..200 {
            let mut r: Vec<f64> = b.iter().zip(self.apply(rho, &x)).map(|(b, ax)| b - ax).collect();
            let size = dot(&r, &r).sqrt();
            // Rounding may keep the true residual a little above the goal.
            stalled = if size < 0.5 * best { 0 } else { stalled + 1 };
            best = best.min(size);
            if size <= goal || (stalled > 3 && size <= 100.0 * goal.max(1e-15 * dot(&x, &x).sqrt())) {
                return Ok(x);
            }
            let shadow = r.clone();
            let (mut p, mut inner) = (r.clone(), dot(&r, &r));
            for _ in 0..100 {
                let v = self.apply(rho, &p);
                let alpha = inner / dot(&shadow, &v);
                let mut s = r.clone();
                add_scaled(&mut s, -alpha, &v);
                let t = self.apply(rho, &s);
                let square = dot(&t, &t);
                let omega = if square > 0.0 { dot(&t, &s) / square } else { 0.0 };
                if !alpha.is_finite() || !omega.is_finite() {
                    break;
                }
                add_scaled(&mut x, alpha, &p);
                add_scaled(&mut x, omega, &s);
                r = s;
                add_scaled(&mut r, -omega, &t);
                let next = dot(&shadow, &r);
                let beta = next / inner * alpha / omega;
                if dot(&r, &r).sqrt() <= 0.5 * goal || !beta.is_finite() {
                    break;
                }
                inner = next;
                add_scaled(&mut p, -omega, &v);
                p.iter_mut().zip(&r).for_each(|(p, r)| *p = r + beta * *p);
            }
        }
        Err(Error::NotConverged { what: "the solution with I - rho W", rounds: 20_000 })
    }

    /// tr(G'G) for G = W A^-1, and its standard error: exactly, column by column, up to 2,000 places (error 0); beyond
    /// from 64 vectors of random signs z, as tr(G^2), which is given, and the mean of z'G'Gz - z'GGz, whose variance is
    /// small since G is nearly symmetric. O(n solutions), O(128 solutions).
    ///
    /// Source: Hutchinson, A stochastic estimator of the trace of the influence matrix, Communications in Statistics
    /// 18(3), 1989.
    pub(crate) fn trace_of_squares(&self, rho: f64, trace_of_square: f64) -> Result<(f64, f64), Error> {
        let places = self.weights.len();
        let product = |b: &[f64]| Ok(self.weights.lag(&self.solve_to(rho, b, 1e-11)?));
        if places <= EXACT_TRACE {
            let column = |at: usize| {
                let mut unit = vec![0.0; places];
                unit[at] = 1.0;
                let column = product(&unit)?;
                Ok(dot(&column, &column))
            };
            let columns: Vec<f64> = (0..places).into_par_iter().map(column).collect::<Result<_, Error>>()?;
            return Ok((columns.iter().sum(), 0.0));
        }
        let probe = |number: u64| {
            let mut stream = Stream::new(0x7ace, number);
            let signs: Vec<f64> = (0..places).map(|_| if stream.bits() & 1 == 0 { 1.0 } else { -1.0 }).collect();
            let once = product(&signs)?;
            let twice = product(&once)?;
            Ok(dot(&once, &once) - dot(&signs, &twice))
        };
        let found: Vec<f64> = (0..PROBES).into_par_iter().map(probe).collect::<Result<_, Error>>()?;
        let mean = found.iter().sum::<f64>() / found.len() as f64;
        let squares: f64 = found.iter().map(|value| (value - mean) * (value - mean)).sum();
        let error = (squares / (found.len() * (found.len() - 1)) as f64).sqrt();
        Ok((trace_of_square + mean, error))
    }
}

/// Source: Golub, Van Loan, Matrix Computations, 4th edition, algorithm 11.3.3; restarted from the true residual.
fn conjugate_gradients(symmetric: &Weights, rho: f64, b: &[f64], tolerance: f64) -> Result<Vec<f64>, Error> {
    let apply = |values: &[f64]| -> Vec<f64> {
        let lag = symmetric.lag(values);
        values.iter().zip(lag).map(|(value, lag)| value - rho * lag).collect()
    };
    let goal = tolerance * dot(b, b).sqrt();
    let mut x = b.to_vec();
    let mut best = f64::INFINITY;
    for _ in 0..40 {
        let mut r: Vec<f64> = b.iter().zip(apply(&x)).map(|(b, ax)| b - ax).collect();
        let mut square = dot(&r, &r);
        let size = square.sqrt();
        // What is left is rounding when a restart brings nothing more.
        if size <= goal || (size > 0.5 * best && size <= 100.0 * goal.max(1e-15 * dot(&x, &x).sqrt())) {
            return Ok(x);
        }
        best = best.min(size);
        let mut p = r.clone();
        for _ in 0..500 {
            let ap = apply(&p);
            let curvature = dot(&p, &ap);
            if !(curvature > 0.0) {
                let why = "rho lies outside of its bounds".to_owned();
                return Err(Error::Singular { what: "I - rho W", why });
            }
            let alpha = square / curvature;
            add_scaled(&mut x, alpha, &p);
            add_scaled(&mut r, -alpha, &ap);
            let next = dot(&r, &r);
            if next.sqrt() <= 0.5 * goal {
                break;
            }
            let beta = next / square;
            square = next;
            p.iter_mut().zip(&r).for_each(|(p, r)| *p = r + beta * *p);
        }
    }
    Err(Error::NotConverged { what: "the solution with I - rho W", rounds: 20_000 })
}
