//! Rational agent access model: demand goes where travel and crowding cost least.

use super::costs::Costs;
use super::sizes;
use crate::Error;
use serde::{Deserialize, Serialize};

/// Parameters of the search for the balance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Options {
    /// The cost that a person accepts to avoid a place whose demand is the mean over its supply: what turns cost into
    /// crowding.
    pub tau: f64,
    /// Demand for a unit of supply that counts as 1; none: all demand over all supply.
    pub rho: Option<f64>,
    /// Rounds.
    pub cycles: u32,
    /// Largest share of an origin's demand that moves in the first round.
    pub initial_step: f64,
    /// Below this the share does not fall.
    pub least_step: f64,
    /// Rounds in which the share halves.
    pub half_life: f64,
    /// In the first so many rounds no destination gets more new demand than its supply.
    pub limited: u32,
}

impl Options {
    /// The usual options.
    pub fn new(tau: f64) -> Options {
        Options { tau, rho: None, cycles: 150, initial_step: 0.2, least_step: 0.005, half_life: 50.0, limited: 20 }
    }
}

/// Result of the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RationalAgents {
    /// Mean cost of each origin, travel (over tau) and crowding together: less is better. None without demand.
    pub cost: Vec<Option<f64>>,
    /// Demand at each destination.
    pub demand_served: Vec<f64>,
    /// People that still moved in the last round: the distance from a balance.
    pub moved: f64,
}

/// Rational agent access model: everyone goes where travel and crowding cost least, until nobody gains by moving.
///
/// Demand counts whole people: each round moves whole ones from the dearest destination of an origin to its cheapest, in
/// steps that become smaller. O(rounds * pairs), memory O(pairs).
///
/// # Errors
/// Sizes or parameters that make no sense; demand that is not whole; no supply at all; an origin with demand from which
/// no supply can be reached.
///
/// Source: Saxon, Snow, A rational agent model for the spatial accessibility of primary health care, Annals of the
/// American Association of Geographers 110(1), 2020, equations 3 to 7.
pub fn rational_agents(
    costs: &Costs,
    demand: &[f64],
    supply: &[f64],
    options: &Options,
) -> Result<RationalAgents, Error> {
    sizes("demand", costs.origins(), demand)?;
    sizes("supply", costs.destinations(), supply)?;
    let refuse = |parameter, message: String| Err(Error::Parameter { parameter, message });
    if let Some(at) = demand.iter().position(|size| size.fract() != 0.0 || *size > 9e15) {
        let message = format!("it is {}; people must be a whole number", demand[at]);
        return Err(Error::Input { array: "demand", at, message });
    }
    let positive = |value: f64| value > 0.0 && value.is_finite();
    if !positive(options.tau) || !positive(options.half_life) || options.cycles == 0 {
        return refuse("tau", "tau, half_life and cycles must be above 0".to_owned());
    }
    if !positive(options.initial_step) || !positive(options.least_step) || options.initial_step > 1.0 {
        return refuse("initial_step", "steps must lie above 0 and not above 1".to_owned());
    }
    let (people, places): (f64, f64) = (demand.iter().sum(), supply.iter().sum());
    if places == 0.0 || people == 0.0 {
        return refuse("supply", "there is no supply, or no demand, at all".to_owned());
    }
    let rho = options.rho.unwrap_or(people / places);
    if !positive(rho) {
        return refuse("rho", format!("it is {rho}; it must be above 0"));
    }
    // Rows of the origins with demand, over the destinations with supply.
    let room: Vec<f64> = supply.iter().map(|supply| supply * rho).collect();
    let (mut starts, mut to, mut travel, mut assigned) = (vec![0], Vec::new(), Vec::new(), Vec::new());
    for (from, &size) in demand.iter().enumerate() {
        let begin = to.len();
        if size > 0.0 {
            for (destination, cost) in costs.from(from).filter(|pair| supply[pair.0] > 0.0) {
                to.push(destination);
                travel.push(cost / options.tau);
                assigned.push(0.0);
            }
            let Some(nearest) = least(&travel[begin..]) else {
                return refuse("costs", format!("no supply can be reached from origin {from}"));
            };
            assigned[begin + nearest] = size;
        }
        starts.push(to.len());
    }
    let mut at_supply = vec![0.0; supply.len()];
    let mut total = vec![0.0; to.len()];
    let mut moves: Vec<(usize, usize, f64)> = Vec::new();
    let mut arriving = vec![0.0; supply.len()];
    let mut moved = 0.0;
    for round in 0..options.cycles {
        at_supply.fill(0.0);
        to.iter().zip(&assigned).for_each(|(&destination, people)| at_supply[destination] += people);
        for (total, (&destination, travel)) in total.iter_mut().zip(to.iter().zip(&travel)) {
            *total = at_supply[destination] / room[destination] + travel;
        }
        let halved = 0.5_f64.powf(f64::from(round) / options.half_life);
        let step = (options.initial_step * halved).max(options.least_step);
        moves.clear();
        arriving.fill(0.0);
        for from in 0..demand.len() {
            let row = starts[from]..starts[from + 1];
            let Some(cheapest) = least(&total[row.clone()]).map(|at| row.start + at) else { continue };
            let mut dearest = None;
            for at in row {
                if assigned[at] != 0.0 && dearest.is_none_or(|most: usize| total[at] > total[most]) {
                    dearest = Some(at);
                }
            }
            let Some(dearest) = dearest.filter(|&at| at != cheapest) else { continue };
            let (small, large) = (room[to[cheapest]], room[to[dearest]]);
            let other_cheap = at_supply[to[cheapest]] - assigned[cheapest];
            let other_dear = at_supply[to[dearest]] - assigned[dearest];
            let both = assigned[cheapest] + assigned[dearest];
            // The share at which both cost the same.
            let even = (small * large) / (small + large)
                * ((travel[dearest] - travel[cheapest]) + (both + other_dear) / large - other_cheap / small);
            let change = (even - assigned[cheapest]).min(assigned[dearest]).min(step * demand[from]).trunc();
            if change != 0.0 {
                moves.push((cheapest, dearest, change));
                arriving[to[cheapest]] += change;
            }
        }
        moved = 0.0;
        for &(cheapest, dearest, change) in &moves {
            let change = if round < options.limited {
                let factor = (arriving[to[cheapest]] / room[to[cheapest]]).max(1.0);
                (change / factor).round_ties_even()
            } else {
                change
            };
            assigned[cheapest] += change;
            assigned[dearest] -= change;
            moved += change.abs();
        }
    }
    let cost = (0..demand.len())
        .map(|from| {
            let row = starts[from]..starts[from + 1];
            let sum: f64 = total[row.clone()].iter().zip(&assigned[row]).map(|(total, people)| total * people).sum();
            (demand[from] > 0.0).then(|| sum / demand[from])
        })
        .collect();
    at_supply.fill(0.0);
    to.iter().zip(&assigned).for_each(|(&destination, people)| at_supply[destination] += people);
    Ok(RationalAgents { cost, demand_served: at_supply, moved })
}

