//! Measures of access in Belo Horizonte against those that the R package `accessibility` computes from the same matrix.
//!
//! The matrix is taken from the folder `access/bho` in the folder that the variable UMBEL_CASES names; without it there is
//! nothing to check.

use crate::check::{self, Check, Kind};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use umbel_access::Seconds;
use umbel_access::opportunities::competition::{Demand, Sharing};
use umbel_access::opportunities::decay::{Decay, DecayOfTime, Reach};
use umbel_access::opportunities::reach::{Question, Reckoner, Targets};

/// Columns of a file of numbers; NaN for what is none.
fn columns(path: &Path) -> Vec<Vec<f64>> {
    let text = fs::read_to_string(path).expect("a table");
    let row = |line: &str| line.split(',').map(|cell| cell.parse().unwrap_or(f64::NAN)).collect::<Vec<f64>>();
    let rows: Vec<Vec<f64>> = text.lines().skip(1).map(row).collect();
    (0..rows[0].len()).map(|column| rows.iter().map(|row| row[column]).collect()).collect()
}

/// Times in seconds, row after row.
fn matrix(path: &Path, places: usize) -> Vec<Seconds> {
    let file = flate2::read::GzDecoder::new(File::open(path).expect("the matrix"));
    let mut times = vec![Seconds::UNREACHED; places * places];
    for line in BufReader::new(file).lines().skip(1) {
        let line = line.expect("a line");
        let mut cells = line.split(',');
        let mut next = || cells.next().expect("three cells");
        let (from, to): (usize, usize) = (next().parse().expect("a place"), next().parse().expect("a place"));
        let minutes: f64 = next().parse().expect("minutes");
        let seconds = (minutes * 60.0).round();
        assert_eq!(seconds / 60.0, minutes, "all times are whole seconds");
        times[from * places + to] = Seconds(seconds as u32);
    }
    times
}

#[test]
fn measures_equal_those_of_accessibility() {
    let Some(folder) = std::env::var_os("UMBEL_CASES") else { return };
    let folder = Path::new(&folder).join("access/bho");
    let zones = columns(&folder.join("zones.csv"));
    let (population, jobs, schools) = (&zones[2], &zones[3], &zones[4]);
    let places = population.len();
    let times = matrix(&folder.join("travel_matrix.csv.gz"), places);
    let wanted = columns(&folder.join("measures.csv"));

    let targets = Targets::new(places, vec![jobs.clone(), schools.clone()]).expect("targets");
    let decays = vec![Reach { decay: Decay::Exponential { beta: 0.05 }, greatest: None }];
    let question = Question { cutoffs: vec![1800], decays, wanted: vec![1.0] };
    let reckoner = Reckoner::new(targets, &question).expect("a question");
    let within_45 = DecayOfTime::new(&Reach { decay: Decay::Uniform, greatest: Some(45.0) }).expect("a decay");
    let rows = || times.chunks_exact(places);

    let mut demand = Demand::new(Sharing::TwoStep, places);
    rows().zip(population).for_each(|(row, &people)| demand.origin(people, within_45.weigh(row)));
    let shares = demand.shared(jobs).expect("shares");
    let mut pairs = vec![Vec::new(); 4];
    for (origin, row) in rows().enumerate() {
        let found = reckoner.of_times(row).expect("a row");
        let mut push = |at: usize, found: f64| pairs[at].push((found, wanted[at + 1][origin]));
        push(0, found.within(0, 0));
        push(1, found.decayed(0, 0));
        push(2, shares.access(within_45.weigh(row)));
        assert_eq!(found.closest(1), found.dual(1, 0));
        match found.closest(1).get() {
            Some(seconds) => push(3, f64::from(seconds) / 60.0),
            // The peer: infinite.
            None => assert_eq!(wanted[4][origin], f64::INFINITY),
        }
    }
    let what = [
        ("reach", "jobs within 30 minutes", 0.0),
        ("reach", "jobs by exp(-0.05 minutes)", 1e-9),
        ("catchment", "jobs shared in two steps, 45 minutes", 1e-9),
        ("reach", "minutes to the closest school", 1e-9),
    ];
    let check = |((method, what, limit), pairs)| Check {
        method,
        what,
        reference: "accessibility 1.4.0.9000".to_owned(),
        pairs,
        kind: Kind::Relative,
        limit,
    };
    let checks: Vec<Check> = what.into_iter().zip(pairs).map(check).collect();
    let rows = check::rows(&checks.iter().collect::<Vec<_>>());
    check::section(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."), "belo horizonte", &rows);
}
