//! Why a statistic cannot be computed.

use thiserror::Error;

/// Why a statistic cannot be computed: a sentence for people, told apart for programs.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum Error {
    /// Too few observations.
    #[error("{what} needs at least {needed} {unit}; there are {found}")]
    TooFew {
        /// What is computed.
        what: &'static str,
        /// The least number.
        needed: usize,
        /// What is counted ("places", "years").
        unit: &'static str,
        /// How many there are.
        found: usize,
    },
    /// A value is infinite or not a number.
    #[error("value {at} of {what} is not a finite number")]
    NotFinite {
        /// Which list.
        what: &'static str,
        /// Position, from 0.
        at: usize,
    },
    /// All values are the same, so that nothing varies.
    #[error("{what}: all figures are the same, so there is nothing to explain or compare")]
    Constant {
        /// Which list.
        what: &'static str,
    },
    /// Two lists that belong together differ in length.
    #[error("{what} has {found} entries, not {wanted}")]
    Length {
        /// Which list.
        what: &'static str,
        /// The length that fits.
        wanted: usize,
        /// Its length.
        found: usize,
    },
    /// A value lies outside of what the method is defined for.
    #[error("value {at} of {what} is {value}; {needed}")]
    Domain {
        /// Which list.
        what: &'static str,
        /// Position, from 0.
        at: usize,
        /// The value.
        value: f64,
        /// What is needed ("it must be above 0").
        needed: &'static str,
    },
    /// No place has a neighbour.
    #[error("no place has a neighbour")]
    NoNeighbours,
    /// Columns depend on each other, or a matrix cannot be inverted.
    #[error("{what} cannot be solved: {why}")]
    Singular {
        /// What is solved.
        what: &'static str,
        /// Why not.
        why: String,
    },
    /// A search did not end.
    #[error("{what} did not converge in {rounds} rounds")]
    NotConverged {
        /// What is searched for.
        what: &'static str,
        /// Rounds made.
        rounds: usize,
    },
    /// A parameter makes no sense, or not with these data.
    #[error("{parameter}: {message}")]
    Parameter {
        /// Its name.
        parameter: &'static str,
        /// What is wrong, and how to mend it.
        message: String,
    },
}

/// Checks that every value is finite. Linear.
///
/// # Errors
/// [`Error::NotFinite`] with the first that is not.
pub fn finite(what: &'static str, values: &[f64]) -> Result<(), Error> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(Error::NotFinite { what, at }),
        None => Ok(()),
    }
}

/// Checks a length.
///
/// # Errors
/// [`Error::Length`] when it differs.
pub fn length(what: &'static str, wanted: usize, found: usize) -> Result<(), Error> {
    if wanted == found { Ok(()) } else { Err(Error::Length { what, wanted, found }) }
}

/// Checks that there are enough.
///
/// # Errors
/// [`Error::TooFew`] when there are not.
pub fn at_least(what: &'static str, needed: usize, unit: &'static str, found: usize) -> Result<(), Error> {
    if found >= needed { Ok(()) } else { Err(Error::TooFew { what, needed, unit, found }) }
}
