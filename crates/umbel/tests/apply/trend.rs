//! Trends and structure.

use super::{apply, folder};
use serde_json::Value;

/// Figures of a place by name.
fn place<'a>(result: &'a Value, id: &str) -> &'a Value {
    let places = result["places"].as_array().unwrap_or_else(|| panic!("{result}"));
    places.iter().find(|place| place["id"] == id).unwrap_or_else(|| panic!("{id} is not in {result}"))
}

fn near(found: &Value, wanted: f64) {
    let number = found.as_f64().unwrap_or(f64::NAN);
    assert!((number - wanted).abs() <= 1e-12 * wanted.abs().max(1.0), "{found} is not {wanted}");
}

const SERIES: &str = "id,2001,2002,2003,2004,2005,2006,2007,2008\n\
    a,1,3,2,5,4,7,6,9\n\
    b,5,5,5,5,5,5,5,5\n\
    c,9,8,,6.5,6,,4,1\n\
    d,,,,2,,,,\n";

#[test]
fn places_rise_and_fall() {
    let folder = folder(&[("wide.csv", SERIES)]);
    let found = apply(folder.path(), "mann-kendall --values wide.csv:2001..2008 --format json").json();
    // pymannkendall 1.4.3: original_test; scipy 1.17.1: theilslopes.
    let a = place(&found, "a");
    assert_eq!((&a["trend"], &a["n"]), (&Value::from("increasing"), &Value::from(8)));
    for (key, wanted) in [
        ("s", 22.0),
        ("variance_s", 65.33333333333333),
        ("tau", 0.7857142857142857),
        ("z", 2.598076211353316),
        ("p_two_sided", 0.009374768459434968),
        ("slope", 1.0),
        ("slope_low", 0.5),
        ("slope_high", 1.6666666666666667),
        ("intercept", 1.0),
    ] {
        near(&a[key], wanted);
    }
    let c = place(&found, "c");
    assert_eq!((&c["trend"], &c["n"]), (&Value::from("decreasing"), &Value::from(6)));
    near(&c["slope"], -0.8333333333333334);
    near(&c["intercept"], 9.166666666666668);
    near(&c["p_two_sided"], 0.008534920414227098);
    let b = place(&found, "b");
    assert_eq!(b["trend"], "no trend");
    near(&b["p_two_sided"], 1.0);
    assert_eq!((&found["n"], &found["increasing"], &found["no_trend"]), (&3.into(), &1.into(), &1.into()));
    assert!(found["notes"][0].as_str().unwrap_or_default().contains("1 of 4"), "{}", found["notes"]);

    let found =
        apply(folder.path(), "mann-kendall --values wide.csv:2001..2008 --variant hamed_rao --format json").json();
    near(&place(&found, "a")["variance_s"], 27.333333333333332);
    let found = apply(folder.path(), "theil-sen --values wide.csv:2001..2008 --format json").json();
    near(&place(&found, "c")["slope_low"], -1.6666666666666667);
}

#[test]
fn seasons_are_kept_apart() {
    let values = [3, 7, 2, 9, 4, 7, 1, 8, 6, 9, 3, 7, 5, 12, 4, 9, 8, 11, 3, 14];
    let rows = values.iter().enumerate().map(|(at, value)| format!("x,{},{value}\n", at + 1)).collect::<String>();
    let folder = folder(&[("long.csv", &format!("id,time,v\n{rows}"))]);
    let arguments = "mann-kendall --values long.csv:v --variant seasonal --period 4 --format json";
    let found = apply(folder.path(), arguments).json();
    // pymannkendall 1.4.3: seasonal_test(x, 4).
    for (key, wanted) in [("s", 23.0), ("z", 2.757189554752755), ("slope", 1.0), ("intercept", 4.625)] {
        near(&place(&found, "x")[key], wanted);
    }
    let found = apply(folder.path(), "seasonal-trend --values long.csv:v --period 4 --format json").json();
    let slope = place(&found, "x")["slope"].as_f64().unwrap_or(f64::NAN);
    assert!((slope - 1.0).abs() < 0.4, "{found}");
}

#[test]
fn what_has_no_trend_is_said() {
    let folder = folder(&[("broken.csv", "id,2001,2002\na,1,x\n"), ("short.csv", "id,2001,2002\na,1,\nb,,3\n")]);
    let ran = apply(folder.path(), "mann-kendall --values broken.csv:2001,2002");
    assert!(ran.code != 0 && ran.err.contains("broken.csv:2"), "{} {}", ran.code, ran.err);
    let ran = apply(folder.path(), "mann-kendall --values short.csv:2001,2002");
    assert!(ran.code != 0 && ran.err.contains("enough figures"), "{}", ran.err);
    let ran = apply(folder.path(), "mann-kendall --values short.csv:2001,2002 --alpha 2");
    assert!(ran.code != 0 && ran.err.contains("--alpha"), "{}", ran.err);
    let ran = apply(folder.path(), "mann-kendall --values short.csv:2001,2002 --variant yue");
    assert!(ran.code != 0 && ran.err.contains("yue_wang"), "{}", ran.err);
}

