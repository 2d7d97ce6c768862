//! Whole imports: messy files into a small region.

use super::*;
use std::fs;
use std::path::Path;

/// A region with one place, one indicator, one source.
fn region() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let languages = vec!["en".to_owned(), "zh".to_owned()];
    let mut description = Description { name: "r".into(), languages: languages.clone(), ..Description::default() };
    let mut files = Vec::new();
    for (table, rows) in [
        ("sources", "s,S,,,,CC0,,typed,sourced,,\n"),
        ("places", "region,region,Region,,,,1,1,,,s,\nmaine,state,Maine,缅因,region,,2,2,,,s,\n"),
        (
            "indicators",
            "people,People,,{person},up,stock,sum,,,,,,,\nmoney,Money,,10*6.{USD},up,flow,sum,,,,,,,\nshare,Share,,1,up,share,none,,,,,,,\n",
        ),
        ("observations", ""),
    ] {
        let spec = TableSpec::find(table).expect("a table");
        let header = columns_of(spec, &languages);
        let path = format!("data/{table}.csv");
        files.push((folder.path().join(&path), format!("{}\n{rows}", header.join(",")).into_bytes()));
        let file = FileDescription { path, table: table.into(), columns: header, ..FileDescription::default() };
        description.files.push(file);
    }
    let package = render(folder.path(), None, &description).expect("text");
    files.push((folder.path().join("datapackage.json"), package.into_bytes()));
    write_together(&files).expect("written");
    folder
}

fn request(region: &Path, name: &str, text: &[u8], table: &str) -> Request {
    let file = region.join(name);
    fs::write(&file, text).expect("written");
    Request { file, table: table.into(), region: region.to_owned(), ..Request::default() }
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

fn held(region: &Path, path: &str) -> String {
    fs::read_to_string(region.join(path)).expect("a file")
}

fn told(outcome: &Outcome) -> Vec<(&'static str, u32, u32)> {
    outcome.findings.iter().map(|f| (f.code.id, f.location.line, f.location.column)).collect()
}

#[test]
fn a_messy_file_becomes_tidy_rows() {
    let folder = region();
    let text =
        "State;Year;Budget;Note\nMAINE;2020;$ 1.234,50;\"a; b\"\nmaine;2021;n/a;\nMaine;2022;1.300 p;\nMaine;2023;;\n";
    let mut request = request(folder.path(), "b.csv", text.as_bytes(), "observations");
    request.set = pairs(&[("indicator_id", "money"), ("source_id", "s")]);
    let outcome = import(&request).expect("read");
    assert_eq!(told(&outcome), []);
    assert_eq!((outcome.added, outcome.replaced, outcome.rows), (3, 0, 4));
    let table = held(folder.path(), "data/observations.csv");
    let rows: Vec<&str> = table.lines().skip(1).collect();
    assert_eq!(
        rows,
        ["money,maine,2020,,,1234.50,,,,,,s,a; b", "money,maine,2021,,,,,O,,,,s,", "money,maine,2022,,,1300,,P,,,,s,",]
    );
    // The same again is a finding a row; with --replace nothing changes.
    let again = import(&request).expect("read");
    assert_eq!(told(&again), [("R001", 2, 1), ("R001", 3, 1), ("R001", 4, 1)]);
    assert!(!again.written);
    request.replace = true;
    let again = import(&request).expect("read");
    assert_eq!((again.added, again.replaced), (0, 3));
    assert_eq!(held(folder.path(), "data/observations.csv"), table);
}

#[test]
fn every_problem_is_told_at_once_and_nothing_is_written() {
    let folder = region();
    let before = held(folder.path(), "data/observations.csv");
    let text = "place,year,value,unit\nMaine,2020,1 234 km,\nAtlantis,20x0,€ 5,\n,2020,45 %,\nMaine,2021,7,km2\nMaine,2021,8,\n";
    let mut request = request(folder.path(), "b.csv", text.as_bytes(), "observations");
    request.set = pairs(&[("indicator_id", "money")]);
    let outcome = import(&request).expect("read");
    let mut found = told(&outcome);
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("F004", 1, 1),
            ("F009", 4, 1),
            ("F011", 2, 12),
            ("F012", 3, 10),
            ("R001", 6, 1),
            ("R002", 3, 1),
            ("U001", 3, 1),
            ("U001", 4, 1),
            ("U001", 5, 1),
        ]
    );
    assert!(!outcome.written);
    assert_eq!(held(folder.path(), "data/observations.csv"), before);
}

