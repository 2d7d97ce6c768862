//! `floating_catchment`: what supply each place can reach, and how many share it.

use crate::analysis::{Analysis, Key, Outcome, Quantity, Sample, Table, Wanted};
use crate::over_places;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_access::opportunities::catchment::{
    Decay, Reach, balanced, catchment_ratio, spatial_availability, three_step, two_step, weighted_catchment,
};
use umbel_access::opportunities::costs::Costs;
use umbel_access::opportunities::rational_agents::{Options, rational_agents};

/// What is computed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Each supply is shared among the demand within reach, each place adds up its shares (2SFCA; with a decay E2SFCA).
    #[default]
    TwoStep,
    /// The same after demand has divided among supplies (3SFCA).
    ThreeStep,
    /// The same with weights that add up to 1 on either side, so that neither demand nor supply is counted twice (BFCA).
    Balanced,
    /// Supply that each place has in competition with all others; adds up to the supply reached (spatial availability).
    SpatialAvailability,
    /// Supply over demand within reach.
    Ratio,
    /// Supply within reach.
    Catchment,
    /// Cost of travel and crowding when nobody gains by going elsewhere (RAAM); less is better.
    RationalAgents,
}

/// How much supply counts at a cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Fully.
    #[default]
    Uniform,
    /// exp(-cost² / (2 sigma²)).
    Gaussian,
    /// (max(cost, least_cost) / scale)^alpha.
    Gravity,
    /// exp(-beta cost).
    Exponential,
    /// By `steps`.
    Step,
    /// 1 / (1 + exp(pi (cost - midpoint) / (sigma sqrt(3)))).
    Logistic,
    /// 1 up to `full`, 0 from `none`, on a straight line between.
    Linear,
}

over_places! {
    /// Parameters of `floating_catchment`.
    pub struct FloatingCatchment {
        /// Demand: the indicator, or the column of a file.
        pub of: String,
        /// Supply: the indicator, or the column of a file.
        pub supply: String,
        /// Costs between places: `distance` for the straight distance of their points (in kilometres when these are
        /// longitudes and latitudes), or a file with origin, destination and cost.
        #[serde(default = "distance")]
        pub weights: String,
        /// What is computed.
        #[serde(default)]
        pub variant: Access,
        /// Supply beyond this cost does not count; left out: all does that `decay` lets count.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub max_cost: Option<f64>,
        /// How much supply counts at a cost.
        #[serde(default)]
        pub decay: Weight,
        /// Width of the Gaussian; standard deviation of the logistic.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub sigma: Option<f64>,
        /// Cost at which gravity weighs 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub scale: Option<f64>,
        /// Power of gravity, below 0.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub alpha: Option<f64>,
        /// Shorter costs count as this in gravity.
        #[serde(default)]
        pub least_cost: f64,
        /// Rate of the exponential.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub beta: Option<f64>,
        /// Steps: costs up to which a weight holds, and the weight, as in [[30, 1], [60, 0.68]].
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub steps: Vec<[f64; 2]>,
        /// Cost at which the logistic weighs one half.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub midpoint: Option<f64>,
        /// Greatest cost that counts fully on the line.
        #[serde(default)]
        pub full: f64,
        /// Least cost that does not count on the line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub none: Option<f64>,
        /// Cost that one accepts to avoid a place as crowded as the mean (rational agents).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub tau: Option<f64>,
    }
}

fn distance() -> String {
    "distance".to_owned()
}

impl FloatingCatchment {
    fn decay(&self) -> Result<Decay, String> {
        let need =
            |value: Option<f64>, name: &str| value.ok_or_else(|| format!("give `{name}`, which the decay needs"));
        Ok(match self.decay {
            Weight::Uniform => Decay::Uniform,
            Weight::Gaussian => Decay::Gaussian { sigma: need(self.sigma, "sigma")? },
            Weight::Gravity => Decay::Gravity {
                scale: need(self.scale, "scale")?,
                alpha: need(self.alpha, "alpha")?,
                least: self.least_cost,
            },
            Weight::Exponential => Decay::Exponential { beta: need(self.beta, "beta")? },
            Weight::Step => Decay::Step(self.steps.iter().map(|step| (step[0], step[1])).collect()),
            Weight::Logistic => {
                Decay::Logistic { midpoint: need(self.midpoint, "midpoint")?, deviation: need(self.sigma, "sigma")? }
            }
            Weight::Linear => Decay::Linear { full: self.full, none: need(self.none, "none")? },
        })
    }

