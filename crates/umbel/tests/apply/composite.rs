//! Indices, coupling coordination and TOPSIS on plain files.

use crate::{apply, folder};

const TABLE: &str = "id,income,green,commute,part\n\
    a,10,5,30,x\nb,20,4,20,x\nc,30,9,50,x\nd,40,2,10,y\ne,25,,40,y\nf,35,7,15,y\n";

#[test]
fn an_index_has_scores_and_ranks_with_bands() {
    let folder = folder(&[("a.csv", TABLE)]);
    let run = "composite --values a.csv:income,green,commute --directions 1,1,-1 --format json";
    let found = apply(folder.path(), run).json();
    let places = found["places"].as_array().map_or(&[][..], Vec::as_slice);
    assert_eq!(places.len(), 6);
    // d: highest income, lowest green, shortest commute: (100 + 0 + 100) / 3.
    let d = &places[3];
    assert_eq!(d["id"], "d");
    assert!((d["score"].as_f64().unwrap_or(f64::NAN) - 200.0 / 3.0).abs() < 1e-9, "{d}");
    // e has no green: the mean of 50 and 25.
    assert!((places[4]["score"].as_f64().unwrap_or(f64::NAN) - 37.5).abs() < 1e-9);
    let mut ranks: Vec<i64> = Vec::new();
    for place in places {
        let of = |key: &str| place[key].as_i64().unwrap_or(-1);
        assert!(1 <= of("rank_low") && of("rank_low") <= of("rank") && of("rank") <= of("rank_high"), "{place}");
        ranks.push(of("rank"));
    }
    ranks.sort_unstable();
    assert_eq!(ranks, [1, 2, 3, 4, 5, 6]);
    assert_eq!(found["indicators"][2]["name"], "commute");
    assert_eq!(apply(folder.path(), run).json(), found);
    // Weights are relative, and words and groups are understood.
    let heavier = apply(folder.path(), &format!("{run} --weights 2,2,2")).json();
    assert_eq!(heavier["places"][3]["score"], d["score"]);
    let entropy = apply(
        folder.path(),
        &format!("{run} --weights entropy --impute group_mean --groups part --treat winsorise_then_log"),
    )
    .json();
    assert_eq!(entropy["weights_from"], "entropy");
    let nested = apply(folder.path(), &format!("{run} --parents people,place,people --sobol 64")).json();
    assert_eq!(nested["groups"][0]["name"], "people");
    assert!((nested["places"][3]["score"].as_f64().unwrap_or(f64::NAN) - 50.0).abs() < 1e-9);
    assert!(nested["sensitivity"].as_array().is_some_and(|rows| rows.len() == 3), "{}", nested["sensitivity"]);
}

#[test]
fn an_index_says_what_is_wrong() {
    let folder = folder(&[("a.csv", TABLE), ("b.csv", "id,u,v\na,1,7\nb,2,7\nc,3,7\n")]);
    let err = |arguments: &str| {
        let ran = apply(folder.path(), arguments);
        assert_ne!(ran.code, 0, "{}", ran.out);
        ran.err
    };
    assert!(err("composite --values b.csv:u,v").contains("(v)"));
    assert!(err("composite --values a.csv:income,green --weights entrop").contains("entropy"));
    assert!(err("composite --values a.csv:income,green --weights 1,2,3").contains("3 weights for 2 indicators"));
    assert!(err("composite --values a.csv:income,green --directions 1").contains("1 directions for 2"));
    assert!(err("composite --values a.csv:income,green --directions 1,2").contains("2 is no direction"));
    assert!(err("composite --values a.csv:income,green --aggregate geometric").contains("1 to 100"));
    assert!(err("composite --values a.csv:income,green --impute group_mean").contains("groups"));
    assert!(err("composite --values a.csv:income,part").contains("F011"));
    assert!(err("composite --values a.csv:income,green --draws 3").contains("at least 20"));
}

#[test]
fn periods_share_one_scale_and_ranks_are_within_each() {
    let text = "id,year,u,v\na,2020,0,10\nb,2020,5,20\na,2021,10,30\nb,2021,8,15\n";
    let folder = folder(&[("a.csv", text)]);
    let found = apply(folder.path(), "composite --values a.csv:u,v --format json").json();
    let rows = found["rows"].as_array().map_or(&[][..], Vec::as_slice);
    let of = |key: &str| rows.iter().map(|row| row[key].as_f64().unwrap_or(f64::NAN)).collect::<Vec<_>>();
    assert_eq!(of("score"), [0.0, 50.0, 100.0, 52.5]);
    assert_eq!(of("rank"), [2.0, 1.0, 1.0, 2.0]);
}

