//! Our side of benches/peers/travel.py, on one thread. Linux only: times come from /proc.
//!
//! * `travel_peers graph EXTRACT.osm.pbf FOLDER` writes the walking graph of an extract by the neutral rules, every node of
//!   a street a junction, as raw little-endian 64-bit floats (one file each: x, y, from, to, length).
//! * `travel_peers CASE FOLDER` makes the streets of these files and makes one call of the engine on them.
//! * `travel_peers network DATE EXTRACT FEED ...` makes a network ready to be travelled.
//! * `travel_peers matrix FOLDER RULES DATE EXTRACT FEED ...` makes a network, then the times between the points of
//!   FOLDER (lon, lat).
//!
//! All but the first print the CPU seconds of what was made ready, those of the call, its wall seconds and the most
//! megabytes, and write the figures of the call to FOLDER/ours.f64.

#[path = "../../../benches/peers/measure.rs"]
mod measure;

use measure::{Done, cpu_seconds, peak_megabytes, read, write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use umbel_access::door::{Journeys, LinkOptions, Network, SNAP_RADIUS, Travel, Window};
use umbel_access::streets::hierarchy::{Hierarchy, Order, Skeleton};
use umbel_access::streets::{
    Direction, MOST, Mode, Passage, Profile, ProfileOptions, SMALL_ISLAND, Search, Segment, Snap, StreetInput, Streets,
    sphere,
};
use umbel_network::gtfs::{Feeds, Options};
use umbel_network::osm::{self, Rules};

/// Sources of the searches from some nodes: every so many.
const SOURCES: usize = 100;
/// Sources of which all distances are compared.
const COMPARED: usize = 5;
/// Places of a table.
const PLACES: usize = 200;
/// Millimetres within which opportunities count.
const WITHIN: u32 = 3_600_000;

fn main() -> Done<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    match &arguments[..] {
        [word, extract, folder] if word == "graph" => pool.install(|| graph(extract, Path::new(folder))),
        [word, date, extract, feeds @ ..] if word == "network" => pool.install(|| {
            let clock = Clock::start()?;
            network(date, extract, feeds)?;
            clock.tell(0.0)
        }),
        [word, folder, rules, date, extract, feeds @ ..] if word == "matrix" => {
            pool.install(|| matrix(Path::new(folder), rules, date, extract, feeds))
        }
        [case, folder] => pool.install(|| on_graph(case, Path::new(folder))),
        _ => Err("usage: see the first lines of travel_peers.rs".into()),
    }
}

/// Processor and wall time since a moment.
struct Clock {
    cpu: f64,
    wall: Instant,
}

impl Clock {
    fn start() -> Done<Clock> {
        Ok(Clock { cpu: cpu_seconds()?, wall: Instant::now() })
    }

    /// Prints what has passed after `ready` CPU seconds of preparation.
    fn tell(&self, ready: f64) -> Done<()> {
        let (cpu, wall) = (cpu_seconds()? - self.cpu, self.wall.elapsed().as_secs_f64());
        println!("{ready} {cpu} {wall} {}", peak_megabytes()?);
        Ok(())
    }
}

/// A network of files, ready to be travelled on a day.
fn network(date: &str, extract: &str, feeds: &[String]) -> Done<Network> {
    let streets = osm::read(Path::new(extract), extract, &Rules::standard());
    let (feeds, _) = Feeds::read(feeds);
    let (day, _) = feeds.timetable(date.parse()?, &Options::default());
    let streets = Streets::new(&streets.streets)?;
    let options = ProfileOptions { smallest_island: SMALL_ISLAND, ..ProfileOptions::default() };
    let walk = streets.profile(Mode::Walk, &options)?;
    Ok(Network::new(Arc::new(streets), Arc::new(walk), &day.input, &LinkOptions::default())?)
}

