//! Values of several periods, checked.

use crate::{Error, error};

/// Checks that there are `least` periods, and that all are of the same places with finite values.
pub(crate) fn check<P: AsRef<[f64]>>(what: &'static str, least: usize, periods: &[P]) -> Result<usize, Error> {
    error::at_least(what, least, "periods", periods.len())?;
    let places = periods[0].as_ref().len();
    error::at_least(what, 1, "places", places)?;
    for period in periods {
        error::length("a period", places, period.as_ref().len())?;
        error::finite("a period", period.as_ref())?;
    }
    Ok(places)
}

/// Checks that all values are above 0.
pub(crate) fn above_zero(what: &'static str, values: &[f64]) -> Result<(), Error> {
    match values.iter().position(|value| *value <= 0.0) {
        Some(at) => Err(Error::Domain { what, at, value: values[at], needed: "it must be above 0" }),
        None => Ok(()),
    }
}
