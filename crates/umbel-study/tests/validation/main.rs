//! Every method against published figures or other people's programs, through region folders on disk.
//!
//! The deviations found are published: this test holds docs/validation.md to them (`UMBEL_BLESS=1` writes it again).
//! Values of peers are in this folder, written by peers.py.

#![allow(clippy::expect_used)]

#[path = "../../../../tests/support/check.rs"]
mod check;
mod judging;
mod peers;
mod region;
#[path = "../support/mod.rs"]
mod support;

use check::{Check, Kind};
use judging::{progress, verdict};
use peers::{number, numbers, peer, values};
use region::{Region, figure};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use umbel_core::{Period, Symbol};
use umbel_study::View;

fn formula() -> Vec<Check> {
    let given = values("formula_values");
    let mut region = Region::new(given.len());
    for (column, name) in ["a", "b", "c"].iter().enumerate() {
        region.indicator(name, "1");
        for (place, row) in given.iter().enumerate() {
            region.figure(name, &format!("p{place}"), "2020", &row[column]);
        }
    }
    let formulas = values("formula");
    for (at, row) in formulas.iter().enumerate() {
        region.measure(&format!("m{at}"), &format!("formula = \"{}\"", row[0]));
    }
    let (_folder, study) = region.study();
    let mut pairs = Vec::new();
    for (at, row) in formulas.iter().enumerate() {
        for (place, wanted) in row[1..].iter().enumerate() {
            pairs.push((figure(&study, &format!("m{at}"), &format!("p{place}"), "2020"), number(wanted)));
        }
    }
    let mut region = Region::new(1);
    let units = values("units");
    for (at, row) in units.iter().enumerate() {
        region.indicator(&format!("x{at}"), &row[0]);
        region.figure(&format!("x{at}"), "p0", "2020", &row[2]);
        region.measure(&format!("m{at}"), &format!("formula = \"x{at}\"\nunit = \"{}\"", row[1]));
    }
    let (_folder, study) = region.study();
    let converted = units.iter().enumerate();
    let converted = converted.map(|(at, row)| (figure(&study, &format!("m{at}"), "p0", "2020"), number(&row[3])));
    vec![
        Check {
            method: "formula",
            what: "random formulas on ten places",
            reference: format!("the same text worked out by {}", peer("Python")),
            pairs,
            kind: Kind::Relative,
            limit: 1e-12,
        },
        Check {
            method: "formula",
            what: "conversion of units",
            reference: peer("pint"),
            pairs: converted.collect(),
            kind: Kind::Relative,
            limit: 1e-12,
        },
    ]
}

const NIST: &str =
    "NIST Statistical Reference Datasets, univariate summary statistics NumAcc1 to NumAcc4, certified values";

/// The data sets NumAcc1 to NumAcc4: values, certified mean, certified standard deviation (divisor n - 1).
fn certified() -> Vec<(Vec<&'static str>, f64, f64)> {
    let alternating = |first: &'static str, low: &'static str, high: &'static str| {
        std::iter::once(first).chain((0..1000).map(move |at| if at % 2 == 0 { low } else { high })).collect::<Vec<_>>()
    };
    vec![
        (vec!["10000001", "10000003", "10000002"], 10_000_002.0, 1.0),
        (alternating("1.2", "1.1", "1.3"), 1.2, 0.1),
        (alternating("1000000.2", "1000000.1", "1000000.3"), 1_000_000.2, 0.1),
        (alternating("10000000.2", "10000000.1", "10000000.3"), 10_000_000.2, 0.1),
    ]
}

fn parts(rule: &str, place: &str) -> String {
    format!("method = \"aggregate\"\nof = \"x\"\nfrom = {{ kind = \"part\" }}\nto = \"{place}\"\nrule = \"{rule}\"")
}

fn nist() -> Vec<Check> {
    let (mut means, mut variations) = (Vec::new(), Vec::new());
    for (data, mean, deviation) in certified() {
        let mut region = Region::new(data.len());
        region.indicator("x", "1");
        data.iter().enumerate().for_each(|(at, value)| region.figure("x", &format!("p{at}"), "2020", value));
        region.measure("mean", &parts("mean", "region"));
        region.measure(
            "variation",
            "method = \"gap\"\nof = \"x\"\namong = { kind = \"part\" }\nform = \"coefficient_of_variation\"",
        );
        let (_folder, study) = region.study();
        let n = data.len() as f64;
        means.push((figure(&study, "mean", "region", "2020"), mean));
        let wanted = deviation * ((n - 1.0) / n).sqrt() / mean;
        variations.push((figure(&study, "variation", "region", "2020"), wanted));
    }
    vec![
        Check {
            method: "aggregate",
            what: "mean of up to 1,001 parts",
            reference: NIST.to_owned(),
            pairs: means,
            kind: Kind::Relative,
            limit: 1e-15,
        },
        Check {
            method: "gap",
            what: "coefficient of variation (the data themselves are rounded when read: NumAcc4 in the ninth digit of its deviations)",
            reference: NIST.to_owned(),
            pairs: variations,
            kind: Kind::Relative,
            limit: 1e-7,
        },
    ]
}

