//! The measure graph: what is evaluated, in which view, under which key, and what is said about wrong measures.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod small;

use rayon::prelude::*;
use small::{list, open};
use umbel_study::{NodeKind, RunError, Store, Study, View};

const INDICATORS: &str = "\
indicator_id,title,unit,direction,kind,aggregation
gdp,Output,10*8.{CNY},up,flow,sum
population,People,10*4.{person},none,stock,sum
air,Fine dust,ug/m3,down,rate,none
";

const OBSERVATIONS: &str = "\
indicator_id,place_id,period,vintage,value,source_id
gdp,n1,2020,2021-01-20,100,office
gdp,n1,2020,2022-01-20,98,office
gdp,n2,2020,2021-01-20,50,office
gdp,s1,2020,2021-03-01,60,other
gdp,s1,2020,2022-01-20,61,other
gdp,s2,2020,2021-01-20,40,office
population,n1,2020,,10,office
population,n2,2020,,5,memory
population,s1,2020,,6,article
population,s2,2020,,8,echo
air,n1,2020,,30,office
air,n2,2020,,40,office
";

const MEASURES: &str = r#"
[gdp_sum]
method = "aggregate"
indicator = "gdp"
of = "gdp"
from = { kind = "city" }
to = ["north", "south", "region"]

[gdp_per_person]
formula = "gdp / population"
unit = "{CNY}/{person}"
title = { en = "Output per person" }

[gdp_rank]
method = "rank"
of = "gdp_per_person"
among = { kind = "city" }
title = { en = "Rank by output per person" }
"#;

fn files() -> Vec<(&'static str, &'static str)> {
    vec![("data/indicators.csv", INDICATORS), ("data/observations.csv", OBSERVATIONS), ("measures/all.toml", MEASURES)]
}

fn value(study: &Study, key: &str, view: View) -> Option<f64> {
    let figure = study.figure(key, view).ok()?;
    figure.node.series.value(figure.row)
}

fn as_of(day: &str) -> View {
    View { as_of: Some(day.parse().expect("a date")) }
}

/// Every figure of a study with its status, bound, lineage and key, as text.
fn everything(study: &Study) -> String {
    let mut text = String::new();
    for view in [View::default(), as_of("2021-02-01"), as_of("2021-12-31")] {
        study.run_all(view).expect("all measures run");
        for measure in 0..study.measures.len() {
            let node = study.measure_node(measure, view).expect("a node");
            text.push_str(&format!("{} {:?}\n", umbel_study::key::hex(&node.key), node.lineage));
            for row in 0..node.series.len() {
                let key = study.figure_key(&umbel_study::Figure { node: node.clone(), row });
                let (value, status) = (node.series.value(row).map(f64::to_bits), node.series.status[row]);
                text.push_str(&format!(
                    "{key} {value:?} {status:?} {:?} {}\n",
                    node.series.bound[row], node.series.unit
                ));
            }
        }
    }
    text
}

#[test]
fn evaluates_what_is_asked_in_the_view_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let (study, findings) = open(folder.path(), &files());
    assert_eq!(list(&findings), "");
    assert_eq!(value(&study, "gdp@n1@2020", View::default()), Some(98.0));
    assert_eq!(value(&study, "gdp@n1@2020", as_of("2021-12-31")), Some(100.0));
    assert_eq!(value(&study, "gdp@region@2020", View::default()), Some(249.0));
    assert_eq!(value(&study, "gdp@region@2020", as_of("2021-12-31")), Some(250.0));
    // Not all parts are released yet.
    assert_eq!(value(&study, "gdp@region@2020", as_of("2021-02-01")), None);
    assert_eq!(value(&study, "gdp@north@2020", as_of("2021-02-01")), Some(150.0));
    assert_eq!(value(&study, "gdp_per_person@n1@2020", View::default()), Some(98_000.0));
    assert_eq!(value(&study, "gdp_rank@n1@2020", View::default()), Some(3.0));
    assert!(matches!(study.figure("gdp@nowhere@2020", View::default()), Err(RunError::BadFigure { .. })));
    assert!(matches!(study.figure("gdp@n1@1999", View::default()), Err(RunError::NoFigure { .. })));
    assert!(matches!(study.figure("gold@n1@2020", View::default()), Err(RunError::UnknownIndicator(_))));
}

#[test]
fn views_that_show_the_same_rows_share_the_node() {
    let folder = tempfile::tempdir().expect("a folder");
    let (study, _) = open(folder.path(), &files());
    let node = |measure: usize, day: &str| study.measure_node(measure, as_of(day)).expect("a node");
    assert!(std::sync::Arc::ptr_eq(&node(1, "2021-05-01"), &node(1, "2021-12-31")));
    assert_ne!(node(1, "2021-12-31").key, node(1, "2022-02-01").key);
    let air = study.region.symbols.get("air").expect("an id");
    let of_air = |view| study.node(air, view).expect("a node");
    assert!(std::sync::Arc::ptr_eq(&of_air(as_of("2021-01-01")), &of_air(View::default())));
}

