//! Times the searches over the streets of an OSM extract, on one thread:
//! `cargo run --release -p umbel-network --example street_speed -- EXTRACT.osm.pbf [POINTS.csv]`.
//!
//! Points (columns lon, lat and optionally jobs) are the origins and destinations of tables; without a file, 200
//! junctions are.

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use umbel_access::streets::hierarchy::{Hierarchy, LANES, Order, Skeleton, Sweep};
use umbel_access::streets::sharing::each_to_targets;
use umbel_access::streets::{
    Direction, MOST, Mode, Nodes, Profile, ProfileOptions, SMALL_ISLAND, Search, Segment, Snap, StreetInput, Streets,
    TargetCosts, Targets, sphere, table,
};
use umbel_network::osm::{self, Rules};

/// Milliseconds that this thread has been on a processor, where the system tells.
fn on_processor() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse::<f64>().ok().map(|nanoseconds| nanoseconds / 1e6)
}

/// Milliseconds of `task` on a processor, and what it gives.
fn timed<T>(task: impl FnOnce() -> T) -> (f64, T) {
    let (start, before) = (Instant::now(), on_processor());
    let result = task();
    let elapsed = match (before, on_processor()) {
        (Some(before), Some(after)) => after - before,
        _ => start.elapsed().as_secs_f64() * 1000.0,
    };
    (elapsed, result)
}

/// The least milliseconds of five times (each of a tenth of a second at least, as the system counts coarsely), divided by
/// the number of rounds of a task.
fn best(rounds: usize, mut task: impl FnMut()) -> f64 {
    let start = Instant::now();
    task();
    let times = (0.1 / start.elapsed().as_secs_f64()).ceil().clamp(1.0, 1e4) as usize;
    let mut once = || timed(|| (0..times).for_each(|_| task())).0 / times as f64;
    (0..5).map(|_| once()).fold(f64::INFINITY, f64::min) / rounds as f64
}

/// The same streets with every point of a shape a junction.
fn every_node(input: &StreetInput) -> StreetInput {
    let mut all = StreetInput { shape: Vec::new(), shape_start: vec![0], segments: Vec::new(), ..input.clone() };
    for (number, segment) in input.segments.iter().enumerate() {
        let shape = &input.shape[input.shape_start[number] as usize..input.shape_start[number + 1] as usize];
        let mut from = segment.from;
        for at in 0..=shape.len() {
            let to = match shape.get(at) {
                Some(&[longitude, latitude]) => {
                    all.longitude.push(longitude);
                    all.latitude.push(latitude);
                    all.junction.push(-1);
                    all.longitude.len() as u32 - 1
                }
                None => segment.to,
            };
            let point = |junction: u32| [all.longitude[junction as usize], all.latitude[junction as usize]];
            let length = sphere::distance(point(from), point(to));
            all.segments.push(Segment { from, to, length, ..*segment });
            all.shape_start.push(0);
            from = to;
        }
    }
    all
}

/// Some junctions spread over the network.
fn spread(streets: &Streets, profile: &Profile, count: usize) -> Vec<Snap> {
    let step = (streets.junction_count() / count).max(1);
    (0..streets.junction_count())
        .step_by(step)
        .filter_map(|junction| streets.snap_junction(profile, junction as u32))
        .take(count)
        .collect()
}

fn walking(name: &str, input: &StreetInput) -> Result<(Streets, Profile), Box<dyn Error>> {
    let (ready, streets) = timed(|| Streets::new(input));
    let streets = streets?;
    let options = ProfileOptions { smallest_island: SMALL_ISLAND, ..ProfileOptions::default() };
    let (weighed, profile) = timed(|| streets.profile(Mode::Walk, &options));
    let profile = profile?;
    println!("{name}: {} junctions, {} segments", streets.junction_count(), streets.segment_count());
    println!("  streets ready                   {ready:9.3} ms, profile {weighed:.3} ms");
    let starts = spread(&streets, &profile, 100);
    let mut search = Search::new(&streets);
    for (what, limit) in [("one to all, walking", MOST), ("one to all within 3,600 m", 3_600_000)] {
        let mut reached = 0;
        let time = best(starts.len(), || {
            reached = 0;
            for start in &starts {
                search.run(&streets, &profile, start, Direction::From, limit);
                reached += search.reached().len();
            }
        });
        println!("  {what:31} {time:9.3} ms, {} junctions reached", reached / starts.len());
    }
    Ok((streets, profile))
}

/// From junctions to all nodes: a search over junctions, then one pass over the points between them.
fn to_nodes(streets: &Streets, profile: &Profile) {
    let (ready, nodes) = timed(|| Nodes::new(streets, profile, Direction::From));
    let starts = spread(streets, profile, 100);
    let (mut search, mut costs) = (Search::new(streets), Vec::new());
    let time = best(starts.len(), || {
        for start in &starts {
            search.run(streets, profile, start, Direction::From, MOST);
            search.to_nodes(profile, &nodes, &mut costs);
        }
    });
    println!("nodes by way of junctions: {} made ready in {ready:.1} ms", nodes.len());
    println!("  one to all nodes, walking       {time:9.3} ms");
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let extract = arguments.first().ok_or("which extract?")?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    pool.install(|| run(extract, arguments.get(1).map(String::as_str)).map_err(|error| error.to_string()))?;
    Ok(())
}

