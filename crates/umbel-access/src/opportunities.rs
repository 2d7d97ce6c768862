//! Opportunities: what can be reached in given times, how much of it counts, and how many share it.
//!
//! [`reach`] takes the times of one origin to all targets as they come from a search, so that no matrix is held; with
//! labels of the targets it says what of the sum lies across a border. [`competition`] takes them twice, since a supply
//! is shared only when all who reach it are known; [`catchment`] does the same over a table of [`costs`]. [`groups`] makes
//! means over people of what was found.

pub mod catchment;
pub mod competition;
pub mod costs;
pub mod decay;
pub mod groups;
pub mod rational_agents;
pub mod reach;

use crate::Error;

/// Checks a length.
fn length(what: &'static str, wanted: usize, found: usize) -> Result<(), Error> {
    if wanted == found {
        return Ok(());
    }
    Err(Error::Parameter { parameter: what, message: format!("it has {found} entries, not {wanted}") })
}

/// Checks sizes of places.
fn sizes(what: &'static str, wanted: usize, values: &[f64]) -> Result<(), Error> {
    length(what, wanted, values.len())?;
    match values.iter().position(|value| !(value.is_finite() && *value >= 0.0)) {
        Some(at) => {
            let message = format!("it is {}; it must be finite and 0 or more", values[at]);
            Err(Error::Input { array: what, at, message })
        }
        None => Ok(()),
    }
}
