//! Cases of `umbel_stats::panel`.

use crate::cases::{cases, matrix, number, numbers};
use crate::check::{Check, Kind};
use serde_json::Value;
use umbel_stats::panel::between::between;
use umbel_stats::panel::callaway_santanna::{Aggregation, BasePeriod, Controls, Staggered, callaway_santanna};
use umbel_stats::panel::covariance::{Corrections, EffectsCounted, Errors};
use umbel_stats::panel::difference::two_by_two;
use umbel_stats::panel::event_study::{Window, event_study};
use umbel_stats::panel::first_difference::first_difference;
use umbel_stats::panel::fixed_effects::{Fit, Regression, fixed_effects, pooled};
use umbel_stats::panel::goodman_bacon::goodman_bacon;
use umbel_stats::panel::goodness::goodness;
use umbel_stats::panel::groups::Groups;
use umbel_stats::panel::random_effects::random_effects;
use umbel_stats::panel::synthetic_control::{Observed, PredictorWeights, placebo_in_space};

/// Tolerances of the cases.
const COEFFICIENTS: f64 = 1e-7;
const ERRORS: f64 = 1e-6;

pub fn checks() -> Vec<Check> {
    let mut checks = Vec::new();
    for (name, case) in cases("panel_") {
        assert!(name.starts_with("panel_"));
        panels(&case, &mut checks);
    }
    for (_, case) in cases("did_") {
        training(&case, &mut checks);
    }
    for (_, case) in cases("staggered_") {
        staggered(&case, &mut checks);
    }
    for (_, case) in cases("synthetic_control_") {
        synthetic(&case, &mut checks);
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
    checks.push(check("two_way_fe", "coefficients", peer, COEFFICIENTS, coefficients));
    checks.push(check("two_way_fe", "standard errors (iid, HC1, CRV1)", peer, ERRORS, errors));
    checks.push(check("two_way_fe", "t statistics", peer, 2.0 * ERRORS, t));
    checks.push(Check { kind: Kind::Absolute(""), ..check("two_way_fe", "p-values", peer, 1e-7, p) });
    checks.push(check("two_way_fe", "r2, r2 within", peer, COEFFICIENTS, parts));

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
    checks.push(check("two_way_fe", "coefficients", peer, COEFFICIENTS, coefficients));
    checks.push(check("two_way_fe", "standard errors (iid, clustered, Driscoll-Kraay)", peer, ERRORS, errors));
    checks.push(check("two_way_fe", "r2 of both kinds", peer, COEFFICIENTS, parts));

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
    let note = case["meta"]["note"].as_str().expect("a note");
    // "twoway: lscrap ~ grant + grant_1 | fcode + year"
    let formula = note.split("twoway:").nth(1).expect("a formula").trim();
    let mut words = formula.split(['~', '+', '|', ';']).map(str::trim);
    let column = |name: &str| numbers(&input[name]);
    let response = column(words.next().expect("a response"));
    let names: Vec<&str> = expected["iid"]["names"].as_array().expect("names").iter().flat_map(Value::as_str).collect();
    let columns: Vec<Vec<f64>> = words.by_ref().take(names.len()).map(column).collect();
    let effects: Vec<Groups> = words.map(|name| groups(&input[name])).collect();
    assert_eq!((columns.len(), effects.len()), (names.len(), 2));
    let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let regression = Regression::new(&response, &slices);
    let (mut coefficients, mut errors) = (vec![], vec![]);
    for (key, kind) in [("iid", Errors::Iid), ("CRV1", Errors::Clustered(&effects[..1]))] {
        let fit = as_counted(&regression.with_errors(kind), &effects, &expected[key]["se"]);
        let [c, e] = pairs(&fit, 0, &expected[key]["coef"], &expected[key]["se"]);
        coefficients.extend(c);
        errors.extend(e);
    }
    checks.push(check("two_way_fe", "coefficients, grants for training", peer, COEFFICIENTS, coefficients));
    checks.push(check("two_way_fe", "standard errors, grants for training", peer, ERRORS, errors));

    // Two by two: the two years in the name of the key; treated are the units with a grant in the second.
    for (key, expected) in expected.as_object().expect("an object") {
        let Some(years) = key.strip_prefix("two_by_two_") else { continue };
        let years: Vec<f64> = years.split('_').map(|year| year.parse().expect("a year")).collect();
        let labels = ["fcode", "year"].map(column);
        let rows: Vec<usize> = (0..response.len()).filter(|&row| years.contains(&labels[1][row])).collect();
        let granted: Vec<f64> = (0..response.len())
            .filter(|&row| labels[1][row] == years[1] && columns[0][row] > 0.0)
            .map(|row| labels[0][row])
            .collect();
        let treated: Vec<bool> = rows.iter().map(|&row| granted.contains(&labels[0][row])).collect();
        let post: Vec<bool> = rows.iter().map(|&row| labels[1][row] == years[1]).collect();
        let response: Vec<f64> = rows.iter().map(|&row| response[row]).collect();
        let unit = [Groups::sorted(&rows.iter().map(|&row| labels[0][row] as i64).collect::<Vec<_>>())];
        let regression = Regression::new(&response, &[]);
        let (mut coefficients, mut errors) = (vec![], vec![]);
        for (key, kind) in [("se_iid", Errors::Iid), ("se_hetero", Errors::Hc1), ("se_crv1", Errors::Clustered(&unit))]
        {
            let found = two_by_two(&regression.with_errors(kind), &treated, &post).expect("two by two");
            let [c, e] = pairs(&found.fit, 0, &expected["coef"], &expected[key]);
            coefficients.extend(c);
            errors.extend(e);
            let means = found.means;
            let by_hand = (means.treated_after - means.treated_before) - (means.control_after - means.control_before);
            coefficients.push((by_hand, number(&expected["coef"][3])));
        }
        checks.push(check("did", "two by two: coefficients", peer, COEFFICIENTS, coefficients));
        checks.push(check("did", "two by two: standard errors (iid, HC1, CRV1)", peer, ERRORS, errors));
    }
}

fn staggered(case: &Value, checks: &mut Vec<Check>) {
    let (input, expected) = (&case["input"], &case["expected"]);
    let periods: Vec<i64> = numbers(&input["periods"]).iter().map(|period| *period as i64).collect();
    let response: Vec<f64> = matrix(&input["response"]).concat();
    let units = response.len() / periods.len();
    let repeat = |values: Vec<f64>| values.iter().flat_map(|value| vec![*value; periods.len()]).collect::<Vec<f64>>();
    let unit = Groups::from_labels((0..units).flat_map(|unit| vec![unit; periods.len()]));
    let period: Vec<i64> = (0..units).flat_map(|_| periods.clone()).collect();
    let first = repeat(numbers(&input["first_treated"]));
    let first: Vec<Option<i64>> = first.iter().map(|first| (*first > 0.0).then_some(*first as i64)).collect();
    let population = repeat(numbers(&input["lpop"]));
    let covariates: [&[f64]; 1] = [&population];

    let peer = "csdid 0.4.3";
    let (mut effects, mut errors, mut averages, mut errors_of_averages) = (vec![], vec![], vec![], vec![]);
    for (controls, name) in [(Controls::NeverTreated, "nevertreated"), (Controls::NotYetTreated, "notyettreated")] {
        for (base, base_name) in [(BasePeriod::Varying, "varying"), (BasePeriod::Universal, "universal")] {
            for (covariates, covariate) in [(&[][..], "none"), (&covariates[..], "lpop")] {
                let expected = &expected[format!("{name}_{base_name}_{covariate}")];
                let found = callaway_santanna(&Staggered {
                    response: &response,
                    unit: &unit,
                    period: &period,
                    first_treated: &first,
                    covariates,
                    controls,
                    base,
                    anticipation: 0,
                    confidence: 0.95,
                    bootstrap: None,
                })
                .expect("effects");
                let cells: Vec<(f64, f64)> = found.effects.iter().map(|c| (c.group as f64, c.period as f64)).collect();
                let wanted = numbers(&expected["first_treated"]).into_iter().zip(numbers(&expected["period"]));
                assert_eq!(cells, wanted.collect::<Vec<_>>());
                let beside = numbers(&expected["att"]).into_iter().zip(numbers(&expected["se"]));
                for (cell, (att, se)) in found.effects.iter().zip(beside) {
                    effects.push((cell.effect.estimate, att));
                    // The base period itself has no error.
                    errors.push((cell.effect.standard_error, if se.is_nan() { 0.0 } else { se }));
                }
                for (how, key) in [
                    (Aggregation::Simple, "simple"),
                    (Aggregation::Dynamic, "dynamic"),
                    (Aggregation::Group, "group"),
                    (Aggregation::Calendar, "calendar"),
                ] {
                    let (found, expected) = (found.aggregate(how).expect(key), &expected[key]);
                    averages.push((found.overall.estimate, number(&expected["overall_att"])));
                    errors_of_averages.push((found.overall.standard_error, number(&expected["overall_se"])));
                    if how == Aggregation::Simple {
                        continue;
                    }
                    assert_eq!(found.parts.len(), numbers(&expected["att"]).len());
                    let beside = numbers(&expected["att"]).into_iter().zip(numbers(&expected["se"]));
                    for (part, (att, se)) in found.parts.iter().zip(beside) {
                        averages.push((part.effect.estimate, att));
                        errors_of_averages.push((part.effect.standard_error, if se.is_nan() { 0.0 } else { se }));
                    }
                }
                if controls == Controls::NeverTreated && base == BasePeriod::Varying {
                    let wald = &case["expected"]["pre_trend"];
                    let test = found.pre_trend.expect("a test");
                    checks.push(check(
                        "did",
                        "staggered: joint test before treatment",
                        peer,
                        1e-8,
                        vec![(test.statistic, number(&wald[covariate]))],
                    ));
                    let published = number(&wald["published_p"][usize::from(covariate == "lpop")]);
                    let (what, reference) =
                        ("staggered: p of the joint test, minimum wages", "Callaway, Sant'Anna: did, Getting started");
                    checks.push(Check {
                        kind: Kind::Rounded(5),
                        ..check("did", what, reference, 0.0, vec![(test.p, published)])
                    });
                    if covariate == "none" {
                        let published = numbers(&case["expected"]["published"]);
                        let pairs = found.effects.iter().map(|cell| cell.effect.estimate).zip(published);
                        let what = "staggered: group-time effects, minimum wages";
                        checks.push(Check {
                            kind: Kind::Rounded(4),
                            ..check("did", what, reference, 0.0, pairs.collect())
                        });
                    }
                }
            }
        }
    }
    checks.push(check("did", "staggered: group-time effects, with and without a covariate", peer, 1e-8, effects));
    checks.push(check("did", "staggered: their standard errors", peer, 1e-8, errors));
    checks.push(check("did", "staggered: averages (simple, dynamic, group, calendar)", peer, 1e-8, averages));
    checks.push(check("did", "staggered: standard errors of averages", peer, 1e-8, errors_of_averages));

    let peer = "pyfixest 0.60.0";
    let clusters = [unit.clone()];
    let regression = Regression::new(&response, &[]).with_errors(Errors::Clustered(&clusters));
    let study = event_study(&regression, &unit, &period, &first, Window::default()).expect("an event study");
    let wanted = &expected["event_study"];
    let relative: Vec<f64> = study.effects.iter().map(|effect| effect.relative as f64).collect();
    assert_eq!(relative, numbers(&wanted["relative"]));
    let [c, e] = pairs(&study.fit, 0, &wanted["coef"], &wanted["se"]);
    checks.push(check("event_study", "coefficients", peer, COEFFICIENTS, c));
    checks.push(check("event_study", "standard errors (CRV1)", peer, ERRORS, e));
    let test = vec![(study.pre_trend.expect("a test").statistic, number(&wanted["pre_trend_f"]))];
    checks.push(check("event_study", "F of the joint test before treatment", peer, ERRORS, test));

    // The parts of the decomposition add up to the coefficient of another program.
    let bacon = goodman_bacon(&response, &unit, &period, &first).expect("a decomposition");
    let pairs = vec![(bacon.coefficient, number(&expected["two_way"]["coef"][0]))];
    checks.push(check("did", "sum of the Goodman-Bacon decomposition against two-way effects", peer, 1e-7, pairs));
}

fn synthetic(case: &Value, checks: &mut Vec<Check>) {
    let (input, expected) = (&case["input"], &case["expected"]);
    let places: Vec<&str> = input["places"].as_array().expect("places").iter().flat_map(Value::as_str).collect();
    let periods = numbers(&input["periods"]);
    let outcomes = matrix(&input["outcomes"]).concat();
    let begins = number(&case["meta"]["first_treated"]);
    let before = periods.iter().filter(|period| **period < begins).count();
    let treated = places.iter().position(|place| Some(*place) == input["treated"].as_str()).expect("treated");
    let donors: Vec<usize> = (0..places.len()).filter(|&place| place != treated).collect();
    let observed = Observed {
        outcomes: &outcomes,
        periods: periods.len(),
        before,
        predictors: &[],
        weights: &PredictorWeights::Equal,
    };
    let found = placebo_in_space(&observed, treated, &donors, None).expect("a synthetic control");
    let at = |name: &str| places.iter().position(|place| *place == name).expect("a place");
    let peer = "scipy 1.17.1 (nnls), numpy 2.4.6 (conditions of the optimum)";
    let weights = expected["weights"].as_object().expect("weights");
    assert_eq!(found.treated.weights.iter().filter(|weight| **weight > 0.0).count(), weights.len());
    let pairs = weights.iter().map(|(name, weight)| (found.treated.weights[at(name)], number(weight))).collect();
    checks.push(check("synthetic_control", "weights, Proposition 99, outcomes alone", peer, 1e-7, pairs));
    let pairs = found.treated.gaps.iter().copied().zip(numbers(&expected["gaps"])).collect();
    let what = "gaps, Proposition 99";
    checks.push(Check { kind: Kind::Absolute("packs"), ..check("synthetic_control", what, peer, 1e-6, pairs) });
    let mut pairs = vec![
        (found.treated.effect, number(&expected["effect"])),
        (found.treated.rmspe_before, number(&expected["rmspe_before"])),
    ];
    let controls = donors.iter().zip(&found.placebos).chain([(&treated, &found.treated)]);
    pairs.extend(
        controls.map(|(&place, c)| (c.rmspe_ratio.expect("a ratio"), number(&expected["ratios"][places[place]]))),
    );
    checks.push(check("synthetic_control", "errors before treatment, ratios of 39 places", peer, 1e-6, pairs));
    assert_eq!(found.rank.map(|rank| rank as f64), expected["rank"].as_f64());
    // The peer's search ends near the optimum, not in it; ours must not be worse.
    let peers: Vec<f64> = donors.iter().map(|&donor| number(&expected["pysyncon"][places[donor]])).collect();
    let gap = |year: usize| {
        let of = donors.iter().zip(&peers).map(|(&donor, weight)| weight * outcomes[donor * periods.len() + year]);
        outcomes[treated * periods.len() + year] - of.sum::<f64>()
    };
    let squares = (0..before).map(|year| gap(year) * gap(year)).sum::<f64>() / before as f64;
    assert!(found.treated.rmspe_before <= squares.sqrt());

    let rows = outcomes.len();
    let treatment: Vec<bool> = (0..rows).map(|row| row / periods.len() == treated).collect();
    let post: Vec<bool> = (0..rows).map(|row| row % periods.len() >= before).collect();
    let found = two_by_two(&Regression::new(&outcomes, &[]), &treatment, &post).expect("two by two");
    let pairs = vec![(found.fit.coefficients[3].expect("an effect").estimate, -27.3)];
    let reference = "Arkhangelsky and others, Synthetic difference-in-differences, AER 111(12), 2021, table 1";
    checks.push(Check { kind: Kind::Rounded(1), ..check("did", "two by two: Proposition 99", reference, 0.0, pairs) });
}
