//! Every method on a small region read from disk: figures, statuses, bounds, and the rows they rest on.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

mod cities;
mod support;

use cities::{Tables, findings, rows};

fn observed<'a>(observations: &'a str) -> Tables<'a> {
    Tables { observations, ..Tables::default() }
}

/// Asserts the rows of the only measure of `measures` on these observations, and its unit.
fn gives(tables: &Tables<'_>, measure: &str, unit: &str, wanted: &[&str]) {
    let measure = format!("[m]\ntitle = \"M\"\n{measure}");
    let (found, found_unit) = rows(tables, &measure);
    assert_eq!(found, wanted, "{measure}");
    assert_eq!(found_unit, unit, "{measure}");
}

#[test]
fn formula_works_row_by_row() {
    let tables = observed(
        "gdp,p1,2021,,,100,,,
         gdp,p1,2022,,,110,,P,above
         gdp,p2,2022,,,,,Q,
         gdp,q1,2022,,,50,,,
         gdp,q1,2022,sex=F,,20,,,
         population,p1,2021,,,10,,,
         population,p1,2022,,,11,,E,
         population,p2,2022,,,5,,,
         population,q1,2022,,,0,,,",
    );
    gives(
        &tables,
        "formula = \"gdp / population\"\nunit = \"10*4.{CNY}/{person}\"",
        "10*4.{CNY}/{person}",
        &[
            "p1 2021 10 <- gdp@p1@2021 population@p1@2021",
            "p1 2022 10 E> <- gdp@p1@2022 population@p1@2022",
            "p2 2022 - O <- gdp@p2@2022 population@p2@2022",
            "q1 2022 - M <- gdp@q1@2022 population@q1@2022",
        ],
    );
    gives(
        &tables,
        "formula = \"gdp / population\"\nunit = \"{CNY}/{person}\"",
        "{CNY}/{person}",
        &[
            "p1 2021 100000 <- gdp@p1@2021 population@p1@2021",
            "p1 2022 100000 E> <- gdp@p1@2022 population@p1@2022",
            "p2 2022 - O <- gdp@p2@2022 population@p2@2022",
            "q1 2022 - M <- gdp@q1@2022 population@q1@2022",
        ],
    );
    gives(
        &tables,
        "formula = \"gdp@p1 - gdp@q1\"\nplace = \"region\"",
        "10*8.{CNY}",
        &["region 2022 60 P> <- gdp@p1@2022 gdp@q1@2022"],
    );
    gives(&tables, "formula = \"gdp@p1@2022 / gdp@p1@2021\"", "1", &["p1 2022 1.1 P> <- gdp@p1@2022 gdp@p1@2021"]);
    gives(
        &tables,
        "formula = \"gdp[sex=F] / gdp[_T] * 100 '%'\"\nunit = \"%\"",
        "%",
        &["q1 2022 40 <- gdp@q1@2022[sex=F] gdp@q1@2022"],
    );
    gives(
        &tables,
        "formula = \"gdp / 2\"\nplace = \"p1\"",
        "10*8.{CNY}",
        &["p1 2021 50 <- gdp@p1@2021", "p1 2022 55 P> <- gdp@p1@2022"],
    );
}

#[test]
fn formula_says_what_is_wrong_at_its_column() {
    assert_eq!(
        findings("[m]\ntitle = \"M\"\nformula = \"gdp + population\"\n"),
        ["M006 measures/measures.toml:3:16 adds 10*8.{CNY} and 10*4.{person}"]
    );
    assert_eq!(
        findings("[m]\ntitle = \"M\"\nformula = \"gdp + * 3\"\n"),
        ["M005 measures/measures.toml:3:18 \"*\" stands where a number, an indicator or \"(\" should"]
    );
    let unknown = findings("[m]\ntitle = \"M\"\nformula = \"gpd / population@nowhere\"\n");
    assert_eq!(unknown.len(), 2, "{unknown:?}");
    assert!(unknown.iter().all(|finding| finding.starts_with("M003")), "{unknown:?}");
    let two = findings("[m]\ntitle = \"M\"\nformula = \"gdp@p - gdp@q\"\n");
    assert!(two.len() == 1 && two[0].contains("nothing says where its result is written"), "{two:?}");
}