#[test]
fn coupling_coordination_names_its_variant_and_grade() {
    let text = "id,city,nature\na,0.9,0.4\nb,0.5,0.5\nc,0.2,0.8\nd,0.7,\n";
    let folder = folder(&[("u.csv", text)]);
    let run = "coupling-coordination --values u.csv:city,nature --format json";
    let found = apply(folder.path(), &format!("{run} --variant wang_2021")).json();
    assert_eq!(
        (found["variant"].as_str(), found["n"].as_i64(), found["missing"].as_i64()),
        (Some("wang_2021"), Some(3), Some(1))
    );
    let (c, t) = ((0.5 * 0.4 / 0.9_f64).sqrt(), 0.65);
    let a = &found["places"][0];
    let near = |key: &str, wanted: f64| assert!((a[key].as_f64().unwrap_or(f64::NAN) - wanted).abs() < 1e-12, "{a}");
    near("coupling", c);
    near("development", t);
    near("coordination", (c * t).sqrt());
    assert_eq!((a["grade"].as_str(), a["coupling_stage"].as_str()), (Some("bare coordination"), Some("antagonism")));
    assert_eq!(found["places"][1]["coupling"].as_f64(), Some(1.0));
    let other = apply(folder.path(), &format!("{run} --variant standard --weights 3,1 --other-variants fan")).json();
    assert!((other["places"][0]["development"].as_f64().unwrap_or(f64::NAN) - 0.775).abs() < 1e-12);
}

#[test]
fn coupling_coordination_refuses_the_known_misuses() {
    let panel = "id,year,u,v\na,2020,0.01,0.3\nb,2020,0.4,0.5\nc,2020,0.99,0.4\na,2021,0.99,0.2\nb,2021,0.3,0.7\nc,2021,0.01,0.9\n";
    let files =
        [("u.csv", "id,u,v\na,0,0.4\nb,0.5,0.5\n"), ("w.csv", "id,u,v\na,10,4\nb,5,50\nc,7,7\n"), ("p.csv", panel)];
    let folder = folder(&files);
    let err = |arguments: &str| {
        let ran = apply(folder.path(), &format!("coupling-coordination {arguments}"));
        assert_ne!(ran.code, 0, "{}", ran.out);
        ran.err
    };
    assert!(err("--values u.csv:u,v --variant standard").contains("0.01 to 0.99"));
    assert!(err("--values w.csv:u,v --variant standard").contains("at most 1"));
    assert!(err("--values u.csv:u,v").contains("--variant is needed"));
    assert!(err("--values u.csv:u,v --variant lost_coefficient").contains("cannot exceed 1/n"));
    assert!(err("--values u.csv:u,v --variant weighted_coupling").contains("belong in T"));
    assert!(err("--values p.csv:u,v --variant fan").contains("in every period"));
    assert!(
        err("--values p.csv:u,v --variant fan --scale 0.01,0.99 --window per_period").contains("all periods together")
    );
    assert!(err("--values w.csv:u --variant fan").contains("2 systems"));
    let fine =
        apply(folder.path(), "coupling-coordination --values w.csv:u,v --variant fan --scale 0.01,0.99 --format json");
    assert_eq!(fine.json()["places"].as_array().map(Vec::len), Some(3));
}

#[test]
fn topsis_ranks_with_bands_and_files_need_no_ids() {
    let folder = folder(&[("a.csv", "access,price\n9,1\n5,5\n1,9\n"), ("u.csv", "u,v\n0.2,0.4\n0.5,0.9\n")]);
    let found = apply(folder.path(), "topsis --values a.csv:access,price --directions 1,-1 --format json").json();
    let of = |key: &str| [0, 1, 2].map(|row| found["places"][row][key].as_f64().unwrap_or(f64::NAN));
    assert_eq!((of("rank"), of("rank_low"), of("rank_high")), ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], [1.0, 2.0, 3.0]));
    assert_eq!((of("score")[0], of("score")[2]), (1.0, 0.0));
    let ran = apply(folder.path(), "topsis --values a.csv:access,price --weights equal_influence");
    assert!(ran.code != 0 && ran.err.contains("composite"), "{}", ran.err);
    // Several columns without a time: rows are places.
    let found =
        apply(folder.path(), "coupling-coordination --values u.csv:u,v --variant standard --format json").json();
    assert_eq!(found["places"].as_array().map(Vec::len), Some(2), "{found}");
}
