//! Region folders on disk for tests.

#![allow(clippy::expect_used)]

use std::fs;
use tempfile::TempDir;
use umbel_study::Study;

/// A study of a folder with these tables, files of measures and layout, and what is found wrong.
pub fn open(tables: &[(&str, &str)], measures: &[(&str, &str)], report: &str) -> (TempDir, Study, Vec<String>) {
    let folder = TempDir::new().expect("a folder");
    let root = folder.path();
    fs::create_dir_all(root.join("data")).expect("made");
    fs::create_dir_all(root.join("measures")).expect("made");
    let mut resources = Vec::new();
    for &(name, text) in tables {
        fs::write(root.join(format!("data/{name}.csv")), text).expect("written");
        resources.push(format!("{{\"name\": \"{name}\", \"path\": \"data/{name}.csv\", \"umbel:table\": \"{name}\"}}"));
    }
    let package = format!("{{\"name\": \"test\", \"resources\": [{}]}}", resources.join(", "));
    fs::write(root.join("datapackage.json"), package).expect("written");
    for (name, text) in measures {
        fs::write(root.join(format!("measures/{name}.toml")), text).expect("written");
    }
    fs::write(root.join("report.toml"), report).expect("written");
    let (study, findings) = Study::open(root);
    let told = findings
        .iter()
        .map(|f| format!("{} {}:{}:{} {}", f.code.id, f.location.file, f.location.line, f.location.column, f.message))
        .collect();
    (folder, study, told)
}
