//! `event_study`: effects by time since treatment began.

use crate::analysis::panels::{
    Behind, Complete, Corrected, ErrorsAre, confidence, confidence_problem, groupings_wanted, joint, with_estimates,
};
use crate::analysis::{Analysis, Outcome, Over, Quantity, Sample, Table, UnitOf, Wanted};
use crate::over_places;
use umbel_stats::panel::event_study::{Window, event_study};
use umbel_stats::panel::fixed_effects::Regression;

fn before() -> i64 {
    -1
}

fn unit() -> Vec<String> {
    vec!["unit".to_owned()]
}

over_places! {
    /// Parameters of `event_study`.
    pub struct EventStudy {
        /// The outcome: the indicator, or the column of a file.
        pub of: String,
        /// Column with the first treated period of the place; 0 or nothing: never.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub first_treated: Option<String>,
        /// Column that is not 0 in rows of treated places from the first treated period on, instead of `first_treated`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub treated: Option<String>,
        /// Further columns that explain the outcome.
        #[serde(default)]
        pub explained_by: Vec<String>,
        /// The period that the others are compared with, counted from the first treated one.
        #[serde(default = "before")]
        pub reference: i64,
        /// Periods so far before treatment or farther share one coefficient; left out: each has its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub leads: Option<u32>,
        /// Periods so far after the first treated one or farther share one coefficient; left out: each has its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lags: Option<u32>,
        /// What is assumed of the errors.
        #[serde(default)]
        pub errors: ErrorsAre,
        /// One or two groupings within which errors may be correlated: `unit`, `time`, or columns of words.
        #[serde(default = "unit")]
        pub cluster: Vec<String>,
        /// Corrections for small samples.
        #[serde(default)]
        pub corrections: Corrected,
        /// Level of the intervals.
        #[serde(default = "confidence")]
        pub confidence: f64,
    }
}

impl Analysis for EventStudy {
    const NAME: &'static str = "event_study";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Effects by time since treatment, with a joint test of what was before.";
    const FORMULA: &'static str = "yᵢₜ = αᵢ + γₜ + Σₖ δₖ 1[t − gᵢ = k] + βxᵢₜ + εᵢₜ over all k but the reference; before treatment: \
        F of δₖ = 0 for all k < 0";
    const CITATION: &'static str = "Sun and Abraham, Estimating dynamic treatment effects in event studies with heterogeneous \
        treatment effects, Journal of Econometrics 225(2), 2021, equation 3.";
    const ASSUMPTIONS: &'static str = "Without treatment all places had moved alike, and treatment was not felt before it began. \
        Periods are years where they are years, else their positions. Where all places are treated in the end, one more \
        coefficient cannot be told from a trend and is left out.";
    const NOT_FOR: &'static str = "Treatment that begins at different times with effects that differ between groups: the \
        coefficients mix them; see did.";
    const EXAMPLE: &'static str = r#"[rail_event_study]
method = "event_study"
of = "output"
treated = "has_rail"
among = { kind = "county" }
title = { en = "Output before and after the line opened" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("estimate", "Mean of the effects from the first treated period on.").in_unit(UnitOf::Figures),
        Quantity::whole("p_pre_trend", "P of the joint test that nothing happened before treatment."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of)];
        columns.extend(self.first_treated.iter().map(|name| Wanted::numbers("first_treated", name)));
        columns.extend(self.treated.iter().map(|name| Wanted::numbers("treated", name)));
        columns.extend(Wanted::list("explained_by", &self.explained_by));
        if self.errors == ErrorsAre::Cluster {
            columns.extend(groupings_wanted("cluster", &self.cluster));
        }
        columns
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems: Vec<_> = confidence_problem(self.confidence).into_iter().collect();
        if self.first_treated.is_some() == self.treated.is_some() {
            let message = "Treatment is told by one column.".to_owned();
            problems.push(("treated".to_owned(), message, "Name either treated or first_treated.".to_owned()));
        }
        problems
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let response = sample.numbers("of")?;
        let explained_by = sample.list("explained_by")?;
        let mut numbers = vec![response];
        numbers.extend(&explained_by);
        let labels: Vec<_> = (0..self.cluster.len()).filter_map(|at| sample.labels(&format!("cluster.{at}"))).collect();
        let complete = Complete::of(sample, &numbers, &labels);
        let y = complete.take(response);
        let columns: Vec<Vec<f64>> = explained_by.iter().map(|column| complete.take(column)).collect();
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let calendar = complete.calendar();
        let first = complete.first_treated(&calendar)?;
        let behind = Behind::of(&complete, self.errors, &self.cluster, None)?;
        let regression = Regression {
            corrections: self.corrections.corrections(),
            confidence: self.confidence,
            ..Regression::new(&y, &slices).with_errors(behind.errors())
        };
        let window = Window { reference: self.reference, leads: self.leads, lags: self.lags };
        let study = event_study(&regression, &complete.unit(), &calendar.period, &first, window);
        let study = study.map_err(|error| error.to_string())?;
        let after: Vec<f64> =
            study.effects.iter().filter(|e| e.relative >= 0).filter_map(|e| e.effect.map(|e| e.estimate)).collect();
        let mut outcome = Outcome::new();
        let mean = (!after.is_empty()).then(|| after.iter().sum::<f64>() / after.len() as f64);
        outcome.figure("estimate", mean);
        outcome.figure("p_pre_trend", study.pre_trend.map(|test| test.p));
        for (name, test) in [("pre_trend", &study.pre_trend), ("post", &study.post)] {
            if let Some(test) = test {
                outcome.figure(name, joint(test));
            }
        }
        outcome.figure("reference", self.reference);
        outcome.figure("n", study.fit.number);
        outcome.figure("missing", complete.missing);
        outcome.figure("never_treated", study.never_treated);
        outcome.figure("r2_within", study.fit.r2_within);
        let names = study.effects.iter().map(|effect| effect.relative.to_string()).collect();
        let estimates: Vec<_> = study.effects.iter().map(|effect| effect.effect).collect();
        let table = Table::named(names)
            .counts("relative", study.effects.iter().map(|effect| Some(effect.relative)))
            .counts("rows", study.effects.iter().map(|effect| Some(effect.rows as i64)));
        outcome.table("effects", with_estimates(table, &estimates));
        if !self.explained_by.is_empty() {
            let rest = &study.fit.coefficients[study.effects.len()..];
            outcome.table("coefficients", with_estimates(Table::named(self.explained_by.clone()), rest));
        }
        if study.never_treated == 0 {
            outcome.note("all places are treated in the end: a common trend cannot be told from the effects");
        }
        let begins: std::collections::BTreeSet<i64> = first.iter().flatten().copied().collect();
        if begins.len() > 1 {
            outcome.note(format!(
                "treatment begins in {} periods: where effects differ between groups these coefficients mix them, and did is \
                 the safer method",
                begins.len()
            ));
        }
        Ok(outcome)
    }
}
