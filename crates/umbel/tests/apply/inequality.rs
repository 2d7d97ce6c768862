//! Measures of inequality.

use crate::{apply, folder, squares};

const INCOMES: &str = "id,region,kind,income,people\n\
    a,north,city,10,100\n\
    b,north,county,20,100\n\
    c,south,city,30,100\n\
    d,south,county,40,100\n";

#[test]
fn gini_of_a_file_with_an_interval() {
    let folder = folder(&[("a.csv", INCOMES)]);
    let found = apply(folder.path(), "gini --values a.csv:income --bootstrap 200 --seed 7 --format json").json();
    // By hand: (2 (10 + 2 20 + 3 30 + 4 40) - 5 100) / (4 100).
    assert!((found["gini"].as_f64().unwrap_or(f64::NAN) - 0.25).abs() < 1e-14, "{found}");
    let (lower, upper) = (found["lower"].as_f64().unwrap_or(9.0), found["upper"].as_f64().unwrap_or(-9.0));
    assert!(lower < 0.25 && upper > 0.2 && lower < upper && found["n"] == 4, "{found}");
    let again = apply(folder.path(), "gini --values a.csv:income --bootstrap 200 --seed 7 --format json").json();
    assert_eq!(found, again);
    let weighted = apply(folder.path(), "gini --values a.csv:income --weight people --format json").json();
    assert!((weighted["gini"].as_f64().unwrap_or(f64::NAN) - 0.25).abs() < 1e-15, "{weighted}");
    let sample = apply(folder.path(), "gini --values a.csv:income --divisor sample --format json").json();
    assert!((sample["gini"].as_f64().unwrap_or(f64::NAN) - 1.0 / 3.0).abs() < 1e-15, "{sample}");
}

#[test]
fn theil_is_taken_apart_by_groups_within_groups() {
    let folder = folder(&[("a.csv", INCOMES)]);
    let found = apply(folder.path(), "theil --values a.csv:income --groups region,kind --format json").json();
    let figure = |name: &str| found[name].as_f64().unwrap_or(f64::NAN);
    let t = |y: f64| y / 25.0 * (y / 25.0).ln() / 4.0;
    let total = t(10.0) + t(20.0) + t(30.0) + t(40.0);
    assert!((figure("theil") - total).abs() < 1e-14, "{found}");
    assert!(figure("within").abs() < 1e-15 && (figure("between") - total).abs() < 1e-14, "{found}");
    let levels = &found["levels"];
    let regions = 0.3 * 0.6_f64.ln() + 0.7 * 1.4_f64.ln();
    assert!((levels[0]["between"].as_f64().unwrap_or(f64::NAN) - regions).abs() < 1e-14, "{levels}");
    let names: Vec<&str> =
        found["groups"].as_array().into_iter().flatten().filter_map(|g| g["name"].as_str()).collect();
    assert_eq!(names, ["north", "south", "north/city", "north/county", "south/city", "south/county"]);
    let measure = apply(folder.path(), "theil --values a.csv:income --measure L --format json").json();
    let l = [10.0_f64, 20.0, 30.0, 40.0].iter().map(|y| (25.0 / y).ln() / 4.0).sum::<f64>();
    assert!((measure["theil"].as_f64().unwrap_or(f64::NAN) - l).abs() < 1e-15, "{measure}");
}

#[test]
fn a_figure_that_a_measure_is_not_defined_for_is_named_by_its_place() {
    let folder = folder(&[("a.csv", "id,income\na,10\nbad,0\nc,-1\nd,\n")]);
    let theil = apply(folder.path(), "theil --values a.csv:income --measure L");
    assert_eq!(theil.code, 3);
    assert!(theil.err.contains("bad has 0; it must be above 0"), "{}", theil.err);
    let gini = apply(folder.path(), "gini --values a.csv:income");
    assert!(gini.err.contains("c has -1; it must be 0 or above"), "{}", gini.err);
    let wrong = apply(folder.path(), "atkinson --values a.csv:income --epsilon -1");
    assert!(wrong.code != 0 && wrong.err.contains("epsilon"), "{}", wrong.err);
}

#[test]
fn the_other_measures_agree_with_hand_work() {
    let folder = folder(&[("a.csv", INCOMES), ("b.geojson", &squares(&["1", "1", "1", "5", "5", "5"]))]);
    let one = |arguments: &str, name: &str| {
        let found = apply(folder.path(), &format!("{arguments} --format json")).json();
        found[name].as_f64().unwrap_or_else(|| panic!("{found}"))
    };
    let near = |found: f64, wanted: f64| assert!((found - wanted).abs() < 1e-14, "{found} is not {wanted}");
    near(one("hoover --values a.csv:income", "hoover"), 0.2);
    near(one("williamson --values a.csv:income --weight people", "williamson"), 0.2_f64.sqrt());
    near(one("atkinson --values a.csv:income", "atkinson"), 1.0 - 240_000_f64.powf(0.25) / 25.0);
    near(one("palma --values a.csv:income --top 0.25 --bottom 0.25", "ratio"), 4.0);
    near(one("percentile-ratio --values a.csv:income", "ratio"), 4.0);
    near(one("concentration-index --values a.csv:income --ranked-by people", "concentration_index"), 0.0);
    near(one("lorenz --values a.csv:income", "gini"), 0.25);
    let curve = apply(folder.path(), "lorenz --values a.csv:income --format json").json();
    near(curve["curve"][2]["value_share"].as_f64().unwrap_or(f64::NAN), 0.3);
    // Two rows of three squares: of seven shared edges three lie between the rows.
    let near_sum = one("spatial-gini --values b.geojson:v --weights rook --permutations 99", "near_sum");
    near(near_sum, 24.0);
}
