//! The chapter on the plan, from small regions: one project, thirty, none in force, and plans that cannot be taken.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write as _;
use std::path::Path;
use umbel_report::{Manifest, ReportOptions, report, verify};
use umbel_study::Study;
use umbel_table::package::{Description, discover, write};

const SOURCES: &str =
    "source_id,title,licence,obtained,mark,derived_from\noffice,Statistical office,open,read,sourced,\n";

const PLACES: &str = "\
place_id,kind,name,parent_id,straddles,lon,lat,source_id
region,region,Region,,,,,office
north,province,North,region,,10,52,office
south,province,South,region,,10,50,office
n1,city,N1,north,,10.1,52.1,office
n2,city,N2,north,,10.2,52.2,office
s1,city,S1,south,,10.1,50.1,office
s2,city,S2,south,,10.2,50.2,office
";

const INDICATORS: &str = "\
indicator_id,title,unit,direction,kind,aggregation,weight
gdp,Output,10*8.{CNY},up,flow,sum,
people,People,{person},none,stock,sum,
beds,Beds,{bed},up,stock,sum,
minutes,Minutes to N1,min,down,rate,none,
";

const MEASURES: &str = "\
[beds_per_person]
formula = \"beds / people\"
unit = \"{bed}/(10*4.{person})\"
direction = \"up\"
title = \"Beds a head\"
";

const CITIES: [&str; 4] = ["n1", "n2", "s1", "s2"];

fn observations() -> String {
    let mut text = "indicator_id,place_id,period,value,source_id\n".to_owned();
    let figures = [
        ("gdp", [100.0, 50.0, 60.0, 40.0]),
        ("people", [100_000.0, 50_000.0, 60_000.0, 80_000.0]),
        ("beds", [600.0, 200.0, 300.0, 250.0]),
        ("minutes", [0.0, 40.0, 80.0, 150.0]),
    ];
    for (indicator, values) in figures {
        for (city, value) in CITIES.iter().zip(values) {
            writeln!(text, "{indicator},{city},2022,{value},office").unwrap();
        }
        let sum = |from: usize, to: usize| values[from..to].iter().sum::<f64>();
        if indicator != "minutes" {
            for (place, value) in [("north", sum(0, 2)), ("south", sum(2, 4)), ("region", sum(0, 4))] {
                writeln!(text, "{indicator},{place},2022,{value},office").unwrap();
            }
        }
    }
    text
}

/// Projects, their stages and effects, and the plans made of them.
fn plan_files() -> Vec<(&'static str, String)> {
    let mut projects = "project_id,title,title_zh,kind,lead_place_id,place_id,start,finish,source_id\n".to_owned();
    let mut effects = "effect_id,project_id,op,table,key,column,from,value,unit,source_id\n".to_owned();
    let mut many = Vec::new();
    for at in 0..30 {
        let id = format!("clinic-{at:02}");
        let city = CITIES[at % 4];
        writeln!(
            projects,
            "{id},Clinic {at} of {city},诊所{at},clinic,north,{city},{},{},office",
            2023 + at % 5,
            2025 + at % 7
        )
        .unwrap();
        writeln!(
            effects,
            "{id}-beds,{id},shift,observations,beds@{city},,{},{},{{bed}},office",
            2026 + at % 3,
            10 + at
        )
        .unwrap();
        many.push(id);
    }
    projects.push_str(
        "line,Fast line,快线,railway,north,s2,2024,2028,office\n\
         slow,Slow works,慢工,railway,north,s1,,,office\n\
         far,Far away,远方,railway,north,s1,2040,2050,office\n\
         undated,No date at all,无日期,railway,north,s1,,,office\n\
         wrong,Wrong,错误,railway,north,s1,,,office\n",
    );
    effects.push_str(
        "line-s2,line,scale,observations,minutes@s2,,2028,0.5,,office\n\
         line-s1,line,shift,observations,minutes@s1,,2028,12,min,office\n\
         slow-s2,slow,shift,observations,minutes@s2,,2027,30,min,office\n\
         far-s1,far,scale,observations,minutes@s1,,2050,0.5,,office\n\
         undated-s1,undated,scale,observations,minutes@s1,,,0.9,,office\n\
         wrong-s1,wrong,set,observations,nothing@nowhere,,2027,1,min,office\n",
    );
    let plans = format!(
        "plan_id,title,title_zh,parent_id,projects,horizon\n\
         one,One line,一条线,,line,2030\n\
         many,Many clinics,许多诊所,,{},2030\n\
         two,Two works,两项工程,,line;slow,2030\n\
         late,Too late,太晚,,far,2030\n\
         without-date,Undated,无日期,,undated,2030\n\
         unsound,Unsound,不成立,,line;wrong,2030\n",
        many.join(";")
    );
    let stages = "project_id,stage,date,source_id\nline,approved,2023-06,office\nline,started,2024-03,office\n";
    let scales = "scale,code,rank,title,title_zh\nstage,approved,1,approved,获批\nstage,started,2,started,开工\n";
    vec![
        ("data/projects.csv", projects),
        ("data/effects.csv", effects),
        ("data/plans.csv", plans),
        ("data/stages.csv", stages.to_owned()),
        ("data/scales.csv", scales.to_owned()),
    ]
}