#[test]
fn keys_follow_what_is_read_and_nothing_else() {
    let keys = |observations: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let mut files = files();
        files[1].1 = observations;
        let (study, _) = open(folder.path(), &files);
        let key = |measure| study.measure_node(measure, View::default()).expect("a node").key;
        [key(0), key(1), key(2)]
    };
    let base = keys(OBSERVATIONS);
    // Lines may move, and what nobody reads may change.
    let moved = OBSERVATIONS.replacen("gdp,n1", "air,s1,2020,,33,office\ngdp,n1", 1);
    assert_eq!(keys(&moved), base);
    let mut shuffled: Vec<&str> = OBSERVATIONS.lines().collect();
    shuffled[1..].reverse();
    assert_eq!(keys(&shuffled.join("\n")), base);
    // People matter to two of the three.
    let other = keys(&OBSERVATIONS.replace("2020,,10,", "2020,,11,"));
    assert_eq!(other[0], base[0]);
    assert_ne!(other[1], base[1]);
    assert_ne!(other[2], base[2]);
    // Output of a place that is no city is not summed: the sum reads only the places it needs or ranks with.
    let one = keys(&OBSERVATIONS.replace("2022-01-20,98", "2022-01-20,97"));
    assert!((0..3).all(|measure| one[measure] != base[measure]));
}

#[test]
fn observed_rows_win_and_both_stay_visible() {
    let folder = tempfile::tempdir().expect("a folder");
    let with_total = format!("{OBSERVATIONS}gdp,region,2020,,300,article\ngdp,north,2020,,,office\n");
    let with_total = with_total.replace(
        "indicator_id,place_id,period,vintage,value,source_id",
        "indicator_id,place_id,period,vintage,value,source_id,status",
    );
    let lines: Vec<String> = with_total
        .lines()
        .map(|line| {
            if line.contains("source_id") {
                line.to_owned()
            } else {
                format!("{line},{}", if line.contains(",,,office") { "O" } else { "" })
            }
        })
        .collect();
    let text = lines.join("\n");
    let mut files = files();
    files[1].1 = &text;
    let (study, findings) = open(folder.path(), &files);
    assert_eq!(list(&findings), "");
    assert_eq!(value(&study, "gdp@region@2020", View::default()), Some(300.0));
    // A row that says that nothing is known does not hide what can be computed.
    assert_eq!(value(&study, "gdp@north@2020", View::default()), Some(148.0));
    let figure = study.figure("gdp@region@2020", View::default()).expect("a figure");
    assert!(matches!(figure.node.kind, NodeKind::Indicator));
    assert_eq!(study.trace(&figure, 10).value, Some(300.0));
}

#[test]
fn traces_down_to_the_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let (study, _) = open(folder.path(), &files());
    let figure = study.figure("gdp_rank@n1@2020", View::default()).expect("a figure");
    let step = study.trace(&figure, 10);
    assert_eq!(step.label, "gdp_rank@n1@2020");
    assert_eq!(step.from.len(), 4, "a rank rests on every place");
    let person = step.from.iter().find(|step| step.label == "gdp_per_person@n1@2020").expect("a step");
    assert_eq!(person.how, "gdp / population");
    let rows: Vec<(String, u32)> =
        person.from.iter().map(|step| (step.label.clone(), step.row.expect("a row").0.line)).collect();
    assert_eq!(rows, [("gdp@n1@2020".to_owned(), 3), ("population@n1@2020".to_owned(), 8)]);
    let (origin, source, vintage) = person.from[0].row.expect("a row");
    assert_eq!(study.place_of_row(origin), "data/observations.csv:3");
    assert_eq!(study.region.id(source), "office");
    assert_eq!(vintage.map(|day| day.to_string()).as_deref(), Some("2022-01-20"));
    let short = study.trace(&figure, 1);
    assert_eq!((short.from.len(), short.more), (1, 3));
}

#[test]
fn threads_and_the_store_change_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut study, _) = open(folder.path(), &files());
    let store = folder.path().join(".umbel");
    study.set_store(Some(Store::keeping_all(&store)));
    let first = everything(&study);
    let nodes = || {
        let mut all: Vec<_> = std::fs::read_dir(&store).expect("a store").flatten().map(|entry| entry.path()).collect();
        all.sort();
        all
    };
    assert!(nodes().len() >= 6, "three measures in at least two views");
    assert!(nodes().iter().all(|path| path.extension().is_some_and(|e| e == "node")), "nothing half-written stays");
    for threads in [1, 2, 7] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        let (mut study, _) = Study::open(folder.path());
        study.set_store((threads == 2).then(|| Store::new(&store)));
        assert_eq!(pool.install(|| everything(&study)), first, "{threads} threads");
    }
    // Several at once on one store.
    let all: Vec<String> = (0..4)
        .into_par_iter()
        .map(|_| {
            let (mut study, _) = Study::open(folder.path());
            study.set_store(Some(Store::keeping_all(&store)));
            everything(&study)
        })
        .collect();
    assert!(all.iter().all(|one| *one == first));
}

