//! `bivariate_moran`: whether one variable is high beside places where another is high.

use crate::analysis::neighbours::{Alternative, Neighbours, Test, Transform, permutations, simulated, told};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, Wanted, seed};
use crate::over_places;
use umbel_stats::autocorrelation::bivariate_moran::bivariate_moran;

over_places! {
    /// Parameters of `bivariate_moran`.
    pub struct BivariateMoran {
        /// The indicator, or the column of a file.
        pub of: String,
        /// The second indicator or column: that of the neighbours.
        pub with: String,
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

impl Analysis for BivariateMoran {
    const NAME: &'static str = "bivariate_moran";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Bivariate Moran's I: whether places where one figure is high lie beside places where another is.";
    const FORMULA: &'static str =
        "I = n / S0 · Σᵢⱼ wᵢⱼ (xᵢ − x̄)(yⱼ − ȳ) / √(Σᵢ (xᵢ − x̄)² Σᵢ (yᵢ − ȳ)²); the second figures are permuted.";
    const CITATION: &'static str = "Wartenberg, Geographical Analysis 17, 1985; Anselin, Syabri and Smirnov 2002; moments: Hoeffding, Annals of Mathematical Statistics 22, 1951.";
    const ASSUMPTIONS: &'static str = "Places without a figure are left out, and weights standardised among the others. Islands count among the places, with a lag of 0. Permuting the second figures breaks their own spatial pattern and the correlation within places too: `correlation` says how much of I that may be.";
    const NOT_FOR: &'static str = "Showing that one figure spreads to or causes the other.";
    const EXAMPLE: &'static str = r#"[clinics_beside_the_aged]
method = "bivariate_moran"
of = "aged"
with = "clinics"
weights = "queen"
among = { kind = "county" }
title = { en = "Do ageing counties lie beside clinics?" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("statistic", "Bivariate Moran's I."),
        Quantity::whole("z", "Standard score over all permutations of the second figures."),
        Quantity::whole("p", "p-value of it."),
        Quantity::whole("p_permutation", "Pseudo p-value of random permutations."),
        Quantity::whole("correlation", "Correlation of both figures within places."),
    ];
    const SPATIAL: bool = true;

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of), Wanted::numbers("with", &self.with)]
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let around = Neighbours::of(sample, &["of", "with"], &self.weights, self.standardise)?;
        let test = Test { alternative: self.alternative, permutations: self.permutations, seed: self.seed };
        let (first, second) = (&around.columns[0], &around.columns[1]);
        let found = bivariate_moran(first, second, &around.weights, &test).map_err(told)?;
        let mut outcome = around.outcome();
        outcome
            .figure("statistic", found.i)
            .figure("expected", found.expected)
            .figure("variance", found.variance)
            .figure("z", found.z)
            .figure("p", found.p);
        simulated(&mut outcome, found.permutation);
        outcome.figure("correlation", found.correlation);
        Ok(outcome)
    }
}
