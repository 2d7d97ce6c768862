//! `catchment`: supply that many share, by floating catchments over a network.

use crate::filter::Places;
use crate::inputs::Inputs;
use crate::method::{Method, Problem};
use crate::network::decay::DecayForm;
use crate::network::measures;
use crate::network::region::Goals;
use crate::network::values::Duration;
use crate::on_network;
use crate::output::Output;
use crate::reads::{Reads, Units};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_access::opportunities::decay::Decay;
use umbel_core::Unit;

/// How supply is shared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Sharing {
    /// Two-step floating catchment: fully within the cutoff.
    #[default]
    #[serde(rename = "2sfca")]
    TwoStep,
    /// Enhanced two-step: with a decay.
    #[serde(rename = "e2sfca")]
    EnhancedTwoStep,
    /// Three-step: demand first divides among supplies.
    #[serde(rename = "3sfca")]
    ThreeStep,
    /// Balanced: neither demand nor supply is counted twice.
    #[serde(rename = "bfca")]
    Balanced,
    /// Spatial availability: the supply that is each place's own, adding up to all of it.
    #[serde(rename = "spatial_availability")]
    SpatialAvailability,
}

on_network! {
    /// Parameters of `catchment`.
    pub struct Catchment {
        /// The places that demand, and where results are written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<Places>,
        /// The places that supply.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to: Option<Places>,
        /// How supply is shared.
        #[serde(default)]
        pub sharing: Sharing,
        /// Demand: an indicator, or a column of the file of origins.
        pub demand: String,
        /// Supply: an indicator, or a column of the file of destinations.
        pub supply: String,
        /// Supply farther away than this is nobody's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub cutoff: Option<Duration>,
        /// Weight by time in minutes: `gaussian:20`, `exponential:0.05`, `step:10=1/20=0.68/30=0.22` ...; left out: all within
        /// the cutoff weighs the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub decay: Option<DecayForm>,
    }
}

impl Catchment {
    /// What counts at which time in minutes.
    ///
    /// # Errors
    /// A sentence when neither a cutoff nor a decay is given, or the decay does not fit the way of sharing.
    pub fn weights(&self) -> Result<umbel_access::opportunities::decay::Reach, String> {
        let greatest = self.cutoff.map(|cutoff| f64::from(cutoff.0) / 60.0);
        match (self.sharing, &self.decay, greatest) {
            (Sharing::TwoStep, Some(_), _) => {
                Err("2sfca weighs all supply the same: use e2sfca, or leave out the decay".to_owned())
            }
            (Sharing::EnhancedTwoStep, None, _) => Err("e2sfca needs a decay such as gaussian:20".to_owned()),
            (_, None, None) => Err("give a cutoff such as 45min, or a decay".to_owned()),
            (_, decay, greatest) => {
                let decay = decay.as_ref().map_or(Decay::Uniform, |form| form.0.clone());
                Ok(umbel_access::opportunities::decay::Reach { decay, greatest })
            }
        }
    }
}

impl Method for Catchment {
    const NAME: &'static str = "catchment";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Supply for each person where supply is shared: floating catchments over a network.";
    const FORMULA: &'static str = "ratio of a supply j = S_j / Σ_i D_i f(t_ij); access of a place i = Σ_j ratio_j f(t_ij), f = 1 within the cutoff for \
        2sfca, a decay for e2sfca; 3sfca divides demand by f(t_ij) / Σ_j f(t_ij) first; bfca makes these weights add up to \
        1 on both sides; spatial_availability = access D_i";
    const CITATION: &'static str = "Luo, Wang, Environment and Planning B 30, 2003, 865-884 (2SFCA); Luo, Qi, Health and Place 15, 2009, 1100-1107 \
        (E2SFCA); Wan, Zou, Sternberg, International Journal of Geographical Information Science 26(6), 2012, 1073-1089 \
        (3SFCA); Paez, Higgins, Vivona, PLoS ONE 14(6), 2019, e0218773 (BFCA); Soukhov, Paez, Higgins, Mohamed, PLoS ONE \
        18(1), 2023, e0278468 (spatial availability).";
    const ASSUMPTIONS: &'static str = "As travel_time; times are those of the percentile named (the middle one of several). Demand goes wherever the \
        weights say. A place without a figure demands or supplies nothing. Supply that no demand reaches is nobody's and \
        is counted apart.";
    const NOT_FOR: &'static str = "Supply with no limit of its own, such as a park (use reach).";
    const EXAMPLE: &'static str = r#"[doctors_within_reach]
method = "catchment"
network = "roads"
modes = ["car"]
from = { kind = "county" }
to = { kind = "county" }
demand = "population"
supply = "doctors"
sharing = "e2sfca"
decay = "gaussian:20"
cutoff = "60min"
title = { en = "Doctors within an hour, for each person" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        measures::reads_opportunities(
            self,
            Goals { from: self.from.as_ref(), to: self.to.as_ref() },
            &[("demand", std::slice::from_ref(&self.demand)), ("supply", std::slice::from_ref(&self.supply))],
            reads,
        );
        if let Err(message) = self.weights() {
            let code = &umbel_core::code::M002;
            reads.problem(Problem::new(code, "sharing", message, "See the method's page: umbel methods catchment."));
        }
    }

    fn unit(&self, units: &Units<'_>) -> Result<Unit, Problem> {
        measures::unit_of_catchment(self, self.sharing == Sharing::SpatialAvailability, units)
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        measures::catchment(self, inputs)
    }
}