    /// Costs between the places at these positions.
    fn costs(&self, sample: &Sample, places: &[u32]) -> Result<Costs, String> {
        let text = |error: umbel_access::Error| error.to_string();
        let n = places.len();
        if let Some(given) = &sample.space.given {
            let given = given.subset(places);
            let mut pairs = Vec::with_capacity(given.pairs() + n);
            for from in 0..n {
                pairs.extend(
                    given.neighbours(from).iter().zip(given.weights(from)).map(|(&to, &c)| (from as u32, to, c)),
                );
                if given.neighbours(from).binary_search(&(from as u32)).is_err() {
                    pairs.push((from as u32, from as u32, 0.0));
                }
            }
            return Costs::from_pairs(n, n, &pairs).map_err(text);
        }
        if self.weights != "distance" {
            return Err(format!("\"{}\" is neither \"distance\" nor a file that was read", self.weights));
        }
        let all = sample.space.points(&sample.places)?;
        let points: Vec<[f64; 2]> = places.iter().map(|&place| all[place as usize]).collect();
        let apart = |a: [f64; 2], b: [f64; 2]| {
            if sample.space.geographic { great_circle(a, b) } else { (a[0] - b[0]).hypot(a[1] - b[1]) }
        };
        let mut pairs = Vec::new();
        for (from, &a) in points.iter().enumerate() {
            for (to, &b) in points.iter().enumerate() {
                let cost = apart(a, b);
                // Three steps divide demand among all supplies, however far.
                let counts = self.variant == Access::ThreeStep || self.variant == Access::RationalAgents;
                if counts || self.max_cost.is_none_or(|greatest| cost <= greatest) {
                    pairs.push((from as u32, to as u32, cost));
                }
            }
        }
        Costs::from_pairs(n, n, &pairs).map_err(text)
    }
}

/// Kilometres along the sphere between two longitudes and latitudes.
fn great_circle(a: [f64; 2], b: [f64; 2]) -> f64 {
    let (north_a, north_b) = (a[1].to_radians(), b[1].to_radians());
    let half = |angle: f64| (angle / 2.0).sin().powi(2);
    let chord = half(north_b - north_a) + north_a.cos() * north_b.cos() * half((b[0] - a[0]).to_radians());
    2.0 * 6371.0 * chord.sqrt().min(1.0).asin()
}

