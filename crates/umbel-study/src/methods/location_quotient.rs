//! `location_quotient`: what each place has more of than all places together.

use crate::analysis::{Analysis, Figure, Key, Name, Outcome, Quantity, Sample, Table, Wanted};
use crate::kernels::industries::industries;
use crate::over_places;
use crate::parameters::{Names, names};
use umbel_stats::structure::Industries;
use umbel_stats::structure::location_quotient::location_quotients;

over_places! {
    /// Parameters of `location_quotient`.
    pub struct LocationQuotient {
        /// The industries: indicators, or columns of a file; with `breakdown` the one whose parts they are.
        #[serde(deserialize_with = "names")]
        #[schemars(with = "Names")]
        pub of: Vec<String>,
        /// The dimension whose codes are the industries (`industry`), or the column of a file with their names; the
        /// quotient of each is written under its own breakdown.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub breakdown: Option<String>,
        /// Without `breakdown`: the industry whose quotient is written; left out: the first.
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
    const ASSUMPTIONS: &'static str = "The industries named are the whole, and the places of the sample are the standard. Places with a missing figure are left out. A place with nothing has no quotient. With `breakdown`, figures broken down by that dimension alone are the whole; they must be amounts, not shares.";
    const NOT_FOR: &'static str = "Small places, where one plant makes a quotient; the size of an industry.";
    const EXAMPLE: &'static str = r#"[job_quotient]
method = "location_quotient"
of = "jobs"
breakdown = "industry"
among = { kind = "county" }
title = { en = "What is each county at home in?" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::place("quotient", "The quotient of the industry named; with `breakdown` of each.").by_part(),
        Quantity::place("highest_quotient", "The highest quotient of the place."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        match (&self.breakdown, &self.of[..]) {
            (Some(dimension), [of]) => vec![Wanted::spread("of", of, dimension)],
            _ => Wanted::list("of", &self.of),
        }
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        if self.breakdown.is_some() {
            let mut problems = Vec::new();
            if self.of.len() != 1 {
                let what = format!("{} indicators are to be spread over one breakdown.", self.of.len());
                problems.push(("of".to_owned(), what, "Name one.".to_owned()));
            }
            if self.industry.is_some() {
                let what = "The quotient of every industry is written, under its own breakdown.".to_owned();
                problems.push(("industry".to_owned(), what, "Leave it out.".to_owned()));
            }
            return problems;
        }
        let mut problems = crate::kernels::industries::problems(&self.of, 2);
        if let Some(industry) = self.industry.as_ref().filter(|industry| !self.of.contains(industry)) {
            let what = format!("{industry} is not among the industries.");
            problems.push(("industry".to_owned(), what, format!("Take one of {}.", self.of.join(", "))));
        }
        problems
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let (values, places) = industries(&sample.list("of")?)?;
        let names = if self.breakdown.is_some() { &sample.parts } else { &self.of };
        let table = Industries::new(&values, names.len()).map_err(|error| error.to_string())?;
        let quotients = location_quotients(&table);
        let rows: Vec<&[Option<f64>]> = quotients.chunks_exact(names.len()).collect();
        let highest = |row: &&[Option<f64>]| {
            let size = |at: usize| row[at].unwrap_or(f64::NEG_INFINITY);
            let known = (0..row.len()).filter(|&at| row[at].is_some());
            known.max_by(|&a, &b| size(a).total_cmp(&size(b)).then(b.cmp(&a)))
        };
        let highest: Vec<Option<usize>> = rows.iter().map(highest).collect();
        let mut outcome = Outcome::new();
        outcome.figure("n", places.len());
        outcome.figure("missing", sample.rows() - places.len());
        let mut of_places = Table::some(Key::Place, places.clone());
        if self.breakdown.is_none() {
            let chosen = self.industry.as_ref().and_then(|name| names.iter().position(|of| of == name)).unwrap_or(0);
            outcome.figure("industry", Figure::Word(names[chosen].clone()));
            of_places = of_places.numbers("quotient", rows.iter().map(|row| row[chosen]));
        }
        of_places = of_places
            .words("highest", highest.iter().map(|at| at.map(|at| Name::Owned(names[at].clone()))))
            .numbers("highest_quotient", rows.iter().zip(&highest).map(|(row, at)| at.and_then(|at| row[at])));
        let each = |table: Table, name: &dyn Fn(&str) -> String| {
            let columns = names.iter().enumerate();
            columns.fold(table, |table, (at, industry)| table.numbers(name(industry), rows.iter().map(|row| row[at])))
        };
        if self.breakdown.is_some() {
            outcome.table("places", of_places);
            outcome.table("parts", each(Table::some(Key::Place, places), &str::to_owned));
        } else {
            let beside = |name: &str| matches!(name, "quotient" | "highest" | "highest_quotient");
            let apart = |name: &str| if beside(name) { format!("{name}_") } else { name.to_owned() };
            outcome.table("places", each(of_places, &apart));
        }
        Ok(outcome)
    }
}
