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

const MEASURES: &str = r#"
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

const EFFECTS: &str = "effect_id,project_id,op,table,key,column,from,value,unit,low,high,source_id,note\n";

/// A study with these effects; every project `p0`, `p1`, ... that they name, all of them in the plan `all`.
fn study(effects: &[String]) -> (tempfile::TempDir, Study) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut projects: Vec<&str> = effects.iter().filter_map(|line| line.split(',').nth(1)).collect();
    projects.sort_unstable();
    projects.dedup();
    let mut table = "project_id,title,kind,start,finish,cost,cost_unit,source_id\n".to_owned();
    projects.iter().for_each(|id| writeln!(table, "{id},{id},work,2020,2024,,,office").expect("a string"));
    let plans = format!("plan_id,title,parent_id,projects,horizon\nall,All,,{},2025\n", projects.join(";"));
    let effects: String = EFFECTS.chars().chain(effects.iter().flat_map(|line| line.chars().chain(['\n']))).collect();
    let (study, findings) = open(
        folder.path(),
        &[
            ("data/indicators.csv", INDICATORS),
            ("data/observations.csv", &observations()),
            ("data/links.csv", LINKS),
            ("data/flows.csv", FLOWS),
            ("data/targets.csv", TARGETS),
            ("data/projects.csv", &table),
            ("data/effects.csv", &effects),
            ("data/plans.csv", &plans),
            ("measures/all.toml", MEASURES),
            ("report.toml", "period = \"2022\"\nregion = \"region\"\npopulation = \"people\"\n"),
        ],
    );
    assert!(findings.is_empty(), "{}", list(&findings));
    (folder, study)
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
    let figure = (0_u8..5, indicator, place, period, from.clone(), number.clone()).prop_map(
        |(op, indicator, place, period, from, number)| {
            let (op, value) = match op {
                0 => ("set", number.to_string()),
                1 => ("scale", (number / 20.0).to_string()),
                2 => ("shift", (number - 20.0).to_string()),
                3 => ("scale", "1".to_owned()),
                _ => ("retire", String::new()),
            };
            let from = if period == "*" { from } else { "" };
            format!("{op},observations,{indicator}@{place}@{period},,{from},{value}")
        },
    );
    let link = (0_u8..4, prop::sample::select(vec!["a", "b", "c", "d"]), from, number.clone()).prop_map(
        |(op, link, from, number)| match op {
            0 => format!("set,links,{link},time,{from},{number}"),
            1 => format!("scale,links,{link},time,{from},{}", number / 20.0),
            2 => format!("shift,links,{link},length,{from},{number}"),
            _ => format!("retire,links,{link},,{from},"),
        },
    );
    let other = (0_u8..3, number).prop_map(|(op, number)| match op {
        0 => format!("scale,flows,commuters@n2@n1,,,{number}"),
        1 => format!("shift,targets,wanted,value,,{number}"),
        _ => format!("scale,observations,air@n2@2022,,,{}", number / 50.0),
    });
    (0_u8..5, prop_oneof![4 => figure, 3 => link, 1 => other])
}

/// The lines of the table, each with an id of its own that does not depend on where it stands.
fn lines(effects: &[(u8, String)]) -> Vec<String> {
    effects.iter().enumerate().map(|(at, (project, rest))| format!("e{at:03},p{project},{rest},,,,office,")).collect()
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
        let (_folder, study) = study(&lines(&effects));
        let (base, plan) = (Choice::default(), Choice::plan("all"));
        let compared = study.compare(&base, &plan, &[], &[], View::default()).expect("sound");
        let divided = compared.divide(0..compared.differences.len(), &Division::default()).expect("few projects");
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
