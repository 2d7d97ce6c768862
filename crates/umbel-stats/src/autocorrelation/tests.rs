//! What holds whatever the data: moments against all permutations, invariance, threads, degenerate inputs.

use super::bivariate_moran::bivariate_moran;
use super::geary::{geary, moran_and_geary};
use super::getis_ord::getis_ord;
use super::join_count::join_count;
use super::lisa::Cluster;
use super::local_bivariate_moran::local_bivariate_moran;
use super::local_g::local_g;
use super::local_geary::local_geary;
use super::local_join_count::local_join_count;
use super::local_moran::{Divisor, local_moran};
use super::moran::moran;
use super::significance::{Islands, Test};
use crate::inference::Alternative;
use crate::{Error, Weights};
use proptest::prelude::*;

fn test(permutations: u32) -> Test {
    Test { permutations, ..Test::default() }
}

/// Weights of six places, asymmetric, unequal, one an island.
fn six() -> Weights {
    let rows = [
        vec![(1, 1.0), (2, 0.5)],
        vec![(0, 2.0), (3, 1.0), (4, 0.25)],
        vec![(0, 1.0), (4, 1.5)],
        vec![(1, 1.0), (2, 0.5), (4, 1.0)],
        vec![(3, 1.0)],
        vec![],
    ];
    Weights::from_rows(rows).expect("weights")
}

/// A lattice of rook neighbours.
fn lattice(side: u32) -> Weights {
    let row = |at: u32| {
        let (x, y) = (at % side, at / side);
        let mut pairs = Vec::new();
        if x > 0 {
            pairs.push((at - 1, 1.0));
        }
        if x + 1 < side {
            pairs.push((at + 1, 1.0));
        }
        if y > 0 {
            pairs.push((at - side, 1.0));
        }
        if y + 1 < side {
            pairs.push((at + side, 1.0));
        }
        pairs
    };
    Weights::from_rows((0..side * side).map(row)).expect("weights")
}

/// Every order of a list.
fn orders(values: &[f64]) -> Vec<Vec<f64>> {
    if values.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for at in 0..values.len() {
        let mut rest = values.to_vec();
        let first = rest.remove(at);
        for mut order in orders(&rest) {
            order.insert(0, first);
            all.push(order);
        }
    }
    all
}

fn moments(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    (mean, values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / n)
}

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() <= 1e-11 * (1.0 + wanted.abs()), "{found} is not {wanted}");
}

#[test]
fn moments_are_those_of_all_permutations() {
    let (values, weights, none) = ([3.0, 1.0, 4.0, 1.5, 5.0, 9.0], six(), test(0));
    let all = orders(&values);
    let over = |statistic: &dyn Fn(&[f64]) -> f64| moments(&all.iter().map(|o| statistic(o)).collect::<Vec<_>>());
    let found = moran(&values, &weights, &none).expect("I");
    let (mean, variance) = over(&|values| moran(values, &weights, &none).expect("I").i);
    near(found.expected, mean);
    near(found.variance_randomization.expect("variance"), variance);
    let found = geary(&values, &weights, &none).expect("C");
    let (mean, variance) = over(&|values| geary(values, &weights, &none).expect("C").c);
    near(found.expected, mean);
    near(found.variance_randomization.expect("variance"), variance);
    let found = getis_ord(&values, &weights, &none).expect("G");
    let (mean, variance) = over(&|values| getis_ord(values, &weights, &none).expect("G").g);
    near(found.expected, mean);
    near(found.variance.expect("variance"), variance);
    let first = [2.0, 7.0, 1.0, 8.0, 2.5, 8.5];
    let found = bivariate_moran(&first, &values, &weights, &none).expect("I");
    let (mean, variance) = over(&|values| bivariate_moran(&first, values, &weights, &none).expect("I").i);
    near(found.expected, mean);
    near(found.variance, variance);
}

