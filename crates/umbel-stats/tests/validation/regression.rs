//! Cases of `umbel_stats::regression`.

use crate::cases::{cases, matrix, number, numbers, weights};
use crate::check::{Check, Kind};
use serde_json::Value;
use umbel_stats::Weights;
use umbel_stats::linear::Estimate;
use umbel_stats::regression::design::Design;
use umbel_stats::regression::least_squares::{Errors, least_squares};
use umbel_stats::regression::log_determinant::{LogDeterminant, Method};
use umbel_stats::regression::moments::{Options as MomentOptions, combined_by_moments, lag_by_moments};
use umbel_stats::regression::moments_error::{ErrorMoments, error_by_moments};
use umbel_stats::regression::residual_tests::Test;
use umbel_stats::regression::spatial_error::spatial_error;
use umbel_stats::regression::spatial_filter::SpatialFilter;
use umbel_stats::regression::spatial_lag::{Options, spatial_durbin, spatial_lag};
use umbel_stats::regression::spatial_tests::spatial_tests;

fn check(
    method: &'static str,
    what: &'static str,
    name: &str,
    program: &str,
    pairs: Vec<(f64, f64)>,
    limit: f64,
) -> Check {
    let reference = format!("{program} ({name})");
    Check { method, what, reference, pairs, kind: Kind::Relative, limit }
}

fn zip(found: &[f64], wanted: &Value) -> Vec<(f64, f64)> {
    let wanted = numbers(wanted);
    assert_eq!(found.len(), wanted.len(), "{wanted:?}");
    found.iter().copied().zip(wanted).collect()
}

fn values(estimates: &[Estimate], last: Option<&Estimate>) -> Vec<f64> {
    estimates.iter().chain(last).map(|estimate| estimate.estimate).collect()
}

fn errors(estimates: &[Estimate], last: Option<&Estimate>) -> Vec<f64> {
    estimates.iter().chain(last).map(|estimate| estimate.standard_error).collect()
}

fn test(found: &Test, wanted: &Value) -> Vec<(f64, f64)> {
    zip(&[found.statistic, found.p], wanted)
}

fn optional(found: Option<&Test>, wanted: &Value) -> Vec<(f64, f64)> {
    test(found.expect("a test"), wanted)
}

struct Case {
    design: Design,
    weights: Weights,
    filter: SpatialFilter,
}

fn read(case: &Value) -> Case {
    let input = &case["input"];
    let design = Design::new(&numbers(&input["y"]), &matrix(&input["X_columns"])).expect("a design");
    let weights = weights(&input["w"]).row_standardised();
    let filter = SpatialFilter::new(&weights).expect("a filter");
    Case { design, weights, filter }
}

pub fn checks() -> Vec<Check> {
    let mut checks = Vec::new();
    for (name, case) in cases("spatial_regression_") {
        spreg(&name, &case, &mut checks);
    }
    for (name, case) in cases("spdep_") {
        spatialreg(&name, &case, &mut checks);
    }
    checks
}

