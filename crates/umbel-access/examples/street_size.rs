//! How the cost of streets grows with their number, on one thread: a made-up country of so many times so many towns of
//! 3,600 junctions, joined by three roads to each neighbour.
//! `cargo run --release -p umbel-access --example street_size -- 29` has three million junctions.

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;
use umbel_access::streets::hierarchy::{Hierarchy, LANES, Order, Skeleton, Sweep};
use umbel_access::streets::{Direction, MOST, Mode, ProfileOptions, Search, Segment, Snap, StreetInput, Streets};

#[path = "../benches/town.rs"]
mod town;

/// Junctions on a side of a town.
const TOWN: u32 = 60;
/// Degrees from a town to the next.
const APART: f64 = 0.15;

/// Towns side by side, and roads between them.
fn country(side: u32) -> StreetInput {
    let one = town::town(TOWN);
    let size = TOWN * TOWN;
    let mut input = StreetInput { shape_start: vec![0], classes: one.classes.clone(), ..StreetInput::default() };
    for town in 0..side * side {
        let corner = [f64::from(town % side) * APART, f64::from(town / side) * APART];
        input.longitude.extend(one.longitude.iter().map(|longitude| longitude + corner[0]));
        input.latitude.extend(one.latitude.iter().map(|latitude| latitude + corner[1]));
        let first = town * size;
        input.junction.extend((first..first + size).map(i64::from));
        let moved = |segment: &Segment| Segment { from: segment.from + first, to: segment.to + first, ..*segment };
        input.segments.extend(one.segments.iter().map(moved));
        for row in [10, 30, 50] {
            let east = (first + row * TOWN + TOWN - 1, first + size + row * TOWN);
            let north = (first + (TOWN - 1) * TOWN + row, first + side * size + row);
            let (has_east, has_north) = ((town + 1) % side != 0, town + side < side * side);
            for (from, to) in has_east.then_some(east).into_iter().chain(has_north.then_some(north)) {
                let road = one.segments[0];
                input.segments.push(Segment { from, to, length: 11_000.0, ..road });
            }
        }
    }
    input.shape_start.resize(input.segments.len() + 1, 0);
    input
}

/// Milliseconds that this thread has been on a processor, where the system tells.
fn on_processor() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse::<f64>().ok().map(|nanoseconds| nanoseconds / 1e6)
}

/// Says how many milliseconds a task took on a processor, and how much memory was in use at most, where the system tells.
fn step<T>(what: &str, task: impl FnOnce() -> T) -> T {
    let (start, before) = (Instant::now(), on_processor());
    let result = task();
    let wall = start.elapsed().as_secs_f64() * 1000.0;
    let time = before.zip(on_processor()).map_or(wall, |(before, after)| after - before);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default().trim();
    println!("{what:40} {time:12.3} ms, at most {most}");
    result
}

fn main() -> Result<(), Box<dyn Error>> {
    let side = std::env::args().nth(1).map_or(Ok(9), |side| side.parse())?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    pool.install(|| run(side).map_err(|error| error.to_string()))?;
    Ok(())
}

fn run(side: u32) -> Result<(), Box<dyn Error>> {
    let input = step("input", || country(side));
    let streets = step("streets", || Streets::new(&input))?;
    drop(input);
    println!("{} junctions, {} segments", streets.junction_count(), streets.segment_count());
    let walk = step("profile on foot", || streets.profile(Mode::Walk, &ProfileOptions::default()))?;
    let middle = f64::from(side / 2) * APART + 0.03;
    let start = streets.snap(&walk, middle, middle, 1000.0).ok_or("no street in the middle")?;
    let mut search = Search::new(&streets);
    for (what, limit) in [("one to all", MOST), ("one to all again", MOST), ("within 3,600 m", 3_600_000)] {
        step(what, || search.run(&streets, &walk, &start, Direction::From, limit));
        println!("  {} junctions reached", search.reached().len());
    }
    let car = step("profile by car", || streets.profile(Mode::Car, &ProfileOptions::default()))?;
    let order = step("order", || Order::new(&streets, &car));
    let skeleton = step("skeleton", || Arc::new(Skeleton::new(&order, &streets, &car)));
    let hierarchy = step("customisation", || Hierarchy::customise(&skeleton, &streets, &car))?;
    println!("  {} shortcuts, {} arcs", skeleton.edge_count(), hierarchy.arc_count());
    let mut sweep = Sweep::new();
    step("one to all for 16 points", || hierarchy.sweep(&streets, &car, &[start; LANES], Direction::From, &mut sweep));
    step("one to all for 16 points again", || {
        hierarchy.sweep(&streets, &car, &[start; LANES], Direction::From, &mut sweep)
    });
    let places: Vec<Option<Snap>> = (0..1000)
        .map(|number| {
            let place = |step: u32| f64::from(number * step % 1000) / 1000.0 * f64::from(side) * APART;
            streets.snap(&car, place(1), place(617), 20_000.0)
        })
        .collect();
    step("table of 1,000 x 1,000", || hierarchy.table(&streets, &car, &places, &places));
    Ok(())
}
