//! `moran_rate`: autocorrelation of rates over unequal populations.

use crate::analysis::neighbours::{Alternative, Neighbours, Test, Transform, analytic, permutations, simulated, told};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, Wanted, seed};
use crate::over_places;
use umbel_stats::autocorrelation::moran_rate::moran_rate;

over_places! {
    /// Parameters of `moran_rate`.
    pub struct MoranRate {
        /// The events: indicator, or column of a file.
        pub of: String,
        /// The population that the events happen to: indicator or column.
        pub population: String,
        /// Which places are neighbours: `queen`, `rook`, `knn:4`, `distance_band:50` and so on, or a file.
        pub weights: String,
        /// How weights are standardised.
        #[serde(default)]
        pub standardise: Transform,
        /// Which statistics count as extreme.
        #[serde(default)]
        pub alternative: Alternative,
        /// Number of random permutations; 0 for none.
        #[serde(default = "permutations")]
        pub permutations: u32,
        /// Seed of the permutations: the same seed gives the same result.
        #[serde(default = "seed")]
        pub seed: u64,
    }
}

impl Analysis for MoranRate {
    const NAME: &'static str = "moran_rate";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Moran's I of rates, with the noise of small populations taken out.";
    const FORMULA: &'static str = "I of (rᵢ − b) / √(a + b / Pᵢ), rᵢ = events / population, b = Σ events / Σ P, a = Σ Pᵢ (rᵢ − b)² / Σ P − b / P̄ (b / Pᵢ alone where the sum is negative).";
    const CITATION: &'static str = "Assunção and Reis, A new proposal to adjust Moran's I for population density, Statistics in Medicine 18, 1999.";
    const ASSUMPTIONS: &'static str = "Places without a figure are left out, and weights standardised among the others. Islands count among the places, with a lag of 0. Events are not negative, populations above 0; events follow a Poisson distribution around rates that vary.";
    const NOT_FOR: &'static str = "Rates that are not events of a population, such as incomes a head.";
    const EXAMPLE: &'static str = r#"[deaths_moran]
method = "moran_rate"
of = "deaths"
population = "population"
weights = "queen"
among = { kind = "county" }
title = { en = "Do counties with many deaths lie together?" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("statistic", "Moran's I of the standardised rates."),
        Quantity::whole("expected", "Its expected value without autocorrelation."),
        Quantity::whole("z_randomization", "Standard score over all permutations of the figures."),
        Quantity::whole("p_randomization", "p-value of it."),
        Quantity::whole("z_normal", "Standard score if the figures were normal."),
        Quantity::whole("p_normal", "p-value of it."),
        Quantity::whole("p_two_sided", "Two-sided p-value of `z_normal`, whatever the alternative."),
        Quantity::whole("p_permutation", "Pseudo p-value of random permutations."),
        Quantity::place("rate", "Its empirical Bayes standardised rate."),
    ];
    const SPATIAL: bool = true;

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of), Wanted::numbers("population", &self.population)]
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let around = Neighbours::of(sample, &["of", "population"], &self.weights, self.standardise)?;
        let test = Test { alternative: self.alternative, permutations: self.permutations, seed: self.seed };
        let (events, population) = (&around.columns[0], &around.columns[1]);
        let found = moran_rate(events, population, &around.weights, &test).map_err(told)?;
        let mut outcome = around.outcome();
        let moran = &found.moran;
        let normal = (moran.variance_normal, moran.z_normal, moran.p_normal);
        let randomization = (moran.variance_randomization, moran.z_randomization, moran.p_randomization);
        analytic(&mut outcome, (moran.i, moran.expected), normal, randomization);
        simulated(&mut outcome, found.moran.permutation);
        outcome.table("places", around.table().numbers("rate", found.rates.into_iter().map(Some)).done());
        Ok(outcome)
    }
}
