//! `spatial_lag`: a regression in which the neighbours' figures take part.

use super::least_squares::{Complete, coefficients, group, sentence, test};
use crate::analysis::{Analysis, Figure, Outcome, Quantity, Sample, Table, UnitOf, Wanted};
use crate::over_places;
use umbel_stats::linear::Estimate;
use umbel_stats::regression::impacts::{Effect, Impact, Impacts};
use umbel_stats::regression::moments::{Options as MomentOptions, lag_by_moments};
use umbel_stats::regression::spatial_filter::SpatialFilter;
use umbel_stats::regression::spatial_lag::{Options, spatial_durbin, spatial_lag};

/// How a model is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Estimator {
    /// Maximum likelihood.
    #[default]
    Ml,
    /// Generalised moments: spatial two-stage least squares.
    Gmm,
}

pub(super) fn thousand() -> u32 {
    1_000
}

pub(super) fn one() -> u64 {
    1
}

pub(super) fn lags() -> usize {
    1
}

over_places! {
    /// Parameters of `spatial_lag`.
    pub struct SpatialLag {
        /// The indicator that is explained, or the column of a file.
        pub of: String,
        /// The indicators or columns that explain it; a constant is added.
        pub explained_by: Vec<String>,
        /// Which places are neighbours: `queen`, `rook`, `k_nearest:4`, `distance_band:50` and so on, or a file.
        pub weights: String,
        /// How it is estimated.
        #[serde(default)]
        pub estimator: Estimator,
        /// Whether the neighbours' columns explain too (Durbin's model).
        #[serde(default)]
        pub durbin: bool,
        /// With `gmm`: highest order of spatial lags of the columns that serve as instruments.
        #[serde(default = "super::spatial_lag::lags")]
        pub instrument_lags: usize,
        /// Draws from which the errors of impacts are computed.
        #[serde(default = "super::spatial_lag::thousand")]
        pub draws: u32,
        /// Seed of the draws.
        #[serde(default = "super::spatial_lag::one")]
        pub seed: u64,
    }
}

/// What the lag and Durbin models differ in.
pub(super) struct Asked<'a> {
    pub of: &'a str,
    pub explained_by: &'a [String],
    pub weights: &'a str,
    pub estimator: Estimator,
    pub durbin: bool,
    pub instrument_lags: usize,
    pub draws: u32,
    pub seed: u64,
}

/// The results of both.
pub(super) const RESULTS: &[Quantity] = &[
    Quantity::whole("rho", "How strongly a place follows its neighbours."),
    Quantity::whole("log_likelihood", "Logarithm of the likelihood."),
    Quantity::whole("akaike", "Akaike's criterion: the lower the better."),
    Quantity::whole("pseudo_r_squared", "Squared correlation of observed and fitted."),
    Quantity::place("fitted", "What neighbours and columns lead to expect.").in_unit(UnitOf::Figures),
    Quantity::place("residual", "Observed less fitted.").in_unit(UnitOf::Figures),
];

fn effect(effect: &Effect) -> Figure {
    group(vec![
        ("estimate", effect.estimate.into()),
        ("standard_error", effect.standard_error.into()),
        ("z", effect.z.into()),
        ("p_two_sided", effect.p_two_sided.into()),
        ("lower", effect.lower.into()),
        ("upper", effect.upper.into()),
    ])
}

fn impacts(explained_by: &[String], impacts: &Impacts) -> Table {
    let column =
        |of: fn(&Impact) -> &Effect| impacts.columns.iter().map(|impact| effect(of(impact))).collect::<Vec<_>>();
    Table::named(explained_by.to_vec())
        .figures("direct", column(|impact| &impact.direct))
        .figures("indirect", column(|impact| &impact.indirect))
        .figures("total", column(|impact| &impact.total))
}

/// The figures of rho.
pub(super) fn parameter(estimate: &Estimate) -> Figure {
    group(vec![
        ("standard_error", estimate.standard_error.into()),
        ("z", estimate.statistic.into()),
        ("p_two_sided", estimate.p_two_sided.into()),
        ("lower", estimate.lower.into()),
        ("upper", estimate.upper.into()),
    ])
}

