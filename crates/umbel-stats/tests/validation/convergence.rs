//! Cases of `umbel_stats::convergence`.

use crate::cases::{cases, matrix, number, numbers, weights};
use crate::check::{Check, Kind};
use serde_json::Value;
use umbel_stats::convergence::beta::{Errors, beta};
use umbel_stats::convergence::chain::{Initial, chain, transitions};
use umbel_stats::convergence::classes::{Classification, classify};
use umbel_stats::convergence::lisa_markov::{Independence, lisa_markov};
use umbel_stats::convergence::rank_mobility::rank_mobility;
use umbel_stats::convergence::sigma::sigma;
use umbel_stats::convergence::spatial_markov::{SpatialMarkov, spatial_markov};
use umbel_stats::inequality::variation::Divisor;

type Pairs = Vec<(f64, f64)>;

/// Lists of lists as one list, their shapes being the same.
fn rows(found: &[Vec<f64>], wanted: &Value) -> Pairs {
    let wanted = matrix(wanted);
    assert_eq!(found.len(), wanted.len());
    found.iter().zip(&wanted).flat_map(|(found, wanted)| list(found, wanted)).collect()
}

fn list(found: &[f64], wanted: &[f64]) -> Pairs {
    assert_eq!(found.len(), wanted.len());
    found.iter().copied().zip(wanted.iter().copied()).collect()
}

fn counts(found: &[Vec<u64>]) -> Vec<Vec<f64>> {
    found.iter().map(|row| row.iter().map(|&count| count as f64).collect()).collect()
}

fn spatial(found: &SpatialMarkov, wanted: &Value) -> (Pairs, Pairs) {
    let (tables, parts) = (wanted["T"].as_array().expect("a list"), wanted["P"].as_array().expect("a list"));
    assert_eq!((found.transitions.len(), parts.len()), (tables.len(), tables.len()));
    let exact = found.transitions.iter().zip(tables).flat_map(|(found, wanted)| rows(&counts(found), wanted)).collect();
    let chains = found.conditional.iter().zip(parts);
    let near = chains.flat_map(|(found, wanted)| match found {
        Some(found) => rows(&found.probabilities, wanted),
        None => vec![(0.0, matrix(wanted).iter().flatten().sum())],
    });
    (exact, near.collect())
}

/// The root of two as the peer writes it.
#[allow(clippy::approx_constant)]
const ROUNDED_ROOT: f64 = 1.4142136;

