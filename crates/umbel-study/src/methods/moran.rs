//! `moran`: global spatial autocorrelation.

use crate::analysis::{Analysis, Key, Outcome, Quantity, Sample, Table, Wanted};
use crate::over_places;
use umbel_stats::present::Present;

over_places! {
    /// Parameters of `moran`.
    pub struct Moran {
        /// The indicator, or the column of a file.
        pub of: String,
        /// Which places are neighbours: `queen`, `rook`, `k_nearest:4`, `distance_band:50` and so on, or a file.
        pub weights: String,
    }
}

impl Analysis for Moran {
    const NAME: &'static str = "moran";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Moran's I: whether neighbours are alike.";
    const FORMULA: &'static str = "I = n / S0 · Σᵢⱼ wᵢⱼ (xᵢ − x̄)(xⱼ − x̄) / Σᵢ (xᵢ − x̄)²";
    const CITATION: &'static str = "Cliff and Ord, Spatial Processes, Pion, 1981, equation 1.44.";
    const ASSUMPTIONS: &'static str = "Places without a figure are left out.";
    const NOT_FOR: &'static str = "Counts over places of very different size.";
    const EXAMPLE: &'static str = r#"[ageing_moran]
method = "moran"
of = "aged"
weights = "queen"
among = { kind = "county" }
title = { en = "Do ageing counties lie together?" }"#;
    const RESULTS: &'static [Quantity] = &[Quantity::whole("statistic", "Moran's I.")];
    const SPATIAL: bool = true;

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of)]
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let present = Present::of(sample.numbers("of")?.iter());
        let weights = present.weights(&sample.weights(&self.weights)?).row_standardised();
        let mean = present.values.iter().sum::<f64>() / present.values.len() as f64;
        let z: Vec<f64> = present.values.iter().map(|value| value - mean).collect();
        let (lag, sum): (Vec<f64>, f64) = (weights.lag(&z), weights.all_weights().iter().sum());
        let cross: f64 = z.iter().zip(&lag).map(|(z, lag)| z * lag).sum();
        let square: f64 = z.iter().map(|z| z * z).sum();
        let mut outcome = Outcome::new();
        outcome.figure("n", z.len());
        outcome.figure("missing", sample.rows() - z.len());
        outcome.figure("statistic", z.len() as f64 / sum * cross / square);
        outcome.table("places", Table::some(Key::Place, present.at.clone()).values("lag", &lag));
        Ok(outcome)
    }
}
