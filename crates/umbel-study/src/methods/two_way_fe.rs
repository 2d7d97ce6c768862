//! `two_way_fe`: regression with fixed effects.

use crate::analysis::panels::{
    Behind, Complete, Corrected, ErrorsAre, collinear_note, confidence, confidence_problem, estimate, groupings_wanted,
    joint, with_estimates,
};
use crate::analysis::{About, Analysis, Key, Outcome, Over, Quantity, Sample, Table, UnitOf, Wanted};
use crate::over_places;
use umbel_stats::panel::fixed_effects::{Regression, Weighting, fixed_effects};
use umbel_stats::panel::groups::Groups;

fn unit_and_time() -> Vec<String> {
    vec!["unit".to_owned(), "time".to_owned()]
}

fn unit() -> Vec<String> {
    vec!["unit".to_owned()]
}

over_places! {
    /// Parameters of `two_way_fe`.
    pub struct TwoWayFe {
        /// What is explained: the indicator, or the column of a file.
        pub of: String,
        /// What explains it: indicators, or columns of a file.
        pub explained_by: Vec<String>,
        /// The groupings whose effects are taken out: `unit` (the places), `time` (the periods), or columns of words.
        #[serde(default = "unit_and_time")]
        pub fixed_effects: Vec<String>,
        /// What is assumed of the errors.
        #[serde(default)]
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
        /// A column of weights above 0, such as the population.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weighted_by: Option<String>,
        /// Level of the intervals.
        #[serde(default = "confidence")]
        pub confidence: f64,
    }
}

