//! Cases of `umbel_stats::inequality`.

use crate::cases::{cases, number, numbers, weights};
use crate::check::{Check, Kind};
use umbel_stats::inequality::atkinson::atkinson;
use umbel_stats::inequality::gini::{Divisor, gini};
use umbel_stats::inequality::spatial_gini::spatial_gini;
use umbel_stats::inequality::theil::{Measure, theil};
use umbel_stats::inequality::variation::{self, coefficient_of_variation};
use umbel_stats::inference::Alternative;

/// Figures beside their references, by method.
#[derive(Default)]
struct Found {
    gini: Vec<(f64, f64)>,
    theil: Vec<(f64, f64)>,
    by_definition: Vec<(f64, f64)>,
    atkinson: Vec<(f64, f64)>,
    variation: Vec<(f64, f64)>,
    spatial: Vec<(f64, f64)>,
    mean: Vec<(f64, f64)>,
    deviation: Vec<(f64, f64)>,
    p: Vec<(f64, f64)>,
}

pub fn checks() -> Vec<Check> {
    let mut found = Found::default();
    let mut reference = String::new();
    for (name, case) in cases("inequality_") {
        reference =
            case["meta"]["produced_by"].as_str().expect("a program").chars().take_while(|c| *c != '(').collect();
        let input = &case["input"];
        let neighbours = weights(&input["w"]);
        assert_eq!(neighbours.len(), number(&input["w"]["n"]) as usize, "{name}");
        let groups: Vec<u32> = numbers(&input["groups"]).iter().map(|label| *label as u32).collect();
        let columns = input["Y_columns"].as_array().expect("columns");
        let expected = case["expected"].as_array().expect("a list");
        assert_eq!(
            (columns.len(), input["labels"].as_array().expect("labels").len()),
            (expected.len(), expected.len())
        );
        for ((column, label), wanted) in columns.iter().zip(input["labels"].as_array().expect("labels")).zip(expected) {
            assert_eq!(label, &wanted["variable"], "{name}");
            let values = numbers(column);
            assert_eq!(values.len(), groups.len(), "{name}");
            let of = |key: &str| number(&wanted[key]);
            found.gini.push((gini(&values, None, Divisor::Population).expect("gini"), of("gini")));
            let t = theil(&values, None, &[&groups], Measure::T).expect("T");
            found.theil.extend([
                (t.total, of("theil_T")),
                (t.levels[0].between, of("theil_between")),
                (t.within, of("theil_within")),
            ]);
            let indices = numbers(&wanted["atkinson_0_5_1_2"]);
            assert_eq!(indices.len(), 3, "{name}");
            for (epsilon, wanted) in [0.5, 1.0, 2.0].into_iter().zip(indices) {
                found.atkinson.push((atkinson(&values, None, epsilon).expect("an index").index, wanted));
            }
            let plain = coefficient_of_variation(&values, None, variation::Divisor::Population).expect("a coefficient");
            let defined = &wanted["by_definition"];
            found.variation.push((plain, of("cv_population_sd")));
            found.variation.push((plain, number(&defined["williamson_unweighted"])));
            let l = theil(&values, None, &[&groups], Measure::L).expect("L");
            found.by_definition.extend([
                (l.total, number(&defined["theil_L"])),
                (l.levels[0].between, number(&defined["theil_L_between"])),
                (l.within, number(&defined["theil_L_within"])),
            ]);
            if let Some(people) = defined.get("population").map(numbers) {
                let weighted = coefficient_of_variation(&values, Some(&people), variation::Divisor::Population);
                let pair = (weighted.expect("a coefficient"), number(&defined["williamson_population_weighted"]));
                found.variation.push(pair);
                let t = theil(&values, Some(&people), &[], Measure::T).expect("T");
                found.by_definition.push((t.total, number(&defined["theil_T_population_weighted"])));
            }
            // The peer reports half of the two-sided p, from 199 permutations.
            let spatial =
                spatial_gini(&values, &neighbours, 9999, Alternative::Directed, 12345).expect("a spatial gini");
            let wanted = &wanted["gini_spatial"];
            let of = |key: &str| number(&wanted[key]);
            found.spatial.extend([
                (spatial.far_sum, of("wcg_far_pairs_sum")),
                (spatial.near_sum, of("wg_near_pairs_sum")),
                (spatial.total_sum, of("total")),
                (spatial.far_share, of("wcg_share")),
                (spatial.polarization.expect("defined"), of("polarization")),
            ]);
            let permutation = spatial.permutation.expect("a test");
            found.mean.push((permutation.far_mean, of("e_wcg")));
            found.deviation.push((permutation.far_standard_deviation, of("s_wcg")));
            found.p.push((permutation.p_permutation, of("p_sim")));
            found.p.push((permutation.p_polarization, of("polarization_p_sim")));
        }
    }
    let reference = reference.trim().to_owned();
    let check = |method, what, reference: &str, pairs, kind, limit| Check {
        method,
        what,
        reference: reference.to_owned(),
        pairs,
        kind,
        limit,
    };
    let definition = "the formula in numpy";
    vec![
        check("gini", "Mexican states, counties of Iowa and Missouri", &reference, found.gini, Kind::Relative, 1e-10),
        check("theil", "T between and within groups, the same places", &reference, found.theil, Kind::Relative, 1e-10),
        check(
            "theil",
            "L and T weighted by people, the same places",
            definition,
            found.by_definition,
            Kind::Relative,
            1e-10,
        ),
        check("atkinson", "ε of 0.5, 1 and 2, the same places", &reference, found.atkinson, Kind::Relative, 1e-10),
        check(
            "williamson",
            "with and without people, the same places",
            definition,
            found.variation,
            Kind::Relative,
            1e-10,
        ),
        check("spatial_gini", "near and far pairs, the same places", &reference, found.spatial, Kind::Relative, 1e-10),
        check("spatial_gini", "mean of far pairs at random", &reference, found.mean, Kind::Relative, 0.01),
        check(
            "spatial_gini",
            "standard deviation of far pairs at random",
            &reference,
            found.deviation,
            Kind::Relative,
            0.25,
        ),
        check("spatial_gini", "p, of 199 permutations", &reference, found.p, Kind::Permutation(199), 1.0),
    ]
}
