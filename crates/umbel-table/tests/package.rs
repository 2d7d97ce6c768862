//! Writing `datapackage.json`, and reading it back.

#![allow(clippy::expect_used)]

use serde_json::Value;
use std::fs;
use umbel_table::Region;
use umbel_table::package::{self, Description, FileDescription};

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(folder.path().join("data")).expect("made");
    fs::create_dir_all(folder.path().join("geo")).expect("made");
    let write = |path: &str, text: &str| fs::write(folder.path().join(path), text).expect("written");
    write("data/places.csv", "place_id,kind,name,name_zh,source_id,beds\nregion,region,R,地,s,7\n");
    write("data/sources.csv", "source_id,title,licence,obtained,mark\ns,S,none,read,sourced\n");
    write("data/links-rail.csv", "link_id,kind,from_place_id,to_place_id,capacity,source_id\n");
    write("data/readme.csv", "x\n");
    write("geo/counties.geojson", "{\"type\": \"FeatureCollection\", \"features\": []}");
    folder
}

#[test]
fn describes_the_files_it_finds_and_reads_them() {
    let folder = folder();
    let files = package::discover(folder.path());
    let paths: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.table.as_str())).collect();
    let expected = [
        ("data/places.csv", "places"),
        ("data/links-rail.csv", "links"),
        ("data/sources.csv", "sources"),
        ("geo/counties.geojson", "boundaries"),
    ];
    assert_eq!(paths, expected);
    let languages = vec!["en".to_owned(), "zh".to_owned()];
    package::write(folder.path(), &Description { files, languages, ..Default::default() }).expect("written");
    let (region, findings) = Region::read(folder.path());
    assert_eq!(findings, []);
    assert_eq!((region.languages.as_slice(), region.places.len()), (&["en".to_owned(), "zh".to_owned()][..], 1));
}

#[test]
fn keeps_what_it_does_not_know_and_is_stable() {
    let folder = folder();
    let file = FileDescription {
        path: "data/places.csv".into(),
        table: "places".into(),
        units: [("beds".to_owned(), "{bed}".to_owned())].into(),
        ..FileDescription::default()
    };
    let description = Description { name: "r".into(), title: "R".into(), files: vec![file], ..Default::default() };
    let first = package::render(folder.path(), None, &description).expect("rendered");
    let mut edited: Value = serde_json::from_str(&first).expect("JSON");
    edited["contributors"] = serde_json::json!([{"title": "An office"}]);
    edited["resources"][0]["title"] = "Places".into();
    edited["resources"][0]["schema"]["fields"][5]["title"] = "Beds".into();
    let again = Description {
        files: vec![FileDescription { path: "data/places.csv".into(), table: "places".into(), ..Default::default() }],
        ..Default::default()
    };
    let second = package::render(folder.path(), Some(&edited.to_string()), &again).expect("rendered");
    let read: Value = serde_json::from_str(&second).expect("JSON");
    assert_eq!(read, edited);
    assert_eq!(read["resources"][0]["schema"]["fields"][5]["umbel:unit"], "{bed}");
    assert_eq!(package::render(folder.path(), Some(&second), &again).expect("rendered"), second);
    assert!(second.contains("\n  \"name\": \"r\""));
}

#[test]
fn says_why_it_cannot_write() {
    let folder = folder();
    let file = |path: &str, table: &str| Description {
        files: vec![FileDescription { path: path.into(), table: table.into(), ..Default::default() }],
        ..Default::default()
    };
    let error = |old, description| package::render(folder.path(), old, &description).expect_err("no").to_string();
    assert!(error(Some("[1]"), Description::default()).contains("not a JSON object"));
    assert!(error(None, file("data/none.csv", "places")).starts_with("data/none.csv cannot be read"));
    assert_eq!(error(None, file("data/places.csv", "place")), "there is no table \"place\"");
}
