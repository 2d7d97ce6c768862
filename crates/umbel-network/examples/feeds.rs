//! Reads feeds, compiles a day and checks them: `cargo run --release -p umbel-network --example feeds -- 2019-05-13 A.zip B.zip`
//! prints counts, findings by kind (two of each), and the time each step took.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;
use umbel_core::Date;
use umbel_network::gtfs::{Feeds, Options};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(date) = arguments.next().and_then(|text| text.parse::<Date>().ok()) else {
        eprintln!("usage: feeds DATE FEED...");
        return ExitCode::from(2);
    };
    let paths: Vec<String> = arguments.collect();
    let begin = Instant::now();
    let (feeds, mut findings) = Feeds::read(&paths);
    let read = begin.elapsed();
    let (compiled, more) = feeds.timetable(date, &Options::default());
    let made = begin.elapsed() - read;
    findings.extend(more);
    for feed in &feeds.feeds {
        findings.extend(feed.check(Some(date)));
    }
    let checked = begin.elapsed() - read - made;
    for feed in &feeds.feeds {
        let (stops, trips, times) = (feed.stops.len(), feed.trips.len(), feed.stop_times.len());
        println!("{}: {stops} stops, {} routes, {trips} trips, {times} stop times", feed.name, feed.routes.len());
    }
    let input = &compiled.input;
    println!(
        "{date}: {} trips run, {} in the arrays, {} events",
        compiled.running,
        input.trips.len(),
        input.events.len()
    );
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in &findings {
        *kinds.entry(finding.code.title).or_default() += 1;
    }
    for (kind, count) in kinds {
        println!("{count:>6}  {kind}");
        for finding in findings.iter().filter(|finding| finding.code.title == kind).take(2) {
            let place = &finding.location;
            println!("        {}:{}:{} {}", place.file, place.line, place.column, finding.message);
        }
    }
    println!("read in {read:?}, compiled in {made:?}, checked in {checked:?}");
    ExitCode::SUCCESS
}
