//! Catchments over a table of costs: what is within reach, and how many share it.

use super::competition::{Demand, Sharing};
use super::costs::Costs;
pub use super::decay::{Decay, Reach};
use super::{length, sizes};
use crate::Error;
use serde::{Deserialize, Serialize};

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
/// Two homes with 10 and 30 people; surgeries with 2 and 8 doctors, at 1 and 5 minutes from the first home, the second at
/// 10 minutes from the second home. With weights 1 up to 5 minutes and 0.5 up to 10, the first surgery serves 10 people
/// (2 / 10 = 0.2 doctors each), the second 10 + 30 * 0.5 = 25 (8 / 25 = 0.32). The first home has 0.2 + 0.32 = 0.52, the
/// second 0.5 * 0.32 = 0.16:
/// ```
/// use umbel_access::opportunities::catchment::{Decay, Reach, two_step};
/// use umbel_access::opportunities::costs::Costs;
/// let costs = Costs::from_pairs(2, 2, &[(0, 0, 1.0), (0, 1, 5.0), (1, 1, 10.0)])?;
/// let reach = Reach { decay: Decay::Step(vec![(5.0, 1.0), (10.0, 0.5)]), greatest: None };
/// let found = two_step(&costs, &[10.0, 30.0], &[2.0, 8.0], &reach)?;
/// assert_eq!(found.demand_reached, [10.0, 25.0]);
/// assert_eq!(found.access, [0.52, 0.16]);
/// # Ok::<(), umbel_access::Error>(())
/// ```
///
/// # Errors
/// Parameters or sizes that make no sense.
///
/// Source: Luo, Wang, Measures of spatial accessibility to health care in a GIS environment, Environment and Planning B
/// 30, 2003, equations 1 and 2; with decay: Luo, Qi, An enhanced two-step floating catchment area method, Health and
/// Place 15, 2009, equations 1 and 2.
pub fn two_step(costs: &Costs, demand: &[f64], supply: &[f64], reach: &Reach) -> Result<FloatingCatchment, Error> {
    floating(Sharing::TwoStep, costs, demand, supply, reach)
}

/// Three-step floating catchment: demand first divides among destinations by their weights. The division looks at all
/// destinations of an origin, those beyond the greatest cost as well. Linear in the pairs.
///
/// The case of [`two_step`]: the first home divides by 1 : 1, the second has one choice. The surgeries serve 10 * 0.5 = 5
/// and 10 * 0.5 + 30 * 0.5 = 20 people, 0.4 doctors each; the homes have 0.5 * 0.4 + 0.5 * 0.4 = 0.4 and 0.5 * 0.4 = 0.2:
/// ```
/// use umbel_access::opportunities::catchment::{Decay, Reach, three_step};
/// use umbel_access::opportunities::costs::Costs;
/// let costs = Costs::from_pairs(2, 2, &[(0, 0, 1.0), (0, 1, 5.0), (1, 1, 10.0)])?;
/// let reach = Reach { decay: Decay::Step(vec![(5.0, 1.0), (10.0, 0.5)]), greatest: None };
/// let found = three_step(&costs, &[10.0, 30.0], &[2.0, 8.0], &reach)?;
/// assert_eq!(found.demand_reached, [5.0, 20.0]);
/// assert_eq!(found.access, [0.4, 0.2]);
/// # Ok::<(), umbel_access::Error>(())
/// ```
///
/// # Errors
/// Parameters or sizes that make no sense.
///
/// Source: Wan, Zou, Sternberg, A three-step floating catchment area method for analyzing spatial access to health
/// services, International Journal of Geographical Information Science 26(6), 2012, equations 3 to 5.
pub fn three_step(costs: &Costs, demand: &[f64], supply: &[f64], reach: &Reach) -> Result<FloatingCatchment, Error> {
    floating(Sharing::ThreeStep, costs, demand, supply, reach)
}

/// Balanced floating catchment: the weights of each origin add up to 1 when demand is divided, those of each destination
/// when its level of service is, so that neither is counted more than once. Demand reached adds up to the demand, access
/// to the ratios. Linear in the pairs.
///
/// The case of [`two_step`]: the surgeries serve 10 * 0.5 = 5 and 10 * 0.5 + 30 = 35 people, 2 / 5 and 8 / 35 doctors
/// each. The first surgery goes to the first home alone, the second by 1 : 0.5. The homes have 2 / 5 + 2 / 3 * 8 / 35 =
/// 58 / 105 and 1 / 3 * 8 / 35 = 8 / 105:
/// ```
/// use umbel_access::opportunities::catchment::{Decay, Reach, balanced};
/// use umbel_access::opportunities::costs::Costs;
/// let costs = Costs::from_pairs(2, 2, &[(0, 0, 1.0), (0, 1, 5.0), (1, 1, 10.0)])?;
/// let reach = Reach { decay: Decay::Step(vec![(5.0, 1.0), (10.0, 0.5)]), greatest: None };
/// let found = balanced(&costs, &[10.0, 30.0], &[2.0, 8.0], &reach)?;
/// assert_eq!(found.demand_reached, [5.0, 35.0]);
/// assert!((found.access[0] - 58.0 / 105.0).abs() < 1e-15);
/// assert!((found.access[1] - 8.0 / 105.0).abs() < 1e-15);
/// # Ok::<(), umbel_access::Error>(())
/// ```
///
/// # Errors
/// Parameters or sizes that make no sense.
///
/// Source: Paez, Higgins, Vivona, Demand and level of service inflation in floating catchment area (FCA) methods, PLoS ONE
/// 14(6), e0218773, 2019.
pub fn balanced(costs: &Costs, demand: &[f64], supply: &[f64], reach: &Reach) -> Result<FloatingCatchment, Error> {
    floating(Sharing::Balanced, costs, demand, supply, reach)
}

