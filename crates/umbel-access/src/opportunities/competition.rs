//! Floating catchments in two passes over rows, so that no matrix is held: first all demand looks for supply, then each
//! origin adds up its shares.

use super::decay::Weighed;
use super::{length, sizes};
use crate::Error;
use serde::{Deserialize, Serialize};
use umbel_core::sum::ExactSum;

/// How supply is shared among those who reach it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// By weight ([`two_step`](super::catchment::two_step)).
    TwoStep,
    /// By weight, after demand has divided among destinations ([`three_step`](super::catchment::three_step)).
    ThreeStep,
    /// By weights that add up to 1 on either side ([`balanced`](super::catchment::balanced)).
    Balanced,
}

impl Sharing {
    /// What the weights of an origin are divided by.
    fn all(self, row: impl Iterator<Item = Weighed>) -> f64 {
        match self {
            Sharing::TwoStep => 1.0,
            // Three steps divide among all destinations, however far.
            Sharing::ThreeStep => row.map(|pair| pair.weight).sum(),
            Sharing::Balanced => row.filter(|pair| pair.within).map(|pair| pair.weight).sum(),
        }
    }

    /// Share of the demand of an origin that goes to a destination.
    fn of_demand(self, weight: f64, all: f64) -> f64 {
        match self {
            Sharing::TwoStep => weight,
            Sharing::ThreeStep if all > 0.0 => weight * weight / all,
            Sharing::Balanced if all > 0.0 => weight / all,
            Sharing::ThreeStep | Sharing::Balanced => 0.0,
        }
    }
}

/// First pass: the demand that reaches each destination. Sums are exact, so that neither the order of the origins nor
/// their division among threads can be seen in the result. Some 100 bytes a destination and thread.
#[derive(Clone, Debug)]
pub struct Demand {
    sharing: Sharing,
    reached: Vec<ExactSum>,
    /// Weights of all origins at each destination; empty unless they are needed.
    weights: Vec<ExactSum>,
}

impl Demand {
    /// Nothing yet, at so many destinations.
    pub fn new(sharing: Sharing, destinations: usize) -> Demand {
        let none = || vec![ExactSum::default(); destinations];
        let weights = if sharing == Sharing::Balanced { none() } else { Vec::new() };
        Demand { sharing, reached: none(), weights }
    }

    /// Takes up an origin with its demand (finite, not below 0) and the destinations it reaches. Linear in these.
    pub fn origin(&mut self, demand: f64, row: impl Iterator<Item = Weighed> + Clone) {
        let all = self.sharing.all(row.clone());
        for Weighed { to, weight, .. } in row.filter(|pair| pair.within) {
            self.reached[to].add(demand * self.sharing.of_demand(weight, all));
            if let Some(weights) = self.weights.get_mut(to) {
                weights.add(weight);
            }
        }
    }

    /// Adds what another thread has taken up, over the same destinations and with the same sharing.
    pub fn merge(&mut self, other: &Demand) {
        let all = |ours: &mut [ExactSum], others: &[ExactSum]| {
            ours.iter_mut().zip(others).for_each(|(ours, other)| ours.merge(other));
        };
        all(&mut self.reached, &other.reached);
        all(&mut self.weights, &other.weights);
    }

    /// Shares supply among the demand taken up.
    ///
    /// # Errors
    /// Supply of another length, negative or not finite.
    pub fn shared(self, supply: &[f64]) -> Result<Shares, Error> {
        length("supply", self.reached.len(), supply.len())?;
        sizes("supply", supply.len(), supply)?;
        let demand_reached: Vec<f64> = self.reached.iter().map(ExactSum::value).collect();
        let ratio = supply.iter().zip(&demand_reached);
        let ratio = ratio.map(|(supply, demand)| (*demand > 0.0).then(|| supply / demand)).collect();
        let weights = self.weights.iter().map(ExactSum::value).collect();
        Ok(Shares { sharing: self.sharing, demand_reached, ratio, weights })
    }
}

/// Second pass: what each origin has of the supply.
#[derive(Clone, Debug, PartialEq)]
pub struct Shares {
    sharing: Sharing,
    /// Demand (weighted) that reaches each destination.
    pub demand_reached: Vec<f64>,
    /// Supply over that; none where no demand reaches the destination.
    pub ratio: Vec<Option<f64>>,
    weights: Vec<f64>,
}

