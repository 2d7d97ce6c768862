//! Plans: whatever is edited in whatever order, the state, what is cached, and who is credited are right.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod small;

use proptest::prelude::*;
use small::{list, open};
use std::fmt::Write as _;
use umbel_core::Symbol;
use umbel_study::check::check;
use umbel_study::plan::{Choice, Division, Draws, Limit, PlanError};
use umbel_study::{Store, Study, View};

const INDICATORS: &str = "\
indicator_id,title,unit,direction,kind,aggregation,weight
gdp,Output,10*8.{CNY},up,flow,sum,
people,People,10*4.{person},none,stock,sum,
beds,Beds,{bed},up,stock,sum,
air,Fine dust,ug/m3,down,rate,none,
minutes,Minutes to N1,min,down,rate,none,
";

const LINKS: &str = "\
link_id,kind,from_place_id,to_place_id,length,time,opened,closed,source_id,trains
a,rail,n1,n2,30,40,2010,,office,10
b,rail,n1,s1,90,80,2015,,office,20
c,rail,n1,s2,120,150,2012,2021,office,5
d,road,n1,s2,130,110,,,office,
";

const FLOWS: &str = "\
kind,origin_id,destination_id,period,value,unit,source_id
commuters,n2,n1,2020,12000,{person},office
commuters,n2,n1,2022,13000,{person},office
commuters,s1,n1,2022,4,10*3.{person},office
";

const TARGETS: &str = "\
target_id,indicator_id,place_id,period,direction,value,force,source_id
wanted,beds,north,2025,at_least,1200,binding,office
";

const SCALES: &str = "\
scale,rank,code,title
stage,1,planned,Planned
stage,2,started,Started
stage,3,operating,Operating
";

const MEASURES: &str = r#"
[operating]
method = "count"
table = "projects"
stage = "operating"
periods = ["2018", "2020", "2022", "2025"]
place = "region"
unit = "{project}"
title = "Operating"

[beds_per_person]
formula = "beds / people"
unit = "{bed}/(10*4.{person})"
direction = "up"
title = "Beds a head"

[gdp_per_person]
formula = "gdp / people"
unit = "{CNY}/{person}"
direction = "up"
title = "Output a head"

[gdp_rank]
method = "rank"
of = "gdp_per_person"
among = { kind = "city" }
title = "Rank"

[air_gap]
method = "gap"
of = "air"
among = { kind = "city" }
form = "range"
place = "region"
title = "Gap"

[rail_minutes]
method = "network_sum"
indicator = "minutes"
links = { kind = "rail" }
attribute = "time"
from = ["n2", "s1", "s2"]
to = ["n1"]
periods = ["2018", "2020", "2022", "2025"]

[near]
method = "coverage"
of = { kind = "city", place_id = { not = "n1" } }
indicator = "minutes"
at_most = 90
place = "region"
title = "Near"

[near_about]
method = "coverage"
of = { kind = "city", place_id = { not = "n1" } }
indicator = "minutes"
at_most = { value = 90, low = 60, high = 120, distribution = "uniform" }
place = "region"
title = "Near, more or less"

[trains]
method = "sum"
table = "links"
column = "trains"
where = { kind = "rail" }
periods = ["2018", "2020", "2022", "2025"]
place = "region"
unit = "1"
title = "Trains"

[roads]
method = "count"
table = "links"
where = { kind = "road" }
periods = ["2020", "2022"]
place = "region"
unit = "{road}"
title = "Roads"

[commuting]
method = "sum"
table = "flows"
column = "value"
where = { kind = "commuters" }
place = "region"
unit = "{person}"
title = "Commuting"
"#;

fn observations() -> String {
    let mut text = "indicator_id,place_id,period,value,low,high,source_id\n".to_owned();
    let figures =
        [("gdp", [100.0, 50.0, 60.0, 40.0]), ("people", [10.0, 5.0, 6.0, 8.0]), ("beds", [600.0, 200.0, 300.0, 250.0])];
    for year in [2018, 2020, 2022] {
        for (indicator, values) in figures {
            let sums =
                [("north", values[0] + values[1]), ("south", values[2] + values[3]), ("region", values.iter().sum())];
            let cities = ["n1", "n2", "s1", "s2"].into_iter().zip(values);
            for (place, value) in cities.chain(sums) {
                writeln!(text, "{indicator},{place},{year},{value},,,office").expect("a string");
            }
        }
        for (place, value) in ["n1", "n2", "s1", "s2"].into_iter().zip([30.0, 40.0, 55.0, 20.0]) {
            writeln!(text, "air,{place},{year},{value},{},{},office", value - 3.0, value + 4.0).expect("a string");
        }
    }
    text
}

const EFFECTS: &str = "effect_id,project_id,op,table,key,column,from,value,unit,low,high,source_id,note,stage\n";

