//! What holds for every game.

use super::design::{Design, Method};
use super::rational::Rational;
use super::*;
use crate::Error;
use proptest::prelude::*;
use umbel_core::random::Stream;
use umbel_core::sum::exact_sum;

/// Values of all coalitions of a few players.
fn integers(least: usize, most: usize) -> impl Strategy<Value = (usize, Vec<i128>)> {
    let values = |players: usize| prop::collection::vec(-1_000_000_000_000_i128..1_000_000_000_000, 1 << players);
    (least..=most).prop_flat_map(move |players| (Just(players), values(players)))
}

/// Figures of like size, as those of a region under different plans.
fn doubles(most: usize) -> impl Strategy<Value = (usize, Vec<f64>)> {
    let values = |players: usize| prop::collection::vec(1e3_f64..1e6, 1 << players);
    (1..=most).prop_flat_map(move |players| (Just(players), values(players)))
}

/// The formula of Shapley as it stands, in 128 bits.
fn by_definition(players: usize, values: &[i128]) -> Vec<Rational> {
    let factorial = |n: usize| (1..=n as i128).product::<i128>();
    let share = |player: usize| {
        let without = (0..values.len()).filter(|set| set & (1 << player) == 0);
        let terms = without.map(|set| {
            let size = set.count_ones() as usize;
            factorial(size) * factorial(players - size - 1) * (values[set | 1 << player] - values[set])
        });
        Rational::new(terms.sum(), factorial(players)).expect("a share")
    };
    (0..players).map(share).collect()
}

/// Steps between two doubles.
fn steps(a: f64, b: f64) -> i64 {
    let at = |x: f64| if x < 0.0 { -((x.to_bits() & !(1 << 63)) as i64) } else { x.to_bits() as i64 };
    (at(a) - at(b)).abs()
}

/// The unit of the last digit.
fn digit(x: f64) -> f64 {
    x.abs().next_up() - x.abs()
}

/// Whether shares add up, or every one that could take a rest has a coarser last digit than their total.
fn adds_up_if_it_can(shares: &Shares) -> bool {
    let sum = exact_sum(shares.values.iter().copied());
    let largest = shares.values.iter().fold(0.0_f64, |most, share| most.max(share.abs()));
    let coarse = |share: &f64| share.abs() < 1e-6 * largest || digit(*share) > digit(shares.total);
    (shares.adds_up && sum == shares.total) || shares.values.iter().all(coarse)
}

