//! `seasonal_trend`: the trend of each place without its seasons.

use crate::analysis::{Analysis, Key, Outcome, Over, Quantity, Sample, Table, UnitOf, Wanted};
use crate::kernels::periods::{Steps, series};
use crate::over_places;
use umbel_stats::trend::deseasonalised::{Options, seasonal_trend};

fn year() -> u32 {
    12
}

fn window() -> u32 {
    11
}

fn level() -> f64 {
    0.05
}

fn samples() -> u32 {
    999
}

over_places! {
    /// Parameters of `seasonal_trend`.
    pub struct SeasonalTrend {
        /// The indicator, or the column of a file.
        pub of: String,
        /// Number of seasons in a year; 1: there are none.
        #[serde(default = "year")]
        pub period: u32,
        /// Years over which seasons are smoothed, an odd number.
        #[serde(default = "window")]
        pub seasonal: u32,
        /// The interval has the confidence 1 - alpha.
        #[serde(default = "level")]
        pub alpha: f64,
        /// Number of bootstrap samples.
        #[serde(default = "samples")]
        pub samples: u32,
        /// Length of the blocks that are drawn; left out: the cube root of the number of figures. 1 takes the periods as
        /// independent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub block: Option<u32>,
        /// Seed of the samples.
        #[serde(default)]
        pub seed: u64,
    }
}

impl Analysis for SeasonalTrend {
    const NAME: &'static str = "seasonal_trend";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Trend without seasons: the yearly slope of each place after its seasons are taken away, with an interval that allows for autocorrelation.";
    const FORMULA: &'static str = "x − seasons (robust STL), then the slope of Theil and Sen; interval: percentiles of the slopes of samples drawn in blocks; per cent: 100 · slope / the line's value at the first figure";
    const CITATION: &'static str = "Cleveland, Cleveland, McRae and Terpenning, Journal of Official Statistics 6(1), 1990; Carslaw and Ropkins, Environmental Modelling and Software 27-28, 2012, section 3.3; blocks: Künsch, Annals of Statistics 17, 1989.";
    const ASSUMPTIONS: &'static str = "Periods are evenly spaced, gaps apart; a period without a figure has no weight. At least two whole years and six figures.";
    const NOT_FOR: &'static str = "Fewer than about five years; trends that turn.";
    const EXAMPLE: &'static str = r#"[dust_trend]
method = "seasonal_trend"
of = "pm25"
period = 12
result = "slope_percent_of_first"
title = { en = "By how many per cent does dust fall each year?" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::place("slope", "Slope, for each year.")
            .in_unit(UnitOf::FiguresPerYear)
            .with_band("slope_low", "slope_high"),
        Quantity::place(
            "slope_percent_of_first",
            "Slope in per cent of the line's value at the first figure, for each year.",
        ),
        Quantity::place("slope_percent_of_mean", "Slope in per cent of the mean, for each year."),
        Quantity::place("p_bootstrap", "Twice the smaller share of sampled slopes on one side of 0."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of)]
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let all = sample.by_place("of")?;
        let steps = Steps::of_times(&sample.times)
            .ok_or("the periods are not evenly spaced; select those that are, or use theil_sen")?;
        let options = Options {
            period: self.period as usize,
            seasonal: self.seasonal as usize,
            alpha: self.alpha,
            samples: self.samples,
            block: self.block.map(|block| block as usize),
            seed: self.seed,
        };
        let (mut places, mut found, mut first) = (Vec::new(), Vec::new(), None);
        for (place, values) in all.iter().enumerate() {
            let (values, _, at) = series(values, &sample.times);
            match seasonal_trend(&values, Some(&steps.of(&at)), &options) {
                Ok(one) => {
                    places.push(place as u32);
                    found.push(one);
                }
                Err(error) => first = first.or(Some(error.to_string())),
            }
        }
        if found.is_empty() {
            return Err(first.unwrap_or_else(|| "there is no place".to_owned()));
        }
        let mut outcome = Outcome::new();
        outcome.figure("n", found.len());
        if let Some(error) = first {
            outcome.note(format!(
                "{} of {} places have no trend; the first: {error}",
                all.len() - found.len(),
                all.len()
            ));
        }
        let table = Table::some(Key::Place, places)
            .numbers("slope", found.iter().map(|one| Some(one.slope)))
            .numbers("slope_low", found.iter().map(|one| Some(one.slope_low)))
            .numbers("slope_high", found.iter().map(|one| Some(one.slope_high)))
            .numbers("slope_percent_of_first", found.iter().map(|one| one.slope_percent_of_first))
            .numbers("slope_percent_of_mean", found.iter().map(|one| one.slope_percent_of_mean))
            .numbers("p_bootstrap", found.iter().map(|one| Some(one.p_bootstrap)))
            .numbers("intercept", found.iter().map(|one| Some(one.intercept)))
            .counts("block", found.iter().map(|one| Some(one.block as i64)))
            .counts("n", found.iter().map(|one| Some(one.n as i64)));
        outcome.table("places", table);
        Ok(outcome)
    }
}