/// A study with these effects; every project `p0`, `p1`, ... that they name, all of them in the plan `all`.
fn study(effects: &[String]) -> (tempfile::TempDir, Study) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut projects: Vec<&str> = effects.iter().filter_map(|line| line.split(',').nth(1)).collect();
    projects.sort_unstable();
    projects.dedup();
    let mut table = "project_id,title,kind,start,finish,cost,cost_unit,source_id\n".to_owned();
    let mut stages = "project_id,stage,date,source_id\n".to_owned();
    for id in ["p0", "p1", "p2", "p3", "p4"] {
        writeln!(table, "{id},{id},work,2020,2024,,,office").expect("a string");
        let year = 2019 + i32::from(id.as_bytes()[1] - b'0');
        writeln!(stages, "{id},planned,2015,office\n{id},operating,{year},office").expect("a string");
    }
    let plans = format!("plan_id,title,parent_id,projects,horizon\nall,All,,{},2025\n", projects.join(";"));
    let mut rows = EFFECTS.to_owned();
    for line in effects {
        // Most effects wait for no stage.
        let rest = if line.matches(',').count() == 12 { "," } else { "" };
        writeln!(rows, "{line}{rest}").expect("a string");
    }
    let (study, findings) = open(
        folder.path(),
        &[
            ("data/scales.csv", SCALES),
            ("data/stages.csv", &stages),
            ("data/indicators.csv", INDICATORS),
            ("data/observations.csv", &observations()),
            ("data/links.csv", LINKS),
            ("data/flows.csv", FLOWS),
            ("data/targets.csv", TARGETS),
            ("data/projects.csv", &table),
            ("data/effects.csv", &rows),
            ("data/plans.csv", &plans),
            ("measures/all.toml", MEASURES),
            ("report.toml", "period = \"2022\"\nregion = \"region\"\npopulation = \"people\"\n"),
        ],
    );
    assert!(findings.is_empty(), "{}", list(&findings));
    (folder, study)
}

fn stage(study: &Study, row: &umbel_table::Stage) -> String {
    format!("{} {} {}", study.region.id(row.project), study.region.id(row.stage), row.date)
}

/// Everything that a study says, as text: figures with their status, origin and interval, of every indicator.
fn state(study: &Study) -> String {
    let mut text = String::new();
    for id in study.indicator_ids() {
        let indicator = study.region.symbols.get(id).expect("a symbol");
        match study.node(indicator, View::default()) {
            Ok(node) => {
                let series = &node.series;
                for row in 0..series.len() {
                    let (place, breakdown) =
                        (study.region.id(series.place[row]), study.region.id(series.breakdown[row]));
                    let (value, interval) = (series.value(row).map(f64::to_bits), series.interval(row));
                    writeln!(
                        text,
                        "{id}@{place}@{}@{breakdown} {value:?} {:?} {interval:?}",
                        series.period[row], series.status[row]
                    )
                    .expect("a string");
                }
            }
            Err(error) => writeln!(text, "{id}: {error}").expect("a string"),
        }
    }
    for link in &study.region.links {
        writeln!(text, "{:?} {:?} {:?} {:?}", study.region.id(link.id), link.time, link.opened, link.closed)
            .expect("a string");
    }
    let mut stages: Vec<String> = study.region.stages.iter().map(|row| stage(study, row)).collect();
    stages.sort_unstable();
    stages.iter().for_each(|row| writeln!(text, "{row}").expect("a string"));
    for target in &study.region.targets {
        writeln!(text, "{:?} {:?}", study.region.id(target.id), target.value).expect("a string");
    }
    text
}

