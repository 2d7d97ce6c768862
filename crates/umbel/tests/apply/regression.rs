//! Regressions on places.

use crate::{apply, folder};
use std::fmt::Write;

/// Places of a grid of seven by seven with two columns and a response that follows its neighbours.
fn grid() -> String {
    let mut text = String::from("id,v,a,b,same,x,y\n");
    for place in 0..49 {
        let (x, y) = ((place % 7) as f64, (place / 7) as f64);
        let a = (place * 37 % 17) as f64 * 0.5;
        let b = (place * 53 % 23) as f64 - 7.0;
        // A saddle stands for what neighbours share.
        let v = 3.0 + 2.0 * a - b + 0.5 * (x - 3.0) * (y - 3.0) + (place * 29 % 11) as f64 * 0.3;
        writeln!(text, "p{place},{v},{a},{b},{},{x},{y}", 2.0 * a + 1.0).unwrap_or_default();
    }
    text
}

const AT: &str = "--longitude x --latitude y --weights knn:4 --format json";

#[test]
fn a_lag_model_gives_coefficients_impacts_and_places() {
    let folder = folder(&[("a.csv", &grid())]);
    let json =
        apply(folder.path(), &format!("spatial-lag --values a.csv:v --explained-by a,b {AT} --draws 200")).json();
    assert_eq!((json["method"].as_str(), json["n"].as_u64()), (Some("spatial_lag"), Some(49)));
    let rho = json["rho"].as_f64().unwrap_or(f64::NAN);
    assert!(rho > 0.0 && rho < 1.0, "{rho}");
    let coefficients = json["coefficients"].as_array().cloned().unwrap_or_default();
    let names: Vec<&str> = coefficients.iter().filter_map(|row| row["name"].as_str()).collect();
    assert_eq!(names, ["constant", "a", "b", "rho"]);
    for row in &coefficients {
        let number = |key: &str| row[key].as_f64().unwrap_or(f64::NAN);
        assert!((number("coefficient") / number("standard_error") - number("z")).abs() < 1e-9, "{row}");
        assert!((0.0..=1.0).contains(&number("p_two_sided")), "{row}");
    }
    // Row-standardised: the total impact is b / (1 - rho).
    let slope = coefficients[1]["coefficient"].as_f64().unwrap_or(f64::NAN);
    let total = json["impacts"][0]["total"]["estimate"].as_f64().unwrap_or(f64::NAN);
    assert!((total - slope / (1.0 - rho)).abs() < 1e-9, "{total}");
    assert!(json["impacts"][0]["total"]["standard_error"].as_f64().is_some_and(|error| error > 0.0));
    let places = json["places"].as_array().cloned().unwrap_or_default();
    assert_eq!(places.len(), 49);
    let first = &places[0];
    let sum = first["fitted"].as_f64().unwrap_or(f64::NAN) + first["residual"].as_f64().unwrap_or(f64::NAN);
    assert!((sum - 14.5).abs() < 1e-9, "{first}");

    let run = |rest: &str| apply(folder.path(), &format!("{rest} --values a.csv:v --explained-by a,b {AT}")).json();
    let moments = run("spatial-lag --estimator gmm");
    assert!((moments["rho"].as_f64().unwrap_or(f64::NAN) - rho).abs() < 0.3, "{}", moments["rho"]);
    assert_eq!(run("spatial-durbin")["coefficients"].as_array().map(Vec::len), Some(6));
    for estimator in ["ml", "gmm", "gmm_heteroskedastic"] {
        let error = run(&format!("spatial-error --estimator {estimator}"));
        assert!(error["lambda"].as_f64().is_some_and(|lambda| lambda > 0.2), "{}", error["lambda"]);
    }
    let plain = run("least-squares");
    assert!(plain["diagnostics"]["moran_of_residuals"]["z_normal"].as_f64().is_some_and(|z| z > 3.0));
    assert!(plain["diagnostics"]["lm_lag"]["p"].as_f64().is_some_and(|p| p < 0.01));
    assert!(plain["r_squared"].as_f64().is_some_and(|part| part > 0.0 && part < 1.0));
}

#[test]
fn columns_that_depend_on_each_other_are_named() {
    let folder = folder(&[("a.csv", &grid())]);
    let ran = apply(folder.path(), &format!("spatial-lag --values a.csv:v --explained-by a,same {AT}"));
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("depends on those before it") && ran.err.contains("2 is same"), "{}", ran.err);
    let few = "id,v,a,x,y\np,1,2,0,0\nq,2,1,1,0\nr,4,4,0,1\n";
    std::fs::write(folder.path().join("few.csv"), few).unwrap_or_else(|error| panic!("{error}"));
    let ran = apply(folder.path(), "least-squares --values few.csv:v --explained-by a --format json");
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("at least 4 places; there are 3"), "{}", ran.err);
}