/// A region whose layout ends with these lines.
fn open(folder: &Path, layout: &str) -> Study {
    let head = "title = { en = \"Small\", zh = \"小\" }\nlanguages = [\"en\", \"zh\"]\nregion = \"region\"\nperiod = \"2022\"\n";
    let mut files = vec![
        ("data/sources.csv", SOURCES.to_owned()),
        ("data/places.csv", PLACES.to_owned()),
        ("data/indicators.csv", INDICATORS.to_owned()),
        ("data/observations.csv", observations()),
        ("measures/all.toml", MEASURES.to_owned()),
        ("report.toml", format!("{head}{layout}")),
    ];
    files.extend(plan_files());
    for (path, text) in &files {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let description = Description { files: discover(folder), ..Description::default() };
    write(folder, &description).unwrap();
    let (mut study, _) = Study::open(folder);
    study.set_store(None);
    study
}

fn card(study: &Study, language: &str) -> String {
    report(study, &ReportOptions { language: Some(language.into()) }).unwrap()
}

/// The report in English of a layout, checked by `verify`, and what of it is the chapter.
fn chapter(layout: &str) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    let study = open(folder.path(), layout);
    let html = card(&study, "en");
    let found = verify(&html, &study).unwrap();
    assert_eq!((&found.differ, &found.gone), (&Vec::new(), &Vec::new()));
    assert!(html == card(&study, "en"), "two runs give different bytes");
    let from = html.find("<div id=\"plan\">");
    let chapter = from.map(|from| html[from..html.find("id=\"sure\"").unwrap()].to_owned()).unwrap_or_default();
    (html, chapter)
}

#[test]
fn without_a_plan_there_is_no_chapter() {
    let (html, chapter) = chapter("");
    assert_eq!(chapter, "");
    assert!(!html.contains("href=\"#plan\"") && !html.contains("h-plan"));
}

#[test]
fn one_project_does_it_all() {
    let (html, chapter) =
        chapter("population = \"people\"\n[[plan]]\nid = \"one\"\nindicators = [\"minutes\", \"gdp\", \"no_such\"]\n");
    assert!(chapter.contains("One line") && chapter.contains("The plan has one project"));
    assert_eq!((chapter.matches("class=\"span\"").count(), chapter.matches("class=\"stage\"").count()), (2, 3));
    // S2 goes from 150 to 75 minutes for the better, S1 from 80 to 92 for the worse.
    assert!(chapter.contains("−75 min") && chapter.contains("+12 min"), "{chapter}");
    assert!(chapter.contains("holds yes\">better<") && chapter.contains("holds no\">worse<"));
    assert!(chapter.contains("Only “Fast line” touches it: −75 min."));
    assert!(chapter.contains("The plan leaves as they are: Output and no_such."));
    // 80,000 of 290,000 people gain, 60,000 lose.
    assert!(chapter.contains("28% better, 21% worse"), "{chapter}");
    // The chapter is in the contents and on the front page.
    assert!(
        html.contains("href=\"#plan\"") && html.contains("Minutes to N1, S2: 150 min without the plan, 75 min with it")
    );
    // Figures under the plan have numbers, and the manifest says under which.
    let manifest = Manifest::read(&html).unwrap();
    assert!(manifest.figures.iter().any(|id| id == "minutes@s2@2030/one"), "{:?}", manifest.figures);
    let under: Vec<_> = manifest.series.iter().filter(|series| series.state.plan == "one").collect();
    assert!(!under.is_empty() && under.iter().all(|series| series.state.held == "2030"));
    let s2 = under[0].rows.iter().find(|row| row.0 == "s2" && row.1 == "2030").unwrap();
    assert_eq!(s2.3, Some(75.0));
}