/// A random effect as a line of the table: mostly on cells that others edit too.
fn effect() -> impl Strategy<Value = (u8, String)> {
    let place = prop::sample::select(vec!["n1", "n2", "s1", "north", "region"]);
    let indicator = prop::sample::select(vec!["gdp", "people", "beds"]);
    let period = prop::sample::select(vec!["2018", "2020", "2022", "*"]);
    let from = prop::sample::select(vec!["", "2019", "2021-06", "2022"]);
    let number = (1_u32..400).prop_map(|n| f64::from(n) / 8.0);
    let waits = prop::sample::select(vec!["", "", "planned", "operating"]);
    let figure = (0_u8..5, indicator, place, period, from.clone(), number.clone(), waits.clone()).prop_map(
        |(op, indicator, place, period, from, number, stage)| {
            let (op, value) = match op {
                0 => ("set", number.to_string()),
                1 => ("scale", (number / 20.0).to_string()),
                2 => ("shift", (number - 20.0).to_string()),
                3 => ("scale", "1".to_owned()),
                _ => ("retire", String::new()),
            };
            let from = if period == "*" && stage.is_empty() { from } else { "" };
            format!("{op},observations,{indicator}@{place}@{period},,{from},{value},,,,office,,{stage}")
        },
    );
    let link = (0_u8..4, prop::sample::select(vec!["a", "b", "c", "d"]), from, number.clone(), waits).prop_map(
        |(op, link, from, number, stage)| {
            let from = if stage.is_empty() { from } else { "" };
            let edit = match op {
                0 => format!("set,links,{link},time,{from},{number}"),
                1 => format!("scale,links,{link},time,{from},{}", number / 20.0),
                2 => format!("shift,links,{link},length,{from},{number}"),
                _ => format!("retire,links,{link},,{from},"),
            };
            format!("{edit},,,,office,,{stage}")
        },
    );
    let of_stage = prop::sample::select(vec!["planned", "operating"]);
    let log = (0_u8..4, 0_u8..5, of_stage, -3_i32..4).prop_map(|(op, project, stage, years)| match op {
        0 => format!("set,stages,p{project}@{stage},,,{},,,,office,,", 2020 + years),
        1 | 2 => format!("shift,stages,p{project}@{stage},,,{years},a,,,office,,"),
        _ => format!("retire,stages,p{project}@{stage},,,,,,,office,,"),
    });
    let other = (0_u8..3, number).prop_map(|(op, number)| match op {
        0 => format!("scale,flows,commuters@n2@n1,,,{number},,,,office,,"),
        1 => format!("shift,targets,wanted,value,,{number},,,,office,,"),
        _ => format!("scale,observations,air@n2@2022,,,{},,,,office,,", number / 50.0),
    });
    (0_u8..5, prop_oneof![4 => figure, 3 => link, 2 => log, 1 => other])
}

/// The lines of the table, each with an id of its own that does not depend on where it stands.
fn lines(effects: &[(u8, String)]) -> Vec<String> {
    effects.iter().enumerate().map(|(at, (project, rest))| format!("e{at:03},p{project},{rest}")).collect()
}

