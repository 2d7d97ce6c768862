use super::*;

fn found(format: Format, text: &str) -> Neighbours {
    read("w", format, text.as_bytes().to_vec()).expect(text)
}

fn told(format: Format, text: &str) -> Vec<(&'static str, u32, u32)> {
    let findings = read("w", format, text.as_bytes().to_vec()).expect_err(text);
    findings.iter().map(|finding| (finding.code.id, finding.location.line, finding.location.column)).collect()
}

fn rows(neighbours: &Neighbours) -> Vec<(&str, Vec<(&str, f64)>)> {
    let named = |row: &Vec<(u32, f64)>| row.iter().map(|&(to, w)| (neighbours.ids[to as usize].as_str(), w)).collect();
    neighbours.ids.iter().zip(&neighbours.rows).map(|(id, row)| (id.as_str(), named(row))).collect()
}

#[test]
fn gal_with_any_header_and_with_or_without_empty_lines() {
    for header in ["3", "0 3 counties FIPS", "0 3 \"my counties\" FIPS"] {
        for nothing in ["", "\n"] {
            for end in ["\n", "\r\n"] {
                let text = format!("{header}\n01 1\n02\n\"New York\" 0\n{nothing}02 2\n01 \"New York\"\n");
                let found = found(Format::Gal, &text.replace('\n', end));
                let wanted =
                    vec![("01", vec![("02", 1.0)]), ("New York", vec![]), ("02", vec![("01", 1.0), ("New York", 1.0)])];
                assert_eq!((rows(&found), found.places, found.positions), (wanted, 3, false));
            }
        }
    }
    assert_eq!(rows(&found(Format::Gal, "1\nSan Juan 0\n")), [("San Juan", vec![])]);
}

#[test]
fn gal_that_is_wrong_says_where() {
    assert_eq!(told(Format::Gal, ""), [("F021", 1, 1)]);
    assert_eq!(told(Format::Gal, "0 three x y\n"), [("F011", 1, 3)]);
    assert_eq!(told(Format::Gal, "2\na 1\nb\nb one\na\n"), [("F011", 4, 3)]);
    assert_eq!(told(Format::Gal, "2\na 1\nb\nb\na\n"), [("F021", 4, 1)]);
    assert_eq!(told(Format::Gal, "2\na 2\nb\nb 1\na\n"), [("F021", 3, 1)]);
    assert_eq!(told(Format::Gal, "2\na 1\nb\nb 2\na ü\n"), [("R002", 5, 3)]);
    assert_eq!(told(Format::Gal, "2\nü 2\nb b\nb 1\nü\n"), [("R001", 3, 3)]);
    assert_eq!(told(Format::Gal, "2\na 1\nb\nb 1\na\na 0\n"), [("R001", 6, 1)]);
    assert_eq!(told(Format::Gal, "3\na 1\nb\nb 1\na\n"), [("F021", 1, 1)]);
    assert_eq!(told(Format::Gal, "1\na 1\n"), [("F021", 2, 3)]);
    let findings = read("w", Format::Gal, vec![b'1', b'\n', 0xff]).expect_err("no UTF-8");
    assert_eq!((findings[0].code.id, findings[0].location.line), ("F007", 2));
}

#[test]
fn gwt_keeps_weights_and_counts_islands() {
    let found = found(Format::Gwt, "0 4 juvenile ID\n2 1 0.5\n1 2 1.25E-3\n1 3 7\n\n");
    assert_eq!(rows(&found), [("2", vec![("1", 0.5)]), ("1", vec![("2", 0.00125), ("3", 7.0)]), ("3", vec![])]);
    assert_eq!(found.places, 4);
    let places: Vec<String> = ["1", "2", "3", "4"].map(str::to_owned).to_vec();
    let ordered = found.in_order_of(&places).expect("rows");
    assert_eq!(ordered, [vec![(1, 0.00125), (2, 7.0)], vec![(0, 0.5)], vec![], vec![]]);
    assert_eq!(found.in_order_of(&places[..2]).expect("rows"), [[(1, 0.00125)], [(0, 0.5)]]);
    let other: Vec<String> = ["1", "2", "5", "6"].map(str::to_owned).to_vec();
    assert!(found.in_order_of(&other).is_err());
}

#[test]
fn gwt_that_is_wrong_says_where() {
    assert_eq!(told(Format::Gwt, "0 2 x y\na b\n"), [("F021", 2, 1)]);
    assert_eq!(told(Format::Gwt, "0 2 x y\na b c d\nb a x\n"), [("F021", 2, 1), ("F011", 3, 5)]);
    assert_eq!(told(Format::Gwt, "0 2 x y\na b inf\n"), [("F011", 2, 5)]);
    assert_eq!(told(Format::Gwt, "0 2 x y\na b 1\na b 2\n"), [("R001", 3, 3)]);
    assert_eq!(told(Format::Gwt, "0 1 x y\na b 1\n"), [("F021", 1, 1)]);
}

