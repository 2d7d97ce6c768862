//! A large file read a second time: parsed chunks are found again, and nothing else changes.

#![allow(clippy::expect_used)]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use umbel_table::Region;

const HEADER: &str = "indicator_id,place_id,period,breakdown,vintage,value,unit,status,bound,low,high,source_id,note\n";
const INDICATORS: [&str; 3] = ["area", "gdp", "population"];

/// A file above the size from which chunks are kept.
fn text() -> String {
    let mut text = HEADER.to_owned();
    for place in 0..1500 {
        for indicator in INDICATORS {
            for year in 2000..2020 {
                let value = place * 17 + year;
                let note = if year == 2007 { "\"first,\nrelease\"" } else { "" };
                let unit = if indicator == "area" { "km2" } else { "" };
                let _ = writeln!(
                    text,
                    "{indicator},place-{place},{year},,{year}-12-01,{value}.5,{unit},,,,,statistical-yearbook-of-the-region-compiled-by-the-office-of-statistics,{note}"
                );
            }
        }
    }
    text
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let package = r#"{"name": "r", "resources": [{"name": "o", "path": "o.csv", "umbel:table": "observations"}]}"#;
    fs::write(folder.path().join("datapackage.json"), package).expect("written");
    folder
}

fn cached(folder: &Path) -> usize {
    fs::read_dir(folder.join(".umbel/observations")).map_or(0, Iterator::count)
}

/// All that a region says about its observations.
fn content(region: &Region) -> String {
    let mut content = String::new();
    for (indicator, rows) in &region.observations.by_indicator {
        let _ = writeln!(content, "{} {:?} {:?}", region.id(*indicator), rows.vintages(), rows.digest());
        for row in 0..rows.len() {
            let place = region.id(rows.place[row]);
            let (period, origin) = (rows.period[row], rows.origin[row]);
            let note = region.observations.notes.get(&origin);
            let _ = writeln!(content, "{place} {period} {:?} {origin:?} {note:?}", rows.value(row));
        }
    }
    content
}

#[test]
fn a_second_reading_says_the_same() {
    let (folder, text) = (folder(), text());
    let file = folder.path().join("o.csv");
    fs::write(&file, &text).expect("written");
    let (cold, findings) = Region::read(folder.path());
    assert_eq!(findings, []);
    assert_eq!(cold.observations.len(), 90_000);
    let chunks = cached(folder.path());
    assert!(chunks > 5, "{chunks}");
    let expected = content(&cold);
    let (warm, findings) = Region::read(folder.path());
    assert_eq!((findings.len(), cached(folder.path())), (0, chunks));
    assert!(content(&warm) == expected);

    // A damaged chunk is parsed anew.
    for entry in fs::read_dir(folder.path().join(".umbel/observations")).expect("there") {
        let path = entry.expect("there").path();
        let mut bytes = fs::read(&path).expect("there");
        let at = bytes.len() / 2;
        bytes[at] ^= 0x55;
        fs::write(&path, bytes).expect("written");
    }
    let (again, findings) = Region::read(folder.path());
    assert_eq!(findings, []);
    assert!(content(&again) == expected);

    // One changed figure changes one digest and one chunk.
    let edited = text.replacen("gdp,place-1000,2010,,2010-12-01,19010.5", "gdp,place-1000,2010,,2010-12-01,9.5", 1);
    fs::write(&file, edited).expect("written");
    let (edited, _) = Region::read(folder.path());
    for indicator in INDICATORS {
        let id = cold.symbols.get(indicator).expect("known");
        assert_eq!(edited.id(id), indicator);
        assert_eq!(edited.digest(id) == cold.digest(id), indicator != "gdp");
    }
    let kept = cached(folder.path());
    assert!((chunks + 1..=chunks + 2).contains(&kept), "{kept} after {chunks}");

    // A moved line changes places, not digests.
    fs::write(&file, text.replacen(HEADER, &format!("{HEADER}\n"), 1)).expect("written");
    let (moved, _) = Region::read(folder.path());
    let id = cold.symbols.get("gdp").expect("known");
    assert_eq!(moved.digest(id), cold.digest(id));
    let line = |region: &Region| region.observations.rows(id).map(|rows| rows.origin[0].line);
    assert_eq!(line(&moved), line(&cold).map(|line| line + 1));
}

#[test]
fn what_is_wrong_is_told_every_time() {
    let (folder, text) = (folder(), text());
    let broken = text
        .replacen("gdp,place-7,2010,,2010-12-01", "gdp,place-7,2011,,2011-12-01", 1)
        .replacen("area,place-9,2000,,2000-12-01,2153.5,km2", "area,place-9,2000,,2000-12-01,2153.5,{person}", 1)
        .replacen("population,place-1400,2003,,2003-12-01,25803.5", "population,place-1400,2003,,2003-12-01,many", 1);
    fs::write(folder.path().join("o.csv"), broken).expect("written");
    let told = || -> Vec<(&str, u32, u32)> {
        let findings = Region::read(folder.path()).1;
        findings.iter().map(|finding| (finding.code.id, finding.location.line, finding.location.column)).collect()
    };
    let first = told();
    let expected = ["R001", "U001", "F011"];
    assert_eq!(first.iter().map(|(code, ..)| *code).collect::<Vec<_>>(), expected);
    assert_eq!(first, told());
}

#[test]
fn a_parquet_file_is_found_again_too() {
    let folder = folder();
    let package = r#"{"name": "r", "resources": [{"name": "o", "path": "o.parquet", "umbel:table": "observations"}]}"#;
    fs::write(folder.path().join("datapackage.json"), package).expect("written");
    let table = umbel_table::schema::TableSpec::find("observations").expect("there");
    let header: Vec<String> = table.columns.iter().map(|column| column.name.to_owned()).collect();
    // Notes that hardly compress, so that the file is large with few rows.
    let mut state = 1_u64;
    let mut note = || -> String {
        let mut digit = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from_digit((state >> 59) as u32, 32).expect("a digit")
        };
        (0..8000).map(|_| digit()).collect()
    };
    umbel_table::export::write_rows(&folder.path().join("o.parquet"), table, &header, |put| {
        for row in 0..2000 {
            let (place, value, note) = (format!("place-{row}"), row.to_string(), note());
            put(&["gdp", &place, "2020", "", "2021-02-03", &value, "", "", "", "", "", "yearbook", &note]);
        }
    })
    .expect("written");
    let (cold, findings) = Region::read(folder.path());
    assert_eq!((findings.len(), cold.observations.len()), (0, 2000));
    assert!(cached(folder.path()) > 1);
    let (warm, findings) = Region::read(folder.path());
    assert_eq!(findings, []);
    assert!(content(&warm) == content(&cold));
}
