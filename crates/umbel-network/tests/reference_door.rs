//! Door to door against other engines on real extracts and feeds (folder named by UMBEL_CASES; README there).

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use umbel_access::Seconds;
use umbel_access::door::{Journeys, LinkOptions, Network, SNAP_RADIUS, Travel, Window};
use umbel_access::raptor::Frequencies;
use umbel_access::streets::{
    CLOSED, Direction, Mode, ProfileOptions, SMALL_ISLAND, SMALL_ISLAND_FOR_CARS, Search, Snap, StreetInput, Streets,
    table,
};
use umbel_network::gtfs::{Feeds, Options};
use umbel_network::osm::{self, Rules};

#[path = "../../../tests/support/check.rs"]
mod check;

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

#[test]
fn walking_over_the_neutral_graph_is_that_of_scipy() {
    let Some(folder) = folder() else { return };
    let points = points(&folder.join("poa_points200.csv"));
    let input = osm::read(&folder.join("data/poa_osm.pbf"), "poa", &Rules::neutral()).streets;
    // Points of the reference stand at nodes; those that are no junction here are places along a segment.
    let mut nodes: HashMap<i64, usize> = HashMap::new();
    for (at, id) in input.junction.iter().enumerate() {
        nodes.insert(*id, at);
    }
    let classes = input.classes.len();
    assert!(classes > 0);
    let streets = Streets::new(&input).expect("streets");
    let walk = streets
        .profile(Mode::Walk, &ProfileOptions { smallest_island: 10_000, ..ProfileOptions::default() })
        .expect("a profile");
    let snap = |row: &HashMap<String, String>| -> Snap {
        let id: i64 = row["osm_node"].parse().expect("an id");
        if let Some(&at) = nodes.get(&id) {
            return streets.snap_junction(&walk, streets.junction_of_input(at as u32)).expect("on a street");
        }
        let (longitude, latitude) = (number(row, "lon").expect("lon"), number(row, "lat").expect("lat"));
        // The nearest point of a shape, as far away as the reference says.
        let wanted = number(row, "snap_m").expect("snap_m");
        let mut best: Option<(f64, [f64; 2])> = None;
        for shape in &input.shape {
            let away = (osm::haversine([longitude, latitude], *shape) - wanted).abs();
            if best.is_none_or(|(least, _)| away < least) {
                best = Some((away, *shape));
            }
        }
        let (away, at) = best.expect("a shape");
        assert!(away < 0.1, "node {id}: {away}");
        streets.snap(&walk, at[0], at[1], 0.1).expect("on a street")
    };
    let snaps: Vec<Snap> = points.rows.iter().map(snap).collect();
    let plain = Plain::new(&input);
    let node = |id: &str| plain.nearest([snaps[points.ids[id]].longitude, snaps[points.ids[id]].latitude]);
    let mut search = Search::new(&streets);
    let (mut compared, mut worst, mut of_exact, mut alike) = (0, 0.0_f64, 0.0_f64, 0);
    let (mut from, mut exact) = (String::new(), Vec::new());
    for row in rows(&folder.join("poa_walk.csv")) {
        if row["from_id"] != from {
            from.clone_from(&row["from_id"]);
            search.run(&streets, &walk, &snaps[points.ids[&from]], Direction::From, 1 << 29);
            exact = plain.distances(node(&from));
        }
        let found = search.to_snap(&streets, &walk, &snaps[points.ids[&row["to_id"]]]).expect("reached");
        let (found, exact) = (f64::from(found) / 1000.0, exact[node(&row["to_id"])]);
        let expected = number(&row, "net_m").expect("net_m");
        worst = worst.max((found - expected).abs());
        of_exact = of_exact.max((found - exact).abs());
        alike += usize::from(rounded(exact) == expected);
        compared += 1;
    }
    println!(
        "neutral walking: {compared} pairs, largest difference {worst:.3} m from the reference, {of_exact:.4} m from the exact \
         distance, which is the reference once rounded on {alike}"
    );
    assert!(compared > 10_000);
    // The reference is the exact distance rounded to tenths of a metre, and these to whole metres: up to 0.55 m off.
    assert_eq!(alike, compared);
    assert!(of_exact <= 0.02 && worst <= 0.55 + of_exact, "{of_exact} {worst}");
    let exactly = format!("largest difference {:.0} mm", of_exact * 1000.0);
    let rounds = format!(
        "largest difference {worst:.2} m; the exact distance, rounded to tenths and then to whole metres, is the \
         reference on {alike} of them"
    );
    let what = "walking, neutral rules, Porto Alegre";
    let by_node = ("distance in floating point, node by node", exactly);
    publish(
        "walking",
        &[(what, by_node.0, compared, by_node.1), (what, "scipy, pandana, in whole metres", compared, rounds)],
    );
}

