//! The pages about the codes: `umbel explain CODE`, and docs/findings.md.

use std::fmt::Write;
use umbel_core::{CODES, Code};

/// Families of codes by their letter, in the order of the table.
#[cfg(test)]
const FAMILIES: &[(char, &str)] = &[
    ('F', "Files"),
    ('R', "References"),
    ('U', "Units"),
    ('V', "Values"),
    ('P', "Places"),
    ('G', "Geometry"),
    ('J', "Projects and plans"),
    ('M', "Measures"),
    ('K', "Claims and targets"),
    ('A', "Report layout"),
    ('N', "Streets"),
    ('T', "Timetables"),
];

/// What `umbel explain CODE` prints.
pub fn explain(code: &Code) -> String {
    format!(
        "{}  {} ({})\n\n{}\n\nHow to mend it: {}\n",
        code.id,
        code.title,
        code.severity.as_str(),
        code.meaning,
        code.mend
    )
}

/// What `umbel explain` prints without a code: every code, its severity and title.
pub fn list() -> String {
    let mut text = String::new();
    for code in CODES {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}  {:<7}  {}", code.id, code.severity.as_str(), code.title);
    }
    text
}

/// The text of docs/findings.md.
#[cfg(test)]
pub fn page() -> String {
    let mut text = String::from(
        "# Findings\n\n\
         <!-- Generated from crates/umbel-core/src/code.rs: edit there, then run the tests with UMBEL_BLESS=1. -->\n\n\
         `umbel check REGION` says what is wrong with a region folder: a code, a severity, file:line:column, what is \
         wrong, and how to mend it. All findings come at once, sorted by place, as text, `--format json` or \
         `--format sarif`. A code never gets a second meaning. `umbel explain CODE` prints what is below.\n\n\
         An **error** means that results would be wrong or missing; a **warning**, that they may be; a **note** is \
         worth knowing. Columns are counted in characters from 1.\n",
    );
    for (letter, family) in FAMILIES {
        let _ = write!(text, "\n## {family}\n\n| code | severity | | what it means | how to mend it |\n");
        text.push_str("| --- | --- | --- | --- | --- |\n");
        for code in CODES.iter().filter(|code| code.id.starts_with(*letter)) {
            let _ = writeln!(
                text,
                "| <a id=\"{}\"></a>`{}` | {} | {} | {} | {} |",
                code.id.to_lowercase(),
                code.id,
                code.severity.as_str(),
                code.title,
                code.meaning.replace('|', "\\|"),
                code.mend.replace('|', "\\|")
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_family_and_all_its_texts() {
        for code in CODES {
            assert!(FAMILIES.iter().any(|(letter, _)| code.id.starts_with(*letter)), "{}", code.id);
            for text in [code.meaning, code.mend] {
                assert!(text.ends_with('.'), "{}: {text}", code.id);
            }
            assert!(explain(code).contains(code.mend));
        }
        assert_eq!(list().lines().count(), CODES.len());
    }

    #[test]
    fn codes_are_told_apart() {
        let mut ids: Vec<&str> = CODES.iter().map(|code| code.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), CODES.len());
    }

    #[test]
    fn the_page_in_docs_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/findings.md");
        if std::env::var_os("UMBEL_BLESS").is_some() {
            std::fs::write(path, page()).expect("docs can be written");
        }
        let held = std::fs::read_to_string(path).unwrap_or_default();
        assert!(held == page(), "docs/findings.md differs from the codes: run the tests with UMBEL_BLESS=1");
    }
}
