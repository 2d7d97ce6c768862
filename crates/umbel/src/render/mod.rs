//! How the binary shows things: findings as text, JSON and SARIF, and the pages about their codes.

pub mod codes;
pub mod findings;
pub mod sarif;
mod source;

pub use source::width;