fn symbols(study: &Study, mask: u8) -> Vec<Symbol> {
    let ids = (0..5).filter(|bit| mask >> bit & 1 == 1).map(|bit| format!("p{bit}"));
    ids.filter_map(|id| study.region.symbols.get(&id)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// The order of rows of the table and of projects in the plan does not matter: days do.
    #[test]
    fn the_order_of_effects_does_not_matter(effects in prop::collection::vec(effect(), 1..9), turn in 0_usize..9) {
        let mut lines = lines(&effects);
        let (_folder, study_a) = study(&lines);
        let forth = study_a.with_projects(&symbols(&study_a, 31)).expect("sound");
        lines.reverse();
        let turn = turn % lines.len();
        lines.rotate_left(turn);
        let (_other, study_b) = study(&lines);
        let mut back = symbols(&study_b, 31);
        back.reverse();
        let back = study_b.with_projects(&back).expect("sound");
        prop_assert_eq!(state(&forth), state(&back));
    }

    /// Ten plans, one after the other on one warm study with a store, say what each says on a study that knows nothing.
    #[test]
    fn what_is_cached_is_what_would_be_computed(
        effects in prop::collection::vec(effect(), 1..9),
        masks in prop::collection::vec(0_u8..32, 10),
    ) {
        let lines = lines(&effects);
        let (folder, mut warm) = study(&lines);
        warm.set_store(Some(Store::keeping_all(&folder.path().join(".umbel"))));
        let before = state(&warm);
        for mask in masks {
            let found = state(&warm.with_projects(&symbols(&warm, mask)).expect("sound"));
            let mut cold = Study::open(folder.path()).0;
            cold.set_store(None);
            prop_assert_eq!(found, state(&cold.with_projects(&symbols(&cold, mask)).expect("sound")));
            // Whatever was tried, the region itself is as it was.
            prop_assert_eq!(&before, &state(&warm));
            prop_assert_eq!(&before, &state(&warm.with_projects(&[]).expect("sound")));
        }
    }

    /// The parts of the projects add up to the difference, and are what all coalitions, evaluated one by one, say.
    #[test]
    fn parts_add_up_and_are_those_of_all_coalitions(effects in prop::collection::vec(effect(), 1..9)) {
        let (folder, mut study) = study(&lines(&effects));
        let (base, plan) = (Choice::default(), Choice::plan("all"));
        study.set_store(None);
        let compared = study.compare(&base, &plan, &[], &[], View::default()).expect("sound");
        let divided = compared.divide(0..compared.differences.len(), &Division::default()).expect("few projects");
        // The same from a store that does not know them yet, and from one that does.
        for _ in 0..2 {
            study.set_store(Some(Store::new(&folder.path().join(".umbel"))));
            let again = study.compare(&base, &plan, &[], &[], View::default()).expect("sound");
            prop_assert_eq!(&again.divide(0..again.differences.len(), &Division::default()).expect("few"), &divided);
        }
        let players = compared.projects.clone();
        let coalitions: Vec<Study> = (0..1_usize << players.len())
            .map(|mask| {
                let of: Vec<Symbol> = (0..players.len()).filter(|at| mask >> at & 1 == 1).map(|at| players[at]).collect();
                study.with_projects(&of).expect("sound")
            })
            .collect();
        for (one, divided) in compared.differences.iter().zip(divided) {
            let figure = |study: &Study| {
                let node = study.node(one.indicator, View::default()).ok()?;
                let row = node.series.find(one.place, one.period, one.breakdown, study.ranks())?;
                node.series.value(row)
            };
            let values: Option<Vec<f64>> = coalitions.iter().map(figure).collect();
            let Some(divided) = divided else {
                prop_assert!(values.is_none(), "a figure that is there under every coalition is divided");
                continue;
            };
            let sum: f64 = divided.parts.iter().map(|part| part.share).sum();
            let change = one.change().expect("divided");
            prop_assert!((sum - change).abs() <= 1e-9 * change.abs().max(1.0), "{sum} is not {change}");
            // A coalition in which a figure is missing can be one that the shares do not need.
            let Some(values) = values else { continue };
            let expected = umbel_optimize::attribution::shapley::shapley(players.len(), &values).expect("a game");
            for (at, player) in players.iter().enumerate() {
                let share = divided.parts.iter().find(|part| part.project == *player).map_or(0.0, |part| part.share);
                let scale = values.iter().fold(1.0_f64, |most, value| most.max(value.abs()));
                prop_assert!((share - expected.values[at]).abs() <= 1e-9 * scale, "{share} is not {}", expected.values[at]);
            }
        }
    }
}

fn value(study: &Study, key: &str) -> Option<f64> {
    let figure = study.figure(key, View::default()).ok()?;
    figure.node.series.value(figure.row)
}

fn under(study: &Study) -> Study {
    study.planned(&Choice::plan("all")).expect("sound")
}

#[test]
fn changes_are_carried_up_to_the_sums_but_not_past_a_figure_with_an_edit_of_its_own() {
    let (_folder, plain) = study(&["e1,p0,shift,observations,beds@n1@2022,,,-100,,,,office,".to_owned()]);
    let plan = under(&plain);
    assert_eq!(value(&plan, "beds@n1@2022"), Some(500.0));
    assert_eq!(value(&plan, "beds@north@2022"), Some(700.0));
    assert_eq!(value(&plan, "beds@region@2022"), Some(1250.0));
    assert_eq!(value(&plan, "beds@region@2020"), Some(1350.0));
    let moved = [
        "e1,p0,shift,observations,beds@n1@2022,,,-100,,,,office,",
        "e2,p0,shift,observations,beds@s2@2022,,,100,,,,office,",
    ];
    let (_folder, plain) = study(&moved.map(str::to_owned));
    let plan = under(&plain);
    assert_eq!((value(&plan, "beds@south@2022"), value(&plan, "beds@region@2022")), (Some(650.0), Some(1350.0)));
    let own = [
        "e1,p0,shift,observations,beds@n1@2022,,,-100,,,,office,",
        "e2,p0,set,observations,beds@north@2022,,,810,,,,office,",
    ];
    let (_folder, plain) = study(&own.map(str::to_owned));
    let plan = under(&plain);
    assert_eq!((value(&plan, "beds@north@2022"), value(&plan, "beds@region@2022")), (Some(810.0), Some(1360.0)));
    // Rates of places do not add up.
    let (_folder, plain) = study(&["e1,p0,shift,observations,air@n1@2022,,,-5,,,,office,".to_owned()]);
    assert_eq!(value(&under(&plain), "air@n1@2022"), Some(25.0));
}

#[test]
fn an_interval_moves_with_its_figure() {
    let (_folder, plain) = study(&["e1,p0,scale,observations,air@n1@2022,,,0.5,,,,office,".to_owned()]);
    let plan = under(&plain);
    let air = plan.figure("air@n1@2022", View::default()).expect("a figure");
    assert_eq!(air.node.series.interval(air.row), (Some(13.5), Some(17.0)));
}

#[test]
fn a_line_changes_from_a_day_on_and_closes_on_one() {
    let faster = ["e1,p0,set,links,b,time,2021,50,min,,,office,", "e2,p1,retire,links,a,,2020-07,,,,,office,"];
    let (_folder, plain) = study(&faster.map(str::to_owned));
    let plan = under(&plain);
    assert_eq!([value(&plan, "minutes@s1@2020"), value(&plan, "minutes@s1@2022")], [Some(80.0), Some(50.0)]);
    assert_eq!([value(&plan, "minutes@n2@2018"), value(&plan, "minutes@n2@2020")], [Some(40.0), None]);
    // c closed in 2021, before an effect of 2022 could reach it.
    let (_folder, plain) = study(&["e1,p0,set,links,c,time,2022,50,min,,,office,".to_owned()]);
    assert_eq!(value(&under(&plain), "minutes@s2@2020"), Some(150.0));
    // Half an hour in another unit.
    let (_folder, plain) = study(&["e1,p0,set,links,b,time,,0.5,h,,,office,".to_owned()]);
    assert_eq!(value(&under(&plain), "minutes@s1@2018"), Some(30.0));
}

#[test]
fn a_row_is_added_by_its_columns_and_can_be_changed_by_others() {
    let new = [
        "e1,p0,add,links,new,kind,2022,rail,,,,office,",
        "e2,p0,add,links,new,from_place_id,2022,n1,,,,office,",
        "e3,p0,add,links,new,to_place_id,2022,s2,,,,office,",
        "e4,p0,add,links,new,time,2022,30,min,,,office,",
        "e5,p1,shift,links,new,time,2025,-5,min,,,office,",
    ];
    let (_folder, plain) = study(&new.map(str::to_owned));
    let plan = under(&plain);
    assert_eq!(
        [value(&plan, "minutes@s2@2020"), value(&plan, "minutes@s2@2022"), value(&plan, "minutes@s2@2025")],
        [Some(150.0), Some(30.0), Some(25.0)]
    );
    // Without the project that adds it there is nothing to change.
    let only = plain.planned(&Choice { without: vec!["p0".to_owned()], ..Choice::plan("all") }).expect("sound");
    assert_eq!(value(&only, "minutes@s2@2025"), None);
}

#[test]
fn effects_wait_for_a_stage_that_a_plan_may_move() {
    // p2 operates from 2021 on; its move waits for that. p3 brings it two years forward, p4 cancels it.
    let effects = [
        "e1,p2,shift,observations,people@n1,,,-1,10*4.{person},,,office,,operating",
        "e2,p2,set,links,b,time,,50,min,,,office,,operating",
        "e3,p3,shift,stages,p2@operating,,,-2,a,,,office,",
        "e4,p4,retire,stages,p2@operating,,,,,,,office,",
    ];
    let (_folder, plain) = study(&effects.map(str::to_owned));
    let of = |projects: &[&str]| {
        let ids: Vec<Symbol> = projects.iter().map(|id| plain.region.symbols.get(id).expect("known")).collect();
        let plan = plain.with_projects(&ids).expect("sound");
        let keys = ["people@n1@2018", "people@n1@2020", "people@n1@2022", "people@north@2020", "minutes@s1@2020"];
        (keys.map(|key| value(&plan, key).expect("held")), value(&plan, "operating@region@2020"))
    };
    assert_eq!(of(&["p2"]), ([10.0, 10.0, 9.0, 15.0, 80.0], Some(2.0)));
    assert_eq!(of(&["p2", "p3"]), ([10.0, 9.0, 9.0, 14.0, 50.0], Some(3.0)));
    assert_eq!(of(&["p2", "p3", "p4"]), ([10.0, 10.0, 10.0, 15.0, 80.0], Some(2.0)));
    assert_eq!(of(&["p3"]), ([10.0, 10.0, 10.0, 15.0, 80.0], Some(3.0)), "without p2 nothing waits");
    // Bringing it forward is worth nothing without it: the two share what 2020 gains, p2 has 2022 alone.
    let (base, plan) = (Choice::default(), Choice { without: vec!["p4".to_owned()], ..Choice::plan("all") });
    let compared = plain.compare(&base, &plan, &[], &[], View::default()).expect("sound");
    let divided = compared.divide(0..compared.differences.len(), &Division::default()).expect("few projects");
    let shares = |key: (&str, &str, i16)| {
        let name = |one: &umbel_study::plan::Difference| {
            (plain.region.id(one.indicator), plain.region.id(one.place), one.period.as_year().unwrap_or(0))
        };
        let at = compared.differences.iter().position(|one| name(one) == key).expect("differs");
        let parts = &divided[at].as_ref().expect("divided").parts;
        let share =
            |id: &str| parts.iter().find(|part| plain.region.id(part.project) == id).map_or(0.0, |part| part.share);
        (share("p2"), share("p3"))
    };
    assert_eq!(shares(("people", "n1", 2020)), (-0.5, -0.5));
    assert_eq!(shares(("people", "n1", 2022)), (-1.0, 0.0));
}

#[test]
fn what_is_wrong_with_an_effect_on_a_stage_is_said() {
    let effects = [
        "e1,p0,set,stages,p0@opening,,,2030,,,,office,",
        "e2,p0,set,stages,p9@operating,,,2030,,,,office,",
        "e3,p0,set,stages,p0@started,,,2030,,,,office,",
        "e4,p0,set,stages,p0@operating,,2025,2030,,,,office,",
        "e5,p0,set,stages,p0@operating,,,soon,,,,office,",
        "e6,p0,shift,stages,p0@operating,,,6,mo,,,office,",
        "e7,p0,shift,stages,p0@operating,,,2,,,,office,",
        "e8,p0,shift,observations,beds@n1,,2022,5,,,,office,,operating",
        "e9,p0,shift,observations,beds@n1,,,5,,,,office,,started",
        "f1,p0,scale,stages,p0@operating,,,2,,,,office,",
        "f2,p0,add,stages,p0@planned,,,2019,,,,office,",
        "f3,p1,shift,stages,p1@operating,,,-6,a,,,office,",
    ];
    let (_folder, broken) = study(&effects.map(str::to_owned));
    let said: Vec<String> = check(&broken)
        .iter()
        .filter(|finding| &*finding.location.file == "data/effects.csv")
        .map(|one| format!("{}:{} {} {}", one.location.line, one.location.column, one.code.id, one.message))
        .collect();
    let expected = [
        "2:18 J002 there is no stage \"opening\"",
        "3:18 J002 there is no project \"p9\"",
        "4:18 J002 \"p0@started\" is no row of stages",
        "5:32 J006 a stage has its own date, so an effect on it has none",
        "6:33 J008 date: \"soon\" is not a period",
        "7:35 J008 there is no period of the length of 2019 6 months later",
        "8:37 J008 a date is moved by a time, which needs its unit",
        "9:53 J002 the effect says both a date and a stage from which it is in force",
        "10:49 J002 no stage \"started\" of \"p0\" is held",
        "11:33 J002 date of \"p0@operating\" holds no number that \"scale\" could change",
        "12:18 J002 \"p0@planned\" is a row of stages already",
        "13:35 J005 under plan \"all\" \"p1\" reaches \"operating\" in 2014, before \"planned\" in 2015",
    ];
    assert_eq!(said.len(), expected.len(), "{}", said.join("\n"));
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said}\n{expected}");
    }
}

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

