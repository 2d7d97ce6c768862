//! Our side of benches/peers/travel.py. `travel_peers graph EXTRACT.osm.pbf FOLDER` writes the walking graph of an extract by
//! the neutral rules, every node of a street a junction, as raw little-endian 64-bit floats (one file each: x, y, from, to,
//! length). `travel_peers CASE FOLDER` makes the streets of these files, makes one call of the engine on one thread, writes
//! its figures to FOLDER/ours.f64 and prints CPU seconds, wall seconds and peak megabytes. Linux only: times come from /proc.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;
use umbel_access::streets::{
    Direction, MOST, Mode, Passage, Profile, ProfileOptions, Search, Segment, Snap, StreetInput, Streets, sphere,
};
use umbel_network::osm::{self, Rules};

type Done<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Sources of the searches from some nodes: every so many.
const SOURCES: usize = 100;
/// Millimetres within which opportunities count.
const WITHIN: u32 = 3_600_000;

fn main() -> Done<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    match &arguments[..] {
        [word, extract, folder] if word == "graph" => pool.install(|| graph(extract, Path::new(folder))),
        [case, folder] => pool.install(|| timed(case, Path::new(folder))),
        _ => Err("usage: travel_peers graph EXTRACT FOLDER | travel_peers CASE FOLDER".into()),
    }
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
    };
    let streets = Streets::new(&input)?;
    let profile = streets.profile(Mode::Walk, &ProfileOptions::default())?;
    Ok((streets, profile))
}

fn timed(case: &str, folder: &Path) -> Done<()> {
    let (streets, profile) = streets(folder)?;
    let nodes = streets.junction_count();
    let junction = |node: usize| streets.junction_of_input(node as u32);
    let start = |node: usize| -> Done<Snap> {
        streets.snap_junction(&profile, junction(node)).ok_or_else(|| "a node without a street".into())
    };
    let step = nodes / SOURCES;
    let some: Vec<Snap> = (0..SOURCES).map(|at| start(at * step)).collect::<Done<_>>()?;
    let all: Vec<Snap> = match case {
        "jobs" => (0..nodes).map(start).collect::<Done<_>>()?,
        _ => Vec::new(),
    };
    // What node n offers is n modulo 7.
    let mut jobs = vec![0u32; nodes];
    (0..nodes).for_each(|node| jobs[junction(node) as usize] = node as u32 % 7);
    let mut search = Search::new(&streets);
    let (cpu, wall) = (cpu_seconds()?, Instant::now());
    let mut result = Vec::new();
    match case {
        "one_to_all" => {
            for from in &some {
                search.run(&streets, &profile, from, Direction::From, MOST);
                let total: u64 = search.reached().iter().filter_map(|&at| search.to_junction(at)).map(u64::from).sum();
                result.push(total as f64 / 1000.0);
            }
        }
        "within" => {
            for from in &some {
                search.run(&streets, &profile, from, Direction::From, WITHIN);
                result.push(search.reached().len() as f64);
            }
        }
        "jobs" => {
            for from in &all {
                search.run(&streets, &profile, from, Direction::From, WITHIN);
                result.push(f64::from(search.reached().iter().map(|&at| jobs[at as usize]).sum::<u32>()));
            }
        }
        _ => return Err(format!("there is no case {case}").into()),
    }
    let (wall, cpu) = (wall.elapsed().as_secs_f64(), cpu_seconds()? - cpu);
    write(folder, "ours", result.into_iter())?;
    println!("{cpu} {wall} {}", peak_megabytes()?);
    Ok(())
}

fn read(folder: &Path, name: &str) -> Done<Vec<f64>> {
    let bytes = fs::read(folder.join(format!("{name}.f64")))?;
    Ok(bytes.as_chunks::<8>().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect())
}

fn write(folder: &Path, name: &str, values: impl Iterator<Item = f64>) -> Done<()> {
    let bytes: Vec<u8> = values.flat_map(f64::to_le_bytes).collect();
    Ok(fs::write(folder.join(format!("{name}.f64")), bytes)?)
}

/// Seconds that all threads have run.
fn cpu_seconds() -> Done<f64> {
    let mut nanoseconds = 0.0;
    for task in fs::read_dir("/proc/self/task")? {
        let text = fs::read_to_string(task?.path().join("schedstat"))?;
        nanoseconds += text.split(' ').next().unwrap_or_default().parse::<f64>()?;
    }
    Ok(nanoseconds / 1e9)
}

fn peak_megabytes() -> Done<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak of memory")?;
    Ok((line.trim().trim_end_matches(" kB").parse::<f64>()? / 1024.0).round())
}