#[test]
fn a_spoilt_store_is_as_good_as_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut study, _) = open(folder.path(), &files());
    let store = folder.path().join(".umbel");
    study.set_store(Some(Store::keeping_all(&store)));
    let first = everything(&study);
    let mut paths: Vec<_> = std::fs::read_dir(&store).expect("a store").flatten().map(|entry| entry.path()).collect();
    paths.sort();
    let whole = std::fs::read(&paths[0]).expect("a file");
    // Cut at every length, and every byte changed: never read, never a panic.
    for cut in (0..whole.len()).step_by(7) {
        std::fs::write(&paths[0], &whole[..cut]).expect("written");
        assert_eq!(reopened(folder.path(), &store), first, "cut at {cut}");
    }
    for at in (0..whole.len()).step_by(11) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        std::fs::write(&paths[0], &bytes).expect("written");
        assert_eq!(reopened(folder.path(), &store), first, "byte {at}");
    }
    // Another node under this name.
    std::fs::copy(&paths[1], &paths[0]).expect("copied");
    assert_eq!(reopened(folder.path(), &store), first);
}

fn reopened(folder: &std::path::Path, store: &std::path::Path) -> String {
    let (mut study, _) = Study::open(folder);
    study.set_store(Some(Store::new(store)));
    everything(&study)
}

#[test]
fn wrong_measures_are_found_at_their_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let wrong = r#"
[a]
formula = "gdp + population"
title = "Adds yuan to persons"

[b]
method = "agregate"
title = "A method that is not there"

[c]
method = "aggregate"
of = "gdp"
form = { kind = "city" }
to = "region"
title = "A key that is not there"

[d]
formula = "gdpp / population"
title = "An indicator that is not there"

[e]
method = "aggregate"
of = "gdp"
from = { kind = "citty" }
to = ["region", "noorth"]
title = "A kind and a place that are not there"

[f]
formula = "g * 2"
title = "One half of a circle"
[g]
formula = "f * 2"
title = "The other"

[h]
formula = "b * 2"
title = "Reads what is broken, and is not to blame"

[i]
formula = "gdp"
unit = "km"
"#;
    let mut files = files();
    files[2] = ("measures/wrong.toml", wrong);
    let (study, findings) = open(folder.path(), &files);
    let found: Vec<String> =
        findings.iter().map(|f| format!("{} {}:{}", f.code.id, f.location.line, f.location.column)).collect();
    let wanted = [
        "M006 3:16",
        "M001 7:10",
        "M002 13:1",
        "M003 18:12",
        "M003 24:17",
        "M003 25:17",
        "M004 28:2",
        "M002 39:2",
        "M006 41:8",
    ];
    let mut missing: Vec<&str> = wanted.iter().copied().filter(|w| !found.iter().any(|f| f == w)).collect();
    missing.sort();
    assert_eq!(missing, Vec::<&str>::new(), "{}", list(&findings));
    assert_eq!(found.len(), wanted.len(), "{}", list(&findings));
    assert!(list(&findings).contains("Did you mean \"aggregate\"?"));
    assert!(list(&findings).contains("Did you mean `from`?"));
    assert!(list(&findings).contains("Did you mean \"gdp\"?"));
    let broken = (0..study.measures.len()).filter(|&measure| study.is_broken(measure)).count();
    assert!(study.run_all(View::default()).is_ok(), "{broken} broken ones are left out");
}

#[test]
fn toml_that_cannot_be_read_spares_the_rest() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = files();
    files.push(("measures/broken.toml", "[ok]\nformula = \"gdp * 2\"\ntitle = \"Twice\"\n\n[bad]\nformula = = 3\n"));
    files.push(("report.toml", "titel = \"x\"\nperiod = \"2020\"\nregion = \"region\"\n"));
    let (study, findings) = open(folder.path(), &files);
    let found: Vec<String> = findings
        .iter()
        .map(|f| format!("{} {}:{}:{}", f.code.id, f.location.file, f.location.line, f.location.column))
        .collect();
    assert_eq!(found, ["F018 measures/broken.toml:6:11", "M002 report.toml:1:1"], "{}", list(&findings));
    assert_eq!(value(&study, "ok@n1@2020", View::default()), Some(196.0));
    // What the layout says goes without saying.
    assert_eq!(value(&study, "gdp", View::default()), Some(249.0));
}
