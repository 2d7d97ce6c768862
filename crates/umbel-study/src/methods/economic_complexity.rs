//! `economic_complexity`: how rare and how many the things are that a place can make.

use crate::analysis::{Analysis, Key, Outcome, Quantity, Sample, Table, Wanted};
use crate::kernels::industries::{industries, problems};
use crate::over_places;
use umbel_stats::structure::complexity::complexity;

fn one() -> f64 {
    1.0
}

over_places! {
    /// Parameters of `economic_complexity`.
    pub struct EconomicComplexity {
        /// The products (industries, occupations): indicators, or columns of a file.
        pub of: Vec<String>,
        /// A place has a product when its advantage is at least this.
        #[serde(default = "one")]
        pub threshold: f64,
    }
}

impl Analysis for EconomicComplexity {
    const NAME: &'static str = "economic_complexity";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Economic complexity: whether a place makes many things that few others make.";
    const FORMULA: &'static str = "Mᵣᵢ = 1 where LQᵣᵢ ≥ threshold; ECI: eigenvector of the second greatest eigenvalue of Σᵢ Mᵣᵢ Mₛᵢ / (kᵣ kᵢ), standardised; PCI likewise; density = Σⱼ Mᵣⱼ φᵢⱼ / Σⱼ φᵢⱼ; outlook = Σᵢ (1 − Mᵣᵢ) densityᵣᵢ PCIᵢ, standardised";
    const CITATION: &'static str = "Hidalgo and Hausmann, PNAS 106(26), 2009; Hausmann and others, The Atlas of Economic Complexity, MIT Press, 2014, technical boxes 2.1 to 5.4; density: Hidalgo, Klinger, Barabási and Hausmann, Science 317, 2007.";
    const ASSUMPTIONS: &'static str = "Places with a missing figure are left out. The sign is that in which the index rises with the number of products. Where the second and third eigenvalue are close, the index is not stable.";
    const NOT_FOR: &'static str =
        "Few products or places; comparing values of different years, since each is relative to its sample.";
    const EXAMPLE: &'static str = r#"[complexity]
method = "economic_complexity"
of = ["jobs_farming", "jobs_food", "jobs_machines", "jobs_chips"]
among = { kind = "county" }
title = { en = "How complex is the county's economy?" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::place("eci", "Economic complexity index: mean 0, standard deviation 1."),
        Quantity::place("diversity", "Number of products with an advantage."),
        Quantity::place("coi", "Complexity outlook index: how near complex products are that the place lacks."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        Wanted::list("of", &self.of)
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        problems(&self.of, 3)
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let (values, places) = industries(&sample.list("of")?)?;
        let found = complexity(&values, self.of.len(), self.threshold).map_err(|error| error.to_string())?;
        let mut outcome = Outcome::new();
        outcome.figure("n", places.len());
        outcome.figure("missing", sample.rows() - places.len());
        outcome.figure("second_eigenvalue", found.eigenvalues[0]);
        outcome.figure("third_eigenvalue", found.eigenvalues[1]);
        let without = found.eci.iter().filter(|value| value.is_none()).count();
        if without > 0 {
            outcome.note(format!("{without} places have an advantage in nothing, and so no index"));
        }
        let count = |list: &[u32]| list.iter().map(|&n| Some(i64::from(n))).collect::<Vec<_>>();
        let table = Table::some(Key::Place, places)
            .numbers("eci", found.eci.iter().copied())
            .counts("diversity", count(&found.diversity))
            .numbers("coi", found.coi.iter().copied());
        outcome.table("places", table);
        let products = Table::named(self.of.clone())
            .numbers("pci", found.pci.iter().copied())
            .counts("ubiquity", count(&found.ubiquity));
        outcome.table("products", products);
        Ok(outcome)
    }
}