#[test]
fn walking_in_porto_is_the_exact_distance() {
    let Some(folder) = folder() else { return };
    let input = osm::read(&folder.join("data/porto_osm.pbf"), "porto", &Rules::neutral()).streets;
    let streets = Streets::new(&input).expect("streets");
    let walk = streets
        .profile(Mode::Walk, &ProfileOptions { smallest_island: 100_000, ..ProfileOptions::default() })
        .expect("a profile");
    let plain = Plain::new(&input);
    let mut search = Search::new(&streets);
    let (mut compared, mut worst, mut farthest) = (0, 0.0_f64, 0.0_f64);
    // Junctions spread over the extract, as points of their own.
    let spread = |count: usize| (0..count).map(move |at| (at * (input.junction.len() / count)) as u32);
    let snaps: Vec<(u32, Snap)> =
        spread(400).filter_map(|at| Some((at, streets.snap_junction(&walk, streets.junction_of_input(at))?))).collect();
    for (from, start) in snaps.iter().step_by(45) {
        search.run(&streets, &walk, start, Direction::From, 1 << 29);
        let exact = plain.distances(*from as usize);
        for (to, end) in &snaps {
            let (exact, found) = (exact[*to as usize], search.to_snap(&streets, &walk, end).expect("reached"));
            worst = worst.max((f64::from(found) / 1000.0 - exact).abs());
            farthest = farthest.max(exact);
            compared += 1;
        }
    }
    println!("Porto: {compared} pairs up to {farthest:.0} m, largest difference {worst:.4} m");
    assert!(compared > 2000 && farthest > 20_000.0, "{compared} {farthest}");
    assert!(worst <= 0.05, "{worst}");
    let result = format!("largest difference {:.0} mm over up to {:.0} km", worst * 1000.0, farthest / 1000.0);
    let what = "walking, neutral rules, Porto";
    publish("walking in Porto", &[(what, "distance in floating point, node by node", compared, result)]);
}

/// A metre as the reference states it: rounded to tenths, then to whole metres, ties to even.
fn rounded(metres: f64) -> f64 {
    ((metres * 10.0).round_ties_even() / 10.0).round_ties_even()
}

/// The plainest graph there is of streets open in both directions: every node of every shape, distances in floating point.
struct Plain {
    at: Vec<[f64; 2]>,
    edges: Vec<Vec<(usize, f64)>>,
}

impl Plain {
    /// Junctions keep their numbers; the points of shapes come after them.
    fn new(input: &StreetInput) -> Plain {
        let mut at: Vec<[f64; 2]> = input.longitude.iter().zip(&input.latitude).map(|(&x, &y)| [x, y]).collect();
        let mut edges = vec![Vec::new(); at.len() + input.shape.len()];
        let junctions = at.len();
        at.extend(&input.shape);
        for (segment, shape) in input.segments.iter().zip(input.shape_start.windows(2)) {
            let between = (shape[0] as usize..shape[1] as usize).map(|point| junctions + point);
            let line: Vec<usize> =
                std::iter::once(segment.from as usize).chain(between).chain([segment.to as usize]).collect();
            for pair in line.windows(2) {
                let length = osm::haversine(at[pair[0]], at[pair[1]]);
                edges[pair[0]].push((pair[1], length));
                edges[pair[1]].push((pair[0], length));
            }
        }
        Plain { at, edges }
    }

