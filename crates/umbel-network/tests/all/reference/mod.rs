//! Door to door against other engines on real extracts and feeds (folder named by UMBEL_CASES; README there).

mod cars;
mod headways;
mod streets;
mod transit;
mod walking;

use crate::check;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use umbel_access::door::{LinkOptions, Network};
use umbel_access::streets::{Mode, ProfileOptions, SMALL_ISLAND, Streets};
use umbel_network::gtfs::{Feeds, Options};
use umbel_network::osm::{self, Rules};

/// Holds a section of docs/validation.md to what was found: on what, against what, how many pairs, what came out.
fn publish(section: &str, found: &[(&str, &str, usize, String)]) {
    let mut text = String::from("| method | on | against | pairs | found |\n| --- | --- | --- | --- | --- |\n");
    for (what, against, pairs, result) in found {
        text.push_str(&format!("| travel_time | {what} | {against} | {pairs} | {result} |\n"));
    }
    check::section(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."), section, &text);
}

/// The folder of the cases; without the variable there is nothing to compare with, and the tests say so.
fn folder() -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("UMBEL_CASES") else {
        println!("UMBEL_CASES is not set: nothing compared");
        return None;
    };
    let folder = PathBuf::from(folder).join("access");
    assert!(folder.is_dir(), "{} is not there", folder.display());
    Some(folder)
}

/// Rows of a CSV file without quotes, cells by column.
fn rows(path: &Path) -> Vec<HashMap<String, String>> {
    let text = fs::read_to_string(path).expect("a reference file");
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().expect("a header").split(',').collect();
    lines
        .map(|line| columns.iter().zip(line.split(',')).map(|(c, v)| ((*c).to_owned(), v.to_owned())).collect())
        .collect()
}

fn number(row: &HashMap<String, String>, column: &str) -> Option<f64> {
    row[column].parse().ok()
}

struct Points {
    ids: HashMap<String, usize>,
    at: Vec<[f64; 2]>,
    rows: Vec<HashMap<String, String>>,
}

fn points(path: &Path) -> Points {
    let rows = rows(path);
    let coordinate = |row: &HashMap<String, String>, column| number(row, column).expect("a coordinate");
    Points {
        ids: rows.iter().enumerate().map(|(at, row)| (row["id"].clone(), at)).collect(),
        at: rows.iter().map(|row| [coordinate(row, "lon"), coordinate(row, "lat")]).collect(),
        rows,
    }
}

fn streets(path: &Path, rules: &Rules) -> Streets {
    Streets::new(&osm::read(path, "extract", rules).streets).expect("streets")
}

fn network(streets: &Path, feeds: &[PathBuf], options: &LinkOptions) -> Network {
    let (feeds, _) = Feeds::read(feeds);
    let (compiled, _) = feeds.timetable("2019-05-13".parse().expect("a date"), &Options::default());
    let streets = self::streets(streets, &Rules::standard());
    let walk = streets
        .profile(Mode::Walk, &ProfileOptions { smallest_island: SMALL_ISLAND, ..ProfileOptions::default() })
        .expect("a profile");
    Network::new(Arc::new(streets), Arc::new(walk), &compiled.input, options).expect("a network")
}

fn quantile(sorted: &[f64], share: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}

fn share(values: &[f64], fits: impl Fn(f64) -> bool) -> f64 {
    values.iter().filter(|value| fits(**value)).count() as f64 / values.len().max(1) as f64
}

/// Differences in seconds between ours and the reference, where both reach; and the share of pairs on which reached or
/// not agrees.
fn compare(ours: &[Option<f64>], theirs: &[Option<f64>]) -> (Vec<f64>, f64) {
    let agree = ours.iter().zip(theirs).filter(|(a, b)| a.is_some() == b.is_some()).count();
    let both = ours.iter().zip(theirs).filter_map(|(a, b)| Some((*a)? - (*b)?)).collect();
    (both, agree as f64 / ours.len() as f64)
}