/// Times between points, departure by departure: seconds, NaN where not reached.
fn matrix(folder: &Path, rules: &str, date: &str, extract: &str, feeds: &[String]) -> Done<()> {
    let ready = Clock::start()?;
    let network = network(date, extract, feeds)?;
    let ready = cpu_seconds()? - ready.cpu;
    let points: Vec<[f64; 2]> =
        read(folder, "lon")?.into_iter().zip(read(folder, "lat")?).map(<[f64; 2]>::from).collect();
    let rules: Vec<f64> = rules.split(',').map(str::parse).collect::<Result<_, _>>()?;
    let [first, count, speed, rides, walk, most, slack] = rules[..] else {
        return Err("RULES are FIRST,COUNT,SPEED,RIDES,WALK,MOST,SLACK".into());
    };
    let travel = Travel {
        window: Window { first: first as u32, count: count as u32, step: 60, arrive_by: false },
        walk_speed: speed,
        max_rides: rides as u8,
        max_access: walk as u32,
        max_direct: walk as u32,
        max_egress: walk as u32,
        egress_distance: walk * speed,
        max_time: most as u32,
        boarding_slack: slack as u32,
        ..Travel::default()
    };
    let percentiles: &[f64] = if travel.window.count == 1 { &[50.0] } else { &[5.0, 25.0, 50.0, 75.0, 95.0] };
    let clock = Clock::start()?;
    let journeys = Journeys::new(&network, None, &points, &points, SNAP_RADIUS, &travel)?;
    let mut result = Vec::new();
    journeys.run(
        |_, times| times.percentiles(percentiles),
        |_, row| result.extend(row.iter().map(|time| time.get().map_or(f64::NAN, f64::from))),
    );
    clock.tell(ready)?;
    write(folder, "ours", result)
}

/// Writes the largest connected part of the walking graph.
fn graph(extract: &str, folder: &Path) -> Done<()> {
    let read = osm::read(Path::new(extract), extract, &Rules::neutral());
    if let Some(finding) = read.findings.iter().find(|finding| finding.severity == umbel_core::Severity::Error) {
        return Err(format!("{extract}: {}", finding.message).into());
    }
    let input = &read.streets;
    let mut points: Vec<[f64; 2]> =
        input.longitude.iter().copied().zip(input.latitude.iter().copied()).map(<[f64; 2]>::from).collect();
    let mut edges = Vec::new();
    for (number, segment) in input.segments.iter().enumerate().filter(|(_, segment)| segment.forward.walk) {
        let shape = &input.shape[input.shape_start[number] as usize..input.shape_start[number + 1] as usize];
        let mut from = segment.from;
        for point in shape.iter().map(Some).chain([None]) {
            let to = match point {
                Some(point) => {
                    points.push(*point);
                    points.len() as u32 - 1
                }
                None => segment.to,
            };
            edges.push((from, to, sphere::distance(points[from as usize], points[to as usize])));
            from = to;
        }
    }
    let part = largest(points.len(), &edges);
    let mut number = vec![f64::NAN; points.len()];
    let kept: Vec<usize> = (0..points.len()).filter(|&at| part[at]).collect();
    for (new, &old) in kept.iter().enumerate() {
        number[old] = new as f64;
    }
    let edges: Vec<_> = edges.into_iter().filter(|edge| part[edge.0 as usize]).collect();
    write(folder, "x", kept.iter().map(|&at| points[at][0]))?;
    write(folder, "y", kept.iter().map(|&at| points[at][1]))?;
    write(folder, "from", edges.iter().map(|edge| number[edge.0 as usize]))?;
    write(folder, "to", edges.iter().map(|edge| number[edge.1 as usize]))?;
    write(folder, "length", edges.iter().map(|edge| edge.2))?;
    println!("{} {}", kept.len(), edges.len());
    Ok(())
}

/// Which nodes belong to the largest connected part.
fn largest(nodes: usize, edges: &[(u32, u32, f64)]) -> Vec<bool> {
    fn root(parent: &mut [u32], mut at: u32) -> u32 {
        while parent[at as usize] != at {
            parent[at as usize] = parent[parent[at as usize] as usize];
            at = parent[at as usize];
        }
        at
    }
    let mut parent: Vec<u32> = (0..nodes as u32).collect();
    for &(from, to, _) in edges {
        let (a, b) = (root(&mut parent, from), root(&mut parent, to));
        parent[a.max(b) as usize] = a.min(b);
    }
    let roots: Vec<u32> = (0..nodes as u32).map(|at| root(&mut parent, at)).collect();
    let mut size = vec![0u32; nodes];
    roots.iter().for_each(|&root| size[root as usize] += 1);
    let most = (0..nodes as u32).max_by_key(|&at| (size[at as usize], u32::MAX - at)).unwrap_or(0);
    roots.iter().map(|&root| root == most).collect()
}

