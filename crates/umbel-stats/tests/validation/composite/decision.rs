//! Weights from data, TOPSIS, components, against pymcdm and by definition.

use crate::cases::{cases, matrix, number, numbers};
use crate::check::{Check, Kind};
use umbel_stats::composite::aggregate::{Aggregation, aggregate};
use umbel_stats::composite::components::{Standardise, components};
use umbel_stats::composite::normalise::{Direction, Marks, Normalisation, normalise};
use umbel_stats::composite::ranking::{Draws, topsis_ranked};
use umbel_stats::composite::topsis::{Scale, scale, topsis};
use umbel_stats::composite::weigh::{EntropyOf, critic, entropy, merec, standard_deviation};

fn columns(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    (0..rows[0].len()).map(|column| rows.iter().map(|row| row[column]).collect()).collect()
}

fn pairs(found: impl IntoIterator<Item = f64>, wanted: &[f64]) -> Vec<(f64, f64)> {
    let found: Vec<f64> = found.into_iter().collect();
    assert_eq!(found.len(), wanted.len());
    found.into_iter().zip(wanted.iter().copied()).collect()
}

pub fn checks() -> Vec<Check> {
    let mut checks = Vec::new();
    for (name, case) in cases("mcdm") {
        let text = |text: &str| -> &'static str { Box::leak(text.replace("{}", &name[5..]).into_boxed_str()) };
        let check = |method, what: &str, reference: &str, pairs| Check {
            method,
            what: text(what),
            reference: reference.to_owned(),
            pairs,
            kind: Kind::Relative,
            limit: 1e-10,
        };
        let peer = "pymcdm 1.4.0";
        let values = columns(&matrix(&case["input"]["X"]));
        let types = numbers(&case["input"]["types"]);
        let direction = |sign: &f64| if *sign > 0.0 { Direction::Positive } else { Direction::Negative };
        let directions: Vec<Direction> = types.iter().map(direction).collect();
        let up = vec![Direction::Positive; values.len()];
        let expected = &case["expected"];
        let raw = entropy(&values, &up, EntropyOf::Values).expect("weights").weights;
        let of = |key: &str| numbers(&expected[key]);
        checks.push(check(
            "composite",
            "entropy weights of values, {}",
            peer,
            pairs(raw.clone(), &of("entropy_weights_raw_sum_normalised")),
        ));
        let found = standard_deviation(&values).expect("weights");
        checks.push(check("composite", "standard deviation weights, {}", peer, pairs(found, &of("std_weights"))));
        // The peer looks at no directions here.
        let found = critic(&values, &up).expect("weights");
        checks.push(check("composite", "CRITIC weights, {}", peer, pairs(found, &of("critic_weights"))));
        let found = merec(&values, &directions).expect("weights");
        checks.push(check("composite", "MEREC weights, {}", peer, pairs(found, &of("merec"))));
        for (key, what, by) in [("minmax", "min-max, {}", Scale::Minmax), ("vector", "vector scale, {}", Scale::Vector)]
        {
            let found = scale(&values, &directions, by).expect("values");
            let wanted = columns(&matrix(&expected[key])).concat();
            checks.push(check("topsis", what, peer, pairs(found.concat(), &wanted)));
        }
        let both = [
            ("topsis_vector", "scores with vector scale, {}", Scale::Vector),
            ("topsis_minmax", "scores with min-max, {}", Scale::Minmax),
        ];
        for (key, what, by) in both {
            let found = topsis(&values, &directions, &raw, by).expect("scores");
            checks.push(check("topsis", what, peer, pairs(found.scores, &numbers(&expected[key]["score"]))));
            let ranked =
                topsis_ranked(&values, &directions, &raw, by, Draws { draws: 20, ..Draws::default() }).expect("ranks");
            let ranks: Vec<f64> = ranked.iter().map(|ranked| f64::from(ranked.rank)).collect();
            assert_eq!(ranks, numbers(&expected[key]["rank"]), "{name} {key}");
        }
        let own = "by definition, in numpy";
        let definition = &expected["by_definition"];
        let minmax = scale(&values, &directions, Scale::Minmax).expect("values");
        let shifted = &definition["entropy_after_minmax_shift_1e_minus_4"];
        let found = entropy(&values, &directions, EntropyOf::Minmax { shift: 1e-4 }).expect("weights");
        checks.push(check(
            "composite",
            "entropy of shifted min-max, {}",
            own,
            pairs(found.entropy.clone(), &numbers(&shifted["entropy"])),
        ));
        checks.push(check(
            "composite",
            "redundancy, {}",
            own,
            pairs(found.redundancy, &numbers(&shifted["redundancy"])),
        ));
        checks.push(check(
            "composite",
            "entropy weights of shifted min-max, {}",
            own,
            pairs(found.weights.clone(), &numbers(&shifted["weights"])),
        ));
        let some = |columns: &[Vec<f64>]| {
            columns.iter().map(|c| c.iter().map(|&v| Some(v)).collect()).collect::<Vec<Vec<_>>>()
        };
        let index = aggregate(&some(&minmax), &found.weights, Aggregation::Arithmetic, None).expect("scores");
        // The shift is in the weights alone.
        let wanted = numbers(&shifted["score"]);
        checks.push(check(
            "composite",
            "arithmetic mean under entropy weights, {}",
            own,
            pairs(index.into_iter().flatten(), &wanted),
        ));
        let above_zero: Vec<Vec<Option<f64>>> = some(&values)
            .iter()
            .zip(&directions)
            .map(|(column, &direction)| {
                let by = Normalisation::Minmax { low: 0.01, high: 1.0 };
                normalise(column, direction, by, Marks::default()).expect("values")
            })
            .collect();
        let index = aggregate(&above_zero, &found.weights, Aggregation::Geometric, None).expect("scores");
        let wanted = numbers(&definition["geometric_on_0.01_1"]);
        checks.push(check(
            "composite",
            "geometric mean under entropy weights, {}",
            own,
            pairs(index.into_iter().flatten(), &wanted),
        ));
        let wanted = &definition["pca_correlation_matrix"];
        let found = components(&minmax, Standardise::Yes).expect("components");
        checks.push(check(
            "composite",
            "eigenvalues, {}",
            own,
            pairs(found.eigenvalues, &numbers(&wanted["eigenvalues"])),
        ));
        checks.push(check(
            "composite",
            "explained variance, {}",
            own,
            pairs(found.explained, &numbers(&wanted["explained"])),
        ));
        let loadings = found.loadings[0].iter().map(|loading| loading.abs());
        checks.push(check("composite", "loadings, {}", own, pairs(loadings, &numbers(&wanted["first_loading_abs"]))));
        assert!(number(&case["input"]["types"][0]).abs() == 1.0);
    }
    checks
}