    /// The node at a place.
    fn nearest(&self, place: [f64; 2]) -> usize {
        let away = |at: &[f64; 2]| (at[0] - place[0]).hypot(at[1] - place[1]);
        (0..self.at.len()).min_by(|&a, &b| away(&self.at[a]).total_cmp(&away(&self.at[b]))).expect("a node")
    }

    /// The distance of every node from one.
    fn distances(&self, from: usize) -> Vec<f64> {
        let mut distance = vec![f64::INFINITY; self.at.len()];
        distance[from] = 0.0;
        // Positive numbers are in the order of their bits.
        let mut open = BinaryHeap::from([(Reverse(0_u64), from)]);
        while let Some((Reverse(bits), node)) = open.pop() {
            if bits > distance[node].to_bits() {
                continue;
            }
            for &(next, length) in &self.edges[node] {
                let there = distance[node] + length;
                if there < distance[next] {
                    distance[next] = there;
                    open.push((Reverse(there.to_bits()), next));
                }
            }
        }
        distance
    }
}

#[test]
fn walking_by_the_standard_rules_lies_in_the_band_of_the_others() {
    let Some(folder) = folder() else { return };
    let points = points(&folder.join("poa_points200.csv"));
    let streets = streets(&folder.join("data/poa_osm.pbf"), &Rules::standard());
    let options = ProfileOptions { smallest_island: SMALL_ISLAND, ..ProfileOptions::default() };
    let walk = streets.profile(Mode::Walk, &options).expect("a profile");
    let snaps: Vec<Option<Snap>> = points.at.iter().map(|at| streets.snap(&walk, at[0], at[1], SNAP_RADIUS)).collect();
    let table = table(&streets, &walk, &snaps, &snaps, 1 << 29);
    let (mut ratios, mut against_r5) = (Vec::new(), Vec::new());
    for row in rows(&folder.join("poa_walk.csv")) {
        let (from, to) = (points.ids[&row["from_id"]], points.ids[&row["to_id"]]);
        let found = f64::from(table[from * snaps.len() + to]) / 1000.0;
        let legs = [from, to].map(|at| snaps[at].expect("near a street").distance).iter().sum::<f64>();
        let (net, snap_sum) = (number(&row, "net_m").expect("net_m"), number(&row, "snap_sum_m").expect("snap_sum_m"));
        if (1000.0..7000.0).contains(&net) && snap_sum < 120.0 {
            ratios.push(found / net);
        }
        if let Some(r5) = number(&row, "r5_walk_s").filter(|r5| *r5 > 0.0) {
            against_r5.push((found + legs) / r5);
        }
    }
    let mut published = Vec::new();
    let names = [("net_m", "scipy on the neutral graph", &mut ratios), ("r5_walk_s", "R5 6.9", &mut against_r5)];
    for (name, against, ratios) in names {
        ratios.sort_by(f64::total_cmp);
        let [low, middle, high] = [0.05, 0.5, 0.95].map(|share| quantile(ratios, share));
        println!("own walking / {name}: {} pairs, 5/50/95 %: {low:.3} {middle:.3} {high:.3}", ratios.len());
        let result = format!("ratio {middle:.3}, 90 % between {low:.3} and {high:.3}");
        published.push(("walking, standard rules, Porto Alegre", against, ratios.len(), result));
    }
    publish("walking by the standard rules", &published);
    assert!(ratios.len() > 3000);
    let middle = quantile(&ratios, 0.5);
    assert!((0.995..=1.02).contains(&middle), "median {middle}");
    assert!(share(&ratios, |ratio| (0.96..=1.06).contains(&ratio)) >= 0.9);
}