fn floating(
    sharing: Sharing,
    costs: &Costs,
    demand: &[f64],
    supply: &[f64],
    reach: &Reach,
) -> Result<FloatingCatchment, Error> {
    reach.check()?;
    sizes("demand", costs.origins(), demand)?;
    let mut pass = Demand::new(sharing, costs.destinations());
    for (from, &size) in demand.iter().enumerate() {
        pass.origin(size, reach.weigh(costs.from(from)));
    }
    let shares = pass.shared(supply)?;
    let access: Vec<f64> = (0..costs.origins()).map(|from| shares.access(reach.weigh(costs.from(from)))).collect();
    finite(&access)?;
    let supply_unreached = shares.supply_unreached(supply);
    Ok(FloatingCatchment { access, demand_reached: shares.demand_reached, ratio: shares.ratio, supply_unreached })
}

/// Supply that each origin has, in competition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpatialAvailability {
    /// Supply available to each origin: adds up to all that is reached.
    pub available: Vec<f64>,
    /// That for each unit of its demand; none without demand.
    pub per_demand: Vec<Option<f64>>,
    /// Supply that no demand reaches.
    pub supply_unreached: f64,
}

/// Spatial availability: each destination gives its supply to the origins in proportion to their demand and weight, so
/// that what is available adds up to the supply. Linear in the pairs.
///
/// The case of [`two_step`]: the first home alone reaches the first surgery and has its 2 doctors; the 8 of the second go
/// by 10 * 1 : 30 * 0.5, so 3.2 and 4.8. The homes have 5.2 and 4.8, 0.52 and 0.16 for each of their people:
/// ```
/// use umbel_access::opportunities::catchment::{Decay, Reach, spatial_availability};
/// use umbel_access::opportunities::costs::Costs;
/// let costs = Costs::from_pairs(2, 2, &[(0, 0, 1.0), (0, 1, 5.0), (1, 1, 10.0)])?;
/// let reach = Reach { decay: Decay::Step(vec![(5.0, 1.0), (10.0, 0.5)]), greatest: None };
/// let found = spatial_availability(&costs, &[10.0, 30.0], &[2.0, 8.0], &reach)?;
/// assert_eq!(found.available, [5.2, 4.8]);
/// assert_eq!(found.per_demand, [Some(0.52), Some(0.16)]);
/// # Ok::<(), umbel_access::Error>(())
/// ```
///
/// # Errors
/// Parameters or sizes that make no sense.
///
/// Source: Soukhov, Paez, Higgins, Mohamed, Introducing spatial availability, a singly-constrained measure of competitive
/// accessibility, PLoS ONE 18(1), e0278468, 2023: the balancing factors of demand and impedance, whose own denominators
/// cancel.
pub fn spatial_availability(
    costs: &Costs,
    demand: &[f64],
    supply: &[f64],
    reach: &Reach,
) -> Result<SpatialAvailability, Error> {
    let found = two_step(costs, demand, supply, reach)?;
    let available = found.access.iter().zip(demand).map(|(access, demand)| access * demand).collect();
    let per_demand = found.access.iter().zip(demand).map(|(&access, &demand)| (demand > 0.0).then_some(access));
    Ok(SpatialAvailability { available, per_demand: per_demand.collect(), supply_unreached: found.supply_unreached })
}

/// Costs by one way of travelling, and the demand of each origin that travels so.
#[derive(Clone, Copy, Debug)]
pub struct Travellers<'a> {
    /// Costs, with the destinations of all others.
    pub costs: &'a Costs,
    /// Demand of each origin.
    pub demand: &'a [f64],
}

/// Supply for each unit of demand, when some travel by car and some by bus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shen {
    /// Of those who travel one way, in the order given: one for each origin.
    pub access: Vec<Vec<f64>>,
    /// Mean over all demand of each origin; none without demand.
    pub mean: Vec<Option<f64>>,
}

