//! `weights`, and weights from files.

use crate::{apply, folder, squares};

/// A grid of three by three.
fn grid() -> tempfile::TempDir {
    folder(&[("grid.geojson", &squares(&["1", "2", "3", "4", "5", "6", "7", "8", "9"]))])
}

#[test]
fn neighbours_parts_and_sums_are_given() {
    let folder = grid();
    let json = apply(folder.path(), "weights --values grid.geojson --weights queen --format json").json();
    assert_eq!((json["n"].as_u64(), json["pairs"].as_u64(), json["islands"].as_u64()), (Some(9), Some(40), Some(0)));
    assert_eq!((json["s0"].as_f64(), json["s1"].as_f64()), (Some(40.0), Some(80.0)));
    assert_eq!((json["components"].as_u64(), json["suspicious_gaps"].as_u64()), (Some(1), Some(0)));
    let middle = &json["places"][4];
    assert_eq!((middle["id"].as_str(), middle["neighbours"].as_u64()), (Some("c4"), Some(8)));
    assert_eq!(middle["neighbour_ids"][7], "c8");
    let row =
        apply(folder.path(), "weights --values grid.geojson --weights rook --standardise row --format json").json();
    assert_eq!(row["places"][4]["weights"], serde_json::json!([0.25, 0.25, 0.25, 0.25]));
}

#[test]
fn neighbours_are_written_and_read_back() {
    let folder = grid();
    for file in ["grid.gal", "grid.gwt"] {
        let ran = apply(folder.path(), &format!("weights --values grid.geojson --weights queen --output {file}"));
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
        let text = std::fs::read_to_string(folder.path().join(file)).expect("a file of neighbours");
        assert!(text.starts_with("0 9 grid id\n"), "{text}");
        let json =
            apply(folder.path(), &format!("weights --values grid.geojson --weights {file} --format json")).json();
        assert_eq!((json["pairs"].as_u64(), json["s0"].as_f64()), (Some(40), Some(40.0)));
        assert_eq!(json["places"][0]["neighbour_ids"], serde_json::json!(["c1", "c3", "c4"]));
    }
}

#[test]
fn gaps_and_islands_are_told() {
    let mut text = squares(&["1", "2", "3"]);
    // The last square moves off by a thousandth.
    text = text.replace("[[[2,0],[3,0],[3,1],[2,1],[2,0]]]", "[[[2.001,0],[3,0],[3,1],[2.001,1],[2.001,0]]]");
    let folder = folder(&[("slit.geojson", &text)]);
    let run = |further: &str| {
        apply(folder.path(), &format!("weights --values slit.geojson --format json --tolerance 0.01 {further}")).json()
    };
    let exact = run("--weights queen");
    assert_eq!((exact["islands"].as_u64(), exact["suspicious_gaps"].as_u64()), (Some(1), Some(1)));
    assert_eq!((exact["gaps"][0]["first"].as_str(), exact["gaps"][0]["second"].as_str()), (Some("c1"), Some("c2")));
    assert!((exact["gaps"][0]["distance"].as_f64().expect("a distance") - 0.001).abs() < 1e-9);
    let notes = exact["notes"].to_string();
    assert!(notes.contains("1 places have no neighbours (c2)") && notes.contains("`queen:0.01`"), "{notes}");
    assert_eq!(run("--weights queen:0.01")["islands"].as_u64(), Some(0));
    let joined = run("--weights queen --islands nearest_neighbour");
    assert_eq!((joined["islands_joined"].as_u64(), joined["components"].as_u64()), (Some(1), Some(1)));
    let refused = apply(folder.path(), "weights --values slit.geojson --weights queen --islands error");
    assert_eq!(refused.code, 3);
    assert!(refused.err.contains("1 of 3 places have no neighbour"), "{}", refused.err);
}

#[test]
fn what_is_wrong_is_said() {
    let folder = grid();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("broken.gal", "9\nc0 2\nc1\n");
    write("few.gal", "1\nc0 0\n\n");
    let run = |weights: &str| apply(folder.path(), &format!("weights --values grid.geojson --weights {weights}"));
    let broken = run("broken.gal");
    assert_eq!(broken.code, 1);
    assert!(broken.err.contains("broken.gal:3:1") && broken.err.contains("F021"), "{}", broken.err);
    let few = run("few.gal");
    assert_eq!(few.code, 3);
    assert!(few.err.contains("lacks 8 of 9 places"), "{}", few.err);
    assert_eq!(run("none.gal").code, 3);
    let bishop = run("bishop");
    assert_eq!(bishop.code, 3);
    assert!(bishop.err.contains("write queen, rook"), "{}", bishop.err);
    let other = apply(folder.path(), "moran --values grid.geojson:v --weights queen --output a.gal");
    assert_eq!(other.code, 2);
}
