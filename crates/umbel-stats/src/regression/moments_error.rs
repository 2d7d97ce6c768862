//! Spatial error models by generalised moments.

use super::design::{Design, squared_correlation};
use super::least_squares::rows;
use super::search::root;
use super::spatial_error::Filtered;
use super::spatial_filter::{SpatialFilter, transpose};
use crate::linear::{Estimate, dot};
use crate::{Error, Weights, error};
use faer::Mat;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// Which moments a spatial error model is estimated by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorMoments {
    /// Errors of equal variance; lambda without an error (Kelejian and Prucha 1999).
    #[default]
    Equal,
    /// Errors of any variance; lambda with an error (Arraiz and others 2010).
    Heteroskedastic,
}

/// A spatial error model by generalised moments.
#[derive(Clone, Debug, Serialize)]
pub struct ErrorByMoments {
    /// Coefficients, the constant first, tested by the normal distribution.
    pub coefficients: Vec<Estimate>,
    /// The coefficient of W u.
    pub lambda: f64,
    /// Its test, where its distribution is known ([`ErrorMoments::Heteroskedastic`]).
    pub lambda_test: Option<Estimate>,
    /// Covariance matrix of the coefficients, row by row.
    pub covariance: Vec<Vec<f64>>,
    /// Variance of the errors e, divisor n.
    pub variance: f64,
    /// Squared correlation of observed and fitted.
    pub pseudo_r_squared: Option<f64>,
    /// X b for each place.
    pub fitted: Vec<f64>,
    /// u: observed less fitted.
    pub residuals: Vec<f64>,
    /// e = u - lambda W u.
    pub residuals_filtered: Vec<f64>,
}

/// Moments g - G (lambda, lambda^2) that are to be near zero: for each its g and its two entries of G.
pub(crate) struct Moments(Vec<[f64; 3]>);

impl Moments {
    /// The three moments of Kelejian and Prucha, whose variance is solved for.
    ///
    /// Source: Kelejian, Prucha, A generalized moments estimator for the autoregressive parameter in a spatial model,
    /// International Economic Review 40, 1999, equation 7.
    pub(crate) fn kelejian_prucha(weights: &Weights, residuals: &[f64]) -> Moments {
        let count = residuals.len() as f64;
        let once = weights.lag(residuals);
        let twice = weights.lag(&once);
        let trace: f64 = weights.all_weights().iter().map(|weight| weight * weight).sum();
        let inner = |a: &[f64], b: &[f64]| dot(a, b) / count;
        let (square, lagged) = (inner(&once, &once), inner(&once, &twice));
        let equations = [
            [inner(residuals, residuals), 2.0 * inner(residuals, &once), -square, 1.0],
            [square, 2.0 * lagged, -inner(&twice, &twice), trace / count],
            [inner(residuals, &once), inner(residuals, &twice) + square, -lagged, 0.0],
        ];
        // What is left of each column beside the column of the variance.
        let length: f64 = equations.iter().map(|row| row[3] * row[3]).sum();
        let share = |at: usize| equations.iter().map(|row| row[at] * row[3]).sum::<f64>() / length;
        let shares = [share(0), share(1), share(2)];
        Moments(equations.iter().map(|row| [0, 1, 2].map(|at| row[at] - shares[at] * row[3])).collect())
    }

    /// The two moments that hold for errors of any variance: u'A1 u and u'W u of the filtered u, with
    /// A1 = W'W less its diagonal.
    fn heteroskedastic(weights: &Weights, diagonal: &[f64], residuals: &[f64]) -> Moments {
        let count = residuals.len() as f64;
        let once = weights.lag(residuals);
        let twice = weights.lag(&once);
        // a' A1 b for lagged a and b.
        let first = |a: &[f64], lag_a: &[f64], b: &[f64], lag_b: &[f64]| {
            let own: f64 = a.iter().zip(b).zip(diagonal).map(|((a, b), diagonal)| a * b * diagonal).sum();
            (dot(lag_a, lag_b) - own) / count
        };
        let inner = |a: &[f64], b: &[f64]| dot(a, b) / count;
        Moments(vec![
            [
                first(residuals, &once, residuals, &once),
                2.0 * first(residuals, &once, &once, &twice),
                -first(&once, &twice, &once, &twice),
            ],
            [inner(residuals, &once), inner(residuals, &twice) + inner(&once, &once), -inner(&once, &twice)],
        ])
    }