fn aggregate() -> Vec<Check> {
    let cases = values("aggregate");
    let mut pairs = Vec::new();
    for case in &cases {
        let (x, w) = (numbers(&case[1]), numbers(&case[2]));
        let mut region = Region::new(x.len());
        region.indicator("x", "1").indicator("w", "{person}");
        for (at, (x, w)) in x.iter().zip(&w).enumerate() {
            region.figure("x", &format!("p{at}"), &case[0], &x.to_string());
            region.figure("w", &format!("p{at}"), &case[0], &w.to_string());
        }
        let rules = ["sum", "mean", "weighted_mean", "max", "min", "median"];
        for rule in rules {
            let weight = if rule == "weighted_mean" { "\nweight = \"w\"" } else { "" };
            region.measure(rule, &format!("{}{weight}", parts(rule, "region")));
        }
        let (_folder, study) = region.study();
        let wanted = rules.iter().zip(&case[3..]);
        pairs.extend(wanted.map(|(rule, wanted)| (figure(&study, rule, "region", &case[0]), number(wanted))));
    }
    vec![Check {
        method: "aggregate",
        what: "all six rules on random parts",
        reference: format!("{} (math.fsum, statistics), {} (average)", peer("Python"), peer("numpy")),
        pairs,
        kind: Kind::Relative,
        limit: 1e-13,
    }]
}

fn change() -> Vec<Check> {
    let cases = values("change");
    let mut region = Region::new(cases.len());
    region.indicator("x", "1");
    for (at, case) in cases.iter().enumerate() {
        let base = 2020 - number(&case[2]) as i32;
        // Every case has a base of its own, so every place has measures of its own.
        region.figure("x", &format!("p{at}"), &base.to_string(), &case[0]);
        region.figure("x", &format!("p{at}"), "2020", &case[1]);
        for form in ["absolute", "percent", "annual_average", "index"] {
            let keys = format!("method = \"change\"\nof = \"x\"\nform = \"{form}\"\nbase = \"{base}\"");
            region.measure(&format!("{form}{at}"), &keys);
        }
    }
    let (_folder, study) = region.study();
    let mut pairs = Vec::new();
    for (at, case) in cases.iter().enumerate() {
        for (form, wanted) in ["absolute", "percent", "annual_average", "index"].iter().zip(&case[3..]) {
            pairs.push((figure(&study, &format!("{form}{at}"), &format!("p{at}"), "2020"), number(wanted)));
        }
    }
    let mut region = census();
    region.measure("more", "method = \"change\"\nof = \"people\"\nform = \"absolute\"\nbase = \"2010\"");
    region.measure("percent", "method = \"change\"\nof = \"people\"\nform = \"percent\"\nbase = \"2010\"");
    region.measure("yearly", "method = \"change\"\nof = \"people\"\nform = \"annual_average\"\nbase = \"2010\"");
    region.measure("percent00", "method = \"change\"\nof = \"people\"\nform = \"percent\"\nbase = \"2000\"");
    region.measure("yearly00", "method = \"change\"\nof = \"people\"\nform = \"annual_average\"\nbase = \"2000\"");
    let (_folder, study) = region.study();
    let published = vec![
        (figure(&study, "more", "region", "2020"), 72_053_872.0),
        (figure(&study, "percent", "region", "2020"), 5.38),
        (figure(&study, "yearly", "region", "2020"), 0.53),
        (figure(&study, "percent00", "region", "2010"), 5.84),
        (figure(&study, "yearly00", "region", "2010"), 0.57),
    ];
    vec![
        Check {
            method: "change",
            what: "all four forms on random figures",
            reference: format!("exact fractions ({}); yearly rate in extended precision ({})", peer("Python"), peer("numpy")),
            pairs,
            kind: Kind::Relative,
            limit: 1e-11,
        },
        Check {
            method: "change",
            what: "population of China 2000, 2010, 2020: increase, per cent, average yearly rate",
            reference: "National Bureau of Statistics of China: Communiqué of the Seventh National Population Census (No. 2), 2021; Communiqué on Major Figures of the 2010 Population Census (No. 1), 2011".to_owned(),
            pairs: published,
            kind: Kind::Rounded(2),
            limit: 0.0,
        },
    ]
}

