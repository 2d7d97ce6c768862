//! What must hold for panels of any kind, and what panels without an answer give.

use crate::inference::Alternative;
use crate::linear::Basis;
use crate::panel::between::between;
use crate::panel::callaway_santanna::{
    Aggregation, BasePeriod, Bootstrap, CallawaySantAnna, Controls, Staggered, callaway_santanna,
};
use crate::panel::covariance::{Corrections, Errors};
use crate::panel::difference::{EFFECT, two_by_two, two_way};
use crate::panel::event_study::{Window, event_study};
use crate::panel::first_difference::first_difference;
use crate::panel::fixed_effects::{Fit, Regression, Weighting, fixed_effects, pooled};
use crate::panel::goodman_bacon::goodman_bacon;
use crate::panel::groups::Groups;
use crate::panel::placebo::{placebo_in_time, randomisation};
use crate::panel::random_effects::random_effects;
use crate::panel::synthetic_control::{Observed, PredictorWeights, placebo_in_space, synthetic_control};
use proptest::prelude::*;
use umbel_core::random::Stream;

/// Rows at random units and periods, some pairs twice, with two columns.
struct Random {
    unit: Groups,
    period: Groups,
    response: Vec<f64>,
    columns: Vec<Vec<f64>>,
}

fn random(seed: u64, rows: usize, units: u64, periods: u64) -> Random {
    let mut stream = Stream::new(seed, 0);
    let mut codes =
        |count: u64| Groups::from_codes(&(0..rows).map(|_| stream.below(count) as u32).collect::<Vec<u32>>());
    let (unit, period) = (codes(units), codes(periods));
    let mut stream = Stream::new(seed, 1);
    let mut column = || (0..rows).map(|_| stream.normal()).collect::<Vec<f64>>();
    Random { unit, period, response: column(), columns: vec![column(), column()] }
}

impl Random {
    fn fit(&self, errors: Errors) -> Fit {
        let columns: Vec<&[f64]> = self.columns.iter().map(Vec::as_slice).collect();
        let regression = Regression::new(&self.response, &columns).with_errors(errors);
        fixed_effects(&regression, &[self.unit.clone(), self.period.clone()]).expect("a fit")
    }
}

/// Estimates and errors.
fn figures(fit: &Fit) -> Vec<(f64, f64)> {
    fit.coefficients.iter().map(|e| e.map_or((0.0, 0.0), |e| (e.estimate, e.standard_error))).collect()
}

fn near(found: &[(f64, f64)], wanted: &[(f64, f64)], part: f64) {
    assert_eq!(found.len(), wanted.len());
    for (found, wanted) in found.iter().zip(wanted) {
        assert!(
            (found.0 - wanted.0).abs() <= part && (found.1 - wanted.1).abs() <= part,
            "{found:?} is not {wanted:?}"
        );
    }
}

/// Compares two fixed effects with least squares on a column for each unit and period, and says how many rows are alone in
/// their unit. `None` where the panel falls apart: then the dummies depend on each other once more, which the usual count of
/// degrees of freedom (units and periods less one) does not know.
fn compare_with_dummies(seed: u64) -> Option<usize> {
    let one = random(seed, 90, 9, 5);
    let mut columns = one.columns.clone();
    let mut alone = 0;
    for groups in [&one.unit, &one.period] {
        for level in 0..groups.count() as u32 {
            let column: Vec<f64> = groups.codes().iter().map(|&code| f64::from(u8::from(code == level))).collect();
            alone += usize::from(column.iter().sum::<f64>() == 1.0);
            columns.push(column);
        }
    }
    let basis = Basis::of(columns, None).expect("a basis");
    let solution = basis.solve(&one.response).expect("a solution");
    if basis.rank() != 2 + one.unit.count() + one.period.count() - 1 {
        return None;
    }
    let free = 90.0 - basis.rank() as f64;
    let inverse = basis.inverse_cross_product();
    let robust = basis.sandwich(&basis.meat_rows(&solution.residuals));
    let of = |at: usize| (solution.coefficients[at], (inverse[(at, at)] * solution.squares / free).sqrt());
    near(&figures(&one.fit(Errors::Iid)), &[of(0), of(1)], 1e-10);
    // A row that is alone has a dummy of its own and no residual: it is left out, and is no row of the correction.
    let rows = 90.0 - alone as f64;
    let of = |at: usize| (solution.coefficients[at], (robust[(at, at)] * rows / free).sqrt());
    let fit = one.fit(Errors::Hc1);
    near(&figures(&fit), &[of(0), of(1)], 1e-10);
    assert_eq!(fit.singletons(90), alone);
    Some(alone)
}