#[test]
fn wide_years_become_rows() {
    let folder = region();
    let text = "Title;;\nState;2010;2020 \nMaine;1 328 361;1 362 359\nSource: census;;\n";
    let mut request = request(folder.path(), "p.csv", text.as_bytes(), "observations");
    request.set = pairs(&[("indicator_id", "people"), ("source_id", "s")]);
    request.to = Some("data/observations-people.csv".into());
    let outcome = import(&request).expect("read");
    assert_eq!(told(&outcome), []);
    let table = held(folder.path(), "data/observations-people.csv");
    assert!(table.ends_with("people,maine,2010,,,1328361,,,,,,s,\npeople,maine,2020,,,1362359,,,,,,s,\n"), "{table}");
    let package: serde_json::Value = serde_json::from_str(&held(folder.path(), "datapackage.json")).expect("JSON");
    assert_eq!(package["resources"][4]["path"], "data/observations-people.csv");
    assert_eq!(package["resources"][4]["umbel:table"], "observations");
    // The same key in another file of the table is seen too.
    request.to = None;
    let outcome = import(&request).expect("read");
    assert!(outcome.findings[0].message.contains("data/observations-people.csv:2"), "{}", outcome.findings[0].message);
}

#[test]
fn wide_columns_are_named_or_found() {
    let folder = region();
    let text = "Place,People,Share of women,Census 2010\nMaine,5,45 %,9\n";
    let mut wide = request(folder.path(), "w.csv", text.as_bytes(), "observations");
    wide.set = pairs(&[("period", "2020"), ("source_id", "s")]);
    wide.wide = Some("indicator_id".into());
    wide.dry = true;
    let outcome = import(&wide).expect("read");
    assert_eq!((told(&outcome), outcome.added, outcome.written), (vec![], 1, false));
    wide.wide = None;
    wide.set = pairs(&[("indicator_id", "people"), ("source_id", "s")]);
    wide.melt = Some(Melt { columns: vec!["Census 2010".into()], name: "period".into(), value: "value".into() });
    wide.dry = false;
    import(&wide).expect("read");
    assert!(held(folder.path(), "data/observations.csv").ends_with("people,maine,2010,,,9,,,,,,s,\n"));
    wide.melt = Some(Melt { columns: vec!["Census 2011".into()], ..Melt::default() });
    assert!(matches!(import(&wide), Err(Failure::Usage(message)) if message.contains("\"Census 2010\"")));
}

#[test]
fn per_cent_signs_are_units() {
    let folder = region();
    let mut request = request(folder.path(), "w.csv", b"place,year,value\nMaine,2020,\"45,5 %\"\n", "observations");
    request.set = pairs(&[("indicator_id", "share"), ("source_id", "s")]);
    assert_eq!(told(&import(&request).expect("read")), []);
    assert!(held(folder.path(), "data/observations.csv").ends_with("share,maine,2020,,,45.5,%,,,,,s,\n"));
}

