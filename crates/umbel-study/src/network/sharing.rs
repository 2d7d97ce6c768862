//! Supply that is shared among those who reach it, by the way of sharing that is asked for.

use crate::methods::catchment::{Catchment, Sharing};
use umbel_access::opportunities::catchment::{balanced, spatial_availability, three_step, two_step};
pub use umbel_access::opportunities::costs::Costs;

/// What each origin has.
#[derive(Clone, Debug, PartialEq)]
pub struct Shared {
    /// Names of results, and a figure for each origin; the first is the one that a measure writes.
    pub columns: Vec<(&'static str, Vec<Option<f64>>)>,
    /// Supply that no demand reaches.
    pub supply_unreached: f64,
}

/// Shares supply among demand; costs are minutes.
///
/// # Errors
/// A sentence when parameters or sizes make no sense.
pub fn shared(method: &Catchment, costs: &Costs, demand: &[f64], supply: &[f64]) -> Result<Shared, String> {
    let reach = method.weights()?;
    let some = |values: Vec<f64>| values.into_iter().map(Some).collect();
    let found = match method.sharing {
        Sharing::TwoStep | Sharing::EnhancedTwoStep => two_step(costs, demand, supply, &reach),
        Sharing::ThreeStep => three_step(costs, demand, supply, &reach),
        Sharing::Balanced => balanced(costs, demand, supply, &reach),
        Sharing::SpatialAvailability => {
            let found = spatial_availability(costs, demand, supply, &reach).map_err(|error| error.to_string())?;
            let columns = vec![("available", some(found.available)), ("per_demand", found.per_demand)];
            return Ok(Shared { columns, supply_unreached: found.supply_unreached });
        }
    };
    let found = found.map_err(|error| error.to_string())?;
    Ok(Shared { columns: vec![("access", some(found.access))], supply_unreached: found.supply_unreached })
}