#[test]
fn aggregate_follows_the_rule_and_the_coverage() {
    let tables = observed(
        "gdp,p1,2015,,,10,,,
         gdp,p2,2015,,,20,,E,
         gdp,gone,2015,,,5,,,
         gdp,p1,2022,,,12,,,above
         gdp,p2,2022,,,,,L,
         gdp,q1,2022,,,7,,P,
         population,p1,2022,,,30,,,
         population,p2,2022,,,10,,,
         population,q1,2022,,,20,,,",
    );
    let cities = "method = \"aggregate\"\nof = \"gdp\"\nfrom = { kind = \"city\" }\nto = [\"p\", \"q\", \"region\"]\n";
    gives(
        &tables,
        cities,
        "10*8.{CNY}",
        &[
            "p 2015 35 E <- gdp@gone@2015 gdp@p1@2015 gdp@p2@2015",
            "p 2022 - O (0.5 covered) <- gdp@p1@2022",
            "q 2022 7 P <- gdp@q1@2022",
            "region 2015 - O (0.75 covered) <- gdp@gone@2015 gdp@p1@2015 gdp@p2@2015",
            "region 2022 - O (0.666666667 covered) <- gdp@p1@2022 gdp@q1@2022",
        ],
    );
    gives(
        &tables,
        &format!("{cities}weight = \"population\"\nmin_coverage = 0.7"),
        "10*8.{CNY}",
        &[
            "p 2015 35 E <- gdp@gone@2015 gdp@p1@2015 gdp@p2@2015",
            "p 2022 12 E> (0.75 covered) <- population@p1@2022 gdp@p1@2022",
            "q 2022 7 P <- population@q1@2022 gdp@q1@2022",
            "region 2015 35 E> (0.75 covered) <- gdp@gone@2015 gdp@p1@2015 gdp@p2@2015",
            "region 2022 19 E> (0.833333333 covered) <- population@p1@2022 gdp@p1@2022 population@q1@2022 gdp@q1@2022",
        ],
    );
    let tables = observed(
        "schooling,p1,2020,,,12,,,
         schooling,p2,2020,,,8,,,
         population,p1,2020,,,30,,,
         population,p2,2020,,,10,,,",
    );
    let to = "method = \"aggregate\"\nof = \"schooling\"\nfrom = { kind = \"city\" }\nto = \"p\"\n";
    gives(
        &tables,
        to,
        "a",
        &["p 2020 11 <- population@p1@2020 schooling@p1@2020 population@p2@2020 schooling@p2@2020"],
    );
    gives(&tables, &format!("{to}rule = \"median\""), "a", &["p 2020 10 <- schooling@p1@2020 schooling@p2@2020"]);
    gives(&tables, &format!("{to}rule = \"max\""), "a", &["p 2020 12 <- schooling@p1@2020 schooling@p2@2020"]);
}

#[test]
fn aggregate_never_counts_twice() {
    let found = findings(
        "[m]\ntitle = \"M\"\nmethod = \"aggregate\"\nof = \"gdp\"\nfrom = { kind = [\"city\", \"jurisdiction\"] }\nto = \"region\"\n",
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("M002 measures/measures.toml:5:") && found[0].contains("counted twice"), "{found:?}");
    let found =
        findings("[m]\ntitle = \"M\"\nmethod = \"aggregate\"\nof = \"dust\"\nfrom = { kind = \"city\" }\nto = \"p\"\n");
    assert!(found.len() == 1 && found[0].contains("make a whole"), "{found:?}");
}

