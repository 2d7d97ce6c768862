//! Methods, the measure graph, the content-keyed store, checks and traces: the only crate that knows tables and engines.

pub mod results;
