//! `coupling_coordination`: how evenly several systems develop, and how far.

use super::composite::{directions_of, directions_problem};
use crate::analysis::{About, Analysis, Key, Name, Outcome, Over, Quantity, Sample, Table, Wanted, seed};
use crate::over_places;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::str::FromStr;
use umbel_stats::composite::coupling::{Draws, Levels, Scaling, Variant, Window, banded};
use umbel_stats::composite::grades::{Closed, Grades};

/// Over which places lowest and highest values are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Together {
    /// All places in all periods together.
    #[default]
    Pooled,
    /// Each period by itself; refused with several periods.
    PerPeriod,
}

fn draws() -> u32 {
    1000
}
fn noise() -> f64 {
    0.25
}

over_places! {
    /// Parameters of `coupling_coordination`.
    pub struct CouplingCoordination {
        /// The systems, two or more: indicators (indices of the systems), or the columns of a file.
        pub of: Vec<String>,
        /// The formula of C: `standard`, `wang_2021` or `fan`. There is no default, since their results differ.
        pub variant: String,
        /// Weights of the systems in T; left out: the same for all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub weights: Vec<f64>,
        /// What the lowest and the highest value of each system become, such as 0.01 and 0.99; left out: values are levels in (0, 1] already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub scale: Option<[f64; 2]>,
        /// Where values are scaled: 1 for each system where more is better, -1 where less is; left out: 1 for all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub directions: Vec<i64>,
        /// Where values are scaled: over which places.
        #[serde(default)]
        pub window: Together,
        /// Upper ends of the grades of D, ascending to 1; left out: ten grades in steps of 0.1.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub grade_ends: Vec<f64>,
        /// Names of the grades of D.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub grade_names: Vec<String>,
        /// Number of draws for the band of D.
        #[serde(default = "draws")]
        pub draws: u32,
        /// Seed of the draws.
        #[serde(default = "seed")]
        pub seed: u64,
        /// In the draws, each weight changes by up to this share.
        #[serde(default = "noise")]
        pub weight_noise: f64,
        /// Formulae that the draws use as well.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub other_variants: Vec<String>,
        /// Where values are scaled: the range from which the draws take what the lowest value becomes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub shift: Option<[f64; 2]>,
    }
}

impl CouplingCoordination {
    fn grades(&self) -> Grades {
        if self.grade_ends.is_empty() {
            return Grades::coordination();
        }
        Grades { upper: self.grade_ends.clone(), names: self.grade_names.clone(), closed: Closed::Below }
    }
}

/// The text of an error of the engine without the name of the parameter, as a sentence.
fn sentence(error: &umbel_stats::Error) -> String {
    let text = match error {
        umbel_stats::Error::Parameter { message, .. } => message.clone(),
        other => other.to_string(),
    };
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect::<String>() + ".")
}

impl Analysis for CouplingCoordination {
    const NAME: &'static str = "coupling_coordination";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Coupling coordination: how evenly two or more systems develop, and how far.";
    const FORMULA: &'static str = "D = √(C·T), T = Σ aᵢUᵢ with Σ aᵢ = 1. `standard`: C = n (∏Uᵢ)^(1/n) / ΣUᵢ. `wang_2021`: \
        C = √([1 − Σ|Uᵢ − Uⱼ| / (n(n−1)/2)] · (∏Uᵢ / max U)^(1/(n−1))), with the largest U as unit of the product. `fan`: \
        C = 1 − 2 √((nΣU² − (ΣU)²) / n²).";
    const CITATION: &'static str = "Wang et al., Journal of Natural Resources 36(3), 2021, 793-810; standard form and that \
        of Fan as restated in the vignette of the R package coupling; grades: Tian et al., Acta Geographica Sinica 76(4), \
        2021, table 1.";
    const ASSUMPTIONS: &'static str = "Levels lie in (0, 1]; places that lack a system are left out. Values are only \
        scaled when `scale` says so, over all places and periods together. Weights count in T alone. The band of D: 5 to \
        95 % of draws over weights, and over formulae and the lower end of the scale where named.";
    const NOT_FOR: &'static str = "Comparing D of different formulae, scales or sets of places. Levels of 0 (min-max to \
        0): C and D are then 0 whatever the other systems are. Periods that were each scaled by themselves. Claims about \
        cause between the systems: C sees levels alone.";
    const EXAMPLE: &'static str = r#"[city_and_nature]
method = "coupling_coordination"
of = ["urbanisation_index", "ecology_index"]
variant = "wang_2021"
scale = [0.01, 0.99]
among = { kind = "county" }
title = { en = "Coordination of urbanisation and ecology" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("coordination", "Coordination degree D, with its band as interval.")
            .about(About::Row)
            .with_band("coordination_low", "coordination_high"),
        Quantity::whole("coupling", "Coupling degree C.").about(About::Row),
        Quantity::whole("development", "Development index T.").about(About::Row),
        Quantity::whole("grade", "Grade of D.").about(About::Row).of_words(&[
            "extreme imbalance",
            "severe imbalance",
            "moderate imbalance",
            "mild imbalance",
            "near imbalance",
            "bare coordination",
            "primary coordination",
            "intermediate coordination",
            "good coordination",
            "quality coordination",
        ]),
        Quantity::whole("coupling_stage", "Stage of C.").about(About::Row).of_words(&[
            "low coupling",
            "antagonism",
            "running-in",
            "high coupling",
        ]),
    ];

