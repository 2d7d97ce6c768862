//! `geary`: how much neighbours differ.

use crate::analysis::neighbours::{Alternative, Neighbours, Test, Transform, analytic, permutations, simulated, told};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, Wanted, seed};
use crate::over_places;
use umbel_stats::autocorrelation::geary::geary;

over_places! {
    /// Parameters of `geary`.
    pub struct Geary {
        /// The indicator, or the column of a file.
        pub of: String,
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

impl Analysis for Geary {
    const NAME: &'static str = "geary";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Geary's C: how much neighbours differ.";
    const FORMULA: &'static str =
        "C = (n − 1) Σᵢⱼ wᵢⱼ (xᵢ − xⱼ)² / (2 S0 Σᵢ (xᵢ − x̄)²); expected 1; below 1 neighbours are alike.";
    const CITATION: &'static str =
        "Geary, The Incorporated Statistician 5, 1954; variances: Cliff and Ord, Spatial Processes, Pion, 1981, p. 21.";
    const ASSUMPTIONS: &'static str = "Places without a figure are left out, and weights standardised among the others. Islands count among the places, with a lag of 0. A greater C means negative autocorrelation, also for the alternatives.";
    const NOT_FOR: &'static str = "Figures with a few extreme values, which squares of differences are made of.";
    const EXAMPLE: &'static str = r#"[income_geary]
method = "geary"
of = "income"
weights = "queen"
among = { kind = "county" }
title = { en = "How much do neighbouring counties differ?" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("statistic", "Geary's C: below 1 where neighbours are alike."),
        Quantity::whole("expected", "Its expected value without autocorrelation."),
        Quantity::whole("z_randomization", "Standard score over all permutations of the figures."),
        Quantity::whole("p_randomization", "p-value of it."),
        Quantity::whole("z_normal", "Standard score if the figures were normal."),
        Quantity::whole("p_normal", "p-value of it."),
        Quantity::whole("p_two_sided", "Two-sided p-value of `z_normal`, whatever the alternative."),
        Quantity::whole("p_permutation", "Pseudo p-value of random permutations."),
    ];
    const SPATIAL: bool = true;

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of)]
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let around = Neighbours::of(sample, &["of"], &self.weights, self.standardise)?;
        let test = Test { alternative: self.alternative, permutations: self.permutations, seed: self.seed };
        let found = geary(&around.columns[0], &around.weights, &test).map_err(told)?;
        let mut outcome = around.outcome();
        let normal = (found.variance_normal, found.z_normal, found.p_normal);
        let randomization = (found.variance_randomization, found.z_randomization, found.p_randomization);
        analytic(&mut outcome, (found.c, found.expected), normal, randomization);
        simulated(&mut outcome, found.permutation);
        Ok(outcome)
    }
}
