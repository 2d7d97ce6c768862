//! Why nothing can be computed.

use thiserror::Error;

/// Why nothing can be computed: a sentence for people, told apart for programs.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Error {
    /// There is nobody to divide anything among.
    #[error("there are no players, so there is nothing to divide")]
    NoPlayers,
    /// More players than a method can take.
    #[error("{what} takes up to {limit} players; there are {found}")]
    TooManyPlayers {
        /// What is computed.
        what: &'static str,
        /// The most.
        limit: usize,
        /// How many there are.
        found: usize,
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
    /// A value is infinite or not a number.
    #[error("value {at} of {what} is not a finite number")]
    NotFinite {
        /// Which list.
        what: &'static str,
        /// Position, from 0.
        at: usize,
    },
    /// A value lies outside of what the method is defined for.
    #[error("value {at} of {what} is {value}; {needed}")]
    Domain {
        /// Which list.
        what: &'static str,
        /// Position, from 0.
        at: usize,
        /// The value.
        value: String,
        /// What is needed ("it must not be negative").
        needed: &'static str,
    },
    /// Numbers that are too large for exact arithmetic.
    #[error("{what} needs numbers beyond {limit}")]
    Overflow {
        /// What is computed.
        what: &'static str,
        /// The limit.
        limit: &'static str,
    },
    /// A parameter makes no sense.
    #[error("{parameter}: {message}")]
    Parameter {
        /// Its name.
        parameter: &'static str,
        /// What is wrong, and how to mend it.
        message: String,
    },
}

/// Checks a length.
///
/// # Errors
/// [`Error::Length`] when it differs.
pub(crate) fn length(what: &'static str, wanted: usize, found: usize) -> Result<(), Error> {
    if wanted == found { Ok(()) } else { Err(Error::Length { what, wanted, found }) }
}

/// Checks that every value is finite. Linear.
///
/// # Errors
/// [`Error::NotFinite`] with the first that is not.
pub(crate) fn finite(what: &'static str, values: &[f64]) -> Result<(), Error> {
    match values.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(Error::NotFinite { what, at }),
        None => Ok(()),
    }
}
