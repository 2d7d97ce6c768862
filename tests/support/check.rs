//! A check of a method against its references, and the section of docs/validation.md that publishes it.

#![allow(dead_code, clippy::expect_used)]

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// A check: figures beside their references.
pub struct Check {
    pub method: &'static str,
    pub what: &'static str,
    pub reference: String,
    pub pairs: Vec<(f64, f64)>,
    /// What the deviation is measured in.
    pub kind: Kind,
    /// Largest deviation allowed.
    pub limit: f64,
}

pub enum Kind {
    /// Relative to the reference (absolute where that is zero).
    Relative,
    /// In a unit.
    Absolute(&'static str),
    /// Published figures, rounded to so many decimals: ours rounded the same way.
    Rounded(i32),
    /// A p-value from this many random permutations: in units of five standard errors and 0.0015.
    Permutation(u32),
}

impl Check {
    pub fn deviation(&self) -> f64 {
        let one = |&(found, wanted): &(f64, f64)| match self.kind {
            Kind::Relative if wanted == 0.0 => found.abs(),
            Kind::Relative => ((found - wanted) / wanted).abs(),
            Kind::Absolute(_) => (found - wanted).abs(),
            Kind::Permutation(permutations) => {
                let error = (wanted * (1.0 - wanted) / f64::from(permutations)).sqrt();
                (found - wanted).abs() / (5.0 * error + 0.0015)
            }
            Kind::Rounded(decimals) => {
                let scale = 10_f64.powi(decimals);
                ((found * scale).round() - (wanted * scale).round()).abs() / scale
            }
        };
        self.pairs.iter().map(one).fold(0.0, |most, one| if one.is_nan() { f64::INFINITY } else { most.max(one) })
    }

    /// The deviation as published: the power of ten above it, since the last digits differ between machines.
    pub fn published(&self) -> String {
        let deviation = self.deviation();
        let unit = match self.kind {
            Kind::Relative => "",
            Kind::Absolute(unit) => unit,
            Kind::Rounded(_) => "to the published digit",
            Kind::Permutation(_) if deviation <= 1.0 => return "within five standard errors".to_owned(),
            Kind::Permutation(_) => "times what chance allows",
        };
        let text = if deviation == 0.0 {
            "none".to_owned()
        } else {
            format!("below 1e{}", (deviation.log10().floor() as i32 + 1).max(-14))
        };
        format!("{text} {unit}").trim().to_owned()
    }
}

/// Checks that all hold, and gives the rows of the table.
pub fn rows(checks: &[&Check]) -> String {
    let mut text =
        String::from("| method | on | against | figures | largest deviation |\n| --- | --- | --- | --- | --- |\n");
    let mut wrong = String::new();
    for check in checks {
        assert!(!check.pairs.is_empty(), "{}: {}", check.method, check.what);
        let deviation = check.deviation();
        let (method, what, reference) = (check.method, check.what, &check.reference);
        if deviation > check.limit {
            writeln!(wrong, "{method}: {what} deviates by {deviation}, more than {}", check.limit).expect("text");
        }
        let (figures, published) = (check.pairs.len(), check.published());
        writeln!(text, "| {method} | {what} | {reference} | {figures} | {published} |").expect("text");
    }
    assert!(wrong.is_empty(), "{wrong}");
    text
}

/// Holds a section of docs/validation.md to its text; `UMBEL_BLESS=1` writes it again. `workspace` is the folder of the
/// workspace.
pub fn section(workspace: &Path, name: &str, text: &str) {
    // Tests of one program run side by side.
    static WRITING: Mutex<()> = Mutex::new(());
    let _one = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let path = workspace.join("docs/validation.md");
    let page = fs::read_to_string(&path).expect("docs/validation.md is there");
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let from = page.find(&begin).expect(name) + begin.len();
    let to = from + page[from..].find(&end).expect(name);
    if std::env::var_os("UMBEL_BLESS").is_some() {
        fs::write(&path, format!("{}{text}{}", &page[..from], &page[to..])).expect("written");
        return;
    }
    assert!(
        page[from..to] == *text,
        "docs/validation.md differs in its section {name}; UMBEL_BLESS=1 writes it again\n{text}"
    );
}
