//! The costs of the hot paths.

mod trend;
mod weights;

fn main() {
    divan::main();
}
