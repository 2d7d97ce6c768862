//! `travel_time`: how long it takes from place to place, over streets and timetables.

use crate::filter::Places;
use crate::inputs::Inputs;
use crate::method::{Method, Problem};
use crate::network::region::{self, Goals};
use crate::on_network;
use crate::output::Output;
use crate::reads::{Reads, Units};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::Unit;

on_network! {
    /// Parameters of `travel_time`.
    pub struct TravelTime {
        /// The places where journeys begin, and where times are written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<Places>,
        /// The places where they end: the one reached first counts, unless `result` is `each`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to: Option<Places>,
        /// What a measure writes: the time to the place reached `first`, or to `each` of them, under the breakdown
        /// `destination=PLACE`.
        #[serde(default)]
        pub result: TravelTimeResult,
    }
}

/// What a measure writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TravelTimeResult {
    /// The time to the place that is reached first.
    #[default]
    First,
    /// The time to each place, under a breakdown of its own: a matrix.
    Each,
}

impl Method for TravelTime {
    const NAME: &'static str = "travel_time";
    const VERSION: u32 = 2;
    const SUMMARY: &'static str =
        "Door-to-door travel time over streets and timetables, in percentiles over a window of departures.";
    const FORMULA: &'static str = "for each departure of the window: least arrival by walking to a stop, at most max_rides vehicles with walks \
        between them, and walking from the last stop, or by the streets alone; time = element ceil(p n / 100) of the n \
        times in order, those not reached last";
    const CITATION: &'static str = "Conway, Byrd, van der Linden, Evidence-based transit and land use sketch planning using interactive \
        accessibility methods, Transportation Research Record 2653, 2017, 45-53; Delling, Pajor, Werneck, Round-based \
        public transit routing, Transportation Science 49(3), 2015, 591-604.";
    const ASSUMPTIONS: &'static str = "People know the timetable and take the quickest journey; vehicles are on time and have room. A point is \
        joined to the nearest street within max_snap and walks there in a straight line; one that is farther off is not \
        reached. Streets have the same speed at all hours unless a scenario says otherwise. The day searched is that of \
        the timetable's own time zone. In a region times are minutes and the percentile is the middle one of those named; \
        three or more give the first and last as an interval.";
    const NOT_FOR: &'static str = "Journeys people made (these are observations); crowded vehicles; comparing a timetable with a network by \
        headway without saying so.";
    const EXAMPLE: &'static str = r#"[rail_minutes_to_core]
method = "travel_time"
network = "rail"
from = { kind = "city" }
to = ["beijing", "tianjin", "xiongan"]
date = "2022-11-23"
departure = "08:00"
window = "60min"
percentiles = [50]
title = { en = "Minutes by rail to the nearest core" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        region::reads(self, Goals { from: self.from.as_ref(), to: self.to.as_ref() }, true, reads);
    }

    fn unit(&self, _: &Units<'_>) -> Result<Unit, Problem> {
        Ok(region::minute())
    }

    fn dimension_of_places(&self) -> Option<&'static str> {
        (self.result == TravelTimeResult::Each).then_some(region::DESTINATION)
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        region::travel_time(self, self.result, inputs)
    }
}
