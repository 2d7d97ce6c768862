//! Plans beside their base: years to come, people, what it costs to find out, and plans that cannot be.

use crate::*;

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