/// The censuses of China.
fn census() -> Region {
    let mut region = Region::new(0);
    region.indicator("people", "{person}").indicator("men", "{person}").indicator("women", "{person}");
    for (year, people) in [("2000", "1265825048"), ("2010", "1339724852"), ("2020", "1411778724")] {
        region.figure("people", "region", year, people);
    }
    region.figure("men", "region", "2020", "723339956");
    region.figure("women", "region", "2020", "688438768");
    for (group, number) in [("0_14", "253383938"), ("15_59", "894376020"), ("60", "264018766"), ("urban", "901991162")]
    {
        region.indicator(&format!("people_{group}"), "{person}");
        region.figure(&format!("people_{group}"), "region", "2020", number);
    }
    region
}

fn share_and_ratio() -> Vec<Check> {
    let mut region = census();
    for part in ["men", "women", "people_0_14", "people_15_59", "people_60", "people_urban"] {
        region.measure(
            &format!("share_{part}"),
            &format!("method = \"share\"\nof = \"{part}\"\nwhole = \"people\"\nunit = \"%\""),
        );
    }
    region.measure("sex_ratio", "method = \"ratio\"\nof = \"men\"\nto = \"women\"\nunit = \"%\"");
    let (_folder, study) = region.study();
    let share = |part: &str| figure(&study, &format!("share_{part}"), "region", "2020");
    let wanted = [
        ("men", 51.24),
        ("women", 48.76),
        ("people_0_14", 17.95),
        ("people_15_59", 63.35),
        ("people_60", 18.70),
        ("people_urban", 63.89),
    ];
    vec![
        Check {
            method: "share",
            what: "population of China 2020 by sex, age and residence",
            reference: "National Bureau of Statistics of China: Communiqués of the Seventh National Population Census (No. 4, 5 and 7), 2021".to_owned(),
            pairs: wanted.iter().map(|&(part, wanted)| (share(part), wanted)).collect(),
            kind: Kind::Rounded(2),
            limit: 0.0,
        },
        Check {
            method: "ratio",
            what: "men to 100 women, China 2020",
            reference: "National Bureau of Statistics of China: Communiqué of the Seventh National Population Census (No. 4), 2021".to_owned(),
            pairs: vec![(figure(&study, "sex_ratio", "region", "2020"), 105.07)],
            kind: Kind::Rounded(2),
            limit: 0.0,
        },
    ]
}

fn cumulate() -> Vec<Check> {
    let rows = values("cumulate");
    let mut region = Region::new(10);
    region.indicator("x", "t");
    rows.iter().for_each(|row| region.figure("x", &row[0], &row[1], &row[2]));
    region.measure("total", "method = \"cumulate\"\nof = \"x\"\nstart = \"2000\"");
    let (_folder, study) = region.study();
    let pairs = rows.iter().map(|row| (figure(&study, "total", &row[0], &format!("2000/{}", row[1])), number(&row[3])));
    vec![Check {
        method: "cumulate",
        what: "running totals of decimals over 25 years",
        reference: format!("exact fractions ({})", peer("Python")),
        pairs: pairs.collect(),
        kind: Kind::Relative,
        limit: 1e-15,
    }]
}

fn gap() -> Vec<Check> {
    let cases = values("gap");
    let mut region = Region::new(12);
    region.indicator("x", "{CNY}").indicator("w", "{person}");
    for case in &cases {
        for (at, (x, w)) in numbers(&case[1]).iter().zip(numbers(&case[2])).enumerate() {
            region.figure("x", &format!("p{at}"), &case[0], &x.to_string());
            region.figure("w", &format!("p{at}"), &case[0], &w.to_string());
        }
    }
    let among = "method = \"gap\"\nof = \"x\"\namong = { kind = \"part\" }\n";
    region.measure("range", &format!("{among}form = \"range\""));
    region.measure("ratio", &format!("{among}form = \"ratio\""));
    region.measure("plain", &format!("{among}form = \"coefficient_of_variation\""));
    region.measure("weighted", &format!("{among}form = \"coefficient_of_variation\"\nweight = \"w\""));
    let (_folder, study) = region.study();
    let mut pairs = Vec::new();
    for case in &cases {
        for (form, wanted) in ["range", "ratio", "plain", "weighted"].iter().zip(&case[3..]) {
            pairs.push((figure(&study, form, "region", &case[0]), number(wanted)));
        }
    }
    vec![Check {
        method: "gap",
        what: "range, ratio, Williamson's Vuw and Vw of random incomes",
        reference: format!("{} (average), {} (stats.variation)", peer("numpy"), peer("scipy")),
        pairs,
        kind: Kind::Relative,
        limit: 1e-13,
    }]
}

