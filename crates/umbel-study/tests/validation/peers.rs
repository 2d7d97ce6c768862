//! The values of the peers.

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
