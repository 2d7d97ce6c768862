//! `panel`: the classic regressions on panels.

use crate::analysis::panels::{
    Behind, Complete, Corrected, ErrorsAre, collinear_note, confidence, confidence_problem, estimate, groupings_wanted,
    with_estimates,
};
use crate::analysis::{Analysis, Figure, Outcome, Over, Quantity, Sample, Table, Wanted};
use crate::over_places;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_stats::panel::between::between;
use umbel_stats::panel::covariance::Errors;
use umbel_stats::panel::first_difference::first_difference;
use umbel_stats::panel::fixed_effects::{Regression, fixed_effects, pooled};
use umbel_stats::panel::goodness::goodness;
use umbel_stats::panel::random_effects::{hausman, random_effects};

/// Which regression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// Effects of places are random (Swamy, Arora).
    #[default]
    RandomEffects,
    /// All rows together.
    Pooled,
    /// Means of places.
    Between,
    /// Changes from period to period.
    FirstDifference,
}

fn iid() -> ErrorsAre {
    ErrorsAre::Iid
}

fn unit() -> Vec<String> {
    vec!["unit".to_owned()]
}

over_places! {
    /// Parameters of `panel`.
    pub struct Panel {
        /// What is explained: the indicator, or the column of a file.
        pub of: String,
        /// What explains it: indicators, or columns of a file.
        pub explained_by: Vec<String>,
        /// Which regression.
        #[serde(default)]
        pub model: Model,
        /// What is assumed of the errors.
        #[serde(default = "iid")]
        pub errors: ErrorsAre,
        /// One or two groupings within which errors may be correlated: `unit`, `time`, or columns of words.
        #[serde(default = "unit")]
        pub cluster: Vec<String>,
        /// Lags of Driscoll-Kraay errors; left out: the whole part of 4 (T / 100)^(2/9) for T periods.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lags: Option<u32>,
        /// Corrections for small samples.
        #[serde(default)]
        pub corrections: Corrected,
        /// Level of the intervals.
        #[serde(default = "confidence")]
        pub confidence: f64,
    }
}

