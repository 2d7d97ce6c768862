//! `moran`: global spatial autocorrelation.

use crate::analysis::neighbours::{Alternative, Neighbours, Test, Transform, analytic, permutations, simulated, told};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, Wanted, seed};
use crate::over_places;
use umbel_stats::autocorrelation::moran::moran;

over_places! {
    /// Parameters of `moran`.
    pub struct Moran {
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

impl Analysis for Moran {
    const NAME: &'static str = "moran";
    const VERSION: u32 = 2;
    const SUMMARY: &'static str = "Moran's I: whether places that are alike lie together.";
    const FORMULA: &'static str = "I = n / S0 · Σᵢⱼ wᵢⱼ (xᵢ − x̄)(xⱼ − x̄) / Σᵢ (xᵢ − x̄)²; expected −1 / (n − 1); p from both variances and from permutations.";
    const CITATION: &'static str = "Moran, Biometrika 37, 1950; variances: Cliff and Ord, Spatial Processes, Pion, 1981, p. 21; pseudo p: Phipson and Smyth 2010, equation 2.";
    const ASSUMPTIONS: &'static str = "Places without a figure are left out, and weights standardised among the others. Islands count among the places, with a lag of 0. Figures at different places are exchangeable if there is no autocorrelation: of rates over unequal populations they are not, see moran_rate.";
    const NOT_FOR: &'static str =
        "Counts, or rates over places of very different size; finding where the clusters are (local_moran).";
    const EXAMPLE: &'static str = r#"[ageing_moran]
method = "moran"
of = "aged"
weights = "queen"
among = { kind = "county" }
title = { en = "Do ageing counties lie together?" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("statistic", "Moran's I: above its expected value where neighbours are alike."),
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
        let found = moran(&around.columns[0], &around.weights, &test).map_err(told)?;
        let mut outcome = around.outcome();
        let normal = (found.variance_normal, found.z_normal, found.p_normal);
        let randomization = (found.variance_randomization, found.z_randomization, found.p_randomization);
        analytic(&mut outcome, (found.i, found.expected), normal, randomization);
        simulated(&mut outcome, found.permutation);
        let lag = around.weights.lag(&around.columns[0]);
        outcome.table("places", around.table().numbers("lag", lag.into_iter().map(Some)).done());
        Ok(outcome)
    }
}
