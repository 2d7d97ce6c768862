//! Whole indices, step by step, against COINr.

use crate::check::{Check, Kind};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use umbel_stats::composite::Tree;
use umbel_stats::composite::aggregate::Aggregation;
use umbel_stats::composite::components::{Standardise, components, correlations, cronbach_alpha};
use umbel_stats::composite::denominate::denominate;
use umbel_stats::composite::impute::Imputation;
use umbel_stats::composite::moments::describe;
use umbel_stats::composite::normalise::{Direction, Marks, Normalisation};
use umbel_stats::composite::pipeline::{Data, Indicator, Specification};
use umbel_stats::composite::screen::Screening;
use umbel_stats::composite::treat::Treatment;
use umbel_stats::composite::uncertainty::{Uncertainty, uncertainty};

/// A table of text: rows by their first column.
struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn read(path: &Path) -> Table {
        let text = fs::read_to_string(path).unwrap_or_else(|_| panic!("{}", path.display()));
        let mut rows = text.lines().map(cells);
        Table { header: rows.next().expect("a header"), rows: rows.collect() }
    }

    fn at(&self, column: &str) -> usize {
        self.header.iter().position(|name| name == column).unwrap_or_else(|| panic!("no column {column}"))
    }

    fn has(&self, column: &str) -> bool {
        self.header.iter().any(|name| name == column)
    }

    fn text(&self, row: usize, column: &str) -> &str {
        &self.rows[row][self.at(column)]
    }

    fn number(&self, row: usize, column: &str) -> Option<f64> {
        self.text(row, column).parse().ok()
    }

    /// The row whose key is this.
    fn row(&self, column: &str, key: &str) -> usize {
        let at = self.at(column);
        self.rows.iter().position(|row| row[at] == key).unwrap_or_else(|| panic!("no row {key}"))
    }

    fn column(&self, column: &str, keys: &[String]) -> Vec<Option<f64>> {
        keys.iter().map(|key| self.number(self.row("uCode", key), column)).collect()
    }
}

/// Cells of a line of CSV; no cell holds a line end.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().expect("a cell").push(other),
        }
    }
    cells
}

/// What the log of COINr says of a parameter of a step; none where it is NULL or absent.
fn option<'a>(log: &'a str, step: &str, parameter: &str) -> Option<&'a str> {
    let from = log.find(&format!("\n $ {step}"))?;
    let section = log[from + 3..].split("\n $ ").next()?;
    let line = section.lines().find(|line| {
        line.rsplit("..$ ").next().is_some_and(|rest| rest.split(':').next().map(str::trim) == Some(parameter))
    })?;
    let value = line.rsplit_once(": ")?.1.trim();
    let value = value.split_once(' ').map_or(value, |(_, value)| value).trim_matches('"');
    (value != "NULL").then_some(value)
}

pub fn checks() -> Vec<Check> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let further = std::env::var_os("UMBEL_CASES").map(|folder| Path::new(&folder).join("stats"));
    let mut folders: Vec<PathBuf> = Vec::new();
    for folder in std::iter::once(own).chain(further) {
        let inside = fs::read_dir(folder).expect("the folder of the cases").flatten().map(|entry| entry.path());
        let of_coinr =
            |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("coinr_"));
        folders.extend(inside.filter(of_coinr));
    }
    folders.sort();
    assert!(!folders.is_empty(), "there is no case of COINr");
    folders.iter().flat_map(|folder| of_folder(folder)).collect()
}

