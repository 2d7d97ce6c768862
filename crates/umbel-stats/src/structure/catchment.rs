use crate::Error;
use crate::error::{finite, length};
use serde::{Deserialize, Serialize};

/// How much an opportunity counts at a cost (a time or a distance).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decay {
    /// Fully, up to the greatest cost.
    Uniform,
    /// exp(-cost² / (2 sigma²)).
    Gaussian {
        /// Its width, in the unit of the costs.
        sigma: f64,
    },
    /// (max(cost, least) / scale)^alpha.
    Gravity {
        /// Cost at which the weight is 1.
        scale: f64,
        /// Power, below 0 for a weight that falls.
        alpha: f64,
        /// Least cost: shorter ones count as this.
        least: f64,
    },
    /// exp(-beta cost).
    Exponential {
        /// Rate of decay.
        beta: f64,
    },
    /// The weight of the first step that the cost does not go beyond; 0 beyond the last.
    Step(Vec<(f64, f64)>),
}

impl Decay {
    /// Checks the parameters.
    ///
    /// # Errors
    /// When a width or scale is not above 0, a number is not finite, or steps do not ascend or weigh less than nothing.
    pub fn check(&self) -> Result<(), Error> {
        let fine = match self {
            Decay::Uniform => true,
            Decay::Gaussian { sigma } => sigma.is_finite() && *sigma > 0.0,
            Decay::Gravity { scale, alpha, least } => {
                scale.is_finite() && *scale > 0.0 && alpha.is_finite() && least.is_finite() && *least >= 0.0
            }
            Decay::Exponential { beta } => beta.is_finite() && *beta >= 0.0,
            Decay::Step(steps) => {
                !steps.is_empty()
                    && steps.is_sorted_by(|a, b| a.0 < b.0)
                    && steps.iter().all(|(cost, weight)| cost.is_finite() && weight.is_finite() && *weight >= 0.0)
            }
        };
        if fine {
            return Ok(());
        }
        let message = format!(
            "{self:?}: widths and scales must be above 0, steps must ascend and weights must not be below 0, all finite"
        );
        Err(Error::Parameter { parameter: "decay", message })
    }

    /// The weight at a cost.
    #[inline]
    pub fn weight(&self, cost: f64) -> f64 {
        match self {
            Decay::Uniform => 1.0,
            Decay::Gaussian { sigma } => (-cost * cost / (2.0 * sigma * sigma)).exp(),
            Decay::Gravity { scale, alpha, least } => (cost.max(*least) / scale).powf(*alpha),
            Decay::Exponential { beta } => (-beta * cost).exp(),
            Decay::Step(steps) => steps.iter().find(|step| cost <= step.0).map_or(0.0, |step| step.1),
        }
    }
}

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
        length("the matrix of costs", origins * destinations, costs.len())?;
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
    pub fn from(&self, origin: usize) -> impl Iterator<Item = (usize, f64)> {
        let row = self.starts[origin]..self.starts[origin + 1];
        self.to[row.clone()].iter().map(|&to| to as usize).zip(self.cost[row].iter().copied())
    }
}

fn check_cost(at: usize, cost: f64) -> Result<(), Error> {
    if cost >= 0.0 && cost.is_finite() {
        return Ok(());
    }
    Err(Error::Domain { what: "the costs", at, value: cost, needed: "a cost must be finite and not below 0" })
}

/// What counts: the decay, and the greatest cost (that one included).
#[derive(Clone, Debug, PartialEq)]
pub struct Reach {
    /// Weight by cost.
    pub decay: Decay,
    /// Pairs beyond do not count; none: all do.
    pub greatest: Option<f64>,
}

impl Reach {
    fn check(&self) -> Result<(), Error> {
        self.decay.check()?;
        match self.greatest {
            Some(greatest) if !greatest.is_finite() || greatest < 0.0 => {
                let message = format!("it is {greatest}; it must be finite and not below 0");
                Err(Error::Parameter { parameter: "max_cost", message })
            }
            _ => Ok(()),
        }
    }

    #[inline]
    fn within(&self, cost: f64) -> bool {
        self.greatest.is_none_or(|greatest| cost <= greatest)
    }
}

/// Checks sizes of places.
pub(super) fn sizes(what: &'static str, wanted: usize, values: &[f64]) -> Result<(), Error> {
    length(what, wanted, values.len())?;
    finite(what, values)?;
    match values.iter().position(|&value| value < 0.0) {
        Some(at) => Err(Error::Domain { what, at, value: values[at], needed: "it must be 0 or more" }),
        None => Ok(()),
    }
}

/// Opportunities within reach of each origin, weighted by cost: cumulative opportunities with [`Decay::Uniform`],
/// potential otherwise. Linear in the pairs.
///
/// # Errors
/// Parameters or sizes that make no sense.
///
/// Source: Hansen, How accessibility shapes land use, Journal of the American Institute of Planners 25, 1959.
pub fn weighted_catchment(costs: &Costs, supply: &[f64], reach: &Reach) -> Result<Vec<f64>, Error> {
    reach.check()?;
    sizes("supply", costs.destinations(), supply)?;
    sums(costs, reach, |to, cost| supply[to] * reach.decay.weight(cost))
}

