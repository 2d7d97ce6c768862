//! `join_count`: how often neighbours agree on a yes or no.

use crate::analysis::neighbours::{Alternative, Neighbours, Test, Transform, binary, permutations, told};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, Wanted, seed};
use crate::over_places;
use umbel_stats::autocorrelation::join_count::{Joins, join_count};

over_places! {
    /// Parameters of `join_count`.
    pub struct JoinCount {
        /// The indicator, or the column of a file: 1 for yes (black), 0 for no (white).
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

impl Analysis for JoinCount {
    const NAME: &'static str = "join_count";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Join counts: how often neighbours are both yes, both no, or one of each.";
    const FORMULA: &'static str = "BB = ½ Σᵢⱼ wᵢⱼ xᵢ xⱼ; BW = ½ Σᵢⱼ wᵢⱼ (xᵢ − xⱼ)²; WW = ½ S0 − BB − BW.";
    const CITATION: &'static str =
        "Cliff and Ord, Spatial Processes, Pion, 1981, pp. 19-20 (numbers of black and white places given).";
    const ASSUMPTIONS: &'static str = "Places without a figure are left out, and weights standardised among the others. Islands count among the places, with a lag of 0. Figures are 0 or 1; how many of each there are is taken as given.";
    const NOT_FOR: &'static str = "Figures cut into yes and no at a level chosen by looking at the map.";
    const EXAMPLE: &'static str = r#"[poor_together]
method = "join_count"
of = "is_poor"
weights = "queen"
among = { kind = "county" }
title = { en = "Do poor counties lie together?" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("black_black", "Joins of black with black."),
        Quantity::whole("z_black_black", "Standard score of them."),
        Quantity::whole("p_black_black", "p-value of it."),
        Quantity::whole("p_permutation_black_black", "Pseudo p-value of random permutations."),
        Quantity::whole("black_white", "Joins of black with white."),
        Quantity::whole("z_black_white", "Standard score of them."),
        Quantity::whole("p_black_white", "p-value of it."),
        Quantity::whole("p_permutation_black_white", "Pseudo p-value of random permutations."),
        Quantity::whole("white_white", "Joins of white with white."),
        Quantity::whole("z_white_white", "Standard score of them."),
        Quantity::whole("p_white_white", "p-value of it."),
        Quantity::whole("p_permutation_white_white", "Pseudo p-value of random permutations."),
    ];
    const SPATIAL: bool = true;

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of)]
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let around = Neighbours::of(sample, &["of"], &self.weights, self.standardise)?;
        let test = Test { alternative: self.alternative, permutations: self.permutations, seed: self.seed };
        let found = join_count(&around.columns[0], &around.weights, &test).map_err(told)?;
        let mut outcome = around.outcome();
        outcome.figure("black", found.black).figure("white", found.places - found.black).figure("joins", found.all);
        let mut joins = |kind: &str, joins: &Joins| {
            outcome
                .figure(kind.to_owned(), joins.joins)
                .figure(format!("expected_{kind}"), joins.expected)
                .figure(format!("variance_{kind}"), joins.variance)
                .figure(format!("z_{kind}"), joins.z)
                .figure(format!("p_{kind}"), joins.p);
            if let Some(found) = joins.permutation {
                outcome
                    .figure(format!("mean_permutation_{kind}"), found.mean)
                    .figure(format!("p_permutation_{kind}"), found.p);
            }
        };
        joins("black_black", &found.black_black);
        joins("black_white", &found.black_white);
        joins("white_white", &found.white_white);
        outcome.figure("permutations", self.permutations);
        Ok(outcome)
    }
}