fn rank() -> Vec<Check> {
    let cases = values("rank");
    let mut region = Region::new(12);
    region.indicator("x", "1");
    for case in &cases {
        numbers(&case[1])
            .iter()
            .enumerate()
            .for_each(|(at, x)| region.figure("x", &format!("p{at}"), &case[0], &x.to_string()));
    }
    for order in ["low_first", "high_first"] {
        region.measure(
            order,
            &format!("method = \"rank\"\nof = \"x\"\namong = {{ kind = \"part\" }}\norder = \"{order}\""),
        );
    }
    let (_folder, study) = region.study();
    let mut pairs = Vec::new();
    for case in &cases {
        for (order, wanted) in ["low_first", "high_first"].iter().zip(&case[2..]) {
            let wanted = numbers(wanted).into_iter().enumerate();
            pairs.extend(wanted.map(|(at, wanted)| (figure(&study, order, &format!("p{at}"), &case[0]), wanted)));
        }
    }
    vec![Check {
        method: "rank",
        what: "figures with many ties, both orders",
        reference: format!("{} (stats.rankdata, average)", peer("scipy")),
        pairs,
        kind: Kind::Absolute(""),
        limit: 0.0,
    }]
}

fn registers() -> Vec<Check> {
    let mut region = Region::new(12);
    region.indicator("people", "{person}");
    for row in values("registers_people") {
        region.figure("people", &row[0], "2020", &row[1]);
    }
    for row in values("registers_projects") {
        writeln!(region.projects, "{},T,{},{},,{},{{CNY}},s", row[0], row[1], row[2], row[3]).expect("text");
    }
    for row in values("registers_stages") {
        writeln!(region.stages, "{},{},{},s", row[0], row[1], row[2]).expect("text");
    }
    for row in values("registers_links") {
        writeln!(region.links, "{},rail,{},{},{},,{},{},s", row[0], row[1], row[2], row[5], row[3], row[4])
            .expect("text");
    }
    for row in values("registers_flows") {
        writeln!(region.flows, "money,{},{},{},{},{{CNY}},s", row[0], row[1], row[2], row[3]).expect("text");
    }
    let years = "periods = \"2008/2022\"";
    let projects = format!("method = \"count\"\ntable = \"projects\"\n{years}\n");
    region.measure("school_started", &format!("{projects}where = {{ kind = \"school\" }}\nstage = \"started\""));
    region.measure("leads", &format!("{projects}distinct = \"lead_place_id\"\nstage = \"planned\""));
    region.measure("open_links", &format!("method = \"count\"\ntable = \"links\"\n{years}"));
    region.measure("open_length", &format!("method = \"sum\"\ntable = \"links\"\ncolumn = \"length\"\n{years}"));
    let reached = format!("method = \"coverage\"\nof = {{ kind = \"part\" }}\nlink = {{ kind = \"rail\" }}\n{years}\n");
    region.measure("reached", &reached);
    region.measure("people_reached", &format!("{reached}weight = \"people\"\nweight_period = \"2020\""));
    region.measure("sent", "method = \"sum\"\ntable = \"flows\"\nby = \"origin_id\"");
    let cost =
        "method = \"sum\"\ntable = \"projects\"\ncolumn = \"cost\"\nby = \"lead_place_id\"\nperiods = [\"2022\"]";
    region.measure("cost", cost);
    let (_folder, study) = region.study();
    let wanted = values("registers");
    let of = |method: &'static str, what: &'static str, limit: f64| Check {
        method,
        what,
        reference: format!("{}: queries on the same tables", peer("SQLite")),
        pairs: wanted
            .iter()
            .filter(|row| row[0] == method)
            .map(|row| (figure(&study, &row[1], &row[2], &row[3]), number(&row[4])))
            .collect(),
        kind: Kind::Relative,
        limit,
    };
    vec![
        of("count", "projects by stage, different leads, open links, 15 years", 0.0),
        of("sum", "flows by origin, cost by lead, length of open links", 1e-13),
        of("coverage", "places and people reached by open links, 15 years", 1e-14),
    ]
}