#[test]
fn join_counts_are_those_of_all_permutations() {
    let (values, weights, none) = ([1.0, 0.0, 1.0, 0.0, 0.0, 1.0], six(), test(0));
    let all = orders(&values);
    let found = join_count(&values, &weights, &none).expect("joins");
    near(found.black_black.joins + found.white_white.joins + found.black_white.joins, found.all);
    let kinds = [&found.black_black, &found.white_white, &found.black_white];
    for (kind, found) in kinds.into_iter().enumerate() {
        let one = |values: &Vec<f64>| {
            let counts = join_count(values, &weights, &none).expect("joins");
            [counts.black_black, counts.white_white, counts.black_white][kind].joins
        };
        let (mean, variance) = moments(&all.iter().map(one).collect::<Vec<_>>());
        near(found.expected, mean);
        near(found.variance.expect("variance"), variance);
    }
}

#[test]
fn local_moments_are_those_of_all_permutations() {
    let (values, weights, none) = ([3.0, 1.0, 4.0, 1.5, 5.0, 9.0], six(), test(0));
    let all = orders(&values);
    for place in 0..6 {
        let kept: Vec<&Vec<f64>> = all.iter().filter(|order| order[place] == values[place]).collect();
        for divisor in [Divisor::Places, Divisor::PlacesLessOne] {
            let run = |values: &[f64]| {
                local_moran(values, &weights, divisor, Islands::Undefined, &none).expect("I").swap_remove(place)
            };
            let found = run(&values);
            let (mean, variance) = moments(&all.iter().map(|o| run(o).i).collect::<Vec<_>>());
            near(found.expected_total, mean);
            near(found.variance_total, variance);
            let (mean, variance) = moments(&kept.iter().map(|o| run(o).i).collect::<Vec<_>>());
            near(found.expected_conditional, mean);
            near(found.variance_conditional, variance);
            let run = |values: &[f64]| {
                local_geary(values, &weights, divisor, Islands::Undefined, &none).expect("C").swap_remove(place)
            };
            let found = run(&values);
            let (mean, variance) = moments(&kept.iter().map(|o| run(o).c).collect::<Vec<_>>());
            near(found.expected_conditional, mean);
            near(found.variance_conditional, variance);
        }
        let run = |values: &[f64], star| {
            local_g(values, &weights, star, Islands::Undefined, &none).expect("G").swap_remove(place)
        };
        let found = run(&values, false);
        let (mean, variance) = moments(&kept.iter().map(|o| run(o, false).g.expect("G")).collect::<Vec<_>>());
        near(found.expected.expect("expected"), mean);
        near(found.variance.expect("variance"), variance);
        let found = run(&values, true);
        let (mean, variance) = moments(&all.iter().map(|o| run(o, true).g.expect("G")).collect::<Vec<_>>());
        near(found.expected.expect("expected"), mean);
        near(found.variance.expect("variance"), variance);
        let first = [2.0, 7.0, 1.0, 8.0, 2.5, 8.5];
        let run = |values: &[f64]| {
            let islands = Islands::Undefined;
            local_bivariate_moran(&first, values, &weights, Divisor::Places, islands, &none)
                .expect("I")
                .swap_remove(place)
        };
        let found = run(&values);
        let (mean, variance) = moments(&kept.iter().map(|o| run(o).i).collect::<Vec<_>>());
        near(found.expected_conditional, mean);
        near(found.variance_conditional, variance);
    }
}

/// The text of everything, so that not one bit can differ unseen.
fn everything(values: &[f64], weights: &Weights) -> String {
    let (test, islands) = (test(199), Islands::Undefined);
    let positive: Vec<f64> = values.iter().map(|value| value.abs() + 1.0).collect();
    let above: Vec<f64> = values.iter().map(|&value| f64::from(value > 0.0)).collect();
    format!(
        "{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}",
        moran(values, weights, &test),
        geary(values, weights, &test),
        getis_ord(&positive, weights, &test),
        join_count(&above, weights, &test),
        bivariate_moran(values, &positive, weights, &test),
        local_moran(values, weights, Divisor::Places, islands, &test),
        local_geary(values, weights, Divisor::Places, islands, &test),
        local_g(&positive, weights, true, islands, &test),
        local_join_count(&above, weights, &test),
    )
}

