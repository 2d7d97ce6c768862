//! Structure: location quotients, complexity, shift-share, concentration.

/// Economic complexity.
pub mod complexity;
/// Specialisation of places and concentration of industries.
pub mod concentration;
/// Ellison and Glaeser's index of agglomeration.
pub mod ellison_glaeser;
/// Location quotient, or revealed comparative advantage.
pub mod location_quotient;
/// Shift-share analysis.
pub mod shift_share;
mod table;

pub use table::Industries;
