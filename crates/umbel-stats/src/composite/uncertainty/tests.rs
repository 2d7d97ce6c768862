//! What holds of ranks under uncertainty.

use super::super::normalise::Direction;
use super::*;
use proptest::prelude::*;

/// Columns of chance, every fifth value of the second missing.
fn case(seed: u64, units: usize, indicators: usize) -> (Data, Vec<Indicator>, Tree) {
    let mut stream = Stream::new(seed, 99);
    let mut columns: Vec<Vec<Option<f64>>> =
        (0..indicators).map(|_| (0..units).map(|_| Some(stream.normal())).collect()).collect();
    (0..units).step_by(5).for_each(|unit| columns[1][unit] = None);
    let mut of = vec![Indicator::default(); indicators];
    of[0].direction = Direction::Negative;
    let half = indicators / 2;
    let group = |at: usize| Some(indicators as u32 + u32::from(at >= half));
    let index = Some(indicators as u32 + 2);
    let parents: Vec<Option<u32>> = (0..indicators).map(group).chain([index, index, None]).collect();
    let weights: Vec<f64> = (0..parents.len()).map(|at| 1.0 + at as f64 % 3.0).collect();
    let tree = Tree::new(indicators, &parents, &weights).expect("a tree");
    (Data { columns, ..Data::default() }, of, tree)
}

fn choices() -> (Specification, Uncertainty) {
    let by = Uncertainty {
        draws: 60,
        normalisations: vec![Normalisation::PercentRank, Normalisation::Zscore { mean: 0.0, deviation: 1.0 }],
        aggregations: vec![Aggregation::Geometric, Aggregation::Copeland],
        imputations: vec![Imputation::Mean, Imputation::Median],
        treatments: vec![Some(Treatment::default())],
        weightings: vec![Weighting::Equal, Weighting::Critic],
        ..Uncertainty::default()
    };
    let normalise = Normalisation::Minmax { low: 1.0, high: 100.0 };
    (Specification { normalise, ..Specification::default() }, by)
}

#[test]
fn ranks_share_the_best_of_tied_ones_within_a_period() {
    assert_eq!(ranks(&[3.0, 5.0, 3.0, f64::NAN, 1.0], &[]), [2, 1, 2, 0, 4]);
    assert_eq!(ranks(&[3.0, 5.0, 3.0, 4.0], &[7, 7, 8, 8]), [2, 1, 2, 1]);
    assert_eq!(ranks(&[], &[]), [0_u32; 0]);
}

#[test]
fn bands_are_ranks_that_were_drawn_or_the_rank_itself() {
    let draws: Vec<Vec<u32>> = (1..=20).map(|rank| vec![rank]).collect();
    let all: Vec<&[u32]> = draws.iter().map(Vec::as_slice).collect();
    let found = bands(&[1.0], &[10], &all)[0].expect("a rank");
    assert_eq!((found.rank_low, found.rank_high, found.rank_median, found.outside), (1, 19, 10.5, false));
    let found = bands(&[1.0], &[20], &all)[0].expect("a rank");
    assert_eq!((found.rank_high, found.outside), (20, true));
    assert_eq!(bands(&[f64::NAN], &[0], &all), [None]);
}

#[test]
fn undefined_combinations_are_left_out_and_counted() {
    let (data, indicators, tree) = case(1, 30, 6);
    let (specification, by) = choices();
    let found = uncertainty(&data, &indicators, &tree, &specification, &by, &[]).expect("bands");
    // 3 imputations x 2 treatments x 3 weightings x 3 normalisations x 3 aggregations; the geometric mean of
    // percent ranks and of z-scores is not defined.
    assert_eq!((found.combinations, found.undefined), (18 * 7, 18 * 2));
    let none = Uncertainty { weight_noise: 0.0, leave_one_out: false, draws: 20, ..Uncertainty::default() };
    let found = uncertainty(&data, &indicators, &tree, &specification, &none, &[]).expect("bands");
    assert_eq!((found.combinations, found.mean_shift), (1, 0.0));
    for ranked in found.ranked[0].iter().flatten() {
        assert_eq!((ranked.rank_low, ranked.rank_high), (ranked.rank, ranked.rank));
    }
}

#[test]
fn refuses_choices_that_make_no_sense() {
    let (data, indicators, tree) = case(1, 10, 4);
    let (specification, by) = choices();
    let no =
        |by: Uncertainty| uncertainty(&data, &indicators, &tree, &specification, &by, &[]).expect_err("no").to_string();
    assert!(no(Uncertainty { draws: 5, ..by.clone() }).contains("at least 20"));
    assert!(no(Uncertainty { weight_noise: 1.0, ..by.clone() }).contains("below 1"));
    assert!(no(Uncertainty { weight_noise: f64::NAN, ..by.clone() }).contains("below 1"));
    assert!(uncertainty(&data, &indicators, &tree, &specification, &by, &[99]).is_err());
    assert!(sensitivity(&data, &indicators, &tree, &specification, &by, 100).is_err());
    let none = Uncertainty { weight_noise: 0.0, leave_one_out: false, ..Uncertainty::default() };
    assert!(sensitivity(&data, &indicators, &tree, &specification, &none, 100).is_err());
    let one = Tree::flat(&[1.0]).expect("a tree");
    let data = Data { columns: data.columns[..1].to_vec(), ..Data::default() };
    assert!(leave_one_out(&data, &indicators[..1], &one, &specification).is_err());
}

