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
    study_on(&[], effects)
}

/// A study with these files besides.
fn study_on(files: &[(&str, &str)], effects: &[&str]) -> (tempfile::TempDir, Study, Vec<umbel_core::Finding>) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut table = "effect_id,project_id,op,table,key,column,from,value,unit,source_id\n".to_owned();
    effects.iter().for_each(|line| table.push_str(&format!("{line}\n")));
    let (study, mut findings) = open(
        folder.path(),
        &[
            files,
            &[
                ("network/rail.toml", LINES),
                ("data/indicators.csv", INDICATORS),
                ("data/observations.csv", OBSERVATIONS),
                ("data/projects.csv", "project_id,title,kind,source_id\nq0,Q0,work,office\nq1,Q1,work,office\n"),
                ("data/plans.csv", "plan_id,title,parent_id,projects,horizon\nall,All,,q0;q1,2030\n"),
                ("data/effects.csv", &table),
                ("measures/all.toml", MEASURES),
            ],
        ]
        .concat(),
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
}

#[test]
fn parts_that_a_network_does_not_have_are_findings_of_the_check() {
    let wrong = [
        ("retire,networks,rail@route@mian,,2030,,", "there is no line \"mian\"", "main"),
        ("set,networks,rail@route@mainn,headway,2030,10,min", "there is no line \"mainn\"", "main"),
        ("retire,networks,roads@street@77,,2030,,", "there is no road \"77\"", "Correct the id"),
        ("scale,networks,roads@class@motorwya,speed,2030,0.5,", "no class of road \"motorwya\"", "motorway"),
        ("retire,networks,rail@street@2,,2030,,", "the network \"rail\" has no streets", "another"),
        ("retire,networks,roads@route@main,,2030,,", "the network \"roads\" has no timetable", "another"),
    ];
    for (effect, message, fix) in wrong {
        let (_folder, plain, findings) = study_on(ROADS, &[&format!("e1,q0,{effect},office")]);
        let [one] = findings.as_slice() else { panic!("{effect}: {}", list(&findings)) };
        let place = (&*one.location.file, one.location.line, one.code.id);
        assert_eq!(place, ("data/effects.csv", 2, "J002"), "{}", list(&findings));
        assert!(one.location.column > 1, "{}", list(&findings));
        assert!(one.message.contains(message) && one.fix.contains(fix), "{effect}: {}", list(&findings));
        // A plan with such an effect is refused, not computed without it.
        let error = plain.planned(&Choice::plan("all")).expect_err("unsound").to_string();
        assert!(error.contains("\"e1\""), "{error}");
    }
    // Of what is added the cell that is to blame.
    let mut effects = LINE.map(str::to_owned);
    effects[0] = effects[0].replace("n1;s1", "n1;s9");
    let effects: Vec<&str> = effects.iter().map(String::as_str).collect();
    let (_folder, _, findings) = study(&effects);
    let [one] = findings.as_slice() else { panic!("{}", list(&findings)) };
    assert!(one.message.contains("there is no stop \"s9\"") && one.location.line == 2, "{}", list(&findings));
    let taken: Vec<String> = LINE.iter().map(|line| line.replace("@new", "@main")).collect();
    let (_folder, _, findings) = study(&taken.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(list(&findings).contains("there is a line \"main\" already"), "{}", list(&findings));
    // A line may call at a stop that another project adds, and be changed by a third effect.
    let stop =
        ["h1,q1,add,networks,rail@stop@s9,lon,,10.3,,office", "h2,q1,add,networks,rail@stop@s9,lat,,50.3,,office"];
    let change = "h3,q1,scale,networks,rail@route@new,running_time,2031,0.5,,office";
    let all: Vec<&str> = effects.into_iter().chain(stop).chain([change]).collect();
    let (_folder, _, findings) = study(&all);
    assert!(findings.is_empty(), "{}", list(&findings));
}

/// Two roads from the north to the south: a short one, and one round about; the second opens in 2025.
const ROADS: &[(&str, &str)] = &[
    ("network/roads/node.csv", "node_id,x_coord,y_coord\nn1,10.1,52.1\nn2,10.2,52.2\ns1,10.1,50.1\ns2,10.2,50.2\n"),
    (
        "network/roads/link.csv",
        "from_node_id,to_node_id,length,free_speed,facility_type,opened\n\
         n1,s1,240000,120,motorway,\nn1,s2,300000,60,primary,\ns2,s1,20000,60,primary,\nn2,n1,15000,60,primary,\n\
         n2,s2,240000,80,motorway,2025\n",
    ),
    ("measures/roads.toml", BY_CAR),
];

const BY_CAR: &str = r#"
[by_car]
method = "travel_time"
network = "roads"
from = ["n1", "n2", "s2"]
to = ["s1"]
modes = ["car"]
max_time = "20h"
periods = ["2022", "2030"]
day = "last_day"
title = "By car"
"#;

fn by_car(study: &Study, place: &str, year: i16) -> f64 {
    let figure = study.figure(&format!("by_car@{place}@{year}"), View::default()).expect("evaluated");
    figure.node.series.value(figure.row).expect("reached").round()
}

/// The differences of the plan `all` in an indicator: place, year, before and after, rounded.
fn differences(study: &Study, indicator: &str) -> Vec<(String, i16, Option<f64>, Option<f64>)> {
    let years = [umbel_core::Period::year(2022), umbel_core::Period::year(2030)];
    let compared =
        study.compare(&Choice::default(), &Choice::plan("all"), &[], &years, View::default()).expect("sound");
    let of = compared.differences.iter().filter(|one| study.region.id(one.indicator) == indicator);
    let round = |value: Option<f64>| value.map(f64::round);
    of.map(|one| {
        let year = one.period.as_year().expect("a year");
        (study.region.id(one.place).to_owned(), year, round(one.base), round(one.plan))
    })
    .collect()
}

#[test]
fn roads_are_closed_slowed_and_added_from_a_day_on() {
    // The motorway takes two hours, and is a quarter of an hour from N2.
    let (_folder, plain, findings) = study_on(ROADS, &["e1,q0,retire,networks,roads@street@2,,2030,,,office"]);
    assert!(findings.is_empty(), "{}", list(&findings));
    assert_eq!((by_car(&plain, "n1", 2030), by_car(&plain, "n2", 2030)), (120.0, 135.0));
    let told = |place: &str, before: f64, after: f64| (place.to_owned(), 2030, Some(before), Some(after));
    // From N2 on by the road that opened in 2025: three hours, and twenty minutes.
    assert_eq!(differences(&plain, "by_car"), [told("n1", 120.0, 215.0), told("n2", 135.0, 200.0)]);
    assert!(differences(&plain, "by_rail").is_empty());

    let (_folder, plain, findings) = study_on(ROADS, &["e1,q0,scale,networks,roads@street@2,speed,2030,0.8,,office"]);
    assert!(findings.is_empty(), "{}", list(&findings));
    assert_eq!(differences(&plain, "by_car"), [told("n1", 120.0, 150.0), told("n2", 135.0, 165.0)]);

    // A road added by one project, and made quicker by another.
    let road =
        |column: &str, value: &str| format!("{column},q0,add,networks,roads@street@99,{column},2022,{value},,office");
    let effects = [
        road("from", "10.2 50.2"),
        road("to", "10.1 50.1"),
        road("length", "20000"),
        road("speed", "100"),
        "quick,q1,scale,networks,roads@street@99,speed,2030,1.2,,office".to_owned(),
    ];
    let (_folder, plain, findings) = study_on(ROADS, &effects.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(findings.is_empty(), "{}", list(&findings));
    let s2 = |year: i16, after: f64| ("s2".to_owned(), year, Some(20.0), Some(after));
    assert_eq!(differences(&plain, "by_car"), [s2(2022, 12.0), s2(2030, 10.0)]);
    assert_eq!(by_car(&with(&plain, &["q0"]), "s2", 2030), 12.0);
}

#[test]
fn a_street_that_is_not_open_yet_is_left_alone() {
    // The effect has no day: it holds in 2022, too, when the road is not there.
    let (_folder, plain, findings) = study_on(ROADS, &["e1,q0,retire,networks,roads@street@6,,,,,office"]);
    assert!(findings.is_empty(), "{}", list(&findings));
    let closed = with(&plain, &["q0"]);
    assert_eq!(by_car(&closed, "n2", 2022), by_car(&plain, "n2", 2022));
}

#[test]
fn a_line_taken_away_shows_in_a_comparison() {
    let (_folder, plain, findings) = study(&["e1,q0,retire,networks,rail@route@main,,2030,,,office"]);
    assert!(findings.is_empty(), "{}", list(&findings));
    let [(place, year, before, after)] = &differences(&plain, "by_rail")[..] else { panic!("one difference") };
    assert_eq!((place.as_str(), *year), ("n2", 2030));
    // What is not reached takes longer than the longest journey, two hours.
    assert!(before.is_some_and(|minutes| minutes < 60.0) && *after == Some(120.0), "{before:?} {after:?}");
}
