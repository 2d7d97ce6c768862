//! Structure: location quotients, complexity, shift-share, concentration, catchments.

/// Access to opportunities over a table of costs: catchments, floating catchments, rational agents.
pub mod catchment;
/// Economic complexity.
pub mod complexity;
/// Specialisation of places and concentration of industries.
pub mod concentration;
/// Ellison and Glaeser's index of agglomeration.
pub mod ellison_glaeser;
/// Location quotient, or revealed comparative advantage.
pub mod location_quotient;
/// Rational agent access model.
pub mod rational_agents;
/// Shift-share analysis.
pub mod shift_share;
mod table;

pub use table::Industries;
