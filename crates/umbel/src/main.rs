//! The `umbel` binary: commands, rendering of findings, exit codes.

#[allow(dead_code)]
mod render;

fn main() {}