fn run(extract: &str, points: Option<&str>) -> Result<(), Box<dyn Error>> {
    let read = |rules: &Rules| osm::read(Path::new(extract), extract, rules).streets;
    let (reading, neutral) = timed(|| read(&Rules::neutral()));
    println!("neutral rules, read in {reading:.0} ms");
    let (streets, profile) = walking("junctions", &neutral)?;
    let (all, all_profile) = walking("every node", &every_node(&neutral))?;
    to_nodes(&streets, &profile);

    let points = match points {
        Some(path) => columns(path)?,
        None => spread(&streets, &profile, 200).iter().map(|snap| [snap.longitude, snap.latitude, 1.0]).collect(),
    };
    let snapped = |streets: &Streets, profile: &Profile| -> Vec<Option<Snap>> {
        points.iter().map(|&[longitude, latitude, _]| streets.snap(profile, longitude, latitude, 1600.0)).collect()
    };
    let (snapping, places) = timed(|| snapped(&streets, &profile));
    println!("{} points joined, {:.1} us each", points.len(), snapping * 1000.0 / points.len() as f64);
    let time = timed(|| black_box(table(&streets, &profile, &places, &places, MOST))).0;
    println!("  table on foot                   {:9.3} ms an origin", time / points.len() as f64);

    let targets = Targets::new(&streets, &profile, &places, Direction::From);
    let starts: Vec<Option<Snap>> = (0..all.junction_count() as u32)
        .filter(|&junction| all.snap_junction(&all_profile, junction).is_some())
        .map(|junction| {
            let [longitude, latitude] = all.junction_point(junction);
            streets.snap(&profile, longitude, latitude, 1.0)
        })
        .collect();
    let (time, sum) = timed(|| {
        let sum = |_: usize, costs: &TargetCosts| {
            costs.reached().iter().map(|&target| points[target as usize][2]).sum::<f64>()
        };
        let sums = each_to_targets(&streets, &profile, &starts, &targets, Direction::From, 3_600_000, sum);
        sums.iter().sum::<f64>()
    });
    println!("  jobs within 3,600 m, all nodes  {time:9.0} ms (sum {sum})");

    let standard = read(&Rules::standard());
    let streets = Streets::new(&standard)?;
    let options = ProfileOptions { smallest_island: SMALL_ISLAND, ..ProfileOptions::default() };
    for mode in [Mode::Car, Mode::Walk] {
        vehicles(&streets, &streets.profile(mode, &options)?, &points)?;
    }
    Ok(())
}

fn vehicles(streets: &Streets, profile: &Profile, points: &[[f64; 3]]) -> Result<(), Box<dyn Error>> {
    println!(
        "standard rules, {:?}: {} junctions, {} segments",
        profile.mode(),
        streets.junction_count(),
        streets.segment_count()
    );
    let (ordering, order) = timed(|| Order::new(streets, profile));
    let (joining, skeleton) = timed(|| Arc::new(Skeleton::new(&order, streets, profile)));
    let (customising, hierarchy) = timed(|| Hierarchy::customise(&skeleton, streets, profile));
    let hierarchy = hierarchy?;
    println!("  order {ordering:.0} ms, skeleton {joining:.1} ms, customisation {customising:.1} ms");
    println!("  {} shortcuts, {} arcs kept of twice as many", skeleton.edge_count(), hierarchy.arc_count());
    let places: Vec<Option<Snap>> = points
        .iter()
        .take(200)
        .map(|&[longitude, latitude, _]| streets.snap(profile, longitude, latitude, 1600.0))
        .collect();
    let mut result = Vec::new();
    let time = best(places.len(), || result = hierarchy.table(streets, profile, &places, &places));
    println!("  table {0} x {0}                 {time:9.4} ms an origin", places.len());
    let plain = timed(|| table(streets, profile, &places, &places, MOST));
    println!(
        "  the same by plain search        {:9.4} ms an origin, equal: {}",
        plain.0 / places.len() as f64,
        plain.1 == result
    );
    let starts: Vec<Snap> = spread(streets, profile, LANES);
    let mut sweep = Sweep::new();
    let time = best(starts.len(), || hierarchy.sweep(streets, profile, &starts, Direction::From, &mut sweep));
    println!("  one to all by sweeps            {time:9.4} ms an origin");
    Ok(())
}

/// Longitude, latitude and jobs of the points of a file.
fn columns(path: &str) -> Result<Vec<[f64; 3]>, Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    let mut lines = text.lines().map(|line| line.split(',').map(|cell| cell.trim_matches('"')).collect::<Vec<_>>());
    let header = lines.next().ok_or("no header")?;
    let column = |name: &str| header.iter().position(|cell| *cell == name);
    let (x, y) = (column("lon").ok_or("no column lon")?, column("lat").ok_or("no column lat")?);
    let jobs = column("jobs");
    lines
        .map(|cells| {
            Ok([cells[x].parse()?, cells[y].parse()?, jobs.map_or(1.0, |at| cells[at].parse().unwrap_or(0.0))])
        })
        .collect()
}
