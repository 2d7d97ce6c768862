//! `palma`: ratios of the shares of top and bottom.

use crate::analysis::people::{self, People};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, Wanted, seed};
use crate::over_places;
use umbel_stats::Error;
use umbel_stats::inequality::bootstrap::Interval;
use umbel_stats::inequality::shares::shares;

fn top() -> f64 {
    0.1
}

fn bottom() -> f64 {
    0.4
}

over_places! {
    /// Parameters of `palma`.
    pub struct Palma {
        /// The indicator, or the column of a file.
        pub of: String,
        /// The indicator or column with the weight of each place (people, as a rule); left out: each counts the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weight: Option<String>,
        /// The part of the people that is the top, as a part of 1.
        #[serde(default = "top")]
        pub top: f64,
        /// The part that is the bottom.
        #[serde(default = "bottom")]
        pub bottom: f64,
        /// Number of samples for an interval of confidence by drawing places again; left out: none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub bootstrap: Option<usize>,
        /// Level of the interval.
        #[serde(default = "people::level")]
        pub level: f64,
        /// How the interval is read from the samples.
        #[serde(default)]
        pub interval: Interval,
        /// Seed of the random numbers.
        #[serde(default = "seed")]
        pub seed: u64,
    }
}

impl Analysis for Palma {
    const NAME: &'static str = "palma";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "The Palma ratio: what the richest tenth has over what the poorest four tenths have; S80/S20 and the like.";
    const FORMULA: &'static str = "(1 − L(1 − top)) / L(bottom), L the Lorenz curve, straight between its points";
    const CITATION: &'static str = "Cobham and Sumner, Is it all about the tails? The Palma measure of income inequality, Center for Global Development Working Paper 343, 2013.";
    const ASSUMPTIONS: &'static str = "Places without a figure (or a weight, where one is named) are left out and counted in `missing`. A negative figure is refused, as are figures that are all 0. A place on the border counts in part. The ratio is missing where the bottom has nothing. The interval (`bootstrap`) takes the places for a sample; where they are all there are, it says how much the figure hangs on single places. ";
    const NOT_FOR: &'static str = "A handful of places: a tenth of nine places is a part of one place.";
    const EXAMPLE: &'static str = r#"[income_palma]
method = "palma"
of = "income_per_person"
weight = "population"
among = { kind = "county" }
title = { en = "Palma ratio of incomes" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("ratio", "Share of the top over share of the bottom.").with_band("lower", "upper"),
        Quantity::whole("top_share", "Part of the whole that the top has."),
        Quantity::whole("bottom_share", "Part of the whole that the bottom has."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of)];
        columns.extend(self.weight.iter().map(|weight| Wanted::numbers("weight", weight)));
        columns
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let people = People::of(sample)?;
        let found = shares(&people.values, people.weights(), self.top, self.bottom);
        let found = found.map_err(|error| people.told(&error, sample))?;
        let mut outcome = people.outcome();
        outcome
            .figure("ratio", found.ratio)
            .figure("top_share", found.top_share)
            .figure("bottom_share", found.bottom_share);
        let of = |values: &[f64], weights: Option<&[f64]>| {
            let nothing = || Error::Parameter { parameter: "bottom", message: "it has nothing".to_owned() };
            shares(values, weights, self.top, self.bottom)?.ratio.ok_or_else(nothing)
        };
        people.interval(&mut outcome, self.bootstrap, (self.level, self.interval, self.seed), of)?;
        Ok(outcome)
    }
}