    /// The two moments transformed so that they are uncorrelated with variance one.
    fn weighted(&self, covariance: [f64; 3]) -> Result<Moments, Error> {
        let [first, mixed, second] = covariance;
        let left = second - mixed * mixed / first;
        if !(first > 0.0 && left > 0.0) {
            let why = "the covariance matrix of the moments is not positive definite".to_owned();
            return Err(Error::Singular { what: "the spatial error model", why });
        }
        let [a, b] = [self.0[0], self.0[1]];
        let one = a.map(|value| value / first.sqrt());
        let two = [0, 1, 2].map(|at| (b[at] - mixed / first * a[at]) / left.sqrt());
        Ok(Moments(vec![one, two]))
    }

    fn squares(&self, lambda: f64) -> f64 {
        self.0.iter().map(|[g, linear, square]| (g - lambda * (linear + lambda * square)).powi(2)).sum()
    }

    /// Half of the derivative of the squares.
    fn slope(&self, lambda: f64) -> f64 {
        let one = |[g, linear, square]: &[f64; 3]| {
            -(linear + 2.0 * lambda * square) * (g - lambda * (linear + lambda * square))
        };
        self.0.iter().map(one).sum()
    }
}

/// The lambda between bounds where the sum of squared moments, a polynomial of degree four, is lowest: the best of the
/// roots of its derivative, found to the last digits.
pub(crate) fn lowest(moments: &Moments, (lower, upper): (f64, f64)) -> Result<f64, Error> {
    const STEPS: usize = 1000;
    let margin = 1e-6 * (upper - lower);
    let point = |at: usize| lower + margin + (upper - lower - 2.0 * margin) * at as f64 / STEPS as f64;
    let (mut best, mut least) = (None, moments.squares(point(0)).min(moments.squares(point(STEPS))));
    for at in 0..STEPS {
        let (left, right) = (moments.slope(point(at)), moments.slope(point(at + 1)));
        if left <= 0.0 && right > 0.0 {
            let lambda = root(|lambda| Ok(moments.slope(lambda)), point(at), point(at + 1))?;
            let squares = moments.squares(lambda);
            if squares < least {
                (best, least) = (Some(lambda), squares);
            }
        }
    }
    let why = || "its moments are lowest at a bound of lambda".to_owned();
    best.ok_or_else(|| Error::Singular { what: "the spatial error model", why: why() })
}

/// The sums over pairs of products of squared errors that the covariance of the two moments is made of: with A1 and
/// W + W' it is (4 sum a^2 s s', 2 sum a (w + w') s s', sum (w + w')^2 s s') / 2n. O(sum of squared degrees).
struct PairSums {
    /// Positions of both places, entry of A1, entry of W + W', of each pair.
    pairs: Vec<(u32, u32, f64, f64)>,
}

impl PairSums {
    fn new(weights: &Weights) -> PairSums {
        let turned = transpose(weights);
        let mut pairs = Vec::new();
        let mut row: FxHashMap<u32, (f64, f64)> = FxHashMap::default();
        for place in 0..weights.len() {
            for matrix in [weights, &turned] {
                for (&other, weight) in matrix.neighbours(place).iter().zip(matrix.weights(place)) {
                    row.entry(other).or_default().1 += weight;
                }
            }
            for (&through, there) in turned.neighbours(place).iter().zip(turned.weights(place)) {
                let through = through as usize;
                for (&other, back) in weights.neighbours(through).iter().zip(weights.weights(through)) {
                    if other as usize != place {
                        row.entry(other).or_default().0 += there * back;
                    }
                }
            }
            let mut sorted: Vec<_> = row.drain().collect();
            sorted.sort_unstable_by_key(|(other, _)| *other);
            pairs.extend(sorted.into_iter().map(|(other, (a, w))| (place as u32, other, a, w)));
        }
        PairSums { pairs }
    }

    fn covariance(&self, errors: &[f64]) -> [f64; 3] {
        let mut sums = [0.0; 3];
        for &(place, other, a, w) in &self.pairs {
            let both = (errors[place as usize] * errors[other as usize]).powi(2);
            sums[0] += 4.0 * a * a * both;
            sums[1] += 2.0 * a * w * both;
            sums[2] += w * w * both;
        }
        sums.map(|sum| sum / (2.0 * errors.len() as f64))
    }
}

