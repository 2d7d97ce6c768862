//! `getis_ord`: whether high values lie together.

use crate::analysis::neighbours::{Alternative, Neighbours, Test, Transform, binary, permutations, simulated, told};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, Wanted, seed};
use crate::over_places;
use umbel_stats::autocorrelation::getis_ord::getis_ord;
use umbel_stats::distribution::normal_two_sided;

over_places! {
    /// Parameters of `getis_ord`.
    pub struct GetisOrd {
        /// The indicator, or the column of a file.
        pub of: String,
        /// Which places are neighbours: `queen`, `rook`, `knn:4`, `distance_band:50` and so on, or a file.
        pub weights: String,
        /// How weights are standardised.
        #[serde(default = "binary")]
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

impl Analysis for GetisOrd {
    const NAME: &'static str = "getis_ord";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "General G of Getis and Ord: whether high values, or low ones, lie together.";
    const FORMULA: &'static str = "G = Σᵢⱼ wᵢⱼ xᵢ xⱼ / Σᵢ≠ⱼ xᵢ xⱼ; expected S0 / (n (n − 1)).";
    const CITATION: &'static str = "Getis and Ord, Geographical Analysis 24, 1992, p. 195, with the erratum of 1993.";
    const ASSUMPTIONS: &'static str = "Places without a figure are left out, and weights standardised among the others. Islands count among the places, with a lag of 0. Figures count from a natural zero and are not negative. Weights are 1 for neighbours unless standardised otherwise.";
    const NOT_FOR: &'static str = "Figures without a natural zero, such as changes; telling places that are alike from chance when high and low clusters balance (moran).";
    const EXAMPLE: &'static str = r#"[jobs_together]
method = "getis_ord"
of = "jobs"
weights = "distance_band"
among = { kind = "county" }
title = { en = "Do counties with many jobs lie together?" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole(
            "statistic",
            "G: above its expected value where high values lie together, below where low ones do.",
        ),
        Quantity::whole("expected", "Its expected value without autocorrelation."),
        Quantity::whole("z_normal", "Standard score over all permutations of the figures, which is about normal."),
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
        let found = getis_ord(&around.columns[0], &around.weights, &test).map_err(told)?;
        let mut outcome = around.outcome();
        outcome
            .figure("statistic", found.g)
            .figure("expected", found.expected)
            .figure("variance_randomization", found.variance)
            .figure("z_normal", found.z)
            .figure("p_normal", found.p)
            .figure("p_two_sided", found.z.map(normal_two_sided));
        simulated(&mut outcome, found.permutation);
        Ok(outcome)
    }
}