#[test]
fn last_figures_are_held_for_years_to_come() {
    let (_folder, plain) = study(&["e1,p0,shift,observations,beds@n1,,2024,100,,,,office,".to_owned()]);
    let year = [umbel_core::Period::year(2025)];
    let compared =
        plain.compare(&Choice::default(), &Choice::plan("all"), &year, &year, View::default()).expect("sound");
    assert_eq!(value(&compared.base, "beds@n1@2025"), Some(600.0));
    assert_eq!(value(&compared.plan, "beds@region@2025"), Some(1450.0));
    assert!(compared.differences.iter().all(|one| one.period == year[0]));
    let of = |id: &str| compared.differences.iter().filter(|one| compared.plan.region.id(one.indicator) == id).count();
    assert_eq!((of("beds"), of("beds_per_person"), of("gdp")), (3, 3, 0));
    assert_eq!(value(&plain, "beds@n1@2025"), None, "the region itself holds nothing");
}

#[test]
fn people_gain_and_lose_by_where_they_live() {
    let both = [
        "e1,p0,scale,observations,beds@n1@2022,,,0.5,,,,office,",
        "e2,p0,scale,observations,beds@s1@2022,,,2,,,,office,",
    ];
    let (_folder, plain) = study(&both.map(str::to_owned));
    let compared = plain.compare(&Choice::default(), &Choice::plan("all"), &[], &[], View::default()).expect("sound");
    let (people, beds) =
        (plain.region.symbols.get("people").expect("known"), plain.region.symbols.get("beds").expect("known"));
    let limit = Limit { indicator: beds, value: 300.0, at_most: false };
    let gains = compared.gains(people, &[limit]).expect("evaluated");
    let city = plain.region.symbols.get("city").expect("known");
    let cities = gains.iter().find(|one| one.indicator == beds && one.kind == city).expect("cities differ");
    assert_eq!((cities.places, cities.people), ([1, 1, 2], [6.0, 10.0, 13.0]));
    // Of 29 the one in the middle: 200, 250, 300 (n2 5, s2 8, s1 6 people), then 600; with the plan 200, 250, 300 (n1), 600.
    assert_eq!(cities.base.expect("known")[1], 300.0);
    assert_eq!(cities.plan.expect("known")[1], 300.0);
    assert_eq!(cities.within, Some((16.0 / 29.0, 16.0 / 29.0)));
}

