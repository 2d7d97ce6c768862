//! Direct, indirect and total effects: what a change of a column by one does to the response of its own place, of the
//! other places, and altogether, on average.

use super::search::{Curve, to_scale};
use super::spatial_filter::SpatialFilter;
use crate::Error;
use crate::distribution::normal_two_sided;
use faer::{Mat, Side};
use rayon::prelude::*;
use serde::Serialize;
use umbel_core::random::Stream;

/// An effect. Errors are there when draws were asked for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// At the estimated coefficients.
    pub estimate: f64,
    /// Standard deviation over the draws.
    pub standard_error: Option<f64>,
    /// Estimate by error.
    pub z: Option<f64>,
    /// From the normal distribution.
    pub p_two_sided: Option<f64>,
    /// The 2.5th percentile of the draws.
    pub lower: Option<f64>,
    /// The 97.5th percentile of the draws.
    pub upper: Option<f64>,
}

/// The effects of one column.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Impact {
    /// On the own place: the mean of the diagonal of (I - rho W)^-1 (I b + W g).
    pub direct: Effect,
    /// On the other places: total less direct.
    pub indirect: Effect,
    /// The mean of its row sums.
    pub total: Effect,
}

/// The effects of all columns.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Impacts {
    /// For each explanatory column in order (not the constant, not the lags).
    pub columns: Vec<Impact>,
    /// Number of draws.
    pub draws: u32,
    /// Draws that fell outside of what rho may be, and were drawn again.
    pub drawn_again: u32,
}

/// tr((I - rho W)^-1) / n and the mean row sum of (I - rho W)^-1, as functions of rho around an estimate.
///
/// tr((I - rho W)^-1) = n + rho tr(G) with G = W (I - rho W)^-1, and tr(G) is minus the derivative of the log-determinant:
/// exact where that is.
pub(crate) struct Multiplier<'a> {
    determinant: &'a Curve,
    places: f64,
    sums: RowSums,
    /// Means of W 1 and W W 1.
    means: (f64, f64),
}

enum RowSums {
    /// All rows of W have this sum.
    Equal(f64),
    /// Solved for around the estimate.
    Curve(Curve),
}

impl Multiplier<'_> {
    /// `wide`: for all rho of the curve, not only near the estimate `rho`.
    pub(crate) fn new<'a>(
        filter: &SpatialFilter,
        determinant: &'a Curve,
        rho: f64,
        wide: bool,
    ) -> Result<Multiplier<'a>, Error> {
        let weights = filter.weights();
        let places = weights.len() as f64;
        let ones = vec![1.0; weights.len()];
        let once = weights.lag(&ones);
        let mean = |values: &[f64]| values.iter().sum::<f64>() / places;
        let means = (mean(&once), mean(&weights.lag(&once)));
        let sums = if once.iter().all(|sum| (sum - once[0]).abs() <= 4e-15 * once[0].abs()) {
            RowSums::Equal(means.0)
        } else {
            let middle = to_scale(filter.interval(), rho);
            let (from, to) = if wide { determinant.scale() } else { (middle - 0.05, middle + 0.05) };
            let sum = |rho: f64| Ok(mean(&filter.solve(rho, &ones)?));
            RowSums::Curve(Curve::new(filter.interval(), (from, to), 72, sum)?)
        };
        Ok(Multiplier { determinant, places, sums, means })
    }

    /// Direct and total effect at a rho of a column with coefficient `own` whose lag has coefficient `lagged`.
    fn effects(&self, rho: f64, own: f64, lagged: f64) -> (f64, f64) {
        let trace = -self.determinant.slope(rho) / self.places;
        let total = match &self.sums {
            RowSums::Equal(sum) => 1.0 / (1.0 - rho * sum),
            RowSums::Curve(curve) => curve.value(rho),
        };
        // (I - rho W)^-1 W 1 from (I - rho W)^-1 1 = 1 + rho (I - rho W)^-1 W 1.
        let lag_total = match &self.sums {
            RowSums::Equal(sum) => sum * total,
            RowSums::Curve(_) if rho.abs() < 1e-5 => self.means.0 + rho * self.means.1,
            RowSums::Curve(_) => (total - 1.0) / rho,
        };
        (own * (1.0 + rho * trace) + lagged * trace, own * total + lagged * lag_total)
    }
}