impl Analysis for FloatingCatchment {
    const NAME: &'static str = "floating_catchment";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Floating catchments: how much supply each place can reach, shared with all who reach it.";
    const FORMULA: &'static str = "Rⱼ = Sⱼ / Σₖ Dₖ w(cₖⱼ), Aᵢ = Σⱼ Rⱼ w(cᵢⱼ); three steps: w² / Σⱼ w instead of w; balanced: w / Σⱼ w in Rⱼ and w / Σᵢ w in Aᵢ; spatial availability: Dᵢ Aᵢ; rational agents: each goes where cᵢⱼ / τ + demandⱼ / (ρ Sⱼ) is least";
    const CITATION: &'static str = "Luo and Wang, Environment and Planning B 30, 2003, equations 1 and 2; Luo and Qi, Health and Place 15, 2009, equations 1 and 2; Wan, Zou and Sternberg, International Journal of Geographical Information Science 26(6), 2012, equations 3 to 5; Paez, Higgins and Vivona, PLoS ONE 14(6), e0218773, 2019; Soukhov, Paez, Higgins and Mohamed, PLoS ONE 18(1), e0278468, 2023; Saxon and Snow, Annals of the American Association of Geographers 110(1), 2020, equations 3 to 7; Hansen, Journal of the American Institute of Planners 25, 1959.";
    const ASSUMPTIONS: &'static str = "Every place is an origin with its demand and a destination with its supply; a missing supply is 0, places without demand given are left out. A place reaches itself at cost 0 unless the table of costs says otherwise. Pairs that are not in the table cannot be reached. max_cost counts as reached.";
    const NOT_FOR: &'static str = "Choice by quality or price; places so large that the cost within them matters.";
    const EXAMPLE: &'static str = r#"[beds_in_reach]
method = "floating_catchment"
of = "population"
supply = "beds"
max_cost = 60.0
decay = "gaussian"
sigma = 30.0
among = { kind = "county" }
title = { en = "Hospital beds in reach for each inhabitant" }"#;
    const RESULTS: &'static [Quantity] = &[Quantity::place(
        "access",
        "Supply for each unit of demand, supply within reach or available, or cost, by the variant.",
    )];
    const SPATIAL: bool = true;

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of), Wanted::numbers("supply", &self.supply)]
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems = Vec::new();
        if let Err(what) = self.decay().and_then(|decay| decay.check().map_err(|error| error.to_string())) {
            problems.push(("decay".to_owned(), format!("{what}."), "See the parameters of each decay.".to_owned()));
        }
        if self.variant == Access::RationalAgents && self.tau.is_none() {
            let fix = "Give the cost that one accepts to avoid a place as crowded as the mean.".to_owned();
            problems.push(("tau".to_owned(), "Rational agents need it.".to_owned(), fix));
        }
        problems
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let text = |error: umbel_access::Error| error.to_string();
        let (demands, supplies) = (sample.numbers("of")?, sample.numbers("supply")?);
        let places: Vec<u32> = (0..sample.rows() as u32).filter(|&row| demands.get(row as usize).is_some()).collect();
        let demand: Vec<f64> = places.iter().filter_map(|&row| demands.get(row as usize)).collect();
        let supply: Vec<f64> = places.iter().map(|&row| supplies.get(row as usize).unwrap_or(0.0)).collect();
        if places.is_empty() {
            return Err("no place has a demand".to_owned());
        }
        let costs = self.costs(sample, &places)?;
        let reach = Reach { decay: self.decay()?, greatest: self.max_cost };
        let mut outcome = Outcome::new();
        outcome.figure("n", places.len());
        outcome.figure("missing", sample.rows() - places.len());
        outcome.figure("demand", demand.iter().sum::<f64>());
        outcome.figure("supply", supply.iter().sum::<f64>());
        let table = Table::some(Key::Place, places);
        let (access, table) = match self.variant {
            Access::TwoStep | Access::ThreeStep | Access::Balanced => {
                let method = match self.variant {
                    Access::TwoStep => two_step,
                    Access::ThreeStep => three_step,
                    _ => balanced,
                };
                let found = method(&costs, &demand, &supply, &reach).map_err(text)?;
                outcome.figure("supply_unreached", found.supply_unreached);
                let access: Vec<Option<f64>> = found.access.iter().map(|&value| Some(value)).collect();
                let table =
                    table.numbers("access", access.iter().copied()).values("demand_reached", &found.demand_reached);
                (access, table.numbers("ratio", found.ratio))
            }
            Access::SpatialAvailability => {
                let found = spatial_availability(&costs, &demand, &supply, &reach).map_err(text)?;
                outcome.figure("supply_unreached", found.supply_unreached);
                let table = table.values("access", &found.available);
                // What one of them has in the mean, as with the other variants.
                (found.per_demand.clone(), table.numbers("per_demand", found.per_demand))
            }
            Access::Ratio => {
                let found = catchment_ratio(&costs, &demand, &supply, &reach).map_err(text)?;
                (found.clone(), table.numbers("access", found))
            }
            Access::Catchment => {
                let found = weighted_catchment(&costs, &supply, &reach).map_err(text)?;
                (found.iter().map(|&value| Some(value)).collect(), table.values("access", &found))
            }
            Access::RationalAgents => {
                let options = Options::new(self.tau.ok_or("give tau")?);
                let found = rational_agents(&costs, &demand, &supply, &options).map_err(text)?;
                outcome.figure("moved_in_the_last_round", found.moved);
                (found.cost.clone(), table.numbers("access", found.cost).values("demand_served", &found.demand_served))
            }
        };
        let pairs = || access.iter().zip(&demand).filter_map(|(access, demand)| access.map(|access| (access, demand)));
        let all: f64 = pairs().map(|pair| pair.1).sum();
        let mean = (all > 0.0).then(|| pairs().map(|(access, demand)| access * demand).sum::<f64>() / all);
        outcome.figure("mean_access", mean);
        outcome.table("places", table);
        Ok(outcome)
    }
}
