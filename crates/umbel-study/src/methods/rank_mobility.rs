//! `rank_mobility`: whether places keep their order.

use crate::analysis::people::told;
use crate::analysis::{Analysis, Key, Outcome, Over, Quantity, Sample, Table, Wanted};
use crate::over_places;
use umbel_stats::convergence::rank_mobility::rank_mobility;

over_places! {
    /// Parameters of `rank_mobility`.
    pub struct RankMobility {
        /// The indicator, or the column of a file.
        pub of: String,
    }
}

impl Analysis for RankMobility {
    const NAME: &'static str = "rank_mobility";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Rank mobility: whether places keep their order between the first and the last period.";
    const FORMULA: &'static str = "τ = (concordant − discordant) / √((N − ties₁)(N − ties₂)), N = n(n − 1)/2; local τᵢ = Σⱼ sᵢⱼ / (n − 1), sᵢⱼ = 1 for a concordant, −1 for a discordant pair";
    const CITATION: &'static str = "Kendall, Rank Correlation Methods, fourth edition, Griffin, 1975, sections 3.4 and 4.9; the local figures: Rey, Space-time patterns of rank concordance, Annals of the American Association of Geographers 106(4), 2016, equation 9.";
    const ASSUMPTIONS: &'static str = "Places without a figure in the first or the last period are left out. P refers to the normal distribution and \
        to independent orders, ties taken into account; for fewer than ten places it is rough.";
    const NOT_FOR: &'static str =
        "Saying how far places moved: a change of place by a hair counts as much as one by a mile.";
    const EXAMPLE: &'static str = r#"[income_order]
method = "rank_mobility"
of = "income_per_person"
periods = ["2014", "2022"]
among = { kind = "county" }
title = { en = "Do counties keep their order?" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("tau", "Kendall's tau-b: 1 where all kept their order, -1 where it turned round."),
        Quantity::whole("p_two_sided", "P of a tau as far from 0 when the orders are independent."),
        Quantity::place("local_tau", "Concordant less discordant pairs with a place over n - 1."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of)]
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let last_period = sample.periods.len().checked_sub(1).filter(|&last| last > 0);
        let last_period = last_period.ok_or("rank mobility needs figures of at least 2 periods")?;
        let table = sample.by_place("of")?;
        let (mut at, mut first, mut last) = (Vec::new(), Vec::new(), Vec::new());
        for (place, row) in table.iter().enumerate() {
            if let (Some(start), Some(end)) = (row[0], row[last_period]) {
                at.push(place as u32);
                first.push(start);
                last.push(end);
            }
        }
        let found = rank_mobility(&first, &last).map_err(|error| told(&error, &at, sample))?;
        let mut outcome = Outcome::new();
        outcome
            .figure("n", at.len())
            .figure("missing", table.len() - at.len())
            .figure("first_period", sample.periods[0].clone())
            .figure("last_period", sample.periods[last_period].clone())
            .figure("tau", found.tau)
            .figure("z_normal", found.z_normal)
            .figure("p_two_sided", found.p_two_sided)
            .figure("p_two_sided_without_ties", found.p_two_sided_without_ties)
            .figure("concordant", found.concordant)
            .figure("discordant", found.discordant)
            .figure("tied_first", found.tied_first)
            .figure("tied_last", found.tied_last);
        let shown = Table::some(Key::Place, at).values("first", &first).values("last", &last);
        outcome.table("places", shown.values("local_tau", &found.local));
        Ok(outcome)
    }
}