/// The streets that `graph` wrote, each node a junction.
fn streets(folder: &Path) -> Done<(Streets, Profile)> {
    let (from, to, length) = (read(folder, "from")?, read(folder, "to")?, read(folder, "length")?);
    let open = Passage { walk: true, ..Passage::CLOSED };
    let segments = (0..from.len()).map(|at| Segment {
        from: from[at] as u32,
        to: to[at] as u32,
        length: length[at],
        forward: open,
        backward: open,
        source: at as i64,
        class: 0,
    });
    let longitude = read(folder, "x")?;
    let input = StreetInput {
        junction: (0..longitude.len() as i64).collect(),
        longitude,
        latitude: read(folder, "y")?,
        segments: segments.collect(),
        shape_start: vec![0; from.len() + 1],
        shape: Vec::new(),
        classes: vec!["street".to_owned()],
        apart: Vec::new(),
    };
    let streets = Streets::new(&input)?;
    let profile = streets.profile(Mode::Walk, &ProfileOptions::default())?;
    Ok((streets, profile))
}

fn on_graph(case: &str, folder: &Path) -> Done<()> {
    let (streets, profile) = streets(folder)?;
    let nodes = streets.junction_count();
    let junction = |node: usize| streets.junction_of_input(node as u32);
    let start = |node: usize| -> Done<Snap> {
        streets.snap_junction(&profile, junction(node)).ok_or_else(|| "a node without a street".into())
    };
    let every = |step: usize, count: usize| (0..count).map(|at| start(at * step)).collect::<Done<Vec<Snap>>>();
    let mut search = Search::new(&streets);
    let mut result = Vec::new();
    let (mut ready, clock) = (0.0, Clock::start()?);
    match case {
        "one_to_all" => {
            let some = every(nodes / SOURCES, SOURCES)?;
            let clock = Clock::start()?;
            for from in &some {
                search.run(&streets, &profile, from, Direction::From, MOST);
            }
            clock.tell(0.0)?;
            for from in &some[..COMPARED] {
                search.run(&streets, &profile, from, Direction::From, MOST);
                let metres =
                    |node| search.to_junction(junction(node)).map_or(f64::NAN, |cost| f64::from(cost) / 1000.0);
                result.extend((0..nodes).map(metres));
            }
            return write(folder, "ours", result);
        }
        "within" => {
            let some = every(nodes / SOURCES, SOURCES)?;
            let clock = Clock::start()?;
            for from in &some {
                search.run(&streets, &profile, from, Direction::From, WITHIN);
                result.push(search.reached().len() as f64);
            }
            clock.tell(0.0)?;
        }
        "jobs" => {
            // What node n offers is n modulo 7.
            let mut jobs = vec![0_u32; nodes];
            (0..nodes).for_each(|node| jobs[junction(node) as usize] = node as u32 % 7);
            for from in every(1, nodes)? {
                search.run(&streets, &profile, &from, Direction::From, WITHIN);
                result.push(f64::from(search.reached().iter().map(|&at| jobs[at as usize]).sum::<u32>()));
            }
            clock.tell(0.0)?;
        }
        "table" => {
            let order = Order::new(&streets, &profile);
            let skeleton = Arc::new(Skeleton::new(&order, &streets, &profile));
            let hierarchy = Hierarchy::customise(&skeleton, &streets, &profile)?;
            ready += cpu_seconds()? - clock.cpu;
            let places: Vec<Option<Snap>> = every(nodes / PLACES, PLACES)?.into_iter().map(Some).collect();
            let clock = Clock::start()?;
            let table = hierarchy.table(&streets, &profile, &places, &places);
            clock.tell(ready)?;
            result.extend(table.iter().map(|&cost| if cost <= MOST { f64::from(cost) / 1000.0 } else { f64::NAN }));
        }
        _ => return Err(format!("there is no case {case}").into()),
    }
    write(folder, "ours", result)
}