#[test]
fn cars_lie_in_the_band_of_osrm() {
    let Some(folder) = folder() else { return };
    let points = points(&folder.join("poa_points200.csv"));
    let streets = streets(&folder.join("data/poa_osm.pbf"), &Rules::standard());
    let options = ProfileOptions { smallest_island: SMALL_ISLAND_FOR_CARS, ..ProfileOptions::default() };
    let car = streets.profile(Mode::Car, &options).expect("a profile");
    let reference = rows(&folder.join("poa_car.csv"));
    let compare = |radius: f64| {
        let joined = |at: &[f64; 2]| streets.snap(&car, at[0], at[1], radius);
        let snaps: Vec<Option<Snap>> = points.at.iter().map(joined).collect();
        let table = table(&streets, &car, &snaps, &snaps, 1 << 29);
        let (mut ratios, mut unreached, mut alone) = (Vec::new(), 0, 0);
        for row in &reference {
            let (from, to) = (points.ids[&row["from_id"]], points.ids[&row["to_id"]]);
            let Some(osrm) = number(row, "osrm_car_s").filter(|osrm| *osrm > 0.0) else { continue };
            let found = table[from * snaps.len() + to];
            // A pair that is not reached lies outside of every band.
            ratios.push(if found == CLOSED { f64::INFINITY } else { f64::from(found) / 1000.0 / osrm });
            if found == CLOSED {
                unreached += 1;
                assert!(snaps[from].is_none() || snaps[to].is_none(), "{row:?}");
                let reached = |column| number(row, column).is_some();
                alone += usize::from(!reached("r5_car_s") && !reached("valhalla_auto_s"));
            }
        }
        ratios.sort_by(f64::total_cmp);
        let [low, middle, high] = [0.05, 0.5, 0.95].map(|share| quantile(&ratios, share));
        println!("own car / osrm_car_s: {} pairs, 5/50/95 %: {low:.3} {middle:.3} {high:.3}", ratios.len());
        let inside = share(&ratios, |ratio| (0.75..=1.45).contains(&ratio));
        let mut result = format!(
            "ratio {middle:.3}, 90 % between {low:.3} and {high:.3}; {:.1} % between 0.75 and 1.45, {unreached} not reached",
            inside * 100.0
        );
        if unreached > 0 {
            result.push_str(&format!(", {alone} of them neither by R5 and Valhalla"));
        }
        (ratios.len(), inside, unreached, alone, result)
    };
    // OSRM joins points however far away; we and R5 do not beyond a limit.
    let (pairs, inside, unreached, alone, result) = compare(SNAP_RADIUS);
    assert!(pairs > 10_000 && inside >= 0.9 && unreached - alone < 10, "{inside} {unreached} {alone}");
    let (_, all_inside, none, _, joined) = compare(10_000.0);
    assert!(all_inside >= 0.95 && none == 0, "{all_inside} {none}");
    publish(
        "cars",
        &[
            ("car without congestion, Porto Alegre", "OSRM 26.10", pairs, result),
            ("the same, points joined however far", "OSRM 26.10", pairs, joined),
        ],
    );
}

/// Differences in seconds between ours and the reference, where both reach; and the share of pairs on which reached or
/// not agrees.
fn compare(ours: &[Option<f64>], theirs: &[Option<f64>]) -> (Vec<f64>, f64) {
    let agree = ours.iter().zip(theirs).filter(|(a, b)| a.is_some() == b.is_some()).count();
    let both = ours.iter().zip(theirs).filter_map(|(a, b)| Some((*a)? - (*b)?)).collect();
    (both, agree as f64 / ours.len() as f64)
}

/// What the columns of the reference of transit are.
const LABELS: [&str; 6] = [
    "transit, Porto Alegre, 60 departures, 5th percentile",
    "25th percentile",
    "median",
    "75th percentile",
    "95th percentile",
    "the departure of 14:00",
];