/// Accessibility with competition of those who travel in different ways: the supply of each destination is shared among
/// all who reach it, each by their own costs. With one way it is [`two_step`]. Linear in the pairs.
///
/// One place with 30 jobs; one home from where 10 go by car in 10 minutes and 20 by bus in 20; with weights 1 up to 10
/// minutes and 0.5 up to 20 the jobs are shared by 10 + 20 * 0.5 = 20: 1.5 for each weight of 1. So 1.5 by car, 0.75 by
/// bus, (10 * 1.5 + 20 * 0.75) / 30 = 1 in the mean:
/// ```
/// use umbel_access::opportunities::catchment::{Decay, Reach, Travellers, shen};
/// use umbel_access::opportunities::costs::Costs;
/// let (car, bus) = (Costs::from_matrix(1, 1, &[10.0])?, Costs::from_matrix(1, 1, &[20.0])?);
/// let ways = [Travellers { costs: &car, demand: &[10.0] }, Travellers { costs: &bus, demand: &[20.0] }];
/// let reach = Reach { decay: Decay::Step(vec![(10.0, 1.0), (20.0, 0.5)]), greatest: None };
/// let found = shen(&ways, &[30.0], &reach)?;
/// assert_eq!(found.access, [[1.5], [0.75]]);
/// assert_eq!(found.mean, [Some(1.0)]);
/// # Ok::<(), umbel_access::Error>(())
/// ```
///
/// # Errors
/// Parameters or sizes that make no sense, tables of costs between other places, or no way of travelling.
///
/// Source: Shen, Location characteristics of inner-city neighborhoods and employment accessibility of low-wage workers,
/// Environment and Planning B 25, 1998, equations 4 to 7.
pub fn shen(ways: &[Travellers], supply: &[f64], reach: &Reach) -> Result<Shen, Error> {
    reach.check()?;
    let Some(first) = ways.first() else {
        let message = "give at least one way of travelling".to_owned();
        return Err(Error::Parameter { parameter: "ways", message });
    };
    let (origins, destinations) = (first.costs.origins(), first.costs.destinations());
    let mut pass = Demand::new(Sharing::TwoStep, destinations);
    for way in ways {
        length("origins", origins, way.costs.origins())?;
        length("destinations", destinations, way.costs.destinations())?;
        sizes("demand", origins, way.demand)?;
        for (from, &size) in way.demand.iter().enumerate() {
            pass.origin(size, reach.weigh(way.costs.from(from)));
        }
    }
    let shares = pass.shared(supply)?;
    let of_way = |way: &Travellers| -> Vec<f64> {
        (0..origins).map(|from| shares.access(reach.weigh(way.costs.from(from)))).collect()
    };
    let access: Vec<Vec<f64>> = ways.iter().map(of_way).collect();
    access.iter().try_for_each(|access| finite(access))?;
    let mean = |from: usize| {
        let all: f64 = ways.iter().map(|way| way.demand[from]).sum();
        let sum: f64 = ways.iter().zip(&access).map(|(way, access)| way.demand[from] * access[from]).sum();
        (all > 0.0).then(|| sum / all)
    };
    Ok(Shen { mean: (0..origins).map(mean).collect(), access })
}

/// Sums over the pairs of each origin within reach.
fn sums(costs: &Costs, reach: &Reach, part: impl Fn(usize, f64) -> f64) -> Result<Vec<f64>, Error> {
    let one = |from| {
        let pairs = costs.from(from).filter(|pair| reach.within(pair.1));
        pairs.map(|(to, cost)| part(to, cost)).sum::<f64>() + 0.0
    };
    let sums: Vec<f64> = (0..costs.origins()).map(one).collect();
    finite(&sums)?;
    Ok(sums)
}

/// Sums are infinite only by gravity at cost 0 without a least cost.
fn finite(sums: &[f64]) -> Result<(), Error> {
    let Some(from) = sums.iter().position(|sum| !sum.is_finite()) else { return Ok(()) };
    let message = format!("the weights at origin {from} are infinite; give a least cost above 0");
    Err(Error::Parameter { parameter: "decay", message })
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
        let costs = Costs::from_matrix(1, 2, &[0.0, 3.0]).expect("costs");
        let gravity = |least| Decay::Gravity { scale: 1.0, alpha: -2.0, least };
        assert!(weighted_catchment(&costs, &[1.0, 1.0], &reach(gravity(0.0), 9.0)).is_err());
        assert!(weighted_catchment(&costs, &[1.0, 1.0], &reach(gravity(1.0), 9.0)).is_ok());
        assert!(weighted_catchment(&costs, &[1.0, 1.0], &reach(Decay::Gaussian { sigma: 0.0 }, 9.0)).is_err());
        assert!(spatial_availability(&costs, &[1.0], &[1.0, 1.0], &reach(gravity(0.0), 9.0)).is_err());
        assert!(shen(&[], &[1.0, 1.0], &reach(Decay::Uniform, 9.0)).is_err());
        let other = Costs::from_matrix(1, 1, &[0.0]).expect("costs");
        let ways = [Travellers { costs: &costs, demand: &[1.0] }, Travellers { costs: &other, demand: &[1.0] }];
        assert!(shen(&ways, &[1.0, 1.0], &reach(Decay::Uniform, 9.0)).is_err());
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
