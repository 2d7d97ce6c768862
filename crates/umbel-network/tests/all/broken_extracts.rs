//! Broken files of streets: each folder of tests/networks holds one, and what its reader must say of it, neither more nor
//! less. The extracts are bytes; `UMBEL_BLESS=1` writes them from the descriptions below.

use crate::extract::{Extract, USUAL, block, bytes, file, frame, header, number, raw, zlib};
use std::fs;
use std::path::{Path, PathBuf};
use umbel_core::Finding;
use umbel_network::links::{self, LinkOptions};
use umbel_network::osm::{self, Rules};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/networks")
}

const STREET: &[(&str, &str)] = &[("highway", "residential")];

/// Three nodes in a row and a street over them.
fn sound() -> Extract<'static> {
    Extract {
        nodes: vec![
            (1, 10_000_000, 20_000_000, &[]),
            (2, 10_010_000, 20_000_000, &[]),
            (3, 10_020_000, 20_000_000, &[]),
        ],
        ways: vec![(7, vec![1, 2, 3], STREET)],
    }
}

/// Name of a folder, the extract in it.
fn extracts() -> Vec<(&'static str, Vec<u8>)> {
    let usual = || header(&USUAL);
    let data = |content: &[u8]| frame("OSMData", content);
    let with = |change: fn(&mut Extract<'static>)| {
        let mut extract = sound();
        change(&mut extract);
        file(&extract)
    };
    let joined = |parts: &[Vec<u8>]| parts.concat();
    let whole = file(&sound());
    let spoiled = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        bytes
    };
    let mut negative = usual();
    let mut frame_header = Vec::new();
    bytes(1, b"OSMData", &mut frame_header);
    number(3, u64::MAX, &mut frame_header);
    negative.extend((frame_header.len() as u32).to_be_bytes());
    negative.extend(frame_header);
    let mut lzma = Vec::new();
    bytes(4, b"squeezed", &mut lzma);
    vec![
        ("extract-empty", Vec::new()),
        ("extract-is-xml", b"<?xml version='1.0'?><osm version='0.6'><node id='1' lat='2' lon='1'/></osm>".to_vec()),
        ("extract-is-zip", b"PK\x03\x04\x14\0\0\0\x08\0extract.osm.pbf".to_vec()),
        ("extract-without-header", data(&zlib(&block(&sound())))),
        ("extract-cut-in-its-header", usual()[..12].to_vec()),
        ("extract-cut-in-a-block", whole[..whole.len() - 9].to_vec()),
        ("extract-cut-in-a-length", joined(&[whole.clone(), vec![0, 0]])),
        ("extract-with-a-flipped-byte", spoiled(whole.len() - 20)),
        ("extract-with-noise-for-a-block", joined(&[whole.clone(), data(&raw(b"\xff\xfe\xfd nothing of the kind"))])),
        ("extract-with-noise-for-a-frame", joined(&[whole.clone(), b"nothing of the kind".to_vec()])),
        ("extract-with-a-negative-length", negative),
        (
            "extract-with-history",
            joined(&[header(&["OsmSchema-V0.6", "DenseNodes", "HistoricalInformation"]), data(&raw(&block(&sound())))]),
        ),
        ("extract-squeezed-by-lzma", joined(&[usual(), data(&lzma)])),
        ("extract-lacks-a-node", with(|extract| extract.nodes.truncate(2))),
        ("extract-lacks-all-nodes", with(|extract| extract.nodes.clear())),
        ("extract-of-buildings", with(|extract| extract.ways[0].2 = &[("building", "yes")])),
        (
            "extract-of-private-streets",
            with(|extract| extract.ways[0].2 = &[("highway", "service"), ("access", "private")]),
        ),
        ("extract-with-a-way-of-one-node", with(|extract| extract.ways.push((8, vec![3, 3], STREET)))),
        ("extract-with-a-node-off-the-earth", with(|extract| extract.nodes[2].1 = 3_000_000_000)),
        (
            "extract-with-overflowing-numbers",
            with(|extract| {
                extract.nodes[2].2 = i64::MAX;
                extract.ways[0].1[2] = i64::MIN;
            }),
        ),
    ]
}

