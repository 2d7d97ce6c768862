//! `lorenz`: the Lorenz curve.

use crate::analysis::people::People;
use crate::analysis::{Analysis, Key, Outcome, Quantity, Sample, Table, Wanted};
use crate::over_places;
use umbel_stats::inequality::gini::{Divisor, gini};
use umbel_stats::inequality::lorenz::lorenz;

over_places! {
    /// Parameters of `lorenz`.
    pub struct Lorenz {
        /// The indicator, or the column of a file.
        pub of: String,
        /// The indicator or column with the weight of each place (people, as a rule); left out: each counts the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weight: Option<String>,
        /// Number of even steps that the curve is shown in; left out: a point for every place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub points: Option<usize>,
    }
}

impl Analysis for Lorenz {
    const NAME: &'static str = "lorenz";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "The Lorenz curve: which part of the whole the poorest part of the people have.";
    const FORMULA: &'static str = "L(p) = Σ pᵢ yᵢ of the poorest part p of the people over Σ pᵢ yᵢ of all";
    const CITATION: &'static str = "Lorenz, Methods of measuring the concentration of wealth, Publications of the American Statistical Association 9(70), 1905.";
    const ASSUMPTIONS: &'static str = "Places without a figure (or a weight, where one is named) are left out and counted in `missing`. A negative figure is refused, as are figures that are all 0. The curve is straight between its points, since everybody counts as having the figure of the place. ";
    const NOT_FOR: &'static str = "Figures that may be negative.";
    const EXAMPLE: &'static str = r#"[income_lorenz]
method = "lorenz"
of = "income_per_person"
weight = "population"
result = "value_share"
among = { kind = "county" }
title = { en = "What the poorer counties have" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("gini", "The Gini coefficient: twice the area between the curve and the diagonal."),
        Quantity::place("population_share", "Part of the people in this place and those with a lower figure."),
        Quantity::place("value_share", "Part of the whole in this place and those with a lower figure."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of)];
        columns.extend(self.weight.iter().map(|weight| Wanted::numbers("weight", weight)));
        columns
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let people = People::of(sample)?;
        let wrong = |error| people.told(&error, sample);
        let curve = lorenz(&people.values, people.weights()).map_err(wrong)?;
        let found = gini(&people.values, people.weights(), Divisor::Population).map_err(wrong)?;
        let mut outcome = people.outcome();
        outcome.figure("gini", found);
        let (population, value) = match self.points {
            Some(points) => curve.thinned(points.clamp(1, 100_000)),
            None => (curve.population.clone(), curve.value.clone()),
        };
        let names = (0..population.len()).map(|point| point.to_string()).collect();
        outcome
            .table("curve", Table::named(names).values("population_share", &population).values("value_share", &value));
        let mut shares = vec![(0.0, 0.0); people.values.len()];
        for (number, &at) in curve.order.iter().enumerate() {
            shares[at as usize] = (curve.population[number + 1], curve.value[number + 1]);
        }
        let places = Table::some(Key::Place, people.at.clone())
            .numbers("population_share", shares.iter().map(|share| Some(share.0)))
            .numbers("value_share", shares.iter().map(|share| Some(share.1)));
        outcome.table("places", places);
        Ok(outcome)
    }
}
