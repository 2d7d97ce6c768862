//! Cases of `umbel_stats::weights`.

use crate::cases::{cases, matrix, number, numbers, text, weights};
use crate::check::{Check, Kind};
use serde_json::Value;
use umbel_stats::Weights;
use umbel_stats::weights::algebra::{Combination, combine, higher_order};
use umbel_stats::weights::distance::{Metric, Search};
use umbel_stats::weights::kernel::{Bandwidth, Kernel, kernel_weights};
use umbel_stats::weights::summary::summary;
use umbel_stats::weights::{Places, Polygons, Rule, Transform, transform};

/// The polygons of a GeoJSON file.
pub fn polygons(name: &str) -> Polygons {
    let file: Value = serde_json::from_str(&text(&format!("{name}.geojson"))).expect(name);
    let mut polygons = Polygons::new();
    for feature in file["features"].as_array().expect("features") {
        let (kind, coordinates) = (&feature["geometry"]["type"], &feature["geometry"]["coordinates"]);
        let one = [coordinates.clone()];
        let parts = if kind == "Polygon" { &one[..] } else { coordinates.as_array().expect("parts") };
        polygons.place();
        for part in parts {
            for (at, ring) in part.as_array().expect("rings").iter().enumerate() {
                let ring =
                    ring.as_array().expect("a ring").iter().map(|corner| [number(&corner[0]), number(&corner[1])]);
                polygons.ring(&ring.collect::<Vec<_>>(), at > 0).expect("a sound ring");
            }
        }
    }
    polygons
}

/// Asserts that the neighbours are the same, and pairs the weights where the reference has them.
fn same(name: &str, ours: &Weights, theirs: &Value) -> Vec<(f64, f64)> {
    let wanted = weights(theirs);
    assert_eq!(ours.len(), theirs["n"].as_u64().expect("n") as usize, "{name}");
    for place in 0..wanted.len() {
        assert_eq!(ours.neighbours(place), wanted.neighbours(place), "{name}: place {place}");
    }
    ours.all_weights().iter().copied().zip(wanted.all_weights().iter().copied()).collect()
}

pub fn checks() -> Vec<Check> {
    let rule = |text: &str| text.parse::<Rule>().expect(text);
    let [mut sets, mut centroids, mut thresholds, mut inverse, mut gaussian, mut triangular, mut bandwidths] =
        [const { Vec::new() }; 7];
    for (name, case) in cases("weights_") {
        let polygons = polygons(&name);
        let expected = &case["expected"];
        let points = polygons.centroids().expect("centroids");
        for (point, wanted) in points.iter().zip(expected["centroids"].as_array().expect("centroids")) {
            centroids.extend([(point[0], number(&wanted[0])), (point[1], number(&wanted[1]))]);
        }
        assert_eq!(points.len(), expected["centroids"].as_array().expect("centroids").len());
        let binary = [
            ("queen", "queen"),
            ("rook", "rook"),
            ("knn:4", "knn4"),
            ("distance_band", "distance_band_at_min_threshold"),
        ];
        for (ours, theirs) in binary {
            let ours = rule(ours).build(&polygons).expect("weights");
            sets.extend(same(&format!("{name} {theirs}"), &ours, &expected[theirs]));
        }
        let search = Search::new(&points, Metric::Planar).expect("a search");
        thresholds
            .push((search.minimum_threshold().expect("a threshold"), number(&expected["min_threshold_distance"])));
        let ours = rule("inverse_distance").build(&polygons).expect("weights");
        inverse.extend(same(&name, &ours, &expected["inverse_distance_alpha_minus1"]));

        let theirs = &expected["kernel_gaussian"];
        let (ours, widths) =
            kernel_weights(&points, Kernel::Gaussian, Bandwidth::Fixed(4), Metric::Planar).expect("weights");
        gaussian.extend(same(&name, &ours, theirs));
        bandwidths.push((widths[0], number(&theirs["bandwidth"])));
        let theirs = &expected["kernel_triangular_adaptive"];
        let (ours, widths) =
            kernel_weights(&points, Kernel::Triangular, Bandwidth::Adaptive(4), Metric::Planar).expect("weights");
        // The k-th neighbour weighs 1e-7, the rounding of one minus nearly one: compared absolutely.
        triangular.extend(same(&name, &ours, theirs));
        assert_eq!(widths.len(), numbers(&theirs["bandwidth"]).len());
        bandwidths.extend(widths.into_iter().zip(numbers(&theirs["bandwidth"])));
    }
    let mut sums = Vec::new();
    for (name, case) in cases("moran_") {
        let theirs = &case["w_summary"];
        let ours = summary(&weights(&case["input"]["w"]));
        sums.extend([
            (ours.s0, number(&theirs["s0_b"])),
            (ours.s1, number(&theirs["s1_b"])),
            (ours.s2, number(&theirs["s2_b"])),
        ]);
        assert_eq!(ours.components as u64, theirs["n_components"].as_u64().expect("a number"), "{name}");
        let histogram = theirs["cardinalities_histogram"].as_array().expect("a histogram").iter();
        let histogram = histogram.map(|bin| (number(&bin[0]) as usize, number(&bin[1]) as usize));
        assert_eq!(ours.cardinalities, histogram.collect::<Vec<_>>(), "{name}");
        assert_eq!(Some(ours.islands as u64), case["meta"]["islands"].as_u64().or(Some(0)), "{name}");
    }
    let (transforms, sets_of_two, kernels) = columbus();
    let arcs = arcs();
    let check = |what, pairs, kind, limit| Check {
        method: "weights",
        what,
        reference: "libpysal 4.14.1".to_owned(),
        pairs,
        kind,
        limit,
    };
    vec![
        check("queen, rook, four nearest, distance band: every neighbour", sets, Kind::Relative, 0.0),
        check("centroids of polygons", centroids, Kind::Relative, 1e-9),
        check("least distance that leaves no island", thresholds, Kind::Relative, 1e-9),
        check("inverse distances", inverse, Kind::Relative, 1e-9),
        check("Gaussian kernel, fixed bandwidth", gaussian, Kind::Relative, 1e-9),
        check("triangular kernel, adaptive bandwidth", triangular, Kind::Absolute("of a weight"), 1e-9),
        check("bandwidths from the fourth nearest", bandwidths, Kind::Relative, 1e-9),
        check("transforms R, V and D of queen", transforms, Kind::Relative, 1e-9),
        check(
            "higher order, union, intersection, difference, block: every neighbour",
            sets_of_two,
            Kind::Relative,
            0.0,
        ),
        check(
            "uniform, quadratic and quartic kernels, fixed and adaptive; inverse square",
            kernels,
            Kind::Relative,
            1e-9,
        ),
        check("great circles: four nearest, band of 500 km, distances; fuzzy contiguity", arcs, Kind::Relative, 1e-9),
        check("s0, s1, s2; components and numbers of neighbours exactly", sums, Kind::Relative, 1e-12),
    ]
}

