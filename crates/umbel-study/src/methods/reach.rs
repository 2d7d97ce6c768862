//! `reach`: what can be reached in given times: opportunities within a time, weighted by it, or the time to the nearest.

use crate::filter::Places;
use crate::inputs::Inputs;
use crate::method::{Method, Problem};
use crate::network::decay::DecayForm;
use crate::network::measures;
use crate::network::region::{self, Goals};
use crate::network::values::Duration;
use crate::on_network;
use crate::output::Output;
use crate::parameters::{Names, names};
use crate::reads::{Reads, Units};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::Unit;

/// What a measure writes of all that is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReachResult {
    /// Opportunities within the first cutoff (or, without cutoffs, by the first decay).
    #[default]
    Reached,
    /// The same as a share of all opportunities.
    Share,
    /// The same across the border of the origin's jurisdiction, as a share of what is reached.
    ShareAcross,
    /// Minutes to the first number of opportunities of `nth`.
    Nth,
}

on_network! {
    /// Parameters of `reach`.
    pub struct Reach {
        /// The places where journeys begin, and where results are written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<Places>,
        /// The places where opportunities are.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to: Option<Places>,
        /// What is counted: indicators, or columns of the file of destinations. A measure takes one.
        #[serde(default, deserialize_with = "names")]
        #[schemars(with = "Names")]
        pub opportunities: Vec<String>,
        /// Times within which opportunities count fully.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub cutoffs: Vec<Duration>,
        /// Weights by time in minutes: `exponential:0.05`, `gaussian:20`, `gravity:10:-2`, `logistic:40:10`, `linear:30:50`,
        /// `step:10=1/20=0.5`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub decay: Vec<DecayForm>,
        /// Numbers of opportunities to which the time is wanted: 1 for the nearest.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub nth: Vec<f64>,
        /// Column that names the jurisdiction of origins and destinations: what is reached is split by whether it lies across a
        /// border. In a region a kind of place above both, such as `province`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub border: Option<String>,
        /// Columns of the file of origins with the people of groups: each gets its mean, and how unequal it is (Gini, Palma).
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub groups: Vec<String>,
        /// What a measure writes.
        #[serde(default)]
        pub result: ReachResult,
    }
}

impl Method for Reach {
    const NAME: &'static str = "reach";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Opportunities within reach: within a time, weighted by it, the time to the nearest; across borders, by group.";
    const FORMULA: &'static str = "reached within T = sum of the opportunities of all destinations with time ≤ T; by decay f = sum of o f(time); time \
        to n = least time within which n opportunities are reached; across = the part whose jurisdiction is not that of \
        the origin";
    const CITATION: &'static str = "Hansen, How accessibility shapes land use, Journal of the American Institute of Planners 25, 1959, 73-76; Geurs, \
        van Wee, Accessibility evaluation of land-use and transport strategies, Journal of Transport Geography 12, 2004, \
        127-140.";
    const ASSUMPTIONS: &'static str = "As travel_time; times are those of the percentile named (the middle one of several). The time from a place to \
        itself is that of the streets, mostly 0, so that its own opportunities count. A destination without a figure has \
        no opportunities. Where nothing is reached the sum is 0; where fewer than n are, the time to n is missing.";
    const NOT_FOR: &'static str = "Supply that many share (use catchment); places of very different size, whose opportunities are not at their \
        points.";
    const EXAMPLE: &'static str = r#"[people_within_an_hour]
method = "reach"
network = "rail"
from = { kind = "city" }
to = { kind = "city" }
opportunities = "population"
cutoffs = ["60min"]
date = "2022-11-23"
title = { en = "People within an hour by rail" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        measures::reads_opportunities(
            self,
            Goals { from: self.from.as_ref(), to: self.to.as_ref() },
            &[("opportunities", &self.opportunities)],
            reads,
        );
        if self.border.is_some() {
            reads.tree();
        }
        if self.cutoffs.is_empty() && self.decay.is_empty() && self.nth.is_empty() {
            reads.problem(Problem::new(
                &umbel_core::code::M002,
                "",
                "None of cutoffs, decay and nth is given.",
                "Write for example cutoffs = [\"60min\"].",
            ));
        }
    }

    fn unit(&self, units: &Units<'_>) -> Result<Unit, Problem> {
        Ok(match self.result {
            ReachResult::Reached => measures::unit_of_opportunities(self, units),
            ReachResult::Share | ReachResult::ShareAcross => Unit::one(),
            ReachResult::Nth => region::minute(),
        })
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        measures::reach(self, inputs)
    }
}
