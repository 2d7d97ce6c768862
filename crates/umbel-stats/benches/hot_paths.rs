//! The costs of the hot paths.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a benchmark fails by panicking")]

mod autocorrelation;
mod inequality;
mod panel;
mod regression;
mod trend;
mod weights;

fn main() {
    divan::main();
}