#[test]
fn threads_change_nothing() {
    let values: Vec<f64> = (0..400).map(|at| f64::from((at * at * 7 + 3 * at) % 101) - 50.0).collect();
    let unequal =
        lattice(20).map_rows(|place, _, row| row.iter_mut().enumerate().for_each(|(k, w)| *w += (place + k) as f64));
    for weights in [lattice(20), lattice(20).row_standardised(), unequal] {
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| everything(&values, &weights))
        };
        assert_eq!(with(1), with(2));
    }
}

#[test]
fn one_pass_gives_the_same_as_two() {
    let values: Vec<f64> = (0..49).map(|at| f64::from(at * at % 11)).collect();
    let weights = lattice(7).row_standardised();
    let (first, second) = moran_and_geary(&values, &weights, &test(99)).expect("both");
    assert_eq!(first, moran(&values, &weights, &test(99)).expect("I"));
    assert_eq!(second, geary(&values, &weights, &test(99)).expect("C"));
}

#[test]
fn permutation_finds_what_is_there_and_nothing_else() {
    let smooth: Vec<f64> = (0..100).map(|at| f64::from(at % 10)).collect();
    let weights = lattice(10).row_standardised();
    let with = |alternative| {
        let found = moran(&smooth, &weights, &Test { alternative, ..test(999) }).expect("I");
        found.permutation.expect("permutations").p
    };
    assert_eq!(with(Alternative::Greater), 0.001);
    assert_eq!(with(Alternative::TwoSided), 0.002);
    assert_eq!(with(Alternative::Directed), 0.001);
    assert_eq!(with(Alternative::Lesser), 1.0);
    let board: Vec<f64> = (0..100).map(|at| f64::from((at % 10 + at / 10) % 2)).collect();
    let found = join_count(&board, &lattice(10), &test(99)).expect("joins");
    assert_eq!((found.black_black.joins, found.black_white.joins), (0.0, 180.0));
    assert_eq!(found.black_white.permutation.expect("permutations").p, 0.02);
    // On data without a pattern p is spread evenly: about one in ten below 0.1.
    let noise = |seed: u64| {
        let mut stream = umbel_core::random::Stream::new(seed, 77);
        (0..100).map(|_| stream.normal()).collect::<Vec<_>>()
    };
    let (mut global, mut local) = (0, 0);
    for seed in 0..200 {
        let found = moran(&noise(seed), &weights, &test(199)).expect("I");
        global += u32::from(found.permutation.expect("permutations").p <= 0.1);
        let places = local_moran(&noise(seed), &weights, Divisor::Places, Islands::Undefined, &test(199)).expect("I");
        local += places.iter().filter(|place| place.p().is_some_and(|p| p <= 0.1)).count();
    }
    assert!((8..=34).contains(&global), "{global}");
    assert!((1700..=2300).contains(&local), "{local}");
}

#[test]
fn degenerate_inputs_are_defined() {
    let (weights, islands) = (lattice(3), Islands::Undefined);
    let constant = [7.0; 9];
    assert_eq!(moran(&constant, &weights, &test(9)), Err(Error::Constant { what: "the values" }));
    assert!(geary(&constant, &weights, &test(9)).is_err() && getis_ord(&constant, &weights, &test(9)).is_err());
    assert!(local_moran(&constant, &weights, Divisor::Places, islands, &test(9)).is_err());
    assert!(local_g(&constant, &weights, true, islands, &test(9)).is_err());
    assert!(join_count(&[1.0; 9], &weights, &test(9)).is_err());
    assert!(join_count(&[0.5; 9], &weights, &test(9)).is_err());
    let mut values: Vec<f64> = (0..9).map(f64::from).collect();
    assert!(moran(&values[..8], &weights, &test(9)).is_err());
    values[4] = f64::INFINITY;
    assert_eq!(moran(&values, &weights, &test(9)), Err(Error::NotFinite { what: "the values", at: 4 }));
    values[4] = f64::NAN;
    assert!(local_geary(&values, &weights, Divisor::Places, islands, &test(9)).is_err());
    values[4] = -1.0;
    assert!(matches!(getis_ord(&values, &weights, &test(9)), Err(Error::Domain { at: 4, .. })));
    let alone = Weights::from_rows((0..9).map(|_| Vec::new())).expect("weights");
    assert_eq!(moran(&values, &alone, &test(9)), Err(Error::NoNeighbours));
    assert_eq!(local_moran(&values, &alone, Divisor::Places, islands, &test(9)), Err(Error::NoNeighbours));
    assert_eq!(bivariate_moran(&values, &values, &alone, &test(9)), Err(Error::NoNeighbours));
    for n in 0..3 {
        let few = Weights::from_rows((0..n).map(|at| if n > 1 { vec![(1 - at, 1.0)] } else { vec![] })).expect("w");
        let values: Vec<f64> = (0..n).map(f64::from).collect();
        assert!(matches!(moran(&values, &few, &test(9)), Err(Error::TooFew { .. })));
        assert!(matches!(local_g(&values, &few, false, islands, &test(9)), Err(Error::TooFew { .. })));
    }
    let own = Weights::from_rows([vec![(0, 1.0)], vec![(0, 1.0)], vec![(0, 1.0)]]).expect("weights");
    assert!(matches!(moran(&[1.0, 2.0, 3.0], &own, &test(9)), Err(Error::Parameter { .. })));
    assert!(local_g(&[1.0, 2.0, 3.0], &own, true, islands, &test(9)).is_ok());
    let odd = Weights::from_rows([vec![(1, 1.0)], vec![(2, -1.0)], vec![]]).expect("weights");
    assert!(matches!(moran(&[1.0, 2.0, 3.0], &odd, &test(9)), Err(Error::Parameter { .. })));
}

