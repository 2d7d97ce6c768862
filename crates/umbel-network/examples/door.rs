//! Times door to door between all points of a table, and how long that takes:
//! `door STREETS.osm.pbf POINTS.csv DATE FIRST(HH:MM) FEED.zip ...`.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use umbel_access::door::{Journeys, LinkOptions, Network, SNAP_RADIUS, Travel, Window};
use umbel_access::streets::{Mode, ProfileOptions, SMALL_ISLAND, Streets};
use umbel_network::gtfs::{Feeds, Options};
use umbel_network::osm::{self, Rules};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [streets, points, date, first, feeds @ ..] = arguments.as_slice() else {
        println!("usage: door STREETS.osm.pbf POINTS.csv DATE HH:MM FEED.zip ...");
        return Ok(());
    };
    let (hour, minute) = first.split_once(':').ok_or("HH:MM")?;
    let first = hour.parse::<u32>()? * 3600 + minute.parse::<u32>()? * 60;
    let start = Instant::now();
    let extract = osm::read(Path::new(streets), streets, &Rules::standard());
    println!("streets read {:.3?}", start.elapsed());
    let (feeds, _) = Feeds::read(feeds);
    println!("feeds read {:.3?}", start.elapsed());
    let (compiled, _) = feeds.timetable(date.parse()?, &Options::default());
    println!("timetable {:.3?}: {} stops, {} trips", start.elapsed(), compiled.stops.len(), compiled.input.trips.len());
    let streets = Streets::new(&extract.streets)?;
    let walk = streets.profile(Mode::Walk, &ProfileOptions { smallest_island: SMALL_ISLAND, ..Default::default() })?;
    println!("graph {:.3?}", start.elapsed());
    let network = Network::new(Arc::new(streets), Arc::new(walk), &compiled.input, &LinkOptions::default())?;
    let linked = network.stops.snaps.iter().flatten().count();
    println!("network {:.3?}: {linked} stops on streets, {} walks between", start.elapsed(), network.walks());

    let text = std::fs::read_to_string(points)?;
    let at: Vec<[f64; 2]> = (text.lines().skip(1))
        .filter_map(|line| {
            let mut cells = line.split(',').skip(1);
            Some([cells.next()?.parse().ok()?, cells.next()?.parse().ok()?])
        })
        .collect();
    let start = Instant::now();
    let travel = Travel { window: Window { first, count: 60, step: 60, arrive_by: false }, ..Travel::default() };
    let journeys = Journeys::new(&network, None, &at, &at, SNAP_RADIUS, &travel)?;
    println!("ready {:.3?}: {} points, {} pairs of egress", start.elapsed(), at.len(), journeys.egress_pairs());
    let (mut reached, mut sum) = (0_u64, 0_u64);
    journeys.run(
        |_, times| times.percentiles(&[5.0, 25.0, 50.0, 75.0, 95.0]),
        |_, row| {
            for seconds in row.iter().filter_map(|seconds| seconds.get()) {
                reached += 1;
                sum += u64::from(seconds);
            }
        },
    );
    println!("matrix {:.3?}: {reached} figures, mean {:.1} s", start.elapsed(), sum as f64 / reached as f64);
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    println!("{}", status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or(""));
    Ok(())
}