proptest! {
    #[test]
    fn shares_are_those_of_the_formula((players, values) in integers(1, 9)) {
        let found = shapley::exact(players, &values).expect("shares");
        prop_assert_eq!(&found, &by_definition(players, &values));
        prop_assert_eq!(&found, &recompute::exact(players, &values).expect("shares"));
        prop_assert_eq!(Rational::sum(&found), Some(Rational::from(values[values.len() - 1] - values[0])));
    }

    #[test]
    fn doubles_give_the_doubles_nearest_to_the_fractions((players, values) in integers(1, 10)) {
        let fractions = shapley::exact(players, &values).expect("shares");
        let values: Vec<f64> = values.into_iter().map(|value| value as f64).collect();
        let found = shapley::shapley(players, &values).expect("shares");
        prop_assert!(adds_up_if_it_can(&found));
        let largest = found.values.iter().fold(0.0_f64, |most, share| most.max(share.abs()));
        for (share, fraction) in found.values.iter().zip(fractions) {
            prop_assert!((share - fraction.to_f64()).abs() <= players as f64 * digit(largest));
        }
    }

    #[test]
    fn shares_of_figures_add_up_to_the_last_bit((players, values) in doubles(10)) {
        let found = shapley::shapley(players, &values).expect("shares");
        let total = values[values.len() - 1] - values[0];
        prop_assert_eq!(found.total, total);
        prop_assert!(adds_up_if_it_can(&found));
        prop_assert_eq!(exact_sum(found.values.iter().copied()) == total, found.adds_up);
        prop_assert!(recompute::agrees(players, &values).expect("an answer"));
    }

    #[test]
    fn shares_of_what_only_grows_add_up_always(players in 1_usize..10, seed: u64, before in 0.0_f64..1e6) {
        // Each project adds to a figure, more or less with the others: no share is below 0.
        let mut stream = Stream::new(seed, 0);
        let effects: Vec<f64> = (0..players).map(|_| stream.uniform() * 1e3).collect();
        let value = |mask: Mask| {
            let sum: f64 = (0..players).filter(|player| mask >> player & 1 == 1).map(|player| effects[player]).sum();
            before + sum.powf(0.7) + 0.3 * sum
        };
        let game = Game::evaluate(players, value).expect("a game");
        let found = shapley::shapley(players, game.values()).expect("shares");
        prop_assert!(found.adds_up);
        prop_assert_eq!(exact_sum(found.values.iter().copied()), game.values()[game.values().len() - 1] - before);
    }

    #[test]
    fn figures_of_any_size_have_exact_shares(
        (players, values) in (1_usize..7).prop_flat_map(|players| {
            (Just(players), prop::collection::vec((-1.0_f64..1.0, -400..400_i32), 1 << players))
        })
    ) {
        let values: Vec<f64> = values.into_iter().map(|(value, power)| value * 2_f64.powi(power)).collect();
        prop_assert!(recompute::agrees(players, &values).expect("an answer"));
        let found = Design::new(players, Method::Exact).expect("a design").nearest(&values);
        for player in 0..players {
            // The formula with its differences over the common denominator, each term exact in a sum of doubles.
            let terms = (0..values.len()).filter(|set| set & (1 << player) == 0).flat_map(|set| {
                let weight = coefficients::Coefficients::new(players).expect("weights").by_size[set.count_ones() as usize];
                let (with, without) = (values[set | 1 << player], -values[set]);
                (0..weight).flat_map(move |_| [with, without])
            });
            let denominator = coefficients::Coefficients::new(players).expect("weights").denominator as f64;
            let wanted = exact_sum(terms) / denominator;
            // Rounded twice here, once there.
            prop_assert!(steps(found[player], wanted) <= 1, "{} {wanted}", found[player]);
        }
    }

    #[test]
    fn players_of_like_effect_have_like_shares((players, values) in integers(2, 8)) {
        // The value depends on whether 0 and 1 are in only through their number.
        let alike: Vec<i128> =
            (0..values.len()).map(|set| values[if set & 3 == 2 { set ^ 3 } else { set }]).collect();
        let found = shapley::exact(players, &alike).expect("shares");
        prop_assert_eq!(found[0], found[1]);
        let doubles: Vec<f64> = alike.iter().map(|&value| value as f64 / 7.0).collect();
        let found = shapley::shapley(players, &doubles).expect("shares").values;
        let largest = found.iter().fold(0.0_f64, |most, share| most.max(share.abs()));
        prop_assert!((found[0] - found[1]).abs() <= players as f64 * digit(largest));
    }

    #[test]
    fn a_player_without_effect_gets_nothing((players, values) in doubles(8), without in 0_usize..8) {
        let without = 1 << (without % players);
        let values: Vec<f64> = (0..values.len()).map(|set| values[set & !without]).collect();
        let found = Design::new(players, Method::Exact).expect("a design").attribute(&values).expect("shares");
        let player = without.trailing_zeros() as usize;
        prop_assert_eq!(found.shares.values[player], 0.0);
        prop_assert_eq!((found.alone[player], found.leave_one_out[player]), (0.0, 0.0));
        prop_assert!(adds_up_if_it_can(&found.shares));
    }

    #[test]
    fn shares_of_a_sum_of_games_are_sums_of_shares((players, values) in integers(1, 8), seed: u64) {
        let mut stream = Stream::new(seed, 0);
        let others: Vec<i128> = values.iter().map(|_| i128::from(stream.below(1_000_000)) - 500_000).collect();
        let sums: Vec<i128> = values.iter().zip(&others).map(|(a, b)| a + b).collect();
        let [one, other, both] =
            [&values, &others, &sums].map(|values| shapley::exact(players, values).expect("shares"));
        for player in 0..players {
            prop_assert_eq!(one[player].checked_add(other[player]), Some(both[player]));
        }
    }

    #[test]
    fn names_do_not_matter((players, values) in integers(1, 8), seed: u64) {
        let mut names: Vec<usize> = (0..players).collect();
        Stream::new(seed, 0).shuffle(&mut names);
        let renamed = |set: usize| (0..players).filter(|p| set >> p & 1 == 1).map(|p| 1 << names[p]).sum::<usize>();
        let mut other = vec![0; values.len()];
        (0..values.len()).for_each(|set| other[renamed(set)] = values[set]);
        let (one, other) = (shapley::exact(players, &values), shapley::exact(players, &other));
        let (one, other) = (one.expect("shares"), other.expect("shares"));
        prop_assert!((0..players).all(|player| one[player] == other[names[player]]));
    }

    #[test]
    fn interactions_are_shared_dividends((players, values) in integers(1, 8)) {
        let found = interaction::exact(players, &values).expect("interactions");
        let mut dividends = values.clone();
        recompute::dividends(players, &mut dividends);
        for (found, (a, b)) in found.iter().zip(interaction::pairs(players)) {
            let with = (0..values.len()).filter(|set| set >> a & 1 == 1 && set >> b & 1 == 1);
            let parts = with.map(|set| Rational::new(dividends[set], i128::from(set.count_ones() - 1)));
            let parts: Vec<Rational> = parts.map(|part| part.expect("a part")).collect();
            prop_assert_eq!(Some(*found), Rational::sum(&parts));
        }
        let doubles: Vec<f64> = values.iter().map(|&value| value as f64).collect();
        let rounded: Vec<f64> = found.iter().map(|fraction| fraction.to_f64()).collect();
        prop_assert_eq!(interaction::interaction(players, &doubles).expect("interactions"), rounded);
    }

    #[test]
    fn many_figures_are_divided_as_each_by_itself((players, values) in doubles(6), seed: u64) {
        let mut stream = Stream::new(seed, 0);
        let figures = 1 + stream.below(40) as usize;
        let mut rows: Vec<Vec<f64>> =
            values.iter().map(|value| (0..figures).map(|_| value * stream.normal()).collect()).collect();
        let (gap, still) = (stream.below(figures as u64) as usize, stream.below(figures as u64) as usize);
        rows.iter_mut().for_each(|row| row[still] = 7.5);
        rows[stream.below(values.len() as u64) as usize][gap] = f64::NAN;
        for method in [Method::Exact, Method::Sampled { permutations: 6, seed }] {
            let design = Design::new(players, method).expect("a design");
            let needed: Vec<&[f64]> = design.masks().iter().map(|&mask| rows[mask as usize].as_slice()).collect();
            let found = design.attribute_many(&needed).expect("shares");
            prop_assert_eq!(found.len(), figures);
            for figure in 0..figures {
                let column: Vec<f64> = needed.iter().map(|row| row[figure]).collect();
                prop_assert_eq!(found.attribution(figure), design.attribute(&column).ok());
                let missing = column.iter().any(|value| value.is_nan());
                prop_assert_eq!(found.state(figure) == many::State::Missing, missing);
                prop_assert!(!missing || figure == gap);
            }
        }
    }

    #[test]
    fn sampled_shares_add_up((players, values) in integers(2, 9), seed: u64) {
        let design = Design::new(players, Method::Sampled { permutations: 8, seed }).expect("a design");
        let integers: Vec<i128> = design.masks().iter().map(|&mask| values[mask as usize]).collect();
        let total = values[values.len() - 1] - values[0];
        prop_assert_eq!(Rational::sum(&design.fractions(&integers).expect("shares")), Some(Rational::from(total)));
        let doubles: Vec<f64> = integers.iter().map(|&value| value as f64).collect();
        let found = design.attribute(&doubles).expect("shares");
        prop_assert!(adds_up_if_it_can(&found.shares));
        prop_assert_eq!(found.shares.total, total as f64);
        let exact = Design::new(players, Method::Exact).expect("a design");
        let all: Vec<f64> = values.iter().map(|&value| value as f64).collect();
        let exact = exact.attribute(&all).expect("shares");
        prop_assert_eq!((found.alone, found.leave_one_out), (exact.alone, exact.leave_one_out));
    }

    #[test]
    fn votes_are_counted_right(weights in prop::collection::vec(0_u64..12, 1..9), quota in 1_u64..60) {
        let vote = weighted_vote::WeightedVote::new(quota, weights).expect("a vote");
        let game = Game::evaluate(vote.players(), |mask| vote.value(mask)).expect("a game");
        let wanted = shapley::exact(vote.players(), game.values()).expect("shares");
        prop_assert_eq!(&vote.shapley().expect("shares"), &wanted);
        prop_assert_eq!(&vote.recompute().expect("shares"), &wanted);
    }

    #[test]
    fn airports_are_shared_right(costs in prop::collection::vec(0_i128..1_000_000, 1..9)) {
        let dearest = |mask: Mask| {
            let members = costs.iter().enumerate().filter(|(player, _)| mask >> player & 1 == 1);
            members.map(|(_, cost)| *cost).max().unwrap_or(0)
        };
        let game = Game::evaluate(costs.len(), dearest).expect("a game");
        let wanted = shapley::exact(costs.len(), game.values()).expect("shares");
        prop_assert_eq!(&airport::exact(&costs).expect("shares"), &wanted);
        let doubles: Vec<f64> = costs.iter().map(|&cost| cost as f64).collect();
        let found = airport::airport(&doubles).expect("shares");
        prop_assert!(found.adds_up);
        for (share, wanted) in found.values.iter().zip(wanted) {
            prop_assert!(steps(*share, wanted.to_f64()) <= costs.len() as i64);
        }
    }
}

