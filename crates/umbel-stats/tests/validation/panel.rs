//! Cases of `umbel_stats::panel`.

use crate::cases::{cases, number, numbers};
use crate::check::{Check, Kind};
use serde_json::Value;
use umbel_stats::panel::between::between;
use umbel_stats::panel::covariance::{Corrections, EffectsCounted, Errors};
use umbel_stats::panel::first_difference::first_difference;
use umbel_stats::panel::fixed_effects::{Fit, Regression, fixed_effects, pooled};
use umbel_stats::panel::goodness::goodness;
use umbel_stats::panel::groups::Groups;
use umbel_stats::panel::random_effects::random_effects;

/// Tolerances of the cases.
const COEFFICIENTS: f64 = 1e-7;
const ERRORS: f64 = 1e-6;

pub fn checks() -> Vec<Check> {
    let mut checks = Vec::new();
    for (name, case) in cases("panel_") {
        assert!(name.starts_with("panel_"));
        panels(&case, &mut checks);
    }
    for (_, case) in cases("did_jobtraining") {
        training(&case, &mut checks);
    }
    checks
}

fn check(method: &'static str, what: &'static str, reference: &str, limit: f64, pairs: Vec<(f64, f64)>) -> Check {
    Check { method, what, reference: reference.to_owned(), pairs, kind: Kind::Relative, limit }
}

/// Groups of labels, in their order.
fn groups(value: &Value) -> Groups {
    match value[0].as_f64() {
        Some(_) => Groups::sorted(&numbers(value).iter().map(|label| (label * 1000.0) as i64).collect::<Vec<_>>()),
        None => {
            Groups::from_labels(value.as_array().expect("labels").iter().map(|label| label.as_str().expect("text")))
        }
    }
}

/// Figures of a fit beside those expected: coefficients, standard errors. `skip` leaves the first columns out.
fn pairs(fit: &Fit, skip: usize, coefficients: &Value, errors: &Value) -> [Vec<(f64, f64)>; 2] {
    let estimates: Vec<_> = fit.coefficients[skip..].iter().map(|estimate| estimate.expect("an estimate")).collect();
    let beside = |found: Vec<f64>, wanted: &Value| {
        let wanted = numbers(wanted);
        assert_eq!(found.len(), wanted.len());
        found.into_iter().zip(wanted).collect()
    };
    let found = |get: fn(&umbel_stats::linear::Estimate) -> f64| estimates.iter().map(get).collect::<Vec<f64>>();
    [beside(found(|e| e.estimate), coefficients), beside(found(|e| e.standard_error), errors)]
}

fn statistics(fit: &Fit, expected: &Value) -> [Vec<(f64, f64)>; 2] {
    let estimates = fit.coefficients.iter().map(|estimate| estimate.expect("an estimate"));
    let (t, p): (Vec<f64>, Vec<f64>) = estimates.map(|e| (e.statistic.expect("t"), e.p_two_sided.expect("p"))).unzip();
    let beside = |found: Vec<f64>, key: &str| found.into_iter().zip(numbers(&expected[key])).collect();
    [beside(t, "t"), beside(p, "p")]
}

/// The fit with clusters counted as pyfixest did in the run that made the case: the order of fixed effects inside
/// pyfixest 0.60.0 follows the hash seed of the process, and in one of the two orders it takes periods for nested in
/// units and counts just the constant. One-way fits are the same in both.
fn as_counted(regression: &Regression, effects: &[Groups], wanted: &Value) -> Fit {
    let fit = fixed_effects(regression, effects).expect("a fit");
    let error = fit.coefficients[0].expect("an estimate").standard_error;
    if matches!(regression.errors, Errors::Clustered(_)) && (error / number(&wanted[0]) - 1.0).abs() > ERRORS {
        let mut other = *regression;
        other.corrections.effects = EffectsCounted::Constant;
        return fixed_effects(&other, effects).expect("a fit");
    }
    fit
}

