//! Beta convergence: whether the poor grow faster.

use super::periods::above_zero;
use crate::distribution::fisher_above;
use crate::linear::{Basis, Estimate};
use crate::{Error, error};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the standard errors are computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Errors {
    /// For errors of the same variance everywhere.
    #[default]
    Classic,
    /// For variances that differ between places (White), with the correction n / (n - k): HC1.
    Hc1,
}

/// A regression of growth on the initial level.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Beta {
    /// The constant.
    pub constant: Estimate,
    /// What a unit of the logarithm of the initial level does to growth for a unit of time: below 0 where the poor grow
    /// faster.
    pub slope: Estimate,
    /// One for each covariate, in their order: conditional convergence.
    pub covariates: Vec<Estimate>,
    /// Part of the variance of growth that is explained.
    pub r_squared: f64,
    /// The same, corrected for the number of coefficients.
    pub r_squared_adjusted: f64,
    /// Fisher's F of all coefficients but the constant; `None` for a perfect fit.
    pub f: Option<f64>,
    /// Its P.
    pub p_f: Option<f64>,
    /// Standard error of the regression.
    pub residual_standard_error: f64,
    /// Places less coefficients.
    pub degrees_of_freedom: usize,
    /// Number of places.
    pub places: usize,
    /// Speed of convergence -ln (1 + slope T) / T for a unit of time: the part of the distance to the steady state that
    /// is gone in it. `None` where 1 + slope T is not above 0; below 0 where places diverge.
    pub speed: Option<f64>,
    /// Standard error of the speed, by the delta method: that of the slope over 1 + slope T.
    pub speed_standard_error: Option<f64>,
    /// Time in which half of the distance is gone, ln 2 / speed; `None` unless the speed is above 0.
    pub half_life: Option<f64>,
    /// Observed less expected growth of each place.
    pub residuals: Vec<f64>,
}

