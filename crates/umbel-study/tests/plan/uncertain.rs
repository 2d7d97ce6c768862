//! Figures and parameters that are uncertain.

use crate::*;

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
