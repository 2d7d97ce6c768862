//! `hoover`: the Hoover index.

use crate::analysis::people::{self, People};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, Wanted, seed};
use crate::over_places;
use umbel_stats::inequality::bootstrap::Interval;
use umbel_stats::inequality::hoover::hoover;

over_places! {
    /// Parameters of `hoover`.
    pub struct Hoover {
        /// The indicator, or the column of a file.
        pub of: String,
        /// The indicator or column with the weight of each place (people, as a rule); left out: each counts the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weight: Option<String>,
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

impl Analysis for Hoover {
    const NAME: &'static str = "hoover";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "The Hoover index (Schutz coefficient): the part of the whole that would have to change hands.";
    const FORMULA: &'static str = "H = ½ Σ |pᵢ yᵢ / Y − pᵢ / P|, Y = Σ pᵢ yᵢ, P = Σ pᵢ";
    const CITATION: &'static str = "Hoover, The measurement of industrial localization, Review of Economics and Statistics 18(4), 1936; Schutz, On the measurement of income inequality, American Economic Review 41(1), 1951.";
    const ASSUMPTIONS: &'static str = "Places without a figure (or a weight, where one is named) are left out and counted in `missing`. A negative figure is refused, as are figures that are all 0. The interval (`bootstrap`) takes the places for a sample; where they are all there are, it says how much the figure hangs on single places. ";
    const NOT_FOR: &'static str = "Gifts among places on the same side of the mean: the index does not see them.";
    const EXAMPLE: &'static str = r#"[income_hoover]
method = "hoover"
of = "income_per_person"
weight = "population"
among = { kind = "county" }
title = { en = "Income that would have to change hands" }"#;
    const RESULTS: &'static [Quantity] =
        &[Quantity::whole("hoover", "The Hoover index, 0 to 1.").with_band("lower", "upper")];

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of)];
        columns.extend(self.weight.iter().map(|weight| Wanted::numbers("weight", weight)));
        columns
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let people = People::of(sample)?;
        let found = hoover(&people.values, people.weights()).map_err(|error| people.told(&error, sample))?;
        let mut outcome = people.outcome();
        outcome.figure("hoover", found);
        people.interval(&mut outcome, self.bootstrap, (self.level, self.interval, self.seed), hoover)?;
        Ok(outcome)
    }
}
