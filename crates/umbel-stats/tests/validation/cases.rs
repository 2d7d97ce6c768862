//! The cases: inputs and expected figures as JSON.

#![allow(dead_code)]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use umbel_stats::Weights;

/// Folders that hold cases: that of this crate, and the one that UMBEL_CASES names.
fn folders() -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let further = std::env::var_os("UMBEL_CASES").map(|folder| Path::new(&folder).join("stats"));
    std::iter::once(own).chain(further).collect()
}

/// The cases whose file names begin with a text, in order of name: name without its ending, content.
pub fn cases(prefix: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for folder in folders() {
        for entry in fs::read_dir(&folder).expect("the folder of the cases").flatten() {
            let path = entry.path();
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if name.starts_with(prefix) && path.extension().is_some_and(|ending| ending == "json") {
                let text = fs::read_to_string(&path).expect("a case");
                found.push((name.clone(), serde_json::from_str(&text).expect(&name)));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!found.is_empty(), "there is no case {prefix}");
    found
}

/// A number; NaN for null.
pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

/// A list of numbers; NaN for null.
pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(number).collect()
}

/// A list of lists of numbers.
pub fn matrix(value: &Value) -> Vec<Vec<f64>> {
    value.as_array().expect("a list of lists").iter().map(numbers).collect()
}

/// Weights from `neighbors` and, where they are there, `weights`; else 1.
pub fn weights(value: &Value) -> Weights {
    let neighbours = matrix(&value["neighbors"]);
    let given = value.get("weights").map(matrix);
    let rows = neighbours.iter().enumerate().map(|(at, row)| {
        let pairs = row.iter().enumerate();
        let pairs = pairs.map(|(n, &to)| (to as u32, given.as_ref().map_or(1.0, |rows| rows[at][n])));
        pairs.collect::<Vec<_>>()
    });
    Weights::from_rows(rows).expect("weights")
}

/// The text of another file of the cases.
pub fn text(name: &str) -> String {
    let found = folders().into_iter().find_map(|folder| fs::read_to_string(folder.join(name)).ok());
    found.unwrap_or_else(|| panic!("there is no {name}"))
}
