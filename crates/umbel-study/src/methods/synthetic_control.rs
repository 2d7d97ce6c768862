//! `synthetic_control`: a weighted mean of other places beside the treated one.

use crate::analysis::{About, Analysis, Key, Outcome, Over, Quantity, Sample, Table, UnitOf, Wanted};
use crate::over_places;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_stats::panel::synthetic_control::{Observed, PredictorWeights, placebo_in_space};

/// How predictors count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weighing {
    /// Each the same, by its standard deviation.
    #[default]
    Equal,
    /// Such that outcomes before treatment are met best.
    Optimised,
}

over_places! {
    /// Parameters of `synthetic_control`.
    pub struct SyntheticControl {
        /// The outcome: the indicator, or the column of a file.
        pub of: String,
        /// Id of the treated place.
        pub treated: String,
        /// The first treated period, as in the data.
        pub first_treated: String,
        /// Columns whose means before treatment the control should share; left out: the outcome in every period before.
        #[serde(default)]
        pub predictors: Vec<String>,
        /// How predictors count.
        #[serde(default)]
        pub predictor_weights: Weighing,
        /// In the placebo test, leave out places whose error before treatment is more than so many times that of the
        /// treated one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub most_times: Option<f64>,
    }
}

impl Analysis for SyntheticControl {
    const NAME: &'static str = "synthetic_control";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Synthetic control: one treated place beside the weighted mean of others that resembles it most.";
    const FORMULA: &'static str = "w = argmin (X₁ − X₀w)ᵀV(X₁ − X₀w), w ≥ 0, Σw = 1; gapₜ = y₁ₜ − Σⱼ wⱼyⱼₜ; p = share of places whose \
        ratio of root mean squared gaps after and before treatment is as large";
    const CITATION: &'static str = "Abadie, Diamond and Hainmueller, Synthetic control methods for comparative case studies, JASA \
        105(490), 2010, sections 2.2, 2.3 and 3.4; Wolfe, Mathematical Programming 11, 1976 (the weights, exactly).";
    const ASSUMPTIONS: &'static str = "Treatment touched no other place. Places that lack an outcome in a period are left out, and \
        are named.";
    const NOT_FOR: &'static str = "Places unlike all others: look at the error before treatment first. With few other places the \
        smallest possible p is one over their number.";
    const EXAMPLE: &'static str = r#"[new_area_effect]
method = "synthetic_control"
of = "output"
treated = "xiongan"
first_treated = "2017"
among = { kind = "county" }
title = { en = "Output beside that of counties like it" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("effect", "Mean gap after treatment.").in_unit(UnitOf::Figures),
        Quantity::whole("p_placebo", "Share of places with as large a ratio of errors after and before."),
        Quantity::whole("rmspe_before", "Root mean squared gap before treatment.").in_unit(UnitOf::Figures),
        Quantity::whole("rmspe_ratio", "Root mean squared gap after treatment by that before."),
        Quantity::whole("gap", "Outcome less that of the synthetic control.")
            .about(About::Period)
            .in_unit(UnitOf::Figures),
        Quantity::whole("synthetic", "Outcome of the synthetic control.").about(About::Period).in_unit(UnitOf::Figures),
        Quantity::place("weight", "Weight in the synthetic control."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of)];
        columns.extend(Wanted::list("predictors", &self.predictors));
        columns
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let wrong = self.most_times.filter(|most| *most <= 0.0);
        let problem = wrong.map(|most| {
            let message = format!("{most} times is no bound.");
            ("most_times".to_owned(), message, "Write a number above 0, such as 5.".to_owned())
        });
        problem.into_iter().collect()
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let table = sample.by_place("of")?;
        let treated = sample.places.iter().position(|place| *place == self.treated);
        let treated = treated.ok_or_else(|| format!("there is no place \"{}\"", self.treated))?;
        let before = sample.periods.iter().position(|period| *period == self.first_treated).ok_or_else(|| {
            format!("there is no period \"{}\"; they are {}", self.first_treated, sample.periods.join(", "))
        })?;
        // Means before treatment, of the rows that are there.
        let mut predictors: Vec<Vec<Option<f64>>> = Vec::new();
        for at in 0..self.predictors.len() {
            let rows = sample.by_place(&format!("predictors.{at}"))?;
            let mean = |row: &Vec<Option<f64>>| {
                let there: Vec<f64> = row[..before].iter().flatten().copied().collect();
                (!there.is_empty()).then(|| there.iter().sum::<f64>() / there.len() as f64)
            };
            predictors.push(rows.iter().map(mean).collect());
        }
        let whole = |place: usize| {
            table[place].iter().all(Option::is_some) && predictors.iter().all(|values| values[place].is_some())
        };
        if !whole(treated) {
            return Err(format!("{} lacks a figure in some period", self.treated));
        }
        let used: Vec<usize> = (0..sample.places.len()).filter(|&place| whole(place)).collect();
        let outcomes: Vec<f64> = used.iter().flat_map(|&place| table[place].iter().flatten().copied()).collect();
        let predictors: Vec<Vec<f64>> =
            predictors.iter().map(|values| used.iter().filter_map(|&place| values[place]).collect()).collect();
        let predictors: Vec<&[f64]> = predictors.iter().map(Vec::as_slice).collect();
        let own = used.iter().position(|&place| place == treated).unwrap_or(0);
        let donors: Vec<usize> = (0..used.len()).filter(|&place| place != own).collect();
        let weights = match self.predictor_weights {
            Weighing::Equal => PredictorWeights::Equal,
            Weighing::Optimised => PredictorWeights::Optimised,
        };
        let observed = Observed {
            outcomes: &outcomes,
            periods: sample.periods.len(),
            before,
            predictors: &predictors,
            weights: &weights,
        };
        let found = placebo_in_space(&observed, own, &donors, self.most_times).map_err(|error| error.to_string())?;
        let control = &found.treated;
        let mut outcome = Outcome::new();
        outcome.figure("effect", control.effect);
        outcome.figure("rmspe_before", control.rmspe_before);
        outcome.figure("rmspe_after", control.rmspe_after);
        outcome.figure("rmspe_ratio", control.rmspe_ratio);
        outcome.figure("p_placebo", found.p_placebo);
        outcome.figure("rank", found.rank.map(|rank| rank as f64));
        outcome.figure("compared", found.compared);
        outcome.figure("donors", donors.len());
        outcome.figure("periods_before", before);
        outcome.figure("left_out", sample.places.len() - used.len());
        let mut ratios = vec![control.rmspe_ratio; used.len()];
        let mut errors = vec![control.rmspe_before; used.len()];
        for (&donor, placebo) in donors.iter().zip(&found.placebos) {
            ratios[donor] = placebo.rmspe_ratio;
            errors[donor] = placebo.rmspe_before;
        }
        let at: Vec<u32> = used.iter().map(|&place| place as u32).collect();
        let places = Table::some(Key::Place, at)
            .numbers("weight", control.weights.iter().enumerate().map(|(at, weight)| (at != own).then_some(*weight)))
            .values("rmspe_before", &errors)
            .numbers("rmspe_ratio", ratios);
        outcome.table("places", places);
        let of_treated: Vec<f64> = table[treated].iter().flatten().copied().collect();
        let periods = Table::all(Key::Period)
            .values("observed", &of_treated)
            .values("synthetic", &control.synthetic)
            .values("gap", &control.gaps);
        outcome.table("periods", periods);
        if !self.predictors.is_empty() {
            let table = Table::named(self.predictors.clone()).values("weight", &control.predictor_weights);
            outcome.table("predictors", table);
        }
        if used.len() < sample.places.len() {
            let left: Vec<&str> = (0..sample.places.len())
                .filter(|&place| !whole(place))
                .map(|place| sample.places[place].as_str())
                .collect();
            outcome.note(format!("left out, since a figure is missing: {}", left.join(", ")));
        }
        if control.rmspe_ratio.is_none() {
            outcome.note("the fit before treatment is perfect: other weights may fit as well, and no ratio is defined");
        }
        Ok(outcome)
    }
}