#[test]
fn transit_is_that_of_r5() {
    let Some(folder) = folder() else { return };
    let data = folder.join("data");
    let points = points(&folder.join("poa_points200.csv"));
    let network = network(
        &data.join("poa_osm.pbf"),
        &[data.join("poa_eptc.zip"), data.join("poa_trensurb.zip")],
        &LinkOptions::default(),
    );
    println!("{} of {} stops on streets", network.stops.snaps.iter().flatten().count(), network.stops.len());
    let window = Window { first: 14 * 3600, count: 60, step: 60, arrive_by: false };
    let travel = Travel { window, ..Travel::default() };
    let journeys = Journeys::new(&network, None, &points.at, &points.at, SNAP_RADIUS, &travel).expect("journeys");
    let percentiles = [5.0, 25.0, 50.0, 75.0, 95.0];
    let mut ours: Vec<Vec<Seconds>> = Vec::new();
    let mut at_14: Vec<Vec<Seconds>> = Vec::new();
    journeys.run(
        |_, times| {
            let first = (0..times.destinations()).map(|to| times.get(to, 0)).collect();
            (times.percentiles(&percentiles), first)
        },
        |_, (row, first): (_, Vec<Seconds>)| {
            ours.push(row);
            at_14.push(first);
        },
    );
    let reference = rows(&folder.join("poa_transit.csv"));
    assert!(reference.len() > 10_000);
    let mut shares = HashMap::new();
    let mut published = Vec::new();
    for (column, name) in ["p5", "p25", "p50", "p75", "p95", "r5_dep1400_s"].into_iter().enumerate() {
        let found = |row: &HashMap<String, String>| {
            let (from, to) = (points.ids[&row["from_id"]], points.ids[&row["to_id"]]);
            let seconds = if column < 5 { ours[from][to * 5 + column] } else { at_14[from][to] };
            seconds.get().map(f64::from)
        };
        let found: Vec<Option<f64>> = reference.iter().map(found).collect();
        let theirs: Vec<Option<f64>> = reference.iter().map(|row| number(row, name)).collect();
        let (mut differences, agree) = compare(&found, &theirs);
        let near = share(&differences, |d| d.abs() <= 60.0);
        let far = share(&differences, |d| d.abs() <= 180.0);
        differences.sort_by(f64::total_cmp);
        println!(
            "{name}: {} pairs, within 60 s {near:.4}, within 180 s {far:.4}, reached alike {agree:.4}, \
             1/5/50/95/99 %: {:?}",
            differences.len(),
            [0.01, 0.05, 0.5, 0.95, 0.99].map(|share| quantile(&differences, share))
        );
        shares.insert(name, (near, far, agree));
        let result = format!(
            "{:.1} % within 60 s, {:.1} % within 180 s; reached or not alike on {:.2} %",
            near * 100.0,
            far * 100.0,
            agree * 100.0
        );
        published.push((LABELS[column], "R5 6.9", differences.len(), result));
    }
    let (near, far, agree) = shares["p50"];
    assert!(near >= 0.9 && far >= 0.98 && agree >= 0.99, "{near} {far} {agree}");
    publish("transit", &published);
}

/// What the columns of the reference of headways are.
const HALF_HEADWAY: [&str; 3] =
    ["half headways, São Paulo, 60 departures, 5th percentile", "median", "95th percentile"];