#[test]
fn change_needs_a_base() {
    let tables = observed(
        "gdp,p1,2013,,,100,,,above
         gdp,p1,2014,,,110,,,
         gdp,p1,2022,,,200,,P,
         gdp,p2,2013,,,0,,,
         gdp,p2,2022,,,5,,,
         gdp,q1,2013,,,,,Q,
         gdp,q1,2022,,,5,,,
         gdp,q1,2022-Q1,,,1,,,",
    );
    let form = |form: &str| format!("method = \"change\"\nof = \"gdp\"\nform = \"{form}\"\nbase = \"2013\"\n");
    gives(
        &tables,
        &form("index"),
        "1",
        &[
            "p1 2013 100 <- gdp@p1@2013",
            "p1 2014 110< <- gdp@p1@2014 gdp@p1@2013",
            "p1 2022 200 P< <- gdp@p1@2022 gdp@p1@2013",
            "p2 2013 - M <- gdp@p2@2013",
            "p2 2022 - M <- gdp@p2@2022 gdp@p2@2013",
            "q1 2013 - O <- gdp@q1@2013",
            "q1 2022 - O <- gdp@q1@2022 gdp@q1@2013",
        ],
    );
    gives(
        &tables,
        &form("annual_average"),
        "%",
        &[
            "p1 2014 10< <- gdp@p1@2014 gdp@p1@2013",
            "p1 2022 8.005973889 P< <- gdp@p1@2022 gdp@p1@2013",
            "p2 2022 - M <- gdp@p2@2022 gdp@p2@2013",
            "q1 2022 - O <- gdp@q1@2022 gdp@q1@2013",
        ],
    );
    gives(
        &tables,
        "method = \"change\"\nof = \"gdp\"\nform = \"percent\"",
        "%",
        &["p1 2014 10< <- gdp@p1@2014 gdp@p1@2013"],
    );
    let (absolute, unit) = rows(&tables, &format!("[m]\ntitle = \"M\"\n{}", form("absolute")));
    assert_eq!((absolute[1].as_str(), unit.as_str()), ("p1 2014 10< <- gdp@p1@2014 gdp@p1@2013", "10*8.{CNY}"));
}

#[test]
fn share_finds_its_whole() {
    let tables = observed(
        "population,region,2020,,,100,,,
         population,p,2020,,,60,,,
         population,p1,2020,,,30,,,above
         population,p1,2020,sex=F,,15,,,
         population,q1,2020,,,10,,,
         residents,p1,2020,,,150000,,,
         residents,q1,2021,,,1,,,",
    );
    gives(
        &tables,
        "method = \"share\"\nof = \"population\"",
        "1",
        &[
            "p 2020 0.6 <- population@p@2020 population@region@2020",
            "p1 2020 0.5> <- population@p1@2020 population@p@2020",
            "q1 2020 0.1 <- population@q1@2020 population@region@2020",
        ],
    );
    gives(
        &tables,
        "method = \"share\"\nof = \"population\"\nwithin = \"region\"\nunit = \"%\"",
        "%",
        &[
            "p 2020 60 <- population@p@2020 population@region@2020",
            "p1 2020 30> <- population@p1@2020 population@region@2020",
            "q1 2020 10 <- population@q1@2020 population@region@2020",
            "region 2020 100 <- population@region@2020 population@region@2020",
        ],
    );
    gives(
        &tables,
        "method = \"share\"\nof = \"residents\"\nwhole = \"population\"",
        "1",
        &["p1 2020 0.5< <- residents@p1@2020 population@p1@2020"],
    );
    gives(
        &tables,
        "method = \"share\"\nof = \"population\"\nwithin = \"total\"",
        "1",
        &["p1 2020 [sex=F] 0.5< <- population@p1@2020[sex=F] population@p1@2020"],
    );
    let found = findings("[m]\ntitle = \"M\"\nmethod = \"share\"\nof = \"gdp\"\nwhole = \"population\"\n");
    assert!(found.len() == 1 && found[0].starts_with("M006"), "{found:?}");
}

#[test]
fn ratio_divides() {
    let tables = observed(
        "population,p1,2020,,,30,,,
         population,q1,2020,,,10,,,above
         residents,p1,2020,,,150000,,,
         residents,q1,2020,,,0,,,",
    );
    let to = "method = \"ratio\"\nof = \"population\"\n";
    gives(
        &tables,
        &format!("{to}place = \"p1\"\nto_place = \"q1\""),
        "1",
        &["p1 2020 3< <- population@p1@2020 population@q1@2020"],
    );
    gives(
        &tables,
        &format!("{to}to = \"residents\""),
        "1",
        &["p1 2020 2 <- population@p1@2020 residents@p1@2020", "q1 2020 - M <- population@q1@2020 residents@q1@2020"],
    );
    gives(
        &tables,
        &format!("{to}to_place = \"q1\""),
        "1",
        &["p1 2020 3< <- population@p1@2020 population@q1@2020", "q1 2020 1 <- population@q1@2020 population@q1@2020"],
    );
    let found = findings("[m]\ntitle = \"M\"\nmethod = \"ratio\"\nof = \"gdp\"\n");
    assert!(found.len() == 1 && found[0].contains("itself"), "{found:?}");
}