/// Beta convergence by least squares: (ln yᵢ(T) - ln yᵢ(0)) / T = a + b ln yᵢ(0) + Σ cⱼ xᵢⱼ + uᵢ, absolute without
/// covariates, conditional with them. `time` is T in the unit of time that growth is stated for, as a rule years.
/// O(n k²).
///
/// Source: Barro, Sala-i-Martin, Convergence, Journal of Political Economy 100(2), 1992, equation 12 (which writes b as
/// -(1 - e^(-βT)) / T: the speed is its β).
///
/// # Errors
/// Values that are not above 0 or not finite; lists of different length; fewer than 3 places more than covariates; the
/// same initial level everywhere; covariates that depend on each other; a time or level of confidence without sense.
pub fn beta(
    initial: &[f64],
    last: &[f64],
    time: f64,
    covariates: &[Vec<f64>],
    errors: Errors,
    confidence: f64,
) -> Result<Beta, Error> {
    let what = "beta convergence";
    error::at_least(what, covariates.len() + 3, "places", initial.len())?;
    error::length("the last values", initial.len(), last.len())?;
    error::finite("the first values", initial)?;
    error::finite("the last values", last)?;
    above_zero("the first values", initial)?;
    above_zero("the last values", last)?;
    for covariate in covariates {
        error::length("a covariate", initial.len(), covariate.len())?;
        error::finite("a covariate", covariate)?;
    }
    if !(time > 0.0 && time.is_finite()) {
        return Err(Error::Parameter { parameter: "time", message: format!("it is {time}; it must be above 0") });
    }
    if !(confidence > 0.0 && confidence < 1.0) {
        let message = format!("it is {confidence}; it must lie between 0 and 1");
        return Err(Error::Parameter { parameter: "confidence", message });
    }
    if initial.iter().all(|value| *value == initial[0]) {
        return Err(Error::Constant { what: "the first values" });
    }
    let places = initial.len();
    let levels: Vec<f64> = initial.iter().map(|&value| libm::log(value)).collect();
    let growth: Vec<f64> =
        last.iter().zip(initial).map(|(last, first)| (libm::log(*last) - libm::log(*first)) / time).collect();
    let mut columns = vec![vec![1.0; places], levels];
    columns.extend(covariates.iter().cloned());
    let basis = Basis::of(columns, None)?;
    if let Some(&column) = basis.collinear().first() {
        let why = match column {
            1 => "the initial levels are almost the same everywhere".to_owned(),
            _ => format!("covariate {} depends on the columns before it", column - 1),
        };
        return Err(Error::Singular { what, why });
    }
    let solution = basis.solve(&growth)?;
    let degrees = (places - basis.rank()) as f64;
    let covariance = match errors {
        Errors::Classic => {
            let factor = solution.squares / degrees;
            let mut inverse = basis.inverse_cross_product();
            for row in 0..basis.rank() {
                for column in 0..basis.rank() {
                    inverse[(row, column)] *= factor;
                }
            }
            inverse
        }
        Errors::Hc1 => {
            let factor = (places as f64 / degrees).sqrt();
            let scores: Vec<f64> = solution.residuals.iter().map(|residual| residual * factor).collect();
            basis.sandwich(&basis.meat_rows(&scores))
        }
    };
    let estimates = Estimate::all(&solution.coefficients, &covariance, Some(degrees), confidence);
    let mean = growth.iter().sum::<f64>() / places as f64;
    let whole: f64 = growth.iter().map(|value| (value - mean) * (value - mean)).sum();
    // Growth that is the same everywhere has nothing to explain.
    let left = if whole > 0.0 { (solution.squares / whole).min(1.0) } else { 1.0 };
    let restrictions = basis.rank() as f64 - 1.0;
    let f = (left > 1e-28).then(|| (1.0 - left) / restrictions / (left / degrees));
    let slope = estimates[1];
    let kept = 1.0 + slope.estimate * time;
    let speed = (kept > 0.0).then(|| -libm::log1p(slope.estimate * time) / time);
    Ok(Beta {
        constant: estimates[0],
        slope,
        covariates: estimates[2..].to_vec(),
        r_squared: 1.0 - left,
        r_squared_adjusted: 1.0 - left * (places as f64 - 1.0) / degrees,
        f,
        p_f: f.map(|f| fisher_above(f, restrictions, degrees)),
        residual_standard_error: (solution.squares / degrees).sqrt(),
        degrees_of_freedom: places - basis.rank(),
        places,
        speed,
        speed_standard_error: speed.map(|_| slope.standard_error / kept),
        half_life: speed.filter(|speed| *speed > 0.0).map(|speed| std::f64::consts::LN_2 / speed),
        residuals: solution.residuals,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use umbel_core::random::Stream;

    #[test]
    fn finds_the_speed_that_was_put_in() {
        // ln y(T) - s = (ln y(0) - s) e^(-βT).
        let (speed, time) = (0.02_f64, 30.0);
        let initial: Vec<f64> = (1..20).map(|at| 100.0 * f64::from(at)).collect();
        let steady = 8.0;
        let last: Vec<f64> =
            initial.iter().map(|value| (steady + (value.ln() - steady) * (-speed * time).exp()).exp()).collect();
        let found = beta(&initial, &last, time, &[], Errors::Classic, 0.95).expect("a speed");
        assert!((found.speed.expect("a speed") - speed).abs() < 1e-12);
        assert!((found.half_life.expect("a time") - 0.5_f64.ln() / -speed).abs() < 1e-8);
        assert!((found.r_squared - 1.0).abs() < 1e-12);
    }

    #[test]
    fn conditions_and_robust_errors_are_those_of_the_peer() {
        let mut stream = Stream::new(8, 0);
        let initial: Vec<f64> = (0..60).map(|_| (8.0 + stream.normal()).exp()).collect();
        let covariate: Vec<f64> = (0..60).map(|_| stream.normal()).collect();
        let growth = |at: usize| 0.2 - 0.02 * initial[at].ln() + 0.01 * covariate[at];
        let last: Vec<f64> =
            (0..60).map(|at| initial[at] * ((growth(at) + 0.004 * stream.normal()) * 10.0).exp()).collect();
        let of = |errors| beta(&initial, &last, 10.0, std::slice::from_ref(&covariate), errors, 0.95).expect("a fit");
        let (classic, robust) = (of(Errors::Classic), of(Errors::Hc1));
        assert!((classic.slope.estimate + 0.02).abs() < 0.003 && (classic.covariates[0].estimate - 0.01).abs() < 0.003);
        assert_eq!(classic.slope.estimate, robust.slope.estimate);
        let ratio = robust.slope.standard_error / classic.slope.standard_error;
        assert!(ratio != 1.0 && (0.6..1.6).contains(&ratio));
        assert_eq!((classic.degrees_of_freedom, classic.places), (57, 60));
        // With one covariate more than the slope, F is not the square of t; without it is.
        let alone = beta(&initial, &last, 10.0, &[], Errors::Classic, 0.95).expect("a fit");
        let t = alone.slope.statistic.expect("t");
        assert!((alone.f.expect("F") / (t * t) - 1.0).abs() < 1e-10);
        assert!((alone.p_f.expect("P") / alone.slope.p_two_sided.expect("P") - 1.0).abs() < 1e-8);
    }

    #[test]
    fn degenerate_places_are_defined_or_refused() {
        let of = |initial: &[f64], last: &[f64], covariates: &[Vec<f64>]| {
            beta(initial, last, 5.0, covariates, Errors::Classic, 0.95)
        };
        assert!(of(&[1.0, 2.0], &[1.0, 2.0], &[]).is_err());
        assert!(matches!(of(&[2.0; 4], &[1.0, 2.0, 3.0, 4.0], &[]), Err(Error::Constant { .. })));
        assert!(of(&[1.0, 2.0, 0.0], &[1.0; 3], &[]).is_err());
        let one = vec![vec![1.0; 5]];
        assert!(matches!(of(&[1.0, 2.0, 3.0, 4.0, 5.0], &[1.0; 5], &one), Err(Error::Singular { .. })));
        // The same growth everywhere: no convergence, nothing explained, no test.
        let same = of(&[1.0, 2.0, 4.0, 8.0], &[2.0, 4.0, 8.0, 16.0], &[]).expect("a fit");
        assert!(same.slope.estimate.abs() < 1e-15 && same.half_life.is_none_or(|time| time > 1e10));
        // Everybody ends at the same level: 1 + bT = 0, no finite speed.
        let gone = of(&[1.0, 2.0, 4.0, 8.0], &[3.0; 4], &[]).expect("a fit");
        assert!(gone.speed.is_none_or(|speed| speed > 1.0), "{gone:?}");
        assert!(beta(&[1.0, 2.0, 3.0], &[1.0; 3], 0.0, &[], Errors::Classic, 0.95).is_err());
        assert!(beta(&[1.0, 2.0, 3.0], &[1.0; 3], 1.0, &[], Errors::Classic, 0.0).is_err());
    }

    proptest! {
        #[test]
        fn slope_does_not_depend_on_unit_and_order(rows in prop::collection::vec((1.0_f64..1e4, 1.0_f64..1e4), 5..40)) {
            let (initial, last): (Vec<f64>, Vec<f64>) = rows.iter().copied().unzip();
            let plain = beta(&initial, &last, 10.0, &[], Errors::Classic, 0.95)?;
            let scaled = |list: &[f64]| list.iter().rev().map(|value| value * 8.0).collect::<Vec<f64>>();
            let other = beta(&scaled(&initial), &scaled(&last), 10.0, &[], Errors::Classic, 0.95)?;
            prop_assert!((plain.slope.estimate - other.slope.estimate).abs() < 1e-10);
            prop_assert!((plain.r_squared - other.r_squared).abs() < 1e-10);
            prop_assert!(plain.residuals.iter().sum::<f64>().abs() < 1e-11);
        }
    }
}
