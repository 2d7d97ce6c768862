//! `topsis`: how near a place is to the best, and how far from the worst.

use super::composite::{Weights, directions_of, directions_problem};
use crate::analysis::{Analysis, Key, Outcome, Quantity, Sample, Table, Wanted, seed};
use crate::over_places;
use umbel_stats::composite::ranking::{Draws, topsis_ranked};
use umbel_stats::composite::topsis::{self, Scale, topsis};
use umbel_stats::composite::weigh::{EntropyOf, critic, entropy, merec, standard_deviation};

fn draws() -> u32 {
    1000
}
fn noise() -> f64 {
    0.25
}
fn yes() -> bool {
    true
}

over_places! {
    /// Parameters of `topsis`.
    pub struct Topsis {
        /// The indicators, or the columns of a file.
        pub of: Vec<String>,
        /// For each indicator 1 where more is better, -1 where less is; left out: 1 for all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub directions: Vec<i64>,
        /// A number for each indicator, or `equal`, `entropy` (of the values as they are), `standard_deviation` (of the scaled values), `critic`, `merec`.
        #[serde(default)]
        pub weights: Weights,
        /// How indicators are brought onto one scale.
        #[serde(default)]
        pub normalise: Scale,
        /// Number of draws for the bands of the ranks.
        #[serde(default = "draws")]
        pub draws: u32,
        /// Seed of the draws.
        #[serde(default = "seed")]
        pub seed: u64,
        /// In the draws, each weight changes by up to this share.
        #[serde(default = "noise")]
        pub weight_noise: f64,
        /// In the draws, one indicator or none is left out.
        #[serde(default = "yes")]
        pub leave_one_out: bool,
    }
}

impl Analysis for Topsis {
    const NAME: &'static str = "topsis";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "TOPSIS: how near a place is to the best values and how far from the worst, ranked with bands.";
    const FORMULA: &'static str = "S = d⁻ / (d⁺ + d⁻), d⁺ and d⁻ the Euclidean distances of the weighted, scaled values to the \
        best and to the worst value of every indicator.";
    const CITATION: &'static str =
        "Hwang and Yoon, Multiple Attribute Decision Making, Springer, 1981, pages 128 to 140.";
    const ASSUMPTIONS: &'static str = "Places that lack an indicator are left out. A strong value makes up for a weak one. \
        The band of a rank: 5 to 95 % of draws over weights, both scales and indicators left out, widened to the rank.";
    const NOT_FOR: &'static str = "Comparing scores of different sets of places: best and worst come from the places given, \
        and adding one may swap the ranks of others.";
    const EXAMPLE: &'static str = r#"[site_rank]
method = "topsis"
of = ["access", "price", "risk"]
directions = [1, -1, -1]
weights = "entropy"
result = "rank"
title = { en = "Rank of sites, with its band" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::place("score", "Closeness to the best, 0 to 1."),
        Quantity::place("rank", "Rank, 1 for the highest score; its band is its interval.")
            .with_band("rank_low", "rank_high"),
    ];

    fn columns(&self) -> Vec<Wanted> {
        Wanted::list("of", &self.of)
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let count = self.of.len();
        let mut problems: Vec<(String, String, String)> = Vec::new();
        problems.extend(directions_problem(&self.directions, count));
        problems.extend(self.weights.problem(count));
        if matches!(self.weights.word(), "principal_components" | "equal_influence") {
            let message = format!("TOPSIS takes no weights \"{}\".", self.weights.word());
            problems.push(("weights".to_owned(), message, "`composite` does.".to_owned()));
        }
        problems
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let list = sample.list("of")?;
        let complete = |&row: &u32| list.iter().all(|column| column.get(row as usize).is_some());
        let rows: Vec<u32> = (0..sample.rows() as u32).filter(complete).collect();
        let columns: Vec<Vec<f64>> =
            list.iter().map(|column| rows.iter().filter_map(|&row| column.get(row as usize)).collect()).collect();
        let directions = directions_of(&self.directions, columns.len());
        let scale = self.normalise;
        let error = |error: umbel_stats::Error| error.to_string();
        let weights = match &self.weights {
            Weights::Given(weights) => weights.clone(),
            Weights::Word(word) => match word.as_str() {
                "entropy" => entropy(&columns, &directions, EntropyOf::Values).map_err(error)?.weights,
                "standard_deviation" => {
                    let scaled = topsis::scale(&columns, &directions, scale).map_err(error)?;
                    standard_deviation(&scaled).map_err(error)?
                }
                "critic" => critic(&columns, &directions).map_err(error)?,
                "merec" => merec(&columns, &directions).map_err(error)?,
                _ => vec![1.0; columns.len()],
            },
        };
        let found = topsis(&columns, &directions, &weights, scale).map_err(error)?;
        let by = Draws {
            draws: self.draws,
            seed: self.seed,
            weight_noise: self.weight_noise,
            leave_one_out: self.leave_one_out && columns.len() > 1,
        };
        let ranked = topsis_ranked(&columns, &directions, &weights, scale, by).map_err(error)?;
        let sum: f64 = weights.iter().sum();
        let mut outcome = Outcome::new();
        outcome.figure("n", rows.len());
        outcome.figure("missing", sample.rows() - rows.len());
        outcome.figure("weights_from", self.weights.word());
        outcome.figure("draws", self.draws);
        outcome.figure("seed", self.seed);
        let table = Table::some(Key::Place, rows)
            .numbers("score", ranked.iter().map(|ranked| Some(ranked.score)))
            .counts("rank", ranked.iter().map(|ranked| Some(i64::from(ranked.rank))))
            .counts("rank_low", ranked.iter().map(|ranked| Some(i64::from(ranked.rank_low))))
            .counts("rank_high", ranked.iter().map(|ranked| Some(i64::from(ranked.rank_high))))
            .numbers("rank_median", ranked.iter().map(|ranked| Some(ranked.rank_median)))
            .values("distance_to_best", &found.to_best)
            .values("distance_to_worst", &found.to_worst);
        outcome.table("places", table);
        let shares: Vec<f64> = weights.iter().map(|weight| weight / sum).collect();
        outcome.table("indicators", Table::named(self.of.clone()).values("weight", &shares));
        if sample.rows() > ranked.len() {
            outcome.note(format!("{} without a figure for every indicator are left out", sample.rows() - ranked.len()));
        }
        Ok(outcome)
    }
}