/// The spatial error model by generalised moments: least squares, lambda from the moments of its residuals, generalised
/// least squares; for errors of any variance, lambda again from the weighted moments of the new residuals.
/// O(n k^2 + sum of squared degrees).
///
/// Sources: Kelejian, Prucha, International Economic Review 40, 1999, section 3; Arraiz, Drukker, Kelejian, Prucha, A
/// spatial Cliff-Ord-type model with heteroskedastic innovations, Journal of Regional Science 50, 2010, section 3
/// (steps 1a to 2b, without 1c), theorem 2.
///
/// # Errors
/// Weights of another length or without neighbours; moments that are lowest at a bound of lambda; a response that is
/// explained without a residual.
pub fn error_by_moments(
    design: &Design,
    filter: &SpatialFilter,
    moments: ErrorMoments,
) -> Result<ErrorByMoments, Error> {
    let (weights, places) = (filter.weights(), design.places());
    error::length("the weights", places, weights.len())?;
    let y = design.response();
    let own = design.basis().solve(y)?;
    if !(own.squares > 1e-28 * dot(y, y)) {
        let why = "the columns explain the response without a residual".to_owned();
        return Err(Error::Singular { what: "the spatial error model", why });
    }
    let filtered = Filtered::new(design, filter)?;
    let after = |lambda: f64| -> Result<_, Error> {
        let solution = filtered.solve(lambda)?;
        let fitted = design.fitted(&solution.betas);
        let residuals: Vec<f64> = y.iter().zip(&fitted).map(|(y, fitted)| y - fitted).collect();
        Ok((solution, fitted, residuals))
    };
    let interval = filter.interval();
    if moments == ErrorMoments::Equal {
        let lambda = lowest(&Moments::kelejian_prucha(weights, &own.residuals), interval)?;
        let (solution, fitted, residuals) = after(lambda)?;
        let residuals_filtered = filter.apply(lambda, &residuals);
        let variance = dot(&residuals_filtered, &residuals_filtered) / places as f64;
        let covariance = solution.basis.inverse_cross_product() * faer::Scale(variance);
        return Ok(ErrorByMoments {
            coefficients: Estimate::all(&solution.betas, &covariance, None, 0.95),
            lambda,
            lambda_test: None,
            covariance: rows(&covariance),
            variance,
            pseudo_r_squared: squared_correlation(y, &fitted),
            fitted,
            residuals,
            residuals_filtered,
        });
    }
    let mut diagonal = vec![0.0; places];
    for (&to, weight) in weights.all_neighbours().iter().zip(weights.all_weights()) {
        diagonal[to as usize] += weight * weight;
    }
    let first = lowest(&Moments::heteroskedastic(weights, &diagonal, &own.residuals), interval)?;
    let (solution, fitted, residuals) = after(first)?;
    let sums = PairSums::new(weights);
    let plain = Moments::heteroskedastic(weights, &diagonal, &residuals);
    let weighted = plain.weighted(sums.covariance(&filter.apply(first, &residuals)))?;
    let lambda = lowest(&weighted, interval)?;
    let residuals_filtered = filter.apply(lambda, &residuals);
    let [top, mixed, bottom] = sums.covariance(&residuals_filtered);
    // 1 / (J' Psi^-1 J) with J the derivative of the moments.
    let change: Vec<f64> = plain.0.iter().map(|[_, linear, square]| linear + 2.0 * lambda * square).collect();
    let determinant = top * bottom - mixed * mixed;
    let information = (change[0] * change[0] * bottom - 2.0 * change[0] * change[1] * mixed
        + change[1] * change[1] * top)
        / determinant;
    let lambda_variance = 1.0 / (information * places as f64);
    // The columns filtered by the final lambda, and the squared filtered residuals.
    let columns = design.columns().iter().map(|column| filter.apply(lambda, column)).collect();
    let lengths: Vec<f64> = design.columns().iter().map(|column| 1e-3 * dot(column, column).sqrt()).collect();
    let basis = crate::linear::Basis::of(columns, Some(&lengths))?;
    if basis.rank() < design.width() || !(lambda_variance > 0.0 && lambda_variance.is_finite()) {
        let why = "the filtered columns depend on each other".to_owned();
        return Err(Error::Singular { what: "the spatial error model", why });
    }
    let covariance: Mat<f64> = basis.sandwich(&basis.meat_rows(&residuals_filtered));
    let variance = dot(&residuals_filtered, &residuals_filtered) / places as f64;
    Ok(ErrorByMoments {
        coefficients: Estimate::all(&solution.betas, &covariance, None, 0.95),
        lambda,
        lambda_test: Some(Estimate::new(lambda, lambda_variance, None, 0.95)),
        covariance: rows(&covariance),
        variance,
        pseudo_r_squared: squared_correlation(y, &fitted),
        fitted,
        residuals,
        residuals_filtered,
    })
}