fn of_folder(folder: &Path) -> Vec<Check> {
    let name = folder.file_name().expect("a name").to_string_lossy().replace("coinr_", "").replace('_', " ");
    let table = |file: &str| Table::read(&folder.join(file));
    let (meta, data, raw) = (table("iMeta.csv"), table("iData.csv"), table("step_Raw.csv"));
    let log = fs::read_to_string(folder.join("log.txt")).expect("the log");
    let units: Vec<String> = (0..raw.rows.len()).map(|row| raw.text(row, "uCode").to_owned()).collect();

    // The structure: indicators in the order of the data, aggregates in that of the table of metadata.
    let mut codes: Vec<String> = raw.header[1..].to_vec();
    let count = codes.len();
    let aggregates = (0..meta.rows.len()).filter(|&row| meta.text(row, "Type") == "Aggregate");
    codes.extend(aggregates.map(|row| meta.text(row, "iCode").to_owned()));
    let place: BTreeMap<&str, u32> = codes.iter().enumerate().map(|(at, code)| (code.as_str(), at as u32)).collect();
    let rows: Vec<usize> = codes.iter().map(|code| meta.row("iCode", code)).collect();
    let parents: Vec<Option<u32>> = rows.iter().map(|&row| place.get(meta.text(row, "Parent")).copied()).collect();
    let weights: Vec<f64> = rows.iter().map(|&row| meta.number(row, "Weight").expect("a weight")).collect();
    let tree = Tree::new(count, &parents, &weights).expect("a tree");
    for (at, &row) in rows.iter().enumerate() {
        assert_eq!(meta.number(row, "Level"), Some(f64::from(tree.levels()[at])), "{}", codes[at]);
    }
    let indicators: Vec<Indicator> = rows[..count]
        .iter()
        .map(|&row| Indicator {
            direction: if meta.number(row, "Direction") == Some(-1.0) {
                Direction::Negative
            } else {
                Direction::Positive
            },
            marks: Marks { target: meta.number(row, "Target"), goalposts: None },
            ..Indicator::default()
        })
        .collect();

    // The steps, as the log has them.
    let impute = match option(&log, "Impute", "f_i") {
        Some("i_mean") => Imputation::Mean,
        Some("i_median") => Imputation::Median,
        Some("i_mean_grp") => Imputation::GroupMean,
        Some("i_median_grp") => Imputation::GroupMedian,
        other => panic!("imputation {other:?}"),
    };
    let group = option(&log, "Impute", "use_group").map(|column| {
        let of = |code: &String| data.text(data.row("uCode", code), column);
        let names: Vec<&str> = units.iter().map(of).collect();
        let mut different = names.clone();
        different.sort_unstable();
        names.iter().map(|name| different.iter().position(|other| other == name).map(|at| at as u32)).collect()
    });
    let numbers = |step, parameter| option(&log, step, parameter).and_then(|text| text.parse::<f64>().ok());
    let range: Vec<f64> = log[log.find("$ Normalise").expect("a step")..]
        .lines()
        .find_map(|line| {
            line.split_once(": num [1:2] ")
                .map(|(_, range)| range.split(' ').map(|n| n.parse().expect("a number")).collect())
        })
        .unwrap_or_else(|| vec![0.0, 100.0]);
    let normalise = match option(&log, "Normalise", "f_n") {
        None | Some("n_minmax") => Normalisation::Minmax { low: range[0], high: range[1] },
        Some("n_zscore") => Normalisation::Zscore { mean: range[0], deviation: range[1] },
        Some("n_rank") => Normalisation::Rank,
        Some("n_borda") => Normalisation::Borda,
        Some("n_prank") => Normalisation::PercentRank,
        Some("n_dist2max") => Normalisation::DistanceToMaximum,
        other => panic!("normalisation {other:?}"),
    };
    let aggregate = match option(&log, "Aggregate", "f_ag") {
        None | Some("a_amean") => Aggregation::Arithmetic,
        Some("a_gmean") => Aggregation::Geometric,
        Some("a_hmean") => Aggregation::Harmonic,
        other => panic!("aggregation {other:?}"),
    };
    let screen = Screening {
        available: numbers("Screen", "dat_thresh"),
        non_zero: numbers("Screen", "nonzero_thresh"),
        before_imputation: false,
    };
    let treat =
        Treatment { winsorise: numbers("Treat", "winmax").map(|most| most as u32).or(Some(5)), ..Treatment::default() };
    let specification = Specification {
        impute,
        screen: Some(screen),
        treat: Some(treat),
        normalise,
        aggregate: vec![aggregate],
        data_threshold: numbers("Aggregate", "dat_thresh"),
        ..Specification::default()
    };

    let columns: Vec<Vec<Option<f64>>> = codes[..count]
        .iter()
        .zip(&rows)
        .map(|(code, &row)| {
            let values = raw.column(code, &units);
            match meta.text(row, "Denominator") {
                "" | "NA" => values,
                denominator => denominate(&values, &data.column(denominator, &units), 1.0).expect("denominators"),
            }
        })
        .collect();
    let mut checks = Vec::new();
    let mut add = |what: &str, pairs: Vec<(f64, f64)>, limit: f64| {
        let what = Box::leak(format!("{what}, {name}").into_boxed_str());
        let reference = "COINr 1.1.14".to_owned();
        checks.push(Check { method: "composite", what, reference, pairs, kind: Kind::Relative, limit });
    };
    // Values of a step against its file: the same are missing, the others are compared.
    let of_step = |file: &str, found: &[Vec<Option<f64>>], codes: &[String], units: &[String]| {
        let wanted = table(file);
        assert_eq!(wanted.rows.len(), units.len(), "{file}");
        let mut pairs = Vec::new();
        for (code, found) in codes.iter().zip(found) {
            for (found, wanted) in found.iter().zip(wanted.column(code, units)) {
                assert_eq!(found.is_some(), wanted.is_some(), "{file} {code}");
                pairs.extend(found.zip(wanted));
            }
        }
        pairs
    };
    add("denominated", of_step("step_Denominated.csv", &columns, &codes[..count], &units), 1e-12);
    let input = Data { columns, groups: group.unwrap_or_default(), ..Data::default() };
    let nodes: Vec<u32> = (0..codes.len() as u32).collect();
    let by = Uncertainty { draws: 20, ..Uncertainty::default() };
    let found = uncertainty(&input, &indicators, &tree, &specification, &by, &nodes).expect("an index");
    let steps = &found.steps;
    let kept: Vec<String> = steps.rows.iter().map(|&row| units[row as usize].clone()).collect();
    add("imputed", of_step("step_Imputed.csv", &steps.imputed, &codes[..count], &kept), 1e-10);
    add("screened", of_step("step_Screened.csv", &steps.imputed, &codes[..count], &kept), 1e-10);
    let treated: Vec<Vec<Option<f64>>> = steps.treated.iter().map(|treated| treated.values.clone()).collect();
    add("treated", of_step("step_Treated.csv", &treated, &codes[..count], &kept), 1e-10);
    add("normalised", of_step("step_Normalised.csv", &steps.normalised, &codes[..count], &kept), 1e-10);
    add("aggregated", of_step("step_Aggregated.csv", &steps.scores, &codes, &kept), 1e-10);

    let details = table("treatment_details.csv");
    let mut pairs = Vec::new();
    for (code, treated) in codes.iter().zip(&steps.treated) {
        let row = details.row("iCode", code);
        let winsorised = if details.has("winsorise.nwin") { details.number(row, "winsorise.nwin") } else { None };
        assert_eq!(treated.winsorised as f64, winsorised.unwrap_or(0.0), "{code}");
        for round in 0..3 {
            let key = |what| format!("check_SkewKurt{round}.{what}");
            let wanted = if details.has(&key("Pass")) { details.text(row, &key("Pass")) } else { "" };
            assert_eq!(
                treated.checks.get(round).map(|check| check.passed),
                wanted.to_lowercase().parse().ok(),
                "{code} {round}"
            );
            if let Some(check) = treated.checks.get(round) {
                let of = |what| details.number(row, &key(what)).expect("a number");
                pairs.extend([(check.skewness, of("Skew")), (check.kurtosis, of("Kurt"))]);
            }
        }
    }
    add("skewness and kurtosis in the log of the treatment", pairs, 1e-10);

    let ranks = table("results_ranks.csv");
    for (code, ranked) in codes.iter().zip(&found.ranked) {
        for (unit, ranked) in kept.iter().zip(ranked) {
            let wanted = ranks.number(ranks.row("uCode", unit), code);
            assert_eq!(ranked.map(|ranked| f64::from(ranked.rank)), wanted, "{code} {unit}");
        }
    }

    let effective = tree.effective_weights(tree.weights()).expect("weights");
    let wanted = table("effective_weights.csv");
    let of = |(code, found): (&String, &f64)| {
        (*found, wanted.number(wanted.row("iCode", code), "EffWeight").expect("a weight"))
    };
    add("effective weights", codes.iter().zip(&effective).map(of).collect(), 1e-12);

    let group = |code: &str| tree.children(place[code]);
    let alphas = table("cronbach_raw.csv");
    let mut pairs = Vec::new();
    for row in 0..alphas.rows.len() {
        let members = group(alphas.text(row, "group")).iter();
        let columns: Vec<Vec<Option<f64>>> =
            members.map(|&member| raw.column(&codes[member as usize], &units)).collect();
        pairs.push((cronbach_alpha(&columns).expect("alpha"), alphas.number(row, "cronbach_alpha").expect("a number")));
    }
    add("Cronbach's alpha of raw indicators", pairs, 1e-10);

    // In the order of the file of scores.
    let ordered = table("step_Aggregated.csv").header;
    let of_level = |level: u32| {
        let nodes = ordered[1..].iter().map(|code| place[code.as_str()] as usize);
        nodes.filter(|&node| tree.levels()[node] == level).collect::<Vec<usize>>()
    };
    let (second, third) = (of_level(2), of_level(3));
    let take = |nodes: &[usize]| nodes.iter().map(|&node| steps.scores[node].clone()).collect::<Vec<_>>();
    let both = correlations(&take(&second), &take(&third)).expect("columns");
    let wanted = table("corr_level2_level3.csv");
    assert_eq!(wanted.rows.len(), second.len());
    let mut pairs = Vec::new();
    for (row, found) in both.iter().enumerate() {
        for (&node, found) in third.iter().zip(found) {
            pairs.push((found.expect("a correlation"), wanted.number(row, &codes[node]).expect("a number")));
        }
    }
    add("correlations of levels 2 and 3", pairs, 1e-10);

    let (mut eigenvalues, mut loadings) = (Vec::new(), Vec::new());
    let text = fs::read_to_string(folder.join("pca_level2.txt")).expect("components");
    for section in text.split("GROUP ").skip(1) {
        let mut lines = section.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let name = lines.next().expect("a name")[0];
        let lines: Vec<Vec<&str>> = lines.collect();
        let of = |key: &str| -> Vec<f64> {
            let line = lines.iter().find(|line| line.first() == Some(&key)).unwrap_or_else(|| panic!("{key}"));
            line[1..].iter().map(|number| number.parse().expect("a number")).collect()
        };
        let members: Vec<usize> = group(name).iter().map(|&member| member as usize).collect();
        let columns: Vec<Vec<f64>> =
            take(&members).into_iter().map(|column| column.into_iter().flatten().collect()).collect();
        let found = components(&columns, Standardise::Yes).expect("components");
        eigenvalues.extend(found.eigenvalues.iter().map(|value| value.sqrt()).zip(of("sdev")));
        for (component, found) in found.loadings.iter().enumerate() {
            let wanted: Vec<f64> = members.iter().map(|&member| of(&codes[member])[component]).collect();
            // The sign of a component is free.
            let sign = found.iter().zip(&wanted).map(|(found, wanted)| found * wanted).sum::<f64>().signum();
            loadings.extend(found.iter().zip(wanted).map(|(found, wanted)| (sign * found, wanted)));
        }
        let negative = of("wts").iter().any(|&one| one < 0.0) && of("wts").iter().any(|&one| one > 0.0);
        assert_eq!(!found.against.is_empty(), negative, "{name}");
    }
    add("standard deviations of components", eigenvalues, 1e-10);
    add("loadings of components", loadings, 1e-8);

    for (file, what, columns, units) in [
        (
            "stats_raw.csv",
            "figures of raw indicators",
            codes[..count].iter().map(|code| raw.column(code, &units)).collect(),
            &units,
        ),
        ("stats_treated.csv", "figures of treated indicators", treated, &kept),
    ] {
        let (wanted, mut pairs) = (table(file), Vec::new());
        let columns: Vec<Vec<Option<f64>>> = columns;
        for (code, column) in codes.iter().zip(columns) {
            let row = wanted.row("iCode", code);
            let found = describe(&column).expect("values");
            let defined = |value: Option<f64>| value.expect("a figure");
            for (column, found) in [
                ("Min", found.minimum),
                ("Max", found.maximum),
                ("Mean", found.mean),
                ("Median", found.median),
                ("Std", defined(found.standard_deviation)),
                ("Skew", defined(found.skewness)),
                ("Kurt", defined(found.kurtosis)),
                ("N.Avail", found.available as f64),
                ("N.NonZero", found.non_zero as f64),
                ("N.Unique", found.unique as f64),
                ("N.Same", found.same as f64),
                ("Frc.Avail", found.share_available),
            ] {
                pairs.push((found, wanted.number(row, column).expect("a number")));
            }
            assert_eq!(column.len(), units.len());
        }
        add(what, pairs, 1e-10);
    }
    checks
}