#[test]
fn cumulate_starts_from_a_published_total_and_breaks_at_gaps() {
    let tables = observed(
        "water,p,2014/2020,,,60,,,above
         water,p,2020,,,10,,,
         water,p,2021,,,8,,E,
         water,p,2022,,,9,,,
         water,p,2024,,,7,,,
         water,q,2014,,,1,,,
         water,q,2015,,,,,L,
         water,q,2016,,,2,,,",
    );
    gives(
        &tables,
        "method = \"cumulate\"\nof = \"water\"\nstart = \"2014\"",
        "10*8.m3",
        &[
            "p 2014/2020 60> <- water@p@2014/2020",
            "p 2014/2021 68 E> <- water@p@2014/2020 water@p@2021",
            "p 2014/2022 77 E> <- water@p@2014/2020 water@p@2021 water@p@2022",
            "p 2014/2024 - O <- water@p@2024",
            "q 2014/2014 1 <- water@q@2014",
            "q 2014/2015 - O <- water@q@2015",
            "q 2014/2016 - O <- water@q@2016",
        ],
    );
}

#[test]
fn gap_needs_every_place() {
    let tables = observed(
        "gdp,p1,2021,,,2,,,
         gdp,p2,2021,,,4,,E,
         gdp,q1,2021,,,6,,,about
         gdp,p1,2022,,,2,,,
         gdp,q1,2022,,,6,,,
         population,p1,2021,,,1,,,
         population,p2,2021,,,2,,,
         population,q1,2021,,,1,,,",
    );
    let among = "method = \"gap\"\nof = \"gdp\"\namong = [\"p1\", \"p2\", \"q1\"]\n";
    gives(
        &tables,
        &format!("{among}form = \"range\""),
        "10*8.{CNY}",
        &[
            "region 2021 4 E≈ <- gdp@p1@2021 gdp@p2@2021 gdp@q1@2021",
            "region 2022 - O (0.666666667 covered) <- gdp@p1@2022 gdp@q1@2022",
        ],
    );
    gives(
        &observed("gdp,p1,2021,,,2,,,\ngdp,p2,2021,,,4,,E,\ngdp,q1,2021,,,6,,,"),
        &format!("{among}form = \"ratio\"\nplace = \"p\""),
        "1",
        &["p 2021 3 E <- gdp@p1@2021 gdp@p2@2021 gdp@q1@2021"],
    );
    let (weighted, _) = rows(
        &tables,
        &format!("[m]\ntitle = \"M\"\n{among}form = \"coefficient_of_variation\"\nweight = \"population\"\n"),
    );
    // sqrt((1 * 4 + 2 * 0 + 1 * 4) / 4) / 4.
    assert!(weighted[0].starts_with("region 2021 0.353553391 E≈ <- gdp@p1@2021 population@p1@2021"), "{weighted:?}");
    assert!(weighted[1].starts_with("region 2022 - O (0 covered)"), "{weighted:?}");
}

#[test]
fn rank_needs_every_place_and_shares_ties() {
    let tables = observed(
        "dust,p1,2021,,,40,,,
         dust,p2,2021,,,60,,,
         dust,q1,2021,,,40,,E,
         dust,p1,2022,,,40,,,",
    );
    let all = "<- dust@p1@2021 dust@p2@2021 dust@q1@2021";
    // The city that is gone by then is not waited for.
    let among = "method = \"rank\"\nof = \"dust\"\namong = { kind = \"city\" }\n";
    gives(
        &tables,
        among,
        "1",
        &[
            &format!("p1 2021 1.5 E {all}"),
            "p1 2022 - O (0.333333333 covered) <- dust@p1@2022",
            &format!("p2 2021 3 E {all}"),
            &format!("q1 2021 1.5 E {all}"),
        ],
    );
    let (high, _) = rows(&tables, &format!("[m]\ntitle = \"M\"\n{among}order = \"high_first\"\n"));
    assert!(high[0].starts_with("p1 2021 2.5") && high[2].starts_with("p2 2021 1 "), "{high:?}");
}

