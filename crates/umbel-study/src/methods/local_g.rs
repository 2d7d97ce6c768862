//! `local_g`: hot and cold spots.

use crate::analysis::neighbours::{
    Alternative, CLASSES, Correction, Islands, Judgement, Neighbours, Test, Transform, binary, classified, level,
    level_problem, permutations, told,
};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, Wanted, seed};
use crate::over_places;
use umbel_stats::autocorrelation::local_g::{self, local_g};

over_places! {
    /// Parameters of `local_g`.
    pub struct LocalG {
        /// The indicator, or the column of a file.
        pub of: String,
        /// Whether a place counts among its own neighbours (G*); without it, G.
        #[serde(default)]
        pub star: bool,
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

impl Analysis for LocalG {
    const NAME: &'static str = "local_g";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Local G and G* of Getis and Ord: hot spots of high figures and cold spots of low ones.";
    const FORMULA: &'static str = "Gᵢ = Σⱼ wᵢⱼ xⱼ / Σⱼ xⱼ over all j other than i; G*ᵢ over all j, wᵢᵢ being the largest weight of the row; z of it; the other places are permuted.";
    const CITATION: &'static str = "Getis and Ord, Geographical Analysis 24, 1992; Ord and Getis, Geographical Analysis 27, 1995, equations 1 to 5.";
    const ASSUMPTIONS: &'static str = "Places without a figure are left out, and weights standardised among the others. Islands count among the places, with a lag of 0. Islands have no p-value. Without a correction one place in twenty is significant at 0.05 by chance. G itself needs a natural zero, its standard score does not. Weights are 1 for neighbours unless standardised otherwise.";
    const NOT_FOR: &'static str = "Places unlike their neighbours (local_moran).";
    const EXAMPLE: &'static str = r#"[hot_spots]
method = "local_g"
of = "jobs"
star = true
weights = "distance_band"
among = { kind = "county" }
result = "class"
title = { en = "Hot spots of jobs" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::place("class", "Its class on a cluster map.").of_words(CLASSES),
        Quantity::place("z", "Standard score of G: above 0 among high figures."),
        Quantity::place("statistic", "Its G or G*."),
        Quantity::place("p", "p-value of the standard score."),
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
        let found = local_g(&around.columns[0], &around.weights, self.star, self.islands, &test).map_err(told)?;
        let mut outcome = around.outcome();
        outcome.figure("permutations", self.permutations);
        let places = around
            .table()
            .numbers("statistic", found.iter().map(|place| place.g))
            .numbers("expected", found.iter().map(|place| place.expected))
            .numbers("variance", found.iter().map(|place| place.variance))
            .numbers("z", found.iter().map(|place| place.z))
            .numbers("p", found.iter().map(|place| place.p))
            .numbers("p_permutation", found.iter().map(|place| place.permutation.and_then(|found| found.p)));
        let p: Vec<Option<f64>> = found.iter().map(local_g::LocalG::p).collect();
        let classes: Vec<_> = found.iter().map(|place| (place.class(), place.island)).collect();
        let judge = Judgement { level: self.level, correction: self.correction };
        let places = classified(&mut outcome, places, &p, &classes, judge);
        outcome.table("places", places.done());
        Ok(outcome)
    }
}
