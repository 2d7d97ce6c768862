//! `spatial_durbin`: a regression in which the neighbours' figures and what explains them take part.

use super::spatial_lag::{Asked, Estimator, RESULTS};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, Wanted};
use crate::over_places;

over_places! {
    /// Parameters of `spatial_durbin`.
    pub struct SpatialDurbin {
        /// The indicator that is explained, or the column of a file.
        pub of: String,
        /// The indicators or columns that explain it, with those of the neighbours; a constant is added.
        pub explained_by: Vec<String>,
        /// Which places are neighbours: `queen`, `rook`, `k_nearest:4`, `distance_band:50` and so on, or a file.
        pub weights: String,
        /// How it is estimated.
        #[serde(default)]
        pub estimator: Estimator,
        /// With `gmm`: number of further orders of spatial lags of the columns that serve as instruments.
        #[serde(default = "super::spatial_lag::lags")]
        pub instrument_lags: usize,
        /// Draws from which the errors of impacts are computed.
        #[serde(default = "super::spatial_lag::thousand")]
        pub draws: u32,
        /// Seed of the draws.
        #[serde(default = "super::spatial_lag::one")]
        pub seed: u64,
    }
}

impl SpatialDurbin {
    fn asked(&self) -> Asked<'_> {
        Asked {
            of: &self.of,
            explained_by: &self.explained_by,
            weights: &self.weights,
            estimator: self.estimator,
            durbin: true,
            instrument_lags: self.instrument_lags,
            draws: self.draws,
            seed: self.seed,
        }
    }
}

impl Analysis for SpatialDurbin {
    const NAME: &'static str = "spatial_durbin";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Spatial Durbin model: the spatial lag model in which the neighbours' columns explain too.";
    const FORMULA: &'static str =
        "y = ρWy + Xb + WXg + e; impacts of column r: mean diagonal and mean row sum of (I − ρW)⁻¹(Ibᵣ + Wgᵣ)";
    const CITATION: &'static str = "LeSage and Pace, Introduction to Spatial Econometrics, CRC Press, 2009, equations 2.34, \
        3.1 and 2.46 to 2.48; Anselin, Spatial Econometrics: Methods and Models, Kluwer, 1988, section 8.2.";
    const ASSUMPTIONS: &'static str = "As spatial_lag. It holds the spatial lag model (g = 0) and the spatial error model \
        (g = −ρb): its coefficients stay unbiased where one of them is true, and are less precise.";
    const NOT_FOR: &'static str = "Few places: it has nearly twice as many coefficients. Columns whose neighbours' means \
        are nearly the columns themselves. Causes.";
    const EXAMPLE: &'static str = r#"[ageing_durbin]
method = "spatial_durbin"
of = "aged"
explained_by = ["income", "migration"]
weights = "queen"
among = { kind = "county" }
title = { en = "Ageing and that of neighbours, income and migration apart" }"#;
    const RESULTS: &'static [Quantity] = RESULTS;
    const SPATIAL: bool = true;

    fn columns(&self) -> Vec<Wanted> {
        self.asked().columns()
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        self.asked().problems()
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        self.asked().analyse(sample)
    }
}
