//! Reads the streets of an extract and says how large they are and how long it took: `read_streets FILE [RULES]`.

use std::path::Path;
use std::time::Instant;
use umbel_network::osm::{self, Rules};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(file) = arguments.next() else {
        println!("usage: read_streets FILE.osm.pbf [standard|neutral]");
        return;
    };
    let Some(rules) = Rules::named(&arguments.next().unwrap_or_else(|| "standard".to_owned())) else {
        println!("the rules are standard or neutral");
        return;
    };
    let start = Instant::now();
    let extract = osm::read(Path::new(&file), &file, &rules);
    let elapsed = start.elapsed();
    let streets = &extract.streets;
    println!("{} ways, {} nodes in {elapsed:.3?}", extract.ways, extract.nodes);
    println!(
        "{} junctions, {} segments, {} shape points",
        streets.junction.len(),
        streets.segments.len(),
        streets.shape.len()
    );
    let length: f64 = streets.segments.iter().map(|segment| segment.length).sum();
    println!("{:.1} km", length / 1000.0);
    for finding in &extract.findings {
        println!("{} {}: {}", finding.code.id, finding.location.file, finding.message);
    }
}
