//! Autocorrelation on plain files.

use super::{apply, folder, squares};

/// Nine squares: high in the left column, low in the right one.
const STRIPES: [&str; 9] = ["9", "5", "1", "8", "5", "2", "9", "4", "1"];

#[test]
fn moran_and_geary_say_that_stripes_lie_together() {
    let folder = folder(&[("a.geojson", &squares(&STRIPES))]);
    let json = apply(folder.path(), "moran --values a.geojson:v --weights rook --format json").json();
    let figure = |name: &str| json[name].as_f64().unwrap_or_else(|| panic!("{name} in {json}"));
    assert!(figure("statistic") > 0.3 && figure("z_randomization") > 1.5, "{json}");
    assert!((figure("expected") + 0.125).abs() < 1e-12 && figure("permutations") == 999.0, "{json}");
    assert!(figure("p_permutation") < 0.1 && figure("p_normal") > 0.0, "{json}");
    let again = apply(folder.path(), "moran --values a.geojson:v --weights rook --format json").json();
    assert_eq!(json, again);
    let other = apply(folder.path(), "moran --values a.geojson:v --weights rook --seed 2 --format json").json();
    assert_eq!(json["statistic"], other["statistic"]);
    assert_ne!(json["mean_permutation"], other["mean_permutation"]);
    let geary = apply(folder.path(), "geary --values a.geojson:v --weights rook --format json").json();
    assert!(geary["statistic"].as_f64().is_some_and(|c| c < 0.7), "{geary}");
}

#[test]
fn a_missing_figure_is_undefined_and_never_significant() {
    let mut values = STRIPES;
    values[4] = "null";
    let folder = folder(&[("a.geojson", &squares(&values))]);
    let json = apply(folder.path(), "local-moran --values a.geojson:v --weights queen --format json").json();
    assert_eq!((json["n"].as_i64(), json["missing"].as_i64()), (Some(8), Some(1)), "{json}");
    let places = json["places"].as_array().unwrap_or_else(|| panic!("{json}"));
    assert_eq!(places.len(), 9);
    assert_eq!(places[4]["class"], "undefined", "{json}");
    assert!(places[4]["p_permutation"].is_null() && places[4]["statistic"].is_null(), "{json}");
    assert!(places[0]["p_permutation"].as_f64().is_some_and(|p| p > 0.0 && p <= 1.0), "{json}");
    assert_eq!(places[0]["quadrant"], "high_high", "{json}");
}

#[test]
fn hot_and_cold_spots_have_their_sides() {
    let folder = folder(&[("a.geojson", &squares(&STRIPES))]);
    let star = "local-g --values a.geojson:v --weights rook --star true --level 0.2 --format json";
    let json = apply(folder.path(), star).json();
    let z = |at: usize| json["places"][at]["z"].as_f64().unwrap_or_else(|| panic!("{json}"));
    assert!(z(3) > 1.0 && z(5) < -1.0, "{json}");
    for method in ["local-geary", "getis-ord"] {
        let json = apply(folder.path(), &format!("{method} --values a.geojson:v --weights rook --format json")).json();
        assert_eq!(json["n"].as_i64(), Some(9), "{json}");
    }
}

#[test]
fn what_cannot_be_computed_is_said() {
    let files = [("same.geojson", squares(&["3"; 9])), ("a.geojson", squares(&STRIPES))];
    let folder = folder(&[(files[0].0, &files[0].1), (files[1].0, &files[1].1)]);
    let same = apply(folder.path(), "moran --values same.geojson:v --weights rook");
    assert_ne!(same.code, 0);
    assert!(same.err.contains("the values: all figures are the same"), "{}", same.err);
    let joins = apply(folder.path(), "join-count --values a.geojson:v --weights rook");
    assert_ne!(joins.code, 0);
    assert!(joins.err.contains("0 and 1"), "{}", joins.err);
    let level = apply(folder.path(), "local-moran --values a.geojson:v --weights rook --level 5");
    assert_ne!(level.code, 0);
    assert!(level.err.contains("level"), "{}", level.err);
    let word = apply(folder.path(), "moran --values a.geojson:v --weights rook --alternative both");
    assert_ne!(word.code, 0);
    assert!(word.err.contains("two_sided"), "{}", word.err);
}
