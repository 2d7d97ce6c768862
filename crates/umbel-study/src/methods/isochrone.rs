//! `isochrone`: the area that can be reached within given times.

use crate::filter::Places;
use crate::inputs::Inputs;
use crate::method::{Method, Problem};
use crate::network::region::{self, Goals};
use crate::network::values::Duration;
use crate::on_network;
use crate::output::Output;
use crate::reads::{Reads, Units};
use umbel_core::Unit;

on_network! {
    /// Parameters of `isochrone`.
    pub struct Isochrone {
        /// The places where journeys begin, and where areas are written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<Places>,
        /// Times within which the area must be reached; a measure writes the first.
        #[serde(default = "half_hours")]
        pub cutoffs: Vec<Duration>,
        /// Distance between the nodes of the grid on which areas are drawn, in metres; left out: 50 on foot and by vehicle, 100
        /// by bicycle and car.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub resolution: Option<f64>,
    }
}

fn half_hours() -> Vec<Duration> {
    [30, 60, 90].map(Duration::minutes).to_vec()
}

impl Method for Isochrone {
    const NAME: &'static str = "isochrone";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "The area within reach in given times, as polygons; in a region its size.";
    const FORMULA: &'static str = "the union of discs around all points of the streets that are reached in time, each as wide as can be walked in \
        the time left, at most 100 m (or twice the resolution); its border is traced between the nodes of a grid";
    const CITATION: &'static str = "Lorensen, Cline, Marching cubes, Computer Graphics 21(4), 1987, in two dimensions.";
    const ASSUMPTIONS: &'static str = "As travel_time. Times are those of the percentile named (the middle one of several). Without streets people walk on from stops in straight lines as far as \
        max_walk. In a region the result is the size of the area within the first cutoff.";
    const NOT_FOR: &'static str =
        "Counting people or jobs within reach (use reach, which looks at the places themselves).";
    const EXAMPLE: &'static str = r#"[area_within_half_an_hour]
method = "isochrone"
network = "roads"
from = { kind = "city" }
cutoffs = ["30min"]
modes = ["car"]
title = { en = "Area within half an hour by car" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        region::reads(self, Goals { from: self.from.as_ref(), to: None }, false, reads);
    }

    fn unit(&self, _: &Units<'_>) -> Result<Unit, Problem> {
        Ok(region::square_kilometre())
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        region::isochrone(self, inputs)
    }
}