fn spreg(name: &str, case: &Value, checks: &mut Vec<Check>) {
    let Case { design, weights, filter } = read(case);
    let program = case["meta"]["produced_by"].as_str().expect("a program");
    let expected = &case["expected"];
    let mut add = |method, what, pairs, limit| checks.push(check(method, what, name, program, pairs, limit));

    let wanted = &expected["OLS"];
    let ols = least_squares(&design, Errors::Classical).expect("least squares");
    let tests = spatial_tests(&design, &ols.residuals, &weights).expect("tests");
    let mut pairs = zip(&values(&ols.coefficients, None), &wanted["betas"]);
    pairs.extend(zip(&errors(&ols.coefficients, None), &wanted["se"]));
    for (estimate, wanted) in ols.coefficients.iter().zip(matrix(&wanted["t"])) {
        pairs.push((estimate.statistic.expect("t"), wanted[0]));
        pairs.push((estimate.p_two_sided.expect("p"), wanted[1]));
    }
    add("least_squares", "coefficients, errors, t, p", pairs, 1e-9);
    let mut pairs = vec![
        (ols.r_squared, number(&wanted["r2"])),
        (ols.r_squared_adjusted, number(&wanted["ar2"])),
        (ols.variance, number(&wanted["sig2"])),
        (ols.log_likelihood, number(&wanted["logll"])),
        (ols.akaike, number(&wanted["aic"])),
        (ols.schwarz, number(&wanted["schwarz"])),
        (ols.condition_number, number(&wanted["condition_number"])),
    ];
    pairs.extend(zip(&[ols.f, ols.f_p], &wanted["f"]));
    pairs.extend(test(&ols.jarque_bera, &wanted["jarque_bera"]));
    pairs.extend(test(&ols.breusch_pagan, &wanted["breusch_pagan"]));
    pairs.extend(test(&ols.koenker_bassett, &wanted["koenker_bassett"]));
    // The peer leaves White's test out where the condition number is above 30.
    if wanted["white"].is_array() && wanted["white"][0].is_number() {
        pairs.extend(optional(ols.white.as_ref(), &wanted["white"]));
    }
    add("least_squares", "fit and tests of residuals", pairs, 1e-9);
    let mut pairs = test(&tests.lm_error, &wanted["lm_error"]);
    pairs.extend(test(&tests.lm_lag, &wanted["lm_lag"]));
    pairs.extend(optional(tests.robust_lm_error.as_ref(), &wanted["rlm_error"]));
    pairs.extend(optional(tests.robust_lm_lag.as_ref(), &wanted["rlm_lag"]));
    pairs.extend(optional(tests.lm_sarma.as_ref(), &wanted["lm_sarma"]));
    let moran = [tests.moran.moran_i, tests.moran.z.expect("z"), tests.moran.p_two_sided.expect("p")];
    pairs.extend(zip(&moran, &wanted["moran_res"]));
    add("least_squares", "spatial tests", pairs, 1e-9);
    // The peer's errors of White have the factor n / (n - k).
    let white = least_squares(&design, Errors::Hc1).expect("least squares");
    let pairs = zip(&errors(&white.coefficients, None), &expected["OLS_white"]["se"]);
    add("least_squares", "White's errors", pairs, 1e-9);

    let options = Options { draws: 0, ..Options::default() };
    let lag = spatial_lag(&design, &filter, options).expect("a lag model");
    let error = spatial_error(&design, &filter, Method::Automatic).expect("an error model");
    for kind in ["full", "ord"] {
        let wanted = &expected[format!("ML_Lag_{kind}")];
        let mut pairs = zip(&values(&lag.coefficients, Some(&lag.rho)), &wanted["betas_then_rho"]);
        pairs.push((lag.variance, number(&wanted["sig2"])));
        pairs.push((lag.pseudo_r_squared.expect("pseudo R2"), number(&wanted["pr2"])));
        // With the option "ord" the peer computes the errors from symmetrised weights, not from those of the model.
        if kind == "full" {
            pairs.extend(zip(&errors(&lag.coefficients, Some(&lag.rho)), &wanted["se"]));
        }
        add("spatial_lag", if kind == "full" { "ML" } else { "ML, by eigenvalues" }, pairs, 2e-5);
        let pairs = vec![
            (lag.log_likelihood, number(&wanted["logll"])),
            (lag.akaike, number(&wanted["aic"])),
            (lag.schwarz, number(&wanted["schwarz"])),
        ];
        add("spatial_lag", if kind == "full" { "likelihood" } else { "likelihood, by eigenvalues" }, pairs, 1e-7);

        let wanted = &expected[format!("ML_Error_{kind}")];
        let mut pairs = zip(&values(&error.coefficients, Some(&error.lambda)), &wanted["betas_then_lambda"]);
        pairs.push((error.variance, number(&wanted["sig2"][0][0])));
        pairs.push((error.pseudo_r_squared.expect("pseudo R2"), number(&wanted["pr2"])));
        if kind == "full" {
            pairs.extend(zip(&errors(&error.coefficients, Some(&error.lambda)), &wanted["se"]));
        }
        add("spatial_error", if kind == "full" { "ML" } else { "ML, by eigenvalues" }, pairs, 2e-5);
        let pairs = vec![(error.log_likelihood, number(&wanted["logll"])), (error.akaike, number(&wanted["aic"]))];
        add("spatial_error", if kind == "full" { "likelihood" } else { "likelihood, by eigenvalues" }, pairs, 1e-7);
    }
    // At the peers' own rho our likelihood is no higher than at ours: ours is the peak.
    assert!(lag.log_likelihood >= number(&expected["ML_Lag_full"]["logll"]) - 1e-11 * lag.log_likelihood.abs());
    assert!(error.log_likelihood >= number(&expected["ML_Error_full"]["logll"]) - 1e-11 * error.log_likelihood.abs());

    let wanted = &expected["GM_Lag_wlags1"];
    let options = MomentOptions { draws: Some(0), ..MomentOptions::default() };
    let moments = lag_by_moments(&design, &filter, false, options).expect("a lag model");
    let mut pairs = zip(&values(&moments.coefficients, Some(&moments.rho)), &wanted["betas_then_rho"]);
    pairs.extend(zip(&errors(&moments.coefficients, Some(&moments.rho)), &wanted["se"]));
    pairs.push((moments.variance, number(&wanted["sig2"])));
    pairs.push((moments.pseudo_r_squared.expect("pseudo R2"), number(&wanted["pr2"])));
    add("spatial_lag", "GM", pairs, 1e-6);

    let wanted = &expected["GM_Error_KP98"];
    let moments = error_by_moments(&design, &filter, ErrorMoments::Equal).expect("an error model");
    let mut found = values(&moments.coefficients, None);
    found.push(moments.lambda);
    let mut pairs = zip(&found, &wanted["betas_then_lambda"]);
    pairs.extend(zip(&errors(&moments.coefficients, None), &wanted["se"]));
    pairs.push((moments.variance, number(&wanted["sig2"])));
    add("spatial_error", "GM", pairs, 2e-4);

    let wanted = &expected["GM_Error_Het"];
    let moments = error_by_moments(&design, &filter, ErrorMoments::Heteroskedastic).expect("an error model");
    let test = moments.lambda_test.expect("a test");
    let mut pairs = zip(&values(&moments.coefficients, Some(&test)), &wanted["betas_then_lambda"]);
    pairs.extend(zip(&errors(&moments.coefficients, Some(&test)), &wanted["se"]));
    add("spatial_error", "GM, heteroskedastic", pairs, 2e-4);

    let wanted = &expected["GM_Combo"];
    let combined = combined_by_moments(&design, &filter, options).expect("a combined model");
    let mut found = values(&combined.coefficients, Some(&combined.rho));
    found.push(combined.lambda.expect("lambda"));
    let mut pairs = zip(&found, &wanted["betas"]);
    pairs.extend(zip(&errors(&combined.coefficients, Some(&combined.rho)), &wanted["se"]));
    add("spatial_lag", "GM, combined with spatial errors", pairs, 2e-4);
}

