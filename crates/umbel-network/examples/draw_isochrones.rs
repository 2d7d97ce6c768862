//! Draws isochrones of 30, 60 and 90 minutes from each of some points, over an hour of departures, and says how much time
//! of the processor each step took: `draw_isochrones FILE.osm.pbf DATE POINTS.csv FEED...` with columns id, lon, lat in the points.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use umbel_access::door::{LinkOptions, Network, Through};
use umbel_access::isochrone::DrawOptions;
use umbel_access::isochrone::search::{IsochroneSearch, StopTimes, StreetTimes, StreetTravel};
use umbel_access::isochrone::streets::Samples;
use umbel_access::raptor::RangeQuery;
use umbel_access::streets::{Mode, ProfileOptions, SMALL_ISLAND, Streets};
use umbel_core::Date;
use umbel_network::gtfs::{Feeds, Options};
use umbel_network::osm::{self, Rules};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [extract, date, points, feeds @ ..] = &arguments[..] else {
        return Err("usage: draw_isochrones FILE.osm.pbf DATE POINTS.csv FEED...".into());
    };
    let date: Date = date.parse().map_err(|_| "the date is none")?;
    let rules = Rules::named("standard").ok_or("no rules")?;
    let streets = Streets::new(&osm::read(Path::new(extract), extract, &rules).streets)?;
    let options = ProfileOptions { smallest_island: SMALL_ISLAND, ..ProfileOptions::default() };
    let profile = streets.profile(Mode::Walk, &options)?;
    let (feeds, _) = Feeds::read(feeds);
    let (compiled, _) = feeds.timetable(date, &Options::default());
    let network = Network::new(Arc::new(streets), Arc::new(profile), &compiled.input, &LinkOptions::default())?;
    let (streets, profile, timetable) = (&*network.streets, &*network.walk, &*network.timetable);
    let (stops, transfers) = (&network.stops.snaps, network.transfers(1.0, false));
    let draw = DrawOptions::default();
    let begin = on_processor();
    let samples = Samples::new(streets, profile, draw.cell);
    println!("{} junctions, points along streets in {:?}", streets.junction_count(), on_processor() - begin);

    let travel = StreetTravel { max_access: 1800, ..StreetTravel::default() };
    let query = RangeQuery { first_departure: 14 * 3600, departures: 60, max_time: 5400, ..RangeQuery::default() };
    let (mut access, mut at_stops) = (StreetTimes::new(streets), StopTimes::new(timetable));
    let mut search = IsochroneSearch::new(streets);
    let mut spent = [Duration::ZERO; 3];
    let (mut drawn, mut vertices, mut area) = (0, 0, [0.0; 3]);
    for line in fs::read_to_string(points)?.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let origin = [cells[1].parse()?, cells[2].parse()?];
        let mut begin = on_processor();
        let mut lap = |step: usize| {
            let now = on_processor();
            spent[step] += now - std::mem::replace(&mut begin, now);
        };
        let Some(snap) = streets.snap(profile, origin[0], origin[1], 1600.0) else { continue };
        let mut access = access.access(streets, profile, &travel, &snap, stops);
        network.through_gates(&mut access, Through::In, false, travel.max_access);
        lap(0);
        let times = at_stops.run(timetable, &transfers, &access, &query, 50.0)?;
        let times = &*network.times_at_gates(times, false);
        lap(1);
        let from = (origin, Some(&snap));
        let cutoffs = [1800, 3600, 5400];
        let areas = search.run(streets, profile, &samples, &travel, from, (stops, times), &cutoffs, &draw)?;
        lap(2);
        drawn += 1;
        for (sum, isochrone) in area.iter_mut().zip(&areas) {
            *sum += isochrone.area / 1e6;
            let of = |p: &umbel_access::isochrone::Polygon| p.outer.len() + p.holes.iter().map(Vec::len).sum::<usize>();
            vertices += isochrone.polygons.iter().map(of).sum::<usize>();
        }
    }
    let each = spent.map(|spent| spent / drawn.max(1));
    println!("{drawn} origins; for each {:?} to stops, {:?} by timetable, {:?} to draw", each[0], each[1], each[2]);
    let mean = area.map(|sum| sum / f64::from(drawn.max(1)));
    println!("mean area {mean:.1?} km², {} vertices an origin", vertices / drawn.max(1) as usize);
    Ok(())
}

/// Time that this thread was on a processor, where the system tells.
fn on_processor() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(told.split(' ').next().and_then(|text| text.parse().ok()).unwrap_or_default())
}
