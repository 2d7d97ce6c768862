//! `journeys`: the best journeys of a window with their legs.

use crate::filter::Places;
use crate::inputs::Inputs;
use crate::method::{Method, Problem};
use crate::network::region::{self, Goals};
use crate::on_network;
use crate::output::Output;
use crate::reads::{Reads, Units};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::{Unit, code};

/// What a measure writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JourneyResult {
    /// Vehicles ridden on the quickest journey.
    #[default]
    Rides,
    /// Minutes of the quickest journey.
    Quickest,
    /// Minutes of walking on it.
    Walking,
    /// Journeys of the window that none beats: how often one can go.
    Choices,
    /// What the cheapest journey costs.
    Cheapest,
}

on_network! {
    /// Parameters of `journeys`.
    pub struct Journeys {
        /// The places where journeys begin, and where results are written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<Places>,
        /// The places where they end: the one reached quickest counts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to: Option<Places>,
        /// What a measure writes; `cheapest` needs `fares`, and the currency as the unit of the measure (`unit = "{CNY}"`).
        #[serde(default)]
        pub result: JourneyResult,
        /// Whether prices count, too: a journey is also better when it is cheaper.
        #[serde(default)]
        pub fares: bool,
    }
}

impl Method for Journeys {
    const NAME: &'static str = "journeys";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "The best journeys of a window with their legs: by departure, arrival and number of rides.";
    const FORMULA: &'static str = "all journeys that no other equals or beats in leaving later, arriving earlier and riding fewer vehicles, one search \
        a departure; the quickest takes the least time from door to door, of equal ones with fewest rides; with fares also those that \
        are cheaper (McRAPTOR)";
    const CITATION: &'static str =
        "Delling, Pajor, Werneck, Round-based public transit routing, Transportation Science 49(3), 2015, 591-604.";
    const ASSUMPTIONS: &'static str = "As travel_time, with half a headway of wait where a line states no times. Walking all the way is a journey too, \
        where it is within max_walk. Departures are looked at every `step`. Fares are those of fare_attributes.txt and \
        fare_rules.txt: tickets are bought so that a journey costs least, are good for as many transfers and as long as \
        they say, and by zone for all rides made with one together (where the first begins, where the last ends, every \
        zone called in). Walking costs nothing; what no feed states is not known, and such a journey is told only \
        where it is quicker or has fewer rides than those whose price is known.";
    const NOT_FOR: &'static str = "Large matrices (use travel_time, which tells no legs).";
    const EXAMPLE: &'static str = r#"[changes_to_beijing]
method = "journeys"
network = ["rail", "local"]
from = { kind = "city" }
to = "beijing"
date = "2022-11-23"
result = "rides"
title = { en = "Vehicles on the way to Beijing" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        region::reads(self, Goals { from: self.from.as_ref(), to: self.to.as_ref() }, true, reads);
    }

    fn unit(&self, units: &Units<'_>) -> Result<Unit, Problem> {
        Ok(match self.result {
            JourneyResult::Cheapest => match units.declared() {
                Some(unit) if self.fares => unit.clone(),
                Some(_) => {
                    let message = "The cheapest journey is told only where prices count.";
                    return Err(Problem::new(&code::M002, "result", message, "Add fares = true."));
                }
                None => {
                    let message = "The measure does not say in which currency.";
                    return Err(Problem::new(&code::M002, "result", message, "Write for example unit = \"{CNY}\"."));
                }
            },
            JourneyResult::Rides | JourneyResult::Choices => Unit::one(),
            JourneyResult::Quickest | JourneyResult::Walking => region::minute(),
        })
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        crate::network::measures::journeys(self, inputs)
    }
}
