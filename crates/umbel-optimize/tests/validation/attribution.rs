//! Cases of `umbel_optimize::attribution`.

use crate::cases::{cases, integers, numbers};
use crate::check::{Check, Kind};
use serde_json::Value;
use umbel_optimize::attribution::weighted_vote::WeightedVote;
use umbel_optimize::attribution::{Game, Rational, airport, recompute, shapley};

/// Shares by the closed form, if the game has one, and the game with all its coalitions.
fn solve(game: &Value) -> (Option<Vec<Rational>>, Game<i128>) {
    let table = |key: &str| {
        let values = integers(&game[key]);
        Game::new(values.len().ilog2() as usize, values).expect("a game")
    };
    match game["type"].as_str().expect("a type") {
        "weighted-vote" => {
            let weights = integers(&game["weights"]).into_iter().map(|weight| weight as u64).collect();
            let vote = WeightedVote::new(game["quota"].as_u64().expect("a quota"), weights).expect("a vote");
            let shares = vote.shapley().expect("shares");
            assert_eq!(shares, vote.recompute().expect("shares"));
            (Some(shares), Game::evaluate(vote.players(), |mask| vote.value(mask)).expect("a game"))
        }
        "airport-cost" => {
            let costs = integers(&game["cost"]);
            let dearest = |mask: u64| {
                let members = costs.iter().enumerate().filter(|(player, _)| mask >> player & 1 == 1);
                members.map(|(_, cost)| *cost).max().unwrap_or(0)
            };
            let all = Game::evaluate(costs.len(), dearest).expect("a game");
            (Some(airport::exact(&costs).expect("shares")), all)
        }
        "cost-table" => (None, table("cost_by_bitmask")),
        "value-table" => (None, table("value_by_bitmask")),
        other => panic!("a game of type {other}"),
    }
}

pub fn checks() -> Vec<Check> {
    let mut checks = Vec::new();
    for (file, games) in cases("attribution") {
        for game in games.as_array().unwrap_or(&vec![games.clone()]) {
            let (closed, all) = solve(game);
            let shares = shapley::exact(all.players(), all.values()).expect("shares");
            let name = game["name"].as_str().unwrap_or(&file);
            assert_eq!(closed.as_ref().unwrap_or(&shares), &shares, "{name}");
            assert_eq!(recompute::exact(all.players(), all.values()).as_ref(), Ok(&shares), "{name}");
            let wanted = game["shapley"].as_array().expect("fractions");
            let fractions: Vec<String> = shares.iter().map(Rational::to_string).collect();
            assert!(fractions.iter().zip(wanted).all(|(found, wanted)| wanted == found), "{name}: {fractions:?}");
            assert_eq!(fractions.len(), wanted.len(), "{name}");
            let doubles: Vec<f64> = all.values().iter().map(|&value| value as f64).collect();
            let doubles = shapley::shapley(all.players(), &doubles).expect("shares");
            assert!(doubles.adds_up, "{name}");
            let decimals = numbers(&game["shapley_decimal"]);
            let found = shares.iter().map(|share| share.to_f64()).chain(doubles.values);
            let pairs = found.zip(decimals.iter().chain(&decimals).copied()).collect();
            let known = KNOWN.iter().find(|(known, ..)| *known == name);
            let (what, source) = known.map_or(("a further game", name), |(_, what, source)| (*what, *source));
            let reference = format!("{source}; exact fractions");
            checks.push(Check { method: "shapley", what, reference, pairs, kind: Kind::Relative, limit: 1e-15 });
        }
    }
    checks
}

/// What the games are about, and who published their values.
const KNOWN: &[(&str, &str, &str)] = &[
    ("un-security-council", "votes in the Security Council of the United Nations", "Shapley, Shubik 1954"),
    ("airport-4", "a runway for four aircraft", "the rule of Littlechild, Owen 1973"),
    ("eec-1958", "votes in the European Economic Community of 1958", "Felsenthal, Machover 1998"),
    ("vote-3211", "four voters, quota 4 of 7", "the textbook example of the Shapley-Shubik index"),
    ("vote-5321", "four voters, quota 7 of 11", "a worked exercise"),
    ("tennessee-valley-1938", "joint dams of the Tennessee Valley Authority, three purposes", "Straffin, Heaney 1981"),
    ("gloves-3", "one left and two right gloves", "the textbook example of a market game"),
];
