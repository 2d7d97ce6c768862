//! A check of a method, the values of the peers, and how far apart they are.

use std::fs;
use std::path::Path;

/// Rows of a file of values, by the order of its columns; no cell holds a comma.
pub fn values(name: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/validation/{name}.csv")))
        .expect(name);
    text.lines().skip(1).map(split).collect()
}

/// Cells of a line; a quoted cell may hold commas.
fn split(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cells.last_mut().expect("a cell").push(c),
        }
    }
    cells
}

pub fn number(text: &str) -> f64 {
    text.parse().expect(text)
}

pub fn numbers(text: &str) -> Vec<f64> {
    text.split_whitespace().map(number).collect()
}

pub fn peer(name: &str) -> String {
    let row = values("versions").into_iter().find(|row| row[0] == name).expect(name);
    format!("{name} {}", row[1])
}

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
}

impl Check {
    pub fn deviation(&self) -> f64 {
        let one = |&(found, wanted): &(f64, f64)| match self.kind {
            Kind::Relative if wanted == 0.0 => found.abs(),
            Kind::Relative => ((found - wanted) / wanted).abs(),
            Kind::Absolute(_) => (found - wanted).abs(),
            Kind::Rounded(decimals) => {
                let scale = 10_f64.powi(decimals);
                ((found * scale).round() - (wanted * scale).round()).abs() / scale
            }
        };
        self.pairs.iter().map(one).fold(0.0, f64::max)
    }

    /// The deviation as published: the power of ten above it, since the last digits differ between machines.
    pub fn published(&self) -> String {
        let deviation = self.deviation();
        let unit = match self.kind {
            Kind::Relative => "",
            Kind::Absolute(unit) => unit,
            Kind::Rounded(_) => "to the published digit",
        };
        let text = if deviation == 0.0 {
            "none".to_owned()
        } else {
            format!("below 1e{}", (deviation.log10().floor() as i32 + 1).max(-14))
        };
        format!("{text} {unit}").trim().to_owned()
    }
}