/// Supply over demand within the same catchment, place by place: origins and destinations are the same places in the same
/// order. None where there is no demand within reach. Linear in the pairs.
///
/// # Errors
/// Parameters or sizes that make no sense, or as many destinations as origins are not there.
///
/// Source: Luo, Using a GIS-based floating catchment method to assess areas with shortage of physicians, Health and Place
/// 10, 2004, section 3.
pub fn catchment_ratio(
    costs: &Costs,
    demand: &[f64],
    supply: &[f64],
    reach: &Reach,
) -> Result<Vec<Option<f64>>, Error> {
    reach.check()?;
    length("destinations", costs.origins(), costs.destinations())?;
    sizes("demand", costs.origins(), demand)?;
    let supplied = weighted_catchment(costs, supply, reach)?;
    let demanded = weighted_catchment(costs, demand, reach)?;
    Ok(supplied.into_iter().zip(demanded).map(|(s, d)| (d > 0.0).then(|| s / d)).collect())
}

/// Result of a floating catchment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FloatingCatchment {
    /// Supply for each unit of demand, within reach of each origin.
    pub access: Vec<f64>,
    /// Demand (weighted) that each destination serves.
    pub demand_reached: Vec<f64>,
    /// Supply over that; none where no demand reaches the destination.
    pub ratio: Vec<Option<f64>>,
    /// Supply that no demand reaches.
    pub supply_unreached: f64,
}

/// Two-step floating catchment: each destination shares its supply among the demand within reach, each origin adds up the
/// shares within its own. With a decay it is the enhanced one (E2SFCA). Demand times access adds up to the supply
/// reached. Linear in the pairs.
///
/// # Errors
/// Parameters or sizes that make no sense.
///
/// Source: Luo, Wang, Measures of spatial accessibility to health care in a GIS environment, Environment and Planning B
/// 30, 2003, equations 1 and 2; with decay: Luo, Qi, An enhanced two-step floating catchment area method, Health and
/// Place 15, 2009, equations 1 and 2.
pub fn two_step(costs: &Costs, demand: &[f64], supply: &[f64], reach: &Reach) -> Result<FloatingCatchment, Error> {
    reach.check()?;
    floating(costs, demand, supply, reach, |_, cost| reach.decay.weight(cost))
}

/// Three-step floating catchment: demand first divides among destinations by their weights. The division looks at all
/// destinations of an origin, those beyond the greatest cost as well. Linear in the pairs.
///
/// # Errors
/// Parameters or sizes that make no sense.
///
/// Source: Wan, Zou, Sternberg, A three-step floating catchment area method for analyzing spatial access to health
/// services, International Journal of Geographical Information Science 26(6), 2012, equations 3 to 5.
pub fn three_step(costs: &Costs, demand: &[f64], supply: &[f64], reach: &Reach) -> Result<FloatingCatchment, Error> {
    reach.check()?;
    let all: Vec<f64> =
        (0..costs.origins()).map(|from| costs.from(from).map(|(_, cost)| reach.decay.weight(cost)).sum()).collect();
    floating(costs, demand, supply, reach, |from, cost| {
        let weight = reach.decay.weight(cost);
        if all[from] > 0.0 { weight * weight / all[from] } else { 0.0 }
    })
}

fn floating(
    costs: &Costs,
    demand: &[f64],
    supply: &[f64],
    reach: &Reach,
    weight: impl Fn(usize, f64) -> f64,
) -> Result<FloatingCatchment, Error> {
    sizes("demand", costs.origins(), demand)?;
    sizes("supply", costs.destinations(), supply)?;
    let mut demand_reached = vec![0.0; costs.destinations()];
    for (from, size) in demand.iter().enumerate() {
        for (to, cost) in costs.from(from).filter(|pair| reach.within(pair.1)) {
            demand_reached[to] += size * weight(from, cost);
        }
    }
    let ratio: Vec<Option<f64>> =
        supply.iter().zip(&demand_reached).map(|(supply, demand)| (*demand > 0.0).then(|| supply / demand)).collect();
    // The sum of nothing is -0.
    let unreached = supply.iter().zip(&ratio).filter(|pair| pair.1.is_none()).map(|pair| pair.0);
    let supply_unreached = unreached.sum::<f64>() + 0.0;
    let mut access = Vec::with_capacity(costs.origins());
    for from in 0..costs.origins() {
        let pairs = costs.from(from).filter(|pair| reach.within(pair.1));
        access.push(pairs.map(|(to, cost)| ratio[to].unwrap_or(0.0) * weight(from, cost)).sum::<f64>() + 0.0);
    }
    finite("access", &access)?;
    Ok(FloatingCatchment { access, demand_reached, ratio, supply_unreached })
}

