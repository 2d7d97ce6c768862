//! `gini`: the Gini coefficient.

use crate::analysis::people::{self, People};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, Wanted, seed};
use crate::over_places;
use umbel_stats::inequality::bootstrap::Interval;
use umbel_stats::inequality::gini::{Divisor, gini};

over_places! {
    /// Parameters of `gini`.
    pub struct Gini {
        /// The indicator, or the column of a file.
        pub of: String,
        /// The indicator or column with the weight of each place (people, as a rule); left out: each counts the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weight: Option<String>,
        /// What the mean difference is divided by.
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

impl Analysis for Gini {
    const NAME: &'static str = "gini";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "The Gini coefficient: how unevenly something is spread over places or people.";
    const FORMULA: &'static str =
        "G = Σᵢ Σⱼ pᵢ pⱼ |yᵢ − yⱼ| / (2 P² μ), P = Σ pᵢ, μ = Σ pᵢ yᵢ / P; times n / (n − 1) with divisor = \"sample\"";
    const CITATION: &'static str = "Sen, On Economic Inequality, Clarendon Press, 1973, equation 2.8.3; the interval: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, equations 13.5, 14.10, 14.14 and 14.15.";
    const ASSUMPTIONS: &'static str = "Places without a figure (or a weight, where one is named) are left out and counted in `missing`. A negative figure is refused, as are figures that are all 0. With people as weights the figures are amounts per person, and everybody counts as having the mean of the place. The interval (`bootstrap`) takes the places for a sample; where they are all there are, it says how much the figure hangs on single places. ";
    const NOT_FOR: &'static str = "Figures that may be negative (balances, growth), temperatures and indices; comparing areas that are cut up into places of different number or size.";
    const EXAMPLE: &'static str = r#"[income_gini]
method = "gini"
of = "income_per_person"
weight = "population"
among = { kind = "county" }
title = { en = "Inequality of income between counties" }"#;
    const RESULTS: &'static [Quantity] =
        &[Quantity::whole("gini", "The Gini coefficient, 0 to 1.").with_band("lower", "upper")];

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of)];
        columns.extend(self.weight.iter().map(|weight| Wanted::numbers("weight", weight)));
        columns
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let people = People::of(sample)?;
        let of = |values: &[f64], weights: Option<&[f64]>| gini(values, weights, self.divisor);
        let found = of(&people.values, people.weights()).map_err(|error| people.told(&error, sample))?;
        let mut outcome = people.outcome();
        outcome.figure("gini", found);
        people.interval(&mut outcome, self.bootstrap, (self.level, self.interval, self.seed), of)?;
        Ok(outcome)
    }
}