#[test]
fn leaving_out_the_only_member_of_a_group_leaves_the_group_out() {
    let (data, indicators, _) = case(2, 12, 3);
    let tree = Tree::new(3, &[Some(3), Some(4), Some(4), Some(5), Some(5), None], &[1.0; 6]).expect("a tree");
    let found = leave_one_out(&data, &indicators, &tree, &Specification::default()).expect("shifts");
    // Without the first indicator the index is that of the second group.
    let rest = Data { columns: data.columns[1..].to_vec(), ..Data::default() };
    let flat = Tree::flat(&[1.0, 1.0]).expect("a tree");
    let with = index(&data, &indicators, &tree, &Specification::default()).expect("an index");
    let without = index(&rest, &indicators[1..], &flat, &Specification::default()).expect("an index");
    let of = |steps: &Steps, node: usize| ranks(&super::super::aggregate::plain(&steps.scores[node]), &[]);
    let shifts: Vec<Option<i32>> =
        of(&with, 5).iter().zip(of(&without, 2)).map(|(with, without)| Some(*with as i32 - without as i32)).collect();
    assert_eq!(found[0].shifts, shifts);
    assert!(found[0].largest_shift > 0);
}

#[test]
fn sobol_indices_find_the_choice_that_matters() {
    let (data, indicators, tree) = case(5, 40, 6);
    let specification = Specification { impute: Imputation::Mean, ..Specification::default() };
    let by = Uncertainty {
        normalisations: vec![Normalisation::Rank],
        imputations: vec![Imputation::Median],
        weight_noise: 0.0,
        ..Uncertainty::default()
    };
    let found = sensitivity(&data, &indicators, &tree, &specification, &by, 1000).expect("indices");
    let of = |factor| found.iter().find(|found| found.factor == factor).expect("a choice");
    assert_eq!(found.len(), 3);
    // Which indicator is left out matters far more than how a few values are filled in.
    assert!(of(Factor::LeaveOneOut).total_order > 0.7, "{found:?}");
    assert!(of(Factor::Imputation).total_order < 0.2, "{found:?}");
    for found in &found {
        assert!(
            found.total_order_interval[0] <= found.total_order && found.total_order <= found.total_order_interval[1]
        );
        assert!(found.first_order <= found.total_order + 0.1);
    }
}

#[test]
fn one_and_two_threads_give_the_same_bits() {
    let (data, indicators, tree) = case(3, 40, 6);
    let (specification, by) = choices();
    let smooth = Uncertainty { normalisations: vec![], aggregations: vec![], ..by.clone() };
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| {
            let bands = uncertainty(&data, &indicators, &tree, &specification, &by, &[6, 8]).expect("bands");
            let sobol = sensitivity(&data, &indicators, &tree, &specification, &smooth, 64).expect("indices");
            (bands, sobol, leave_one_out(&data, &indicators, &tree, &specification).expect("shifts"))
        })
    };
    assert_eq!(run(1), run(2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn ranks_are_a_permutation_and_their_bands_hold_them(seed in 0..1000_u64, units in 5..40_usize) {
        let (data, indicators, tree) = case(seed, units, 6);
        let (specification, by) = choices();
        let found = uncertainty(&data, &indicators, &tree, &specification, &by, &[]).expect("bands");
        let mut all: Vec<u32> = Vec::new();
        for ranked in found.ranked[0].iter() {
            let ranked = ranked.expect("every unit has a score");
            prop_assert!(ranked.rank_low <= ranked.rank && ranked.rank <= ranked.rank_high);
            prop_assert!(ranked.rank_low >= 1 && ranked.rank_high <= units as u32);
            all.push(ranked.rank);
        }
        all.sort_unstable();
        prop_assert!(all.into_iter().eq(1..=units as u32));
    }

    #[test]
    fn scale_of_weights_unit_of_indicators_and_order_of_units_change_nothing(
        seed in 0..1000_u64,
        scale in 0.01..100.0_f64,
        shift in -100.0..100.0_f64,
    ) {
        let (data, indicators, tree) = case(seed, 20, 6);
        for normalise in [Normalisation::default(), Normalisation::Zscore { mean: 0.0, deviation: 1.0 }] {
            let specification = Specification { normalise, ..Specification::default() };
            let score = |data: &Data, tree: &Tree| -> Vec<f64> {
                let found = index(data, &indicators, tree, &specification).expect("an index");
                found.scores[8].iter().map(|score| score.expect("a score")).collect()
            };
            let found = score(&data, &tree);
            let near = |other: &[f64]| found.iter().zip(other).all(|(a, b)| (a - b).abs() < 1e-7);
            let heavier: Vec<f64> = tree.weights().iter().map(|weight| weight * scale).collect();
            let heavier = Tree::new(6, tree.parents(), &heavier).expect("a tree");
            prop_assert!(near(&score(&data, &heavier)));
            let mut other = data.clone();
            other.columns[2].iter_mut().for_each(|value| *value = value.map(|value| scale * value + shift));
            prop_assert!(near(&score(&other, &tree)));
            let turned: Vec<u32> = (0..20).rev().collect();
            let mut back = score(&data.subset(&turned), &tree);
            back.reverse();
            prop_assert!(near(&back));
        }
    }
}