#[test]
fn sampled_shares_lie_within_their_errors() {
    // A game with strong interaction: each share misses by less than four standard errors, and most by less than one.
    let players = 12;
    let mut stream = Stream::new(11, 0);
    let sizes: Vec<f64> = (0..players).map(|_| 1.0 + stream.uniform()).collect();
    let value = |mask: Mask| {
        let inside = |from: usize| (from..players).step_by(2).filter(|p| mask >> p & 1 == 1).map(|p| sizes[p]);
        inside(0).sum::<f64>() * inside(1).sum::<f64>().sqrt()
    };
    let attribute = |method| {
        let design = Design::new(players, method).expect("a design");
        let values: Vec<f64> = design.masks().iter().map(|&mask| value(mask)).collect();
        design.attribute(&values).expect("shares")
    };
    let exact = attribute(Method::Exact);
    let (mut within, mut all) = (0, 0);
    for seed in 0..20 {
        let found = attribute(Method::Sampled { permutations: 400, seed });
        for (player, error) in found.standard_errors.expect("errors").into_iter().enumerate() {
            let off = (found.shares.values[player] - exact.shares.values[player]).abs();
            assert!(off < 4.5 * error, "player {player} is off by {off}, standard error {error}");
            within += u32::from(off < error);
            all += 1;
        }
    }
    let share = f64::from(within) / f64::from(all);
    assert!((0.55..0.80).contains(&share), "{share} lie within one standard error, not about 0.68");
}