fn spatialreg(name: &str, case: &Value, checks: &mut Vec<Check>) {
    let inputs = case["meta"]["inputs"].as_array().expect("inputs");
    let input = inputs.iter().filter_map(Value::as_str).find(|input| input.starts_with("spatial_regression_"));
    let input = input.expect("an input");
    let (_, source) = cases(input).into_iter().find(|(name, _)| name == input).expect("the input");
    let Case { design, weights, filter } = read(&source);
    let expected = &case["expected"];
    let mut add = |method, what, pairs, limit| {
        checks.push(check(method, what, name, "spdep 1.2.7, spatialreg 1.2.6", pairs, limit));
    };
    let ols = least_squares(&design, Errors::Classical).expect("least squares");
    let tests = spatial_tests(&design, &ols.residuals, &weights).expect("tests");
    let wanted = &expected["lm_tests"];
    let mut pairs = test(&tests.lm_error, &wanted["LMerr"]);
    pairs.extend(test(&tests.lm_lag, &wanted["LMlag"]));
    pairs.extend(optional(tests.robust_lm_error.as_ref(), &wanted["RLMerr"]));
    pairs.extend(optional(tests.robust_lm_lag.as_ref(), &wanted["RLMlag"]));
    pairs.extend(optional(tests.lm_sarma.as_ref(), &wanted["SARMA"]));
    let moran = tests.moran;
    let found = [moran.moran_i, moran.expected, moran.variance, moran.z.expect("z"), moran.p_two_sided.expect("p")];
    pairs.extend(zip(&found, &expected["lm_morantest"]));
    add("least_squares", "spatial tests", pairs, 1e-9);

    let wanted = &expected["lagsarlm"];
    let lag = spatial_lag(&design, &filter, Options::default()).expect("a lag model");
    let mut pairs = zip(&values(&lag.coefficients, None), &wanted["coef"]);
    pairs.push((lag.rho.estimate, number(&wanted["rho"])));
    pairs.push((lag.variance, number(&wanted["s2"])));
    for (kind, at) in [("direct", 0), ("indirect", 1), ("total", 2)] {
        let found: Vec<f64> = lag
            .impacts
            .columns
            .iter()
            .map(|impact| [impact.direct, impact.indirect, impact.total][at].estimate)
            .collect();
        let wanted: Vec<f64> = matrix(&expected["lag_impacts"][kind]).iter().map(|row| row[0]).collect();
        assert_eq!(found.len(), wanted.len());
        pairs.extend(found.into_iter().zip(wanted));
    }
    add("spatial_lag", "ML, direct, indirect, total impacts", pairs, 1e-5);
    add("spatial_lag", "likelihood", vec![(lag.log_likelihood, number(&wanted["logLik"]))], 1e-8);
    let mut pairs = zip(&errors(&lag.coefficients, None), &wanted["se"]);
    pairs.push((lag.rho.standard_error, number(&wanted["rho_se"])));
    add("spatial_lag", "errors", pairs, 1e-3);

    let wanted = &expected["errorsarlm"];
    let error = spatial_error(&design, &filter, Method::Automatic).expect("an error model");
    let mut pairs = zip(&values(&error.coefficients, None), &wanted["coef"]);
    pairs.push((error.lambda.estimate, number(&wanted["lambda"])));
    pairs.push((error.variance, number(&wanted["s2"])));
    add("spatial_error", "ML", pairs, 1e-5);
    add("spatial_error", "likelihood", vec![(error.log_likelihood, number(&wanted["logLik"]))], 1e-8);
    let mut pairs = zip(&errors(&error.coefficients, None), &wanted["se"]);
    pairs.push((error.lambda.standard_error, number(&wanted["lambda_se"])));
    add("spatial_error", "errors", pairs, 1e-3);

    let wanted = &expected["durbin"];
    let durbin = spatial_durbin(&design, &filter, Options::default()).expect("Durbin's model");
    let mut pairs = zip(&values(&durbin.coefficients, None), &wanted["coef"]);
    pairs.push((durbin.rho.estimate, number(&wanted["rho"])));
    add("spatial_durbin", "ML", pairs, 1e-5);
    add("spatial_durbin", "likelihood", vec![(durbin.log_likelihood, number(&wanted["logLik"]))], 1e-8);

    // All ways to the determinant give the same model.
    for method in [Method::Eigenvalues, Method::Factorisation] {
        let other = spatial_lag(&design, &filter, Options { method, ..Options::default() }).expect("a lag model");
        assert_eq!(other.method, method);
        assert!((other.rho.estimate - lag.rho.estimate).abs() < 1e-11, "{method:?}");
        let determinant = LogDeterminant::new(&filter, method).expect("a determinant");
        let exact = LogDeterminant::new(&filter, Method::Eigenvalues).expect("a determinant");
        for rho in [-0.9, -0.3, 0.0, 0.2, 0.6, 0.95] {
            let (one, two) = (determinant.value(rho).expect("a value"), exact.value(rho).expect("a value"));
            assert!((one - two).abs() < 1e-11, "{rho}: {one} {two}");
        }
    }
}