#[test]
fn what_cannot_vary_has_no_score() {
    // Everyone is everyone's neighbour: I is -1 / (n - 1) in every permutation.
    let all = Weights::from_rows((0..7).map(|i| (0..7).filter(|&j| j != i).map(|j| (j, 1.0)).collect::<Vec<_>>()));
    let (all, values) = (all.expect("weights"), [1.0, 5.0, 2.0, 8.0, 3.0, 3.5, 0.1]);
    let found = moran(&values, &all, &test(99)).expect("I");
    near(found.i, -1.0 / 6.0);
    assert_eq!((found.z_normal, found.p_randomization), (None, None));
    let simulated = found.permutation.expect("permutations");
    assert_eq!((simulated.p, simulated.z), (1.0, None));
    for place in local_moran(&values, &all, Divisor::Places, Islands::Undefined, &test(99)).expect("I") {
        assert_eq!((place.z_conditional, place.p_conditional, place.p()), (None, None, Some(1.0)));
        assert_eq!(place.cluster(0.05), Cluster::NotSignificant);
    }
}

#[test]
fn islands_have_no_p() {
    let (values, weights) = ([3.0, 1.0, 4.0, 1.5, 5.0, 9.0], six());
    let islands = Islands::Undefined;
    let found = local_moran(&values, &weights, Divisor::Places, islands, &test(99)).expect("I");
    let island = &found[5];
    assert_eq!((island.i, island.p(), island.p_total, island.cluster(1.0)), (0.0, None, None, Cluster::Island));
    let peer = local_moran(&values, &weights, Divisor::Places, Islands::Smallest, &test(99)).expect("I");
    assert_eq!(peer[5].p(), Some(0.01));
    assert_eq!(found[..5], peer[..5]);
    let found = local_geary(&values, &weights, Divisor::Places, islands, &test(99)).expect("C");
    assert_eq!((found[5].c, found[5].p(), found[5].cluster(1.0)), (0.0, None, Cluster::Island));
    let found = local_g(&values, &weights, false, islands, &test(99)).expect("G");
    assert_eq!((found[5].g, found[5].z, found[5].cluster(1.0)), (Some(0.0), None, Cluster::Island));
}

