//! Region folders, sound and broken, read from disk.

#![allow(clippy::expect_used)]

use std::fs;
use tempfile::TempDir;
use umbel_core::Finding;
use umbel_table::{Locator, Region};

const PACKAGE: &str = r#"{"name": "test", "umbel:languages": ["en", "zh"], "resources": [
  {"name": "places", "path": "data/places.csv", "umbel:table": "places"},
  {"name": "indicators", "path": "data/indicators.csv", "umbel:table": "indicators"},
  {"name": "observations", "path": "data/observations.csv", "umbel:table": "observations"}
]}"#;

const PLACES: &str = "place_id,kind,name,name_zh,parent_id,lon,lat,valid_from,source_id,code\n\
    region,region,Region,地区,,1,2,,s,\n\
    a,city,A,甲,region,1.5,2.5,,s,110000\n";

const INDICATORS: &str = "indicator_id,title,unit,direction,kind,aggregation\n\
    gdp,Output,10*8.{CNY},up,flow,sum\n\
    population,Population,{person},none,stock,sum\n";

const HEADER: &str = "indicator_id,place_id,period,breakdown,vintage,value,unit,status,bound,low,high,source_id,note\n";

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::create_dir_all(folder.path().join("data")).expect("made");
    let defaults = [
        ("datapackage.json", PACKAGE),
        ("data/places.csv", PLACES),
        ("data/indicators.csv", INDICATORS),
        ("data/observations.csv", HEADER),
    ];
    for (path, text) in defaults.iter().chain(files) {
        fs::write(folder.path().join(path), text).expect("written");
    }
    folder
}

fn read(files: &[(&str, &str)]) -> (Region, Vec<Finding>) {
    Region::read(folder(files).path())
}

fn told(findings: &[Finding]) -> Vec<String> {
    let place = |f: &Finding| format!("{} {}:{}:{}", f.code.id, f.location.file, f.location.line, f.location.column);
    findings.iter().map(place).collect()
}

fn observations(rows: &str) -> (Region, Vec<String>) {
    let (region, findings) = read(&[("data/observations.csv", &format!("{HEADER}{rows}"))]);
    let told = told(&findings).iter().map(|line| line.replace("data/observations.csv:", "")).collect();
    (region, told)
}

#[test]
fn a_sound_region_has_no_finding() {
    let (region, findings) = read(&[(
        "data/observations.csv",
        &format!(
            "{HEADER}gdp,a,2022,,2023-01-29,3,10*12.{{CNY}},P,above,2,4,s,\"first, release\"\n\
             population,a,2022,sex=F;age=65+,,7,,,,,,s,\ngdp,a,2022,_T,,,,Q,,,,s,\n"
        ),
    )]);
    assert_eq!(told(&findings), [""; 0]);
    let id = |text: &str| region.symbols.get(text).expect(text);
    let rows = region.observations.rows(id("gdp")).expect("rows");
    assert_eq!((rows.len(), rows.value(0), rows.value(1)), (2, Some(30_000.0), None));
    assert_eq!(rows.interval(0), (Some(20_000.0), Some(40_000.0)));
    assert_eq!((rows.origin[1].line, rows.vintage[0]), (4, 19386));
    assert_eq!(region.observations.notes[&rows.origin[0]], "first, release");
    let people = region.observations.rows(id("population")).expect("rows");
    assert_eq!(region.id(people.breakdown[0]), "age=65+;sex=F");
    let place = region.place(id("a")).expect("there");
    assert_eq!((place.name.get("zh"), place.attributes["code"].as_str()), ("甲", "110000"));
    assert_eq!(place.point, Some((1.5, 2.5)));
}

#[test]
fn every_bad_cell_is_told_at_its_place() {
    let (region, told) = observations(
        "gdp,a,2022,,,\"1,234\",,,,,,s,\n\
         gdp,a,2022-13,,,1,,,,,,s,\n\
         gdp,a,2021,women,,1,,,,,,s,\n\
         gdp,a,2020,,2023-02-30,1,,,,,,s,\n\
         gdp,a,2019,,,1,yuan,,,,,s,\n\
         gdp,a,2018,,,1,,X,,,,s,\n\
         gdp,a,2017,,,1,,,near,,,s,\n\
         gdp,,2016,,,1,,,,,,s,\n\
         gdp,a,2015,,,1,,,,,,,\n\
         gdp,a,2014,,,nan,,,,,,s,\n",
    );
    let expected = [
        "F011 2:14",
        "F012 3:7",
        "F015 4:12",
        "F013 5:13",
        "F016 6:16",
        "F015 7:17",
        "F015 8:18",
        "F009 9:5",
        "F009 10:21",
        "F011 11:14",
    ];
    assert_eq!(told, expected);
    assert!(region.observations.is_empty());
}

#[test]
fn values_statuses_intervals_units_and_keys_are_checked() {
    let (region, told) = observations(
        "gdp,a,2022,,,,,,,,,s,\n\
         gdp,a,2021,,,5,,O,,,,s,\n\
         gdp,a,2020,,,5,,,,6,7,s,\n\
         gdp,a,2019,,,5,,,,,4,s,\n\
         gdp,a,2018,,,5,{person},,,,,s,\n\
         gdp,a,2017,_T,,5,,,,,,s,\n\
         population,a,2017,,,5,,,,,,s,\n\
         gdp,a,2017,,,6,,,,,,s,\n\
         population,a,2017,,2020-01-01,5,,,,,,s,\n",
    );
    assert_eq!(told, ["V002 2:14", "V003 3:14", "V001 4:19", "V001 5:20", "U001 6:16", "R001 9:1"]);
    let rows = region.observations.rows(region.symbols.get("gdp").expect("known")).expect("rows");
    let lines: Vec<u32> = rows.origin.iter().map(|origin| origin.line).collect();
    assert_eq!(lines, [3, 4, 5, 7]);
    assert_eq!((rows.value(0), rows.value(1), rows.interval(1)), (None, Some(5.0), (None, None)));
}

