//! The report of the bundled region, as a whole: bytes, links, size, and what verify says of it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use umbel_report::{Manifest, ReportOptions, report, verify};
use umbel_study::Study;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regions/jing-jin-ji")
}

fn write(study: &Study, language: &str) -> String {
    report(study, &ReportOptions { language: Some(language.into()) }).unwrap()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if name.to_string_lossy().starts_with('.') {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

fn values<'h>(html: &'h str, attribute: &str) -> Vec<&'h str> {
    html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn one_file_complete_and_the_same_each_time() {
    let (study, _) = Study::open(&folder());
    let html = write(&study, "en");
    let (again, _) = Study::open(&folder());
    assert!(html == write(&again, "en"), "two runs give different bytes");
    assert!(html.len() < 3_000_000, "{} bytes", html.len());
    for reach in ["<link", "src=\"", "@import", "url(http", "fetch(", "XMLHttpRequest", "style=\"", "onclick"] {
        assert!(!html.contains(reach), "{reach}");
    }
    let ids = values(&html, " id=\"");
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for id in ids {
        assert!(known.insert(id), "the id {id} stands twice");
    }
    for href in values(&html, " href=\"") {
        let target = href.strip_prefix('#').expect("every address leads to a place in the file");
        assert!(known.contains(target), "nothing has the id {target}");
    }
    for claim in &study.region.claims {
        assert!(known.contains(format!("c-{}", study.region.id(claim.id)).as_str()));
    }
    assert!(known.contains("umbel-manifest"));
}

#[test]
fn the_chinese_report_shows_the_same_figures_in_chinese() {
    let (study, _) = Study::open(&folder());
    let (english, chinese) = (write(&study, "en"), write(&study, "zh"));
    assert!(chinese.contains("<html lang=\"zh\">") && chinese.contains("万亿") && !chinese.contains("trillion"));
    let series = |html: &str| Manifest::read(html).unwrap().series;
    assert_eq!(series(&english), series(&chinese));
    assert!(report(&study, &ReportOptions { language: Some("xx".into()) }).is_err());
}

#[test]
fn verify_names_what_one_digit_changes() {
    let (study, _) = Study::open(&folder());
    let html = write(&study, "en");
    let same = verify(&html, &study).unwrap();
    assert!(same.same > 1000, "{}", same.same);
    assert_eq!((same.differ, same.gone, same.changed_files), (Vec::new(), Vec::new(), Vec::new()));
    assert!(verify("<html></html>", &study).is_err());

    // One digit of one row of the output series of Tianjin.
    let copied = tempfile::tempdir().unwrap();
    copy(&folder(), copied.path());
    let file = copied.path().join("data/observations-economy.csv");
    let text = std::fs::read_to_string(&file).unwrap();
    let line = text.lines().find(|line| line.starts_with("gdp,tianjin,2021,")).expect("a row of Tianjin");
    let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
    cells[5] = format!("{}", cells[5].parse::<f64>().expect("a value") + 1.0);
    std::fs::write(&file, text.replacen(line, &cells.join(","), 1)).unwrap();
    let (other, _) = Study::open(copied.path());
    let found = verify(&html, &other).unwrap();
    assert_eq!(found.changed_files, ["data/observations-economy.csv"]);
    assert!(found.gone.is_empty());
    let ids: Vec<&str> = found.differ.iter().map(|difference| difference.id.as_str()).collect();
    assert!(ids.contains(&"gdp@tianjin@2021"), "{ids:?}");
    // Only what is computed from it may differ: never another place's own figures, another year's level, the air.
    let others = ["gdp@hebei@", "gdp@tianjin@2022", "gdp@region@2022", "pm25_annual_mean@"];
    assert!(!ids.iter().any(|id| others.iter().any(|other| id.starts_with(other))), "{ids:?}");
}

#[test]
fn an_empty_study_still_makes_a_report() {
    for layout in
        [None, Some("title = { en = \"Nothing yet\" }\n[[chapter]]\nid = \"a\"\nfigures = [\"x\", \"y@z\"]\n")]
    {
        let (study, _) = Study::new(umbel_table::Region::default(), &[], layout);
        let html = write(&study, "en");
        assert!(html.contains("</html>"));
        let found = verify(&html, &study).unwrap();
        assert_eq!((found.same, found.differ.len(), found.gone.len()), (0, 0, 0));
    }
}

/// Measures of the forms that the bundled region does not use itself.
const FURTHER: &str = r#"
[further_rank]
method = "topsis"
of = ["gdp_per_person", "pm25_annual_mean"]
directions = [1, -1]
among = { kind = "city" }
periods = "2022"
result = "rank"
title = "Rank by distance to the best"

[further_index]
method = "composite"
of = ["gdp_per_person", "pm25_annual_mean"]
directions = [1, -1]
among = { kind = "city" }
periods = "2022"
result = "rank"
title = "Rank by an index"

[further_hot]
method = "local_g"
of = "share_65_plus"
weights = "queen"
among = { kind = "county" }
periods = "2020"
title = "Where the old live"

[further_like]
method = "local_geary"
of = "share_65_plus"
weights = "queen"
correction = "benjamini_hochberg"
among = { kind = "county" }
periods = "2020"
title = "Where neighbours are alike"

[further_slope]
method = "theil_sen"
of = "pm25_annual_mean"
confidence = 0.9
among = { kind = "city" }
periods = "2013/2022"
title = "Slope"
"#;

#[test]
fn every_statistic_is_drawn_and_said() {
    let copied = tempfile::tempdir().unwrap();
    copy(&folder(), copied.path());
    std::fs::write(copied.path().join("measures/further.toml"), FURTHER).unwrap();
    let layout = copied.path().join("report.toml");
    let forms = [
        ("further_rank", "ranks"),
        ("further_index", "ranks"),
        ("further_hot", "clusters"),
        ("further_like", "clusters"),
        ("further_slope", "trend"),
    ];
    let statistics =
        forms.map(|(measure, form)| format!("{{ measure = \"{measure}\", form = \"{form}\" }}")).join(", ");
    let chapter = format!("\n[[chapter]]\nid = \"further\"\ntitle = \"Further\"\nstatistics = [{statistics}]\n");
    std::fs::write(&layout, std::fs::read_to_string(&layout).unwrap() + &chapter).unwrap();
    let (study, findings) = Study::open(copied.path());
    assert!(findings.is_empty(), "{findings:?}");
    let html = write(&study, "en");
    assert!(!html.contains("cannot be shown"), "{:?}", html.split("cannot be shown").nth(1).map(|rest| &rest[..90]));
    for said in [
        // What the bundled region shows.
        "4 are high among high neighbours, 5 low among low ones",
        "Beijing: −7.23 µg/m³ a year from 2013 to 2022; the slope lies between −8.52 µg/m³ and −5.60 µg/m³ with 95 %",
        "From the first figure to the last it changed by −66.5%",
        "Of 13 places those that began higher fell faster (slope −0.0426, p &lt; 0.001): they converge.",
        "the lower half (by resident population, year end) has 26% of the whole; the Gini coefficient is 0.319.",
        "Mining weighs 23 times what it does in all 197 places together.",
        "2 further places lack the figure of a part",
        // The other forms.
        "Beijing ranks first of 13. No rank stays the same however one counts",
        "lie among high figures and",
        "like them near the mean and",
        "with 90 % confidence",
    ] {
        assert!(html.contains(said), "{said}");
    }
}

/// A rule holds from a day within the year after that of the card.
#[test]
fn a_figure_may_name_its_period_and_lines_run_forward_in_time() {
    let copied = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/faults/base"), copied.path());
    let extend = |file: &str, lines: &str| {
        let path = copied.path().join("data").join(file);
        std::fs::write(&path, std::fs::read_to_string(&path).unwrap() + lines).unwrap();
    };
    extend("indicators.csv", "rules,Rules that hold,1,up,stock,none,,,nature,0,,Rules that hold.\n");
    let row = |period: &str, value: u32| format!("rules,north,{period},,2024-03-01,{value},,,,,,yearbook,\n");
    let rows =
        [("2019", 10), ("2023", 12), ("2023-02-09", 10), ("2023-02-10", 12)].map(|(period, value)| row(period, value));
    extend("observations.csv", &rows.concat());
    // What the row of a figure says and how its line runs, heights from above.
    let shown = |figure: &str, period: &str| {
        let layout = copied.path().join("report.toml");
        let text = format!(
            "title = \"D\"\nlanguages = [\"en\"]\n{period}region = \"delta\"\n[[chapter]]\nid = \"nature\"\nfigures = [\"{figure}\"]\n"
        );
        std::fs::write(&layout, text).unwrap();
        let (study, findings) = Study::open(copied.path());
        assert!(findings.is_empty(), "{findings:?}");
        let html = write(&study, "en");
        let row = html.split("<tr>").find(|row| row.contains("Rules that hold") && row.contains("class=\"spark\""));
        let row = row.unwrap().split("</tr>").next().unwrap();
        let small = row.split("<small>").nth(1).unwrap().split("</small>").next().unwrap().to_owned();
        let value = row.split("data-label=\"Value\">").nth(1).unwrap().split("</td>").next().unwrap();
        let line = row.split("<path").nth(1).unwrap().split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
        let points: Vec<(f64, f64)> = line
            .split(['M', 'L'])
            .filter(|point| !point.is_empty())
            .map(|point| point.split_once(' ').map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap())).unwrap())
            .collect();
        assert!(points.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 >= two[1].1), "{line}");
        assert_eq!(points.len(), 4);
        (small, value.contains("12"))
    };
    let (small, twelve) = shown("rules@north", "period = \"2022\"\n");
    assert!(small.contains("2019") && !twelve, "{small}");
    let (small, twelve) = shown("rules@north@2023-02-10", "period = \"2022\"\n");
    assert!(small.contains("10 February 2023") && twelve, "{small}");
    // A year ends after its days.
    let (small, twelve) = shown("rules@north", "");
    assert!(small.contains("2023") && !small.contains("February") && twelve, "{small}");
}
