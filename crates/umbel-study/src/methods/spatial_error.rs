//! `spatial_error`: a regression whose errors lie together.

use super::least_squares::{Complete, coefficients, sentence, test};
use super::spatial_lag::parameter;
use crate::analysis::{Analysis, Outcome, Quantity, Sample, UnitOf, Wanted};
use crate::over_places;
use umbel_stats::linear::Estimate;
use umbel_stats::regression::log_determinant::Method;
use umbel_stats::regression::moments_error::{ErrorMoments, error_by_moments};
use umbel_stats::regression::spatial_error::spatial_error;
use umbel_stats::regression::spatial_filter::SpatialFilter;

/// How an error model is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorEstimator {
    /// Maximum likelihood.
    #[default]
    Ml,
    /// Generalised moments for errors of equal variance; lambda without a test.
    Gmm,
    /// Generalised moments for errors of any variance.
    GmmHeteroskedastic,
}

over_places! {
    /// Parameters of `spatial_error`.
    pub struct SpatialError {
        /// The indicator that is explained, or the column of a file.
        pub of: String,
        /// The indicators or columns that explain it; a constant is added.
        pub explained_by: Vec<String>,
        /// Which places are neighbours: `queen`, `rook`, `k_nearest:4`, `distance_band:50` and so on, or a file.
        pub weights: String,
        /// How it is estimated.
        #[serde(default)]
        pub estimator: ErrorEstimator,
    }
}

impl Analysis for SpatialError {
    const NAME: &'static str = "spatial_error";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Spatial error model: an indicator by others, where what is not explained lies together.";
    const FORMULA: &'static str = "y = Xb + u, u = λWu + e";
    const CITATION: &'static str = "Anselin, Spatial Econometrics: Methods and Models, Kluwer, 1988, sections 8.1 and 6.2.5 \
        (ml); Kelejian and Prucha, International Economic Review 40, 1999, equation 7 (gmm); Arraiz, Drukker, Kelejian and \
        Prucha, Journal of Regional Science 50, 2010, theorem 2 (gmm_heteroskedastic).";
    const ASSUMPTIONS: &'static str = "Places that lack one of the figures are left out, and the weights are \
        row-standardised after that; a place without neighbours has a lag of 0. With `ml` errors are normal with one \
        variance. Coefficients are the effects of their columns, as in least squares.";
    const NOT_FOR: &'static str = "Figures that spill over between places: take spatial_lag; the robust tests of \
        least_squares tell the two apart. Causes.";
    const EXAMPLE: &'static str = r#"[ageing_by_income]
method = "spatial_error"
of = "aged"
explained_by = ["income", "migration"]
weights = "queen"
result = "residual"
among = { kind = "county" }
title = { en = "Ageing that income and migration do not explain" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("lambda", "How strongly what is not explained follows that of the neighbours."),
        Quantity::whole("log_likelihood", "Logarithm of the likelihood."),
        Quantity::whole("akaike", "Akaike's criterion: the lower the better."),
        Quantity::whole("pseudo_r_squared", "Squared correlation of observed and fitted."),
        Quantity::place("fitted", "What the columns lead to expect.").in_unit(UnitOf::Figures),
        Quantity::place("residual", "Observed less fitted.").in_unit(UnitOf::Figures),
        Quantity::place("residual_filtered", "The residual less lambda times that of the neighbours.")
            .in_unit(UnitOf::Figures),
    ];
    const SPATIAL: bool = true;

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of)];
        columns.extend(Wanted::list("explained_by", &self.explained_by));
        columns
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let complete = Complete::new(sample, &self.of, &self.explained_by)?;
        let weights = complete.weights(sample, &self.weights)?;
        let plain = |error: umbel_stats::Error| sentence(&error, &self.explained_by);
        let filter = SpatialFilter::new(&weights).map_err(plain)?;
        let mut outcome = Outcome::new();
        complete.begin(&mut outcome, Some(&weights));
        let mut names = complete.names.clone();
        let moments = match self.estimator {
            ErrorEstimator::Ml => None,
            ErrorEstimator::Gmm => Some((ErrorMoments::Equal, "gmm")),
            ErrorEstimator::GmmHeteroskedastic => Some((ErrorMoments::Heteroskedastic, "gmm_heteroskedastic")),
        };
        if let Some((moments, estimator)) = moments {
            let model = error_by_moments(&complete.design, &filter, moments).map_err(plain)?;
            outcome.figure("estimator", estimator);
            outcome.figure("lambda", model.lambda);
            let mut estimates: Vec<&Estimate> = model.coefficients.iter().collect();
            if let Some(found) = &model.lambda_test {
                outcome.figure("lambda_test", parameter(found));
                names.push("lambda".to_owned());
                estimates.push(found);
            }
            outcome.figure("variance", model.variance);
            outcome.figure("pseudo_r_squared", model.pseudo_r_squared);
            outcome.table("coefficients", coefficients(&names, &estimates, "z"));
            let columns: [(&'static str, &[f64]); 3] = [
                ("fitted", &model.fitted),
                ("residual", &model.residuals),
                ("residual_filtered", &model.residuals_filtered),
            ];
            complete.places(&mut outcome, &columns);
            return Ok(outcome);
        }
        let model = spatial_error(&complete.design, &filter, Method::Automatic).map_err(plain)?;
        outcome.figure("estimator", "ml");
        outcome.figure("lambda", model.lambda.estimate);
        outcome.figure("lambda_test", parameter(&model.lambda));
        outcome.figure(
            "lambda_likelihood_interval",
            vec![model.lambda_likelihood_interval.0, model.lambda_likelihood_interval.1],
        );
        outcome.figure("lambda_bounds", vec![model.lambda_bounds.0, model.lambda_bounds.1]);
        outcome.figure("variance", model.variance);
        outcome.figure("log_likelihood", model.log_likelihood);
        outcome.figure("akaike", model.akaike);
        outcome.figure("schwarz", model.schwarz);
        outcome.figure("likelihood_ratio", test(Some(&model.likelihood_ratio)));
        outcome.figure("pseudo_r_squared", model.pseudo_r_squared);
        if model.log_determinant_error > 0.0 {
            let error = model.log_determinant_error;
            outcome.figure("log_determinant_error", error);
            outcome.note(format!("the log-determinant is an estimate with a standard error of {error:.3}"));
        }
        let estimates: Vec<&Estimate> = model.coefficients.iter().chain([&model.lambda]).collect();
        names.push("lambda".to_owned());
        outcome.table("coefficients", coefficients(&names, &estimates, "z"));
        let columns: [(&'static str, &[f64]); 3] = [
            ("fitted", &model.fitted),
            ("residual", &model.residuals),
            ("residual_filtered", &model.residuals_filtered),
        ];
        complete.places(&mut outcome, &columns);
        Ok(outcome)
    }
}
