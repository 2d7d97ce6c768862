//! Plans that edit networks: lines and streets opened, closed, quickened and slowed, each from its day on.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod small;

use small::{list, open};
use umbel_study::check::check;
use umbel_study::plan::{Choice, Division};
use umbel_study::{Store, Study, View};

const LINES: &str = r#"
timezone = "Etc/UTC"

[[stop]]
id = "n1"
name = "N1"
lon = 10.1
lat = 52.1

[[stop]]
id = "n2"
name = "N2"
lon = 10.2
lat = 52.2

[[stop]]
id = "s1"
name = "S1"
lon = 10.1
lat = 50.1

[[line]]
id = "main"
name = "Main line"
vehicle = "rail"
stops = ["n2", "n1"]
minutes = [20]

[[line.service]]
from = "05:00"
to = "23:00"
headway = 30
"#;

const MEASURES: &str = r#"
[by_rail]
method = "travel_time"
network = "rail"
from = ["n2", "s1"]
to = ["n1"]
departure = "08:00"
window = "60min"
percentiles = [50]
periods = ["2022", "2030"]
title = "By rail"

[apart]
formula = "people * 2"
title = "Apart"
"#;

const OBSERVATIONS: &str = "\
indicator_id,place_id,period,value,source_id
people,n1,2022,5,office
";
const INDICATORS: &str = "\
indicator_id,title,unit,direction,kind,aggregation
people,People,{person},none,stock,sum
";

fn study(effects: &[&str]) -> (tempfile::TempDir, Study, Vec<umbel_core::Finding>) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut table = "effect_id,project_id,op,table,key,column,from,value,unit,source_id\n".to_owned();
    effects.iter().for_each(|line| table.push_str(&format!("{line}\n")));
    let (study, mut findings) = open(
        folder.path(),
        &[
            ("network/rail.toml", LINES),
            ("data/indicators.csv", INDICATORS),
            ("data/observations.csv", OBSERVATIONS),
            ("data/projects.csv", "project_id,title,kind,source_id\nq0,Q0,work,office\nq1,Q1,work,office\n"),
            ("data/plans.csv", "plan_id,title,parent_id,projects,horizon\nall,All,,q0;q1,2030\n"),
            ("data/effects.csv", &table),
            ("measures/all.toml", MEASURES),
        ],
    );
    findings.extend(check(&study));
    (folder, study, findings)
}

fn minutes(study: &Study, place: &str, year: i16) -> Option<f64> {
    let figure = study.figure(&format!("by_rail@{place}@{year}"), View::default()).expect("evaluated");
    // A bound says that it was not reached.
    let exact = figure.node.series.bound[figure.row] == umbel_core::Bound::Exact;
    figure.node.series.value(figure.row).filter(|_| exact)
}

fn with(study: &Study, projects: &[&str]) -> Study {
    let ids: Vec<_> = projects.iter().map(|id| study.region.symbols.get(id).expect("known")).collect();
    study.with_projects(&ids).expect("sound")
}

const LINE: [&str; 4] = [
    "e1,q0,add,networks,rail@route@new,stops,2030,n1;s1,,office",
    "e2,q0,add,networks,rail@route@new,running_time,2030,60,,office",
    "e3,q0,add,networks,rail@route@new,headway,2030,1,h,office",
    "e4,q0,add,networks,rail@route@new,vehicle,2030,rail,,office",
];

#[test]
fn a_line_is_opened_quickened_and_closed_from_a_day_on() {
    let faster = "f1,q1,scale,networks,rail@route@main,running_time,2030,0.5,,office";
    let effects: Vec<&str> = LINE.iter().copied().chain([faster]).collect();
    let (_folder, plain, findings) = study(&effects);
    assert!(findings.is_empty(), "{}", list(&findings));
    let before = minutes(&plain, "n2", 2022).expect("reached");
    assert_eq!(minutes(&plain, "s1", 2030), None);
    let plan = with(&plain, &["q0", "q1"]);
    // Ten of the twenty minutes on the way; the wait is as it was.
    assert_eq!(minutes(&plan, "n2", 2022), Some(before));
    assert_eq!(minutes(&plan, "n2", 2030), Some(before - 10.0));
    assert_eq!(minutes(&plan, "s1", 2022), None);
    let new = minutes(&plan, "s1", 2030).expect("reached");
    assert!(new > 60.0 && new < 120.0, "{new}");
    // Where the figure comes from is the effect, too.
    let figure = plan.figure("by_rail@s1@2030", View::default()).expect("evaluated");
    let input = &figure.node.inputs[0];
    let umbel_study::NodeKind::Objects { origin, .. } = &input.kind else { panic!("a network") };
    assert!(origin.iter().any(|row| plan.region.path(*row) == "data/effects.csv"));

    let often = [
        "g1,q0,set,networks,rail@route@main,headway,2030,10,min,office",
        "g2,q1,retire,networks,rail@route@main,,2030,,,office",
    ];
    let (_folder, plain, findings) = study(&often);
    assert!(findings.is_empty(), "{}", list(&findings));
    let more = minutes(&with(&plain, &["q0"]), "n2", 2030).expect("reached");
    assert!(more < before - 5.0, "{more} {before}");
    assert_eq!(minutes(&with(&plain, &["q1"]), "n2", 2030), None);
    assert_eq!(minutes(&with(&plain, &["q1"]), "n2", 2022), Some(before));
}