impl Shares {
    /// Supply for each unit of demand at an origin, from the destinations it reaches. Linear in these; infinite when a
    /// weight is.
    pub fn access(&self, row: impl Iterator<Item = Weighed> + Clone) -> f64 {
        let all = self.sharing.all(row.clone());
        let share = |pair: Weighed| match self.sharing {
            Sharing::Balanced if self.weights[pair.to] > 0.0 => pair.weight / self.weights[pair.to],
            Sharing::Balanced => 0.0,
            other => other.of_demand(pair.weight, all),
        };
        let parts = row.filter(|pair| pair.within).map(|pair| self.ratio[pair.to].unwrap_or(0.0) * share(pair));
        // The sum of nothing is -0.
        parts.sum::<f64>() + 0.0
    }

    /// Supply that no demand reaches.
    pub fn supply_unreached(&self, supply: &[f64]) -> f64 {
        let unreached = supply.iter().zip(&self.ratio).filter(|pair| pair.1.is_none());
        unreached.map(|pair| pair.0).sum::<f64>() + 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seconds;
    use crate::opportunities::decay::{Decay, DecayOfTime, Reach};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn neither_order_nor_threads_can_be_seen(
            rows in prop::collection::vec((0_u32..900, prop::collection::vec(prop::option::of(0_u32..7200), 6)), 1..30),
            split in 0_usize..30,
            sharing in prop::sample::select(vec![Sharing::TwoStep, Sharing::ThreeStep, Sharing::Balanced]),
        ) {
            let decay = Decay::Exponential { beta: 0.05 };
            let decay = DecayOfTime::new(&Reach { decay, greatest: Some(60.0) }).expect("a decay");
            let times = |row: &[Option<u32>]| -> Vec<Seconds> {
                row.iter().map(|time| time.map_or(Seconds::UNREACHED, Seconds)).collect()
            };
            let take = |pass: &mut Demand, (demand, row): &(u32, Vec<Option<u32>>)| {
                pass.origin(f64::from(*demand), decay.weigh(&times(row)));
            };
            let supply = [3.0, 0.0, 1.5, 700.0, 0.1, 9.0];
            let mut one = Demand::new(sharing, 6);
            rows.iter().for_each(|row| take(&mut one, row));
            let one = one.shared(&supply).expect("shares");
            let (mut first, mut second) = (Demand::new(sharing, 6), Demand::new(sharing, 6));
            let split = split.min(rows.len());
            rows[..split].iter().rev().for_each(|row| take(&mut first, row));
            rows[split..].iter().for_each(|row| take(&mut second, row));
            second.merge(&first);
            let two = second.shared(&supply).expect("shares");
            prop_assert_eq!(&one, &two);
            // Nothing is lost: demand times access is the supply reached, or the levels of service are shared out.
            let access: Vec<f64> = rows.iter().map(|row| one.access(decay.weigh(&times(&row.1)))).collect();
            if sharing == Sharing::Balanced {
                let service: f64 = one.ratio.iter().flatten().sum();
                prop_assert!((access.iter().sum::<f64>() - service).abs() <= 1e-9 * (1.0 + service));
            } else {
                let served: f64 = rows.iter().zip(&access).map(|(row, access)| f64::from(row.0) * access).sum();
                let reached = supply.iter().sum::<f64>() - one.supply_unreached(&supply);
                prop_assert!((served - reached).abs() <= 1e-9 * (1.0 + reached));
            }
        }
    }

    #[test]
    fn supply_that_makes_no_sense_is_refused() {
        let pass = || Demand::new(Sharing::TwoStep, 2);
        assert!(pass().shared(&[1.0]).is_err());
        assert!(pass().shared(&[1.0, -1.0]).is_err());
        assert!(pass().shared(&[1.0, f64::NAN]).is_err());
        let none = pass().shared(&[1.0, 2.0]).expect("shares");
        assert_eq!((none.ratio.clone(), none.supply_unreached(&[1.0, 2.0])), (vec![None, None], 3.0));
    }
}