#[test]
fn verify_sees_a_changed_effect() {
    let folder = tempfile::tempdir().unwrap();
    let study = open(folder.path(), "[[plan]]\nid = \"one\"\n");
    let html = card(&study, "en");
    let file = folder.path().join("data/effects.csv");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("2028,0.5,", "2028,0.6,")).unwrap();
    let (other, _) = Study::open(folder.path());
    let found = verify(&html, &other).unwrap();
    let ids: Vec<&str> = found.differ.iter().map(|difference| difference.id.as_str()).collect();
    assert_eq!((ids, found.gone.len()), (vec!["minutes@s2@2030/one"], 0));
    // Without the plan its figures are gone; those of the tables stay.
    let file = folder.path().join("data/plans.csv");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("one,One line", "other,One line")).unwrap();
    let (other, _) = Study::open(folder.path());
    let found = verify(&html, &other).unwrap();
    assert!(found.differ.is_empty() && !found.gone.is_empty());
    assert!(found.gone.iter().all(|id| id.ends_with("/one")), "{:?}", found.gone);
}

#[test]
fn projects_that_depend_on_each_other_are_told_so() {
    let (_, chapter) = chapter("[[plan]]\nid = \"two\"\nindicators = [\"minutes\"]\n");
    // 30 minutes more, then half: (150 + 30) / 2 = 90, but alone −75 and +30.
    assert!(chapter.contains("−60 min") && chapter.contains("−45 min") && chapter.contains("−15 min"), "{chapter}");
    assert!(chapter.contains("comes about only in company"), "{chapter}");
}

#[test]
fn thirty_projects_are_sampled_and_kept_readable() {
    let (html, chapter) = chapter("[[plan]]\nid = \"many\"\nindicators = [\"beds\", \"beds_per_person\"]\n");
    assert_eq!(chapter.matches("class=\"effect\"").count(), 31);
    assert!(chapter.contains("Time line of 30 projects"));
    assert!(chapter.contains("19 other projects") && chapter.contains("sampled"), "{chapter}");
    // What they add: 30 times 10, and 0 to 29.
    assert!(chapter.contains("+735"), "{chapter}");
    assert!(html.len() < 1_000_000);
}

#[test]
fn nothing_in_force_is_said_so() {
    let (html, chapter) = chapter("population = \"people\"\n[[plan]]\nid = \"late\"\n");
    assert!(chapter.contains("No figure differs") && chapter.contains("class=\"span\""));
    for part in ["waterfall", "class=\"maps\"", "class=\"splits\"", "differences"] {
        assert!(!chapter.contains(part), "{part}");
    }
    assert!(html.contains("The plan changes no figure."));
}

#[test]
fn what_has_no_date_is_listed_beside_the_line() {
    let (_, chapter) = chapter("[[plan]]\nid = \"without-date\"\n");
    assert!(chapter.contains("One project has no date") && chapter.contains("No date at all"));
    assert!(!chapter.contains("class=\"lines timeline\"") && chapter.contains("one effect without a date"));
}

#[test]
fn a_plan_that_cannot_be_taken_does_not_stop_the_report() {
    let layout = "[[plan]]\nid = \"unsound\"\n[[plan]]\nid = \"on\"\n[[plan]]\nid = \"one\"\nbase = \"nothing\"\n[[plan]]\nid = \"one\"\n";
    let (html, chapter) = chapter(layout);
    assert!(chapter.contains("wrong-s1"), "{chapter}");
    assert!(chapter.contains("there is no plan &quot;on&quot;; did you mean &quot;one&quot;?"), "{chapter}");
    assert!(chapter.contains("there is no plan &quot;nothing&quot;"));
    assert_eq!(chapter.matches("cannot be compared with its base").count(), 3);
    assert!(chapter.contains("id=\"plan-4\"") && chapter.contains("−75 min") && html.contains("id=\"annex\""));
}

#[test]
fn a_plan_may_be_the_base_and_leave_projects_out() {
    let (_, chapter) = chapter("[[plan]]\nid = \"one\"\nbase = \"two\"\nindicators = [\"minutes\"]\n");
    assert!(
        chapter.contains("compared with Two works")
            && chapter.contains("leaves out one project of its base: Slow works")
    );
    assert!(chapter.contains("Only “Slow works” touches it: −15 min."), "{chapter}");
}

#[test]
fn the_chinese_chapter_has_the_same_figures() {
    let folder = tempfile::tempdir().unwrap();
    let study = open(folder.path(), "population = \"people\"\n[[plan]]\nid = \"many\"\n[[plan]]\nid = \"two\"\n");
    let (english, chinese) = (card(&study, "en"), card(&study, "zh"));
    let series = |html: &str| Manifest::read(html).unwrap().series;
    assert_eq!(series(&english), series(&chinese));
    assert!(chinese.contains("许多诊所") && chinese.contains("由哪个项目带来") && !chinese.contains("plan_"));
    assert!(!english.contains("plan_"));
}