#[test]
fn threads_do_not_matter() {
    let players = 15;
    let mut stream = Stream::new(5, 0);
    let values: Vec<f64> = (0..1 << players).map(|_| stream.normal() * 1e9).collect();
    let rows: Vec<Vec<f64>> = (0..64).map(|_| (0..100).map(|_| stream.normal()).collect()).collect();
    let weights: Vec<u64> = (0..40).map(|_| stream.below(50)).collect();
    let found = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| {
            let many = Design::new(6, Method::Exact).expect("a design").attribute_many(&rows).expect("shares");
            let sampled = Design::new(50, Method::Sampled { permutations: 100, seed: 3 }).expect("a design");
            let figures: Vec<f64> = sampled.masks().iter().map(|mask| f64::from(mask.count_ones()).sqrt()).collect();
            let vote = weighted_vote::WeightedVote::new(400, weights.clone()).expect("a vote");
            let shares = shapley::shapley(players, &values).expect("shares");
            (shares, many, sampled.attribute(&figures).expect("shares"), vote.shapley().expect("shares"))
        })
    };
    assert_eq!(found(1), found(3));
}

#[test]
fn many_players_have_closed_forms() {
    // Everybody is needed: equal shares.
    let vote = weighted_vote::WeightedVote::new(88, vec![1; 88]).expect("a vote");
    let wanted = Rational::new(1, 88).expect("a share");
    assert!(vote.shapley().expect("shares").into_iter().all(|share| share == wanted));
    assert!(vote.recompute().expect("shares").into_iter().all(|share| share == wanted));
    // Ten thousand aircraft: equal ones share equally.
    let mut costs = vec![3.0; 9_999];
    costs.push(10.0);
    let found = airport::airport(&costs).expect("shares");
    assert!(found.adds_up && found.total == 10.0);
    assert!((found.values[9_999] - 7.0003).abs() < 1e-12 && (found.values[5] - 3e-4).abs() < 1e-15);
}

