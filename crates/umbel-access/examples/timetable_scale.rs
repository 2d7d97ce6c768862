//! Cost of searches against the size of the timetable: a nation of 1, 10 and 100 cities.
//!
//! `cargo run --release -p umbel-access --example timetable_scale [CITIES ...]`

#[path = "../benches/nation/mod.rs"]
mod nation;

use std::time::Instant;
use umbel_access::Error;
use umbel_access::raptor::{RangeQuery, RangeSearch};
use umbel_access::timetable::{Edit, Selection, Timetable};

/// Times that what takes a moment is done, as the system counts coarsely.
const TIMES: u32 = 200;

/// Seconds of the processor this thread has used, where the system tells them; else those of the clock.
struct Clock(Instant);

impl Clock {
    fn seconds(&self) -> f64 {
        let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
        let nanoseconds = told.and_then(|text| text.split(' ').next().and_then(|first| first.parse::<f64>().ok()));
        nanoseconds.map_or(self.0.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
    }

    /// Runs something; its result and milliseconds.
    fn time<T>(&self, work: impl FnOnce() -> T) -> (T, f64) {
        let begin = self.seconds();
        let result = work();
        (result, (self.seconds() - begin) * 1e3)
    }
}

/// Megabytes of memory in use, where the system tells it.
fn memory() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = told.lines().find(|line| line.starts_with("VmRSS:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

fn main() -> Result<(), Error> {
    let clock = Clock(Instant::now());
    let sizes: Vec<u32> = std::env::args().skip(1).filter_map(|size| size.parse().ok()).collect();
    let query = RangeQuery { first_departure: 14 * 3600, ..RangeQuery::default() };
    for cities in if sizes.is_empty() { vec![1, 10, 100] } else { sizes } {
        let input = nation::timetable(cities);
        let (timetable, build) = clock.time(|| Timetable::new(&input));
        let timetable = timetable?;
        drop(input);
        let transfers = nation::transfers(cities);
        let (stops, trips, events) = (timetable.stops(), timetable.trips(), timetable.events());
        println!("{cities} cities: {stops} stops, {trips} trips, {events} events, {} patterns", timetable.patterns());
        println!("  prepared in {build:.0} ms; memory with walks {:?} MB", memory());
        let mut search = RangeSearch::new(&timetable);
        let mut total = 0;
        for name in ["first", "second", "third"] {
            let stops = cities * nation::STOPS;
            // An odd step, so that all parts of a city are among them.
            let origins: Vec<u32> = (0..stops).step_by((stops as usize / 400) | 1).collect();
            let ((), all) = clock.time(|| {
                for &origin in &origins {
                    search.run(&timetable, &transfers, &nation::access(origin), &query, &mut |_, improved| {
                        total += improved.len();
                    });
                }
            });
            let each = all / origins.len() as f64;
            println!("  {name} time over {} origins: {each:.2} ms each; memory {:?} MB", origins.len(), memory());
        }
        let access = nation::access(nation::STOPS / 2);
        let edit = [Edit::Remove { trips: Selection::Routes(vec![7]) }];
        let (edited, change) = timetable.edited(&edit)?;
        let (result, edit) = clock.time(|| (0..TIMES).try_for_each(|_| timetable.edited(&edit).map(|_| ())));
        result?;
        let ((), again) = clock.time(|| {
            for _ in 0..TIMES {
                search.run(&edited, &transfers, &access, &query, &mut |_, improved| {
                    total += improved.len();
                });
            }
        });
        let (patterns, times) = (change.patterns.len(), f64::from(TIMES));
        println!(
            "  a line cut ({patterns} patterns) in {:.2} ms, one origin again in {:.2} ms ({total} arrivals)",
            edit / times,
            again / times
        );
    }
    Ok(())
}
