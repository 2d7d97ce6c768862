//! What single effects do: figures, lines, rows, stages.

use crate::*;

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