/// Sums over the pairs of each origin within reach.
fn sums(costs: &Costs, reach: &Reach, part: impl Fn(usize, f64) -> f64) -> Result<Vec<f64>, Error> {
    let one = |from| {
        let pairs = costs.from(from).filter(|pair| reach.within(pair.1));
        pairs.map(|(to, cost)| part(to, cost)).sum::<f64>() + 0.0
    };
    let sums: Vec<f64> = (0..costs.origins()).map(one).collect();
    // Gravity at cost 0 without a least cost.
    if let Some(from) = sums.iter().position(|sum| !sum.is_finite()) {
        let message = format!("the weights at origin {from} are infinite; give a least cost above 0");
        return Err(Error::Parameter { parameter: "decay", message });
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reach(decay: Decay, greatest: f64) -> Reach {
        Reach { decay, greatest: Some(greatest) }
    }

    #[test]
    fn by_hand() {
        // Two origins, two destinations; the second origin reaches only the second destination.
        let costs = Costs::from_pairs(2, 2, &[(0, 1, 5.0), (1, 1, 10.0), (0, 0, 1.0)]).expect("costs");
        let (demand, supply) = ([10.0, 30.0], [2.0, 8.0]);
        let two = two_step(&costs, &demand, &supply, &reach(Decay::Uniform, 10.0)).expect("access");
        assert_eq!((two.demand_reached.clone(), two.ratio.clone()), (vec![10.0, 40.0], vec![Some(0.2), Some(0.2)]));
        assert_eq!(two.access, [0.4, 0.2]);
        let step = Decay::Step(vec![(5.0, 1.0), (10.0, 0.5)]);
        let found = two_step(&costs, &demand, &supply, &reach(step.clone(), 10.0)).expect("access");
        assert_eq!(found.access, [0.2 + 0.32, 0.16]);
        let three = three_step(&costs, &demand, &supply, &reach(step, 10.0)).expect("access");
        assert_eq!(three.demand_reached, [5.0, 5.0 + 30.0 * 0.5]);
        let near = two_step(&costs, &demand, &supply, &reach(Decay::Uniform, 0.5)).expect("access");
        assert_eq!((near.access, near.supply_unreached, near.ratio), (vec![0.0, 0.0], 10.0, vec![None, None]));
        let ratio = catchment_ratio(&costs, &demand, &supply, &reach(Decay::Uniform, 5.0)).expect("ratios");
        assert_eq!(ratio, [Some(0.25), None]);
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(Costs::from_pairs(2, 2, &[(0, 2, 1.0)]).is_err());
        assert!(Costs::from_pairs(2, 2, &[(0, 1, 1.0), (0, 1, 2.0)]).is_err());
        assert!(Costs::from_pairs(2, 2, &[(0, 1, -1.0)]).is_err());
        assert!(Costs::from_matrix(1, 2, &[0.0, f64::NAN]).is_err());
        let costs = Costs::from_matrix(1, 2, &[0.0, 3.0]).expect("costs");
        let gravity = |least| Decay::Gravity { scale: 1.0, alpha: -2.0, least };
        assert!(weighted_catchment(&costs, &[1.0, 1.0], &reach(gravity(0.0), 9.0)).is_err());
        assert!(weighted_catchment(&costs, &[1.0, 1.0], &reach(gravity(1.0), 9.0)).is_ok());
        for decay in [
            Decay::Gaussian { sigma: 0.0 },
            Decay::Step(vec![]),
            Decay::Step(vec![(2.0, 1.0), (1.0, 0.5)]),
            Decay::Exponential { beta: f64::NAN },
        ] {
            assert!(weighted_catchment(&costs, &[1.0, 1.0], &reach(decay, 9.0)).is_err());
        }
        assert!(weighted_catchment(&costs, &[1.0], &reach(Decay::Uniform, 9.0)).is_err());
        assert!(two_step(&costs, &[-1.0], &[1.0, 1.0], &reach(Decay::Uniform, 9.0)).is_err());
        assert!(two_step(&costs, &[1.0], &[1.0, 1.0], &reach(Decay::Uniform, -9.0)).is_err());
    }

    proptest! {
        #[test]
        fn supply_is_shared_out_to_the_last(
            sizes in prop::collection::vec((1_u32..1000, 0_u32..50), 2..12),
            costs in prop::collection::vec(0_u32..60, 144),
            three in any::<bool>(),
        ) {
            let n = sizes.len();
            let demand: Vec<f64> = sizes.iter().map(|pair| f64::from(pair.0)).collect();
            let supply: Vec<f64> = sizes.iter().map(|pair| f64::from(pair.1)).collect();
            let costs: Vec<f64> = costs.iter().take(n * n).map(|&cost| f64::from(cost)).collect();
            let costs = Costs::from_matrix(n, n, &costs).expect("costs");
            let reach = reach(Decay::Gaussian { sigma: 20.0 }, 30.0);
            let found = if three {
                three_step(&costs, &demand, &supply, &reach)
            } else {
                two_step(&costs, &demand, &supply, &reach)
            }
            .expect("access");
            let served: f64 = found.access.iter().zip(&demand).map(|(access, demand)| access * demand).sum();
            let reached = supply.iter().sum::<f64>() - found.supply_unreached;
            prop_assert!((served - reached).abs() <= 1e-9 * (1.0 + reached));
        }
    }
}
