//! Vehicles at headways.

use super::{compare, folder, network, number, points, publish, quantile, rows, share};
use std::collections::HashMap;
use umbel_access::Seconds;
use umbel_access::door::{Journeys, LinkOptions, SNAP_RADIUS, Travel, Window};
use umbel_access::raptor::Frequencies;

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
        let near = share(&differences, |d| d.abs() <= 60.0);
        let result = format!(
            "mean difference {mean:.1} s, {:.1} % within 60 s; reached or not alike on {:.1} %",
            near * 100.0,
            agree * 100.0
        );
        (mean, near, agree, differences.len(), result)
    };
    let mut published = Vec::new();
    let travel = Travel { window, ..Travel::default() };
    let half = times(&travel);
    for (column, name) in ["hh_p5_s", "hh_p50_s", "hh_p95_s"].into_iter().enumerate() {
        let (mean, near, agree, pairs, result) =
            report(name, &|from, to| half[from][to * 3 + column].get().map(f64::from));
        published.push((HALF_HEADWAY[column], "R5 6.9", pairs, result));
        assert!(mean.abs() < 30.0 && near > 0.95 && agree > 0.99, "{name}: {mean} {near} {agree}");
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
        let (mean, _, agree, pairs, result) = report(name, &|from, to| drawn[from][to][at].get().map(f64::from));
        if percentile == 50.0 {
            published.push(("headways drawn 20 times, median", "R5 6.9, 60 draws of its own", pairs, result));
        }
        assert!(percentile != 50.0 || (mean.abs() < 30.0 && agree > 0.98), "{name}: {mean} {agree}");
    }
    publish("headways", &published);
}