#[test]
fn plans_share_what_edits_of_a_network_leave_alone() {
    let faster = "f1,q1,scale,networks,rail@route@main,running_time,2030,0.5,,office";
    let effects: Vec<&str> = LINE.iter().copied().chain([faster]).collect();
    let (folder, mut plain, _) = study(&effects);
    let key = |study: &Study, id: &str| {
        study.node(study.region.symbols.get(id).expect("known"), View::default()).expect("evaluated").key
    };
    let (line, both) = (with(&plain, &["q0"]), with(&plain, &["q1", "q0"]));
    assert_eq!(key(&plain, "apart"), key(&both, "apart"));
    let keys = [key(&plain, "by_rail"), key(&line, "by_rail"), key(&both, "by_rail")];
    assert!(keys[0] != keys[1] && keys[1] != keys[2]);
    // The order of projects does not matter, undone is as before, and what is kept is what would be computed.
    assert_eq!(key(&with(&plain, &["q0", "q1"]), "by_rail"), keys[2]);
    assert_eq!(key(&with(&plain, &[]), "by_rail"), keys[0]);
    plain.set_store(Some(Store::keeping_all(&folder.path().join(".umbel"))));
    let computed = minutes(&with(&plain, &["q0"]), "s1", 2030);
    let mut fresh = Study::open(folder.path()).0;
    fresh.set_store(Some(Store::keeping_all(&folder.path().join(".umbel"))));
    assert_eq!(minutes(&with(&fresh, &["q0"]), "s1", 2030), computed);
    // Each project does its own.
    let year = [umbel_core::Period::year(2030)];
    let compared = plain.compare(&Choice::default(), &Choice::plan("all"), &[], &year, View::default()).expect("sound");
    let divided = compared.divide(0..compared.differences.len(), &Division::default()).expect("two projects");
    let n2 = plain.region.symbols.get("n2").expect("known");
    let at = compared.differences.iter().position(|one| one.place == n2).expect("differs");
    let parts = &divided[at].as_ref().expect("divided").parts;
    let share = |id: &str| parts.iter().find(|part| plain.region.id(part.project) == id).map_or(0.0, |part| part.share);
    assert_eq!((share("q0"), share("q1")), (0.0, -10.0));
}

#[test]
fn what_is_wrong_with_an_effect_on_a_network_is_said() {
    let wrong = [
        ("scale,networks,rial@route@main,running_time,2030,0.5,", "there is no network \"rial\""),
        ("scale,networks,rail@main,running_time,2030,0.5,", "\"rail@main\" is no key of a part of a network"),
        ("scale,networks,rail@line@main,running_time,2030,0.5,", "a network has no part \"line\""),
        ("scale,networks,rail@route@main,speed,2030,0.5,", "\"scale\" does not change speed of a route"),
        ("scale,networks,rail@route@main,running_time,2030,0,", "the factor is not between 0 and 100"),
        ("set,networks,rail@route@main,headway,2030,10,kg", "kg cannot be converted to s"),
        ("add,networks,rail@route@x,stops,2030,n1;s1,", "missing field"),
        ("add,networks,rail@route@x,stop,2030,n1;s1,", "a route of a network has no column \"stop\""),
    ];
    for (effect, message) in wrong {
        let (_folder, _, findings) = study(&[&format!("e1,q0,{effect},office")]);
        let [one] = findings.as_slice() else { panic!("{effect}: {}", list(&findings)) };
        assert!(one.message.contains(message) && one.location.line == 2, "{effect}: {}", list(&findings));
    }
    // What the network does not have shows when it is travelled.
    let (_folder, plain, findings) = study(&["e1,q0,retire,networks,rail@route@mian,,,,,office"]);
    assert!(findings.is_empty(), "{}", list(&findings));
    let plan = with(&plain, &["q0"]);
    let indicator = plan.region.symbols.get("by_rail").expect("known");
    let error = plan.node(indicator, View::default()).expect_err("there is no such line").to_string();
    assert!(error.contains("mian"), "{error}");
}
