//! Methods of instances.

use super::{apply, folder};
use serde_json::{Value, json};

const GAMES: &str = include_str!("../../../umbel-optimize/tests/cases/attribution/games.json");

/// What `umbel apply shapley` gives for an instance.
fn shapley(instance: &Value, arguments: &str) -> Value {
    let folder = folder(&[("game.json", &instance.to_string())]);
    apply(folder.path(), &format!("shapley --instance game.json --format json {arguments}")).json()
}

fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn published_games_have_their_published_shares() {
    let folder = folder(&[("games.json", GAMES)]);
    let found = apply(folder.path(), "shapley --instance games.json --format json").json();
    let games: Value = serde_json::from_str(GAMES).unwrap();
    let (found, games) = (found.as_array().unwrap(), games.as_array().unwrap());
    assert_eq!(found.len(), games.len());
    for (found, game) in found.iter().zip(games) {
        let name = &game["name"];
        assert_eq!((&found["name"], &found["players"], &found["method"]), (name, &game["players"], &json!("shapley")));
        assert_eq!(found["fractions"], game["shapley"], "{name}");
        assert_eq!(numbers(&found["values"]), numbers(&game["shapley_decimal"]), "{name}");
        assert_eq!(found["checked"], true, "{name}");
        assert_eq!(found["parameters"], json!({"exact_up_to": 20, "permutations": 1000, "seed": 1}));
        let few = game["players"].as_array().unwrap().len() <= 12;
        assert_eq!((found["interaction"].is_array(), &found["standard_error"]), (few, &Value::Null), "{name}");
    }
    let dams = &found[5];
    assert_eq!(dams["total"], 412_584.0);
    assert_eq!(numbers(&dams["alone"]), [163_520.0, 140_826.0, 250_096.0]);
    assert_eq!(numbers(&dams["leave_one_out"]), [45_214.0, 33_763.0, 110_977.0]);
}

#[test]
fn numbers_are_what_is_written() {
    // Three tenths and a base of one tenth: nothing of this is a double.
    let found = shapley(&json!({"type": "value-table", "value_by_bitmask": [0.1, 0.2, 0.3, 0.4]}), "");
    assert_eq!(found["fractions"], json!(["1/10", "1/5"]));
    assert_eq!(found["players"], json!(["1", "2"]));
    // As doubles 0.1 and 0.2 are more than 0.3: the larger one gives way by its last digit.
    assert_eq!((numbers(&found["values"]), &found["total"]), (vec![0.1, 0.2_f64.next_down()], &json!(0.3)));
    assert_eq!((numbers(&found["alone"]), numbers(&found["leave_one_out"])), (vec![0.1, 0.2], vec![0.1, 0.2]));
    assert_eq!(found["interaction"], json!([[null, 0.0], [0.0, null]]));
    assert!(found["notes"][0].as_str().unwrap().contains("the empty coalition has the value 0.1"), "{found}");
    let found = shapley(&json!({"type": "airport-cost", "cost": [0.1, 0.3, 0.3]}), "");
    assert_eq!(found["fractions"], json!(["1/30", "2/15", "2/15"]));
    assert_eq!((&found["checked"], numbers(&found["leave_one_out"])), (&json!(true), vec![0.0; 3]));
    let found = shapley(&json!({"type": "airport-cost", "cost": [0.1, 0.3]}), "");
    assert_eq!(numbers(&found["leave_one_out"]), [0.0, 0.2]);
    // Too many digits: doubles, which add up all the same.
    let found = shapley(&json!({"type": "cost-table", "cost_by_bitmask": [0, 1e-30, 2e-30, 7e5]}), "");
    assert_eq!((&found["fractions"], &found["checked"]), (&Value::Null, &json!(true)));
    assert_eq!(numbers(&found["values"]), [350_000.0, 350_000.0]);
}

