//! Analyses as measures of a small region: their sample, their rows and what these rest on, what is found wrong.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

#[allow(dead_code)]
mod cities;
mod support;

use cities::{Tables, rows, study};
use umbel_study::View;

const SCHOOLING: &str = "schooling,p1,2021,,,12,,,
    schooling,p2,2021,,,9,,,
    schooling,q1,2021,,,10,,E,
    schooling,p1,2022,,,12,,,
    schooling,p2,2022,,,12,,,
    schooling,q1,2022,,,12,,,";

fn moran(further: &str) -> String {
    format!("[m]\nmethod = \"moran\"\nof = \"schooling\"\nweights = \"knn:1\"\ntitle = \"M\"\n{further}")
}

#[test]
fn a_figure_about_all_places_is_written_at_the_region_and_rests_on_every_row() {
    let tables = Tables { observations: SCHOOLING, ..Tables::default() };
    let (found, unit) = rows(&tables, &moran("among = { kind = \"city\" }"));
    assert_eq!(unit, "1");
    // Nearest by great circle: p1 and q1 each other's, p1 that of p2. In 2022 all figures are the same.
    let figure = |row: &str| -> f64 { row.split(' ').nth(2).expect("a figure").parse().expect(row) };
    assert_eq!(found.len(), 2, "{found:?}");
    let z = [12.0 - 31.0 / 3.0, 9.0 - 31.0 / 3.0, 10.0 - 31.0 / 3.0];
    let wanted = (z[0] * z[2] + z[1] * z[0] + z[2] * z[0]) / (z[0] * z[0] + z[1] * z[1] + z[2] * z[2]);
    assert!((figure(&found[0]) - wanted).abs() < 1e-8, "{found:?} {wanted}");
    assert!(found[0].starts_with("region 2021") && found[0].contains(" E"), "{found:?}");
    for row in ["schooling@p1@2021", "schooling@p2@2021", "schooling@q1@2021"] {
        assert!(found[0].contains(row), "{found:?}");
    }
    assert!(found[1].starts_with("region 2022 - M"), "{found:?}");
}

#[test]
fn the_whole_outcome_can_be_asked_for() {
    let tables = Tables { observations: SCHOOLING, ..Tables::default() };
    let (_folder, study, told) = study(&tables, &moran("periods = \"2021\""));
    assert!(told.is_empty(), "{told:?}");
    let analysed = study.analysed(0, View::default()).expect("it runs").expect("an analysis");
    assert_eq!(analysed.len(), 1);
    let outcome = analysed[0].outcome.as_ref().expect("an outcome");
    assert_eq!((analysed[0].period.to_string(), analysed[0].places.len()), ("2021".to_owned(), 3));
    assert!(outcome.number("statistic").is_some());
}

const WATER: &str = "water,p1,2021,trade=farm,,20,,,
    water,p1,2021,trade=mill,,10,,,
    water,p1,2021,trade=shop,,10,,,
    water,p1,2021,,,40,,,
    water,p1,2021,sex=f,,22,,,
    water,p2,2021,trade=farm,,0,,,
    water,p2,2021,trade=mill,,10,,,
    water,p2,2021,trade=shop,,50,,E,
    water,q1,2021,trade=farm,,5,,,
    water,p1,2022,trade=farm,,1,,,
    water,p1,2022,trade=shop,,3,,,";

#[test]
fn an_indicator_is_spread_over_its_breakdown() {
    let tables = Tables { observations: WATER, ..Tables::default() };
    let measure = "[m]\nmethod = \"location_quotient\"\nof = \"water\"\ntitle = \"M\"\n";
    let (found, _) = rows(&tables, &format!("{measure}breakdown = \"trade\"\nperiods = \"2021\""));
    // Worked out by hand: p1 has half of its water on farms, all places have a fifth; q1 lacks two industries.
    let begins = ["p1 2021 [trade=farm] 2.5 ", "p1 2021 [trade=mill] 1.25 ", "p1 2021 [trade=shop] 0.41666"];
    assert!(begins.iter().zip(&found).all(|(begin, row)| row.starts_with(begin)), "{found:#?}");
    assert_eq!((found.len(), found.iter().filter(|row| row.starts_with("q1")).count()), (6, 0), "{found:#?}");
    // Neither the total nor another dimension is behind it.
    assert!(found[0].contains("water@p2@2021") && !found[0].contains("sex=f"), "{found:#?}");
    // A period has the codes of which it has figures.
    let (found, _) = rows(&tables, &format!("{measure}breakdown = \"trade\"\nperiods = \"2022\""));
    assert_eq!(found.len(), 2, "{found:#?}");
    let told = |further: &str| study(&tables, &format!("{measure}{further}")).2.join("\n");
    assert!(told("").contains("at least 2"), "{}", told(""));
    assert!(told("breakdown = \"trade\"\nindustry = \"farm\"").contains("every industry is written"));
}

/// The measures that the documentation shows of analyses: they are what they say, on figures made for it.
#[test]
fn the_documented_analyses_are_measures() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/measures.md");
    let text = std::fs::read_to_string(path).expect("docs/measures.md");
    let part = text.split("\n## ").find(|part| part.starts_with("Analyses")).expect("a section on analyses");
    let measures = part.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let mut observations = String::new();
    for (at, place) in ["p1", "p2", "q1"].iter().enumerate() {
        for year in 2013..=2022 {
            observations += &format!("dust,{place},{year},,,{},,,\n", 90 - (year - 2013) * (at as i32 + 3));
        }
        observations += &format!("gdp,{place},2022,,,{},,,\npopulation,{place},2022,,,{},,,\n", at + 1, at + 2);
        for (code, used) in [("farms", 5 - at), ("homes", 2 + at)] {
            observations += &format!("water,{place},2022,use={code},,{used},,,\n");
        }
    }
    let tables = Tables { observations: &observations, ..Tables::default() };
    let (_folder, study, told) = study(&tables, measures);
    assert!(told.is_empty(), "{told:?}");
    let begins = |measure: usize, begin: &str, number: usize| {
        let node = study.measure_node(measure, View::default()).expect("it runs");
        let lines = cities::lines(&study, &node);
        assert!(lines.len() == number && lines[0].starts_with(begin), "{lines:#?}");
    };
    let ids: Vec<&str> = study.measures.iter().map(|measure| study.region.id(measure.id)).collect();
    assert_eq!(ids, ["output_gini", "dust_trend", "dust_spread", "water_quotient"]);
    begins(0, "region 2022 0.", 1);
    begins(1, "p1 2013/2022 -3 ", 3);
    begins(2, "p 2013 0", 10);
    begins(3, "p1 2022 [use=farms] 1.", 6);
}

#[test]
fn what_is_wrong_is_found_at_its_place() {
    let tables = Tables { observations: SCHOOLING, ..Tables::default() };
    let told = |further: &str| study(&tables, &moran(further)).2;
    let result = told("result = \"statistics\"");
    assert!(result.iter().any(|line| line.contains("6:10 moran gives no result \"statistics\"")), "{result:?}");
    let among = told("among = { kind = \"cty\" }");
    assert!(among.iter().any(|line| line.contains("\"cty\"")), "{among:?}");
}