const PROJECTS: &str = "\
    a,A,relief,p,q,p1,2014,,10,10*8.{CNY},s,one
    b,B,relief,p,,p2,2016,,,,s,one
    c,C,school,q,p;q,q1,2020,,2.5,10*8.{CNY},s,two";
const STAGES: &str = "\
    a,planned,2014-03
    a,operating,2019
    b,started,2018-06-30
    c,planned,2020
    c,operating,2022";

#[test]
fn count_holds_at_the_end_of_a_period() {
    let tables = Tables { projects: PROJECTS, stages: STAGES, ..Tables::default() };
    let count = "method = \"count\"\ntable = \"projects\"\n";
    gives(
        &tables,
        &format!("{count}periods = [\"2013\", \"2014\", \"2020\"]"),
        "1",
        &["region 2013 0 <- ", "region 2014 1 <- a", "region 2020 3 <- a b c"],
    );
    gives(
        &tables,
        &format!("{count}stage = \"started\"\nwhere = {{ kind = \"relief\" }}\nunit = \"{{project}}\""),
        "{project}",
        &["region 2013 0 <- ", "region 2022 2 <- a stage:operating b stage:started"],
    );
    gives(
        &tables,
        &format!("{count}by = \"partner_ids\"\nperiods = \"2019/2020\"\nstage = \"planned\""),
        "1",
        &[
            "p 2019 0 <- ",
            "p 2020 1 <- c stage:planned",
            "q 2019 1 <- a stage:planned",
            "q 2020 2 <- a stage:planned c stage:planned",
        ],
    );
    gives(
        &tables,
        &format!("{count}distinct = \"batch\"\nperiods = [\"2022\"]\nplace = \"p\""),
        "1",
        &["p 2022 2 <- a b c"],
    );
    gives(
        &tables,
        "method = \"count\"\ntable = \"places\"\nwhere = { kind = \"city\" }\nperiods = [\"2015\", \"2016\"]",
        "1",
        &["region 2015 4 <- p1 p2 q1 gone", "region 2016 3 <- p1 p2 q1"],
    );
    let found = findings("[m]\ntitle = \"M\"\nmethod = \"count\"\ntable = \"projects\"\nstage = \"startet\"\n");
    assert!(found.len() == 1 && found[0].contains("no step \"startet\""), "{found:?}");
    let found = findings("[m]\ntitle = \"M\"\nmethod = \"count\"\ntable = \"flows\"\n");
    assert!(found.len() == 1 && found[0].starts_with("M002 measures/measures.toml:4:"), "{found:?}");
    let found = findings("[m]\ntitle = \"M\"\nmethod = \"count\"\ntable = \"links\"\nby = \"kind\"\n");
    assert!(found.len() == 1 && found[0].starts_with("M002 measures/measures.toml:5:"), "{found:?}");
}

#[test]
fn sum_takes_the_latest_release_and_one_unit() {
    let tables = Tables {
        flows: "tech,p,q,2021,2022-01-01,3,10*8.{CNY},,
                tech,p,q,2021,2023-01-01,4,10*8.{CNY},,above
                tech,q,p,2021,,10000,10*4.{CNY},E,
                tech,p,q,2022,,,10*8.{CNY},L,
                other,p,q,2021,,9,{person},,",
        ..Tables::default()
    };
    let sum = "method = \"sum\"\ntable = \"flows\"\nwhere = { kind = \"tech\" }\n";
    gives(
        &tables,
        sum,
        "10*8.{CNY}",
        &["region 2021 5 E> <- flow:p-q flow:q-p", "region 2022 - O (0 covered) <- flow:p-q"],
    );
    gives(
        &tables,
        &format!("{sum}by = \"origin_id\"\nperiods = [\"2021\"]"),
        "10*8.{CNY}",
        &["p 2021 4> <- flow:p-q", "q 2021 1 E <- flow:q-p"],
    );
    let tables = Tables { projects: PROJECTS, stages: STAGES, ..Tables::default() };
    let cost = "method = \"sum\"\ntable = \"projects\"\ncolumn = \"cost\"\nperiods = [\"2015\", \"2020\"]\nunit = \"10*8.{CNY}\"\n";
    gives(&tables, cost, "10*8.{CNY}", &["region 2015 10 <- a", "region 2020 - O (0.666666667 covered) <- a b c"]);
    gives(
        &tables,
        &format!("{cost}min_coverage = 0.5"),
        "10*8.{CNY}",
        &["region 2015 10 <- a", "region 2020 12.5 E> (0.666666667 covered) <- a b c"],
    );
}