#[test]
fn json_in_three_forms() {
    let lists = found(Format::Json, r#"{"n": 3, "neighbors": [[1], [0, 2], []], "weights": [[0.5], [1, 2e0], []]}"#);
    assert_eq!(rows(&lists), [("0", vec![("1", 0.5)]), ("1", vec![("0", 1.0), ("2", 2.0)]), ("2", vec![])]);
    assert!(lists.positions);
    let places: Vec<String> = ["a", "2", "0"].map(str::to_owned).to_vec();
    assert_eq!(lists.in_order_of(&places).expect("rows"), lists.rows);
    let more: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).to_vec();
    assert!(lists.in_order_of(&more).is_err());
    let binary = found(Format::Json, r#"{"neighbors": [[]]}"#);
    assert_eq!(rows(&binary), [("0", vec![])]);
    let ids = found(Format::Json, "{\"neighbors\": [\"b\"], \"b\": [\"neighbors\", 7], \"7\": []}");
    assert_eq!(
        rows(&ids),
        [("neighbors", vec![("b", 1.0)]), ("b", vec![("neighbors", 1.0), ("7", 1.0)]), ("7", vec![])]
    );
    let maps = found(Format::Json, r#"{"a": {"b": 0.25}, "b": {"a": 0.75, "b": 1}}"#);
    assert_eq!(rows(&maps), [("a", vec![("b", 0.25)]), ("b", vec![("a", 0.75), ("b", 1.0)])]);
    let turned: Vec<String> = ["b", "a"].map(str::to_owned).to_vec();
    assert_eq!(maps.in_order_of(&turned).expect("rows"), [vec![(1, 0.75), (0, 1.0)], vec![(0, 0.25)]]);
}

#[test]
fn json_that_is_wrong_says_where() {
    assert_eq!(told(Format::Json, "{\n \"n\": }"), [("F021", 2, 7)]);
    assert_eq!(told(Format::Json, "[]").len(), 1);
    assert_eq!(told(Format::Json, "{\"n\": 2, \"neighbors\": [[0]]}"), [("F021", 1, 7)]);
    assert_eq!(told(Format::Json, "{\"neighbors\": [[1],\n [2, \"a\"]]}"), [("R002", 2, 3), ("R002", 2, 6)]);
    assert_eq!(told(Format::Json, "{\"neighbors\": [[0]],\n\"weights\": [[1, 2]]}"), [("F021", 2, 14)]);
    assert_eq!(told(Format::Json, "{\"neighbors\": [[0]],\n\"weights\": []}"), [("F021", 2, 12)]);
    assert_eq!(told(Format::Json, "{\"neighbors\": [[0]],\n\"weights\": [[null]]}"), [("F011", 2, 14)]);
    assert_eq!(told(Format::Json, "{\"neighbors\": [[0, 0]]}"), [("R001", 1, 20)]);
    assert_eq!(told(Format::Json, "{\"a\": [\"b\"]}"), [("R002", 1, 8)]);
    assert_eq!(told(Format::Json, "{\"a\": [],\n\"a\": []}"), [("R001", 2, 6)]);
    assert_eq!(told(Format::Json, "{\"a\":\n 5}"), [("F021", 2, 2)]);
    assert_eq!(told(Format::Json, "{\"a\": {\"a\": \"x\"}}"), [("F011", 1, 13)]);
}

#[test]
fn what_is_written_is_read_back() {
    let ids: Vec<String> = ["01", "New York", "c"].map(str::to_owned).to_vec();
    let neighbours = [vec![1, 2], vec![0], vec![]];
    let weights = [vec![0.1, 1e-7], vec![1.0 / 3.0], vec![]];
    let gal = to_gal("a map", "id", &ids, |at| &neighbours[at]);
    assert_eq!(gal, "0 3 \"a map\" id\n01 2\n\"New York\" c\n\"New York\" 1\n01\nc 0\n\n");
    let read_gal = found(Format::Gal, &gal);
    assert_eq!((&read_gal.ids, read_gal.rows[0].len(), read_gal.rows[2].len()), (&ids, 2, 0));
    let gwt = to_gwt("map", "id", &ids, |at| (&neighbours[at], &weights[at]));
    assert!(gwt.starts_with("0 3 map id\n01 \"New York\" 0.1\n01 c 1e-7\n"), "{gwt}");
    let read_gwt = found(Format::Gwt, &gwt);
    assert_eq!(read_gwt.in_order_of(&ids).expect("rows")[1], [(0, 1.0 / 3.0)]);
}

#[test]
fn ids_that_are_positions_stand_for_the_rows() {
    let places: Vec<String> = ["x", "y"].map(str::to_owned).to_vec();
    for gal in ["2\n1 1\n2\n2 1\n1\n", "2\n0 1\n1\n1 1\n0\n", "2\n2 1\n1\n1 1\n2\n"] {
        assert_eq!(found(Format::Gal, gal).in_order_of(&places).expect(gal), [[(1, 1.0)], [(0, 1.0)]]);
    }
    let wrong = found(Format::Gal, "2\n1 1\n5\n5 1\n1\n").in_order_of(&places).expect_err("foreign ids");
    let wanted = "lacks 2 of 2 places (\"x\", \"y\" ...); its own ids are \"1\", \"5\" ...";
    assert!(wrong.contains(wanted), "{wrong}");
    let some = found(Format::Gal, "1\nx 0\n").in_order_of(&places).expect_err("a place lacks");
    assert!(some.contains("lacks 1 of 2 places (\"y\" ...)"), "{some}");
}

#[test]
fn formats_are_told_by_ending() {
    assert_eq!(Format::of("a/b.GAL"), Some(Format::Gal));
    assert_eq!(Format::of("b.gwt"), Some(Format::Gwt));
    assert_eq!(Format::of("b.json"), Some(Format::Json));
    assert_eq!((Format::of("queen"), Format::of("b.csv")), (None, None));
}
