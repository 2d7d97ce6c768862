//! The peak of a likelihood that depends on rho alone once all else is solved for.

use super::log_determinant::LogDeterminant;
use super::search::{Curve, from_scale, root, to_scale};
use crate::Error;
use crate::distribution::normal_quantile;

/// The sum of squared residuals as a function of rho, and its derivative.
pub(crate) trait Squares: Sync {
    fn at(&self, rho: f64) -> Result<(f64, f64), Error>;
}

/// The peak.
#[derive(Clone, Debug)]
pub(crate) struct Peak {
    pub rho: f64,
    pub log_likelihood: f64,
    /// Where the likelihood ratio does not reject, with 95 %; the bound of rho where it is not reached within 5.5
    /// standard errors.
    pub interval: (f64, f64),
    /// The log-determinant around the peak.
    pub determinant: Curve,
    /// Standard error of the log-determinant at the peak: 0 where it is exact.
    pub determinant_error: f64,
}

struct Likelihood<'a, S: Squares> {
    places: f64,
    squares: &'a S,
}

impl<S: Squares> Likelihood<'_, S> {
    fn value(&self, determinant: &Curve, rho: f64) -> Result<f64, Error> {
        let (squares, _) = self.squares.at(rho)?;
        Ok(determinant.value(rho) - 0.5 * self.places * self.logarithm(squares)?)
    }

    fn slope(&self, determinant: &Curve, rho: f64) -> Result<f64, Error> {
        let (squares, change) = self.squares.at(rho)?;
        self.logarithm(squares)?;
        Ok(determinant.slope(rho) - 0.5 * self.places * change / squares)
    }

    fn logarithm(&self, squares: f64) -> Result<f64, Error> {
        if !(squares > 0.0) {
            let why = "the response is explained without a residual".to_owned();
            return Err(Error::Singular { what: "a spatial model", why });
        }
        Ok((squares / self.places).ln())
    }

    /// The place of the highest of some points of a curve, in its scale, and whether it is at its end.
    fn highest(&self, determinant: &Curve, bounds: (f64, f64), points: usize) -> Result<(f64, f64, bool), Error> {
        let range = determinant.range();
        let (from, to) = (to_scale(bounds, range.0), to_scale(bounds, range.1));
        let step = (to - from) / points as f64;
        let mut best = (f64::NEG_INFINITY, 0);
        for point in 0..=points {
            let value = self.value(determinant, from_scale(bounds, from + step * point as f64))?;
            if value > best.0 {
                best = (value, point);
            }
        }
        Ok((from + step * best.1 as f64, step, best.1 == 0 || best.1 == points))
    }
}

/// Where the scale ends: 6e-6 of the width from the bounds of rho.
const END: f64 = 12.0;

/// Finds the peak: a coarse curve of the log-determinant over the whole interval of rho finds the highest point; an
/// exact one around it (13 digits) gives the root of the derivative to the last digits of rho, the second derivative
/// and the interval. About 30 log-determinants, computed in parallel.
pub(crate) fn peak<S: Squares>(places: usize, determinant: &LogDeterminant, squares: &S) -> Result<Peak, Error> {
    let bounds = determinant.interval();
    let likelihood = Likelihood { places: places as f64, squares };
    let value = |rho: f64| determinant.value(rho);
    let at_bound = || {
        let why = "its likelihood rises up to a bound of rho".to_owned();
        Err(Error::Singular { what: "the spatial model", why })
    };
    let mut coarse = Curve::new(bounds, (-0.5 * END, 0.5 * END), 16, value)?;
    let (mut centre, mut step, at_end) = likelihood.highest(&coarse, bounds, 240)?;
    if at_end {
        coarse = Curve::new(bounds, (-END, END), 40, value)?;
        let (further, wide, ends) = likelihood.highest(&coarse, bounds, 480)?;
        if ends {
            return at_bound();
        }
        (centre, step) = (further, wide);
    }
    for _ in 0..20 {
        // Standard error of rho from the curvature of the coarse likelihood, on the scale.
        let rho = from_scale(bounds, centre);
        let near = from_scale(bounds, centre + 0.5 * step) - from_scale(bounds, centre - 0.5 * step);
        let bend = (likelihood.slope(&coarse, from_scale(bounds, centre + 0.5 * step))?
            - likelihood.slope(&coarse, from_scale(bounds, centre - 0.5 * step))?)
            / near;
        let error = if bend < 0.0 { (-bend).sqrt().recip() } else { 0.1 * (bounds.1 - bounds.0) };
        let fine = around(determinant, rho, error)?;
        let (from, to) = fine.scale();
        let (top, width, at_end) = likelihood.highest(&fine, bounds, 400)?;
        if at_end {
            if top.abs() > END - 0.06 {
                return at_bound();
            }
            (coarse, centre, step) = (fine, top, 0.01);
            if top + step > to || top - step < from {
                centre = top.clamp(from + step, to - step);
            }
            continue;
        }
        let slope = |rho: f64| likelihood.slope(&fine, rho);
        let (left, right) = (from_scale(bounds, top - width), from_scale(bounds, top + width));
        if !(slope(left)? >= 0.0 && slope(right)? <= 0.0) {
            return Err(Error::NotConverged { what: "the search for rho", rounds: 400 });
        }
        let rho = root(slope, left, right)?;
        let highest = likelihood.value(&fine, rho)?;
        let drop = 0.5 * normal_quantile(0.975).powi(2);
        let below = |rho: f64| Ok(likelihood.value(&fine, rho)? - highest + drop);
        let range = fine.range();
        let lower = if below(range.0)? < 0.0 { root(below, range.0, rho)? } else { bounds.0 };
        let upper = if below(range.1)? < 0.0 { root(below, rho, range.1)? } else { bounds.1 };
        let (squares, _) = squares.at(rho)?;
        let log_likelihood = super::least_squares::log_likelihood(squares, places) + determinant.value(rho)?;
        return Ok(Peak {
            rho,
            log_likelihood,
            interval: (lower, upper),
            determinant: fine,
            determinant_error: determinant.standard_error(rho)?,
        });
    }
    Err(Error::NotConverged { what: "the search for rho", rounds: 20 })
}

/// The log-determinant around a rho that was estimated otherwise, to 5.5 of its standard errors.
pub(crate) fn around(determinant: &LogDeterminant, rho: f64, error: f64) -> Result<Curve, Error> {
    let bounds = determinant.interval();
    let margin = 1e-9 * (bounds.1 - bounds.0);
    let inside = |rho: f64| to_scale(bounds, rho.clamp(bounds.0 + margin, bounds.1 - margin)).clamp(-END, END);
    let centre = inside(rho);
    let range = (inside(rho - 5.5 * error).min(centre - 0.05), inside(rho + 5.5 * error).max(centre + 0.05));
    Curve::new(bounds, range, 72, |rho| determinant.value(rho))
}

/// tr(G), tr(G^2) and tr(G'G) for G = W A^-1 at a rho: minus the first and second derivative of the log-determinant,
/// and the third from solutions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traces {
    pub plain: f64,
    pub square: f64,
    pub product: f64,
    pub product_error: f64,
}

impl Traces {
    pub(crate) fn new(filter: &super::spatial_filter::SpatialFilter, curve: &Curve, rho: f64) -> Result<Traces, Error> {
        let (plain, square) = (-curve.slope(rho), -curve.bend(rho));
        let (product, product_error) = filter.trace_of_squares(rho, square)?;
        Ok(Traces { plain, square, product, product_error })
    }
}
