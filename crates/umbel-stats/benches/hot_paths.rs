//! The costs of the hot paths.

mod autocorrelation;
mod inequality;
mod panel;
mod regression;
mod trend;
mod weights;

fn main() {
    divan::main();
}
