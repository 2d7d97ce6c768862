//! Results to one HTML file: charts, maps and words.

pub mod charts;
pub mod map;
pub mod svg;
pub mod umbel;