#[test]
fn rows_and_headers_that_cannot_be_read_are_told() {
    let (_, rows) = observations("gdp,a,2022\ngdp,a,2022,,,1,,,,,,s,,x\ngdp,\"a,2022,,,1,,,,,,s,\n");
    assert_eq!(rows, ["F006 2:11", "F006 3:24", "F008 4:5"]);
    let (_, findings) = read(&[("data/observations.csv", "indicator_id,place_id,perod,value,value\ngdp,a,2022,1,2\n")]);
    let file = "data/observations.csv:1";
    assert_eq!(
        told(&findings),
        [format!("F004 {file}:0"), format!("F004 {file}:0"), format!("F005 {file}:23"), format!("F020 {file}:35")]
    );
    let (_, findings) = read(&[("data/places.csv", "")]);
    assert_eq!(told(&findings), ["F004 data/places.csv:1:0"]);
}

#[test]
fn bytes_that_are_no_text_are_told_and_their_row_left_out() {
    let folder = folder(&[]);
    let mut bytes = format!("{HEADER}gdp,a,2022,,,1,,,,,,s,甲").into_bytes();
    bytes.extend(b"\xff\ngdp,a,2021,,,2,,,,,,s,\n");
    fs::write(folder.path().join("data/observations.csv"), bytes).expect("written");
    fs::write(folder.path().join("data/places.csv"), b"place_id,kind,name,source_id\na,x,\xe4\xba,s\nb,x,B,s\n")
        .expect("written");
    let (region, findings) = Region::read(folder.path());
    assert_eq!(told(&findings), ["F007 data/observations.csv:2:24", "F007 data/places.csv:2:5"]);
    assert_eq!((region.observations.len(), region.places.len()), (1, 1));
}

#[test]
fn small_tables_are_checked_by_type() {
    let places = "place_id,kind,name,parent_id,straddles,lon,lat,valid_from,valid_to,source_id\n\
        Region,region,R,,,,,,,s\n\
        a,big city,A,region,,x,2,,,s\n\
        b,city,,region,,1,2,2014-2,,s\n\
        c,city,C,region,a;b,1,2,,2020-01-32,s\n\
        c,city,C,region,,1,2,,,s\n";
    let (region, findings) = read(&[("data/places.csv", places)]);
    let file = "data/places.csv";
    let expected = [
        format!("F010 {file}:2:1"),
        format!("F010 {file}:3:3"),
        format!("F011 {file}:3:22"),
        format!("F009 {file}:4:8"),
        format!("F013 {file}:4:21"),
        format!("F013 {file}:5:26"),
        format!("R001 {file}:6:1"),
    ];
    assert_eq!(told(&findings), expected);
    assert_eq!(region.places.len(), 1);
    assert_eq!(region.places[0].straddles.len(), 2);
}

#[test]
fn a_flood_of_one_kind_is_cut_short() {
    let rows: String = (0..5000).map(|row| format!("gdp,a{row},2022,,,x,,,,,,s,\n")).collect();
    let (_, findings) = read(&[("data/observations.csv", &format!("{HEADER}{rows}"))]);
    assert_eq!(findings.len(), 100);
    assert_eq!(findings[99].location.line, 101);
    assert!(
        findings[99].message.ends_with("(and the same in 4900 more places of this column)"),
        "{}",
        findings[99].message
    );
}

#[test]
fn missing_files_and_packages_are_told() {
    let folder = folder(&[]);
    fs::remove_file(folder.path().join("data/places.csv")).expect("removed");
    let (_, findings) = Region::read(folder.path());
    assert_eq!(told(&findings), ["F001 datapackage.json:2:3"]);
    fs::remove_file(folder.path().join("datapackage.json")).expect("removed");
    let (region, findings) = Region::read(folder.path());
    assert_eq!(told(&findings), ["F002 datapackage.json:0:0"]);
    assert!(region.places.is_empty());
}

#[test]
fn a_cell_can_be_found_again() {
    let folder = folder(&[]);
    let (region, _) = Region::read(folder.path());
    let mut locator = Locator::new(&region);
    let row = region.places[1].origin;
    let mut column = |name: &str| locator.cell(row, name).column;
    assert_eq!([column("place_id"), column("name_zh"), column("parent_id"), column("code")], [1, 10, 12, 30]);
    assert_eq!([column("note"), locator.cell(row, "note").line], [0, 3]);
}

#[test]
fn an_indicator_that_is_not_in_the_table_is_held_in_one_unit() {
    let rows = ["wage,a,2020,,,3,10*3.{CNY},,,,,s,\n", "wage,a,2021,,,5,10*4.{CNY},,,,,s,\n"];
    let read = |text: &str| {
        let (region, told) = observations(text);
        assert!(told.is_empty());
        let id = region.symbols.get("wage").expect("known");
        let rows = region.observations.rows(id).expect("rows");
        let unit = rows.unit.as_ref().map(|unit| unit.text().to_owned());
        let mut values = [rows.value(0), rows.value(1)];
        values.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
        (unit, values, region.digest(id))
    };
    let one_way = read(&rows.concat());
    assert_eq!((one_way.0.as_deref(), one_way.1), (Some("10*3.{CNY}"), [Some(3.0), Some(50.0)]));
    assert_eq!(read(&[rows[1], rows[0]].concat()), one_way);
}
