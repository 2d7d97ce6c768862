//! The costs of the hot paths.

mod weights;

fn main() {
    divan::main();
}
