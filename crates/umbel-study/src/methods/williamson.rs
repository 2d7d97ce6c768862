//! `williamson`: Williamson's coefficient of variation.

use crate::analysis::people::{self, People};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, Wanted, seed};
use crate::over_places;
use umbel_stats::inequality::bootstrap::Interval;
use umbel_stats::inequality::variation::{Divisor, coefficient_of_variation};

over_places! {
    /// Parameters of `williamson`.
    pub struct Williamson {
        /// The indicator, or the column of a file.
        pub of: String,
        /// The indicator or column with the weight of each place (people, as a rule); left out: each counts the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weight: Option<String>,
        /// What the squares are divided by.
        #[serde(default)]
        pub divisor: Divisor,
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

impl Analysis for Williamson {
    const NAME: &'static str = "williamson";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Williamson's index: the coefficient of variation, weighted by people or not.";
    const FORMULA: &'static str = "V = √(Σ pᵢ (yᵢ − μ)² / P) / μ, P = Σ pᵢ, μ = Σ pᵢ yᵢ / P; Vw with people as weights, Vuw without; n − 1 in place of P with divisor = \"sample\"";
    const CITATION: &'static str = "Williamson, Regional inequality and the process of national development, Economic Development and Cultural Change 13 (4, part 2), 1965, p. 11.";
    const ASSUMPTIONS: &'static str = "Places without a figure (or a weight, where one is named) are left out and counted in `missing`. The mean must be above 0. The interval (`bootstrap`) takes the places for a sample; where they are all there are, it says how much the figure hangs on single places. As a measure without an interval, `gap` with form = \"coefficient_of_variation\" gives the same figure and is stricter: it is missing when a place is.";
    const NOT_FOR: &'static str =
        "Figures without a true zero; amounts that grow with the size of a place (use amounts per person).";
    const EXAMPLE: &'static str = r#"[income_williamson]
method = "williamson"
of = "income_per_person"
weight = "population"
bootstrap = 999
among = { kind = "county" }
title = { en = "Regional inequality of income" }"#;
    const RESULTS: &'static [Quantity] =
        &[Quantity::whole("williamson", "The coefficient of variation.").with_band("lower", "upper")];

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of)];
        columns.extend(self.weight.iter().map(|weight| Wanted::numbers("weight", weight)));
        columns
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let people = People::of(sample)?;
        let of = |values: &[f64], weights: Option<&[f64]>| coefficient_of_variation(values, weights, self.divisor);
        let found = of(&people.values, people.weights()).map_err(|error| people.told(&error, sample))?;
        let mut outcome = people.outcome();
        outcome.figure("williamson", found);
        people.interval(&mut outcome, self.bootstrap, (self.level, self.interval, self.seed), of)?;
        Ok(outcome)
    }
}