#[test]
fn a_difference_is_surer_than_its_parts() {
    let cut = [
        "e1,p0,scale,observations,air@n2@2022,,,0.9,,0.85,0.95,office,",
        "e2,p1,shift,observations,beds@n1@2022,,,10,,,,office,",
    ];
    let (_folder, plain) = study(&cut.map(str::to_owned));
    let compared = plain.compare(&Choice::default(), &Choice::plan("all"), &[], &[], View::default()).expect("sound");
    let all = 0..compared.differences.len();
    let draws = Draws { number: 2000, seed: 1 };
    let bands = compared.bands(all.clone(), &draws);
    let of = |indicator: &str, place: &str| {
        let name = |one: &umbel_study::plan::Difference| (plain.region.id(one.indicator), plain.region.id(one.place));
        let at = compared.differences.iter().position(|one| name(one) == (indicator, place)).expect("differs");
        bands[at]
    };
    let air = of("air", "n2");
    let width = |band: Option<umbel_study::plan::Band>| band.map(|band| band.high - band.low).expect("drawn");
    // 40 (37 to 44), cut to 90 % (85 to 95): the cut is surer than either level.
    assert!((width(air.base) - 7.0).abs() < 0.5, "{air:?}");
    assert!(width(air.change) < width(air.base) && width(air.change) < width(air.plan), "{air:?}");
    let change = air.change.expect("drawn");
    assert!(change.low < -4.0 && change.high > -4.0 && change.high < 0.0, "{change:?}");
    // Nothing uncertain stands behind beds.
    let beds = of("beds", "n1");
    assert_eq!((width(beds.base), width(beds.change)), (0.0, 0.0));
    // The same draws, whatever else is drawn and in how many threads.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    assert_eq!(pool.install(|| compared.bands(all, &draws)), bands);
    // A figure computed from uncertain ones gets a band, one that is not keeps none.
    let node = |id: &str| plain.node(plain.region.symbols.get(id).expect("known"), View::default()).expect("evaluated");
    let banded = plain.banded(&[node("air_gap"), node("gdp_per_person")], &draws, View::default());
    let gap = banded[0].series.find(
        plain.region.symbols.get("region").expect("known"),
        umbel_core::Period::year(2022),
        Symbol::NONE,
        plain.ranks(),
    );
    let (low, high) = banded[0].series.interval(gap.expect("a row"));
    // 55 - 20, the ends drawn apart: about the square root of the sum of squares of their spreads.
    let within = |end: Option<f64>, from: f64, to: f64| end.is_some_and(|end| from < end && end < to);
    assert!(within(low, 28.5, 31.5) && within(high, 38.5, 41.5), "{low:?} {high:?}");
    assert!(banded[1].series.interval.is_empty());
}