#[test]
fn industries_are_compared() {
    let table = "id,farm,mill,shop\nnorth,20,10,10\nsouth,0,10,50\nvoid,0,0,0\ngap,1,,2\n";
    let folder = folder(&[("jobs.csv", table)]);
    let found = apply(folder.path(), "location-quotient --values jobs.csv:farm,mill,shop --format json").json();
    near(&place(&found, "north")["farm"], 2.5);
    near(&place(&found, "north")["quotient"], 2.5);
    assert_eq!(place(&found, "north")["highest"], "farm");
    assert_eq!((&place(&found, "void")["farm"], &found["missing"]), (&Value::Null, &1.into()));
    // The same figures one below the other, the industry in a column; `gap` has no row for mills.
    let long = "id,industry,jobs\nnorth,farm,20\nnorth,mill,10\nnorth,shop,10\nsouth,farm,0\nsouth,mill,10\n\
        south,shop,50\nvoid,farm,0\nvoid,mill,0\nvoid,shop,0\ngap,farm,1\ngap,shop,2\n";
    std::fs::write(folder.path().join("long.csv"), long).expect("written");
    let spread = "location-quotient --values long.csv:jobs --breakdown industry --format json";
    let found = apply(folder.path(), spread).json();
    let north = found["parts"].as_array().and_then(|rows| rows.iter().find(|row| row["id"] == "north"));
    near(&north.expect("north")["farm"], 2.5);
    assert_eq!((&place(&found, "north")["highest"], &found["missing"]), (&"farm".into(), &1.into()));
    let ran = apply(folder.path(), "location-quotient --values jobs.csv:farm,mill --breakdown shop");
    assert!(ran.code == 2 && ran.err.contains("--of: 2 indicators"), "{}", ran.err);
    let found = apply(folder.path(), "concentration --values jobs.csv:farm,mill,shop --format json").json();
    near(&place(&found, "north")["krugman"], 0.5 + 1.0 / 12.0 + 7.0 / 12.0);
    assert_eq!(found["industries"][0]["name"], "farm");
    let ran = apply(folder.path(), "economic-complexity --values jobs.csv:farm,mill,shop");
    assert!(ran.code != 0 && ran.err.contains("at least 3"), "{}", ran.err);
}

#[test]
fn shifts_add_up() {
    let table = "id,year,farm,mill\nnorth,2000,40,60\nnorth,2010,30,90\nsouth,2000,80,20\nsouth,2010,70,30\n";
    let folder = folder(&[("jobs.csv", table)]);
    let found = apply(folder.path(), "shift-share --values jobs.csv:farm,mill --format json").json();
    for id in ["north", "south"] {
        let one = place(&found, id);
        let part = |name: &str| one[name].as_f64().unwrap_or(f64::NAN);
        assert!((part("national") + part("industry_mix") + part("regional") - part("change")).abs() < 1e-12, "{one}");
        assert!((part("competitive") + part("allocation") - part("regional")).abs() < 1e-12, "{one}");
    }
    near(&found["growth"], 0.1);
    near(&place(&found, "north")["change"], 20.0);
    let ran = apply(folder.path(), "shift-share --values jobs.csv:farm");
    assert!(ran.code != 0 && ran.err.contains("industries"), "{}", ran.err);
}

#[test]
fn supply_is_shared_by_all_who_reach_it() {
    let table = "id,x,y,people,beds\na,0,0,100,10\nb,3,4,300,0\nc,30,40,50,5\n";
    let folder = folder(&[("places.csv", table), ("costs.gwt", "0 3 places id\na b 20\nb a 20\n")]);
    let straight = "floating-catchment --values places.csv:people --supply beds --longitude x --latitude y";
    let found = apply(folder.path(), &format!("{straight} --max-cost 10000 --format json")).json();
    near(&place(&found, "a")["access"], 15.0 / 450.0);
    near(&found["mean_access"], 15.0 / 450.0);
    let given = "floating-catchment --values places.csv:people --supply beds --weights costs.gwt --format json";
    let found = apply(folder.path(), &format!("{given} --decay step --steps [[10,1],[20,0.5]]")).json();
    near(&place(&found, "a")["access"], 10.0 / 250.0);
    near(&place(&found, "b")["access"], 0.5 * 10.0 / 250.0);
    near(&place(&found, "c")["access"], 0.1);
    let ran = apply(folder.path(), &format!("{given} --decay gaussian"));
    assert!(ran.code != 0 && ran.err.contains("sigma"), "{}", ran.err);
    let ran = apply(folder.path(), "floating-catchment --values places.csv:people --supply beds");
    assert!(ran.code != 0 && ran.err.contains("point"), "{}", ran.err);
}
