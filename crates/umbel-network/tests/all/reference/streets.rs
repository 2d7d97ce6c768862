//! Streets of real extracts against the sizes published with the reference cases (folder named by UMBEL_CASES).

use std::path::PathBuf;
use umbel_access::streets::StreetInput;
use umbel_network::osm::{self, Rules};

/// The folder of the cases; without the variable the test has nothing to compare with and says so.
fn data(file: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("UMBEL_CASES") else {
        println!("UMBEL_CASES is not set: nothing compared");
        return None;
    };
    let path = PathBuf::from(folder).join("access/data").join(file);
    assert!(path.exists(), "{} is not there", path.display());
    Some(path)
}

/// Nodes and edges of the largest component, the points of shapes counted as nodes; what joins the same two nodes twice is
/// one edge.
fn largest(streets: &StreetInput) -> (usize, usize) {
    let mut parent: Vec<usize> = (0..streets.junction.len()).collect();
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while parent[at] != at {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        at
    }
    for segment in &streets.segments {
        let (a, b) = (root(&mut parent, segment.from as usize), root(&mut parent, segment.to as usize));
        parent[a.max(b)] = a.min(b);
    }
    let mut sizes = vec![(0, 0); parent.len()];
    for junction in 0..parent.len() {
        sizes[root(&mut parent, junction)].0 += 1;
    }
    let mut seen = std::collections::HashSet::new();
    let at = |junction: u32| [streets.longitude[junction as usize], streets.latitude[junction as usize]];
    for (segment, shape) in streets.segments.iter().zip(streets.shape_start.windows(2)) {
        let between = &streets.shape[shape[0] as usize..shape[1] as usize];
        let points: Vec<[f64; 2]> =
            std::iter::once(at(segment.from)).chain(between.iter().copied()).chain([at(segment.to)]).collect();
        let bits = |point: [f64; 2]| point.map(f64::to_bits);
        let new = points
            .windows(2)
            .filter(|pair| seen.insert([bits(pair[0]).min(bits(pair[1])), bits(pair[0]).max(bits(pair[1]))]));
        let size = &mut sizes[root(&mut parent, segment.from as usize)];
        *size = (size.0 + between.len(), size.1 + new.count());
    }
    sizes.into_iter().max().expect("a component")
}

#[test]
fn the_neutral_graph_has_the_published_size() {
    for (file, nodes, edges) in
        [("poa_osm.pbf", 37_329, 44_444), ("porto_osm.pbf", 300_752, 324_245), ("spo_osm.pbf", 19_722, 0)]
    {
        let Some(path) = data(file) else { return };
        let extract = osm::read(&path, file, &Rules::neutral());
        let (n, e) = largest(&extract.streets);
        println!(
            "{file}: {n} nodes, {e} edges; findings {:?}",
            extract.findings.iter().map(|f| &f.message).collect::<Vec<_>>()
        );
        assert_eq!(n, nodes, "{file}");
        if edges > 0 {
            assert_eq!(e, edges, "{file}");
        }
    }
}
