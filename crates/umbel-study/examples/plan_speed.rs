//! How long a what-if takes on a region: one edit to a fresh comparison, a hundred plans against a cold run, and the
//! shares of ten projects.
//!
//! `cargo run --release -p umbel-study --example plan_speed -- REGION`. Prints seconds of the wall clock.

#![allow(clippy::expect_used, reason = "a measurement that cannot be set up must stop")]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use umbel_core::{Period, Symbol};
use umbel_study::plan::{Choice, Division};
use umbel_study::{Study, View};
use umbel_table::{Effect, Project, Region};

/// The region with one project for each of these figures: it multiplies the figure by 1.1.
fn study(region: &Region, texts: &[(String, String)], figures: &[(Symbol, Symbol, Period)]) -> Study {
    let mut region = region.clone();
    for (number, (indicator, place, period)) in figures.iter().enumerate() {
        let id = region.symbols.intern(&format!("speed-{number}"));
        let key = format!("{}@{}@{period}", region.id(*indicator), region.id(*place));
        let source = region.sources.first().map_or(Symbol::NONE, |source| source.id);
        region.projects.push(Project {
            origin: Default::default(),
            id,
            title: Default::default(),
            kind: Symbol::NONE,
            lead: Symbol::NONE,
            partners: Vec::new(),
            place: Symbol::NONE,
            moved_from: Symbol::NONE,
            start: None,
            finish: None,
            cost: None,
            source,
            note: String::new(),
            attributes: Default::default(),
        });
        region.effects.push(Effect {
            origin: Default::default(),
            id,
            project: id,
            operation: "scale".to_owned(),
            table: "observations".to_owned(),
            key,
            column: String::new(),
            from: None,
            stage: Symbol::NONE,
            value: "1.1".to_owned(),
            unit: None,
            interval: (None, None),
            source,
            note: String::new(),
        });
    }
    Study::new(region, texts, None).0
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    let found = work();
    (found, begun.elapsed())
}

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("a region folder"));
    let ((region, _), reading) = timed(|| Region::read(&folder));
    println!("reading the region      {:9.4} s", reading.as_secs_f64());
    let texts = texts(&folder.join("measures"));
    // The indicators that most rows are held of, each at a place in the middle and in its last period.
    let mut figures: Vec<(usize, (Symbol, Symbol, Period))> = Vec::new();
    for (indicator, rows) in &region.observations.by_indicator {
        let row =
            (rows.len() / 2..rows.len()).find(|&row| rows.value(row).is_some() && rows.breakdown[row] == Symbol::NONE);
        figures.extend(row.map(|row| (rows.len(), (*indicator, rows.place[row], rows.period[row]))));
    }
    figures.sort_by_key(|(rows, _)| std::cmp::Reverse(*rows));
    let figures: Vec<_> = figures.into_iter().map(|(_, figure)| figure).collect();

    let of = |count: usize| -> Vec<_> { figures.iter().cycle().take(count).copied().collect() };
    let cold = study(&region, &texts, &of(100));
    let (_, whole) = timed(|| cold.run_all(View::default()));
    println!("every measure, cold     {:9.4} s", whole.as_secs_f64());

    let compare = |study: &Study, project: usize| {
        let plan = Choice { with: vec![format!("speed-{project}")], ..Choice::default() };
        study.compare(&Choice::default(), &plan, &[], &[], View::default()).expect("sound")
    };
    let mut single: Vec<Duration> =
        (0..figures.len().min(30)).map(|project| timed(|| compare(&cold, project)).1).collect();
    single.sort_unstable();
    println!(
        "one edit to comparison  {:9.4} s median, {:.4} s longest of {}",
        single[single.len() / 2].as_secs_f64(),
        single[single.len() - 1].as_secs_f64(),
        single.len()
    );
    let fresh = study(&region, &texts, &of(100));
    fresh.run_all(View::default()).ok();
    let (differences, hundred) =
        timed(|| (0..100).map(|project| compare(&fresh, project).differences.len()).sum::<usize>());
    println!(
        "100 plans, one after another {:.4} s = {:.2} cold runs ({differences} differences)",
        hundred.as_secs_f64(),
        hundred.as_secs_f64() / whole.as_secs_f64()
    );
    if region.observations.len() > 1_000_000 {
        // A thousand plans times all that rests on one indicator of a country: hours, and no question that anyone asks.
        return;
    }
    // Ten projects that all touch one indicator, the one that most measures rest on: nothing can be told apart early.
    let most = figures
        .iter()
        .max_by_key(|figure| compare(&cold, figures.iter().position(|f| f == *figure).unwrap_or(0)).differences.len());
    let (indicator, _, period) = *most.expect("a figure");
    let rows = region.observations.rows(indicator).expect("rows");
    let places = (0..rows.len()).filter(|&row| rows.period[row] == period && rows.breakdown[row] == Symbol::NONE);
    let ten: Vec<_> = places.map(|row| (indicator, rows.place[row], period)).take(10).collect();
    let game = study(&region, &texts, &ten);
    let plan = Choice { with: (0..ten.len()).map(|at| format!("speed-{at}")).collect(), ..Choice::default() };
    let compared = game.compare(&Choice::default(), &plan, &[], &[], View::default()).expect("sound");
    let all = 0..compared.differences.len();
    let (_, shares) = timed(|| compared.divide(all, &Division::default()).expect("ten"));
    println!(
        "shares of {} projects in {} differences {:9.4} s (all touch \"{}\")",
        ten.len(),
        compared.differences.len(),
        shares.as_secs_f64(),
        region.id(indicator)
    );
}

fn texts(folder: &Path) -> Vec<(String, String)> {
    let files = std::fs::read_dir(folder).expect("measures").map(|entry| entry.expect("an entry").path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    files.sort();
    let name = |path: &PathBuf| format!("measures/{}", path.file_name().expect("a name").to_string_lossy());
    files.iter().map(|path| (name(path), std::fs::read_to_string(path).expect("text"))).collect()
}
