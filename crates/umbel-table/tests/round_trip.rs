//! What is written is read again; bytes of any kind never end in a panic.

#![allow(clippy::expect_used)]

use proptest::prelude::*;
use std::fs;
use std::path::Path;
use umbel_table::package::{self, Description};
use umbel_table::schema::{TABLES, TableSpec, Type};
use umbel_table::{Region, export};

const PACKAGE: &str = r#"{"name": "t", "resources": [{"name": "o", "path": "FILE", "umbel:table": "TABLE"}]}"#;

/// A cell that fits its column; required cells are never empty.
fn cell(kind: Type, required: bool, row: usize) -> BoxedStrategy<String> {
    let full: BoxedStrategy<String> = match kind {
        Type::Id => Just(format!("id-{row}")).boxed(),
        Type::IdList => Just("city;core".to_owned()).boxed(),
        Type::Reference(_) => prop_oneof!["[a-z][a-z0-9]{0,5}", Just(format!("row{row}"))].boxed(),
        Type::ReferenceList(_) => "[a-z]{1,3}(;[a-z]{1,3}){0,2}".boxed(),
        Type::Text => "[a-zé京,\"\n ]{1,8}".boxed(),
        Type::Number => (0_u32..4000).prop_map(|n| (f64::from(n) / 4.0).to_string()).boxed(),
        Type::NumberOrPercent => Just("0.25".to_owned()).boxed(),
        Type::Integer => (-5_i32..99).prop_map(|n| n.to_string()).boxed(),
        Type::Date => (2000_i16..2030, 1_i8..=12).prop_map(|(y, m)| format!("{y}-{m:02}-28")).boxed(),
        Type::Period => (1900_i16..2100).prop_map(|y| format!("{y}-Q3/{}", y + 1)).boxed(),
        Type::Bool => Just("true".to_owned()).boxed(),
        Type::Unit => Just("{CNY}".to_owned()).boxed(),
        Type::Status => Just("E".to_owned()).boxed(),
        Type::Breakdown => "age=[0-9]{1,3};sex=[FM]".boxed(),
        Type::Word(words) => proptest::sample::select(words).prop_map(str::to_owned).boxed(),
    };
    if required { full } else { prop_oneof![3 => full, 1 => Just(String::new())].boxed() }
}

fn rows(table: &'static TableSpec) -> BoxedStrategy<Vec<Vec<String>>> {
    let row = |row: usize| -> Vec<BoxedStrategy<String>> {
        let required =
            |name: &str| matches!(name, "value" | "cost" | "cost_unit" | "budget" | "budget_unit" | "lon" | "lat");
        table.columns.iter().map(|c| cell(c.kind, c.required || c.key || required(c.name), row)).collect()
    };
    (1_usize..20).prop_flat_map(move |count| (0..count).map(row).collect::<Vec<_>>()).boxed()
}

fn read(folder: &Path, file: &str, table: &str) -> (Region, Vec<umbel_core::Finding>) {
    fs::write(folder.join("datapackage.json"), PACKAGE.replace("FILE", file).replace("TABLE", table)).expect("written");
    Region::read(folder)
}

/// Writes rows, reads them, and writes and reads what was read, as CSV and as Parquet.
fn round(table: &'static TableSpec, rows: &[Vec<String>]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let header: Vec<String> = table.columns.iter().map(|column| column.name.to_owned()).collect();
    for name in ["a.csv", "a.parquet"] {
        let all = |put: &mut dyn FnMut(&[&str])| {
            rows.iter().for_each(|row| put(&row.iter().map(String::as_str).collect::<Vec<_>>()));
        };
        export::write_rows(&path(name), table, &header, all).expect("written");
    }
    let (first, findings) = read(folder.path(), "a.csv", table.name);
    assert!(findings.iter().all(|f| matches!(f.code.id, "V001" | "R001")), "{findings:?}");
    let (parquet, _) = read(folder.path(), "a.parquet", table.name);
    export::write_table(&first, table, &path("b.csv")).expect("written");
    export::write_table(&parquet, table, &path("c.csv")).expect("written");
    let (second, findings) = read(folder.path(), "b.csv", table.name);
    assert!(findings.iter().all(|f| f.code.id == "V001"), "{findings:?}");
    export::write_table(&second, table, &path("d.csv")).expect("written");
    let text = |name: &str| fs::read_to_string(path(name)).expect("there");
    assert_eq!(text("b.csv"), text("d.csv"));
    assert_eq!(text("b.csv"), text("c.csv"));
    let (third, _) = read(folder.path(), "d.csv", table.name);
    for (indicator, rows) in &second.observations.by_indicator {
        let id = second.id(*indicator);
        let digest = |region: &Region| region.digest(region.symbols.get(id).expect("known"));
        assert_eq!(digest(&second), digest(&third));
        assert_eq!(digest(&first), digest(&parquet));
        assert_eq!(rows.len(), rows.place.len());
    }
    if first.observations.is_empty() && table.name != "observations" {
        // No row is lost but for those that repeat a key.
        let kept = text("b.csv").lines().count();
        assert!(kept > 1 || rows.is_empty(), "{}", table.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn every_table_survives_a_round((table, rows) in proptest::sample::select(TABLES.iter().collect::<Vec<_>>()).prop_flat_map(|table| (Just(table), rows(table)))) {
        round(table, &rows);
    }

    #[test]
    fn observations_survive_a_round(rows in rows(TableSpec::find("observations").expect("there"))) {
        round(TableSpec::find("observations").expect("there"), &rows);
    }
}

proptest! {
    #[test]
    fn no_bytes_end_in_a_panic(
        bytes in proptest::collection::vec(prop_oneof![any::<u8>(), proptest::sample::select(&b",\"\n\r;0a-"[..])], 0..400),
        table in proptest::sample::select(TABLES.iter().collect::<Vec<_>>()),
        header in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let mut content = Vec::new();
        if header {
            let names: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
            content.extend(names.join(",").bytes());
            content.push(b'\n');
        }
        content.extend(&bytes);
        for name in ["x.csv", "x.parquet"] {
            fs::write(folder.path().join(name), &content).expect("written");
            read(folder.path(), name, table.name);
        }
        fs::create_dir(folder.path().join("geo")).expect("made");
        fs::write(folder.path().join("geo/x.geojson"), &bytes).expect("written");
        fs::write(folder.path().join("datapackage.json"), &bytes).expect("written");
        Region::read(folder.path());
        fs::remove_file(folder.path().join("datapackage.json")).expect("removed");
        package::write(folder.path(), &Description::default()).expect("written");
        Region::read(folder.path());
    }

    #[test]
    fn a_damaged_parquet_file_is_a_finding(at in 4_usize..2000, byte in any::<u8>()) {
        let folder = tempfile::tempdir().expect("a folder");
        let table = TableSpec::find("observations").expect("there");
        let header: Vec<String> = table.columns.iter().map(|column| column.name.to_owned()).collect();
        let path = folder.path().join("x.parquet");
        export::write_rows(&path, table, &header, |put| {
            for year in 1900..2000 {
                put(&["gdp", "a", &year.to_string(), "", "2001-02-03", "1.5", "", "", "", "", "", "s", ""]);
            }
        }).expect("written");
        let mut bytes = fs::read(&path).expect("there");
        let at = at % bytes.len();
        bytes[at] = byte;
        fs::write(&path, bytes).expect("written");
        read(folder.path(), "x.parquet", "observations");
    }
}