fn distance() -> Vec<Check> {
    let rows = values("distance");
    let mut region = Region::new(0);
    let mut pair = |at: usize, from: (&str, &str), to: (&str, &str)| {
        writeln!(region.places, "a{at},part,A,region,{},{},s\nb{at},part,B,region,{},{},s", from.1, from.0, to.1, to.0)
            .expect("text");
        region.measure(
            &format!("m{at}"),
            &format!("method = \"distance\"\nfrom = \"a{at}\"\nto = \"b{at}\"\nperiods = [\"2020\"]\nunit = \"m\""),
        );
    };
    rows.iter().enumerate().for_each(|(at, row)| pair(at, (&row[0], &row[1]), (&row[2], &row[3])));
    let published = rows.len();
    // New York (JFK) to London (LHR), as in the manual of GeodSolve: 51d36'N 0d30'W.
    pair(published, ("40.6", "-73.8"), ("51.6", "-0.5"));
    let (_folder, study) = region.study();
    let metres = |at: usize| figure(&study, &format!("m{at}"), &format!("a{at}"), "2020");
    vec![
        Check {
            method: "distance",
            what: "pairs over the globe, near antipodes, and within 150 km",
            reference: format!("{}, by the author of the algorithm", peer("geographiclib")),
            pairs: rows.iter().enumerate().map(|(at, row)| (metres(at), number(&row[4]))).collect(),
            kind: Kind::Absolute("m"),
            limit: 1e-6,
        },
        Check {
            method: "distance",
            what: "New York to London",
            reference: "GeographicLib, manual of GeodSolve, example: 5551759.400 m".to_owned(),
            pairs: vec![(metres(published), 5_551_759.4)],
            kind: Kind::Rounded(3),
            limit: 0.0,
        },
    ]
}

fn network_sum() -> Vec<Check> {
    let mut region = Region::new(0);
    let totals = values("network_totals");
    let mut nodes: Vec<&str> = totals.iter().map(|row| row[1].as_str()).collect();
    nodes.sort_unstable();
    nodes.dedup();
    nodes.iter().for_each(|node| writeln!(region.places, "{node},station,N,region,,,s").expect("text"));
    for row in values("network") {
        writeln!(region.links, "{},rail,{},{},{},{},,,s", row[0], row[1], row[2], row[3], row[4]).expect("text");
    }
    for attribute in ["length", "time"] {
        region.measure(
            attribute,
            &format!("method = \"network_sum\"\nlinks = {{ kind = \"rail\" }}\nattribute = \"{attribute}\"\nfrom = {{ kind = \"station\" }}\nto = [\"n0\", \"n7\", \"n20\"]\nperiods = [\"2020\"]"),
        );
    }
    let (_folder, study) = region.study();
    let mut pairs = Vec::new();
    for row in &totals {
        if row[2].is_empty() {
            // No way leads there: the row has no value, and says that none can exist.
            let id = |text: &str| study.region.symbols.get(text).expect(text);
            let node = study.node(id(&row[0]), View::default()).expect("it runs");
            let at = node.series.find(id(&row[1]), Period::year(2020), Symbol::NONE, study.ranks()).expect("a row");
            assert_eq!(node.series.status[at].letter(), "M", "{row:?}");
        } else {
            pairs.push((figure(&study, &row[0], &row[1], "2020"), number(&row[2])));
        }
    }
    vec![Check {
        method: "network_sum",
        what: "36 railway services between 31 stations, to the nearest of three, by length and by time",
        reference: format!("{} (multi_source_dijkstra_path_length)", peer("networkx")),
        pairs,
        kind: Kind::Relative,
        limit: 1e-14,
    }]
}

#[test]
fn every_method_agrees_with_its_references() {
    let checks: Vec<Check> = [
        formula,
        aggregate,
        nist,
        change,
        share_and_ratio,
        cumulate,
        gap,
        rank,
        registers,
        distance,
        network_sum,
        progress,
        verdict,
    ]
    .iter()
    .flat_map(|check| check())
    .collect();
    let pages = umbel_study::reference::pages();
    let order = |check: &Check| pages.iter().position(|page| page.name == check.method);
    let mut sorted: Vec<&Check> = checks.iter().collect();
    sorted.sort_by_key(|check| order(check));
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    check::section(&workspace, "figures", &check::rows(&sorted));
    let held = fs::read_to_string(workspace.join("docs/validation.md")).expect("docs/validation.md is there");
    let unchecked: Vec<&str> =
        pages.iter().map(|page| page.name).filter(|name| !held.contains(&format!("\n| {name} |"))).collect();
    // Shares and sums of figures whose definition is their whole content: tested on their definition beside the code.
    assert_eq!(unchecked, BY_DEFINITION, "a method is checked against nothing");
    let list = match BY_DEFINITION {
        [] => "None".to_owned(),
        names => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
    };
    check::section(&workspace, "by definition", &format!("{list}.\n"));
}

/// Methods without a result of others so far.
const BY_DEFINITION: &[&str] = &["isochrone", "service_level", "journeys"];
