//! `sigma_convergence`: whether places differ less and less.

use crate::analysis::people::{Histories, estimate, level, told};
use crate::analysis::{About, Analysis, Key, Outcome, Over, Quantity, Sample, Table, Wanted};
use crate::over_places;
use umbel_stats::convergence::sigma::sigma;
use umbel_stats::inequality::variation::Divisor;

fn of_a_sample() -> Divisor {
    Divisor::Sample
}

over_places! {
    /// Parameters of `sigma_convergence`.
    pub struct SigmaConvergence {
        /// The indicator, or the column of a file.
        pub of: String,
        /// What the squares are divided by.
        #[serde(default = "of_a_sample")]
        pub divisor: Divisor,
        /// Level of the intervals of the trends.
        #[serde(default = "level")]
        pub level: f64,
    }
}

impl Analysis for SigmaConvergence {
    const NAME: &'static str = "sigma_convergence";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Sigma convergence: whether places differ less and less.";
    const FORMULA: &'static str =
        "σ(t) = √(Σ (ln yᵢ(t) − mean)² / (n − 1)) for each period; trend: slope of σ(t) on t by least squares";
    const CITATION: &'static str = "Barro and Sala-i-Martin, Economic Growth, second edition, MIT Press, 2004, section 11.1; first against last period: Pitman, A note on normal correlation, Biometrika 31, 1939.";
    const ASSUMPTIONS: &'static str = "Figures are above 0. Places without a figure in one of the periods are left out, so that all periods are of \
        the same places. The test of the first period against the last takes logarithms for normal; the error of the trend \
        takes periods for independent of each other, which makes it too small as a rule.";
    const NOT_FOR: &'static str = "Figures that may be 0 or negative; telling who converges with whom (use `markov`).";
    const EXAMPLE: &'static str = r#"[income_sigma]
method = "sigma_convergence"
of = "income_per_person"
periods = "2014/2022"
among = { kind = "county" }
title = { en = "Spread of incomes" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("log_standard_deviation", "Standard deviation of the logarithms.").about(About::Period),
        Quantity::whole("coefficient_of_variation", "Standard deviation over the mean.").about(About::Period),
        Quantity::whole("trend_per_year", "Change of the standard deviation of the logarithms for a year."),
        Quantity::whole("variance_ratio", "Variance of the logarithms in the last period over that in the first."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of)]
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let histories = Histories::of(sample)?;
        let found = sigma(&histories.periods, &sample.times, self.divisor, self.level);
        let found = found.map_err(|error| told(&error, &histories.at, sample))?;
        let mut outcome = histories.outcome();
        outcome
            .figure("trend_per_year", found.trend.map(|trend| trend.estimate))
            .figure("trend", estimate(found.trend))
            .figure("trend_coefficient_of_variation", estimate(found.trend_coefficient_of_variation))
            .figure("variance_ratio", found.first_last.map(|test| test.variance_ratio))
            .figure("t", found.first_last.map(|test| test.t))
            .figure("degrees_of_freedom", found.first_last.map(|test| test.degrees_of_freedom))
            .figure("p_two_sided", found.first_last.map(|test| test.p_two_sided));
        let table = Table::all(Key::Period)
            .values("log_standard_deviation", &found.log_standard_deviation)
            .values("coefficient_of_variation", &found.coefficient_of_variation);
        outcome.table("periods", table);
        Ok(outcome)
    }
}