fn findings(folder: &Path) -> Vec<Finding> {
    let there = |name: &str| folder.join(name).exists();
    if there("extract.osm.pbf") {
        return osm::read(&folder.join("extract.osm.pbf"), "extract.osm.pbf", &Rules::standard()).findings;
    }
    if there("rules.toml") {
        let text = fs::read_to_string(folder.join("rules.toml")).expect("rules");
        return Rules::parse("rules.toml", &text).err().unwrap_or_default();
    }
    links::read(&folder.join("node.csv"), &folder.join("link.csv"), ["node.csv", "link.csv"], &LinkOptions::default())
        .findings
}

#[test]
fn each_fault_is_found_and_nothing_else() {
    let bless = std::env::var_os("UMBEL_BLESS").is_some();
    for (name, content) in extracts() {
        let folder = root().join(name);
        if bless {
            fs::create_dir_all(&folder).expect("a folder");
            fs::write(folder.join("extract.osm.pbf"), &content).expect("written");
        }
        assert_eq!(fs::read(folder.join("extract.osm.pbf")).expect("UMBEL_BLESS=1 writes it"), content, "{name}");
    }
    let mut wrong = String::new();
    let mut cases: Vec<PathBuf> =
        fs::read_dir(root()).expect("tests/networks").map(|entry| entry.expect("an entry").path()).collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    assert!(cases.len() >= 30, "only {} cases", cases.len());
    for case in cases {
        let expected = fs::read_to_string(case.join("expected.txt")).unwrap_or_default();
        let (mut found, mut messages) = (String::new(), String::new());
        for finding in findings(&case) {
            let place = &finding.location;
            let line = format!("{} {}:{}:{}", finding.code.id, place.file, place.line, place.column);
            messages.push_str(&format!("    {line} {} | {}\n", finding.message, finding.fix));
            found.push_str(&format!("{line}\n"));
        }
        if found != expected || expected.is_empty() {
            wrong.push_str(&format!("{}\n{messages}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn a_file_that_is_not_there_is_told() {
    let found = osm::read(Path::new("nowhere.osm.pbf"), "nowhere.osm.pbf", &Rules::standard()).findings;
    assert_eq!(found.iter().map(|f| f.code.id).collect::<Vec<_>>(), ["F001"]);
}

#[test]
fn what_lies_before_a_cut_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.osm.pbf");
    let mut content = file(&sound());
    content.extend([0, 0]);
    fs::write(&path, &content).expect("written");
    let extract = osm::read(&path, "x.osm.pbf", &Rules::standard());
    assert_eq!(extract.streets.segments.len(), 1);
}

/// Whatever is done to the bytes: no panic, and either a finding or a graph that holds together.
#[test]
fn damage_anywhere_is_told_or_harmless() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("x.osm.pbf");
    let mut extract = sound();
    extract.nodes[1].3 = &[("barrier", "bollard"), ("highway", "traffic_signals")];
    extract.ways.push((8, vec![2, 3, 1], &[("highway", "footway")]));
    let mut whole = header(&USUAL);
    // Not squeezed: otherwise its check sum would find everything.
    whole.extend(frame("OSMData", &raw(&block(&extract))));
    let mut noise = 20_261_129_u64;
    let mut below = |end: usize| {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (noise >> 33) as usize % end
    };
    let mut told = 0;
    for _ in 0..600 {
        let mut content = whole.clone();
        for _ in 0..=below(3) {
            let at = below(content.len());
            match below(3) {
                0 => content[at] = below(256) as u8,
                1 => drop(content.remove(at)),
                _ => content.insert(at, below(256) as u8),
            }
        }
        fs::write(&path, &content).expect("written");
        let read = osm::read(&path, "x.osm.pbf", &Rules::standard());
        told += usize::from(!read.findings.is_empty());
        let streets = &read.streets;
        assert!(read.findings.iter().all(|finding| !finding.message.is_empty() && !finding.fix.is_empty()));
        for segment in &streets.segments {
            assert!((segment.from.max(segment.to) as usize) < streets.junction.len());
            assert!(segment.length.is_finite() && segment.length >= 0.0);
        }
        if !streets.segments.is_empty() {
            assert_eq!(streets.shape_start.len(), streets.segments.len() + 1);
        }
    }
    assert!(told > 300, "only {told} of 600 damages were told");
}