#[test]
fn a_row_alone_in_its_unit_does_not_count() {
    // One of the seeds whose panel has such a row.
    assert_eq!(compare_with_dummies(140), Some(1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn effects_names_and_order_do_not_matter(seed in 0_u64..1000, scale in 0.01_f64..100.0) {
        let one = random(seed, 120, 14, 6);
        let clusters = [one.unit.clone(), one.period.clone()];
        for errors in [Errors::Iid, Errors::Hc1, Errors::Clustered(&clusters[..1]), Errors::Clustered(&clusters)] {
            let plain = figures(&one.fit(errors));
            // Constants of units and periods.
            let mut other = random(seed, 120, 14, 6);
            for row in 0..120 {
                other.response[row] += f64::from(one.unit.codes()[row]).sin() * 50.0 + f64::from(one.period.codes()[row]);
                other.columns[0][row] += f64::from(one.unit.codes()[row]) * 3.0;
            }
            near(&figures(&other.fit(errors)), &plain, 1e-9);
            // The scale of the response.
            let mut other = random(seed, 120, 14, 6);
            other.response.iter_mut().for_each(|value| *value *= scale);
            let scaled: Vec<(f64, f64)> = plain.iter().map(|(a, b)| (a * scale, b * scale)).collect();
            near(&figures(&other.fit(errors)), &scaled, 1e-9 * scale.max(1.0));
        }
        // Names of units, and the order of rows.
        let mut order: Vec<u32> = (0..120).collect();
        let mut stream = Stream::new(seed, 9);
        stream.shuffle(&mut order);
        let take = |values: &[f64]| order.iter().map(|&row| values[row as usize]).collect::<Vec<f64>>();
        let codes: Vec<u32> = order.iter().map(|&row| 1000 - 7 * one.unit.codes()[row as usize]).collect();
        let other = Random {
            unit: Groups::from_codes(&codes),
            period: one.period.subset(&order),
            response: take(&one.response),
            columns: one.columns.iter().map(|column| take(column)).collect(),
        };
        let clusters_of = |of: &Random| [of.unit.clone()];
        let (a, b) = (clusters_of(&one), clusters_of(&other));
        near(&figures(&other.fit(Errors::Clustered(&b))), &figures(&one.fit(Errors::Clustered(&a))), 1e-10);
    }

    #[test]
    fn equals_least_squares_on_dummies(seed in 0_u64..1000) {
        let falls_apart = compare_with_dummies(seed).is_none();
        prop_assume!(!falls_apart);
    }

    #[test]
    fn frequencies_are_repetitions(seed in 0_u64..1000) {
        let one = random(seed, 80, 8, 5);
        let mut stream = Stream::new(seed, 5);
        let times: Vec<u32> = (0..80).map(|_| 1 + stream.below(3) as u32).collect();
        let rows: Vec<u32> = (0..80_u32).flat_map(|row| vec![row; times[row as usize] as usize]).collect();
        let take = |values: &[f64]| rows.iter().map(|&row| values[row as usize]).collect::<Vec<f64>>();
        let repeated = Random {
            unit: one.unit.subset(&rows),
            period: one.period.subset(&rows),
            response: take(&one.response),
            columns: one.columns.iter().map(|column| take(column)).collect(),
        };
        let weights: Vec<f64> = times.iter().map(|&times| f64::from(times)).collect();
        let columns: Vec<&[f64]> = one.columns.iter().map(Vec::as_slice).collect();
        let (a, b) = ([one.unit.clone()], [repeated.unit.clone()]);
        for (errors, of_repeated) in
            [(Errors::Iid, Errors::Iid), (Errors::Hc1, Errors::Hc1), (Errors::Clustered(&a), Errors::Clustered(&b))]
        {
            let mut regression = Regression::new(&one.response, &columns).with_errors(errors);
            regression.weights = Weighting::Frequency(&weights);
            let weighted = fixed_effects(&regression, &[one.unit.clone(), one.period.clone()]).expect("a fit");
            let plain = repeated.fit(of_repeated);
            near(&figures(&weighted), &figures(&plain), 1e-10);
            prop_assert!((weighted.r2.expect("r2") - plain.r2.expect("r2")).abs() < 1e-12);
            // As weights of precision the coefficients are the same, and their scale does not matter.
            let doubled: Vec<f64> = weights.iter().map(|weight| 2.5 * weight).collect();
            regression.weights = Weighting::Analytic(&weights);
            let one_scale = fixed_effects(&regression, &[one.unit.clone(), one.period.clone()]).expect("a fit");
            regression.weights = Weighting::Analytic(&doubled);
            let other_scale = fixed_effects(&regression, &[one.unit.clone(), one.period.clone()]).expect("a fit");
            near(&figures(&one_scale), &figures(&other_scale), 1e-10);
            prop_assert!((figures(&one_scale)[0].0 - figures(&weighted)[0].0).abs() < 1e-10);
        }
    }

    #[test]
    fn the_decomposition_adds_up_to_two_way_effects(seed in 0_u64..1000, units in 5_usize..14, count in 3_i64..8) {
        let one = staggered(seed, units, count, 3);
        let treated: Vec<bool> =
            one.first.iter().zip(&one.period).map(|(first, period)| first.is_some_and(|first| *period >= first)).collect();
        let bacon = goodman_bacon(&one.response, &one.unit, &one.period, &one.first);
        let period = Groups::sorted(&one.period);
        match (two_way(&Regression::new(&one.response, &[]), &treated, &one.unit, &period), bacon) {
            (Ok(fit), Ok(bacon)) => {
                prop_assert!((bacon.coefficient - figures(&fit)[0].0).abs() < 1e-9);
                prop_assert!((bacon.parts.iter().map(|part| part.weight).sum::<f64>() - 1.0).abs() < 1e-12);
                prop_assert!(bacon.parts.iter().all(|part| part.weight >= 0.0));
            }
            (fit, bacon) => prop_assert!(bacon.is_err() && fit.is_err(), "{bacon:?}"),
        }
    }

    #[test]
    fn a_synthetic_control_lies_in_the_simplex_and_is_best(seed in 0_u64..1000, donors in 2_usize..9, before in 1_usize..7) {
        let mut stream = Stream::new(seed, 2);
        let periods = before + 2;
        let outcomes: Vec<f64> = (0..(donors + 1) * periods).map(|_| 100.0 + 10.0 * stream.normal()).collect();
        let observed =
            Observed { outcomes: &outcomes, periods, before, predictors: &[], weights: &PredictorWeights::Equal };
        let all: Vec<usize> = (1..=donors).collect();
        let found = synthetic_control(&observed, 0, &all).expect("a control");
        prop_assert!((found.weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        prop_assert!(found.weights.iter().all(|weight| *weight >= 0.0) && found.weights[0] == 0.0);
        // No way towards a single donor makes the error smaller: the condition of the optimum.
        for donor in 1..=donors {
            let slope: f64 = (0..before).map(|at| found.gaps[at] * (outcomes[donor * periods + at] - found.synthetic[at])).sum();
            prop_assert!(slope <= 1e-6 * 1000.0, "{donor} {slope}");
        }
    }
}

/// A balanced panel in which some units begin treatment in one of some periods.
struct Adoption {
    unit: Groups,
    period: Vec<i64>,
    first: Vec<Option<i64>>,
    response: Vec<f64>,
}

fn staggered(seed: u64, units: usize, periods: i64, groups: u64) -> Adoption {
    let mut stream = Stream::new(seed, 3);
    let begin: Vec<Option<i64>> = (0..units)
        .map(|_| match stream.below(groups + 1) {
            0 => None,
            group => Some(2000 + 1 + group as i64 % (periods - 1)),
        })
        .collect();
    let mut one = Adoption { unit: Groups::default(), period: Vec::new(), first: Vec::new(), response: Vec::new() };
    let mut codes = Vec::new();
    for (unit, begin) in begin.iter().enumerate() {
        for period in 2000..2000 + periods {
            codes.push(unit as u32);
            one.period.push(period);
            one.first.push(*begin);
            let effect = begin.map_or(0.0, |begin| (period - begin + 1).max(0) as f64);
            one.response.push(effect + unit as f64 + 0.3 * (period - 2000) as f64 + 0.1 * stream.normal());
        }
    }
    one.unit = Groups::from_codes(&codes);
    one
}

fn effects(one: &Adoption, controls: Controls, bootstrap: Option<Bootstrap>) -> Result<CallawaySantAnna, crate::Error> {
    callaway_santanna(&Staggered {
        response: &one.response,
        unit: &one.unit,
        period: &one.period,
        first_treated: &one.first,
        covariates: &[],
        controls,
        base: BasePeriod::Varying,
        anticipation: 0,
        confidence: 0.95,
        bootstrap,
    })
}

#[test]
fn one_group_in_two_periods_is_two_by_two() {
    let one = staggered(4, 30, 2, 1);
    let found = effects(&one, Controls::NeverTreated, None).expect("effects");
    assert_eq!(found.effects.len(), 1);
    let treated: Vec<bool> = one.first.iter().map(Option::is_some).collect();
    let post: Vec<bool> = one.period.iter().map(|period| *period == 2001).collect();
    let classic = two_by_two(&Regression::new(&one.response, &[]), &treated, &post).expect("two by two");
    let wanted = classic.fit.coefficients[EFFECT].expect("an effect").estimate;
    assert!((found.effects[0].effect.estimate - wanted).abs() < 1e-12);
    for how in [Aggregation::Simple, Aggregation::Dynamic, Aggregation::Group, Aggregation::Calendar] {
        let overall = found.aggregate(how).expect("an average").overall;
        assert!((overall.estimate - wanted).abs() < 1e-12);
        assert!((overall.standard_error - found.effects[0].effect.standard_error).abs() < 1e-12);
    }
    // The bootstrap comes near the errors of the influence functions, and does not depend on threads.
    let bootstrap = Some(Bootstrap { samples: 2000, seed: 5 });
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| effects(&one, Controls::NeverTreated, bootstrap).expect("effects").effects[0].effect)
    };
    let (first, second) = (run(1), run(2));
    assert_eq!(first, second);
    assert!((first.standard_error / found.effects[0].effect.standard_error - 1.0).abs() < 0.1);
}

#[test]
fn growing_effects_are_found_where_two_way_effects_fail() {
    let one = staggered(8, 60, 8, 3);
    for controls in [Controls::NeverTreated, Controls::NotYetTreated] {
        let found = effects(&one, controls, None).expect("effects");
        // The effect is 1 in the first treated period and grows by 1 in each.
        for part in found.aggregate(Aggregation::Dynamic).expect("averages").parts {
            let wanted = (part.at + 1).max(0) as f64;
            assert!((part.effect.estimate - wanted).abs() < 0.15, "{part:?}");
        }
        assert!(found.pre_trend.expect("a test").p > 0.001);
    }
    let bacon = goodman_bacon(&one.response, &one.unit, &one.period, &one.first).expect("parts");
    assert!(bacon.weight_already_treated > 0.05 && bacon.estimate_clean.expect("clean") > bacon.coefficient);
}

#[test]
fn placebos_find_nothing_where_there_is_nothing() {
    let one = staggered(8, 60, 8, 1);
    let plain = Regression::new(&one.response, &[]);
    let clusters = [one.unit.clone()];
    let regression = plain.with_errors(Errors::Clustered(&clusters));
    let before = staggered(8, 60, 8, 1).first.iter().map(|first| first.map(|first| first + 3)).collect::<Vec<_>>();
    // Treatment in 2002; pretended five years later, the placebo three years earlier meets the true effect.
    let fit = placebo_in_time(&regression, &one.unit, &one.period, &before, 3).expect("a fit");
    assert!(figures(&fit)[0].0 > 0.5);
    assert!(placebo_in_time(&regression, &one.unit, &one.period, &one.first, 0).is_err());
    let test = |seed: u64, response: &[f64]| {
        let regression = Regression::new(response, &[]);
        randomisation(&regression, &one.unit, &one.period, &one.first, 199, seed, Alternative::TwoSided)
            .expect("a test")
    };
    assert_eq!(test(1, &one.response).p_permutation, 1.0 / 200.0);
    let mut stream = Stream::new(1, 1);
    let noise: Vec<f64> = one.response.iter().map(|_| stream.normal()).collect();
    let none = test(1, &noise);
    assert!(none.p_permutation > 0.01 && none.permuted.len() == 199);
    assert_eq!(none, test(1, &noise));
    assert_ne!(none.permuted, test(2, &noise).permuted);
}

#[test]
fn a_mixture_of_donors_is_found_again() {
    let mut stream = Stream::new(11, 0);
    let (units, periods, before) = (9, 20, 12);
    let mut outcomes: Vec<f64> = (0..units * periods).map(|_| stream.normal()).collect();
    let mixture = [0.0, 0.5, 0.0, 0.3, 0.0, 0.2, 0.0, 0.0, 0.0];
    for at in 0..periods {
        outcomes[at] = (0..units).map(|unit| mixture[unit] * outcomes[unit * periods + at]).sum::<f64>();
        outcomes[at] += if at >= before { 4.0 } else { 0.0 };
    }
    let equal = PredictorWeights::Equal;
    let observed = Observed { outcomes: &outcomes, periods, before, predictors: &[], weights: &equal };
    let found = synthetic_control(&observed, 0, &(1..units).collect::<Vec<_>>()).expect("a control");
    for (found, wanted) in found.weights.iter().zip(mixture) {
        assert!((found - wanted).abs() < 1e-6, "{found} {wanted}");
    }
    assert!((found.effect - 4.0).abs() < 1e-6);
    // Predictors: searched weights fit the years before at least as well as equal ones.
    let predictors: Vec<Vec<f64>> = (0..3).map(|_| (0..units).map(|_| stream.normal()).collect()).collect();
    let predictors: Vec<&[f64]> = predictors.iter().map(Vec::as_slice).collect();
    let donors: Vec<usize> = (1..units).collect();
    let with = |weights: &PredictorWeights| {
        let observed = Observed { outcomes: &outcomes, periods, before, predictors: &predictors, weights };
        synthetic_control(&observed, 0, &donors).expect("a control")
    };
    let searched = with(&PredictorWeights::Optimised);
    assert!(searched.rmspe_before <= with(&PredictorWeights::Equal).rmspe_before);
    assert_eq!(with(&PredictorWeights::Given(vec![1.0; 3])).weights, with(&PredictorWeights::Equal).weights);
    let test = placebo_in_space(&observed, 0, &donors, None).expect("a test");
    assert_eq!((test.compared, test.placebos.len()), (9, 8));
}

#[test]
fn panels_without_an_answer_say_so() {
    let ones = vec![1.0; 6];
    let y = [1.0, 2.0, 3.5, 4.0, 2.0, 9.0];
    let x = [1.0, 0.5, 2.0, 7.0, 1.0, 3.0];
    let columns: [&[f64]; 1] = [&x];
    let unit = Groups::from_codes(&[0, 0, 1, 1, 2, 2]);
    let period = Groups::from_codes(&[0, 1, 0, 1, 0, 1]);
    let both = [unit.clone(), period.clone()];
    let one = [Groups::from_codes(&[0; 6])];
    let say = |result: Result<Fit, crate::Error>| result.expect_err("an error").to_string();
    let regression = Regression::new(&y, &columns);
    // No variation within, everything alone, one cluster, as many parameters as rows, wrong lengths and values.
    let constant: [&[f64]; 1] = [&ones];
    assert!(say(fixed_effects(&Regression::new(&y, &constant), &both)).contains("no column that explains varies"));
    let alone = [Groups::from_codes(&[0, 1, 2, 3, 4, 5])];
    assert!(say(fixed_effects(&regression, &alone)).contains("alone"));
    assert!(say(fixed_effects(&regression.with_errors(Errors::Clustered(&one)), &both)).contains("clusters"));
    assert!(say(fixed_effects(&regression.with_errors(Errors::Clustered(&[])), &both)).contains("groupings"));
    let many = [Groups::from_codes(&[0, 0, 1, 1, 2, 2]), Groups::from_codes(&[0, 1, 1, 2, 2, 0])];
    assert!(say(fixed_effects(&regression, &many)).contains("rows"));
    assert!(say(fixed_effects(&Regression::new(&y, &[]), &both)).contains("no column"));
    assert!(fixed_effects(&Regression::new(&y[..5], &columns), &both).is_err());
    assert!(fixed_effects(&regression, &[Groups::from_codes(&[0; 5])]).is_err());
    let infinite = [1.0, f64::INFINITY, 0.0, 1.0, 2.0, 3.0];
    assert!(say(pooled(&Regression::new(&infinite, &columns))).contains("not a finite"));
    let mut weighted = regression;
    weighted.weights = Weighting::Analytic(&[1.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
    assert!(say(pooled(&weighted)).contains("above 0"));
    assert!(fixed_effects(&Regression::new(&[], &[&[]]), &[Groups::default()]).is_err());
    // A constant response has no r2, and no test.
    let fit = fixed_effects(&Regression::new(&ones, &columns), &both[..1]).expect("a fit");
    assert_eq!((fit.r2, fit.r2_within), (None, None));
    // One unit, one period: fixed effects of units alone still work, two-way effects do not.
    assert!(fixed_effects(&regression, &one).is_ok());
    let lags = Errors::DriscollKraay { periods: &period, lags: Some(2) };
    assert!(say(fixed_effects(&regression.with_errors(lags), &both[..1])).contains("lags"));
    assert!(say(between(&regression, &one[0])).contains("rows"));
    assert!(between(&regression.with_errors(Errors::Clustered(&both[..1])), &unit).is_err());
    assert!(say(first_difference(&regression, &unit, &one[0])).contains("same unit and period"));
    let spaced = Groups::from_codes(&[0, 1, 2, 3, 4, 5]);
    assert!(say(first_difference(&regression, &spaced, &spaced)).contains("neighbouring"));
    assert!(random_effects(&regression, &one[0]).is_err());
    let mut corrected = regression;
    corrected.corrections = Corrections::linearmodels();
    corrected.confidence = 1.5;
    assert!(say(pooled(&corrected)).contains("confidence"));

    let periods = [2000, 2001, 2000, 2001, 2000, 2001];
    let never = [None; 6];
    let all = [Some(2001); 6];
    let some = [Some(2001), Some(2001), None, None, None, None];
    let plain = Regression::new(&y, &[]);
    let study = |first: &[Option<i64>]| event_study(&plain, &unit, &periods, first, Window::default());
    assert!(study(&never).expect_err("an error").to_string().contains("no unit is ever treated"));
    assert!(study(&all).is_err());
    assert!(study(&some).is_ok());
    assert!(goodman_bacon(&y, &unit, &periods, &never).is_err() && goodman_bacon(&y, &unit, &periods, &all).is_err());
    let adoption = |first: &[Option<i64>]| Adoption {
        unit: unit.clone(),
        period: periods.to_vec(),
        first: first.to_vec(),
        response: y.to_vec(),
    };
    for controls in [Controls::NeverTreated, Controls::NotYetTreated] {
        assert!(effects(&adoption(&never), controls, None).is_err());
        assert!(effects(&adoption(&all), controls, None).is_err());
        assert!(effects(&adoption(&[Some(2000); 6]), controls, None).is_err());
        assert!(effects(&adoption(&some), controls, None).is_ok());
    }
    let mixed = [Some(2001), None, None, None, None, None];
    assert!(effects(&adoption(&mixed), Controls::NeverTreated, None).is_err());
    let marks = [false, true, false, false, false, false];
    assert!(two_by_two(&plain, &marks, &[true; 6]).is_err());
    assert!(two_way(&plain, &[true; 6], &unit, &period).is_err());
    let weights = PredictorWeights::Equal;
    let observed = |before: usize| Observed { outcomes: &y, periods: 2, before, predictors: &[], weights: &weights };
    assert!(synthetic_control(&observed(0), 0, &[1, 2]).is_err() && synthetic_control(&observed(2), 0, &[1]).is_err());
    assert!(synthetic_control(&observed(1), 0, &[]).is_err() && synthetic_control(&observed(1), 0, &[0, 1]).is_err());
    assert!(placebo_in_space(&observed(1), 0, &[1], None).is_err());
    assert!(synthetic_control(&observed(1), 0, &[1, 2]).is_ok());
}