/// The effects of the columns; `theta` holds the constant, the coefficients of the columns, where `lagged` those of
/// their lags, and rho. Errors from draws of `theta` from the normal distribution with its covariance: one stream of
/// random numbers for each draw.
///
/// Source: LeSage, Pace, Introduction to Spatial Econometrics, 2009, sections 2.7 and 4.5, equations 2.46 to 2.48.
pub(crate) fn impacts(
    multiplier: &Multiplier<'_>,
    theta: &[f64],
    covariance: &Mat<f64>,
    columns: usize,
    lagged: bool,
    draws: u32,
    seed: u64,
) -> Result<Impacts, Error> {
    let at = |theta: &[f64]| -> Vec<[f64; 3]> {
        let rho = theta[theta.len() - 1];
        let effect = |column: usize| {
            let lag = if lagged { theta[1 + columns + column] } else { 0.0 };
            let (direct, total) = multiplier.effects(rho, theta[1 + column], lag);
            [direct, total - direct, total]
        };
        (0..columns).map(effect).collect()
    };
    let size = theta.len();
    let (from, to) = multiplier.determinant.range();
    let root = factor(covariance)?;
    let draw = |number: u32| -> Result<(Vec<[f64; 3]>, u32), Error> {
        let mut stream = Stream::new(seed, u64::from(number));
        for again in 0..1000 {
            let normal: Vec<f64> = (0..size).map(|_| stream.normal()).collect();
            let entry = |row: usize| theta[row] + (0..=row).map(|at| root[(row, at)] * normal[at]).sum::<f64>();
            let drawn: Vec<f64> = (0..size).map(entry).collect();
            if drawn[size - 1] > from && drawn[size - 1] < to {
                return Ok((at(&drawn), again));
            }
        }
        Err(Error::NotConverged { what: "the draws of rho within its bounds", rounds: 1000 })
    };
    let found: Vec<(Vec<[f64; 3]>, u32)> = (0..draws).into_par_iter().map(draw).collect::<Result<_, Error>>()?;
    let effect = |column: usize, kind: usize, estimate: f64| {
        let mut values: Vec<f64> = found.iter().map(|(effects, _)| effects[column][kind]).collect();
        if values.len() < 2 {
            return Effect { estimate, standard_error: None, z: None, p_two_sided: None, lower: None, upper: None };
        }
        values.sort_by(f64::total_cmp);
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let error = (values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (count - 1.0)).sqrt();
        let z = (error > 0.0).then(|| estimate / error);
        Effect {
            estimate,
            standard_error: Some(error),
            z,
            p_two_sided: z.map(normal_two_sided),
            lower: Some(percentile(&values, 0.025)),
            upper: Some(percentile(&values, 0.975)),
        }
    };
    let columns = at(theta)
        .into_iter()
        .enumerate()
        .map(|(column, [direct, indirect, total])| Impact {
            direct: effect(column, 0, direct),
            indirect: effect(column, 1, indirect),
            total: effect(column, 2, total),
        })
        .collect();
    Ok(Impacts { columns, draws, drawn_again: found.iter().map(|(_, again)| again).sum() })
}

/// A percentile of ascending values, between neighbours in proportion (type 7 of Hyndman and Fan).
fn percentile(ascending: &[f64], part: f64) -> f64 {
    let place = part * (ascending.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(ascending.len() - 1);
    ascending[below] + (place - below as f64) * (ascending[above] - ascending[below])
}

/// The lower Cholesky factor of a covariance matrix, which is scaled for it.
fn factor(covariance: &Mat<f64>) -> Result<Mat<f64>, Error> {
    let size = covariance.nrows();
    let scale: Vec<f64> = (0..size).map(|at| covariance[(at, at)].sqrt()).collect();
    let scaled = Mat::from_fn(size, size, |row, column| covariance[(row, column)] / (scale[row] * scale[column]));
    let why = || "the covariance matrix of the coefficients is not positive definite".to_owned();
    let lower = scaled.llt(Side::Lower).map_err(|_| Error::Singular { what: "the errors of impacts", why: why() })?;
    Ok(Mat::from_fn(size, size, |row, column| if row >= column { lower.L()[(row, column)] * scale[row] } else { 0.0 }))
}
