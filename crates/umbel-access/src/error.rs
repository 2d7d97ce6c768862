//! What can be wrong with the arrays and parameters given.

/// Why nothing can be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// A parameter is out of its range.
    #[error("{parameter}: {message}")]
    Parameter {
        /// Its name.
        parameter: &'static str,
        /// What is wrong and how to mend it, in one sentence.
        message: String,
    },
    /// An array does not fit the others.
    #[error("{array}[{at}]: {message}")]
    Input {
        /// Name of the array.
        array: &'static str,
        /// Position in it.
        at: usize,
        /// What is wrong, in one sentence.
        message: String,
    },
}