const LINKS: &str = "\
    l1,rail,s1,s3,,120,30,2008,
    l2,rail,s2,s1,,140,60,2015-12,
    l3,rail,s2,s3,true,100,20,2016,2020
    l4,road,s2,s3,,150,,,";

#[test]
fn coverage_counts_places_or_people() {
    let tables = Tables {
        links: LINKS,
        observations: "population,p1,2020,,,60,,,
                       population,p2,2020,,,30,,,
                       population,q1,2020,,,10,,,
                       minutes,p1,2022,,,0,,,
                       minutes,p2,2022,,,60,,,below
                       minutes,q1,2022,,,30,,,
                       minutes,p1,2021,,,0,,,
                       minutes,p2,2021,,,,,M,
                       minutes,p1,2020,,,0,,,",
        ..Tables::default()
    };
    gives(
        &tables,
        "method = \"coverage\"\nof = { kind = \"city\" }\nlink = { kind = \"rail\" }\nperiods = [\"2014\", \"2015\", \"2016\"]",
        "1",
        &["region 2014 0.5 <- l1", "region 2015 0.75 <- l1 l2", "region 2016 1 <- l1 l2 l3"],
    );
    let of = "method = \"coverage\"\nof = [\"p1\", \"p2\", \"q1\"]\n";
    gives(
        &tables,
        &format!(
            "{of}link = {{ kind = \"rail\" }}\nperiods = [\"2014\"]\nweight = \"population\"\nweight_period = \"2020\""
        ),
        "1",
        &["region 2014 0.7 <- l1 population@p1@2020 population@p2@2020 population@q1@2020"],
    );
    gives(
        &tables,
        &format!("{of}indicator = \"minutes\"\nat_most = 30\nmin_coverage = 0.5"),
        "1",
        &[
            "region 2020 - O (0.333333333 covered) <- minutes@p1@2020",
            "region 2021 0.333333333 E> (0.666666667 covered) <- minutes@p1@2021 minutes@p2@2021",
            "region 2022 0.666666667≈ <- minutes@p1@2022 minutes@p2@2022 minutes@q1@2022",
        ],
    );
    assert_eq!(findings(&format!("[m]\ntitle = \"M\"\n{of}")).len(), 1);
    assert_eq!(findings(&format!("[m]\ntitle = \"M\"\n{of}indicator = \"minutes\"\n")).len(), 1);
}

#[test]
fn distance_is_to_the_nearest() {
    gives(
        &Tables::default(),
        "method = \"distance\"\nfrom = [\"p2\", \"q1\", \"s1\"]\nto = [\"p1\", \"q1\"]\nperiods = [\"2022\"]",
        "km",
        &["p2 2022 135.408353633 <- p2 p1", "q1 2022 0 <- q1 q1", "s1 2022 - O <- s1"],
    );
}

#[test]
fn network_sum_follows_open_links() {
    let tables = Tables { links: LINKS, ..Tables::default() };
    let from = "method = \"network_sum\"\nlinks = { kind = \"rail\" }\nfrom = [\"p2\", \"q1\"]\n";
    gives(
        &tables,
        &format!("{from}to = \"q1\"\nattribute = \"time\"\nperiods = [\"2014\", \"2015\", \"2016\", \"2020\"]"),
        "min",
        &[
            "p2 2014 - M <- ",
            "p2 2015 90 <- l2 l1",
            "p2 2016 20 <- l3",
            "p2 2020 90 <- l2 l1",
            "q1 2014 0 <- ",
            "q1 2015 0 <- ",
            "q1 2016 0 <- ",
            "q1 2020 0 <- ",
        ],
    );
    gives(
        &tables,
        &format!("{from}to = \"p2\"\nattribute = \"length\"\nperiods = [\"2016\"]"),
        "km",
        &["p2 2016 0 <- ", "q1 2016 260 <- l1 l2"],
    );
}
