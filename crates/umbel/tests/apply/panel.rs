//! Panels: fixed effects, difference-in-differences, event studies, synthetic control.

use crate::{apply, folder};
use serde_json::Value;

const YEARS: [i64; 4] = [2000, 2001, 2002, 2003];
/// Places, whether they are treated from 2002 on, and their outcomes.
const PLACES: [(&str, bool, [f64; 4]); 6] = [
    ("a", true, [3.1, 3.4, 6.2, 6.9]),
    ("b", true, [1.0, 1.7, 3.9, 4.6]),
    ("c", true, [5.2, 5.5, 8.1, 8.4]),
    ("d", false, [2.0, 2.6, 2.9, 3.6]),
    ("e", false, [4.1, 4.4, 5.2, 5.5]),
    ("f", false, [0.3, 1.1, 1.2, 2.0]),
];

fn table() -> String {
    let mut text = "id,year,y,x,treated,first,part\n".to_owned();
    for (number, (id, treated, values)) in PLACES.iter().enumerate() {
        for (at, (year, y)) in YEARS.iter().zip(values).enumerate() {
            let now = u8::from(*treated && *year >= 2002);
            let first = if *treated { 2002 } else { 0 };
            let x = (number * 7 + at * at * 5) % 4;
            text += &format!("{id},{year},{y},{x},{now},{first},p{}\n", number % 2);
        }
    }
    text
}

fn mean(treated: bool, years: &[usize]) -> f64 {
    let of = PLACES.iter().filter(|place| place.1 == treated);
    let values: Vec<f64> = of.flat_map(|place| years.iter().map(|&at| place.2[at])).collect();
    values.iter().sum::<f64>() / values.len() as f64
}

fn near(found: &Value, wanted: f64) {
    let found = found.as_f64().unwrap_or(f64::NAN);
    assert!((found - wanted).abs() < 1e-10, "{found} is not {wanted}");
}

fn row<'a>(table: &'a Value, name: &str) -> &'a Value {
    let rows = table.as_array().expect("a table");
    rows.iter().find(|row| row["name"] == name).expect("a row of this name")
}

#[test]
fn difference_in_differences_by_all_estimators() {
    let folder = folder(&[("panel.csv", &table())]);
    let run = |rest: &str| apply(folder.path(), &format!("did --values panel.csv:y --format json {rest}"));
    let change = |after: &[usize], before: &[usize]| {
        (mean(true, after) - mean(true, before)) - (mean(false, after) - mean(false, before))
    };
    let classic = run("--first-treated first --estimator two_by_two").json();
    near(&classic["estimate"], change(&[2, 3], &[0, 1]));
    near(&classic["means"]["control_before"], mean(false, &[0, 1]));
    let both = run("--treated treated --estimator two_way --permutations 99 --placebo-periods 1").json();
    near(&both["estimate"], change(&[2, 3], &[0, 1]));
    near(&both["weight_already_treated"], 0.0);
    assert!(both["p_permutation"].as_f64().expect("p") <= 1.0);
    near(&both["placebo_in_time"]["estimate"], change(&[1], &[0]));
    let staggered = run("--treated treated").json();
    near(&row(&staggered["effects"], "2002 in 2003")["estimate"], change(&[3], &[1]));
    near(&row(&staggered["by_exposure"], "-1")["estimate"], change(&[1], &[0]));
    near(&staggered["estimate"], (change(&[2], &[1]) + change(&[3], &[1])) / 2.0);
    let band = run("--first-treated first --bootstrap 99 --seed 3").json();
    assert!(band["critical_value"].as_f64().expect("a multiple") >= 1.959);
}

#[test]
fn fixed_effects_and_the_other_models() {
    let folder = folder(&[("panel.csv", &table())]);
    let run =
        |method: &str, rest: &str| apply(folder.path(), &format!("{method} --values panel.csv:y --format json {rest}"));
    let fit = run("two-way-fe", "--explained-by treated,x --errors iid").json();
    let coefficient = row(&fit["coefficients"], "treated")["estimate"].clone();
    assert_eq!((fit["n"].as_f64(), &fit["estimate"]), (Some(24.0), &coefficient));
    let words = run("two-way-fe", "--explained-by x --fixed-effects part,time --cluster part --errors cluster").json();
    assert_eq!(words["clusters"], serde_json::json!([2]));
    // The treatment by itself: the same as difference-in-differences.
    let alone = run("two-way-fe", "--explained-by treated").json();
    near(
        &alone["estimate"],
        (mean(true, &[2, 3]) - mean(true, &[0, 1])) - (mean(false, &[2, 3]) - mean(false, &[0, 1])),
    );
    for model in ["random_effects", "pooled", "between", "first_difference"] {
        let fit = run("panel", &format!("--explained-by x --model {model}")).json();
        assert!(row(&fit["coefficients"], "x")["standard_error"].as_f64().expect("an error") > 0.0, "{model}");
    }
    let study = run("event-study", "--first-treated first").json();
    let relative: Vec<i64> =
        study["effects"].as_array().expect("effects").iter().filter_map(|row| row["relative"].as_i64()).collect();
    assert_eq!(relative, [-2, 0, 1]);
    near(&row(&study["effects"], "1")["estimate"], {
        (mean(true, &[3]) - mean(true, &[1])) - (mean(false, &[3]) - mean(false, &[1]))
    });
    let control = run("synthetic-control", "--treated a --first-treated 2002").json();
    let weights = control["places"].as_array().expect("places").iter().filter_map(|row| row["weight"].as_f64());
    near(&Value::from(weights.sum::<f64>()), 1.0);
    assert_eq!(control["periods"].as_array().map(Vec::len), Some(4));
}

#[test]
fn what_is_wrong_is_said() {
    let folder = folder(&[("panel.csv", &table()), ("bad.csv", "id,year,y,x\na,2000,1,2\na,2001,many,3\n")]);
    let run = |arguments: &str| {
        let ran = apply(folder.path(), arguments);
        assert_ne!(ran.code, 0, "{arguments}: {}", ran.out);
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        ran.err + &ran.out
    };
    assert!(run("two-way-fe --values bad.csv:y --explained-by x").contains("bad.csv"));
    assert!(run("two-way-fe --values panel.csv:y --explained-by none").contains("none"));
    assert!(run("two-way-fe --values panel.csv:y --explained-by first").contains("varies within"));
    assert!(run("did --values panel.csv:y").contains("treated"));
    assert!(run("did --values panel.csv:y --treated x").contains("treated"));
    assert!(run("synthetic-control --values panel.csv:y --treated z --first-treated 2002").contains("no place"));
    assert!(run("synthetic-control --values panel.csv:y --treated a --first-treated 1990").contains("no period"));
}
