//! `concentration`: how specialised places are, and how concentrated industries.

use crate::analysis::{Analysis, Key, Outcome, Quantity, Sample, Table, Wanted};
use crate::kernels::industries::{industries, problems};
use crate::over_places;
use umbel_stats::structure::concentration::{concentration, specialisation};

over_places! {
    /// Parameters of `concentration`.
    pub struct Concentration {
        /// The industries: indicators, or columns of a file.
        pub of: Vec<String>,
    }
}

impl Analysis for Concentration {
    const NAME: &'static str = "concentration";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Specialisation of places and concentration of industries.";
    const FORMULA: &'static str = "with shares s: Krugman = Σᵢ |sᵣᵢ − s₋ᵣᵢ|; Hoover = ½ Σ |s − x|; Herfindahl = Σ s²; Theil = Σ s ln(s / x); Gini of location quotients weighted by x, where x are the shares of the whole";
    const CITATION: &'static str = "Krugman, Geography and Trade, MIT Press, 1991, section 3 and appendix B; Hoover, Review of Economics and Statistics 18, 1936; Theil, Economics and Information Theory, 1967, chapter 4; raw concentration: Ellison and Glaeser, Journal of Political Economy 105(5), 1997, equation 1.";
    const ASSUMPTIONS: &'static str = "The industries named are the whole, and the places of the sample are the standard. Places with a missing figure are left out.";
    const NOT_FOR: &'static str = "Telling clusters from industries of few plants: that needs the sizes of plants.";
    const EXAMPLE: &'static str = r#"[specialised]
method = "concentration"
of = ["jobs_farming", "jobs_industry", "jobs_services"]
among = { kind = "county" }
title = { en = "How specialised is the county?" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::place("krugman", "Krugman's index against all other places, 0 to 2."),
        Quantity::place("hoover", "Hoover's index against all places, 0 to 1."),
        Quantity::place("herfindahl", "Sum of squared shares of the industries."),
        Quantity::place("herfindahl_normalised", "The same from 0 to 1."),
        Quantity::place("theil", "Theil's index against all places."),
        Quantity::place("entropy", "Shannon entropy of the shares: diversity."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        Wanted::list("of", &self.of)
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        problems(&self.of, 2)
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let (values, places) = industries(&sample.list("of")?)?;
        let text = |error: umbel_stats::Error| error.to_string();
        let own = specialisation(&values, self.of.len()).map_err(text)?;
        let of_industries = concentration(&values, self.of.len()).map_err(text)?;
        let mut outcome = Outcome::new();
        outcome.figure("n", places.len());
        outcome.figure("missing", sample.rows() - places.len());
        let table = Table::some(Key::Place, places)
            .numbers("krugman", own.iter().map(|one| one.and_then(|one| one.krugman)))
            .numbers("hoover", own.iter().map(|one| one.map(|one| one.hoover)))
            .numbers("herfindahl", own.iter().map(|one| one.map(|one| one.herfindahl)))
            .numbers("herfindahl_normalised", own.iter().map(|one| one.and_then(|one| one.herfindahl_normalised)))
            .numbers("theil", own.iter().map(|one| one.map(|one| one.theil)))
            .numbers("entropy", own.iter().map(|one| one.map(|one| one.entropy)));
        outcome.table("places", table);
        let table = Table::named(self.of.clone())
            .numbers("gini", of_industries.iter().map(|one| one.map(|one| one.gini)))
            .numbers("hoover", of_industries.iter().map(|one| one.map(|one| one.hoover)))
            .numbers("herfindahl", of_industries.iter().map(|one| one.map(|one| one.herfindahl)))
            .numbers("theil", of_industries.iter().map(|one| one.map(|one| one.theil)))
            .numbers("raw", of_industries.iter().map(|one| one.map(|one| one.raw)));
        outcome.table("industries", table);
        Ok(outcome)
    }
}
