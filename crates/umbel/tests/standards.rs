//! The standards of air and water from the command line.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use serde_json::{Value, json};
use std::fs;
use std::process::{Command, Output};
use tempfile::TempDir;

fn apply(file: &str, arguments: &[&str]) -> Output {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("data.csv"), file).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_umbel"));
    command.arg("apply").args(arguments).current_dir(folder.path());
    command.output().unwrap()
}

fn found(file: &str, arguments: &[&str]) -> Value {
    let ran = apply(file, &[arguments, &["--format", "json"]].concat());
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    serde_json::from_slice(&ran.stdout).unwrap()
}

fn column(found: &Value, table: &str, name: &str) -> Vec<Value> {
    found[table].as_array().unwrap().iter().map(|row| row[name].clone()).collect()
}

const DAYS: &str = "date,PM25_24H,O3_8H\n2022-01-01,72,90\n2022-01-02,30,\n2026-05-01,72,90\n";

#[test]
fn the_index_follows_the_edition_in_force() {
    let arguments = ["air-quality-index", "--values", "data.csv:PM25_24H,O3_8H"];
    let index = found(DAYS, &arguments);
    assert_eq!(column(&index, "rows", "aqi"), [json!(97), json!(43), json!(111)]);
    assert_eq!(column(&index, "rows", "grade"), [json!("good"), json!("excellent"), json!("lightly polluted")]);
    assert_eq!(column(&index, "rows", "primary"), [json!("PM25"), Value::Null, json!("PM25")]);
    assert_eq!(column(&index, "rows", "iaqi_O3_8H"), [json!(45), Value::Null, json!(45)]);
    assert_eq!(index["standard"], json!("HJ 633-2012, HJ 633-2026"));
    assert!(index["notes"][0].as_str().unwrap().starts_with("1 rows lack"), "{}", index["notes"]);
    let named = found(DAYS, &[&arguments[..], &["--standard", "HJ 633-2012"]].concat());
    assert_eq!(column(&named, "rows", "aqi"), [json!(97), json!(43), json!(97)]);
}

#[test]
fn what_makes_no_index_is_said() {
    let refused = |file: &str, arguments: &[&str], text: &str| {
        let ran = apply(file, arguments);
        let said = String::from_utf8_lossy(&ran.stderr).into_owned();
        assert!(!ran.status.success() && said.contains(text), "{said}");
    };
    let index = ["air-quality-index", "--values", "data.csv:PM25_24H"];
    refused("date,PM25_24H\n2022-01-01,-3\n", &index, "must not be negative");
    refused("date,PM25_24H\n2013-01-01,30\n", &index, "none is in force on 2013-01-01");
    refused("date,PM25\n2022-01-01,3\n", &["air-quality-index", "--values", "data.csv:PM25"], "PM25_24H");
    refused("date,PM25_24H\n2022-01-01,3\n", &[&index[..], &["--standard", "HJ 1"]].concat(), "hj_633_2012");
    refused("date,PM25_24H\n2022-01-01,many\n", &index, "data.csv:2");
}

#[test]
fn the_worst_item_makes_the_class() {
    let file = "site,DO,CODMn,TP,TN\na,6.5,3,0.03,9\nb,1.9,3,0.03,9\n";
    let river = found(file, &["water-class", "--values", "data.csv:DO,CODMn,TP,TN", "--id", "site"]);
    assert_eq!(column(&river, "rows", "class"), [json!("II"), json!("worse than V")]);
    assert_eq!(column(&river, "rows", "class_number"), [json!(2), json!(6)]);
    assert_eq!(column(&river, "rows", "decided_by"), [json!("DO CODMn TP"), json!("DO")]);
    assert_eq!(river["left_out"], json!(["TN"]));
    let lake = ["water-class", "--values", "data.csv:DO,CODMn,TP,TN", "--id", "site", "--body", "lake"];
    assert_eq!(column(&found(file, &lake), "rows", "class"), [json!("III"), json!("worse than V")]);
    let all = found(file, &[&lake[..], &["--assessed", "all"]].concat());
    assert_eq!(column(&all, "rows", "decided_by"), [json!("TN"), json!("DO TN")]);
    assert!(!apply("site,XY\na,1\n", &["water-class", "--values", "data.csv:XY"]).status.success());
}

#[test]
fn a_limit_is_kept_or_not() {
    let file = "id,date,PM25_24H\na,2022-01-01,75\na,2022-01-02,76\nb,2022-01-01,10\nb,2026-04-01,61\n";
    let all = found(file, &["exceedance", "--values", "data.csv:PM25_24H"]);
    assert_eq!(column(&all, "rows", "attains"), [json!(true), json!(false), json!(true), json!(false)]);
    assert_eq!(column(&all, "places", "share_attaining"), [json!(0.5), json!(0.5)]);
    let who = ["exceedance", "--values", "data.csv:PM25_24H", "--standard", "who_2021", "--level", "guideline"];
    assert_eq!(found(file, &who)["above"], json!(3));
    let unknown = ["exceedance", "--values", "data.csv:PM10_24H", "--standard", "gb_3095_2026"];
    let ran = apply("id,date,PM10_24H\na,2026-04-01,75\n", &unknown);
    assert!(!ran.status.success());
    assert!(String::from_utf8_lossy(&ran.stderr).contains("holds no limit of PM10_24H at level II"));
}

#[test]
fn too_few_days_make_no_mean() {
    let days = |months: std::ops::RangeInclusive<u8>| {
        let mut file = "id,date,pm\n".to_owned();
        for month in months {
            let last = if month == 2 { 28 } else { 30 };
            (1..=last).for_each(|day| file.push_str(&format!("a,2015-{month:02}-{day:02},{month}\n")));
        }
        file
    };
    let arguments = ["annual-mean", "--values", "data.csv:pm", "--pollutant", "PM25", "--year", "2015"];
    let full = found(&days(1..=12), &[&arguments[..], &["--percentile", "0.95"]].concat());
    assert_eq!((&full["places"][0]["days"], &full["refused"]), (&json!(358), &json!(0)));
    assert!((full["places"][0]["mean"].as_f64().unwrap() - 2336.0 / 358.0).abs() < 1e-12);
    assert_eq!(full["places"][0]["percentile"], json!(12.0));
    let part = found(&days(2..=12), &arguments);
    assert_eq!(part["places"][0]["mean"], Value::Null);
    assert_eq!(part["places"][0]["refused"], json!("0 days in month 1, 27 needed"));
    assert!(!apply("id,pm\na,1\n", &arguments).status.success());
}
