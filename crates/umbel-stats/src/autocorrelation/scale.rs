//! Values brought to a common scale.

use crate::Error;
use crate::error::finite;

/// The values times a power of two that brings the largest to between 1/2 and 1: nothing is rounded, and no square or
/// sum can overflow. Unchanged when all are 0.
pub(super) fn scaled(values: &[f64]) -> Vec<f64> {
    let largest = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    let (_, power) = libm::frexp(largest);
    // Two steps, since 2^-power alone may be out of range.
    let (first, second) = (libm::ldexp(1.0, -power / 2), libm::ldexp(1.0, -power - (-power / 2)));
    values.iter().map(|value| value * first * second).collect()
}

/// Values less their mean, over their standard deviation (divisor n).
///
/// # Errors
/// When a value is not finite, or all are the same.
pub(super) fn standardised(what: &'static str, values: &[f64]) -> Result<Vec<f64>, Error> {
    finite(what, values)?;
    if values.iter().all(|value| Some(value) == values.first()) {
        return Err(Error::Constant { what });
    }
    let n = values.len() as f64;
    let scaled = scaled(values);
    let mean = scaled.iter().sum::<f64>() / n;
    let mut centred: Vec<f64> = scaled.iter().map(|value| value - mean).collect();
    // The first mean is rounded; what it left is taken out too.
    let rest = centred.iter().sum::<f64>() / n;
    centred.iter_mut().for_each(|value| *value -= rest);
    let mut centred = self::scaled(&centred);
    let deviation = (centred.iter().map(|value| value * value).sum::<f64>() / n).sqrt();
    if deviation <= 0.0 {
        return Err(Error::Constant { what });
    }
    centred.iter_mut().for_each(|value| *value /= deviation);
    Ok(centred)
}