fn panels(case: &Value, checks: &mut Vec<Check>) {
    let (meta, input, expected) = (&case["meta"], &case["input"], &case["expected"]);
    let column = |name: &Value| &input[name.as_str().expect("a name")];
    let (unit, time) = (groups(column(&meta["unit"])), groups(column(&meta["time"])));
    let response = numbers(column(&meta["y"]));
    let columns: Vec<Vec<f64>> =
        meta["x"].as_array().expect("columns").iter().map(|name| numbers(column(name))).collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let both = [unit.clone(), time.clone()];
    let regression = Regression::new(&response, &columns);

    let peer = "pyfixest 0.60.0";
    let (mut coefficients, mut errors, mut t, mut p, mut parts) = (vec![], vec![], vec![], vec![], vec![]);
    for (key, effects, kind) in [
        ("one_way_iid", 1, Errors::Iid),
        ("one_way_HC1", 1, Errors::Hc1),
        ("one_way_CRV1_unit", 1, Errors::Clustered(&both[..1])),
        ("two_way_iid", 2, Errors::Iid),
        ("two_way_HC1", 2, Errors::Hc1),
        ("two_way_CRV1_unit", 2, Errors::Clustered(&both[..1])),
    ] {
        let expected = &expected[key];
        let fit = as_counted(&regression.with_errors(kind), &both[..effects], &expected["se"]);
        assert_eq!(Some(fit.number), expected["n"].as_f64());
        let [c, e] = pairs(&fit, 0, &expected["coef"], &expected["se"]);
        coefficients.extend(c);
        errors.extend(e);
        let [one, two] = statistics(&fit, expected);
        t.extend(one);
        p.extend(two);
        parts.push((fit.r2.expect("r2"), number(&expected["r2"])));
        parts.push((fit.r2_within.expect("r2"), number(&expected["r2_within"])));
    }
    checks.push(check("two-way-fe", "coefficients", peer, COEFFICIENTS, coefficients));
    checks.push(check("two-way-fe", "standard errors (iid, HC1, CRV1)", peer, ERRORS, errors));
    checks.push(check("two-way-fe", "t statistics", peer, 2.0 * ERRORS, t));
    checks.push(Check { kind: Kind::Absolute(""), ..check("two-way-fe", "p-values", peer, 1e-7, p) });
    checks.push(check("two-way-fe", "r2, r2 within", peer, COEFFICIENTS, parts));

    let (peer, models) = ("linearmodels 7.1", &expected["linearmodels"]);
    let mut regression = Regression { corrections: Corrections::linearmodels(), ..regression };
    let (mut coefficients, mut errors, mut parts) = (vec![], vec![], vec![]);
    for (key, kind) in [
        ("two_way_unadjusted", Errors::Iid),
        ("two_way_clustered_entity", Errors::Clustered(&both[..1])),
        ("two_way_driscoll_kraay", Errors::DriscollKraay { periods: &time, lags: None }),
    ] {
        let fit = fixed_effects(&regression.with_errors(kind), &both).expect(key);
        let [c, e] = pairs(&fit, 0, &models[key]["coef"], &models[key]["se"]);
        coefficients.extend(c);
        errors.extend(e);
        parts.push((fit.r2_within.expect("r2"), number(&models[key]["rsq"])));
        let values: Vec<_> = fit.coefficients.iter().map(|e| e.map(|e| e.estimate)).collect();
        let unit_within = goodness(&response, &columns, &unit, None, &values).r2_within.expect("r2");
        parts.push((unit_within, number(&models[key]["rsq_within"])));
    }
    checks.push(check("two-way-fe", "coefficients", peer, COEFFICIENTS, coefficients));
    checks.push(check("two-way-fe", "standard errors (iid, clustered, Driscoll-Kraay)", peer, ERRORS, errors));
    checks.push(check("two-way-fe", "r2 of both kinds", peer, COEFFICIENTS, parts));

    regression.errors = Errors::Iid;
    let (mut coefficients, mut errors, mut parts) = (vec![], vec![], vec![]);
    let random = random_effects(&regression, &unit).expect("random effects").fit;
    for (key, fit, intercept) in [
        ("random_effects", random, true),
        ("between", between(&regression, &unit).expect("between"), true),
        ("first_difference", first_difference(&regression, &unit, &time).expect("differences"), false),
        ("pooled", pooled(&regression).expect("pooled"), true),
    ] {
        let skip = usize::from(intercept);
        let [c, e] = pairs(&fit, skip, &models[key]["coef"], &models[key]["se"]);
        coefficients.extend(c);
        errors.extend(e);
        parts.push((fit.r2.expect("r2"), number(&models[key]["rsq"])));
        let values: Vec<_> = fit.coefficients.iter().map(|e| e.map(|e| e.estimate)).collect();
        let intercept = if intercept { values[0] } else { None };
        let within = goodness(&response, &columns, &unit, intercept, &values[skip..]).r2_within.expect("r2");
        parts.push((within, number(&models[key]["rsq_within"])));
    }
    let what = "coefficients: random effects, between, first difference, pooled";
    checks.push(check("panel", what, peer, COEFFICIENTS, coefficients));
    checks.push(check("panel", "standard errors of the same", peer, ERRORS, errors));
    checks.push(check("panel", "r2, r2 within of the same", peer, COEFFICIENTS, parts));
}

fn training(case: &Value, checks: &mut Vec<Check>) {
    let (input, expected) = (&case["input"], &case["expected"]);
    let peer = "pyfixest 0.60.0";
    let effects = [groups(&input["fcode"]), groups(&input["year"])];
    let response = numbers(&input["lscrap"]);
    let columns = [numbers(&input["grant"]), numbers(&input["grant_1"])];
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let regression = Regression::new(&response, &columns);
    let (mut coefficients, mut errors) = (vec![], vec![]);
    for (key, kind) in [("iid", Errors::Iid), ("CRV1", Errors::Clustered(&effects[..1]))] {
        let fit = as_counted(&regression.with_errors(kind), &effects, &expected[key]["se"]);
        let [c, e] = pairs(&fit, 0, &expected[key]["coef"], &expected[key]["se"]);
        coefficients.extend(c);
        errors.extend(e);
    }
    checks.push(check("two-way-fe", "coefficients, grants for training", peer, COEFFICIENTS, coefficients));
    checks.push(check("two-way-fe", "standard errors, grants for training", peer, ERRORS, errors));
}
