//! The readers of native files, and door to door over what they read. One program, so that it is linked once: a part is run
//! by its name, `cargo test -p umbel-network --test all feeds::`.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod belo_horizonte;
mod broken_extracts;
#[path = "../../../../tests/support/check.rs"]
mod check;
mod door_by_hand;
mod extract;
mod feeds;
mod lines;
mod real_feeds;
mod reference;
mod timetable;
mod zips;