    fn columns(&self) -> Vec<Wanted> {
        Wanted::list("of", &self.of)
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems = Vec::new();
        let mut problem = |parameter: &str, message: String, fix: &str| {
            problems.push((parameter.to_owned(), message, fix.to_owned()));
        };
        let names = "Write standard, wang_2021 or fan.";
        if let Err(error) = Variant::from_str(&self.variant) {
            problem("variant", sentence(&error), names);
        }
        for other in &self.other_variants {
            if let Err(error) = Variant::from_str(other) {
                problem("other_variants", sentence(&error), names);
            }
        }
        if self.of.len() < 2 {
            problem("of", "Coupling needs at least 2 systems.".to_owned(), "Name all of them.");
        }
        if !self.weights.is_empty() && self.weights.len() != self.of.len() {
            let message = format!("There are {} weights for {} systems.", self.weights.len(), self.of.len());
            problem("weights", message, "Give one for each, in their order.");
        }
        if let Err(error) = self.grades().check() {
            problem("grade_ends", sentence(&error), "Give as many names as ends.");
        }
        if self.scale.is_none() && (self.shift.is_some() || !self.directions.is_empty()) {
            let message = "Levels that are given are not scaled or turned around here.".to_owned();
            problem("scale", message, "Give the ends of the scale, such as 0.01 and 0.99.");
        }
        problems.extend(directions_problem(&self.directions, self.of.len()));
        problems
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let columns: Vec<Vec<Option<f64>>> =
            sample.list("of")?.into_iter().map(|numbers| numbers.iter().collect()).collect();
        let complete = |&row: &u32| columns.iter().all(|column| column[row as usize].is_some());
        let rows: Vec<u32> = (0..sample.rows() as u32).filter(complete).collect();
        let take = |column: &Vec<Option<f64>>| rows.iter().filter_map(|&row| column[row as usize]).collect();
        let systems: Vec<Vec<f64>> = columns.iter().map(take).collect();
        let periods: Vec<u32> = rows.iter().filter_map(|&row| sample.period.get(row as usize).copied()).collect();
        let parse = |name: &String| Variant::from_str(name).map_err(|error| error.to_string());
        let variant = parse(&self.variant)?;
        let weights = if self.weights.is_empty() { vec![1.0; systems.len()] } else { self.weights.clone() };
        let directions = directions_of(&self.directions, systems.len());
        let from = match self.scale {
            None => Levels::Given(&systems),
            Some([low, high]) => {
                let window = if self.window == Together::Pooled { Window::Pooled } else { Window::PerPeriod };
                Levels::Scaled { systems: &systems, directions: &directions, by: Scaling { low, high, window } }
            }
        };
        let by = Draws {
            draws: self.draws,
            seed: self.seed,
            variants: self.other_variants.iter().map(parse).collect::<Result<_, _>>()?,
            weight_noise: self.weight_noise,
            shift: self.shift,
        };
        let found = banded(from, &periods, &weights, variant, &by).map_err(|error| error.to_string())?;
        let (grades, stages) = (self.grades(), Grades::coupling());
        let sum: f64 = weights.iter().sum();
        let mut outcome = Outcome::new();
        outcome.figure("n", rows.len());
        outcome.figure("missing", sample.rows() - rows.len());
        outcome.figure("variant", variant.name());
        outcome.figure("systems", systems.len());
        outcome.figure("weights", weights.iter().map(|weight| weight / sum).collect::<Vec<f64>>());
        outcome.figure("scaled", self.scale.is_some());
        if let Some([low, high]) = self.scale {
            outcome.figure("scale", vec![low, high]);
        }
        outcome.figure("draws", self.draws);
        outcome.figure("seed", self.seed);
        let mean = |of: &dyn Fn(usize) -> f64| (0..found.len()).map(of).sum::<f64>() / found.len() as f64;
        outcome.figure("mean_coordination", mean(&|at| found[at].degrees.coordination));
        let word = |text: &str| Some(Name::Owned(text.to_owned()));
        let table = Table::some(Key::Row, rows)
            .numbers("coupling", found.iter().map(|row| Some(row.degrees.coupling)))
            .numbers("development", found.iter().map(|row| Some(row.degrees.development)))
            .numbers("coordination", found.iter().map(|row| Some(row.degrees.coordination)))
            .numbers("coordination_low", found.iter().map(|row| Some(row.coordination_low)))
            .numbers("coordination_high", found.iter().map(|row| Some(row.coordination_high)))
            .words("grade", found.iter().map(|row| word(grades.name(row.degrees.coordination))))
            .words("coupling_stage", found.iter().map(|row| word(stages.name(row.degrees.coupling))));
        outcome.table(if sample.period.is_empty() { "places" } else { "rows" }, table);
        if sample.rows() > found.len() {
            outcome.note(format!("{} without a figure for every system are left out", sample.rows() - found.len()));
        }
        Ok(outcome)
    }
}