/// Position of the least value, the first of equal ones.
fn least(values: &[f64]) -> Option<usize> {
    let mut best = None;
    for (at, value) in values.iter().enumerate() {
        if best.is_none_or(|best: usize| *value < values[best]) {
            best = Some(at);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_spread_until_crowding_is_even() {
        // No travel at all: demand goes where supply is, in proportion.
        let costs = Costs::from_matrix(2, 3, &[0.0; 6]).expect("costs");
        let found = rational_agents(&costs, &[600.0, 400.0], &[1.0, 3.0, 0.0], &Options::new(60.0)).expect("a balance");
        assert!((found.demand_served[0] - 250.0).abs() <= 15.0 && found.demand_served[2] == 0.0, "{found:?}");
        assert_eq!(found.demand_served.iter().sum::<f64>(), 1000.0);
        assert!(found.cost.iter().all(|cost| (cost.expect("demand") - 1.0).abs() < 0.02));
    }

    #[test]
    fn nonsense_is_refused() {
        let costs = Costs::from_pairs(2, 2, &[(0, 0, 1.0), (1, 1, 1.0)]).expect("costs");
        let run = |demand: [f64; 2], supply: [f64; 2], tau: f64| {
            rational_agents(&costs, &demand, &supply, &Options::new(tau))
        };
        assert_eq!(run([5.0, 0.0], [1.0, 1.0], 60.0).expect("a balance").cost[1], None);
        assert!(run([5.0, 1.0], [1.0, 0.0], 60.0).is_err());
        assert!(run([5.5, 1.0], [1.0, 1.0], 60.0).is_err());
        assert!(run([5.0, 1.0], [1.0, 1.0], 0.0).is_err());
        assert!(run([0.0, 0.0], [1.0, 1.0], 60.0).is_err());
        assert!(run([5.0, 1.0], [0.0, 0.0], 60.0).is_err());
    }
}
