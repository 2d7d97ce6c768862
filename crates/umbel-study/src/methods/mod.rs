//! The methods. Adding one is one new file here and one line in the list below.
//!
//! The list declares the modules, so `cargo fmt` does not find them by itself; `rustfmt` is given the files by name.

use crate::method::Registration;

macro_rules! methods {
    ($($module:ident :: $method:ident,)*) => {
        $(pub mod $module;)*
        /// Every method, in the order of the reference.
        pub static METHODS: &[Registration] = &[$(Registration::of::<$module::$method>()),*];
    };
}

methods! {
    formula::Formula,
    aggregate::Aggregate,
    change::Change,
    share::Share,
    ratio::Ratio,
    cumulate::Cumulate,
    gap::Gap,
    rank::Rank,
    count::Count,
    sum::Sum,
    coverage::Coverage,
    distance::Distance,
    network_sum::NetworkSum,
}

/// The method with this name.
pub fn find(name: &str) -> Option<&'static Registration> {
    METHODS.iter().find(|method| method.name == name)
}
