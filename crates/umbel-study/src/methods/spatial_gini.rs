//! `spatial_gini`: the Gini coefficient between neighbours and others.

use crate::analysis::neighbours::Alternative;
use crate::analysis::people::People;
use crate::analysis::{Analysis, Outcome, Quantity, Sample, Wanted, seed};
use crate::over_places;
use umbel_stats::inequality::spatial_gini::spatial_gini;
use umbel_stats::present::Present;

fn permutations() -> usize {
    999
}

over_places! {
    /// Parameters of `spatial_gini`.
    pub struct SpatialGini {
        /// The indicator, or the column of a file.
        pub of: String,
        /// Which places are neighbours: `queen`, `rook`, `knn:4`, `distance_band:50` and so on, or a file. How much a
        /// neighbour counts is not used.
        pub weights: String,
        /// Number of random permutations for the test; 0: none.
        #[serde(default = "permutations")]
        pub permutations: usize,
        /// Which of them count as extreme.
        #[serde(default)]
        pub alternative: Alternative,
        /// Seed of the random numbers.
        #[serde(default = "seed")]
        pub seed: u64,
    }
}

impl Analysis for SpatialGini {
    const NAME: &'static str = "spatial_gini";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "The spatial Gini: how much of inequality lies between neighbours, and how much between places far apart.";
    const FORMULA: &'static str = "G = near + far, near = Σᵢⱼ wᵢⱼ |yᵢ − yⱼ| / (2 n² μ), far = Σᵢⱼ (1 − wᵢⱼ) |yᵢ − yⱼ| / (2 n² μ); polarization: mean difference of far pairs over that of near pairs";
    const CITATION: &'static str = "Rey and Smith, A spatial decomposition of the Gini coefficient, Letters in Spatial and Resource Sciences 6, 2013, equations 4 to 7.";
    const ASSUMPTIONS: &'static str = "Places without a figure are left out, with their neighbourhoods. A negative figure is refused. The test strews the figures over the places at random: it asks whether neighbours are more alike than chance has it.";
    const NOT_FOR: &'static str = "Figures that may be negative; comparing maps with different numbers of neighbours by the shares (use polarization).";
    const EXAMPLE: &'static str = r#"[income_polarization]
method = "spatial_gini"
of = "income_per_person"
weights = "queen"
result = "polarization"
among = { kind = "county" }
title = { en = "Do rich counties lie together?" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("gini", "The Gini coefficient."),
        Quantity::whole("near_share", "What pairs of neighbours add to it."),
        Quantity::whole("far_share", "What pairs that are not neighbours add to it."),
        Quantity::whole(
            "polarization",
            "Mean difference of far pairs over that of near pairs; above 1: neighbours are alike.",
        ),
        Quantity::whole("p_permutation", "Pseudo p-value of the far pairs."),
    ];
    const SPATIAL: bool = true;

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of)]
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let present = Present::of(sample.numbers("of")?.iter());
        let people = People::of(sample)?;
        let weights = present.weights(&sample.weights(&self.weights)?);
        let alternative = self.alternative;
        let found = spatial_gini(&present.values, &weights, self.permutations, alternative, self.seed);
        let found = found.map_err(|error| people.told(&error, sample))?;
        let mut outcome = people.outcome();
        outcome
            .figure("gini", found.gini)
            .figure("near_share", found.near_share)
            .figure("far_share", found.far_share)
            .figure("polarization", found.polarization)
            .figure("near_sum", found.near_sum)
            .figure("far_sum", found.far_sum)
            .figure("total_sum", found.total_sum)
            .figure("near_pairs", found.near_pairs)
            .figure("far_pairs", found.far_pairs)
            .figure("islands", weights.islands().len());
        if let Some(test) = found.permutation {
            outcome
                .figure("far_mean", test.far_mean)
                .figure("far_standard_deviation", test.far_standard_deviation)
                .figure("z", test.z)
                .figure("p_permutation", test.p_permutation)
                .figure("p_polarization", test.p_polarization)
                .figure("permutations", test.permutations);
        } else if self.permutations > 0 {
            outcome.figure("p_permutation", None::<f64>);
            outcome.note("there is no test: all figures are the same, or all places are neighbours of each other");
        }
        Ok(outcome)
    }
}
