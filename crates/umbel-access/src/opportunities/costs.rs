//! Costs between places: what reaches what, and for how much.

use super::length;
use crate::Error;

/// Costs from origins to destinations: pairs that are not there cannot be reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Costs {
    starts: Vec<usize>,
    to: Vec<u32>,
    cost: Vec<f64>,
    destinations: usize,
}

impl Costs {
    /// From a long table of origin, destination and cost, in any order. O(pairs log pairs), 12 bytes a pair.
    ///
    /// # Errors
    /// A position out of range, a cost that is negative or not finite, or a pair that is there twice.
    pub fn from_pairs(origins: usize, destinations: usize, pairs: &[(u32, u32, f64)]) -> Result<Costs, Error> {
        let mut starts = vec![0; origins + 1];
        for (at, &(from, to, cost)) in pairs.iter().enumerate() {
            if from as usize >= origins || to as usize >= destinations {
                let message = format!("row {at} goes from {from} to {to}, which are not among the places");
                return Err(Error::Parameter { parameter: "costs", message });
            }
            check_cost(at, cost)?;
            starts[from as usize + 1] += 1;
        }
        for at in 0..origins {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut rows = vec![(0, 0.0); pairs.len()];
        for &(from, to, cost) in pairs {
            let slot = &mut next[from as usize];
            rows[*slot] = (to, cost);
            *slot += 1;
        }
        for origin in 0..origins {
            let row = &mut rows[starts[origin]..starts[origin + 1]];
            row.sort_by_key(|pair| pair.0);
            if let Some(twice) = row.windows(2).find(|two| two[0].0 == two[1].0) {
                let message = format!("the pair from {origin} to {} is there twice", twice[0].0);
                return Err(Error::Parameter { parameter: "costs", message });
            }
        }
        let (to, cost) = rows.into_iter().unzip();
        Ok(Costs { starts, to, cost, destinations })
    }

    /// From a full matrix, origin after origin.
    ///
    /// # Errors
    /// When its size is not that of the places, or a cost is negative or not finite.
    pub fn from_matrix(origins: usize, destinations: usize, costs: &[f64]) -> Result<Costs, Error> {
        length("costs", origins * destinations, costs.len())?;
        costs.iter().enumerate().try_for_each(|(at, &cost)| check_cost(at, cost))?;
        Ok(Costs {
            starts: (0..=origins).map(|origin| origin * destinations).collect(),
            to: (0..origins).flat_map(|_| 0..destinations as u32).collect(),
            cost: costs.to_vec(),
            destinations,
        })
    }

    /// Number of origins.
    pub fn origins(&self) -> usize {
        self.starts.len() - 1
    }

    /// Number of destinations.
    pub fn destinations(&self) -> usize {
        self.destinations
    }

    /// Destinations of an origin with their costs, destinations ascending.
    pub fn from(&self, origin: usize) -> impl Iterator<Item = (usize, f64)> + Clone {
        let row = self.starts[origin]..self.starts[origin + 1];
        self.to[row.clone()].iter().map(|&to| to as usize).zip(self.cost[row].iter().copied())
    }
}

fn check_cost(at: usize, cost: f64) -> Result<(), Error> {
    if cost >= 0.0 && cost.is_finite() {
        return Ok(());
    }
    Err(Error::Input { array: "costs", at, message: format!("it is {cost}; a cost must be finite and not below 0") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_refused() {
        assert!(Costs::from_pairs(2, 2, &[(0, 2, 1.0)]).is_err());
        assert!(Costs::from_pairs(2, 2, &[(0, 1, 1.0), (0, 1, 2.0)]).is_err());
        assert!(Costs::from_pairs(2, 2, &[(0, 1, -1.0)]).is_err());
        assert!(Costs::from_matrix(1, 2, &[0.0, f64::NAN]).is_err());
        assert!(Costs::from_matrix(1, 2, &[0.0]).is_err());
    }
}