impl Analysis for Panel {
    const NAME: &'static str = "panel";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Pooled, between, first-difference and random-effects regression on a panel.";
    const FORMULA: &'static str = "random effects: yᵢₜ − θᵢȳᵢ on xᵢₜ − θᵢx̄ᵢ, θᵢ = 1 − √(σₑ² / (Tᵢσᵤ² + σₑ²)); pooled: yᵢₜ on xᵢₜ; \
        between: ȳᵢ on x̄ᵢ; first difference: yᵢₜ − yᵢₜ₋₁ on xᵢₜ − xᵢₜ₋₁";
    const CITATION: &'static str = "Swamy and Arora, Econometrica 40(2), 1972; Wooldridge, Econometric Analysis of Cross Section \
        and Panel Data, 2nd edition, MIT Press, 2010, sections 10.4 to 10.7; Hausman, Econometrica 46(6), 1978, equation 2.12.";
    const ASSUMPTIONS: &'static str = "Pooled, between and random effects need effects of places that have nothing to do with the \
        columns; Hausman's test against fixed effects is given with random effects. Rows with a missing figure are left out; \
        there is no change over a gap.";
    const NOT_FOR: &'static str = "Places that differ in what is left out and matters: see two_way_fe.";
    const EXAMPLE: &'static str = r#"[rail_and_output_random]
method = "panel"
of = "output"
explained_by = ["rail_access"]
model = "random_effects"
among = { kind = "county" }
title = { en = "Output and connection, effects of counties random" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("estimate", "Coefficient of the first column that explains.").with_band("lower", "upper"),
        Quantity::whole("p_two_sided", "P of a coefficient of the first column as far from zero."),
        Quantity::whole("r2_within", "Part of the variance within places that is explained."),
        Quantity::whole("r2_between", "Part of the variance between places that is explained."),
        Quantity::whole("r2_overall", "Part of the variance that is explained."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of)];
        columns.extend(Wanted::list("explained_by", &self.explained_by));
        if self.errors == ErrorsAre::Cluster {
            columns.extend(groupings_wanted("cluster", &self.cluster));
        }
        columns
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems: Vec<_> = confidence_problem(self.confidence).into_iter().collect();
        if self.explained_by.is_empty() {
            let fix = "Name at least one column.".to_owned();
            problems.push(("explained_by".to_owned(), "Nothing explains.".to_owned(), fix));
        }
        problems
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let say = |error: umbel_stats::Error| error.to_string();
        let response = sample.numbers("of")?;
        let explained_by = sample.list("explained_by")?;
        let mut numbers = vec![response];
        numbers.extend(&explained_by);
        let labels: Vec<_> = (0..self.cluster.len()).filter_map(|at| sample.labels(&format!("cluster.{at}"))).collect();
        let complete = Complete::of(sample, &numbers, &labels);
        let y = complete.take(response);
        let columns: Vec<Vec<f64>> = explained_by.iter().map(|column| complete.take(column)).collect();
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let (unit, time) = (complete.unit(), complete.time());
        let behind = Behind::of(&complete, self.errors, &self.cluster, self.lags)?;
        let regression = Regression {
            corrections: self.corrections.corrections(),
            confidence: self.confidence,
            ..Regression::new(&y, &slices).with_errors(behind.errors())
        };
        let mut outcome = Outcome::new();
        let mut effects: Vec<(&'static str, Figure)> = Vec::new();
        let fit = match self.model {
            Model::Pooled => pooled(&regression).map_err(say)?,
            Model::Between => between(&regression, &unit).map_err(say)?,
            Model::FirstDifference => first_difference(&regression, &unit, &time).map_err(say)?,
            Model::RandomEffects => {
                let random = random_effects(&regression, &unit).map_err(say)?;
                effects.push(("variance_effects", random.variance_effects.into()));
                effects.push(("variance_residual", random.variance_residual.into()));
                effects.push(("rho", random.rho.into()));
                effects.push(("theta_mean", (random.theta.iter().sum::<f64>() / random.theta.len() as f64).into()));
                // Hausman's test rests on independent errors in both.
                let plain = regression.with_errors(Errors::Iid);
                let fixed = fixed_effects(&plain, std::slice::from_ref(&unit));
                let test = fixed.and_then(|fixed| hausman(&fixed, &random_effects(&plain, &unit)?.fit));
                match test {
                    Ok(test) => effects.push(("hausman", crate::analysis::panels::joint(&test))),
                    Err(error) => {
                        outcome.note(format!("Hausman's test against fixed effects is not defined here: {error}"));
                    }
                }
                random.fit
            }
        };
        let intercept = self.model != Model::FirstDifference;
        let skip = usize::from(intercept);
        if let Some(Some(first)) = fit.coefficients.get(skip) {
            outcome.figures.extend(estimate(first));
        }
        outcome.figure("n", fit.number);
        outcome.figure("missing", complete.missing);
        outcome.figure("units", unit.count());
        outcome.figure("periods", time.count());
        outcome.figure("r2", fit.r2);
        let values: Vec<Option<f64>> = fit.coefficients.iter().map(|e| e.map(|e| e.estimate)).collect();
        let start = if intercept { values[0] } else { None };
        let parts = goodness(&y, &slices, &unit, start, &values[skip..]);
        outcome.figure("r2_within", parts.r2_within);
        outcome.figure("r2_between", parts.r2_between);
        outcome.figure("r2_overall", parts.r2_overall);
        outcome.figure("degrees_of_freedom", fit.covariance.degrees);
        for (name, figure) in effects {
            outcome.figure(name, figure);
        }
        let mut names = self.explained_by.clone();
        if intercept {
            names.insert(0, "intercept".to_owned());
        }
        outcome.table("coefficients", with_estimates(Table::named(names.clone()), &fit.coefficients));
        outcome.notes.extend(collinear_note(&names, &fit));
        Ok(outcome)
    }
}