#[test]
fn features_become_places_with_boundaries() {
    let folder = region();
    let text = r#"{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"STUSPS":"VT","NAME":"Vermont","ALAND":23874000000},"geometry":{"type":"Polygon","coordinates":[[[0,0],[2,0],[2,2],[0,0]]]}},
{"type":"Feature","properties":{"STUSPS":"ME","NAME":"Maine","ALAND":1},"geometry":{"type":"Point","coordinates":[-69,45]}}]}"#;
    let mut request = request(folder.path(), "s.geojson", text.as_bytes(), "places");
    request.set = pairs(&[("kind", "state"), ("parent_id", "region"), ("source_id", "s")]);
    request.id_from = Some("NAME".into());
    request.keep = vec!["STUSPS".into()];
    request.map = pairs(&[("land", "ALAND")]);
    request.column_units = pairs(&[("land", "m2")]);
    let outcome = import(&request).expect("read");
    assert_eq!(told(&outcome), [("R001", 3, 54)], "Maine is there already");
    assert!(!folder.path().join("geo").exists());
    request.replace = true;
    let outcome = import(&request).expect("read");
    assert_eq!((told(&outcome), outcome.added, outcome.replaced, outcome.boundaries), (vec![], 1, 1, 1));
    let table = held(folder.path(), "data/places.csv");
    assert!(table.starts_with(
        "place_id,kind,name,name_zh,parent_id,straddles,lon,lat,valid_from,valid_to,source_id,note,land,stusps\n"
    ));
    assert!(table.contains("\nmaine,state,Maine,缅因,region,,-69,45,,,s,,1,ME\n"), "{table}");
    assert!(table.contains("\nvermont,state,Vermont,,region,,"), "{table}");
    assert!(held(folder.path(), "geo/boundaries.geojson").contains("\"place_id\":\"vermont\""));
    let package: serde_json::Value = serde_json::from_str(&held(folder.path(), "datapackage.json")).expect("JSON");
    let fields = package["resources"][1]["schema"]["fields"].as_array().expect("fields");
    assert_eq!(fields.iter().find(|field| field["name"] == "land").expect("declared")["umbel:unit"], "m2");
    // A place is now found by its code.
    let mut figures = Request { table: "observations".into(), ..request.clone() };
    figures.file = folder.path().join("f.csv");
    fs::write(&figures.file, "state,period,value\nVT,2020,1\n").expect("written");
    (figures.id_from, figures.keep, figures.map, figures.column_units) = (None, vec![], vec![], vec![]);
    figures.set = pairs(&[("indicator_id", "people"), ("source_id", "s")]);
    assert_eq!(told(&import(&figures).expect("read")), []);
    assert!(held(folder.path(), "data/observations.csv").ends_with("people,vermont,2020,,,1,,,,,,s,\n"));
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_read() {
    let folder = region();
    let good = request(folder.path(), "a.csv", b"place,year,value\nMaine,2020,1\n", "observations");
    let usage = |change: &dyn Fn(&mut Request)| {
        let mut request = good.clone();
        change(&mut request);
        match import(&request) {
            Err(Failure::Usage(message)) => message,
            other => panic!("{other:?}"),
        }
    };
    assert!(usage(&|r| r.table = "plases".into()).contains("places"));
    assert!(usage(&|r| r.map = pairs(&[("perid", "year")])).contains("is it period?"));
    assert!(usage(&|r| r.map = pairs(&[("period", "yaer")])).contains("is it \"year\"?"));
    assert!(usage(&|r| r.column_units = pairs(&[("", "yuan")])).contains("yuan"));
    assert!(usage(&|r| r.to = Some("../x.csv".into())).contains("inside"));
    assert!(usage(&|r| r.to = Some("data/places.csv".into())).contains("places"));
    assert!(usage(&|r| r.keep = vec!["all".into()]).contains("keeps no"));
    assert!(usage(&|r| r.id_from = Some("place".into())).contains("no id of their own"));
    assert!(usage(&|r| r.reading.encoding = Some("klingon".into())).contains("klingon"));
    let mut missing = good.clone();
    missing.file = folder.path().join("none.csv");
    assert!(matches!(import(&missing), Err(Failure::Unreadable(_))));
    missing.region = folder.path().join("none");
    assert!(matches!(import(&missing), Err(Failure::Unreadable(message)) if message.contains("umbel init")));
}

