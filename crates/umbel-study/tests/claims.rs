//! Verdicts, evidence and progress on a small region.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod small;

use proptest::prelude::*;
use small::{list, open};
use umbel_core::{Evidence, Mark, Verdict};
use umbel_study::{ClaimResult, Study, TargetStatus, Undecidable, View};

const INDICATORS: &str = "\
indicator_id,title,unit,direction,kind,aggregation
gdp,Output,10*8.{CNY},up,flow,sum
far,Distance to the south,km,none,rate,none
firms,Firms moved,{firm},up,stock,none
air,Fine dust,ug/m3,down,rate,none
";

const OBSERVATIONS: &str = "\
indicator_id,place_id,period,vintage,value,bound,source_id
gdp,north,2022,2023-01-20,41,,office
gdp,south,2022,2023-02-10,60,,other
gdp,north,2022,2024-01-31,40,,office
gdp,south,2022,2024-01-31,59,,other
gdp,north,2021,2023-01-20,70,,office
gdp,south,2021,2023-02-10,70,,echo
firms,north,2022,,3000,below,article
firms,south,2022,,140,above,memory
firms,n1,2022,,12,,echo
air,north,2013,,90,,office
air,north,2018,,60,,office
air,north,2022,,50,,office
air,south,2013,,90,,office
air,south,2022,,85,,memory
air,n1,2013,,90,,office
air,n1,2022,,95,,office
air,n2,2022,,95,,office
air,s1,2013,,20,,office
air,s1,2022,,30,,office
";

const MEASURES: &str = r#"
[gdp_sum]
method = "aggregate"
indicator = "gdp"
of = "gdp"
from = { kind = "province" }
to = "region"
definition = { en = "sum of the provinces" }

[far_straight]
method = "distance"
indicator = "far"
from = { kind = "city" }
to = "south"
definition = { en = "straight line" }

[far_by_rail]
method = "network_sum"
indicator = "far"
links = { kind = "rail" }
attribute = "length"
from = ["n1"]
to = ["south"]
periods = ["2022"]
definition = { en = "by rail" }
"#;

const LINKS: &str = "\
link_id,kind,from_place_id,to_place_id,length,source_id
l1,rail,n1,north,120,other
l2,rail,north,south,180,other
";

const CLAIMS: &str = "\
claim_id,system,statement,indicator_id,place_id,period,comparator,value,high,unit,tolerance,source_id
over,economy,Over 100,gdp,region,2022,>,100,,10*8.{CNY},,article
over_wide,economy,Over 100 give or take,gdp,region,2022,>,100,,10*8.{CNY},2%,article
in_yuan,economy,In another unit,gdp,region,2022,>,9000000000,,{CNY},,article
circular,economy,Repeated,gdp,region,2021,=,140,,,,article
nearly,relief,Nearly 3000,firms,north,2022,<,3000,,,,article
more,relief,More than 200,firms,south,2022,>,200,,,,article
exactly,relief,Twelve,firms,n1,2022,=,12,,,,other
missing,relief,Of a year not held,firms,n1,2019,=,12,,,,article
words,relief,Great progress,,,,,,,,,article
far,two_wings,Over 250 km away,far,n1,2022,>,250,,km,,article
between,ecology,Between 40 and 60,air,north,2022,between,40,60,,,article
";

const TARGETS: &str = "\
target_id,title,indicator_id,place_id,period,direction,value,low,high,force,baseline,source_id
met,Met,air,north,2022,at_most,50,,,binding,2013,article
on_track,On track,air,north,2025,at_most,40,,,binding,2013,article
slipping,Slipping,air,south,2025,at_most,35,,,binding,2013,article
wrong_way,Wrong way,air,n1,2025,at_most,35,,,binding,2013,article
past,Past its date,air,north,2018,at_most,50,,,binding,2013,article
one_figure,One figure,air,n2,2025,at_most,35,,,binding,,article
no_data,No data,air,s2,2025,at_most,35,,,binding,,article
range,In a range,air,s1,2025,within,,40,50,expected,2013,article
";

fn files() -> Vec<(&'static str, &'static str)> {
    vec![
        ("data/indicators.csv", INDICATORS),
        ("data/observations.csv", OBSERVATIONS),
        ("data/links.csv", LINKS),
        ("data/claims.csv", CLAIMS),
        ("data/targets.csv", TARGETS),
        ("measures/all.toml", MEASURES),
    ]
}

fn study() -> (tempfile::TempDir, Study) {
    let folder = tempfile::tempdir().expect("a folder");
    let (study, findings) = open(folder.path(), &files());
    assert_eq!(list(&findings), "");
    (folder, study)
}

fn find<'a>(study: &Study, results: &'a [ClaimResult], id: &str) -> &'a ClaimResult {
    let named = |result: &&ClaimResult| study.region.id(study.region.claims[result.claim].id) == id;
    results.iter().find(named).expect("a claim of this id")
}