#[test]
fn a_parameter_is_drawn_once_for_both_plans() {
    let (_folder, plain) = study(&["e1,p0,set,links,b,time,,100,min,,,office,".to_owned()]);
    let compared = plain.compare(&Choice::default(), &Choice::plan("all"), &[], &[], View::default()).expect("sound");
    let at = compared
        .differences
        .iter()
        .position(|one| plain.region.id(one.indicator) == "near_about" && one.period == umbel_core::Period::year(2020))
        .expect("differs");
    // Of three cities one is 40 minutes away, one 80 (with the plan 100), one 150; the limit is 60 to 120.
    let (base, plan) = (compared.differences[at].base.expect("known"), compared.differences[at].plan.expect("known"));
    assert!((base - 2.0 * plan).abs() < 1e-12, "{base} {plan}");
    let draws = Draws { number: 400, seed: 1 };
    let bands = compared.bands(at..at + 1, &draws)[0];
    let is = |band: Option<umbel_study::plan::Band>, low: f64, high: f64| {
        band.is_some_and(|band| (band.low - low).abs() < 1e-12 && (band.high - high).abs() < 1e-12)
    };
    assert!(is(bands.base, plan, base) && is(bands.plan, plan, base), "{bands:?}");
    // Drawn apart, the plan would sometimes bring a city nearer.
    assert!(is(bands.change, -plan, 0.0), "{bands:?}");
    assert_eq!(compared.bands(at..at + 1, &draws)[0], bands);
    // What rests on it has a band, its twin without an interval has none.
    let node = |id: &str| plain.node(plain.region.symbols.get(id).expect("known"), View::default()).expect("evaluated");
    let banded = plain.banded(&[node("near_about"), node("near")], &draws, View::default());
    assert!(!banded[0].series.interval.is_empty() && banded[1].series.interval.is_empty());
}

#[test]
fn what_is_wrong_with_an_interval_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let measure = |limit: &str| {
        let text = "[near]\nmethod = \"coverage\"\nof = { kind = \"city\" }\nindicator = \"minutes\"\n";
        format!("{text}at_most = {limit}\nplace = \"region\"\ntitle = \"Near\"\n")
    };
    let wrong = [
        ("{ value = 90, low = 95, high = 120 }", "5:21 low and high of `at_most` do not hold the value between them"),
        (
            "{ value = 90, low = 60, distribution = \"uniform\" }",
            "5:21 The distribution of `at_most` needs both low and high",
        ),
        ("{ value = 90, low = 60, hgih = 120 }", "5:35 The interval of `at_most` has no key `hgih`"),
        ("{ value = 90, low = 60, distribution = \"flat\" }", "5:50 `at_most` has no such distribution"),
        ("{ value = 90, low = \"few\" }", "5:31 `low` of `at_most` is no number"),
    ];
    for (limit, expected) in wrong {
        let tables = [
            ("data/indicators.csv", INDICATORS),
            ("data/observations.csv", &observations()),
            ("measures/all.toml", &measure(limit)),
        ];
        let (_, findings) = open(folder.path(), &tables);
        let said: Vec<String> = findings
            .iter()
            .map(|one| format!("{}:{} {}", one.location.line, one.location.column, one.message))
            .collect();
        assert_eq!(said, [expected], "{limit}");
    }
}

