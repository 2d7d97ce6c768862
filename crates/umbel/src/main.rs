//! The `umbel` binary: commands, rendering of findings, exit codes.
fn main() {}
