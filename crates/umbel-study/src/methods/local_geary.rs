//! `local_geary`: where neighbours are alike or differ.

use crate::analysis::neighbours::{
    Alternative, CLASSES, Correction, Divisor, Islands, Judgement, Neighbours, Test, Transform, classified, level,
    level_problem, permutations, places, told,
};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, Wanted, seed};
use crate::over_places;
use umbel_stats::autocorrelation::local_geary::{self, local_geary};

over_places! {
    /// Parameters of `local_geary`.
    pub struct LocalGeary {
        /// The indicator, or the column of a file.
        pub of: String,
        /// Which places are neighbours: `queen`, `rook`, `knn:4`, `distance_band:50` and so on, or a file.
        pub weights: String,
        /// How weights are standardised.
        #[serde(default)]
        pub standardise: Transform,
        /// What the sum of squares is divided by.
        #[serde(default = "places")]
        pub divisor: Divisor,
        /// Which statistics count as extreme.
        #[serde(default)]
        pub alternative: Alternative,
        /// Number of random permutations; 0 for none.
        #[serde(default = "permutations")]
        pub permutations: u32,
        /// Seed of the permutations: the same seed gives the same result.
        #[serde(default = "seed")]
        pub seed: u64,
        /// Level of significance of the classes.
        #[serde(default = "level")]
        pub level: f64,
        /// How p-values are corrected for the number of places.
        #[serde(default)]
        pub correction: Correction,
        /// What is said of places without neighbours.
        #[serde(default)]
        pub islands: Islands,
    }
}

impl Analysis for LocalGeary {
    const NAME: &'static str = "local_geary";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Local Geary's C: which places are like their neighbours, and which differ from them.";
    const FORMULA: &'static str = "Cᵢ = Σⱼ wᵢⱼ (zᵢ − zⱼ)², z standardised; the other places are permuted.";
    const CITATION: &'static str = "Anselin, A local indicator of multivariate spatial association, Geographical Analysis 51, 2019; moments of a sample without replacement as in Sokal, Oden and Thomson 1998.";
    const ASSUMPTIONS: &'static str = "Places without a figure are left out, and weights standardised among the others. Islands count among the places, with a lag of 0. Islands have no p-value. Without a correction one place in twenty is significant at 0.05 by chance. A greater C means unlike neighbours, also for the alternatives.";
    const NOT_FOR: &'static str = "Telling high from low clusters alone: the classes do, the statistic does not.";
    const EXAMPLE: &'static str = r#"[income_breaks]
method = "local_geary"
of = "income"
weights = "queen"
among = { kind = "county" }
result = "class"
title = { en = "Counties unlike their neighbours" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::place("class", "Its class on a cluster map.").of_words(CLASSES),
        Quantity::place("statistic", "Its local C: smaller where neighbours are alike."),
        Quantity::place("z_conditional", "Standard score if the figures of all other places are permuted."),
        Quantity::place("p_conditional", "p-value of it."),
        Quantity::place("p_permutation", "Pseudo p-value of conditional permutation."),
        Quantity::place("p_adjusted", "The p-value after the correction for the number of places."),
    ];
    const SPATIAL: bool = true;

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of)]
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        level_problem(self.level)
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let around = Neighbours::of(sample, &["of"], &self.weights, self.standardise)?;
        let test = Test { alternative: self.alternative, permutations: self.permutations, seed: self.seed };
        let found =
            local_geary(&around.columns[0], &around.weights, self.divisor, self.islands, &test).map_err(told)?;
        let mut outcome = around.outcome();
        outcome.figure("permutations", self.permutations);
        let places = around
            .table()
            .numbers("statistic", found.iter().map(|place| Some(place.c)))
            .numbers("lag", found.iter().map(|place| Some(place.lag)))
            .numbers("expected_conditional", found.iter().map(|place| Some(place.expected_conditional)))
            .numbers("variance_conditional", found.iter().map(|place| Some(place.variance_conditional)))
            .numbers("z_conditional", found.iter().map(|place| place.z_conditional))
            .numbers("p_conditional", found.iter().map(|place| place.p_conditional))
            .numbers("p_permutation", found.iter().map(|place| place.permutation.and_then(|found| found.p)));
        let p: Vec<Option<f64>> = found.iter().map(local_geary::LocalGeary::p).collect();
        let classes: Vec<_> = found.iter().map(|place| (place.class(), place.island)).collect();
        let judge = Judgement { level: self.level, correction: self.correction };
        let places = classified(&mut outcome, places, &p, &classes, judge);
        outcome.table("places", places.done());
        Ok(outcome)
    }
}