#[test]
fn ties_do_not_hang_on_rounding() {
    // Few distinct values that no sum can hold exactly: the same joins in any order count as equal.
    let values: Vec<f64> = (0..36).map(|at| if at % 3 == 0 { 0.1 } else { 0.7 }).collect();
    let weights = lattice(6).row_standardised();
    let found = local_moran(&values, &weights, Divisor::Places, Islands::Undefined, &test(999)).expect("I");
    let mirrored: Vec<f64> = values.iter().map(|value| 3.0 * value).collect();
    let scaled = local_moran(&mirrored, &weights, Divisor::Places, Islands::Undefined, &test(999)).expect("I");
    for (a, b) in found.iter().zip(&scaled) {
        let (a, b) = (a.permutation.expect("p"), b.permutation.expect("p"));
        assert_eq!((a.greater, a.lesser), (b.greater, b.lesser));
        assert!(a.greater + a.lesser > 999, "ties count on both sides");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn names_of_places_do_not_matter(values in prop::collection::vec(0.0..10.0_f64, 16), by in 1_usize..16) {
        prop_assume!(values.iter().any(|value| (value - values[0]).abs() > 1e-3));
        // Place i becomes (a i + by) mod 16 with a odd: a relabelling.
        let to = |at: usize| (5 * at + by) % 16;
        let weights = lattice(4).row_standardised();
        let (mut moved, mut rows) = (vec![0.0; 16], vec![Vec::new(); 16]);
        for at in 0..16 {
            moved[to(at)] = values[at];
            rows[to(at)] = weights.neighbours(at).iter().zip(weights.weights(at)).map(|(&j, &w)| (to(j as usize) as u32, w)).collect();
        }
        let other = Weights::from_rows(rows).expect("weights");
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * (1.0 + a.abs());
        let (a, b) = (moran(&values, &weights, &test(0)).expect("I"), moran(&moved, &other, &test(0)).expect("I"));
        prop_assert!(close(a.i, b.i) && close(a.variance_normal, b.variance_normal));
        prop_assert!(close(a.variance_randomization.expect("v"), b.variance_randomization.expect("v")));
        let (a, b) = (geary(&values, &weights, &test(0)).expect("C"), geary(&moved, &other, &test(0)).expect("C"));
        prop_assert!(close(a.c, b.c));
        let run = |values: &[f64], weights: &Weights| {
            local_moran(values, weights, Divisor::Places, Islands::Undefined, &test(0)).expect("I")
        };
        let (a, b) = (run(&values, &weights), run(&moved, &other));
        let mut sum = 0.0;
        for at in 0..16 {
            sum += a[at].i;
            prop_assert!(close(a[at].i, b[to(at)].i) && close(a[at].variance_conditional, b[to(at)].variance_conditional));
        }
        // Local statistics add up to the global one.
        let global = moran(&values, &weights, &test(0)).expect("I").i;
        prop_assert!(close(sum / 16.0, global));
    }

    #[test]
    fn units_do_not_matter(
        values in prop::collection::vec(0.0..10.0_f64, 16),
        scale in prop::sample::select(vec![1e-300, 1e-9, 0.3, 1e3, 1e290]),
        shift in -50.0..50.0_f64,
    ) {
        prop_assume!(values.iter().any(|value| (value - values[0]).abs() > 1e-3));
        let weights = lattice(4);
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-9 * (1.0 + a.abs());
        let changed: Vec<f64> = values.iter().map(|value| (value + shift) * scale).collect();
        let run = |values: &[f64]| {
            let moran = moran(values, &weights, &test(99)).expect("I");
            let places = local_moran(values, &weights, Divisor::Places, Islands::Undefined, &test(99)).expect("I");
            let geary = local_geary(values, &weights, Divisor::Places, Islands::Undefined, &test(99)).expect("C");
            let g = local_g(values, &weights, false, Islands::Undefined, &test(99)).expect("G");
            (moran, places, geary, g)
        };
        let (a, b) = (run(&values), run(&changed));
        prop_assert!(close(a.0.i, b.0.i));
        prop_assert_eq!(a.0.permutation.expect("p").p, b.0.permutation.expect("p").p);
        for at in 0..16 {
            prop_assert!(close(a.1[at].i, b.1[at].i) && close(a.2[at].c, b.2[at].c));
            prop_assert!(close(a.3[at].z.expect("z"), b.3[at].z.expect("z")));
            prop_assert_eq!(a.1[at].p(), b.1[at].p());
            prop_assert_eq!(a.2[at].p(), b.2[at].p());
        }
        let scaled: Vec<f64> = values.iter().map(|value| value * scale).collect();
        let (a, b) = (getis_ord(&values, &weights, &test(0)), getis_ord(&scaled, &weights, &test(0)));
        prop_assert!(close(a.expect("G").g, b.expect("G").g));
    }
}