#[test]
fn base_figures_that_are_drawn_carry_to_the_sums_above() {
    let text = observations().replace("beds,n1,2022,600,,,", "beds,n1,2022,600,550,650,");
    let folder = tempfile::tempdir().expect("a folder");
    let tables = [
        ("data/indicators.csv", INDICATORS),
        ("data/observations.csv", &text),
        ("measures/all.toml", "[twice]\nformula = \"beds * 2\"\ntitle = \"Twice\"\n"),
    ];
    let (plain, findings) = open(folder.path(), &tables);
    assert!(findings.is_empty(), "{}", list(&findings));
    let node = plain.node(plain.region.symbols.get("twice").expect("known"), View::default()).expect("evaluated");
    let banded = &plain.banded(&[node], &Draws { number: 500, seed: 3 }, View::default())[0].series;
    let width = |place: &str| {
        let place = plain.region.symbols.get(place).expect("known");
        let row = banded.find(place, umbel_core::Period::year(2022), Symbol::NONE, plain.ranks()).expect("a row");
        let (low, high) = banded.interval(row);
        low.zip(high).map(|(low, high)| (high - low).round())
    };
    assert!(width("n1").is_some_and(|width| (width - 200.0).abs() < 30.0), "{:?}", width("n1"));
    assert_eq!([width("north"), width("region"), width("s1")], [width("n1"), width("n1"), None]);
}

#[test]
fn what_evaluation_will_cost_is_known_from_the_last_time() {
    let (folder, mut warm) = study(&["e1,p0,scale,observations,beds@n1@2022,,,2,,,,office,".to_owned()]);
    let store = folder.path().join(".umbel");
    let measures: Vec<usize> = (0..warm.measures.len()).collect();
    let never = |_: usize, _: &[u8; 32]| false;
    warm.set_store(Some(Store::keeping_all(&store)));
    let before = warm.outlook(&measures, View::default(), &never);
    assert!(before.iter().all(|one| one.stale == Some(true) && one.cost.is_none()), "{before:?}");
    warm.keep_costs();
    assert!(!store.join("costs.json").exists(), "nothing was computed to find that out");
    warm.run_all(View::default()).expect("sound");
    warm.keep_costs();
    let mut later = Study::open(folder.path()).0;
    later.set_store(Some(Store::keeping_all(&store)));
    let kept = later.outlook(&measures, View::default(), &never);
    assert!(kept.iter().all(|one| one.cost == Some(std::time::Duration::ZERO)), "{kept:?}");
    // What is known is fresh; under a plan what rests on its edit is stale, and costs what it cost.
    let seen: std::collections::HashMap<usize, [u8; 32]> =
        measures.iter().map(|&at| (at, warm.measure_node(at, View::default()).expect("evaluated").key)).collect();
    let is_seen = |at: usize, key: &[u8; 32]| seen.get(&at) == Some(key);
    let mut under = later.planned(&Choice::plan("all")).expect("sound");
    under.set_store(Some(Store::new(&store)));
    for one in under.outlook(&measures, View::default(), &is_seen) {
        let rests = plain_id(&under, one.measure) == "beds_per_person";
        assert_eq!(one.stale, Some(rests), "{}", plain_id(&under, one.measure));
        assert_eq!(one.cost.is_some_and(|cost| !cost.is_zero()), rests, "{one:?}");
    }
}

fn plain_id(study: &Study, measure: usize) -> &str {
    study.region.id(study.measures[measure].id)
}

#[test]
fn what_is_wrong_with_a_plan_is_said() {
    let (_folder, plain) = study(&["e1,p0,shift,observations,beds@n1@2022,,,-100,,,,office,".to_owned()]);
    let plan = |id: &str| plain.planned(&Choice::plan(id)).err().map(|error| error.to_string());
    assert_eq!(plan("al"), Some("there is no plan \"al\"; did you mean \"all\"?".to_owned()));
    let with = plain.planned(&Choice { with: vec!["q0".to_owned()], ..Choice::default() }).err();
    assert!(matches!(with, Some(PlanError::UnknownProject { near: Some(near), .. }) if near == "p0"));
    let without = plain.planned(&Choice { without: vec!["p0".to_owned()], ..Choice::default() }).err();
    assert!(matches!(without, Some(PlanError::NotInPlan { .. })));
    let (_folder, broken) = study(&["e1,p0,shift,observations,beds@n3@2022,,,many,,,,office,".to_owned()]);
    let error = broken.planned(&Choice::plan("all")).expect_err("a place that is not there");
    assert!(error.to_string().contains("there is no place \"n3\""), "{error}");
    assert!(check(&broken).iter().any(|finding| finding.code.id == "J002"));
}