pub fn checks() -> Vec<Check> {
    let mut reference = String::new();
    let [mut exact, mut markov, mut passages, mut regimes, mut tests, mut lisa, mut ranks] =
        [(); 7].map(|()| Pairs::new());
    let [mut small, mut regression, mut p, mut dispersion] = [(); 4].map(|()| Pairs::new());
    for (name, case) in cases("markov_") {
        reference = case["meta"]["produced_by"].as_str().expect("a program").split(',').next().expect("one").to_owned();
        let (input, expected) = (&case["input"], &case["expected"]);
        let rows_of_places = matrix(&input["Y"]);
        let neighbours = weights(&input["w"]).row_standardised();
        let (places, years) = (rows_of_places.len(), rows_of_places[0].len());
        assert_eq!((neighbours.len(), number(&input["w"]["n"]) as usize), (places, places), "{name}");
        let raw: Vec<Vec<f64>> = (0..years).map(|year| rows_of_places.iter().map(|row| row[year]).collect()).collect();
        let relative: Vec<Vec<f64>> = raw
            .iter()
            .map(|period| {
                let mean = period.iter().sum::<f64>() / places as f64;
                period.iter().map(|value| value / mean).collect()
            })
            .collect();
        let by_place = |periods: &[Vec<u32>]| -> Vec<Vec<f64>> {
            (0..places).map(|place| periods.iter().map(|period| f64::from(period[place])).collect()).collect()
        };
        let first = |periods: &[Vec<u32>]| periods[0].iter().map(|&class| f64::from(class)).collect::<Vec<f64>>();

        let wanted = &expected["quintile_per_year"];
        let classes = classify(&raw, &Classification::EachPeriod(5)).expect("classes");
        exact.extend(rows(&by_place(&classes.ids), &wanted["class_ids"]));
        let counted = transitions(&classes.ids, classes.classes).expect("transitions");
        exact.extend(rows(&counts(&counted), &wanted["transitions"]));
        let found = chain(&counted, Initial::Uniform).expect("a chain");
        markov.extend(rows(&found.probabilities, &wanted["p"]));
        assert_eq!(found.steady_states.len(), 1, "{name}");
        markov.extend(list(&found.steady_states[0], &numbers(&wanted["steady_state"])));
        let times: Vec<f64> = found.sojourn.iter().map(|time| time.unwrap_or(f64::NAN)).collect();
        markov.extend(list(&times, &numbers(&wanted["sojourn"])));
        markov.extend(list(&found.prais, &numbers(&wanted["prais"])));
        let mobility = found.mobility.expect("five classes");
        for (found, key) in [
            (mobility.shorrocks_trace, "P"),
            (mobility.shorrocks_determinant, "D"),
            (mobility.sommers_conlisk, "L2"),
            (mobility.bartholomew_1, "B1"),
            (mobility.bartholomew_2, "B2"),
        ] {
            markov.push((found, number(&wanted["mobility"][key])));
        }
        let times: Vec<Vec<f64>> = found
            .mean_first_passage
            .iter()
            .map(|row| row.iter().map(|time| time.unwrap_or(f64::NAN)).collect())
            .collect();
        passages.extend(rows(&times, &wanted["mean_first_passage"]));

        let wanted = &expected["spatial_markov_pooled_quintiles"];
        let five = Classification::Pooled(5);
        let found = spatial_markov(&relative, &neighbours, &five, &five, Initial::Uniform, 0, 0).expect("chains");
        regimes.extend(list(found.own.cuts.as_deref().expect("cuts"), &numbers(&wanted["cutoffs"])));
        regimes.extend(list(found.lag.cuts.as_deref().expect("cuts"), &numbers(&wanted["lag_cutoffs"])));
        exact.extend(list(&first(&found.own.ids), &numbers(&wanted["class_ids_first_year"])));
        exact.extend(list(&first(&found.lag.ids), &numbers(&wanted["lag_class_ids_first_year"])));
        let (tables, parts) = spatial(&found, wanted);
        exact.extend(tables);
        regimes.extend(parts);
        exact.extend(rows(&counts(&found.pooled.transitions), &wanted["pooled_transitions"]));
        regimes.extend(rows(&found.pooled.probabilities, &wanted["pooled_p"]));
        let test = &found.homogeneity;
        tests.extend([
            (test.chi_squared_uncorrected.statistic, number(&wanted["chi2"])),
            (test.q.statistic, number(&wanted["Q"])),
            (test.likelihood_ratio.statistic, number(&wanted["LR"])),
        ]);
        exact.extend([
            (test.chi_squared_uncorrected.degrees_of_freedom as f64, number(&wanted["chi2_dof"])),
            (test.q.degrees_of_freedom as f64, number(&wanted["dof"])),
            (test.likelihood_ratio.degrees_of_freedom as f64, number(&wanted["dof"])),
        ]);
        // The peer takes the distribution from 1: its p are exact to the sixteenth decimal only.
        small.extend([
            (test.chi_squared_uncorrected.p.expect("P"), number(&wanted["chi2_p"])),
            (test.likelihood_ratio.p.expect("P"), number(&wanted["LR_p"])),
            (test.q.p.expect("P"), number(&wanted["Q_p"])),
        ]);

        let wanted = &expected["spatial_markov_fixed_cutoffs"];
        let cuts = |key: &str| Classification::Cuts(numbers(&wanted[key]));
        let (own, lag) = (cuts("cutoffs"), cuts("lag_cutoffs"));
        let found = spatial_markov(&relative, &neighbours, &own, &lag, Initial::Uniform, 0, 0).expect("chains");
        let (tables, parts) = spatial(&found, wanted);
        exact.extend(tables);
        regimes.extend(parts);

        let wanted = &expected["lisa_markov"];
        // The peer exchanges places and periods in what it expects.
        let found = lisa_markov(&relative, &neighbours, Independence::AcrossPlaces).expect("a chain");
        exact.extend(rows(&counts(&found.chain.transitions), &wanted["transitions"]));
        lisa.extend(rows(&found.chain.probabilities, &wanted["p"]));
        lisa.extend(rows(&found.expected_independent, &wanted["expected_t_independent"]));
        let test = numbers(&wanted["chi2"]);
        lisa.push((found.independence.statistic, test[0]));
        small.push((found.independence.p.expect("P"), test[1]));
        exact.push((found.independence.degrees_of_freedom as f64, test[2]));

        let wanted = &expected["rank_mobility"];
        let (start, end) = (&raw[0], &raw[years - 1]);
        let found = rank_mobility(start, end).expect("a tau");
        let tau = found.tau.expect("tau");
        ranks.push((tau, number(&wanted["tau_first_last"])));
        exact.push((found.concordant as f64, number(&wanted["concordant"])));
        exact.push((found.discordant as f64, number(&wanted["discordant"])));
        // The peer writes the root of 2 as 1.4142136.
        let n = places as f64;
        let z = tau / ((4.0 * n + 10.0) / (9.0 * n * (n - 1.0))).sqrt();
        p.push((
            umbel_stats::distribution::normal_two_sided(z * 2_f64.sqrt() / ROUNDED_ROOT),
            number(&wanted["tau_p"]),
        ));
        let own = found.p_two_sided_without_ties.expect("P");
        assert!((own / number(&wanted["tau_p"]) - 1.0).abs() < 1e-5, "{name}");

        let wanted = &expected["convergence"];
        let found = beta(start, end, years as f64 - 1.0, &[], Errors::Classic, 0.95).expect("a slope");
        regression.extend([
            (found.constant.estimate, number(&wanted["beta_const"])),
            (found.slope.estimate, number(&wanted["beta_slope"])),
            (found.slope.standard_error, number(&wanted["beta_se"])),
            (found.slope.statistic.expect("t"), number(&wanted["beta_t"])),
            (found.r_squared, number(&wanted["r2"])),
            (found.speed.expect("a speed"), number(&wanted["speed"])),
        ]);
        p.push((found.slope.p_two_sided.expect("P"), number(&wanted["beta_p"])));
        let times: Vec<f64> = (0..years).map(|year| year as f64).collect();
        let found = sigma(&raw, &times, Divisor::Sample, 0.95).expect("a dispersion");
        dispersion.extend(list(&found.log_standard_deviation, &numbers(&wanted["sigma_log_sd_ddof1"])));
    }
    for (_, case) in cases("inequality_") {
        let columns = case["input"]["Y_columns"].as_array().expect("columns");
        for (column, wanted) in columns.iter().zip(case["expected"].as_array().expect("a list")) {
            let found = sigma(&[numbers(column)], &[0.0], Divisor::Sample, 0.95).expect("a dispersion");
            dispersion.push((found.log_standard_deviation[0], number(&wanted["sigma_log_sd_n_minus_1"])));
        }
    }
    let check =
        |method, what, pairs, kind, limit| Check { method, what, reference: reference.clone(), pairs, kind, limit };
    let unit = || Kind::Absolute("");
    let mut checks = vec![
        check("markov", "classes, transitions and degrees of freedom, 48 states 1929-1969", exact, unit(), 0.0),
        check("markov", "probabilities, steady state, sojourn, mobility", markov, Kind::Relative, 1e-10),
        check("markov", "mean first passage", passages, Kind::Relative, 1e-8),
        check("spatial_markov", "cuts and conditional probabilities", regimes, Kind::Relative, 1e-10),
        check("spatial_markov", "Q, likelihood ratio, χ²", tests, Kind::Relative, 1e-10),
        check("spatial_markov", "p of Q, likelihood ratio, χ²", small, unit(), 1e-12),
        check("lisa_markov", "probabilities, expected transitions, χ²", lisa, Kind::Relative, 1e-10),
        check("rank_mobility", "tau", ranks, Kind::Relative, 1e-10),
        check("rank_mobility", "p of tau and of the slope", p, Kind::Relative, 1e-8),
    ];
    let statsmodels = |method, what, pairs| Check {
        method,
        what,
        reference: "statsmodels 0.15.0".to_owned(),
        pairs,
        kind: Kind::Relative,
        limit: 1e-10,
    };
    checks.push(statsmodels("beta_convergence", "slope, error, t, r², speed", regression));
    checks.push(Check {
        reference: "numpy".to_owned(),
        ..statsmodels("sigma_convergence", "standard deviations of logarithms", dispersion)
    });
    checks
}
