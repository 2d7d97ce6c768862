//! Files, columns and parameters, whatever the method.

use crate::{apply, folder, squares};

#[test]
fn every_method_has_its_help_and_unknown_words_a_hint() {
    let folder = folder(&[]);
    let help = apply(folder.path(), "moran --help");
    assert_eq!(help.code, 0);
    assert!(help.out.contains("--weights") && help.out.contains("--values"), "{}", help.out);
    let wrong = apply(folder.path(), "morn --values a.csv:x");
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("moran"), "{}", wrong.err);
}

#[test]
fn a_file_that_is_not_there_and_a_column_that_is_not_there() {
    let folder = folder(&[("a.geojson", &squares(&["1", "2", "4", "3", "5", "9"]))]);
    let missing = apply(folder.path(), "moran --values b.geojson:v --weights queen");
    assert_eq!(missing.code, 3);
    assert!(missing.err.contains("b.geojson"), "{}", missing.err);
    let column = apply(folder.path(), "moran --values a.geojson:w --weights queen");
    assert_eq!(column.code, 1);
    assert!(column.err.contains("F004") && column.err.contains("\"v\""), "{}", column.err);
    let none = apply(folder.path(), "moran --values a.geojson --weights queen");
    assert_eq!(none.code, 2);
    assert!(none.err.contains("--values FILE:COLUMN"), "{}", none.err);
    let rule = apply(folder.path(), "moran --values a.geojson:v");
    assert_eq!(rule.code, 2);
    assert!(rule.err.contains("--weights is needed"), "{}", rule.err);
}

#[test]
fn a_cell_that_is_no_number_is_found_at_its_place() {
    let text = "id,v,x,y\na,1,0,0\nb,two,1,0\nc,3,0,1\n";
    let folder = folder(&[("a.csv", text)]);
    let ran = apply(folder.path(), "moran --values a.csv:v --longitude x --latitude y --weights knn:1");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("a.csv:3:3") && ran.err.contains("F011"), "{}", ran.err);
}

#[test]
fn a_place_that_is_there_twice_is_a_finding_when_the_ids_are_named() {
    let text = "place,v,x,y\na,1,0,0\na,2,1,0\nc,3,0,1\n";
    let folder = folder(&[("a.csv", text)]);
    let ran = apply(folder.path(), "moran --values a.csv:v --id place --longitude x --latitude y --weights knn:1");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("a.csv:3:1") && ran.err.contains("twice"), "{}", ran.err);
}

#[test]
fn a_period_of_a_panel_can_be_chosen_for_a_cross_section() {
    let text = "place,year,v\na,2021,1\na,2022,2\nb,2021,3\nb,2022,6\n";
    let folder = folder(&[("a.csv", text)]);
    let ran = apply(folder.path(), "gini --values a.csv:v --id place");
    assert_eq!((ran.code, ran.err.matches("R001").count()), (1, 1), "{}", ran.err);
    assert!(ran.err.contains("a.csv:3:1") && ran.err.contains("--periods 2022"), "{}", ran.err);
    let found = apply(folder.path(), "gini --values a.csv:v --id place --periods 2022 --format json").json();
    assert!((found["gini"].as_f64().unwrap_or(f64::NAN) - 0.25).abs() < 1e-12, "{found}");
    // Of a method whose own parameter is called `period` as well.
    let ran = apply(folder.path(), "mann-kendall --values a.csv:v --id place --periods 2021/2022");
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn json_csv_and_text_tell_the_same() {
    let folder = folder(&[("a.geojson", &squares(&["1", "2", "4", "3", "5", "9"]))]);
    let json = apply(folder.path(), "moran --values a.geojson:v --weights rook --format json").json();
    assert_eq!(json["method"], "moran");
    let statistic = json["statistic"].as_f64().unwrap_or(f64::NAN);
    let text = apply(folder.path(), "moran --values a.geojson:v --weights rook");
    assert!(text.out.contains("statistic"), "{}", text.out);
    // Written out by hand: seven shared edges, figures 1 2 4 / 3 5 9 with the mean 4.
    let z: [f64; 6] = [-3.0, -2.0, 0.0, -1.0, 1.0, 5.0];
    let neighbours: [&[usize]; 6] = [&[1, 3], &[0, 2, 4], &[1, 5], &[0, 4], &[1, 3, 5], &[2, 4]];
    let lag = |at: usize| neighbours[at].iter().map(|&to| z[to]).sum::<f64>() / neighbours[at].len() as f64;
    let wanted = (0..6).map(|at| z[at] * lag(at)).sum::<f64>() / z.iter().map(|z| z * z).sum::<f64>();
    assert!((statistic - wanted).abs() < 1e-12, "{statistic} {wanted}");
    let written = apply(folder.path(), "moran --values a.geojson:v --weights rook --format json --output out.json");
    assert_eq!((written.code, written.out.as_str()), (0, ""));
    let file = std::fs::read_to_string(folder.path().join("out.json")).unwrap_or_default();
    assert!(file.contains("\"statistic\""), "{file}");
}

#[test]
fn weights_come_from_files_in_whatever_order() {
    let files = [
        ("a.csv", "id,v\na,1\nb,2\nc,4\n"),
        ("w.gal", "0 3 a id\nc 1\nb\nb 2\na c\na 1\nb\n"),
        ("w.json", r#"{"a": ["b"], "b": ["a", "c"], "c": ["b"]}"#),
        ("at.json", r#"{"n": 3, "neighbors": [[1], [0, 2], [1]]}"#),
        ("bad.gal", "0 3 a id\nc 1\nb\nb two\n"),
    ];
    let folder = folder(&files);
    let with = |file: &str| apply(folder.path(), &format!("moran --values a.csv:v --weights {file} --format json"));
    let wanted = with("w.gal").json()["statistic"].clone();
    assert!(wanted.is_number());
    assert_eq!(
        (with("w.json").json()["statistic"].clone(), with("at.json").json()["statistic"].clone()),
        (wanted.clone(), wanted)
    );
    let bad = with("bad.gal");
    assert_eq!(bad.code, 1);
    assert!(bad.err.contains("bad.gal:4"), "{}", bad.err);
    assert_eq!(with("none.gal").code, 3);
}
