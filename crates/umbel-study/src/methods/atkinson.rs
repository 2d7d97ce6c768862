//! `atkinson`: Atkinson's index.

use crate::analysis::people::{self, People};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, UnitOf, Wanted, seed};
use crate::over_places;
use umbel_stats::inequality::atkinson::atkinson;
use umbel_stats::inequality::bootstrap::Interval;

fn one() -> f64 {
    1.0
}

over_places! {
    /// Parameters of `atkinson`.
    pub struct Atkinson {
        /// The indicator, or the column of a file.
        pub of: String,
        /// The indicator or column with the weight of each place (people, as a rule); left out: each counts the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weight: Option<String>,
        /// How much inequality is minded: 0 not at all, the more the higher; the poor count the more.
        #[serde(default = "one")]
        pub epsilon: f64,
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

impl Analysis for Atkinson {
    const NAME: &'static str = "atkinson";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Atkinson's index: the part of the whole that inequality costs, by how much it is minded.";
    const FORMULA: &'static str = "A = 1 − (Σ pᵢ (yᵢ/μ)^(1−ε) / P)^(1/(1−ε)); ε = 1: A = 1 − exp(Σ pᵢ ln(yᵢ/μ) / P)";
    const CITATION: &'static str =
        "Atkinson, On the measurement of inequality, Journal of Economic Theory 2, 1970, p. 257.";
    const ASSUMPTIONS: &'static str = "Places without a figure (or a weight, where one is named) are left out and counted in `missing`. A negative figure is refused, as are figures that are all 0. With ε of 1 and above a figure of 0 makes the index 1. The interval (`bootstrap`) takes the places for a sample; where they are all there are, it says how much the figure hangs on single places. ";
    const NOT_FOR: &'static str = "Figures that may be negative; comparing indices of different ε.";
    const EXAMPLE: &'static str = r#"[income_atkinson]
method = "atkinson"
of = "income_per_person"
weight = "population"
epsilon = 0.5
among = { kind = "county" }
title = { en = "What unequal incomes cost" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("atkinson", "Atkinson's index, 0 to 1.").with_band("lower", "upper"),
        Quantity::whole(
            "equally_distributed_equivalent",
            "The figure that, if everybody had it, would be worth as much.",
        )
        .in_unit(UnitOf::Figures),
    ];

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of)];
        columns.extend(self.weight.iter().map(|weight| Wanted::numbers("weight", weight)));
        columns
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let people = People::of(sample)?;
        let found = atkinson(&people.values, people.weights(), self.epsilon);
        let found = found.map_err(|error| people.told(&error, sample))?;
        let mut outcome = people.outcome();
        outcome
            .figure("atkinson", found.index)
            .figure("equally_distributed_equivalent", found.equally_distributed_equivalent);
        let of = |values: &[f64], weights: Option<&[f64]>| Ok(atkinson(values, weights, self.epsilon)?.index);
        people.interval(&mut outcome, self.bootstrap, (self.level, self.interval, self.seed), of)?;
        Ok(outcome)
    }
}
