//! Findings as text for a terminal, and as JSON.

use super::source::{excerpt, lines};
use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use umbel_core::{Finding, Severity};

/// Whether output to standard output should be coloured: it is a terminal, and `NO_COLOR` is not set.
pub fn colours() -> bool {
    io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Writes findings for people: place, severity, code and message; the line with a caret below the cell; the fix; and,
/// last, how many there are.
///
/// `root` is the region folder, `shown` the path put before each file (the folder as the user wrote it), so that an
/// editor can open what is printed. Findings are written in the order given.
pub fn text(out: &mut dyn Write, findings: &[Finding], root: &Path, shown: &Path, colour: bool) -> io::Result<()> {
    let paint = |style: &'static str| if colour { style } else { "" };
    let (bold, faint, reset) = (paint("\x1b[1m"), paint("\x1b[2m"), paint("\x1b[0m"));
    let sources = sources(findings, root);
    for finding in findings {
        let place = &finding.location;
        let hue = paint(hue(finding.severity));
        write!(out, "{bold}{}", shown.join(&*place.file).display())?;
        if place.line > 0 {
            write!(out, ":{}", place.line)?;
            if place.column > 0 {
                write!(out, ":{}", place.column)?;
            }
        }
        writeln!(
            out,
            ":{reset} {hue}{} {}{reset} {bold}{}{reset}",
            finding.severity.as_str(),
            finding.code.id,
            finding.message
        )?;
        if let Some(line) = sources.get(&*place.file).and_then(|lines| lines.get(&place.line)) {
            let cut = excerpt(line, place.column, place.file.ends_with(".csv"));
            let number = place.line.to_string();
            let gutter = " ".repeat(number.len());
            writeln!(out, "  {faint}{number} |{reset} {}", cut.text)?;
            if place.column > 0 {
                let indent = " ".repeat(cut.before);
                writeln!(out, "  {faint}{gutter} |{reset} {indent}{hue}{}{reset}", "^".repeat(cut.marked))?;
            }
        }
        writeln!(out, "  {faint}fix:{reset} {}", finding.fix)?;
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(findings))
}

/// One line that counts findings by severity, `3 errors, 1 warning`, or says that there are none.
pub fn summary(findings: &[Finding]) -> String {
    let parts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .filter_map(|severity| {
            let count = findings.iter().filter(|finding| finding.severity == severity).count();
            let plural = if count == 1 { "" } else { "s" };
            (count > 0).then(|| format!("{count} {}{plural}", severity.as_str()))
        })
        .collect();
    if parts.is_empty() { "no findings".to_owned() } else { parts.join(", ") }
}

/// Writes findings as a JSON array of objects with `code`, `severity`, `file`, `line`, `column`, `message`, `fix`.
pub fn json(out: &mut dyn Write, findings: &[Finding]) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, findings)?;
    writeln!(out)
}

/// For every file that findings point at, the lines they need, each file read once.
fn sources<'a>(findings: &'a [Finding], root: &Path) -> BTreeMap<&'a str, BTreeMap<u32, String>> {
    let mut wanted: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for finding in findings {
        // Rows of a Parquet file have numbers, but no line that could be shown.
        if finding.location.line > 0 && !finding.location.file.ends_with(".parquet") {
            wanted.entry(&finding.location.file).or_default().push(finding.location.line);
        }
    }
    wanted
        .into_iter()
        .map(|(file, mut numbers)| {
            numbers.sort_unstable();
            numbers.dedup();
            (file, lines(&root.join(file), &numbers))
        })
        .collect()
}

fn hue(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "\x1b[1;31m",
        Severity::Warning => "\x1b[1;33m",
        Severity::Note => "\x1b[1;36m",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use umbel_core::{Location, code};

    fn some() -> Vec<Finding> {
        vec![
            Finding::new(&code::F001, Location::new("geo/x.geojson", 0, 0), "the file is not there", "add it"),
            Finding::new(
                &code::R002,
                Location::new("data/observations.csv", 2, 5),
                "no place \"北平\"",
                "did you mean \"beijing\"?",
            ),
        ]
    }

    #[test]
    fn text_shows_the_line_with_a_caret_and_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("data")).expect("a folder");
        std::fs::write(folder.path().join("data/observations.csv"), "indicator_id,place_id\r\ngdp,北平,2022\r\n")
            .expect("a file");
        let mut out = Vec::new();
        text(&mut out, &some(), folder.path(), Path::new("regions/x"), false).expect("written");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "regions/x/geo/x.geojson: error F001 the file is not there\n  fix: add it\n\n\
             regions/x/data/observations.csv:2:5: error R002 no place \"北平\"\n  2 | gdp,北平,2022\n    |     ^^^^\n  \
             fix: did you mean \"beijing\"?\n\n2 errors\n"
        );
    }

    #[test]
    fn json_is_an_array_of_objects() {
        let mut out = Vec::new();
        json(&mut out, &some()).expect("written");
        let read: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
        assert_eq!(read[1]["code"], "R002");
        assert_eq!(read[1]["line"], 2);
        assert_eq!(read[1]["fix"], "did you mean \"beijing\"?");
        let mut none = Vec::new();
        json(&mut none, &[]).expect("written");
        assert_eq!(String::from_utf8(none).expect("text").trim(), "[]");
    }

    #[test]
    fn colours_are_only_there_when_asked_for() {
        let mut out = Vec::new();
        text(&mut out, &some(), Path::new("."), Path::new(""), true).expect("written");
        assert!(String::from_utf8(out).expect("text").contains("\x1b[1;31merror R002\x1b[0m"));
    }
}
