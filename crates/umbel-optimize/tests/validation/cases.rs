//! The cases: inputs and expected figures as JSON.

use serde_json::Value;
use std::fs;
use std::path::Path;

/// The JSON files of a folder of the cases: of this crate's, and of the one that UMBEL_CASES names. In order of name:
/// name without its ending, content.
pub fn cases(folder: &str) -> Vec<(String, Value)> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(folder);
    let further = std::env::var_os("UMBEL_CASES").map(|cases| Path::new(&cases).join("plan").join(folder));
    let mut found = Vec::new();
    for folder in std::iter::once(own).chain(further) {
        for entry in fs::read_dir(&folder).expect("the folder of the cases").flatten() {
            let path = entry.path();
            if path.extension().is_some_and(|ending| ending == "json") {
                let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
                let text = fs::read_to_string(&path).expect("a case");
                let content = serde_json::from_str(&text).expect(&name);
                found.push((name, content));
            }
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(!found.is_empty(), "there is no case in {folder}");
    found
}

/// A list of whole numbers.
pub fn integers(value: &Value) -> Vec<i128> {
    let integer = |value: &Value| value.as_i64().map(i128::from).expect("a whole number");
    value.as_array().expect("a list").iter().map(integer).collect()
}

/// A list of numbers.
pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(|value| value.as_f64().expect("a number")).collect()
}