impl Asked<'_> {
    pub(super) fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", self.of)];
        columns.extend(Wanted::list("explained_by", self.explained_by));
        columns
    }

    pub(super) fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems = Vec::new();
        if self.draws == 1 {
            let hint = "give 0 for none, or some hundred".to_owned();
            problems.push(("draws".to_owned(), "one draw has no standard deviation".to_owned(), hint));
        }
        if !(1..=10).contains(&self.instrument_lags) {
            let hint = "1 or 2 are usual".to_owned();
            problems.push(("instrument_lags".to_owned(), "it must be from 1 to 10".to_owned(), hint));
        }
        problems
    }

    pub(super) fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let complete = Complete::new(sample, self.of, self.explained_by)?;
        let weights = complete.weights(sample, self.weights)?;
        let plain = |error: umbel_stats::Error| sentence(&error, self.explained_by);
        let filter = SpatialFilter::new(&weights).map_err(plain)?;
        let mut names = complete.names.clone();
        if self.durbin {
            names.extend(self.explained_by.iter().map(|name| format!("lag of {name}")));
        }
        let mut outcome = Outcome::new();
        complete.begin(&mut outcome, Some(&weights));
        if self.estimator == Estimator::Gmm {
            let options = MomentOptions {
                instrument_lags: self.instrument_lags,
                draws: Some(self.draws),
                seed: self.seed,
                ..MomentOptions::default()
            };
            let model = lag_by_moments(&complete.design, &filter, self.durbin, options).map_err(plain)?;
            outcome.figure("estimator", "gmm");
            outcome.figure("rho", model.rho.estimate);
            outcome.figure("rho_test", parameter(&model.rho));
            outcome.figure("variance", model.variance);
            outcome.figure("pseudo_r_squared", model.pseudo_r_squared);
            outcome.figure("pseudo_r_squared_expected", model.pseudo_r_squared_expected);
            outcome.figure("instruments", model.instruments);
            if model.expected.is_none() {
                outcome.note("rho lies outside of its bounds, so that there are no impacts: the model does not fit");
            }
            let estimates: Vec<&Estimate> = model.coefficients.iter().chain([&model.rho]).collect();
            names.push("rho".to_owned());
            outcome.table("coefficients", coefficients(&names, &estimates, "z"));
            if let Some(found) = &model.impacts {
                outcome.table("impacts", impacts(self.explained_by, found));
            }
            complete.places(&mut outcome, &[("fitted", &model.fitted), ("residual", &model.residuals)]);
            return Ok(outcome);
        }
        let options = Options { draws: self.draws, seed: self.seed, ..Options::default() };
        let fit = if self.durbin { spatial_durbin } else { spatial_lag };
        let model = fit(&complete.design, &filter, options).map_err(plain)?;
        outcome.figure("estimator", "ml");
        outcome.figure("rho", model.rho.estimate);
        outcome.figure("rho_test", parameter(&model.rho));
        let (lower, upper) = model.rho_likelihood_interval;
        outcome.figure("rho_likelihood_interval", vec![lower, upper]);
        outcome.figure("rho_bounds", vec![model.rho_bounds.0, model.rho_bounds.1]);
        outcome.figure("variance", model.variance);
        outcome.figure("log_likelihood", model.log_likelihood);
        outcome.figure("akaike", model.akaike);
        outcome.figure("schwarz", model.schwarz);
        outcome.figure("likelihood_ratio", test(Some(&model.likelihood_ratio)));
        outcome.figure("pseudo_r_squared", model.pseudo_r_squared);
        outcome.figure("pseudo_r_squared_expected", model.pseudo_r_squared_expected);
        if model.log_determinant_error > 0.0 {
            let error = model.log_determinant_error;
            outcome.figure("log_determinant_error", error);
            outcome.note(format!("the log-determinant is an estimate with a standard error of {error:.3}"));
        }
        if model.trace_error > 0.0 {
            let percent = 100.0 * model.trace_error;
            outcome.note(format!("a trace in the standard errors is an estimate, to {percent:.4} per cent"));
        }
        let estimates: Vec<&Estimate> = model.coefficients.iter().chain([&model.rho]).collect();
        names.push("rho".to_owned());
        outcome.table("coefficients", coefficients(&names, &estimates, "z"));
        outcome.table("impacts", impacts(self.explained_by, &model.impacts));
        let columns: [(&'static str, &[f64]); 3] =
            [("fitted", &model.fitted), ("expected", &model.expected), ("residual", &model.residuals)];
        complete.places(&mut outcome, &columns);
        Ok(outcome)
    }
}

impl SpatialLag {
    fn asked(&self) -> Asked<'_> {
        Asked {
            of: &self.of,
            explained_by: &self.explained_by,
            weights: &self.weights,
            estimator: self.estimator,
            durbin: self.durbin,
            instrument_lags: self.instrument_lags,
            draws: self.draws,
            seed: self.seed,
        }
    }
}

impl Analysis for SpatialLag {
    const NAME: &'static str = "spatial_lag";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Spatial lag model: an indicator by others and by its own value among the neighbours.";
    const FORMULA: &'static str = "y = ρWy + Xb + e; total impact of a column with row-standardised W: b / (1 − ρ)";
    const CITATION: &'static str = "Anselin, Spatial Econometrics: Methods and Models, Kluwer, 1988, section 12.1 and \
        6.2.4 (likelihood, information matrix), 7.1.2 (instruments); Ord, Journal of the American Statistical Association \
        70, 1975, equation 2.10; Kelejian and Prucha, Journal of Real Estate Finance and Economics 17, 1998, equation 8; \
        LeSage and Pace, Introduction to Spatial Econometrics, CRC Press, 2009, equations 2.46 to 2.48 (impacts).";
    const ASSUMPTIONS: &'static str = "Places that lack one of the figures are left out, and the weights are \
        row-standardised after that; a place without neighbours has a lag of 0. With `ml` errors are normal with one \
        variance. A coefficient is not the effect of its column: read the impacts, whose errors are simulated from the \
        seed.";
    const NOT_FOR: &'static str = "Errors that lie together without the figures spilling over: take spatial_error; the \
        robust tests of least_squares tell the two apart. Causes.";
    const EXAMPLE: &'static str = r#"[ageing_spillover]
method = "spatial_lag"
of = "aged"
explained_by = ["income", "migration"]
weights = "queen"
among = { kind = "county" }
title = { en = "How strongly ageing follows that of neighbours" }"#;
    const RESULTS: &'static [Quantity] = RESULTS;
    const SPATIAL: bool = true;

    fn columns(&self) -> Vec<Wanted> {
        self.asked().columns()
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        self.asked().problems()
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        self.asked().analyse(sample)
    }
}