#[test]
fn a_figure_that_was_revised_depends_on_the_vintage() {
    let (_folder, study) = study();
    let claims = study.claims();
    let over = find(&study, &claims, "over");
    assert_eq!((over.verdict, over.depends_on), (Verdict::Depends, (true, false)));
    let seen: Vec<(f64, Option<String>, Option<bool>)> =
        over.judgements.iter().map(|j| (j.value, j.as_of.map(|day| day.to_string()), j.holds)).collect();
    // On 2023-01-20 only one part was out: that view judges nothing.
    let wanted =
        [(99.0, Some("2024-01-31".to_owned()), Some(false)), (101.0, Some("2023-02-10".to_owned()), Some(true))];
    assert_eq!(seen, wanted);
    assert_eq!(over.evidence, Evidence::Independent);
    assert_eq!(over.judgements[0].definition.get("en"), "sum of the provinces");
    assert_eq!(find(&study, &claims, "over_wide").verdict, Verdict::Kept);
    let yuan = find(&study, &claims, "in_yuan");
    assert_eq!((yuan.verdict, yuan.judgements[0].value), (Verdict::Kept, 9_900_000_000.0));
}

#[test]
fn a_figure_with_two_definitions_depends_on_the_definition() {
    let (_folder, study) = study();
    let claims = study.claims();
    let far = find(&study, &claims, "far");
    assert_eq!((far.verdict, far.depends_on), (Verdict::Depends, (false, true)));
    let names: Vec<&str> = far.judgements.iter().map(|judgement| judgement.definition.get("en")).collect();
    assert_eq!(names, ["straight line", "by rail"]);
    assert!((far.judgements[0].value - 233.7).abs() < 0.5, "{}", far.judgements[0].value);
    assert_eq!(far.judgements[1].value, 300.0);
}

#[test]
fn evidence_is_the_weakest_source_at_the_end() {
    let (_folder, study) = study();
    let claims = study.claims();
    let evidence = |id: &str| find(&study, &claims, id).evidence;
    // One of the two parts only repeats the article.
    assert_eq!(evidence("circular"), Evidence::OwnSource);
    assert_eq!(evidence("nearly"), Evidence::OwnSource);
    assert_eq!(evidence("more"), Evidence::Unverified);
    // What repeats the article is independent of another publisher's claim.
    assert_eq!(evidence("exactly"), Evidence::Independent);
    assert_eq!(evidence("missing"), Evidence::None);
}

#[test]
fn says_why_nothing_can_be_decided() {
    let (_folder, study) = study();
    let claims = study.claims();
    let said = |id: &str| {
        let result = find(&study, &claims, id);
        (result.verdict, result.reason)
    };
    assert_eq!(said("words"), (Verdict::Undecidable, Some(Undecidable::NoFigure)));
    assert_eq!(said("missing"), (Verdict::Undecidable, Some(Undecidable::NoData)));
    assert_eq!(said("more"), (Verdict::Undecidable, Some(Undecidable::BoundOnly)));
    assert_eq!(said("nearly"), (Verdict::Kept, None));
    assert_eq!(said("exactly"), (Verdict::Kept, None));
    assert_eq!(said("between"), (Verdict::Kept, None));
}

#[test]
fn targets_compare_the_pace_achieved_with_the_pace_needed() {
    let (_folder, study) = study();
    let targets = study.targets();
    let of = |id: &str| {
        let named = |index: usize| study.region.id(study.region.targets[index].id) == id;
        targets.iter().find(|result| named(result.target)).expect("a target of this id")
    };
    assert_eq!(of("met").status, TargetStatus::Met);
    let on_track = of("on_track");
    assert_eq!(on_track.status, TargetStatus::OnTrack);
    assert!((on_track.pace_achieved.expect("a pace") + 40.0 / 9.0).abs() < 1e-12);
    assert!((on_track.pace_needed.expect("a pace") + 10.0 / 3.0).abs() < 1e-12);
    assert_eq!(on_track.latest.map(|(value, period)| (value, period.to_string())), Some((50.0, "2022".to_owned())));
    assert_eq!(of("slipping").status, TargetStatus::Slipping);
    assert_eq!(of("slipping").evidence, Evidence::Unverified);
    assert_eq!(of("wrong_way").status, TargetStatus::OffTrack);
    let past = of("past");
    assert_eq!((past.status, past.latest.map(|latest| latest.0)), (TargetStatus::OffTrack, Some(60.0)));
    assert_eq!(of("one_figure").status, TargetStatus::NoData);
    assert_eq!(of("no_data").status, TargetStatus::NoData);
    // 20 to 30 in nine years; 10 more in three.
    assert_eq!(of("range").status, TargetStatus::Slipping);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    /// Making any source weaker never makes any evidence stronger.
    #[test]
    fn evidence_is_monotone(weaker in 0_usize..5, repeats in 0_usize..5) {
        let (_folder, mut study) = study();
        let evidence = |study: &Study| {
            let claims: Vec<Evidence> = study.claims().iter().map(|claim| claim.evidence).collect();
            let figure = study.figure("gdp@region@2022", View::default()).expect("a figure");
            (claims, study.evidence(&figure, umbel_core::Symbol::NONE))
        };
        let before = evidence(&study);
        study.region.sources[weaker].mark = Mark::Unverified;
        let marked = evidence(&study);
        prop_assert!(marked.0.iter().zip(&before.0).all(|(after, before)| after <= before));
        prop_assert!(marked.1 <= before.1);
        let other = study.region.sources[repeats].id;
        study.region.sources[weaker].derived_from.push(other);
        let derived = evidence(&study);
        prop_assert!(derived.0.iter().zip(&marked.0).all(|(after, before)| after <= before));
        prop_assert!(derived.1 <= marked.1);
    }
}