#[test]
fn says_what_it_cannot_do() {
    let exact = |players, values: &[i128]| shapley::exact(players, values).map(|_| ());
    assert_eq!(exact(0, &[0]), Err(Error::NoPlayers));
    assert_eq!(exact(2, &[0; 3]), Err(Error::Length { what: "the list of values", wanted: 4, found: 3 }));
    let what = "the exact Shapley value";
    assert_eq!(exact(25, &[]), Err(Error::TooManyPlayers { what, limit: 24, found: 25 }));
    assert_eq!(exact(1, &[0, 1 << 80]), Err(Error::Overflow { what: "an exact game", limit: "80 bits" }));
    assert_eq!(exact(1, &[0, i128::MIN]), Err(Error::Overflow { what: "an exact game", limit: "80 bits" }));
    let design = |players, permutations| Design::new(players, Method::Sampled { permutations, seed: 1 }).map(|_| ());
    assert!(matches!(design(3, 7), Err(Error::Parameter { parameter: "permutations", .. })));
    assert!(matches!(design(3, 2), Err(Error::Parameter { parameter: "permutations", .. })));
    assert!(matches!(design(65, 4), Err(Error::TooManyPlayers { limit: 64, found: 65, .. })));
    assert_eq!(design(0, 4), Err(Error::NoPlayers));
    assert_eq!(design(64, 4), Ok(()));
    let doubles = |values: &[f64]| shapley::shapley(1, values).map(|_| ());
    assert_eq!(doubles(&[0.0, f64::NAN]), Err(Error::NotFinite { what: "the list of values", at: 1 }));
    assert_eq!(doubles(&[-f64::MAX, f64::MAX]), Err(Error::NotFinite { what: "the shares", at: 0 }));
    let many = Design::new(1, Method::Exact).expect("a design");
    assert!(matches!(many.attribute_many(&[vec![0.0]]), Err(Error::Length { wanted: 2, found: 1, .. })));
    assert!(matches!(many.attribute_many(&[vec![0.0], vec![]]), Err(Error::Length { wanted: 1, found: 0, .. })));
    assert!(interaction::exact(13, &[]).is_err() && interaction::exact(0, &[]).is_err());
    let vote = |quota, weights: &[u64]| weighted_vote::WeightedVote::new(quota, weights.to_vec());
    assert_eq!(
        vote(0, &[1]),
        Err(Error::Parameter { parameter: "quota", message: "the quota must be above 0".into() })
    );
    assert_eq!(vote(1, &[]), Err(Error::NoPlayers));
    assert!(matches!(vote(1, &[1 << 62, 1 << 62]), Err(Error::Overflow { .. })));
    assert!(matches!(vote(1, &[1; 89]).expect("a vote").shapley(), Err(Error::TooManyPlayers { .. })));
    assert!(matches!(vote(1 << 40, &[1 << 41]).expect("a vote").shapley(), Err(Error::Overflow { .. })));
    assert_eq!(vote(9, &[1, 1]).expect("a vote").shapley(), Ok(vec![Rational::ZERO; 2]));
    assert!(matches!(airport::exact(&[1, -1]), Err(Error::Domain { at: 1, .. })));
    assert!(matches!(airport::airport(&[-0.5]), Err(Error::Domain { at: 0, .. })));
    assert_eq!(airport::airport(&[]), Err(Error::NoPlayers));
    // The empty coalition may have a value: what is divided is the difference.
    assert_eq!(shapley::shapley(1, &[10.0, 12.5]).map(|shares| shares.values), Ok(vec![2.5]));
}