#[test]
fn positions_in_a_workbook_are_its_cells() {
    let folder = region();
    let workbook = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/tutorial/population.xlsx");
    let mut request = request(folder.path(), "p.xlsx", &fs::read(workbook).expect("a file"), "observations");
    request.set = pairs(&[("indicator_id", "people"), ("source_id", "s")]);
    request.melt =
        Some(Melt { columns: vec!["Census 2010..Census 2020".into()], name: "period".into(), value: "value".into() });
    let outcome = import(&request).expect("read");
    let file = |at: usize| outcome.findings[at].location.file.rsplit('/').next().expect("a name").to_owned();
    assert_eq!((outcome.findings.len(), file(0), file(9)), (10, "p.xlsx:Census!A5".into(), "p.xlsx:Census!A10".into()));
    assert_eq!((outcome.findings[0].code.id, outcome.findings[0].location.line), ("R002", 0));
    request.reading.sheet = Some("Notes".into());
    assert!(matches!(import(&request), Err(Failure::Usage(_))), "it has none of the columns");
    request.reading.sheet = Some("Note".into());
    assert!(matches!(import(&request), Err(Failure::Usage(message)) if message.contains("Census, Notes")));
    request.file = folder.path().join("q.xlsx");
    fs::write(&request.file, "no workbook").expect("written");
    assert!(matches!(import(&request), Err(Failure::Unreadable(_))));
}

#[test]
fn a_name_that_several_rows_bear_is_no_reference() {
    let folder = region();
    let text = "id,name\na,Springfield\nb,Springfield\n";
    let mut places = request(folder.path(), "p.csv", text.as_bytes(), "places");
    places.set = pairs(&[("kind", "town"), ("parent_id", "Region"), ("source_id", "s")]);
    assert_eq!(told(&import(&places).expect("read")), []);
    let mut figures = request(folder.path(), "f.csv", b"place,year,value\nSpringfield,2020,1\n", "observations");
    figures.set = pairs(&[("indicator_id", "People"), ("source_id", "s")]);
    let outcome = import(&figures).expect("read");
    assert_eq!(told(&outcome), [("R002", 2, 1)]);
    assert!(outcome.findings[0].message.ends_with("may be a or b"), "{}", outcome.findings[0].message);
}

#[test]
fn lengths_are_converted_and_capacities_declared() {
    let folder = region();
    let mut request =
        request(folder.path(), "l.csv", b"id;from;to;length;capacity\nA1;Region;Maine;100;5,5\n", "links");
    request.set = pairs(&[("kind", "road"), ("source_id", "s")]);
    request.column_units = pairs(&[("length", "[mi_i]"), ("capacity", "10*3.{car}/d")]);
    assert_eq!(told(&import(&request).expect("read")), []);
    let table = held(folder.path(), "data/links.csv");
    assert!(table.lines().last().expect("a row").starts_with("a1,road,,,region,maine,,160.9344,,5.5,"), "{table}");
    let package: serde_json::Value = serde_json::from_str(&held(folder.path(), "datapackage.json")).expect("JSON");
    let links = package["resources"].as_array().expect("all").iter().find(|r| r["name"] == "links").expect("links");
    let fields = links["schema"]["fields"].as_array().expect("fields");
    assert_eq!(fields.iter().find(|f| f["name"] == "capacity").expect("there")["umbel:unit"], "10*3.{car}/d");
    assert_eq!(fields.iter().find(|f| f["name"] == "length").expect("there")["umbel:unit"], "km");
    request.column_units = pairs(&[("length", "{car}")]);
    assert!(matches!(import(&request), Err(Failure::Usage(_))));
}

#[test]
fn a_number_that_may_be_two_is_asked_for() {
    let folder = region();
    let mut request = request(folder.path(), "n.csv", b"place;year;value\nMaine;2020;1.234\n", "observations");
    request.set = pairs(&[("indicator_id", "people"), ("source_id", "s")]);
    let outcome = import(&request).expect("read");
    assert_eq!(told(&outcome), [("F011", 2, 12)]);
    assert!(outcome.findings[0].message.contains("1.234 or 1234"), "{}", outcome.findings[0].message);
    request.decimal = Some(',');
    assert_eq!(told(&import(&request).expect("read")), []);
    assert!(held(folder.path(), "data/observations.csv").contains(",1234,"));
}

#[test]
fn what_is_wrong_everywhere_is_told_without_a_flood() {
    let folder = region();
    let rows: String = (0..300).map(|n| format!("Nowhere {n},2020,x\n")).collect();
    let mut request = request(folder.path(), "n.csv", format!("place,year,value\n{rows}").as_bytes(), "observations");
    request.set = pairs(&[("indicator_id", "people"), ("source_id", "nobody")]);
    let outcome = import(&request).expect("read");
    let count = |code: &str| outcome.findings.iter().filter(|finding| finding.code.id == code).count();
    assert_eq!((count("R002"), count("F011"), count("R004")), (100, 100, 1));
    let last = outcome.findings.iter().rfind(|finding| finding.code.id == "R002").expect("there");
    assert!(last.message.ends_with("(and 200 more like it)"), "{}", last.message);
}