#[test]
fn many_players() {
    // The last 40 voters count little, and all alike.
    let weights: Vec<u32> = (0..50).map(|voter| if voter < 10 { 10 } else { 1 }).collect();
    let found = shapley(&json!({"type": "weighted-vote", "quota": 71, "weights": weights}), "");
    assert_eq!((&found["checked"], &found["total"], &found["interaction"]), (&json!(true), &json!(1.0), &Value::Null));
    assert!((numbers(&found["values"]).iter().sum::<f64>() - 1.0).abs() < 1e-15);
    assert_eq!(found["fractions"][10], found["fractions"][49]);
    // A table of more players than are looked at: orders, whose errors say how near they are.
    let values: Vec<f64> =
        (0..1_u32 << 6).map(|set| f64::from(set.count_ones()).powi(2) + f64::from(set & 1)).collect();
    let game = json!({"type": "value-table", "value_by_bitmask": values});
    let (exact, found) = (shapley(&game, ""), shapley(&game, "--exact-up-to 5 --permutations 200 --seed 9"));
    assert_eq!(
        (&found["fractions"], &found["checked"], &found["interaction"]),
        (&Value::Null, &json!(true), &Value::Null)
    );
    assert_eq!((&found["total"], &found["alone"]), (&exact["total"], &exact["alone"]));
    let errors = numbers(&found["standard_error"]);
    for ((share, wanted), error) in numbers(&found["values"]).iter().zip(numbers(&exact["values"])).zip(errors) {
        assert!((share - wanted).abs() <= 5.0 * error + 1e-12, "{share} {wanted} {error}");
    }
    assert_eq!(found, shapley(&game, "--exact-up-to 5 --permutations 200 --seed 9"));
}

#[test]
fn people_see_a_table() {
    let folder = folder(&[("games.json", GAMES)]);
    let ran = apply(folder.path(), "shapley --instance games.json");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("shapley: The Shapley value"), "{}", ran.out);
    assert!(ran.out.contains("  P1      0.19627  421/2145"), "{}", ran.out);
    let one = json!({"type": "cost-table", "players": ["a", "b"], "cost_by_bitmask": [0, 1, 2, 4]}).to_string();
    std::fs::write(folder.path().join("one.json"), one).unwrap();
    let csv = apply(folder.path(), "shapley --instance one.json --format csv");
    assert_eq!(csv.out, "name,share,fraction,alone,leave_one_out\na,1.5,3/2,1,2\nb,2.5,5/2,2,3\n");
    assert_eq!(apply(folder.path(), "shapley --instance games.json --format csv").code, 2);
}

#[test]
fn says_where_an_instance_is_wrong() {
    let told = |text: &str, place: &str, message: &str| {
        let folder = folder(&[("game.json", text)]);
        let ran = apply(folder.path(), "shapley --instance game.json");
        assert_eq!(ran.code, 1, "{text}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains(&format!("game.json:{place}: error")), "{text}: {}", ran.err);
        assert!(ran.err.contains(message), "{text}: {}", ran.err);
    };
    told("{\"type\": \"airport-cost\",\n \"cost\" [1]}", "2:9", "F022");
    told("{\"type\": \"airport-cots\", \"cost\": [1]}", "1:10", "Did you mean \"airport-cost\"?");
    told("{\"type\": \"auction\", \"cost\": [1]}", "1:10", "use one of weighted-vote");
    told("[{\"cost\": [1]}]", "1:2", "the game has no \"type\"");
    told("{\"type\": \"weighted-vote\", \"weights\": [1]}", "1:1", "the game has no \"quota\"");
    told("{\"type\": \"airport-cost\", \"cost\": [1,\n -2]}", "2:2", "it must not be negative");
    told("{\"type\": \"airport-cost\", \"cost\": [1, \"2\"]}", "1:38", "F011");
    told("{\"type\": \"airport-cost\", \"cost\": []}", "1:34", "no players");
    told("{\"type\": \"airport-cost\", \"cost\": 3}", "1:34", "this is not a list of numbers");
    told("{\"type\": \"weighted-vote\", \"quota\": 0, \"weights\": [1]}", "1:36", "the quota is 0");
    told("{\"type\": \"value-table\", \"value_by_bitmask\": [0, 1, 2]}", "1:45", "there are 3 values");
    let named = "{\"players\": [\"a\"], \"type\": \"value-table\",\n\"value_by_bitmask\": [0, 1, 2, 3]}";
    told(named, "2:21", "there are 4 values, but 1 players have 2 coalitions");
    told("{\"players\": [\"a\"], \"type\": \"airport-cost\", \"cost\": [1, 2]}", "1:13", "1 players are named");
    let large = "{\"type\": \"weighted-vote\", \"quota\": 1, \"weights\": [9223372036854775807, 1]}";
    told(large, "1:50", "the sum of the weights");
    let folder = folder(&[("game.json", "{\"type\": \"airport-cost\", \"cost\": [1]}")]);
    for (arguments, code) in [
        ("shapley", 2),
        ("shapley --instance none.json", 3),
        ("shapley --instance game.json --permutations 7", 2),
        ("shapley --instance game.json --exact-up-to 25", 2),
        ("shapley --instance game.json --seed x", 2),
        ("shapley --instance game.json", 0),
    ] {
        assert_eq!(apply(folder.path(), arguments).code, code, "{arguments}");
    }
}
