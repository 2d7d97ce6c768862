//! Methods, the measure graph, the content-keyed store, checks and traces: the only crate that knows tables and engines.

pub mod check;
pub mod document;
mod evidence;
pub mod filter;
pub mod format;
pub mod formula;
mod graph;
pub mod info;
pub mod inputs;
pub mod judge;
pub mod key;
pub mod layout;
mod leaf;
pub mod measure;
pub mod method;
pub mod methods;
pub mod output;
mod progress;
pub mod reads;
mod resolve;
pub mod results;
pub mod select;
pub mod study;
pub mod suggest;
mod trace;
pub mod tree;
mod verdict;

pub use filter::{Condition, Filter, Places, Scalar, Tests};
pub use info::IndicatorInfo;
pub use layout::Layout;
pub use measure::Measure;
pub use method::{Method, Problem, Registration};
pub use results::*;
pub use study::Study;
