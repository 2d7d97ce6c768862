//! `percentile_ratio`: ratios of percentiles.

use crate::analysis::people::{self, People};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, UnitOf, Wanted, seed};
use crate::over_places;
use umbel_stats::Error;
use umbel_stats::inequality::bootstrap::Interval;
use umbel_stats::inequality::percentiles::{Interpolation, percentile_ratio, percentiles};

fn high() -> f64 {
    0.9
}

fn low() -> f64 {
    0.1
}

over_places! {
    /// Parameters of `percentile_ratio`.
    pub struct PercentileRatio {
        /// The indicator, or the column of a file.
        pub of: String,
        /// The indicator or column with the weight of each place (people, as a rule); left out: each counts the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weight: Option<String>,
        /// The upper percentile, as a part of 1.
        #[serde(default = "high")]
        pub high: f64,
        /// The lower percentile.
        #[serde(default = "low")]
        pub low: f64,
        /// What lies between two figures.
        #[serde(default)]
        pub interpolation: Interpolation,
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

impl Analysis for PercentileRatio {
    const NAME: &'static str = "percentile_ratio";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "The ratio of two percentiles: P90/P10, P90/P50, P50/P10.";
    const FORMULA: &'static str = "Q(high) / Q(low), Q(p) the figure below which the part p of all weight lies";
    const CITATION: &'static str = "Hyndman and Fan, Sample quantiles in statistical packages, American Statistician 50(4), 1996, definitions 2 (\"averaged\") and 7 (\"linear\").";
    const ASSUMPTIONS: &'static str = "Places without a figure (or a weight, where one is named) are left out and counted in `missing`. A negative figure is refused. The ratio is missing where the lower percentile is 0. The interval (`bootstrap`) takes the places for a sample; where they are all there are, it says how much the figure hangs on single places. ";
    const NOT_FOR: &'static str = "A handful of places.";
    const EXAMPLE: &'static str = r#"[income_p90_p10]
method = "percentile_ratio"
of = "income_per_person"
weight = "population"
among = { kind = "county" }
title = { en = "Incomes: ninth tenth over first" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("ratio", "Upper percentile over lower.").with_band("lower", "upper"),
        Quantity::whole("high_percentile", "The upper percentile.").in_unit(UnitOf::Figures),
        Quantity::whole("low_percentile", "The lower percentile.").in_unit(UnitOf::Figures),
    ];

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of)];
        columns.extend(self.weight.iter().map(|weight| Wanted::numbers("weight", weight)));
        columns
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let people = People::of(sample)?;
        let ratio = |values: &[f64], weights: Option<&[f64]>| {
            percentile_ratio(values, weights, self.high, self.low, self.interpolation)
        };
        let found = ratio(&people.values, people.weights()).map_err(|error| people.told(&error, sample))?;
        let ends = percentiles(&people.values, people.weights(), &[self.high, self.low], self.interpolation);
        let ends = ends.map_err(|error| people.told(&error, sample))?;
        let mut outcome = people.outcome();
        outcome.figure("ratio", found).figure("high_percentile", ends[0]).figure("low_percentile", ends[1]);
        let of = |values: &[f64], weights: Option<&[f64]>| {
            let nothing = || Error::Parameter { parameter: "low", message: "the percentile is 0".to_owned() };
            ratio(values, weights)?.ok_or_else(nothing)
        };
        people.interval(&mut outcome, self.bootstrap, (self.level, self.interval, self.seed), of)?;
        Ok(outcome)
    }
}
