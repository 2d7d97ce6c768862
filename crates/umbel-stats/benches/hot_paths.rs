//! The costs of the hot paths.

mod autocorrelation;
mod inequality;
mod panel;
mod trend;
mod weights;

fn main() {
    divan::main();
}
