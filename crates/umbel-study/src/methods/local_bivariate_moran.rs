//! `local_bivariate_moran`: where one variable is high beside another.

use crate::analysis::neighbours::{
    Alternative, CLASSES, Correction, Divisor, Islands, Judgement, Neighbours, Test, Transform, classified, level,
    level_problem, permutations, told, word,
};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, Wanted, seed};
use crate::over_places;
use umbel_stats::autocorrelation::lisa::Cluster;
use umbel_stats::autocorrelation::local_bivariate_moran::{self, local_bivariate_moran};

over_places! {
    /// Parameters of `local_bivariate_moran`.
    pub struct LocalBivariateMoran {
        /// The indicator, or the column of a file.
        pub of: String,
        /// The second indicator or column: that of the neighbours.
        pub with: String,
        /// Which places are neighbours: `queen`, `rook`, `knn:4`, `distance_band:50` and so on, or a file.
        pub weights: String,
        /// How weights are standardised.
        #[serde(default)]
        pub standardise: Transform,
        /// What the sum of squares is divided by.
        #[serde(default)]
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

impl Analysis for LocalBivariateMoran {
    const NAME: &'static str = "local_bivariate_moran";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Local bivariate Moran's I: where places high in one figure lie beside places high in another.";
    const FORMULA: &'static str =
        "Iᵢ = xᵢ Σⱼ wᵢⱼ yⱼ, both standardised; the second figures of the other places are permuted.";
    const CITATION: &'static str = "Anselin, Syabri and Smirnov, Visualizing multivariate spatial correlation with dynamically linked windows, 2002; moments: Sokal, Oden and Thomson 1998, equations A7 and A8.";
    const ASSUMPTIONS: &'static str = "Places without a figure are left out, and weights standardised among the others. Islands count among the places, with a lag of 0. Islands have no p-value. Without a correction one place in twenty is significant at 0.05 by chance.";
    const NOT_FOR: &'static str = "Showing that one figure spreads to or causes the other.";
    const EXAMPLE: &'static str = r#"[aged_beside_clinics]
method = "local_bivariate_moran"
of = "aged"
with = "clinics"
weights = "queen"
among = { kind = "county" }
result = "class"
title = { en = "Ageing counties beside clinics" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::place("class", "Its class on a cluster map.").of_words(CLASSES),
        Quantity::place("statistic", "Its local I."),
        Quantity::place("lag", "The weighted sum of its neighbours' standardised second figures."),
        Quantity::place("z_conditional", "Standard score if the figures of all other places are permuted."),
        Quantity::place("p_conditional", "p-value of it."),
        Quantity::place("p_permutation", "Pseudo p-value of conditional permutation."),
        Quantity::place("p_adjusted", "The p-value after the correction for the number of places."),
    ];
    const SPATIAL: bool = true;

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of), Wanted::numbers("with", &self.with)]
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        level_problem(self.level)
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let around = Neighbours::of(sample, &["of", "with"], &self.weights, self.standardise)?;
        let test = Test { alternative: self.alternative, permutations: self.permutations, seed: self.seed };
        let (first, second) = (&around.columns[0], &around.columns[1]);
        let found =
            local_bivariate_moran(first, second, &around.weights, self.divisor, self.islands, &test).map_err(told)?;
        let mut outcome = around.outcome();
        outcome.figure("permutations", self.permutations);
        let places = around
            .table()
            .numbers("statistic", found.iter().map(|place| Some(place.i)))
            .numbers("standardised", found.iter().map(|place| Some(place.standardised)))
            .numbers("lag", found.iter().map(|place| Some(place.lag)))
            .words("quadrant", found.iter().map(|place| word(place.quadrant.into())), None)
            .numbers("expected_conditional", found.iter().map(|place| Some(place.expected_conditional)))
            .numbers("variance_conditional", found.iter().map(|place| Some(place.variance_conditional)))
            .numbers("z_conditional", found.iter().map(|place| place.z_conditional))
            .numbers("p_conditional", found.iter().map(|place| place.p_conditional))
            .numbers("p_permutation", found.iter().map(|place| place.permutation.and_then(|found| found.p)));
        let p: Vec<Option<f64>> = found.iter().map(local_bivariate_moran::LocalBivariateMoran::p).collect();
        let classes: Vec<_> = found.iter().map(|place| (Cluster::from(place.quadrant), place.island)).collect();
        let judge = Judgement { level: self.level, correction: self.correction };
        let places = classified(&mut outcome, places, &p, &classes, judge);
        outcome.table("places", places.done());
        Ok(outcome)
    }
}
