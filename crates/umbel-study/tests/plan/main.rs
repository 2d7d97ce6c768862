//! Plans: whatever is edited in whatever order, the state, what is cached, and who is credited are right.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

#[path = "../small/mod.rs"]
mod small;

mod compared;
mod effects;
mod files;
mod uncertain;

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

fn value(study: &Study, key: &str) -> Option<f64> {
    let figure = study.figure(key, View::default()).ok()?;
    figure.node.series.value(figure.row)
}

fn under(study: &Study) -> Study {
    study.planned(&Choice::plan("all")).expect("sound")
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
