//! Cases of `umbel_stats::inequality`.

use crate::cases::{cases, number, numbers, weights};
use crate::check::{Check, Kind};
use umbel_stats::inequality::atkinson::atkinson;
use umbel_stats::inequality::concentration::concentration;
use umbel_stats::inequality::gini::{Divisor, gini};
use umbel_stats::inequality::hoover::hoover;
use umbel_stats::inequality::lorenz::lorenz;
use umbel_stats::inequality::percentiles::{Interpolation, percentile_ratio};
use umbel_stats::inequality::shares::palma;
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
    let mut all = vec![
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
    ];
    all.extend(shares());
    all
}

/// Curves and shares of incomes, with and without people.
fn shares() -> Vec<Check> {
    let (mut hoovers, mut curves, mut palmas) = (Vec::new(), Vec::new(), Vec::new());
    let (mut ratios, mut indices, mut programs) = (Vec::new(), Vec::new(), [const { String::new() }; 4]);
    for (name, case) in cases("shares_") {
        let (meta, input) = (&case["meta"], &case["input"]);
        programs = ["schutz", "lorenz", "palma_and_concentration", "percentiles"]
            .map(|key| meta[key].as_str().expect(key).to_owned());
        let source = cases(input["inputs"][0].as_str().expect("an input"));
        let source = &source[0].1["input"];
        let labels: Vec<&str> =
            source["labels"].as_array().expect("labels").iter().filter_map(|l| l.as_str()).collect();
        let column = |label: &str| {
            let at = labels.iter().position(|other| *other == label).expect(label);
            numbers(&source["Y_columns"][at])
        };
        let (people, ties) = (numbers(&input["people"]), numbers(&input["ranked_by_with_ties"]));
        let ranks = column(labels[0]);
        for wanted in case["expected"].as_array().expect("a list") {
            let of = |key: &str| number(&wanted[key]);
            let values = column(wanted["variable"].as_str().expect("a variable"));
            let weighted = wanted["weighted"].as_bool().expect(&name);
            let weights = weighted.then_some(&people[..]);
            hoovers.push((hoover(&values, weights).expect("an index"), of("schutz")));
            let curve = lorenz(&values, weights).expect("a curve").thinned(20).1;
            curves.extend(curve.into_iter().zip(numbers(&wanted["lorenz_at"])));
            palmas.push((palma(&values, weights).expect("shares").ratio.expect("a ratio"), of("palma")));
            let mut ratio = |upper, lower, interpolation, key| {
                let found = percentile_ratio(&values, weights, upper, lower, interpolation).expect("a ratio");
                ratios.push((found.expect("a ratio"), of(key)));
            };
            ratio(0.9, 0.1, Interpolation::Averaged, "p90_p10");
            ratio(0.75, 0.25, Interpolation::Averaged, "p75_p25");
            if !weighted {
                ratio(0.8, 0.2, Interpolation::Linear, "p80_p20_linear");
            }
            for (ranks, key) in [(&ranks, "concentration_index"), (&ties, "concentration_index_ties")] {
                indices.push((concentration(&values, ranks, weights).expect("an index").index, of(key)));
            }
        }
    }
    // Deaths under five by wealth, India 1982 to 1992: births, and deaths in a thousand.
    let births = [29_939.0, 28_776.0, 26_528.0, 24_689.0, 19_739.0];
    let deaths = [154.7, 152.9, 119.5, 86.9, 54.3];
    let india = concentration(&deaths, &[1.0, 2.0, 3.0, 4.0, 5.0], Some(&births)).expect("an index").index;
    let check = |method, what, reference: &str, pairs, kind, limit| {
        let reference = reference.to_owned();
        Check { method, what, reference, pairs, kind, limit }
    };
    let [schutz, curve, moveq, numpy] = &programs;
    vec![
        check("hoover", "Mexican states, with and without people", schutz, hoovers, Kind::Relative, 1e-10),
        check("lorenz", "the curve of them in twentieths", curve, curves, Kind::Absolute("of the whole"), 1e-12),
        check("palma", "the same states", moveq, palmas, Kind::Relative, 1e-10),
        check("percentile_ratio", "P90/P10, P75/P25 and P80/P20 of them", numpy, ratios, Kind::Relative, 1e-12),
        check(
            "concentration_index",
            "by income of 1940, with and without ties",
            moveq,
            indices,
            Kind::Absolute(""),
            1e-12,
        ),
        check(
            "concentration_index",
            "deaths under five by wealth, India 1982-92",
            "O'Donnell, van Doorslaer, Wagstaff, Lindelow, Analyzing Health Equity Using Household Survey Data, 2008, \
             table 8.1",
            vec![(india, -0.1694)],
            Kind::Rounded(4),
            0.0,
        ),
    ]
}
