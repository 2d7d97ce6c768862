//! Zip files: sound ones in their variants, broken ones, and ones that would fill the memory.

use proptest::prelude::*;
use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::LazyLock;
use umbel_core::{Date, Finding};
use umbel_network::gtfs::{Feed, Feeds, Options};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn base() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/feeds/base");
    let entries = fs::read_dir(folder).expect("the base").map(|entry| entry.expect("an entry").path());
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    let mut files: Vec<_> = entries.map(|path| (name(&path), fs::read(&path).expect("a file"))).collect();
    files.sort();
    files
}

fn packed(files: &[(String, Vec<u8>)], folder: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file(format!("{folder}{name}"), options).expect("started");
        zip.write_all(content).expect("written");
    }
    zip.finish().expect("finished").into_inner()
}

fn titles(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code.title).collect()
}

fn named(feed: Feed) -> Feed {
    let mut feed = feed;
    "x".clone_into(&mut feed.name);
    feed
}

#[test]
fn a_zip_file_and_a_folder_are_the_same_feed() {
    let (from_zip, findings) = Feed::from_zip("feed.zip", &packed(&base(), ""));
    assert!(findings.is_empty(), "{findings:#?}");
    let (from_files, _) = Feed::from_files("feed", base());
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in base() {
        fs::write(folder.path().join(name), content).expect("written");
    }
    let (from_folder, findings) = Feed::read(folder.path());
    assert!(findings.is_empty(), "{findings:#?}");
    let from_zip = named(from_zip);
    assert_eq!(from_zip, named(from_files));
    assert_eq!(from_zip, named(from_folder));
}

#[test]
fn line_ends_marks_and_spaces_of_other_programs_change_nothing() {
    let dressed: Vec<(String, Vec<u8>)> = base()
        .into_iter()
        .map(|(name, content)| {
            let text = String::from_utf8(content).expect("text");
            let (header, rows) = text.split_once('\n').expect("a header");
            let text = format!("\u{feff}{}\n{rows}", header.replace(',', ", "));
            (name, text.replace('\n', "\r\n").into_bytes())
        })
        .collect();
    let (feed, findings) = Feed::from_zip("feed.zip", &packed(&dressed, ""));
    assert!(findings.is_empty(), "{findings:#?}");
    assert_eq!(named(feed), named(Feed::from_files("feed", base()).0));
}

#[test]
fn a_folder_inside_is_told_and_read() {
    let (feed, findings) = Feed::from_zip("feed.zip", &packed(&base(), "city/"));
    assert_eq!(titles(&findings), ["invalid_input_files_in_subfolder"]);
    assert_eq!(&*findings[0].location.file, "feed.zip/city/agency.txt");
    assert_eq!(feed.trips.len(), 6);
}

#[test]
fn what_is_no_zip_file_is_told() {
    let whole = packed(&base(), "");
    let cut = &whole[..whole.len() / 2];
    for bytes in [&b""[..], b"stop_id,stop_name\n", cut] {
        let (feed, findings) = Feed::from_zip("feed.zip", bytes);
        assert_eq!(titles(&findings), ["feed unreadable"]);
        assert_eq!(&*findings[0].location.file, "feed.zip");
        assert!(feed.trips.is_empty());
    }
    let (_, findings) = Feed::read(Path::new("no/such/feed.zip"));
    assert_eq!(titles(&findings), ["feed unreadable"]);
}

#[test]
fn an_encrypted_file_is_told() {
    let mut bytes = packed(&base(), "");
    // Bit 0 of the flags: at 6 in a local header, at 8 in the directory.
    for (signature, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        for at in 0..bytes.len() - 10 {
            if bytes[at..].starts_with(signature) {
                bytes[at + flags] |= 1;
            }
        }
    }
    let (_, findings) = Feed::from_zip("feed.zip", &bytes);
    assert_eq!(titles(&findings), ["feed unreadable"]);
    assert!(findings[0].message.contains("encrypted"), "{}", findings[0].message);
}

#[test]
fn a_file_made_to_fill_the_memory_is_not_unpacked() {
    // 65 MB of nothing, packed a thousand times smaller.
    let bomb = vec![("stops.txt".to_owned(), vec![b'0'; 65 << 20])];
    let (_, findings) = Feed::from_zip("feed.zip", &packed(&bomb, ""));
    assert_eq!(titles(&findings), ["feed too large"]);
}

#[test]
fn a_size_that_is_a_lie_is_not_believed() {
    let mut bytes = packed(&base(), "");
    let at = (0..bytes.len()).rev().find(|&at| bytes[at..].starts_with(b"PK\x01\x02")).expect("a directory");
    bytes[at + 24..at + 28].copy_from_slice(&7_u32.to_le_bytes());
    let (_, findings) = Feed::from_zip("feed.zip", &bytes);
    assert_eq!(titles(&findings), ["feed unreadable"]);
}

/// Everything that is done with a feed.
fn use_feed(feed: Feed) {
    let date = Date::new(2024, 5, 13).expect("a date");
    let _ = feed.check(Some(date));
    let feeds = Feeds { feeds: vec![feed] };
    for interpolation in [umbel_network::gtfs::Interpolation::Straight, umbel_network::gtfs::Interpolation::Shape] {
        let (compiled, _) = feeds.timetable(date, &Options { interpolation, ..Options::default() });
        let input = compiled.input;
        for trip in &input.trips {
            let events = &input.events[trip.first as usize..(trip.first + trip.count) as usize];
            assert!(events.iter().flat_map(|event| [event.arrival, event.departure]).is_sorted());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn bytes_changed_anywhere_never_panic(file in 0..15_usize, changes in proptest::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b",\"\n\r9-:. \xff0az".to_vec())), 1..6), cut in proptest::option::of(any::<prop::sample::Index>())) {
        let mut files = base();
        let count = files.len();
        let content = &mut files[file % count].1;
        for (at, byte) in changes {
            let at = at.index(content.len());
            content[at] = byte;
        }
        if let Some(cut) = cut {
            content.truncate(cut.index(content.len()));
        }
        use_feed(Feed::from_files("feed", files).0);
    }

    #[test]
    fn zip_files_changed_anywhere_never_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        static SOUND: LazyLock<Vec<u8>> = LazyLock::new(|| packed(&base(), ""));
        let mut bytes = SOUND.clone();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        use_feed(Feed::from_zip("feed.zip", &bytes).0);
    }
}