type Pairs = Vec<(f64, f64)>;

/// Transforms, sets, and kernels on the polygons of Columbus.
fn columbus() -> (Pairs, Pairs, Pairs) {
    let (_, case) = cases("peers_weights_columbus").remove(0);
    let polygons = polygons("weights_columbus");
    let build = |text: &str| text.parse::<Rule>().expect(text).build(&polygons).expect(text);
    let (queen, nearest) = (build("queen"), build("knn:4"));
    let against = |name: &str, ours: &Weights| same(name, ours, &case["expected"][name]);
    let [mut transforms, mut sets, mut kernels] = [const { Vec::new() }; 3];
    for (name, how) in [("R", Transform::Row), ("V", Transform::VarianceStabilising), ("D", Transform::Double)] {
        transforms.extend(against(&format!("queen_{name}"), &transform(&queen, how)));
    }
    let order = |order, lower| higher_order(&queen, order, lower).expect("weights");
    let both = |how| combine(&queen, &nearest, how).expect("weights");
    let groups: Vec<u32> = (0..polygons.len() as u32).map(|place| place % 5).collect();
    let places = Places { groups: Some(&groups), ..Places::default() };
    let block = "block:group".parse::<Rule>().expect("a rule").build(places).expect("weights");
    for (name, ours) in [
        ("queen_order2", order(2, false)),
        ("queen_order3", order(3, false)),
        ("queen_up_to_order3", order(3, true)),
        ("queen_union_knn4", both(Combination::Union)),
        ("queen_intersection_knn4", both(Combination::Intersection)),
        ("queen_difference_knn4", both(Combination::Difference)),
        ("block_index_modulo_5", block),
    ] {
        sets.extend(against(name, &ours));
    }
    for (ours, theirs) in [("uniform", "uniform"), ("epanechnikov", "quadratic"), ("quartic", "quartic")] {
        for width in ["fixed", "adaptive"] {
            let found = against(&format!("kernel_{theirs}_{width}_k3"), &build(&format!("kernel:{ours}:{width}:3")));
            // The place whose distance is the bandwidth weighs next to nothing: see the triangular kernel.
            kernels.extend(found.into_iter().filter(|pair| pair.1 > 1e-6));
        }
    }
    kernels.extend(against("inverse_distance_1.2_power2", &build("inverse_distance:1.2:2")));
    (transforms, sets, kernels)
}

/// Distances on the sphere between the centroids of Mexico's states.
fn arcs() -> Pairs {
    let (_, case) = cases("peers_weights_mexico").remove(0);
    let (expected, polygons) = (&case["expected"], polygons("weights_mexico"));
    let build = |text: &str| text.parse::<Rule>().expect(text).build(&polygons).expect(text);
    let mut pairs = same("nearest", &build("knn:4:great_circle"), &expected["great_circle_knn4"]);
    pairs.extend(same("band", &build("distance_band:500:great_circle"), &expected["great_circle_band_500"]));
    pairs.extend(same("fuzzy", &build("fuzzy:1e-9"), &expected["fuzzy"]));
    let search = Search::new(&polygons.centroids().expect("centroids"), Metric::GreatCircle).expect("a search");
    pairs.push((search.minimum_threshold().expect("a threshold"), number(&expected["great_circle_min_threshold"])));
    let theirs = matrix(&expected["great_circle_knn4_distance"]).concat();
    let ours = search.nearest(4).expect("the nearest");
    assert_eq!(ours.len(), theirs.len());
    pairs.extend(ours.into_iter().map(|pair| pair.1).zip(theirs));
    pairs
}
