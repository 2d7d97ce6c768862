//! `service_level`: how often vehicles leave, the longest gap, and from when to when.

use crate::filter::Places;
use crate::inputs::Inputs;
use crate::method::{Method, Problem};
use crate::network::region::{self, Goals};
use crate::network::services;
use crate::on_network;
use crate::output::Output;
use crate::reads::{Reads, Units};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::{Unit, code};

/// Whose service is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceOf {
    /// Of each stop.
    #[default]
    Stops,
    /// Of each route, at its busiest stop.
    Routes,
}

/// What a measure writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceResult {
    /// Departures in an hour of the window.
    #[default]
    PerHour,
    /// Departures of the day.
    Departures,
    /// Minutes between departures of the window in the mean.
    Headway,
    /// The longest time of the window in which nothing leaves, in minutes.
    LongestGap,
    /// Hours from the first departure of the day to the last.
    Span,
}

on_network! {
    /// Parameters of `service_level`.
    pub struct ServiceLevel {
        /// The places whose service is told: that of all stops within `within` metres of their point.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<Places>,
        /// Whose service `umbel apply` tells.
        #[serde(default)]
        pub of: ServiceOf,
        /// How far from the point of a place its stops are, in metres as the crow flies.
        #[serde(default = "half_a_kilometre")]
        pub within: f64,
        /// What a measure writes.
        #[serde(default)]
        pub result: ServiceResult,
    }
}

fn half_a_kilometre() -> f64 {
    500.0
}

impl Method for ServiceLevel {
    const NAME: &'static str = "service_level";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "How often vehicles leave a stop, route or place, the longest gap, and from when to when.";
    const FORMULA: &'static str = "departures an hour = departures of the window / its hours; mean headway = length of the window / departures; longest \
        gap = longest time of the window without a departure, from its begin and to its end as well; span = last less \
        first departure of the day";
    const CITATION: &'static str = "Transit Capacity and Quality of Service Manual, third edition, TCRP Report 165, 2013, chapter 5; grades: second \
        edition, TCRP Report 100, 2003, exhibit 3-12.";
    const ASSUMPTIONS: &'static str = "A trip leaves a place once as long as it stays within; its last stop is no departure. Trips at headways leave at \
        start + n headway. The day has 24 hours from midnight, the window is that of the trip.";
    const NOT_FOR: &'static str = "How long people wait (that depends on what they want to reach: use travel_time).";
    const EXAMPLE: &'static str = r#"[trains_an_hour]
method = "service_level"
network = "rail"
from = { kind = "city" }
within = 20000
departure = "07:00"
window = "120min"
date = "2022-11-23"
title = { en = "Trains an hour in the morning" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        region::reads(self, Goals { from: self.from.as_ref(), to: None }, false, reads);
        if !(self.within.is_finite() && self.within >= 0.0) {
            let message = format!("{} is no distance.", self.within);
            reads.problem(Problem::new(&code::M002, "within", message, "Write metres, such as 500."));
        }
    }

    fn unit(&self, _: &Units<'_>) -> Result<Unit, Problem> {
        Ok(services::unit(self.result))
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        services::service_level(self, inputs)
    }
}
