//! Walking: exactly over the neutral graph, and by the standard rules in the band of other engines.

use super::{folder, number, points, publish, quantile, rows, share, streets};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use umbel_access::door::SNAP_RADIUS;
use umbel_access::streets::{Direction, Mode, ProfileOptions, SMALL_ISLAND, Search, Snap, StreetInput, Streets, table};
use umbel_network::osm::{self, Rules};

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
