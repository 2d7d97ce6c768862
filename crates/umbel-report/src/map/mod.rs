//! Maps: projection, simplification to the drawing scale, labels that keep clear of each other, choropleths and arrows.

pub mod arcs;
pub mod base;
pub mod classes;
pub mod draw;
pub mod labels;
pub mod projection;
