//! Vehicles by their timetables.

use super::{compare, folder, network, number, points, publish, quantile, rows, share};
use std::collections::HashMap;
use umbel_access::Seconds;
use umbel_access::door::{Journeys, LinkOptions, SNAP_RADIUS, Travel, Window};

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