#[test]
fn chinese_files_of_chinese_spreadsheets_are_read() {
    let folder = region();
    let text = "某省人口,,\n地区,年份,数值\n缅因,2020年,\"1,234\"\n";
    let (gbk, _, _) = encoding_rs::GBK.encode(text);
    let mut request = request(folder.path(), "z.csv", &gbk, "observations");
    request.set = pairs(&[("indicator_id", "people"), ("source_id", "s")]);
    let outcome = import(&request).expect("read");
    assert_eq!(outcome.findings[0].code.id, "F007");
    assert!(outcome.findings[0].fix.contains("gbk"), "{}", outcome.findings[0].fix);
    request.reading.encoding = Some("gbk".into());
    request.thousands = Some(',');
    assert_eq!(told(&import(&request).expect("read")), []);
    assert!(held(folder.path(), "data/observations.csv").ends_with("people,maine,2020,,,1234,,,,,,s,\n"));
    // No id can be made of a name in another script; a column of codes will do.
    let text = "名称,代码\n北京市,110000\n";
    let mut places = Request { table: "places".into(), ..request.clone() };
    fs::write(&places.file, encoding_rs::GBK.encode(text).0).expect("written");
    places.set = pairs(&[("kind", "city"), ("source_id", "s"), ("parent_id", "region")]);
    places.map = pairs(&[("name", "名称"), ("place_id", "名称")]);
    assert_eq!(told(&import(&places).expect("read")), [("F010", 2, 1)]);
    places.map = pairs(&[("name_zh", "名称"), ("name", "名称")]);
    assert_eq!(told(&import(&places).expect("read")), []);
    assert!(held(folder.path(), "data/places.csv").contains("110000,city,北京市,北京市,region"));
}

mod any_input {
    use super::*;
    use proptest::prelude::*;

    thread_local! {
        static REGION: tempfile::TempDir = region();
    }

    /// Imports what can be anything into a region that the cases of a test share.
    fn tried(bytes: &[u8], name: &str, table: &str) {
        REGION.with(|folder| {
            let before = held(folder.path(), "data/places.csv");
            let mut request = request(folder.path(), name, bytes, table);
            request.set = pairs(&[("source_id", "s")]);
            request.dry = true;
            // Whatever comes of it, it comes back, and nothing is written.
            let _ = import(&request);
            assert_eq!(held(folder.path(), "data/places.csv"), before);
        });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn text_never_panics(text in "[a-z0-9,;\t\"\n\r. €%<>~-é京年]{0,120}") {
            tried(text.as_bytes(), "x.csv", "observations");
            tried(format!("name,place,year,value\n{text}").as_bytes(), "x.csv", "observations");
            tried(format!("name;kind;lon;lat\n{text}").as_bytes(), "x.csv", "places");
        }

        #[test]
        fn bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            for name in ["x.csv", "x.geojson", "x.xlsx", "x.ods", "x.xls", "x.parquet"] {
                tried(&bytes, name, "places");
            }
        }

        #[test]
        fn damaged_geojson_never_panics(at in 0_usize..8000, byte in any::<u8>()) {
            let whole = include_bytes!("../../../../docs/tutorial/states.geojson");
            let mut bytes = whole.to_vec();
            let at = at.min(bytes.len() - 1);
            bytes[at] = byte;
            tried(&bytes, "x.geojson", "places");
        }

        #[test]
        fn a_damaged_workbook_never_panics(at in 0_usize..5700, byte in any::<u8>()) {
            let whole = include_bytes!("../../../../docs/tutorial/population.xlsx");
            let mut bytes = whole.to_vec();
            let at = at.min(bytes.len() - 1);
            bytes[at] = byte;
            tried(&bytes, "x.xlsx", "observations");
        }
    }
}
