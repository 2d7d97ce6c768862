//! `umbel apply` from outside: one module for each area of methods.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test fails by panicking")]

mod autocorrelation;
mod composite;
mod convergence;
mod inequality;
mod instance;
mod layout;
mod panel;
mod regression;
mod travel;
mod trend;
mod weights;

use serde_json::Value;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// How a run ended.
pub struct Ran {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// What was printed, as JSON.
    pub fn json(&self) -> Value {
        assert_eq!(self.code, 0, "{}", self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// A folder with these files.
pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap_or_else(|error| panic!("{error}"));
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap_or_else(|error| panic!("{error}"));
    }
    folder
}

/// Runs `umbel apply` in a folder with arguments that are separated by spaces.
pub fn apply(folder: &Path, arguments: &str) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_umbel"));
    let ran = command.arg("apply").args(arguments.split_whitespace()).current_dir(folder).env("NO_COLOR", "1").output();
    let ran = ran.unwrap_or_else(|error| panic!("{error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: ran.status.code().unwrap_or(-1), out: text(&ran.stdout), err: text(&ran.stderr) }
}

/// A grid of squares, three a row, as GeoJSON with a property `v` for each.
pub fn squares(values: &[&str]) -> String {
    let features = values.iter().enumerate().map(|(at, value)| {
        let (x, y) = (at % 3, at / 3);
        let (east, north) = (x + 1, y + 1);
        format!(
            "{{\"type\":\"Feature\",\"properties\":{{\"id\":\"c{at}\",\"v\":{value}}},\"geometry\":{{\"type\":\"Polygon\",\
             \"coordinates\":[[[{x},{y}],[{east},{y}],[{east},{north}],[{x},{north}],[{x},{y}]]]}}}}"
        )
    });
    format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}", features.collect::<Vec<_>>().join(",\n"))
}
