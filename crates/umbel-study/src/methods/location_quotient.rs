//! `location_quotient`: what each place has more of than all places together.

use crate::analysis::{Analysis, Figure, Key, Name, Outcome, Quantity, Sample, Table, Wanted};
use crate::kernels::industries::industries;
use crate::over_places;
use umbel_stats::structure::Industries;
use umbel_stats::structure::location_quotient::location_quotients;

over_places! {
    /// Parameters of `location_quotient`.
    pub struct LocationQuotient {
        /// The industries: indicators, or columns of a file.
        pub of: Vec<String>,
        /// The industry whose quotient is written; left out: the first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub industry: Option<String>,
    }
}

impl Analysis for LocationQuotient {
    const NAME: &'static str = "location_quotient";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Location quotient: an industry's share in a place over its share in all places.";
    const FORMULA: &'static str = "LQᵣᵢ = (xᵣᵢ / Σᵢ xᵣᵢ) / (Σᵣ xᵣᵢ / Σᵣᵢ xᵣᵢ)";
    const CITATION: &'static str = "Isard, Methods of Regional Analysis, MIT Press, 1960, chapter 7; of exports: Balassa, Manchester School 33, 1965.";
    const ASSUMPTIONS: &'static str = "The industries named are the whole, and the places of the sample are the standard. Places with a missing figure are left out. A place with nothing has no quotient.";
    const NOT_FOR: &'static str = "Small places, where one plant makes a quotient; the size of an industry.";
    const EXAMPLE: &'static str = r#"[farm_quotient]
method = "location_quotient"
of = ["jobs_farming", "jobs_industry", "jobs_services"]
industry = "jobs_farming"
among = { kind = "county" }
title = { en = "Where is farming at home?" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::place("quotient", "The quotient of the industry named."),
        Quantity::place("highest_quotient", "The highest quotient of the place."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        Wanted::list("of", &self.of)
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems = crate::kernels::industries::problems(&self.of, 2);
        if let Some(industry) = self.industry.as_ref().filter(|industry| !self.of.contains(industry)) {
            let what = format!("{industry} is not among the industries.");
            problems.push(("industry".to_owned(), what, format!("Take one of {}.", self.of.join(", "))));
        }
        problems
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let (values, places) = industries(&sample.list("of")?)?;
        let table = Industries::new(&values, self.of.len()).map_err(|error| error.to_string())?;
        let quotients = location_quotients(&table);
        let rows: Vec<&[Option<f64>]> = quotients.chunks_exact(self.of.len()).collect();
        let chosen = self.industry.as_ref().and_then(|name| self.of.iter().position(|of| of == name)).unwrap_or(0);
        let highest = |row: &&[Option<f64>]| {
            let size = |at: usize| row[at].unwrap_or(f64::NEG_INFINITY);
            let known = (0..row.len()).filter(|&at| row[at].is_some());
            known.max_by(|&a, &b| size(a).total_cmp(&size(b)).then(b.cmp(&a)))
        };
        let highest: Vec<Option<usize>> = rows.iter().map(highest).collect();
        let mut outcome = Outcome::new();
        outcome.figure("n", places.len());
        outcome.figure("missing", sample.rows() - places.len());
        outcome.figure("industry", Figure::Word(self.of[chosen].clone()));
        let mut of_places = Table::some(Key::Place, places)
            .numbers("quotient", rows.iter().map(|row| row[chosen]))
            .words("highest", highest.iter().map(|at| at.map(|at| Name::Owned(self.of[at].clone()))))
            .numbers("highest_quotient", rows.iter().zip(&highest).map(|(row, at)| at.and_then(|at| row[at])));
        for (at, industry) in self.of.iter().enumerate() {
            let name =
                if industry == "quotient" || industry == "highest" { format!("{industry}_") } else { industry.clone() };
            of_places = of_places.numbers(name, rows.iter().map(|row| row[at]));
        }
        outcome.table("places", of_places);
        Ok(outcome)
    }
}
