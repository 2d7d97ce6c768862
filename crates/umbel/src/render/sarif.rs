//! Findings as SARIF 2.1.0 (OASIS), the form in which editors and code hosts show them beside the line.

use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::{Component, Path};
use umbel_core::{CODES, Finding, Severity};

/// Address of the schema that the output follows.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes findings as one SARIF log with one run.
///
/// `shown` is the region folder as the user wrote it. When it is relative and leads downwards, files are named relative
/// to the working folder, as code hosts expect; else relative to a base that holds the folder's absolute address.
pub fn sarif(out: &mut dyn Write, findings: &[Finding], root: &Path, shown: &Path) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &log(findings, root, shown))?;
    writeln!(out)
}

fn log(findings: &[Finding], root: &Path, shown: &Path) -> Value {
    let downwards = shown.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    let prefix = if downwards { slashes(shown) } else { String::new() };
    let mut run = json!({
        "tool": { "driver": {
            "name": "umbel",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": CODES.iter().map(|code| json!({
                "id": code.id,
                "name": pascal(code.title),
                "shortDescription": { "text": code.title },
                "fullDescription": { "text": code.meaning },
                "help": { "text": code.mend },
                "defaultConfiguration": { "level": level(code.severity) },
            })).collect::<Vec<_>>(),
        } },
        "columnKind": "unicodeCodePoints",
        "results": findings.iter().map(|finding| result(finding, &prefix, downwards)).collect::<Vec<_>>(),
    });
    if !downwards && let Ok(absolute) = std::path::absolute(root) {
        let path = encode(&slashes(&absolute));
        run["originalUriBaseIds"] = json!({ "REGION": { "uri": format!("file:///{path}") } });
    }
    json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] })
}

fn result(finding: &Finding, prefix: &str, downwards: bool) -> Value {
    let place = &finding.location;
    let mut artifact = json!({ "uri": encode(&format!("{prefix}{}", place.file)) });
    if !downwards {
        artifact["uriBaseId"] = json!("REGION");
    }
    let mut physical = json!({ "artifactLocation": artifact });
    if place.line > 0 {
        physical["region"] = json!({ "startLine": place.line });
        if place.column > 0 {
            physical["region"]["startColumn"] = json!(place.column);
        }
    }
    let mut result = json!({
        "ruleId": finding.code.id,
        "level": level(finding.severity),
        "message": { "text": format!("{}. Fix: {}.", finding.message, finding.fix.trim_end_matches(['.', '?'])) },
        "locations": [{ "physicalLocation": physical }],
    });
    if let Some(index) = CODES.iter().position(|code| code.id == finding.code.id) {
        result["ruleIndex"] = json!(index);
    }
    result
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// A path as text with `/`, ending in `/` unless it is empty; `.` parts and the root are left out.
fn slashes(path: &Path) -> String {
    let mut text = String::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => {
                text.push_str(&name.to_string_lossy());
                text.push('/');
            }
            Component::Prefix(disk) => {
                text.push_str(&disk.as_os_str().to_string_lossy());
                text.push('/');
            }
            Component::ParentDir => text.push_str("../"),
            Component::CurDir | Component::RootDir => {}
        }
    }
    text
}

/// Percent-encodes what may not stand in a path of an address (RFC 3986).
fn encode(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'@' => {
                text.push(char::from(byte));
            }
            // A colon in the first segment of a relative address would read as its scheme.
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// `unknown place` as `UnknownPlace`: the form SARIF asks for in names of rules.
fn pascal(title: &str) -> String {
    title
        .split(|c: char| !c.is_ascii_alphanumeric())
        .flat_map(|word| {
            let mut characters = word.chars();
            characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use umbel_core::{Location, code};

    fn one(line: u32, column: u32) -> Vec<Finding> {
        vec![Finding::new(&code::R002, Location::new("data/人 口.csv", line, column), "no place \"x\"", "add it")]
    }

    #[test]
    fn points_at_line_and_column() {
        let log = log(&one(3, 7), Path::new("/r/x"), Path::new("regions/x"));
        let result = &log["runs"][0]["results"][0];
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "regions/x/data/%E4%BA%BA%20%E5%8F%A3.csv");
        assert_eq!(place["region"], json!({ "startLine": 3, "startColumn": 7 }));
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][index]["id"], "R002");
        assert_eq!(result["message"]["text"], "no place \"x\". Fix: add it.");
    }

    #[test]
    fn a_whole_file_has_no_region_and_an_absolute_folder_a_base() {
        let log = log(&one(0, 0), Path::new("/r/x"), Path::new("/r/x"));
        let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert!(place.get("region").is_none());
        assert_eq!(place["artifactLocation"]["uriBaseId"], "REGION");
        assert_eq!(log["runs"][0]["originalUriBaseIds"]["REGION"]["uri"], "file:///r/x/");
    }

    #[test]
    fn names_of_rules_are_words() {
        assert_eq!(pascal("value missing without a reason"), "ValueMissingWithoutAReason");
        assert_eq!(pascal("coordinates in GCJ-02"), "CoordinatesInGCJ02");
    }
}
