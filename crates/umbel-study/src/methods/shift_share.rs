//! `shift_share`: growth of a place as growth of all, of its industries, and its own.

use crate::analysis::{Analysis, Key, Outcome, Over, Quantity, Sample, Table, UnitOf, Wanted};
use crate::kernels::industries::problems;
use crate::over_places;
use umbel_stats::structure::shift_share::shift_share;

over_places! {
    /// Parameters of `shift_share`.
    pub struct ShiftShare {
        /// The industries: indicators, or columns of a file.
        pub of: Vec<String>,
    }
}

impl Analysis for ShiftShare {
    const NAME: &'static str = "shift_share";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Shift-share: the growth of each place as growth of all places, of its industries, and its own.";
    const FORMULA: &'static str = "Δxᵣᵢ = xᵣᵢ g + xᵣᵢ (gᵢ − g) + xᵣᵢ (gᵣᵢ − gᵢ), summed over industries; with homothetic size h = Σᵢ xᵣᵢ · Σᵣ xᵣᵢ / Σ x: competitive = h (gᵣᵢ − gᵢ), allocation = (xᵣᵢ − h)(gᵣᵢ − gᵢ)";
    const CITATION: &'static str = "Dunn, Papers of the Regional Science Association 6, 1960; Esteban-Marquillas, Regional and Urban Economics 2, 1972, equations 5 to 8.";
    const ASSUMPTIONS: &'static str = "From the first period of the sample to the last. Places with a missing figure in either are left out. An industry that is new in a place counts as growth of the place.";
    const NOT_FOR: &'static str = "Causes: the parts are an identity, and change with the industries told apart.";
    const EXAMPLE: &'static str = r#"[own_growth]
method = "shift_share"
of = ["jobs_farming", "jobs_industry", "jobs_services"]
among = { kind = "county" }
result = "regional"
title = { en = "How many jobs are the county's own doing?" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::place("regional", "Change because of the place.").in_unit(UnitOf::Figures),
        Quantity::place("industry_mix", "Change because of its industries.").in_unit(UnitOf::Figures),
        Quantity::place("national", "Change had it grown as all did.").in_unit(UnitOf::Figures),
        Quantity::place("change", "The whole change.").in_unit(UnitOf::Figures),
        Quantity::place("competitive", "Competitiveness without specialisation.").in_unit(UnitOf::Figures),
        Quantity::place("allocation", "Specialisation in what grows faster here.").in_unit(UnitOf::Figures),
    ];

    fn columns(&self) -> Vec<Wanted> {
        Wanted::list("of", &self.of)
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        problems(&self.of, 2)
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        if sample.periods.len() < 2 {
            return Err("a shift-share analysis needs two periods".to_owned());
        }
        let last = sample.periods.len() - 1;
        let columns: Result<Vec<_>, String> =
            (0..self.of.len()).map(|at| sample.by_place(&format!("of.{at}"))).collect();
        let columns = columns?;
        let (mut before, mut after, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for place in 0..sample.places.len() {
            let row = |period: usize| columns.iter().map(|column| column[place][period]).collect::<Option<Vec<f64>>>();
            if let (Some(from), Some(to)) = (row(0), row(last)) {
                before.extend(from);
                after.extend(to);
                places.push(place as u32);
            }
        }
        if places.is_empty() {
            return Err(format!("no place has every figure in {} and {}", sample.periods[0], sample.periods[last]));
        }
        let count = self.of.len();
        let parts = shift_share(&before, &after, count).map_err(|error| error.to_string())?;
        let mut outcome = Outcome::new();
        outcome.figure("from", sample.periods[0].clone());
        outcome.figure("to", sample.periods[last].clone());
        outcome.figure("n", places.len());
        outcome.figure("missing", sample.places.len() - places.len());
        let (old, new): (f64, f64) = (before.iter().sum(), after.iter().sum());
        outcome.figure("growth", new / old - 1.0);
        let change: Vec<f64> = after.iter().zip(&before).map(|(after, before)| after - before).collect();
        let (competitive, allocation) =
            (parts.of_places_where_known(&parts.competitive), parts.of_places_where_known(&parts.allocation));
        if competitive.iter().any(Option::is_none) {
            outcome.note("places with an industry that was not there before have no competitive and allocation parts");
        }
        let table = Table::some(Key::Place, places)
            .values("change", &parts.of_places(&change))
            .values("national", &parts.of_places(&parts.national))
            .values("industry_mix", &parts.of_places(&parts.industry_mix))
            .values("regional", &parts.of_places(&parts.regional))
            .numbers("competitive", competitive)
            .numbers("allocation", allocation);
        outcome.table("places", table);
        let of_industry = |part: &[f64]| -> Vec<f64> {
            (0..count).map(|industry| part.iter().skip(industry).step_by(count).sum()).collect()
        };
        let growth = |industry: usize| {
            let from = of_industry(&before)[industry];
            (from > 0.0).then(|| of_industry(&after)[industry] / from - 1.0)
        };
        let table = Table::named(self.of.clone())
            .numbers("growth", (0..count).map(growth))
            .values("change", &of_industry(&change))
            .values("national", &of_industry(&parts.national))
            .values("industry_mix", &of_industry(&parts.industry_mix));
        outcome.table("industries", table);
        Ok(outcome)
    }
}
