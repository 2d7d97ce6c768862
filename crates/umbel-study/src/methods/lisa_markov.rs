//! `lisa_markov`: how places move between high and low among their neighbours.

use super::markov::figures;
use crate::analysis::people::Histories;
use crate::analysis::{About, Analysis, Key, Outcome, Over, Quantity, Sample, Table, Wanted};
use crate::over_places;
use umbel_stats::convergence::lisa_markov::{Independence, lisa_markov};

const QUADRANTS: &[&str] = &["high_high", "low_high", "low_low", "high_low"];

over_places! {
    /// Parameters of `lisa_markov`.
    pub struct LisaMarkov {
        /// The indicator, or the column of a file.
        pub of: String,
        /// Which places are neighbours: `queen`, `rook`, `knn:4`, `distance_band:50` and so on, or a file; each row is
        /// divided by its sum.
        pub weights: String,
        /// What moves under independence are taken from.
        #[serde(default)]
        pub independence: Independence,
    }
}

impl Analysis for LisaMarkov {
    const NAME: &'static str = "lisa_markov";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "LISA Markov: how places move between the quadrants of the Moran scatter plot.";
    const FORMULA: &'static str = "quadrants 1 high-high, 2 low-high, 3 low-low, 4 high-low (own figure, neighbours' mean, against the mean of the period); expected: nᵢ times the product of the chances of own and neighbours' moves; χ² = Σ (n − e)² / e";
    const CITATION: &'static str =
        "Rey, Spatial empirics for economic growth and convergence, Geographical Analysis 33(3), 2001.";
    const ASSUMPTIONS: &'static str = "Places without a figure in one of the periods are left out, with their neighbourhoods. Figures have a mean \
        above 0 in each period. All places count, whether their local statistic is significant or not. An island's lag is \
        low. χ² takes moves for independent of each other; its degrees of freedom are (4 − 1)² where all quadrants occur.";
    const NOT_FOR: &'static str = "Finding clusters in one period (use the local statistics).";
    const EXAMPLE: &'static str = r#"[income_quadrant]
method = "lisa_markov"
of = "income_per_person"
weights = "queen"
result = "quadrant"
among = { kind = "county" }
title = { en = "High or low among high or low" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("chi_squared", "Test whether places and their neighbours move independently."),
        Quantity::whole("p", "P of it."),
        Quantity::whole("quadrant", "The quadrant of a place in a period.").about(About::Row).of_words(QUADRANTS),
    ];
    const SPATIAL: bool = true;

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of)]
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let histories = Histories::of(sample)?;
        let weights = sample.weights(&self.weights)?;
        let weights = if histories.missing > 0 { weights.subset(&histories.at) } else { weights };
        let weights = weights.row_standardised();
        // Relative to the mean of the period, so that means over time are of the same weight.
        let histories = histories.relative()?;
        let found = lisa_markov(&histories.periods, &weights, self.independence).map_err(|error| error.to_string())?;
        let mut outcome = histories.outcome();
        outcome
            .figure("islands", weights.islands().len())
            .figure("chi_squared", found.independence.statistic)
            .figure("degrees_of_freedom", found.independence.degrees_of_freedom)
            .figure("p", found.independence.p)
            .figure("expected_independent", found.expected_independent.clone());
        figures(&mut outcome, &found.chain);
        let rows = histories.rows(sample, &found.quadrants).into_iter();
        let words = rows.map(|quadrant| quadrant.map(|quadrant| QUADRANTS[usize::from(quadrant) - 1].into()));
        outcome.table("rows", Table::all(Key::Row).words("quadrant", words));
        Ok(outcome)
    }
}