#[test]
fn frequencies_are_those_of_r5() {
    let Some(folder) = folder() else { return };
    let data = folder.join("data");
    let points = points(&folder.join("spo_points200.csv"));
    let network = network(&data.join("spo_osm.pbf"), &[data.join("spo.zip")], &LinkOptions::default());
    println!("{} of {} stops on streets", network.stops.snaps.iter().flatten().count(), network.stops.len());
    let reference = rows(&folder.join("spo_frequency.csv"));
    let window = Window { first: 14 * 3600, count: 60, step: 60, arrive_by: false };
    let times = |travel: &Travel| {
        let journeys = Journeys::new(&network, None, &points.at, &points.at, SNAP_RADIUS, travel).expect("journeys");
        let mut ours: Vec<Vec<Seconds>> = Vec::new();
        journeys.run(|_, times| times.percentiles(&[5.0, 50.0, 95.0]), |_, row| ours.push(row));
        ours
    };
    let report = |name: &str, seconds: &dyn Fn(usize, usize) -> Option<f64>| {
        let of = |row: &HashMap<String, String>| seconds(points.ids[&row["from_id"]], points.ids[&row["to_id"]]);
        let found: Vec<Option<f64>> = reference.iter().map(of).collect();
        let theirs: Vec<Option<f64>> = reference.iter().map(|row| number(row, name)).collect();
        let (mut differences, agree) = compare(&found, &theirs);
        let mean = differences.iter().sum::<f64>() / differences.len() as f64;
        differences.sort_by(f64::total_cmp);
        println!(
            "{name}: {} pairs, mean difference {mean:.1} s, within 60 s {:.4}, reached alike {agree:.4}, 1/5/50/95/99 %: {:?}",
            differences.len(),
            share(&differences, |d| d.abs() <= 60.0),
            [0.01, 0.05, 0.5, 0.95, 0.99].map(|share| quantile(&differences, share))
        );
        let result = format!("mean difference {mean:.1} s; reached or not alike on {:.1} %", agree * 100.0);
        (mean, agree, differences.len(), result)
    };
    let mut published = Vec::new();
    let travel = Travel { window, ..Travel::default() };
    let half = times(&travel);
    for (column, name) in ["hh_p5_s", "hh_p50_s", "hh_p95_s"].into_iter().enumerate() {
        let (mean, agree, pairs, result) = report(name, &|from, to| half[from][to * 3 + column].get().map(f64::from));
        published.push((HALF_HEADWAY[column], "R5 6.9", pairs, result));
        assert!(mean.abs() < 30.0 && agree > 0.99, "{name}: {mean} {agree}");
    }
    // A draw of phases every third minute; the reference draws every minute.
    let mut asked: Vec<usize> = reference.iter().map(|row| points.ids[&row["from_id"]]).collect();
    asked.sort_unstable();
    asked.dedup();
    let from_at: Vec<[f64; 2]> = asked.iter().map(|&from| points.at[from]).collect();
    let mut drawn: Vec<Vec<Vec<Seconds>>> = vec![vec![Vec::new(); points.at.len()]; points.at.len()];
    let draws = 20;
    for draw in 0..draws {
        let window = Window { first: 14 * 3600 + 180 * draw, count: 1, step: 60, arrive_by: false };
        let frequencies = Frequencies::Drawn { seed: 2019, draw, of: draws };
        let travel = Travel { window, frequencies, ..Travel::default() };
        let journeys = Journeys::new(&network, None, &from_at, &points.at, SNAP_RADIUS, &travel).expect("journeys");
        journeys.run(
            |_, times| (0..times.destinations()).map(|to| times.get(to, 0)).collect::<Vec<_>>(),
            |from, row| row.iter().enumerate().for_each(|(to, seconds)| drawn[asked[from]][to].push(*seconds)),
        );
    }
    drawn.iter_mut().flatten().for_each(|times| times.sort_unstable());
    for (percentile, name) in [(5.0, "mc60_p5_s"), (50.0, "mc60_p50_s"), (95.0, "mc60_p95_s")] {
        let at = umbel_access::door::rank(percentile, draws as usize);
        let (mean, agree, pairs, result) = report(name, &|from, to| drawn[from][to][at].get().map(f64::from));
        if percentile == 50.0 {
            published.push(("headways drawn 20 times, median", "R5 6.9, 60 draws of its own", pairs, result));
        }
        assert!(percentile != 50.0 || (mean.abs() < 30.0 && agree > 0.98), "{name}: {mean} {agree}");
    }
    publish("headways", &published);
}
