//! `concentration_index`: the concentration index.

use crate::analysis::people::{self, People};
use crate::analysis::{Analysis, Key, Outcome, Quantity, Sample, Table, Wanted, seed};
use crate::over_places;
use umbel_stats::inequality::bootstrap::{Draws, Interval, bootstrap};
use umbel_stats::inequality::concentration::concentration;

over_places! {
    /// Parameters of `concentration_index`.
    pub struct ConcentrationIndex {
        /// The indicator, or the column of a file.
        pub of: String,
        /// The indicator or column with the weight of each place (people, as a rule); left out: each counts the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weight: Option<String>,
        /// The indicator or column that places are ranked by (income, as a rule).
        pub ranked_by: String,
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

impl Analysis for ConcentrationIndex {
    const NAME: &'static str = "concentration_index";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "The concentration index: whether something is found with the rich or with the poor.";
    const FORMULA: &'static str = "C = Σ pᵢ yᵢ (2 Rᵢ − 1) / (P μ), Rᵢ the part of all weight ranked below place i and half of that ranked the same";
    const CITATION: &'static str = "Kakwani, Wagstaff and van Doorslaer, Socioeconomic inequalities in health: measurement, computation, and statistical inference, Journal of Econometrics 77, 1997.";
    const ASSUMPTIONS: &'static str = "Places without a figure (or a weight, where one is named) are left out and counted in `missing`. So are those without a figure to rank by. The mean must be above 0. The interval (`bootstrap`) takes the places for a sample; where they are all there are, it says how much the figure hangs on single places. ";
    const NOT_FOR: &'static str = "Figures whose mean may be near 0 or below.";
    const EXAMPLE: &'static str = r#"[beds_concentration]
method = "concentration_index"
of = "beds_per_person"
ranked_by = "income_per_person"
weight = "population"
among = { kind = "county" }
title = { en = "Are hospital beds where the rich are?" }"#;
    const RESULTS: &'static [Quantity] =
        &[Quantity::whole("concentration_index", "Above 0: with those ranked high; below 0: with those ranked low.")
            .with_band("lower", "upper")];

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of), Wanted::numbers("ranked_by", &self.ranked_by)];
        columns.extend(self.weight.iter().map(|weight| Wanted::numbers("weight", weight)));
        columns
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let people = People::of(sample)?;
        let ranks = sample.numbers("ranked_by")?;
        let kept: Vec<usize> =
            (0..people.at.len()).filter(|&number| ranks.get(people.at[number] as usize).is_some()).collect();
        let values: Vec<f64> = kept.iter().map(|&number| people.values[number]).collect();
        let ranked: Vec<f64> = kept.iter().filter_map(|&number| ranks.get(people.at[number] as usize)).collect();
        let weights: Option<Vec<f64>> =
            people.weights().map(|weights| kept.iter().map(|&number| weights[number]).collect());
        let at: Vec<u32> = kept.iter().map(|&number| people.at[number]).collect();
        let found = concentration(&values, &ranked, weights.as_deref());
        let found = found.map_err(|error| people::told(&error, &at, sample))?;
        let mut outcome = Outcome::new();
        outcome
            .figure("n", values.len())
            .figure("missing", sample.rows() - values.len())
            .figure("concentration_index", found.index);
        if let Some(samples) = self.bootstrap {
            let pick = |list: &[f64], at: &[u32]| at.iter().map(|&at| list[at as usize]).collect::<Vec<f64>>();
            let of = |at: &[u32]| {
                let weights = weights.as_ref().map(|weights| pick(weights, at));
                Ok(concentration(&pick(&values, at), &pick(&ranked, at), weights.as_deref())?.index)
            };
            let draws = Draws { samples, level: self.level, interval: self.interval, seed: self.seed };
            let found = bootstrap(values.len(), draws, of).map_err(|error| error.to_string())?;
            outcome
                .figure("standard_error", found.standard_error)
                .figure("lower", found.lower)
                .figure("upper", found.upper)
                .figure("level", found.level);
        }
        let points = (0..found.population.len()).map(|point| point.to_string()).collect();
        let curve = Table { key: Key::Name, ..Table::named(points) };
        outcome.table("curve", curve.values("population_share", &found.population).values("value_share", &found.value));
        Ok(outcome)
    }
}