impl Analysis for TwoWayFe {
    const NAME: &'static str = "two_way_fe";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Regression with fixed effects of places and periods, with clustered or other robust errors.";
    const FORMULA: &'static str = "yᵢₜ = βxᵢₜ + αᵢ + γₜ + εᵢₜ; b = (X̃ᵀX̃)⁻¹X̃ᵀỹ on columns from which the effects are taken out; \
        V = c (X̃ᵀX̃)⁻¹ M (X̃ᵀX̃)⁻¹ with M from the assumption on errors and c from the corrections";
    const CITATION: &'static str = "Wooldridge, Econometric Analysis of Cross Section and Panel Data, 2nd edition, MIT Press, \
        2010, equations 10.48 to 10.59; Cameron, Gelbach and Miller, Robust inference with multiway clustering, JBES 29(2), \
        2011, equations 2.4 and 2.11; Driscoll and Kraay, Review of Economics and Statistics 80(4), 1998.";
    const ASSUMPTIONS: &'static str = "What differs between places and does not change, and what changes for all alike, is held \
        constant; what changes within places and is left out must have nothing to do with the columns. Rows with a missing \
        figure are left out, and rows alone in their place or period. Columns that the effects or other columns determine get \
        no coefficient.";
    const NOT_FOR: &'static str = "Effects of treatment that begins at different times and differs between places: see did. \
        Clustered errors with fewer than about 30 clusters are too small.";
    const EXAMPLE: &'static str = r#"[rail_and_output]
method = "two_way_fe"
of = "output"
explained_by = ["rail_access"]
cluster = ["unit"]
among = { kind = "county" }
title = { en = "Output with a better connection, other things equal" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("estimate", "Coefficient of the first column that explains.").with_band("lower", "upper"),
        Quantity::whole("p_two_sided", "P of a coefficient of the first column as far from zero."),
        Quantity::whole("r2_within", "Part of the variance within the effects that is explained."),
        Quantity::whole("residual", "Observed less fitted.").about(About::Row).in_unit(UnitOf::Figures),
    ];

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of)];
        columns.extend(Wanted::list("explained_by", &self.explained_by));
        columns.extend(self.weighted_by.iter().map(|name| Wanted::numbers("weighted_by", name)));
        columns.extend(groupings_wanted("fixed_effects", &self.fixed_effects));
        if self.errors == ErrorsAre::Cluster {
            columns.extend(groupings_wanted("cluster", &self.cluster));
        }
        columns
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems: Vec<_> = confidence_problem(self.confidence).into_iter().collect();
        let mut wrong = |parameter: &str, message: &str, fix: &str| {
            problems.push((parameter.to_owned(), message.to_owned(), fix.to_owned()));
        };
        if self.explained_by.is_empty() {
            wrong("explained_by", "Nothing explains.", "Name at least one column.");
        }
        if self.errors == ErrorsAre::Cluster && !(1..=2).contains(&self.cluster.len()) {
            wrong("cluster", "Errors are clustered by one or two groupings.", "Name one or two, such as unit.");
        }
        problems
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let response = sample.numbers("of")?;
        let explained_by = sample.list("explained_by")?;
        let weights = self.weighted_by.as_ref().map(|_| sample.numbers("weighted_by")).transpose()?;
        let mut numbers = vec![response];
        numbers.extend(&explained_by);
        numbers.extend(weights);
        let names = |parameter: &str, list: &[String]| groupings_wanted(parameter, list);
        let mut labels = names("fixed_effects", &self.fixed_effects);
        if self.errors == ErrorsAre::Cluster {
            labels.extend(names("cluster", &self.cluster));
        }
        let labels: Vec<_> = labels.iter().filter_map(|wanted| sample.labels(&wanted.parameter)).collect();
        let complete = Complete::of(sample, &numbers, &labels);
        let y = complete.take(response);
        let columns: Vec<Vec<f64>> = explained_by.iter().map(|column| complete.take(column)).collect();
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let weights = weights.map(|weights| complete.take(weights));
        let effects = self.fixed_effects.iter().enumerate();
        let effects: Vec<Groups> =
            effects.map(|(at, name)| complete.groups("fixed_effects", at, name)).collect::<Result<_, _>>()?;
        let behind = Behind::of(&complete, self.errors, &self.cluster, self.lags)?;
        let regression = Regression {
            weights: weights.as_ref().map_or(Weighting::None, |weights| Weighting::Analytic(weights)),
            corrections: self.corrections.corrections(),
            confidence: self.confidence,
            ..Regression::new(&y, &slices).with_errors(behind.errors())
        };
        let fit = if effects.is_empty() {
            umbel_stats::panel::fixed_effects::pooled(&regression)
        } else {
            fixed_effects(&regression, &effects)
        };
        let fit = fit.map_err(|error| error.to_string())?;
        // Without effects the first column is the intercept.
        let first = usize::from(effects.is_empty());
        let mut outcome = Outcome::new();
        if let Some(Some(first)) = fit.coefficients.get(first) {
            outcome.figures.extend(estimate(first));
        }
        outcome.figure("n", fit.number);
        outcome.figure("missing", complete.missing);
        outcome.figure("singletons", fit.singletons(y.len()));
        outcome.figure("groups", fit.groups.clone());
        outcome.figure("r2", fit.r2);
        outcome.figure("r2_adjusted", fit.r2_adjusted);
        outcome.figure("r2_within", fit.r2_within);
        outcome.figure("parameters_counted", fit.covariance.parameters);
        outcome.figure("degrees_of_freedom", fit.covariance.degrees);
        if !fit.covariance.clusters.is_empty() {
            outcome.figure("clusters", fit.covariance.clusters.clone());
        }
        if let Some(lags) = fit.covariance.lags {
            outcome.figure("lags", lags);
        }
        if let Ok(test) = fit.joint(&(first..fit.coefficients.len()).collect::<Vec<_>>()) {
            outcome.figure("joint_test", joint(&test));
        }
        let mut names = self.explained_by.clone();
        if first == 1 {
            names.insert(0, "intercept".to_owned());
        }
        outcome.table("coefficients", with_estimates(Table::named(names.clone()), &fit.coefficients));
        let at = |row: &u32| complete.rows[*row as usize];
        let used: Vec<u32> = match &fit.rows {
            Some(rows) => rows.iter().map(at).collect(),
            None => complete.rows.clone(),
        };
        outcome.table("rows", Table::some(Key::Row, used).values("residual", &fit.residuals));
        outcome.notes.extend(collinear_note(&names, &fit));
        if fit.singletons(y.len()) > 0 {
            outcome.note(format!("{} rows alone in their place or period left out", fit.singletons(y.len())));
        }
        if self.errors == ErrorsAre::Cluster && fit.covariance.clusters.iter().any(|count| *count < 30) {
            outcome.note("fewer than 30 clusters: errors are likely too small");
        }
        Ok(outcome)
    }
}
