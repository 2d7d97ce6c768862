//! Plans written as TOML files.

use crate::*;

const FILE: &str = r#"
[projects.mill]
title = { en = "A mill", zh = "工厂" }
kind = "work"
finish = 2024
cost = 3
cost_unit = "10*8.{CNY}"
source_id = "office"

[[projects.mill.stages]]
stage = "operating"
date = 2021

[[projects.mill.effects]]
op = "shift"
table = "observations"
key = "beds@n1"
stage = "operating"
value = 25
low = 20
high = 40

[[projects.mill.effects]]
effect_id = "mill-line"
op = "add"
table = "links"
key = "new"
from = 2022
columns = { kind = "rail", from_place_id = "n1", to_place_id = "s2", time = { value = 0.5, unit = "h" } }

[plans.with-mill]
title = "With a mill"
projects = ["p0", "mill"]
horizon = 2025
"#;

/// The study of one effect, with a file of plans beside its tables.
fn with_file(text: &str) -> (tempfile::TempDir, Study, Vec<umbel_core::Finding>) {
    let (folder, _) = study(&["e1,p0,shift,observations,beds@n2@2022,,,-100,,,,office,".to_owned()]);
    std::fs::create_dir(folder.path().join("plans")).expect("a folder");
    std::fs::write(folder.path().join("plans/mill.toml"), text).expect("written");
    let (study, mut findings) = Study::open(folder.path());
    findings.extend(check(&study));
    (folder, study, findings)
}

#[test]
fn a_file_of_plans_says_what_rows_of_the_tables_would_say() {
    let (_folder, from_file, findings) = with_file(FILE);
    assert!(findings.is_empty(), "{}", list(&findings));
    let plan = from_file.planned(&Choice::plan("with-mill")).expect("sound");
    assert_eq!(value(&plan, "beds@n1@2020"), Some(600.0));
    assert_eq!((value(&plan, "beds@n1@2022"), value(&plan, "beds@n2@2022")), (Some(625.0), Some(100.0)));
    assert_eq!((value(&plan, "minutes@s2@2020"), value(&plan, "minutes@s2@2022")), (Some(150.0), Some(30.0)));
    let rows: Vec<String> = from_file
        .region
        .effects
        .iter()
        .filter(|effect| from_file.region.id(effect.project) == "mill")
        .map(|row| {
            format!("{} {} {} {}", from_file.region.id(row.id), row.column, row.value, from_file.region.id(row.source))
        })
        .collect();
    let expected = [
        "mill.1  25 office",
        "mill-line.kind kind rail office",
        "mill-line.from_place_id from_place_id n1 office",
        "mill-line.to_place_id to_place_id s2 office",
        "mill-line.time time 0.5 office",
    ];
    assert_eq!(rows, expected);
    let mill = from_file.region.projects.iter().find(|row| from_file.region.id(row.id) == "mill").expect("read");
    assert_eq!((mill.title.get("en"), mill.title.get("zh")), ("A mill", "工厂"));
    // Where a changed figure comes from is the entry.
    let figure = plan.figure("beds@n1@2022", View::default()).expect("a figure");
    assert_eq!(value(&plan, "beds@north@2022"), Some(725.0));
    drop(figure);
}

#[test]
fn what_is_wrong_with_a_file_of_plans_has_line_and_column() {
    let wrong = FILE
        .replace("finish = 2024", "finish = \"soon\"")
        .replace("key = \"beds@n1\"", "key = \"beds@n3\"")
        .replace("value = 0.5, unit = \"h\"", "value = 0.5, unit = \"kg\"")
        .replace("horizon = 2025", "horizon = \"later\"")
        .replace(
            "date = 2021",
            "date = 2021\n\n[projects.p0]\ntitle = \"Again\"\nkind = \"work\"\nsource_id = \"office\"",
        )
        + "\n[plan.x]\n";
    let (_folder, _, findings) = with_file(&wrong);
    let said: Vec<String> = findings
        .iter()
        .map(|one| format!("{}:{}:{} {}", one.location.file, one.location.line, one.location.column, one.code.id))
        .collect();
    let expected = [
        "plans/mill.toml:5:10 F012",
        "plans/mill.toml:14:11 R001",
        "plans/mill.toml:39:11 F012",
        "plans/mill.toml:41:2 F005",
        "plans/mill.toml:22:7 J002",
        "plans/mill.toml:34:99 J008",
    ];
    assert_eq!(said, expected, "{}", list(&findings));
    let (_folder, _, findings) = with_file("[projects.mill\n");
    assert!(findings.iter().any(|one| one.code.id == "F018" && one.location.line == 1), "{}", list(&findings));
}
